"""Word files (docx, and doc by antiword) → sections under their headings, paragraphs and tables in document order."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.table import Table as DocxTable
from docx.text.paragraph import Paragraph
from lxml import etree  # type: ignore[import-untyped]

from oitcheck.extract.grid import grid_table
from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.quality import text_quality
from oitcheck.lib.thai_text import repair
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
    Table,
)

_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_ANTIWORD_SECONDS = 30
_CAPTION_LINES = 4
_HEADING_STYLE = re.compile(r"^(?:heading|หัวเรื่อง|หัวข้อ)\s*(\d)$", re.IGNORECASE)
_TITLE_STYLES = ("title", "ชื่อเรื่อง", "subtitle", "ชื่อเรื่องรอง")
_MOST_BLOCKS = 20_000
# Word measures pictures in English metric units.
_EMU_PER_PX = 9525
_XML_BYTES_MOST = 60_000_000


@dataclass(slots=True)
class _Draft:
    """Sections as they grow: blocks under the heading path of the moment."""

    sha256: str
    sections: list[Section] = field(default_factory=list)
    heading: tuple[str, ...] = ()
    blocks: list[Block] = field(default_factory=list)

    def begin(self, level: int, text: str) -> None:
        self.close()
        self.heading = (*self.heading[: level - 1], text)

    def close(self) -> None:
        if self.blocks:
            self.sections.append(Section(self.heading, tuple(self.blocks), at=_first_place(self.blocks)))
        self.blocks = []

    def line(self, text: str, place: str, *, strong: bool = False) -> None:
        self.blocks.append(Line(text, Locator(self.sha256, place), strong))

    def table(self, grid: tuple[tuple[str, ...], ...], place: str) -> None:
        parts = grid_table(grid)
        if not parts.rows and not parts.header:
            return
        above: list[str] = []
        for block in reversed(self.blocks):
            if not isinstance(block, Line) or len(above) == _CAPTION_LINES:
                break
            above.insert(0, block.text)
        self.blocks.append(Table(parts.header, parts.rows, (*above, *parts.caption), Locator(self.sha256, place)))


def read(capture: Capture, body: bytes, limits: ExtractLimits) -> tuple[Document | BlindSpot, ...]:
    """The document of a docx or doc file; a blind spot when it is empty, broken, locked or antiword is missing."""
    if not body.strip():
        return (BlindSpot(capture, BlindReason.EMPTY_FILE),)
    if body[:4] == _OLE and _ENCRYPTED_STREAM in body:
        return (BlindSpot(capture, BlindReason.ENCRYPTED),)
    if body[:2] == b"PK":
        sections = _docx_sections(body, capture.sha256)
        kind, readers = "docx", ("python-docx",)
    else:
        if shutil.which("antiword") is None:
            return (BlindSpot(capture, BlindReason.UNSUPPORTED, detail="antiword"),)
        sections = _doc_sections(body, capture.sha256)
        kind, readers = "doc", ("antiword",)
    if isinstance(sections, BlindReason):
        return (BlindSpot(capture, sections),)
    content = [section for section in sections if section.role == "content"]
    texts = list(_texts(content))
    if not any(char.isalnum() for text in texts for char in text):
        reason = BlindReason.SCANNED_NO_OCR if kind == "docx" and _has_pictures(body) else BlindReason.EMPTY_FILE
        return (BlindSpot(capture, reason),)
    quality = text_quality("\n".join(texts))
    return (Document(capture, kind, _title(content), tuple(sections), text_quality=quality, readers=readers),)


def text_at(body: bytes, place: str) -> str:
    """The text of a place ("paragraph:12", "table:2"), of a table each row as one line and each cell. "" if none."""
    sections = _docx_sections(body, "") if body[:2] == b"PK" else _doc_sections(body, "") if body[:4] == _OLE else []
    if isinstance(sections, BlindReason):
        return ""
    found = [
        text
        for section in sections
        for block in section.blocks
        if block.at.place == place and not isinstance(block, Link)
        for text in _block_texts(block)
    ]
    return "\n".join(found)


def _docx_sections(body: bytes, sha256: str) -> list[Section] | BlindReason:
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive:
            if sum(info.file_size for info in archive.infolist() if info.filename.endswith(".xml")) > _XML_BYTES_MOST:
                return BlindReason.TOO_LARGE
        document = docx.Document(BytesIO(body))
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError, OSError, SyntaxError, AttributeError):
        return BlindReason.CORRUPT
    draft = _Draft(sha256)
    paragraphs = tables = 0
    for count, item in enumerate(document.iter_inner_content()):
        if count >= _MOST_BLOCKS:
            break
        if isinstance(item, DocxTable):
            tables += 1
            draft.table(_docx_grid(item), f"table:{tables}")
            draft.blocks += _table_figures(item, sha256, f"table:{tables}")
            draft.blocks += _links(item._tbl, item.part, sha256, f"table:{tables}")
            continue
        paragraphs += 1
        _add_paragraph(draft, item, f"paragraph:{paragraphs}")
    draft.close()
    return draft.sections + _frames(document, sha256)


def _add_paragraph(draft: _Draft, paragraph: Paragraph, place: str) -> None:
    for number, part in enumerate(_paragraph_text(paragraph).split("\n")):
        text = _mended(part)
        if not text:
            continue
        level = _heading_level(paragraph) if number == 0 else 0
        if level:
            draft.begin(level, text)
        draft.line(text, place, strong=bool(level) or _is_title(paragraph) or _is_bold(paragraph))
    draft.blocks += _figures(paragraph._p, draft.sha256, place, ())
    draft.blocks += _links(paragraph._p, paragraph.part, draft.sha256, place)


def _figures(element: Any, sha256: str, place: str, words: tuple[str, ...]) -> Iterator[Figure]:
    """The pictures of an element with their alternative texts; their addresses stand for places in this file."""
    for number, inline in enumerate(element.iter(qn("wp:inline"), qn("wp:anchor")), 1):
        size = inline.find(qn("wp:extent"))
        width, height = (
            ((int(size.get(key) or 0) // _EMU_PER_PX) for key in ("cx", "cy")) if size is not None else (0, 0)
        )
        named = inline.find(qn("wp:docPr"))
        alt = _mended((named.get("descr") or "") if named is not None else "")
        yield Figure(f"docx:{place}:{number}", alt, words, Locator(sha256, place), width, height)


def _table_figures(table: DocxTable, sha256: str, place: str) -> Iterator[Figure]:
    """The pictures in the cells of a table, each with the words of its cell, or else of its column in the row below."""
    rows = table._tbl.tr_lst
    for number, row in enumerate(rows):
        for column, cell in enumerate(row.tc_lst):
            words = _cell_words(cell)
            if not words and number + 1 < len(rows) and column < len(rows[number + 1].tc_lst):
                words = _cell_words(rows[number + 1].tc_lst[column])
            if not words:
                words = tuple(word for other in row.tc_lst if other is not cell for word in _cell_words(other))
            yield from _figures(cell, sha256, place, words)


def _cell_words(cell: Any) -> tuple[str, ...]:
    return tuple(filter(None, (_mended(_cell_paragraph(p)) for p in cell.iter(qn("w:p")))))


def _paragraph_text(paragraph: Paragraph) -> str:
    """The text of a paragraph with that of text boxes and form fields in it, each once."""
    parts: list[str] = []
    for node in paragraph._p.iter(qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:cr"), qn("w:noBreakHyphen"), qn("w:p")):
        if any(ancestor.tag.endswith("}Fallback") for ancestor in node.iterancestors()):
            continue
        tag = node.tag.rpartition("}")[2]
        if tag == "t":
            parts.append(node.text or "")
        elif tag == "noBreakHyphen":
            parts.append("-")
        elif tag == "tab":
            # A tab stop among the properties of the paragraph is no tab in its text.
            parts.append(" " if node.getparent().tag == qn("w:r") else "")
        else:
            parts.append("\n")
    return "".join(parts).strip("\n")


def _heading_level(paragraph: Paragraph) -> int:
    style = paragraph.style
    name = (style.name or "") if style is not None else ""
    match = _HEADING_STYLE.match(name)
    if match:
        return max(1, int(match.group(1)))
    outline = paragraph._p.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
    value = outline.get(qn("w:val")) if outline is not None else None
    return int(value) + 1 if value is not None and value.isdigit() and int(value) < 9 else 0


def _is_title(paragraph: Paragraph) -> bool:
    style = paragraph.style
    return style is not None and (style.name or "").lower() in _TITLE_STYLES


def _is_bold(paragraph: Paragraph) -> bool:
    """Whether most of a paragraph is bold; Thai runs carry it as `w:bCs`."""
    bold = total = 0
    for run in paragraph.runs:
        length = len(run.text.strip())
        total += length
        properties = run._r.rPr
        if length and (run.bold or (properties is not None and _is_on(properties.find(qn("w:bCs"))))):
            bold += length
    return bold * 2 > total > 0


def _is_on(element: Any) -> bool:
    return element is not None and element.get(qn("w:val")) not in ("0", "false", "off")


def _docx_grid(table: DocxTable) -> tuple[tuple[str, ...], ...]:
    """The cells of a table with merged cells repeated; nested tables are read as text of their cell."""
    rows: list[list[str]] = []
    for row in table._tbl.tr_lst:
        line: list[str] = []
        before = row.find(f"{qn('w:trPr')}/{qn('w:gridBefore')}")
        line += [""] * min(50, int((before.get(qn("w:val")) if before is not None else "0") or 0))
        for cell in row.tc_lst:
            text = " ".join(filter(None, (_mended(_cell_paragraph(p)) for p in cell.iter(qn("w:p")))))
            if cell.vMerge == "continue" and rows and len(line) < len(rows[-1]):
                text = rows[-1][len(line)]
            line += [text] * max(1, min(cell.grid_span, 200))
        rows.append(line)
    return _squared(rows)


def _cell_paragraph(paragraph: Any) -> str:
    return "".join(
        (node.text or "") if node.tag == qn("w:t") else " "
        for node in paragraph.iter(qn("w:t"), qn("w:br"))
        if not any(ancestor.tag.endswith("}Fallback") for ancestor in node.iterancestors())
    )


def _links(element: Any, part: Any, sha256: str, place: str) -> Iterator[Link]:
    for node in element.iter(qn("w:hyperlink")):
        relation = part.rels.get(node.get(qn("r:id"))) if node.get(qn("r:id")) else None
        if relation is not None and relation.is_external:
            text = _mended("".join(t.text or "" for t in node.iter(qn("w:t"))))
            url = str(relation.target_ref)
            yield Link(url, text, url.strip() in ("", "#"), Locator(sha256, place))


def _frames(document: Any, sha256: str) -> list[Section]:
    """Headers and footers of the pages, each text once."""
    texts: dict[str, None] = {}
    for section in document.sections:
        for surrounding in (section.header, section.footer, section.first_page_header, section.first_page_footer):
            if not surrounding.is_linked_to_previous:
                texts.update((text, None) for p in surrounding.paragraphs if (text := _mended(_paragraph_text(p))))
    lines = tuple(Line(text, Locator(sha256, f"frame:{n}")) for n, text in enumerate(texts, start=1))
    return [Section((), lines, role="frame", at=lines[0].at)] if lines else []


def _doc_sections(body: bytes, sha256: str) -> list[Section] | BlindReason:
    """Sections of a .doc file: antiword's DocBook keeps the cells of tables whole; its plain text is the way out."""
    book = _antiword(body, "-x", "db")
    if isinstance(book, bytes):
        sections = _docbook_sections(book, sha256)
        if any(char.isalnum() for text in _texts(sections) for char in text):
            return sections
    plain = _antiword(body, "-w", "0")
    return plain if isinstance(plain, BlindReason) else _plain_sections(plain.decode("utf-8", "replace"), sha256)


def _docbook_sections(book: bytes, sha256: str) -> list[Section]:
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    root = etree.fromstring(book, parser)
    draft = _Draft(sha256)
    if root is None:
        return []
    numbers = {"paragraph": 0, "table": 0}
    for node in root.iter("title", "para", "informaltable"):
        parents = [parent.tag for parent in node.iterancestors()]
        if "entry" in parents or "bookinfo" in parents:
            continue
        if node.tag == "informaltable":
            numbers["table"] += 1
            rows = [[_mended("".join(cell.itertext())) for cell in row.iter("entry")] for row in node.iter("row")]
            draft.table(_squared(rows), f"table:{numbers['table']}")
            continue
        # The text of a paragraph that holds a table ends where the table begins.
        text = _mended("".join(node.itertext()) if node.find(".//informaltable") is None else node.text or "")
        if not text:
            continue
        numbers["paragraph"] += 1
        level = 1 + sum(str(parent).startswith("sect") for parent in parents) if node.tag == "title" else 0
        if level:
            draft.begin(level, text)
        bold = sum(len("".join(part.itertext())) for part in node.iter("emphasis") if part.get("role") == "bold")
        draft.line(text, f"paragraph:{numbers['paragraph']}", strong=level > 0 or bold * 2 > len(text))
    draft.close()
    return draft.sections


def _plain_sections(text: str, sha256: str) -> list[Section]:
    draft = _Draft(sha256)
    paragraphs = tables = 0
    rows: list[str] = []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|") and line.rstrip().endswith("|"):
            rows.append(line)
            continue
        if rows:
            tables += 1
            draft.table(_bar_grid(rows), f"table:{tables}")
            rows = []
        if shown := _mended(line.replace("[pic]", " ")):
            paragraphs += 1
            draft.line(shown, f"paragraph:{paragraphs}")
    draft.close()
    return draft.sections


def _antiword(body: bytes, *options: str) -> bytes | BlindReason:
    """What antiword prints for a file, in UTF-8."""
    if shutil.which("antiword") is None:
        return BlindReason.UNSUPPORTED
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "body.doc"
        path.write_bytes(body)
        try:
            done = subprocess.run(
                ["antiword", "-m", "UTF-8.txt", *options, str(path)],
                capture_output=True,
                timeout=_ANTIWORD_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return BlindReason.TOO_SLOW
    if b"encrypted" in done.stderr.lower():
        return BlindReason.ENCRYPTED
    return done.stdout if done.returncode == 0 and done.stdout.strip() else BlindReason.CORRUPT


def _bar_grid(lines: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """The grid of a table that antiword drew with bars."""
    return _squared([[_mended(cell) for cell in line.strip().strip("|").split("|")] for line in lines])


def _squared(rows: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    width = max(map(len, rows), default=0)
    return tuple(tuple(row + [""] * (width - len(row))) for row in rows)


def _mended(text: str) -> str:
    return repair(" ".join(text.split()))[0]


def _first_place(blocks: list[Block]) -> Locator:
    return blocks[0].at


def _block_texts(block: Block) -> Iterator[str]:
    if isinstance(block, Line):
        yield block.text
    elif isinstance(block, Table):
        yield from block.caption
        yield " ".join(block.header)
        yield from block.header
        for row in block.rows:
            yield " ".join(row)
            yield from row


def _texts(sections: Iterable[Section]) -> Iterator[str]:
    for section in sections:
        for block in section.blocks:
            yield from _block_texts(block)


def _title(sections: list[Section]) -> str:
    lines = [line for section in sections[:2] for line in section.lines]
    strong = [line for line in lines[:12] if line.strong]
    return (strong or lines)[0].text if lines else ""


def _has_pictures(body: bytes) -> bool:
    with zipfile.ZipFile(BytesIO(body)) as archive:
        return any("/media/" in name for name in archive.namelist())
