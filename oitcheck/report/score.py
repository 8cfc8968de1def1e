"""What items are worth in OIT points, between which scores an agency stands, and the grade of a total. An estimate,
never the result.

An item is 0 or 100; a sub-indicator is the mean of its items, an indicator the mean of its sub-indicators, and OIT the
mean of indicators 9 and 10. So what one item is worth depends on how many share its sub-indicator.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from oitcheck.model.checklist import Checklist
from oitcheck.model.finding import Outcome

OIT_INDICATORS = ("9", "10")
FULL_SCORE = 100.0
# Of the total in every year whose grades are known, and of each tool for a better grade than a bare pass.
PASS_SCORE = 85.0

# Shares of the three tools in the total, 2565–2568.
IIT_SHARE, EIT_SHARE, OIT_SHARE = 0.30, 0.30, 0.40


@dataclass(frozen=True, slots=True)
class Estimate:
    """Between which OIT scores (0–100) an agency stands: open questions counted failed (`low`) and passed (`high`)."""

    low: float
    high: float


def weights(
    checklist: Checklist, outcomes: Mapping[str, Outcome] | None = None, open_items: frozenset[str] = frozenset()
) -> Mapping[str, float]:
    """OIT points (0–100) of each item; empty when the checklist is not the whole year or an indicator is unknown.

    Items that are inapplicable in `outcomes` have none, and the rest of their sub-indicator shares theirs; those of
    `open_items` are inapplicable for now only (not due yet) and keep theirs.
    """
    if not checklist.complete:
        return {}
    known = outcomes or {}
    groups: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for item in checklist.items.values():
        if known.get(item.id) is not Outcome.INAPPLICABLE or item.id in open_items:
            groups[item.indicator.partition(".")[0]][item.indicator].append(item.id)
    if set(groups) != set(OIT_INDICATORS):
        return {}
    return {
        item: FULL_SCORE / len(OIT_INDICATORS) / len(subs) / len(items)
        for subs in groups.values()
        for items in subs.values()
        for item in items
    }


def estimate(
    checklist: Checklist, outcomes: Mapping[str, Outcome], *, open_items: frozenset[str] = frozenset()
) -> Estimate | None:
    """The range of the OIT score, or None when it cannot be told: not the whole year, or an item was not assessed.

    `open_items` count as undecided; other inapplicable items do not count at all.
    """
    if not checklist.items.keys() <= outcomes.keys():
        return None
    return standing(weights(checklist, outcomes, open_items), outcomes, open_items)


def standing(
    worth: Mapping[str, float], outcomes: Mapping[str, Outcome], open_items: frozenset[str]
) -> Estimate | None:
    """The range of the OIT score under given weights; None when there are none."""
    if not worth:
        return None
    low = sum(points for item, points in worth.items() if outcomes[item] is Outcome.PASSED)
    undecided = sum(
        points for item, points in worth.items() if outcomes[item] is Outcome.CANT_TELL or item in open_items
    )
    return Estimate(low=round(low, 6), high=round(min(low + undecided, FULL_SCORE), 6))


@dataclass(frozen=True, slots=True)
class ToolScores:
    """The scores of the tools (0–100) as a person supplies them; of EIT both parts, since grades ask for each."""

    iit: float
    eit_part_1: float
    eit_part_2: float
    oit: float


@dataclass(frozen=True, slots=True)
class Band:
    """A grade (key of its words), with the least total and the least score of every tool that it asks for."""

    grade: str
    least_total: float
    least_tool: float = 0.0


_BANDS_2567 = (
    Band("excellent", 95, 95),
    Band("good", 85, 85),
    Band("passed", 85),
    Band("improve", 70),
    Band("improve_at_once", 0),
)
# From best to worst. Those of 2566 and 2569 were found in no source.
BANDS: Mapping[int, tuple[Band, ...]] = {
    2565: (
        Band("AA", 95), Band("A", 85), Band("B", 75), Band("C", 65), Band("D", 55), Band("E", 50), Band("F", 0),
    ),
    2567: _BANDS_2567,
    2568: _BANDS_2567,
}  # fmt: skip


def total(tools: ToolScores) -> float:
    """The total score (0–100) with two decimals, as published, from the tools.

    The tools count with two decimals too: unrounded (an OIT of 89.1667), the 91.54 published in 2567 comes out as
    91.53.
    """
    eit = (tools.eit_part_1 + tools.eit_part_2) / 2
    return _published(
        IIT_SHARE * _published(tools.iit) + EIT_SHARE * _published(eit) + OIT_SHARE * _published(tools.oit)
    )


def grade(year_be: int, tools: ToolScores) -> str | None:
    """The key of the grade under `grade.` in the words of reports; None for a year whose bands are not known."""
    reached, least_tool = total(tools), min(tools.iit, tools.eit_part_1, tools.eit_part_2, tools.oit)
    for band in BANDS.get(year_be, ()):
        if reached >= band.least_total and least_tool >= band.least_tool:
            return band.grade
    return None


def _published(score: float) -> float:
    return float(Decimal(str(round(score, 6))).quantize(Decimal("0.01"), ROUND_HALF_UP))
