"""The demo province as package data, its web server, and the set-up files that must agree with each other."""

from __future__ import annotations

import csv
import http.client
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from oitcheck.demo import KEYS, SiteServer, demo_folder

REPOSITORY = Path(__file__).parent.parent
YEARS = (2566, 2568)


def ask(
    server: SiteServer, target: str, host: str = "www.one.example", method: str = "GET"
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        connection.request(method, target, headers={"Host": host})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def rows(name: str) -> list[dict[str, str]]:
    with (demo_folder() / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SiteServer]:
    one, two = tmp_path / "sites" / "www.one.example", tmp_path / "sites" / "www.two.example"
    (one / "docs").mkdir(parents=True)
    two.mkdir()
    (tmp_path / "sites" / "secret.txt").write_text("outside", "utf-8")
    (one / "index.html").write_text("home of one", "utf-8")
    (one / "docs" / "index.html").write_text("documents", "utf-8")
    (one / "report.pdf").write_bytes(b"%PDF-1.7")
    (two / "index.html").write_text("home of two", "utf-8")
    behaviours = {
        "/index.php?id=3": {"file": "docs/index.html", "content_type": "text/html"},
        "/ข้อมูล/": {"body": "สวัสดี", "content_type": "text/html; charset=windows-874"},
        "/old": {"redirect": "/ใหม่"},
        "/broken": {"status": 500},
        "/login": {"status": 403, "body": "no", "headers": {"X-Why": "staff"}},
        "/once": {"status": 503, "times": 1, "file": "report.pdf"},
    }
    (one / "_server.json").write_text(json.dumps(behaviours), "utf-8")
    with SiteServer(tmp_path / "sites") as running:
        yield running


def test_each_host_has_its_own_files(server: SiteServer) -> None:
    assert ask(server, "/")[2] == b"home of one"
    assert ask(server, "/", "WWW.TWO.EXAMPLE:80")[2] == b"home of two"
    assert ask(server, "http://www.two.example/")[2] == b"home of two"
    assert ask(server, "/report.pdf")[1]["content-type"] == "application/pdf"
    assert ask(server, "/", method="HEAD")[2] == b""


def test_an_unknown_host_gets_no_answer(server: SiteServer) -> None:
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        ask(server, "/", "www.three.example")


@pytest.mark.parametrize("target", ["/../secret.txt", "/%2e%2e/secret.txt", "/docs/..%2f..%2fsecret.txt", "/a%00b"])
def test_no_path_leaves_the_site(server: SiteServer, target: str) -> None:
    assert ask(server, target)[0] == 404


def test_behaviours_are_not_served_as_a_file(server: SiteServer) -> None:
    assert ask(server, "/_server.json")[0] == 404


def test_behaviours(server: SiteServer) -> None:
    assert ask(server, "/index.php?id=3")[2] == b"documents"
    assert ask(server, quote("/ข้อมูล/"))[2].decode("cp874") == "สวัสดี"
    assert ask(server, "/old")[:2][0] == 302
    assert ask(server, "/old")[1]["location"] == quote("/ใหม่")
    assert ask(server, "/broken")[0] == 500
    assert ask(server, "/login")[:1] == (403,)
    assert ask(server, "/login")[1]["x-why"] == "staff"
    assert ask(server, "/docs")[1]["location"] == "/docs/"
    assert [ask(server, "/once")[0] for _ in range(3)] == [503, 200, 200]


def test_the_port_is_free_again_after_the_block(tmp_path: Path) -> None:
    (tmp_path / "www.one.example").mkdir()
    with SiteServer(tmp_path) as first:
        port = first.port
    with SiteServer(tmp_path, port) as second:
        assert second.host_port == f"127.0.0.1:{port}"
    with pytest.raises(RuntimeError):
        _ = second.port


@pytest.mark.parametrize("year", YEARS)
def test_every_demo_address_is_served_or_meant_not_to_be(year: int) -> None:
    """A submitted address on an agency's own host is there, or its trouble is written in expected.csv."""
    meant = {(row["agency_id"], row["item"]) for row in rows("expected.csv") if row["outcome"] != "passed"}
    hosts = {row["agency_id"]: row["hosts"].split() for row in rows(f"agencies-{year}.csv")}
    with SiteServer(demo_folder() / "sites") as server:
        for row in rows(f"submissions-{year}.csv"):
            parts = urlsplit(row["url"])
            if parts.hostname not in hosts[row["agency_id"]]:
                assert (row["agency_id"], row["item"]) in meant, row
                continue
            target = quote(parts.path or "/", safe="/%") + (f"?{parts.query}" if parts.query else "")
            status, headers, _ = ask(server, target, parts.hostname or "")
            if status == 301 and "location" in headers:
                status, headers, _ = ask(server, headers["location"], parts.hostname or "")
            assert status == 200 or (row["agency_id"], row["item"]) in meant, (row, status)


def test_expected_rows_belong_to_submissions() -> None:
    submitted = {(row["agency_id"], row["item"]) for year in YEARS for row in rows(f"submissions-{year}.csv")}
    expected = rows("expected.csv")
    assert {(row["agency_id"], row["item"]) for row in expected} <= submitted
    assert {row["outcome"] for row in expected} == {"passed", "failed", "cant_tell"}
    assert all(row["requirement"].startswith(row["item"] + ".") and row["why"] for row in expected)
    keys = [(row["agency_id"], row["requirement"]) for row in expected]
    assert len(keys) == len(set(keys))


def test_demo_behaviours_use_known_keys_and_files_that_exist() -> None:
    for path in (demo_folder() / "sites").glob("*/_server.json"):
        for address, rule in json.loads(path.read_text("utf-8")).items():
            assert set(rule) <= KEYS, (path, address)
            if "file" in rule:
                assert (path.parent / rule["file"]).is_file(), (path, address)


def test_the_demo_is_small() -> None:
    assert sum(path.stat().st_size for path in demo_folder().rglob("*") if path.is_file()) < 3_000_000


def test_requirements_repeat_the_dependencies_of_the_project() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    declared = set(project["project"]["dependencies"]) | set(project["project"]["optional-dependencies"]["postgres"])
    declared |= set(project["build-system"]["requires"])
    lines = (line.strip() for line in (REPOSITORY / "requirements.in").read_text("utf-8").splitlines())
    assert {line for line in lines if line and not line.startswith("#")} == declared


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_locks_name_no_index(name: str) -> None:
    text = (REPOSITORY / name).read_text("utf-8")
    assert "--hash=sha256:" in text
    assert "://" not in text
    assert not any(line.startswith("--") for line in text.splitlines())


def test_the_dev_lock_holds_every_pin_of_the_other() -> None:
    def pins(name: str) -> set[str]:
        lines = (REPOSITORY / name).read_text("utf-8").splitlines()
        return {line.split(" ")[0] for line in lines if line[:1].isalnum()}

    assert pins("requirements.lock") <= pins("requirements-dev.lock")
