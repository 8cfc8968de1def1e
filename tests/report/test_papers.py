"""The papers of a round: the memo to the governor, an agency's paper, the chat text, calendar and reminders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm
from PIL import Image

from oitcheck.crawl.browser import find_browser
from oitcheck.lib.thai_text import arabic_digits, thai_digits
from oitcheck.model.agency import Round, Submission
from oitcheck.model.finding import Outcome
from oitcheck.report.agency_word import agency_word
from oitcheck.report.beside import Beside
from oitcheck.report.calendar_file import calendar_file
from oitcheck.report.chart import Series, stacked_bars
from oitcheck.report.comparison import Change, compare
from oitcheck.report.html import Pages, as_is, no_copy
from oitcheck.report.letter import letter
from oitcheck.report.line_text import line_text
from oitcheck.report.memo import Memo, Sender, memo
from oitcheck.report.memo_page import memo_page
from oitcheck.report.memo_word import memo_word
from oitcheck.report.messages import Messages
from oitcheck.report.official import thai_digits_in_prose
from oitcheck.report.printing import printed
from oitcheck.report.reminders import Reminder, reminders
from oitcheck.report.summary import Summary, summarise
from oitcheck.report.terminal import round_title, source_words
from oitcheck.report.terms import Terms
from oitcheck.report.view import RunView, view
from tests.province59 import round_of_59

AT = datetime(2023, 4, 7, 5, 0, tzinfo=UTC)
SENDER = Sender("สำนักงานจังหวัดนครธาร", "นธ 0017.1/", "", "นางสาวสมร ใจตรง", "หัวหน้าสำนักงานจังหวัด", 2)
THAI = Messages.load("th"), Terms.load("th")


def paper(province: RunView, before: Summary | None = None) -> Memo:
    return memo(province, summarise(province), *THAI, SENDER, before)


def numbers(text: str) -> list[int]:
    return [int(n) for n in re.findall(r"\d+", arabic_digits(text))]


def test_every_number_of_the_memo_is_the_summarys(province: RunView) -> None:
    summary = summarise(province)
    made = paper(province)
    counts = summary.counts
    facts = made.chapters[1].paragraphs[0]
    for number in (len(summary.rows), counts.applicable, counts.passed, counts.failed, counts.cant_tell):
        assert number in numbers(facts)
    total = [numbers(cell)[0] for cell in made.table[-1][1:6]]
    assert total == [len(summary.rows), counts.applicable, counts.passed, counts.failed, counts.cant_tell]
    assert [sum(numbers(row[n])[0] for row in made.table[1:-1]) for n in range(1, 6)] == total
    assert sum(bar.counts.applicable for bar in made.bars) == counts.applicable
    assert [annex.name for annex in made.annexes] == [row.agency.name_th for row in summary.rows]


def test_the_memo_compares_with_the_time_before_in_the_categories_of_the_comparison(province, finding) -> None:
    """An item that nobody had handed in is newly submitted, not better; one that was not due is named."""
    new, missing = ("a-tt", "O1"), ("a-tt", "O2")
    earlier = (
        *(f for f in province.findings if (f.agency_id, f.item) not in (new, missing)),
        *(finding(agency, item, "*", Outcome.INAPPLICABLE, "gate.not_due") for agency, item in (new, missing)),
    )
    urls = tuple(s for s in province.submissions if (s.agency_id, s.item) not in (new, missing))
    before = view(province.run, province.round, province.checklist, province.agencies, urls, earlier)
    totals = compare(before, province).totals
    assert totals[Change.NEW] == 2 and totals[Change.IMPROVED] == 0
    made = paper(province, summarise(before))
    told = next(p for p in made.chapters[1].paragraphs if p.startswith("เทียบกับครั้งก่อน"))
    assert "ดีขึ้น ๐ ข้อ, ลดลง ๐ ข้อ, จัดส่งใหม่ ๒ ข้อ" in told
    assert "ครั้งก่อนยังไม่ถึงกำหนด ๒ ข้อ" in told and "ครั้งนี้ยังไม่ถึงกำหนด" not in told
    assert "ยังไม่ถึงกำหนด ๒ ข้อ" in made.table[-1][-1]
    assert sum("ยังไม่ถึงกำหนด" in row[-1] for row in made.table[1:-1]) == 1, "of the kind of that agency only"


def test_papers_say_as_at_which_day_a_run_is_judged_where_its_data_are_of_another(province: RunView) -> None:
    later = replace(province, run=replace(province.run, as_of="2023-04-30"))
    summary = summarise(later)
    made = memo(later, summary, *THAI, SENDER)
    assert dict(made.head)["วันที่"] == "๗ เมษายน ๒๕๖๖", "the day on which the run was made"
    assert "ข้อมูลเก็บเมื่อ ๗ เมษายน ๒๕๖๖ ตรวจตามวันที่ ๓๐ เมษายน ๒๕๖๖" in made.source
    assert source_words(later, THAI[1]).endswith(
        "ตรวจตามวันที่ 30 เมษายน 2566 (เก็บข้อมูลเมื่อวันที่ 7 เมษายน 2566 เวลา 02.14 น.)"
    )
    for shown, told in ((later, True), (province, False)):
        page = Pages(shown, summary, THAI[0], no_copy, as_is, ("th",))
        word = docx.Document(BytesIO(agency_word(shown, summary.rows[0], *THAI, AT, Beside())))
        texts = (page.agency(summary.rows[0]), page.round(), "\n".join(p.text for p in word.paragraphs))
        assert [("ตรวจตามวันที่ 30 เม.ย. 66 (เก็บข้อมูลเมื่อ 7 เม.ย. 66" in text) for text in texts] == [told] * 3
    assert "ตรวจตามวันที่" not in paper(province).source


def test_papers_and_the_agencys_page_count_what_was_submitted_late(province: RunView) -> None:
    assert province.round.closes_on == date(2023, 4, 7)
    in_time, after = datetime(2023, 4, 7, 16, tzinfo=UTC), datetime(2023, 4, 7, 18, tzinfo=UTC)
    came = {("a-tt", "O1"): after, ("a-tt", "O10"): after, ("a-tt", "O2"): in_time, ("b-sao", "O1"): after}
    beside, summary = Beside(received=came), summarise(province)
    made = memo(province, summary, *THAI, SENDER, beside=beside)
    assert "ข้อ (ในจำนวนนี้จัดส่งล่าช้า ๓ ข้อ) ครบถ้วน" in made.chapters[1].paragraphs[0]
    assert ["จัดส่งล่าช้า" in annex.numbers for annex in made.annexes] == [True, True, False]
    row = summary.row("a-tt")
    page = Pages(province, summary, THAI[0], no_copy, as_is, ("th",), beside).agency(row)
    assert 'ในจำนวนนี้จัดส่งล่าช้า 2 ข้อ: <a href="#O1">O1</a>, <a href="#O10">O10</a>' in page
    word = docx.Document(BytesIO(agency_word(province, row, *THAI, AT, beside)))
    assert any("ในจำนวนนี้จัดส่งล่าช้า 2 ข้อ" in p.text for p in word.paragraphs)
    assert "จัดส่งล่าช้า 2 ข้อ" in line_text(province, row, *THAI, 2)
    assert "จัดส่งล่าช้า" not in paper(province).chapters[1].paragraphs[0]


def test_a_thai_memo_has_thai_digits_but_for_codes_and_addresses(province: RunView) -> None:
    made = paper(province)
    words = " ".join((*(p for c in made.chapters for p in c.paragraphs), *(c for row in made.table for c in row)))
    left = re.sub(r"[A-Za-z0-9./:_\-]*[A-Za-z][A-Za-z0-9./:_\-]*", "", words)
    assert not re.search(r"\d", left.translate({ord(c): None for c in "๐๑๒๓๔๕๖๗๘๙"}))


def test_the_memo_as_word_is_the_same_each_time_and_stays_on_its_page(province: RunView) -> None:
    made = paper(province)
    body = memo_word(made, THAI[1], AT)
    assert body == memo_word(made, THAI[1], AT)
    document = docx.Document(BytesIO(body))
    section = document.sections[0]
    room = section.page_width - section.left_margin - section.right_margin
    for table in document.tables:
        assert sum(cell.width for cell in table.rows[0].cells) <= room + Cm(0.05)
        assert table.rows[0]._tr.trPr is not None and "tblHeader" in table.rows[0]._tr.xml
    assert document.paragraphs[0].text == "บันทึกข้อความ"
    assert "PAGE" in section.footer._element.xml
    assert "TH Sarabun New" in document.paragraphs[0]._p.xml and 'w:bidi="th-TH"' in document.paragraphs[0]._p.xml


@pytest.mark.skipif(find_browser() is None, reason="no browser to print with")
def test_the_memo_is_printed_the_same_each_time_with_its_text_on_the_first_page(province: RunView) -> None:
    import pypdfium2

    made = paper(province)
    page = memo_page(made, THAI[1])
    browser = find_browser() or ""
    first, second = printed([page, page], browser, note=made.source, page_word=made.page, thai_digits=True)
    assert first == second
    with pypdfium2.PdfDocument(first) as pdf:
        texts = [pdf[n].get_textpage().get_text_range() for n in range(len(pdf))]
    assert "บันทึกข้อความ" in texts[0].replace(" ", "") and made.signature[1].replace(" ", "") in texts[0].replace(" ", "")
    assert "".join(texts).count("ตัวเลขตรงกับ") == len(texts), "once a page, at its foot"
    assert all(thai_digits(f"{n}/{len(texts)}") in text for n, text in enumerate(texts, start=1)), (
        "each page has its number"
    )


def texts_of(pdf: bytes) -> list[str]:
    """The text of each page without blanks."""
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as pages:
        return ["".join(pages[n].get_textpage().get_text_range().split()) for n in range(len(pages))]


@pytest.mark.skipif(find_browser() is None, reason="no browser to print with")
def test_who_signs_never_stands_alone_on_a_page(province: RunView) -> None:
    """However long the text is, the signature comes with the closing words and the end of what is before them."""
    made, browser = paper(province), find_browser() or ""
    pages = []
    for lines in range(18, 40):
        chapter = replace(made.chapters[0], paragraphs=(*(f"a{n}" for n in range(lines)), "END " * 30))
        pages.append(memo_page(replace(made, chapters=(chapter,)), THAI[1]))
    alone = []
    for lines, pdf in enumerate(printed(pages, browser, note="", page_word=""), start=18):
        signed = next(text for text in texts_of(pdf) if "นางสาวสมร" in text)
        if made.closing[:10] not in signed or "END" not in signed:
            alone.append(lines)
    assert alone == []


@pytest.mark.skipif(find_browser() is None, reason="no browser to print with")
def test_no_heading_is_parted_from_what_stands_under_it() -> None:
    """An agency of the annex and its table, "all items" and the first of them; and big boxes break."""
    shown, browser = round_of_59(), find_browser() or ""
    summary = summarise(shown)
    made = memo(shown, summary, *THAI, SENDER)
    named = replace(made, annexes=tuple(replace(a, name=f"AGENCY{n:02}") for n, a in enumerate(made.annexes)))
    rows = summary.rows[2:14]
    pages = Pages(shown, summary, THAI[0], no_copy, as_is, ("th",), with_round=False)
    texts = [memo_page(named, THAI[1]), *(pages.agency(row) for row in rows)]
    annex, *papers = map(texts_of, printed(texts, browser, note="", page_word=""))
    header = "".join(made.annex_header[2].split())
    for number, one in enumerate(made.annexes):
        at = next(text.partition(f"AGENCY{number:02}")[2] for text in annex if f"AGENCY{number:02}" in text)
        assert not one.items or header in at, number
    for row, paper_pages in zip(rows, papers, strict=True):
        under = next(text.partition("ทุกข้อ")[2] for text in paper_pages if "ทุกข้อ" in text and "ยังไม่ได้ตรวจ" in text)
        assert "O1.1" in under or "O1โครงสร้าง" in under, row.agency.id
        assert len(paper_pages) < 35, "forty pages, half of them white, when no box might break"


def test_a_page_of_ours_escapes_what_was_found(province: RunView) -> None:
    hostile = replace(province.agencies[0], name_th="<script>alert(1)</script>")
    made = paper(replace(province, agencies=(hostile, *province.agencies[1:])))
    assert "<script>" not in memo_page(made, THAI[1])


def test_the_parts_of_a_bar_are_told_apart_in_grey() -> None:
    series = (Series("ครบถ้วน", 205), Series("ไม่ครบถ้วน", 70), Series("รอเจ้าหน้าที่ตรวจ", 255, hatched=True))
    png = stacked_bars(series, [("อำเภอเมือง", (10, 10, 10))])
    assert png == stacked_bars(series, [("อำเภอเมือง", (10, 10, 10))])
    image = Image.open(BytesIO(png)).convert("L")
    thirds = [image.crop((330 + 273 * n + 10, 16, 330 + 273 * (n + 1) - 10, 46)) for n in range(3)]
    assert [len(set(part.tobytes())) > 1 for part in thirds] == [False, False, True], "two plain, one hatched"
    assert thirds[0].getpixel((5, 5)) != thirds[1].getpixel((5, 5))


def test_an_agencys_paper_names_what_to_mend_in_order_with_proof_and_deadline(province: RunView) -> None:
    summary = summarise(province)
    row = max(summary.rows, key=lambda r: len(r.repairs))
    body = agency_word(province, row, *THAI, AT, Beside(), thai_digits=True)
    assert body == agency_word(province, row, *THAI, AT, Beside(), thai_digits=True)
    document = docx.Document(BytesIO(body))
    told = [p.text for p in document.paragraphs]
    heads = [t for t in told if re.match(r"[๐-๙]+\. O", t)]
    assert [h.split()[1] for h in heads] == [repair.item for repair in row.repairs]
    assert len(document.tables) >= len(row.repairs)


def test_the_chat_text_is_short_plain_and_in_order(province: RunView) -> None:
    summary = summarise(province)
    row = max(summary.rows, key=lambda r: len(r.repairs))
    text = line_text(province, row, *THAI)
    assert text.split("\n")[0].startswith(row.agency.name_th)
    items = re.findall(r"^[0-9]+\) (O\d+)", text, re.M)
    assert items == [repair.item for repair in row.repairs][: len(items)] and items
    assert all(len(line) < 320 for line in text.split("\n"))


def test_the_calendar_has_whole_days_and_folded_lines() -> None:
    rounds = (
        Round(
            "2566-1",
            2566,
            date(2023, 1, 1),
            date(2023, 1, 31),
            tuple(f"O{n}" for n in range(1, 44)),
            "ครั้งที่ 1",
            consultation_on=date(2023, 4, 24),
        ),
    )
    body = calendar_file(2566, rounds, THAI[1], AT)
    assert body == calendar_file(2566, rounds, THAI[1], AT)
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    unfolded = body.decode().replace("\r\n ", "")
    assert "DTSTART;VALUE=DATE:20230131" in unfolded and "DTEND;VALUE=DATE:20230201" in unfolded
    assert unfolded.count("BEGIN:VEVENT") == 3 == unfolded.count("END:VEVENT")
    assert "DTSTART;VALUE=DATE:20230424" in unfolded and "ประชุมให้คำปรึกษา ครั้งที่ 1" in unfolded
    assert "O1\\, O2" in unfolded, "commas are escaped"


def test_a_month_of_reminders_writes_once_a_day_at_most_and_never_without_a_reason(province: RunView) -> None:
    closes = date(2023, 4, 7)
    due = replace(province, round=replace(province.round, closes_on=closes))
    summary = summarise(due)
    told: dict[str, tuple[date, Mapping[str, Outcome]]] = {}
    sent: list[tuple[int, str]] = []
    for day in (closes - timedelta(days=n) for n in range(40, -3, -1)):
        for _ in range(2):  # asked twice on one day
            for reminder in reminders(due, summary, day, told):
                agency = reminder.agency.id
                sent.append((reminder.days_left, agency))
                row = summary.row(agency)
                outcomes = {i: o for i, o in zip(due.items, row.outcomes, strict=True) if o is not None}
                told[agency] = (day, outcomes)
    for agency in {agency for _, agency in sent}:
        assert [left for left, a in sent if a == agency] == [30, 14, 7, 3, 1]
    complete = {row.agency.id for row in summary.rows if row.is_complete}
    assert sent and complete.isdisjoint(agency for _, agency in sent)


def test_an_item_that_is_no_longer_complete_is_told_on_any_day_once(province: RunView) -> None:
    closes = date(2023, 4, 7)
    due = replace(province, round=replace(province.round, closes_on=closes))
    summary = summarise(due)
    row = next(r for r in summary.rows if Outcome.FAILED in r.outcomes)
    item = next(i for i, o in zip(due.items, row.outcomes, strict=True) if o is Outcome.FAILED)
    told = {r.agency.id: (closes - timedelta(days=30), {}) for r in summary.rows}
    told[row.agency.id] = (closes - timedelta(days=30), {item: Outcome.PASSED})
    (reminder,) = reminders(due, summary, closes - timedelta(days=20), told)
    assert (reminder.agency.id, reminder.changed) == (row.agency.id, (item,))


def test_the_memo_tells_how_those_with_low_scores_the_year_before_stand(province: RunView) -> None:
    watching = replace(SENDER, watched=frozenset({"a-tt", "nobody"}))
    summary = summarise(province)
    facts = memo(province, summary, *THAI, watching).chapters[1].paragraphs
    told = next(p for p in facts if "ปีก่อนต่ำกว่า" in p)
    assert numbers(told)[:3] == [85, 1, int(summary.row("a-tt").is_complete)]
    assert ("เทศบาลตำบลสบห้วย" in told) is not summary.row("a-tt").is_complete
    assert not any("ปีก่อนต่ำกว่า" in p for p in paper(province).chapters[1].paragraphs)
    proposals = memo(province, summary, *THAI, watching).chapters[2].paragraphs
    called = next(p for p in proposals if "เชิญ" in p)
    assert called.index("เทศบาลตำบลสบห้วย") == called.index("(") + 1, "the watched one is named first"


def test_the_memo_names_its_year_and_calls_an_estimate_one(province: RunView) -> None:
    for messages, year, estimate in (
        (THAI, "ประจำปีงบประมาณ พ.ศ. ๒๕๖๖", "คะแนนประมาณการ OIT"),
        ((Messages.load("en"), Terms.load("en")), "fiscal year 2023", "estimate of the OIT score"),
    ):
        made = memo(province, summarise(province), *messages, SENDER)
        assert year in made.head[-1][1]
        assert all(estimate in annex.numbers for annex in made.annexes)
    facts = paper(province).chapters[1].paragraphs
    assert "คะแนนประมาณการ (มิใช่ผลการประเมินของสำนักงาน ป.ป.ช.)" in next(p for p in facts if p.startswith("เป้าหมาย"))


def _missing_months(province: RunView, *months: str) -> RunView:
    """O10 of the first agencies lacks these months; the third has it."""
    given = iter(months)
    found = []
    for one in province.findings:
        if one.item == "O10" and one.agency_id == "c-none":
            one = replace(one, outcome=Outcome.PASSED)
        if one.item == "O10" and one.requirement == "O10.1" and one.outcome is Outcome.FAILED:
            facts = {"month": next(given), "have": "5", "of": "6"}
            one = replace(one, code="monthly_report.month_missing", facts=facts)
        found.append(one)
    return view(province.run, province.round, province.checklist, province.agencies, province.submissions, found)


def test_a_proposal_for_several_agencies_orders_only_what_holds_for_all(province: RunView) -> None:
    alike = paper(_missing_months(province, "มีนาคม 2566", "มีนาคม 2566")).chapters[2].paragraphs
    apart = paper(_missing_months(province, "มีนาคม 2566", "มกราคม 2566")).chapters[2].paragraphs
    told_alike, told_apart = (next(p for p in ps if "O10.1" in p) for ps in (alike, apart))
    assert ") ยังไม่ครบถ้วน เห็นควรแจ้งให้เผยแพร่สรุปผล" in told_alike and "เดือนมีนาคม ๒๕๖๖" in told_alike
    assert "สขร" not in told_apart and "มกราคม" not in told_apart and "ตามสิ่งที่ควรดำเนินการในเอกสารแนบ" in told_apart
    assert "(O10.1 สรุปผลเดือนมีนาคม ๒๕๖๖)" in told_apart, "the element is named"
    starts = [p.split()[0] for p in apart]
    assert starts == [f"๓.{thai}" for thai in "๑๒๓๔๕๖"[: len(starts)]]
    alone = next(p for p in alike if " O2 " in p)
    assert "๑ หน่วยงาน" not in alone


def test_remedies_name_whom_or_what_they_are_about(province: RunView) -> None:
    for language in ("th", "en"):
        messages = Messages.load(language)
        for code, fact in (
            ("person.photo_missing", "who"), ("person.post_missing", "who"), ("document.format_missing", "formats"),
            ("activity.missing", "what"), ("all_named.some_missing", "missing"), ("column.column_blank", "column"),
            ("channel.online_missing", "purpose"), ("subject.subject_absent", "subject"),
        ):  # fmt: skip
            assert f"{{{fact}}}" in messages.template(code)[1], code


def test_nothing_is_said_of_points_in_a_year_that_has_none(province: RunView) -> None:
    bare = replace(province, checklist=replace(province.checklist, complete=False))
    for shown, has_points in ((province, True), (bare, False)):
        row = summarise(shown).row("b-sao")
        document = docx.Document(BytesIO(agency_word(shown, row, *THAI, AT, Beside())))
        for text in (line_text(shown, row, *THAI), "\n".join(p.text for p in document.paragraphs)):
            assert ("คะแนน" in text) is has_points
            assert ("ง่าย" in text) is not has_points


def test_a_letter_says_by_which_day_and_on_the_last_day_that_it_is_today(province: RunView) -> None:
    summary = summarise(province)
    agency = province.agencies[0]
    told = {left: letter(province, summary, Reminder(agency, left, ("O1",)), *THAI, "") for left in (3, 0)}
    assert "ภายในวันที่ 7 เมษายน 2566 (เหลือ 3 วัน)" in told[3].text and told[3].subject.endswith("1 ข้อ เหลือ 3 วัน")
    assert "(ครบกำหนดวันนี้)" in told[0].text and told[0].subject.endswith("ครบกำหนดวันนี้")
    english = letter(province, summary, Reminder(agency, 1, ("O1",)), Messages.load("en"), Terms.load("en"), "")
    assert english.subject.endswith("1 day left")


@pytest.mark.parametrize("title", ["", "3", " ๓ "])
def test_a_round_without_a_telling_title_is_called_by_its_id(province: RunView, title: str) -> None:
    untitled = replace(province, round=replace(province.round, title=title))
    assert round_title(untitled, THAI[1]) == "รอบ 2566-3"
    assert round_title(province, THAI[1]) == "ครั้งที่ 3"


def test_when_something_was_kept_is_told_by_the_day_in_thailand(province: RunView) -> None:
    """19.14 UTC of 6 April is 7 April there."""
    row = summarise(province).row("a-tt")
    document = docx.Document(BytesIO(agency_word(province, row, Messages.load("th"), THAI[1], AT, Beside())))
    cells = [cell.text for table in document.tables for r in table.rows for cell in r.cells]
    assert any("(เก็บเมื่อ 7 เม.ย. 66)" in cell for cell in cells)
    undated = replace(province, run=replace(province.run, as_of=""))
    assert paper(undated).head[2][1] == "๗ เมษายน ๒๕๖๖"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ดู https://www.a.example/ข่าว/2566/ล่าสุด-3 (3 ข้อ)", "ดู https://www.a.example/ข่าว/2566/ล่าสุด-3 (๓ ข้อ)"),
        ("หน้า 2 www.a.example/แผน/2566 ปี 2566", "หน้า ๒ www.a.example/แผน/2566 ปี ๒๕๖๖"),
        ('O21.3 "https://ก.ไทย/2566" ร้อยละ 9.25/10', 'O21.3 "https://ก.ไทย/2566" ร้อยละ ๙.๒๕/๑๐'),
        ('พบ 2 รายการ เช่น "15 มกราคม 2568" และ “ข้อ 3”', 'พบ ๒ รายการ เช่น "15 มกราคม 2568" และ “ข้อ 3”'),
        ('ปี 2566 "ก 1" 3 ข้อ "ข 2" 4', 'ปี ๒๕๖๖ "ก 1" ๓ ข้อ "ข 2" ๔'),
        ("โทร. 0 2345 6789 ต่อ 12 (5 ข้อ)", "โทร. 0 2345 6789 ต่อ ๑๒ (๕ ข้อ)"),
        ("เลขหมาย 053-123456, 081 234 5678 รวม 2 เลขหมาย", "เลขหมาย 053-123456, 081 234 5678 รวม ๒ เลขหมาย"),
        ("สายด่วน 1567 พ.ศ. 2566", "สายด่วน 1567 พ.ศ. ๒๕๖๖"),
        ("371,000.00 บาท 20260101 ครั้ง", "๓๗๑,๐๐๐.๐๐ บาท ๒๐๒๖๐๑๐๑ ครั้ง"),
        ("http://10.0.0.1/2566 วันที่ 7/4/2566", "http://10.0.0.1/2566 วันที่ ๗/๔/๒๕๖๖"),
    ],
)
def test_thai_digits_leave_addresses_as_they_are(text: str, shown: str) -> None:
    assert thai_digits_in_prose(text) == shown


def test_the_garuda_stands_at_the_left_and_the_title_in_the_middle(province: RunView) -> None:
    picture = BytesIO()
    Image.new("RGB", (30, 33)).save(picture, "PNG")
    document = docx.Document(BytesIO(memo_word(paper(province), THAI[1], AT, picture.getvalue())))
    first, title = document.paragraphs[:2]
    assert "graphic" in first._p.xml and first.alignment == WD_ALIGN_PARAGRAPH.LEFT
    assert title.text == "บันทึกข้อความ" and title.alignment == WD_ALIGN_PARAGRAPH.CENTER


def test_a_page_of_an_agency_by_itself_leads_to_no_page_of_others(province: RunView) -> None:
    summary = summarise(province)
    for with_round in (True, False):
        pages = Pages(province, summary, THAI[0], no_copy, as_is, ("th",), with_round=with_round)
        page = pages.agency(summary.rows[0])
        assert ("round.html" in page) is with_round
        assert not [a.id for a in province.agencies[1:] if f"agency-{a.id}" in page]


def _three_that_lack_o10(province: RunView) -> RunView:
    """O10 fails at all three agencies, each for a reason of its own; two items are not handed in and not due."""
    found = []
    for one in province.findings:
        if one.item == "O10" and one.agency_id == "b-sao":
            one = replace(one, code="gate.page_gone", reason="page_gone")
        if one.agency_id == "c-none" and one.item in ("O1", "O2"):
            one = replace(one, outcome=Outcome.INAPPLICABLE, code="gate.not_due", facts={"deadline": "2023-12-02"})
        found.append(one)
    return view(province.run, province.round, province.checklist, province.agencies, province.submissions, found)


def test_the_memo_tells_of_an_item_once_with_all_agencies_that_lack_it(province: RunView) -> None:
    shown = _three_that_lack_o10(province)
    proposals = paper(shown).chapters[2].paragraphs
    (told,) = [p for p in proposals if " O10 " in p]
    assert "๓ หน่วยงาน (" in told and all(agency.name_th in told for agency in shown.agencies)
    assert proposals[0] == told, "what most lack comes first"
    assert [f.item for f in summarise(shown).item_faults] == ["O10", "O1", "O11"]


def test_the_memo_names_the_items_it_has_no_room_to_tell_of(province: RunView) -> None:
    (told,) = [p for p in paper(province).chapters[2].paragraphs if "ข้ออื่นที่ยังไม่ครบถ้วน" in p]
    named = {i for p in paper(province).chapters[2].paragraphs for i in re.findall(r"\bO\d+\b", p)}
    assert named >= {f.item for f in summarise(province).item_faults} and "(๑ หน่วยงาน)" in told


def test_the_memo_says_how_many_items_were_not_handed_in(province: RunView) -> None:
    facts = paper(province).chapters[1].paragraphs[0]
    assert "ยังไม่จัดส่ง URL ๔ ข้อ (จาก ๑๒ ข้อ" in facts
    assert "ยังไม่จัดส่ง" not in paper(_all_handed_in(province)).chapters[1].paragraphs[0]


def _all_handed_in(province: RunView) -> RunView:
    urls = tuple(
        Submission(agency.id, item, ("https://www.a.example/",))
        for agency in province.agencies
        for item in province.items
    )
    return view(province.run, province.round, province.checklist, province.agencies, urls, province.findings)


def test_the_annex_tells_all_that_an_item_lacks(province: RunView) -> None:
    found = []
    for one in province.findings:
        if (one.agency_id, one.item) == ("b-sao", "O11"):
            code = "item.elements_missing" if one.requirement == "*" else "stated.missing"
            facts = {"what": f"เรื่องที่ {one.requirement}", "count": "2", "missing": "ประกาศ, ลงนาม"}
            one = replace(one, outcome=Outcome.FAILED, code=code, facts=facts)
        found.append(one)
    shown = view(province.run, province.round, province.checklist, province.agencies, province.submissions, found)
    annex = next(a for a in paper(shown).annexes if "ดอนกลาง" in a.name)
    row = next(i for i in annex.items if i.item == "O11")
    assert [says.split(":")[0] for says in row.says] == ["O11.1", "O11.2"] and all(row.do)
    assert all(f"เรื่องที่ O11.{n}" in memo_page(paper(shown), THAI[1]) for n in (1, 2))
    assert not annex.missing
    lacking = next(a for a in paper(province).annexes if "ท่าสะพาน" in a.name)
    assert lacking.missing == "ยังไม่จัดส่ง URL: O1, O2, O10, O11"


def _two_not_due(province: RunView) -> RunView:
    """c-none fails O10 for two things and O11 waits; O1 and O2 are neither handed in nor due."""
    found = []
    for one in province.findings:
        if one.agency_id == "c-none" and one.item in ("O1", "O2"):
            one = replace(one, outcome=Outcome.INAPPLICABLE, code="gate.not_due", facts={"deadline": "2023-12-02"})
        if one.agency_id == "c-none" and one.item == "O11":
            two = {"code": "stated.missing", "facts": {"what": "ประกาศ"}}
            found += [replace(one, requirement=f"O11.{n}", **two) for n in (1, 2)]
            one = replace(one, code="item.elements_missing", facts={"count": "2", "missing": "ประกาศ, ลงนาม"})
        found.append(one)
    urls = (*province.submissions, *(Submission("c-none", i, ("https://www.c.example/",)) for i in ("O10", "O11")))
    return view(province.run, province.round, province.checklist, province.agencies, urls, found)


def test_all_papers_of_an_agency_count_alike_and_name_what_is_not_handed_in(province: RunView) -> None:
    shown = _two_not_due(province)
    summary = summarise(shown)
    row = summary.row("c-none")
    (reminder,) = [r for r in reminders(shown, summary, date(2023, 4, 6), {}) if r.agency.id == "c-none"]
    plain = Messages.load("th")
    mail = letter(shown, summary, reminder, plain, THAI[1], "")
    assert mail.subject == "OIT ครั้งที่ 3: ไม่ครบถ้วน 2 ข้อ ยังไม่จัดส่ง URL 2 ข้อ เหลือ 1 วัน"
    document = docx.Document(BytesIO(agency_word(shown, row, plain, THAI[1], AT, Beside())))
    page = Pages(shown, summary, plain, no_copy, as_is, ("th",)).agency(row)
    annex = next(a for a in paper(shown).annexes if "ท่าสะพาน" in a.name)
    texts = (mail.text, line_text(shown, row, plain, THAI[1]), "\n".join(p.text for p in document.paragraphs))
    for text in (*texts, re.sub(r"<[^>]+>", "", page), annex.missing):
        assert "ยังไม่จัดส่ง URL: O1, O2" in text
    for text in texts:
        assert "ไม่ครบถ้วน 2 ข้อ" in text and "ยังไม่จัดส่ง URL 2 ข้อ" in text
    told = next(line for line in texts[1].split("\n") if " O11 " in line)
    assert told.endswith("และอีก 1 องค์ประกอบ"), "one of two things is told"


def test_what_is_not_handed_in_and_was_due_is_counted_once(province: RunView) -> None:
    row = summarise(province).row("c-none")
    told = line_text(province, row, Messages.load("th"), THAI[1])
    assert "ไม่ครบถ้วน 4 ข้อ (ในจำนวนนี้ยังไม่จัดส่ง URL 4 ข้อ)" in told


def test_a_number_stays_with_what_it_counts_and_the_source_is_told_once(province: RunView) -> None:
    made = paper(province)
    page = memo_page(made, THAI[1])
    assert '<span class="one">๗ ข้อ</span>' in page and '<span class="one">๓ หน่วยงาน</span>' in page
    assert page.count(made.source) == 1 and 'class="small source-note"' in page
    document = docx.Document(BytesIO(memo_word(made, THAI[1], AT)))
    assert any("๗\u00a0ข้อ" in p.text for p in document.paragraphs)


def test_what_is_to_be_pressed_is_not_printed(province: RunView) -> None:
    summary = summarise(province)
    page = Pages(province, summary, THAI[0], no_copy, as_is, ("th",)).agency(summary.row("a-tt"))
    assert ",.on-screen{display:none!important}" in page.partition("@media print")[2]
    assert '<p class="intro on-screen">กดที่ข้อ' in page
    assert re.search(r'<span class="on-screen">[^\n]*เปิดบนเว็บไซต์', page)
