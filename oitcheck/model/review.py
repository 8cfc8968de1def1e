"""What a person decided beside the machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from oitcheck.model.finding import Outcome


@dataclass(frozen=True, slots=True)
class Review:
    """A person's decision on a requirement, or on a whole item (`requirement` "*"). Added, never changed.

    `run_id`, `machine_outcome` and `machine_code` say what the machine had found when the person decided; the machine's
    finding stays beside it. `decided_at` is an aware UTC instant, `expires_on` the last local day it holds (None: for
    the rest of the fiscal year). `pages` are the addresses that the submission led to then, each with the digest of
    what it said ("": it could not be read); empty for decisions of before this was kept.
    """

    year_be: int
    round_id: str
    agency_id: str
    item: str
    requirement: str
    outcome: Outcome
    reason: str
    decided_by: str
    decided_at: datetime
    run_id: str
    machine_outcome: Outcome
    machine_code: str
    expires_on: date | None = None
    pages: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> tuple[str, str, str]:
        """Agency, item, requirement."""
        return self.agency_id, self.item, self.requirement
