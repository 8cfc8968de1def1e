"""The Thai calendar of officials: months and fiscal years. BE outside, CE inside (BE = CE + 543).

Fiscal year Y (BE) runs from 1 October Y-1 to 30 September Y.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

BE_OFFSET = 543
MONTH_NAMES = (
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
    "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
)  # fmt: skip
SHORT_MONTHS = (
    "ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.",
)  # fmt: skip


def written_be(day: date) -> str:
    """A day as people type it, `2566-01-31` (BE). That the year is BE makes it no date: 2567-02-29 is one."""
    return f"{day.year + BE_OFFSET}-{day:%m-%d}"


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
    """The fiscal year that a month lies in."""
    return FiscalYear(month.year_be + (1 if month.number >= 10 else 0))


def year_be_of(text: str) -> int | None:
    """The year in BE that a number stands for: 2566, 2023 → 2566, 66 → 2566; None when it is no year."""
    digits = text.strip("'’‘`´ ")
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
