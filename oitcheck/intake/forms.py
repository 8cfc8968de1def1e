"""One agency's form, or one for many: the tables of a workbook, every row with its end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from oitcheck.intake.addresses import holds_url
from oitcheck.intake.form_rows import (
    Block,
    Line,
    Place,
    Row,
    is_titled,
    line_of,
    merged_cells,
    note_elsewhere,
    note_merged,
    read_item,
    read_urls,
)
from oitcheck.intake.headers import Columns, Kind, columns_of, widened
from oitcheck.intake.items import Titles
from oitcheck.intake.owners import Owner, Owners, Surroundings, named_with_id
from oitcheck.intake.register import Options, Register
from oitcheck.intake.rows import FileReport, RowNote, RowOutcome, RowRejected, ranges
from oitcheck.intake.sheets import Book, Sheet, cell_name
from oitcheck.lib.item_codes import item_code
from oitcheck.lib.thai_text import clean, fold

_EXAMPLE = fold("ตัวอย่าง")
_MOST_COVER_ROWS = 40


@dataclass(frozen=True, slots=True)
class FormRead:
    """The rows of one file in their order, and what is to be said of the file and its sheets."""

    rows: tuple[Row, ...]
    reports: tuple[FileReport, ...]
    unused_columns: tuple[str, ...] = ()


def read_form(book: Book, file: str, register: Register, options: Options) -> FormRead | None:
    """The rows of all tables in a workbook; None when no sheet has a header row. `file` is its name for people."""
    found = [_Regions.of(sheet) for sheet in book.sheets]
    if not any(one.regions for one in found):
        return None
    reader = _Reader(file, found, register, options)
    reports = [report for one in found for report in reader.read(one)]
    outcome = RowOutcome.CORRECTED if book.notes else RowOutcome.ACCEPTED
    whole = FileReport(file, outcome, (*book.notes, *reader.owner_notes))
    return FormRead(tuple(reader.rows), (whole, *reports), tuple(dict.fromkeys(reader.unused)))


@dataclass(frozen=True, slots=True)
class _Region:
    """One header row with its tables, and the filled rows up to the next header."""

    header: int
    tables: tuple[Columns, ...]
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Regions:
    """A sheet with its regions; `above` are the filled rows before the first header."""

    sheet: Sheet
    regions: tuple[_Region, ...]
    above: tuple[int, ...]

    @classmethod
    def of(cls, sheet: Sheet) -> _Regions:
        filled = {index for index, _ in sheet.filled_rows()}
        filled |= {row for row, _ in (*sheet.formulas, *sheet.links) if row < len(sheet.rows)}
        in_order = sorted(filled)
        headers = [
            (index, widened(columns, ((block[1], block[3]) for block in sheet.merged if block[0] == index)))
            for index in in_order
            if (columns := columns_of(sheet.rows[index]))
        ]
        ends = [*(index for index, _ in headers[1:]), len(sheet.rows)]
        starts = [index for index, _ in headers]
        regions = tuple(
            _Region(index, columns, tuple(row for row in in_order if index < row < end))
            for (index, columns), end in zip(headers, ends[: len(headers)], strict=True)
        )
        first = starts[0] if starts else len(sheet.rows)
        return cls(sheet, regions, tuple(row for row in in_order if row < first))


class _Reader:
    """Reads the sheets of one file one after the other."""

    def __init__(self, file: str, found: list[_Regions], register: Register, options: Options) -> None:
        self._file = file
        self._register = register
        self._options = options
        self._owners = Owners(register, options)
        self._alone = sum(bool(one.regions) for one in found) == 1
        self._covers = tuple(
            _words(one.sheet, row) for one in found if not one.regions for row in one.above[:_MOST_COVER_ROWS]
        )
        self._by_sheets = self._owners.are_apart(
            (one.sheet.name, tuple(_words(one.sheet, row) for row in one.above)) for one in found if one.regions
        )
        self._item_titles: dict[tuple[int, ...], Titles] = {}
        self._before: tuple[Owner, str] | None = None  # the owner told last, and the sheet
        self.rows: list[Row] = []
        self.owner_notes: list[RowNote] = []
        self.unused: list[str] = []

    def read(self, found: _Regions) -> list[FileReport]:
        """Read one sheet; the report on it."""
        sheet = found.sheet
        notes = [RowNote("sheet_hidden", "")] if sheet.hidden and (found.above or found.regions) else []
        if not found.regions:
            return self._without_table(found, notes)
        count = len(self.rows)
        beside = self._read_regions(sheet, found, notes)
        if len(self.rows) == count:
            notes.append(RowNote("no_rows", cell_name(found.regions[0].header, 0)))
        outcome = RowOutcome.CORRECTED if notes else RowOutcome.ACCEPTED
        notes.append(RowNote("rows_beside", "", ranges([index + 1 for index in beside])))
        headers = tuple(region.header + 1 for region in found.regions)
        return [FileReport(self._file, outcome, tuple(notes), sheet.name, len(beside), headers)]

    def _without_table(self, found: _Regions, notes: list[RowNote]) -> list[FileReport]:
        if not found.above:
            return []
        sheet = found.sheet
        data = [row for row in found.above if _looks_like_data(sheet.rows[row])]
        for index in data:
            row = Row(self._file, sheet.name, index, 0)
            row.reject(RowNote("sheet_without_header", cell_name(index, 0)))
            self.rows.append(row)
        rest = len(found.above) - len(data)
        if rest:
            notes.append(RowNote("sheet_without_table", "", str(rest)))
        outcome = RowOutcome.CORRECTED if data or sheet.hidden else RowOutcome.ACCEPTED
        return [FileReport(self._file, outcome, tuple(notes), sheet.name, rest)]

    def _read_regions(self, sheet: Sheet, found: _Regions, notes: list[RowNote]) -> set[int]:
        """Read the tables of a sheet, with `notes` on it; returns the rows that belong to none of them."""
        merged = merged_cells(sheet)
        beside = set(found.above)
        titles, pending = found.above, list[Row]()
        owner: Owner | None = None
        before: tuple[Columns, ...] = ()
        for region in found.regions:
            texts = tuple(_words(sheet, row) for row in titles)
            again = bool(before) and set(_placed(region.tables)) <= set(_placed(before))
            named = owner is None or self._owners.are_named(texts)
            if owner is None or named:
                above = tuple((cell_name(row, 0), text) for row, text in zip(titles, texts, strict=True))
                around = Surroundings(self._file, sheet.name, above, self._covers, self._alone, self._by_sheets)
                owner = self._owners.of(around)
                # A sheet that says nothing goes on with the one before it.
                if self._before is not None and owner.is_unnamed:
                    last, its_sheet = self._before
                    owner = self._owners.continued(owner, last)
                    if owner.agency is not None:
                        notes.append(RowNote("agency_from_sheet_before", "", its_sheet, named_with_id(owner.agency)))
                self._before = owner, sheet.name
                self.owner_notes += [note for note in owner.notes if note not in self.owner_notes]
            if again and not named:
                # The same header again within one table: it and the words before it are rows that hold no data.
                self.rows += pending
                repeated = Row(self._file, sheet.name, region.header, before[0].first)
                repeated.reject(RowNote("header_repeated", cell_name(region.header, before[0].first)))
                self.rows.append(repeated)
                region = replace(region, tables=before)
            else:
                beside |= {region.header, *(row.index for row in pending)}
            before = region.tables
            pending = self._read_region(sheet, region, owner, merged, beside)
            titles = tuple(row.index for row in pending)
            used = {at for columns in region.tables for _, at in columns.of}
            header = sheet.rows[region.header]
            self.unused += [clean(name) for at, name in enumerate(header) if name.strip() and at not in used]
        return beside | {row.index for row in pending}

    def _read_region(
        self, sheet: Sheet, region: _Region, owner: Owner, merged: dict[Place, Block], beside: set[int]
    ) -> list[Row]:
        """Read the rows below one header; returns those at the end without data: a foot, titles of the next table."""
        pending: list[Row] = []
        for columns in region.tables:
            lines = [line for row in region.rows if (line := line_of(sheet, row, columns, merged)).words]
            counts = Counter(code for line in lines if (code := item_code(line.item)))
            above: Row | None = None
            held: list[Row] = []
            for line in lines:
                if fold(line.words).startswith(_EXAMPLE):
                    beside.add(line.row)
                    continue
                row = Row(self._file, sheet.name, line.row, columns.first)
                if self._holds_nothing(line, owner):
                    row.reject(RowNote("row_not_data", cell_name(line.row, columns.first), line.words))
                    held.append(row)
                    continue
                self.rows += [*held, row]
                held = []
                try:
                    self._take(sheet, line, owner, counts, above, merged, row)
                    others = [table for table in region.tables if table is not columns]
                    note_elsewhere(sheet, line, others, region.header, row)
                except RowRejected as refused:
                    row.reject(refused.note)
                above = row
            pending += held
        return pending

    def _holds_nothing(self, line: Line, owner: Owner) -> bool:
        """Whether a row is no data: a heading, a total, a signature."""
        if item_code(line.item) or line.has_url or line.has_formula or line.is_bad_code:
            return False
        # A form of a year without a checklist has titles like those of other years: its rows are told why they are not
        # taken.
        years = self._years(owner)
        own = self._titles_of(years)
        return not is_titled(line, own if own.folded else self._titles_of(tuple(sorted(self._register.titles))))

    def _take(
        self,
        sheet: Sheet,
        line: Line,
        owner: Owner,
        counts: Counter[str],
        above: Row | None,
        merged: dict[Place, Block],
        row: Row,
    ) -> None:
        """Fill in what a data row says. Raises RowRejected."""
        if line.row in sheet.hidden_rows:
            row.notes.append(RowNote("row_hidden", cell_name(line.row, line.columns.first)))
        said = clean(" ".join(line.agency.split()))
        own = self._owners.of_row(said, line.cell(Kind.AGENCY), sheet.name, self._file, owner)
        row.agency, row.year_be = own.agency, own.year_be
        if said:
            row.notes += own.notes
        note_merged(line, merged, row)
        years = self._years(own)
        row.item = read_item(line, self._titles_of(years), counts, above, row, self._register, years)
        read_urls(line, row)
        if row.year_be is None and self._options.year_needed:
            raise RowRejected("form_year_unknown", cell_name(line.row, line.columns.first))

    def _years(self, owner: Owner) -> tuple[int, ...]:
        if owner.year_be is not None:
            return (owner.year_be,)
        if owner.agency is not None:
            return self._register.years(owner.agency.id)
        return tuple(sorted({one.fiscal_year_be for one in self._register.agencies}))

    def _titles_of(self, years: tuple[int, ...]) -> Titles:
        if years not in self._item_titles:
            self._item_titles[years] = self._register.titles_of(years)
        return self._item_titles[years]


def _placed(tables: tuple[Columns, ...]) -> list[tuple[Kind, int]]:
    return [one for columns in tables for one in columns.of]


def _words(sheet: Sheet, row: int) -> str:
    return clean(" ".join(" ".join(cell.split()) for cell in sheet.rows[row] if cell.strip()))


def _looks_like_data(row: tuple[str, ...]) -> bool:
    """Whether a row below no header has an item in one cell and a URL in another."""
    coded = [at for at, cell in enumerate(row) if item_code(cell) and not clean(cell).isdecimal()]
    return bool(coded) and any(holds_url(cell) for at, cell in enumerate(row) if at not in coded)
