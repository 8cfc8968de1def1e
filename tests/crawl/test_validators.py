"""Conditional requests: asked with what is known, believed only when it speaks of that."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from oitcheck.crawl.validators import conditions, decided_by, is_believable
from oitcheck.model.evidence import Capture, FetchOutcome

URL = "http://www.site.example/a"
BODY = b"%PDF-1.7 kept"
NOON = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
KNOWN = Capture(
    URL, URL, (), FetchOutcome.OK, 200, NOON, "application/pdf", "", len(BODY), hashlib.sha256(BODY).hexdigest()
)
EARLIER, LATER = "Sun, 01 Mar 2026 05:00:00 GMT", "Sun, 01 Mar 2026 05:00:01 GMT"


def known(**headers: str) -> Capture:
    return replace(KNOWN, headers=tuple((name.replace("_", "-"), value) for name, value in headers.items()))


@pytest.mark.parametrize(
    ("headers", "sent"),
    [
        ({}, {}),
        ({"etag": '"1"', "last_modified": EARLIER, "date": LATER}, {"If-None-Match": '"1"'}),
        ({"etag": 'W/"1"'}, {"If-None-Match": 'W/"1"'}),
        ({"last_modified": EARLIER, "date": LATER}, {"If-Modified-Since": EARLIER}),
        ({"last_modified": EARLIER, "date": EARLIER}, {}),  # changed in the second in which it was asked for
        ({"last_modified": EARLIER}, {}),
        ({"last_modified": "yesterday", "date": LATER}, {}),
        ({"etag": '"ก"'}, {}),
        ({"etag": '"1"\r\nX: y'}, {}),
        ({"etag": '"' + "x" * 2000 + '"'}, {}),
    ],
)
def test_what_is_asked_with(headers: dict[str, str], sent: dict[str, str]) -> None:
    assert conditions(known(**headers)) == sent


def test_what_is_believed() -> None:
    assert is_believable(known(etag='"1"'), {}) and is_believable(known(), {"etag": '"2"'})
    assert is_believable(known(etag='W/"1"'), {"etag": '"1"'})
    assert not is_believable(known(etag='"1"'), {"etag": '"2"'})
    assert (decided_by(known(etag='"1"')), decided_by(known(last_modified=EARLIER, date=LATER))) == (
        "etag",
        "last_modified",
    )


def fetching(capture: Capture, url: str = URL) -> Any:
    async def work(fetcher: Any, site: Any, time: Any) -> Any:
        return await fetcher.fetch(url, submitted=False, known=capture), site

    return work


def test_not_modified_keeps_what_is_known_of_the_body(crawl: Any, answer: Any) -> None:
    routes = {"/robots.txt": answer(404), "/a": answer(304, b"", ETag='"1"', Content_Type="-", Content_Length="-")}
    got, site = crawl(routes, fetching(known(etag='"1"', content_length="13")))
    capture = got.capture
    assert site.headers[-1]["if-none-match"] == '"1"' and got.body == b""
    assert (capture.outcome, capture.http_status, capture.sha256) == (FetchOutcome.NOT_MODIFIED, 304, KNOWN.sha256)
    assert (capture.media_type, capture.size_bytes, dict(capture.headers)["content-length"]) == (
        "application/pdf",
        len(BODY),
        "13",
    )
    assert (capture.unchanged_by, capture.unchanged_since) == ("etag", NOON) and capture.fetched_at > NOON
    assert capture.as_received.outcome is FetchOutcome.OK and capture.as_received.fetched_at == NOON


def test_not_modified_of_another_version_is_asked_again_without_a_condition(crawl: Any, answer: Any) -> None:
    other = answer(304, b"", ETag='"2"', Content_Length="-")
    routes = {"/robots.txt": answer(404), "/a": [other, answer(200, b"%PDF-1.7 new")]}
    got, site = crawl(routes, fetching(known(etag='"1"')))
    assert (got.capture.outcome, got.body) == (FetchOutcome.OK, b"%PDF-1.7 new")
    assert "if-none-match" not in site.headers[-1] and got.capture.unchanged_by == ""


def test_conditions_go_only_to_where_the_body_was_got(crawl: Any, answer: Any) -> None:
    routes = {
        "/robots.txt": answer(404),
        "/a": answer(302, Location="/b"),
        "/b": answer(304, b"", Content_Length="-"),
        "/c": answer(200, "<p>" + "หน้าอื่น " * 300),
    }
    moved = replace(known(etag='"1"'), final_url="http://www.site.example/b", redirects=("http://www.site.example/b",))
    got, site = crawl(routes, fetching(moved))
    conditional = [path for (_, path), sent in zip(site.asked, site.headers, strict=True) if "if-none-match" in sent]
    assert got.capture.outcome is FetchOutcome.NOT_MODIFIED and conditional == ["/b"]
    routes["/a"] = answer(302, Location="/c")
    got, site = crawl(routes, fetching(moved))
    assert got.capture.outcome is FetchOutcome.OK and not any("if-none-match" in sent for sent in site.headers)
