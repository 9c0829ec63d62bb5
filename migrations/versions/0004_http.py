"""What servers taught us about asking them: each source's memory, its moves, and who is left alone for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("sources", sa.Column("memory", sa.JSON(), nullable=True))
    op.create_table(
        "moves",
        sa.Column("id", _ID, nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("from_url", sa.Text(), nullable=False),
        sa.Column("to_url", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("moved_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_moves_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moves")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_moves_source_id"), "moves", ["source_id"], unique=False)
    op.create_table(
        "rests",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_rests")),
    )
