"""The light check: is each agency's main website reachable now? One request a site, kept, never part of a verdict."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime

from oitcheck.crawl.fetching import Fetcher
from oitcheck.crawl.http import HttpFetcher
from oitcheck.crawl.limits import CrawlLimits
from oitcheck.lib.urls import host_of
from oitcheck.model.agency import Agency
from oitcheck.model.availability import WebsiteCheck
from oitcheck.model.evidence import Capture
from oitcheck.pipeline.clock import now
from oitcheck.pipeline.judging import HOME
from oitcheck.pipeline.walking import MOST_HOSTS
from oitcheck.pipeline.workshop import crawl_limits
from oitcheck.settings import Settings
from oitcheck.store.records import Store

_AT_ONCE = 8
_MOST_BYTES = 2 * 1024 * 1024
_ATTEMPTS = 2
# With fewer sites than this, all of them may well be down at once.
_FEWEST_TO_BLAME_US = 3

# What a check waited for the sake of politeness; it is no part of how fast a site answers.
_waited: ContextVar[list[float] | None] = ContextVar("waited", default=None)


async def _sleep(seconds: float) -> None:
    waited = _waited.get()
    if waited is not None:
        waited.append(seconds)
    await asyncio.sleep(seconds)


def check_websites(settings: Settings, store: Store, agencies: Sequence[Agency]) -> tuple[WebsiteCheck, ...]:
    """Call the home page of every agency that has a known website, and keep how it answered."""
    limits = replace(crawl_limits(settings), attempts=_ATTEMPTS, max_bytes=_MOST_BYTES, max_depth=0)
    checks = asyncio.run(_checked(agencies, limits))
    store.websites.add(checks)
    return checks


async def _checked(agencies: Sequence[Agency], limits: CrawlLimits) -> tuple[WebsiteCheck, ...]:
    gate = asyncio.Semaphore(_AT_ONCE)
    async with HttpFetcher(limits, clock=now, sleep=_sleep) as fetcher:

        async def one(agency: Agency) -> WebsiteCheck:
            async with gate:
                return await reached(agency, fetcher, time.monotonic)

        checks = await asyncio.gather(*(one(a) for a in agencies if a.hosts))
    return counted(checks)


async def reached(agency: Agency, fetcher: Fetcher, monotonic: Callable[[], float]) -> WebsiteCheck:
    """The check of one agency: the first of its hosts that answers, else how the first of them ended."""
    found: list[WebsiteCheck] = []
    for host in agency.hosts[:MOST_HOSTS]:
        waited: list[float] = []
        _waited.set(waited)
        began = monotonic()
        fetched = await fetcher.fetch(f"http://{host}/", submitted=True, hosts=agency.hosts)
        took = max(monotonic() - began - sum(waited), 0.0)
        check = check_of(agency.id, fetched.capture, round(took * 1000))
        if check.reached:
            return check
        found.append(check)
    return found[0]


def check_of(agency_id: str, capture: Capture, milliseconds: int | None = None) -> WebsiteCheck:
    return WebsiteCheck(agency_id, capture.fetched_at, capture.url, capture.outcome, capture.http_status, milliseconds)


def counted(checks: Sequence[WebsiteCheck], others: Sequence[WebsiteCheck] = ()) -> tuple[WebsiteCheck, ...]:
    """The checks of one pass; none of them counts when no site at all answered and there were several.

    Agencies on one host are one site. `others` are those of the pass that this one completes: a second look at sites
    in trouble alone says nothing of our own network where the rest answered.
    """
    answered = any(c.http_status for c in (*checks, *others))
    if answered or len({host_of(c.url) for c in checks}) < _FEWEST_TO_BLAME_US:
        return tuple(checks)
    return tuple(replace(c, counts=False) for c in checks)


def websites_of_run(store: Store, run_id: str) -> tuple[WebsiteCheck, ...]:
    """How a crawl reached the home pages: kept as checks too, so that a long night leaves no gap in the record."""
    completes = store.nights.completed_by(run_id)
    checks = counted(_home_pages(store, run_id), _home_pages(store, completes) if completes else ())
    store.websites.add(checks)
    return checks


def _home_pages(store: Store, run_id: str) -> tuple[WebsiteCheck, ...]:
    by_agency: dict[str, list[WebsiteCheck]] = {}
    for agency_id, item, steps in store.trail(run_id):
        if item == HOME:
            by_agency[agency_id] = [check_of(agency_id, c) for role, c in steps if role == "home"]
    return tuple(next((c for c in found if c.reached), found[0]) for found in by_agency.values() if found)


def registered_websites(store: Store, years_be: Sequence[int]) -> tuple[Agency, ...]:
    """The agencies of the latest of these fiscal years that each is registered in, by id."""
    latest: dict[str, Agency] = {}
    for year in sorted(years_be):
        latest.update({a.id: a for a in store.registered_agencies(year)})
    return tuple(latest[key] for key in sorted(latest))


def checks_since(store: Store, since: datetime, agencies: Sequence[Agency]) -> dict[str, tuple[WebsiteCheck, ...]]:
    """The kept checks of each agency since an instant, in order of time."""
    found: dict[str, list[WebsiteCheck]] = {a.id: [] for a in agencies}
    for check in store.websites.since(since, found):
        found[check.agency_id].append(check)
    return {agency_id: tuple(rows) for agency_id, rows in found.items()}
