"""Digests: cut from what waits for them, one a subscriber, cadence and period.

When a digest is due is planned nowhere: it follows from what waits and from the clock. So a service that was down owes
nobody more than one digest, settings that changed hold at once, and nothing is forgotten by a crash.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from watchdog.core.alerts import digest_key, digest_thread
from watchdog.core.digests import Schedule, last_boundary
from watchdog.model.delivery import Alert, Coverage, DeliveryState, Digest, DigestItem, Every, TopicAlert
from watchdog.store import codec
from watchdog.store.outbox import IS_WAITING
from watchdog.store.states import find_coverage
from watchdog.store.tables import (
    alerts,
    deliveries,
    digest_items,
    digests,
    installation,
    subscribers,
    topic_matches,
)

#: Items in one digest; what is more waits for the next one, so that no message grows without bound.
_MOST_ITEMS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDigest:
    """A digest that a subscriber should have now."""

    subscriber_id: int
    every: Every
    starts_at: datetime
    ends_at: datetime


def find_due(connection: Connection, schedule: Schedule, now: datetime) -> tuple[DueDigest, ...]:
    """The digests whose period has ended with something to tell, each covering all that waited until then.

    A period that has its digest is over: what was raised in it and written later goes with the next one. A digest of
    the future, cut under a clock that ran ahead, ends no period.
    """
    waiting = (
        select(digest_items.c.subscriber_id, digest_items.c.every, func.min(digest_items.c.created_at).label("oldest"))
        .where(IS_WAITING)
        .group_by(digest_items.c.subscriber_id, digest_items.c.every)
        .order_by(digest_items.c.subscriber_id, digest_items.c.every)
    )
    found = []
    for row in connection.execute(waiting).all():
        every = Every(row.every)
        ends_at = last_boundary(every, now, schedule)
        if row.oldest >= ends_at:
            continue
        mine = (digests.c.subscriber_id == row.subscriber_id) & (digests.c.every == every)
        before = select(func.max(digests.c.ends_at)).where(mine, digests.c.ends_at <= now)
        last = connection.execute(before).scalar()
        if last is None or last < ends_at:
            began = last_boundary(every, row.oldest, schedule)
            starts_at = began if last is None else max(began, last)
            found.append(DueDigest(subscriber_id=row.subscriber_id, every=every, starts_at=starts_at, ends_at=ends_at))
    return tuple(found)


def cut(connection: Connection, due: DueDigest, now: datetime) -> bool:
    """Write a digest, mark what it tells, and write its delivery, all or nothing.

    Safe to run twice, and in two processes: the subscriber's row is held, and what another one has cut waits no more.

    Returns:
        Whether there was anything left to tell.
    """
    connection.execute(select(subscribers.c.id).where(subscribers.c.id == due.subscriber_id).with_for_update())
    mine = (digest_items.c.subscriber_id == due.subscriber_id) & (digest_items.c.every == due.every) & IS_WAITING
    oldest = select(digest_items.c.id).where(mine, digest_items.c.created_at < due.ends_at).order_by(digest_items.c.id)
    items = connection.execute(oldest.limit(_MOST_ITEMS)).scalars().all()
    if not items:
        return False
    values = {"subscriber_id": due.subscriber_id, "every": due.every, "created_at": now}
    values |= {"starts_at": due.starts_at, "ends_at": due.ends_at}
    made = insert(digests).values(coverage=codec.dump(find_coverage(connection, now)), **values)
    digest_id: int = connection.execute(made.returning(digests.c.id)).scalar_one()
    connection.execute(update(digest_items).where(digest_items.c.id.in_(items)).values(digest_id=digest_id))
    home = connection.execute(select(installation.c.id)).scalar_one()
    connection.execute(
        insert(deliveries).values(
            key=digest_key(digest_id, due.subscriber_id, home=home),
            digest_id=digest_id,
            subscriber_id=due.subscriber_id,
            state=DeliveryState.QUEUED,
            created_at=now,
            due_at=now,
        )
    )
    return True


def read_digest(connection: Connection, digest_id: int) -> Digest:
    """A digest with all that it tells, as that stands now: what was taken back meanwhile says so."""
    row = connection.execute(select(digests).where(digests.c.id == digest_id)).one()
    correction = alerts.alias()
    rows = connection.execute(
        select(
            alerts.c.definition.label("alert"),
            topic_matches.c.definition.label("match"),
            correction.c.definition.label("correction"),
        )
        .select_from(digest_items)
        .outerjoin(alerts, alerts.c.id == digest_items.c.alert_id)
        .outerjoin(topic_matches, topic_matches.c.id == digest_items.c.topic_match_id)
        .outerjoin(correction, correction.c.id == digest_items.c.correction_id)
        .where(digest_items.c.digest_id == digest_id)
        .order_by(digest_items.c.id)
    )
    items = tuple(
        DigestItem(
            told=codec.load(TopicAlert, item.match) if item.alert is None else codec.load(Alert, item.alert),
            correction=None if item.correction is None else codec.load(Alert, item.correction),
        )
        for item in rows
    )
    return Digest(
        every=Every(row.every),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        items=items,
        coverage=codec.load(Coverage, row.coverage),
        thread=digest_thread(digest_id),
        raised_at=row.created_at,
    )
