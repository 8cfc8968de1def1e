"""From a submission to what was retrieved for it: its pages, what they lead to, the agency's home page."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from oitcheck.crawl.browser import NOT_RENDERED, Browser
from oitcheck.crawl.drive import is_book_service, is_folder_listing, is_service_page, is_unreadable_service
from oitcheck.crawl.fetching import Fetched, Fetcher
from oitcheck.crawl.limits import CrawlLimits
from oitcheck.crawl.rendered_hosts import RenderedHosts
from oitcheck.crawl.walk import Lead, figures_to_fetch, links_left_out, links_to_follow
from oitcheck.extract.frame import marked
from oitcheck.extract.isolation import Readers
from oitcheck.gathering import Reading, Step, evidence_of, html_of, needs_browser, references, shows_more
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


@dataclass(frozen=True, slots=True)
class Look:
    """A page as a browser shows it, and the picture of it; or the page as it came, without one."""

    page: Capture
    screenshot: Capture | None = None


class Crawl:
    """The retrievals of one run: each URL once, bodies kept, progress told.

    `hosts` are those known to need the browser; without them none is known, and nothing is learned.
    """

    def __init__(
        self, fetcher: Fetcher, browser: Browser | None, store: Keeper, limits: CrawlLimits, budget: Budget,
        progress: Progress, hosts: RenderedHosts | None = None,
    ) -> None:  # fmt: skip
        self.limits = limits
        self._fetcher = fetcher
        self._browser = browser
        self._store = store
        self._budget = budget
        self._progress = progress
        self._known: dict[tuple[str, bool], asyncio.Future[Capture]] = {}
        self._hosts = hosts
        self._rendered: dict[str, asyncio.Future[Look | None]] = {}

    @property
    def has_browser(self) -> bool:
        """Whether pages can be rendered at all."""
        return self._browser is not None

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

    async def shown(
        self, capture: Capture, agency: Agency, reading: Reading, *, insist: bool = False, at_once: bool = False
    ) -> Look:
        """The page as a browser shows it, rendered once a run; the capture itself when it needs or has no browser.

        A page that says enough without one is shown in it when somebody insists, or `at_once` when its host is known to
        need one, and only where its scripts may bring more; the capture stays when they bring nothing. When the browser
        fails to show it, that is noted in the capture: nobody may say what is not on such a page.
        """
        if self._browser is None or not capture.outcome.is_ok:
            return Look(capture)
        read = await reading.of(capture)
        page = html_of(read)
        needed = needs_browser(read)
        insist = insist or (at_once and self._hosts is not None and self._hosts.needs_browser(capture.final_url))
        if not needed and not (insist and page is not None and page.scripted):
            return Look(capture)
        # An anchor does not change what a page shows, a route in the fragment does.
        route = capture.url.partition("#")[2]
        key = f"{capture.final_url}#{route}" if route.startswith(("/", "!")) else capture.final_url
        if key not in self._rendered:
            self._rendered[key] = asyncio.ensure_future(self._render(capture, agency))
        look = await self._rendered[key]
        if look is None and (needed or self._browser.given_up or self._budget.spent()):
            return Look(capture)
        if look is None:
            return Look(replace(capture, detail="; ".join(filter(None, (capture.detail, NOT_RENDERED)))))
        more = shows_more(html_of(await reading.of(look.page)), page)
        if not needed and not more:
            return Look(capture)
        if more and self._hosts:
            self._hosts.learn(capture.final_url)
        return Look(_in_place(look.page, capture), look.screenshot and _in_place(look.screenshot, capture))

    async def _render(self, capture: Capture, agency: Agency) -> Look | None:
        if self._browser is None or self._budget.spent():
            return None
        fetched = await self._browser.render(capture, agency.hosts)
        if fetched is None:
            return None
        for each in (fetched, fetched.screenshot):
            if each:
                self._budget.pay(len(each.body))
                await asyncio.to_thread(self._store.bodies.put, each.body)
        return Look(fetched.capture, fetched.screenshot.capture if fetched.screenshot else None)


def _in_place(shown: Capture, capture: Capture) -> Capture:
    """A rendering at the place of `capture` in a walk."""
    return replace(shown, url=capture.url, found_on=capture.found_on, link_text=capture.link_text, depth=capture.depth)


def _unfetched(url: str, outcome: FetchOutcome) -> Capture:
    return Capture(url, url, (), outcome, 0, now())


async def walk(
    submission: Submission, agency: Agency, crawl: Crawl, reading: Reading, site: Sequence[Document], *,
    insist: bool = False,
) -> tuple[Step, ...]:  # fmt: skip
    """Retrieve what a submission leads to: its URLs, then level by level the documents and pages they link to.

    With `insist` the submitted pages are shown in the browser wherever their scripts may bring more.
    """
    steps: list[Step] = []
    seen: set[str] = set()
    level = [Lead(url, "", "", 0) for url in submission.urls]
    own = tuple(submission.urls)
    pictures: list[Lead] = []
    documents_left = crawl.limits.max_documents_per_submission
    while level:
        pages = await asyncio.gather(*(_followed(lead, agency, crawl, reading, insist) for lead in level))
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


async def _followed(
    lead: Lead, agency: Agency, crawl: Crawl, reading: Reading, insist: bool
) -> tuple[Step, ...]:  # fmt: skip
    """The capture of a lead; after a rendering the page as it came, in whose place it stands, and the picture of it."""
    capture = await _taken(lead, agency, crawl)
    capture = replace(capture, found_on=lead.found_on, link_text=lead.link_text, depth=lead.depth)
    if capture.depth > MOST_RENDERED_DEPTH or is_book_service(capture.final_url) or is_service_page(capture):
        return (("walk", capture),)
    is_first = capture.depth == 0
    return _steps(
        "walk", capture, await crawl.shown(capture, agency, reading, insist=insist and is_first, at_once=is_first)
    )


def _steps(role: Role, capture: Capture, look: Look) -> tuple[Step, ...]:
    if not look.page.rendered:
        return ((role, look.page),)
    steps: tuple[Step, ...] = ((role, look.page), ("static", capture))
    return (*steps, ("screenshot", look.screenshot)) if look.screenshot else steps


async def may_show_more(steps: Sequence[Step], reading: Reading) -> bool:
    """Whether a submitted page stands in a walk as it came, and its scripts may bring more."""
    for role, capture in steps:
        if role == "walk" and capture.depth == 0 and capture.outcome.is_ok and not capture.rendered:
            page = html_of(await reading.of(capture))
            if page is not None and page.scripted:
                return True
    return False


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
        steps.extend(_steps("home", capture, await crawl.shown(capture, agency, reading)))
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
    """A submitted page as it came, or as rendered when it says nothing without the browser: see `submitted_in`."""
    return (await crawl.shown(await crawl.capture(url, agency, submitted=True), agency, reading)).page


async def submitted_in(steps: Sequence[Step], reading: Reading) -> list[Capture]:
    """The submitted pages of a kept walk as `submitted_page` gave them.

    What the frame of a site is must not depend on which of its pages were shown in the browser for the rules' sake.
    """
    found: list[Capture] = []
    for number, (role, capture) in enumerate(steps):
        if role != "walk" or capture.depth:
            continue
        following = steps[number + 1 : number + 2]
        static = next((other for kind, other in following if kind == "static"), None)
        is_needed = static is None or needs_browser(await reading.of(static))
        found.append(capture if static is None or is_needed else static)
    return found


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
