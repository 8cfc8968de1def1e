"""One page of a PDF file: its lines and tables in reading order, or why its text must not be used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace

import playa
import pypdfium2
from playa.exceptions import PDFEncryptionError
from playa.pdftypes import resolve1

from oitcheck.extract.glyphs import UNMAPPED, mend_fonts, page_glyphs
from oitcheck.extract.pdf_lines import TextLine, text_lines
from oitcheck.extract.pdf_tables import RuledTable, ruled_tables, text_boxes
from oitcheck.extract.quality import CLEARLY_BETTER, GARBLED_BELOW, POOR_BELOW, mend_swapped_sara_am, text_quality
from oitcheck.lib.thai_text import SARA_AM, repair
from oitcheck.model.evidence import BlindReason

# A page with fewer letters and digits than this has next to no text layer (a page number, a scanner's stamp).
_NEXT_TO_NONE = 12
# Pictures smaller than this share of the page are emblems and bullets.
_ANY_PICTURE = 0.02
# With fewer letters than this, a picture over a quarter of the page is what the page is about.
_LITTLE_TEXT = 200
_LARGE_PICTURE = 0.25
# Letters turned into outlines leave this many paths and no text.
_OUTLINED_PATHS = 150
_MOST_LINKS = 500
_STRAY_LETTER = re.compile(r"(?<=[ก-๎])[\u0370-\u03ff](?=[ก-๎])")


@dataclass(frozen=True, slots=True)
class PageText:
    """One page as read. `problem` tells why its text must not be used, None when it may.

    `picture`: a picture on it may say more than its few words. `pictures`: width and height in points of those it
    shows. `ocr`: read from the picture of the page, where
    `lost_number` tells of a year that could not be read.
    """

    number: int
    blocks: tuple[TextLine | RuledTable, ...]
    urls: tuple[str, ...]
    body_size: float
    quality: float
    readers: tuple[str, ...]
    problem: BlindReason | None = None
    picture: bool = False
    pictures: tuple[tuple[int, int], ...] = ()
    ocr: bool = False
    lost_number: bool = False

    @property
    def is_unread(self) -> bool:
        """Whether OCR may find more on the page."""
        return self.picture or self.problem in (BlindReason.SCANNED_NO_OCR, BlindReason.GARBLED)

    @property
    def place(self) -> str:
        return f"page:{self.number}"


class OpenPdf:
    """An open file of `count` pages: playa reads it, pdfium stands by for what playa cannot read well."""

    def __init__(self, body: bytes, pages: list[playa.Page], document: playa.Document | None) -> None:
        self._body = body
        self._pages = pages
        self._document = document
        self._pdfium: pypdfium2.PdfDocument | None = None
        self._pdfium_failed = False
        self.count = len(pages) or len(self._second() or ())

    @property
    def title(self) -> str:
        """The title of the file's properties, "" when it is none."""
        with suppress(Exception):
            info = resolve1(self._document.trailer.get("Info")) if self._document is not None else None
            raw = resolve1(info.get("Title")) if isinstance(info, dict) else None
            if isinstance(raw, bytes):
                wide = raw[:2] in (b"\xfe\xff", b"\xff\xfe")
                return repair(raw.decode("utf-16" if wide else "cp874"))[0]
            return repair(raw)[0] if isinstance(raw, str) else ""
        return ""

    def page(self, number: int) -> PageText:
        """The text of one page, numbered from 1."""
        first: PageText | None = None
        if number <= len(self._pages):
            # Whatever a broken or hostile page makes the parser raise, the other pages and the other reader remain.
            with suppress(Exception):
                first = _read_page(self._pages[number - 1], number)
        if first is not None and (first.quality >= POOR_BELOW or first.problem is BlindReason.SCANNED_NO_OCR):
            return first
        second = self._second_reading(number)
        if first is None:
            return second or PageText(number, (), (), 0.0, 0.0, (), BlindReason.CORRUPT)
        if second is not None and second.quality > first.quality + CLEARLY_BETTER:
            return second
        return first

    def close(self) -> None:
        if self._pdfium is not None:
            self._pdfium.close()
        if self._document is not None:
            self._document.close()

    def _second(self) -> pypdfium2.PdfDocument | None:
        if self._pdfium is None and not self._pdfium_failed:
            try:
                self._pdfium = pypdfium2.PdfDocument(self._body)
            except pypdfium2.PdfiumError:
                self._pdfium_failed = True
        return self._pdfium

    def _second_reading(self, number: int) -> PageText | None:
        pdf = self._second()
        if pdf is None or number > len(pdf):
            return None
        try:
            with closing(pdf[number - 1]) as page, closing(page.get_textpage()) as text_page:
                raw = text_page.get_text_range()
        except pypdfium2.PdfiumError:
            return None
        mended = [_mended(line) for line in raw.replace("\ufffe", "").splitlines()]
        lines = tuple(TextLine(text, 0.0, 0.0, float(y), 1.0, False) for y, (text, _) in enumerate(mended) if text)
        used = tuple(dict.fromkeys(name for _, names in mended for name in names))
        text = "\n".join(line.text for line in lines)
        problem = _problem(text, text_quality(text), picture=True)
        return PageText(number, lines, (), 1.0, text_quality(text), ("pdfium", *used), problem)


def open_pdf(body: bytes) -> OpenPdf | BlindReason:
    """The file opened, or why it cannot be: a password, broken, no pages."""
    try:
        document = playa.parse(body, space="default")
        opened = OpenPdf(body, list(document.pages), document)
    except PDFEncryptionError:
        return BlindReason.ENCRYPTED
    except Exception:  # parsers raise anything on broken files; the second opener decides
        opened = OpenPdf(body, [], None)
    if opened.count == 0:
        opened.close()
        return BlindReason.ENCRYPTED if _wants_password(body) else BlindReason.CORRUPT
    return opened


def _wants_password(body: bytes) -> bool:
    try:
        pypdfium2.PdfDocument(body).close()
    except pypdfium2.PdfiumError as error:
        return "password" in str(error).lower()
    return False


def _read_page(page: playa.Page, number: int) -> PageText:
    content = page_glyphs(page)
    readers = ["playa", *(["repair:disguised_font"] if content.disguised else []), *mend_fonts(content.marks)]
    lines = text_lines(content.marks)
    swapped_tone = SARA_AM not in "".join(line.text for line in lines)

    def mend(text: str) -> str:
        mended, used = _mended(text, swapped_tone=swapped_tone)
        readers.extend(name for name in used if name not in readers)
        return mended

    tables = ruled_tables(content.marks, content.rules, mend)
    text = "\n".join((*(mend(line.text) for line in lines), *content.aside))
    # Letters without a Unicode value are dropped from the text but count against its quality.
    drawn = text + UNMAPPED * sum(line.text.count(UNMAPPED) for line in lines)
    quality = text_quality(drawn)
    inside = frozenset().union(*(table.marks for table in tables))
    outside = [mark for mark in content.marks if id(mark) not in inside]
    boxed = text_boxes(outside, content.boxes, content.area)
    in_box = {id(mark) for _, own in boxed for mark in own}
    # What stands in one box stays together, wherever other boxes have lines at the same height.
    groups: list[tuple[float, float, Sequence[TextLine | RuledTable]]] = [
        *((table.top, table.x0, [table]) for table in tables),
        *((box.top, box.x0, text_lines(own)) for box, own in boxed),
        *((line.y, line.x0, [line]) for line in text_lines([mark for mark in outside if id(mark) not in in_box])),
    ]
    groups.sort(key=lambda group: (round(group[0]), group[1]))
    blocks = [
        replace(block, text=mend(block.text)) if isinstance(block, TextLine) else block
        for _, _, group in groups
        for block in group
    ]
    floor = max((_height(block) for block in blocks), default=0.0)
    blocks += [TextLine(mend(line), 0.0, 0.0, floor + 1.0, 1.0, False) for line in content.aside]
    blocks = [block for block in blocks if not isinstance(block, TextLine) or block.text]
    picture = content.image_share >= _ANY_PICTURE or content.paths >= _OUTLINED_PATHS
    problem = _problem(drawn, quality, picture=picture)
    letters = sum(char.isalnum() for char in text)
    return PageText(
        number,
        tuple(blocks),
        tuple(_urls(page)),
        content.body_size,
        quality,
        tuple(readers),
        problem,
        picture=content.image_share >= _LARGE_PICTURE and letters < _LITTLE_TEXT,
        pictures=tuple(content.pictures),
    )


def _height(block: TextLine | RuledTable) -> float:
    return block.y if isinstance(block, TextLine) else block.top


def _mended(text: str, *, swapped_tone: bool = False) -> tuple[str, tuple[str, ...]]:
    """A line as an official would read it, and the names of the repairs that changed it."""
    mended, used = repair(text)
    names = [f"repair:{name}" for name in used]
    whole = _STRAY_LETTER.sub("", mended)
    if whole != mended:
        names.append("repair:stray_letter")
    if swapped_tone:
        whole, changed = mend_swapped_sara_am(whole)
        if changed:
            names.append("repair:swapped_sara_am")
    return whole.replace(UNMAPPED, "").strip(), tuple(names)


def _problem(text: str, quality: float, *, picture: bool) -> BlindReason | None:
    """Why a page's text must not be used. An empty page without anything drawn on it is no problem."""
    if sum(char.isalnum() or char == UNMAPPED for char in text) < _NEXT_TO_NONE:
        return BlindReason.SCANNED_NO_OCR if picture else None
    return BlindReason.GARBLED if quality < GARBLED_BELOW else None


def _urls(page: playa.Page) -> Iterator[str]:
    """The web addresses that the page links to, each once."""
    seen: set[str] = set()
    for annotation in page.annotations:
        action = resolve1(annotation.props.get("A"))
        uri = resolve1(action.get("URI")) if isinstance(action, dict) else None
        if isinstance(uri, bytes):
            url = uri.decode("utf-8", "replace").strip()
            if url and url not in seen and len(seen) < _MOST_LINKS:
                seen.add(url)
                yield url
