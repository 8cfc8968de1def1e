"""What an agency mends first: its incomplete items by the points they bring for the work they are."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from oitcheck.model.finding import Finding, Outcome
from oitcheck.report.score import PASS_SCORE, Estimate, standing, weights
from oitcheck.report.view import WHOLE_ITEM, RunView, natural_key


class Effort(StrEnum):
    """What kind of work mends an element, from least to most. `efforts.toml` tells which reasons are which."""

    LINK = "link"
    WORDS = "words"
    PUBLISH = "publish"
    REISSUE = "reissue"
    REDO = "redo"
    ORGANISE = "organise"
    HOST = "host"


# Work in multiples of correcting one link. Estimated, not measured: each kind is clearly more than the one before.
WORK: Mapping[Effort, float] = {
    Effort.LINK: 1,
    Effort.WORDS: 2,
    Effort.PUBLISH: 3,
    Effort.REISSUE: 5,
    Effort.REDO: 8,
    Effort.ORGANISE: 12,
    Effort.HOST: 18,
}
# Each further thing of the hardest kind within one item (a second month) is this much of the first: the page is open.
FURTHER = 0.25
# What points count for in the ranking while it is open whether the item will have them.
IF_UNDECIDED = 0.5
# For a code that this version does not know, as in kept findings of another one.
UNKNOWN = Effort.PUBLISH


@dataclass(frozen=True, slots=True)
class Repair:
    """An incomplete item to mend; `failed` is what it lacks, `undecided` how many more of its elements are open.

    `points` (OIT, 0–100; None: weights not known) is what the low end of the estimate gains; when not `certain`, only
    if the undecided elements turn out well. `after` is the estimate once this repair and all before it in the ranking
    are done (None: no estimate); undecided elements stay undecided in it.
    """

    item: str
    failed: tuple[Finding, ...]
    undecided: int
    effort: Effort
    work: float
    points: float | None
    after: Estimate | None

    @property
    def certain(self) -> bool:
        """Whether the item is complete once its failed elements are mended."""
        return self.undecided == 0


@dataclass(frozen=True, slots=True)
class Goal:
    """What the first `repairs` of the ranking bring: the fewest that reach the pass score, else all of them."""

    repairs: int
    before: Estimate
    after: Estimate

    @property
    def is_pass(self) -> bool:
        """Whether they are what lifts the low end of the estimate to the pass score."""
        return self.before.low < PASS_SCORE <= self.after.low


def repairs(
    view: RunView, agency_id: str, outcomes: Mapping[str, Outcome], open_items: frozenset[str]
) -> tuple[Repair, ...]:
    """One repair for each failed item of an agency, best first: points for work, then points, then natural order.

    `outcomes` are those of the items that were assessed; `open_items` are not due yet.
    """
    worth = weights(view.checklist, outcomes, open_items)
    found = [
        _repair(view, agency_id, item, worth.get(item))
        for item, outcome in outcomes.items()
        if outcome is Outcome.FAILED
    ]
    ranked = sorted(found, key=_rank)
    if not view.checklist.items.keys() <= outcomes.keys():
        return tuple(ranked)
    return tuple(_followed(ranked, worth, outcomes, open_items))


def goal(before: Estimate | None, ranked: Sequence[Repair]) -> Goal | None:
    """How far the repairs lead from `before`; None without an estimate or anything to mend."""
    afters = [repair.after for repair in ranked if repair.after is not None]
    if before is None or not afters:
        return None
    needed = len(afters)
    if before.low < PASS_SCORE:
        needed = next((n for n, after in enumerate(afters, start=1) if after.low >= PASS_SCORE), needed)
    return Goal(needed, before, afters[needed - 1])


def effort_of(code: str) -> Effort:
    """What kind of work mends an element that failed with this code (`check.reason`)."""
    check, _, reason = code.partition(".")
    efforts = effort_table().get(check, {})
    return efforts.get(reason, efforts.get("default", UNKNOWN))


@cache
def effort_table() -> Mapping[str, Mapping[str, Effort]]:
    """`efforts.toml`: by check, its `default` and the reasons that differ. Raises ValueError on an unknown kind."""
    table: dict[str, Any] = tomllib.loads(files("oitcheck.report").joinpath("efforts.toml").read_text(encoding="utf-8"))
    return {check: {reason: Effort(kind) for reason, kind in kinds.items()} for check, kinds in table.items()}


def item_faults(view: RunView, agency_id: str, item: str) -> tuple[Finding, ...]:
    """What an item lacks: its failed binding requirements, or the one finding on the whole item when all fail alike."""
    binding = tuple(f for f in view.requirement_rows(agency_id, item) if f.binding)
    failed = tuple(f for f in binding if f.outcome is Outcome.FAILED)
    whole = view.whole(agency_id, item)
    if whole is None or whole.outcome is not Outcome.FAILED:
        return failed
    if not failed or (len(failed) == len(binding) > 1 and {f.code for f in failed} == {whole.code}):
        return (whole,)
    return failed


def told_of(view: RunView, agency_id: str, item: str) -> tuple[Finding, ...]:
    """What an item lacks, or what is undecided of it; the finding on the whole item when there is neither."""
    faults = item_faults(view, agency_id, item)
    if faults:
        return faults
    rows = view.requirement_rows(agency_id, item)
    waiting = tuple(f for f in rows if f.binding and f.outcome is Outcome.CANT_TELL)
    whole = view.whole(agency_id, item)
    return waiting or ((whole,) if whole is not None else ())


def _repair(view: RunView, agency_id: str, item: str, points: float | None) -> Repair:
    failed = item_faults(view, agency_id, item)
    efforts = [effort_of(single.code) for fault in failed for single in _singles(view, fault)]
    hardest = max(efforts, key=WORK.__getitem__, default=UNKNOWN)
    undecided = {
        finding.requirement
        for finding in view.of_item(agency_id, item)
        if finding.binding and finding.outcome is Outcome.CANT_TELL and finding.requirement != WHOLE_ITEM
    }
    return Repair(
        item=item,
        failed=failed,
        undecided=len(undecided),
        effort=hardest,
        work=WORK[hardest] * (1 + FURTHER * max(efforts.count(hardest) - 1, 0)),
        points=None if points is None else round(points, 6),
        after=None,
    )


def _singles(view: RunView, fault: Finding) -> tuple[Finding, ...]:
    """The single things (months, persons) that make a requirement fail; the requirement itself when it names none."""
    rows = view.about_rows(fault.agency_id, fault.item, fault.requirement)
    return tuple(row for row in rows if row.outcome is Outcome.FAILED) or (fault,)


def _rank(repair: Repair) -> tuple[object, ...]:
    expected = (repair.points or 0.0) * (1 if repair.certain else IF_UNDECIDED)
    return -expected / repair.work, -expected, repair.work, natural_key(repair.item)


def _followed(
    ranked: Sequence[Repair], worth: Mapping[str, float], outcomes: Mapping[str, Outcome], open_items: frozenset[str]
) -> list[Repair]:
    """The repairs in their order, each with the estimate that stands after it."""
    mended = dict(outcomes)
    followed = []
    for repair in ranked:
        mended[repair.item] = Outcome.PASSED if repair.certain else Outcome.CANT_TELL
        followed.append(replace(repair, after=standing(worth, mended, open_items)))
    return followed
