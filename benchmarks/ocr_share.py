"""How many pages go through OCR, what that saves beside reading every scan, and whether the verdicts are the same.

usage: python benchmarks/ocr_share.py CONFIG RUN [RUN…]

Judges the kept captures of finished runs three times, network off: as the program does (scans of a submission are read
until it is settled), with every unread page read, and as the program does once more over the same data folder. Prints
pages, pages through OCR, seconds, and the findings that differ. The kept readings of the data folder are not used or
changed: each of the first two begins with an empty folder of its own.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from oitcheck import settings as configuration
from oitcheck.extract.isolation import Readers
from oitcheck.extract.ocr import KeptScans
from oitcheck.gathering import Reading, evidence_of, to_read_by_ocr
from oitcheck.model.evidence import Document
from oitcheck.model.finding import Finding
from oitcheck.pipeline import judging
from oitcheck.pipeline.inputs import checklist_of
from oitcheck.store.records import Store


@dataclass(slots=True)
class Count:
    """What a pass over a run cost."""

    scans: int = 0
    pages: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


async def all_read(
    bench: judging.Bench, agency: Any, submission: Any, steps: Sequence[Any], home: Any, site: Any, reading: Reading
) -> tuple[Finding, ...]:
    """The findings when every page that OCR may read was read, needed or not."""
    read: set[str] = set()
    evidence = await evidence_of(steps, home, site, reading)
    while (following := to_read_by_ocr(evidence, read)) is not None:
        read.add(following)
        evidence = await evidence_of(steps, home, site, reading, read)
    return bench.findings(agency, submission, evidence)


def judged(settings: Any, store: Store, run_id: str, folder: Path, *, everything: bool) -> tuple[list[Finding], Count]:
    count = Count()
    real_scan, real_read = Readers.scan, Readers.read

    async def scan(self: Readers, body: bytes, number: int) -> Any:
        count.scans += 1
        return await real_scan(self, body, number)

    async def read(self: Readers, capture: Any, body: bytes, scans: Any = None) -> Any:
        parts = await real_read(self, capture, body, scans)
        for part in parts:
            pages = part.pages if isinstance(part, Document) else 1
            count.pages[capture.sha256] = max(count.pages.get(capture.sha256, 0), pages or 1)
        return parts

    run = store.run(run_id).run
    checklist, vocabulary = checklist_of(run.year_be)
    settled = all_read if everything else judging.settled
    began = time.perf_counter()
    with (
        mock.patch.object(Readers, "scan", scan),
        mock.patch.object(Readers, "read", read),
        mock.patch.object(judging, "settled", settled),
        mock.patch.object(judging, "kept_readings", lambda *_: None),
        mock.patch.object(judging, "kept_scans", lambda _: KeptScans(folder)),
    ):
        found = judging.judged(settings, store, run, checklist, vocabulary)
    count.seconds = time.perf_counter() - began
    return list(found), count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", type=Path)
    parser.add_argument("runs", nargs="+")
    parser.add_argument("--kept", action="store_true", help="begin with a copy of what OCR read in the runs themselves")
    arguments = parser.parse_args()
    settings = configuration.load(arguments.config, {})
    with Store.open(settings) as store, tempfile.TemporaryDirectory() as passing:
        for run_id in arguments.runs:
            for name in ("first", "whole") if arguments.kept else ():
                shutil.copytree(settings.data_dir / "ocr", Path(passing, name, run_id))
            first, cost = judged(settings, store, run_id, Path(passing, "first", run_id), everything=False)
            whole, dear = judged(settings, store, run_id, Path(passing, "whole", run_id), everything=True)
            _, again = judged(settings, store, run_id, Path(passing, "first", run_id), everything=False)
            pages = sum(cost.pages.values())
            outcomes = {(f.agency_id, f.requirement, f.item, f.about): f.outcome for f in whole}
            differ = [f for f in first if outcomes[f.agency_id, f.requirement, f.item, f.about] != f.outcome]
            print(
                f"{run_id}: {pages} pages;"
                f" OCR of {cost.scans} ({100 * cost.scans / pages:.1f} %) in {cost.seconds:.0f} s;"
                f" of every unread page {dear.scans} in {dear.seconds:.0f} s; findings that differ: {len(differ)};"
                f" a second time: OCR of {again.scans} pages"
            )
            for finding in differ[:20]:
                print(f"  {finding.agency_id} {finding.requirement} {finding.outcome} {finding.code}")


if __name__ == "__main__":
    main()
