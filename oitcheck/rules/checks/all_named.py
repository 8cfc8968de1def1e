"""Are all of several things treated, each with something said of it?

True: each is. False: some are not named, or named only. The finding lists which.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from oitcheck.lib.terms import Concept
from oitcheck.model.context import Context
from oitcheck.model.evidence import Evidence
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.passages import mentions


@dataclass(frozen=True, slots=True)
class Params:
    """`concepts`: what must be treated, all of them."""

    concepts: tuple[Concept, ...]


REASONS: Mapping[str, frozenset[str]] = {
    "all_there": frozenset({"count"}),
    "some_missing": frozenset({"have", "count", "missing"}),
    "none_there": frozenset({"count"}),
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict over all of them."""
    seen: list[Seen] = []
    missing: list[str] = []
    for concept in params.concepts:
        found = next((m for d in evidence.documents for m in mentions(d, concept) if m.filled), None)
        if found:
            seen.append(Seen(found.passage.at, found.passage.text))
        else:
            missing.append(concept.title)
    count = str(len(params.concepts))
    if not missing:
        yield Verdict(Outcome.PASSED, "all_there", "", {"count": count}, tuple(seen))
    elif seen:
        facts = {"have": str(len(seen)), "count": count, "missing": "; ".join(missing)}
        yield Verdict(Outcome.FAILED, "some_missing", "", facts, tuple(seen))
    else:
        yield Verdict(Outcome.FAILED, "none_there", "", {"count": count})
