"""What pages of one site share becomes frame."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from oitcheck.extract import html
from oitcheck.extract.frame import marked
from oitcheck.extract.limits import ExtractLimits
from oitcheck.model.evidence import Capture, Document, FetchOutcome

MENU = "<div>" + "".join(f"<p><a href='/m{n}'>เมนู {n}</a></p>" for n in range(3)) + "</div>"
FOOT = "<p>เลขที่ 1 หมู่ 2</p>"


def page(path: str, content: str, before: str = MENU, after: str = FOOT) -> Document:
    url = f"http://www.banmai.example{path}"
    capture = Capture(url, url, (), FetchOutcome.OK, 200, datetime(2023, 4, 1, tzinfo=UTC), sha256=path)
    document = html.read(capture, (before + content + after).encode(), ExtractLimits())[0]
    assert isinstance(document, Document)
    return document


def lines(document: Document) -> list[str]:
    return [line.text for section in document.content for line in section.lines]


A = page("/a", "<h1>โครงสร้าง</h1><p>มีสามกอง</p>")
B = page("/b", "<h1>ผู้บริหาร</h1><p>นายก และปลัด</p>")
C = page("/c", "<h1>กฎหมาย</h1><p>พระราชบัญญัติ</p>")


def test_shared_menu_and_foot_become_frame() -> None:
    assert lines(marked(A, (B, C))) == ["โครงสร้าง", "มีสามกอง"]
    assert [line.text for s in marked(A, (B, C)).sections if s.role == "frame" for line in s.lines] == [
        "เมนู 0", "เมนู 1", "เมนู 2", "เลขที่ 1 หมู่ 2",
    ]  # fmt: skip


def test_the_own_menu_entry_counts_too() -> None:
    own = page("/m1", "<h1>หน้าหนึ่ง</h1><p>ข้อความ</p>")
    assert lines(marked(own, (A, B))) == ["หน้าหนึ่ง", "ข้อความ"]


def test_single_shared_lines_and_headings_stay() -> None:
    first = page("/x", "<h1>ประกาศ</h1><p>หนึ่ง</p><p>เทศบาลบ้านใหม่</p><p>สอง</p>", before="", after="")
    second = page("/y", "<h1>ประกาศ</h1><p>สาม</p><p>เทศบาลบ้านใหม่</p><p>สี่</p>", before="", after="")
    assert marked(first, (second,)) == first


def test_the_same_page_under_two_addresses_stays_whole() -> None:
    twin = replace(A, capture=replace(A.capture, final_url="http://www.banmai.example/twin", sha256="t"))
    assert marked(A, (twin,)) == A


def test_pages_of_other_sites_and_the_page_itself_do_not_count() -> None:
    foreign = replace(B, capture=replace(B.capture, final_url="http://www.other.example/b"))
    fragment = replace(B, capture=replace(B.capture, final_url="http://www.banmai.example/a#x"))
    assert marked(A, (foreign, fragment)) == A
    assert marked(A, ()) == A


def test_pages_told_apart_by_their_query_only() -> None:
    first, second = (page(f"/index.php?id={n}", f"<h1>หน้า {n}</h1><p>เนื้อหา {n}</p>") for n in (1, 2))
    assert lines(marked(first, (second,)))[:2] == ["หน้า 1", "เนื้อหา 1"]


def test_news_repeated_on_the_home_page_stays_news() -> None:
    items = "".join(f"<p><a href='/n{n}.pdf'>ประกาศที่ {n} วันที่ {n} ม.ค. 2566</a></p>" for n in range(1, 6))
    news = page("/news", f"<h1>ข่าว</h1>{items}")
    home = page("/index.html", f"<h2>ข่าวล่าสุด</h2>{items}<p>ยินดีต้อนรับ</p>")
    assert len([line for line in lines(marked(news, (home, A))) if line.startswith("ประกาศที่")]) == 5


def test_an_index_that_every_page_repeats_stays() -> None:
    links = "".join(f"<li><a href='/o{n}'>ข้อที่ {n}</a></li>" for n in range(1, 9))
    index = page("/ita", f"<h1>รวมข้อ</h1><ul>{links}</ul>", before="", after="")
    others = [page(f"/o{n}", f"<h1>ข้อที่ {n}</h1><p>เนื้อหา {n}</p>", before=f"<ul>{links}</ul>", after="") for n in (1, 2)]
    assert len(lines(marked(index, others))) == 9
