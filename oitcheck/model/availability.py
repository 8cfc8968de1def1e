"""One light check of an agency's home page: kept beside the findings, never part of a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from oitcheck.model.evidence import FetchOutcome

_REACHED = frozenset({FetchOutcome.OK, FetchOutcome.NOT_MODIFIED, FetchOutcome.TOO_LARGE})
# The server refuses us, not its visitors, or it was we who did not ask.
_UNDECIDED = frozenset(
    {
        FetchOutcome.BLOCKED,
        FetchOutcome.FORBIDDEN,
        FetchOutcome.UNAUTHORIZED,
        FetchOutcome.LOGIN_WALL,
        FetchOutcome.RATE_LIMITED,
        FetchOutcome.TRUNCATED,
        FetchOutcome.DISALLOWED,
        FetchOutcome.FORBIDDEN_ADDRESS,
        FetchOutcome.UNSUPPORTED_ADDRESS,
        FetchOutcome.OFF_SITE,
        FetchOutcome.NOT_REACHED,
    }
)


def is_reached(outcome: FetchOutcome) -> bool | None:
    """Whether a visitor would have reached the site; None when this way of ending does not tell."""
    if outcome in _REACHED:
        return True
    return None if outcome in _UNDECIDED else False


@dataclass(frozen=True, slots=True)
class WebsiteCheck:
    """How the home page answered. `milliseconds` is None when it was not measured (a check made by a crawl).

    `counts` is False when none of several sites answered at that time: then our own network was down.
    """

    agency_id: str
    checked_at: datetime
    url: str
    outcome: FetchOutcome
    http_status: int
    milliseconds: int | None = None
    counts: bool = True

    @property
    def reached(self) -> bool | None:
        """Whether the site was reached; None when the check does not tell or does not count."""
        return is_reached(self.outcome) if self.counts else None
