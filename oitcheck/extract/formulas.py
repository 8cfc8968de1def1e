"""Cells with a formula whose result the file does not hold: Excel would show a value, a reader sees a blank."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from oitcheck.extract.package import Package, Unreadable
from oitcheck.extract.workbook_parts import sheet_parts

# A formula that gave an empty text has a result too: type "str", and a value that is empty.
_UNCALCULATED = re.compile(
    rb"<c\b(?P<told>[^>]*)>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?P<value><v\s*/>|<v>\s*</v>)?\s*</c>"
)
_CELL = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_EMPTY_TEXT = re.compile(rb'\bt="str"')
_OPEN_PART = re.compile(rb'<table:table\s[^>]*table:name="([^"]*)"|<table:table-cell\s[^>]*table:formula=[^>]*>')
_OPEN_VALUE = re.compile(rb"office:(?:string-|date-|time-|boolean-)?value=|office:value-type=\"string\"")


def uncalculated(body: bytes, kind: str) -> dict[str, str]:
    """The sheets of an xlsx or ods file with such cells: name → place of the block of cells that holds them all."""
    found: dict[str, str] = {}
    # The cells were read already; what is wrong with the parts was told.
    with suppress(Unreadable):
        package = Package(body)
        if kind == "ods":
            return {name: f"sheet:{name}" for name in _open_sheets(package.part("content.xml"))}
        for name, part in sheet_parts(package).items():
            block = _block(package.part(part))
            if block:
                found[name] = f"sheet:{name}!{block}"
    return found


def _block(sheet: bytes) -> str:
    """The smallest block of cells around those without a result: "B4:F20"; "" when there are none."""
    columns: list[str] = []
    rows: list[int] = []
    for match in _UNCALCULATED.finditer(sheet) if b"<f" in sheet else ():
        cell = _CELL.search(match["told"])
        if cell and not (match["value"] and _EMPTY_TEXT.search(match["told"])):
            columns.append(cell[1].decode("ascii"))
            rows.append(int(cell[2]))
    if not rows:
        return ""
    columns.sort(key=lambda letters: (len(letters), letters))
    return f"{columns[0]}{min(rows)}:{columns[-1]}{max(rows)}"


def _open_sheets(content: bytes) -> Iterator[str]:
    """The names of the sheets of an ods file in which a formula has no value."""
    name = told = ""
    for match in _OPEN_PART.finditer(content):
        if match[1] is not None:
            name = match[1].decode("utf-8", "replace")
        elif not _OPEN_VALUE.search(match[0]) and name != told:
            told = name
            yield name
