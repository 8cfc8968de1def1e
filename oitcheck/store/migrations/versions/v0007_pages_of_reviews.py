"""What a submission led to when a person decided on it, so that a change of the page is noticed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from oitcheck.store.columns import Structure

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("review", sa.Column("pages", Structure, server_default="[]", nullable=False))
