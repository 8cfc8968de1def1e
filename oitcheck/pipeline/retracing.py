"""A walk of an earlier run gone along again: the same addresses asked for, nothing read, as long as nothing changed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from oitcheck.gathering import Reading, Step
from oitcheck.model.agency import Agency
from oitcheck.model.evidence import Capture, FetchOutcome
from oitcheck.pipeline.clock import now
from oitcheck.pipeline.crawling import Crawl
from oitcheck.pipeline.unchanged import told_of

_NEVER_ASKED = (FetchOutcome.OFF_SITE, FetchOutcome.NOT_REACHED)


async def retraced(old: Sequence[Step], agency: Agency, crawl: Crawl, reading: Reading) -> tuple[Step, ...] | None:
    """The steps of an earlier walk as they end now; None when one ends otherwise, for then the way may lead elsewhere.

    Asked for level by level, so that nothing is asked for which a changed page may no longer lead to.
    """
    new: dict[int, Capture] = {}
    for numbers in _levels(old):
        taken = await asyncio.gather(*(_again(number, old, agency, crawl, reading) for number in numbers))
        for number, captures in zip(numbers, taken, strict=True):
            for offset, capture in enumerate(captures):
                role, before = old[number + offset]
                if told_of(role, capture) != told_of(role, before):
                    return None
                new[number + offset] = capture
    return tuple((role, new[number]) for number, (role, _) in enumerate(old))


def _levels(old: Sequence[Step]) -> list[list[int]]:
    """The numbers of steps that can be asked for together; a page as it came goes with its rendering before it."""
    walked = sorted({capture.depth for role, capture in old if role == "walk"})
    levels = [[n for n, (role, c) in enumerate(old) if role == "walk" and c.depth == depth] for depth in walked]
    return [*levels, [n for n, (role, _) in enumerate(old) if role == "picture"]]


async def _again(
    number: int, old: Sequence[Step], agency: Agency, crawl: Crawl, reading: Reading
) -> tuple[Capture, ...]:
    role, before = old[number]
    if before.outcome in _NEVER_ASKED and not before.http_status:
        return (replace(before, fetched_at=now(), unchanged_since=before.received_at),)
    submitted = role == "walk" and before.depth == 0
    as_it_came = old[number + 1][1] if before.rendered else before
    capture = _on_its_way(await crawl.capture(as_it_came.url, agency, submitted=submitted, reading=reading), before)
    if not before.rendered:
        return (capture,)
    shown = await crawl.rendered(capture, agency, reading) if capture.outcome.is_ok else capture
    return (_on_its_way(shown, before), capture)


def _on_its_way(capture: Capture, before: Capture) -> Capture:
    return replace(capture, found_on=before.found_on, link_text=before.link_text, depth=before.depth)
