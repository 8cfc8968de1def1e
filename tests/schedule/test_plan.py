"""When a round is checked: quiet hours, deadlines, clocks that are changed, nights that were missed. No clock is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from oitcheck.model.agency import Round
from oitcheck.schedule.plan import (
    Due,
    Slot,
    begun,
    due,
    is_open,
    needs_second_look,
    next_slots,
    planned,
    planned_between,
    quiet_from,
    quiet_until,
)
from oitcheck.settings import ScheduleSettings
from oitcheck.store.nights import Night

ROUND = Round("2569", 2569, None, date(2026, 4, 30))
PLAIN = ScheduleSettings(dense_days=0, retry_at="")
BANGKOK = ZoneInfo("Asia/Bangkok")


def local(slots: tuple[Slot, ...], zone: str = "Asia/Bangkok") -> list[str]:
    return [f"{s.at.astimezone(ZoneInfo(zone)):%m-%d %H:%M} {s.kind}" for s in slots]


def at(text: str) -> datetime:
    """A local time in Bangkok, of 2026."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=BANGKOK).astimezone(UTC)


def night(planned_at: datetime, outcome: str = "done", **more: object) -> Night:
    made = Night(2569, "2569", planned_at, "night", planned_at, outcome, planned_at, planned_at, 1)  # type: ignore[arg-type]
    return replace(made, **more)  # type: ignore[arg-type]


def test_a_night_and_its_second_look() -> None:
    assert local(planned(ROUND, ScheduleSettings(), date(2026, 3, 2))) == ["03-02 01:30 night", "03-02 05:30 retry"]
    late = ScheduleSettings(at="22:00", retry_at="05:30")
    assert local(planned(ROUND, late, date(2026, 3, 2))) == ["03-02 22:00 night", "03-03 05:30 retry"]


def test_a_frozen_round_is_checked_no_more() -> None:
    frozen = replace(ROUND, frozen_at=at("04-20 09:00"), frozen_run="run-1")
    now = at("04-20 12:00")
    assert not is_open(frozen, PLAIN, date(2026, 4, 21)) and planned(frozen, PLAIN, date(2026, 4, 21)) == ()
    waiting = night(at("04-20 01:30"), "planned")
    unfinished = night(at("04-19 22:30"), "interrupted", began_at=now - timedelta(hours=2))
    assert due(ROUND, PLAIN, [waiting], now) and due(ROUND, PLAIN, [unfinished], now), "as long as it is not"
    assert due(frozen, PLAIN, [waiting], now) is None and due(frozen, PLAIN, [unfinished], now) is None


def test_denser_before_the_deadline_and_one_night_after_it() -> None:
    settings = ScheduleSettings(dense_days=2, dense_at=("12:30", "20:30"), retry_at="", weekdays=("mon",))
    plan = {day: local(planned(ROUND, settings, date(2026, 4, day))) for day in (26, 27, 28, 30)}
    assert plan[26] == []  # a Sunday
    assert plan[27] == ["04-27 01:30 night"]
    assert plan[28] == ["04-28 01:30 night", "04-28 12:30 extra", "04-28 20:30 extra"], "a Tuesday near the deadline"
    assert plan[30] == ["04-30 01:30 night", "04-30 12:30 extra", "04-30 20:30 extra"]
    assert local(planned(ROUND, settings, date(2026, 5, 1))) == ["05-01 01:30 night"], "sees what stood at the deadline"
    assert planned(ROUND, settings, date(2026, 5, 2)) == ()


def test_a_round_opens_and_closes_and_without_a_deadline_ends_with_its_fiscal_year() -> None:
    settings = ScheduleSettings(nights_after_deadline=0)
    opened = replace(ROUND, opens_on=date(2026, 4, 1))
    assert [is_open(opened, settings, date(2026, *d)) for d in ((3, 31), (4, 1), (4, 30), (5, 1))] == [
        False,
        True,
        True,
        False,
    ]
    unknown = Round("1", 2569)
    assert is_open(unknown, settings, date(2026, 9, 30)) and not is_open(unknown, settings, date(2026, 10, 1))
    assert local(planned(unknown, ScheduleSettings(), date(2026, 9, 30))) == ["09-30 01:30 night", "09-30 05:30 retry"]


def test_the_end_of_a_year_is_a_night_like_any_other() -> None:
    round_ = Round("2570", 2570, None, date(2027, 4, 30))
    settings = ScheduleSettings(at="23:50", retry_at="00:10", dense_days=0)
    slots = planned_between(
        round_, settings, at("12-30T23:55"), datetime(2027, 1, 1, 12, tzinfo=BANGKOK).astimezone(UTC)
    )
    assert local(slots) == ["12-31 00:10 retry", "12-31 23:50 night", "01-01 00:10 retry"]


def test_weekdays() -> None:
    settings = ScheduleSettings(weekdays=("mon", "thu"), retry_at="", dense_days=0)
    days = [date(2026, 3, 2) + timedelta(days=n) for n in range(7)]
    assert [bool(planned(ROUND, settings, d)) for d in days] == [True, False, False, True, False, False, False]


@pytest.mark.parametrize(
    ("quiet", "given", "moved"),
    [
        ("08:30-16:30", "12:30", "03-02 16:30"),
        ("08:30-16:30", "16:30", "03-02 16:30"),
        ("08:30-16:30", "08:29", "03-02 08:29"),
        ("22:00-05:00", "01:30", "03-02 05:00"),
        ("22:00-05:00", "23:00", "03-03 05:00"),
        ("22:00-05:00", "21:59", "03-02 21:59"),
        ("", "12:30", "03-02 12:30"),
    ],
)
def test_nothing_begins_in_the_quiet_hours(quiet: str, given: str, moved: str) -> None:
    settings = ScheduleSettings(at=given, quiet=quiet, retry_at="", dense_days=0)
    assert local(planned(ROUND, settings, date(2026, 3, 2))) == [f"{moved} night"]


def test_the_quiet_hours_as_instants() -> None:
    settings = ScheduleSettings(quiet="22:00-05:00")
    assert quiet_until(settings, at("03-02T23:15:30")) == at("03-03T05:00")
    assert quiet_until(settings, at("03-03T04:59")) == at("03-03T05:00")
    assert quiet_until(settings, at("03-03T05:00")) is None
    assert quiet_from(settings, at("03-03T05:00")) == at("03-03T22:00")
    assert quiet_from(ScheduleSettings(), at("03-03T05:00")) is None


def test_the_hour_that_a_day_lacks_and_the_one_it_has_twice() -> None:
    """In Berlin 2026-03-29 has no 02:30, 2026-10-25 has two: one night each."""
    settings = ScheduleSettings(at="02:30", timezone="Europe/Berlin", retry_at="", dense_days=0)
    round_ = Round("x", 2569, None, date(2026, 12, 31))
    spring = planned_between(
        round_, settings, datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 30, 12, tzinfo=UTC)
    )
    assert [s.at.isoformat() for s in spring] == ["2026-03-29T01:30:00+00:00", "2026-03-30T00:30:00+00:00"]
    autumn = planned_between(
        round_, settings, datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 26, 12, tzinfo=UTC)
    )
    assert [s.at.isoformat() for s in autumn] == ["2026-10-25T00:30:00+00:00", "2026-10-26T01:30:00+00:00"]
    both = settings.model_copy(update={"retry_at": "03:30"})  # 02:30 that day is 03:30: one instant, one night
    assert local(planned(round_, both, date(2026, 3, 29)), "Europe/Berlin") == ["03-29 03:30 night"]


@pytest.mark.parametrize(
    "zone", ["Asia/Bangkok", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]
)
def test_every_day_of_a_year_has_exactly_one_night_and_in_order(zone: str) -> None:
    settings = ScheduleSettings(at="02:15", timezone=zone, retry_at="", dense_days=0)
    round_ = Round("x", 2570, None, date(2027, 6, 1))
    begin = datetime(2026, 1, 1, 12, tzinfo=UTC)
    slots = planned_between(round_, settings, begin, begin + timedelta(days=365))
    assert len(slots) == 365
    gaps = {b.at - a.at for a, b in pairwise(slots)}
    assert all(timedelta(hours=22) < gap < timedelta(hours=26) for gap in gaps)


def test_a_night_is_due_when_its_instant_has_come() -> None:
    done = night(at("03-01T01:30"))
    assert due(ROUND, PLAIN, [done], at("03-02T01:29")) == Due(Slot(at("03-02T01:30")), at("03-02T01:30"))
    assert due(ROUND, PLAIN, [done], at("03-02T01:31")) == Due(Slot(at("03-02T01:30")), at("03-02T01:31"))
    assert due(ROUND, PLAIN, [done, night(at("03-02T01:30"))], at("03-02T01:31")) == Due(
        Slot(at("03-03T01:30")), at("03-03T01:30")
    )


def test_missed_nights_are_caught_up_once() -> None:
    found = due(ROUND, PLAIN, [night(at("03-01T01:30"))], at("03-05T09:00"))
    assert found is not None and found.is_late and found.at == at("03-05T09:00")
    assert found.slot == Slot(at("03-05T01:30"))
    assert [s.at for s in found.missed] == [at(f"03-0{n}T01:30") for n in (2, 3, 4)]
    caught_up = [night(at("03-01T01:30")), *(night(s.at, "missed") for s in found.missed), night(found.slot.at)]
    after = due(ROUND, PLAIN, caught_up, at("03-05T09:30"))
    assert after is not None and after.at == at("03-06T01:30") and not after.missed


def test_within_the_grace_a_night_is_not_late() -> None:
    settings = PLAIN.model_copy(update={"grace_minutes": 45})
    found = [due(ROUND, settings, [night(at("03-01T01:30"))], at(f"03-02T02:{m}")) for m in ("14", "16")]
    assert [f.is_late for f in found if f] == [False, True]


def test_a_plan_that_was_written_down_is_remembered_though_the_times_were_changed_since() -> None:
    written = night(at("03-02T01:30"), "planned", began_at=None, ended_at=None)
    moved = PLAIN.model_copy(update={"at": "04:00"})
    found = due(ROUND, moved, [night(at("03-01T01:30")), written], at("03-02T03:00"))
    assert found is not None and found.slot.at == at("03-02T01:30") and found.is_late


def test_without_any_record_nothing_was_missed() -> None:
    found = due(ROUND, PLAIN, [], at("03-02T12:00"))
    assert found == Due(Slot(at("03-03T01:30")), at("03-03T01:30"))
    just_now = due(ROUND, PLAIN, [], at("03-02T01:40"))
    assert just_now is not None and just_now.slot.at == at("03-02T01:30") and not just_now.is_late


def test_nothing_is_looked_for_further_back_than_the_setting() -> None:
    settings = PLAIN.model_copy(update={"catch_up_days": 3})
    found = due(ROUND, settings, [night(at("01-01T01:30"))], at("03-05T09:00"))
    assert found is not None and [s.at for s in found.missed] == [at("03-03T01:30"), at("03-04T01:30")]


def test_a_missed_second_look_falls_to_the_night_it_was_missed_with() -> None:
    found = due(ROUND, ScheduleSettings(dense_days=0), [night(at("03-01T01:30"))], at("03-02T09:00"))
    assert found is not None and found.slot == Slot(at("03-02T01:30"))
    assert Slot(at("03-02T05:30"), "retry") in found.missed


def test_in_the_quiet_hours_what_is_due_waits_for_their_end() -> None:
    settings = PLAIN.model_copy(update={"quiet": "08:00-17:00"})
    found = due(ROUND, settings, [night(at("03-01T01:30"))], at("03-02T09:00"))
    assert found is not None and found.at == at("03-02T17:00") and found.slot.at == at("03-02T01:30")


def test_a_clock_that_was_ahead_does_not_cost_the_night_it_pretended_to_do() -> None:
    """The clock ran three days ahead, nights were written down, then it was set right."""
    ahead = [night(at(f"03-0{n}T01:30")) for n in (3, 4, 5)]
    found = due(ROUND, PLAIN, [night(at("03-01T01:30")), *ahead], at("03-02T01:30"))
    assert found is not None and found.slot.at == at("03-02T01:30") and not found.missed


def test_a_clock_set_back_by_an_hour_does_not_do_a_night_twice() -> None:
    done = night(at("03-02T01:30"))
    for now in ("03-02T01:28", "03-02T00:30", "03-02T01:30"):
        found = due(ROUND, PLAIN, [done], at(now))
        assert found is not None and found.at == at("03-03T01:30"), now


def test_a_clock_set_forward_catches_up_once() -> None:
    found = due(ROUND, PLAIN, [night(at("03-02T01:30"))], at("04-02T01:00"))
    assert found is not None and len(found.missed) == 29 and found.slot.at == at("04-01T01:30")


@pytest.mark.parametrize(
    ("outcome", "minutes"),
    [("running", 0), ("interrupted", 0), ("paused", 0), ("busy", 15), ("stopped", None), ("failed", None)],
)
def test_an_unfinished_night_is_gone_on_with(outcome: str, minutes: int | None) -> None:
    left = night(at("03-02T01:30"), outcome)
    now = at("03-02T01:30")
    found = due(ROUND, PLAIN, [left], now)
    assert found is not None
    if minutes is None:
        assert found.resumes is None and found.slot.at == at("03-03T01:30")
    else:
        assert found.resumes == left and found.at == now + timedelta(minutes=minutes)
        again = begun(ROUND, found, now)
        assert (again.outcome, again.attempts, again.began_at) == ("running", 2, left.began_at)


def test_an_unfinished_night_is_given_up_for_a_later_one_or_after_too_many_attempts() -> None:
    left = night(at("03-02T01:30"), "interrupted")
    later = due(ROUND, PLAIN, [left], at("03-03T01:30"))
    assert later is not None and later.resumes is None and later.slot.at == at("03-03T01:30")
    tired = due(ROUND, PLAIN, [replace(left, attempts=8)], at("03-02T02:00"))
    assert tired is not None and tired.resumes is None


def test_what_a_second_look_looks_at() -> None:
    slot, now = Slot(at("03-02T05:30"), "retry"), at("03-02T05:30")
    first = at("03-02T01:30")
    assert needs_second_look([night(first)], slot, now) is None
    troubled = night(first, result={"trouble": [{"agency": "a"}]})
    assert needs_second_look([troubled], slot, now) == troubled
    assert needs_second_look([night(first, "stopped")], slot, now) is not None
    assert needs_second_look([night(first, "failed")], slot, now) is not None
    assert needs_second_look([night(at("02-27T01:30"), "failed")], slot, now) is None, "too long ago"
    assert needs_second_look([night(first, kind="retry", result={"trouble": [1]})], slot, now) is None


def test_what_comes_next_is_known_far_ahead() -> None:
    opened = replace(ROUND, opens_on=date(2026, 4, 1))
    assert local(next_slots(opened, PLAIN, at("01-01T12:00"))) == ["04-01 01:30 night"]
    assert next_slots(ROUND, PLAIN, at("06-01T12:00")) == ()
    assert due(ROUND, PLAIN, [night(at("05-01T01:30"))], at("06-01T12:00")) is None
