"""Documents made of a few lines of HTML, for tests of what is read out of them, and each year's checklist read once."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from oitcheck.extract import html
from oitcheck.extract.limits import ExtractLimits
from oitcheck.lib.terms import Vocabulary
from oitcheck.lib.thai_calendar import FiscalYear
from oitcheck.model.agency import Agency, Submission
from oitcheck.model.checklist import Checklist
from oitcheck.model.context import Context
from oitcheck.model.evidence import Capture, Document, Evidence, FetchOutcome
from oitcheck.model.finding import Verdict
from oitcheck.pipeline import inputs
from oitcheck.rules.checks import CHECKS

URL = "http://www.sophuai.example/ita/page"
AGENCY = Agency("a", "เทศบาลตำบลสบห้วย", "เทศบาลตำบล", "นครธาร", "สบห้วย", 2568, "", ("www.sophuai.example",))
SUBMISSION = Submission("a", "O1", (URL,))


@cache
def checklist_of(year_be: int) -> tuple[Checklist, Vocabulary]:
    """The checklist of a year and its vocabulary; to read them anew for every case takes most of a suite's time."""
    return inputs.checklist_of(year_be)


def page(content: str, *, title: str = "ข้อมูล", url: str = URL, depth: int = 0) -> Document:
    """A page of the agency with `content` under its title."""
    body = f"<!doctype html><html lang=th><meta charset=utf-8><title>{title}</title><h1>{title}</h1>{content}".encode()
    then = datetime(2025, 4, 1, tzinfo=UTC)
    capture = Capture(url, url, (), FetchOutcome.OK, 200, then, sha256="a" * 64, depth=depth)
    (document,) = (d for d in html.read(capture, body, ExtractLimits()) if isinstance(d, Document))
    return document


def evidence(*documents: Document) -> Evidence:
    return Evidence(tuple(d.capture for d in documents), documents, (), None, {})


def verdicts(requirement: str, content: str, *, year: int = 2568, title: str = "ข้อมูล") -> list[Verdict]:
    """What the check of a declared requirement says of a page."""
    return judged(requirement, page(content, title=title), year=year)


def judged(requirement: str, document: Document, *, year: int = 2568) -> list[Verdict]:
    """What the check of a declared requirement says of a document."""
    checklist, vocabulary = checklist_of(year)
    item = checklist.items[requirement.partition(".")[0]]
    declared = next(r for r in item.requirements if r.id == requirement)
    context = Context(FiscalYear(year), AGENCY, datetime(year - 543, 4, 30, tzinfo=UTC).date(), vocabulary, item)
    return list(CHECKS[declared.check].run(evidence(document), declared.params, context))
