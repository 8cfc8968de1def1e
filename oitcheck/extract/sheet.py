"""Spreadsheets (xlsx, xls, ods) and CSV → one section per sheet: tables with their title blocks, and lines.

Cells carry no display format here: dates are shown as officials write them in tables ("15 ต.ค. 2565"), whole numbers
without a decimal point.
"""

from __future__ import annotations

import csv
import re
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from oitcheck.extract.charset import decode
from oitcheck.extract.formulas import uncalculated
from oitcheck.extract.grid import GridTable, grid_table
from oitcheck.extract.kinds import kind_of_bytes
from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.package import Package, Unreadable, is_locked
from oitcheck.extract.workbook_parts import links_of, sheet_parts
from oitcheck.lib.thai_calendar import BE_OFFSET, SHORT_MONTHS
from oitcheck.lib.thai_text import clean
from oitcheck.model.evidence import (
    BlindReason,
    BlindSpot,
    Block,
    Capture,
    Document,
    Line,
    Link,
    Locator,
    Section,
    Table,
)

CSV_SHEET = "csv"
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
# A year typed as Buddhist into a date cell (2566-10-15) is kept as it is.
_FIRST_BE_YEAR = 2400
# Empty rows inside one table: agencies leave one or two for looks; more begins something else.
_GAP_ROWS_MOST = 2
# No table of an agency has so many; what stands beyond is told.
MOST_COLUMNS = 1_000
_SNIFF_CHARS = 8_192
_AFTER_TABLE_TAG = re.compile(rb"(</?table:[^<>]*>)\s+(?=<)")


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The cells of one sheet as shown, merged cells repeated. `row`, `column`: address (from 0) of the first."""

    name: str
    rows: tuple[tuple[str, ...], ...]
    row: int = 0
    column: int = 0
    hidden: bool = False

    def text(self, ref: str) -> str:
        """What a cell ("B2") shows; "" outside the cells that were read."""
        letters = ref.rstrip("0123456789")
        row, column = int(ref[len(letters) :]) - 1 - self.row, _number(letters) - self.column
        is_read = 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row])
        return self.rows[row][column] if is_read else ""

    def place(self, first: int, last: int) -> str:
        """The place of rows `first`–`last` (indexes into `rows`) over the columns that hold anything in them."""
        used = [i for line in self.rows[first : last + 1] for i, text in enumerate(line) if text] or [0]
        start = f"{_letters(self.column + min(used))}{self.row + first + 1}"
        return f"sheet:{self.name}!{start}:{_letters(self.column + max(used))}{self.row + last + 1}"


def read(capture: Capture, body: bytes, limits: ExtractLimits) -> tuple[Document | BlindSpot, ...]:
    """The document of a workbook or CSV file; a blind spot when it is empty, broken or wants a password.

    Rows beyond `limits.sheet_rows` of a sheet and columns beyond MOST_COLUMNS are left out and reported as a blind
    spot; so are formulas whose results the file does not hold.
    """
    if not body.strip():
        return (BlindSpot(capture, BlindReason.EMPTY_FILE),)
    opened = _open(body, limits.sheet_rows)
    if isinstance(opened, BlindReason):
        return (BlindSpot(capture, opened),)
    kind, sheets, cut = opened
    sections = tuple(_section(sheet, capture.sha256) for sheet in sheets if any(any(row) for row in sheet.rows))
    blank = uncalculated(body, kind) if kind in ("xlsx", "ods") else {}
    spots = (
        *(BlindSpot(capture, BlindReason.TOO_LARGE, f"sheet:{name}") for name in cut),
        *(BlindSpot(capture, BlindReason.NOT_CALCULATED, place) for place in blank.values()),
    )
    if not sections:
        return spots or (BlindSpot(capture, BlindReason.EMPTY_FILE),)
    links = _hyperlinks(body, sheets, capture.sha256) if kind == "xlsx" else {}
    sections = tuple(
        Section(s.heading, s.blocks + links.get(s.heading[0] if s.heading else "", ()), at=s.at) for s in sections
    )
    readers = ("csv" if kind == "csv" else "calamine", *(f"hidden sheet: {s.name}" for s in sheets if s.hidden))
    document = Document(capture, kind, _title(sections), sections, pages=len(sections), readers=readers)
    return document, *spots


def text_at(body: bytes, place: str, *, most_rows: int = 20_000) -> str:
    """The cells of a place ("sheet:ต.ค.65!B4:H12"): each row as a line, its cells, the name last. "" for none."""
    match = re.fullmatch(r"sheet:(.*)!([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})", place, re.DOTALL)
    opened = _open(body, most_rows) if match and body.strip() else None
    if match is None or opened is None or isinstance(opened, BlindReason):
        return ""
    name, left, top, right, bottom = match.groups()
    lines: list[str] = []
    for sheet in opened[1]:
        if sheet.name == name:
            for row in sheet.rows[max(0, int(top) - 1 - sheet.row) : max(0, int(bottom) - sheet.row)]:
                cells = row[max(0, _number(left) - sheet.column) : _number(right) + 1 - sheet.column]
                lines += [" ".join(text for text in cells if text), *cells]
            lines.append(name)
    return "\n".join(lines)


def _open(body: bytes, most_rows: int) -> tuple[str, list[_Sheet], list[str]] | BlindReason:
    """Kind, sheets, and the names of sheets that were cut at `most_rows`; or why the file cannot be read."""
    if body[:4] != _OLE and body[:2] != b"PK":
        return _open_csv(body, most_rows)
    if body[:4] == _OLE and _ENCRYPTED_STREAM in body:
        return BlindReason.ENCRYPTED
    if is_locked(body):
        return BlindReason.ENCRYPTED
    sheets: list[_Sheet] = []
    cut: list[str] = []
    try:
        book = _book(body)
        for meta in book.sheets_metadata:
            if meta.typ is SheetTypeEnum.WorkSheet:
                source = book.get_sheet_by_name(meta.name)
                if source.height > most_rows or source.width > MOST_COLUMNS:
                    cut.append(meta.name)
                sheets.append(_sheet(source, hidden=meta.visible is not SheetVisibleEnum.Visible, most_rows=most_rows))
    except PasswordError:
        return BlindReason.ENCRYPTED
    except (CalamineError, ValueError, OSError, OverflowError) as error:
        told = str(error).lower()
        if "limit exceeded" in told:
            return BlindReason.TOO_LARGE
        return BlindReason.ENCRYPTED if "password" in told else BlindReason.CORRUPT
    return _kind(body), sheets, cut


def _book(body: bytes) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(BytesIO(body))
    except PasswordError:
        raise
    except CalamineError:
        if _kind(body) != "ods":
            raise
        # Calamine stumbles over line ends between the tags of a table, which some programs write; and only of a file
        # whose name tells its kind does it say what is wrong.
        with tempfile.NamedTemporaryFile(suffix=".ods") as file:
            file.write(_without_line_ends(body))
            file.flush()
            return CalamineWorkbook.from_path(file.name)


def _without_line_ends(body: bytes) -> bytes:
    """An ods file without white space between the tags of its tables. Raises ValueError for a broken one."""
    out = BytesIO()
    try:
        package = Package(body)
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("mimetype", package.part("mimetype"))
            archive.writestr("META-INF/manifest.xml", "<manifest:manifest/>")
            archive.writestr("content.xml", _AFTER_TABLE_TAG.sub(rb"\1", package.part("content.xml")))
    except Unreadable as error:
        raise ValueError(error.detail) from error
    return out.getvalue()


def _kind(body: bytes) -> str:
    if body[:4] == _OLE:
        return "xls"
    return "ods" if kind_of_bytes(body) == "ods" else "xlsx"


def _sheet(source: CalamineSheet, *, hidden: bool, most_rows: int) -> _Sheet:
    start = source.start or (0, 0)
    rows = [[_shown(value) for value in row[:MOST_COLUMNS]] for row in source.to_python(nrows=most_rows)]
    for (top, left), (bottom, right) in source.merged_cell_ranges or ():
        _repeat(rows, top - start[0], left - start[1], bottom - start[0], right - start[1])
    return _Sheet(source.name, tuple(map(tuple, rows)), start[0], start[1], hidden)


def _repeat(rows: list[list[str]], top: int, left: int, bottom: int, right: int) -> None:
    """Show the text of a merged cell in each cell it covers."""
    if not (0 <= top < len(rows) and 0 <= left < len(rows[top])) or not rows[top][left]:
        return
    text = rows[top][left]
    for row in rows[top : bottom + 1]:
        for column in range(left, min(right + 1, len(row))):
            row[column] = row[column] or text


def _open_csv(body: bytes, most_rows: int) -> tuple[str, list[_Sheet], list[str]] | BlindReason:
    text, _, _ = decode(body)
    if "\x00" in text:
        return BlindReason.CORRUPT
    rows: list[tuple[str, ...]] = []
    cut: list[str] = []
    try:
        for row in csv.reader(text.splitlines(keepends=True), delimiter=_delimiter(text)):
            if len(rows) == most_rows:
                cut = [CSV_SHEET]
                break
            rows.append(tuple(_one_line(cell) for cell in row[:MOST_COLUMNS]))
            cut = [CSV_SHEET] if len(row) > MOST_COLUMNS else cut
    except csv.Error:
        return BlindReason.CORRUPT
    width = max(map(len, rows), default=0)
    return "csv", [_Sheet(CSV_SHEET, tuple(row + ("",) * (width - len(row)) for row in rows))], cut


def _delimiter(text: str) -> str:
    """The delimiter that parts most lines into the same number of fields; a comma when none does."""
    best, best_score = ",", 0
    sample = text[:_SNIFF_CHARS].splitlines()[:40]
    for delimiter in (",", ";", "\t", "|"):
        with suppress(csv.Error):
            widths = [len(row) for row in csv.reader(sample, delimiter=delimiter) if row]
            usual = max(set(widths), key=widths.count, default=1)
            score = (usual > 1) * (widths.count(usual) * 100 + usual)
            if score > best_score:
                best, best_score = delimiter, score
    return best


def _shown(value: object) -> str:
    """A cell as an official would write it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.12g}"
    if isinstance(value, datetime):
        clock = f" {value:%H.%M} น." if (value.hour, value.minute) != (0, 0) else ""
        return _shown_date(value.date()) + clock
    if isinstance(value, date):
        return _shown_date(value)
    if isinstance(value, time):
        return f"{value:%H.%M}"
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60}.{minutes % 60:02d}"
    return _one_line(str(value))


def _shown_date(value: date) -> str:
    year_be = value.year if value.year >= _FIRST_BE_YEAR else value.year + BE_OFFSET
    return f"{value.day} {SHORT_MONTHS[value.month - 1]} {year_be}"


def _one_line(text: str) -> str:
    return clean(" ".join(text.split()))


def _section(sheet: _Sheet, sha256: str) -> Section:
    blocks: list[Block] = []
    for first, last, table in _parts(sheet):
        if table is None:
            for index in range(first, last + 1):
                text = " ".join(dict.fromkeys(cell for cell in sheet.rows[index] if cell))
                if text:
                    blocks.append(Line(text, Locator(sha256, sheet.place(index, index))))
            continue
        places = tuple(sheet.place(first + number, first + number) for number in table.row_numbers)
        blocks.append(Table(table.header, table.rows, table.caption, Locator(sha256, sheet.place(first, last)), places))
    heading = () if sheet.name == CSV_SHEET else (sheet.name,)
    return Section(heading, tuple(blocks), at=Locator(sha256, sheet.place(0, len(sheet.rows) - 1)))


def _parts(sheet: _Sheet) -> Iterator[tuple[int, int, GridTable | None]]:
    """First and last row of each part of a sheet, with its table; None for rows that are mere lines of text."""
    groups = _groups(sheet.rows)
    while groups:
        first, last = groups.pop(0)
        # A title block stands apart from its table by empty rows; so do parts of one table.
        while groups and groups[0][0] - last - 1 <= _GAP_ROWS_MOST and _belongs(sheet.rows, first, last, groups[0]):
            last = groups.pop(0)[1]
        rows = sheet.rows[first : last + 1]
        yield first, last, grid_table(rows) if _is_tabular(rows) else None


def _groups(rows: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """Runs of rows that are not empty."""
    groups: list[tuple[int, int]] = []
    for index, row in enumerate(rows):
        if not any(row):
            continue
        if groups and groups[-1][1] == index - 1:
            groups[-1] = (groups[-1][0], index)
        else:
            groups.append((index, index))
    return groups


def _is_tabular(rows: Sequence[Sequence[str]], least: int = 2) -> bool:
    """Whether at least so many rows have different texts side by side."""
    return sum(len({text for text in row if text}) >= 2 for row in rows) >= least


def _belongs(rows: Sequence[Sequence[str]], first: int, last: int, following: tuple[int, int]) -> bool:
    """Whether the rows after a gap go with those before: a table under its title, or more of the same table."""
    if not _is_tabular(rows[first : last + 1]):
        return True
    if not _is_tabular(rows[following[0] : following[1] + 1], least=1):
        return False
    own = grid_table(rows[first : last + 1])
    theirs = grid_table(rows[following[0] : following[1] + 1])
    return bool(own.header) and not theirs.caption and (not theirs.header or theirs.header == own.header)


def _title(sections: Sequence[Section]) -> str:
    for section in sections:
        for block in section.blocks:
            if isinstance(block, Line):
                return block.text
            if isinstance(block, Table) and block.caption:
                return block.caption[0]
    return sections[0].heading[0] if sections and sections[0].heading else ""


def _hyperlinks(body: bytes, sheets: Sequence[_Sheet], sha256: str) -> dict[str, tuple[Link, ...]]:
    """Links in cells by sheet name."""
    found: dict[str, tuple[Link, ...]] = {}
    # The cells were read; whatever is wrong with the links must not lose them.
    with suppress(Unreadable):
        package = Package(body)
        parts = sheet_parts(package)
        for sheet in sheets:
            links = links_of(package, parts[sheet.name]) if sheet.name in parts else ()
            found[sheet.name] = tuple(
                Link(url, sheet.text(ref), False, Locator(sha256, f"sheet:{sheet.name}!{ref}:{ref}"))
                for ref, url in links
            )
    return found


def _letters(column: int) -> str:
    """The letters of a column counted from 0: 0 → A, 27 → AB."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
