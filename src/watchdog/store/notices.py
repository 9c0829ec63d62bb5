"""Notices to operators: found from what waits and what is stuck, written once each with their deliveries.

What is due is not planned anywhere: it follows from the rows, so nothing can be forgotten by a crash, and an operator
who was named only today still hears of what waits. The key holds "once".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    Table,
    and_,
    cast,
    func,
    insert,
    literal,
    select,
    union_all,
)

from watchdog.core.alerts import notice_key
from watchdog.core.notices import daily_notice, stuck_notice, waiting_notice
from watchdog.model.delivery import DeliveryState, Notice, NoticeKind
from watchdog.model.event import Outcome
from watchdog.model.status import STATUS_TYPES
from watchdog.store import codec
from watchdog.store.tables import articles, claims, deliveries, installation, notices, reviews, revisions, sources
from watchdog.store.tables import witnesses as witness_rows
from watchdog.store.waiting import FIRST_ID, one_a_change, waiting

#: Design, section 8: a critical claim at once, and again after 24 hours.
REMIND_AFTER = timedelta(hours=24)
#: The hour (UTC) of the daily line: early in the working day from Lisbon to Tashkent.
DAILY_HOUR = 6
#: What is set aside in a row (a plug-in that always raises) fills no mailbox.
STUCK_GAP = timedelta(hours=1)
_MOST_STUCK = 500

_CRITICAL = tuple(status.value for status, row in STATUS_TYPES.items() if row.critical)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueNotice:
    """A notice that nobody got yet."""

    key: str
    notice: Notice
    claim_id: int | None = None
    #: Keys of further matters that it tells of.
    parts: tuple[str, ...] = ()


def find_due(connection: Connection, now: datetime) -> tuple[DueNotice, ...]:
    """What operators should be told now."""
    return (*_critical(connection, now), *_daily(connection, now), *_stuck(connection, now))


def write(connection: Connection, due: Sequence[DueNotice], operators: Sequence[int], now: datetime) -> int:
    """Write notices and a delivery of each to every operator, all or nothing.

    Safe to run twice, and in two processes: the installation's row is held, and a key that is there is left out.

    Args:
        connection: inside a transaction.
        due: from ``find_due``.
        operators: their subscriber rows.
        now: aware.

    Returns:
        How many were written.
    """
    home = connection.execute(select(installation.c.id).with_for_update()).scalar_one()
    written = 0
    for each in due:
        if connection.execute(select(notices.c.id).where(notices.c.key == each.key)).first():
            continue
        values = {"kind": each.notice.kind, "claim_id": each.claim_id, "created_at": now}
        made = insert(notices).values(key=each.key, definition=codec.dump(each.notice), **values)
        notice_id: int = connection.execute(made.returning(notices.c.id)).scalar_one()
        for part in each.parts:
            connection.execute(insert(notices).values(key=part, part_of_id=notice_id, **values))
        for subscriber_id in operators:
            connection.execute(
                insert(deliveries).values(
                    key=notice_key(notice_id, subscriber_id, home=home),
                    notice_id=notice_id,
                    subscriber_id=subscriber_id,
                    state=DeliveryState.QUEUED,
                    created_at=now,
                    due_at=now,
                )
            )
        written += 1
    return written


def _critical(connection: Connection, now: datetime) -> list[DueNotice]:
    told, reminded = notices.alias(), notices.alias()
    rows = connection.execute(
        select(FIRST_ID.label("first_id"), told.c.created_at.label("told_at"), reminded.c.id.label("reminded"))
        .select_from(claims)
        .outerjoin(witness_rows, witness_rows.c.claim_id == claims.c.id)
        .outerjoin(reviews, reviews.c.claim_id == claims.c.id)
        .outerjoin(told, and_(told.c.claim_id == FIRST_ID, told.c.kind == NoticeKind.WAITING))
        .outerjoin(reminded, and_(reminded.c.claim_id == FIRST_ID, reminded.c.kind == NoticeKind.STILL_WAITING))
        .where(claims.c.outcome == Outcome.REVIEW, reviews.c.id.is_(None))
        .where(claims.c.definition["status"].as_string().in_(_CRITICAL))
    )
    due = {
        row.first_id: row.told_at is not None
        for row in rows
        if row.told_at is None or (row.reminded is None and row.told_at + REMIND_AFTER <= now)
    }
    found = one_a_change(waiting(connection)) if due else ()
    return [
        DueNotice(
            key=f"{'still' if due[item.first_id] else 'waiting'} {item.first_id}",
            claim_id=item.first_id,
            notice=waiting_notice(item, more, is_reminder=due[item.first_id], now=now),
        )
        for item, more in found
        if item.first_id in due
    ]


def _daily(connection: Connection, now: datetime) -> list[DueNotice]:
    """One line a day on what waited at its hour, if anything does that operators were not told of at once."""
    hour = now.replace(hour=DAILY_HOUR, minute=0, second=0, microsecond=0)
    hour -= timedelta(days=1) if hour > now else timedelta(0)
    key = f"daily {hour:%Y-%m-%d}"
    if connection.execute(select(notices.c.id).where(notices.c.key == key)).first():
        return []
    found = [pair for pair in one_a_change(waiting(connection)) if pair[0].since <= hour]
    if all(item.is_critical for item, _ in found):
        return []
    return [DueNotice(key=key, notice=daily_notice(found, now))]


def _stuck(connection: Connection, now: datetime) -> list[DueNotice]:
    rows = connection.execute(_all_stuck().limit(_MOST_STUCK)).all()
    keys = [f"stuck {row.step} {row.id} {row.stuck_at:%Y-%m-%dT%H:%M:%S.%f}" for row in rows]
    told = set(connection.execute(select(notices.c.key).where(notices.c.key.in_(keys))).scalars()) if keys else set()
    fresh = {key: row for key, row in zip(keys, rows, strict=True) if key not in told}
    if not fresh:
        return []
    last = connection.execute(select(func.max(notices.c.created_at)).where(notices.c.kind == NoticeKind.STUCK)).scalar()
    if last is not None and now < last + STUCK_GAP:
        return []
    named = [(row.step, row.name, row.reason or "") for row in fresh.values()]
    first, *others = fresh
    return [DueNotice(key=first, notice=stuck_notice(named, now), parts=tuple(others))]


def _all_stuck() -> Select[Any]:
    """Rows that were set aside, the newest first: step, id, name for people, reason."""

    def of(step: str, table: Table, name: ColumnElement[str]) -> Select[Any]:
        named = (literal(step).label("step"), cast(table.c.id, String).label("id"), name.label("name"))
        return select(*named, table.c.reason, table.c.stuck_at).where(table.c.stuck_at.is_not(None))

    judged = of("judge", revisions, articles.c.url).join_from(revisions, articles)
    sent = of("send", deliveries, literal("delivery ") + cast(deliveries.c.id, String))
    found = union_all(of("poll", sources, sources.c.id), of("read", articles, articles.c.url), judged, sent).subquery()
    return select(found).order_by(found.c.stuck_at.desc())
