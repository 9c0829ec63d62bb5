"""Every table, in SQLAlchemy Core; ``migrations/`` makes them, and a test holds the two together.

Four tables are queues (sources, articles, revisions, deliveries); what their common columns mean is told in ``queue``.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from watchdog.store.columns import Id, UtcDateTime, exactly_one, new_metadata, partial_index, queue_columns, stuck_index

metadata = new_metadata()

installation = Table(
    "installation",
    metadata,
    Column("id", String, primary_key=True),  # one row, made with the database: delivery keys of two homes never meet
    Column("watch_version", Integer, nullable=False, server_default=text("0")),  # raised when the watched cases change
)

sources = Table(
    "sources",
    metadata,
    Column("id", String, primary_key=True),
    Column("url", Text, nullable=False),
    Column("definition", JSON, nullable=False),  # model.source.Source
    Column("enabled", Boolean, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", String),  # of the last body that parsed
    Column("polls", Integer, nullable=False, server_default=text("0")),  # that gave a feed
    Column("failures", Integer, nullable=False, server_default=text("0")),  # in a row
    Column("first_failed_at", UtcDateTime),
    Column("last_success_at", UtcDateTime),
    Column("memory", JSON(none_as_null=True)),  # model.source.PollMemory; null before the first answer
    Column("history", JSON(none_as_null=True)),  # model.source.PollHistory; null before the first answer
    Column("state", String),  # model.source.SourceState; null before the first decision
    *queue_columns(),
    Index(None, "due_at"),
    stuck_index("sources"),
)

#: Each change of a source's state; rows are never changed.
source_states = Table(
    "source_states",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("state", String, nullable=False),  # model.source.SourceState
    Column("was", String),
    Column("words", Text, nullable=False),  # the evidence
    Column("since", UtcDateTime),  # the first failure, or the last new entry
    Column("entered_at", UtcDateTime, nullable=False),
    Column("is_turn", Boolean, nullable=False),  # left OK, or came back: operators are told
    Index(None, "source_id"),
    Index(None, "entered_at"),
    sqlite_autoincrement=True,
)

#: Each change of the address that a source is asked at; rows are never changed.
moves = Table(
    "moves",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("from_url", Text, nullable=False),
    Column("to_url", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("moved_at", UtcDateTime, nullable=False),
    Index(None, "source_id"),
    sqlite_autoincrement=True,
)

rests = Table(
    "rests",
    metadata,
    Column("scope", Text, primary_key=True),  # a feed, host or domain that is left alone for a while, over restarts
    Column("until", UtcDateTime, nullable=False),
)

entries = Table(
    "entries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("hash", String, nullable=False),
    Column("definition", JSON, nullable=False),  # model.article.Entry
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    Column("first_seen_at", UtcDateTime, nullable=False),
    UniqueConstraint("source_id", "key"),
    Index(None, "article_id"),
    sqlite_autoincrement=True,
)

articles = Table(
    "articles",
    metadata,
    Column("id", Id, primary_key=True),
    Column("url", Text, nullable=False),  # canonical
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("has_page", Boolean, nullable=False),  # false: the entry had no address of its own
    Column("published", UtcDateTime),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("in_first_poll", Boolean, nullable=False),
    Column("backfilled", Boolean, nullable=False, server_default=false()),  # from an older page of a feed: old news
    Column("changed_at", UtcDateTime),  # when a revision that says something new was last stored
    Column("etag", Text),
    Column("last_modified", Text),
    *queue_columns(),
    UniqueConstraint("url"),
    Index(None, "due_at"),
    Index(None, "source_id", "id"),
    stuck_index("articles"),
    sqlite_autoincrement=True,
)

revisions = Table(
    "revisions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    Column("number", Integer, nullable=False),  # 1 is the first
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("blocks", JSON, nullable=False),  # model.article.Block
    Column("title_is_new", Boolean, nullable=False),
    Column("text_from", String, nullable=False),
    Column("text_hash", String, nullable=False),
    Column("lang", String),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("warc_file", Text),
    Column("warc_offset", BigInteger),
    Column("warc_length", BigInteger),
    Column("sha256", String),
    Column("furniture", JSON(none_as_null=True)),  # hashes of the lines left out because other pages carry them
    Column("mentions", JSON(none_as_null=True)),  # who was seen in it: case, form, score, reason; null until judged
    Column("judged_at", UtcDateTime),
    *queue_columns(),
    UniqueConstraint("article_id", "number"),
    Index(None, "due_at"),
    stuck_index("revisions"),
    sqlite_autoincrement=True,
)

cases = Table(
    "cases",
    metadata,
    Column("id", String, primary_key=True),
    Column("definition", JSON, nullable=False),  # model.watch.Case
    Column("added_at", UtcDateTime, nullable=False),
    Column("left_at", UtcDateTime),  # left its file; keeps its history
    Column("version", Integer, nullable=False, server_default=text("0")),  # of its timeline
    Column("named_at", UtcDateTime),  # when a text that names it was last judged
    Column("silence_told_at", UtcDateTime),  # when operators were last told that nobody names it
)

topics = Table(
    "topics",
    metadata,
    Column("id", String, primary_key=True),
    Column("definition", JSON, nullable=False),  # model.watch.Topic
    Column("added_at", UtcDateTime, nullable=False),
    Column("left_at", UtcDateTime),
)

#: Which articles are about which topics, and what became of that; UNIQUE holds "once an article and topic".
topic_matches = Table(
    "topic_matches",
    metadata,
    Column("id", Id, primary_key=True),
    Column("topic_id", ForeignKey("topics.id"), nullable=False),
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    Column("revision_id", ForeignKey("revisions.id"), nullable=False),
    Column("text_hash", String, nullable=False),  # of the revision
    Column("outcome", String, nullable=False),  # model.topic.TopicOutcome
    Column("definition", JSON, nullable=False),  # model.delivery.TopicAlert
    Column("created_at", UtcDateTime, nullable=False),
    partial_index("uq_topic_matches_new", "topic_id", "article_id", where="outcome = 'new'", unique=True),
    Index(None, "topic_id", "text_hash"),
    Index(None, "revision_id"),
    sqlite_autoincrement=True,
)

claims = Table(
    "claims",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("revision_id", ForeignKey("revisions.id"), nullable=False),
    Column("definition", JSON, nullable=False),  # model.claim.Claim, evidence included
    Column("outcome", String, nullable=False),
    Column("reason", String),
    Column("band", String),
    Column("confidence", Float, nullable=False),
    Column("why", Text, nullable=False),
    Column("event_id", ForeignKey("events.id")),  # that it made, confirms, disputes or corrects
    Column("decided_at", UtcDateTime, nullable=False),
    Index(None, "revision_id"),
    Index(None, "case_id"),
    Index(None, "outcome"),  # the few that wait for a person are asked for every second
    sqlite_autoincrement=True,
)

#: A doubtful claim that joined one of the same change that was waiting already.
witnesses = Table(
    "witnesses",
    metadata,
    Column("claim_id", ForeignKey("claims.id"), primary_key=True),
    Column("first_claim_id", ForeignKey("claims.id"), nullable=False),
    Index(None, "first_claim_id"),
)

#: What became of a claim that waited: one decision each, never changed.
reviews = Table(
    "reviews",
    metadata,
    Column("id", Id, primary_key=True),
    Column("claim_id", ForeignKey("claims.id"), nullable=False),
    Column("decision", String, nullable=False),  # model.review.ReviewDecision
    Column("author", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("event_id", ForeignKey("events.id")),  # that it made, confirms, disputes, takes back or gave way to
    Column("decided_at", UtcDateTime, nullable=False),
    UniqueConstraint("claim_id"),
    Index(None, "event_id"),
    sqlite_autoincrement=True,
)

events = Table(
    "events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", String, nullable=False),
    Column("event_date", String),  # YYYY, YYYY-MM or YYYY-MM-DD
    Column("reported", String),  # YYYY-MM-DD of the first report
    Column("details", JSON, nullable=False),
    Column("certainty", String, nullable=False),
    Column("attributed_to", Text),
    Column("band", String),  # null: known or background, never alerted
    Column("is_known", Boolean, nullable=False, server_default=false()),  # from the watchlist
    Column("created_at", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    UniqueConstraint("case_id", "version"),
    sqlite_autoincrement=True,
)

#: What a person put right: one decision an event, because a corrected event is a new one.
decisions = Table(
    "decisions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("event_id", ForeignKey("events.id"), nullable=False),
    Column("decision", String, nullable=False),  # model.review.EventDecision
    Column("author", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("new_event_id", ForeignKey("events.id")),  # what holds now; null: taken back
    Column("decided_at", UtcDateTime, nullable=False),
    UniqueConstraint("event_id"),
    UniqueConstraint("new_event_id"),
    sqlite_autoincrement=True,
)

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String, nullable=False),
    Column("target", Text, nullable=False),
    Column("secret", Text),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("channel", "target"),
    sqlite_autoincrement=True,
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("subscriber_id", ForeignKey("subscribers.id"), nullable=False),
    Column("everything", Boolean, nullable=False),
    Column("case_id", ForeignKey("cases.id")),
    Column("topic_id", ForeignKey("topics.id")),
    Column("statuses", JSON, nullable=False),
    Column("every", String, nullable=False, server_default=text("'now'")),  # model.delivery.Every
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index(None, "subscriber_id"),
    sqlite_autoincrement=True,
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("event_id", ForeignKey("events.id"), nullable=False),
    Column("kind", String, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("claim_id", ForeignKey("claims.id"), nullable=False),
    Column("definition", JSON, nullable=False),  # model.delivery.Alert
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("event_id", "kind", "sequence"),
    sqlite_autoincrement=True,
)

#: What operators are told, once each.
notices = Table(
    "notices",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String, nullable=False),  # what it is about; UNIQUE holds "once"
    Column("kind", String, nullable=False),
    Column("claim_id", ForeignKey("claims.id")),  # of a claim that waits
    Column("part_of_id", ForeignKey("notices.id")),  # told in another notice's message
    Column("definition", JSON),  # model.delivery.Notice; null where it is part of another
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("key"),
    Index(None, "claim_id"),
    Index(None, "kind"),
    sqlite_autoincrement=True,
)

#: Several alerts in one message; UNIQUE holds "one a period".
digests = Table(
    "digests",
    metadata,
    Column("id", Id, primary_key=True),
    Column("subscriber_id", ForeignKey("subscribers.id"), nullable=False),
    Column("every", String, nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("coverage", JSON, nullable=False),  # model.delivery.Coverage
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("subscriber_id", "every", "ends_at"),
    sqlite_autoincrement=True,
)

#: What waits for a subscriber's digest, or was told in one.
digest_items = Table(
    "digest_items",
    metadata,
    Column("id", Id, primary_key=True),
    Column("subscriber_id", ForeignKey("subscribers.id"), nullable=False),
    Column("every", String, nullable=False),
    Column("alert_id", ForeignKey("alerts.id")),  # this, or a match
    Column("topic_match_id", ForeignKey("topic_matches.id")),
    Column("correction_id", ForeignKey("alerts.id")),  # that took the alert back before it was told
    Column("digest_id", ForeignKey("digests.id")),  # null: it waits
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("alert_id", "subscriber_id"),
    UniqueConstraint("topic_match_id", "subscriber_id"),
    exactly_one("alert_id", "topic_match_id"),
    Index(None, "digest_id"),
    partial_index("ix_digest_items_waiting", "subscriber_id", "every", "created_at", where="digest_id IS NULL"),
    sqlite_autoincrement=True,
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String, nullable=False),
    Column("alert_id", ForeignKey("alerts.id")),  # this, or one of the next three
    Column("notice_id", ForeignKey("notices.id")),
    Column("topic_match_id", ForeignKey("topic_matches.id")),
    Column("digest_id", ForeignKey("digests.id")),
    Column("subscriber_id", ForeignKey("subscribers.id"), nullable=False),
    Column("state", String, nullable=False),
    Column("receipt", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    *queue_columns(),
    UniqueConstraint("key"),
    UniqueConstraint("alert_id", "subscriber_id"),
    UniqueConstraint("notice_id", "subscriber_id"),
    UniqueConstraint("topic_match_id", "subscriber_id"),
    UniqueConstraint("digest_id", "subscriber_id"),
    exactly_one("alert_id", "notice_id", "topic_match_id", "digest_id"),
    Index(None, "due_at"),
    stuck_index("deliveries"),
    sqlite_autoincrement=True,
)
