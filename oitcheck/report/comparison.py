"""Two runs side by side: what became better, worse, new or was withdrawn, for each agency and item.

Only agencies and items that both runs have are compared: rounds that ask for different items have nothing to compare
but how far each agency came, and a run of a single agency says nothing of the others. Undecided is no change for better
or worse: a site that was down today published nothing worse.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from oitcheck.model.agency import Agency
from oitcheck.model.finding import Outcome
from oitcheck.report.summary import Counts, counted
from oitcheck.report.terms import Pending, Shown
from oitcheck.report.view import RunView, natural_key


class Change(StrEnum):
    """What became of an item from one run to the next."""

    IMPROVED = "improved"  # complete now, and was not
    REGRESSED = "regressed"  # incomplete now, and was complete
    UNCHANGED = "unchanged"
    UNDECIDED = "undecided"  # one of the two could not be told
    NEW = "new"  # handed in now, and was not
    WITHDRAWN = "withdrawn"  # handed in before, and is not
    OVERDUE = "overdue"  # handed in neither time; not due before, and missing now


@dataclass(frozen=True, slots=True)
class ItemChange:
    """One item of one agency in both runs (None: not assessed).

    `mended` and `broken` are the binding requirements that passed only after, or only before; `shown_before` and
    `shown_after` are the outcomes as people see them.
    """

    agency_id: str
    item: str
    before: Outcome | None
    after: Outcome | None
    change: Change
    mended: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    shown_before: Shown = None
    shown_after: Shown = None


@dataclass(frozen=True, slots=True)
class AgencyChange:
    """One agency in both runs: the items of each run counted, and how many items changed in which way."""

    agency: Agency
    before: Counts
    after: Counts
    changes: Mapping[Change, int]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs, `before` and `after`, by their ids. `items` and `agencies` are in both; the others in one only."""

    before_id: str
    after_id: str
    before_round: str
    after_round: str
    items: tuple[str, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    agencies: tuple[AgencyChange, ...]
    agencies_only_before: tuple[Agency, ...]
    agencies_only_after: tuple[Agency, ...]
    changes: tuple[ItemChange, ...]

    def of(self, change: Change) -> tuple[ItemChange, ...]:
        """The items that changed so, in reading order."""
        return tuple(one for one in self.changes if one.change is change)

    @property
    def totals(self) -> Mapping[Change, int]:
        """How many items changed in each way; every way has its number."""
        return _tally(self.changes)


def compare(before: RunView, after: RunView) -> Comparison:
    """What changed from one run to another. Pure; agencies in the order of the later run."""
    ids_before, ids_after = ({agency.id for agency in view.agencies} for view in (before, after))
    agencies = tuple(agency for agency in after.agencies if agency.id in ids_before)
    items = tuple(item for item in after.items if item in set(before.items))
    rows: list[AgencyChange] = []
    changes: list[ItemChange] = []
    for agency in agencies:
        own = [one for item in items if (one := _item_change(before, after, agency.id, item)) is not None]
        changes += own
        rows.append(AgencyChange(agency, _counts(before, agency), _counts(after, agency), _tally(own)))
    return Comparison(
        before_id=before.run.id,
        after_id=after.run.id,
        before_round=before.run.round_id,
        after_round=after.run.round_id,
        items=items,
        only_before=tuple(sorted(set(before.items) - set(after.items), key=natural_key)),
        only_after=tuple(sorted(set(after.items) - set(before.items), key=natural_key)),
        agencies=tuple(rows),
        agencies_only_before=tuple(agency for agency in before.agencies if agency.id not in ids_after),
        agencies_only_after=tuple(agency for agency in after.agencies if agency.id not in ids_before),
        changes=tuple(changes),
    )


def change_of(before: Outcome, after: Outcome) -> Change:
    """What became of an item that was handed in before and after."""
    if before is after:
        return Change.UNCHANGED
    if after is Outcome.PASSED:
        return Change.IMPROVED
    if (before, after) == (Outcome.PASSED, Outcome.FAILED):
        return Change.REGRESSED
    return Change.UNDECIDED


def _item_change(before: RunView, after: RunView, agency_id: str, item: str) -> ItemChange | None:
    was, now = before.outcome(agency_id, item), after.outcome(agency_id, item)
    had, has = bool(before.submitted(agency_id, item)), bool(after.submitted(agency_id, item))
    shown = before.shown(agency_id, item), after.shown(agency_id, item)
    if was is None and now is None:
        return None
    if had and not has:
        change = Change.WITHDRAWN
    elif has and not had:
        change = Change.NEW
    elif not has and shown[0] is Pending.NOT_DUE and now is Outcome.FAILED:
        change = Change.OVERDUE
    elif not has or was is None or now is None:
        # Handed in neither time; or handed in both times and one of them not assessed: nothing to compare.
        change = Change.UNCHANGED if not has else Change.UNDECIDED
    else:
        change = change_of(was, now)
    mended, broken = _elements(before, after, agency_id, item)
    return ItemChange(agency_id, item, was, now, change, mended, broken, *shown)


def _elements(before: RunView, after: RunView, agency_id: str, item: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    was = {f.requirement: f.outcome for f in before.requirement_rows(agency_id, item) if f.binding}
    now = {f.requirement: f.outcome for f in after.requirement_rows(agency_id, item) if f.binding}
    both = sorted(was.keys() & now.keys(), key=natural_key)
    passed, failed = Outcome.PASSED, Outcome.FAILED
    return (
        tuple(r for r in both if was[r] is not passed and now[r] is passed),
        tuple(r for r in both if was[r] is passed and now[r] is failed),
    )


def _counts(view: RunView, agency: Agency) -> Counts:
    return counted(view.shown(agency.id, item) for item in view.items)


def _tally(changes: Iterable[ItemChange]) -> Mapping[Change, int]:
    numbers = Counter(one.change for one in changes)
    return {change: numbers[change] for change in Change}
