"""The only way out to the network: names are resolved once, addresses guarded where the socket is opened."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import httpcore

from oitcheck.crawl.guard import ForbiddenAddress, Guard

# Names of dead hosts keep a thread waiting for half a minute each, also when nobody waits for it any more; they must
# not keep those of others waiting.
NAMES_AT_ONCE = 64
_TAIL_BYTES = 64
_HTTP = b"HTTP/"


class NameNotResolved(Exception):
    """The host name has no address, or its name servers do not answer."""


class TlsFailed(Exception):
    """The connection stands, but TLS could not be agreed on or the certificate is not to be trusted."""


def _words_of_tls(error: BaseException) -> str:
    """What the TLS library said, below what was made of it on the way up."""
    current: BaseException | None = error
    while current is not None:
        if isinstance(current, ssl.SSLError):
            return str(current)
        current = current.__cause__ or current.__context__
    return str(error) or type(error).__name__


def host_and_port(text: str) -> tuple[str, int]:
    """The two parts of "host:port" (brackets round an IPv6 address). Raises ValueError for anything else."""
    host, colon, port = text.rpartition(":")
    if not colon or not host:
        raise ValueError(f"not host:port: {text!r}")
    return host.strip("[]"), int(port)


class Resolver:
    """Addresses of host names, asked once a pass, so that a name cannot change its address under our hands.

    A name's time runs from when a thread is free to ask for it: others that wait are no fault of its own.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, ...]] = {}
        self._threads: ThreadPoolExecutor | None = None
        self._free = asyncio.Semaphore(NAMES_AT_ONCE)

    async def addresses(self, host: str, timeout_seconds: float) -> tuple[str, ...]:
        """The numeric addresses of `host` as the system orders them, those put last last. Raises NameNotResolved."""
        known = self._known.get(host)
        if known is None:
            known = self._known[host] = await self._ask(host, timeout_seconds)
        return known

    def put_last(self, host: str, address: str) -> None:
        """Prefer the other addresses of a host: this one did not answer."""
        known = self._known.get(host, ())
        if len(known) > 1 and known[0] == address:
            self._known[host] = (*known[1:], address)

    def close(self) -> None:
        """Let go of the threads; what they still ask for is not waited for."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)

    async def _ask(self, host: str, timeout_seconds: float) -> tuple[str, ...]:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(NAMES_AT_ONCE, "resolver")
        loop = asyncio.get_running_loop()
        await self._free.acquire()
        asked = self._threads.submit(_rows, host.strip("[]"))
        # Free is the thread that has come back, not the one that is no longer waited for.
        asked.add_done_callback(lambda _: _soon(loop, self._free.release))
        try:
            async with asyncio.timeout(timeout_seconds):
                rows = await asyncio.wrap_future(asked)
        except TimeoutError as error:
            raise NameNotResolved(f"{host}: its name servers did not answer in time") from error
        except (OSError, UnicodeError) as error:
            raise NameNotResolved(f"{host}: {error}") from error
        found = tuple(dict.fromkeys(str(row[4][0]) for row in rows))
        if not found:
            raise NameNotResolved(f"{host}: no address")
        return found


def _soon(loop: asyncio.AbstractEventLoop, what: Callable[[], None]) -> None:
    """Have something done in a loop by another thread; nothing once the loop has ended."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(what)


def _rows(host: str) -> list[tuple[Any, ...]]:
    return list(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections for httpcore, only to addresses that the guard allows.

    The address checked is the address connected to, and checked once more at the open socket, so a name that resolves
    anew to something private gains nothing. With `connect_to` every connection goes to that one place and nowhere
    else, whatever its address. More than `connections` are open in all, or `connections_per_address` to one address,
    only while all of them are in use: before a new one beyond that, `close_idle` closes one that is not (at an
    address, or at any for "") and tells whether there was one. How many are in use is for politeness to say.
    """

    def __init__(
        self,
        guard: Guard,
        resolver: Resolver,
        connect_to: str = "",
        *,
        connections: int = 32,
        connections_per_address: int = 2,
    ) -> None:
        self._guard = guard
        self._resolver = resolver
        self._only = host_and_port(connect_to) if connect_to else None
        self._plain = httpcore.AnyIOBackend()
        self._most = connections
        self._most_per_address = connections_per_address
        self._open: Counter[str] = Counter()
        self.close_idle: Callable[[str], Awaitable[bool]] | None = None

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first allowed address of `host`. Raises ForbiddenAddress or NameNotResolved."""
        if self._only:
            return await self._opened("", *self._only, timeout)
        self._guard.check_port(port)
        addresses = await self._resolver.addresses(host, timeout or 10.0)
        address = self._guard.allowed(host, addresses)[0]
        stream = await self._opened(address, address, port, timeout)
        peer = stream.get_extra_info("server_addr")
        try:
            self._guard.allowed(host, (str(peer[0]),) if peer else ())
        except ForbiddenAddress:
            await stream.aclose()
            raise
        return stream

    async def _make_room(self, address: str) -> None:
        while self.close_idle and address and self._open[address] >= self._most_per_address:
            if not await self.close_idle(address):
                break
        while self.close_idle and self._open.total() >= self._most:
            if not await self.close_idle(""):
                break

    async def _opened(self, key: str, address: str, port: int, timeout: float | None) -> Stream:
        """A connection, counted under `key` from before it is asked for until it is closed."""
        await self._make_room(key)
        self._open[key] += 1

        def closed() -> None:
            self._open[key] -= 1

        try:
            return Stream(await self._plain.connect_tcp(address, port, timeout=timeout), closed)
        except BaseException:
            closed()
            raise

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        raise ForbiddenAddress("unix sockets are not allowed")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Stream(httpcore.AsyncNetworkStream):
    """A stream whose failed TLS handshake can be told from a failed connection, and that tells once when it closes."""

    def __init__(self, inner: httpcore.AsyncNetworkStream, closed: Callable[[], None]) -> None:
        self._inner = inner
        self._closed: Callable[[], None] | None = closed
        self._head = b""
        self._tail = b""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        piece = await self._inner.read(max_bytes, timeout)
        if not piece and self._head and not self._head.startswith(_HTTP):
            raise httpcore.RemoteProtocolError("what came is no HTTP")
        self._head = (self._head + piece[: len(_HTTP)])[: len(_HTTP)]
        self._tail = (self._tail + piece)[-_TAIL_BYTES:]
        return piece

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._head = self._tail = b""
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        self._tell_closed()
        await self._inner.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        try:
            secured = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        except httpcore.ConnectTimeout as error:
            self._tell_closed()
            # The connection stood: the machine is there, and says nothing.
            raise httpcore.ReadTimeout("no TLS handshake in time") from error
        except (httpcore.ConnectError, ssl.SSLError, ValueError) as error:
            self._tell_closed()
            raise TlsFailed(_words_of_tls(error)) from error
        except BaseException:
            await self.aclose()
            raise
        closed, self._closed = self._closed, None
        return Stream(secured, closed or (lambda: None))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    @property
    def tls_version(self) -> str:
        """The version that was agreed on: `TLSv1.3`; "" without TLS."""
        secured = self.get_extra_info("ssl_object")
        return str(secured.version() or "") if secured is not None else ""

    def goes_on_after(self, body_end: bytes) -> bool:
        """Whether the server sent more than the body that ends so: then its announced length was too small."""
        end = body_end[-_TAIL_BYTES // 2 :].rstrip(b"\r\n")
        tail = self._tail.rstrip(b"\r\n")
        return bool(end) and bool(tail) and not tail.endswith(end[-len(tail) :])

    def _tell_closed(self) -> None:
        if self._closed is not None:
            self._closed()
            self._closed = None
