"""Findings as files for machines and spreadsheets: JSON lines (schema `oitcheck.finding/1`) and CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from oitcheck.lib.urls import readable
from oitcheck.model.finding import Finding, Outcome, Run
from oitcheck.report.messages import Messages
from oitcheck.report.quotation import place_words
from oitcheck.report.terms import Terms
from oitcheck.report.view import WHOLE_ITEM, RunView

SCHEMA = "oitcheck.finding/1"

# A spreadsheet takes a cell that begins so for a formula; full-width forms are folded by some of them.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
# Control characters, half a surrogate pair, and what Unicode calls no characters: XML and UTF-8 cannot hold them.
_NO_CHARACTERS = (*range(0x20), 0x7F, *range(0xD800, 0xE000), 0xFFFE, 0xFFFF)
_HALF_PAIR = re.compile("[\ud800-\udfff]")
_UNPRINTABLE = dict.fromkeys(n for n in _NO_CHARACTERS if chr(n) not in "\n\t")


def json_lines(
    run: Run, findings: Iterable[Finding], messages: Messages, runs: Mapping[tuple[str, str], Run] | None = None
) -> Iterator[str]:
    """One line of JSON a finding, each with its line end, sorted by agency, item, requirement, about (as plain text).

    The same findings give the same bytes, `run` and `assessed_at` aside. `runs`: by agency and item the runs of
    findings that another run than `run` made.
    """
    made_by = runs or {}
    for finding in sorted(findings, key=lambda f: (f.agency_id, f.item, f.requirement, f.about, f.reason)):
        of = made_by.get((finding.agency_id, finding.item), run)
        line = json.dumps(_record(of, finding, messages), ensure_ascii=False, separators=(", ", ": "))
        yield f"{_HALF_PAIR.sub(chr(0xFFFD), line)}\n"


def _record(run: Run, finding: Finding, messages: Messages) -> dict[str, Any]:
    with_searched = finding.outcome in (Outcome.FAILED, Outcome.CANT_TELL)
    return {
        "schema": SCHEMA,
        "run": run.id,
        "assessed_at": utc_text(run.assessed_at),
        "version": run.version,
        "checklist": run.checklist_id,
        "year": run.year_be,
        "round": run.round_id,
        "agency": finding.agency_id,
        "item": finding.item,
        "requirement": finding.requirement,
        "about": finding.about,
        "outcome": finding.outcome.value,
        "reason": finding.reason,
        "binding": finding.binding,
        "basis": finding.basis,
        "facts": {name: finding.facts[name] for name in sorted(finding.facts)},
        "says": messages.says(finding),
        "do": messages.do(finding),
        "seen": [
            {
                "url": row.url,
                "final_url": row.final_url,
                "sha256": row.sha256,
                "fetched_at": utc_text(row.fetched_at),
                "place": row.place,
                "quote": row.quote,
            }
            for row in finding.seen
        ],
        "searched": [
            {
                "url": row.url,
                "sha256": row.sha256,
                "kind": row.kind,
                "pages": row.pages,
                "ocr": row.ocr,
                "outcome": row.outcome,
            }
            for row in (finding.searched if with_searched else ())
        ],
        "holds_since": utc_text(finding.holds_since or run.assessed_at),
    }


def utc_text(instant: datetime) -> str:
    """An aware instant as `2023-04-06T19:14:00Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class FlatRow:
    """One finding on one line, in words; what a spreadsheet shows. Fields are in the order of its columns."""

    agency_id: str
    agency: str
    kind: str
    district: str
    item: str
    item_title: str
    requirement: str
    requirement_text: str
    about: str
    outcome: str
    says: str
    do: str
    quote: str
    place: str
    url: str
    kept_at: str
    binding: str
    basis: str
    code: str
    sha256: str


COLUMNS: tuple[str, ...] = tuple(FlatRow.__dataclass_fields__)


def flat_rows(view: RunView, messages: Messages) -> Iterator[tuple[Finding, FlatRow]]:
    """Every finding of a run with its line, in reading order. Evidence is the first quotation."""
    terms = Terms.load(messages.language)
    agencies = {agency.id: agency for agency in view.agencies}
    for finding in view.findings:
        agency = agencies[finding.agency_id]
        item = view.item(finding.item)
        requirement = view.requirement(finding.item, finding.requirement)
        seen = finding.seen[0] if finding.seen else None
        in_thai = messages.language == "th"
        yield (
            finding,
            FlatRow(
                agency_id=agency.id,
                agency=agency.name_th,
                kind=agency.kind,
                district=agency.district,
                item=finding.item,
                item_title=(item.title if in_thai else item.title_en or item.title) if item else "",
                requirement=terms("sheet.whole") if finding.requirement == WHOLE_ITEM else finding.requirement,
                requirement_text=(
                    (requirement.text if in_thai else requirement.text_en or requirement.text) if requirement else ""
                ),
                about=finding.about,
                outcome=terms.outcome(finding.outcome),
                says=messages.says(finding),
                do=messages.do(finding),
                quote=seen.quote if seen else "",
                place=place_words(seen.place, terms) if seen else "",
                url=readable(seen.final_url or seen.url) if seen else "",
                kept_at=terms.short_instant(seen.fetched_at) if seen else "",
                binding=terms("sheet.yes" if finding.binding else "sheet.no"),
                basis=terms.get(f"basis.{finding.basis}", finding.basis),
                code=finding.code,
                sha256=seen.sha256 if seen else "",
            ),
        )


def csv_text(view: RunView, messages: Messages) -> str:
    """Findings as CSV with machine-readable headers (`COLUMNS`) and a value in words; no cell can act as a formula.

    A file of it begins with a byte order mark, for Excel; the text does not.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for _, row in flat_rows(view, messages):
        writer.writerow(harmless_cells([getattr(row, column) for column in COLUMNS]))
    return out.getvalue()


def harmless_cells(cells: Sequence[str]) -> list[str]:
    """`cells` with an apostrophe before any that a spreadsheet would take for a formula."""
    return [f"'{cell}" if is_formula_like(cell) else cell for cell in map(printable, cells)]


def is_formula_like(cell: str) -> bool:
    """Whether a spreadsheet might run the cell. A bare dash ("none" on Thai forms) is harmless."""
    return cell.lstrip(" \u00a0\n").startswith(_FORMULA_STARTS) and cell.strip() != "-"


def printable(cell: str) -> str:
    """`cell` without control characters and what is no character at all: they break XML and hide what stands near."""
    return cell.translate(_UNPRINTABLE)
