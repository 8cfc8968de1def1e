from __future__ import annotations

import asyncio

import pytest

from oitcheck.crawl.politeness import MOST_RETRY_AFTER_SECONDS, Breaker, Politeness
from oitcheck.crawl.robots import Robots
from oitcheck.model.evidence import FetchOutcome as F


class FakeTime:
    def __init__(self):
        self.now = 50.0
        self.slept = []

    def monotonic(self):
        return self.now

    async def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


def polite(time, delay=1.0, per_host=2, most=32):
    return Politeness(
        delay_seconds=delay,
        connections_per_host=per_host,
        connections=most,
        sleep=time.sleep,
        monotonic=time.monotonic,
    )


def starts(requests, **more):
    """The instants at which one request after the other starts."""
    time = FakeTime()
    politeness = polite(time, **more)
    found = []

    async def run():
        for host, address in requests:
            async with politeness.slot(host, address):
                found.append(time.now - 50.0)

    asyncio.run(run())
    return found, time


def test_gaps_by_host():
    assert starts([("a", ""), ("a", ""), ("b", ""), ("a", "")])[0] == [0, 1, 1, 2]


def test_gaps_by_address_of_shared_hosting():
    assert starts([("a", "203.0.113.1"), ("b", "203.0.113.1"), ("c", "203.0.113.2")])[0] == [0, 1, 1]


def test_no_delay_costs_nothing():
    found, time = starts([("a", "1.1.1.1")] * 5, delay=0.0)
    assert (found, time.slept) == ([0] * 5, [])


def test_a_pause_holds_one_host_and_is_bounded():
    time = FakeTime()
    politeness = polite(time, delay=0.0)

    async def run():
        politeness.pause("a", 30)
        async with politeness.slot("b"):
            assert time.slept == []
        async with politeness.slot("a"):
            assert time.slept == [30]
        politeness.pause("a", 10**6)
        async with politeness.slot("a"):
            assert time.slept[-1] == MOST_RETRY_AFTER_SECONDS

    asyncio.run(run())


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([("a", "")] * 6, 2),
        ([("a", "9.9.9.9"), ("b", "9.9.9.9"), ("c", "9.9.9.9")], 2),
        ([(n, "") for n in "abcdef"], 3),
    ],
)
def test_connections_at_once(names, expected):
    time = FakeTime()
    politeness = polite(time, delay=0.0, most=3)
    now = most = 0

    async def request(host, address):
        nonlocal now, most
        async with politeness.slot(host, address):
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.001)
            now -= 1

    async def run():
        await asyncio.gather(*(request(*name) for name in names))

    asyncio.run(run())
    assert most == expected


def test_the_breaker_wants_two_urls_in_a_row():
    breaker = Breaker()
    breaker.record("a", "http://a/1", F.TIMEOUT, 0)
    breaker.record("a", "http://a/1", F.TIMEOUT, 0)
    assert breaker.broken("a") is None
    breaker.record("a", "http://a/2", F.TLS_FAILURE, 0)
    assert breaker.broken("a") is None
    breaker.record("a", "http://a/3", F.REFUSED, 0)
    assert breaker.broken("a") is F.REFUSED
    assert breaker.broken("b") is None


def test_an_answer_closes_the_count():
    breaker = Breaker()
    breaker.record("a", "http://a/1", F.TIMEOUT, 0)
    breaker.record("a", "http://a/2", F.TIMEOUT, 200)  # the body was slow, the host answered
    breaker.record("a", "http://a/3", F.TIMEOUT, 0)
    assert breaker.broken("a") is None


def test_robots_are_asked_once_and_read_for_us():
    asked = []
    texts = {
        "http://a.example/robots.txt": "User-agent: oitcheck\nDisallow: /x\n\nUser-agent: *\nDisallow: /",
        "http://b.example/robots.txt": "<html>Disallow: /</html>",
    }

    async def read(url):
        asked.append(url)
        return texts.get(url)

    async def run():
        robots = Robots("oitcheck/1.0", read)
        return [
            await robots.allows(url)
            for url in (
                "http://a.example/x/1",
                "http://a.example/y",
                "http://b.example/y",
                "http://c.example/y",
                "http://c.example/z",
                "http://d.example/robots.txt",
            )
        ]

    assert asyncio.run(run()) == [False, True, True, True, True, True]
    assert asked == [f"http://{name}.example/robots.txt" for name in "abc"]
