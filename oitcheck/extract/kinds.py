"""What the bytes of a file are. Media type and file name only break ties."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

from oitcheck.extract.charset import decode
from oitcheck.extract.package import MOST_PARTS, ZIP_ERRORS, most_names
from oitcheck.lib.urls import file_name
from oitcheck.model.evidence import Capture

_PDF_WITHIN = 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML_START = re.compile(
    # A comment ends at its first end: else each of many comments might be part of the one before.
    rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:[^-]|-(?!->))*+-->\s*)*+"
    rb"<(?:!doctype\s+html|html|head|body|title|meta|frameset)\b",
    re.I | re.S,
)
_HTML_TAG = re.compile(
    rb"<(?:html|body|head|div|table|p|span|a|ul|h[1-6]|script|br|font|center|iframe|meta|article|section)\b[^<>]{0,500}>",
    re.I,
)
_HTML_TAGS_LEAST = 3
_SNIFF_BYTES = 64 * 1024
_OLE_KINDS = (
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
    ("EncryptedPackage", "encrypted"),
)
# Kinds that no reader reads, told by how they begin.
_UNREAD_STARTS = (
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"MSCF\0\0\0\0", "cab"),
)
_TAR = (b"ustar", 257)
_OFFICE_XML = b"<?mso-application"
_OPEN_DOCUMENT = {"text": "odt", "spreadsheet": "ods", "presentation": "odp"}
_MARKS = (
    (b"word/", "docx"), (b"xl/", "xlsx"), (b"ppt/", "pptx"), (b"opendocument.text", "odt"),
    (b"opendocument.spreadsheet", "ods"), (b"opendocument.presentation", "odp"),
)  # fmt: skip
_CONTROL = bytes(range(0x09)) + bytes(range(0x0E, 0x1B)) + bytes(range(0x1C, 0x20))
_CONTROL_SHARE_MOST = 0.01
_CSV_NAMES = (".csv", ".tsv")
_SHEET_NAMES = (".xls", ".xlsx", ".csv", ".ods")
_SHEET_MEDIA = ("csv", "tab-separated", "ms-excel", "spreadsheet")
_DELIMITERS = (b",", b"\t", b";")


def kind_of(capture: Capture, body: bytes) -> str:
    """What the bytes are.

    html, pdf, xlsx, xls, ods, docx, doc, odt, pptx, ppt, odp, zip, image, rtf, csv, text, encrypted; rar, 7z, gzip,
    bzip2, xz, cab, tar, mhtml and office_xml, which are not read; binary for none of these.
    """
    return kind_of_bytes(body) or _text_kind(capture, body[:_SNIFF_BYTES])


def kind_of_bytes(body: bytes) -> str:
    """What the bytes are by themselves; "" for text, of which name and media type tell more."""
    head = body[:_SNIFF_BYTES]
    if head.startswith(_OLE):
        return _ole_kind(body)
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _zip_kind(body)
    if head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")) or _is_riff_picture(head):
        return "image"
    if (
        head.startswith(b"BM")
        and len(body) > 26
        and int.from_bytes(body[2:6], "little") in range(len(body) - 4096, len(body) + 4096)
    ):
        return "image"
    if head.lstrip()[:5] == b"{\\rtf":
        return "rtf"
    if _HTML_START.match(head):
        return "html"
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return "pdf"
    if _OFFICE_XML in head[:1024]:
        return "office_xml"
    if b"MIME-Version:" in head[:4096] and b"multipart/related" in head[:4096]:
        return "mhtml"
    unread = next((kind for start, kind in _UNREAD_STARTS if head.startswith(start)), "")
    return unread or ("tar" if head.startswith(_TAR[0], _TAR[1]) else "")


def _ole_kind(body: bytes) -> str:
    """Which program's compound file: its streams are named in UTF-16 in the directory."""
    for stream, kind in reversed(_OLE_KINDS):
        if kind == "encrypted" and stream.encode("utf-16-le") in body:
            return kind
    for stream, kind in _OLE_KINDS:
        if (stream + "\0").encode("utf-16-le") in body:
            return kind
    return "binary"


def _zip_kind(body: bytes) -> str:
    if most_names(body) > MOST_PARTS:
        return next((kind for mark, kind in _MARKS if mark in body[:_SNIFF_BYTES]), "zip")
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive:
            names = set(archive.namelist()[:5000])
            for folder, kind in (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx")):
                if "[Content_Types].xml" in names and any(name.startswith(folder) for name in names):
                    return kind
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                mime = archive.read("mimetype").decode("ascii", "replace")
                for word, kind in _OPEN_DOCUMENT.items():
                    if word in mime:
                        return kind
    except ZIP_ERRORS:
        # A cut download still begins like a workbook or a letter; its reader says how it is broken.
        for mark, kind in _MARKS:
            if mark in body[:_SNIFF_BYTES]:
                return kind
    return "zip"


def _is_riff_picture(head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def _text_kind(capture: Capture, head: bytes) -> str:
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if wide:
        head = decode(head)[0].encode()
    if len(_HTML_TAG.findall(head)) >= _HTML_TAGS_LEAST:
        return "html"
    if not wide and len(head) - len(head.translate(None, _CONTROL)) > len(head) * _CONTROL_SHARE_MOST:
        return "binary"
    media, name = capture.media_type.lower(), file_name(capture.final_url or capture.url).lower()
    if "csv" in media or name.endswith(_CSV_NAMES):
        return "csv"
    is_sheet = name.endswith(_SHEET_NAMES) or any(word in media for word in _SHEET_MEDIA)
    if is_sheet and any(delimiter in head for delimiter in _DELIMITERS):
        return "csv"
    if ("html" in media or name.endswith((".html", ".htm", ".php", ".asp", ".aspx"))) and (
        _HTML_TAG.search(head) or "html" in media
    ):
        return "html"
    if media.startswith(("audio/", "video/", "font/")):
        return "binary"
    return "text"
