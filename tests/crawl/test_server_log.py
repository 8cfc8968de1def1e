"""What servers see of a crawl: a province of 60 hosts on 12 addresses, as its servers log it, in virtual time."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import httpcore
import pytest

from oitcheck.crawl.http import HttpFetcher
from oitcheck.crawl.limits import CrawlLimits
from oitcheck.crawl.sockets import NameNotResolved, Resolver
from oitcheck.model.evidence import Capture
from oitcheck.model.evidence import FetchOutcome as F
from tests.crawl.virtual_time import run_virtually

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
DELAY_SECONDS = 1.0
PAGE = "<title>แผน</title>" + "<p>รายงานผลการดำเนินงานของเทศบาล</p>" * 60
LIVE = {f"www.h{n:02}.example": f"127.0.0.{2 + n % 12}" for n in range(60)}
DEAD = {f"www.dead{n:02}.example": ("", "192.0.2.1", "198.51.100.1")[n % 3] for n in range(20)}
LIMITS = CrawlLimits(
    delay_seconds=DELAY_SECONDS,
    connections_per_host=2,
    connections=32,
    connect_timeout_seconds=10.0,
    allow_private=True,
)


@dataclass
class Log:
    """What the servers saw: requests as (instant, host, address, path), and connections open at once."""

    requests: list[tuple[float, str, str, str]] = field(default_factory=list)
    open: Counter[str] = field(default_factory=Counter)
    most_open: Counter[str] = field(default_factory=Counter)
    most_in_all: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = writer.get_extra_info("sockname")[0]
        self.open[address] += 1
        self.most_open[address] = max(self.most_open[address], self.open[address])
        self.most_in_all = max(self.most_in_all, self.open.total())
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                host = head.lower().split("host: ")[1].split("\r\n")[0].split(":")[0]
                path = head.split(" ")[1]
                self.requests.append((asyncio.get_running_loop().time(), host, address, path))
                await asyncio.sleep(0.1 + len(self.requests) % 7 * 0.2)
                body = b"" if path == "/robots.txt" else PAGE.encode()
                status = b"404 X" if path == "/robots.txt" else b"200 OK"
                kind = b"Content-Type: text/html; charset=utf-8"
                writer.write(b"HTTP/1.1 %s\r\n%s\r\nContent-Length: %d\r\n\r\n" % (status, kind, len(body)) + body)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self.open[address] -= 1
            writer.close()

    def gaps(self, column: int) -> list[float]:
        """The gaps between two requests in a row to one host (1) or address (2)."""
        seen: dict[str, list[float]] = defaultdict(list)
        for request in self.requests:
            seen[str(request[column])].append(request[0])
        return [later - earlier for instants in seen.values() for earlier, later in pairwise(sorted(instants))]


@dataclass
class Night:
    log: Log
    captures: list[Capture]
    seconds: float
    tries: Counter[str]


async def crawled(hosts: Mapping[str, str], pages: int, limits: CrawlLimits) -> Night:
    """All pages of all hosts at once, as impatient callers would."""
    log, tries = Log(), Counter[str]()
    first = await asyncio.start_server(log.serve, "127.0.0.2", 0)
    port = first.sockets[0].getsockname()[1]
    others = [await asyncio.start_server(log.serve, f"127.0.0.{n}", port) for n in range(3, 14)]

    class Names(Resolver):
        async def _ask(self, host: str, timeout_seconds: float) -> tuple[str, ...]:
            if not hosts[host]:
                tries[host] += 1
                await asyncio.sleep(5.0)
                raise NameNotResolved(host)
            if hosts[host].startswith("127."):
                return (hosts[host],)
            return (f"{hosts[host]}{host[8:10]}",)

    connect = httpcore.AnyIOBackend.connect_tcp

    async def connect_tcp(self: Any, host: str, port: int, timeout: float | None = None, **more: Any) -> Any:
        if host.startswith("127."):
            return await connect(self, host, port, timeout, **more)
        tries[next(name for name in hosts if name[8:10] == host[-2:] and "dead" in name)] += 1
        if host.startswith("192."):
            await asyncio.sleep(timeout or 0)
            raise httpcore.ConnectTimeout
        raise httpcore.ConnectError from ConnectionRefusedError()

    loop = asyncio.get_running_loop()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect_tcp)
        started = loop.time()
        async with HttpFetcher(limits, clock=lambda: NOON, monotonic=loop.time, resolver=Names()) as fetcher:
            urls = [f"http://{host}:{port}/p{n}" for host in hosts for n in range(40 if host in DEAD else pages)]
            got = await asyncio.gather(
                *(fetcher.fetch(url, submitted=number % 2 == 0) for number, url in enumerate(urls))
            )
        seconds = loop.time() - started
    for server in (first, *others):
        server.close()
    return Night(log, [each.capture for each in got], seconds, tries)


def test_no_host_and_no_address_is_asked_too_soon_or_by_too_many() -> None:
    night = run_virtually(crawled(LIVE, 4, LIMITS))
    log = night.log
    assert {capture.outcome for capture in night.captures} == {F.OK}
    assert len({host for _, host, _, _ in log.requests}) == 60
    assert len({address for _, _, address, _ in log.requests}) == 12
    assert len(log.requests) == 60 * 5, "each page once, and each robots.txt"
    assert min(log.gaps(1)) >= DELAY_SECONDS
    assert min(log.gaps(2)) >= DELAY_SECONDS
    assert max(log.most_open.values()) == LIMITS.connections_per_host
    assert log.most_in_all <= LIMITS.connections


def test_few_connections_in_all_are_enough() -> None:
    few = CrawlLimits(delay_seconds=0.0, connections_per_host=2, connections=5, allow_private=True)
    night = run_virtually(crawled(LIVE, 2, few))
    assert {capture.outcome for capture in night.captures} == {F.OK}
    assert night.log.most_in_all <= 5
    assert max(night.log.most_open.values()) <= 2


def test_dead_hosts_cost_two_attempts_each_and_next_to_no_time() -> None:
    """Names that nobody knows, machines that are not there, ports that are closed; forty addresses of each wait."""
    alone = run_virtually(crawled(LIVE, 5, LIMITS))
    night = run_virtually(crawled(LIVE | DEAD, 5, LIMITS))
    assert night.tries == dict.fromkeys(DEAD, 2)
    ends = Counter(capture.outcome for capture in night.captures)
    assert ends == {F.OK: 300, F.DNS_FAILURE: 280, F.TIMEOUT: 280, F.REFUSED: 240}
    left = [capture for capture in night.captures if "left alone" in capture.detail and not capture.attempts]
    assert len(left) >= 20 * 38
    assert night.seconds < alone.seconds * 1.05


def test_the_retry_pass_tries_a_dead_host_once() -> None:
    async def passes() -> tuple[list[int], list[str]]:
        asked = 0

        class Names(Resolver):
            async def _ask(self, host: str, timeout_seconds: float) -> tuple[str, ...]:
                nonlocal asked
                asked += 1
                raise NameNotResolved(host)

        loop = asyncio.get_running_loop()
        counts, again = [], []
        async with HttpFetcher(LIMITS, clock=lambda: NOON, monotonic=loop.time, resolver=Names()) as fetcher:
            for _ in range(3):
                await asyncio.gather(*(fetcher.fetch(f"http://dead.example/{n}", submitted=True) for n in range(9)))
                counts.append(asked)
                again += fetcher.retry_left_alone(("dead.example", "other.example"))
        return counts, again

    assert run_virtually(passes()) == ([2, 3, 4], ["dead.example"] * 3)
