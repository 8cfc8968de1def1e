"""Files of rows, read as text: CSV in the encodings Thai offices use, and workbooks."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import python_calamine
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string, get_column_letter

from oitcheck.intake.formulas import link_of, source_of
from oitcheck.intake.opendocument import read_opendocument
from oitcheck.intake.rows import RowNote, UnusableFile

# Far above any list of agencies or URLs; below what would fill the memory of a small machine.
MOST_FILE_BYTES = 30 * 2**20
_MOST_UNPACKED_BYTES = 400 * 2**20
_MOST_CELLS = 5_000_000
# Cells without content pack a hundred to one; what packs better still was made to fill a memory.
_BOMB_BYTES, _BOMB_RATIO = 20 * 2**20, 250
# openpyxl takes some fifty times the size of what it reads.
_MOST_OPENPYXL_BYTES = 60 * 2**20

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_CELL = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br=["']([A-Z]{1,4})([0-9]{1,8})["']""")
_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 30
_SAMPLE_BYTES = 2_000

PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")  # how their bytes begin
# What comes renamed in place of a form: the first bytes, and what it is in Thai and English.
_OTHER_KINDS = (
    (b"%PDF", "เอกสาร PDF", "a PDF document"),
    *((start, "รูปภาพ", "a picture") for start in PICTURES),
    (b"{\\rtf", "เอกสารข้อความ (RTF)", "a text document (RTF)"),
    (b"Rar!", "แฟ้ม RAR", "a RAR archive"),
    (b"7z\xbc\xaf", "แฟ้ม 7z", "a 7z archive"),
)
_WEB_PAGES = (b"<!doctype html", b"<html", b"<?xml", b"<table", b"<meta", b"<head", b"<body", b"<div", b"<style")
_WEB_PAGE_NAMED = ("หน้าเว็บ (HTML) ที่ตั้งชื่อเป็นตาราง", "a web page (HTML) named like a table")
_OTHER_PARTS = (
    ("word/document.xml", "เอกสาร Word", "a Word document"),
    ("ppt/presentation.xml", "งานนำเสนอ PowerPoint", "a PowerPoint presentation"),
)
# Names of streams within old Office files, as they stand in the directory of the file.
_OTHER_STREAMS = (
    ("WordDocument", "เอกสาร Word", "a Word document"),
    ("PowerPoint Document", "งานนำเสนอ PowerPoint", "a PowerPoint presentation"),
    ("__properties_version1.0", "อีเมลที่บันทึกจาก Outlook (.msg)", "a mail saved by Outlook (.msg)"),
)
_ENCRYPTED_STREAM = "EncryptedPackage"
_FOLLOWED_BY_OPENPYXL = (b"hyperlink ", b't="e"', b"<f>", b"<f ", b'hidden="1"', b'hidden="true"', b"sheetProtection",
                         b"<legacyDrawing")  # fmt: skip
_OURSELVES = "oitcheck"  # who writes the comments of annotated copies

Rows = tuple[tuple[str, ...], ...]
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of cells as shown; all places are (row, column) from 0.

    `links` are addresses behind cells; `formulas` those cells whose formula has no stored value; `merged` ranges as
    (first row, first column, last row, last column); `comments` what people wrote at cells, without our own.
    """

    name: str
    rows: Rows
    links: Mapping[Place, str] = field(default_factory=dict)
    formulas: Mapping[Place, str] = field(default_factory=dict)
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden: bool = False
    comments: Mapping[Place, str] = field(default_factory=dict)

    def filled_rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Rows that hold anything, be it a formula without a value, with their index from 0."""
        calculated = {row for row, _ in self.formulas}
        return (
            (index, row)
            for index, row in enumerate(self.rows)
            if index in calculated or any(cell.strip() for cell in row)
        )


@dataclass(frozen=True, slots=True)
class Book:
    """The sheets of one file, and what is to be said of the file as a whole."""

    sheets: tuple[Sheet, ...]
    notes: tuple[RowNote, ...] = ()


def cell_name(row: int, column: int) -> str:
    """The name a spreadsheet gives a cell (`C12`), from indexes that count from 0."""
    return f"{get_column_letter(column + 1)}{row + 1}"


def content_of(path: Path) -> bytes:
    """The bytes of a file. Raises UnusableFile: missing, a folder, locked, too large, empty."""
    where = str(path)
    if path.name.startswith("~$"):
        raise UnusableFile("file_open_mark", where)
    try:
        with path.open("rb") as file:
            content = file.read(MOST_FILE_BYTES + 1)  # a device has no size of its own and no end
    except FileNotFoundError as error:
        raise UnusableFile("file_missing", where) from error
    except IsADirectoryError as error:
        raise UnusableFile("file_is_folder", where) from error
    except PermissionError as error:
        raise UnusableFile("file_forbidden", where) from error
    except OSError as error:
        raise UnusableFile("file_not_readable", where, error.strerror or "") from error
    if len(content) > MOST_FILE_BYTES:
        raise UnusableFile("file_too_large", where, f"{MOST_FILE_BYTES // 2**20} MiB")
    return content


def read_book(content: bytes, where: str) -> Book:
    """The sheets of a workbook, or the one of a CSV file (named ""). The bytes decide, not the name of the file.

    Raises UnusableFile, naming `where`: too large, protected, damaged, another kind of document.
    """
    if not content.strip():
        raise UnusableFile("file_empty", where)
    _refuse_other_kinds(content, where)
    if content.startswith((_ZIP, _OLE)):
        return _workbook(content, where)
    return Book((Sheet("", _csv_rows(content, where)),))


def _refuse_other_kinds(content: bytes, where: str) -> None:
    for start, thai, english in _OTHER_KINDS:
        if content.startswith(start):
            raise UnusableFile("file_other_kind", where, thai, english)
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:64].lower().startswith(_WEB_PAGES):
        raise UnusableFile("file_other_kind", where, *_WEB_PAGE_NAMED)
    if content.startswith(_OLE):
        if _holds_stream(content, _ENCRYPTED_STREAM):
            raise UnusableFile("file_password", where)
        for name, thai, english in _OTHER_STREAMS:
            if _holds_stream(content, name):
                raise UnusableFile("file_other_kind", where, thai, english)


def _holds_stream(content: bytes, name: str) -> bool:
    return name.encode("utf-16-le") in content


def _csv_rows(content: bytes, where: str) -> Rows:
    text = _decoded(content, where).replace("\0", "")
    first, _, rest = text.partition("\n")
    # Excel's own way to name the delimiter. The line is kept as an empty one, so that row numbers stay right.
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        delimiter, text = first.strip()[-1], "\n" + rest
    else:
        delimiter = _delimiter(text)
    try:
        return tuple(tuple(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise UnusableFile("csv_broken", where, str(error)) from error


def _delimiter(text: str) -> str:
    """The delimiter of the first line that has one at least twice (a title above the header may hold a comma)."""
    lines = text.split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES]
    for line in lines:
        counts = Counter({delimiter: line.count(delimiter) for delimiter in _DELIMITERS})
        delimiter, count = counts.most_common(1)[0]
        if count >= 2:
            return delimiter
    return max(_DELIMITERS, key=lines[0].count)


def _decoded(content: bytes, where: str) -> str:
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else _unmarked(content)
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnusableFile("letters_unknown", where)


def _unmarked(content: bytes) -> tuple[str, ...]:
    """The encodings to try without a byte order mark: every second byte of Latin letters in UTF-16 is zero."""
    sample = content[:_SAMPLE_BYTES]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 4 >= len(sample) // 2 and min(even, odd) * 20 <= max(even, odd):
        return ("utf-16-le",) if odd > even else ("utf-16-be",)
    return ("utf-8-sig", "cp874")


def _workbook(content: bytes, where: str) -> Book:
    is_zip = content.startswith(_ZIP)
    document = read_opendocument(content) if is_zip and _is_opendocument(content) else None
    if document is not None:
        _refuse_too_many(document.most_cells, where, "")
    notes: list[RowNote] = []
    wants_openpyxl = False
    if is_zip:
        wants_openpyxl, macros = _looked_through(content, where)
        if macros:
            notes.append(RowNote("macros_ignored", ""))
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        kinds = {sheet.name: sheet for sheet in book.sheets_metadata}
        sheets = []
        for name in book.sheet_names:
            kind = kinds.get(name)
            if kind is not None and kind.typ != python_calamine.SheetTypeEnum.WorkSheet:
                notes.append(RowNote("chart_sheet", "", name))
                continue
            sheets.append(_sheet(book.get_sheet_by_name(name), kind, where))
    except python_calamine.PasswordError as error:
        raise UnusableFile("file_password", where) from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise UnusableFile("file_damaged", where) from error
    if not is_zip:
        notes.append(RowNote("links_not_readable", ""))
    elif document is not None:
        sheets = [replace(sheet, links=document.links.get(sheet.name, {})) for sheet in sheets]
    if wants_openpyxl:
        sheets, protected = _with_what_openpyxl_tells(content, sheets)
        if protected:
            notes.append(RowNote("book_protected", ""))
    return Book(tuple(sheets), tuple(notes))


def _sheet(sheet: Any, kind: Any, where: str) -> Sheet:
    # A range that begins far below the first row is filled up to it.
    _refuse_too_many(sheet.total_height * sheet.total_width, where, sheet.name)
    rows = tuple(tuple(_shown(cell) for cell in row) for row in sheet.to_python(skip_empty_area=False))
    merged = tuple((r1, c1, r2, c2) for (r1, c1), (r2, c2) in sheet.merged_cell_ranges or ())
    hidden = kind is not None and kind.visible != python_calamine.SheetVisibleEnum.Visible
    return Sheet(sheet.name, rows, merged=merged, hidden=hidden)


def _is_opendocument(content: bytes) -> bool:
    return content[30:38] == b"mimetype"


def _looked_through(content: bytes, where: str) -> tuple[bool, bool]:
    """Whether openpyxl must be asked too (it alone tells links, errors, hidden rows; it is slow), and any macros.

    Raises UnusableFile for another kind of document, a damaged archive, one that unpacks to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            for name, thai, english in _OTHER_PARTS:
                if name in names:
                    raise UnusableFile("file_other_kind", where, thai, english)
            if any(part.flag_bits & 1 for part in parts):
                raise UnusableFile("file_password", where)
            size = sum(part.file_size for part in parts)
            if size > _MOST_UNPACKED_BYTES or (size > _BOMB_BYTES and size > _BOMB_RATIO * len(content)):
                raise UnusableFile("file_unpacks_too_large", where)
            # Every part is unpacked once here, within its declared size: a part that lies about it ends the reading.
            told = [_tells(archive, part, where) for part in parts if part.filename.endswith((".xml", ".rels"))]
            macros = any(name.endswith("vbaProject.bin") for name in names)
            return any(told) and size <= _MOST_OPENPYXL_BYTES, macros
    except (zipfile.BadZipFile, OSError, RuntimeError, zlib.error, NotImplementedError, EOFError) as error:
        raise UnusableFile("file_damaged", where) from error


def _tells(archive: zipfile.ZipFile, part: zipfile.ZipInfo, where: str) -> bool:
    content = archive.read(part)
    if part.filename == "xl/workbook.xml":
        return b'lockStructure="1"' in content
    if not part.filename.startswith("xl/worksheets/"):
        return False
    _refuse_too_many(_extent(content), where, part.filename)
    return any(mark in content for mark in _FOLLOWED_BY_OPENPYXL)


def _extent(content: bytes) -> int:
    """How many cells the range of a worksheet has, from its first to its last cell."""
    rows, columns = [], set()
    for match in _CELL.finditer(content):
        columns.add(match[1])
        rows.append(int(match[2]))
    if not rows:
        return content.count(b"<c")
    numbers = [column_index_from_string(letters.decode()) for letters in columns if len(letters) <= 3]
    width = max(numbers, default=1) - min(numbers, default=1) + 1
    return (max(rows) - min(rows) + 1) * width


def _refuse_too_many(cells: int, where: str, sheet: str) -> None:
    """Refuse what would fill the memory before anything of it is made: the reader of cells makes a whole range."""
    if cells > _MOST_CELLS:
        raise UnusableFile("sheet_too_large", where, sheet)


def _with_what_openpyxl_tells(content: bytes, sheets: list[Sheet]) -> tuple[list[Sheet], bool]:
    """The sheets with addresses behind cells, formulas without value, error values and hidden rows; and protection."""
    try:
        book = load_workbook(io.BytesIO(content))
        calculated = any(cell.data_type == "f" for sheet in book.worksheets for cell in sheet._cells.values())
        values = load_workbook(io.BytesIO(content), data_only=True) if calculated else book
    except Exception:  # openpyxl raises whatever a strange file makes it stumble over; the cells are read without it
        return sheets, False
    told = {sheet.title: sheet for sheet in book.worksheets}
    stored = {sheet.title: sheet for sheet in values.worksheets}
    protected = bool(book.security and book.security.lockStructure)
    protected = protected or any(sheet.protection.sheet for sheet in told.values())
    found = []
    for sheet in sheets:
        both = told.get(sheet.name), stored.get(sheet.name)
        found.append(_completed(sheet, *both) if all(one is not None for one in both) and sheet.rows else sheet)
    return found, protected


def _completed(sheet: Sheet, told: Any, stored: Any) -> Sheet:
    links: dict[Place, str] = {}
    formulas: dict[Place, str] = {}
    comments: dict[Place, str] = {}
    rows = [list(row) for row in sheet.rows]
    width = max(map(len, rows))
    cells = {(cell.row - 1, cell.column - 1): cell for cell in told._cells.values()}
    for (row, column), cell in sorted(cells.items()):
        if row >= len(rows) or column >= width:
            # A formula without a stored value in the last row or column is no cell to the other reader.
            if cell.data_type != "f":
                continue
            rows += [[] for _ in range(row + 1 - len(rows))]
        rows[row] += [""] * (column + 1 - len(rows[row]))
        if cell.comment is not None and cell.comment.author != _OURSELVES:
            comments[row, column] = cell.comment.text
        if cell.hyperlink is not None and (cell.hyperlink.target or cell.hyperlink.location):
            links[row, column] = _address(cell.hyperlink)
        if cell.data_type == "f":
            source = source_of(cell.value)
            value = stored.cell(row + 1, column + 1)
            address, label = link_of(source, lambda name: _stored_value(stored, name))
            if address:
                links[row, column] = address
                rows[row][column] = rows[row][column] or label
            elif value.value is None:
                formulas[row, column] = source
        shown = stored.cell(row + 1, column + 1)
        # An error value (#N/A) is shown as Excel shows it: an empty cell would hide a broken formula.
        if shown.data_type == "e" and not rows[row][column]:
            rows[row][column] = str(shown.value)
    hidden = frozenset(number - 1 for number, row in told.row_dimensions.items() if row.hidden)
    return replace(
        sheet, rows=tuple(map(tuple, rows)), links=links, formulas=formulas, hidden_rows=hidden, comments=comments
    )


def _stored_value(sheet: Any, name: str) -> Any:
    try:
        return sheet[name].value
    except (ValueError, KeyError):  # a cell beyond the edge of a sheet
        return None


def _address(hyperlink: Any) -> str:
    if not hyperlink.target:
        return ""
    return str(hyperlink.target) + (f"#{hyperlink.location}" if hyperlink.location else "")


def _shown(value: Any) -> str:
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)
