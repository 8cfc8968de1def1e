"""What nobody wrote into the vocabulary is told from what is not there."""

from __future__ import annotations

import pytest

from oitcheck.pipeline.inputs import checklist_of
from oitcheck.reading.columns import is_known
from oitcheck.reading.labels import unknown_labels
from tests.pages import AGENCY, page

_, VOCABULARY = checklist_of(2568)
LEXICON = VOCABULARY["problems"].lexicon


def labels(content: str) -> list[str]:
    return [p.text for p in unknown_labels(page(content), LEXICON, AGENCY)]


@pytest.mark.parametrize(
    "label", ["ปัญหาและอุปสรรค", "2. ปัญหา อุปสรรค", "ข้อ ๓ ข้อเสนอแนะ", "หลักเกณฑ์การสรรหา", "ก. ปัญหาที่พบ"]
)
def test_a_label_is_known_by_its_head(label: str) -> None:
    assert is_known(label, LEXICON)


def test_a_name_in_the_tail_makes_no_label_known() -> None:
    assert not is_known("สิ่งกวนใจในการดำเนินงาน", LEXICON)


def test_a_label_with_something_said_under_it() -> None:
    said = "ขาดแคลนบุคลากรด้านช่างและวัสดุมีราคาสูงขึ้นตลอดปี"
    assert labels(f"<p>สิ่งกวนใจ: {said}</p>") == [f"สิ่งกวนใจ: {said}"]
    assert labels(f"<h3>สิ่งกวนใจ</h3><p>{said}</p>") == ["สิ่งกวนใจ"]
    assert labels("<h3>สิ่งกวนใจ</h3>") == []


def test_the_data_of_a_table_is_no_label() -> None:
    table = (
        "<table><tr><th>โครงการ</th><th>งบประมาณ</th></tr>"
        "<tr><td>ปลูกป่าชายเลน</td><td>สองหมื่นบาทถ้วน</td></tr><tr><td>อบรมเยาวชน</td><td>สามหมื่นบาทถ้วน</td></tr></table>"
    )
    assert labels(table) == []


def test_a_filled_column_of_an_unknown_name_is_one_and_a_blank_one_is_not() -> None:
    table = "<table><tr><th>โครงการ</th><th>สิ่งกวนใจ</th></tr><tr><td>ปลูกป่า</td><td>{}</td></tr></table>"
    assert labels(table.format("ฝนตกหนักตลอดเดือน")) == ["สิ่งกวนใจ"]
    assert labels(table.format("")) == []


@pytest.mark.parametrize("heading", ["งานทะเบียนราษฎร", "โครงการปลูกป่า", "ตุลาคม 2567", "เทศบาลตำบลสบห้วย"])
def test_things_times_and_the_agency_are_no_labels(heading: str) -> None:
    assert labels(f"<h3>{heading}</h3><p>ดำเนินการตามแผนที่กำหนดไว้ครบทุกขั้นตอน</p>") == []
