"""Kept bytes → what they say. The bytes themselves decide which reader; media type and file name only break ties."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256

from oitcheck.extract import archive, html, image_page, office, open_document, pdf, rtf, sheet, slides
from oitcheck.extract.bounds import bounded
from oitcheck.extract.charset import decode
from oitcheck.extract.html_tree import clean
from oitcheck.extract.kinds import kind_of, kind_of_bytes
from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.ocr import Scans, scan_of
from oitcheck.extract.ocr_page import ScanPage
from oitcheck.extract.package import Unreadable
from oitcheck.model.evidence import BlindReason, BlindSpot, Capture, Document, Line, Locator, Section
from oitcheck.model.member import Member, member_place

__all__ = ["ExtractLimits", "kind_of", "read", "read_member", "text_at"]

Read = tuple[Document | BlindSpot, ...]
Reader = Callable[[Capture, bytes, ExtractLimits, Mapping[int, ScanPage]], Read]

# What an operator is told of files that no reader reads.
_UNREAD = {
    "ppt": "ppt: PowerPoint 97-2003", "rar": "rar archive", "7z": "7z archive", "gzip": "gzip archive",
    "tar": "tar archive", "mhtml": "mhtml: web page in one file", "office_xml": "office_xml: Word or Excel 2003 XML",
}  # fmt: skip


def read(capture: Capture, body: bytes, limits: ExtractLimits, scans: Mapping[int, ScanPage] = pdf.NO_SCANS) -> Read:
    """The documents and blind spots of one capture. Pure; an exception in a reader becomes a CORRUPT blind spot.

    `scans` are the pages that OCR has read, by number; a picture is page 1, those pasted into a paper count from 1.
    """
    if not body.strip(b"\0 \t\r\n"):
        return (BlindSpot(capture, BlindReason.EMPTY_FILE),)
    kind = kind_of(capture, body)
    if kind == "zip":
        return _guarded(kind, capture, lambda: archive.read(capture, body, limits, read, scans))
    if kind == "encrypted":
        return (BlindSpot(capture, BlindReason.ENCRYPTED),)
    reader = _READERS.get(kind)
    if reader is None:
        return (BlindSpot(capture, BlindReason.UNSUPPORTED, detail=_UNREAD.get(kind, kind)),)
    return _guarded(kind, capture, lambda: reader(capture, body, limits, scans))


def members(capture: Capture, body: bytes) -> tuple[tuple[Member, ...], Read]:
    """The members of an archive that are to be read each by itself, and the blind spots of the others.

    None of either for what is no archive.
    """
    try:
        if kind_of_bytes(body) == "zip":
            return archive.members(body), archive.spots_of_members(capture, body)
    except Unreadable:
        pass
    return (), ()


def read_member(
    capture: Capture, body: bytes, limits: ExtractLimits, number: int, scans: Mapping[int, ScanPage] = pdf.NO_SCANS
) -> Read:
    """What `read` gives of one member of an archive."""
    return _guarded("zip", capture, lambda: archive.read(capture, body, limits, read, scans, only=number))


def _guarded(kind: str, capture: Capture, reading: Callable[[], Read]) -> Read:
    try:
        return tuple(bounded(part) if isinstance(part, Document) else part for part in reading())
    except (MemoryError, RecursionError) as error:
        return (BlindSpot(capture, BlindReason.TOO_LARGE, detail=type(error).__name__),)
    except Exception as error:  # what a library may raise on hostile bytes has no bound
        return (BlindSpot(capture, BlindReason.CORRUPT, detail=f"{kind}: {type(error).__name__}: {error}"[:500]),)


def text_at(body: bytes, charset: str, place: str, kept: Scans | None = None) -> str:
    """The text that stands at a place of kept bytes, for all kinds of place; "" when there is none.

    A page that OCR read is looked up in `kept`, else read again where there is tesseract.
    """
    member, inner = member_place(place)
    scan = partial(_scan, body, sha256(body).hexdigest(), kept)
    if member is None:
        return _text_at(body, charset, place, scan)
    try:
        within = archive.member_body(body, member.number)
    except Unreadable:
        return ""
    return _text_at(within, "", inner, lambda number: scan(member.page(number)))


def _text_at(body: bytes, charset: str, place: str, scan: Callable[[int], ScanPage | None]) -> str:
    kind, _, number = place.partition(":")
    if kind == "css":
        return html.text_at(body, charset, place)
    if kind == "sheet":
        return sheet.text_at(body, place)
    if kind == "picture":
        return image_page.text_at(scan(int(number))) if number.isdecimal() else ""
    is_of = kind_of_bytes(body)
    if kind == "page":
        if is_of == "pptx":
            return slides.text_at(body, place)
        if is_of in ("odt", "odp"):
            return open_document.text_at(body, place)
        return pdf.text_at(body, place, scan) if is_of == "pdf" else image_page.text_at(scan(1))
    if kind not in ("paragraph", "table"):
        return ""
    if is_of in ("odt", "odp"):
        return open_document.text_at(body, place)
    if is_of == "rtf":
        return rtf.text_at(body, place)
    if is_of in ("docx", "doc"):
        return office.text_at(body, place)
    paragraphs = _paragraphs(body, charset) if not is_of else []
    return paragraphs[int(number) - 1] if number.isdecimal() and 0 < int(number) <= len(paragraphs) else ""


def _scan(body: bytes, name: str, kept: Scans | None, number: int) -> ScanPage | None:
    known = kept.get(name, number) if kept is not None else None
    return known or scan_of(body, number, ExtractLimits())


def _text(capture: Capture, body: bytes, limits: ExtractLimits, scans: Mapping[int, ScanPage]) -> Read:
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


def _without_scans(reader: Callable[[Capture, bytes, ExtractLimits], Read]) -> Reader:
    return lambda capture, body, limits, scans: reader(capture, body, limits)


def _image(capture: Capture, body: bytes, limits: ExtractLimits, scans: Mapping[int, ScanPage]) -> Read:
    return image_page.read(capture, body, limits, scans.get(1))


_READERS: dict[str, Reader] = {
    "html": _without_scans(html.read),
    "pdf": pdf.read,
    "xlsx": _without_scans(sheet.read),
    "xls": _without_scans(sheet.read),
    "ods": _without_scans(sheet.read),
    "csv": _without_scans(sheet.read),
    "docx": office.read,
    "doc": office.read,
    "odt": open_document.read,
    "odp": open_document.read,
    "pptx": slides.read,
    "rtf": rtf.read,
    "image": _image,
    "text": _text,
}
