from __future__ import annotations

import asyncio

import pytest

from oitcheck.crawl.politeness import MOST_CRAWL_DELAY_SECONDS, MOST_RETRY_AFTER_SECONDS, Politeness
from oitcheck.crawl.robots import Robots


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
    assert starts([("a", ""), ("a", ""), ("b", ""), ("a", "")])[0] == pytest.approx([0, 1.1, 1.1, 2.2])


def test_gaps_by_address_of_shared_hosting():
    assert starts([("a", "203.0.113.1"), ("b", "203.0.113.1"), ("c", "203.0.113.2")])[0] == (
        pytest.approx([0, 1.1, 1.1])
    )


def test_the_gap_runs_from_the_request_and_not_from_the_connecting():
    time = FakeTime()
    politeness = polite(time)
    found = []

    async def run():
        async with politeness.slot("a") as turn:
            time.now += 7.0  # the handshake
            found.append(time.now)
            turn.sent()
            time.now += 0.5  # the answer
        async with politeness.slot("a"):
            found.append(time.now)

    asyncio.run(run())
    assert found[1] - found[0] == pytest.approx(1.1)


def test_nobody_starts_while_another_still_connects():
    politeness = polite(FakeTime())
    order = []

    async def first():
        async with politeness.slot("a", "9.9.9.9") as turn:
            order.append("first connects")
            await asyncio.sleep(0.01)
            order.append("first sends")
            turn.sent()

    async def second():
        await asyncio.sleep(0.002)
        async with politeness.slot("b", "9.9.9.9"):
            order.append("second")

    async def run():
        await asyncio.gather(first(), second())

    asyncio.run(run())
    assert order == ["first connects", "first sends", "second"]


def test_a_crawl_delay_lengthens_the_gap_within_reason():
    time = FakeTime()
    politeness = polite(time, delay=0.0)

    async def run():
        for asked, gap in ((3, 3.3), (10**6, MOST_CRAWL_DELAY_SECONDS * 1.1)):
            politeness.slow_down("a", asked)
            async with politeness.slot("a"):
                pass
            before = time.now
            async with politeness.slot("a"):
                assert time.now - before == pytest.approx(gap)

    asyncio.run(run())


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


def test_robots_are_asked_once_and_read_for_us():
    asked = []
    texts = {
        "http://a.example/robots.txt": "User-agent: oitcheck\nDisallow: /x\nCrawl-delay: 2.5\n\nUser-agent: *\nDisallow: /",
        "http://b.example/robots.txt": "<html>Disallow: /</html>",
    }

    async def read(url):
        asked.append(url)
        return texts.get(url)

    slowed = []

    async def run():
        robots = Robots("oitcheck/1.0", read, lambda host, seconds: slowed.append((host, seconds)))
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
    assert slowed == [("a.example", 2.5)]
