"""Ruling lines of a scanned page: long thin runs of ink, across and down."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageFilter

from oitcheck.extract.glyphs import Rule
from oitcheck.extract.ocr_shapes import Shape, shapes

# Pixels at 200 dpi. The longest stroke of a letter is some 45 pixels, in a large heading 60.
_SHORTEST = 64
_THICKEST = 14
_LONG = re.compile(rb"\xff{%d,}" % _SHORTEST)
# A thin piece is at least this many times as long as it is thick.
_THIN = 8


@dataclass(frozen=True, slots=True)
class Rulings:
    """The ruling lines of an image in pixels, and a mask of the ink they are made of (255)."""

    rules: tuple[Rule, ...]
    mask: Image.Image


def rulings(inked: Image.Image) -> Rulings:
    """The ruling lines of an upright image of `ink`."""
    across = _long_runs(inked)
    down = _long_runs(inked.transpose(Image.Transpose.TRANSPOSE)).transpose(Image.Transpose.TRANSPOSE)
    rules: list[Rule] = []
    mask = Image.new("L", inked.size)
    for lines, horizontal in ((across, True), (down, False)):
        for piece in shapes(lines):
            rule = _rule(piece, horizontal)
            if rule is not None:
                rules.append(rule)
                box = (piece.x0, piece.top, piece.x1, piece.bottom)
                mask.paste(lines.crop(box), box)
    return Rulings(tuple(rules), mask)


def without(inked: Image.Image, found: Rulings) -> Image.Image:
    """The ink without that of ruling lines and the frayed edges of these."""
    return ImageChops.subtract(inked, found.mask.filter(ImageFilter.MaxFilter(5)))


def _rule(piece: Shape, horizontal: bool) -> Rule | None:
    length, reach = (piece.width, piece.height) if horizontal else (piece.height, piece.width)
    thick = piece.area / length
    # A line that is not quite level climbs over more pixels than it is thick.
    if thick > _THICKEST or length < _THIN * thick or reach > _THICKEST + length * 0.02:
        return None
    if horizontal:
        return Rule(True, (piece.top + piece.bottom) / 2, piece.x0, piece.x1)
    return Rule(False, (piece.x0 + piece.x1) / 2, piece.top, piece.bottom)


def _long_runs(inked: Image.Image) -> Image.Image:
    """The image with only those runs of ink in a row that are long."""
    width, height = inked.size
    raw = inked.tobytes()
    kept = bytearray(len(raw))
    for y in range(height):
        start = y * width
        for match in _LONG.finditer(raw, start, start + width):
            kept[match.start() : match.end()] = match.group()
    return Image.frombytes("L", inked.size, bytes(kept))
