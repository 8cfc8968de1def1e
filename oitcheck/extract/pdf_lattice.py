"""Ruling lines of a PDF page → lattices: the unit cells between lines that touch, one lattice for each table. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from oitcheck.extract.glyphs import Rule

# Points. Rulings of one line are drawn piecewise, cell by cell, up to 2 points off; rows stand at least 8 apart.
SNAP = 3.0
_JOIN = 4.0
_SHORTEST = 4.0
# Lines that run on this far over the last rule of a table leave a row open: the page break cut it.
_OPEN = 8.0
_OPEN_LINES = 3
# Inner boundaries of two tables that may be alike but for one of them.
_PRINTED_ALIKE = 3
# A page with more lines is a drawing (or hostile): finding cells in it would take minutes and give nothing.
_MOST_RULES = 20_000
_MOST_MERGED = 1_500
_MOST_CELLS = 40_000


@dataclass(frozen=True, slots=True)
class Lattice:
    """Unit cells between the vertical lines `xs` and the horizontal lines `ys`.

    `open_top`, `open_bottom`: its first or last row has no rule at the end of the page, where the row was cut.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    above: frozenset[tuple[int, int]]  # (column, y index) pieces with a horizontal line
    left: frozenset[tuple[int, int]]  # (x index, row) pieces with a vertical line
    open_top: bool = False
    open_bottom: bool = False


def lattices(rules: Sequence[Rule]) -> Iterator[Lattice]:
    """The lattices that `rules` draw; none for what has so many lines that it is a drawing."""
    if len(rules) < 4 or len(rules) > _MOST_RULES:
        return
    merged = _merged(rules)
    if len(merged) > _MOST_MERGED:
        return
    for across, down in _groups(merged):
        open_top, open_bottom = _open_end(across, down, bottom=False), _open_end(across, down, bottom=True)
        across = [*across, *(rule for rule in (open_top, open_bottom) if rule is not None)]
        if len(across) < 2 or len(down) < 2:
            continue
        whole = _lattice(across, down)
        if len(whole.xs) * len(whole.ys) > _MOST_CELLS:
            continue
        edges = (whole.ys[0], *(whole.ys[row] for row in _seams(whole)), whole.ys[-1])
        for number, (top, bottom) in enumerate(pairwise(edges)):
            part = whole if len(edges) == 2 else _lattice(*_between(across, down, top, bottom))
            yield Lattice(
                part.xs,
                part.ys,
                part.above,
                part.left,
                open_top=open_top is not None and number == 0,
                open_bottom=open_bottom is not None and number == len(edges) - 2,
            )


def _merged(rules: Sequence[Rule]) -> list[Rule]:
    """Rules snapped to common positions and joined end to end."""
    merged: list[Rule] = []
    for horizontal in (True, False):
        own = sorted((rule for rule in rules if rule.horizontal == horizontal), key=lambda rule: rule.at)
        groups: list[list[Rule]] = []
        for rule in own:
            if groups and rule.at - groups[-1][0].at <= SNAP:
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


def _groups(rules: list[Rule]) -> Iterator[tuple[list[Rule], list[Rule]]]:
    """Groups of rules that touch one another: the horizontal and the vertical ones of each."""
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
            if h.start - SNAP <= v.at <= h.end + SNAP and v.start - SNAP <= h.at <= v.end + SNAP:
                parent[root(i)] = root(len(across) + j)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = defaultdict(lambda: ([], []))
    for index, rule in enumerate((*across, *down)):
        groups[root(index)][0 if rule.horizontal else 1].append(rule)
    for h_rules, v_rules in groups.values():
        if h_rules and len(v_rules) >= 2:
            yield h_rules, v_rules


def _open_end(across: list[Rule], down: list[Rule], *, bottom: bool) -> Rule | None:
    """The line that would close a table whose vertical lines run on, all as far, over its last (first) rule."""
    edge = max(rule.at for rule in across) if bottom else min(rule.at for rule in across)
    over = [rule for rule in down if (rule.end - edge if bottom else edge - rule.start) >= _OPEN]
    if len(over) < _OPEN_LINES or any(not rule.start - SNAP <= edge <= rule.end + SNAP for rule in over):
        return None
    ends = [rule.end if bottom else rule.start for rule in over]
    first, last = min(rule.at for rule in over), max(rule.at for rule in over)
    sides = [rule for rule in across if rule.at == edge]
    closes = min(rule.start for rule in sides) >= first - SNAP and max(rule.end for rule in sides) <= last + SNAP
    if max(ends) - min(ends) > SNAP or not closes:
        return None
    return Rule(True, max(ends) if bottom else min(ends), first, last)


def _lattice(across: list[Rule], down: list[Rule]) -> Lattice:
    ys = tuple(sorted({rule.at for rule in across}))
    xs = tuple(sorted({rule.at for rule in down}))
    above = {
        (column, ys.index(rule.at))
        for rule in across
        for column in range(len(xs) - 1)
        if rule.start - SNAP <= (xs[column] + xs[column + 1]) / 2 <= rule.end + SNAP
    }
    left = {
        (xs.index(rule.at), row)
        for rule in down
        for row in range(len(ys) - 1)
        if rule.start - SNAP <= (ys[row] + ys[row + 1]) / 2 <= rule.end + SNAP
    }
    return Lattice(xs, ys, frozenset(above), frozenset(left))


def _seams(lattice: Lattice) -> list[int]:
    """The rows at which another table begins: its columns stand elsewhere than those above.

    Merged cells only leave out boundaries, so the rows of one table have all of theirs among those of its fullest row.
    """
    rows = len(lattice.ys) - 1
    lines: list[set[int]] = [set() for _ in range(rows)]
    for x, row in lattice.left:
        lines[row].add(x)
    seams: list[int] = []
    start, own = 0, lines[0]
    for row in range(1, rows):
        if not lines[row] <= own and _is_ruled_through(lattice, row, lines[row - 1] | lines[row]):
            theirs, count = _grown(lines[row:])
            if not own <= theirs and not theirs <= own and _are_apart(lines[start:row], lines[row : row + count]):
                seams.append(row)
                start, own = row, lines[row]
                continue
        own = own | lines[row]
    return seams


def _grown(lines: list[set[int]]) -> tuple[set[int], int]:
    """The boundaries of the table that begins with the first of `lines`, and how many rows it has."""
    whole = lines[0]
    for count, row in enumerate(lines):
        if not (row <= whole or whole <= row):
            return whole, count
        whole = whole | row
    return whole, len(lines)


def _is_ruled_through(lattice: Lattice, row: int, bounds: set[int]) -> bool:
    return bool(bounds) and all((column, row) in lattice.above for column in range(min(bounds), max(bounds)))


def _are_apart(above: list[set[int]], below: list[set[int]]) -> bool:
    """Whether the rows above and below a rule are two tables rather than differently parted lines of one form."""
    own, theirs = set().union(*above), set().union(*below)
    ours, others = own - {min(own), max(own)}, theirs - {min(theirs), max(theirs)}
    if not ours or not others or len(above) + len(below) < 3:
        return False
    if 2 * len(ours & others) <= min(len(ours), len(others)):
        return True
    # Two printings of one table differ in a boundary or two; each has all its columns in each row.
    same_width = len(ours) == len(others) >= _PRINTED_ALIKE
    return same_width and all(row == own for row in above) and all(row == theirs for row in below)


def _between(across: list[Rule], down: list[Rule], top: float, bottom: float) -> tuple[list[Rule], list[Rule]]:
    """The rules from one height to another, vertical ones cut off there."""
    cut = [Rule(False, rule.at, max(rule.start, top), min(rule.end, bottom)) for rule in down]
    return (
        [rule for rule in across if top <= rule.at <= bottom],
        [rule for rule in cut if rule.end - rule.start >= _SHORTEST],
    )
