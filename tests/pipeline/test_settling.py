"""Polls that brought nothing and end together share a transaction; a fault in one of them is its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from watchdog.model.answer import Validators
from watchdog.model.source import Source
from watchdog.model.watch import Watchlist
from watchdog.pipeline.settling import Settler
from watchdog.store import Database, sources, watchlist
from watchdog.store.sources import PollOutcome

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
COUNT = 20


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with Database("sqlite:///test.db", tmp_path) as db:
        rows = [Source(id=f"s{number}", url=f"https://a.example/{number}", name="N") for number in range(COUNT)]
        db.now(watchlist.apply, rows, Watchlist(), NOW)
        yield db


def outcome(etag: object = '"1"') -> PollOutcome:
    validators = Validators(etag=etag, last_modified=None)  # type: ignore[arg-type]  # one of them is a fault
    return PollOutcome(next_poll_at=NOW + timedelta(hours=1), validators=validators, body_hash="h")


async def test_polls_that_end_together_cost_a_statement_each_and_two_transactions(db: Database) -> None:
    jobs = await db(sources.claim_due, NOW, COUNT)
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2].split()[0]))
    settler = Settler(db, NOW)
    assert await asyncio.gather(*(settler.settle(job, outcome()) for job in jobs)) == [0] * COUNT
    assert sorted(statements) == ["BEGIN"] * 2 + ["UPDATE"] * COUNT
    assert all(row.polls == 1 for row in db.read_now(sources.list_sources))


async def test_a_poll_that_cannot_be_settled_keeps_nobody_else(db: Database) -> None:
    first, bad, *others = await db(sources.claim_due, NOW, COUNT)
    settler = Settler(db, NOW)
    waiting = [settler.settle(first, outcome()), settler.settle(bad, outcome(etag=object()))]
    waiting += [settler.settle(job, outcome()) for job in others]
    done = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(done[1], Exception)
    assert [each for each in done if each != 0] == [done[1]]
    polls = {row.source.id: row.polls for row in db.read_now(sources.list_sources)}
    assert polls.pop(bad.source.id) == 0
    assert set(polls.values()) == {1}
