"""Digests: what waits is told once, in one message for a period, whatever stops the service in between."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from tests.store.test_reviews import NOW, SOURCE, a_claim, judged, revision, signed, watch
from watchdog.core.alerts import digest_key, digest_thread, make_topic_alert
from watchdog.core.digests import Schedule
from watchdog.errors import TimelineChanged
from watchdog.model.article import TextField
from watchdog.model.delivery import Alert, AlertKind, Channel, Digest, Every, Message, TopicAlert
from watchdog.model.source import PollMemory, Source
from watchdog.model.status import Status
from watchdog.model.topic import TopicDecision, TopicMatch, TopicOutcome
from watchdog.model.watch import Case, Topic, Watchlist
from watchdog.store import (
    Database,
    clock,
    corrections,
    deliveries,
    digests,
    judgements,
    queues,
    sources,
    states,
    subscribers,
    topics,
    watchlist,
)
from watchdog.store.articles import RevisionForJudge
from watchdog.store.subscribers import Subscribed, Wish
from watchdog.store.tables import digests as rows
from watchdog.store.tables import installation
from watchdog.store.tables import revisions as revision_rows

SCHEDULE = Schedule(at=time(7), zone=UTC)
DAY = timedelta(days=1)
#: The first boundary after NOW, which is a Monday noon.
SEVEN = datetime(2026, 3, 3, 7, tzinfo=UTC)
HOSPITALISED = a_claim(Status.HOSPITALISED, confidence=1.0, sentence="Mehman Huseynov was hospitalised.")
RELEASED = a_claim(confidence=1.0)
STRIKES = Topic(id="strikes", any=("strike",))


def follow(db: Database, target: str, every: Every, *, at: datetime = NOW, **wish: object) -> Subscribed:
    wanted = replace(Wish(everything=not wish, every=every), **wish)  # type: ignore[arg-type]  # by name
    return db.now(subscribers.subscribe, Channel.ATOM, target, wanted, None, at)


def cut(db: Database, at: datetime) -> int:
    return sum(db.now(digests.cut, due, at) for due in db.read_now(digests.find_due, SCHEDULE, at))


def sent(db: Database, at: datetime) -> list[Message]:
    jobs = db.now(deliveries.claim_due, at, 50)
    for job in jobs:
        assert db.now(deliveries.settle_sent, job, "ok", at)
    return [job.message for job in jobs]


def told(message: Message) -> Digest:
    assert isinstance(message.alert, Digest)
    return message.alert


def statuses(message: Message) -> list[Status]:
    return [item.told.status for item in told(message).items if isinstance(item.told, Alert)]


def test_what_waits_is_told_once_when_its_period_has_ended(db: Database) -> None:
    watch(db)
    one = follow(db, "atom:day.xml", Every.DAY).subscriber_id
    judged(db, NOW, HOSPITALISED)
    judged(db, NOW + timedelta(hours=2), RELEASED)
    assert (cut(db, SEVEN - timedelta(seconds=1)), sent(db, SEVEN)) == (0, [])
    assert (cut(db, SEVEN), cut(db, SEVEN)) == (1, 0)
    (message,) = sent(db, SEVEN)
    digest = told(message)
    assert statuses(message) == [Status.HOSPITALISED, Status.RELEASED]
    assert (digest.every, digest.starts_at, digest.ends_at) == (Every.DAY, SEVEN - DAY, SEVEN)
    home = db.read_now(lambda connection: connection.execute(select(installation.c.id)).scalar_one())
    number = db.read_now(lambda connection: connection.execute(select(rows.c.id)).scalar_one())
    assert message.key == digest_key(number, one, home=home)
    assert (cut(db, SEVEN + 3 * DAY), sent(db, SEVEN + 3 * DAY)) == (0, []), "an empty period sends nothing"


def test_a_change_is_told_once_and_as_soon_as_any_subscription_wants_it(db: Database) -> None:
    watch(db)
    follow(db, "atom:a.xml", Every.WEEK)
    follow(db, "atom:a.xml", Every.HOUR, case_ids=("mh",))
    follow(db, "atom:a.xml", Every.NOW, everything=True, statuses=frozenset({Status.RELEASED}))
    judged(db, NOW, HOSPITALISED)
    judged(db, NOW + timedelta(minutes=1), RELEASED)
    (alert,) = sent(db, NOW + timedelta(minutes=2))
    assert isinstance(alert.alert, Alert)
    assert alert.alert.status is Status.RELEASED
    assert cut(db, NOW + timedelta(hours=1)) == 1
    (message,) = sent(db, NOW + timedelta(hours=1))
    assert (told(message).every, statuses(message)) == (Every.HOUR, [Status.HOSPITALISED])
    assert cut(db, NOW + 30 * DAY) == 0


def test_a_service_that_was_down_for_days_sends_one_digest_of_all_of_them(db: Database) -> None:
    watch(db)
    for every in (Every.HOUR, Every.DAY):
        follow(db, f"atom:{every}.xml", every)
    judged(db, NOW - timedelta(hours=18), HOSPITALISED)
    judged(db, NOW, RELEASED)
    back = NOW + 3 * DAY + timedelta(minutes=20)
    assert cut(db, back) == 2
    hourly, daily = sorted(sent(db, back), key=lambda message: message.target, reverse=True)
    assert statuses(hourly) == statuses(daily) == [Status.HOSPITALISED, Status.RELEASED]
    assert (told(daily).starts_at, told(daily).ends_at) == (SEVEN - 2 * DAY, SEVEN + 2 * DAY)
    assert (told(hourly).starts_at, told(hourly).ends_at) == (NOW - timedelta(hours=18), NOW + 3 * DAY)
    assert cut(db, back) == 0


def test_what_is_written_after_its_digest_was_cut_goes_into_the_next_one(db: Database) -> None:
    watch(db)
    follow(db, "atom:a.xml", Every.DAY)
    judged(db, NOW, HOSPITALISED)
    assert cut(db, SEVEN) == 1
    judged(db, SEVEN - timedelta(seconds=2), RELEASED)  # its transaction was slow
    assert cut(db, SEVEN + timedelta(hours=1)) == 0
    assert cut(db, SEVEN + DAY) == 1
    first, second = sent(db, SEVEN + DAY)
    assert (statuses(first), statuses(second)) == ([Status.HOSPITALISED], [Status.RELEASED])
    assert told(second).starts_at == SEVEN, "no period is told of twice"


def test_a_clock_that_ran_ahead_silences_nobody(db: Database) -> None:
    watch(db)
    follow(db, "atom:a.xml", Every.DAY)
    judged(db, NOW, HOSPITALISED)
    ahead = NOW + 400 * DAY
    assert cut(db, ahead) == 1
    judged(db, ahead, a_claim(confidence=1.0, day=ahead.date()))
    db.now(clock.catch_up, NOW)
    assert cut(db, SEVEN) == 1
    assert statuses(sent(db, ahead)[-1]) == [Status.RELEASED]


def test_two_services_cut_one_digest(db: Database) -> None:
    watch(db)
    follow(db, "atom:a.xml", Every.DAY)
    judged(db, NOW, HOSPITALISED)
    (due,) = db.read_now(digests.find_due, SCHEDULE, SEVEN)
    done: list[bool] = []
    threads = [threading.Thread(target=lambda: done.append(db.now(digests.cut, due, SEVEN))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, False, False, True]
    assert len(sent(db, SEVEN)) == 1


@pytest.mark.parametrize("is_cut", [False, True])
def test_what_is_taken_back_before_it_is_sent_is_told_as_taken_back(db: Database, is_cut: bool) -> None:
    watch(db)
    follow(db, "atom:a.xml", Every.DAY)
    (written,) = judged(db, NOW, RELEASED)
    if is_cut:
        assert cut(db, SEVEN) == 1
    assert written.event_id is not None
    assert db.now(corrections.retract, written.event_id, signed(SEVEN, "his brother")).deliveries == 0
    if not is_cut:
        assert cut(db, SEVEN) == 1
    (message,) = sent(db, SEVEN)
    (item,) = told(message).items
    assert item.correction is not None
    assert item.correction.correction is not None
    assert item.correction.correction.note == "his brother"


def test_what_is_taken_back_after_it_was_told_is_corrected_at_once_on_the_digests_thread(db: Database) -> None:
    watch(db)
    follow(db, "atom:a.xml", Every.WEEK)
    follow(db, "atom:late.xml", Every.NOW, at=NOW, case_ids=("mh",))
    (written,) = judged(db, NOW, RELEASED)
    assert cut(db, NOW + 7 * DAY) == 1
    by_itself, digest = sent(db, NOW + 7 * DAY)
    db.now(subscribers.unsubscribe, "atom:a.xml", NOW + 7 * DAY)
    assert written.event_id is not None
    assert db.now(corrections.retract, written.event_id, signed(NOW + 8 * DAY)).deliveries == 2
    threads = {}
    for message in sent(db, NOW + 8 * DAY):
        assert isinstance(message.alert, Alert)
        assert message.alert.kind is AlertKind.CORRECTION
        threads[message.target] = message.thread
    assert threads == {"atom:a.xml": told(digest).thread, "atom:late.xml": None}
    assert told(digest).thread == digest_thread(1)
    assert isinstance(by_itself.alert, Alert)
    assert [item.correction for item in told(digest).items] == [None]


def test_who_leaves_gets_nothing_that_waited(db: Database) -> None:
    watch(db)
    follow(db, "atom:waits.xml", Every.DAY)
    follow(db, "atom:cut.xml", Every.HOUR)
    judged(db, NOW, RELEASED)
    assert cut(db, NOW + timedelta(hours=1)) == 1
    for target in ("atom:waits.xml", "atom:cut.xml"):
        assert db.now(subscribers.unsubscribe, target, NOW + timedelta(hours=1)) == 1
    assert (cut(db, SEVEN), sent(db, SEVEN)) == (0, [])
    follow(db, "atom:waits.xml", Every.DAY, at=SEVEN)
    assert cut(db, SEVEN + DAY) == 0


def test_the_same_subscription_with_another_cadence_takes_the_place_of_the_old_one(db: Database) -> None:
    watch(db)
    first = follow(db, "atom:a.xml", Every.WEEK)
    again = follow(db, "atom:a.xml", Every.WEEK)
    changed = follow(db, "atom:a.xml", Every.NOW)
    assert [(one.added, one.changed) for one in (first, again, changed)] == [(1, 0), (0, 0), (0, 1)]
    assert [held.every for held in db.read_now(subscribers.live_subscriptions)] == [Every.NOW]
    judged(db, NOW, RELEASED)
    assert len(sent(db, NOW)) == 1


def test_a_digest_says_who_was_silent(db: Database) -> None:
    watch(db)
    quiet = Source(id="jam", url="https://jam.example/feed", name="JAM News")
    off = Source(id="off", url="https://off.example/feed", name="Off", enabled=False)
    watched = Watchlist(cases=(Case(id="mh", name="Mehman Huseynov"),))
    db.now(watchlist.apply, [SOURCE, quiet, off], watched, NOW - DAY)
    assert db.read_now(states.find_coverage, NOW).silent == (("jam", "JAM News"), ("oc", "OC"))
    (job,) = [job for job in db.now(sources.claim_due, NOW, 9) if job.source.id == "jam"]
    reason = "connection refused"
    db.now(sources.settle_failed_poll, job, reason, NOW + DAY, NOW, forget_validators=False, memory=PollMemory())
    follow(db, "atom:a.xml", Every.DAY)
    db.now(sources.wake, SOURCE.url, NOW)
    judged(db, NOW + timedelta(minutes=5), RELEASED)
    cut(db, SEVEN)
    coverage = told(sent(db, SEVEN)[0]).coverage
    assert (coverage.sources, coverage.answered, coverage.silent) == (2, 1, (("jam", "JAM News"),))


# ------------------------------------------------------------------------------------------------- topics


def an_article(db: Database, at: datetime, text: str = "A strike.") -> RevisionForJudge:
    return revision(db, at, text)


def about(job: RevisionForJudge, outcome: TopicOutcome = TopicOutcome.NEW) -> TopicDecision:
    match = TopicMatch(
        topic_id="strikes", matched=("strike",), evidence="A strike.", field=TextField.TEXT, start=0, end=9
    )
    alert = make_topic_alert(
        match, source=SOURCE, url=job.url, title=job.title, lang="en", published=NOW, raised_at=NOW
    )
    return TopicDecision(outcome=outcome, alert=alert)


def write(db: Database, job: RevisionForJudge, matches: Sequence[TopicDecision], at: datetime = NOW) -> None:
    assert db.now(judgements.write, job, (), (), at, None, matches) is not None


def watch_topic(db: Database) -> None:
    db.now(watchlist.apply, [SOURCE], Watchlist(topics=(STRIKES,)), NOW - DAY)


def test_an_article_on_a_topic_is_told_to_those_who_follow_it(db: Database) -> None:
    watch_topic(db)
    follow(db, "atom:now.xml", Every.NOW, topic_ids=("strikes",))
    follow(db, "atom:day.xml", Every.DAY)
    follow(db, "atom:died.xml", Every.NOW, everything=True, statuses=frozenset({Status.DIED}))
    job = an_article(db, NOW)
    write(db, job, [about(job)])
    (message,) = sent(db, NOW)
    assert isinstance(message.alert, TopicAlert)
    assert (message.target, message.alert.url) == ("atom:now.xml", job.url)
    assert cut(db, SEVEN) == 1
    (digest,) = sent(db, SEVEN)
    assert (digest.target, [item.told for item in told(digest).items]) == ("atom:day.xml", [message.alert])


@pytest.mark.parametrize("outcome", [TopicOutcome.KNOWN, TopicOutcome.COPY, TopicOutcome.BACKGROUND])
def test_what_is_not_new_is_kept_and_told_to_nobody(db: Database, outcome: TopicOutcome) -> None:
    watch_topic(db)
    follow(db, "atom:now.xml", Every.NOW)
    job = an_article(db, NOW)
    write(db, job, [about(job, outcome)])
    assert sent(db, NOW) == []
    assert [one.outcome for _, one in db.read_now(topics.matches_of, job.id)] == [outcome]


def test_a_copy_that_another_service_told_meanwhile_is_decided_again(db: Database) -> None:
    """Both have decided; the second one to write must not tell the same text again."""
    watch_topic(db)
    follow(db, "atom:now.xml", Every.NOW)
    first, second = an_article(db, NOW), an_article(db, NOW + timedelta(minutes=1))
    write(db, first, [about(first)])
    with pytest.raises(TimelineChanged):
        write(db, second, [about(second)])
    before = db.read_now(topics.matched_before, second)
    assert (before.told, before.copied) == (frozenset(), frozenset({"strikes"}))
    assert (
        db.read_now(
            lambda connection: connection.execute(
                select(revision_rows.c.judged_at).where(revision_rows.c.id == second.id)
            ).scalar()
        )
        is None
    )
    write(db, second, [about(second, TopicOutcome.COPY)])
    assert len(sent(db, NOW)) == 1
    assert db.read_now(topics.matched_before, first).told == {"strikes"}
    with pytest.raises(TimelineChanged):
        db.now(topics.write, first, [about(first)], (), NOW)


def test_who_leaves_gets_no_article_either(db: Database) -> None:
    watch_topic(db)
    follow(db, "atom:now.xml", Every.NOW)
    job = an_article(db, NOW)
    write(db, job, [about(job)])
    db.now(subscribers.unsubscribe, "atom:now.xml", NOW)
    assert sent(db, NOW) == []
    assert db.read_now(queues.list_rows, NOW, ["send"]) == []
