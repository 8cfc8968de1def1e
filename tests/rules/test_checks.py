"""Checks at their borders, by requirements as the checklists declare them: what passes, what fails, what a person sees."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.pages import judged, page, verdicts


def code(requirement: str, content: str, **told: object) -> str:
    (verdict,) = verdicts(requirement, content, **told)  # type: ignore[arg-type]
    return f"{verdict.outcome.value} {verdict.reason}"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("<h3>ปัญหา อุปสรรค</h3><p>ไม่มี</p>", "passed said"),
        ("<h3>ปัญหา อุปสรรค</h3><p>รายละเอียดตามเอกสารแนบ</p>", "failed named_only"),
        ("<p>ปัญหา อุปสรรค : .....................</p>", "failed named_only"),
        ("<p>ข้อกวนใจ : ฝนตกหนักทำให้งานล่าช้าไปสองเดือน</p>", "cant_tell label_unrecognised"),
        ("<p>ดำเนินการตามแผนครบถ้วนทุกโครงการในปีที่ผ่านมา</p>", "failed missing"),
    ],
)
def test_stated(content: str, expected: str) -> None:
    assert code("O7.3", content) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("<p>เรื่องร้องเรียนทั้งหมด จำนวน 3 เรื่อง</p>", "passed given"),
        ("<p>ไม่มีเรื่องร้องเรียน</p>", "passed said_none"),
        ("<p>ดำเนินการแล้วเสร็จ จำนวน 3 เรื่อง</p>", "failed missing"),
        ("<p>มีผู้มาเยือน 7 เรื่อง</p>", "cant_tell other_figures"),
    ],
)
def test_figures_of_another_element_are_none_of_this_one(content: str, expected: str) -> None:
    assert code("O19.1", content) == expected


def test_steps_that_nothing_calls_so_are_left_to_a_person() -> None:
    lines = "".join(f"<p>{t}</p>" for t in ("รับคำขอจากประชาชน", "ตรวจสอบเอกสาร", "เสนอผู้บริหารลงนาม", "แจ้งผลแก่ผู้ขอ"))
    assert code("O8.2", lines) == "cant_tell label_unrecognised"


def test_an_invitation_is_no_use_of_what_people_said() -> None:
    said = "<p>ขอเชิญชวนประชาชนร่วมแสดงความเห็น อบต. จะนำความคิดเห็นไปพัฒนาท้องถิ่น</p>"
    assert code("O20.4", said).startswith(("failed", "cant_tell"))
    assert code("O20.4", "<p>นำความคิดเห็นของประชาชนไปปรับปรุงแผนพัฒนาแล้วสามโครงการ</p>") == "passed said"


def test_columns_of_years_say_when() -> None:
    heads = "".join(f"<th>{h}</th>" for h in ("โครงการ", "งบปี 2566", "งบปี 2567", "งบปี 2568", "ผู้รับผิดชอบ"))
    row = "".join(f"<td>{c}</td>" for c in ("อบรมคุณธรรม", "20,000", "20,000", "20,000", "สำนักปลัด"))
    assert code("O25.3", f"<table><tr>{heads}</tr><tr>{row}</tr></table>") == "passed filled"


def test_a_list_that_says_it_is_empty_has_no_news() -> None:
    assert code("O4.1", "<table><tr><th>หัวข้อข่าว</th><th>วันที่</th></tr></table><p>ไม่พบข้อมูลข่าว</p>") == "failed no_entries"


def test_the_days_of_deeds_date_a_report_that_names_no_year() -> None:
    assert code("O20.5", "<p>เมื่อวันที่ 12 ธันวาคม 2567 จัดประชุมประชาคม มีผู้เข้าร่วม 80 คน</p>") == "passed in_period"
    assert code("O20.5", "<p>เมื่อวันที่ 12 ธันวาคม 2564 จัดประชุมประชาคม มีผู้เข้าร่วม 80 คน</p>") == "failed other_year"


@pytest.mark.parametrize("cell", ["150,000.00", "ยังไม่มีผลการดำเนินงาน", "12,500 บาท", "ยกเลิกโครงการ"])
def test_a_number_or_a_refusal_in_a_column_of_results_reports_nothing(cell: str) -> None:
    table = "<table><tr><th>มาตรการ</th><th>ผลการดำเนินการ</th></tr><tr><td>ประกาศเจตนารมณ์</td><td>{}</td></tr></table>"
    assert not code("O28.1", table.format(cell)).startswith("passed")
    assert code("O28.1", table.format("ประกาศแล้วเมื่อ 9 ธันวาคม 2566")) == "passed reported"


def test_numbers_of_people_and_land_are_no_money() -> None:
    assert not code("O6.2", "<p>ประชากรในเขต 5,432 คน</p><p>พื้นที่ทั้งหมด 12,345 ไร่</p>").startswith("passed")


def test_no_data_yet_is_no_figure() -> None:
    assert not code("O19.1", "<p>จำนวนเรื่องร้องเรียนทั้งหมด ยังไม่มีข้อมูล</p>").startswith("passed")


def test_a_form_left_blank_at_the_end_hides_nothing() -> None:
    told = "<p>ค่าธรรมเนียม: ไม่มีค่าธรรมเนียม</p><h2>แบบคำขอ</h2><p>ค่าธรรมเนียม: ..........</p>"
    assert code("O9.5", told) == "passed said"


def test_a_mascot_under_the_title_is_no_chart() -> None:
    assert not code("O1.1", "<p>กำลังปรับปรุง</p><img src=/mascot.jpg>", title="โครงสร้างหน่วยงาน").startswith("passed")


@pytest.mark.parametrize(("ocr", "expected"), [(False, "failed photo_missing"), (True, "cant_tell photo_unclear")])
def test_on_a_scan_no_photograph_is_missing_for_certain(ocr: bool, expected: str) -> None:
    content = "<h2>ผู้บริหาร</h2><p>นายสมชาย ใจดี</p><p>นายกเทศมนตรีตำบลสบห้วย</p><p>โทร. 0 5999 0101</p>"
    told = replace(page(content, title="ข้อมูลผู้บริหาร"), ocr=ocr)
    (verdict, *_) = judged("O2.4", told)
    assert f"{verdict.outcome} {verdict.reason}" == expected


def test_money_is_no_number_of_people() -> None:
    spent = "<p>จัดอบรมเมื่อวันที่ 5 ก.ค. 67 ใช้งบประมาณ 60,500 บาท ผู้เข้าอบรมมีความรู้เพิ่มขึ้น</p>"
    assert code("O15.4", spent) == "cant_tell other_figures"
    assert code("O15.4", "<p>ผู้เข้าอบรม 48 คน ใช้งบประมาณ 60,500 บาท</p>") == "passed given"


def test_numbers_under_their_heading_are_its_figures() -> None:
    under = "<p>3. สถิติผู้เข้ารับการพัฒนา</p><p>ข้าราชการครู 1,203 คน บุคลากร 48 คน รวม 1,251 คน</p>"
    assert code("O15.4", under) == "passed given"
    assert not code("O15.4", "<p>3. สถิติผู้เข้ารับการพัฒนา</p><p>ใช้งบประมาณ 60,500 บาท</p>").startswith("passed")


@pytest.mark.parametrize(
    ("sections", "ending", "expected"),
    [
        (range(1, 13), "<p>ผู้รับสนองพระบรมราชโองการ นายกรัฐมนตรี</p>", "failed whole_act"),
        (range(1, 13), "", "passed part_told"),
        (range(50, 54), "<p>ผู้รับสนองพระบรมราชโองการ นายกรัฐมนตรี</p>", "passed part_told"),
    ],
)
def test_an_act_shows_itself_by_its_beginning_and_its_end(sections: range, ending: str, expected: str) -> None:
    begins = "มาตรา 1 พระราชบัญญัตินี้เรียกว่า “พระราชบัญญัติเทศบาล พ.ศ. 2496”"
    duties = "มาตรา {} เทศบาลมีหน้าที่ต้องทำในเขตเทศบาล รักษาความสงบเรียบร้อยของประชาชน ให้มีและบำรุงทางบก"
    lines = "".join(f"<p>{duties.format(n)}</p>" for n in sections)
    content = f"<h3>หน้าที่และอำนาจ</h3><p>{begins}</p>{lines}{ending}"
    (verdict,) = verdicts("O3.2", content, year=2566)
    assert f"{verdict.outcome.value} {verdict.reason}" == expected


def test_a_column_is_known_by_its_own_part_under_a_common_heading() -> None:
    heads = "<tr><th rowspan=2>เหตุการณ์ความเสี่ยง</th><th colspan=3>การวิเคราะห์</th><th rowspan=2>มาตรการ</th></tr>"
    parts = "<tr><th>คะแนน ก</th><th>คะแนน ข</th><th>{}</th></tr>"
    row = "<tr><td>รับเงินเพื่อเร่งออกใบอนุญาต</td><td>2</td><td>4</td><td>สูง</td><td>ติดประกาศขั้นตอน</td></tr>"
    assert code("O23.1", f"<table>{heads}{parts.format('ระดับ')}{row}</table>") == "passed filled"
    assert code("O23.1", f"<table>{heads}{parts.format('หน่วย')}{row}</table>").startswith("failed")


def test_a_deed_in_a_column_of_an_unknown_name_is_left_to_a_person() -> None:
    table = (
        "<table><tr><th>ยุทธศาสตร์</th><th>โครงการที่ดำเนินการ</th></tr><tr><td>โครงสร้างพื้นฐาน</td><td>{}</td></tr></table>"
    )
    (done,) = verdicts("O13.1", table.format("ซ่อมแซมถนนลูกรัง 6 สาย แล้วเสร็จ"), year=2566)
    (none,) = verdicts("O13.1", table.format("ถนนลูกรัง 6 สาย"), year=2566)
    assert (done.outcome.value, done.reason) == ("cant_tell", "unrecognised")
    assert none.outcome.value == "failed"


def test_a_heading_over_steps_and_times_names_the_work() -> None:
    labels = "<p>ขั้นตอน : 1) ยื่นคำร้อง 2) ออกใบแทน</p><p>ระยะเวลา : 3 วันทำการ</p><p>ค่าธรรมเนียม : 20 บาท</p>"
    assert code("O9.1", f"<h3>การขอใบแทนเอกสารทางการศึกษา</h3>{labels}") == "passed named"
    assert not code("O9.1", f"<h3>การให้บริการ</h3>{labels}").startswith("passed")
    assert not code("O9.1", "<h3>การขอใบแทนเอกสารทางการศึกษา</h3><p>เร็ว ๆ นี้</p>").startswith("passed")


def test_a_part_of_a_chart_counts_once() -> None:
    chart = "<h2>แผนผังโครงสร้างหน่วยงาน</h2><ul>{}</ul>"
    two, three = (
        "".join(f"<li>{p}</li>" for p in parts) for parts in (("สำนักปลัด", "กองช่าง"), ("สำนักปลัด", "กองช่าง", "กองคลัง"))
    )
    assert not code("O1.1", chart.format(two)).startswith("passed")
    (found,) = verdicts("O1.1", chart.format(three))
    assert (found.reason, found.facts["count"], len(found.seen)) == ("parts_found", "3", 3)
