"""From a rectangular grid of shown strings to the parts of a table: title block, header, body. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from oitcheck.lib.thai_text import arabic_digits, fold

MAX_COLUMNS = 200
MAX_ROWS = 20_000
# A hostile colspan × rowspan may ask for billions of cells; no table of an agency comes near this many.
MAX_CELLS = 1_000_000

_TITLE_ROWS_MOST = 8
_HEADER_ROWS_MOST = 3
_HEADER_SEARCH_ROWS = 6
_BODY_SAMPLE_ROWS = 12
_LONG_CELL_CHARS = 120

_NUMBER = re.compile(r"^[(\-+฿$]?\s*\d[\d,. ]*\s*(%|บาท|ราย|คน|ครั้ง|เรื่อง|โครงการ|วัน|\)|-)?$")
_YEAR_LABEL = re.compile(r"^(พ\.?ศ\.?\s*)?(25\d\d|20\d\d)$")
_DATE = re.compile(r"\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{2,4}|^\d{1,2}\s+\S+\s+(\d{2}|\d{4})$")
_CONTACT = re.compile(r"\S+@\S+|https?://|\b0[\d\-. ]{7,}\d")
_MONEY = re.compile(r"\d{1,3}(,\d{3})+|\d+\.\d\d\b")
_COLUMN_NUMBER = re.compile(r"^\(?(\d{1,2})\)?[.=]?$")
_PERSON = re.compile(r"^(นาย|นาง|นางสาว|น\.ส\.|ว่าที่|ด\.ต\.|พ\.จ\.อ\.|ส\.อ\.|จ\.ส\.อ\.|ดร\.)\s?[ก-ฮเ-ไ]")
# Words that head columns in every kind of paper; they only tell a header row from a first row of data.
_HEADER_PREFIXES = tuple(
    fold(word)
    for word in (
        "ลำดับ", "ที่", "รายการ", "ชื่อ", "จำนวน", "วันที่", "วันเดือนปี", "หมายเหตุ", "งบประมาณ", "วงเงิน", "ราคา",
        "ผลการ", "ตำแหน่ง", "วิธี", "เลขที่", "ผู้รับ", "ผู้เสนอ", "ผู้ได้", "ผู้ชนะ", "ผู้ดำ", "หน่วยงาน", "ระยะเวลา",
        "ประเภท", "รายละเอียด", "ขั้นตอน", "สถานะ", "ร้อยละ", "ค่าธรรมเนียม", "งานที่", "เหตุผล", "คงเหลือ", "เบอร์โทร",
        "โทรศัพท์", "อีเมล", "ตัวชี้วัด", "เป้าหมาย", "หัวข้อ", "ประเด็น", "ช่องทาง", "ดาวน์โหลด", "ส่วนราชการ", "ปีงบประมาณ",
        "รายชื่อ", "วัตถุประสงค์", "กลุ่มเป้าหมาย", "เหตุการณ์", "โอกาส", "ระดับ", "กำหนด", "สถานที่", "no.", "item",
    )
)  # fmt: skip
# These also begin ordinary values ("โครงการอบรม…"), so the cell must consist of them.
_HEADER_WHOLE = frozenset(
    fold(word)
    for word in (
        "ผล", "เดือน", "โครงการ", "กิจกรรม", "แผน", "มาตรการ", "เอกสาร", "งาน", "รวม", "ข้อ", "หลักสูตร", "ไฟล์", "ไตรมาส",
        "พ.ศ.", "ปี", "เวลา", "บริการ", "ความเสี่ยง", "กลุ่มงาน", "การดำเนินการ", "การดำเนินงาน", "บาท", "ราย", "เรื่อง",
        "ครั้ง", "คน", "ว/ด/ป", "date", "name", "title", "file", "no", "ฝ่าย", "กอง", "สำนัก", "ชื่อโครงการ", "ผู้บริหาร",
    )
)  # fmt: skip
_PARTS = re.compile(r"[/\s(),]+")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as written in the source, before its spans are repeated."""

    text: str
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class GridTable:
    """The parts of a table. `row_numbers` gives for each body row its index (from 0) in the grid it came from.

    `header` is empty when no header row could be told; `first_body_row` is the grid index where the body starts.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: tuple[str, ...]
    row_numbers: tuple[int, ...]
    first_body_row: int = 0


def expand(
    rows: Sequence[Sequence[Cell]], *, max_rows: int = MAX_ROWS, max_columns: int = MAX_COLUMNS
) -> tuple[tuple[str, ...], ...]:
    """A rectangular grid in which every merged cell is repeated, one grid row for each source row.

    Spans are cut at `max_columns` and at the last source row; rows beyond `max_rows` are left out.
    """
    rows = rows[: min(max_rows, max(1, MAX_CELLS // max(1, min(max_columns, _widest(rows)))))]
    grid: list[list[str]] = []
    open_spans: dict[int, tuple[str, int]] = {}  # column → text, rows it still covers
    for source in rows:
        line: list[str] = []
        waiting = list(reversed(source))
        while len(line) < max_columns and (waiting or any(column >= len(line) for column in open_spans)):
            column = len(line)
            if column in open_spans:
                text, left = open_spans.pop(column)
                if left > 1:
                    open_spans[column] = (text, left - 1)
                line.append(text)
                # Spans already served in this row stay behind the cursor; only those ahead matter.
                if not waiting and not any(c > column for c in open_spans):
                    break
                continue
            if not waiting:
                line.append("")
                continue
            cell = waiting.pop()
            for _ in range(max(1, min(cell.columns, max_columns - column))):
                if len(line) in open_spans and len(line) > column:
                    break
                if cell.rows > 1:
                    open_spans[len(line)] = (cell.text, cell.rows - 1)
                line.append(cell.text)
        grid.append(line)
    width = max((len(line) for line in grid), default=0)
    return tuple(tuple(line + [""] * (width - len(line))) for line in grid)


def grid_table(cells: Sequence[Sequence[str]], *, header_rows: int | None = None) -> GridTable:
    """The title block, header and body of a grid in which merged cells are already repeated.

    `header_rows` is the number of leading rows known to hold header cells only (title rows among them counted); None
    when the source does not tell, 0 when it tells that there are none. Empty rows, rows of column numbers under the
    header and repetitions of title and header inside the body are left out; total rows stay.
    """
    grid = _squared(cells)
    filled = [index for index, row in enumerate(grid) if any(row)]
    if not filled:
        return GridTable((), (), (), ())
    width = len(grid[0])
    known = header_rows if header_rows is not None and header_rows < len(grid) + (len(filled) == 1) else None
    if known is not None and known > _HEADER_ROWS_MOST + _TITLE_ROWS_MOST:
        known = None
    titles = _title_rows(grid, filled, width)
    rest = filled[len(titles) :]
    header, above = _header_rows(grid, rest, known)
    if titles and not header and not rest:
        titles, rest = [], filled
    titles = titles + above
    body = [index for index in rest if index not in above and index not in header]
    names = _joined_header([grid[index] for index in header])
    repeated = {_key(grid[index]) for index in (*header, *titles)}
    kept: list[int] = []
    after_header = bool(header)
    for index in body:
        if _key(grid[index]) in repeated:
            after_header = index not in titles and bool(header)
            continue
        if after_header and _is_column_numbers(grid[index]):
            continue
        after_header = False
        kept.append(index)
    return GridTable(
        header=names,
        rows=tuple(grid[index] for index in kept),
        caption=tuple(_row_text(grid[index]) for index in titles),
        row_numbers=tuple(kept),
        first_body_row=(body[0] if body else len(grid)),
    )


def looks_like_data(text: str) -> bool:
    """Whether a cell holds a value (number, money, date, contact, a person's name) rather than a name of a column."""
    text = arabic_digits(text.strip())
    if not text or _YEAR_LABEL.match(text):
        return False
    return bool(
        _NUMBER.match(text) or _DATE.search(text) or _CONTACT.search(text) or _MONEY.search(text) or _PERSON.match(text)
    )


def _widest(rows: Sequence[Sequence[Cell]]) -> int:
    return max((sum(max(1, cell.columns) for cell in row) for row in rows), default=1)


def _squared(cells: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    width = max((len(row) for row in cells), default=0)
    grid = [tuple(text.strip() for text in row) + ("",) * (width - len(row)) for row in cells]
    while width > 1 and not any(row[width - 1] for row in grid):
        width -= 1
    return [row[:width] for row in grid]


def _title_rows(grid: Sequence[Sequence[str]], filled: list[int], width: int) -> list[int]:
    """The leading rows that say one thing over the whole width."""
    if width < 2:
        return []
    titles: list[int] = []
    for index in filled[:_TITLE_ROWS_MOST]:
        row = grid[index]
        texts = {text for text in row if text}
        merged = len(texts) == 1 and sum(bool(text) for text in row) >= 2
        alone = len(texts) == 1 and width >= 3
        text = next(iter(texts)) if len(texts) == 1 else ""
        if not (merged or alone) or not any(char.isalpha() for char in text) or looks_like_data(text):
            break
        titles.append(index)
    return titles if len(titles) < len(filled) else []


def _header_rows(grid: Sequence[Sequence[str]], rest: list[int], known: int | None) -> tuple[list[int], list[int]]:
    """The indexes of the header rows, and of sparse rows above them that belong to the title."""
    if not rest:
        return [], []
    if known is not None:
        header = [index for index in rest if index < known and not _is_column_numbers(grid[index])]
        if known == 0 or not header:
            return [], []
        if len(header) <= _HEADER_ROWS_MOST:
            return header + _more_header(grid, rest, header), []
    for position, index in enumerate(rest[:_HEADER_SEARCH_ROWS]):
        row = grid[index]
        if _header_score(grid, index, rest[position + 1 :]) >= 2:
            return [index, *_more_header(grid, rest, [index])], rest[:position]
        # Only sparse rows ("แบบ …" left, "หน้า 1" right) may stand above a header; a full row is data.
        if sum(bool(text) for text in row) * 2 > len(row) or any(looks_like_data(text) for text in row):
            break
    return [], []


def _header_score(grid: Sequence[Sequence[str]], index: int, below: list[int]) -> int:
    """How much a row looks like a header; 2 is enough."""
    row = grid[index]
    texts = [text for text in row if text]
    if len(set(texts)) < 2 or len(texts) * 2 < len(row) or (len(row) > 3 and len(set(texts)) * 3 < len(texts)):
        return -9
    if any(looks_like_data(text) for text in texts) or any(len(text) > _LONG_CELL_CHARS for text in texts):
        return -9
    if all(_YEAR_LABEL.match(arabic_digits(text)) or text in "-–" for text in texts):
        return -9
    body = [grid[i] for i in below[:_BODY_SAMPLE_ROWS]]
    score = 0
    named = sum(_is_header_word(text) for text in texts) / len(texts)
    if len(row) == 2 and body:
        labels = sum(_is_header_word(line[0]) for line in body) / len(body)
        if labels >= 0.5 and not _is_header_word(row[1]):
            return 0  # a form of names and values has no header
    score += 2 if named > 0.5 else 1 if named > 0 else 0
    values = 0
    for column, text in enumerate(row):
        under = [line[column] for line in body if line[column]]
        if text and under and sum(looks_like_data(value) for value in under) * 5 >= len(under) * 3:
            values += 1
    score += 2 if values else 0
    lengths = [len(text) for line in body for text in line if text]
    if lengths and sum(map(len, texts)) / len(texts) <= 0.6 * sum(lengths) / len(lengths):
        score += 1
    return score


def _more_header(grid: Sequence[Sequence[str]], rest: list[int], header: list[int]) -> list[int]:
    """Rows under the first header row that carry it on: parted columns, cells merged downwards."""
    more: list[int] = []
    for index in rest[rest.index(header[-1]) + 1 :]:
        if len(header) + len(more) >= _HEADER_ROWS_MOST:
            break
        above, row = grid[(header + more)[-1]], grid[index]
        if _is_column_numbers(row) or not any(row) or any(looks_like_data(text) for text in row):
            break
        carried = any(text and text == over for text, over in zip(row, above, strict=True))
        parted = any(
            above[column] and above[column] == above[column + 1] and row[column] and row[column + 1]
            for column in range(len(row) - 1)
        )
        hanging = not row[0] and all(not text or len(text) <= 40 for text in row) and any(not over for over in above)
        same = all(text == over for text, over in zip(row, above, strict=True))
        if same or len({text for text in row if text}) < 2 or not (carried or parted or hanging):
            break
        if any(text in ("-", "–") for text in row):
            break
        more.append(index)
    return more


def _joined_header(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    names: list[str] = []
    for column in range(len(rows[0]) if rows else 0):
        parts: list[str] = []
        for row in rows:
            if row[column] and row[column] not in parts:
                parts.append(row[column])
        names.append(" ".join(parts))
    return tuple(names)


def _is_header_word(text: str) -> bool:
    folded = fold(text)
    if not folded or len(folded) > 60:
        return False
    return folded.startswith(_HEADER_PREFIXES) or all(
        fold(part) in _HEADER_WHOLE for part in _PARTS.split(text) if fold(part)
    )


def _is_column_numbers(row: Sequence[str]) -> bool:
    """Whether a row only counts the columns: "(1) (2) (3)"."""
    texts = [arabic_digits(text) for text in row if text]
    matches = [_COLUMN_NUMBER.match(text.replace(" ", "")) for text in texts]
    if len(texts) < 3 or not all(matches):
        return False
    numbers = [int(match.group(1)) for match in matches if match]
    in_order = all(0 <= second - first <= 1 for first, second in pairwise(numbers))
    return in_order and numbers[0] <= 2 and numbers[-1] >= 3


def _key(row: Sequence[str]) -> str:
    return "|".join(fold(text) for text in row)


def _row_text(row: Sequence[str]) -> str:
    parts: list[str] = []
    for text in row:
        if text and text not in parts:
            parts.append(text)
    return " ".join(parts)
