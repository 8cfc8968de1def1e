"""Decisions of people beside the machine's findings."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import docx
import pytest

from oitcheck.model.finding import Outcome
from oitcheck.model.review import Review
from oitcheck.report.agency_word import agency_word
from oitcheck.report.beside import Beside
from oitcheck.report.confirmed import Standing, confirmed, decisions
from oitcheck.report.html import publish
from oitcheck.report.itas import itas_csv, itas_sheet
from oitcheck.report.messages import Messages
from oitcheck.report.staff import staff_summary
from oitcheck.report.summary import summarise
from oitcheck.report.terms import Terms
from oitcheck.report.view import view

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
    summary = summarise(province)
    staff = staff_summary(province, summary, Beside(reviews=(looked_at,)))
    row = staff.row("b-sao")
    assert row.row.outcomes[3] is OPEN and row.confirmed[3] is PASSED  # O11: both are kept
    assert row.row.estimate.low < row.estimate.low and row.row.estimate.high == row.estimate.high
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
    staff = staff_summary(province, summarise(province), beside)
    sheet = itas_sheet(province, staff, beside, messages, "b-sao")
    assert [(e.item, e.has) for e in sheet.entries] == [("O1", False), ("O2", True), ("O11", True)]
    assert [e.urls for e in sheet.entries] == [
        (), ("https://www.b.example/final?page=2",), ("https://www.b.example/o11/",),
    ]  # fmt: skip
    assert sheet.entries[1].text == "เผยแพร่ ผู้บริหาร บนเว็บไซต์หลักของหน่วยงาน ประกอบด้วย (1) รายชื่อ"
    assert sheet.entries[1].decision is None and sheet.entries[2].decision.review is looked_at
    assert [(o.item, o.why) for o in sheet.open_items] == [("O10", ("ไม่พบสรุปผลของเดือนมีนาคม 2566",))]
    lines = itas_csv((sheet,), messages).splitlines()
    assert [line.split(",")[2:5:2] for line in lines] == [
        ["item", "ready"], ["O1", "yes"], ["O2", "yes"], ["O10", "no"], ["O11", "yes"],
    ]  # fmt: skip
    assert "สมศรี" in lines[4]


def test_a_decision_stands_on_the_agencys_page_and_paper_beside_what_the_machine_found(province, looked_at, tmp_path):
    beside = Beside(reviews=(looked_at,))
    publish(province, tmp_path, beside=beside)
    page = (tmp_path / "agency-b-sao.html").read_text("utf-8")
    start = page.index('id="O11"')
    card = page[start : page.index("</details>", start)]
    assert card.index("ผลสอบทานของเจ้าหน้าที่") < card.index("เปิดดูแล้ว") < card.index("สมศรี")
    assert "รอเจ้าหน้าที่ตรวจ" in card, "the machine's finding is not hidden"
    assert "ผลสอบทาน" not in (tmp_path / "agency-a-tt.html").read_text("utf-8")
    summary, words = summarise(province), (Messages.load("th"), Terms.load("th"))
    paper = docx.Document(io.BytesIO(agency_word(province, summary.row("b-sao"), *words, DECIDED, beside)))
    cells = [cell.text for cell in paper.tables[-1].rows[1].cells]
    assert cells == ["O11", "ครบถ้วน", "เปิดดูแล้ว (สมศรี เมื่อ 6 เม.ย. 66 เวลา 19.00 น.)"]
