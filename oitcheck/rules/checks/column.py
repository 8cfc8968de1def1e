"""Has the table the column that is asked for, and is it filled?

True: the tables that count have the column, with a value (or "ไม่มี", "-") in the rows. False: no such column, a column
left blank, no such table. Undecided: some rows left blank, or a filled column whose name is not known may be it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from oitcheck.lib.terms import Concept
from oitcheck.model.context import Context
from oitcheck.model.evidence import Evidence
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.columns import (
    Fill,
    FoundTable,
    columns_of,
    data_rows,
    fill_of,
    header_of,
    header_text,
    tables,
    unrecognised,
)
from oitcheck.reading.passages import Passage, is_blank, mentions

# A list of projects in running text names the thing for each of them, so at least twice.
LEAST_IN_TEXT = 2
_DIGIT = re.compile(r"[0-9๐-๙]")
# Share of data rows with a value from which a column counts as filled: group titles and subtotals leave cells bare.
FILLED_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Params:
    """`column`: what the column is. `among`: the tables that count have at least one of these columns.

    `needs`: and each of these too. `not_with`: and none of these. `every`: each such
    table must have the column, not just one.
    `in_text`: the thing may stand in running text where there is no table.
    """

    column: Concept
    among: tuple[Concept, ...]
    needs: tuple[Concept, ...] = ()
    not_with: tuple[Concept, ...] = ()
    every: bool = False
    in_text: bool = True


REASONS: Mapping[str, frozenset[str]] = {
    "filled": frozenset({"column", "value"}),
    "in_text": frozenset({"column"}),
    "cells_blank": frozenset({"column", "blank", "rows"}),
    "column_unrecognised": frozenset({"column", "header"}),
    "column_blank": frozenset({"column"}),
    "column_missing": frozenset({"column", "header"}),
    "table_empty": frozenset({"column"}),
    "no_table": frozenset({"column"}),
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict over all tables that count."""
    relevant = [f for d in evidence.documents for f in tables(d) if _counts(f, params)]
    filled = [f for f in relevant if data_rows(f.table)]
    name = {"column": params.column.title}
    if filled:
        yield _of_tables(filled, params, name)
        return
    if params.in_text and not relevant:
        said = [m for d in evidence.documents for m in mentions(d, params.column) if m.filled and _has_value(m.passage)]
        if len(said) >= LEAST_IN_TEXT:
            yield Verdict(
                Outcome.PASSED, "in_text", "", name, tuple(Seen(m.passage.at, m.passage.text) for m in said[:3])
            )
            return
    if relevant:
        yield Verdict(Outcome.FAILED, "table_empty", "", name, _head_seen(relevant[0]))
    else:
        yield Verdict(Outcome.FAILED, "no_table", "", name)


def _has_value(passage: Passage) -> bool:
    """A line that gives the thing with its value: behind a colon, or as a sentence with a number in it."""
    if passage.part != "line":
        return False
    head, colon, value = passage.text.partition(":")
    return bool(colon and len(head) < 60 and not is_blank(value)) or bool(_DIGIT.search(passage.text))


def _counts(found: FoundTable, params: Params) -> bool:
    table = found.table
    return (
        any(columns_of(table, k) for k in params.among)
        and all(columns_of(table, k) for k in params.needs)
        and not any(columns_of(table, k) for k in params.not_with)
    )


def _of_tables(found: list[FoundTable], params: Params, name: Mapping[str, str]) -> Verdict:
    with_column = [(f, c) for f in found if (c := columns_of(f.table, params.column))]
    without = [f for f in found if not columns_of(f.table, params.column)]
    if not with_column or (params.every and without):
        # The table most like what is asked for tells best what it lacks.
        lacking = max(without or found, key=lambda f: _known_columns(f, params))
        header = header_text(lacking.table)
        strange = unrecognised(lacking.table, params.column)
        if strange:
            names = ", ".join(header_of(lacking.table)[i] for i in strange)
            return Verdict(
                Outcome.CANT_TELL,
                "column_unrecognised",
                "",
                {**name, "header": names},
                _head_seen(lacking),
            )
        return Verdict(Outcome.FAILED, "column_missing", "", {**name, "header": header}, _head_seen(lacking))
    fills = [(f, c, fill_of(f.table, c)) for f, c in with_column]
    rows, written = sum(x.rows for *_, x in fills), sum(x.written for *_, x in fills)
    best: tuple[FoundTable, tuple[int, ...], Fill] = max(fills, key=lambda t: t[2].written / max(t[2].rows, 1))
    table, columns, fill = best
    if not written:
        return Verdict(
            Outcome.FAILED,
            "column_blank",
            "",
            name,
            (Seen(table.table.at, table.table.header[columns[0]] if table.table.header else ""),),
        )
    share = (written / rows) if params.every else fill.written / max(fill.rows, 1)
    seen = (Seen(table.table.row_at(fill.first_row), fill.first),)
    if share < FILLED_SHARE:
        facts = {**name, "blank": str(rows - written), "rows": str(rows)}
        return Verdict(Outcome.CANT_TELL, "cells_blank", "", facts, seen)
    return Verdict(Outcome.PASSED, "filled", "", {**name, "value": fill.first}, seen)


def _known_columns(found: FoundTable, params: Params) -> int:
    """How many columns of a table name something of the same group as the column that is asked for."""
    lexicon, group = params.column.lexicon, params.column.group
    return sum(any(lexicon.group_of(h.concept) == group for h in lexicon.hits(name)) for name in header_of(found.table))


def _head_seen(found: FoundTable) -> tuple[Seen, ...]:
    """The longest name among a table's columns, as a sign of which table was looked at."""
    return (Seen(found.table.at, max(header_of(found.table), key=len, default="")),)
