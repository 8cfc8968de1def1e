"""Which agencies are reminded of what is still open, and on which days before the deadline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from oitcheck.model.agency import Agency
from oitcheck.model.finding import Outcome
from oitcheck.report.summary import Summary
from oitcheck.report.view import RunView

# Days before the deadline.
DAYS = (30, 14, 7, 3, 1)


@dataclass(frozen=True, slots=True)
class Reminder:
    """An agency to be written to. `open_items` are not submitted or not complete; `days_left` to the deadline.

    `changed` are items that got worse since the last letter: a reason of its own, whatever the day.
    """

    agency: Agency
    days_left: int
    open_items: tuple[str, ...]
    changed: tuple[str, ...] = ()


def reminders(
    view: RunView, summary: Summary, today: date, told: Mapping[str, tuple[date | None, Mapping[str, Outcome]]],
    *, days: Sequence[int] = DAYS,
) -> tuple[Reminder, ...]:  # fmt: skip
    """Who is written to today.

    `told` is, for each agency, the day of the last letter (None: there was none) and how its items stood before
    something changed that it does not know of. Nobody is written to twice a day, after the deadline, or with nothing
    open; apart from the days before the deadline only when an item that was complete no longer is.
    """
    closes = view.round.closes_on
    if closes is None or today > closes:
        return ()
    left = (closes - today).days
    found = []
    for row in summary.rows:
        outcomes = {item: o for item, o in zip(view.items, row.outcomes, strict=True) if o is not None}
        pending = tuple(
            item
            for item, o in outcomes.items()
            if item not in row.accepted
            and (o is Outcome.FAILED or (o is not Outcome.PASSED and not view.submitted(row.agency.id, item)))
        )
        last_day, last = told.get(row.agency.id, (None, {}))
        worse = tuple(i for i in pending if last.get(i) is Outcome.PASSED)
        due = _due(left, last_day, closes, days)
        if pending and last_day != today and (due or worse):
            found.append(Reminder(row.agency, left, pending, worse))
    return tuple(found)


def _due(left: int, last: date | None, closes: date, days: Sequence[int]) -> bool:
    """Whether one of the days is here, or passed since the last letter while nobody was there to write it."""
    passed = [day for day in days if left <= day]
    if not passed:
        return False
    return last is None or (closes - last).days > min(passed)
