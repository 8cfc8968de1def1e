"""Item codes (`O21`) as officials type them."""

from __future__ import annotations

import re
import unicodedata

from oitcheck.lib.thai_text import arabic_digits, clean

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


# On a page a bare number, or one after ข้อ or a zero, may count anything: "05 มกราคม", "ข้อ 5 แห่งระเบียบ".
_MARKED = re.compile(r"\W*((?:OIT[\s.:_\-]*)?O[\s.:_\-]*\d{1,2})(?!\d)", re.IGNORECASE)


def marked_code(text: str) -> str | None:
    """The code that a text begins with, where it is written with its letter (`O5 ข้อมูลการติดต่อ`, `o๒๑`)."""
    match = _MARKED.match(_tidy(text))
    return item_code(match[1]) if match else None
