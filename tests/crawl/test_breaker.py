"""Hosts that are left alone: how many attempts it takes, what ends it, what is told of it."""

from __future__ import annotations

import asyncio

import pytest

from oitcheck.crawl.breaker import BUSY_ANSWERS_UNTIL_LEFT_ALONE, REST_SECONDS, Breaker, LeftAlone
from oitcheck.model.evidence import FetchOutcome as F

URLS = [f"http://a/{n}" for n in range(40)]


class Clock:
    def __init__(self):
        self.now = 50.0

    def __call__(self):
        return self.now


def attempts(breaker, outcome, urls, port=80, host="a", **more):
    """How many of the waiting attempts at a host that never answers are made at all."""
    made = []

    async def one(url):
        try:
            async with breaker.attempt(host, port):
                made.append(url)
                await asyncio.sleep(0)
                breaker.failed(host, port, url, outcome, **more)
        except LeftAlone:
            pass

    async def run():
        await asyncio.gather(*(one(url) for url in urls))

    asyncio.run(run())
    return len(made)


@pytest.mark.parametrize("outcome", [F.DNS_FAILURE, F.REFUSED, F.RESET, F.TIMEOUT, F.TLS_FAILURE])
def test_a_dead_host_costs_two_attempts_however_many_wait(outcome):
    breaker = Breaker(Clock())
    assert attempts(breaker, outcome, URLS) == 2
    assert attempts(breaker, outcome, URLS) == 0
    refusal = breaker.left_alone("a", 80)
    assert refusal is not None and refusal.outcome is outcome
    assert str(refusal) == f"a left alone: 2 attempts in a row failed ({outcome.value}), next one in 900 s"
    assert breaker.left_alone("b", 80) is None


def test_two_attempts_at_one_url_are_enough():
    assert attempts(Breaker(Clock()), F.TIMEOUT, URLS[:1] * 5) == 2


@pytest.mark.parametrize(("outcome", "more"), [(F.DNS_FAILURE, {}), (F.TIMEOUT, {"unreachable": True})])
def test_a_machine_that_is_not_there_is_not_there_at_any_port(outcome, more):
    breaker = Breaker(Clock())
    assert attempts(breaker, outcome, URLS, **more) == 2
    assert attempts(breaker, outcome, URLS, port=443, **more) == 0


def test_a_closed_port_says_nothing_of_the_other():
    breaker = Breaker(Clock())
    assert attempts(breaker, F.REFUSED, URLS, port=443) == 2
    assert breaker.left_alone("a", 80) is None


def test_one_slow_page_is_not_the_host():
    breaker = Breaker(Clock())
    breaker.answered("a", 80)
    for _ in range(3):
        breaker.failed("a", 80, URLS[0], F.TIMEOUT)
    assert breaker.left_alone("a", 80) is None
    breaker.failed("a", 80, URLS[1], F.TIMEOUT)
    assert breaker.left_alone("a", 80) is not None


def test_an_answer_begins_the_count_anew():
    breaker = Breaker(Clock())
    breaker.failed("a", 80, URLS[0], F.REFUSED)
    breaker.answered("a", 80)
    breaker.failed("a", 80, URLS[1], F.REFUSED)
    assert breaker.left_alone("a", 80) is None


def test_trouble_that_is_none_of_the_host_does_not_count():
    breaker = Breaker(Clock())
    for url in URLS:
        breaker.failed("a", 80, url, F.FORBIDDEN_ADDRESS)
    assert breaker.left_alone("a", 80) is None


def test_after_a_rest_one_attempt_is_made_and_the_rest_doubles():
    clock = Clock()
    breaker = Breaker(clock)
    assert attempts(breaker, F.TIMEOUT, URLS) == 2
    clock.now += REST_SECONDS
    assert attempts(breaker, F.TIMEOUT, URLS) == 1
    clock.now += REST_SECONDS
    assert attempts(breaker, F.TIMEOUT, URLS) == 0
    clock.now += REST_SECONDS
    assert attempts(breaker, F.TIMEOUT, URLS) == 1


def test_a_retry_pass_opens_every_host_half():
    breaker = Breaker(Clock())
    for host in ("b", "a"):
        attempts(breaker, F.TIMEOUT, URLS, host=host)
    breaker.answered("c", 80)
    assert breaker.half_open(("c", "b")) == ("b",)
    assert attempts(breaker, F.TIMEOUT, URLS) == 0
    assert breaker.half_open(("a", "b", "c", "d")) == ("a",)
    assert attempts(breaker, F.TIMEOUT, URLS) == 1
    breaker.half_open(("a",))
    breaker.answered("a", 80)
    assert breaker.left_alone("a", 80) is None


def test_a_retry_pass_opens_whatever_is_on_the_hosts_of_an_agency():
    breaker = Breaker(Clock())
    for host in ("www.a.example", "a.example", "data.a.example", "b.example", "nota.example"):
        attempts(breaker, F.TIMEOUT, URLS, host=host)
    assert breaker.half_open(("www.a.example",)) == ("a.example", "www.a.example")
    assert breaker.half_open(("a.example",)) == ("data.a.example",)
    assert attempts(breaker, F.TIMEOUT, URLS, host="data.a.example") == 1
    assert breaker.left_alone("nota.example", 80) is not None


def test_an_answer_to_what_was_under_way_does_not_end_the_peace_that_was_asked_for():
    clock = Clock()
    breaker = Breaker(clock)
    breaker.busy("a", F.RATE_LIMITED, 3600.0)
    breaker.at_ease("a")
    assert breaker.left_alone("a", 80) is not None and breaker.busy_answers("a") == 0
    clock.now += 3600
    assert breaker.left_alone("a", 80) is None


def test_a_host_that_lives_is_not_asked_one_by_one():
    breaker = Breaker(Clock())
    at_once, most = 0, 0

    async def one():
        nonlocal at_once, most
        async with breaker.attempt("a", 80):
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0.001)
            breaker.answered("a", 80)
            await asyncio.sleep(0.005)  # the body
            at_once -= 1

    async def run():
        await asyncio.gather(*(one() for _ in range(4)))

    asyncio.run(run())
    assert most > 1


def test_a_long_pause_is_a_state_of_the_host():
    clock = Clock()
    breaker = Breaker(clock)
    breaker.busy("a", F.RATE_LIMITED, 30.0)
    assert breaker.left_alone("a", 80) is None, "a short one is waited for"
    breaker.busy("a", F.RATE_LIMITED, 3600.0)
    refusal = breaker.left_alone("a", 443)
    assert refusal is not None and refusal.outcome is F.RATE_LIMITED and "3600 s" in str(refusal)
    clock.now += 3600
    assert breaker.left_alone("a", 443) is None


def test_a_host_that_stays_busy_is_left_to_a_later_pass():
    breaker = Breaker(Clock())
    for _ in range(BUSY_ANSWERS_UNTIL_LEFT_ALONE - 1):
        breaker.busy("a", F.SERVER_ERROR, 0.0)
    breaker.at_ease("a")
    assert breaker.busy_answers("a") == 0
    for _ in range(BUSY_ANSWERS_UNTIL_LEFT_ALONE):
        assert breaker.left_alone("a", 80) is None
        breaker.busy("a", F.SERVER_ERROR, 0.0)
    assert breaker.left_alone("a", 80) is not None
    assert breaker.half_open(("a",)) == ("a",)
    assert breaker.left_alone("a", 80) is None
