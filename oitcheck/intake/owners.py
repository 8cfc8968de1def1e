"""Whose form it is, and of which fiscal year: from titles, the file's name or a column; refused when unsure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from oitcheck.intake.agency_names import Directory, Found
from oitcheck.intake.form_years import fiscal_year_named
from oitcheck.intake.register import Options, Question, Register
from oitcheck.intake.rows import RowNote, RowRejected
from oitcheck.intake.sheet_names import may_name
from oitcheck.lib.thai_text import clean
from oitcheck.model.agency import Agency

_PROVINCE = "จังหวัด"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who submits a table. `notes` are corrections to tell; `refusal` rejects every row that names no agency itself."""

    agency: Agency | None = None
    year_be: int | None = None
    notes: tuple[RowNote, ...] = ()
    refusal: RowNote | None = None

    @property
    def is_unnamed(self) -> bool:
        """Whether nothing around the table says anything of an agency."""
        return self.refusal is not None and self.refusal.code == "agency_not_named"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The words around a table that may tell whose it is: (cell, text) above it, its sheet, and sheets without tables.

    `alone`: the file holds no other table; `by_sheets`: its sheets are those of several agencies, or named for one.
    """

    file: str
    sheet: str
    above: tuple[tuple[str, str], ...]
    covers: tuple[str, ...]
    alone: bool
    by_sheets: bool = False

    @property
    def stem(self) -> str:
        """The file's own name without folder and ending."""
        return self.file.rsplit("/", 1)[-1].rsplit(".", 1)[0]


class Owners:
    """Finds owners against a register; keeps the directories it made."""

    def __init__(self, register: Register, options: Options) -> None:
        self._register = register
        self._options = options
        self._directories: dict[int | None, Directory] = {}

    def directory(self, year_be: int | None) -> Directory:
        """The agencies of a year by name (None: of all years)."""
        if year_be not in self._directories:
            self._directories[year_be] = Directory.of(self._register.of_year(year_be))
        return self._directories[year_be]

    def are_named(self, texts: tuple[str, ...]) -> bool:
        """Whether any of the texts says something of an agency."""
        directory = self.directory(self._options.year_be)
        return any(not directory.heading(text).is_silent for text in texts)

    def are_apart(self, sheets: Iterable[tuple[str, tuple[str, ...]]]) -> bool:
        """Whether the sheets of a file, each as its name and its titles, are those of several agencies or named so."""
        directory = self.directory(self._options.year_be)
        given = tuple(sheets)
        if any(not directory.heading(name, nearly=True).is_silent for name, _ in given):
            return True
        told = (directory.heading(text) for _, titles in given for text in titles)
        return len({one.agency.id for one in told if one.agency is not None and one.agency.kind != _PROVINCE}) > 1

    def continued(self, owner: Owner, before: Owner) -> Owner:
        """The owner of a table that names no agency: the one of the sheet before it, in the table's own year."""
        if before.agency is None or owner.year_be in (None, before.year_be):
            return before
        agency = self.directory(owner.year_be).by_id(before.agency.id)
        return owner if agency is None else Owner(agency, owner.year_be)

    def of(self, around: Surroundings) -> Owner:
        """The owner of the table within these words."""
        texts = (*(text for _, text in around.above), *around.covers, around.stem)
        stated, at = fiscal_year_named(texts) or (None, -1)
        wanted = self._options.year_be
        registered = {one.fiscal_year_be for one in self._register.agencies}
        if stated is not None and stated not in ({wanted} if wanted else registered):
            known = str(wanted) if wanted else ", ".join(map(str, sorted(registered)))
            cell = around.above[at][0] if at < len(around.above) else ""
            return Owner(None, stated, (), RowNote("form_year_other", cell, str(stated), known))
        year_be = wanted or stated
        if self._options.agency_id:
            agency = self.directory(year_be).by_id(self._options.agency_id)
            if agency is None:
                return Owner(None, year_be, (), RowNote("agency_unknown", "", self._options.agency_id))
            return Owner(agency, year_be, (_given(agency),))
        return self._told(around, year_be)

    def of_row(self, said: str, cell: str, sheet: str, file: str, owner: Owner) -> Owner:
        """The owner of a row, where `said` is what its own column holds. Raises RowRejected when there is none."""
        year_be, agency, notes = owner.year_be, owner.agency, owner.notes
        if owner.refusal is not None and (owner.refusal.code == "form_year_other" or not said):
            raise _rejection(owner.refusal)
        if said and not self._options.agency_id:
            told = self.directory(year_be).named(said)
            agency, notes = told.agency, ()
            if agency is None:
                agency = self._asked(Question(file, sheet, said, told.candidates), year_be)
            elif not told.exact:
                notes = (RowNote("agency_name_corrected", cell, said, named_with_id(agency)),)
            if agency is None:
                raise _rejection(_not_told(told, cell))
        if agency is not None and year_be is None:
            years = self._register.years(agency.id)
            year_be = years[0] if len(years) == 1 else None
        return Owner(agency, year_be, notes)

    def _told(self, around: Surroundings, year_be: int | None) -> Owner:
        directory = self.directory(year_be)
        found = [(cell, told) for cell, text in around.above if not (told := directory.told(text)).is_silent]
        if not found and not around.alone:
            found = [(cell, told) for cell, text in around.above if not (told := directory.heading(text)).is_silent]
        of_file = directory.in_file_name(around.stem)
        if not found:
            found = [("", told) for told in _by_sheet_or_cover(directory, around, of_file)]
        # A province in a title may only say where the form comes from.
        found.sort(key=lambda one: one[1].agency is not None and one[1].agency.kind == _PROVINCE)
        cell, told = found[0] if found else ("", of_file)
        told = _agreed(told, of_file, around.alone) if found else told
        if told.is_silent and around.by_sheets and may_name(around.sheet):
            told = Found(said=clean(around.sheet))
        agency = told.agency
        if agency is None:
            agency = self._asked(Question(around.file, around.sheet, told.said, told.candidates), year_be)
            if agency is None:
                return Owner(None, year_be, (), _not_told(told, cell))
            return Owner(agency, year_be, (_given(agency),))
        notes = () if told.exact else (RowNote("agency_name_corrected", cell, told.said, named_with_id(agency)),)
        return Owner(agency, year_be, notes)

    def _asked(self, question: Question, year_be: int | None) -> Agency | None:
        chosen = self._options.ask(question) if self._options.ask is not None else None
        return self.directory(year_be).by_id(chosen) if chosen else None


def _by_sheet_or_cover(directory: Directory, around: Surroundings, of_file: Found) -> list[Found]:
    """What the name of the sheet tells, else the cover."""
    covers = [told for text in around.covers if not (told := directory.told(text)).is_silent]
    sheet = Found() if around.alone else directory.heading(around.sheet, nearly=True)
    if sheet.is_silent:
        return covers
    if sheet.agency is None:
        return [one for one in covers if one.agency in sheet.candidates] or [sheet]
    others = [one.agency for one in (*covers, of_file) if one.exact and one.agency not in (None, sheet.agency)]
    if others and directory.told(around.sheet).is_silent:
        # "T1" may be the first table or an agency's id: of a form that is told to be another's, it is not certain.
        return [Found(None, (sheet.agency,), " / ".join((sheet.said, *(one.name_th for one in others if one))))]
    return [sheet]


def _agreed(told: Found, of_file: Found, alone: bool) -> Found:
    """What the titles tell, weighed with the name of the file."""
    other = of_file.agency
    if other is None:
        return told
    if told.agency is None:
        return Found(other, (other,), told.said, exact=False) if other in told.candidates else told
    if told.agency.id != other.id and of_file.exact and alone:
        # Another agency's form, filled in and sent under one's own name: which of the two is right cannot be told.
        return Found(None, (told.agency, other), f"{told.said} / {of_file.said}")
    return told


def named_with_id(agency: Agency) -> str:
    """An agency as sentences name it."""
    return f"{agency.name_th} ({agency.id})"


def _given(agency: Agency) -> RowNote:
    return RowNote("agency_given", "", "", named_with_id(agency))


def _rejection(note: RowNote) -> RowRejected:
    return RowRejected(note.code, note.cell, note.was, note.now)


def _not_told(told: Found, cell: str) -> RowNote:
    """Why no agency was taken: unsure between candidates, unknown, or none named."""
    if told.candidates:
        return RowNote("agency_unsure", cell, told.said, ", ".join(map(named_with_id, told.candidates)))
    return RowNote("agency_not_registered", cell, told.said) if told.said else RowNote("agency_not_named", cell)
