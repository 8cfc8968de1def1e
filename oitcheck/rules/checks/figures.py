"""Are there figures of this: how many there were?

True: a number stands with its name, in a line, a row or a column; or it is said that there were none. False: the name
stands without a number, or nothing of it. Undecided: numbers stand there, but of what cannot be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from oitcheck.lib.named_dates import months_named
from oitcheck.lib.terms import Concept, first_named
from oitcheck.lib.thai_text import arabic_digits, fold
from oitcheck.model.context import Context
from oitcheck.model.evidence import Evidence
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.body import body
from oitcheck.reading.columns import FoundTable, columns_of, data_rows, header_of, tables
from oitcheck.reading.passages import Passage, is_blank, passages, says_none

_NUMBER_CELL = re.compile(
    r"^[\s(]*(?:จำนวน\s*)?(?:\d[\d,]*(?:\.\d+)?|-|–|ไม่มี)\s*(?:%|คน|อัตรา|ราย|ครั้ง|เรื่อง|ฉบับ|รายการ|บาท|โครงการ|สัญญา|คำขอ|ครัวเรือน|แห่ง|ข้อ|กรณี)?[\s).]*$"
)
_UNIT = r"(?:คน|อัตรา|ราย(?:การ)?|ครั้ง|เรื่อง|ฉบับ|บาท|โครงการ|สัญญา|คำขอ|คำร้อง|แห่ง|ข้อ|กรณี|ท่าน|ครัวเรือน|%)"
_COUNT = re.compile(rf"(?<![\d,])\d[\d,]*\s*{_UNIT}")
_IN_LINE = re.compile(
    rf"(?<![\d,])\d[\d,]*(?:\.\d+)?\s*{_UNIT}|(?:จำนวน|รวม|ทั้งหมด|ทั้งสิ้น|ร้อยละ|เท่ากับ|[:=])\s*\d[\d,]*|(?<!ยัง)ไม่มี(?!ข้อมูล)|[:：]\s*-\s*$"
)
# Years, item codes and numbering are no figures.
_NOT_A_FIGURE = re.compile(
    r"(?<!\d)(?:2[45]\d\d|20\d\d)(?!\d)|O\s?\d{1,2}|^\s*\d{1,2}[.)]\s|ข้อ\s*\d+|รอบ\s*\d+\s*เดือน|\d+\s*เดือน|ครั้งที่\s*\d+",
    re.MULTILINE,
)


_OF_MONEY = re.compile(r"งบ|บาท|เงิน|ค่าใช้จ่าย|เบิกจ่าย|มูลค่า|ราคา")
MOST_LINES_UNDER = 3
LONGEST_LABELS = 80
_IN_A_RULE = re.compile(r"มาตรา|มากกว่า|น้อยกว่า|ไม่เกิน|ไม่ต่ำกว่า|ภายใน|อย่างน้อย|ตั้งแต่|กรณี|หาก|เมื่อ")
# What was spent is no figure of how many there were.
_MONEY = re.compile(r"\d[\d,]*(?:\.\d+)?\s*(?:ล้าน|แสน|หมื่น|พัน)?\s*บาท")


@dataclass(frozen=True, slots=True)
class Params:
    """`concept`: what is counted. `none`: statements that there were none, which settle it.

    `about`: figures in a table or paper whose title, header or caption names one of these are figures of it.
    `not_with`: tables with one of these columns are no tables of figures. `listed`: a filled column of that name counts
    what it lists. `also`: what must be counted, too.
    """

    concept: Concept
    none: tuple[Concept, ...] = ()
    about: tuple[Concept, ...] = ()
    not_with: tuple[Concept, ...] = ()
    listed: bool = False
    also: tuple[Concept, ...] = ()


REASONS: Mapping[str, frozenset[str]] = {
    "given": frozenset({"what", "found"}),
    "said_none": frozenset({"what", "found"}),
    "other_figures": frozenset({"what", "found"}),
    "without_number": frozenset({"what", "found"}),
    "missing": frozenset({"what"}),
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict over all documents: that on what is worst off."""
    asked = (params.concept, *params.also)
    verdicts = (_on(replace(params, concept=c), evidence, context) for c in asked)
    yield max(verdicts, key=lambda v: v.outcome.badness)


def _on(params: Params, evidence: Evidence, context: Context) -> Verdict:
    what = params.concept.title
    siblings = _siblings(params, context)
    named: Passage | None = None
    others: Passage | None = None
    for document in evidence.documents:
        told = passages(document)
        for found in tables(document):
            if any(columns_of(found.table, c) for c in params.not_with):
                continue
            cell = _in_table(found, params)
            if cell:
                return _verdict(Outcome.PASSED, "given", what, cell)
            others = others or _strange_number(found, siblings)
        about = any(c.named_in(t) for c in params.about for t in (document.title, *_heads(told)))
        for before, passage in zip((None, *told), told, strict=False):
            if about and passage.part == "line" and _has_count(passage.text):
                return _verdict(Outcome.PASSED, "given", what, passage)
            if (
                passage.part == "line"
                and _NUMBER_CELL.match(arabic_digits(passage.text))
                and not is_blank(passage.text)
                and not (before and before.part in ("line", "heading") and first_named(siblings, before.text))
            ):
                others = others or passage
            counted = _counted_under(passage, params.concept)
            if counted:
                return _verdict(Outcome.PASSED, "given", what, replace(passage, text=counted))
            if passage.part in ("link", "heading", "header"):
                named = named or (passage if params.concept.named_in(passage.text) and passage.part != "link" else None)
                continue
            if any(c.named_in(passage.text) for c in params.none):
                return _verdict(Outcome.PASSED, "said_none", what, passage)
            if passage.part == "line" and params.concept.named_in(passage.text):
                told_of = passage.text if params.listed else _MONEY.sub(" ", arabic_digits(passage.text))
                if _has_figure(told_of) or _value_beside(passage, before):
                    return _verdict(Outcome.PASSED, "given", what, passage)
                if _has_figure(passage.text):
                    others = others or passage
                named = named or passage
    if named is None and others is None:
        lines = (p for d in evidence.documents for p in body(d) if p.part == "line" and _has_count(p.text))
        others = next((p for p in lines if not _all_named(p.text, siblings)), None)
    if others:
        return _verdict(Outcome.CANT_TELL, "other_figures", what, others)
    if named:
        return _verdict(Outcome.FAILED, "without_number", what, named)
    return Verdict(Outcome.FAILED, "missing", "", {"what": what})


def _counted_under(passage: Passage, concept: Concept) -> str:
    """The first line under a heading or label of a concept that counts something other than money; "" when none."""
    if passage.part not in ("heading", "line") or not _is_name(concept, passage.text):
        return ""
    lines = (line.strip() for line in passage.under.split("\n")[:MOST_LINES_UNDER])
    return next((line for line in lines if _counts_itself(line)), "")


def _counts_itself(line: str) -> bool:
    """Whether a line is a count, or several with what each counts, and no sentence that has a number in it."""
    flat = _MONEY.sub(" ", arabic_digits(line))
    return _has_count(flat) and not _IN_A_RULE.search(flat) and len(_COUNT.sub(" ", flat)) <= LONGEST_LABELS


def _siblings(params: Params, context: Context) -> tuple[Concept, ...]:
    """What the item's other elements are called: a number of theirs is none of this one."""
    named = (getattr(r.params, key, None) for r in context.item.requirements for key in ("concept", "column"))
    return tuple(c for c in (*named, *params.also) if isinstance(c, Concept) and c != params.concept)


def _heads(told: tuple[Passage, ...]) -> tuple[str, ...]:
    return tuple(p.text for p in told if p.part in ("heading", "caption") or p.strong)


def _has_count(text: str) -> bool:
    """Whether a line counts something: a number with what it counts."""
    return bool(_COUNT.search(_NOT_A_FIGURE.sub(" ", arabic_digits(text))))


def _verdict(outcome: Outcome, reason: str, what: str, passage: Passage) -> Verdict:
    return Verdict(outcome, reason, "", {"what": what, "found": passage.text}, (Seen(passage.at, passage.text),))


def _has_figure(text: str) -> bool:
    return bool(_IN_LINE.search(_NOT_A_FIGURE.sub(" ", arabic_digits(text))))


def _value_beside(passage: Passage, before: Passage | None) -> bool:
    """Whether the line under a label, or over it, is a number alone ("จำนวนทั้งหมด" with "3 เรื่อง")."""
    below = next((line for line in passage.under.split("\n") if line.strip()), "")
    above = before.text if before is not None and before.part == "line" else ""
    return any(_NUMBER_CELL.match(arabic_digits(text)) for text in (below, above) if text)


def _is_number(cell: str) -> bool:
    flat = arabic_digits(cell)
    return bool(_NUMBER_CELL.match(flat)) and not (months_named(cell) or re.fullmatch(r"\s*25\d\d\s*", flat))


def _in_table(found: FoundTable, params: Params) -> Passage | None:
    """A cell with a number in a column or row that names what is counted, or any number of a table about it."""
    table = found.table
    rows = data_rows(table)
    columns = columns_of(table, params.concept)
    for index, row in rows:
        for column in columns:
            if column < len(row) and (_is_number(row[column]) or (params.listed and not is_blank(row[column]))):
                return Passage(row[column], table.row_at(index), "cell")
        labels = [c for c in row if not _is_number(c)]
        if any(_is_name(params.concept, c) for c in labels):
            number = next((c for c in row if _is_number(c) and not is_blank(c)), "")
            if number:
                return Passage(number, table.row_at(index), "cell")
    titles = (*table.caption, *found.section.heading, *header_of(table))
    if params.about and any(c.named_in(t) for c in params.about for t in titles):
        return _any_number(found)
    return None


def _is_name(concept: Concept, label: str) -> bool:
    """Whether a row's label is mostly the name of a concept, and not a longer text that mentions it."""
    named = max((hit.end - hit.start for hit in concept.hits(label)), default=0)
    return named * 2 > len(fold(label))


def _all_named(text: str, siblings: tuple[Concept, ...]) -> bool:
    """Whether a line that counts names what it counts: as many other elements as there are counts in it."""
    counts = _COUNT.findall(_NOT_A_FIGURE.sub(" ", arabic_digits(text)))
    return sum(c.named_in(text) for c in siblings) >= len(counts)


def _strange_number(found: FoundTable, siblings: tuple[Concept, ...]) -> Passage | None:
    """The first number of a table of which neither the column nor the row is called by the name of another element."""
    names = header_of(found.table)
    for index, row in data_rows(found.table):
        row_known = any(first_named(siblings, c) for c in row if not _is_number(c))
        for column, cell in enumerate(row):
            known = row_known or (column < len(names) and first_named(siblings, names[column]))
            if column and _is_number(cell) and not says_none(cell) and not known:
                return Passage(cell, found.table.row_at(index), "cell")
    return None


def _any_number(found: FoundTable) -> Passage | None:
    """The first number in the rows of a table, columns of running numbers and of money left out."""
    money = {column for column, name in enumerate(header_of(found.table)) if _OF_MONEY.search(name)}
    for index, row in data_rows(found.table):
        for column, cell in enumerate(row):
            if column and column not in money and _is_number(cell) and not says_none(cell):
                return Passage(cell, found.table.row_at(index), "cell")
    return None
