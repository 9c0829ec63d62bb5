"""Rows as the queue: claim with a lease and a fence, settle only what one still holds.

A claim raises ``attempts``; every settling sets it back. A row that was claimed three times and never settled has
raised, hung or killed its worker each time: the next claim sets it aside (``stuck_at``) and hands it to nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Table, Update, and_, bindparam, or_, select, update
from sqlalchemy.sql.dml import ReturningUpdate

#: Design, section 3: three attempts, then set aside.
MAX_ATTEMPTS = 3

#: Design, section 4 ("Rows").
LEASE = timedelta(seconds=90)

#: After an attempt that raised, the next one comes this much later, times the attempts made.
_AFTER_ERROR = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to settle one row, until somebody else has claimed it."""

    table: str
    id: int | str
    fence: int
    #: Attempts with this one.
    attempts: int


def claim(
    connection: Connection, table: Table, now: datetime, limit: int, mark: Mapping[str, object] | None = None
) -> Sequence[Row[Any]]:
    """Take rows that are due and held by nobody, the longest due first; each is the caller's until the lease ends.

    Args:
        connection: inside a transaction.
        table: one of the four queues.
        now: aware.
        limit: rows at most.
        mark: further values of a claimed row (``state = sending``).

    Returns:
        Whole rows as they are after the claim.
    """
    moments: dict[str, object] = {"this_moment": now, "lease_ends": now + LEASE, "at_most": limit}
    worn_out, claimed = _claiming(table, tuple(mark or ()))
    connection.execute(worn_out, moments)
    rows = connection.execute(claimed, {**moments, **{f"new_{name}": value for name, value in (mark or {}).items()}})
    return sorted(rows.all(), key=lambda row: (row.due_at, row.id))


@cache  # making a statement takes longer than running it
def _claiming(table: Table, marked: tuple[str, ...]) -> tuple[Update, ReturningUpdate[Any]]:
    """What sets aside rows that are worn out, and what takes those that are due."""
    now: BindParameter[datetime] = bindparam("this_moment", type_=table.c.due_at.type)
    is_free = and_(table.c.due_at <= now, or_(table.c.lease_until.is_(None), table.c.lease_until <= now))
    worn = select(table.c.id).where(is_free, table.c.attempts >= MAX_ATTEMPTS).with_for_update(skip_locked=True)
    worn_out = (
        update(table)
        .where(table.c.id.in_(select(worn.cte("worn").c.id)))
        .values(due_at=None, lease_until=None, stuck_at=now, reason=table.c.reason.concat("; set aside"))
    )
    due = select(table.c.id).where(is_free).order_by(table.c.due_at, table.c.id).limit(bindparam("at_most"))
    # A common table expression is run once; PostgreSQL may run a subquery again and lock more rows than the limit.
    claimed = (
        update(table)
        .where(table.c.id.in_(select(due.with_for_update(skip_locked=True).cte("due").c.id)))
        .values(
            {
                "lease_until": bindparam("lease_ends"),
                "fence": table.c.fence + 1,
                "attempts": table.c.attempts + 1,
                "reason": "held by a worker that did not come back",
                **{name: bindparam(f"new_{name}") for name in marked},
            }
        )
        .returning(table)
    )
    return worn_out, claimed


def lease_of(table: Table, row: Row[Any]) -> Lease:
    """The lease that ``claim`` gave on a row."""
    return Lease(table=table.name, id=row.id, fence=row.fence, attempts=row.attempts)


def _write_held(connection: Connection, table: Table, lease: Lease, values: Mapping[str, object]) -> bool:
    """Write to a row that is still ours. Returns whether it is."""
    given = {"held_id": lease.id, "held_fence": lease.fence, **{f"new_{name}": each for name, each in values.items()}}
    return connection.execute(_writing(table, tuple(values)), given).rowcount == 1


@cache
def _writing(table: Table, names: tuple[str, ...]) -> Update:
    held_id: BindParameter[Any] = bindparam("held_id")
    held_fence: BindParameter[Any] = bindparam("held_fence")
    is_held = and_(table.c.id == held_id, table.c.fence == held_fence, table.c.lease_until.is_not(None))
    return update(table).where(is_held).values({name: bindparam(f"new_{name}") for name in names})


def renew(connection: Connection, table: Table, leases: Sequence[Lease], now: datetime) -> frozenset[Lease]:
    """Begin leases anew, before a row's turn comes late. Returns those that still held; of the others, hands off."""
    return frozenset(lease for lease in leases if _write_held(connection, table, lease, {"lease_until": now + LEASE}))


def settle(connection: Connection, table: Table, lease: Lease, values: Mapping[str, object]) -> bool:
    """End a claim: write what came of it. Does nothing where the lease was lost to somebody else.

    The values are the outcome; without a ``due_at`` among them the work on this row ends for now.

    Returns:
        Whether the lease still held.
    """
    outcome = {"due_at": None, "reason": None, **values, "attempts": 0, "lease_until": None}
    return _write_held(connection, table, lease, outcome)


def give_back(connection: Connection, table: Table, lease: Lease, now: datetime, reason: str) -> None:
    """End a claim that a full disk or a lost database stopped: again in a minute, and not counted as an attempt."""
    values = {"attempts": lease.attempts - 1, "lease_until": None, "reason": reason, "due_at": now + _AFTER_ERROR}
    _write_held(connection, table, lease, values)


def fail(connection: Connection, table: Table, lease: Lease, now: datetime, reason: str) -> bool:
    """End a claim whose step raised: come again later, or set the row aside after the third time.

    Returns:
        Whether the row was set aside.
    """
    is_stuck = lease.attempts >= MAX_ATTEMPTS
    values = {
        "lease_until": None,
        "reason": reason,
        "due_at": None if is_stuck else now + _AFTER_ERROR * lease.attempts,
        "stuck_at": now if is_stuck else None,
    }
    changed = _write_held(connection, table, lease, values)
    return is_stuck and changed
