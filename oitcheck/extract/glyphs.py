"""What a PDF page draws, turned so that its text is upright: letters with marks, ruling lines, boxes, pictures."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, cast

import playa
from playa.content import ImageObject, PathObject, TextObject

from oitcheck.extract.font_text import LostGlyphs, decoding, is_lost, lost_marks, swapped, swapped_groups
from oitcheck.extract.pdf_lines import Mark, text_lines
from oitcheck.lib.thai_text import PRIVATE_USE

_MARKS = frozenset("ัิีึืฺุู็่้๊๋์ํ๎")
# Shares of the font size.
_ZERO_WIDTH = 0.02
_MARK_REACH = 0.6
_DOUBLE_STRIKE = 0.12
_BOLD = re.compile(r"bold|black|heavy|[-,_ ]bd\b|demi", re.I)
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")
_STRAIGHT = 1.0  # points
_THIN = 3.0  # points; rulings are up to 2.25 points thick
# A filled box lower than this many times the font size marks words; cells of a table are higher.
_SHADING = 1.5
_BACKGROUND = 0.6  # share of the page from which a filled box is its background
UNMAPPED = "\ufffd"
# A page that draws more than this is an attack or an engineering drawing; the rest is left out.
MAX_GLYPHS = 60_000
# In points: smaller pictures are emblems, signs and bullets.
SMALLEST_PICTURE = 45
MAX_PICTURES = 60
MAX_PATHS = 40_000


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight ruling line or the edge of a filled box. `at` is its y (horizontal) or x (vertical)."""

    horizontal: bool
    at: float
    start: float
    end: float


class Box(NamedTuple):
    """A drawn rectangle, its corners round or not."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def area(self) -> float:
        return (self.x1 - self.x0) * (self.bottom - self.top)


@dataclass(slots=True)
class PageGlyphs:
    """What a page draws: letters, ruling lines, and the share of its area that pictures cover."""

    marks: list[Mark] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)  # text set in another direction than most of the page
    turn: int = 0
    area: float = 0.0  # of the page, in square points
    image_share: float = 0.0
    pictures: list[tuple[int, int]] = field(default_factory=list)  # width and height in points, small ones left out
    paths: int = 0
    disguised: bool = False  # some font wrote Thai in the places of other characters

    @property
    def body_size(self) -> float:
        """The font size most of the page is set in (0 for no text)."""
        sizes = Counter(round(mark.size * 2) / 2 for mark in self.marks if not mark.is_blank)
        return sizes.most_common(1)[0][0] if sizes else 0.0


def mend_fonts(marks: list[Mark]) -> tuple[str, ...]:
    """Put right in place what the fonts of a page write wrongly, and name what was done."""
    used: list[str] = []
    by_font: dict[str, list[Mark]] = {}
    for mark in marks:
        by_font.setdefault(mark.font, []).append(mark)
    fonts = list(by_font.values())
    for index in swapped_groups([mark.text for mark in own] for own in fonts):
        for mark in fonts[index]:
            mark.text = swapped(mark.text)
        used = ["repair:sara_aa_as_sara_am"]
    if any(is_lost(char) for mark in marks for char in mark.text):
        found = lost_marks("".join(mark.text for mark in marks))
        table = str.maketrans(found)
        for mark in marks:
            mark.text = mark.text.translate(table)
        if any(found.values()):
            used.append("repair:lost_marks")
    return tuple(used)


def page_glyphs(page: playa.Page) -> PageGlyphs:
    """Everything a page draws that matters for its text and tables, turned upright."""
    glyphs: list[_Drawn] = []
    paths: list[PathObject] = []
    x0, y0, x1, y1 = page.mediabox
    area = max(1.0, abs((x1 - x0) * (y1 - y0)))
    content = PageGlyphs(area=area)
    lost = LostGlyphs()
    for item in page.flatten():
        if isinstance(item, TextObject):
            if len(glyphs) < MAX_GLYPHS:
                glyphs += _drawn(item, lost)
        elif isinstance(item, PathObject):
            content.paths += 1
            if content.paths <= MAX_PATHS and (item.stroke or item.fill):
                paths.append(item)
        elif isinstance(item, ImageObject):
            left, low, right, high = cast(tuple[float, float, float, float], item.bbox)
            content.image_share += abs((right - left) * (high - low)) / area
            width, height = round(abs(right - left)), round(abs(high - low))
            if min(width, height) >= SMALLEST_PICTURE and len(content.pictures) < MAX_PICTURES:
                content.pictures.append((width, height))
    turns = Counter(glyph.turn for glyph in glyphs if glyph.turn >= 0)
    content.turn = turns.most_common(1)[0][0] if turns else 0
    _collect_marks(_decoded(glyphs, content), content)
    _collect_rules(paths, content, area)
    return content


class _Drawn(NamedTuple):
    text: str
    x: float
    y: float
    advance: float
    size: float
    turn: int  # quarters anticlockwise; -1 for slanted text
    font: str
    bold: bool


def _drawn(item: TextObject, lost: LostGlyphs) -> Iterator[_Drawn]:
    if item.gstate.font is None:
        return
    # Fonts of one name may be encoded in two ways in the same file.
    font = f"{item.fontname}/{type(item.font).__name__}"
    bold = item.gstate.render_mode == 2 or bool(_BOLD.search(item.fontbase))
    for glyph in item:
        a, b, c, d, x, y = glyph.matrix
        size = math.hypot(c, d)
        if not 0.5 < size < 2_000 or not (abs(x) < 1e5 and abs(y) < 1e5):
            continue
        advance = math.hypot(*glyph.displacement)
        text = (glyph.text or UNMAPPED).replace("\u00a0", " ").translate(PRIVATE_USE)
        if advance < _ZERO_WIDTH * size and (text.isspace() or text == UNMAPPED or _is_greek(text)):
            # Blanks and letters have a width: this is a mark whose name got lost.
            text = lost.stand_in(font, glyph.cid)
        if text and text not in _INVISIBLE:
            yield _Drawn(text, x, y, advance, size, _turn(a, b), font, bold)


def _is_greek(text: str) -> bool:
    return "\u0370" <= text[0] <= "\u03ff"


def _is_thai(char: str) -> bool:
    return "\u0e00" <= char <= "\u0e7f"


def _decoded(glyphs: list[_Drawn], content: PageGlyphs) -> list[_Drawn]:
    """The glyphs with those fonts read rightly that write Thai in disguise."""
    by_font: dict[str, list[str]] = {}
    for glyph in glyphs:
        by_font.setdefault(glyph.font, []).append(glyph.text)
    decoders = {font: decoder for font, own in by_font.items() if (decoder := decoding("".join(own))) is not None}
    if not decoders:
        return glyphs
    content.disguised = True
    return [
        glyph._replace(text="".join(map(decoders[glyph.font], glyph.text))) if glyph.font in decoders else glyph
        for glyph in glyphs
    ]


def _turn(a: float, b: float) -> int:
    if abs(b) < 0.1 * abs(a):
        return 0 if a > 0 else 2
    if abs(a) < 0.1 * abs(b):
        return 1 if b > 0 else 3
    return -1


def _upright(x: float, y: float, turn: int) -> tuple[float, float]:
    """A point of the page (y upwards) where it stands once text of `turn` runs to the right (y downwards)."""
    return ((x, -y), (y, x), (-x, y), (-y, -x))[turn]


def _collect_marks(glyphs: list[_Drawn], content: PageGlyphs) -> None:
    others: dict[int, list[Mark]] = {}
    slanted: list[str] = []
    struck = _Struck()
    last: Mark | None = None
    for glyph in glyphs:
        if glyph.turn < 0:
            slanted.append(glyph.text)
            continue
        x, y = _upright(glyph.x, glyph.y, glyph.turn)
        text = " " if glyph.text.isspace() else glyph.text
        if last and not last.is_blank and _leans_on(text, x, y, last, glyph.size):
            last.text += text
            last.x1 = max(last.x1, x + glyph.advance)
            continue
        if is_lost(text):
            continue
        last = Mark(text, x, x + glyph.advance, y, glyph.size, glyph.bold, glyph.font)
        if not struck.again(last, glyph.turn):
            (content.marks if glyph.turn == content.turn else others.setdefault(glyph.turn, [])).append(last)
    content.aside = [line.text for marks in others.values() for line in text_lines(marks)]
    if slanted:
        content.aside.append("".join(slanted))


def _leans_on(text: str, x: float, y: float, last: Mark, size: float) -> bool:
    """Whether a glyph is a mark that stands on the letter drawn just before it."""
    return (
        (text[0] in _MARKS or (is_lost(text) and _is_thai(last.text[0])))
        and abs(y - last.y) < _MARK_REACH * size
        and last.x0 - _MARK_REACH * size <= x <= last.x1 + _MARK_REACH * size
    )


class _Struck:
    """Where letters were drawn, to tell those drawn over their like to look bold."""

    def __init__(self) -> None:
        self._drawn: set[tuple[str, float, int, int, int]] = set()

    def again(self, mark: Mark, turn: int) -> bool:
        """Whether the same letter stands here already; remembers it."""
        step = _DOUBLE_STRIKE * mark.size
        if mark.is_blank or mark.x1 - mark.x0 < 2 * step:
            return False
        column, row = round(mark.x0 / step), round(mark.y / step)
        # The grid depends on the size: letters of two sizes must not meet in it.
        size = round(mark.size, 1)
        near = ((mark.text, size, turn, column + i, row + j) for i in (-1, 0, 1) for j in (-1, 0, 1))
        found = any(key in self._drawn for key in near)
        self._drawn.add((mark.text, size, turn, column, row))
        return found


def _collect_rules(paths: Iterable[PathObject], content: PageGlyphs, page_area: float) -> None:
    shading = _SHADING * content.body_size
    for path in paths:
        start: tuple[float, float] | None = None
        shape: list[_Segment] = []
        for segment in path.segments:
            ends = [_upright(px, py, content.turn) for px, py in segment.points]
            if segment.operator == "m":
                _add_shape(shape, path, content, page_area, shading)
                shape, start = [], ends[-1]
                last = start
                continue
            if segment.operator == "h":
                ends = [start] if start is not None else []
            if not ends or start is None:
                continue
            shape.append(_Segment(last, ends[-1], segment.operator in ("l", "h")))
            last = ends[-1]
        _add_shape(shape, path, content, page_area, shading)


class _Segment(NamedTuple):
    start: tuple[float, float]
    end: tuple[float, float]
    straight: bool


def _add_shape(shape: list[_Segment], path: PathObject, content: PageGlyphs, page_area: float, shading: float) -> None:
    """The ruling lines and the box that one closed or open line of a path draws."""
    if not shape:
        return
    rules = [rule for part in shape if part.straight for rule in _segment_rule(part.start, part.end)]
    if path.stroke:
        content.rules += rules
    ends = [part.start for part in shape] + [part.end for part in shape]
    xs, ys = [x for x, _ in ends], [y for _, y in ends]
    box = Box(min(xs), min(ys), max(xs), max(ys))
    width, height = box.x1 - box.x0, box.bottom - box.top
    level = [rule for rule in rules if rule.horizontal and (rule.end - rule.start) > 0.3 * width]
    tops = any(rule.at - box.top <= _STRAIGHT for rule in level)
    bottoms = any(box.bottom - rule.at <= _STRAIGHT for rule in level)
    is_plain = len(shape) <= 6 and all(part.straight for part in shape)
    if width > _THIN and height > _THIN and tops and bottoms and box.area < _BACKGROUND * page_area:
        content.boxes.append(box)
    if path.fill and is_plain:
        content.rules += _filled_rules(box, rules, page_area, shading)


def _segment_rule(a: tuple[float, float], b: tuple[float, float]) -> Iterator[Rule]:
    (ax, ay), (bx, by) = a, b
    if abs(ay - by) <= _STRAIGHT and abs(ax - bx) > _STRAIGHT:
        yield Rule(True, (ay + by) / 2, min(ax, bx), max(ax, bx))
    elif abs(ax - bx) <= _STRAIGHT and abs(ay - by) > _STRAIGHT:
        yield Rule(False, (ax + bx) / 2, min(ay, by), max(ay, by))


def _filled_rules(box: Box, sides: list[Rule], page_area: float, shading: float) -> Iterator[Rule]:
    """The edges of a filled rectangle; a thin one is itself a line, a low one is marked text."""
    width, height = box.x1 - box.x0, box.bottom - box.top
    if height <= _THIN and width > _THIN:
        yield Rule(True, (box.top + box.bottom) / 2, box.x0, box.x1)
    elif width <= _THIN and height > _THIN:
        yield Rule(False, (box.x0 + box.x1) / 2, box.top, box.bottom)
    elif len(sides) >= 3 and min(width, height) > max(_THIN, shading) and box.area < _BACKGROUND * page_area:
        yield Rule(True, box.top, box.x0, box.x1)
        yield Rule(True, box.bottom, box.x0, box.x1)
        yield Rule(False, box.x0, box.top, box.bottom)
        yield Rule(False, box.x1, box.top, box.bottom)
