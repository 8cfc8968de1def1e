"""What forms are read against, and what whoever imports says about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from oitcheck.intake.items import Titles
from oitcheck.model.agency import Agency


@dataclass(frozen=True, slots=True)
class Register:
    """Agencies of one or several fiscal years, and each year's items with their titles ("" where not known)."""

    agencies: tuple[Agency, ...]
    titles: Mapping[int, Mapping[str, str]]

    def of_year(self, year_be: int | None) -> tuple[Agency, ...]:
        """The agencies of a fiscal year, or all."""
        return tuple(one for one in self.agencies if year_be is None or one.fiscal_year_be == year_be)

    def years(self, agency_id: str) -> tuple[int, ...]:
        """The fiscal years an agency is registered for."""
        return tuple(one.fiscal_year_be for one in self.agencies if one.id == agency_id)

    def hosts_of(self, agency_id: str, year_be: int | None) -> tuple[str, ...]:
        """The hosts of an agency's main website in a fiscal year (BE; None: in any); none where they are not known."""
        of_year = (one for one in self.of_year(year_be) if one.id == agency_id)
        return tuple(host for one in of_year for host in one.hosts)

    def knows(self, code: str, years: Iterable[int]) -> bool:
        """Whether any of the years has the item; a year without a checklist may have any."""
        return any(year not in self.titles or code in self.titles[year] for year in years)

    def titles_of(self, years: Iterable[int]) -> Titles:
        """The titles of the first of the years that has a checklist."""
        return next((Titles.of(self.titles[year]) for year in years if year in self.titles), Titles(()))


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is asked when a form does not tell for certain whose it is."""

    file: str
    sheet: str
    said: str
    candidates: tuple[Agency, ...]


# Gives the id of the agency, or None when the person does not know either.
Ask = Callable[[Question], str | None]


@dataclass(frozen=True, slots=True)
class Options:
    """What whoever imports says about the files: the fiscal year (BE), the agency, and how to ask when unsure."""

    year_be: int | None = None
    agency_id: str = ""
    ask: Ask | None = None
    year_needed: bool = False  # refuse a row whose fiscal year is not known
    is_site_noted: bool = False  # say which URLs are not on the main website; a check finds that by itself
