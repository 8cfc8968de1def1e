"""One page shown in the browser: waited for until it is quiet, its folded parts opened, and its DOM read out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import FloatRect, Page

from oitcheck.crawl.rendering_requests import DRESS_MARK, PageRequests
from oitcheck.lib.urls import without_fragment

log = logging.getLogger(__name__)

T = TypeVar("T")

# Looks in a row that show the same, after which a page counts as quiet although it still asks for something.
SAME_LOOKS = 10
# A screenshot: as wide as the window, of the upper part of a long page.
SHOT_WIDTH_PX = 1280
MOST_SHOT_PX = 8000
MOST_SHOT_BYTES = 2 * 1024 * 1024
SHOT_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a page is waited for, in seconds, and how much is done with it.

    A page is quiet when it asked for nothing for `idle_seconds` and two looks show the same. `settle_seconds` without
    anything new end the wait for that; `page_seconds` (and the crawl's delay for each of its
    requests) end everything. A page that shows next to nothing, or says that it is loading, is given `patience_seconds`
    of quiet. What hangs is given up `grace_seconds` after its time. Styles and pictures for the screenshot are waited
    for `dress_seconds`.
    """

    look_seconds: float = 0.2
    idle_seconds: float = 0.5
    settle_seconds: float = 8.0
    page_seconds: float = 20.0
    patience_seconds: float = 2.5
    grace_seconds: float = 4.0
    dress_seconds: float = 6.0
    most_clicks: int = 30
    most_scrolls: int = 5
    max_bytes: int = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Shown:
    """The DOM of a page as HTML, and the address it stood at (without fragment).

    `files` are the PDF files that its scripts brought, `missing` what it did not get (see `PageRequests`). `screenshot`
    is a JPEG picture of it, empty when none could be taken.
    """

    html: str
    url: str
    files: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    screenshot: bytes = b""


# The words of a page, whatever hides them; layout is not asked for, since it can take its time.
_WORDS = r"""
const words = root => {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode())
    if (!/^(script|style|noscript|template)$/i.test(walker.currentNode.parentNode.nodeName))
      found.push(walker.currentNode.data);
  return found.join('\\n');
};
"""

# Returns [characters shown, elements, whether it still says that it is loading].
_LOOK = (
    f"() => {{ {_WORDS}"
    r"""
  if (!document.body) return [0, 0, true];
  const text = words(document.body);
  const loading = /กำลังโหลด|กำลังดาวน์โหลดข้อมูล|โปรดรอสักครู่|กรุณารอสักครู่|^\s*(loading|please wait)/im.test(text);
  return [text.length, document.getElementsByTagName('*').length, loading || text.trim().length < 60];
}"""
)

_SCROLL = """() => {
  const before = document.documentElement.scrollTop;
  window.scrollTo(0, document.documentElement.scrollHeight);
  return document.documentElement.scrollTop > before + 1;
}"""

# Opens what opens without a click, and keeps what later clicks take away, for `_PUT_BACK`.
_UNFOLD = r"""() => {
  for (const details of document.querySelectorAll('details:not([open])')) details.open = true;
  const taken = window.__taken = [];
  window.__clicked = new WeakMap();
  new MutationObserver(records => {
    for (const record of records) for (const node of record.removedNodes) {
      if (taken.length >= 500) return;
      const text = (node.textContent || '').trim();
      if (text.length >= 30 && !/^(script|style|link|template)$/i.test(node.nodeName))
        taken.push([record.target, node.cloneNode(true)]);
    }
  }).observe(document.body || document.documentElement, {childList: true, subtree: true});
}"""

# Clicks the next thing that opens a part of the page; returns its kind, or '' when none is left. Tabs whose part is
# still empty come first. What asks for more may be clicked again and again.
_CLICK = r"""() => {
  const clicked = window.__clicked;
  const more = new RegExp('^\\s*(ดูเพิ่มเติม|โหลดเพิ่ม(เติม)?|แสดงเพิ่ม(เติม)?|ดูทั้งหมด|แสดงทั้งหมด|'
    + '(load|show|view|see) more)[\\s.…»>↓▼]*$', 'i');
  const openers = '[role=tab], [data-toggle], [data-bs-toggle], .accordion-button, .nav-tabs a, .nav-pills a';
  const toggles = /^(tab|pill|list|collapse|accordion|modal)$/i;
  const stays = element => {
    const link = element.closest('a[href]');
    if (link) {
      const href = link.getAttribute('href').trim();
      if (href && !href.startsWith('#') && !/^javascript:/i.test(href)
          && link.href.split('#')[0] !== location.href.split('#')[0]) return false;
      if (link.hasAttribute('download')) return false;
    }
    const button = element.closest('button, input');
    if (button && button.form && !/^button$/i.test(button.getAttribute('type') || 'submit')) return false;
    return !(button && (button.disabled || /^reset$/i.test(button.type)));
  };
  const part = element => {
    const name = element.getAttribute('aria-controls') || element.getAttribute('data-bs-target')
      || element.getAttribute('data-target') || element.getAttribute('href') || '';
    const id = name.replace(/^#/, '');
    return id ? document.getElementById(id) : null;
  };
  const waits = element => {
    const shown = part(element);
    return shown && (shown.textContent || '').trim().length < 80 ? 0 : shown ? 2 : 1;
  };
  const folds = [], loads = [];
  for (const element of document.querySelectorAll(openers)) {
    const toggle = element.getAttribute('data-bs-toggle') || element.getAttribute('data-toggle');
    if (toggle && !toggles.test(toggle)) continue;
    if (!clicked.has(element) && stays(element)) folds.push(element);
  }
  for (const element of document.querySelectorAll('button, [role=button], input[type=button], a')) {
    const text = element.value || element.textContent || '';
    if (text.length > 60 || !more.test(text) || !stays(element)) continue;
    const href = element.getAttribute('href');
    if (element.tagName === 'A' && href !== null && !/^(#.*|javascript:.*|)$/i.test(href.trim())) continue;
    const before = clicked.get(element);
    const now = document.getElementsByTagName('*').length;
    if (before === undefined || (before !== now && element.isConnected)) loads.push(element);
  }
  folds.sort((a, b) => waits(a) - waits(b));
  const next = folds[0] || loads[0];
  if (!next) return '';
  clicked.set(next, document.getElementsByTagName('*').length);
  // An opened part is not to be folded again by our click.
  if (folds[0] && next.getAttribute('aria-expanded') === 'true') return 'open';
  next.click();
  return folds[0] ? 'fold' : 'more';
}"""

# What a click took away and no later one brought again is put back at its place: a visitor can bring it back too.
_PUT_BACK = (
    f"() => {{ {_WORDS}"
    r"""
  if (!document.body) return;
  const bare = text => (text || '').replace(/\s+/g, '');
  let all = bare(words(document.body));
  const loading = /กำลังโหลด|โปรดรอ|กรุณารอ|loading|please wait/i;
  for (const [target, node] of window.__taken || []) {
    const text = bare(node.nodeType === 1 ? words(node) : node.data);
    if (!text || all.includes(text) || (text.length < 80 && loading.test(text))) continue;
    const place = target.isConnected && target.nodeType === 1 ? target : document.body;
    const holder = document.createElement('div');
    holder.appendChild(node);
    place.appendChild(holder);
    all += text;
  }
  // What stands in a shadow tree is shown, and is not part of the markup.
  const lay_open = root => {
    for (const element of root.querySelectorAll('*')) {
      if (!element.shadowRoot) continue;
      lay_open(element.shadowRoot);
      const holder = document.createElement('div');
      for (const node of element.shadowRoot.childNodes)
        if (!/^(style|script|link)$/i.test(node.nodeName)) holder.appendChild(node.cloneNode(true));
      element.appendChild(holder);
    }
  };
  lay_open(document);
}"""
)


# Asks anew for the styles and the pictures near the top, which were answered with next to nothing at first.
_DRESS = """([mark, most]) => {
  const marked = url => url + (url.includes('?') ? '&' : '?') + mark;
  const http = url => /^https?:/.test(url || '');
  window.scrollTo(0, 0);
  for (const link of document.querySelectorAll('link[rel~="stylesheet"]')) {
    if (!http(link.href)) continue;
    const again = link.cloneNode();
    again.removeAttribute('integrity');
    again.href = marked(link.href.split('#')[0]);
    link.replaceWith(again);
  }
  let left = 40;
  for (const image of document.images) {
    const source = image.currentSrc || image.src;
    if (!http(source) || image.getBoundingClientRect().top > most || left-- <= 0) continue;
    image.removeAttribute('srcset');
    image.removeAttribute('loading');
    image.src = marked(source.split('#')[0]);
  }
}"""
_HEIGHT = "() => Math.max(document.documentElement.scrollHeight, document.body ? document.body.scrollHeight : 0)"
# Windows that stand over the page are left out of the picture; what tabs and folds hide is in it.
_UNFOLDED = """
.modal, .modal-backdrop, .offcanvas-backdrop, dialog { display: none !important; }
.tab-pane, div.collapse, [role=tabpanel] {
  display: block !important; visibility: visible !important; opacity: 1 !important; height: auto !important; }
"""


class Rendering:
    """The showing of one page that the browser has opened; `ends_at` is a time of the event loop."""

    def __init__(self, page: Page, requests: PageRequests, pace: Pace, delay_seconds: float) -> None:
        self._page = page
        self._requests = requests
        self._pace = pace
        self._delay_seconds = delay_seconds
        self._loop = asyncio.get_running_loop()
        self._began_at = self._loop.time()

    def seconds_left(self) -> float:
        """What is left of the page's time. Each of its requests had to wait for its turn at the host."""
        allowed = self._pace.page_seconds + self._requests.fetches * self._delay_seconds
        return self._began_at + allowed - self._loop.time()

    async def run(self, url: str) -> Shown | None:
        """The page when all is open; None when its DOM is too large, or no web page stands there any more.

        Raises Playwright's errors and TimeoutError.
        """
        await self._within(self._page.goto(url, wait_until="commit", timeout=0))
        await self._quiet(self._pace.settle_seconds, self._pace.idle_seconds)
        for _ in range(self._pace.most_scrolls):
            if self.seconds_left() <= 0 or not await self._asked(_SCROLL):
                break
            await self._after_action()
        self._requests.settled = True
        await self._asked(_UNFOLD)
        for _ in range(self._pace.most_clicks):
            if self.seconds_left() <= 0:
                break
            kind = await self._asked(_CLICK)
            if not kind:
                break
            if kind != "open":
                await self._after_action()
        await self._asked(_PUT_BACK)
        shown = await self._read_out()
        return replace(shown, screenshot=await self._photographed()) if shown else None

    async def _read_out(self) -> Shown | None:
        size = await self._asked("() => document.documentElement.outerHTML.length")
        url = without_fragment(self._page.url)
        if not isinstance(size, int) or size > self._pace.max_bytes or not url.startswith(("http:", "https:")):
            return None
        html = await self._within(self._page.content())
        return Shown(html, url, tuple(self._requests.files), self._requests.missing)

    async def _photographed(self) -> bytes:
        """How the page looks with its styles and pictures, all that it folds away unfolded; empty when that fails.

        The DOM was read out before, so that nothing of this can change what is read.
        """
        try:
            async with asyncio.timeout(self._pace.dress_seconds + SHOT_SECONDS):
                self._requests.dressing = True
                await self._page.evaluate(_DRESS, [DRESS_MARK, MOST_SHOT_PX])
                ends_at = self._loop.time() + (self._pace.dress_seconds if self.seconds_left() > 0 else 0.0)
                idle = 0
                while idle < 3 and self._loop.time() < ends_at:
                    await asyncio.sleep(0.05)
                    idle = 0 if self._requests.pending else idle + 1
                height = await self._page.evaluate(_HEIGHT)
                clip = FloatRect(x=0, y=0, width=SHOT_WIDTH_PX, height=max(1, min(int(height), MOST_SHOT_PX)))
                for quality in (60, 30):
                    taken = await self._page.screenshot(
                        type="jpeg", quality=quality, full_page=True, clip=clip, animations="disabled", style=_UNFOLDED,
                        timeout=SHOT_SECONDS * 1000,
                    )  # fmt: skip
                    if len(taken) <= MOST_SHOT_BYTES:
                        return taken
        except (PlaywrightError, TimeoutError, ValueError, TypeError) as error:
            log.info("%s was not photographed: %s", self._page.url, str(error).split("\n")[0][:200])
        return b""

    async def _after_action(self) -> None:
        asked = self._requests.fetches
        await asyncio.sleep(0.05)
        if self._requests.pending or self._requests.fetches > asked:
            await self._quiet(min(3.0, self._pace.settle_seconds), self._pace.idle_seconds / 3)

    async def _quiet(self, settle_seconds: float, idle_seconds: float) -> None:
        """Wait until the page asks for nothing more and shows the same twice, or its time is over."""
        began_at = self._loop.time()
        last: Any = None
        same = 0
        while self.seconds_left() > 0:
            look = await self._asked(_LOOK)
            same = same + 1 if look == last else 0
            last = look
            now = self._loop.time()
            idle = 0.0 if self._requests.pending else now - max(self._requests.last_request_at, began_at)
            waits = bool(isinstance(look, list) and look[2:] and look[2])
            needed = max(idle_seconds, self._pace.patience_seconds) if waits else idle_seconds
            if idle >= needed and same:
                return
            if same >= SAME_LOOKS and not waits:
                return
            if now - max(self._requests.last_answer_at, began_at) > settle_seconds:
                return
            await asyncio.sleep(self._pace.look_seconds)

    async def _asked(self, script: str) -> Any:
        while True:
            try:
                return await self._within(self._page.evaluate(script))
            except PlaywrightError as error:
                # The page sent its visitor on by script under our hands: look at the next one.
                if "context was destroyed" not in str(error) or self.seconds_left() <= 0:
                    raise

    async def _within(self, work: Awaitable[T]) -> T:
        # Reading out is let finish when the time is just over; a page that answers no more is given up.
        async with asyncio.timeout(max(self.seconds_left(), 0.0) + self._pace.grace_seconds):
            return await work
