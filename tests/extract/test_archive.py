"""ZIP archives: members as documents of one capture, places that open again, and what is not read."""

from __future__ import annotations

import asyncio
import shutil
import struct
import zipfile
import zlib
from io import BytesIO

import pytest

from oitcheck.extract import archive
from oitcheck.extract.isolation import Readers
from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.ocr import scan_of
from oitcheck.extract.read import kind_of, read, text_at
from oitcheck.gathering import html_of, unread_pages
from oitcheck.model.evidence import BlindReason, BlindSpot, Document, Line
from oitcheck.model.member import Member, member_page, member_place
from tests.extract.office_files import captured, open_document, paper_scan, rtf, slides, zipped

PAGE = b"<html><h1>x</h1><p><a href='b.html'>y</a></p></html>"


def parts_of(body: bytes, limits: ExtractLimits = ExtractLimits()) -> tuple[Document | BlindSpot, ...]:  # noqa: B008
    return read(captured(body, "a.zip"), body, limits)


def spots_of(body: bytes) -> list[tuple[str, BlindReason]]:
    return [(part.place, part.reason) for part in parts_of(body) if isinstance(part, BlindSpot)]


def names_of(body: bytes) -> list[str]:
    return [part.member for part in parts_of(body) if isinstance(part, Document)]


def test_members_are_documents_and_their_places_open_again() -> None:
    body = zipped(
        {
            "ต.ค.65/สขร1.csv": "ลำดับ,รายการ\n1,ซ่อมถนน\n",
            "แผน!50%.rtf": rtf(r"\pard แผนจัดซื้อ\par"),
            "b.odt": open_document("text", "<text:p>ประกาศ</text:p>"),
            "หน้า.html": "<h1>หัวข้อ</h1><p>ข้อความ</p>",
            "c.txt": "บรรทัด",
            "__MACOSX/._c.txt": "x",
            "รูป/": "",
            "Thumbs.db": "x",
        }
    )
    assert kind_of(captured(body), body) == "zip"
    parts = parts_of(body)
    documents = [part for part in parts if isinstance(part, Document)]
    assert parts == tuple(documents)
    assert [(d.kind, d.member) for d in documents] == [
        ("csv", "ต.ค.65/สขร1.csv"), ("rtf", "แผน!50%.rtf"), ("odt", "b.odt"), ("html", "หน้า.html"), ("text", "c.txt"),
    ]  # fmt: skip
    assert all(d.capture == captured(body, "a.zip") for d in documents)
    assert documents[0].sections[0].tables[0].row_places == ("member:1:ต.ค.65/สขร1.csv!sheet:csv!A2:B2",)
    assert documents[1].sections[0].lines[0].at.place == "member:2:แผน%2150%25.rtf!paragraph:1"
    for document in documents:
        for section in document.sections:
            assert section.at.sha256 == document.capture.sha256
            for block in section.blocks:
                assert block.at.sha256 == document.capture.sha256
                if isinstance(block, Line):
                    assert block.text in text_at(body, "", block.at.place)
    assert "1 ซ่อมถนน" in text_at(body, "", documents[0].sections[0].tables[0].row_places[0])
    assert text_at(body, "", "member:77:x!paragraph:1") == "" == text_at(b"no zip", "", "member:1:x!page:1")


def test_a_place_is_its_member_and_the_place_inside() -> None:
    for name in ("a.pdf", "ก!ข.xlsx", "50%21.csv", "", "a:b"):
        member = Member(3, name)
        assert member_place(member.place("sheet:a!B2:C3")) == (member, "sheet:a!B2:C3")
        assert member_place(member.place()) == (member, "")
    assert member_place("page:3") == (None, "page:3")
    assert member_page(Member(2, "x").page(3)) == (2, 3) and member_page(3) == (0, 3)


def test_a_page_in_an_archive_is_a_file_and_no_page_of_the_site() -> None:
    assert html_of(parts_of(zipped({"index.html": PAGE}))) is None
    assert html_of(read(captured(PAGE), PAGE, ExtractLimits())) is not None


def named(raw: bytes, *, extra: bytes = b"", flag: int = 0) -> bytes:
    """An archive whose one name stands in these bytes."""
    body = zipped({"N" * len(raw): "ข้อความ"})
    if extra:
        out = BytesIO()
        with zipfile.ZipFile(out, "w") as made:
            info = zipfile.ZipInfo("N" * len(raw))
            info.extra = extra
            made.writestr(info, "ข้อความ")
        body = out.getvalue()
    return body.replace(b"N" * len(raw), raw)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("สขร.1 ต.ค.txt".encode("cp874"), "สขร.1 ต.ค.txt"),
        ("สขร.1 ต.ค.txt".encode(), "สขร.1 ต.ค.txt"),
        ("Ergänzung.txt".encode("cp437"), "Ergänzung.txt"),
        (b"../../etc/passwd", "etc/passwd"),
        (b"/absolute/a.txt", "absolute/a.txt"),
        (b"C:\\Users\\x\\a.txt", "Users/x/a.txt"),
        ("a\u202efdp.exe".encode(), "afdp.exe"),
    ],
)
def test_names_in_any_code_lead_nowhere(raw: bytes, name: str) -> None:
    assert names_of(named(raw)) == [name]


def test_the_name_that_stands_in_utf8_beside_the_old_one() -> None:
    value = b"\1" + struct.pack("<I", zlib.crc32(b"____.txt")) + "แผน.txt".encode()
    extra = struct.pack("<HH", 0x7075, len(value)) + value
    assert names_of(named(b"____.txt", extra=extra)) == ["แผน.txt"]
    assert names_of(named(b"___1.txt", extra=extra)) == ["___1.txt"]


def test_names_that_occur_twice_are_two_files() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made, pytest.warns(UserWarning):
        made.writestr("a.txt", "หนึ่ง")
        made.writestr("a.txt", "สอง")
    body = out.getvalue()
    first, second = parts_of(body)
    assert isinstance(first, Document) and isinstance(second, Document)
    assert text_at(body, "", first.sections[0].lines[0].at.place) == "หนึ่ง"
    assert text_at(body, "", second.sections[0].lines[0].at.place) == "สอง"


def test_what_is_not_read_is_told_by_its_place() -> None:
    inner = zipped({"x.txt": "x"})
    body = zipped(
        {
            "ใน.zip": inner, "a.rar": b"Rar!\x1a\x07\0" + bytes(50), "b.exe": b"MZ\0\1\2" * 40, "leer.txt": "",
            "c.ppt": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "PowerPoint Document\0".encode("utf-16-le"),
            "d.docx": inner[:60],
        }
    )  # fmt: skip
    assert spots_of(body) == [
        ("member:1:ใน.zip", BlindReason.UNSUPPORTED),
        ("member:2:a.rar", BlindReason.UNSUPPORTED),
        ("member:3:b.exe", BlindReason.UNSUPPORTED),
        ("member:4:leer.txt", BlindReason.EMPTY_FILE),
        ("member:5:c.ppt", BlindReason.UNSUPPORTED),
        ("member:6:d.docx", BlindReason.CORRUPT),
    ]
    assert spots_of(zipped({})) == [("", BlindReason.EMPTY_FILE)]


def test_a_locked_member_does_not_hide_the_others() -> None:
    body = bytearray(zipped({"a.txt": "หนึ่ง", "b.txt": "สอง"}))
    for start in (b"PK\x03\x04", b"PK\x01\x02"):
        at = body.index(start) + (6 if start[2] == 3 else 8)
        body[at] |= 1
    assert spots_of(bytes(body)) == [("member:1:a.txt", BlindReason.ENCRYPTED)]
    assert names_of(bytes(body)) == ["b.txt"]


def test_limits_on_count_size_and_ratio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_MEMBERS", 2)
    body = zipped({f"{n}.txt": "x" for n in range(5)})
    assert names_of(body) == ["0.txt", "1.txt"] and spots_of(body) == [("member:3:2.txt", BlindReason.TOO_LARGE)]
    monkeypatch.setattr(archive, "MOST_MEMBER_BYTES", 10)
    assert spots_of(zipped({"a.txt": "x" * 11})) == [("member:1:a.txt", BlindReason.TOO_LARGE)]
    monkeypatch.undo()
    monkeypatch.setattr(archive, "MOST_BYTES", 10)
    assert spots_of(zipped({"a.txt": "x" * 6, "b.txt": "x" * 6})) == [("member:2:b.txt", BlindReason.TOO_LARGE)]
    monkeypatch.undo()
    monkeypatch.setattr(archive, "MOST_NAMES", 3)
    assert spots_of(body) == [("", BlindReason.TOO_LARGE)]
    monkeypatch.undo()
    assert spots_of(zipped({"a.txt": bytes(6_000_000)})) == [("member:1:a.txt", BlindReason.TOO_LARGE)]


def test_scans_in_archives_are_numbered_apart() -> None:
    body = zipped({"a.png": paper_scan(), "b.odt": "x", "c.png": paper_scan(size=(800, 1200))})
    read_ = parts_of(body)
    assert unread_pages(read_) == [100_001, 300_001]
    if shutil.which("tesseract"):
        scan = scan_of(body, 300_001, ExtractLimits())
        assert scan is not None and scan.problem != "corrupt"
    missing = scan_of(body, 900_001, ExtractLimits())
    assert missing is None or missing.problem == "corrupt"


def test_what_ocr_read_of_a_member_is_its_document() -> None:
    from oitcheck.extract.ocr_page import ScanLine, ScanPage

    body = zipped({"x.txt": "ก", "a.png": paper_scan(), "c.pptx": slides("")})
    scan = ScanPage((ScanLine("ประกาศเทศบาลตำบลตัวอย่าง", 10, 400, 30, 14, 0.95, False),), (), 900.0, 1270.0)
    parts = read(captured(body), body, ExtractLimits(), {200_001: scan})
    document = parts[1]
    assert isinstance(document, Document) and document.ocr
    assert document.sections[0].lines[0].at.place == "member:2:a.png!page:1"

    class Kept:
        def get(self, sha256: str, number: int) -> ScanPage | None:
            return scan if number == 200_001 else None

        def put(self, sha256: str, number: int, page: ScanPage) -> None:
            raise AssertionError

    assert text_at(body, "", "member:2:a.png!page:1", Kept()) == "ประกาศเทศบาลตำบลตัวอย่าง"


def test_a_member_that_kills_its_reader_does_not_take_the_others_along() -> None:
    wide = ("<p>" + "ก " * 4_000_000).encode()
    body = zipped({"a.txt": "หนึ่ง", "b.html": wide, "c.txt": "สอง", "d.zip": zipped({"x": "y"})}, packed=False)

    async def scenario() -> tuple[Document | BlindSpot, ...]:
        async with Readers(1, ExtractLimits(memory_bytes=300 * 1024 * 1024)) as readers:
            return await readers.read(captured(body), body)

    parts = asyncio.run(scenario())
    assert [part.member for part in parts if isinstance(part, Document)] == ["a.txt", "c.txt"]
    assert [(p.place, p.reason) for p in parts if isinstance(p, BlindSpot)] == [
        ("member:2:b.html", BlindReason.TOO_LARGE),
        ("member:4:d.zip", BlindReason.UNSUPPORTED),
    ]
