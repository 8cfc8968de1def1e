"""Retrieval over HTTP: by hand through redirects, politely, within limits, and again when it failed for a while."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from urllib.parse import urlsplit, urlunsplit

import httpx

from oitcheck.crawl.bodies import BodyIncomplete, BodyTooLarge, read_body
from oitcheck.crawl.breaker import Breaker, LeftAlone
from oitcheck.crawl.clients import HostClients
from oitcheck.crawl.drive import onward_url, sent_on_by_service, service_of
from oitcheck.crawl.fetching import Fetched
from oitcheck.crawl.guard import ForbiddenAddress, Guard
from oitcheck.crawl.limits import CrawlLimits
from oitcheck.crawl.outcomes import QUOTA, Answer, is_same_absence, is_suspect, outcome_of
from oitcheck.crawl.pages import decoded
from oitcheck.crawl.politeness import MOST_RETRY_AFTER_SECONDS, Politeness, Sleep, Turn
from oitcheck.crawl.robots import MAX_ROBOTS_BYTES, Robots
from oitcheck.crawl.sockets import GuardedBackend, NameNotResolved, Resolver, Stream
from oitcheck.crawl.tls import is_lasting, told, with_version
from oitcheck.crawl.troubles import is_tls_trouble, is_unconnected, is_unreachable, outcome_of_error
from oitcheck.crawl.validators import conditions, decided_by, is_believable
from oitcheck.lib.urls import BadUrl, host_of, joined, normalized, without_fragment
from oitcheck.model.evidence import Capture, FetchOutcome

KEPT_HEADERS = (
    "content-type", "content-length", "content-disposition", "etag", "last-modified", "server", "retry-after", "date",
)  # fmt: skip
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Pages that show more than this are pages of their own, even when they send the visitor on after a while.
MOST_TEXT_OF_A_SIGNPOST = 400
MOST_ADDRESSES_TRIED = 4
# What a site says of an address that does not exist is a page, and no long one.
MAX_PROBE_BYTES = 2 * 1024 * 1024
# Answers of a server that has too much to do: the host is given time, as long as it says or ever longer.
BUSY = frozenset({429, 503})

PASSING = frozenset(
    {
        FetchOutcome.TIMEOUT,
        FetchOutcome.SERVER_ERROR,
        FetchOutcome.RATE_LIMITED,
        FetchOutcome.RESET,
        FetchOutcome.REFUSED,
        FetchOutcome.DNS_FAILURE,
        FetchOutcome.TRUNCATED,
        FetchOutcome.EMPTY_ANSWER,
    }
)
PARTIAL = frozenset({FetchOutcome.TRUNCATED, FetchOutcome.TOO_LARGE})


@dataclass(frozen=True, slots=True)
class _Try:
    """How one attempt ended."""

    outcome: FetchOutcome
    final_url: str
    redirects: tuple[str, ...] = ()
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    details: tuple[str, ...] = ()
    retry_after_seconds: float = 0.0
    answer: Answer | None = None
    asked: bool = True


@dataclass(slots=True)
class _Trip:
    """The state of one attempt on its way through redirects."""

    url: str
    budget_seconds: float
    redirects: list[str] = field(default_factory=list)
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    tls_version: str = ""
    details: list[str] = field(default_factory=list)
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)
    visited: set[tuple[str, str]] = field(default_factory=set)
    known: Capture | None = None

    @property
    def conditions(self) -> dict[str, str]:
        """The conditional header of the next request: only where the known body was got, and by the same way."""
        known = self.known
        is_there = known is not None and (self.url, tuple(self.redirects)) == (known.final_url, known.redirects)
        return conditions(known) if known and is_there else {}

    def goes_round(self) -> bool:
        """Whether this address was asked for before with the same cookies; takes note of it."""
        key = (self.url, repr(sorted((c.name, c.value or "") for c in self.cookies.jar)))
        seen = key in self.visited
        self.visited.add(key)
        return seen

    def end(self, outcome: FetchOutcome, *details: str) -> _Try:
        return _Try(
            outcome,
            self.url,
            tuple(self.redirects),
            self.status,
            self.headers,
            details=(*dict.fromkeys(self.details), *(d for d in details if d)),
        )


class _KeptConnectionLost(Exception):
    """A connection kept from before had been closed by the server when a request was sent on it."""


class HttpFetcher:
    """A Fetcher over httpx; use it as an async context manager, one for each pass.

    `clock` gives aware UTC instants; `sleep` and `monotonic` are replaced in tests. With `limits.connect_to` every
    connection goes to that one server, which speaks no TLS: https addresses are then asked for in plain HTTP, with
    the Host header of the original. Nothing is shared between two retrievals but open connections, resolved names and
    what is known of a host (robots.txt, broken TLS, being dead or busy). `resolver` is replaced in tests.
    """

    def __init__(
        self,
        limits: CrawlLimits,
        *,
        clock: Callable[[], datetime],
        sleep: Sleep = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        resolver: Resolver | None = None,
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._sleep = sleep
        self._monotonic = monotonic
        self._guard = Guard(limits.allow_private or bool(limits.connect_to), limits.allowed_ports)
        self._resolver = resolver or Resolver()
        backend = GuardedBackend(
            self._guard,
            self._resolver,
            limits.connect_to,
            connections=limits.connections,
            connections_per_address=limits.connections_per_host,
        )
        self._clients = HostClients(backend, limits.connections_per_host)
        self._politeness = Politeness(
            delay_seconds=limits.delay_seconds,
            connections_per_host=limits.connections_per_host,
            connections=limits.connections,
            sleep=sleep,
            monotonic=monotonic,
        )
        self._breaker = Breaker(monotonic)
        self._robots = Robots(limits.user_agent, self._robots_text, self._slow_down)
        self._tls_faults: dict[str, str] = {}
        self._probes: dict[str, asyncio.Task[_Try]] = {}

    async def __aenter__(self) -> HttpFetcher:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for task in self._probes.values():
            task.cancel()
        self._robots.close()
        await self._clients.aclose()
        self._resolver.close()

    def retry_left_alone(self, hosts: Iterable[str]) -> tuple[str, ...]:
        """Let each of these hosts that is left alone be tried by one attempt again; the names of those."""
        return self._breaker.half_open(hosts)

    async def place_of(self, host: str) -> str:
        """What the delay binds together: the IP address of a host, or its name when it has none to be connected to."""
        if self._limits.connect_to:
            return host
        try:
            return self._guard.allowed(
                host, await self._resolver.addresses(host, self._limits.connect_timeout_seconds)
            )[0]
        except (ForbiddenAddress, NameNotResolved):
            return host

    async def fetch(
        self, url: str, *, submitted: bool, hosts: tuple[str, ...] = (), known: Capture | None = None
    ) -> Fetched:
        """Retrieve `url`; see Fetcher. `capture.redirects` holds the addresses we were sent on to, the final one last.

        `capture.attempts` counts the last attempts in a row that ended with this outcome.
        """
        try:
            target = without_fragment(normalized(url)[0])
        except BadUrl as error:
            return self._fetched(url, _Try(FetchOutcome.UNSUPPORTED_ADDRESS, url, details=(str(error),)), 1)
        obey = self._limits.respect_robots and not submitted
        last = await self._attempt(target, hosts, obey=obey, probe=submitted, known=known)
        alike = 1
        for made in range(1, self._limits.attempts):
            if not self._is_worth_another(last, alike):
                break
            delay_seconds = self._limits.retry_delay_seconds * 2 ** (made - 1)
            await self._sleep(max(delay_seconds, last.retry_after_seconds))
            again = await self._attempt(target, hosts, obey=obey, probe=submitted, known=known)
            if not again.asked:
                last = replace(last, details=(*last.details, *again.details))
                break
            alike = alike + 1 if again.outcome is last.outcome else 1
            last = again
        if known is not None and last.outcome is FetchOutcome.NOT_MODIFIED:
            return self._unmodified(url, last, known)
        return self._fetched(url, last, alike if last.asked else 0)

    def _is_worth_another(self, last: _Try, alike: int) -> bool:
        if not last.asked or self._breaker.left_alone(host_of(last.final_url), _port(last.final_url)):
            return False
        if last.outcome in PASSING:
            return last.retry_after_seconds <= MOST_RETRY_AFTER_SECONDS and QUOTA not in last.details
        # An absent page is said to be absent only when it was so twice.
        return last.outcome.is_permanent and alike < 2

    async def _attempt(
        self, url: str, hosts: tuple[str, ...], *, obey: bool, probe: bool, known: Capture | None = None
    ) -> _Try:
        trip = _Trip(url, self._limits.total_timeout_seconds, known=known)
        result = await self._travel(trip, obey=obey, max_bytes=self._limits.max_bytes)
        if result.answer is None:
            return result
        # The page as asked for, not as redirected: a deep address answered by the home page is told by both.
        answer = replace(result.answer, url=url)
        outcome, sign = outcome_of(answer, hosts)
        if probe and outcome is FetchOutcome.OK and is_suspect(answer):
            nowhere = await self._nowhere(answer)
            if nowhere.answer and is_same_absence(answer, nowhere.answer):
                outcome, sign = FetchOutcome.SOFT_NOT_FOUND, "as any address that does not exist"
        if outcome is FetchOutcome.OK and not result.body and not _is_kept_file(result.headers):
            outcome, sign = FetchOutcome.EMPTY_ANSWER, f"status {result.status} and nothing else"
        return replace(result, outcome=outcome, details=(*result.details, *((sign,) if sign else ())))

    async def _travel(self, trip: _Trip, *, obey: bool, max_bytes: int) -> _Try:
        """Ask, and follow where we are sent, until an answer stands."""
        try:
            while True:
                if trip.goes_round():
                    return trip.end(FetchOutcome.TOO_MANY_REDIRECTS, "goes round in a circle")
                if obey and not await self._robots.allows(trip.url):
                    return trip.end(FetchOutcome.DISALLOWED, "robots.txt")
                asked = trip.conditions
                body = await self._ask(trip, max_bytes)
                if asked and trip.known and trip.status == 304:
                    if is_believable(trip.known, trip.headers):
                        return trip.end(FetchOutcome.NOT_MODIFIED)
                    trip.known = None
                    body = await self._ask(trip, max_bytes)
                answer = _answer(trip, body)
                if answer is None:
                    onward = joined(trip.url, trip.headers["location"])
                    if not onward:
                        return trip.end(
                            FetchOutcome.UNSUPPORTED_ADDRESS, f"sent on to {trip.headers['location'][:200]}"
                        )
                else:
                    onward = _sent_on_by(answer)
                if not onward or (answer and without_fragment(onward) == trip.url):
                    return replace(
                        trip.end(FetchOutcome.OK),
                        body=body,
                        answer=answer,
                        retry_after_seconds=self._retry_after(trip),
                    )
                if len(trip.redirects) >= self._limits.max_redirects:
                    return trip.end(FetchOutcome.TOO_MANY_REDIRECTS, f"more than {self._limits.max_redirects}")
                trip.url = without_fragment(onward_url(trip.url, onward))
                trip.redirects.append(trip.url)
        except LeftAlone as error:
            trip.status, trip.headers = 0, {}
            return replace(trip.end(error.outcome, str(error)), asked=False)
        except Exception as error:  # every way in which a site can misbehave is data
            outcome, detail = outcome_of_error(error)
            return trip.end(outcome, detail)

    async def _ask(self, trip: _Trip, max_bytes: int) -> bytes:
        """One request; fills in status and headers of `trip` and returns the body (none of a redirect)."""
        trip.status, trip.headers = 0, {}
        host, port = host_of(trip.url), _port(trip.url)
        self._guard.check_port(port)
        async with self._breaker.attempt(host, port):
            try:
                return await self._asked(trip, host, max_bytes)
            except Exception as error:
                if not trip.status:
                    outcome, _ = outcome_of_error(error)
                    self._breaker.failed(host, port, trip.url, outcome, unreachable=is_unreachable(error))
                raise

    async def _asked(self, trip: _Trip, host: str, max_bytes: int) -> bytes:
        """One request, at the first address of the host that takes the connection."""
        addresses: tuple[str, ...] = ("",)
        if not self._limits.connect_to:
            known = await self._resolver.addresses(host, self._limits.connect_timeout_seconds)
            addresses = self._guard.allowed(host, known)[:MOST_ADDRESSES_TRIED]
        for left, address in zip(range(len(addresses))[::-1], addresses, strict=True):
            try:
                return await self._at(trip, host, address, max_bytes)
            except Exception as error:
                if not left or not is_unconnected(error):
                    raise
                self._resolver.put_last(host, address)
        raise AssertionError("a host without addresses")

    async def _at(self, trip: _Trip, host: str, address: str, max_bytes: int) -> bytes:
        while True:
            async with self._politeness.slot(service_of(host), address) as turn:
                refusal = self._breaker.left_alone(host, _port(trip.url))
                if refusal:  # found out while this one waited
                    raise refusal
                started = self._monotonic()
                try:
                    async with asyncio.timeout(max(trip.budget_seconds, 0.001)):
                        return await self._send(trip, host, address, turn, max_bytes)
                except _KeptConnectionLost:
                    pass  # ends: a connection that was lost is not kept, so at last a new one is made
                finally:
                    trip.budget_seconds -= self._monotonic() - started

    async def _send(self, trip: _Trip, host: str, address: str, turn: Turn, max_bytes: int) -> bytes:
        fault = self._tls_faults.get(host, "")
        if not fault or not trip.url.startswith("https:"):
            try:
                return await self._exchange(trip, host, address, turn, max_bytes, tolerant=False)
            except Exception as error:
                if not is_tls_trouble(error):
                    raise
                fault = told(outcome_of_error(error)[1])
        trip.tls_version = ""
        try:
            body = await self._exchange(trip, host, address, turn, max_bytes, tolerant=True)
        finally:
            trip.details.append(with_version(fault, trip.tls_version))
        if is_lasting(trip.details[-1]):
            self._tls_faults[host] = trip.details[-1]
        return body

    async def _exchange(
        self, trip: _Trip, host: str, address: str, turn: Turn, max_bytes: int, *, tolerant: bool
    ) -> bytes:
        request = httpx.Request("GET", self._wire_url(trip.url), headers={**self._request_headers(), **trip.conditions})
        timeout = httpx.Timeout(
            self._limits.total_timeout_seconds, connect=self._limits.connect_timeout_seconds, pool=None
        )
        request.extensions = {"timeout": timeout.as_dict()}
        trip.cookies.set_cookie_header(request)
        async with self._clients.client(host, tolerant=tolerant, address=address) as client:
            response = await _sent(client, request, turn)
            try:
                trip.status = response.status_code
                trip.headers = {name.lower(): value for name, value in response.headers.items()}
                self._breaker.answered(host, _port(trip.url))
                stream = response.extensions.get("network_stream")
                trip.tls_version = stream.tls_version if isinstance(stream, Stream) else ""
                trip.cookies.extract_cookies(response)
                if _is_redirect(trip):
                    return b""
                return await self._body(response, max_bytes)
            finally:
                await response.aclose()

    async def _body(self, response: httpx.Response, max_bytes: int) -> bytes:
        declared = response.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > max_bytes:
            raise BodyTooLarge(f"{declared} bytes announced, {max_bytes} allowed")
        encoding = response.headers.get("content-encoding", "")
        ends: list[bytes] = [b""]

        async def pieces() -> AsyncIterator[bytes]:
            async for piece in response.aiter_raw():
                ends[0] = piece
                yield piece

        body = await read_body(pieces(), encoding=encoding, max_bytes=max_bytes)
        stream = response.extensions.get("network_stream")
        if declared and isinstance(stream, Stream) and stream.goes_on_after(ends[0]):
            raise BodyIncomplete(f"more came than the {declared} bytes announced")
        return body

    def _wire_url(self, url: str) -> str:
        if not self._limits.connect_to:
            return url
        parts = urlsplit(url)
        return urlunsplit(("http", parts.netloc, parts.path, parts.query, ""))

    def _request_headers(self) -> dict[str, str]:
        return {
            "User-Agent": self._limits.agent_line,
            "Accept": "text/html,application/xhtml+xml,application/pdf,*/*;q=0.8",
            "Accept-Language": "th,en;q=0.5",
            "Accept-Encoding": "gzip, deflate",
        }

    def _retry_after(self, trip: _Trip) -> float:
        """The pause that a busy server asks for, in seconds; the host is left in peace that long.

        A server that is busy and does not say how long is given ever more time, as a state of the host.
        """
        host = host_of(trip.url)
        if trip.status not in BUSY:
            self._breaker.at_ease(host)
            return 0.0
        seconds = retry_after_seconds(trip.headers.get("retry-after", ""), self._clock())
        outcome = FetchOutcome.RATE_LIMITED if trip.status == 429 else FetchOutcome.SERVER_ERROR
        self._breaker.busy(host, outcome, seconds)
        if seconds <= MOST_RETRY_AFTER_SECONDS:
            more_seconds = self._limits.retry_delay_seconds * 2 ** (self._breaker.busy_answers(host) - 1)
            self._politeness.pause(service_of(host), seconds or more_seconds)
        return seconds

    def _slow_down(self, host: str, delay_seconds: float) -> None:
        self._politeness.slow_down(service_of(host), delay_seconds)

    async def _robots_text(self, url: str) -> str | None:
        trip = _Trip(url, self._limits.total_timeout_seconds)
        result = await self._travel(trip, obey=False, max_bytes=MAX_ROBOTS_BYTES)
        return decoded(result.body, "utf-8") if result.answer and result.status == 200 else None

    async def _nowhere(self, answer: Answer) -> _Try:
        """What the site of a page answers for an address that cannot exist; asked once a pass."""
        parts = urlsplit(answer.final_url)
        site = f"{parts.scheme}://{parts.netloc}"
        task = self._probes.get(site)
        if task is None:
            # Always the same address for a site, so that two runs ask the same questions.
            name = hashlib.sha256(site.encode()).hexdigest()[:20]
            trip = _Trip(f"{site}/{name}", self._limits.total_timeout_seconds)
            task = self._probes[site] = asyncio.create_task(self._probed(trip))
        return await asyncio.shield(task)

    async def _probed(self, trip: _Trip) -> _Try:
        """Kept for as long as the crawl lasts, so without its bytes."""
        found = await self._travel(trip, obey=False, max_bytes=min(self._limits.max_bytes, MAX_PROBE_BYTES))
        return replace(found, body=b"")

    def _unmodified(self, url: str, last: _Try, known: Capture) -> Fetched:
        told = {name: last.headers[name] for name in KEPT_HEADERS if name in last.headers}
        capture = replace(
            known,
            url=url,
            outcome=last.outcome,
            http_status=last.status,
            fetched_at=self._clock(),
            attempts=1,
            headers=tuple({**dict(known.headers), **told, **_about_body(known)}.items()),
            detail="; ".join(last.details),
            unchanged_by=decided_by(known),
            unchanged_since=known.received_at,
        )
        return Fetched(capture, b"")

    def _fetched(self, url: str, last: _Try, attempts: int) -> Fetched:
        body = b"" if last.outcome in PARTIAL else last.body
        media_type, charset = content_type(last.headers.get("content-type", ""))
        capture = Capture(
            url=url,
            final_url=last.final_url,
            redirects=last.redirects,
            outcome=last.outcome,
            http_status=last.status,
            fetched_at=self._clock(),
            media_type=media_type,
            charset=charset,
            size_bytes=len(body),
            sha256=hashlib.sha256(body).hexdigest() if last.answer else "",
            attempts=attempts,
            headers=tuple((name, last.headers[name]) for name in KEPT_HEADERS if name in last.headers),
            detail="; ".join(last.details),
        )
        return Fetched(capture, body)


async def _sent(client: httpx.AsyncClient, request: httpx.Request, turn: Turn) -> httpx.Response:
    """The response, its body unread. Raises _KeptConnectionLost, and what httpx raises."""
    connected: list[str] = []

    async def trace(event: str, info: dict[str, object]) -> None:
        if event == "connection.connect_tcp.started":
            connected.append(event)
        elif event == "http11.send_request_headers.complete":
            turn.sent()

    request.extensions["trace"] = trace
    try:
        return await client.send(request, stream=True)
    except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError) as error:
        if connected:
            raise
        raise _KeptConnectionLost from error


def content_type(header: str) -> tuple[str, str]:
    """Media type and charset of a Content-Type header, lower case, "" where not given."""
    media_type, _, rest = header.partition(";")
    charset = ""
    for parameter in rest.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            charset = value.strip().strip("\"'").lower()
            break
    return media_type.strip().lower(), charset


def retry_after_seconds(header: str, now: datetime) -> float:
    """The seconds that a Retry-After header asks to wait, 0 when it says nothing to be understood."""
    header = header.strip()
    if header.isdecimal():
        return float(min(int(header[:9]), 10**9))
    try:
        until = parsedate_to_datetime(header)
    except (ValueError, TypeError, IndexError):
        return 0.0
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max((until - now).total_seconds(), 0.0)


def _is_kept_file(headers: dict[str, str]) -> bool:
    """Whether an empty answer is an empty file that lies on the server, rather than a program that said nothing."""
    return "last-modified" in headers or "etag" in headers


def _about_body(known: Capture) -> dict[str, str]:
    """The headers that tell of a body, which an answer without one may give otherwise."""
    return {name: value for name, value in known.headers if name in ("content-type", "content-length")}


def _is_redirect(trip: _Trip) -> bool:
    return trip.status in REDIRECTS and bool(trip.headers.get("location", "").strip())


def _answer(trip: _Trip, body: bytes) -> Answer | None:
    """The complete answer; None when it only sends us on."""
    if _is_redirect(trip):
        return None
    media_type, charset = content_type(trip.headers.get("content-type", ""))
    head = "" if body.startswith(b"%PDF") else decoded(body, charset)
    return Answer(trip.url, trip.url, trip.status, trip.headers, media_type, head, tuple(trip.redirects))


def _sent_on_by(answer: Answer) -> str:
    """Where a page sends its visitor by itself (refresh, lone script, notice of a file service); "" when nowhere."""
    if answer.status != 200 or not answer.is_page:
        return ""
    onward = sent_on_by_service(answer.final_url, answer.head)
    if onward:
        return onward
    target = answer.page.refresh_to
    return joined(answer.final_url, target) if target and len(answer.page.text) < MOST_TEXT_OF_A_SIGNPOST else ""


def _port(url: str) -> int:
    parts = urlsplit(url)
    return parts.port or (443 if parts.scheme == "https" else 80)
