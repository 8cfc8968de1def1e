"""One HTTP client per host: a single shared one slows down with the number of connections it holds."""

from __future__ import annotations

import importlib.util
import ssl
import sys
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpcore
import httpx

from oitcheck.crawl.sockets import GuardedBackend

# httpcore tries to import sniffio several times a request; where it is not there, that searches the disk each time.
if importlib.util.find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]

MOST_CLIENTS = 128
KEEP_ALIVE_SECONDS = 15.0


def trusting_context() -> ssl.SSLContext:
    """TLS as it should be: certificates verified against the public authorities."""
    return httpx.create_ssl_context(verify=True, trust_env=False)


def tolerant_context() -> ssl.SSLContext:
    """TLS that reads whatever is there: unverified, and with the ciphers and versions of old servers.

    Used only after the proper way failed, and noted with what was read.
    """
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    return context


class GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over our own sockets."""

    def __init__(self, context: ssl.SSLContext, backend: GuardedBackend, connections: int) -> None:
        super().__init__(verify=context, trust_env=False)
        # httpx offers no argument for the network backend; its pool is replaced before any use.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=KEEP_ALIVE_SECONDS,
            network_backend=backend,
        )

    async def close_idle(self) -> bool:
        """Close one connection that is not in use; whether there was one."""
        for connection in self._pool.connections:
            if connection.is_idle():
                await connection.aclose()
                return True
        return False


class _Held:
    __slots__ = ("address", "client", "transport", "users")

    def __init__(self, transport: GuardedTransport) -> None:
        self.transport = transport
        self.client = httpx.AsyncClient(transport=transport, trust_env=False, follow_redirects=False)
        self.address = ""
        self.users = 0


class HostClients:
    """Clients by host and kind of TLS, the longest unused closed first."""

    def __init__(self, backend: GuardedBackend, connections_per_host: int) -> None:
        self._backend = backend
        self._connections = connections_per_host
        self._held: OrderedDict[tuple[str, bool], _Held] = OrderedDict()
        self._contexts: dict[bool, ssl.SSLContext] = {}
        backend.close_idle = self._close_idle

    @asynccontextmanager
    async def client(self, host: str, *, tolerant: bool, address: str = "") -> AsyncIterator[httpx.AsyncClient]:
        """The client of a host that is found at `address`, kept open while in use."""
        key = (host, tolerant)
        held = self._held.get(key)
        if held is None:
            held = self._held[key] = self._new(tolerant)
        self._held.move_to_end(key)
        held.users += 1
        held.address = address
        try:
            await self._close_unused()
            yield held.client
        finally:
            held.users -= 1

    def _new(self, tolerant: bool) -> _Held:
        context = self._contexts.get(tolerant)
        if context is None:
            context = self._contexts[tolerant] = tolerant_context() if tolerant else trusting_context()
        return _Held(GuardedTransport(context, self._backend, self._connections))

    async def _close_idle(self, address: str) -> bool:
        """Close the longest unused idle connection at an address ("": at any); whether there was one."""
        for held in list(self._held.values()):
            if address in ("", held.address) and await held.transport.close_idle():
                return True
        return False

    async def _close_unused(self) -> None:
        surplus = len(self._held) - MOST_CLIENTS
        for key in [key for key, held in self._held.items() if not held.users][: max(surplus, 0)]:
            await self._held.pop(key).client.aclose()

    async def aclose(self) -> None:
        """Close every client."""
        while self._held:
            _, held = self._held.popitem()
            await held.client.aclose()
