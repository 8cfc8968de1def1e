"""Kept bytes → what they say. The bytes themselves decide which reader; media type and file name only break ties."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from io import BytesIO

from oitcheck.extract import html, image_page, office, pdf, sheet
from oitcheck.extract.bounds import bounded
from oitcheck.extract.charset import decode
from oitcheck.extract.html_tree import clean
from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.ocr import Scans, scan_of
from oitcheck.extract.ocr_page import ScanPage
from oitcheck.lib.urls import file_name
from oitcheck.model.evidence import BlindReason, BlindSpot, Capture, Document, Line, Locator, Section

__all__ = ["ExtractLimits", "kind_of", "read", "text_at"]

Read = tuple[Document | BlindSpot, ...]

_PDF_WITHIN = 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML_START = re.compile(
    rb"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta|frameset)\b", re.I | re.S
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
_OPEN_DOCUMENT = {"text": "odt", "spreadsheet": "ods", "presentation": "odp"}
_CONTROL = bytes(range(0x09)) + bytes(range(0x0E, 0x1B)) + bytes(range(0x1C, 0x20))
_CONTROL_SHARE_MOST = 0.01
_CSV_NAMES = (".csv", ".tsv")
_SHEET_NAMES = (".xls", ".xlsx", ".csv", ".ods")


def read(capture: Capture, body: bytes, limits: ExtractLimits, scans: Mapping[int, ScanPage] = pdf.NO_SCANS) -> Read:
    """The documents and blind spots of one capture. Pure; an exception in a reader becomes a CORRUPT blind spot.

    `scans` are the pages that OCR has read, by number; a picture is page 1.
    """
    if not body.strip(b"\0 \t\r\n"):
        return (BlindSpot(capture, BlindReason.EMPTY_FILE),)
    kind = kind_of(capture, body)
    reader = _READERS.get(kind)
    if kind == "encrypted":
        return (BlindSpot(capture, BlindReason.ENCRYPTED),)
    if reader is None:
        return (BlindSpot(capture, BlindReason.UNSUPPORTED, detail=kind),)
    try:
        if kind == "pdf":
            found: Read = pdf.read(capture, body, limits, scans)
        elif kind == "image":
            found = image_page.read(capture, body, limits, scans.get(1))
        else:
            found = reader(capture, body, limits)
        return tuple(bounded(part) if isinstance(part, Document) else part for part in found)
    except (MemoryError, RecursionError) as error:
        return (BlindSpot(capture, BlindReason.TOO_LARGE, detail=type(error).__name__),)
    except Exception as error:  # what a library may raise on hostile bytes has no bound
        return (BlindSpot(capture, BlindReason.CORRUPT, detail=f"{kind}: {type(error).__name__}: {error}"[:500]),)


def kind_of(capture: Capture, body: bytes) -> str:
    """What the bytes are.

    html, pdf, xlsx, xls, ods, docx, doc, odt, pptx, ppt, odp, zip, image, rtf, csv, text, encrypted, or binary for
    none of these.
    """
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
    return _text_kind(capture, head)


def text_at(body: bytes, charset: str, place: str, kept: Scans | None = None) -> str:
    """The text that stands at a place of kept bytes, for all kinds of place; "" when there is none.

    A page that OCR read is looked up in `kept`, else read again where there is tesseract.
    """
    kind, _, number = place.partition(":")
    if kind == "css":
        return html.text_at(body, charset, place)
    if kind == "page":
        scan = partial(_scan, body, sha256(body).hexdigest(), kept)
        return pdf.text_at(body, place, scan) if b"%PDF-" in body[:_PDF_WITHIN] else image_page.text_at(scan(1))
    if kind == "sheet":
        return sheet.text_at(body, place)
    if kind in ("paragraph", "table") and body[:2] != b"PK" and not body.startswith(_OLE):
        paragraphs = _paragraphs(body, charset)
        return paragraphs[int(number) - 1] if number.isdecimal() and 0 < int(number) <= len(paragraphs) else ""
    return office.text_at(body, place) if kind in ("paragraph", "table") else ""


def _scan(body: bytes, name: str, kept: Scans | None, number: int) -> ScanPage | None:
    known = kept.get(name, number) if kept is not None else None
    return known or scan_of(body, number, ExtractLimits())


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
    except (zipfile.BadZipFile, OSError, ValueError, KeyError, RuntimeError, NotImplementedError):
        # A cut download still begins like a workbook or a letter; its reader says how it is broken.
        for mark, kind in ((b"word/", "docx"), (b"xl/", "xlsx"), (b"ppt/", "pptx")):
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
    if "csv" in media or name.endswith(_CSV_NAMES) or (name.endswith(_SHEET_NAMES) and b"," in head):
        return "csv"
    if ("html" in media or name.endswith((".html", ".htm", ".php", ".asp", ".aspx"))) and (
        _HTML_TAG.search(head) or "html" in media
    ):
        return "html"
    if media.startswith(("audio/", "video/", "font/")):
        return "binary"
    return "text"


def _html(capture: Capture, body: bytes, limits: ExtractLimits) -> Read:
    return html.read(capture, body, limits)


def _text(capture: Capture, body: bytes, limits: ExtractLimits) -> Read:
    """Plain text: one line for each line that is not empty, numbered from 1 as `paragraph:N`."""
    paragraphs = _paragraphs(body[: 4 * limits.chars], capture.charset)
    lines: list[Line] = []
    chars = 0
    for number, paragraph in enumerate(paragraphs, 1):
        chars += len(paragraph)
        if chars > limits.chars or number > limits.rows * 10:
            break
        lines.append(Line(paragraph, Locator(capture.sha256, f"paragraph:{number}")))
    title = lines[0].text[:200] if lines else ""
    at = lines[0].at if lines else Locator(capture.sha256, "paragraph:1")
    document = Document(capture, "text", title, (Section((), tuple(lines), at=at),), readers=("text",))
    if len(lines) < len(paragraphs):
        return (
            document,
            BlindSpot(capture, BlindReason.TOO_LARGE, place=f"paragraph:{len(lines) + 1}", detail="text cut"),
        )
    return (document,)


def _paragraphs(body: bytes, charset: str) -> list[str]:
    text = decode(body, charset)[0]
    return [shown for shown in (clean(line) for line in text.splitlines()) if shown]


_READERS: dict[str, Callable[[Capture, bytes, ExtractLimits], Read]] = {
    "html": _html,
    "pdf": pdf.read,
    "xlsx": sheet.read,
    "xls": sheet.read,
    "ods": sheet.read,
    "csv": sheet.read,
    "docx": office.read,
    "doc": office.read,
    "image": image_page.read,
    "text": _text,
}
