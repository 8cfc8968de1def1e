"""How an agency's main website was reached over time, from its light checks. Pure; no part of any verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from oitcheck.model.agency import Agency
from oitcheck.model.availability import WebsiteCheck
from oitcheck.report.terms import BANGKOK, Terms

WEEKS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Week:
    """The checks of one week from its Monday: how many reached the site, of how many that tell."""

    monday: date
    reached: int
    checks: int


@dataclass(frozen=True, slots=True)
class Reachability:
    """One agency's website.

    `gap` is the longest time from a check that did not reach the site to the next one that did (or the latest, while
    it is down); `down_since` the first check of those in a row that did not, up to now; `untold` checks do not tell.
    """

    agency: Agency
    weeks: tuple[Week, ...]
    gap: tuple[datetime, datetime] | None
    down_since: datetime | None
    down_checks: int
    untold: int
    latest: WebsiteCheck | None

    @property
    def reached(self) -> int:
        return sum(w.reached for w in self.weeks)

    @property
    def checks(self) -> int:
        return sum(w.checks for w in self.weeks)

    @property
    def share(self) -> float | None:
        """Share of the checks that reached the site, 0–1; None without any that tells."""
        return self.reached / self.checks if self.checks else None

    @property
    def gap_hours(self) -> float:
        return (self.gap[1] - self.gap[0]).total_seconds() / 3600 if self.gap else 0.0


def reachability(agency: Agency, checks: Iterable[WebsiteCheck]) -> Reachability:
    """The record of one agency from its checks, whatever their order."""
    ordered = sorted(checks, key=lambda c: c.checked_at)
    weeks: dict[date, list[bool]] = {}
    gap: tuple[datetime, datetime] | None = None
    down_since: datetime | None = None
    down_checks = 0
    for check in ordered:
        if check.reached is None:
            continue
        day = check.checked_at.astimezone(BANGKOK).date()
        weeks.setdefault(day - timedelta(days=day.weekday()), []).append(check.reached)
        if not check.reached:
            down_since = down_since or check.checked_at
            down_checks += 1
        if down_since and (gap is None or check.checked_at - down_since > gap[1] - gap[0]):
            gap = (down_since, check.checked_at)
        if check.reached:
            down_since, down_checks = None, 0
    return Reachability(
        agency,
        tuple(Week(monday, sum(found), len(found)) for monday, found in sorted(weeks.items())),
        gap,
        down_since,
        down_checks,
        sum(c.reached is None for c in ordered),
        ordered[-1] if ordered else None,
    )


def all_reachability(
    agencies: Sequence[Agency], checks: Mapping[str, Sequence[WebsiteCheck]]
) -> tuple[Reachability, ...]:
    """Every agency that has a check; those that are down first, then the worst reached."""
    rows = [reachability(a, checks[a.id]) for a in agencies if checks.get(a.id)]
    return tuple(
        sorted(rows, key=lambda r: (r.down_since is None, 2.0 if r.share is None else r.share, r.agency.name_th))
    )


def week_columns(rows: Sequence[Reachability], most: int = WEEKS_SHOWN) -> tuple[date, ...]:
    """The Mondays of the latest weeks in which any site was checked."""
    return tuple(sorted({w.monday for r in rows for w in r.weeks})[-most:])


def state_words(site: Reachability, terms: Terms) -> str:
    """How a site is now: reached, down since when, or that this cannot be told."""
    if site.down_since is not None:
        return terms("availability.down_since", instant=terms.short_instant(site.down_since))
    is_told = site.latest is not None and site.latest.reached is not None
    return terms("availability.up" if is_told else "availability.untold")


def share_words(site: Reachability, terms: Terms) -> str:
    """How often a site was reached: `98% (41 of 42 checks)`, with the number of checks that do not tell."""
    if site.share is None:
        told = terms("availability.none")
    else:
        of = terms("availability.of", reached=site.reached, checks=site.checks)
        told = f"{percent(site.reached, site.checks)} ({of})"
    return f"{told} {terms('availability.untold_checks', n=site.untold)}" if site.untold else told


def percent(reached: int, checks: int) -> str:
    """A share in whole per cent, rounded down: only what was always reached is 100%."""
    return f"{100 * reached // checks}%"


def gap_words(site: Reachability, terms: Terms) -> str:
    """The longest time for which a site was not reached, in the largest fitting unit."""
    hours = site.gap_hours
    if not hours:
        return terms("availability.none")
    for least, unit, each in ((48, "days", 24), (1, "hours", 1)):
        if hours >= least:
            return terms(f"availability.{unit}", n=round(hours / each))
    return terms("availability.minutes", n=max(round(hours * 60), 1))
