"""What probes and metrics ask."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from watchdog.model.delivery import Channel
from watchdog.model.source import Source
from watchdog.model.watch import Watchlist
from watchdog.store import Database, health, queue, tables, watchlist

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_what_waits_is_counted_from_when_it_came_due(db: Database) -> None:
    sources = [Source(id=name, url=f"https://{name}.test/", name=name, org=name) for name in ("a", "b", "c")]
    db.now(watchlist.apply, sources, Watchlist(cases=(), topics=()), NOW)
    first = db.read_now(health.read_waiting, NOW + timedelta(minutes=5))
    assert (first["poll"].depth, first["poll"].oldest) == (3, timedelta(minutes=5))
    assert (first["send"].depth, first["send"].oldest) == (0, timedelta(0))
    db.now(queue.claim, tables.sources, NOW, 1)
    assert db.read_now(health.read_waiting, NOW)["poll"].depth == 3, "what is in work still waits for its end"


def test_what_is_set_aside_is_counted(db: Database) -> None:
    sources = [Source(id="a", url="https://a.test/", name="a", org="a")]
    db.now(watchlist.apply, sources, Watchlist(cases=(), topics=()), NOW)
    assert dict(db.read_now(health.count_stuck)) == {"poll": 0, "read": 0, "judge": 0, "send": 0}
    db.now(lambda connection: connection.execute(update(tables.sources).values(stuck_at=NOW)))
    assert db.read_now(health.count_stuck)["poll"] == 1
    assert dict(db.read_now(health.last_successes)) == {}
    db.now(lambda connection: connection.execute(update(tables.sources).values(last_success_at=NOW)))
    assert dict(db.read_now(health.last_successes)) == {"a": NOW}


def test_a_beat_is_a_write_that_changes_nothing(db: Database) -> None:
    version = db.read_now(watchlist.watch_version)
    db.now(health.beat)
    assert db.read_now(watchlist.watch_version) == version


def test_an_error_tells_no_values(db: Database) -> None:
    twice = tables.subscribers.insert().values(channel=Channel.EMAIL, target="monitor@ngo.test", created_at=NOW)
    db.now(lambda connection: connection.execute(twice))
    with pytest.raises(Exception, match=r"(?i)unique") as caught:
        db.now(lambda connection: connection.execute(twice))
    assert "monitor@ngo.test" not in str(caught.value)
