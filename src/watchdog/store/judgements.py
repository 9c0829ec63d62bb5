"""Timelines read for a decision, and the decision written: claims, events, alerts, deliveries in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, insert, select, update

from watchdog.errors import TimelineChanged
from watchdog.model.delivery import Alert, Subscription
from watchdog.model.event import Decision, Outcome, TimelineEvent
from watchdog.model.expectation import Expectation
from watchdog.model.mention import Mention, Unread
from watchdog.model.review import ReviewDecision, Signature, Waiting
from watchdog.model.topic import TopicDecision
from watchdog.model.watch import Case
from watchdog.store import codec, expectations, passages, queue, topics
from watchdog.store.articles import RevisionForJudge, schedule_visit
from watchdog.store.expectations import read_event
from watchdog.store.outbox import insert_alert
from watchdog.store.subscribers import live_subscriptions
from watchdog.store.tables import cases, claims, events, reviews, revisions, witnesses
from watchdog.store.waiting import waiting
from watchdog.store.watchlist import next_version

#: A decision that goes on the timeline: a new event, or an old one that alerts nobody.
ON_TIMELINE = frozenset({Outcome.NEW, Outcome.BACKGROUND})

#: A decision that subscribers hear of.
ALERTING = frozenset({Outcome.NEW, Outcome.CORRECTION})

#: Who signs what nobody had to decide.
OURSELVES = "watchdog"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTimeline:
    """A case with its accepted events, oldest version first, and what waits, as one decision sees them."""

    case: Case
    added_at: datetime
    version: int
    events: tuple[TimelineEvent, ...]
    #: Claims that wait for a person, the oldest first.
    waiting: tuple[Waiting, ...] = ()
    #: What a person rejected: article, type, sentence.
    rejected: frozenset[tuple[int, str, str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A decision, and what a message about it would say; the event's id is filled in when it is known."""

    decision: Decision
    alert: Alert
    #: Waiting claims of the same change: a doubtful one joins them, a better one closes them.
    same: tuple[Waiting, ...] = ()


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
    waits = waiting(connection, case_ids)
    for row in connection.execute(select(cases).where(cases.c.id.in_(case_ids)).order_by(cases.c.id)):
        rows = connection.execute(
            select(events).where(events.c.case_id == row.id, events.c.withdrawn_at.is_(None)).order_by(events.c.version)
        )
        found.append(
            CaseTimeline(
                case=codec.load(Case, row.definition),
                added_at=row.added_at,
                version=row.version,
                events=tuple(read_event(item) for item in rows),
                waiting=tuple(each for each in waits if each.case_id == row.id),
                rejected=_rejected(connection, row.id),
            )
        )
    return tuple(found)


def _rejected(connection: Connection, case_id: str) -> frozenset[tuple[int, str, str]]:
    rows = connection.execute(
        select(revisions.c.article_id, claims.c.definition)
        .join_from(reviews, claims)
        .join(revisions)
        .where(claims.c.case_id == case_id, reviews.c.decision == ReviewDecision.REJECTED)
    )
    return frozenset((row.article_id, row.definition["status"], row.definition["evidence"]["sentence"]) for row in rows)


def write(
    connection: Connection,
    job: RevisionForJudge,
    mentions: Sequence[Mention],
    judgements: Sequence[Judgement],
    now: datetime,
    visit_at: datetime | None = None,
    about: Sequence[TopicDecision] = (),
    unread: Sequence[Unread] = (),
    expected: Sequence[Expectation] = (),
) -> tuple[Written, ...] | None:
    """Write what was decided of a revision, and when its page is asked again, all or nothing.

    Safe to run twice: the revision's lease is settled in the same transaction; versions make decisions serial per case;
    alerts and deliveries are unique.

    Returns:
        The decisions in their order; None where the lease was lost.

    Raises:
        TimelineChanged: a timeline is not the one that was decided from, or a topic was told; nothing was written.
    """
    seen = [{"case": m.case_id, "form": m.form, "score": m.score, "reason": m.reason} for m in mentions]
    if not queue.settle(connection, revisions, job.lease, {"mentions": seen, "judged_at": now}):
        return None
    subscriptions = live_subscriptions(connection)
    topics.write(connection, job, about, subscriptions, now)
    passages.write(connection, job.id, unread, now)
    written: list[Written] = []
    for judgement in judgements:
        check_version(connection, judgement.case_id, judgement.version)
        written.extend(_write_one(connection, job, judgement, draft, subscriptions, now) for draft in judgement.drafts)
    for case_id in sorted({mention.case_id for mention in mentions}):
        connection.execute(update(cases).where(cases.c.id == case_id).values(named_at=now))
    expectations.write(connection, job.id, expected, now)
    if visit_at is not None:
        schedule_visit(connection, job.article_id, visit_at)
    return tuple(written)


def check_version(connection: Connection, case_id: str, version: int) -> None:
    """Hold a case's row until the end of the transaction, at the version that was decided from.

    Raises:
        TimelineChanged: it is another one.
    """
    have = connection.execute(select(cases.c.version).where(cases.c.id == case_id).with_for_update()).scalar_one()
    if have != version:
        raise TimelineChanged(f"case {case_id}: version {have}, decided from {version}")


def _write_one(
    connection: Connection,
    job: RevisionForJudge,
    judgement: Judgement,
    draft: Draft,
    subscriptions: Sequence[Subscription],
    now: datetime,
) -> Written:
    decision, claim = draft.decision, draft.decision.claim
    event_id = put_on_timeline(connection, judgement.case_id, decision, judgement.reported, now)
    if decision.outcome is Outcome.REVIEW:  # the day of the report is needed again when somebody decides
        claim = replace(claim, reported=claim.reported or judgement.reported)
    claim_id = connection.execute(
        insert(claims)
        .values(
            case_id=judgement.case_id,
            revision_id=job.id,
            definition=codec.dump(claim),
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
    _meet_waiting(connection, judgement.case_id, draft, claim_id, event_id, now)
    alert = replace(draft.alert, event=event_id or 0)
    if decision.outcome in ALERTING:
        insert_alert(connection, alert, claim_id, subscriptions, now)
    return Written(case_id=judgement.case_id, decision=decision, event_id=event_id, alert=alert)


def put_on_timeline(
    connection: Connection, case_id: str, decision: Decision, reported: date, now: datetime
) -> int | None:
    """Do to the timeline what a decision says, and raise the case's version with it.

    Returns:
        The event that was made, confirmed, disputed or withdrawn; None where the decision is about none.
    """
    if decision.outcome in ON_TIMELINE:
        return _insert_event(connection, case_id, decision, reported, now)
    event_id = decision.event.id if decision.event else None
    if decision.outcome is Outcome.CORRECTION:
        connection.execute(update(events).where(events.c.id == event_id).values(withdrawn_at=now))
        next_version(connection, case_id)
    return event_id


def _meet_waiting(
    connection: Connection, case_id: str, draft: Draft, claim_id: int, event_id: int | None, now: datetime
) -> None:
    """Let a doubtful claim join what waits of the same change, and a better one close it."""
    if draft.decision.outcome is Outcome.REVIEW:
        next_version(connection, case_id)  # two doubtful claims of one change must not both think that they are first
        if draft.same:
            first_id = draft.same[0].first_id
            connection.execute(insert(witnesses).values(claim_id=claim_id, first_claim_id=first_id))
        return
    for each in draft.same:
        signed = Signature(author=OURSELVES, note="a later report was good enough alone", at=now)
        insert_review(connection, each.id, ReviewDecision.CLOSED, signed, event_id)


def insert_review(
    connection: Connection, claim_id: int, decision: ReviewDecision, signed: Signature, event_id: int | None
) -> None:
    """Write what became of a waiting claim; the database refuses a second time."""
    connection.execute(
        insert(reviews).values(
            claim_id=claim_id,
            decision=decision,
            author=signed.author,
            note=signed.note,
            event_id=event_id,
            decided_at=signed.at,
        )
    )


def _insert_event(connection: Connection, case_id: str, decision: Decision, reported: date, now: datetime) -> int:
    claim = decision.claim
    event_id: int = connection.execute(
        insert(events)
        .values(
            case_id=case_id,
            version=next_version(connection, case_id),
            status=claim.status,
            event_date=str(claim.date) if claim.date else None,
            reported=(claim.reported or reported).isoformat(),
            details=[[key, value] for key, value in claim.details],
            certainty=claim.certainty,
            attributed_to=claim.attributed_to,
            band=decision.band if decision.outcome is Outcome.NEW else None,
            created_at=now,
        )
        .returning(events.c.id)
    ).scalar_one()
    return event_id
