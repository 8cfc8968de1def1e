"""Where a text names a quarter, a half-year or some months of a fiscal year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from oitcheck.lib.date_words import DASH, FISCAL_ERA, GAP, PLAIN_ERA, YEAR2, YEAR4, YEAR4_ALONE
from oitcheck.lib.thai_calendar import FiscalYear, Month, year_be_of

_PERIOD_YEAR = (
    rf"(?:{GAP}\)?{GAP}(?:(?P<slash>/)|{DASH})?{GAP}\(?{GAP}(?:(?P<era>{FISCAL_ERA}|{PLAIN_ERA})|FY)?{GAP},?{GAP}"
    rf"(?P<year>{YEAR4_ALONE}|{YEAR2}))?"
)
_QUARTER_WORDS = {"แรก": 1, "หนึ่ง": 1, "สอง": 2, "สาม": 3, "สี่": 4, "สุดท้าย": 4}
_QUARTER = re.compile(
    r"(?:ไตรมา[สศ]\s?(?:ที่)?\s?Q?|(?<![A-Za-z])Q(?:uarter)?)\s{0,4}"
    rf"(?:(?P<word>{'|'.join(_QUARTER_WORDS)})|(?P<numbers>[1-4](?!\d)"
    rf"(?:{GAP}(?:{DASH}|ถึง|และ|,|/(?!\s?\d{{2}})){GAP}(?:และ{GAP})?(?:ไตรมา[สศ]\s?(?:ที่)?\s?)?[1-4](?!\d))*)){_PERIOD_YEAR}"
)
# Behind "ไตรมาสที่ 1/2566".
_NEXT_QUARTER = re.compile(rf"{GAP}(?:{DASH}|ถึง|และ|,){GAP}(?P<numbers>[1-4])/(?P<year>{YEAR4}|[5-9]\d)(?!\d)")
_HALF = re.compile(
    r"(?P<what>(?<!\d)(?:(?P<count>6|หก|9|เก้า|12|สิบสอง)\s?เดือน|ครึ่งปี(?:งบประมาณ)?|ครึ่ง(?=(?:แรก|หลัง)ของปี))"
    rf"(?:{GAP}\(?(?P<which>แรก|หลัง(?!จาก|สิ้น|วัน|การ))\)?)?){_PERIOD_YEAR}"
)
_HALF_BEFORE = re.compile(r"(?:รอบ|ระยะ|ช่วง|ครั้งที่)")
_ROUND_BEFORE = re.compile(r"รอบ(?:เดือน)?[\s(]{0,3}(?:ระยะเวลา)?[\s(]{0,3}$")
DURATION_BEFORE = re.compile(
    r"(?:ภายใน|ทุกๆ?|ไม่เกิน|ไม่น้อยกว่า|อย่างน้อย|เกิน(?:กว่า)?|เป็นเวลา|อายุ|จำคุก|ครบ|นาน|ย้อนหลัง|ล่วงหน้า)\s?(?:กำหนด|ระยะเวลา|รอบ|ระยะ)?\s?$"
)
_OF_A_CONTRACT = re.compile(r"(?:จ้าง|สัญญา|ประกัน|เช่า|ดำเนินการ|แล้วเสร็จ|กำหนด|เป็น|มี|รวม|โครงการ)[^\n]{0,20}$")
_DURATION_AFTER = re.compile(r"\s?นับ")
_MONTHS_OF = {"6": 6, "หก": 6, "9": 9, "เก้า": 9, "12": 12, "สิบสอง": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """A quarter or half-year as it stands in a text: places 0–11 in the fiscal year (BE) it names, if any."""

    places: tuple[int, ...]
    year_be: int | None
    start: int
    end: int
    kind: str

    def months(self, year: FiscalYear) -> tuple[Month, ...]:
        return tuple(year.months()[p] for p in self.places)


def quarter_matches(flat: str) -> Iterator[re.Match[str]]:
    """Where quarters are named; digits must be Arabic."""
    for match in _QUARTER.finditer(flat):
        yield match
        further = _NEXT_QUARTER.match(flat, match.end()) if match["year"] else None
        if further:
            yield further


def quarters(flat: str) -> Iterator[Period]:
    """The quarters that a text names, in order."""
    for match in quarter_matches(flat):
        word = match.groupdict().get("word")
        if word:
            numbers = [_QUARTER_WORDS[word]]
        else:
            numbers = [int(n) for n in re.findall(r"[1-4]", match["numbers"])]
            if re.search(rf"{DASH}|ถึง", match["numbers"]):
                numbers = list(range(numbers[0], numbers[-1] + 1))
        places = tuple(p for n in dict.fromkeys(numbers) for p in range(3 * n - 3, 3 * n))
        start = match.start() if "word" in match.re.groupindex else match.start("numbers")
        yield Period(places, year_beside(match), start, match.end(), "quarter")


def year_beside(match: re.Match[str]) -> int | None:
    """The year (BE) of a quarter or half-year; two digits need an era or "/" before them ("ไตรมาส 1 60 70": a row)."""
    groups = match.groupdict()
    if not groups["year"] or (len(groups["year"]) < 4 and "era" in groups and not (groups["era"] or groups["slash"])):
        return None
    return year_be_of(groups["year"])


def halves(flat: str) -> Iterator[Period]:
    """Half-years, and the nine or twelve months of a fiscal year that are reported on."""
    for match in _HALF.finditer(flat):
        if not _is_reported_on(match, flat):
            continue
        count, year_be = _MONTHS_OF.get(match["count"] or "6", 6), year_beside(match)
        places = tuple(range(12 - count, 12) if match["which"] == "หลัง" else range(count))
        end = match.end() if year_be else match.end("what")
        yield Period(places, year_be, match.start(), end, "year" if count == 12 else "half")


def _is_reported_on(match: re.Match[str], flat: str) -> bool:
    """Whether some months are a part of the fiscal year and not a time that something takes."""
    start, before = match.start(), flat[max(0, match.start() - 12) : match.start()]
    if DURATION_BEFORE.search(flat, max(0, start - 40), start) or _DURATION_AFTER.match(flat, match.end("what")):
        return False
    if match["which"] or _ROUND_BEFORE.search(before):
        return True
    is_said = bool(match["count"] and _HALF_BEFORE.search(before))
    return is_said and not _OF_A_CONTRACT.search(flat, max(0, start - 40), start)
