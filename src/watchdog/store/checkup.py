"""What ``doctor`` asks the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from watchdog.errors import StoreError
from watchdog.model.delivery import Channel
from watchdog.store import schema
from watchdog.store.queues import QUEUES
from watchdog.store.tables import articles, deliveries, revisions, sources, subscribers, subscriptions
from watchdog.store.waiting import waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """The state of the database as numbers and words."""

    schema: str
    #: What the database itself found damaged; empty where it is sound, or not SQLite.
    damage: str
    #: The latest moment that was ever written; None in an empty database.
    newest: datetime | None
    #: Rows whose worker did not come back in time.
    overdue: int
    #: Claims that wait for a person.
    in_review: int
    #: Subscribers' targets with a live subscription, by channel.
    targets: tuple[tuple[Channel, str], ...]


def check_up(connection: Connection, now: datetime) -> Checkup:
    """Ask all of it; on SQLite this reads the whole file.

    Raises:
        StoreError: the database cannot even be asked.
    """
    try:
        return _check_up(connection, now)
    except SQLAlchemyError as exc:
        raise StoreError(f"the database cannot be read: {getattr(exc, 'orig', None) or exc}") from exc


def _check_up(connection: Connection, now: datetime) -> Checkup:
    live = (
        select(subscribers.c.channel, subscribers.c.target)
        .join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
        .where(subscriptions.c.ended_at.is_(None))
        .distinct()
    )
    overdue = [select(func.count()).where(table.c.lease_until <= now) for table in QUEUES.values()]
    return Checkup(
        schema=schema.current(connection) or "none",
        damage=_damage(connection),
        newest=_newest(connection),
        overdue=sum(connection.execute(query).scalar_one() for query in overdue),
        in_review=len(waiting(connection)),
        targets=tuple((Channel(row.channel), row.target) for row in connection.execute(live)),
    )


def _damage(connection: Connection) -> str:
    if connection.dialect.name != "sqlite":
        return ""
    found = [str(line) for line in connection.execute(text("PRAGMA integrity_check(3)")).scalars()]
    return "" if found == ["ok"] else "; ".join(found)


def _newest(connection: Connection) -> datetime | None:
    columns = (
        sources.c.last_success_at,
        articles.c.first_seen_at,
        revisions.c.judged_at,
        deliveries.c.created_at,
        deliveries.c.settled_at,
    )
    moments = [connection.execute(select(func.max(column))).scalar() for column in columns]
    return max((moment for moment in moments if moment is not None), default=None)
