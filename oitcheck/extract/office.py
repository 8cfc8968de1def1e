"""Word files (docx, and doc by antiword) → sections under their headings, paragraphs and tables in document order."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.table import Table as DocxTable
from docx.text.paragraph import Paragraph
from lxml import etree  # type: ignore[import-untyped]

from oitcheck.extract.flow import (
    MOST_BLOCKS,
    Flow,
    Paper,
    Result,
    block_texts,
    frame,
    mended,
    read_as,
    squared,
    text_in,
)
from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.ocr_page import ScanPage
from oitcheck.extract.package import Package, Unreadable, refuse_doctype
from oitcheck.extract.pasted import Pasted
from oitcheck.extract.pdf import NO_SCANS
from oitcheck.model.evidence import BlindReason, BlindSpot, Capture, Figure, Link, Locator, Section

_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_ANTIWORD_SECONDS = 30
_HEADING_STYLE = re.compile(r"^(?:heading|หัวเรื่อง|หัวข้อ)\s*(\d)$", re.IGNORECASE)
_VML_PICTURE = "{urn:schemas-microsoft-com:vml}imagedata"
_TITLE_STYLES = ("title", "ชื่อเรื่อง", "subtitle", "ชื่อเรื่องรอง")
# Word measures pictures in English metric units.
_EMU_PER_PX = 9525
# The pictures of a paper cover shares of a sheet of A4.
_SHEET_EMU = 7_560_000 * 10_692_000


def read(capture: Capture, body: bytes, limits: ExtractLimits, scans: Mapping[int, ScanPage] = NO_SCANS) -> Result:
    """The document of a docx or doc file; a blind spot when it is empty, broken, locked or antiword is missing.

    `scans` are the pictures in it that OCR has read, by number.
    """
    if not body.strip():
        return (BlindSpot(capture, BlindReason.EMPTY_FILE),)
    return read_as(lambda: _paper(body, capture.sha256), capture, limits, scans)


def text_at(body: bytes, place: str) -> str:
    """The text of a place ("paragraph:12", "table:2"), of a table each row as one line and each cell. "" if none."""
    return text_in(lambda: _paper(body, ""), place)


def pictures(body: bytes) -> tuple[Pasted, ...]:
    """The pictures in a docx file, in the order in which they stand. Raises Unreadable."""
    return _paper(body, "").pictures if body[:2] == b"PK" else ()


def _paper(body: bytes, sha256: str) -> Paper:
    if body[:2] == b"PK":
        return _docx_paper(body, sha256)
    if body[:4] != _OLE:
        raise Unreadable(BlindReason.CORRUPT)
    if _ENCRYPTED_STREAM in body:
        raise Unreadable(BlindReason.ENCRYPTED)
    if shutil.which("antiword") is None:
        raise Unreadable(BlindReason.UNSUPPORTED, "antiword")
    return Paper("doc", "antiword", tuple(_doc_sections(body, sha256)))


def _docx_paper(body: bytes, sha256: str) -> Paper:
    package = Package(body)
    refuse_doctype(package.part("word/document.xml"), "word/document.xml")
    try:
        document = docx.Document(BytesIO(body))
    except (
        zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError, OSError, SyntaxError, AttributeError,
    ) as error:  # fmt: skip
        raise Unreadable(BlindReason.CORRUPT, f"{type(error).__name__}: {error}"[:300]) from error
    flow = Flow(sha256)
    styles = _style_names(document)
    paragraphs = tables = 0
    cut = ""
    for count, item in enumerate(document.iter_inner_content()):
        if count >= MOST_BLOCKS:
            cut = f"paragraph:{paragraphs + 1}"
            break
        if isinstance(item, DocxTable):
            tables += 1
            flow.table(_docx_grid(item), f"table:{tables}")
            flow.blocks += _table_figures(item, sha256, f"table:{tables}")
            flow.blocks += _links(item._tbl, item.part, sha256, f"table:{tables}")
            continue
        paragraphs += 1
        _add_paragraph(flow, item, f"paragraph:{paragraphs}", styles)
    flow.close()
    sections = (*flow.sections, *_frames(document, sha256))
    return Paper("docx", "python-docx", sections, tuple(_pasted(document, package)), cut=cut)


def _pasted(document: Any, package: Package) -> Iterator[Pasted]:
    """The pictures in the body of a document in their order; drawings of Word 97 (VML) come without a size."""
    for node in document.element.body.iter(qn("a:blip"), _VML_PICTURE):
        relation = document.part.rels.get(node.get(qn("r:embed")) or node.get(qn("r:id")) or "")
        if relation is None or relation.is_external or any(a.tag.endswith("}Fallback") for a in node.iterancestors()):
            continue
        drawing = next((above for above in node.iterancestors(qn("wp:inline"), qn("wp:anchor"))), None)
        extent = drawing.find(qn("wp:extent")) if drawing is not None else None
        width, height = (_emu(extent, "cx"), _emu(extent, "cy")) if extent is not None else (0, 0)
        name = str(relation.target_part.partname).lstrip("/")
        yield Pasted(min(1.0, width * height / _SHEET_EMU), package.picture(name))


def _emu(element: Any, key: str) -> int:
    value = element.get(key) or ""
    return int(value) if value.isdecimal() and len(value) < 12 else 0


def _style_names(document: Any) -> dict[str, str]:
    """The names of styles by id. `paragraph.style` would look through all styles for each paragraph."""
    found = ((style.get(qn("w:styleId")), style.find(qn("w:name"))) for style in document.styles.element)
    return {key: name.get(qn("w:val")) or "" for key, name in found if key and name is not None}


def _style_name(paragraph: Paragraph, styles: dict[str, str]) -> str:
    """The name of a paragraph's style in lower case; "" for the usual one."""
    style = paragraph._p.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return styles.get(style.get(qn("w:val")) or "", "").lower() if style is not None else ""


def _add_paragraph(flow: Flow, paragraph: Paragraph, place: str, styles: dict[str, str]) -> None:
    style = _style_name(paragraph, styles)
    for number, part in enumerate(_paragraph_text(paragraph).split("\n")):
        text = mended(part)
        if not text:
            continue
        level = _heading_level(paragraph, style) if number == 0 else 0
        if level:
            flow.begin(level, text)
        flow.line(text, place, strong=bool(level) or style in _TITLE_STYLES or _is_bold(paragraph))
    flow.blocks += _figures(paragraph._p, flow.sha256, place, ())
    flow.blocks += _links(paragraph._p, paragraph.part, flow.sha256, place)


def _figures(element: Any, sha256: str, place: str, words: tuple[str, ...]) -> Iterator[Figure]:
    """The pictures of an element with their alternative texts; their addresses stand for places in this file."""
    for number, inline in enumerate(element.iter(qn("wp:inline"), qn("wp:anchor")), 1):
        size = inline.find(qn("wp:extent"))
        width, height = (_emu(size, key) // _EMU_PER_PX for key in ("cx", "cy")) if size is not None else (0, 0)
        named = inline.find(qn("wp:docPr"))
        alt = mended((named.get("descr") or "") if named is not None else "")
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
    return tuple(filter(None, (mended(_cell_paragraph(p)) for p in cell.iter(qn("w:p")))))


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


def _heading_level(paragraph: Paragraph, style: str) -> int:
    match = _HEADING_STYLE.match(style)
    if match:
        return max(1, int(match.group(1)))
    outline = paragraph._p.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
    value = outline.get(qn("w:val")) if outline is not None else None
    return int(value) + 1 if value is not None and value.isdigit() and int(value) < 9 else 0


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
            text = " ".join(filter(None, (mended(_cell_paragraph(p)) for p in cell.iter(qn("w:p")))))
            if cell.vMerge == "continue" and rows and len(line) < len(rows[-1]):
                text = rows[-1][len(line)]
            line += [text] * max(1, min(cell.grid_span, 200))
        rows.append(line)
    return squared(rows)


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
            text = mended("".join(t.text or "" for t in node.iter(qn("w:t"))))
            url = str(relation.target_ref)
            yield Link(url, text, url.strip() in ("", "#"), Locator(sha256, place))


def _frames(document: Any, sha256: str) -> list[Section]:
    """Headers and footers of the pages, each text once."""
    texts: list[str] = []
    for section in document.sections:
        for surrounding in (section.header, section.footer, section.first_page_header, section.first_page_footer):
            if not surrounding.is_linked_to_previous:
                texts += (text for p in surrounding.paragraphs if (text := mended(_paragraph_text(p))))
    return frame(sha256, texts)


def _doc_sections(body: bytes, sha256: str) -> list[Section]:
    """Sections of a .doc file: antiword's DocBook keeps the cells of tables whole; its plain text is the way out."""
    book = _antiword(body, "-x", "db")
    if isinstance(book, bytes):
        sections = _docbook_sections(book, sha256)
        if any(char.isalnum() for s in sections for block in s.blocks for text in block_texts(block) for char in text):
            return sections
    plain = _antiword(body, "-w", "0")
    if isinstance(plain, BlindReason):
        raise Unreadable(plain, "antiword")
    sections = _plain_sections(plain.decode("utf-8", "replace"), sha256)
    if not sections and b"[pic]" in plain:
        raise Unreadable(BlindReason.SCANNED_NO_OCR, "pictures in a .doc file")
    return sections


def _docbook_sections(book: bytes, sha256: str) -> list[Section]:
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    root = etree.fromstring(book, parser)
    flow = Flow(sha256)
    if root is None:
        return []
    numbers = {"paragraph": 0, "table": 0}
    for node in root.iter("title", "para", "informaltable"):
        parents = [parent.tag for parent in node.iterancestors()]
        if "entry" in parents or "bookinfo" in parents:
            continue
        if node.tag == "informaltable":
            numbers["table"] += 1
            rows = [[mended("".join(cell.itertext())) for cell in row.iter("entry")] for row in node.iter("row")]
            flow.table(squared(rows), f"table:{numbers['table']}")
            continue
        # The text of a paragraph that holds a table ends where the table begins.
        text = mended("".join(node.itertext()) if node.find(".//informaltable") is None else node.text or "")
        if not text:
            continue
        numbers["paragraph"] += 1
        level = 1 + sum(str(parent).startswith("sect") for parent in parents) if node.tag == "title" else 0
        if level:
            flow.begin(level, text)
        bold = sum(len("".join(part.itertext())) for part in node.iter("emphasis") if part.get("role") == "bold")
        flow.line(text, f"paragraph:{numbers['paragraph']}", strong=level > 0 or bold * 2 > len(text))
    flow.close()
    return flow.sections


def _plain_sections(text: str, sha256: str) -> list[Section]:
    flow = Flow(sha256)
    paragraphs = tables = 0
    rows: list[str] = []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|") and line.rstrip().endswith("|"):
            rows.append(line)
            continue
        if rows:
            tables += 1
            flow.table(_bar_grid(rows), f"table:{tables}")
            rows = []
        if shown := mended(line.replace("[pic]", " ")):
            paragraphs += 1
            flow.line(shown, f"paragraph:{paragraphs}")
    flow.close()
    return flow.sections


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
    return squared([[mended(cell) for cell in line.strip().strip("|").split("|")] for line in lines])
