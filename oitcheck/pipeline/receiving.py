"""Forms that came in: read against the register, compared with what is registered, and registered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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


@dataclass(frozen=True, slots=True)
class Receiving:
    """When files came in, the last instant at which anything can have (aware UTC), and whether this date replaces
    another that what they hold is registered with."""

    at: datetime
    latest: datetime
    correct: bool = False


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
    store: Store, given: Iterable[Attachment], options: Options, receipt: Receiving, *, dry_run: bool = False,
    before_saving: Callable[[Intake[Handed]], None] | None = None,
) -> Received:  # fmt: skip
    """Read files and register their submissions as received at an instant; `dry_run` changes nothing.

    What is registered already is left alone; a blank cell takes nothing back; what was received before the submission
    that counts goes into the history. A date of receipt that is wrong is corrected: one to come always, any other when
    asked to. `before_saving` is called with what was read; what it raises leaves the registry as it is.
    """
    agencies = registered_agencies(store)
    titles = {year: item_titles(checklist_of(year)[0]) for year in sorted({one.fiscal_year_be for one in agencies})}
    options = replace(options, year_needed=True, is_site_noted=True)
    intake = read_attachments(given, Register(agencies, titles), options)
    if before_saving is not None:
        before_saving(intake)
    saved = Saved()
    for year_be in sorted({one.year_be for one in intake.items if one.year_be is not None}):
        handed = [one for one in intake.items if one.year_be == year_be]
        known: dict[tuple[str, str], list[Receipt]] = {}
        for one in store.receipts(year_be):
            if one.round_id == _round_of(one.submission.agency_id, year_be, agencies) and not one.is_void:
                known.setdefault((one.submission.agency_id, one.submission.item), []).append(one)
        intake, wanted, steps = _compared(intake, handed, known, receipt)
        step = Saved.of(steps) if dry_run else store.save_inputs(
            year_be, (), wanted, received_at=receipt.at, latest=receipt.latest, correct=receipt.correct)  # fmt: skip
        kept = len(handed) - len(wanted)
        saved = Saved(
            saved.new + step.new, saved.replaced + step.replaced, saved.unchanged + step.unchanged + kept,
            saved.older + step.older, saved.redated + step.redated,
        )  # fmt: skip
    return Received(intake, saved)


def _round_of(agency_id: str, year_be: int, agencies: Sequence[Agency]) -> str:
    return next((one.round_id for one in agencies if one.id == agency_id and one.fiscal_year_be == year_be), "")


def _compared(
    intake: Intake[Handed],
    handed: Sequence[Handed],
    known: dict[tuple[str, str], list[Receipt]],
    receipt: Receiving,
) -> tuple[Intake[Handed], list[Submission], list[str]]:
    """The report with what the registry adds to it, the submissions to register, and what becomes of each."""
    rows = list(intake.rows)
    wanted, steps = [], []
    for one in handed:
        receipts = known.get((one.submission.agency_id, one.submission.item), [])
        standing = next((r for r in receipts if r.superseded_at is None), None)
        notes: tuple[RowNote, ...]
        if standing is not None and standing.submission.urls and one.blank:
            notes = (RowNote("url_blank_kept", "", "", " ".join(standing.submission.urls)),)
        else:
            wanted.append(one.submission)
            step, notes = _step(one.submission, receipts, receipt)
            steps.append(step)
        for index in one.rows if notes else ():
            outcome = max(rows[index].outcome, RowOutcome.CORRECTED, key=list(RowOutcome).index)
            rows[index] = replace(rows[index], outcome=outcome, notes=(*rows[index].notes, *notes))
    return replace(intake, rows=tuple(rows)), wanted, steps


def _step(given: Submission, receipts: Sequence[Receipt], receipt: Receiving) -> tuple[str, tuple[RowNote, ...]]:
    """What becomes of a submission in the registry (a field of `Saved`), and what there is to say of it."""
    kept = sorted(receipts, key=lambda r: (r.received_at, r.superseded_at is None))
    wrong = [r for r in kept if r.received_at > receipt.latest]
    rest = [r for r in kept if r not in wrong]
    same = [r for r in rest if r.submission == given]
    if receipt.correct and same and all(r.received_at != receipt.at for r in same):
        wrong.append(same[-1])
        rest.remove(same[-1])
    moved = any(r.submission == given for r in wrong)
    code = "received_corrected" if moved else "received_to_come"
    notes = [RowNote(code, "", _local_day(r.received_at), _local_day(receipt.at)) for r in wrong[-1:]]
    before = rest[-1] if rest else None
    if before is None:
        step = "new"
    elif before.submission == given:
        step = "unchanged"
    elif before.received_at > receipt.at:
        step = "older"
        notes.append(RowNote("older_than_kept", "", "", _local_day(before.received_at)))
    else:
        step = "replaced"
    return "redated" if moved else step, tuple(notes)


def _local_day(instant: datetime) -> str:
    return Terms.load("th").long_date(instant.astimezone(BANGKOK).date())
