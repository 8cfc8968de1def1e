"""The building blocks of papers as Word files: A4, Thai fonts, tables that repeat their header, page numbers.

The same paper gives the same bytes: no clock, no random ids. Texts lose their control characters: XML cannot hold them.
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

from oitcheck.report.export import printable
from oitcheck.report.official import thai_digits_in_prose

FONT = "TH Sarabun New"
SIZE_PT = 16
# What is left to write in running text, as on printed forms.
DOTS = "." * 60
LEFT, CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
JUSTIFIED = WD_ALIGN_PARAGRAPH.THAI_JUSTIFY

Margins = tuple[float, float, float, float]  # centimetres: top, right, bottom, left
OFFICIAL: Margins = (2.5, 2.0, 2.0, 3.0)
EVEN: Margins = (2.5, 2.0, 2.0, 2.0)

_A4_CM = (21.0, 29.7)
_SMALL_PT = 14
_FOOT_PT = 11
# A zip entry needs a date; papers have theirs in the text.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
# The order in which the schema wants what is said of a run of text.
_RUN_PROPERTIES = ("w:rFonts", "w:b", "w:bCs", "w:sz", "w:szCs", "w:lang")


class Paper:
    """A Word file as it grows. With `thai_digits` texts are set in Thai digits, but for codes and addresses."""

    def __init__(
        self, title: str, made_at: datetime, *, margins: Margins = OFFICIAL, thai_digits: bool = False
    ) -> None:
        self._document = docx.Document()
        self._thai_digits = thai_digits
        self._margins = margins
        _set_page(self._document.sections[0], margins, across=False)
        self._width_cm = _A4_CM[0] - margins[1] - margins[3]
        if thai_digits:
            _number_in_thai(self._document.sections[0])
        for name in ("Normal", "Heading 1"):
            style = self._document.styles[name]
            properties = style.element.get_or_add_rPr()
            for child in list(properties):
                properties.remove(child)
            _set_font(properties, SIZE_PT, bold=name != "Normal")
            style.paragraph_format.space_after = Pt(0)
            style.paragraph_format.line_spacing = 1.0
        core = self._document.core_properties
        core.title, core.author, core.comments, core.language = printable(title)[:250], "oitcheck", "", "th-TH"
        core.created = core.modified = core.last_printed = made_at
        core.last_modified_by, core.revision = "oitcheck", 1

    def line(
        self, text: str, *, bold: bool = False, size: float = SIZE_PT, align: WD_ALIGN_PARAGRAPH = LEFT,
        indent_cm: float = 0.0, left_cm: float = 0.0, before_pt: float = 0.0, after_pt: float = 0.0, keep: bool = False,
    ) -> None:  # fmt: skip
        """A paragraph; `indent_cm` of its first line, `left_cm` of all, `keep` on one page with what follows."""
        paragraph = self._document.add_paragraph()
        paragraph.alignment = align
        form = paragraph.paragraph_format
        form.first_line_indent, form.left_indent = Cm(indent_cm), Cm(left_cm)
        form.space_before, form.space_after, form.keep_with_next = Pt(before_pt), Pt(after_pt), keep
        self._run(paragraph, text, bold=bold, size=size)

    def heading(self, text: str) -> None:
        """A heading by which the file can be gone through, kept with what follows."""
        paragraph = self._document.add_heading(level=1)
        form = paragraph.paragraph_format
        form.keep_with_next, form.space_before, form.space_after = True, Pt(8), Pt(2)
        self._run(paragraph, text, bold=True)

    def listed(self, texts: Sequence[str]) -> None:
        """A numbered list; an empty text leaves a dotted line, to be written on."""
        for number, text in enumerate(texts, start=1):
            self.line(f"{number}. {text or DOTS}", left_cm=1.25, after_pt=2)

    def labelled(self, pairs: Sequence[tuple[str, str]]) -> None:
        """One line of labels in bold, each with its value behind it; a missing value is a line of dots to write on."""
        paragraph = self._document.add_paragraph()
        for number, (label, value) in enumerate(pairs):
            self._run(paragraph, ("    " if number else "") + label + "  ", bold=True)
            self._run(paragraph, value or "." * 40)

    def table(self, rows: Sequence[Sequence[str]], widths: Sequence[float], *, numbers_from: int = 99) -> None:
        """A table whose header repeats on every page and whose rows stay whole; columns from `numbers_from` on are set
        to the right. An empty cell is left to write in.

        `widths` are shares of the width of the text.
        """
        table = self._document.add_table(rows=0, cols=len(widths))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        total = sum(widths)
        for column, width in zip(table.columns, widths, strict=True):  # Word goes by the cells, others by the columns
            column.width = Cm(self._width_cm * width / total)
        for index, values in enumerate(rows):
            row = table.add_row()
            _mark(row, "w:cantSplit")
            if index == 0:
                _mark(row, "w:tblHeader")
            for column, (value, width) in enumerate(zip(values, widths, strict=True)):
                cell = row.cells[column]
                cell.width = Cm(self._width_cm * width / total)
                paragraph = cell.paragraphs[0]
                paragraph.alignment = CENTRE if index == 0 else RIGHT if column >= numbers_from else LEFT
                paragraph.paragraph_format.keep_with_next = index == 0 or None  # no header without a row
                self._run(paragraph, value, bold=index == 0, size=_SMALL_PT)
                if index == 0:
                    _shade(cell)

    def picture(self, png: bytes, width_cm: float, text: str, *, align: WD_ALIGN_PARAGRAPH = CENTRE) -> None:
        """A picture as wide as `width_cm`, with `text` in its place for who cannot see it."""
        paragraph = self._document.add_paragraph()
        paragraph.alignment = align
        shape = paragraph.add_run().add_picture(BytesIO(png), width=Cm(width_cm))
        shape._inline.docPr.set("descr", text)

    def page_break(self) -> None:
        self._document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)

    def turn(self, *, across: bool, margins: Margins | None = None) -> None:
        """What follows stands on pages turned sideways, or upright again; `margins` None: those of the paper."""
        section = self._document.add_section()
        section.different_first_page_header_footer = False
        chosen = margins or self._margins
        _set_page(section, chosen, across=across)
        self._width_cm = _A4_CM[across] - chosen[1] - chosen[3]

    def numbered(self) -> None:
        """The page number in the middle of the top margin, from the second page on, as in official papers."""
        section = self._document.sections[0]
        section.different_first_page_header_footer = True
        paragraph = section.header.paragraphs[0]
        paragraph.alignment = CENTRE
        _page_number(paragraph, SIZE_PT)

    def footer(self, text: str, page_word: str) -> None:
        """A small line at the foot of every page, and the number of the page."""
        paragraph = self._document.sections[0].footer.paragraphs[0]
        paragraph.alignment = CENTRE
        self._run(paragraph, f"{text}   {page_word} ", size=_FOOT_PT)
        _page_number(paragraph, _FOOT_PT)

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

    def _run(self, paragraph: Paragraph, text: str, *, bold: bool = False, size: float = SIZE_PT) -> None:
        shown = printable(text)
        piece = paragraph.add_run(thai_digits_in_prose(shown) if self._thai_digits else shown)
        _set_font(piece._r.get_or_add_rPr(), size, bold=bold)


def _set_page(section: Any, margins: Margins, *, across: bool) -> None:
    width, height = reversed(_A4_CM) if across else _A4_CM
    section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(width), Cm(height)
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = map(Cm, margins)


def _number_in_thai(section: Any) -> None:
    """Count the pages of a section, and of those made after it, in Thai digits."""
    numbers = OxmlElement("w:pgNumType")
    numbers.set(qn("w:fmt"), "thaiNumbers")
    columns = section._sectPr.find(qn("w:cols"))  # the schema wants it before these
    if columns is not None:
        columns.addprevious(numbers)
    else:
        section._sectPr.append(numbers)


def _set_font(properties: Any, size_pt: float, *, bold: bool) -> None:
    """Font, size, weight and language of a run without any yet. Thai is a complex script to Word, with its own of each,
    and by its language Word knows where a Thai line may break.
    """
    made = {name: OxmlElement(name) for name in _RUN_PROPERTIES if bold or name not in ("w:b", "w:bCs")}
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        made["w:rFonts"].set(qn(script), FONT)
    for size in ("w:sz", "w:szCs"):
        made[size].set(qn("w:val"), str(round(size_pt * 2)))
    made["w:lang"].set(qn("w:bidi"), "th-TH")
    for element in made.values():
        properties.append(element)


def _page_number(paragraph: Paragraph, size_pt: float) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    run, properties, text = (OxmlElement(name) for name in ("w:r", "w:rPr", "w:t"))
    text.text = "1"
    _set_font(properties, size_pt, bold=False)
    run.append(properties)
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _shade(cell: _Cell) -> None:
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), "E8ECEF")
    cell._tc.get_or_add_tcPr().append(shade)


def _mark(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))
