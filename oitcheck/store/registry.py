"""The registry: agencies, rounds and submissions as last imported, with the history of submissions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from oitcheck.model.agency import Agency, Receipt, Round, Submission
from oitcheck.store import rows
from oitcheck.store.conflict import upsert
from oitcheck.store.order import code_order
from oitcheck.store.tables import agency, submission, submission_round


@dataclass(frozen=True, slots=True)
class Saved:
    """How many submissions were new, replaced another, stood there already, or came before one that stands there."""

    new: int = 0
    replaced: int = 0
    unchanged: int = 0
    older: int = 0


def save(
    connection: Connection,
    year_be: int,
    given_agencies: Iterable[Agency],
    given_submissions: Iterable[Submission],
    given_rounds: Iterable[Round],
    received_at: datetime,
) -> Saved:
    """Register what was imported. What is not mentioned stays; a changed submission supersedes the one before."""
    for one in given_agencies:
        upsert(connection, agency, {"year_be": year_be, "id": one.id}, rows.agency_row(one))
    for round_ in given_rounds:
        upsert(connection, submission_round, {"year_be": year_be, "id": round_.id}, rows.round_row(round_))
    registered = select(agency.c.id, agency.c.round_id).where(agency.c.year_be == year_be)
    round_ids = {row.id: row.round_id for row in connection.execute(registered)}
    steps = [
        _supersede(connection, year_be, round_ids.get(one.agency_id, ""), one, received_at) for one in given_submissions
    ]
    return Saved(*(steps.count(step) for step in ("new", "replaced", "unchanged", "older")))


def agencies(connection: Connection, year_be: int) -> tuple[Agency, ...]:
    """Registered agencies of a fiscal year, by id."""
    found = connection.execute(select(agency).where(agency.c.year_be == year_be).order_by(agency.c.id)).mappings()
    return tuple(rows.agency_of(row, row["id"], year_be) for row in found)


def rounds(connection: Connection, year_be: int) -> tuple[Round, ...]:
    """Registered rounds of a fiscal year, by id."""
    table = submission_round
    found = connection.execute(select(table).where(table.c.year_be == year_be).order_by(table.c.id)).mappings()
    return tuple(rows.round_of(row) for row in found)


def submissions(connection: Connection, year_be: int, round_id: str | None) -> tuple[Submission, ...]:
    """The submissions that count now, of one round or (None) of the year, by agency and item."""
    query = select(submission).where(submission.c.year_be == year_be, submission.c.superseded_at.is_(None))
    if round_id is not None:
        query = query.where(submission.c.round_id == round_id)
    found = [rows.submission_of(row) for row in connection.execute(query.order_by(submission.c.id)).mappings()]
    return tuple(sorted(found, key=lambda one: (one.agency_id, code_order(one.item))))


def receipts(connection: Connection, year_be: int, *, history: bool) -> tuple[Receipt, ...]:
    """Submissions of a fiscal year with their dates, by agency, item and date; with those that were superseded."""
    query = select(submission).where(submission.c.year_be == year_be)
    if not history:
        query = query.where(submission.c.superseded_at.is_(None))
    found = [
        rows.receipt_of(row)
        for row in connection.execute(query.order_by(submission.c.received_at, submission.c.id)).mappings()
    ]
    return tuple(sorted(found, key=lambda one: (one.submission.agency_id, code_order(one.submission.item))))


def _supersede(connection: Connection, year_be: int, round_id: str, given: Submission, received_at: datetime) -> str:
    table = submission
    same_place = (
        table.c.year_be == year_be,
        table.c.round_id == round_id,
        table.c.agency_id == given.agency_id,
        table.c.item == given.item,
        table.c.superseded_at.is_(None),
    )
    before = connection.execute(select(table).where(*same_place)).mappings().one_or_none()
    if before is not None and rows.submission_of(before) == given:
        return "unchanged"
    values = {
        "year_be": year_be,
        "round_id": round_id,
        "agency_id": given.agency_id,
        "item": given.item,
        "urls": list(given.urls),
        "note": given.note,
        "received_at": received_at,
    }
    if before is not None and before["received_at"] > received_at:
        return _add_to_history(connection, values, given, before["received_at"])
    connection.execute(update(table).where(*same_place).values(superseded_at=received_at))
    connection.execute(insert(table).values(**values, superseded_at=None))
    return "new" if before is None else "replaced"


def _add_to_history(
    connection: Connection, values: dict[str, object], given: Submission, superseded_at: datetime
) -> str:
    """Keep what was received before the submission that counts, once."""
    table = submission
    keys = ("year_be", "round_id", "agency_id", "item", "received_at")
    kept = connection.execute(select(table).where(*(table.c[key] == values[key] for key in keys))).mappings()
    if any(rows.submission_of(row) == given for row in kept):
        return "unchanged"
    connection.execute(insert(table).values(**values, superseded_at=superseded_at))
    return "older"
