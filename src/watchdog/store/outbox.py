"""Fills the outbox: an alert and what each of its receivers gets, written together. ``deliveries`` empties it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, func, insert, or_, select, update

from watchdog.core.alerts import choose_subscribers, delivery_key
from watchdog.model.delivery import Alert, AlertKind, DeliveryState, SendReason, Subscription
from watchdog.store import codec
from watchdog.store.tables import alerts, decisions, deliveries, installation


def insert_alert(
    connection: Connection, alert: Alert, claim_id: int, subscriptions: Sequence[Subscription], now: datetime
) -> int:
    """Write an alert and a delivery to everybody who should have it. Returns how many that are."""
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
        home = connection.execute(select(installation.c.id)).scalar_one()
        connection.execute(
            insert(deliveries),
            [
                {
                    "key": delivery_key(alert_id, subscriber_id, home=home),
                    "alert_id": alert_id,
                    "subscriber_id": subscriber_id,
                    "state": DeliveryState.QUEUED,
                    "created_at": now,
                    "due_at": now,
                }
                for subscriber_id in receivers
            ],
        )
    return len(receivers)


def find_receivers(connection: Connection, alert: Alert, subscriptions: Sequence[Subscription]) -> tuple[int, ...]:
    """Who gets an alert: everybody who wants it; of a correction everybody who was told, subscribed still or not."""
    if alert.kind is AlertKind.ALERT:
        return choose_subscribers(alert.case_id, alert.status, subscriptions)
    state, tries, reason = deliveries.c.state, deliveries.c.tries, deliveries.c.reason
    maybe_told = or_(
        state.in_([DeliveryState.SENT, DeliveryState.SENDING]),
        and_(state == DeliveryState.QUEUED, tries > 0),
        and_(state == DeliveryState.DEAD, reason.startswith(SendReason.AMBIGUOUS)),
    )
    told = (
        select(deliveries.c.subscriber_id)
        .join_from(deliveries, alerts)
        .where(alerts.c.event_id.in_(lineage(connection, alert.event)), maybe_told)
        .distinct()
        .order_by(deliveries.c.subscriber_id)
    )
    return tuple(connection.execute(told).scalars())


def lineage(connection: Connection, event_id: int) -> tuple[int, ...]:
    """An event and those that it took the place of by correction, the newest first."""
    found = [event_id]
    while older := connection.execute(
        select(decisions.c.event_id).where(decisions.c.new_event_id == found[-1])
    ).scalar():
        found.append(older)
    return tuple(found)


def _call_back(connection: Connection, event_id: int, alert_id: int, now: datetime) -> None:
    """Send no more of what is wrong: a message that is still to be tried would come after its own correction."""
    wrong = select(alerts.c.id).where(alerts.c.event_id.in_(lineage(connection, event_id)), alerts.c.id != alert_id)
    connection.execute(
        update(deliveries)
        .where(deliveries.c.alert_id.in_(wrong), deliveries.c.state.in_([DeliveryState.QUEUED, DeliveryState.SENDING]))
        .values(state=DeliveryState.DEAD, due_at=None, lease_until=None, settled_at=now, reason="taken back")
    )
