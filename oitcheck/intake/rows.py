"""What became of every row of an input: nothing is dropped in silence, and the counts add up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Literal, TypeVar

from oitcheck.errors import IntakeError
from oitcheck.intake.messages import MESSAGES

T = TypeVar("T")

# A cell may hold 32,767 characters; a sentence about it shows where it begins.
_MOST_QUOTED = 160


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
        return MESSAGES[self.code].says(language).format(was=_quoted(self.was), now=_quoted(self.now))

    def remedy(self, language: Literal["th", "en"] = "th", *, to_agency: bool = False) -> str:
        """What to do about it, for whoever imports the file or for the agency; "" when nothing need be done."""
        told = MESSAGES[self.code].remedy(language, to_agency=to_agency)
        return told.format(was=_quoted(self.was), now=_quoted(self.now))


def _quoted(text: str) -> str:
    return text if len(text) <= _MOST_QUOTED else text[:_MOST_QUOTED] + "…"


@dataclass(frozen=True, slots=True)
class RowReport:
    """The end of one data row. `row` counts from 1 as a spreadsheet does; `sheet` is "" for CSV.

    `agency_id`, `item` and `urls` are what the row was read as, as far as that was reached; `column` is the first
    column of its table, from 0, where several stand side by side.
    """

    file: str
    sheet: str
    row: int
    outcome: RowOutcome
    notes: tuple[RowNote, ...] = ()
    agency_id: str = ""
    item: str = ""
    urls: tuple[str, ...] = ()
    column: int = 0

    def where(self, note: RowNote) -> str:
        """File, sheet and cell of a note, for people."""
        return place(self.file, self.sheet, note.cell)


@dataclass(frozen=True, slots=True)
class FileReport:
    """What is to be said of a whole file, or of one `sheet` of it: accepted, with notes or without, or refused.

    `rows_beside` counts filled rows that belong to no table: titles, headers, examples, what stands below the last row;
    `headers` are the rows of the headers, from 1.
    """

    file: str
    outcome: RowOutcome
    notes: tuple[RowNote, ...] = ()
    sheet: str = ""
    rows_beside: int = 0
    headers: tuple[int, ...] = ()

    def where(self, note: RowNote) -> str:
        """File, sheet and cell of a note, for people."""
        return place(self.file, self.sheet, note.cell)


def place(file: str, sheet: str, cell: str) -> str:
    """File, sheet and cell as people read them."""
    return " ".join(part for part in (file, sheet and f"[{sheet}]", cell) if part)


def ranges(numbers: Iterable[int]) -> str:
    """`1–3, 5` for 1, 2, 3, 5."""
    parts: list[list[int]] = []
    for number in sorted(set(numbers)):
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(str(part[0]) if len(part) == 1 else f"{part[0]}–{part[-1]}" for part in parts)


@dataclass(frozen=True, slots=True)
class Intake(Generic[T]):
    """What was read, and the report on every data row. `unused_columns` are headers nothing was read from."""

    items: tuple[T, ...]
    rows: tuple[RowReport, ...]
    unused_columns: tuple[str, ...] = ()
    files: tuple[FileReport, ...] = ()

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


class UnusableFile(IntakeError):
    """A file as a whole cannot be used; `note` says why in both languages."""

    def __init__(self, code: str, where: str, was: str = "", now: str = "") -> None:
        self.note = RowNote(code, "", was, now)
        super().__init__(self.note.says("en").rstrip("."), where=where, remedy=self.note.remedy("en"))
