"""Was an activity of this sort held?

True: a passage names it and tells that it took place: when, with whom, what was done. False: it is only announced, or
was held in other years only, or nothing of the sort is named. Undecided: it is named, but whether it took place (or in
which year, or whether anyone from outside took part) cannot be told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from oitcheck.lib.named_dates import months_named
from oitcheck.lib.terms import Concept
from oitcheck.lib.thai_calendar import FiscalYear, Month
from oitcheck.model.context import Context
from oitcheck.model.evidence import Document, Evidence
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.body import body, tells_under
from oitcheck.reading.deeds import counts_people, is_planned, reports_done
from oitcheck.reading.passages import Passage, passages
from oitcheck.reading.periods import fiscal_year_stated_in

# How many passages after the one that names an activity still tell of it.
REACH = 6


@dataclass(frozen=True, slots=True)
class Params:
    """`of`: what sort of activity, one of these.

    `about`: it must be about one of these. `outsiders`: someone of these must have taken part. `in_year`: it must have
    been held in the fiscal year.
    """

    of: tuple[Concept, ...]
    about: tuple[Concept, ...] = ()
    outsiders: tuple[Concept, ...] = ()
    in_year: bool = False


REASONS: Mapping[str, frozenset[str]] = {
    "held": frozenset({"what", "found"}),
    "held_other_year": frozenset({"what", "found", "year"}),
    "only_announced": frozenset({"what", "found"}),
    "about_other": frozenset({"what", "found"}),
    "year_unclear": frozenset({"what", "found", "year"}),
    "nobody_from_outside": frozenset({"what", "found"}),
    "not_told": frozenset({"what", "found"}),
    "missing": frozenset({"what"}),
}
_BEST = (
    "held",
    "year_unclear",
    "nobody_from_outside",
    "not_told",
    "about_other",
    "held_other_year",
    "only_announced",
)
_OUTCOME = {
    "held": Outcome.PASSED,
    "year_unclear": Outcome.CANT_TELL,
    "nobody_from_outside": Outcome.CANT_TELL,
    "not_told": Outcome.CANT_TELL,
    "held_other_year": Outcome.FAILED,
    "only_announced": Outcome.FAILED,
    "about_other": Outcome.CANT_TELL,
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict: the best that any passage tells."""
    what = " / ".join(c.title for c in params.of)
    year = context.fiscal_year
    found: dict[str, Passage] = {}
    for document in evidence.documents:
        told = [p for p in passages(document) if p.part not in ("link", "form")]
        for index, passage in enumerate(told):
            if any(c.named_in(passage.text) for c in params.of) and not _is_bare_title(passage, document, context):
                found.setdefault(_state(passage, told, index, document, params, year), passage)
    for reason in _BEST:
        if reason in found:
            passage = found[reason]
            facts = {"what": what, "found": passage.text}
            if "year" in REASONS[reason]:
                facts["year"] = str(year.year_be)
            yield Verdict(_OUTCOME[reason], reason, "", facts, (Seen(passage.at, passage.text),))
            return
    deed = next((p for d in evidence.documents for p in body(d) if reports_done(p.text)), None)
    if deed:
        # Something was done; whether it was of this sort a person must say.
        facts = {"what": what, "found": deed.text}
        yield Verdict(Outcome.CANT_TELL, "not_told", "", facts, (Seen(deed.at, deed.text),))
    else:
        yield Verdict(Outcome.FAILED, "missing", "", {"what": what})


def _is_bare_title(passage: Passage, document: Document, context: Context) -> bool:
    """Whether a passage is the title that the submitted page gives the item, which tells of no activity yet."""
    if document.capture.depth or not (passage.part in ("heading", "caption") or passage.strong):
        return False
    heads = (p.text for p in passages(document) if p.part == "heading")
    title = next((h for h in heads if any(s.named_in(h) for s in context.item.subject)), passage.text)
    if passage.part == "heading" and passage.text != title:
        return False  # further down a heading names what is told under it
    return any(s.named_in(passage.text) for s in context.item.subject) and not months_named(passage.text)


def _state(
    passage: Passage, told: list[Passage], index: int, document: Document, params: Params, year: FiscalYear
) -> str:
    near = [passage.text, *(p.text for p in told[index + 1 : index + 1 + REACH])]
    text = "\n".join((*near, passage.under))
    if passage.part in ("heading", "caption") and not tells_under(passage):
        return "not_told"
    dates = [n.month for n in months_named(text, None) if n.year_given]
    happened = bool(dates) or counts_people(text) or any(reports_done(t) for t in text.split("\n"))
    own = passage.text
    if is_planned(own) and not reports_done(own):
        return "only_announced"
    if params.about and not any(c.named_in(t) for c in params.about for t in (text, *_heads(document))):
        return "about_other"
    if not happened:
        return "not_told"
    if params.outsiders and not any(c.named_in(text) for c in params.outsiders):
        return "nobody_from_outside"
    if params.in_year:
        return _year_state(passage, dates, document, year)
    return "held"


def _heads(document: Document) -> tuple[str, ...]:
    """The title and headings of a linked paper; those of the submitted page promise what it should be about."""
    if not document.capture.depth:
        return ()
    return (document.title, *(p.text for p in passages(document) if p.part == "heading"))


def _year_state(passage: Passage, dates: list[Month], document: Document, year: FiscalYear) -> str:
    own = [n.month for n in months_named(passage.text) if n.year_given]
    for months in (own, dates):
        if months:
            return "held" if any(m in year for m in months) else "held_other_year"
    stated = fiscal_year_stated_in(document)
    if stated:
        return "held" if stated == year else "held_other_year"
    return "year_unclear"
