"""A kept copy that a disk has damaged: cannot tell until it is kept anew, and no report fails for it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from oitcheck.demo import SiteServer, demo_folder
from oitcheck.pipeline import publishing

AGENCY, ITEM = "nongpedkhao", "O21"
Rows = list[dict[str, Any]]


@pytest.fixture
def night(oitcheck: Any, tmp_path: Path) -> Any:
    """`night()`: the exit code and the findings of one more check of one submission of the demo province."""
    folder = demo_folder()
    files = ["--agencies", str(folder / "agencies-2566.csv"), "--submissions", str(folder / "submissions-2566.csv")]
    out = tmp_path / "findings.jsonl"
    words = ["check", "--year", "2566", "--as-of", "2023-04-07", *files, "--agency", AGENCY, "--item", ITEM]
    with SiteServer(folder / "sites") as server:
        environ = {
            "OITCHECK_NETWORK__CONNECT_TO": server.host_port, "OITCHECK_NETWORK__ALLOW_PRIVATE": "true",
            "OITCHECK_CRAWL__DELAY_SECONDS": "0", "OITCHECK_BROWSER__ENABLED": "false", "OITCHECK_OCR__ENABLED": "false",
            "OITCHECK_EXTRACT__WORKERS": "1", "OITCHECK_STORAGE__LEAST_FREE_BYTES": "0",
            "OITCHECK_STORAGE__DATA_DIR": str(tmp_path / "data"),
        }  # fmt: skip

        def checked() -> tuple[int, Rows]:
            out.unlink(missing_ok=True)
            code, _, err = oitcheck(*words, "--findings", str(out), **environ)
            assert "Traceback" not in err
            return code, [json.loads(line) for line in out.read_text("utf-8").splitlines()]

        checked.run = lambda *more: oitcheck(*more, **environ)  # type: ignore[attr-defined]
        yield checked


def outcomes(rows: Rows) -> dict[tuple[str, str], str]:
    return {(row["requirement"], row["about"]): row["outcome"] for row in rows}


def damaged(data: Path, rows: Rows, harm: Callable[[Path], object]) -> list[Path]:
    """Every copy that findings quote harmed; what was read of it forgotten, as after an upgrade."""
    quoted = {seen["sha256"] for row in rows for seen in row["seen"] if seen["sha256"]}
    paths = [path for path in (data / "captures").rglob("*.zst") if path.stem in quoted]
    for path in paths:
        harm(path)
    shutil.rmtree(data / "readings", ignore_errors=True)
    assert paths
    return paths


@pytest.mark.parametrize("harm", [lambda path: path.write_bytes(b"nonsense"), Path.unlink])
def test_a_damaged_copy_is_a_blind_spot_never_a_failure_and_is_kept_anew(
    night: Any, tmp_path: Path, harm: Callable[[Path], object]
) -> None:
    data = tmp_path / "data"
    code, first = night()
    assert code == 0 and "passed" in outcomes(first).values()
    paths = damaged(data, first, harm)
    code, out, err = night.run("replay", "--run", "latest")
    assert code == 0, err
    replayed = [json.loads(line) for line in out.splitlines()]
    assert "copy_damaged" in {s["outcome"] for row in replayed for s in row["searched"]} | {
        row["facts"].get("what") for row in replayed
    }
    was_failed = {place for place, outcome in outcomes(first).items() if outcome == "failed"}
    assert {p for p, o in outcomes(replayed).items() if o == "failed"} <= was_failed, "only what failed before"
    assert outcomes(replayed)["*", ""] == "cant_tell"
    for path in paths:
        assert not path.with_name(path.name + ".damaged").exists(), "a replay changes nothing"
    code, _, err = night.run("publish", "--round", "2566")
    assert code == 0, err
    codes = [night() for _ in range(2)]
    assert [code for code, _ in codes] == [0, 0]
    assert {p for p, o in outcomes(codes[0][1]).items() if o == "failed"} <= was_failed
    assert outcomes(codes[1][1]) == outcomes(first), "kept anew"
    code, _, err = night.run("replay", "--run", "latest")
    assert code == 0, err


def test_the_copies_of_several_reports_stand_on_the_disk_once(
    night: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        assert night()[0] == 0
    reports = [folder for folder in (tmp_path / "data" / "reports").iterdir() if folder.name != "copies"]
    names = {path.name for path in (reports[0] / "copies").iterdir()}
    assert len(reports) == 2 and names and names == {path.name for path in (reports[1] / "copies").iterdir()}
    for name in names:
        one, other = (folder / "copies" / name for folder in reports)
        assert one.samefile(other) and one.read_bytes()
        assert not one.stat().st_mode & 0o222

    def refused(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    inside = tmp_path / "data" / "reports" / "once-more"
    assert night.run("publish", "--round", "2566", "--folder", str(inside))[0] == 0
    assert {path.name for path in (inside / "copies").iterdir()} == names
    assert {os.stat(inside / "copies" / name).st_nlink for name in names} == {1}


def test_a_folder_that_is_handed_out_changes_nothing_that_is_kept(night: Any, tmp_path: Path) -> None:
    assert night()[0] == 0
    (kept,) = (folder for folder in (tmp_path / "data" / "reports").iterdir() if folder.name != "copies")
    was = {path.name: path.read_bytes() for path in (kept / "copies").iterdir()}
    folders = [tmp_path / "given-1", tmp_path / "given-2"]
    for folder in folders:
        assert night.run("publish", "--round", "2566", "--folder", str(folder))[0] == 0
        given = [path for path in (folder / "copies").iterdir() if path.name in was]
        assert len(given) == len(was) and {path.stat().st_nlink for path in given} == {1}
        for path in given:
            path.write_bytes(bytes(reversed(path.read_bytes())))  # as long as before
    assert {path.name: path.read_bytes() for path in (kept / "copies").iterdir()} == was
    assert night.run("publish", "--round", "2566", "--folder", str(folders[0]))[0] == 0
    assert {path.name: path.read_bytes() for path in (folders[0] / "copies").iterdir()} == was


def test_a_copy_with_several_names_is_never_written_into(tmp_path: Path) -> None:
    shared, first, second = tmp_path / "s" / "a.txt", tmp_path / "1.txt", tmp_path / "2.txt"
    publishing._place(b"body", first, shared)
    for words, mode in ((b"bo", 0o444), (b"doby", 0o444), (b"body", 0o644)):
        first.chmod(0o644)
        first.write_bytes(words)  # harmed by hand, in all its names
        first.chmod(mode)
        second.unlink(missing_ok=True)
        publishing._place(b"body", second, shared)
        assert second.read_bytes() == shared.read_bytes() == b"body" and first.read_bytes() == words
        assert not first.samefile(second), "what may be written into gets no further name"
        publishing._place(b"body", first, shared)
        assert first.read_bytes() == b"body" and not list(tmp_path.glob(".*.part"))
