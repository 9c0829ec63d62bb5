"""Stored texts, alone or in batches: what looks through all of them holds no long transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from watchdog.model.article import Block, TextFrom
from watchdog.model.source import Source
from watchdog.store import codec
from watchdog.store.tables import articles, revisions, sources


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredText:
    """A revision as it is stored, with what is known of its article."""

    id: int
    article_id: int
    #: No earlier revision was cut from the page: what is in it was on the page when we first looked.
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
    #: From an older page of a feed: old news.
    is_backfilled: bool
    changed_at: datetime | None
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
    rows = connection.execute(_texts(revisions.c.id > after).limit(limit))
    return tuple(StoredText(**_values(connection, row)) for row in rows)


def text_values(connection: Connection, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The fields of ``StoredText`` by revision, for values that hold more than it."""
    rows = connection.execute(_texts(revisions.c.id.in_(list(ids))))
    return {row.revision_id: _values(connection, row) for row in rows}


def _texts(which: ColumnElement[bool]) -> Select[Any]:
    return (
        select(revisions, articles, sources.c.definition.label("source"), revisions.c.id.label("revision_id"))
        .join_from(revisions, articles)
        .join(sources)
        .where(which)
        .order_by(revisions.c.id)
    )


def _values(connection: Connection, row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.revision_id,
        "article_id": row.article_id,
        "is_first": _is_first(connection, row),
        "url": row.url,
        "title": row.title,
        "text": row.text,
        "blocks": codec.load_all(Block, row.blocks),
        "title_is_new": row.title_is_new,
        "lang": row.lang,
        "seen_at": row.seen_at,
        "published": row.published,
        "first_seen_at": row.first_seen_at,
        "in_first_poll": row.in_first_poll,
        "is_backfilled": row.backfilled,
        "changed_at": row.changed_at,
        "source": codec.load(Source, row.source),
    }


def _is_first(connection: Connection, row: Row[Any]) -> bool:
    """Whether a revision is the first, or the page at last, after the entry's own text had stood in for it."""
    if row.number == 1:
        return True
    pages = select(revisions.c.number).where(
        revisions.c.article_id == row.article_id, revisions.c.text_from == TextFrom.PAGE
    )
    first: int | None = connection.execute(pages.order_by(revisions.c.number).limit(1)).scalar()
    return first is not None and first == int(row.number)
