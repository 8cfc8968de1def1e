"""The registry: agencies, rounds and submissions as last imported, with the history of submissions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, insert, select, update

from oitcheck.model.agency import Agency, Receipt, Round, Submission
from oitcheck.store import rows
from oitcheck.store.conflict import upsert
from oitcheck.store.order import code_order
from oitcheck.store.tables import agency, submission, submission_round

_A_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Saved:
    """How many submissions were new, replaced another, stood there already, or came before one that stands there.

    `redated`: stood there already, with a wrong date of receipt that was corrected.
    """

    new: int = 0
    replaced: int = 0
    unchanged: int = 0
    older: int = 0
    redated: int = 0

    @classmethod
    def of(cls, steps: Sequence[str]) -> Saved:
        """From what became of each submission."""
        return cls(*(steps.count(step) for step in ("new", "replaced", "unchanged", "older", "redated")))


@dataclass(frozen=True, slots=True)
class Dates:
    """When submissions were received (aware). A receipt after `latest` cannot be: it is set aside by what comes in.

    `correct`: what is registered alike with another date of receipt gets this one.
    """

    received_at: datetime
    latest: datetime | None = None
    correct: bool = False


def save(
    connection: Connection,
    year_be: int,
    given_agencies: Iterable[Agency],
    given_submissions: Iterable[Submission],
    given_rounds: Iterable[Round],
    dates: Dates,
) -> Saved:
    """Register what was imported. What is not mentioned stays; a changed submission supersedes the one before."""
    for one in given_agencies:
        upsert(connection, agency, {"year_be": year_be, "id": one.id}, rows.agency_row(one))
    for round_ in given_rounds:
        upsert(connection, submission_round, {"year_be": year_be, "id": round_.id}, rows.round_row(round_))
    registered = select(agency.c.id, agency.c.round_id).where(agency.c.year_be == year_be)
    round_ids = {row.id: row.round_id for row in connection.execute(registered)}
    steps = [_supersede(connection, year_be, round_ids.get(one.agency_id, ""), one, dates) for one in given_submissions]
    return Saved.of(steps)


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


def _supersede(connection: Connection, year_be: int, round_id: str, given: Submission, dates: Dates) -> str:
    place = {"year_be": year_be, "round_id": round_id, "agency_id": given.agency_id, "item": given.item}
    kept = _kept(connection, place)
    wrong, moved = _set_aside(connection, kept, given, dates)
    kept = _kept(connection, place) if wrong else kept
    before = kept[-1] if kept else None
    if before is not None and rows.submission_of(before) == given:
        return "redated" if moved else "unchanged"
    values = {**place, "urls": list(given.urls), "note": given.note, "received_at": dates.received_at}
    if before is not None and before["received_at"] > dates.received_at:
        # What was received before the submission that counts is kept once.
        again = any(r["received_at"] == dates.received_at and rows.submission_of(r) == given for r in kept)
        if not again:
            connection.execute(insert(submission).values(**values, superseded_at=before["received_at"]))
        return "redated" if moved else "unchanged" if again else "older"
    if before is not None:
        _end(connection, before, dates.received_at)
    connection.execute(insert(submission).values(**values, superseded_at=None))
    return "redated" if moved else "new" if before is None else "replaced"


def _kept(connection: Connection, place: dict[str, Any]) -> list[Any]:
    """What was received at a place, in the order of receipt; what had a wrong date left out."""
    table = submission
    query = select(table).where(*(table.c[key] == value for key, value in place.items()))
    found = connection.execute(query.order_by(table.c.received_at, table.c.id)).mappings()
    kept = [row for row in found if not rows.receipt_of(row).is_void]
    # What counts now stands last, also among several of one instant.
    return sorted(kept, key=lambda row: (row["received_at"], row["superseded_at"] is None))


def _set_aside(connection: Connection, kept: Sequence[Any], given: Submission, dates: Dates) -> tuple[bool, bool]:
    """End receipts with a wrong date before they began; the rest follow each other. Whether there were any, and whether
    `given` was among them."""
    wrong = [row for row in kept if dates.latest is not None and row["received_at"] > dates.latest]
    rest = [row for row in kept if row not in wrong]
    moved = any(rows.submission_of(row) == given for row in wrong)
    same = [row for row in rest if rows.submission_of(row) == given]
    if dates.correct and same and all(row["received_at"] != dates.received_at for row in same):
        wrong.append(same[-1])
        rest.remove(same[-1])
        moved = True
    if not wrong:
        return False, False
    for row in wrong:
        _end(connection, row, row["received_at"] - _A_SECOND)
    for row, later in pairwise(rest):
        _end(connection, row, later["received_at"])
    if rest:
        _end(connection, rest[-1], None)
    return True, moved


def _end(connection: Connection, row: Any, superseded_at: datetime | None) -> None:
    connection.execute(update(submission).where(submission.c.id == row["id"]).values(superseded_at=superseded_at))
