"""Headings, labels and columns of a document that name nothing the vocabulary knows: one of them may be what is missed."""

from __future__ import annotations

from functools import lru_cache

from oitcheck.lib.terms import Lexicon
from oitcheck.lib.thai_text import fold
from oitcheck.model.agency import Agency
from oitcheck.model.evidence import Document
from oitcheck.reading.body import top_passages
from oitcheck.reading.columns import header_of, tables, unrecognised_by
from oitcheck.reading.ownership import own_names
from oitcheck.reading.passages import Passage, is_blank, is_pointer, passages

# A label before a colon is no longer than this; a heading no longer than that.
LONGEST_LABEL = 40
LONGEST_HEADING = 90
# What stands under an unknown heading counts from so many folded characters on.
LEAST_UNDER = 12
# The first passages name the paper itself.
TITLES = 3
# A form has no more rows than this.
LONGEST_FORM = 12


@lru_cache(maxsize=256)
def unknown_labels(document: Document, lexicon: Lexicon, agency: Agency) -> tuple[Passage, ...]:
    """The labels of a document, with something said under them, that name no concept of the vocabulary."""
    found: list[Passage] = []
    titles = {fold(p.text) for p in top_passages(document, TITLES)[:TITLES]} | {fold(document.title)}
    names = own_names(agency)
    for passage in passages(document):
        label = _label(passage)
        folded = fold(label)
        if len(folded) < 3 or folded in titles or folded.isdigit() or any(n in folded for n in names):
            continue
        if not lexicon.labels(label) and not is_pointer(label):
            found.append(passage)
    keys = [p for p in found if p.part == "cell"]
    # In a table of data every first cell is a name of a thing; labels of a form are known for the most part.
    if len(keys) > LONGEST_FORM:
        found = [p for p in found if p.part != "cell"]
    for one in tables(document):
        for index in unrecognised_by(one.table, lexicon):
            found.append(Passage(header_of(one.table)[index], one.table.at, "header"))
    return tuple(found)


def _label(passage: Passage) -> str:
    """The words that label what follows them; "" when a passage labels nothing."""
    if passage.part == "line" and ":" in passage.text:
        head, _, value = passage.text.partition(":")
        return head if len(head) <= LONGEST_LABEL and not is_blank(value) else ""
    if passage.part == "cell" and passage.under and len(passage.text) <= LONGEST_LABEL and "\n" not in passage.under:
        return passage.text if _is_key(passage) else ""
    is_heading = passage.part == "heading" or (passage.part == "line" and passage.strong)
    if is_heading and len(passage.text) <= LONGEST_HEADING and len(fold(passage.under)) >= LEAST_UNDER:
        return passage.text
    return ""


def _is_key(passage: Passage) -> bool:
    """Whether a cell may be the label of its row: words without a number, with a longer value beside them."""
    return not any(c.isdigit() for c in passage.text) and len(fold(passage.under)) > len(fold(passage.text))
