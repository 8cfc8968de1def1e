"""Text broken into lines of a width: at blanks, between Thai words, and only else between letters with their marks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from oitcheck.lib.cell_text import columns_of
from oitcheck.lib.thai_words import words_in

_PIECE = re.compile(r"\s+|[\u0e00-\u0e7f]+|[^\s\u0e00-\u0e7f]+")
_THAI = re.compile(r"[\u0e00-\u0e7f]")
# What never begins a line: marks and vowels that follow their letter, signs of repetition, closing signs.
_FOLLOWS = re.compile(r"[\u0e30-\u0e3a\u0e45-\u0e4e\u0e2f)\]}”’»>,.:;!?%…]")
# What never ends one: vowels written before their letter, opening signs.
_LEADS = re.compile(r"[\u0e40-\u0e44(\[{“‘«<]$")
_AGAIN = "ๆ"
# A letter as it is written, with what stands before, above, below and behind it.
_CLUSTER = re.compile(r"[\u0e40-\u0e44]?[\u0e01-\u0e2e][\u0e30-\u0e3a\u0e45\u0e47-\u0e4e]{0,4}|.", re.DOTALL)


def broken(text: str, width: int, measure: Callable[[str], int] = columns_of) -> Iterator[str]:
    """`text` in lines of at most `width` columns as `measure` counts them; its own line ends stay.

    A word that is wider than a line is broken between its letters.
    """
    for paragraph in text.split("\n"):
        yield from _broken(paragraph, max(width, 1), measure)


def _broken(text: str, width: int, measure: Callable[[str], int]) -> Iterator[str]:
    if measure(text) <= width:
        yield text
        return
    line, columns = "", 0
    for piece in _unbroken(text):
        size = measure(piece)
        if columns + measure(piece.rstrip()) > width and line:
            yield line.rstrip()
            line, columns = "", 0
            piece = piece.lstrip()
            size = measure(piece)
        if size > width and piece.strip():
            for cluster in _CLUSTER.findall(piece):
                own = measure(cluster)
                if columns + own > width and line:
                    yield line
                    line, columns = "", 0
                line, columns = line + cluster, columns + own
            continue
        line, columns = line + piece, columns + size
    if line.strip():
        yield line.rstrip()


def _unbroken(text: str) -> Iterator[str]:
    """The pieces of a text between which a line may end; blanks stand at their ends."""
    held = ""
    for stretch in _PIECE.findall(text):
        for piece in words_in(stretch) if _THAI.match(stretch) else (stretch,):
            if held and not _goes_on(held, piece):
                yield held
                held = ""
            held += piece
    if held:
        yield held


def _goes_on(held: str, piece: str) -> bool:
    if piece.isspace() or piece.startswith(_AGAIN):
        return True
    return not held[-1].isspace() and bool(_FOLLOWS.match(piece) or _LEADS.search(held))
