"""Every case folder under fixtures/<year>/<item>/<case>/ is a test: served files in, verdicts out, through the real
crawler's rules of walking, the real readers and the real engine. The network is a dictionary."""

from __future__ import annotations

import asyncio
import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from oitcheck.crawl.fetching import Fetched
from oitcheck.crawl.limits import CrawlLimits
from oitcheck.crawl.outcomes import Answer, outcome_of
from oitcheck.extract.isolation import Readers
from oitcheck.extract.limits import ExtractLimits
from oitcheck.gathering import Reading, evidence_of
from oitcheck.lib.thai_calendar import FiscalYear
from oitcheck.lib.urls import normalized, without_fragment
from oitcheck.model.agency import Agency, Submission
from oitcheck.model.context import Context
from oitcheck.model.evidence import Capture
from oitcheck.model.finding import Finding
from oitcheck.pipeline import Silent, _Budget, _Crawl, _home, checklist_of, site_pages, walk
from oitcheck.rules.engine import Judging, assess

FIXTURES = Path(__file__).parent.parent / "fixtures"
TYPES = {
    ".html": "text/html", ".htm": "text/html", ".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".gif": "image/gif",
    ".csv": "text/csv", ".doc": "application/msword", ".xls": "application/vnd.ms-excel", ".js": "text/javascript", ".txt": "text/plain",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
THEN = datetime(2023, 4, 1, tzinfo=UTC)
CASES = sorted(FIXTURES.glob("2[0-9][0-9][0-9]/O*/*/case.toml"))
OPEN_CASES = sorted(FIXTURES.glob("open/2[0-9][0-9][0-9]/O*/*/case.toml"))


@dataclass
class Shelf:
    """Kept bodies in memory."""

    kept: dict[str, bytes]

    def put(self, body: bytes) -> str:
        sha256 = hashlib.sha256(body).hexdigest()
        self.kept[sha256] = body
        return sha256

    def get(self, sha256: str) -> bytes:
        return self.kept[sha256]


class Keeper:
    """The part of a store that a crawl needs."""

    def __init__(self) -> None:
        self.bodies = Shelf({})


class Served:
    """A fetcher that serves a case's folder; what is not served is a confirmed 404."""

    def __init__(self, folder: Path, serve: Mapping[str, Any]) -> None:
        self._folder = folder
        self._serve = {without_fragment(normalized(url)[0]): entry for url, entry in serve.items()}

    async def fetch(self, url: str, *, submitted: bool, hosts: tuple[str, ...] = ()) -> Fetched:
        entry = self._serve.get(without_fragment(url), {"status": 404})
        entry = {"file": entry} if isinstance(entry, str) else entry
        status = entry.get("status", 200)
        name = entry.get("file", "")
        body = (self._folder / name).read_bytes() if name else entry.get("body", "").encode()
        media = entry.get("content_type", TYPES.get(Path(name).suffix.lower(), "text/html"))
        if entry.get("redirect"):
            return await self.fetch(entry["redirect"], submitted=submitted, hosts=hosts)
        kind, _, charset = media.partition("; charset=")
        head = body[:65536].decode("utf-8", "replace")
        answer = Answer(url, url, status, {"content-type": media}, kind, head)
        outcome, _ = outcome_of(answer, hosts)
        sha256 = hashlib.sha256(body).hexdigest() if body else ""
        attempts = 2 if outcome.is_permanent else 1
        return Fetched(
            Capture(url, url, (), outcome, status, THEN, kind, charset, len(body), sha256, attempts=attempts), body
        )


def judged(path: Path) -> tuple[Finding, ...]:
    case = tomllib.loads(path.read_text("utf-8"))
    year, item_id = int(path.parents[2].name), path.parents[1].name
    told = case.get("agency", {})
    agency = Agency(
        "case",
        told.get("name", "เทศบาลตำบลสบห้วย"),
        told.get("kind", "เทศบาลตำบล"),
        told.get("province", "นครธาร"),
        told.get("district", "สบห้วย"),
        year,
        "",
        tuple(told.get("hosts", ["www.sophuai.example"])),
    )
    submission = Submission("case", item_id, tuple(normalized(u)[0] for u in case["submitted"]))
    checklist, vocabulary = checklist_of(year)
    item = checklist.items[item_id]
    context = Context(FiscalYear(year), agency, date(year - 543, 4, 30), vocabulary, item)

    async def run() -> tuple[Finding, ...]:
        keeper: Any = Keeper()
        crawl = _Crawl(Served(path.parent, case["serve"]), None, keeper, CrawlLimits(), _Budget(None, None), Silent())
        async with Readers(0, ExtractLimits()) as readers:
            reading = Reading(readers, keeper.bodies.get)
            home_steps = await _home(agency, crawl, reading)
            first = [await crawl.capture(u, agency, submitted=True) for u in submission.urls]
            home, site = await site_pages(home_steps, first, reading)
            steps = await walk(submission, agency, crawl, reading, site)
            evidence = await evidence_of(steps, home, site, reading)
        return assess(item, submission, evidence, context, Judging())

    return asyncio.run(run())


def expected(path: Path) -> Iterator[tuple[str, str, str]]:
    """(requirement, outcome, reason or "") of every binding requirement, and of optional ones that are named."""
    case = tomllib.loads(path.read_text("utf-8"))
    checklist, _ = checklist_of(int(path.parents[2].name))
    told: dict[str, str] = dict(case["expect"])
    others = told.pop("others", "")
    for requirement in checklist.items[path.parents[1].name].requirements:
        words = told.pop(requirement.id, others if requirement.binding else "")
        if words:
            outcome, _, reason = words.partition(" ")
            yield requirement.id, outcome, reason
    if "*" in told:
        yield "*", told.pop("*"), ""
    assert not told, f"{path}: [expect] names what the item has not: {sorted(told)}"


def unverified(path: Path) -> frozenset[str]:
    """The requirements of the case's item that no rule verifies yet, with "*" when there are any."""
    checklist, _ = checklist_of(int(path.parents[2].name))
    item = checklist.items[path.parents[1].name]
    ids = {r.id for r in item.requirements if r.check == "subject"}
    return frozenset(ids | {"*"} if ids else ids)


@pytest.mark.parametrize("path", CASES, ids=lambda p: "/".join(p.parts[-4:-1]))
def test_case(path: Path) -> None:
    found = {f.requirement: f for f in judged(path) if not f.about}
    waiting = unverified(path)
    wrong = []
    for requirement, outcome, reason in expected(path):
        row = found[requirement]
        if requirement in waiting:
            # What is not verified deeper yet is never passed; the expectation waits for the rule.
            if row.outcome == "passed":
                wrong.append(f"{requirement}: passed, though nothing verifies it")
            continue
        if row.outcome != outcome or (reason and row.reason != reason):
            wrong.append(
                f"{requirement}: expected {outcome} {reason}, found {row.outcome} {row.code} {dict(row.facts)}"
            )
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", OPEN_CASES, ids=lambda p: "/".join(p.parts[-4:-1]))
def test_open_case_is_unmet_but_not_contradicted(path: Path) -> None:
    """A case that the rules meet belongs beside the others; one they contradict is a false verdict."""
    checklist, _ = checklist_of(int(path.parents[2].name))
    if path.parents[1].name not in checklist.items:
        return
    found = {f.requirement: f for f in judged(path) if not f.about}
    waiting = unverified(path)
    unmet = []
    for requirement, outcome, _ in expected(path):
        row = found[requirement]
        if requirement not in waiting and row.outcome != outcome:
            assert row.outcome == "cant_tell", f"{requirement}: {row.outcome} where {outcome} is right ({row.code})"
            unmet.append(requirement)
    assert unmet, f"{path.parent} is met now: move it to fixtures/{'/'.join(path.parts[-4:-2])}/"


def test_there_are_cases() -> None:
    assert len(CASES) > 500
