"""After a second look at few agencies every report, letter, export and comparison still tells of the whole round."""

from __future__ import annotations

import csv
import io
import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from oitcheck.cli.wholeness import require_whole_to_send
from oitcheck.errors import SettingsError
from oitcheck.model.agency import Round, Submission
from oitcheck.model.evidence import Capture, FetchOutcome
from oitcheck.model.finding import Finding, Outcome, Run
from oitcheck.pipeline.inputs import checklist_of
from oitcheck.pipeline.partial import partial, unfinished
from oitcheck.pipeline.publishing import beside_of, run_view
from oitcheck.pipeline.rounds import freeze_round, run_before, run_of_round
from oitcheck.pipeline.whole_night import whole_night
from oitcheck.schedule.letters import letters_due
from oitcheck.settings import NotifySettings
from tests.schedule.conftest import AGENCIES, ROUND, local

CHECKLIST = checklist_of(2569)[0]


@pytest.fixture
def two(nights):
    """A whole night, a second look at `b`, and the night before both."""
    nights.verdicts = {"a": Outcome.FAILED}
    nights.at("03-02 01:30")
    nights.verdicts = {}
    nights.trouble = {"b"}
    nights.at("03-03 01:30")
    nights.trouble = set()
    assert nights.at("03-03 05:30").completes == "run-2"
    return nights


@pytest.fixture
def run(oitcheck, two, monkeypatch, tmp_path: Path):
    for name in [name for name in os.environ if name.upper().startswith("OITCHECK_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    environ = {
        "OITCHECK_STORAGE__DATA_DIR": str(two.settings.data_dir),
        "OITCHECK_STORAGE__LEAST_FREE_BYTES": "0",
        "OITCHECK_REPORT__LANGUAGE": "en",
    }
    return lambda *arguments, **more: oitcheck(*arguments, **environ, **more)


def test_the_night_holds_all_agencies_by_the_newest_finding_of_each(two):
    store = two.store
    record = run_of_round(store, CHECKLIST, ROUND)
    night = whole_night(store, record)
    assert [one.run.id for one in night.runs] == ["run-3", "run-2"]
    assert [a.id for a in night.agencies()] == ["a", "b"]
    assert {(s.agency_id, s.item) for s in night.submissions()} == {("a", "O1"), ("b", "O1")}
    assert {f.agency_id: f.outcome for f in night.findings()} == {"a": Outcome.PASSED, "b": Outcome.PASSED}
    assert [(one.run.id, {f.agency_id for f in found}) for one, found in night.findings_by_run()] == [
        ("run-3", {"b"}), ("run-2", {"a"}),
    ]  # fmt: skip
    assert partial(store, record) is None and unfinished(store, record) is None


def test_what_stands_beside_a_second_look_is_of_all_agencies(two):
    store = two.store

    def led_to(run_id: str, agency: str, url: str) -> None:
        capture = Capture(f"http://www.{agency}.example/o1", url, (), FetchOutcome.OK, 200, local("03-03 01:00"))
        store.record_submission(run_id, agency, "O1", [("walk", capture)])

    led_to("run-2", "a", "http://www.a.example/end")
    led_to("run-2", "b", "http://www.b.example/first")
    led_to("run-3", "b", "http://www.b.example/second")
    record = store.run("run-3")
    beside = beside_of(store, record, run_view(store, record, CHECKLIST))
    assert beside.final_urls == {
        ("a", "O1"): ("http://www.a.example/end",),
        ("b", "O1"): ("http://www.b.example/second",),
    }
    assert set(beside.received) == {("a", "O1"), ("b", "O1")}
    assert run_before(store, record).run.id == "run-1", "not the run that it completes"
    assert beside.before is not None and beside.before.run.id == "run-1"
    assert run_before(store, store.run("run-2")).run.id == "run-1"


def test_the_night_after_a_second_look_is_compared_with_both(two):
    two.at("03-04 01:30")
    assert run_before(two.store, two.store.run("run-4")).run.id == "run-3"


def test_a_round_frozen_after_a_second_look_is_frozen_to_the_whole_night(two):
    store = two.store
    store.define_round(Round(ROUND, 2569, None, date(2026, 3, 3), is_own=True))
    done = freeze_round(store, CHECKLIST, ROUND, "", local("03-05 12:00"))
    assert done.run.run.id == "run-3"
    shown = run_view(store, run_of_round(store, CHECKLIST, ROUND), CHECKLIST)
    assert [a.id for a in shown.agencies] == ["a", "b"]


def test_letters_after_a_second_look_remember_what_each_agency_was_told(two):
    """`a` was told on the third that it is complete; two nights later it is still not, and that is told."""
    used = two.settings.model_copy(update={"notify": NotifySettings(mail_from="oit@province.example")})
    store = two.store
    matter = f"letter to an agency about 2569/{ROUND}"
    assert store.nights.may_tell("a", matter, date(2026, 3, 3), local("03-03 12:00"))
    two.verdicts = {"a": Outcome.FAILED}
    two.at("03-04 01:30")
    assert [one.agency_id for one in letters_due(used, store, store.run("run-4"), local("03-04 12:00"))] == []
    two.at("03-05 01:30")
    (due,) = letters_due(used, store, store.run("run-5"), local("03-05 12:00"))
    assert due.agency_id == "a" and "เคยครบถ้วน" in due.subject


def test_exports_and_papers_after_a_second_look_are_of_all_agencies(run, tmp_path):
    code, out, err = run("findings", "export")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 0 and err == ""
    assert [(line["agency"], line["requirement"], line["run"]) for line in lines] == [
        ("a", "*", "run-2"), ("a", "O1.1", "run-2"), ("b", "*", "run-3"), ("b", "O1.1", "run-3"),
    ]  # fmt: skip
    code, out, _ = run("findings", "export", "--format", "csv")
    assert {row["agency_id"] for row in csv.DictReader(io.StringIO(out))} == {"a", "b"}
    contacts = tmp_path / "contacts.csv"
    contacts.write_text("agency_id,email\na,a@a.example\nb,b@b.example\n", "utf-8")
    code, _, err = run("report", "letters", "--round", ROUND, "--contacts", str(contacts))
    assert code == 0, err
    known = ("report", "letters", "--round", ROUND, "--contacts", str(contacts), "--show")
    assert run(*known, "a")[0] == 0
    code, _, err = run(*known, "nobody")
    assert code == 2 and "nobody" in err, "an agency that is not in the round is no agency without a letter today"
    scores = tmp_path / "scores.csv"
    scores.write_text("agency_id,score\na,80\nb,81\n", "utf-8")
    code, _, err = run("report", "governor", "--round", ROUND, "--scores", str(scores), "--output", "g.docx")
    assert code == 0 and err.splitlines()[0].startswith("written to"), err
    code, out, _ = run("runs", "list", "--format", "json")
    assert {row["run"]: row["completes"] for row in json.loads(out)} == {"run-3": "run-2", "run-2": "", "run-1": ""}


def test_a_replay_of_a_second_look_judges_the_whole_night(run, two):
    for run_id, agencies in (("run-2", "ab"), ("run-3", "b")):
        for agency in agencies:
            url = f"http://www.{agency}.example/o1"
            capture = Capture(url, url, (), FetchOutcome.TIMEOUT, 0, local("03-03 01:00"))
            two.store.record_submission(run_id, agency, "", ())
            two.store.record_submission(run_id, agency, "O1", [("walk", capture)])
    code, out, err = run("replay", "--run", "run-3")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 0, err
    assert {(line["agency"], line["run"], line["outcome"]) for line in lines if line["requirement"] == "*"} == {
        ("a", "run-2", "cant_tell"), ("b", "run-3", "cant_tell"),
    }  # fmt: skip


def _stopped(two, agencies, day: str, state: str = "stopped") -> Run:
    started = local(day)
    made = Run(f"late-{state}", 2569, ROUND, CHECKLIST.id, "0", started, started.date().isoformat())
    store = two.store
    store.begin_run(made, agencies, store.submissions("run-2"), Round(ROUND, 2569), started_at=started)
    store.finish_run(made.id, state, started)
    return made


def test_a_stopped_newest_run_does_not_speak_for_the_round(run, two):
    _stopped(two, AGENCIES, "03-04 01:30")
    assert run_of_round(two.store, CHECKLIST, ROUND).run.id == "run-3"
    for words in (
        ("round", "summary", ROUND),
        ("report", "round", "--round", ROUND, "--format", "json"),
        ("report", "agency", "--round", ROUND, "--format", "text"),
        ("report", "agency", "--format", "text"),
        ("report", "governor", "--round", ROUND, "--output", "g.docx"),
        ("report", "itas", "--round", ROUND, "--all", "--format", "csv"),
        ("report", "measures", "--agency", "a", "--year", "2569", "--output", "m.docx"),
    ):
        code, _, err = run(*words)
        assert code == 0, err
        assert err.count("late-stopped") == 1 and "run-3" in err, (words, err)


def test_a_stopped_run_that_is_all_there_is_says_so_and_sends_no_letters(oitcheck, nights, tmp_path):
    started = datetime(2026, 3, 2, 1, tzinfo=UTC)
    made = Run("only", 2569, ROUND, CHECKLIST.id, "0", started, "2026-03-02")
    submissions = nights.store.registered_submissions(2569)
    nights.store.begin_run(made, AGENCIES, submissions, Round(ROUND, 2569), started_at=started)
    nights.store.finish_run("only", "stopped", started)
    environ = {
        "OITCHECK_STORAGE__DATA_DIR": str(nights.settings.data_dir), "OITCHECK_STORAGE__LEAST_FREE_BYTES": "0",
        "OITCHECK_NOTIFY__SMTP_HOST": "127.0.0.1", "OITCHECK_NOTIFY__MAIL_FROM": "oit@province.example",
    }  # fmt: skip
    contacts = tmp_path / "contacts.csv"
    contacts.write_text("agency_id,email\na,a@a.example\n", "utf-8")
    for words in (
        ("round", "summary", ROUND, "--lang", "en"),
        ("report", "letters", "--round", ROUND, "--contacts", str(contacts), "--lang", "en"),
        ("findings", "export"),
    ):
        code, _, err = oitcheck(*words, **environ)
        assert code == 0 and ("was not finished: 0 of 2" in err or "ยังไม่เสร็จ ตรวจแล้ว 0 จาก 2" in err), err
    send = ("report", "letters", "--round", ROUND, "--contacts", str(contacts), "--send")
    code, _, err = oitcheck(*send, **environ)
    assert code == 2 and "schedule night --round 2569" in err and "ยังไม่มีการตรวจครบทั้งรอบ" in err


def test_a_run_of_some_agencies_does_not_speak_for_the_round(run, two):
    store = two.store
    _stopped(two, AGENCIES[:1], "03-04 01:30", "done")
    assert run_of_round(store, CHECKLIST, ROUND).run.id == "run-3"
    code, _, err = run("round", "summary", ROUND)
    assert code == 0 and "newer run late-done" in err
    code, _, err = run("findings", "export", "--run", "latest")
    assert code == 0 and "1 of 2 agencies; the last whole run is" in err


def test_a_list_from_which_few_were_struck_is_the_new_list(two):
    """Whoever checks by files strikes an agency there: the round goes on without it, and this is said."""
    store = two.store
    many = tuple(type(AGENCIES[0])(f"x{n}", "x", "", "", "", 2569, "r", ()) for n in range(4))

    def kept(name: str, agencies, day: str, **options) -> None:
        made = Run(name, 2569, "r", CHECKLIST.id, "0", local(day), "2026-03-04")
        store.begin_run(made, agencies, (), Round("r", 2569), started_at=local(day), options=options)
        store.finish_run(name, "done", local(day))

    nothing_chosen = {"agencies": [], "items": []}
    kept("four", many, "03-04 01:00", selection=nothing_chosen)
    kept("three", many[:3], "03-05 01:00", selection=nothing_chosen)
    kept("chosen", many[:3], "03-06 01:00", selection={"agencies": ["x0", "x1", "x2"], "items": []})
    kept("one", many[:1], "03-07 01:00", selection=nothing_chosen)
    assert run_of_round(store, CHECKLIST, "r").run.id == "three"
    lacks = partial(store, store.run("three"))
    assert lacks is not None and (lacks.held, lacks.all_agencies, lacks.whole_run, lacks.is_part) == (
        3,
        4,
        "four",
        False,
    )


def test_a_run_of_some_items_does_not_speak_for_the_round(two):
    store = two.store
    for name, items, day in (("all", ("O1", "O2"), "03-04 01:00"), ("some", ("O1",), "03-05 01:00")):
        made = Run(name, 2569, "r", CHECKLIST.id, "0", local(day), "2026-03-04")
        handed_in = [Submission("a", item, ()) for item in items]
        store.begin_run(made, AGENCIES, handed_in, Round("r", 2569), started_at=local(day))
        store.finish_run(name, "done", local(day))
    assert run_of_round(store, CHECKLIST, "r").run.id == "all"
    lacks = partial(store, store.run("some"))
    assert lacks is not None and (lacks.items, lacks.all_items, lacks.whole_run) == (1, 2, "all")


ALL = {"selection": {"agencies": [], "items": []}}
ONE_AGENCY = {"selection": {"agencies": ["a"], "items": []}}
B_BROKE = {"b": {"reason": "KeyError", "left_out": ["http://www.b.example/o1"]}}
CLOSED = Round(ROUND, 2569, None, date(2026, 3, 1), is_own=True)


def kept(
    store, name: str, day: str, *, agencies=AGENCIES, items=("O1",), options=ALL, broken=None, limit=(), round_=CLOSED
):
    """A run with all assessed but what `broken` agencies and a limit left out."""
    made = Run(name, 2569, round_.id, CHECKLIST.id, "0", local(day), "2026-03-04")
    handed_in = [Submission(a.id, item, (f"http://{a.hosts[0]}/o1",)) for a in agencies for item in items]
    store.begin_run(made, agencies, handed_in, round_, started_at=local(day), options=options)
    done = [a.id for a in agencies if a.id not in (broken or {}) and f"http://{a.hosts[0]}/o1" not in limit]
    store.add_findings(name, [
        Finding(a, item, r, "", Outcome.PASSED, "x", "x.x", True, "direct", {}, (), ())
        for a in done for item in items for r in ("*", f"{item}.1")
    ])  # fmt: skip
    left = (*limit, *(url for told in (broken or {}).values() for url in told["left_out"]))
    store.finish_run(name, "stopped" if left else "done", local(day), left, broken)
    return store.run(name)


def test_a_round_is_frozen_to_the_whole_run_in_which_single_agencies_broke_and_to_no_part(nights):
    store = nights.store
    store.define_round(CLOSED)
    kept(store, "some", "03-04 01:00", agencies=AGENCIES[:1], options=ONE_AGENCY)
    kept(store, "limited", "03-05 01:00", limit=("http://www.b.example/o1",))
    with pytest.raises(SettingsError, match="no finished run of the whole round"):
        freeze_round(store, CHECKLIST, ROUND, "", local("03-06 12:00"))
    with pytest.raises(SettingsError, match="limited is not finished"):
        freeze_round(store, CHECKLIST, ROUND, "limited", local("03-06 12:00"))
    kept(store, "broken", "03-07 01:00", broken=B_BROKE)
    assert freeze_round(store, CHECKLIST, ROUND, "", local("03-08 12:00")).run.run.id == "broken"
    assert run_of_round(store, CHECKLIST, ROUND).run.id == "broken"


ONE_ITEM = {"selection": {"agencies": [], "items": ["O1"]}}


def test_a_run_that_was_asked_for_a_part_is_one_also_when_there_is_no_other(nights):
    store = nights.store
    store.define_round(CLOSED)
    items, agencies = (kept(store, n, d, agencies=a, options=o) for n, d, a, o in (
        ("items", "03-04 01:00", AGENCIES, ONE_ITEM), ("agencies", "03-05 01:00", AGENCIES[:1], ONE_AGENCY),
    ))  # fmt: skip
    lacks = partial(store, items)
    assert lacks is not None and (lacks.items, lacks.all_items, lacks.whole_run, lacks.is_part) == (1, 0, "", True)
    lacks = partial(store, agencies)
    assert lacks is not None and (lacks.held, lacks.all_agencies, lacks.is_part) == (1, 2, True)
    for record in (items, agencies):
        with pytest.raises(SettingsError, match="no finished run of the whole round"):
            require_whole_to_send(store, record)
    with pytest.raises(SettingsError, match="no finished run of the whole round"):
        freeze_round(store, CHECKLIST, ROUND, "", local("03-06 12:00"))
    named = {"selection": {"agencies": ["b", "a"], "items": []}}
    assert partial(store, kept(store, "named", "03-07 01:00", options=named)) is None, "all that are registered"
    require_whole_to_send(store, run_of_round(store, CHECKLIST, ROUND))
    due = replace(CLOSED, id="of one item", items=("O1",))
    assert partial(store, kept(store, "due", "03-08 01:00", options=ONE_ITEM, round_=due)) is None, "all that is due"


@pytest.mark.parametrize(("agencies", "broke", "is_finished"), [
    (3, 2, True), (3, 3, False), (20, 3, True), (20, 4, False), (40, 4, True), (40, 5, False),
])  # fmt: skip
def test_a_night_in_which_many_agencies_broke_does_not_speak_for_the_round(
    nights, agencies: int, broke: int, is_finished: bool
):
    store = nights.store
    many = tuple(replace(AGENCIES[0], id=f"a{n}", hosts=(f"www.a{n}.example",)) for n in range(agencies))
    broken = {a.id: {"reason": "KeyError", "left_out": [f"http://{a.hosts[0]}/o1"]} for a in many[:broke]}
    kept(store, "before", "03-03 01:00", agencies=many)
    record = kept(store, "now", "03-04 01:00", agencies=many, broken=broken)
    assert whole_night(store, record).is_finished() is is_finished
    assert unfinished(store, record).is_open is not is_finished
    assert run_of_round(store, CHECKLIST, ROUND).run.id == ("now" if is_finished else "before")


def test_one_agency_that_breaks_in_the_second_look_too_keeps_no_night_from_its_end(nights):
    nights.trouble, nights.broken = {"a"}, {"b"}
    nights.at("03-02 01:30")
    nights.trouble = set()
    store = nights.store
    store.save_inputs(2569, (replace(AGENCIES[0], id="c", hosts=("www.c.example",)),), (), received_at=nights.clock())
    nights.at("03-03 01:30")
    second = nights.at("03-03 05:30")
    assert nights.asked[-1]["agencies"] == ["b"] and second.outcome == "stopped"
    night = whole_night(store, store.run(second.run_id))
    assert night.broken() == ("b",) and night.is_finished()
    assert run_of_round(store, CHECKLIST, ROUND).run.id == second.run_id


def test_the_run_to_freeze_to_may_be_named_when_single_agencies_broke_in_it(nights):
    store = nights.store
    store.define_round(CLOSED)
    kept(store, "whole", "03-04 01:00")
    kept(store, "broken", "03-05 01:00", broken=B_BROKE)
    assert freeze_round(store, CHECKLIST, ROUND, "broken", local("03-06 12:00")).run.run.id == "broken"
