"""Runs ended at random points and gone on with: nothing may be lost, nothing retrieved or found twice.

usage: python benchmarks/kill_anywhere.py [--kills N] [--by kill|disk|postgres] [--url URL --restart COMMAND] [--seed S]

A round of the demo province is checked against a local server, ended at a random moment, and started again, until it is
done; then the same with an empty store, until N runs were ended. `kill`: SIGKILL. `disk`: a write to the data folder or
the database fails because the disk is full. `postgres`: COMMAND restarts the database at URL under the run.

Lost: a submission without captures or findings, a capture, a body or a finding that a run nobody disturbed has and this
one has not. Duplicate: an address asked for again although its retrieval was written down, a capture or a finding kept
twice. Exit code 1 when there is any.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from oitcheck.demo import SiteServer, demo_folder
from oitcheck.errors import OitcheckError
from oitcheck.lib.urls import without_fragment
from oitcheck.model.finding import Finding
from oitcheck.pipeline.budget import Silent
from oitcheck.pipeline.inputs import Inputs, Selection, checklist_of, read_inputs
from oitcheck.pipeline.running import check_round
from oitcheck.settings import Settings, load
from oitcheck.store import bodies, database
from oitcheck.store.records import Store

YEAR, DAY = 2566, date(2023, 4, 7)
CHOSEN = Selection(("doikrasip", "nongpedkhao"), ("O12", "O21", "O24"))
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
# An ended run has to be gone on with this often at most.
STARTS_MOST = 60


@dataclass
class Count:
    """What went wrong, by name."""

    ended: int = 0
    done: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def add(self, name: str, what: object) -> None:
        self.wrong[name] += 1
        self.examples.append(f"{name}: {what}")


def serve(sites: str) -> None:
    """The life of the serving process: one line of JSON an answer, until stdin closes."""

    def told(url: str, status: int, body_bytes: int) -> None:
        sys.stdout.write(json.dumps(url) + "\n")
        sys.stdout.flush()

    with SiteServer(Path(sites), told=told) as server:
        print(server.host_port, flush=True)
        sys.stdin.read()


def inputs_of() -> Inputs:
    folder = demo_folder()
    files = (folder / f"agencies-{YEAR}.csv", folder / f"submissions-{YEAR}.csv")
    return read_inputs(YEAR, *files, "", CHOSEN, CHECKLIST)


def check(settings: Settings, meanwhile: Callable[[], None] = lambda: None) -> int:
    """One start of the round in a child; its exit code, or minus the signal that ended it."""
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        code = 70
        try:
            meanwhile()
            with Store.open(settings) as store:
                done = check_round(settings, store, INPUTS, CHECKLIST, VOCABULARY, DAY, CHOSEN, Silent())
            code = 0 if done.complete else 5
        except OitcheckError as error:
            code = error.exit_code
        finally:
            os._exit(code)
    return pid


def waited(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def fill_disk(writes: int) -> Callable[[], None]:
    """In the child: let the write number `writes` fail, and all after it."""

    def act() -> None:
        left = writes

        def take() -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        write, writing = bodies._write, database.Database.writing

        def limited_write(path: Path, content: bytes) -> None:
            take()
            write(path, content)

        def limited_writing(self: database.Database) -> Any:
            with database.refusals(self.where):
                take()
            return writing(self)

        bodies._write = limited_write
        database.Database.writing = limited_writing  # type: ignore[method-assign]

    return act


def one_run(settings: Settings, log: Path, options: argparse.Namespace, reference: Reference, count: Count) -> None:
    """One round, ended again and again until it is done, and looked at."""
    for start in range(STARTS_MOST):
        recorded = recorded_urls(settings) if start else set()
        before = log.stat().st_size
        is_last = count.ended >= options.kills or start == STARTS_MOST - 1
        if is_last:
            code = waited(check(settings))
        elif options.by == "disk":
            code = waited(check(settings, fill_disk(random.randrange(1, reference.writes))))
        else:
            pid = check(settings)
            time.sleep(random.uniform(0, reference.seconds))
            if options.by == "kill":
                os.kill(pid, signal.SIGKILL)
            else:
                subprocess.run(options.restart, shell=True, check=True, stdout=subprocess.DEVNULL)
            code = waited(pid)
        time.sleep(0.05)
        asked = [json.loads(line) for line in log.read_bytes()[before:].splitlines() if line.endswith(b'"')]
        for url in asked:
            if url in recorded and reference.asked[url] == 1:
                count.add("duplicate retrieval", f"{url} in start {start + 1}")
        if code == 0:
            break
        count.ended += 1
        if is_done(settings):
            break  # ended between its last word and its exit: there is nothing left to go on with
        expected = {"kill": (-signal.SIGKILL,), "disk": (4,), "postgres": (4,)}[options.by]
        if code not in expected:
            count.add("start that ended otherwise", f"exit code {code}")
    count.done += 1
    look(settings, reference, count)


def is_done(settings: Settings) -> bool:
    try:
        with Store.open(settings, write=False) as store:
            return store.run("latest").state == "done"
    except OitcheckError:
        return False


def recorded_urls(settings: Settings) -> set[str]:
    """What is written down as retrieved by the latest run."""
    try:
        with Store.open(settings, write=False) as store:
            captures = store.retrievals(store.run("latest").run.id).values()
            return {without_fragment(capture.url).replace("https:", "http:") for capture in captures}
    except OitcheckError:
        return set()


@dataclass(frozen=True)
class Reference:
    """A run that nobody disturbed."""

    seconds: float
    writes: int
    asked: Counter[str]
    findings: list[Finding]
    places: frozenset[tuple[str, str]]
    captures: Counter[tuple[str, str, str, str, str]]


def look(settings: Settings, reference: Reference, count: Count) -> None:
    """Compare what is kept with a run that nobody disturbed."""
    with Store.open(settings) as store:
        runs = store.runs()
        if len(runs) != 1 or runs[0].state != "done":
            count.add("lost run", [(r.run.id, r.state) for r in runs])
        run_id = runs[0].run.id
        for stage in ("crawled", "assessed"):
            for place in reference.places - {p for p in store.reached(run_id, stage) if p[1]}:  # type: ignore[arg-type]
                count.add("lost submission", (stage, place))
        found = timeless(store.findings(run_id))
        for one in reference.findings:
            if one not in found:
                count.add("lost finding", (one.agency_id, one.item, one.requirement, one.about))
        if len(found) > len(reference.findings):
            count.add("duplicate finding", len(found) - len(reference.findings))
        captures = trail_of(store, run_id)
        for step in reference.captures - captures:
            count.add("lost capture", step)
        for step in captures - reference.captures:
            count.add("duplicate capture", step)
        for capture in store.retrievals(run_id).values():
            if capture.sha256 and not store.bodies.has(capture.sha256):
                count.add("lost body", capture.url)


def timeless(findings: Any) -> list[Finding]:
    return [
        replace(one, holds_since=None, seen=tuple(replace(row, fetched_at=EPOCH) for row in one.seen))
        for one in findings
    ]


def trail_of(store: Store, run_id: str) -> Counter[tuple[str, str, str, str, str]]:
    return Counter(
        (agency, item, role, capture.url, f"{capture.outcome} {capture.sha256}")
        for agency, item, steps in store.trail(run_id)
        for role, capture in steps
    )


def undisturbed(settings: Settings, log: Path) -> Reference:
    before = log.stat().st_size
    writes = 0
    write, writing = bodies._write, database.Database.writing

    def counted_write(path: Path, content: bytes) -> None:
        nonlocal writes
        writes += 1
        write(path, content)

    def counted_writing(self: database.Database) -> Any:
        nonlocal writes
        writes += 1
        return writing(self)

    bodies._write, database.Database.writing = counted_write, counted_writing  # type: ignore[method-assign]
    try:
        began = time.perf_counter()
        with Store.open(settings) as store:
            done = check_round(settings, store, INPUTS, CHECKLIST, VOCABULARY, DAY, CHOSEN, Silent())
            seconds = time.perf_counter() - began
            time.sleep(0.2)
            asked = Counter(json.loads(line) for line in log.read_bytes()[before:].splitlines())
            places = frozenset(place for place in store.reached(done.run.id, "assessed") if place[1])
            found = timeless(store.findings(done.run.id))
            return Reference(seconds, writes, asked, found, places, trail_of(store, done.run.id))
    finally:
        bodies._write, database.Database.writing = write, writing  # type: ignore[method-assign]


def settings_of(folder: Path, host_port: str, url: str) -> Settings:
    environ = {
        "OITCHECK_NETWORK__CONNECT_TO": host_port,
        "OITCHECK_CRAWL__DELAY_SECONDS": "0",
        "OITCHECK_CRAWL__RETRY_DELAY_SECONDS": "0.05",
        "OITCHECK_STORAGE__DATA_DIR": str(folder),
        "OITCHECK_STORAGE__LEAST_FREE_BYTES": "0",
        "OITCHECK_BROWSER__ENABLED": "false",
        "OITCHECK_EXTRACT__WORKERS": "1",
    }
    return load(None, {**environ, **({"OITCHECK_DATABASE__URL": url} if url else {})})


def emptied(settings: Settings) -> None:
    """An empty database on the server, by dropping what is in it."""
    if settings.database.url:
        opened = database.opened(settings, write=True)
        with opened.writing() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        opened.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200, help="how many runs to end")
    parser.add_argument("--by", choices=("kill", "disk", "postgres"), default="kill")
    parser.add_argument("--url", default="", help="a PostgreSQL database that may be emptied")
    parser.add_argument("--restart", default="", help="the command that restarts it")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        return 0
    random.seed(options.seed)
    count = Count()
    with tempfile.TemporaryDirectory(prefix="oitcheck-kill-") as name:
        folder = Path(name)
        log = folder / "log"
        with log.open("wb") as out:
            arguments = [sys.executable, __file__, "--serve", str(demo_folder() / "sites")]
            server = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=out, stderr=subprocess.DEVNULL)
        try:
            while not (address := log.read_text()).endswith("\n"):
                time.sleep(0.05)
            host_port = address.splitlines()[0]
            plain = settings_of(folder / "reference", host_port, options.url)
            emptied(plain)
            reference = undisturbed(plain, log)
            print(f"a run that nobody disturbs: {reference.seconds:.1f} s, {sum(reference.asked.values())} requests, "
                  f"{len(reference.findings)} findings")  # fmt: skip
            number = 0
            while count.ended < options.kills:
                number += 1
                settings = settings_of(folder / f"data-{number}", host_port, options.url)
                emptied(settings)
                one_run(settings, log, options, reference, count)
        finally:
            assert server.stdin
            server.stdin.close()
            server.wait(5)
    lost = sum(n for name, n in count.wrong.items() if name.startswith("lost"))
    twice = sum(n for name, n in count.wrong.items() if name.startswith("duplicate"))
    print(f"{count.ended} runs ended ({options.by}), {count.done} brought to their end: {lost} lost, {twice} duplicate")
    for example in count.examples[:20]:
        print(f"  {example}")
    return 1 if count.wrong else 0


CHECKLIST, VOCABULARY = checklist_of(YEAR)
INPUTS = inputs_of()

if __name__ == "__main__":
    sys.exit(main())
