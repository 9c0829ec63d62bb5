"""What health checks and metrics ask of the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update

from watchdog.store.tables import articles, deliveries, installation, revisions, sources

#: The rows that each step takes.
_QUEUES = {"poll": sources, "read": articles, "judge": revisions, "send": deliveries}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The rows of one step that are due, those in work among them."""

    depth: int
    #: Since the longest waiting one came due; zero where none is.
    oldest: timedelta


def beat(connection: Connection) -> None:
    """A write that changes nothing: its commit proves that the disk takes one, which a claim of no rows does not."""
    connection.execute(update(installation).values(watch_version=installation.c.watch_version))


def read_waiting(connection: Connection, now: datetime) -> Mapping[str, Waiting]:
    """What waits for each step; costs as much as there are rows due."""
    found = {}
    for step, table in _QUEUES.items():
        due = select(func.count(), func.min(table.c.due_at)).where(table.c.due_at <= now)
        depth, since = connection.execute(due).one()
        found[step] = Waiting(depth=depth, oldest=now - since if since else timedelta(0))
    return found


def count_stuck(connection: Connection) -> Mapping[str, int]:
    """How many rows of each step are set aside; looks at every row."""
    return {
        step: connection.execute(select(func.count()).where(table.c.stuck_at.is_not(None))).scalar_one()
        for step, table in _QUEUES.items()
    }


def last_successes(connection: Connection) -> Mapping[str, datetime]:
    """When each source that is asked last answered; those that never did are absent."""
    rows = connection.execute(
        select(sources.c.id, sources.c.last_success_at).where(sources.c.enabled, sources.c.last_success_at.is_not(None))
    )
    return {row.id: row.last_success_at for row in rows}
