"""Rounds as people write them: "๒๕๖๖-๓", "2566/3", "ครั้งที่ 3", "3/2566" all mean the round 2566-3."""

from __future__ import annotations

import re
from collections.abc import Sequence

from oitcheck.lib.thai_calendar import BE_OFFSET
from oitcheck.lib.thai_text import arabic_digits, clean

# What stands around the numbers without saying which round is meant; longer words first.
_WORDS = re.compile(
    r"การจัดส่ง|จัดส่ง|การส่ง|ส่ง|ปีงบประมาณ|งบประมาณ|ปี|พ\.?ศ\.?|รอบ|ครั้ง|งวด|ที่|url|round|no\.?|[\s\-–—‐‑−/_.,:()]+",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+")
_LAST_NUMBER = re.compile(r"(?:^|\D)0*(\d+)$")
# What a spreadsheet makes of "2566-3" or "3/2566": the first day of that month.
_AS_DAY = re.compile(r"(\d{4})-(\d{2})-01(?:[T ]00:00:00)?")
_DASHES = str.maketrans("–—‐‑−/_", "-------")


def round_meant(text: str, year_be: int, known: Sequence[str]) -> str | None:
    """The id among `known`, the rounds of a fiscal year, that `text` means; None when it means none, or several.

    Digits may be Thai; blanks, slashes and the words around the number do not matter. A bare number, or one with the
    year beside it, is the round whose id ends in it, if exactly one does.
    """
    if text in known:
        return text
    alike = {one for one in known if _plain(one) == _plain(text)}
    found = alike or _by_number(arabic_digits(clean(text)), year_be, known)
    return found.pop() if len(found) == 1 else None


def year_named(text: str, years: Sequence[int]) -> int | None:
    """The fiscal year (BE) among `years` that the name of a round bears; None when it bears none, or several."""
    numbers = {int(n) for n in _NUMBER.findall(arabic_digits(text))}
    found = [year for year in years if year in numbers]
    return found[0] if len(found) == 1 else None


def _by_number(text: str, year_be: int, known: Sequence[str]) -> set[str]:
    day = _AS_DAY.fullmatch(text)
    numbers = [int(n) for n in (day.groups() if day else _NUMBER.findall(text))]
    if not day and _NUMBER.sub("", _WORDS.sub("", text)):
        return set()
    years = [n for n in numbers if n in (year_be, year_be - BE_OFFSET)]
    others = [n for n in numbers if n not in years]
    if not others:
        return {str(year_be)} & set(known) if years else set()
    if len(others) > 1 or len(years) > 1:
        return set()
    return {one for one in known if (last := _LAST_NUMBER.search(_plain(one))) and int(last[1]) == others[0]}


def _plain(text: str) -> str:
    """A text by which two spellings of an id compare equal: digits 0-9, one kind of dash, no blanks."""
    return "".join(arabic_digits(clean(text)).translate(_DASHES).casefold().split())
