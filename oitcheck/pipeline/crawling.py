"""From a submission to what was retrieved for it: its pages, what they lead to, the agency's home page."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from oitcheck.crawl.browser import Browser
from oitcheck.crawl.drive import is_folder_listing, is_unreadable_service
from oitcheck.crawl.fetching import Fetched, Fetcher
from oitcheck.crawl.limits import CrawlLimits
from oitcheck.crawl.walk import Lead, figures_to_fetch, links_left_out, links_to_follow
from oitcheck.extract.frame import marked
from oitcheck.extract.isolation import Readers
from oitcheck.gathering import Reading, Step, evidence_of, html_of, needs_browser, references
from oitcheck.lib.urls import is_on, without_fragment
from oitcheck.model.agency import Agency, Submission
from oitcheck.model.evidence import Capture, Document, Evidence, FetchOutcome
from oitcheck.pipeline.clock import now
from oitcheck.store.records import Role

# Pages further away than this are lists on the way to a document; what they show is not worth a browser.
MOST_RENDERED_DEPTH = 1
RUN_LIMIT = "limit of the run"


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


@dataclass(slots=True)
class Budget:
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


class Crawl:
    """The retrievals of one run: each URL once, bodies kept, progress told."""

    def __init__(
        self, fetcher: Fetcher, browser: Browser | None, store: Keeper, limits: CrawlLimits, budget: Budget,
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
    submission: Submission, agency: Agency, crawl: Crawl, reading: Reading, site: Sequence[Document]
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
            is_listing = is_folder_listing(taken.final_url)  # its pictures are those of kinds of files
            pictures.extend(figures_to_fetch(page, crawl.limits) if taken.depth <= 1 and not is_listing else ())
            if taken.depth > crawl.limits.max_depth:
                continue
            for lead in links_to_follow(
                page, depth=taken.depth, hosts=agency.hosts, submitted_urls=own, limits=crawl.limits
            ):
                bare = without_fragment(lead.url)
                if bare not in seen and len(following) < documents_left:
                    seen.add(bare)
                    following.append(lead)
            if taken.depth == crawl.limits.max_depth and not is_listing:
                continue
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


async def _followed(lead: Lead, agency: Agency, crawl: Crawl, reading: Reading) -> tuple[Step, ...]:
    """The capture of a lead, and after it the page as it came when a rendering stands in its place."""
    capture = await _taken(lead, agency, crawl)
    capture = replace(capture, found_on=lead.found_on, link_text=lead.link_text, depth=lead.depth)
    return await _shown("walk", capture, agency, crawl, reading)


async def _shown(role: Role, capture: Capture, agency: Agency, crawl: Crawl, reading: Reading) -> tuple[Step, ...]:
    shown = await crawl.shown(capture, agency, reading) if capture.depth <= MOST_RENDERED_DEPTH else capture
    return ((role, shown), ("static", capture)) if shown.rendered else ((role, capture),)


async def _taken(lead: Lead, agency: Agency, crawl: Crawl) -> Capture:
    submitted = lead.depth == 0
    if submitted and not is_on(lead.url, agency.hosts) and agency.hosts:
        return _unfetched(lead.url, FetchOutcome.OFF_SITE)
    if not submitted and is_unreadable_service(lead.url):
        return _unfetched(lead.url, FetchOutcome.OFF_SITE)
    return await crawl.capture(lead.url, agency, submitted=submitted)


async def _seen_pictures(leads: Iterable[Lead], agency: Agency, crawl: Crawl) -> list[Step]:
    distinct = list({lead.url: lead for lead in leads}.values())
    captures = await asyncio.gather(*(crawl.capture(lead.url, agency, submitted=False) for lead in distinct))
    return [
        ("picture", replace(capture, found_on=lead.found_on, link_text=lead.link_text, depth=lead.depth))
        for lead, capture in zip(distinct, captures, strict=True)
    ]


async def home_page(agency: Agency, crawl: Crawl, reading: Reading) -> tuple[Step, ...]:
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


async def submitted_page(url: str, agency: Agency, crawl: Crawl, reading: Reading) -> Capture:
    """A submitted page as it will stand in the walk."""
    return await crawl.shown(await crawl.capture(url, agency, submitted=True), agency, reading)


async def gathered(
    submission: Submission, agency: Agency, fetcher: Fetcher, keeper: Keeper, readers: Readers, limits: CrawlLimits
) -> Evidence:
    """What one submission leads to through a fetcher, at once, without browser and OCR; the bodies go to `keeper`."""
    crawl = Crawl(fetcher, None, keeper, limits, Budget(None, None), Silent())
    reading = Reading(readers, keeper.bodies.get)
    home_steps = await home_page(agency, crawl, reading)
    submitted = [await submitted_page(u, agency, crawl, reading) for u in submission.urls]
    home, site = await site_pages(home_steps, submitted, reading)
    steps = await walk(submission, agency, crawl, reading, site)
    return await evidence_of(steps, home, site, reading)
