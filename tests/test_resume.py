"""Runs that are ended in the middle: killed, out of disk, at a limit, by another that took the round."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from oitcheck.crawl.fetching import Fetched
from oitcheck.crawl.http import HttpFetcher
from oitcheck.demo import SiteServer, demo_folder
from oitcheck.errors import RunBusyError, StoreError
from oitcheck.model.evidence import Capture, FetchOutcome
from oitcheck.model.finding import Run
from oitcheck.pipeline import holding, running
from oitcheck.pipeline.rechecking import Recheck
from oitcheck.settings import load
from oitcheck.store.records import Store

REPOSITORY = Path(__file__).parent.parent
NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize("by", ["kill", "disk"])
def test_nothing_is_lost_or_done_twice_wherever_a_run_is_ended(by: str) -> None:
    program = [sys.executable, "benchmarks/kill_anywhere.py", "--kills", "3", "--by", by, "--seed", "5"]
    environ = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(program, cwd=REPOSITORY, env=environ, capture_output=True, text=True)
    assert done.returncode == 0 and "0 lost, 0 duplicate" in done.stdout, done.stdout + done.stderr


def checked(oitcheck: Any, folder: Path, **environ: str) -> tuple[int, list[dict[str, Any]], str]:
    files = ["--agencies", str(demo_folder() / "agencies-2566.csv")]
    files += ["--submissions", str(demo_folder() / "submissions-2566.csv")]
    path = folder / "findings.jsonl"
    arguments = ["check", "--year", "2566", "--round", "2566", "--as-of", "2023-04-07", *files, "--findings", str(path)]
    chosen = [f"--agency={a}" for a in ("doikrasip", "nongpedkhao")] + [f"--item={i}" for i in ("O12", "O21")]
    code, _, err = oitcheck(*arguments, *chosen, **environ)
    return code, [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else [], err


def bare(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    told = [{k: v for k, v in row.items() if k not in ("run", "assessed_at", "holds_since")} for row in rows]
    return [{**row, "seen": [{**seen, "fetched_at": ""} for seen in row["seen"]]} for row in told]


def test_a_limit_of_pages_stops_a_run_that_later_ones_bring_to_its_end(tmp_path: Path, oitcheck: Any) -> None:
    asked: list[str] = []
    with SiteServer(demo_folder() / "sites", told=lambda url, *_: asked.append(url)) as server:
        environ = {
            "OITCHECK_NETWORK__CONNECT_TO": server.host_port,
            "OITCHECK_CRAWL__DELAY_SECONDS": "0",
            "OITCHECK_BROWSER__ENABLED": "false",
            "OITCHECK_OCR__ENABLED": "false",
            "OITCHECK_EXTRACT__WORKERS": "1",
            "OITCHECK_STORAGE__LEAST_FREE_BYTES": "0",
        }
        whole = {**environ, "OITCHECK_STORAGE__DATA_DIR": str(tmp_path / "whole")}
        code, expected, err = checked(oitcheck, tmp_path, **whole)
        assert code == 0, err
        at_once = Counter(asked)
        asked.clear()
        parts = {**environ, "OITCHECK_STORAGE__DATA_DIR": str(tmp_path / "parts"), "OITCHECK_CRAWL__MAX_PAGES": "4"}
        codes = []
        for _ in range(8):
            code, rows, err = checked(oitcheck, tmp_path, **parts)
            codes.append(code)
            with Store.open(load(None, parts), write=False) as store:
                [record] = store.runs()
            if code == 0:
                break
            assert code == 5 and record.state == "stopped" and "ยังไม่ได้เปิด" in err
            left_out = record.options["left_out"]
            assert left_out and all(url.startswith("http://www.") for url in left_out)
            _, listed, _ = oitcheck("runs", "left-out", "--format", "json", **parts)
            assert [row["url"] for row in json.loads(listed)] == left_out
        assert codes[-1] == 0 and len(codes) > 2 and record.state == "done" and "left_out" not in record.options
    assert bare(rows) == bare(expected)
    # robots.txt and the address that cannot exist are asked for by each start that needs them.
    with Store.open(load(None, parts), write=False) as store:
        retrieved = {capture.url for capture in store.retrievals(store.run("latest").run.id).values()}
    again = {url: n for url, n in Counter(asked).items() if url in retrieved and n > at_once[url]}
    assert len(retrieved) > 10 and again == {}, "each address once, over all starts"
    code, out, err = oitcheck("replay", "--run", "latest", **parts)
    assert code == 0 and [bare([json.loads(line)]) for line in out.splitlines()] == [bare([row]) for row in rows], err


def test_a_round_is_taken_from_a_process_that_died_and_from_no_other(tmp_path: Path) -> None:
    settings = load(None, {"OITCHECK_STORAGE__DATA_DIR": str(tmp_path), "OITCHECK_STORAGE__LEAST_FREE_BYTES": "0"})
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    host, _, boot, namespace, tick = holding.own_name().split(":")
    alive = f"{host}:{other.pid}:{boot}:{namespace}:{holding._tick(other.pid)}"
    assert not holding.has_died(holding.own_name()) and not holding.has_died(alive)
    with Store.open(settings) as store:
        store.hold_round("r", alive, NOW, 900)
        with pytest.raises(RunBusyError):
            store.hold_round("r", holding.own_name(), NOW, 900, holding.has_died)
        other.communicate(b"\n")
        assert holding.has_died(alive), "its number is free, or was given to a later process"
        assert store.hold_round("r", holding.own_name(), NOW, 900, holding.has_died).holder == holding.own_name()
    for unknown in (f"elsewhere:1:{boot}:{namespace}:5", f"{host}:1:{boot}:4026599999:5", f"{host}:1", "x"):
        assert not holding.has_died(unknown), "of another machine or container nothing is known"
    assert holding.has_died(f"{host}:{os.getpid()}:0000-an-older:{namespace}:{tick}")


def test_a_run_whose_round_was_taken_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    settings = load(None, {"OITCHECK_STORAGE__DATA_DIR": str(tmp_path), "OITCHECK_STORAGE__LEAST_FREE_BYTES": "0"})
    monkeypatch.setattr(running, "_LOOK_SECONDS", 0.01)
    ended: list[str] = []

    async def work() -> running.Outcome:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise
        raise AssertionError

    with Store.open(settings) as store, holding.held(store, "r", lambda: NOW, 0.06) as hold:
        store.hold_round("r", "theirs:2", NOW + timedelta(seconds=5), 10**9)
        with pytest.raises(RunBusyError, match="theirs"):
            asyncio.run(running._while_held(work(), hold))
    assert ended == ["cancelled"]


def test_a_run_goes_on_while_the_database_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import asyncio

    settings = load(None, {"OITCHECK_STORAGE__DATA_DIR": str(tmp_path), "OITCHECK_STORAGE__LEAST_FREE_BYTES": "0"})
    asked: list[str] = []

    def away(*_: object) -> None:
        asked.append("renew")
        raise StoreError("the database server does not answer", where="db")

    async def work() -> running.Outcome:
        while len(asked) < 3:
            await asyncio.sleep(0.01)
        return running.Outcome(Run("r", 2566, "1", "c", "0", NOW, "2023-04-07"), complete=True)

    with Store.open(settings) as store:
        monkeypatch.setattr(store, "renew_round", away)
        with holding.held(store, "r", lambda: NOW, 0.06) as hold:
            assert asyncio.run(running._while_held(work(), hold)).complete
        assert store.hold_round("r", "theirs:2", NOW, 900).holder == "theirs:2", "the hold was given back"
    assert "could not be renewed" in caplog.text


def pdf(checked_at: datetime, since: datetime | None, media_type: str = "application/pdf", **more: Any) -> Capture:
    url = "http://a.example/plan.pdf"
    outcome = more.pop("outcome", FetchOutcome.NOT_MODIFIED)
    return Capture(url, url, (), outcome, 304, checked_at, media_type, sha256="a" * 64, unchanged_since=since, **more)


@pytest.mark.parametrize(
    ("days_left", "stood", "nights_ago", "leaves"),
    [
        (60, 6, 0.9, False),  # not long enough unchanged
        (60, 8, 0.9, True),
        (60, 8, 1.1, False),  # a day is over
        (60, 15, 1.1, True),
        (60, 400, 2.9, True),
        (60, 400, 3.1, False),  # the longest wait
        (20, 400, 1.4, True),  # near the deadline: half as long
        (20, 400, 1.6, False),
        (7, 400, 0.1, False),  # the last week: always
        (0, 400, 0.1, False),
        (-1, 400, 0.1, False),  # the night after the deadline tells how it was
        (-8, 400, 2.9, True),  # the deadline is over
    ],
)
def test_how_often_a_file_that_does_not_change_is_asked_for(
    days_left: int, stood: float, nights_ago: float, leaves: bool
) -> None:
    as_of = date(2026, 3, 2)
    recheck = Recheck(7, 3, as_of, as_of + timedelta(days=days_left))
    last_at = NOW - timedelta(days=nights_ago)
    assert recheck.may_leave(pdf(last_at, last_at - timedelta(days=stood)), NOW) is leaves


def test_what_is_asked_for_every_time() -> None:
    as_of = date(2026, 3, 2)
    at, since = NOW - timedelta(hours=1), NOW - timedelta(days=400)
    recheck = Recheck(7, 3, as_of, as_of + timedelta(days=90))
    assert recheck.may_leave(pdf(at, since), NOW)
    for one in (
        pdf(at, since, "text/html"),
        pdf(at, since, ""),
        pdf(at, since, outcome=FetchOutcome.TIMEOUT),
        pdf(at, None),
    ):
        assert not recheck.may_leave(one, NOW)
    assert not Recheck(7, 0, as_of, as_of + timedelta(days=90)).may_leave(pdf(at, since), NOW)
    assert not Recheck(7, 3, as_of, None).may_leave(pdf(at, since), NOW), "the deadline may be near"


def test_a_site_that_gives_no_answer_at_first_is_asked_again_when_all_others_are_done(
    tmp_path: Path, oitcheck: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    in_trouble, other = "www.doikrasip.example", "www.nongpedkhao.example"
    real = HttpFetcher.fetch

    async def fetch(self: HttpFetcher, url: str, **more: Any) -> Fetched:
        asked.append(url)
        if in_trouble in url and not any(other in one for one in asked):
            return Fetched(Capture(url, url, (), FetchOutcome.REFUSED, 0, NOW, attempts=2), b"")
        return await real(self, url, **more)

    with SiteServer(demo_folder() / "sites") as server:
        assert {in_trouble, other} <= set(server.hosts)
        environ = {
            "OITCHECK_NETWORK__CONNECT_TO": server.host_port,
            "OITCHECK_CRAWL__DELAY_SECONDS": "0",
            "OITCHECK_BROWSER__ENABLED": "false",
            "OITCHECK_OCR__ENABLED": "false",
            "OITCHECK_EXTRACT__WORKERS": "1",
            "OITCHECK_STORAGE__LEAST_FREE_BYTES": "0",
        }
        code, expected, err = checked(oitcheck, tmp_path, **environ, OITCHECK_STORAGE__DATA_DIR=str(tmp_path / "calm"))
        assert code == 0, err
        monkeypatch.setattr(HttpFetcher, "fetch", fetch)
        monkeypatch.setattr(running, "AGENCIES_AT_ONCE", 1)
        code, found, err = checked(oitcheck, tmp_path, **environ, OITCHECK_STORAGE__DATA_DIR=str(tmp_path / "trouble"))
    assert code == 0, err
    assert asked[0] == f"http://{in_trouble}/", "the one in trouble came first"
    assert bare(found) == bare(expected)
    assert Counter(asked)[f"http://{in_trouble}/"] == 2 and set(Counter(asked).values()) <= {1, 2}
