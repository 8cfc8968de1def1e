"""What people decided beside the machine: which decisions stand for a run, and how items stand by them.

The machine's findings are never changed or hidden by it. A decision stands for the runs of its round and for later runs
of the year, until its last day; it stands no more when the machine has since found something else to be missing. Where
the page has changed since, it stands and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from oitcheck.model.evidence import Capture, FetchOutcome
from oitcheck.model.finding import Finding, Outcome, worst
from oitcheck.model.review import Review
from oitcheck.report.terms import Terms
from oitcheck.report.view import WHOLE_ITEM, RunView
from oitcheck.report.view import view as view_of

# The code of what a person says in the place of the machine, with the facts its sentence needs.
BY_STAFF = "review.decided"
REASONS: Mapping[str, frozenset[str]] = {BY_STAFF: frozenset({"reason"})}
ACCEPTING = frozenset((Outcome.PASSED, Outcome.INAPPLICABLE))
_CODED = (BY_STAFF.partition(".")[2], BY_STAFF)  # reason, code


class Standing(StrEnum):
    """Whether a decision counts for a run, and if not, why not."""

    STANDS = "stands"
    EXPIRED = "expired"
    CHANGED = "changed"  # the machine has since found something else to be missing
    REPLACED = "replaced"  # a later decision on the same thing


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's decision with the machine's finding in this run (None: not assessed) and whether it counts.

    `page_changed`: what the person looked at says something else by now. The decision stands until a person looks anew.
    """

    review: Review
    machine: Finding | None
    standing: Standing
    page_changed: bool = False

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


def after_decisions(view: RunView, made: Iterable[Decision]) -> RunView:
    """The run as it stands after the decisions that count: what counts, lists and letters are made from.

    Where a person decided otherwise, a finding with that outcome and the person's reason (`BY_STAFF`) stands in place
    of the machine's; all others are the machine's own. Without such a decision it is `view` itself.
    """
    outcomes, by_item = confirmed(view, made)
    if not by_item:
        return view
    items = frozenset(view.items)
    kept = (f for f in view.findings if (f.agency_id, f.item) not in by_item)
    decided = (
        finding
        for place, found in by_item.items()
        if place[1] in items
        for finding in _as_decided(view, place, found, outcomes[place])
    )
    return view_of(view.run, view.round, view.checklist, view.agencies, view.submissions, (*kept, *decided))


def is_accepted(whole: Finding | None) -> bool:
    """Whether staff accepted an item, by its finding in a run `after_decisions`: nobody is asked for it any more."""
    return whole is not None and whole.code == BY_STAFF and whole.outcome in ACCEPTING


def is_denied(view: RunView, place: tuple[str, str], made: Sequence[Decision]) -> bool:
    """Whether people decided that an item is not there: on the whole of it, or on each of its binding requirements."""
    whole, single = _deciding(made)
    if whole is not None:
        return whole.outcome is Outcome.FAILED
    rows = [f.requirement for f in view.requirement_rows(*place) if f.binding]
    return bool(rows) and all(r in single and single[r].outcome is Outcome.FAILED for r in rows)


def machine_finding(view: RunView, agency_id: str, item: str, requirement: str) -> Finding | None:
    """What the machine found for a requirement, or for the whole item (`*`)."""
    if requirement == WHOLE_ITEM:
        return view.whole(agency_id, item)
    return next((f for f in view.requirement_rows(agency_id, item) if f.requirement == requirement), None)


def standing_words(one: Decision, terms: Terms) -> str:
    """Whether a decision counts, and whether its page changed since."""
    told = terms(f"standing.{one.standing.value}")
    return f"{told} – {terms('standing.page_changed')}" if one.page_changed else told


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
    captures = view.captures.get(review.place[:2], ()) if view.run.assessed_at > review.decided_at else ()
    return Decision(review, machine, standing, standing is Standing.STANDS and page_changed(review, captures))


def pages_of(captures: Iterable[Capture]) -> tuple[tuple[str, str], ...]:
    """What a decision remembers of the pages that it is about; see `Review.pages`."""
    return tuple(dict.fromkeys((c.url, _content(c)) for c in captures))


def page_changed(review: Review, captures: Iterable[Capture]) -> bool:
    """Whether a page says something else than when the person decided, or another address was handed in since.

    A page that cannot be read now, or could not then, tells nothing.
    """
    known: dict[str, set[str]] = {}
    for url, content in review.pages:
        known.setdefault(url, set()).add(content)
    for one in captures:
        then, now = known.get(one.url), _content(one)
        if then is None and one.depth == 0 and known:
            return True
        if then and now and "" not in then and now not in then:
            return True
    return False


def _content(capture: Capture) -> str:
    is_read = capture.outcome in (FetchOutcome.OK, FetchOutcome.NOT_MODIFIED)
    return capture.content_id if is_read else ""


def _deciding(found: Sequence[Decision]) -> tuple[Review | None, Mapping[str, Review]]:
    """The decision on the whole item when none is later; else those on single requirements, by requirement."""
    whole = [d.review for d in found if d.review.requirement == WHOLE_ITEM]
    single = [d.review for d in found if d.review.requirement != WHOLE_ITEM]
    if whole and all(whole[-1].decided_at >= one.decided_at for one in single):
        return whole[-1], {}
    return None, {review.requirement: review for review in single}


def _outcome(view: RunView, place: tuple[str, str], found: Sequence[Decision]) -> Outcome:
    """By the latest decision: on the whole item, or on requirements, the others counting as the machine has them."""
    whole, single = _deciding(found)
    if whole is not None:
        return whole.outcome
    rows = [f for f in view.requirement_rows(*place) if f.binding]
    machine = view.outcome(*place)
    if machine is not None and all(f.requirement not in single or _agrees(f, single[f.requirement]) for f in rows):
        return machine
    stands = [single[f.requirement].outcome if f.requirement in single else f.outcome for f in rows]
    return worst(stands) if rows else list(single.values())[-1].outcome


def _agrees(machine: Finding, review: Review) -> bool:
    # What a person decided not to concern the agency does not, also once its round is over.
    return machine.outcome is review.outcome is not Outcome.INAPPLICABLE


def _as_decided(
    view: RunView, place: tuple[str, str], found: Sequence[Decision], outcome: Outcome
) -> Iterator[Finding]:
    """The findings on an item as they stand. Single things (a month, a person) stay as the machine has them."""
    whole, single = _deciding(found)
    latest = whole or list(single.values())[-1]
    if view.whole(*place) is None:
        yield Finding(*place, WHOLE_ITEM, "", outcome, *_CODED, True, "direct", _facts(latest), (), ())
    for one in view.of_item(*place):
        if one.about:
            yield one
        elif one.requirement == WHOLE_ITEM:
            is_same = one.outcome is outcome is not Outcome.INAPPLICABLE
            yield one if is_same else _instead(one, latest, outcome)
        elif whole is not None:
            # What a person accepted as a whole lacks nothing worse in its parts.
            is_worse = one.outcome.badness > whole.outcome.badness
            yield _instead(one, whole, whole.outcome) if is_worse else one
        else:
            review = single.get(one.requirement)
            yield one if review is None or _agrees(one, review) else _instead(one, review, review.outcome)


def _instead(machine: Finding, review: Review, outcome: Outcome) -> Finding:
    reason, code = _CODED
    return replace(machine, outcome=outcome, reason=reason, code=code, facts=_facts(review), holds_since=None)


def _facts(review: Review) -> Mapping[str, str]:
    return {"reason": review.reason}
