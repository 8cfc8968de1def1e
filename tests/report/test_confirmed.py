"""Decisions of people beside the machine's findings."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import docx
import openpyxl
import pytest
from rich.console import Console

from oitcheck.model.agency import Submission
from oitcheck.model.evidence import Capture, FetchOutcome
from oitcheck.model.finding import Outcome
from oitcheck.model.review import Review
from oitcheck.report.agency_word import agency_word
from oitcheck.report.beside import Beside
from oitcheck.report.confirmed import BY_STAFF, Standing, after_decisions, confirmed, decisions, pages_of
from oitcheck.report.html import publish
from oitcheck.report.itas import itas_csv, itas_sheet, thing_named
from oitcheck.report.line_text import line_text
from oitcheck.report.memo import Sender, memo, to_call_in
from oitcheck.report.messages import Messages
from oitcheck.report.reminders import reminders
from oitcheck.report.staff import Call, staff_summary
from oitcheck.report.summary import Counts, summarise
from oitcheck.report.terminal import print_summary
from oitcheck.report.terms import Terms
from oitcheck.report.view import view
from oitcheck.report.workbook import workbook

PASSED, FAILED, OPEN = Outcome.PASSED, Outcome.FAILED, Outcome.CANT_TELL
DECIDED = datetime(2023, 4, 6, 12, tzinfo=UTC)


@pytest.fixture
def review():
    def make(agency: str, item: str, requirement: str, outcome: Outcome, machine: Outcome, code: str, **more) -> Review:
        values = {"round_id": "2566-3", "decided_at": DECIDED, "run_id": "run-1", "expires_on": None, **more}
        return Review(2566, values.pop("round_id"), agency, item, requirement, outcome, "เปิดดูแล้ว", "สมศรี",
                      values.pop("decided_at"), values.pop("run_id"), machine, code, values.pop("expires_on"))  # fmt: skip

    return make


@pytest.fixture
def looked_at(review):
    return review("b-sao", "O11", "*", PASSED, OPEN, "gate.not_readable")


def _standings(province, *reviews):
    return [d.standing for d in decisions(province, reviews)]


def test_a_decision_stands_beside_the_machines_finding_and_moves_the_score(province, looked_at):
    summary = summarise(province, reviews=(looked_at,))
    staff = staff_summary(province, summary, Beside(reviews=(looked_at,)))
    row = staff.row("b-sao")
    assert row.row.machine[3] is OPEN and row.row.outcomes[3] is PASSED  # O11: both are kept
    by_machine, stands = row.machine_estimate, row.row.estimate
    assert by_machine.low < stands.low and by_machine.high == stands.high
    assert staff.decisions[0].machine.outcome is OPEN and staff.decisions[0].differs
    assert (
        province.findings
        == view(
            province.run, province.round, province.checklist, province.agencies, province.submissions, province.findings
        ).findings
    )


def test_a_decision_on_one_requirement_counts_with_what_the_machine_says_of_the_others(province, review):
    one = review("b-sao", "O11", "O11.1", PASSED, OPEN, "gate.not_readable")
    other = review("b-sao", "O11", "O11.2", FAILED, OPEN, "gate.not_readable")
    outcomes, _ = confirmed(province, decisions(province, (one,)))
    assert outcomes["b-sao", "O11"] is OPEN
    outcomes, _ = confirmed(province, decisions(province, (one, other)))
    assert outcomes["b-sao", "O11"] is FAILED
    outcomes, _ = confirmed(province, decisions(province, (one, replace(other, outcome=PASSED))))
    assert outcomes["b-sao", "O11"] is PASSED


def test_the_latest_decision_counts_and_the_earlier_one_is_kept(province, looked_at):
    later = replace(looked_at, outcome=FAILED, decided_at=DECIDED + timedelta(hours=1))
    assert _standings(province, looked_at, later) == [Standing.REPLACED, Standing.STANDS]
    outcomes, _ = confirmed(province, decisions(province, (looked_at, later)))
    assert outcomes["b-sao", "O11"] is FAILED


def test_a_decision_expires_after_its_last_day(province, looked_at):
    assert _standings(province, replace(looked_at, expires_on=date(2023, 4, 7))) == [Standing.STANDS]
    assert _standings(province, replace(looked_at, expires_on=date(2023, 4, 6))) == [Standing.EXPIRED]


def test_a_decision_falls_when_the_machine_finds_something_else_missing_not_when_a_site_is_down(
    province, looked_at, finding
):
    gone = [f for f in province.findings if (f.agency_id, f.item) != ("b-sao", "O11")]
    for outcome, code, standing in (
        (FAILED, "gate.page_gone", Standing.CHANGED),
        (OPEN, "gate.other", Standing.STANDS),
    ):
        later = view(
            province.run, province.round, province.checklist, province.agencies, province.submissions,
            (*gone, finding("b-sao", "O11", "*", outcome, code)),
        )  # fmt: skip
        assert _standings(later, looked_at) == [standing]


def test_a_later_decision_of_another_round_says_nothing_of_an_earlier_run(province, looked_at):
    later = replace(looked_at, round_id="2566", decided_at=province.run.assessed_at + timedelta(days=9))
    assert _standings(province, later) == []
    assert _standings(province, replace(later, decided_at=DECIDED)) == [Standing.STANDS]


def test_the_sheet_for_the_national_system_has_what_passed_or_was_decided_and_the_rest_apart(
    province, messages, review, looked_at
):
    missing = review("b-sao", "O1", "*", FAILED, FAILED, "gate.page_gone")
    beside = Beside(reviews=(looked_at, missing), final_urls={("b-sao", "O2"): ("https://www.b.example/final?page=2",)})
    staff = staff_summary(province, summarise(province, reviews=beside.reviews), beside)
    sheet = itas_sheet(province, staff, beside, messages, "b-sao")
    assert [(e.item, e.has) for e in sheet.entries] == [("O1", False), ("O2", True), ("O11", True)]
    assert [e.urls for e in sheet.entries] == [
        (), ("https://www.b.example/final?page=2",), ("https://www.b.example/o11/",),
    ]  # fmt: skip
    assert sheet.entries[1].text == "หน่วยงานเผยแพร่ ผู้บริหาร บนเว็บไซต์หลักของหน่วยงานแล้ว โดยมี รายชื่อ"
    assert sheet.entries[1].decision is None and sheet.entries[2].decision.review is looked_at
    assert [(o.item, o.why) for o in sheet.open_items] == [("O10", ("ไม่พบสรุปผลของเดือนมีนาคม 2566",))]
    lines = itas_csv((sheet,), messages).splitlines()
    assert [line.split(",")[2:5:2] for line in lines] == [
        ["item", "ready"], ["O1", "yes"], ["O2", "yes"], ["O10", "no"], ["O11", "yes"],
    ]  # fmt: skip
    assert "สมศรี" in lines[4]
    after = replace(beside, received={("b-sao", item): datetime(2023, 4, 8, tzinfo=UTC) for item in ("O2", "O10")})
    late = itas_sheet(province, staff_summary(province, staff.summary, after), after, messages, "b-sao")
    told = {line.split(",")[2]: line.split(",")[-1] for line in itas_csv((late,), messages).splitlines()[1:]}
    assert told == {"O1": "", "O2": "จัดส่งล่าช้า", "O10": "จัดส่งล่าช้า", "O11": ""}


def test_a_decision_stands_on_the_agencys_page_and_paper_beside_what_the_machine_found(province, looked_at, tmp_path):
    beside = Beside(reviews=(looked_at,))
    publish(province, tmp_path, beside=beside)
    page = (tmp_path / "agency-b-sao.html").read_text("utf-8")
    start = page.index('id="O11"')
    card = page[start : page.index("</details>", start)]
    assert card.index("ผลสอบทานของเจ้าหน้าที่") < card.index("เปิดดูแล้ว") < card.index("สมศรี")
    assert "รอเจ้าหน้าที่ตรวจ" in card, "the machine's finding is not hidden"
    assert "สิ่งที่ควรดำเนินการ" not in card, "nobody is asked for what staff accepted"
    assert "ผลสอบทาน" not in (tmp_path / "agency-a-tt.html").read_text("utf-8")
    summary, words = summarise(province, reviews=(looked_at,)), (Messages.load("th"), Terms.load("th"))
    paper = docx.Document(io.BytesIO(agency_word(province, summary.row("b-sao"), *words, DECIDED, beside)))
    cells = [cell.text for cell in paper.tables[-1].rows[1].cells]
    assert cells == ["O11", "ครบถ้วน", "เปิดดูแล้ว (สมศรี เมื่อ 6 เม.ย. 66 เวลา 19.00 น.)"]


@pytest.fixture
def accepted(review, looked_at):
    """Staff accepted all that b-sao lacks, and one item that c-none did not hand in."""
    return (
        looked_at,
        review("b-sao", "O1", "*", PASSED, FAILED, "gate.page_gone"),
        review("b-sao", "O10", "O10.1", PASSED, FAILED, "months.missing"),
        review("c-none", "O1", "*", Outcome.INAPPLICABLE, FAILED, "gate.not_submitted"),
    )


def test_counts_are_what_stands_after_the_decisions_and_findings_stay(province, accepted):
    summary = summarise(province, reviews=accepted)
    assert summary.row("b-sao").counts == Counts(passed=4) and summary.row("b-sao").is_complete
    assert summary.counts == Counts(passed=7, failed=4, inapplicable=1)
    assert dict(summary.by_item)["O10"] == Counts(passed=1, failed=2)
    assert summary.overruled == 4 and summary.row("b-sao").overruled == (True, False, True, True)
    assert summary.row("b-sao").machine == (FAILED, PASSED, FAILED, OPEN)
    assert summarise(province).overruled == 0 and summarise(province).stands is province
    assert province.whole("b-sao", "O1").code == "gate.page_gone", "the machine's finding is what it was"


def test_nobody_is_asked_for_what_staff_accepted(province, accepted, messages):
    summary = summarise(province, reviews=accepted)
    assert summary.row("b-sao").repairs == () and not any("b-sao" in f.agencies for f in summary.faults)
    assert summary.troubles == (), "the site that was down holds nothing back any more"
    assert [row.agency.id for row in to_call_in(summary)] == ["c-none", "a-tt"]
    staff = staff_summary(province, summary, Beside(reviews=accepted))
    assert "b-sao" not in [row.row.agency.id for row in staff.called]
    assert staff.row("c-none").missing == ("O2", "O10", "O11") and Call.NOTHING in staff.row("c-none").calls
    told = {r.agency.id: r.open_items for r in reminders(province, summary, date(2023, 4, 6), {})}
    assert told == {"a-tt": ("O10",), "c-none": ("O2", "O10", "O11")}
    text = line_text(province, summary.row("b-sao"), messages, Terms.load("th"))
    assert "ครบถ้วน 4 จาก 4 ข้อ" in text and "เจ้าหน้าที่วินิจฉัยต่างจากระบบ 3 ข้อ" in text and "1)" not in text


def test_who_handed_in_nothing_and_was_accepted_throughout_is_not_asked(province, review):
    all_of = [
        review("c-none", i, "*", Outcome.INAPPLICABLE, FAILED, "gate.not_submitted") for i in ("O1", "O2", "O10", "O11")
    ]
    summary = summarise(province, reviews=all_of)
    assert summary.nothing_submitted == ()
    assert "c-none" not in [row.row.agency.id for row in staff_summary(province, summary, Beside()).called]
    assert "c-none" not in [r.agency.id for r in reminders(province, summary, date(2023, 4, 6), {})]


def test_what_staff_found_missing_is_asked_with_their_reason(province, review):
    made = review("a-tt", "O11", "*", FAILED, PASSED, "says.found")
    summary = summarise(province, reviews=(made,))
    row, real = summary.row("a-tt"), Messages.load("th")
    fault = next(r for r in row.repairs if r.item == "O11").failed[0]
    assert fault.code == BY_STAFF and real.says(fault) == "เจ้าหน้าที่สอบทานแล้ว: เปิดดูแล้ว"
    assert "เปิดดูแล้ว" in line_text(province, row, real, Terms.load("th"))
    assert real.do(fault) == "แก้ไขตามที่เจ้าหน้าที่สอบทาน: เปิดดูแล้ว"
    assert real.do(replace(fault, outcome=PASSED)) == "", "nothing is asked for what was accepted"
    one = after_decisions(province, decisions(province, (replace(made, requirement="O11.2"),)))
    assert [f.outcome for f in one.requirement_rows("a-tt", "O11")] == [PASSED, FAILED]
    assert one.outcome("a-tt", "O11") is FAILED


def test_the_memo_counts_what_stands_and_says_how_many_differ(province, accepted):
    words = Messages.load("th"), Terms.load("th")
    made = memo(province, summarise(province, reviews=accepted), *words, Sender())
    facts = "\n".join(made.chapters[1].paragraphs)
    assert "ครบถ้วน ๗ ข้อ" in facts and "เจ้าหน้าที่วินิจฉัยต่างจากระบบ ๔ ข้อ" in facts
    assert "เจ้าหน้าที่วินิจฉัยต่างจากระบบ ๓ ข้อ" in made.annexes[0].numbers and made.annexes[0].items == ()
    assert "ดอนกลาง" not in "\n".join(made.chapters[2].paragraphs)
    plain = memo(province, summarise(province), *words, Sender())
    assert "วินิจฉัยต่าง" not in "\n".join(plain.chapters[1].paragraphs)


def test_the_matrix_marks_what_staff_decided_otherwise_and_says_so(province, accepted, messages, tmp_path):
    beside = Beside(reviews=accepted)
    summary = summarise(province, reviews=accepted)
    book = openpyxl.load_workbook(io.BytesIO(workbook(province, summary, messages, beside)))
    matrix = book["หน่วยงาน × ข้อ"]
    assert [matrix.cell(2, column).value for column in range(4, 8)] == ["✓*", "✓", "✓*", "✓*"]
    notes = [row[0].value for row in matrix.iter_rows(min_row=6)]
    assert "* เจ้าหน้าที่วินิจฉัยต่างจากระบบ" in notes
    head = [cell.value for cell in book["รายข้อ"][1]]
    line = dict(zip(head, (cell.value for cell in book["รายข้อ"][2]), strict=True))
    assert (line["ผล"], line["ผลของระบบ"]) == ("✓* ครบถ้วน", "✕ ไม่ครบถ้วน")
    assert book["ข้อตรวจพบ"].cell(2, 10).value == "✕ ไม่ครบถ้วน", "findings are the machine's"
    page = publish(province, tmp_path, beside=beside).read_text("utf-8")
    assert '<span aria-hidden="true">✓*</span>' in page and "ต่างจากระบบ 4 ข้อ" in page
    assert "7 จาก 11 ข้อ" in page, "one item does not concern its agency"
    out = io.StringIO()
    print_summary(Console(file=out, width=100), province, summary, messages)
    assert "✓*✓ ✓*✓*" in out.getvalue() and "* เจ้าหน้าที่วินิจฉัยต่างจากระบบ" in out.getvalue()
    unmarked = publish(province, tmp_path / "none").read_text("utf-8")
    assert "ต่างจากระบบ" not in unmarked


def test_the_sheet_says_that_something_is_not_there_only_where_a_person_said_so(province, messages, review):
    """A decision on one element leaves an item that the machine found incomplete open, whatever it says."""

    def entered(*reviews):
        beside = Beside(reviews=reviews)
        staff = staff_summary(province, summarise(province, reviews=reviews), beside)
        sheet = itas_sheet(province, staff, beside, messages, "b-sao")
        return {e.item: e.has for e in sheet.entries}, [o.item for o in sheet.open_items]

    gone = ("gate.page_gone",)
    assert entered() == ({"O2": True}, ["O1", "O10", "O11"])
    one_passed = review("b-sao", "O1", "O1.1", PASSED, FAILED, *gone)
    one_failed = review("b-sao", "O1", "O1.2", FAILED, FAILED, *gone)
    assert entered(one_passed) == entered(one_failed) == ({"O2": True}, ["O1", "O10", "O11"])
    assert entered(one_failed, replace(one_failed, requirement="O1.1"))[0] == {"O1": False, "O2": True}
    whole = review("b-sao", "O1", "*", FAILED, FAILED, *gone)
    assert entered(whole)[0] == {"O1": False, "O2": True}
    later = replace(one_passed, decided_at=DECIDED + timedelta(hours=1))
    assert entered(whole, later)[0] == {"O2": True}, "a later look at one element"


def test_what_staff_accepted_is_no_change_from_the_run_before(province, accepted, finding, messages, tmp_path):
    was = [
        replace(f, outcome=PASSED, code="says.found") if (f.agency_id, f.item) == ("b-sao", "O1") else f
        for f in province.findings
    ]
    before = view(
        replace(province.run, id="run-0"),
        province.round,
        province.checklist,
        province.agencies,
        province.submissions,
        was,
    )
    changes = {}
    for reviews in ((), accepted):
        beside = Beside(reviews=reviews, before=before)
        compared = staff_summary(province, summarise(province, reviews=reviews), beside).comparison
        changes[bool(reviews)] = {(c.agency_id, c.item): c.change.value for c in compared.changes}["b-sao", "O1"]
    assert changes == {False: "regressed", True: "unchanged"}


def test_no_kind_of_work_is_guessed_for_what_a_person_found_missing(province, review, tmp_path):
    made = review("a-tt", "O11", "*", FAILED, PASSED, "says.found")
    publish(province, tmp_path, beside=Beside(reviews=(made,)))
    page = (tmp_path / "agency-a-tt.html").read_text("utf-8")
    card = page[page.index('href="#O11">O11') : page.index("</li>", page.index('href="#O11">O11'))]
    assert "แก้ไขตามที่เจ้าหน้าที่สอบทาน: เปิดดูแล้ว" in card and "ลักษณะงาน" not in card


def _page(text: str, url: str = "https://www.b.example/o11/", **more) -> Capture:
    values = {"outcome": FetchOutcome.OK, "http_status": 200, "sha256": text, **more}
    return Capture(url, url, (), fetched_at=DECIDED, **values)


@pytest.mark.parametrize(
    ("then", "now", "changed"),
    [
        ((_page("aa"),), (_page("aa"),), False),
        ((_page("aa"),), (_page("bb"),), True),
        # Other bytes that say the same are no change, nor is a page that is down tonight, or was down then.
        ((_page("aa"),), (_page("bb", alike="aa"),), False),
        ((_page("aa"),), (_page("", outcome=FetchOutcome.TIMEOUT),), False),
        ((_page("", outcome=FetchOutcome.TIMEOUT),), (_page("bb"),), False),
        # Another address was handed in; a paper more behind a page that stayed as it was tells nothing.
        ((_page("aa"),), (_page("cc", "https://www.b.example/new/"),), True),
        ((_page("aa"),), (_page("aa"), _page("cc", "https://www.b.example/c.pdf", depth=1)), False),
        ((_page("aa"), _page("cc", "https://www.b.example/c.pdf", depth=1)),
         (_page("aa"), _page("dd", "https://www.b.example/c.pdf", depth=1)), True),
        # A decision of before pages were kept stays as it is.
        ((), (_page("bb"),), False),
    ],
)  # fmt: skip
def test_a_decision_says_that_its_page_has_changed_and_stands(province, looked_at, tmp_path, then, now, changed):
    made = replace(looked_at, pages=pages_of(then))
    place = ("b-sao", "O11")
    later = replace(province, captures={place: now})
    (one,) = decisions(later, (made,))
    assert (one.standing, one.page_changed) == (Standing.STANDS, changed)
    words = "หน้าที่วินิจฉัยไว้เปลี่ยนแล้ว โปรดดูใหม่"
    beside = Beside(reviews=(made,))
    publish(later, tmp_path, "th", beside=beside)
    assert (words in (tmp_path / "agency-b-sao.html").read_text("utf-8")) is changed
    book = openpyxl.load_workbook(
        io.BytesIO(workbook(later, summarise(later, reviews=(made,)), Messages.load("th"), beside))
    )
    cells = [str(cell.value) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert any(words in cell for cell in cells) is changed


def test_a_run_of_before_the_decision_says_nothing_of_its_page(province, looked_at):
    made = replace(looked_at, pages=pages_of((_page("aa"),)), decided_at=province.run.assessed_at + timedelta(days=1))
    older = replace(province, captures={("b-sao", "O11"): (_page("bb"),)})
    assert not decisions(older, (made,))[0].page_changed


@pytest.mark.parametrize(
    ("element", "named"),
    [
        ("หน้าที่และอำนาจของหน่วยงาน ไม่ใช่ยกกฎหมายทั้งฉบับ", "หน้าที่และอำนาจของหน่วยงาน"),
        ("คอลัมน์: ราคากลาง", "ราคากลาง"),
        ("ค่าธรรมเนียม (ไม่มีให้ระบุ ห้ามเว้นว่าง)", "ค่าธรรมเนียม"),
        ("เดือนที่ไม่มีรายการให้เขียนว่าไม่มีการจัดซื้อจัดจ้าง", ""),
        ("เป็นข่าวที่เกิดในปีงบประมาณ 2566", ""),
    ],
)
def test_of_the_criteria_only_the_thing_asked_for_is_named(element, named):
    assert thing_named(element) == named


def test_the_text_for_the_national_system_can_be_handed_in_as_it_is(province, messages):
    note = Submission("a-tt", "O1", (), "หน้านี้รวมสองเรื่อง\n ดูด้านล่าง")
    shown = view(
        province.run, province.round, province.checklist, province.agencies, (*province.submissions, note),
        province.findings,
    )  # fmt: skip
    staff = staff_summary(shown, summarise(shown), Beside())
    entry = next(e for e in itas_sheet(shown, staff, Beside(), messages, "a-tt").entries if e.item == "O1")
    assert entry.text.split("\n") == [
        "หน่วยงานเผยแพร่ โครงสร้าง บนเว็บไซต์หลักของหน่วยงานแล้ว โดยมี แผนผัง และฝ่าย",
        "คำอธิบายเพิ่มเติม: หน้านี้รวมสองเรื่อง ดูด้านล่าง",
    ]
