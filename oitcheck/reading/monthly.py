"""Monthly procurement summaries in the evidence: which month each table or statement stands for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from oitcheck.lib.named_dates import NamedMonth, months_named
from oitcheck.lib.thai_calendar import FiscalYear, Month, fiscal_year_of
from oitcheck.model.context import Context
from oitcheck.model.evidence import Document, Evidence, Line, Locator, Section, Table
from oitcheck.reading.columns import FoundTable, data_rows, header_of, tables
from oitcheck.reading.passages import passages, placed
from oitcheck.reading.periods import fiscal_year_stated_in, months_in, months_of_link, stated_fiscal_year

_AMOUNT = re.compile(r"[\d๐-๙]{1,3}(?:,[\d๐-๙]{3})+(?:\.[\d๐-๙]{2})?|[\d๐-๙]+\.[\d๐-๙]{2}(?![\d๐-๙])")


@dataclass(frozen=True, slots=True)
class Report:
    """One table or statement with the months it stands for.

    `rows` counts data rows; `says_none`: it states that nothing was bought; `year_given` False: the year was inferred.
    """

    document: Document
    months: frozenset[Month]
    table: Table | None
    rows: int
    says_none: bool
    quote: str
    at: Locator
    year_given: bool = True
    row_months: frozenset[Month] = frozenset()


def monthly_reports(evidence: Evidence, context: Context) -> tuple[Report, ...]:
    """Every report of a month in the documents of the evidence, in reading order."""
    pages = {d.capture.url: d for d in evidence.documents}
    found: list[Report] = []
    for document in evidence.documents:
        found.extend(_reports_of(document, pages.get(document.capture.found_on), context))
    return tuple(found)


def says_no_procurement(text: str, context: Context) -> bool:
    """Whether a text says that nothing at all was bought, not merely nothing above a limit or by one method."""
    none = context.vocabulary["no_procurement"].hits(text)
    limits = context.vocabulary["limiting_phrase"].hits(text)
    return any(not any(0 <= limit.start - hit.end <= 12 for limit in limits) for hit in none)


def _reports_of(document: Document, parent: Document | None, context: Context) -> Iterator[Report]:
    year = _year_of(document, parent, context)
    held: set[Month] = set()
    before: tuple[NamedMonth, ...] = ()
    for found in tables(document):
        if not _is_procurement(found.table, context):
            continue
        named = _months_above(found, year, before)
        before = named or before
        report = _of_table(found, named, year, context)
        if report.months:
            held |= report.months
        yield report
    for report in _statements(document, year, context):
        if not report.months <= held:
            yield report
    if not any(True for _ in tables(document)) and document.kind != "html":
        yield from _of_text(document, year)


def _is_procurement(table: Table, context: Context) -> bool:
    columns = context.vocabulary.in_group("procurement_column")
    header = header_of(table)
    named = {c.id for c in columns for name in header if c.named_in(name)}
    return len(named) >= 3


def _year_of(document: Document, parent: Document | None, context: Context) -> FiscalYear:
    """The fiscal year a month without a year belongs to:

    as the document says, else its rows' dates, its link, its page.
    """
    stated = fiscal_year_stated_in(document)
    if stated:
        return stated
    voted = Counter(fiscal_year_of(m).year_be for found in tables(document) for m in _row_months(found.table))
    if voted:
        return FiscalYear(voted.most_common(1)[0][0])
    linked = stated_fiscal_year((document.capture.link_text,))
    return linked or (fiscal_year_stated_in(parent) if parent else None) or context.fiscal_year


@lru_cache(maxsize=512)
def _row_months(table: Table) -> frozenset[Month]:
    """The months of full dates in the cells of a table (contracts, as a rule)."""
    return frozenset(
        n.month
        for _, row in data_rows(table)
        for cell in dict.fromkeys(row)
        for n in months_named(cell)
        if n.year_given
    )


def _of_table(found: FoundTable, named: tuple[NamedMonth, ...], year: FiscalYear, context: Context) -> Report:
    table, section = found.table, found.section
    if not named:
        first_row = [c for row in table.rows[:1] for c in row] + [c for name in header_of(table) for c in (name,)]
        named = months_in(first_row, year)
    months = frozenset(n.month for n in named)
    if not months:
        months = months_of_link(found.document.capture, year)
    rows = len(data_rows(table))
    texts = [c for row in table.rows for c in dict.fromkeys(row)] + list(table.caption) + _lines_after(section, table)
    none = next((t for t in texts if says_no_procurement(t, context)), "")
    if (
        none
        and rows
        and sum(1 for _, row in data_rows(table) if not any(says_no_procurement(c, context) for c in row)) == 0
    ):
        rows = 0
    quote = none or _quote(found, named)
    seen = placed(found.document, quote, _row_place(table, quote))
    return Report(
        found.document, months, table, rows, bool(none) and rows == 0, seen.quote, seen.at,
        all(n.year_given for n in named), _row_months(table),
    )  # fmt: skip


def _months_above(found: FoundTable, year: FiscalYear, before: tuple[NamedMonth, ...]) -> tuple[NamedMonth, ...]:
    """The months named nearest above a table: its title block, the lines since the table before it (on the page before,
    too), its headings; of a paged document else those of the table it continues, or of the document's top."""
    above = [*reversed(found.table.caption), *reversed(_lines_since(found))]
    named = months_in(above, year, dated=found.document.kind == "html")
    if not named:
        named = months_in(tuple(reversed(found.section.heading)), year)
    if named:
        return named
    if found.document.kind != "html" and before:
        return before
    if sum(1 for _ in tables(found.document)) == 1 or found.document.kind != "html":
        top = [
            found.document.title,
            *(p.text for p in passages(found.document)[:8] if p.part in ("heading", "line", "caption")),
        ]
        return months_in(top, year)
    return ()


def _lines_since(found: FoundTable) -> list[str]:
    """The lines between a table and the table before it, over the end of a page but not of a section of a web page."""
    lines: list[str] = []
    for section in found.document.content:
        if found.document.kind == "html" and section is not found.section:
            continue
        for block in section.blocks:
            if block is found.table:
                return lines[-6:]
            if isinstance(block, Table):
                lines = []
            elif isinstance(block, Line):
                lines.append(block.text)
    return []


def _lines_after(section: Section, table: Table) -> list[str]:
    lines: list[str] = []
    after = False
    for block in section.blocks:
        if block is table:
            after = True
        elif after and isinstance(block, Table):
            break
        elif after and isinstance(block, Line):
            lines.append(block.text)
            if months_named(block.text) or len(lines) >= 3:
                break
    return lines


def _row_place(table: Table, quote: str) -> Locator:
    """The place of the row that holds a cell, else of the table."""
    for index, row in enumerate(table.rows):
        if quote in row:
            return table.row_at(index)
    return table.at


def _quote(found: FoundTable, named: tuple[NamedMonth, ...]) -> str:
    for text in (*reversed(found.table.caption), *reversed(found.section.heading), found.document.title):
        if months_named(text, FiscalYear(2500)):
            return text
    rows = data_rows(found.table)
    return max(rows[0][1], key=len) if rows else ""


def _statements(document: Document, year: FiscalYear, context: Context) -> Iterator[Report]:
    """Lines outside tables that say nothing was bought, with the month they or the lines above them name."""
    above: list[str] = []
    for passage in passages(document):
        if passage.part in ("cell", "header"):
            continue
        if says_no_procurement(passage.text, context):
            named = months_in((passage.text, *reversed(above[-4:])), year)
            months = frozenset(n.month for n in named) or months_of_link(document.capture, year)
            yield Report(document, months, None, 0, True, passage.text, passage.at, all(n.year_given for n in named))
        above.append(passage.text)


def _of_text(document: Document, year: FiscalYear) -> Iterator[Report]:
    """A document without a recognisable table: the months of its top, and lines with amounts counted as rows."""
    told = [p for p in passages(document) if p.part != "link"]
    top = [document.title, *(p.text for p in told[:8])]
    named = months_in(top, year)
    months = frozenset(n.month for n in named) or months_of_link(document.capture, year)
    amounts = [p for p in told if _AMOUNT.search(p.text)]
    if months and amounts:
        where = next((p for p in told[:8] if months_named(p.text, year)), told[0])
        yield Report(
            document, months, None, len(amounts), False, where.text, where.at, all(n.year_given for n in named)
        )
