"""Announced days: kept once each, and found again when they have passed and nothing was reported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Column, Connection, ForeignKey, Index, Row, String, Table, UniqueConstraint, insert, select

from watchdog.core.expectations import is_reported
from watchdog.model.claim import Detail
from watchdog.model.dates import PartialDate
from watchdog.model.event import TimelineEvent
from watchdog.model.expectation import Expectation, Overdue
from watchdog.model.status import Status
from watchdog.model.watch import Case
from watchdog.store import codec
from watchdog.store.columns import Id, UtcDateTime
from watchdog.store.tables import articles, cases, events, metadata, revisions

#: News of a day is given so much time after its end.
GRACE = timedelta(days=1)
#: Whoever becomes an operator today does not hear of older days.
_TOLD_FOR = timedelta(days=30)

expectations = Table(
    "expectations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("kind", String, nullable=False),  # model.expectation.ExpectedKind
    Column("day", String, nullable=False),  # YYYY-MM-DD
    Column("revision_id", ForeignKey("revisions.id"), nullable=False),  # that announced it first
    Column("definition", JSON, nullable=False),  # model.expectation.Expectation
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("case_id", "kind", "day"),
    Index(None, "day"),
    sqlite_autoincrement=True,
)


def write(connection: Connection, revision_id: int, found: Sequence[Expectation], now: datetime) -> None:
    """Keep what a revision announces, days that have passed left out.

    Safe to run twice: what is known is left out, and the rows of the cases are held by the judgement's transaction.
    """
    for one in found:
        if one.day < now.date():
            continue
        key = {"case_id": one.case_id, "kind": one.kind.value, "day": one.day.isoformat()}
        is_known = select(expectations.c.id).where(*(expectations.c[name] == value for name, value in key.items()))
        if connection.execute(is_known).first() is None:
            row = insert(expectations).values(**key, revision_id=revision_id, created_at=now)
            connection.execute(row.values(definition=codec.dump(one)))


def expected_of(connection: Connection, case_id: str) -> tuple[Expectation, ...]:
    """All that was ever announced for a case, by day."""
    rows = select(expectations.c.definition).where(expectations.c.case_id == case_id)
    found = connection.execute(rows.order_by(expectations.c.day, expectations.c.id)).scalars()
    return tuple(codec.load(Expectation, definition) for definition in found)


def find_overdue(connection: Connection, now: datetime) -> tuple[Overdue, ...]:
    """The days of watched cases that have passed, of which nothing was reported since they were announced."""
    last, first = (now - GRACE).date(), (now - _TOLD_FOR).date()
    rows = connection.execute(
        select(expectations, articles.c.url, cases.c.definition.label("case"))
        .select_from(expectations)
        .join(cases, cases.c.id == expectations.c.case_id)
        .join(revisions, revisions.c.id == expectations.c.revision_id)
        .join(articles, articles.c.id == revisions.c.article_id)
        .where(expectations.c.day < last.isoformat(), expectations.c.day >= first.isoformat())
        .where(cases.c.left_at.is_(None))
        .order_by(expectations.c.day, expectations.c.id)
    )
    found = []
    for row in rows:
        case = codec.load(Case, row.case)
        if not case.retired and not _was_reported(connection, row):
            expectation = codec.load(Expectation, row.definition)
            found.append(Overdue(expectation=expectation, case_name=case.name, url=row.url))
    return tuple(found)


def _was_reported(connection: Connection, row: Row[Any]) -> bool:
    expectation = codec.load(Expectation, row.definition)
    later = select(events).where(
        events.c.case_id == row.case_id, events.c.created_at > row.created_at, events.c.withdrawn_at.is_(None)
    )
    return any(is_reported(expectation, read_event(event)) for event in connection.execute(later))


def read_event(row: Row[Any]) -> TimelineEvent:
    """An event of a timeline, of its row."""
    return TimelineEvent(
        id=row.id,
        status=Status(row.status),
        date=PartialDate.parse(row.event_date) if row.event_date else None,
        reported=date.fromisoformat(row.reported) if row.reported else None,
        details=tuple((Detail(key), value) for key, value in row.details),
    )


def key_of(expectation: Expectation) -> str:
    """Of the notice that tells it."""
    day: date = expectation.day
    return f"expected {expectation.case_id} {expectation.kind} {day.isoformat()}"
