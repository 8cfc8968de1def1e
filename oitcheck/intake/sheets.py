"""Files of rows, read as text: CSV in the encodings Thai offices use, and workbooks."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import python_calamine
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from oitcheck.errors import IntakeError

# Far above any list of agencies or URLs; below what would fill the memory of a small machine.
_MOST_FILE_BYTES = 30 * 2**20
_MOST_UNPACKED_BYTES = 400 * 2**20
_MOST_CELLS = 5_000_000

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_DELIMITERS = ",;\t"

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of cells as shown. `links` are addresses behind cells, keyed by (row, column), both from 0."""

    name: str
    rows: Rows
    links: dict[tuple[int, int], str] = field(default_factory=dict)

    def filled_rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Rows that hold anything, with their index from 0."""
        return ((index, row) for index, row in enumerate(self.rows) if any(cell.strip() for cell in row))


def cell_name(row: int, column: int) -> str:
    """The name a spreadsheet gives a cell (`C12`), from indexes that count from 0."""
    return f"{get_column_letter(column + 1)}{row + 1}"


def read_sheets(path: Path) -> tuple[Sheet, ...]:
    """All sheets of a workbook, or the one of a CSV file (named ""). The content decides, not the name of the file.

    Raises IntakeError when the file cannot be read: missing, a folder, locked, too large, protected, damaged.
    """
    content = _content(path)
    if content.startswith((_ZIP, _OLE)):
        return _workbook(content, str(path))
    return (Sheet("", _csv_rows(content, str(path))),)


def _content(path: Path) -> bytes:
    where = str(path)
    if path.name.startswith("~$"):
        remedy = "Name the workbook itself, without ~$, and close it in Excel."
        raise IntakeError("this is the mark Excel leaves beside an open workbook", where=where, remedy=remedy)
    try:
        size_bytes = path.stat().st_size
        if size_bytes > _MOST_FILE_BYTES:
            told = f"the file is larger than {_MOST_FILE_BYTES // 2**20} MiB"
            raise IntakeError(told, where=where, remedy="Remove pictures and other sheets, or divide the file.")
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise IntakeError("there is no such file", where=where, remedy="Check the name of the file.") from error
    except IsADirectoryError as error:
        raise IntakeError("this is a folder, not a file", where=where, remedy="Name one file in it.") from error
    except OSError as error:
        remedy = "Close it in other programs and check who may read it."
        raise IntakeError(f"the file cannot be read: {error.strerror}", where=where, remedy=remedy) from error
    if not content.strip():
        raise IntakeError("the file is empty", where=where, remedy="It needs at least a header row.")
    return content


def _csv_rows(content: bytes, where: str) -> Rows:
    text = _decoded(content, where).replace("\0", "")
    first, _, rest = text.partition("\n")
    # Excel's own way to name the delimiter. The line is kept as an empty one, so that row numbers stay right.
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        delimiter, text = first.strip()[-1], "\n" + rest
    else:
        delimiter = max(_DELIMITERS, key=first.count)
    try:
        return tuple(tuple(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        remedy = "Save it again as CSV UTF-8, or as a workbook."
        raise IntakeError(f"the file is no proper CSV: {error}", where=where, remedy=remedy) from error


def _decoded(content: bytes, where: str) -> str:
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp874")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    remedy = "Save it as CSV UTF-8, or as a workbook."
    raise IntakeError("the letters of the file are neither UTF-8 nor Thai Windows", where=where, remedy=remedy)


def _workbook(content: bytes, where: str) -> tuple[Sheet, ...]:
    may_have_links = content.startswith(_ZIP) and _holds_links_or_errors(content, where)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        read = {name: _cells(book.get_sheet_by_name(name), where) for name in book.sheet_names}
    except python_calamine.PasswordError as error:
        remedy = "Save it without a password."
        raise IntakeError("the workbook is protected by a password", where=where, remedy=remedy) from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        remedy = "Open it in Excel and save it again as .xlsx."
        raise IntakeError("the workbook is damaged or of an unknown kind", where=where, remedy=remedy) from error
    links: dict[str, dict[tuple[int, int], str]] = {}
    if may_have_links:
        links, errors = _links_and_errors(content, read)
        read = {name: _with_errors(rows, errors.get(name, {})) for name, rows in read.items()}
    return tuple(Sheet(name, rows, links.get(name, {})) for name, rows in read.items())


def _cells(sheet: Any, where: str) -> Rows:
    if sheet.total_height * sheet.total_width > _MOST_CELLS:
        remedy = "Delete empty rows and columns that bear only colours, or divide the file."
        raise IntakeError(f"sheet {sheet.name!r} has too many cells", where=where, remedy=remedy)
    return tuple(tuple(_shown(cell) for cell in row) for row in sheet.to_python(skip_empty_area=False))


def _holds_links_or_errors(content: bytes, where: str) -> bool:
    """Whether a workbook has any hyperlink or error value (#N/A): openpyxl, which alone tells them, is slow."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _MOST_UNPACKED_BYTES:
                remedy = "Remove pictures and other sheets, or divide the file."
                raise IntakeError("the workbook is too large when unpacked", where=where, remedy=remedy)
            names = [name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
            return any(b"hyperlink " in sheet or b't="e"' in sheet for sheet in map(archive.read, names))
    except (zipfile.BadZipFile, OSError, RuntimeError, zlib.error, NotImplementedError):
        return False  # the reading of its cells says what is wrong with it


def _links_and_errors(
    content: bytes, read: dict[str, Rows]
) -> tuple[dict[str, dict[tuple[int, int], str]], dict[str, dict[tuple[int, int], str]]]:
    """Addresses behind the cells of an .xlsx and error values such as #N/A, each by sheet and (row, column)."""
    links: dict[str, dict[tuple[int, int], str]] = {}
    errors: dict[str, dict[tuple[int, int], str]] = {}
    try:
        book = load_workbook(io.BytesIO(content), data_only=True)
    except Exception:  # openpyxl raises whatever a strange file makes it stumble over; the cells are read without it
        return links, errors
    for sheet in book.worksheets:
        rows = read.get(sheet.title, ())
        if not rows:
            continue
        own_links, own_errors = links.setdefault(sheet.title, {}), errors.setdefault(sheet.title, {})
        for cell in (c for row in sheet.iter_rows(max_row=len(rows), max_col=max(map(len, rows))) for c in row):
            place = (cell.row - 1, cell.column - 1)
            if cell.hyperlink and cell.hyperlink.target:
                location = cell.hyperlink.location
                own_links[place] = cell.hyperlink.target + (f"#{location}" if location else "")
            if cell.data_type == "e":
                own_errors[place] = str(cell.value)
    return links, errors


def _with_errors(rows: Rows, errors: dict[tuple[int, int], str]) -> Rows:
    """The rows with error values shown as Excel shows them: an empty cell would hide a broken formula."""
    return tuple(
        tuple(text or errors.get((index, column), "") for column, text in enumerate(row))
        for index, row in enumerate(rows)
    )


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
