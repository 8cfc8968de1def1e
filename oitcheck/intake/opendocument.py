"""What the reader of cells does not tell of an OpenDocument workbook: addresses behind cells, and its extent."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from xml.etree import ElementTree

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_LINK = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}a"
_ADDRESS = "{http://www.w3.org/1999/xlink}href"
_MOST_BYTES = 60 * 2**20
# Rows and columns of a sheet; a repeat beyond them says only that the rest is empty.
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
_TOO_MANY = _MOST_ROWS * _MOST_COLUMNS

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """The first address behind each cell, by sheet and (row, column) from 0; the cells of the largest sheet."""

    links: dict[str, dict[Place, str]]
    most_cells: int


def read_opendocument(content: bytes) -> OpenDocument:
    """Links and extent of a document; one that is odd has none, one too large for this reports the most there is."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if archive.getinfo("content.xml").file_size > _MOST_BYTES:
                return OpenDocument({}, _TOO_MANY)
            xml = archive.read("content.xml")
        # Entities are expanded by expat within its own limit; the size was looked at above.
        tables = list(ElementTree.fromstring(xml).iter(f"{_TABLE}table"))  # noqa: S314
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, OSError, RuntimeError):
        return OpenDocument({}, 0)
    links: dict[str, dict[Place, str]] = {}
    most = 0
    for table in tables:
        own, cells = _read(table)
        links[table.get(f"{_TABLE}name", "")] = own
        most = max(most, cells)
    return OpenDocument(links, most)


def _read(table: ElementTree.Element) -> tuple[dict[Place, str], int]:
    """The links of a sheet, and how many cells its range has up to the last that holds anything."""
    links: dict[Place, str] = {}
    row_at, height, width = 0, 0, 0
    for row in table.iter(f"{_TABLE}table-row"):
        column_at, filled = 0, False
        for cell in row:
            repeated = _repeated(cell, "columns", _MOST_COLUMNS)
            if len(cell) or cell.text:
                filled, width = True, max(width, column_at + repeated)
            link = next((one.get(_ADDRESS, "") for one in cell.iter(_LINK)), "")
            if link:
                links[row_at, column_at] = link
            column_at += repeated
        row_at += _repeated(row, "rows", _MOST_ROWS)
        height = row_at if filled else height
    return links, height * width


def _repeated(element: ElementTree.Element, what: str, most: int) -> int:
    text = element.get(f"{_TABLE}number-{what}-repeated", "1")
    return min(int(text), most) if text.isdecimal() and len(text) < 9 else 1
