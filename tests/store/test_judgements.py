"""What was decided is written all at once, serial per case, and told once per subscriber."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from watchdog.core.alerts import make_alert
from watchdog.errors import TimelineChanged
from watchdog.model.answer import Validators
from watchdog.model.article import Block, Entry, PageText, TextField, TextFrom
from watchdog.model.claim import Certainty, Claim, Evidence, Modality
from watchdog.model.dates import PartialDate
from watchdog.model.delivery import Alert, AlertKind, Channel
from watchdog.model.event import Band, Decision, Outcome, Reason
from watchdog.model.source import Source
from watchdog.model.status import Status
from watchdog.model.watch import Case, KnownStatus, Watchlist
from watchdog.store import Database, articles, deliveries, judgements, sources, subscribers, watchlist
from watchdog.store.articles import NewRevision, RevisionForJudge
from watchdog.store.judgements import Draft, Judgement, Written
from watchdog.store.sources import NewEntry, PollOutcome
from watchdog.store.subscribers import Wish
from watchdog.store.tables import alerts, claims, events
from watchdog.store.tables import deliveries as outbox

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SENTENCE = "Mehman Huseynov was released on Saturday."
CASE = Case(id="mh", name="Mehman Huseynov", known=(KnownStatus(status=Status.SENTENCED, date=PartialDate(year=2025)),))
SOURCE = Source(id="oc", url="https://oc.example/feed", name="OC")


def revision(db: Database, now: datetime = NOW) -> RevisionForJudge:
    """One article of one source, read and claimed for judging."""
    db.now(watchlist.apply, [SOURCE], Watchlist(cases=(CASE,)), now - timedelta(days=1))
    url = f"https://oc.example/{now:%H%M}"
    entry = Entry(key=url, url=url, title="t", summary="s", content="", published=now)
    job = db.now(sources.claim_due, now, 1)[0]
    new = (NewEntry(entry=entry, hash="h", url=url, has_page=True),)
    outcome = PollOutcome(next_poll_at=now, validators=Validators(), body_hash="b", new=new)
    assert db.now(sources.settle_poll, job, outcome, now) == 1
    read = db.now(articles.claim_unread, now, 1)[0]
    page = PageText(title="Released", text=SENTENCE, blocks=(Block(start=0, end=len(SENTENCE)),))
    made = NewRevision(
        page=page,
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


def draft(job: RevisionForJudge, outcome: Outcome = Outcome.NEW, reason: Reason | None = None) -> Draft:
    evidence = Evidence(field=TextField.TEXT, start=0, end=len(SENTENCE), sentence=SENTENCE, rule="en.released.freed")
    claim = Claim(
        case_id="mh",
        status=Status.RELEASED,
        modality=Modality.ASSERTED,
        certainty=Certainty.ASSERTED,
        evidence=evidence,
    )
    decision = Decision(
        claim=claim, outcome=outcome, reason=reason, band=Band.SURE if outcome is Outcome.NEW else None, confidence=0.9
    )
    alert = make_alert(
        kind=AlertKind.ALERT,
        decision=decision,
        event_id=0,
        case=CASE,
        source=job.source,
        url=job.url,
        title=job.title,
        lang="en",
        published=job.published,
        raised_at=NOW,
    )
    return Draft(decision=decision, alert=alert)


def write(
    db: Database, job: RevisionForJudge, *drafts: Draft, version: int | None = None
) -> tuple[Written, ...] | None:
    (timeline,) = db.read_now(judgements.read_timelines, ["mh"])
    judgement = Judgement(
        case_id="mh", version=timeline.version if version is None else version, reported=date(2026, 3, 2), drafts=drafts
    )
    return db.now(judgements.write, job, (), [judgement], NOW)


def count(db: Database, table: object) -> int:
    return db.read_now(lambda connection: connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]  # any table


def test_one_alert_reaches_each_subscriber_once_however_many_subscriptions_match(db: Database) -> None:
    job = revision(db)
    db.now(subscribers.subscribe, Channel.CONSOLE, "console:", Wish(everything=True, case_ids=("mh",)), None, NOW)
    db.now(subscribers.subscribe, Channel.ATOM, "atom:a.xml", Wish(case_ids=("mh",)), None, NOW)
    other = Wish(everything=True, statuses=frozenset({Status.DIED}))
    db.now(subscribers.subscribe, Channel.ATOM, "atom:deaths.xml", other, None, NOW)
    written = write(db, job, draft(job))
    assert written is not None
    jobs = db.now(deliveries.claim_due, NOW, 10)
    assert sorted(job.message.target for job in jobs) == ["atom:a.xml", "console:"]
    assert {job.message.alert.event for job in jobs if isinstance(job.message.alert, Alert)} == {written[0].event_id}
    assert len({job.message.key for job in jobs}) == 2


def test_a_timeline_that_changed_is_not_written_and_the_revision_stays_claimed(db: Database) -> None:
    job = revision(db)
    with pytest.raises(TimelineChanged):
        write(db, job, draft(job), version=0)  # the known sentence made it 1
    assert count(db, claims) == 0
    assert write(db, job, draft(job)) is not None


def test_a_second_writer_of_the_same_revision_writes_nothing(db: Database) -> None:
    job = revision(db)
    assert write(db, job, draft(job))
    assert write(db, job, draft(job)) is None
    assert count(db, alerts) == 1
    assert count(db, events) == 2  # the known one and the new one


def test_silence_is_stored_with_its_reason_and_tells_nobody(db: Database) -> None:
    job = revision(db)
    db.now(subscribers.subscribe, Channel.CONSOLE, "console:", Wish(everything=True), None, NOW)
    written = write(db, job, draft(job, Outcome.SILENCE, Reason.CALLED_FOR_NOT_DONE))
    assert written is not None
    assert written[0].event_id is None
    assert count(db, claims) == 1
    assert count(db, outbox) == 0


def test_background_fills_the_timeline_and_tells_nobody(db: Database) -> None:
    job = revision(db)
    db.now(subscribers.subscribe, Channel.CONSOLE, "console:", Wish(everything=True), None, NOW)
    write(db, job, draft(job, Outcome.BACKGROUND, Reason.OLD_NEWS))
    (timeline,) = db.read_now(judgements.read_timelines, ["mh"])
    assert [event.status for event in timeline.events] == [Status.SENTENCED, Status.RELEASED]
    assert count(db, outbox) == 0


def test_a_correction_goes_to_everybody_who_got_the_alert_subscribed_still_or_not(db: Database) -> None:
    first = revision(db)
    db.now(subscribers.subscribe, Channel.CONSOLE, "console:", Wish(everything=True), None, NOW)
    written = write(db, first, draft(first))
    assert written is not None
    for job in db.now(deliveries.claim_due, NOW, 10):
        db.now(deliveries.settle_sent, job, "ok", NOW)
    db.now(subscribers.unsubscribe, "console:", NOW)
    db.now(subscribers.subscribe, Channel.ATOM, "atom:late.xml", Wish(everything=True), None, NOW)
    (timeline,) = db.read_now(judgements.read_timelines, ["mh"])
    second = revision(db, NOW + timedelta(minutes=5))
    decision = Decision(
        claim=draft(second).decision.claim,
        outcome=Outcome.CORRECTION,
        reason=Reason.KNOWN_EVENT,
        confidence=0.9,
        event=timeline.events[-1],
    )
    alert = make_alert(
        kind=AlertKind.CORRECTION,
        decision=decision,
        event_id=0,
        case=CASE,
        source=SOURCE,
        url=second.url,
        title="t",
        lang="en",
        published=NOW,
        raised_at=NOW,
    )
    write(db, second, Draft(decision=decision, alert=alert))
    (correction,) = db.now(deliveries.claim_due, NOW + timedelta(minutes=5), 10)
    assert correction.message.target == "console:"
    assert isinstance(correction.message.alert, Alert)
    assert correction.message.alert.kind is AlertKind.CORRECTION
    (after,) = db.read_now(judgements.read_timelines, ["mh"])
    assert [event.status for event in after.events] == [Status.SENTENCED]


def test_known_events_follow_the_file_and_never_alert(db: Database) -> None:
    revision(db)
    assert count(db, outbox) == 0
    bare = Case(id="mh", name="Mehman Huseynov")
    db.now(watchlist.apply, [SOURCE], Watchlist(cases=(bare,)), NOW)
    (timeline,) = db.read_now(judgements.read_timelines, ["mh"])
    assert timeline.events == ()
    assert count(db, alerts) == 0


def test_applying_the_same_files_twice_changes_nothing(db: Database) -> None:
    lists = Watchlist(cases=(CASE,))
    first = db.now(watchlist.apply, [SOURCE], lists, NOW)
    again = db.now(watchlist.apply, [SOURCE], lists, NOW + timedelta(hours=1))
    assert (first.added, again.added, again.changed, again.gone) == (("source oc", "case mh"), (), (), ())
    gone = db.now(watchlist.apply, [], Watchlist(), NOW)
    assert gone.gone == ("source oc", "case mh")
    assert db.now(sources.claim_due, NOW + timedelta(days=1), 5) == ()
    back = db.now(watchlist.apply, [SOURCE], lists, NOW)
    assert back.changed == ("source oc", "case mh")
