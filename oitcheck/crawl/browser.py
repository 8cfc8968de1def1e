"""Pages that need a browser: Chromium without a network of its own, fed by our fetcher, started when first needed."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType
from urllib.parse import urlsplit

from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, Page, Playwright, async_playwright

from oitcheck.crawl.fetching import Fetched, Fetcher
from oitcheck.crawl.limits import CrawlLimits
from oitcheck.crawl.outcomes import Answer, outcome_of
from oitcheck.crawl.pages import decoded
from oitcheck.crawl.rendering import Pace, Rendering, Shown
from oitcheck.crawl.rendering_requests import KeptScripts, PageRequests, is_page
from oitcheck.model.evidence import Capture

log = logging.getLogger(__name__)

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PAGES_AT_ONCE = 2
PAGES_UNTIL_RECYCLED = 50
STARTS_UNTIL_GIVEN_UP = 2
START_SECONDS = 20.0
CLOSE_SECONDS = 5.0
MOST_MISSING_TOLD = 5
INCOMPLETE = "rendered without: "

# Whatever should escape the interception of requests finds no name, no proxy that answers, and no UDP.
_NO_NETWORK = (
    "--proxy-server=127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--dns-prefetch-disable",
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
)
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-pings",
    "--js-flags=--max-old-space-size=512",
)
# A page does not open windows, and talks to nobody but by requests that we answer.
_BEFORE_ANY_SCRIPT = """
window.open = () => null;
window.print = () => undefined;
for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'WebTransport', 'SharedWorker'])
  try { delete window[name]; } catch (error) { /* it stays, and reaches nothing */ }
"""


def find_browser() -> str | None:
    """The path of an installed Chromium or Chrome, None when there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def is_incomplete(capture: Capture) -> bool:
    """Whether a rendered page lacks something that it asked for and a visitor might have got."""
    return capture.rendered and INCOMPLETE in capture.detail


@dataclass(slots=True)
class _Process:
    """One running browser: the pages open in it, those it was used for, and the id of its main process (0: unknown)."""

    chromium: Chromium
    pid: int
    open_pages: int = 0
    pages: int = 0
    retired: bool = False


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
    ) -> None:
        self._fetcher = fetcher
        self._limits = limits
        self._clock = clock
        self._executable = executable
        self._pace = pace or Pace()
        self._gate = asyncio.Semaphore(PAGES_AT_ONCE)
        self._starting = asyncio.Lock()
        self._scripts = KeptScripts()
        self._playwright: Playwright | None = None
        self._process: _Process | None = None
        self._failed_starts = 0

    async def __aenter__(self) -> Browser:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._scripts.close()
        process, self._process = self._process, None
        if process:
            await _end(process)
        await self._end_driver()

    @property
    def pid(self) -> int:
        """The main process of the browser that is running, 0 when none is."""
        return self._process.pid if self._process else 0

    async def render(self, capture: Capture, hosts: tuple[str, ...] = ()) -> Fetched | None:
        """The page of a capture as a visitor sees it, everything opened; None when the browser cannot show it.

        The body is the DOM in UTF-8. A route in the fragment of `capture.url` (`#/…`) is gone to. `hosts` are the
        agency's own. A crash or a hang of the browser gives None; the next page gets a new one.
        """
        fetched = await self._rendered(capture, hosts)
        if fetched and fetched.capture.outcome.is_permanent:
            # As with every page: absent is only what was so twice.
            again = await self._rendered(capture, hosts)
            if again is None or again.capture.outcome is not fetched.capture.outcome:
                return again
            return replace(again, capture=replace(again.capture, attempts=2))
        return fetched

    async def _rendered(self, capture: Capture, hosts: tuple[str, ...]) -> Fetched | None:
        if not self._executable or self._failed_starts >= STARTS_UNTIL_GIVEN_UP:
            return None
        async with self._gate:
            document = await self._fetcher.fetch(capture.final_url, submitted=True, hosts=hosts)
            if not document.capture.outcome.is_ok or not is_page(document):
                return None
            requests = PageRequests(self._fetcher, self._scripts, document, hosts)
            try:
                shown = await self._shown(document.capture.final_url + _route(capture.url), requests)
            except Exception as error:  # a browser may fail in any way, and must not end a run
                reason = str(error).split("\n")[0][:200] or type(error).__name__
                log.warning("%s was not rendered: %s", capture.final_url, reason)
                return None
            finally:
                requests.close()
        return self._fetched(capture, requests, shown, hosts) if shown else None

    async def _shown(self, url: str, requests: PageRequests) -> Shown | None:
        async with self._page(requests) as page:
            return await Rendering(page, requests, self._pace, self._limits.delay_seconds).run(url)

    def _fetched(self, capture: Capture, requests: PageRequests, shown: Shown, hosts: tuple[str, ...]) -> Fetched:
        body = shown.html.encode("utf-8", "replace")
        document = requests.shown.capture
        headers = dict(document.headers)
        url = shown.url
        redirects = capture.redirects if url == capture.final_url else (*capture.redirects, url)
        answer = Answer(capture.url, url, document.http_status, headers, "text/html", decoded(body, "utf-8"), redirects)
        outcome, sign = outcome_of(answer, hosts)
        missing = requests.missing
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
        return Fetched(rendered, body)

    @asynccontextmanager
    async def _page(self, requests: PageRequests) -> AsyncIterator[Page]:
        """A page in a fresh context, all its requests answered by `requests`."""
        process = await self._running()
        process.open_pages += 1
        process.pages += 1
        context: BrowserContext | None = None
        try:
            async with asyncio.timeout(START_SECONDS):
                context = await self._context(process, requests)
                page = await context.new_page()
            page.on("dialog", lambda dialog: _later(dialog.dismiss()))
            context.on("page", lambda other: _later(other.close()) if other is not page else None)
            yield page
        finally:
            process.open_pages -= 1
            if not await _closed(context):
                process.retired = True
                _kill(process)
            if process.retired or not process.chromium.is_connected():
                await self._retire(process)

    async def _context(self, process: _Process, requests: PageRequests) -> BrowserContext:
        major = process.chromium.version.split(".")[0]
        context = await process.chromium.new_context(
            # A browser's own name first, since pages look at it, then ours, so that nobody is deceived.
            user_agent="Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
            f"Chrome/{major}.0.0.0 Safari/537.36 {self._limits.agent_line}",
            viewport={"width": 1280, "height": 900},
            locale="th-TH",
            timezone_id="Asia/Bangkok",
            reduced_motion="reduce",
            color_scheme="light",
            accept_downloads=False,
            service_workers="block",
        )
        await context.add_init_script(_BEFORE_ANY_SCRIPT)
        await context.route("**/*", requests.answer)
        await context.route_web_socket("**/*", requests.refuse_socket)
        return context

    async def _running(self) -> _Process:
        async with self._starting:
            process = self._process
            if process and (process.pages >= PAGES_UNTIL_RECYCLED or not process.chromium.is_connected()):
                process.retired = True
                self._process = None
                if not process.open_pages:
                    await _end(process)
            if self._process is None:
                try:
                    self._process = await self._started()
                except BaseException:
                    self._failed_starts += 1
                    await self._end_driver()
                    raise
                self._failed_starts = 0
            return self._process

    async def _started(self) -> _Process:
        async with asyncio.timeout(START_SECONDS + CLOSE_SECONDS):
            if self._playwright is None:
                self._playwright = await async_playwright().start()
            chromium = await self._playwright.chromium.launch(
                executable_path=self._executable,
                args=[*_NO_NETWORK, *_QUIET],
                # Root has no sandbox in Chromium; everybody else keeps theirs.
                chromium_sandbox=os.geteuid() != 0,
                env=_environment(),
                timeout=START_SECONDS * 1000,
            )
            session = await chromium.new_browser_cdp_session()
            told = await session.send("SystemInfo.getProcessInfo")
            await session.detach()
        pids = [int(each["id"]) for each in told.get("processInfo", ()) if each.get("type") == "browser"]
        return _Process(chromium, pids[0] if pids else 0)

    async def _retire(self, process: _Process) -> None:
        if self._process is process:
            self._process = None
        if not process.open_pages:
            await _end(process)

    async def _end_driver(self) -> None:
        playwright, self._playwright = self._playwright, None
        if playwright:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await playwright.stop()


def _route(url: str) -> str:
    """The fragment of an address when a page finds its content by it; an anchor is no matter here."""
    fragment = urlsplit(url).fragment
    return f"#{fragment}" if fragment.startswith(("/", "!")) else ""


def _environment() -> dict[str, str | float | bool]:
    """What a browser needs of our environment; what else stands there is none of a page's business."""
    names = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
    return {name: os.environ[name] for name in names if name in os.environ}


async def _closed(context: BrowserContext | None) -> bool:
    """Close a context; False when the browser does not."""
    if context is None:
        return True
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await context.unroute_all(behavior="ignoreErrors")
            await context.close()
    except Exception:
        return False
    return True


async def _end(process: _Process) -> None:
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await process.chromium.close()
    except Exception:
        _kill(process)


def _kill(process: _Process) -> None:
    if process.pid and process.chromium.is_connected():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(process.pid, signal.SIGKILL)


def _later(work: object) -> None:
    """Let something happen that nobody waits for, whatever comes of it."""
    task = asyncio.ensure_future(work)  # type: ignore[call-overload]
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
