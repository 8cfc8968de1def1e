"""One walk over a page: what it shows, in reading order, as blocks in sections under a path of headings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from oitcheck.extract import html_tables
from oitcheck.extract import html_traits as traits
from oitcheck.extract.grid import looks_like_data
from oitcheck.extract.html_embeds import files_in_scripts, shown_files, shown_post
from oitcheck.extract.html_figures import PictureWords
from oitcheck.extract.html_frame import frame_nodes
from oitcheck.extract.html_links import (
    Addresses,
    embed_source,
    form_parts,
    fragment_targets,
    href_of,
    is_map_service,
    is_other_service,
    link_text,
)
from oitcheck.extract.html_tree import (
    EMBED_TAGS,
    HEADING_LEVELS,
    LineBuffer,
    Node,
    Tree,
    clean,
    label_of,
    lines_of,
    text_of,
)
from oitcheck.model.evidence import (
    BlindReason,
    BlindSpot,
    Block,
    Capture,
    Figure,
    Form,
    Line,
    Link,
    Locator,
    Section,
    Table,
)

_BOX_HOLDERS = frozenset(("div", "section", "main", "article", "body", "ul", "form", "td", "details"))
_HEADING_CHARS_MOST = 150
_TITLE_BLOCK_LINES = 3
_TITLE_LINE_CHARS_MOST = 200
_LEVEL_LARGE, _LEVEL_PANEL, _LEVEL_TERM, _LEVEL_BOLD = 65, 70, 80, 90
_HAS_LETTER = re.compile(r"[A-Za-zก-ฮ]")
_FORM_PAGE_SHARE = 0.6


@dataclass(slots=True)
class _Open:
    """A section under construction."""

    heading: tuple[str, ...]
    role: str
    anchor: str
    at: Locator
    blocks: list[Block] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Heading:
    """An entry of the heading path. It ends with `scope`, or when a heading of its level or above comes."""

    level: int
    text: str
    scope: Node | None


class Walk:
    """One walk over a page. The walk recurses no deeper than `html_tree.MAX_DEPTH`."""

    def __init__(self, tree: Tree, capture: Capture, rows_most: int) -> None:
        self.tree = tree
        self.capture = capture
        self.rows_most = rows_most
        self.blind_spots: list[BlindSpot] = []
        self.cut_table = False
        self._addresses = Addresses(capture.final_url or capture.url, tree.base)
        self._frames = frame_nodes(tree)
        self._pictures = PictureWords(tree)
        self._targets, self._toggled = fragment_targets(tree)
        self._fragment = unquote(capture.url.partition("#")[2] or capture.final_url.partition("#")[2])
        self._sections: list[_Open] = []
        self._current: _Open | None = None
        self._path: list[_Heading] = []
        self._role = "content"
        self._anchors: list[str] = []
        self._next_anchor = ""
        self._buffer = LineBuffer()
        self._waiting: list[Block] = []
        self._block = tree.root
        self._cards = 0
        self._in_form = 0
        self._on_map_link = False
        self._stray_forms: set[int] = set()
        self._has_maps_script = any(
            "maps.googleapis" in address or "leaflet" in address or "longdo" in address
            for address in tree.script_addresses
        )

    def run(self) -> None:
        """Walks everything; when a page shows nothing but what stands in <noscript>, that."""
        self._children(self.tree.root, False)
        self._flush()
        if not any(section.blocks for section in self._sections):
            for node in self.tree.noscripts:
                self._children(node, False)
                self._flush()
        self._files_of_scripts()

    def finished(self) -> tuple[Section, ...]:
        return tuple(
            Section(part.heading, tuple(part.blocks), part.role, part.anchor, part.at)
            for part in self._sections
            if part.blocks
        )

    # -- walking ----------------------------------------------------------------------------------------------------

    def _children(self, node: Node, strong: bool) -> None:
        add = self._buffer.add
        pre = node.tag == "pre"
        boxes: dict[int, html_tables.BoxTable] = {}
        if len(node.children) > 1 and node.text_chars and node.tag in _BOX_HOLDERS:
            boxes = {box.first: box for box in html_tables.box_tables(node, self.tree.styles.rows, self.rows_most)}
        done = 0
        for position, child in enumerate(node.children):
            if position < done:
                continue
            if position in boxes:
                box = boxes[position]
                done = box.last + 1
                held = [part for part in node.children[position:done] if not isinstance(part, str)]
                self._table(held[0] if len(held) == 1 else node, box.table, held)
                continue
            if isinstance(child, str):
                if pre and "\n" in child:
                    for part in child.split("\n"):
                        self._flush()
                        add(part, strong)
                else:
                    add(child, strong)
            else:
                self._element(child, strong)

    def _element(self, node: Node, strong: bool) -> None:
        tag = node.tag
        if node.attrs and tag not in EMBED_TAGS:
            self._shown_by_script(node)
        if tag == "br":
            self._flush()
        elif tag == "noscript":
            return
        elif tag in ("select", "textarea"):
            self._stray_field(node)
        elif tag == "img":
            self._buffer.gap()
            self._picture(node)
        elif tag == "a" or tag == "area":
            self._anchor(node, strong)
        elif tag in EMBED_TAGS:
            self._embed(node)
        elif tag == "input":
            self._buffer.gap()
            self._stray_field(node)
        elif tag in ("svg", "canvas", "video", "audio"):
            self._media(node)
        elif node.block:
            self._block_element(node, strong)
        else:
            self._inline_element(node, strong)

    def _inline_element(self, node: Node, strong: bool) -> None:
        if node.tag in ("button", "label"):
            self._buffer.gap()
        if node.tag == "button" and (href := href_of(node)):
            self._add_link(node, href)
        self._children(node, strong or self.tree.is_strong(node))

    def _block_element(self, node: Node, strong: bool) -> None:
        """A block begins and ends lines; it may be frame, a heading, a table, a form, the body of a tab."""
        self._flush()
        if node.index in self._frames and self._role == "content":
            self._frame(node)
            return
        outer, self._block = self._block, node
        depth_before = len(self._path)
        is_card = node.index in self._pictures.cards
        is_target = self._enter_target(node)
        self._cards += is_card
        strong = strong or self.tree.is_strong(node)
        if not self._special(node, strong):
            self._children(node, strong)
            self._flush(whole_block=node)
        self._leave_scope(node, depth_before)
        self._cards -= is_card
        if is_target:
            self._anchors.pop()
            self._current = None
        self._block = outer

    def _special(self, node: Node, strong: bool) -> bool:
        """Handles blocks that are not simply walked. Returns whether it did."""
        tag = node.tag
        if tag == "table":
            table = html_tables.data_table(node, self.rows_most)
            if table is not None:
                self._table(node, table, [node])
                return True
            return False
        if tag == "form":
            self._form(node, strong)
            return True
        if self._is_heading(node):
            self._heading_element(node)
            return True
        if node.traits & traits.MAP and not node.text_chars and self._has_maps_script:
            self._emit(Figure("", label_of(node), (), self._at(node), map_service=True))
        return False

    def _frame(self, node: Node) -> None:
        saved = (self._path, self._cards)
        self._path, self._role, self._current, self._cards = [], "frame", None, 0
        self._block_element(node, False)
        self._flush()
        (self._path, self._cards), self._role, self._current = saved, "content", None

    def _enter_target(self, node: Node) -> bool:
        """Begins a section of its own for an element that a fragment names, under the words of its tab."""
        own_id = node.attrs.get("id", "")
        # "Back to the top" names the whole page.
        if (
            not own_id
            or node.tag in ("html", "body")
            or self._role != "content"
            or (own_id not in self._targets and own_id != self._fragment)
        ):
            return False
        self._anchors.append(own_id)
        self._current = None
        label = self._targets.get(own_id, "")
        is_pane = node.traits & traits.TAB_PANE or node.attrs.get("role") == "tabpanel" or own_id in self._toggled
        is_told = any(entry.text == label for entry in self._path[-1:])
        if label and is_pane and not is_told and len(label) <= _HEADING_CHARS_MOST:
            self._path.append(_Heading(_LEVEL_PANEL, label, node))
        return True

    # -- headings ---------------------------------------------------------------------------------------------------

    def _is_heading(self, node: Node) -> bool:
        tag = node.tag
        if tag in HEADING_LEVELS or tag in ("summary", "dt", "legend") or node.attrs.get("role") == "heading":
            return 0 < node.text_chars <= 2 * _HEADING_CHARS_MOST and not _holds_blocks(node)
        if not 0 < node.text_chars <= _HEADING_CHARS_MOST or tag in ("li", "td", "tr", "table", "ul", "a"):
            return False
        if node.traits & traits.PANEL_HEAD or node.traits & traits.TITLE:
            return not self._leads_away(node) and len(lines_of(node)) == 1 and not _has_heading(node)
        return False

    def _leads_away(self, node: Node) -> bool:
        """Whether the text of a would-be heading is a link to another page."""
        if node.links == 0 or node.link_chars * 2 < node.text_chars:
            return False
        for inner in self.tree.nodes[node.index : node.end]:
            if inner.tag == "a" and "href" in inner.attrs:
                href = href_of(inner)
                if not self._addresses.is_placeholder(href, self._addresses.resolved(href)):
                    return True
        return False

    def _heading_element(self, node: Node) -> None:
        text = text_of(node)
        level, scope = self._rank(node)
        is_card_line = self._cards and not (node.tag == "summary" or node.traits & traits.PANEL_HEAD)
        line = Line(text, self._at(node), strong=True)
        if not text:
            self._children(node, True)
            self._flush()
            return
        if is_card_line or looks_like_data(text) or not _HAS_LETTER.search(text):
            self._emit(line)
        else:
            self._begin(level, text, scope, node)
            self._emit(line)
        self._extras(node)

    def _rank(self, node: Node) -> tuple[int, Node | None]:
        """The level of a heading, and the element with which it ends if it heads a panel."""
        panel = next(
            (up for up in (node, *_few(node)) if up.traits & traits.PANEL_HEAD or up.tag in ("summary", "dt")), None
        )
        scope = panel.parent if panel is not None else None
        while scope is not None and scope.parent is not None and panel is not None and scope.end == panel.end:
            scope = scope.parent  # a wrapper around the header alone
        if scope is not None and (scope.tag in ("body", "main", "html") or scope.parent is None):
            scope = None
        if node.tag in HEADING_LEVELS:
            return HEADING_LEVELS[node.tag] * 10, scope
        if node.attrs.get("role") == "heading":
            given = node.attrs.get("aria-level", "2")
            return (int(given) * 10 if given.isdecimal() and len(given) == 1 else 20), scope
        return (_LEVEL_TERM if node.tag == "dt" else _LEVEL_PANEL), scope

    def _begin(self, level: int, text: str, scope: Node | None, node: Node) -> None:
        path = self._path
        while path:
            last = path[-1]
            if (last.scope is not None and last.scope is not scope) or last.level < level:
                break
            path.pop()
        path.append(_Heading(level, text, scope))
        self._open(self._anchor_for(node), node)

    def _anchor_for(self, node: Node) -> str:
        if self._fragment and self._fragment in self._anchors:
            return self._fragment
        own_id = node.attrs.get("id", "") or self._named_within(node) or self._next_anchor
        self._next_anchor = ""
        if own_id or self._anchors:
            return own_id or self._anchors[-1]
        for up in _few(node):
            if (
                up.attrs.get("id")
                and up.tag not in ("body", "main")
                and up.text_chars < 4 * max(1, node.text_chars) + 4000
            ):
                first = next((child for child in up.elements if child.text_chars), None)
                if first is not None and first.holds(node):
                    return up.attrs["id"]
        return ""

    def _named_within(self, heading: Node) -> str:
        """The name of an anchor in a heading (<h3><a name="o26"></a>…) that a link or the address uses; "" else."""
        for inner in self.tree.nodes[heading.index + 1 : heading.end]:
            name = inner.attrs.get("id", "") or (inner.attrs.get("name", "") if inner.tag == "a" else "")
            if name and (name in self._targets or name == self._fragment):
                return name
        return ""

    def _open(self, anchor: str, node: Node) -> _Open:
        heading = tuple(entry.text for entry in self._path)
        self._current = _Open(heading, self._role, anchor, self._at(node))
        self._sections.append(self._current)
        return self._current

    def _leave_scope(self, node: Node, depth_before: int) -> None:
        for position, entry in enumerate(self._path[:]):
            if entry.scope is node:
                del self._path[position:]
                self._current = None
                break

    # -- lines ------------------------------------------------------------------------------------------------------

    def _flush(self, whole_block: Node | None = None) -> None:
        """Ends the line that is being gathered; links and pictures of the line follow it."""
        if self._buffer.pieces:
            text, strong = self._buffer.taken()
            if text:
                if strong and whole_block is not None and self._is_bold_heading(text, whole_block):
                    large = self.tree.styles.large
                    is_large = any(name in large for name in whole_block.attrs.get("class", "").split())
                    self._begin(_LEVEL_LARGE if is_large else _LEVEL_BOLD, text, None, whole_block)
                elif whole_block is not None and self._is_large_heading(text, whole_block):
                    self._begin(_LEVEL_LARGE, text, None, whole_block)
                    strong = True
                self._emit(Line(text, self._at(self._block), strong))
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            for block in waiting:
                self._emit(block)

    def _is_bold_heading(self, text: str, block: Node) -> bool:
        if len(text) > _HEADING_CHARS_MOST or self._cards or block.tag in ("li", "label", "address"):
            return False
        if looks_like_data(text) or not _HAS_LETTER.search(text) or self._leads_away(block):
            return False
        return len(text) >= block.text_chars - 40 and len(lines_of(block, 2)) == 1

    def _is_large_heading(self, text: str, block: Node) -> bool:
        large = self.tree.styles.large
        if (
            not large
            or self._cards
            or len(text) > _HEADING_CHARS_MOST
            or looks_like_data(text)
            or self._leads_away(block)
        ):
            return False
        return any(name in large for name in block.attrs.get("class", "").split()) and len(lines_of(block, 2)) == 1

    def _emit(self, block: Block) -> None:
        current = self._current
        if current is None:
            anchor = self._fragment if self._fragment in self._anchors else (self._anchors[-1] if self._anchors else "")
            anchor = anchor or self._next_anchor
            self._next_anchor = ""
            current = self._open(anchor, self._block)
        current.blocks.append(block)

    def _at(self, node: Node) -> Locator:
        return Locator(self.capture.sha256, "css:" + self.tree.place_of(node))

    # -- links, pictures, frames, forms -----------------------------------------------------------------------------

    def _anchor(self, node: Node, strong: bool) -> None:
        href = node.attrs.get("href", "")
        self._buffer.link_begins(href)
        leads = href_of(node)
        name = node.attrs.get("name", "") or (node.attrs.get("id", "") if "href" not in node.attrs else "")
        if (name and name == self._fragment) or (name in self._targets and name):
            self._flush()
            self._next_anchor, self._current = name, None
        is_link = "href" in node.attrs or leads or (node.text_chars and not name)
        if is_link and not self._is_empty_wrapper(node):
            self._add_link(node, leads)
        outside, self._on_map_link = self._on_map_link, self._on_map_link or is_map_service(leads)
        if node.block:
            self._block_element(node, strong)
        else:
            self._children(node, strong or self.tree.is_strong(node))
        self._on_map_link = outside
        self._buffer.link_ended(href)

    def _is_empty_wrapper(self, node: Node) -> bool:
        """Whether this is what a parser leaves of the outer of two nested links: nothing a person could click on."""
        if node.text_chars or node.elements or node.parent is None or node.tag == "area":
            return False
        if node.end >= len(self.tree.nodes) or self.tree.nodes[node.end].parent is not node.parent:
            return False
        follower = self.tree.nodes[node.end]
        href = node.attrs.get("href")
        near = self.tree.nodes[follower.index : min(follower.end, follower.index + 20)]
        return follower.tag == "a" or any(inner.tag == "a" and inner.attrs.get("href") == href for inner in near)

    def _add_link(self, node: Node, href: str) -> None:
        url = self._addresses.resolved(href)
        text = link_text(node)
        self._waiting.append(Link(url, text, self._addresses.is_placeholder(href, url), self._at(node)))

    def _picture(self, node: Node) -> None:
        if not node.pictures:
            return
        width, height = traits.sides_px(node.attrs)
        url = self._addresses.resolved(traits.picture_address(node.attrs))
        alt = clean(node.attrs.get("alt", "") or node.attrs.get("title", ""))
        words = self._pictures.words.get(node.index, ())
        figure = Figure(url, alt, words, self._at(node), width, height, map_service=self._on_map_link)
        self._waiting.append(figure)

    def _media(self, node: Node) -> None:
        if node.tag == "svg":
            label = label_of(node)
            if label and not node.flat:
                self._waiting.append(Figure("", label, (), self._at(node), *traits.sides_px(node.attrs)))
            return
        source = embed_source(node)
        if node.tag in ("video", "audio") and source:
            url = self._addresses.resolved(source)
            self._waiting.append(Link(url, label_of(node), not url, self._at(node), embedded=True))

    def _embed(self, node: Node) -> None:
        self._flush()
        source = embed_source(node)
        url = self._addresses.resolved(source)
        label = clean(node.attrs.get("title", "") or node.attrs.get("name", ""))
        at = self._at(node)
        if is_map_service(url):
            width, height = traits.sides_px(node.attrs)
            self._emit(Figure(url, label, (), at, width, height, map_service=True))
            return
        if url:
            self._emit(Link(url, label, self._addresses.is_placeholder(source, url), at, embedded=True))
            self._mind_service(url, at)
        self._children(node, False)
        self._flush()

    def _mind_service(self, url: str, at: Locator) -> None:
        """Take note of an embedded part whose content is on a service that cannot be read."""
        if is_other_service(url) and self._role == "content":
            self.blind_spots.append(
                BlindSpot(self.capture, BlindReason.OTHER_SERVICE, place=at.place, detail=url[:300])
            )

    def _shown_by_script(self, node: Node) -> None:
        for source in shown_files(node):
            url = self._addresses.resolved(source)
            self._waiting.append(Link(url, label_of(node), not url, self._at(node), embedded=True))
        post = shown_post(node)
        if post:
            self._mind_service(self._addresses.resolved(post), self._at(node))

    def _files_of_scripts(self) -> None:
        """The files that scripts give to a viewer; they stand at the end of the content, since nothing tells where."""
        sources = files_in_scripts(self.tree.script_text)
        if not sources:
            return
        known = {b.url for part in self._sections for b in part.blocks if isinstance(b, Link)}
        self._current = next((part for part in reversed(self._sections) if part.role == "content"), None)
        for url in dict.fromkeys(map(self._addresses.resolved, sources)):
            if url and url not in known:
                self._emit(Link(url, "", False, self._at(self.tree.root), embedded=True))

    def _extras(self, node: Node) -> None:
        """The links, pictures and frames inside an element whose text was already taken as a heading or a table."""
        for inner in self.tree.nodes[node.index + 1 : node.end]:
            tag = inner.tag
            if tag == "img":
                self._picture(inner)
            elif tag == "a" or tag == "area" or (tag == "button" and href_of(inner)):
                href = href_of(inner)
                if ("href" in inner.attrs or href) and not self._is_empty_wrapper(inner):
                    self._add_link(inner, href)
            elif tag in EMBED_TAGS and (source := embed_source(inner)):
                url = self._addresses.resolved(source)
                self._waiting.append(Link(url, label_of(inner), not url, self._at(inner), embedded=True))
                self._mind_service(url, self._at(inner))
            elif inner.attrs:
                self._shown_by_script(inner)
        self._flush()

    def _table(self, node: Node, table: html_tables.DataTable, held: list[Node]) -> None:
        """A table at the place of `node`, then the links and pictures of the elements that hold it."""
        self._flush()
        parts = table.parts
        caption = (*self._title_lines(), *table.caption, *parts.caption)
        rows = tuple("css:" + self.tree.place_of(row) for row in table.row_nodes)
        self.cut_table = self.cut_table or table.cut
        if parts.header or parts.rows:
            self._emit(Table(parts.header, parts.rows, tuple(dict.fromkeys(caption)), self._at(node), rows))
        else:
            for text in (*table.caption, *parts.caption):
                self._emit(Line(text, self._at(node)))
        for part in held:
            self._extras(part)

    def _title_lines(self) -> tuple[str, ...]:
        """The lines directly above a table, nearest last."""
        lines: list[str] = []
        for block in reversed(self._current.blocks if self._current is not None else []):
            if isinstance(block, Link):
                continue
            if (
                not isinstance(block, Line)
                or len(block.text) > _TITLE_LINE_CHARS_MOST
                or len(lines) >= _TITLE_BLOCK_LINES
            ):
                break
            lines.append(block.text)
        return tuple(reversed(lines))

    def _form(self, node: Node, strong: bool) -> None:
        """A form is told as a whole; what stands in it is content too, since whole pages are wrapped in one."""
        is_page = node.h1 > 0 or (
            node.text_chars > _FORM_PAGE_SHARE * self.tree.root.text_chars and node.text_chars > 800
        )
        words, fields = form_parts(node, words_of_all=not is_page)
        if fields:
            action = self._addresses.resolved(node.attrs.get("action", "")) or self._addresses.page_url
            self._emit(Form(words, fields, action, self._at(node)))
        self._in_form += 1
        self._children(node, strong)
        self._flush()
        self._in_form -= 1

    def _stray_field(self, node: Node) -> None:
        """A control outside any form: the nearest block with two or more of them is told as a form, once."""
        if self._in_form or node.attrs.get("type", "").lower() in ("hidden", "checkbox", "radio"):
            return
        for up in _few(node, 6):
            if up.tag in ("body", "main", "html"):
                return
            if up.index in self._stray_forms:
                return
            words, fields = form_parts(up, words_of_all=True)
            if len(fields) >= 2:
                self._stray_forms.add(up.index)
                self._waiting.append(Form(words, fields, self._addresses.page_url, self._at(up)))
                return


def _few(node: Node, most: int = 3) -> list[Node]:
    """The nearest enclosing elements."""
    found: list[Node] = []
    up = node.parent
    while up is not None and len(found) < most:
        found.append(up)
        up = up.parent
    return found


def _holds_blocks(node: Node) -> bool:
    """Whether a would-be heading was left open and swallowed what follows it."""
    return any(inner.tag in ("table", "ul", "ol", "form", "iframe", "dl") for inner in _inside(node))


def _has_heading(node: Node) -> bool:
    return any(inner.tag in HEADING_LEVELS or inner.tag == "summary" for inner in _inside(node))


def _inside(node: Node) -> list[Node]:
    found: list[Node] = []
    stack = list(node.elements)
    while stack and len(found) < 60:
        inner = stack.pop()
        found.append(inner)
        stack.extend(inner.elements)
    return found
