"""The watched topics, and which of them an article, or another one with its text, matched before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select

from watchdog.model.topic import TopicDecision, TopicOutcome
from watchdog.model.watch import Topic
from watchdog.store import codec
from watchdog.store.articles import RevisionForJudge
from watchdog.store.tables import revisions, topics

#: Copies are looked for among so many revisions before this one: hashes have no index, and a copy comes within days.
_LOOKED_BACK = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedTopic:
    """A topic on the watchlist."""

    topic: Topic
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedBefore:
    """Ids of topics that need not be told again."""

    #: Told of this article.
    told: frozenset[str]
    #: Matched by another article with the same title and text.
    copied: frozenset[str]


def watched_topics(connection: Connection) -> tuple[WatchedTopic, ...]:
    """The topics on the watchlist now, by id."""
    rows = connection.execute(select(topics).where(topics.c.left_at.is_(None)).order_by(topics.c.id))
    return tuple(WatchedTopic(topic=codec.load(Topic, row.definition), added_at=row.added_at) for row in rows)


def matched_before(connection: Connection, job: RevisionForJudge) -> MatchedBefore:
    """What was matched by this article, or by a copy of this revision."""
    own = select(revisions.c.text_hash).where(revisions.c.id == job.id).scalar_subquery()
    copies = (
        (revisions.c.text_hash == own)
        & (revisions.c.article_id != job.article_id)
        & (revisions.c.id > job.id - _LOOKED_BACK)
    )
    same_article = revisions.c.article_id == job.article_id
    return MatchedBefore(
        told=_topics_in(connection, same_article, {TopicOutcome.NEW}),
        copied=_topics_in(connection, copies, set(TopicOutcome)),
    )


def _topics_in(
    connection: Connection, where: ColumnElement[bool], outcomes: Collection[TopicOutcome]
) -> frozenset[str]:
    """The topics that revisions matched with one of these outcomes."""
    rows = connection.execute(select(revisions.c.mentions).where(where, revisions.c.mentions.is_not(None))).scalars()
    seen = (one for mentions in rows for one in mentions or () if "topic" in one)
    return frozenset(one["topic"] for one in seen if one["outcome"] in outcomes)


def as_seen(decision: TopicDecision) -> dict[str, object]:
    """A match as a revision's ``mentions`` keep it, beside the cases that it names."""
    match = decision.match
    return {
        "topic": match.topic_id,
        "outcome": decision.outcome,
        "matched": list(match.matched),
        "evidence": match.evidence,
        "field": match.field,
        "start": match.start,
        "end": match.end,
    }
