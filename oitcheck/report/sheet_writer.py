"""Sheets of a workbook: formats made once, headers, filters, print set-up, and cells that nothing can act from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.url import Url

from oitcheck.lib.cell_text import height_of, lines_in
from oitcheck.model.finding import Outcome
from oitcheck.report.export import printable
from oitcheck.report.quotation import web_href
from oitcheck.report.terms import OVERRULED, SYMBOLS, Shown, Terms

_MOST_CHARACTERS = 32_000  # a cell holds 32,767
_LONGEST_LINK = 2_000  # Excel takes 2,079
_MOST_LINKS = 65_000  # Excel takes 65,530 on a sheet
_FONT = "TH SarabunPSK"
_SIZE_POINTS = 14
_A3, _A4 = 8, 9
# About 130 characters stand across an A4 sheet at full size: wider than this they become too small to read.
_WIDEST_ON_A4 = 240
_LONGEST_NAME = 31
_FORMS = {True: "0", False: "0.0#"}  # of whole numbers, and of others
_FILTER_SIGN = 2.5  # characters
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))

# Light to dark in this order, so that the four stay apart in grey; the symbol and the word say it too. None is so dark
# that the blue in which some programs show a link could not be read on it.
_FILLS = {
    Outcome.INAPPLICABLE: ("FFFFFF", "5A6675"),
    Outcome.PASSED: ("E7F4EC", "1F6F43"),
    Outcome.CANT_TELL: ("F0D48A", "4D3700"),
    Outcome.FAILED: ("D8706C", "2B0305"),
}


class Book:
    """A workbook in memory; `bytes()` closes it. The same cells give the same bytes."""

    def __init__(self, terms: Terms, title: str, comments: str, created: datetime) -> None:
        self._out = BytesIO()
        self._book: Any = xlsxwriter.Workbook(
            self._out,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        )
        self.terms = terms
        self._title = title
        self._comments = comments
        self._book.set_properties(
            {
                "title": title,
                "comments": comments,
                "author": "oitcheck",
                "created": created.astimezone(UTC).replace(tzinfo=None),
            }
        )
        base = {"font_name": _FONT, "font_size": _SIZE_POINTS, "valign": "top"}
        head = {"bold": True, "bg_color": "#0B5C6B", "font_color": "#FFFFFF", "text_wrap": True, "border": 1}
        self._head = self._book.add_format({**base, **head})
        # With the quote prefix a text that looks like a formula stays one when somebody edits its cell.
        self._text = self._quoted(base)
        self._wrapped = self._quoted({**base, "text_wrap": True})
        self._link = self._quoted({**base, "font_color": "#0B5C6B", "underline": 1})
        # A format with optional decimals shows a bare point behind a whole number, so each has its own.
        self._number = {whole: self._book.add_format({**base, "num_format": form}) for whole, form in _FORMS.items()}
        self._outcome = {
            outcome: self._book.add_format(
                {**base, "bg_color": f"#{fill}", "font_color": f"#{ink}", "align": "center", "border": 1,
                 "border_color": "#9AA5B1", "bold": outcome is Outcome.FAILED}
            )
            for outcome, (fill, ink) in _FILLS.items()
        }  # fmt: skip

    def _quoted(self, values: dict[str, object]) -> Any:
        made = self._book.add_format(values)
        made.set_quote_prefix()
        return made

    def sheet(
        self,
        name: str,
        head: Sequence[str],
        widths: Sequence[float],
        rows: int,
        *,
        fixed_columns: int = 0,
        printed_columns: int = 0,
    ) -> SheetWriter:
        """A sheet with its header in row 1, a filter over `rows` rows, the header and first columns frozen and printed
        on every page. It prints one page wide, across, on A4 or where that is too small on A3; `printed_columns`: only
        so many (0: all)."""
        page = self._book.add_worksheet(sheet_name(name))
        page.set_default_row(height_of(1, _SIZE_POINTS))
        for column, text in enumerate(head):
            page.write_string(0, column, text, self._head)
        for column, width in enumerate(widths):
            page.set_column(column, column, width)
        # The sign of the filter stands beside each word of the header.
        lines = max(lines_in(text, width - _FILTER_SIGN) for text, width in zip(head, widths, strict=True))
        page.set_row(0, height_of(lines, _SIZE_POINTS))
        page.freeze_panes(1, fixed_columns)
        page.autofilter(0, 0, max(rows, 1), len(head) - 1)
        page.set_landscape()
        printed = widths[:printed_columns] if printed_columns else widths
        page.set_paper(_A3 if sum(printed) > _WIDEST_ON_A4 else _A4)
        if printed_columns:
            page.print_area(0, 0, max(rows, 1), printed_columns - 1)
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.7)
        page.repeat_rows(0)
        if fixed_columns:
            page.repeat_columns(0, fixed_columns - 1)
        page.set_header("&L" + _plain(self._title) + "&R" + _plain(sheet_name(name)))
        page.set_footer("&L" + _plain(self._comments) + "&R" + self.terms("sheet.print_page"))
        return SheetWriter(page, self.terms, widths, self._text, self._wrapped, self._link, self._number, self._outcome)

    def bytes(self) -> bytes:
        """Close the workbook; its bytes."""
        self._book.close()
        return self._out.getvalue()


class SheetWriter:
    """Writes the cells of one sheet; `line` and `column` count from 0."""

    def __init__(
        self, page: Any, terms: Terms, widths: Sequence[float], text: Any, wrapped: Any, link: Any,
        number: dict[bool, Any], outcome: dict[Outcome, Any],
    ) -> None:  # fmt: skip
        self._page = page
        self._terms = terms
        self._widths = widths
        self._lines: dict[int, int] = {}
        self._text = text
        self._wrapped = wrapped
        self._link = link
        self._number = number
        self._outcome = outcome
        self._links = 0

    def text(self, line: int, column: int, text: str, *, wrapped: bool = False) -> None:
        """A text, never a formula and never a link; the row of a `wrapped` one is as high as it needs."""
        self._page.write_string(line, column, shown(text), self._wrapped if wrapped else self._text)
        if wrapped:
            lines = lines_in(text, self._widths[column])
            if lines > self._lines.get(line, 1):
                self._lines[line] = lines
                self._page.set_row(line, height_of(lines, _SIZE_POINTS))

    def texts(self, line: int, first: int, texts: Iterable[str], *, wrapped: frozenset[int] = frozenset()) -> None:
        """Texts beside each other; `wrapped` are columns whose lines break."""
        for column, text in enumerate(texts, start=first):
            self.text(line, column, text, wrapped=column in wrapped)

    def number(self, line: int, column: int, number: float | None) -> None:
        """A number with at most two decimals, a whole one without any; nothing for None."""
        if number is not None:
            rounded = round(number, 2)
            is_whole = rounded == int(rounded)
            self._page.write_number(line, column, int(rounded) if is_whole else rounded, self._number[is_whole])

    def outcome(
        self, line: int, column: int, outcome: Shown, *, to: str = "", word: bool = False,
        overruled: bool = False,
    ) -> None:  # fmt: skip
        """An outcome by its symbol (and word), in its colour, marked where staff overruled the machine; `to` is a cell
        of this workbook that it leads to."""
        form = self._outcome[outcome if isinstance(outcome, Outcome) else Outcome.INAPPLICABLE]
        sign = f"{SYMBOLS[outcome]}{OVERRULED if overruled else ''}"
        told = f"{sign} {self._terms.outcome(outcome)}" if word else sign
        if to and self._may_link():
            self._page.write_url(line, column, f"internal:{to}", form, told)
        else:
            self._page.write_string(line, column, told, form)

    def web_link(self, line: int, column: int, url: str, text: str) -> None:
        """A text that opens a web address, when it may be opened; else the text alone."""
        href = web_href(url)
        if href is not None and len(href) <= _LONGEST_LINK and self._may_link():
            self._page.write_url(line, column, href, self._link, shown(text))
        else:
            self.text(line, column, text)

    def file_link(self, line: int, column: int, path: str | None, text: str) -> None:
        """A text that opens a file named relative to the workbook; nothing without a path."""
        if path and len(path) <= _LONGEST_LINK and self._may_link():
            link = _FileBeside(f"external:{path}")
            link.text = shown(text)
            self._page.write_url(line, column, link, self._link)

    def note(self, line: int, text: str) -> None:
        """A line of text below the table."""
        self._page.write_string(line, 0, shown(text), self._text)

    def _may_link(self) -> bool:
        self._links += 1
        return self._links <= _MOST_LINKS


class _FileBeside(Url):  # type: ignore[misc]
    """A file named relative to the workbook, with strokes that Excel and LibreOffice both take."""

    def _target(self) -> str:
        return str(super()._target()).replace("\\", "/")


def sheet_name(name: str) -> str:
    """`name` as a sheet may be called."""
    return name.translate(_NOT_IN_NAMES).strip()[:_LONGEST_NAME]


def cell_of(sheet: str, line: int, column: int) -> str:
    """The address of a cell for a link: `'รายข้อ'!A5`; `line` and `column` count from 0, columns up to Z."""
    quoted = sheet_name(sheet).replace("'", "''")
    return f"'{quoted}'!{chr(ord('A') + column)}{line + 1}"


def shown(text: str) -> str:
    """`text` as a cell can hold it."""
    return printable(text)[:_MOST_CHARACTERS]


def _plain(text: str) -> str:
    """`text` for a header or footer, where & begins a command and 255 characters are the most."""
    return printable(text).replace("&", "&&").replace("\n", " ")[:100]
