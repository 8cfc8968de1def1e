"""The store keeps what it is given, once, in order, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from oitcheck.errors import RecordError, RunBusyError, StoreError
from oitcheck.model.agency import Agency, Round, Submission
from oitcheck.model.checklist import Checklist
from oitcheck.model.evidence import Capture, FetchOutcome, TlsFault
from oitcheck.model.finding import Finding, Outcome, Run, SearchedRow, SeenRow
from oitcheck.pipeline.publishing import tls_faults_of_view
from oitcheck.report.view import view
from oitcheck.settings import Settings
from oitcheck.store.nights import Night
from oitcheck.store.records import Held, Store

NOW = datetime(2023, 4, 7, 2, 14, 30, 123456, tzinfo=UTC)
ROUND = Round("2566-1", 2566, closes_on=date(2023, 4, 7), items=("O2", "O10"), title="ครั้งที่ 1")
RUN = Run("2566-1-20230407-0214-ab12", 2566, "2566-1", "2566@sha256:00", "0.1.0", NOW, "2023-04-07", ("ocr",))


def agency(id_: str = "a1", **changes: object) -> Agency:
    plain = Agency(id_, "เทศบาลตำบลสบห้วย", "เทศบาลตำบล", "นครธาร", "สบห้วย", 2566, "2566-1", ("www.sophuai.example",))
    return replace(plain, **changes)  # type: ignore[arg-type]


def capture(url: str = "http://www.sophuai.example/o21/", **changes: object) -> Capture:
    plain = Capture(url, url, (), FetchOutcome.OK, 200, NOW, "text/html", "utf-8", 12, "ab" * 32)
    return replace(plain, **changes)  # type: ignore[arg-type]


def finding(item: str = "O2", requirement: str = "*", about: str = "", agency_id: str = "a1") -> Finding:
    return Finding(agency_id, item, requirement, about, Outcome.FAILED, "month_missing", "monthly_report.month_missing",
                   True, "direct", {"z": "มี.ค. 2566", "a": "5"},
                   (SeenRow("http://a.example/", "http://b.example/", "cd" * 32, NOW, "page:3", "เดือนมีนาคม"),),
                   (SearchedRow("http://a.example/", "cd" * 32, "pdf", 3, True, "ok"),))  # fmt: skip


def begin(store: Store, run: Run = RUN) -> None:
    submissions = (Submission("a1", "O2", ("http://www.sophuai.example/o2/",), "หมายเหตุ"), Submission("a1", "O10", ()))
    store.begin_run(run, (agency("b2"), agency()), submissions, ROUND, started_at=NOW, options={"agency": ["a1"]})


def test_a_run_comes_back_as_it_was_given(settings: Settings) -> None:
    steps = (
        ("walk", capture(redirects=("http://x.example/",), headers=(("server", "Apache"),), attempts=2, rendered=True)),
        ("walk", capture("http://x.example/มี.pdf", found_on="http://y.example/", link_text="มีนาคม", depth=1)),
        ("home", capture("http://www.sophuai.example/", outcome=FetchOutcome.TIMEOUT, http_status=0, sha256="")),
    )
    with Store.open(settings) as store:
        begin(store)
        assert store.record_submission(RUN.id, "a1", "O10", ())
        assert store.record_submission(RUN.id, "a1", "O2", steps)
        store.finish_run(RUN.id, "done", NOW + timedelta(minutes=5))
    with Store.open(settings, write=False) as store:
        record = store.run("latest")
        assert (record.run, record.state, record.started_at) == (RUN, "done", NOW)
        assert record.finished_at == NOW + timedelta(minutes=5)
        assert record.options == {"agency": ["a1"]}
        assert store.agencies("latest") == (agency("b2"), agency())
        assert [one.item for one in store.submissions(RUN.id)] == ["O2", "O10"]
        assert store.submissions(RUN.id)[0].note == "หมายเหตุ"
        assert store.round(RUN.id) == ROUND
        assert list(store.trail(RUN.id)) == [("a1", "O2", steps), ("a1", "O10", ())]
        assert store.reached(RUN.id, "crawled") == {("a1", "O2"), ("a1", "O10")}


def test_findings_come_back_sorted_and_whole(settings: Settings) -> None:
    order = [
        ("B1", "O2", "*", ""), ("B1", "O2", "O2.1", ""), ("B1", "O2", "O2.2", ""), ("B1", "O2", "O2.2", "2565-10"),
        ("B1", "O2", "O2.2", "2566-03"), ("B1", "O2", "O2.10", ""), ("B1", "O10", "*", ""), ("a1", "O1", "*", ""),
        ("ก1", "O1", "*", "ก"), ("ก1", "O1", "*", "เ"),
    ]  # fmt: skip
    given = [finding(item, requirement, about, who) for who, item, requirement, about in order]
    with Store.open(settings) as store:
        begin(store)
        assert store.add_findings(RUN.id, reversed(given)) == len(given)
        found = list(store.findings(RUN.id))
        assert found == given
        assert list(found[0].facts) == ["z", "a"], "the order of facts is part of the findings file"
        assert list(store.findings(RUN.id, "a1")) == [given[7]]


def test_each_stage_of_a_submission_is_written_once(settings: Settings) -> None:
    changed = replace(finding(), outcome=Outcome.PASSED)
    with Store.open(settings) as store:
        begin(store)
        assert store.add_findings(RUN.id, [finding()]) == 1
        assert store.add_findings(RUN.id, [changed, finding(about="more"), finding("O10")]) == 1
        assert list(store.findings(RUN.id)) == [finding(), finding("O10")]
        assert store.record_submission(RUN.id, "a1", "O2", (("walk", capture()),))
        assert not store.record_submission(RUN.id, "a1", "O2", (("walk", capture("http://other.example/")),))
        assert [item[2] for item in store.trail(RUN.id)] == [(("walk", capture()),)]


def test_a_capture_shared_by_items_and_runs_is_kept_once(settings: Settings) -> None:
    home = ("home", capture("http://www.sophuai.example/"))
    again = replace(RUN, id="replayed")
    with Store.open(settings) as store:
        begin(store)
        begin(store, again)
        for run_id, item in ((RUN.id, "O2"), (RUN.id, "O10"), (again.id, "O2")):
            store.record_submission(run_id, "a1", item, (home, ("walk", capture(fetched_at=NOW + timedelta(hours=1)))))
        with store._database.reading() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM capture").scalar_one() == 2
        assert len(list(store.trail(RUN.id))) == 2


def test_a_write_that_fails_leaves_nothing(settings: Settings) -> None:
    twice = [finding(), finding("O2", "O2.1"), finding("O2", "O2.1")]
    with Store.open(settings) as store:
        begin(store)
        with pytest.raises(StoreError):
            store.add_findings(RUN.id, twice)
        assert list(store.findings(RUN.id)) == []
        assert store.reached(RUN.id, "assessed") == frozenset()
        assert store.add_findings(RUN.id, twice[:2]) == 2


def test_hostile_text_is_kept_as_far_as_it_can_be(settings: Settings) -> None:
    url = "http://a.example/" + "ก" * 4000
    wild = replace(finding(about=url), facts={"a\0b": "x\udc80y"}, reason="nul\0")
    with Store.open(settings) as store:
        begin(store)
        store.add_findings(RUN.id, [wild, finding(about=url + "2"), finding(about="'; DROP TABLE finding; --")])
        store.record_submission(RUN.id, "a1", "O2", (("walk", capture(detail="a\0\ud800", headers=(("x", "\0"),))),))
        by_about = {one.about: one for one in store.findings(RUN.id)}
        assert by_about[url].facts == {"a\ufffdb": "x\ufffdy"}
        assert by_about[url].reason == "nul\ufffd"
        assert set(by_about) == {url, url + "2", "'; DROP TABLE finding; --"}
        assert next(store.trail(RUN.id))[2][0][1].detail == "a\ufffd\ufffd"


def test_instants_of_another_zone_come_back_as_utc(settings: Settings) -> None:
    bangkok = timezone(timedelta(hours=7))
    with Store.open(settings) as store:
        begin(store, replace(RUN, assessed_at=NOW.astimezone(bangkok)))
        assessed_at = store.run(RUN.id).run.assessed_at
        assert assessed_at == NOW
        assert assessed_at.utcoffset() == timedelta(0)


def test_runs_are_listed_newest_first_and_missing_ones_named(settings: Settings) -> None:
    later = replace(RUN, id="2566-1-20230408-0214-cd34")
    with Store.open(settings) as store:
        with pytest.raises(StoreError, match="no run 'latest'"):
            store.run("latest")
        begin(store)
        store.begin_run(later, (), (), ROUND, started_at=NOW + timedelta(days=1))
        assert [record.run.id for record in store.runs()] == [later.id, RUN.id]
        assert store.run("latest").run == later
        with pytest.raises(StoreError, match="Did you mean") as told:
            store.run(RUN.id.replace("ab12", "ab13"))
        assert RUN.id in str(told.value)
        with pytest.raises(StoreError, match="already"):
            begin(store)
        with pytest.raises(StoreError, match="not kept"):
            store.add_findings("unknown", [finding()])


def test_a_stopped_run_resumes_and_a_finished_one_does_not(settings: Settings) -> None:
    with Store.open(settings) as store:
        begin(store)
        store.finish_run(RUN.id, "stopped", NOW)
        assert store.resume_run(RUN.id).state == "running"
        assert store.run(RUN.id).finished_at is None
        store.finish_run(RUN.id, "done", NOW)
        with pytest.raises(StoreError, match="is done"):
            store.resume_run(RUN.id)


def test_a_round_is_held_by_one_until_it_lapses(settings: Settings) -> None:
    with Store.open(settings) as store:
        lease = store.hold_round("2566-1", "alpha:1", NOW, 60)
        with pytest.raises(
            RunBusyError, match="alpha:1 has worked on this round since 2023-04-07 09:14 in Bangkok"
        ) as told:
            store.hold_round("2566-1", "beta:2", NOW + timedelta(seconds=59), 60)
        assert told.value.exit_code == 6
        store.hold_round("2566-2", "beta:2", NOW, 60)
        lease = store.renew_round(lease, NOW + timedelta(seconds=50), 60)
        assert (lease.acquired_at, lease.expires_at) == (NOW, NOW + timedelta(seconds=110))
        with pytest.raises(RunBusyError):
            store.hold_round("2566-1", "beta:2", NOW + timedelta(seconds=100), 60)
        taken = store.hold_round("2566-1", "beta:2", NOW + timedelta(seconds=110), 60)
        with pytest.raises(RunBusyError, match="beta:2"):
            store.renew_round(lease, NOW + timedelta(seconds=111), 60)
        store.release_round(lease)
        with pytest.raises(RunBusyError):
            store.hold_round("2566-1", "alpha:1", NOW + timedelta(seconds=112), 60)
        store.release_round(taken)
        store.hold_round("2566-1", "alpha:1", NOW + timedelta(seconds=113), 60)
        with pytest.raises(RunBusyError, match="given up"):
            store.renew_round(store.hold_round("x", "y", NOW, 1).__class__("gone", "y", NOW, NOW), NOW, 60)


def test_the_registry_keeps_the_history_of_submissions(settings: Settings) -> None:
    first = Submission("a1", "O2", ("http://www.sophuai.example/o2/",))
    second = replace(first, urls=("http://www.sophuai.example/new/",))
    with Store.open(settings) as store:
        saved = store.save_inputs(2566, [agency()], [first, Submission("a1", "O10", ())], [ROUND], received_at=NOW)
        assert (saved.new, saved.replaced, saved.unchanged) == (2, 0, 0)
        later = NOW + timedelta(days=1)
        saved = store.save_inputs(2566, [agency(district="อื่น")], [second], received_at=later)
        assert (saved.new, saved.replaced, saved.unchanged) == (0, 1, 0)
        assert store.save_inputs(2566, [], [second], received_at=later).unchanged == 1
        assert store.registered_submissions(2566, "2566-1") == (second, Submission("a1", "O10", ()))
        assert store.registered_submissions(2566, "2566-2") == ()
        assert store.registered_agencies(2566) == (agency(district="อื่น"),)
        assert store.registered_rounds(2566) == (ROUND,)
        with store._database.reading() as connection:
            query = "SELECT count(*) FROM submission WHERE superseded_at IS NOT NULL"
            assert connection.exec_driver_sql(query).scalar_one() == 1
        with pytest.raises(StoreError, match="not kept"):
            store.save_inputs(2566, [], [replace(first, agency_id="nobody")], received_at=later)


def test_what_captures_tell_of_a_site_is_found_again(settings: Settings) -> None:
    """Of a second look at one agency, and for the others of the run that it completes."""
    expired = "tls: expired: certificate has expired"
    on = "https://www.sophuai.example/"
    steps = (
        ("walk", capture(on, detail=expired)),
        ("walk", capture("https://files.example/x.pdf", detail=expired)),
        ("walk", capture("http://www.sophuai.example/100%/tls:", detail="tls; other")),
    )
    later = replace(RUN, id="2566-1-20230407-0400-cd34", assessed_at=NOW + timedelta(hours=2))
    at = NOW + timedelta(hours=3)
    with Store.open(settings) as store:
        begin(store)
        store.record_submission(RUN.id, "a1", "O2", steps)
        store.record_submission(RUN.id, "a1", "O10", steps[:1])
        store.record_submission(RUN.id, "b2", "O2", steps[:1])
        assert [(who, c.url, c.tls_fault) for who, c in store.captures_telling(RUN.id, "tls: ")] == [
            ("a1", on, TlsFault.EXPIRED), ("a1", "https://files.example/x.pdf", TlsFault.EXPIRED),
            ("b2", on, TlsFault.EXPIRED),
        ]  # fmt: skip
        assert store.captures_telling(RUN.id, "%") == (), "a sign is no pattern"
        submissions = (Submission("a1", "O2", (on,)),)
        store.begin_run(later, (agency(),), submissions, ROUND, started_at=NOW, options={})
        store.record_submission(later.id, "a1", "O2", (("walk", capture(on)),))
        store.nights.keep(Night(2566, "2566-1", at, "retry", at, "done", at, at, 1, later.id, RUN.id))
        agencies = (agency(), agency("b2"))
        first, second = (view(run, ROUND, Checklist(2566, "", {}, ""), agencies, (), ()) for run in (RUN, later))
        only_own = {"www.sophuai.example": TlsFault.EXPIRED}
        assert tls_faults_of_view(store, first) == {"a1": only_own, "b2": only_own}
        assert tls_faults_of_view(store, second) == {"b2": only_own}, "mended since, at the one looked at again"


def test_how_much_each_run_of_a_round_holds(settings: Settings) -> None:
    later = replace(RUN, id="later")
    with Store.open(settings) as store:
        begin(store)
        store.add_findings(RUN.id, [finding(), finding(about="x")])
        store.begin_run(later, (agency(),), (), ROUND, started_at=NOW + timedelta(hours=1))
        store.begin_run(replace(RUN, id="other", round_id="x"), (agency(),), (), ROUND, started_at=NOW)
        assert list(store.held(2566, "2566-1").items()) == [
            ("later", Held(frozenset({"a1"}), 0, 0, 0, ROUND.items)),
            (RUN.id, Held(frozenset({"a1", "b2"}), 2, 2, 1, ROUND.items)),
        ]


def test_a_row_that_is_refused_is_told_from_a_database_that_refuses(settings: Settings) -> None:
    with Store.open(settings) as store, pytest.raises(RecordError):
        store.record_submission("no such run", "a1", "O2", ())
