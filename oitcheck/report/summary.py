"""A round in numbers: who stands where, what is missed most, what to mend first, which sites could not be reached."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from oitcheck.lib.urls import host_of, is_on
from oitcheck.model.agency import Agency
from oitcheck.model.evidence import BlindReason, FetchOutcome
from oitcheck.model.finding import WAS_READ, Finding, Outcome
from oitcheck.model.review import Review
from oitcheck.report.confirmed import Decision, after_decisions, confirmed, decisions, is_accepted
from oitcheck.report.repairs import Goal, Repair, goal, item_faults, repairs
from oitcheck.report.score import Estimate, estimate
from oitcheck.report.terms import Pending, Shown
from oitcheck.report.view import WHOLE_ITEM, RunView, natural_key

# Trouble of a host, as opposed to something that the agency published wrongly or hides.
HOST_TROUBLE = frozenset(
    {
        FetchOutcome.TIMEOUT.value,
        FetchOutcome.DNS_FAILURE.value,
        FetchOutcome.REFUSED.value,
        FetchOutcome.RESET.value,
        FetchOutcome.TLS_FAILURE.value,
        FetchOutcome.PROTOCOL_ERROR.value,
        FetchOutcome.SERVER_ERROR.value,
        FetchOutcome.RATE_LIMITED.value,
        FetchOutcome.BLOCKED.value,
        FetchOutcome.FORBIDDEN.value,
        FetchOutcome.TOO_MANY_REDIRECTS.value,
        FetchOutcome.PARKED.value,
        FetchOutcome.EMPTY_ANSWER.value,
        BlindReason.UNREACHABLE.value,
    }
)


@dataclass(frozen=True, slots=True)
class RowCounts:
    """What became of the rows of the input files; the three add up to all rows."""

    accepted: int
    corrected: int
    rejected: int

    @property
    def taken(self) -> int:
        """Rows that were taken, as they stand or corrected."""
        return self.accepted + self.corrected


@dataclass(frozen=True, slots=True)
class Counts:
    """How many items (or agencies) have each outcome; `not_assessed` have none.

    `not_due` of the inapplicable are so for now only: nobody submitted them, and their deadline is to come.
    """

    passed: int = 0
    failed: int = 0
    cant_tell: int = 0
    inapplicable: int = 0
    not_assessed: int = 0
    not_due: int = 0

    @property
    def of_no_concern(self) -> int:
        """Those that are inapplicable whatever the day."""
        return self.inapplicable - self.not_due

    @property
    def applicable(self) -> int:
        """Those that were assessed and concern the agency."""
        return self.passed + self.failed + self.cant_tell


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """One agency in the round. `outcomes` follow `Summary.items`; `repairs` begin with what to mend first.

    `outcomes`, and all that is made from them, stand after the decisions of staff; `machine` are the machine's own;
    `shown` are the outcomes as people see them, with what is not due yet. For the items `accepted` by staff nobody is
    asked any more; `missing` are the others for which nothing was handed in, `missing_failed` those of them that count
    as incomplete: their round is over. `is_silent`: nothing was handed in for any other.
    """

    agency: Agency
    outcomes: tuple[Outcome | None, ...]
    shown: tuple[Shown, ...]
    machine: tuple[Outcome | None, ...]
    accepted: frozenset[str]
    missing: tuple[str, ...]
    missing_failed: tuple[str, ...]
    is_silent: bool
    counts: Counts
    submitted_items: int
    estimate: Estimate | None
    repairs: tuple[Repair, ...]
    goal: Goal | None

    @property
    def is_complete(self) -> bool:
        """Whether every item that concerns the agency is complete, and there is one."""
        return self.counts.passed > 0 and self.counts.passed == self.counts.applicable

    @property
    def overruled(self) -> tuple[bool, ...]:
        """Item by item, whether staff decided otherwise than the machine."""
        return tuple(stands is not found for stands, found in zip(self.outcomes, self.machine, strict=True))


@dataclass(frozen=True, slots=True)
class Fault:
    """What several agencies miss: a requirement (`*`: the whole item) with the reason; `examples` one finding each."""

    item: str
    requirement: str
    code: str
    examples: tuple[Finding, ...]

    @property
    def agencies(self) -> tuple[str, ...]:
        """The ids of the agencies, each once."""
        return tuple(f.agency_id for f in self.examples)


@dataclass(frozen=True, slots=True)
class ItemFault:
    """An item that agencies lack: the ids of all to whom it is not complete, and what they miss of it.

    `causes`: by requirement (`*`: the whole item), the one that most miss first; an agency may stand with several.
    """

    item: str
    agencies: tuple[str, ...]
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """One requirement (`*`: the whole item) that agencies miss, whatever the reason; `examples` one finding each."""

    requirement: str
    examples: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A site of the agency's own that could not be reached: how it ended most often, how many addresses, and which open
    items wait for it.

    `is_partial`: other pages of the same host were read in the run, so that only some could not be opened.
    """

    agency: Agency
    host: str
    outcome: str
    addresses: int
    items: tuple[str, ...]
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """The round in numbers, in the order in which it is shown: what stands after the decisions of staff.

    `stands` is the run so (see `after_decisions`); `decisions` are all that concern it, `decided` those that count, by
    agency and item.
    """

    items: tuple[str, ...]
    rows: tuple[AgencyRow, ...]
    counts: Counts
    by_item: tuple[tuple[str, Counts], ...]
    faults: tuple[Fault, ...]
    troubles: tuple[Trouble, ...]
    nothing_submitted: tuple[Agency, ...]
    stands: RunView
    decisions: tuple[Decision, ...] = ()
    decided: Mapping[tuple[str, str], tuple[Decision, ...]] = field(default_factory=dict)
    imported: RowCounts | None = None

    @property
    def item_faults(self) -> tuple[ItemFault, ...]:
        """The incomplete items, each once, with all agencies that it is incomplete at; those of most agencies first."""
        columns = zip(*(row.outcomes for row in self.rows), strict=True) if self.rows else ()
        failing = {
            item: tuple(row.agency.id for row, o in zip(self.rows, column, strict=True) if o is Outcome.FAILED)
            for item, column in zip(self.items, columns, strict=False)
        }
        found = (
            ItemFault(item, agencies, _causes(f for f in self.faults if f.item == item))
            for item, agencies in failing.items()
            if agencies
        )
        return tuple(sorted(found, key=lambda f: (-len(f.agencies), natural_key(f.item))))

    @property
    def overruled(self) -> int:
        """How many items staff decided otherwise than the machine."""
        return sum(sum(row.overruled) for row in self.rows)

    def row(self, agency_id: str) -> AgencyRow:
        """The row of one agency. Raises KeyError."""
        for row in self.rows:
            if row.agency.id == agency_id:
                return row
        raise KeyError(agency_id)


def summarise(view: RunView, imported: RowCounts | None = None, reviews: Iterable[Review] = ()) -> Summary:
    """The numbers of a run as it stands after `reviews`. Pure: the same view and reviews give the same summary."""
    made = decisions(view, reviews)
    stands = after_decisions(view, made)
    rows = tuple(_agency_row(view, stands, agency) for agency in view.agencies)
    columns = zip(*(row.shown for row in rows), strict=True) if rows else ()
    return Summary(
        items=view.items,
        rows=rows,
        counts=counted(one for row in rows for one in row.shown),
        by_item=tuple((item, counted(column)) for item, column in zip(view.items, columns, strict=False)),
        faults=_faults(stands),
        troubles=tuple(trouble for agency in view.agencies for trouble in _troubles(stands, agency)),
        nothing_submitted=tuple(row.agency for row in rows if row.is_silent),
        stands=stands,
        decisions=made,
        decided=confirmed(view, made)[1],
        imported=imported,
    )


def counted(outcomes: Iterable[Shown]) -> Counts:
    """How often each outcome stands in `outcomes`."""
    tally = Counter(outcomes)
    not_due = tally[Pending.NOT_DUE]
    return Counts(
        passed=tally[Outcome.PASSED],
        failed=tally[Outcome.FAILED],
        cant_tell=tally[Outcome.CANT_TELL],
        inapplicable=tally[Outcome.INAPPLICABLE] + not_due,
        not_assessed=tally[None],
        not_due=not_due,
    )


def not_due_items(view: RunView, agency_id: str) -> frozenset[str]:
    """The items of an agency that are inapplicable for now only: their round is not over."""
    return frozenset(item for item in view.items if view.shown(agency_id, item) is Pending.NOT_DUE)


def _agency_row(view: RunView, stands: RunView, agency: Agency) -> AgencyRow:
    by_item = {item: stands.outcome(agency.id, item) for item in view.items}
    known = {item: outcome for item, outcome in by_item.items() if outcome is not None}
    accepted = frozenset(item for item in view.items if is_accepted(stands.whole(agency.id, item)))
    missing = tuple(item for item in known if item not in accepted and not view.submitted(agency.id, item))
    submitted = sum(bool(view.submitted(agency.id, item)) for item in view.items)
    open_items = not_due_items(stands, agency.id)
    before = estimate(view.checklist, known, open_items=open_items)
    shown = tuple(stands.shown(agency.id, item) for item in view.items)
    ranked = repairs(stands, agency.id, known, open_items)
    return AgencyRow(
        agency=agency,
        outcomes=tuple(by_item[item] for item in view.items),
        shown=shown,
        machine=tuple(view.outcome(agency.id, item) for item in view.items),
        accepted=accepted,
        missing=missing,
        missing_failed=tuple(item for item in missing if known[item] is Outcome.FAILED),
        is_silent=submitted == 0 and any(item not in accepted for item in view.items),
        counts=counted(shown),
        submitted_items=submitted,
        estimate=before,
        repairs=ranked,
        goal=goal(before, ranked),
    )


def _faults(view: RunView) -> tuple[Fault, ...]:
    found: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for agency in view.agencies:
        for item in view.items:
            for finding in item_faults(view, agency.id, item):
                found[item, finding.requirement, finding.code].append(finding)
    faults = (Fault(item, requirement, code, tuple(rows)) for (item, requirement, code), rows in found.items())
    return tuple(
        sorted(
            faults,
            key=lambda f: (
                -len(f.examples),
                natural_key(f.item),
                f.requirement != WHOLE_ITEM,
                natural_key(f.requirement),
                f.code,
            ),
        )
    )


def _causes(faults: Iterable[Fault]) -> tuple[Cause, ...]:
    by_requirement: dict[str, list[Finding]] = defaultdict(list)
    for fault in faults:
        by_requirement[fault.requirement].extend(fault.examples)
    causes = (Cause(requirement, tuple(examples)) for requirement, examples in by_requirement.items())
    return tuple(
        sorted(causes, key=lambda c: (-len(c.examples), c.requirement != WHOLE_ITEM, natural_key(c.requirement)))
    )


def _troubles(view: RunView, agency: Agency) -> tuple[Trouble, ...]:
    """The agency's own hosts in trouble that stand behind undecided items.

    Of a shared host (a file service, a neighbour's site) the agency can mend nothing; without a main website known,
    none is told to be its own.
    """
    reached = _hosts_read(view, agency)
    endings: dict[str, dict[str, str]] = defaultdict(dict)
    items: dict[str, list[str]] = defaultdict(list)
    for item in view.items:
        if view.outcome(agency.id, item) is not Outcome.CANT_TELL:
            continue
        for finding in view.of_item(agency.id, item):
            for row in finding.searched:
                if row.outcome in HOST_TROUBLE and is_on(row.url, agency.hosts) and (host := host_of(row.url)):
                    endings[host][row.url] = row.outcome
                    items[host].append(item)
    return tuple(
        Trouble(
            agency=agency,
            host=host,
            outcome=Counter(sorted(by_url.values())).most_common(1)[0][0],
            addresses=len(by_url),
            items=tuple(dict.fromkeys(items[host])),
            is_partial=host in reached,
        )
        for host, by_url in sorted(endings.items())
    )


def _hosts_read(view: RunView, agency: Agency) -> frozenset[str]:
    """The hosts of which at least one page was read for an item of the agency."""
    own = [finding for item in view.items for finding in view.of_item(agency.id, item)]
    searched = (row.url for finding in own for row in finding.searched if row.outcome in WAS_READ)
    quoted = (row.final_url or row.url for finding in own for row in finding.seen)
    return frozenset(host for url in (*searched, *quoted) if (host := host_of(url)))
