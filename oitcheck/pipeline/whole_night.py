"""One night of a round as a whole: its run, and the second look at agencies in trouble that completes it.

A second look is a run of its own that holds few agencies. Whoever asks how a round stands, what was handed in or where
a URL led to asks the night, never its newest run alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from oitcheck.model.agency import Agency, Submission
from oitcheck.model.evidence import Capture
from oitcheck.model.finding import Finding
from oitcheck.store.records import RunRecord, Store

Place = tuple[str, str]

# So many agencies, or such a share of them where that is more, may break in a night that still tells of its round.
_MOST_BROKEN = 3
_MOST_BROKEN_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class WholeNight:
    """The runs of one night, newest first: a second look and the run it completes; on most nights one run.

    Of each submission that counts which the newest run assessed.
    """

    store: Store
    runs: tuple[RunRecord, ...]

    @property
    def record(self) -> RunRecord:
        """The run whose id and instant the reports of the night bear: its newest."""
        return self.runs[0]

    @property
    def first(self) -> RunRecord:
        """The run that the night began with: of all agencies."""
        return self.runs[-1]

    @property
    def run_ids(self) -> frozenset[str]:
        """The ids of its runs."""
        return frozenset(one.run.id for one in self.runs)

    def broken(self) -> tuple[str, ...]:
        """The ids of agencies that could not be checked; of one that a second look held counts how that found it."""
        found: list[str] = []
        looked_at: set[str] = set()
        for one in self.runs:
            found += [agency_id for agency_id in one.broken if agency_id not in looked_at]
            looked_at |= {agency.id for agency in self.store.agencies(one.run.id)} if one is not self.first else set()
        return tuple(found)

    def is_finished(self) -> bool:
        """Whether its runs have all behind them that they began with, but for single agencies that broke.

        When many could not, or all, the program or the machine is at fault, and the night says nothing of the round.
        """
        if not all(map(_has_all_behind, self.runs)):
            return False
        broken = self.broken()
        if not broken:
            return True
        all_agencies = len(self.agencies())
        return len(broken) <= max(_MOST_BROKEN, _MOST_BROKEN_SHARE * all_agencies) and len(broken) < all_agencies

    def agencies(self) -> tuple[Agency, ...]:
        """The agencies as they were then, in the order given; each as the newest run has it that holds it."""
        found: dict[str, Agency] = {}
        for one in reversed(self.runs):
            found |= {agency.id: agency for agency in self.store.agencies(one.run.id)}
        return tuple(found.values())

    def submissions(self) -> tuple[Submission, ...]:
        """The submissions that were assessed, or are still to be, in the order given."""
        found: dict[Place, Submission] = {}
        for one in reversed(self.runs):
            handed_in = {(s.agency_id, s.item): s for s in self.store.submissions(one.run.id)}
            counted = handed_in.keys() if one is self.first else self._assessed(one)
            found |= {place: s for place, s in handed_in.items() if place in counted}
        return tuple(found.values())

    def findings_by_run(self, agency_id: str | None = None) -> Iterator[tuple[RunRecord, tuple[Finding, ...]]]:
        """The findings that count, of all agencies or of one, with the run that made them, newest run first."""
        had: set[Place] = set()
        for one in self.runs:
            found = self.store.findings(one.run.id, agency_id)
            counted = tuple(f for f in found if (f.agency_id, f.item) not in had)
            had |= {(f.agency_id, f.item) for f in counted}
            yield one, counted

    def findings(self, agency_id: str | None = None) -> tuple[Finding, ...]:
        """The findings that count, of all agencies or of one; the oldest run's first."""
        by_run = list(self.findings_by_run(agency_id))
        return tuple(finding for _, found in reversed(by_run) for finding in found)

    def captures(self, agency_id: str) -> Mapping[str, tuple[Capture, ...]]:
        """What the submissions of an agency led to, by item."""
        found: dict[str, tuple[Capture, ...]] = {}
        for one in reversed(self.runs):
            counted = self._assessed(one)
            found |= {
                item: tuple(capture for role, capture in steps if role == "walk")
                for item, steps in self.store.trail_of(one.run.id, agency_id).items()
                if one is self.first or (agency_id, item) in counted
            }
        return found

    def final_urls(self) -> Mapping[Place, tuple[str, ...]]:
        """By agency and item where the submitted addresses that could be opened led to in the end, each once."""
        found: dict[Place, tuple[str, ...]] = {}
        for one in reversed(self.runs):
            counted = self._assessed(one)
            found = {place: urls for place, urls in found.items() if place not in counted}
            led_to = self.store.final_urls(one.run.id)
            found |= {p: urls for p, urls in led_to.items() if one is self.first or p in counted}
        return found

    def _assessed(self, record: RunRecord) -> frozenset[Place]:
        return self.store.reached(record.run.id, "assessed")


def whole_night(store: Store, record: RunRecord) -> WholeNight:
    """The night that a run ended: with the run before it that it completes, where it was a second look."""
    completed = store.nights.completed_by(record.run.id)
    return WholeNight(store, (record, store.run(completed)) if completed else (record,))


def nights_of_round(store: Store, year_be: int, round_id: str) -> tuple[WholeNight, ...]:
    """What stood after each run of a round, newest first."""
    records = {r.run.id: r for r in store.runs() if (r.run.year_be, r.run.round_id) == (year_be, round_id)}
    completed = store.nights.completions(year_be, round_id)
    return tuple(
        WholeNight(store, tuple(records[i] for i in (run_id, completed.get(run_id, "")) if i in records))
        for run_id in records
    )


def _has_all_behind(record: RunRecord) -> bool:
    """Whether a run came to its end, but for agencies that could not be checked at all."""
    of_broken = {url for told in record.broken.values() for url in told["left_out"]}
    by_limit = set(record.options.get("left_out", ())) - of_broken
    return record.state == "done" or (record.state == "stopped" and bool(record.broken) and not by_limit)
