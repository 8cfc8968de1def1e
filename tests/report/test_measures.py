"""The measures draft: what is filled in, and what our own checker says of one that an agency filled in or left open."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn

from oitcheck.cases import evidence_in, judged, read_case
from oitcheck.model.agency import Agency
from oitcheck.model.finding import Outcome
from oitcheck.model.ita import INDICATORS, ItaScore
from oitcheck.report.measures import difference, form_of, measures_draft, measures_item, template
from oitcheck.report.measures_paper import measures_docx
from oitcheck.report.messages import Messages
from oitcheck.report.view import view
from oitcheck.rules.declare import load
from oitcheck.settings import resource_folder
from tests.province59 import round_of_59

AT = datetime(2024, 10, 1, tzinfo=UTC)
AGENCY = Agency("a02", "เทศบาลตำบลบ้านสมมุติที่ 2", "เทศบาลตำบล", "นครธาร", "สบห้วย", 2568, "", ("www.a2.example",))
SCORES = (
    *(ItaScore("a02", number, 72.9 + 2.5 * int(number), 80.0 + int(number)) for number in INDICATORS),
    ItaScore("a02", "total", 91.54, 85.22),
    ItaScore("a02", "oit", 89.17, 89.17),
    ItaScore("other", "1", 1.0),
)
FILLING = {
    "มาตรการ/โครงการ/กิจกรรม": "โครงการจัดทำคู่มือการปฏิบัติงาน",
    "ขั้นตอนหรือวิธีปฏิบัติ": "ประชุมทบทวน ยกร่าง ประกาศใช้ และแจ้งเวียน",
    "ขั้นตอนหรือวิธีดำเนินการ": "ประชุมทบทวน ยกร่าง ประกาศใช้ และแจ้งเวียน",
    "ระยะเวลาดำเนินการ": "ต.ค. {before} - ก.ย. {year}",
    "ช่วงระยะเวลา": "ต.ค. {before} - ก.ย. {year}",
    "ผู้รับผิดชอบ": "สำนักปลัด",
    "การกำกับติดตาม": "รายงานผู้บริหารทุกไตรมาส",
    "ประเด็น": "การใช้ทรัพย์สินของราชการ",
}
YEARS = (2566, 2567, 2568, 2569)


def draft_of(year: int, scores: tuple[ItaScore, ...] = SCORES) -> bytes:
    checklist, _ = load(resource_folder("checklists"), year)
    run = round_of_59() if year == 2567 else None
    draft = measures_draft(AGENCY, checklist, scores, run, Messages.load("th"))
    return measures_docx(draft, AT)


def filled(paper: bytes, year: int, *, leave: str = "", limitations: bool = True) -> bytes:
    """The draft with every blank written in but those of the column `leave`."""
    document = docx.Document(io.BytesIO(paper))
    for table in document.tables:
        head = [cell.text for cell in table.rows[0].cells]
        for row in table.rows[1:]:
            for name, cell in zip(head, row.cells, strict=True):
                if not cell.text and name != leave and name in FILLING:
                    cell.text = FILLING[name].format(year=year, before=year - 1)
    for paragraph in document.paragraphs:
        if limitations and paragraph.text.endswith("...."):
            paragraph.runs[0].text = paragraph.text.rstrip(".") + "บุคลากรและงบประมาณมีจำกัด ต้องปฏิบัติงานหลายหน้าที่"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.fixture
def judge(tmp_path: Path) -> Callable[[bytes, int], dict[str, Outcome]]:
    """What our own checker says of a document that the agency publishes for a year."""

    def said(paper: bytes, year: int) -> dict[str, Outcome]:
        checklist, vocabulary = load(resource_folder("checklists"), year)
        item = measures_item(checklist)
        assert item is not None
        folder = tmp_path / "fixtures" / str(year) / item.id / "draft"
        folder.mkdir(parents=True, exist_ok=True)
        (tmp_path / "fixtures/case-agency.toml").write_text(
            f'name = "{AGENCY.name_th}"\nkind = "{AGENCY.kind}"\nprovince = "{AGENCY.province}"\n'
            f'district = "{AGENCY.district}"\nhosts = ["www.a2.example"]\n'
        )
        (folder / "m.docx").write_bytes(paper)
        (folder / "page.html").write_text(
            f'<html lang="th"><body><h1>{item.title}</h1><p><a href="/m.docx">{item.title} ปี {year}</a></p></body></html>'
        )
        (folder / "case.toml").write_text(
            'why = "x"\nsubmitted = ["http://www.a2.example/m"]\n[serve]\n"http://www.a2.example/m" = "page.html"\n'
            '"http://www.a2.example/m.docx" = "m.docx"\n[expect]\n'
        )
        case = read_case(folder)
        found = judged(case, evidence_in(case), checklist, vocabulary)
        return {f.requirement: f.outcome for f in found if not f.about}

    return said


@pytest.mark.parametrize("year", YEARS)
def test_our_own_checker_passes_a_filled_one_and_not_the_draft(year, judge):
    draft = draft_of(year)
    said = judge(filled(draft, year), year)
    assert {r for r, o in said.items() if o is not Outcome.PASSED} == set(), said
    assert judge(draft, year)["*"] is Outcome.FAILED


GAPS = {
    (2567, "มาตรการ/โครงการ/กิจกรรม"): "O34.9",
    (2567, "ระยะเวลาดำเนินการ"): "O34.11",
    (2568, "มาตรการ/โครงการ/กิจกรรม"): "O27.8",
    (2568, "ขั้นตอนหรือวิธีปฏิบัติ"): "O27.9",
    (2568, "ระยะเวลาดำเนินการ"): "O27.10",
    (2568, "ผู้รับผิดชอบ"): "O27.11",
    (2569, "มาตรการ/โครงการ/กิจกรรม"): "O25.1",
    (2569, "ขั้นตอนหรือวิธีดำเนินการ"): "O25.3",
    (2569, "ช่วงระยะเวลา"): "O25.4",
    (2569, "ผู้รับผิดชอบ"): "O25.5",
}


@pytest.mark.parametrize(("year", "column"), GAPS)
def test_a_column_left_blank_is_the_one_gap_named(year, column, judge):
    said = judge(filled(draft_of(year), year, leave=column), year)
    assert {r for r, o in said.items() if o is not Outcome.PASSED} == {"*", GAPS[year, column]}, said
    assert said["*"] is Outcome.FAILED


def test_limitations_left_blank_are_the_one_gap_named(judge):
    said = judge(filled(draft_of(2568), 2568, limitations=False), 2568)
    assert {r for r, o in said.items() if o is not Outcome.PASSED} == {"*", "O27.12"}, said


def test_weak_points_that_nobody_wrote_are_gaps_of_2566(judge):
    said = judge(filled(draft_of(2566, ()), 2566, limitations=False), 2566)
    assert {"O42.1", "O42.2"} <= {r for r, o in said.items() if o is not Outcome.PASSED}, said
    assert said["O42.4"] is Outcome.PASSED


def test_differences_are_those_of_the_published_scores():
    assert [difference(ItaScore("a", "1", score, before)) for score, before in (
        (97.86, 91.54), (96.78, 97.27), (100, 100), (89.995, 90.0), (84.0, None),
    )] == ["+6.32", "-0.49", "0.00", "0.00", ""]  # fmt: skip


def test_findings_of_the_run_stand_with_the_issue_they_tell_of():
    checklist, _ = load(resource_folder("checklists"), 2567)
    run = round_of_59()
    draft = measures_draft(AGENCY, checklist, SCORES, run, Messages.load("th"))
    assert (draft.form, draft.item, form_of(2571)) == ("issues", "O34", "indicators")
    told = " ".join(one.analysis for one in draft.analysed)
    failed = [item for item in run.items if run.outcome("a02", item) is Outcome.FAILED]
    assert failed and all(f"{item} " in told for item in failed)
    assert draft.tools[0].name == "OIT" and draft.tools[0].difference == "0.00"
    assert draft.opening == (
        "เทศบาลตำบลบ้านสมมุติที่ 2 มีผลการประเมิน ITA ประจำปีงบประมาณ พ.ศ. 2566 ในภาพรวม 91.54 คะแนน "
        "เปรียบเทียบกับปีงบประมาณ พ.ศ. 2565 ซึ่งได้ 85.22 คะแนน เพิ่มขึ้น 6.32 คะแนน",
    )


@pytest.mark.parametrize("year", YEARS)
def test_the_paper_is_a4_in_the_official_font_with_page_numbers_and_the_same_every_time(year):
    first = draft_of(year)
    assert first == draft_of(year)
    document = docx.Document(io.BytesIO(first))
    for section in document.sections:
        sides = sorted((section.page_width.cm, section.page_height.cm))
        assert [round(side, 1) for side in sides] == [21.0, 29.7]
        text_width = section.page_width.cm - section.left_margin.cm - section.right_margin.cm
        assert section._sectPr.find(qn("w:pgNumType")).get(qn("w:fmt")) == "thaiNumbers"
        assert text_width > 15
    assert "PAGE" in document.sections[0].header._element.xml
    widths = [sum(cell.width.cm for cell in table.rows[0].cells) for table in document.tables]
    assert all(width <= 25.71 for width in widths)
    for paragraph in (
        *document.paragraphs,
        *(p for t in document.tables for r in t.rows for c in r.cells for p in c.paragraphs),
    ):
        for run in paragraph.runs:
            fonts = run._element.rPr.rFonts
            assert fonts.get(qn("w:cs")) == fonts.get(qn("w:ascii")) == "TH Sarabun New"
            assert not set("0123456789") & set(run.text.replace("O", "")) or "O" in run.text, run.text
    assert all(table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None for table in document.tables)


@pytest.mark.parametrize(
    ("score", "before", "told"),
    [
        (84.99, None, "ได้ 84.99 คะแนน ต่ำกว่าเกณฑ์ 85 คะแนน ต้องปรับปรุงแก้ไข"),
        (85, None, "ได้ 85.00 คะแนน ผ่านเกณฑ์ 85 คะแนน ควรพัฒนาให้สูงขึ้น"),
        (94.99, 90, "ได้ 94.99 คะแนน เพิ่มขึ้น 4.99 คะแนน ผ่านเกณฑ์ 85 คะแนน ควรพัฒนาให้สูงขึ้น"),
        (95, None, "ได้ 95.00 คะแนน ควรรักษาระดับ"),
        (97, 98, "ได้ 97.00 คะแนน ลดลง 1.00 คะแนน ควรพัฒนาให้ดีขึ้น"),
    ],
)
def test_what_a_score_says(score: float, before: float | None, told: str) -> None:
    checklist, _ = load(resource_folder("checklists"), 2568)
    draft = measures_draft(AGENCY, checklist, [ItaScore(AGENCY.id, "1", score, before)], None, Messages.load("th"))
    assert told in " ".join(one.analysis for one in draft.analysed)


def test_every_sentence_of_the_paper_is_used() -> None:
    source = "".join(
        path.read_text("utf-8")
        for path in (resource_folder("checklists").parent / "oitcheck/report").glob("measures*.py")
    )
    own = {"iit", "eit1", "eit2", "oit"}
    assert not [key for key in template()["words"] if f'"{key}"' not in source and key not in own]


def test_what_was_not_handed_in_or_not_checked_is_not_told_to_be_complete():
    checklist, _ = load(resource_folder("checklists"), 2567)
    run = round_of_59()
    place, messages = ("a02", "O9"), Messages.load("th")
    others = [f for f in run.findings if f.agency_id == "a02" and f.item != "O9"]
    whole = run.whole(*place)
    assert whole is not None
    due = replace(
        whole, outcome=Outcome.INAPPLICABLE, reason="not_due", code="gate.not_due", facts={"deadline": "2026-12-02"}
    )
    waits = [replace(f, outcome=Outcome.CANT_TELL) for f in others if f.item == "O8"]
    shown = view(run.run, run.round, run.checklist, [AGENCY], [], [due, *waits])
    for year in (2567, 2569, 2566):
        draft = measures_draft(AGENCY, load(resource_folder("checklists"), year)[0], SCORES, shown, messages)
        told = " ".join((*(one.analysis for one in draft.analysed), *draft.weak))
        assert "ไม่พบข้อที่ไม่ครบถ้วน" not in told and "ไม่มีข้อ OIT" not in told
        assert "ข้อที่ยังไม่จัดส่ง URL: O9" in told and "ข้อที่รอเจ้าหน้าที่ตรวจ: O8" in told
        assert "ข้อที่ยังไม่ได้สอบทาน: O" in told
    passed = [replace(whole, item=i, outcome=Outcome.PASSED) for i in checklist.items if i in run.checklist.items]
    done = measures_draft(
        AGENCY, checklist, SCORES, view(run.run, run.round, run.checklist, [AGENCY], [], passed), messages
    )
    assert "ไม่พบข้อที่ไม่ครบถ้วน" in " ".join(one.analysis for one in done.analysed)
