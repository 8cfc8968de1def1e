"""Is it only the part that concerns the agency, not a whole act?

True: the duties are told, in words of the agency or by a few sections of a law. False: a whole act stands in their
place, or nothing. Undecided: nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from oitcheck.lib.terms import Concept
from oitcheck.lib.thai_text import arabic_digits, fold
from oitcheck.model.context import Context
from oitcheck.model.evidence import Document, Evidence, Locator
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.passages import mentions, passages

_SECTION = re.compile(r"(?:^|\s)มาตรา\s*(\d{1,3})(?!\d)")
# An act has dozens of sections; the duties of a local body take up a handful.
WHOLE_ACT_SECTIONS = 25
# From so much text on, what is said of the duties is an explanation.
LEAST_TEXT = 60


@dataclass(frozen=True, slots=True)
class Params:
    """`concept`: what is told."""

    concept: Concept


REASONS: Mapping[str, frozenset[str]] = {
    "part_told": frozenset({"found"}),
    "whole_act": frozenset({"sections", "found"}),
    "not_told": frozenset({"what"}),
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict: a document that tells the part alone decides before one that holds a whole act."""
    whole: Verdict | None = None
    for document in evidence.documents:
        told = next((m for m in mentions(document, params.concept) if m.filled and _is_long(document)), None)
        count = _sections(document)
        if count >= WHOLE_ACT_SECTIONS:
            facts = {"sections": str(count), "found": document.title}
            place = Locator(document.capture.sha256, "title")
            whole = whole or Verdict(Outcome.FAILED, "whole_act", "", facts, (Seen(place, document.title),))
        elif told:
            text = told.passage.text
            yield Verdict(Outcome.PASSED, "part_told", "", {"found": text}, (Seen(told.passage.at, text),))
            return
    yield whole or Verdict(Outcome.FAILED, "not_told", "", {"what": params.concept.title})


def _is_long(document: Document) -> bool:
    return sum(len(fold(p.text)) for p in passages(document) if p.part not in ("link", "heading")) >= LEAST_TEXT


def _sections(document: Document) -> int:
    """How many different sections of a law a document sets out."""
    numbers = {int(n) for p in passages(document) for n in _SECTION.findall(arabic_digits(p.text[:200]))}
    return len(numbers)
