"""Case folders of the fixtures, `fixtures/<year>/<item>/<case>/`: what each serves, and what the rules say of it.

The network is a dictionary, so that a case is judged by the real rules of walking, readers and engine anywhere.
"""

from __future__ import annotations

import asyncio
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from oitcheck.crawl.fetching import Fetched
from oitcheck.crawl.limits import CrawlLimits
from oitcheck.crawl.outcomes import Answer, outcome_of
from oitcheck.extract.isolation import Readers
from oitcheck.extract.limits import ExtractLimits
from oitcheck.lib.terms import Vocabulary
from oitcheck.lib.thai_calendar import BE_OFFSET, FiscalYear
from oitcheck.lib.urls import normalized, without_fragment
from oitcheck.model.agency import Agency, Submission
from oitcheck.model.checklist import Checklist
from oitcheck.model.context import Context
from oitcheck.model.evidence import Capture, Evidence
from oitcheck.model.finding import Finding
from oitcheck.pipeline.walking import gathered
from oitcheck.rules.engine import Judging, assess

MEDIA_TYPES = {
    ".html": "text/html", ".htm": "text/html", ".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg",
    ".gif": "image/gif", ".csv": "text/csv", ".doc": "application/msword", ".xls": "application/vnd.ms-excel",
    ".js": "text/javascript", ".txt": "text/plain", ".zip": "application/zip", ".rtf": "application/rtf",
    ".odt": "application/vnd.oasis.opendocument.text", ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
AGENCY = "case-agency.toml"  # whose pages a case shows that does not say
# Every case was retrieved at this instant and is judged as at this day of its fiscal year.
FETCHED_AT = datetime(2023, 4, 1, tzinfo=UTC)
JUDGED_ON = (4, 30)


@dataclass(frozen=True, slots=True)
class Case:
    """One case folder; `expect` maps a requirement (or `others`) to an outcome, with or without a reason."""

    folder: Path
    why: str
    submission: Submission
    agency: Agency
    serve: Mapping[str, Any]
    expect: Mapping[str, str]

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def place(self) -> str:
        """Its folder below the fixtures: `2566/O21/march-missing`."""
        return "/".join(self.folder.parts[-3:])

    @property
    def year_be(self) -> int:
        return int(self.folder.parents[1].name)


def case_folders(fixtures: Path, year_be: int, item: str) -> tuple[Path, ...]:
    """The case folders of an item by name; none where the fixtures are not there."""
    return tuple(sorted(path.parent for path in (fixtures / str(year_be) / item).glob("*/case.toml")))


def read_case(folder: Path) -> Case:
    """The case of a folder."""
    told = tomllib.loads((folder / "case.toml").read_text("utf-8"))
    of = tomllib.loads(_agency_file(folder).read_text("utf-8")) | told.get("agency", {})
    year_be = int(folder.parents[1].name)
    hosts = tuple(of["hosts"])
    agency = Agency("case", of["name"], of["kind"], of["province"], of["district"], year_be, "", hosts)
    urls = tuple(normalized(url)[0] for url in told["submitted"])
    submission = Submission("case", folder.parent.name, urls)
    return Case(folder, told["why"], submission, agency, told["serve"], told["expect"])


def _agency_file(folder: Path) -> Path:
    """The file with the usual agency: beside the years, or one folder further up for open cases."""
    return next(f for f in (parent / AGENCY for parent in folder.parents[2:4]) if f.is_file())


def evidence_in(case: Case) -> Evidence:
    """What a case's submission leads to. Without browser and OCR, so the same anywhere."""

    async def read() -> Evidence:
        async with Readers(0, ExtractLimits()) as readers:
            return await gathered(case.submission, case.agency, Served(case), Memory(), readers, CrawlLimits())

    return asyncio.run(read())


def judged(case: Case, evidence: Evidence, checklist: Checklist, vocabulary: Vocabulary) -> tuple[Finding, ...]:
    """The findings of a case's item by a checklist of its year."""
    item = checklist.items[case.submission.item]
    as_of = date(case.year_be - BE_OFFSET, *JUDGED_ON)
    context = Context(FiscalYear(case.year_be), case.agency, as_of, vocabulary, item)
    return assess(item, case.submission, evidence, context, Judging())


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Bodies in memory."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def put(self, body: bytes) -> str:
        sha256 = hashlib.sha256(body).hexdigest()
        self.kept[sha256] = body
        return sha256

    def get(self, sha256: str) -> bytes:
        return self.kept[sha256]

    def has(self, sha256: str) -> bool:
        return sha256 in self.kept


@dataclass(frozen=True, slots=True)
class Memory:
    """The part of a store that retrieving needs, in memory."""

    bodies: _Shelf = field(default_factory=_Shelf)


class Served:
    """A fetcher that serves a case's folder; what is not served is a confirmed 404."""

    def __init__(self, case: Case) -> None:
        self._folder = case.folder
        self._serve = {without_fragment(normalized(url)[0]): entry for url, entry in case.serve.items()}

    async def fetch(
        self, url: str, *, submitted: bool, hosts: tuple[str, ...] = (), known: Capture | None = None
    ) -> Fetched:
        entry = self._serve.get(without_fragment(url), {"status": 404})
        entry = {"file": entry} if isinstance(entry, str) else entry
        if entry.get("redirect"):
            return await self.fetch(entry["redirect"], submitted=submitted, hosts=hosts)
        name = entry.get("file", "")
        body = (self._folder / name).read_bytes() if name else entry.get("body", "").encode()
        media = entry.get("content_type", MEDIA_TYPES.get(Path(name).suffix.lower(), "text/html"))
        kind, _, charset = media.partition("; charset=")
        status = entry.get("status", 200)
        head = body[:65536].decode("utf-8", "replace")
        outcome, _ = outcome_of(Answer(url, url, status, {"content-type": media}, kind, head), hosts)
        sha256 = hashlib.sha256(body).hexdigest() if body else ""
        attempts = 2 if outcome.is_permanent else 1
        capture = Capture(
            url, url, (), outcome, status, FETCHED_AT, kind, charset, len(body), sha256, attempts=attempts
        )
        return Fetched(capture, body)
