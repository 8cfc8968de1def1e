"""What every report is made from: one run with its round, checklist, agencies, submissions and findings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from oitcheck.model.agency import Agency, Round, Submission
from oitcheck.model.checklist import Checklist, Item, Requirement
from oitcheck.model.evidence import Capture
from oitcheck.model.finding import Finding, Outcome, Run, worst
from oitcheck.report.terms import BANGKOK, Shown, shown_as

WHOLE_ITEM = "*"
_PIECES = re.compile(r"(\d+)")


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sorting key under which O2 comes before O10 and O21.2 before O21.10."""
    return tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in _PIECES.split(text) if p)


@dataclass(frozen=True, slots=True)
class RunView:
    """One run, ready to be shown. Make it with `view`.

    `items` are the item ids that were assessed, in natural order; `findings` come in the order in which people read
    them (agency as given, item, whole item first, requirement, about). `captures`: what the submissions of agencies on
    which people decided led to, by agency and item.
    """

    run: Run
    round: Round
    checklist: Checklist
    agencies: tuple[Agency, ...]
    submissions: tuple[Submission, ...]
    findings: tuple[Finding, ...]
    items: tuple[str, ...]
    _by_item: Mapping[tuple[str, str], tuple[Finding, ...]] = field(repr=False)
    _urls: Mapping[tuple[str, str], tuple[str, ...]] = field(repr=False)
    _notes: Mapping[tuple[str, str], tuple[str, ...]] = field(repr=False)
    _requirements: Mapping[tuple[str, str], Requirement] = field(repr=False)
    captures: Mapping[tuple[str, str], tuple[Capture, ...]] = field(default_factory=dict, repr=False)

    def of_item(self, agency_id: str, item: str) -> tuple[Finding, ...]:
        """All findings of one agency's item, the whole item first; empty when it was not assessed."""
        return self._by_item.get((agency_id, item), ())

    def whole(self, agency_id: str, item: str) -> Finding | None:
        """The `*` finding of one agency's item, or None."""
        return next((f for f in self.of_item(agency_id, item) if f.requirement == WHOLE_ITEM and not f.about), None)

    def outcome(self, agency_id: str, item: str) -> Outcome | None:
        """How the whole item stands; None when it was not assessed."""
        whole = self.whole(agency_id, item)
        if whole is not None:
            return whole.outcome
        rows = self.requirement_rows(agency_id, item)
        return worst(f.outcome for f in rows if f.binding) if rows else None

    def shown(self, agency_id: str, item: str) -> Shown:
        """How the whole item is shown to people: by its outcome, or as not due yet."""
        whole = self.whole(agency_id, item)
        return self.outcome(agency_id, item) if whole is None else shown_as(whole)

    def requirement_rows(self, agency_id: str, item: str) -> tuple[Finding, ...]:
        """One finding for each requirement of the item: those without an `about`."""
        return tuple(f for f in self.of_item(agency_id, item) if f.requirement != WHOLE_ITEM and not f.about)

    def about_rows(self, agency_id: str, item: str, requirement: str) -> tuple[Finding, ...]:
        """The findings on single things (a month, a person) that stand beside a requirement."""
        return tuple(f for f in self.of_item(agency_id, item) if f.requirement == requirement and f.about)

    def submitted(self, agency_id: str, item: str) -> tuple[str, ...]:
        """The URLs an agency handed in for an item."""
        return self._urls.get((agency_id, item), ())

    def notes(self, agency_id: str, item: str) -> tuple[str, ...]:
        """What the agency wrote beside its URLs."""
        return self._notes.get((agency_id, item), ())

    def item(self, item: str) -> Item | None:
        """The item as the checklist has it, or None for one it does not know."""
        return self.checklist.items.get(item)

    def requirement(self, item: str, requirement: str) -> Requirement | None:
        """The requirement as the checklist has it, or None."""
        return self._requirements.get((item, requirement))

    @property
    def as_of(self) -> date | None:
        """The local date the run is judged at; None when the run does not name one."""
        try:
            return date.fromisoformat(self.run.as_of)
        except ValueError:
            return None

    @property
    def assessed_on(self) -> date:
        """The local day on which the run was made."""
        return self.run.assessed_at.astimezone(BANGKOK).date()

    @property
    def is_as_of_another_day(self) -> bool:
        """Whether the run is judged as at another day than the one on which its data were collected."""
        return self.as_of is not None and self.as_of != self.assessed_on

    @property
    def days_left(self) -> int | None:
        """Days from the run's date to the deadline, negative after it; None when either is unknown."""
        if self.as_of is None or self.round.closes_on is None:
            return None
        return (self.round.closes_on - self.as_of).days


def view(
    run: Run,
    round_: Round,
    checklist: Checklist,
    agencies: Sequence[Agency],
    submissions: Sequence[Submission],
    findings: Sequence[Finding],
    captures: Mapping[tuple[str, str], tuple[Capture, ...]] | None = None,
) -> RunView:
    """What the reports of one run are made from.

    Findings of agencies that are not among `agencies` are left out: the caller decides whose report this is.
    """
    rank = {agency.id: index for index, agency in enumerate(agencies)}
    ordered = tuple(sorted((f for f in findings if f.agency_id in rank), key=lambda f: _reading_order(f, rank)))
    by_item: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in ordered:
        by_item[finding.agency_id, finding.item].append(finding)
    urls: dict[tuple[str, str], list[str]] = defaultdict(list)
    notes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for submission in submissions:
        key = (submission.agency_id, submission.item)
        urls[key].extend(url for url in submission.urls if url)
        if submission.note:
            notes[key].append(submission.note)
    assessed = {f.item for f in ordered} or set(round_.items) or set(checklist.items)
    return RunView(
        run=run,
        round=round_,
        checklist=checklist,
        agencies=tuple(agencies),
        submissions=tuple(submissions),
        findings=ordered,
        items=tuple(sorted(assessed, key=natural_key)),
        _by_item={key: tuple(rows) for key, rows in by_item.items()},
        _urls={key: tuple(dict.fromkeys(rows)) for key, rows in urls.items()},
        _notes={key: tuple(dict.fromkeys(rows)) for key, rows in notes.items()},
        _requirements={(i.id, r.id): r for i in checklist.items.values() for r in i.requirements},
        captures=captures or {},
    )


def _reading_order(finding: Finding, rank: Mapping[str, int]) -> tuple[object, ...]:
    return (
        rank[finding.agency_id],
        natural_key(finding.item),
        finding.requirement != WHOLE_ITEM,
        natural_key(finding.requirement),
        finding.about,
    )
