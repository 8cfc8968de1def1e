"""Lines and cells of bounded length: what reads them takes time that grows faster than they do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from oitcheck.model.evidence import Block, Document, Figure, Line, Table

# A longer line is several; of a longer cell or heading the beginning is kept. No official's paragraph is so long.
LONGEST_LINE = 2000


def bounded(document: Document) -> Document:
    """The document with no line, cell, heading or word of a picture longer than LONGEST_LINE; itself when none is."""
    sections = []
    changed = False
    for section in document.sections:
        long = any(_is_long(block) for block in section.blocks) or any(len(h) > LONGEST_LINE for h in section.heading)
        changed = changed or long
        if long:
            blocks = tuple(part for block in section.blocks for part in _parts(block))
            heading = tuple(h[:LONGEST_LINE] for h in section.heading)
            section = replace(section, blocks=blocks, heading=heading)
        sections.append(section)
    return replace(document, sections=tuple(sections)) if changed else document


def _is_long(block: Block) -> bool:
    if isinstance(block, Line):
        return len(block.text) > LONGEST_LINE
    if isinstance(block, Table):
        return any(len(text) > LONGEST_LINE for row in (block.header, block.caption, *block.rows) for text in row)
    return isinstance(block, Figure) and any(len(text) > LONGEST_LINE for text in (block.alt, *block.words))


def _parts(block: Block) -> Iterator[Block]:
    if isinstance(block, Line) and len(block.text) > LONGEST_LINE:
        for start in range(0, len(block.text), LONGEST_LINE):
            yield replace(block, text=block.text[start : start + LONGEST_LINE])
    elif isinstance(block, Table) and _is_long(block):
        yield replace(
            block,
            header=_cut(block.header),
            caption=_cut(block.caption),
            rows=tuple(_cut(row) for row in block.rows),
        )
    elif isinstance(block, Figure) and _is_long(block):
        yield replace(block, alt=block.alt[:LONGEST_LINE], words=_cut(block.words))
    else:
        yield block


def _cut(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text[:LONGEST_LINE] for text in texts)
