"""Checks at their borders, by requirements as the checklists declare them: what passes, what fails, what a person sees."""

from __future__ import annotations

import pytest

from tests.pages import verdicts


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
