"""Rounds: the checklist's and a province's own, late submissions, freezing, and the commands on top of them."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import docx
import openpyxl
import pytest

from oitcheck.cli.app import app, run
from oitcheck.errors import RunBusyError, SettingsError
from oitcheck.intake.scores import read_scores
from oitcheck.model.agency import Agency, Receipt, Round, Submission
from oitcheck.model.evidence import Capture, FetchOutcome
from oitcheck.model.finding import Finding, Outcome, Run
from oitcheck.pipeline.budget import Silent
from oitcheck.pipeline.inputs import Inputs, Selection, checklist_of, due_items
from oitcheck.pipeline.papers import agency_paper, governor_paper
from oitcheck.pipeline.rounds import (
    as_registered,
    end_of_day,
    freeze_round,
    in_time,
    newest_run,
    own_round,
    received,
    received_for,
    registered_inputs,
    rounds_of,
    run_before,
    run_of_round,
)
from oitcheck.pipeline.running import check_round
from oitcheck.settings import Settings, StorageSettings
from oitcheck.store.records import Store
from tests.province59 import checklist_2566

CHECKLIST = checklist_2566()
A1 = Agency("a1", "เทศบาลตำบลสบห้วย", "เทศบาลตำบล", "นครธาร", "สบห้วย", 2566, "", ("www.a1.example",))
A2 = replace(A1, id="a2", name_th="องค์การบริหารส่วนตำบลดอนกลาง", kind="อบต.", hosts=("www.a2.example",))
EARLY = datetime(2023, 1, 20, 3, tzinfo=UTC)
LATE = datetime(2023, 2, 2, 3, tzinfo=UTC)
OLD = Submission("a1", "O1", ("http://www.a1.example/old",))
NEW = Submission("a1", "O1", ("http://www.a1.example/new",))
ROUND_1 = Round("2566-1", 2566, None, date(2023, 1, 31))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(storage=StorageSettings(data_dir=tmp_path, least_free_bytes=0))


def _finding(agency: str, item: str, requirement: str, outcome: Outcome, code: str) -> Finding:
    return Finding(agency, item, requirement, "", outcome, code.split(".")[1], code, True, "direct", {}, (), ())


def _keep_run(store: Store, run_id: str, started: datetime, *, round_id: str = "2566-1", end: str = "done",
              submissions: tuple[Submission, ...] = (OLD,), passed: bool = True) -> Run:  # fmt: skip
    """A run of two agencies and one item, kept as if it had been crawled."""
    run_ = Run(run_id, 2566, round_id, CHECKLIST.id, "0.1.0", started, started.date().isoformat())
    known = {r.id: r for r in rounds_of(store, CHECKLIST)}
    store.begin_run(run_, (A1, A2), submissions, known[round_id], started_at=started)
    outcome, code = (Outcome.PASSED, "item.complete") if passed else (Outcome.FAILED, "chart.chart_missing")
    store.add_findings(run_id, [_finding("a1", "O1", "*", outcome, code), _finding("a1", "O1", "O1.1", outcome, code)])
    store.add_findings(run_id, [_finding("a2", "O1", "*", Outcome.FAILED, "gate.not_submitted")])
    store.finish_run(run_id, end, started + timedelta(hours=1))
    return run_


def test_lamphuns_rounds_are_data():
    rounds = {r.id: r for r in CHECKLIST.rounds}
    assert {i: (r.closes_on, len(r.items), r.consultation_on) for i, r in rounds.items()} == {
        "2566-1": (date(2023, 1, 31), 14, date(2023, 4, 24)),
        "2566-2": (date(2023, 2, 28), 14, date(2023, 4, 24)),
        "2566-3": (date(2023, 4, 7), 15, date(2023, 4, 24)),
        "2566": (date(2023, 4, 7), 0, date(2023, 4, 24)),
    }
    three = [set(rounds[f"2566-{n}"].items) for n in (1, 2, 3)]
    assert set.union(*three) == set(CHECKLIST.items) and sum(map(len, three)) == 43
    assert [r.id for r in checklist_of(2568)[0].rounds] == ["2568"]


def test_a_provinces_own_round_stands_beside_or_in_place_of_the_checklists(settings):
    with Store.open(settings) as store:
        own = own_round(CHECKLIST, {"id": "2566-x", "closes_on": date(2023, 3, 1), "items": ["o21", "๐๑"]})
        store.define_round(own)
        moved = own_round(
            CHECKLIST, {"id": "2566-1", "closes_on": date(2023, 2, 5)}, next(iter(rounds_of(store, CHECKLIST)))
        )
        store.define_round(moved)
        found = {r.id: r for r in rounds_of(store, CHECKLIST)}
        assert list(found) == ["2566-1", "2566-2", "2566-3", "2566", "2566-x"]
        assert found["2566-x"].items == ("O1", "O21") and due_items(found["2566-x"], CHECKLIST) == ("O1", "O21")
        assert found["2566-1"].closes_on == date(2023, 2, 5) and len(found["2566-1"].items) == 14
        inputs = Inputs(2566, (A1,), (OLD,), Round("2566-x", 2566))
        assert as_registered(store, inputs, CHECKLIST).due == ("O1", "O21")


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"id": ""}, "without an id"),
        ({"id": "x", "close_on": date(2023, 1, 1)}, "unknown key 'close_on'"),
        ({"id": "x", "items": ["O99"]}, "no item 'O99'"),
        ({"id": "x", "closes_on": "2023-01-01"}, "must be a date"),
        ({"id": "x", "opens_on": date(2023, 2, 1), "closes_on": date(2023, 1, 1)}, "before it opens"),
    ],
)
def test_a_round_that_cannot_be_is_refused_with_the_remedy(values, told):
    with pytest.raises(SettingsError, match=told) as error:
        own_round(CHECKLIST, values)
    assert error.value.remedy


def test_what_counts_is_what_stood_at_the_deadline_and_later_ones_are_late():
    receipts = (
        Receipt(OLD, EARLY, LATE),
        Receipt(NEW, LATE),
        Receipt(replace(OLD, item="O2"), end_of_day(date(2023, 1, 31))),
        Receipt(replace(OLD, item="O3"), end_of_day(date(2023, 1, 31)) + timedelta(seconds=1)),
    )
    assert {item: s.urls for (_, item), s in in_time(receipts, ROUND_1).items()} == {"O1": OLD.urls, "O2": OLD.urls}
    assert received(receipts, (NEW, replace(OLD, urls=()))) == {("a1", "O1"): LATE}
    # A file judged as at a day was there on that day; when else it came nobody knows.
    assert received_for(date(2023, 1, 31), LATE) == end_of_day(date(2023, 1, 31))
    assert received_for(date(2023, 2, 9), LATE) == LATE


def test_a_frozen_round_keeps_its_urls_and_captures_whatever_comes_later(settings):
    with Store.open(settings) as store:
        store.save_inputs(2566, (A1, A2), (OLD,), (), received_at=EARLY)
        _keep_run(store, "r1", datetime(2023, 2, 1, 1, tzinfo=UTC))
        done = freeze_round(store, CHECKLIST, "2566-1", "", LATE)
        assert (done.run.run.id, done.not_in_run, done.before_deadline) == ("r1", (), False)
        store.save_inputs(2566, (), (NEW,), (), received_at=LATE)
        assert store.submissions("r1") == (OLD,)
        assert store.registered_submissions(2566) == (NEW,)  # kept, and dated, for the rounds to come
        assert [(r.submission, r.received_at) for r in store.receipts(2566)] == [(OLD, EARLY), (NEW, LATE)]
        inputs = Inputs(2566, (A1, A2), (NEW,), Round("2566-1", 2566), ("O1",))
        with pytest.raises(SettingsError, match="frozen on 2023-02-02 with run r1") as told:
            check_round(
                settings, store, inputs, CHECKLIST, checklist_of(2566)[1], date(2023, 2, 3), Selection(), Silent()
            )
        assert "oitcheck replay --run r1" in told.value.remedy and "round create" in told.value.remedy
        assert len(store.runs()) == 1
        assert run_of_round(store, CHECKLIST, "2566-1").run.id == "r1"
        with pytest.raises(SettingsError, match="frozen on"):
            freeze_round(store, CHECKLIST, "2566-1", "", LATE)


def test_freezing_needs_a_finished_run_of_the_round_and_a_deadline_that_has_passed(settings):
    with Store.open(settings) as store:
        store.save_inputs(2566, (A1, A2), (OLD,), (), received_at=EARLY)
        with pytest.raises(SettingsError, match="no finished run"):
            freeze_round(store, CHECKLIST, "2566-1", "", LATE)
        _keep_run(store, "stopped", EARLY, end="stopped")
        _keep_run(store, "other", EARLY, round_id="2566-2")
        for name, told in (("stopped", "is not finished"), ("other", "of round 2566-2")):
            with pytest.raises(SettingsError, match=told):
                freeze_round(store, CHECKLIST, "2566-1", name, LATE)
        _keep_run(store, "done", EARLY)
        with pytest.raises(SettingsError, match="open until the end of 2023-01-31"):
            freeze_round(store, CHECKLIST, "2566-1", "", datetime(2023, 1, 31, 16, tzinfo=UTC))
        with pytest.raises(SettingsError, match=r"no round '2566-9'"):
            freeze_round(store, CHECKLIST, "2566-9", "", LATE)
        lease = store.hold_round("2566/2566-1", "another", LATE, 60)
        with pytest.raises(RunBusyError):
            freeze_round(store, CHECKLIST, "2566-1", "", LATE)
        store.release_round(lease)
        changed = replace(OLD, urls=("http://www.a1.example/in-time",))
        store.save_inputs(2566, (), (changed,), (), received_at=datetime(2023, 1, 30, tzinfo=UTC))
        done = freeze_round(store, CHECKLIST, "2566-1", "", LATE)
        assert (done.not_in_run, done.before_deadline) == ((changed,), True)


def test_the_run_that_speaks_for_a_round_and_the_one_before(settings):
    with Store.open(settings) as store:
        _keep_run(store, "r1", EARLY)
        _keep_run(store, "r2", EARLY + timedelta(days=1))
        _keep_run(store, "r3", EARLY + timedelta(days=2), end="stopped")
        assert run_of_round(store, CHECKLIST, "2566-1").run.id == "r2", "the newest was stopped"
        assert newest_run(store, CHECKLIST, "2566-1").run.id == "r3"
        assert run_before(store, store.run("r3")).run.id == "r2"
        assert run_before(store, store.run("r1")) is None
        freeze_round(store, CHECKLIST, "2566-1", "r1", LATE)
        assert run_of_round(store, CHECKLIST, "2566-1").run.id == "r1"


@pytest.fixture
def oitcheck(settings, monkeypatch, capsys):
    """Runs a command on a store with two runs; its exit code, stdout and stderr."""
    monkeypatch.setenv("OITCHECK_STORAGE__DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("OITCHECK_STORAGE__LEAST_FREE_BYTES", "0")
    monkeypatch.chdir(settings.data_dir)
    with Store.open(settings) as store:
        store.save_inputs(2566, (A1, A2), (OLD,), (), received_at=EARLY)
        _keep_run(store, "r1", datetime(2023, 1, 25, tzinfo=UTC), passed=False)
        _keep_run(store, "r2", datetime(2023, 2, 1, tzinfo=UTC))

    def command(*words: str) -> tuple[int, str, str]:
        code = run(lambda: app(list(words), standalone_mode=False))
        told = capsys.readouterr()
        return code, told.out, told.err

    return command


def test_rounds_are_made_listed_and_shown(oitcheck, tmp_path):
    code, _, err = oitcheck(
        "round", "create", "2566-x", "--closes-on", "2566-03-01", "--items", "O1,๐๒", "--title", "=x"
    )
    assert code == 0 and "2 ข้อ" in err
    assert oitcheck("round", "create", "2566-y", "--like", "2566-x", "--closes-on", "2023-03-09")[0] == 0
    file = tmp_path / "rounds.toml"
    file.write_text('[[round]]\nid = "2566-z"\ncloses_on = 2023-03-02\nitems = ["O5"]\n')
    assert oitcheck("round", "create", "--from", str(file), "--year", "2566")[0] == 0
    code, out, _ = oitcheck("round", "list", "--year", "2566", "--format", "csv")
    rows = {row["round"]: row for row in csv.DictReader(io.StringIO(out))}
    assert rows["2566-x"] | {"title": ""} == {
        "round": "2566-x", "title": "", "opens_on": "", "closes_on": "2023-03-01", "consultation_on": "", "items": "2",
        "own": "yes", "frozen_on": "", "frozen_run": "",
    }  # fmt: skip
    assert rows["2566-x"]["title"] == "'=x" and rows["2566-y"]["items"] == "2" and rows["2566-z"]["items"] == "1"
    assert "O5" in oitcheck("round", "show", "2566-z")[1]
    assert oitcheck("round", "show", "2566-q")[0] == 2
    assert oitcheck("round", "create", "2566-x", "--closes-on", "never")[0] == 2


def test_a_frozen_round_cannot_be_changed_and_speaks_by_its_run(oitcheck):
    code, out, _ = oitcheck("round", "freeze", "2566-1", "--run", "r1")
    assert (code, out) == (0, "r1\n")
    assert oitcheck("round", "freeze", "2566-1")[0] == 2
    assert oitcheck("round", "create", "2566-1", "--closes-on", "2023-02-20")[0] == 2
    code, out, err = oitcheck("crawl", "--round", "2566-1")
    assert code == 2 and "was frozen on" in err
    code, out, _ = oitcheck("round", "summary", "2566-1")
    assert code == 0 and "ยึดผลตาม r1" in out and "ปิดรับแล้ว (ครบกำหนดวันที่ 31 มกราคม 2566)" in out
    assert "frozen_run" in oitcheck("round", "list", "--year", "2566", "--format", "json")[1]


def _keep_open_run(store: Store, run_id: str, as_of: str) -> None:
    """A run judged as of a day before the deadline: what nobody handed in is not due in it."""
    started = datetime(2023, 2, 2, tzinfo=UTC)
    run_ = Run(run_id, 2566, "2566-1", CHECKLIST.id, "0.1.0", started, as_of)
    store.begin_run(run_, (A1, A2), (OLD,), ROUND_1, started_at=started)
    store.add_findings(run_id, [_finding("a1", "O1", "*", Outcome.PASSED, "item.complete")])
    rows = [_finding("a2", "O1", place, Outcome.INAPPLICABLE, "gate.not_due") for place in ("*", "O1.1")]
    store.add_findings(run_id, rows)
    store.finish_run(run_id, "done", started + timedelta(hours=1))


def test_a_run_in_which_something_was_not_due_is_frozen_on_purpose_only(oitcheck, settings):
    with Store.open(settings) as store:
        _keep_open_run(store, "r3", "2023-01-30")
        with pytest.raises(
            SettingsError, match="r3 was judged as of 2023-01-30, before the deadline 2023-01-31"
        ) as told:
            freeze_round(store, CHECKLIST, "2566-1", "", LATE)
        assert "oitcheck check --year 2566 --round 2566-1 --as-of 2566-01-31" in told.value.remedy
        assert not any(r.frozen_at for r in rounds_of(store, CHECKLIST)), "it can still be frozen"
    code, _, err = oitcheck("round", "freeze", "2566-1")
    assert code == 2 and "r3 was judged" in err and "--as-of 2566-01-31" in err
    assert err.startswith("รอบ: การตรวจครั้ง r3"), err
    code, out, err = oitcheck("round", "freeze", "2566-1", "--run", "r3")
    assert (code, out) == (0, "r3\n") and "ข้อที่ยังไม่จัดส่ง 1 ข้อ" in err


def test_a_run_judged_as_of_the_deadline_or_without_such_items_is_frozen(settings):
    with Store.open(settings) as store:
        _keep_run(store, "early", datetime(2023, 1, 25, tzinfo=UTC))
        assert freeze_round(store, CHECKLIST, "2566-1", "", LATE).not_due == 0


def test_letters_about_a_closed_round_say_that_it_is_and_end_alike_for_one_agency(oitcheck, tmp_path):
    contacts = tmp_path / "contacts.csv"
    contacts.write_text("agency_id,email\na1,a1@a1.example\na2,nothing\n", "utf-8")
    letters = ("report", "letters", "--round", "2566-1", "--contacts", str(contacts))
    oitcheck("round", "freeze", "2566-1", "--run", "r1")
    for more in ((), ("--show", "a1")):
        code, out, err = oitcheck(*letters, *more)
        assert (code, out) == (8, "") and "ปิดรอบแล้ว ไม่มีจดหมายที่ต้องส่ง" in err, more
    code, out, _ = oitcheck(*letters, "--format", "json")
    assert (code, out) == (8, "[]\n"), "what programs read stays a list"


def test_papers_of_a_frozen_round_say_that_it_is_closed_by_its_deadline(oitcheck, tmp_path):
    closed, pages = "ปิดรับแล้ว (ครบกำหนดวันที่ 31 มกราคม 2566)", tmp_path / "pages"
    told = ("report", "agency", "--round", "2566-1", "--agency", "a2", "--format", "text")
    assert "ภายในวันที่ 31 มกราคม 2566" in oitcheck(*told)[1]
    oitcheck("round", "freeze", "2566-1", "--run", "r1")
    out = oitcheck(*told)[1]
    assert closed in out and "ภายในวันที่" not in out
    assert oitcheck("report", "round", "--round", "2566-1", "--format", "html", "--output", str(pages))[0] == 0
    for name in ("round.html", "agency-a2.html"):
        text = (pages / name).read_text("utf-8")
        assert closed in text and "เหลือ " not in text
    summary = oitcheck("round", "summary", "2566-1")[1]
    assert closed in summary and "เหลือ 6 วัน" not in summary


def test_a_round_that_nothing_knows_is_told_with_the_nearest_and_how_to_check(oitcheck):
    made = ("--agency", "a2", "--item", "O1", "--outcome", "passed", "--reason", "x", "--by", "y")
    for words in (
        ("round", "summary", "2566-9"),
        ("report", "round", "--round", "2566-9"),
        ("report", "itas", "--round", "2566-9", "--all"),
        ("report", "governor", "--round", "2566-9"),
        ("review", "set", "2566-9", *made),
        ("assess", "--round", "2566-9"),
        ("crawl", "--round", "2566-9"),
        ("check", "--year", "2566", "--round", "2566-9"),
        ("round", "freeze", "2566-9"),
    ):
        code, _, err = oitcheck(*words)
        assert code == 2 and "ปีงบประมาณ 2566 ไม่มีรอบ “2566-9”" in err, words
        assert "2566, 2566-1, 2566-2, 2566-3" in err and "oitcheck check --year 2566 --round 2566-" in err, words
    code, _, err = oitcheck("round", "summary", "๓/2566")
    assert code == 2 and "ยังไม่มีการตรวจรอบ “2566-3”" in err and "oitcheck check --year 2566 --round 2566-3" in err


def test_a_round_of_a_year_without_a_checklist(oitcheck):
    for words in (("report", "itas", "--all", "--round", "2570-1"), ("round", "summary", "๒๕๗๐/1")):
        code, _, err = oitcheck(*words)
        assert code == 2 and "ไม่มีแบบตรวจของปีงบประมาณ 2570" in err and "2566, 2567, 2568, 2569" in err
        assert "oitcheck checklist new 2570 --from 2569" in err


def test_a_round_that_a_list_names_is_checked_though_no_checklist_defines_it(oitcheck, settings):
    with Store.open(settings) as store:
        store.save_inputs(2566, (replace(A1, round_id="x9"),), (), (), received_at=EARLY)
        assert registered_inputs(store, CHECKLIST, "x9").round == Round("x9", 2566)
        with pytest.raises(SettingsError, match="no round 'y9'"):
            registered_inputs(store, CHECKLIST, "y9")


def test_measures_are_not_drawn_from_a_round_that_nothing_knows(oitcheck, settings, tmp_path):
    with Store.open(settings) as store:
        run_ = Run("r9", 2566, "2566-33", CHECKLIST.id, "0.1.0", LATE, "2023-02-02")
        store.begin_run(run_, (A1, A2), (OLD,), Round("2566-33", 2566), started_at=LATE)
        store.add_findings("r9", [_finding("a1", "O1", "*", Outcome.FAILED, "chart.chart_missing")])
        store.finish_run("r9", "done", LATE)
    words = ("report", "measures", "--agency", "a1", "--year", "2567", "--output", str(tmp_path / "m.docx"))
    assert "ข้อตรวจพบจากการตรวจ: r2" in oitcheck(*words)[2]


def test_measures_of_an_agency_of_another_year_name_the_years_it_is_registered_for(oitcheck):
    for agency in ("a1", "เทศบาลตำบลสบห้วย"):
        code, _, err = oitcheck("report", "measures", "--agency", agency, "--year", "2568")
        assert code == 2 and f"ทะเบียนของปีงบประมาณ 2568 ไม่มีหน่วยงาน “{agency}” แต่มีในทะเบียนของปี 2566" in err, err
        assert f"{agency!r} is not in the register of fiscal year 2568; it is in that of 2566" in err
    err = oitcheck("report", "measures", "--agency", "zz", "--year", "2568")[2]
    assert "ยังไม่มีหน่วยงานในทะเบียนของปี 2568" in err and "oitcheck agencies import" in err and "ที่มี:" not in err
    assert "ที่มี: a1, a2" in oitcheck("report", "measures", "--agency", "zz", "--year", "2567")[2]


def test_two_runs_are_compared_on_the_command_line(oitcheck):
    code, out, err = oitcheck("round", "compare", "r1", "2566-1", "--format", "csv")
    assert code == 0 and "▲ ดีขึ้น 1" in err
    assert [row["change"] for row in csv.DictReader(io.StringIO(out))] == ["improved"]
    assert "ดีขึ้น: O1" in oitcheck("round", "compare", "r1", "r2")[1]
    assert oitcheck("round", "compare", "r1", "r2", "--format", "json", "--all")[1].count('"change"') == 2


def test_papers_know_what_came_after_the_deadline(settings):
    with Store.open(settings) as store:
        store.save_inputs(2566, (A1, A2), (OLD,), (), received_at=LATE)
        _keep_run(store, "r1", LATE)
        record = store.run("r1")
        ((_, text), *_) = agency_paper(settings, store, record, (A1.id,), "text", "th")
        page = governor_paper(settings, store, record, None, "html", "th", {})
    assert "ในจำนวนนี้จัดส่งล่าช้า 1 ข้อ" in text.decode()
    assert "ในจำนวนนี้จัดส่งล่าช้า ๑ ข้อ" in page.decode().replace('<span class="one">', "").replace("</span>", "")


def test_what_was_not_due_is_named_beside_its_word_in_a_comparison(oitcheck, settings):
    """`inapplicable` is the word of the data; people are told that the item was not due yet."""
    with Store.open(settings) as store:
        run_ = Run("r0", 2566, "2566-1", CHECKLIST.id, "0.1.0", EARLY, "2023-01-02")
        store.begin_run(run_, (A1, A2), (), Round("2566-1", 2566), started_at=EARLY)
        store.add_findings("r0", [_finding("a1", "O1", "*", Outcome.INAPPLICABLE, "gate.not_due")])
        store.finish_run("r0", "done", EARLY)
    out = oitcheck("round", "compare", "r0", "r2", "--format", "csv")[1]
    rows = {row["agency_id"]: row for row in csv.DictReader(io.StringIO(out))}
    assert rows["a1"]["before"] == "inapplicable"
    assert rows["a1"]["before_shown"] == "ยังไม่จัดส่ง (ยังไม่ถึงกำหนด)"
    assert rows["a1"]["after_shown"] == "ครบถ้วน"


def test_a_decision_is_added_listed_and_used(oitcheck, tmp_path):
    words = (
        "review",
        "set",
        "2566-1",
        "--agency",
        "a2",
        "--item",
        "๐๑",
        "--outcome",
        "failed",
        "--reason",
        "ไม่มีเว็บไซต์",
    )
    assert oitcheck(*words, "--by", " ")[0] == 2
    assert oitcheck(*words, "--by", "สมศรี", "--requirement", "O1.7")[0] == 2
    code, _, err = oitcheck(*words, "--by", "สมศรี", "--until", "2566-09-30")
    assert code == 0 and "ระบบ: ไม่ครบถ้วน" in err
    assert "ขั้นต่อไป" in err and "oitcheck publish --round 2566-1" in err
    rows = list(csv.DictReader(io.StringIO(oitcheck("review", "list", "2566-1", "--format", "csv")[1])))
    assert [(r["agency_id"], r["item"], r["decided"], r["by"], r["standing"], r["expires_on"]) for r in rows] == [
        ("a2", "O1", "failed", "สมศรี", "stands", "2023-09-30")
    ]
    target = tmp_path / "itas.xlsx"
    assert oitcheck("report", "itas", "--round", "2566-1", "--all", "--output", str(target))[0] == 0
    ready, open_ = openpyxl.load_workbook(target).worksheets
    assert [[cell.value for cell in row][1:5] for row in ready.iter_rows(min_row=2)] == [
        ["O1", "โครงสร้าง", "มี", OLD.urls[0]], ["O1", "โครงสร้าง", "ไม่มี", ""],
    ]  # fmt: skip
    assert open_.max_row == 1 or open_.cell(2, 2).value is None
    assert oitcheck("report", "itas", "--round", "2566-1", "--agency", "zz")[0] == 2
    by_name = ("report", "itas", "--round", "2566-1", "--format", "csv", "--agency")
    assert oitcheck(*by_name, "อบต.ดอนกลาง")[1] == oitcheck(*by_name, "a2")[1] != ""


REVIEWED = (
    "review", "set", "2566-1", "--agency", "a2", "--item", "O1", "--reason", "ดูแล้ว", "--by", "สมศรี", "--outcome",
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ผ่าน", "passed"), ("ครบถ้วน", "passed"), ("ไม่ผ่าน", "failed"), ("ไม่ครบถ้วน", "failed"), ("รอตรวจ", "cant_tell"),
        ("รอเจ้าหน้าที่ตรวจ", "cant_tell"), ("ไม่เกี่ยวข้อง", "inapplicable"), ("inapplicable", "inapplicable"),
    ],
)  # fmt: skip
def test_the_outcome_of_a_decision_in_the_words_of_an_officer(oitcheck, typed, meant):
    assert oitcheck(*REVIEWED, typed)[0] == 0
    assert f'"decided": "{meant}"' in oitcheck("review", "list", "2566-1", "--format", "json")[1]


def test_an_unknown_outcome_or_a_last_day_that_has_passed_is_refused(oitcheck):
    code, _, err = oitcheck(*REVIEWED, "ดี")
    assert code == 2 and "passed (ครบถ้วน, ผ่าน)" in err and "inapplicable (ไม่เกี่ยวข้อง)" in err
    code, _, err = oitcheck(*REVIEWED, "ผ่าน", "--until", "๒๕๖๖-๐๑-๓๑")
    assert code == 2 and "31 ม.ค. 66" in err and "ตลอดปีงบประมาณ" in err
    assert oitcheck(*REVIEWED, "ผ่าน", "--until", "2566-02-01")[0] == 0, "it holds on the day of the run"


def test_a_decision_notices_that_the_page_of_a_later_run_says_something_else(oitcheck, settings, monkeypatch):
    monkeypatch.setattr("oitcheck.cli.reviews.now", lambda: LATE)
    page = Capture(OLD.urls[0], OLD.urls[0], (), FetchOutcome.OK, 200, LATE, sha256="ab" * 32)
    with Store.open(settings) as store:
        store.record_submission("r2", "a1", "O1", (("walk", page),))
    words = ("review", "set", "2566-1", "--agency", "a1", "--item", "O1", "--reason", "ดูแล้ว", "--by", "สมศรี")
    assert oitcheck(*words, "--outcome", "ไม่ผ่าน")[0] == 0
    listed = ("review", "list", "2566-1")
    assert '"page_changed": "no"' in oitcheck(*listed, "--format", "json")[1]
    with Store.open(settings) as store:
        _keep_run(store, "r3", LATE + timedelta(days=1))
        store.record_submission("r3", "a1", "O1", (("walk", replace(page, sha256="cd" * 32)),))
    out = oitcheck(*listed, "--format", "json")[1]
    assert '"page_changed": "yes"' in out and '"standing": "stands"' in out
    assert "โปรดดูใหม่" in "".join(oitcheck(*listed)[1].split())


def test_dates_are_typed_in_thai_digits_and_buddhist_years(oitcheck):
    days = ("--opens-on", "๒๕๖๖-๐๒-๐๑", "--closes-on", "๒๕๖๖-๐๓-๓๑", "--consultation-on", " 2023-๐๔-05")
    assert oitcheck("round", "create", "2566-x", *days)[0] == 0
    rows = csv.DictReader(io.StringIO(oitcheck("round", "list", "--year", "2566", "--format", "csv")[1]))
    own = next(row for row in rows if row["round"] == "2566-x")
    assert (own["opens_on"], own["closes_on"], own["consultation_on"]) == ("2023-02-01", "2023-03-31", "2023-04-05")


def test_papers_count_what_stands_after_a_decision(oitcheck, tmp_path):
    told = ("review", "set", "2566-1", "--agency", "a2", "--item", "O1", "--outcome", "passed", "--reason", "พบแล้ว")
    whole = "จากระบบ 1 ข้อ"
    assert whole not in oitcheck("round", "summary", "2566-1")[1]
    assert oitcheck(*told, "--by", "สมศรี")[0] == 0
    summary = oitcheck("round", "summary", "2566-1")[1]
    assert "✓*" in summary and whole in summary
    text = oitcheck("report", "agency", "--round", "2566-1", "--agency", "a2", "--format", "text")[1]
    assert "ครบถ้วน 1 จาก 1 ข้อ" in text and whole in text and "1)" not in text
    assert text == oitcheck("report", "agency", "--round", "2566-1", "--agency", A2.name_th, "--format", "text")[1]
    memo, pages = tmp_path / "memo.html", tmp_path / "pages"
    assert oitcheck("report", "governor", "--round", "2566-1", "--format", "html", "--output", str(memo))[0] == 0
    assert "วินิจฉัยต่างจากระบบ ๑ ข้อ" in re.sub(r"<[^>]*>", "", memo.read_text("utf-8"))
    assert oitcheck("report", "round", "--round", "2566-1", "--format", "html", "--output", str(pages))[0] == 0
    assert whole in (pages / "round.html").read_text("utf-8") and whole in (pages / "agency-a2.html").read_text("utf-8")
    told_json = oitcheck("report", "round", "--round", "2566-1", "--format", "json")[1]
    assert '"overruled": 1' in told_json
    assert '"outcome": "failed"' in oitcheck("findings", "export", "--run", "r2")[1], "findings stay as they are"


def test_reports_of_a_round_are_written(oitcheck, tmp_path):
    scores = tmp_path / "scores.csv"
    scores.write_text("agency_id,indicator,score,score_before\na1,1,84,85\na1,,80.5,\nzz,1,3,\na1,11,3,\na1,2,101,\n")
    target = tmp_path / "round.xlsx"
    code, _, err = oitcheck("report", "round", "--round", "2566-1", "--scores", str(scores), "--output", str(target))
    assert code == 0 and "ไม่รับ" in err
    assert "หน่วยงานที่ต้องเชิญพบ" in openpyxl.load_workbook(target).sheetnames
    code, out, _ = oitcheck("report", "round", "--round", "2566-1", "--format", "json", "--scores", str(scores))
    assert '"last_score": 80.5' in out and '"improved": 1' in out
    assert oitcheck("report", "round", "--round", "2566-1", "--format", "csv")[1].startswith("agency_id,")
    paper = tmp_path / "m.docx"
    code, _, err = oitcheck(
        "report", "measures", "--agency", "a1", "--year", "2567", "--scores", str(scores), "--output", str(paper)
    )
    assert code == 8 and "ข้อตรวจพบจากการตรวจ: r2" in err and "ผู้รับผิดชอบ" in err
    text = "\n".join(cell.text for t in docx.Document(str(paper)).tables for row in t.rows for cell in row.cells)
    assert "๘๔.๐๐" in text and "-๑.๐๐" in text


def test_scores_are_read_with_a_report_on_every_row(tmp_path):
    file = tmp_path / "scores.csv"
    file.write_text(
        "รหัสหน่วยงาน,ตัวชี้วัด,คะแนน,คะแนนปีก่อน\na1,ตัวชี้วัดที่ ๑ การปฏิบัติหน้าที่,๘๔.๕๐,-\na1,รวม,90,88.1\na1,EIT ส่วนที่ 1,77,\n"
        "a1,i10,71.77,\na1,รวม,91,\na1,เรื่องอื่น,1,\na1,3,,\n",
        encoding="utf-8",
    )
    read = read_scores(file)
    assert [(s.measured, s.score, s.before) for s in read.items] == [
        ("1", 84.5, None), ("total", 90.0, 88.1), ("eit1", 77.0, None), ("i10", 71.77, None),
    ]  # fmt: skip
    assert [row.notes[0].code for row in read.rejected] == ["score_twice", "indicator_bad", "score_missing"]
    assert len(read.rows) == 7


def test_a_file_that_holds_no_scores_is_told_only_what_is_needed(oitcheck, tmp_path):
    file = tmp_path / "findings.csv"
    file.write_text("agency_id,item,code\na1,O1,x\n", "utf-8")
    code, _, err = oitcheck("round", "summary", "2566-1", "--scores", str(file))
    assert code == 2 and "ขาดคอลัมน์ score (คะแนน)" in err and "must hold the names: agency_id, score." in err
    assert "indicator" not in err and "score_before" not in err and "“code”" not in err and "did you mean" not in err


@pytest.mark.parametrize("part", ["9.1", "๙.๑ ข้อมูลพื้นฐาน", "ตัวชี้วัดย่อยที่ 9.1", "9 - 10", "9 และ 10", "9,10"])
def test_a_part_of_an_indicator_is_not_the_indicator(tmp_path, part):
    file = tmp_path / "scores.csv"
    file.write_text(f'agency_id,indicator,score\na1,"{part}",50\na1,9. การเปิดเผยข้อมูล,80\na1,10 การป้องกัน,70\n', "utf-8")
    read = read_scores(file)
    assert [(s.measured, s.score) for s in read.items] == [("9", 80.0), ("10", 70.0)]
    assert [row.notes[0].code for row in read.rejected] == ["indicator_part"]


def test_an_unknown_run_is_wrong_usage_with_the_command_that_lists_them(oitcheck, tmp_path):
    for words in (
        ("runs", "left-out", "--run", "xx"),
        ("findings", "export", "--run", "xx"),
        ("round", "freeze", "2566-1", "--run", "xx"),
        ("report", "agency", "--run", "xx"),
    ):
        code, _, err = oitcheck(*words)
        assert code == 2 and "--run" in err and "xx" in err and "oitcheck runs list" in err, words
        assert "sqlite" not in err, words


def test_a_run_that_left_nothing_out_says_so(oitcheck):
    code, out, err = oitcheck("runs", "left-out", "--run", "r2")
    assert (code, out) == (0, "") and "การตรวจครั้ง r2 ตรวจครบทุก URL" in err
    assert oitcheck("runs", "left-out", "--run", "r2", "--format", "json")[1].strip() == "[]"


def test_doctor_names_the_file_of_settings(oitcheck, settings):
    assert "ไม่มีแฟ้มตั้งค่า" in oitcheck("doctor")[1]
    file = settings.data_dir / "config.toml"
    file.write_text("[report]\n", "utf-8")
    rows = oitcheck("doctor", "--format", "csv")[1].splitlines()
    assert next(row for row in rows if row.startswith("configuration,")).split(",")[2] == str(file)


def test_no_id_that_is_suggested_for_a_round_mixes_languages(oitcheck):
    oitcheck("round", "freeze", "2566-1", "--run", "r1")
    err = oitcheck("crawl", "--round", "2566-1")[2]
    assert "-again" not in err and "oitcheck round create 2566-1b --like 2566-1 --closes-on" in err
