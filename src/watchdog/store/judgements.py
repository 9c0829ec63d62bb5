"""Timelines read for a decision, and the decision written: claims, events, alerts, deliveries in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from watchdog.core.alerts import choose_subscribers, delivery_key
from watchdog.errors import TimelineChanged
from watchdog.model.claim import Detail
from watchdog.model.dates import PartialDate
from watchdog.model.delivery import Alert, AlertKind, DeliveryState, Subscription
from watchdog.model.event import Decision, Outcome, TimelineEvent
from watchdog.model.mention import Mention
from watchdog.model.status import Status
from watchdog.model.topic import TopicDecision
from watchdog.model.watch import Case
from watchdog.store import codec, queue, topics
from watchdog.store.articles import RevisionForJudge
from watchdog.store.subscribers import live_subscriptions
from watchdog.store.tables import alerts, cases, claims, deliveries, events, installation, revisions
from watchdog.store.watchlist import next_version

#: A decision that goes on the timeline: a new event, or an old one that alerts nobody.
ON_TIMELINE = frozenset({Outcome.NEW, Outcome.BACKGROUND})

#: A decision that subscribers hear of.
ALERTING = frozenset({Outcome.NEW, Outcome.CORRECTION})


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTimeline:
    """A case with its accepted events, oldest version first, as one decision sees them."""

    case: Case
    added_at: datetime
    version: int
    events: tuple[TimelineEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A decision, and what a message about it would say; the event's id is filled in when it is known."""

    decision: Decision
    alert: Alert


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """All that was decided of one case in one revision, from one version of its timeline."""

    case_id: str
    version: int
    reported: date
    drafts: tuple[Draft, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A decision as it was written."""

    case_id: str
    decision: Decision
    #: The event that it made, confirms, disputes or corrects; None for silence and review.
    event_id: int | None
    #: What a message about it says; sent only for new events and corrections.
    alert: Alert


def read_timelines(connection: Connection, case_ids: Sequence[str]) -> tuple[CaseTimeline, ...]:
    """The timelines of these cases; withdrawn events are not on them."""
    found = []
    for row in connection.execute(select(cases).where(cases.c.id.in_(case_ids)).order_by(cases.c.id)):
        rows = connection.execute(
            select(events).where(events.c.case_id == row.id, events.c.withdrawn_at.is_(None)).order_by(events.c.version)
        )
        found.append(
            CaseTimeline(
                case=codec.load(Case, row.definition),
                added_at=row.added_at,
                version=row.version,
                events=tuple(_event(item) for item in rows),
            )
        )
    return tuple(found)


def _event(row: Row[Any]) -> TimelineEvent:
    return TimelineEvent(
        id=row.id,
        status=Status(row.status),
        date=PartialDate.parse(row.event_date) if row.event_date else None,
        reported=date.fromisoformat(row.reported) if row.reported else None,
        details=tuple((Detail(key), value) for key, value in row.details),
    )


def write(
    connection: Connection,
    job: RevisionForJudge,
    mentions: Sequence[Mention],
    judgements: Sequence[Judgement],
    now: datetime,
    about: Sequence[TopicDecision] = (),
) -> tuple[Written, ...] | None:
    """Write what was decided of a revision, all or nothing.

    Safe to run twice: the revision's lease is settled in the same transaction; versions make decisions serial per case;
    alerts and deliveries are unique.

    Returns:
        The decisions in their order; None where the lease was lost.

    Raises:
        TimelineChanged: a timeline is not the one that was decided from; nothing was written.
    """
    seen = [{"case": m.case_id, "form": m.form, "score": m.score, "reason": m.reason} for m in mentions]
    seen += [topics.as_seen(decision) for decision in about]
    if not queue.settle(connection, revisions, job.lease, {"mentions": seen, "judged_at": now}):
        return None
    subscriptions = live_subscriptions(connection)
    written: list[Written] = []
    for judgement in judgements:
        version = connection.execute(
            select(cases.c.version).where(cases.c.id == judgement.case_id).with_for_update()
        ).scalar_one()
        if version != judgement.version:
            raise TimelineChanged(f"case {judgement.case_id}: version {version}, decided from {judgement.version}")
        written.extend(_write_one(connection, job, judgement, draft, subscriptions, now) for draft in judgement.drafts)
    return tuple(written)


def _write_one(
    connection: Connection,
    job: RevisionForJudge,
    judgement: Judgement,
    draft: Draft,
    subscriptions: Sequence[Subscription],
    now: datetime,
) -> Written:
    decision = draft.decision
    event_id = decision.event.id if decision.event else None
    if decision.outcome in ON_TIMELINE:
        event_id = _insert_event(connection, judgement, decision, now)
    elif decision.outcome is Outcome.CORRECTION:
        connection.execute(update(events).where(events.c.id == event_id).values(withdrawn_at=now))
        next_version(connection, judgement.case_id)
    claim_id = connection.execute(
        insert(claims)
        .values(
            case_id=judgement.case_id,
            revision_id=job.id,
            definition=codec.dump(decision.claim),
            outcome=decision.outcome,
            reason=decision.reason,
            band=decision.band,
            confidence=decision.confidence,
            why=decision.why,
            event_id=event_id,
            decided_at=now,
        )
        .returning(claims.c.id)
    ).scalar_one()
    alert = replace(draft.alert, event=event_id or 0)
    if decision.outcome in ALERTING:
        _insert_alert(connection, alert, claim_id, subscriptions, now)
    return Written(case_id=judgement.case_id, decision=decision, event_id=event_id, alert=alert)


def _insert_event(connection: Connection, judgement: Judgement, decision: Decision, now: datetime) -> int:
    claim = decision.claim
    event_id: int = connection.execute(
        insert(events)
        .values(
            case_id=judgement.case_id,
            version=next_version(connection, judgement.case_id),
            status=claim.status,
            event_date=str(claim.date) if claim.date else None,
            reported=(claim.reported or judgement.reported).isoformat(),
            details=[[key, value] for key, value in claim.details],
            certainty=claim.certainty,
            attributed_to=claim.attributed_to,
            band=decision.band if decision.outcome is Outcome.NEW else None,
            created_at=now,
        )
        .returning(events.c.id)
    ).scalar_one()
    return event_id


def _insert_alert(
    connection: Connection, alert: Alert, claim_id: int, subscriptions: Sequence[Subscription], now: datetime
) -> None:
    """Write an alert and a delivery to everybody who should have it."""
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
    if alert.kind is AlertKind.CORRECTION:
        receivers = _told_before(connection, alert.event)
    else:
        receivers = choose_subscribers(alert.case_id, alert.status, subscriptions)
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


def _told_before(connection: Connection, event_id: int) -> tuple[int, ...]:
    """Everybody who got an alert of this event, or will: they get its correction, subscribed still or not."""
    told = (
        select(deliveries.c.subscriber_id)
        .join_from(deliveries, alerts)
        .where(alerts.c.event_id == event_id)
        .distinct()
        .order_by(deliveries.c.subscriber_id)
    )
    return tuple(connection.execute(told).scalars())
