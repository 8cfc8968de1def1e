"""A night: done, written down, compared with the one before; missed ones caught up; troubles looked at again."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import UTC, date, timedelta

import pytest

from oitcheck.errors import RunBusyError, StoreError
from oitcheck.model.agency import Submission
from oitcheck.model.finding import Outcome
from oitcheck.model.review import Review
from oitcheck.pipeline.budget import Silent
from oitcheck.pipeline.inputs import checklist_of
from oitcheck.pipeline.partial import partial, unfinished
from oitcheck.pipeline.publishing import run_view
from oitcheck.pipeline.whole_night import whole_night
from oitcheck.schedule.night import close_night, due_now, night_by_hand
from oitcheck.schedule.registered import registered_round, registered_rounds
from oitcheck.settings import ScheduleSettings, Settings
from oitcheck.store.nights import Night
from oitcheck.store.records import Store

from .conftest import AGENCIES, local


def test_a_night_is_done_when_its_time_has_come_and_once(nights):
    assert nights.at("03-02 01:29") is None
    done = nights.at("03-02 01:30")
    assert done.outcome == "done" and done.run_id == "run-1"
    assert nights.at("03-02 01:31") is None and nights.at("03-02 03:00") is None
    assert nights.rows() == [("03-02 01:30", "night", "done")]
    assert nights.asked == [{"agencies": ["a", "b"], "as_of": date(2026, 3, 2), "minutes": 0}]
    assert nights.at("03-03 01:30").run_id == "run-2"


def test_missed_nights_are_caught_up_once_and_said_so(nights, caplog):
    nights.at("03-02 01:30")
    with caplog.at_level(logging.INFO, "oitcheck"):
        done = nights.at("03-05 09:00")
    assert done.result["is_late"] and len(done.result["missed"]) == 2
    assert "3 planned checks were missed" in caplog.text and "also stands for 2 missed before it" in caplog.text
    assert [r for r in nights.rows() if r[2] == "missed"] == [
        ("03-02 05:30", "retry", "missed"), ("03-03 01:30", "night", "missed"), ("03-03 05:30", "retry", "missed"),
        ("03-04 01:30", "night", "missed"), ("03-04 05:30", "retry", "missed"), ("03-05 05:30", "retry", "missed"),
    ]  # fmt: skip
    assert [r for r in nights.rows() if r[2] != "missed"] == [
        ("03-02 01:30", "night", "done"),
        ("03-05 01:30", "night", "done"),
    ]
    assert len(nights.asked) == 2
    assert nights.at("03-05 09:30") is None
    assert nights.asked[1]["as_of"] == date(2026, 3, 5), "judged as of the day it was really done"


def test_what_regressed_and_what_was_repaired_since_the_night_before(nights):
    nights.verdicts = {"a": Outcome.FAILED}
    nights.at("03-02 01:30")
    nights.verdicts = {"b": Outcome.FAILED}
    result = nights.at("03-03 01:30").result
    told = {
        d: [(r["agency"], r["item"], r["before"], r["after"]) for r in result[d]]
        for d in ("regressed", "improved", "unsettled")
    }
    assert told == {
        "regressed": [("b", "O1", "passed", "failed")],
        "improved": [("a", "O1", "failed", "passed")],
        "unsettled": [],
    }
    again = nights.at("03-04 01:30").result
    assert not any(again[d] for d in told)
    assert again["items"] == {"passed": 1, "failed": 1, "cant_tell": 0, "inapplicable": 0}


def test_nobody_is_told_at_night_of_what_staff_accepted(nights):
    nights.at("03-02 01:30")
    decision = Review(2569, "2569", "a", "O1", "*", Outcome.PASSED, "seen", "staff", local("03-02 08:00").astimezone(UTC),
                      "run-1", Outcome.FAILED, "x.x", expires_on=date(2026, 3, 4))  # fmt: skip
    nights.store.add_review(decision)
    nights.verdicts = {"a": Outcome.FAILED}
    told = {}
    for day in ("03-03", "03-04", "03-05", "03-06"):
        result = nights.at(f"{day} 01:30").result
        told[day] = [
            (r["agency"], r["item"], r["before"], r["after"])
            for d in ("regressed", "improved", "unsettled")
            for r in result[d]
        ]
    assert told == {"03-03": [], "03-04": [], "03-05": [("a", "O1", "passed", "failed")], "03-06": []}


def test_a_second_look_at_the_agencies_in_trouble_only_and_shown_with_the_whole_round(nights):
    nights.trouble = {"b"}
    first = nights.at("03-02 01:30")
    assert [t["agency"] for t in first.result["trouble"]] == ["b"]
    nights.trouble = set()
    second = nights.at("03-02 05:30")
    assert nights.asked[1]["agencies"] == ["b"]
    assert (second.kind, second.outcome, second.completes) == ("retry", "done", "run-1")
    assert [(r["agency"], r["after"]) for r in second.result["improved"]] == [("b", "passed")]
    assert second.result["agencies"] == 2 and second.result["trouble"] == []
    view = run_view(nights.store, nights.store.run("run-2"), checklist_of(2569)[0])
    assert [a.id for a in view.agencies] == ["a", "b"]
    assert {f.agency_id: f.outcome for f in view.findings} == {"a": Outcome.PASSED, "b": Outcome.PASSED}
    following = nights.at("03-03 01:30").result
    assert not any(following[d] for d in ("regressed", "improved", "unsettled"))


def test_without_trouble_there_is_no_second_look_and_nothing_is_told_of_it(nights):
    nights.at("03-02 01:30")
    before = (nights.settings.data_dir / "last-night.json").read_text("utf-8")
    assert nights.at("03-02 05:30").outcome == "nothing"
    assert len(nights.asked) == 1
    assert (nights.settings.data_dir / "last-night.json").read_text("utf-8") == before


def test_a_run_that_met_its_limit_is_gone_on_with_by_the_second_look(nights):
    nights.complete = False
    first = nights.at("03-02 01:30")
    assert first.outcome == "stopped" and first.result["left_out"] == 1
    nights.complete = True
    assert nights.at("03-02 05:30").outcome == "done"
    assert nights.asked[1] == {"agencies": ["a", "b"], "as_of": date(2026, 3, 2), "minutes": 0}


def test_an_agency_that_broke_costs_none_that_could_not_be_reached_its_second_look(nights, store):
    store.save_inputs(2569, (replace(AGENCIES[0], id="c", hosts=("www.c.example",)),), (), received_at=nights.clock())
    nights.trouble, nights.broken = {"b"}, {"c"}
    first = nights.at("03-02 01:30")
    assert first.outcome == "stopped" and first.result["left_out"] == 1
    nights.trouble, nights.broken = set(), set()
    second = nights.at("03-02 05:30")
    assert nights.asked[1]["agencies"] == ["b", "c"] and second.completes == first.run_id
    assert (second.kind, second.outcome, second.result["trouble"]) == ("retry", "done", [])
    record = store.run(second.run_id)
    assert partial(store, record) is None and unfinished(store, record) is None
    assert {f.agency_id for f in whole_night(store, record).findings()} == {"a", "b", "c"}


def test_a_night_stopped_by_a_limit_is_gone_on_with_though_an_agency_broke(nights):
    nights.complete, nights.broken = False, {"b"}
    nights.at("03-02 01:30")
    nights.complete, nights.broken = True, set()
    assert nights.at("03-02 05:30").completes == ""
    assert nights.asked[1]["agencies"] == ["a", "b"]


def test_the_quiet_hours_end_a_crawl_and_it_goes_on_after_them(nights):
    quiet = ScheduleSettings(dense_days=0, availability_minutes=0, quiet="08:00-17:00", at="07:30", retry_at="")
    check = nights.check_round

    def until_eight(settings, *rest, **more):
        found = check(settings, *rest, **more)
        nights.clock.set("03-02 08:00")
        return found

    nights.complete = False
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("oitcheck.schedule.night.check_round", until_eight)
        assert nights.at("03-02 07:30", schedule=quiet).outcome == "paused"
    assert nights.asked[0]["minutes"] == 30
    assert nights.at("03-02 12:00", schedule=quiet) is None
    nights.complete = True
    done = nights.at("03-02 17:00", schedule=quiet)
    assert (
        done.outcome == "done" and done.attempts == 2 and done.planned_at == nights.store.nights.recent()[-1].planned_at
    )
    assert nights.asked[1]["as_of"] == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("error", "outcome", "detail"),
    [
        (StoreError("the disk is full", where="/data", remedy="Free some."), "failed", "the disk is full"),
        (ZeroDivisionError("oh"), "failed", "ZeroDivisionError: oh"),
        (RunBusyError("other:1 has worked on this round", where="2569/2569"), "busy", "other:1"),
    ],
)
def test_what_goes_wrong_is_written_down_with_its_reason(nights, error, outcome, detail):
    nights.error = error
    night = nights.at("03-02 01:30")
    assert night.outcome == outcome and detail in night.result["detail"]
    kept = json.loads((nights.settings.data_dir / "last-night.json").read_text("utf-8"))
    assert kept["outcome"] == outcome and kept["schema"] == "oitcheck.night/1"


def test_a_round_held_by_another_run_is_tried_again(nights):
    nights.error = RunBusyError("other:1 has worked on this round", where="2569/2569")
    nights.at("03-02 01:30")
    nights.error = None
    assert nights.at("03-02 01:40") is None
    assert nights.at("03-02 01:45").outcome == "done"
    assert nights.rows() == [("03-02 01:30", "night", "done")]


def test_an_interrupted_night_is_written_down_and_gone_on_with(nights):
    nights.error = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        nights.at("03-02 23:50", schedule=ScheduleSettings(at="23:50", retry_at="", dense_days=0))
    assert nights.rows()[-1] == ("03-02 23:50", "night", "interrupted")
    nights.error = None
    done = nights.at("03-03 00:20", schedule=ScheduleSettings(at="23:50", retry_at="", dense_days=0))
    assert done.outcome == "done" and done.attempts == 2
    assert nights.asked[-1]["as_of"] == date(2026, 3, 2), "the run of the day on which it began is gone on with"


def test_a_night_killed_after_its_crawl_only_publishes(nights):
    done = nights.at("03-02 01:30")
    nights.store.nights.keep(
        Night(**{**{n: getattr(done, n) for n in Night.__dataclass_fields__}, "outcome": "running"})
    )
    again = nights.at("03-02 01:40")
    assert again.outcome == "done" and again.run_id == done.run_id
    assert len(nights.asked) == 1


def test_the_end_of_a_process_that_died_is_written_down_for_it(nights, clock):
    nights.error = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        nights.at("03-02 01:30")
    one = registered_round(nights.settings, nights.store, "2569")
    found = due_now(nights.settings, nights.store, one.round, clock())
    closed = close_night(nights.settings, nights.store, one, found, "failed", "signal 9", clock)
    assert (
        closed.outcome == "failed" and closed.result["detail"] == "signal 9" and closed.result["failed_in_a_row"] == 1
    )
    assert close_night(nights.settings, nights.store, one, found, "failed", "again", clock) is None


def test_a_process_that_dies_before_its_night_had_begun_is_a_night_that_failed(nights, clock):
    nights.at("03-02 01:30")
    clock.set("03-04 01:31")
    one = registered_round(nights.settings, nights.store, "2569")
    found = due_now(nights.settings, nights.store, one.round, clock())
    closed = close_night(nights.settings, nights.store, one, found, "failed", "code 4: too little space", clock)
    assert (closed.outcome, closed.result["detail"]) == ("failed", "code 4: too little space")
    assert closed.result["missed"] == ["2026-03-02T18:30:00Z"]
    assert nights.rows()[-1] == ("03-04 01:30", "night", "failed")
    assert ("03-03 01:30", "night", "missed") in nights.rows()
    assert nights.at("03-04 01:40") is None, "not begun again until the next slot"
    assert nights.at("03-04 05:30").outcome == "done", "which is the second look, at the whole round"


def test_a_clock_that_was_ahead_is_noticed_and_its_nights_are_done_again(nights, caplog):
    nights.at("03-02 01:30")
    nights.at("03-09 01:30")
    done = nights.at("03-03 01:30")
    assert "the clock was set back" in caplog.text
    assert done.outcome == "done" and not done.result["is_late"]
    assert [r for r in nights.rows() if r[2] == "done"] == [
        ("03-02 01:30", "night", "done"),
        ("03-03 01:30", "night", "done"),
    ]


def test_by_hand_a_night_is_done_at_any_time(nights, clock):
    clock.set("03-02 12:00")
    done = night_by_hand(
        nights.settings, nights.store, registered_round(nights.settings, nights.store, "2569"), clock, Silent()
    )
    assert (done.kind, done.outcome) == ("hand", "done")
    assert nights.at("03-03 01:30").outcome == "done"


def test_two_at_once_do_not_both_do_a_night(nights, clock):
    clock.set("03-02 01:30")
    lease = nights.store.hold_round("night 2569/2569", "other:1", clock(), 300)
    with pytest.raises(RunBusyError, match="other:1"):
        nights.at("03-02 01:30")
    nights.store.release_round(lease)
    assert nights.rows() == []


def test_a_hold_from_a_clock_that_was_ahead_binds_nobody(store: Store, clock):
    store.hold_round("schedule", "dead:1", clock() + timedelta(days=3), 300)
    assert store.hold_round("schedule", "alive:2", clock(), 300).holder == "alive:2"
    with pytest.raises(RunBusyError, match="alive:2 has run the schedule since"):
        store.hold_round("schedule", "third:3", clock(), 300)


def test_the_round_is_the_last_of_the_year_when_agencies_name_none(settings: Settings, store: Store):
    (one,) = registered_rounds(settings, store)
    assert (one.round.id, one.round.closes_on) == ("2569", date(2026, 4, 30))


def test_submissions_that_were_never_imported_are_a_failure_with_a_remedy(settings: Settings, clock, monkeypatch):
    with Store.open(settings) as store:
        from oitcheck.model.agency import Agency

        store.save_inputs(2569, [Agency("a", "ก", "", "", "", 2569, "", ())], (), received_at=clock())
        one = registered_round(settings, store, "2569")
        night = night_by_hand(settings, store, one, clock, Silent())
    assert night.outcome == "failed" and "oitcheck submissions import" in night.result["detail"]
    assert night.result["exit_code"] == 2


def test_the_rounds_the_configuration_names(settings: Settings, store: Store, clock):
    named = settings.model_copy(update={"schedule": ScheduleSettings(rounds=("2569/1", "2569"))})
    assert [r.round.id for r in registered_rounds(named, store)] == ["1", "2569"]
    store.save_inputs(
        2569, (), [Submission("a", "O2", ("http://www.a.example/",))], received_at=clock().astimezone(UTC)
    )
    assert registered_round(named, store, "1").round.fiscal_year_be == 2569
