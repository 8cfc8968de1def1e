"""Records of the model as rows of the tables, and back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from oitcheck.model.agency import Agency, Receipt, Round, Submission
from oitcheck.model.evidence import Capture, FetchOutcome
from oitcheck.model.finding import Finding, Outcome, Run, SearchedRow, SeenRow
from oitcheck.model.review import Review
from oitcheck.store.columns import as_json, storable

RunState = Literal["running", "done", "stopped", "failed"]
# "static": a page as it came, whose rendering stands in the walk (or as the home page) in its place.
# "screenshot": how the rendering looked; its `detail` names the sha256 of the page it is of.
Role = Literal["walk", "home", "picture", "static", "screenshot"]
Row = Mapping[Any, Any]

# PostgreSQL takes about 2,700 bytes in an index row; a URL with Thai letters may be longer.
_LONGEST_KEY_BYTES = 500

# The option of a run that names the agencies which could not be checked.
BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as kept: its address, how far it came, and the options it was started with."""

    run: Run
    state: RunState
    started_at: datetime
    finished_at: datetime | None
    options: Mapping[str, Any]

    @property
    def broken(self) -> Mapping[str, Mapping[str, Any]]:
        """The agencies that could not be checked, by id, each with its `reason`, the addresses it had `left_out` and
        how many `submissions` (not kept by earlier versions) that were."""
        told: Mapping[str, Mapping[str, Any]] = self.options.get(BROKEN, {})
        return told


@dataclass(frozen=True, slots=True)
class Held:
    """How much a run holds: its agencies, how many items of them; submissions it began with and has assessed.

    `due_items` are those that its round named then; empty for all of the year.
    """

    agencies: frozenset[str]
    items: int
    submissions: int
    assessed: int
    due_items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StageRecord:
    """How a run came by one stage of one submission; see the table `progress`."""

    run_id: str
    depends_on: str
    frame: str
    carried_from: str


def stage_record(row: Row) -> StageRecord:
    return StageRecord(row["run_id"], row["depends_on"], row["frame"], row["carried_from"])


def run_row(run: Run, round_: Round, started_at: datetime, options: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": run.id,
        "year_be": run.year_be,
        "round_id": run.round_id,
        "round_title": round_.title,
        "opens_on": round_.opens_on,
        "closes_on": round_.closes_on,
        "due_items": list(round_.items),
        "checklist_id": run.checklist_id,
        "version": run.version,
        "started_at": started_at,
        "finished_at": None,
        "assessed_at": run.assessed_at,
        "as_of": run.as_of,
        "state": "running",
        "lacking": list(run.lacking),
        "options": dict(options),
        "consultation_on": round_.consultation_on,
    }


def run_record(row: Row) -> RunRecord:
    run = Run(
        id=row["id"],
        year_be=row["year_be"],
        round_id=row["round_id"],
        checklist_id=row["checklist_id"],
        version=row["version"],
        assessed_at=row["assessed_at"],
        as_of=row["as_of"],
        lacking=tuple(row["lacking"]),
    )
    return RunRecord(run, row["state"], row["started_at"], row["finished_at"], row["options"])


def run_round(row: Row) -> Round:
    """The round as it stood when the run was started."""
    return Round(
        id=row["round_id"],
        fiscal_year_be=row["year_be"],
        opens_on=row["opens_on"],
        closes_on=row["closes_on"],
        items=tuple(row["due_items"]),
        title=row["round_title"],
        consultation_on=row["consultation_on"],
    )


def agency_row(agency: Agency) -> dict[str, Any]:
    """What registry and run keep of an agency, besides its id and year."""
    return {
        "name_th": agency.name_th,
        "kind": agency.kind,
        "province": agency.province,
        "district": agency.district,
        "round_id": agency.round_id,
        "hosts": list(agency.hosts),
    }


def agency_of(row: Row, agency_id: str, year_be: int) -> Agency:
    return Agency(
        id=agency_id,
        name_th=row["name_th"],
        kind=row["kind"],
        province=row["province"],
        district=row["district"],
        fiscal_year_be=year_be,
        round_id=row["round_id"],
        hosts=tuple(row["hosts"]),
    )


def submission_of(row: Row) -> Submission:
    return Submission(row["agency_id"], row["item"], tuple(row["urls"]), row["note"])


def round_row(round_: Round) -> dict[str, Any]:
    return {
        "title": round_.title,
        "opens_on": round_.opens_on,
        "closes_on": round_.closes_on,
        "items": list(round_.items),
        "consultation_on": round_.consultation_on,
    }


def round_of(row: Row) -> Round:
    return Round(
        id=row["id"],
        fiscal_year_be=row["year_be"],
        opens_on=row["opens_on"],
        closes_on=row["closes_on"],
        items=tuple(row["items"]),
        title=row["title"],
        consultation_on=row["consultation_on"],
        is_own=row["is_own"],
        frozen_at=row["frozen_at"],
        frozen_run=row["frozen_run"],
    )


def receipt_of(row: Row) -> Receipt:
    return Receipt(submission_of(row), row["received_at"], row["superseded_at"], row["round_id"])


def review_row(review: Review) -> dict[str, Any]:
    return {
        "year_be": review.year_be,
        "round_id": review.round_id,
        "agency_id": review.agency_id,
        "item": review.item,
        "requirement": review.requirement,
        "outcome": review.outcome.value,
        "reason": review.reason,
        "decided_by": review.decided_by,
        "decided_at": review.decided_at,
        "run_id": review.run_id,
        "machine_outcome": review.machine_outcome.value,
        "machine_code": review.machine_code,
        "expires_on": review.expires_on,
        "pages": [list(page) for page in review.pages],
    }


def review_of(row: Row) -> Review:
    return Review(
        year_be=row["year_be"],
        round_id=row["round_id"],
        agency_id=row["agency_id"],
        item=row["item"],
        requirement=row["requirement"],
        outcome=Outcome(row["outcome"]),
        reason=row["reason"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        run_id=row["run_id"],
        machine_outcome=Outcome(row["machine_outcome"]),
        machine_code=row["machine_code"],
        expires_on=row["expires_on"],
        pages=tuple((url, content) for url, content in row["pages"]),
    )


def capture_row(capture: Capture) -> dict[str, Any]:
    """A capture without the way that led to it; `digest` is the same for the same retrieval only."""
    row: dict[str, Any] = {
        "url": capture.url,
        "final_url": capture.final_url,
        "redirects": list(capture.redirects),
        "outcome": capture.outcome.value,
        "http_status": capture.http_status,
        "fetched_at": capture.fetched_at,
        "media_type": capture.media_type,
        "charset": capture.charset,
        "size_bytes": capture.size_bytes,
        "sha256": capture.sha256,
        "attempts": capture.attempts,
        "headers": [list(pair) for pair in capture.headers],
        "rendered": capture.rendered,
        "detail": capture.detail,
    }
    told = storable({**row, "fetched_at": capture.fetched_at.isoformat()})
    if capture.unchanged_by:
        told = {**told, "unchanged_by": capture.unchanged_by}
    return {
        **row,
        "digest": hashlib.sha256(as_json(told).encode()).hexdigest(),
        "unchanged_by": capture.unchanged_by,
        "unchanged_since": capture.unchanged_since,
        "alike": capture.alike,
    }


def step_of(row: Row) -> Capture:
    """From a row of `trail` joined with `capture`: a capture with the way that led to it."""
    return replace(capture_of(row), found_on=row["found_on"], link_text=row["link_text"], depth=row["depth"])


def capture_of(row: Row) -> Capture:
    """From a row of `capture`."""
    return Capture(
        url=row["url"],
        final_url=row["final_url"],
        redirects=tuple(row["redirects"]),
        outcome=FetchOutcome(row["outcome"]),
        http_status=row["http_status"],
        fetched_at=row["fetched_at"],
        media_type=row["media_type"],
        charset=row["charset"],
        size_bytes=row["size_bytes"],
        sha256=row["sha256"],
        attempts=row["attempts"],
        headers=tuple((name, value) for name, value in row["headers"]),
        rendered=row["rendered"],
        detail=row["detail"],
        unchanged_by=row["unchanged_by"],
        unchanged_since=row["unchanged_since"],
        alike=row["alike"],
    )


def finding_row(run_id: str, finding: Finding) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "agency_id": finding.agency_id,
        "item": finding.item,
        "requirement": finding.requirement,
        "about_key": _key(finding.about),
        "about": finding.about,
        "outcome": finding.outcome.value,
        "reason": finding.reason,
        "code": finding.code,
        "binding": finding.binding,
        "basis": finding.basis,
        "facts": dict(finding.facts),
        "seen": [_seen_json(entry) for entry in finding.seen],
        "searched": [_searched_json(entry) for entry in finding.searched],
        "holds_since": finding.holds_since,
    }


def finding_of(row: Row) -> Finding:
    return Finding(
        agency_id=row["agency_id"],
        item=row["item"],
        requirement=row["requirement"],
        about=row["about"],
        outcome=Outcome(row["outcome"]),
        reason=row["reason"],
        code=row["code"],
        binding=row["binding"],
        basis=row["basis"],
        facts=row["facts"],
        seen=tuple(SeenRow(**{**e, "fetched_at": datetime.fromisoformat(e["fetched_at"])}) for e in row["seen"]),
        searched=tuple(SearchedRow(**entry) for entry in row["searched"]),
        holds_since=row["holds_since"],
    )


def _seen_json(entry: SeenRow) -> dict[str, Any]:
    return {
        "url": entry.url,
        "final_url": entry.final_url,
        "sha256": entry.sha256,
        "fetched_at": entry.fetched_at.isoformat(),
        "place": entry.place,
        "quote": entry.quote,
    }


def _searched_json(entry: SearchedRow) -> dict[str, Any]:
    return {
        "url": entry.url,
        "sha256": entry.sha256,
        "kind": entry.kind,
        "pages": entry.pages,
        "ocr": entry.ocr,
        "outcome": entry.outcome,
    }


def _key(about: str) -> str:
    encoded = about.encode(errors="replace")
    return about if len(encoded) <= _LONGEST_KEY_BYTES else "sha256:" + hashlib.sha256(encoded).hexdigest()
