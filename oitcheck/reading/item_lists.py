"""Pages that list the items by their codes: what only names an item there is no content of it, or of any other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from oitcheck.lib.item_codes import marked_code
from oitcheck.lib.terms import first_named
from oitcheck.lib.thai_text import fold
from oitcheck.model.context import Context
from oitcheck.model.evidence import Block, Document, Figure, Line, Section, Table
from oitcheck.reading.beside import words_beside
from oitcheck.reading.passages import is_blank, is_pointer, link_texts, links_within, says_none

# So many items called by their codes on one page make it a list of items.
LEAST_CODES = 3
LEAST_NAMES = 6  # so many named by what they are about, too
LITTLE_BESIDE_LINKS = 12  # a month that is no link yet, a kind of file
# Beyond a title a line says something of its own.
LONGEST_TITLE = 160


def without_titles_of_items(document: Document, context: Context) -> Document:
    """A web page that lists items, without the lines and rows that only name one; any other document as it is.

    The links in them stay: they are followed, and call what they lead to.
    """
    if document.kind != "html":
        return document
    if len(codes_on(document)) >= LEAST_CODES:
        titles = {fold(text) for text in _coded(document)}
    else:
        titles = {fold(text) for text in _under_pictures(document, context)}
    if not titles:
        return document
    sections = tuple(
        replace(s, blocks=tuple(_kept(s, titles, context))) if s.role == "content" else s for s in document.sections
    )
    return replace(document, sections=sections)


def codes_on(document: Document) -> frozenset[str]:
    """The codes of items by which lines, cells and headings of a page begin."""
    told = (text for section in document.content for text in _texts(section) if len(text) <= LONGEST_TITLE)
    return frozenset(code for text in told if (code := marked_code(text)))


def lists_own(document: Document, context: Context) -> bool:
    """Whether a page lists the item by its code, and by what it is about: lists of other years have other numbers."""
    lines = [(text,) for section in document.content for text in _texts(section)]
    rows = [row for section in document.content for table in section.tables for row in table.rows]
    return any(
        any(marked_code(text) == context.item.id for text in texts)
        and any(concept.named_in(text) for concept in context.item.subject for text in texts)
        for texts in (*lines, *rows)
    )


def _texts(section: Section) -> Iterator[str]:
    yield from section.heading
    for block in section.blocks:
        if isinstance(block, Line):
            yield block.text
        elif isinstance(block, Table):
            yield from (cell for row in (block.header, *block.rows) for cell in row)


def _coded(document: Document) -> Iterator[str]:
    """The titles that stand behind codes: "โครงสร้าง" of "O1 โครงสร้าง"."""
    for section in document.content:
        for text in _texts(section):
            if len(text) <= LONGEST_TITLE and marked_code(text):
                yield text.lstrip("OoΟοОо0123456789๐๑๒๓๔๕๖๗๘๙ .:-–)")


def _under_pictures(document: Document, context: Context) -> frozenset[str]:
    """What cards whose links are pictures are called, on a page of so many that they list items; none else."""
    beside = words_beside(document)
    links = [link for section in document.content for link in section.links if not link.text.strip()]
    called = frozenset(text for link in links for text in beside.get(link.at.place, ()) if len(text) <= LONGEST_TITLE)
    subjects = context.vocabulary.in_group("subject")
    named = {concept.id for text in called if (concept := first_named(subjects, text))}
    return called if len(named) >= LEAST_NAMES else frozenset()


def _kept(section: Section, titles: set[str], context: Context) -> Iterator[Block]:
    bare = link_texts(section)
    for block in section.blocks:
        if isinstance(block, Line) and _names_an_item(block.text, bare, titles, context):
            continue
        if isinstance(block, Figure):
            words = tuple(w for w in block.words if not _names_an_item(w, bare, titles, context))
            block = replace(block, words=words) if words != block.words else block
        if isinstance(block, Table):
            rows = [n for n, row in enumerate(block.rows) if not _lists_an_item(row, bare)]
            dropped = len(block.rows) - len(rows)
            if dropped >= LEAST_CODES:
                rows = [n for n in rows if len({c for c in block.rows[n] if c.strip()}) > 1]
            if dropped and not rows:
                continue
            if dropped:
                places = tuple(block.row_places[n] for n in rows if n < len(block.row_places))
                block = replace(block, rows=tuple(block.rows[n] for n in rows), row_places=places)
        yield block


def _names_an_item(text: str, bare: frozenset[str], titles: set[str], context: Context) -> bool:
    if len(text) > LONGEST_TITLE or says_none(text) or "ไม่มี" in text:
        return False
    if marked_code(text):
        return first_named(context.vocabulary.in_group("subject"), text) is not None
    folded = fold(text)
    return any(folded == title or (folded.startswith(title) and folded[len(title) :] in bare) for title in titles)


def _lists_an_item(row: tuple[str, ...], bare: frozenset[str]) -> bool:
    """Whether a row holds a code, one more text at most, and links or nothing."""
    cells = [c for c in dict.fromkeys(row) if c.strip()]
    if not any(marked_code(c) for c in cells):
        return False
    others = [c for c in cells if not (is_blank(c) or says_none(c) or _only_links(c, bare) or is_pointer(c))]
    telling = [c for c in others if not (marked_code(c) and len(c) <= 6)]
    return len(telling) <= 1 and all(len(c) <= LONGEST_TITLE for c in telling)


def _only_links(cell: str, bare: frozenset[str]) -> bool:
    folded = fold(cell)
    for link in (folded, *links_within(folded, bare)):
        folded = folded.replace(link, "", 1) if link in bare else folded
    return len(folded) <= LITTLE_BESIDE_LINKS
