"""A reader of single digits, Thai and Arabic, for what tesseract's Thai model cannot write (๔ ๖ ๗ ๘ ๙).

A few small networks of our own, trained by `setup/train_digits.py` from installed fonts. Whole numbers throughout, so
that every machine reads the same.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cache
from operator import mul
from pathlib import Path
from typing import NamedTuple

from PIL import Image

SIDE = 20
_ROOM = 18
THAI = "๐๑๒๓๔๕๖๗๘๙"
ARABIC = "0123456789"
# What is no digit: letters, signs, several letters that touch, pieces of broken ones.
OTHER = ""
CLASSES = (*THAI, *ARABIC, OTHER)

_WEIGHTS = Path(__file__).with_name("digits.bin")
# The hidden sums are brought back to about 0–255 by this many bits; see setup/train_digits.py.
HIDDEN_SHIFT = 12
# Logits are told in whole numbers, this many to one unit of the natural logarithm.
LOGIT_UNIT = 1024
_NETS, _HIDDEN = 3, 96
# A smaller network looks at a quarter of the pixels first: most letters are plainly no Thai digits.
_GLANCE_SIDE, _GLANCE_HIDDEN = 10, 24
_GLANCE_LEAST = -4.0
# (inputs, hidden, outputs) of the networks in the order of the file.
SHAPES = (
    *((SIDE * SIDE, _HIDDEN, len(CLASSES)) for _ in range(_NETS)),
    (_GLANCE_SIDE * _GLANCE_SIDE, _GLANCE_HIDDEN, 2),
)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a piece of ink looks most like, and how much more than like the second, in units of log odds.

    `char` is one of CLASSES. `thai` is the likeliest Thai digit, behind the likeliest of all by `thai_behind`, and
    before every other Thai digit by `thai_margin`.
    """

    char: str
    margin: float
    thai: str
    thai_behind: float
    thai_margin: float

    @property
    def is_thai(self) -> bool:
        return self.char != OTHER and self.char in THAI

    @property
    def is_arabic(self) -> bool:
        return self.char != OTHER and self.char in ARABIC


def pattern(cut: Image.Image) -> bytes:
    """A cut-out of darkness as the networks see it: 20×20 pixels, its longer side 18, centred, the darkest at 255."""
    box = cut.getbbox()
    if box is None:
        return bytes(SIDE * SIDE)
    cut = cut.crop(box)
    scale = _ROOM / max(cut.size)
    size = (max(1, round(cut.width * scale)), max(1, round(cut.height * scale)))
    small = cut.resize(size, Image.Resampling.BOX if scale < 0.5 else Image.Resampling.BILINEAR)
    most = max(1, *small.tobytes())
    field = Image.new("L", (SIDE, SIDE))
    field.paste(small.point([min(255, value * 255 // most) for value in range(256)]),
                ((SIDE - size[0]) // 2, (SIDE - size[1]) // 2))  # fmt: skip
    return field.tobytes()


def glance(seen: bytes) -> bytes:
    """A `pattern` at half its resolution."""
    return Image.frombytes("L", (SIDE, SIDE), seen).reduce(SIDE // _GLANCE_SIDE).tobytes()


def may_be_thai(seen: bytes) -> bool:
    """Whether a `pattern` is worth a `guess`: False for what is plainly no Thai digit."""
    no, yes = _opinion(_networks()[-1], glance(seen))
    return (yes - no) / LOGIT_UNIT >= _GLANCE_LEAST


def guess(seen: bytes) -> Guess:
    """What a `pattern` shows, by the sum of the networks' opinions."""
    opinions = [_opinion(network, seen) for network in _networks()[:_NETS]]
    total = [sum(logits) for logits in zip(*opinions, strict=True)]
    unit = LOGIT_UNIT * _NETS
    order = sorted(range(len(CLASSES)), key=total.__getitem__, reverse=True)
    best = order[0]
    thai = max(range(len(THAI)), key=total.__getitem__)
    rival = max(total[index] for index in range(len(THAI)) if index != thai)
    return Guess(
        CLASSES[best],
        (total[best] - total[order[1]]) / unit,
        THAI[thai],
        (total[best] - total[thai]) / unit,
        (total[thai] - rival) / unit,
    )


def _opinion(network: _Network, seen: bytes) -> list[int]:
    """The logits of one network, LOGIT_UNIT to one unit of the natural logarithm."""
    hidden = [
        max(0, sum(map(mul, row, seen)) + bias) >> HIDDEN_SHIFT
        for row, bias in zip(network.first, network.first_bias, strict=True)
    ]
    return [sum(map(mul, row, hidden)) + bias for row, bias in zip(network.second, network.second_bias, strict=True)]


class _Network(NamedTuple):
    """Weights and biases of the hidden and of the last layer."""

    first: tuple[tuple[int, ...], ...]
    first_bias: tuple[int, ...]
    second: tuple[tuple[int, ...], ...]
    second_bias: tuple[int, ...]


@cache
def _networks() -> tuple[_Network, ...]:
    raw = zlib.decompress(_WEIGHTS.read_bytes())
    at = 0

    def numbers(count: int, width: int) -> tuple[int, ...]:
        nonlocal at
        part = raw[at : at + count * width]
        at += count * width
        return tuple(int.from_bytes(part[i : i + width], "little", signed=True) for i in range(0, len(part), width))

    def rows(count: int, length: int, width: int) -> tuple[tuple[int, ...], ...]:
        return tuple(numbers(length, width) for _ in range(count))

    return tuple(
        _Network(rows(hidden, inputs, 1), numbers(hidden, 4), rows(outputs, hidden, 2), numbers(outputs, 4))
        for inputs, hidden, outputs in SHAPES
    )
