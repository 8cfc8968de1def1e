"""What staff have beside a run: dates of receipt, decisions of people, last year's scores, the run before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from oitcheck.model.review import Review
from oitcheck.report.terms import BANGKOK
from oitcheck.report.view import RunView

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Beside:
    """What reports for staff are made from besides the run itself; all of it may be left out.

    `received`: when each submission came, by agency and item (aware UTC). `final_urls`: where the submitted addresses
    led to in the end. `scores`: last year's total ITA score by agency id (0–100). `before`: the run before.
    """

    received: Mapping[Place, datetime] = field(default_factory=dict)
    final_urls: Mapping[Place, tuple[str, ...]] = field(default_factory=dict)
    reviews: tuple[Review, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)
    before: RunView | None = None

    def late(self, agency_id: str, item: str, closes_on: date | None) -> bool:
        """Whether a submission came after the last day; False when one of the two dates is not known."""
        at = self.received.get((agency_id, item))
        return at is not None and closes_on is not None and at.astimezone(BANGKOK).date() > closes_on
