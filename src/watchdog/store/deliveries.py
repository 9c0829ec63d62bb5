"""The outbox: deliveries claimed, sent, settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from watchdog.model.delivery import Alert, Channel, DeliveryState, Message, Notice
from watchdog.store import codec, queue
from watchdog.store.queue import Lease
from watchdog.store.tables import alerts, deliveries, notices, subscribers


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryForSend:
    """A delivery that is due, and ours until the lease ends."""

    lease: Lease
    channel: Channel
    message: Message
    #: Tries before this one that failed.
    tries: int


def claim_due(connection: Connection, now: datetime, limit: int) -> tuple[DeliveryForSend, ...]:
    """Take deliveries that are due, the longest waiting first."""
    jobs = []
    for row in queue.claim(connection, deliveries, now, limit, mark={"state": DeliveryState.SENDING}):
        to = connection.execute(select(subscribers).where(subscribers.c.id == row.subscriber_id)).one()
        told, created_at = _content(connection, row)
        jobs.append(
            DeliveryForSend(
                lease=queue.lease_of(deliveries, row),
                channel=Channel(to.channel),
                message=Message(
                    key=row.key,
                    alert_id=row.alert_id,
                    target=to.target,
                    alert=told,
                    created_at=created_at,
                    secret=to.secret,
                ),
                tries=row.tries,
            )
        )
    return tuple(jobs)


def _content(connection: Connection, row: Row[Any]) -> tuple[Alert | Notice, datetime]:
    """The alert or the notice of a delivery, and when it was written."""
    if row.alert_id is not None:
        alert = connection.execute(select(alerts).where(alerts.c.id == row.alert_id)).one()
        return codec.load(Alert, alert.definition), alert.created_at
    notice = connection.execute(select(notices).where(notices.c.id == row.notice_id)).one()
    return codec.load(Notice, notice.definition), notice.created_at


def settle_sent(connection: Connection, job: DeliveryForSend, receipt: str, now: datetime) -> bool:
    """The receiver took it. Returns whether the lease still held."""
    values = {"state": DeliveryState.SENT, "receipt": receipt, "settled_at": now}
    return queue.settle(connection, deliveries, job.lease, values)


def settle_failed(
    connection: Connection, job: DeliveryForSend, reason: str, next_try_at: datetime | None, now: datetime
) -> bool:
    """The receiver did not take it: again at that time, or never where it is None. Returns whether the lease held."""
    is_dead = next_try_at is None
    values = {
        "state": DeliveryState.DEAD if is_dead else DeliveryState.QUEUED,
        "due_at": next_try_at,
        "tries": job.tries + 1,
        "reason": reason,
        "settled_at": now if is_dead else None,
    }
    return queue.settle(connection, deliveries, job.lease, values)


def count_by_state(connection: Connection) -> Mapping[str, int]:
    """How many deliveries are in each state."""
    rows = connection.execute(select(deliveries.c.state, func.count()).group_by(deliveries.c.state))
    return {row.state: row[1] for row in rows}
