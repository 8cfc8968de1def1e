"""What was done, and what only will be."""

from __future__ import annotations

import pytest

from oitcheck.reading.deeds import begins_with_act, is_planned, reports_done


@pytest.mark.parametrize(
    "text",
    [
        "จัดอบรมแล้วเมื่อวันที่ 25 ม.ค. 2566",
        "ดำเนินการแล้วเสร็จร้อยละ 100",
        "อบรมพนักงาน 48 คน",
        "ได้แต่งตั้งคณะทำงานขับเคลื่อน",
        "อยู่ระหว่างดำเนินการ",
        "ไม่พบการรับสินบน",
    ],
)
def test_done(text: str) -> None:
    assert reports_done(text)


@pytest.mark.parametrize(
    "text",
    [
        "จะจัดอบรมในเดือนมีนาคม",
        "ยังไม่ได้ดำเนินการ",
        "กำหนดจัดวันที่ 5 มีนาคม",
        "ขอเชิญประชาชนเข้าร่วมประชุม",
        "ไม่มีการดำเนินการตามมาตรการในปีนี้",
        "ยังไม่มีการประชุมคณะกรรมการ",
        "เพื่อให้การทำงานบรรลุวัตถุประสงค์",
        "เป้าหมาย ร้อยละ 80 ของผู้เข้ารับการอบรม",
        "อบรมพนักงาน",
        "คู่มือ",
    ],
)
def test_not_done(text: str) -> None:
    assert not reports_done(text)


def test_an_invitation_is_a_plan() -> None:
    assert is_planned("ขอเชิญชวนร่วมกิจกรรม") and not is_planned("จัดกิจกรรมแล้ว")


@pytest.mark.parametrize(("text", "act"), [("1. รับคำขอ", True), ("ตรวจสอบเอกสาร", True), ("นายสมชาย ใจดี", False)])
def test_lines_that_begin_with_an_act(text: str, act: bool) -> None:
    assert begins_with_act(text) is act
