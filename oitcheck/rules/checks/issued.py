"""Is the document issued by the head of the agency, or in the agency's name?

True: a document of the kind is announced in the agency's name, or bears the head's name and post. False: no document of
the kind. Undecided: the document does not say who issued it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from oitcheck.lib.terms import Concept
from oitcheck.lib.thai_text import fold
from oitcheck.model.context import Context
from oitcheck.model.evidence import Document, Evidence, Locator
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.ownership import own_names
from oitcheck.reading.passages import Passage, passages
from oitcheck.reading.people import name_in, rank_in

_ANNOUNCED = re.compile(r"ประกาศ|คำสั่ง|ขอประกาศ|กำหนดนโยบาย|จัดทำ|ให้ใช้|มอบนโยบาย")


@dataclass(frozen=True, slots=True)
class Params:
    """`kind`: what is issued."""

    kind: Concept


REASONS: Mapping[str, frozenset[str]] = {
    "in_agency_name": frozenset({"found"}),
    "by_head": frozenset({"who"}),
    "issuer_unclear": frozenset({"found"}),
    "kind_missing": frozenset({"kind"}),
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict: the best that any document shows."""
    unclear: Verdict | None = None
    for document in sorted(evidence.documents, key=lambda d: d.capture.depth == 0):
        told = [p for p in passages(document) if p.part != "link"]
        naming = next((p for p in told if params.kind.named_in(p.text)), None)
        if naming is None:
            continue
        found = _issuer(document, told, context)
        if found:
            yield found
            return
        unclear = unclear or Verdict(
            Outcome.CANT_TELL, "issuer_unclear", "", {"found": naming.text}, (Seen(naming.at, naming.text),)
        )
    yield unclear or Verdict(Outcome.FAILED, "kind_missing", "", {"kind": params.kind.title})


def _issuer(document: Document, told: list[Passage], context: Context) -> Verdict | None:
    names = own_names(context.agency)
    for index, passage in enumerate(told):
        if name_in(passage.text):
            near = " ".join(p.text for p in told[max(0, index - 2) : index + 3])
            rank, post = rank_in(near, context)
            if rank == "top":
                who = f"{name_in(passage.text)} {post}"
                return Verdict(Outcome.PASSED, "by_head", "", {"who": who}, (Seen(passage.at, passage.text),))
    for passage in told:
        folded = fold(passage.text)
        if any(name in folded for name in names) and (_ANNOUNCED.search(passage.text) or passage.part != "line"):
            return Verdict(
                Outcome.PASSED, "in_agency_name", "", {"found": passage.text}, (Seen(passage.at, passage.text),)
            )
    if any(name in fold(document.title) for name in names):
        place = Locator(document.capture.sha256, "title")
        return Verdict(Outcome.PASSED, "in_agency_name", "", {"found": document.title}, (Seen(place, document.title),))
    return None
