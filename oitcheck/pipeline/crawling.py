"""The retrievals of a run: each address once, what it gave kept and compared, pages shown in the browser."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Protocol

from oitcheck.crawl.browser import NOT_RENDERED, Browser
from oitcheck.crawl.fetching import Fetched, Fetcher
from oitcheck.crawl.http import PASSING
from oitcheck.crawl.limits import CrawlLimits
from oitcheck.crawl.rendered_hosts import RenderedHosts
from oitcheck.errors import RecordError
from oitcheck.gathering import Reading, Step, html_of, needs_browser, shows_more
from oitcheck.lib.urls import without_fragment
from oitcheck.model.agency import Agency
from oitcheck.model.evidence import SCREENSHOT_OF, Capture, FetchOutcome
from oitcheck.pipeline.budget import Budget, Progress
from oitcheck.pipeline.clock import now
from oitcheck.pipeline.ledger import Before, Ledger, Way, address_of
from oitcheck.pipeline.parts import PARTS_OF, are_alike, may_stand, packed, unpacked
from oitcheck.pipeline.program import judging_version
from oitcheck.pipeline.rechecking import Recheck

RUN_LIMIT = "limit of the run"


class Bodies(Protocol):
    """Keeps bodies under their sha256."""

    def put(self, body: bytes) -> str: ...
    def get(self, sha256: str) -> bytes: ...
    def has(self, sha256: str) -> bool: ...


class Keeper(Protocol):
    """The part of a store that retrieving needs."""

    @property
    def bodies(self) -> Bodies: ...


class _InTrouble(Exception):
    """A site is in trouble that may pass before the run ends."""


@dataclass(frozen=True, slots=True)
class Look:
    """A page as a browser shows it, and the picture of it; or the page as it came, without one."""

    page: Capture
    screenshot: Capture | None = None


class Crawl:
    """The retrievals of one run: each URL once, bodies kept, compared with those before, progress told.

    Without a `ledger` nothing is known of earlier runs, and of this one only what is in memory. `hosts` are those known
    to need the browser; without them none is known, and nothing is learned.
    """

    def __init__(
        self, fetcher: Fetcher, browser: Browser | None, store: Keeper, limits: CrawlLimits, budget: Budget,
        progress: Progress, *, ledger: Ledger | None = None, recheck: Recheck | None = None,
        hosts: RenderedHosts | None = None,
    ) -> None:  # fmt: skip
        self.limits = limits
        self._fetcher = fetcher
        self._browser = browser
        self._store = store
        self._budget = budget
        self._progress = progress
        self._ledger = ledger
        self._recheck = recheck
        self._known: dict[tuple[str, bool], asyncio.Future[Capture]] = {}
        self._answers: dict[str, asyncio.Future[bool]] = {}
        self._hosts = hosts
        self._rendered: dict[str, asyncio.Future[Look | None]] = {}
        self._plain: set[str] = set()
        self._unshown: set[str] = set()
        self._parts: dict[str, asyncio.Future[Capture]] = {}

    @property
    def has_browser(self) -> bool:
        """Whether pages can be rendered."""
        return self._browser is not None

    def leave_out(self, urls: Iterable[str]) -> None:
        """Take note of addresses that a limit of the run leaves to a later start."""
        self._budget.left_out.extend(urls)

    async def capture(self, url: str, agency: Agency, *, submitted: bool, reading: Reading | None = None) -> Capture:
        """The capture of a URL (without its fragment), retrieved once a run.

        `reading` is used to see whether other bytes than before say the same.
        """
        bare = without_fragment(url)
        key = (bare, submitted)
        if key not in self._known:
            self._known[key] = asyncio.ensure_future(self._retrieve(bare, agency, submitted, reading))
        return replace(await self._known[key], url=url)

    async def answers(self, url: str, agency: Agency, reading: Reading) -> bool:
        """Whether a page is answered in any way; when its host is in trouble that may pass, nothing is kept of it, so
        that it can be asked for again later in the run.
        """
        bare = without_fragment(url)
        if bare not in self._answers:
            self._answers[bare] = asyncio.ensure_future(self._is_answered(bare, agency, reading))
        return await self._answers[bare]

    async def _is_answered(self, url: str, agency: Agency, reading: Reading) -> bool:
        retrieving = asyncio.ensure_future(self._retrieve(url, agency, True, reading, is_first=True))
        try:
            await retrieving
        except _InTrouble:
            return False
        self._known[url, True] = retrieving
        return True

    async def _retrieve(
        self, url: str, agency: Agency, submitted: bool, reading: Reading | None, *, is_first: bool = False
    ) -> Capture:
        """Raises _InTrouble, `is_first`, when the site is in trouble that may pass."""
        address = address_of(url, "submitted" if submitted else "linked")
        own = self._ledger.own(address) if self._ledger else None
        if own is not None:
            return own
        before = await self._ledger.before(address, agency.id) if self._ledger else Before()
        left_alone = self._left_alone(before) if not submitted else None
        if left_alone is None and not self._budget.take_page():
            self._budget.left_out.append(url)
            return replace(unfetched(url, FetchOutcome.NOT_REACHED), detail=RUN_LIMIT)
        capture = left_alone or await self._asked(url, agency, submitted, before, reading)
        if is_first and capture.outcome in PASSING:
            raise _InTrouble
        if self._ledger:
            await self._ledger.keep(address, agency.id, capture)
        self._progress.fetched(capture.outcome)
        return capture

    def _left_alone(self, before: Before) -> Capture | None:
        """What was retrieved last, when an address is not to be asked for again yet; its bytes are still there."""
        last = before.last
        if last is None or not self._recheck or not self._recheck.may_leave(last, now()) or not self._is_kept(last):
            return None
        return replace(
            last,
            outcome=FetchOutcome.NOT_MODIFIED,
            unchanged_by="not_asked",
            unchanged_since=last.received_at,
        )

    async def _asked(
        self, url: str, agency: Agency, submitted: bool, before: Before, reading: Reading | None
    ) -> Capture:
        known = before.body if before.body and self._is_kept(before.body) else None
        fetched: Fetched = await self._fetcher.fetch(url, submitted=submitted, hosts=agency.hosts, known=known)
        self._budget.pay(len(fetched.body))
        if fetched.capture.outcome is FetchOutcome.NOT_MODIFIED:
            return fetched.capture
        if fetched.capture.sha256:
            await asyncio.to_thread(self._store.bodies.put, fetched.body)
        return await _compared(fetched.capture, before, reading)

    def _is_kept(self, capture: Capture) -> bool:
        return bool(capture.sha256) and self._store.bodies.has(capture.sha256)

    def shows_plain(self, content_ids: Iterable[str]) -> None:
        """Pages of these contents need no browser: it was seen before."""
        self._plain.update(content_ids)

    def renders_at_once(self, url: str) -> bool:
        """Whether the host of a URL is known to need the browser, and there is one."""
        return self._browser is not None and self._hosts is not None and self._hosts.needs_browser(url)

    def browser_failed(self, steps: Iterable[Step]) -> bool:
        """Whether a page stands in a walk as it came because the browser did not show it: another time it may."""
        return any(role != "static" and _page_key(c) in self._unshown for role, c in steps if not c.rendered)

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
        insist = insist or (at_once and self.renders_at_once(capture.final_url))
        if not insist and capture.content_id in self._plain:
            return Look(capture)
        read = await reading.of(capture)
        page = html_of(read)
        needed = needs_browser(read)
        if not needed:
            self._plain.add(capture.content_id)
            if not insist or page is None or not page.scripted:
                return Look(capture)
        key = _page_key(capture)
        if key not in self._rendered:
            self._rendered[key] = asyncio.ensure_future(self._render(key, capture, agency, reading))
        look = await self._rendered[key]
        if look is None:
            self._unshown.add(key)
            if needed:
                return Look(capture)
            return Look(replace(capture, detail="; ".join(filter(None, (capture.detail, NOT_RENDERED)))))
        if look.page.detail == RUN_LIMIT:
            return Look(replace(capture, detail=RUN_LIMIT))
        more = shows_more(html_of(await reading.of(look.page)), page)
        if not needed and not more:
            return Look(capture)
        if more and self._hosts:
            self._hosts.learn(capture.final_url)
        return Look(_in_place(look.page, capture), look.screenshot and _in_place(look.screenshot, capture))

    async def _render(self, key: str, capture: Capture, agency: Agency, reading: Reading) -> Look | None:
        """The page as rendered in this run; None when the browser does not show it, RUN_LIMIT when it must not."""
        own = self._ledger.own(address_of(key, "rendered")) if self._ledger else None
        if self._ledger and own is not None:
            return _look(own, self._ledger.own(address_of(key, "screenshot")))
        if self._budget.spent():
            self._budget.left_out.append(key)
            return Look(replace(capture, detail=RUN_LIMIT))
        standing = await self._standing(key, capture, agency)
        if standing is not None:
            return standing
        fetched = await self._browser.render(capture, agency.hosts) if self._browser else None
        if fetched is None:
            return None
        # The page last: one that is kept is not rendered again by a run that goes on with this one.
        made_of = packed(fetched.capture, fetched.parts, judging_version())
        if made_of is not None and self._ledger:
            told = replace(fetched.capture, media_type="application/json", detail=PARTS_OF + fetched.capture.sha256)
            told = replace(
                told, charset="utf-8", sha256=sha256(made_of).hexdigest(), size_bytes=len(made_of), headers=()
            )
            await self._kept(Fetched(told, made_of), key, "parts", agency, None)
        picture = fetched.screenshot
        shot = await self._kept(picture, key, "screenshot", agency, None) if picture else None
        return Look(await self._kept(fetched, key, "rendered", agency, reading), shot)

    async def _kept(self, fetched: Fetched, key: str, way: Way, agency: Agency, reading: Reading | None) -> Capture:
        """What the browser showed, its body and how it came kept."""
        self._budget.pay(len(fetched.body))
        await asyncio.to_thread(self._store.bodies.put, fetched.body)
        # What is found by the page as it came is no sign for what a browser shows of it.
        found = replace(fetched.capture, unchanged_by="", unchanged_since=None, alike="")
        if not self._ledger:
            return found
        address = address_of(key, way)
        # How often a page is rendered anew hangs on when it was: what it is made of is kept as of now.
        if way != "parts":
            found = await _compared(found, await self._ledger.before(address, agency.id), reading)
        await self._ledger.keep(address, agency.id, found)
        return found

    async def _standing(self, key: str, capture: Capture, agency: Agency) -> Look | None:
        """The rendering of an earlier run, when all that it was made of came again as it was; None to render anew."""
        if self._ledger is None:
            return None
        ways: tuple[Way, ...] = ("rendered", "parts", "screenshot")
        before = {way: (await self._ledger.before(address_of(key, way), agency.id)).last for way in ways}
        page, told = before["rendered"], before["parts"]
        if page is None or told is None or not may_stand(page, told, now()):
            return None
        if not self._is_kept(page) or not self._is_kept(told):
            return None
        try:
            raw = await asyncio.to_thread(self._store.bodies.get, told.sha256)
        except RecordError:  # rendered anew, and kept anew
            return None
        parts = unpacked(raw, judging_version(), told.received_at)
        if not parts or not are_alike(parts[0], capture.as_received):
            return None
        if not all(await asyncio.gather(*(self._stands(part) for part in parts[1:]))):
            return None
        look = _look(page, before["screenshot"])
        await self._stood(told, key, "parts", agency)
        shot = await self._stood(look.screenshot, key, "screenshot", agency) if look.screenshot else None
        return Look(await self._stood(look.page, key, "rendered", agency), shot)

    async def _stands(self, part: Capture) -> bool:
        """Whether a part of a rendered page comes as it did; asked for once a run."""
        if part.url not in self._parts:
            self._parts[part.url] = asyncio.ensure_future(self._part(part))
        return are_alike(part, await self._parts[part.url])

    async def _part(self, before: Capture) -> Capture:
        known = before if before.outcome.is_ok else None
        fetched = await self._fetcher.fetch(before.url, submitted=True, known=known)
        self._budget.pay(len(fetched.body))
        return fetched.capture

    async def _stood(self, kept: Capture, key: str, way: Way, agency: Agency) -> Capture:
        """What was kept of a rendering, as of this run."""
        again = replace(kept, fetched_at=now(), unchanged_by="parts", unchanged_since=kept.received_at)
        if self._ledger:
            await self._ledger.keep(address_of(key, way), agency.id, again)
        return again


def _page_key(capture: Capture) -> str:
    """What tells pages apart that are rendered: an anchor does not change what a page shows, a route does."""
    route = capture.url.partition("#")[2]
    return f"{capture.final_url}#{route}" if route.startswith(("/", "!")) else capture.final_url


def _look(page: Capture, screenshot: Capture | None) -> Look:
    """A rendering kept from before with its picture, when that is of this rendering."""
    is_of_it = screenshot is not None and screenshot.detail == SCREENSHOT_OF + page.sha256
    return Look(page, screenshot if is_of_it else None)


def _in_place(shown: Capture, capture: Capture) -> Capture:
    """A rendering at the place of `capture` in a walk."""
    return replace(shown, url=capture.url, found_on=capture.found_on, link_text=capture.link_text, depth=capture.depth)


async def _compared(capture: Capture, before: Before, reading: Reading | None) -> Capture:
    """A capture with what its bytes, or what they say, tell about those before."""
    earlier = before.body if capture.outcome.is_ok else before.last
    if earlier is None:
        return capture
    if _is_same(capture, earlier):
        by = "hash" if capture.sha256 else ""
        return replace(capture, unchanged_by=by, unchanged_since=earlier.received_at, alike=earlier.alike)
    is_readable = capture.outcome.is_ok and bool(capture.sha256) and earlier.final_url == capture.final_url
    if reading and is_readable and await reading.says_the_same(capture, earlier):
        return replace(capture, unchanged_by="content", alike=earlier.content_id)
    return capture


def _is_same(capture: Capture, earlier: Capture) -> bool:
    """Whether two retrievals ended alike, to the byte."""
    return _end(capture) == _end(earlier.as_received)


def _end(capture: Capture) -> tuple[object, ...]:
    status = 0 if capture.outcome.is_ok else capture.http_status
    return (
        capture.outcome, capture.final_url, capture.redirects, capture.sha256, capture.media_type, capture.charset,
        capture.rendered, capture.detail, status,
    )  # fmt: skip


def unfetched(url: str, outcome: FetchOutcome) -> Capture:
    return Capture(url, url, (), outcome, 0, now())
