"""Tables that go on over the page: found by where their columns stand, joined, a row cut by the break made whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from oitcheck.extract.grid import GridTable, grid_table, looks_like_data
from oitcheck.extract.pdf_lines import TextLine
from oitcheck.extract.pdf_tables import RuledTable, joined
from oitcheck.lib.thai_text import fold
from oitcheck.model.evidence import Locator, Table

# Points. Margins of facing pages differ; a column keeps its place within the table.
_MARGIN_DRIFT = 20.0
_COLUMN_DRIFT = 4.0
_PAGE_NUMBER = re.compile(r"^[\-–—\s(]*(หน้า(ที่)?\s*)?[\d๐-๙]{1,3}(\s*/\s*[\d๐-๙]{1,3})?[\-–—\s).]*$")
_TOTAL = re.compile(r"^(ยอด)?รวม(ทั้งสิ้น|ทั้งหมด|เป็นเงิน|เงิน|งบ|จำนวน|\W*$)|^ยอดยก|^(grand )?total", re.I)

Draft = list["TextLine | TableDraft"]


class TableDraft:
    """A table that the next page may carry on: grid rows with the place of each."""

    def __init__(self, table: RuledTable, above: list[str], place: str) -> None:
        self.rows = list(table.grid)
        self.places = [place] * len(table.grid)
        self.above = above
        self._columns = table.columns
        # Which (merged) cell each place of the grid is part of: two pages number theirs alike.
        self._cells = [tuple((place, cell) for cell in row) for row in table.cells]
        self._open_top = table.open_top
        self._open_bottom = table.open_bottom

    def take(self, other: TableDraft) -> bool:
        """Whether `other`, first on the next page, is more of this table; if so its rows are put under the own ones."""
        fits = _columns_of(other._columns, self._columns)
        widens = None if fits else _columns_of(self._columns, other._columns)
        alike = len(self._columns) == len(other._columns) and all(
            abs(own - theirs) <= _MARGIN_DRIFT
            for own, theirs in ((self._columns[0], other._columns[0]), (self._columns[-1], other._columns[-1]))
        )
        if not (fits or widens or alike):
            return False
        own, lone = grid_table(self.rows), other._lone_rows() if fits or widens else 0
        theirs = grid_table(other.rows[lone:])
        named = bool(theirs.header) and _folded(theirs.header) == _folded(own.header)
        cut = bool(fits or widens) and self._open_bottom and (other._open_top or named)
        if not cut and not self._may_go_on(own, theirs, named, exact=bool(fits or widens)):
            return False
        if fits:
            other._spread(fits, self._columns)
        elif widens:
            self._spread(widens, other._columns)
        else:
            self._columns = other._columns
        self._append(other, theirs.row_numbers[0] if named and theirs.row_numbers and not lone else 0, cut=cut)
        return True

    def table(self, sha256: str) -> Table:
        parts = grid_table(self.rows)
        return Table(
            parts.header,
            parts.rows,
            (*self.above, *parts.caption),
            Locator(sha256, self.places[0]),
            tuple(self.places[index] for index in parts.row_numbers),
        )

    def _lone_rows(self) -> int:
        """How many leading rows have text in one column only: a title spans several, so these are ends of rows."""
        counts = (sum(map(bool, row)) for row in self.rows)
        return next((index for index, count in enumerate(counts) if count != 1), len(self.rows))

    def _may_go_on(self, own: GridTable, theirs: GridTable, named: bool, *, exact: bool) -> bool:
        """Whether a part that stands under no cut row is more of this table: it has no title or header of its own."""
        if set(theirs.caption) - set(own.caption):
            return False
        # A header left alone at the bottom of the page is waiting for rows, whatever these look like.
        lone_row = len(self.rows) == 1 and not any(looks_like_data(text) for text in self.rows[0])
        return named or not theirs.header or (exact and (lone_row or not own.rows))

    def _spread(self, sources: Sequence[int], columns: tuple[float, ...]) -> None:
        """Give the table `columns`: the text of a merged cell is repeated in each."""
        self.rows = [tuple(row[source] for source in sources) for row in self.rows]
        self._cells = [tuple(row[source] for source in sources) for row in self._cells]
        self._columns = columns

    def _append(self, other: TableDraft, first: int, *, cut: bool) -> None:
        rows, cells, places = list(other.rows), list(other._cells), list(other.places)
        if first < len(rows) and (cut or self._lacks(rows[first])):
            for column, rest in enumerate(rows[first]):
                whole = joined((self.rows[-1][column], rest))
                _write(self.rows, self._cells, len(self.rows) - 1, column, whole)
                _write(rows, cells, first, column, whole)
            del rows[first], cells[first], places[first]
        self.rows += rows
        self._cells += cells
        self.places += places
        self._open_bottom = other._open_bottom

    def _lacks(self, rest: tuple[str, ...]) -> bool:
        """Whether `rest`, though drawn as a row, is clearly the end of the last row, which the page break cut."""
        last = self.rows[-1]
        texts = [text for text in rest if text]
        if rest[0] or not texts or 2 * len(texts) > len(rest) or not last[0]:
            return False
        if any(text and (not over or text == over) for text, over in zip(rest, last, strict=True)):
            return False
        if any(looks_like_data(text) or _TOTAL.search(text) for text in texts):
            return False
        # Where such rows are the custom of the table, this is one more of them.
        return not any(not row[0] and 2 * sum(map(bool, row)) <= len(row) and any(row) for row in self.rows)


def join_continued(numbers: Sequence[int], drafts: Sequence[Draft]) -> None:
    """Put tables that go on at the top of the next page into the table they began as. `numbers` are the pages'."""
    carried: TableDraft | None = None
    for position, draft in enumerate(drafts):
        kept = [block for block in draft if not _is_page_number(block)]
        follows = position > 0 and numbers[position] == numbers[position - 1] + 1
        first = kept[0] if kept else None
        last = kept[-1] if kept else None
        if carried is not None and follows and isinstance(first, TableDraft) and carried.take(first):
            draft.remove(first)
            if last is first:
                continue
        carried = last if isinstance(last, TableDraft) else None


def _is_page_number(block: TextLine | TableDraft) -> bool:
    return isinstance(block, TextLine) and bool(_PAGE_NUMBER.match(block.text))


def _columns_of(part: tuple[float, ...], whole: tuple[float, ...]) -> tuple[int, ...]:
    """For each column of `whole` the column of `part` that covers it; () when their boundaries do not meet.

    `part` may lack boundaries (merged cells), up to half of the inner ones, and stand a margin's difference aside.
    """
    shift = part[0] - whole[0]
    if abs(shift) > _MARGIN_DRIFT or 2 * (len(part) - 2) < len(whole) - 2:
        return ()
    places: list[int] = []
    for bound in part:
        near = min(range(len(whole)), key=lambda index: abs(whole[index] + shift - bound))
        if abs(whole[near] + shift - bound) > _COLUMN_DRIFT:
            return ()
        places.append(near)
    if places[-1] != len(whole) - 1 or any(second <= first for first, second in pairwise(places)):
        return ()
    return tuple(index for index, (first, second) in enumerate(pairwise(places)) for _ in range(second - first))


def _write(
    rows: list[tuple[str, ...]], cells: list[tuple[tuple[str, int], ...]], row: int, column: int, text: str
) -> None:
    """Put `text` into one column of a row, and of the rows that share its merged cell."""
    cell = cells[row][column]
    first, last = row, row
    while first > 0 and cells[first - 1][column] == cell:
        first -= 1
    while last < len(cells) - 1 and cells[last + 1][column] == cell:
        last += 1
    for index in range(first, last + 1):
        rows[index] = (*rows[index][:column], text, *rows[index][column + 1 :])


def _folded(names: Sequence[str]) -> list[str]:
    return [fold(name) for name in names]
