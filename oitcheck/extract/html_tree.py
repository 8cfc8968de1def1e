"""The elements of a page as plain objects: parsed once by lexbor, then walked cheaply; places that can be re-opened."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import cast

from selectolax.lexbor import LexborHTMLParser, LexborNode

from oitcheck.extract import html_traits as traits
from oitcheck.lib import thai_text

MAX_NODES = 200_000
# Deeper elements are taken as children of the element at this depth: walks recurse, and pages may nest without end.
MAX_DEPTH = 150
_SCRIPT_CHARS_MOST = 300_000

BLOCK_TAGS = frozenset(
    (
        "html", "body", "frameset", "div", "p", "section", "article", "main", "aside", "header", "footer",
        "nav", "hgroup", "search", "ul", "ol", "li", "dl", "dt", "dd", "dir", "menu", "table", "thead", "tbody",
        "tfoot", "tr", "td", "th", "caption", "h1", "h2", "h3", "h4", "h5", "h6", "form", "fieldset", "legend",
        "figure", "figcaption", "blockquote", "pre", "address", "hr", "details", "summary", "center", "marquee",
        "dialog", "noframes", "optgroup", "app-root",
    )
)  # fmt: skip
HEADING_LEVELS = {f"h{level}": level for level in range(1, 7)}
UNSHOWN_TAGS = frozenset(
    (
        "script", "style", "template", "meta", "link", "base", "head", "noscript", "datalist", "param",
        "source", "track", "col", "colgroup",
    )
)  # fmt: skip
CONTROL_TAGS = frozenset(["input", "select", "textarea", "option", "optgroup"])
EMBED_TAGS = frozenset(["iframe", "embed", "object", "frame"])

_SANE_TAG = re.compile(r"^[a-z][a-z0-9-]*$")
_SANE_ID = re.compile(r"^[A-Za-z][A-Za-z0-9_-]{0,60}$")
_SPECIAL = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff\uf700-\uf71a\u0e4d]|[ \u00a0][\u0e31-\u0e3a\u0e47-\u0e4e]|เเ")
_STYLE_BLOCK = re.compile(r"display\s*:\s*(block|flex|grid|table|list-item)", re.IGNORECASE)
_STYLE_BOLD = re.compile(r"font-weight\s*:\s*(bold|[6-9]00)", re.IGNORECASE)
_DOCUMENT_HREF = re.compile(
    r"\.(pdf|docx?|xlsx?|pptx?|zip|rar|ods|odt|csv)\b|drive\.google|/download|/file/d/", re.IGNORECASE
)


class Node:
    """One element. `children` are elements and text in order, `position` is its own among its parent's; the counts
    cover the whole subtree.

    `index` … `end` is the stretch of `Tree.nodes` (document order) that holds this element and its descendants.
    """

    __slots__ = (
        "attrs", "block", "children", "depth", "document_links", "end", "flat", "h1", "index", "link_chars", "links",
        "nth", "parent", "pictures", "place", "position", "tag", "text_chars", "traits",
    )  # fmt: skip

    def __init__(
        self, tag: str, attrs: dict[str, str], parent: Node | None, index: int, depth: int, flat: bool
    ) -> None:
        self.tag = tag
        self.attrs = attrs
        self.parent = parent
        self.index = index
        self.end = index + 1
        self.position = 0
        self.depth = depth
        self.flat = flat
        self.children: list[Node | str] = []
        self.text_chars = 0
        self.link_chars = 0
        self.links = 0
        self.document_links = 0
        self.pictures = 0
        self.h1 = 0
        self.nth = 0  # 0: not counted yet; negative: the only one of its tag
        self.place = ""
        self.traits = traits.of(attrs.get("class", ""), attrs.get("id", "")) if attrs else 0
        style = attrs.get("style") if attrs else None
        self.block = tag in BLOCK_TAGS or (style is not None and _STYLE_BLOCK.search(style) is not None)

    @property
    def elements(self) -> list[Node]:
        return [child for child in self.children if not isinstance(child, str)]

    @property
    def plain_chars(self) -> int:
        """Characters of text outside links."""
        return self.text_chars - self.link_chars

    def ancestors(self) -> Iterator[Node]:
        """The enclosing elements, nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def holds(self, other: Node) -> bool:
        """Whether `other` is this element or inside it."""
        return self.index <= other.index < self.end


class Tree:
    """A page. `cut`: it had more than MAX_NODES elements, and the rest is not here."""

    def __init__(self, html: str) -> None:
        self.nodes: list[Node] = []
        self.ids: dict[str, int] = {}
        self.script_addresses: list[str] = []
        self.script_text = ""
        self.style_text = ""
        self.title = ""
        self.base = ""
        self.noscripts: list[Node] = []
        self.cut = False
        parser = LexborHTMLParser(html)
        root = parser.root
        self.root = self._built(root) if root is not None else Node("html", {}, None, 0, 0, False)
        self.styles = traits.style_classes(self.style_text)
        self._count()

    @classmethod
    def of_element(cls, element: LexborNode) -> Tree:
        """The tree of one element only."""
        tree = cls("")
        tree.nodes, tree.ids = [], {}
        tree.root = tree._built(element)
        tree._count()
        return tree

    def is_strong(self, node: Node) -> bool:
        """Whether the element makes its text bold."""
        if node.tag in ("b", "strong", "th"):
            return True
        style = node.attrs.get("style")
        if style and _STYLE_BOLD.search(style):
            return True
        bold = self.styles.bold
        return bool(bold) and any(name in bold for name in node.attrs.get("class", "").split())

    def place_of(self, node: Node) -> str:
        """A CSS selector that finds `node`, or for what cannot be named so its nearest namable ancestor."""
        while node.parent is not None and (node.flat or not _SANE_TAG.match(node.tag)):
            node = node.parent
        chain: list[Node] = []
        while not node.place and node.parent is not None:
            own_id = node.attrs.get("id", "")
            if own_id and _SANE_ID.match(own_id) and self.ids.get(own_id.lower()) == 1:
                node.place = f"#{own_id}"
            elif node.tag == "body" and not node.parent.parent:
                node.place = "body"
            else:
                chain.append(node)
                node = node.parent
        if not node.place:
            node.place = node.tag
        place = node.place
        for step in reversed(chain):
            place = step.place = f"{place} > {_step(step)}"
        return place

    def _built(self, top: LexborNode) -> Node:
        """The objects under `top`, made in document order without recursion."""
        root: Node | None = None
        nodes, ids = self.nodes, self.ids
        stack: list[tuple[LexborNode, Node | None, int]] = [(top, None, 0)]
        while stack:
            source, parent, depth = stack.pop()
            tag = source.tag
            if tag == "-text":
                if parent is not None:
                    parent.children.append(source.text_content or "")
                continue
            # Instructions (a forgotten <?php … ?>) have no name at all.
            if tag is None or tag[0] in "-!#?":
                continue
            if len(nodes) >= MAX_NODES:
                self.cut = True
                break
            attrs = source.attributes
            own = {name: value or "" for name, value in attrs.items()} if attrs else {}
            if own and "id" in own:
                key = own["id"].lower()
                ids[key] = ids.get(key, 0) + 1
            if tag in UNSHOWN_TAGS and not self._kept(source, tag, own, parent):
                continue
            flat = depth > MAX_DEPTH
            if flat and parent is not None:
                while parent.depth >= MAX_DEPTH and parent.parent is not None:
                    parent = parent.parent
            node = Node(tag, own, parent, len(nodes), min(depth, MAX_DEPTH), flat)
            nodes.append(node)
            if parent is None:
                root = node
            else:
                node.position = len(parent.children)
                parent.children.append(node)
                if tag == "noscript":
                    self.noscripts.append(node)
            child = source.last_child
            while child is not None:
                stack.append((child, node, depth + 1))
                child = child.prev
        return root if root is not None else Node("html", {}, None, 0, 0, False)

    def _kept(self, source: LexborNode, tag: str, attrs: dict[str, str], parent: Node | None) -> bool:
        """Whether an element that is not shown still belongs to the tree; notes what it tells."""
        if tag == "script":
            self.script_addresses.append(attrs.get("src", ""))
            if len(self.script_text) < _SCRIPT_CHARS_MOST:
                self.script_text += (source.text(deep=True) or "")[:_SCRIPT_CHARS_MOST] + "\n"
        elif tag == "style" and len(self.style_text) < _SCRIPT_CHARS_MOST:
            self.style_text += (source.text(deep=True) or "")[:_SCRIPT_CHARS_MOST]
        elif tag == "base" and not self.base:
            self.base = attrs.get("href", "")
        elif tag == "head":
            for name in ("title", "base"):
                found = source.css_first(name)
                if found is not None and name == "title":
                    self.title = clean(found.text(deep=True) or "")
                elif found is not None:
                    self.base = (found.attributes.get("href") or "").strip()
            for element in source.css("script, style"):
                self._kept(element, cast(str, element.tag), {k: v or "" for k, v in element.attributes.items()}, None)
        return tag == "noscript" and parent is not None

    def _count(self) -> None:
        for node in reversed(self.nodes):
            tag = node.tag
            for child in node.children:
                if isinstance(child, str):
                    node.text_chars += len(child.strip())
            if tag in ("noscript", "select", "textarea"):
                node.text_chars = node.link_chars = node.links = node.pictures = node.document_links = 0
            elif tag == "a" and "href" in node.attrs:
                node.link_chars = node.text_chars
                node.links = 1
                node.document_links = 1 if _DOCUMENT_HREF.search(node.attrs["href"]) else 0
            elif tag == "img" and traits.is_content_picture(node.attrs):
                node.pictures = 1
            elif tag == "h1":
                node.h1 = 1
            parent = node.parent
            if parent is not None:
                parent.text_chars += node.text_chars
                parent.link_chars += node.link_chars
                parent.links += node.links
                parent.document_links += node.document_links
                parent.pictures += node.pictures
                parent.h1 += node.h1
                if node.end > parent.end:
                    parent.end = node.end


class LineBuffer:
    """Pieces of inline text that become one line; blanks only where the page has white space or a picture."""

    __slots__ = ("_last_href", "pieces", "strong_chars", "weak_chars")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.strong_chars = 0
        self.weak_chars = 0
        self._last_href: str | None = None

    def add(self, text: str, strong: bool = False) -> None:
        self.pieces.append(text)
        shown = len(text.strip())
        if shown:
            self._last_href = None
            if strong:
                self.strong_chars += shown
            else:
                self.weak_chars += shown

    def gap(self) -> None:
        self.pieces.append(" ")

    def link_begins(self, href: str) -> None:
        """Keeps two neighbouring links apart, unless they are one link that an editor cut in two."""
        if self._last_href is not None and self._last_href != href:
            self.pieces.append(" ")

    def link_ended(self, href: str) -> None:
        self._last_href = href

    def taken(self) -> tuple[str, bool]:
        """The line and whether all of it is strong; the buffer is empty afterwards."""
        text = clean("".join(self.pieces)) if self.pieces else ""
        strong = self.strong_chars > 0 and self.weak_chars == 0
        self.pieces, self.strong_chars, self.weak_chars, self._last_href = [], 0, 0, None
        return text, strong


def clean(text: str) -> str:
    """One line as shown, white space folded, Thai repaired (see `lib.thai_text`); quick where nothing needs repair."""
    text = " ".join(text.split())
    if not text or text.isascii():
        return text
    if unicodedata.is_normalized("NFC", text) and not _SPECIAL.search(text):
        return text
    return " ".join(thai_text.repair(text)[0].split())


def lines_of(node: Node, most: int = 100_000) -> list[str]:
    """The lines of text of one element, as shown; at most `most` lines."""
    lines: list[str] = []
    buffer = LineBuffer()
    _gather(node.children, buffer, lines, node.tag in ("pre", "listing"))
    _flush(buffer, lines)
    return lines[:most]


def lines_of_children(children: list[Node | str]) -> list[str]:
    """The lines of a stretch of neighbouring children."""
    lines: list[str] = []
    buffer = LineBuffer()
    _gather(children, buffer, lines, False)
    _flush(buffer, lines)
    return lines


def text_of(node: Node) -> str:
    """The text of one element in one line."""
    return " ".join(lines_of(node))


def label_of(node: Node) -> str:
    """What names an element that shows no text: aria-label, title, or the alt of a picture in it."""
    for name in ("aria-label", "title", "alt", "placeholder"):
        if node.attrs.get(name, "").strip():
            return clean(node.attrs[name])
    stack = list(reversed(node.elements))
    while stack:
        inner = stack.pop()
        name = inner.attrs.get("alt") or inner.attrs.get("aria-label") or inner.attrs.get("title") or ""
        if inner.tag == "title":
            name = text_of(inner)
        if name.strip():
            return clean(name)
        stack.extend(reversed(inner.elements))
    return ""


def _gather(children: list[Node | str], buffer: LineBuffer, lines: list[str], pre: bool) -> None:
    for child in children:
        if isinstance(child, str):
            if pre and "\n" in child:
                for part in child.split("\n"):
                    _flush(buffer, lines)
                    buffer.add(part)
            else:
                buffer.add(child)
            continue
        tag = child.tag
        if tag == "br":
            _flush(buffer, lines)
        elif tag in ("img", "input"):
            buffer.gap()
        elif tag in CONTROL_TAGS or tag in EMBED_TAGS or tag in ("noscript", "svg", "canvas", "video", "audio"):
            continue
        elif child.block:
            _flush(buffer, lines)
            _gather(child.children, buffer, lines, pre or tag == "pre")
            _flush(buffer, lines)
        elif tag == "a":
            buffer.link_begins(child.attrs.get("href", ""))
            _gather(child.children, buffer, lines, pre)
            buffer.link_ended(child.attrs.get("href", ""))
        else:
            if tag in ("button", "label"):
                buffer.gap()
            _gather(child.children, buffer, lines, pre)


def _flush(buffer: LineBuffer, lines: list[str]) -> None:
    if buffer.pieces:
        text, _ = buffer.taken()
        if text:
            lines.append(text)


def _step(node: Node) -> str:
    if node.nth == 0 and node.parent is not None:
        counts: dict[str, int] = {}
        twins = [child for child in node.parent.children if not isinstance(child, str) and not child.flat]
        for twin in twins:
            counts[twin.tag] = twin.nth = counts.get(twin.tag, 0) + 1
        for twin in twins:
            if counts[twin.tag] == 1:
                twin.nth = -1
    return node.tag if node.nth < 0 else f"{node.tag}:nth-of-type({node.nth})"
