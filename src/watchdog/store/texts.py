"""Stored texts, for what looks through all of them: in batches, so that no transaction is long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from watchdog.model.article import Block
from watchdog.model.source import Source
from watchdog.store import codec
from watchdog.store.articles import is_first
from watchdog.store.tables import articles, revisions, sources


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredText:
    """A revision as it is stored, with what is known of its article."""

    id: int
    article_id: int
    #: As in ``RevisionForJudge``.
    is_first: bool
    url: str
    title: str
    text: str
    blocks: tuple[Block, ...]
    title_is_new: bool
    lang: str | None
    seen_at: datetime
    published: datetime | None
    first_seen_at: datetime
    in_first_poll: bool
    is_backfilled: bool
    source: Source


def last_before(connection: Connection, moment: datetime) -> int:
    """The id after which revisions were seen at or after a moment; ids follow time, so a few look-ups find it."""
    low, high = 0, last_id(connection)
    while low < high:
        middle = (low + high + 1) // 2
        # The last one up to the middle: ids have gaps.
        row = connection.execute(
            select(revisions.c.id, revisions.c.seen_at)
            .where(revisions.c.id <= middle)
            .order_by(revisions.c.id.desc())
            .limit(1)
        ).first()
        if row is None or row.seen_at < moment:
            low = middle
        else:
            high = row.id - 1
    return low


def last_id(connection: Connection) -> int:
    """The newest revision's id; 0 where there is none."""
    newest: int | None = connection.execute(select(func.max(revisions.c.id))).scalar()
    return newest or 0


def texts_after(connection: Connection, after: int, limit: int) -> tuple[StoredText, ...]:
    """The next revisions after an id, oldest first."""
    rows = connection.execute(
        select(revisions, articles, sources.c.definition.label("source"), revisions.c.id.label("revision_id"))
        .join_from(revisions, articles)
        .join(sources)
        .where(revisions.c.id > after)
        .order_by(revisions.c.id)
        .limit(limit)
    )
    return tuple(
        StoredText(
            id=row.revision_id,
            article_id=row.article_id,
            is_first=is_first(connection, row),
            url=row.url,
            title=row.title,
            text=row.text,
            blocks=codec.load_all(Block, row.blocks),
            title_is_new=row.title_is_new,
            lang=row.lang,
            seen_at=row.seen_at,
            published=row.published,
            first_seen_at=row.first_seen_at,
            in_first_poll=row.in_first_poll,
            is_backfilled=row.backfilled,
            source=codec.load(Source, row.source),
        )
        for row in rows
    )
