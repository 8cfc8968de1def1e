"""What people decided beside the machine: which decisions stand for a run, and how items stand by them.

The machine's findings are never changed or hidden by it. A decision stands for the runs of its round and for later runs
of the year, until its last day; it stands no more when the machine has since found something else to be missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from oitcheck.model.finding import Finding, Outcome, worst
from oitcheck.model.review import Review
from oitcheck.report.view import WHOLE_ITEM, RunView


class Standing(StrEnum):
    """Whether a decision counts for a run, and if not, why not."""

    STANDS = "stands"
    EXPIRED = "expired"
    CHANGED = "changed"  # the machine has since found something else to be missing
    REPLACED = "replaced"  # a later decision on the same thing


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's decision with the machine's finding in this run (None: not assessed) and whether it counts."""

    review: Review
    machine: Finding | None
    standing: Standing

    @property
    def differs(self) -> bool:
        """Whether the person decided otherwise than the machine does now."""
        return self.machine is not None and self.machine.outcome is not self.review.outcome


def decisions(view: RunView, reviews: Iterable[Review]) -> tuple[Decision, ...]:
    """Every decision that concerns a run, in the order made; reviews of other years and later ones of other rounds out.

    Pure: what has expired is told by the date the run is judged at.
    """
    concerned = [r for r in reviews if _concerns(view, r)]
    last = {review.place: number for number, review in enumerate(concerned)}
    return tuple(
        _decision(view, review, is_last=last[review.place] == number) for number, review in enumerate(concerned)
    )


def confirmed(
    view: RunView, made: Iterable[Decision]
) -> tuple[Mapping[tuple[str, str], Outcome], Mapping[tuple[str, str], tuple[Decision, ...]]]:
    """How items stand by the decisions that count, and those decisions, both by agency and item.

    Items that nobody decided on are in neither.
    """
    by_item: dict[tuple[str, str], list[Decision]] = {}
    for one in made:
        if one.standing is Standing.STANDS:
            by_item.setdefault((one.review.agency_id, one.review.item), []).append(one)
    outcomes = {place: _outcome(view, place, found) for place, found in by_item.items()}
    return outcomes, {place: tuple(found) for place, found in by_item.items()}


def machine_finding(view: RunView, agency_id: str, item: str, requirement: str) -> Finding | None:
    """What the machine found for a requirement, or for the whole item (`*`)."""
    if requirement == WHOLE_ITEM:
        return view.whole(agency_id, item)
    return next((f for f in view.requirement_rows(agency_id, item) if f.requirement == requirement), None)


def _concerns(view: RunView, review: Review) -> bool:
    if review.year_be != view.run.year_be:
        return False
    return review.round_id == view.run.round_id or review.decided_at <= view.run.assessed_at


def _decision(view: RunView, review: Review, *, is_last: bool) -> Decision:
    machine = machine_finding(view, *review.place)
    if not is_last:
        standing = Standing.REPLACED
    elif review.expires_on is not None and view.as_of is not None and view.as_of > review.expires_on:
        standing = Standing.EXPIRED
    elif machine is not None and machine.outcome is Outcome.FAILED and machine.code != review.machine_code:
        standing = Standing.CHANGED
    else:
        standing = Standing.STANDS
    return Decision(review, machine, standing)


def _outcome(view: RunView, place: tuple[str, str], found: list[Decision]) -> Outcome:
    """By the latest decision: on the whole item, or on requirements, the others counting as the machine has them."""
    whole = [d.review for d in found if d.review.requirement == WHOLE_ITEM]
    single = [d.review for d in found if d.review.requirement != WHOLE_ITEM]
    if whole and all(whole[-1].decided_at >= one.decided_at for one in single):
        return whole[-1].outcome
    decided = {review.requirement: review.outcome for review in single}
    rows = [f for f in view.requirement_rows(*place) if f.binding]
    return worst(decided.get(f.requirement, f.outcome) for f in rows) if rows else single[-1].outcome
