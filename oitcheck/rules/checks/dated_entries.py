"""Is there news: entries of the agency's own, dated, and dated in this fiscal year?

True: entries, and dates beside them (with `in_year`: a date of the fiscal year). False: none, or all of other years.
Undecided: entries without any date.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from oitcheck.lib.terms import Concept
from oitcheck.lib.thai_calendar import NamedMonth, months_named
from oitcheck.lib.thai_text import fold
from oitcheck.model.context import Context
from oitcheck.model.evidence import Evidence
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.passages import Passage, passages

# An entry says more than its date.
LEAST_WORDS = 12


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
    "no_entries": frozenset({"what"}),
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict over all entries."""
    told = [p for d in evidence.documents for p in passages(d) if p.part not in ("header", "form")]
    dated = [(p, n) for p in told for n in months_named(p.text) if n.year_given]
    entries = [p for p in told if len(fold(p.text)) >= LEAST_WORDS and params.about.named_in(p.text)]
    if params.in_year:
        yield _in_year(dated, entries, context)
    elif entries and not dated:
        # Words of news in a menu of headings are no news: without one date a person looks.
        yield Verdict(Outcome.CANT_TELL, "undated")
    elif entries:
        facts = {"count": str(len(entries)), "found": entries[0].text}
        yield Verdict(Outcome.PASSED, "entries_found", "", facts, tuple(Seen(p.at, p.text) for p in entries[:3]))
    else:
        yield Verdict(Outcome.FAILED, "no_entries", "", {"what": params.about.title})


def _in_year(dated: list[tuple[Passage, NamedMonth]], entries: list[Passage], context: Context) -> Verdict:
    for passage, named in dated:
        if named.month in context.fiscal_year:
            return Verdict(
                Outcome.PASSED, "entry_in_year", "", {"found": passage.text}, (Seen(passage.at, passage.text),)
            )
    if dated:
        passage = max(dated, key=lambda pair: pair[1].month)[0]
        return Verdict(
            Outcome.FAILED, "other_years_only", "", {"found": passage.text}, (Seen(passage.at, passage.text),)
        )
    if entries:
        return Verdict(Outcome.CANT_TELL, "undated")
    return Verdict(Outcome.FAILED, "no_entries", "", {"what": "ข่าว"})
