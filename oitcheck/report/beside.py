"""What is known beside a run: dates of receipt, decisions of people, last year's scores, the sites, the run before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from oitcheck.model.evidence import TlsFault
from oitcheck.model.review import Review
from oitcheck.report.availability import Reachability
from oitcheck.report.terms import BANGKOK
from oitcheck.report.view import RunView

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Beside:
    """What reports are made from besides the run itself; all of it may be left out.

    `received`: when each submission came, by agency and item (aware UTC). `final_urls`: where the submitted addresses
    led to in the end. `scores`: last year's total ITA score by agency id (0–100). `before`: the run before.
    `websites`: how the main websites were reached over time; `tls_faults`: what the crawl met on them, by agency id and
    host. Neither is part of a verdict.
    """

    received: Mapping[Place, datetime] = field(default_factory=dict)
    final_urls: Mapping[Place, tuple[str, ...]] = field(default_factory=dict)
    reviews: tuple[Review, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)
    before: RunView | None = None
    websites: tuple[Reachability, ...] = ()
    tls_faults: Mapping[str, Mapping[str, TlsFault]] = field(default_factory=dict)

    def website(self, agency_id: str) -> Reachability | None:
        """How the main website of an agency was reached; None when it was never checked."""
        return next((site for site in self.websites if site.agency.id == agency_id), None)

    def late(self, agency_id: str, item: str, closes_on: date | None) -> bool:
        """Whether a submission came after the last day; False when one of the two dates is not known."""
        at = self.received.get((agency_id, item))
        return at is not None and closes_on is not None and at.astimezone(BANGKOK).date() > closes_on

    def late_items(self, view: RunView, agency_id: str) -> tuple[str, ...]:
        """The items of a run that an agency submitted after the last day of its round, in the order of the run."""
        return tuple(item for item in view.items if self.late(agency_id, item, view.round.closes_on))
