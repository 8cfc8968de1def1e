"""Cells of tables on a terminal: shown as they stand, and broken where Thai may be broken."""

from __future__ import annotations

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

from oitcheck.lib.thai_lines import broken


class Cell:
    """What people wrote, for a table: nothing in it is markup or moves the cursor, and lines end between words."""

    def __init__(self, text: str) -> None:
        self._text = "".join(char if char.isprintable() or char == "\n" else " " for char in text)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        widest = max(map(cell_len, self._text.split("\n")))
        return Measurement(min(1, widest), widest).with_maximum(options.max_width)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = options.max_width
        lines = self._text.split("\n") if options.no_wrap else broken(self._text, width, cell_len)
        yield from (Text(line, no_wrap=True, overflow="ignore") for line in lines)
