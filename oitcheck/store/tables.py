"""The tables. A change here needs a migration beside it (a test compares the two).

Kept for good and never overwritten: capture, trail, finding, and the run's own copy of its inputs (run_agency,
run_submission). The registry (agency, round, submission) changes with every import; a submission keeps its history.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    text,
)

from oitcheck.store.columns import Instant, Serial, Structure, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

agency = Table(
    "agency",
    metadata,
    Column("year_be", Integer, primary_key=True, autoincrement=False),
    Column("id", Words, primary_key=True),
    Column("name_th", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("province", Words, nullable=False),
    Column("district", Words, nullable=False),
    Column("round_id", Words, nullable=False),
    Column("hosts", Structure, nullable=False),
)

submission_round = Table(
    "round",
    metadata,
    Column("year_be", Integer, primary_key=True, autoincrement=False),
    Column("id", Words, primary_key=True),
    Column("title", Words, nullable=False),
    Column("opens_on", Date),
    Column("closes_on", Date),
    Column("items", Structure, nullable=False),
    Column("frozen_at", Instant),
)

submission = Table(
    "submission",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("year_be", Integer, nullable=False),
    Column("round_id", Words, nullable=False),
    Column("agency_id", Words, nullable=False),
    Column("item", Words, nullable=False),
    Column("urls", Structure, nullable=False),
    Column("note", Words, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("superseded_at", Instant),
    ForeignKeyConstraint(["year_be", "agency_id"], ["agency.year_be", "agency.id"]),
)
# One submission counts at a time; what it replaced stays with its dates.
Index(
    "uq_submission_current",
    submission.c.year_be,
    submission.c.round_id,
    submission.c.agency_id,
    submission.c.item,
    unique=True,
    sqlite_where=text("superseded_at IS NULL"),
    postgresql_where=text("superseded_at IS NULL"),
)

run = Table(
    "run",
    metadata,
    Column("id", Words, primary_key=True),
    Column("year_be", Integer, nullable=False),
    Column("round_id", Words, nullable=False),
    Column("round_title", Words, nullable=False),
    Column("opens_on", Date),
    Column("closes_on", Date),
    Column("due_items", Structure, nullable=False),
    Column("checklist_id", Words, nullable=False),
    Column("version", Words, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("assessed_at", Instant, nullable=False),
    Column("as_of", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("lacking", Structure, nullable=False),
    Column("options", Structure, nullable=False),
    CheckConstraint("state IN ('running', 'done', 'stopped', 'failed')", "state"),
    Index(None, "started_at"),
)

run_agency = Table(
    "run_agency",
    metadata,
    Column("run_id", Words, ForeignKey("run.id"), primary_key=True),
    Column("agency_id", Words, primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("name_th", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("province", Words, nullable=False),
    Column("district", Words, nullable=False),
    Column("fiscal_year_be", Integer, nullable=False),
    Column("round_id", Words, nullable=False),
    Column("hosts", Structure, nullable=False),
)

run_submission = Table(
    "run_submission",
    metadata,
    Column("run_id", Words, ForeignKey("run.id"), primary_key=True),
    Column("agency_id", Words, primary_key=True),
    Column("item", Words, primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("urls", Structure, nullable=False),
    Column("note", Words, nullable=False),
)

# What a run has behind it; the row is the claim by which each stage of a submission is written once.
progress = Table(
    "progress",
    metadata,
    Column("run_id", Words, ForeignKey("run.id"), primary_key=True),
    Column("agency_id", Words, primary_key=True),
    Column("item", Words, primary_key=True),
    Column("stage", Words, primary_key=True),
    CheckConstraint("stage IN ('crawled', 'assessed')", "stage"),
)

capture = Table(
    "capture",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("digest", Words, nullable=False, unique=True),
    Column("url", Words, nullable=False),
    Column("final_url", Words, nullable=False),
    Column("redirects", Structure, nullable=False),
    Column("outcome", Words, nullable=False),
    Column("http_status", Integer, nullable=False),
    Column("fetched_at", Instant, nullable=False),
    Column("media_type", Words, nullable=False),
    Column("charset", Words, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", Words, nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    Column("headers", Structure, nullable=False),
    Column("rendered", Boolean, nullable=False),
    Column("detail", Words, nullable=False),
)

trail = Table(
    "trail",
    metadata,
    Column("run_id", Words, ForeignKey("run.id"), primary_key=True),
    Column("agency_id", Words, primary_key=True),
    Column("item", Words, primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("capture_id", ForeignKey("capture.id"), nullable=False, index=True),
    Column("found_on", Words, nullable=False),
    Column("link_text", Words, nullable=False),
    Column("depth", Integer, nullable=False),
    Column("role", Words, nullable=False),
    CheckConstraint("role IN ('walk', 'home', 'picture', 'static', 'screenshot')", "role"),
)

finding = Table(
    "finding",
    metadata,
    Column("run_id", Words, ForeignKey("run.id"), primary_key=True),
    Column("agency_id", Words, primary_key=True),
    Column("item", Words, primary_key=True),
    Column("requirement", Words, primary_key=True),
    # `about` itself, or its digest when it is too long for an index (a URL may be).
    Column("about_key", Words, primary_key=True),
    Column("about", Words, nullable=False),
    Column("outcome", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("code", Words, nullable=False),
    Column("binding", Boolean, nullable=False),
    Column("basis", Words, nullable=False),
    Column("facts", Structure, nullable=False),
    Column("seen", Structure, nullable=False),
    Column("searched", Structure, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    Column("name", Words, primary_key=True),
    Column("holder", Words, nullable=False),
    Column("acquired_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)
