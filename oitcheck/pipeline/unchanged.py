"""When the evidence of a submission is that of an earlier run: digests of all it depends on, and what is taken over.

Two runs with the same digest have the same evidence but for bytes that say the same in another way and for the times at
which they came. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from oitcheck.crawl.limits import CrawlLimits
from oitcheck.gathering import Step
from oitcheck.model.agency import Agency, Submission
from oitcheck.model.evidence import Capture, Document
from oitcheck.model.finding import Finding, SearchedRow, SeenRow
from oitcheck.pipeline.program import digest


def told_of(role: str, capture: Capture) -> list[object]:
    """All of a step that evidence, or the way onward, may depend on; not when its bytes came."""
    received = capture.as_received
    return [
        role,
        received.url,
        received.final_url,
        received.redirects,
        received.outcome.value,
        received.media_type,
        received.charset,
        capture.content_id,
        received.found_on,
        received.link_text,
        received.depth,
        min(received.attempts, 2) if received.outcome.is_permanent else 0,
        received.rendered,
        received.detail,
    ]


def told_of_steps(steps: Iterable[Step]) -> list[list[object]]:
    """`told_of` each step that evidence is made of."""
    return [told_of(role, capture) for role, capture in _of_evidence(steps)]


def _of_evidence(steps: Iterable[Step]) -> list[Step]:
    """Steps without the pictures of how pages looked, which nothing is read from."""
    return [(role, capture) for role, capture in steps if role != "screenshot"]


def frame_given(version: str, hosts: Sequence[str], home: Iterable[Step], submitted: Iterable[Capture]) -> str:
    """What the pages depend on by which the frame of an agency's site is told."""
    return digest("frame", version, hosts, told_of_steps(home), [told_of("walk", c) for c in submitted])


def frame_digest(home: Document | None, site: Iterable[Document], content_ids: dict[str, str]) -> str:
    """The pages by which the frame of an agency's site is told; `content_ids` by sha256."""
    return digest(
        [
            [page.capture.final_url, content_ids.get(page.capture.sha256, page.capture.sha256)]
            for page in (*((home,) if home else ()), *site)
        ],
        home is not None,
    )


def walk_given(
    version: str,
    agency: Agency,
    submission: Submission,
    limits: CrawlLimits,
    frame: str,
    *,
    checklist: str,
    judged_by: Sequence[object] | None,
    at_once: Sequence[str] = (),
    insisted: bool = False,
) -> str:
    """What a walk depends on besides what it finds; "" when that is not certain.

    `checklist`: its id. `judged_by`: what decides, besides the pages, whether they are to be shown in the browser; None
    without a browser.
    `at_once`: the hosts of submitted pages that were known to need it; `insisted`: it was tried for all of them.
    """
    if not frame:
        return ""
    # Which links come first is told by the names of the item.
    wanted = (checklist, submission.item)
    told = (agency.hosts, submission.urls, limits.max_depth, limits.max_documents_per_submission, wanted)
    if judged_by is None:
        return digest("walk", version, told, frame, False)
    judged = [_row(agency), submission.item, submission.note, *judged_by]
    return digest("walk", version, told, frame, judged, sorted(at_once), insisted)


def _row(agency: Agency) -> list[object]:
    return [
        agency.id, agency.name_th, agency.kind, agency.province, agency.district, agency.fiscal_year_be,
        agency.round_id, agency.hosts,
    ]  # fmt: skip


def judging_given(
    version: str,
    checklist_id: str,
    agency: Agency,
    submission: Submission,
    home: Iterable[Step],
    steps: Iterable[Step],
    frame: str,
    *,
    tools: Sequence[object],
    closes_on: date | None,
    as_of: date,
) -> str:
    """What the findings of a submission depend on; "" when that is not certain.

    `tools` are readers, OCR and policy. The day counts only where nothing was submitted: then it tells whether anything
    is due.
    """
    if not frame:
        return ""
    due = None if submission.urls else [str(closes_on), closes_on is not None and as_of < closes_on]
    return digest(
        "judging", version, checklist_id, _row(agency), submission.item, submission.urls, submission.note,
        told_of_steps(home), told_of_steps(steps), frame, tools, due,
    )  # fmt: skip


def is_to_the_byte(old: Sequence[Step], new: Sequence[Step]) -> bool:
    """Whether steps that say the same are of the same bytes, which came at the same times."""

    def told(steps: Sequence[Step]) -> list[tuple[str, datetime | None]]:
        return [(c.sha256, c.received_at if c.sha256 or not c.depth else None) for _, c in _of_evidence(steps)]

    return told(old) == told(new)


def carried(findings: Iterable[Finding], old: Sequence[Step], new: Sequence[Step]) -> tuple[Finding, ...] | None:
    """Findings on the steps `old` as findings on `new`, which say the same; None when the two cannot be told apart.

    Bytes that are the same stay what they are, with the time at which they came; where other bytes say the same, the
    new ones are quoted, at the same places.
    """
    old, new = _of_evidence(old), _of_evidence(new)
    if len(old) != len(new):
        return None
    pairs = [(before.as_received, after.as_received) for (_, before), (_, after) in zip(old, new, strict=True)]
    names = {before.sha256: after.sha256 for before, after in pairs}
    back = {after.sha256: before.sha256 for before, after in pairs}
    if any(names[before.sha256] != after.sha256 or back[after.sha256] != before.sha256 for before, after in pairs):
        return None
    by_place: dict[tuple[str, str], Capture] = {}
    for before, after in pairs:
        by_place.setdefault((before.url, before.sha256), after)

    def seen(row: SeenRow) -> SeenRow:
        # A quotation that stands in no capture of its own was given to the first one.
        after = by_place.get((row.url, row.sha256)) or pairs[0][1]
        return replace(row, sha256=names.get(row.sha256, row.sha256), fetched_at=after.fetched_at)

    def searched(row: SearchedRow) -> SearchedRow:
        return replace(row, sha256=names.get(row.sha256, row.sha256))

    return tuple(
        replace(one, seen=tuple(map(seen, one.seen)), searched=tuple(map(searched, one.searched))) for one in findings
    )


def with_since(
    findings: Iterable[Finding], before: Iterable[Finding], before_at: datetime | None, began_at: datetime
) -> tuple[Finding, ...]:
    """Findings with the instant since when they hold: that of `before` where it said the same, else `began_at`.

    `before_at`: when the run of `before` began, for findings of old that do not say since when they hold.
    """
    known = {(one.agency_id, one.item, one.requirement, one.about): one for one in before}
    held = []
    for one in findings:
        earlier = known.get((one.agency_id, one.item, one.requirement, one.about))
        is_alike = earlier is not None and (earlier.outcome, earlier.code) == (one.outcome, one.code)
        since = (earlier.holds_since or before_at) if earlier and is_alike else None
        held.append(replace(one, holds_since=since or began_at))
    return tuple(held)
