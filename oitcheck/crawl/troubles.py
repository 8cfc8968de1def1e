"""Which outcome an exception of the network stands for."""

from __future__ import annotations

from collections.abc import Iterator

import httpx

from oitcheck.crawl.bodies import BodyIncomplete, BodyNotDecodable, BodyTooLarge
from oitcheck.crawl.guard import ForbiddenAddress
from oitcheck.crawl.sockets import NameNotResolved, TlsFailed
from oitcheck.model.evidence import FetchOutcome

_BY_TYPE: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], FetchOutcome], ...] = (
    (ForbiddenAddress, FetchOutcome.FORBIDDEN_ADDRESS),
    (NameNotResolved, FetchOutcome.DNS_FAILURE),
    (BodyTooLarge, FetchOutcome.TOO_LARGE),
    (BodyIncomplete, FetchOutcome.TRUNCATED),
    (BodyNotDecodable, FetchOutcome.PROTOCOL_ERROR),
    (TlsFailed, FetchOutcome.TLS_FAILURE),
    ((TimeoutError, httpx.TimeoutException), FetchOutcome.TIMEOUT),
    (ConnectionRefusedError, FetchOutcome.REFUSED),
    ((ConnectionResetError, BrokenPipeError), FetchOutcome.RESET),
    (httpx.ConnectError, FetchOutcome.REFUSED),
    ((httpx.InvalidURL, httpx.UnsupportedProtocol), FetchOutcome.UNSUPPORTED_ADDRESS),
    ((httpx.ReadError, httpx.WriteError, httpx.CloseError), FetchOutcome.RESET),
)


def outcome_of_error(error: Exception) -> tuple[FetchOutcome, str]:
    """The outcome an exception of a retrieval stands for, and what the machine said.

    What no rule knows is a `protocol_error`: the answers of a hostile server must never stop a run.
    """
    chain = tuple(_chain(error))
    detail = next((str(each) for each in chain if str(each)), type(error).__name__)
    if any(isinstance(each, httpx.ConnectTimeout) for each in chain):
        return FetchOutcome.TIMEOUT, "no connection in time"
    for kinds, outcome in _BY_TYPE:
        if any(isinstance(each, kinds) for each in chain):
            return outcome, detail
    if isinstance(error, httpx.RemoteProtocolError):
        text = str(error).lower()
        if "without sending a response" in text:
            return FetchOutcome.RESET, detail
        if "incomplete" in text or "complete message" in text or "peer closed" in text:
            return FetchOutcome.TRUNCATED, detail
    return FetchOutcome.PROTOCOL_ERROR, detail if isinstance(
        error, httpx.HTTPError
    ) else f"{type(error).__name__}: {detail}"


def is_tls_trouble(error: Exception) -> bool:
    """Whether a retrieval failed in the TLS handshake."""
    return any(isinstance(each, TlsFailed) for each in _chain(error))


def is_unconnected(error: Exception) -> bool:
    """Whether no connection came about, so that another address of the same host may do better."""
    chain = tuple(_chain(error))
    return any(isinstance(each, httpx.ConnectError | httpx.ConnectTimeout) for each in chain) and not any(
        isinstance(each, TlsFailed) for each in chain
    )


def is_unreachable(error: Exception) -> bool:
    """Whether the machine did not even answer that it wants no connection."""
    if any(isinstance(each, httpx.ConnectTimeout) for each in _chain(error)):
        return True
    return is_unconnected(error) and not any(isinstance(each, ConnectionRefusedError) for each in _chain(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception, those it was raised from, and the members of groups; at most a dozen."""
    waiting: list[BaseException | None] = [error]
    for _ in range(12):
        if not waiting:
            return
        current = waiting.pop(0)
        if current is None:
            continue
        yield current
        waiting += [current.__cause__ or current.__context__]
        if isinstance(current, BaseExceptionGroup):
            waiting += list(current.exceptions)
