"""Never more than a site can bear: gaps between requests, few connections, pauses that a site asks for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

# A site that asks for a longer pause is left for another pass; nobody waits an hour inside one.
MOST_RETRY_AFTER_SECONDS = 120.0
# A robots.txt that asks for longer gaps than this would keep a round from ever ending.
MOST_CRAWL_DELAY_SECONDS = 10.0
# Requests do not take equally long to arrive: so much more than the gap, that the site sees no smaller one.
ARRIVAL_SHARE = 0.1

Sleep = Callable[[float], Awaitable[None]]


class _Gate:
    """One host or one address: its connections, whose turn it is to send, and when the next may."""

    __slots__ = ("delay_seconds", "free_at", "slots", "turn")

    def __init__(self, connections: int, delay_seconds: float) -> None:
        self.slots = asyncio.Semaphore(connections)
        self.turn = asyncio.Lock()
        self.delay_seconds = delay_seconds
        self.free_at = 0.0


class Turn:
    """The right to send one request."""

    def __init__(self, gates: list[_Gate], monotonic: Callable[[], float]) -> None:
        self._gates = gates
        self._monotonic = monotonic

    def sent(self) -> None:
        """The request is on its way: the gap runs from now, and the next may wait for it. Tells once."""
        gates, self._gates = self._gates, []
        for gate in gates:
            gap_seconds = gate.delay_seconds * (1 + ARRIVAL_SHARE)
            gate.free_at = max(gate.free_at, self._monotonic() + gap_seconds)
            gate.turn.release()


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
    async def slot(self, host: str, address: str = "") -> AsyncIterator[Turn]:
        """Hold one of the few connections to `host` (and to `address`), once their gaps are over.

        The gap to the next request runs from `Turn.sent`, since connecting may take long; without it from the end.
        """
        # Always host before address, so that two requests cannot wait for each other.
        gates = [self._gate(f"host:{host}")] + ([self._gate(f"ip:{address}")] if address else [])
        async with AsyncExitStack() as held:
            for gate in gates:
                await held.enter_async_context(gate.slots)
            mine: list[_Gate] = []
            turn = Turn(mine, self._monotonic)
            held.callback(turn.sent)
            for gate in gates:
                if gate.delay_seconds:
                    await gate.turn.acquire()
                    mine.append(gate)
            await self._wait(gates)
            async with self._all:
                yield turn

    def pause(self, host: str, seconds: float) -> None:
        """Let nothing start at `host` for that long, as its Retry-After asks (bounded)."""
        gate = self._gate(f"host:{host}")
        gate.free_at = max(gate.free_at, self._monotonic() + min(seconds, MOST_RETRY_AFTER_SECONDS))

    def slow_down(self, host: str, delay_seconds: float) -> None:
        """Keep longer gaps at `host`, as the Crawl-delay of its robots.txt asks (bounded)."""
        gate = self._gate(f"host:{host}")
        gate.delay_seconds = max(self._delay_seconds, min(delay_seconds, MOST_CRAWL_DELAY_SECONDS))
        gate.free_at = max(gate.free_at, self._monotonic() + gate.delay_seconds)  # robots.txt itself was a request

    def _gate(self, key: str) -> _Gate:
        gate = self._gates.get(key)
        if gate is None:
            gate = self._gates[key] = _Gate(self._connections_per_host, self._delay_seconds)
        return gate

    async def _wait(self, gates: list[_Gate]) -> None:
        # A pause may have been asked for meanwhile.
        while (seconds := max(gate.free_at for gate in gates) - self._monotonic()) > 0:
            await self._sleep(seconds)
