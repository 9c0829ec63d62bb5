"""An announced day: kept with the judgement, told to operators once where it passes and nothing was reported."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.pipeline.rooms import context
from tests.store.test_reviews import NOW, a_claim, judged, operator, revision, watch
from watchdog.model.delivery import NoticeKind
from watchdog.model.status import Status
from watchdog.pipeline.context import Context
from watchdog.pipeline.judge import judge
from watchdog.pipeline.remind import remind
from watchdog.store import Database, expectations, tables

#: The day that is announced; two days later nothing was reported.
DAY = (NOW + timedelta(days=9)).date()
PASSED = NOW.replace(hour=0, minute=5) + timedelta(days=11)
SENTENCE = f"The blogger Mehman Huseynov is due to be released from the prison on {DAY:%d %B}, his lawyer said."


@pytest.fixture
def ctx(tmp_path: Path, database_url: str) -> Iterator[Context]:
    with Database(database_url, tmp_path) as db:
        yield context(db, tmp_path)


async def announce(ctx: Context, at: datetime, text: str = SENTENCE) -> None:
    revision(ctx.db, at, text)
    assert (await judge(ctx, at + timedelta(minutes=2), 9)).taken == 1


def days(db: Database) -> list[date]:
    return [one.day for one in db.read_now(expectations.expected_of, "mh")]


def told(db: Database) -> list[str]:
    wanted = select(tables.notices.c.definition).where(tables.notices.c.kind == NoticeKind.EXPECTED)
    return [row["text"] for row in db.read_now(lambda connection: list(connection.execute(wanted).scalars())) if row]


async def test_a_day_that_passes_without_a_report_is_told_once(ctx: Context) -> None:
    watch(ctx.db)
    await announce(ctx, NOW)
    await announce(ctx, NOW + timedelta(hours=1))
    assert days(ctx.db) == [DAY]
    events = select(tables.events.c.id)
    assert ctx.db.read_now(lambda connection: connection.execute(events).all()) == []  # no alert, no event
    ctx = replace(ctx, operators=(operator(ctx.db),))
    for moment in (PASSED - timedelta(hours=1), PASSED, PASSED, PASSED + timedelta(days=1)):
        await remind(ctx, moment, 10)
        assert len(told(ctx.db)) == (moment >= PASSED)
    (text,) = told(ctx.db)
    assert f"Mehman Huseynov, {DAY}: due to be free" in text
    assert SENTENCE in text
    assert "https://oc.example/" in text


@pytest.mark.parametrize(
    ("status", "day", "notices"),
    [
        pytest.param(Status.RELEASED, DAY, 0, id="as-announced"),
        pytest.param(Status.RELEASED, DAY - timedelta(days=5), 0, id="free-early"),
        pytest.param(Status.CHARGED, DAY, 1, id="other-news"),
    ],
)
async def test_a_report_ends_the_wait(ctx: Context, status: Status, day: date, notices: int) -> None:
    watch(ctx.db)
    await announce(ctx, NOW)
    at = NOW + timedelta(days=9)
    judged(ctx.db, at, a_claim(status, confidence=1.0, day=day, sentence="It happened."))
    ctx = replace(ctx, operators=(operator(ctx.db),))
    await remind(ctx, PASSED, 10)
    assert len(told(ctx.db)) == notices


async def test_a_day_that_has_passed_when_it_is_read_is_not_kept(ctx: Context) -> None:
    watch(ctx.db)
    await announce(ctx, NOW, f"22.01.2019: Mehman Huseynov is due to be released on {DAY:%d %B} 2019.")
    assert days(ctx.db) == []
