"""The first version: registry, runs with their inputs, captures, findings, leases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from oitcheck.store.columns import Instant, Serial, Structure, Words

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "agency",
        sa.Column("year_be", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", Words, nullable=False),
        sa.Column("name_th", Words, nullable=False),
        sa.Column("kind", Words, nullable=False),
        sa.Column("province", Words, nullable=False),
        sa.Column("district", Words, nullable=False),
        sa.Column("round_id", Words, nullable=False),
        sa.Column("hosts", Structure, nullable=False),
        sa.PrimaryKeyConstraint("year_be", "id", name=op.f("pk_agency")),
    )
    op.create_table(
        "capture",
        sa.Column("id", Serial, nullable=False),
        sa.Column("digest", Words, nullable=False),
        sa.Column("url", Words, nullable=False),
        sa.Column("final_url", Words, nullable=False),
        sa.Column("redirects", Structure, nullable=False),
        sa.Column("outcome", Words, nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=False),
        sa.Column("fetched_at", Instant, nullable=False),
        sa.Column("media_type", Words, nullable=False),
        sa.Column("charset", Words, nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", Words, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("headers", Structure, nullable=False),
        sa.Column("rendered", sa.Boolean(), nullable=False),
        sa.Column("detail", Words, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capture")),
        sa.UniqueConstraint("digest", name=op.f("uq_capture_digest")),
    )
    op.create_index(op.f("ix_capture_sha256"), "capture", ["sha256"], unique=False)
    op.create_table(
        "lease",
        sa.Column("name", Words, nullable=False),
        sa.Column("holder", Words, nullable=False),
        sa.Column("acquired_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "round",
        sa.Column("year_be", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", Words, nullable=False),
        sa.Column("title", Words, nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("items", Structure, nullable=False),
        sa.Column("frozen_at", Instant, nullable=True),
        sa.PrimaryKeyConstraint("year_be", "id", name=op.f("pk_round")),
    )
    op.create_table(
        "run",
        sa.Column("id", Words, nullable=False),
        sa.Column("year_be", sa.Integer(), nullable=False),
        sa.Column("round_id", Words, nullable=False),
        sa.Column("round_title", Words, nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("due_items", Structure, nullable=False),
        sa.Column("checklist_id", Words, nullable=False),
        sa.Column("version", Words, nullable=False),
        sa.Column("started_at", Instant, nullable=False),
        sa.Column("finished_at", Instant, nullable=True),
        sa.Column("assessed_at", Instant, nullable=False),
        sa.Column("as_of", Words, nullable=False),
        sa.Column("state", Words, nullable=False),
        sa.Column("lacking", Structure, nullable=False),
        sa.Column("options", Structure, nullable=False),
        sa.CheckConstraint("state IN ('running', 'done', 'stopped', 'failed')", name=op.f("ck_run_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_index(op.f("ix_run_started_at"), "run", ["started_at"], unique=False)
    op.create_table(
        "finding",
        sa.Column("run_id", Words, nullable=False),
        sa.Column("agency_id", Words, nullable=False),
        sa.Column("item", Words, nullable=False),
        sa.Column("requirement", Words, nullable=False),
        sa.Column("about_key", Words, nullable=False),
        sa.Column("about", Words, nullable=False),
        sa.Column("outcome", Words, nullable=False),
        sa.Column("reason", Words, nullable=False),
        sa.Column("code", Words, nullable=False),
        sa.Column("binding", sa.Boolean(), nullable=False),
        sa.Column("basis", Words, nullable=False),
        sa.Column("facts", Structure, nullable=False),
        sa.Column("seen", Structure, nullable=False),
        sa.Column("searched", Structure, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_finding_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "agency_id", "item", "requirement", "about_key", name=op.f("pk_finding")),
    )
    op.create_table(
        "progress",
        sa.Column("run_id", Words, nullable=False),
        sa.Column("agency_id", Words, nullable=False),
        sa.Column("item", Words, nullable=False),
        sa.Column("stage", Words, nullable=False),
        sa.CheckConstraint("stage IN ('crawled', 'assessed')", name=op.f("ck_progress_stage")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_progress_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "agency_id", "item", "stage", name=op.f("pk_progress")),
    )
    op.create_table(
        "run_agency",
        sa.Column("run_id", Words, nullable=False),
        sa.Column("agency_id", Words, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("name_th", Words, nullable=False),
        sa.Column("kind", Words, nullable=False),
        sa.Column("province", Words, nullable=False),
        sa.Column("district", Words, nullable=False),
        sa.Column("fiscal_year_be", sa.Integer(), nullable=False),
        sa.Column("round_id", Words, nullable=False),
        sa.Column("hosts", Structure, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_agency_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "agency_id", name=op.f("pk_run_agency")),
    )
    op.create_table(
        "run_submission",
        sa.Column("run_id", Words, nullable=False),
        sa.Column("agency_id", Words, nullable=False),
        sa.Column("item", Words, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("urls", Structure, nullable=False),
        sa.Column("note", Words, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_submission_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "agency_id", "item", name=op.f("pk_run_submission")),
    )
    op.create_table(
        "submission",
        sa.Column("id", Serial, nullable=False),
        sa.Column("year_be", sa.Integer(), nullable=False),
        sa.Column("round_id", Words, nullable=False),
        sa.Column("agency_id", Words, nullable=False),
        sa.Column("item", Words, nullable=False),
        sa.Column("urls", Structure, nullable=False),
        sa.Column("note", Words, nullable=False),
        sa.Column("received_at", Instant, nullable=False),
        sa.Column("superseded_at", Instant, nullable=True),
        sa.ForeignKeyConstraint(
            ["year_be", "agency_id"],
            ["agency.year_be", "agency.id"],
            name=op.f("fk_submission_year_be_agency_id_agency"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
    )
    op.create_index(
        "uq_submission_current",
        "submission",
        ["year_be", "round_id", "agency_id", "item"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "trail",
        sa.Column("run_id", Words, nullable=False),
        sa.Column("agency_id", Words, nullable=False),
        sa.Column("item", Words, nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("capture_id", Serial, nullable=False),
        sa.Column("found_on", Words, nullable=False),
        sa.Column("link_text", Words, nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("role", Words, nullable=False),
        sa.CheckConstraint("role IN ('walk', 'home', 'picture')", name=op.f("ck_trail_role")),
        sa.ForeignKeyConstraint(["capture_id"], ["capture.id"], name=op.f("fk_trail_capture_id_capture")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_trail_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "agency_id", "item", "ordinal", name=op.f("pk_trail")),
    )
    op.create_index(op.f("ix_trail_capture_id"), "trail", ["capture_id"], unique=False)
