"""Every case that passes, spoilt as such pages are in life: last year's, another agency's, a draft. None passes whole."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from oitcheck import cases
from oitcheck.lib.thai_calendar import BE_OFFSET, FiscalYear
from oitcheck.lib.thai_text import arabic_digits, fold, thai_digits
from oitcheck.model.agency import Agency
from oitcheck.model.context import Context
from oitcheck.model.evidence import Capture, Document, Evidence, Line, Locator
from oitcheck.reading.ownership import own_names
from oitcheck.reading.passages import passages
from oitcheck.rules.engine import Judging, assess
from tests.pages import checklist_of

FIXTURES = Path(__file__).parent.parent / "fixtures"
PLACES = sorted(FIXTURES.glob("2[0-9][0-9][0-9]/O*/pass-*/case.toml"))
# A title names whose paper it is; a sentence may name anyone.
LONGEST_TITLE = 110
# Periods of items that any year's copy may meet, and by how many years a copy is too old for the others.
YEARS_BACK = {"current": 0, "fiscal_year": 1, "first_half": 1, "previous_year": 2, "in_force": 10}
# Rules and regulations stay in force however old they are.
LASTING = {"2566/O25"}


def name_of(path: Path) -> str:
    return "/".join(path.parts[-4:-1])


@cache
def read(path: Path) -> tuple[cases.Case, Evidence]:
    case = cases.read_case(path.parent)
    return case, cases.evidence_in(case)


def passes_whole(case: cases.Case, evidence: Evidence, agency: Agency) -> bool:
    checklist, vocabulary = checklist_of(case.year_be)
    item = checklist.items[case.submission.item]
    as_of = date(case.year_be - BE_OFFSET, *cases.JUDGED_ON)
    context = Context(FiscalYear(case.year_be), agency, as_of, vocabulary, item)
    found = assess(item, case.submission, evidence, context, Judging())
    binding = {r.id for r in item.requirements if r.binding}
    return all(f.outcome == "passed" for f in found if f.requirement in binding and not f.about)


def said_otherwise(evidence: Evidence, change: Callable[[str], str]) -> Evidence:
    """The evidence with every text of its documents changed; addresses, places and captures stay."""

    def changed(value: Any) -> Any:
        if isinstance(value, str):
            return change(value)
        if isinstance(value, tuple):
            return tuple(changed(v) for v in value)
        if isinstance(value, (Capture, Locator)) or not is_dataclass(value):
            return value
        kept = {"kind", "role", "url", "level", "row_places", "sha256"}
        told = {f.name: changed(getattr(value, f.name)) for f in fields(value) if f.name not in kept}
        return replace(value, **told)  # type: ignore[type-var]

    captures = {c.sha256: replace(c, link_text=change(c.link_text)) for c in evidence.captures}
    documents = tuple(
        replace(changed(d), capture=captures.get(d.capture.sha256, d.capture)) for d in evidence.documents
    )
    return replace(evidence, documents=documents, home=changed(evidence.home) if evidence.home else None)


def years_back(years: int) -> Callable[[str], str]:
    """A text with its years so many earlier: 2566, ๒๕๖๖, มี.ค. 66, มี.ค.๖๖."""

    def earlier(match: re.Match[str]) -> str:
        told = match[0]
        then = str(int(arabic_digits(told)) - years)
        return thai_digits(then) if told != arabic_digits(told) else then

    long = re.compile(r"(?<![\d๐-๙])(?:25[4-9]\d|๒๕[๔-๙][๐-๙]|20[0-3]\d)(?![\d๐-๙])")
    short = re.compile(r"(?<=[.คยมพ] |.[.คยมพ]|.[/])(?:[4-7]\d|[๔-๗][๐-๙])(?![\d๐-๙,.])")
    return lambda text: short.sub(earlier, long.sub(earlier, text))


def another(agency: Agency) -> Agency:
    """An agency of the same sort whose website has these pages."""
    name = re.sub("สบห้วย|ดอนพะยอมงาม|รวงผึ้ง|ผาเงิน|บ้านไผ่งาม|เขาหินซ้อน", "ดอยคำหล้า", agency.name_th).replace(
        "นครธาร", "บุรีศิลา"
    )
    assert name != agency.name_th, "the case's agency is named otherwise: add its name"
    return replace(agency, name_th=name, province="บุรีศิลา", district="ดอยคำหล้า")


def titles(evidence: Evidence) -> str:
    told = (p.text for d in evidence.documents for p in passages(d) if p.part not in ("link", "figure"))
    return fold("\n".join((*(d.title for d in evidence.documents), *(t for t in told if len(t) <= LONGEST_TITLE))))


@pytest.mark.parametrize("path", PLACES, ids=name_of)
def test_last_years_copy(path: Path) -> None:
    case, evidence = read(path)
    assert passes_whole(case, evidence, case.agency)
    item = checklist_of(case.year_be)[0].items[case.submission.item]
    years = YEARS_BACK[item.period]
    if years and f"{case.year_be}/{item.id}" not in LASTING:
        assert not passes_whole(case, said_otherwise(evidence, years_back(years)), case.agency)


@pytest.mark.parametrize("path", PLACES, ids=name_of)
def test_another_agencys(path: Path) -> None:
    case, evidence = read(path)
    if any(name in titles(evidence) for name in own_names(case.agency)):
        assert not passes_whole(case, evidence, another(case.agency))


@pytest.mark.parametrize("path", PLACES, ids=name_of)
def test_draft(path: Path) -> None:
    case, evidence = read(path)
    drafts = replace(evidence, documents=tuple(draft(d) for d in evidence.documents))
    assert not passes_whole(case, drafts, case.agency)


def draft(document: Document) -> Document:
    """The document under a title that calls it a draft."""
    title = Line(f"(ร่าง) {document.title[:60]}", Locator(document.capture.sha256, "title"), strong=True)
    first, *rest = document.content
    before = document.sections[: document.sections.index(first)]
    return replace(document, sections=(*before, replace(first, heading=(), blocks=(title, *first.blocks)), *rest))
