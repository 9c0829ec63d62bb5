"""Fills the outbox: an alert and what each of its receivers gets, written together. ``deliveries`` empties it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, func, insert, or_, select, update

from watchdog.core.alerts import choose_subscribers, delivery_key, topic_key
from watchdog.model.delivery import Alert, AlertKind, DeliveryState, Every, SendReason, Subscription
from watchdog.store import codec
from watchdog.store.tables import alerts, decisions, deliveries, digest_items, installation

#: Of an item that was told in no digest yet.
IS_WAITING = digest_items.c.digest_id.is_(None)

#: Why a delivery of what turned out to be wrong is not tried any more.
CALLED_BACK = "taken back"


def insert_alert(
    connection: Connection, alert: Alert, claim_id: int, subscriptions: Sequence[Subscription], now: datetime
) -> int:
    """Write an alert, and what everybody gets who should have it. Returns how many that are."""
    same = select(func.count()).select_from(alerts).where(alerts.c.event_id == alert.event, alerts.c.kind == alert.kind)
    sequence = connection.execute(same).scalar_one() + 1
    alert_id = connection.execute(
        insert(alerts)
        .values(
            event_id=alert.event,
            kind=alert.kind,
            sequence=sequence,
            claim_id=claim_id,
            definition=codec.dump(alert),
            created_at=now,
        )
        .returning(alerts.c.id)
    ).scalar_one()
    receivers = find_receivers(connection, alert, subscriptions)
    if alert.kind is AlertKind.CORRECTION:
        _call_back(connection, alert.event, alert_id, now)
    if receivers:
        tell(connection, alerts, alert_id, receivers, now)
    return len(receivers)


def tell(connection: Connection, told: Table, row_id: int, receivers: Mapping[int, Every], now: datetime) -> None:
    """Write what each receiver gets: a delivery, or an item that waits for a digest.

    Args:
        connection: inside the transaction that wrote what is told.
        told: ``alerts`` or ``topic_matches``.
        row_id: its row.
        receivers: subscribers, and when each hears of it.
        now: aware.
    """
    column, key_of = ("alert_id", delivery_key) if told is alerts else ("topic_match_id", topic_key)
    home = connection.execute(select(installation.c.id)).scalar_one()
    for subscriber_id, every in receivers.items():
        row = {column: row_id, "subscriber_id": subscriber_id, "created_at": now}
        if every is Every.NOW:
            key = key_of(row_id, subscriber_id, home=home)
            connection.execute(insert(deliveries).values(key=key, state=DeliveryState.QUEUED, due_at=now, **row))
        else:
            connection.execute(insert(digest_items).values(every=every, **row))


def find_receivers(connection: Connection, alert: Alert, subscriptions: Sequence[Subscription]) -> Mapping[int, Every]:
    """Who gets an alert, and when: everybody who wants it, as soon as they want it.

    A correction goes to everybody who was told, by itself or in a digest, subscribed still or not; and at once: what
    is wrong must not stand until the next digest.
    """
    if alert.kind is AlertKind.ALERT:
        return choose_subscribers(alert.case_id, alert.status, subscriptions)
    wrong = select(alerts.c.id).where(alerts.c.event_id.in_(lineage(connection, alert.event)))
    told = select(deliveries.c.subscriber_id).where(_maybe_told(wrong)).distinct().order_by(deliveries.c.subscriber_id)
    return dict.fromkeys(connection.execute(told).scalars(), Every.NOW)


def was_told(connection: Connection, alert_id: int) -> bool:
    """Whether anybody may have been told of an alert, by itself or in a digest."""
    wanted = select(deliveries.c.id).where(_maybe_told(select(alerts.c.id).where(alerts.c.id == alert_id))).limit(1)
    return connection.execute(wanted).first() is not None


def _maybe_told(told: Select[tuple[int]]) -> ColumnElement[bool]:
    """Of a delivery: it holds one of these alerts, and may have arrived."""
    state, tries, reason = deliveries.c.state, deliveries.c.tries, deliveries.c.reason
    # Of a message that was given up, only the last answer is known: it may have arrived at one of the tries before. Of
    # one that was called back under way, none is.
    called_back = and_(reason == CALLED_BACK, deliveries.c.fence > 0)
    may_have_arrived = or_(reason.startswith(SendReason.AMBIGUOUS), deliveries.c.fence > 1, called_back)
    has_gone = or_(
        state.in_([DeliveryState.SENT, DeliveryState.SENDING]),
        and_(state == DeliveryState.QUEUED, tries > 0),
        and_(state == DeliveryState.DEAD, may_have_arrived),
    )
    bundled = select(digest_items.c.digest_id).where(digest_items.c.alert_id.in_(told), ~IS_WAITING)
    return and_(or_(deliveries.c.alert_id.in_(told), deliveries.c.digest_id.in_(bundled)), has_gone)


def event_told_by(alert: Alert) -> int | None:
    """The event that an alert tells of as standing; None of one that takes something back."""
    if alert.kind is AlertKind.CORRECTION:
        return alert.correction.event if alert.correction else None
    return alert.event


def lineage(connection: Connection, event_id: int) -> tuple[int, ...]:
    """An event and those that it took the place of by correction, the newest first."""
    found = [event_id]
    while older := connection.execute(
        select(decisions.c.event_id).where(decisions.c.new_event_id == found[-1])
    ).scalar():
        found.append(older)
    return tuple(found)


def find_digest_told_in(connection: Connection, subscriber_id: int, event_id: int) -> int | None:
    """The newest digest in which a subscriber was told of an event; None where it was in none."""
    told = select(alerts.c.id).where(alerts.c.event_id.in_(lineage(connection, event_id)))
    here = (digest_items.c.subscriber_id == subscriber_id) & digest_items.c.alert_id.in_(told)
    return connection.execute(select(func.max(digest_items.c.digest_id)).where(here)).scalar()


def _call_back(connection: Connection, event_id: int, alert_id: int, now: datetime) -> None:
    """Send no more of what is wrong: a message that is still to be tried would come after its own correction.

    A digest goes out all the same, and says what was taken back. One that may have arrived and is tried again is not
    the same bytes then, but nothing wrong is said twice.
    """
    wrong = select(alerts.c.id).where(alerts.c.event_id.in_(lineage(connection, event_id)), alerts.c.id != alert_id)
    connection.execute(
        update(deliveries)
        .where(deliveries.c.alert_id.in_(wrong), deliveries.c.state.in_([DeliveryState.QUEUED, DeliveryState.SENDING]))
        .values(state=DeliveryState.DEAD, due_at=None, lease_until=None, settled_at=now, reason=CALLED_BACK)
    )
    unsent = select(deliveries.c.digest_id).where(
        deliveries.c.digest_id.is_not(None), deliveries.c.state != DeliveryState.SENT
    )
    connection.execute(
        update(digest_items)
        .where(digest_items.c.alert_id.in_(wrong), or_(IS_WAITING, digest_items.c.digest_id.in_(unsent)))
        .values(correction_id=alert_id)
    )
