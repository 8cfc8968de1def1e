"""Never more than a site can bear: gaps, few connections, Retry-After, and leaving dead hosts alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from oitcheck.model.evidence import FetchOutcome

# A site that asks for a longer pause is left for another pass; nobody waits an hour inside one.
MOST_RETRY_AFTER_SECONDS = 120.0
FAILURES_UNTIL_LEFT_ALONE = 2
DEAD_OUTCOMES = frozenset({FetchOutcome.DNS_FAILURE, FetchOutcome.REFUSED, FetchOutcome.TIMEOUT, FetchOutcome.RESET})

Sleep = Callable[[float], Awaitable[None]]


class _Gate:
    __slots__ = ("next_at", "slots")

    def __init__(self, connections: int) -> None:
        self.slots = asyncio.Semaphore(connections)
        self.next_at = 0.0


class Politeness:
    """Slots for requests, by host and by IP address. `monotonic` counts seconds and never goes back."""

    def __init__(
        self,
        *,
        delay_seconds: float,
        connections_per_host: int,
        connections: int,
        sleep: Sleep,
        monotonic: Callable[[], float],
    ) -> None:
        self._delay_seconds = delay_seconds
        self._connections_per_host = connections_per_host
        self._all = asyncio.Semaphore(connections)
        self._sleep = sleep
        self._monotonic = monotonic
        self._gates: dict[str, _Gate] = {}

    @asynccontextmanager
    async def slot(self, host: str, address: str = "") -> AsyncIterator[None]:
        """Hold one of the few connections to `host` (and to `address`), once their gaps are over."""
        gates = [self._gate(f"host:{host}")] + ([self._gate(f"ip:{address}")] if address else [])
        async with _all_of(gates):
            await self._wait(gates)
            async with self._all:
                yield

    def pause(self, host: str, seconds: float) -> None:
        """Let nothing start at `host` for that long, as its Retry-After asks (bounded)."""
        gate = self._gate(f"host:{host}")
        gate.next_at = max(gate.next_at, self._monotonic() + min(seconds, MOST_RETRY_AFTER_SECONDS))

    def _gate(self, key: str) -> _Gate:
        gate = self._gates.get(key)
        if gate is None:
            gate = self._gates[key] = _Gate(self._connections_per_host)
        return gate

    async def _wait(self, gates: list[_Gate]) -> None:
        now = self._monotonic()
        start = max([now, *(gate.next_at for gate in gates)])
        if self._delay_seconds:
            for gate in gates:
                gate.next_at = start + self._delay_seconds
        if start > now:
            await self._sleep(start - now)


@asynccontextmanager
async def _all_of(gates: list[_Gate]) -> AsyncIterator[None]:
    # Always host before address, so that two requests cannot wait for each other.
    held: list[_Gate] = []
    try:
        for gate in gates:
            await gate.slots.acquire()
            held.append(gate)
        yield
    finally:
        for gate in reversed(held):
            gate.slots.release()


class Breaker:
    """Remembers which hosts are dead in this pass: two URLs in a row to which no answer came."""

    def __init__(self) -> None:
        self._failures: dict[str, list[tuple[str, FetchOutcome]]] = {}

    def broken(self, host: str) -> FetchOutcome | None:
        """How the host failed last, when it is left alone for the rest of the pass; else None."""
        failures = self._failures.get(host, [])
        return failures[-1][1] if len(failures) >= FAILURES_UNTIL_LEFT_ALONE else None

    def record(self, host: str, url: str, outcome: FetchOutcome, http_status: int) -> None:
        """Take note of how a retrieval of `url` ended; any answer at all shows that the host lives."""
        if http_status:
            self._failures.pop(host, None)
        elif outcome in DEAD_OUTCOMES:
            failures = self._failures.setdefault(host, [])
            if all(url != known for known, _ in failures):
                failures.append((url, outcome))
