"""A picture that carries content → its one page of lines and tables by OCR, or a blind spot."""

from __future__ import annotations

from oitcheck.extract.image import picture
from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.ocr_page import ScanPage
from oitcheck.extract.ocr_text import LOST_NUMBER, blocks_of, body_size, lost_number, problem_of
from oitcheck.extract.pdf_continuation import TableDraft
from oitcheck.extract.pdf_lines import TextLine
from oitcheck.extract.quality import text_quality
from oitcheck.model.evidence import BlindReason, BlindSpot, Capture, Document, Line, Locator, Section

PLACE = "page:1"
_LARGER = 1.2
# With more of its area in photographs a poster says something that its words do not (faces).
_PHOTOGRAPHS = 0.01
_TITLE_CHARS = 160


def read(
    capture: Capture, body: bytes, limits: ExtractLimits, scan: ScanPage | None = None
) -> tuple[Document | BlindSpot, ...]:
    """What OCR read in a picture, as its one page; a blind spot without OCR, or when it read too badly.

    A blind spot stands beside the document for photographs in it, and for a year that could not be read.
    """
    if not body:
        return (BlindSpot(capture, BlindReason.EMPTY_FILE),)
    seen = picture(capture.sha256, body, limits)
    if seen is None:
        return (BlindSpot(capture, BlindReason.CORRUPT, detail="picture cannot be opened"),)
    size = f"{seen.width_px}×{seen.height_px} px"
    if seen.width_px * seen.height_px > limits.image_pixels:
        return (BlindSpot(capture, BlindReason.TOO_LARGE, detail=size),)
    if scan is None or scan.problem:
        return (BlindSpot(capture, BlindReason.IMAGE_NO_OCR, detail=size),)
    problem = problem_of(scan)
    if problem is not None or not scan.lines:
        return (BlindSpot(capture, problem or BlindReason.IMAGE_NO_OCR, PLACE, size),)
    at = Locator(capture.sha256, PLACE)
    usual = body_size(scan)
    blocks = tuple(
        Line(block.text, at, block.size > _LARGER * usual, block.confidence)
        if isinstance(block, TextLine)
        else TableDraft(block, [], PLACE).table(capture.sha256)
        for block in blocks_of(scan)
    )
    title = next((b.text for b in blocks if isinstance(b, Line) and sum(c.isalpha() for c in b.text) >= 4), "")
    quality = text_quality(scan.text)
    document = Document(
        capture, "image", title[:_TITLE_CHARS], (Section((), blocks, at=at),), quality, True, 1, (quality,),
        (f"tesseract {scan.engine}".strip(),),
    )  # fmt: skip
    spots: list[BlindSpot] = []
    if lost_number(scan):
        spots.append(BlindSpot(capture, BlindReason.GARBLED, PLACE, LOST_NUMBER))
    if scan.pictured >= _PHOTOGRAPHS:
        spots.append(BlindSpot(capture, BlindReason.IMAGE_NO_OCR, PLACE, "photographs in the picture"))
    return document, *spots


def text_at(scan: ScanPage | None) -> str:
    """The lines and table rows that `read` gives of a picture."""
    if scan is None or scan.problem:
        return ""
    texts: list[str] = []
    for block in blocks_of(scan):
        if isinstance(block, TextLine):
            texts.append(block.text)
        else:
            texts += [*(" ".join(row) for row in block.grid), *(cell for row in block.grid for cell in row)]
    return "\n".join(texts)
