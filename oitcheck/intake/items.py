"""Item codes and titles as officials type them."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from oitcheck.lib.thai_text import arabic_digits, clean, fold

# The letter O comes as a zero, as its Greek and Cyrillic twins, or not at all.
_TWINS = str.maketrans("ΟοОо", "OOOO")
_LETTERED = re.compile(r"(?:ข้อ(?:ที่)?)?[\s.:\-]*(?:OIT)?[\s.:_\-]*O?[\s.:_\-]*0*(\d{1,2})[.):]?", re.IGNORECASE)
_DASHES = re.compile("[\u2010-\u2015\u2212]")
# "0.1" is no code: a spreadsheet makes it of O.1 as well as of O.10.
_DECIMAL = re.compile(r"\d+\.\d+")
_WRAPPERS = "\"'“”‘’()[]"
_BETWEEN_REPEATS = re.compile(r"[\s,/=;]+")
# A code before a title; without the letter O or a leading zero a number may count anything.
_LEADING = re.compile(
    r"(?P<code>(?:ข้อ(?:ที่)?[\s.:\-]*)?(?:OIT[\s.:_\-]*)?(?:O[\s.:_\-]{0,2}0*|0|(?<=ข้อ)\s*|(?<=ข้อ )\s*)\d{1,2})(?!\d)"
    r"[\s.:)\-–]*(?P<title>[^\d\s].*)",
    re.IGNORECASE | re.DOTALL,
)
_ANOTHER = re.compile(r"(?<![A-Za-z])O[\s.\-]?\d", re.IGNORECASE)
# Above this a title is taken for that of an item; the runner-up must be this much less alike.
_ALIKE, _APART = 0.86, 0.06
# A title this unlike its own item's and this alike another's says that the code is a mistake.
_FOREIGN = 0.6


def item_code(text: str) -> str | None:
    """The normal form (`O21`) of `o1`, `O 21`, `๐๑`, `0๒๑`, `ข้อ 21`, `O-8`, `O.9`, `OIT 3`, `021`; None for others.

    A code printed twice in one cell (`O21 O21`) is that code.
    """
    tidy = _tidy(text)
    if _DECIMAL.fullmatch(tidy):
        return None
    match = _LETTERED.fullmatch(tidy)
    if not match and len(tidy) < 40:
        parts = {item_code(part) for part in _BETWEEN_REPEATS.split(tidy)} if _BETWEEN_REPEATS.search(tidy) else set()
        return parts.pop() if len(parts) == 1 else None
    number = int(match[1]) if match else 0
    return f"O{number}" if number else None


def code_and_title(text: str) -> tuple[str | None, str]:
    """A code that stands before a title (`O5 ข้อมูลการติดต่อ`, `๐๑โครงสร้าง`) and the title; None when there is none."""
    match = _LEADING.match(_tidy(text))
    # "O1-O6", "O1 ถึง O6": several items are none.
    if not match or _ANOTHER.search(match["title"]):
        return None, text
    return item_code(match["code"]), match["title"]


def _tidy(text: str) -> str:
    tidy = arabic_digits(unicodedata.normalize("NFKC", clean(text)).translate(_TWINS)).strip().strip(_WRAPPERS).strip()
    return _DASHES.sub("-", tidy)


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
