"""Papers that are called, by the links which lead to them, by another item than the one asked for.

Many agencies submit one page that lists all items for each of them. An assessor opens the link of the item; what lies
behind the links of other items is not looked at.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from oitcheck.lib.item_codes import marked_code
from oitcheck.lib.terms import first_named
from oitcheck.lib.urls import without_fragment
from oitcheck.model.context import Context
from oitcheck.model.evidence import Capture, Document, Evidence
from oitcheck.reading.beside import words_beside
from oitcheck.reading.item_lists import LEAST_CODES, LEAST_NAMES, codes_on, lists_own
from oitcheck.reading.passages import passages

_DONE_BY = re.compile(r"ตาม\s*$")
# The first passages of a paper that can tell what it is.
TOP_PASSAGES = 4
MOST_TOLD = 40  # of one address; a hostile page may link to it ten thousand times


@dataclass(frozen=True, slots=True)
class Called:
    """Whose the papers of an evidence are by the links that lead to them.

    `others` are those that a link, or what stands beside it, calls another item's; `under_others` those that only stand
    under a heading which does. Each comes with the text that says so. `is_list`: a submitted page lists items by their
    codes, this one among them; or it lists them by their names, and a paper so named for this one was read. `unread`
    are the addresses of what could not be read, and is called another item's on such a list.
    """

    others: tuple[tuple[Document, str], ...]
    under_others: tuple[tuple[Document, str], ...]
    is_list: bool
    unread: frozenset[str]

    def without(self, evidence: Evidence, papers: Iterable[tuple[Document, str]]) -> Evidence:
        """The evidence without some of these papers."""
        left = {id(paper) for paper, _ in papers}
        return replace(evidence, documents=tuple(d for d in evidence.documents if id(d) not in left))


def called_by_links(counted: Evidence, read: Evidence, context: Context) -> Called:
    """Whose the papers that count are, by the links of all pages as they were `read`.

    A paper that names at its head what this item is about is never one of another item.
    """
    pages: dict[str, _Page] = {}
    captures = [*(d.capture for d in counted.documents), *(spot.capture for spot in counted.blind_spots)]
    leading = {without_fragment(capture.found_on) for capture in captures}
    for document in read.documents:
        for url in (document.capture.url, document.capture.final_url):
            if without_fragment(url) in leading and without_fragment(url) not in pages:
                pages[without_fragment(url)] = _Page.of(document)
    others, under_others = [], []
    own_by_code = own_by_name = False
    for document in counted.documents:
        told = [
            (text, is_heading, _whose(text, context)) for text, is_heading in _told_by_links(document.capture, pages)
        ]
        own_by_code = own_by_code or any(own and marked_code(text) == context.item.id for text, _, own in told)
        own_by_name = own_by_name or any(own for _, is_heading, own in told if not is_heading)
        if any(own for _, _, own in told) or _names_own(document, context):
            continue
        named = next((text for text, is_heading, own in told if own is False and not is_heading), "")
        over = next((text for text, _, own in told if own is False), "")
        if named:
            others.append((document, named))
        elif over:
            under_others.append((document, over))
    codes = {code for page in read.documents if not page.capture.depth for code in codes_on(page)}
    lists = len(codes) >= LEAST_CODES
    unread = frozenset(_unread_of_others(counted, pages, context)) if lists else frozenset()
    submitted = [page for page in read.documents if not page.capture.depth]
    own_listed = lists and (own_by_code or any(lists_own(page, context) for page in submitted))
    is_named = own_by_name and any(_lists_by_names(page, context) for page in submitted)
    return Called(tuple(others), tuple(under_others), own_listed or is_named, unread)


def _lists_by_names(page: Document, context: Context) -> bool:
    """Whether a page lists items by what they are about, and is no page of this one itself."""
    heads = (page.title, *(heading for section in page.content for heading in section.heading[:1]))
    if any(concept.named_in(head) for head in heads for concept in context.item.subject):
        return False
    subjects = context.vocabulary.in_group("subject")
    beside = words_beside(page)
    links = [link for section in page.content for link in section.links]
    texts = {text for link in links for text in (link.text, *beside.get(link.at.place, ()))}
    return len({c.id for text in texts if (c := first_named(subjects, text))}) >= LEAST_NAMES


def _unread_of_others(counted: Evidence, pages: Mapping[str, _Page], context: Context) -> Iterator[str]:
    for spot in counted.blind_spots:
        told = [_whose(text, context) for text, is_heading in _told_by_links(spot.capture, pages) if not is_heading]
        if False in told and True not in told:
            yield spot.capture.url


def _told_by_links(capture: Capture, pages: Mapping[str, _Page]) -> Iterator[tuple[str, bool]]:
    """The texts of the links from a submitted page down to a paper, the nearest first, with what stands beside and over
    them; whether each is a heading."""
    at, seen = capture, set[str]()
    while at.depth and at.url not in seen:
        seen.add(at.url)
        yield at.link_text, False
        page = pages.get(without_fragment(at.found_on))
        if page is None:
            return
        yield from page.told_of(at)
        at = page.document.capture


@dataclass(frozen=True, slots=True)
class _Page:
    """A page, and what it says of each of its links beside them, and over them, the innermost heading first."""

    document: Document
    by_url: Mapping[str, tuple[tuple[str, bool], ...]]
    by_text: Mapping[str, tuple[tuple[str, bool], ...]]  # texts that only one link has

    @classmethod
    def of(cls, document: Document) -> _Page:
        beside = words_beside(document)
        by_url: dict[str, dict[tuple[str, bool], None]] = defaultdict(dict)
        by_text: dict[str, list[tuple[tuple[str, bool], ...]]] = defaultdict(list)
        for section in document.content:
            over = tuple((text, True) for text in section.heading[::-1])
            for link in section.links:
                told = (*((text, False) for text in beside.get(link.at.place, ())), *over)
                known = by_url[without_fragment(link.url)]
                if len(known) < MOST_TOLD:
                    known.update(dict.fromkeys(told))
                by_text[link.text].append(told)
        alone = {text: told[0] for text, told in by_text.items() if text and len(told) == 1}
        return cls(document, {url: tuple(told) for url, told in by_url.items()}, alone)

    def told_of(self, capture: Capture) -> tuple[tuple[str, bool], ...]:
        """A shared file is asked for at another address than the link has; its text tells it then."""
        return self.by_url.get(without_fragment(capture.url)) or self.by_text.get(capture.link_text, ())


def _whose(text: str, context: Context) -> bool | None:
    """True: of this item; False: of another; None: it does not say, or says both."""
    if any(concept.named_in(text) for concept in context.item.subject):
        return True
    code = marked_code(text)
    named = [c for c in context.vocabulary.in_group("subject") if c not in context.item.subject]
    other = first_named(named, text)
    # What was done by a plan is not the plan: "ความก้าวหน้าตามแผนบริหารทรัพยากรบุคคล".
    is_other = other is not None and not _DONE_BY.search(text.partition(other.hits(text)[0].quote)[0])
    if code == context.item.id:
        return None if is_other else True
    return False if is_other or code else None


def _names_own(document: Document, context: Context) -> bool:
    told = (p.text for p in passages(document) if p.part != "link")
    heads = (p.text for p in passages(document) if p.part in ("heading", "caption"))
    return any(
        concept.named_in(text)
        for text in (document.title, *islice(told, TOP_PASSAGES), *heads)
        for concept in context.item.subject
    )
