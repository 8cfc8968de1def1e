"""Where the departments meet:

crawl a round, assess it, publish it, replay a run, try a page. The only room with a clock.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import socket
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol
from zoneinfo import ZoneInfo

from oitcheck import __version__
from oitcheck.crawl.browser import Browser, find_browser
from oitcheck.crawl.drive import is_unreadable_service
from oitcheck.crawl.fetching import Fetched, Fetcher
from oitcheck.crawl.http import HttpFetcher
from oitcheck.crawl.limits import CrawlLimits
from oitcheck.crawl.walk import Lead, figures_to_fetch, links_left_out, links_to_follow
from oitcheck.errors import IntakeError, SettingsError
from oitcheck.extract.frame import marked
from oitcheck.extract.isolation import Readers
from oitcheck.extract.limits import ExtractLimits
from oitcheck.gathering import (
    Reading,
    Step,
    evidence_of,
    html_of,
    needs_browser,
    references,
    to_read_by_ocr,
)
from oitcheck.intake.agencies import read_agencies
from oitcheck.intake.rows import RowOutcome, RowReport
from oitcheck.intake.submissions import read_submissions
from oitcheck.lib.terms import Vocabulary
from oitcheck.lib.thai_calendar import FiscalYear
from oitcheck.lib.thai_text import similar_words
from oitcheck.lib.urls import is_on, without_fragment
from oitcheck.model.agency import Agency, Round, Submission
from oitcheck.model.checklist import Checklist
from oitcheck.model.context import Context
from oitcheck.model.evidence import Capture, Document, Evidence, FetchOutcome
from oitcheck.model.finding import Finding, Run
from oitcheck.model.finding import Outcome as Verdict
from oitcheck.report.html import publish
from oitcheck.report.messages import Messages
from oitcheck.report.summary import RowCounts, Summary, summarise
from oitcheck.report.view import RunView, view
from oitcheck.rules.declare import load as load_checklist
from oitcheck.rules.declare import natural_key, years_in
from oitcheck.rules.engine import Judging, assess
from oitcheck.settings import Settings, resource_folder
from oitcheck.store.records import Role, RunRecord, Store

if TYPE_CHECKING:  # only the reading processes import the reading libraries
    from oitcheck.extract.ocr import KeptScans

BANGKOK = ZoneInfo("Asia/Bangkok")
# An agency's submissions are walked together; so many agencies at once keep the network busy and memory flat.
AGENCIES_AT_ONCE = 6
LEASE_SECONDS = 900.0
# Pages further away than this are lists on the way to a document; what they show is not worth a browser.
MOST_RENDERED_DEPTH = 1
RUN_LIMIT = "limit of the run"
HOME = ""  # the trail's item for what belongs to the agency as a whole


def now() -> datetime:
    """This instant, aware UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The local date in Thailand."""
    return datetime.now(BANGKOK).date()


class Progress(Protocol):
    """Told what a run is doing; for a bar on a terminal, or nothing."""

    def planned(self, agencies: int, submissions: int) -> None: ...
    def fetched(self, outcome: FetchOutcome) -> None: ...
    def assessed(self, agency: Agency, item: str) -> None: ...
    def agency_done(self, agency: Agency) -> None: ...


class Silent:
    """Progress that nobody watches."""

    def planned(self, agencies: int, submissions: int) -> None: ...
    def fetched(self, outcome: FetchOutcome) -> None: ...
    def assessed(self, agency: Agency, item: str) -> None: ...
    def agency_done(self, agency: Agency) -> None: ...


@dataclass(frozen=True, slots=True)
class Inputs:
    """What one assessment is about:

    agencies and submissions of one fiscal year, the round, the reports on input rows.
    """

    year_be: int
    agencies: tuple[Agency, ...]
    submissions: tuple[Submission, ...]
    round: Round
    due: tuple[str, ...] = ()
    agency_rows: tuple[RowReport, ...] = ()
    submission_rows: tuple[RowReport, ...] = ()

    @property
    def rejected(self) -> tuple[RowReport, ...]:
        rows = (*self.agency_rows, *self.submission_rows)
        return tuple(r for r in rows if r.outcome is RowOutcome.REJECTED)

    def counts(self) -> RowCounts:
        """Accepted, corrected and rejected rows of the submissions file."""
        rows = self.submission_rows
        return RowCounts(
            *(
                sum(r.outcome is o for r in rows)
                for o in (RowOutcome.ACCEPTED, RowOutcome.CORRECTED, RowOutcome.REJECTED)
            )
        )


@dataclass(frozen=True, slots=True)
class Selection:
    """Which agencies and items are wanted; empty means all."""

    agencies: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. `complete` is False when a limit of the run stopped it before all was crawled."""

    run: Run
    complete: bool
    left_out: tuple[str, ...] = ()


def checklist_of(year_be: int, folder: Path | None = None) -> tuple[Checklist, Vocabulary]:
    """The checklist of a year from `folder`, else from the installed one."""
    return load_checklist(folder or resource_folder("checklists"), year_be)


def read_inputs(
    year_be: int, agencies_file: Path, submissions_file: Path, round_id: str, wanted: Selection, checklist: Checklist
) -> Inputs:
    """Read agencies and submissions of one fiscal year. Raises IntakeError when nothing usable is left."""
    agencies = read_agencies(agencies_file)
    items = {a.fiscal_year_be: _item_ids(a.fiscal_year_be, checklist) for a in agencies.items}
    submissions = read_submissions(submissions_file, agencies.items, {y: i for y, i in items.items() if i})
    of_year = tuple(a for a in agencies.items if a.fiscal_year_be == year_be)
    if not of_year:
        found = ", ".join(str(y) for y in sorted({a.fiscal_year_be for a in agencies.items})) or "none"
        raise IntakeError(
            f"no agency of fiscal year {year_be} (fiscal years there: {found})",
            where=str(agencies_file),
            remedy="Check --year, or the column fiscal_year.",
        )
    chosen, handed_in = selected(of_year, submissions.items, wanted, checklist)
    round_ = round_of(round_id, chosen, checklist)
    due = due_items(round_, checklist)
    return Inputs(year_be, chosen, handed_in, round_, due, agencies.rows, submissions.rows)


def _item_ids(year_be: int, checklist: Checklist) -> tuple[str, ...]:
    """The item codes of a year; of another year than the checklist's only when that year has one."""
    if year_be == checklist.year_be:
        return tuple(checklist.items)
    if year_be not in years_in(resource_folder("checklists")):
        return ()
    return tuple(load_checklist(resource_folder("checklists"), year_be)[0].items)


def selected(
    agencies: Sequence[Agency], submissions: Sequence[Submission], wanted: Selection, checklist: Checklist
) -> tuple[tuple[Agency, ...], tuple[Submission, ...]]:
    """The wanted agencies and their wanted submissions. Raises SettingsError for an unknown agency or item."""
    known = {a.id for a in agencies}
    for one in wanted.agencies:
        if one not in known:
            raise SettingsError(f"no agency {one!r}", where="--agency", remedy=_nearest(one, tuple(known)))
    for item in wanted.items:
        if item not in checklist.items:
            raise SettingsError(
                f"fiscal year {checklist.year_be} has no item {item!r}",
                where="--item",
                remedy=_nearest(item, tuple(checklist.items)),
            )
    chosen = tuple(a for a in agencies if not wanted.agencies or a.id in wanted.agencies)
    ids = {a.id for a in chosen}
    handed_in = tuple(s for s in submissions if s.agency_id in ids and (not wanted.items or s.item in wanted.items))
    return chosen, handed_in


def _nearest(word: str, known: tuple[str, ...]) -> str:
    near = similar_words(word, known)
    return f"Did you mean {near[0]}?" if near else "Known: " + ", ".join(sorted(known, key=natural_key)[:15])


def round_of(round_id: str, agencies: Sequence[Agency], checklist: Checklist) -> Round:
    """The round by its id, else the one all agencies name, else the year's last. A round the checklist does not know
    has no known deadline: what is missing counts as missing."""
    named = {a.round_id for a in agencies if a.round_id}
    wanted = round_id or (named.pop() if len(named) == 1 else "")
    if not wanted and checklist.rounds:
        wanted = checklist.rounds[-1].id
    for known in checklist.rounds:
        if known.id == wanted:
            return Round(known.id, checklist.year_be, known.opens_on, known.closes_on, known.items, known.title)
    return Round(wanted or str(checklist.year_be), checklist.year_be)


def due_items(round_: Round, checklist: Checklist) -> tuple[str, ...]:
    """The items due in a round: those it names, all of the year when it names none, none when it is not the year's."""
    if round_.id not in {r.id for r in checklist.rounds}:
        return ()
    return round_.items or tuple(checklist.items)


def complete_submissions(inputs: Inputs, wanted: Selection) -> tuple[Submission, ...]:
    """Every submission, with an empty one for each due item that an agency did not hand in.

    A round that the checklist does not define says nothing of what is due in it.
    """
    by_place = {(s.agency_id, s.item): s for s in inputs.submissions}
    for agency in inputs.agencies:
        for item in inputs.due:
            if not wanted.items or item in wanted.items:
                by_place.setdefault((agency.id, item), Submission(agency.id, item, ()))
    order = {a.id: n for n, a in enumerate(inputs.agencies)}
    return tuple(sorted(by_place.values(), key=lambda s: (order[s.agency_id], natural_key(s.item))))


def lacking(settings: Settings) -> tuple[str, ...]:
    """The readers this installation does without: what needs them is left to a person."""
    missing = [] if ocr_is_there(settings) else ["ocr"]
    if browser_path(settings) is None:
        missing.append("browser")
    if shutil.which("antiword") is None:
        missing.append("antiword")
    return tuple(missing)


def ocr_is_there(settings: Settings) -> bool:
    """Whether scans and pictures are read: tesseract is installed with Thai, and to be used."""
    if not settings.ocr.enabled:
        return False
    from oitcheck.extract.tesseract import tesseract_version

    return bool(tesseract_version())


def kept_scans(settings: Settings) -> KeptScans:
    """Where the data folder keeps what OCR read, so that no page is read twice."""
    from oitcheck.extract.ocr import KeptScans

    return KeptScans(settings.data_dir / "ocr")


def browser_path(settings: Settings) -> str | None:
    """The browser that pages are rendered with; None when there is none, or it is not to be used."""
    return find_browser() if settings.browser.enabled else None


def new_run(settings: Settings, inputs: Inputs, checklist: Checklist, as_of: date) -> Run:
    """A run with an id such as `2566-1-20230407-0214-ab12` (local time of its start)."""
    started = now()
    stamp = started.astimezone(BANGKOK).strftime("%Y%m%d-%H%M")
    name = inputs.round.id if inputs.round.id.startswith(str(inputs.year_be)) else f"{inputs.year_be}-{inputs.round.id}"
    safe = "".join(c if c.isalnum() or c in "-_" else "-" for c in name)
    return Run(
        f"{safe}-{stamp}-{secrets.token_hex(2)}",
        inputs.year_be,
        inputs.round.id,
        checklist.id,
        __version__,
        started,
        as_of.isoformat(),
        lacking(settings),
    )


# --- crawl and assess -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Budget:
    """What a run may still spend on the network."""

    ends_at: datetime | None
    bytes_left: int | None
    left_out: list[str] = field(default_factory=list)

    def spent(self) -> bool:
        return (self.ends_at is not None and now() >= self.ends_at) or (
            self.bytes_left is not None and self.bytes_left <= 0
        )

    def pay(self, size_bytes: int) -> None:
        if self.bytes_left is not None:
            self.bytes_left -= size_bytes


class Bodies(Protocol):
    """Keeps bodies under their sha256."""

    def put(self, body: bytes) -> str: ...
    def get(self, sha256: str) -> bytes: ...


class Keeper(Protocol):
    """The part of a store that retrieving needs."""

    @property
    def bodies(self) -> Bodies: ...


class _Crawl:
    """The retrievals of one run: each URL once, bodies kept, progress told."""

    def __init__(
        self, fetcher: Fetcher, browser: Browser | None, store: Keeper, limits: CrawlLimits, budget: _Budget,
        progress: Progress,
    ) -> None:  # fmt: skip
        self.limits = limits
        self._fetcher = fetcher
        self._browser = browser
        self._store = store
        self._budget = budget
        self._progress = progress
        self._known: dict[tuple[str, bool], asyncio.Future[Capture]] = {}
        self._rendered: dict[str, asyncio.Future[Capture | None]] = {}

    async def capture(self, url: str, agency: Agency, *, submitted: bool) -> Capture:
        """The capture of a URL (without its fragment), retrieved once a run."""
        bare = without_fragment(url)
        key = (bare, submitted)
        if key not in self._known:
            self._known[key] = asyncio.ensure_future(self._retrieve(bare, agency, submitted))
        return replace(await self._known[key], url=url)

    async def _retrieve(self, url: str, agency: Agency, submitted: bool) -> Capture:
        if self._budget.spent():
            self._budget.left_out.append(url)
            return replace(_unfetched(url, FetchOutcome.NOT_REACHED), detail=RUN_LIMIT)
        fetched: Fetched = await self._fetcher.fetch(url, submitted=submitted, hosts=agency.hosts)
        self._budget.pay(len(fetched.body))
        if fetched.capture.sha256:
            await asyncio.to_thread(self._store.bodies.put, fetched.body)
        self._progress.fetched(fetched.capture.outcome)
        return fetched.capture

    async def shown(self, capture: Capture, agency: Agency, reading: Reading) -> Capture:
        """The page as a browser shows it, rendered once a run; the capture itself when it needs or has no browser."""
        if self._browser is None or not capture.outcome.is_ok or not needs_browser(await reading.of(capture)):
            return capture
        # An anchor does not change what a page shows, a route in the fragment does.
        route = capture.url.partition("#")[2]
        key = f"{capture.final_url}#{route}" if route.startswith(("/", "!")) else capture.final_url
        if key not in self._rendered:
            self._rendered[key] = asyncio.ensure_future(self._render(capture, agency))
        rendered = await self._rendered[key]
        if rendered is None:
            return capture
        return replace(
            rendered, url=capture.url, found_on=capture.found_on, link_text=capture.link_text, depth=capture.depth
        )

    async def _render(self, capture: Capture, agency: Agency) -> Capture | None:
        if self._browser is None or self._budget.spent():
            return None
        fetched = await self._browser.render(capture, agency.hosts)
        if fetched is None:
            return None
        self._budget.pay(len(fetched.body))
        await asyncio.to_thread(self._store.bodies.put, fetched.body)
        return fetched.capture


def _unfetched(url: str, outcome: FetchOutcome) -> Capture:
    return Capture(url, url, (), outcome, 0, now())


async def walk(
    submission: Submission, agency: Agency, crawl: _Crawl, reading: Reading, site: Sequence[Document]
) -> tuple[Step, ...]:
    """Retrieve what a submission leads to: its URLs, then level by level the documents and pages they link to."""
    steps: list[Step] = []
    seen: set[str] = set()
    level = [Lead(url, "", "", 0) for url in submission.urls]
    own = tuple(submission.urls)
    pictures: list[Lead] = []
    documents_left = crawl.limits.max_documents_per_submission
    while level:
        pages = await asyncio.gather(*(_followed(lead, agency, crawl, reading) for lead in level))
        following: list[Lead] = []
        for page_steps in pages:
            steps.extend(page_steps)
            seen.update(without_fragment(url) for _, taken in page_steps for url in (taken.url, taken.final_url))
        for _, taken in (page_steps[0] for page_steps in pages):
            page = html_of(await reading.of(taken)) if taken.outcome.is_ok else None
            if page is None:
                continue
            page = marked(page, site)
            pictures.extend(figures_to_fetch(page, crawl.limits) if taken.depth <= 1 else ())
            if taken.depth >= crawl.limits.max_depth:
                continue
            for lead in links_to_follow(
                page, depth=taken.depth, hosts=agency.hosts, submitted_urls=own, limits=crawl.limits
            ):
                bare = without_fragment(lead.url)
                if bare not in seen and len(following) < documents_left:
                    seen.add(bare)
                    following.append(lead)
            for lead in links_left_out(
                page, depth=taken.depth, hosts=agency.hosts, submitted_urls=own, limits=crawl.limits
            ):
                left = _unfetched(lead.url, FetchOutcome.NOT_REACHED)
                if lead.is_document and without_fragment(lead.url) not in seen:
                    steps.append(
                        ("walk", replace(left, found_on=lead.found_on, link_text=lead.link_text, depth=lead.depth))
                    )
        documents_left -= len(following)
        level = following
    steps.extend(await _seen_pictures(pictures, agency, crawl))
    return tuple(steps)


async def _followed(lead: Lead, agency: Agency, crawl: _Crawl, reading: Reading) -> tuple[Step, ...]:
    """The capture of a lead, and after it the page as it came when a rendering stands in its place."""
    capture = await _taken(lead, agency, crawl)
    capture = replace(capture, found_on=lead.found_on, link_text=lead.link_text, depth=lead.depth)
    return await _shown("walk", capture, agency, crawl, reading)


async def _shown(role: Role, capture: Capture, agency: Agency, crawl: _Crawl, reading: Reading) -> tuple[Step, ...]:
    shown = await crawl.shown(capture, agency, reading) if capture.depth <= MOST_RENDERED_DEPTH else capture
    return ((role, shown), ("static", capture)) if shown.rendered else ((role, capture),)


async def _taken(lead: Lead, agency: Agency, crawl: _Crawl) -> Capture:
    submitted = lead.depth == 0
    if submitted and not is_on(lead.url, agency.hosts) and agency.hosts:
        return _unfetched(lead.url, FetchOutcome.OFF_SITE)
    if not submitted and is_unreadable_service(lead.url):
        return _unfetched(lead.url, FetchOutcome.OFF_SITE)
    return await crawl.capture(lead.url, agency, submitted=submitted)


async def _seen_pictures(leads: Iterable[Lead], agency: Agency, crawl: _Crawl) -> list[Step]:
    distinct = list({lead.url: lead for lead in leads}.values())
    captures = await asyncio.gather(*(crawl.capture(lead.url, agency, submitted=False) for lead in distinct))
    return [
        ("picture", replace(capture, found_on=lead.found_on, link_text=lead.link_text, depth=lead.depth))
        for lead, capture in zip(distinct, captures, strict=True)
    ]


async def _home(agency: Agency, crawl: _Crawl, reading: Reading) -> tuple[Step, ...]:
    """The agency's home page, at the first of its hosts that answers."""
    steps: list[Step] = []
    for host in agency.hosts[:3]:
        capture = await crawl.capture(f"http://{host}/", agency, submitted=True)
        steps.extend(await _shown("home", capture, agency, crawl, reading))
        if capture.outcome.is_ok and is_on(capture.final_url, agency.hosts):
            break
    return tuple(steps)


async def site_pages(
    home_steps: Sequence[Step], submitted: Sequence[Capture], reading: Reading
) -> tuple[Document | None, tuple[Document, ...]]:
    """The agency's home page as read (None when it could not be), and the pages that show the frame of its site."""
    home: Document | None = None
    for role, capture in home_steps:
        if role == "home":
            home = home or (html_of(await reading.of(capture)) if capture.outcome.is_ok else None)
    pages = [page for c in submitted if c.outcome.is_ok and (page := html_of(await reading.of(c)))]
    return home, references(home, pages)


async def _page(url: str, agency: Agency, crawl: _Crawl, reading: Reading) -> Capture:
    """A submitted page as it will stand in the walk."""
    return await crawl.shown(await crawl.capture(url, agency, submitted=True), agency, reading)


@dataclass(frozen=True, slots=True)
class _Bench:
    """What judging needs beside the evidence."""

    checklist: Checklist
    vocabulary: Vocabulary
    judging: Judging
    as_of: date

    def findings(self, agency: Agency, submission: Submission, evidence: Evidence) -> tuple[Finding, ...]:
        item = self.checklist.items[submission.item]
        context = Context(FiscalYear(self.checklist.year_be), agency, self.as_of, self.vocabulary, item)
        return assess(item, submission, evidence, context, self.judging)


async def settled(
    bench: _Bench, agency: Agency, submission: Submission, steps: Sequence[Step], home: Document | None,
    site: Sequence[Document], reading: Reading,
) -> tuple[Finding, ...]:  # fmt: skip
    """The findings of a submission; its scans are read by OCR one after the other for as long as one is undecided.

    Which are read depends on the evidence alone, so that a replay reads the same.
    """
    evidence = await evidence_of(steps, home, site, reading)
    found = await asyncio.to_thread(bench.findings, agency, submission, evidence)
    read: set[str] = set()
    while reading.has_ocr and any(f.binding and f.outcome is Verdict.CANT_TELL for f in found):
        following = to_read_by_ocr(evidence, read)
        if following is None:
            break
        read.add(following)
        evidence = await evidence_of(steps, home, site, reading, read)
        found = await asyncio.to_thread(bench.findings, agency, submission, evidence)
    return found


async def crawl_agency(
    agency: Agency, submissions: Sequence[Submission], store: Store, run_id: str, crawl: _Crawl, readers: Readers,
    scans: KeptScans | None, bench: _Bench | None, progress: Progress,
) -> None:  # fmt: skip
    """Crawl one agency's submissions, keep what they led to, and assess each as soon as it is there.

    `scans` keeps what OCR read; None: no OCR.
    """
    reading = Reading(readers, store.bodies.get, scans)
    home_steps = await _home(agency, crawl, reading)
    store.record_submission(run_id, agency.id, HOME, home_steps)
    own = [u for s in submissions for u in s.urls if is_on(u, agency.hosts)]
    submitted = await asyncio.gather(*(_page(u, agency, crawl, reading) for u in dict.fromkeys(own)))
    home, site = await site_pages(home_steps, submitted, reading)

    async def one(submission: Submission) -> None:
        steps = await walk(submission, agency, crawl, reading, site)
        if any(capture.detail == RUN_LIMIT for _, capture in steps):
            return  # left to the run that goes on with this one
        store.record_submission(run_id, agency.id, submission.item, steps)
        if bench:
            store.add_findings(run_id, await settled(bench, agency, submission, steps, home, site, reading))
            progress.assessed(agency, submission.item)

    for group in _batches(submissions, 4):
        await asyncio.gather(*(one(s) for s in group))
    reading.forget()
    progress.agency_done(agency)


def _batches(submissions: Sequence[Submission], size: int) -> Iterable[Sequence[Submission]]:
    for start in range(0, len(submissions), size):
        yield submissions[start : start + size]


def crawl_limits(settings: Settings) -> CrawlLimits:
    c, n = settings.crawl, settings.network
    return CrawlLimits(
        delay_seconds=c.delay_seconds,
        connections_per_host=c.connections_per_host,
        connections=c.connections,
        attempts=c.attempts,
        retry_delay_seconds=c.retry_delay_seconds,
        connect_timeout_seconds=c.connect_timeout_seconds,
        total_timeout_seconds=c.total_timeout_seconds,
        max_bytes=c.max_bytes,
        max_redirects=c.max_redirects,
        respect_robots=c.respect_robots,
        max_documents_per_submission=c.max_documents_per_submission,
        max_depth=c.max_depth,
        allow_private=n.allow_private,
        connect_to=n.connect_to,
        allowed_ports=tuple(n.allowed_ports),
        user_agent=n.user_agent,
        contact=n.contact,
    )


def extract_limits(settings: Settings) -> ExtractLimits:
    e = settings.extract
    return ExtractLimits(
        seconds=e.seconds,
        memory_bytes=e.memory_bytes,
        pages=e.pages,
        rows=e.rows,
        ocr_seconds=settings.ocr.seconds,
        ocr_pages=settings.ocr.pages,
    )


@asynccontextmanager
async def workshop(settings: Settings) -> AsyncIterator[tuple[HttpFetcher, Browser | None, Readers]]:
    """The fetcher, the browser (None without one) and the reading processes of a run."""
    workers = settings.extract.workers or os.cpu_count() or 1
    async with AsyncExitStack() as stack:
        readers = await stack.enter_async_context(Readers(workers, extract_limits(settings)))
        limits = crawl_limits(settings)
        fetcher = await stack.enter_async_context(HttpFetcher(limits, clock=now))
        path = browser_path(settings)
        browser = Browser(fetcher, limits, clock=now, executable=path) if path else None
        yield fetcher, await stack.enter_async_context(browser) if browser else None, readers


def bench_of(settings: Settings, checklist: Checklist, vocabulary: Vocabulary, round_: Round, as_of: date) -> _Bench:
    return _Bench(checklist, vocabulary, Judging(round_.closes_on, settings.assessment.unconfirmed), as_of)


async def run_round(
    settings: Settings, store: Store, run: Run, inputs: Inputs, submissions: Sequence[Submission],
    bench: _Bench | None, progress: Progress,
) -> Outcome:  # fmt: skip
    """Crawl (and with a bench assess) every agency of a run that was begun, but for what it has behind it."""
    minutes, most = settings.crawl.max_minutes, settings.crawl.max_total_bytes
    budget = _Budget(now() + timedelta(minutes=minutes) if minutes else None, most or None)
    behind = store.reached(run.id, "assessed" if bench else "crawled")
    mine = {
        a.id: [s for s in submissions if s.agency_id == a.id and (a.id, s.item) not in behind] for a in inputs.agencies
    }
    progress.planned(len(inputs.agencies), sum(map(len, mine.values())))
    gate = asyncio.Semaphore(AGENCIES_AT_ONCE)
    async with workshop(settings) as (fetcher, browser, readers):
        crawl = _Crawl(fetcher, browser, store, crawl_limits(settings), budget, progress)
        # As the run says of itself, also when it is gone on with after tesseract was installed.
        scans = None if "ocr" in run.lacking else kept_scans(settings)

        async def one(agency: Agency) -> None:
            async with gate:
                if budget.spent():
                    budget.left_out.extend(u for s in mine[agency.id] for u in s.urls)
                elif mine[agency.id]:
                    await crawl_agency(agency, mine[agency.id], store, run.id, crawl, readers, scans, bench, progress)

        async with asyncio.TaskGroup() as group:
            for agency in inputs.agencies:
                group.create_task(one(agency))
    store.finish_run(run.id, "stopped" if budget.left_out else "done", now())
    return Outcome(run, not budget.left_out, tuple(budget.left_out))


def unfinished_run(
    store: Store, inputs: Inputs, submissions: Sequence[Submission], checklist: Checklist, as_of: date, stage: str
) -> Run | None:
    """The latest run of the round, if it was interrupted and is of the same inputs: then it is gone on with."""
    for record in store.runs():
        run = record.run
        if (run.year_be, run.round_id) != (inputs.year_be, inputs.round.id):
            continue
        alike = (
            record.state != "done"
            and (run.checklist_id, run.version, run.as_of) == (checklist.id, __version__, as_of.isoformat())
            and record.options.get("stage") == stage
            and store.agencies(run.id) == tuple(inputs.agencies)
            and store.submissions(run.id) == tuple(submissions)
        )
        return run if alike else None
    return None


def check_round(
    settings: Settings, store: Store, inputs: Inputs, checklist: Checklist, vocabulary: Vocabulary, as_of: date,
    wanted: Selection, progress: Progress, *, stage: Literal["crawl", "check"] = "check",
) -> Outcome:  # fmt: skip
    """Crawl a round, and for `check` assess it, as a new run. Raises RunBusyError when another run holds the round."""
    submissions = complete_submissions(inputs, wanted)
    holder = f"{socket.gethostname()}:{os.getpid()}"
    lease = store.hold_round(f"{inputs.year_be}/{inputs.round.id}", holder, now(), LEASE_SECONDS)
    try:
        store.save_inputs(inputs.year_be, inputs.agencies, inputs.submissions, (inputs.round,), received_at=now())
        run = unfinished_run(store, inputs, submissions, checklist, as_of, stage)
        if run is None:
            run = new_run(settings, inputs, checklist, as_of)
            store.begin_run(
                run, inputs.agencies, submissions, inputs.round, started_at=run.assessed_at, options={"stage": stage}
            )
        else:
            store.resume_run(run.id)
        bench = bench_of(settings, checklist, vocabulary, inputs.round, as_of) if stage == "check" else None

        async def held() -> Outcome:
            async def keep() -> None:
                nonlocal lease
                while True:
                    await asyncio.sleep(LEASE_SECONDS / 3)
                    lease = store.renew_round(lease, now(), LEASE_SECONDS)

            keeper = asyncio.ensure_future(keep())
            try:
                return await run_round(settings, store, run, inputs, submissions, bench, progress)
            finally:
                keeper.cancel()

        return asyncio.run(held())
    finally:
        store.release_round(lease)


def assess_round(
    settings: Settings, store: Store, record: RunRecord, checklist: Checklist, vocabulary: Vocabulary
) -> None:
    """Assess what a crawled run kept and has not assessed yet."""
    done = store.reached(record.run.id, "assessed")
    findings = judged(settings, store, record.run, checklist, vocabulary)
    store.add_findings(record.run.id, [f for f in findings if (f.agency_id, f.item) not in done])


def judged(
    settings: Settings, store: Store, run: Run, checklist: Checklist, vocabulary: Vocabulary
) -> tuple[Finding, ...]:
    """The findings of a run's kept captures under a checklist. Nothing is retrieved."""
    round_ = store.round(run.id)
    bench = bench_of(settings, checklist, vocabulary, round_, date.fromisoformat(run.as_of))
    return asyncio.run(_judged(settings, store, run, (bench,), Selection()))[0]


async def _judged(
    settings: Settings, store: Store, run: Run, benches: Sequence[_Bench], wanted: Selection
) -> tuple[tuple[Finding, ...], ...]:
    """The findings of a run's kept captures by each bench; every document is read once."""
    agencies = {a.id: a for a in store.agencies(run.id) if not wanted.agencies or a.id in wanted.agencies}
    submissions = {(s.agency_id, s.item): s for s in store.submissions(run.id)}
    trails: dict[str, dict[str, tuple[Step, ...]]] = {}
    found: tuple[list[Finding], ...] = tuple([] for _ in benches)
    for agency_id, item, steps in store.trail(run.id):
        trails.setdefault(agency_id, {})[item] = steps
    async with Readers(settings.extract.workers or os.cpu_count() or 1, extract_limits(settings)) as readers:
        for agency_id, walks in trails.items():
            if agency_id not in agencies:
                continue
            # A run that was crawled without OCR is replayed without it: the same captures, the same findings.
            with_ocr = bool(settings.ocr.enabled) and "ocr" not in run.lacking
            reading = Reading(readers, store.bodies.get, kept_scans(settings) if with_ocr else None)
            submitted = [
                c for item in walks if item != HOME for role, c in walks[item] if role == "walk" and c.depth == 0
            ]
            home, site = await site_pages(walks.get(HOME, ()), submitted, reading)
            for item in sorted((i for i in walks if i != HOME), key=natural_key):
                known = [n for n, bench in enumerate(benches) if item in bench.checklist.items]
                if not known or (wanted.items and item not in wanted.items):
                    continue
                submission = submissions[agency_id, item]
                for n in known:
                    found[n].extend(
                        await settled(benches[n], agencies[agency_id], submission, walks[item], home, site, reading)
                    )
    return tuple(tuple(one) for one in found)


def replay_run(settings: Settings, store: Store, run_id: str, folder: Path | None) -> tuple[Run, tuple[Finding, ...]]:
    """The findings of a run's kept captures under the installed checklist or the one in `folder`, network off."""
    record = store.run(run_id)
    checklist, vocabulary = checklist_of(record.run.year_be, folder)
    found = judged(settings, store, record.run, checklist, vocabulary)
    return replace(record.run, checklist_id=checklist.id, version=__version__, assessed_at=now()), found


# --- one page ---------------------------------------------------------------------------------------------------


async def try_page(
    settings: Settings, store: Store, urls: tuple[str, ...], agency: Agency, item: str, checklist: Checklist,
    vocabulary: Vocabulary, as_of: date,
) -> tuple[Finding, ...]:  # fmt: skip
    """One submission against one item, at once; `store` is a passing one."""
    async with workshop(settings) as (fetcher, browser, readers):
        crawl = _Crawl(fetcher, browser, store, crawl_limits(settings), _Budget(None, None), Silent())
        reading = Reading(readers, store.bodies.get, kept_scans(settings) if ocr_is_there(settings) else None)
        submission = Submission(agency.id, item, urls)
        home_steps = await _home(agency, crawl, reading)
        submitted = [await _page(u, agency, crawl, reading) for u in urls]
        home, site = await site_pages(home_steps, submitted, reading)
        steps = await walk(submission, agency, crawl, reading, site)
        bench = bench_of(settings, checklist, vocabulary, Round("", checklist.year_be), as_of)
        return await settled(bench, agency, submission, steps, home, site, reading)


# --- publish ----------------------------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class Published:
    """The pages of a run: the round page of each language, and the summary they were made from."""

    pages: Mapping[str, Path]
    view: RunView
    summary: Summary


def publish_run(
    settings: Settings, store: Store, record: RunRecord, checklist: Checklist, folder: Path | None = None,
    imported: RowCounts | None = None,
) -> Published:  # fmt: skip
    """Write the HTML reports of a run in Thai and English, with the kept copies they link to."""
    shown = run_view(store, record, checklist)
    target = folder or settings.data_dir / "reports" / record.run.id
    target.mkdir(parents=True, exist_ok=True)
    copies = kept_copies(store, shown.findings, target)
    page = publish(
        shown, target, "th", copy_href=copies.get, imported=imported, thai_digits=settings.report.thai_digits
    )
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


def messages_of(settings: Settings, language: Literal["th", "en"] | None = None) -> Messages:
    return Messages.load(language or settings.report.language, thai_digits=settings.report.thai_digits)


# --- two checklists over one run ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rejudged:
    """A run's kept captures judged by two checklists of its year."""

    run: Run
    old: Checklist
    new: Checklist
    old_findings: tuple[Finding, ...]
    new_findings: tuple[Finding, ...]


def diff_run(settings: Settings, store: Store, run_id: str, old: Path | None, new: Path, wanted: Selection) -> Rejudged:
    """Judge what a run kept by the checklists of two folders (None: the installed one), each document read once.

    Nothing is retrieved or stored. Raises SettingsError for an agency or item that neither the run nor one of the
    checklists knows.
    """
    run = store.run(run_id).run
    loaded = [checklist_of(run.year_be, folder) for folder in (old, new)]
    items = tuple(dict.fromkeys(i for checklist, _ in loaded for i in checklist.items))
    agencies = tuple(a.id for a in store.agencies(run.id))
    for option, asked, known in (("--agency", wanted.agencies, agencies), ("--item", wanted.items, items)):
        for one in asked:
            if one not in known:
                raise SettingsError(f"run {run.id} knows no {one!r}", where=option, remedy=_nearest(one, known))
    as_of = date.fromisoformat(run.as_of)
    benches = [bench_of(settings, checklist, words, store.round(run.id), as_of) for checklist, words in loaded]
    before, after = asyncio.run(_judged(settings, store, run, benches, wanted))
    return Rejudged(run, loaded[0][0], loaded[1][0], before, after)


# --- one case of the fixtures -------------------------------------------------------------------------------------


async def gathered(
    submission: Submission, agency: Agency, fetcher: Fetcher, keeper: Keeper, readers: Readers, limits: CrawlLimits
) -> Evidence:
    """What one submission leads to through a fetcher, at once, without browser and OCR; the bodies go to `keeper`."""
    crawl = _Crawl(fetcher, None, keeper, limits, _Budget(None, None), Silent())
    reading = Reading(readers, keeper.bodies.get)
    home_steps = await _home(agency, crawl, reading)
    submitted = [await _page(u, agency, crawl, reading) for u in submission.urls]
    home, site = await site_pages(home_steps, submitted, reading)
    steps = await walk(submission, agency, crawl, reading, site)
    return await evidence_of(steps, home, site, reading)
