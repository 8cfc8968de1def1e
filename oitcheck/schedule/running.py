"""The scheduler: starts what is due as processes of its own, one after the other, and sees that none hangs.

The plan is made by `plan`; APScheduler only waits for its instants. Every few minutes, after each night and whenever
the clock jumps, the plan is made anew, so that nothing depends on an instant computed under a wrong clock.
"""

from __future__ import annotations

import contextlib
import logging
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from apscheduler.events import EVENT_JOB_MAX_INSTANCES
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger

from oitcheck.errors import OitcheckError, RunBusyError
from oitcheck.pipeline.holding import held
from oitcheck.pipeline.websites import registered_websites
from oitcheck.schedule.metrics import figures, served_metrics, write_metrics
from oitcheck.schedule.night import close_night, due_now, is_begun
from oitcheck.schedule.plan import Due, is_open, next_slots
from oitcheck.schedule.registered import RegisteredRound, known_years, registered_rounds
from oitcheck.schedule.trouble import Troubles
from oitcheck.settings import Settings
from oitcheck.store.leases import SCHEDULE
from oitcheck.store.nights import NightOutcome
from oitcheck.store.records import Store

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]

_LOOK_SECONDS = 2.0
_PLAN_EVERY = timedelta(minutes=5)
# A process that ended badly is not started again at once.
_REST_SECONDS = 60.0
_REST_AFTER_TROUBLE_SECONDS = 300.0
# A database that is started anew is back before the third start, which is ten minutes after the first.
_STARTS_UNTIL_CLOSED = 3
_GOODBYE_SECONDS = 60.0
_JUMP_SECONDS = 30.0
_WEBSITES = "websites"
_PLAN = "plan"
# Exit codes with which the night's process has written down its end itself.
_TOLD = frozenset({0, 5, 6, 7, 8})
# Of what a process said at its end so much is told.
_LAST_LINES = 6
_LAST_LETTERS = 260
_LAST_WORDS_SECONDS = 2.0
INTERRUPTED = 7


class Child(Protocol):
    """A started process. `last_words` is the end of its error output, one line; what it did not say is ""."""

    def poll(self) -> int | None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...
    def last_words(self) -> str: ...


class Process:
    """A command of our own; its log goes where ours goes, its data nowhere."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            list(command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        self.poll, self.terminate, self.kill = self._process.poll, self._process.terminate, self._process.kill
        self._said: deque[str] = deque(maxlen=_LAST_LINES)
        # A thread of its own: a process whose log nobody takes would stand still.
        self._listener = threading.Thread(target=self._listen, name="log of a process", daemon=True)
        self._listener.start()

    def last_words(self) -> str:
        # What it started may still hold the other end.
        self._listener.join(_LAST_WORDS_SECONDS)
        return " ".join(" ".join(self._said).split())[-_LAST_LETTERS:]

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            text = line.decode("utf-8", "replace")
            if text.strip():
                self._said.append(text)
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write(text)
                sys.stderr.flush()


class ClockWatch:
    """Tells by how much the wall clock was moved, by a clock that is never moved."""

    def __init__(self, wall: datetime, monotonic: float) -> None:
        self._wall, self._monotonic = wall, monotonic

    def jumped_seconds(self, wall: datetime, monotonic: float) -> float:
        """Seconds the clock was moved since the last call, negative when back; 0 when it runs as it should.

        A machine that slept counts as moved forward.
        """
        moved = (wall - self._wall).total_seconds() - (monotonic - self._monotonic)
        self._wall, self._monotonic = wall, monotonic
        return moved if abs(moved) > _JUMP_SECONDS else 0.0


class Scheduler:
    """One scheduler. `command` is how our own program is started; `start` is replaced in tests."""

    def __init__(
        self, settings: Settings, store: Store, command: Sequence[str], stop: threading.Event, clock: Clock,
        start: Callable[[Sequence[str]], Child] = Process, monotonic: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._store = store
        self._command = tuple(command)
        self._stop = stop
        self._clock = clock
        self._start = start
        self._monotonic = monotonic
        self._wake = threading.Event()
        # Handed to the jobs, and not done yet: planned, in their queue, or at work.
        self._handed: set[str] = set()
        self._rest: dict[str, float] = {}
        # How many processes in a row died before their night had begun, by the name of the job.
        self._died_at_start: dict[str, int] = {}
        self._troubles = Troubles(settings.notify)
        self.was_interrupted = False
        self._jobs = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        # A job that was refused, because the one before of its name is only just ending, is planned again.
        self._jobs.add_listener(lambda event: self._handed.discard(event.job_id), EVENT_JOB_MAX_INSTANCES)

    def run(self, lost: threading.Event) -> None:
        """Work until `stop` is set, or the hold on the schedule is lost."""
        watch = ClockWatch(self._clock(), self._monotonic())
        self._jobs.start()
        next_plan = self._monotonic()
        try:
            while not self._stop.is_set() and not lost.is_set():
                jumped = watch.jumped_seconds(self._clock(), self._monotonic())
                if jumped:
                    log.warning("the clock was moved by %+.0f seconds; the plan is made anew", jumped)
                if jumped or self._wake.is_set() or self._monotonic() >= next_plan:
                    self._wake.clear()
                    self.plan()
                    next_plan = self._monotonic() + _PLAN_EVERY.total_seconds()
                self._stop.wait(_LOOK_SECONDS)
        finally:
            self._stop.set()
            self._jobs.shutdown(wait=True)

    def plan(self) -> None:
        """Hand the next instant of every open round, and of the light check, to the jobs."""
        try:
            now = self._clock()
            rounds = registered_rounds(self._settings, self._store)
            wanted = {f"night {r.round.fiscal_year_be}/{r.round.id}": r for r in self._open(rounds, now)}
            for job in self._jobs.get_jobs():
                if job.id not in wanted and job.id != _WEBSITES:
                    with contextlib.suppress(JobLookupError):  # it has begun meanwhile
                        job.remove()
                        self._handed.discard(job.id)
            for name, one in wanted.items():
                self._plan_round(name, one, now)
            for one in rounds:
                if one.round.frozen_at is not None:  # what was planned before it was frozen does not come
                    self._store.nights.plan(one.round.fiscal_year_be, one.round.id, (), now)
            self._plan_websites(now)
            self._write_figures()
            self._troubles.over(_PLAN)
        except (OitcheckError, OSError) as error:
            self._troubles.met(_PLAN, f"the plan could not be made, it is tried again: {error}", self._clock())

    def _open(self, rounds: Sequence[RegisteredRound], now: datetime) -> tuple[RegisteredRound, ...]:
        zone_day = now.astimezone(ZoneInfo(self._settings.schedule.timezone)).date()
        # One day on: the night that begins after midnight is planned the day before.
        days = (zone_day, zone_day + timedelta(days=1))
        return tuple(r for r in rounds if any(is_open(r.round, self._settings.schedule, day) for day in days))

    def _plan_round(self, name: str, one: RegisteredRound, now: datetime) -> None:
        if self._is_begun(name):
            return
        found = due_now(self._settings, self._store, one.round, now)
        if found is None:
            return
        at = self._rested(name, max(found.at, now))
        # What is due now stands among it, also on the first day: what is not written down was not planned.
        slots = (*found.missed, found.slot, *next_slots(one.round, self._settings.schedule, now))
        self._store.nights.plan(one.round.fiscal_year_be, one.round.id, [(s.at, s.kind) for s in slots], now)
        self._hand(name, at, self._night, (name, one))

    def _plan_websites(self, now: datetime) -> None:
        minutes = self._settings.schedule.availability_minutes
        if not minutes or self._is_begun(_WEBSITES):
            return
        if not any(a.hosts for a in registered_websites(self._store, known_years())):
            return  # a process that finds nothing to call would be started every minute
        last = max((c.checked_at for c in self._store.websites.since(now - timedelta(minutes=minutes))), default=None)
        # A check that seems to come was made under a clock that was ahead.
        due_at = last + timedelta(minutes=minutes) if last and last <= now else now
        at = self._rested(_WEBSITES, due_at)
        self._hand(_WEBSITES, at, self._websites, ())

    def _hand(self, name: str, at: datetime, job: Callable[..., None], args: tuple[object, ...]) -> None:
        self._handed.add(name)
        self._jobs.add_job(job, DateTrigger(at), args=args, id=name, name=name, replace_existing=True)

    def _is_begun(self, name: str) -> bool:
        """Whether a job is at work or waits for another to end: then it is neither handed out again nor warned of."""
        return name in self._handed and self._jobs.get_job(name) is None

    def _rested(self, name: str, at: datetime) -> datetime:
        """`at`, but not before the rest after the last start is over."""
        left = self._rest.get(name, 0.0) - self._monotonic()
        return max(at, self._clock() + timedelta(seconds=left)) if left > 0 else at

    def _night(self, name: str, one: RegisteredRound) -> None:
        try:
            if self._stop.is_set():
                return
            place = ("--round", one.round.id, "--year", str(one.round.fiscal_year_be))
            command = (*self._command, "schedule", "night", "--due", *place)
            limit = self._settings.schedule.longest_hours * 3600.0
            found = due_now(self._settings, self._store, one.round, self._clock())
            code, is_over_limit, said = self._waited(name, command, limit)
            outcome: NightOutcome | None = None
            detail = ""
            if is_over_limit:
                outcome, detail = "stopped", f"it took longer than schedule.longest_hours ({limit / 3600:.0f} h)"
            elif code not in _TOLD and not self._stop.is_set():
                outcome, detail = "failed", f"the process ended with {_ending(code)}: {said or 'see the log'}"
            is_due = found is not None and found.at <= self._clock()
            if (
                found
                and is_due
                and outcome
                and not (outcome == "failed" and self._starts_anew(name, one, found, detail))
            ):
                close_night(self._settings, self._store, one, found, outcome, detail, self._clock)
                self._died_at_start.pop(name, None)
            elif outcome is None:
                self._died_at_start.pop(name, None)
            self._troubles.over(name)
        except Exception as error:  # the scheduler outlives whatever one night meets
            self._troubles.met(name, f"{name}: {error}", self._clock())
        finally:
            self._handed.discard(name)
            self._wake.set()

    def _starts_anew(self, name: str, one: RegisteredRound, found: Due, detail: str) -> bool:
        """Whether a night whose process died is started once more, after the rest: while it dies before it begins."""
        if is_begun(self._store, one, found):
            return False
        died = self._died_at_start[name] = self._died_at_start.get(name, 0) + 1
        if died >= _STARTS_UNTIL_CLOSED:
            return False
        log.error("%s: %s; it is started once more", name, detail)
        return True

    def _websites(self) -> None:
        try:
            if self._stop.is_set():
                return
            self._waited(_WEBSITES, (*self._command, "availability", "check", "--quiet"), 3600.0)
        except Exception as error:
            log.error("%s: %s", _WEBSITES, error)
        finally:
            self._handed.discard(_WEBSITES)
            self._wake.set()

    def _waited(self, name: str, command: Sequence[str], limit_seconds: float) -> tuple[int, bool, str]:
        """Run a command to its end: its exit code, whether it was ended because it took too long, its last words."""
        child = self._start(command)
        ends_at = self._monotonic() + limit_seconds
        is_over_limit = False
        while (code := child.poll()) is None:
            is_over_limit = self._monotonic() >= ends_at
            if is_over_limit or self._stop.is_set():
                code = self._sent_home(child)
                break
            self._stop.wait(0.2)
        if self._stop.is_set() and not is_over_limit and name != _WEBSITES and code != 0:
            self.was_interrupted = True
        rest = _REST_SECONDS if code == 0 else _REST_AFTER_TROUBLE_SECONDS
        self._rest[name] = self._monotonic() + rest
        return code, is_over_limit, child.last_words()

    def _sent_home(self, child: Child) -> int:
        """End a process: asked first, so that it can write down where it is; killed when it does not listen."""
        child.terminate()
        ends_at = self._monotonic() + _GOODBYE_SECONDS
        while (code := child.poll()) is None and self._monotonic() < ends_at:
            time.sleep(0.1)
        if code is None:
            child.kill()
            while (code := child.poll()) is None:
                time.sleep(0.1)
        return code

    def _write_figures(self) -> None:
        write_metrics(self._settings, figures(self._settings, self._store, self._clock()))


def run_schedule(
    settings: Settings, command: Sequence[str], stop: threading.Event, clock: Clock,
    start: Callable[[Sequence[str]], Child] = Process,
) -> int:  # fmt: skip
    """Be the one scheduler until `stop` is set. Exit code 0, or 7 when a night was interrupted.

    Raises RunBusyError when another scheduler is at work, or took over.
    """
    with ExitStack() as stack:
        store = stack.enter_context(Store.open(settings))
        hold = stack.enter_context(held(store, SCHEDULE, clock))
        if settings.metrics.port:
            text = lambda: figures(settings, store, clock())  # noqa: E731 - one use
            stack.enter_context(served_metrics(settings.metrics.address, settings.metrics.port, text))
        log.info("the scheduler has begun")
        scheduler = Scheduler(settings, store, command, stop, clock, start)
        scheduler.run(hold.lost)
        if hold.lost.is_set():
            raise RunBusyError("another scheduler took over", where=SCHEDULE, remedy="Let one of them run only.")
        log.info("the scheduler has ended")
        return INTERRUPTED if scheduler.was_interrupted else 0


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"code {code}"
