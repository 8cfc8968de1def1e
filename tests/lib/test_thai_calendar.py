"""How officials write months and years, read as a clerk would read them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oitcheck.lib.named_dates import months_named, years_named
from oitcheck.lib.thai_calendar import (
    BE_OFFSET,
    MONTH_NAMES,
    SHORT_MONTHS,
    FiscalYear,
    Month,
    fiscal_year_of,
    month_range,
    written_be,
    year_be_of,
)
from oitcheck.lib.thai_text import thai_digits

FY = FiscalYear(2566)

# text | months it names (BE; a..b for every month between) under fiscal year 2566
MONTHS = """
มีนาคม 2566 | 2566-03
เดือนมีนาคม 2566 | 2566-03
ประจำเดือน ตุลาคม พ.ศ. 2565 | 2565-10
ประจำเดือนตุลาคม พ.ศ.2565 | 2565-10
ประจำเดือน ธันวาคม พ.ศ.. 2565 | 2565-12
มี.ค. 2566 | 2566-03
มี.ค.2566 | 2566-03
มี.ค.66 | 2566-03
มี.ค. 66 | 2566-03
มี.ค 66 | 2566-03
มีค 66 | 2566-03
มีค.66 | 2566-03
ม.ค.66 | 2566-01
ก. พ. 66 | 2566-02
เม.ย. 66 | 2566-04
มิ.ย.66 | 2566-06
ต.ค.65 | 2565-10
งวด ก.ย.66 | 2566-09
พ.ย. ๒๕๖๕ | 2565-11
มีนาคม ๒๕๖๖ | 2566-03
มีนาคม 25๖๖ | 2566-03
พฤศจิกายน 256๕ | 2565-11
March 2023 | 2566-03
Mar 2023 | 2566-03
Mar. 2023 | 2566-03
October 2022 | 2565-10
มีนาคม 2023 | 2566-03
มีนาคม ค.ศ. 2023 | 2566-03
มีนาคม พ.ศ. 2566 (ค.ศ. 2023) | 2566-03
มีนาคม ปี 2566 | 2566-03
เดือน มีนาคม ปี พ.ศ. 2566 | 2566-03
มีนาคม, 2566 | 2566-03
กุมภาพันธ 2566 | 2566-02
กุมพาพันธ์ 2566 | 2566-02
กุมภาพันธุ์ 2566 | 2566-02
มินาคม 2566 | 2566-03
เมษยน 2566 | 2566-04
พฤษจิกายน 2565 | 2565-11
พฤศจิกายน2565 | 2565-11
มกรคม 2566 | 2566-01
ตุลาคม2565 | 2565-10
สขร.1 เดือนธันวาคม2565.pdf | 2565-12
มีนาคม | 2566-03
ตุลาคม | 2565-10
เดือน ธันวาคม | 2565-12
ในรอบเดือน ธันวาคม | 2565-12
ธ.ค. | 2565-12
แบบ สขร. 1 ประจำเดือน ก.พ. | 2566-02
31 มีนาคม 2566 | 2566-03
ณ วันที่ 31 มีนาคม 2566 | 2566-03
ข้อมูล ณ วันที่ ๓๑ มีนาคม ๒๕๖๖ | 2566-03
29 พ.ย. 65 | 2565-11
17 มี.ค 66 | 2566-03
๑๓ พฤศจิกายน 256๕ | 2565-11
วันที่ 3 เดือน มกราคม พ.ศ. 2566 | 2566-01
๓ เดือน มกราคม พ.ศ. ๒๕๖๖ | 2566-01
15/10/2565 | 2565-10
15/10/65 | 2565-10
๑๕/๑๐/๒๕๖๕ | 2565-10
15-10-2565 | 2565-10
15.10.2565 | 2565-10
1/3/2566 | 2566-03
01/03/2566 | 2566-03
2023-03-01 | 2566-03
2566-03-31 | 2566-03
03/2566 | 2566-03
3/2566 | 2566-03
32/13/2566 |
ตุลาคม 2565 - มีนาคม 2566 | 2565-10..2566-03
ตุลาคม 2565 – มีนาคม 2566 | 2565-10..2566-03
ตุลาคม 2565 ถึง มีนาคม 2566 | 2565-10..2566-03
ตั้งแต่เดือนตุลาคม 2565 ถึงเดือนมีนาคม 2566 | 2565-10..2566-03
เดือนตุลาคม 2565 - เดือนมีนาคม 2566 | 2565-10..2566-03
ตุลาคม - มีนาคม 2566 | 2565-10..2566-03
ต.ค. 65 - มี.ค. 66 | 2565-10..2566-03
ต.ค.65-มี.ค.66 | 2565-10..2566-03
(ต.ค.-มี.ค.) | 2565-10..2566-03
ต.ค.-ธ.ค. 65 | 2565-10..2565-12
ม.ค. - มี.ค. 2566 | 2566-01..2566-03
ตุลาคม – ธันวาคม | 2565-10..2565-12
1 ตุลาคม 2565 - 31 มีนาคม 2566 | 2565-10..2566-03
๑ ตุลาคม ๒๕๖๕ ถึงวันที่ ๓๑ มีนาคม ๒๕๖๖ | 2565-10..2566-03
ระหว่างวันที่ 1 ตุลาคม 2565 ถึงวันที่ 31 มีนาคม 2566 | 2565-10..2566-03
1 ต.ค. 65 ถึง 30 ก.ย. 66 | 2565-10..2566-09
1/10/2565 - 31/3/2566 | 2565-10..2566-03
ตุลาคม 2565 จนถึง ธันวาคม 2565 | 2565-10..2565-12
1 - 31 มีนาคม 2566 | 2566-03
1-31 มี.ค. 66 | 2566-03
วันที่ 1 ถึง 31 มีนาคม 2566 | 2566-03
มกราคม กุมภาพันธ์ และมีนาคม 2566 | 2566-01 2566-02 2566-03
ธันวาคม, มกราคม 2566 | 2565-12 2566-01
มกราคม และ กุมภาพันธ์ 2566 | 2566-01 2566-02
ตุลาคม 2566 - ธันวาคม 2567 | 2566-10..2567-12
ธันวาคม 2566 - ตุลาคม 2566 | 2566-10 2566-12
ไตรมาส 1 | 2565-10..2565-12
ไตรมาสที่ 2 | 2566-01..2566-03
ไตรมาส 2/2566 | 2566-01..2566-03
ไตรมาสที่ 2/2566 | 2566-01..2566-03
ไตรมาสที่ 2 / 2566 | 2566-01..2566-03
ไตรมาสที่ ๒/๒๕๖๖ | 2566-01..2566-03
ไตรมาสที่ 1 ปีงบประมาณ พ.ศ. 2565 | 2564-10..2564-12
ไตรมาส 1-2 | 2565-10..2566-03
ไตรมาสที่ 1 และ 2 | 2565-10..2566-03
ไตรมาสที่ 1 และไตรมาสที่ 2 ปีงบประมาณ พ.ศ. 2566 | 2565-10..2566-03
ไตรมาสที่ 1 - ไตรมาสที่ 4 | 2565-10..2566-09
รอบ 6 เดือน | 2565-10..2566-03
รอบ ๖ เดือน | 2565-10..2566-03
รอบ 6 เดือนแรก ปีงบประมาณ พ.ศ. 2566 | 2565-10..2566-03
6 เดือนแรกของปีงบประมาณ พ.ศ. 2565 | 2564-10..2565-03
รอบ 6 เดือนหลัง | 2566-04..2566-09
6 เดือนหลัง | 2566-04..2566-09
ครึ่งปีแรก | 2565-10..2566-03
หกเดือนแรก | 2565-10..2566-03
ระยะเวลา 6 เดือน (ตุลาคม 2565 - มีนาคม 2566) | 2565-10..2566-03
โทรศัพท์ 053-123456 |
เลขที่ 3/2566 ลงวันที่ 5 มกราคม 2566 | 2566-01
คำสั่งที่ 12/2566 |
นายมีนา ตุลา |
พ.ร.บ. ข้อมูลข่าวสารของราชการ พ.ศ. 2540 |
ก.พ.ร. ประเมินผล |
สำนักงาน ก.พ. |
งบประมาณ 2,566,000 บาท |
1.2.2566 รายการที่ 4 | 2566-02
you may see the plan |
สรุปผล เดือน ม.ค. จำนวน 66 รายการ | 2566-01
มีนาคม 31 วัน | 2566-03
มีนาคม 50 ราย | 2566-03
ต.ค. 65, พ.ย. 65, ธ.ค. 65 | 2565-10 2565-11 2565-12
เดือนมี.ค.66 | 2566-03
ประจำเดือนก.พ.66 | 2566-02
เดือนมีค.66 | 2566-03
ตุลาคม-ธันวาคม65 | 2565-10..2565-12
ต.ค.-พ.ย.-ธ.ค. 64 | 2564-10..2564-12
ต.ค./พ.ย./ธ.ค. 64 | 2564-10..2564-12
ต.ค. พ.ย. ธ.ค. 2564 ม.ค. ก.พ. มี.ค. 2565 | 2564-10..2565-03
1 ตุลาคม ถึง 31 มีนาคม 2566 | 2565-10..2566-03
(1 ตุลาคม 2565 ถึง วันที่ 31 มีนาคม 2566) | 2565-10..2566-03
ตั้งแต่ ต.ค. 65 ถึงสิ้นเดือนมีนาคม 2566 | 2565-10..2566-03
ต.ค. 65 ~ มี.ค. 66 | 2565-10..2566-03
ต.ค. 65 ‐ มี.ค. 66 | 2565-10..2566-03
ตุลาคม 2564 - มีนาคม | 2564-10..2565-03
ธันวาคม - กุมภาพันธ์ 2565 | 2564-12..2565-02
รอบ 6 เดือน (เมษายน - กันยายน 2566) | 2566-04..2566-09
รอบ 6 เดือนแรก (ตุลาคม 2564 - มีนาคม 2565) | 2564-10..2565-03
รอบ 6 เดือนแรก ปีงบประมาณ พ.ศ. 2565 (ตุลาคม - มีนาคม) | 2564-10..2565-03
ไตรมาสที่ 2 (มกราคม - มีนาคม 2565) | 2565-01..2565-03
ไตรมาสที่ 1 ปี 2565 (ตุลาคม - ธันวาคม) | 2564-10..2564-12
ไตรมาส 1 (ต.ค.-ธ.ค. 64) ไตรมาส 2 (ม.ค.-มี.ค. 65) | 2564-10..2565-03
ไตรมาสที่ 1-2/2565 | 2564-10..2565-03
ไตรมาส 1, 2, 3 | 2565-10..2566-06
ไตรมาส 1/65 | 2564-10..2564-12
Q2/2565 | 2565-01..2565-03
รอบ 12 เดือน ปีงบประมาณ พ.ศ. 2565 | 2564-10..2565-09
รอบ 9 เดือน | 2565-10..2566-06
ภายในระยะเวลา 6 เดือน |
ระยะเวลา 6 เดือน นับแต่วันลงนาม |
ทุก 6 เดือน |
มี.ค.'66 | 2566-03
March 31, 2023 | 2566-03
เดือนตุลาคม ปีงบประมาณ พ.ศ. 2565 | 2564-10
เดือนตุลาคม ประจำปีงบประมาณ พ.ศ. 2565 | 2564-10
ปีงบประมาณ พ.ศ.2565 เดือนตุลาคม | 2564-10
พ.ศ.2565 เดือนมีนาคม | 2565-03
ต.ค. - ธ.ค. ปีงบประมาณ 2565 | 2564-10..2564-12
มีนาคม-2565 | 2565-03
มี.ค.-65 | 2565-03
มีนาคม/2565 | 2565-03
31-มี.ค.-65 | 2565-03
31 / 3 / 2565 | 2565-03
31.03.65 | 2565-03
31/3/65 - 1/4/65 | 2565-03 2565-04
ที่ กค 0405.2/ว 119 ลงวันที่ 7 มีนาคม 2561 | 2561-03
ก.ค.ศ. กำหนด |
หลักเกณฑ์ที่ ก.พ. กำหนด |
ประชุมครั้งที่ 3/2566 |
สัญญาจ้าง 3/2566 ลว. 15 มี.ค. 66 | 2566-03
"""


def _months(text: str) -> set[str]:
    wanted: set[str] = set()
    for part in text.split():
        first, _, last = part.partition("..")
        wanted |= {str(m) for m in month_range(Month.parse(first), Month.parse(last or first))}
    return wanted


def _rows(table: str) -> list[tuple[str, str]]:
    rows = [line.rpartition("|") for line in table.strip().splitlines()]
    return [(text.strip(), wanted.strip()) for text, _, wanted in rows]


@pytest.mark.parametrize(("text", "wanted"), _rows(MONTHS))
def test_months(text: str, wanted: str) -> None:
    assert {str(n.month) for n in months_named(text, FY)} == _months(wanted)


# text | years it names, each with its kind
YEARS = """
ปีงบประมาณ พ.ศ. 2566 | 2566:fiscal
ปีงบประมาณ 2566 | 2566:fiscal
ประจำปีงบประมาณ พ.ศ.2566 | 2566:fiscal
ปีงบประมาณพ.ศ.๒๕๖๖ | 2566:fiscal
ปีงบประมาณ พ.ศ.. 2568 | 2568:fiscal
ปีงบ 2566 | 2566:fiscal
ปี งปม. 2566 | 2566:fiscal
งบประมาณปี 2566 | 2566:fiscal
ปีงบประมาณ 66 | 2566:fiscal
ปีงบประมาณ 25๖๖ | 2566:fiscal
ประจ้าปีงบประมาณ 2566 | 2566:fiscal
Fiscal Year 2023 | 2566:fiscal
FY2023 | 2566:fiscal
ไตรมาส 2/2566 | 2566:fiscal
เดือนตุลาคม ปีงบประมาณ 2566 | 2566:fiscal
ประจำปี 2566 | 2566:annual
ประจาปี 2566 | 2566:annual
ประจำปี พ.ศ. 2566 | 2566:annual
ปี 2566 | 2566:annual
ปี พ.ศ. 2566 | 2566:annual
ปี 66 | 2566:annual
พ.ศ. 2566 | 2566:plain
พ.ศ.๒๕๖๖ | 2566:plain
ค.ศ. 2023 | 2566:plain
OIT 2566 | 2566:plain
พระราชบัญญัติข้อมูลข่าวสารของราชการ พ.ศ. 2540 | 2540:plain
พ.ร.บ. การจัดซื้อจัดจ้าง พ.ศ.2560 | 2560:plain
ระเบียบกระทรวงการคลัง (ฉบับที่ 2) พ.ศ. 2564 | 2564:plain
31 มีนาคม 2566 | 2566:date
ณ วันที่ 31 มี.ค. 66 | 2566:date
31/03/2566 | 2566:date
ประกาศ ณ วันที่ ๓ มกราคม พ.ศ. ๒๕๖๖ | 2566:date
ตุลาคม 2565 - มีนาคม 2566 | 2565:date 2566:date
แผนพัฒนาท้องถิ่น (พ.ศ. 2566 - 2568) | 2566:span 2567:span 2568:span
พ.ศ.2566-2568 | 2566:span 2567:span 2568:span
2566-68 | 2566:span 2567:span 2568:span
พ.ศ. 2566 ถึง พ.ศ. 2568 | 2566:span 2567:span 2568:span
2566/2567 | 2566:span 2567:span
ปีงบประมาณ 2566 และปีงบประมาณ 2567 | 2566:fiscal 2567:fiscal
โทร 0-2566-1234 |
053-256600 |
2,566 บาท |
จำนวน 2566 บาท |
ปี 60 คน |
60 ปี 70 ปี 80 ปี |
เวลา 08.30 - 16.30 น. |
http://www.example.go.th/2566/plan.pdf |
50130 |
"""


@pytest.mark.parametrize(("text", "wanted"), _rows(YEARS))
def test_years(text: str, wanted: str) -> None:
    assert [f"{n.year_be}:{n.kind}" for n in years_named(text)] == wanted.split()


@pytest.mark.parametrize("text", ["มีนาคม", "ต.ค. - มี.ค.", "ไตรมาสที่ 2", "รอบ 6 เดือนแรก"])
def test_without_a_fiscal_year_at_hand_a_month_needs_its_year(text: str) -> None:
    assert not months_named(text)
    assert not any(n.year_given for n in months_named(text, FY))


def test_a_named_month_tells_where_it_stands_and_how() -> None:
    text = "ณ วันที่ ๓๑ มีนาคม ๒๕๖๖ (ไตรมาสที่ 2)"
    day, *quarter = months_named(text, FY)
    assert (day.kind, day.day, day.year_given) == ("date", 31, True)
    assert text[day.start : day.end] == "๓๑ มีนาคม ๒๕๖๖"
    assert {n.kind for n in quarter} == {"quarter"}
    assert text[quarter[0].start : quarter[0].end] == "ไตรมาสที่ 2"


def test_an_enumeration_has_its_years_from_its_end() -> None:
    listed = months_named("ธันวาคม มกราคม และกุมภาพันธ์ 2560", FY)
    assert [str(n.month) for n in listed] == ["2559-12", "2560-01", "2560-02"]
    assert all(n.year_given for n in listed)


_STYLES = (
    "{full} {be}", "เดือน{full} พ.ศ. {be}", "ประจำเดือน{full} {be}", "{short} {be}", "{short}{be}", "{short} {two}", "{short}{two}",
    "เดือน{short}{two}", "{full} {two}", "{full} พ.ศ.{be}", "{full} {ce}", "{day} {full} {be}", "{day} {short} {two}",
    "{day}/{number}/{be}", "{day}/{number:02d}/{two}", "{ce}-{number:02d}-{day:02d}", "{day}-{short}-{two}", "{english} {ce}",
    "{english} {day}, {ce}", "งวด {short}{two}", "{full}-{be}", "{number}/{be}", "ปีงบประมาณ พ.ศ. {fiscal} เดือน{full}",
    "{full} ปีงบประมาณ {fiscal}", "(ตั้งแต่วันที่ 1 - {day} {full} {be})", "สขร.1 {full}{be}.pdf",
)  # fmt: skip
_ENGLISH_NAMES = [date(2000, n, 1).strftime("%B") for n in range(1, 13)]


@given(
    st.sampled_from(_STYLES), st.integers(2550, 2592), st.integers(1, 12), st.integers(1, 28), st.booleans(),
    st.sampled_from(("", "สรุปผลการดำเนินการจัดซื้อจัดจ้าง ", "แบบ สขร. 1 ")), st.sampled_from(("", " จำนวน 4 รายการ", ")")),
)  # fmt: skip
def test_a_month_in_any_style_is_read_back(
    style: str, year_be: int, number: int, day: int, in_thai_digits: bool, before: str, after: str
) -> None:
    month = Month(year_be - BE_OFFSET, number)
    text = style.format(
        full=MONTH_NAMES[number - 1], short=SHORT_MONTHS[number - 1], be=year_be, ce=month.year_ce, two=year_be % 100,
        day=day, number=number, english=_ENGLISH_NAMES[number - 1], fiscal=fiscal_year_of(month).year_be,
    )  # fmt: skip
    text = f"{before}{thai_digits(text) if in_thai_digits else text}{after}"
    assert {n.month for n in months_named(text, FiscalYear(2500))} == {month}, text
    years = {n.year_be for n in years_named(text)}
    assert years and years <= {year_be, fiscal_year_of(month).year_be}, text


@given(
    st.integers(2550, 2599),
    st.integers(1, 12),
    st.integers(0, 11),
    st.sampled_from((" - ", "-", "–", " ถึง ", " ถึงเดือน")),
)
def test_a_range_is_every_month_between(year_be: int, number: int, length: int, joiner: str) -> None:
    first = Month(year_be - BE_OFFSET, number)
    last = first
    for _ in range(length):
        last = last.next()
    assert {n.month for n in months_named(f"{first.thai}{joiner}{last.thai}")} == set(month_range(first, last))
    # The year may stand at the end only, as long as the range is no longer than a year.
    half_written = f"{MONTH_NAMES[first.number - 1]}{joiner}{last.thai}"
    assert {n.month for n in months_named(half_written)} == set(month_range(first, last))


@pytest.mark.parametrize(
    ("text", "year_be"),
    [("2566", 2566), ("2023", 2566), ("66", 2566), ("'66", 2566), ("20", None), ("3000", None), ("x", None)],
)
def test_the_year_of_a_number(text: str, year_be: int | None) -> None:
    assert year_be_of(text) == year_be


def test_a_fiscal_year_runs_from_october_to_september() -> None:
    assert [str(m) for m in FY.first_half()] == ["2565-10", "2565-11", "2565-12", "2566-01", "2566-02", "2566-03"]
    assert FY.quarter(4)[-1] == FY.months()[-1] == Month.parse("2566-09")
    assert date(2022, 10, 1) in FY and date(2023, 9, 30) in FY and date(2022, 9, 30) not in FY
    assert Month.parse("2565-12") in FY and "2565-12" not in FY
    assert all(fiscal_year_of(m) == FY and FY.month(m.number) == m for m in FY.months())


@pytest.mark.parametrize("text", ["2023-03", "2566-13", "2566/03", "มีนาคม 2566", ""])
def test_only_be_months_are_parsed(text: str) -> None:
    with pytest.raises(ValueError, match="2565-10"):
        Month.parse(text)


def test_a_month_prints_as_officials_write_it() -> None:
    march = Month.parse("2566-03")
    assert (str(march), march.thai, march.thai_short) == ("2566-03", "มีนาคม 2566", "มี.ค. 2566")
    assert month_range(march, Month.parse("2565-03")) == ()
    assert month_range(Month.parse("2550-01"), march) == ()


def test_a_day_is_written_in_the_buddhist_era_also_where_that_is_no_date() -> None:
    assert [written_be(day) for day in (date(2026, 3, 31), date(2024, 2, 29))] == ["2569-03-31", "2567-02-29"]
