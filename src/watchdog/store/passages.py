"""Passages that name a watched person in a language without a pack, so that each such silence can be explained."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import JSON, Column, Connection, ForeignKey, Index, String, Table, func, insert, select

from watchdog.model.mention import Unread
from watchdog.store import codec
from watchdog.store.columns import Id, UtcDateTime
from watchdog.store.tables import articles, metadata, revisions

unread_passages = Table(
    "unread_passages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("revision_id", ForeignKey("revisions.id"), nullable=False),
    Column("lang", String),  # null: nobody can tell
    Column("definition", JSON, nullable=False),  # model.mention.Unread
    Column("seen_at", UtcDateTime, nullable=False),
    Index(None, "revision_id"),
    Index(None, "seen_at"),
    sqlite_autoincrement=True,
)


def write(connection: Connection, revision_id: int, unread: Sequence[Unread], now: datetime) -> None:
    """Note what nobody could read of a revision; inside the transaction that settles its judgement."""
    for one in unread:
        row = insert(unread_passages).values(revision_id=revision_id, lang=one.lang, seen_at=now)
        connection.execute(row.values(definition=codec.dump(one)))


def unread_of(connection: Connection, revision_id: int) -> tuple[Unread, ...]:
    """What nobody could read of a revision, in the order of the text."""
    rows = select(unread_passages.c.definition).where(unread_passages.c.revision_id == revision_id)
    found = connection.execute(rows.order_by(unread_passages.c.id)).scalars()
    return tuple(codec.load(Unread, definition) for definition in found)


def count_unread(connection: Connection, since: datetime) -> dict[str, dict[str | None, int]]:
    """How many passages nobody could read since a moment, by source and language (None: nobody can tell)."""
    rows = connection.execute(
        select(articles.c.source_id, unread_passages.c.lang, func.count().label("passages"))
        .select_from(unread_passages)
        .join(revisions)
        .join(articles)
        .where(unread_passages.c.seen_at >= since)
        .group_by(articles.c.source_id, unread_passages.c.lang)
        .order_by(articles.c.source_id, unread_passages.c.lang)
    )
    found: dict[str, dict[str | None, int]] = {}
    for row in rows:
        found.setdefault(row.source_id, {})[row.lang] = row.passages
    return found
