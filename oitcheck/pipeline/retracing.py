"""A walk of an earlier run gone along again: the same addresses asked for, nothing read, as long as nothing changed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from oitcheck.crawl.walk import Lead
from oitcheck.gathering import Reading, Step
from oitcheck.model.agency import Agency
from oitcheck.model.evidence import FetchOutcome
from oitcheck.pipeline.clock import now
from oitcheck.pipeline.crawling import Crawl
from oitcheck.pipeline.unchanged import told_of_steps
from oitcheck.pipeline.walking import followed

_NEVER_ASKED = (FetchOutcome.OFF_SITE, FetchOutcome.NOT_REACHED)


async def retraced(
    old: Sequence[Step], agency: Agency, crawl: Crawl, reading: Reading, *, insist: bool, at_once: bool
) -> tuple[Step, ...] | None:
    """The steps of an earlier walk as they end now; None when one ends otherwise, for then the way may lead elsewhere.

    Asked for level by level, so that nothing is asked for which a changed page may no longer lead to. `insist` and
    `at_once`: as that walk was made, see `walking.followed`.
    """
    new: dict[int, tuple[Step, ...]] = {}
    for numbers in _levels(old):
        works = (_again(old[number], agency, crawl, reading, insist=insist, at_once=at_once) for number in numbers)
        for number, steps in zip(numbers, await asyncio.gather(*works), strict=True):
            if told_of_steps(steps) != told_of_steps(_at(old, number)):
                return None
            new[number] = steps
    return tuple(step for number in sorted(new) for step in new[number])


def _levels(old: Sequence[Step]) -> list[list[int]]:
    """The numbers of steps that can be asked for together, without those that only belong to a rendering."""
    walked = sorted({capture.depth for role, capture in old if role == "walk"})
    levels = [[n for n, (role, c) in enumerate(old) if role == "walk" and c.depth == depth] for depth in walked]
    return [*levels, [n for n, (role, _) in enumerate(old) if role == "picture"]]


def _at(old: Sequence[Step], number: int) -> list[Step]:
    """A step with those after it that belong to its rendering."""
    return [old[number], *takewhile(lambda step: step[0] in ("static", "screenshot"), old[number + 1 :])]


async def _again(
    step: Step, agency: Agency, crawl: Crawl, reading: Reading, *, insist: bool, at_once: bool
) -> tuple[Step, ...]:
    role, before = step
    if before.outcome in _NEVER_ASKED and not before.http_status:
        return ((role, replace(before, fetched_at=now(), unchanged_since=before.received_at)),)
    if role == "walk":
        lead = Lead(before.url, before.link_text, before.found_on, before.depth)
        return await followed(lead, agency, crawl, reading, insist=insist, at_once=at_once)
    capture = await crawl.capture(before.url, agency, submitted=False, reading=reading)
    return ((role, replace(capture, found_on=before.found_on, link_text=before.link_text, depth=before.depth)),)
