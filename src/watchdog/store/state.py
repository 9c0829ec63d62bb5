"""The whole state of an installation, as ``export`` writes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from watchdog.model.dates import rfc3339
from watchdog.model.source import Source
from watchdog.model.watch import Case, Topic
from watchdog.store import codec
from watchdog.store.tables import cases, events, sources, subscribers, subscriptions, topics
from watchdog.store.watchlist import has_left

#: JSON types.
Line = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the database holds that an operator decided or would have to know; all by id."""

    sources: tuple[Source, ...]
    cases: tuple[Case, ...]
    topics: tuple[Topic, ...]
    #: Left their file, and kept with their history.
    left: tuple[Source | Case | Topic, ...]
    #: Those that have not ended: ``channel target all case topic statuses since``.
    subscriptions: tuple[Line, ...]
    #: Every event of every timeline: ``case status date certainty attributed_to band known accepted_at withdrawn_at``.
    events: tuple[Line, ...]


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
        subscriptions=tuple(_subscriptions(connection)),
        events=tuple(_events(connection)),
    )


def _subscriptions(connection: Connection) -> list[Line]:
    both = subscriptions.join(subscribers, subscribers.c.id == subscriptions.c.subscriber_id)
    live = (
        select(subscriptions, subscribers.c.channel, subscribers.c.target)
        .select_from(both)
        .where(subscriptions.c.ended_at.is_(None))
        .order_by(subscriptions.c.id)
    )
    return [
        {
            "channel": row.channel,
            "target": row.target,
            "all": row.everything,
            "case": row.case_id,
            "topic": row.topic_id,
            "statuses": row.statuses,
            "every": row.every,
            "since": rfc3339(row.created_at),
        }
        for row in connection.execute(live)
    ]


def _events(connection: Connection) -> list[Line]:
    rows = connection.execute(select(events).order_by(events.c.case_id, events.c.version))
    return [
        {
            "case": row.case_id,
            "status": row.status,
            "date": row.event_date,
            "certainty": row.certainty,
            "attributed_to": row.attributed_to,
            "band": row.band,
            "known": row.is_known,
            "accepted_at": rfc3339(row.created_at),
            "withdrawn_at": rfc3339(row.withdrawn_at) if row.withdrawn_at else None,
        }
        for row in rows
    ]
