"""Verdicts and findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from oitcheck.model.evidence import Locator


class Outcome(StrEnum):
    """The outcome words of W3C EARL. `worst` orders them: inapplicable < passed < cant_tell < failed."""

    INAPPLICABLE = "inapplicable"
    PASSED = "passed"
    CANT_TELL = "cant_tell"
    FAILED = "failed"

    @property
    def badness(self) -> int:
        return list(Outcome).index(self)


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst of several outcomes; `inapplicable` of none."""
    return max(outcomes, key=lambda o: o.badness, default=Outcome.INAPPLICABLE)


# So many characters of a quotation are kept; one of this length was cut.
LONGEST_QUOTE = 400


@dataclass(frozen=True, slots=True)
class Seen:
    """A quotation and the place of the kept bytes where it stands. `quote` may be empty for pictures."""

    at: Locator
    quote: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check says about one thing. `about` is "" for the requirement as a whole.

    `facts` fill the message of `reason`; their values are plain text in Thai or numbers as text.
    """

    outcome: Outcome
    reason: str
    about: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    seen: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True)
class SeenRow:
    """One entry of a finding's `seen`: a quotation with the capture it stands in."""

    url: str
    final_url: str
    sha256: str
    fetched_at: datetime
    place: str
    quote: str


# Outcomes of documents in which it was searched.
WAS_READ = frozenset({"read", "ok", "not_modified"})


@dataclass(frozen=True, slots=True)
class SearchedRow:
    """One document that was searched, or could not be."""

    url: str
    sha256: str
    kind: str
    pages: int
    ocr: bool
    outcome: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict with its address.

    `requirement` "*" is the whole item; `code` = `check.reason`, the key of its message. `holds_since` is when the
    first of all runs in a row that say the same (`outcome` and `code`) was begun; None while no run is known.
    """

    agency_id: str
    item: str
    requirement: str
    about: str
    outcome: Outcome
    reason: str
    code: str
    binding: bool
    basis: str
    facts: Mapping[str, str]
    seen: tuple[SeenRow, ...]
    searched: tuple[SearchedRow, ...]
    holds_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One assessment of a round. `assessed_at` is an aware UTC instant; `as_of` the local date it is judged at."""

    id: str
    year_be: int
    round_id: str
    checklist_id: str
    version: str
    assessed_at: datetime
    as_of: str
    lacking: tuple[str, ...] = ()  # tools that were not there: "ocr", "browser", …
