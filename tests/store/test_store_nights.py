"""The record of nights, of light checks and of notices, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from oitcheck.model.availability import WebsiteCheck
from oitcheck.model.evidence import FetchOutcome
from oitcheck.settings import Settings
from oitcheck.store.nights import Night
from oitcheck.store.records import Store

AT = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_nights_are_kept_and_read_back_in_order(settings: Settings) -> None:
    with Store.open(settings) as store:
        first = Night(2569, "2569", AT, "night", AT, "running", AT, None, 1)
        later = Night(2569, "2569", AT + 24 * HOUR, "retry", AT, "planned")
        for night in (later, first, Night(2568, "2569", AT, "hand", AT)):
            store.nights.keep(night)
        done = replace(
            first, outcome="done", ended_at=AT + HOUR, run_id="r2", completes="r1", result={"says": "ดีขึ้น"}, mailed=True
        )
        store.nights.keep(done)
        assert store.nights.of_round(2569, "2569") == (done, later)
        assert store.nights.of_round(2569, "2569", most=1) == (later,)
        assert store.nights.recent(most=2) == (done,), "what is only planned is no night yet"
        assert store.nights.not_begun_since(AT + 24 * HOUR) == AT
        assert store.nights.not_begun_since(AT) is None
        assert store.nights.noted_at() == AT
        assert (store.nights.completed_by("r2"), store.nights.completed_by("r1")) == ("r1", "")
        assert store.nights.completions(2569, "2569") == {"r2": "r1"} and store.nights.completions(2568, "2569") == {}


def test_a_plan_replaces_what_was_planned_and_nothing_else(settings: Settings) -> None:
    with Store.open(settings) as store:
        done = Night(2569, "2569", AT, "night", AT, "done", AT, AT, 1)
        store.nights.keep(done)
        store.nights.plan(2569, "2569", [(AT + 24 * HOUR, "night"), (AT + 28 * HOUR, "retry")], AT)
        store.nights.plan(2569, "2569", [(AT, "night"), (AT + 25 * HOUR, "night")], AT)
        kept = store.nights.of_round(2569, "2569")
        assert [(n.planned_at, n.outcome) for n in kept] == [(AT, "done"), (AT + 25 * HOUR, "planned")]
        store.nights.plan(2569, "2569", [], AT + 26 * HOUR)
        assert len(store.nights.of_round(2569, "2569")) == 2, "what should have begun by now stays"


def test_what_a_clock_that_was_ahead_wrote_down_is_removed(settings: Settings) -> None:
    with Store.open(settings) as store:
        for hours in (0, 1, 50):
            at = AT + hours * HOUR
            store.nights.keep(Night(2569, "2569", at, "night", at, "done", at, at, 1))
        assert store.nights.forget_after(AT + 2 * HOUR) == 1
        assert [n.planned_at for n in store.nights.of_round(2569, "2569")] == [AT, AT + HOUR]


def test_one_notice_a_day_to_one_in_one_matter(settings: Settings) -> None:
    day = date(2026, 3, 2)
    with Store.open(settings) as store, Store.open(settings) as other:
        assert store.nights.may_tell("agency a", "night", day, AT)
        assert not other.nights.may_tell("agency a", "night", day, AT)
        assert store.nights.may_tell("agency a", "failure", day, AT)
        assert store.nights.may_tell("agency b", "night", day, AT)
        assert store.nights.may_tell("agency a", "night", date(2026, 3, 3), AT)
        store.nights.not_told("agency a", "night", day)
        assert other.nights.may_tell("agency a", "night", day, AT)


def test_light_checks_are_kept_once_and_read_back(settings: Settings) -> None:
    first = WebsiteCheck("a", AT, "http://www.a.example/", FetchOutcome.TIMEOUT, 0, None, False)
    later = WebsiteCheck("a", AT + HOUR, "http://www.a.example/", FetchOutcome.OK, 200, 123)
    other = WebsiteCheck("b", AT, "http://www.b.example/", FetchOutcome.OK, 200, 5)
    with Store.open(settings) as store:
        store.websites.add([later, other, first])
        store.websites.add([replace(first, outcome=FetchOutcome.OK)])
        store.websites.add([])
        assert store.websites.since(AT) == (first, later, other)
        assert store.websites.since(AT + HOUR) == (later,)
        assert store.websites.since(AT, ["b"]) == (other,)
