"""PowerPoint files."""

from __future__ import annotations

from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.read import kind_of, read, text_at
from oitcheck.model.evidence import BlindReason, BlindSpot, Document
from tests.extract.office_files import captured, paper_scan, shape, slides

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
CELL = "<a:tc{}><a:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></a:txBody></a:tc>"
TABLE = (
    "<p:graphicFrame><a:tbl><a:tr>"
    + CELL.format(' rowSpan="2"', "ลำดับ") + CELL.format(' gridSpan="2"', "โครงการ") + CELL.format(' hMerge="1"', "") + "</a:tr><a:tr>"
    + CELL.format(' vMerge="1"', "") + CELL.format("", "ชื่อ") + CELL.format("", "งบประมาณ") + "</a:tr><a:tr>"
    + CELL.format("", "1") + CELL.format("", "อบรม") + CELL.format("", "5,000") + "</a:tr></a:tbl></p:graphicFrame>"
)  # fmt: skip
LINK = '<p:sp><a:p><a:r><a:rPr b="1"><a:hlinkClick r:id="rId7"/></a:rPr><a:t>ดาวน์โหลด</a:t></a:r></a:p></p:sp>'
CHART = '<p:graphicFrame><dgm:relIds r:dm="rId8"/></p:graphicFrame>'
BOXES = (
    '<dgm:x xmlns:dgm="d" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    "<a:p><a:r><a:t>ปลัดเทศบาล</a:t></a:r></a:p></dgm:x>"
)
PICTURE = (
    '<p:pic><p:blipFill><a:blip r:embed="rId9"/></p:blipFill>'
    '<p:spPr><a:xfrm><a:ext cx="{}" cy="{}"/></a:xfrm></p:spPr></p:pic>'
)


def test_titles_tables_links_and_organisation_charts() -> None:
    body = slides(
        shape("เนื้อหา\nสองบรรทัด") + shape("หัวข้อ", "title") + shape("7", "sldNum"),
        "HIDDEN" + TABLE + LINK + CHART,
        relations={"rId7": ("hyperlink", "http://a.example/x.pdf"), "rId8": ("diagramData", "../diagrams/data1.xml")},
        extra={"ppt/diagrams/data1.xml": BOXES},
    )
    assert kind_of(captured(body), body) == "pptx"
    [document] = read(captured(body), body, ExtractLimits())
    assert isinstance(document, Document) and (document.kind, document.pages) == ("pptx", 2)
    first, second = document.sections
    assert first.heading == ("หัวข้อ",) and [line.text for line in first.lines] == ["หัวข้อ", "เนื้อหา", "สองบรรทัด"]
    (table,) = second.tables
    assert table.header == ("ลำดับ", "โครงการ ชื่อ", "โครงการ งบประมาณ") and table.rows == (("1", "อบรม", "5,000"),)
    assert [(line.text, line.strong) for line in second.lines] == [("ดาวน์โหลด", True), ("ปลัดเทศบาล", False)]
    assert [link.url for link in second.links] == ["http://a.example/x.pdf"]
    assert "hidden slide: 2" in document.readers
    assert "1 อบรม 5,000" in text_at(body, "", "page:2").splitlines()
    assert text_at(body, "", "page:1").splitlines() == ["หัวข้อ", "เนื้อหา", "สองบรรทัด"]
    assert text_at(body, "", "page:9") == "" == text_at(body, "", "page:x")


def test_slides_that_are_pictures_are_scans() -> None:
    relations = {"rId9": ("image", "../media/image1.png")}
    extra = {"ppt/media/image1.png": paper_scan()}
    whole = PICTURE.format(9144000, 6858000)
    body = slides(whole, whole, relations=relations, extra=extra)
    [spot] = read(captured(body), body, ExtractLimits())
    assert isinstance(spot, BlindSpot) and (spot.reason, spot.place) == (BlindReason.SCANNED_NO_OCR, "picture:1-2")
    body = slides(shape("ประกาศ") + whole, PICTURE.format(900000, 900000), relations=relations, extra=extra)
    document, spot = read(captured(body), body, ExtractLimits())
    assert isinstance(document, Document) and isinstance(spot, BlindSpot)
    assert (spot.reason, spot.place) == (BlindReason.IMAGE_NO_OCR, "picture:1")


def test_files_that_cannot_be_read() -> None:
    for body, reason, detail in (
        (OLE + "PowerPoint Document\0".encode("utf-16-le"), BlindReason.UNSUPPORTED, "ppt: PowerPoint 97-2003"),
        (slides(""), BlindReason.EMPTY_FILE, ""),
        (slides("<p:sp>"), BlindReason.CORRUPT, None),
    ):
        [spot] = read(captured(body, "a.ppt"), body, ExtractLimits())
        assert isinstance(spot, BlindSpot) and spot.reason is reason
        assert detail is None or spot.detail == detail
