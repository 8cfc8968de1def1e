"""Who is assessed, in which round, and what they submitted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency as registered for one fiscal year (BE).

    `hosts` are lower-case host names (IDNA) that count as the agency's main website; a subdomain of one counts too.
    `round_id` may be empty: the year's last round.
    """

    id: str
    name_th: str
    kind: str
    province: str
    district: str
    fiscal_year_be: int
    round_id: str
    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """One submission round of a fiscal year (BE): which items are due, and by when (local date, Asia/Bangkok).

    `items` empty means every item of the year. `closes_on` None means that no deadline is known. `consultation_on` is
    the day on which agencies with problems are called in. `is_own`: the province defined it itself, beside or in place
    of the checklist's. `frozen_at` and `frozen_run`: since when, and by which run, it is fixed what was there.
    """

    id: str
    fiscal_year_be: int
    opens_on: date | None = None
    closes_on: date | None = None
    items: tuple[str, ...] = ()
    title: str = ""
    consultation_on: date | None = None
    is_own: bool = False
    frozen_at: datetime | None = None
    frozen_run: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """One agency's URLs for one item; no URL at all means that nothing was submitted."""

    agency_id: str
    item: str
    urls: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A submission with its dates: when it was received, and when a later one took its place (None: it counts now).

    Instants are aware UTC.
    """

    submission: Submission
    received_at: datetime
    superseded_at: datetime | None = None
    round_id: str = ""

    @property
    def is_void(self) -> bool:
        """Whether its date of receipt was a mistake: it ended before it began, so it never counted."""
        return self.superseded_at is not None and self.superseded_at < self.received_at
