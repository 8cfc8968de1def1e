"""RTF files as Thai Word, WordPad and LibreOffice write them."""

from __future__ import annotations

import pytest

from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.read import kind_of, read, text_at
from oitcheck.model.evidence import BlindReason, BlindSpot, Document
from tests.extract.office_files import captured, paper_scan, rtf

STYLES = r"{\stylesheet{\s0 Normal;}{\s1\b heading 1;}{\*\cs10 Default Font;}}"
TABLE = (
    r"\pard\par\trowd\clvmgf\cellx1000\cellx3000\pard\intbl ลำดับ\cell โครงการ\cell\row"
    r"\trowd\clvmrg\cellx1000\cellx3000\pard\intbl\cell งบประมาณ\par (บาท)\cell\row"
    r"\trowd\cellx1000\cellx3000\pard\intbl 1\cell 5,000\cell\row\pard หลังตาราง\par"
)


def document_of(body: bytes) -> Document:
    found = read(captured(body, "a.doc"), body, ExtractLimits())
    [document] = [part for part in found if isinstance(part, Document)]
    return document


def lines_of(body: bytes) -> list[str]:
    return [line.text for section in document_of(body).content for line in section.lines]


def test_headings_bold_links_and_frames() -> None:
    inner = (
        r"{\header\pard หัวกระดาษ\par}\pard\s1 แผนปฏิบัติการ\par\pard{\b เทศบาลต าบลตัวอย่าง}\par"
        r'ดูที่ {\field{\*\fldinst{HYPERLINK "http://a.example/x.pdf"}}{\fldrslt{รายงาน}}}{\v ซ่อน}\par'
        r"{\info{\title ชื่อแฟ้ม}}{\*\unknown ไม่แสดง}\pard\outlinelevel1 หัวข้อรอง\par\pard ข้อความ\line ต่อ\par"
    )
    body = rtf(inner, STYLES)
    assert kind_of(captured(body), body) == "rtf"
    document = document_of(body)
    first, second, frame = document.sections
    assert document.title == "แผนปฏิบัติการ" and first.heading == ("แผนปฏิบัติการ",)
    assert second.heading == ("แผนปฏิบัติการ", "หัวข้อรอง")
    assert [(line.text, line.strong) for line in first.lines] == [
        ("แผนปฏิบัติการ", True), ("เทศบาลตำบลตัวอย่าง", True), ("ดูที่ รายงาน", False),
    ]  # fmt: skip
    assert [link.url for link in first.links] == ["http://a.example/x.pdf"]
    assert [line.text for line in second.lines] == ["หัวข้อรอง", "ข้อความ", "ต่อ"]
    assert (frame.role, [line.text for line in frame.lines]) == ("frame", ["หัวกระดาษ"])


def test_tables_with_merged_cells_and_their_places() -> None:
    body = rtf(r"\pard ตารางโครงการ\par" + TABLE)
    document = document_of(body)
    (section,) = document.sections
    (table,) = section.tables
    assert table.header == ("ลำดับ", "โครงการ งบประมาณ (บาท)") and table.rows == (("1", "5,000"),)
    assert table.caption == ("ตารางโครงการ",)
    assert [line.text for line in section.lines] == ["ตารางโครงการ", "หลังตาราง"]
    for line in section.lines:
        assert text_at(body, "", line.at.place) == line.text
    assert "1 5,000" in text_at(body, "", table.at.place).splitlines()


@pytest.mark.parametrize(
    "raw",
    [
        rb"{\rtf1\ansi\ansicpg874 \'b9\'d2\'c2\par}",
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f3\fcharset222 X;}}\f3 \'b9\'d2\'c2\par}",
        rb"{\rtf1\ansi\ansicpg1252 \'b9\'d2\'c2\par}",
        rb"{\rtf1\ansi\ansicpg1252\uc1 \u3609?\u3634\'3f\u3618 ?\par}",
        rb"{\rtf1\ansi\uc2 \u3609??{\uc0\u3634\u3618}\par}",
        rb"{\rtf1\ansi\ansicpg874 " + "นาย".encode("cp874") + rb"\par}",
    ],
)
def test_thai_in_every_code(raw: bytes) -> None:
    assert lines_of(raw) == ["นาย"]


def test_binary_data_and_deep_groups_do_no_harm() -> None:
    assert lines_of(rb"{\rtf1 a{\pict\bin5 }}{{{}b\par}") == ["a b"] or lines_of(
        rb"{\rtf1 a{\pict\bin4 }}}}}b\par}"
    ) == ["ab"]
    body = b"{\\rtf1 " + b"{" * 100_000
    [spot] = read(captured(body), body, ExtractLimits())
    assert isinstance(spot, BlindSpot) and spot.reason is BlindReason.CORRUPT


def test_a_cut_file_says_so() -> None:
    body = rtf(r"\pard หนึ่ง\par สอง\par")[:-10]
    document, spot = read(captured(body), body, ExtractLimits())
    assert isinstance(document, Document) and isinstance(spot, BlindSpot)
    assert spot.reason is BlindReason.CORRUPT


def test_pictures_alone_are_a_scan() -> None:
    picture = paper_scan().hex().encode()
    body = rb"{\rtf1{\*\shppict{\pict\pngblip\picwgoal9000\pichgoal13000 " + picture + rb"}}{\nonshppict{\pict x}}\par}"
    [spot] = read(captured(body), body, ExtractLimits())
    assert isinstance(spot, BlindSpot) and (spot.reason, spot.place) == (BlindReason.SCANNED_NO_OCR, "picture:1")
    [empty] = read(captured(b"{\\rtf1 }"), b"{\\rtf1 }", ExtractLimits())
    assert isinstance(empty, BlindSpot) and empty.reason is BlindReason.EMPTY_FILE
