"""What was left out of a page because others of its host carry it, and the newest articles of a source at hand."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("revisions", sa.Column("furniture", sa.JSON(), nullable=True))
    op.create_index(op.f("ix_articles_source_id_id"), "articles", ["source_id", "id"], unique=False)
