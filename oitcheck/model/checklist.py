"""What the manual of one fiscal year demands, as loaded from `checklists/<year>/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from oitcheck.lib.terms import Concept


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing an assessor ticks.

    `params` are the check's own, already validated; `basis` as in the checklist README.
    """

    id: str
    text: str
    text_en: str
    check: str
    params: Any
    binding: bool = True
    basis: str = "direct"
    source: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One O-number of one fiscal year.

    `indicator` is the sub-indicator ("9.3"); `period` names the rule of the year ("Periods" in the README of the
    checklists). `subject` are concepts of the vocabulary, one of which the evidence must name in its content;
    `result` are columns without which, filled, a table of a
    report reports nothing; `kind` and `not_kind` say which kinds of document count and which certainly do not. `own`: a
    paper of a ministry or department in place of the agency's own does not count.
    """

    id: str
    title: str
    title_en: str
    indicator: str
    period: str
    subject: tuple[Concept, ...]
    requirements: tuple[Requirement, ...]
    kind: tuple[Concept, ...] = ()
    not_kind: tuple[Concept, ...] = ()
    result: tuple[Concept, ...] = ()
    note: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class Checklist:
    """One fiscal year's list. `digest` is the sha256 over its files and the vocabulary, in name order."""

    year_be: int
    title: str
    items: Mapping[str, Item]
    digest: str
    rounds: tuple[RoundDates, ...] = ()
    complete: bool = True

    @property
    def id(self) -> str:
        return f"{self.year_be}@sha256:{self.digest}"


@dataclass(frozen=True, slots=True)
class RoundDates:
    """A round as the checklist of the year defines it; `items` empty means all.

    On `consultation_on` agencies with problems are called in.
    """

    id: str
    title: str
    closes_on: date | None
    opens_on: date | None = None
    items: tuple[str, ...] = field(default=())
    consultation_on: date | None = None
