"""The list of submitted URLs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from oitcheck.intake.addresses import urls_in
from oitcheck.intake.items import item_code
from oitcheck.intake.rows import Intake, RowNote, RowOutcome, RowRejected, RowReport
from oitcheck.intake.tables import Column, Record, read_records
from oitcheck.lib.thai_text import clean, similar_words
from oitcheck.model.agency import Agency, Submission

COLUMNS = (
    Column("agency_id", ("รหัสหน่วยงาน", "รหัส")),
    Column("item", ("ข้อ", "ข้อที่", "รหัสข้อ")),
    Column("url", ("URL", "ลิงก์", "ลิงค์", "link", "ที่อยู่เว็บ")),
    Column("note", ("หมายเหตุ", "คำอธิบาย"), required=False),
)


KnownItems = Collection[str] | Mapping[int, Collection[str]]


@dataclass(frozen=True, slots=True)
class _Registered:
    """An agency id as registered, and the fiscal years (BE) it stands for."""

    id: str
    years_be: tuple[int, ...]


@dataclass(slots=True)
class _Draft:
    """The rows of one agency and item so far."""

    agency_id: str
    item: str
    urls: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seen: set[tuple[str, ...]] = field(default_factory=set)

    def submission(self) -> Submission:
        return Submission(self.agency_id, self.item, tuple(self.urls), " / ".join(self.notes))


def read_submissions(path: Path, agencies: Iterable[Agency], known_items: KnownItems) -> Intake[Submission]:
    """The submissions of a CSV file or workbook: one for each agency and item, its URLs in the order of the rows.

    `known_items` are the codes of the year's checklist, or those of each fiscal year (BE) for agencies of several; the
    items of a year that it does not name are taken as they are. Raises IntakeError when the file as a whole cannot be
    used.
    """
    reading = read_records(path, COLUMNS)
    registered: dict[str, _Registered] = {}
    for agency in agencies:
        before = registered.get(agency.id.lower())
        years_be = (*(before.years_be if before else ()), agency.fiscal_year_be)
        registered[agency.id.lower()] = _Registered(before.id if before else agency.id, years_be)
    drafts: dict[tuple[str, str], _Draft] = {}
    reports: list[RowReport] = []
    for record in reading.records:
        notes: list[RowNote] = []
        try:
            _take(record, registered, known_items, drafts, notes)
        except RowRejected as rejected:
            reports.append(record.report(RowOutcome.REJECTED, (*notes, rejected.note)))
        else:
            reports.append(record.report(RowOutcome.CORRECTED if notes else RowOutcome.ACCEPTED, tuple(notes)))
    found = tuple(draft.submission() for draft in drafts.values())
    return Intake(found, (*reports, *reading.rejected), reading.unused_columns)


def _take(
    record: Record,
    registered: Mapping[str, _Registered],
    known_items: KnownItems,
    drafts: dict[tuple[str, str], _Draft],
    notes: list[RowNote],
) -> None:
    """Add one row to the drafts; nothing is added when it is rejected."""
    agency = _agency(record, registered, notes)
    item = _item(record, agency, known_items, notes)
    urls, corrections = urls_in(record.text("url"), record.link("url"), record.cell("url"))
    notes += corrections
    draft = drafts.setdefault((agency.id, item), _Draft(agency.id, item))
    # Two rows that add nothing to each other: the same URLs, or none twice.
    if urls in draft.seen or (urls and set(urls) <= set(draft.urls)):
        notes.append(RowNote("duplicate", record.cell("url"), " ".join(urls)))
    draft.seen.add(urls)
    draft.urls += [url for url in urls if url not in draft.urls]
    remark = clean(" ".join(record.text("note").split()))
    if remark and remark not in draft.notes:
        draft.notes.append(remark)


def _agency(record: Record, registered: Mapping[str, _Registered], notes: list[RowNote]) -> _Registered:
    given = clean(record.text("agency_id"))
    cell = record.cell("agency_id")
    if not given:
        raise RowRejected("agency_id_missing", cell)
    agency = registered.get(given.lower())
    if agency is None:
        near = similar_words(given.lower(), tuple(registered))
        raise RowRejected("agency_unknown", cell, given, f" ({registered[near[0]].id}?)" if near else "")
    if agency.id != given:
        notes.append(RowNote("agency_id_corrected", cell, given, agency.id))
    return agency


def _item(record: Record, agency: _Registered, known_items: KnownItems, notes: list[RowNote]) -> str:
    given = clean(record.text("item"))
    cell = record.cell("item")
    if not given:
        raise RowRejected("item_missing", cell)
    code = item_code(given)
    if code is None:
        raise RowRejected("item_bad", cell, given)
    if not any(_is_known(code, year_be, known_items) for year_be in agency.years_be):
        raise RowRejected("item_unknown", cell, given, code)
    if code != given:
        notes.append(RowNote("item_corrected", cell, given, code))
    return code


def _is_known(code: str, year_be: int, known_items: KnownItems) -> bool:
    if isinstance(known_items, Mapping):
        return year_be not in known_items or code in known_items[year_be]
    return code in known_items
