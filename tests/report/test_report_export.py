"""JSON lines, CSV, XLSX."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import openpyxl
import pytest

from oitcheck.model.finding import Outcome, SearchedRow, SeenRow
from oitcheck.report.export import COLUMNS, csv_text, json_lines
from oitcheck.report.summary import summarise
from oitcheck.report.view import view
from oitcheck.report.workbook import workbook

GOLDEN = (
    '{"schema": "oitcheck.finding/1", "run": "run-1", "assessed_at": "2023-04-06T19:14:00Z", "version": "0.1.0", '
    '"checklist": "2566@sha256:' + "0" * 64 + '", "year": 2566, "round": "2566-3", "agency": "a-tt", "item": "O10", '
    '"requirement": "O10.1", "about": "", "outcome": "failed", "reason": "missing", '
    '"binding": true, "basis": "direct", '
    '"facts": {"month": "มีนาคม 2566"}, "says": "ไม่พบสรุปผลของเดือนมีนาคม 2566", "do": "เผยแพร่สรุปผลเดือนมีนาคม 2566", '
    '"seen": [{"url": "https://www.a.example/o10/", "final_url": "https://www.a.example/o10/", "sha256": "'
    + "ab"
    * 32
    + '", '
    '"fetched_at": "2023-04-06T19:14:00Z", "place": "page:2", "quote": "สรุปผล เดือน มีนาคม ๒๕๖๖ รวม ๑๑ รายการ"}], '
    '"searched": [], "holds_since": "2023-04-06T19:14:00Z"}\n'
)
HOSTILE = ("=1+1", "+CALL()", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =cmd|' /C calc'!A0", "＝1")


def test_half_a_pair_of_surrogates_does_not_break_the_lines(run, finding, messages):
    one = finding("a", "O1", "O1.1", Outcome.FAILED, "says.found", facts={"found": "ก\ud800ข"})
    (line,) = json_lines(run, [one], messages)
    assert "ก\ufffdข" in line and line.encode()


def test_a_finding_is_one_line_exactly_as_agreed(province, messages):
    lines = list(json_lines(province.run, province.findings, messages))
    assert GOLDEN in lines
    assert len(lines) == len(province.findings)


def test_the_same_findings_in_any_order_give_the_same_bytes(province, messages):
    forward = "".join(json_lines(province.run, province.findings, messages))
    backward = "".join(json_lines(province.run, tuple(reversed(province.findings)), messages))
    assert forward.encode() == backward.encode()
    keys = [
        tuple(json.loads(line)[k] for k in ("agency", "item", "requirement", "about")) for line in forward.splitlines()
    ]
    assert keys == sorted(keys)


def test_searched_stands_only_where_something_was_not_found(province, messages, finding):
    row = SearchedRow("https://www.a.example/x.pdf", "cd" * 32, "pdf", 3, True, "read")
    passed = finding("a-tt", "O1", "O1.1", Outcome.PASSED, searched=(row,))
    failed = replace(passed, outcome=Outcome.FAILED, requirement="O1.2")
    first, second = (json.loads(line) for line in json_lines(province.run, (passed, failed), messages))
    assert first["searched"] == []
    assert second["searched"] == [
        {"url": row.url, "sha256": row.sha256, "kind": "pdf", "pages": 3, "ocr": True, "outcome": "read"}
    ]


@pytest.fixture
def hostile(province, finding):
    """The province with one finding a hostile text, in the quotation and in a fact."""
    at = datetime(2023, 4, 6, tzinfo=UTC)
    more = tuple(
        finding(
            "a-tt", "O1", "O1.1", Outcome.FAILED, "unknown.code", about=text,
            seen=(SeenRow("https://www.a.example/", "", "ef" * 32, at, "css:p", text),),
        )
        for text in HOSTILE
    )  # fmt: skip
    return view(
        province.run, province.round, province.checklist, province.agencies, province.submissions,
        (*province.findings, *more),
    )  # fmt: skip


def test_no_cell_of_the_csv_is_a_formula(hostile, messages):
    rows = list(csv.DictReader(io.StringIO(csv_text(hostile, messages))))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(hostile.findings)
    quotes = [row["quote"] for row in rows]
    for text in HOSTILE:
        assert "'" + text.replace("\r", "") in quotes
    for row in rows:
        for cell in row.values():
            assert cell.strip() == "-" or not cell.lstrip().startswith(("=", "+", "-", "@", "＝")), cell


def test_no_cell_of_the_workbook_is_a_formula_and_links_lead_to_the_web_or_within(hostile, messages):
    book = openpyxl.load_workbook(io.BytesIO(workbook(hostile, summarise(hostile), messages)))
    sheet = book["ข้อตรวจพบ"]
    cells = [cell for page in book for row in page.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    links = [cell.hyperlink for cell in cells if cell.hyperlink]
    assert links and all((link.target or "https://").startswith(("http://", "https://")) for link in links)
    quotes = [cell for cell in cells if cell.value == "=1+1"]
    assert quotes and all(cell.quotePrefix for cell in quotes)
    assert sheet.freeze_panes == "C2" and sheet.auto_filter.ref is not None
    assert sheet.max_row == len(hostile.findings) + 1


def test_the_workbook_shows_the_matrix_and_is_the_same_every_time(province, messages):
    summary = summarise(province)
    first = workbook(province, summary, messages)
    assert first == workbook(province, summary, messages)
    sheet = openpyxl.load_workbook(io.BytesIO(first))["หน่วยงาน × ข้อ"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(max_row=4)]
    assert rows[0][:7] == ["หน่วยงาน", "ประเภทหน่วยงาน", "อำเภอ", "O1", "O2", "O10", "O11"]
    assert rows[1][0] == "องค์การบริหารส่วนตำบลดอนกลาง"
    assert rows[1][3:7] == ["✕", "✓", "✕", "?"]
