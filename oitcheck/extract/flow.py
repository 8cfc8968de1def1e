"""Papers that flow (Word, OpenDocument, RTF, slides): their sections as they grow, and a place looked up in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from oitcheck.extract.grid import grid_table
from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.ocr_page import ScanPage
from oitcheck.extract.package import Unreadable
from oitcheck.extract.pasted import Pasted, read_pasted
from oitcheck.extract.quality import text_quality
from oitcheck.lib.thai_text import repair
from oitcheck.model.evidence import (
    BlindReason,
    BlindSpot,
    Block,
    Capture,
    Document,
    Line,
    Link,
    Locator,
    Section,
    Table,
)

# More paragraphs and tables than any paper of an agency has; what stands behind them is told as a blind spot.
MOST_BLOCKS = 20_000
_CAPTION_LINES = 4
_TITLE_AMONG_LINES = 12


@dataclass(slots=True)
class Flow:
    """Sections as they grow: blocks under the heading path of the moment."""

    sha256: str
    sections: list[Section] = field(default_factory=list)
    heading: tuple[str, ...] = ()
    blocks: list[Block] = field(default_factory=list)

    def begin(self, level: int, text: str) -> None:
        """A heading of a level (from 1): what follows stands under it."""
        self.close()
        self.heading = (*self.heading[: level - 1], text)

    def close(self) -> None:
        """End the section of the moment."""
        if self.blocks:
            self.sections.append(Section(self.heading, tuple(self.blocks), at=self.blocks[0].at))
        self.blocks = []

    def line(self, text: str, place: str, *, strong: bool = False) -> None:
        self.blocks.append(Line(text, Locator(self.sha256, place), strong))

    def table(self, grid: Sequence[Sequence[str]], place: str, *, header_rows: int | None = None) -> None:
        """A table, its merged cells repeated, with the lines directly above it as its caption."""
        parts = grid_table(grid, header_rows=header_rows)
        if not parts.rows and not parts.header:
            return
        above: list[str] = []
        for block in reversed(self.blocks):
            if not isinstance(block, Line) or len(above) == _CAPTION_LINES:
                break
            above.insert(0, block.text)
        self.blocks.append(Table(parts.header, parts.rows, (*above, *parts.caption), Locator(self.sha256, place)))


@dataclass(frozen=True, slots=True)
class Paper:
    """What the reader of one format made of a file. `cut`: the place from which on it was not read ("" for all read).

    `cut_reason`: why; a file may be too long, or end before its end.

    `pictures`: those pasted into it, in their order in the file. `notes` name what a person should know of the reading.
    """

    kind: str
    reader: str
    sections: tuple[Section, ...]
    pictures: tuple[Pasted, ...] = ()
    pages: int = 1
    notes: tuple[str, ...] = ()
    cut: str = ""
    cut_reason: BlindReason = BlindReason.TOO_LARGE


Result = tuple[Document | BlindSpot, ...]


def read_as(
    parse: Callable[[], Paper], capture: Capture, limits: ExtractLimits, scans: Mapping[int, ScanPage]
) -> Result:
    """The document of what `parse` makes of a file; a blind spot when it cannot be read, or holds nothing."""
    try:
        paper = parse()
    except Unreadable as error:
        return (BlindSpot(capture, error.reason, detail=error.detail),)
    return document_of(capture, paper, limits, scans)


def text_in(parse: Callable[[], Paper], place: str) -> str:
    """The text of a place in what `parse` makes of a file; "" when there is none, or it cannot be read."""
    try:
        return text_at(parse().sections, place)
    except Unreadable:
        return ""


def document_of(capture: Capture, paper: Paper, limits: ExtractLimits, scans: Mapping[int, ScanPage]) -> Result:
    """The document of a paper and its blind spots; only the latter when it holds no text.

    Pictures that may be pages of it (all of them when it has no text) are read by OCR from `scans`, or are blind spots.
    """
    content = [section for section in paper.sections if section.role == "content"]
    texts = [text for section in content for block in section.blocks for text in block_texts(block)]
    has_text = any(char.isalnum() for text in texts for char in text)
    pasted = read_pasted(capture, paper.pictures, has_text, limits, scans)
    spots = list(pasted.spots)
    if paper.cut:
        spots.append(BlindSpot(capture, paper.cut_reason, paper.cut, "not read to its end"))
    if not has_text and not pasted.sections:
        return tuple(spots) or (BlindSpot(capture, BlindReason.EMPTY_FILE),)
    sections = (*paper.sections, *pasted.sections)
    quality = min([*([text_quality("\n".join(texts))] if has_text else []), *pasted.qualities])
    readers = (paper.reader, *paper.notes, *pasted.readers)
    title = _title([*content, *pasted.sections])
    ocr = bool(pasted.sections)
    return Document(capture, paper.kind, title, sections, quality, ocr, paper.pages, readers=readers), *spots


def text_at(sections: Iterable[Section], place: str) -> str:
    """The text of a place in the sections, of a table each row as one line and each cell; "" when there is none."""
    return "\n".join(
        text
        for section in sections
        for block in section.blocks
        if block.at.place == place and not isinstance(block, Link)
        for text in block_texts(block)
    )


def block_texts(block: Block) -> Iterator[str]:
    """A line's text; of a table its caption, rows and cells."""
    if isinstance(block, Line):
        yield block.text
    elif isinstance(block, Table):
        yield from block.caption
        yield " ".join(block.header)
        yield from block.header
        for row in block.rows:
            yield " ".join(row)
            yield from row


def squared(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """The rows made equally long with empty cells."""
    width = max(map(len, rows), default=0)
    return tuple((*row, *[""] * (width - len(row))) for row in rows)


def mended(text: str) -> str:
    """One line of text as an official would read it."""
    return repair(" ".join(text.split()))[0]


def frame(sha256: str, texts: Iterable[str]) -> list[Section]:
    """The section of headers and footers, each text once; none without any."""
    lines = tuple(Line(text, Locator(sha256, f"frame:{n}")) for n, text in enumerate(dict.fromkeys(texts), start=1))
    return [Section((), lines, role="frame", at=lines[0].at)] if lines else []


def _title(sections: Sequence[Section]) -> str:
    lines = [line for section in sections[:2] for line in section.lines]
    strong = [line for line in lines[:_TITLE_AMONG_LINES] if line.strong]
    if lines:
        return (strong or lines)[0].text
    tables = [table for section in sections[:2] for table in section.tables]
    return next((text for table in tables for text in (*table.caption, *table.header) if text), "")
