"""The round as the staff of a province work with it: whom to call in, who is late, how districts and kinds stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from oitcheck.model.finding import Outcome
from oitcheck.report.beside import Beside
from oitcheck.report.comparison import Comparison, compare
from oitcheck.report.confirmed import Decision, after_decisions, decisions
from oitcheck.report.score import PASS_SCORE, Estimate, estimate
from oitcheck.report.summary import AgencyRow, Counts, Summary, counted, not_due_items
from oitcheck.report.view import RunView


class Call(StrEnum):
    """Why an agency is called in."""

    NOTHING = "nothing"  # handed in nothing at all
    FAILED = "failed"  # has incomplete items
    WATCHED = "watched"  # low score last year
    LATE = "late"  # handed something in after the deadline


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One agency as staff see it; tuples of items are in natural order.

    `machine_estimate` is the score by what the machine found; that of `row` stands after the decisions of staff.
    `last_score` is last year's total (None: not known).
    """

    row: AgencyRow
    machine_estimate: Estimate | None
    failed: tuple[str, ...]
    undecided: tuple[str, ...]
    missing: tuple[str, ...]
    late: tuple[str, ...]
    last_score: float | None
    calls: tuple[Call, ...]

    @property
    def share(self) -> float | None:
        """Share (0–1) of the items that concern the agency which are complete; None without any."""
        counts = self.row.counts
        return counts.passed / counts.applicable if counts.applicable else None


@dataclass(frozen=True, slots=True)
class Group:
    """The agencies of one district or kind: how many, how their items stand, and how many are to be called in."""

    name: str
    agencies: int
    counts: Counts
    complete: int
    nothing: int
    called: int

    @property
    def share(self) -> float | None:
        """Share (0–1) of complete items; None without any."""
        return self.counts.passed / self.counts.applicable if self.counts.applicable else None


@dataclass(frozen=True, slots=True)
class Reach:
    """How many agencies reach the pass score for certain, and at most; of how many with an estimate."""

    certain: int
    possible: int
    estimated: int


@dataclass(frozen=True, slots=True)
class StaffSummary:
    """All that sheets, pages and papers for staff show beside `Summary`, in the order shown.

    `called` are the rows to call in, most urgent first. `decided` are the decisions that count, by agency and item;
    `decisions` all of them. `days_left` is negative after the deadline.
    """

    summary: Summary
    rows: tuple[StaffRow, ...]
    called: tuple[StaffRow, ...]
    districts: tuple[Group, ...]
    kinds: tuple[Group, ...]
    reach: Reach
    days_left: int | None
    decisions: tuple[Decision, ...]
    decided: Mapping[tuple[str, str], tuple[Decision, ...]]
    comparison: Comparison | None

    def row(self, agency_id: str) -> StaffRow:
        """The row of one agency. Raises KeyError."""
        for row in self.rows:
            if row.row.agency.id == agency_id:
                return row
        raise KeyError(agency_id)


def staff_summary(view: RunView, summary: Summary, beside: Beside) -> StaffSummary:
    """What staff see of a run. Pure: the same run and the same things beside it give the same.

    The decisions are those that the summary was made with.
    """
    rows = tuple(_row(view, row, summary.items, beside) for row in summary.rows)
    return StaffSummary(
        summary=summary,
        rows=rows,
        called=tuple(sorted((row for row in rows if row.calls), key=_urgency)),
        districts=_groups(rows, (row.row.agency.district for row in rows)),
        kinds=_groups(rows, (row.row.agency.kind for row in rows)),
        reach=_reach(rows),
        days_left=view.days_left,
        decisions=summary.decisions,
        decided=summary.decided,
        comparison=None if beside.before is None else compare(_standing(beside.before, beside), summary.stands),
    )


def _row(view: RunView, row: AgencyRow, items: tuple[str, ...], beside: Beside) -> StaffRow:
    agency = row.agency
    by_item = dict(zip(items, row.outcomes, strict=True))
    found = {item: outcome for item, outcome in zip(items, row.machine, strict=True) if outcome is not None}
    failed = tuple(item for item in items if by_item[item] is Outcome.FAILED)
    late = beside.late_items(view, agency.id)
    score = beside.scores.get(agency.id)
    tests = {
        Call.NOTHING: row.is_silent,
        Call.FAILED: bool(failed),
        Call.WATCHED: score is not None and score < PASS_SCORE and not row.is_complete,
        Call.LATE: bool(late) and bool(failed),
    }
    return StaffRow(
        row=row,
        machine_estimate=estimate(view.checklist, found, open_items=not_due_items(view, agency.id)),
        failed=failed,
        undecided=tuple(item for item in items if by_item[item] is Outcome.CANT_TELL),
        missing=row.missing,
        late=late,
        last_score=score,
        calls=tuple(call for call, holds in tests.items() if holds),
    )


def _standing(before: RunView, beside: Beside) -> RunView:
    return after_decisions(before, decisions(before, beside.reviews))


def _urgency(row: StaffRow) -> tuple[object, ...]:
    """Nothing handed in first, then the watch list, then who misses most."""
    score = row.last_score if row.last_score is not None else 100.0
    return Call.NOTHING not in row.calls, Call.WATCHED not in row.calls, -len(row.failed), score


def _groups(rows: tuple[StaffRow, ...], names: Iterable[str]) -> tuple[Group, ...]:
    """One group for each name that stands with a row, by share of complete items, least first."""
    members: dict[str, list[StaffRow]] = {}
    for row, name in zip(rows, names, strict=True):
        members.setdefault(name, []).append(row)
    groups = (
        Group(
            name=name,
            agencies=len(own),
            counts=counted(one for row in own for one in row.row.shown),
            complete=sum(row.share == 1 for row in own),
            nothing=sum(Call.NOTHING in row.calls for row in own),
            called=sum(bool(row.calls) for row in own),
        )
        for name, own in members.items()
    )
    return tuple(sorted(groups, key=lambda g: (g.share if g.share is not None else 2.0, g.name)))


def _reach(rows: Iterable[StaffRow]) -> Reach:
    estimates = [row.row.estimate for row in rows if row.row.estimate is not None]
    return Reach(
        certain=sum(e.low >= PASS_SCORE for e in estimates),
        possible=sum(e.high >= PASS_SCORE for e in estimates),
        estimated=len(estimates),
    )
