"""Who hears of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, or_, select, update

from watchdog.errors import UsageError
from watchdog.model.delivery import AlertKind, Channel, DeliveryState, Every, Subscription
from watchdog.model.status import Status
from watchdog.store.tables import alerts, deliveries, digest_items, subscribers, subscriptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a new subscription is to cover; at least one of the three."""

    everything: bool = False
    case_ids: tuple[str, ...] = ()
    topic_ids: tuple[str, ...] = ()
    statuses: frozenset[Status] = frozenset()
    every: Every = Every.NOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    """What ``subscribe`` did."""

    subscriber_id: int
    #: Subscriptions that were not there before.
    added: int
    #: Subscriptions that were there with another cadence, and have this one now.
    changed: int
    #: The signing secret of a new webhook subscriber, to be shown once; else None.
    new_secret: str | None


def subscribe(
    connection: Connection, channel: Channel, target: str, wish: Wish, secret: str | None, now: datetime
) -> Subscribed:
    """Add a subscriber, where it is new, and the subscriptions that it does not hold yet.

    One that it holds with another cadence is ended, and made anew with this one. What waits for a digest already waits
    on. Safe to run twice: the second time adds nothing.
    """
    here = select(subscribers.c.id).where(subscribers.c.channel == channel, subscribers.c.target == target)
    subscriber_id = connection.execute(here).scalar()
    is_new = subscriber_id is None
    if subscriber_id is None:
        values = {"channel": channel, "target": target, "secret": secret, "created_at": now}
        made = connection.execute(insert(subscribers).values(values).returning(subscribers.c.id))
        subscriber_id = made.scalar_one()
    have = {
        (held.everything, held.case_id, held.topic_id, held.statuses): held
        for held in live_subscriptions(connection)
        if held.subscriber_id == subscriber_id
    }
    wanted: list[tuple[bool, str | None, str | None]] = [(False, case_id, None) for case_id in wish.case_ids]
    wanted += [(False, None, topic_id) for topic_id in wish.topic_ids]
    if wish.everything:
        wanted.append((True, None, None))
    added = changed = 0
    for everything, case_id, topic_id in wanted:
        held = have.get((everything, case_id, topic_id, wish.statuses))
        if held is not None and held.every is wish.every:
            continue
        if held is not None:
            connection.execute(update(subscriptions).where(subscriptions.c.id == held.id).values(ended_at=now))
        added, changed = (added, changed + 1) if held else (added + 1, changed)
        connection.execute(
            insert(subscriptions).values(
                subscriber_id=subscriber_id,
                everything=everything,
                case_id=case_id,
                topic_id=topic_id,
                statuses=sorted(wish.statuses),
                every=wish.every,
                created_at=now,
            )
        )
    new_secret = secret if is_new else None
    return Subscribed(subscriber_id=subscriber_id, added=added, changed=changed, new_secret=new_secret)


def enrol_operator(connection: Connection, channel: Channel, target: str, secret: str | None, now: datetime) -> int:
    """The subscriber's row of an operator, who hears of notices; it may hold no subscription.

    Args:
        connection: inside a transaction.
        channel: of the target.
        target: normalised.
        secret: where a webhook's signing secret is; one that ``subscribe`` made for the same target stays.
        now: aware.

    Raises:
        UsageError: a webhook without a secret.
    """
    here = select(subscribers).where(subscribers.c.channel == channel, subscribers.c.target == target)
    row = connection.execute(here).first()
    have = row.secret if row else None
    if channel is Channel.WEBHOOK and not (secret or have):
        raise UsageError('a webhook needs a secret to sign with: secret = "env:NAME" or "file:PATH"')
    if row is None:
        values = {"channel": channel, "target": target, "secret": secret, "created_at": now}
        made: int = connection.execute(insert(subscribers).values(values).returning(subscribers.c.id)).scalar_one()
        return made
    if secret and (have is None or have.startswith(("env:", "file:"))):
        connection.execute(update(subscribers).where(subscribers.c.id == row.id).values(secret=secret))
    subscriber_id: int = row.id
    return subscriber_id


def unsubscribe(connection: Connection, target: str, now: datetime) -> int | None:
    """End all subscriptions of a target as it is stored; what is queued or waits for a digest is not sent.

    Returns:
        How many subscriptions ended; None where the target never subscribed.
    """
    here = select(subscribers.c.id).where(subscribers.c.target == target)
    subscriber_id = connection.execute(here).scalar()
    if subscriber_id is None:
        return None
    live = (subscriptions.c.subscriber_id == subscriber_id) & subscriptions.c.ended_at.is_(None)
    ended = connection.execute(update(subscriptions).where(live).values(ended_at=now)).rowcount
    items = (digest_items.c.subscriber_id == subscriber_id) & digest_items.c.digest_id.is_(None)
    connection.execute(delete(digest_items).where(items))
    # A correction of what was told before goes out all the same, and so does what an operator must know.
    news = select(alerts.c.id).where(alerts.c.kind == AlertKind.ALERT)
    waiting = (deliveries.c.subscriber_id == subscriber_id) & (deliveries.c.state == DeliveryState.QUEUED)
    waiting &= deliveries.c.notice_id.is_(None) & or_(deliveries.c.alert_id.is_(None), deliveries.c.alert_id.in_(news))
    connection.execute(
        update(deliveries)
        .where(waiting)
        .values(state=DeliveryState.DEAD, due_at=None, settled_at=now, reason="unsubscribed")
    )
    return ended


def live_subscriptions(connection: Connection) -> Sequence[Subscription]:
    """Every subscription that has not ended."""
    rows = connection.execute(
        select(subscriptions).where(subscriptions.c.ended_at.is_(None)).order_by(subscriptions.c.id)
    )
    return [
        Subscription(
            id=row.id,
            subscriber_id=row.subscriber_id,
            everything=row.everything,
            case_id=row.case_id,
            topic_id=row.topic_id,
            statuses=frozenset(Status(item) for item in row.statuses),
            every=Every(row.every),
        )
        for row in rows
    ]
