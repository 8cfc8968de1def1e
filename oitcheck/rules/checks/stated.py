"""Does the text say this, with something said of it?

True: a passage of the content names the thing and says something of it: more words in the line, text or a filled column
under the heading, "ไม่มี" or "-". False: it is not named, or named and left empty (a heading with nothing under it, a
label with dots, a link that only promises). Undecided: it is not named, but labels stand there that are not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from oitcheck.lib.named_dates import months_named, years_named
from oitcheck.lib.terms import Concept
from oitcheck.lib.thai_text import arabic_digits, fold
from oitcheck.model.context import Context
from oitcheck.model.evidence import Document, Evidence
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.body import body, preface
from oitcheck.reading.deeds import begins_with_act, counts_people, is_planned
from oitcheck.reading.labels import unknown_labels
from oitcheck.reading.passages import Mention, Passage, is_blank, mentions, passages

_COUNT = r"(?<!\d)(?:\d+|หนึ่ง|สอง|สาม|สี่|ห้า|หก|เจ็ด|แปด|เก้า|สิบ|สิบห้า|ยี่สิบ|สามสิบ|สี่สิบห้า|หกสิบ|เก้าสิบ)"
_DURATION = re.compile(
    rf"{_COUNT}\s*(?:\([^)]{{1,20}}\)\s*)?(?:-\s*\d+\s*)?(?:วันทำการ|วัน|ชั่วโมง|ชม\.|นาที|สัปดาห์|เดือน)(?!ที่)|ทันที|ไม่เกิน\s*\d+|ภายใน\s*{_COUNT}"
)
_NUMBER = re.compile(r"\d|ไม่มี(?!ข้อมูล)|(?:^|[\s:])-(?:\s|$)")
_MONEY = re.compile(
    r"(?<![\d,])\d[\d,]*(?:\.\d+)?\s*(?:ล้าน)?บาท|\d{1,3}(?:,\d{3})+|ไม่(?:ได้)?ใช้งบ|ไม่มี|(?:^|\s)-(?:\s|$)"
)
_NUMBERED = re.compile(r"^\s*(?:[\d๐-๙]{1,2}[.)]|[(][\d๐-๙]{1,2}[)]|ขั้นที่|ข้อ)\s*\S")
# Fewer acts in a row are no list of steps.
LEAST_STEPS, LONGEST_STEP = 3, 200
# Years, item codes and numbering are no counts.
_NOT_A_COUNT = re.compile(
    r"(?<!\d)(?:2[45]\d\d|20\d\d)(?!\d)|O\s?\d{1,2}|^\s*\d{1,2}[.)]\s|ข้อ\s*\d+|สขร\.?\s*1", re.MULTILINE
)
# What a report was made for is not what it tells.
_MADE_FOR = re.compile(r"จัดทำ\S{0,12}?เพื่อ|จัดทำรายงาน\S{0,20}\s?เพื่อ|(?:^\W*(?:ตลอดจน|รวมทั้ง|รวมถึง|และ)|อันจะ).*ต่อไป\W*$")
TITLE_PASSAGES = 2
# Sentences of this length, and so much of them, may say a thing in words that nobody foresaw.
LEAST_SENTENCE, LEAST_PROSE = 45, 120
# A value that may stand anywhere is at least "5 นาที".
SHORTEST_VALUE = 5
_FIRST_HALF_WORDS = re.compile(r"(?:6|หก)\s*เดือน")


@dataclass(frozen=True, slots=True)
class Params:
    """`concept`:

    what is to be said. `value`: what must stand with it: duration, number, money, event (when it was, or how many took
    part), previous_year, fiscal_year.

    `also`: one of these must be named in the same passage or under it. `anywhere`: a value of that sort anywhere in the
    content serves (durations written into steps). `title`: the item's own title may say it, with what stands under it.
    `acts`: a list of acts in order may be it without being called so. `reported`: an invitation or a plan says
    nothing. `prose`: running words may tell it that no list of names foresees.
    """

    concept: Concept
    value: Literal["", "duration", "number", "money", "event", "previous_year", "fiscal_year"] = ""
    also: tuple[Concept, ...] = ()
    anywhere: bool = False
    title: bool = False
    acts: bool = False
    reported: bool = False
    prose: bool = False


REASONS: Mapping[str, frozenset[str]] = {
    "said": frozenset({"what", "found"}),
    "value_missing": frozenset({"what", "found"}),
    "named_only": frozenset({"what", "found"}),
    "label_unrecognised": frozenset({"what", "found"}),
    "prose_unrecognised": frozenset({"what", "found"}),
    "missing": frozenset({"what"}),
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict over all documents."""
    what = {"what": params.concept.title}
    named: list[Mention] = []
    for document in evidence.documents:
        found = list(mentions(document, params.concept))
        # A label left blank says that there is nothing to say, whatever else mentions the thing in passing.
        blank = [m for m in found if _is_blank_label(m)]
        told = any(m.filled and ":" in m.passage.text for m in found)
        for mention in found if told else blank or found:
            if not (params.title or params.value.endswith("_year")) and _is_title(mention, document, context):
                continue
            if _tells_why(mention, document):
                continue
            named.append(mention)
            if params.reported and is_planned(mention.passage.text):
                continue
            if mention.filled and _has_value(mention.said, params, context) and _also(mention.said, params):
                yield Verdict(Outcome.PASSED, "said", "", {**what, "found": mention.passage.text}, (_seen(mention),))
                return
    if params.anywhere:
        for document in evidence.documents:
            for passage in passages(document):
                if (
                    passage.part in ("line", "cell")
                    and _has_value(passage.text, params, context)
                    and len(passage.text) >= SHORTEST_VALUE
                ):
                    yield Verdict(
                        Outcome.PASSED, "said", "", {**what, "found": passage.text}, (Seen(passage.at, passage.text),)
                    )
                    return
    yield _missing(named, what) if named else _unnamed(evidence, params, what, context)


def _unnamed(evidence: Evidence, params: Params, what: Mapping[str, str], context: Context) -> Verdict:
    """Nothing names the thing; a label that is not known may stand for it."""
    lexicon = params.concept.lexicon
    strange = [p for d in evidence.documents for p in unknown_labels(d, lexicon, context.agency)]
    if params.acts and not strange:
        strange = [p for d in evidence.documents for p in _acts_in_order(d)]
    if not strange and params.prose and (prose := _prose(evidence, context)):
        seen = (Seen(prose.at, prose.text),)
        return Verdict(Outcome.CANT_TELL, "prose_unrecognised", "", {**what, "found": prose.text}, seen)
    if strange:
        facts = {**what, "found": ", ".join(dict.fromkeys(p.text for p in strange[:4]))}
        return Verdict(Outcome.CANT_TELL, "label_unrecognised", "", facts, (Seen(strange[0].at, strange[0].text),))
    return Verdict(Outcome.FAILED, "missing", "", what)


def _prose(evidence: Evidence, context: Context) -> Passage | None:
    """The longest sentence of a text in running words, which calls nothing by labels or headings, where it tells enough
    to hold what is asked for; None where the item's elements are told under their names."""
    asked = [c for r in context.item.requirements if isinstance(c := getattr(r.params, "concept", None), Concept)]
    for document in evidence.documents:
        told = [p for p in body(document) if p.part == "line" and len(fold(p.text)) >= LEAST_SENTENCE]
        if sum(len(fold(p.text)) for p in told) >= LEAST_PROSE and not _has_labels(document, asked):
            return max(told, key=lambda p: len(p.text))
    return None


def _has_labels(document: Document, asked: Sequence[Concept]) -> bool:
    for passage in passages(document)[TITLE_PASSAGES:]:
        label = passage.text.partition(":")[0]
        is_name = passage.part in ("heading", "caption", "header") or passage.strong or ":" in passage.text
        if is_name and any(concept.named_in(label) for concept in asked):
            return True
    return False


def _acts_in_order(document: Document) -> tuple[Passage, ...]:
    """The longest run of short lines that each begin with an act: steps, though nothing calls them so."""
    runs: list[list[Passage]] = [[]]
    broken = False
    for passage in body(document):
        is_short = passage.part == "line" and ":" not in passage.text and len(passage.text) <= LONGEST_STEP
        if is_short and (begins_with_act(passage.text) or _NUMBERED.match(passage.text)):
            runs[-1].append(passage)
            broken = False
        elif runs[-1] and is_short and not broken:
            broken = True  # who does it may stand between
        elif runs[-1]:
            runs.append([])
            broken = False
    longest = max(runs, key=len)
    return tuple(longest) if len(longest) >= LEAST_STEPS else ()


def _is_blank_label(mention: Mention) -> bool:
    head, colon, value = mention.passage.text.partition(":")
    return bool(colon) and mention.passage.part == "line" and is_blank(value) and not mention.filled and len(head) < 60


def _tells_why(mention: Mention, document: Document) -> bool:
    """Whether a passage stands in the preface, or says what the paper was made for."""
    passage = mention.passage
    return (passage.text, passage.at) in preface(document) or bool(_MADE_FOR.search(passage.text))


def _is_title(mention: Mention, document: Document, context: Context) -> bool:
    """Whether a passage at the head of a document is the item's own title, which names the whole and no part of it."""
    passage = mention.passage
    if passage.text not in {p.text for p in passages(document)[:TITLE_PASSAGES]} | {document.title}:
        return False
    is_head = passage.part in ("heading", "caption") or passage.strong
    return (
        is_head
        and any(s.named_in(passage.text) for s in context.item.subject)
        and len(fold(passage.text)) > len(fold(mention.quote)) + 3
    )


def _missing(named: list[Mention], what: Mapping[str, str]) -> Verdict:
    filled = [m for m in named if m.filled]
    if filled:
        return Verdict(
            Outcome.FAILED, "value_missing", "", {**what, "found": filled[0].passage.text}, (_seen(filled[0]),)
        )
    return Verdict(Outcome.FAILED, "named_only", "", {**what, "found": named[0].passage.text}, (_seen(named[0]),))


def _seen(mention: Mention) -> Seen:
    return Seen(mention.passage.at, mention.passage.text)


def _has_value(text: str, params: Params, context: Context) -> bool:
    flat = arabic_digits(text)
    if params.value == "duration":
        return bool(_DURATION.search(_FIRST_HALF_WORDS.sub("", flat)))
    if params.value == "number":
        return bool(_NUMBER.search(_NOT_A_COUNT.sub("", flat)))
    if params.value == "money":
        return bool(_MONEY.search(flat))
    if params.value == "event":
        happened = bool(counts_people(text) or months_named(text, context.fiscal_year))
        return happened and not is_planned(text)
    if params.value in ("previous_year", "fiscal_year"):
        wanted = context.fiscal_year.year_be - (params.value == "previous_year")
        return any(y.year_be == wanted for y in years_named(text))
    return True


def _also(text: str, params: Params) -> bool:
    return not params.also or any(c.named_in(text) for c in params.also)
