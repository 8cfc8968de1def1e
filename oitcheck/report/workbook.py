"""The round as an Excel workbook: matrix, findings, most common faults, websites that could not be reached."""

from __future__ import annotations

from datetime import UTC
from io import BytesIO
from typing import Any

import xlsxwriter

from oitcheck.lib.urls import readable
from oitcheck.model.finding import Outcome
from oitcheck.report.export import COLUMNS, flat_rows, printable
from oitcheck.report.messages import Messages
from oitcheck.report.summary import Summary
from oitcheck.report.terms import SYMBOLS, Terms, points
from oitcheck.report.view import WHOLE_ITEM, RunView

_MOST_CHARACTERS = 32_000  # a cell holds 32,767
_FONT = "TH SarabunPSK"
_SIZE_POINTS = 14

# Light to dark in this order, so that the four stay apart in grey; the symbol and the word say it too.
_FILLS = {
    Outcome.INAPPLICABLE: ("FFFFFF", "5A6675"),
    Outcome.PASSED: ("E7F4EC", "1F6F43"),
    Outcome.CANT_TELL: ("F0D48A", "4D3700"),
    Outcome.FAILED: ("A3262A", "FFFFFF"),
}
_WIDTHS = {
    "agency": 30, "item_title": 40, "requirement_text": 40, "says": 60, "do": 60, "quote": 60, "url": 40,
    "outcome": 16, "kind": 16, "place": 24, "kept_at": 22, "basis": 26, "code": 24, "sha256": 20,
}  # fmt: skip
_WRAPPED = frozenset({"item_title", "requirement_text", "says", "do", "quote"})


def workbook(view: RunView, summary: Summary, messages: Messages) -> bytes:
    """The bytes of an XLSX file; the same view gives the same bytes. Nothing in it is a formula or a live link."""
    out = BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    terms = Terms.load(messages.language)
    book.set_properties(
        {
            "title": f"{terms('product.about')} {terms('round.year', year=terms.year(view.run.year_be))}",
            "comments": view.run.id,
            "created": view.run.assessed_at.astimezone(UTC).replace(tzinfo=None),
        }
    )
    writer = _Writer(book, terms, messages)
    writer.matrix(view, summary)
    writer.findings(view)
    writer.faults(view, summary)
    writer.sites(summary)
    book.close()
    return out.getvalue()


class _Writer:
    """The sheets of one workbook, with their formats made once."""

    def __init__(self, book: Any, terms: Terms, messages: Messages) -> None:
        self._book = book
        self._terms = terms
        self._messages = messages
        base = {"font_name": _FONT, "font_size": _SIZE_POINTS, "valign": "top"}
        self._head = book.add_format(
            {**base, "bold": True, "bg_color": "#0B5C6B", "font_color": "#FFFFFF", "text_wrap": True, "border": 1}
        )
        # With the quote prefix a text that looks like a formula stays one when somebody edits its cell.
        self._text = book.add_format(base)
        self._text.set_quote_prefix()
        self._wrapped = book.add_format({**base, "text_wrap": True})
        self._wrapped.set_quote_prefix()
        self._number = book.add_format({**base, "num_format": "0.##"})
        self._outcome = {
            outcome: book.add_format(
                {**base, "bg_color": f"#{fill}", "font_color": f"#{ink}", "align": "center", "border": 1,
                 "border_color": "#9AA5B1", "bold": outcome is Outcome.FAILED}
            )
            for outcome, (fill, ink) in _FILLS.items()
        }  # fmt: skip

    def matrix(self, view: RunView, summary: Summary) -> None:
        keys = ("agency", "kind", "district")
        ends = ("passed", "failed", "cant_tell", "inapplicable")
        head = [self._terms(f"sheet.{key}") for key in keys] + list(summary.items)
        head += [self._terms(f"outcome.{end}") for end in ends] + [self._terms("sheet.low"), self._terms("sheet.high")]
        sheet = self._sheet("matrix", head, len(summary.rows))
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 2, 16)
        sheet.set_column(3, 2 + len(summary.items), 6)
        sheet.set_column(3 + len(summary.items), len(head) - 1, 12)
        for line, row in enumerate(summary.rows, start=1):
            for column, text in enumerate((row.agency.name_th, row.agency.kind, row.agency.district)):
                self._write(sheet, line, column, text)
            for column, outcome in enumerate(row.outcomes, start=len(keys)):
                sheet.write_string(line, column, SYMBOLS[outcome], self._outcome[outcome or Outcome.INAPPLICABLE])
            column = len(keys) + len(summary.items)
            for end in ends:
                sheet.write_number(line, column, getattr(row.counts, end), self._number)
                column += 1
            if row.estimate is not None:
                sheet.write_number(line, column, float(points(row.estimate.low)), self._number)
                sheet.write_number(line, column + 1, float(points(row.estimate.high)), self._number)
        legend = [f"{SYMBOLS[o]} {self._terms.outcome(o)}" for o in (*Outcome, None)]
        notes = [*legend, f"{self._terms('agency.estimate')} ({self._terms('agency.estimate_note')})"]
        for offset, note in enumerate(notes, start=len(summary.rows) + 2):
            self._write(sheet, offset, 0, note)

    def findings(self, view: RunView) -> None:
        rows = tuple(flat_rows(view, self._messages))
        sheet = self._sheet("findings", [self._terms(f"sheet.{column}") for column in COLUMNS], len(rows))
        sheet.freeze_panes(1, 2)
        for column, name in enumerate(COLUMNS):
            sheet.set_column(column, column, _WIDTHS.get(name, 12))
        for line, (finding, row) in enumerate(rows, start=1):
            for column, name in enumerate(COLUMNS):
                if name == "outcome":
                    text = f"{SYMBOLS[finding.outcome]} {row.outcome}"
                    sheet.write_string(line, column, text, self._outcome[finding.outcome])
                else:
                    self._write(sheet, line, column, getattr(row, name), wrapped=name in _WRAPPED)

    def faults(self, view: RunView, summary: Summary) -> None:
        keys = ("item", "item_title", "requirement", "requirement_text", "code", "count", "agency")
        sheet = self._sheet("faults", [self._terms(f"sheet.{key}") for key in keys], len(summary.faults))
        for column, width in enumerate((8, 40, 14, 44, 26, 14, 80)):
            sheet.set_column(column, column, width)
        names = {agency.id: agency.name_th for agency in view.agencies}
        in_thai = self._terms.language == "th"
        for line, fault in enumerate(summary.faults, start=1):
            item, requirement = view.item(fault.item), view.requirement(fault.item, fault.requirement)
            texts = (
                fault.item,
                (item.title if in_thai else item.title_en or item.title) if item else "",
                self._terms("sheet.whole") if fault.requirement == WHOLE_ITEM else fault.requirement,
                (requirement.text if in_thai else requirement.text_en or requirement.text) if requirement else "",
                fault.code,
            )
            for column, text in enumerate(texts):
                self._write(sheet, line, column, text, wrapped=column in (1, 3))
            sheet.write_number(line, 5, len(fault.agencies), self._number)
            self._write(sheet, line, 6, ", ".join(names[agency] for agency in fault.agencies), wrapped=True)

    def sites(self, summary: Summary) -> None:
        keys = ("agency", "host", "trouble", "remedy", "items")
        sheet = self._sheet("sites", [self._terms(f"sheet.{key}") for key in keys], len(summary.troubles))
        for column, width in enumerate((34, 34, 44, 60, 40)):
            sheet.set_column(column, column, width)
        for line, trouble in enumerate(summary.troubles, start=1):
            says, do = self._terms.searched(trouble.outcome, has_body=False)
            texts = (trouble.agency.name_th, readable(trouble.host), says, do, ", ".join(trouble.items))
            for column, text in enumerate(texts):
                self._write(sheet, line, column, text, wrapped=column > 1)

    def _sheet(self, name: str, head: list[str], rows: int) -> Any:
        sheet = self._book.add_worksheet(self._terms(f"sheet.{name}"))
        for column, text in enumerate(head):
            sheet.write_string(0, column, text, self._head)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(rows, 1), len(head) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        return sheet

    def _write(self, sheet: Any, line: int, column: int, text: str, *, wrapped: bool = False) -> None:
        sheet.write_string(line, column, printable(text)[:_MOST_CHARACTERS], self._wrapped if wrapped else self._text)
