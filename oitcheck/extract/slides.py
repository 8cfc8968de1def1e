"""PowerPoint files (pptx) → one section per slide: its texts, tables, links and pictures; a slide is `page:3`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from oitcheck.extract.flow import MOST_BLOCKS, Flow, Paper, Result, mended, read_as, squared, text_in
from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.ocr_page import ScanPage
from oitcheck.extract.package import Package, Unreadable, local
from oitcheck.extract.pasted import Pasted
from oitcheck.extract.pdf import NO_SCANS
from oitcheck.model.evidence import BlindReason, Capture, Link, Locator

_MAIN = "ppt/presentation.xml"
_TITLES = ("title", "ctrTitle")
# What repeats on every slide: its number, the date, a foot.
_FRAME_PARTS = ("sldNum", "dt", "ftr", "hdr")
# English metric units of a slide of 4:3, where the file does not tell.
_SLIDE_EMU = (9_144_000, 6_858_000)
_MOST_COLUMNS = 200

Relations = Mapping[str, tuple[str, str, bool]]


def read(capture: Capture, body: bytes, limits: ExtractLimits, scans: Mapping[int, ScanPage] = NO_SCANS) -> Result:
    """The document of a pptx file; a blind spot when it is empty, broken or locked, and for slides that are left out.

    `scans` are the pictures in it that OCR has read, by number.
    """
    return read_as(lambda: _paper(body, capture.sha256, limits.pages), capture, limits, scans)


def text_at(body: bytes, place: str) -> str:
    """The lines, rows and cells of a slide ("page:3"); "" if none."""
    number = place.removeprefix("page:")
    last = int(number) if number.isdecimal() and len(number) < 6 else 0
    return text_in(lambda: _paper(body, "", last), place)


def pictures(body: bytes) -> tuple[Pasted, ...]:
    """The pictures on the slides, in the order in which they stand. Raises Unreadable."""
    return _paper(body, "", ExtractLimits().pages).pictures


def _paper(body: bytes, sha256: str, most: int) -> Paper:
    package = Package(body)
    main = package.xml(_MAIN)
    if main is None:
        raise Unreadable(BlindReason.CORRUPT, f"no {_MAIN}")
    related = package.related(_MAIN)
    names = [related[i][1] for node in main.iter() if local(node) == "sldId" and (i := _relation(node)) in related]
    size = next(((_number(n, "cx"), _number(n, "cy")) for n in main.iter() if local(n) == "sldSz"), _SLIDE_EMU)
    flow = Flow(sha256)
    pasted: list[Pasted] = []
    hidden: list[str] = []
    for number, name in enumerate(names[:most], 1):
        root = package.xml(name)
        if root is None:
            raise Unreadable(BlindReason.CORRUPT, f"no {name}")
        if root.get("show") in ("0", "false"):
            hidden.append(f"hidden slide: {number}")
        slide = _Slide(flow, package, package.related(name), f"page:{number}")
        slide.read(root)
        pasted += slide.pictures(root, size)
        flow.close()
        flow.heading = ()
    cut = f"page:{most + 1}-{len(names)}" if len(names) > most else ""
    return Paper("pptx", "pptx", tuple(flow.sections), tuple(pasted), len(names), tuple(hidden), cut)


class _Slide:
    """The shapes of one slide."""

    def __init__(self, flow: Flow, package: Package, related: Relations, place: str) -> None:
        self._flow = flow
        self._package = package
        self._related = related
        self._place = place

    def read(self, root: Any) -> None:
        """The title first, as everyone reads it, then the other shapes in their order."""
        shapes = list(_shapes(root))
        for shape in sorted(shapes, key=lambda s: _placeholder(s) not in _TITLES):
            if len(self._flow.blocks) > MOST_BLOCKS:
                raise Unreadable(BlindReason.TOO_LARGE, "blocks of one slide")
            kind = local(shape)
            if kind == "sp" and _placeholder(shape) not in _FRAME_PARTS:
                self._texts(shape, is_title=_placeholder(shape) in _TITLES)
            elif kind == "graphicFrame":
                self._graphic(shape)

    def _texts(self, shape: Any, *, is_title: bool) -> None:
        for paragraph in _within(shape, "p"):
            text = mended(_text(paragraph))
            if text and is_title:
                self._flow.heading = (text,)
            if text:
                self._flow.line(text, self._place, strong=is_title or _is_bold(paragraph))
        self._links(shape)

    def _graphic(self, shape: Any) -> None:
        """A table, or what an organisation chart (SmartArt) says in its boxes."""
        for table in _within(shape, "tbl"):
            self._flow.table(_grid(table), self._place)
        for ids in _within(shape, "relIds"):
            relation = self._related.get(_relation(ids, "dm"))
            root = self._package.xml(relation[1]) if relation and not relation[2] else None
            for paragraph in _within(root, "p") if root is not None else ():
                if text := mended(_text(paragraph)):
                    self._flow.line(text, self._place)
        self._links(shape)

    def _links(self, shape: Any) -> None:
        at = Locator(self._flow.sha256, self._place)
        for run in _within(shape, "r"):
            for click in _within(run, "hlinkClick"):
                relation = self._related.get(_relation(click))
                if relation and relation[2]:
                    self._flow.blocks.append(Link(relation[1], mended(_text(run)), relation[1] in ("", "#"), at))

    def pictures(self, root: Any, size: tuple[int, int]) -> Iterator[Pasted]:
        """The pictures of the slide with the share of it that they cover."""
        whole = max(1, size[0] * size[1])
        for shape in root.iter():
            if local(shape) != "pic":
                continue
            blip = next(_within(shape, "blip"), None)
            relation = self._related.get(_relation(blip, "embed")) if blip is not None else None
            extent = next((n for n in _within(shape, "ext") if n.get("cx")), None)
            area = _number(extent, "cx") * _number(extent, "cy") if extent is not None else 0
            if relation and not relation[2]:
                yield Pasted(min(1.0, area / whole), self._package.picture(relation[1]))


def _shapes(root: Any) -> Iterator[Any]:
    """The shapes of a slide, those of groups among them; what stands in for a newer shape is left out."""
    for node in root.iter():
        if local(node) in ("sp", "graphicFrame") and not any(local(a) == "Fallback" for a in node.iterancestors()):
            yield node


def _placeholder(shape: Any) -> str:
    found = next(_within(shape, "ph"), None)
    return (found.get("type") or "body") if found is not None else ""


def _within(node: Any, name: str) -> Iterator[Any]:
    return (inner for inner in node.iter() if local(inner) == name)


def _relation(node: Any, name: str = "id") -> str:
    """The id of a relation: an attribute that has a namespace."""
    return next((str(v) for key, v in node.attrib.items() if key.startswith("{") and key.endswith("}" + name)), "")


def _number(node: Any, key: str) -> int:
    value = node.get(key) or ""
    return int(value) if value.isdecimal() and len(value) < 12 else 0


def _text(node: Any) -> str:
    return "".join((n.text or "") if local(n) == "t" else " " for n in node.iter() if local(n) in ("t", "br", "tab"))


def _is_bold(paragraph: Any) -> bool:
    bold = total = 0
    for run in _within(paragraph, "r"):
        length = len(_text(run).strip())
        properties = next(_within(run, "rPr"), None)
        total += length
        bold += length if properties is not None and properties.get("b") in ("1", "true") else 0
    return bold * 2 > total > 0


def _grid(table: Any) -> tuple[tuple[str, ...], ...]:
    """The cells of a table with merged cells repeated."""
    rows: list[list[str]] = []
    for row in _within(table, "tr"):
        line: list[str] = []
        for cell in row:
            if local(cell) != "tc" or len(line) >= _MOST_COLUMNS:
                continue
            text = " ".join(filter(None, (mended(_text(p)) for p in _within(cell, "p"))))
            if cell.get("hMerge") in ("1", "true") and line:
                text = line[-1]
            elif cell.get("vMerge") in ("1", "true") and rows and len(line) < len(rows[-1]):
                text = rows[-1][len(line)]
            line.append(text)
        rows.append(line)
        if len(rows) > MOST_BLOCKS:
            raise Unreadable(BlindReason.TOO_LARGE, "rows of one slide")
    return squared(rows)
