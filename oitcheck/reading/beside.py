"""What stands beside a link and tells what it leads to, where its own text is "ลิงก์", "ดู" or a picture. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

from oitcheck.model.evidence import Document, Line, Link, Section, Table

# More than this beside a link is text that mentions it, not what it is called.
LONGEST_BESIDE = 300
LONGEST_CARD = 2 * LONGEST_BESIDE  # with the link's own text
MOST_LEVELS = 4  # from a link up to the card that it belongs to
_BELOW = " > "


@lru_cache(maxsize=64)
def words_beside(document: Document) -> Mapping[str, tuple[str, ...]]:
    """By the place of each link of the content: the cells of its row, else its line, else the words of its card."""
    found: dict[str, tuple[str, ...]] = {}
    for section in document.content:
        rows = {
            place: row for table in section.tables for place, row in zip(table.row_places, table.rows, strict=False)
        }
        lines = {line.at.place: line.text for line in section.lines}
        cards = _Cards(section)
        for link in section.links:
            up = tuple(_upwards(link.at.place))
            row = next((rows[place] for place in up if place in rows), ())
            line = next((lines[place] for place in up if place in lines), "")
            words = tuple(dict.fromkeys(row)) or ((line,) if line and line != link.text else cards.words(link))
            words = tuple(w for w in words if w and w != link.text)
            if sum(map(len, words)) <= LONGEST_BESIDE:
                found[link.at.place] = words
    return found


class _Cards:
    """The lines and the addresses of links that stand under each of the elements which hold a link."""

    def __init__(self, section: Section) -> None:
        self._lines: dict[str, list[str]] = defaultdict(list)
        self._length: dict[str, int] = defaultdict(int)
        self._urls: dict[str, set[str]] = defaultdict(set)
        for block in section.blocks:
            if isinstance(block, Link):
                for place in _near(block.at.place):
                    self._urls[place].add(block.url)
            elif isinstance(block, Line):
                for place in _near(block.at.place):
                    self._length[place] += len(block.text)
                    if self._length[place] <= LONGEST_CARD:
                        self._lines[place].append(block.text)
            elif isinstance(block, Table):
                for place in _near(block.at.place):
                    self._urls[place].add(block.at.place)  # what holds a table is no card

    def words(self, link: Link) -> tuple[str, ...]:
        """The lines of the smallest element that holds others than the link's own text, when it holds no other link."""
        for place in _near(link.at.place):
            if len(self._urls[place]) > 1 or self._length[place] > LONGEST_CARD:
                return ()
            others = tuple(text for text in self._lines[place] if text != link.text)
            if others:
                return others
        return ()


def _near(place: str) -> Iterator[str]:
    for number, above in enumerate(_upwards(place)):
        if number == MOST_LEVELS + 1:
            return
        yield above


def _upwards(place: str) -> Iterator[str]:
    """The place itself, and those of the elements around it, the nearest first."""
    while place:
        yield place
        place, below, _ = place.rpartition(_BELOW)
        if not below:
            return
