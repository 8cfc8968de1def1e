"""Files made to break readers, each read in a process of its own: the pool lives on, and each is told for what it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from oitcheck.extract.isolation import Readers
from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.read import read
from oitcheck.model.evidence import BlindSpot, Document
from tests.extract import hostile
from tests.extract.hostile import Hostile
from tests.extract.office_files import captured

# A machine may be busy: what is not made to be slow ends far within the time.
LIMITS = ExtractLimits(seconds=15, memory_bytes=450 << 20, pages=40, rows=2_000, chars=500_000)
GOOD = b"<h1>x</h1><p>y</p>"


def _peak_bytes(readers: Readers) -> int:
    """The most address space that the living child has had; 0 when it was just ended."""
    process = readers._children[0]._process
    try:
        status = Path(f"/proc/{process.pid}/status").read_text() if process else ""
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmPeak")), 0)


def _wrong(file: Hostile, parts: tuple[Document | BlindSpot, ...]) -> str:
    reasons = {part.reason.value for part in parts if isinstance(part, BlindSpot)}
    documents = [part for part in parts if isinstance(part, Document)]
    if not parts:
        return f"{file.name}: nothing came of it"
    if file.reasons and not reasons & set(file.reasons):
        return f"{file.name}: {sorted(reasons)} rather than one of {file.reasons}"
    return f"{file.name}: no document, {sorted(reasons)}" if file.reads and not documents else ""


# How many files each group has at least.
GROUPS: dict[Callable[[], Iterator[Hostile]], int] = {
    hostile.bombs: 12, hostile.archives: 13, hostile.office: 25, hostile.pdfs: 25, hostile.pictures: 9,
    hostile.pages_and_texts: 25, hostile.locked_and_cut: 30, hostile.mutants_of_pdfs: 90, hostile.mutants_of_others: 60,
}  # fmt: skip
LEAST_FILES = 200


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.__name__)
def test_every_file_ends_as_documents_or_as_blind_spots(group: Callable[[], Iterator[Hostile]]) -> None:
    names: set[str] = set()

    async def scenario() -> list[str]:
        wrong: list[str] = []
        async with Readers(1, LIMITS) as readers:
            for file in group():
                names.add(file.name)
                wrong.append(_wrong(file, await readers.read(captured(file.body, file.name), file.body)))
                if _peak_bytes(readers) > LIMITS.memory_bytes:
                    wrong.append(f"{file.name}: more memory than allowed")
            assert await readers.read(captured(GOOD), GOOD) == read(captured(GOOD), GOOD, LIMITS), "the pool is dead"
        return [one for one in wrong if one]

    assert asyncio.run(scenario()) == []
    assert len(names) >= GROUPS[group]


def test_there_are_enough_of_them() -> None:
    assert sum(GROUPS.values()) >= LEAST_FILES
