"""A database moves to PostgreSQL and back, and loses nothing on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from tests.postgresql import Server
from tests.store.test_judgements import NOW, draft, revision, write
from watchdog.errors import UsageError
from watchdog.model.delivery import Channel
from watchdog.store import Database, copying, subscribers
from watchdog.store.subscribers import Wish
from watchdog.store.tables import metadata


def everything(db: Database) -> dict[str, list[tuple[object, ...]]]:
    return db.read_now(
        lambda connection: {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in metadata.sorted_tables
        }
    )


def test_a_database_moves_to_postgresql_and_back_and_ids_go_on(tmp_path: Path, postgresql: Server) -> None:
    with (
        postgresql.database() as url,
        Database("sqlite:///one.db", tmp_path) as one,
        Database(url, tmp_path) as two,
        Database("sqlite:///three.db", tmp_path) as three,
    ):
        job = revision(one)
        one.now(subscribers.subscribe, Channel.CONSOLE, "console:", Wish(everything=True), None, NOW)
        write(one, job, draft(job))
        before = everything(one)
        assert copying.copy(one, two) == sum(map(len, before.values()))
        assert everything(two) == before
        copying.copy(two, three)
        assert everything(three) == before
        for db in (two, three):
            made = db.now(subscribers.subscribe, Channel.ATOM, "atom:a.xml", Wish(everything=True), None, NOW)
            assert made.subscriber_id == 2
        with pytest.raises(UsageError, match="not empty"):
            copying.copy(one, two)
