"""Submitted URLs: the contract's list (one table, ids in it) or the agencies' own forms, alone or many at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from oitcheck.intake.addresses import urls_in
from oitcheck.intake.attachments import Attachment, attachments
from oitcheck.intake.form_rows import Row
from oitcheck.intake.forms import read_form
from oitcheck.intake.register import Options, Register
from oitcheck.intake.rows import FileReport, Intake, RowNote, RowOutcome, RowRejected, RowReport, UnusableFile
from oitcheck.intake.sheets import read_book
from oitcheck.intake.tables import Column, Record, has_columns, records_of
from oitcheck.lib.item_codes import item_code
from oitcheck.lib.thai_text import clean, similar_words
from oitcheck.lib.urls import is_on, readable
from oitcheck.model.agency import Agency, Submission

COLUMNS = (
    Column("agency_id", ("รหัสหน่วยงาน", "รหัส")),
    Column("item", ("ข้อ", "ข้อที่", "รหัสข้อ")),
    Column("url", ("URL", "ลิงก์", "ลิงค์", "link", "ที่อยู่เว็บ")),
    Column("note", ("หมายเหตุ", "คำอธิบาย"), required=False),
)

KnownItems = Collection[str] | Mapping[int, Collection[str]]


@dataclass(frozen=True, slots=True)
class Handed:
    """One submission with its fiscal year (BE; None: not known) and the rows it was read from (indexes of the report).

    `blank`: its cells were left empty, which says less than "none".
    """

    year_be: int | None
    submission: Submission
    rows: tuple[int, ...]
    blank: bool = False


@dataclass(slots=True)
class _Draft:
    """The rows of one agency and item in one file so far."""

    urls: dict[str, None] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    seen: set[tuple[str, ...]] = field(default_factory=set)
    rows: list[Row] = field(default_factory=list)
    said_none: bool = False

    @property
    def remark(self) -> str:
        return " / ".join(self.notes)

    @property
    def is_blank(self) -> bool:
        return not self.urls and not self.said_none and not self.notes


_Key = tuple[int | None, str, str]


@dataclass(slots=True)
class _FileRead:
    """What one file gave."""

    rows: list[Row] = field(default_factory=list)
    rejected: tuple[RowReport, ...] = ()  # of sheets of the contract's list that have no header
    reports: tuple[FileReport, ...] = ()
    unused_columns: tuple[str, ...] = ()


def read_submissions(path: Path, agencies: Iterable[Agency], known_items: KnownItems) -> Intake[Submission]:
    """The submissions of a CSV file, workbook, folder or ZIP: one for each agency and item, URLs in the order of rows.

    `known_items` are the codes of the year's checklist, or those of each fiscal year (BE) for agencies of several, best
    with their titles (a mapping code → title); the items of a year that it does not name are taken as they are. A file
    of several that cannot be used is one rejected row, number 0. Raises IntakeError when none can be used.
    """
    read = read_attachments(_of_path(path), register_of(agencies, known_items), Options(), where=str(path))
    taken: dict[tuple[str, str], Submission] = {}
    for handed in read.items:
        taken[handed.submission.agency_id, handed.submission.item] = handed.submission
    refused = [one for one in read.files if one.outcome is RowOutcome.REJECTED]
    if refused and not read.rows:
        note = refused[0].notes[0]
        raise UnusableFile(note.code, f"{path}: {refused[0].file}", note.was, note.now)
    rows = (*read.rows, *(RowReport(one.file, one.sheet, 0, one.outcome, one.notes) for one in refused))
    return Intake(tuple(taken.values()), rows, read.unused_columns, read.files)


def _of_path(path: Path) -> tuple[Attachment, ...]:
    found = tuple(attachments((path,)))
    if len(found) == 1 and found[0].refused is not None:
        note = found[0].refused
        raise UnusableFile(note.code, str(path), note.was, note.now)
    return found


def register_of(agencies: Iterable[Agency], known_items: KnownItems) -> Register:
    """The register that forms are read against."""
    given = tuple(agencies)
    if not isinstance(known_items, Mapping):
        known_items = {one.fiscal_year_be: known_items for one in given}
    titles = {
        year: codes if isinstance(codes, Mapping) else dict.fromkeys(codes, "") for year, codes in known_items.items()
    }
    return Register(given, titles)


def read_attachments(
    given: Iterable[Attachment], register: Register, options: Options, *, where: str = ""
) -> Intake[Handed]:
    """The submissions of many files; of two files the later counts for an item, and the rows of the other say so.

    A file that cannot be used is reported and the others are read; with `where` (there is but one file) it raises
    IntakeError instead.
    """
    rows: list[Row] = []
    extra: list[RowReport] = []
    reports: list[FileReport] = []
    unused: list[str] = []
    kept: dict[_Key, _Draft] = {}
    files = tuple(given)
    for attachment in files:
        if attachment.refused is not None:
            outcome = RowOutcome.ACCEPTED if attachment.ignored else RowOutcome.REJECTED
            reports.append(FileReport(attachment.name, outcome, (attachment.refused,)))
            continue
        try:
            read = _read(attachment, register, options, where if len(files) == 1 else "")
        except UnusableFile as unusable:
            if where and len(files) == 1:
                raise
            reports.append(FileReport(attachment.name, RowOutcome.REJECTED, (unusable.note,)))
            continue
        if options.is_site_noted:
            _note_elsewhere(read.rows, register)
        drafts = _drafts(read.rows)
        for key, draft in drafts.items():
            _supersede(kept, key, draft)
        rows += read.rows
        extra += read.rejected
        reports += read.reports
        unused += read.unused_columns
    number = {id(row): index for index, row in enumerate(rows)}
    handed = tuple(
        Handed(
            year_be, Submission(agency_id, item, tuple(draft.urls), draft.remark),
            tuple(number[id(row)] for row in draft.rows), draft.is_blank,
        )
        for (year_be, agency_id, item), draft in kept.items()
    )  # fmt: skip
    done = (*(row.report() for row in rows), *extra)
    return Intake(handed, done, tuple(dict.fromkeys(unused)), tuple(reports))


def _read(attachment: Attachment, register: Register, options: Options, where: str) -> _FileRead:
    book = read_book(attachment.content, where or attachment.name)
    if has_columns(book, COLUMNS):
        reading = records_of(book, attachment.name, COLUMNS, where or attachment.name)
        rows = list(_listed(reading.records, register, options))
        outcome = RowOutcome.CORRECTED if book.notes else RowOutcome.ACCEPTED
        notes = book.notes if rows or reading.rejected else (*book.notes, RowNote("no_rows", ""))
        report = FileReport(attachment.name, outcome, notes)
        return _FileRead(rows, reading.rejected, (report,), reading.unused_columns)
    form = read_form(book, attachment.name, register, options)
    if form is None:
        if where:
            records_of(book, attachment.name, COLUMNS, where)  # raises: which columns are missing, what was found
        raise UnusableFile("no_table" if any(sheet.rows for sheet in book.sheets) else "no_cells", attachment.name)
    return _FileRead(list(form.rows), (), form.reports, form.unused_columns)


def _note_elsewhere(rows: Iterable[Row], register: Register) -> None:
    """Say which URLs are not on the main website of their agency; nothing where the register does not know it."""
    for row in rows:
        if row.rejected or row.agency is None:
            continue
        hosts = register.hosts_of(row.agency.id, row.year_be)
        if hosts and (elsewhere := [url for url in row.urls if not is_on(url, hosts)]):
            row.notes.append(RowNote("url_not_main_website", row.url_cell, " ".join(map(readable, elsewhere))))


def _drafts(rows: Iterable[Row]) -> dict[_Key, _Draft]:
    """The rows of one file by agency and item; rows that add nothing say so."""
    drafts: dict[_Key, _Draft] = {}
    for row in rows:
        if row.rejected or row.agency is None:
            continue
        draft = drafts.setdefault((row.year_be, row.agency.id, row.item), _Draft())
        # Two rows that add nothing to each other: the same URLs, or none twice.
        if row.urls in draft.seen or (row.urls and set(row.urls) <= draft.urls.keys()):
            row.notes.append(RowNote("duplicate", row.url_cell, " ".join(row.urls)))
        draft.seen.add(row.urls)
        draft.urls.update(dict.fromkeys(row.urls))
        draft.said_none = draft.said_none or row.said_none
        draft.rows.append(row)
        if row.remark and row.remark not in draft.notes:
            draft.notes.append(row.remark)
    return drafts


def _supersede(kept: dict[_Key, _Draft], key: _Key, draft: _Draft) -> None:
    """Let the draft of a later file take the place of an earlier one; blank cells leave it."""
    before = kept.get(key)
    if before is None:
        kept[key] = draft
    elif draft.is_blank and not before.is_blank:
        _mark(draft.rows, "url_blank_kept", before.rows)
    elif tuple(before.urls) == tuple(draft.urls) and before.remark == draft.remark:
        if not draft.is_blank:
            _mark(draft.rows, "repeated_file", before.rows)
    else:
        if not before.is_blank:
            _mark(before.rows, "superseded_by_file", draft.rows)
        kept[key] = draft


def _mark(rows: Iterable[Row], code: str, others: list[Row]) -> None:
    for row in rows:
        row.notes.append(RowNote(code, row.url_cell, "", others[0].name))


# The contract's list


def _listed(records: Iterable[Record], register: Register, options: Options) -> Iterator[Row]:
    registered: dict[str, list[Agency]] = {}
    for agency in register.of_year(options.year_be):
        registered.setdefault(agency.id.lower(), []).append(agency)
    for record in records:
        row = Row(record.file, record.sheet, record.index, 0)
        # An empty url in the list says that nothing was submitted.
        row.said_none = True
        row.notes += record.notes
        try:
            _take(record, registered, register, options, row)
        except RowRejected as rejected:
            row.reject(rejected.note)
        yield row


def _take(
    record: Record, registered: Mapping[str, list[Agency]], register: Register, options: Options, row: Row
) -> None:
    agencies = _agencies(record, registered, register, row)
    row.agency = agencies[0]
    years = tuple(one.fiscal_year_be for one in agencies)
    item = _item(record, register, years, row)
    row.item = item
    having = [year for year in years if year in register.titles and item in register.titles[year]]
    if options.year_needed and options.year_be is None and len(years) > 1 and len(having) != 1:
        raise RowRejected("form_year_unknown", record.cell("agency_id"))
    row.year_be = having[0] if having else years[0]
    row.url_cell = record.cell("url")
    urls, corrections = urls_in(record.text("url"), record.link("url"), row.url_cell)
    row.notes += corrections
    row.urls = urls
    row.remark = clean(" ".join(record.text("note").split()))


def _agencies(record: Record, registered: Mapping[str, list[Agency]], register: Register, row: Row) -> list[Agency]:
    given = clean(record.text("agency_id"))
    cell = record.cell("agency_id")
    if not given:
        raise RowRejected("agency_id_missing", cell)
    found = registered.get(given.lower())
    if found is None:
        years = [one.fiscal_year_be for one in register.agencies if one.id.lower() == given.lower()]
        if years:
            wanted = ", ".join(sorted({str(one.fiscal_year_be) for many in registered.values() for one in many}))
            raise RowRejected("fiscal_year_other", cell, ", ".join(map(str, years)), wanted)
        near = similar_words(given.lower(), tuple(registered))
        raise RowRejected("agency_unknown", cell, given, f" ({registered[near[0]][0].id}?)" if near else "")
    if found[0].id != given:
        row.notes.append(RowNote("agency_id_corrected", cell, given, found[0].id))
    return found


def _item(record: Record, register: Register, years: tuple[int, ...], row: Row) -> str:
    given = clean(record.text("item"))
    cell = record.cell("item")
    if not given:
        raise RowRejected("item_missing", cell)
    code = item_code(given)
    if code is None:
        raise RowRejected("item_bad", cell, given)
    if not register.knows(code, years):
        raise RowRejected("item_unknown", cell, given, code)
    if code != given:
        row.notes.append(RowNote("item_corrected", cell, given, code))
    return code
