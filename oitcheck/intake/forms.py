"""One agency's form, or one for many: the tables of a workbook as submissions, every row with its end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from oitcheck.intake.addresses import holds_url, is_placeholder, is_under_way, urls_in
from oitcheck.intake.agency_names import Directory, Found, years_named
from oitcheck.intake.headers import Columns, Kind, columns_of
from oitcheck.intake.items import Titles, code_and_title, item_code
from oitcheck.intake.rows import FileReport, RowNote, RowOutcome, RowRejected, RowReport
from oitcheck.intake.sheets import Book, Sheet, cell_name
from oitcheck.lib.thai_text import clean, fold
from oitcheck.lib.urls import BadUrl, normalized
from oitcheck.model.agency import Agency

_EXAMPLE = fold("ตัวอย่าง")
_MOST_NOTE_CHARACTERS = 2_000
_MOST_CODE_CHARACTERS = 12
_CODE_LIKE = re.compile(r"[\d๐-๙?]|^[oOi๐]")
_MOST_COVER_ROWS = 40


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is asked when a form does not tell for certain whose it is."""

    file: str
    sheet: str
    said: str
    candidates: tuple[Agency, ...]


Ask = Callable[[Question], str | None]


@dataclass(frozen=True, slots=True)
class Register:
    """What forms are read against: agencies of one or several fiscal years, and each year's items with their titles."""

    agencies: tuple[Agency, ...]
    titles: Mapping[int, Mapping[str, str]]

    def of_year(self, year_be: int | None) -> tuple[Agency, ...]:
        """The agencies of a fiscal year, or all."""
        return tuple(one for one in self.agencies if year_be is None or one.fiscal_year_be == year_be)

    def years(self, agency_id: str) -> tuple[int, ...]:
        return tuple(one.fiscal_year_be for one in self.agencies if one.id == agency_id)

    def knows(self, code: str, years: Iterable[int]) -> bool:
        """Whether any of the years has the item; a year without a checklist may have any."""
        return any(year not in self.titles or code in self.titles[year] for year in years)

    def titles_of(self, years: Iterable[int]) -> Titles:
        """The titles of the first of the years that has a checklist."""
        return next((Titles.of(self.titles[year]) for year in years if year in self.titles), Titles(()))


@dataclass(frozen=True, slots=True)
class Options:
    """What whoever imports says about the files: the fiscal year (BE), the agency, and how to ask when unsure."""

    year_be: int | None = None
    agency_id: str = ""
    ask: Ask | None = None
    year_needed: bool = False  # refuse a row whose fiscal year is not known


@dataclass(slots=True)
class Row:
    """A data row on its way to its report."""

    file: str
    sheet: str
    index: int
    column: int
    notes: list[RowNote] = field(default_factory=list)
    rejected: bool = False
    agency: Agency | None = None
    year_be: int | None = None
    item: str = ""
    urls: tuple[str, ...] = ()
    remark: str = ""
    url_cell: str = ""
    said_none: bool = False  # the row says in words that there is no URL; else a row without one is just blank

    def reject(self, note: RowNote) -> None:
        self.notes.append(note)
        self.rejected = True

    def report(self) -> RowReport:
        outcome = RowOutcome.REJECTED if self.rejected else RowOutcome.CORRECTED if self.notes else RowOutcome.ACCEPTED
        return RowReport(
            self.file, self.sheet, self.index + 1, outcome, tuple(self.notes),
            self.agency.id if self.agency else "", self.item, self.urls, self.column,
        )  # fmt: skip

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.file, f"[{self.sheet}]" if self.sheet else "", str(self.index + 1))))


@dataclass(frozen=True, slots=True)
class FormRead:
    """The rows of one file in their order, and what is to be said of the file and its sheets."""

    rows: tuple[Row, ...]
    reports: tuple[FileReport, ...]
    unused_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose table it is, where one agency has it all; `refusal` rejects its rows."""

    agency: Agency | None = None
    year_be: int | None = None
    notes: tuple[RowNote, ...] = ()
    refusal: RowNote | None = None


def read_form(book: Book, file: str, register: Register, options: Options) -> FormRead | None:
    """The rows of all tables in a workbook; None when no sheet has a header row. `file` is its name for people."""
    found = [_Tables.of(sheet) for sheet in book.sheets]
    if not any(tables.regions for tables in found):
        return None
    several = sum(bool(tables.regions) for tables in found) > 1
    covers = tuple(
        _words(tables.sheet, row) for tables in found if not tables.regions for row in tables.above[:_MOST_COVER_ROWS]
    )
    reader = _Reader(file, register, options, several, covers)
    reports: list[FileReport] = []
    for tables in found:
        reports += reader.read(tables)
    outcome = RowOutcome.CORRECTED if book.notes else RowOutcome.ACCEPTED
    whole = FileReport(file, outcome, (*book.notes, *reader.owner_notes))
    return FormRead(tuple(reader.rows), (whole, *reports), tuple(dict.fromkeys(reader.unused)))


@dataclass(frozen=True, slots=True)
class _Region:
    """One header row with its tables, the rows above it that title it, and the rows up to the next header."""

    header: int
    tables: tuple[Columns, ...]
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Tables:
    """A sheet with its regions; `above` are the filled rows before the first header."""

    sheet: Sheet
    regions: tuple[_Region, ...]
    above: tuple[int, ...]

    @classmethod
    def of(cls, sheet: Sheet) -> _Tables:
        filled = [index for index, _ in sheet.filled_rows()]
        filled = sorted({*filled, *(row for row, _ in sheet.formulas), *(row for row, _ in sheet.links)})
        headers = [(index, columns) for index in filled if (columns := columns_of(sheet.rows[index]))]
        regions = []
        for number, (index, columns) in enumerate(headers):
            end = headers[number + 1][0] if number + 1 < len(headers) else len(sheet.rows)
            regions.append(_Region(index, columns, tuple(row for row in filled if index < row < end)))
        first = headers[0][0] if headers else len(sheet.rows)
        return cls(sheet, tuple(regions), tuple(row for row in filled if row < first))


@dataclass(frozen=True, slots=True)
class _Line:
    """The cells of one row that belong to one table."""

    row: int
    item: str
    title: str
    urls: tuple[tuple[str, str, int], ...]  # text, address behind it, column
    status: str
    note: str
    agency: str
    words: str  # everything, for people

    @property
    def has_url(self) -> bool:
        return any(
            link.lower().startswith(("http", "www.")) or holds_url(text) or _is_address(text) or is_placeholder(clean(text))
            for text, link, _ in self.urls
        )


def _is_address(text: str) -> bool:
    try:
        return bool(text.strip()) and "@" not in text and bool(normalized(clean(text)))
    except BadUrl:
        return False


class _Reader:
    """Reads the sheets of one file one after the other; what an earlier table says of the agency holds for the next."""

    def __init__(self, file: str, register: Register, options: Options, several: bool, covers: tuple[str, ...]) -> None:
        self._file = file
        self._register = register
        self._options = options
        self._several = several
        self._covers = covers
        self._merged: dict[tuple[int, int], tuple[int, int, int, int]] = {}
        self._directories: dict[int | None, Directory] = {}
        self._titles: dict[tuple[int, ...], Titles] = {}
        self.rows: list[Row] = []
        self.owner_notes: list[RowNote] = []
        self.unused: list[str] = []

    def read(self, tables: _Tables) -> list[FileReport]:
        """Read one sheet; the reports on it."""
        sheet = tables.sheet
        notes = [RowNote("sheet_hidden", "")] if sheet.hidden and (tables.above or tables.regions) else []
        if not tables.regions:
            return self._without_table(tables, notes)
        self._merged = {}
        for block in sheet.merged:
            # Values run down within a column; a block across columns is a heading.
            self._merged.update({(row, block[1]): block for row in range(block[0] + 1, min(block[2] + 1, len(sheet.rows)))})
        beside: list[int] = list(tables.above)
        titles, owner = list(tables.above), None
        before: tuple[Columns, ...] = ()
        pending: list[Row] = []
        for region in tables.regions:
            again = bool(before) and set(_placed(region.tables)) <= set(_placed(before))
            if not again or owner is None or self._names_agency(sheet, titles):
                beside += [region.header, *(row.index for row in pending)]
                if owner is None or self._names_agency(sheet, titles):
                    owner = self._owner(sheet, titles)
            else:
                # The same header again within one table: it and the words before it are rows that hold no data.
                self.rows += pending
                repeated = Row(self._file, sheet.name, region.header, region.tables[0].first)
                repeated.reject(RowNote("header_repeated", cell_name(region.header, region.tables[0].first)))
                self.rows.append(repeated)
                region = replace(region, tables=before)
            before = region.tables
            pending = self._region(sheet, region, owner)
            titles = [row.index for row in pending]
            self._note_unused(sheet, region)
        beside += [row.index for row in pending]
        own = [row for row in self.rows if row.sheet == sheet.name]
        if not own:
            notes.append(RowNote("no_rows", cell_name(tables.regions[0].header, 0)))
        if beside:
            notes.append(RowNote("rows_beside", "", _ranges([index + 1 for index in beside])))
        warned = any(note.code not in ("rows_beside",) for note in notes)
        outcome = RowOutcome.CORRECTED if warned else RowOutcome.ACCEPTED
        return [FileReport(self._file, outcome, tuple(notes), sheet.name, len(beside))]

    def _without_table(self, tables: _Tables, notes: list[RowNote]) -> list[FileReport]:
        if not tables.above:
            return []
        sheet = tables.sheet
        held = [row for row in tables.above if _looks_like_data(sheet.rows[row])]
        for index in held:
            row = Row(self._file, sheet.name, index, 0)
            row.reject(RowNote("sheet_without_header", cell_name(index, 0)))
            self.rows.append(row)
        rest = len(tables.above) - len(held)
        if rest:
            notes.append(RowNote("sheet_without_table", "", str(rest)))
        return [FileReport(self._file, RowOutcome.CORRECTED, tuple(notes), sheet.name, rest)]

    # Whose form it is

    def _directory(self, year_be: int | None) -> Directory:
        if year_be not in self._directories:
            self._directories[year_be] = Directory.of(self._register.of_year(year_be))
        return self._directories[year_be]

    def _titles_of(self, years: tuple[int, ...]) -> Titles:
        if years not in self._titles:
            self._titles[years] = self._register.titles_of(years)
        return self._titles[years]

    def _names_agency(self, sheet: Sheet, titles: list[int]) -> bool:
        directory = self._directory(self._options.year_be)
        return any(not directory.told(_words(sheet, row)).is_silent for row in titles)

    def _owner(self, sheet: Sheet, titles: list[int]) -> _Owner:
        """Who submits the table below these titles, and for which fiscal year."""
        texts = [(cell_name(row, 0), _words(sheet, row)) for row in titles]
        stem = self._file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        told = (*(text for _, text in texts), *self._covers, stem)
        stated = next((years for text in told if (years := years_named(text))), ())
        year_be = stated[0] if stated else None
        wanted = self._options.year_be
        registered = {one.fiscal_year_be for one in self._register.agencies}
        refusal = None
        if year_be is not None and year_be not in ({wanted} if wanted else registered):
            known = str(wanted) if wanted else ", ".join(map(str, sorted(registered)))
            refusal = RowNote("form_year_other", texts[0][0] if texts else "", str(year_be), known)
        directory = self._directory(wanted or (None if refusal else year_be))
        year_be = wanted or year_be
        if refusal:
            return _Owner(None, year_be, (), refusal)
        if self._options.agency_id:
            agency = directory.by_id(self._options.agency_id)
            if agency is None:
                return _Owner(None, year_be, (), RowNote("agency_unknown", "", self._options.agency_id))
            return _Owner(agency, year_be, (RowNote("agency_given", "", "", f"{agency.name_th} ({agency.id})"),))
        return self._told_owner(sheet, texts, stem, directory, year_be)

    def _told_owner(
        self, sheet: Sheet, texts: list[tuple[str, str]], stem: str, directory: Directory, year_be: int | None
    ) -> _Owner:
        found = [(cell, told) for cell, text in texts if not (told := directory.told(text)).is_silent]
        found = found or [("", told) for text in self._covers if not (told := directory.told(text)).is_silent]
        # A province in a title may only say where the form comes from.
        found.sort(key=lambda one: one[1].agency is not None and one[1].agency.kind == "จังหวัด")
        of_file = directory.in_file_name(stem)
        if not found and self._several and sheet.name and not (told := directory.told(sheet.name)).is_silent:
            found = [("", told)]
        told_cell, told = found[0] if found else ("", of_file)
        unsure = told.agency is None
        other = of_file.agency
        if found and told.agency and other and other.id != told.agency.id and of_file.exact and not self._several:
            # Another agency's form filled in and sent under one's own name happens; which is right cannot be told.
            told = Found(None, (told.agency, other), f"{told.said} / {of_file.said}")
            unsure = True
        elif found and unsure and other and other in told.candidates:
            told, unsure = Found(other, (other,), told.said, exact=False), False
        agency = told.agency
        if unsure and self._options.ask is not None:
            chosen = self._options.ask(Question(self._file, sheet.name, told.said, told.candidates))
            agency = directory.by_id(chosen) if chosen else None
            if agency is not None:
                return _Owner(agency, year_be, (RowNote("agency_given", "", "", f"{agency.name_th} ({agency.id})"),))
        if agency is None:
            return _Owner(None, year_be, (), _not_told(told, told_cell))
        if told.exact:
            return _Owner(agency, year_be)
        return _Owner(agency, year_be, (RowNote("agency_name_corrected", told_cell, told.said, f"{agency.name_th} ({agency.id})"),))

    # Rows

    def _region(self, sheet: Sheet, region: _Region, owner: _Owner) -> list[Row]:
        """Read the rows below one header; returns those at its end that hold no data (a foot, or titles of the next)."""
        for note in owner.notes:
            if note not in self.owner_notes:
                self.owner_notes.append(note)
        pending: list[Row] = []
        for columns in region.tables:
            lines = [self._line(sheet, index, columns) for index in region.rows]
            filled = [line for line in lines if line.words]
            counts = Counter(code for line in filled if (code := item_code(line.item)))
            above: Row | None = None
            held: list[Row] = []
            for line in filled:
                row = Row(self._file, sheet.name, line.row, columns.first)
                if not (item_code(line.item) or line.has_url or self._is_titled(line, owner)) and not _is_unread(sheet, line, columns):
                    if _is_bad_code(line):
                        self.rows += held
                        held = []
                        row.reject(RowNote("item_bad", _at(line, columns, Kind.ITEM), clean(line.item)))
                        self.rows.append(row)
                        continue
                    row.reject(RowNote("row_not_data", cell_name(line.row, columns.first), line.words))
                    held.append(row)
                    continue
                self.rows += held
                held = []
                self.rows.append(row)
                if fold(line.words).startswith(_EXAMPLE):
                    row.reject(RowNote("row_example", cell_name(line.row, columns.first)))
                    continue
                try:
                    self._take(sheet, line, columns, owner, counts, above, row)
                except RowRejected as refused:
                    row.reject(refused.note)
                if row.item:
                    above = row
            pending += held
        return pending

    def _line(self, sheet: Sheet, index: int, columns: Columns) -> _Line:
        def text(kind: Kind) -> str:
            return "\n".join(filter(None, (self._cell(sheet, index, at) for at in columns.all(kind))))

        urls = []
        for at in columns.all(Kind.URL):
            place = self._origin(index, at)
            urls.append((self._cell(sheet, index, at), sheet.links.get(place, ""), at))
        row = sheet.rows[index] if index < len(sheet.rows) else ()
        own = [clean(" ".join(cell.split())) for cell in row[columns.first : columns.last + 1]]
        words = " | ".join(filter(None, own))
        if not words:
            words = " ".join(source for (r, c), source in sheet.formulas.items() if r == index and columns.first <= c <= columns.last)
        words = words or " ".join(link for _, link, _ in urls if link and any(sheet.links.get((index, at)) for at in columns.all(Kind.URL)))
        return _Line(index, text(Kind.ITEM), text(Kind.TITLE), tuple(urls), text(Kind.STATUS), text(Kind.NOTE), text(Kind.AGENCY), words)

    def _origin(self, row: int, column: int) -> tuple[int, int]:
        block = self._merged.get((row, column))
        return (block[0], block[1]) if block else (row, column)

    def _cell(self, sheet: Sheet, row: int, column: int) -> str:
        row, column = self._origin(row, column)
        cells = sheet.rows[row]
        return cells[column] if column < len(cells) else ""

    def _is_titled(self, line: _Line, owner: _Owner) -> bool:
        """Whether the row has an item by its title, or by a code before it."""
        if code_and_title(line.item)[0] or code_and_title(line.title)[0]:
            return True
        titles = self._titles_of(self._years(owner))
        return bool(line.title and titles.item(line.title) or line.item and titles.item(line.item))

    def _years(self, owner: _Owner) -> tuple[int, ...]:
        if owner.year_be is not None:
            return (owner.year_be,)
        if owner.agency is not None:
            return self._register.years(owner.agency.id)
        return tuple(sorted({one.fiscal_year_be for one in self._register.agencies}))

    def _take(
        self, sheet: Sheet, line: _Line, columns: Columns, owner: _Owner, counts: Counter[str], above: Row | None, row: Row
    ) -> None:
        """Fill in what a data row says. Raises RowRejected."""
        if line.row in sheet.hidden_rows:
            row.notes.append(RowNote("row_hidden", cell_name(line.row, columns.first)))
        owner = self._owner_of_row(line, columns, owner, row)
        row.agency, row.year_be = owner.agency, owner.year_be
        self._note_merged(sheet, line, columns, row)
        years = self._years(owner)
        item = self._item(sheet, line, columns, years, counts, above, row)
        row.item = item
        row.url_cell = _at(line, columns, Kind.URL)
        urls: dict[str, None] = {}
        for text, link, at in line.urls:
            cell = cell_name(line.row, at)
            source = sheet.formulas.get(self._origin(line.row, at))
            if source and not text and not link:
                raise RowRejected("formula_without_value", cell, source)
            found, notes = urls_in(text, link, cell)
            row.notes += [note for note in notes if note not in row.notes]
            row.said_none = row.said_none or any(note.code == "url_placeholder" for note in notes)
            urls.update(dict.fromkeys(found))
        row.urls = tuple(urls)
        row.remark = clean(" ".join(line.note.split()))[:_MOST_NOTE_CHARACTERS]
        under_way = [clean(text) for text, _, _ in line.urls if is_under_way(clean(text))]
        status = clean(" ".join(line.status.split()))
        if status and is_placeholder(status):
            at = _at(line, columns, Kind.STATUS)
            if row.urls:
                row.notes.append(RowNote("status_with_url", at, status))
            else:
                row.said_none = True
                row.notes.append(RowNote("url_placeholder", at, status))
                under_way += [status] if is_under_way(status) else []
        if under_way and not row.urls and not row.remark:
            row.remark = under_way[0]
        if row.year_be is None and self._options.year_needed:
            raise RowRejected("form_year_unknown", cell_name(line.row, columns.first))

    def _owner_of_row(self, line: _Line, columns: Columns, owner: _Owner, row: Row) -> _Owner:
        """The agency that the row names, else that of the table. Raises RowRejected when there is none for certain."""
        said = clean(" ".join(line.agency.split()))
        year_be = owner.year_be
        if said and not self._options.agency_id:
            if owner.refusal is not None and owner.refusal.code == "form_year_other":
                raise _rejection(owner.refusal)
            cell = _at(line, columns, Kind.AGENCY)
            told = self._directory(year_be).named(said)
            agency = told.agency
            if agency is None and self._options.ask is not None:
                chosen = self._options.ask(Question(self._file, row.sheet, said, told.candidates))
                agency = self._directory(year_be).by_id(chosen) if chosen else None
            if agency is None:
                raise _rejection(_not_told(told, cell))
            if not told.exact:
                row.notes.append(RowNote("agency_name_corrected", cell, said, f"{agency.name_th} ({agency.id})"))
            owner = _Owner(agency, year_be)
        elif owner.refusal is not None:
            raise _rejection(owner.refusal)
        if owner.agency is not None and year_be is None:
            years = self._register.years(owner.agency.id)
            year_be = years[0] if len(years) == 1 else None
        return _Owner(owner.agency, year_be)

    def _note_merged(self, sheet: Sheet, line: _Line, columns: Columns, row: Row) -> None:
        for at in (*columns.all(Kind.ITEM), *columns.all(Kind.URL)):
            block = self._merged.get((line.row, at))
            if block and self._cell(sheet, line.row, at).strip():
                name = f"{cell_name(block[0], block[1])}:{cell_name(block[2], block[3])}"
                row.notes.append(RowNote("cell_merged", cell_name(line.row, at), name))

    def _item(
        self, sheet: Sheet, line: _Line, columns: Columns, years: tuple[int, ...], counts: Counter[str], above: Row | None, row: Row
    ) -> str:
        """The item of a row by its code, the code before its title, its title, or the row above. Raises RowRejected."""
        kind = Kind.ITEM if columns.one(Kind.ITEM) is not None else Kind.TITLE
        cell = _at(line, columns, kind)
        given, title = clean(" ".join(line.item.split())), clean(" ".join(line.title.split()))
        titles = self._titles_of(years)
        at = columns.one(kind)
        source = sheet.formulas.get(self._origin(line.row, at)) if at is not None else None
        if source and not given:
            raise RowRejected("formula_without_value", cell, source)
        if not given and not title:
            if above is not None and above.item and not above.rejected:
                row.notes.append(RowNote("item_from_above", cell, "", above.item))
                return above.item
            raise RowRejected("item_missing", cell)
        code = item_code(given) if given else None
        if code is None:
            code, rest = code_and_title(given or title)
            if code is not None:
                row.notes.append(RowNote("item_corrected", cell, given or title, code))
            elif (by_title := titles.item(given or title)) or (given and title and (by_title := titles.item(title))):
                row.notes.append(RowNote("item_from_title", cell, given or title, by_title))
                return by_title
            else:
                raise RowRejected("item_bad" if given else "item_missing", cell, given or title)
        elif title and (foreign := titles.foreign(title, code)):
            if counts[code] > 1 and not counts[foreign]:
                row.notes.append(RowNote("item_repeated_title", cell, given, foreign))
                return foreign
            row.notes.append(RowNote("title_differs", _at(line, columns, Kind.TITLE), title, foreign))
        if not self._register.knows(code, years):
            raise RowRejected("item_unknown", cell, given, code)
        if given and code != given and not any(note.code == "item_corrected" for note in row.notes):
            row.notes.append(RowNote("item_corrected", cell, given, code))
        return code

    def _note_unused(self, sheet: Sheet, region: _Region) -> None:
        used = {at for columns in region.tables for _, at in columns.of}
        header = sheet.rows[region.header]
        self.unused += [clean(name) for at, name in enumerate(header) if name.strip() and at not in used]


def _placed(tables: tuple[Columns, ...]) -> list[tuple[Kind, int]]:
    return [one for columns in tables for one in columns.of]


def _rejection(note: RowNote) -> RowRejected:
    return RowRejected(note.code, note.cell, note.was, note.now)


def _not_told(told: Found, cell: str) -> RowNote:
    """Why no agency was taken: unsure between candidates, unknown, or none named."""
    if told.candidates:
        return RowNote("agency_unsure", cell, told.said, ", ".join(f"{one.name_th} ({one.id})" for one in told.candidates))
    return RowNote("agency_not_named", cell, f" (“{told.said}”)" if told.said else "")


def _at(line: _Line, columns: Columns, kind: Kind) -> str:
    column = columns.one(kind)
    return cell_name(line.row, columns.first if column is None else column)


def _is_unread(sheet: Sheet, line: _Line, columns: Columns) -> bool:
    """Whether a formula without a value stands where the item or the URL should be."""
    return any((line.row, at) in sheet.formulas for at in (*columns.all(Kind.ITEM), *columns.all(Kind.URL)))


def _is_bad_code(line: _Line) -> bool:
    """Whether what stands in the column of the items was meant as a code, and is none."""
    given = clean(line.item)
    return bool(given) and len(given) <= _MOST_CODE_CHARACTERS and bool(_CODE_LIKE.search(given))


def _words(sheet: Sheet, row: int) -> str:
    return clean(" ".join(" ".join(cell.split()) for cell in sheet.rows[row] if cell.strip()))


def _looks_like_data(row: tuple[str, ...]) -> bool:
    """Whether a row below no header has an item in one cell and a URL in another."""
    coded = [at for at, cell in enumerate(row) if item_code(cell) and not clean(cell).isdecimal()]
    return any(holds_url(cell) for at, cell in enumerate(row) if at not in coded) and bool(coded)


def _ranges(numbers: list[int]) -> str:
    """`1–3, 5` for 1, 2, 3, 5."""
    parts: list[list[int]] = []
    for number in sorted(set(numbers)):
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(str(part[0]) if len(part) == 1 else f"{part[0]}–{part[-1]}" for part in parts)
