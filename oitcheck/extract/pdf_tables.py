"""Ruled tables of a PDF page: cells from the ruling lines, merged cells repeated, text put into the cells."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from oitcheck.extract.glyphs import Box, Rule
from oitcheck.extract.pdf_lines import Mark, text_lines

# Points. Rulings of one line are drawn piecewise, cell by cell, up to 2 points off; rows stand at least 8 apart.
_SNAP = 3.0
_JOIN = 4.0
_SHORTEST = 4.0
# A page with more lines is a drawing (or hostile): finding cells in it would take minutes and give nothing.
_MOST_RULES = 20_000
_MOST_MERGED = 1_500
_MOST_CELLS = 40_000
_MOST_BOXES = 200
# Share of a lattice's unit cells that are cells of their own: 0.55–1.0 in tables, 0.04 in charts of boxes and lines.
_REGULAR = 0.45
# A box is one when it is at least this many times as high as its text, and no frame of the page.
_BOX_HEIGHT = 1.4
_FRAME = 0.4


@dataclass(frozen=True, slots=True)
class RuledTable:
    """A table on a page: its box in upright points and a grid of cell texts with merged cells repeated."""

    x0: float
    top: float
    x1: float
    bottom: float
    grid: tuple[tuple[str, ...], ...]
    marks: frozenset[int]  # id() of the marks inside


@dataclass(frozen=True, slots=True)
class _Lattice:
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    above: frozenset[tuple[int, int]]  # (column, y index) pieces with a horizontal line
    left: frozenset[tuple[int, int]]  # (x index, row) pieces with a vertical line


def ruled_tables(marks: Sequence[Mark], rules: Sequence[Rule], mend: Callable[[str], str]) -> list[RuledTable]:
    """The tables that `rules` draw, top to bottom. A table has two columns and two cells with text at least.

    `mend` repairs the text of a cell.
    """
    if len(rules) < 4 or len(rules) > _MOST_RULES:
        return []
    tables = []
    merged = _merged(rules)
    if len(merged) > _MOST_MERGED:
        return []
    for lattice in _lattices(merged):
        table = _table(lattice, marks, mend)
        if table is not None:
            tables.append(table)
    tables.sort(key=lambda table: (table.top, table.x0))
    return _without_nested(tables)


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


def _merged(rules: Sequence[Rule]) -> list[Rule]:
    """Rules snapped to common positions and joined end to end."""
    merged: list[Rule] = []
    for horizontal in (True, False):
        own = sorted((rule for rule in rules if rule.horizontal == horizontal), key=lambda rule: rule.at)
        groups: list[list[Rule]] = []
        for rule in own:
            if groups and rule.at - groups[-1][0].at <= _SNAP:
                groups[-1].append(rule)
            else:
                groups.append([rule])
        for group in groups:
            at = sum(rule.at for rule in group) / len(group)
            group.sort(key=lambda rule: rule.start)
            start, end = group[0].start, group[0].end
            for rule in group[1:]:
                if rule.start <= end + _JOIN:
                    end = max(end, rule.end)
                    continue
                merged.append(Rule(horizontal, at, start, end))
                start, end = rule.start, rule.end
            merged.append(Rule(horizontal, at, start, end))
    return [rule for rule in merged if rule.end - rule.start >= _SHORTEST]


def _lattices(rules: list[Rule]) -> list[_Lattice]:
    """Groups of rules that touch one another, as lattices of unit cells."""
    across = [rule for rule in rules if rule.horizontal]
    down = [rule for rule in rules if not rule.horizontal]
    parent = list(range(len(across) + len(down)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for i, h in enumerate(across):
        for j, v in enumerate(down):
            if h.start - _SNAP <= v.at <= h.end + _SNAP and v.start - _SNAP <= h.at <= v.end + _SNAP:
                parent[root(i)] = root(len(across) + j)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = defaultdict(lambda: ([], []))
    for index, rule in enumerate((*across, *down)):
        groups[root(index)][0 if rule.horizontal else 1].append(rule)
    return [_lattice(h, v) for h, v in groups.values() if len(h) >= 2 and len(v) >= 2]


def _lattice(across: list[Rule], down: list[Rule]) -> _Lattice:
    ys = tuple(sorted({rule.at for rule in across}))
    xs = tuple(sorted({rule.at for rule in down}))
    above = {
        (column, ys.index(rule.at))
        for rule in across
        for column in range(len(xs) - 1)
        if rule.start - _SNAP <= (xs[column] + xs[column + 1]) / 2 <= rule.end + _SNAP
    }
    left = {
        (xs.index(rule.at), row)
        for rule in down
        for row in range(len(ys) - 1)
        if rule.start - _SNAP <= (ys[row] + ys[row + 1]) / 2 <= rule.end + _SNAP
    }
    return _Lattice(xs, ys, frozenset(above), frozenset(left))


def _table(lattice: _Lattice, marks: Sequence[Mark], mend: Callable[[str], str]) -> RuledTable | None:
    xs, ys = lattice.xs, lattice.ys
    columns, rows = len(xs) - 1, len(ys) - 1
    if columns < 2 or rows < 1 or columns * rows > _MOST_CELLS:
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
    if sum(bool(text) for text in texts.values()) < 2 or len(set(region)) < 3:
        return None
    cells = [texts.get(key, "") for key in region]
    grid = tuple(tuple(cells[row * columns : (row + 1) * columns]) for row in range(rows))
    grid = _without_slivers(grid, region, columns)
    if len(grid[0]) < 2:
        return None
    return RuledTable(xs[0], ys[0], xs[-1], ys[-1], grid, frozenset(inside))


def _regions(lattice: _Lattice, columns: int, rows: int) -> list[int]:
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


def _without_slivers(grid: tuple[tuple[str, ...], ...], region: list[int], columns: int) -> tuple[tuple[str, ...], ...]:
    """The grid without rows and columns that only double line work makes: alike their neighbour in every cell."""
    rows = len(grid)

    def row_regions(row: int) -> list[int]:
        return region[row * columns : (row + 1) * columns]

    keep_rows = [row for row in range(rows) if row == 0 or row_regions(row) != row_regions(row - 1)]
    keep_columns = [
        column
        for column in range(columns)
        if column == 0
        or any(region[row * columns + column] != region[row * columns + column - 1] for row in range(rows))
    ]
    return tuple(tuple(grid[row][column] for column in keep_columns) for row in keep_rows)


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
