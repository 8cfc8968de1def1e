"""What is wrong in our own house. Trouble on an agency's website is data, never one of these.

OitcheckError                 a sentence for the user: where, what, remedy
├── SettingsError             a configuration file, environment variable or option        exit 2
├── IntakeError               an input file that cannot be used at all                    exit 2
├── ChecklistError            mistakes in checklist files, all of them at once            exit 3
├── StoreError                database or data folder refused                             exit 4
│   ├── RecordError           one kept copy or row is damaged or refused, no other
│   └── UnknownRunError       a run was asked for that is not kept                      exit 2
└── RunBusyError              another run holds this round                                exit 6
"""

from __future__ import annotations


class OitcheckError(Exception):
    """A message a user can act on.

    `where` names the file, option or place; `remedy` says what to do. `str()` joins them to one text.
    """

    exit_code = 2

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(what)

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}\n  {self.remedy}" if self.remedy else text


class SettingsError(OitcheckError):
    """A configuration key, environment variable or command-line option cannot be used.

    `mistakes` holds each one when there are several.
    """

    exit_code = 2
    mistakes: tuple[SettingsError, ...] = ()


class IntakeError(OitcheckError):
    """An input file as a whole cannot be used; single bad rows are data, not errors."""

    exit_code = 2


class ChecklistError(OitcheckError):
    """Checklist files have mistakes. `mistakes` holds every one found, one sentence each."""

    exit_code = 3

    def __init__(self, mistakes: tuple[str, ...], *, where: str = "") -> None:
        self.mistakes = mistakes
        count = len(mistakes)
        super().__init__(f"{count} mistake{'s' if count != 1 else ''}\n  " + "\n  ".join(mistakes), where=where)


class StoreError(OitcheckError):
    """The database or the data folder refused: not writable, full, of a newer version, broken."""

    exit_code = 4


class RecordError(StoreError):
    """One kept copy or row is missing, damaged or refused; everything else can be read and kept as before."""


class UnknownRunError(StoreError):
    """A run was asked for by an id that no run has: wrong usage, the database is in order."""

    exit_code = 2


class RunBusyError(OitcheckError):
    """Another run holds this round."""

    exit_code = 6
