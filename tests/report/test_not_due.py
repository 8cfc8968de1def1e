"""What nobody submitted before its deadline: a name and a sign of its own for people, the same words in data."""

import io
import json

import openpyxl
import pytest
from rich.console import Console

from oitcheck.model.finding import Outcome
from oitcheck.report.beside import Beside
from oitcheck.report.comparison import Change, compare
from oitcheck.report.html import publish
from oitcheck.report.messages import Messages
from oitcheck.report.staff import staff_summary
from oitcheck.report.staff_json import staff_json
from oitcheck.report.summary import summarise
from oitcheck.report.terminal import print_summary
from oitcheck.report.view import RunView, view
from oitcheck.report.workbook import workbook

NAME = "ยังไม่จัดส่ง (ยังไม่ถึงกำหนด)"
ITEMS = ("O1", "O2", "O10", "O11")


@pytest.fixture
def early(province, finding) -> RunView:
    """The province before the deadline: what c-none has not handed in is not due."""
    waiting = [
        finding("c-none", item, place, Outcome.INAPPLICABLE, "gate.not_due", facts={"deadline": "2023-04-07"})
        for item in ITEMS
        for place in ("*", f"{item}.1")
    ]
    known = [f for f in province.findings if f.agency_id != "c-none"]
    return view(
        province.run, province.round, province.checklist, province.agencies, province.submissions, (*known, *waiting)
    )


def test_the_terminal_shows_it_in_matrix_legend_and_numbers(early, province):
    out = io.StringIO()
    print_summary(Console(file=out, width=120), early, summarise(early), Messages.load("th"))
    text = out.getvalue()
    assert f"○ {NAME} 4" in text and "– ไม่เกี่ยวข้อง 0" in text and "○ ○ ○ ○" in text
    legend = next(line for line in text.splitlines() if "· ยังไม่ได้ตรวจ" in line)
    assert f"○ {NAME}" in legend
    later = io.StringIO()
    print_summary(Console(file=later, width=120), province, summarise(province), Messages.load("th"))
    assert "○" not in later.getvalue(), "after the deadline nothing is so"


def test_the_pages_show_it_in_matrix_legend_and_on_the_agencys_own(early, tmp_path):
    publish(early, tmp_path, "th")
    for name in ("round.html", "agency-c-none.html"):
        text = (tmp_path / name).read_text("utf-8")
        assert text.count(NAME) >= 5, "the legend and four items"
        assert text.count("ไม่เกี่ยวข้อง") == 1, "in the legend alone"
    assert NAME not in (tmp_path / "agency-a-tt.html").read_text("utf-8")


def test_the_workbook_shows_it_in_cells_legend_and_a_column_of_its_own(early):
    book = openpyxl.load_workbook(io.BytesIO(workbook(early, summarise(early), Messages.load("th"), Beside())))
    matrix = book.worksheets[0]
    head = {cell.value: number for number, cell in enumerate(matrix[1])}
    row = next(r for r in matrix.iter_rows(min_row=2, values_only=True) if r[0] == "เทศบาลเมืองท่าสะพาน")
    assert [row[head[item]] for item in ITEMS] == ["○"] * 4
    assert (row[head["ไม่เกี่ยวข้อง"]], row[head[NAME]]) == (0, 4)
    assert f"○ {NAME}" in [cell.value for cell in matrix["A"]]
    told = [cell.value for sheet in book.worksheets[1:] for line in sheet.iter_rows() for cell in line]
    assert f"○ {NAME}" in told and "– ไม่เกี่ยวข้อง" not in told


def test_data_keep_the_outcome(early):
    summary = summarise(early)
    assert (summary.counts.inapplicable, summary.counts.not_due, summary.counts.of_no_concern) == (4, 4, 0)
    told = json.loads(staff_json(early, staff_summary(early, summary, Beside()), Beside()))
    own = next(a for a in told["agencies"] if a["agency"] == "c-none")
    assert set(own["outcomes"].values()) == {"inapplicable"}


def test_what_was_not_due_and_is_missing_at_the_deadline_is_a_change(early, province):
    compared = compare(early, province)
    own = [one for one in compared.changes if one.agency_id == "c-none"]
    assert {one.change for one in own} == {Change.OVERDUE} and compared.totals[Change.OVERDUE] == 4
    assert compare(early, early).totals[Change.OVERDUE] == 0
    assert {one.change for one in compare(province, province).of(Change.UNCHANGED)} == {Change.UNCHANGED}
