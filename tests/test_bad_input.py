"""What people get wrong: each time one clear sentence with the remedy, the right exit code, no traceback, nothing half-written."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import AGENCIES, AGENCY, CHECK, SUBMISSIONS, Command


def _files(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*")}


def _refused(run: Command, here: Path, code: int, *arguments: str) -> str:
    """The message of a command that is refused: a sentence and an indented remedy, nothing on stdout, nothing written."""
    before = _files(here)
    found, out, err = run(*arguments)
    assert (found, out) == (code, ""), err
    assert _files(here) == before
    sentence, _, remedy = err.strip().partition("\n")
    assert sentence and remedy.startswith("  ") and remedy.strip(), err
    return err


# what is wrong | arguments after `check` with the file names put in | what the message holds
FILES = [
    ("no such file", {"agencies.csv": None}, ("agencies.csv", "no such file")),
    ("no such file of submissions", {"submissions.csv": None}, ("submissions.csv", "no such file")),
    ("wrong headers", {"agencies.csv": "a,b\n1,2\n"}, ("agencies.csv", "columns missing", "agency_id", "hosts", "found: a, b")),
    ("a mistyped header", {"submissions.csv": "agency_id,itme,url\n"}, ("columns missing: item", "did you mean 'itme'?")),
    ("an empty file", {"agencies.csv": ""}, ("agencies.csv", "empty", "header row")),
    ("a folder", {"agencies.csv": Path}, ("agencies.csv", "folder, not a file", "Name one file")),
    ("a folder without forms", {"submissions.csv": Path}, ("submissions.csv", "no form in this", "was attached")),
    ("agencies of another year", {"agencies.csv": AGENCIES + AGENCY.replace("2566", "2568")}, ("2566", "2568", "--year")),
    ("no agency at all", {"agencies.csv": AGENCIES}, ("agencies.csv", "no data row")),
    ("two columns alike", {"agencies.csv": AGENCIES.strip() + ",เว็บไซต์หลัก\n"}, ("both mean hosts", "Keep one")),
]  # fmt: skip


@pytest.mark.parametrize(("files", "says"), [f[1:] for f in FILES], ids=[f[0] for f in FILES])
def test_a_file_that_cannot_be_used(
    run: Command, here: Path, files: dict[str, str | type | None], says: tuple[str, ...]
) -> None:
    for name, content in files.items():
        (here / name).unlink()
        if content is Path:
            (here / name).mkdir()
        elif isinstance(content, str):
            (here / name).write_text(content, "utf-8")
    message = _refused(run, here, 2, *CHECK)
    assert all(word in message for word in says), message


OPTIONS = [
    (2, ("--agency", "sophuay"), ("--agency", "no agency 'sophuay'", "sophuai")),
    (2, ("--item", "O99"), ("--item", "no item 'O99'", "Did you mean")),
    (2, ("--item", "ข้อไหน"), ("--item", "no item", "Known: O1, O2")),
    (2, ("--as-of", "yesterday"), ("--as-of", "'yesterday' is no date", "2566-04-07")),
    (2, ("--as-of", "2566-13-01"), ("--as-of", "is no date")),
    (2, ("--as-of", "2564-02-29"), ("--as-of", "is no date")),
    (2, ("--findings", "nowhere/findings.jsonl"), ("nowhere", "does not exist")),
    (2, ("--findings", "."), ("is a folder, not a file", "findings.jsonl")),
    (2, ("--lang", "fr"), ("--lang", "--help")),
    (2, ("--year", "two"), ("--year", "--help")),
    (2, ("--nope",), ("--nope", "--help")),
    (2, ("--year", "2570"), ("no checklist for fiscal year 2570", "2566, 2567, 2568")),
    (2, ("--year", "2023"), ("2023 is no fiscal year", "Did you mean 2566 (B.E.)?", "หมายถึงปี พ.ศ. 2566 หรือไม่")),
    (2, ("--year", "๖๖"), ("--year", "Did you mean 2566 (B.E.)?")),
    (2, ("--year", "99999"), ("--year", "four digits")),
]


@pytest.mark.parametrize(("code", "more", "says"), OPTIONS, ids=["=".join(o[1]) for o in OPTIONS])
def test_an_option_that_cannot_be_used(
    run: Command, here: Path, code: int, more: tuple[str, ...], says: tuple[str, ...]
) -> None:
    message = _refused(run, here, code, *CHECK, *more)
    assert all(word in message for word in says), message


COMMANDS = [
    (2, ("nonsense",), ("nonsense", "--help")),
    (2, ("check", "--agencies", "agencies.csv", "--submissions", "submissions.csv"), ("--year", "--help")),
    (2, ("checklist", "explain", "2566"), ("'2566' is no item", "2566/O21")),
    (2, ("checklist", "explain", "2566/O99"), ("no item 'O99'", "Did you mean")),
    (2, ("checklist", "show", "2570"), ("2570", "2566")),
    (2, ("checklist", "show", "2023"), ("2023", "Did you mean 2566 (B.E.)?")),
    (2, ("checklist", "explain", "2023/O21"), ("ITEM", "Did you mean 2566 (B.E.)?")),
    (2, ("help",), ("ไม่มีคำสั่ง", "--help")),
    (2, ("checklist", "check", "--folder", "nowhere"), ("nowhere", "vocabulary.toml")),
    (3, ("checklist", "check", "--folder", "."), ("no year here", "checklist.toml")),
    (2, ("crawl", "--round", "x-1"), ("'x-1'", "--year")),
    (4, ("replay", "--run", "latest"), ("no database yet", "oitcheck check")),
    (4, ("findings", "export"), ("no database yet", "oitcheck check")),
    (2, ("try", "javascript:void(0)", "--year", "2566", "--item", "O21"), ("no web address", "http://")),
    (2, ("try", "file:///etc/passwd", "--year", "2566", "--item", "O21"), ("no web address", "http://")),
    (2, ("try", "www.a.example/แผน.pdf", "--year", "2566", "--item", "O99"), ("no item 'O99'",)),
    (2, ("try", "แผน.pdf", "--year", "2566", "--item", "O21"), ("is a file, not a web address", "http://")),
    (2, ("try", "./agencies.csv", "--year", "2566", "--item", "O21"), ("is a file", "http://")),
    (2, ("try", "o21", "--year", "2566", "--item", "O21"), ("no web address", "http://")),
]


@pytest.mark.parametrize(("code", "arguments", "says"), COMMANDS, ids=[" ".join(c[1][:3]) for c in COMMANDS])
def test_a_command_that_cannot_be_run(
    run: Command, here: Path, code: int, arguments: tuple[str, ...], says: tuple[str, ...]
) -> None:
    message = _refused(run, here, code, *arguments)
    assert all(word in message for word in says), message


CONFIGS = [
    ("[crawl]\ndelay_second = 3\n", ("config.toml", "unknown key 'delay_second'", "Did you mean crawl.delay_seconds?")),
    ("[netwrk]\nallow_private = true\n", ("unknown section 'netwrk'", "Did you mean network?")),
    ('[crawl]\ndelay_seconds = "fast"\n', ("crawl.delay_seconds", "'fast' is not allowed", "a number")),
    ("[crawl]\nattempts = 0\n", ("crawl.attempts", "0 is not allowed", "from 1")),
    ('[network]\nconnect_to = "nowhere"\n', ("network.connect_to", "host:port")),
    ('[database]\nurl = "mysql://x"\n', ("database.url", "postgresql://")),
    ("[crawl\n", ("not valid TOML", "line 1")),
]


@pytest.mark.parametrize(("text", "says"), CONFIGS, ids=[c[0].split("\n")[-2] for c in CONFIGS])
def test_a_configuration_with_a_mistake(
    run: Command, here: Path, monkeypatch: pytest.MonkeyPatch, text: str, says: tuple[str, ...]
) -> None:
    for name in [name for name in os.environ if name.startswith("OITCHECK_")]:
        monkeypatch.delenv(name)
    (here / "config.toml").write_text(text, "utf-8")
    message = _refused(run, here, 2, *CHECK)
    assert all(word in message for word in says), message


def test_a_configuration_that_is_not_there(run: Command, here: Path) -> None:
    assert "no such file" in _refused(run, here, 2, "--config", "mine.toml", *CHECK)
    (here / "folder").mkdir()
    assert "folder" in _refused(run, here, 2, "--config", "folder", *CHECK)


@pytest.mark.parametrize("below", ["file", "file/data"])
def test_a_data_folder_that_cannot_be_written(
    run: Command, here: Path, monkeypatch: pytest.MonkeyPatch, below: str
) -> None:
    (here / "file").write_text("not a folder", "utf-8")
    monkeypatch.setenv("OITCHECK_STORAGE__DATA_DIR", str(here / below))
    message = _refused(run, here, 4, *CHECK)
    assert "file where a folder belongs" in message and "storage.data_dir" in message
    assert (here / "file").read_text("utf-8") == "not a folder"


def test_a_disk_with_too_little_room(run: Command, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "oitcheck-data").mkdir()
    monkeypatch.setenv("OITCHECK_STORAGE__LEAST_FREE_BYTES", str(10**18))
    assert "storage.least_free_bytes" in _refused(run, here, 4, *CHECK)


def test_a_database_of_a_newer_version_is_left_as_it_is(run: Command, here: Path) -> None:
    data = here / "oitcheck-data"
    assert run("db", "upgrade")[0] == 0
    with sqlite3.connect(data / "oitcheck.sqlite3") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = (data / "oitcheck.sqlite3").read_bytes()
    for command in (CHECK, ("findings", "export"), ("db", "status"), ("db", "upgrade"), ("runs", "list")):
        message = _refused(run, here, 4, *command)
        assert "9999" in message and "newer oitcheck" in message and "storage.data_dir" in message
    assert (data / "oitcheck.sqlite3").read_bytes() == before
    code, out, _ = run("doctor", "--format", "json")
    assert code == 4 and [row["state"] for row in json.loads(out) if row["what"] == "database"] == ["bad"]


def test_a_file_that_is_no_database_is_left_as_it_is(run: Command, here: Path) -> None:
    data = here / "oitcheck-data"
    data.mkdir()
    (data / "oitcheck.sqlite3").write_bytes(b"a letter, not a database\n" * 50)
    assert "not a database" in _refused(run, here, 4, *CHECK)
    assert (data / "oitcheck.sqlite3").read_bytes().startswith(b"a letter")


URLS = (
    SUBMISSIONS
    + """\
sophuai,O1,www.sophuai.example/o1,
sophuai,O2,http://www.sophuai.example/a b,
sophuai,O3,http://www.sophuai.example/แผน,
sophuai,O21,http://www.sophuai.example/2566.html#o21,
sophuai,O5,javascript:void(0),
sophuai,O6,file:///etc/passwd,
nobody,O7,http://www.sophuai.example/,
sophuai,O99,http://www.sophuai.example/,
sophuai,O8,http://,
,O9,http://www.sophuai.example/,
"""
)


def test_bad_rows_are_reported_each_and_the_others_are_checked(run: Command, here: Path) -> None:
    (here / "submissions.csv").write_text(URLS, "utf-8")
    items = [f"--item=O{n}" for n in (1, 2, 3, 5, 6, 8, 21)]
    code, _, err = run(*CHECK, "--findings", "findings.jsonl", "--lang", "en", *items)
    assert code == 8, err
    told = err.splitlines()
    for cell, word in (("C6", "no web address"), ("C7", "no web address"), ("A8", "no agency"), ("B9", "no item O99"),
                       ("C10", "no website"), ("A11", "missing")):  # fmt: skip
        (line,) = [line for line in told if line.startswith(f"rejected: submissions.csv {cell}:")]
        assert word in line, line
    for cell in ("C2", "C3", "C4"):
        assert any(line.startswith(f"corrected: submissions.csv {cell}:") for line in told), cell
    assert not any(" C5:" in line for line in told), "a fragment is right as it stands"
    assert "3 rows accepted with notes, 6 rejected" in err
    whole = {
        row["item"]: (row["outcome"], row["reason"])
        for row in map(json.loads, (here / "findings.jsonl").read_text("utf-8").splitlines())
        if row["requirement"] == "*"
    }
    assert {whole[item] for item in ("O1", "O2", "O3", "O21")} == {("cant_tell", "not_readable")}


def test_an_agency_without_hosts_is_left_to_a_person(run: Command, here: Path) -> None:
    (here / "agencies.csv").write_text(AGENCIES + AGENCY.replace("www.sophuai.example", ""), "utf-8")
    code, _, err = run(*CHECK, "--findings", "findings.jsonl", "--lang", "en")
    assert code == 0 and "corrected: agencies.csv H2:" in err
    found = [json.loads(line) for line in (here / "findings.jsonl").read_text("utf-8").splitlines()]
    assert {(f["outcome"], f["reason"]) for f in found} == {("cant_tell", "no_main_website_known")}
    assert len(found) == 17


@pytest.mark.parametrize(
    ("as_of", "day"), [("2566-04-07", "2023-04-07"), ("2023-04-07", "2023-04-07"), ("2567-02-29", "2024-02-29")]
)
def test_a_day_in_either_era(run: Command, here: Path, as_of: str, day: str) -> None:
    assert run(*CHECK, "--as-of", as_of)[0] == 0
    code, out, _ = run("runs", "list", "--format", "json")
    assert code == 0 and [row["as_of"] for row in json.loads(out)] == [day]


def test_the_command_itself_ends_with_the_code_and_no_traceback(here: Path) -> None:
    program = [sys.executable, "-c", "from oitcheck.cli.app import main; main()"]
    refused = subprocess.run([*program, *CHECK, "--year", "2570"], cwd=here, capture_output=True, text=True)
    assert refused.returncode == 2 and refused.stdout == "" and "Traceback" not in refused.stderr
    helped = subprocess.run([*program, "--help"], cwd=here, capture_output=True, text=True)
    assert helped.returncode == 0
    assert all(f"{n} " in helped.stdout for n in range(9)), "the exit codes stand in the help"
