"""Cases that no text has named for long."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, or_, select, update

from watchdog.model.delivery import Silence
from watchdog.model.status import STATUS_TYPES, Status, Track
from watchdog.model.watch import Case
from watchdog.store import codec
from watchdog.store.states import coverage_between
from watchdog.store.tables import cases, events

#: On hunger strike a week decides.
ON_STRIKE = timedelta(days=3)
#: In one notice.
_MOST = 100

_HEALTH = tuple(status.value for status, row in STATUS_TYPES.items() if row.track is Track.HEALTH)


def find_silences(connection: Connection, silent_after: timedelta, now: datetime) -> tuple[Silence, ...]:
    """The cases that are silent for longer than theirs is worth telling, and of whose silence nobody was told."""
    last = func.coalesce(cases.c.named_at, cases.c.added_at)
    strikers = _on_strike(connection)
    own = cases.c.definition["silent_after"].as_string().is_not(None)
    rows = connection.execute(
        select(cases)
        .where(cases.c.left_at.is_(None), or_(cases.c.silence_told_at.is_(None), cases.c.silence_told_at < last))
        .where(or_(last <= now - silent_after, own, cases.c.id.in_(strikers)))
        .order_by(cases.c.id)
    )
    found: list[Silence] = []
    for row in rows:
        case = codec.load(Case, row.definition)
        limit = case.silent_after or (min(silent_after, ON_STRIKE) if case.id in strikers else silent_after)
        since = row.named_at or row.added_at
        if case.retired or now - since < limit or len(found) == _MOST:
            continue
        coverage = coverage_between(connection, since, now)
        was_never = row.named_at is None
        name = case.name
        found.append(Silence(case_id=case.id, case_name=name, since=since, was_never=was_never, coverage=coverage))
    return tuple(found)


def note_told(connection: Connection, case_ids: tuple[str, ...], now: datetime) -> None:
    """Tell nobody of these cases again before they were named."""
    if case_ids:
        connection.execute(update(cases).where(cases.c.id.in_(case_ids)).values(silence_told_at=now))


def _on_strike(connection: Connection) -> frozenset[str]:
    """The cases whose last event of health is the beginning of a hunger strike."""
    of_health = (events.c.status.in_(_HEALTH), events.c.withdrawn_at.is_(None))
    began = select(events.c.case_id).where(events.c.status == Status.HUNGER_STRIKE_BEGAN)
    rows = connection.execute(
        select(events.c.case_id, events.c.status)
        .where(*of_health, events.c.case_id.in_(began))
        .order_by(events.c.case_id, events.c.version)
    )
    last = {row.case_id: row.status for row in rows}
    return frozenset(case_id for case_id, status in last.items() if status == Status.HUNGER_STRIKE_BEGAN)
