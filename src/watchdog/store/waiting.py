"""The claims that wait for a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from watchdog.model.claim import Claim
from watchdog.model.event import Outcome
from watchdog.model.review import Waiting
from watchdog.model.source import Source
from watchdog.model.watch import Case
from watchdog.store import codec
from watchdog.store.tables import articles, cases, claims, reviews, revisions, sources, witnesses

#: The first claim of the change that a claim tells of.
FIRST_ID = func.coalesce(witnesses.c.first_claim_id, claims.c.id)


def waiting(connection: Connection, case_ids: Sequence[str] | None = None) -> tuple[Waiting, ...]:
    """Every claim that waits, the oldest first; those of some cases only where they are named."""
    query = _claims().where(claims.c.outcome == Outcome.REVIEW, reviews.c.id.is_(None))
    if case_ids is not None:
        query = query.where(claims.c.case_id.in_(case_ids))
    return tuple(_waiting(row) for row in connection.execute(query))


def find_reviewed(connection: Connection, claim_id: int) -> Waiting | None:
    """A claim that waits or waited; None where there is none of this id."""
    row = connection.execute(_claims().where(claims.c.outcome == Outcome.REVIEW, claims.c.id == claim_id)).first()
    return _waiting(row) if row else None


def one_a_change(found: Sequence[Waiting]) -> tuple[tuple[Waiting, int], ...]:
    """The oldest waiting claim of each change, and how many more wait of the same."""
    groups: dict[int, list[Waiting]] = {}
    for each in found:
        groups.setdefault(each.first_id, []).append(each)
    return tuple((group[0], len(group) - 1) for group in groups.values())


def _claims() -> Select[Any]:
    return (
        select(
            claims,
            FIRST_ID.label("first_id"),
            cases.c.definition.label("case_definition"),
            revisions.c.title,
            articles.c.url,
            sources.c.definition.label("source_definition"),
        )
        .join_from(claims, revisions)
        .join(articles)
        .join(sources)
        .join(cases, cases.c.id == claims.c.case_id)
        .outerjoin(witnesses, witnesses.c.claim_id == claims.c.id)
        .outerjoin(reviews, reviews.c.claim_id == claims.c.id)
        .order_by(claims.c.id)
    )


def _waiting(row: Row[Any]) -> Waiting:
    claim = codec.load(Claim, row.definition)
    return Waiting(
        id=row.id,
        first_id=row.first_id,
        revision_id=row.revision_id,
        case_id=row.case_id,
        case_name=codec.load(Case, row.case_definition).name,
        claim=claim,
        reported=claim.reported or row.decided_at.date(),
        reason=row.reason,
        why=row.why,
        title=row.title,
        url=row.url,
        source_name=codec.load(Source, row.source_definition).name,
        since=row.decided_at,
    )
