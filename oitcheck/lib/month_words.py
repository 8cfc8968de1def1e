"""Where a text names a month: by its full, short, misspelt or English name, or by numbers; with the year beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from oitcheck.lib.date_words import (
    BE,
    CE,
    DASH,
    FISCAL_ERA,
    GAP,
    NO_NUMBER,
    PLAIN_ERA,
    YEAR2,
    YEAR4,
    YEAR4_ALONE,
    Spans,
)
from oitcheck.lib.period_words import DURATION_BEFORE, quarter_matches
from oitcheck.lib.thai_calendar import MONTH_NAMES, SHORT_MONTHS, FiscalYear, year_be_of

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
_ALSO_CE = rf"(?:\s?\(\s?{CE}?\s?\d{{4}}\s?\))?"
_YEAR = (
    rf"(?:{GAP}(?:[./_,+]|{DASH})?{GAP}(?:\({GAP}(?=[^\d\s]|\d{{4}}))?(?:(?P<fiscal>{FISCAL_ERA})|{PLAIN_ERA})?{GAP},?{GAP}"
    rf"(?P<year>{YEAR4_ALONE}|{YEAR2}){_ALSO_CE})?"
)
_DAY = rf"(?:(?<!\d\.)(?P<day>[0-3]?\d)(?:{GAP}|[-/])(?:เดือน{GAP})?)?"
# Website software dates what it posts "มีนาคม 20, 2023".
_DAY_BEHIND = rf"(?:{GAP}(?P<day_behind>[0-3]?\d)(?=\s?,\s?\d{{4}}))?"
_NAMED = re.compile(rf"(?<!\d){_DAY}{_MONTH}{_DAY_BEHIND}{_YEAR}", re.IGNORECASE)
# A whole word that may be a month with a slip in it.
_GUESSED = re.compile(
    rf"(?<!\d){_DAY}(?:(?<![ก-๎])|(?<=เดือน)|(?<=งวด)|(?<=ถึง))(?P<guess>(?![ก-๎]{{0,9}}?(?:เดือน|งวด|ถึง))[ก-๎]{{4,12}}?){_WORD_ENDS}{_YEAR}"
)
# Without one of these a line is not searched for what they go with.
_SAYS_WHEN = re.compile(rf"\d|เดือน|ถึง|{DASH}")
_SAYS_A_YEAR = re.compile(r"\d\d")
# A number that counts a form, a table or a meeting is no day: "สขร.1 มีนาคม", "ครั้งที่ 1 มีนาคม", "รอบ 12 เดือน ตุลาคม".
_LABELLED = re.compile(
    r"(?:สขร\.?|(?:แบบ|ครั้ง|ตาราง|ข้อ|ลำดับ|งวด|ฉบับ|ชุด|รอบ|ตอน|ภาค|ระยะ|แผ่น|ภาพ|รูป|กิจกรรม|โครงการ|ตัวชี้วัด|ไตรมา[สศ]|หมู่|เลข)(?:ที่)?|หน้า|แนบ|ระยะเวลา"
    r"|(?<![A-Za-z])(?:O|M?OIT|ITA|EB|Q|No\.?))[\s(]{0,3}$|[A-Za-z]$",
    re.IGNORECASE,
)
# A year right before a month that has none of its own: "ปีงบประมาณ พ.ศ. 2566 เดือนตุลาคม".
YEAR_BEFORE = re.compile(
    rf"(?:(?P<fiscal>{FISCAL_ERA})|(?P<era>{PLAIN_ERA}))?{GAP}{NO_NUMBER}(?P<year>{YEAR4}|(?<=\s)['’]?[5-9]\d)(?:[\s,():_|]|{DASH}){{0,6}}"
    rf"(?:ตั้งแต่|ระหว่าง|ช่วง|งวด)?(?:ประจำ|ในรอบ|รอบ|งวด|ใน|ช่วง)?{GAP}(?:เดือน)?{GAP}\(?$",
    re.IGNORECASE,
)
_OF_A_SPAN = re.compile(rf"\d{GAP}(?:{DASH}|ถึง){GAP}(?:ปี{GAP})?(?:{BE})?{GAP}$")
# The year of a law, or of a school, is no year of the months behind it; กรกฎาคม holds กฎ.
_OF_A_LAW = re.compile(
    r"(?:พระราช|พ\.\s?ร\.\s?[บฎก]|พรบ|ระเบียบ|(?<!กร)กฎ|รัฐธรรมนูญ|ฉบับที่|ข้อบังคับ|ข้อบัญญัติ|เทศบัญญัติ|ประกาศคณะกรรมการ|หลักเกณฑ์|มาตรา"
    r"|ปีการศึกษา)(?:[^\n\d]|(?<!\d)\d{1,2}(?!\d)){0,90}$"
)
_NUMERIC_DATE = re.compile(
    r"(?:(?<![\d/.-])|(?<=[/.]\d\d-)|(?<=[/.]\d\d\d\d-))"
    rf"(?P<day>[0-3]?\d)(?P<joint>[/.-]|\s/\s)(?P<month>[01]?\d)(?P=joint)(?P<year>{YEAR4}|[5-9]\d)(?![\d/])"
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
_MONTH_WORD = re.compile(r"เดือน(?:ที่)?\s?$")


@dataclass(frozen=True, slots=True)
class Bare:
    """A month as it stands in a text, with the calendar year (BE) given for it, if any.

    `is_doubtful`: without a year in its own range or list it is no month ("you may see").
    """

    number: int
    year_be: int | None
    day: int
    start: int
    end: int
    is_doubtful: bool = False


def bare_months(flat: str) -> list[Bare]:
    """Every month that a text names, in words or numbers, in order, but those of quarters. Digits must be Arabic."""
    taken = Spans()
    for match in quarter_matches(flat):
        taken.take(*match.span())
    found: list[Bare] = []
    for one in (*_worded_months(flat), *_numeric_months(flat)):
        if taken.take(one.start, one.end):
            found.append(one)
    return sorted(found, key=lambda b: b.start)


def _worded_months(flat: str) -> Iterator[Bare]:
    taken = Spans()
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
        is_joined = re.search(rf"(?:{DASH}|ถึง)\s?$", flat[max(0, start - 5) : start]) or re.match(
            rf"\s?(?:{DASH}|ถึง)", flat[end : end + 5]
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


def _bare_of(match: re.Match[str], number: int, flat: str, behind: int) -> Bare:
    """The month of a match, with its day, and with the year behind it or right before it (after `behind`)."""
    groups = match.groupdict()
    day = int(groups["day"] or groups.get("day_behind") or 0)
    start, is_fiscal = match.start(), bool(match["fiscal"])
    if groups["day"] and _is_no_day(match, flat):
        day, start = 0, match.end("day")
    year_be = year_be_of(match["year"]) if match["year"] else None
    before = None if day or year_be is not None else YEAR_BEFORE.search(flat, max(behind, start - 60), start)
    # "ปี 2566 เดือนตุลาคม" may mean either year: left to the fiscal year at hand.
    if before and serves(before, flat) and (before["fiscal"] or number < 10):
        start, year_be, is_fiscal = before.start(), year_be_of(before["year"]), bool(before["fiscal"])
    if year_be is not None and is_fiscal:
        year_be = FiscalYear(year_be).month(number).year_be
    is_doubtful = bool(groups.get("english")) and year_be is None and flat.strip(" .()").lower() not in _ENGLISH
    return Bare(number, year_be, day if day <= 31 else 0, start, match.end(), is_doubtful)


def _is_no_day(match: re.Match[str], flat: str) -> bool:
    """Whether the number before a month counts something else: "สขร.1 มีนาคม", "ภายใน 6 เดือน มีนาคม 2566"."""
    before = (max(0, match.start() - 20), match.start())
    is_count = flat[match.end("day") : match.end()].lstrip().startswith("เดือน")
    return bool(_LABELLED.search(flat, *before) or (is_count and DURATION_BEFORE.search(flat, *before)))


def serves(before: re.Match[str], flat: str) -> bool:
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
    return not (before or after) or bool(re.match(rf"{DASH}|ถึง", after) or re.search(rf"(?:{DASH}|ถึง)$", before))


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


def _numeric_months(flat: str) -> Iterator[Bare]:
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
            yield Bare(number, year_be, day, match.start(), match.end())


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
