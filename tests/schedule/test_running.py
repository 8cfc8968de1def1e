"""The scheduler: one at a time, nothing hangs, a process that dies is told, the clock may jump, it ends when asked."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from oitcheck.errors import RunBusyError
from oitcheck.model.agency import Round
from oitcheck.pipeline.clock import BANGKOK, now
from oitcheck.pipeline.holding import own_name
from oitcheck.pipeline.inputs import checklist_of
from oitcheck.schedule import running
from oitcheck.schedule.night import due_now
from oitcheck.schedule.registered import RegisteredRound
from oitcheck.schedule.running import ClockWatch, Scheduler, run_schedule
from oitcheck.settings import ScheduleSettings, Settings
from oitcheck.store.nights import Night
from oitcheck.store.records import Store

from .conftest import AGENCIES, Clock, local

PROGRAM = [sys.executable, "-P", "-c", "from oitcheck.cli.app import main; main()"]


class Child:
    """A process that ends with `code` at once, or (None) only when it is asked to (`deaf`: only when it is killed)."""

    def __init__(self, code: int | None, deaf: bool = False, said: str = "") -> None:
        self.code, self.deaf, self.said, self.ended_by = code, deaf, said, ""

    def poll(self) -> int | None:
        return self.code

    def terminate(self) -> None:
        self.ended_by = "terminate"
        if not self.deaf:
            self.code = 7

    def kill(self) -> None:
        self.ended_by, self.code = "kill", -9

    def last_words(self) -> str:
        return self.said


class Started:
    """Remembers what was started."""

    def __init__(self, child: Child) -> None:
        self.child, self.commands, self.begun = child, [], threading.Event()

    def __call__(self, command: Sequence[str]) -> Child:
        self.commands.append(tuple(command))
        self.begun.set()
        return self.child


def scheduler(settings: Settings, store: Store, clock: Clock, start: Started, stop: threading.Event) -> Scheduler:
    return Scheduler(settings, store, ["oitcheck"], stop, clock, start)


def begun_night(store: Store, outcome: str = "running") -> None:
    at = local("03-02 01:30").astimezone(UTC)
    store.nights.keep(Night(2569, "2569", at, "night", at, outcome, at, None, 1))


def test_the_second_scheduler_ends_with_code_6_and_says_who_runs(settings, store, clock) -> None:
    store.hold_round("schedule", "first:1", clock(), 300)
    with pytest.raises(RunBusyError, match="first:1 has run the schedule since") as told:
        run_schedule(settings, ["oitcheck"], threading.Event(), clock)
    assert told.value.exit_code == 6 and "lapses" in told.value.remedy


def test_a_scheduler_that_died_holds_nothing(settings, store, clock) -> None:
    died = subprocess.Popen(["true"])
    died.wait()
    host, _, boot, namespace, _ = own_name().split(":")
    store.hold_round("schedule", f"{host}:{died.pid}:{boot}:{namespace}:1", clock(), 300)
    stop = threading.Event()
    stop.set()
    assert run_schedule(settings, ["oitcheck"], stop, clock) == 0


def test_what_is_due_is_started_as_a_process_of_its_own_and_what_comes_is_written_down(
    settings, store, clock, monkeypatch
) -> None:
    monkeypatch.setattr(running, "_LOOK_SECONDS", 0.02)
    clock.at = now()  # APScheduler reads the real clock
    today = clock.at.astimezone(BANGKOK)
    one = RegisteredRound(Round("x", 2569, None, today.date() + timedelta(days=30)), checklist_of(2569)[0])
    monkeypatch.setattr(running, "registered_rounds", lambda *_: (one,))
    due = settings.model_copy(update={"schedule": ScheduleSettings(at=f"{today:%H:%M}", availability_minutes=0)})
    start, stop = Started(Child(0)), threading.Event()
    threading.Thread(target=lambda: (start.begun.wait(20), stop.set())).start()
    assert run_schedule(due, ["oitcheck"], stop, clock, start) == 0
    assert start.commands[0] == ("oitcheck", "schedule", "night", "--due", "--round", "x", "--year", "2569")
    planned = [n.outcome for n in store.nights.of_round(2569, "x")]
    assert planned and set(planned) == {"planned"}
    assert store.hold_round("schedule", "next:1", clock(), 300), "the hold was given back"


def test_a_night_that_is_interrupted_by_the_end_makes_the_scheduler_end_with_7(settings, store, clock) -> None:
    stop, child = threading.Event(), Child(None)
    start = Started(child)
    made = scheduler(settings, store, clock, start, stop)
    threading.Thread(target=lambda: (start.begun.wait(20), stop.set())).start()
    made._night("night 2569/2569", running.registered_rounds(settings, store)[0])
    assert child.ended_by == "terminate" and made.was_interrupted


def test_a_night_that_hangs_is_ended_killed_when_deaf_and_told(settings, store, clock, monkeypatch) -> None:
    monkeypatch.setattr(running, "_GOODBYE_SECONDS", 0.05)
    begun_night(store)
    clock.set("03-02 01:40")
    child = Child(None, deaf=True)
    ticks = iter(range(0, 10**9, 20000))
    made = Scheduler(
        settings, store, ["oitcheck"], threading.Event(), clock, Started(child), monotonic=lambda: next(ticks)
    )
    made._night("night 2569/2569", running.registered_rounds(settings, store)[0])
    (night,) = store.nights.of_round(2569, "2569")
    assert child.ended_by == "kill" and night.outcome == "stopped" and "longest_hours" in night.result["detail"]


@pytest.mark.parametrize(("code", "words"), [(-9, "signal 9"), (1, "code 1")])
def test_a_process_that_dies_is_written_down_and_told(settings, store, clock, code: int, words: str) -> None:
    clock.set("03-02 01:40")

    def start(_: Sequence[str]) -> Child:
        begun_night(store)
        return Child(code)

    made = Scheduler(settings, store, ["oitcheck"], threading.Event(), clock, start)
    made._night("night 2569/2569", running.registered_rounds(settings, store)[0])
    (night,) = store.nights.of_round(2569, "2569")
    assert night.outcome == "failed" and words in night.result["detail"]


@pytest.mark.parametrize(("code", "words"), [(-9, "signal 9: see the log"), (4, "code 4: ดิสก์เต็ม: disk full")])
def test_a_process_that_dies_before_it_has_written_anything_is_started_anew_and_told_after_the_third_time(
    settings, store, clock, hooks, code: int, words: str
) -> None:
    told = settings.notify.model_copy(update={"webhook_url": f"{hooks.url}/told"})
    start = Started(Child(code, said="ดิสก์เต็ม: disk full" if code == 4 else ""))
    made = scheduler(settings.model_copy(update={"notify": told}), store, clock, start, threading.Event())
    (one,) = running.registered_rounds(settings, store)
    clock.set("03-02 01:30")
    scheduler(settings, store, clock, start, threading.Event()).plan()
    for minute in (31, 36):
        clock.set(f"03-02 01:{minute}")
        made._night("night 2569/2569", one)
        assert hooks.asked == [] and {n.outcome for n in store.nights.recent()} <= {"planned"}
        found = due_now(settings, store, one.round, clock())
        assert (found.slot.at, found.at) == (local("03-02 01:30"), clock()), "still due"
        assert made._rested("night 2569/2569", clock()) > clock() + timedelta(seconds=290), "after the rest"
    clock.set("03-02 01:41")
    made._night("night 2569/2569", one)
    (night,) = (n for n in store.nights.of_round(2569, "2569") if n.outcome != "planned")
    assert (night.outcome, night.planned_at) == ("failed", local("03-02 01:30"))
    assert night.result["detail"] == f"the process ended with {words}" and night.result["told"]["webhook"] == "sent"
    clock.set("03-02 01:46")
    made.plan()
    (job,) = made._jobs.get_jobs()
    assert job.trigger.run_date == local("03-02 05:30"), "its next attempt is the next slot"
    made._night("night 2569/2569", one)
    assert len(hooks.asked) == 1 and len([n for n in store.nights.recent() if n.outcome != "planned"]) == 1


def test_a_start_that_fails_once_costs_no_night(settings, store, clock) -> None:
    start = Started(Child(4, said="the database server does not answer"))
    made = scheduler(settings, store, clock, start, threading.Event())
    (one,) = running.registered_rounds(settings, store)
    clock.set("03-02 01:31")
    for _ in range(2):
        for code in (4, 4, 0):
            start.child = Child(code)
            made._night("night 2569/2569", one)
    assert store.nights.recent() == () and due_now(settings, store, one.round, clock()).slot.at == local("03-02 01:30")


def test_a_night_that_had_begun_and_dies_when_it_is_gone_on_with_is_started_anew_too(settings, store, clock) -> None:
    begun_night(store, "interrupted")
    clock.set("03-02 01:40")
    made = scheduler(settings, store, clock, Started(Child(4)), threading.Event())
    (one,) = running.registered_rounds(settings, store)
    outcomes = []
    for _ in range(3):
        made._night("night 2569/2569", one)
        outcomes += [night.outcome for night in store.nights.of_round(2569, "2569")]
    assert outcomes == ["interrupted", "interrupted", "failed"]


def test_what_a_process_said_last_is_known_and_goes_where_our_log_goes(capsys) -> None:
    says = "import sys; sys.stderr.buffer.write('ไม่มีที่ว่าง\\n\\nno space\\n'.encode()); sys.exit(4)"
    child = running.Process([sys.executable, "-c", says])
    while child.poll() is None:
        pass
    assert child.last_words() == "ไม่มีที่ว่าง no space"
    assert "no space" in capsys.readouterr().err


def test_after_a_failure_the_same_is_not_started_again_at_once(settings, store, clock) -> None:
    begun_night(store)
    clock.set("03-02 01:40")
    made = scheduler(settings, store, clock, Started(Child(6)), threading.Event())
    made._night("night 2569/2569", running.registered_rounds(settings, store)[0])
    assert timedelta(seconds=290) < made._rested("night 2569/2569", clock()) - clock() <= timedelta(seconds=300)


def test_the_light_check_comes_at_its_interval_and_at_once_when_there_is_none(settings, store, clock) -> None:
    used = settings.model_copy(update={"schedule": ScheduleSettings(availability_minutes=60)})
    made = scheduler(used, store, clock, Started(Child(0)), threading.Event())
    made.plan()
    (job,) = [j for j in made._jobs.get_jobs() if j.id == "websites"]
    assert job.trigger.run_date == clock().astimezone(UTC)


def test_without_any_website_no_light_check_is_started(settings, clock) -> None:
    used = settings.model_copy(update={"schedule": ScheduleSettings(availability_minutes=60)})
    with Store.open(settings) as store:
        store.save_inputs(2569, [replace(a, hosts=()) for a in AGENCIES], (), received_at=clock())
        made = scheduler(used, store, clock, Started(Child(0)), threading.Event())
        made.plan()
        assert [j.id for j in made._jobs.get_jobs()] == ["night 2569/2569"]


def test_what_waits_behind_another_is_handed_out_once_and_nothing_is_said_of_it(settings, store, clock, caplog) -> None:
    """Two rounds are due; while the first is at work the plan is made again and again."""
    clock.at = now()  # APScheduler reads the real clock
    today = clock.at.astimezone(BANGKOK)
    checklist = checklist_of(2569)[0]
    ones = [RegisteredRound(Round(n, 2569, None, today.date() + timedelta(days=30)), checklist) for n in ("x", "y")]
    due = settings.model_copy(update={"schedule": ScheduleSettings(at=f"{today:%H:%M}", availability_minutes=0)})
    start, stop = Started(Child(None)), threading.Event()
    made = scheduler(due, store, clock, start, stop)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "registered_rounds", lambda *_: ones)
        made._jobs.start()
        try:
            made.plan()
            assert start.begun.wait(20)
            while made._jobs.get_jobs():
                time.sleep(0.01)
            for _ in range(3):
                made.plan()
                time.sleep(0.05)
        finally:
            stop.set()
            made._jobs.shutdown(wait=True)
    assert len(start.commands) == 1 and "maximum number of running instances" not in caplog.text
    assert made._handed == set()


def test_a_night_that_is_due_when_the_scheduler_is_first_started_stays_due_once_the_plan_is_written_down(
    settings, store, clock
) -> None:
    clock.set("03-02 01:35")
    (one,) = running.registered_rounds(settings, store)
    for _ in range(2):
        scheduler(settings, store, clock, Started(Child(0)), threading.Event()).plan()
        found = due_now(settings, store, one.round, clock())
        assert found.slot.at == local("03-02 01:30") and found.at == clock()


def test_a_database_that_is_away_does_not_end_the_scheduler(settings, store, clock, caplog, monkeypatch) -> None:
    from oitcheck.errors import StoreError

    def away(*_: object) -> None:
        raise StoreError("the database server does not answer", where="db")

    monkeypatch.setattr(running, "registered_rounds", away)
    scheduler(settings, store, clock, Started(Child(0)), threading.Event()).plan()
    assert "does not answer" in caplog.text and "tried again" in caplog.text


def test_a_plan_that_cannot_be_made_is_logged_once_and_told_when_it_lasts(
    settings, store, clock, caplog, hooks, mailbox, monkeypatch
) -> None:
    from oitcheck.errors import StoreError

    def away(*_: object) -> None:
        raise StoreError("the database server does not answer", where="db")

    told = settings.notify.model_copy(update={
        "webhook_url": f"{hooks.url}/told", "smtp_host": "127.0.0.1", "smtp_port": mailbox.port,
        "smtp_security": "none", "mail_from": "oit@nakhon.example", "mail_to": ("a@nakhon.example",),
    })  # fmt: skip
    made = scheduler(settings.model_copy(update={"notify": told}), store, clock, Started(Child(0)), threading.Event())
    there = running.registered_rounds
    monkeypatch.setattr(running, "registered_rounds", away)
    seen = []
    for _ in range(5):
        made.plan()
        seen.append((len(mailbox.mails), len(hooks.asked)))
    assert seen == [(0, 0), (0, 0), (1, 1), (1, 1), (1, 1)], "a database that is started anew is nobody's news"
    assert caplog.text.count("does not answer") == 1
    assert b"oitcheck.trouble/1" in hooks.asked[0][2] and b"does not answer" in hooks.asked[0][2]
    monkeypatch.setattr(running, "registered_rounds", there)
    made.plan()
    monkeypatch.setattr(running, "registered_rounds", away)
    for _ in range(4):
        made.plan()
    assert len(mailbox.mails) == 1, "at most one a day"
    clock.set("03-02 12:00")
    made.plan()
    assert len(mailbox.mails) == 2


def test_a_night_whose_end_cannot_be_written_down_is_told_too(settings, store, clock, hooks, monkeypatch) -> None:
    from oitcheck.errors import StoreError

    def full(*_: object) -> None:
        raise StoreError("the disk is full", where="db")

    monkeypatch.setattr(running, "close_night", full)
    clock.set("03-02 01:31")
    told = settings.notify.model_copy(update={"webhook_url": f"{hooks.url}/told"})
    made = scheduler(settings.model_copy(update={"notify": told}), store, clock, Started(Child(4)), threading.Event())
    for _ in range(5):
        made._night("night 2569/2569", running.registered_rounds(settings, store)[0])
    assert len(hooks.asked) == 1 and b"the disk is full" in hooks.asked[0][2]


def test_a_clock_that_is_moved_is_noticed() -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    watch = ClockWatch(start, 100.0)
    assert watch.jumped_seconds(start + timedelta(seconds=2), 102.0) == 0
    assert watch.jumped_seconds(start + timedelta(hours=1, seconds=4), 104.0) == 3600
    assert watch.jumped_seconds(start - timedelta(hours=2), 106.0) == -3600 * 3 - 6
    assert watch.jumped_seconds(start - timedelta(hours=2) + timedelta(seconds=10), 116.0) == 0


class _Slow(BaseHTTPRequestHandler):
    """Answers nothing until it is let go; tells that it was asked."""

    asked, let_go = threading.Event(), threading.Event()

    def do_GET(self) -> None:
        _Slow.asked.set()
        _Slow.let_go.wait(30)
        with contextlib.suppress(OSError):  # the one that was interrupted hung up
            self.answer()

    def answer(self) -> None:
        body = "<html><body>แผนผังโครงสร้าง</body></html>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None: ...


def test_a_night_that_is_told_to_end_ends_with_7_and_the_next_goes_on_with_its_run(
    settings, store, tmp_path: Path
) -> None:
    """The real program: SIGTERM while it waits for a page, started as a shell does in the background."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Slow)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environ = {
        **os.environ,
        "OITCHECK_NETWORK__CONNECT_TO": f"127.0.0.1:{server.server_address[1]}",
        "OITCHECK_NETWORK__ALLOW_PRIVATE": "true",
        "OITCHECK_CRAWL__DELAY_SECONDS": "0",
        "OITCHECK_STORAGE__DATA_DIR": str(settings.data_dir),
        "OITCHECK_STORAGE__LEAST_FREE_BYTES": "0",
        "OITCHECK_BROWSER__ENABLED": "false",
        "OITCHECK_OCR__ENABLED": "false",
        "OITCHECK_EXTRACT__WORKERS": "1",
    }
    store.save_inputs(2569, AGENCIES, (), received_at=now())
    try:
        first = subprocess.Popen(
            [*PROGRAM, "schedule", "night", "--round", "2569"], env=environ, cwd=tmp_path, stderr=subprocess.PIPE,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
        )  # fmt: skip
        assert _Slow.asked.wait(120), (first.kill(), first.communicate())
        first.send_signal(signal.SIGTERM)
        _, err = first.communicate(timeout=60)
        assert first.returncode == 7, err.decode()
        assert b"Traceback" not in err
        (night,) = store.nights.recent()
        assert night.outcome == "interrupted" and [r.state for r in store.runs()] == ["stopped"]
        _Slow.let_go.set()
        again = subprocess.run(
            [*PROGRAM, "schedule", "night", "--round", "2569"],
            env=environ,
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert again.returncode == 0, again.stderr
        assert [r.state for r in store.runs()] == ["done"], "the same run was gone on with"
    finally:
        _Slow.let_go.set()
        server.shutdown()
        server.server_close()
