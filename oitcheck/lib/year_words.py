"""Where a text names a year: by its era, its number alone, or as one of a span."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from oitcheck.lib.date_words import (
    AND_YEARS,
    BE,
    CE,
    COUNTS,
    DASH,
    FISCAL_ERA,
    GAP,
    MEASURES,
    NO_AMOUNT,
    NO_NUMBER,
    WIDEST_JOINT,
    YEAR4,
    Spans,
)
from oitcheck.lib.thai_calendar import year_be_of


@dataclass(frozen=True, slots=True)
class NamedYear:
    """A year (BE) that a text names.

    `kind`: fiscal ("ปีงบประมาณ"), annual ("ประจำปี"), plain (พ.ศ. or bare), span (of several), date.
    """

    year_be: int
    start: int
    end: int
    kind: str


_MEASURED_AFTER = re.compile(rf"{GAP}{MEASURES}")
_TELEPHONE = re.compile(
    r"(?:โทร(?:ศัพท์|สาร)?|แฟก(?:ซ์|ส์)|แฟ็กซ์|fax|tel|phone|เบอร์|มือถือ|สายด่วน)[\s.:]{0,4}(?:[\d\s-]|ต่อ){0,20}$", re.IGNORECASE
)
_DIALLING_CODE = re.compile(r"(?<![\dA-Za-z])0\d{0,2}[\s-]{1,3}$")
_SUBSCRIBER = re.compile(r"[\s-]\d{3,4}(?!\d)")
_AMOUNT_BEFORE = re.compile(r"(?:จำนวน|ทั้งสิ้น|ราคา|เป็นเงิน|วงเงิน|หมายเลข|เลขที่|รหัส)[\s:]{0,3}$")
_ERA = rf"(?:{FISCAL_ERA}|ประจ(?:ำ|ํา|า|้า)ปี(?:{GAP}งบ{GAP}ประมาณ)?|ปีการศึกษา|ปี|{BE}|{CE}|fiscal\s+year|FY)"
_YEAR_MENTION = re.compile(
    rf"(?P<era>{_ERA})?{GAP}(?:{BE})?{GAP}{NO_NUMBER}(?P<year>{YEAR4}){NO_AMOUNT}"
    rf"(?:{GAP}(?P<joint>{DASH}|จนถึง|ถึง|/){GAP}(?:{_ERA})?{GAP}(?:{BE})?{GAP}(?P<last>{YEAR4}|[5-9]\d)(?!\d))?",
    re.IGNORECASE,
)
_SHORT_FISCAL = re.compile(
    rf"(?P<era>ปี{GAP}(?:งบ(?:{GAP}ประมาณ|ฯ)?|งปม\.?)|งบประมาณปี|ประจำปี|(?<!\d)(?<!\d\s)ปี|FY){GAP}(?:{BE})?{GAP}['’‘`´]?(?P<year>[5-9]\d)"
    rf"(?![\d.,]\d|\d|{GAP}{COUNTS}|\s?%)(?:{GAP}(?:{DASH}|ถึง){GAP}(?P<last>[5-9]\d)(?!\d))?",
    re.IGNORECASE,
)
# The longest plan: the national strategy of twenty years.
_LONGEST_SPAN = 20


def mentioned_years(flat: str) -> Iterator[NamedYear]:
    """The years of a text by their eras, in order, as if no date stood in it."""
    found = [y for match in _YEAR_MENTION.finditer(flat) for y in _years_of(match, flat)]
    taken = Spans()
    for year in found:
        taken.take(year.start, year.end)
    for match in _SHORT_FISCAL.finditer(flat):
        if taken.take(match.start(), match.end()):
            found.extend(_years_of(match, flat))
    before: NamedYear | None = None
    for year in sorted(found, key=lambda y: (y.start, y.year_be)):
        # "ปีงบประมาณ 2566 และ 2567"
        if before and year.kind == "plain" and before.kind in ("fiscal", "annual") and flat[year.start].isdigit():
            is_and = year.start - before.end <= WIDEST_JOINT and AND_YEARS.fullmatch(flat, before.end, year.start)
            year = replace(year, kind=before.kind) if is_and else year
        before = year
        yield year


def _years_of(match: re.Match[str], flat: str) -> Iterator[NamedYear]:
    """The year of a match, or all of its span."""
    era, first = match["era"] or "", year_be_of(match["year"])
    last = year_be_of(match["last"]) if match["last"] else None
    if first is None or (not era and _is_no_year(match, flat)):
        return
    if last is not None and first < last <= first + _LONGEST_SPAN:
        yield from (NamedYear(y, match.start(), match.end(), "span") for y in range(first, last + 1))
        return
    kind = _kind_of_year(era)
    yield NamedYear(first, match.start() if era else match.start("year"), match.end("year"), kind)
    if last is not None and last != first and len(match["last"]) == 4:
        yield NamedYear(last, match.start("last"), match.end("last"), kind)


def _is_no_year(match: re.Match[str], flat: str) -> bool:
    """Whether four digits without an era are an amount or part of a telephone number."""
    before = (max(0, match.start("year") - 40), match.start("year"))
    end = match.end("year")
    if _TELEPHONE.search(flat, *before) or _AMOUNT_BEFORE.search(flat, *before) or _MEASURED_AFTER.match(flat, end):
        return True
    return bool(_DIALLING_CODE.search(flat, *before) and _SUBSCRIBER.match(flat, end))


def _kind_of_year(era: str) -> str:
    bare = re.sub(r"\s", "", era).lower()
    if "งบ" in bare or "งปม" in bare or bare in ("fy", "fiscalyear"):
        return "fiscal"
    return "annual" if bare.startswith(("ประจ", "ปี")) else "plain"
