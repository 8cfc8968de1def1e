"""The tables. A change here needs a migration beside it (a test compares the two).

Kept for good and never overwritten: capture, trail, finding, and the run's own copy of its inputs (run_agency,
run_submission), review. The registry (agency, round, submission) changes with every import; a submission keeps its
history.
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
    false,
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
    Column("consultation_on", Date),
    # Defined by the province itself, not by the checklist of the year.
    Column("is_own", Boolean, nullable=False, server_default=false()),
    Column("frozen_run", Words, nullable=False, server_default=""),
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
    Column("consultation_on", Date),
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

# What a run has behind it; the row is the claim by which each stage of a submission is written once. `depends_on` is
# the digest of all that this stage's result was made from, "" when it must not be taken over by a later run; `frame` of
# an agency's home page: the digest of the pages by which the frame of its site is told; `carried_from`: the run whose
# findings were taken over.
progress = Table(
    "progress",
    metadata,
    Column("run_id", Words, ForeignKey("run.id"), primary_key=True),
    Column("agency_id", Words, primary_key=True),
    Column("item", Words, primary_key=True),
    Column("stage", Words, primary_key=True),
    Column("depends_on", Words, nullable=False, server_default=""),
    Column("frame", Words, nullable=False, server_default=""),
    Column("carried_from", Words, nullable=False, server_default=""),
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
    Column("unchanged_by", Words, nullable=False, server_default=""),
    Column("unchanged_since", Instant),
    Column("alike", Words, nullable=False, server_default=""),
)

# Every retrieval of a run as it ended, in the moment it ended: what is here is not asked for again by the same run, and
# is what the next run compares with. `address` is the digest of the URL and of the way it was asked for.
retrieval = Table(
    "retrieval",
    metadata,
    Column("run_id", Words, ForeignKey("run.id"), primary_key=True),
    Column("address", Words, primary_key=True),
    Column("agency_id", Words, nullable=False),
    Column("capture_id", ForeignKey("capture.id"), nullable=False, index=True),
    Index(None, "address", "capture_id"),
    Index(None, "agency_id", "run_id"),
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
    Column("holds_since", Instant),
)

# What people decided; rows are only added.
review = Table(
    "review",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("year_be", Integer, nullable=False),
    Column("round_id", Words, nullable=False),
    Column("agency_id", Words, nullable=False),
    Column("item", Words, nullable=False),
    Column("requirement", Words, nullable=False),
    Column("outcome", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("decided_by", Words, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("run_id", Words, ForeignKey("run.id"), nullable=False),
    Column("machine_outcome", Words, nullable=False),
    Column("machine_code", Words, nullable=False),
    Column("expires_on", Date),
    # What the submission led to when the person decided: addresses with the digest of what they said.
    Column("pages", Structure, nullable=False, server_default="[]"),
    Index(None, "year_be", "agency_id"),
)

lease = Table(
    "lease",
    metadata,
    Column("name", Words, primary_key=True),
    Column("holder", Words, nullable=False),
    Column("acquired_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

# The record of nights: what was planned, what became of it. `result` is what people were told.
night = Table(
    "night",
    metadata,
    Column("year_be", Integer, primary_key=True, autoincrement=False),
    Column("round_id", Words, primary_key=True),
    Column("planned_at", Instant, primary_key=True),
    Column("kind", Words, nullable=False),
    Column("noted_at", Instant, nullable=False),
    Column("began_at", Instant),
    Column("ended_at", Instant),
    Column("attempts", Integer, nullable=False),
    Column("run_id", Words, nullable=False),
    # The run whose agencies in trouble this one looked at again; reports show the two as one.
    Column("completes", Words, nullable=False),
    Column("outcome", Words, nullable=False),
    Column("result", Structure, nullable=False),
    Column("mailed", Boolean, nullable=False),
    CheckConstraint("kind IN ('night', 'extra', 'retry', 'hand')", "kind"),
    CheckConstraint(
        "outcome IN ('planned', 'running', 'done', 'stopped', 'paused', 'interrupted', 'busy', 'failed', 'missed', "
        "'nothing')",
        "outcome",
    ),
    Index(None, "run_id"),
)

availability = Table(
    "availability",
    metadata,
    Column("agency_id", Words, primary_key=True),
    Column("checked_at", Instant, primary_key=True),
    Column("url", Words, nullable=False),
    Column("outcome", Words, nullable=False),
    Column("http_status", Integer, nullable=False),
    Column("milliseconds", Integer),
    # False: none of several sites answered, so it was our own network that was down.
    Column("counts", Boolean, nullable=False),
)

# At most one mail to somebody in a matter on a day: who inserts the row may send.
notice = Table(
    "notice",
    metadata,
    Column("recipient", Words, primary_key=True),
    Column("matter", Words, primary_key=True),
    Column("sent_on", Date, primary_key=True),
    Column("sent_at", Instant, nullable=False),
)
