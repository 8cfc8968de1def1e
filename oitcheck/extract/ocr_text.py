"""What OCR read of a page as the lines and tables of that page, or why it must not be used."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from oitcheck.extract.ocr_numbers import UNREADABLE
from oitcheck.extract.ocr_page import ScanLine, ScanPage
from oitcheck.extract.pdf_lines import Mark, TextLine
from oitcheck.extract.pdf_page import PageText
from oitcheck.extract.pdf_tables import RuledTable, ruled_tables
from oitcheck.extract.quality import text_quality
from oitcheck.lib.thai_text import fold
from oitcheck.model.evidence import BlindReason

# Measured on scans of 150 dpi and more: 0.93 and more of the letters stand in dictionary words, confidence 0.85 and
# more. Half-legible copies at 75 dpi: 0.4–0.7 of both, and wrong words among the right ones.
POOR_OCR = 0.75
UNSURE_OCR = 0.65
# So much of what tesseract found was dropped as noise that something may have been text.
_MOST_UNSURE = 0.35
LOST_NUMBER = "a year in the scan could not be read"
_NEXT_TO_NONE = 12
# Dust, a stamp's edge, a page number: less of a page than one line of text.
_BLANK = 0.0008
# A year or a date that cannot be read may be the one that is asked for; Latin letters stand for none.
_YEAR = re.compile(
    rf"(?<![{UNREADABLE},.\d])(?:{UNREADABLE}{{4}}|(?:พ\.?ศ\.?|ปี|งบประมาณ)\D{{0,12}}{UNREADABLE}+)|พ\.?ศ\.?\s*[A-Za-z»«]{{2,}}"
)


def page_of(scan: ScanPage, page: PageText) -> PageText:
    """The page with what OCR read in place of a text layer that must not be used, or beside one of few words."""
    if scan.problem:
        return page
    blocks = blocks_of(scan)
    quality, problem = text_quality(scan.text), problem_of(scan)
    reader = f"tesseract {scan.engine}".strip()
    if page.problem is None:
        if problem is not None:
            return page
        known = fold("".join(_texts(page.blocks)))
        added = [b for b in blocks if not isinstance(b, TextLine) or fold(b.text) not in known]
        return replace(page, blocks=(*page.blocks, *added), readers=(*page.readers, reader), picture=False, ocr=True,
                       lost_number=lost_number(scan))  # fmt: skip
    return PageText(
        page.number,
        blocks,
        page.urls,
        body_size(scan),
        quality,
        (reader,),
        problem,
        ocr=True,
        lost_number=lost_number(scan),
    )


def lost_number(scan: ScanPage) -> bool:
    """Whether a year that stands there could not be read."""
    return any(_YEAR.search(line.text) for line in scan.lines)


def body_size(scan: ScanPage) -> float:
    """The size in points that most lines are set in."""
    return median(line.size for line in scan.lines) if scan.lines else 0.0


def problem_of(scan: ScanPage) -> BlindReason | None:
    """Why what OCR read must not be used, None when it may; a blank page is no problem, one without letters is."""
    if scan.unsure > _MOST_UNSURE:
        return BlindReason.GARBLED
    if sum(char.isalnum() for char in scan.text) < _NEXT_TO_NONE:
        return BlindReason.SCANNED_NO_OCR if scan.ink > _BLANK else None
    if text_quality(scan.text) < POOR_OCR or scan.confidence < UNSURE_OCR:
        return BlindReason.GARBLED
    return None


def blocks_of(scan: ScanPage) -> tuple[TextLine | RuledTable, ...]:
    """Lines in tesseract's order, each table before the first line that stands below its top."""
    cells = [line for line in scan.lines if line.cell]
    own = [_mark(line) for line in cells]
    tables = ruled_tables(own, scan.rules, lambda text: text)
    held = frozenset().union(*(table.marks for table in tables)) if tables else frozenset()
    stray = [line for line, mark in zip(cells, own, strict=True) if id(mark) not in held]
    blocks: list[TextLine | RuledTable] = []
    waiting = list(tables)
    for line in (*(line for line in scan.lines if not line.cell), *stray):
        while waiting and line.y > waiting[0].top:
            blocks.append(waiting.pop(0))
        blocks.append(_text_line(line))
    return (*blocks, *waiting)


def _mark(line: ScanLine) -> Mark:
    return Mark(line.text, line.x0, line.x1, line.y, line.size, False, "")


def _text_line(line: ScanLine) -> TextLine:
    return TextLine(line.text, line.x0, line.x1, line.y, line.size, False, line.confidence)


def _texts(blocks: Sequence[TextLine | RuledTable]) -> list[str]:
    texts: list[str] = []
    for block in blocks:
        texts += [block.text] if isinstance(block, TextLine) else [cell for row in block.grid for cell in row]
    return texts
