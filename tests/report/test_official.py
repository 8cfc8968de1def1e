"""Thai digits: in our own words of official papers only, never in what was found."""

import re
from io import BytesIO

import docx

from oitcheck.report.agency_word import agency_word
from oitcheck.report.beside import Beside
from oitcheck.report.export import csv_text, json_lines
from oitcheck.report.html import Pages, as_is, no_copy
from oitcheck.report.official import thai_digits_on_page
from oitcheck.report.summary import summarise
from oitcheck.report.terms import Terms
from tests.report.conftest import AT

QUOTE = "สรุปผล เดือน มีนาคม ๒๕๖๖ รวม ๑๑ รายการ"


def test_a_page_in_thai_digits_leaves_what_was_found(province, messages):
    shown = summarise(province)
    page = Pages(province, shown, messages, no_copy, as_is, ("th",)).agency(shown.row("a-tt"))
    found = "ปี 2566 <mark>โทร. 1567</mark> 9 &amp; 3"
    page = re.sub(r"(<blockquote[^>]*>).*?(</blockquote>)", rf"\1{found}\2", page)
    official = thai_digits_on_page(page)
    assert found in official
    assert "ปีงบประมาณ พ.ศ. ๒๕๖๖" in official and "ปีงบประมาณ พ.ศ. 2566" not in official
    assert "https://www.a.example/o10/" in official and 'id="O10"' in official
    head, _, body = official.partition("</style>")
    assert head.partition("<style>")[2] == page.partition("<style>")[2].partition("</style>")[0]
    assert body.count("<") == page.partition("</style>")[2].count("<") + 2, "nothing but texts and a style changed"


def test_a_word_file_in_thai_digits_leaves_what_was_found(province, messages):
    row = summarise(province).row("a-tt")
    made = agency_word(province, row, messages, Terms.load("th"), AT, Beside(), thai_digits=True)
    document = docx.Document(BytesIO(made))
    cells = [cell.text for table in document.tables for line in table.rows for cell in line.cells]
    assert any(f"“{QUOTE}”" in cell and "หน้า ๒" in cell for cell in cells)


def test_files_for_machines_have_the_digits_of_the_facts(province, messages):
    told = "".join(json_lines(province.run, province.findings, messages)) + csv_text(province, messages)
    assert "มีนาคม 2566" in told and "มีนาคม ๒๕๖๖ รวม" in told, "ours and the page's own"
