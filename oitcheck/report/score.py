"""What items are worth in OIT points, and between which scores an agency stands. An estimate, never the result.

An item is 0 or 100; a sub-indicator is the mean of its items, an indicator the mean of its sub-indicators, and OIT the
mean of indicators 9 and 10. So what one item is worth depends on how many share its sub-indicator.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from oitcheck.model.checklist import Checklist
from oitcheck.model.finding import Outcome

OIT_INDICATORS = ("9", "10")
FULL_SCORE = 100.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """Between which OIT scores (0–100) an agency stands: open questions counted failed (`low`) and passed (`high`)."""

    low: float
    high: float


def weights(checklist: Checklist) -> Mapping[str, float]:
    """OIT points (0–100) of each item; empty when the checklist is not the whole year or an indicator is unknown."""
    return _weights(checklist, frozenset()) if checklist.complete else {}


def estimate(
    checklist: Checklist, outcomes: Mapping[str, Outcome], *, open_items: frozenset[str] = frozenset()
) -> Estimate | None:
    """The range of the OIT score, or None when it cannot be told: not the whole year, or an item was not assessed.

    `open_items` are inapplicable for now only (not due yet) and count as undecided; other inapplicable items do not
    count at all, and the rest of their sub-indicator shares their weight.
    """
    if not checklist.complete or not checklist.items.keys() <= outcomes.keys():
        return None
    left_out = frozenset(
        item for item in checklist.items if outcomes[item] is Outcome.INAPPLICABLE and item not in open_items
    )
    worth = _weights(checklist, left_out)
    if not worth:
        return None
    low = sum(points for item, points in worth.items() if outcomes[item] is Outcome.PASSED)
    undecided = sum(
        points for item, points in worth.items() if outcomes[item] is Outcome.CANT_TELL or item in open_items
    )
    return Estimate(low=round(low, 6), high=round(min(low + undecided, FULL_SCORE), 6))


def _weights(checklist: Checklist, left_out: frozenset[str]) -> Mapping[str, float]:
    groups: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for item in checklist.items.values():
        if item.id not in left_out:
            groups[item.indicator.partition(".")[0]][item.indicator].append(item.id)
    if set(groups) != set(OIT_INDICATORS):
        return {}
    return {
        item: FULL_SCORE / len(OIT_INDICATORS) / len(subs) / len(items)
        for subs in groups.values()
        for items in subs.values()
        for item in items
    }
