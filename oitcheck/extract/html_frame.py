"""Which elements of a page are its frame (menu, header, footer, side column) and not its content."""

from __future__ import annotations

import re
from bisect import bisect_right

from oitcheck.extract import html_traits as traits
from oitcheck.extract.html_tree import HEADING_LEVELS, Node, Tree, text_of

_FRAME_TAGS = frozenset(("nav", "header", "footer", "aside"))
_FRAME_ROLES = frozenset(("navigation", "banner", "contentinfo", "complementary", "menubar", "menu"))
_HEAD_TOKENS = re.compile(r"copyright|©|สงวนลิขสิทธิ์|ลิขสิทธิ์", re.IGNORECASE)
_LINKS_LEAST = 5
_LINK_SHARE_LEAST = 0.75
_LINK_CHARS_MOST = 45
_COPYRIGHT_CHARS_MOST = 500


def frame_nodes(tree: Tree) -> set[int]:
    """The `index` of each outermost element of the frame."""
    body = _body(tree)
    plain_total = body.plain_chars
    mains = _Mains(tree)
    frames: set[int] = set()
    index = body.index + 1
    while index < body.end:
        node = tree.nodes[index]
        if _is_frame(node, mains, plain_total):
            frames.add(index)
            index = node.end
            continue
        index += 1
    if not any(_holds_text(node, frames, tree) for node in (mains.nodes or [body])):
        return set()
    if (copyright_node := _copyright(tree, body)) is not None:
        frames.add(copyright_node)
    return frames


def _body(tree: Tree) -> Node:
    return next((node for node in tree.nodes[:50] if node.tag in ("body", "frameset")), tree.root)


class _Mains:
    """The elements that call themselves the content, outermost only, in order; those without text do not count."""

    def __init__(self, tree: Tree) -> None:
        self.nodes: list[Node] = []
        for node in tree.nodes:
            if (self.nodes and node.index < self.nodes[-1].end) or not (node.text_chars or node.pictures):
                continue
            if node.tag in ("main", "article") or node.attrs.get("role") in ("main", "article"):
                self.nodes.append(node)
        self._starts = [node.index for node in self.nodes]

    def around(self, node: Node) -> Node | None:
        """The one that holds `node`, itself counted."""
        position = bisect_right(self._starts, node.index) - 1
        return self.nodes[position] if position >= 0 and self.nodes[position].holds(node) else None

    def is_inside(self, node: Node) -> bool:
        """Whether one stands inside `node`."""
        position = bisect_right(self._starts, node.index)
        return position < len(self._starts) and self._starts[position] < node.end


def _holds_text(main: Node, frames: set[int], tree: Tree) -> bool:
    """Whether something is left of the content when the frame is taken away."""
    taken = sum(
        tree.nodes[index].text_chars + tree.nodes[index].pictures for index in frames if main.holds(tree.nodes[index])
    )
    return main.text_chars + main.pictures > taken


def _is_frame(node: Node, mains: _Mains, plain_total: int) -> bool:
    within = mains.around(node)
    if node.traits & traits.BREADCRUMB:
        return node.text_chars < 400 and node.h1 == 0
    role = node.attrs.get("role", "")
    if node.tag == "nav" or role in _FRAME_ROLES:
        if within is not None and (role == "complementary" or node.text_chars * 2 > within.text_chars):
            return False
        return not _is_the_content(node, mains, plain_total)
    if within is not None:
        named = (
            node.traits & traits.FRAME
            and within.tag != "article"
            and node.tag not in ("header", "footer", "aside", "body")
        )
        small = node.text_chars * 3 < within.text_chars and node.plain_chars * 2 < within.plain_chars
        return bool(named) and small and node.links >= 2
    if node.tag in _FRAME_TAGS or node.traits & (traits.FRAME | traits.WIDGET):
        if node.traits & traits.CONTENT or node.tag == "body":
            return False
        return not _is_the_content(node, mains, plain_total)
    return _is_menu_beside(node)


def _is_the_content(node: Node, mains: _Mains, plain_total: int) -> bool:
    """Whether an element that looks like frame holds the main share of the page, or its heading with what follows."""
    if mains.is_inside(node):
        return True
    if node.h1:
        beyond = node.plain_chars - sum(child.text_chars for child in _headings_in(node))
        if node.links < 2 and not node.traits & traits.FRAME and node.tag != "nav":
            return True
        if beyond > 250:
            return True
    return node.plain_chars > 150 and node.plain_chars * 2 > plain_total


def _headings_in(node: Node) -> list[Node]:
    found: list[Node] = []
    stack = list(node.elements)
    while stack:
        inner = stack.pop()
        if inner.tag == "h1":
            found.append(inner)
        elif inner.h1:
            stack.extend(inner.elements)
    return found


def _is_menu_beside(node: Node) -> bool:
    """Whether a block is many short links, next to a block with more to say."""
    if node.links < _LINKS_LEAST or not node.block or node.tag in ("body", "html", "table", "tbody", "tr", "form"):
        return False
    if node.link_chars < node.text_chars * _LINK_SHARE_LEAST and node.plain_chars > 80:
        return False
    if node.link_chars > node.links * _LINK_CHARS_MOST or node.document_links * 3 > node.links:
        return False
    if node.traits & traits.CONTENT or node.parent is None or _has_big_heading(node):
        return False
    siblings = [other for other in node.parent.elements if other is not node and other.text_chars]
    if node.tag == "td":
        return _is_narrow(node) and any(_is_fuller(other, node) for other in siblings)
    if node.traits & traits.NARROW:
        return any(_is_fuller(other, node) for other in siblings if not other.traits & traits.NARROW)
    if node.tag in ("ul", "div") and node.parent.tag in ("body", "center", "form"):
        # A bar of links straight under <body>, before anything that says something of its own.
        before = [other for other in siblings if other.index < node.index]
        after = [other for other in siblings if other.index > node.index]
        return all(other.plain_chars < 200 for other in before) and any(_is_fuller(other, node) for other in after)
    return False


def _is_narrow(cell: Node) -> bool:
    width = cell.attrs.get("width", "").strip()
    if width.endswith("%"):
        return width[:-1].strip().isdigit() and int(width[:-1]) <= 30
    pixels, _ = traits.sides_px(cell.attrs)
    if pixels:
        return pixels <= 280
    return True


def _is_fuller(other: Node, node: Node) -> bool:
    return other.plain_chars > max(60, node.plain_chars * 2) or (
        other.plain_chars > node.plain_chars and other.document_links > node.document_links
    ) or _has_big_heading(other)  # fmt: skip


def _has_big_heading(node: Node) -> bool:
    stack = list(node.elements)
    seen = 0
    while stack and seen < 300:
        inner = stack.pop()
        seen += 1
        if HEADING_LEVELS.get(inner.tag, 9) <= 3:
            return True
        stack.extend(inner.elements)
    return False


def _copyright(tree: Tree, body: Node) -> int | None:
    """The last block of the page when it is its copyright line."""
    node = body
    while True:
        filled = [child for child in node.elements if child.text_chars]
        own = sum(len(child.strip()) for child in node.children if isinstance(child, str))
        if not filled or own or node.text_chars <= _COPYRIGHT_CHARS_MOST:
            break
        node = filled[-1]
    if node is body or not node.text_chars or node.text_chars > _COPYRIGHT_CHARS_MOST or not node.block:
        return None
    if node.plain_chars * 2 > body.plain_chars:
        return None
    return node.index if _HEAD_TOKENS.search(text_of(node)) else None
