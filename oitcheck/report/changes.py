"""Two nights beside each other: what got worse, what got better, what can no longer be told. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from oitcheck.model.finding import Finding, Outcome
from oitcheck.report.view import WHOLE_ITEM, natural_key

Direction = Literal["regressed", "improved", "unsettled"]


@dataclass(frozen=True, slots=True)
class NightChange:
    """An item (`*`), or a requirement of an item that stands as before, with another outcome than last time.

    `shown` is the finding whose sentence tells why: of the item's first requirement that changed likewise.
    """

    agency_id: str
    item: str
    requirement: str
    before: Outcome
    after: Outcome
    shown: Finding

    @property
    def direction(self) -> Direction:
        """Where it went."""
        if self.after is Outcome.FAILED:
            return "regressed"
        return "improved" if self.after is Outcome.PASSED else "unsettled"


def night_changes(before: Iterable[Finding], after: Iterable[Finding]) -> tuple[NightChange, ...]:
    """What differs, by agency and item. Items that were not assessed before, or do not apply now, are no change."""
    old = {(f.agency_id, f.item, f.requirement): f for f in before if not f.about}
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in after:
        if not finding.about and (finding.binding or finding.requirement == WHOLE_ITEM):
            groups[finding.agency_id, finding.item].append(finding)
    found: list[NightChange] = []
    for agency_id, item in sorted(groups, key=lambda key: (key[0], natural_key(key[1]))):
        changed = []
        for now in sorted(groups[agency_id, item], key=lambda f: natural_key(f.requirement)):
            was = old.get((agency_id, item, now.requirement))
            if was and was.outcome is not now.outcome and now.outcome is not Outcome.INAPPLICABLE:
                changed.append(NightChange(agency_id, item, now.requirement, was.outcome, now.outcome, now))
        whole = next((c for c in changed if c.requirement == WHOLE_ITEM), None)
        parts = [c for c in changed if c.requirement != WHOLE_ITEM]
        if whole:
            why = next((c.shown for c in parts if c.after is whole.after), whole.shown)
            found.append(NightChange(agency_id, item, WHOLE_ITEM, whole.before, whole.after, why))
        else:
            found.extend(parts)
    return tuple(found)
