"""Which hosts are left alone for a while: those that give no answer, and those that ask for peace."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from oitcheck.crawl.politeness import MOST_RETRY_AFTER_SECONDS
from oitcheck.lib.urls import is_on
from oitcheck.model.evidence import FetchOutcome

FAILURES_UNTIL_LEFT_ALONE = 2
BUSY_ANSWERS_UNTIL_LEFT_ALONE = 6
# After this a host that was left alone is tried once; the rest doubles each time that it fails again.
REST_SECONDS = 900.0
MOST_REST_SECONDS = 24 * 3600.0

# No answer from the machine (its name or its address leads nowhere), from one port of it, or to one request.
_OF_THE_HOST = frozenset({FetchOutcome.DNS_FAILURE})
_OF_THE_PORT = frozenset({FetchOutcome.REFUSED})
_OF_THE_REQUEST = frozenset({FetchOutcome.TIMEOUT, FetchOutcome.RESET, FetchOutcome.TLS_FAILURE})
# Stands for all ports of a host.
_ANY_PORT = 0
DEAD_OUTCOMES = _OF_THE_HOST | _OF_THE_PORT | _OF_THE_REQUEST


class LeftAlone(Exception):
    """The host is not asked now. `outcome` is how it failed last; `str()` tells the state of the host."""

    def __init__(self, outcome: FetchOutcome, state: str) -> None:
        self.outcome = outcome
        super().__init__(state)


@dataclass(frozen=True, slots=True)
class _Failure:
    port: int
    url: str
    outcome: FetchOutcome
    unreachable: bool

    @property
    def is_of_the_host(self) -> bool:
        return self.unreachable or self.outcome in _OF_THE_HOST

    @property
    def is_before_any_request(self) -> bool:
        return self.is_of_the_host or self.outcome in _OF_THE_PORT

    def concerns(self, port: int) -> bool:
        return self.is_of_the_host or self.port == port


@dataclass(slots=True)
class _Host:
    """What is known of one host in this pass. Instants are those of the monotonic clock."""

    failures: list[_Failure] = field(default_factory=list)
    answered: set[int] = field(default_factory=set)  # ports that ever did
    proven: set[int] = field(default_factory=set)  # ports that did, and have not failed since
    until: dict[int, float] = field(default_factory=dict)
    rests: int = 0
    asking: asyncio.Event | None = None
    busy: int = 0
    busy_outcome: FetchOutcome = FetchOutcome.RATE_LIMITED
    busy_until: float = 0.0

    def failures_at(self, port: int) -> list[_Failure]:
        return [failure for failure in self.failures if failure.concerns(port)]

    def is_dead(self, port: int) -> bool:
        """Whether enough failed in a row. Where answers had come before, one slow page is not the host."""
        found = self.failures_at(port)
        if len(found) < FAILURES_UNTIL_LEFT_ALONE:
            return False
        if port not in self.answered or all(failure.is_before_any_request for failure in found):
            return True
        return len({failure.url for failure in found}) >= FAILURES_UNTIL_LEFT_ALONE

    def done_asking(self, mine: asyncio.Event | None) -> None:
        if self.asking is not None and mine in (None, self.asking):
            self.asking.set()
            self.asking = None


class Breaker:
    """Remembers which hosts are left alone. `monotonic` counts seconds and never goes back.

    While it is not known whether a host answers, it is asked by one attempt at a time: a dead host costs two attempts
    a pass, however many addresses of it wait. After a rest it is tried by one attempt (half open).
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._hosts: dict[str, _Host] = {}

    def left_alone(self, host: str, port: int) -> LeftAlone | None:
        """How and why a host is not asked at present; None when it may be."""
        known = self._hosts.get(host)
        if known is None:
            return None
        now = self._monotonic()
        if known.busy_until > now:
            seconds = known.busy_until - now
            return LeftAlone(known.busy_outcome, f"{host} left alone: busy, asks for {seconds:.0f} s of peace")
        rest = max(known.until.get(port, 0.0), known.until.get(_ANY_PORT, 0.0)) - now
        if rest > 0:
            found = known.failures_at(port)
            last = found[-1].outcome
            told = f"{host} left alone: {len(found)} attempts in a row failed ({last.value}), next one in {rest:.0f} s"
            return LeftAlone(last, told)
        return None

    @asynccontextmanager
    async def attempt(self, host: str, port: int) -> AsyncIterator[None]:
        """The right to one attempt at a host, waited for while another finds out whether it lives.

        Raises LeftAlone. What came of the attempt must be told by `answered` or `failed`.
        """
        known = self._hosts.setdefault(host, _Host())
        mine: asyncio.Event | None = None
        while True:
            refusal = self.left_alone(host, port)
            if refusal:
                raise refusal
            if port in known.proven:
                break
            if known.asking is None:
                mine = known.asking = asyncio.Event()
                break
            await known.asking.wait()
        try:
            yield
        finally:
            if mine is not None:
                known.done_asking(mine)

    def answered(self, host: str, port: int) -> None:
        """The host gave an answer, whatever it says: it lives."""
        known = self._hosts.setdefault(host, _Host())
        known.failures = [failure for failure in known.failures if not failure.concerns(port)]
        known.until.pop(port, None)
        known.until.pop(_ANY_PORT, None)
        known.answered.add(port)
        known.proven.add(port)
        known.rests = 0
        known.done_asking(None)

    def failed(self, host: str, port: int, url: str, outcome: FetchOutcome, *, unreachable: bool = False) -> None:
        """An attempt got no answer. `unreachable`: not even a connection within its time."""
        if outcome not in DEAD_OUTCOMES:
            return
        known = self._hosts.setdefault(host, _Host())
        failure = _Failure(port, url, outcome, unreachable)
        known.failures.append(failure)
        if failure.is_of_the_host:
            known.proven.clear()
        known.proven.discard(port)
        if known.is_dead(port):
            rest = min(REST_SECONDS * 2**known.rests, MOST_REST_SECONDS)
            known.rests += 1
            whole = all(each.is_of_the_host for each in known.failures_at(port)[-FAILURES_UNTIL_LEFT_ALONE:])
            known.until[_ANY_PORT if whole else port] = self._monotonic() + rest

    def busy(self, host: str, outcome: FetchOutcome, seconds: float) -> None:
        """The host is too busy, and asks for so many seconds of peace (0: it did not say).

        A short pause is waited for; a long one, or one more after many, leaves the host to a later pass.
        """
        known = self._hosts.setdefault(host, _Host())
        known.busy += 1
        known.busy_outcome = outcome
        if seconds > MOST_RETRY_AFTER_SECONDS:
            known.busy_until = self._monotonic() + min(seconds, MOST_REST_SECONDS)
        elif known.busy >= BUSY_ANSWERS_UNTIL_LEFT_ALONE:
            known.busy_until = self._monotonic() + REST_SECONDS

    def at_ease(self, host: str) -> None:
        """The host answered without asking for peace. What it asked for before stands: this was under way already."""
        known = self._hosts.get(host)
        if known:
            known.busy = 0

    def busy_answers(self, host: str) -> int:
        """How many answers in a row asked for peace."""
        known = self._hosts.get(host)
        return known.busy if known else 0

    def half_open(self, hosts: Iterable[str]) -> tuple[str, ...]:
        """Let what is left alone on one of these hosts, or below it, be tried by one attempt now; their names."""
        own = tuple(hosts)
        found = []
        for host, known in self._hosts.items():
            if (known.until or known.busy_until) and is_on(f"https://{host}/", own):
                found.append(host)
                known.until.clear()
                known.busy = 0
                known.busy_until = 0.0
        return tuple(sorted(found))
