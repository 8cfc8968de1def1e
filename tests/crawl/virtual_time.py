"""An event loop whose clock stands still while anything is left to do, and jumps to the next timer when nothing is.

Sockets are real ones on loopback; waiting costs nothing, and what is measured is the same on a busy machine.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any

# What was sent on loopback has arrived by then.
GRACE_SECONDS = 0.004


class _Selector(selectors.DefaultSelector):  # type: ignore[misc,valid-type]
    skipped = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            return super().select(1.0)
        ready = super().select(min(GRACE_SECONDS, timeout))
        if not ready:
            self.skipped += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)

    def time(self) -> float:
        return self._virtual.skipped


def run_virtually(work: Coroutine[Any, Any, Any]) -> Any:
    """`asyncio.run` in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
