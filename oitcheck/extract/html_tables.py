"""Which elements are tables of data, by their tags or by the regularity of their boxes; tables for layout are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from oitcheck.extract import html_traits as traits
from oitcheck.extract.grid import MAX_ROWS, Cell, GridTable, expand, grid_table
from oitcheck.extract.html_tree import HEADING_LEVELS, Node, lines_of, text_of

_SECTION_TAGS = ("thead", "tbody", "tfoot")
_CELL_CHARS_MOST = 400
_BOX_CELL_CHARS_MOST = 300
_BOX_ROWS_LEAST = 3
_MENU_LINKS = 8
_BOX_TAGS = frozenset(("div", "section", "li", "article", "ul"))
_CELL_TAGS = frozenset(("div", "span", "p"))


@dataclass(frozen=True, slots=True)
class DataTable:
    """A table of data: its parts, and for each body row the element it stands in. `cut`: rows were left out."""

    parts: GridTable
    caption: tuple[str, ...]
    row_nodes: tuple[Node, ...]
    cut: bool


def data_table(table: Node, rows_most: int = MAX_ROWS) -> DataTable | None:
    """What a <table> says, or None when it lays out the page and must be read as content."""
    rows = _rows(table)
    cells = [[cell for cell in row.elements if cell.tag in ("td", "th")] for row in rows]
    role = table.attrs.get("role", "")
    if role in ("presentation", "none") or max((len(row) for row in cells), default=0) < 2:
        return None
    has_head = any(cell.tag == "th" for row in cells for cell in row)
    if not _is_data(table, cells, has_head):
        return None
    grid = expand([[_cell(cell) for cell in row] for row in cells], max_rows=rows_most)
    parts = grid_table(grid, header_rows=_known_header_rows(rows, cells))
    if table.pictures > 1 and not parts.header:
        return None
    captions = [text_of(child) for child in table.elements if child.tag == "caption"]
    return DataTable(
        parts,
        tuple(caption for caption in captions if caption),
        tuple(rows[number] for number in parts.row_numbers),
        len(grid) < len(rows),
    )


@dataclass(frozen=True, slots=True)
class BoxTable:
    """A table made of <div>: it takes the place of the children `first` to `last` (positions) of its parent."""

    first: int
    last: int
    table: DataTable


def box_tables(node: Node, row_classes: frozenset[str], rows_most: int = MAX_ROWS) -> list[BoxTable]:
    """The tables that runs of children make: rows of equally many cells, told by role, class or regularity."""
    found: list[BoxTable] = []
    for first, last, rows in _runs(node):
        table = _box_table(node, rows, row_classes, rows_most)
        if table is not None:
            found.append(BoxTable(first, last, table))
    return found


def _box_table(parent: Node, rows: list[Node], row_classes: frozenset[str], rows_most: int) -> DataTable | None:
    cells = [row.elements for row in rows]
    width = len(cells[0])
    by_role = all(row.attrs.get("role") == "row" for row in rows)
    named = sum(bool(row.traits & traits.ROW) for row in rows) * 2 > len(rows)
    celled = all(cell.traits & traits.CELL for cell in cells[-1])
    laid_out = all(any(name in row_classes for name in row.attrs.get("class", "").split()) for row in rows)
    is_table = bool(parent.traits & traits.TABLE) or parent.attrs.get("role") in ("table", "grid", "rowgroup")
    strong_sign = by_role or (named and celled and not _is_bootstrap(cells[-1])) or (is_table and celled)
    if len(rows) < (2 if strong_sign or named else _BOX_ROWS_LEAST):
        return None
    if not strong_sign and not (width >= 3 or laid_out or named):
        return None
    texts = [[" ".join(lines_of(cell)) for cell in row] for row in cells]
    if not strong_sign and any(len(text) > _BOX_CELL_CHARS_MOST for row in texts for text in row):
        return None
    known = None
    if rows[0].traits & traits.HEAD_ROW or all(
        cell.attrs.get("role") == "columnheader" or cell.traits & traits.HEAD_ROW for cell in cells[0]
    ):
        known = 1
    parts = grid_table(texts[:rows_most], header_rows=known)
    if not strong_sign and not parts.header:
        return None
    return DataTable(parts, (), tuple(rows[number] for number in parts.row_numbers), len(rows) > rows_most)


# A table of so few rows with a cell of stacked links is a page beside its menu.
_FEW_ROWS = 3


def _rows(table: Node) -> list[Node]:
    rows: list[Node] = []
    for child in table.elements:
        if child.tag == "tr":
            rows.append(child)
        elif child.tag in _SECTION_TAGS:
            rows.extend(row for row in child.elements if row.tag == "tr")
    return rows


def _is_data(table: Node, cells: Sequence[Sequence[Node]], has_head: bool) -> bool:
    flat = [cell for row in cells for cell in row]
    if any(_holds_layout(cell, has_head) for cell in flat):
        return False
    declared = has_head or any(child.tag in ("caption", "thead") for child in table.elements)
    if declared or table.attrs.get("role") in ("table", "grid"):
        return True
    filled = [cell for cell in flat if cell.text_chars]
    if len(cells) < 2 or not filled:
        return False
    # A row of its own beside which nothing stands is a page cut into columns, not a row of data.
    if sum(sum(bool(cell.text_chars) for cell in row) > 1 for row in cells) < 2:
        return False
    if len(cells) <= _FEW_ROWS and any(c.links >= 3 and c.link_chars * 10 >= c.text_chars * 9 for c in filled):
        return False
    widths = sorted(_width(row) for row in cells if row)
    usual = widths[len(widths) // 2]
    if usual < 2 or sum(width == usual for width in widths) * 10 < len(widths) * 6:
        return False
    if any(cell.links > _MENU_LINKS and cell.link_chars * 2 > cell.text_chars for cell in filled):
        return False
    if sum(cell.text_chars for cell in filled) > _CELL_CHARS_MOST * len(filled):
        return False
    return table.pictures <= len(cells)


def _holds_layout(cell: Node, has_head: bool) -> bool:
    """Whether a cell holds what only a cell of a layout holds: another table, headings, a form, a frame."""
    stack = list(cell.elements)
    seen = 0
    while stack:
        inner = stack.pop()
        seen += 1
        if inner.tag == "table":
            if (inner.text_chars or inner.pictures) and not (has_head and inner.text_chars <= 200):
                return True
            continue
        if HEADING_LEVELS.get(inner.tag, 9) <= 4 and not has_head:
            return True
        if inner.tag in ("form", "iframe", "main", "article", "details") or (
            inner.tag in ("textarea", "select") and not has_head
        ):
            return True
        if seen > 3000:
            return True
        stack.extend(inner.elements)
    return False


def _cell(cell: Node) -> Cell:
    return Cell(" ".join(lines_of(cell)), _span(cell, "colspan"), _span(cell, "rowspan"))


def _span(cell: Node, name: str) -> int:
    value = cell.attrs.get(name, "").strip()
    if value == "0" and name == "rowspan":
        return MAX_ROWS
    return min(int(value), MAX_ROWS) if value.isdecimal() and value.isascii() and len(value) < 10 else 1


def _width(row: Sequence[Node]) -> int:
    return sum(min(_span(cell, "colspan"), 1000) for cell in row)


def _known_header_rows(rows: Sequence[Node], cells: Sequence[Sequence[Node]]) -> int | None:
    """How many leading rows are header rows by their tags; None when the tags do not tell."""
    leading = 0
    for row, own in zip(rows, cells, strict=True):
        in_head = row.parent is not None and row.parent.tag == "thead"
        if not own or not (in_head or all(cell.tag == "th" or not cell.text_chars for cell in own)):
            break
        leading += 1
    if leading:
        return leading if leading < len(rows) or leading <= 2 else None
    # Row headers in the first column only: a form of names and values, unless the first row reads like a header.
    return None


def _runs(node: Node) -> list[tuple[int, int, list[Node]]]:
    """Neighbouring children that are rows of one width, or wrappers of nothing but such rows."""
    runs: list[tuple[int, int, list[Node]]] = []
    first, last, rows = 0, 0, list[Node]()
    for position, child in enumerate(node.children):
        if isinstance(child, str):
            if not child.strip():
                continue
            own: list[Node] = []
        else:
            own = _rows_in(child, 2)
        if rows and own and len(own[0].elements) == len(rows[0].elements):
            rows.extend(own)
            last = position
            continue
        if len(rows) >= 2:
            runs.append((first, last, rows))
        first, last, rows = position, position, own
    if len(rows) >= 2:
        runs.append((first, last, rows))
    return runs


def _rows_in(node: Node, wrappers: int) -> list[Node]:
    """The rows that an element is or wraps, all of one width; none when it holds anything else."""
    if node.tag not in _BOX_TAGS or not node.text_chars or node.pictures > len(node.children):
        return []
    width = _row_width(node)
    inner: list[Node] = []
    if wrappers:
        for child in node.children:
            if isinstance(child, str):
                if child.strip():
                    return []
                continue
            own = _rows_in(child, wrappers - 1)
            if not own or (inner and len(own[0].elements) != len(inner[0].elements)):
                inner = []
                break
            inner.extend(own)
    if inner and (not width or len(inner) >= 2):
        return inner
    return [node] if width else []


def _row_width(row: Node) -> int:
    """How many cells a would-be row has; 0 when it is none."""
    cells = 0
    if row.pictures > 1:
        return 0
    for cell in row.children:
        if isinstance(cell, str):
            if cell.strip():
                return 0
        elif cell.tag in _CELL_TAGS and _is_boxed(cell) and _is_plain_cell(cell):
            cells += 1
        else:
            return 0
    return cells if cells >= 2 else 0


def _is_boxed(cell: Node) -> bool:
    """Whether an element stands in a box of its own; editors cut words into many spans that do not."""
    return (
        cell.block or bool(cell.traits & traits.CELL) or cell.attrs.get("role") in ("cell", "gridcell", "columnheader")
    )


def _is_plain_cell(cell: Node) -> bool:
    stack, seen = list(cell.elements), 0
    while stack:
        inner = stack.pop()
        seen += 1
        if (
            seen > 40
            or inner.tag in HEADING_LEVELS
            or inner.tag in ("table", "form", "ul", "ol", "iframe", "section", "details")
        ):
            return False
        stack.extend(inner.elements)
    return True


def _is_bootstrap(cells: Sequence[Node]) -> bool:
    return any(name.startswith("col-") for cell in cells for name in cell.attrs.get("class", "").split())
