"""What waits for a person, what that person decides, and who hears of it: rows, once each."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from watchdog.core.render import plain_text
from watchdog.errors import TimelineChanged, UsageError
from watchdog.model.answer import Validators
from watchdog.model.article import Block, Entry, PageText, TextField, TextFrom
from watchdog.model.claim import Certainty, Claim, Evidence, Modality
from watchdog.model.dates import PartialDate
from watchdog.model.delivery import Alert, AlertKind, Channel, Correction, DeliveryState, Message, NoticeKind
from watchdog.model.event import Band, Outcome, Reason
from watchdog.model.mention import MentionsFound
from watchdog.model.review import Signature
from watchdog.model.source import Source
from watchdog.model.status import Status
from watchdog.model.watch import Case, KnownStatus, Topic, Watchlist
from watchdog.pipeline import review
from watchdog.pipeline.judge import weigh
from watchdog.pipeline.work import Examined
from watchdog.store import (
    Database,
    articles,
    corrections,
    deliveries,
    histories,
    judgements,
    notices,
    queues,
    sources,
    subscribers,
    watchlist,
)
from watchdog.store import reviews as units
from watchdog.store.articles import NewRevision, RevisionForJudge
from watchdog.store.judgements import Written
from watchdog.store.sources import NewEntry, PollOutcome
from watchdog.store.subscribers import Wish
from watchdog.store.tables import alerts, claims, events, installation, reviews
from watchdog.store.tables import deliveries as outbox
from watchdog.store.tables import notices as notice_rows
from watchdog.store.tables import revisions as revision_rows
from watchdog.store.tables import sources as source_rows
from watchdog.store.tables import subscribers as subscriber_rows
from watchdog.store.waiting import one_a_change, waiting

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SOURCE = Source(id="oc", url="https://oc.example/feed", name="OC")
SENTENCE = "Mehman Huseynov was released on Saturday."
DIED = KnownStatus(status=Status.DIED, date=PartialDate(year=2020))


def minutes(number: int) -> datetime:
    return NOW + timedelta(minutes=number)


def a_claim(
    status: Status = Status.RELEASED,
    *,
    confidence: float = 0.3,
    sentence: str = SENTENCE,
    day: date | None = date(2026, 2, 28),
    modality: Modality = Modality.ASSERTED,
) -> Claim:
    return Claim(
        case_id="mh",
        status=status,
        modality=modality,
        certainty=Certainty.ASSERTED,
        date=PartialDate.of(day) if day else None,
        evidence=Evidence(field=TextField.TEXT, start=0, end=len(sentence), sentence=sentence, rule="en.x.y"),
        confidence=confidence,
        doubts=("the name is a common one",) if confidence < 1 else (),
    )


def revision(db: Database, now: datetime, text: str) -> RevisionForJudge:
    """One article, read and claimed for judging."""
    url = f"https://oc.example/{now:%d%H%M}"
    entry = Entry(key=url, url=url, title="t", summary="s", content="", published=now)
    db.now(sources.wake, SOURCE.url, now)
    job = db.now(sources.claim_due, now, 1)[0]
    new = (NewEntry(entry=entry, hash="h", url=url, has_page=True),)
    outcome = PollOutcome(next_poll_at=now, validators=Validators(), body_hash="b", new=new)
    assert db.now(sources.settle_poll, job, outcome, now) == 1
    read = db.now(articles.claim_unread, now, 1)[0]
    blocks = tuple(Block(start=line.start(), end=line.end()) for line in re.finditer(".+", text))
    made = NewRevision(
        page=PageText(title="Released", text=text, blocks=blocks),
        title_is_new=True,
        text_from=TextFrom.PAGE,
        text_hash="x",
        lang="en",
        published=now,
        archived=None,
        validators=Validators(),
        reason=None,
    )
    assert db.now(articles.settle_read, read, made, None, now)
    return db.now(articles.claim_unjudged, now, 1)[0]


def watch(db: Database, *known: KnownStatus, topics: tuple[Topic, ...] = ()) -> None:
    case = Case(id="mh", name="Mehman Huseynov", known=known)
    db.now(watchlist.apply, [SOURCE], Watchlist(cases=(case,), topics=topics), NOW - timedelta(days=1))


def judged(db: Database, at: datetime, *told: Claim) -> tuple[Written, ...]:
    """Judge a text that makes these claims."""
    job = revision(db, at, told[0].evidence.sentence)
    return write(db, job, at, told)


def write(db: Database, job: RevisionForJudge, at: datetime, told: tuple[Claim, ...]) -> tuple[Written, ...]:
    timelines = db.read_now(judgements.read_timelines, ["mh"])
    examined = Examined(found=MentionsFound(mentions=(), unsure=()), claims=told)
    weighed = weigh(examined, timelines, job, at.date(), at)
    written = db.now(judgements.write, job, (), weighed, at)
    assert written is not None
    return written


def signed(at: datetime = NOW, note: str = "", author: str = "anna") -> Signature:
    return Signature(author=author, note=note, at=at)


def subscribed(db: Database, *targets: str) -> None:
    for target in targets:
        db.now(subscribers.subscribe, Channel.ATOM, target, Wish(everything=True), None, NOW)


def sent(db: Database, at: datetime = NOW + timedelta(days=30)) -> list[Message]:
    """Send what is due."""
    jobs = db.now(deliveries.claim_due, at, 50)
    for job in jobs:
        assert db.now(deliveries.settle_sent, job, "ok", at)
    return [job.message for job in jobs]


def ask(db: Database, query: Any) -> Any:
    return db.read_now(lambda connection: connection.execute(query).scalar_one())


def ids(db: Database) -> list[int]:
    return [item.id for item in db.read_now(waiting)]


CHARGED = a_claim(Status.CHARGED, sentence="Mehman Huseynov was charged on Saturday.")


def test_accepting_makes_the_event_and_its_alert_and_is_a_row_with_author_and_time(db: Database) -> None:
    watch(db)
    subscribed(db, "atom:a.xml", "atom:b.xml")
    judged(db, NOW, CHARGED)
    (number,) = ids(db)
    assert sent(db) == []
    version = ask(db, select(func.max(events.c.version)))
    assert version is None
    done = review.accept(db, number, signed(minutes(5), "checked"))
    assert (done.outcome, done.deliveries, done.joined) == (Outcome.NEW, 2, ())
    told = [message.alert for message in sent(db)]
    assert len(told) == 2
    first = told[0]
    assert isinstance(first, Alert)
    assert (first.status, first.band, first.is_reviewed, first.doubts) == (Status.CHARGED, Band.SURE, True, ())
    assert first.event == done.event_id
    row = db.read_now(lambda connection: connection.execute(select(reviews)).one())
    assert (row.author, row.note, row.decision, row.decided_at) == ("anna", "checked", "accepted", minutes(5))
    assert ids(db) == []
    (event,) = db.read_now(histories.case_events, "mh")
    assert (event.sentence, event.confirmations) == (CHARGED.evidence.sentence, 0)
    later = judged(db, minutes(60), a_claim(Status.CHARGED, confidence=0.9, sentence="He was charged."))
    assert later[0].decision.outcome is Outcome.CONFIRMATION


def test_nothing_is_decided_twice(db: Database) -> None:
    watch(db)
    judged(db, NOW, CHARGED)
    (number,) = ids(db)
    review.accept(db, number, signed(note="sure"))
    for again in (review.accept, review.reject):
        with pytest.raises(UsageError, match=rf"claim {number} was accepted by anna on 2026-03-02T12:00:00Z: sure"):
            again(db, number, signed(author="boris"))
    assert ask(db, select(func.count()).select_from(events)) == 1
    with pytest.raises(UsageError, match="no claim 99"):
        review.reject(db, 99, signed())


def test_two_people_who_accept_at_once_send_one_alert(db: Database) -> None:
    watch(db)
    subscribed(db, "atom:a.xml")
    judged(db, NOW, CHARGED)
    (number,) = ids(db)
    refused: list[Exception] = []

    def decide(author: str) -> None:
        try:
            review.accept(db, number, signed(author=author))
        except UsageError as exc:
            refused.append(exc)

    people = [threading.Thread(target=decide, args=(name,)) for name in ("anna", "boris", "clara")]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert len(refused) == 2
    assert len(sent(db)) == 1


def test_a_decision_from_an_old_timeline_writes_nothing(db: Database) -> None:
    watch(db)
    judged(db, NOW, CHARGED)
    (number,) = ids(db)
    planned = review.plan(db, review.find(db, number), NOW)
    judged(db, minutes(1), a_claim(Status.SENTENCED, confidence=1.0, sentence="He was sentenced."))
    with pytest.raises(TimelineChanged):
        db.now(units.accept, planned.item, planned.version, planned.draft, signed())
    assert ids(db) == [number]


def test_a_further_doubtful_report_of_the_same_change_joins_as_a_witness_and_confirms(db: Database) -> None:
    watch(db)
    judged(db, NOW, CHARGED)
    judged(db, minutes(1), replace(CHARGED, date=PartialDate.of(date(2026, 3, 2))))
    judged(db, minutes(2), replace(CHARGED, date=PartialDate.of(date(2026, 2, 10))))
    one, two, other = ids(db)
    groups = one_a_change(db.read_now(waiting))
    assert [(item.id, more) for item, more in groups] == [(one, 1), (other, 0)]
    done = review.accept(db, one, signed())
    assert done.joined == (two,)
    assert ids(db) == [other]
    (event,) = db.read_now(histories.case_events, "mh")
    assert event.confirmations == 1


def test_two_judges_of_doubtful_claims_of_one_change_do_not_both_think_they_are_first(db: Database) -> None:
    watch(db)
    job = revision(db, NOW, CHARGED.evidence.sentence)
    timelines = db.read_now(judgements.read_timelines, ["mh"])
    weighed = weigh(
        Examined(found=MentionsFound(mentions=(), unsure=()), claims=(CHARGED,)), timelines, job, NOW.date(), NOW
    )
    judged(db, minutes(1), CHARGED)
    with pytest.raises(TimelineChanged):
        db.now(judgements.write, job, (), weighed, NOW)
    write(db, job, NOW, (CHARGED,))
    assert [more for _, more in one_a_change(db.read_now(waiting))] == [1]


def test_rejecting_silences_that_evidence_not_the_change(db: Database) -> None:
    watch(db)
    subscribed(db, "atom:a.xml")
    judged(db, NOW, CHARGED)
    judged(db, minutes(1), replace(CHARGED, confidence=0.4))
    one, two = ids(db)
    assert review.reject(db, one, signed(note="another man")) == (two,)
    assert ids(db) == [two]
    review.reject(db, two, signed())
    assert sent(db) == []
    (again,) = judged(db, minutes(2), replace(CHARGED, confidence=1.0))
    assert again.decision.outcome is Outcome.NEW
    assert len(sent(db)) == 1


def test_a_rejected_sentence_stays_silent_in_later_revisions_of_its_article_only(db: Database) -> None:
    watch(db)
    job = revision(db, NOW, CHARGED.evidence.sentence)
    write(db, job, NOW, (CHARGED,))
    (number,) = ids(db)
    review.reject(db, number, signed())
    db.now(
        lambda connection: connection.execute(
            update(revision_rows).where(revision_rows.c.id == job.id).values(due_at=minutes(3))
        )
    )
    (edited,) = db.now(articles.claim_unjudged, minutes(3), 1)
    (silent,) = write(db, edited, minutes(3), (CHARGED,))
    assert (silent.decision.outcome, silent.decision.reason) == (Outcome.SILENCE, Reason.REJECTED)
    (elsewhere,) = judged(db, minutes(4), CHARGED)
    assert elsewhere.decision.outcome is Outcome.REVIEW


def test_a_report_good_enough_alone_alerts_and_closes_the_review(db: Database) -> None:
    watch(db)
    subscribed(db, "atom:a.xml")
    judged(db, NOW, CHARGED)
    judged(db, minutes(1), CHARGED)
    (written,) = judged(db, minutes(2), replace(CHARGED, confidence=0.9))
    assert written.decision.outcome is Outcome.NEW
    assert ids(db) == []
    rows = db.read_now(lambda connection: connection.execute(select(reviews).order_by(reviews.c.id)).all())
    assert {(row.decision, row.author, row.event_id) for row in rows} == {("closed", "watchdog", written.event_id)}
    assert len(rows) == 2
    assert len(sent(db)) == 1


def test_two_changes_of_one_text_close_a_waiting_claim_once(db: Database) -> None:
    watch(db)
    judged(db, NOW, CHARGED)
    one = replace(CHARGED, confidence=0.9, date=PartialDate.of(date(2026, 2, 26)))
    two = replace(CHARGED, confidence=0.9, date=PartialDate.of(date(2026, 3, 2)))
    written = judged(db, minutes(1), one, two)
    assert [each.decision.outcome for each in written] == [Outcome.NEW, Outcome.NEW]
    assert ids(db) == []
    assert ask(db, select(func.count()).select_from(reviews)) == 1


def test_another_change_of_the_same_type_leaves_the_review_open(db: Database) -> None:
    watch(db)
    judged(db, NOW, CHARGED)
    judged(db, minutes(1), replace(CHARGED, confidence=0.9, date=PartialDate.of(date(2026, 2, 10))))
    assert len(ids(db)) == 1


def test_a_claim_that_waits_behind_a_known_death_is_accepted_as_what_it_says(db: Database) -> None:
    watch(db, DIED)
    subscribed(db, "atom:a.xml")
    (written,) = judged(db, NOW, a_claim(confidence=1.0))
    assert (written.decision.outcome, written.decision.reason) == (Outcome.REVIEW, Reason.AFTER_DEATH)
    done = review.accept(db, ids(db)[0], signed())
    assert (done.outcome, done.deliveries) == (Outcome.NEW, 1)


def test_a_contradiction_still_makes_an_accepted_claim_unconfirmed(db: Database) -> None:
    watch(db, KnownStatus(status=Status.CHARGES_DROPPED, date=PartialDate(year=2026, month=1, day=5)))
    judged(db, NOW, a_claim(Status.CONVICTED, sentence="He was convicted."))
    (number,) = ids(db)
    planned = review.plan(db, review.find(db, number), NOW)
    assert planned.draft.decision.band is Band.UNCONFIRMED
    assert "contradicts the known charges_dropped" in planned.draft.alert.doubts[0]


def test_accepting_a_doubtful_denial_disputes_and_one_of_nothing_is_refused(db: Database) -> None:
    watch(db)
    (made,) = judged(db, NOW, replace(CHARGED, confidence=1.0))
    denial = replace(CHARGED, modality=Modality.DENIED)
    judged(db, minutes(1), denial)
    judged(db, minutes(2), denial)
    one, two = ids(db)
    assert [more for _, more in one_a_change(db.read_now(waiting))] == [1]
    done = review.accept(db, one, signed())
    assert (done.outcome, done.event_id, done.deliveries, done.joined) == (Outcome.DISPUTE, made.event_id, 0, (two,))
    judged(db, minutes(3), denial)
    (number,) = ids(db)
    assert made.event_id is not None
    db.now(corrections.retract, made.event_id, signed())
    with pytest.raises(UsageError, match="nothing to accept"):
        review.accept(db, number, signed())
    assert ids(db) == [number]


def test_accepting_a_doubtful_retraction_corrects_whoever_was_told(db: Database) -> None:
    watch(db)
    subscribed(db, "atom:a.xml")
    judged(db, NOW, replace(CHARGED, confidence=1.0))
    assert len(sent(db)) == 1
    judged(db, minutes(1), replace(CHARGED, modality=Modality.RETRACTED))
    done = review.accept(db, ids(db)[0], signed())
    assert (done.outcome, done.deliveries) == (Outcome.CORRECTION, 1)
    (message,) = sent(db)
    assert isinstance(message.alert, Alert)
    assert message.alert.kind is AlertKind.CORRECTION
    assert db.read_now(judgements.read_timelines, ["mh"])[0].events == ()


def alerted(db: Database, *targets: str) -> int:
    """An event that these targets were told of."""
    subscribed(db, *targets)
    (made,) = judged(db, NOW, a_claim(confidence=1.0))
    assert len(sent(db)) == len(targets)
    assert made.event_id is not None
    return made.event_id


def test_a_retraction_reaches_exactly_those_who_were_told_and_confirms_no_more(db: Database) -> None:
    watch(db)
    event = alerted(db, "atom:a.xml", "atom:b.xml")
    db.now(subscribers.unsubscribe, "atom:a.xml", NOW)
    subscribed(db, "atom:late.xml")
    done = db.now(corrections.retract, event, signed(minutes(9), "It was his brother."))
    assert (done.new_event_id, done.deliveries) == (None, 2)
    db.now(subscribers.unsubscribe, "atom:b.xml", minutes(9))  # a correction goes out all the same
    told = sent(db)
    assert sorted(message.target for message in told) == ["atom:a.xml", "atom:b.xml"]
    alert = told[0].alert
    assert isinstance(alert, Alert)
    assert alert.correction is not None
    assert (alert.event, alert.status, alert.correction.note) == (event, Status.RELEASED, "It was his brother.")
    (again,) = judged(db, minutes(10), a_claim(confidence=1.0))
    assert again.decision.outcome is Outcome.NEW
    with pytest.raises(UsageError, match=f"event {event} was retracted by anna"):
        db.now(corrections.retract, event, signed())


def test_a_corrected_event_is_a_new_one_with_the_old_evidence_and_confirms(db: Database) -> None:
    watch(db)
    event = alerted(db, "atom:a.xml")
    day = PartialDate(year=2026, month=2, day=20)
    done = db.now(corrections.correct, event, Status.RELEASED_CONDITIONALLY, day, signed(minutes(9)))
    old, new = db.read_now(histories.case_events, "mh")
    assert old.withdrawn_at == minutes(9)
    assert (new.id, new.status, new.event_date) == (done.new_event_id, "released_conditionally", "2026-02-20")
    assert new.sentence == SENTENCE
    (message,) = sent(db)
    assert isinstance(message.alert, Alert)
    assert message.alert.correction is not None
    assert message.alert.correction.status is Status.RELEASED_CONDITIONALLY
    claim = a_claim(Status.RELEASED_CONDITIONALLY, confidence=1.0, day=date(2026, 2, 20))
    (later,) = judged(db, minutes(20), claim)
    assert (later.decision.outcome, later.event_id) == (Outcome.CONFIRMATION, new.id)
    assert new.id is not None
    again = db.now(corrections.retract, new.id, signed(minutes(30)))
    assert again.deliveries == 1
    (last,) = sent(db)
    assert isinstance(last.alert, Alert)
    assert (last.alert.status, last.alert.event) == (Status.RELEASED_CONDITIONALLY, new.id)


def refused(db: Database, match: str, unit: Callable[..., object], *arguments: object) -> None:
    with pytest.raises(UsageError, match=match):
        db.now(unit, *arguments)


def test_what_cannot_be_corrected_is_refused_in_words(db: Database) -> None:
    watch(db, DIED)
    known = ask(db, select(events.c.id))
    refused(db, "under known in watchlist.toml", corrections.retract, known, signed())
    refused(db, "no event 99", corrections.retract, 99, signed())
    watch(db)
    event = alerted(db)
    refused(db, "says this already", corrections.correct, event, Status.RELEASED, None, signed())
    done = db.now(corrections.correct, event, None, PartialDate(year=2026, month=2), signed())
    instead = f"corrected by anna .* event {done.new_event_id} stands in its place"
    refused(db, instead, corrections.retract, event, signed())


@pytest.mark.parametrize("is_second", [False, True], ids=["the only decision", "the second, before the first went out"])
def test_what_was_not_sent_yet_is_not_sent_after_its_correction(db: Database, is_second: bool) -> None:
    """One has it, one had a try, one had none, one is being sent, one refused it: told or maybe told, never misled."""
    watch(db)
    for name in ("sent", "tried", "fresh", "sending", "refused", "lost", "lost and refused"):
        subscribed(db, f"atom:{name}.xml")
    (made,) = judged(db, NOW, a_claim(confidence=1.0))
    jobs = {job.message.target: job for job in db.now(deliveries.claim_due, NOW, 10)}
    db.now(deliveries.settle_sent, jobs["atom:sent.xml"], "ok", NOW)
    db.now(deliveries.settle_failed, jobs["atom:tried.xml"], "transient: x", minutes(60), NOW)
    db.now(deliveries.settle_failed, jobs["atom:refused.xml"], "policy: x", None, NOW)
    db.now(deliveries.settle_failed, jobs["atom:lost.xml"], "ambiguous: x", None, NOW)
    db.now(deliveries.settle_failed, jobs["atom:lost and refused.xml"], "ambiguous: x", NOW, NOW)
    (again,) = db.now(deliveries.claim_due, NOW, 10)
    db.now(deliveries.settle_failed, again, "transient: x", None, NOW)
    fresh = {"state": DeliveryState.QUEUED, "lease_until": None, "tries": 0, "reason": None, "fence": 0}
    db.now(
        lambda connection: connection.execute(
            update(outbox).where(outbox.c.id == jobs["atom:fresh.xml"].lease.id).values(fresh)
        )
    )
    assert made.event_id is not None
    standing = made.event_id
    if is_second:
        done = db.now(corrections.correct, standing, None, PartialDate(year=2026, month=2, day=20), signed())
        assert done.new_event_id is not None
        standing = done.new_event_id
    db.now(corrections.retract, standing, signed())
    assert not db.now(deliveries.settle_failed, jobs["atom:sending.xml"], "transient: x", minutes(9), NOW)
    told = sent(db)
    assert {message.target.removeprefix("atom:").removesuffix(".xml") for message in told} == {
        "sent", "tried", "sending", "lost", "lost and refused",
    }  # fmt: skip
    for message in told:
        assert isinstance(message.alert, Alert)
        assert message.alert.correction == Correction()
        # what they heard, and not what nobody did
        assert (message.alert.kind, message.alert.event) == (AlertKind.CORRECTION, made.event_id)
        assert str(message.alert.event_date) == "2026-02-28"


def test_what_was_taken_back_is_no_failure_and_no_hand_sends_it_after_all(db: Database) -> None:
    watch(db)
    subscribed(db, "atom:refused.xml", "atom:fresh.xml")
    (made,) = judged(db, NOW, a_claim(confidence=1.0))
    (refused_one,) = db.now(deliveries.claim_due, NOW, 1)
    db.now(deliveries.settle_failed, refused_one, "bad_address: x", None, NOW)
    assert made.event_id is not None
    done = db.now(corrections.correct, made.event_id, None, PartialDate(year=2026, month=2, day=20), signed())
    assert done.deliveries == 0
    dead = db.read_now(queues.list_rows, NOW, ["send"], only_stuck=True)
    assert [row.id for row in dead] == [str(refused_one.lease.id)]  # the other was not to arrive
    for number in db.read_now(lambda connection: connection.execute(select(outbox.c.id)).scalars().all()):
        refused(db, f"event {made.event_id}, which was taken back or corrected", queues.retry, f"send:{number}", NOW)


def test_a_correction_says_all_that_somebody_may_have_heard(db: Database) -> None:
    """One has heard the alert and its first correction, one only the alert; the second correction is for both."""
    watch(db)
    event = alerted(db, "atom:a.xml", "atom:b.xml")
    first = db.now(corrections.correct, event, None, PartialDate(year=2026, month=2, day=20), signed(minutes(9)))
    heard, _ = db.now(deliveries.claim_due, minutes(9), 9)
    assert db.now(deliveries.settle_sent, heard, "ok", minutes(9))
    assert first.new_event_id is not None
    db.now(corrections.retract, first.new_event_id, signed(minutes(10)))
    told = sent(db)
    assert len(told) == 2
    for message in told:
        assert isinstance(message.alert, Alert)
        assert message.alert.correction is not None
        assert (message.alert.event, str(message.alert.event_date)) == (first.new_event_id, "2026-02-20")
        assert message.alert.correction.before == ((Status.RELEASED, PartialDate(year=2026, month=2, day=28)),)
        words = plain_text(message.alert)
        assert "told you: released, 20 February 2026; before that: released, 28 February 2026.\n" in words


def operator(db: Database, target: str = "atom:ops.xml") -> int:
    return db.now(subscribers.enrol_operator, Channel.ATOM, target, None, NOW)


def remind(db: Database, at: datetime, *operators: int) -> list[NoticeKind]:
    due = db.read_now(notices.find_due, at)
    assert db.now(notices.write, due, operators, at) == len(due)
    return [each.notice.kind for each in due]


def test_a_critical_claim_is_told_at_once_and_again_after_a_day_and_never_more(db: Database) -> None:
    watch(db, DIED)
    judged(db, NOW, a_claim(confidence=1.0))
    one, two = operator(db), operator(db, "atom:two.xml")
    assert remind(db, NOW, one, two) == [NoticeKind.WAITING]
    assert remind(db, NOW, one, two) == []
    judged(db, minutes(1), a_claim(confidence=1.0))
    day = timedelta(hours=24)
    assert remind(db, NOW + day - timedelta(seconds=1), one, two) == []
    assert remind(db, NOW + day, one, two) == [NoticeKind.STILL_WAITING]
    assert remind(db, NOW + 9 * day, one, two) == []
    told = sent(db)
    assert [message.target for message in told] == ["atom:ops.xml", "atom:two.xml"] * 2
    assert len({message.key for message in told}) == 4
    assert "1 further report of the same change waits" in getattr(told[-1].alert, "text", "")


def test_a_decided_claim_reminds_nobody(db: Database) -> None:
    watch(db, DIED)
    judged(db, NOW, a_claim(confidence=1.0))
    one = operator(db)
    assert remind(db, NOW, one) == [NoticeKind.WAITING]
    review.reject(db, ids(db)[0], signed())
    assert remind(db, NOW + timedelta(days=2), one) == []


def test_the_others_are_told_in_one_line_a_day(db: Database) -> None:
    watch(db)
    judged(db, NOW, CHARGED)
    judged(db, minutes(1), a_claim(Status.SENTENCED, sentence="He was sentenced on Saturday."))
    one = operator(db)
    assert remind(db, minutes(2), one) == []
    six = datetime(2026, 3, 3, 6, tzinfo=UTC)
    assert remind(db, six - timedelta(seconds=1), one) == []
    assert remind(db, six, one) == [NoticeKind.DAILY]
    assert remind(db, six + timedelta(hours=23), one) == []
    assert remind(db, six + timedelta(hours=27), one) == [NoticeKind.DAILY]  # it was down at six
    for number in ids(db):
        review.reject(db, number, signed())
    assert remind(db, six + timedelta(days=2), one) == []
    assert "2 claims wait" in getattr(sent(db)[0].alert, "subject", "")


def test_what_is_set_aside_is_told_once_and_not_one_by_one(db: Database) -> None:
    watch(db)
    one = operator(db)

    def set_aside(at: datetime) -> None:
        stuck = {"stuck_at": at, "reason": "ValueError: boom"}
        db.now(lambda connection: connection.execute(update(source_rows).values(stuck)))

    set_aside(NOW)
    assert remind(db, NOW, one) == [NoticeKind.STUCK]
    assert remind(db, NOW + timedelta(days=3), one) == []
    set_aside(minutes(10))
    db.now(lambda connection: connection.execute(update(notice_rows).values(created_at=NOW)))
    assert remind(db, minutes(11), one) == []
    assert remind(db, minutes(60), one) == [NoticeKind.STUCK]
    assert "poll oc: ValueError: boom" in getattr(sent(db)[0].alert, "text", "")


def test_a_notice_found_twice_is_written_once(db: Database) -> None:
    watch(db, DIED)
    judged(db, NOW, a_claim(confidence=1.0))
    one = operator(db)
    due = db.read_now(notices.find_due, NOW)
    assert db.now(notices.write, due, (one,), NOW) == 1
    assert db.now(notices.write, due, (one,), NOW) == 0
    assert ask(db, select(func.count()).select_from(outbox)) == 1


def test_a_notice_half_written_is_not_written(db: Database) -> None:
    watch(db, DIED)
    judged(db, NOW, a_claim(confidence=1.0))
    due = db.read_now(notices.find_due, NOW)
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        db.now(notices.write, due, (operator(db), 99), NOW)
    assert ask(db, select(func.count()).select_from(notice_rows)) == 0
    assert remind(db, NOW, operator(db)) == [NoticeKind.WAITING]


def test_unsubscribing_a_target_keeps_what_it_hears_as_an_operator(db: Database) -> None:
    watch(db, DIED)
    subscribed(db, "atom:ops.xml")
    judged(db, NOW, a_claim(confidence=1.0))
    remind(db, NOW, operator(db))
    db.now(subscribers.unsubscribe, "atom:ops.xml", NOW)
    assert len(sent(db)) == 1


def test_a_secret_that_subscribe_made_stays_and_a_webhook_needs_one(db: Database) -> None:
    enrol = subscribers.enrol_operator
    refused(db, "needs a secret", enrol, Channel.WEBHOOK, "webhook+https://a.example/", None, NOW)
    one = db.now(enrol, Channel.WEBHOOK, "webhook+https://a.example/", "env:ONE", NOW)
    assert db.now(enrol, Channel.WEBHOOK, "webhook+https://a.example/", "env:TWO", NOW) == one
    assert ask(db, select(subscriber_rows.c.secret)) == "env:TWO"
    assert db.now(enrol, Channel.WEBHOOK, "webhook+https://a.example/", None, NOW) == one
    both = "webhook+https://b.example/"
    db.now(subscribers.subscribe, Channel.WEBHOOK, both, Wish(everything=True), "whsec_x", NOW)
    db.now(enrol, Channel.WEBHOOK, both, "env:ONE", NOW)
    secrets = select(subscriber_rows.c.secret).where(subscriber_rows.c.target == both)
    assert ask(db, secrets) == "whsec_x"


def test_nothing_that_was_decided_is_overwritten(db: Database) -> None:
    """The claim stays as the judge left it; the decision stands beside it."""
    watch(db)
    judged(db, NOW, CHARGED)
    before = db.read_now(lambda connection: connection.execute(select(claims)).all())
    review.accept(db, ids(db)[0], signed())
    assert db.read_now(lambda connection: connection.execute(select(claims)).all()) == before
    assert ask(db, select(func.count()).select_from(alerts)) == 1
    assert ask(db, select(func.count()).select_from(installation)) == 1
