"""When to ask again. Rows are those of the conformance table that this project follows (http, feeds)."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdog.core.cadence import (
    DEFAULT_EVERY,
    EVERY_WITHOUT_VALIDATORS,
    FASTEST,
    JITTER,
    LAZIEST,
    RETRY_AFTER_MAX,
    SLOWEST,
    VISITS,
    learned_wait,
    next_poll,
    next_read_try,
    next_visit,
    retry_after_failure,
)
from watchdog.model.source import Pace, PollHistory

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
from simulate_cadence import DAYS, FEEDS, run, table

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ETAG = ("etag", '"1"')
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)


def cached(value: str, *more: tuple[str, str]) -> dict[str, Any]:
    return {"headers": (ETAG, ("cache-control", value), *more)}


def expires(value: str, *more: tuple[str, str]) -> dict[str, Any]:
    return {"headers": (ETAG, ("expires", value), *more)}


@pytest.mark.parametrize(
    ("given_", "wait"),
    [
        pytest.param({"headers": (ETAG,)}, DEFAULT_EVERY, id="the default interval"),
        pytest.param({}, EVERY_WITHOUT_VALIDATORS, id="no validators: hourly"),
        pytest.param({"every": MINUTE}, MINUTE, id="every beats the hourly floor"),
        pytest.param({"every": MINUTE, **cached("max-age=7200")}, MINUTE, id="every beats max-age"),
        pytest.param({"every": MINUTE, "retry_after": HOUR}, HOUR, id="every does not beat Retry-After"),
        pytest.param({"every": 48 * HOUR}, 48 * HOUR, id="every may be slower than our slowest"),
        pytest.param(cached("max-age=7200"), 2 * HOUR, id="max-age lengthens"),
        pytest.param(cached("max-age=60"), DEFAULT_EVERY, id="max-age never shortens"),
        pytest.param(cached("public, MAX-AGE=7200, must-revalidate"), 2 * HOUR, id="among other directives"),
        pytest.param(cached('max-age="7200"'), 2 * HOUR, id="quoted"),
        pytest.param(cached("max-age=31536000"), SLOWEST, id="a year is clamped"),
        pytest.param(cached("max-age=99999999999999999999"), DEFAULT_EVERY, id="overflow is stale"),
        pytest.param(cached("max-age=-5"), DEFAULT_EVERY, id="negative is stale"),
        pytest.param(cached("max-age=soon"), DEFAULT_EVERY, id="garbage is stale"),
        pytest.param(cached("max-age=7200, max-age=60"), 2 * HOUR, id="the first of two"),
        pytest.param(cached("no-cache, max-age=7200"), DEFAULT_EVERY, id="no-cache beats max-age"),
        pytest.param(cached("no-store, max-age=7200"), DEFAULT_EVERY, id="no-store beats max-age"),
        pytest.param(cached("max-age=7200", ("age", "3600")), HOUR, id="age is subtracted"),
        pytest.param(cached("max-age=7200", ("age", "9000")), DEFAULT_EVERY, id="older than its age"),
        pytest.param(
            cached("max-age=7200", ("expires", "Sat, 21 Nov 2026 20:00:00 GMT")), 2 * HOUR, id="max-age beats Expires"
        ),
        pytest.param(expires("Sat, 21 Nov 2026 14:00:00 GMT"), 2 * HOUR, id="Expires counts from now"),
        pytest.param(
            expires("Sat, 21 Nov 2026 14:00:00 GMT", ("date", "Sat, 21 Nov 2026 11:00:00 GMT")),
            3 * HOUR,
            id="Expires counts from Date",
        ),
        pytest.param(expires("0"), DEFAULT_EVERY, id="Expires 0 is stale"),
        pytest.param(expires("Sat, 21 Nov 1926 14:00:00 GMT"), DEFAULT_EVERY, id="Expires in the past is stale"),
        pytest.param({"headers": (ETAG,), "pace": Pace(every=3 * HOUR)}, 3 * HOUR, id="ttl lengthens"),
        pytest.param({"headers": (ETAG,), "pace": Pace(every=90 * DAY)}, SLOWEST, id="ttl is clamped"),
        pytest.param({"headers": (ETAG,), "pace": Pace(skip_hours=frozenset({12, 13}))}, 2 * HOUR, id="skipHours"),
        pytest.param({"headers": (ETAG,), "pace": Pace(skip_days=frozenset({5}))}, 12 * HOUR, id="skipDays: Saturday"),
        pytest.param(
            {"headers": (ETAG,), "pace": Pace(skip_days=frozenset(range(7)))}, SLOWEST, id="every day skipped: a day"
        ),
        pytest.param({"every": MINUTE, "pace": Pace(skip_hours=frozenset({12}))}, MINUTE, id="every beats skipHours"),
        pytest.param({"headers": (ETAG,), "retry_after": 30 * DAY}, RETRY_AFTER_MAX, id="Retry-After is clamped"),
    ],
)
def test_wait_after_a_poll_that_worked(given_: dict[str, Any], wait: timedelta) -> None:
    waits = next_poll(source_id="a", now=NOW, **given_)
    assert wait <= waits <= wait * (1 + JITTER)


@pytest.mark.parametrize(
    ("failures", "more", "wait"),
    [
        pytest.param(1, {}, DEFAULT_EVERY, id="the first failure waits one interval"),
        pytest.param(2, {}, 2 * DEFAULT_EVERY, id="the second two"),
        pytest.param(4, {}, 8 * DEFAULT_EVERY, id="the fourth eight"),
        pytest.param(500, {}, SLOWEST, id="never more than a day"),
        pytest.param(1, {"is_refused": True}, 2 * DEFAULT_EVERY, id="too many requests: twice the interval at once"),
        pytest.param(1, {"retry_after": 5 * HOUR}, 5 * HOUR, id="Retry-After is obeyed"),
        pytest.param(3, {"retry_after": MINUTE}, 4 * DEFAULT_EVERY, id="and never shortens"),
        pytest.param(2, {"every": MINUTE}, 2 * MINUTE, id="from the interval in force"),
        pytest.param(9, {"every": 48 * HOUR}, 48 * HOUR, id="never shorter than the interval"),
    ],
)
def test_wait_after_a_failure(failures: int, more: dict[str, Any], wait: timedelta) -> None:
    waits = retry_after_failure(failures, source_id="a", **more)
    assert wait <= waits <= wait * (1 + JITTER)


def test_jitter_is_one_per_source_and_spreads_them() -> None:
    waits = [next_poll(source_id=f"source-{n}", now=NOW) for n in range(200)]
    assert waits == [next_poll(source_id=f"source-{n}", now=NOW) for n in range(200)]
    assert max(waits) - min(waits) > EVERY_WITHOUT_VALIDATORS * JITTER * 0.9


@given(st.lists(st.tuples(st.sampled_from(["cache-control", "age", "expires", "date", "etag"]), st.text(max_size=30))))
def test_no_header_makes_it_raise_or_hurry(headers: list[tuple[str, str]]) -> None:
    waits = next_poll(source_id="a", now=NOW, headers=tuple(headers))
    assert DEFAULT_EVERY <= waits <= SLOWEST * (1 + JITTER)


def test_three_tries_to_read_a_page_fill_a_day() -> None:
    assert next_read_try(0) == timedelta(0)
    waits = [next_read_try(1), next_read_try(2)]
    assert sum((wait for wait in waits if wait), timedelta(0)) == DAY
    assert next_read_try(3) is None


@pytest.mark.parametrize(
    ("unchanged_for", "wait"),
    [
        (timedelta(0), HOUR),
        (HOUR, 2 * HOUR),
        (HOUR + MINUTE, 2 * HOUR - MINUTE),
        (2 * DAY, DAY),
        (13 * DAY, DAY),
        (14 * DAY, None),
        (90 * DAY, None),
    ],
)
def test_visits_widen(unchanged_for: timedelta, wait: timedelta | None) -> None:
    assert next_visit(unchanged_for) == wait


def test_a_page_that_never_changes_is_visited_seven_times() -> None:
    age, visits = timedelta(0), 0
    while (wait := next_visit(age)) is not None:
        age, visits = age + wait, visits + 1
    assert visits == len(VISITS)


histories = st.builds(
    PollHistory,
    since=st.timedeltas(-30 * DAY, 2_000 * DAY).map(lambda age: NOW - age),
    rate=st.floats(0, 1e9),
    turnover=st.none() | st.timedeltas(timedelta(seconds=1), 400 * DAY),
)


@given(histories)
def test_what_is_learned_stays_within_its_bounds(history: PollHistory) -> None:
    wait = learned_wait(history, NOW)
    assert FASTEST <= wait <= LAZIEST
    if history.turnover is None:
        assert wait >= DEFAULT_EVERY


@given(histories, st.integers(1, 86_400))
def test_a_server_and_an_operator_go_before_what_is_learned(history: PollHistory, seconds: int) -> None:
    asked = timedelta(seconds=seconds)
    slower = next_poll(source_id="a", now=NOW, history=history, **cached(f"max-age={seconds}"))
    assert slower >= min(asked, SLOWEST)
    assert next_poll(source_id="a", now=NOW, history=history, retry_after=asked) >= asked
    assert asked <= next_poll(source_id="a", now=NOW, history=history, every=asked) <= asked * (1 + JITTER)
    assert next_poll(source_id="a", now=NOW, history=history) >= EVERY_WITHOUT_VALIDATORS


@given(histories, st.floats(1, 1e6))
def test_more_news_never_slow_it_down(history: PollHistory, more: float) -> None:
    assert learned_wait(replace(history, rate=history.rate + more), NOW) <= learned_wait(history, NOW)


def test_it_starts_with_the_default_and_slows_down_where_nothing_comes() -> None:
    waits = [learned_wait(PollHistory(since=NOW - days * DAY), NOW) for days in (0, 3, 7, 14, 21, 60)]
    assert waits[0] == DEFAULT_EVERY
    assert waits == sorted(waits)
    assert waits[-1] == LAZIEST


def test_the_table_of_the_sources_page_is_what_the_simulation_gives() -> None:
    assert table() in (Path(__file__).parents[2] / "docs/sources.md").read_text("utf-8")


@pytest.mark.parametrize(("name", "shown", "publish"), FEEDS)
def test_no_item_scrolls_past_unseen(name: str, shown: int, publish: Callable[[random.Random], list[datetime]]) -> None:
    ran = run(shown, publish(random.Random(7)))
    assert ran.lost == 0, name
    assert ran.polls / DAYS <= 24 * 12
