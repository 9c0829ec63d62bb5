"""What is known when a page is read: the article's older revisions, and the newest other pages of its host."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Select, bindparam, func, select

from watchdog.core.furniture import OtherPage
from watchdog.model.article import TextFrom
from watchdog.store.tables import articles, revisions

#: Pages of a host that are compared, of the newest articles of its source; more say little more, and cost more.
OTHERS_MAX = 12
_ARTICLES_MAX = 20
#: Longer texts are books and lists; together the others are a few megabytes at most.
_OTHER_TEXT_MAX = 60_000
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The revisions that an article has so far."""

    #: Their titles and blocks, each text once.
    paragraphs: tuple[str, ...] = ()
    #: When those of the last 24 hours were seen, oldest first.
    seen_today: tuple[datetime, ...] = ()


def read_past(connection: Connection, article_id: int, now: datetime) -> Past:
    """The article's revisions so far."""
    rows = connection.execute(_REVISIONS, {"article": article_id}).all()
    found = {part: None for row in rows for part in (row.title, *_blocks(row.text)) if part}
    return Past(paragraphs=tuple(found), seen_today=tuple(row.seen_at for row in rows if row.seen_at > now - _DAY))


def _others() -> Select[Any]:
    """The newest revision of each of a source's newest articles but one; made once, because making it takes longest."""
    recent = (
        select(articles.c.id, articles.c.url)
        .where(articles.c.source_id == bindparam("source"), articles.c.id != bindparam("but"))
        .order_by(articles.c.id.desc())
        .limit(_ARTICLES_MAX)
        .subquery()
    )
    each = revisions.alias()
    newest = select(func.max(each.c.number)).where(each.c.article_id == recent.c.id).scalar_subquery()
    return (
        select(recent.c.url, revisions.c.title, revisions.c.text, revisions.c.furniture)
        .join_from(recent, revisions, revisions.c.article_id == recent.c.id)
        .where(
            revisions.c.number == newest,
            revisions.c.text_from == TextFrom.PAGE,
            func.length(revisions.c.text) <= _OTHER_TEXT_MAX,
        )
        .order_by(recent.c.id.desc())
    )


_OTHERS = _others()
_REVISIONS = (
    select(revisions.c.title, revisions.c.text, revisions.c.seen_at)
    .where(revisions.c.article_id == bindparam("article"))
    .order_by(revisions.c.number)
)


def other_pages(connection: Connection, source_id: str, article_id: int, url: str) -> tuple[OtherPage, ...]:
    """The newest other articles of a source at the host of an address, each as it was last read, newest first."""
    rows = connection.execute(_OTHERS, {"source": source_id, "but": article_id})
    host = urlsplit(url).netloc
    same_host = (row for row in rows if urlsplit(row.url).netloc == host)
    return tuple(
        OtherPage(title=row.title, lines=frozenset(_blocks(row.text)), furniture=frozenset(row.furniture or ()))
        for row in islice(same_host, OTHERS_MAX)
    )


def _blocks(text: str) -> list[str]:
    """The blocks of a stored text: each is one line, a blank line between two."""
    return text.split("\n\n")
