"""The outbox: deliveries claimed, sent, settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, func, select

from watchdog.core.alerts import digest_thread
from watchdog.model.delivery import Alert, AlertKind, Channel, Content, DeliveryState, Message, Notice, TopicAlert
from watchdog.store import codec, queue
from watchdog.store.digests import read_digest
from watchdog.store.outbox import find_digest_told_in
from watchdog.store.queue import Lease
from watchdog.store.tables import alerts, deliveries, notices, subscribers, topic_matches


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
        thread = None
        if isinstance(told, Alert) and told.kind is AlertKind.CORRECTION:
            digest_id = find_digest_told_in(connection, row.subscriber_id, told.event)
            thread = digest_thread(digest_id) if digest_id else None
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
                    thread=thread,
                ),
                tries=row.tries,
            )
        )
    return tuple(jobs)


def _content(connection: Connection, row: Row[Any]) -> tuple[Content, datetime]:
    """What a delivery carries, and when that was written."""
    if row.digest_id is not None:
        digest = read_digest(connection, row.digest_id)
        return digest, digest.raised_at
    kinds: tuple[tuple[int | None, Table, type[Alert | Notice | TopicAlert]], ...] = (
        (row.alert_id, alerts, Alert),
        (row.notice_id, notices, Notice),
        (row.topic_match_id, topic_matches, TopicAlert),
    )
    told_id, table, kind = next(each for each in kinds if each[0] is not None)
    told = connection.execute(select(table.c.definition, table.c.created_at).where(table.c.id == told_id)).one()
    return codec.load(kind, told.definition), told.created_at


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
