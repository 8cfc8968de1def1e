"""When a round is checked, and what is due now. Pure: the instant is given, nothing is read or started.

Local times are turned into instants day by day, so a night has one instant however the clocks are changed: a time that
a day lacks is taken as many minutes later, one that it has twice is taken once, the first time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from oitcheck.lib.thai_calendar import BE_OFFSET
from oitcheck.model.agency import Round
from oitcheck.settings import WEEKDAYS, ScheduleSettings, minutes_of
from oitcheck.store.nights import Kind, Night

_ONE_DAY = timedelta(days=1)
# Instants at which another run held the round, and how often that is waited for.
BUSY_WAIT = timedelta(minutes=15)
MOST_ATTEMPTS = 8
# An unfinished night is gone on with for so long; after that the next one begins anew.
GOES_ON_FOR = timedelta(hours=24)
# A row written later than this from now was written by a clock that was wrong. What a clock did that was less ahead was
# done a little early, and stands.
CLOCK_TOLERANCE = timedelta(hours=2)
UNFINISHED = frozenset({"running", "interrupted", "busy", "paused"})
_LEFT_OPEN = UNFINISHED | {"stopped", "failed"}


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """An instant (aware UTC) at which something is planned."""

    at: datetime
    kind: Kind = "night"


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be done now, or at `at`. `missed` are the slots it is done for besides its own.

    `resumes` is the night that was begun already; `is_late` says that it catches up with a missed one.
    """

    slot: Slot
    at: datetime
    missed: tuple[Slot, ...] = ()
    resumes: Night | None = None
    is_late: bool = False


def last_day(round_: Round) -> date:
    """The last day of a round: its deadline, else the end of its fiscal year (30 September)."""
    return round_.closes_on or date(round_.fiscal_year_be - BE_OFFSET, 9, 30)


def is_open(round_: Round, settings: ScheduleSettings, day: date) -> bool:
    """Whether a round is checked on a local day: from its opening to the nights after its deadline, unless frozen."""
    if round_.frozen_at is not None:
        return False
    ends = last_day(round_) + settings.nights_after_deadline * _ONE_DAY
    return (round_.opens_on is None or round_.opens_on <= day) and day <= ends


def planned(round_: Round, settings: ScheduleSettings, day: date) -> tuple[Slot, ...]:
    """What the night of a local day consists of: its begin, further times near the deadline, the second look.

    Empty when the round is closed or the weekday has none. A time of day before `at` belongs to the morning after when
    it is the second look. Times in the quiet hours move to their end.
    """
    if not is_open(round_, settings, day):
        return ()
    left = (last_day(round_) - day).days
    near = round_.closes_on is not None and left <= settings.dense_days
    if not near and WEEKDAYS[day.weekday()] not in settings.weekdays:
        return ()
    zone = ZoneInfo(settings.timezone)
    times: list[tuple[date, str, Kind]] = [(day, settings.at, "night")]
    if near and left >= 0:
        times += [(day, each, "extra") for each in settings.dense_at if each]
    if settings.retry_at:
        is_next_day = minutes_of(settings.retry_at) <= minutes_of(settings.at)
        times.append((day + _ONE_DAY if is_next_day else day, settings.retry_at, "retry"))
    kinds: dict[datetime, Kind] = {}
    for on, at, kind in times:
        moved_on, moved_at = _out_of_quiet(on, time(*divmod(minutes_of(at), 60)), settings)
        kinds.setdefault(_instant(moved_on, moved_at, zone), kind)
    return tuple(Slot(at, kind) for at, kind in sorted(kinds.items()))


def planned_between(round_: Round, settings: ScheduleSettings, after: datetime, until: datetime) -> tuple[Slot, ...]:
    """The slots with `after` < at <= `until`, in order."""
    zone = ZoneInfo(settings.timezone)
    day, last = after.astimezone(zone).date() - 2 * _ONE_DAY, until.astimezone(zone).date()
    kinds: dict[datetime, Kind] = {}
    while day <= last:
        for slot in planned(round_, settings, day):
            if after < slot.at <= until:
                kinds.setdefault(slot.at, slot.kind)
        day += _ONE_DAY
    return tuple(Slot(at, kind) for at, kind in sorted(kinds.items()))


def next_slots(round_: Round, settings: ScheduleSettings, now: datetime, *, days: int = 8) -> tuple[Slot, ...]:
    """What comes in the next days; when nothing does, what comes first in the year ahead."""
    soon = planned_between(round_, settings, now, now + days * _ONE_DAY)
    return soon or planned_between(round_, settings, now, now + 366 * _ONE_DAY)[:1]


def quiet_until(settings: ScheduleSettings, now: datetime) -> datetime | None:
    """The end of the quiet hours when `now` lies in them."""
    zone = ZoneInfo(settings.timezone)
    local = now.astimezone(zone)
    here = (local.date(), local.time().replace(second=0, microsecond=0))
    moved = _out_of_quiet(*here, settings)
    return None if moved == here else _instant(*moved, zone)


def quiet_from(settings: ScheduleSettings, now: datetime) -> datetime | None:
    """When the quiet hours begin next; None without any."""
    if not settings.quiet:
        return None
    zone = ZoneInfo(settings.timezone)
    begins = time(*divmod(minutes_of(settings.quiet[:5]), 60))
    today = now.astimezone(zone).date()
    return next(at for at in (_instant(today + n * _ONE_DAY, begins, zone) for n in range(3)) if at > now)


def trusted(nights: Iterable[Night], now: datetime) -> tuple[Night, ...]:
    """The nights without those written by a clock that was ahead of `now`: what they did is not done yet."""
    return tuple(n for n in nights if n.noted_at <= now + CLOCK_TOLERANCE)


def due(round_: Round, settings: ScheduleSettings, nights: Sequence[Night], now: datetime) -> Due | None:
    """What is to be done for a round, now or next; None when nothing is planned any more.

    Several missed nights are caught up once, by the latest. A second look that was missed together with its night falls
    to the night. An unfinished night is gone on with unless a later one is due. A frozen round is checked no more.
    """
    if round_.frozen_at is not None:
        return None
    known = {n.planned_at: n for n in trusted(nights, now)}
    missed = _missed(round_, settings, known, now)
    wait = quiet_until(settings, now)
    if missed:
        begins = [slot for slot in missed if slot.kind != "retry"]
        chosen = (begins or list(missed))[-1]
        late = now - chosen.at > timedelta(minutes=settings.grace_minutes)
        others = tuple(slot for slot in missed if slot != chosen)
        return Due(chosen, max(wait or now, chosen.at), others, None, late)
    worked = [n for n in known.values() if n.outcome not in ("planned", "missed") and n.kind != "hand"]
    newest = max(worked, key=lambda n: n.planned_at, default=None)
    if newest and _goes_on(newest, now):
        ready = newest.ended_at + BUSY_WAIT if newest.outcome == "busy" and newest.ended_at else now
        return Due(Slot(newest.planned_at, newest.kind), max(wait or now, ready, now), (), newest)
    ahead = (s for s in next_slots(round_, settings, now) if s.at not in known or known[s.at].outcome == "planned")
    following = next(ahead, None)
    return Due(following, following.at) if following else None


def _goes_on(night: Night, now: datetime) -> bool:
    is_recent = night.began_at is not None and now - night.began_at <= GOES_ON_FOR
    return night.outcome in UNFINISHED and is_recent and night.attempts < MOST_ATTEMPTS


def _missed(round_: Round, settings: ScheduleSettings, known: dict[datetime, Night], now: datetime) -> tuple[Slot, ...]:
    """Slots up to now that nobody began. Without any record the scheduler is new: nothing was missed before it."""
    earliest = now - settings.catch_up_days * _ONE_DAY
    # Written down, never begun: also when the plan has been changed since.
    waiting = {at: n.kind for at, n in known.items() if n.outcome == "planned" and earliest < at <= now}
    if not known:
        since = now - timedelta(minutes=settings.grace_minutes)
    else:
        since = max((at for at, n in known.items() if n.outcome != "planned" and at <= now), default=now)
        since = max(min([since, *waiting]), earliest)
    for slot in planned_between(round_, settings, since, now):
        if slot.at not in known:
            waiting[slot.at] = slot.kind
    return tuple(Slot(at, kind) for at, kind in sorted(waiting.items()))


def needs_second_look(nights: Sequence[Night], slot: Slot, now: datetime) -> Night | None:
    """The night before a retry slot that was left open or met trouble for a time; None when there is nothing to do."""
    before = [n for n in trusted(nights, now) if n.planned_at < slot.at and n.outcome not in ("planned", "missed")]
    night = max(before, key=lambda n: n.planned_at, default=None)
    if night is None or night.kind == "retry" or slot.at - night.planned_at > GOES_ON_FOR:
        return None
    return night if night.outcome in _LEFT_OPEN or night.result.get("trouble") else None


def as_missed(round_: Round, slot: Slot, now: datetime) -> Night:
    """The row of a slot that nobody began."""
    return Night(round_.fiscal_year_be, round_.id, slot.at, slot.kind, now, "missed")


def begun(round_: Round, due_: Due, now: datetime) -> Night:
    """The row of a night as it begins; one that is gone on with keeps the instant at which it began first."""
    if due_.resumes:
        return replace(due_.resumes, noted_at=now, outcome="running", ended_at=None, attempts=due_.resumes.attempts + 1)
    return Night(round_.fiscal_year_be, round_.id, due_.slot.at, due_.slot.kind, now, "running", now, None, 1)


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _out_of_quiet(day: date, at: time, settings: ScheduleSettings) -> tuple[date, time]:
    """The local time itself, or the end of the quiet hours it lies in."""
    if not settings.quiet:
        return day, at
    first, last = minutes_of(settings.quiet[:5]), minutes_of(settings.quiet[6:])
    minute = at.hour * 60 + at.minute
    end = time(*divmod(last, 60))
    if first < last:
        return (day, end) if first <= minute < last else (day, at)
    if minute >= first:
        return day + _ONE_DAY, end
    return (day, end) if minute < last else (day, at)
