"""Facts about the main websites stand in every report, and touch no verdict."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import docx
import openpyxl
from rich.console import Console

from oitcheck.crawl.browser import find_browser
from oitcheck.model.availability import WebsiteCheck
from oitcheck.model.evidence import FetchOutcome, TlsFault
from oitcheck.model.finding import Outcome, SearchedRow, SeenRow
from oitcheck.report.agency_word import agency_word
from oitcheck.report.availability import all_reachability
from oitcheck.report.beside import Beside
from oitcheck.report.html import Pages, as_is, no_copy, publish
from oitcheck.report.line_text import line_text
from oitcheck.report.memo import Sender, memo
from oitcheck.report.memo_page import memo_page
from oitcheck.report.memo_word import memo_word
from oitcheck.report.messages import Messages
from oitcheck.report.printing import printed
from oitcheck.report.staff import staff_summary
from oitcheck.report.staff_json import staff_json
from oitcheck.report.staff_terminal import print_staff
from oitcheck.report.summary import summarise
from oitcheck.report.terms import Terms
from oitcheck.report.view import RunView, view
from oitcheck.report.workbook import workbook

AT = datetime(2023, 4, 3, 3, tzinfo=UTC)
EXPIRED_TH = "ใบรับรองความปลอดภัย (HTTPS) ของเว็บไซต์หมดอายุ"


def sites(province: RunView) -> Beside:
    """One site that is down since an hour, whose certificate has expired."""
    ends = (FetchOutcome.OK, FetchOutcome.TIMEOUT, FetchOutcome.TIMEOUT)
    checks = [WebsiteCheck("a-tt", AT + timedelta(hours=n), "", end, 0) for n, end in enumerate(ends)]
    return Beside(
        websites=all_reachability(province.agencies, {"a-tt": checks}),
        tls_faults={"a-tt": {"www.a.example": TlsFault.EXPIRED}},
    )


def test_pages_tell_how_a_site_was_reached_and_what_is_wrong_with_its_tls(province: RunView, tmp_path: Path) -> None:
    publish(province, tmp_path, beside=sites(province))
    own = (tmp_path / "agency-a-tt.html").read_text("utf-8")
    for told in ('id="site"', "เข้าไม่ได้ตั้งแต่ 3 เม.ย. 66 เวลา 11.00 น.", "33% (1 จาก 3 ครั้ง)", EXPIRED_TH, "ต่ออายุใบรับรอง"):
        assert told in own
    other = (tmp_path / "agency-b-sao.html").read_text("utf-8")
    assert 'id="site"' not in other and EXPIRED_TH not in other, "an agency is told of its own site only"
    assert EXPIRED_TH in (tmp_path / "round.html").read_text("utf-8")
    assert "certificate" in (tmp_path / "en" / "agency-a-tt.html").read_text("utf-8")


def test_no_verdict_changes_with_the_sites(province: RunView, tmp_path: Path) -> None:
    publish(province, tmp_path / "with", beside=sites(province))
    publish(province, tmp_path / "without")
    with_sites, without = ((tmp_path / n / "agency-a-tt.html").read_text("utf-8") for n in ("with", "without"))
    start = with_sites.index('<section aria-labelledby="site">')
    end = with_sites.index("</section>", start) + len("</section>")
    rest = with_sites[:start] + with_sites[end:]
    line = next(line for line in rest.splitlines() if 'href="#site"' in line)
    assert rest.replace(f"{line}\n", "").split() == without.split()


def test_sheet_terminal_json_and_word_tell_it_too(province: RunView) -> None:
    beside, summary = sites(province), summarise(province)
    messages, terms = Messages.load("th"), Terms.load("th")
    book = openpyxl.load_workbook(io.BytesIO(workbook(province, summary, messages, beside)))
    cells = [[cell.value for cell in row] for row in book["การเข้าถึงเว็บไซต์หลัก"].iter_rows(min_row=2)]
    row = next(row for row in cells if row[0] == "เทศบาลตำบลสบห้วย")
    assert row[3:7] == [33.33, 1, 3, 1] and EXPIRED_TH in row[7]
    assert "การเข้าถึงเว็บไซต์หลัก" not in openpyxl.load_workbook(
        io.BytesIO(workbook(province, summary, messages, Beside()))
    )
    staff = staff_summary(province, summary, beside)
    out = io.StringIO()
    print_staff(Console(file=out, width=200), province, staff, beside, terms)
    assert "เข้าไม่ได้ตั้งแต่ 3 เม.ย. 66" in out.getvalue() and EXPIRED_TH in out.getvalue()
    told = {one["agency"]: one for one in json.loads(staff_json(province, staff, beside))["agencies"]}
    assert told["a-tt"]["website"]["down_since"] == "2023-04-03T04:00:00Z"
    assert told["a-tt"]["https_faults"] == {"www.a.example": "expired"}
    assert told["b-sao"]["website"] is None and told["b-sao"]["https_faults"] == {}
    paper = docx.Document(io.BytesIO(agency_word(province, summary.row("a-tt"), messages, terms, AT, beside)))
    words = "\n".join(p.text for p in paper.paragraphs)
    assert EXPIRED_TH in words and "33% (1 จาก 3 ครั้ง)" in words


def test_where_other_pages_of_the_host_were_read_only_some_could_not_be_opened(province: RunView) -> None:
    """b-sao's O11 timed out; whether the whole website did is told by the other items."""
    terms, messages = Terms.load("th"), Messages.load("th")
    other = SearchedRow("https://www.b.example/o2/", "ab" * 32, "html", 0, False, "read")
    quoted = SeenRow(other.url, other.url, other.sha256, AT, "css:p", "นายก")
    down, partly = "ขณะตรวจไม่สามารถเข้าถึงเว็บไซต์ได้", "บางหน้าเปิดไม่ได้ (O11)"
    for more, is_partial in (({}, False), ({"searched": (other,)}, True), ({"seen": (quoted,)}, True)):
        found = [replace(f, **more) if (f.agency_id, f.item) == ("b-sao", "O2") else f for f in province.findings]
        shown = view(province.run, province.round, province.checklist, province.agencies, province.submissions, found)
        summary = summarise(shown)
        assert [t.is_partial for t in summary.troubles] == [is_partial]
        pages = Pages(shown, summary, messages, no_copy, as_is, ("th",))
        page = pages.agency(summary.row("b-sao"))
        assert (partly in page, down in page, partly in pages.round()) == (is_partial, not is_partial, is_partial)
        facts = " ".join(memo(shown, summary, messages, terms, Sender()).chapters[1].paragraphs)
        assert ("ไม่สามารถเข้าถึงเว็บไซต์ของ" in facts, "บางหน้าของเว็บไซต์" in facts) == (not is_partial, is_partial)


def test_what_is_no_character_does_not_break_a_paper(province: RunView, tmp_path: Path) -> None:
    """A quotation is what a hostile page holds; neither XML nor UTF-8 can hold all of it."""
    strange = "\x00\x0b\ufffe\uffff\ud800\udfff"
    fault = next(f for f in province.findings if f.outcome is Outcome.FAILED and f.binding and f.seen)
    facts = {name: f"{strange}{value}" for name, value in fault.facts.items()}
    page = f"https://www.a.example/{strange}x"
    seen = tuple(
        replace(row, quote=f"ก{strange}ข", url=url, final_url=url, place="css:p")
        for row in fault.seen
        for url in (page, "https://www.a.example/\ud800", "https://www.a.example/")
    )
    bad = replace(fault, code="period.other_year", facts={"found": strange, "period": strange, **facts}, seen=seen)
    agencies = tuple(replace(a, name_th=f"{a.name_th}{strange}") for a in province.agencies)
    findings = [bad if f is fault else f for f in province.findings]
    submissions = [replace(one, urls=(page,)) for one in province.submissions]
    shown = view(province.run, province.round, province.checklist, agencies, submissions, findings)
    summary, words = summarise(shown), (Messages.load("th"), Terms.load("th"))
    row = summary.row(fault.agency_id)
    body = agency_word(shown, row, *words, AT, Beside())
    paper = docx.Document(io.BytesIO(body))
    name = row.agency.name_th.removesuffix(strange)
    assert paper.paragraphs[0].text.endswith(name)
    assert any("“กข”" in cell.text for table in paper.tables for r in table.rows for cell in r.cells)
    made = memo(shown, summary, *words, Sender())
    docx.Document(io.BytesIO(memo_word(made, words[1], AT)))
    book = openpyxl.load_workbook(io.BytesIO(workbook(shown, summary, words[0], Beside())))
    assert name in [cell.value for cell in next(book["หน่วยงาน × ข้อ"].columns)]
    publish(shown, tmp_path)
    texts = [
        memo_page(made, words[1]),
        line_text(shown, row, *words),
        (tmp_path / "agency-a-tt.html").read_text("utf-8"),
    ]
    assert all(name in text and not set(strange) & set(text) and text.encode() for text in texts)
    if (browser := find_browser()) is not None:
        (pdf,) = printed(texts[:1], browser, note="", page_word="")
        assert pdf.startswith(b"%PDF-")


def test_an_open_point_tells_since_when_it_stands(province: RunView, tmp_path: Path) -> None:
    open_ones = (Outcome.FAILED, Outcome.CANT_TELL)
    days = {True: province.run.assessed_at - timedelta(days=3), False: province.run.assessed_at}
    for is_old, told in ((True, "(เป็นเช่นนี้ตั้งแต่ 4 เม.ย. 66)"), (False, "")):
        findings = [replace(f, holds_since=days[is_old]) for f in province.findings]
        shown = view(
            province.run, province.round, province.checklist, province.agencies, province.submissions, findings
        )
        publish(shown, tmp_path / str(is_old))
        pages = [p.read_text("utf-8") for p in (tmp_path / str(is_old)).glob("agency-*.html")]
        assert any(f.outcome in open_ones for f in findings)
        assert any("เป็นเช่นนี้ตั้งแต่" in page for page in pages) is is_old
        assert not told or any(told in page for page in pages)
