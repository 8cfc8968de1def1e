"""What a rendering keeps beside the page: how it looks, and the files its scripts brought; and a browser that grows."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from PIL import Image

from oitcheck.crawl import rendering_process
from oitcheck.crawl.browser import Browser, find_browser
from oitcheck.crawl.fetching import Fetched
from oitcheck.crawl.limits import CrawlLimits
from oitcheck.crawl.process_memory import memory_bytes
from oitcheck.crawl.rendering import MOST_SHOT_PX, Pace
from oitcheck.model.evidence import SCREENSHOT_OF, Capture, FetchOutcome

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
HOME = "http://www.sophuai.example"
SOON = Pace(
    look_seconds=0.05, idle_seconds=0.2, settle_seconds=1.5, page_seconds=6.0, patience_seconds=0.3, dress_seconds=5.0
)
RED, GREEN = (200, 0, 0), (0, 160, 0)


def picture(colour: tuple[int, int, int]) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (400, 300), colour).save(made, "PNG")
    return made.getvalue()


STYLED = """<!doctype html><head><link rel=stylesheet href=/a.css></head><body><img src=/a.png width=400 height=300>
<div class="modal">หน้าต่าง</div><div class="tab-pane" id=t>แท็บ</div><div id=tall></div><p id=n>เนื้อหา</p>
<script>document.getElementById('n').textContent += 'ที่สคริปต์นำมา '.repeat(9);
setInterval(() => { if (getComputedStyle(document.body).backgroundColor == 'rgb(0, 160, 0)')
  document.getElementById('n').textContent = 'แต่งแล้ว'; }, 20);</script>"""
STYLE = """body { margin: 0; background: rgb(0, 160, 0); } img { display: block; margin-left: 600px; }
.modal { position: fixed; inset: 0; background: black; } .tab-pane { display: none; } #tall { height: 20000px; }"""
PAGES: dict[str, tuple[str, bytes]] = {
    "/styled": ("text/html", STYLED.encode()),
    "/a.css": ("text/css", STYLE.encode()),
    "/a.png": ("image/png", picture(RED)),
    "/book": ("text/html", b"<canvas></canvas><p>" + "แผน ".encode() * 30 + b"</p><script>for (const n of [1, 2, 3]) fetch("
              b"`/${n}.pdf?a=1&b=<`).then(r => r.arrayBuffer()); document.body.append('/2.pdf?a=1&b=<')</script>"),
    "/1.pdf": ("application/pdf", b"%PDF-1.4 one"),
    "/2.pdf": ("application/octet-stream", b"%PDF-1.4 two"),
    "/3.pdf": ("text/html", b"<h1>404</h1>"),
}  # fmt: skip


class Site:
    def __init__(self) -> None:
        self.asked: list[str] = []

    async def fetch(self, url: str, *, submitted: bool, hosts: tuple[str, ...] = ()) -> Fetched:
        self.asked.append(url.removeprefix(HOME))
        media_type, body = PAGES[url.removeprefix(HOME).partition("?")[0]]
        sha256 = hashlib.sha256(body).hexdigest()
        capture = Capture(url, url, (), FetchOutcome.OK, 200, NOON, media_type, "utf-8", len(body), sha256)
        return Fetched(capture, body)


def shell(path: str) -> Capture:
    return Capture(HOME + path, HOME + path, (), FetchOutcome.OK, 200, NOON, "text/html", "utf-8")


def rendering(site: Site, work: Callable[[Browser], Awaitable[None]], memory: int = 2**40) -> None:
    async def run() -> None:
        path = find_browser()
        async with Browser(
            site, CrawlLimits(delay_seconds=0.0), clock=lambda: NOON, executable=path, pace=SOON, memory_bytes=memory
        ) as browser:
            await work(browser)

    asyncio.run(run())


def close(found: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(found, tuple)
    return all(abs(one - other) < 12 for one, other in zip(found, wanted, strict=True))


def test_the_screenshot_shows_the_page_in_its_styles_and_changes_nothing_that_is_read() -> None:
    site = Site()

    async def work(browser: Browser) -> None:
        first = await browser.render(shell("/styled"))
        again = await browser.render(shell("/styled"))
        assert first is not None and first.screenshot is not None and again is not None
        assert 'id="n">แต่งแล้ว' not in first.body.decode() and "oitcheck" not in first.body.decode()
        assert again.body == first.body
        capture = first.screenshot.capture
        assert capture.detail == SCREENSHOT_OF + first.capture.sha256 and capture.media_type == "image/jpeg"
        assert (capture.sha256, capture.size_bytes) == (
            hashlib.sha256(first.screenshot.body).hexdigest(),
            len(first.screenshot.body),
        )
        with Image.open(io.BytesIO(first.screenshot.body)) as shot:
            assert shot.size == (1280, MOST_SHOT_PX), "a long page is cut"
            assert close(shot.getpixel((300, 150)), GREEN) and close(shot.getpixel((800, 150)), RED)
        assert (site.asked.count("/a.css"), site.asked.count("/a.png")) == (1, 1), "pages of a site share their looks"
        assert site.asked.count("/styled") == 2

    rendering(site, work)


def test_files_that_scripts_bring_are_embedded_to_be_followed() -> None:
    async def work(browser: Browser) -> None:
        shown = await browser.render(shell("/book"))
        assert shown is not None
        embeds = shown.body.decode().rpartition("</script>")[2]
        assert f'<embed type="application/pdf" src="{HOME}/1.pdf?a=1&amp;b=%3C">' in embeds
        assert embeds.count("<embed") == 2, "what is no file is not embedded"

    rendering(Site(), work)


def test_a_browser_that_holds_too_much_is_replaced_or_ended(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    held = [0]
    monkeypatch.setattr(rendering_process, "memory_bytes", lambda pid: held[0])
    monkeypatch.setattr(rendering_process, "WATCHED_EVERY_SECONDS", 0.02)

    class Slow(Site):
        async def fetch(self, url: str, *, submitted: bool, hosts: tuple[str, ...] = ()) -> Fetched:
            if url.endswith(".pdf?a=1&b=%3C") and held[0]:
                await asyncio.Event().wait()
            return await super().fetch(url, submitted=submitted, hosts=hosts)

    async def work(browser: Browser) -> None:
        assert await browser.render(shell("/styled"))
        first = browser.pid
        held[0] = 120
        assert await browser.render(shell("/styled"))
        assert browser.pid not in (0, first), "over the limit: a new one for the next page"
        held[0] = 0
        assert await browser.render(shell("/styled"))
        held[0] = 151
        assert await browser.render(shell("/book")) is None, "far over the limit: ended at once"
        held[0] = 0
        assert await browser.render(shell("/styled")), "and the next page gets a new one"

    rendering(Slow(), work, 100)
    assert [record.message.partition(":")[0] for record in caplog.records if "ended" in record.message] != []


def test_memory_is_that_of_a_process_and_all_it_started() -> None:
    import os
    import subprocess
    import sys

    code = "x = bytearray(60_000_000); print('there', flush=True); input()"
    before = memory_bytes(os.getpid())
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout and child.stdout.readline()
    assert memory_bytes(os.getpid()) - before > 55_000_000 < memory_bytes(child.pid)
    child.communicate(b"\n")
    assert memory_bytes(child.pid) == 0 < before
