"""Official papers as Word files: A4, TH Sarabun New 16 pt, Thai page numbers, tables that break well.

The same content gives the same bytes: the file is dated by what it tells of, not by when it was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from oitcheck.report.export import printable
from oitcheck.report.messages import thai_digits_in_prose

FONT = "TH Sarabun New"
SIZE_POINTS = 16
TITLE_POINTS = 20
# What is left to write in running text, as on printed forms.
DOTS = "." * 60
_A4_CM = (21.0, 29.7)
_MARGINS_CM = {"left_margin": 3.0, "right_margin": 2.0, "top_margin": 2.5, "bottom_margin": 2.0}
_ACROSS_CM = {"left_margin": 2.0, "right_margin": 2.0, "top_margin": 2.5, "bottom_margin": 2.0}


class Paper:
    """A Word file in the making. Texts are shown with Thai digits, but for codes and addresses."""

    def __init__(self, title: str, created: datetime, *, thai_digits: bool = True) -> None:
        self._document: Any = docx.Document()
        self._thai_digits = thai_digits
        self._set_styles()
        section = self._document.sections[0]
        _set_page(section, across=False)
        _number_pages(section, thai=thai_digits)
        core = self._document.core_properties
        at = created.astimezone(UTC).replace(tzinfo=None)
        core.title, core.author, core.comments = printable(title)[:250], "oitcheck", ""
        core.created = core.modified = core.last_printed = at
        core.last_modified_by, core.revision = "oitcheck", 1

    def words(self, text: str) -> str:
        """`text` as it is set."""
        shown = printable(text)
        return thai_digits_in_prose(shown) if self._thai_digits else shown

    def title(self, text: str) -> None:
        """A title in the middle."""
        paragraph = self._document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._run(paragraph, text, bold=True, points=TITLE_POINTS)

    def heading(self, text: str, *, level: int = 1) -> None:
        """A heading, kept with what follows."""
        paragraph = self._document.add_heading(level=level)
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(8), Pt(2)
        self._run(paragraph, text, bold=True)

    def paragraph(self, text: str, *, indent: bool = True) -> None:
        """A paragraph of running text, its first line indented as in official papers."""
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(4)
        if indent:
            paragraph.paragraph_format.first_line_indent = Cm(2.5)
        self._run(paragraph, text)

    def listed(self, texts: Sequence[str]) -> None:
        """A numbered list; an empty text leaves a dotted line, to be written."""
        for number, text in enumerate(texts, start=1):
            paragraph = self._document.add_paragraph()
            paragraph.paragraph_format.left_indent = Cm(1.25)
            paragraph.paragraph_format.space_after = Pt(2)
            self._run(paragraph, f"{number}. {text or DOTS}")

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]], widths_cm: Sequence[float]) -> None:
        """A table whose header repeats on each page and whose rows stay whole; an empty cell is left to write in."""
        table = self._document.add_table(rows=1, cols=len(head))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        self._row(table.rows[0], head, widths_cm, bold=True)
        _mark(table.rows[0], "w:tblHeader")
        for cells in rows:
            row = table.add_row()
            self._row(row, cells, widths_cm)
            _mark(row, "w:cantSplit")
        self._document.add_paragraph().paragraph_format.space_after = Pt(0)

    def across(self) -> None:
        """What follows stands on pages turned sideways."""
        self._turn(across=True)

    def upright(self) -> None:
        """What follows stands on upright pages again."""
        self._turn(across=False)

    def _turn(self, *, across: bool) -> None:
        section = self._document.add_section()
        section.different_first_page_header_footer = False
        _set_page(section, across=across)

    def bytes(self) -> bytes:
        """The Word file."""
        out = BytesIO()
        self._document.save(out)
        return _undated(out.getvalue())

    def _row(self, row: Any, texts: Sequence[str], widths_cm: Sequence[float], *, bold: bool = False) -> None:
        for cell, text, width in zip(row.cells, texts, widths_cm, strict=True):
            cell.width = Cm(width)
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            if bold:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            self._run(paragraph, text, bold=bold)

    def _run(self, paragraph: Any, text: str, *, bold: bool = False, points: int = SIZE_POINTS) -> None:
        run = paragraph.add_run(self.words(text))
        _set_font(run._element.get_or_add_rPr(), points, bold=bold)

    def _set_styles(self) -> None:
        for name in ("Normal", "Heading 1", "Heading 2"):
            style = self._document.styles[name]
            properties = style.element.get_or_add_rPr()
            for child in list(properties):
                properties.remove(child)
            _set_font(properties, SIZE_POINTS, bold=name != "Normal")
        self._document.styles["Normal"].paragraph_format.space_after = Pt(0)
        self._document.styles["Normal"].paragraph_format.line_spacing = 1.0


def _undated(archive: bytes) -> bytes:
    """The same archive with the time of writing taken out of it."""
    out = BytesIO()
    with ZipFile(BytesIO(archive)) as given, ZipFile(out, "w", ZIP_DEFLATED) as made:
        for entry in given.infolist():
            plain = ZipInfo(entry.filename)
            plain.compress_type = ZIP_DEFLATED
            made.writestr(plain, given.read(entry))
    return out.getvalue()


def _set_font(properties: Any, points: int, *, bold: bool) -> None:
    """Font, size, weight and language of a run, for Latin letters and for Thai, the "complex script" with its own."""
    fonts = _child(properties, "w:rFonts")
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), FONT)
    if bold:
        _child(properties, "w:b")
        _child(properties, "w:bCs")
    for size in ("w:sz", "w:szCs"):
        _child(properties, size).set(qn("w:val"), str(points * 2))
    # By its language Word knows where a Thai line may break.
    _child(properties, "w:lang").set(qn("w:bidi"), "th-TH")


def _child(properties: Any, name: str) -> Any:
    found = properties.find(qn(name))
    if found is None:
        found = OxmlElement(name)
        properties.append(found)
    return found


def _set_page(section: Any, *, across: bool) -> None:
    width, height = reversed(_A4_CM) if across else _A4_CM
    section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(width), Cm(height)
    for margin, centimetres in (_ACROSS_CM if across else _MARGINS_CM).items():
        setattr(section, margin, Cm(centimetres))


def _number_pages(section: Any, *, thai: bool) -> None:
    """The page number in the middle of the top margin, from the second page on, as in official papers."""
    section.different_first_page_header_footer = True
    if thai:
        numbers = OxmlElement("w:pgNumType")
        numbers.set(qn("w:fmt"), "thaiNumbers")
        columns = section._sectPr.find(qn("w:cols"))  # the schema wants it before these
        if columns is not None:
            columns.addprevious(numbers)
        else:
            section._sectPr.append(numbers)
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(OxmlElement("w:rPr"))
    run.append(text)
    field.append(run)
    _set_font(run.find(qn("w:rPr")), SIZE_POINTS, bold=False)
    paragraph._element.append(field)


def _mark(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))
