"""The record of nights, of websites reached, and of notices sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from oitcheck.store.columns import Instant, Structure, Words

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "night",
        sa.Column("year_be", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round_id", Words, nullable=False),
        sa.Column("planned_at", Instant, nullable=False),
        sa.Column("kind", Words, nullable=False),
        sa.Column("noted_at", Instant, nullable=False),
        sa.Column("began_at", Instant, nullable=True),
        sa.Column("ended_at", Instant, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("run_id", Words, nullable=False),
        sa.Column("completes", Words, nullable=False),
        sa.Column("outcome", Words, nullable=False),
        sa.Column("result", Structure, nullable=False),
        sa.Column("mailed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('night', 'extra', 'retry', 'hand')", name=op.f("ck_night_kind")),
        sa.CheckConstraint(
            "outcome IN ('planned', 'running', 'done', 'stopped', 'paused', 'interrupted', 'busy', 'failed', "
            "'missed', 'nothing')",
            name=op.f("ck_night_outcome"),
        ),
        sa.PrimaryKeyConstraint("year_be", "round_id", "planned_at", name=op.f("pk_night")),
    )
    op.create_index(op.f("ix_night_run_id"), "night", ["run_id"])
    op.create_table(
        "availability",
        sa.Column("agency_id", Words, nullable=False),
        sa.Column("checked_at", Instant, nullable=False),
        sa.Column("url", Words, nullable=False),
        sa.Column("outcome", Words, nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=True),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "checked_at", name=op.f("pk_availability")),
    )
    op.create_table(
        "notice",
        sa.Column("recipient", Words, nullable=False),
        sa.Column("matter", Words, nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("sent_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("recipient", "matter", "sent_on", name=op.f("pk_notice")),
    )
