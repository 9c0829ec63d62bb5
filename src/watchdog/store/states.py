"""States of sources: each change is a row, written with the poll that showed it; and how far silence can be trusted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from watchdog.core.states import SILENT
from watchdog.model.delivery import Coverage
from watchdog.model.source import SourceState, StateFound, Turn
from watchdog.store.tables import source_states, sources

#: A source that answered no longer ago "answered today": the slowest are asked once in 24 hours and a little more.
TODAY = timedelta(hours=27)

_SILENT = tuple(state.value for state in SILENT)


def note_state(
    connection: Connection, source_id: str, before: SourceState | None, found: StateFound | None, now: datetime
) -> None:
    """Keep a source's state, and a row of its history where that changed.

    Call it in the transaction that settles the poll, after that: the lease makes it once.
    """
    if found is None or found.state is before:
        return
    connection.execute(update(sources).where(sources.c.id == source_id).values(state=found.state))
    is_well = before in {None, SourceState.OK}
    if before is None and found.state is SourceState.OK:
        return
    connection.execute(
        insert(source_states).values(
            source_id=source_id,
            state=found.state,
            was=before,
            words=found.words,
            since=found.since,
            entered_at=now,
            is_turn=is_well or found.state is SourceState.OK,
        )
    )


def find_turns(connection: Connection, after: datetime) -> tuple[Turn, ...]:
    """The sources that left OK or came back, in the order in which that happened."""
    found = select(source_states).where(source_states.c.is_turn, source_states.c.entered_at >= after)
    name = sources.c.definition["name"].as_string().label("name")
    rows = connection.execute(found.join_from(source_states, sources).add_columns(name).order_by(source_states.c.id))
    return tuple(_turn(connection, row) for row in rows)


def find_coverage(connection: Connection, now: datetime) -> Coverage:
    """How many of the sources that are asked answered today, and which did not.

    Did not: those in a state in which nothing is heard of them, and those whose last good answer is older.
    """
    asked = connection.execute(select(func.count()).where(sources.c.enabled)).scalar_one()
    is_silent = or_(
        sources.c.state.in_(_SILENT), sources.c.last_success_at.is_(None), sources.c.last_success_at < now - TODAY
    )
    name = sources.c.definition["name"].as_string().label("name")
    rows = connection.execute(select(sources.c.id, name).where(sources.c.enabled, is_silent).order_by(sources.c.id))
    return Coverage(sources=asked, silent=tuple((row.id, row.name) for row in rows))


def coverage_between(connection: Connection, start: datetime, end: datetime) -> Coverage:
    """How many of the sources that are asked now answered all through a time, and which did not for a part of it."""
    now_silent = {source_id for source_id, _ in find_coverage(connection, end).silent}
    changes = select(source_states.c.source_id).where(
        source_states.c.entered_at.between(start, end),
        or_(source_states.c.state.in_(_SILENT), source_states.c.was.in_(_SILENT)),
    )
    gone = now_silent | set(connection.execute(changes).scalars())
    name = sources.c.definition["name"].as_string().label("name")
    rows = connection.execute(select(sources.c.id, name).where(sources.c.enabled).order_by(sources.c.id)).all()
    return Coverage(sources=len(rows), silent=tuple((row.id, row.name) for row in rows if row.id in gone))


def _turn(connection: Connection, row: Row[Any]) -> Turn:
    since = row.since
    if row.state == SourceState.OK:
        left = select(source_states.c.since).where(
            source_states.c.source_id == row.source_id,
            source_states.c.id < row.id,
            source_states.c.is_turn,
            source_states.c.state != SourceState.OK,
        )
        since = connection.execute(left.order_by(source_states.c.id.desc()).limit(1)).scalar()
    return Turn(
        id=row.id,
        source_id=row.source_id,
        name=row.name,
        state=SourceState(row.state),
        words=row.words,
        since=since,
    )
