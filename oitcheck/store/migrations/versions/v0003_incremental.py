"""Nights that build on the one before: retrievals as they end, what told that nothing changed, since when it holds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from oitcheck.store.columns import Instant, Serial, Words

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("capture", sa.Column("unchanged_by", Words, nullable=False, server_default=""))
    op.add_column("capture", sa.Column("unchanged_since", Instant, nullable=True))
    op.add_column("capture", sa.Column("alike", Words, nullable=False, server_default=""))
    op.add_column("finding", sa.Column("holds_since", Instant, nullable=True))
    for name in ("depends_on", "frame", "carried_from"):
        op.add_column("progress", sa.Column(name, Words, nullable=False, server_default=""))
    op.create_table(
        "retrieval",
        sa.Column("run_id", Words, nullable=False),
        sa.Column("address", Words, nullable=False),
        sa.Column("agency_id", Words, nullable=False),
        sa.Column("capture_id", Serial, nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["capture.id"], name=op.f("fk_retrieval_capture_id_capture")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_retrieval_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "address", name=op.f("pk_retrieval")),
    )
    op.create_index(op.f("ix_retrieval_address_capture_id"), "retrieval", ["address", "capture_id"], unique=False)
    op.create_index(op.f("ix_retrieval_agency_id_run_id"), "retrieval", ["agency_id", "run_id"], unique=False)
    op.create_index(op.f("ix_retrieval_capture_id"), "retrieval", ["capture_id"], unique=False)
