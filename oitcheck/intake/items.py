"""Item codes as officials type them."""

from __future__ import annotations

import re
import unicodedata

from oitcheck.lib.thai_text import arabic_digits, clean

# The letter O comes as a zero, as its Greek and Cyrillic twins, or not at all.
_TWINS = str.maketrans("ΟοОо", "OOOO")
_LETTERED = re.compile(r"(?:ข้อ(?:ที่)?)?[\s.:\-]*(?:OIT)?[\s.:_\-]*O?[\s.:_\-]*0*(\d{1,2})[.)]?", re.IGNORECASE)
_DASHES = re.compile("[\u2010-\u2015\u2212]")
# "0.1" is no code: a spreadsheet makes it of O.1 as well as of O.10.
_DECIMAL = re.compile(r"\d+\.\d+")


def item_code(text: str) -> str | None:
    """The normal form (`O21`) of `o1`, `O 21`, `๐๑`, `0๒๑`, `ข้อ 21`, `O-8`, `O.9`, `OIT 3`, `021`; None for others."""
    tidy = arabic_digits(unicodedata.normalize("NFKC", clean(text)).translate(_TWINS)).strip()
    tidy = _DASHES.sub("-", tidy)
    if _DECIMAL.fullmatch(tidy):
        return None
    match = _LETTERED.fullmatch(tidy)
    number = int(match[1]) if match else 0
    return f"O{number}" if number else None
