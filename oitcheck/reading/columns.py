"""Columns of tables: which column is what, and whether its cells are filled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from oitcheck.lib.terms import Concept
from oitcheck.lib.thai_text import arabic_digits, fold
from oitcheck.model.evidence import Document, Section, Table
from oitcheck.reading.passages import is_blank

_TOTAL = re.compile(
    r"^\s*(?:รวม|รวมทั้งสิ้น|รวมเป็นเงิน|ยอดรวม|total)\b|^\s*รวม(?:ทั้งสิ้น|เป็นเงิน|งบประมาณ|เงิน|จำนวน)?\s*$", re.IGNORECASE
)
_NUMBERING = re.compile(r"^[\s().]*[\d๐-๙]{1,3}[\s().]*$")


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table with the section and document it stands in."""

    document: Document
    section: Section
    table: Table


def tables(document: Document) -> Iterator[FoundTable]:
    """Every table of the content."""
    for section in document.content:
        for table in section.tables:
            yield FoundTable(document, section, table)


def header_of(table: Table) -> tuple[str, ...]:
    """The column names; of a table without a recognised header its first row."""
    return table.header or (table.rows[0] if table.rows else ())


def columns_of(table: Table, concept: Concept) -> tuple[int, ...]:
    """The columns whose name names `concept`."""
    return tuple(i for i, name in enumerate(header_of(table)) if concept.named_in(name))


def data_rows(table: Table) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """The rows that carry data, with their index: not totals, not group titles, not rows of nothing but numbering."""
    rows = table.rows if table.header else table.rows[1:]
    offset = 0 if table.header else 1
    found = []
    for index, row in enumerate(rows):
        filled = [c for c in dict.fromkeys(row) if not is_blank(c)]
        telling = [c for c in filled if not _NUMBERING.match(c)]
        counts = bool(table.header) and not _is_numbering(row)
        if len(filled) >= 2 and (telling or counts) and not any(_TOTAL.match(c) for c in filled[:2]):
            found.append((index + offset, row))
    return tuple(found)


def _is_numbering(row: tuple[str, ...]) -> bool:
    """Whether a row merely numbers the columns: 1, 2, 3 and so on."""
    digits = [re.sub(r"\D", "", arabic_digits(c)) for c in row]
    return digits == [str(n) for n in range(1, len(row) + 1)]


@dataclass(frozen=True, slots=True)
class Fill:
    """How a column is filled: data rows, rows with a written value, the first value and the row it stands in."""

    rows: int
    written: int
    first: str
    first_row: int


def fill_of(table: Table, columns: tuple[int, ...]) -> Fill:
    """How the cells of `columns` are filled over the data rows (a row counts as written when one of them is)."""
    rows = data_rows(table)
    written, first, first_row = 0, "", -1
    for index, row in rows:
        value = next((row[c] for c in columns if c < len(row) and not is_blank(row[c])), "")
        if value:
            written += 1
            if first_row < 0:
                first, first_row = value, index
    return Fill(len(rows), written, first, first_row)


def unrecognised(table: Table, any_concept: Concept) -> tuple[int, ...]:
    """Filled columns whose name names nothing that the vocabulary knows; one of them may be what is missed."""
    found = []
    for index, name in enumerate(header_of(table)):
        if fold(name) and not any_concept.lexicon.hits(name) and fill_of(table, (index,)).written:
            found.append(index)
    return tuple(found)


def looks_like(table: Table, keys: tuple[Concept, ...]) -> bool:
    """Whether a table has, among its columns, every one of `keys`."""
    return all(columns_of(table, key) for key in keys)


def header_text(table: Table) -> str:
    return " | ".join(name for name in header_of(table) if fold(name))
