"""Which passages name a watched person in a language that nobody reads."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "unread_passages",
        sa.Column("id", _ID, nullable=False),
        sa.Column("revision_id", _ID, nullable=False),
        sa.Column("lang", sa.String(), nullable=True),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["revision_id"], ["revisions.id"], name=op.f("fk_unread_passages_revision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unread_passages")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_unread_passages_revision_id"), "unread_passages", ["revision_id"], unique=False)
    op.create_index(op.f("ix_unread_passages_seen_at"), "unread_passages", ["seen_at"], unique=False)
