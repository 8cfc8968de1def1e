"""The Thai calendar of officials: months, fiscal years, and how texts name them. BE outside, CE inside (BE = CE + 543).

Fiscal year Y (BE) runs from 1 October Y-1 to 30 September Y.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from itertools import pairwise

from oitcheck.lib.thai_text import arabic_digits

BE_OFFSET = 543

MONTH_NAMES = (
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
    "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
)  # fmt: skip
SHORT_MONTHS = (
    "ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.",
)  # fmt: skip

# Spellings met on real pages that are more than one slip away from the right one, or stand inside other words.
_MISSPELT = {
    "มกรคม": 1, "มกราค": 1, "กุมภาพันธุ์": 2, "กุมภาพัน": 2, "กุมพาพันธ์": 2, "กุมภาพันธ": 2, "มินาคม": 3, "มีนคม": 3,
    "เมษษายน": 4, "เมษยน": 4, "พฤกษภาคม": 5, "พฤษาภาคม": 5, "พฤษภาค": 5, "มิถุนยน": 6, "มิถุณายน": 6, "กรกฏาคม": 7,
    "กรกฎคม": 7, "กรกฏคม": 7, "กรกฏาค": 7, "สิงหคม": 8, "สิงหาค": 8, "กันยน": 9, "กันยายย": 9, "ตุลคม": 10, "ตุลาค": 10,
    "พฤษจิกายน": 11, "พฤศจิกยน": 11, "พฤศจิการยน": 11, "พฤจิกายน": 11, "พฤศจิกา": 11, "พฤศจิ": 11, "ธันวคม": 12,
    "ธันวาค": 12, "ธันวาคา": 12,
}  # fmt: skip
# Said for short; they are names of people, too.
_CLIPPED = ("มกรา", "กุมภา", "มีนา", "เมษา", "พฤษภา", "มิถุนา", "กรกฎา", "สิงหา", "กันยา", "ตุลา", "พฤศจิกา", "ธันวา")
_ENGLISH = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
            "november", "december")  # fmt: skip
# Names of at least so many letters are known with two slips in them; no word of a Thai dictionary is as near to them.
_LONG_NAME = 8


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


# "ตุลาคมพ.ศ.2565" is two words.
_WORD_ENDS = r"(?:(?=พ\s?\.\s?ศ)|(?![ก-๎]))"


def _month_pattern() -> tuple[str, dict[str, int]]:
    numbers: dict[str, int] = {}
    for index, name in enumerate(MONTH_NAMES, 1):
        numbers[name] = index
    numbers.update(_MISSPELT)
    full = "|".join(sorted(MONTH_NAMES, key=len, reverse=True))
    misspelt = "|".join(sorted(_MISSPELT, key=len, reverse=True))
    dotted, plain = [], []
    for index, name in enumerate(SHORT_MONTHS, 1):
        first, second = name.rstrip(".").split(".")
        numbers[first + second] = index
        dotted.append(rf"{first}\s?\.{{1,2}}\s?{second}(?:\s?\.{{1,2}})?")
        plain.append(rf"{first}{second}\.?")
    for index, name in enumerate(_ENGLISH, 1):
        numbers[name] = index
        numbers[name[:3]] = index
    numbers["sept"] = 9
    english = "|".join((*_ENGLISH, r"sept\.?", *(name[:3] + r"\.?" for name in _ENGLISH)))
    # A short month may stand right behind these words; other letters before it make it another abbreviation.
    alone = r"(?:(?<![ก-ฮะ-์.])|(?<=\d\.)|(?<=เดือน)|(?<=ถึง)|(?<=งวด)|(?<=ช่วง)|(?<=รอบ)|(?<=และ)|(?<=สิ้น))"
    # ก.พ.ร., ก.พ.อ., ก.ค.ศ. are commissions, ส.ค.ส. is a card, ส.ค.1 a paper on land.
    ended = r"(?:(?=จนถึง|ถึง|และ|พ\s?\.?\s?ศ|ปี)|(?![ก-ฮะ-์]|\.?[ศรอส]\.)(?!(?:(?<=ส\.ค)\.|(?<=ส\.ค\.))1(?!\d)))"
    # A first or last letter typed twice is no letter of another word.
    twice = r"(?:(?:(?<![ก-๎])|(?<=เดือน)|(?<=ถึง)|(?<=งวด)|(?<=รอบ))[กมพสตธเ])?"
    # In file names a short month may be glued to the word before it, when its year is glued to it.
    glued = rf"(?<=[ก-๎])(?P<glued>{'|'.join((*dotted, *plain))})(?=\d\d)"
    pattern = (
        rf"(?:{twice}(?P<full>{full})(?:[มน์]{_WORD_ENDS})?|(?P<misspelt>{misspelt}){_WORD_ENDS}"
        rf"|{alone}(?:(?P<short>{'|'.join(dotted)})|(?P<plain>{'|'.join(plain)})){ended}|{glued}"
        rf"|(?<![A-Za-z])(?P<english>{english})(?![A-Za-z]))"
    )
    return pattern, numbers


_MONTH, _NUMBERS = _month_pattern()
# Taken whole and given back never, and no longer than this: several such gaps in a row would else share out a run of
# blanks in every way there is, and a page of blanks would take hours.
_GAP = r"\s{0,40}+"
_DASH = r"[-‐-―~−]"
_BE = r"(?:พ\s?\.?\s?ศ\s?\.{0,2}|พุทธศักราช)"
_CE = r"(?:ค\s?\.?\s?ศ\s?\.?|คริสต์ศักราช|A\.?D\.)"
_FISCAL_ERA = (
    rf"(?:(?:ประจำ|ของ|ใน|แห่ง)?{_GAP}(?:ปี{_GAP}(?:งบ(?:{_GAP}ประมาณ|ฯ)?|งปม\.?)|งบประมาณ{_GAP}(?:ประจำ)?ปี)"
    rf"(?:{_GAP}(?:ประจำ)?ปี)?(?:{_GAP}{_BE})?)"
)
_PLAIN_ERA = rf"(?:{_BE}|(?:ประจำ|ของ)?ปี(?:{_GAP}{_BE})?|{_CE}|B\.?E\.?)"
_YEAR4 = r"(?:2[4-6]\d\d|20[0-4]\d|19[5-9]\d)"
# Not the tail of a longer number, of an address, of the number of an order ("12 / 2566") or of a telephone number;
# "พ.ศ.2566" is fine.
_NO_NUMBER = r"(?<![\d/])(?<!\d[.,-])(?<!(?<!\d{3})\d\s/\s)(?<!(?<!\d{3})\d/\s)"
# After two digits these words make them a count ("มีนาคม 50 ราย"), not a year; the longer number is seldom one.
_MEASURES = (
    r"(?:บาท|ล้าน(?:บาท)?|คน|ท่าน|ราย|ครัวเรือน|หลังคาเรือน|ครั้ง|ไร่|ตารางเมตร|กิโลเมตร|กม\.?|เมตร|กิโลกรัม|กก\.?|ลิตร|ตัน|วัตต์"
    r"|ชุด|เล่ม|แผ่น|ชิ้น|เครื่อง|คัน|ตัว)(?![ก-๎])"
)
_MEASURED_AFTER = re.compile(rf"{_GAP}{_MEASURES}")
_COUNTS = (
    rf"(?:{_MEASURES}|(?:รายการ|โครงการ|กิจกรรม|วัน|ชั่วโมง|นาที|ฉบับ|แห่ง|สัญญา|ร้อยละ|คะแนน|หมู่บ้าน|แสน|หมื่น|พัน)(?![ก-๎])"
    r"|เรื่อง(?!\s?[ก-๎])|ปี(?!\s?(?:งบ|พ|\d))(?![ก-๎]))"
)
# Not the beginning of an amount ("2500.75", "2,500", "2500.-") or of a longer number.
_NO_AMOUNT = r"(?!\d|\.\d\d(?!\d)|,\d{3}(?!\d)|\.-)"
_YEAR4_ALONE = rf"{_YEAR4}{_NO_AMOUNT}(?!{_GAP}{_MEASURES})"
_YEAR2 = rf"['’‘`´]?[5-9]\d(?![\d.,:/]\d|\d|{_GAP}{_COUNTS}|\s?%)"
_ALSO_CE = rf"(?:\s?\(\s?{_CE}?\s?\d{{4}}\s?\))?"
_YEAR = (
    rf"(?:{_GAP}(?:[./_,+]|{_DASH})?{_GAP}(?:\({_GAP}(?=[^\d\s]|\d{{4}}))?(?:(?P<fiscal>{_FISCAL_ERA})|{_PLAIN_ERA})?{_GAP},?{_GAP}"
    rf"(?P<year>{_YEAR4_ALONE}|{_YEAR2}){_ALSO_CE})?"
)
_DAY = rf"(?:(?<!\d\.)(?P<day>[0-3]?\d)(?:{_GAP}|[-/])(?:เดือน{_GAP})?)?"
# Website software dates what it posts "มีนาคม 20, 2023".
_DAY_BEHIND = rf"(?:{_GAP}(?P<day_behind>[0-3]?\d)(?=\s?,\s?\d{{4}}))?"
_NAMED = re.compile(rf"(?<!\d){_DAY}{_MONTH}{_DAY_BEHIND}{_YEAR}", re.IGNORECASE)
# A whole word that may be a month with a slip in it.
_GUESSED = re.compile(
    rf"(?<!\d){_DAY}(?:(?<![ก-๎])|(?<=เดือน)|(?<=งวด)|(?<=ถึง))(?P<guess>(?![ก-๎]{{0,9}}?(?:เดือน|งวด|ถึง))[ก-๎]{{4,12}}?){_WORD_ENDS}{_YEAR}"
)
# Without one of these a line is not searched for what they go with.
_SAYS_WHEN = re.compile(rf"\d|เดือน|ถึง|{_DASH}")
_SAYS_A_YEAR = re.compile(r"\d\d")
# A number that counts a form, a table or a meeting is no day: "สขร.1 มีนาคม", "ครั้งที่ 1 มีนาคม", "รอบ 12 เดือน ตุลาคม".
_LABELLED = re.compile(
    r"(?:สขร\.?|(?:แบบ|ครั้ง|ตาราง|ข้อ|ลำดับ|งวด|ฉบับ|ชุด|รอบ|ตอน|ภาค|ระยะ|แผ่น|ภาพ|รูป|กิจกรรม|โครงการ|ตัวชี้วัด|ไตรมา[สศ]|หมู่|เลข)(?:ที่)?|หน้า|แนบ|ระยะเวลา"
    r"|(?<![A-Za-z])(?:O|M?OIT|ITA|EB|Q|No\.?))[\s(]{0,3}$|[A-Za-z]$",
    re.IGNORECASE,
)
# A year right before a month that has none of its own: "ปีงบประมาณ พ.ศ. 2566 เดือนตุลาคม".
_YEAR_BEFORE = re.compile(
    rf"(?:(?P<fiscal>{_FISCAL_ERA})|(?P<era>{_PLAIN_ERA}))?{_GAP}{_NO_NUMBER}(?P<year>{_YEAR4}|(?<=\s)['’]?[5-9]\d)(?:[\s,():_|]|{_DASH}){{0,6}}"
    rf"(?:ตั้งแต่|ระหว่าง|ช่วง|งวด)?(?:ประจำ|ในรอบ|รอบ|งวด|ใน|ช่วง)?{_GAP}(?:เดือน)?{_GAP}\(?$",
    re.IGNORECASE,
)
_OF_A_SPAN = re.compile(rf"\d{_GAP}(?:{_DASH}|ถึง){_GAP}(?:ปี{_GAP})?(?:{_BE})?{_GAP}$")
# The year of a law, or of a school, is no year of the months behind it; กรกฎาคม holds กฎ.
_OF_A_LAW = re.compile(
    r"(?:พระราช|พ\.\s?ร\.\s?[บฎก]|พรบ|ระเบียบ|(?<!กร)กฎ|รัฐธรรมนูญ|ฉบับที่|ข้อบังคับ|ข้อบัญญัติ|เทศบัญญัติ|ประกาศคณะกรรมการ|หลักเกณฑ์|มาตรา"
    r"|ปีการศึกษา)(?:[^\n\d]|(?<!\d)\d{1,2}(?!\d)){0,90}$"
)
_NUMERIC_DATE = re.compile(
    r"(?:(?<![\d/.-])|(?<=[/.]\d\d-)|(?<=[/.]\d\d\d\d-))"
    rf"(?P<day>[0-3]?\d)(?P<joint>[/.-]|\s/\s)(?P<month>[01]?\d)(?P=joint)(?P<year>{_YEAR4}|[5-9]\d)(?![\d/])"
)
_ISO_DATE = re.compile(
    r"(?<![\d/-])(?P<year>20\d\d|25\d\d)(?P<joint>[-/])(?P<month>[01]\d)(?P=joint)(?P<day>[0-3]\d)(?!\d)"
)
_NUMERIC_MONTH = re.compile(r"(?<![\d/.-])(?P<month>[01]?\d)/(?P<year>25\d\d|20\d\d)(?![\d/])")
# In names of files only: "032566.pdf", "02.2569.pdf", "สขร1 2566_03.pdf"; not the end of a telephone number.
_FILE_END = r"(?=[^\n/]{0,60}?\.(?:pdf|docx?|xlsx?|pptx?|odt|ods|csv|zip|rar|jpe?g|png|html?)(?![A-Za-z]))"
_TWO_DIGIT_MONTH = r"(?P<month>0[1-9]|1[0-2])"
_FILE_MONTHS = (
    re.compile(rf"(?<!\d)(?<!\d{{3}}-)(?<!/){_TWO_DIGIT_MONTH}[ ._-]?(?P<year>25\d\d)(?!\d){_FILE_END}", re.IGNORECASE),
    re.compile(rf"(?<!\d)(?<!\d{{3}}-)(?<!/)(?P<year>25\d\d)[ ._-]?{_TWO_DIGIT_MONTH}(?!\d){_FILE_END}", re.IGNORECASE),
)
# Orders, meetings, contracts and terms are numbered within a year: "คำสั่งที่ 12/2566", "3/2566 ลงวันที่ …".
_NUMBERED = re.compile(
    r"(?:ที่|ครั้ง|ฉบับ|รุ่น|รอบ|ประเมิน|สมัย(?:สามัญ|วิสามัญ)?|เทอม|ภาคเรียน|คำสั่ง|ประกาศ|มติ|ประชุม|ฎีกา|ทะเบียน|รหัส|ลำดับ|หน้า|โครงการ"
    r"|(?:สัญญา|ใบสั่ง|ข้อตกลง|บันทึก|ตกลง)(?:ซื้อ|จ้าง|เช่า|ขาย)*|เลข|no\.?|[ก-ฮ]\.[ก-ฮ]\.|(?<![ก-๎])[ก-ฮ]{1,2}\.?)[\s:.]{0,3}$",
    re.IGNORECASE,
)
_FORM_NUMBER = re.compile(r"สขร\.?\s?$")
# "O12_2566.pdf" is item 12, "ITA_2566_05.pdf" perhaps item 5.
_ITEM = re.compile(r"(?:ข้อ|(?<![A-Za-z])(?:O|M?OIT|ITA|EB))\s?$", re.IGNORECASE)
_DATED_AFTER = re.compile(r"\s*(?:ลว|ลงวันที่|ลง\s|วันที่|เมื่อ)")
# ก.พ. is the civil service commission as well as February, ก.ค. that of teachers as well as July.
_COMMISSION = re.compile(
    r"(?:สำนักงาน|เลขาธิการ|คณะกรรมการ|มติ|กฎ|มาตรฐาน|(?<!ตรวจ)(?<!ทด)สอบ|ภาค\s?ก\.?(?:\s?ของ)?|พลเรือน\s?\(|ครู\s?\(|พ\.ร\.บ\.|พระราชบัญญัติ|ทะเบียนประวัติ|แฟ้มประวัติ)[\s(]{0,2}$"
)
_COMMISSION_PERHAPS = re.compile(r"(?:ระเบียบ|ประกาศ|หนังสือ|หลักเกณฑ์|ที่|โดย|จาก|ของ|แบบ)[\s(]{0,2}$")
_BY_COMMISSION = re.compile(r"\s?7(?![\d/])|\s?(?:กำหนด|รับรอง|อนุมัติ|เห็นชอบ|มีมติ|แจ้ง|ว่าด้วย|พิจารณา)")
_TELEPHONE = re.compile(
    r"(?:โทร(?:ศัพท์|สาร)?|แฟก(?:ซ์|ส์)|แฟ็กซ์|fax|tel|phone|เบอร์|มือถือ|สายด่วน)[\s.:]{0,4}(?:[\d\s-]|ต่อ){0,20}$", re.IGNORECASE
)
_DIALLING_CODE = re.compile(r"(?<![\dA-Za-z])0\d{0,2}[\s-]{1,3}$")
_SUBSCRIBER = re.compile(r"[\s-]\d{3,4}(?!\d)")
_AMOUNT_BEFORE = re.compile(r"(?:จำนวน|ทั้งสิ้น|ราคา|เป็นเงิน|วงเงิน|หมายเลข|เลขที่|รหัส)[\s:]{0,3}$")
_MONTH_WORD = re.compile(r"เดือน(?:ที่)?\s?$")
_WITHIN = re.compile(r"(?:ภายใน|ก่อน|หลัง|ไม่เกิน)\s?(?:สิ้น)?\s?(?:เดือน)?\s?$")
_AS_OF = re.compile(r"(?<!ประกาศ)(?<!ประกาศ )(?<!สั่ง)(?<!สั่ง )ณ\s?(?:วันที่)?\s?$")
# No two months of one range or list stand further apart.
_WIDEST_JOINT = 40
_JOINER = re.compile(
    rf"^\s*\)?\s*(?:{_DASH}\s*(?:เดือน)?|(?:ไป)?จนถึง|ถึง|to)\s*(?:เดือน|(?:ณ|สิ้นสุด)?\s*วันที่|สิ้นเดือน)?\s*$", re.IGNORECASE
)
_LISTED = re.compile(rf"(?:,|และ|กับ|/|เดือน|{_DASH}|\s)*")
_PERIOD_YEAR = (
    rf"(?:{_GAP}\)?{_GAP}(?:(?P<slash>/)|{_DASH})?{_GAP}\(?{_GAP}(?:(?P<era>{_FISCAL_ERA}|{_PLAIN_ERA})|FY)?{_GAP},?{_GAP}"
    rf"(?P<year>{_YEAR4_ALONE}|{_YEAR2}))?"
)
_QUARTER_WORDS = {"แรก": 1, "หนึ่ง": 1, "สอง": 2, "สาม": 3, "สี่": 4, "สุดท้าย": 4}
_QUARTER = re.compile(
    r"(?:ไตรมา[สศ]\s?(?:ที่)?\s?Q?|(?<![A-Za-z])Q(?:uarter)?)\s{0,4}"
    rf"(?:(?P<word>{'|'.join(_QUARTER_WORDS)})|(?P<numbers>[1-4](?!\d)"
    rf"(?:{_GAP}(?:{_DASH}|ถึง|และ|,|/(?!\s?\d{{2}})){_GAP}(?:และ{_GAP})?(?:ไตรมา[สศ]\s?(?:ที่)?\s?)?[1-4](?!\d))*)){_PERIOD_YEAR}"
)
# Behind "ไตรมาสที่ 1/2566".
_NEXT_QUARTER = re.compile(rf"{_GAP}(?:{_DASH}|ถึง|และ|,){_GAP}(?P<numbers>[1-4])/(?P<year>{_YEAR4}|[5-9]\d)(?!\d)")
_HALF = re.compile(
    r"(?P<what>(?<!\d)(?:(?P<count>6|หก|9|เก้า|12|สิบสอง)\s?เดือน|ครึ่งปี(?:งบประมาณ)?|ครึ่ง(?=(?:แรก|หลัง)ของปี))"
    rf"(?:{_GAP}\(?(?P<which>แรก|หลัง(?!จาก|สิ้น|วัน|การ))\)?)?){_PERIOD_YEAR}"
)
_HALF_BEFORE = re.compile(r"(?:รอบ|ระยะ|ช่วง|ครั้งที่)")
_ROUND_BEFORE = re.compile(r"รอบ(?:เดือน)?[\s(]{0,3}(?:ระยะเวลา)?[\s(]{0,3}$")
_DURATION_BEFORE = re.compile(
    r"(?:ภายใน|ทุกๆ?|ไม่เกิน|ไม่น้อยกว่า|อย่างน้อย|เกิน(?:กว่า)?|เป็นเวลา|อายุ|จำคุก|ครบ|นาน|ย้อนหลัง|ล่วงหน้า)\s?(?:กำหนด|ระยะเวลา|รอบ|ระยะ)?\s?$"
)
_OF_A_CONTRACT = re.compile(r"(?:จ้าง|สัญญา|ประกัน|เช่า|ดำเนินการ|แล้วเสร็จ|กำหนด|เป็น|มี|รวม|โครงการ)[^\n]{0,20}$")
_DURATION_AFTER = re.compile(r"\s?นับ")
_MONTHS_OF = {"6": 6, "หก": 6, "9": 9, "เก้า": 9, "12": 12, "สิบสอง": 12}
# Between a quarter or half-year and the months it is said to be.
_SPELT_OUT = re.compile(r"(?:[\s(:=]|ตั้งแต่|ระหว่าง|ช่วง|คือ|ประจำ|เดือน|วันที่)*")
_ERA = rf"(?:{_FISCAL_ERA}|ประจ(?:ำ|ํา|า|้า)ปี(?:{_GAP}งบ{_GAP}ประมาณ)?|ปีการศึกษา|ปี|{_BE}|{_CE}|fiscal\s+year|FY)"
_YEAR_MENTION = re.compile(
    rf"(?P<era>{_ERA})?{_GAP}(?:{_BE})?{_GAP}{_NO_NUMBER}(?P<year>{_YEAR4}){_NO_AMOUNT}"
    rf"(?:{_GAP}(?P<joint>{_DASH}|จนถึง|ถึง|/){_GAP}(?:{_ERA})?{_GAP}(?:{_BE})?{_GAP}(?P<last>{_YEAR4}|[5-9]\d)(?!\d))?",
    re.IGNORECASE,
)
_SHORT_FISCAL = re.compile(
    rf"(?P<era>ปี{_GAP}(?:งบ(?:{_GAP}ประมาณ|ฯ)?|งปม\.?)|งบประมาณปี|ประจำปี|(?<!\d)(?<!\d\s)ปี|FY){_GAP}(?:{_BE})?{_GAP}['’‘`´]?(?P<year>[5-9]\d)"
    rf"(?![\d.,]\d|\d|{_GAP}{_COUNTS}|\s?%)(?:{_GAP}(?:{_DASH}|ถึง){_GAP}(?P<last>[5-9]\d)(?!\d))?",
    re.IGNORECASE,
)
_AND_YEARS = re.compile(r"(?:\s|,|และ|กับ|หรือ)*")
# The longest plan: the national strategy of twenty years.
_LONGEST_SPAN = 20
# A fiscal year serves the months of its line that stand no further away, in characters.
_LINE_REACH = 120


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


@dataclass(frozen=True, slots=True)
class _Bare:
    """A month as it stands in a text, with the calendar year (BE) given for it, if any.

    `is_doubtful`: without a year in its own range or list it is no month ("you may see").
    """

    number: int
    year_be: int | None
    day: int
    start: int
    end: int
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True)
class _Period:
    """A quarter or half-year as it stands in a text: places 0–11 in the fiscal year (BE) it names, if any."""

    places: tuple[int, ...]
    year_be: int | None
    start: int
    end: int
    kind: str

    def months(self, year: FiscalYear) -> tuple[Month, ...]:
        return tuple(year.months()[p] for p in self.places)


class _Spans:
    """Places [start, end) of a text that are taken; none overlaps another."""

    def __init__(self) -> None:
        self._spans: list[tuple[int, int]] = []

    def take(self, start: int, end: int) -> bool:
        """Takes the place and returns True, unless part of it is taken already."""
        index = bisect_left(self._spans, (start, end))
        before = self._spans[index - 1][1] if index else 0
        after = self._spans[index][0] if index < len(self._spans) else end
        if start < before or after < end:
            return False
        self._spans.insert(index, (start, end))
        return True


class _Years:
    """The years that a text names, as far as they can serve a month or period without a year of its own."""

    def __init__(self, flat: str, bare: list[_Bare]) -> None:
        self._flat = flat
        self._months = bare

    @cached_property
    def _named(self) -> list[NamedYear]:
        named = _of_their_dates(_mentioned_years(self._flat), self._months)
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
    bare = _bare_months(flat)
    years = _Years(flat, bare)
    named = list(_placed_months(bare, flat, years, fiscal_year))
    named.extend(_placed_periods(flat, years, fiscal_year, named))
    return tuple(sorted(named, key=lambda n: (n.start, n.month)))


def _placed_months(bare: list[_Bare], flat: str, years: _Years, fiscal_year: FiscalYear | None) -> Iterator[NamedMonth]:
    """Months, dates and ranges."""
    listed = _listed_years(bare, flat)
    index = 0
    while index < len(bare):
        one = replace(bare[index], year_be=listed[index])
        following = bare[index + 1] if index + 1 < len(bare) else None
        if following and _is_joint(_JOINER, flat, one.end, following.start):
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


def _is_joint(pattern: re.Pattern[str], flat: str, start: int, end: int) -> bool:
    return end - start <= _WIDEST_JOINT and bool(pattern.fullmatch(flat[start:end]))


def _of_line(one: _Bare, flat: str, years: _Years) -> FiscalYear | None:
    """The fiscal year that its line gives a month; none for a deadline, which may lie behind that year."""
    before = (max(0, one.start - 20), one.start)
    if _WITHIN.search(flat, *before) or (one.day and not _AS_OF.search(flat, *before)):
        return None
    return years.of_line(one.start, one.end)


def _bare_months(flat: str) -> list[_Bare]:
    taken = _Spans()
    for match in _quarter_matches(flat):
        taken.take(*match.span())
    found: list[_Bare] = []
    for one in (*_worded_months(flat), *_numeric_months(flat)):
        if taken.take(one.start, one.end):
            found.append(one)
    return sorted(found, key=lambda b: b.start)


def _worded_months(flat: str) -> Iterator[_Bare]:
    taken = _Spans()
    words = [w for w in (*_right_words(flat), *_words_with_a_slip(flat)) if taken.take(*w[0].span())]
    behind = 0
    for match, number in sorted(words, key=lambda w: w[0].start()):
        one = _bare_of(match, number, flat, behind)
        behind = match.end()
        yield one


def _right_words(flat: str) -> Iterator[tuple[re.Match[str], int]]:
    """Where a month is named by its full, short or English name, with its number."""
    for match in _NAMED.finditer(flat):
        word = (
            match["full"] or match["misspelt"] or match["short"] or match["plain"] or match["glued"] or match["english"]
        )
        number = _NUMBERS[re.sub(r"[.\s]", "", word.lower())]
        if (match["plain"] and not _is_month(match, flat)) or (match["glued"] and not _is_glued_month(match, flat)):
            continue
        if _is_commission(match, number, flat):
            continue
        yield match, number


def _words_with_a_slip(flat: str) -> Iterator[tuple[re.Match[str], int]]:
    """Where a month is named with a slip, and a year, a day, the word เดือน or a range says that a month is meant."""
    for match in _GUESSED.finditer(flat) if _SAYS_WHEN.search(flat) else ():
        start, end = match.span("guess")
        is_said = bool(_MONTH_WORD.search(flat, max(0, start - 8), start))
        is_joined = re.search(rf"(?:{_DASH}|ถึง)\s?$", flat[max(0, start - 5) : start]) or re.match(
            rf"\s?(?:{_DASH}|ถึง)", flat[end : end + 5]
        )
        if not (match["year"] or match["day"] or is_said or is_joined):
            continue
        number = _nearest_month(match["guess"])
        if number is None and (is_said or (match["year"] and (len(match["year"]) == 4 or flat[end].isdigit()))):
            number = _CLIPPED.index(match["guess"]) + 1 if match["guess"] in _CLIPPED else None
        if number is not None:
            yield match, number


@lru_cache(maxsize=4096)
def _nearest_month(word: str) -> int | None:
    """The month whose name is one slip away from `word` (two for long names); None when none is, or several.

    Between two the one wins that begins like the word: "มีราคม" is March, "มกนาคม" January.
    """
    nearness = [(_slips(word, name), name[:2] != word[:2]) for name in MONTH_NAMES]
    nearest = min(nearness)
    number = nearness.index(nearest) + 1
    allowed = 2 if len(MONTH_NAMES[number - 1]) >= _LONG_NAME else 1
    return number if nearest[0] <= allowed and nearness.count(nearest) == 1 else None


def _slips(word: str, name: str) -> int:
    """How many letters were left out, put in, swapped or mistaken between two words (optimal string alignment)."""
    before: list[int] = []
    last = list(range(len(name) + 1))
    for row, letter in enumerate(word, 1):
        this = [row]
        for column, wanted in enumerate(name, 1):
            cost = min(last[column] + 1, this[-1] + 1, last[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == name[column - 2] and word[row - 2] == wanted:
                cost = min(cost, before[column - 2] + 1)
            this.append(cost)
        before, last = last, this
    return last[-1]


def _bare_of(match: re.Match[str], number: int, flat: str, behind: int) -> _Bare:
    """The month of a match, with its day, and with the year behind it or right before it (after `behind`)."""
    groups = match.groupdict()
    day = int(groups["day"] or groups.get("day_behind") or 0)
    start, is_fiscal = match.start(), bool(match["fiscal"])
    if groups["day"] and _is_no_day(match, flat):
        day, start = 0, match.end("day")
    year_be = year_be_of(match["year"]) if match["year"] else None
    before = None if day or year_be is not None else _YEAR_BEFORE.search(flat, max(behind, start - 60), start)
    # "ปี 2566 เดือนตุลาคม" may mean either year: left to the fiscal year at hand.
    if before and _serves(before, flat) and (before["fiscal"] or number < 10):
        start, year_be, is_fiscal = before.start(), year_be_of(before["year"]), bool(before["fiscal"])
    if year_be is not None and is_fiscal:
        year_be = FiscalYear(year_be).month(number).year_be
    is_doubtful = bool(groups.get("english")) and year_be is None and flat.strip(" .()").lower() not in _ENGLISH
    return _Bare(number, year_be, day if day <= 31 else 0, start, match.end(), is_doubtful)


def _is_no_day(match: re.Match[str], flat: str) -> bool:
    """Whether the number before a month counts something else: "สขร.1 มีนาคม", "ภายใน 6 เดือน มีนาคม 2566"."""
    before = (max(0, match.start() - 20), match.start())
    is_count = flat[match.end("day") : match.end()].lstrip().startswith("เดือน")
    return bool(_LABELLED.search(flat, *before) or (is_count and _DURATION_BEFORE.search(flat, *before)))


def _serves(before: re.Match[str], flat: str) -> bool:
    """Whether the year before a month is the month's: not that of a law, nor the end of a plan's years."""
    if len(before["year"].strip("'’")) == 2 and not (before["fiscal"] or before["era"]):
        return False
    start = before.start()
    if _OF_A_SPAN.search(flat, max(0, start - 20), start):
        return False
    return bool(before["fiscal"]) or not _OF_A_LAW.search(flat, max(0, start - 120), start)


def _is_month(match: re.Match[str], flat: str) -> bool:
    """Whether letters without dots are a month and not the sign of an office ("ที่ กค 0405.2/ว 119")."""
    before = flat[max(0, match.start() - 20) : match.start()].rstrip()
    if match["day"] or before.endswith("เดือน"):
        return True
    if match["year"]:
        return not re.search(r"(?<!วัน)ที่$", before)
    after = flat[match.end() : match.end() + 20].lstrip()
    return not (before or after) or bool(re.match(rf"{_DASH}|ถึง", after) or re.search(rf"(?:{_DASH}|ถึง)$", before))


def _is_glued_month(match: re.Match[str], flat: str) -> bool:
    """Whether a short month is glued to the word before it ("จัดจ้างมค66") and no end of a longer name ("มกรามค66")."""
    word = re.split(r"[^ก-๎]|เดือน|งวด|ถึง", flat[max(0, match.start() - 12) : match.end("glued")].rstrip("."))[-1]
    return match["year"] is not None and _nearest_month(word) is None


def _is_commission(match: re.Match[str], number: int, flat: str) -> bool:
    start, end = match.start(), match.end("short") if match["short"] else match.end("plain")
    if number not in (2, 7) or not (match["short"] or match["plain"]) or match["day"]:
        return False
    if _MONTH_WORD.search(flat, max(0, start - 8), start):
        return False
    window = (max(0, start - 30), start)
    if _COMMISSION.search(flat, *window) or _BY_COMMISSION.match(flat, end):
        return True
    return match["year"] is None and bool(_COMMISSION_PERHAPS.search(flat, *window))


def _numeric_months(flat: str) -> Iterator[_Bare]:
    """Dates and months in numbers: 31/3/2566, 2023-03-31, 3/2566; in names of files 032566."""
    if not _SAYS_A_YEAR.search(flat):
        return
    for pattern in (_NUMERIC_DATE, _ISO_DATE, _NUMERIC_MONTH, *_FILE_MONTHS):
        for match in pattern.finditer(flat):
            number, year_be = int(match["month"]), year_be_of(match["year"])
            day = int(match["day"]) if "day" in pattern.groupindex else 0
            if not (1 <= number <= 12 and day <= 31 and year_be):
                continue
            if "day" not in pattern.groupindex and _is_numbered(match, flat):
                continue
            yield _Bare(number, year_be, day, match.start(), match.end())


def _is_numbered(match: re.Match[str], flat: str) -> bool:
    """Whether month and year in numbers are the number of an order, a meeting, a form."""
    before = (max(0, match.start() - 40), match.start())
    if _MONTH_WORD.search(flat, *before):
        return False
    if _FORM_NUMBER.search(flat, *before):
        return match["month"] == "1"
    if _ITEM.search(flat, *before) and not match[0].isdigit():
        return True
    return bool(_NUMBERED.search(flat, *before) or _DATED_AFTER.match(flat, match.end()))


def _listed_years(bare: list[_Bare], flat: str) -> list[int | None]:
    """For each month its year, else that of a later one of its enumeration ("มกราคม กุมภาพันธ์ และมีนาคม 2566"), else of an
    earlier one, counted over December."""
    years = [b.year_be for b in bare]
    linked = [_is_joint(_LISTED, flat, a.end, b.start) for a, b in pairwise(bare)]
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


def _range(first: _Bare, last: _Bare, flat: str, years: _Years, fiscal_year: FiscalYear | None) -> Iterator[NamedMonth]:
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
    before: tuple[_Period, FiscalYear] | None = None
    starts = [n.start for n in named]
    for period in (*_quarters(flat), *_halves(flat)):
        last = period.end + _WIDEST_JOINT
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
            and _is_joint(_JOINER, flat, before[0].end, period.start)
            and period.kind == before[0].kind == "quarter"
        ):
            months = month_range(before[0].months(before[1])[-1].next(), months[-1]) or months
        before = period, year
        given = own is not None or spelt is not None
        yield from (NamedMonth(m, period.start, period.end, given, 0, period.kind) for m in months)


def _spells_out(period: _Period, month: NamedMonth, flat: str) -> bool:
    return bool(_SPELT_OUT.fullmatch(flat, period.end, month.start))


def _year_of_period(period: _Period, flat: str, years: _Years, named: list[NamedMonth]) -> FiscalYear | None:
    """The fiscal year that a text gives a quarter or half-year: beside it, else anywhere in its line."""
    if period.year_be is not None:
        return FiscalYear(period.year_be)
    before = _YEAR_BEFORE.search(flat, max(0, period.start - 60), period.start)
    if before and _serves(before, flat):
        # "ณ วันที่ 31 ธันวาคม 2565 (ไตรมาสที่ 1)": the year is the day's.
        index = bisect_right(named, before.start("year"), key=lambda n: n.start) - 1
        if index >= 0 and named[index].end > before.start("year") and not before["fiscal"]:
            return fiscal_year_of(named[index].month)
        year_be = year_be_of(before["year"])
        return FiscalYear(year_be) if year_be else None
    return years.of_line(period.start, period.end, ("fiscal", "annual"))


def _quarter_matches(flat: str) -> Iterator[re.Match[str]]:
    for match in _QUARTER.finditer(flat):
        yield match
        further = _NEXT_QUARTER.match(flat, match.end()) if match["year"] else None
        if further:
            yield further


def _quarters(flat: str) -> Iterator[_Period]:
    for match in _quarter_matches(flat):
        word = match.groupdict().get("word")
        if word:
            numbers = [_QUARTER_WORDS[word]]
        else:
            numbers = [int(n) for n in re.findall(r"[1-4]", match["numbers"])]
            if re.search(rf"{_DASH}|ถึง", match["numbers"]):
                numbers = list(range(numbers[0], numbers[-1] + 1))
        places = tuple(p for n in dict.fromkeys(numbers) for p in range(3 * n - 3, 3 * n))
        start = match.start() if "word" in match.re.groupindex else match.start("numbers")
        yield _Period(places, _year_beside(match), start, match.end(), "quarter")


def _year_beside(match: re.Match[str]) -> int | None:
    """The year (BE) of a quarter or half-year; two digits need an era or "/" before them ("ไตรมาส 1 60 70": a row)."""
    groups = match.groupdict()
    if not groups["year"] or (len(groups["year"]) < 4 and "era" in groups and not (groups["era"] or groups["slash"])):
        return None
    return year_be_of(groups["year"])


def _halves(flat: str) -> Iterator[_Period]:
    """Half-years, and the nine or twelve months of a fiscal year that are reported on."""
    for match in _HALF.finditer(flat):
        if not _is_reported_on(match, flat):
            continue
        count, year_be = _MONTHS_OF.get(match["count"] or "6", 6), _year_beside(match)
        places = tuple(range(12 - count, 12) if match["which"] == "หลัง" else range(count))
        end = match.end() if year_be else match.end("what")
        yield _Period(places, year_be, match.start(), end, "year" if count == 12 else "half")


def _is_reported_on(match: re.Match[str], flat: str) -> bool:
    """Whether some months are a part of the fiscal year and not a time that something takes."""
    start, before = match.start(), flat[max(0, match.start() - 12) : match.start()]
    if _DURATION_BEFORE.search(flat, max(0, start - 40), start) or _DURATION_AFTER.match(flat, match.end("what")):
        return False
    if match["which"] or _ROUND_BEFORE.search(before):
        return True
    is_said = bool(match["count"] and _HALF_BEFORE.search(before))
    return is_said and not _OF_A_CONTRACT.search(flat, max(0, start - 40), start)


def years_named(text: str) -> tuple[NamedYear, ...]:
    """Every year (BE) that `text` names, in order; a span "2566–2570" yields each of its years with kind `span`.

    Years of months and full dates come with kind `date`, those of quarters ("ไตรมาส 2/2566") as fiscal. Numbers of laws
    ("พ.ร.บ. … พ.ศ. 2560") are years like others here: what a year belongs to is for the caller.
    """
    flat = arabic_digits(text)
    dates = [b for b in _bare_months(flat) if b.year_be is not None]
    named = list(_of_their_dates(_mentioned_years(flat), dates))
    taken = _Spans()
    for year in named:
        taken.take(year.start, year.end)
    for match in _quarter_matches(flat):
        year_be = _year_beside(match)
        if year_be and taken.take(match.start(), match.end()):
            named.append(NamedYear(year_be, match.start(), match.end(), "fiscal"))
    named.extend(
        NamedYear(b.year_be, b.start, b.end, "date") for b in dates if b.year_be and taken.take(b.start, b.end)
    )
    return tuple(sorted(named, key=lambda n: (n.start, n.year_be)))


def _of_their_dates(named: Iterable[NamedYear], months: list[_Bare]) -> Iterator[NamedYear]:
    """The years, with kind `date` where they belong to a month."""
    starts = [m.start for m in months]
    for year in named:
        before = bisect_right(starts, year.end - 1) - 1
        is_dated = before >= 0 and year.end <= months[before].end
        yield replace(year, kind="date") if is_dated and year.kind not in ("fiscal", "span") else year


def _mentioned_years(flat: str) -> Iterator[NamedYear]:
    """The years of a text by their eras, in order, as if no date stood in it."""
    found = [y for match in _YEAR_MENTION.finditer(flat) for y in _years_of(match, flat)]
    taken = _Spans()
    for year in found:
        taken.take(year.start, year.end)
    for match in _SHORT_FISCAL.finditer(flat):
        if taken.take(match.start(), match.end()):
            found.extend(_years_of(match, flat))
    before: NamedYear | None = None
    for year in sorted(found, key=lambda y: (y.start, y.year_be)):
        # "ปีงบประมาณ 2566 และ 2567"
        if before and year.kind == "plain" and before.kind in ("fiscal", "annual") and flat[year.start].isdigit():
            is_and = year.start - before.end <= _WIDEST_JOINT and _AND_YEARS.fullmatch(flat, before.end, year.start)
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
