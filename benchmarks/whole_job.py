"""Pages a second of the whole `oitcheck check` beside a plain Scrapy spider that only fetches and parses the pages.

usage: python benchmarks/whole_job.py [--set FOLDER] [--rounds N]

The set is a folder with sites/, and agencies.csv + submissions.csv (or agencies-<year>.csv + submissions-<year>.csv);
without one, the demo province. Both sides run in the same minute against the same server, in turn, N times; the best
time of each counts. oitcheck crawls, reads, judges, stores and writes the reports, with an empty store each time. The
memory figure is the most that its processes held together (shared memory counted once, sampled four times a second).
Needs Scrapy in the same environment (`pip install scrapy`): the product itself does not use it.
"""

from __future__ import annotations

import argparse
import csv
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from oitcheck.demo import SiteServer, demo_folder

HERE = Path(__file__).resolve().parent
AS_OF = {2566: "2023-04-07", 2567: "2024-04-30", 2568: "2025-04-30", 2569: "2026-04-30"}
CONCURRENCY = 4
SAMPLE_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Round:
    year: int
    agencies: Path
    submissions: Path


@dataclass(frozen=True, slots=True)
class Measured:
    pages: int
    seconds: float
    memory_mb: float = 0.0

    @property
    def rate(self) -> float:
        return self.pages / self.seconds if self.seconds else 0.0


def rounds_of(folder: Path) -> list[Round]:
    """The fiscal years (BE) of a set, with its input files."""
    if (folder / "agencies.csv").is_file():
        with (folder / "agencies.csv").open(encoding="utf-8-sig") as file:
            years = sorted({int(row["fiscal_year"]) for row in csv.DictReader(file)})
        return [Round(year, folder / "agencies.csv", folder / "submissions.csv") for year in years]
    return [
        Round(year, folder / f"agencies-{year}.csv", folder / f"submissions-{year}.csv")
        for year in AS_OF
        if (folder / f"agencies-{year}.csv").is_file()
    ]


def held_mb(root: int) -> float:
    """Megabytes that a process and all its descendants hold now, memory they share counted once (Linux: /proc, PSS)."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    family, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in family} - family
        family, grown = family | more, bool(more)
    kilobytes = 0
    for pid in family:
        with suppress(OSError):
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            kilobytes += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return kilobytes / 1000


def run_oitcheck(rounds: list[Round], server: str, work: Path) -> Measured:
    """The whole job on every round of the set into an empty store."""
    config = work / "config.toml"
    config.write_text(
        f'[network]\nallow_private = true\nconnect_to = "{server}"\n\n[crawl]\ndelay_seconds = 0\n\n'
        f'[storage]\ndata_dir = "{work / "data"}"\n',
        "utf-8",
    )
    seconds = most = 0.0
    for one in rounds:
        command = [
            str(Path(sys.executable).with_name("oitcheck")),
            "--config",
            str(config),
            "check",
            "--year",
            str(one.year),
        ]
        command += ["--agencies", str(one.agencies), "--submissions", str(one.submissions)]
        command += ["--as-of", AS_OF[one.year], "--findings", str(work / f"findings-{one.year}.jsonl")]
        started = time.perf_counter()
        said = (work / "said.txt").open("wb")
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        while process.poll() is None:
            most = max(most, held_mb(process.pid))
            time.sleep(SAMPLE_SECONDS)
        seconds += time.perf_counter() - started
        said.close()
        if process.returncode not in (0, 8):
            sys.exit(f"oitcheck ended with {process.returncode}:\n{(work / 'said.txt').read_text('utf-8')[-2000:]}")
    return Measured(len(pages_of(work)), seconds, most)


def pages_of(work: Path) -> list[str]:
    """The address of every page that oitcheck asked for and was answered, each once."""
    with sqlite3.connect(work / "data" / "oitcheck.sqlite3") as store:
        return sorted({row[0] for row in store.execute("SELECT url FROM capture WHERE http_status > 0")})


def run_spider(addresses: list[str], server: str, work: Path) -> Measured:
    listed = work / "addresses.txt"
    listed.write_text("\n".join(addresses), "utf-8")
    command = [sys.executable, str(HERE / "plain_spider.py"), str(listed), server, str(CONCURRENCY)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout.strip().splitlines()[-1])
    return Measured(answer["pages"], answer["seconds"])


def main() -> None:
    parser = argparse.ArgumentParser(description="whole oitcheck job beside a plain Scrapy spider")
    parser.add_argument("--set", type=Path, default=demo_folder(), help="folder with sites/ and the two lists")
    parser.add_argument("--rounds", type=int, default=3, help="times that each side runs")
    chosen = parser.parse_args()
    ours, theirs = [], []
    for _ in range(chosen.rounds):
        # Sites may behave otherwise on a first request: each side gets a server that has not been asked before.
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            with SiteServer(chosen.set / "sites") as server:
                ours.append(run_oitcheck(rounds_of(chosen.set), server.host_port, work))
            with SiteServer(chosen.set / "sites") as server:
                theirs.append(run_spider(pages_of(work), server.host_port, work))
    best, plain = min(ours, key=lambda m: m.seconds), min(theirs, key=lambda m: m.seconds)
    print(f"{'':28}{'pages':>7}{'seconds':>9}{'pages/s':>9}{'memory':>10}")
    print(
        f"{'oitcheck check, whole job':28}{best.pages:>7}{best.seconds:>9.1f}{best.rate:>9.1f}{best.memory_mb:>7.0f} MB"
    )
    print(f"{'Scrapy, fetch and parse':28}{plain.pages:>7}{plain.seconds:>9.1f}{plain.rate:>9.1f}")
    print(f"oitcheck takes {best.seconds / plain.seconds:.1f} times as long as the spider for the same pages")


if __name__ == "__main__":
    main()
