"""The whole state of an installation, as ``export`` writes it.

What people wrote and decided, and what was told to whom, is in it, row by row under the names of the columns. What was
only read on the way is not: it fills the archive and a backup.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, or_, select

from watchdog.model.dates import rfc3339
from watchdog.model.event import Outcome
from watchdog.model.source import Source
from watchdog.model.watch import Case, Topic
from watchdog.store import codec
from watchdog.store.tables import (
    alerts,
    cases,
    claims,
    decisions,
    deliveries,
    digest_items,
    digests,
    events,
    installation,
    moves,
    notices,
    reviews,
    sources,
    subscribers,
    subscriptions,
    topic_matches,
    topics,
    witnesses,
)
from watchdog.store.watchlist import has_left

#: JSON types.
Line = Mapping[str, object]

#: What the files list, under the names that they use for it.
_WATCHED = {"source": sources, "case": cases, "topic": topics}

#: Written row by row, in this order.
_ROWS = (
    installation,
    moves,
    subscribers,
    subscriptions,
    events,
    claims,
    witnesses,
    reviews,
    decisions,
    alerts,
    notices,
    topic_matches,
    digests,
    digest_items,
    deliveries,
)

#: Every table that an export has, wholly or in part.
EXPORTED = frozenset(table.name for table in (*_WATCHED.values(), *_ROWS))

#: The other ones, and why.
LEFT_OUT = {
    "source_states": "how sources were; learned again within weeks, and only a backup keeps it",
    "rests": "until when a host is left alone: it has passed when anybody reads it",
    "entries": "what feeds said; only a backup keeps it",
    "articles": "what was found; claims name their revision, alerts quote address and sentence",
    "expectations": "what texts announced for a day; only a backup keeps it, and a notice of it is kept",
    "unread_passages": "sentences of others that nobody could read; only a backup keeps them",
    "revisions": "texts of others, as large as the archive; only a backup keeps them",
}

#: Columns that no export has: a secret, and who is at work on a row just now.
_PRIVATE = frozenset({"secret", "lease_until", "fence", "attempts"})


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the database holds that an operator decided or would have to know; all by id."""

    sources: tuple[Source, ...]
    cases: tuple[Case, ...]
    topics: tuple[Topic, ...]
    #: Left their file, and kept with their history.
    left: tuple[Source | Case | Topic, ...]
    #: Since when each source, case and topic is known: ``what id added_at``, and ``left_at`` of cases and topics.
    watched: tuple[Line, ...]
    #: Rows by the name of their table, each under the names of its columns; subscriptions with channel and target.
    #: Claims are those on a timeline and those that wait or waited for a person; the silent ones are left out.
    rows: Mapping[str, tuple[Line, ...]]


def read_state(connection: Connection) -> State:
    """All of it, of one moment."""
    source_rows = [
        (codec.load(Source, row.definition), row.enabled) for row in connection.execute(select(sources).order_by("id"))
    ]
    case_rows = [
        (codec.load(Case, row.definition), row.left_at) for row in connection.execute(select(cases).order_by("id"))
    ]
    topic_rows = [
        (codec.load(Topic, row.definition), row.left_at) for row in connection.execute(select(topics).order_by("id"))
    ]
    return State(
        sources=tuple(source for source, enabled in source_rows if not has_left(source, is_enabled=enabled)),
        cases=tuple(case for case, left_at in case_rows if left_at is None),
        topics=tuple(topic for topic, left_at in topic_rows if left_at is None),
        left=(
            *(source for source, enabled in source_rows if has_left(source, is_enabled=enabled)),
            *(case for case, left_at in case_rows if left_at is not None),
            *(topic for topic, left_at in topic_rows if left_at is not None),
        ),
        watched=tuple(line for what, table in _WATCHED.items() for line in _known_since(connection, what, table)),
        rows={table.name: tuple(_rows(connection, table)) for table in _ROWS},
    )


def _known_since(connection: Connection, what: str, table: Table) -> list[Line]:
    found = connection.execute(select(table).order_by(table.c.id)).mappings()
    return [{"what": what, **_line(row, ("id", "added_at", "left_at"))} for row in found]


def _rows(connection: Connection, table: Table) -> list[Line]:
    query: Any = select(table).order_by(*table.primary_key)
    if table is claims:
        query = query.where(or_(claims.c.outcome == Outcome.REVIEW, claims.c.event_id.is_not(None)))
    if table is subscriptions:
        query = query.join(subscribers).add_columns(subscribers.c.channel, subscribers.c.target)
    return [_line(row, tuple(row.keys())) for row in connection.execute(query).mappings()]


def _line(row: RowMapping, names: tuple[str, ...]) -> Line:
    return {name: _json(row[name]) for name in names if name in row and name not in _PRIVATE}


def _json(value: object) -> object:
    return rfc3339(value) if isinstance(value, datetime) else value
