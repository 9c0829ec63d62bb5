"""Reviews of claims, decisions on events, and notices to operators, which share the outbox with alerts."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)
_QUEUES = ("sources", "articles", "revisions", "deliveries")
_IS_STUCK = sa.text("stuck_at IS NOT NULL")


def upgrade() -> None:
    op.create_index(op.f("ix_claims_outcome"), "claims", ["outcome"], unique=False)
    op.create_table(
        "witnesses",
        sa.Column("claim_id", _ID, nullable=False),
        sa.Column("first_claim_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_witnesses_claim_id")),
        sa.ForeignKeyConstraint(["first_claim_id"], ["claims.id"], name=op.f("fk_witnesses_first_claim_id")),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_witnesses")),
    )
    op.create_index(op.f("ix_witnesses_first_claim_id"), "witnesses", ["first_claim_id"], unique=False)
    op.create_table(
        "reviews",
        sa.Column("id", _ID, nullable=False),
        sa.Column("claim_id", _ID, nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("event_id", _ID, nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_reviews_claim_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_reviews_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_reviews_claim_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_reviews_event_id"), "reviews", ["event_id"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("new_event_id", _ID, nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_decisions_event_id")),
        sa.ForeignKeyConstraint(["new_event_id"], ["events.id"], name=op.f("fk_decisions_new_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("event_id", name=op.f("uq_decisions_event_id")),
        sa.UniqueConstraint("new_event_id", name=op.f("uq_decisions_new_event_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "notices",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("claim_id", _ID, nullable=True),
        sa.Column("part_of_id", _ID, nullable=True),
        sa.Column("definition", sa.JSON(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_notices_claim_id")),
        sa.ForeignKeyConstraint(["part_of_id"], ["notices.id"], name=op.f("fk_notices_part_of_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("key", name=op.f("uq_notices_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_notices_claim_id"), "notices", ["claim_id"], unique=False)
    op.create_index(op.f("ix_notices_kind"), "notices", ["kind"], unique=False)
    # SQLite makes the table anew; nothing refers to it. What Alembic reads of the old one lacks AUTOINCREMENT.
    with op.batch_alter_table("deliveries", table_kwargs={"sqlite_autoincrement": True}) as deliveries:
        deliveries.alter_column("alert_id", existing_type=_ID, nullable=True)
        deliveries.add_column(sa.Column("notice_id", _ID, nullable=True))
        deliveries.create_foreign_key(op.f("fk_deliveries_notice_id"), "notices", ["notice_id"], ["id"])
        deliveries.create_unique_constraint(
            op.f("uq_deliveries_notice_id_subscriber_id"), ["notice_id", "subscriber_id"]
        )
    for queue in _QUEUES:
        op.create_index(
            f"ix_{queue}_stuck_at",
            queue,
            ["stuck_at"],
            unique=False,
            sqlite_where=_IS_STUCK,
            postgresql_where=_IS_STUCK,
        )
