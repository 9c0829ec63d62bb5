"""Opening a database: schema, refusals in words, several processes at once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, UniqueConstraint, inspect, text

from watchdog.errors import SchemaError, StoreError
from watchdog.store import Database, schema
from watchdog.store.tables import metadata

URL = "sqlite:///data/watchdog.db"


def test_head_is_the_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.migrations_folder()))
    assert ScriptDirectory.from_config(config).get_current_head() == schema.HEAD


def test_migrations_make_what_tables_say(db: Database) -> None:
    have = inspect(db.engine)
    assert set(have.get_table_names()) - {"alembic_version", "sqlite_sequence"} == set(metadata.tables)
    for name, table in metadata.tables.items():
        columns = {column["name"]: column for column in have.get_columns(name)}
        assert set(columns) == {column.name for column in table.columns}
        for column in table.columns:
            assert columns[column.name]["nullable"] == column.nullable, f"{name}.{column.name}"
        indexes = {tuple(index["column_names"]) for index in have.get_indexes(name)}
        assert {tuple(column.name for column in index.columns) for index in table.indexes} <= indexes
        unique = {tuple(item["column_names"]) for item in have.get_unique_constraints(name)}
        wanted = {
            tuple(column.name for column in item.columns)
            for item in table.constraints
            if isinstance(item, UniqueConstraint)
        }
        assert wanted == unique


def test_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    with Database(URL, tmp_path) as db:
        first = db.read_now(lambda connection: connection.execute(text("SELECT id FROM installation")).scalar())
    with Database(URL, tmp_path) as db:
        assert first
        assert db.read_now(lambda connection: connection.execute(text("SELECT id FROM installation")).scalar()) == first


def test_a_newer_schema_is_refused_in_words(tmp_path: Path) -> None:
    with Database(URL, tmp_path) as db:
        db.now(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(SchemaError, match=r"schema 9999.*install a newer version"):
        Database(URL, tmp_path)


def test_a_file_that_is_no_database_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/watchdog.db").write_bytes(b"this is a text file, and long enough to be looked at" * 100)
    with pytest.raises(StoreError, match="cannot be opened: file is not a database"):
        Database(URL, tmp_path)


def test_an_impossible_address_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"\[database\] url"):
        Database("watchdog.db", tmp_path)


def test_writers_of_two_processes_wait_for_each_other(tmp_path: Path) -> None:
    """Read, then write, a hundred times on each of two engines: a deferred BEGIN would lose a quarter of them."""

    def count_up(connection: Connection) -> None:
        seen = connection.execute(text("SELECT watch_version FROM installation")).scalar_one()
        connection.execute(text("UPDATE installation SET watch_version = :new"), {"new": seen + 1})

    with Database(URL, tmp_path) as one, Database(URL, tmp_path) as other:
        threads = [threading.Thread(target=lambda db=db: [db.now(count_up) for _ in range(100)]) for db in (one, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        total = one.read_now(
            lambda connection: connection.execute(text("SELECT watch_version FROM installation")).scalar()
        )
    assert total == 200


def test_a_unit_that_raises_leaves_nothing(db: Database) -> None:
    def half(connection: Connection) -> None:
        connection.execute(text("UPDATE installation SET watch_version = 77"))
        raise ValueError("half done")

    with pytest.raises(ValueError, match="half done"):
        db.now(half)
    version = db.read_now(
        lambda connection: connection.execute(text("SELECT watch_version FROM installation")).scalar()
    )
    assert version == 0
