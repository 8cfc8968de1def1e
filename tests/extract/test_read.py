"""Which reader gets which bytes, and what comes of bytes that none can read."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from io import BytesIO

import pytest

from oitcheck.extract import read as reading
from oitcheck.extract.charset import decode
from oitcheck.extract.limits import ExtractLimits
from oitcheck.model.evidence import BlindReason, BlindSpot, Capture, Document, FetchOutcome

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def captured(name: str = "a", media_type: str = "", charset: str = "") -> Capture:
    url = f"http://www.banmai.example/{name}"
    instant = datetime(2023, 4, 1, tzinfo=UTC)
    return Capture(url, url, (), FetchOutcome.OK, 200, instant, media_type, charset, sha256="c" * 64)


def zipped(**members: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/").replace("TYPES", "[Content_Types].xml"), text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("body", "name", "media", "kind"),
    [
        (b"\n\n%PDF-1.7 ...", "x.html", "text/html", "pdf"),
        (b"<html><p>x</p></html>", "x.pdf", "application/pdf", "html"),
        (b"<!DOCTYPE html><p>%PDF-", "x", "", "html"),
        ("<div>ก</div><p>ข</p><a href=x>ค</a>".encode(), "x.xls", "application/vnd.ms-excel", "html"),
        (zipped(TYPES="", word__document="x"), "x", "", "docx"),
        (zipped(TYPES="", xl__workbook="x"), "x.bin", "application/octet-stream", "xlsx"),
        (zipped(TYPES="", ppt__a="x"), "x", "", "pptx"),
        (zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "x", "", "ods"),
        (zipped(mimetype="application/vnd.oasis.opendocument.text"), "x", "", "odt"),
        (zipped(readme="x"), "x.zip", "", "zip"),
        (OLE + "WordDocument\0".encode("utf-16-le"), "x", "", "doc"),
        (OLE + "Workbook\0".encode("utf-16-le"), "x", "", "xls"),
        (OLE + "EncryptedPackage\0".encode("utf-16-le"), "x.xlsx", "", "encrypted"),
        (b"\x89PNG\r\n\x1a\n", "x", "", "image"),
        (b"\xff\xd8\xff\xe0", "x", "", "image"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "x", "", "image"),
        (b"{\\rtf1 x}", "x.doc", "", "rtf"),
        ("ที่,ชื่อ\n1,ก".encode(), "x.csv", "", "csv"),
        ("ที่,ชื่อ\n1,ก".encode(), "x", "text/csv", "csv"),
        ("ข้อความล้วน".encode(), "x.txt", "text/plain", "text"),
        (b"\0\1\2\3" * 50, "x", "", "binary"),
        ("\ufeff<html><p>ก".encode(), "x.pdf", "application/pdf", "html"),
        ("ที่\tชื่อ\n1\tก".encode(), "x.xls", "application/vnd.ms-excel", "csv"),
        ("ที่\tชื่อ\n1\tก".encode("utf-16"), "x.tsv", "", "csv"),
        ("ที่;ชื่อ\n1;ก".encode("cp874"), "x", "text/tab-separated-values", "csv"),
        (b"Rar!\x1a\x07\1\0", "x.zip", "application/zip", "rar"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "x.zip", "", "7z"),
        (b"\x1f\x8b\x08\0", "x.gz", "", "gzip"),
        (b"x" * 257 + b"ustar\0", "x", "", "tar"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x", "x.doc", "", "mhtml"),
        (b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><x/>', "x.doc", "", "office_xml"),
        (OLE + "PowerPoint Document\0".encode("utf-16-le"), "x.ppt", "", "ppt"),
        (b"<!---->" * 60 + b"x", "x.txt", "", "text"),
    ],
)
def test_bytes_decide(body: bytes, name: str, media: str, kind: str) -> None:
    assert reading.kind_of(captured(name, media), body) == kind


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", BlindReason.EMPTY_FILE),
        (b" \r\n\0", BlindReason.EMPTY_FILE),
        (b"\0\1\2\3" * 50, BlindReason.UNSUPPORTED),
        (b"Rar!\x1a\x07\0" + bytes(80), BlindReason.UNSUPPORTED),
        (OLE + "EncryptedPackage\0".encode("utf-16-le"), BlindReason.ENCRYPTED),
        (b"%PDF-1.4 nothing of a document", BlindReason.CORRUPT),
        (zipped(TYPES="", xl__workbook="x"), BlindReason.CORRUPT),
    ],
)
def test_unreadable_bytes_are_blind_spots(body: bytes, reason: BlindReason) -> None:
    [spot] = reading.read(captured(), body, ExtractLimits())
    assert isinstance(spot, BlindSpot)
    assert spot.reason is reason


def test_a_reader_that_raises_is_a_corrupt_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(capture: Capture, body: bytes, limits: ExtractLimits, scans: object) -> reading.Read:
        raise RuntimeError("boom")

    monkeypatch.setitem(reading._READERS, "html", fails)
    [spot] = reading.read(captured(), b"<html>x</html>", ExtractLimits())
    assert isinstance(spot, BlindSpot)
    assert (spot.reason, spot.detail) == (BlindReason.CORRUPT, "html: RuntimeError: boom")


def test_plain_text_has_numbered_paragraphs_that_open_again() -> None:
    body = "บรรทัดแรก\n\n  บรรทัดสอง  \n".encode("cp874")
    [document] = reading.read(captured("x.txt", "text/plain"), body, ExtractLimits())
    assert isinstance(document, Document)
    assert [line.text for line in document.sections[0].lines] == ["บรรทัดแรก", "บรรทัดสอง"]
    for line in document.sections[0].lines:
        assert reading.text_at(body, "", line.at.place) == line.text


def test_long_text_is_cut_and_told() -> None:
    document, spot = reading.read(captured("x.txt"), ("ยาว\n" * 50).encode(), ExtractLimits(chars=30))
    assert isinstance(document, Document)
    assert isinstance(spot, BlindSpot)
    assert len(document.sections[0].lines) == 10
    assert (spot.reason, spot.place) == (BlindReason.TOO_LARGE, "paragraph:11")


def test_places_of_pages_open_again_by_kind() -> None:
    assert reading.text_at("<p>ก</p>".encode(), "", "css:body > p") == "ก"
    assert reading.text_at(b"", "", "url") == ""


@pytest.mark.parametrize(
    ("body", "header", "text", "charset"),
    [
        ("ก".encode("utf-8-sig"), "", "ก", "utf-8"),
        ("\ufeffก".encode("utf-16-le"), "utf-8", "ก", "utf-16-le"),
        ("ประกาศ".encode("cp874"), "utf-8", "ประกาศ", "windows-874"),
        ("ประกาศ".encode("cp874"), "iso-8859-11", "ประกาศ", "windows-874"),
        ("ประกาศ".encode("cp874"), "iso-8859-1", "ประกาศ", "windows-874"),
        ("ประกาศ".encode(), "tis-620", "ประกาศ", "utf-8"),
        (b"plain", "utf-16", "plain", "utf-8"),
        (b'<?xml version="1.0" encoding="TIS-620"?>' + "ก".encode("cp874"), "", None, "windows-874"),
        ("é".encode("latin-1"), "windows-1252", "é", "cp1252"),
        ("é".encode("latin-1"), "no-such-thing", None, "windows-874"),
    ],
)
def test_charsets(body: bytes, header: str, text: str | None, charset: str) -> None:
    found, name, _ = decode(body, header)
    assert name == charset
    assert text is None or found == text


def test_a_page_cut_within_a_letter_is_still_utf8() -> None:
    body = ("ประกาศผลการคัดเลือก" * 20).encode()[:-1]
    text, charset, certain = decode(body, "")
    assert (charset, certain) == ("utf-8", False)
    assert text.startswith("ประกาศผล")
