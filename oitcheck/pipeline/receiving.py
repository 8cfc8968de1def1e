"""Forms that came in: read against the register, compared with what is registered, and registered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from oitcheck.intake.agencies import read_agencies
from oitcheck.intake.attachments import Attachment
from oitcheck.intake.register import Options, Register
from oitcheck.intake.rows import Intake, RowNote, RowOutcome
from oitcheck.intake.submissions import Handed, read_attachments
from oitcheck.model.agency import Agency, Submission
from oitcheck.pipeline.inputs import checklist_of, item_titles
from oitcheck.pipeline.rounds import rounds_of
from oitcheck.report.terms import BANGKOK, Terms
from oitcheck.rules.declare import years_in
from oitcheck.settings import resource_folder
from oitcheck.store.records import Receipt, Saved, Store


@dataclass(frozen=True, slots=True)
class Received:
    """What became of an import: the report on every row and file, and how the registry changed (or would change)."""

    intake: Intake[Handed]
    saved: Saved

    @property
    def nothing_read(self) -> bool:
        """Whether no file could be used at all."""
        return not self.intake.rows and all(one.outcome is RowOutcome.REJECTED for one in self.intake.files)


def registered_agencies(store: Store) -> tuple[Agency, ...]:
    """The agencies of every fiscal year that has a checklist."""
    return tuple(one for year in years_in(resource_folder("checklists")) for one in store.registered_agencies(year))


def receive_agencies(store: Store, file: Path, received_at: datetime) -> Intake[Agency]:
    """Register the agencies of a file. Raises IntakeError when the file as a whole cannot be used."""
    years = years_in(resource_folder("checklists"))
    rounds = {year: [one.id for one in rounds_of(store, checklist_of(year)[0])] for year in years}
    read = read_agencies(file, rounds=rounds)
    for year in sorted({one.fiscal_year_be for one in read.items}):
        agencies = [one for one in read.items if one.fiscal_year_be == year]
        store.save_inputs(year, agencies, (), received_at=received_at)
    return read


def receive(
    store: Store, given: Iterable[Attachment], options: Options, received_at: datetime, *, dry_run: bool = False
) -> Received:
    """Read files and register their submissions as received at an instant; `dry_run` changes nothing.

    What is registered already is left alone; a blank cell takes nothing back; what was received before the submission
    that counts goes into the history.
    """
    agencies = registered_agencies(store)
    titles = {year: item_titles(checklist_of(year)[0]) for year in sorted({one.fiscal_year_be for one in agencies})}
    intake = read_attachments(given, Register(agencies, titles), replace(options, year_needed=True))
    saved = Saved()
    for year_be in sorted({one.year_be for one in intake.items if one.year_be is not None}):
        handed = [one for one in intake.items if one.year_be == year_be]
        known = {
            (one.submission.agency_id, one.submission.item): one
            for one in store.receipts(year_be, history=False)
            if one.round_id == _round_of(one.submission.agency_id, year_be, agencies)
        }
        intake, wanted = _compared(intake, handed, known, received_at)
        step = _foreseen(wanted, known, received_at) if dry_run else store.save_inputs(
            year_be, (), wanted, received_at=received_at)  # fmt: skip
        kept = len(handed) - len(wanted)
        saved = Saved(
            saved.new + step.new, saved.replaced + step.replaced, saved.unchanged + step.unchanged + kept,
            saved.older + step.older,
        )  # fmt: skip
    return Received(intake, saved)


def _round_of(agency_id: str, year_be: int, agencies: Sequence[Agency]) -> str:
    return next((one.round_id for one in agencies if one.id == agency_id and one.fiscal_year_be == year_be), "")


def _compared(
    intake: Intake[Handed],
    handed: Sequence[Handed],
    known: dict[tuple[str, str], Receipt],
    received_at: datetime,
) -> tuple[Intake[Handed], list[Submission]]:
    """The report with what the registry adds to it, and the submissions to register."""
    rows = list(intake.rows)
    wanted = []
    for one in handed:
        before = known.get((one.submission.agency_id, one.submission.item))
        note = None
        if before is not None and before.submission.urls and one.blank:
            note = RowNote("url_blank_kept", "", "", " ".join(before.submission.urls))
        else:
            wanted.append(one.submission)
            if before is not None and before.received_at > received_at and before.submission != one.submission:
                note = RowNote("older_than_kept", "", "", _local_day(before.received_at))
        if note is not None:
            for index in one.rows:
                outcome = max(rows[index].outcome, RowOutcome.CORRECTED, key=list(RowOutcome).index)
                rows[index] = replace(rows[index], outcome=outcome, notes=(*rows[index].notes, note))
    return replace(intake, rows=tuple(rows)), wanted


def _foreseen(wanted: Sequence[Submission], known: dict[tuple[str, str], Receipt], received_at: datetime) -> Saved:
    """How the registry would change."""
    steps = []
    for one in wanted:
        before = known.get((one.agency_id, one.item))
        if before is None:
            steps.append("new")
        elif before.submission == one:
            steps.append("unchanged")
        else:
            steps.append("older" if before.received_at > received_at else "replaced")
    return Saved(*(steps.count(step) for step in ("new", "replaced", "unchanged", "older")))


def _local_day(instant: datetime) -> str:
    return Terms.load("th").short_date(instant.astimezone(BANGKOK).date())
