"""Sections, lines and frame of HTML pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from oitcheck.extract import html
from oitcheck.extract.limits import ExtractLimits
from oitcheck.model.evidence import BlindReason, BlindSpot, Capture, Document, FetchOutcome, Figure, Line, Link, Table

URL = "http://www.banmai.example/info/page.html"


def captured(url: str = URL, charset: str = "", *, rendered: bool = False) -> Capture:
    instant = datetime(2023, 4, 1, tzinfo=UTC)
    return Capture(url, url, (), FetchOutcome.OK, 200, instant, sha256="a" * 64, charset=charset, rendered=rendered)


def page(body: str, url: str = URL) -> Document:
    document = html.read(captured(url), body.encode(), ExtractLimits())[0]
    assert isinstance(document, Document)
    return document


def spots(body: str, *, rendered: bool = False) -> list[BlindSpot]:
    found = html.read(captured(rendered=rendered), body.encode(), ExtractLimits())
    return [spot for spot in found if isinstance(spot, BlindSpot)]


def content_lines(document: Document) -> list[str]:
    return [line.text for section in document.content for line in section.lines]


def frame_lines(document: Document) -> list[str]:
    return [line.text for section in document.sections if section.role == "frame" for line in section.lines]


def test_headings_make_paths() -> None:
    document = page("<h1>รายงาน</h1><p>ต้น</p><h2>ส่วนแรก</h2><p>หนึ่ง</p><h3>ย่อย</h3><p>สอง</p><h2>ส่วนหลัง</h2><p>สาม</p>")
    paths = {section.lines[-1].text: section.heading for section in document.content}
    assert paths["ต้น"] == ("รายงาน",)
    assert paths["สอง"] == ("รายงาน", "ส่วนแรก", "ย่อย")
    assert paths["สาม"] == ("รายงาน", "ส่วนหลัง")


def test_words_cut_into_spans_are_joined() -> None:
    document = page("<div><span>แผนปฏิบั</span><span>ติการ</span> <b>ประ</b>จำปี<br>บรรทัดใหม่</div>")
    assert content_lines(document) == ["แผนปฏิบัติการ ประจำปี", "บรรทัดใหม่"]


def test_neighbouring_links_stay_apart_but_one_cut_link_does_not() -> None:
    document = page('<p><a href="/a">ข่าว</a><a href="/b">แผน</a></p><p><a href="/c">ดาวน์</a><a href="/c">โหลด</a></p>')
    assert content_lines(document) == ["ข่าว แผน", "ดาวน์โหลด"]


def test_repairs_of_letters() -> None:
    document = page("<p>ปลัดอําเภอ</p><p>ปล&#xF70A;า</p><p>&#3585;&#3634;&nbsp;&nbsp;ใด</p><p>ปล ัด</p>")
    assert content_lines(document) == ["ปลัดอำเภอ", "ปล่า", "กา ใด", "ปลัด"]


def test_windows_874_with_and_without_a_word_about_it() -> None:
    text = "<title>เทศบาลตำบล</title><p>ประกาศรายชื่อผู้มีสิทธิ</p>"
    for head in ("", '<meta charset="tis-620">', '<meta charset="utf-8">'):
        document = html.read(captured(), (head + text).encode("cp874"), ExtractLimits())[0]
        assert isinstance(document, Document)
        assert document.title == "เทศบาลตำบล"
        assert content_lines(document) == ["ประกาศรายชื่อผู้มีสิทธิ"]
    wrong = html.read(captured(charset="windows-874"), text.encode(), ExtractLimits())[0]
    assert isinstance(wrong, Document)
    assert wrong.title == "เทศบาลตำบล"


def test_bold_paragraph_summary_and_panel_are_headings() -> None:
    document = page(
        "<p><strong>ขั้นตอนการยื่นคำขอ</strong></p><p>ยื่นที่เคาน์เตอร์</p>"
        "<details id='o9'><summary>ช่องทาง</summary><p>โทรศัพท์</p></details><p>ท้าย</p>"
    )
    paths = {section.lines[-1].text: section.heading for section in document.content}
    assert paths["ยื่นที่เคาน์เตอร์"] == ("ขั้นตอนการยื่นคำขอ",)
    assert paths["โทรศัพท์"][-1] == "ช่องทาง"
    assert "ช่องทาง" not in paths["ท้าย"]
    assert any(section.anchor == "o9" for section in document.content)


def test_accordion_items_do_not_leak_into_each_other() -> None:
    item = (
        '<div class="accordion-item"><h2 class="accordion-header"><button class="accordion-button" data-bs-toggle="collapse"'
        ' data-bs-target="#c{0}">เดือนที่ {0}</button></h2><div id="c{0}" class="accordion-collapse collapse">'
        '<div class="accordion-body"><a href="/f{0}.pdf">เปิดดู</a></div></div></div>'
    )
    document = page("<h1>รายเดือน</h1>" + "".join(item.format(n) for n in (1, 2, 3)) + "<p>หมายเหตุท้ายหน้า</p>")
    where = {link.url: section for section in document.content for link in section.links if link.url.endswith(".pdf")}
    for number in (1, 2, 3):
        section = where[f"http://www.banmai.example/f{number}.pdf"]
        assert section.heading == ("รายเดือน", f"เดือนที่ {number}")
        assert section.anchor == f"c{number}"
    last = next(section for section in document.content if "หมายเหตุท้ายหน้า" in [line.text for line in section.lines])
    assert last.heading == ("รายเดือน",)


def test_tabs_name_their_panes() -> None:
    document = page(
        '<ul class="nav nav-tabs"><li><a href="#t1" data-toggle="tab">ปี 2565</a></li><li><a href="#t2" data-toggle="tab">ปี 2566</a></li></ul>'
        '<div class="tab-content"><div class="tab-pane active" id="t1"><p>เก่า</p></div><div class="tab-pane" id="t2"><p>ใหม่</p></div></div>'
    )
    paths = {section.lines[-1].text: section.heading for section in document.content}
    assert paths["เก่า"] == ("ปี 2565",)
    assert paths["ใหม่"] == ("ปี 2566",)


def test_a_fragment_names_everything_inside_its_element() -> None:
    body = '<h1>รวม</h1><div id="o21"><h3>ข้อ ก</h3><p>x</p><h4>ย่อย</h4><p>y</p></div><div id="o22"><h3>ข้อ ข</h3><p>z</p></div>'
    document = page(body, URL + "#o21")
    found = [line.text for section in document.content if section.anchor == "o21" for line in section.lines]
    assert found == ["ข้อ ก", "x", "ย่อย", "y"]


def test_menus_headers_footers_are_frame() -> None:
    menu = "".join(f'<li><a href="/o{n}">O{n} หัวข้อที่ {n}</a></li>' for n in range(1, 44))
    document = page(
        f'<header class="site-header"><a href="/">บ้านใหม่</a></header><nav id="main-nav"><ul>{menu}</ul></nav>'
        "<div class='content-header'><h1>โครงสร้าง</h1></div><p>มีสามกอง</p><div class='site-footer'>โทร. 0-2222-3333</div>"
    )
    assert content_lines(document) == ["โครงสร้าง", "มีสามกอง"]
    assert len(frame_lines(document)) == 45


def test_an_index_of_links_stays_content() -> None:
    links = "".join(f'<li><a href="/o{n}.pdf">O{n} เอกสาร</a></li>' for n in range(1, 20))
    for body in (
        f"<main><ul>{links}</ul></main>",
        f'<div id="content"><ul>{links}</ul></div>',
        f"<h1>รวม</h1><ul>{links}</ul>",
    ):
        assert len(content_lines(page(body))) >= 19


def test_header_and_aside_of_an_article_stay_content() -> None:
    document = page(
        "<main><article><header><h1>ข่าว</h1></header><p>เนื้อข่าว</p><aside>ข้อมูลเพิ่ม</aside></article></main><aside>โฆษณา</aside>"
    )
    assert content_lines(document) == ["ข่าว", "เนื้อข่าว", "ข้อมูลเพิ่ม"]


def test_a_wrapper_with_a_frame_like_name_that_holds_the_page_is_no_frame() -> None:
    document = page(
        "<div class='sidebar-layout menu'><h1>ประกาศ</h1><p>" + "ข้อความประกาศยาว " * 30 + "</p></div><p>จบ</p>"
    )
    assert content_lines(document)[0] == "ประกาศ"


def test_menu_column_of_a_layout_table_is_frame() -> None:
    menu = "".join(f"<tr><td><a href='/p{n}'>เมนู {n}</a></td></tr>" for n in range(8))
    document = page(
        f"<table width=980><tr><td width=180><table>{menu}</table></td><td><h3>คณะผู้บริหาร</h3>"
        "<p>นายกองค์การ และปลัด รายละเอียดตามประกาศของหน่วยงาน ลงวันที่หนึ่ง</p></td></tr></table>"
    )
    assert content_lines(document)[0] == "คณะผู้บริหาร"
    assert len(frame_lines(document)) == 8


def test_lists_and_unshown_elements() -> None:
    document = page(
        "<ol><li>หนึ่ง</li><li>สอง</li></ol><script>var x='ไม่เห็น'</script><style>p{}</style><p hidden>พับไว้</p><noscript>เปิดสคริปต์</noscript>"
    )
    assert content_lines(document) == ["หนึ่ง", "สอง", "พับไว้"]


def test_title_falls_back_to_the_first_heading() -> None:
    assert page("<h1>หัวเรื่อง</h1><p>x</p>").title == "หัวเรื่อง"


@pytest.mark.parametrize(
    "body",
    [
        '<header>บ้านใหม่</header><div id="app"></div><script src="/js/app.js"></script>',
        "<main><p>กำลังโหลดข้อมูล...</p></main><script src='/a.js'></script>",
        '<div id="list"></div><script>fetch("/api/x").then(r => r.json())</script>',
        "<h1>แผนงาน</h1><noscript>กรุณาเปิดใช้ JavaScript</noscript><script src='/a.js'></script>",
        '<h1>สถิติ</h1><table id="t9"><thead><tr><th>ที่</th><th>เรื่อง</th></tr></thead><tbody></tbody></table>'
        '<script>$("#t9").DataTable({ajax: "/data"})</script>',
    ],
)
def test_shells_need_a_browser(body: str) -> None:
    assert [spot.reason for spot in spots(body)] == [BlindReason.NEEDS_BROWSER]


def test_complete_pages_are_no_shells() -> None:
    full = "<h1>ประกาศ</h1><p>" + "มีเนื้อหาครบถ้วน " * 10 + "</p>"
    assert (
        spots(
            full + "<div id='preloader'>กำลังโหลด</div><script src='/jquery.js'></script><div id='x'></div>" + full * 3
        )
        == []
    )
    assert spots("<h1>หน้าเปล่า</h1>") == []


def test_a_page_that_a_browser_left_empty_still_waits() -> None:
    assert [s.reason for s in spots("<div id='list'></div><script>fetch('/x')</script>", rendered=True)] == [
        BlindReason.NEEDS_BROWSER
    ]
    filled = "<div id='list'><p>" + "มีเนื้อหาครบถ้วน " * 10 + "</p></div><script>fetch('/x')</script>"
    assert spots(filled, rendered=True) == []


def test_unreadable_services_are_blind_spots_in_the_content_only() -> None:
    frame = '<iframe src="https://www.facebook.com/plugins/page.php?href=x"></iframe>'
    inside = spots(f"<main><p>ข่าว</p>{frame}</main>")
    assert [(spot.reason, spot.place) for spot in inside] == [(BlindReason.OTHER_SERVICE, "css:body > main > iframe")]
    assert spots(f"<main><p>ข่าว</p></main><footer>{frame}</footer>") == []


def test_endless_nesting_is_read_and_told() -> None:
    found = html.read(captured(), ("<div>" * 50_000 + "ลึกมาก").encode(), ExtractLimits())
    assert any(isinstance(spot, BlindSpot) and spot.reason is BlindReason.TOO_LARGE for spot in found)
    deep = page("<div>" * 900 + "<p>ลึก</p>" + "</div>" * 900)
    assert content_lines(deep) == ["ลึก"]
    line = deep.content[0].lines[0]
    assert "ลึก" in html.text_at(("<div>" * 900 + "<p>ลึก</p>" + "</div>" * 900).encode(), "", line.at.place)


def test_quality_tells_broken_letters() -> None:
    assert page("<p>" + "ข้อความดี " * 20 + "</p>").text_quality == 1.0
    assert page("<p>" + "ข้อ\ufffdคว\ufffdม " * 20 + "</p>").text_quality < 0.5
    assert page("<p>" + "เทศบาลตำบล".encode().decode("cp1252", "ignore") * 20 + "</p>").text_quality < 0.5
    assert page("<p>An English page of some length.</p>").text_quality == 1.0


EVERYTHING = """<body><header class="top"><a href="/">หน้าแรก</a></header><main><h1 id="top">หัว<br>เรื่อง</h1><p>ย่อ<b>หน้า</b> <a href="/a.pdf"
title="แฟ้ม"><i class="icon"></i></a></p><div>ลอย<p>ใน</p>ท้าย</div><ul><li>หนึ่ง<ul><li>ย่อย</li></ul></li><li><a href="#"><img src="/x.png"
alt="ภาพ"></a></li></ul><table><tr><th>ที่</th><th>ชื่อ</th></tr><tr><td rowspan=2>1</td><td>ก<br>ข</td></tr><tr><td>ค</td></tr></table>
<dl><dt>โทร</dt><dd>0-1111-2222</dd></dl><form action="/s"><label>ชื่อ<input name=a></label><select><option>ก</select><button>ส่ง</button></form>
<details><summary>พับ</summary>เปิด</details><iframe src="/v.html" title="กรอบ"></iframe><svg><title>ผัง</title></svg>
<pre>บรรทัด 1
บรรทัด 2</pre><o:p>แปลก</o:p><div class="row"><div class="cell">เดือน</div><div class="cell">จำนวน</div></div><div class="row"><div
class="cell">ม.ค.</div><div class="cell">5</div></div></main></body>"""


def test_every_place_can_be_opened_again() -> None:
    document = page(EVERYTHING)
    body = EVERYTHING.encode()
    kinds = set()
    for section in document.sections:
        for block in section.blocks:
            kinds.add(type(block).__name__)
            shown = html.text_at(body, "", block.at.place)
            if isinstance(block, Line | Link):
                assert block.text in shown, (block, shown)
            elif isinstance(block, Table):
                for index, row in enumerate(block.rows):
                    assert row[-1] in html.text_at(body, "", block.row_at(index).place)
            elif isinstance(block, Figure):
                assert block.alt in shown
    assert kinds == {"Line", "Link", "Table", "Figure", "Form"}


def test_a_place_that_is_not_there_gives_nothing() -> None:
    assert html.text_at(b"<p>x</p>", "", "css:body > ul") == ""
    assert html.text_at(b"<p>x</p>", "", "css:>>>") == ""
