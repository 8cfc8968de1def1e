"""From a submission to what was retrieved for it: its pages, what they lead to, the agency's home page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

from oitcheck.crawl.addresses import invites_to_open, is_document_address, is_home_of
from oitcheck.crawl.drive import is_book_service, is_folder_listing, is_service_page, is_unreadable_service
from oitcheck.crawl.fetching import Fetcher
from oitcheck.crawl.limits import CrawlLimits
from oitcheck.crawl.walk import Lead, any_text, chosen, figures_to_fetch, leads_of
from oitcheck.extract.frame import marked
from oitcheck.extract.isolation import Readers
from oitcheck.gathering import Reading, Step, evidence_of, html_of, needs_browser, references
from oitcheck.lib.urls import is_on, without_fragment
from oitcheck.model.agency import Agency, Submission
from oitcheck.model.evidence import Capture, Document, Evidence, FetchOutcome
from oitcheck.pipeline.budget import Budget, Silent
from oitcheck.pipeline.crawling import RUN_LIMIT, Crawl, Keeper, Look, unfetched
from oitcheck.store.records import Role

# Pages further away than this are lists on the way to a document; what they show is not worth a browser.
MOST_RENDERED_DEPTH = 1
# So many that were not followed tell as much as more would; a list of news may have hundreds, on every item's page.
MOST_LEFT_OUT = 20
MOST_FRAMES = 2  # within each other that are taken for parts of one page
MOST_HOSTS = 3  # of an agency that are tried for its home page


async def walk(
    submission: Submission, agency: Agency, crawl: Crawl, reading: Reading, site: Sequence[Document], *,
    insist: bool = False, is_wanted: Callable[[str], bool] = any_text,
) -> tuple[Step, ...]:  # fmt: skip
    """Retrieve what a submission leads to: its URLs, then level by level the documents and pages they link to.

    With `insist` the submitted pages are shown in the browser wherever their scripts may bring more; without it those
    of hosts that are known to need it. Where there is not room for all links, those whose text `is_wanted` come first;
    the others stand in the walk as not reached.
    """
    steps: list[Step] = []
    seen: set[str] = set()
    level = [Lead(url, "", "", 0) for url in submission.urls]
    pictures: list[Lead] = []
    left_out: dict[str, Lead] = {}
    frames: dict[str, int] = {}  # by address how many frames within each other lead to it
    menus = _frames_of_home(site, submission, agency)
    documents_left = crawl.limits.max_documents_per_submission
    while level:
        pages = await asyncio.gather(*(followed(lead, agency, crawl, reading, insist=insist) for lead in level))
        found: dict[str, Lead] = {}
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
            # What a page embeds is part of it, and no step on the way.
            embedded = min(frames.get(without_fragment(taken.url), 0), MOST_FRAMES)
            depth = taken.depth - embedded
            if depth > crawl.limits.max_depth:
                continue
            leads = leads_of(
                page, depth=depth, hosts=agency.hosts, submitted_urls=submission.urls, limits=crawl.limits,
                is_wanted=is_wanted,
            )  # fmt: skip
            for into, those in ((found, leads.to_follow), (left_out, leads.left_out)):
                for lead in those:
                    bare = without_fragment(lead.url)
                    if bare in menus and lead.embedded:
                        continue
                    frames.setdefault(bare, embedded + lead.embedded)
                    into.setdefault(bare, replace(lead, depth=lead.depth + embedded))
        following = chosen((lead for url, lead in found.items() if url not in seen), documents_left, is_wanted)
        seen.update(without_fragment(lead.url) for lead in following)
        left_out.update((url, lead) for url, lead in found.items() if url not in seen)
        documents_left -= len(following)
        level = following
    left = (lead for url, lead in left_out.items() if url not in seen)
    # Those that name nothing may hold anything, and are told before those that name something else.
    may_hold = partial(_may_hold, is_wanted)
    steps.extend(_not_reached(lead) for lead in chosen(left, MOST_LEFT_OUT, may_hold))
    steps.extend(await _seen_pictures(pictures, agency, crawl))
    return tuple(steps)


def _may_hold(is_wanted: Callable[[str], bool], text: str) -> bool:
    return is_wanted(text) or not text.strip() or invites_to_open(text)


def _frames_of_home(site: Iterable[Document], submission: Submission, agency: Agency) -> frozenset[str]:
    """The pages that the home page shows in frames: menu and head of an old site, wherever they are shown again."""
    homes = [page for page in site if is_home_of(page.capture.final_url, agency.hosts)]
    links = [link for page in homes for section in page.sections for link in section.links if link.embedded]
    found = {without_fragment(link.url) for link in links if is_on(link.url, agency.hosts)}
    return frozenset(url for url in found if not is_document_address(url)) - set(submission.urls)


def _not_reached(lead: Lead) -> Step:
    capture = unfetched(lead.url, FetchOutcome.NOT_REACHED)
    return "walk", replace(capture, found_on=lead.found_on, link_text=lead.name, depth=lead.depth)


async def followed(
    lead: Lead, agency: Agency, crawl: Crawl, reading: Reading, *, insist: bool = False, at_once: bool = True
) -> tuple[Step, ...]:
    """The capture of a lead; after a rendering the page as it came, in whose place it stands, and the picture of it.

    `insist` and `at_once` (see `Crawl.shown`) are for submitted pages.
    """
    capture = await _taken(lead, agency, crawl, reading)
    capture = replace(capture, found_on=lead.found_on, link_text=lead.link_text, depth=lead.depth)
    if capture.depth > MOST_RENDERED_DEPTH or is_book_service(capture.final_url) or is_service_page(capture):
        return (("walk", capture),)
    first = capture.depth == 0
    look = await crawl.shown(capture, agency, reading, insist=insist and first, at_once=at_once and first)
    return _steps("walk", capture, look)


def _steps(role: Role, capture: Capture, look: Look) -> tuple[Step, ...]:
    if not look.page.rendered:
        return ((role, look.page),)
    steps: tuple[Step, ...] = ((role, look.page), ("static", capture))
    return (*steps, ("screenshot", look.screenshot)) if look.screenshot else steps


def is_cut(steps: Iterable[Step]) -> bool:
    """Whether a limit of the run left something out."""
    return any(capture.detail == RUN_LIMIT for _, capture in steps)


async def may_show_more(steps: Sequence[Step], reading: Reading) -> bool:
    """Whether a submitted page stands in a walk as it came, and its scripts may bring more."""
    for role, capture in steps:
        if role == "walk" and capture.depth == 0 and capture.outcome.is_ok and not capture.rendered:
            page = html_of(await reading.of(capture))
            if page is not None and page.scripted:
                return True
    return False


async def _taken(lead: Lead, agency: Agency, crawl: Crawl, reading: Reading) -> Capture:
    submitted = lead.depth == 0
    if submitted and not is_on(lead.url, agency.hosts) and agency.hosts:
        return unfetched(lead.url, FetchOutcome.OFF_SITE)
    if not submitted and is_unreadable_service(lead.url):
        return unfetched(lead.url, FetchOutcome.OFF_SITE)
    return await crawl.capture(lead.url, agency, submitted=submitted, reading=reading)


async def _seen_pictures(leads: Iterable[Lead], agency: Agency, crawl: Crawl) -> list[Step]:
    distinct = list({lead.url: lead for lead in leads}.values())
    captures = await asyncio.gather(*(crawl.capture(lead.url, agency, submitted=False) for lead in distinct))
    return [
        ("picture", replace(capture, found_on=lead.found_on, link_text=lead.link_text, depth=lead.depth))
        for lead, capture in zip(distinct, captures, strict=True)
    ]


async def is_answered(agency: Agency, crawl: Crawl, reading: Reading) -> bool:
    """Whether one of the agency's sites is answered at all; True where none is known, or no page may be asked for."""
    for host in agency.hosts[:MOST_HOSTS]:
        if await crawl.answers(f"http://{host}/", agency, reading):
            return True
    return not agency.hosts


async def home_page(agency: Agency, crawl: Crawl, reading: Reading) -> tuple[Step, ...]:
    """The agency's home page, at the first of its hosts that answers."""
    steps: list[Step] = []
    for host in agency.hosts[:MOST_HOSTS]:
        capture = await crawl.capture(f"http://{host}/", agency, submitted=True, reading=reading)
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
            home = home or (html_of(await reading.of(capture.as_received)) if capture.outcome.is_ok else None)
    pages = [page for c in submitted if c.outcome.is_ok and (page := html_of(await reading.of(c.as_received)))]
    return home, references(home, pages)


async def submitted_page(url: str, agency: Agency, crawl: Crawl, reading: Reading) -> Capture:
    """A submitted page as it came, or as rendered when it says nothing without the browser: see `submitted_in`."""
    capture = await crawl.capture(url, agency, submitted=True, reading=reading)
    return (await crawl.shown(capture, agency, reading)).page


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
