"""What happened, for people: a case's timeline, and all that became of one address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, literal, or_, select, union_all

from watchdog.model.claim import Claim
from watchdog.model.event import Outcome
from watchdog.model.mention import Unread
from watchdog.model.review import ReviewDecision
from watchdog.model.topic import TopicDecision
from watchdog.store import codec
from watchdog.store.corrections import Decided, find_decision
from watchdog.store.outbox import lineage
from watchdog.store.passages import unread_of
from watchdog.store.reviews import Reviewed, find_review
from watchdog.store.tables import alerts, articles, claims, deliveries, digest_items, events, reviews, revisions
from watchdog.store.topics import matches_of

#: Of a claim whose event another claim made.
_CONFIRMING = {ReviewDecision.ACCEPTED, ReviewDecision.JOINED}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """An event with its evidence."""

    id: int
    status: str
    event_date: str | None
    certainty: str
    attributed_to: str | None
    #: None for known and background events, which alerted nobody.
    band: str | None
    is_known: bool
    seen_at: datetime
    withdrawn_at: datetime | None
    #: The sentence and address of its first report; None for a known event.
    sentence: str | None
    url: str | None
    #: Later reports of it.
    confirmations: int
    #: What a person did to it; None where nobody touched it.
    decided: Decided | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    """What a revision says, and what became of it."""

    case_id: str
    claim: Claim
    outcome: str
    reason: str | None
    band: str | None
    confidence: float
    why: str
    event_id: int | None
    #: What a person decided on it; None where nobody did, or had to.
    reviewed: Reviewed | None
    #: What became of its alert for each subscriber, in their order: a delivery's state, or ``waiting`` for a digest;
    #: empty where it alerted nobody.
    deliveries: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionRow:
    """One version of an article's text."""

    number: int
    title: str
    seen_at: datetime
    text_from: str
    judged_at: datetime | None
    #: Who was named in it: case, form, score, reason; empty where nobody was, or it is not judged yet.
    mentions: tuple[dict[str, object], ...]
    #: Which topics it matched: topic, outcome, matched, evidence, field, start, end, deliveries.
    topics: tuple[dict[str, object], ...]
    claims: tuple[ClaimRow, ...]
    #: Passages that name somebody in a language without a pack.
    unread: tuple[Unread, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleHistory:
    """All that became of one address."""

    url: str
    source_id: str
    published: datetime | None
    first_seen_at: datetime
    #: When it is read next, and why it waits; None where nothing is planned.
    due_at: datetime | None
    reason: str | None
    is_stuck: bool
    revisions: tuple[RevisionRow, ...]


def case_events(connection: Connection, case_id: str) -> tuple[EventRow, ...]:
    """A case's events in the order in which they were accepted, withdrawn ones included."""
    rows = connection.execute(select(events).where(events.c.case_id == case_id).order_by(events.c.version))
    return tuple(_event(connection, row) for row in rows)


def find_event(connection: Connection, event_id: int) -> tuple[str, EventRow] | None:
    """One event and its case; None where there is none of this id."""
    row = connection.execute(select(events).where(events.c.id == event_id)).first()
    return (row.case_id, _event(connection, row)) if row else None


def _event(connection: Connection, row: Row[Any]) -> EventRow:
    """An event with its reports, those of an event included that it took the place of."""
    ids = lineage(connection, row.id)
    reports = connection.execute(
        select(claims.c.definition, claims.c.outcome, reviews.c.decision, articles.c.url)
        .join_from(claims, revisions)
        .join(articles)
        .outerjoin(reviews, reviews.c.claim_id == claims.c.id)
        .where(or_(claims.c.event_id.in_(ids), reviews.c.event_id.in_(ids)))
        .order_by(claims.c.id)
    ).all()
    makes = {Outcome.NEW, Outcome.BACKGROUND}
    first = next((each for each in reports if each.outcome in makes or each.decision == ReviewDecision.ACCEPTED), None)
    confirming = (
        each
        for each in reports
        if each is not first and (each.outcome == Outcome.CONFIRMATION or each.decision in _CONFIRMING)
    )
    return EventRow(
        id=row.id,
        status=row.status,
        event_date=row.event_date,
        certainty=row.certainty,
        attributed_to=row.attributed_to,
        band=row.band,
        is_known=row.is_known,
        seen_at=row.created_at,
        withdrawn_at=row.withdrawn_at,
        sentence=codec.load(Claim, first.definition).evidence.sentence if first else None,
        url=first.url if first else None,
        confirmations=sum(1 for _ in confirming),
        decided=find_decision(connection, row.id),
    )


def article_history(connection: Connection, url: str) -> ArticleHistory | None:
    """What became of a canonical address; None where it was never seen."""
    row = connection.execute(select(articles).where(articles.c.url == url)).first()
    if row is None:
        return None
    rows = connection.execute(
        select(revisions).where(revisions.c.article_id == row.id).order_by(revisions.c.number)
    ).all()
    return ArticleHistory(
        url=row.url,
        source_id=row.source_id,
        published=row.published,
        first_seen_at=row.first_seen_at,
        due_at=row.due_at,
        reason=row.reason,
        is_stuck=row.stuck_at is not None,
        revisions=tuple(
            RevisionRow(
                number=item.number,
                title=item.title,
                seen_at=item.seen_at,
                text_from=item.text_from,
                judged_at=item.judged_at,
                mentions=tuple(seen for seen in item.mentions or () if "case" in seen),
                topics=tuple(_topic(connection, *each) for each in matches_of(connection, item.id)),
                claims=_claims(connection, item.id),
                unread=unread_of(connection, item.id),
            )
            for item in rows
        ),
    )


def _claims(connection: Connection, revision_id: int) -> tuple[ClaimRow, ...]:
    found = []
    for row in connection.execute(select(claims).where(claims.c.revision_id == revision_id).order_by(claims.c.id)):
        mine = select(alerts.c.id).where(alerts.c.claim_id == row.id)
        found.append(
            ClaimRow(
                case_id=row.case_id,
                claim=codec.load(Claim, row.definition),
                outcome=row.outcome,
                reason=row.reason,
                band=row.band,
                confidence=row.confidence,
                why=row.why,
                event_id=row.event_id,
                reviewed=find_review(connection, row.id),
                deliveries=_states(connection, "alert_id", mine),
            )
        )
    return tuple(found)


def _topic(connection: Connection, match_id: int, decision: TopicDecision) -> dict[str, object]:
    alert = decision.alert
    return {
        "topic": alert.topic_id,
        "outcome": decision.outcome,
        "matched": list(alert.matched),
        "evidence": alert.evidence,
        "field": alert.field,
        "start": alert.start,
        "end": alert.end,
        "deliveries": list(_states(connection, "topic_match_id", select(literal(match_id)))),
    }


def _states(connection: Connection, column: str, told: Select[tuple[int]]) -> tuple[str, ...]:
    """What became of something told, for each subscriber in their order."""
    by_itself = select(deliveries.c.subscriber_id, deliveries.c.state).where(deliveries.c[column].in_(told))
    bundled = (
        select(digest_items.c.subscriber_id, func.coalesce(deliveries.c.state, "waiting").label("state"))
        .outerjoin(deliveries, deliveries.c.digest_id == digest_items.c.digest_id)
        .where(digest_items.c[column].in_(told))
    )
    both = union_all(by_itself, bundled).subquery()
    return tuple(connection.execute(select(both.c.state).order_by(both.c.subscriber_id)).scalars())
