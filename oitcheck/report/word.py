"""The building blocks of official papers as Word files: A4, Thai fonts, tables that repeat their header, page numbers.

The same paper gives the same bytes: no clock, no random ids.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

FONT = "TH Sarabun New"
SIZE_PT = 16
_SMALL_PT = 14
# A zip entry needs a date; papers have theirs in the text.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
LEFT, CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
JUSTIFIED = WD_ALIGN_PARAGRAPH.THAI_JUSTIFY


class Paper:
    """A Word file as it grows. Margins in centimetres: top, right, bottom, left."""

    def __init__(
        self, title: str, made_at: datetime, *, margins: tuple[float, float, float, float] = (2.5, 2.0, 2.0, 3.0),
        landscape: bool = False,
    ) -> None:  # fmt: skip
        self._document = docx.Document()
        section = self._document.sections[0]
        width, height = Cm(21.0), Cm(29.7)
        section.page_width, section.page_height = (height, width) if landscape else (width, height)
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = map(Cm, margins)
        style = self._document.styles["Normal"]
        style.font.name, style.font.size = FONT, Pt(SIZE_PT)
        _script_fonts(style.element.get_or_add_rPr(), SIZE_PT)
        style.paragraph_format.space_after = Pt(0)
        style.paragraph_format.line_spacing = 1.0
        properties = self._document.core_properties
        properties.title, properties.author, properties.language = title, "oitcheck", "th-TH"
        properties.last_modified_by = "oitcheck"
        properties.created = properties.modified = made_at
        self.width_cm = (29.7 if landscape else 21.0) - margins[1] - margins[3]

    def line(
        self, text: str, *, bold: bool = False, size: float = SIZE_PT, align: WD_ALIGN_PARAGRAPH = LEFT,
        indent_cm: float = 0.0, before_pt: float = 0.0, keep: bool = False,
    ) -> Paragraph:  # fmt: skip
        """A paragraph; `indent_cm` of its first line, `keep` on one page with what follows."""
        paragraph = self._document.add_paragraph()
        paragraph.alignment = align
        paragraph.paragraph_format.first_line_indent = Cm(indent_cm)
        paragraph.paragraph_format.space_before = Pt(before_pt)
        paragraph.paragraph_format.keep_with_next = keep
        run(paragraph, text, bold=bold, size=size)
        return paragraph

    def labelled(self, pairs: Sequence[tuple[str, str]]) -> None:
        """One line of labels in bold, each with its value behind it; a missing value is a line of dots to write on."""
        paragraph = self._document.add_paragraph()
        for number, (label, value) in enumerate(pairs):
            run(paragraph, ("    " if number else "") + label + "  ", bold=True, size=SIZE_PT)
            run(paragraph, value or "." * 40)

    def table(self, rows: Sequence[Sequence[str]], widths: Sequence[float], *, numbers_from: int = 99) -> None:
        """A table with its header repeated on every page; columns from `numbers_from` on are set to the right.

        `widths` are shares of the width of the text.
        """
        table = self._document.add_table(rows=0, cols=len(widths))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        total = sum(widths)
        for index, values in enumerate(rows):
            row = table.add_row()
            _never_split(row)
            if index == 0:
                _repeated(row)
            for column, value in enumerate(values):
                cell = row.cells[column]
                cell.width = Cm(self.width_cm * widths[column] / total)
                _fill_cell(cell, value, header=index == 0, right=column >= numbers_from)

    def picture(self, png: bytes, width_cm: float, text: str) -> None:
        """A picture as wide as `width_cm`, with `text` in its place for who cannot see it."""
        paragraph = self._document.add_paragraph()
        paragraph.alignment = CENTRE
        shape = paragraph.add_run().add_picture(BytesIO(png), width=Cm(width_cm))
        shape._inline.docPr.set("descr", text)

    def page_break(self) -> None:
        self._document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)

    def footer(self, text: str, page_word: str) -> None:
        """A small line at the foot of every page, and the number of the page."""
        paragraph = self._document.sections[0].footer.paragraphs[0]
        paragraph.alignment = CENTRE
        run(paragraph, f"{text}   {page_word} ", size=11)
        for kind, code in (("begin", ""), ("", "PAGE"), ("end", "")):
            piece = paragraph.add_run()
            _script_fonts(piece._r.get_or_add_rPr(), 11)
            piece.font.size = Pt(11)
            if kind:
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), kind)
            else:
                mark = OxmlElement("w:instrText")
                mark.set(qn("xml:space"), "preserve")
                mark.text = code
            piece._r.append(mark)

    def body(self) -> bytes:
        """The bytes of the DOCX file."""
        raw = BytesIO()
        self._document.save(raw)
        out = BytesIO()
        with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            for info in source.infolist():
                entry = zipfile.ZipInfo(info.filename, _ZIP_DATE)
                entry.compress_type = zipfile.ZIP_DEFLATED
                target.writestr(entry, source.read(info.filename))
        return out.getvalue()


def run(paragraph: Paragraph, text: str, *, bold: bool = False, size: float = SIZE_PT) -> None:
    """Add text to a paragraph in the font of the paper."""
    piece = paragraph.add_run(text)
    piece.font.name, piece.font.size, piece.bold = FONT, Pt(size), bold
    _script_fonts(piece._r.get_or_add_rPr(), size, bold=bold)


def _script_fonts(properties: Any, size: float, *, bold: bool = False) -> None:
    """Thai is a complex script to Word: its font, size and weight are told apart from those of Latin letters."""
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), FONT)
    if bold:
        properties.append(OxmlElement("w:bCs"))
    complex_size = OxmlElement("w:szCs")
    complex_size.set(qn("w:val"), str(round(size * 2)))
    properties.append(complex_size)
    language = OxmlElement("w:lang")
    language.set(qn("w:bidi"), "th-TH")
    properties.append(language)


def _fill_cell(cell: _Cell, value: str, *, header: bool, right: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = CENTRE if header else RIGHT if right else LEFT
    run(paragraph, value, bold=header, size=_SMALL_PT)
    if header:
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), "E8ECEF")
        cell._tc.get_or_add_tcPr().append(shade)


def _repeated(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _never_split(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
