"""schedule run, list, night: nights that nobody watches, and what they do done by hand."""

from __future__ import annotations

import signal
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from oitcheck.cli.check import say_unknown_round
from oitcheck.cli.output import Format, instant_cell, print_list, say
from oitcheck.cli.progress import Bar
from oitcheck.cli.years import year_option
from oitcheck.errors import SettingsError
from oitcheck.pipeline.clock import now
from oitcheck.pipeline.rounds import rounds_of
from oitcheck.schedule.night import night_by_hand, night_by_plan
from oitcheck.schedule.plan import due, next_slots
from oitcheck.schedule.registered import RegisteredRound, registered_round, registered_rounds
from oitcheck.schedule.running import run_schedule
from oitcheck.settings import Settings
from oitcheck.store.nights import NightOutcome
from oitcheck.store.records import Store

schedule_app = typer.Typer(help="Checks at night. การตรวจตามกำหนดเวลา", no_args_is_help=True)

_EXIT_CODES: dict[NightOutcome, int] = {"stopped": 5, "paused": 5, "busy": 6, "interrupted": 7}
_COLUMNS = ("year", "round", "at", "kind", "state", "run")


def register(app: typer.Typer) -> None:
    schedule_app.command("run")(run)
    schedule_app.command("list")(list_)
    schedule_app.command("night")(night)
    app.add_typer(schedule_app, name="schedule")


def run(context: typer.Context) -> int:
    """Be the scheduler: check every open round at night until told to end. เริ่มตัวตั้งเวลา"""
    settings: Settings = context.obj()
    stop = threading.Event()
    # A handler must not take locks that the interrupted thread may hold: it starts a thread that sets the event.
    ends = lambda *_: threading.Thread(target=stop.set).start()  # noqa: E731
    before = {number: signal.signal(number, ends) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        return run_schedule(settings, own_command(context), stop, now)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def own_command(context: typer.Context) -> tuple[str, ...]:
    """How this program is started again with the same configuration; nothing is imported from the working folder."""
    config = context.find_root().params.get("config")
    chosen = ("--config", str(Path(config).absolute())) if config else ()
    return (sys.executable, "-P", "-c", "from oitcheck.cli.app import main; main()", *chosen)


def night(
    context: typer.Context,
    round: Annotated[list[str], typer.Option("--round", help="Only this round (repeatable). เฉพาะรอบ")] = [],  # noqa: B006
    year: Annotated[int, year_option("Fiscal year in BE, when the round's id does not tell it. ปีงบประมาณ")] = 0,
    due: Annotated[bool, typer.Option("--due", help="Only what the plan says is due now. เฉพาะที่ถึงกำหนด")] = False,
) -> int:
    """Do one night now: check from the registry, publish, compare with last time, tell. ตรวจหนึ่งคืน"""
    settings: Settings = context.obj()
    worst = 0
    before = {signal.SIGTERM: signal.signal(signal.SIGTERM, _as_interrupt)}
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell leaves it to what it starts in the background
        before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with Store.open(settings) as store:
            rounds = [registered_round(settings, store, r, year) for r in round] or registered_rounds(settings, store)
            if not rounds:
                raise SettingsError(
                    "no agency is registered, so no round can be checked",
                    where="schedule night",
                    remedy="Import first: oitcheck agencies import FILE, then oitcheck submissions import FILE.",
                )
            for one in rounds:
                _say_if_unknown(store, one)
                if one.round.frozen_at is not None and not round:
                    say(f"frozen, nothing planned: {one.round.fiscal_year_be}/{one.round.id}")
                    continue
                with Bar() as bar:
                    done = (night_by_plan if due else night_by_hand)(settings, store, one, now, bar)
                if done is None:
                    say(f"round {one.round.fiscal_year_be}/{one.round.id}: nothing is due now")
                    continue
                print(f"{done.year_be}\t{done.round_id}\t{done.outcome}\t{done.run_id}")
                if done.result.get("detail"):
                    say(str(done.result["detail"]))
                worst = max(worst, int(done.result.get("exit_code", 0)), _EXIT_CODES.get(done.outcome, 0))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return worst


def _say_if_unknown(store: Store, one: RegisteredRound) -> None:
    known = [r.id for r in rounds_of(store, one.checklist)]
    say_unknown_round(one.round.id, one.round.fiscal_year_be, known)


def _as_interrupt(number: int, frame: FrameType | None) -> None:
    signal.raise_signal(signal.SIGINT)


def list_(
    context: typer.Context,
    days: Annotated[int, typer.Option(help="How far ahead. จำนวนวันข้างหน้า", min=1, max=366)] = 7,
    past: Annotated[int, typer.Option(help="How many nights back. จำนวนครั้งที่ผ่านมา", min=0, max=400)] = 10,
    format: Annotated[Format, typer.Option("--format", help="Format. รูปแบบ")] = "table",
) -> int:
    """List what was done and what runs when. รายการที่ตรวจแล้วและกำหนดการ"""
    settings: Settings = context.obj()
    zone = ZoneInfo(settings.schedule.timezone)
    at = now()
    with Store.open(settings, write=False) as store:
        done = store.nights.recent(most=past) if past else ()
        rows: list[tuple[datetime, int, str, str, str, str]] = [
            (n.planned_at, n.year_be, n.round_id, n.kind, n.outcome, n.run_id) for n in done
        ]
        closed, frozen = [], []
        for one in registered_rounds(settings, store):
            year, name = one.round.fiscal_year_be, one.round.id
            _say_if_unknown(store, one)
            following = due(one.round, settings.schedule, store.nights.of_round(year, name), at)
            if one.round.frozen_at is not None:
                frozen.append(f"{year}/{name}")
            elif following is None:
                closed.append(f"{year}/{name}")
            elif following.at <= at:
                rows.append((at, year, name, following.slot.kind, "due now", ""))
            slots = next_slots(one.round, settings.schedule, at, days=days)
            limit = at + timedelta(days=days)
            rows += [(s.at, year, name, s.kind, "planned", "") for s in slots if s.at <= limit or len(slots) == 1]
    print_list(_COLUMNS, [(year, name, _at(t, zone, format), *rest) for t, year, name, *rest in sorted(rows)], format)
    if closed:
        say(f"closed, nothing planned: {', '.join(closed)}")
    if frozen:
        say(f"frozen, nothing planned: {', '.join(frozen)}")
    if not rows and not closed and not frozen:
        say("no agency is registered: oitcheck agencies import FILE, then oitcheck submissions import FILE")
    return 0


def _at(instant: datetime, zone: ZoneInfo, format: Format) -> str:
    if format == "table" and zone.key == "Asia/Bangkok":
        return instant_cell(instant, format)
    return instant.astimezone(zone).isoformat(sep=" ", timespec="minutes")
