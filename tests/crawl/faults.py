"""Sites on loopback that go wrong, one fault each, and the network that leads to them.

Every site has a name of its own at an address of its own; `network` makes the program find them there, at the ports 80
and 443 of the web, without touching what it does with what it finds.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import ssl
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpcore
import pytest

from oitcheck.crawl import clients
from oitcheck.model.evidence import FetchOutcome as F
from oitcheck.model.evidence import TlsFault
from tests.crawl.certificates import Authorities

# Every answer to an item's address gets the page that would pass, and may spoil it.
Spoilt = Callable[[str, bytes], "bytes | Awaitable[None] | Callable[[asyncio.StreamWriter], Awaitable[None]]"]
LIMIT_BYTES = 400_000
HOME = (
    "<!doctype html><title>เทศบาลตำบลสบห้วย</title><nav>"
    + "".join(f"<a href='/m{n}'>เมนู {n}</a>" for n in range(9))
    + "</nav>"
    "<h1>ยินดีต้อนรับ</h1>" + "<p>ข่าวประชาสัมพันธ์ของเทศบาลตำบลสบห้วย อำเภอสบห้วย จังหวัดนครธาร</p>" * 20
).encode()


def reply(status: int = 200, body: bytes = b"", *, length: int | None = None, **headers: str) -> bytes:
    """A raw answer; header names with _ for -; "-" leaves a header out."""
    fields = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(body) if length is None else length),
    }
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value != "-")
    return f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode() + body


@dataclass(frozen=True)
class Fault:
    """One way of going wrong. `page` spoils the pages of items, `home` the home page too; `outcomes` may be told.

    `gone`: the item may be judged as failed, since its page is absent for good. `verdict`: of the item, "" for any but
    failed. `tls` makes the context of its server; `tls_fault` is the fact that the captures carry.
    """

    name: str
    outcomes: frozenset[F]
    page: Spoilt | None = None
    everywhere: bool = False
    gone: bool = False
    verdict: str = "cant_tell"
    tls: Callable[[Authorities, str], ssl.SSLContext] | None = None
    tls_fault: TlsFault | None = None
    where: str = "server"  # or: closed, full, no_name, slow_name, plain_tls, inside

    @property
    def host(self) -> str:
        return f"www.{self.name}.example"

    @property
    def scheme(self) -> str:
        return "https" if self.tls or self.where == "plain_tls" else "http"


def _says(status: int, text: str, **headers: str) -> Spoilt:
    return lambda path, page: reply(status, text.encode(), **headers)


def _sent(raw: Callable[[bytes], bytes]) -> Spoilt:
    """An answer as raw bytes, after which the connection is closed."""

    def spoilt(path: str, page: bytes) -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
        async def send(writer: asyncio.StreamWriter) -> None:
            writer.write(raw(page))
            await writer.drain()

        return send

    return spoilt


def _acting(act: Callable[[asyncio.StreamWriter, bytes], Awaitable[None]]) -> Spoilt:
    return lambda path, page: lambda writer: act(writer, page)


async def _reset(writer: asyncio.StreamWriter, page: bytes) -> None:
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    writer.transport.abort()


async def _nothing(writer: asyncio.StreamWriter, page: bytes) -> None:
    """Closes without a word."""


async def _silence(writer: asyncio.StreamWriter, page: bytes) -> None:
    await asyncio.sleep(30)


async def _drip(writer: asyncio.StreamWriter, page: bytes) -> None:
    writer.write(reply(200, length=len(page)))
    for at in range(len(page)):
        writer.write(page[at : at + 1])
        await writer.drain()
        await asyncio.sleep(0.05)


async def _pour(writer: asyncio.StreamWriter, page: bytes) -> None:
    writer.write(reply(200, Content_Length="-", Connection="close"))
    for _ in range(LIMIT_BYTES // 10_000 + 5):
        writer.write(b"x" * 10_000)
        await writer.drain()


def _circle(path: str, page: bytes) -> bytes:
    return reply(302, Location=path.removesuffix("-again") + ("" if path.endswith("-again") else "-again"))


def _chain(path: str, page: bytes) -> bytes:
    return reply(302, Location=path + "/on")


CAPTCHA = "<title>Just a moment...</title><div id=challenge-stage>Verify you are human</div>"
FIREWALL = "<html><head><script src='/_Incapsula_Resource?x=1'></script></head><body></body></html>"
SIGN_IN = "<title>เข้าสู่ระบบ</title><form>ชื่อผู้ใช้ <input name=u> รหัสผ่าน <input type=password></form>"
PARKED = "<title>domain</title><p>This domain may be for sale. Buy this domain.</p>"
NOWHERE = "<title>เทศบาล</title><p>ยินดีต้อนรับสู่เว็บไซต์ของเทศบาล ขอบคุณที่เข้าเยี่ยมชมเว็บไซต์ของเรา</p>"
ABSENT = "<title>ไม่พบหน้าที่คุณค้นหา</title><h1>ไม่พบหน้าที่คุณค้นหา</h1>"
FATAL = "<b>Fatal error</b>: Uncaught Error: Call to undefined function x() in /var/www/a.php on line <b>12</b>"


def one(outcome: F) -> frozenset[F]:
    return frozenset({outcome})


FAULTS: tuple[Fault, ...] = (
    # The way to the site
    Fault("no-name", one(F.DNS_FAILURE), where="no_name"),
    Fault("slow-name", one(F.DNS_FAILURE), where="slow_name"),
    Fault("refused", one(F.REFUSED), where="closed"),
    Fault("blackhole", one(F.TIMEOUT), where="full"),
    Fault("private", one(F.FORBIDDEN_ADDRESS), where="inside"),
    # Its TLS: read anyway
    Fault("tls-good", one(F.OK), verdict="passed", tls=Authorities.good),
    Fault("tls-expired", one(F.OK), verdict="passed", tls=Authorities.expired, tls_fault=TlsFault.EXPIRED),
    Fault("tls-self-signed", one(F.OK), verdict="passed", tls=Authorities.self_signed, tls_fault=TlsFault.SELF_SIGNED),
    Fault("tls-wrong-name", one(F.OK), verdict="passed", tls=Authorities.wrong_name, tls_fault=TlsFault.WRONG_NAME),
    Fault("tls-incomplete", one(F.OK), verdict="passed", tls=Authorities.chain_incomplete, tls_fault=TlsFault.CHAIN_INCOMPLETE),
    Fault("tls-stranger", one(F.OK), verdict="passed", tls=Authorities.unknown_authority, tls_fault=TlsFault.UNKNOWN_AUTHORITY),
    Fault("tls-weak", one(F.OK), verdict="passed", tls=Authorities.weak, tls_fault=TlsFault.WEAK),
    Fault("tls-old", one(F.OK), verdict="passed", tls=Authorities.old_protocol, tls_fault=TlsFault.OLD_PROTOCOL),
    Fault("tls-none", one(F.TLS_FAILURE), where="plain_tls", tls_fault=TlsFault.NO_TLS),
    # The connection
    Fault("reset", one(F.RESET), _acting(_reset), everywhere=True),
    Fault("hangs-up", one(F.RESET), _acting(_nothing), everywhere=True),
    Fault("silent", one(F.TIMEOUT), _acting(_silence), everywhere=True),
    Fault("slow-drip", one(F.TIMEOUT), _acting(_drip)),
    Fault("truncated", one(F.TRUNCATED), _sent(lambda page: reply(200, page[: len(page) // 2], length=len(page)))),
    # What is no proper HTTP
    Fault("length-too-small", one(F.TRUNCATED), _sent(lambda page: reply(200, page, length=len(page) // 2))),
    Fault("bad-chunk", one(F.PROTOCOL_ERROR), _sent(
        lambda page: reply(200, Content_Length="-", Transfer_Encoding="chunked") + b"zz\r\n" + page)),
    Fault("cut-chunk", one(F.TRUNCATED), _sent(
        lambda page: reply(200, Content_Length="-", Transfer_Encoding="chunked") + b"ffff\r\n" + page)),
    Fault("http-0-9", one(F.PROTOCOL_ERROR), _sent(lambda page: page)),
    Fault("bad-header", one(F.PROTOCOL_ERROR), _sent(
        lambda page: b"HTTP/1.1 200 OK\r\nno colon here\r\n\x00bad: 1\r\n\r\n" + page)),
    Fault("huge-header", one(F.PROTOCOL_ERROR), _sent(
        lambda page: b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000 + b"\r\n\r\n" + page)),
    Fault("two-lengths", one(F.PROTOCOL_ERROR), _sent(
        lambda page: reply(200, page, X="1\r\nContent-Length: 7"))),
    Fault("bad-gzip", one(F.PROTOCOL_ERROR), lambda path, page: reply(200, page, Content_Encoding="gzip")),
    Fault("cut-gzip", one(F.TRUNCATED), lambda path, page: reply(200, gzip.compress(page)[:-20], Content_Encoding="gzip")),
    Fault("brotli", one(F.PROTOCOL_ERROR), lambda path, page: reply(200, b"\x8b\x02\x80x\x03", Content_Encoding="br")),
    Fault("empty", one(F.EMPTY_ANSWER), lambda path, page: reply(200)),
    Fault("no-content", one(F.EMPTY_ANSWER), lambda path, page: reply(204, Content_Length="-")),
    # Too much
    Fault("gzip-bomb", one(F.TOO_LARGE), lambda path, page: reply(200, gzip.compress(b"\0" * 8_000_000), Content_Encoding="gzip")),
    Fault("too-large", one(F.TOO_LARGE), lambda path, page: reply(200, page, length=10**9)),
    Fault("pours", one(F.TOO_LARGE), _acting(_pour)),
    # What the server says
    Fault("s400", one(F.CLIENT_ERROR), _says(400, "bad")),
    Fault("s401", one(F.UNAUTHORIZED), _says(401, "no", WWW_Authenticate="Basic")),
    Fault("s403", one(F.FORBIDDEN), _says(403, "<h1>Forbidden</h1>")),
    Fault("s404", one(F.NOT_FOUND), _says(404, "<h1>404</h1>"), gone=True, verdict="failed"),
    Fault("s410", one(F.GONE), _says(410, "gone"), gone=True, verdict="failed"),
    Fault("s429", one(F.RATE_LIMITED), _says(429, "slow down")),
    Fault("s429-later", one(F.RATE_LIMITED), _says(429, "slow down", Retry_After="3600")),
    Fault("s500", one(F.SERVER_ERROR), _says(500, "oops")),
    Fault("s502", one(F.SERVER_ERROR), _says(502, "bad gateway")),
    Fault("s503", one(F.SERVER_ERROR), _says(503, "maintenance", Retry_After="Wed, 21 Oct 2099 07:28:00 GMT")),
    # What the page says
    Fault("captcha", one(F.BLOCKED), _says(200, CAPTCHA)),
    Fault("firewall", one(F.BLOCKED), _says(200, FIREWALL)),
    Fault("mod-security", one(F.BLOCKED), _says(406, "<h1>Not Acceptable!</h1>generated by Mod_Security")),
    Fault("login", one(F.LOGIN_WALL), lambda path, page: (
        reply(200, SIGN_IN.encode()) if "login" in path else reply(302, Location="/office/login.php"))),
    Fault("sign-in", one(F.LOGIN_WALL), _says(200, SIGN_IN)),
    Fault("soft-404", one(F.SOFT_NOT_FOUND), _says(200, ABSENT), gone=True, verdict="failed"),
    Fault("any-path", one(F.SOFT_NOT_FOUND), _says(200, NOWHERE), gone=True, verdict="failed"),
    Fault("sent-home", one(F.SOFT_NOT_FOUND), lambda path, page: reply(302, Location="/"), gone=True, verdict="failed"),
    Fault("parked", one(F.PARKED), _says(200, PARKED), everywhere=True),
    Fault("fatal", one(F.SERVER_ERROR), _says(200, FATAL)),
    Fault("database", one(F.SERVER_ERROR), _says(200, "<h1>Error establishing a database connection</h1>")),
    Fault("charset", one(F.OK), lambda path, page: reply(200, page.decode().encode("utf-16-be")[1:], Content_Type="text/html; charset=utf-8")),
    # Where it leads
    Fault("circle", one(F.TOO_MANY_REDIRECTS), _circle),
    Fault("chain", one(F.TOO_MANY_REDIRECTS), _chain),
    Fault("to-line", one(F.UNSUPPORTED_ADDRESS), _says(302, "", Location="line://ti/p/x")),
    Fault("to-inside", one(F.FORBIDDEN_ADDRESS), _says(302, "", Location="http://169.254.169.254/latest/meta-data/")),
    Fault("to-port", one(F.FORBIDDEN_ADDRESS), _says(302, "", Location="http://www.tls-good.example:6379/")),
)  # fmt: skip


@dataclass
class FaultServer:
    """Serves every fault; `asked` lists (host, path) of every request in the order in which they came."""

    faults: tuple[Fault, ...]
    pages: Mapping[str, bytes]
    authorities: Authorities
    asked: list[tuple[str, str]] = field(default_factory=list)
    ports: dict[str, int] = field(default_factory=dict)

    async def start(self) -> None:
        """Listen. The address of a fault is 127.1.0.<its number>, where nobody really listens."""
        plain = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.ports["plain"] = plain.sockets[0].getsockname()[1]
        untold = await asyncio.start_server(self._refuse, "127.0.0.1", 0)
        self.ports["plain_tls"] = untold.sockets[0].getsockname()[1]
        for fault in self.faults:
            if fault.tls:
                context = fault.tls(self.authorities, fault.host)
                server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
                self.ports[fault.name] = server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """End what still drips or keeps silent."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _refuse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """As a web server whose port for HTTPS speaks plain HTTP."""
        await reader.read(1)
        writer.write(reply(400, b"plain HTTP here"))
        writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, asyncio.LimitOverrunError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                host = next(line.partition(": ")[2] for line in head if line.lower().startswith("host: "))
                path = head[0].split(" ")[1]
                self.asked.append((host, path))
                answer = self._answer(host, path)
                if isinstance(answer, bytes):
                    writer.write(answer)
                    await writer.drain()
                    continue
                await answer(writer)
                break
        writer.close()

    def _answer(self, host: str, path: str) -> Any:
        fault = next((each for each in self.faults if each.host == host), None)
        if fault is None or path == "/robots.txt":
            return reply(404, b"<h1>404</h1>")
        page = self.pages.get("/" + path.lstrip("/").partition("/")[0].partition("-")[0], self.pages["/o12"])
        if fault.page and (fault.everywhere or path != "/"):
            return fault.page(path, page)
        if path == "/":
            return reply(200, HOME)
        return reply(200, page) if path in self.pages else reply(404, b"<h1>404</h1>")


@contextmanager
def serving(faults: tuple[Fault, ...], pages: Mapping[str, bytes], folder: Path) -> Iterator[FaultServer]:
    """The server in a thread of its own, its network in place of the real one."""
    server = FaultServer(faults, pages, Authorities(folder))
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(server.start())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    with pytest.MonkeyPatch.context() as patch, _full_port() as full, _closed_port() as closed:
        network(patch, server, full=full, closed=closed)
        try:
            yield server
        finally:
            asyncio.run_coroutine_threadsafe(server.stop(), loop).result(5)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(5)
            loop.close()


def network(patch: pytest.MonkeyPatch, server: FaultServer, *, full: int, closed: int) -> None:
    """Lead the names of the faults to the server."""
    addresses = {fault.host: f"127.1.0.{number}" for number, fault in enumerate(server.faults, 1)}
    by_address = {addresses[fault.host]: fault for fault in server.faults}
    really = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        fault = next((each for each in server.faults if each.host == host), None)
        if fault is None:
            return really(host, port, *more, **named)
        if fault.where == "no_name":
            raise socket.gaierror(-2, "Name or service not known")
        if fault.where == "slow_name":
            time.sleep(2)
            raise socket.gaierror(-3, "Temporary failure in name resolution")
        address = "10.0.0.7" if fault.where == "inside" else addresses[fault.host]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0))]

    connect = httpcore.AnyIOBackend.connect_tcp

    async def connect_tcp(self: Any, host: str, port: int, *more: Any, **named: Any) -> Any:
        fault = by_address[host]
        at = {"full": full, "closed": closed}.get(fault.where, server.ports["plain"])
        if port == 443:
            at = server.ports.get(fault.where, server.ports.get(fault.name, closed))
        return await connect(self, "127.0.0.1", at, *more, **named)

    patch.setattr(socket, "getaddrinfo", getaddrinfo)
    patch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect_tcp)
    patch.setattr(clients, "trusting_context", server.authorities.trusting)


@contextmanager
def _closed_port() -> Iterator[int]:
    """A port where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@contextmanager
def _full_port() -> Iterator[int]:
    """A port that takes no connection and refuses none: its queue is full, so the first packet is never answered."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = []
        for _ in range(4):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(full.getsockname())
            waiting.append(one)
        yield full.getsockname()[1]
        for one in waiting:
            one.close()
