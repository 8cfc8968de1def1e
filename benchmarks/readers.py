"""Pages a second of the readers beside the bare library each of them stands on, in one run.

usage: python benchmarks/readers.py [--seconds N] [--folder FOLDER]

PDF: text, repairs, tables and places of every page, beside playa and pdfium that only give up their text. OCR: a page
made ready, read, its rows and digits put together, beside the program tesseract given the same picture. Browser: a page
that a script fills, waited for and read out through our fetcher, beside Playwright going to the same page and taking
its content. Documents are those of the fixtures, or the PDF files of FOLDER. Each pair takes turns until time is over.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import logging
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import playa
import pypdfium2
from playwright.async_api import async_playwright

from oitcheck.crawl.browser import Browser, find_browser
from oitcheck.crawl.http import HttpFetcher
from oitcheck.crawl.limits import CrawlLimits
from oitcheck.extract import ocr_image, pdf
from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.ocr import has_ocr, scan_of
from oitcheck.model.evidence import Capture, FetchOutcome

ROOT = Path(__file__).resolve().parents[1]
ROWS = "".join(f"<li>แผนการจัดซื้อจัดจ้าง โครงการที่ {n} งบประมาณ {n},000 บาท</li>" for n in range(1, 200))
PAGE = f"""<!doctype html><html lang=th><meta charset=utf-8><title>แผน</title><body><div id=app></div>
<noscript>เปิดใช้งาน JavaScript</noscript>
<script>document.getElementById('app').innerHTML = `<h1>แผนการดำเนินงาน</h1><ul>{ROWS}</ul>`</script>"""


@dataclass(slots=True)
class Rate:
    """Pages and the time they took."""

    name: str
    pages: int = 0
    seconds: float = 0.0

    def timed(self, pages: int, work: Callable[[], object]) -> None:
        began = time.perf_counter()
        work()
        self.seconds += time.perf_counter() - began
        self.pages += pages

    def __str__(self) -> str:
        return f"{self.name}: {self.pages / self.seconds:.1f} pages/s ({self.pages} in {self.seconds:.0f} s)"


def capture(body: bytes, url: str = "http://www.benchmark.example/file") -> Capture:
    sha256 = hashlib.sha256(body).hexdigest()
    return Capture(url, url, (), FetchOutcome.OK, 200, datetime(2026, 1, 1, tzinfo=UTC), sha256=sha256)


def pdf_files(folder: Path | None) -> list[tuple[bytes, int]]:
    paths = folder.rglob("*.pdf") if folder else (ROOT / "fixtures").glob("2*/O*/*/*.pdf")
    files = []
    for path in sorted(paths):
        body = path.read_bytes()
        try:
            files.append((body, len(pypdfium2.PdfDocument(body))))
        except pypdfium2.PdfiumError:
            continue
    return files


def bare_playa(body: bytes) -> None:
    with playa.parse(body, space="default") as document:
        for page in document.pages:
            page.extract_text()


def bare_pdfium(body: bytes) -> None:
    for page in pypdfium2.PdfDocument(body):
        page.get_textpage().get_text_range()


def pdf_rates(files: Sequence[tuple[bytes, int]], seconds: float) -> list[Rate]:
    ours, first, second = Rate("PDF, oitcheck"), Rate("PDF, bare playa"), Rate("PDF, bare pdfium")
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        for body, pages in files:
            ours.timed(pages, lambda body=body: pdf.read(capture(body), body, ExtractLimits()))  # type: ignore[misc]
            first.timed(pages, lambda body=body: bare_playa(body))  # type: ignore[misc]
            second.timed(pages, lambda body=body: bare_pdfium(body))  # type: ignore[misc]
            if time.perf_counter() > until:
                break
    return [ours, first, second]


def ocr_rates(files: Sequence[tuple[bytes, int]], seconds: float) -> list[Rate]:
    ours, bare = Rate("OCR, oitcheck"), Rate("OCR, bare tesseract")
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    until = time.perf_counter() + seconds
    for body, _ in files:
        with tempfile.NamedTemporaryFile(suffix=".png") as picture:
            grey = ocr_image.pdf_page(body, 1)
            grey.save(picture.name)
            command = ["tesseract", picture.name, "stdout", "-l", "tha+eng", "--psm", "3", "--dpi", "200"]
            bare.timed(1, lambda c=command: subprocess.run(c, capture_output=True, check=True, env=environment))  # type: ignore[misc]
        ours.timed(1, lambda body=body: scan_of(body, 1, ExtractLimits()))  # type: ignore[misc]
        if time.perf_counter() > until:
            break
    return [ours, bare]


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = PAGE.encode() if self.path.startswith("/p") else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


async def browser_rates(path: str, port: int, seconds: float) -> list[Rate]:
    ours, bare = Rate("browser, oitcheck"), Rate("browser, bare Playwright")
    limits = CrawlLimits(delay_seconds=0.0, allow_private=True, allowed_ports=(port,))
    clock = lambda: datetime.now(UTC)  # noqa: E731
    async with (
        HttpFetcher(limits, clock=clock) as fetcher,
        Browser(fetcher, limits, clock=clock, executable=path) as browser,
        async_playwright() as playwright,
    ):
        chromium = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        until = time.perf_counter() + seconds
        number = 0
        while time.perf_counter() < until:
            # Two at once on either side, as many as our browser shows at once on two cores.
            urls = [f"http://127.0.0.1:{port}/p{number + n}" for n in range(2)]
            number += 2
            captures = [(await fetcher.fetch(url, submitted=True)).capture for url in urls]
            began = time.perf_counter()
            rendered = await asyncio.gather(*(browser.render(one) for one in captures))
            ours.seconds += time.perf_counter() - began
            ours.pages += sum(one is not None and b"199,000" in one.body for one in rendered)
            began = time.perf_counter()
            await asyncio.gather(*(_plainly(chromium, url) for url in urls))
            bare.seconds += time.perf_counter() - began
            bare.pages += 2
        await chromium.close()
    return [ours, bare]


async def _plainly(chromium: object, url: str) -> None:
    page = await chromium.new_page()  # type: ignore[attr-defined]
    await page.goto(url, wait_until="networkidle")
    await page.content()
    await page.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)  # parsers complain about what the files have wrong
    files = pdf_files(arguments.folder)
    rates = pdf_rates(files, arguments.seconds)
    print("\n".join(map(str, rates)), flush=True)
    if has_ocr():
        print("\n".join(map(str, ocr_rates(files, arguments.seconds))), flush=True)
    path = find_browser()
    if path:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print("\n".join(map(str, asyncio.run(browser_rates(path, server.server_port, arguments.seconds)))))
        server.shutdown()


if __name__ == "__main__":
    main()
