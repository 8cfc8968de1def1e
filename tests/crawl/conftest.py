"""A web server on loopback that misbehaves as told, and a clock that only moves when slept on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from oitcheck.crawl.http import HttpFetcher
from oitcheck.crawl.limits import CrawlLimits

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


def reply(status: int = 200, body: bytes | str = b"", *, length: int | None = None, **headers: str) -> bytes:
    """A raw HTTP/1.1 answer. Header names are written with _ for -; `length` replaces the true Content-Length."""
    raw = body.encode() if isinstance(body, str) else body
    fields = {"Content-Type": "text/html; charset=utf-8"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    fields.setdefault("Content-Length", str(len(raw) if length is None else length))
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value != "-")
    return f"HTTP/1.1 {status} X\r\n{head}\r\n".encode() + raw


class Site:
    """Answers by path: one answer for ever, or a list used up one after the other (the last one stays).

    An answer is raw bytes, or an async function of the writer that does what it likes; the connection is closed after.
    """

    def __init__(self, routes: dict[str, object]) -> None:
        self.routes = routes
        self.asked: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:] if line)}
                path = head[0].split(" ")[1]
                self.asked.append((headers["host"], path))
                self.headers.append(headers)
                answer = self.routes.get(headers["host"] + path, self.routes.get(path, self.routes.get("*")))
                if isinstance(answer, list):
                    answer = answer.pop(0) if len(answer) > 1 else answer[0]
                if answer is None:
                    answer = reply(404, "<h1>404</h1>")
                if not isinstance(answer, bytes):
                    await answer(writer)
                    break
                writer.write(answer)
                await writer.drain()
        writer.close()

    def paths(self) -> list[str]:
        return [path for _, path in self.asked]


class FakeTime:
    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


Work = Callable[[HttpFetcher, Site, FakeTime], Awaitable[object]]


@pytest.fixture
def crawl() -> Callable[..., object]:
    """`crawl(routes, work, **limits)`: serve `routes`, run `work(fetcher, site, time)` against them."""

    def run(routes: dict[str, object], work: Work, **changed: object) -> object:
        async def inside() -> object:
            site = Site(routes)
            server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
            site.port = server.sockets[0].getsockname()[1]
            settings: dict[str, object] = {
                "delay_seconds": 0.0,
                "connect_timeout_seconds": 2.0,
                "total_timeout_seconds": 5.0,
                "connect_to": f"127.0.0.1:{site.port}",
            }
            time = FakeTime()
            limits = CrawlLimits(**(settings | changed))  # type: ignore[arg-type]
            try:
                async with HttpFetcher(
                    limits, clock=lambda: NOON, sleep=time.sleep, monotonic=time.monotonic
                ) as fetcher:
                    return await work(fetcher, site, time)
            finally:
                server.close()

        return asyncio.run(inside())

    return run


@pytest.fixture
def answer() -> Callable[..., bytes]:
    return reply
