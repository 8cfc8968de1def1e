"""The agency's own workbook with a column that says what became of each row, to be sent back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Literal

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_from_string

from oitcheck.intake.attachments import Attachment
from oitcheck.intake.file_names import cut
from oitcheck.intake.formulas import link_of, source_of
from oitcheck.intake.messages import word
from oitcheck.intake.rows import FileReport, RowNote, RowOutcome, RowReport, ranges
from oitcheck.lib.cell_text import height_of, lines_in

Language = Literal["th", "en"]

_FONT, _SIZE_POINTS = "TH Sarabun New", 14
_SYMBOLS = {RowOutcome.ACCEPTED: "✓", RowOutcome.CORRECTED: "△", RowOutcome.REJECTED: "✕"}
# Light to dark in this order, so that the three stay apart in grey.
_FILLS = {
    RowOutcome.ACCEPTED: ("E7F4EC", "1F6F43"),
    RowOutcome.CORRECTED: ("F0D48A", "4D3700"),
    RowOutcome.REJECTED: ("A3262A", "FFFFFF"),
}
_SKIPPED_FILL = ("F1F3F5", "5A6675")
# What is said of rows that no table holds.
_SKIPPED_CODES = frozenset({"rows_beside", "sheet_without_table"})
_HEAD_FILL = "0B5C6B"
_RESULT_WIDTH, _COMMENT_WIDTH, _COMMENT_HEIGHT = 46, 320, 150
_MOST_CHARACTERS, _MOST_COMMENT_CHARACTERS = 32_000, 1_500
_MOST_COLUMNS = 16_384
# With an id of at most 64 letters, the words of the name and a number, below the 255 bytes of a file system.
_MOST_STEM_BYTES = 120
# openpyxl takes some fifty times the size of what it reads.
_MOST_UNPACKED_BYTES = 60 * 2**20
_EDGE = Border(*[Side(style="thin", color="9AA5B1")] * 4)


def annotated_copy(
    attachment: Attachment, rows: Sequence[RowReport], files: Sequence[FileReport], language: Language = "th"
) -> bytes:
    """The bytes of an XLSX: the workbook as it came with a result beside each table, and a summary sheet.

    Macros are left out. Of files that are no XLSX, or that cannot be kept as they are, it holds the rows only.
    `rows` and `files` are the reports on this file.
    """
    book = _as_it_came(attachment.content)
    if book is None:
        book = Workbook()
        book.remove(book.active)
        _write_rows(book, rows, language)
    else:
        for sheet in book.worksheets:
            own = [row for row in rows if row.sheet == sheet.title]
            headers = next((one.headers for one in files if one.sheet == sheet.title), ())
            if own:
                _write_beside(sheet, own, headers, language)
    _write_summary(book, rows, files, language)
    book.properties.lastModifiedBy = "oitcheck"  # until somebody fills it in again
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def copy_name(attachment: Attachment, language: Language = "th", rows: Sequence[RowReport] = ()) -> str:
    """The name of the copy, safe in any folder; with the id of the agency whose `rows` it holds, when it is one."""
    stem = PurePosixPath(attachment.base_name).stem or "form"
    agencies = {row.agency_id for row in rows if row.agency_id}
    own = agencies.pop() if len(agencies) == 1 else ""
    if own and own.lower() not in stem.lower().split():
        stem = f"{cut(stem, _MOST_STEM_BYTES)} {own}"
    return f"{stem} ({word('result', language)}).xlsx"


def _as_it_came(content: bytes) -> Any:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if not any(part.filename == "xl/workbook.xml" for part in parts):
                return None
            if sum(part.file_size for part in parts) > _MOST_UNPACKED_BYTES:
                return None
        return _without_formulas(content)
    except Exception:  # whatever a strange file makes openpyxl stumble over; the rows are written instead
        return None


def _without_formulas(content: bytes) -> Any:
    """The workbook with the stored values of its formulas: a copy sent on must not run what somebody put in it."""
    book = load_workbook(io.BytesIO(content), data_only=True)
    for formulas in load_workbook(io.BytesIO(content)).worksheets:
        for cell in formulas._cells.values():
            if cell.data_type != "f":
                continue
            source = source_of(cell.value)
            kept = book[formulas.title].cell(cell.row, cell.column)
            address, label = link_of(source)
            if address:
                kept.value = kept.value or label or address
                kept.hyperlink = address if address.lower().startswith(("http:", "https:")) else None
            elif kept.value is None:
                kept.value = source
            if isinstance(kept.value, str):
                kept.data_type = "s"
                kept.quotePrefix = True
    return book


def _write_beside(sheet: Any, rows: Sequence[RowReport], headers: Sequence[int], language: Language) -> None:
    column = _result_column(sheet, headers, language)
    by_row: dict[int, list[RowReport]] = {}
    for row in rows:
        by_row.setdefault(row.row, []).append(row)
    for number in headers or (max(min(by_row) - 1, 1),):
        _write(sheet, number, column, word("result", language), fill=_HEAD_FILL, ink="FFFFFF", bold=True)
    for number, reports in by_row.items():
        worst = max(reports, key=lambda one: list(RowOutcome).index(one.outcome)).outcome
        text = "\n".join(_told(one, language, with_item=len(reports) > 1) for one in reports)
        fill, ink = _FILLS[worst]
        _write(sheet, number, column, text, fill=fill, ink=ink, bold=worst is RowOutcome.REJECTED)
        _make_room(sheet, number, (text, _RESULT_WIDTH))
    for cell, told in _by_cell(rows, language).items():
        _comment(sheet, cell, told, language)
    letter = get_column_letter(column)
    sheet.column_dimensions[letter].width = _RESULT_WIDTH
    sheet.column_dimensions[letter].hidden = False


def _result_column(sheet: Any, headers: Sequence[int], language: Language) -> int:
    """The column right of everything, or the one of an earlier copy that was filled in again."""
    title = word("result", language)
    for row in headers:
        for cell in sheet[row]:
            if cell.value == title:
                return int(cell.column)
    return int(min(sheet.max_column + 1, _MOST_COLUMNS))


def _told(row: RowReport, language: Language, *, with_item: bool = False) -> str:
    """What became of a row, in words."""
    head = f"{_SYMBOLS[row.outcome]} {word(row.outcome.value, language)}"
    if row.item and (with_item or row.outcome is not RowOutcome.REJECTED):
        head += f" {row.item}"
    return "\n".join([head, *(_sentence(note, language) for note in row.notes)])


def _sentence(note: RowNote, language: Language) -> str:
    remedy = note.remedy(language, to_agency=True)
    return note.says(language) + (f" → {remedy}" if remedy else "")


def _by_cell(rows: Sequence[RowReport], language: Language) -> dict[str, dict[str, list[int]]]:
    """What is to be said at a cell, each sentence with the rows it is said of."""
    told: dict[str, dict[str, list[int]]] = {}
    for row in rows:
        for note in row.notes:
            if note.cell:
                told.setdefault(note.cell, {}).setdefault(_sentence(note, language), []).append(row.row)
    return told


def _comment(sheet: Any, place: str, told: Mapping[str, Sequence[int]], language: Language) -> None:
    """Put the sentences on the cell they are about, below what stands there."""
    try:
        coordinate_from_string(place)
        cell = sheet[place]
    except (ValueError, KeyError):
        return
    if not isinstance(cell, Cell):  # within a merged block only its first cell can bear a comment
        return
    lines = [cell.comment.text] if cell.comment else []
    for sentence, numbers in told.items():
        about = f"{word('rows', language, rows=ranges(numbers))}: " if len(set(numbers)) > 1 else ""
        lines += [f"{about}{sentence}"] if all(sentence not in line for line in lines) else []
    text = "\n".join(lines)[:_MOST_COMMENT_CHARACTERS]
    cell.comment = Comment(_plain(text), "oitcheck", width=_COMMENT_WIDTH, height=_COMMENT_HEIGHT)


def _write_rows(book: Any, rows: Sequence[RowReport], language: Language) -> None:
    sheet = book.create_sheet(word("result", language))
    names = ("sheet", "row", "agency", "item", "urls", "result", "notes")
    for column, (name, width) in enumerate(zip(names, (18, 8, 18, 8, 60, 24, 80), strict=True), start=1):
        _write(sheet, 1, column, word(name, language), fill=_HEAD_FILL, ink="FFFFFF", bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    for number, row in enumerate(rows, start=2):
        notes = "\n".join(_sentence(note, language) for note in row.notes)
        cells = (row.sheet, str(row.row), row.agency_id, row.item, "\n".join(row.urls), None, notes)
        for column, text in enumerate(cells, start=1):
            if text is not None:
                _write(sheet, number, column, text)
        fill, ink = _FILLS[row.outcome]
        told = f"{_SYMBOLS[row.outcome]} {word(row.outcome.value, language)}"
        _write(sheet, number, 6, told, fill=fill, ink=ink, bold=row.outcome is RowOutcome.REJECTED)
        _make_room(sheet, number, ("\n".join(row.urls), 60), (notes, 80))
    sheet.freeze_panes = "A2"
    _print_set_up(sheet)


def _write_summary(book: Any, rows: Sequence[RowReport], files: Sequence[FileReport], language: Language) -> None:
    title = word("summary_sheet", language)
    if title in book.sheetnames:  # of an earlier copy that was filled in again
        book.remove(book[title])
    sheet = book.create_sheet(title)
    counts = {outcome.value: sum(row.outcome is outcome for row in rows) for outcome in RowOutcome}
    _write(sheet, 1, 1, word("counts", language, rows=len(rows), **counts), bold=True, wrap=False)
    line = 3
    for name, column in (("place", 1), ("result", 2), ("notes", 3)):
        _write(sheet, line, column, word(name, language), fill=_HEAD_FILL, ink="FFFFFF", bold=True)
    for place, outcome, notes in _listed(rows, files):
        line += 1
        _write(sheet, line, 1, place)
        fill, ink = _FILLS[outcome] if outcome is not None else _SKIPPED_FILL
        ended = word("skipped", language) if outcome is None else f"{_SYMBOLS[outcome]} {word(outcome.value, language)}"
        _write(sheet, line, 2, ended, fill=fill, ink=ink)
        told = "\n".join(_sentence(note, language) for note in notes)
        _write(sheet, line, 3, told)
        _make_room(sheet, line, (place, 30), (told, 100))
    for letter, width in (("A", 30), ("B", 24), ("C", 100)):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A4"
    _print_set_up(sheet)


def _listed(
    rows: Sequence[RowReport], files: Sequence[FileReport]
) -> Iterable[tuple[str, RowOutcome | None, tuple[RowNote, ...]]]:
    """What has to be said, the rejected first; without an outcome what was skipped."""
    for one in files:
        at = f"[{one.sheet}]" if one.sheet else one.file
        skipped = tuple(note for note in one.notes if note.code in _SKIPPED_CODES)
        if others := tuple(note for note in one.notes if note not in skipped):
            yield at, one.outcome, others
        if skipped:
            yield at, None, skipped
    for outcome in (RowOutcome.REJECTED, RowOutcome.CORRECTED):
        for row in rows:
            if row.outcome is outcome:
                cell = next((note.cell for note in row.notes if note.cell), str(row.row))
                yield f"[{row.sheet}] {cell}" if row.sheet else cell, outcome, row.notes


def _make_room(sheet: Any, row: int, *cells: tuple[str, float]) -> None:
    """Make a row as high as its texts need, each given with the width of its column; never lower than it is."""
    needed = height_of(max(lines_in(text, width) for text, width in cells), _SIZE_POINTS)
    sheet.row_dimensions[row].height = max(needed, sheet.row_dimensions[row].height or 0.0)


def _print_set_up(sheet: Any) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _write(
    sheet: Any, row: int, column: int, text: str, *, fill: str = "", ink: str = "000000", bold: bool = False,
    wrap: bool = True,
) -> None:  # fmt: skip
    cell = sheet.cell(row, column)
    if not isinstance(cell, Cell):
        return
    cell.value = _plain(text)[:_MOST_CHARACTERS]
    # A text that looks like a formula stays a text, also when somebody edits its cell.
    cell.data_type = "s"
    cell.font = Font(name=_FONT, size=_SIZE_POINTS, bold=bold, color=ink)
    cell.alignment = Alignment(wrap_text=wrap, vertical="top")
    cell.quotePrefix = True
    if fill:
        cell.fill = PatternFill("solid", fgColor=fill)
        cell.border = _EDGE


def _plain(text: str) -> str:
    """The text without control characters, which break XML."""
    return "".join(
        char for char in text if char in "\n\t" or (ord(char) >= 0x20 and ord(char) not in (0x7F, 0xFFFE, 0xFFFF))
    )
