"""One night of one round: what is due is checked from the registry, published, compared, written down and told."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from oitcheck import __version__
from oitcheck.errors import OitcheckError, RunBusyError
from oitcheck.model.agency import Round
from oitcheck.model.finding import Finding
from oitcheck.model.review import Review
from oitcheck.pipeline.budget import Progress
from oitcheck.pipeline.clock import BANGKOK
from oitcheck.pipeline.holding import held
from oitcheck.pipeline.inputs import Inputs, Selection, checklist_of, selected
from oitcheck.pipeline.publishing import publish_run, websites_of_view
from oitcheck.pipeline.rounds import registered_inputs
from oitcheck.pipeline.running import Outcome, check_round
from oitcheck.pipeline.websites import websites_of_run
from oitcheck.pipeline.whole_night import whole_night
from oitcheck.pipeline.workshop import messages_of
from oitcheck.report.changes import night_changes
from oitcheck.report.confirmed import after_decisions, decisions
from oitcheck.report.html import write_whole
from oitcheck.report.night import SCHEMA, found_in, instant_text, night_line
from oitcheck.report.view import RunView
from oitcheck.report.view import view as view_of
from oitcheck.schedule.metrics import figures, write_metrics
from oitcheck.schedule.plan import (
    CLOCK_TOLERANCE,
    UNFINISHED,
    Due,
    Slot,
    as_missed,
    begun,
    due,
    needs_second_look,
    quiet_from,
    quiet_until,
)
from oitcheck.schedule.registered import RegisteredRound
from oitcheck.schedule.telling import failed_in_a_row, tell
from oitcheck.settings import Settings
from oitcheck.store.nights import Night, NightOutcome
from oitcheck.store.records import Store

log = logging.getLogger(__name__)

LAST_NIGHT = "last-night.json"
Clock = Callable[[], datetime]

# Runs of a round that are looked through for what stood before: a second look holds few agencies.
_MOST_RUNS_BACK = 12
_DETAIL_LENGTH = 300


@dataclass(frozen=True, slots=True)
class _Work:
    """What a night checks: which agencies, as of which beginning, which run it completes ("" for none)."""

    wanted: Selection
    began_at: datetime
    completes: str = ""


def due_now(settings: Settings, store: Store, round_: Round, now: datetime) -> Due | None:
    """What is due for a round, now or next; rows written by a clock that was ahead are removed first."""
    forget_the_future(store, now)
    nights = store.nights.of_round(round_.fiscal_year_be, round_.id)
    return due(round_, settings.schedule, nights, now)


def forget_the_future(store: Store, now: datetime) -> None:
    """Remove what a clock that was ahead wrote down: those nights are still to come."""
    removed = store.nights.forget_after(now + CLOCK_TOLERANCE)
    if removed:
        log.warning("the clock was set back: %d nights written down for later are to be done again", removed)


def night_by_plan(
    settings: Settings, store: Store, one: RegisteredRound, clock: Clock, progress: Progress
) -> Night | None:
    """Do what the plan says is due for a round; None when nothing is due now. Raises RunBusyError."""
    with held(store, _lease_name(one.round), clock):
        found = due_now(settings, store, one.round, clock())
        if found is None or found.at > clock():
            return None
        _keep_missed(store, one, found, clock)
        missed = len(_told_as_missed(found.missed)) + found.is_late
        if missed:
            log.warning("round %s: %d planned checks were missed; this one stands for them", one.round.id, missed)
        return _night(settings, store, one, found, clock, progress)


def night_by_hand(settings: Settings, store: Store, one: RegisteredRound, clock: Clock, progress: Progress) -> Night:
    """A night now, whatever the plan says. Raises RunBusyError."""
    with held(store, _lease_name(one.round), clock):
        now = clock()
        forget_the_future(store, now)
        return _night(settings, store, one, Due(Slot(now.replace(microsecond=0), "hand"), now), clock, progress)


def is_begun(store: Store, one: RegisteredRound, due_: Due) -> bool:
    """Whether the process that was started for what was due came to begin, or to go on with, its night."""
    attempts_before = due_.resumes.attempts if due_.resumes else 0
    night = _night_of(store, one, due_)
    return night is not None and night.attempts > attempts_before


def close_night(
    settings: Settings, store: Store, one: RegisteredRound, due_: Due, outcome: NightOutcome, detail: str, clock: Clock
) -> Night | None:
    """Write down and tell the end of a night whose process could not do so itself; None when it could.

    `due_` is what was due when the process was started: one that died before it had begun leaves nothing else.
    """
    night = _night_of(store, one, due_)
    if night is not None:
        if night.outcome not in UNFINISHED:
            return None
        return _ended(settings, store, one, night, outcome, {"detail": detail}, (), clock)
    _keep_missed(store, one, due_, clock)
    found = {"detail": detail, "is_late": due_.is_late}
    return _ended(settings, store, one, begun(one.round, due_, clock()), outcome, found, due_.missed, clock)


def _night_of(store: Store, one: RegisteredRound, due_: Due) -> Night | None:
    nights = store.nights.of_round(one.round.fiscal_year_be, one.round.id)
    return next((n for n in nights if n.planned_at == due_.slot.at and n.outcome not in ("planned", "missed")), None)


def _keep_missed(store: Store, one: RegisteredRound, due_: Due, clock: Clock) -> None:
    for slot in due_.missed:
        store.nights.keep(as_missed(one.round, slot, clock()))


def _told_as_missed(slots: Sequence[Slot]) -> tuple[Slot, ...]:
    """A second look alone is no news: the night that comes next looks at everything."""
    return tuple(slot for slot in slots if slot.kind != "retry")


def _lease_name(round_: Round) -> str:
    return f"night {round_.fiscal_year_be}/{round_.id}"


def _night(
    settings: Settings, store: Store, one: RegisteredRound, due_: Due, clock: Clock, progress: Progress
) -> Night:
    nights = store.nights.of_round(one.round.fiscal_year_be, one.round.id)
    night = begun(one.round, due_, clock())
    store.nights.keep(night)
    found: dict[str, Any] = {"is_late": due_.is_late}
    if due_.resumes:  # what was said of the first beginning still holds
        found = {name: due_.resumes.result[name] for name in ("is_late", "missed") if name in due_.resumes.result}
    missed = due_.missed
    try:
        work = _work(store, nights, night, clock())
        if work is None:
            return _ended(settings, store, one, night, "nothing", found, missed, clock)
        limited, pauses_at = _until_quiet(settings, clock())
        checked = _checked(limited, store, one, night, work, progress)
        # One that was gone on with, since the second look is of all agencies, completes no other.
        completes = work.completes if work.completes != checked.run.id else ""
        night = replace(night, run_id=checked.run.id, completes=completes, noted_at=clock())
        store.nights.keep(night)
        found["left_out"] = len(checked.left_out)
        if checked.broken:
            told = "; ".join(f"{agency_id}: {reason}" for agency_id, reason in checked.broken.items())
            found["detail"] = told[:_DETAIL_LENGTH]
        if not checked.complete and pauses_at and clock() >= pauses_at - timedelta(minutes=2):
            return _ended(settings, store, one, night, "paused", found, missed, clock)
        found |= _published(settings, store, one, night)
        outcome: NightOutcome = "done" if checked.complete else "stopped"
        return _ended(settings, store, one, night, outcome, found, missed, clock)
    except RunBusyError as error:
        detail: dict[str, Any] = {"detail": f"{error.where}: {error.what}"}
        return _ended(settings, store, one, night, "busy", found | detail, missed, clock)
    except KeyboardInterrupt:
        _ended(settings, store, one, night, "interrupted", found, missed, clock)
        raise
    except OitcheckError as error:
        detail = {"detail": str(error)[:_DETAIL_LENGTH], "exit_code": error.exit_code}
        return _ended(settings, store, one, night, "failed", found | detail, missed, clock)
    except Exception as error:
        log.exception("the night of round %s failed", one.round.id)
        detail = {"detail": f"{type(error).__name__}: {error}"[:_DETAIL_LENGTH], "exit_code": 1}
        return _ended(settings, store, one, night, "failed", found | detail, missed, clock)


def _work(store: Store, nights: Sequence[Night], night: Night, now: datetime) -> _Work | None:
    """What to check; None when a second look has nothing to look at.

    One broken agency must not cost those that could not be reached their second look: it is one of theirs.
    """
    began_at = night.began_at or now
    if night.kind != "retry":
        return _Work(Selection(), began_at)
    first = needs_second_look(nights, Slot(night.planned_at, night.kind), now)
    if first is None:
        return None
    broken = _only_broken(store, first)
    if first.outcome != "done" and not broken:  # left open: the whole round, as of the day on which it was begun
        return _Work(Selection(), first.began_at or began_at)
    troubled = (row["agency"] for row in first.result.get("trouble", ()))
    return _Work(Selection(agencies=tuple(dict.fromkeys((*troubled, *broken)))), began_at, first.run_id)


def _only_broken(store: Store, night: Night) -> tuple[str, ...]:
    """The agencies that could not be checked in a night that was stopped for nothing else, and came to its reports."""
    if night.outcome != "stopped" or not night.run_id or "trouble" not in night.result:
        return ()
    record = store.run(night.run_id)
    return tuple(record.broken) if whole_night(store, record).is_finished() else ()


def _until_quiet(settings: Settings, now: datetime) -> tuple[Settings, datetime | None]:
    """Settings under which the crawl stops when the quiet hours begin, and that instant (None: no quiet hours)."""
    begins = quiet_from(settings.schedule, now)
    if begins is None or quiet_until(settings.schedule, now):
        return settings, None
    minutes = max(int((begins - now) / timedelta(minutes=1)), 1)
    most = min(minutes, settings.crawl.max_minutes or minutes)
    crawl = settings.crawl.model_copy(update={"max_minutes": most})
    return settings.model_copy(update={"crawl": crawl}), begins if most == minutes else None


def _checked(
    settings: Settings, store: Store, one: RegisteredRound, night: Night, work: _Work, progress: Progress
) -> Outcome:
    """The round checked from the registry. A night that had come to its reports is not checked again."""
    if night.run_id and store.run(night.run_id).state == "done":
        return Outcome(store.run(night.run_id).run, complete=True)
    checklist, vocabulary = checklist_of(one.checklist.year_be)
    inputs = registered_inputs(store, checklist, one.round.id)
    known = {a.id for a in inputs.agencies}
    wanted = replace(work.wanted, agencies=tuple(a for a in work.wanted.agencies if a in known))
    agencies, submissions = selected(inputs.agencies, inputs.submissions, wanted, checklist)
    inputs = Inputs(inputs.year_be, agencies, submissions, inputs.round, inputs.due)
    as_of = work.began_at.astimezone(BANGKOK).date()
    return check_round(settings, store, inputs, checklist, vocabulary, as_of, wanted, progress)


def _published(settings: Settings, store: Store, one: RegisteredRound, night: Night) -> dict[str, Any]:
    """The reports of the night's run, and what they say: the part of the result that comes from the run."""
    record = store.run(night.run_id)
    websites_of_run(store, record.run.id)
    checklist, _ = checklist_of(one.checklist.year_be)
    published = publish_run(settings, store, record, checklist)
    view = published.view
    messages = messages_of(settings, settings.notify.language)
    # As it stands after the decisions of staff on both sides: nobody is told at night of what was accepted by day.
    changes = night_changes(_before(store, night, view), published.summary.stands.findings)
    least = settings.notify.after_failed_checks
    down = [site for site in websites_of_view(store, view) if site.down_checks >= least]
    report = str(published.pages[settings.notify.language])
    return {**found_in(published.summary, changes, down, messages), "report": report}


def _before(store: Store, night: Night, view: RunView) -> tuple[Finding, ...]:
    """What stood before this night: of each item the findings of the newest earlier run that assessed it.

    After the decisions that are known by now, those that had not yet expired then.
    """
    reviews = store.reviews(view.run.year_be)
    mine = view.run
    earlier = [
        r.run.id
        for r in store.runs()
        if (r.run.year_be, r.run.round_id) == (mine.year_be, mine.round_id)
        and r.run.id not in (mine.id, night.completes)
        and r.run.assessed_at <= mine.assessed_at
    ]
    open_ = {(f.agency_id, f.item) for f in view.findings}
    found: list[Finding] = []
    # A second look is compared with the night it completes first, so that only what it changed is told.
    for run_id in ([night.completes] if night.completes else []) + earlier[:_MOST_RUNS_BACK]:
        if not open_:
            break
        new = [f for f in _stood(store, run_id, {a for a, _ in open_}, view, reviews) if (f.agency_id, f.item) in open_]
        found += new
        open_ -= {(f.agency_id, f.item) for f in new}
    return tuple(found)


def _stood(
    store: Store, run_id: str, agencies: Iterable[str], view: RunView, reviews: Sequence[Review]
) -> Iterable[Finding]:
    """The findings of an earlier run on agencies, after decisions; none on what it did not assess."""
    found = [finding for agency_id in sorted(agencies) for finding in store.findings(run_id, agency_id)]
    if not reviews:
        return found
    assessed = {(f.agency_id, f.item) for f in found}
    run, submissions = store.run(run_id).run, store.submissions(run_id)
    then = view_of(run, store.round(run_id), view.checklist, store.agencies(run_id), submissions, found)
    stood = after_decisions(then, decisions(then, reviews))
    return (f for f in stood.findings if (f.agency_id, f.item) in assessed)


def _ended(
    settings: Settings, store: Store, one: RegisteredRound, night: Night, outcome: NightOutcome,
    found: Mapping[str, Any], missed: Sequence[Slot], clock: Clock,
) -> Night:  # fmt: skip
    """Write down how a night ended, tell whom it concerns, and leave its result where `doctor` and others look."""
    at = clock()
    nights = store.nights.of_round(night.year_be, night.round_id)
    ended = replace(night, outcome=outcome, ended_at=at, noted_at=at)
    result: dict[str, Any] = {
        "schema": SCHEMA,
        "version": __version__,
        "year": night.year_be,
        "round": night.round_id,
        "title": one.round.title,
        "kind": night.kind,
        "outcome": outcome,
        "planned_at": instant_text(night.planned_at),
        "began_at": instant_text(night.began_at),
        "ended_at": instant_text(at),
        "run": night.run_id,
        "completes": night.completes,
        "missed": [instant_text(slot.at) for slot in _told_as_missed(missed)],
        "failed_in_a_row": failed_in_a_row(nights, ended),
        **found,
    }
    # First the record, then the telling: a mail server that hangs must not cost the night.
    store.nights.keep(replace(ended, result=result))
    result["told"] = tell(result, nights, ended, store.nights, settings.notify, at)
    ended = replace(ended, result=result, mailed=result["told"]["mail"] == "sent")
    store.nights.keep(ended)
    log.log(logging.INFO if outcome in ("done", "nothing") else logging.WARNING, "%s", night_line(result))
    try:
        if outcome != "nothing":
            write_whole(settings.data_dir / LAST_NIGHT, json.dumps(result, ensure_ascii=False, indent=1) + "\n")
        write_metrics(settings, figures(settings, store, at))
    except OSError as error:
        log.warning("the result of the night could not be written to %s: %s", settings.data_dir, error.strerror)
    return ended
