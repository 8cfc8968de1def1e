"""Does the manual say which work or service it is for?

True: a title, heading or label names the work beyond the general word ("คู่มือการปฏิบัติงาน งานจัดเก็บภาษี"). False: only
the general word stands there, or the label is blank. Undecided: headings stand there that may name a work.
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
from oitcheck.reading.admission import has_content
from oitcheck.reading.body import begins_preface, top_passages
from oitcheck.reading.ownership import own_names
from oitcheck.reading.passages import Passage, is_blank, is_pointer, passages

TOP_PASSAGES = 10
# A name of a work has so many folded letters beyond the general words.
LEAST_NAME = 6
LONGEST_TITLE = 160
# Of plain lines only the first ones are titles.
FIRST_LINES = 4
# A title begins with the word for such papers, but for a number or a code before it.
AT_BEGINNING = 3
# Under a heading so many labels of the item, in so many lines, show that it names a piece of work.
LEAST_LABELS, LINES_UNDER = 2, 8
_OF_WORK = re.compile(
    r"^\W*(?:[\d๐-๙]{1,2}[.)]?\s*)*(?:การ(?!ให้บริการ|ปฏิบัติงาน|ดำเนินงาน|ติดต่อ)|งาน|ขอ|จด|ขึ้นทะเบียน|ต่ออายุ|โอน|ชำระ|แจ้ง|ยื่น|"
    r"ออกใบ|รับรอง|ลงทะเบียน|ใบ)"
)
_YEARS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Params:
    """`manual`: what such papers are called in general. `label`: what a field with the name is called.

    `generic`: words that name no work (ฉบับปรับปรุง, ประชาชน, หน่วยงาน).
    """

    manual: Concept
    label: Concept
    generic: Concept


REASONS: Mapping[str, frozenset[str]] = {
    "named": frozenset({"found"}),
    "maybe_named": frozenset({"found"}),
    "label_blank": frozenset({"found"}),
    "general_only": frozenset({"found"}),
    "no_manual": frozenset({"what"}),
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict: the best that any document shows."""
    general: Seen | None = None
    blanks: list[Seen] = []
    maybe: Seen | None = None
    for document in sorted(evidence.documents, key=lambda d: d.capture.depth == 0):
        own_blanks: list[Seen] = []
        for passage in passages(document):
            if passage.part != "link" and params.label.named_in(passage.text) and len(passage.text) < 200:
                value = _value(passage, params)
                if len(_without(value, (params.label,))) >= LEAST_NAME and not is_blank(value):
                    yield _verdict(Outcome.PASSED, "named", Seen(passage.at, passage.text))
                    return
                own_blanks.append(Seen(passage.at, passage.text))
            if _heads_a_service(passage, params, context):
                yield _verdict(Outcome.PASSED, "named", Seen(passage.at, passage.text))
                return
        blanks += own_blanks
        if own_blanks or not has_content(document):
            continue
        for text, at in _titles(document):
            rest = _beyond(text, params, context)
            hits = params.manual.hits(text)
            if hits and hits[0].start <= AT_BEGINNING:
                if len(rest) >= LEAST_NAME:
                    yield _verdict(Outcome.PASSED, "named", Seen(at, text))
                    return
                general = general or Seen(at, text)
            elif len(rest) >= LEAST_NAME:
                maybe = maybe or Seen(at, text)
    if blanks:
        yield _verdict(Outcome.FAILED, "label_blank", blanks[0])
    elif maybe:
        yield _verdict(Outcome.CANT_TELL, "maybe_named", maybe)
    elif general:
        yield _verdict(Outcome.FAILED, "general_only", general)
    else:
        yield Verdict(Outcome.FAILED, "no_manual", "", {"what": params.manual.title})


def _heads_a_service(passage: Passage, params: Params, context: Context) -> bool:
    """Whether a heading names a work ("การขอใบแทน"): what else the item asks for follows in labels under it."""
    if not (passage.part == "heading" or passage.strong) or len(passage.text) >= LONGEST_TITLE:
        return False
    if not _OF_WORK.match(passage.text) or len(_beyond(passage.text, params, context)) < LEAST_NAME:
        return False
    asked = [c for r in context.item.requirements if isinstance(c := getattr(r.params, "concept", None), Concept)]
    if any(concept.named_in(passage.text) for concept in asked):
        return False
    lines = passage.under.split("\n")[:LINES_UNDER]
    labels = {c.id for c in asked for line in lines for hit in c.hits(line)[:1] if hit.start <= AT_BEGINNING}
    return len(labels) >= LEAST_LABELS


def _verdict(outcome: Outcome, reason: str, seen: Seen) -> Verdict:
    return Verdict(outcome, reason, "", {"found": seen.quote}, (seen,))


def _titles(document: Document) -> Iterator[tuple[str, Locator]]:
    yield document.title, Locator(document.capture.sha256, "title")
    for index, passage in enumerate(top_passages(document, TOP_PASSAGES)):
        if begins_preface(passage.text):
            return
        is_title = passage.part in ("heading", "caption") or passage.strong or index < FIRST_LINES
        if is_title and passage.part != "cell" and len(passage.text) < LONGEST_TITLE and not is_pointer(passage.text):
            yield passage.text, passage.at


def _value(passage: Passage, params: Params) -> str:
    """What a labelled field holds: behind its colon, in its row, or in the line under it."""
    if ":" in passage.text:
        return passage.text.partition(":")[2].strip() or passage.under.partition("\n")[0]
    if passage.part == "cell":
        return passage.under
    rest = _without(passage.text, (params.label,))
    return rest if len(rest) >= LEAST_NAME else passage.under.partition("\n")[0]


def _without(text: str, concepts: tuple[Concept, ...], names: tuple[str, ...] = ()) -> str:
    """The folded letters of a text outside the names of concepts and the given folded names."""
    folded = fold(text)
    named = {i for c in concepts for hit in c.hits(text) for i in range(hit.start, hit.end)}
    for name in names:
        start = folded.find(name)
        named.update(range(start, start + len(name)) if start >= 0 else ())
    return "".join(char for i, char in enumerate(folded) if i not in named)


def _beyond(text: str, params: Params, context: Context) -> str:
    """The folded letters of a title beyond general words, years and the agency's name."""
    agency = context.agency
    places = tuple(
        fold(kind + name) for kind, name in (("จังหวัด", agency.province), ("อำเภอ", agency.district)) if len(name) >= 3
    )
    rest = _without(text, (params.manual, params.generic, params.label), (*own_names(agency), *places))
    return _YEARS.sub("", rest)
