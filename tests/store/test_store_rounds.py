"""Own and frozen rounds, dates of receipt, decisions: on both databases, and in a database of an older version."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from alembic import command

from oitcheck.errors import StoreError
from oitcheck.model.agency import Agency, Round, Submission
from oitcheck.model.evidence import Capture, FetchOutcome
from oitcheck.model.finding import Outcome, Run
from oitcheck.model.review import Review
from oitcheck.settings import Settings
from oitcheck.store import database as module
from oitcheck.store.records import Store

NOW = datetime(2023, 4, 7, 2, 14, tzinfo=UTC)
AGENCY = Agency("a1", "เทศบาลตำบลสบห้วย", "เทศบาลตำบล", "นครธาร", "สบห้วย", 2566, "", ("a.example",))
ROUND = Round("2566-1", 2566, None, date(2023, 1, 31), ("O1", "O2"), "ครั้งที่ 1", date(2023, 4, 24))
RUN = Run("r1", 2566, "2566-1", "2566@sha256:00", "0.1.0", NOW, "2023-04-07")
REVIEW = Review(
    2566, "2566-1", "a1", "O1", "*", Outcome.PASSED, "เปิดดูแล้ว", "สมศรี", NOW, "r1", Outcome.CANT_TELL, "gate.x",
    date(2023, 9, 30),
)  # fmt: skip


def test_a_round_is_defined_changed_and_frozen_once(settings: Settings) -> None:
    with Store.open(settings) as store:
        store.begin_run(RUN, (), (), ROUND, started_at=NOW)
        store.define_round(ROUND)
        assert store.registered_rounds(2566) == (replace(ROUND, is_own=True),)
        assert store.round("r1") == ROUND
        store.define_round(replace(ROUND, closes_on=date(2023, 2, 5)))
        # A run that saves the round it was told of does not make it the province's own, nor the other way round.
        store.save_inputs(2566, (), (), (replace(ROUND, id="2566-2"),), received_at=NOW)
        assert [r.is_own for r in store.registered_rounds(2566)] == [True, False]
        assert store.freeze_round(ROUND, "r1", NOW)
        assert not store.freeze_round(ROUND, "r1", NOW + timedelta(days=1))
        kept = store.registered_rounds(2566)[0]
        assert (kept.frozen_at, kept.frozen_run, kept.closes_on) == (NOW, "r1", date(2023, 2, 5))
        with pytest.raises(StoreError, match="no run 'r9'"):
            store.freeze_round(replace(ROUND, id="2566-2"), "r9", NOW)


def test_receipts_keep_what_was_replaced_in_the_order_received(settings: Settings) -> None:
    first = Submission("a1", "O2", ("http://a.example/1",))
    with Store.open(settings) as store:
        store.save_inputs(2566, (AGENCY,), (first, Submission("a1", "O10", ())), (), received_at=NOW)
        later = replace(first, urls=("http://a.example/2",))
        store.save_inputs(2566, (), (later,), (), received_at=NOW + timedelta(days=1))
        told = [(r.submission.item, r.submission.urls, r.superseded_at) for r in store.receipts(2566)]
        assert told == [
            ("O2", first.urls, NOW + timedelta(days=1)), ("O2", later.urls, None), ("O10", (), None),
        ]  # fmt: skip


def test_decisions_are_only_added(settings: Settings) -> None:
    with Store.open(settings) as store:
        with pytest.raises(StoreError, match="no run"):
            store.add_review(REVIEW)
        store.begin_run(RUN, (), (), ROUND, started_at=NOW)
        other = replace(REVIEW, outcome=Outcome.FAILED, expires_on=None)
        looked_at = replace(REVIEW, pages=(("http://a.example/1", "ab" * 32), ("http://a.example/2", "")))
        for one in (REVIEW, other, looked_at):
            store.add_review(one)
        assert store.reviews(2566) == (REVIEW, other, looked_at)
        assert store.reviews(2567) == ()


def test_where_the_submitted_addresses_led_to(settings: Settings) -> None:
    page = Capture("http://s.example/x", "http://a.example/final", (), FetchOutcome.OK, 200, NOW)
    with Store.open(settings) as store:
        store.begin_run(RUN, (), (), ROUND, started_at=NOW)
        gone = replace(page, url="http://a.example/gone", final_url="http://a.example/404", outcome=FetchOutcome.GONE)
        deeper = replace(page, url="http://a.example/2", final_url="http://a.example/2", depth=1)
        store.record_submission("r1", "a1", "O1", (("walk", page), ("walk", gone), ("walk", deeper), ("home", page)))
        assert store.final_urls("r1") == {("a1", "O1"): ("http://a.example/final",)}


def test_decisions_of_an_older_database_know_no_pages(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade: Any = command.upgrade
    with monkeypatch.context() as older:
        older.setattr(module.command, "upgrade", lambda scripts, _: upgrade(scripts, "0006"))
        with Store.open(settings) as store:
            store.begin_run(RUN, (), (), ROUND, started_at=NOW)
            with store._database.writing() as connection:
                connection.exec_driver_sql(
                    "INSERT INTO review (year_be, round_id, agency_id, item, requirement, outcome, reason, decided_by, "
                    "decided_at, run_id, machine_outcome, machine_code) VALUES (2566, '2566-1', 'a1', 'O1', '*', "
                    "'passed', 'x', 'y', '2023-04-07 02:14:00', 'r1', 'failed', 'gate.x')"
                )
    with Store.open(settings) as store:
        assert [review.pages for review in store.reviews(2566)] == [()]


def test_rounds_and_runs_of_an_older_database_are_kept(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade: Any = command.upgrade
    with monkeypatch.context() as older:
        older.setattr(module.command, "upgrade", lambda scripts, _: upgrade(scripts, "0002"))
        with Store.open(settings) as store, store._database.writing() as connection:
            connection.exec_driver_sql(
                "INSERT INTO round (year_be, id, title, closes_on, items) "
                "VALUES (2566, '2566-1', 'x', '2023-01-31', '[]')"
            )
    with Store.open(settings) as store:
        kept = store.registered_rounds(2566)
        assert kept == (Round("2566-1", 2566, None, date(2023, 1, 31), (), "x"),)
        assert store.reviews(2566) == ()
