"""PDF files → one section per page: lines in reading order and ruled tables, or blind spots for pages that say nothing.

Each page is read by itself (also `text_at` does), so that what was quoted from a page can be found on it again; a table
that goes on over the page is joined afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from types import MappingProxyType

from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.ocr_page import ScanPage
from oitcheck.extract.ocr_text import LOST_NUMBER, page_of
from oitcheck.extract.pdf_continuation import Draft, TableDraft, join_continued
from oitcheck.extract.pdf_lines import TextLine
from oitcheck.extract.pdf_page import OpenPdf, PageText, open_pdf
from oitcheck.extract.pdf_tables import RuledTable
from oitcheck.extract.places import ranges
from oitcheck.extract.quality import POOR_BELOW, text_quality
from oitcheck.lib.thai_text import thai_share
from oitcheck.model.evidence import (
    BlindReason,
    BlindSpot,
    Block,
    Capture,
    Document,
    Figure,
    Line,
    Link,
    Locator,
    Section,
)

NO_SCANS: Mapping[int, ScanPage] = MappingProxyType({})

# A file made for the web tells its own length.
_LINEARIZED = re.compile(rb"/Linearized\b[^>]{0,200}/L\s+(\d{1,12})")
_CAPTION_LINES = 4
_CAPTION_GAP = 2.6  # times the font size, baseline to baseline
_LARGER = 1.15
_TITLE_CHARS = 160


def read(
    capture: Capture, body: bytes, limits: ExtractLimits, scans: Mapping[int, ScanPage] = NO_SCANS
) -> tuple[Document | BlindSpot, ...]:
    """The document of a PDF file and blind spots for its unreadable pages; only the latter if none is readable.

    `scans` are the pages that OCR has read. Never raises for what a file holds: broken files, passwords and empty files
    are blind spots.
    """
    if not body.strip():
        return (BlindSpot(capture, BlindReason.EMPTY_FILE),)
    opened = open_pdf(body)
    if isinstance(opened, BlindReason):
        return (BlindSpot(capture, opened),)
    with closing(opened):
        count = opened.count
        pages = [_page(opened, number, scans) for number in range(1, min(count, limits.pages) + 1)]
        info_title = opened.title
    readable = [page for page in pages if page.problem is None]
    if readable and all(page.ocr and not page.blocks for page in readable):
        # A file of scans in which OCR finds not one word is not blank: it is too faint, or too blurred.
        pages = [replace(page, problem=page.problem or BlindReason.SCANNED_NO_OCR) for page in pages]
        readable = []
    found: list[Document | BlindSpot] = []
    if readable:
        found.append(_document(capture, readable, info_title, count))
    for reason in (BlindReason.SCANNED_NO_OCR, BlindReason.GARBLED, BlindReason.CORRUPT):
        numbers = [page.number for page in pages if page.problem is reason]
        found += [BlindSpot(capture, reason, place) for place in ranges("page", numbers)]
    unsure = ranges("page", [page.number for page in readable if page.lost_number])
    found += [BlindSpot(capture, BlindReason.GARBLED, place, LOST_NUMBER) for place in unsure]
    pictures = ranges("page", [page.number for page in readable if page.picture])
    found += [BlindSpot(capture, BlindReason.IMAGE_NO_OCR, place) for place in pictures]
    if count > len(pages):
        place = f"page:{len(pages) + 1}-{count}"
        found.append(BlindSpot(capture, BlindReason.TOO_LARGE, place, f"{count} pages"))
    if _is_cut(body):
        found.append(BlindSpot(capture, BlindReason.CORRUPT, f"page:{count + 1}", "file ends before its end"))
    return tuple(found)


def _is_cut(body: bytes) -> bool:
    """Whether the end of a file is missing: readers mend that in silence, and pages are lost."""
    told = _LINEARIZED.search(body[:2048])
    return b"startxref" not in body or (told is not None and int(told.group(1)) > len(body))


def text_at(body: bytes, place: str, scan_of: Callable[[int], ScanPage | None] = lambda _: None) -> str:
    """The text of a place ("page:3", "page:2-4") as `read` gives it: every line and cell of those pages, line by line.

    A row that goes on over the page stands with its whole cells too. `scan_of` gives what OCR read of a page, and is
    asked only for pages that need it. "" when the file cannot be opened or has no such page.
    """
    match = re.fullmatch(r"page:(\d+)(?:-(\d+))?", place)
    opened = open_pdf(body) if match else None
    if match is None or opened is None or isinstance(opened, BlindReason):
        return ""
    first, last = int(match.group(1)), int(match.group(2) or match.group(1))
    texts: list[str] = []
    scans = _Asked(opened, scan_of)
    with closing(opened):
        pages = [_page(opened, number, scans) for number in range(max(1, first), min(last, opened.count) + 1)]
        for page in pages:
            for block in page.blocks:
                if isinstance(block, TextLine):
                    texts.append(block.text)
                else:
                    texts += _row_texts(block.grid)
        texts += _rows_over_the_end(opened, pages, scans)
    return "\n".join(texts)


def _page(opened: OpenPdf, number: int, scans: Mapping[int, ScanPage]) -> PageText:
    """A page by its text layer, by OCR where that must not be used or says little."""
    page = opened.page(number)
    scan = scans.get(number) if page.is_unread else None
    return page_of(scan, page) if scan is not None else page


class _Asked(Mapping[int, ScanPage]):
    """The scans of an open file, each asked for when it is needed."""

    def __init__(self, opened: OpenPdf, scan_of: Callable[[int], ScanPage | None]) -> None:
        self._opened = opened
        self._scan_of = scan_of

    def __getitem__(self, number: int) -> ScanPage:
        scan = self._scan_of(number)
        if scan is None:
            raise KeyError(number)
        return scan

    def __iter__(self) -> Iterator[int]:
        return iter(range(1, self._opened.count + 1))

    def __len__(self) -> int:
        return self._opened.count


def _rows_over_the_end(opened: OpenPdf, pages: list[PageText], scans: Mapping[int, ScanPage]) -> list[str]:
    """The rows of `pages` in tables that the page after them carries on, as far as one is."""
    if not pages or pages[-1].number == opened.count or not any(_tables(pages[-1])):
        return []
    places = {page.place for page in pages}
    pages = [*pages, _page(opened, pages[-1].number + 1, scans)]
    # Whether a table goes on depends on its header, which may stand pages before.
    while pages[0].number > 1 and any(_tables(pages[0])):
        pages.insert(0, _page(opened, pages[0].number - 1, scans))
    drafts = _joined_drafts([page for page in pages if page.problem is None])
    tables = [block for draft in drafts for block in draft if isinstance(block, TableDraft)]
    rows = [row for table in tables for row, at in zip(table.rows, table.places, strict=True) if at in places]
    return _row_texts(rows)


def _tables(page: PageText) -> Iterator[RuledTable]:
    return (block for block in page.blocks if isinstance(block, RuledTable))


def _row_texts(rows: Sequence[Sequence[str]]) -> list[str]:
    return [*(" ".join(row) for row in rows), *(cell for row in rows for cell in row)]


def _document(capture: Capture, pages: list[PageText], info_title: str, count: int) -> Document:
    drafts = _joined_drafts(pages)
    sections: list[Section] = []
    for page, draft in zip(pages, drafts, strict=True):
        at = Locator(capture.sha256, page.place)
        blocks: list[Block] = [
            block.table(capture.sha256)
            if isinstance(block, TableDraft)
            else Line(block.text, at, _is_strong(block, page.body_size), block.confidence)
            for block in draft
        ]
        # A picture has no address of its own; its size tells a photograph from a chart.
        blocks += [Figure("", "", (), at, width, height) for width, height in page.pictures]
        blocks += [Link(url, "", url.startswith("#"), at) for url in page.urls]
        sections.append(Section((), tuple(blocks), at=at))
    return Document(
        capture,
        "pdf",
        _title(info_title, sections),
        tuple(sections),
        text_quality=min(page.quality for page in pages),
        ocr=any(page.ocr for page in pages),
        pages=count,
        page_qualities=tuple(page.quality for page in pages),
        readers=tuple(dict.fromkeys(name for page in pages for name in page.readers)),
    )


def _joined_drafts(pages: list[PageText]) -> list[Draft]:
    drafts = [_draft(page) for page in pages]
    join_continued([page.number for page in pages], drafts)
    return drafts


def _draft(page: PageText) -> Draft:
    draft: Draft = []
    for index, block in enumerate(page.blocks):
        if isinstance(block, TextLine):
            draft.append(block)
        else:
            draft.append(TableDraft(block, _lines_above(page.blocks[:index], block.top), page.place))
    return draft


def _lines_above(before: tuple[TextLine | RuledTable, ...], top: float) -> list[str]:
    """The lines directly above a table, nearest last: up to four, up to the first wide gap or other table."""
    lines: list[str] = []
    below = top
    for block in reversed(before):
        if not isinstance(block, TextLine) or len(lines) == _CAPTION_LINES:
            break
        if below - block.y > _CAPTION_GAP * block.size:
            break
        lines.append(block.text)
        below = block.y
    return lines[::-1]


def _is_strong(line: TextLine, body_size: float) -> bool:
    return line.bold or line.size > _LARGER * body_size > 0


def _title(info_title: str, sections: list[Section]) -> str:
    if len(info_title) > 3 and thai_share(info_title) > 0.5 and text_quality(info_title) >= POOR_BELOW:
        return info_title[:_TITLE_CHARS]
    for strong_only in (True, False):
        for section in sections[:2]:
            for line in section.lines:
                if (line.strong or not strong_only) and sum(char.isalpha() for char in line.text) >= 4:
                    return line.text[:_TITLE_CHARS]
    for section in sections[:2]:
        for table in section.tables:
            for text in (*table.caption, *table.header):
                if text:
                    return text[:_TITLE_CHARS]
    return ""
