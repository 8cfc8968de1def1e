"""Is there a version of the document in this language?

True: a document that counts names its kind in text of that language. False: documents of that kind are there in the
other language only, or none is. Undecided: nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from oitcheck.lib.terms import Concept
from oitcheck.lib.thai_text import thai_share
from oitcheck.model.context import Context
from oitcheck.model.evidence import Evidence
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.admission import has_content
from oitcheck.reading.passages import Passage, passages

# Letters that make a text of a language, and the share of Thai letters that tells which.
LEAST_LETTERS = 40
THAI_FROM = 0.6
ENGLISH_TO = 0.1


@dataclass(frozen=True, slots=True)
class Params:
    """`language`: th or en; `kind`: of what; `word`: what calls it so in the language's own text."""

    language: Literal["th", "en"]
    kind: Concept
    word: Concept


REASONS: Mapping[str, frozenset[str]] = {
    "version_found": frozenset({"found"}),
    "version_missing": frozenset({"kind"}),
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict."""
    for document in evidence.documents:
        told = [p for p in passages(document) if p.part != "link"]
        if not any(params.kind.named_in(p.text) for p in told) or not has_content(document):
            continue
        found = _in_language(told, params)
        if found:
            yield Verdict(Outcome.PASSED, "version_found", "", {"found": found.text}, (Seen(found.at, found.text),))
            return
    yield Verdict(Outcome.FAILED, "version_missing", "", {"kind": params.kind.title})


def _in_language(told: list[Passage], params: Params) -> Passage | None:
    """The passage that calls the document so in the language, when there is enough text of that language."""

    def is_of(text: str) -> bool:
        share = thai_share(text)
        return share >= THAI_FROM if params.language == "th" else share <= ENGLISH_TO

    own = [p for p in told if sum(c.isalpha() for c in p.text) >= 8 and is_of(p.text)]
    if sum(len(p.text) for p in own) < LEAST_LETTERS:
        return None
    return next((p for p in own if params.word.named_in(p.text)), None)
