"""The rounds that are there to be checked: those the configuration names, else those the registered agencies name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from oitcheck.errors import SettingsError
from oitcheck.lib.round_names import year_named
from oitcheck.lib.thai_text import arabic_digits
from oitcheck.model.agency import Round
from oitcheck.model.checklist import Checklist
from oitcheck.pipeline.inputs import checklist_of, nearest, round_of
from oitcheck.pipeline.rounds import rounds_of
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
    years = known_years()
    named = [_place_of(text, years, "schedule.rounds") for text in settings.schedule.rounds]
    found: dict[tuple[int, str], RegisteredRound] = {}
    for year in years:
        agencies = store.registered_agencies(year)
        wanted = [r for y, r in named if y == year] if named else sorted({a.round_id for a in agencies})
        if not agencies or not wanted:
            continue
        checklist = _checklist(year)
        for round_id in wanted:  # "": the year's last
            round_ = round_of(round_id, agencies, checklist, rounds_of(store, checklist))
            found[year, round_.id] = RegisteredRound(round_, checklist)
    return tuple(found[key] for key in sorted(found))


def registered_round(settings: Settings, store: Store, round_id: str, year_be: int = 0) -> RegisteredRound:
    """One round by its id, whether the configuration names it or not. Raises SettingsError.

    Without a year the id must begin with it (2569-1), name it (2568/1), or be registered in one year only.
    """
    if not year_be:
        alike = [r for r in registered_rounds(settings, store) if r.round.id == round_id]
        if len(alike) == 1:
            return alike[0]
        year_be, round_id = _place_of(round_id, known_years(), "--round")
    checklist = _checklist(year_be)
    agencies, known = store.registered_agencies(year_be), rounds_of(store, checklist)
    return RegisteredRound(round_of(round_id, agencies, checklist, known), checklist)


def _place_of(text: str, years: tuple[int, ...], where: str) -> tuple[int, str]:
    """Year and id of `2568/1` or of `2569-1`, in any spelling. Raises SettingsError."""
    year, slash, round_id = arabic_digits(text).strip().partition("/")
    if slash and year in map(str, years):
        return int(year), round_id.strip()
    named = year_named(text, years)
    if named is not None:
        return named, text.strip()
    raise SettingsError(
        f"round {text!r} belongs to no fiscal year that has a checklist",
        where=where,
        remedy=f"Write year and round, such as 2568/1. {nearest(text, tuple(map(str, years)))}",
    )


@lru_cache(maxsize=8)
def _checklist(year_be: int) -> Checklist:
    return checklist_of(year_be)[0]
