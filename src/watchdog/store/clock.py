"""A clock that ran ahead and was set right: what it has put off is brought back.

Moments in rows are right only while the clock is. Set back by hours, or years where a machine started without its
clock's battery, the work of the time before would wait until that time comes again.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, case, or_, select, update

from watchdog.store.queue import LEASE
from watchdog.store.tables import articles, deliveries, digest_items, revisions, sources

#: Clocks of several machines may differ by so much, and nothing is done about it.
SLACK = timedelta(minutes=2)

#: Nothing is ever put off for longer by a clock that is right (``core.cadence``: 14 days; ``deliver.backoff``: 3).
FURTHEST = timedelta(days=32)

#: A held row is due, too: asked so, the index on ``due_at`` finds it among a million that are not.
_EVER = datetime(1970, 1, 1, tzinfo=UTC)

#: Each queue, and the columns that tell when a row of it was last written; one in the future convicts the clock.
_QUEUES = (
    (sources, (sources.c.last_success_at, sources.c.first_failed_at, sources.c.added_at)),
    (articles, (articles.c.changed_at, articles.c.first_seen_at)),
    (revisions, (revisions.c.seen_at,)),
    (deliveries, (deliveries.c.created_at,)),
)


def catch_up(connection: Connection, now: datetime) -> int:
    """Make due what a clock that ran ahead has put off, and end leases that reach further than a lease can.

    What these rows say of the future becomes now: an article that was "first seen" ten years ahead would be old news.
    Safe to run twice. A worker that still holds such a lease may settle; its fence decides, as always.

    Returns:
        How many rows wait no longer.
    """
    found = 0
    latest = now + SLACK
    for table, written in _QUEUES:
        was_ahead = or_(table.c.due_at > now + FURTHEST, *(column > latest for column in written))
        mended = {column.name: case((column > latest, now), else_=column) for column in written}
        rows = update(table).where(table.c.due_at > latest, was_ahead).values({"due_at": now, **mended})
        found += connection.execute(rows).rowcount
        held = update(table).where(table.c.due_at > _EVER, table.c.lease_until > latest + LEASE)
        found += connection.execute(held.values(lease_until=now)).rowcount
    waits = (digest_items.c.digest_id.is_(None)) & (digest_items.c.created_at > latest)
    found += connection.execute(update(digest_items).where(waits).values(created_at=now)).rowcount
    unjudged = select(revisions.c.article_id).where(revisions.c.due_at <= now)
    for column in (articles.c.first_seen_at, articles.c.changed_at):
        seen = update(articles).where(articles.c.id.in_(unjudged), column > latest)
        connection.execute(seen.values({column.name: now}))
    return found
