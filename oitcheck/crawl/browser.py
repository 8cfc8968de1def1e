"""Pages that need a browser: Chromium without a network of its own, fed by our fetcher, started when first needed."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape, unescape
from types import TracebackType
from urllib.parse import urlsplit

from oitcheck.crawl.fetching import Fetched, Fetcher
from oitcheck.crawl.limits import CrawlLimits
from oitcheck.crawl.outcomes import Answer, outcome_of
from oitcheck.crawl.pages import decoded
from oitcheck.crawl.rendering import Pace, Rendering, Shown
from oitcheck.crawl.rendering_process import MEMORY_BYTES, Processes
from oitcheck.crawl.rendering_requests import MOST_KEPT_LOOKS_BYTES, KeptParts, PageRequests, is_page
from oitcheck.model.evidence import SCREENSHOT_OF, Capture, FetchOutcome

log = logging.getLogger(__name__)

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PAGES_AT_ONCE = 2
MOST_MISSING_TOLD = 5
INCOMPLETE = "rendered without: "
NOT_RENDERED = "the browser did not show it"


@dataclass(frozen=True, slots=True)
class Rendered(Fetched):
    """A page as a browser shows it, and how it looked there: a JPEG picture with a capture of its own, or None.

    The picture's `detail` names the sha256 of the page it is of. `parts`: how all ended that the page was made of, the
    document first.
    """

    screenshot: Fetched | None = None
    parts: tuple[Capture, ...] = ()


def find_browser() -> str | None:
    """The path of an installed Chromium or Chrome, None when there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def is_incomplete(capture: Capture) -> bool:
    """Whether a rendered page lacks something that it asked for and a visitor might have got, or a page that should
    have been rendered was not."""
    return (capture.rendered and INCOMPLETE in capture.detail) or NOT_RENDERED in capture.detail


class Browser:
    """Renders captures; use it as an async context manager, one for each pass. Nothing runs until the first page.

    Every request of a page goes through `fetcher`, with its guard, limits and politeness. `clock` gives aware UTC
    instants. With no `executable`, nothing is ever rendered.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        limits: CrawlLimits,
        *,
        clock: Callable[[], datetime],
        executable: str | None,
        pace: Pace | None = None,
        memory_bytes: int = MEMORY_BYTES,
    ) -> None:
        self._fetcher = fetcher
        self._limits = limits
        self._clock = clock
        self._pace = pace or Pace()
        self._gate = asyncio.Semaphore(PAGES_AT_ONCE)
        self._scripts = KeptParts()
        self._looks = KeptParts(MOST_KEPT_LOOKS_BYTES)
        self._processes = Processes(executable, limits.agent_line, memory_bytes) if executable else None

    async def __aenter__(self) -> Browser:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._scripts.close()
        if self._processes:
            await self._processes.aclose()

    @property
    def pid(self) -> int:
        """The main process of the browser that is running, 0 when none is."""
        return self._processes.pid if self._processes else 0

    async def render(self, capture: Capture, hosts: tuple[str, ...] = ()) -> Rendered | None:
        """The page of a capture as a visitor sees it, everything opened; None when the browser cannot show it.

        The body is the DOM in UTF-8; a PDF file that a script of the page brought stands at its end as `<embed>`. A
        route in the fragment of `capture.url` (`#/…`) is gone to. `hosts` are the agency's own.
        A crash or a hang of the browser gives None; the next page gets a new one.
        """
        fetched = await self._rendered(capture, hosts)
        if fetched and fetched.capture.outcome.is_permanent:
            # As with every page: absent is only what was so twice.
            again = await self._rendered(capture, hosts)
            if again is None or again.capture.outcome is not fetched.capture.outcome:
                return again
            return replace(again, capture=replace(again.capture, attempts=2))
        return fetched

    async def _rendered(self, capture: Capture, hosts: tuple[str, ...]) -> Rendered | None:
        if self._processes is None or self._processes.given_up:
            return None
        async with self._gate:
            document = await self._fetcher.fetch(capture.final_url, submitted=True, hosts=hosts)
            if not document.capture.outcome.is_ok or not is_page(document):
                return None
            url = document.capture.final_url + _route(capture.url)
            found = await self._shown(self._processes, url, document, hosts)
        return self._fetched(capture, *found, hosts) if found else None

    async def _shown(
        self, processes: Processes, url: str, document: Fetched, hosts: tuple[str, ...]
    ) -> tuple[PageRequests, Shown] | None:
        for is_last in (False, True):
            process = None
            requests = PageRequests(self._fetcher, self._scripts, self._looks, document, hosts)
            try:
                process = await processes.current()
                async with processes.page(process, requests) as page:
                    shown = await Rendering(page, requests, self._pace, self._limits.delay_seconds).run(url)
                return (requests, shown) if shown else None
            except Exception as error:  # a browser may fail in any way, and must not end a run
                # Killed because the page beside it hung, or died of any of its pages: mostly no fault of this one.
                if not is_last and process and process.died_of_another(requests):
                    continue
                reason = str(error).split("\n")[0][:200] or type(error).__name__
                log.warning("%s was not rendered: %s", url, reason)
                return None
            finally:
                requests.close()
        return None

    def _fetched(self, capture: Capture, requests: PageRequests, shown: Shown, hosts: tuple[str, ...]) -> Rendered:
        body = _with_files(shown).encode("utf-8", "replace")
        document = requests.shown.capture
        headers = dict(document.headers)
        url = shown.url
        redirects = capture.redirects if url == capture.final_url else (*capture.redirects, url)
        answer = Answer(capture.url, url, document.http_status, headers, "text/html", decoded(body, "utf-8"), redirects)
        outcome, sign = outcome_of(answer, hosts)
        missing = shown.missing
        told = "; ".join(missing[:MOST_MISSING_TOLD]) + ("; …" if len(missing) > MOST_MISSING_TOLD else "")
        details = (document.detail, sign, INCOMPLETE + told if missing else "")
        rendered = replace(
            capture,
            final_url=url,
            redirects=redirects,
            outcome=outcome,
            http_status=document.http_status,
            fetched_at=self._clock(),
            media_type="text/html",
            charset="utf-8",
            size_bytes=len(body),
            sha256=hashlib.sha256(body).hexdigest(),
            attempts=1,
            headers=document.headers,
            rendered=True,
            detail="; ".join(detail for detail in details if detail),
        )
        parts = tuple(requests.parts.values())
        return Rendered(rendered, body, self._screenshot(rendered, shown.screenshot), parts)

    def _screenshot(self, page: Capture, picture: bytes) -> Fetched | None:
        if not picture:
            return None
        capture = replace(
            page,
            outcome=FetchOutcome.OK,
            media_type="image/jpeg",
            charset="",
            size_bytes=len(picture),
            sha256=hashlib.sha256(picture).hexdigest(),
            headers=(),
            detail=f"{SCREENSHOT_OF}{page.sha256}",
        )
        return Fetched(capture, picture)


def _with_files(shown: Shown) -> str:
    """The DOM with the PDF files that scripts brought and that it does not name, so that they are followed."""
    named = unescape(shown.html)
    files = [url for url in shown.files if url not in named]
    embeds = "".join(f'<embed type="application/pdf" src="{escape(url)}">' for url in files)
    head, end, tail = shown.html.rpartition("</body>")
    return f"{head}{embeds}{end}{tail}" if end else shown.html + embeds


def _route(url: str) -> str:
    """The fragment of an address when a page finds its content by it; an anchor is no matter here."""
    fragment = urlsplit(url).fragment
    return f"#{fragment}" if fragment.startswith(("/", "!")) else ""
