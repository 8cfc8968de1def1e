"""Has the table the column that is asked for, and is it filled?

True: the tables that count have the column, with a value (or "ไม่มี", "-") in the rows. False: no such column, a column
left blank, no such table and nothing else. Undecided: some rows left blank, a filled column whose name is not known may
be it, or text stands there in place of a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from oitcheck.lib.named_dates import months_named, years_named
from oitcheck.lib.terms import Concept, Lexicon, first_named
from oitcheck.lib.thai_calendar import FiscalYear
from oitcheck.lib.thai_text import arabic_digits, fold
from oitcheck.model.context import Context
from oitcheck.model.evidence import Document, Evidence
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.body import body
from oitcheck.reading.columns import (
    Fill,
    FoundTable,
    columns_of,
    data_rows,
    fill_of,
    header_of,
    header_text,
    is_named,
    tables,
    unrecognised,
)
from oitcheck.reading.passages import Passage, is_blank, mentions

# A list of projects in running text names the thing for each of them, so at least twice.
LEAST_IN_TEXT = 2
# With less body than this a document has nothing that a person might still read as what is asked for.
LITTLE_TEXT = 60
# "แบบ สขร.1 ประจำเดือนมีนาคม พ.ศ. 2566" is a line that only names a month.
LONGEST_MONTH = 40
# Columns of fewer years are no times.
LEAST_YEARS = 3
# Share of data rows with a value from which a column counts as filled: group titles and subtotals leave cells bare.
FILLED_SHARE = 0.75
_DIGIT = re.compile(r"\d")
_MONEY = re.compile(
    r"(?<![\d,])\d[\d,]*(?:\.\d+)?\s*(?:ล้าน)?บาท|งบ(?:ประมาณ)?\s*[:=]?\s*\d[\d,]{2,}|ไม่(?:ได้)?(?:ใช้|มี|ต้องใช้)\s*(?:เงิน)?\s*งบ(?:ประมาณ)?|ไม่ใช้เงิน|(?<![\d,])\d{1,3}(?:,\d{3})+(?=\s*(?:บาท|$))"
)
_QUARTER = re.compile(r"ไตรมาส|(?<![A-Za-z])Q[1-4]|ตลอดปี|ทั้งปี|ทุกเดือน|เดือนละ|รายเดือน")


@dataclass(frozen=True, slots=True)
class Params:
    """`column`: what the column is. `among`: the tables that count have at least one of these columns.

    `needs`: and each of these too. `not_with`: and none of these. `every`: each such
    table must have the column, not just one.
    `in_text`: the thing may stand in running text where there is no table. `also`: columns that belong to it and must
    be there and filled, too. `value`: what its values are like where they stand in running text without its name.
    """

    column: Concept
    among: tuple[Concept, ...]
    needs: tuple[Concept, ...] = ()
    not_with: tuple[Concept, ...] = ()
    every: bool = False
    in_text: bool = True
    also: tuple[Concept, ...] = ()
    value: Literal["", "money", "time"] = ""


REASONS: Mapping[str, frozenset[str]] = {
    "filled": frozenset({"column", "value"}),
    "in_text": frozenset({"column"}),
    "cells_blank": frozenset({"column", "blank", "rows"}),
    "column_unrecognised": frozenset({"column", "header"}),
    "column_blank": frozenset({"column"}),
    "column_missing": frozenset({"column", "header"}),
    "not_in_table": frozenset({"column", "found"}),
    "table_empty": frozenset({"column"}),
    "no_table": frozenset({"column"}),
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict over all tables that count."""
    relevant = [f for d in evidence.documents for f in tables(d) if _counts(f, params)]
    filled = [f for f in relevant if data_rows(f.table)]
    name = {"column": params.column.title}
    if filled:
        verdicts = [_of_tables(filled, params, name)]
        for other in params.also:
            verdicts.append(
                _of_tables(filled, replace(params, column=other, also=(), value=""), {"column": other.title})
            )
        yield max(verdicts, key=lambda v: v.outcome.badness)
        return
    if params.in_text and not relevant:
        told = _in_text(evidence, params, context)
        if told:
            yield told
            return
    if relevant:
        yield Verdict(Outcome.FAILED, "table_empty", "", name, _head_seen(relevant[0]))
        return
    rest = next((p for d in evidence.documents for p in _telling(d, params.column.lexicon)), None)
    if rest:
        facts = {**name, "found": rest.text}
        yield Verdict(Outcome.CANT_TELL, "not_in_table", "", facts, (Seen(rest.at, rest.text),))
    else:
        yield Verdict(Outcome.FAILED, "no_table", "", name)


def _telling(document: Document, lexicon: Lexicon) -> tuple[Passage, ...]:
    """The body of a document where it says something beside names of columns and months, as an empty form does not."""
    told = tuple(p for p in body(document) if not is_named(p.text, lexicon) and not _is_month(p.text))
    return told if sum(len(fold(p.text)) for p in told) >= LITTLE_TEXT else ()


def _is_month(text: str) -> bool:
    """Whether a line is little more than the name of a month, as months without a table are listed."""
    return len(fold(text)) <= LONGEST_MONTH and bool(months_named(text, FiscalYear(2500)))


def _in_text(evidence: Evidence, params: Params, context: Context) -> Verdict | None:
    """The thing told in running text for each project, by its name or by values of its kind; None when it is not."""
    for document in evidence.documents:
        found = (m.passage for m in mentions(document, params.column) if m.filled and _gives_value(m.passage))
        # A title that names the whole is no entry of it.
        named = [p for p in found if not first_named(context.item.subject, p.text)]
        values = [p for p in body(document) if p.part == "line" and _is_value(p.text, params.value)]
        # One sum or date may be of anything; a list has one for each of its entries.
        for told in (named, values):
            if len(told) >= LEAST_IN_TEXT and not (params.also and told is values) and _lists(document, params):
                seen = tuple(Seen(p.at, p.text) for p in told[:3])
                return _with_others(document, params, Verdict(Outcome.PASSED, "in_text", "", _name(params), seen))
    return None


def _lists(document: Document, params: Params) -> bool:
    """Whether sums or times stand with entries that they can be of; a budget by kind of expense names no project."""
    others = [concept for concept in params.among if concept is not params.column]
    if not params.value or not others:
        return True
    return any(sum(1 for _ in mentions(document, concept)) >= LEAST_IN_TEXT for concept in others)


def _name(params: Params) -> dict[str, str]:
    return {"column": params.column.title}


def _with_others(document: Document, params: Params, told: Verdict) -> Verdict:
    """The verdict of a list in text, undecided where another thing that belongs to each entry is not named."""
    for other in params.also:
        if not any(m.filled for m in mentions(document, other)):
            facts = {"column": other.title, "found": told.seen[0].quote}
            return Verdict(Outcome.CANT_TELL, "not_in_table", "", facts, told.seen[:1])
    return told


def _is_value(text: str, value: str) -> bool:
    """Whether a line gives money or a time, as values of a plan do."""
    flat = arabic_digits(text)
    if value == "money":
        return bool(_MONEY.search(flat))
    if value == "time":
        return bool(months_named(text, FiscalYear(2500)) or _QUARTER.search(flat))
    return False


def _gives_value(passage: Passage) -> bool:
    """A label with its value: behind a colon, in its row, in the line under it, or a sentence with a number in it."""
    if passage.part == "cell":
        return not is_blank(passage.under)
    if passage.part not in ("line", "heading"):
        return False
    head, colon, value = passage.text.partition(":")
    below = passage.under.partition("\n")[0]
    if colon and len(head) < 60 and not is_blank(value):
        return True
    return bool(_DIGIT.search(arabic_digits(passage.text))) or (len(passage.text) < 60 and not is_blank(below))


def _counts(found: FoundTable, params: Params) -> bool:
    table = found.table
    # Of a plan and its progress each part may stand in a table of its own.
    is_part = params.column.group == "plan_column" and not params.every
    named = (*params.among, params.column) if is_part else params.among
    return (
        any(columns_of(table, k) for k in named)
        and all(columns_of(table, k) for k in params.needs)
        and not any(columns_of(table, k) for k in params.not_with)
    )


def _of_tables(found: list[FoundTable], params: Params, name: Mapping[str, str]) -> Verdict:
    with_column = [(f, c) for f in found if (c := _columns(f, params))]
    without = [f for f in found if not _columns(f, params)]
    if not with_column or (params.every and without):
        # The table most like what is asked for tells best what it lacks.
        lacking = max(without or found, key=lambda f: _known_columns(f, params))
        header = header_text(lacking.table)
        looked_at = [lacking] if params.every else found
        strange = [header_of(f.table)[i] for f in looked_at for i in unrecognised(f.table, params.column)]
        if strange:
            facts = {**name, "header": ", ".join(dict.fromkeys(strange))}
            return Verdict(Outcome.CANT_TELL, "column_unrecognised", "", facts, _head_seen(lacking))
        return Verdict(Outcome.FAILED, "column_missing", "", {**name, "header": header}, _head_seen(lacking))
    fills = [(f, c, fill_of(f.table, c, ticks=params.value == "time", named=params.column)) for f, c in with_column]
    rows, written = sum(x.rows for *_, x in fills), sum(x.written for *_, x in fills)
    best: tuple[FoundTable, tuple[int, ...], Fill] = max(fills, key=lambda t: t[2].written / max(t[2].rows, 1))
    table, columns, fill = best
    if not written and params.value == "time" and len(columns) > 1:
        # Bars of colour over months leave no text in their cells.
        facts = {**name, "blank": str(rows), "rows": str(rows)}
        return Verdict(Outcome.CANT_TELL, "cells_blank", "", facts, _head_seen(table))
    if not written:
        return Verdict(
            Outcome.FAILED,
            "column_blank",
            "",
            name,
            (Seen(table.table.at, table.table.header[columns[0]] if table.table.header else ""),),
        )
    share = written / rows
    seen = (Seen(table.table.row_at(fill.first_row), fill.first),)
    if share < FILLED_SHARE:
        facts = {**name, "blank": str(rows - written), "rows": str(rows)}
        return Verdict(Outcome.CANT_TELL, "cells_blank", "", facts, seen)
    return Verdict(Outcome.PASSED, "filled", "", {**name, "value": fill.first}, seen)


def _columns(found: FoundTable, params: Params) -> tuple[int, ...]:
    """The columns of a table that are the one asked for; for times also columns headed by months, or by years."""
    own = columns_of(found.table, params.column)
    if params.value == "time":
        names = header_of(found.table)
        months = tuple(i for i, name in enumerate(names) if _heads_month(name, params.column))
        years = tuple(i for i, name in enumerate(names) if len(list(years_named(name))) == 1)
        # Of a plan of several years the columns of the years say when each thing is done.
        months += years if len(years) >= LEAST_YEARS else ()
        own = tuple(sorted({*own, *months}))
    return own


def _heads_month(name: str, timing: Concept) -> bool:
    """Whether a column is headed by a month and by nothing else of a plan (results of a month are no times)."""
    others = [h for h in timing.lexicon.labels(name) if timing.lexicon.group_of(h.concept) == timing.group]
    return bool(months_named(name, FiscalYear(2500))) and all(h.concept == timing.id for h in others)


def _known_columns(found: FoundTable, params: Params) -> int:
    """How many columns of a table name something of the same group as the column that is asked for."""
    lexicon, group = params.column.lexicon, params.column.group
    return sum(any(lexicon.group_of(h.concept) == group for h in lexicon.hits(name)) for name in header_of(found.table))


def _head_seen(found: FoundTable) -> tuple[Seen, ...]:
    """The longest name among a table's columns, as a sign of which table was looked at."""
    return (Seen(found.table.at, max(header_of(found.table), key=len, default="")),)
