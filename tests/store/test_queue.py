"""Leases and fences: a row belongs to one worker at a time, and a worker that slept too long settles nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Row, insert, select

from watchdog.model.source import Source
from watchdog.store import Database, codec, queue
from watchdog.store.queue import LEASE, MAX_ATTEMPTS
from watchdog.store.tables import sources

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def add(connection: Connection, *names: str, due_at: datetime | None = NOW) -> None:
    for name in names:
        source = Source(id=name, url=f"https://{name}.example/feed", name=name)
        row = {"id": name, "url": source.url, "definition": codec.dump(source), "enabled": True, "added_at": NOW}
        connection.execute(insert(sources).values(due_at=due_at, **row))


def row_of(db: Database, name: str) -> Row[tuple[object, ...]]:
    return db.read_now(lambda connection: connection.execute(select(sources).where(sources.c.id == name)).one())


def test_a_claimed_row_is_nobody_elses_until_the_lease_ends(db: Database) -> None:
    db.now(add, "a")
    assert [row.id for row in db.now(queue.claim, sources, NOW, 5)] == ["a"]
    assert not db.now(queue.claim, sources, NOW + LEASE - timedelta(seconds=1), 5)
    assert [row.id for row in db.now(queue.claim, sources, NOW + LEASE, 5)] == ["a"]


def test_the_longest_due_come_first_and_no_more_than_asked_for(db: Database) -> None:
    db.now(add, "late", due_at=NOW - timedelta(hours=1))
    db.now(add, "later", due_at=NOW - timedelta(hours=2))
    db.now(add, "soon", due_at=NOW + timedelta(seconds=1))
    db.now(add, "never", due_at=None)
    assert [row.id for row in db.now(queue.claim, sources, NOW, 1)] == ["later"]
    assert [row.id for row in db.now(queue.claim, sources, NOW, 5)] == ["late"]


def test_a_worker_that_slept_past_its_lease_settles_nothing(db: Database) -> None:
    db.now(add, "a")
    slow = queue.lease_of(sources, db.now(queue.claim, sources, NOW, 1)[0])
    fast = queue.lease_of(sources, db.now(queue.claim, sources, NOW + LEASE, 1)[0])
    assert db.now(queue.settle, sources, fast, {"due_at": NOW + timedelta(days=1)})
    assert not db.now(queue.settle, sources, slow, {"due_at": None, "reason": "too late"})
    assert row_of(db, "a").due_at == NOW + timedelta(days=1)


def test_settling_twice_counts_once(db: Database) -> None:
    db.now(add, "a")
    lease = queue.lease_of(sources, db.now(queue.claim, sources, NOW, 1)[0])
    assert db.now(queue.settle, sources, lease, {})
    assert not db.now(queue.settle, sources, lease, {"reason": "again"})


def test_three_attempts_that_raised_set_a_row_aside(db: Database) -> None:
    db.now(add, "a")
    now = NOW
    for attempt in range(1, MAX_ATTEMPTS + 1):
        lease = queue.lease_of(sources, db.now(queue.claim, sources, now, 1)[0])
        is_stuck = db.now(queue.fail, sources, lease, now, "ValueError: boom")
        assert is_stuck == (attempt == MAX_ATTEMPTS)
        now += timedelta(hours=1)
    assert not db.now(queue.claim, sources, now, 1)
    assert row_of(db, "a").stuck_at is not None
    assert row_of(db, "a").reason == "ValueError: boom"


def test_three_killed_workers_set_a_row_aside(db: Database) -> None:
    db.now(add, "a", "b")
    now = NOW
    for _ in range(MAX_ATTEMPTS):
        assert db.now(queue.claim, sources, now, 5)
        now += LEASE
    assert not db.now(queue.claim, sources, now, 5)
    assert row_of(db, "b").stuck_at == now


def test_success_forgets_earlier_attempts(db: Database) -> None:
    db.now(add, "a")
    for number in range(2 * MAX_ATTEMPTS):
        lease = queue.lease_of(sources, db.now(queue.claim, sources, NOW + number * LEASE, 1)[0])
        assert lease.attempts == 1
        db.now(queue.settle, sources, lease, {"due_at": NOW})
