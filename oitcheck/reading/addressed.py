"""The part of a page that the fragment of a URL addresses."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from oitcheck.model.evidence import Document, Section


def addressed(document: Document) -> Document:
    """The part of a submitted page that the URL's fragment addresses; the whole page when it names no part."""
    fragment = urlsplit(document.capture.url).fragment
    if not fragment or document.capture.depth != 0:
        return document
    under = {id(section) for section in sections_under(document, fragment)}
    if not under:
        return document
    kept = tuple(s for s in document.sections if s.role != "content" or id(s) in under)
    return replace(document, sections=kept)


def sections_under(document: Document, fragment: str) -> tuple[Section, ...]:
    """The content sections that a URL fragment names, up to the next anchor of its kind; () when no anchor has it.

    Anchors that differ in their number only are of one kind (o21, o22).
    """
    wanted = unquote(fragment).strip().casefold()
    sections = document.content
    start = next((i for i, s in enumerate(sections) if s.anchor and unquote(s.anchor).casefold() == wanted), None)
    if not wanted or start is None:
        return ()
    first = sections[start]
    end = start + 1
    while end < len(sections) and not _begins_anew(first, sections[end]):
        end += 1
    return sections[start:end]


def _begins_anew(first: Section, section: Section) -> bool:
    if first.heading and len(section.heading) < len(first.heading):
        return True
    if not section.anchor or section.anchor == first.anchor:
        return False
    return _kind(section.anchor) == _kind(first.anchor) or len(section.heading) <= len(first.heading)


def _kind(anchor: str) -> str:
    return re.sub(r"\d+", "#", unquote(anchor).casefold())
