"""The order of a crawl: places in turn, and those with the most to do first, so that no site is left to the end."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from typing import TypeVar

Work = TypeVar("Work")


def interleaved(
    works: Iterable[Work], *, place_of: Callable[[Work], str], amount_of: Callable[[Work], int]
) -> tuple[Work, ...]:
    """`works` so that those of one place (a host, an IP address) stand apart, and what takes longest begins first.

    At each step comes a work of the place where most is left to do, never twice the same place while there is another;
    within a place the largest first. `amount_of` counts requests, or anything that grows with them. Equal ones keep
    their order, so the same works give the same order.
    """
    queues: dict[str, list[Work]] = {}
    for work in works:
        queues.setdefault(place_of(work), []).append(work)
    heap: list[tuple[int, int, list[Work]]] = []
    for number, queue in enumerate(queues.values()):
        queue.sort(key=amount_of, reverse=True)
        heap.append((-sum(map(amount_of, queue)), number, queue))
    heapq.heapify(heap)
    found: list[Work] = []
    resting: tuple[int, int, list[Work]] | None = None
    while heap or resting:
        if not heap:
            assert resting is not None
            heap, resting = [resting], None
        left, number, queue = heapq.heappop(heap)
        work = queue.pop(0)
        found.append(work)
        if resting:
            heapq.heappush(heap, resting)
        resting = (left + amount_of(work), number, queue) if queue else None
    return tuple(found)
