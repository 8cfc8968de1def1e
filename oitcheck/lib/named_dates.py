"""The months and years that a text names, put into the calendar: dates, ranges, lists, quarters, half-years, years."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from oitcheck.lib.date_words import JOINER, LISTED, WIDEST_JOINT, Spans, is_joint
from oitcheck.lib.month_words import YEAR_BEFORE, Bare, bare_months, serves
from oitcheck.lib.period_words import Period, halves, quarter_matches, quarters, year_beside
from oitcheck.lib.thai_calendar import BE_OFFSET, FiscalYear, Month, fiscal_year_of, month_range, year_be_of
from oitcheck.lib.thai_text import arabic_digits
from oitcheck.lib.year_words import NamedYear, mentioned_years


@dataclass(frozen=True, slots=True)
class NamedMonth:
    """A month that a text names, at [start, end) of the text.

    `year_given` False: the year was inferred from the fiscal year at hand. `day` 0 unless a full date stands there.
    `kind`: month, date, range, quarter, half, year.
    """

    month: Month
    start: int
    end: int
    year_given: bool = True
    day: int = 0
    kind: str = "month"


_WITHIN = re.compile(r"(?:ภายใน|ก่อน|หลัง|ไม่เกิน)\s?(?:สิ้น)?\s?(?:เดือน)?\s?$")
_AS_OF = re.compile(r"(?<!ประกาศ)(?<!ประกาศ )(?<!สั่ง)(?<!สั่ง )ณ\s?(?:วันที่)?\s?$")
# Between a quarter or half-year and the months it is said to be.
_SPELT_OUT = re.compile(r"(?:[\s(:=]|ตั้งแต่|ระหว่าง|ช่วง|คือ|ประจำ|เดือน|วันที่)*")
# A fiscal year serves the months of its line that stand no further away, in characters.
_LINE_REACH = 120


class _Years:
    """The years that a text names, as far as they can serve a month or period without a year of its own."""

    def __init__(self, flat: str, bare: list[Bare]) -> None:
        self._flat = flat
        self._months = bare

    @cached_property
    def _named(self) -> list[NamedYear]:
        named = _of_their_dates(mentioned_years(self._flat), self._months)
        return [y for y in named if y.kind in ("fiscal", "annual")]

    @cached_property
    def _starts(self) -> list[int]:
        return [y.start for y in self._named]

    def of_line(self, start: int, end: int, kinds: tuple[str, ...] = ("fiscal",)) -> FiscalYear | None:
        """The one fiscal year that the line around [start, end) names near it; None when it names none or several."""
        first = max(self._flat.rfind("\n", 0, start) + 1, start - _LINE_REACH)
        stop = self._flat.find("\n", end)
        last = end + _LINE_REACH if stop < 0 else min(stop, end + _LINE_REACH)
        near = self._named[bisect_left(self._starts, first) : bisect_left(self._starts, last)]
        for kind in kinds:
            years = {y.year_be for y in near if y.kind == kind}
            if years:
                return FiscalYear(years.pop()) if len(years) == 1 else None
        return None


def months_named(text: str, fiscal_year: FiscalYear | None = None) -> tuple[NamedMonth, ...]:
    """Every month that `text` names, in order: single months, full dates, ranges, quarters, half-years.

    A month without a year belongs to the fiscal year that its line names, else to `fiscal_year` (October to December to
    its first calendar year); without either it is left out. The year of a range's end serves its beginning, that of an
    enumeration's last month the others; a fiscal year beside a month ("ตุลาคม ปีงบประมาณ 2566") is taken as such. Ranges
    that end before they begin yield their two ends only. A quarter or half-year whose months are spelt out behind it
    gives way to them. Numbers alone are a month in names of files only ("032566.pdf"). Positions refer to `text`.
    """
    flat = arabic_digits(text)
    bare = bare_months(flat)
    years = _Years(flat, bare)
    named = list(_placed_months(bare, flat, years, fiscal_year))
    named.extend(_placed_periods(flat, years, fiscal_year, named))
    return tuple(sorted(named, key=lambda n: (n.start, n.month)))


def _placed_months(bare: list[Bare], flat: str, years: _Years, fiscal_year: FiscalYear | None) -> Iterator[NamedMonth]:
    """Months, dates and ranges."""
    listed = _listed_years(bare, flat)
    index = 0
    while index < len(bare):
        one = replace(bare[index], year_be=listed[index])
        following = bare[index + 1] if index + 1 < len(bare) else None
        if following and is_joint(JOINER, flat, one.end, following.start):
            following = replace(following, year_be=listed[index + 1])
            yield from _range(replace(one, year_be=bare[index].year_be), following, flat, years, fiscal_year)
            index += 2
            continue
        index += 1
        if one.is_doubtful and one.year_be is None:
            continue
        of_line = _of_line(one, flat, years) if one.year_be is None else None
        month = _placed(one.number, one.year_be, of_line or fiscal_year)
        if month:
            given = one.year_be is not None or of_line is not None
            yield NamedMonth(month, one.start, one.end, given, one.day, "date" if one.day else "month")


def _of_line(one: Bare, flat: str, years: _Years) -> FiscalYear | None:
    """The fiscal year that its line gives a month; none for a deadline, which may lie behind that year."""
    before = (max(0, one.start - 20), one.start)
    if _WITHIN.search(flat, *before) or (one.day and not _AS_OF.search(flat, *before)):
        return None
    return years.of_line(one.start, one.end)


def _listed_years(bare: list[Bare], flat: str) -> list[int | None]:
    """For each month its year, else that of a later one of its enumeration ("มกราคม กุมภาพันธ์ และมีนาคม 2566"), else of an
    earlier one, counted over December."""
    years = [b.year_be for b in bare]
    linked = [is_joint(LISTED, flat, a.end, b.start) for a, b in pairwise(bare)]
    for index in reversed(range(len(linked))):
        later = years[index + 1]
        if years[index] is None and linked[index] and later is not None:
            years[index] = later - (bare[index + 1].number < bare[index].number)
    for index, is_linked in enumerate(linked):
        earlier = years[index]
        if years[index + 1] is None and is_linked and earlier is not None and not bare[index + 1].is_doubtful:
            years[index + 1] = earlier + (bare[index + 1].number < bare[index].number)
    return years


def _placed(number: int, year_be: int | None, fiscal_year: FiscalYear | None) -> Month | None:
    if year_be is not None:
        return Month(year_be - BE_OFFSET, number)
    return fiscal_year.month(number) if fiscal_year else None


def _range(first: Bare, last: Bare, flat: str, years: _Years, fiscal_year: FiscalYear | None) -> Iterator[NamedMonth]:
    given = last.year_be is not None or first.year_be is not None
    if not given:
        if first.is_doubtful or last.is_doubtful:
            return
        of_line = years.of_line(first.start, last.end)
        given, fiscal_year = of_line is not None, of_line or fiscal_year
    start = _placed(first.number, first.year_be, fiscal_year)
    end = _placed(last.number, last.year_be, fiscal_year)
    if first.year_be is None and last.year_be is not None and end:
        start = Month(end.year_ce - (first.number > last.number), first.number)
    elif first.year_be is not None and last.year_be is None and start:
        end = Month(start.year_ce + (last.number < first.number), last.number)
    if start is None or end is None:
        return
    months = month_range(start, end) or (start, end)
    kind = "range" if len(months) > 1 or not first.day else "date"
    yield from (NamedMonth(m, first.start, last.end, given, 0, kind) for m in months)


def _placed_periods(
    flat: str, years: _Years, fiscal_year: FiscalYear | None, named: list[NamedMonth]
) -> Iterator[NamedMonth]:
    """The months of quarters and half-years; removes from `named` the spelt-out months that add nothing to one."""
    before: tuple[Period, FiscalYear] | None = None
    starts = [n.start for n in named]
    for period in (*quarters(flat), *halves(flat)):
        last = period.end + WIDEST_JOINT
        behind = [
            n
            for n in named[bisect_left(starts, period.end) : bisect_left(starts, last)]
            if _spells_out(period, n, flat)
        ]
        ranges = [n for n in behind if n.kind == "range"]
        own = _year_of_period(period, flat, years, named)
        spelt = next((fiscal_year_of(n.month) for n in behind if n.year_given), None)
        if ranges and (ranges[0].year_given or own is None):
            continue
        for month in ranges:
            named.remove(month)
        starts = [n.start for n in named] if ranges else starts
        year = own or spelt or fiscal_year
        if year is None:
            continue
        months = period.months(year)
        if (
            before
            and is_joint(JOINER, flat, before[0].end, period.start)
            and period.kind == before[0].kind == "quarter"
        ):
            months = month_range(before[0].months(before[1])[-1].next(), months[-1]) or months
        before = period, year
        given = own is not None or spelt is not None
        yield from (NamedMonth(m, period.start, period.end, given, 0, period.kind) for m in months)


def _spells_out(period: Period, month: NamedMonth, flat: str) -> bool:
    return bool(_SPELT_OUT.fullmatch(flat, period.end, month.start))


def _year_of_period(period: Period, flat: str, years: _Years, named: list[NamedMonth]) -> FiscalYear | None:
    """The fiscal year that a text gives a quarter or half-year: beside it, else anywhere in its line."""
    if period.year_be is not None:
        return FiscalYear(period.year_be)
    before = YEAR_BEFORE.search(flat, max(0, period.start - 60), period.start)
    if before and serves(before, flat):
        # "ณ วันที่ 31 ธันวาคม 2565 (ไตรมาสที่ 1)": the year is the day's.
        index = bisect_right(named, before.start("year"), key=lambda n: n.start) - 1
        if index >= 0 and named[index].end > before.start("year") and not before["fiscal"]:
            return fiscal_year_of(named[index].month)
        year_be = year_be_of(before["year"])
        return FiscalYear(year_be) if year_be else None
    return years.of_line(period.start, period.end, ("fiscal", "annual"))


def years_named(text: str) -> tuple[NamedYear, ...]:
    """Every year (BE) that `text` names, in order; a span "2566–2570" yields each of its years with kind `span`.

    Years of months and full dates come with kind `date`, those of quarters ("ไตรมาส 2/2566") as fiscal. Numbers of laws
    ("พ.ร.บ. … พ.ศ. 2560") are years like others here: what a year belongs to is for the caller.
    """
    flat = arabic_digits(text)
    dates = [b for b in bare_months(flat) if b.year_be is not None]
    named = list(_of_their_dates(mentioned_years(flat), dates))
    taken = Spans()
    for year in named:
        taken.take(year.start, year.end)
    for match in quarter_matches(flat):
        year_be = year_beside(match)
        if year_be and taken.take(match.start(), match.end()):
            named.append(NamedYear(year_be, match.start(), match.end(), "fiscal"))
    named.extend(
        NamedYear(b.year_be, b.start, b.end, "date") for b in dates if b.year_be and taken.take(b.start, b.end)
    )
    return tuple(sorted(named, key=lambda n: (n.start, n.year_be)))


def _of_their_dates(named: Iterable[NamedYear], months: list[Bare]) -> Iterator[NamedYear]:
    """The years, with kind `date` where they belong to a month."""
    starts = [m.start for m in months]
    for year in named:
        before = bisect_right(starts, year.end - 1) - 1
        is_dated = before >= 0 and year.end <= months[before].end
        yield replace(year, kind="date") if is_dated and year.kind not in ("fiscal", "span") else year
