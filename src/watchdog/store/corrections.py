"""What people put right: events corrected or retracted, and the message to exactly those who were told.

A correction is a new event in the place of the old one, which is withdrawn; a retraction leaves nothing there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from watchdog.errors import UsageError
from watchdog.model.dates import PartialDate, rfc3339
from watchdog.model.delivery import Alert, AlertKind, Correction
from watchdog.model.review import EventDecision, Signature
from watchdog.model.status import Status
from watchdog.store import codec
from watchdog.store.outbox import event_told_by, insert_alert, lineage, was_told
from watchdog.store.tables import alerts, cases, decisions, events
from watchdog.store.watchlist import next_version


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What a correction or retraction did."""

    #: The event that holds now; None where nothing does.
    new_event_id: int | None
    #: Deliveries of the correction that were written.
    deliveries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a person did to an event."""

    decision: EventDecision
    signed: Signature
    new_event_id: int | None


def find_decision(connection: Connection, event_id: int) -> Decided | None:
    """What a person did to an event; None where nobody touched it."""
    row = connection.execute(select(decisions).where(decisions.c.event_id == event_id)).first()
    if row is None:
        return None
    signed = Signature(author=row.author, note=row.note, at=row.decided_at)
    return Decided(decision=EventDecision(row.decision), signed=signed, new_event_id=row.new_event_id)


def retract(connection: Connection, event_id: int, signed: Signature) -> Corrected:
    """Take an event back: it confirms no report any more, and whoever was told hears of it.

    Raises:
        UsageError: there is no such event, or it does not stand.
    """
    row = _standing(connection, event_id)
    next_version(connection, row.case_id)
    return _replace(connection, row, None, signed)


def correct(
    connection: Connection, event_id: int, status: Status | None, date: PartialDate | None, signed: Signature
) -> Corrected:
    """Put another event in the place of one; what is None stays as it was.

    Raises:
        UsageError: there is no such event, it does not stand, or nothing would change.
    """
    row = _standing(connection, event_id)
    now_status = status or Status(row.status)
    now_date = str(date) if date else row.event_date
    if (now_status, now_date) == (row.status, row.event_date):
        raise UsageError(f"event {event_id} says this already: {row.status}, {row.event_date or 'without a date'}")
    new_id: int = connection.execute(
        insert(events)
        .values(
            case_id=row.case_id,
            version=next_version(connection, row.case_id),
            status=now_status,
            event_date=now_date,
            reported=row.reported,
            details=row.details if now_status == row.status else [],
            certainty=row.certainty,
            attributed_to=row.attributed_to,
            band=row.band,
            created_at=signed.at,
        )
        .returning(events.c.id)
    ).scalar_one()
    right = Correction(status=now_status, event_date=_date(now_date), event=new_id, note=signed.note)
    return _replace(connection, row, right, signed)


def _standing(connection: Connection, event_id: int) -> Row[Any]:
    """An event that may be decided on, with its case held until the end of the transaction."""
    row = connection.execute(select(events).where(events.c.id == event_id)).first()
    if row is None:
        raise UsageError(f"there is no event {event_id}; see: watchdog events list")
    connection.execute(select(cases.c.id).where(cases.c.id == row.case_id).with_for_update())
    row = connection.execute(select(events).where(events.c.id == event_id)).one()
    if row.is_known:
        raise UsageError(f"event {event_id} is one of those under known in watchlist.toml: change it there")
    if row.withdrawn_at is not None:
        done = find_decision(connection, event_id)
        how = f"{done.decision} by {done.signed.author}" if done else "taken back by a later report"
        instead = f"; event {done.new_event_id} stands in its place" if done and done.new_event_id else ""
        raise UsageError(f"event {event_id} was {how} on {rfc3339(row.withdrawn_at)}{instead}")
    return row


def _replace(connection: Connection, row: Row[Any], right: Correction | None, signed: Signature) -> Corrected:
    connection.execute(update(events).where(events.c.id == row.id).values(withdrawn_at=signed.at))
    connection.execute(
        insert(decisions).values(
            event_id=row.id,
            decision=EventDecision.CORRECTED if right else EventDecision.RETRACTED,
            author=signed.author,
            note=signed.note,
            new_event_id=right.event if right else None,
            decided_at=signed.at,
        )
    )
    told = _tell(connection, row, right or Correction(note=signed.note), signed)
    return Corrected(new_event_id=right.event if right else None, deliveries=told)


def _tell(connection: Connection, row: Row[Any], right: Correction, signed: Signature) -> int:
    """The correction, made of the alert that it corrects; none where no alert was ever written.

    It puts right what somebody may have heard: a correction that was called back before anybody got it was never said.
    """
    ids = lineage(connection, row.id)
    found = connection.execute(
        select(alerts.c.id, alerts.c.definition, alerts.c.claim_id)
        .where(alerts.c.event_id.in_(ids))
        .order_by(alerts.c.id.desc())
    ).all()
    if not found:
        return 0
    said = {event_told_by(codec.load(Alert, one.definition)) for one in found if was_told(connection, one.id)}
    versions = connection.execute(select(events).where(events.c.id.in_(said)).order_by(events.c.id.desc())).all()
    (wrong, *before) = ((one.id, Status(one.status), _date(one.event_date)) for one in (versions or [row]))
    first = found[-1]
    alert = replace(
        codec.load(Alert, first.definition),
        kind=AlertKind.CORRECTION,
        event=wrong[0],
        status=wrong[1],
        event_date=wrong[2],
        raised_at=signed.at,
        correction=replace(right, before=tuple((status, date) for _, status, date in before)),
    )
    return insert_alert(connection, alert, first.claim_id, (), signed.at)


def _date(text: str | None) -> PartialDate | None:
    return PartialDate.parse(text) if text else None
