"""Articles to read and their revisions to judge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select, update
from sqlalchemy.sql.dml import ReturningInsert

from watchdog.model.answer import Validators
from watchdog.model.article import Entry, PageText, TextFrom
from watchdog.model.source import Source
from watchdog.store import codec, queue
from watchdog.store.queue import Lease
from watchdog.store.tables import articles, entries, revisions, sources
from watchdog.store.texts import StoredText, text_values


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleForRead:
    """An article that is due to be read, and ours until the lease ends."""

    lease: Lease
    id: int
    url: str
    source: Source
    has_page: bool
    published: datetime | None
    #: Failed tries to have the page, spread over a day.
    tries: int
    validators: Validators
    #: The entry that named it; the newest where several did.
    entry: Entry
    #: The newest revision's hash and origin; None before the first.
    last_hash: str | None
    last_from: TextFrom | None
    changed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedAt:
    """Where the archive keeps the page that a revision was cut from."""

    file: str
    offset: int
    length: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRevision:
    """A revision to store."""

    page: PageText
    title_is_new: bool
    text_from: TextFrom
    text_hash: str
    lang: str | None
    published: datetime | None
    #: None where the text is the entry's own.
    archived: ArchivedAt | None
    validators: Validators
    #: Why the page itself is not here; None where it is.
    reason: str | None
    #: Hashes of the lines that were left out because other pages carry them.
    furniture: tuple[str, ...] = ()
    #: It says something that no older one said; the page is asked again soon only then.
    is_news: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionForJudge(StoredText):
    """A revision that nobody has judged, and ours until the lease ends."""

    lease: Lease


def claim_unread(connection: Connection, now: datetime, limit: int) -> tuple[ArticleForRead, ...]:
    """Take articles that are due to be read."""
    rows = queue.claim(connection, articles, now, limit)
    if not rows:
        return ()
    held = {"articles": [row.id for row in rows]}
    # In the order of their ids: of several the newest stays.
    told = {row.article_id: row.definition for row in connection.execute(_TOLD, held)}
    newest = {row.article_id: row for row in connection.execute(_NEWEST, held)}
    wanted = {"sources": list({row.source_id for row in rows})}
    asked = {row.id: codec.load(Source, row.definition) for row in connection.execute(_ASKED, wanted)}
    return tuple(_for_read(row, asked[row.source_id], told[row.id], newest.get(row.id)) for row in rows)


def _for_read(row: Row[Any], source: Source, entry: object, last: Row[Any] | None) -> ArticleForRead:
    return ArticleForRead(
        lease=queue.lease_of(articles, row),
        id=row.id,
        url=row.url,
        source=source,
        has_page=row.has_page,
        published=row.published,
        tries=row.tries,
        validators=Validators(etag=row.etag, last_modified=row.last_modified),
        entry=codec.load(Entry, entry),
        last_hash=last.text_hash if last else None,
        last_from=TextFrom(last.text_from) if last else None,
        changed_at=row.changed_at,
    )


def _newest() -> Select[Any]:
    """The last revision of each of some articles."""
    each = revisions.alias()
    last = select(func.max(each.c.number)).where(each.c.article_id == revisions.c.article_id).scalar_subquery()
    return select(revisions.c.article_id, revisions.c.text_hash, revisions.c.text_from).where(
        revisions.c.article_id.in_(bindparam("articles", expanding=True)), revisions.c.number == last
    )


def _revision() -> ReturningInsert[Any]:
    """A revision with the next number of its article; the other values are given when it is run."""
    last = select(func.max(revisions.c.number)).where(revisions.c.article_id == bindparam("of_article"))
    return insert(revisions).values(number=func.coalesce(last.scalar_subquery(), 0) + 1).returning(revisions.c.id)


#: Statements are made once: making one takes longer than running it.
_TOLD = (
    select(entries.c.article_id, entries.c.definition)
    .where(entries.c.article_id.in_(bindparam("articles", expanding=True)))
    .order_by(entries.c.id)
)
_NEWEST = _newest()
_ASKED = select(sources.c.id, sources.c.definition).where(sources.c.id.in_(bindparam("sources", expanding=True)))
_REVISION = _revision()


def settle_read(
    connection: Connection, job: ArticleForRead, new: NewRevision, next_read_at: datetime | None, now: datetime
) -> int | None:
    """Store a new revision and have it judged.

    Safe to run twice: the lease is settled in the same transaction, and revisions are unique by article and number.

    Returns:
        The revision's id; None where the lease was lost.
    """
    values: dict[str, object] = {
        "due_at": next_read_at,
        "tries": job.tries + 1 if new.reason else 0,
        "reason": new.reason,
        "published": job.published or new.published,
        "changed_at": now if new.is_news else job.changed_at or now,
        "etag": new.validators.etag,
        "last_modified": new.validators.last_modified,
    }
    if not queue.settle(connection, articles, job.lease, values):
        return None
    archived = new.archived
    stored = {
        "of_article": job.id,
        "article_id": job.id,
        "title": new.page.title,
        "text": new.page.text,
        "blocks": codec.dump_all(new.page.blocks),
        "title_is_new": new.title_is_new,
        "text_from": new.text_from,
        "text_hash": new.text_hash,
        "lang": new.lang,
        "seen_at": now,
        "warc_file": archived.file if archived else None,
        "warc_offset": archived.offset if archived else None,
        "warc_length": archived.length if archived else None,
        "sha256": archived.sha256 if archived else None,
        "furniture": list(new.furniture) or None,
        "due_at": now,
    }
    revision_id: int = connection.execute(_REVISION, stored).scalar_one()
    return revision_id


def settle_unchanged(
    connection: Connection, job: ArticleForRead, next_read_at: datetime | None, *, tries: int = 0, reason: str | None
) -> None:
    """End a read that brought no new text.

    Args:
        connection: inside a transaction.
        job: the claim.
        next_read_at: None where nothing more is to be read for now.
        tries: failed tries so far, for the back-off.
        reason: what went wrong, for people; None where the page simply had not changed.
    """
    queue.settle(connection, articles, job.lease, {"due_at": next_read_at, "tries": tries, "reason": reason})


def schedule_visit(connection: Connection, article_id: int, at: datetime) -> None:
    """Have a page asked again, where nothing earlier is planned."""
    connection.execute(
        update(articles)
        .where(articles.c.id == article_id, articles.c.due_at.is_(None), articles.c.stuck_at.is_(None))
        .values(due_at=at)
    )


def wake(connection: Connection, url: str, now: datetime) -> bool:
    """Make the article at a canonical address due, for a recording whose next record is its page."""
    done = connection.execute(update(articles).where(articles.c.url == url, articles.c.has_page).values(due_at=now))
    return done.rowcount > 0


def wake_all_waiting(connection: Connection, reason: str, now: datetime) -> int:
    """Make every article due that waits for this reason. Returns how many."""
    waiting = update(articles).where(articles.c.reason == reason)
    return connection.execute(waiting.values(due_at=now)).rowcount


def claim_unjudged(connection: Connection, now: datetime, limit: int) -> tuple[RevisionForJudge, ...]:
    """Take revisions that nobody has judged."""
    return _for_judge(connection, queue.claim(connection, revisions, now, limit))


def read_revision(connection: Connection, revision_id: int) -> RevisionForJudge:
    """A revision as its judge saw it; its lease is nobody's."""
    (revision,) = _for_judge(connection, connection.execute(select(revisions).where(revisions.c.id == revision_id)))
    return revision


def _for_judge(connection: Connection, rows: Iterable[Row[Any]]) -> tuple[RevisionForJudge, ...]:
    leases = {row.id: queue.lease_of(revisions, row) for row in rows}
    values = text_values(connection, leases)
    return tuple(RevisionForJudge(lease=lease, **values[number]) for number, lease in leases.items())
