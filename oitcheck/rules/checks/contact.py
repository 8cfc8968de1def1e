"""Does the page give the agency's address, telephone, e-mail, fax or a map?

True: a real value stands there (on the page, or in its header or footer). False: none, or a placeholder.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from oitcheck.lib.terms import Concept
from oitcheck.lib.thai_text import fold
from oitcheck.model.context import Context
from oitcheck.model.evidence import Block, Document, Evidence, Figure, Line, Locator
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.contacts import Contact, addresses, emails, telephones
from oitcheck.reading.passages import Passage, passages, placed
from oitcheck.reading.pictures import is_placeholder

Field = Literal["address", "telephone", "email", "fax", "map"]


@dataclass(frozen=True, slots=True)
class Params:
    """`field`: what must be there. `and_fields`: what must be there, too."""

    field: Field
    and_fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        unknown = set(self.and_fields) - set(typing.get_args(Field))
        if unknown:
            raise ValueError(f"and_fields: no such field: {', '.join(sorted(unknown))}")


REASONS: Mapping[str, frozenset[str]] = {
    "given": frozenset({"value"}),
    "map_shown": frozenset(),
    "placeholder": frozenset({"found"}),
    "missing_address": frozenset(),
    "missing_telephone": frozenset(),
    "missing_email": frozenset(),
    "missing_fax": frozenset(),
    "missing_map": frozenset(),
}

# By so many folded characters the line is found in which an address over several lines begins.
BEGINNING = 6
_LABELS = {
    "address": "address_label",
    "telephone": "telephone_label",
    "email": "email_label",
    "fax": "fax_label",
    "map": "map_label",
}
_MAP_LINK = re.compile(
    r"google\.[a-z.]+/maps|maps\.google|goo\.gl/maps|maps\.app\.goo\.gl|openstreetmap|longdo|/maps?/", re.IGNORECASE
)
_MAP_FILE = re.compile(r"(?:^|[/_\-.])(?:map|maps|แผนที่)(?:[_\-.\d]|$)", re.IGNORECASE)


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict: that on the field which is worst off."""
    asked = (params.field, *(f for f in typing.get_args(Field) if f in params.and_fields))
    yield max((_on(field, evidence, context) for field in asked), key=lambda v: v.outcome.badness)


def _on(field: Field, evidence: Evidence, context: Context) -> Verdict:
    wider = [_with_frame(d) for d in evidence.documents if d.capture.depth == 0]
    for document in (*evidence.documents, *wider):
        found = _map_in(document, context) if field == "map" else _value_in(document, field)
        if found:
            return found
    return _missing(evidence, field, context)


def _with_frame(document: Document) -> Document:
    """The page with its header and footer: a visitor of the submitted page sees them too."""
    return replace(document, sections=tuple(replace(s, role="content") for s in document.sections))


def _contacts(text: str, field: Field) -> tuple[Contact, ...]:
    if field == "address":
        return addresses(text)
    if field == "email":
        return emails(text)
    return tuple(c for c in telephones(text) if c.kind == field)


def _value_in(document: Document, field: Field) -> Verdict | None:
    told = passages(document)
    for index, passage in enumerate(told):
        values = _contacts(passage.text, field)
        if values:
            return Verdict(Outcome.PASSED, "given", "", {"value": values[0].text}, (Seen(passage.at, passage.text),))
        if field == "address" and index + 1 < len(told):
            joined = " ".join(p.text for p in told[index : index + 4])
            values = _contacts(joined, field) if len(joined) < 400 else ()
            if values:
                begins = fold(values[0].text)[:BEGINNING]
                first = next((p for p in told[index : index + 4] if begins in fold(p.text)), passage)
                return Verdict(Outcome.PASSED, "given", "", {"value": values[0].text}, (Seen(first.at, first.text),))
    return None


def _map_in(document: Document, context: Context) -> Verdict | None:
    label = context.vocabulary["map_label"]
    for section in document.content:
        for figure in section.figures:
            if is_placeholder(figure, None):
                continue
            words = " ".join((figure.alt, *figure.words))
            if figure.map_service or label.named_in(words) or _MAP_FILE.search(figure.url):
                return _shown(
                    document, figure.at, next((w for w in (*figure.words, figure.alt) if label.named_in(w)), "")
                )
            if section.heading and label.named_in(section.heading[-1]):
                return _shown(document, figure.at, section.heading[-1])
        for link in section.links:
            if not link.is_placeholder and _MAP_LINK.search(link.url):
                return _shown(document, link.at, link.text)
        labelled = _after_label(section.blocks, label)
        if labelled:
            return _shown(document, labelled.at, labelled.alt)
    return None


def _after_label(blocks: tuple[Block, ...], label: Concept) -> Figure | None:
    """The picture within three lines after one saying "map"."""
    reach = 0
    for block in blocks:
        if isinstance(block, Line):
            reach = 3 if label.named_in(block.text) else max(0, reach - 1)
        elif isinstance(block, Figure) and reach and not is_placeholder(block, None):
            return block
    return None


def _shown(document: Document, at: Locator, quote: str) -> Verdict:
    return Verdict(Outcome.PASSED, "map_shown", "", {}, (placed(document, quote.strip(), at),))


def _missing(evidence: Evidence, field: Field, context: Context) -> Verdict:
    label = context.vocabulary[_LABELS[field]]
    labelled: list[Passage] = [
        p
        for d in evidence.documents
        for p in passages(d)
        if p.part in ("line", "cell", "figure") and label.named_in(p.text)
    ]
    if labelled and field != "map":
        passage = labelled[0]
        return Verdict(Outcome.FAILED, "placeholder", "", {"found": passage.text}, (Seen(passage.at, passage.text),))
    return Verdict(Outcome.FAILED, f"missing_{field}")
