"""schedule, availability and doctor as typed: lists, exit codes, remedies."""

from __future__ import annotations

import json
import os
import socket
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from oitcheck.cli import schedule as schedule_cli
from oitcheck.errors import SettingsError
from oitcheck.schedule import health
from oitcheck.schedule.registered import registered_rounds
from oitcheck.schedule.running import Scheduler
from oitcheck.settings import ScheduleSettings, Settings, load

from .conftest import local


@pytest.fixture
def run(oitcheck, settings: Settings, monkeypatch, tmp_path: Path):
    """A command on the data folder of `settings`, at a given local time of 2026."""
    for name in [name for name in os.environ if name.upper().startswith("OITCHECK_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str, at: str = "03-02 12:00", **environ: str):
        monkeypatch.setattr(schedule_cli, "now", lambda: local(at))
        monkeypatch.setattr("oitcheck.cli.doctor.now", lambda: local(at))
        monkeypatch.setattr("oitcheck.cli.availability.now", lambda: local(at))
        given = {
            "OITCHECK_STORAGE__DATA_DIR": str(settings.data_dir), "OITCHECK_STORAGE__LEAST_FREE_BYTES": "0",
            "OITCHECK_BROWSER__ENABLED": "false", "OITCHECK_NETWORK__CONNECT_TO": "127.0.0.1:9", "OITCHECK_CRAWL__ATTEMPTS": "1",
            "OITCHECK_NETWORK__ALLOW_PRIVATE": "true", "OITCHECK_CRAWL__DELAY_SECONDS": "0",
            "OITCHECK_CRAWL__RETRY_DELAY_SECONDS": "0", "OITCHECK_EXTRACT__WORKERS": "1", "OITCHECK_OCR__ENABLED": "false",
        }  # fmt: skip
        return oitcheck(*arguments, **{**given, **{f"OITCHECK_{k}": v for k, v in environ.items()}})

    return command


def rows(out: str) -> list[dict[str, str]]:
    return json.loads(out)


def test_the_list_says_what_runs_when_in_local_time(run, nights) -> None:
    nights.at("03-02 01:30")
    code, out, _ = run("schedule", "list", "--format", "json", "--days", "1")
    assert code == 0
    assert [(r["year"], r["round"], r["at"], r["kind"], r["state"], r["run"]) for r in rows(out)] == [
        ("2569", "2569", "2026-03-02 01:30+07:00", "night", "done", "run-1"),
        ("2569", "2569", "2026-03-02 12:00+07:00", "retry", "due now", ""),
        ("2569", "2569", "2026-03-03 01:30+07:00", "night", "planned", ""),
        ("2569", "2569", "2026-03-03 05:30+07:00", "retry", "planned", ""),
    ]
    code, out, err = run("schedule", "list", "--format", "csv", at="07-01 12:00", SCHEDULE__ROUNDS="2569")
    assert out.splitlines()[0] == "year,round,at,kind,state,run" and "ครบกำหนดแล้ว ไม่มีกำหนดตรวจ: 2569/2569" in err


def test_a_frozen_round_is_listed_as_such_and_not_planned(run, nights) -> None:
    nights.at("03-02 01:30")
    store, (one,) = nights.store, registered_rounds(nights.settings, nights.store)
    made = Scheduler(nights.settings, store, ["oitcheck"], Event(), nights.clock)
    made.plan()
    assert [n.outcome for n in store.nights.of_round(2569, "2569")].count("planned") > 1
    assert store.freeze_round(one.round, "run-1", local("03-02 02:00"))
    made.plan()
    assert nights.rows() == [("03-02 01:30", "night", "done")] and made._jobs.get_jobs() == []
    code, out, err = run("schedule", "list", "--format", "json")
    assert code == 0 and [r["state"] for r in rows(out)] == ["done"]
    assert "ปิดรอบแล้ว ไม่มีกำหนดตรวจ: 2569/2569" in err
    code, out, err = run("schedule", "night")
    assert (code, out) == (0, "") and "ปิดรอบแล้ว" in err
    assert len(nights.asked) == 1 and len(nights.rows()) == 1


def test_the_times_of_the_list_are_those_of_the_zone(run, store) -> None:
    _, out, _ = run(
        "schedule", "list", "--format", "json", "--days", "1", SCHEDULE__TIMEZONE="Europe/Berlin", SCHEDULE__RETRY_AT=""
    )
    assert [r["at"] for r in rows(out)] == ["2026-03-03 01:30+01:00"]


def test_a_round_that_belongs_to_no_year_is_an_error_with_a_remedy(run, store) -> None:
    code, out, err = run("schedule", "list", SCHEDULE__ROUNDS="nonsense")
    assert (code, out) == (2, "") and "schedule.rounds" in err and "2568/1" in err


def test_a_night_by_hand_by_the_command(run, nights) -> None:
    code, out, err = run("schedule", "night", "--round", "2569")
    assert (code, out) == (0, "2569\t2569\tdone\trun-1\n"), err
    code, out, err = run("schedule", "night", "--due", at="03-02 13:00")
    assert (code, out) == (0, "") and "ยังไม่ถึงกำหนดตรวจ" in err


def test_a_night_without_any_agency(run, settings) -> None:
    assert run("db", "upgrade")[0] == 0
    code, _, err = run("schedule", "night")
    assert code == 2 and "oitcheck agencies import" in err


def test_the_second_scheduler_ends_with_code_6(run, store) -> None:
    store.hold_round("schedule", "first:1", local("03-02 12:00"), 300)
    code, out, err = run("schedule", "run")
    assert (code, out) == (6, "") and "first:1 has run the schedule" in err


def test_check_without_files_checks_what_was_imported(run, store) -> None:
    code, _, err = run(
        "check", "--year", "2569", "--as-of", "2026-03-02", "--item", "O1", "--findings", "found.jsonl", "--lang", "en"
    )
    assert code == 0, err
    found = [json.loads(line) for line in Path("found.jsonl").read_text("utf-8").splitlines()]
    assert {(f["agency"], f["outcome"]) for f in found if f["requirement"] == "*"} == {
        ("a", "cant_tell"),
        ("b", "cant_tell"),
    }
    code, _, err = run("check", "--year", "2569", "--agencies", "a.csv")
    assert code == 2 and "the other file is missing" in err


def test_the_stages_of_a_round_whose_id_tells_no_year(run, store) -> None:
    assert run("round", "create", "own", "--year", "2569", "--closes-on", "2026-03-31")[0] == 0
    for stage in ("crawl", "assess", "publish"):
        code, _, err = run(stage, "--round", "own", "--year", "2569")
        assert code == 0, (stage, err)
        code, _, err = run(stage, "--round", "own")
        assert code == 2 and "--year" in err


def test_the_table_of_websites_holds_no_words_of_data(run, store, settings) -> None:
    out = run("availability", "check")[1]
    assert "ok" not in out.split() and "http_status" not in out
    assert "จำนวนครั้งที่ตรวจ" in run("availability", "list")[1]


def test_a_check_of_the_register_counts_no_rows_of_files(run, store) -> None:
    _, out, err = run("check", "--year", "2569", "--as-of", "2026-03-02", "--item", "O1")
    assert "0 แถว" not in out + err and "แถวที่นำเข้า" not in out + err


def test_availability_is_checked_and_listed(run, store, settings) -> None:
    code, out, _ = run("availability", "check", "--format", "json", "--lang", "en")
    assert code == 0 and [(r["agency_id"], r["outcome"]) for r in rows(out)] == [("a", "refused"), ("b", "refused")]
    code, out, _ = run("availability", "list", "--format", "csv", "--weeks", "520", at="12-31 12:00")
    assert code == 0 and out.splitlines()[0].startswith("agency_id,reached,checks,percent")
    assert run("availability", "list", "--agency", "zz")[0] == 2


@pytest.fixture
def looked(settings: Settings, store, monkeypatch):
    """What doctor says at a local time, by name."""
    monkeypatch.setattr(health, "_SAMPLE_SECONDS", 0.0)
    monkeypatch.setattr(health, "lacking", lambda _: ("ocr",))

    def lines(at: str, **keys):
        used = settings.model_copy(update=keys)
        return {line.what: line for line in health.examined(used, lambda: local(at))}

    return lines


def test_doctor_says_of_each_thing_whether_it_is_well_and_what_to_do(looked, monkeypatch) -> None:
    monkeypatch.setattr(health.socket, "getaddrinfo", lambda *_: [1])
    found = looked("03-02 12:00")
    assert [
        found[w].state for w in ("data folder", "database", "clock", "time zones", "checklist 2569", "name servers")
    ] == ["ok"] * 6
    assert (found["ocr"].state, found["antiword"].state) == ("warn", "ok")
    assert "tesseract-ocr-tha" in found["ocr"].remedy and "left to a person" in found["ocr"].detail
    assert (found["last night"].state, found["last night"].detail) == ("ok", "none yet")
    assert health.exit_code(tuple(found.values())) == 0
    assert all(line.remedy for line in found.values() if line.state != "ok")


def test_doctor_notices_a_night_that_did_not_happen(looked, nights, monkeypatch) -> None:
    monkeypatch.setattr(health.socket, "getaddrinfo", lambda *_: [1])
    nights.at("03-02 01:30")
    assert looked("03-02 12:00")["last night"].state == "ok"
    late = looked("03-04 12:00")
    assert late["last night"].state == "bad" and "schedule run" in late["last night"].remedy
    assert health.exit_code(tuple(late.values())) == 1
    assert looked("08-01 12:00")["last night"].state == "ok", "the round is over: nothing is missed"
    (nights.settings.data_dir / "last-night.json").write_text("{")
    assert looked("03-02 12:00")["last night"].state == "bad"


def test_doctor_notices_a_first_night_that_nobody_began_however_much_is_planned(looked, store, monkeypatch) -> None:
    monkeypatch.setattr(health.socket, "getaddrinfo", lambda *_: [1])
    slots = [(local("03-02 01:30") + timedelta(hours=n), "night") for n in range(60)]
    store.nights.plan(2569, "2569", slots, local("03-01 12:00"))
    found = looked("03-02 12:00")["last night"]
    assert found.state == "bad" and "planned since 2026-03-01T18:30" in found.detail


def test_doctor_tells_of_a_night_that_failed_and_of_a_call_that_did_not_arrive(looked, nights) -> None:
    nights.error = SettingsError("no")
    nights.at("03-02 01:30", notify=nights.settings.notify.model_copy(update={"webhook_url": "http://127.0.0.1:9/x"}))
    found = looked("03-02 12:00")
    assert found["last night"].state == "bad" and "no" in found["last night"].detail
    assert found["webhook"].state == "warn" and found["heartbeat"].state == "warn"


def test_doctor_notices_a_clock_that_stands_before_what_was_recorded(looked, nights) -> None:
    nights.at("03-02 01:30")
    assert looked("03-02 01:31")["clock and records"].state == "ok"
    assert looked("02-27 12:00")["clock and records"].state == "bad"


def test_doctor_notices_a_clock_that_moves_while_it_looks(settings: Settings, monkeypatch) -> None:
    monkeypatch.setattr(health, "_SAMPLE_SECONDS", 0.0)
    times = iter((local("03-02 12:00"), local("03-02 12:05")))
    clock, _zones = health._clock(settings, lambda: next(times))
    assert clock.state == "bad" and "+300" in clock.detail


def test_doctor_asks_name_servers(looked, monkeypatch) -> None:
    def nobody(*_: object):
        raise socket.gaierror("no")

    monkeypatch.setattr(health.socket, "getaddrinfo", nobody)
    found = looked("03-02 12:00")
    assert (found["name servers"].state, found["name servers"].detail) == ("bad", "0 of 2 websites have an address")


def test_the_log_as_json_lines(capsys) -> None:
    import logging

    from oitcheck.cli.logs import JsonLines

    record = logging.LogRecord("oitcheck.x", logging.WARNING, "", 1, "หนึ่ง %s", ("สอง",), None)
    row = json.loads(JsonLines().format(record))
    assert (row["level"], row["logger"], row["message"]) == ("warning", "oitcheck.x", "หนึ่ง สอง") and row["at"].endswith(
        "+00:00"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AT", "24:00"),
        ("AT", ""),
        ("QUIET", "08:00"),
        ("QUIET", "08:00-08:00"),
        ("TIMEZONE", "Mars/Base"),
        ("WEEKDAYS", "mon,funday"),
        ("DENSE_AT", "9:00"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match="is not allowed"):
        load(None, {f"OITCHECK_SCHEDULE__{name}": value})


def test_lists_may_come_from_the_environment() -> None:
    found = load(
        None, {"OITCHECK_SCHEDULE__WEEKDAYS": "mon, thu", "OITCHECK_NOTIFY__MAIL_TO": "a@b.example,c@d.example"}
    )
    assert found.schedule.weekdays == ("mon", "thu") and found.notify.mail_to == ("a@b.example", "c@d.example")
    assert ScheduleSettings().weekdays[0] == "mon"
