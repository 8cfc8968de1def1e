"""Connected pieces of ink on a page: letters, digits, dots, and whatever touches. Pure Python over rows of bytes."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageFilter

_RUN = re.compile(rb"\xff+")
# A page of small print has some 150,000 runs; more are halftones, whose pieces are no letters.
_MOST_RUNS = 450_000

Run = tuple[int, int, int]  # y, first x, x after the last


@dataclass(frozen=True, slots=True)
class Shape:
    """One connected piece of ink: its box in pixels (right and lower edge excluded) and the runs it is made of."""

    x0: int
    top: int
    x1: int
    bottom: int
    runs: tuple[Run, ...]

    @property
    def width(self) -> int:
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def area(self) -> int:
        """Pixels of ink."""
        return sum(end - start for _, start, end in self.runs)


def shapes(inked: Image.Image) -> list[Shape]:
    """The pieces of an image of `ink`, those that touch at a corner taken as one; [] when the image is a halftone."""
    width, height = inked.size
    raw = inked.tobytes()
    runs: list[Run] = []
    parent: list[int] = []
    above_from = above_to = 0

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for y in range(height):
        first = len(runs)
        near = above_from
        for match in _RUN.finditer(raw[y * width : (y + 1) * width]):
            start, end = match.span()
            index = len(runs)
            runs.append((y, start, end))
            parent.append(index)
            while near < above_to and runs[near][2] < start:
                near += 1
            touching = near
            while touching < above_to and runs[touching][1] <= end:
                one, other = root(index), root(touching)
                if one != other:
                    parent[max(one, other)] = min(one, other)
                touching += 1
        above_from, above_to = first, len(runs)
        if len(runs) > _MOST_RUNS:
            return []
    groups: dict[int, list[Run]] = defaultdict(list)
    for index, run in enumerate(runs):
        groups[root(index)].append(run)
    return [_shape(group) for group in groups.values()]


def _shape(runs: list[Run]) -> Shape:
    x0 = min(start for _, start, _ in runs)
    x1 = max(end for _, _, end in runs)
    return Shape(x0, runs[0][0], x1, runs[-1][0] + 1, tuple(runs))


def clipped(shape: Shape, x0: int, x1: int) -> Shape:
    """The part of a piece between two columns, the right one excluded."""
    runs = [(y, max(x0, start), min(x1, end)) for y, start, end in shape.runs if start < x1 and end > x0]
    return _shape(runs) if runs else Shape(x0, shape.top, x0, shape.top, ())


def cut_out(shape: Shape, dark: Image.Image) -> Image.Image:
    """The darkness of one shape alone, one pixel of its soft edge kept, without what stands beside it."""
    width, height = shape.width + 2, shape.height + 2
    mask = bytearray(width * height)
    for y, start, end in shape.runs:
        at = (y - shape.top + 1) * width + start - shape.x0 + 1
        mask[at : at + end - start] = b"\xff" * (end - start)
    soft = Image.frombytes("L", (width, height), bytes(mask)).filter(ImageFilter.MaxFilter(3))
    box = (shape.x0 - 1, shape.top - 1, shape.x0 - 1 + width, shape.top - 1 + height)
    return ImageChops.multiply(dark.crop(box), soft)
