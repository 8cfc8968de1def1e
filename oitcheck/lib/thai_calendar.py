"""The Thai calendar of officials: months, fiscal years, and how texts name them. BE outside, CE inside (BE = CE + 543).

Fiscal year Y (BE) runs from 1 October Y-1 to 30 September Y.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from oitcheck.lib.thai_text import arabic_digits

BE_OFFSET = 543

MONTH_NAMES = (
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
    "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
)  # fmt: skip
SHORT_MONTHS = (
    "ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.",
)  # fmt: skip

# Spellings met on real pages, besides the right one.
_MISSPELT = {
    "มกรคม": 1, "มกราค": 1, "กุมภาพันธุ์": 2, "กุมภาพัน": 2, "กุมพาพันธ์": 2, "กุมภาพันธ": 2, "มินาคม": 3, "มีนคม": 3,
    "เมษษายน": 4, "เมษยน": 4, "พฤกษภาคม": 5, "พฤษาภาคม": 5, "พฤษภาค": 5, "มิถุนยน": 6, "มิถุณายน": 6, "กรกฏาคม": 7,
    "กรกฎคม": 7, "กรกฏคม": 7, "สิงหคม": 8, "สิงหาค": 8, "กันยน": 9, "กันยายย": 9, "ตุลคม": 10, "ตุลาค": 10,
    "พฤษจิกายน": 11, "พฤศจิกยน": 11, "พฤศจิการยน": 11, "พฤจิกายน": 11, "พฤศจิกา": 11, "พฤศจิ": 11, "ธันวคม": 12,
    "ธันวาค": 12, "ธันวาคา": 12,
}  # fmt: skip
_ENGLISH = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
            "november", "december")  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month; prints in BE as `2565-10`."""

    year_ce: int
    number: int

    @property
    def year_be(self) -> int:
        return self.year_ce + BE_OFFSET

    def __str__(self) -> str:
        return f"{self.year_be}-{self.number:02d}"

    @classmethod
    def parse(cls, text: str) -> Month:
        """The Month of `2565-10` (BE). Raises ValueError."""
        match = re.fullmatch(r"(\d{4})-(\d{1,2})", text)
        if not match or not 1 <= int(match[2]) <= 12 or not 2400 <= int(match[1]) <= 2700:
            raise ValueError(f"not a month in BE like 2565-10: {text!r}")
        return cls(int(match[1]) - BE_OFFSET, int(match[2]))

    def next(self) -> Month:
        return Month(self.year_ce + self.number // 12, self.number % 12 + 1)

    @property
    def thai(self) -> str:
        """`มีนาคม 2566`"""
        return f"{MONTH_NAMES[self.number - 1]} {self.year_be}"

    @property
    def thai_short(self) -> str:
        """`มี.ค. 2566`"""
        return f"{SHORT_MONTHS[self.number - 1]} {self.year_be}"


@dataclass(frozen=True, slots=True, order=True)
class FiscalYear:
    """A Thai government fiscal year, numbered in BE."""

    year_be: int

    @property
    def first_on(self) -> date:
        return date(self.year_be - BE_OFFSET - 1, 10, 1)

    @property
    def last_on(self) -> date:
        return date(self.year_be - BE_OFFSET, 9, 30)

    def months(self) -> tuple[Month, ...]:
        """All twelve months, October first."""
        return month_range(Month(self.year_be - BE_OFFSET - 1, 10), Month(self.year_be - BE_OFFSET, 9))

    def first_half(self) -> tuple[Month, ...]:
        """The six months October to March."""
        return self.months()[:6]

    def quarter(self, number: int) -> tuple[Month, ...]:
        """The three months of fiscal quarter 1–4 (1 = October to December)."""
        return self.months()[3 * (number - 1) : 3 * number]

    def month(self, number: int) -> Month:
        """The month with that number (1–12) which lies in this fiscal year."""
        return Month(self.year_be - BE_OFFSET - (1 if number >= 10 else 0), number)

    def __contains__(self, moment: object) -> bool:
        if isinstance(moment, Month):
            return moment in self.months()
        if isinstance(moment, date):
            return self.first_on <= moment <= self.last_on
        return False


def month_range(first: Month, last: Month, *, most: int = 36) -> tuple[Month, ...]:
    """Every month from `first` to `last`; empty when the range ends before it begins or is longer than `most`."""
    months = []
    month = first
    while month <= last and len(months) <= most:
        months.append(month)
        month = month.next()
    return tuple(months) if len(months) <= most else ()


def fiscal_year_of(month: Month) -> FiscalYear:
    return FiscalYear(month.year_be + (1 if month.number >= 10 else 0))


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


@dataclass(frozen=True, slots=True)
class NamedYear:
    """A year (BE) that a text names. `kind`: fiscal ("ปีงบประมาณ"), annual ("ประจำปี"), plain (พ.ศ. or bare), span (of several), date."""

    year_be: int
    start: int
    end: int
    kind: str


def _month_pattern() -> tuple[str, dict[str, int]]:
    numbers: dict[str, int] = {}
    for index, name in enumerate(MONTH_NAMES, 1):
        numbers[name] = index
    numbers.update(_MISSPELT)
    numbers["กุมภาพันธ์"] = 2
    full = "|".join(sorted(map(re.escape, numbers), key=len, reverse=True))
    short = []
    for index, name in enumerate(SHORT_MONTHS, 1):
        first, second = name.rstrip(".").split(".")
        key = first + second
        numbers[key] = index
        short.append(rf"{first}\s?\.\s?{second}(?:\s?\.)?")
        short.append(rf"{first}{second}\.?")
    dotted = "|".join(short)
    for index, name in enumerate(_ENGLISH, 1):
        numbers[name] = index
        numbers[name[:3]] = index
    english = "|".join((*_ENGLISH, *(name[:3] + r"\.?" for name in _ENGLISH)))
    pattern = (
        rf"(?:(?P<full>{full})"
        rf"|(?<![ก-ฮะ-์.])(?P<short>{dotted})(?![ก-ฮะ-์])"
        rf"|(?<![A-Za-z])(?P<english>{english})(?![A-Za-z]))"
    )
    return pattern, numbers


_MONTH, _NUMBERS = _month_pattern()
_ERA = r"(?:พ\s?\.?\s?ศ\s?\.{0,2}|ปีงบประมาณ(?:\s*พ\s?\.?\s?ศ\s?\.{0,2})?|ปี(?:\s*พ\s?\.?\s?ศ\s?\.{0,2})?|ค\s?\.?\s?ศ\s?\.?|B\.?E\.?)"
_YEAR4 = r"(?:2[4-6]\d\d|20[0-4]\d|19[5-9]\d)"
_YEAR = rf"(?:\s*(?:{_ERA})?\s*,?\s*(?P<year>{_YEAR4}(?!\d)|'?[5-9]\d(?![\d.,:/]\d|\d|\s?%)))?"
_DAY = r"(?:(?P<day>[0-3]?\d)\s*(?:เดือน\s*)?)?"
_NAMED = re.compile(rf"(?<!\d){_DAY}{_MONTH}{_YEAR}", re.IGNORECASE)
_NUMERIC_DATE = re.compile(rf"(?<![\d/.-])(?P<day>[0-3]?\d)[/.-](?P<month>[01]?\d)[/.-](?P<year>{_YEAR4}|[5-9]\d)(?![\d/])")
_ISO_DATE = re.compile(r"(?<![\d/-])(?P<year>20\d\d|25\d\d)-(?P<month>[01]\d)-(?P<day>[0-3]\d)(?!\d)")
_NUMERIC_MONTH = re.compile(r"(?<![\d/.-])(?<!ไตรมาส )(?<!ไตรมาสที่ )(?<!ไตรมาส)(?<!ไตรมาสที่)(?P<month>[01]?\d)/(?P<year>25\d\d|20\d\d)(?![\d/])")
_JOINER = re.compile(r"^\s*(?:-|–|—|−|ถึง|จนถึง|ถึงเดือน|ถึงวันที่|-\s*เดือน|–\s*เดือน|to)\s*(?:เดือน|วันที่|สิ้นเดือน)?\s*$", re.IGNORECASE)
_QUARTER = re.compile(
    r"ไตรมาส\s*(?:ที่)?\s*(?P<first>[1-4])(?:\s*(?P<joint>-|–|ถึง|และ|,|/(?!\d{4}))\s*(?:ไตรมาส\s*(?:ที่)?\s*)?(?P<last>[1-4])(?!\d))?"
    rf"{_YEAR.replace('(?P<year>', '(?:/)?(?P<year>')}"
)
_HALF = re.compile(
    r"(?:รอบ(?:ระยะเวลา)?|ระยะ(?:เวลา)?|ช่วง|ใน)?\s*(?:ระยะ\s*)?(?P<what>(?:6|หก)\s*เดือน(?P<which>\s*(?:แรก|หลัง))?|ครึ่งปี(?P<which2>แรก|หลัง))"
)
_YEAR_MENTION = re.compile(
    rf"(?P<era>ปี\s*งบ\s*ประมาณ(?:\s*(?:ประจำ)?ปี)?|ประจำปี(?:\s*งบ\s*ประมาณ)?|ประจาปี(?:\s*งบประมาณ)?|ประจ้าปี(?:\s*งบประมาณ)?|ปีการศึกษา|ปี|พ\s?\.?\s?ศ\s?\.{{0,2}}|fiscal\s+year|FY)?"
    rf"\s*(?:พ\s?\.?\s?ศ\s?\.{{0,2}})?\s*(?<![\d/.,-])(?P<year>{_YEAR4})(?![\d,])(?!\.\d)"
    rf"(?:\s*(?P<joint>-|–|—|ถึง|/)\s*(?:พ\s?\.?\s?ศ\s?\.{{0,2}})?\s*(?P<last>{_YEAR4}|[5-9]\d)(?!\d))?",
    re.IGNORECASE,
)
_SHORT_FISCAL = re.compile(r"(?P<era>ปี\s*งบ(?:\s*ประมาณ)?|ประจำปี|งบประมาณปี|ปี|FY)\s*(?:พ\s?\.?\s?ศ\s?\.{0,2})?\s*'?(?P<year>[5-9]\d)(?![\d.,]\d|\d|\s*(?:%|บาท|คน|โครงการ|ราย))", re.IGNORECASE)


def year_be_of(text: str) -> int | None:
    """The year in BE that a number stands for: 2566, 2023 → 2566, 66 → 2566; None when it is no year."""
    digits = text.strip("' ")
    if not digits.isdigit():
        return None
    number = int(digits)
    if 2400 <= number <= 2699:
        return number
    if 1950 <= number <= 2049:
        return number + BE_OFFSET
    if len(digits) == 2 and 50 <= number <= 99:
        return 2500 + number
    return None


@dataclass(frozen=True, slots=True)
class _Bare:
    number: int
    year_be: int | None
    day: int
    start: int
    end: int


def months_named(text: str, fiscal_year: FiscalYear | None = None) -> tuple[NamedMonth, ...]:
    """Every month that `text` names, in order: single months, full dates, ranges, quarters, half-years.

    A month without a year belongs to `fiscal_year` (October to December to its first calendar year); without one it is
    left out. The year of a range's end serves its beginning. Ranges that end before they begin yield their two ends only.
    Positions refer to `text`.
    """
    flat = arabic_digits(text)
    bare = _bare_months(flat)
    named: list[NamedMonth] = []
    index = 0
    while index < len(bare):
        one = bare[index]
        following = bare[index + 1] if index + 1 < len(bare) else None
        if following and _JOINER.match(flat[one.end : following.start]):
            named.extend(_range(one, following, fiscal_year))
            index += 2
            continue
        year_be = one.year_be
        given = year_be is not None
        if year_be is None:
            year_be = _year_from_list(bare, index, flat)
        month = _placed(one.number, year_be, fiscal_year)
        if month:
            named.append(
                NamedMonth(month, one.start, one.end, given, one.day, "date" if one.day else "month")
            )
        index += 1
    named.extend(_quarters(flat, fiscal_year))
    named.extend(_halves(flat, fiscal_year))
    return tuple(sorted(named, key=lambda n: (n.start, n.month)))


def _bare_months(flat: str) -> list[_Bare]:
    found: list[_Bare] = []
    for match in _NAMED.finditer(flat):
        word = re.sub(r"[.\s]", "", (match["full"] or match["short"] or match["english"]).lower())
        number = _NUMBERS[word]
        day = int(match["day"]) if match["day"] else 0
        year = year_be_of(match["year"]) if match["year"] else None
        start = match.start()
        if day > 31 or (match["english"] and not match["year"]):
            if match["english"]:
                continue
            day = 0
        found.append(_Bare(number, year, day, start, match.end()))
    for pattern in (_NUMERIC_DATE, _ISO_DATE, _NUMERIC_MONTH):
        for match in pattern.finditer(flat):
            number = int(match["month"])
            day = int(match["day"]) if "day" in pattern.groupindex else 0
            year = year_be_of(match["year"])
            if 1 <= number <= 12 and day <= 31 and year and not any(b.start < match.end() and match.start() < b.end for b in found):
                found.append(_Bare(number, year, day, match.start(), match.end()))
    return sorted(found, key=lambda b: b.start)


def _year_from_list(bare: list[_Bare], index: int, flat: str) -> int | None:
    """The year of a later month of the same enumeration ("มกราคม กุมภาพันธ์ และมีนาคม 2566"), rolled back over December."""
    number = bare[index].number
    steps_back = 0
    for earlier, later in zip(bare[index:], bare[index + 1 :], strict=False):
        between = flat[earlier.end : later.start]
        if not re.fullmatch(r"\s*(?:,|และ|กับ|/|เดือน|\s)*\s*", between):
            return None
        if later.number < earlier.number:
            steps_back += 1
        if later.year_be is not None:
            return later.year_be - steps_back
        number = later.number
    del number
    return None


def _placed(number: int, year_be: int | None, fiscal_year: FiscalYear | None) -> Month | None:
    if year_be is not None:
        return Month(year_be - BE_OFFSET, number)
    return fiscal_year.month(number) if fiscal_year else None


def _range(first: _Bare, last: _Bare, fiscal_year: FiscalYear | None) -> list[NamedMonth]:
    end = _placed(last.number, last.year_be, fiscal_year)
    if end is None:
        start = _placed(first.number, first.year_be, fiscal_year)
        end = Month(start.year_ce + (last.number < first.number), last.number) if start else None
    elif first.year_be is not None:
        start = Month(first.year_be - BE_OFFSET, first.number)
        if last.year_be is None and fiscal_year is None:
            end = Month(start.year_ce + (last.number < first.number), last.number)
    else:
        start = Month(end.year_ce - (first.number > last.number), first.number)
    if start is None or end is None:
        return []
    given = last.year_be is not None or first.year_be is not None
    months = month_range(start, end) or (start, end)
    kind = "range" if len(months) > 1 or not first.day else "date"
    return [NamedMonth(m, first.start, last.end, given, 0, kind) for m in months]


def _quarters(flat: str, fiscal_year: FiscalYear | None) -> list[NamedMonth]:
    found = []
    for match in _QUARTER.finditer(flat):
        year_be = year_be_of(match["year"]) if match["year"] else None
        year = FiscalYear(year_be) if year_be else fiscal_year
        if year is None:
            continue
        first, last = int(match["first"]), int(match["last"] or match["first"])
        numbers = range(first, last + 1) if match["joint"] not in ("และ", ",", "/") else (first, last)
        found.extend(
            NamedMonth(month, match.start(), match.end(), year_be is not None, 0, "quarter")
            for number in numbers
            for month in year.quarter(number)
        )
    return found


def _halves(flat: str, fiscal_year: FiscalYear | None) -> list[NamedMonth]:
    found = []
    for match in _HALF.finditer(flat):
        which = (match["which"] or match["which2"] or "").strip()
        prefix = flat[max(0, match.start() - 12) : match.start("what")]
        if not which and not re.search(r"รอบ|ระยะ|ช่วง|ครั้งที่", prefix):
            continue
        year_match = re.match(
            rf"[\s(]*(?:ของ|ประจำ|แห่ง)?\s*(?:ปี\s*งบ\s*ประมาณ|ปี)?\s*(?:พ\s?\.?\s?ศ\s?\.{{0,2}})?\s*(?P<year>{_YEAR4})(?!\d)",
            flat[match.end() :],
        )
        year_be = year_be_of(year_match["year"]) if year_match else None
        year = FiscalYear(year_be) if year_be else fiscal_year
        if year is None:
            continue
        end = match.end() + (year_match.end() if year_match else 0)
        months = year.months()[6:] if which == "หลัง" else year.first_half()
        found.extend(NamedMonth(m, match.start(), end, year_be is not None, 0, "half") for m in months)
    return found


def years_named(text: str) -> tuple[NamedYear, ...]:
    """Every year (BE) that `text` names, in order; a span "2566–2570" yields each of its years with kind `span`.

    Years of full dates come with kind `date`. Numbers of laws ("พ.ร.บ. … พ.ศ. 2560") are years like others here: what
    a year belongs to is for the caller.
    """
    flat = arabic_digits(text)
    named: list[NamedYear] = []
    dates = [(n.start, n.end) for n in _date_spans(flat)]
    for match in _YEAR_MENTION.finditer(flat):
        first = year_be_of(match["year"])
        if first is None:
            continue
        last = year_be_of(match["last"]) if match["last"] else None
        at = (match.start("year"), match.end("year"))
        if last is not None and first < last <= first + 20:
            if match["joint"] == "/" and last != first + 1:
                continue
            named.extend(NamedYear(y, match.start(), match.end(), "span") for y in range(first, last + 1))
            continue
        if any(s <= at[0] < e for s, e in dates):
            kind = "date"
        else:
            era = re.sub(r"\s", "", match["era"] or "").lower()
            if "งบประมาณ" in era or era in ("fy", "fiscalyear"):
                kind = "fiscal"
            elif era.startswith(("ประจ", "ปี")):
                kind = "annual"
            else:
                kind = "plain"
        named.append(NamedYear(first, match.start(), match.end("year"), kind))
    for match in _SHORT_FISCAL.finditer(flat):
        year = year_be_of(match["year"])
        if year and not any(n.start < match.end() and match.start() < n.end for n in named):
            named.append(NamedYear(year, match.start(), match.end(), "fiscal" if "งบ" in match["era"] else "annual"))
    return tuple(sorted(named, key=lambda n: (n.start, n.year_be)))


def _date_spans(flat: str) -> list[_Bare]:
    return [b for b in _bare_months(flat) if b.year_be is not None]
