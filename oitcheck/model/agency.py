"""Who is assessed, in which round, and what they submitted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


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

    `items` empty means every item of the year. `closes_on` None means that no deadline is known.
    """

    id: str
    fiscal_year_be: int
    opens_on: date | None = None
    closes_on: date | None = None
    items: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """One agency's URLs for one item; no URL at all means that nothing was submitted."""

    agency_id: str
    item: str
    urls: tuple[str, ...]
    note: str = ""
