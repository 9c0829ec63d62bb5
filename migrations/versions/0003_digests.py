"""Digests, and messages about topics: what a revision's ``mentions`` said of topics gets a table of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)
_IS_NEW = sa.text("outcome = 'new'")
_IS_WAITING = sa.text("digest_id IS NULL")
_IS_STUCK = sa.text("stuck_at IS NOT NULL")
_PAGE = 500


def _exactly_one(*columns: str) -> str:
    return " + ".join(f"CAST({column} IS NOT NULL AS INTEGER)" for column in columns) + " = 1"


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("every", sa.String(), server_default=sa.text("'now'"), nullable=False))
    _create_topic_matches()
    _create_digests()
    _widen_deliveries()
    _move_topics()


def _create_topic_matches() -> None:
    op.create_table(
        "topic_matches",
        sa.Column("id", _ID, nullable=False),
        sa.Column("topic_id", sa.String(), nullable=False),
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("revision_id", _ID, nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name=op.f("fk_topic_matches_topic_id")),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_topic_matches_article_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["revisions.id"], name=op.f("fk_topic_matches_revision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_matches")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_topic_matches_new",
        "topic_matches",
        ["topic_id", "article_id"],
        unique=True,
        sqlite_where=_IS_NEW,
        postgresql_where=_IS_NEW,
    )
    op.create_index(op.f("ix_topic_matches_topic_id_text_hash"), "topic_matches", ["topic_id", "text_hash"])
    op.create_index(op.f("ix_topic_matches_revision_id"), "topic_matches", ["revision_id"])


def _create_digests() -> None:
    op.create_table(
        "digests",
        sa.Column("id", _ID, nullable=False),
        sa.Column("subscriber_id", _ID, nullable=False),
        sa.Column("every", sa.String(), nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("coverage", sa.JSON(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name=op.f("fk_digests_subscriber_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digests")),
        sa.UniqueConstraint("subscriber_id", "every", "ends_at", name=op.f("uq_digests_subscriber_id_every_ends_at")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "digest_items",
        sa.Column("id", _ID, nullable=False),
        sa.Column("subscriber_id", _ID, nullable=False),
        sa.Column("every", sa.String(), nullable=False),
        sa.Column("alert_id", _ID, nullable=True),
        sa.Column("topic_match_id", _ID, nullable=True),
        sa.Column("correction_id", _ID, nullable=True),
        sa.Column("digest_id", _ID, nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.CheckConstraint(_exactly_one("alert_id", "topic_match_id"), name=op.f("ck_digest_items_exactly_one")),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name=op.f("fk_digest_items_subscriber_id")),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_digest_items_alert_id")),
        sa.ForeignKeyConstraint(["topic_match_id"], ["topic_matches.id"], name=op.f("fk_digest_items_topic_match_id")),
        sa.ForeignKeyConstraint(["correction_id"], ["alerts.id"], name=op.f("fk_digest_items_correction_id")),
        sa.ForeignKeyConstraint(["digest_id"], ["digests.id"], name=op.f("fk_digest_items_digest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest_items")),
        sa.UniqueConstraint("alert_id", "subscriber_id", name=op.f("uq_digest_items_alert_id_subscriber_id")),
        sa.UniqueConstraint(
            "topic_match_id", "subscriber_id", name=op.f("uq_digest_items_topic_match_id_subscriber_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_digest_items_digest_id"), "digest_items", ["digest_id"])
    op.create_index(
        "ix_digest_items_waiting",
        "digest_items",
        ["subscriber_id", "every", "created_at"],
        sqlite_where=_IS_WAITING,
        postgresql_where=_IS_WAITING,
    )


def _widen_deliveries() -> None:
    # SQLite makes the table anew; nothing refers to it. What Alembic reads of the old one lacks AUTOINCREMENT.
    op.drop_index("ix_deliveries_stuck_at", "deliveries")
    with op.batch_alter_table("deliveries", table_kwargs={"sqlite_autoincrement": True}) as deliveries:
        for column, table in (("topic_match_id", "topic_matches"), ("digest_id", "digests")):
            deliveries.add_column(sa.Column(column, _ID, nullable=True))
            deliveries.create_foreign_key(op.f(f"fk_deliveries_{column}"), table, [column], ["id"])
            deliveries.create_unique_constraint(
                op.f(f"uq_deliveries_{column}_subscriber_id"), [column, "subscriber_id"]
            )
        deliveries.create_check_constraint(
            op.f("ck_deliveries_exactly_one"), _exactly_one("alert_id", "notice_id", "topic_match_id", "digest_id")
        )
    op.create_index(
        "ix_deliveries_stuck_at", "deliveries", ["stuck_at"], sqlite_where=_IS_STUCK, postgresql_where=_IS_STUCK
    )


def _move_topics() -> None:
    """Every match that a judged revision keeps, with its outcome: what was new then is not told again."""
    connection = op.get_bind()
    known = set(connection.execute(sa.text("SELECT id FROM topics")).scalars())
    matches = sa.table(
        "topic_matches",
        *(sa.column(name) for name in ("topic_id", "article_id", "revision_id", "text_hash", "outcome")),
        sa.column("definition", sa.JSON()),
        sa.column("created_at", _MOMENT),
    )
    told: set[tuple[str, int]] = set()
    for row in _judged(connection):
        seen = [one for one in row.mentions if isinstance(one, dict) and one.get("topic") in known]
        for one in seen:
            is_new = one["outcome"] == "new"
            is_again = is_new and (one["topic"], row.article_id) in told
            if is_new:
                told.add((one["topic"], row.article_id))
            connection.execute(
                matches.insert().values(
                    topic_id=one["topic"],
                    article_id=row.article_id,
                    revision_id=row.id,
                    text_hash=row.text_hash,
                    outcome="known" if is_again else one["outcome"],
                    definition=_definition(row, one),
                    created_at=row.judged_at or row.seen_at,
                )
            )


def _judged(connection: sa.Connection) -> Iterator[Any]:
    """Judged revisions whose mentions may name a topic, a page of rows at a time."""
    moments = {"seen_at": _MOMENT, "judged_at": _MOMENT, "published": _MOMENT}
    query = sa.text(
        "SELECT r.id, r.article_id, r.text_hash, r.title, r.lang, r.mentions, r.seen_at, r.judged_at,"
        " a.url, a.source_id, a.published, s.definition AS source"
        " FROM revisions r JOIN articles a ON a.id = r.article_id JOIN sources s ON s.id = a.source_id"
        " WHERE r.id > :last AND CAST(r.mentions AS TEXT) LIKE '%\"topic\"%' ORDER BY r.id LIMIT :page"
    ).columns(mentions=sa.JSON(), source=sa.JSON(), **moments)
    last = 0
    while rows := connection.execute(query, {"last": last, "page": _PAGE}).all():
        yield from rows
        last = rows[-1].id


def _definition(row: Any, one: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 -- a row of whatever schema there was
    source = row.source if isinstance(row.source, dict) else {}
    return {
        "topic_id": one["topic"],
        "url": row.url,
        "source_id": row.source_id,
        "source_name": source.get("name") or row.source_id,
        "title": row.title,
        "lang": row.lang,
        "published": _text(row.published),
        "raised_at": _text(row.judged_at or row.seen_at),
        **{key: one[key] for key in ("matched", "evidence", "field", "start", "end")},
    }


def _text(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return aware.isoformat()
