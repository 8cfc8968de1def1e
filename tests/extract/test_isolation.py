"""Readers that may hang, swell or crash."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image

from oitcheck.extract.isolation import Readers
from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.read import read
from oitcheck.model.evidence import BlindReason, BlindSpot, Capture, FetchOutcome

BODIES = [f"<h1>หน้า {n}</h1><p>ข้อความที่ {n}</p>".encode() for n in range(6)]


def captured(number: int = 0) -> Capture:
    url = f"http://www.banmai.example/{number}"
    return Capture(url, url, (), FetchOutcome.OK, 200, datetime(2023, 4, 1, tzinfo=UTC), sha256=f"{number:064d}")


def drawn() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30)).save(out, "PNG")
    return out.getvalue()


def test_results_are_those_of_reading_here() -> None:
    async def all_read(workers: int) -> list[object]:
        async with Readers(workers, ExtractLimits()) as readers:
            found = await asyncio.gather(*(readers.read(captured(n), body) for n, body in enumerate(BODIES)))
            return [*found, await readers.picture("s", drawn())]

    here = asyncio.run(all_read(0))
    assert here[: len(BODIES)] == [read(captured(n), body, ExtractLimits()) for n, body in enumerate(BODIES)]
    assert asyncio.run(all_read(2)) == here


def test_a_child_that_dies_or_hangs_is_told_and_replaced() -> None:
    async def scenario() -> list[BlindReason]:
        reasons: list[BlindReason] = []
        async with Readers(1, ExtractLimits(seconds=0.4)) as readers:
            await readers.read(captured(), BODIES[0])
            for sign in (signal.SIGSEGV, signal.SIGSTOP):
                child = readers._children[0]
                assert child._process is not None
                os.kill(child._process.pid, sign)
                if sign == signal.SIGSEGV:
                    child._process.wait(5)
                    # The pool notices a child that died idle and starts another: nothing is lost.
                    assert await readers.read(captured(), BODIES[0]) == read(captured(), BODIES[0], ExtractLimits())
                else:
                    [spot] = await readers.read(captured(), BODIES[0])
                    assert isinstance(spot, BlindSpot)
                    reasons.append(spot.reason)
            assert await readers.read(captured(), BODIES[1]) == read(captured(), BODIES[1], ExtractLimits())
        return reasons

    assert asyncio.run(scenario()) == [BlindReason.TOO_SLOW]


def test_a_crash_while_reading_is_a_corrupt_file() -> None:
    async def scenario() -> BlindReason:
        async with Readers(1, ExtractLimits(seconds=20)) as readers:
            await readers.read(captured(), BODIES[0])
            process = readers._children[0]._process
            assert process is not None
            os.kill(process.pid, signal.SIGSTOP)
            waiting = asyncio.ensure_future(readers.read(captured(), BODIES[0]))
            await asyncio.sleep(0.1)  # until the request is in the pipe of the stopped child
            os.kill(process.pid, signal.SIGSEGV)
            os.kill(process.pid, signal.SIGCONT)
            [spot] = await waiting
            assert isinstance(spot, BlindSpot)
            return spot.reason

    assert asyncio.run(scenario()) is BlindReason.CORRUPT


def test_memory_is_limited() -> None:
    async def scenario() -> None:
        async with Readers(1, ExtractLimits(memory_bytes=300 * 1024 * 1024)) as readers:
            [spot] = await readers.read(captured(), ("<p>" + "ก " * 6_000_000).encode())
            assert isinstance(spot, BlindSpot)
            assert spot.reason is BlindReason.TOO_LARGE
            assert await readers.read(captured(), BODIES[1]) == read(captured(), BODIES[1], ExtractLimits())

    asyncio.run(scenario())


def test_cancelling_ends_at_once() -> None:
    async def scenario() -> None:
        async with Readers(1, ExtractLimits(seconds=60)) as readers:
            await readers.read(captured(), BODIES[0])
            process = readers._children[0]._process
            assert process is not None
            os.kill(process.pid, signal.SIGSTOP)
            waiting = asyncio.ensure_future(readers.read(captured(), BODIES[0]))
            await asyncio.sleep(0.1)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert await readers.picture("s", drawn()) is not None

    began = time.monotonic()
    asyncio.run(scenario())
    assert time.monotonic() - began < 20
