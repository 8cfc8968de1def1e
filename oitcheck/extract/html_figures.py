"""The words that stand with one picture and no other: a person's name, post and telephone beside the photograph."""

from __future__ import annotations

from itertools import islice

from oitcheck.extract.html_tree import HEADING_LEVELS, Node, Tree, lines_of, lines_of_children

_WORDS_CHARS_MOST = 600
_FOLLOWING_LINES_MOST = 8
_BOUNDARY_TAGS = frozenset(("html", "body", "main", "article", "frameset"))


class PictureWords:
    """Words by picture, and the elements that are cards: one picture with its words among others of the kind."""

    def __init__(self, tree: Tree) -> None:
        self.words: dict[int, tuple[str, ...]] = {}
        self.cards: set[int] = set()
        if tree.root.pictures:
            for node in tree.nodes:
                if node.tag == "img" and node.pictures:
                    self.words[node.index] = tuple(self._words_of(node))

    def _words_of(self, picture: Node) -> list[str]:
        widest, nearest = picture, None
        for node in picture.ancestors():
            if node.pictures != 1 or node.tag in _BOUNDARY_TAGS or node.attrs.get("role") == "main":
                break
            widest = node
            if nearest is None and node.text_chars:
                nearest = node
        group = widest.parent
        is_grouped = group is not None and group.pictures > 1
        if is_grouped and 0 < widest.text_chars <= _WORDS_CHARS_MOST:
            self.cards.add(widest.index)
            return lines_of(widest)
        if nearest is not None and nearest.text_chars <= _WORDS_CHARS_MOST:
            return _words_around(picture, nearest)
        start = widest
        if nearest is not None:  # too long to belong to the picture as a whole: what follows it there
            start = picture
            for node in picture.ancestors():
                if node is nearest:
                    break
                start = node
        column = _words_below(start) if is_grouped else None
        return column if column else _words_after(start)


def _words_around(picture: Node, container: Node) -> list[str]:
    """The lines of a container from the heading before the picture to the heading after it."""
    children = container.children
    if not any(not isinstance(child, str) and child.tag in HEADING_LEVELS for child in children):
        return lines_of(container)
    own = next(up for up in (picture, *picture.ancestors()) if up.parent is container).position
    begin, end = own, own + 1
    while begin > 0:
        begin -= 1
        before = children[begin]
        if not isinstance(before, str) and before.tag in HEADING_LEVELS:
            break
    while end < len(children):
        after = children[end]
        if not isinstance(after, str) and after.tag in HEADING_LEVELS:
            break
        end += 1
    return lines_of_children(children[begin:end])


def _words_below(cell: Node) -> list[str] | None:
    """Pictures in one row of a table, names in the next: the cells of the same column below."""
    row = cell.parent
    if cell.tag not in ("td", "th") or row is None or row.parent is None or row.pictures < 2 or cell.text_chars:
        return None
    column = row.elements.index(cell)
    lines: list[str] = []
    for below in islice(row.parent.children, row.position + 1, None):
        if isinstance(below, str):
            continue
        cells = below.elements
        if below.pictures or column >= len(cells) or len(cells) != len(row.elements):
            break
        lines += lines_of(cells[column])
    return lines or None


def _words_after(start: Node) -> list[str]:
    """The lines that follow a picture among its siblings, up to the next picture, heading or table."""
    if start.parent is None:
        return []
    after: list[Node | str] = []
    chars = 0
    for child in islice(start.parent.children, start.position + 1, None):
        if isinstance(child, str):
            chars += len(child.strip())
        else:
            if child.pictures or child.tag in HEADING_LEVELS or child.tag in ("table", "form", "hr"):
                break
            chars += child.text_chars
        if chars > _WORDS_CHARS_MOST:
            break
        after.append(child)
    return lines_of_children(after)[:_FOLLOWING_LINES_MOST]
