"""The blank form of a round for one agency: only the items due, to be filled in and imported back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Literal

import xlsxwriter

from oitcheck.intake.file_names import cut, cut_at_word
from oitcheck.intake.messages import word
from oitcheck.lib.cell_text import height_of, lines_in
from oitcheck.model.agency import Agency
from oitcheck.model.checklist import Item

Language = Literal["th", "en"]

_FONT, _SIZE_POINTS = "TH Sarabun New", 16
_A4 = 9
# With an id of at most 64 letters and the words of the name, below the 255 bytes of a file system.
_MOST_NAME_BYTES, _MOST_ROUND_BYTES = 128, 30
_HEADER_ROW = 4
_WIDTHS = (9, 7, 46, 58, 34, 20, 28)
_HEADS = ("form_ordinal", "form_item", "form_item_title", "form_url", "form_more_urls", "form_status", "form_note")
_OPEN, _HEAD, _EXAMPLE_INK = "#FFF8E1", "#0B5C6B", "#5A6675"
_HELP_WIDTHS = (8, 46, 110)
_ROW_POINTS = 42.0
_STATUSES = ("status_published", "status_none", "status_under_way")
# A fixed instant: the same form is the same file.
_MADE_AT = datetime(2020, 1, 1)  # noqa: DTZ001 - the file format knows no zone


@dataclass(frozen=True, slots=True)
class BlankForm:
    """What a form is made of. `closes` is the deadline in words, "" when none is known."""

    agency: Agency
    round_id: str
    round_title: str
    closes: str
    items: tuple[Item, ...]


def blank_form(form: BlankForm, language: Language = "th") -> bytes:
    """The bytes of an XLSX; the same form gives the same bytes."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    title = word("form_title", language, year=form.agency.fiscal_year_be)
    book.set_properties({"title": title, "author": "oitcheck", "created": _MADE_AT})
    writer = _Writer(book, language)
    writer.form(form)
    writer.explanation(form)
    book.close()
    return out.getvalue()


def form_name(form: BlankForm, language: Language = "th") -> str:
    """The name of the file, safe in any folder."""
    # The id tells names apart that begin alike, and is never cut.
    agency = cut_at_word(form.agency.name_th, _MOST_NAME_BYTES)
    name = word("form_file", language, round=cut(form.round_id, _MOST_ROUND_BYTES), name=agency, id=form.agency.id)
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]+', " ", name).strip(". ") + ".xlsx"


class _Writer:
    """The two sheets of a form, with their formats made once."""

    def __init__(self, book: Any, language: Language) -> None:
        self._book = book
        self._language: Language = language
        base = {"font_name": _FONT, "font_size": _SIZE_POINTS, "valign": "top"}
        edge = {"border": 1, "border_color": "#9AA5B1"}
        self._title = book.add_format({**base, "bold": True, "font_size": 20, "align": "center"})
        self._name = book.add_format({**base, "bold": True, "font_size": 18, "align": "center"})
        self._plain = book.add_format({**base, "align": "center"})
        self._hint = book.add_format({**base, "text_wrap": True, "font_color": _EXAMPLE_INK})
        self._head = book.add_format(
            {**base, **edge, "bold": True, "bg_color": _HEAD, "font_color": "#FFFFFF", "text_wrap": True,
             "align": "center", "valign": "vcenter"}
        )  # fmt: skip
        self._cell = book.add_format({**base, **edge, "text_wrap": True})
        self._code = book.add_format({**base, **edge, "align": "center", "bold": True})
        self._number = book.add_format({**base, **edge, "align": "center"})
        self._example = book.add_format(
            {**base, **edge, "text_wrap": True, "italic": True, "font_color": _EXAMPLE_INK, "bg_color": "#F1F3F5"}
        )
        # "@": what is typed stays text; a quoted cell that begins with "=" runs nothing.
        self._open = book.add_format(
            {**base, **edge, "text_wrap": True, "bg_color": _OPEN, "locked": False, "num_format": "@"}
        )

    def _word(self, key: str, **values: object) -> str:
        return word(key, self._language, **values)

    def form(self, form: BlankForm) -> None:
        """The sheet to fill in."""
        agency = form.agency
        sheet = self._book.add_worksheet(self._word("form_sheet"))
        place = "  ".join(
            part
            for part in (
                f"อำเภอ{agency.district}" if agency.district else "",
                f"จังหวัด{agency.province}" if agency.province else "",
            )
            if part
        )
        last = len(_WIDTHS) - 1
        sheet.merge_range(0, 0, 0, last, self._word("form_title", year=agency.fiscal_year_be), self._title)
        name = self._word("form_agency", name=agency.name_th, id=agency.id, place=place)
        sheet.merge_range(1, 0, 1, last, name.strip(), self._name)
        due = self._word("form_round", title=form.round_title, day=form.closes) if form.closes else form.round_title
        sheet.merge_range(2, 0, 2, last, due, self._plain)
        sheet.merge_range(3, 0, 3, last, self._word("form_hint"), self._hint)
        for line, text, size in (
            (0, "", 20),
            (1, "", 18),
            (2, "", _SIZE_POINTS),
            (3, self._word("form_hint"), _SIZE_POINTS),
        ):
            sheet.set_row(line, height_of(lines_in(text, sum(_WIDTHS)), size))
        for column, (key, width) in enumerate(zip(_HEADS, _WIDTHS, strict=True)):
            sheet.write_string(_HEADER_ROW, column, self._word(key), self._head)
            sheet.set_column(column, column, width)
        sheet.set_row(_HEADER_ROW, 30)
        self._write_example(sheet, form, _HEADER_ROW + 1)
        first = _HEADER_ROW + 2
        for number, item in enumerate(form.items, start=1):
            line = first + number - 1
            sheet.set_row(line, self._height((2, self._item_title(item))))
            sheet.write_string(line, 0, str(number), self._number)
            sheet.write_string(line, 1, item.id, self._code)
            sheet.write_string(line, 2, self._item_title(item), self._cell)
            for column in range(3, last + 1):
                sheet.write_blank(line, column, None, self._open)
        end = first + max(len(form.items), 1) - 1
        sheet.data_validation(
            first, 3, end, 4,
            {"validate": "any", "input_title": self._word("form_url_title"),
             "input_message": self._word("form_url_prompt")},
        )  # fmt: skip
        sheet.data_validation(
            first, 5, end, 5,
            {"validate": "list", "source": [self._word(key) for key in _STATUSES], "ignore_blank": True},
        )  # fmt: skip
        sheet.protect("", {"format_cells": True, "format_columns": True, "format_rows": True})
        sheet.freeze_panes(_HEADER_ROW + 1, 3)
        self._print_set_up(sheet, _HEADER_ROW)

    def _write_example(self, sheet: Any, form: BlankForm, line: int) -> None:
        item = form.items[0] if form.items else None
        cells = (
            self._word("form_example"), item.id if item else "O1", self._item_title(item) if item else "",
            "http://www.example.go.th/page", "", self._word("status_published"),
            self._word("form_example_note", year=form.agency.fiscal_year_be),
        )  # fmt: skip
        for column, text in enumerate(cells):
            sheet.write_string(line, column, text, self._example)
        sheet.set_row(line, self._height(*enumerate(cells)))

    def _height(self, *cells: tuple[int, str]) -> float:
        """The height of a row to fill in, given (column, text) of what stands in it already."""
        needed = max(height_of(lines_in(text, _WIDTHS[column]), _SIZE_POINTS) for column, text in cells)
        return max(needed, _ROW_POINTS)

    def explanation(self, form: BlankForm) -> None:
        """The sheet that says what each item asks."""
        sheet = self._book.add_worksheet(self._word("form_help_sheet"))
        for column, width in enumerate(_HELP_WIDTHS):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, self._word("form_help_title"), self._book.add_format(
            {"font_name": _FONT, "font_size": 20, "bold": True}))  # fmt: skip
        sheet.merge_range(1, 0, 1, 2, self._word("form_help_intro"), self._hint)
        sheet.set_row(0, height_of(1, 20))
        sheet.set_row(1, height_of(lines_in(self._word("form_help_intro"), sum(_HELP_WIDTHS)), _SIZE_POINTS))
        sheet.set_row(2, height_of(1, _SIZE_POINTS))
        for column, key in enumerate(("form_item", "form_item_title", "form_elements")):
            sheet.write_string(2, column, self._word(key), self._head)
        for line, item in enumerate(form.items, start=3):
            sheet.write_string(line, 0, item.id, self._code)
            sheet.write_string(line, 1, self._item_title(item), self._cell)
            elements = _elements(item, self._language, self._word("form_optional"))
            sheet.write_string(line, 2, "\n".join(elements), self._cell)
            texts = (item.id, self._item_title(item), "\n".join(elements))
            lines = max(lines_in(text, width) for text, width in zip(texts, _HELP_WIDTHS, strict=True))
            sheet.set_row(line, height_of(lines, _SIZE_POINTS))
        sheet.protect("", {"format_cells": True, "format_columns": True, "format_rows": True})
        sheet.freeze_panes(3, 0)
        self._print_set_up(sheet, 2)

    def _item_title(self, item: Item) -> str:
        return item.title if self._language == "th" else item.title_en or item.title

    def _print_set_up(self, sheet: Any, header: int) -> None:
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(header)
        sheet.set_footer(f"&C{self._word('form_page')}")


def _elements(item: Item, language: Language, optional: str) -> Sequence[str]:
    return [
        f"({number}) {one.text if language == 'th' else one.text_en or one.text}{'' if one.binding else optional}"
        for number, one in enumerate(item.requirements, start=1)
    ]
