"""The reports of a run, with the kept copies that they link to."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from oitcheck.crawl.tls import faults_of_sites
from oitcheck.errors import RecordError
from oitcheck.extract.kinds import kind_of_bytes
from oitcheck.lib.urls import is_on
from oitcheck.model.agency import Round
from oitcheck.model.checklist import Checklist
from oitcheck.model.evidence import Capture, TlsFault
from oitcheck.model.finding import Finding
from oitcheck.pipeline.rounds import received, run_before
from oitcheck.pipeline.websites import checks_since
from oitcheck.pipeline.whole_night import whole_night
from oitcheck.report.availability import WEEKS_SHOWN, Reachability, all_reachability
from oitcheck.report.beside import Beside
from oitcheck.report.html import publish
from oitcheck.report.summary import RowCounts, Summary, summarise
from oitcheck.report.view import RunView, view
from oitcheck.settings import Settings
from oitcheck.store.records import RunRecord, Store

log = logging.getLogger(__name__)

COPIES = "copies"
_READ_ONLY = 0o444


def run_view(store: Store, record: RunRecord, checklist: Checklist) -> RunView:
    """Everything a report of a run is made from.

    A second look at agencies in trouble is shown with the run it completes: see `WholeNight`.
    """
    run, night = record.run, whole_night(store, record)
    round_ = _as_closed(store, store.round(run.id))
    decided = {review.agency_id for review in store.reviews(run.year_be) if review.pages}
    led_to = {(one, item): captures for one in decided for item, captures in night.captures(one).items()}
    return view(run, round_, checklist, night.agencies(), night.submissions(), night.findings(), led_to)


def _as_closed(store: Store, round_: Round) -> Round:
    """The round of a run as it stood then; frozen since, it is closed."""
    for kept in store.registered_rounds(round_.fiscal_year_be):
        if kept.id == round_.id and kept.frozen_at is not None:
            return replace(round_, frozen_at=kept.frozen_at, frozen_run=kept.frozen_run)
    return round_


def websites_of_view(store: Store, shown: RunView) -> tuple[Reachability, ...]:
    """The record of the agencies' main websites in the weeks before the run."""
    since = shown.run.assessed_at - timedelta(weeks=WEEKS_SHOWN)
    return all_reachability(shown.agencies, checks_since(store, since, shown.agencies))


def tls_faults_of_view(store: Store, shown: RunView) -> dict[str, dict[str, TlsFault]]:
    """What is wrong with the TLS of the agencies' own sites, as the crawl met it: by agency id and host."""
    met: dict[str, list[Capture]] = {}
    for one in reversed(whole_night(store, store.run(shown.run.id)).runs):
        met |= {agency.id: [] for agency in store.agencies(one.run.id)}
        for agency_id, capture in store.captures_telling(one.run.id, "tls: "):
            met[agency_id].append(capture)
    hosts = {agency.id: agency.hosts for agency in shown.agencies}
    found = {agency_id: faults_of_sites(captures) for agency_id, captures in met.items() if agency_id in hosts}
    own = {
        agency_id: {host: fault for host, fault in faults.items() if is_on(f"https://{host}/", hosts[agency_id])}
        for agency_id, faults in found.items()
    }
    return {agency_id: faults for agency_id, faults in own.items() if faults}


def told_beside(store: Store, shown: RunView) -> Beside:
    """What an agency is told of beside a run: what came when, how its website was reached, what people decided."""
    return Beside(
        received=received(store.receipts(shown.run.year_be), shown.submissions),
        reviews=store.reviews(shown.run.year_be),
        websites=websites_of_view(store, shown),
        tls_faults=tls_faults_of_view(store, shown),
    )


def beside_of(
    store: Store, record: RunRecord, shown: RunView, scores: Mapping[str, float] | None = None,
    before: RunRecord | None = None,
) -> Beside:  # fmt: skip
    """What is known beside a run. `before` None: the finished run of the same round before it, if there is one."""
    run, night = record.run, whole_night(store, record)
    earlier = before or run_before(store, record)
    return Beside(
        received=received(store.receipts(run.year_be), night.submissions()),
        final_urls=night.final_urls(),
        reviews=store.reviews(run.year_be),
        scores=dict(scores or {}),
        before=run_view(store, earlier, shown.checklist) if earlier is not None else None,
        websites=websites_of_view(store, shown),
        tls_faults=tls_faults_of_view(store, shown),
    )


@dataclass(frozen=True, slots=True)
class Published:
    """The pages of a run: the round page of each language, and the summary they were made from."""

    pages: Mapping[str, Path]
    view: RunView
    summary: Summary


def publish_run(
    settings: Settings, store: Store, record: RunRecord, checklist: Checklist, folder: Path | None = None,
    imported: RowCounts | None = None, beside: Beside | None = None,
) -> Published:  # fmt: skip
    """Write the HTML reports of a run in Thai and English, with the kept copies they link to."""
    shown = run_view(store, record, checklist)
    target = folder or settings.data_dir / "reports" / record.run.id
    target.mkdir(parents=True, exist_ok=True)
    copies = kept_copies(store, shown.findings, target, settings.data_dir / "reports")
    known = beside or beside_of(store, record, shown)
    page = publish(
        shown,
        target,
        "th",
        copy_href=copies.get,
        imported=imported,
        beside=known,
        operator=settings.report.operator_name,
    )
    return Published({"th": page, "en": target / "en" / page.name}, shown, summarise(shown, imported, known.reviews))


def kept_copies(store: Store, findings: Iterable[Finding], folder: Path, reports: Path) -> dict[str, str]:
    """Put the kept bytes that findings quote beside the report; the link to each, relative to `folder`.

    Web pages are kept as text, never as a page: what was fetched is hostile. Of bytes that are missing or damaged there
    is no link. What several reports in the folder `reports` quote stands on the disk once, where the file system can do
    so; a folder elsewhere is to be handed out and has copies of its own, so that whoever changes them changes no other.
    """
    media: dict[str, str] = {}
    for finding in findings:
        for row in finding.seen:
            if row.sha256:
                media.setdefault(row.sha256, "")
    links: dict[str, str] = {}
    copies = folder / COPIES
    copies.mkdir(exist_ok=True)
    is_ours = folder.resolve().is_relative_to(reports.resolve())
    for sha256 in media:
        try:
            body = store.bodies.get(sha256)
        except RecordError as error:
            log.warning("%s: %s; the report has no link to it", error.where, error.what)
            continue
        name = f"{sha256[:16]}{_safe_suffix(body)}"
        _place(body, copies / name, reports / COPIES / name if is_ours else None)
        links[sha256] = f"{COPIES}/{name}"
    return links


def _place(body: bytes, path: Path, shared: Path | None) -> None:
    """Put a copy at `path`: another name of the file `shared` where that holds it and both are on one disk.

    A file that has another name is never written into: that would change it for all.
    """
    if _holds(path, body):
        return
    if shared is not None and _is_locked(shared) and _holds(shared, body) and not path.exists():
        with suppress(OSError):  # another disk, no such links there, or too many of them
            path.hardlink_to(shared)
            return
    written = path.with_name(f".{path.name}.part")
    written.write_bytes(body)
    if shared is not None:
        written.chmod(_READ_ONLY)
    written.replace(path)
    if shared is not None:
        with suppress(OSError):
            shared.parent.mkdir(parents=True, exist_ok=True)
            shared.unlink(missing_ok=True)
            shared.hardlink_to(path)


def _holds(path: Path, body: bytes) -> bool:
    """Whether exactly these bytes are there: a size proves nothing of what was written into a file."""
    try:
        return path.stat().st_size == len(body) and path.read_bytes() == body
    except OSError:
        return False


def _is_locked(path: Path) -> bool:
    """Whether nobody may write into a file; of others there may be names in folders that were handed out."""
    try:
        return not path.stat().st_mode & 0o222
    except OSError:
        return False


_PICTURES: tuple[tuple[bytes, str], ...] = ((b"\x89PNG", ".png"), (b"\xff\xd8", ".jpg"), (b"GIF8", ".gif"))
_FILES = frozenset(("pdf", "docx", "doc", "odt", "rtf", "pptx", "odp", "xlsx", "xls", "ods", "zip"))


def _safe_suffix(body: bytes) -> str:
    """A file ending under which no browser runs what is inside."""
    kind = kind_of_bytes(body)
    if kind in _FILES:
        return f".{kind}"
    return next((suffix for magic, suffix in _PICTURES if body.startswith(magic)), ".txt")
