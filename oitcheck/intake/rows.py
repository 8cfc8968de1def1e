"""What became of every row of an input: nothing is dropped in silence, and the counts add up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Literal, TypeVar

from oitcheck.intake.messages import MESSAGES

T = TypeVar("T")


class RowOutcome(StrEnum):
    """How a row ended."""

    ACCEPTED = "accepted"
    CORRECTED = "corrected"  # taken, but not as it stands, or with a warning
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class RowNote:
    """One thing about a row: what was corrected (`was` → `now`) or why it was rejected. `cell` such as `C12`."""

    code: str
    cell: str
    was: str = ""
    now: str = ""

    def says(self, language: Literal["th", "en"] = "th") -> str:
        """What is the matter, in one sentence."""
        return MESSAGES[self.code].says(language).format(was=self.was, now=self.now)

    def remedy(self, language: Literal["th", "en"] = "th") -> str:
        """What to do about it; "" when nothing need be done."""
        return MESSAGES[self.code].remedy(language).format(was=self.was, now=self.now)


@dataclass(frozen=True, slots=True)
class RowReport:
    """The end of one data row. `row` counts from 1 as a spreadsheet does; `sheet` is "" for CSV."""

    file: str
    sheet: str
    row: int
    outcome: RowOutcome
    notes: tuple[RowNote, ...] = ()

    def where(self, note: RowNote) -> str:
        """File, sheet and cell of a note, for people."""
        return " ".join(part for part in (self.file, self.sheet and f"[{self.sheet}]", note.cell) if part)


@dataclass(frozen=True, slots=True)
class Intake(Generic[T]):
    """What was read, and the report on every data row. `unused_columns` are headers nothing was read from."""

    items: tuple[T, ...]
    rows: tuple[RowReport, ...]
    unused_columns: tuple[str, ...] = ()

    def count(self, outcome: RowOutcome) -> int:
        """How many rows ended so."""
        return sum(row.outcome is outcome for row in self.rows)

    @property
    def rejected(self) -> tuple[RowReport, ...]:
        return tuple(row for row in self.rows if row.outcome is RowOutcome.REJECTED)

    @property
    def corrected(self) -> tuple[RowReport, ...]:
        return tuple(row for row in self.rows if row.outcome is RowOutcome.CORRECTED)


class RowRejected(Exception):
    """Raised within the reading of a row to reject it; never leaves this department."""

    def __init__(self, code: str, cell: str, was: str = "", now: str = "") -> None:
        self.note = RowNote(code, cell, was, now)
        super().__init__(code)
