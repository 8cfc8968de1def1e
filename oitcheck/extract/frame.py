"""What also stands on other pages of the same site is its frame: menus and footers that no name gives away. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from oitcheck.lib.thai_text import fold
from oitcheck.lib.urls import host_of
from oitcheck.model.evidence import Block, Document, Figure, Form, Line, Link, Section, Table

RUN_LEAST = 3
EDGE_PAGES_LEAST = 2

_HOME = re.compile(r"^/?(?:index\.\w+|home/?|main/?|th/?|default\.\w+)?$", re.IGNORECASE)
_DATED = re.compile(r"\d{1,2}(มค|กพ|มีค|เมย|พค|มิย|กค|สค|กย|ตค|พย|ธค|มกร|กุมภ|มีน|เมษ|พฤษ|มิถ|กรก|สิง|กันย|ตุล|ธันว)|25[5-9]\d")
_FILE = re.compile(r"\.(pdf|docx?|xlsx?|zip)\b|/file/d/", re.IGNORECASE)

Key = tuple[str, str, str]


def marked(document: Document, others: Sequence[Document]) -> Document:
    """`document` with what it shares with `others` in sections of the role "frame".

    A line, link, picture or form is shared when it stands alike, text and target, on another page of the site with a
    different address; it is frame when it belongs to a run of three or more shared blocks, or to a section of nothing
    else, or when it is the very beginning or end of the page and two others have it. A heading never is, nor a table.
    When that would leave nothing (an index that each page repeats), what stands under headings stays content; when
    still nothing is left (one page under two addresses), all of it does.
    """
    counts = _shared_keys(document, others)
    if not counts:
        return document
    shared = frozenset(counts)
    edges = _edges(document, frozenset(key for key, pages in counts.items() if pages >= EDGE_PAGES_LEAST))
    for spare_headed in (False, True):
        sections: list[Section] = []
        for section in document.sections:
            is_spared = section.role != "content" or (spare_headed and section.heading)
            sections.extend((section,) if is_spared else _parted(section, shared, edges))
        result = replace(document, sections=tuple(sections))
        if any(_says_something(section) for section in result.content):
            return result
    return document


def _shared_keys(document: Document, others: Sequence[Document]) -> Counter[Key]:
    """On how many other pages of the site each block of the content stands."""
    own_path = _path(document.capture.final_url)
    host = host_of(document.capture.final_url).removeprefix("www.")
    found: Counter[Key] = Counter()
    own_blocks = _content_keys(document)
    for other in others:
        url = other.capture.final_url
        if other.kind != "html" or host_of(url).removeprefix("www.") != host or _path(url) == own_path:
            continue
        if other.capture.sha256 and other.capture.sha256 == document.capture.sha256:
            continue
        theirs = _all_keys(other)
        # The same page under another address, with a counter or a date that differs: nothing to learn from.
        if own_blocks and own_blocks <= theirs:
            continue
        shared = own_blocks & theirs
        # A home page repeats the newest of each page: what is dated or a file is no frame on its word alone.
        found.update({key for key in shared if not _is_news(key)} if _HOME.match(urlsplit(url).path) else shared)
    return found


def _edges(document: Document, shared: frozenset[Key]) -> frozenset[int]:
    """The blocks (by identity) with which the content begins and ends, as far as they are shared."""
    found: set[int] = set()
    blocks = [block for section in document.content for block in section.blocks]
    headings = {id(section.blocks[0]) for section in document.content if _begins_with_heading(section)}
    for ordered in (blocks, list(reversed(blocks))):
        for block in ordered:
            if id(block) in headings or _key(block) not in shared:
                break
            found.add(id(block))
    return frozenset(found)


def _is_news(key: Key) -> bool:
    kind, text, target = key
    return _DATED.search(text) is not None or (kind == "link" and _FILE.search(target) is not None)


def _path(url: str) -> str:
    """What tells pages of a site apart: path and query, for many sites have one path for all pages."""
    parts = urlsplit(url)
    return unquote(parts.path.rstrip("/") + "?" + parts.query)


def _content_keys(document: Document) -> set[Key]:
    return {key for section in document.content for block in section.blocks if (key := _key(block))}


def _all_keys(document: Document) -> set[Key]:
    keys = {key for section in document.sections for block in section.blocks if (key := _key(block))}
    # A menu links to the page it stands on: there a placeholder, a link on all other pages.
    return keys | {(kind, text, "") for kind, text, _ in keys if kind == "link"}


def _key(block: Block) -> Key | None:
    """By what two blocks are the same; None for what is never frame."""
    if isinstance(block, Line):
        return ("line", fold(block.text) or block.text, "")
    if isinstance(block, Link):
        # A placeholder resolves to the page it stands on; its target tells nothing.
        return ("link", fold(block.text), "" if block.is_placeholder else block.url)
    if isinstance(block, Figure):
        return ("figure", block.url, fold(block.alt))
    if isinstance(block, Form):
        return ("form", block.action, "|".join(block.fields))
    return None


def _parted(section: Section, shared: frozenset[Key], edges: frozenset[int]) -> list[Section]:
    """A section cut where runs of shared blocks begin and end."""
    is_shared = [(key := _key(block)) is not None and key in shared for block in section.blocks]
    start = 1 if _begins_with_heading(section) else 0
    if start < len(is_shared) and all(is_shared[start:]):
        body = _made(section, section.blocks[start:], "frame")
        heading_alone = start == 1 and is_shared[0]
        return (
            [replace(section, role="frame")]
            if heading_alone or start == 0
            else [_made(section, section.blocks[:1], "content"), body]
        )
    parts: list[Section] = []
    kept: list[Block] = list(section.blocks[:start])
    position = start
    while position < len(section.blocks):
        end = position
        while end < len(section.blocks) and is_shared[end]:
            end += 1
        run = section.blocks[position:end]
        if run and (_counts(run) >= RUN_LEAST or all(id(block) in edges for block in run)):
            if kept:
                parts.append(_made(section, tuple(kept), "content"))
                kept = []
            parts.append(_made(section, run, "frame"))
        else:
            kept.extend(run)
        if end < len(section.blocks):
            kept.append(section.blocks[end])
            end += 1
        position = end
    if kept:
        parts.append(_made(section, tuple(kept), "content"))
    return parts if len(parts) > 1 else [section]


def _counts(blocks: Sequence[Block]) -> int:
    """How many things a run shows; a line that only holds links is no thing besides them."""
    return sum(
        not (isinstance(block, Line) and isinstance(after, Link) and fold(after.text) in fold(block.text))
        for block, after in zip(blocks, (*blocks[1:], None), strict=True)
    )


def _begins_with_heading(section: Section) -> bool:
    first = section.blocks[0] if section.blocks else None
    return bool(section.heading) and isinstance(first, Line) and first.strong and first.text == section.heading[-1]


def _made(section: Section, blocks: tuple[Block, ...], role: str) -> Section:
    heading = section.heading if role == "content" else ()
    anchor = section.anchor if role == "content" else ""
    return Section(heading, blocks, role, anchor, blocks[0].at if blocks else section.at)


def _says_something(section: Section) -> bool:
    """Whether a section holds more than headings."""
    skip = 1 if _begins_with_heading(section) else 0
    return any(not isinstance(block, Line) or block.text for block in section.blocks[skip:]) or any(
        isinstance(block, Table) for block in section.blocks
    )
