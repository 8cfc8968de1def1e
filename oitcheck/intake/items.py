"""Titles of items as officials type them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from oitcheck.lib.item_codes import code_and_title
from oitcheck.lib.thai_text import fold

# Above this a title is taken for that of an item; the runner-up must be this much less alike.
_ALIKE, _APART = 0.86, 0.06
# A title this unlike its own item's and this alike another's says that the code is a mistake.
_FOREIGN = 0.6


@dataclass(frozen=True, slots=True)
class Titles:
    """The titles of one year's items, by which a row can be told that has no code or the wrong one."""

    folded: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, titles: Mapping[str, str]) -> Titles:
        """From code → title; codes without a title are left out."""
        return cls(tuple((code, _title_key(title)) for code, title in titles.items() if title))

    def item(self, title: str) -> str | None:
        """The one item whose title this is, small differences aside; None when none or several could be meant."""
        return _nearest(self, _title_key(title))

    def foreign(self, title: str, code: str) -> str | None:
        """Another item whose title this clearly is, when it is unlike the title of `code`; else None."""
        key = _title_key(title)
        own = next((known for name, known in self.folded if name == code), "")
        if not own or not key or _alike(key, own) >= _FOREIGN:
            exact = [name for name, known in self.folded if known == key]
            return exact[0] if own != key and len(exact) == 1 and exact[0] != code else None
        nearest = _nearest(self, key)
        return nearest if nearest != code else None


def _title_key(title: str) -> str:
    code, rest = code_and_title(title)
    return fold(rest if code else title)


@cache
def _nearest(titles: Titles, key: str) -> str | None:
    if len(key) < 4:
        return next((code for code, known in titles.folded if known == key), None)
    exact = [code for code, known in titles.folded if known == key]
    if exact:
        return exact[0] if len(exact) == 1 else None
    scored = sorted(((_alike(key, known), code) for code, known in titles.folded), reverse=True)
    if not scored or scored[0][0] < _ALIKE or (len(scored) > 1 and scored[0][0] - scored[1][0] < _APART):
        return None
    return scored[0][1]


def _alike(one: str, other: str) -> float:
    """How alike two folded titles are (0–1); a title cut short at its end is as good as whole from 12 letters on."""
    if min(len(one), len(other)) >= 12 and (one.startswith(other) or other.startswith(one)):
        return 0.95
    # A plan and its result differ in their first letters only (แผนปฏิบัติการ, ผลปฏิบัติการ).
    if one[:3] != other[:3]:
        return 0.0
    return difflib.SequenceMatcher(None, one[:300], other[:300], autojunk=False).ratio()
