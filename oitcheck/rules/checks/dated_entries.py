"""Is there news: entries of the agency's own, dated, and dated in this fiscal year?

True: entries, and dates beside them (with `in_year`: a date of the fiscal year). False: none, or all of other years.
Undecided: entries without any date, or that may tell of others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from oitcheck.lib.named_dates import months_named
from oitcheck.lib.terms import Concept
from oitcheck.lib.thai_calendar import Month
from oitcheck.lib.thai_text import fold
from oitcheck.model.context import Context
from oitcheck.model.evidence import Document, Evidence, Locator
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.ownership import other_bodies, own_names
from oitcheck.reading.passages import Passage, passages

# An entry says more than its date.
LEAST_WORDS = 12
# What a list says of itself when it has no entries.
_EMPTY_LIST = re.compile(
    r"ไม่(?:พบ|มี)(?:ข้อมูล|ข่าว|รายการ|บทความ|ประกาศ)|"
    r"no (?:records?|results?|posts?|data|items?)(?: found)?\b|nothing found",
    re.IGNORECASE,
)
_DATE = re.compile(r"[\d๐-๙]+|วันที่|เมื่อ|พ\.?ศ\.?|โพสต์|เผยแพร่|น\.|เวลา")


@dataclass(frozen=True, slots=True)
class Params:
    """`about`: what entries tell of. `in_year`: at least one must be of the fiscal year."""

    about: Concept
    in_year: bool = False


REASONS: Mapping[str, frozenset[str]] = {
    "entries_found": frozenset({"count", "found"}),
    "entry_in_year": frozenset({"found"}),
    "other_years_only": frozenset({"found"}),
    "undated": frozenset(),
    "about_other": frozenset({"what", "found"}),
    "no_entries": frozenset({"what"}),
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict over all entries."""
    entries = [e for d in evidence.documents for e in _entries(d)]
    own = [e for e in entries if _of_agency(e, params, context)]
    what = {"what": params.about.title}
    if not entries:
        yield _without_entries(evidence, params, what)
    elif params.in_year:
        yield _in_year(entries, own, context, what)
    elif own:
        facts = {"count": str(len(own)), "found": own[0].text}
        yield Verdict(Outcome.PASSED, "entries_found", "", facts, tuple(Seen(e.at, e.text) for e in own[:3]))
    else:
        yield _of_others(entries, what)


def _without_entries(evidence: Evidence, params: Params, what: Mapping[str, str]) -> Verdict:
    """No dated entry: certain where a list says that it is empty, or nothing tells of news at all."""
    told = [p for d in evidence.documents for p in passages(d)]
    is_empty = any(_EMPTY_LIST.search(p.text) for p in told)
    if not is_empty and any(_is_news(p, params) for p in told):
        # Words of news in a menu of headings are no news: without one date a person looks.
        return Verdict(Outcome.CANT_TELL, "undated")
    return Verdict(Outcome.FAILED, "no_entries", "", what)


def _of_others(entries: list[_Entry], what: Mapping[str, str]) -> Verdict:
    facts = {**what, "found": entries[0].text}
    return Verdict(Outcome.CANT_TELL, "about_other", "", facts, (Seen(entries[0].at, entries[0].text),))


@dataclass(frozen=True, slots=True)
class _Entry:
    """One piece of news: its words, where they stand, and the months of the dates beside it."""

    text: str
    at: Locator
    months: tuple[Month, ...]


def _is_news(passage: Passage, params: Params) -> bool:
    return len(fold(passage.text)) >= LEAST_WORDS and params.about.named_in(passage.text)


def _entries(document: Document) -> Iterator[_Entry]:
    """Every dated piece of news: a passage with a date in it, or one beside a date that stands alone.

    Links count here, since the headline of a piece of news is one; the title of the page does not.
    """
    told = [p for p in passages(document) if p.part not in ("header", "form", "caption")]
    titles = {fold(document.title), *(fold(p.text) for p in told[:1] if p.part == "heading" or p.strong)}
    for index, passage in enumerate(told):
        months = tuple(n.month for n in months_named(passage.text) if n.year_given)
        if not months or any(fold(passage.text) == t for t in titles):
            continue
        rest = fold(_DATE.sub("", passage.text))
        if len(rest) >= LEAST_WORDS:
            yield _Entry(passage.text, passage.at, months)
            continue
        beside = [told[i] for i in (index - 1, index + 1, index - 2) if 0 <= i < len(told)]
        near = next((p for p in beside if len(fold(p.text)) >= LEAST_WORDS and fold(p.text) not in titles), None)
        if near:
            yield _Entry(near.text, near.at, months)


def _of_agency(entry: _Entry, params: Params, context: Context) -> bool:
    """Whether a piece of news tells of the agency's work: it names it, or work of its sort and no other body."""
    folded = fold(entry.text)
    if any(name in folded for name in own_names(context.agency)):
        return True
    return params.about.named_in(entry.text) and not other_bodies(entry.text, context.agency)


def _in_year(entries: list[_Entry], own: list[_Entry], context: Context, what: Mapping[str, str]) -> Verdict:
    for entry in own:
        if any(month in context.fiscal_year for month in entry.months):
            return Verdict(Outcome.PASSED, "entry_in_year", "", {"found": entry.text}, (Seen(entry.at, entry.text),))
    if own:
        entry = max(own, key=lambda e: max(e.months))
        return Verdict(Outcome.FAILED, "other_years_only", "", {"found": entry.text}, (Seen(entry.at, entry.text),))
    return _of_others(entries, what)
