"""Is something reported as done or under way, not merely planned?

True: a column of results holds such a report, or a passage tells what was done. False: the column is blank, only plans
stand there, or nothing that could be a report. Undecided: text stands there that no rule understands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from oitcheck.lib.terms import Concept
from oitcheck.lib.thai_text import fold
from oitcheck.model.context import Context
from oitcheck.model.evidence import Document, Evidence
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.body import body
from oitcheck.reading.columns import columns_of, data_rows, header_of, is_measure, tables
from oitcheck.reading.deeds import is_planned, reports_done
from oitcheck.reading.labels import unknown_labels
from oitcheck.reading.passages import Passage, is_blank, says_none

# A cell that says that nothing came of it.
_REFUSES = re.compile(r"^\s*(?:ยัง)?(?:ไม่|มิ)(?!พบ)|^\s*ยกเลิก|^\s*งด")
# Said of all that was to be done, it reports nothing yet; a person knows whether that may be.
_UNDER_WAY = re.compile(r"^\W*(?:กำลัง|อยู่(?:ใน)?ระหว่าง(?:การ)?)ดำเนิน(?:การ|งาน)?\W*$")
# With less text than this beside its tables, a document has nothing that a person might still read as a report.
LITTLE_TEXT = 60


@dataclass(frozen=True, slots=True)
class Params:
    """`results`: what columns of results are called. `not_in`: columns whose cells report nothing (money, numbers)."""

    results: tuple[Concept, ...]
    not_in: tuple[Concept, ...] = ()


REASONS: Mapping[str, frozenset[str]] = {
    "reported": frozenset({"found"}),
    "unrecognised": frozenset({"found"}),
    "result_blank": frozenset({"column"}),
    "under_way": frozenset({"found"}),
    "planned_only": frozenset({"found"}),
    "nothing_reported": frozenset(),
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict: the best that any document shows."""
    blank: Seen | None = None
    planned: Seen | None = None
    strange: Seen | None = None
    under_way: Passage | None = None
    for document in sorted(evidence.documents, key=lambda d: d.capture.depth == 0):
        cells = _result_cells(document, params)
        if cells is not None:
            under_way = under_way or next((c for c in cells if _UNDER_WAY.match(c.text)), None)
            done = next((c for c in cells if _reports(c.text) and not _UNDER_WAY.match(c.text)), None)
            if done:
                yield _verdict(Outcome.PASSED, "reported", done)
                return
            if not cells:
                blank = blank or _column(document, params)
            for cell in cells:
                if is_planned(cell.text):
                    planned = planned or Seen(cell.at, cell.text)
                elif not _UNDER_WAY.match(cell.text):
                    strange = strange or Seen(cell.at, cell.text)
        else:
            # A column of an unknown name may be one of results.
            other = next((c for c in _cells(document) if reports_done(c.text)), None)
            strange = strange or (Seen(other.at, other.text) if other else None)
        told = [p for p in body(document) if p.part == "line"]
        deed = next((p for p in told if reports_done(p.text)), None)
        if deed:
            yield _verdict(Outcome.PASSED, "reported", deed)
            return
        intent = next((p for p in told if is_planned(p.text)), None)
        planned = planned or (Seen(intent.at, intent.text) if intent else None)
        if intent is None and sum(len(fold(p.text)) for p in told) >= LITTLE_TEXT:
            longest = max(told, key=lambda p: len(p.text))
            strange = strange or Seen(longest.at, longest.text)
    if under_way:
        yield _verdict(Outcome.CANT_TELL, "under_way", under_way)
        return
    if not strange and not planned and not blank:
        lexicon = params.results[0].lexicon
        labels = [p for d in evidence.documents for p in unknown_labels(d, lexicon, context.agency)]
        strange = Seen(labels[0].at, labels[0].text) if labels else None
    if strange:
        yield Verdict(Outcome.CANT_TELL, "unrecognised", "", {"found": strange.quote}, (strange,))
    elif planned:
        yield Verdict(Outcome.FAILED, "planned_only", "", {"found": planned.quote}, (planned,))
    elif blank:
        yield Verdict(Outcome.FAILED, "result_blank", "", {"column": blank.quote}, (blank,))
    else:
        yield Verdict(Outcome.FAILED, "nothing_reported")


def _verdict(outcome: Outcome, reason: str, passage: Passage) -> Verdict:
    return Verdict(outcome, reason, "", {"found": passage.text}, (Seen(passage.at, passage.text),))


def _reports(cell: str) -> bool:
    """Whether a cell under a heading of results reports one: any words that are no plan and no mere number or dash."""
    if reports_done(cell):
        return True
    return len(fold(cell)) >= 5 and not is_planned(cell) and not is_measure(cell) and not _REFUSES.match(cell)


def _result_cells(document: Document, params: Params) -> list[Passage] | None:
    """The written cells of columns of results; None when no table has such a column."""
    found: list[Passage] | None = None
    for one in tables(document):
        columns = {i for c in params.results for i in columns_of(one.table, c)}
        columns -= {i for c in params.not_in for i in columns_of(one.table, c)}
        if not columns:
            continue
        found = found if found is not None else []
        for index, row in data_rows(one.table):
            place = one.table.row_at(index)
            texts = (row[i] for i in sorted(columns) if i < len(row))
            found.extend(Passage(t, place, "cell") for t in texts if not is_blank(t) and not says_none(t))
    return found


def _cells(document: Document) -> Iterator[Passage]:
    for one in tables(document):
        for index, row in data_rows(one.table):
            yield from (Passage(cell, one.table.row_at(index), "cell") for cell in dict.fromkeys(row))


def _column(document: Document, params: Params) -> Seen | None:
    for one in tables(document):
        for concept in params.results:
            for index in columns_of(one.table, concept):
                return Seen(one.table.at, header_of(one.table)[index])
    return None
