"""Ruled tables of a PDF page: cells from the ruling lines, merged cells repeated, text put into the cells."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from oitcheck.extract.glyphs import Box, Rule
from oitcheck.extract.pdf_lattice import Lattice, lattices
from oitcheck.extract.pdf_lines import Mark, text_lines

_MOST_BOXES = 200
# Share of a lattice's unit cells that are cells of their own: 0.55–1.0 in tables, 0.04 in charts of boxes and lines.
_REGULAR = 0.45
# A box is one when it is at least this many times as high as its text, and no frame of the page.
_BOX_HEIGHT = 1.4
_FRAME = 0.4


@dataclass(frozen=True, slots=True)
class RuledTable:
    """A table on a page: its box in upright points and a grid of cell texts with merged cells repeated.

    `columns` are the boundaries of its columns, `cells` tells for each place of the grid which (merged) cell it is
    part of. `open_top`, `open_bottom`: its first or last row was cut by the end of the page.
    """

    x0: float
    top: float
    x1: float
    bottom: float
    grid: tuple[tuple[str, ...], ...]
    marks: frozenset[int]  # id() of the marks inside
    columns: tuple[float, ...]
    cells: tuple[tuple[int, ...], ...]
    open_top: bool = False
    open_bottom: bool = False


def ruled_tables(marks: Sequence[Mark], rules: Sequence[Rule], mend: Callable[[str], str]) -> list[RuledTable]:
    """The tables that `rules` draw, top to bottom. A table has two columns and two cells with text at least.

    `mend` repairs the text of a cell.
    """
    tables = []
    for lattice in lattices(rules):
        table = _table(lattice, marks, mend)
        if table is not None:
            tables.append(table)
    tables.sort(key=lambda table: (table.top, table.x0))
    return _without_nested(tables)


def cell_boxes(rules: Sequence[Rule]) -> list[Box]:
    """The cells of what `rules` draw as tables, merged ones whole, row by row; none of drawings and charts."""
    found: list[Box] = []
    for lattice in lattices(rules):
        xs, ys = lattice.xs, lattice.ys
        columns, rows = len(xs) - 1, len(ys) - 1
        if columns < 2 or rows < 1:
            continue
        region = _regions(lattice, columns, rows)
        if len(set(region)) < _REGULAR * columns * rows:
            continue
        corners: dict[int, tuple[int, int, int, int]] = {}
        for index, key in enumerate(region):
            row, column = divmod(index, columns)
            left, top, right, bottom = corners.get(key, (column, row, column, row))
            corners[key] = (min(left, column), min(top, row), max(right, column), max(bottom, row))
        found += [Box(xs[a], ys[b], xs[c + 1], ys[d + 1]) for a, b, c, d in corners.values()]
    return found


def text_boxes(marks: Sequence[Mark], boxes: Sequence[Box], page_area: float) -> list[tuple[Box, list[Mark]]]:
    """Drawn boxes with the letters in them, each letter in its smallest box: what stands in one belongs together."""
    kept = sorted((box for box in set(boxes) if box.area < _FRAME * page_area), key=lambda box: box.area)
    if not kept or len(kept) > _MOST_BOXES:
        return []
    held: dict[Box, list[Mark]] = {}
    for mark in marks:
        middle, height = (mark.x0 + mark.x1) / 2, mark.y - 0.2 * mark.size
        for box in kept:
            if box.x0 <= middle <= box.x1 and box.top <= height <= box.bottom:
                if box.bottom - box.top >= _BOX_HEIGHT * mark.size:
                    held.setdefault(box, []).append(mark)
                break
    return [(box, own) for box, own in held.items() if not all(mark.is_blank for mark in own)]


def _table(lattice: Lattice, marks: Sequence[Mark], mend: Callable[[str], str]) -> RuledTable | None:
    xs, ys = lattice.xs, lattice.ys
    columns, rows = len(xs) - 1, len(ys) - 1
    if columns < 2 or rows < 1:
        return None
    region = _regions(lattice, columns, rows)
    if len(set(region)) < _REGULAR * columns * rows:
        return None
    held: dict[int, list[Mark]] = defaultdict(list)
    inside: set[int] = set()
    for mark in marks:
        # The middle of a letter, a little above its baseline, is surely inside its cell.
        column = bisect_right(xs, (mark.x0 + mark.x1) / 2) - 1
        row = bisect_right(ys, mark.y - 0.2 * mark.size) - 1
        if 0 <= column < columns and 0 <= row < rows:
            held[region[row * columns + column]].append(mark)
            inside.add(id(mark))
    texts = {key: joined(mend(line.text) for line in text_lines(own)) for key, own in held.items()}
    # The rest of a row that the page break cut may be the end of one long cell.
    fewest = 1 if lattice.open_top else 2
    if sum(bool(text) for text in texts.values()) < fewest or len(set(region)) < min(3, fewest + 1):
        return None
    cells = tuple(tuple(region[row * columns : (row + 1) * columns]) for row in range(rows))
    kept_rows, kept_columns = _without_slivers(cells)
    if len(kept_columns) < 2:
        return None
    open_top, open_bottom = lattice.open_top, lattice.open_bottom
    if open_top and len(kept_rows) > 1 and _says_nothing(cells[kept_rows[0]], cells[kept_rows[1]], texts):
        kept_rows, open_top = kept_rows[1:], False
    if open_bottom and len(kept_rows) > 1 and _says_nothing(cells[kept_rows[-1]], cells[kept_rows[-2]], texts):
        kept_rows, open_bottom = kept_rows[:-1], False
    cells = tuple(tuple(cells[row][column] for column in kept_columns) for row in kept_rows)
    return RuledTable(
        xs[0],
        ys[0],
        xs[-1],
        ys[-1],
        tuple(tuple(texts.get(cell, "") for cell in row) for row in cells),
        frozenset(inside),
        (*(xs[column] for column in kept_columns), xs[-1]),
        cells,
        open_top,
        open_bottom,
    )


def _says_nothing(row: tuple[int, ...], neighbour: tuple[int, ...], texts: dict[int, str]) -> bool:
    """Whether a row cut by the page break holds nothing on this side of it, cells that reach into it aside."""
    return not any(texts.get(cell) for cell in row if cell not in neighbour)


def _regions(lattice: Lattice, columns: int, rows: int) -> list[int]:
    """For each unit cell the number of the (merged) cell it belongs to: no line stands between cells of one region."""
    region = list(range(columns * rows))

    def root(index: int) -> int:
        while region[index] != index:
            region[index] = region[region[index]]
            index = region[index]
        return index

    for row in range(rows):
        for column in range(columns):
            here = row * columns + column
            if column + 1 < columns and (column + 1, row) not in lattice.left:
                region[root(here + 1)] = root(here)
            if row + 1 < rows and (column, row + 1) not in lattice.above:
                region[root(here + columns)] = root(here)
    return [root(index) for index in range(columns * rows)]


def _without_slivers(cells: tuple[tuple[int, ...], ...]) -> tuple[list[int], list[int]]:
    """The rows and columns without those that only double line work makes: alike their neighbour in every cell."""
    rows = [row for row in range(len(cells)) if row == 0 or cells[row] != cells[row - 1]]
    columns = [
        column
        for column in range(len(cells[0]))
        if column == 0 or any(line[column] != line[column - 1] for line in cells)
    ]
    return rows, columns


def _without_nested(tables: list[RuledTable]) -> list[RuledTable]:
    """Tables inside a cell of another stay part of the outer one."""
    return [table for table in tables if not any(other is not table and table.marks < other.marks for other in tables)]


def joined(lines: Iterable[str]) -> str:
    """Lines of one cell as one text: a blank between them unless the break stands inside a syllable."""
    text = ""
    for line in lines:
        line = line.strip()
        if text and line and line[0] not in "ะาำัิีึืฺุู็่้๊๋์ํๆฯๅ":
            text += " "
        text += line
    return text.strip()
