"""OpenDocument texts and slides (odt, odp) → sections under headings, or one section per slide (`page:3`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from oitcheck.extract.flow import MOST_BLOCKS, Flow, Paper, Result, frame, mended, read_as, text_in
from oitcheck.extract.grid import Cell, expand
from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.ocr_page import ScanPage
from oitcheck.extract.package import Package, Unreadable, attribute, is_locked, local
from oitcheck.extract.pasted import Pasted
from oitcheck.extract.pdf import NO_SCANS
from oitcheck.model.evidence import BlindReason, Capture, Figure, Link, Locator

_MOST_REPEATED = 200
_LENGTH = re.compile(r"([\d.]{1,12})\s*(cm|mm|in|pt|px)?")
_CM = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72, "px": 2.54 / 96, None: 1.0}
_SHEET_CM2 = 21.0 * 29.7
# A slide is as large as the program makes it, 28 × 21 cm or 28 × 15.75.
_SLIDE_CM2 = 28.0 * 15.75
_PX_PER_CM = 96 / 2.54
_NOT_SHOWN = frozenset(
    ("annotation", "annotation-end", "tracked-changes", "notes", "forms", "event-listeners", "title", "desc")
)
# What holds blocks and says nothing itself.
_HOLDERS = frozenset(
    (
        "list", "list-item", "list-header", "section", "text-box", "g", "frame", "custom-shape", "rect", "ellipse",
        "table-of-content", "illustration-index", "table-index", "alphabetical-index", "bibliography", "index-body",
        "index-title",
    )
)  # fmt: skip


def read(capture: Capture, body: bytes, limits: ExtractLimits, scans: Mapping[int, ScanPage] = NO_SCANS) -> Result:
    """The document of an odt or odp file; a blind spot when it is empty, broken or locked.

    `scans` are the pictures in it that OCR has read, by number.
    """
    return read_as(lambda: _paper(body, capture.sha256, limits.pages), capture, limits, scans)


def text_at(body: bytes, place: str) -> str:
    """The text of a place ("paragraph:12", "table:2"; of slides "page:3"), tables by rows and cells. "" if none."""
    return text_in(lambda: _paper(body, "", ExtractLimits().pages), place)


def pictures(body: bytes) -> tuple[Pasted, ...]:
    """The pictures in an odt or odp file, in the order in which they stand. Raises Unreadable."""
    return _paper(body, "", ExtractLimits().pages).pictures


def _paper(body: bytes, sha256: str, most: int) -> Paper:
    package = Package(body)
    if is_locked(body):
        raise Unreadable(BlindReason.ENCRYPTED)
    root = package.xml("content.xml")
    if root is None:
        raise Unreadable(BlindReason.CORRUPT, "no content.xml")
    content = next((node for node in root.iter() if local(node) in ("text", "presentation") and _is_office(node)), None)
    if content is None:
        raise Unreadable(BlindReason.CORRUPT, "neither text nor slides")
    styles = package.xml("styles.xml")
    walk = _Walk(Flow(sha256), _bold_styles(root, styles))
    if local(content) == "text":
        walk.blocks_of(content)
        walk.flow.close()
        sections = (*walk.flow.sections, *frame(sha256, _frame_texts(styles)))
        pasted = tuple(_pasted(content, package, _SHEET_CM2))
        return Paper("odt", "odt", sections, pasted, cut=walk.cut)
    slides = [node for node in content if local(node) == "page"]
    for number, slide in enumerate(slides[:most], 1):
        walk.slide(slide, f"page:{number}")
    cut = f"page:{most + 1}-{len(slides)}" if len(slides) > most else walk.cut
    pasted = tuple(picture for slide in slides[:most] for picture in _pasted(slide, package, _SLIDE_CM2))
    return Paper("odp", "odp", tuple(walk.flow.sections), pasted, len(slides), cut=cut)


def _is_office(node: Any) -> bool:
    return "office:1" in node.tag or "openoffice" in node.tag


class _Walk:
    """Goes through the blocks of a text or a slide in their order. Depth is bounded by that of the parsed XML (256)."""

    def __init__(self, flow: Flow, bold: frozenset[str]) -> None:
        self.flow = flow
        self.cut = ""
        self._bold = bold
        self._place = ""  # of the slide; in a text each block has its own
        self._paragraphs = 0
        self._tables = 0

    def slide(self, node: Any, place: str) -> None:
        self._place = place
        frames = [inner for inner in node if local(inner) not in _NOT_SHOWN]
        for inner in sorted(frames, key=lambda frame: attribute(frame, "class") != "title"):
            if attribute(inner, "class") == "title":
                text = mended(" ".join(_text(p) for p in _paragraphs(inner)))
                self.flow.heading = (text,) if text else ()
            self.blocks_of(inner, strong=attribute(inner, "class") == "title")
        self.flow.close()
        self.flow.heading = ()

    def blocks_of(self, parent: Any, *, strong: bool = False) -> None:
        for node in parent:
            name = local(node)
            if self._paragraphs + self._tables >= MOST_BLOCKS:
                self.cut = self.cut or self._place or f"paragraph:{self._paragraphs + 1}"
                return
            if name in ("p", "h"):
                self._paragraph(node, strong=strong)
            elif name == "table":
                self._table(node)
            elif name in _HOLDERS:
                self.blocks_of(node, strong=strong)

    def _paragraph(self, node: Any, *, strong: bool) -> None:
        self._paragraphs += 1
        place = self._place or f"paragraph:{self._paragraphs}"
        level = 0
        if local(node) == "h" and not self._place:
            outline = attribute(node, "outline-level")
            level = int(outline) if outline.isdecimal() and 0 < int(outline[:2]) < 10 else 1
        bold = strong or level > 0 or self._is_bold(node)
        for part in _text(node).split("\n"):
            if text := mended(part):
                if level:
                    self.flow.begin(level, text)
                    level = 0
                self.flow.line(text, place, strong=bold)
        self._links_and_figures(node, place)
        # Text boxes stand inside the paragraph that they are bound to.
        for box in _own(node):
            if local(box) == "text-box":
                self.blocks_of(box, strong=strong)

    def _links_and_figures(self, node: Any, place: str) -> None:
        at = Locator(self.flow.sha256, place)
        for inner in _own(node):
            if local(inner) == "a" and (url := attribute(inner, "href")):
                self.flow.blocks.append(Link(url, mended(_text(inner)), url.strip() in ("", "#"), at))
            elif local(inner) == "image":
                self.flow.blocks.append(_figure(inner, at))

    def _table(self, node: Any) -> None:
        self._tables += 1
        rows: list[list[Cell]] = []
        header = 0
        for row in _rows(node):
            if len(rows) >= MOST_BLOCKS:
                self.cut = self.cut or self._place or f"paragraph:{self._paragraphs + 1}"
                break
            rows.append(_cells(row))
            header += any(local(above) == "table-header-rows" for above in row.iterancestors())
        place = self._place or f"table:{self._tables}"
        self.flow.table(expand(rows), place, header_rows=header or None)
        self._links_and_figures(node, place)

    def _is_bold(self, node: Any) -> bool:
        """Whether most of a paragraph is bold, by its own style or those of its spans."""
        if attribute(node, "style-name") in self._bold:
            return True
        total = len(_text(node).strip())
        spans = (inner for inner in node if local(inner) == "span" and attribute(inner, "style-name") in self._bold)
        return sum(len(_text(span).strip()) for span in spans) * 2 > total > 0


def _paragraphs(node: Any) -> Iterator[Any]:
    return (inner for inner in node.iter() if local(inner) in ("p", "h"))


def _own(node: Any) -> Iterator[Any]:
    """What stands in a block; a text box in it ends the search, its blocks are gone through by themselves."""
    for inner in node:
        yield inner
        if local(inner) != "text-box":
            yield from _own(inner)


def _text(node: Any) -> str:
    """The text of a paragraph without notes, comments, and the text boxes that stand in it."""
    parts: list[str] = [_shown(node.text)]
    for inner in node:
        name = local(inner)
        if name in ("s", "tab"):
            parts.append(" ")
        elif name == "line-break":
            parts.append("\n")
        elif name not in _NOT_SHOWN and name not in ("frame", "custom-shape", ""):
            parts.append(_text(inner))
        parts.append(_shown(inner.tail))
    return "".join(parts)


def _shown(text: str | None) -> str:
    """Text as it stands in the XML, whose line ends are none of the paper."""
    return " ".join((text or "").split("\n"))


def _rows(table: Any) -> Iterator[Any]:
    """The rows of a table, not those of tables inside it."""
    for node in table:
        name = local(node)
        if name == "table-row":
            yield node
        elif name in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows(node)


def _cells(row: Any) -> list[Cell]:
    cells: list[Cell] = []
    for node in row:
        # A covered cell is one that a merged cell lies over: the grid repeats that one.
        if local(node) != "table-cell":
            continue
        text = " ".join(filter(None, (mended(_text(p)) for p in _paragraphs(node))))
        cell = Cell(text, _count(node, "number-columns-spanned"), _count(node, "number-rows-spanned"))
        cells += [cell] * min(_count(node, "number-columns-repeated"), _MOST_REPEATED - min(len(cells), _MOST_REPEATED))
    return cells


def _count(node: Any, name: str) -> int:
    value = attribute(node, name)
    return max(1, min(int(value), _MOST_REPEATED)) if value.isdecimal() and len(value) < 9 else 1


def _bold_styles(*roots: Any) -> frozenset[str]:
    return frozenset(
        attribute(style, "name")
        for root in roots
        if root is not None
        for style in root.iter()
        if local(style) == "style"
        for properties in style
        if "bold" in (attribute(properties, "font-weight"), attribute(properties, "font-weight-complex"))
    )


def _frame_texts(styles: Any) -> list[str]:
    """The headers and footers of the pages."""
    if styles is None:
        return []
    frames = (node for node in styles.iter() if local(node).startswith(("header", "footer")) and "style:1" in node.tag)
    return [text for node in frames for p in _paragraphs(node) if (text := mended(_text(p)))]


def _pasted(content: Any, package: Package, whole_cm2: float) -> Iterator[Pasted]:
    for node in content.iter():
        href = attribute(node, "href") if local(node) == "image" else ""
        if href.removeprefix("./") in package:
            width, height = _size_cm(node.getparent())
            yield Pasted(min(1.0, width * height / whole_cm2), package.picture(href.removeprefix("./")))


def _figure(image: Any, at: Locator) -> Figure:
    frame = image.getparent()
    alt = next((mended(n.text or "") for n in frame if local(n) in ("desc", "title") and n.text), "")
    width, height = _size_cm(frame)
    url = f"odt:{attribute(image, 'href')[:200]}"
    return Figure(url, alt, (), at, round(width * _PX_PER_CM), round(height * _PX_PER_CM))


def _size_cm(frame: Any) -> tuple[float, float]:
    return _cm(attribute(frame, "width")), _cm(attribute(frame, "height"))


def _cm(length: str) -> float:
    found = _LENGTH.fullmatch(length.strip())
    try:
        return float(found[1]) * _CM[found[2]] if found else 0.0
    except ValueError:
        return 0.0
