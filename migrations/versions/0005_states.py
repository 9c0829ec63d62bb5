"""How sources are: what their polls showed, each change of state, when a case was last named, what was backfilled."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("sources", sa.Column("history", sa.JSON(), nullable=True))
    op.add_column("sources", sa.Column("state", sa.String(), nullable=True))
    op.add_column("articles", sa.Column("backfilled", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("cases", sa.Column("named_at", _MOMENT, nullable=True))
    op.add_column("cases", sa.Column("silence_told_at", _MOMENT, nullable=True))
    op.create_table(
        "source_states",
        sa.Column("id", _ID, nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("was", sa.String(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("since", _MOMENT, nullable=True),
        sa.Column("entered_at", _MOMENT, nullable=False),
        sa.Column("is_turn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_source_states_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_states")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_source_states_source_id"), "source_states", ["source_id"], unique=False)
    op.create_index(op.f("ix_source_states_entered_at"), "source_states", ["entered_at"], unique=False)
