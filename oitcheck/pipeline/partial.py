"""Whether a run is of all of its round, or only of some; and which night tells how a round stands.

The newest run is not always the whole picture: it may have been stopped, or asked for one agency.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from oitcheck.pipeline.whole_night import WholeNight, nights_of_round, whole_night
from oitcheck.store.records import Held, RunRecord, Store


@dataclass(frozen=True, slots=True)
class Partial:
    """A run of `held` of `all_agencies` agencies, or of `items` of `all_items` items.

    `items` 0: of all; `all_items` 0: nobody knows how many more there are. `whole_run` is the newest of its round that
    has them all, or "". `is_part`: it is no picture of the round, since it was asked for a part or holds no more than
    half; else it was made of a list from which some had been struck.
    """

    held: int
    all_agencies: int
    whole_run: str
    items: int = 0
    all_items: int = 0
    is_part: bool = True


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A run that has not all behind it: `assessed` of `submissions`; by `broken` agencies that could not be checked.

    `is_open`: it was stopped, or is under way, and much may be missing.
    """

    assessed: int
    submissions: int
    broken: tuple[str, ...]
    is_open: bool


def partial(store: Store, record: RunRecord) -> Partial | None:
    """What a run (with the run it completes) lacks; None when no run of its round has more, nor the register."""
    held = store.held(record.run.year_be, record.run.round_id)
    night = whole_night(store, record)
    registered = _registered(store, record.run.year_be, record.run.round_id)
    return _lacking(night, held, registered, is_counted=True)


def unfinished(store: Store, record: RunRecord) -> Unfinished | None:
    """What a run (with the run it completes) has not behind it; None when that is nothing."""
    night = whole_night(store, record)
    held = store.held(record.run.year_be, record.run.round_id)
    broken = night.broken()
    is_open = not night.is_finished() or not _is_assessed(night, held)
    if not broken and not is_open:
        return None
    mine = held[night.first.run.id]
    return Unfinished(min(mine.assessed, mine.submissions), mine.submissions, broken, is_open)


def standing(store: Store, year_be: int, round_id: str) -> RunRecord | None:
    """The run that tells how a round stands: the newest that is finished and of the whole round, with its second look.

    Where there is none, the newest that has assessed more than half of what any has. None for a round without runs.
    """
    nights = nights_of_round(store, year_be, round_id)
    held = store.held(year_be, round_id)
    for night in _whole(nights, held, _registered(store, year_be, round_id)):
        if _is_assessed(night, held):
            return night.record
    amounts = {night.record.run.id: max(held[i].assessed for i in night.run_ids) for night in nights}
    most = max(amounts.values(), default=0)
    return next((n.record for n in nights if 2 * amounts[n.record.run.id] > most or not most), None)


def whole_runs(store: Store, year_be: int, round_id: str) -> tuple[RunRecord, ...]:
    """The finished runs of the whole round, with what they complete, newest first; also those only crawled."""
    nights = nights_of_round(store, year_be, round_id)
    held = store.held(year_be, round_id)
    return tuple(night.record for night in _whole(nights, held, _registered(store, year_be, round_id)))


def _registered(store: Store, year_be: int, round_id: str) -> frozenset[str]:
    return frozenset(a.id for a in store.registered_agencies(year_be) if a.round_id in ("", round_id))


def _whole(nights: Iterable[WholeNight], held: Mapping[str, Held], registered: frozenset[str]) -> Iterator[WholeNight]:
    for night in nights:
        lacks = _lacking(night, held, registered)
        if (lacks is None or not lacks.is_part) and night.is_finished():
            yield night


def _is_assessed(night: WholeNight, held: Mapping[str, Held]) -> bool:
    """Whether what was only crawled has been judged since, but for agencies that could not be judged at all."""
    crawled = [one for one in night.runs if one.options.get("stage") == "crawl"]
    of_broken = {one.run.id: sum(told.get("submissions", 0) for told in one.broken.values()) for one in crawled}
    return all(held[i].assessed + left >= held[i].submissions for i, left in of_broken.items())


def _lacking(
    night: WholeNight, held: Mapping[str, Held], registered: frozenset[str], *, is_counted: bool = False
) -> Partial | None:
    """What a night lacks of the largest of its round; `held` newest first.

    What is registered besides counts where it is asked for (`is_counted`), and for a run that was asked for a part.
    """
    own = frozenset[str]().union(*(held[i].agencies for i in night.run_ids))
    first = held[night.first.run.id]
    told: Mapping[str, Sequence[str]] | None = night.first.options.get("selection")
    was_asked_for_all = told is not None and not any(told.values())
    agencies, items = (told.get("agencies", ()), told.get("items", ())) if told else ((), ())
    largest, whole = max(len(one.agencies) for one in held.values()), ""
    if largest > len(own):
        whole = next(run_id for run_id, one in held.items() if len(one.agencies) == largest)
    if is_counted and len(registered) > largest:
        largest, whole = len(registered), ""
    if agencies and not whole:
        largest = len(own | registered)
    if largest > len(own):
        return Partial(len(own), largest, whole, is_part=not was_asked_for_all or 2 * len(own) <= largest)
    alike = {run_id: one for run_id, one in held.items() if one.due_items == first.due_items}
    most = 0 if was_asked_for_all else max(one.items for one in alike.values())
    if most > first.items:
        with_all = next(run_id for run_id, one in alike.items() if one.items == most)
        return Partial(len(own), len(own), with_all, first.items, most)
    if items and not (first.due_items and set(first.due_items) <= set(items)):
        return Partial(len(own), len(own), "", first.items, len(first.due_items))
    return None
