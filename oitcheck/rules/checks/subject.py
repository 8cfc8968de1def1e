"""Does the content name the item's subject at all? For elements that are not verified deeper yet.

True: nothing. False: nothing. Undecided: always; the reason tells whether the subject is named, so that a person knows
where to look.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from oitcheck.model.context import Context
from oitcheck.model.evidence import Evidence
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.passages import passages


@dataclass(frozen=True, slots=True)
class Params:
    """No parameters: the subject is the item's."""


REASONS: Mapping[str, frozenset[str]] = {
    "not_verified_yet": frozenset({"found"}),
    "subject_absent": frozenset({"subject"}),
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict: `not_verified_yet` where the subject stands, `subject_absent` (undecided too) where it does not."""
    subjects = context.item.subject
    for document in evidence.documents:
        for passage in passages(document):
            if passage.part != "link" and any(s.named_in(passage.text) for s in subjects):
                yield Verdict(
                    Outcome.CANT_TELL,
                    "not_verified_yet",
                    "",
                    {"found": passage.text},
                    (Seen(passage.at, passage.text),),
                )
                return
    yield Verdict(Outcome.CANT_TELL, "subject_absent", "", {"subject": " / ".join(s.title for s in subjects)})
