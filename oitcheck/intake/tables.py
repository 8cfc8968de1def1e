"""Sheets with a header row as named values: which column is which, whatever it is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from oitcheck.errors import IntakeError
from oitcheck.intake.rows import RowNote, RowOutcome, RowReport, UnusableFile
from oitcheck.intake.sheets import Book, Sheet, cell_name, content_of, read_book
from oitcheck.lib.thai_text import fold, similar_words

# Two letters in the wrong order (itme), not another word of the same length (code for score).
_MISTYPED = 0.75


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name in the contract, with the other names it goes by."""

    name: str
    also: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class Record:
    """One data row. Cells of columns that the file does not have are empty."""

    file: str
    sheet: str
    index: int
    columns: Mapping[str, int]
    cells: tuple[str, ...]
    links: Mapping[tuple[int, int], str]
    notes: tuple[RowNote, ...] = ()  # on the row as such: it or its sheet is hidden

    @property
    def row(self) -> int:
        """The row number as a spreadsheet counts."""
        return self.index + 1

    def text(self, column: str) -> str:
        """The cell as it stands."""
        at = self.columns.get(column)
        return self.cells[at] if at is not None and at < len(self.cells) else ""

    def link(self, column: str) -> str:
        """The address behind the cell, or ""."""
        return self.links.get((self.index, self.columns.get(column, -1)), "")

    def cell(self, column: str) -> str:
        """The name of the cell, such as C12 (the first of the row when the file lacks the column)."""
        return cell_name(self.index, self.columns.get(column, 0))

    def report(self, outcome: RowOutcome, notes: tuple[RowNote, ...] = ()) -> RowReport:
        """The end of the row; what is to be said of it anyway makes an accepted one corrected."""
        if self.notes and outcome is RowOutcome.ACCEPTED:
            outcome = RowOutcome.CORRECTED
        return RowReport(self.file, self.sheet, self.row, outcome, (*self.notes, *notes))


@dataclass(frozen=True, slots=True)
class Reading:
    """The data rows of a file, the rows that cannot be read as such (rejected), and the columns not used."""

    records: tuple[Record, ...]
    rejected: tuple[RowReport, ...]
    unused_columns: tuple[str, ...]


def read_records(path: Path, columns: tuple[Column, ...]) -> Reading:
    """All data rows of a file; the first filled row of a sheet is its header.

    Raises IntakeError when the file cannot be read, when no sheet has the required columns, two mean the same, or no
    row stands below the header.
    """
    reading = records_of(read_book(content_of(path), str(path)), path.name, columns, str(path))
    if not reading.records and not reading.rejected:
        raise UnusableFile("no_rows", str(path))
    return reading


def has_columns(book: Book, columns: tuple[Column, ...]) -> bool:
    """Whether the first filled row of any sheet names all required columns."""
    for sheet in book.sheets:
        header = next((row for _, row in sheet.filled_rows()), ())
        found = {name for name, _ in _named(header, columns)}
        if all(column.name in found for column in columns if column.required):
            return True
    return False


def records_of(book: Book, file: str, columns: tuple[Column, ...], where: str) -> Reading:
    """All data rows of a book that was read; `where` names the file in an error. See `read_records`."""
    records: list[Record] = []
    rejected: list[RowReport] = []
    unused: list[str] = []
    headers: list[tuple[str, ...]] = []
    usable = False
    for sheet in book.sheets:
        filled = list(sheet.filled_rows())
        if not filled:
            continue
        header = filled[0][1]
        headers.append(header)
        found = _columns_of(header, columns, where)
        if all(column.name in found for column in columns if column.required):
            usable = True
            data, odd = _records(sheet, filled[1:], found, columns, file)
            records += data
            rejected += odd
            unused += [name.strip() for at, name in enumerate(header) if name.strip() and at not in found.values()]
        else:
            rejected += _without_header(sheet, filled, file)
    if not usable:
        raise _columns_missing(where, columns, headers)
    return Reading(tuple(records), tuple(rejected), tuple(unused))


def _records(
    sheet: Sheet,
    filled: list[tuple[int, tuple[str, ...]]],
    found: Mapping[str, int],
    columns: tuple[Column, ...],
    file: str,
) -> tuple[list[Record], list[RowReport]]:
    """The data rows of a sheet, and those that are none: the header once more, formulas that have no value."""
    records: list[Record] = []
    rejected: list[RowReport] = []
    for index, cells in filled:
        notes = [RowNote("sheet_hidden", "")] if sheet.hidden else []
        notes += [RowNote("row_hidden", cell_name(index, 0))] if index in sheet.hidden_rows else []
        record = Record(file, sheet.name, index, found, cells, sheet.links, tuple(notes))
        formula = next((at for at in sorted(found.values()) if (index, at) in sheet.formulas), None)
        if sorted(_named(cells, columns)) == sorted(found.items()):
            odd = RowNote("header_repeated", cell_name(index, 0))
        elif formula is not None:
            odd = RowNote("formula_without_value", cell_name(index, formula), sheet.formulas[index, formula])
        else:
            records.append(record)
            continue
        rejected.append(record.report(RowOutcome.REJECTED, (odd,)))
    return records, rejected


def _without_header(sheet: Sheet, filled: list[tuple[int, tuple[str, ...]]], file: str) -> Iterator[RowReport]:
    for index, _ in filled:
        note = RowNote("sheet_without_header", cell_name(index, 0))
        yield RowReport(file, sheet.name, index + 1, RowOutcome.REJECTED, (note,))


def _named(header: tuple[str, ...], columns: tuple[Column, ...]) -> list[tuple[str, int]]:
    """The columns that a row names, by their names in the contract, and where."""
    names = {fold(name): column.name for column in columns for name in (column.name, *column.also)}
    return [(name, at) for at, title in enumerate(header) if (name := names.get(fold(title))) is not None]


def _columns_of(header: tuple[str, ...], columns: tuple[Column, ...], where: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, at in _named(header, columns):
        if name in found:
            both = " / ".join(f"“{header[one].strip()}”" for one in (found[name], at))
            raise UnusableFile("columns_same", where, both, name)
        found[name] = at
    return found


def _columns_missing(where: str, columns: tuple[Column, ...], headers: list[tuple[str, ...]]) -> IntakeError:
    """The error for the sheet that comes nearest to having the columns."""
    known = [_columns_of(header, columns, where) for header in headers]
    nearest = max(range(len(known)), key=lambda number: len(known[number]), default=-1)
    header = tuple(title.strip() for title in headers[nearest] if title.strip()) if headers else ()
    lacking = []
    for column in columns:
        if column.required and (not known or column.name not in known[nearest]):
            names = (column.name, *column.also)
            near = [title for name in names for title in similar_words(name, header[:60], least=_MISTYPED)]
            lacking.append(f"{column.name} (did you mean {near[0]!r}?)" if near else column.name)
    return IntakeError(
        f"columns missing: {', '.join(lacking)}; found: {', '.join(header) or 'nothing'}",
        where=where,
        remedy="The first row must hold the names: " + ", ".join(c.name for c in columns if c.required) + ".",
    )
