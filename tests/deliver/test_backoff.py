from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from watchdog.deliver import next_try
from watchdog.model.delivery import SendReason

CREATED = datetime(2019, 1, 22, 10, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize("reason", [SendReason.TRANSIENT, SendReason.AMBIGUOUS])
def test_the_steps_grow_and_the_last_one_repeats(reason: SendReason) -> None:
    waits = [next_try(reason, attempts, CREATED, CREATED + HOUR) for attempts in range(1, 9)]
    assert waits == [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, 12 * HOUR, 12 * HOUR]


@pytest.mark.parametrize(
    ("reason", "after", "wait"),
    [
        pytest.param(SendReason.BAD_ADDRESS, MINUTE, None, id="a bad address is dead at once"),
        pytest.param(SendReason.POLICY, MINUTE, None, id="a refusal is dead at once"),
        pytest.param(SendReason.CONFIG, MINUTE, 15 * MINUTE, id="a wrong setting keeps the queue"),
        pytest.param(SendReason.CONFIG, 3 * DAY - MINUTE, 15 * MINUTE, id="for three days"),
        pytest.param(SendReason.CONFIG, 3 * DAY, None, id="and no longer"),
        pytest.param(SendReason.TRANSIENT, 3 * DAY - MINUTE, MINUTE, id="tried for three days"),
        pytest.param(SendReason.AMBIGUOUS, 3 * DAY, None, id="then given up"),
    ],
)
def test_when_it_ends(reason: SendReason, after: timedelta, wait: timedelta | None) -> None:
    assert next_try(reason, 1, CREATED, CREATED + after) == wait


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        pytest.param(10 * MINUTE, 10 * MINUTE, id="longer is kept"),
        pytest.param(MINUTE / 60, MINUTE, id="shorter is not"),
        pytest.param(7 * DAY, 12 * HOUR, id="up to the longest step"),
    ],
)
def test_retry_after(asked: timedelta, wait: timedelta) -> None:
    assert next_try(SendReason.TRANSIENT, 1, CREATED, CREATED, asked) == wait


def test_a_server_that_is_down_for_good_is_asked_a_dozen_times() -> None:
    now, tries = CREATED, 1
    while (wait := next_try(SendReason.TRANSIENT, tries, CREATED, now)) is not None:
        now, tries = now + wait, tries + 1
    assert now - CREATED >= 3 * DAY
    assert tries == 12
