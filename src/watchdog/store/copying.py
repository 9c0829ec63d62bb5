"""Copies a whole database into an empty one: SQLite to PostgreSQL, or back."""

from __future__ import annotations

from sqlalchemy import BigInteger, Connection, Table, delete, func, insert, select

from watchdog.errors import UsageError
from watchdog.store.database import Database
from watchdog.store.tables import installation, metadata

#: Held in memory at once.
_BATCH_ROWS = 500


def copy(source: Database, target: Database) -> int:
    """Copy every row, its id included, in one transaction. Nobody may write to either meanwhile.

    Returns:
        How many rows.

    Raises:
        UsageError: the target holds something.
    """
    return source.read_now(lambda reading: target.now(lambda writing: _copy_all(reading, writing)))


def _copy_all(reading: Connection, writing: Connection) -> int:
    tables = metadata.sorted_tables
    for table in tables:
        if table is not installation and writing.execute(select(func.count()).select_from(table)).scalar_one():
            raise UsageError(f"the target is not empty: it has {table.name}; make a new database")
    writing.execute(delete(installation))
    return sum(_copy_table(reading, writing, table) for table in tables)


def _copy_table(reading: Connection, writing: Connection, table: Table) -> int:
    count = 0
    rows = reading.execution_options(yield_per=_BATCH_ROWS).execute(select(table))
    for batch in rows.mappings().partitions(_BATCH_ROWS):
        writing.execute(insert(table), [dict(row) for row in batch])
        count += len(batch)
    if writing.dialect.name == "postgresql" and "id" in table.c and isinstance(table.c.id.type, BigInteger):
        highest = writing.execute(select(func.max(table.c.id))).scalar()
        if highest:
            writing.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), highest)))
    return count
