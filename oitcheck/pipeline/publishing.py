"""The reports of a run, with the kept copies that they link to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from oitcheck.model.checklist import Checklist
from oitcheck.model.finding import Finding
from oitcheck.pipeline.rounds import received, run_before
from oitcheck.report.beside import Beside
from oitcheck.report.html import publish
from oitcheck.report.summary import RowCounts, Summary, summarise
from oitcheck.report.view import RunView, view
from oitcheck.settings import Settings
from oitcheck.store.records import RunRecord, Store


def run_view(store: Store, record: RunRecord, checklist: Checklist) -> RunView:
    """Everything a report of a run is made from."""
    run = record.run
    return view(
        run,
        store.round(run.id),
        checklist,
        store.agencies(run.id),
        store.submissions(run.id),
        tuple(store.findings(run.id)),
    )


def beside_of(
    store: Store,
    record: RunRecord,
    checklist: Checklist,
    scores: Mapping[str, float] | None = None,
    before: RunRecord | None = None,
) -> Beside:
    """What staff have beside a run. `before` None: the finished run of the same round before it, if there is one."""
    run = record.run
    earlier = before or run_before(store, record)
    return Beside(
        received=received(store.receipts(run.year_be), store.submissions(run.id)),
        final_urls=store.final_urls(run.id),
        reviews=store.reviews(run.year_be),
        scores=dict(scores or {}),
        before=run_view(store, earlier, checklist) if earlier is not None else None,
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
    copies = kept_copies(store, shown.findings, target)
    page = publish(
        shown, target, "th", copy_href=copies.get, imported=imported, thai_digits=settings.report.thai_digits,
        beside=beside or beside_of(store, record, checklist),
    )  # fmt: skip
    return Published({"th": page, "en": target / "en" / page.name}, shown, summarise(shown, imported))


def kept_copies(store: Store, findings: Iterable[Finding], folder: Path) -> dict[str, str]:
    """Put the kept bytes that findings quote beside the report; the link to each, relative to `folder`.

    Web pages are kept as text, never as a page: what was fetched is hostile.
    """
    media: dict[str, str] = {}
    for finding in findings:
        for row in finding.seen:
            if row.sha256:
                media.setdefault(row.sha256, "")
    links: dict[str, str] = {}
    copies = folder / "copies"
    copies.mkdir(exist_ok=True)
    for sha256 in media:
        body = store.bodies.get(sha256)
        name = f"{sha256[:16]}{_safe_suffix(body)}"
        path = copies / name
        if not path.exists():
            path.write_bytes(body)
        links[sha256] = f"copies/{name}"
    return links


_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", ".pdf"), (b"PK\x03\x04", ".zip"), (b"\xd0\xcf\x11\xe0", ".ole"), (b"\x89PNG", ".png"),
    (b"\xff\xd8", ".jpg"), (b"GIF8", ".gif"),
)  # fmt: skip


def _safe_suffix(body: bytes) -> str:
    """A file ending under which no browser runs what is inside."""
    for magic, suffix in _MAGIC:
        if body.startswith(magic):
            if suffix == ".zip":
                return ".xlsx" if b"xl/workbook" in body else ".docx" if b"word/document" in body else ".zip"
            return suffix
    return ".txt"
