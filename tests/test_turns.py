"""Agencies have their turns; those in trouble have another, when it costs the others nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from oitcheck.pipeline.turns import Turns
from tests.crawl.virtual_time import run_virtually

Log = list[tuple[float, str, bool]]


def turns(
    works: Sequence[str], seconds: dict[str, float], *, at_once: int = 2, wait: float = 120.0
) -> tuple[Log, float]:
    """When each turn began, whose, and whether it was the last; how long all took. Works with a `!` are in trouble."""
    log: Log = []

    async def all_of_them() -> float:
        loop = asyncio.get_running_loop()

        async def do(work: str, is_last: bool) -> bool:
            log.append((round(loop.time()), work, is_last))
            await asyncio.sleep(seconds.get(work, 10.0))
            return not work.endswith("!")

        await Turns(works, do, at_once=at_once, wait_seconds=wait, monotonic=loop.time).all_done()
        return loop.time()

    took: float = run_virtually(all_of_them())
    return log, took


def test_each_has_one_turn_in_order_when_all_is_well() -> None:
    log, took = turns(["a", "b", "c"], {"a": 30.0})
    assert log == [(0, "a", False), (0, "b", False), (10, "c", False)] and round(took) == 30


def test_one_in_trouble_has_its_last_turn_later_beside_the_others() -> None:
    log, took = turns(["x!", "a", "b"], {"x!": 5.0, "a": 200.0, "b": 150.0})
    assert [one for one in log if one[1] == "x!"] == [(0, "x!", False), (155, "x!", True)]
    assert round(took) == 200, "nobody waited for it"


def test_it_is_not_waited_for_when_nobody_else_is_at_work() -> None:
    log, took = turns(["x!", "a"], {"x!": 5.0, "a": 20.0})
    assert log[-1] == (20, "x!", True) and round(took) == 25
    log, took = turns(["x!"], {"x!": 5.0})
    assert [one[0] for one in log] == [0, 5] and round(took) == 10


def test_many_in_trouble_share_the_places() -> None:
    works = [f"{n}!" for n in range(6)]
    log, took = turns(works, {}, at_once=3)
    assert len(log) == 12 and [last for _, _, last in log] == [False] * 6 + [True] * 6 and round(took) == 40


def test_what_is_raised_ends_all() -> None:
    async def broken(work: str, is_last: bool) -> bool:
        await asyncio.sleep(5.0 if work == "a" else 1000.0)
        raise ValueError(work)

    async def all_of_them() -> None:
        loop = asyncio.get_running_loop()
        await Turns("ab", broken, at_once=2, wait_seconds=1.0, monotonic=loop.time).all_done()

    with pytest.raises(ExceptionGroup) as raised:
        run_virtually(all_of_them())
    assert [str(error) for error in raised.value.exceptions] == ["a"]
