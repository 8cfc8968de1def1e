"""What commands print: rows as a table, CSV or JSON on stdout; notes and errors on stderr, in the user's language."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Literal

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from oitcheck.cli.cells import Cell
from oitcheck.cli.language import Language, spoken
from oitcheck.cli.started import as_started
from oitcheck.cli.thai import thai, thai_error
from oitcheck.errors import OitcheckError
from oitcheck.intake.rows import RowOutcome, RowReport, place
from oitcheck.model.finding import Outcome
from oitcheck.pipeline.inputs import NoAgencyLeft
from oitcheck.report.export import harmless_cells
from oitcheck.report.terms import SYMBOLS, Terms

Format = Literal["table", "csv", "json"]
MOST_NOTES = 20
_ID = re.compile(r"[!-~]{0,80}")
_SHORT = 26


def data_console() -> Console:
    """The console for data, in which nothing is markup."""
    return Console(highlight=False, soft_wrap=False, markup=False, emoji=False)


def _notes() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)


def in_words(table: str, text: str, language: Language | None = None) -> str:
    """An English text in the language of the command (or `language`), as far as the catalogue knows it."""
    return (thai(table, text) if (language or spoken()) == "th" else None) or text


def say(text: str, language: Language | None = None) -> None:
    """A note for people, on stderr."""
    told = in_words("note", text.strip("\n"), language)
    _notes().print(as_started("\n" * (len(text) - len(text.lstrip("\n"))) + told))


def print_error(error: OitcheckError) -> None:
    """An error on stderr: in Thai with the English below, or in English alone."""
    if isinstance(error, NoAgencyLeft):
        rejected_note(error.rows, spoken())
    print_both(thai_error(error) if spoken() == "th" else None, str(error))


def print_both(told: str | None, english: str) -> None:
    """A sentence on stderr: in Thai (when there is one) with the English below."""
    console = _notes()
    if told is not None:
        console.print(as_started(told))
    console.print(as_started(english), style="dim" if told is not None else None)


def told_error(error: OitcheckError) -> str:
    """An error in the language of the command alone, for the cell of a table."""
    return (thai_error(error) if spoken() == "th" else None) or str(error)


def print_rows(names: Sequence[str], rows: Iterable[Sequence[object]], lang: Language | None = None) -> None:
    """A table on stdout; outcomes as symbol and word. Heads and known words are in the language of the command."""
    language = lang or spoken()
    terms = Terms.load(language)
    shown = [
        [
            f"{SYMBOLS[c]} {terms.outcome(c)}" if isinstance(c, Outcome) else in_words(f"cell.{n}", str(c), language)
            for n, c in zip(names, row, strict=True)
        ]
        for row in rows
    ]
    table = Table(box=None, pad_edge=False, show_header=any(names), header_style="bold")
    needed = 0
    for number, name in enumerate(names):
        # An id is never broken over two lines: it could not be copied. Nor is what is short, such as an instant.
        widest = max((cell_len(line) for row in shown for line in row[number].split("\n")), default=1)
        whole = widest <= _SHORT or all(_ID.fullmatch(row[number]) for row in shown)
        head = in_words("head", name, language)
        narrowest = max(widest if whole else 1, cell_len(head))
        table.add_column(Cell(head), no_wrap=whole, min_width=narrowest)
        needed += narrowest + 2
    for cells in shown:
        table.add_row(*map(Cell, cells))
    console = data_console()
    console.width = max(console.width, needed)
    console.print(table)


def day_cell(day: date | None, how: Format) -> str:
    """A day for a cell: on the screen in the language of the command, else as ISO has it; "" for none."""
    if day is None:
        return ""
    return Terms.load(spoken()).short_date(day) if how == "table" else day.isoformat()


def instant_cell(instant: datetime | None, how: Format) -> str:
    """An instant for a cell: on the screen local time in the language of the command, else ISO; "" for none."""
    if instant is None:
        return ""
    return Terms.load(spoken()).short_instant(instant) if how == "table" else instant.isoformat(timespec="seconds")


def print_list(names: Sequence[str], rows: Iterable[Sequence[object]], how: Format) -> None:
    """A list on stdout as --format says; CSV cells are made harmless for spreadsheets."""
    listed = [[str(c) for c in row] for row in rows]
    if how == "json":
        print(json.dumps([dict(zip(names, row, strict=True)) for row in listed], ensure_ascii=False, indent=1))
    elif how == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(harmless_cells(row) for row in listed)
    else:
        print_rows(names, listed)


def rejected_note(rows: Iterable[RowReport], lang: Language, *, counted: bool = True) -> None:
    """What became of input rows that were not simply accepted, on stderr: of a rejected one first why it was.

    What is said of several cells of a file alike is said once. `counted`: how many there are is told at the end.
    """
    noted = [r for r in rows if r.outcome is not RowOutcome.ACCEPTED]
    rejected = [r for r in noted if r.outcome is RowOutcome.REJECTED]
    shown = [*rejected, *(r for r in noted if r not in rejected)][:MOST_NOTES]
    told: dict[tuple[str, str, str], list[str]] = {}
    for row in shown:
        # The reading of a row ends with what rejects it; what was corrected until then is told after it.
        is_rejected = row.outcome is RowOutcome.REJECTED
        notes = (*row.notes[-1:], *row.notes[:-1]) if is_rejected else row.notes
        for number, note in enumerate(notes):
            outcome = RowOutcome.CORRECTED if is_rejected and number else row.outcome
            word = in_words("row", outcome.value, lang)
            text = f"{note.says(lang)} {note.remedy(lang)}".rstrip()
            told.setdefault((word, place(row.file, row.sheet, ""), text), []).append(note.cell)
    for (word, file, text), cells in told.items():
        where = " ".join(part for part in (file, ", ".join(filter(None, cells))) if part)
        _notes().print(f"{word}: {where}: {text}")
    if len(noted) > len(shown):
        say(f"… {len(noted) - len(shown)} more rows with notes", lang)
    if noted and counted:
        say(f"{len(noted) - len(rejected)} rows accepted with notes, {len(rejected)} rejected", lang)
