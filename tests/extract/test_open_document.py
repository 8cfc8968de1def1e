"""OpenDocument texts and slides."""

from __future__ import annotations

from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.ocr_page import ScanLine, ScanPage
from oitcheck.extract.read import kind_of, read, text_at
from oitcheck.model.evidence import BlindReason, BlindSpot, Document
from tests.extract.office_files import captured, open_document, paper_scan

TEXT = """
<text:tracked-changes><text:p>ลบแล้ว</text:p></text:tracked-changes>
<text:h text:outline-level="1">แผนปฏิบัติการ</text:h>
<text:p>เทศบาลต าบลตัวอย่าง<text:note><text:note-body><text:p>หมายเหตุ</text:p></text:note-body></text:note></text:p>
<text:h text:outline-level="2">โครงการ</text:h>
<text:list><text:list-item><text:p><text:span text:style-name="B">ปี<text:s text:c="2"/>2566</text:span></text:p>
</text:list-item></text:list>
<table:table><table:table-header-rows>
<table:table-row><table:table-cell table:number-rows-spanned="2"><text:p>ลำดับ</text:p></table:table-cell>
<table:table-cell table:number-columns-spanned="2"><text:p>โครงการ</text:p></table:table-cell>
<table:covered-table-cell/></table:table-row>
<table:table-row><table:covered-table-cell/><table:table-cell><text:p>ชื่อ</text:p></table:table-cell>
<table:table-cell><text:p>งบประมาณ</text:p></table:table-cell></table:table-row></table:table-header-rows>
<table:table-row><table:table-cell><text:p>1</text:p></table:table-cell>
<table:table-cell><text:p>อบรมจริยธรรม</text:p></table:table-cell>
<table:table-cell><text:p>5,000</text:p><text:p>บาท</text:p></table:table-cell></table:table-row></table:table>
<text:p>ดู <text:a xlink:href="http://a.example/x.pdf">รายงาน</text:a>
<draw:frame svg:width="3cm" svg:height="4cm"><draw:text-box><text:p>ในกรอบ<draw:frame><draw:text-box>
<text:p>กรอบใน</text:p></draw:text-box></draw:frame></text:p></draw:text-box></draw:frame></text:p>
"""
STYLES = """<office:master-styles><style:master-page><style:header><text:p>หัวกระดาษ</text:p></style:header>
</style:master-page></office:master-styles>"""


def test_headings_lists_tables_boxes_and_frames() -> None:
    body = open_document("text", TEXT, styles=STYLES)
    assert kind_of(captured(body), body) == "odt"
    [document] = read(captured(body), body, ExtractLimits())
    assert isinstance(document, Document) and document.kind == "odt" and document.title == "แผนปฏิบัติการ"
    first, second, frame = document.sections
    assert first.heading == ("แผนปฏิบัติการ",) and second.heading == ("แผนปฏิบัติการ", "โครงการ")
    assert [line.text for line in first.lines] == ["แผนปฏิบัติการ", "เทศบาลตำบลตัวอย่างหมายเหตุ"]
    assert [(line.text, line.strong) for line in second.lines] == [
        ("โครงการ", True), ("ปี 2566", True), ("ดู รายงาน", False), ("ในกรอบ", False), ("กรอบใน", False),
    ]  # fmt: skip
    (table,) = second.tables
    assert table.header == ("ลำดับ", "โครงการ ชื่อ", "โครงการ งบประมาณ")
    assert table.rows == (("1", "อบรมจริยธรรม", "5,000 บาท"),)
    assert [link.url for link in second.links] == ["http://a.example/x.pdf"]
    assert (frame.role, frame.lines[0].text) == ("frame", "หัวกระดาษ")


def test_every_place_opens_again() -> None:
    body = open_document("text", TEXT)
    [document] = read(captured(body), body, ExtractLimits())
    assert isinstance(document, Document)
    for section in document.sections:
        for line in section.lines:
            assert line.text in text_at(body, "", line.at.place).splitlines()
        for table in section.tables:
            assert "1 อบรมจริยธรรม 5,000 บาท" in text_at(body, "", table.at.place)


def test_slides_are_pages_with_their_title_first() -> None:
    page = """<draw:page><draw:frame><draw:text-box><text:p>เนื้อหา {n}</text:p></draw:text-box></draw:frame>
    <draw:frame presentation:class="title"><draw:text-box><text:p>หัวข้อ {n}</text:p></draw:text-box></draw:frame>
    <presentation:notes><text:p>บันทึกผู้พูด</text:p></presentation:notes></draw:page>"""
    body = open_document("presentation", "".join(page.format(n=n) for n in (1, 2, 3)))
    document, spot = read(captured(body), body, ExtractLimits(pages=2))
    assert isinstance(document, Document) and isinstance(spot, BlindSpot)
    assert (document.kind, document.pages) == ("odp", 3)
    assert [(s.heading, [line.text for line in s.lines]) for s in document.sections] == [
        (("หัวข้อ 1",), ["หัวข้อ 1", "เนื้อหา 1"]),
        (("หัวข้อ 2",), ["หัวข้อ 2", "เนื้อหา 2"]),
    ]
    assert (spot.reason, spot.place) == (BlindReason.TOO_LARGE, "page:3-3")
    assert text_at(body, "", "page:2").splitlines() == ["หัวข้อ 2", "เนื้อหา 2"]


def test_what_holds_only_pictures_is_scanned_and_read_by_ocr() -> None:
    inner = """<text:p><draw:frame svg:width="17cm" svg:height="24cm"><draw:image xlink:href="Pictures/1.png"/>
    </draw:frame></text:p>"""
    body = open_document("text", inner, {"Pictures/1.png": paper_scan()})
    [spot] = read(captured(body), body, ExtractLimits())
    assert isinstance(spot, BlindSpot) and (spot.reason, spot.place) == (BlindReason.SCANNED_NO_OCR, "picture:1")
    lines = (ScanLine("ประกาศเทศบาลตำบลตัวอย่าง", 10, 400, 30, 14, 0.95, False),)
    scan = ScanPage(lines, (), 900.0, 1270.0)
    [document] = read(captured(body), body, ExtractLimits(), {1: scan})
    assert isinstance(document, Document) and document.ocr
    assert [(line.text, line.at.place) for line in document.sections[-1].lines] == [
        ("ประกาศเทศบาลตำบลตัวอย่าง", "picture:1")
    ]


def test_a_scan_beside_text_is_told_and_small_pictures_are_not() -> None:
    inner = """<text:p>ประกาศเทศบาล</text:p><text:p><draw:frame svg:width="{0}cm" svg:height="{1}cm">
    <draw:image xlink:href="Pictures/1.png"/></draw:frame></text:p>"""
    for width, height, reasons in ((17, 24, [BlindReason.IMAGE_NO_OCR]), (4, 5, [])):
        body = open_document("text", inner.format(width, height), {"Pictures/1.png": paper_scan()})
        document, *spots = read(captured(body), body, ExtractLimits())
        assert isinstance(document, Document) and len(document.sections[0].figures) == 1
        assert [spot.reason for spot in spots if isinstance(spot, BlindSpot)] == reasons


def test_files_that_cannot_be_read() -> None:
    locked = {"META-INF/manifest.xml": "<manifest><encryption-data/></manifest>"}
    good = open_document("text", TEXT)
    for body, reason in (
        (open_document("text", TEXT, locked), BlindReason.ENCRYPTED),
        (open_document("text", ""), BlindReason.EMPTY_FILE),
        (good[: len(good) // 2], BlindReason.CORRUPT),
        (open_document("text", "<text:p>"), BlindReason.CORRUPT),
    ):
        [spot] = read(captured(body, "a.odt"), body, ExtractLimits())
        assert isinstance(spot, BlindSpot) and spot.reason is reason
