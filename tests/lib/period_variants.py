"""Periods as officials write them, made in thousands from a seed, each with the months a clerk reads in it.

What a clerk himself could not tell is not made: "ตุลาคม ปี 2566" (calendar or fiscal?), a range without years that runs
out of its fiscal year. The months are computed here on plain numbers, not by the code under test.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from oitcheck.lib.thai_calendar import FiscalYear, Month

SEED = 2566
BE = 543

FULL = (
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
    "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
)  # fmt: skip
SHORT = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")
ENGLISH = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
# Slips of clerks and typists, one tuple for each month.
SLIPS = (
    ("มกรคม", "มกราค", "มกราาคม", "มกราคาม", "มกาคม", "มกราตม", "มกราคมม", "มกรามค"),
    ("กุมภาพันธุ์", "กุมพาพันธ์", "กุมภาพันธ", "กุมภาพัน", "กุมภาพันท์", "กุมภาพันธฺ์", "กุมภาพันธ์์", "กุมภาพนธ์", "กุมภาพันธิ์", "กุมภาะนธ์", "กุมภพันธ์", "กุมภาพันธื"),
    ("มินาคม", "มีนคม", "มีนาคาม", "มืนาคม", "มีนาตม", "มีีนาคม", "มีนาคมม", "มีนาาคม", "มีนาค"),
    ("เมษยน", "เมษษายน", "เเมษายน", "แมษายน", "เมษายาน", "เมษาายน", "เมศายน", "เมษายนน", "เมสายน", "เมษายร"),
    ("พฤกษภาคม", "พฤษาภาคม", "พฤษภาค", "พฤษภคม", "พฤศภาคม", "พฤภาคม", "พฤษาคม", "พฤษภาคาม", "พฤษภาตม", "พษภาคม", "พฤาภาคม"),
    ("มิถุนยน", "มิถุณายน", "มิถนายน", "มิถุนายร", "มิถุนายาน", "มิุถุนายน", "มิถุถุนายน", "มิถุนาน", "มิถุนาย", "มถุนายน", "มิถูนายน"),
    ("กรกฏาคม", "กรกฎคม", "กรกฏคม", "กรฎาคม", "กรกาคม", "กรกฎาคาม", "กรกฎาตม", "กกรกฎาคม", "กรกฎาค", "กรกฏาค"),
    ("สิงหคม", "สิงหาค", "สิงหาตม", "สิงหาคาม", "สิงหาาคม", "สิหาคม", "สิงาคม", "สงหาคม", "สิ่งหาคม", "สืงหาคม"),
    ("กันยน", "กันยายย", "กันยายาน", "กันยายร", "กนยายน", "กันยาย", "กัญยายน", "กันายน", "กันยาายน", "กันยานย"),
    ("ตุลคม", "ตุลาค", "ตุลาตม", "ตุุลาคม", "ตลุาคม", "ตุลาคาม", "ตุลาาคม", "ตลาคม", "ตูลาคม", "ตุลาคมม"),
    ("พฤษจิกายน", "พฤศจิกยน", "พฤศจิการยน", "พฤจิกายน", "พฤศจิกา", "พฤศจิกายาน", "พฤศิจิกายน", "พฤศจกายน", "พฤษศจิกายน", "พฤศจิกาย", "พฤศจิกายร", "พฤศจืกายน", "พศจิกายน"),
    ("ธันวคม", "ธันวาค", "ธันวาคา", "ธันวาตม", "ธันวาคาม", "ธันวาม", "ธนวาคม", "ธันวาาคม", "ธํนวาคม", "ธันวาคมม", "ธ้นวาคม", "ธันวามคม"),
)  # fmt: skip

Number = tuple[int, int]  # year in BE, month 1–12


@dataclass(frozen=True)
class Variant:
    """A text, the fiscal year at hand or None, and the months a clerk reads in it. `kind` groups what fails together."""

    text: str
    fiscal_year: FiscalYear | None
    wanted: frozenset[Month]
    kind: str

    def __str__(self) -> str:
        year = self.fiscal_year.year_be if self.fiscal_year else None
        return f"{self.text!r} under {year}: {' '.join(map(str, sorted(self.wanted))) or 'nothing'}"


# -- the calendar, counted by hand ---------------------------------------------------------------------------------


def _between(first: Number, last: Number) -> list[Number]:
    count = (last[0] - first[0]) * 12 + last[1] - first[1] + 1
    return [(first[0] + (first[1] - 1 + i) // 12, (first[1] - 1 + i) % 12 + 1) for i in range(count)]


def _of_fiscal(year_be: int) -> list[Number]:
    return _between((year_be - 1, 10), (year_be, 9))


def _in_fiscal(year_be: int, number: int) -> Number:
    return (year_be - 1 if number >= 10 else year_be, number)


def _fiscal(month: Number) -> int:
    return month[0] + 1 if month[1] >= 10 else month[0]


def _months(numbers: Iterable[Number]) -> frozenset[Month]:
    return frozenset(Month(year_be - BE, number) for year_be, number in numbers)


# -- parts of a text -----------------------------------------------------------------------------------------------


def _digits(rng: random.Random, text: str) -> str:
    """The digits of `text` all Arabic, all Thai, or mixed within a number, as on a keyboard left half switched."""
    style = rng.choice(("arabic", "arabic", "thai", "thai", "mixed"))
    if style == "arabic":
        return text
    return "".join(
        chr(0x0E50 + int(c)) if c in "0123456789" and (style == "thai" or rng.random() < 0.5) else c for c in text
    )


WORDS = ("full", "dotted", "no_final_dot", "no_dots", "final_dot_only", "spaced", "slip", "english", "english_short")


def _word(rng: random.Random, number: int, form: str) -> str:
    full, short = FULL[number - 1], SHORT[number - 1]
    first, second, _ = short.split(".")
    match form:
        case "full":
            return full
        case "dotted":
            return short
        case "no_final_dot":
            return short[:-1]
        case "no_dots":
            return first + second
        case "final_dot_only":
            return first + second + "."
        case "spaced":
            return rng.choice(
                (f"{first}. {second}.", f"{first} . {second} .", f"{first}. {second}", f"{first} .{second}.")
            )
        case "slip":
            return rng.choice(SLIPS[number - 1]) if rng.random() < 0.5 else _mistyped(rng, number)
        case "english":
            return rng.choice((ENGLISH[number - 1], ENGLISH[number - 1].upper(), ENGLISH[number - 1].lower()))
        case "english_short":
            name = "Sept" if number == 9 and rng.random() < 0.5 else ENGLISH[number - 1][:3]
            return name + ("" if number == 5 else rng.choice(("", ".")))
    raise ValueError(form)


# Letters that lie near each other on the keyboard or look alike.
_TAKEN_FOR = {
    "ม": "ทน", "ก": "ดห", "ร": "นพ", "า": "่ส", "ค": "ตึ", "ุ": "ูึ", "ภ": "ถ", "พ": "ฟผ", "ั": "้ี", "น": "รม", "ธ": "ฐ", "ี": "ิึ", "เ": "แ", "ษ": "ศส", "ย": "บ",
    "ฤ": "ถ", "ิ": "ีื", "ถ": "ภ", "ฎ": "ฏ", "ส": "ว", "ง": "ว", "ห": "ก", "ต": "ค", "ล": "ส", "ศ": "ษส", "จ": "ข", "ว": "ง",
}  # fmt: skip
_MARKS = "ัิีึืุูำ์่้๊๋็าฤ"


def _one_slip_away(name: str) -> set[str]:
    """Every word that leaves out, doubles, swaps or mistakes one letter of `name`."""
    words = {name[:i] + name[i + 1 :] for i in range(len(name))}
    words |= {name[:i] + name[i] + name[i:] for i in range(len(name))}
    words |= {name[:i] + name[i + 1] + name[i] + name[i + 2 :] for i in range(len(name) - 1)}
    words |= {name[:i] + near + name[i + 1 :] for i, c in enumerate(name) for near in _TAKEN_FOR.get(c, "")}
    return {w for w in words if w != name and w[0] not in _MARKS}


_SLIPS_OF_ALL = Counter(w for name in FULL for w in _one_slip_away(name))


def _mistyped(rng: random.Random, number: int) -> str:
    """The month's name with a typing slip that makes it no other month's."""
    return rng.choice(sorted(w for w in _one_slip_away(FULL[number - 1]) if _SLIPS_OF_ALL[w] == 1))


# How a year stands behind a month: {be}, {two}, {ce}; "~" is a blank or nothing.
FOUR_DIGITS = (
    "~{be}", " พ.ศ. {be}", " พ.ศ.{be}", " พ.ศ.. {be}", " พ.ศ {be}", " พศ. {be}", " พ. ศ. {be}", "~พ.ศ.{be}", "-{be}", ", {be}", "/{be}",
    " พุทธศักราช {be}", " ({be})", " (พ.ศ. {be})", " {be} (ค.ศ. {ce})",
)  # fmt: skip
TWO_DIGITS = ("~{two}", " '{two}", "'{two}", " ’{two}", "-{two}", " พ.ศ. {two}")
COMMON_ERA = (" ค.ศ. {ce}", " ค.ศ.{ce}", "~{ce}", ", {ce}", " ค.ศ {ce}", " คริสต์ศักราช {ce}")
# Calendar or fiscal year: the same from January to September, for nobody to tell from October on.
EITHER_YEAR = (" ปี {be}", " ปี พ.ศ. {be}", " ปี {two}", " ปีพ.ศ.{be}", " ประจำปี {be}", " ประจำปี พ.ศ. {be}")
FISCAL_BEHIND = (
    " ปีงบประมาณ {fy}", " ปีงบประมาณ พ.ศ. {fy}", " ปีงบประมาณพ.ศ.{fy}", " ประจำปีงบประมาณ พ.ศ. {fy}", " ปีงบ {fy}", " ปีงบฯ {fy}",
    " ปี งปม. {fy}", " ปีงบประมาณ {fy2}", " ของปีงบประมาณ {fy}", " (ปีงบประมาณ {fy})", " (ประจำปีงบประมาณ พ.ศ. {fy})",
    " แห่งปีงบประมาณ พ.ศ. {fy}", " งบประมาณปี {fy}", " - ปีงบประมาณ {fy}", " ปีงบประมาณ ’{fy2}",
    " ของเทศบาลตำบลสบห้วย ประจำปีงบประมาณ พ.ศ. {fy}", " (แบบ สขร.1) ปีงบประมาณ {fy}", " โรงเรียนบ้านสบห้วย ปีงบประมาณ {fy}",
)  # fmt: skip
FISCAL_BEFORE = (
    "ปีงบประมาณ {fy} ", "ปีงบประมาณ พ.ศ. {fy} ", "ประจำปีงบประมาณ พ.ศ. {fy} ประจำ", "ปีงบประมาณพ.ศ.{fy} ", "ปีงบ {fy} ใน", "ปีงบประมาณ {fy} : ",
    "ปีงบประมาณ {fy} (", "ปีงบประมาณ พ.ศ. {fy} - ", "ปีงบประมาณ {fy2} ", "งบประมาณปี {fy} ", "ปีงบประมาณ พ.ศ. {fy} ของเทศบาลตำบลสบห้วย ประจำ",
    "สรุปผลการจัดซื้อจัดจ้าง ประจำปีงบประมาณ {fy} แบบ สขร.1 ในรอบ", "ปีงบฯ {fy} ประจำ", "FY {fy} ",
)  # fmt: skip

# What stands around a period on real pages. None of it names a month.
BEFORE = (
    "", "", "", "สรุปผลการจัดซื้อจัดจ้าง ", "แบบ สขร.1 ", "แบบ สขร. 1 ", "สขร.1 ", "แบบ สขร.๑ ", "สรุปผลการดำเนินการจัดซื้อจัดจ้าง (แบบ สขร.1) ",
    "ตารางที่ 1 สรุปผลการจัดซื้อจัดจ้าง ", "ตารางที่ 3 : ", "(", "1. ", "- ", "O21 ", "ข้อ O12 ", "หน้า 2 ", "รายงานผล ", "เอกสารแนบ 1 ",
    "ตามคำสั่งที่ 12/2566 ", "ตาม พ.ร.บ. การจัดซื้อจัดจ้างและการบริหารพัสดุภาครัฐ พ.ศ. 2560 ", "ตามระเบียบกระทรวงการคลัง พ.ศ. 2560 ",
    "โทร. 0-5325-6600 ", "โทร 053 256 600 ", "สัญญาเลขที่ 3/2566 ", "เทศบาลตำบลสบห้วย จ.นครธาร 50180 ", "มติ ก.พ.ร. ", "ข้าราชการ ก.ค.ศ. ",
    "แผนพัฒนาท้องถิ่น (พ.ศ. 2566 - 2570) ", "ภายใน 6 เดือน ", "สำนักงาน ก.พ. ", "ไม่มีค่าใช้จ่าย ", "อบต.สบห้วย หมู่ 12 ", "ครั้งที่ 1/2566 ",
)  # fmt: skip
BEHIND = (
    "", "", "", " จำนวน 12 รายการ", " จำนวน ๖๖ รายการ", " วงเงิน 2,566,000.00 บาท", " เป็นเงิน 2566 บาท", ")", ".", " หน้า 1/3", " หน้า 3",
    " ของเทศบาลตำบลสบห้วย", " (แบบ สขร.1)", " ตามคำสั่งที่ 12/2566", " โทร. 0-5325-6600", " โทร. 053-256600", " ตาม พ.ร.บ. การจัดซื้อจัดจ้างฯ พ.ศ. 2560",
    " เลขที่สัญญา 3/2566", " เวลา 08.30 - 16.30 น.", " ดาวน์โหลด 66 ครั้ง", " ขนาด 2.56 MB", " อ่าน 2566 ครั้ง", " ไม่มีการจัดซื้อจัดจ้าง", " รวมทั้งสิ้น 66 โครงการ",
    " ลำดับที่ 1", " : 3 โครงการ", " ตามหนังสือที่ กค 0405.2/ว 119", " มีความก้าวหน้าร้อยละ 65", " ภายใน 30 วัน", " - เทศบาลตำบลสบห้วย", " | อบต.สบห้วย 50180",
)  # fmt: skip
HEADS = ("", "เดือน", "เดือน ", "ประจำเดือน", "ประจำเดือน ", "ในรอบเดือน", "ในรอบเดือน ", "งวด ", "งวดเดือน", "รอบเดือน ", "สรุปผลการดำเนินการจัดซื้อจัดจ้างในรอบเดือน", "ณ สิ้นเดือน", "ข้อมูลเดือน ", "ในแต่ละรอบเดือน ")  # fmt: skip
NEEDS_HEAD = ("no_dots", "final_dot_only", "slip")
JOINS = (
    " - ", "-", " – ", "–", " — ", " ถึง ", " ถึงเดือน", " ถึงเดือน ", " จนถึง ", " จนถึงเดือน", "ถึง", " ~ ", " ‐ ", " - เดือน", " ถึงสิ้นเดือน", " −  ",
)  # fmt: skip


def _year(rng: random.Random, styles: tuple[str, ...], month: Number) -> str:
    fiscal = _fiscal(month)
    text = rng.choice(styles).format(
        be=month[0], two=f"{month[0] % 100:02d}", ce=month[0] - BE, fy=fiscal, fy2=f"{fiscal % 100:02d}"
    )
    return text.replace("~", rng.choice(("", " ", " ")))


def _any_year(rng: random.Random, month: Number) -> str:
    """A year behind a month that says outright which calendar year is meant."""
    pool = [FOUR_DIGITS, FOUR_DIGITS, TWO_DIGITS, COMMON_ERA] + ([EITHER_YEAR] if month[1] < 10 else [])
    return _year(rng, rng.choice(pool), month)


def _around(rng: random.Random, period: str) -> str:
    before, behind = rng.choice(BEFORE), rng.choice(BEHIND)
    return f"{before}{period}{behind}"


def _context(rng: random.Random) -> FiscalYear | None:
    """A fiscal year at hand that has nothing to do with the text, or none: a year that is written must win over it."""
    return rng.choice((None, FiscalYear(2560), FiscalYear(2569)))


def _some_month(rng: random.Random) -> Number:
    return rng.randint(2560, 2570), rng.randint(1, 12)


def _later(month: Number, count: int) -> Number:
    months = month[0] * 12 + month[1] - 1 + count
    return months // 12, months % 12 + 1


Made = tuple[str, FiscalYear | None, Iterable[Number], str]  # text, fiscal year at hand, months, what sort of its kind


# -- kinds of period -----------------------------------------------------------------------------------------------


def month_with_year(rng: random.Random) -> Made:
    month = _some_month(rng)
    form = rng.choice(WORDS)
    if form.startswith("english"):
        head, year = (
            "",
            _year(rng, (" {be}", " {ce}", ", {ce}", "{be}", "-{be}", " '{two}", "{two}", " B.E. {be}"), month),
        )
    else:
        head, year = rng.choice(HEADS), _any_year(rng, month)
    text = _around(rng, head + _digits(rng, _word(rng, month[1], form) + year))
    return text, _context(rng), [month], form


def month_alone(rng: random.Random) -> Made:
    """A month without a year, under the fiscal year of its heading."""
    fiscal, number = rng.randint(2560, 2570), rng.randint(1, 12)
    form = rng.choice([w for w in WORDS if not w.startswith("english")])
    head = rng.choice(HEADS[1:] if form in NEEDS_HEAD else HEADS)
    if "เดือน" not in head and form in NEEDS_HEAD:
        head = "เดือน"
    # A meeting of 2566 may well be held in the March of 2566.
    before = rng.choice([b for b in BEFORE if not b.startswith("ครั้งที่")])
    if number in (2, 7) and not head:
        head = "เดือน "
    behind = rng.choice([b for b in (*BEHIND, " 66 รายการ", " 12 ราย", " 55 โครงการ") if b != " - เทศบาลตำบลสบห้วย"])
    text = _digits(rng, before + head + _word(rng, number, form) + behind)
    return text, FiscalYear(fiscal), [_in_fiscal(fiscal, number)], form


def month_of_nobody(rng: random.Random) -> Made:
    """A month without a year and without a fiscal year at hand: no month can be told."""
    number = rng.randint(1, 12)
    form = rng.choice(("full", "dotted", "no_final_dot", "slip"))
    return _digits(rng, rng.choice(HEADS) + _word(rng, number, form) + rng.choice((" จำนวน 12 รายการ", ")", "", " 66 รายการ"))), None, [], form  # fmt: skip


def fiscal_behind(rng: random.Random) -> Made:
    month = _some_month(rng)
    form = rng.choice(("full", "dotted", "no_final_dot", "spaced", "slip"))
    head = rng.choice(HEADS[1:] if form == "slip" else HEADS)
    if form == "slip" and "เดือน" not in head:
        head = "เดือน"
    year = _year(rng, FISCAL_BEHIND, month)
    text = rng.choice(("", "แบบ สขร.1 ", "สรุปผลการจัดซื้อจัดจ้าง ")) + head + _word(rng, month[1], form) + year
    return _digits(rng, text), _context(rng), [month], form


def fiscal_before(rng: random.Random) -> Made:
    month = _some_month(rng)
    form = rng.choice(("full", "dotted", "no_final_dot", "spaced", "slip"))
    text = _year(rng, FISCAL_BEFORE, month) + "เดือน" + rng.choice(("", " ")) + _word(rng, month[1], form)
    text += rng.choice(("", " จำนวน 12 รายการ", " (แบบ สขร.1)", " ของเทศบาลตำบลสบห้วย", " โทร. 053-256600"))
    return _digits(rng, text), _context(rng), [month], form


def full_date(rng: random.Random) -> Made:
    month, day = _some_month(rng), rng.randint(1, 28)
    form = rng.choice(("full", "dotted", "no_final_dot", "no_dots", "spaced", "slip", "numbers", "iso", "posted"))
    if form == "numbers":
        joint = rng.choice(("/", "-", ".", " / "))
        year = rng.choice((month[0], month[0] - BE, f"{month[0] % 100:02d}"))
        text = joint.join(map(str, (rng.choice((f"{day}", f"{day:02d}")), f"{month[1]:02d}", year)))
    elif form == "iso":
        joint = rng.choice(("-", "-", "/"))
        text = f"{rng.choice((month[0], month[0] - BE))}{joint}{month[1]:02d}{joint}{day:02d}"
    elif form == "posted":
        name = rng.choice((ENGLISH[month[1] - 1], ENGLISH[month[1] - 1][:3], FULL[month[1] - 1]))
        text = rng.choice((f"{name} {day}, {month[0] - BE}", f"{day} {name} {month[0] - BE}", f"{day}-{name}-{month[0] - BE}", f"{day} {name} {month[0]}"))  # fmt: skip
    else:
        joint = rng.choice((" ", " ", "", " เดือน ", " เดือน"))
        text = f"{day}{joint}{_word(rng, month[1], form)}{_any_year(rng, month)}"
    head = rng.choice(
        ("", "วันที่ ", "ณ วันที่ ", "ข้อมูล ณ วันที่ ", "ประกาศ ณ วันที่ ", "ลงวันที่ ", "ลว. ", "เมื่อวันที่ ", "สั่ง ณ วันที่ ", "สิ้นสุด ณ วันที่ ")
    )
    behind = rng.choice(("", "", " เวลา 09.30 น.", ")", " โดย admin", " จำนวน 12 รายการ", " เป็นต้นไป"))
    return head + _digits(rng, text) + behind, _context(rng), [month], form


def day_without_year(rng: random.Random) -> Made:
    fiscal, number, day = rng.randint(2560, 2570), rng.randint(1, 12), rng.randint(1, 28)
    form = rng.choice(("full", "dotted", "no_final_dot", "no_dots"))
    head = rng.choice(("ณ วันที่ ", "วันที่ ", "ข้อมูล ณ วันที่ ", "ภายในวันที่ ", "ณ "))
    text = head + f"{day} " + _word(rng, number, form) + rng.choice(("", ")", " จำนวน 12 รายการ", " เวลา 09.30 น."))
    return _digits(rng, text), FiscalYear(fiscal), [_in_fiscal(fiscal, number)], form


def range_of_months(rng: random.Random) -> Made:
    first = _some_month(rng)
    last = _later(first, rng.choice((1, 2, 2, 3, 5, 5, 5, 11)))
    form = rng.choice(("full", "full", "dotted", "dotted", "no_final_dot", "no_dots", "slip", "mixed"))
    forms = rng.choices(("full", "dotted", "no_final_dot"), k=2) if form == "mixed" else [form, form]
    sort = rng.choice(("both", "both", "end", "start", "fiscal", "fiscal_before"))
    if sort.startswith("fiscal"):
        first = _in_fiscal(first[0], rng.choice((10, 10, 1, 4, 7, 11)))
        last = _later(first, rng.choice((1, 2, 2)) if first[1] != 10 else rng.choice((1, 2, 5, 5, 8, 11)))
    style = rng.choice((("~{be}",), ("~{two}",), FOUR_DIGITS[:8], TWO_DIGITS))
    years = {
        "both": (_year(rng, style, first), _year(rng, style, last)), "end": ("", _year(rng, style, last)),
        "start": (_year(rng, style, first), ""), "fiscal": ("", _year(rng, FISCAL_BEHIND[:11], last)), "fiscal_before": ("", ""),
    }[sort]  # fmt: skip
    head = rng.choice(("", "เดือน", "ตั้งแต่เดือน", "ประจำเดือน", "ระหว่างเดือน", "(", "งวด ", "ช่วงเดือน ", "ตั้งแต่ "))
    if form in ("no_dots", "slip") and "เดือน" not in head:
        head = "เดือน"
    join = rng.choice(JOINS)
    if form in ("no_dots", "slip") and "เดือน" not in join and sort != "both":
        join = " ถึงเดือน"
    text = f"{head}{_word(rng, first[1], forms[0])}{years[0]}{join}{_word(rng, last[1], forms[1])}{years[1]}"
    if sort == "fiscal_before":
        text = _year(rng, FISCAL_BEFORE[:9], first).removesuffix("ประจำ").removesuffix("ใน") + text
    else:
        text = rng.choice(("", "แบบ สขร.1 ", "สรุปผลการจัดซื้อจัดจ้าง ", "ครั้งที่ 1 ")) + text
    text += rng.choice(("", ")", " จำนวน 12 รายการ", " รวม 66 โครงการ", " (แบบ สขร.1)"))
    return _digits(rng, text), _context(rng), _between(first, last), f"{sort}, {form}"


def range_under_fiscal_year(rng: random.Random) -> Made:
    fiscal = rng.randint(2560, 2570)
    start = rng.randint(0, 10)
    end = rng.randint(start + 1, 11)
    months = _of_fiscal(fiscal)
    form = rng.choice(("full", "dotted", "no_final_dot"))
    first, last = _word(rng, months[start][1], form), _word(rng, months[end][1], form)
    text = rng.choice(("", "เดือน", "ตั้งแต่เดือน", "(", "งวด ", "รอบ ")) + first + rng.choice(JOINS) + last
    return text + rng.choice(("", ")", " จำนวน 12 รายการ")), FiscalYear(fiscal), months[start : end + 1], form


def range_in_english(rng: random.Random) -> Made:
    first = _some_month(rng)
    last = _later(first, rng.choice((1, 2, 3, 5, 5, 11)))
    short = rng.random() < 0.5
    words = [ENGLISH[m[1] - 1][:3] if short else ENGLISH[m[1] - 1] for m in (first, last)]
    era = rng.choice((0, BE))
    sort = rng.choice(("both", "end"))
    years = f" {first[0] - era}" if sort == "both" else "", f" {last[0] - era}"
    text = f"{words[0]}{years[0]}{rng.choice((' - ', '-', ' – ', ' to '))}{words[1]}{years[1]}"
    return rng.choice(("", "Report ", "สขร.1 ", "(")) + text, _context(rng), _between(first, last), sort


def range_of_days(rng: random.Random) -> Made:
    first = _some_month(rng)
    last = _later(first, rng.choice((0, 1, 2, 5, 5, 11)))
    sort = rng.choice(("both", "both", "end", "numbers", "one_month"))
    join = rng.choice((" - ", "-", " – ", " ถึง ", " ถึงวันที่ ", " ถึง วันที่ ", " จนถึงวันที่ ", " จนถึง "))
    form = rng.choice(("full", "dotted", "no_final_dot", "spaced"))
    if sort == "numbers":
        two = rng.random() < 0.4
        years = [f"{m[0] % 100:02d}" if two else str(m[0]) for m in (first, last)]
        text = f"1/{first[1]}/{years[0]}{join}28/{last[1]}/{years[1]}"
    elif sort == "one_month":
        last = first
        text = f"1{join}28 {_word(rng, first[1], form)}{_any_year(rng, first)}"
    else:
        year = _any_year if sort == "both" else (lambda _rng, _month: "")
        text = f"1 {_word(rng, first[1], form)}{year(rng, first)}{join}28 {_word(rng, last[1], form)}{_any_year(rng, last)}"
    head = rng.choice(("", "วันที่ ", "ระหว่างวันที่ ", "ตั้งแต่วันที่ ", "(", "(ตั้งแต่วันที่ ", "รอบ ", "ข้อมูลระหว่างวันที่ "))
    return head + _digits(rng, text) + rng.choice(("", ")", " จำนวน 12 รายการ")), _context(rng), _between(first, last), sort  # fmt: skip


def range_with_a_slip(rng: random.Random) -> Made:
    """A range that ends before it begins, or runs on for many years: only its two ends are sure."""
    last = _some_month(rng)
    back = rng.choice((1, 2, 6, 11))
    first = _later(last, back) if rng.random() < 0.7 else _later(last, -12 * rng.randint(4, 20))
    if first[0] < 2550:
        first = _later(last, back)
    form = rng.choice(("full", "dotted"))
    text = f"{_word(rng, first[1], form)} {first[0]}{rng.choice(JOINS)}{_word(rng, last[1], form)} {last[0]}"
    head = rng.choice(("", "เดือน", "ประจำเดือน", "แบบ สขร.1 เดือน"))
    return head + _digits(rng, text), _context(rng), [first, last], "backwards" if first > last else "too long"


def enumeration(rng: random.Random) -> Made:
    first = _some_month(rng)
    months = [_later(first, i) for i in range(rng.randint(2, 6))]
    sort = rng.choice(("each", "each", "end", "fiscal", "fiscal_before", "context", "years_in_groups"))
    if sort in ("fiscal", "fiscal_before", "context"):
        start = rng.randint(0, 12 - len(months))
        months = _of_fiscal(months[0][0])[start : start + len(months)]
    form = rng.choice(("full", "dotted", "no_final_dot"))
    words = [_word(rng, m[1], form) for m in months]
    style = rng.choice((("~{be}",), ("~{two}",), (" พ.ศ. {be}",), (" '{two}",)))
    if sort == "each":
        words = [w + _year(rng, style, m) for w, m in zip(words, months, strict=True)]
    elif sort == "end":
        words[-1] += _year(rng, style, months[-1])
    elif sort == "fiscal":
        words[-1] += _year(rng, FISCAL_BEHIND[:9], months[-1])
    elif sort == "years_in_groups":
        ends = [i for i, m in enumerate(months) if i + 1 == len(months) or months[i + 1][0] != m[0]]
        words = [w + (_year(rng, style, months[i]) if i in ends else "") for i, w in enumerate(words)]
    joint = rng.choice((", ", " ", ",", " , ", " / ", " และ") if sort != "each" else (", ", " ", " , ", " และ "))
    last = rng.choice((joint, " และ", " และ ", " และเดือน"))
    text = joint.join(words[:-1]) + last + words[-1]
    head = rng.choice(("เดือน", "เดือน ", "ประจำเดือน", "ประจำเดือน "))
    if sort == "fiscal_before":
        head = _year(rng, FISCAL_BEFORE[:9], months[0]) + "เดือน"
    context = FiscalYear(_fiscal(months[0])) if sort == "context" else _context(rng)
    return _digits(rng, head + text + rng.choice(("", ")", " รวม 3 เดือน"))), context, months, sort


QUARTER_YEARS = (
    " ปีงบประมาณ {fy}", " ปีงบประมาณ พ.ศ. {fy}", "/{fy}", " / {fy}", "/{fy2}", " ประจำปีงบประมาณ พ.ศ. {fy}", " ปี {fy}", " ปี พ.ศ. {fy}", " พ.ศ. {fy}", " {fy}",
    " ของปีงบประมาณ พ.ศ. {fy}", " (ปีงบประมาณ {fy})", " (ปีงบประมาณ พ.ศ. {fy})", " ปีงบฯ {fy}", " ปีงบ {fy2}", " ประจำปี {fy}", " แห่งปีงบประมาณ {fy}", " - ปีงบประมาณ {fy}", " ปี {fy2}",
)  # fmt: skip
YEARS_BEFORE = (
    "ปีงบประมาณ {fy} ", "ปีงบประมาณ พ.ศ. {fy} ", "ประจำปีงบประมาณ พ.ศ. {fy} ", "ประจำปี {fy} ", "ปี {fy} ", "ปีงบฯ {fy} ", "ปีงบประมาณ พ.ศ. {fy} (", "ปีงบประมาณ {fy2} ",
    "ปีงบประมาณ {fy} : ", "ปีงบประมาณ พ.ศ. {fy} - ", "แผนการใช้จ่ายงบประมาณ ประจำปีงบประมาณ พ.ศ. {fy} ของเทศบาลตำบลสบห้วย ", "รายงานผล ประจำปีงบประมาณ {fy} ข้อมูล ",
)  # fmt: skip


def _period_year(rng: random.Random, period: str, fiscal: int) -> tuple[str, FiscalYear | None, str]:
    """`period` with its fiscal year behind it, before it, or only at hand."""
    sort = rng.choice(("behind", "behind", "before", "context"))
    year = (fiscal, 1)
    if sort == "behind":
        return period + _year(rng, QUARTER_YEARS, year), _context(rng), sort
    if sort == "before":
        return _year(rng, YEARS_BEFORE, year) + period, _context(rng), sort
    return rng.choice(("รายงานผลการดำเนินงาน ", "ข้อมูล ", "", "(")) + period, FiscalYear(fiscal), sort


def quarters(rng: random.Random) -> Made:
    fiscal, first = rng.randint(2560, 2570), rng.randint(1, 4)
    numbers = [first]
    head = rng.choice(("ไตรมาสที่ ", "ไตรมาส ", "ไตรมาสที่", "ไตรมาส", "ในไตรมาสที่ ", "รายไตรมาส ไตรมาสที่ ", "ไตรมาศที่ "))
    sort = rng.choice(("one", "one", "one", "range", "list", "word", "Q", "years"))
    if sort == "years":
        last = fiscal * 4 + first - 1 + rng.randint(1, 4)
        year, number = divmod(last, 4)
        again = rng.choice(("ไตรมาสที่ ", "ไตรมาส ", ""))
        text = f"{head}{first}/{fiscal} {rng.choice(('-', 'ถึง', '–'))} {again}{number + 1}/{year}"
        return (
            _digits(rng, text),
            _context(rng),
            _between(_of_fiscal(fiscal)[3 * first - 3], _of_fiscal(year)[3 * number + 2]),
            sort,
        )
    if sort == "range" and first < 4:
        last = rng.randint(first + 1, 4)
        numbers = list(range(first, last + 1))
        period = f"{head}{first}{rng.choice((' - ', '-', ' ถึง ', '–', ' ถึงไตรมาสที่ ', ' - ไตรมาสที่ '))}{last}"
    elif sort == "list" and first < 4:
        numbers = list(range(first, rng.randint(first + 1, 4) + 1))
        joint = rng.choice((", ", ",", " , "))
        period = (
            head + joint.join(map(str, numbers[:-1])) + rng.choice((" และ ", " และไตรมาสที่ ", " และ")) + str(numbers[-1])
        )
    elif sort == "word":
        number, name = rng.choice(
            ((1, "แรก"), (2, "สอง"), (3, "สาม"), (4, "สุดท้าย"), (4, "ที่สี่"), (1, "ที่หนึ่ง"), (2, "ที่สอง"), (4, "สี่"))
        )
        numbers, period = [number], f"ไตรมาส{name}"
    elif sort == "Q":
        period = rng.choice(("Q{}", "Q {}", "Quarter {}", "ไตรมาส Q{}")).format(first)
    else:
        period = f"{head}{first}"
    text, context, placed = _period_year(rng, period, fiscal)
    months = [m for n in numbers for m in _of_fiscal(fiscal)[3 * n - 3 : 3 * n]]
    text += rng.choice(("", "", ")", " จำนวน 12 รายการ", " ของเทศบาลตำบลสบห้วย", " (รายงานผล)"))
    return _digits(rng, text), context, months, f"{sort}, {placed}"


def halves(rng: random.Random) -> Made:
    fiscal = rng.randint(2560, 2570)
    year = _of_fiscal(fiscal)
    period, months = rng.choice((
        ("รอบ 6 เดือน", year[:6]), ("รอบ 6 เดือนแรก", year[:6]), ("6 เดือนแรก", year[:6]), ("6 เดือนหลัง", year[6:]), ("รอบ 6 เดือนหลัง", year[6:]),
        ("ครึ่งปีแรก", year[:6]), ("ครึ่งปีหลัง", year[6:]), ("รอบหกเดือน", year[:6]), ("หกเดือนแรก", year[:6]), ("หกเดือนหลัง", year[6:]), ("รอบ 12 เดือน", year),
        ("รอบ 9 เดือน", year[:9]), ("รอบ (6 เดือน)", year[:6]), ("ในรอบ 6 เดือน", year[:6]), ("รอบระยะเวลา 6 เดือน", year[:6]), ("รอบสิบสองเดือน", year),
        ("ช่วง 6 เดือนแรก", year[:6]), ("รอบที่ 1 (6 เดือนแรก)", year[:6]), ("รอบที่ 2 (6 เดือนหลัง)", year[6:]), ("รอบ 6 เดือน (แรก)", year[:6]), ("รอบครึ่งปีแรก", year[:6]),
        ("ครึ่งปีงบประมาณแรก", year[:6]),
    ))  # fmt: skip
    text, context, placed = _period_year(rng, period, fiscal)
    text += rng.choice(("", "", ")", " จำนวน 12 รายการ", " ของเทศบาลตำบลสบห้วย"))
    return _digits(rng, text), context, months, placed


def spelt_out(rng: random.Random) -> Made:
    """A quarter, a half-year or a fiscal year with its months behind it."""
    fiscal = rng.randint(2560, 2570)
    year = _of_fiscal(fiscal)
    number = rng.randint(1, 4)
    name, months = rng.choice((
        (f"ไตรมาสที่ {number}", year[3 * number - 3 : 3 * number]), (f"ไตรมาส {number}", year[3 * number - 3 : 3 * number]), ("รอบ 6 เดือน", year[:6]),
        ("รอบ 6 เดือนแรก", year[:6]), ("รอบ 6 เดือนหลัง", year[6:]), ("รอบ 12 เดือน", year), ("", year), ("", year[:6]), ("ครึ่งปีแรก", year[:6]),
        ("รอบการประเมินที่ 1", year[:6]), ("รอบที่ 1", year[:6]),
    ))  # fmt: skip
    form = rng.choice(("full", "dotted", "no_final_dot"))
    first, last = months[0], months[-1]
    sort = rng.choice(("years", "years", "short_years", "end", "none", "days"))
    words = _word(rng, first[1], form), _word(rng, last[1], form)
    join = rng.choice((" - ", "-", " – ", " ถึง "))
    match sort:
        case "years":
            span = f"{words[0]} {first[0]}{join}{words[1]} {last[0]}"
        case "short_years":
            span = f"{words[0]} {first[0] % 100:02d}{join}{words[1]} {last[0] % 100:02d}"
        case "end":
            span = f"{words[0]}{join}{words[1]} {last[0]}"
        case "days":
            span = f"1 {words[0]} {first[0]}{join}30 {words[1]} {last[0]}"
        case _:
            span = f"{words[0]}{join}{words[1]}"
    span = rng.choice(
        (
            f" ({span})",
            f" ({span})",
            f" {span}",
            f" : {span}",
            f" ตั้งแต่ {span}",
            f" (เดือน{span})" if sort != "days" else f" ({span})",
        )
    )
    era = rng.choice(("ปีงบประมาณ พ.ศ. {}", "ปีงบประมาณ {}", "ประจำปีงบประมาณ พ.ศ. {}")).format(fiscal)
    text = rng.choice((f"{era} {name}{span}", f"{name} {era}{span}", f"{name}{span} {era}"))
    return _digits(rng, text.strip()), _context(rng), months, f"{sort}, {name or 'year'}"


def subject_and_posting(rng: random.Random) -> Made:
    """The month a paper is about and the day it was put up; both are named."""
    month = _some_month(rng)
    posted = _later(month, rng.choice((1, 1, 2)))
    form = rng.choice(("full", "dotted"))
    subject = f"ประจำเดือน{_word(rng, month[1], form)} {month[0]}"
    day = rng.randint(1, 28)
    when = rng.choice(
        (
            f"{day} {FULL[posted[1] - 1]} {posted[0]}",
            f"{day} {SHORT[posted[1] - 1]} {posted[0] % 100:02d}",
            f"{day:02d}/{posted[1]:02d}/{posted[0]}",
        )
    )
    text = rng.choice((
        f"สรุปผลการจัดซื้อจัดจ้าง {subject} เผยแพร่เมื่อ {when}", f"{subject} (ประกาศ ณ วันที่ {when})", f"วันที่เผยแพร่ {when} สรุปผล{subject}",
        f"{when} | {subject}", f"[{when}] แบบ สขร.1 {subject}", f"{subject} โพสต์เมื่อ {when} โดย admin",
    ))  # fmt: skip
    return _digits(rng, text), _context(rng), [month, posted], form


def ranges_in_file_names(rng: random.Random) -> Made:
    first = _some_month(rng)
    last = _later(first, rng.choice((1, 2, 2, 5)))
    form = rng.choice(("full", "dotted", "no_final_dot", "no_dots"))
    words = _word(rng, first[1], form), _word(rng, last[1], form)
    years = [rng.choice((f"{m[0]}", f"{m[0] % 100:02d}")) for m in (first, last)]
    period = rng.choice((f"{words[0]}{years[0]}-{words[1]}{years[1]}", f"{words[0]}-{words[1]}{years[1]}"))
    return (
        rng.choice(("", "สขร.1_", "สขร1 ", "SKR1_", "1.")) + period + rng.choice(("", "_new", " (1)")) + ".pdf",
        _context(rng),
        _between(first, last),
        form,
    )


def file_names(rng: random.Random) -> Made:
    """File names as they are, as the text of a link, or as `months_of_link` hands them over: with blanks for "_-+"."""
    month = _some_month(rng)
    be, two, number = month[0], f"{month[0] % 100:02d}", f"{month[1]:02d}"
    first, second, _ = SHORT[month[1] - 1].split(".")
    plain, english = first + second, ENGLISH[month[1] - 1]
    styles = [
        "{number}{be}", "{number}.{be}", "{number}-{be}", "{number}_{be}", "สขร1-{plain}{two}", "สขร.1-{plain}{two}", "สขร1_{short}{two}", "สขร.1{full}{be}",
        "sorkor1_{eng}{two}", "sorkor1_{english}{be}", "SKR1-{eng}{be}", "{english}_{be}", "{english}{two}", "สขร.1_{number}{be}", "สขร1 {plain} {two}", "สขร1{plain}{two}",
        "สรุปผลจัดซื้อจัดจ้าง{short}{two}", "สรุป-{full}-{be}", "{full}{two}", "{plain}.{two}", "แบบสขร.1_{short}_{be}", "{eng}-{be}", "สขร.1-{number}.{be}", "skr1_{number}_{be}",
        "{plain}{be}", "{short_cut}{two}", "จัดซื้อจัดจ้าง+{full}+{be}", "1.{full}{be}", "1-{plain}-{two}", "O21-{number}{be}", "{be}{number}",
    ]  # fmt: skip
    if month[1] < 10:
        styles += ["{be}_{number}", "{be}-{number}", "สขร1-{be}-{number}"]
    style = rng.choice(styles)
    name = style.format(
        number=number, be=be, two=two, plain=plain, short=SHORT[month[1] - 1], short_cut=SHORT[month[1] - 1][:-1], full=FULL[month[1] - 1],
        english=rng.choice((english, english.lower())), eng=rng.choice((english[:3], english[:3].lower(), english[:3].upper())),
    )  # fmt: skip
    name += (
        rng.choice(("", "", "-1", " (1)", "_new"))
        + "."
        + rng.choice(("pdf", "PDF", "docx", "xlsx", "pdf.pdf", "jpg", "xls"))
    )
    if rng.random() < 0.6:
        name = "".join(" " if c in "_-+" else c for c in name)
    return name, rng.choice((FiscalYear(2560), FiscalYear(2566))), [month], style


KINDS: dict[str, tuple[Callable[[random.Random], Made], int]] = {
    "month with year": (month_with_year, 1500),
    "month alone": (month_alone, 600),
    "month without any year": (month_of_nobody, 120),
    "fiscal year behind": (fiscal_behind, 600),
    "fiscal year before": (fiscal_before, 500),
    "date": (full_date, 900),
    "day without year": (day_without_year, 200),
    "range": (range_of_months, 1000),
    "range under a fiscal year": (range_under_fiscal_year, 300),
    "range in English": (range_in_english, 200),
    "range of days": (range_of_days, 500),
    "range with a slip": (range_with_a_slip, 200),
    "enumeration": (enumeration, 500),
    "quarter": (quarters, 600),
    "half-year": (halves, 500),
    "spelt out": (spelt_out, 500),
    "subject and posting": (subject_and_posting, 200),
    "range in a file name": (ranges_in_file_names, 200),
    "file name": (file_names, 600),
}


def variants(seed: int = SEED) -> tuple[Variant, ...]:
    """All variants, no text twice under the same fiscal year, always the same ones for a seed."""
    return tuple(v for kind in KINDS for v in _of_kind(kind, random.Random(f"{seed} {kind}")))


def _of_kind(kind: str, rng: random.Random) -> Iterator[Variant]:
    make, count = KINDS[kind]
    seen: set[tuple[str, FiscalYear | None]] = set()
    for _ in range(count * 20):
        text, fiscal_year, numbers, sort = make(rng)
        if (text, fiscal_year) not in seen:
            seen.add((text, fiscal_year))
            yield Variant(text, fiscal_year, _months(numbers), f"{kind} ({sort})")
        if len(seen) == count:
            return
    raise AssertionError(f"{kind}: no {count} distinct variants")


def told(wrong: Iterable[tuple[Variant, frozenset[Month]]], of: Iterable[Variant], *, each: int = 4) -> str:
    """The variants that were misread, grouped by kind, with what was read; at most `each` of a kind."""
    wrong = sorted(wrong, key=lambda pair: pair[0].kind)
    totals, counts, lines = Counter(v.kind for v in of), Counter(v.kind for v, _ in wrong), []
    shown: Counter[str] = Counter()
    for variant, read in wrong:
        if not shown[variant.kind]:
            lines.append(f"\n{variant.kind}: {counts[variant.kind]} of {totals[variant.kind]}")
        shown[variant.kind] += 1
        if shown[variant.kind] <= each:
            lines.append(f"  {variant}, read {' '.join(map(str, sorted(read))) or 'nothing'}")
    return "\n".join(lines)
