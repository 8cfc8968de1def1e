"""Is there a declaration signed by the head of the agency?

True: a document that counts names the declaration and, in it, a person with the head's post (or one acting for the
head). False: no such document, a draft, nobody signed it, or someone below the head did. Undecided: a person signed
whose post cannot be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from oitcheck.lib.terms import Concept
from oitcheck.model.context import Context
from oitcheck.model.evidence import Document, Evidence
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.admission import is_draft
from oitcheck.reading.passages import Passage, passages
from oitcheck.reading.people import is_below, name_in, rank_in

_ACTING = re.compile(r"รักษา(?:การ|ราชการ)(?:แทน|ใน)|ปฏิบัติหน้าที่(?:นายก|ผู้ว่า|ผู้อำนวยการ|อธิบดี|แทน)|ปฏิบัติราชการแทน|ทำการแทน")
# Lines around a name that may hold the post: under it, on its line, above it.
REACH = 3


@dataclass(frozen=True, slots=True)
class Params:
    """`kind`: what is signed."""

    kind: Concept


REASONS: Mapping[str, frozenset[str]] = {
    "signed": frozenset({"who", "found"}),
    "signer_unclear": frozenset({"who"}),
    "signed_by_other": frozenset({"who"}),
    "draft": frozenset({"found"}),
    "unsigned": frozenset({"found"}),
    "kind_missing": frozenset({"kind"}),
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict: the best that any document shows."""
    best: Verdict | None = None
    for document in evidence.documents:
        told = [p for p in passages(document) if p.part != "link"]
        naming = next((p for p in told if params.kind.named_in(p.text)), None)
        if naming is None:
            continue
        verdict = _signature(document, told, naming, context)
        if verdict.outcome is Outcome.PASSED:
            yield verdict
            return
        if best is None or verdict.outcome is Outcome.CANT_TELL:
            best = verdict
    yield best or Verdict(Outcome.FAILED, "kind_missing", "", {"kind": params.kind.title})


def _signature(document: Document, told: list[Passage], naming: Passage, context: Context) -> Verdict:
    draft = next((p for p in told if is_draft(p.text)), None)
    if draft is not None:
        return Verdict(Outcome.FAILED, "draft", "", {"found": draft.text}, (Seen(draft.at, draft.text),))
    someone, below = "", ""
    start = told.index(naming)
    for index, passage in enumerate(told):
        name = name_in(passage.text)
        if not name or index < start - REACH:
            continue
        nearby = [told[i].text for i in range(max(0, index - REACH), min(len(told), index + REACH + 1))]
        posts = [t for t in nearby if len(t) < 160 and (rank_in(t, context)[0] == "top" or _ACTING.search(t))]
        if posts:
            seen = (Seen(naming.at, naming.text), Seen(passage.at, passage.text))
            facts = {"who": f"{name} {rank_in(posts[0], context)[1]}".strip(), "found": naming.text}
            return Verdict(Outcome.PASSED, "signed", "", facts, seen)
        someone = someone or name
        below = below or next(
            (f"{name} {t}" for t in nearby if len(t) < 160 and name not in t and is_below(t, context)), ""
        )
    if below:
        return Verdict(Outcome.FAILED, "signed_by_other", "", {"who": below}, (Seen(naming.at, naming.text),))
    if someone:
        return Verdict(Outcome.CANT_TELL, "signer_unclear", "", {"who": someone}, (Seen(naming.at, naming.text),))
    return Verdict(Outcome.FAILED, "unsigned", "", {"found": naming.text}, (Seen(naming.at, naming.text),))
