"""What people decide on claims that wait: one row each, with author and time; nothing is overwritten."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from watchdog.errors import UsageError
from watchdog.model.dates import rfc3339
from watchdog.model.event import Outcome
from watchdog.model.review import ReviewDecision, Signature, Waiting
from watchdog.store.judgements import ALERTING, Draft, check_version, insert_review, put_on_timeline
from watchdog.store.outbox import insert_alert
from watchdog.store.subscribers import live_subscriptions
from watchdog.store.tables import cases, reviews
from watchdog.store.waiting import waiting
from watchdog.store.watchlist import next_version


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What became of a claim that waited."""

    decision: ReviewDecision
    signed: Signature
    #: The event that came of it; None where it was rejected.
    event_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What accepting a claim did."""

    outcome: Outcome
    event_id: int | None
    #: Deliveries that were written.
    deliveries: int
    #: Further waiting claims of the same change, which confirm it now.
    joined: tuple[int, ...]


def find_review(connection: Connection, claim_id: int) -> Reviewed | None:
    """What was decided on a claim; None while it waits."""
    row = connection.execute(select(reviews).where(reviews.c.claim_id == claim_id)).first()
    if row is None:
        return None
    signed = Signature(author=row.author, note=row.note, at=row.decided_at)
    return Reviewed(decision=ReviewDecision(row.decision), signed=signed, event_id=row.event_id)


def accept(connection: Connection, item: Waiting, version: int, draft: Draft, signed: Signature) -> Accepted:
    """Write what an accepted claim becomes: event, alert and deliveries, all or nothing, as the judge does.

    Safe to run twice: the second time is refused, and leaves nothing.

    Raises:
        TimelineChanged: the timeline is not the one that was decided from; nothing was written.
        UsageError: somebody has decided already.
    """
    check_version(connection, item.case_id, version)
    _check_waits(connection, item.id)
    decision, now = draft.decision, signed.at
    event_id = put_on_timeline(connection, item.case_id, decision, item.reported, now)
    if decision.outcome in {Outcome.CONFIRMATION, Outcome.DISPUTE}:  # no event, but what waits is no longer the same
        next_version(connection, item.case_id)
    others = _same_change(connection, item)
    insert_review(connection, item.id, ReviewDecision.ACCEPTED, signed, event_id)
    for claim_id in others:
        insert_review(connection, claim_id, ReviewDecision.JOINED, signed, event_id)
    told = 0
    if decision.outcome in ALERTING:
        alert = replace(draft.alert, event=event_id or 0, is_reviewed=True)
        told = insert_alert(connection, alert, item.id, live_subscriptions(connection), now)
    return Accepted(outcome=decision.outcome, event_id=event_id, deliveries=told, joined=others)


def reject(connection: Connection, item: Waiting, signed: Signature) -> tuple[int, ...]:
    """Silence a claim; the change itself may still be told by another one.

    Returns:
        The claims of the same change that go on waiting.

    Raises:
        UsageError: somebody has decided already.
    """
    connection.execute(select(cases.c.id).where(cases.c.id == item.case_id).with_for_update())
    _check_waits(connection, item.id)
    next_version(connection, item.case_id)
    insert_review(connection, item.id, ReviewDecision.REJECTED, signed, None)
    return _same_change(connection, item)


def _same_change(connection: Connection, item: Waiting) -> tuple[int, ...]:
    found = waiting(connection, [item.case_id])
    return tuple(each.id for each in found if each.first_id == item.first_id and each.id != item.id)


def _check_waits(connection: Connection, claim_id: int) -> None:
    done = find_review(connection, claim_id)
    if done is not None:
        note = f": {done.signed.note}" if done.signed.note else ""
        raise UsageError(
            f"claim {claim_id} was {done.decision} by {done.signed.author} on {rfc3339(done.signed.at)}{note}; "
            "to undo what came of it, see: watchdog events --help"
        )
