"""The rounds of a year: the checklist's and the province's own; which are frozen, and what came too late.

A frozen round is fixed to what one finished run kept: its copy of the submitted addresses and its captures. What is
handed in for it later is kept in the registry with its date, and changes nothing of what is judged. An appeal is judged
by `replay` of that run. To check what was mended since, a round of another id asks for the same items.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from oitcheck.errors import IntakeError, SettingsError, StoreError
from oitcheck.lib.item_codes import item_code
from oitcheck.lib.round_names import round_meant
from oitcheck.lib.thai_calendar import written_be
from oitcheck.model.agency import Agency, Receipt, Round, Submission
from oitcheck.model.checklist import Checklist
from oitcheck.pipeline.clock import BANGKOK
from oitcheck.pipeline.holding import has_died, own_name
from oitcheck.pipeline.inputs import (
    Inputs,
    defined_rounds,
    due_items,
    nearest,
    require_known_round,
    round_of,
    rounds_named,
    unknown_round,
)
from oitcheck.pipeline.partial import standing, whole_runs
from oitcheck.pipeline.whole_night import nights_of_round, whole_night
from oitcheck.report.terms import Pending
from oitcheck.report.view import WHOLE_ITEM
from oitcheck.rules.declare import natural_key
from oitcheck.settings import Settings
from oitcheck.store.records import RunRecord, Store

Place = tuple[str, str]
_KEYS = ("id", "title", "opens_on", "closes_on", "consultation_on", "items")
_DAYS = ("opens_on", "closes_on", "consultation_on")
_FREEZING_SECONDS = 60.0


def rounds_of(store: Store, checklist: Checklist) -> tuple[Round, ...]:
    """Every round of a year: the checklist's in its order, as the province changed them, then the province's own."""
    kept = {r.id: r for r in store.registered_rounds(checklist.year_be)}
    found: dict[str, Round] = {}
    for known in defined_rounds(checklist):
        one = kept.get(known.id, known)
        found[known.id] = one if one.is_own else replace(known, frozen_at=one.frozen_at, frozen_run=one.frozen_run)
    for one in kept.values():
        if one.is_own or one.frozen_at is not None:
            found.setdefault(one.id, one)
    return tuple(found.values())


def rounds_known(settings: Settings, checklist: Checklist) -> tuple[Round, ...]:
    """Every round of a year: the checklist's alone while there is no database that can be read."""
    try:
        with Store.open(settings, write=False) as store:
            return rounds_of(store, checklist)
    except StoreError:
        return defined_rounds(checklist)


def agencies_registered(settings: Settings, year_be: int) -> tuple[Agency, ...]:
    """The agencies of the register; none while there is no database that can be read."""
    try:
        with Store.open(settings, write=False) as store:
            return store.registered_agencies(year_be)
    except StoreError:
        return ()


def registered_inputs(store: Store, checklist: Checklist, round_id: str) -> Inputs:
    """Agencies and submissions as last imported.

    Raises IntakeError when there are none, SettingsError for a round that neither the year nor an agency has.
    """
    agencies = store.registered_agencies(checklist.year_be)
    rounds = rounds_of(store, checklist)
    require_known_round(round_id, agencies, checklist.year_be, [one.id for one in rounds])
    round_ = round_of(round_id, agencies, checklist, rounds)
    submissions = store.registered_submissions(checklist.year_be)
    due = [s for s in submissions if not round_.items or s.item in round_.items]
    if not agencies or not due:
        raise IntakeError(
            f"nothing was imported for round {round_.id!r}",
            where="--round",
            remedy="Import first: oitcheck agencies import FILE, then oitcheck submissions import FILE.",
        )
    return Inputs(checklist.year_be, agencies, tuple(due), round_, due_items(round_, checklist))


def known_round(store: Store, checklist: Checklist, round_id: str, where: str = "ROUND") -> Round:
    """A round by its id in any spelling. Raises SettingsError with the nearest one known."""
    rounds = {r.id: r for r in rounds_of(store, checklist)}
    meant = round_meant(round_id, checklist.year_be, tuple(rounds))
    if meant is None:
        raise unknown_round(round_id, checklist.year_be, tuple(rounds), where)
    return rounds[meant]


def as_registered(store: Store, inputs: Inputs, checklist: Checklist) -> Inputs:
    """The inputs with their round as the province defined or froze it."""
    for one in rounds_of(store, checklist):
        if one.id == inputs.round.id:
            return replace(inputs, round=one, due=due_items(one, checklist))
    return inputs


def require_open(round_: Round) -> None:
    """Raises SettingsError when the round is frozen: what counts for it is what its run kept."""
    if round_.frozen_at is None:
        return
    day = round_.frozen_at.astimezone(BANGKOK).date().isoformat()
    raise SettingsError(
        f"round {round_.id} was frozen on {day} with run {round_.frozen_run}; nothing new is crawled for it",
        where="--round",
        remedy=f"Judge what was kept again: oitcheck replay --run {round_.frozen_run}. To check what was mended since, "
        f"make another round: oitcheck round create {round_.id}b --like {round_.id} --closes-on DATE",
    )


def run_of_round(store: Store, checklist: Checklist, round_id: str) -> RunRecord:
    """The run that speaks for a round: the one it is frozen to, else the newest that is whole (see `standing`).

    What it says, `WholeNight` tells. The id may be in any spelling; one that stands so at a kept run goes first. Raises
    SettingsError without any run.
    """
    rounds = {r.id: r for r in rounds_of(store, checklist)}
    for wanted in _spellings(store, checklist, round_id, rounds):
        if wanted in rounds and rounds[wanted].frozen_run:
            return store.run(rounds[wanted].frozen_run)
        if record := standing(store, checklist.year_be, wanted):
            return record
    raise _no_run(store, checklist, round_id, rounds)


def newest_run(store: Store, checklist: Checklist, round_id: str) -> RunRecord:
    """The run a round is frozen to, else its newest, however that ended; raises SettingsError without any.

    See `run_of_round` for the one that speaks for it.
    """
    rounds = {r.id: r for r in rounds_of(store, checklist)}
    for wanted in _spellings(store, checklist, round_id, rounds):
        if wanted in rounds and rounds[wanted].frozen_run:
            return store.run(rounds[wanted].frozen_run)
        if nights := nights_of_round(store, checklist.year_be, wanted):
            return nights[0].record
    raise _no_run(store, checklist, round_id, rounds)


def newer_run(store: Store, record: RunRecord) -> RunRecord | None:
    """The newest run of the same round, when the night of `record` has it not."""
    nights = nights_of_round(store, record.run.year_be, record.run.round_id)
    mine = whole_night(store, record).run_ids
    return nights[0].record if nights[0].record.run.id not in mine else None


def _spellings(store: Store, checklist: Checklist, round_id: str, rounds: Iterable[str]) -> Iterable[str]:
    known = _known_rounds(store, checklist.year_be, rounds)
    return dict.fromkeys((round_id, round_meant(round_id, checklist.year_be, known) or round_id))


def _known_rounds(store: Store, year_be: int, defined: Iterable[str]) -> tuple[str, ...]:
    """The rounds of a year: those that are defined, that registered agencies name, and that runs were made for."""
    rounds = tuple(defined)
    named = rounds_named(store.registered_agencies(year_be), year_be, rounds)
    of_runs = (one.run.round_id for one in store.runs() if one.run.year_be == year_be)
    return tuple(dict.fromkeys((*rounds, *named, *of_runs)))


def _no_run(store: Store, checklist: Checklist, round_id: str, rounds: Iterable[str]) -> SettingsError:
    year = checklist.year_be
    known = _known_rounds(store, year, rounds)
    meant = round_meant(round_id, year, known)
    if meant is None:
        return unknown_round(round_id, year, known, "--round")
    return SettingsError(
        f"no run of round {meant!r} is kept",
        where="--round",
        remedy=f"Check it first: oitcheck check --year {year} --round {meant}",
    )


def is_known_round(store: Store, checklist: Checklist, record: RunRecord) -> bool:
    """Whether the round of a run is one of the year's, or one that an agency of the run or of the register names."""
    known = [one.id for one in rounds_of(store, checklist)]
    agencies = (*store.agencies(record.run.id), *store.registered_agencies(checklist.year_be))
    return record.run.round_id in (*known, *rounds_named(agencies, checklist.year_be, known))


def run_before(store: Store, record: RunRecord) -> RunRecord | None:
    """The run of the finished night of the same round before this one's that had at least its agencies, if any."""
    night = whole_night(store, record)
    agencies = {a.id for a in night.agencies()}
    for other in nights_of_round(store, record.run.year_be, record.run.round_id):
        if other.run_ids & night.run_ids or other.record.started_at >= night.first.started_at:
            continue
        if other.is_finished() and agencies <= {a.id for a in other.agencies()}:
            return other.record
    return None


@dataclass(frozen=True, slots=True)
class Frozen:
    """A round that was frozen just now. `not_in_run`: what was handed in by the deadline and the run does not have.

    `not_due`: how many items the run counts as not due yet, since it was judged as of a day before the deadline.
    """

    round: Round
    run: RunRecord
    not_in_run: tuple[Submission, ...]
    before_deadline: bool
    not_due: int = 0


def freeze_round(store: Store, checklist: Checklist, round_id: str, run_id: str, now: datetime) -> Frozen:
    """Fix a round to what a finished run of it kept, with the run it completes (`run_id` "": the newest that is whole).

    Raises SettingsError: no such round, frozen already, no finished run, a run of another round, deadline not passed,
    a run in which something was not due yet (unless it was named); RunBusyError while a run of the round is under way.
    """
    round_id = known_round(store, checklist, round_id).id
    lease = store.hold_round(f"{checklist.year_be}/{round_id}", own_name(), now, _FREEZING_SECONDS, has_died)
    try:
        return _frozen(store, checklist, round_id, run_id, now)
    finally:
        store.release_round(lease)


def _frozen(store: Store, checklist: Checklist, round_id: str, run_id: str, now: datetime) -> Frozen:
    round_ = known_round(store, checklist, round_id)
    require_open(round_)
    today = now.astimezone(BANGKOK).date()
    if round_.closes_on is not None and today <= round_.closes_on:
        raise SettingsError(
            f"round {round_.id} is open until the end of {round_.closes_on.isoformat()}",
            where="ROUND",
            remedy="Freeze it on the day after.",
        )
    record = store.run(run_id) if run_id else _newest_finished(store, round_)
    unfinished = not whole_night(store, record).is_finished()
    if (record.run.year_be, record.run.round_id) != (checklist.year_be, round_id) or unfinished:
        of_round = record.run.round_id
        raise SettingsError(
            f"the run {record.run.id} is not finished"
            if unfinished
            else f"the run {record.run.id} is of round {of_round}",
            where="--run",
            remedy=f"Name a finished run of {round_id}.",
        )
    not_due = _not_yet_due(store, round_, record)
    closes_on = round_.closes_on
    if not_due and not run_id and closes_on is not None:
        year = checklist.year_be
        raise SettingsError(
            f"the run {record.run.id} was judged as of {record.run.as_of}, before the deadline {closes_on}: "
            f"{not_due} items that nobody submitted count as not due in it, not as missing",
            where="ROUND",
            remedy=f"Judge it as of the deadline first: oitcheck check --year {year} --round {round_id} --as-of "
            f"{written_be(closes_on)}. To freeze it as it is: --run {record.run.id}",
        )
    if not store.freeze_round(round_, record.run.id, now):
        require_open(known_round(store, checklist, round_id))
    lacking = _not_in_run(store, round_, record, due_items(round_, checklist))
    early = round_.closes_on is not None and record.started_at <= end_of_day(round_.closes_on)
    return Frozen(replace(round_, frozen_at=now, frozen_run=record.run.id), record, lacking, early, not_due)


def _not_yet_due(store: Store, round_: Round, record: RunRecord) -> int:
    """How many items of the run nobody submitted and were not due on the day it was judged as of."""
    if round_.closes_on is None or record.run.as_of >= round_.closes_on.isoformat():
        return 0
    found = whole_night(store, record).findings()
    return sum(f.requirement == WHOLE_ITEM and f.reason == Pending.NOT_DUE for f in found)


def _newest_finished(store: Store, round_: Round) -> RunRecord:
    """The finished run of the whole round that speaks for it; one that was only crawled where none was assessed."""
    speaks = standing(store, round_.fiscal_year_be, round_.id)
    whole = whole_runs(store, round_.fiscal_year_be, round_.id)
    if whole:
        return speaks if speaks in whole else whole[0]
    raise SettingsError(
        f"no finished run of the whole round {round_.id} is kept, so there is nothing to fix",
        where="ROUND",
        remedy=f"Check it first: oitcheck check --year {round_.fiscal_year_be} --round {round_.id} …",
    )


def _not_in_run(store: Store, round_: Round, record: RunRecord, due: Iterable[str]) -> tuple[Submission, ...]:
    night = whole_night(store, record)
    judged = {(s.agency_id, s.item): s.urls for s in night.submissions()}
    counted = in_time(store.receipts(round_.fiscal_year_be), round_)
    agencies = {a.id for a in night.agencies()}
    wanted = set(due)
    return tuple(
        s
        for (agency_id, item), s in counted.items()
        if item in wanted and agency_id in agencies and s.urls and judged.get((agency_id, item), ()) != s.urls
    )


def end_of_day(day: date) -> datetime:
    """The last instant of a local day, aware."""
    return datetime.combine(day, time.max, BANGKOK)


def latest_receipt(now: datetime) -> datetime:
    """The last instant at which something can have been received: the end of the day in Thailand."""
    return end_of_day(now.astimezone(BANGKOK).date())


def in_time(receipts: Iterable[Receipt], round_: Round) -> Mapping[Place, Submission]:
    """What counted at the end of the deadline, by agency and item; without a deadline what counts now."""
    last = end_of_day(round_.closes_on) if round_.closes_on is not None else datetime.max.replace(tzinfo=BANGKOK)
    counted: dict[Place, Submission] = {}
    for one in receipts:
        if one.received_at <= last and (one.superseded_at is None or one.superseded_at > last):
            counted[one.submission.agency_id, one.submission.item] = one.submission
    return counted


def received(receipts: Iterable[Receipt], submissions: Iterable[Submission]) -> Mapping[Place, datetime]:
    """When each of these submissions was first received as it stands; those that were not imported are left out."""
    first: dict[tuple[str, str, tuple[str, ...]], datetime] = {}
    for one in receipts:
        if one.is_void:
            continue
        s = one.submission
        key = (s.agency_id, s.item, s.urls)
        first[key] = min(one.received_at, first.get(key, one.received_at))
    return {
        (s.agency_id, s.item): first[s.agency_id, s.item, s.urls]
        for s in submissions
        if s.urls and (s.agency_id, s.item, s.urls) in first
    }


def received_for(as_of: date, now: datetime) -> datetime:
    """The date of receipt of files that do not say theirs: now, or the end of the day they are judged at."""
    return min(now, end_of_day(as_of))


def own_round(
    checklist: Checklist, values: Mapping[str, Any], like: Round | None = None, *, where: str = "--items"
) -> Round:
    """A province's round from keys as in checklist.toml; what is not given is that of `like`.

    Raises SettingsError: an unknown key or item, no id, a day that is none, a deadline before the opening.
    """
    for key in values:
        if key not in _KEYS:
            raise SettingsError(f"unknown key {key!r}", where=where, remedy=nearest(key, _KEYS))
    for key in _DAYS:
        if values.get(key) is not None and (not isinstance(values[key], date) or isinstance(values[key], datetime)):
            raise SettingsError(f"{key} must be a date, not {values[key]!r}", where=where, remedy="Write 2023-04-07.")
    round_id = str(values.get("id", "")).strip()
    if not round_id:
        raise SettingsError("a round without an id", where=where, remedy='Give it one: id = "2568-1"')
    given = values.get("items")
    if given is not None and not (isinstance(given, list | tuple) and all(isinstance(i, str) for i in given)):
        raise SettingsError("items must be a list of item codes", where=where, remedy='Write items = ["O1", "O2"].')
    items = tuple(dict.fromkeys(item_code(i) or i for i in given or ()))
    for item in items:
        if item not in checklist.items:
            raise SettingsError(
                f"fiscal year {checklist.year_be} has no item {item!r}",
                where=where,
                remedy=nearest(item, tuple(checklist.items)),
            )
    base = like or Round(round_id, checklist.year_be)
    made = Round(
        id=round_id,
        fiscal_year_be=checklist.year_be,
        opens_on=values.get("opens_on", base.opens_on),
        closes_on=values.get("closes_on", base.closes_on),
        items=tuple(sorted(items, key=natural_key)) if given is not None else base.items,
        title=str(values.get("title", base.title)),
        consultation_on=values.get("consultation_on", base.consultation_on),
        is_own=True,
    )
    if made.opens_on and made.closes_on and made.closes_on < made.opens_on:
        raise SettingsError(
            f"closes on {made.closes_on} before it opens on {made.opens_on}", where=where, remedy="Correct the dates."
        )
    return made


def rounds_in(path: Path, checklist: Checklist) -> tuple[Round, ...]:
    """The rounds of a TOML file with [[round]] tables as in checklist.toml. Raises SettingsError."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"cannot be read ({error})", where=str(path), remedy="See checklists/README.md.") from None
    tables = told.get("round")
    if not isinstance(tables, list) or not tables or not all(isinstance(t, dict) for t in tables):
        raise SettingsError("holds no [[round]]", where=str(path), remedy="Write [[round]] above the keys of a round.")
    return tuple(own_round(checklist, table, where=str(path)) for table in tables)
