"""What is said beside findings that are not of a whole round: that some agencies are missing, or a run was stopped."""

from __future__ import annotations

from oitcheck.cli.output import say
from oitcheck.errors import SettingsError
from oitcheck.pipeline.partial import partial, unfinished
from oitcheck.pipeline.rounds import newer_run
from oitcheck.store.records import RunRecord, Store

_MOST_NAMED = 5


def say_if_not_whole(store: Store, record: RunRecord, *, is_named: bool = False) -> None:
    """Notes on a run that is shown: what it lacks, and which newer one it is shown in place of.

    `is_named`: the user asked for this run, so that newer ones are no news.
    """
    lacks, rest = partial(store, record), unfinished(store, record)
    run_id = record.run.id
    if lacks is not None and lacks.items and not lacks.whole_run:
        say(f"this run was asked for {lacks.items} items only")
    elif lacks is not None and lacks.items:
        say(f"this run holds {lacks.items} of {lacks.all_items} items; the last run with all is {lacks.whole_run}")
    elif lacks is not None and lacks.whole_run:
        say(f"this run holds {lacks.held} of {lacks.all_agencies} agencies; the last whole run is {lacks.whole_run}")
    elif lacks is not None:
        say(f"this run holds {lacks.held} of {lacks.all_agencies} registered agencies")
    if rest is not None and rest.is_open:
        say(f"the run {run_id} was not finished: {rest.assessed} of {rest.submissions} submissions were assessed")
    elif rest is not None and rest.broken:
        named = ", ".join(rest.broken[:_MOST_NAMED]) + (" …" if len(rest.broken) > _MOST_NAMED else "")
        say(
            f"the run {run_id} could not check {len(rest.broken)} agencies ({named}); "
            f"see why: oitcheck runs left-out --run {run_id}"
        )
    newer = None if is_named or _is_frozen(store, record) else newer_run(store, record)
    if newer is not None:
        say(f"these are the findings of {run_id}; the newer run {newer.run.id} was not finished, or is of a part only")


def require_whole_to_send(store: Store, record: RunRecord) -> None:
    """Refuse to write to agencies by a run that does not tell how the round stands. Raises SettingsError."""
    lacks, rest = partial(store, record), unfinished(store, record)
    round_id = record.run.round_id
    if (rest is not None and rest.is_open) or (lacks is not None and lacks.is_part):
        raise SettingsError(
            f"no finished run of the whole round {round_id} is kept, so letters may tell agencies what is not so",
            where="--send",
            remedy=f"Check the whole round first: oitcheck schedule night --round {round_id}. "
            "Without --send the letters are only shown.",
        )


def _is_frozen(store: Store, record: RunRecord) -> bool:
    rounds = store.registered_rounds(record.run.year_be)
    return any(one.frozen_run == record.run.id for one in rounds)
