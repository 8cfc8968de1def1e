"""Retrieval over HTTP: by hand through redirects, politely, within limits, and again when it failed for a while."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from urllib.parse import urlsplit, urlunsplit

import httpx

from oitcheck.crawl.bodies import BodyTooLarge, read_body
from oitcheck.crawl.clients import HostClients
from oitcheck.crawl.drive import onward_url, sent_on_by_service, service_of
from oitcheck.crawl.fetching import Fetched
from oitcheck.crawl.guard import Guard
from oitcheck.crawl.limits import CrawlLimits
from oitcheck.crawl.outcomes import QUOTA, Answer, is_same_absence, is_suspect, outcome_of
from oitcheck.crawl.pages import decoded
from oitcheck.crawl.politeness import MOST_RETRY_AFTER_SECONDS, Breaker, Politeness, Sleep
from oitcheck.crawl.robots import MAX_ROBOTS_BYTES, Robots
from oitcheck.crawl.sockets import GuardedBackend, Resolver
from oitcheck.crawl.troubles import is_tls_trouble, outcome_of_error
from oitcheck.lib.urls import BadUrl, host_of, joined, normalized, without_fragment
from oitcheck.model.evidence import Capture, FetchOutcome

KEPT_HEADERS = (
    "content-type", "content-length", "content-disposition", "etag", "last-modified", "server", "retry-after", "date",
)  # fmt: skip
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Pages that show more than this are pages of their own, even when they send the visitor on after a while.
MOST_TEXT_OF_A_SIGNPOST = 400

PASSING = frozenset(
    {
        FetchOutcome.TIMEOUT,
        FetchOutcome.SERVER_ERROR,
        FetchOutcome.RATE_LIMITED,
        FetchOutcome.RESET,
        FetchOutcome.REFUSED,
        FetchOutcome.DNS_FAILURE,
        FetchOutcome.TRUNCATED,
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


@dataclass(slots=True)
class _Trip:
    """The state of one attempt on its way through redirects."""

    url: str
    budget_seconds: float
    redirects: list[str] = field(default_factory=list)
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    details: list[str] = field(default_factory=list)
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)
    visited: set[tuple[str, str]] = field(default_factory=set)

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


class HttpFetcher:
    """A Fetcher over httpx; use it as an async context manager, one for each pass.

    `clock` gives aware UTC instants; `sleep` and `monotonic` are replaced in tests. With `limits.connect_to` every
    connection goes to that one server, which speaks no TLS: https addresses are then asked for in plain HTTP, with
    the Host header of the original. Nothing is shared between two retrievals but open connections, resolved names and
    what is known of a host (robots.txt, broken TLS, being dead).
    """

    def __init__(
        self,
        limits: CrawlLimits,
        *,
        clock: Callable[[], datetime],
        sleep: Sleep = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._sleep = sleep
        self._monotonic = monotonic
        self._guard = Guard(limits.allow_private or bool(limits.connect_to), limits.allowed_ports)
        self._resolver = Resolver()
        backend = GuardedBackend(self._guard, self._resolver, limits.connect_to)
        self._clients = HostClients(backend, limits.connections_per_host)
        self._politeness = Politeness(
            delay_seconds=limits.delay_seconds,
            connections_per_host=limits.connections_per_host,
            connections=limits.connections,
            sleep=sleep,
            monotonic=monotonic,
        )
        self._breaker = Breaker()
        self._robots = Robots(limits.user_agent, self._robots_text)
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

    async def fetch(self, url: str, *, submitted: bool, hosts: tuple[str, ...] = ()) -> Fetched:
        """Retrieve `url`; see Fetcher. `capture.redirects` holds the addresses we were sent on to, the final one last.

        `capture.attempts` counts the last attempts in a row that ended with this outcome.
        """
        try:
            target = without_fragment(normalized(url)[0])
        except BadUrl as error:
            return self._fetched(url, _Try(FetchOutcome.UNSUPPORTED_ADDRESS, url, details=(str(error),)), 1)
        obey = self._limits.respect_robots and not submitted
        last = await self._attempt(target, hosts, obey=obey, probe=submitted)
        alike = 1
        for made in range(1, self._limits.attempts):
            if not self._is_worth_another(last, alike):
                break
            delay_seconds = self._limits.retry_delay_seconds * 2 ** (made - 1)
            await self._sleep(max(delay_seconds, last.retry_after_seconds))
            if self._breaker.broken(host_of(last.final_url)):
                break
            again = await self._attempt(target, hosts, obey=obey, probe=submitted)
            alike = alike + 1 if again.outcome is last.outcome else 1
            last = again
        self._breaker.record(host_of(last.final_url), target, last.outcome, last.status)
        return self._fetched(url, last, alike)

    def _is_worth_another(self, last: _Try, alike: int) -> bool:
        if last.outcome in PASSING:
            return last.retry_after_seconds <= MOST_RETRY_AFTER_SECONDS and QUOTA not in last.details
        # An absent page is said to be absent only when it was so twice.
        return last.outcome.is_permanent and alike < 2

    async def _attempt(self, url: str, hosts: tuple[str, ...], *, obey: bool, probe: bool) -> _Try:
        trip = _Trip(url, self._limits.total_timeout_seconds)
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
        return replace(result, outcome=outcome, details=(*result.details, *((sign,) if sign else ())))

    async def _travel(self, trip: _Trip, *, obey: bool, max_bytes: int) -> _Try:
        """Ask, and follow where we are sent, until an answer stands."""
        try:
            while True:
                host = host_of(trip.url)
                broken = self._breaker.broken(host)
                if broken:
                    trip.status, trip.headers = 0, {}
                    return trip.end(broken, f"{host} failed before in this pass and was left alone")
                if trip.goes_round():
                    return trip.end(FetchOutcome.TOO_MANY_REDIRECTS, "goes round in a circle")
                if obey and not await self._robots.allows(trip.url):
                    return trip.end(FetchOutcome.DISALLOWED, "robots.txt")
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
                        retry_after_seconds=self._retry_after(trip, host),
                    )
                if len(trip.redirects) >= self._limits.max_redirects:
                    return trip.end(FetchOutcome.TOO_MANY_REDIRECTS, f"more than {self._limits.max_redirects}")
                trip.url = without_fragment(onward_url(trip.url, onward))
                trip.redirects.append(trip.url)
        except Exception as error:  # every way in which a site can misbehave is data
            outcome, detail = outcome_of_error(error)
            return trip.end(outcome, detail)

    async def _ask(self, trip: _Trip, max_bytes: int) -> bytes:
        """One request; fills in status and headers of `trip` and returns the body (none of a redirect)."""
        trip.status, trip.headers = 0, {}
        host = host_of(trip.url)
        address = ""
        if not self._limits.connect_to:
            self._guard.check_port(_port(trip.url))
            addresses = await self._resolver.addresses(host, self._limits.connect_timeout_seconds)
            address = self._guard.allowed(host, addresses)[0]
        async with self._politeness.slot(service_of(host), address):
            started = self._monotonic()
            try:
                async with asyncio.timeout(max(trip.budget_seconds, 0.001)):
                    return await self._send(trip, host, max_bytes)
            finally:
                trip.budget_seconds -= self._monotonic() - started

    async def _send(self, trip: _Trip, host: str, max_bytes: int) -> bytes:
        fault = self._tls_faults.get(host, "")
        if not fault or not trip.url.startswith("https:"):
            try:
                return await self._exchange(trip, host, max_bytes, tolerant=False)
            except Exception as error:
                if not is_tls_trouble(error):
                    raise
                fault = outcome_of_error(error)[1]
        trip.details.append(f"tls: {fault}")
        body = await self._exchange(trip, host, max_bytes, tolerant=True)
        self._tls_faults[host] = fault
        return body

    async def _exchange(self, trip: _Trip, host: str, max_bytes: int, *, tolerant: bool) -> bytes:
        request = httpx.Request("GET", self._wire_url(trip.url), headers=self._request_headers())
        timeout = httpx.Timeout(
            self._limits.total_timeout_seconds, connect=self._limits.connect_timeout_seconds, pool=None
        )
        request.extensions = {"timeout": timeout.as_dict()}
        trip.cookies.set_cookie_header(request)
        async with self._clients.client(host, tolerant=tolerant) as client:
            response = await _sent(client, request)
            try:
                trip.status = response.status_code
                trip.headers = {name.lower(): value for name, value in response.headers.items()}
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
        return await read_body(response.aiter_raw(), encoding=encoding, max_bytes=max_bytes)

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

    def _retry_after(self, trip: _Trip, host: str) -> float:
        """The pause that a busy server asks for, in seconds; the host is left in peace that long."""
        if trip.status not in (429, 503):
            return 0.0
        seconds = retry_after_seconds(trip.headers.get("retry-after", ""), self._clock())
        if seconds:
            self._politeness.pause(service_of(host), seconds)
        return seconds

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
            task = self._probes[site] = asyncio.create_task(
                self._travel(trip, obey=False, max_bytes=self._limits.max_bytes)
            )
        return await asyncio.shield(task)

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


async def _sent(client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    """The response, its body unread; asked again at once when a kept connection had been closed meanwhile."""
    connected: list[str] = []

    async def trace(event: str, info: dict[str, object]) -> None:
        if event == "connection.connect_tcp.started":
            connected.append(event)

    request.extensions["trace"] = trace
    while True:
        try:
            return await client.send(request, stream=True)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            # Ends: a connection that failed is not kept, so at last a new one is made.
            if connected:
                raise


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
