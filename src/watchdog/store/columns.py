"""What all tables have in common: their metadata, with the names of constraints, and kinds of columns."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
    text,
)


def new_metadata() -> MetaData:
    """For tables whose constraints have names by one rule, so that migrations can speak of them."""
    return MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC on both databases; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments; SQLite stores text, so it gets UTC without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give UTC back."""
        _ = dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


#: Ids that leave the database are never used twice.
Id = BigInteger().with_variant(Integer, "sqlite")


def queue_columns() -> tuple[Column[object], ...]:
    """The columns by which a row is work; one meaning in all four tables."""
    return (
        Column("due_at", UtcDateTime),  # null: nothing to do
        Column("attempts", Integer, nullable=False, server_default=text("0")),  # claims since the last settling
        Column("tries", Integer, nullable=False, server_default=text("0")),  # settled without success, for back-off
        Column("lease_until", UtcDateTime),
        Column("fence", Integer, nullable=False, server_default=text("0")),
        Column("reason", Text),  # why it waits, failed or was set aside
        Column("stuck_at", UtcDateTime),  # set aside after three attempts that never settled
    )


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over some of the rows, on both databases."""
    these = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=these, postgresql_where=these)


def stuck_index(table: str) -> Index:
    """Makes asking for the few rows that were set aside cheap; it holds those only."""
    return partial_index(f"ix_{table}_stuck_at", "stuck_at", where="stuck_at IS NOT NULL")


def exactly_one(*columns: str) -> CheckConstraint:
    """Of these columns one has a value and the others have none."""
    filled = " + ".join(f"CAST({column} IS NOT NULL AS INTEGER)" for column in columns)
    return CheckConstraint(f"{filled} = 1", name="exactly_one")
