"""States of sources in the database: one row a change, one notice a turn, whatever runs twice."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.store.test_reviews import DIED, NOW, SOURCE, a_claim, judged, operator, sent, watch
from watchdog.core.states import decide_state, note_answer, note_failure
from watchdog.model.answer import Validators
from watchdog.model.delivery import Notice, NoticeKind
from watchdog.model.source import Fault, PollMemory, Source, SourceState
from watchdog.model.status import Status
from watchdog.model.watch import Case, Watchlist
from watchdog.store import Database, notices, sources, states, watchlist
from watchdog.store.sources import PollOutcome, SourceForPoll

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MONTH = 30 * DAY


def claim(db: Database, source_id: str, at: datetime) -> SourceForPoll:
    db.now(sources.wake, f"https://{source_id}.example/feed" if source_id != SOURCE.id else SOURCE.url, at)
    found = {job.source.id: job for job in db.now(sources.claim_due, at, 9)}
    for other in found.keys() - {source_id}:
        db.now(sources.settle_not_asked, found[other])
    return found[source_id]


def poll(db: Database, source_id: str, minutes: int, fault: Fault | None = None) -> SourceForPoll:
    """One poll so long after NOW."""
    at = NOW + minutes * MINUTE
    job = claim(db, source_id, at)
    if fault is None:
        history = note_answer(job.history, at, new=1, items=20)
        found = decide_state(history, at, quiet_after=None, before=job.state)
        outcome = PollOutcome(
            next_poll_at=at + DAY, validators=Validators(), body_hash=None, history=history, found=found
        )
        db.now(sources.settle_poll, job, outcome, at)
        return job
    history = note_failure(job.history, fault, "the server answered 503", at)
    found = decide_state(history, at, quiet_after=None, before=job.state)
    more = {"memory": PollMemory(), "forget_validators": False, "history": history, "found": found}
    db.now(lambda connection: sources.settle_failed_poll(connection, job, "503", at + DAY, at, **more))  # type: ignore[arg-type]  # of several types
    return job


def told(db: Database, minutes: int, who: int) -> list[Notice]:
    at = NOW + minutes * MINUTE
    due = [each for each in db.read_now(notices.find_due, at) if each.notice.kind is NoticeKind.SOURCES]
    assert db.now(notices.write, due, [who], at) == len(due)
    assert db.now(notices.write, due, [who], at) == 0, "twice"
    return [each.notice for each in due]


def test_a_source_that_fails_and_comes_back_is_told_twice_and_no_more(db: Database) -> None:
    watch(db)
    who = operator(db)
    poll(db, SOURCE.id, 0)
    for minutes in (10, 20, 30):
        poll(db, SOURCE.id, minutes, Fault.TROUBLE)
        assert told(db, minutes, who) == []
    poll(db, SOURCE.id, 40, Fault.TROUBLE)
    (left,) = told(db, 40, who)
    assert left.subject == "1 source needs a look"
    assert "failed, the server answered 503" in left.text
    assert "the first failure 2026-03-02 12:10 UTC" in left.text
    for minutes in (60, 90):
        poll(db, SOURCE.id, minutes, Fault.BLOCKED)
        assert told(db, minutes, who) == [], "another reason is no other message"
    assert db.read_now(sources.list_sources)[0].state is SourceState.BLOCKED
    assert poll(db, SOURCE.id, 100).state is SourceState.BLOCKED
    (back,) = told(db, 100, who)
    assert back.subject == "1 source is back"
    assert "it was not since 2026-03-02 12:10 UTC" in back.text
    assert told(db, 200, who) == []
    assert len(sent(db, NOW + 300 * MINUTE)) == 2


def test_sources_that_leave_together_are_told_in_one_message(db: Database) -> None:
    more = [Source(id=name, url=f"https://{name}.example/feed", name=name.upper()) for name in ("b", "c")]
    db.now(watchlist.apply, more, Watchlist(), NOW - DAY)
    who = operator(db)
    for minutes in (0, 1):
        poll(db, "b", minutes, Fault.NO_FEED)
    (first,) = told(db, 1, who)
    for minutes in (2, 3):
        poll(db, "c", minutes, Fault.GONE)
    poll(db, "b", 4)
    assert told(db, 5, who) == [], "ten minutes between two"
    (second,) = told(db, 11, who)
    assert first.subject == "1 source needs a look"
    assert second.subject == "1 source needs a look, 1 source is back"
    assert "C (c): gone" in second.text
    assert "B (b): well again" in second.text


def test_a_worker_that_lost_its_lease_changes_no_state(db: Database) -> None:
    watch(db)
    lost = claim(db, SOURCE.id, NOW)
    poll(db, SOURCE.id, 5)
    found = decide_state(
        note_failure(note_failure(lost.history, Fault.GONE, "x", NOW), Fault.GONE, "x", NOW), NOW,
        quiet_after=None, before=None,
    )  # fmt: skip
    more = {"memory": PollMemory(), "forget_validators": False, "history": lost.history, "found": found}
    db.now(lambda connection: sources.settle_failed_poll(connection, lost, "x", None, NOW, **more))  # type: ignore[arg-type]  # of several types
    assert db.read_now(sources.list_sources)[0].state is SourceState.OK
    assert db.read_now(states.find_turns, NOW - DAY) == ()


def test_coverage_counts_what_answered_today(db: Database) -> None:
    more = [Source(id=name, url=f"https://{name}.example/feed", name=name.upper()) for name in ("b", "c", "d")]
    db.now(watchlist.apply, more, Watchlist(), NOW - DAY)
    for name in ("b", "c"):
        poll(db, name, 0)
    poll(db, "c", 1, Fault.NO_FEED)
    assert [one for one, _ in db.read_now(states.find_coverage, NOW + HOUR).silent] == ["d"], "one failure is none"
    poll(db, "c", 2, Fault.NO_FEED)
    assert [one for one, _ in db.read_now(states.find_coverage, NOW + HOUR).silent] == ["c", "d"]
    poll(db, "c", 30)
    assert [one for one, _ in db.read_now(states.find_coverage, NOW + HOUR).silent] == ["d"]
    assert [one for one, _ in db.read_now(states.coverage_between, NOW, NOW + HOUR).silent] == ["c", "d"]
    assert [one for one, _ in db.read_now(states.find_coverage, NOW + 2 * DAY).silent] == ["b", "c", "d"]


@pytest.mark.parametrize("after", [None, 3 * DAY])
def test_a_case_that_nobody_names_is_told_once(db: Database, after: timedelta | None) -> None:
    case = Case(id="mh", name="Mehman Huseynov", silent_after=after)
    gone = Case(id="x", name="Retired One", retired=True)
    db.now(watchlist.apply, [SOURCE], Watchlist(cases=(case, gone)), NOW)
    who, limit = operator(db), after or MONTH
    assert silent(db, limit - MINUTE, who) == []
    (notice,) = silent(db, limit, who)
    assert notice.subject == "1 case named by no source for long"
    assert "Mehman Huseynov: never named, added 2026-03-02" in notice.text
    assert "0 of 1 source answered all the time; not: OC" in notice.text
    assert silent(db, limit + 99 * DAY, who) == []


def silent(db: Database, later: timedelta, who: int) -> list[Notice]:
    due = db.read_now(notices.find_due, NOW + later, (), MONTH)
    found = [each for each in due if each.notice.kind is NoticeKind.SILENT]
    db.now(notices.write, found, [who], NOW + later)
    return [each.notice for each in found]


def test_on_hunger_strike_three_days_of_silence_are_long(db: Database) -> None:
    watch(db, DIED)
    watch(db)
    judged(db, NOW, a_claim(Status.HUNGER_STRIKE_BEGAN, confidence=1.0))
    who = operator(db)
    assert silent(db, 2 * DAY - MINUTE, who) == [], "it was added a day before"
    assert len(silent(db, 2 * DAY, who)) == 1
