"""What a page in the browser asks for, answered by our own fetcher: the browser has no way out of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Request, Route, WebSocketRoute

from oitcheck.crawl.fetching import Fetched, Fetcher
from oitcheck.crawl.pages import decoded, looks_like_html
from oitcheck.lib.urls import BadUrl, host_of, is_on, is_under, normalized, without_fragment
from oitcheck.model.evidence import Capture, FetchOutcome

# A page that wants more than this is a machine of its own, not a page.
MOST_FETCHES = 60
MOST_REQUESTS = 1000
MOST_PAGE_BYTES = 40 * 1024 * 1024
MOST_KEPT_BYTES = 48 * 1024 * 1024
# Styles and pictures that are fetched for the look of one page.
MOST_DRESSED = 60
MOST_KEPT_LOOKS_BYTES = 16 * 1024 * 1024
# PDF files that the scripts of a page bring, to show them.
MOST_FILES = 20
# How often a page may send its visitor on by script before it is shown as it stands.
MOST_MOVES = 3

_PIXEL = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
_DATA = frozenset({"xhr", "fetch"})
_FETCHED = _DATA | {"script"}
_PICTURES = frozenset({"image", "imageset"})
# At the end of an address that is asked for anew for the sake of how the page looks; never part of what we ask for.
DRESS_MARK = "oitcheck-look=1"
# Scripts of these count visitors, show fonts, advertise or chat; none brings what an agency publishes.
_NO_CONTENT_HOSTS = (
    "googletagmanager.com", "google-analytics.com", "doubleclick.net", "googlesyndication.com", "googleadservices.com",
    "truehits.net", "truehits.in.th", "histats.com", "statcounter.com", "facebook.net", "facebook.com", "clarity.ms",
    "hotjar.com", "addthis.com", "sharethis.com", "addtoany.com", "tawk.to", "recaptcha.net", "line-scdn.net",
    "platform.twitter.com", "cloudflareinsights.com", "use.fontawesome.com", "cookiewow.com",
)  # fmt: skip
# Ways in which a part of a page stays away that another visitor, or another day, would have got.
_NOT_MISSED = frozenset({FetchOutcome.FORBIDDEN_ADDRESS, FetchOutcome.UNSUPPORTED_ADDRESS})


class KeptParts:
    """What the pages of a site share (scripts; styles and pictures), fetched once for all pages.

    The oldest are dropped when it grows.
    """

    def __init__(self, most_bytes: int = MOST_KEPT_BYTES) -> None:
        self._kept: OrderedDict[str, Fetched] = OrderedDict()
        self._underway: dict[str, asyncio.Task[Fetched]] = {}
        self._most_bytes = most_bytes
        self._bytes = 0

    def known(self, url: str) -> Fetched | None:
        """What is kept of an address."""
        return self._kept.get(url)

    async def get(self, url: str, fetch: Callable[[], Coroutine[Any, Any, Fetched]]) -> tuple[Fetched, bool]:
        """The script, and whether it had to be fetched. Two pages that want it at once wait for the same retrieval."""
        if url in self._kept:
            self._kept.move_to_end(url)
            return self._kept[url], False
        new = url not in self._underway
        if new:
            self._underway[url] = asyncio.create_task(self._retrieved(url, fetch))
        # The page that asked first may be given up while others wait for the same script.
        return await asyncio.shield(self._underway[url]), new

    def close(self) -> None:
        """Give up what is underway."""
        for task in self._underway.values():
            task.cancel()
        self._underway.clear()

    async def _retrieved(self, url: str, fetch: Callable[[], Coroutine[Any, Any, Fetched]]) -> Fetched:
        try:
            fetched = await fetch()
        finally:
            self._underway.pop(url, None)
        self.keep(url, fetched)
        return fetched

    def keep(self, url: str, fetched: Fetched) -> None:
        """Keep a part that came, or is absent for good."""
        if url not in self._kept and (fetched.capture.outcome.is_ok or fetched.capture.outcome.is_permanent):
            self._kept[url] = fetched
            self._bytes += len(fetched.body)
        while self._bytes > self._most_bytes:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= len(dropped.body)


@dataclass(frozen=True, slots=True)
class _Reply:
    """An answer to the browser. Status 0 refuses the request."""

    status: int
    content_type: str = ""
    body: bytes = b""


_REFUSED = _Reply(0)
# 204 leaves the page as it stands, where a refused navigation might put an error page in its place.
_STAY = _Reply(204)


class PageRequests:
    """Answers the requests of one rendering, each address fetched once.

    `hosts` are the site's besides the page's own. `fetches` counts retrievals, `pending` the requests that the page
    still waits for; `last_request_at` and `last_answer_at` are times of the event loop. `shown` is the document that
    the page was made of last, `files` the PDF files that its scripts asked for, `parts` how all ended that its content
    may hang on, the first document before the rest. While it is `dressing`, a page gets its
    styles and pictures and nothing else.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        scripts: KeptParts,
        looks: KeptParts,
        document: Fetched,
        hosts: tuple[str, ...] = (),
    ) -> None:
        self._fetcher = fetcher
        self._scripts = scripts
        self._looks = looks
        self._loop = asyncio.get_running_loop()
        self._site = (host_of(document.capture.final_url), *hosts)
        self._tasks: dict[str, asyncio.Task[Fetched]] = {}
        self._documents = {without_fragment(document.capture.final_url): document}
        self._requests = 0
        self._moves = 0
        self._bytes = 0
        self._waiting: Counter[tuple[str, str]] = Counter()
        self._missing: dict[str, None] = {}
        self.shown = document
        self.settled = False
        self.dressing = False
        self.files: dict[str, None] = {}
        self.parts: dict[str, Capture] = {without_fragment(document.capture.final_url): document.capture}
        self.fetches = 0
        self.last_request_at = self.last_answer_at = self._loop.time()

    @property
    def pending(self) -> int:
        return self._waiting.total()

    @property
    def missing(self) -> tuple[str, ...]:
        """What the page wanted and did not get, though a visitor might have: how it ended, and its address."""
        unfinished = (
            f"unfinished {url}" for (url, kind), count in self._waiting.items() if count and self._matters(url, kind)
        )
        return (*self._missing, *unfinished)

    def close(self) -> None:
        """Give up what is underway."""
        for task in self._tasks.values():
            task.cancel()

    async def answer(self, route: Route, request: Request) -> None:
        """Answer one request of the page. Never raises: the page may be gone meanwhile."""
        try:
            reply = await self._reply(request)
            if reply.status:
                headers = {"content-type": reply.content_type} if reply.content_type else {}
                await route.fulfill(status=reply.status, headers=headers, body=reply.body)
            else:
                await route.abort("blockedbyclient")
        except PlaywrightError:
            with contextlib.suppress(PlaywrightError):
                await route.abort("blockedbyclient")

    async def refuse_socket(self, socket: WebSocketRoute) -> None:
        """Close a web socket before it is one."""
        with contextlib.suppress(PlaywrightError):
            await socket.close(code=1008, reason="not available")

    async def _reply(self, request: Request) -> _Reply:
        kind = request.resource_type
        self._requests += 1
        if self._requests > MOST_REQUESTS or not request.url.startswith(("http:", "https:")):
            return _REFUSED
        if request.is_navigation_request():
            return await self._navigation(request)
        if self.dressing:
            return await self._look(request) if request.method == "GET" else _REFUSED
        if request.method != "GET":
            if kind in _DATA and is_on(request.url, self._site):
                self._missing[f"{request.method} {without_fragment(request.url)}"] = None
            return _REFUSED
        # Pictures and styles are answered with next to nothing instead of being refused: a page whose picture fails
        # often takes it away or puts another in its place.
        if kind in _PICTURES:
            return _Reply(200, "image/gif", _PIXEL)
        if kind == "stylesheet":
            return _Reply(200, "text/css")
        if kind not in _FETCHED:
            return _REFUSED
        if is_under(request.url, _NO_CONTENT_HOSTS):
            return _Reply(200, "text/javascript") if kind == "script" else _REFUSED
        return await self._part(request.url, kind)

    async def _look(self, request: Request) -> _Reply:
        """A style or a picture, for how the page looks; what does not come is replaced by next to nothing."""
        is_picture = request.resource_type in _PICTURES
        if not is_picture and request.resource_type != "stylesheet":
            return _REFUSED
        nothing = _Reply(200, "image/gif", _PIXEL) if is_picture else _Reply(200, "text/css")
        if is_under(request.url, _NO_CONTENT_HOSTS):
            return nothing
        url = without_fragment(request.url).removesuffix(DRESS_MARK).rstrip("?&")
        fetched = self._looks.known(url) or await self._awaited(url, "look")
        self._looks.keep(url, fetched)
        media_type = fetched.capture.media_type
        if not fetched.capture.outcome.is_ok or not media_type.startswith("image/" if is_picture else "text/"):
            return nothing
        return _Reply(200, media_type if is_picture else "text/css", fetched.body)

    async def _navigation(self, request: Request) -> _Reply:
        url = without_fragment(request.url)
        if request.method != "GET":
            return _STAY
        if request.frame.parent_frame is not None:
            # What a frame shows is followed by the walk, from its address. Only the site's own may matter to the page.
            if not is_on(url, self._site):
                return _Reply(200, "text/html")
            return _page_reply(await self._awaited(url, "frame")) or _Reply(200, "text/html")
        # The first is our own going there; by the others the page sends its visitor on.
        if self.settled or self._moves > MOST_MOVES or not is_on(url, self._site):
            return _STAY
        self._moves += 1
        document = self._documents.get(url) or await self._awaited(url, "document")
        reply = _page_reply(document)
        if reply is None:
            return _STAY
        self._documents[url] = self.shown = document
        return reply

    async def _part(self, url: str, kind: str) -> _Reply:
        bare = without_fragment(url)
        fetched = await self._awaited(bare, kind)
        capture = fetched.capture
        is_trouble = not (capture.outcome.is_ok or capture.outcome.is_permanent or capture.outcome in _NOT_MISSED)
        if is_trouble and self._matters(bare, kind):
            self._missing[f"{capture.outcome.value} {bare}"] = None
        if capture.outcome.is_ok and fetched.body.startswith(b"%PDF") and len(self.files) < MOST_FILES:
            self.files[bare] = None
        if not capture.http_status or (not fetched.body and capture.size_bytes):
            return _REFUSED
        return _Reply(capture.http_status, _content_type(fetched), fetched.body)

    def _matters(self, url: str, kind: str) -> bool:
        """Whether the content of the page may hang on this part of it."""
        return kind in _DATA or (kind == "script" and is_on(url, self._site))

    async def _awaited(self, url: str, kind: str) -> Fetched:
        self.last_request_at = self._loop.time()
        self._waiting[url, kind] += 1
        try:
            fetched = await (self._script(url) if kind == "script" else self._once(url))
            if kind != "look":
                self.parts[url] = fetched.capture
            return fetched
        finally:
            self._waiting[url, kind] -= 1
            self.last_request_at = self._loop.time()

    async def _script(self, url: str) -> Fetched:
        fetched, new = await self._scripts.get(url, lambda: self._fetch(url))
        if new:
            self.last_answer_at = self._loop.time()
        return fetched

    async def _once(self, url: str) -> Fetched:
        if url not in self._tasks:
            self._tasks[url] = asyncio.create_task(self._fetch(url))
            fetched = await asyncio.shield(self._tasks[url])
            self.last_answer_at = self._loop.time()
            return fetched
        return await asyncio.shield(self._tasks[url])

    async def _fetch(self, url: str) -> Fetched:
        try:
            asked = normalized(url)[0]
        except BadUrl:
            asked = ""
        most = MOST_FETCHES + (MOST_DRESSED if self.dressing else 0)
        if not asked or self.fetches >= most or self._bytes > MOST_PAGE_BYTES:
            return _left_out(self.shown, url)
        self.fetches += 1
        # As submitted: the agency handed in this page, and its parts are what showing it takes. robots.txt speaks to
        # programs that go from page to page, which this is not.
        fetched = await self._fetcher.fetch(asked, submitted=True)
        self._bytes += len(fetched.body)
        return fetched


def is_page(fetched: Fetched) -> bool:
    """Whether a web page came, be it one that says that something is wrong."""
    capture = fetched.capture
    if not fetched.body or not capture.http_status or fetched.body.startswith(b"%PDF"):
        return False
    return looks_like_html(capture.media_type, decoded(fetched.body, capture.charset))


def _page_reply(fetched: Fetched) -> _Reply | None:
    if not is_page(fetched):
        return None
    content_type = _content_type(fetched)
    if not content_type.startswith(("text/html", "application/xhtml")):
        content_type = "text/html"
    return _Reply(fetched.capture.http_status, content_type, fetched.body)


def _content_type(fetched: Fetched) -> str:
    capture = fetched.capture
    return f"{capture.media_type}; charset={capture.charset}" if capture.charset else capture.media_type


def _left_out(page: Fetched, url: str) -> Fetched:
    capture = replace(page.capture, url=url, final_url=url, outcome=FetchOutcome.NOT_REACHED, http_status=0, sha256="")
    return Fetched(capture, b"")
