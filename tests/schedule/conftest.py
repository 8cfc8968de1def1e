"""A small registry, a clock that is set by hand, and nights whose findings are given."""

from __future__ import annotations

import socketserver
import ssl
import threading
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from oitcheck.model.agency import Agency, Submission
from oitcheck.model.finding import Finding, Outcome, Run, SearchedRow
from oitcheck.pipeline.budget import Silent
from oitcheck.pipeline.running import Outcome as RunOutcome
from oitcheck.schedule import night as night_module
from oitcheck.schedule.night import night_by_plan
from oitcheck.schedule.registered import registered_round
from oitcheck.settings import NotifySettings, ScheduleSettings, Settings, StorageSettings
from oitcheck.store.nights import Night
from oitcheck.store.records import Store

ROUND = "2569"
AGENCIES = tuple(
    Agency(name, f"เทศบาลตำบล{name}", "เทศบาลตำบล", "นครธาร", "เมือง", 2569, "", (f"www.{name}.example",))
    for name in ("a", "b")
)


def local(text: str) -> datetime:
    """A local time of 2026, such as `03-02 01:30`."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZoneInfo("Asia/Bangkok"))


class Clock:
    """Stands until it is set."""

    def __init__(self) -> None:
        self.at = local("03-01 12:00")

    def __call__(self) -> datetime:
        return self.at

    def set(self, text: str) -> None:
        self.at = local(text)


@dataclass
class Nights:
    """Scripted nights: `verdicts` are the outcomes the next check finds, `trouble` the agencies that cannot be reached,
    `broken` those that cannot be checked.
    """

    settings: Settings
    store: Store
    clock: Clock
    verdicts: dict[str, Outcome] = field(default_factory=dict)
    trouble: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    error: BaseException | None = None
    complete: bool = True
    asked: list[dict[str, Any]] = field(default_factory=list)

    def check_round(self, settings: Settings, store: Store, inputs: Any, checklist: Any, vocabulary: Any, as_of: Any,
                    wanted: Any, progress: Any) -> RunOutcome:  # fmt: skip
        self.asked.append(
            {"agencies": [a.id for a in inputs.agencies], "as_of": as_of, "minutes": settings.crawl.max_minutes}
        )
        if self.error:
            raise self.error
        run = Run(
            f"run-{len(store.runs()) + 1}", 2569, inputs.round.id, checklist.id, "0", self.clock(), as_of.isoformat()
        )
        store.begin_run(run, inputs.agencies, inputs.submissions, inputs.round, started_at=self.clock())
        for agency in inputs.agencies:
            if agency.id in self.broken:
                continue
            troubled = agency.id in self.trouble
            outcome = Outcome.CANT_TELL if troubled else self.verdicts.get(agency.id, Outcome.PASSED)
            searched = SearchedRow(f"http://{agency.hosts[0]}/o1", "", "", 0, False, "timeout")
            store.add_findings(
                run.id,
                [
                    Finding(
                        agency.id,
                        "O1",
                        requirement,
                        "",
                        outcome,
                        "x",
                        "x.x",
                        True,
                        "direct",
                        {},
                        (),
                        (searched,) if troubled else (),
                    )
                    for requirement in ("*", "O1.1")
                ],
            )
        broken = {
            a.id: {"reason": "KeyError", "left_out": [f"http://{a.hosts[0]}/o1"]}
            for a in inputs.agencies
            if a.id in self.broken
        }
        left = [url for told in broken.values() for url in told["left_out"]]
        left += [] if self.complete else ["http://www.a.example/left"]
        store.finish_run(run.id, "stopped" if left else "done", self.clock(), left, broken)
        return RunOutcome(run, not left, tuple(left), {a: told["reason"] for a, told in broken.items()})

    def at(self, text: str, **settings: Any) -> Night | None:
        """What happens when the clock shows this local time."""
        self.clock.set(text)
        used = self.settings.model_copy(update=settings)
        return night_by_plan(used, self.store, registered_round(used, self.store, ROUND), self.clock, Silent())

    def rows(self) -> list[tuple[str, str, str]]:
        zone = ZoneInfo("Asia/Bangkok")
        return [
            (f"{n.planned_at.astimezone(zone):%m-%d %H:%M}", n.kind, n.outcome)
            for n in self.store.nights.of_round(2569, ROUND)
        ]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        storage=StorageSettings(data_dir=tmp_path / "data", least_free_bytes=0),
        schedule=ScheduleSettings(dense_days=0, availability_minutes=0),
        notify=NotifySettings(timeout_seconds=5),
    )


@pytest.fixture
def store(settings: Settings, clock: Clock) -> Iterator[Store]:
    with Store.open(settings) as opened:
        opened.save_inputs(
            2569,
            AGENCIES,
            [Submission(a.id, "O1", (f"http://{a.hosts[0]}/o1",)) for a in AGENCIES],
            received_at=clock(),
        )
        yield opened


@pytest.fixture
def nights(settings: Settings, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Nights:
    made = Nights(settings, store, clock)
    monkeypatch.setattr(night_module, "check_round", made.check_round)
    return made


@dataclass
class Mailbox:
    """A mail server on loopback that keeps what it is sent, and refuses while `refuses` is set.

    With `tls` it offers STARTTLS, or speaks TLS from the start (`at_once`), and takes whoever signs in over it;
    `signed_in` are their names and passwords.
    """

    port: int
    mails: list[str] = field(default_factory=list)
    refuses: bool = False
    tls: ssl.SSLContext | None = None
    at_once: bool = False
    signed_in: list[tuple[str, str]] = field(default_factory=list)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if box.at_once and not self.secured():
                return
            self.say("220 here")
            while line := self.rfile.readline():
                word = line.split(b" ", 1)[0].strip().upper()
                if word == b"EHLO" and box.tls:
                    self.say("250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN")
                elif word == b"STARTTLS":
                    self.say("220 go on")
                    if not self.secured():
                        return
                elif word == b"AUTH":
                    _, name, password = b64decode(line.split()[-1]).decode().split("\0")
                    box.signed_in.append((name, password))
                    self.say("235 well" if isinstance(self.request, ssl.SSLSocket) else "538 not in the open")
                elif word == b"DATA":
                    self.say("354 go on")
                    lines = []
                    while (part := self.rfile.readline()).strip() != b".":
                        lines.append(part.decode())
                    box.mails.append("".join(lines))
                    self.say("250 kept")
                elif word == b"QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("550 no" if box.refuses and word == b"MAIL" else "250 well")

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def secured(self) -> bool:
            assert box.tls is not None
            try:
                self.request = box.tls.wrap_socket(self.request, server_side=True)
            except OSError:  # the client did not like the certificate
                return False
            self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", buffering=0)
            return True

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        box = Mailbox(server.server_address[1])
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield box
        server.shutdown()


@dataclass
class Hooks:
    """A web server on loopback: what was asked of it (method, path, body), and the status it answers with."""

    url: str
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)
    status: int = 200


@pytest.fixture
def hooks() -> Iterator[Hooks]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            seen.asked.append((self.command, self.path, body))
            self.send_response(seen.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    seen = Hooks(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield seen
    server.shutdown()
    server.server_close()
