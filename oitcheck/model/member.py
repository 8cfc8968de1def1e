"""A file within an archive, and places in it: `member:2:สขร1.xlsx!sheet:ต.ค.65!B4:H12`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PLACE = re.compile(r"member:(\d{1,6}):([^!]*)(?:!(.*))?", re.DOTALL)
# What separates the parts of a place, and what stands for it inside a name.
_ESCAPES = (("%", "%25"), ("!", "%21"))
# Pages of members are numbered apart for OCR: page 3 of the second member is 200003.
_PAGES_APART = 100_000


@dataclass(frozen=True, slots=True)
class Member:
    """A file within an archive. `number` counts from 1 in the order of its list; `name` is for people to read.

    The number alone decides which file is meant: names may occur twice, and old programs wrote them in unknown codes.
    """

    number: int
    name: str

    def place(self, inner: str = "") -> str:
        """The place of the member in its archive, or of something inside it."""
        name = self.name
        for char, escape in _ESCAPES:
            name = name.replace(char, escape)
        return f"member:{self.number}:{name}" + (f"!{inner}" if inner else "")

    def page(self, number: int) -> int:
        """The number by which OCR knows a page of this member."""
        return self.number * _PAGES_APART + number


def member_place(place: str) -> tuple[Member | None, str]:
    """The member that a place names and the place inside it ("" for the whole); (None, place) for any other place."""
    found = _PLACE.fullmatch(place)
    if found is None:
        return None, place
    name = found[2]
    for char, escape in reversed(_ESCAPES):
        name = name.replace(escape, char)
    return Member(int(found[1]), name), found[3] or ""


def member_page(number: int) -> tuple[int, int]:
    """The number of the member (0: the file itself) and of its page that OCR knows by `number`."""
    return divmod(number, _PAGES_APART)
