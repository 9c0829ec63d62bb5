"""Schemas: an older one is brought up to date with its data kept, from each revision that there ever was."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    DateTime,
    Engine,
    Float,
    Integer,
    MetaData,
    create_engine,
    func,
    insert,
    inspect,
    select,
)

from tests.postgresql import Server
from watchdog.store import Database, schema
from watchdog.store.database import resolve


def revisions() -> list[str]:
    config = Config()
    config.set_main_option("script_location", str(schema.migrations_folder()))
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/old.db"
        return
    server: Server = request.getfixturevalue("postgresql")
    with server.database("template0") as url:
        yield url


def value_for(column: Column[Any], parents: Mapping[str, Any]) -> Any:
    """Something that the column can hold."""
    if column.foreign_keys:
        return parents.get(next(iter(column.foreign_keys)).column.table.name)  # none yet: it points into its own table
    kinds = ((Boolean, True), (JSON, [["kept", "as it is"]]), (DateTime, None), (Float, 0.5), (Integer, 7))
    for kind, value in kinds:
        if isinstance(column.type, kind):
            return datetime(2026, 3, 1, 12, 30) if value is None else value  # noqa: DTZ001  # a table as SQLite sees it
    return f"{column.name} ё {uuid.uuid4().hex}"


def fill(connection: Connection, tables: MetaData) -> None:
    """One row in every table, in the order of their foreign keys."""
    keys: dict[str, Any] = {}
    #: Beside these, a row holds exactly one of several.
    others = {("deliveries", "notice_id"), ("deliveries", "digest_id"), ("deliveries", "topic_match_id")}
    others.add(("digest_items", "topic_match_id"))
    for table in tables.sorted_tables:
        if table.name == "alembic_version" or connection.execute(select(func.count()).select_from(table)).scalar():
            continue
        values = {
            column.name: value_for(column, keys)
            for column in table.columns
            if not (column.primary_key and isinstance(column.type, Integer) and not column.foreign_keys)
            and (table.name, column.name) not in others
        }
        keys[table.name] = connection.execute(insert(table).values(values)).inserted_primary_key[0]  # type: ignore[index]  # every table has a key


def rows_of(engine: Engine, tables: MetaData) -> dict[str, list[dict[str, Any]]]:
    """Every table's rows, with the columns that it has in ``tables`` and still has."""
    now = inspect(engine)
    with engine.connect() as connection:
        found = {}
        for table in tables.sorted_tables:
            if table.name != "alembic_version" and now.has_table(table.name):
                have = {column["name"] for column in now.get_columns(table.name)}
                columns = [column for column in table.columns if column.name in have]
                found[table.name] = [dict(row) for row in connection.execute(select(*columns)).mappings()]
        return found


@pytest.mark.parametrize("revision", revisions())
def test_an_older_schema_is_upgraded_and_keeps_its_data(bare_url: str, revision: str, tmp_path: Path) -> None:
    engine = create_engine(bare_url)
    schema.move(engine, revision)
    tables = MetaData()
    tables.reflect(engine)
    with engine.begin() as connection:
        fill(connection, tables)
    before = rows_of(engine, tables)
    assert all(before.values())
    with Database(bare_url, tmp_path) as db:
        assert db.schema_before == revision
        with db.engine.connect() as connection:
            assert schema.current(connection) == schema.HEAD
    after = rows_of(engine, tables)
    assert after == {name: rows for name, rows in before.items() if name in after}
    engine.dispose()


def test_two_processes_that_open_an_empty_database_at_once_make_it_once(bare_url: str, tmp_path: Path) -> None:
    errors: list[BaseException] = []

    def open_it() -> None:
        try:
            Database(bare_url, tmp_path).close()
        except BaseException as exc:  # noqa: BLE001  # told in the test's thread
            errors.append(exc)

    threads = [threading.Thread(target=open_it) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    engine = create_engine(resolve(bare_url, tmp_path))
    with engine.connect() as connection:
        assert schema.current(connection) == schema.HEAD
    engine.dispose()
