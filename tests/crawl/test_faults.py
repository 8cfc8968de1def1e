"""A register of agencies whose sites go wrong in every known way, through the whole pipeline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from oitcheck.crawl.guard import Guard
from oitcheck.model.evidence import Capture
from oitcheck.model.evidence import FetchOutcome as F
from oitcheck.report.messages import Messages
from oitcheck.report.terms import LANGUAGES, Terms
from oitcheck.settings import load
from oitcheck.store.records import Store
from tests.conftest import command
from tests.crawl.faults import FAULTS, LIMIT_BYTES, serving

FIXTURES = Path(__file__).parents[2] / "fixtures" / "2566"
# Pages that pass as they stand; every site publishes them, and spoils them in its way.
PAGES = {"/o12": "O12/pass-table-percent", "/o32": "O32/pass-training", "/o24": "O24/pass-table-with-none"}
ITEMS = {path: path[1:].upper() for path in PAGES}
BY_NAME = {fault.name: fault for fault in FAULTS}


@dataclass(frozen=True)
class Night:
    """What a check of all faulty sites left behind."""

    findings: list[dict[str, Any]]
    captures: dict[tuple[str, str], Capture]
    asked: list[tuple[str, str]]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    folder = tmp_path_factory.mktemp("faults")
    head = "agency_id,name_th,kind,province,district,fiscal_year,round,hosts\n"
    rows = (f"{f.name},เทศบาลตำบลสบห้วย,เทศบาลตำบล,นครธาร,สบห้วย,2566,,{f.host}\n" for f in FAULTS)
    (folder / "agencies.csv").write_text(head + "".join(rows), "utf-8")
    urls = (f"{f.name},{ITEMS[path]},{f.scheme}://{f.host}{path},\n" for f in FAULTS for path in PAGES)
    (folder / "submissions.csv").write_text("agency_id,item,url,note\n" + "".join(urls), "utf-8")
    environ = {
        "OITCHECK_CRAWL__DELAY_SECONDS": "0",
        "OITCHECK_CRAWL__RETRY_DELAY_SECONDS": "0.01",
        "OITCHECK_CRAWL__ATTEMPTS": "2",
        "OITCHECK_CRAWL__CONNECT_TIMEOUT_SECONDS": "0.8",
        "OITCHECK_CRAWL__TOTAL_TIMEOUT_SECONDS": "2.0",
        "OITCHECK_CRAWL__MAX_BYTES": str(LIMIT_BYTES),
        "OITCHECK_CRAWL__MAX_REDIRECTS": "5",
        "OITCHECK_STORAGE__DATA_DIR": str(folder / "data"),
        "OITCHECK_STORAGE__LEAST_FREE_BYTES": "0",
        "OITCHECK_BROWSER__ENABLED": "false",
        "OITCHECK_OCR__ENABLED": "false",
        "OITCHECK_EXTRACT__WORKERS": "2",
    }
    pages = {path: (FIXTURES / case / "page.html").read_bytes() for path, case in PAGES.items()}
    with pytest.MonkeyPatch.context() as patch, serving(FAULTS, pages, folder) as server:
        # The sites stand at loopback addresses; every other rule of the guard stays.
        allowed = Guard.allowed
        patch.setattr(
            Guard,
            "allowed",
            lambda self, host, found: found if all(a.startswith("127.") for a in found) else allowed(self, host, found),
        )
        files = ["--agencies", str(folder / "agencies.csv"), "--submissions", str(folder / "submissions.csv")]
        items = [f"--item={item}" for item in ITEMS.values()]
        out = folder / "findings.jsonl"
        code, _, err = command(
            "check", "--year", "2566", "--as-of", "2023-04-30", *files, *items, "--findings", str(out), **environ
        )
        assert code == 0, err
        asked = list(server.asked)
    captures: dict[tuple[str, str], Capture] = {}
    with Store.open(load(None, environ)) as store:
        (record,) = store.runs()
        for agency, item, steps in store.trail(record.run.id):
            if item in ITEMS.values():
                (captures[agency, item],) = (taken for role, taken in steps if role == "walk" and taken.depth == 0)
    yield Night([json.loads(line) for line in out.read_text("utf-8").splitlines()], captures, asked)


def test_there_are_enough_of_them():
    assert len(FAULTS) >= 40 and len(BY_NAME) == len(FAULTS)


@pytest.mark.parametrize("name", BY_NAME)
def test_a_fault_is_told_as_what_it_is(night: Night, name: str) -> None:
    fault = BY_NAME[name]
    for item in ITEMS.values():
        capture = night.captures[name, item]
        assert capture.outcome in fault.outcomes, (item, capture.outcome, capture.http_status, capture.detail)
        if capture.attempts:  # none: the host was left alone
            assert capture.tls_fault is fault.tls_fault, capture.detail
        if capture.outcome.is_permanent:
            assert capture.attempts >= 2


@pytest.mark.parametrize("name", BY_NAME)
def test_trouble_is_never_a_failure(night: Night, name: str) -> None:
    fault = BY_NAME[name]
    rows = [row for row in night.findings if row["agency"] == name]
    failed = [
        (row["item"], row["requirement"], row["reason"], row["says"]) for row in rows if row["outcome"] == "failed"
    ]
    assert fault.gone or failed == []
    whole = {row["item"]: row for row in rows if row["requirement"] == "*"}
    assert whole.keys() == set(ITEMS.values())
    for row in whole.values():
        assert row["outcome"] == fault.verdict, (row["reason"], row["says"])
        assert not fault.gone or row["reason"] == "page_gone"


@pytest.mark.parametrize("name", [f.name for f in FAULTS if f.verdict == "cant_tell" and f.outcomes != {F.OK}])
def test_the_owner_is_told_the_remedy(night: Night, name: str) -> None:
    """The finding lists what was searched with its outcome, and the report has words for it in both languages."""
    (row,) = {
        row["item"]: row
        for row in night.findings
        if row["agency"] == name and row["requirement"] == "*" and row["item"] == "O12"
    }.values()
    (searched,) = row["searched"]
    assert F(searched["outcome"]) in BY_NAME[name].outcomes
    for language in LANGUAGES:
        says, do = Terms.load(language).searched(searched["outcome"], has_body=bool(searched["sha256"]))
        assert says.strip() and do.strip()
    assert row["says"] and row["do"]
    assert Messages.load("en").template(f"gate.{row['reason']}")[1]


@pytest.mark.parametrize("name", ["refused", "blackhole", "no-name", "slow-name", "reset", "hangs-up", "silent"])
def test_a_dead_host_is_asked_twice_and_once_more_at_the_end(night: Night, name: str) -> None:
    host = BY_NAME[name].host
    told = [capture for (agency, _), capture in night.captures.items() if agency == name]
    assert [capture.attempts for capture in told] == [0, 0, 0], "the home page had found out"
    assert all("left alone: 3 attempts in a row failed" in capture.detail for capture in told)
    assert len([path for asked, path in night.asked if asked == host]) == (3 if BY_NAME[name].page else 0)
