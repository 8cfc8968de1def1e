"""Is it only the part that concerns the agency, not a whole act?

True: the thing is told, in words of the agency or by a few sections of a law. False: a whole act stands in its place,
or nothing. Undecided: it is named, and text stands under it in which it is not recognised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from oitcheck.lib.terms import Concept
from oitcheck.lib.thai_text import arabic_digits
from oitcheck.model.context import Context
from oitcheck.model.evidence import Document, Evidence, Locator
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.body import body, body_amount
from oitcheck.reading.passages import mentions, passages

_SECTION = re.compile(r"(?:^|\s)มาตรา\s*(\d{1,3})(?!\d)")
# An act has dozens of sections; the duties of a local body take up a handful.
WHOLE_ACT_SECTIONS = 25
# An act also shows itself by how it begins and how it ends, when its middle is left out.
_BEGINS = re.compile(r"พระราช(?:บัญญัติ|กฤษฎีกา|กำหนด)นี้\s*(?:เรียกว่า|ให้ใช้บังคับ)")
_FIRST_SECTION = re.compile(r"มาตรา\s*[12](?!\d)")
_ENDS = re.compile(r"ผู้รับสนองพระบรมราชโองการ|บทเฉพาะกาล|รักษาการตามพระราชบัญญัตินี้")
FEW_SECTIONS = 8
# From so much text on, what is said of the duties is an explanation.
LEAST_TEXT = 60
# A vision or a mission tells what is wished for; the law gives duties and powers.
_ASPIRES = re.compile(r"^\W*(?:วิสัยทัศน์|พันธกิจ|เป้าประสงค์|เป้าหมาย|ยุทธศาสตร์|ค่านิยม|คำขวัญ|ปรัชญา|อัตลักษณ์|นโยบาย)")


@dataclass(frozen=True, slots=True)
class Params:
    """`concept`: what is told; `told_by`: words by which what stands under its name is known to tell it.

    `whole_act_fails` False: a whole act tells it too.
    """

    concept: Concept
    told_by: tuple[Concept, ...] = ()
    whole_act_fails: bool = True


REASONS: Mapping[str, frozenset[str]] = {
    "part_told": frozenset({"found"}),
    "whole_act": frozenset({"sections", "found"}),
    "unrecognised": frozenset({"what", "found"}),
    "not_told": frozenset({"what"}),
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict: a document that tells the part alone decides before one that holds a whole act."""
    whole: Verdict | None = None
    strange: Seen | None = None
    for document in evidence.documents:
        told = _telling(document, params)
        count = _sections(document)
        if params.whole_act_fails and _is_whole_act(document, count):
            facts = {"sections": str(count), "found": document.title}
            place = Locator(document.capture.sha256, "title")
            whole = whole or Verdict(Outcome.FAILED, "whole_act", "", facts, (Seen(place, document.title),))
        elif told:
            yield Verdict(Outcome.PASSED, "part_told", "", {"found": told.quote}, (told,))
            return
        elif body_amount(document) >= LEAST_TEXT:
            naming = next((m for m in mentions(document, params.concept)), None)
            strange = strange or (Seen(naming.passage.at, naming.passage.text) if naming else None)
    what = {"what": params.concept.title}
    if whole:
        yield whole
    elif strange:
        yield Verdict(Outcome.CANT_TELL, "unrecognised", "", {**what, "found": strange.quote}, (strange,))
    else:
        yield Verdict(Outcome.FAILED, "not_told", "", what)


def _telling(document: Document, params: Params) -> Seen | None:
    """Where a document tells the thing: its name with enough text, and in the body words by which it is known."""
    naming = next((m for m in mentions(document, params.concept) if m.filled), None)
    if naming is None or body_amount(document) < LEAST_TEXT:
        return None
    if not params.told_by:
        return Seen(naming.passage.at, naming.passage.text)
    for passage in body(document):
        if _ASPIRES.match(passage.text):
            continue
        if any(c.named_in(passage.text) for c in params.told_by):
            return Seen(passage.at, passage.text)
    return None


def _is_whole_act(document: Document, sections: int) -> bool:
    if sections >= WHOLE_ACT_SECTIONS:
        return True
    told = [p.text for p in passages(document)]
    begins = any(_BEGINS.search(text) and _FIRST_SECTION.search(arabic_digits(text)) for text in told)
    return begins and any(_ENDS.search(text) for text in told) and sections >= FEW_SECTIONS


def _sections(document: Document) -> int:
    """How many different sections of a law a document sets out."""
    numbers = {int(n) for p in passages(document) for n in _SECTION.findall(arabic_digits(p.text))}
    return len(numbers)
