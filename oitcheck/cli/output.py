"""What commands print: rows as a table, CSV or JSON on stdout; notes on stderr."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from typing import Literal

from rich.console import Console
from rich.table import Table

from oitcheck.intake.rows import RowOutcome, RowReport
from oitcheck.model.finding import Outcome
from oitcheck.report.export import harmless_cells
from oitcheck.report.terms import Terms

Format = Literal["table", "csv", "json"]
_SYMBOLS = {Outcome.PASSED: "✓", Outcome.FAILED: "✕", Outcome.CANT_TELL: "?", Outcome.INAPPLICABLE: "–"}
MOST_NOTES = 20


def data_console() -> Console:
    """The console for data."""
    return Console(highlight=False, soft_wrap=False)


def say(text: str) -> None:
    """A note for people, on stderr."""
    Console(stderr=True, highlight=False, soft_wrap=True, markup=False).print(text)


def print_rows(names: Sequence[str], rows: Iterable[Sequence[object]], lang: Literal["th", "en"] = "th") -> None:
    """A table on stdout; outcomes as symbol and word."""
    terms = Terms.load(lang)
    table = Table(box=None, pad_edge=False, show_header=any(names), header_style="bold")
    for name in names:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(f"{_SYMBOLS[c]} {terms.outcome(c)}" if isinstance(c, Outcome) else str(c) for c in row))
    data_console().print(table)


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


def rejected_note(rows: Iterable[RowReport], lang: Literal["th", "en"]) -> None:
    """What became of input rows that were not simply accepted, on stderr."""
    noted = [r for r in rows if r.outcome is not RowOutcome.ACCEPTED]
    rejected = [r for r in noted if r.outcome is RowOutcome.REJECTED]
    shown = [*rejected, *(r for r in noted if r not in rejected)][:MOST_NOTES]
    for row in shown:
        for note in row.notes:
            say(f"{row.outcome.value}: {row.where(note)}: {note.says(lang)} {note.remedy(lang)}".rstrip())
    if len(noted) > len(shown):
        say(f"… {len(noted) - len(shown)} more rows with notes")
    if noted:
        say(f"{len(noted) - len(rejected)} rows corrected, {len(rejected)} rejected")
