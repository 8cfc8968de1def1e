"""Whose papers are, by the links that lead to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from oitcheck.lib.thai_calendar import FiscalYear
from oitcheck.model.context import Context
from oitcheck.model.evidence import BlindReason, BlindSpot, Document, Evidence
from oitcheck.reading.item_links import called_by_links
from oitcheck.reading.item_lists import lists_own, without_titles_of_items
from tests.pages import AGENCY, URL, checklist_of, page

SITE = "http://www.sophuai.example/"


def context(item: str) -> Context:
    checklist, vocabulary = checklist_of(2568)
    return Context(FiscalYear(2568), AGENCY, date(2025, 4, 30), vocabulary, checklist.items[item])


def paper(path: str, text: str = "", content: str = "<p>ข้อความของเอกสารฉบับนี้</p>") -> Document:
    document = page(content, title="เอกสาร", url=SITE + path, depth=1)
    return replace(document, capture=replace(document.capture, link_text=text, found_on=URL))


def seen(*documents: Document) -> Evidence:
    return Evidence(tuple(d.capture for d in documents), documents, (), None, {})


def called(item: str, *documents: Document) -> tuple[list[str], list[str], bool]:
    found = called_by_links(seen(*documents), seen(*documents), context(item))
    names = [[d.capture.url.removeprefix(SITE) for d, _ in part] for part in (found.others, found.under_others)]
    return names[0], names[1], found.is_list


LIST = "".join(f'<p><a href="/{code}">{code} {title}</a></p>' for code, title in (
    ("O7", "รายงานผลการดำเนินงานประจำปี"), ("O8", "คู่มือการปฏิบัติงาน"), ("O9", "คู่มือการให้บริการ"),
))  # fmt: skip


def test_a_list_by_codes_gives_each_paper_to_its_item():
    papers = [paper("O7", "O7 รายงานผลการดำเนินงานประจำปี"), paper("O8", "O8 คู่มือการปฏิบัติงาน")]
    assert called("O7", page(LIST), *papers) == (["O8"], [], True)


@pytest.mark.parametrize(
    ("text", "content", "is_other"),
    [
        ("O8 คู่มือการปฏิบัติงาน", "<p>ข้อความ</p>", True),
        ("คู่มือการปฏิบัติงาน", "<p>ข้อความ</p>", True),
        ("ดาวน์โหลด", "<p>ข้อความ</p>", False),
        ("O8 คู่มือการปฏิบัติงาน", "<h2>รายงานผลการดำเนินงานประจำปี 2567</h2>", False),
        ("O7 คู่มือการปฏิบัติงาน", "<p>ข้อความ</p>", False),
        ("ความก้าวหน้าตามแผนยุทธศาสตร์", "<p>ข้อความ</p>", False),
        ("05 มกราคม 2568 ประกาศ", "<p>ข้อความ</p>", False),
    ],
)
def test_whose_a_paper_is(text, content, is_other):
    lead = page(f'<p><a href="/x">{text}</a></p>')
    assert called("O7", lead, paper("x", text, content))[0] == (["x"] if is_other else [])


def test_a_heading_alone_only_raises_a_doubt():
    lead = page('<h3>O8 คู่มือการปฏิบัติงาน</h3><p>O7 <a href="/y">ต.ค. 67</a></p><p><a href="/x">พ.ย. 67</a></p>')
    assert called("O7", lead, paper("x", "พ.ย. 67"), paper("y", "ต.ค. 67"))[:2] == ([], ["x"])


def test_what_could_not_be_read_on_a_list_belongs_to_its_row():
    rows = "".join(
        f'<tr><td>{code}</td><td>{title}</td><td><a href="/{code}">คลิก</a></td></tr>'
        for code, title in (("O7", "รายงานผลการดำเนินงาน"), ("O8", "คู่มือการปฏิบัติงาน"), ("O9", "คู่มือการให้บริการ"))
    )
    lead = page(f"<table>{rows}</table>")
    spots = tuple(BlindSpot(paper(code, "คลิก").capture, BlindReason.PRIVATE) for code in ("O7", "O8"))
    found = replace(seen(lead), blind_spots=spots)
    assert called_by_links(found, found, context("O7")).unread == {SITE + "O8"}


def test_a_list_of_another_year_is_no_list_of_the_item():
    assert lists_own(page(LIST), context("O7"))
    assert not lists_own(page(LIST.replace("O7 รายงานผลการดำเนินงานประจำปี", "O7 ข่าวประชาสัมพันธ์")), context("O7"))


def test_lines_that_only_name_items_are_no_content_of_a_list():
    told = "<p>O7 ผลการดำเนินงาน : จัดอบรม 3 ครั้ง ผู้เข้าร่วม 120 คน ใช้งบประมาณ 45,000 บาท ไม่มีปัญหา</p>"
    listing = page("<p>O7 รายงานผลการดำเนินงานประจำปี</p><p>O8 คู่มือการปฏิบัติงาน</p><p>O9 คู่มือการให้บริการ</p>" + told)
    kept = [line.text for s in without_titles_of_items(listing, context("O7")).content for line in s.lines]
    assert [text[:20] for text in kept[1:]] == [told[3:23]]
    alone = page("<p>O7 รายงานผลการดำเนินงานประจำปี</p>" + told)
    assert without_titles_of_items(alone, context("O7")) is alone, "one item's page is no list"
