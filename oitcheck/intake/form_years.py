"""The fiscal year that the words around a form name: not those of laws, of dates or of plans for several years."""

from __future__ import annotations

import re
from collections.abc import Iterable

from oitcheck.lib.named_dates import years_named
from oitcheck.lib.thai_text import clean

_FIRST_YEAR_BE, _LAST_YEAR_BE = 2550, 2650
_LAW = re.compile(r"พ\.?\s?ร\.?\s?[บฎก]|พระราช|รัฐธรรมนูญ|ระเบียบ|ข้อบังคับ|ข้อบัญญัติ|เทศบัญญัติ|กฎ|มาตรา|ข่าวสารของราชการ")
# What a law of an era year may also be called; "ประกาศ OIT 2566" is none.
_NOTICE = re.compile(r"ประกาศ|คำสั่ง|หลักเกณฑ์|มติ|ฉบับที่")
_ERA = re.compile(r"พ\.?\s?ศ\.?\s?(?:\d|$)")
_OF_THE_YEAR = "ประจำ"


def fiscal_year_named(texts: Iterable[str]) -> tuple[int, int] | None:
    """The fiscal year (BE) that the texts state, and the number of the text that does; None when none does.

    One that says "fiscal year" or "of the year" counts before one that stands by itself, wherever they are.
    """
    found = [(kind, number, year) for number, text in enumerate(texts) for kind, year in _years(text)]
    for wanted in (("fiscal", "annual"), ("plain",)):
        for kind, number, year in found:
            if kind in wanted:
                return year, number
    return None


def _years(text: str) -> list[tuple[str, int]]:
    """Kind and year (BE) of what may be the year of a form, in order."""
    shown = clean(" ".join(text.split()))
    found, end = [], 0
    for year in years_named(shown):
        before, own = shown[end : year.start], shown[year.start : year.end]
        end = year.end
        if year.kind in ("date", "span") or not _FIRST_YEAR_BE <= year.year_be <= _LAST_YEAR_BE:
            continue
        is_law = _LAW.search(before) or (_NOTICE.search(before) and _ERA.search(before + own))
        if year.kind == "fiscal" or _OF_THE_YEAR in own or not is_law:
            found.append((year.kind, year.year_be))
    return found
