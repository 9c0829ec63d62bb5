"""Who is left alone for a while, so that a restart forgets no server's "not before"."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from watchdog.model.answer import Rest
from watchdog.store.tables import rests


def keep(connection: Connection, rest: Rest, now: datetime) -> None:
    """Note a rest; the later end of two counts. What is over is forgotten."""
    connection.execute(delete(rests).where(rests.c.until <= now))
    here = rests.c.scope == rest.scope
    known = connection.execute(select(rests.c.until).where(here).with_for_update()).scalar()
    if known is None:
        connection.execute(insert(rests).values(scope=rest.scope, until=rest.until))
    elif known < rest.until:
        connection.execute(update(rests).where(here).values(until=rest.until))


def list_rests(connection: Connection, now: datetime) -> tuple[Rest, ...]:
    """All that are not over."""
    rows = connection.execute(select(rests).where(rests.c.until > now).order_by(rests.c.scope))
    return tuple(Rest(scope=row.scope, until=row.until) for row in rows)
