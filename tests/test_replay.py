"""A run is a record: replayed with the network off it gives the same bytes, and nothing overwrites it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from oitcheck.demo import demo_folder

# Subprocesses refuse every socket but a Unix one (by which reading processes are talked to).
PROGRAM = """
import socket
def refuse(*_, **__):
    raise AssertionError("a replay reached for the network")
socket.socket.connect = socket.socket.connect_ex = socket.create_connection = socket.getaddrinfo = refuse
from oitcheck.crawl import http
http.HttpFetcher.__init__ = refuse
from oitcheck.cli.app import main
main()
"""


def _rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def _bytes(text: str) -> list[str]:
    """The lines without what differs from run to run; everything else to the letter."""
    rows = [{k: v for k, v in row.items() if k not in ("run", "assessed_at", "holds_since")} for row in _rows(text)]
    return [json.dumps(row, ensure_ascii=False) for row in rows]


def _timeless(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of runs that retrieved the same things at different times."""
    bare = [{k: v for k, v in row.items() if k not in ("run", "assessed_at", "holds_since")} for row in rows]
    return [{**row, "seen": [{**seen, "fetched_at": ""} for seen in row["seen"]]} for row in bare]


def _run_of(small_round: Any, year: str) -> str:
    return str(small_round.rows(year)[0]["run"])


@pytest.mark.parametrize(("year", "workers", "seed"), [("2566", "1", "0"), ("2566", "2", "1"), ("2568", "1", "1")])
def test_a_replay_is_the_run_again_with_the_network_off(small_round: Any, year: str, workers: str, seed: str) -> None:
    environ = {**os.environ, **small_round.environ, "PYTHONHASHSEED": seed, "OITCHECK_EXTRACT__WORKERS": workers}
    environ["OITCHECK_NETWORK__CONNECT_TO"] = "127.0.0.1:9"
    arguments = ("replay", "--run", _run_of(small_round, year))
    done = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert _bytes(done.stdout) == _bytes(small_round.findings[year].read_text("utf-8"))
    assert {row["run"] for row in map(json.loads, done.stdout.splitlines())} == {_run_of(small_round, year)}


def test_findings_are_in_the_form_of_the_contract(small_round: Any) -> None:
    keys = ["schema", "run", "assessed_at", "version", "checklist", "year", "round", "agency", "item", "requirement", "about",
            "outcome", "reason", "binding", "basis", "facts", "says", "do", "seen", "searched", "holds_since"]  # fmt: skip
    for year, path in small_round.findings.items():
        rows = small_round.rows(year)
        assert rows and all(list(row) == keys for row in rows)
        assert {row["schema"] for row in rows} == {"oitcheck.finding/1"} and {row["year"] for row in rows} == {
            int(year)
        }
        places = [(row["agency"], row["item"], row["requirement"], row["about"]) for row in rows]
        assert places == sorted(places) and len(set(places)) == len(places)
        items = {(row["agency"], row["item"]) for row in rows}
        assert {(row["agency"], row["item"]) for row in rows if row["requirement"] == "*"} == items
        assert "\\u0e" not in path.read_text("utf-8")
        for row in rows:
            assert all(list(s) == ["url", "final_url", "sha256", "fetched_at", "place", "quote"] for s in row["seen"])
            assert all(list(s) == ["url", "sha256", "kind", "pages", "ocr", "outcome"] for s in row["searched"])


def test_an_export_is_the_file_that_check_wrote(small_round: Any, oitcheck: Any, tmp_path: Path) -> None:
    for year, path in small_round.findings.items():
        code, out, err = oitcheck("findings", "export", "--run", _run_of(small_round, year), **small_round.environ)
        assert (code, out) == (0, path.read_text("utf-8")), err
    target = tmp_path / "out.jsonl"
    code, out, _ = oitcheck("findings", "export", "--run", "latest", "--output", str(target), **small_round.environ)
    assert (code, out) == (0, "") and target.read_bytes() == small_round.findings["2568"].read_bytes()


def test_the_demo_finds_what_the_assessors_found(small_round: Any) -> None:
    """O21 whose March opens the plan, O24 without the budget column; the other requirements of both stand."""
    failed = {
        (row["item"], row["requirement"], row["about"]): row["reason"]
        for row in small_round.rows("2566")
        if row["agency"] == "doikrasip"
        and row["item"] in ("O21", "O24")
        and row["outcome"] == "failed"
        and row["requirement"] != "*"
    }
    assert failed.pop(("O21", "O21.6", "")) == "link_opens_other"
    assert failed.pop(("O24", "O24.2", "")) in ("column_missing", "no_table")
    assert {key for key in failed if not key[2]} == set()


@pytest.fixture
def another(small_round: Any, tmp_path: Path) -> dict[str, str]:
    """The environment of a second, empty data folder beside the round's web server."""
    return {
        **small_round.environ,
        "OITCHECK_STORAGE__DATA_DIR": str(tmp_path / "data"),
        "OITCHECK_EXTRACT__WORKERS": "1",
    }


def test_a_second_check_leaves_the_first_run_alone(
    small_round: Any, oitcheck: Any, another: dict[str, str], tmp_path: Path
) -> None:
    folder = demo_folder()
    arguments = ["check", "--year", "2566", "--round", "2566", "--as-of", "2023-04-07", "--agencies", str(folder / "agencies-2566.csv"),
                 "--submissions", str(folder / "submissions-2566.csv"), "--agency=doikrasip", "--item=O24"]  # fmt: skip
    texts = []
    for number in (1, 2):
        path = tmp_path / f"{number}.jsonl"
        assert oitcheck(*arguments, "--findings", str(path), **another)[0] == 0
        texts.append(path.read_text("utf-8"))
    runs = [json.loads(text.splitlines()[0])["run"] for text in texts]
    assert runs[0] != runs[1]
    for run, text in zip(runs, texts, strict=True):
        assert oitcheck("findings", "export", "--run", run, **another)[1] == text
    listed = json.loads(oitcheck("runs", "list", "--format", "json", **another)[1])
    assert {row["run"] for row in listed} == set(runs) and {row["state"] for row in listed} == {"done"}
    assert (tmp_path / "data" / "reports" / runs[0] / "round.html").is_file()
    assert (tmp_path / "data" / "reports" / runs[1] / "round.html").is_file()


def test_crawl_assess_and_publish_by_themselves_find_the_same(
    small_round: Any, oitcheck: Any, another: dict[str, str], tmp_path: Path
) -> None:
    folder = demo_folder()
    assert oitcheck("agencies", "import", str(folder / "agencies-2566.csv"), **another)[0] == 0
    code, _, err = oitcheck("submissions", "import", str(folder / "submissions-2566.csv"), "--year", "2566", **another)
    assert code == 0, err
    chosen = ["--agency=doikrasip", "--item=O21", "--item=O24"]
    code, out, err = oitcheck("crawl", "--round", "2566", "--as-of", "2023-04-07", *chosen, **another)
    assert code == 0, err
    run = out.strip()
    code, out, err = oitcheck("assess", "--round", "2566", **another)
    assert (code, out.strip()) == (0, run), err
    _, exported, _ = oitcheck("findings", "export", "--run", run, **another)
    checked = [r for r in small_round.rows("2566") if r["agency"] == "doikrasip" and r["item"] in ("O21", "O24")]
    assert checked and _timeless(_rows(exported)) == _timeless(checked)
    pages = tmp_path / "pages"
    code, summary, err = oitcheck("publish", "--round", "2566", "--folder", str(pages), **another)
    assert code == 0 and "O21" in summary, err
    assert {"round.html", "en", "copies"} <= {p.name for p in pages.iterdir()}
    # Assessing again adds nothing and changes nothing.
    assert oitcheck("assess", "--round", "2566", **another)[0] == 0
    assert oitcheck("findings", "export", "--run", run, **another)[1] == exported
