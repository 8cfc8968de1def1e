"""The rounds that are there to be checked: those the configuration names, else those the registered agencies name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from oitcheck.errors import SettingsError
from oitcheck.model.agency import Agency, Round
from oitcheck.model.checklist import Checklist
from oitcheck.pipeline.inputs import checklist_of, nearest, round_of
from oitcheck.rules.declare import years_in
from oitcheck.settings import Settings, resource_folder
from oitcheck.store.records import Store


@dataclass(frozen=True, slots=True)
class RegisteredRound:
    """A round with the checklist of its year."""

    round: Round
    checklist: Checklist


def known_years() -> tuple[int, ...]:
    """Fiscal years (BE) that have a checklist."""
    return tuple(years_in(resource_folder("checklists")))


def registered_rounds(settings: Settings, store: Store) -> tuple[RegisteredRound, ...]:
    """The rounds of the years in which agencies are registered, open or not, by year and id.

    Raises SettingsError for a configured round that belongs to no year.
    """
    named = settings.schedule.rounds
    found: dict[str, RegisteredRound] = {}
    years = known_years()
    for year in years:
        agencies = store.registered_agencies(year)
        wanted = [r for r in named if _year_of(r, years) == year] if named else _named_by(agencies)
        if not agencies or not wanted:
            continue
        checklist = _checklist(year)
        for round_id in wanted:
            round_ = round_of(round_id, agencies, checklist)
            found[round_.id] = RegisteredRound(round_, checklist)
    return tuple(found[key] for key in sorted(found))


def registered_round(settings: Settings, store: Store, round_id: str) -> RegisteredRound:
    """One round by its id, whether the configuration names it or not. Raises SettingsError."""
    checklist = _checklist(_year_of(round_id, known_years(), where="--round"))
    agencies = store.registered_agencies(checklist.year_be)
    return RegisteredRound(round_of(round_id, agencies, checklist), checklist)


def _named_by(agencies: Iterable[Agency]) -> list[str]:
    """Round ids that agencies name; "" (the year's last) when one of them names none."""
    return sorted({a.round_id for a in agencies})


def _year_of(round_id: str, years: tuple[int, ...], where: str = "schedule.rounds") -> int:
    for year in years:
        if round_id.startswith(str(year)):
            return year
    raise SettingsError(
        f"round {round_id!r} belongs to no fiscal year that has a checklist",
        where=where,
        remedy=nearest(round_id, tuple(map(str, years))),
    )


@lru_cache(maxsize=8)
def _checklist(year_be: int) -> Checklist:
    return checklist_of(year_be)[0]
