"""Papers that are called, by the links which lead to them, by another item than the one asked for.

Many agencies submit one page that lists all items for each of them. An assessor opens the link of the item; what lies
behind the links of other items is not looked at.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from oitcheck.lib.item_codes import marked_code
from oitcheck.lib.terms import first_named
from oitcheck.lib.urls import without_fragment
from oitcheck.model.context import Context
from oitcheck.model.evidence import Capture, Document, Evidence
from oitcheck.reading.beside import words_beside
from oitcheck.reading.passages import passages

# What was done by a plan is not the plan: "ความก้าวหน้าตามแผนบริหารทรัพยากรบุคคล".
_DONE_BY = re.compile(r"ตาม\s*$")
# The first passages of a paper that can tell what it is.
TOP_PASSAGES = 12
MOST_TOLD = 40  # of one address; a hostile page may link to it ten thousand times
# So many items called by their codes on one page make it a list of items.
LEAST_CODES = 3


@dataclass(frozen=True, slots=True)
class Called:
    """Whose the papers of an evidence are by the links that lead to them.

    `others` are those of other items, each with the text that says so. `is_list`: the submitted page lists items by
    their codes, this one among them, and a paper of this one was read.
    """

    others: tuple[tuple[Document, str], ...]
    is_list: bool

    def without_others(self, evidence: Evidence) -> Evidence:
        """The evidence without the papers of other items."""
        kept = (d for d in evidence.documents if not any(d is other for other, _ in self.others))
        return replace(evidence, documents=tuple(kept))


def called_by_links(evidence: Evidence, context: Context) -> Called:
    """See `Called`. A paper that names at its head what this item is about is never one of another item."""
    pages: dict[str, _Page] = {}
    leading = {without_fragment(document.capture.found_on) for document in evidence.documents}
    for document in evidence.documents:
        for url in (document.capture.url, document.capture.final_url):
            if without_fragment(url) in leading and without_fragment(url) not in pages:
                pages[without_fragment(url)] = _Page.of(document)
    others = []
    own_by_code = False
    for document in evidence.documents:
        told = tuple(_told_by_links(document, pages))
        verdicts = [(_whose(text, context), text) for text in told]
        own_by_code = own_by_code or any(is_own and marked_code(text) == context.item.id for is_own, text in verdicts)
        foreign = next((text for is_own, text in verdicts if is_own is False), "")
        if foreign and not any(is_own for is_own, _ in verdicts) and not _names_own(document, context):
            others.append((document, foreign))
    codes = {code for page in evidence.documents if not page.capture.depth for code in _codes(page)}
    return Called(tuple(others), own_by_code and len(codes) >= LEAST_CODES)


def _told_by_links(document: Document, pages: Mapping[str, _Page]) -> Iterator[str]:
    """The texts of the links from a submitted page down to a paper, the nearest first, with what stands beside and over
    them."""
    at, seen = document, set[str]()
    while at.capture.depth and at.capture.url not in seen:
        seen.add(at.capture.url)
        yield at.capture.link_text
        page = pages.get(without_fragment(at.capture.found_on))
        if page is None:
            return
        yield from page.told_of(at.capture)
        at = page.document


@dataclass(frozen=True, slots=True)
class _Page:
    """A page, and what it says of each of its links beside and over them, the innermost heading first."""

    document: Document
    by_url: Mapping[str, tuple[str, ...]]
    by_text: Mapping[str, tuple[str, ...]]  # texts that only one link has

    @classmethod
    def of(cls, document: Document) -> _Page:
        beside = words_beside(document)
        by_url: dict[str, tuple[str, ...]] = {}
        by_text: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for section in document.content:
            for link in section.links:
                told = (*beside.get(link.at.place, ()), *section.heading[::-1])
                known = by_url.get(without_fragment(link.url), ())
                if len(known) < MOST_TOLD:
                    by_url[without_fragment(link.url)] = (*known, *told)
                by_text[link.text].append(told)
        alone = {text: told[0] for text, told in by_text.items() if text and len(told) == 1}
        return cls(document, by_url, alone)

    def told_of(self, capture: Capture) -> tuple[str, ...]:
        """A shared file is asked for at another address than the link has; its text tells it then."""
        return self.by_url.get(without_fragment(capture.url)) or self.by_text.get(capture.link_text, ())


def _whose(text: str, context: Context) -> bool | None:
    """True: of this item; False: of another; None: it does not say."""
    if any(concept.named_in(text) for concept in context.item.subject):
        return True
    code = marked_code(text)
    named = [c for c in context.vocabulary.in_group("subject") if c not in context.item.subject]
    other = first_named(named, text)
    if other and not _DONE_BY.search(text[: text.find(other.hits(text)[0].quote)]):
        return False
    return None if code is None else code == context.item.id


def _names_own(document: Document, context: Context) -> bool:
    told = (p.text for p in passages(document) if p.part != "link")
    heads = (p.text for p in passages(document) if p.part in ("heading", "caption"))
    return any(
        concept.named_in(text)
        for text in (document.title, *islice(told, TOP_PASSAGES), *heads)
        for concept in context.item.subject
    )


def _codes(page: Document) -> set[str]:
    beside = words_beside(page)
    links = [(link, section.heading) for section in page.content for link in section.links]
    told = (text for link, heading in links for text in (link.text, *beside.get(link.at.place, ()), *heading))
    return {code for text in told if (code := marked_code(text))}
