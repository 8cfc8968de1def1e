"""The Thai calendar of officials: months, fiscal years, and how texts name them. BE outside, CE inside (BE = CE + 543).

Fiscal year Y (BE) runs from 1 October Y-1 to 30 September Y.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
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
    months: list[Month] = []
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
    """A year (BE) that a text names.

    `kind`: fiscal ("ปีงบประมาณ"), annual ("ประจำปี"), plain (พ.ศ. or bare), span (of several), date.
    """

    year_be: int
    start: int
    end: int
    kind: str


def _month_pattern() -> tuple[str, dict[str, int]]:
    numbers: dict[str, int] = {}
    for index, name in enumerate(MONTH_NAMES, 1):
        numbers[name] = index
    numbers.update(_MISSPELT)
    full = "|".join(sorted(map(re.escape, numbers), key=len, reverse=True))
    dotted, plain = [], []
    for index, name in enumerate(SHORT_MONTHS, 1):
        first, second = name.rstrip(".").split(".")
        numbers[first + second] = index
        dotted.append(rf"{first}\s?\.\s?{second}(?:\s?\.)?")
        plain.append(rf"{first}{second}\.?")
    for index, name in enumerate(_ENGLISH, 1):
        numbers[name] = index
        numbers[name[:3]] = index
    english = "|".join((*_ENGLISH, *(name[:3] + r"\.?" for name in _ENGLISH)))
    # A short month may stand right behind these words; other letters before it make it another abbreviation.
    alone = r"(?:(?<![ก-ฮะ-์.])|(?<=เดือน)|(?<=ถึง)|(?<=งวด)|(?<=ช่วง)|(?<=รอบ)|(?<=และ))"
    # ก.พ.ร., ก.พ.อ., ก.ค.ศ. are commissions.
    ended = r"(?![ก-ฮะ-์]|\.?[ศรอ]\.)"
    pattern = (
        rf"(?:(?P<full>{full})|{alone}(?:(?P<short>{'|'.join(dotted)})|(?P<plain>{'|'.join(plain)})){ended}"
        rf"|(?<![A-Za-z])(?P<english>{english})(?![A-Za-z]))"
    )
    return pattern, numbers


_MONTH, _NUMBERS = _month_pattern()
_BE = r"พ\s?\.?\s?ศ\s?\.{0,2}"
_FISCAL_ERA = rf"(?:(?:ประจำ|ของ|ใน|แห่ง)?\s*ปี\s*(?:งบ(?:\s*ประมาณ)?|งปม\.?)(?:\s*(?:ประจำ)?ปี)?(?:\s*{_BE})?)"
_PLAIN_ERA = rf"(?:{_BE}|(?:ประจำ)?ปี(?:\s*{_BE})?|ค\s?\.?\s?ศ\s?\.?|B\.?E\.?)"
_YEAR4 = r"(?:2[4-6]\d\d|20[0-4]\d|19[5-9]\d)"
# Not the tail of a longer number, of an address or of a telephone number; "พ.ศ.2566" is fine.
_NO_NUMBER = r"(?<![\d/])(?<!\d[.,-])"
# After two digits these words make them a count ("มีนาคม 50 ราย"), not a year.
_UNITS = r"\s*(?:ราย(?:การ)?|คน|ครั้ง|บาท|โครงการ|วัน|ฉบับ|แห่ง|เรื่อง|สัญญา|ร้อยละ)(?![ก-๎])|\s?%"
_YEAR2 = rf"'?[5-9]\d(?![\d.,:/]\d|\d|{_UNITS})"
_YEAR = rf"(?:\s*[-./_,]?\s*(?:(?P<fiscal>{_FISCAL_ERA})|{_PLAIN_ERA})?\s*,?\s*(?P<year>{_YEAR4}(?!\d)|{_YEAR2}))?"
_DAY = r"(?:(?P<day>[0-3]?\d)(?:\s*|[-/])(?:เดือน\s*)?)?"
_NAMED = re.compile(
    rf"(?<!\d){_DAY}{_MONTH}(?:(?<=[A-Za-z.])\s+(?P<us_day>[0-3]?\d)(?=\s*,\s*\d{{4}}))?{_YEAR}", re.IGNORECASE
)
# A year right before a month that has none of its own: "ปีงบประมาณ พ.ศ. 2566 เดือนตุลาคม".
_YEAR_BEFORE = re.compile(
    rf"(?:(?P<fiscal>{_FISCAL_ERA})|{_PLAIN_ERA})?\s*{_NO_NUMBER}(?P<year>{_YEAR4})[\s,():_-]*(?:ประจำ|ในรอบ|รอบ|งวด|ใน)?\s*(?:เดือน)?\s*$",
    re.IGNORECASE,
)
_NUMERIC_DATE = re.compile(
    rf"(?<![\d/.-])(?P<day>[0-3]?\d)(?P<joint>[/.-]|\s/\s)(?P<month>[01]?\d)(?P=joint)(?P<year>{_YEAR4}|[5-9]\d)(?![\d/])"
)
_ISO_DATE = re.compile(r"(?<![\d/-])(?P<year>20\d\d|25\d\d)-(?P<month>[01]\d)-(?P<day>[0-3]\d)(?!\d)")
_NUMERIC_MONTH = re.compile(r"(?<![\d/.-])(?P<month>[01]?\d)/(?P<year>25\d\d|20\d\d)(?![\d/])")
# Orders, meetings, contracts and terms are numbered within a year: "คำสั่งที่ 12/2566", "3/2566 ลงวันที่ …".
_NUMBERED = re.compile(
    r"(?:ที่|ครั้ง|ฉบับ|รุ่น|สมัย|เทอม|ภาคเรียน|(?:สัญญา|ใบสั่ง|ข้อตกลง)(?:ซื้อ|จ้าง|เช่า|ขาย)*|เลข|no\.?|[ก-ฮ]\.[ก-ฮ]\.)\s*$",
    re.IGNORECASE,
)
_DATED_AFTER = re.compile(r"\s*(?:ลว|ลงวันที่|ลง\s|วันที่|เมื่อ)")
# ก.พ. is the civil service commission as well as February.
_COMMISSION = re.compile(r"(?:สำนักงาน|เลขาธิการ|คณะกรรมการ|มติ|หนังสือ|หลักเกณฑ์|ที่|โดย|จาก)\s*$")
_DASH = r"[-‐-―~−]"
_JOINER = re.compile(rf"^\s*(?:{_DASH}\s*(?:เดือน)?|จนถึง|ถึง|to)\s*(?:เดือน|วันที่|ณ\s*วันที่|สิ้นเดือน)?\s*$", re.IGNORECASE)
_LISTED = re.compile(rf"\s*(?:,|และ|กับ|/|เดือน|{_DASH}|\s)*\s*")
_QUARTER = re.compile(
    r"(?:ไตรมาส\s*(?:ที่)?|(?<![A-Za-z])Q)\s*(?P<numbers>[1-4](?!\d)"
    rf"(?:\s*(?:{_DASH}|ถึง|และ|,|/(?!\s*\d{{2}}))\s*(?:ไตรมาส\s*(?:ที่)?\s*)?[1-4](?!\d))*)"
    rf"(?:\s*(?:/\s*)?(?:{_FISCAL_ERA}|{_PLAIN_ERA})?\s*,?\s*(?P<year>{_YEAR4}(?!\d)|{_YEAR2}))?"
)
_HALF = re.compile(
    r"(?P<what>(?<!\d)(?:(?P<count>6|หก|9|เก้า|12|สิบสอง)\s*เดือน|ครึ่งปี)(?:\s*\(?(?P<which>แรก|หลัง(?!จาก|สิ้น|วัน|การ))\)?)?)"
)
_HALF_BEFORE = re.compile(r"(?:รอบ|ระยะ|ช่วง|ครั้งที่)")
_DURATION_BEFORE = re.compile(r"ภายใน|ทุก|ไม่เกิน|ไม่น้อยกว่า|เป็นเวลา|อายุ")
_DURATION_AFTER = re.compile(r"\s*นับ")
_HALF_YEAR = re.compile(rf"[\s(]*(?:{_FISCAL_ERA}|(?:ของ|ประจำ|แห่ง)?\s*(?:ปี)?\s*(?:{_BE})?)\s*(?P<year>{_YEAR4})(?!\d)")
_MONTHS_OF = {"6": 6, "หก": 6, "9": 9, "เก้า": 9, "12": 12, "สิบสอง": 12}
# Between a quarter or half-year and the months it is said to be.
_SPELT_OUT = re.compile(r"[\s(:=]*(?:ตั้งแต่|ระหว่าง|ช่วง|คือ|ประจำ|เดือน|วันที่|\s)*")
_YEAR_MENTION = re.compile(
    rf"(?P<era>{_FISCAL_ERA}|งบประมาณ\s*(?:ประจำ)?ปี|ประจำปี|ประจาปี(?:\s*งบประมาณ)?|ประจ้าปี(?:\s*งบประมาณ)?|ปีการศึกษา|ปี|{_BE}|fiscal\s+year|FY)?"
    rf"\s*(?:{_BE})?\s*{_NO_NUMBER}(?P<year>{_YEAR4})(?![\d,])(?!\.\d)"
    rf"(?:\s*(?P<joint>{_DASH}|ถึง|/)\s*(?:{_BE})?\s*(?P<last>{_YEAR4}|[5-9]\d)(?!\d))?",
    re.IGNORECASE,
)
_SHORT_FISCAL = re.compile(
    rf"(?P<era>ปี\s*(?:งบ(?:\s*ประมาณ)?|งปม\.?)|งบประมาณปี|ประจำปี|(?<!\d)(?<!\d\s)ปี|FY)\s*(?:{_BE})?\s*'?(?P<year>[5-9]\d)(?![\d.,]\d|\d|{_UNITS}|\s*ปี)",
    re.IGNORECASE,
)
_AMOUNT_AFTER = re.compile(r"\s*(?:บาท|คน|ราย(?!งาน))")


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
    """A month as it stands in a text, with the calendar year (BE) given for it, if any."""

    number: int
    year_be: int | None
    day: int
    start: int
    end: int

    def overlaps(self, start: int, end: int) -> bool:
        return self.start < end and start < self.end


def months_named(text: str, fiscal_year: FiscalYear | None = None) -> tuple[NamedMonth, ...]:
    """Every month that `text` names, in order: single months, full dates, ranges, quarters, half-years.

    A month without a year belongs to `fiscal_year` (October to December to its first calendar year); without one it is
    left out. The year of a range's end serves its beginning, that of an enumeration's last month the others; a fiscal
    year beside a month ("ตุลาคม ปีงบประมาณ 2566") is taken as such. Ranges that end before they begin yield their two
    ends only. A quarter or half-year whose months are spelt out behind it gives way to them. Positions refer to `text`.
    """
    flat = arabic_digits(text)
    bare = _bare_months(flat)
    named: list[NamedMonth] = []
    index = 0
    while index < len(bare):
        one = bare[index]
        following = bare[index + 1] if index + 1 < len(bare) else None
        if following and _JOINER.match(flat[one.end : following.start]):
            if following.year_be is None:
                following = replace(following, year_be=_year_from_list(bare, index + 1, flat))
            named.extend(_range(one, following, fiscal_year))
            index += 2
            continue
        year_be = one.year_be if one.year_be is not None else _year_from_list(bare, index, flat)
        month = _placed(one.number, year_be, fiscal_year)
        if month:
            kind = "date" if one.day else "month"
            named.append(NamedMonth(month, one.start, one.end, year_be is not None, one.day, kind))
        index += 1
    for period in (*_quarters(flat, fiscal_year), *_halves(flat, fiscal_year)):
        behind = [n for n in named if n.kind == "range" and _is_right_behind(n, period, flat)]
        if behind and (behind[0].year_given or not period.year_given):
            continue
        named = [n for n in named if n not in behind]
        named.append(period)
    return tuple(sorted(named, key=lambda n: (n.start, n.month)))


def _is_right_behind(months: NamedMonth, period: NamedMonth, flat: str) -> bool:
    between = (period.end, max(period.end, months.start))
    return period.start < months.start and period.end < months.end and bool(_SPELT_OUT.fullmatch(flat, *between))


def _bare_months(flat: str) -> list[_Bare]:
    found = list(_worded_months(flat))
    taken = [(m.start(), m.end()) for m in _QUARTER.finditer(flat)]
    for pattern in (_NUMERIC_DATE, _ISO_DATE, _NUMERIC_MONTH):
        for match in pattern.finditer(flat):
            number = int(match["month"])
            day = int(match["day"]) if "day" in pattern.groupindex else 0
            year = year_be_of(match["year"])
            start, end = match.span()
            if not (1 <= number <= 12 and day <= 31 and year):
                continue
            if any(b.overlaps(start, end) for b in found) or any(s < end and start < e for s, e in taken):
                continue
            if pattern is _NUMERIC_MONTH and (
                _NUMBERED.search(flat[max(0, start - 40) : start]) or _DATED_AFTER.match(flat, end)
            ):
                continue
            found.append(_Bare(number, year, day, start, end))
    return sorted(found, key=lambda b: b.start)


def _worded_months(flat: str) -> Iterator[_Bare]:
    behind = 0
    for match in _NAMED.finditer(flat):
        word = match["full"] or match["short"] or match["plain"] or match["english"]
        number = _NUMBERS[re.sub(r"[.\s]", "", word.lower())]
        day = int(match["day"] or (match["english"] and match["us_day"]) or 0)
        year_be = year_be_of(match["year"]) if match["year"] else None
        if match["english"] and (year_be is None or day > 31):
            continue
        if match["plain"] and not _is_month(match, flat):
            continue
        if number == 2 and match["short"] and not day and _COMMISSION.search(flat[: match.start()]):
            continue
        start, is_fiscal = match.start(), bool(match["fiscal"])
        before = None if day or year_be is not None else _YEAR_BEFORE.search(flat, max(behind, start - 60), start)
        # "ปี 2566 เดือนตุลาคม" may mean either year: left to the fiscal year at hand.
        if before and (before["fiscal"] or number < 10):
            start, year_be, is_fiscal = before.start(), year_be_of(before["year"]), bool(before["fiscal"])
        if year_be is not None and is_fiscal:
            year_be = FiscalYear(year_be).month(number).year_be
        behind = match.end()
        yield _Bare(number, year_be, day if day <= 31 else 0, start, match.end())


def _is_month(match: re.Match[str], flat: str) -> bool:
    """Whether letters without dots are a month and not the sign of an office ("ที่ กค 0405.2/ว 119")."""
    if match["day"] or match["year"] or flat[: match.start()].rstrip().endswith("เดือน"):
        return True
    before, after = flat[: match.start()].rstrip(), flat[match.end() :].lstrip()
    return not (before or after) or bool(re.match(rf"{_DASH}|ถึง", after) or re.search(rf"(?:{_DASH}|ถึง)$", before))


def _year_from_list(bare: list[_Bare], index: int, flat: str) -> int | None:
    """The year of a later month of the same enumeration ("มกราคม กุมภาพันธ์ และมีนาคม 2566"), rolled back over December."""
    steps_back = 0
    for earlier, later in zip(bare[index:], bare[index + 1 :], strict=False):
        if not _LISTED.fullmatch(flat[earlier.end : later.start]):
            return None
        if later.number < earlier.number:
            steps_back += 1
        if later.year_be is not None:
            return later.year_be - steps_back
    return None


def _placed(number: int, year_be: int | None, fiscal_year: FiscalYear | None) -> Month | None:
    if year_be is not None:
        return Month(year_be - BE_OFFSET, number)
    return fiscal_year.month(number) if fiscal_year else None


def _range(first: _Bare, last: _Bare, fiscal_year: FiscalYear | None) -> list[NamedMonth]:
    start = _placed(first.number, first.year_be, fiscal_year)
    end = _placed(last.number, last.year_be, fiscal_year)
    if first.year_be is None and last.year_be is not None and end:
        start = Month(end.year_ce - (first.number > last.number), first.number)
    elif first.year_be is not None and last.year_be is None and start:
        end = Month(start.year_ce + (last.number < first.number), last.number)
    if start is None or end is None:
        return []
    given = last.year_be is not None or first.year_be is not None
    months = month_range(start, end) or (start, end)
    kind = "range" if len(months) > 1 or not first.day else "date"
    return [NamedMonth(m, first.start, last.end, given, 0, kind) for m in months]


def _quarters(flat: str, fiscal_year: FiscalYear | None) -> Iterator[NamedMonth]:
    for match in _QUARTER.finditer(flat):
        year_be = year_be_of(match["year"]) if match["year"] else None
        year = FiscalYear(year_be) if year_be else fiscal_year
        if year is None:
            continue
        numbers = [int(n) for n in re.findall(r"[1-4]", match["numbers"])]
        if re.search(rf"{_DASH}|ถึง", match["numbers"]):
            numbers = list(range(numbers[0], numbers[-1] + 1))
        for number in dict.fromkeys(numbers):
            for month in year.quarter(number):
                yield NamedMonth(month, match.start(), match.end(), year_be is not None, 0, "quarter")


def _halves(flat: str, fiscal_year: FiscalYear | None) -> Iterator[NamedMonth]:
    """Half-years, and the nine or twelve months of a fiscal year that are reported on."""
    for match in _HALF.finditer(flat):
        before = flat[max(0, match.start() - 12) : match.start()]
        if _DURATION_BEFORE.search(flat, max(0, match.start() - 20), match.start()) or _DURATION_AFTER.match(
            flat, match.end()
        ):
            continue
        if not match["which"] and not (match["count"] and _HALF_BEFORE.search(before)):
            continue
        year_match = _HALF_YEAR.match(flat, match.end())
        year_be = year_be_of(year_match["year"]) if year_match else None
        year = FiscalYear(year_be) if year_be else fiscal_year
        if year is None:
            continue
        end = year_match.end() if year_match else match.end()
        count = _MONTHS_OF.get(match["count"] or "6", 6)
        months = year.months()[-count:] if match["which"] == "หลัง" else year.months()[:count]
        kind = "year" if count == 12 else "half"
        yield from (NamedMonth(m, match.start(), end, year_be is not None, 0, kind) for m in months)


def years_named(text: str) -> tuple[NamedYear, ...]:
    """Every year (BE) that `text` names, in order; a span "2566–2570" yields each of its years with kind `span`.

    Years of months and full dates come with kind `date`, those of quarters ("ไตรมาส 2/2566") as fiscal. Numbers of laws
    ("พ.ร.บ. … พ.ศ. 2560") are years like others here: what a year belongs to is for the caller.
    """
    flat = arabic_digits(text)
    named: list[NamedYear] = []
    dates = [b for b in _bare_months(flat) if b.year_be is not None]
    for match in _YEAR_MENTION.finditer(flat):
        first = year_be_of(match["year"])
        if first is None or _AMOUNT_AFTER.match(flat, match.end()):
            continue
        last = year_be_of(match["last"]) if match["last"] else None
        if last is not None and first < last <= first + 20:
            if match["joint"] == "/" and last != first + 1:
                continue
            named.extend(NamedYear(y, match.start(), match.end(), "span") for y in range(first, last + 1))
            continue
        kind = _kind_of_year(match["era"] or "")
        if kind != "fiscal" and any(b.start <= match.start("year") < b.end for b in dates):
            kind = "date"
        named.append(NamedYear(first, match.start(), match.end("year"), kind))
    for match in _SHORT_FISCAL.finditer(flat):
        _add_year(named, match, _kind_of_year(match["era"]))
    for match in _QUARTER.finditer(flat):
        if match["year"]:
            _add_year(named, match, "fiscal")
    for bare in dates:
        if bare.year_be and not any(n.start < bare.end and bare.start < n.end for n in named):
            named.append(NamedYear(bare.year_be, bare.start, bare.end, "date"))
    return tuple(sorted(named, key=lambda n: (n.start, n.year_be)))


def _add_year(named: list[NamedYear], match: re.Match[str], kind: str) -> None:
    year = year_be_of(match["year"])
    if year and not any(n.start < match.end() and match.start() < n.end for n in named):
        named.append(NamedYear(year, match.start(), match.end(), kind))


def _kind_of_year(era: str) -> str:
    bare = re.sub(r"\s", "", era).lower()
    if "งบ" in bare or "งปม" in bare or bare in ("fy", "fiscalyear"):
        return "fiscal"
    return "annual" if bare.startswith(("ประจ", "ปี")) else "plain"
