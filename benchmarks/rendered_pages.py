"""Pages a second in the browser: oitcheck's own rendering beside Playwright alone, on the same pages in the same run.

usage: rendered_pages.py [PAGES]; prints one line for each and their ratio. Everything is served on loopback.
Playwright alone goes to each page, waits until the network is idle, and reads the DOM out: no guard, nothing opened,
no screenshot, styles and pictures loaded by itself.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from playwright.async_api import async_playwright

from oitcheck.crawl.browser import PAGES_AT_ONCE, Browser, find_browser
from oitcheck.crawl.http import HttpFetcher
from oitcheck.crawl.limits import CrawlLimits
from oitcheck.demo import SiteServer

HOST = "www.rendered.example"
PAGE = """<!doctype html><html lang="th"><head><meta charset="utf-8"><title>O{n}</title>
<link rel="stylesheet" href="/site.css"></head><body><div id="app">กำลังโหลดข้อมูล...</div>
<script src="/site.js"></script>"""
SCRIPT = """fetch('/rows.json').then(r => r.json()).then(rows => {
  document.getElementById('app').innerHTML = '<h1>รายงาน</h1>' + rows.map(r => `<p>${r}</p>`).join(''); });"""
ROWS = '["' + '", "'.join(f"รายงานผลการจัดซื้อจัดจ้าง รายการที่ {n}" for n in range(200)) + '"]'


def made_site(folder: Path, pages: int) -> list[str]:
    site = folder / HOST
    site.mkdir()
    (site / "site.css").write_text("body { font-family: sans-serif; }")
    (site / "site.js").write_text(SCRIPT)
    (site / "rows.json").write_text(ROWS, "utf-8")
    for n in range(pages):
        (site / f"{n}.html").write_text(PAGE.format(n=n), "utf-8")
    return [f"http://{HOST}/{n}.html" for n in range(pages)]


async def ours(urls: list[str], server: str) -> float:
    """Pages a second with our browser."""

    def clock() -> datetime:
        return datetime.now(UTC)

    limits = CrawlLimits(delay_seconds=0.0, connect_to=server)
    async with (
        HttpFetcher(limits, clock=clock) as fetcher,
        Browser(fetcher, limits, clock=clock, executable=find_browser()) as browser,
    ):
        captures = [(await fetcher.fetch(url, submitted=True)).capture for url in urls]
        await browser.render(captures[0])  # started before the clock runs
        began = time.perf_counter()
        shown = await asyncio.gather(*(browser.render(capture) for capture in captures))
        seconds = time.perf_counter() - began
    assert all(each and "รายการที่ 199" in each.body.decode() for each in shown)
    return len(urls) / seconds


async def bare(urls: list[str], server: str) -> float:
    """Pages a second with Playwright alone, as many pages at once as we show."""
    gate = asyncio.Semaphore(PAGES_AT_ONCE)
    rules = f"--host-resolver-rules=MAP {HOST}:80 {server}"
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=find_browser(), args=[rules, "--no-sandbox"])

        async def one(url: str) -> str:
            async with gate:
                context = await chromium.new_context()
                page = await context.new_page()
                await page.goto(url, wait_until="networkidle")
                html = await page.content()
                await context.close()
                return html

        await one(urls[0])
        began = time.perf_counter()
        shown = await asyncio.gather(*(one(url) for url in urls))
        seconds = time.perf_counter() - began
        await chromium.close()
    assert all("รายการที่ 199" in each for each in shown)
    return len(urls) / seconds


def main() -> None:
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    if find_browser() is None:
        raise SystemExit("no Chromium or Chrome is installed")
    with tempfile.TemporaryDirectory() as folder:
        urls = made_site(Path(folder), pages)
        with SiteServer(Path(folder)) as server:
            mine = asyncio.run(ours(urls, server.host_port))
            theirs = asyncio.run(bare(urls, server.host_port))
    print(f"oitcheck   {mine:.2f} pages/s")
    print(f"playwright {theirs:.2f} pages/s")
    print(f"ratio      {mine / theirs:.2f}")


if __name__ == "__main__":
    main()
