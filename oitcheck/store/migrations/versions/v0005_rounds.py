"""Rounds of a province's own, frozen rounds with their run, and what people decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from oitcheck.store.columns import Instant, Serial, Words

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("round", sa.Column("consultation_on", sa.Date(), nullable=True))
    op.add_column("round", sa.Column("is_own", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("round", sa.Column("frozen_run", Words, server_default="", nullable=False))
    op.add_column("run", sa.Column("consultation_on", sa.Date(), nullable=True))
    op.create_table(
        "review",
        sa.Column("id", Serial, nullable=False),
        sa.Column("year_be", sa.Integer(), nullable=False),
        sa.Column("round_id", Words, nullable=False),
        sa.Column("agency_id", Words, nullable=False),
        sa.Column("item", Words, nullable=False),
        sa.Column("requirement", Words, nullable=False),
        sa.Column("outcome", Words, nullable=False),
        sa.Column("reason", Words, nullable=False),
        sa.Column("decided_by", Words, nullable=False),
        sa.Column("decided_at", Instant, nullable=False),
        sa.Column("run_id", Words, nullable=False),
        sa.Column("machine_outcome", Words, nullable=False),
        sa.Column("machine_code", Words, nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_review_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index(op.f("ix_review_year_be_agency_id"), "review", ["year_be", "agency_id"], unique=False)
