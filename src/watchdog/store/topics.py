"""The watched topics, and which articles matched them: told once an article, never for a copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from watchdog.core.alerts import choose_topic_subscribers
from watchdog.errors import TimelineChanged
from watchdog.model.delivery import Subscription, TopicAlert
from watchdog.model.topic import TopicDecision, TopicOutcome
from watchdog.model.watch import Topic
from watchdog.store import codec, outbox
from watchdog.store.articles import RevisionForJudge
from watchdog.store.tables import revisions, topic_matches, topics


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
    topic_id, article_id = topic_matches.c.topic_id, topic_matches.c.article_id
    told = select(topic_id).where(article_id == job.article_id, topic_matches.c.outcome == TopicOutcome.NEW)
    copied = select(topic_id).where(topic_matches.c.text_hash == own, article_id != job.article_id)
    return MatchedBefore(
        told=frozenset(connection.execute(told).scalars()), copied=frozenset(connection.execute(copied).scalars())
    )


def write(
    connection: Connection,
    job: RevisionForJudge,
    about: Sequence[TopicDecision],
    subscriptions: Sequence[Subscription],
    now: datetime,
) -> None:
    """Write what a revision's matches came to, and what subscribers get of it.

    Raises:
        TimelineChanged: this article, or a copy of it, was told meanwhile; nothing may be written.
    """
    if not about:
        return
    named = sorted(decision.alert.topic_id for decision in about)
    connection.execute(select(topics.c.id).where(topics.c.id.in_(named)).order_by(topics.c.id).with_for_update())
    before = matched_before(connection, job)
    own = select(revisions.c.text_hash).where(revisions.c.id == job.id).scalar_subquery()
    for decision in about:
        topic_id, is_new = decision.alert.topic_id, decision.outcome is TopicOutcome.NEW
        if is_new and topic_id in before.told | before.copied:
            raise TimelineChanged(f"topic {topic_id}: another revision was told meanwhile")
        values = {"topic_id": topic_id, "article_id": job.article_id, "revision_id": job.id, "text_hash": own}
        values |= {"outcome": decision.outcome, "definition": codec.dump(decision.alert), "created_at": now}
        made = insert(topic_matches).values(values).returning(topic_matches.c.id)
        match_id: int = connection.execute(made).scalar_one()
        if is_new:
            outbox.tell(connection, topic_matches, match_id, choose_topic_subscribers(topic_id, subscriptions), now)


def matches_of(connection: Connection, revision_id: int) -> tuple[tuple[int, TopicDecision], ...]:
    """What a revision matched, and the row of each."""
    mine = select(topic_matches).where(topic_matches.c.revision_id == revision_id).order_by(topic_matches.c.id)
    return tuple(
        (row.id, TopicDecision(outcome=TopicOutcome(row.outcome), alert=codec.load(TopicAlert, row.definition)))
        for row in connection.execute(mine)
    )
