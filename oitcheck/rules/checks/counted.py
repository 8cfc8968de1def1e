"""Are at least so many different things of a kind named in the content?

True: that many different names stand there. False: not one, and no picture that might show them. Undecided: some, but
fewer (others may bear names that are not known), or none beside a picture that cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from oitcheck.lib.terms import Concept
from oitcheck.model.context import Context
from oitcheck.model.evidence import Evidence
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.passages import begins_with, passages
from oitcheck.reading.pictures import is_placeholder

# A text that is a name and no sentence.
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Params:
    """`concept`: what is counted by its different names; `least`: how many must be there.

    `kinds`: words with which further names begin (กอง…, ฝ่าย…).
    """

    concept: Concept
    least: int
    kinds: Concept | None = None


REASONS: Mapping[str, frozenset[str]] = {
    "enough": frozenset({"what", "count", "found"}),
    "maybe_in_picture": frozenset({"what"}),
    "few": frozenset({"what", "count", "found"}),
    "none_named": frozenset({"what"}),
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict over all documents."""
    found: dict[str, Seen] = {}
    for document in evidence.documents:
        for passage in passages(document):
            if passage.part != "link":
                for hit in params.concept.hits(passage.text):
                    found.setdefault(hit.name, Seen(passage.at, passage.text))
                short = len(passage.text) <= LONGEST_NAME
                if params.kinds and short and begins_with(params.kinds, passage.text):
                    found.setdefault(passage.text, Seen(passage.at, passage.text))
    what, count = params.concept.title, str(len(found))
    if len(found) >= params.least:
        facts = {"what": what, "count": count, "found": ", ".join(list(found)[:6])}
        yield Verdict(Outcome.PASSED, "enough", "", facts, tuple(found.values())[:6])
    elif _has_picture(evidence):
        yield Verdict(Outcome.CANT_TELL, "maybe_in_picture", "", {"what": what})
    elif found:
        facts = {"what": what, "count": count, "found": ", ".join(found)}
        yield Verdict(Outcome.CANT_TELL, "few", "", facts, tuple(found.values()))
    else:
        yield Verdict(Outcome.FAILED, "none_named", "", {"what": what})


def _has_picture(evidence: Evidence) -> bool:
    for document in evidence.documents:
        for section in document.content:
            for figure in section.figures:
                picture = evidence.pictures.get(figure.url)
                if picture and max(picture.width_px, picture.height_px) >= 300 and not is_placeholder(figure, picture):
                    return True
    return False
