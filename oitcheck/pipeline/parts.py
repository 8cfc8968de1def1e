"""What a rendered page was made of, kept with it: while all of that stands as it was, it need not be rendered again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from oitcheck.crawl.browser import is_incomplete
from oitcheck.model.evidence import Capture, FetchOutcome

PARTS_OF = "parts of sha256:"
# Scripts may go by the day: a page is rendered anew after this, though nothing that it is made of changed.
MOST_DAYS = 7


def packed(page: Capture, parts: Sequence[Capture], program: str) -> bytes | None:
    """What a rendering was made of, its document first; None when it is to be rendered anew every time.

    `program` stands for the program that rendered it.
    """
    if not parts or not page.outcome.is_ok or is_incomplete(page):
        return None
    told = {"program": program, "parts": [_packed(part) for part in parts]}
    return json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass")


def unpacked(raw: bytes, program: str, at: datetime) -> tuple[Capture, ...]:
    """The parts that were packed, as retrieved at an instant; empty when these are none, or of another program."""
    try:
        told = json.loads(raw.decode("utf-8", "surrogatepass"))
        return tuple(_part(one, at) for one in told["parts"]) if told["program"] == program else ()
    except (ValueError, TypeError, LookupError):
        return ()


def may_stand(page: Capture, parts: Capture, at: datetime) -> bool:
    """Whether the kept `parts` are of the kept `page`, and not too old at an instant."""
    return parts.detail == PARTS_OF + page.sha256 and at - parts.received_at < timedelta(days=MOST_DAYS)


def are_alike(part: Capture, again: Capture) -> bool:
    """Whether a part came again as it was, to the byte; of one that did not come, whether it stayed away alike."""
    return _end(part) == _end(again)


def _end(capture: Capture) -> tuple[object, ...]:
    if capture.outcome.is_ok:
        return capture.final_url, capture.sha256, capture.media_type, capture.charset
    return capture.final_url, capture.outcome, capture.http_status


def _packed(part: Capture) -> list[Any]:
    return [
        part.url, part.final_url, part.redirects, part.outcome.value, part.http_status, part.media_type, part.charset,
        part.sha256, _validators(part.headers),
    ]  # fmt: skip


def _validators(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name in ("etag", "last-modified", "date")]


def _part(told: list[Any], at: datetime) -> Capture:
    url, final_url, redirects, outcome, status, media_type, charset, sha256, headers = told
    return Capture(
        url=url,
        final_url=final_url,
        redirects=tuple(redirects),
        outcome=FetchOutcome(outcome),
        http_status=status,
        fetched_at=at,
        media_type=media_type,
        charset=charset,
        sha256=sha256,
        headers=tuple((name, value) for name, value in headers),
    )
