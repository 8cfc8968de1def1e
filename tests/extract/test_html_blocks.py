"""Tables, pictures, links and forms of HTML pages."""

from __future__ import annotations

from datetime import UTC, datetime

from oitcheck.extract import html
from oitcheck.extract.html_links import Addresses
from oitcheck.extract.limits import ExtractLimits
from oitcheck.lib.urls import joined
from oitcheck.model.evidence import Capture, Document, FetchOutcome, Figure, Form, Link, Table

URL = "http://www.banmai.example/info/page.html"


def page(body: str) -> Document:
    instant = datetime(2023, 4, 1, tzinfo=UTC)
    capture = Capture(URL, URL, (), FetchOutcome.OK, 200, instant, sha256="b" * 64)
    document = html.read(capture, body.encode(), ExtractLimits())[0]
    assert isinstance(document, Document)
    return document


def tables(body: str) -> list[Table]:
    return [table for section in page(body).content for table in section.tables]


def figures(body: str) -> list[Figure]:
    return [figure for section in page(body).content for figure in section.figures]


def links(body: str) -> list[Link]:
    return [link for section in page(body).content for link in section.links]


def forms(body: str) -> list[Form]:
    return [form for section in page(body).content for form in section.forms]


def texts(body: str) -> list[str]:
    return [line.text for section in page(body).content for line in section.lines]


def test_a_table_with_merged_header_title_block_and_total() -> None:
    [table] = tables(
        "<p>แบบ ก.</p><table border=1><tr><td colspan=4>สรุปผลเดือนมกราคม 2566</td></tr>"
        "<tr><th rowspan=2>ที่</th><th rowspan=2>งาน</th><th colspan=2>ผู้เสนอราคา</th></tr><tr><th>ชื่อ</th><th>ราคา</th></tr>"
        "<tr><td>1</td><td>ซื้อกระดาษ</td><td>ร้านดี</td><td>900</td></tr><tr><td colspan=3>รวม</td><td>900</td></tr></table>"
    )
    assert table.caption == ("แบบ ก.", "สรุปผลเดือนมกราคม 2566")
    assert table.header == ("ที่", "งาน", "ผู้เสนอราคา ชื่อ", "ผู้เสนอราคา ราคา")
    assert table.rows == (("1", "ซื้อกระดาษ", "ร้านดี", "900"), ("รวม", "รวม", "รวม", "900"))
    assert table.row_places[0].endswith("tr:nth-of-type(4)")


def test_a_header_over_nothing_is_an_empty_table() -> None:
    [table] = tables("<table><tr><th>ที่</th><th>เรื่อง</th><th>จำนวน</th></tr></table>")
    assert table.header == ("ที่", "เรื่อง", "จำนวน")
    assert table.rows == ()


def test_layout_tables_are_content_and_data_inside_them_is_found() -> None:
    body = (
        "<table width=900><tr><td colspan=2><b>เทศบาลบ้านใหม่</b></td></tr><tr><td>ซ้าย</td><td><h3>สถิติ</h3>"
        "<table border=1><tr><td>เดือน</td><td>จำนวน</td></tr><tr><td>มกราคม</td><td>5</td></tr><tr><td>กุมภาพันธ์</td><td>7</td></tr>"
        "</table></td></tr></table>"
    )
    [table] = tables(body)
    assert table.header == ("เดือน", "จำนวน")
    assert "ซ้าย" in texts(body)


def test_a_one_column_table_is_content() -> None:
    body = "<table><tr><td>ก</td></tr><tr><td>ข</td></tr></table>"
    assert tables(body) == []
    assert texts(body) == ["ก", "ข"]


def test_tables_of_boxes_by_role_class_and_regularity() -> None:
    head, row = (
        "<div class='{0}'><div class='{1}'>เดือน</div><div class='{1}'>จำนวน</div><div class='{1}'>ผล</div></div>",
        ("<div class='{0}'><div class='{1}'>{2}</div><div class='{1}'>{3}</div><div class='{1}'>เสร็จ</div></div>"),
    )
    for outer, inner in (("row", "cell"), ("q1z", "q2z")):
        body = head.format(outer, inner) + "".join(
            row.format(outer, inner, m, n) for m, n in (("ม.ค.", 5), ("ก.พ.", 8), ("มี.ค.", 1))
        )
        for whole in (f"<section><p>สถิติ</p>{body}<p>หมายเหตุ</p></section>", f"<div><div>{body}</div></div>"):
            [table] = tables(whole)
            assert table.header == ("เดือน", "จำนวน", "ผล")
            assert [cells[1] for cells in table.rows] == ["5", "8", "1"]
    [by_role] = tables(
        "<div role=table><div role=row><span role=columnheader>ชื่อ</span><span role=columnheader>เบอร์</span></div>"
        "<div role=row><span role=cell>ก</span><span role=cell>1</span></div></div>"
    )
    assert by_role.header == ("ชื่อ", "เบอร์")
    assert by_role.rows == (("ก", "1"),)


def test_lines_of_cut_words_are_no_table_of_boxes() -> None:
    line = "<div class=z><span>แผนปฏิบั</span><span>ติกา</span><span>ร</span></div>"
    assert tables(f"<section>{line * 4}</section>") == []


def test_cards_keep_their_words_to_themselves() -> None:
    card = "<div class=card><img src='/p{0}.jpg'><h5>นายคนที่ {0}</h5><div>ตำแหน่ง {0}</div><div>โทร. 0-2222-333{0}</div></div>"
    found = figures("<h1>ผู้บริหาร</h1><div>" + "".join(card.format(n) for n in (1, 2, 3)) + "</div>")
    assert [figure.words for figure in found] == [
        (f"นายคนที่ {n}", f"ตำแหน่ง {n}", f"โทร. 0-2222-333{n}") for n in (1, 2, 3)
    ]


def test_pictures_above_names_in_a_table() -> None:
    found = figures(
        "<table><tr><td><img src=/1.jpg></td><td><img src=/2.jpg></td></tr><tr><td>นางหนึ่ง<br>ปลัด</td><td>นางสอง</td></tr></table>"
    )
    assert [figure.words for figure in found] == [("นางหนึ่ง", "ปลัด"), ("นางสอง",)]


def test_pictures_in_a_flow_take_what_follows() -> None:
    found = figures(
        "<main><p><img src=/1.jpg></p><p>นายหนึ่ง</p><p>นายก</p><p><img src=/2.jpg></p><p>นายสอง</p><h2>ถัดไป</h2><p>อื่น</p></main>"
    )
    assert [figure.words for figure in found] == [("นายหนึ่ง", "นายก"), ("นายสอง",)]


def test_lazy_pictures_icons_and_captions() -> None:
    found = figures(
        "<figure><img src='data:image/gif;base64,x' data-src='/real.jpg' alt='ผัง' width=400 height=300><figcaption>ผังงาน</figcaption></figure>"
        "<p><img src=/bullet.gif> ข้อความ <img src=/i.png width=16 height=16></p>"
    )
    [figure] = found
    assert (figure.url, figure.alt, figure.words) == ("http://www.banmai.example/real.jpg", "ผัง", ("ผังงาน",))
    assert (figure.width_px, figure.height_px) == (400, 300)


def test_a_long_page_is_not_the_words_of_its_picture() -> None:
    [figure] = figures("<main><h1>ข่าว</h1><img src=/a.jpg><h2>รายละเอียด</h2><p>" + "เนื้อความยาว " * 200 + "</p></main>")
    assert figure.words == ()


def test_placeholders_and_texts_of_links() -> None:
    found = links(
        "<ul><li><a href=''>ก</a><li><a href='#'>ข</a><li><a href='#!'>ค</a><li><a href='javascript:void(0)'>ง</a><li><a href='page.html'>จ</a>"
        "<li><a href='/info/page.html#x'>ฉ</a><li><a href='แผน ปี.pdf'>ช</a><li><a href='/d.pdf' title='ดาวน์โหลด'><i class=fa></i></a>"
        "<li><a href='/e.pdf'><img src=/e.png alt='รูปแฟ้ม'></a><li><a href='mailto:a@banmai.example'>เมล</a>"
        "<li><a href='javascript:window.open(\"/pop.pdf\")'>เปิด</a><li><a href='#' onclick=\"location.href='/go.pdf'\">ไป</a></ul>"
    )
    assert [link.is_placeholder for link in found] == [True] * 6 + [False] * 6
    assert [link.text for link in found[7:9]] == ["ดาวน์โหลด", "รูปแฟ้ม"]
    assert found[6].url == "http://www.banmai.example/info/%E0%B9%81%E0%B8%9C%E0%B8%99%20%E0%B8%9B%E0%B8%B5.pdf"
    assert [link.url.rsplit("/", 1)[-1] for link in found[10:]] == ["pop.pdf", "go.pdf"]


def test_nested_anchors_leave_the_one_that_shows() -> None:
    found = links("<p><a href='/october.pdf'><a href='/november.pdf'>พฤศจิกายน</a></a></p>")
    assert [(link.url[-13:], link.text) for link in found] == [("/november.pdf", "พฤศจิกายน")]
    in_box = links("<a href='/october.pdf'><div><a href='/november.pdf'>พฤศจิกายน</a></div></a>")
    assert [link.text for link in in_box] == ["พฤศจิกายน"]


def test_base_address() -> None:
    [link] = links("<head><base href='http://www.banmai.example/files/'></head><body><a href='a.pdf'>ก</a></body>")
    assert link.url == "http://www.banmai.example/files/a.pdf"


def test_the_short_way_gives_what_joining_gives() -> None:
    addresses = Addresses(URL, "")
    for href in (
        "/a",
        "/a/b.pdf",
        "/a/?x=1&y=2",
        "/a/../b",
        "//cdn.example/x",
        "b.html",
        "/ก.pdf",
        "/a b",
        "?q=1",
        "/a.b/c~d-e_f.php?id=2",
    ):
        assert addresses.resolved(href) == joined(URL, href), href


def test_frames_maps_and_map_links() -> None:
    body = (
        "<iframe src='https://www.google.com/maps/embed?pb=1' title='แผนที่' width=600></iframe><embed src='/plan.pdf'>"
        "<object data='/book.pdf'></object><a href='https://maps.app.goo.gl/abc'>นำทาง<img src='/map.png'></a>"
    )
    assert [(figure.map_service, figure.url[-9:]) for figure in figures(body)] == [
        (True, "mbed?pb=1"),
        (True, "e/map.png"),
    ]
    assert [link.url[-9:] for link in links(body) if link.embedded] == ["/plan.pdf", "/book.pdf"]
    assert "นำทาง" in texts(body)


def test_forms_and_fields_outside_forms() -> None:
    [form] = forms(
        "<form action='/send'><p>แจ้งเบาะแส</p><label>ชื่อ <input name=a></label><input type=email placeholder='อีเมล'><input type=hidden>"
        "<select><option>ทุจริต</option></select><textarea></textarea><input type=file><input type=submit value='ส่งเรื่อง'></form>"
    )
    assert form.fields == ("text", "email", "select", "textarea", "file")
    assert set(form.words) == {"แจ้งเบาะแส", "ชื่อ", "อีเมล", "ทุจริต", "ส่งเรื่อง"}
    assert form.action == "http://www.banmai.example/send"
    [stray] = forms("<main><p>x</p><div>เรื่อง <input> ถึง <input type=tel></div></main>")
    assert stray.fields == ("text", "tel")
    assert forms("<form><input type=hidden name=token><p>ทั้งหน้า</p></form>") == []


def test_a_page_wrapped_in_a_form_is_still_a_page() -> None:
    body = "<form id=aspnetForm><h1>หัวข้อ</h1><table><tr><th>ที่</th><th>ชื่อ</th></tr><tr><td>1</td><td>ก</td></tr></table><input name=q></form>"
    assert len(tables(body)) == 1
    assert texts(body)[0] == "หัวข้อ"


def test_links_and_pictures_of_a_table_are_told_too() -> None:
    body = "<table><tr><th>ที่</th><th>ไฟล์</th></tr><tr><td>1</td><td><a href='/1.pdf'>เปิด</a></td></tr></table>"
    assert [link.url for link in links(body)] == ["http://www.banmai.example/1.pdf"]


def test_instructions_left_in_a_page_do_no_harm() -> None:
    assert texts("<?php echo 1 ?><p>ก</p><?xml:namespace prefix=o /><p>ข</p><?x>") == ["ก", "ข"]
