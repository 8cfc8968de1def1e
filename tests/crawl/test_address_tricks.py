"""Ways of writing an address of our own machine or network, and of leading there: none reaches the canary."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpcore
import pytest

from oitcheck.crawl.browser import Browser, find_browser
from oitcheck.crawl.guard import ForbiddenAddress, Guard, forbidden_reason
from oitcheck.crawl.http import HttpFetcher
from oitcheck.crawl.limits import WEB_PORTS, CrawlLimits
from oitcheck.crawl.rendering import Pace
from oitcheck.crawl.sockets import GuardedBackend, Resolver
from oitcheck.lib.urls import host_of
from oitcheck.model.evidence import FetchOutcome as F

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
SITE = "www.site.example"
PUBLIC = "8.8.8.8"
REFUSED = (F.FORBIDDEN_ADDRESS, F.UNSUPPORTED_ADDRESS, F.DNS_FAILURE)
# What the name servers of these tests say; the last answer stays. Numbers are understood as the system does.
NAMES: dict[str, list[list[str]]] = {
    SITE: [[PUBLIC]],
    "drive.google.com": [[PUBLIC]],
    "rebound.example": [[PUBLIC], ["127.0.0.1"]],
    "home.example": [["127.0.0.1"]],
    "home6.example": [["::1"]],
    "mapped.example": [["::ffff:127.0.0.1"]],
    "nat64.example": [["64:ff9b::7f00:1"]],
    "mixed.example": [["10.0.0.1", "::1", "169.254.169.254"]],
    "metadata.google.internal": [["169.254.169.254"]],
    "zone.example": [["fe80::1%lo"]],
}
# PORT is where the canary listens, at every address of this machine.
TRICKS = (
    # Loopback in every notation
    "http://127.0.0.1:PORT/", "http://127.0.0.2:PORT/", "http://127.255.255.254:PORT/", "http://127.1:PORT/",
    "http://127.0.1:PORT/", "http://2130706433:PORT/a.b", "http://0x7f000001:PORT/", "http://0x7f.0.0.1:PORT/",
    "http://0x7F.1:PORT/", "http://0177.0.0.1:PORT/", "http://0177.1:PORT/", "http://017700000001:PORT/",
    "http://00000177.0.0.1:PORT/", "http://0:PORT/", "http://0.0.0.0:PORT/", "http://0x0:PORT/", "http://00.00:PORT/",
    "http://127.0.0.1.:PORT/", "http://localhost:PORT/", "http://LOCALHOST:PORT/", "http://localhost.:PORT/",
    "http://ip6-localhost:PORT/",
    # IPv6, and IPv4 inside it
    "http://[::1]:PORT/", "http://[::]:PORT/", "http://[0:0:0:0:0:0:0:1]:PORT/", "http://[0000::0001]:PORT/",
    "http://[::ffff:127.0.0.1]:PORT/", "http://[::ffff:7f00:1]:PORT/", "http://[0:0:0:0:0:ffff:7f00:0001]:PORT/",
    "http://[::127.0.0.1]:PORT/", "http://[::ffff:0:127.0.0.1]:PORT/", "http://[64:ff9b::127.0.0.1]:PORT/",
    "http://[64:ff9b::7f00:1]:PORT/", "http://[64:ff9b:1::7f00:1]:PORT/", "http://[2002:7f00:1::]:PORT/",
    "http://[2001:0:7f00:1::80ff:fffe]:PORT/", "http://[2606:4700::5efe:7f00:1]:PORT/", "http://[fe80::1%25lo]:PORT/",
    "http://[fe80::1%lo]:PORT/", "http://[::1%25lo]:PORT/", "http://[::1%lo]:PORT/",
    # Letters that are made into digits and dots
    "http://①②⑦.⓪.⓪.①:PORT/", "http://１２７.０.０.１:PORT/", "http://127。0。0。1:PORT/", "http://127｡0｡0｡1:PORT/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:PORT/", "http://๑๒๗.๐.๐.๑:PORT/", "http://127.0.0\u200b.1:PORT/", "http://127.\t0.0.1:PORT/",
    "http://%31%32%37.0.0.1:PORT/", "http://127.0.0.1%00.site.example:PORT/",
    # Where the host begins and ends
    "http://www.site.example@127.0.0.1:PORT/", "http://www.site.example:80@127.0.0.1:PORT/",
    "http://www.site.example%40127.0.0.1:PORT/", "http://127.0.0.1:PORT#@www.site.example/",
    "http://127.0.0.1:PORT?@www.site.example/", "http://www.site.example\\@127.0.0.1:PORT/",
    "http://127.0.0.1:PORT\\@www.site.example/", "http:\\\\127.0.0.1:PORT/", "//127.0.0.1:PORT/", "127.0.0.1:PORT/",
    "HTTP://127.0.0.1:PORT/", "http:///127.0.0.1:PORT/", "http:127.0.0.1:PORT/", "http://a:b@[::1]:PORT/",
    # Our network, and where clouds answer their own machines
    "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1/", "http://192.168.257/", "http://169.254.169.254/latest/",
    "http://2852039166/latest/", "http://0xa9fea9fe/", "http://0251.0376.0251.0376/", "http://[::ffff:a9fe:a9fe]/",
    "http://[fd00:ec2::254]/", "http://100.100.100.200/", "http://100.64.0.1/", "http://168.63.129.16/",
    "http://192.0.0.192/", "http://metadata.google.internal/computeMetadata/v1/",
    # What is nobody's
    "http://224.0.0.1/", "http://239.255.255.250/", "http://255.255.255.255/", "http://240.0.0.1/", "http://192.0.2.1/",
    "http://198.51.100.1/", "http://203.0.113.1/", "http://198.18.0.1/", "http://[ff02::1]/", "http://[2001:db8::1]/",
    "http://[fc00::1]/", "http://[fec0::1]/", "http://[100::1]/",
    # Names that lead there
    "http://home.example:PORT/", "http://home6.example:PORT/", "http://mapped.example:PORT/", "http://nat64.example:PORT/",
    "http://mixed.example/", "http://zone.example:PORT/",
    # Other doors
    "http://8.8.8.8:22/", "http://www.site.example:25/", "http://www.site.example:6379/", "http://www.site.example:0/",
    "https://www.site.example:2375/", "ftp://127.0.0.1:PORT/", "gopher://127.0.0.1:PORT/", "file:///etc/passwd",
    "unix:///run/docker.sock", "data:text/html,x", "javascript:alert(1)", "ws://127.0.0.1:PORT/",
)  # fmt: skip


@dataclass
class World:
    """A network of these tests: where connections went, what reached the canary, what the public site answers."""

    port: int = 0
    connected: list[str] = field(default_factory=list)
    reached: int = 0
    resolved: list[str] = field(default_factory=list)
    pages: dict[str, tuple[str, str]] = field(default_factory=dict)
    page: tuple[str, str] = ("", "")

    async def canary(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reached += 1
        writer.close()

    async def site(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers anything with the page of its path (else `page`): a Location, or a text; closes after it."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            location, text = self.pages.get(head.split(" ")[1], self.page)
            body = text.encode()
            status = f"302 Found\r\nLocation: {location}" if location else "200 OK"
            kind = "Content-Type: text/html; charset=utf-8"
            writer.write(
                f"HTTP/1.1 {status}\r\n{kind}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            )
            writer.write(body)
            await writer.drain()
        writer.close()


Work = Callable[[HttpFetcher, World], Awaitable[None]]


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> Callable[[Work], None]:
    """`inside(work)`: run it with a fetcher as it is out of the box, but for the port of the canary, which is allowed."""
    world = World()
    really = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        world.resolved.append(host)
        answers = NAMES.get(host)
        if answers:
            said = answers[min(world.resolved.count(host), len(answers)) - 1]
            return [(socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 0)) for a in said]
        if "local" in host:
            return really(host, port, *more, **named)
        return really(host, port, flags=socket.AI_NUMERICHOST, type=socket.SOCK_STREAM)

    connect = httpcore.AnyIOBackend.connect_tcp
    sites: list[int] = []

    async def connect_tcp(self: Any, host: str, port: int, *more: Any, **named: Any) -> Any:
        world.connected.append(host)
        if host != PUBLIC:
            return await connect(self, host, port, *more, **named)
        stream = await connect(self, "127.0.0.1", sites[0])
        stream.get_extra_info = lambda info: (PUBLIC, port) if info == "server_addr" else None  # type: ignore[method-assign]
        return stream

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect_tcp)

    async def run(work: Work) -> None:
        canary = await asyncio.start_server(world.canary, "0.0.0.0", 0)
        world.port = canary.sockets[0].getsockname()[1]
        with contextlib.suppress(OSError):  # a machine without IPv6
            await asyncio.start_server(world.canary, "::", world.port)
        site = await asyncio.start_server(world.site, "127.0.0.1", 0)
        sites.append(site.sockets[0].getsockname()[1])
        limits = CrawlLimits(
            delay_seconds=0.0,
            attempts=1,
            connect_timeout_seconds=1.0,
            total_timeout_seconds=2.0,
            allowed_ports=(*WEB_PORTS, world.port),
        )
        async with HttpFetcher(limits, clock=lambda: NOON) as fetcher:
            await work(fetcher, world)
        assert world.reached == 0
        assert [address for address in world.connected if forbidden_reason(address)] == []
        _, writer = await asyncio.open_connection("127.0.0.1", world.port)
        await asyncio.sleep(0.02)
        assert world.reached == 1, "the canary does hear"
        writer.close()

    return lambda work: asyncio.run(run(work))


def test_there_are_enough_tricks():
    assert len(set(TRICKS)) >= 60


def test_no_trick_reaches_the_canary(inside: Callable[[Work], None]) -> None:
    async def work(fetcher: HttpFetcher, world: World) -> None:
        for trick in TRICKS:
            capture = (await fetcher.fetch(trick.replace("PORT", str(world.port)), submitted=True)).capture
            if capture.http_status:
                assert host_of(capture.final_url) == SITE, (trick, capture)
            else:
                assert capture.outcome in REFUSED, (trick, capture)

    inside(work)


@pytest.mark.parametrize("hop", ["redirect", "refresh", "script"])
def test_no_trick_behind_a_public_page_reaches_it(inside: Callable[[Work], None], hop: str) -> None:
    async def work(fetcher: HttpFetcher, world: World) -> None:
        for number, trick in enumerate(TRICKS):
            target = trick.replace("PORT", str(world.port)).replace("\t", "")
            world.page = {
                "redirect": (target.encode().decode("latin-1") if target.isascii() else target, ""),
                "refresh": ("", f'<meta http-equiv="refresh" content="0; url={target}">'),
                "script": ("", f"<html><script>location.href='{target}';</script></html>"),
            }[hop]
            capture = (await fetcher.fetch(f"http://{SITE}/{number}", submitted=True)).capture
            assert host_of(capture.final_url) == SITE if capture.http_status else capture.outcome in REFUSED, trick
        assert set(world.connected) == {PUBLIC}

    inside(work)


def test_a_name_that_changes_its_address_gains_nothing(inside: Callable[[Work], None]) -> None:
    async def work(fetcher: HttpFetcher, world: World) -> None:
        world.page = ("", "<h1>หน้าแรก</h1>")
        for number in range(4):
            capture = (await fetcher.fetch(f"http://rebound.example:{world.port}/{number}", submitted=True)).capture
            assert capture.outcome is F.OK
        assert world.connected == [PUBLIC] * 4, "a new connection each time, to the address that was checked"
        assert world.resolved.count("rebound.example") == 1
        limits = CrawlLimits(attempts=1, allowed_ports=(world.port,))
        async with HttpFetcher(limits, clock=lambda: NOON) as another_night:
            capture = (await another_night.fetch(f"http://rebound.example:{world.port}/", submitted=True)).capture
            assert (capture.outcome, capture.http_status) == (F.FORBIDDEN_ADDRESS, 0)

    inside(work)


def test_a_shared_file_does_not_lead_there(inside: Callable[[Work], None]) -> None:
    """Neither what Drive redirects to, nor the form on its page about large files."""

    async def work(fetcher: HttpFetcher, world: World) -> None:
        for target in ("http://127.0.0.1:PORT/", "http://169.254.169.254/latest/", "http://2130706433:PORT/"):
            target = target.replace("PORT", str(world.port))
            world.page = (target, "")
            capture = (await fetcher.fetch("http://drive.google.com/uc?id=1AbCdEfGhIjKl", submitted=False)).capture
            assert capture.outcome is F.FORBIDDEN_ADDRESS
            form = f'<form id="download-form" action="{target}"><input type="hidden" name="id" value="1"></form>'
            world.page = ("", form)
            capture = (await fetcher.fetch("http://drive.google.com/uc?id=1AbCdEfGhIjKm", submitted=False)).capture
            assert capture.final_url.startswith("http://drive.google.com/")

    inside(work)


def test_the_open_socket_is_looked_at_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever leads a connection astray between the check and the socket, nothing is said on it."""
    closed: list[bool] = []

    class Astray(httpcore.AsyncNetworkStream):
        def get_extra_info(self, info: str) -> Any:
            return ("127.0.0.1", 80) if info == "server_addr" else None

        async def aclose(self) -> None:
            closed.append(True)

    async def connect_tcp(self: Any, host: str, port: int, *more: Any, **named: Any) -> Any:
        return Astray()

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect_tcp)
    with pytest.raises(ForbiddenAddress, match=r"127\.0\.0\.1: loopback"):
        asyncio.run(GuardedBackend(Guard(), Resolver()).connect_tcp(PUBLIC, 80))
    assert closed == [True]


PAGE = """<!doctype html><html lang=th><meta charset=utf-8><body><div id=app>กำลังโหลดข้อมูล...</div><p id=log></p><script>
const tries = TRIES;
Promise.allSettled(tries.map(url => fetch(url))).then(all => {
  document.getElementById('app').innerHTML = '<p>' + 'เนื้อหาของหน้า '.repeat(20) + '</p>';
  document.getElementById('log').textContent = 'ลองแล้ว ' + all.length; });
for (const url of tries) { const i = new Image(); i.src = url; const f = document.createElement('iframe'); f.src = url;
  document.body.append(f); navigator.sendBeacon && navigator.sendBeacon(url, 'x'); }
</script></body></html>"""


@pytest.mark.skipif(find_browser() is None, reason="no browser is installed")
def test_a_page_in_the_browser_does_not_get_there_either(inside: Callable[[Work], None]) -> None:
    async def work(fetcher: HttpFetcher, world: World) -> None:
        tries = [
            f"http://127.1:{world.port}/", f"http://2130706433:{world.port}/", f"http://[::ffff:127.0.0.1]:{world.port}/",
            f"http://home.example:{world.port}/", f"http://rebound.example:{world.port}/", "http://169.254.169.254/latest/",
            "/hop",
        ]  # fmt: skip
        world.pages["/hop"] = (f"http://127.0.0.1:{world.port}/", "")
        world.page = ("", PAGE.replace("TRIES", str(tries)))
        limits = CrawlLimits(delay_seconds=0.0)
        pace = Pace(look_seconds=0.05, idle_seconds=0.2, settle_seconds=1.5, page_seconds=6.0, patience_seconds=0.3)
        async with Browser(fetcher, limits, clock=lambda: NOON, executable=find_browser(), pace=pace) as browser:
            capture = (await fetcher.fetch(f"http://{SITE}/", submitted=True)).capture
            assert capture.outcome is F.OK
            rendered = await browser.render(capture)
        assert rendered is not None and f"ลองแล้ว {len(tries)}" in rendered.body.decode()
        assert set(world.connected) == {PUBLIC}

    inside(work)
