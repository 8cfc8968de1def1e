"""First night against second night on an unchanged province: time, bytes, extraction and assessment.

usage: python benchmarks/second_night.py [--rounds N] [--no-validators] [--browser]

The demo province with `delay_seconds = 0`, served by a process of its own; each fiscal year is crawled and assessed
twice into one store, by `check_round` (reports are no part of it). A third night follows after one byte of one PDF was
changed. Time is wall time; the best of N rounds counts, each with an empty store.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from oitcheck.demo import SiteServer, demo_folder
from oitcheck.extract.isolation import Readers
from oitcheck.pipeline import judging
from oitcheck.pipeline.budget import Silent
from oitcheck.pipeline.inputs import Selection, checklist_of, read_inputs
from oitcheck.pipeline.running import check_round
from oitcheck.settings import load
from oitcheck.store.records import Store

YEARS = ((2566, date(2023, 4, 7)), (2568, date(2025, 4, 30)))
COUNTED = {"read": 0, "assessed": 0}


@dataclass(frozen=True, slots=True)
class Night:
    seconds: float
    requests: int
    body_bytes: int
    read: int
    assessed: int


def serve(sites: str, validators: str) -> None:
    """The life of the serving process: one line of JSON an answer, until stdin closes."""

    def told(url: str, status: int, body_bytes: int) -> None:
        sys.stdout.write(json.dumps([url, status, body_bytes]) + "\n")
        sys.stdout.flush()

    with SiteServer(Path(sites), validators=validators == "yes", told=told) as server:
        print(server.host_port, flush=True)
        sys.stdin.read()


def count_work() -> None:
    """Count what is read and what is assessed."""
    read, findings = Readers._asked, judging.Bench.findings

    async def counted_read(self: Readers, *arguments: Any) -> Any:
        COUNTED["read"] += 1
        return await read(self, *arguments)

    def counted_findings(self: judging.Bench, *arguments: Any) -> Any:
        COUNTED["assessed"] += 1
        return findings(self, *arguments)

    Readers._asked = counted_read  # type: ignore[method-assign]
    judging.Bench.findings = counted_findings  # type: ignore[method-assign]


def night(environ: dict[str, str], log: Path) -> tuple[Night, dict[str, Any]]:
    """Check all years once; what it took, and the findings by year."""
    settings = load(None, environ)
    before = log.stat().st_size
    COUNTED.update(read=0, assessed=0)
    seconds, found = 0.0, {}
    for year, day in YEARS:
        folder = demo_folder()
        checklist, vocabulary = checklist_of(year)
        files = (folder / f"agencies-{year}.csv", folder / f"submissions-{year}.csv")
        inputs = read_inputs(year, *files, "", Selection(), checklist)
        with Store.open(settings) as store:
            began = time.perf_counter()
            done = check_round(settings, store, inputs, checklist, vocabulary, day, Selection(), Silent())
            seconds += time.perf_counter() - began
            found[str(year)] = list(store.findings(done.run.id))
    time.sleep(0.2)
    answers = [json.loads(line) for line in log.read_bytes()[before:].splitlines()]
    asked = Night(seconds, len(answers), sum(a[2] for a in answers), COUNTED["read"], COUNTED["assessed"])
    return asked, found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-validators", action="store_true", help="the servers know no ETag: the hash decides")
    parser.add_argument("--browser", action="store_true", help="with the browser, when one is installed")
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(*options.serve)
        return
    count_work()
    best: list[Night] = []
    for _ in range(options.rounds):
        nights = one_round(options)
        best = [a if not best or a.seconds < b.seconds else b for a, b in zip(nights, best or nights, strict=True)]
    first, second, third = best
    for name, one in (("first night", first), ("second night", second), ("one byte changed", third)):
        print(
            f"{name:>17}: {one.seconds:6.2f} s  {one.requests:4} requests  {one.body_bytes:9,} body bytes  "
            f"{one.read:4} files read  {one.assessed:4} assessments"
        )
    print(f"second night: {second.seconds / first.seconds:.1%} of the time, "
          f"{1 - second.body_bytes / first.body_bytes:.1%} fewer body bytes")  # fmt: skip


def one_round(options: argparse.Namespace) -> list[Night]:
    with tempfile.TemporaryDirectory(prefix="oitcheck-nights-") as name:
        folder = Path(name)
        sites = folder / "sites"
        shutil.copytree(demo_folder() / "sites", sites)
        log = folder / "log"
        with log.open("wb") as out:
            arguments = ["--serve", str(sites), "no" if options.no_validators else "yes"]
            server = subprocess.Popen([sys.executable, __file__, *arguments], stdin=subprocess.PIPE, stdout=out)
            while not (address := log.read_text()).endswith("\n"):
                time.sleep(0.05)
            environ = {
                "OITCHECK_NETWORK__CONNECT_TO": address.splitlines()[0],
                "OITCHECK_CRAWL__DELAY_SECONDS": "0",
                "OITCHECK_CRAWL__RETRY_DELAY_SECONDS": "0.05",
                "OITCHECK_STORAGE__DATA_DIR": str(folder / "data"),
                "OITCHECK_BROWSER__ENABLED": "auto" if options.browser else "false",
            }
            try:
                first, found = night(environ, log)
                second, again = night(environ, log)
                for year, before in found.items():
                    assert before == again[year], f"{year}: the second night found something else"
                pdf = next(path for path in sorted(sites.rglob("*.pdf")) if b"%PDF-1" in path.read_bytes()[:8])
                pdf.write_bytes(pdf.read_bytes() + b"\n")
                third, _ = night(environ, log)
            finally:
                assert server.stdin
                server.stdin.close()
                server.wait(5)
    return [replace(each) for each in (first, second, third)]


if __name__ == "__main__":
    main()
