"""The round of 59 agencies and 43 items as staff get it: sheets, links, filters, print set-up."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from datetime import UTC, datetime

import openpyxl
import pytest
from rich.console import Console

from oitcheck.model.finding import Outcome
from oitcheck.report.beside import Beside
from oitcheck.report.html import publish
from oitcheck.report.messages import Messages
from oitcheck.report.staff import Call, staff_summary
from oitcheck.report.staff_json import staff_json
from oitcheck.report.staff_terminal import print_staff
from oitcheck.report.summary import summarise
from oitcheck.report.terms import SYMBOLS, Terms
from oitcheck.report.workbook import Files, workbook
from tests.province59 import SILENT, round_of_59

SCORES = {"a03": 84.99, "a05": 71.69, "a06": 90.0}


@pytest.fixture(scope="module")
def before():
    return round_of_59(elements=2)


@pytest.fixture(scope="module")
def after():
    return round_of_59(mended=True, run_id="2566-20230424-0830-0002", elements=2)


@pytest.fixture(scope="module")
def beside(before, after):
    in_time, late = datetime(2023, 4, 7, 16, 59, tzinfo=UTC), datetime(2023, 4, 7, 17, 1, tzinfo=UTC)
    received = {(s.agency_id, s.item): in_time for s in after.submissions if s.urls}
    received["a03", "O1"] = late
    return Beside(received=received, scores=SCORES, before=before)


@pytest.fixture(scope="module")
def book(after, beside):
    files = Files(copy=lambda sha256: f"copies/{sha256[:16]}.txt", page=lambda agency: f"agency-{agency.id}.html")
    data = workbook(after, summarise(after), Messages.load("th"), beside, files)
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    return openpyxl.load_workbook(io.BytesIO(data))


def _column(sheet, name):
    head = [cell.value for cell in sheet[1]]
    return [row[head.index(name)].value for row in sheet.iter_rows(min_row=2) if row[1].value]


def test_one_row_an_agency_and_one_column_an_item(book, after):
    sheet = book["หน่วยงาน × ข้อ"]
    head = [cell.value for cell in sheet[1]]
    assert head[:3] == ["หน่วยงาน", "ประเภทหน่วยงาน", "อำเภอ"] and head[3:46] == list(after.items)
    for line, agency in enumerate(after.agencies, start=2):
        told = [sheet.cell(line, 4 + n).value for n in range(43)]
        assert sheet.cell(line, 1).value == agency.name_th
        assert told == [SYMBOLS[after.outcome(agency.id, item)] for item in after.items]


def test_a_filter_on_failed_shows_what_the_matrix_says(book):
    matrix, items, findings = book["หน่วยงาน × ข้อ"], book["รายข้อ"], book["ข้อตรวจพบ"]
    marks = Counter(
        (matrix.cell(line, 1).value, matrix.cell(1, column).value)
        for line in range(2, 61)
        for column in range(4, 47)
        if matrix.cell(line, column).value == SYMBOLS[Outcome.FAILED]
    )
    word = "✕ ไม่ครบถ้วน"
    listed = zip(_column(items, "หน่วยงาน"), _column(items, "ข้อ"), _column(items, "ผล"), strict=True)
    assert Counter((a, i) for a, i, o in listed if o == word) == marks
    whole = zip(*(_column(findings, n) for n in ("หน่วยงาน", "ข้อ", "องค์ประกอบ", "ผล")), strict=True)
    assert Counter((a, i) for a, i, r, o in whole if r == "ทั้งข้อ" and o == word) == marks
    assert items.auto_filter.ref == f"A1:R{59 * 43 + 1}" and matrix.auto_filter.ref is not None
    assert sum(_column(matrix, "ไม่ครบถ้วน")) == len(marks)


def test_every_link_leads_somewhere(book, after):
    targets = Counter()
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                link = cell.hyperlink
                if link is None:
                    continue
                if link.target:
                    kind = link.target.partition("/")[0]
                    targets[kind] += 1
                    assert link.target.startswith(("http://www.a", "copies/", "agency-a")), link.target
                    # A file is told by words, not by the path that leads to it.
                    assert kind == "http:" or cell.value in ("เปิดสำเนา", "เปิดรายงานของหน่วยงาน") or len(cell.value) == 64
                    continue
                name, _, place = link.location.rpartition("!")
                led_to = book[name.strip("'")][place]
                targets["within"] += 1
                # From the matrix to the line of the same agency and item, with the same outcome.
                assert led_to.value.startswith(cell.value)
                line = led_to.row
                assert book["รายข้อ"].cell(line, 1).value == sheet.cell(cell.row, 1).value
                assert book["รายข้อ"].cell(line, 4).value == sheet.cell(1, cell.column).value
    assert targets["within"] == 59 * 43
    assert targets["copies"] > 1000 and targets["http:"] > 1000


def test_rows_are_as_high_as_their_texts_wherever_the_book_is_opened(book):
    """Not every program makes room for what stands in a cell: what is not said is one line high there."""
    for sheet in book:
        assert sheet.sheet_format.defaultRowHeight >= 14 * 1.3
        spans = list(sheet.column_dimensions.values())
        widths = {column: span.width for span in spans if span.min for column in range(span.min, span.max + 1)}
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value and cell.alignment.wrap_text and cell.data_type == "s":
                    room = 2 * widths[cell.column]
                    lines = sum(max(1, len(part) // room) for part in str(cell.value).split("\n"))
                    height = sheet.row_dimensions[cell.row].height or sheet.sheet_format.defaultRowHeight
                    assert height >= min(lines * 14, 409), (sheet.title, cell.coordinate)


def test_no_cell_is_a_formula_and_every_sheet_prints_with_its_head(book):
    for sheet in book:
        assert {c.data_type for row in sheet.iter_rows() for c in row if c.value is not None} <= {"s", "n"}
        assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.fitToHeight == 0
        assert sheet.print_title_rows == "$1:$1" and sheet.freeze_panes is not None
        assert "&P" in (sheet.oddFooter.right.text or "")
        fonts = {c.font.name for row in sheet.iter_rows(max_row=5) for c in row if c.value is not None}
        assert fonts == {"TH SarabunPSK"}
    fills = {
        cell.value: int(cell.fill.fgColor.rgb[2:], 16)
        for row in book["หน่วยงาน × ข้อ"].iter_rows(min_row=2, min_col=4, max_row=60, max_col=46)
        for cell in row
    }
    greys = [sum((0.3, 0.59, 0.11)[n] * (fills[s] >> (16 - 8 * n) & 255) for n in range(3)) for s in "✓?✕"]
    assert greys[0] - greys[1] > 20 and greys[1] - greys[2] > 60  # apart in grey too


def test_whom_to_call_in(after, beside):
    staff = staff_summary(after, summarise(after), beside)
    silent = after.agencies[SILENT[1]].id
    assert staff.called[0].row.agency.id == silent and Call.NOTHING in staff.called[0].calls
    watched = [row for row in staff.called if Call.WATCHED in row.calls]
    assert {row.row.agency.id for row in watched} == {"a03", "a05"}
    assert staff.called[1:3] == tuple(sorted(watched, key=lambda row: -len(row.failed)))
    assert staff.row("a03").late == ("O1",) and staff.row("a05").late == ()
    assert all(not row.calls or row.failed or Call.WATCHED in row.calls for row in staff.rows)
    assert staff.days_left == -1
    assert sum(group.agencies for group in staff.districts) == sum(g.agencies for g in staff.kinds) == 59
    counted = [g.counts.failed for g in staff.districts]
    assert sum(counted) == staff.summary.counts.failed
    assert 0 <= staff.reach.certain <= staff.reach.possible <= staff.reach.estimated == 59


def test_late_is_after_the_last_minute_of_the_day_in_thailand(after, beside):
    closes = after.round.closes_on
    assert beside.late("a03", "O1", closes) and not beside.late("a03", "O2", closes)
    assert not beside.late("nobody", "O1", closes) and not beside.late("a03", "O1", None)


def test_the_same_round_gives_the_same_json_and_words(after, beside):
    staff = staff_summary(after, summarise(after), beside)
    told = staff_json(after, staff, beside)
    assert told == staff_json(after, staff_summary(after, summarise(after), beside), beside)
    read = json.loads(told)
    assert len(read["agencies"]) == 59 and read["comparison"]["totals"]["improved"] > 200
    for language in ("th", "en"):
        out = io.StringIO()
        print_staff(Console(file=out, width=100), after, staff, beside, Terms.load(language))
        assert max(map(len, out.getvalue().splitlines())) < 140
        assert "O1" in out.getvalue()


def test_the_round_page_tells_whom_to_call_in_and_what_changed(province, tmp_path):
    page = publish(province, tmp_path, beside=Beside(before=province)).read_text(encoding="utf-8")
    assert 'id="calls"' in page and 'id="comparison"' in page
    assert "= คงเดิม <b>12</b>" in page and "ผลรายอำเภอ" in page
    assert 'id="calls"' in (tmp_path / "en" / "round.html").read_text(encoding="utf-8")


def test_a_whole_number_is_shown_without_a_point(book):
    """`0.##` shows 3 as "3." in Excel."""
    for sheet in book:
        for cell in (c for row in sheet.iter_rows() for c in row if c.data_type == "n" and c.value is not None):
            assert cell.number_format == ("0" if isinstance(cell.value, int) else "0.0#"), (
                sheet.title,
                cell.coordinate,
            )
    shares = _column(book["อำเภอและประเภท"], "ร้อยละข้อที่ครบถ้วน")
    assert any(isinstance(share, float) for share in shares)
    assert all(isinstance(number, int) for number in _column(book["หน่วยงาน × ข้อ"], "ครบถ้วน"))


def test_the_codes_of_reasons_stand_in_the_last_column(province, messages):
    book = openpyxl.load_workbook(io.BytesIO(workbook(province, summarise(province), messages, Beside())))
    heads = {sheet.title: [cell.value for cell in sheet[1]] for sheet in book.worksheets}
    assert heads["องค์ประกอบที่ขาดมากที่สุด"][-1] == "รหัสเหตุผล"
    assert heads["ข้อตรวจพบ"][-2] == "รหัสเหตุผล", "only the digest of the copy stands behind it"
