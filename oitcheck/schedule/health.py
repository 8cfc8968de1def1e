"""What `doctor` looks at: everything a night needs, and whether the last one was. One line each, with its remedy."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from oitcheck.errors import ChecklistError, OitcheckError
from oitcheck.pipeline.inputs import checklist_of
from oitcheck.pipeline.websites import registered_websites
from oitcheck.pipeline.workshop import lacking
from oitcheck.report.night import instant_of
from oitcheck.schedule.night import LAST_NIGHT
from oitcheck.schedule.plan import is_open
from oitcheck.schedule.registered import known_years, registered_rounds
from oitcheck.settings import Settings
from oitcheck.store.database import opened
from oitcheck.store.records import Store

State = Literal["ok", "warn", "bad"]

_DNS_SECONDS = 5.0
_DNS_NAMES = 3
_SAMPLE_SECONDS = 0.1
_DRIFT_SECONDS = 1.0
_COMFORTABLE = 4  # times the least free space

TOOLS = {
    "ocr": ("scans and pictures are left to a person", "apt-get install tesseract-ocr tesseract-ocr-tha"),
    "browser": ("pages made by JavaScript are left to a person", "apt-get install chromium"),
    "antiword": ("old Word files (.doc) are left to a person", "apt-get install antiword"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at. `remedy` is "" where nothing has to be done; `error` is what was raised, if anything was."""

    what: str
    state: State
    detail: str
    remedy: str = ""
    error: OitcheckError | None = None


def examined(settings: Settings, clock: Callable[[], datetime], config: Path | None = None) -> tuple[Line, ...]:
    """All lines, in the order in which they matter. `config`: the file the settings were read from (None: no file)."""
    told = str(config.absolute()) if config else "no file: the defaults, and the environment"
    lines = [Line("configuration", "ok", told), *_folder(settings)]
    database = _database(settings)
    lines.append(database)
    lines += [*_clock(settings, clock), *_tools(settings), *_checklists()]
    if database.state == "ok" and not database.detail.startswith("not made"):
        with Store.open(settings, write=False) as store:
            lines += [_recorded(store, clock()), _dns(settings, store), *_nights(settings, store, clock())]
    return tuple(lines)


def exit_code(lines: Sequence[Line]) -> int:
    """0 when nothing is bad; 4 for storage, 3 for checklists, 1 for anything else."""
    bad = [line.what for line in lines if line.state == "bad"]
    if any(what in ("database", "data folder", "disk") for what in bad):
        return 4
    if any(what.startswith("checklist") for what in bad):
        return 3
    return 1 if bad else 0


def _folder(settings: Settings) -> Iterator[Line]:
    folder = settings.data_dir
    existing = next((p for p in (folder, *folder.parents) if p.exists()), folder)
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        yield Line("data folder", "bad", f"{existing} cannot be written", "Choose another storage.data_dir.")
        return
    yield Line("data folder", "ok", str(folder))
    free, least = shutil.disk_usage(existing).free, settings.storage.least_free_bytes
    state: State = "bad" if free < least else "warn" if free < _COMFORTABLE * least else "ok"
    remedy = "" if state == "ok" else "Free some space, or move storage.data_dir to a larger disk."
    yield Line("disk", state, f"{free // 2**20:,} MiB free, {least // 2**20:,} MiB needed", remedy)


def _database(settings: Settings) -> Line:
    try:
        database = opened(settings, write=False)
    except OitcheckError as error:
        if not settings.database.url and not any(settings.data_dir.glob("*.sqlite3")):
            return Line("database", "ok", "not made yet: the first run makes it")
        remedy = getattr(error, "remedy", "") or "Run: oitcheck db upgrade"
        return Line("database", "bad", f"{error.where}: {error.what}", remedy, error)
    try:
        state = database.status()
    finally:
        database.close()
    return Line("database", "ok", f"version {state.current}, this program {state.head}")


def _clock(settings: Settings, clock: Callable[[], datetime]) -> Iterator[Line]:
    """Whether the clock runs as the machine's own counter does, and the time zones are there."""
    wall, counter = clock(), time.monotonic()
    time.sleep(_SAMPLE_SECONDS)
    drift = (clock() - wall).total_seconds() - (time.monotonic() - counter)
    steady = abs(drift) < _DRIFT_SECONDS
    yield Line(
        "clock",
        "ok" if steady else "bad",
        f"it is {wall.isoformat(timespec='seconds')}"
        if steady
        else f"it moved by {drift:+.1f} seconds while it was looked at",
        "" if steady else "Let one service set the clock (systemd-timesyncd or chrony).",
    )
    name = settings.schedule.timezone
    try:
        offset = wall.astimezone(ZoneInfo("Asia/Bangkok")).utcoffset()
        ZoneInfo(name)
    except (OSError, LookupError, ValueError):
        offset = None
    known = offset == timedelta(hours=7)
    remedy = "" if known else "apt-get install tzdata"
    yield Line("time zones", "ok" if known else "bad", name if known else "their data is missing or wrong", remedy)


def _recorded(store: Store, now: datetime) -> Line:
    """Nothing that was written down may lie in the future."""
    noted_at = store.nights.noted_at()
    latest = max([*(r.started_at for r in store.runs()), *((noted_at,) if noted_at else ())], default=None)
    if latest and latest > now + timedelta(minutes=5):
        text = f"something was recorded at {latest.isoformat(timespec='seconds')}, which is still to come"
        return Line("clock and records", "bad", text, "Set the clock; what was recorded too early is done again.")
    return Line("clock and records", "ok", "nothing is recorded in the future")


def _dns(settings: Settings, store: Store) -> Line:
    if settings.network.connect_to:
        return Line("name servers", "warn", "not asked: network.connect_to is set", "Never set it for real sites.")
    hosts = [a.hosts[0] for a in registered_websites(store, known_years()) if a.hosts][:_DNS_NAMES]
    if not hosts:
        return Line("name servers", "ok", "no website is registered yet")
    pool = ThreadPoolExecutor(len(hosts))
    asked = [pool.submit(socket.getaddrinfo, host, None) for host in hosts]
    ends_at = time.monotonic() + _DNS_SECONDS
    answered = sum(_resolves(each, ends_at) for each in asked)
    pool.shutdown(wait=False, cancel_futures=True)
    detail = f"{answered} of {len(hosts)} websites have an address"
    if answered:
        return Line("name servers", "ok", detail)
    return Line("name servers", "bad", detail, "Look at the network and at /etc/resolv.conf.")


def _resolves(asked: Any, ends_at: float) -> bool:
    try:
        return bool(asked.result(timeout=max(ends_at - time.monotonic(), 0.01)))
    except (OSError, UnicodeError, TooLong):
        return False


def _tools(settings: Settings) -> Iterator[Line]:
    missing = lacking(settings)
    for tool, (cost, remedy) in TOOLS.items():
        if tool in missing:
            off = getattr(getattr(settings, tool, None), "enabled", "auto") is False
            yield Line(tool, "warn", cost, f"Switched off by {tool}.enabled." if off else remedy)
        else:
            yield Line(tool, "ok", "")
    if _has_thai_fonts():
        yield Line("fonts", "ok", "")
    else:
        yield Line("fonts", "warn", "Thai is missing from printed reports", "apt-get install fonts-thai-tlwg")


def _has_thai_fonts() -> bool:
    try:
        found = subprocess.run(["fc-list", ":lang=th"], capture_output=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return bool(found.stdout.strip())


def _checklists() -> Iterator[Line]:
    for year in known_years():
        try:
            checklist, _ = checklist_of(year)
            yield Line(f"checklist {year}", "ok", f"{len(checklist.items)} items")
        except ChecklistError as error:
            yield Line(f"checklist {year}", "bad", str(error), "Run: oitcheck checklist check", error)


def _nights(settings: Settings, store: Store, now: datetime) -> Iterator[Line]:
    """The last night by the file that others may look at too, its age, and who was called after it."""
    path = settings.data_dir / LAST_NIGHT
    try:
        result = json.loads(path.read_text("utf-8"))
        ended = instant_of(result["ended_at"])
        outcome, round_id, told = str(result["outcome"]), str(result["round"]), dict(result.get("told", {}))
    except FileNotFoundError:
        since = store.nights.not_begun_since(now)
        if since:
            detail = f"planned since {since.isoformat(timespec='minutes')}, none was done"
            yield Line("last night", "bad", detail, "Start: oitcheck schedule run")
        else:
            yield Line("last night", "ok", "none yet")
        return
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield Line("last night", "bad", f"{path} cannot be read: {error}", "The next night writes it anew.")
        return
    age = now - ended if ended else timedelta.max
    hours = age.total_seconds() / 3600
    words = f"round {round_id}: {outcome}, {hours:.0f} h ago"
    if age > timedelta(hours=settings.notify.overdue_hours) and _any_open(settings, store, now):
        yield Line("last night", "bad", words, "See `oitcheck schedule list`; is `oitcheck schedule run` at work?")
    elif outcome == "failed":
        why = f"round {round_id}: {outcome}, {hours:.0f} h ago: {result.get('detail', '')}"
        yield Line("last night", "bad", why, "See the log, then: oitcheck schedule night")
    elif outcome != "done":
        yield Line("last night", "warn", words, "It is gone on with; by hand: oitcheck schedule night")
    else:
        yield Line("last night", "ok", words)
    if not settings.notify.heartbeat_url:
        remedy = "Set notify.heartbeat_url, or let something watch the age of last-night.json."
        yield Line("heartbeat", "warn", "nobody notices a night that does not happen", remedy)
    for name in ("heartbeat", "mail", "webhook"):
        said = str(told.get(name, "off"))
        if "not sent" in said:
            yield Line(name, "bad" if name == "heartbeat" else "warn", said, f"Look at the keys of notify for {name}.")
        elif said != "off":
            yield Line(name, "ok", said)


def _any_open(settings: Settings, store: Store, now: datetime) -> bool:
    day = now.astimezone(ZoneInfo(settings.schedule.timezone)).date()
    return any(is_open(r.round, settings.schedule, day) for r in registered_rounds(settings, store))
