"""How a source is: one line a rule, from the history of its polls."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdog.core.states import (
    QUIET_LEAST,
    QUIET_UNKNOWN,
    RHYTHM_AFTER,
    a_week,
    decide_state,
    fault_of,
    is_missed,
    note_answer,
    note_failure,
    quiet_limit,
)
from watchdog.model.answer import FetchFailed, FetchReason
from watchdog.model.article import FeedRefusal, FeedRefused
from watchdog.model.source import Fault, PollHistory, SourceState

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OK, FAILED, ZOMBIE, QUIET = SourceState.OK, SourceState.FAILED, SourceState.ZOMBIE, SourceState.QUIET
#: A feed that was asked, shows twenty items, and had something new a minute ago.
WELL = PollHistory(
    since=NOW - 90 * DAY, at=NOW - MINUTE, items=20, newest_at=NOW - MINUTE, arrivals=50, silence=2 * DAY
)


def failed(*faults: Fault, gap: timedelta = 20 * MINUTE) -> PollHistory:
    """Failures in a row, the first one now."""
    history = WELL
    for number, fault in enumerate(faults):
        history = note_failure(history, fault, f"{fault} number {number}", NOW + number * gap)
    return history


@pytest.mark.parametrize(
    ("history", "before", "state"),
    [
        pytest.param(PollHistory(), None, OK, id="never asked"),
        pytest.param(WELL, OK, OK, id="answers, and has news"),
        pytest.param(failed(Fault.TROUBLE), OK, OK, id="one failure"),
        pytest.param(failed(Fault.TROUBLE, Fault.TROUBLE, gap=DAY), OK, OK, id="two failures"),
        pytest.param(failed(*[Fault.TROUBLE] * 3), OK, FAILED, id="three over forty minutes"),
        pytest.param(failed(*[Fault.TROUBLE] * 3, gap=15 * MINUTE), OK, FAILED, id="three over just half an hour"),
        pytest.param(failed(*[Fault.TROUBLE] * 9, gap=MINUTE), OK, OK, id="nine within nine minutes"),
        pytest.param(failed(*[Fault.TROUBLE] * 31, gap=MINUTE), OK, FAILED, id="thirty-one within half an hour"),
        pytest.param(failed(*[Fault.BLOCKED] * 3), OK, SourceState.BLOCKED, id="refused three times"),
        pytest.param(failed(*[Fault.NO_ITEMS] * 3), OK, SourceState.EMPTY, id="without items three times"),
        pytest.param(failed(*[Fault.NO_ITEMS] * 2), OK, OK, id="without items twice"),
        pytest.param(failed(Fault.NO_FEED), OK, OK, id="a page where a feed was, once"),
        pytest.param(failed(Fault.NO_FEED, Fault.NO_FEED, gap=MINUTE), OK, ZOMBIE, id="and twice"),
        pytest.param(failed(Fault.GONE), OK, OK, id="410 once"),
        pytest.param(failed(Fault.GONE, Fault.GONE, gap=MINUTE), OK, SourceState.GONE, id="410 twice"),
        pytest.param(failed(Fault.GONE, Fault.TROUBLE, Fault.GONE), OK, FAILED, id="410 twice, but not in a row"),
        pytest.param(failed(*[Fault.NAME] * 3, gap=DAY), OK, FAILED, id="no such name for two days"),
        pytest.param(failed(*[Fault.NAME] * 4, gap=DAY), OK, SourceState.GONE, id="no such name for three days"),
        pytest.param(failed(Fault.TROUBLE, *[Fault.NAME] * 4, gap=DAY), OK, FAILED, id="trouble before the name went"),
        pytest.param(
            failed(Fault.TROUBLE, Fault.TROUBLE, Fault.BLOCKED), OK, SourceState.BLOCKED, id="the last counts"
        ),
        pytest.param(failed(Fault.TROUBLE), QUIET, QUIET, id="one failure of a quiet source leaves it"),
        pytest.param(failed(*[Fault.TROUBLE] * 3), None, FAILED, id="from the start"),
        pytest.param(note_answer(failed(*[Fault.GONE] * 2), NOW + DAY), SourceState.GONE, OK, id="one good poll: back"),
        pytest.param(replace(WELL, newest_at=NOW - 5 * DAY), OK, OK, id="silent for less than three of its silences"),
        pytest.param(replace(WELL, newest_at=NOW - 7 * DAY), OK, QUIET, id="silent for longer"),
        pytest.param(replace(WELL, newest_at=NOW - 29 * DAY), QUIET, QUIET, id="not a zombie within a month"),
        pytest.param(replace(WELL, newest_at=NOW - 31 * DAY), QUIET, ZOMBIE, id="the same items for ten silences"),
        pytest.param(
            replace(WELL, newest_at=NOW - 31 * DAY, silence=9 * DAY), QUIET, QUIET, id="a slow one is no zombie"
        ),
        pytest.param(replace(WELL, newest_at=NOW - 59 * DAY, arrivals=2), OK, OK, id="no rhythm yet: two months"),
        pytest.param(replace(WELL, newest_at=NOW - 61 * DAY, arrivals=2), OK, QUIET, id="no rhythm, longer"),
        pytest.param(PollHistory(since=NOW - 61 * DAY, at=NOW), OK, QUIET, id="never anything"),
    ],
)
def test_the_state_and_what_it_follows_from(
    history: PollHistory, before: SourceState | None, state: SourceState
) -> None:
    found = decide_state(history, NOW, quiet_after=None, before=before)
    assert found.state is state
    assert found.words
    if history.run and state is not OK:
        assert found.since == NOW, "the first failure"
        assert history.run[-1].words in found.words
        assert "2026-11-21 12:00 UTC" in found.words


def test_the_operators_silence_goes_before_the_learned_one() -> None:
    history = replace(WELL, newest_at=NOW - 2 * DAY)
    assert decide_state(history, NOW, quiet_after=DAY, before=OK).state is QUIET
    assert decide_state(replace(WELL, newest_at=NOW - 20 * DAY), NOW, quiet_after=21 * DAY, before=OK).state is OK


@pytest.mark.parametrize(
    ("failure", "fault"),
    [
        (FeedRefused(reason=FeedRefusal.NO_ITEMS, detail=""), Fault.NO_ITEMS),
        (FeedRefused(reason=FeedRefusal.HTML, detail=""), Fault.NO_FEED),
        (FeedRefused(reason=FeedRefusal.EMPTY, detail=""), Fault.NO_FEED),
        (FeedRefused(reason=FeedRefusal.NOT_A_FEED, detail=""), Fault.NO_FEED),
        (FeedRefused(reason=FeedRefusal.PARSER_FAILED, detail=""), Fault.TROUBLE),
        (FetchFailed(url="u", reason=FetchReason.HTTP_STATUS, detail="", status=410), Fault.GONE),
        (FetchFailed(url="u", reason=FetchReason.HTTP_STATUS, detail="", status=401), Fault.BLOCKED),
        (FetchFailed(url="u", reason=FetchReason.HTTP_STATUS, detail="", status=403), Fault.BLOCKED),
        (FetchFailed(url="u", reason=FetchReason.LEGAL, detail="", status=451), Fault.BLOCKED),
        (FetchFailed(url="u", reason=FetchReason.CHALLENGE, detail="", status=503), Fault.BLOCKED),
        (FetchFailed(url="u", reason=FetchReason.HTTP_STATUS, detail="", status=404), Fault.TROUBLE),
        (FetchFailed(url="u", reason=FetchReason.NAME, detail=""), Fault.NAME),
        (FetchFailed(url="u", reason=FetchReason.TIMEOUT, detail=""), Fault.TROUBLE),
    ],
)
def test_what_kind_of_failure_it_was(failure: FetchFailed | FeedRefused, fault: Fault) -> None:
    assert fault_of(failure) is fault


def test_the_first_poll_teaches_no_rhythm() -> None:
    first = note_answer(PollHistory(), NOW, new=20, items=20, newest=NOW - 3 * DAY)
    assert (first.since, first.newest_at, first.rate, first.overlap) == (NOW, NOW - 3 * DAY, 0.0, None)
    assert (first.arrivals, first.misses) == (0, 0)
    assert not is_missed(PollHistory(), new=20, items=20)


def test_overlap_is_what_was_known_and_none_is_a_miss() -> None:
    first = note_answer(PollHistory(), NOW, new=20, items=20)
    some = note_answer(first, NOW + HOUR, new=5, items=20)
    assert (some.overlap, some.misses) == (0.75, 0)
    none = note_answer(some, NOW + 2 * HOUR, new=20, items=20)
    assert (none.overlap, none.misses, none.missed_at) == (0.0, 1, NOW + 2 * HOUR)
    assert note_answer(none, NOW + 3 * HOUR).overlap == 0.0, "a 304 says nothing of it"
    assert note_answer(none, NOW + 3 * HOUR, new=3, items=3, is_whole=False).misses == 1, "226 shows only what is new"


def test_the_rate_becomes_what_is_published() -> None:
    history = note_answer(PollHistory(), NOW, new=10, items=10)
    assert a_week(history) is None
    for hour in range(1, 24 * 60):
        history = note_answer(history, NOW + hour * HOUR, new=1 if hour % 12 == 0 else 0, items=10)
    assert a_week(history) == pytest.approx(14, rel=0.1)
    assert quiet_limit(history) == QUIET_LEAST
    assert history.silence == 12 * HOUR


def test_a_rhythm_is_learned_from_its_arrivals() -> None:
    history = note_answer(PollHistory(), NOW, new=10, items=10)
    for week in range(1, RHYTHM_AFTER + 2):
        assert (quiet_limit(history) == QUIET_UNKNOWN) == (history.arrivals < RHYTHM_AFTER)
        history = note_answer(history, NOW + week * 7 * DAY, new=1, items=10)
    assert quiet_limit(history) == 21 * DAY


polls = st.lists(st.tuples(st.integers(1, 10_000), st.integers(0, 40), st.integers(0, 40)), max_size=40)


@given(polls)
def test_a_history_stays_of_one_size_and_sane(answers: list[tuple[int, int, int]]) -> None:
    history, at = PollHistory(), NOW
    for minutes, new, items in answers:
        at += minutes * MINUTE
        history = note_answer(history, at, new=min(new, items), items=items)
        history = note_failure(history, Fault.TROUBLE, "x" * 9_999, at)
    assert len(history.run) <= 3
    assert all(len(one.words) <= 300 for one in history.run)
    assert history.rate >= 0
    assert history.turnover is None or history.turnover > timedelta(0)
    assert history.overlap is None or 0 <= history.overlap <= 1


@given(st.lists(st.tuples(st.sampled_from(Fault), st.integers(0, 3_000)), max_size=12))
def test_one_good_poll_ends_every_run_of_failures(run: list[tuple[Fault, int]]) -> None:
    history, at, state = WELL, NOW, OK
    for fault, minutes in run:
        at += minutes * MINUTE
        history = note_failure(history, fault, "no", at)
        state = decide_state(history, at, quiet_after=None, before=state).state
    history = note_answer(history, at + MINUTE, new=1, items=20)
    assert decide_state(history, at + MINUTE, quiet_after=None, before=state).state is OK
