"""Word files."""

import hashlib
import shutil
from datetime import UTC, datetime
from io import BytesIO

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm
from PIL import Image

from oitcheck.extract import office
from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.scannable import scannable
from oitcheck.model.evidence import BlindReason, BlindSpot, Capture, Document, FetchOutcome
from tests.extract.office_files import paper_scan

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(body):
    at = datetime(2026, 1, 1, tzinfo=UTC)
    url = "http://a.example/a.docx"
    capture = Capture(url, url, (), FetchOutcome.OK, 200, at, sha256=hashlib.sha256(body).hexdigest())
    return office.read(capture, body, ExtractLimits())


def saved(document):
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def paper():
    paper = docx.Document()
    paper.add_heading("แผนปฏิบัติการป้องกันการทุจริต", 1)
    paper.add_paragraph("เทศบาลต าบลตัวอย่าง")
    paper.add_heading("ตารางโครงการ", 2)
    paper.add_paragraph("โครงการประจำปี 2566").runs[0].bold = True
    table = paper.add_table(rows=4, cols=3)
    for row, cells in enumerate(
        (
            ("ลำดับ", "โครงการ", "โครงการ"),
            ("", "ชื่อ", "งบประมาณ"),
            ("1", "อบรมจริยธรรม", "5,000.00"),
            ("2", "รณรงค์", "ไม่ใช้งบประมาณ"),
        )
    ):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    table.cell(0, 1).merge(table.cell(0, 2)).text = "โครงการ"
    table.cell(0, 0).merge(table.cell(1, 0)).text = "ลำดับ"
    paper.add_paragraph("หลังตาราง")
    return paper


def test_headings_lines_and_merged_table_in_order():
    body = saved(paper())
    (document,) = read(body)
    assert isinstance(document, Document) and document.kind == "docx"
    assert document.title == "แผนปฏิบัติการป้องกันการทุจริต"
    first, second = document.sections
    assert first.heading == ("แผนปฏิบัติการป้องกันการทุจริต",)
    assert second.heading == ("แผนปฏิบัติการป้องกันการทุจริต", "ตารางโครงการ")
    assert first.lines[1].text == "เทศบาลตำบลตัวอย่าง"
    assert [line.strong for line in second.lines] == [True, True, False]
    (table,) = second.tables
    assert table.header == ("ลำดับ", "โครงการ ชื่อ", "โครงการ งบประมาณ")
    assert table.rows == (("1", "อบรมจริยธรรม", "5,000.00"), ("2", "รณรงค์", "ไม่ใช้งบประมาณ"))
    assert table.caption == ("ตารางโครงการ", "โครงการประจำปี 2566") and table.at.place == "table:1"
    assert second.blocks[-1].text == "หลังตาราง"
    assert document.text_quality >= 0.9


def test_places_give_their_text_back():
    body = saved(paper())
    (document,) = read(body)
    for section in document.sections:
        for line in section.lines:
            assert line.text in office.text_at(body, line.at.place)
    text = office.text_at(body, "table:1")
    assert "อบรมจริยธรรม" in text.splitlines() and "1 อบรมจริยธรรม 5,000.00" in text
    assert office.text_at(body, "table:7") == "" == office.text_at(b"junk", "paragraph:1")


def test_links_frames_and_text_boxes():
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "เทศบาลตำบลตัวอย่าง"
    paragraph = document.add_paragraph("ดูที่ ")
    link = OxmlElement("w:hyperlink")
    link.set(
        qn("r:id"),
        document.part.relate_to("http://a.example/x.pdf", docx.opc.constants.RELATIONSHIP_TYPE.HYPERLINK, True),
    )
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "รายงาน"
    run.append(text)
    link.append(run)
    paragraph._p.append(link)
    (found,) = read(saved(document))
    content, frame = found.sections
    assert content.lines[0].text == "ดูที่ รายงาน"
    assert (content.links[0].url, content.links[0].text) == ("http://a.example/x.pdf", "รายงาน")
    assert frame.role == "frame" and frame.lines[0].text == "เทศบาลตำบลตัวอย่าง"


def test_files_that_cannot_be_read():
    body = saved(paper())
    for broken, reason in (
        (b"", BlindReason.EMPTY_FILE),
        (body[: len(body) // 2], BlindReason.CORRUPT),
        (b"PK\x03\x04" + bytes(80), BlindReason.CORRUPT),
        (OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), BlindReason.ENCRYPTED),
        (saved(docx.Document()), BlindReason.EMPTY_FILE),
    ):
        (blind,) = read(broken)
        assert isinstance(blind, BlindSpot) and blind.reason is reason


def test_doc_without_antiword_is_unsupported(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    (blind,) = read(OLE + bytes(600))
    assert (blind.reason, blind.detail) == (BlindReason.UNSUPPORTED, "antiword")


def test_scans_pasted_into_word():
    paper = docx.Document()
    paper.add_picture(BytesIO(paper_scan()), width=Cm(17), height=Cm(24))
    (spot,) = read(saved(paper))
    assert (spot.reason, spot.place) == (BlindReason.SCANNED_NO_OCR, "picture:1")
    paper.add_picture(BytesIO(paper_scan(size=(700, 990))), width=Cm(17), height=Cm(24))
    paper.add_picture(BytesIO(paper_scan(size=(600, 400))), width=Cm(3), height=Cm(2))
    paper.add_paragraph("ประกาศเทศบาลตำบล")
    body = saved(paper)
    document, spot = read(body)
    assert isinstance(document, Document) and (spot.reason, spot.place) == (BlindReason.IMAGE_NO_OCR, "picture:1-2")
    assert Image.open(BytesIO(scannable(body, 2)[0])).size == (700, 990)


BOOK = """<?xml version="1.0" encoding="utf-8"?>
<book><bookinfo><date>2020</date></bookinfo><chapter><title><emphasis role='bold'>แผนพัฒนาบุคลากร</emphasis></title>
<para>เทศบาลตำบลตัวอย่าง</para><para><informaltable><tgroup cols='3'><tbody>
<row><entry>ที่</entry><entry>โครงการ</entry><entry>งบประมาณ (บาท)</entry></row>
<row><entry>1</entry><entry>อบรมกฎหมาย</entry><entry>20,000.00</entry></row></tbody></tgroup></informaltable></para>
<para><emphasis role='bold'>หมายเหตุ</emphasis></para></chapter></book>"""


def test_doc_is_read_from_the_book_that_antiword_prints(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/antiword")
    monkeypatch.setattr(office, "_antiword", lambda body, *options: BOOK.encode() if "db" in options else b"")
    (document,) = read(OLE + bytes(600))
    (section,) = document.sections
    assert document.kind == "doc" and section.heading == ("แผนพัฒนาบุคลากร",)
    assert [(line.text, line.strong) for line in section.lines] == [
        ("แผนพัฒนาบุคลากร", True), ("เทศบาลตำบลตัวอย่าง", False), ("หมายเหตุ", True),
    ]  # fmt: skip
    (table,) = section.tables
    assert table.header == ("ที่", "โครงการ", "งบประมาณ (บาท)") and table.rows == (("1", "อบรมกฎหมาย", "20,000.00"),)
    assert "อบรมกฎหมาย" in office.text_at(OLE + bytes(600), "table:1")


def test_doc_text_with_bars_is_the_way_out(monkeypatch):
    text = "ประกาศเทศบาล\n\n|ที่ |รายการ |\n|1 |ซ่อมถนน |\n\nจบ\n"
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/antiword")
    monkeypatch.setattr(
        office, "_antiword", lambda body, *options: text.encode() if "-w" in options else BlindReason.CORRUPT
    )
    (document,) = read(OLE + bytes(600))
    (section,) = document.sections
    assert [line.text for line in section.lines] == ["ประกาศเทศบาล", "จบ"]
    assert section.tables[0].rows == (("1", "ซ่อมถนน"),)
