"""Notices to operators: found from what waits and what is stuck, written once each with their deliveries.

What is due is not planned anywhere: it follows from the rows, so nothing can be forgotten by a crash, and an operator
who was named only today still hears of what waits. The key holds "once".
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
    null,
    select,
    union_all,
)

from watchdog.core.alerts import notice_key
from watchdog.core.notices import (
    daily_notice,
    expected_notice,
    silent_notice,
    sources_notice,
    stuck_named_notice,
    stuck_notice,
    waiting_notice,
)
from watchdog.model.delivery import DeliveryState, Notice, NoticeKind
from watchdog.model.event import Outcome
from watchdog.model.status import STATUS_TYPES
from watchdog.store import codec, expectations, silences
from watchdog.store.queues import title_of_article
from watchdog.store.states import find_turns
from watchdog.store.tables import articles, claims, deliveries, installation, notices, reviews, revisions, sources
from watchdog.store.tables import witnesses as witness_rows
from watchdog.store.waiting import FIRST_ID, one_a_change, waiting

#: Design, section 8: a critical claim at once, and again after 24 hours.
REMIND_AFTER = timedelta(hours=24)
#: The hour (UTC) of the daily line: early in the working day from Lisbon to Tashkent.
DAILY_HOUR = 6
#: What is set aside in a row (a plug-in that always raises) fills no mailbox.
STUCK_GAP = timedelta(hours=1)
#: Nor do articles that name somebody; the first one is told at once.
STUCK_NAMED_GAP = timedelta(minutes=5)
_MOST_STUCK = 500
#: A network that goes away takes all sources with it: one message, not one each.
SOURCES_GAP = timedelta(minutes=10)
#: Older changes of state are no news for somebody who becomes an operator today.
TURNS_FOR = timedelta(days=7)

_CRITICAL = tuple(status.value for status, row in STATUS_TYPES.items() if row.critical)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueNotice:
    """A notice that nobody got yet."""

    key: str
    notice: Notice
    claim_id: int | None = None
    #: Keys of further matters that it tells of.
    parts: tuple[str, ...] = ()
    #: Whose silence it tells of.
    silent_cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckRow:
    """A row that was set aside, of which nobody was told."""

    #: Of the notice that tells it.
    key: str
    step: str
    id: str
    #: An id or address, for people.
    name: str
    reason: str
    #: Of an article.
    title: str | None


def find_due(
    connection: Connection, now: datetime, naming: Collection[str] = (), silent_after: timedelta | None = None
) -> tuple[DueNotice, ...]:
    """What operators should be told now.

    Args:
        connection: in a transaction.
        now: aware.
        naming: keys of stuck rows whose title names a watched person: these are not kept for an hour.
        silent_after: how long a case may be named by nobody; None: for ever.
    """
    return (
        *_critical(connection, now),
        *_daily(connection, now),
        *_stuck(connection, now, naming),
        *_sources(connection, now),
        *_expected(connection, now),
        *([] if silent_after is None else _silent(connection, now, silent_after)),
    )


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
        silences.note_told(connection, each.silent_cases, now)
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


def untold_stuck(connection: Connection) -> tuple[StuckRow, ...]:
    """Rows that were set aside and not told yet, the newest first."""
    found = [
        StuckRow(
            key=f"stuck {row.step} {row.id} {row.stuck_at:%Y-%m-%dT%H:%M:%S.%f}",
            step=row.step,
            id=row.id,
            name=row.name,
            reason=row.reason or "",
            title=row.title,
        )
        for row in connection.execute(_all_stuck().limit(_MOST_STUCK))
    ]
    if not found:
        return ()
    keys = [row.key for row in found]
    told = set(connection.execute(select(notices.c.key).where(notices.c.key.in_(keys))).scalars())
    return tuple(row for row in found if row.key not in told)


def _stuck(connection: Connection, now: datetime, naming: Collection[str]) -> list[DueNotice]:
    found = untold_stuck(connection)
    named = [row for row in found if row.key in naming]
    others = [row for row in found if row.key not in naming]
    due = []
    if named and _is_time(connection, NoticeKind.STUCK_NAMED, STUCK_NAMED_GAP, now):
        lines = [(f"{row.step}:{row.id}", row.title or "", row.name, row.reason) for row in named]
        due.append(_of_rows(named, stuck_named_notice(lines, now)))
    if others and _is_time(connection, NoticeKind.STUCK, STUCK_GAP, now):
        due.append(_of_rows(others, stuck_notice([(row.step, row.name, row.reason) for row in others], now)))
    return due


def _sources(connection: Connection, now: datetime) -> list[DueNotice]:
    if not _is_time(connection, NoticeKind.SOURCES, SOURCES_GAP, now):
        return []
    found = {f"source {turn.id}": turn for turn in find_turns(connection, now - TURNS_FOR)}
    told = set(connection.execute(select(notices.c.key).where(notices.c.key.in_(found))).scalars()) if found else set()
    keys = [key for key in found if key not in told]
    if not keys:
        return []
    notice = sources_notice([found[key] for key in keys], now)
    return [DueNotice(key=keys[0], notice=notice, parts=tuple(keys[1:]))]


def _silent(connection: Connection, now: datetime, silent_after: timedelta) -> list[DueNotice]:
    found = silences.find_silences(connection, silent_after, now)
    if not found:
        return []
    keys = [f"silent {one.case_id} {one.since:%Y-%m-%dT%H:%M:%S.%f}" for one in found]
    ids = tuple(one.case_id for one in found)
    return [DueNotice(key=keys[0], notice=silent_notice(found, now), parts=tuple(keys[1:]), silent_cases=ids)]


def _expected(connection: Connection, now: datetime) -> list[DueNotice]:
    found = {expectations.key_of(one.expectation): one for one in expectations.find_overdue(connection, now)}
    told = set(connection.execute(select(notices.c.key).where(notices.c.key.in_(found))).scalars()) if found else set()
    keys = [key for key in found if key not in told]
    if not keys:
        return []
    notice = expected_notice([found[key] for key in keys], now)
    return [DueNotice(key=keys[0], notice=notice, parts=tuple(keys[1:]))]


def _of_rows(rows: Sequence[StuckRow], notice: Notice) -> DueNotice:
    first, *others = (row.key for row in rows)
    return DueNotice(key=first, notice=notice, parts=tuple(others))


def _is_time(connection: Connection, kind: NoticeKind, gap: timedelta, now: datetime) -> bool:
    last = connection.execute(select(func.max(notices.c.created_at)).where(notices.c.kind == kind)).scalar()
    return last is None or now >= last + gap


def _all_stuck() -> Select[Any]:
    """Rows that were set aside, the newest first: step, id, name for people, title of an article, reason."""

    def of(step: str, table: Table, name: ColumnElement[str], title: ColumnElement[Any]) -> Select[Any]:
        named = (literal(step).label("step"), cast(table.c.id, String).label("id"), name.label("name"))
        of_row = select(*named, title.label("title"), table.c.reason, table.c.stuck_at)
        return of_row.where(table.c.stuck_at.is_not(None))

    none = cast(null(), String)
    judged = of("judge", revisions, articles.c.url, revisions.c.title).join_from(revisions, articles)
    sent = of("send", deliveries, literal("delivery ") + cast(deliveries.c.id, String), none)
    read = of("read", articles, articles.c.url, title_of_article())
    found = union_all(of("poll", sources, sources.c.id, none), read, judged, sent).subquery()
    return select(found).order_by(found.c.stuck_at.desc())
