"""Places moved: a part of a file that was read by itself speaks of places in itself, its file of places in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from oitcheck.model.evidence import Block, Locator, Section, Table


def relocated(sections: Iterable[Section], place_of: Callable[[str], str], sha256: str) -> tuple[Section, ...]:
    """The sections with every place p replaced by `place_of(p)`, in the bytes with this sha256."""

    def moved(at: Locator) -> Locator:
        return Locator(sha256, place_of(at.place))

    def block_moved(block: Block) -> Block:
        if isinstance(block, Table):
            return replace(block, at=moved(block.at), row_places=tuple(map(place_of, block.row_places)))
        return replace(block, at=moved(block.at))

    return tuple(replace(s, blocks=tuple(map(block_moved, s.blocks)), at=moved(s.at)) for s in sections)


def ranges(kind: str, numbers: Iterable[int]) -> list[str]:
    """Places of runs of numbers, in order: "page:2-4", "page:7"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return [f"{kind}:{a}" if a == b else f"{kind}:{a}-{b}" for a, b in runs]
