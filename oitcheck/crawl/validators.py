"""Asking only for what changed: the conditions of a request, and whether a "not modified" may be believed. Pure."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from oitcheck.model.evidence import Capture


def conditions(known: Capture) -> dict[str, str]:
    """The conditional header for what was retrieved before: by ETag, else by Last-Modified; empty when it has neither.

    One of them only, so that it is known which decided. A Last-Modified less than a second before the answer proves
    nothing, since the page may have changed again in the same second (RFC 9110, 8.8.2.2).
    """
    headers = dict(known.headers)
    etag = headers.get("etag", "").strip()
    if etag and _is_sendable(etag):
        return {"If-None-Match": etag}
    modified = headers.get("last-modified", "").strip()
    if modified and _is_sendable(modified) and _is_older(modified, headers.get("date", "")):
        return {"If-Modified-Since": modified}
    return {}


def decided_by(known: Capture) -> str:
    """Which of them a "not modified" rests on: `etag` or `last_modified`."""
    return "etag" if "If-None-Match" in conditions(known) else "last_modified"


def is_believable(known: Capture, headers: dict[str, str]) -> bool:
    """Whether a 304 with these headers (lower-case names) speaks of the version that was asked about."""
    asked = dict(known.headers).get("etag", "").strip()
    told = headers.get("etag", "").strip()
    return not (asked and told) or asked.removeprefix("W/") == told.removeprefix("W/")


def _is_sendable(value: str) -> bool:
    return len(value) <= 1000 and value.isascii() and value.isprintable()


def _is_older(modified: str, answered: str) -> bool:
    try:
        return (parsedate_to_datetime(answered) - parsedate_to_datetime(modified)).total_seconds() >= 1
    except (ValueError, TypeError, IndexError, OverflowError):
        return False
