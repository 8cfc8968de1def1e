"""Works done some at a time, in their order; those in trouble once more later, beside the others."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Generic, TypeVar

Work = TypeVar("Work")


class Turns(Generic[Work]):
    """Does each work by `do`, `at_once` at a time.

    `do` is given a work and whether this is its last turn, and says whether it is done. One that is not has another
    turn `wait_seconds` later, when all have begun; or at once when all others have had theirs. `monotonic` counts
    seconds.
    """

    def __init__(
        self, works: Iterable[Work], do: Callable[[Work, bool], Awaitable[bool]], *, at_once: int, wait_seconds: float,
        monotonic: Callable[[], float],
    ) -> None:  # fmt: skip
        self._first = deque(works)
        self._later: deque[tuple[float, Work]] = deque()
        self._do = do
        self._at_once = at_once
        self._wait_seconds = wait_seconds
        self._monotonic = monotonic
        self._in_first_turn = 0
        self._changed = asyncio.Condition()

    async def all_done(self) -> None:
        """Do them all. What `do` raises ends the others, as a group."""
        async with asyncio.TaskGroup() as group:
            for _ in range(min(self._at_once, len(self._first))):
                group.create_task(self._worker())

    async def _worker(self) -> None:
        while (taken := await self._taken()) is not None:
            work, is_last = taken
            done = await self._do(work, is_last)
            async with self._changed:
                self._in_first_turn -= not is_last
                if not done and not is_last:
                    self._later.append((self._monotonic() + self._wait_seconds, work))
                self._changed.notify_all()

    async def _taken(self) -> tuple[Work, bool] | None:
        """The next work and whether this is its last turn; None when none is left nor can come."""
        async with self._changed:
            while True:
                if self._first:
                    self._in_first_turn += 1
                    return self._first.popleft(), False
                rest = self._later[0][0] - self._monotonic() if self._later else 0.0
                if self._later and (rest <= 0 or not self._in_first_turn):
                    return self._later.popleft()[1], True
                if not self._in_first_turn:
                    return None
                try:
                    async with asyncio.timeout(rest or None):
                        await self._changed.wait()
                except TimeoutError:
                    continue
