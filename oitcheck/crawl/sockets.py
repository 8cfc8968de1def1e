"""The only way out to the network: names are resolved once, addresses guarded where the socket is opened."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from oitcheck.crawl.guard import ForbiddenAddress, Guard

MOST_ADDRESSES_TRIED = 4


class NameNotResolved(Exception):
    """The host name has no address, or its name servers do not answer."""


class TlsFailed(Exception):
    """The connection stands, but TLS could not be agreed on or the certificate is not to be trusted."""


def host_and_port(text: str) -> tuple[str, int]:
    """The two parts of "host:port" (brackets round an IPv6 address). Raises ValueError for anything else."""
    host, colon, port = text.rpartition(":")
    if not colon or not host:
        raise ValueError(f"not host:port: {text!r}")
    return host.strip("[]"), int(port)


class Resolver:
    """Addresses of host names, asked once a pass, so that a name cannot change its address under our hands."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, ...]] = {}

    async def addresses(self, host: str, timeout_seconds: float) -> tuple[str, ...]:
        """The numeric addresses of `host`, in the order of the system. Raises NameNotResolved or TimeoutError."""
        known = self._known.get(host)
        if known is None:
            known = await self._ask(host, timeout_seconds)
            self._known[host] = known
        return known

    async def _ask(self, host: str, timeout_seconds: float) -> tuple[str, ...]:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout_seconds):
                rows = await loop.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            if isinstance(error, TimeoutError):
                raise
            raise NameNotResolved(f"{host}: {error}") from error
        found = tuple(dict.fromkeys(str(row[4][0]) for row in rows))
        if not found:
            raise NameNotResolved(f"{host}: no address")
        return found


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections for httpcore, only to addresses that the guard allows.

    The address checked is the address connected to, so a name that resolves anew to something private gains nothing.
    With `connect_to` every connection goes to that one place and nowhere else, whatever its address.
    """

    def __init__(self, guard: Guard, resolver: Resolver, connect_to: str = "") -> None:
        self._guard = guard
        self._resolver = resolver
        self._only = host_and_port(connect_to) if connect_to else None
        self._plain = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        if self._only:
            return _Stream(await self._plain.connect_tcp(self._only[0], self._only[1], timeout=timeout))
        self._guard.check_port(port)
        addresses = await self._resolver.addresses(host, timeout or 10.0)
        allowed = self._guard.allowed(host, addresses)
        failure: Exception | None = None
        for address in allowed[:MOST_ADDRESSES_TRIED]:
            try:
                return _Stream(await self._plain.connect_tcp(address, port, timeout=timeout))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = failure or error
        assert failure is not None
        raise failure

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        raise ForbiddenAddress("unix sockets are not allowed")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _Stream(httpcore.AsyncNetworkStream):
    """A stream whose failed TLS handshake can be told from a failed connection."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._inner.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        try:
            return await self._inner.start_tls(ssl_context, server_hostname, timeout)
        except (httpcore.ConnectError, ssl.SSLError, ValueError) as error:
            raise TlsFailed(str(error) or type(error).__name__) from error

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
