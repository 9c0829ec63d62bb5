"""The four queues as a person sees them: what waits, is held, was set aside or given up, and a hand to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Label, Row, Select, Table, and_, case, func, or_, select, update

from watchdog.errors import UsageError
from watchdog.model.delivery import Alert, DeliveryState
from watchdog.store import codec
from watchdog.store.outbox import CALLED_BACK, event_told_by
from watchdog.store.tables import (
    alerts,
    articles,
    deliveries,
    entries,
    events,
    revisions,
    sources,
    subscribers,
    subscriptions,
)

#: Each step and the table that is its queue.
QUEUES = {"poll": sources, "read": articles, "judge": revisions, "send": deliveries}

_DROPPED = "dropped by hand"
_MOST_DIGITS = 19  # a larger number fits into no database
#: Deliveries that were given up on purpose: nobody has to look at them.
_ON_PURPOSE = (_DROPPED, "unsubscribed", CALLED_BACK)


class Standing(StrEnum):
    """How a row stands in its queue, the ones that need somebody first."""

    #: Set aside after three attempts.
    STUCK = "stuck"
    #: A delivery that was given up.
    DEAD = "dead"
    #: Its worker did not come back in time; the step takes it again.
    OVERDUE = "overdue"
    #: A worker is at it.
    LEASED = "leased"
    #: Its turn has come.
    DUE = "due"
    #: Failed, and comes again later.
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One row that is work, or should be."""

    step: str
    #: In its table; the step's name and it, ``read:12``, name the row in commands.
    id: str
    standing: Standing
    #: What it is about: a source's id, an article's address, a delivery's channel and key.
    about: str
    reason: str | None
    due_at: datetime | None
    #: Until when somebody holds it.
    lease_until: datetime | None
    stuck_at: datetime | None
    #: Attempts since the last one that ended, and tries that ended without success.
    attempts: int
    tries: int
    #: Of an article that was set aside.
    title: str | None = None

    @property
    def name(self) -> str:
        """As commands call it."""
        return f"{self.step}:{self.id}"


def list_rows(
    connection: Connection, now: datetime, steps: Sequence[str], *, only_stuck: bool = False
) -> list[QueueRow]:
    """Rows that are due, held, failing, set aside or given up; those whose time has just not come are no work.

    Returns:
        By standing, then the longest waiting first; within a standing in the order of the trip.
    """
    found = []
    for step in steps:
        table = QUEUES[step]
        of_interest = _is_set_aside(table)
        if not only_stuck:
            is_failing = and_(table.c.due_at.is_not(None), or_(table.c.tries > 0, table.c.attempts > 0))
            of_interest = or_(of_interest, table.c.due_at <= now, table.c.lease_until.is_not(None), is_failing)
        if table is sources:
            of_interest = and_(of_interest, sources.c.enabled)
        found += [_row(step, row, now) for row in connection.execute(_select(table).where(of_interest)).all()]
    order = list(Standing)
    return sorted(found, key=lambda row: (order.index(row.standing), (row.stuck_at or row.due_at or now).timestamp()))


def count_later(connection: Connection, now: datetime) -> int:
    """Rows of all queues whose time has not come yet."""
    later = [
        select(func.count()).where(table.c.due_at > now, table.c.lease_until.is_(None)) for table in QUEUES.values()
    ]
    return sum(connection.execute(query).scalar_one() for query in later)


def retry(connection: Connection, name: str, now: datetime) -> None:
    """Make a row due now, with no attempts counted; a delivery keeps its key, so a receiver can tell a repeat.

    Safe to run twice: the second time it is due already.

    Raises:
        UsageError: there is no such row, a worker holds it, or there is nothing left to do on it.
    """
    table, row = _find(connection, name, now)
    values: dict[str, object] = {"due_at": now, "attempts": 0, "tries": 0, "lease_until": None, "stuck_at": None}
    if table is deliveries and row.state != DeliveryState.SENT:
        _check_still_wanted(connection, name, row)
        values |= {"state": DeliveryState.QUEUED, "settled_at": None}
    elif table is sources and not row.enabled:
        raise UsageError(f"{name}: this source is disabled, or left feeds.toml")
    elif row.due_at is None and row.stuck_at is None:
        raise UsageError(f"{name}: nothing waits there")
    connection.execute(update(table).where(table.c.id == row.id).values(values))


def retry_all_stuck(connection: Connection, now: datetime) -> int:
    """``retry`` every row that is set aside; deliveries that were given up stay so. Returns how many."""
    found = [row for row in list_rows(connection, now, list(QUEUES), only_stuck=True) if row.standing is Standing.STUCK]
    for row in found:
        retry(connection, row.name, now)
    return len(found)


def drop(connection: Connection, name: str, now: datetime) -> None:
    """Take a row out of its queue; what it led to so far stays. A delivery can still be retried by name.

    Safe to run twice: the second time it is refused, or drops what is dropped.

    Raises:
        UsageError: there is no such row, a worker holds it, it is a source, or nothing waits there.
    """
    table, row = _find(connection, name, now)
    values: dict[str, object] = {"due_at": None, "lease_until": None, "stuck_at": None, "reason": _DROPPED}
    if table is sources:
        raise UsageError(f'{name}: a source is not dropped; write "enabled = false" in feeds.toml')
    if table is deliveries and row.state != DeliveryState.SENT:
        values |= {"state": DeliveryState.DEAD, "settled_at": now}
    elif row.due_at is None and row.stuck_at is None:
        raise UsageError(f"{name}: nothing waits there")
    connection.execute(update(table).where(table.c.id == row.id).values(values))


def _is_set_aside(table: Table) -> Any:  # noqa: ANN401 -- SQLAlchemy's own type of a condition is an Any
    if table is not deliveries:
        return table.c.stuck_at.is_not(None)
    on_purpose = and_(table.c.reason.is_not(None), table.c.reason.in_(_ON_PURPOSE))
    return or_(table.c.stuck_at.is_not(None), and_(table.c.state == DeliveryState.DEAD, ~on_purpose))


def _select(table: Table) -> Select[Any]:
    """A queue's rows with what they are about."""
    if table is sources:
        return select(table, sources.c.id.label("about"))
    if table is articles:
        return select(table, articles.c.url.label("about"), _called(table))
    if table is revisions:
        of_article = select(table, articles.c.url.label("about"), _called(table))
        return of_article.join(articles, articles.c.id == revisions.c.article_id)
    about = (subscribers.c.channel + " " + deliveries.c.key).label("about")
    return select(table, about).join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)


def _called(table: Table) -> Label[str | None]:
    """The title of an article that was set aside; of the many others nobody asks."""
    return case((table.c.stuck_at.is_not(None), title_of_article())).label("called")


def _row(step: str, row: Row[Any], now: datetime) -> QueueRow:
    return QueueRow(
        step=step,
        id=str(row.id),
        standing=_standing(row, now),
        about=row.about,
        reason=row.reason,
        due_at=row.due_at,
        lease_until=row.lease_until,
        stuck_at=row.stuck_at,
        attempts=row.attempts,
        tries=row.tries,
        title=getattr(row, "called", None),
    )


def _standing(row: Row[Any], now: datetime) -> Standing:
    if row.stuck_at is not None:
        return Standing.STUCK
    if row.lease_until is not None:
        return Standing.LEASED if row.lease_until > now else Standing.OVERDUE
    if row.due_at is None:
        return Standing.DEAD
    return Standing.DUE if row.due_at <= now else Standing.WAITING


def title_of_article() -> ColumnElement[str | None]:
    """What an article of the query around is called: by its newest revision, else by the newest entry that named it."""
    newest = select(revisions.c.title).where(revisions.c.article_id == articles.c.id)
    entry = select(entries.c.definition["title"].as_string()).where(entries.c.article_id == articles.c.id)
    return func.coalesce(
        newest.order_by(revisions.c.number.desc()).limit(1).correlate(articles).scalar_subquery(),
        entry.order_by(entries.c.id.desc()).limit(1).correlate(articles).scalar_subquery(),
    )


def _find(connection: Connection, name: str, now: datetime) -> tuple[Table, Row[Any]]:
    """The row of a name, which no worker holds."""
    step, _, row_id = name.partition(":")
    table = QUEUES.get(step)
    if (
        table is None
        or not row_id
        or (table is not sources and not (row_id.isascii() and row_id.isdigit() and len(row_id) < _MOST_DIGITS))
    ):
        raise UsageError(f"{name!r} names no row; write one such as read:12, as in: watchdog queue list")
    key = row_id if table is sources else int(row_id)
    row = connection.execute(select(table).where(table.c.id == key)).one_or_none()
    if row is None:
        raise UsageError(f"there is no {name}; see: watchdog queue list")
    if row.lease_until is not None and row.lease_until > now:
        left_s = (row.lease_until - now).total_seconds()
        raise UsageError(f"{name}: a worker holds it, for {left_s:.0f} s at most; try again then")
    return table, row


def _check_still_wanted(connection: Connection, name: str, row: Row[Any]) -> None:
    live = select(subscriptions.c.id).where(
        subscriptions.c.subscriber_id == row.subscriber_id, subscriptions.c.ended_at.is_(None)
    )
    if connection.execute(live.limit(1)).first() is None:
        raise UsageError(f"{name}: its subscriber has left and gets nothing any more")
    told = connection.execute(select(alerts.c.definition).where(alerts.c.id == row.alert_id)).scalar()
    event_id = event_told_by(codec.load(Alert, told)) if told else None
    standing = select(events.c.id).where(events.c.id == event_id, events.c.withdrawn_at.is_(None))
    if event_id is not None and connection.execute(standing).first() is None:
        raise UsageError(f"{name}: it tells of event {event_id}, which was taken back or corrected since")
