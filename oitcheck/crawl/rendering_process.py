"""The browser's process: started when first needed, shared by pages, replaced when it is old, dead or hangs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, Page, Playwright, async_playwright

from oitcheck.crawl.process_memory import memory_bytes
from oitcheck.crawl.rendering_requests import PageRequests

log = logging.getLogger(__name__)

PAGES_UNTIL_RECYCLED = 50
# A browser over its limit of memory shows no further page; one so far over it is killed with the pages it shows.
MEMORY_BYTES = 1024 * 1024 * 1024
KILLED_AT_TIMES = 1.5
WATCHED_EVERY_SECONDS = 1.0
STARTS_UNTIL_GIVEN_UP = 2
START_SECONDS = 20.0
CLOSE_SECONDS = 5.0
# A page that did not end in its time most likely blocks its own closing as well.
CLOSE_LATE_SECONDS = 2.0

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


@dataclass(eq=False, slots=True)
class Process:
    """One running browser: the pages open in it, those it was used for, and the id of its main process (0: unknown).

    `killed_for` are the requests of the page for whose sake it had to be killed.
    """

    chromium: Chromium
    pid: int
    open_pages: int = 0
    pages: int = 0
    retired: bool = False
    killed_for: PageRequests | None = None
    watch: asyncio.Task[None] | None = None

    def died_of_another(self, requests: PageRequests) -> bool:
        """Whether the browser is gone and this page need not be the reason."""
        return self.killed_for is not requests and (self.killed_for is not None or not self.chromium.is_connected())


class Processes:
    """The one browser that is running, or none. `agent_line` says who we are to pages that ask.

    A browser that holds more than `memory_bytes` with all its processes is replaced before the next page.
    """

    def __init__(self, executable: str, agent_line: str, memory_bytes: int = MEMORY_BYTES) -> None:
        self._executable = executable
        self._agent_line = agent_line
        self._memory_bytes = memory_bytes
        self._starting = asyncio.Lock()
        self._playwright: Playwright | None = None
        self._current: Process | None = None
        self._failed_starts = 0

    @property
    def given_up(self) -> bool:
        """Whether the browser did not start so often that nobody tries any more."""
        return self._failed_starts >= STARTS_UNTIL_GIVEN_UP

    @property
    def pid(self) -> int:
        return self._current.pid if self._current else 0

    async def current(self) -> Process:
        """The running browser, a new one when there is none or it has shown enough. Raises what starting raises."""
        async with self._starting:
            process = self._current
            if process and await self._is_worn(process):
                await self._retire(process)
            if self._current is None:
                try:
                    self._current = await self._started()
                except BaseException:
                    self._failed_starts += 1
                    await self._end_driver()
                    raise
                self._failed_starts = 0
            return self._current

    @asynccontextmanager
    async def page(self, process: Process, requests: PageRequests) -> AsyncIterator[Page]:
        """A page in a fresh context, all its requests answered by `requests`."""
        process.open_pages += 1
        process.pages += 1
        context: BrowserContext | None = None
        is_open = False
        close_seconds = CLOSE_LATE_SECONDS
        try:
            async with asyncio.timeout(START_SECONDS):
                context = await self._context(process, requests)
                page = await context.new_page()
            page.on("dialog", lambda dialog: _later(dialog.dismiss()))
            context.on("page", lambda other: _later(other.close()))
            is_open = True
            yield page
            close_seconds = CLOSE_SECONDS
        finally:
            process.open_pages -= 1
            # A browser that cannot even open a page is of no more use than one that cannot close it.
            if not await _closed(context, close_seconds) or not is_open:
                process.killed_for = process.killed_for or requests
                _kill(process)
            if process.retired or process.killed_for or not process.chromium.is_connected():
                await self._retire(process)

    async def aclose(self) -> None:
        """End the browser and what drives it."""
        if self._current:
            self._current.open_pages = 0
            await self._retire(self._current)
        await self._end_driver()

    async def _is_worn(self, process: Process) -> bool:
        """Whether a browser is gone, has shown enough, or has grown too large."""
        if process.pages >= PAGES_UNTIL_RECYCLED or not process.chromium.is_connected():
            return True
        return await _memory_of(process) > self._memory_bytes

    async def _watched(self, process: Process) -> None:
        """Kill the browser when a page makes it grow far beyond its limit; what it was showing is given up."""
        while process.chromium.is_connected():
            held = await _memory_of(process)
            if held > self._memory_bytes * KILLED_AT_TIMES:
                log.warning("the browser was ended: it held %d MiB", held // 2**20)
                _kill(process)
                return
            await asyncio.sleep(WATCHED_EVERY_SECONDS)

    async def _retire(self, process: Process) -> None:
        process.retired = True
        if self._current is process:
            self._current = None
        if process.open_pages:
            return
        if process.watch:
            process.watch.cancel()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await process.chromium.close()
        except Exception:
            _kill(process)

    async def _context(self, process: Process, requests: PageRequests) -> BrowserContext:
        major = process.chromium.version.split(".")[0]
        context = await process.chromium.new_context(
            # A browser's own name first, since pages look at it, then ours, so that nobody is deceived.
            user_agent="Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
            f"Chrome/{major}.0.0.0 Safari/537.36 {self._agent_line}",
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

    async def _started(self) -> Process:
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
        process = Process(chromium, pids[0] if pids else 0)
        process.watch = asyncio.create_task(self._watched(process))
        return process

    async def _end_driver(self) -> None:
        playwright, self._playwright = self._playwright, None
        if playwright:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await playwright.stop()


async def _memory_of(process: Process) -> int:
    return await asyncio.to_thread(memory_bytes, process.pid) if process.pid else 0


def _environment() -> dict[str, str | float | bool]:
    """What a browser needs of our environment; what else stands there is none of a page's business."""
    names = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
    return {name: os.environ[name] for name in names if name in os.environ}


async def _closed(context: BrowserContext | None, seconds: float) -> bool:
    """Close a context; False when a running browser does not."""
    if context is None:
        return True
    try:
        async with asyncio.timeout(seconds):
            await context.unroute_all(behavior="ignoreErrors")
            await context.close()
    except TimeoutError:
        return False
    except Exception:  # the browser is gone, and the context with it
        return True
    return True


def _kill(process: Process) -> None:
    if process.pid and process.chromium.is_connected():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(process.pid, signal.SIGKILL)


def _later(work: Coroutine[Any, Any, None]) -> None:
    """Let something happen that nobody waits for, whatever comes of it."""
    task = asyncio.ensure_future(work)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
