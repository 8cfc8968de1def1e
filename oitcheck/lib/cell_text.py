"""How much room a text takes in a cell of a spreadsheet.

Programs that open a workbook do not make its rows as high as their texts, or only some of them do: whoever writes one
says how high they are.
"""

from __future__ import annotations

import math
import unicodedata

# A font that stands in for the Thai one is wider, and Thai breaks between words only.
_SPARE = 1.05
# What Excel takes at most.
_HIGHEST_POINTS = 409.0
# Thai has marks above and below its letters.
_LINE_TO_SIZE = 1.4


def columns_of(text: str) -> int:
    """How many letters stand beside each other in a text: marks above and below them take no room of their own."""
    return sum(unicodedata.category(char) not in ("Mn", "Me", "Cf") for char in text)


def lines_in(text: str, width: float) -> int:
    """How many lines a text takes in a column of a width in characters; at least one."""
    return sum(max(1, math.ceil(columns_of(part) * _SPARE / max(width, 1.0))) for part in text.split("\n"))


def height_of(lines: int, size_points: float) -> float:
    """The height in points of a row for so many lines of letters of a size."""
    return min(lines * size_points * _LINE_TO_SIZE, _HIGHEST_POINTS)
