"""The tools of a run as the settings want them: fetcher, browser, reading processes, OCR; and what is lacking."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Literal

from oitcheck.crawl.browser import Browser, find_browser
from oitcheck.crawl.http import HttpFetcher
from oitcheck.crawl.limits import CrawlLimits
from oitcheck.crawl.rendered_hosts import RenderedHosts
from oitcheck.extract.isolation import Readers
from oitcheck.extract.kept_readings import KeptReadings
from oitcheck.extract.limits import ExtractLimits
from oitcheck.pipeline.clock import now, today
from oitcheck.pipeline.program import reading_version
from oitcheck.report.messages import Messages
from oitcheck.settings import Settings

if TYPE_CHECKING:  # only the reading processes import the reading libraries
    from oitcheck.extract.ocr import KeptScans


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


def kept_readings(settings: Settings, missing: tuple[str, ...]) -> KeptReadings:
    """Where the data folder keeps what was read of files; `missing`: what a run says that it does without."""
    return KeptReadings(settings.data_dir / "readings", reading_version(extract_limits(settings), missing))


def browser_path(settings: Settings) -> str | None:
    """The browser that pages are rendered with; None when there is none, or it is not to be used."""
    return find_browser() if settings.browser.enabled else None


def rendered_hosts(settings: Settings) -> RenderedHosts:
    """The hosts that are known to need the browser."""
    return RenderedHosts(settings.data_dir, today(), settings.browser.remember_days)


def messages_of(settings: Settings, language: Literal["th", "en"] | None = None) -> Messages:
    return Messages.load(language or settings.report.language)


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
        memory = settings.browser.memory_bytes
        browser = Browser(fetcher, limits, clock=now, executable=path, memory_bytes=memory) if path else None
        yield fetcher, await stack.enter_async_context(browser) if browser else None, readers
