"""What stands in a document besides titles, links and pointers."""

from __future__ import annotations

import pytest

from oitcheck.reading.admission import has_content
from oitcheck.reading.body import body, body_amount
from oitcheck.reading.passages import only_points, passages
from tests.pages import page


@pytest.mark.parametrize(
    "text",
    [
        "รายละเอียดตามเอกสารแนบ",
        "คลิกที่นี่เพื่อดาวน์โหลดเอกสาร",
        "รายละเอียดปรากฏตามเอกสารแนบท้ายนี้",
        "ดูรายละเอียดเพิ่มเติม",
        "click here to download",
    ],
)
def test_a_pointer_says_nothing(text: str) -> None:
    assert only_points(text)
    assert not has_content(page(f"<h2>ขั้นตอน</h2><p>{text}</p>"))


@pytest.mark.parametrize("text", ["ดาวน์โหลดแบบคำขอแล้วยื่นที่กองช่าง", "ยื่นเอกสารที่เคาน์เตอร์ 2 ใช้เวลา 15 นาที"])
def test_a_line_that_tells_something_besides_is_no_pointer(text: str) -> None:
    assert not only_points(text)


def test_a_heading_is_read_once() -> None:
    told = [p.text for p in passages(page("<h2>ขั้นตอนการให้บริการ</h2><p>ยื่นคำขอที่เคาน์เตอร์</p>"))]
    assert told.count("ขั้นตอนการให้บริการ") == 1


def test_headings_and_what_is_to_come_are_no_body() -> None:
    document = page("<h2>ผลการดำเนินงาน</h2><p>อยู่ระหว่างปรับปรุงข้อมูล</p>")
    assert body(document) == () and body_amount(document) == 0
