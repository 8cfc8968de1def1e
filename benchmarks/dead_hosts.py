"""How much longer a `check` of 60 live hosts on 12 addresses takes when 20 dead ones stand in the register too.

    .venv/bin/python benchmarks/dead_hosts.py [--items 43] [--delay 0.05] [--live 60] [--dead 20]

All times are those of a night divided by one number: with a delay of 0.05 seconds instead of 1, a connection is waited
for half a second instead of ten, and so on. A third of the dead hosts have no name, a third no machine, a third a
closed port. Sites stand on loopback (127.0.0.2 to 127.0.0.13, Linux only). Attempts are counted besides.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import os
import socket
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpcore

from oitcheck.cli import app as cli
from oitcheck.crawl.limits import CrawlLimits

PAGE = (
    "<!doctype html><meta charset=utf-8><title>เทศบาล</title><h1>รายงานผลการดำเนินงาน</h1>"
    + "<p>เทศบาลตำบลสบห้วยรายงานผลการดำเนินงานประจำปีงบประมาณ พ.ศ. 2566</p>" * 20
).encode()
DEAD_KINDS = ("", "192.0.2.1", "198.51.100.1")


class Province:
    """The network of the measurement: names, live sites, and what dead hosts were tried."""

    def __init__(self, live: int, dead: int) -> None:
        self.live = {f"www.live{n:03}.example": f"127.0.0.{2 + n % 12}" for n in range(live)}
        self.dead = {f"www.dead{n:03}.example": DEAD_KINDS[n % 3] for n in range(dead)}
        self.tries: Counter[str] = Counter()
        self.requests = 0
        self.ports: dict[str, int] = {}

    async def start(self) -> None:
        """Listen at every address."""
        for address in sorted(set(self.live.values())):
            server = await asyncio.start_server(self._serve, address, 0)
            self.ports[address] = server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                await reader.readuntil(b"\r\n\r\n")
                self.requests += 1
                kind = b"Content-Type: text/html; charset=utf-8"
                writer.write(b"HTTP/1.1 200 OK\r\n%s\r\nContent-Length: %d\r\n\r\n" % (kind, len(PAGE)) + PAGE)
        writer.close()

    def lead(self) -> None:
        """Put this network in place of the real one, for this process."""
        connect, really = httpcore.AnyIOBackend.connect_tcp, socket.getaddrinfo

        def getaddrinfo(host: Any, port: Any, *more: Any, **named: Any) -> Any:
            if host in self.live:
                return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (self.live[host], 0))]
            if host not in self.dead:
                return really(host, port, *more, **named)
            if not self.dead[host]:
                self.tries[host] += 1
                raise socket.gaierror(-2, "Name or service not known")
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"{self.dead[host]}{host[9:11]}", 0))]

        async def connect_tcp(own: Any, host: str, port: int, timeout: float | None = None, **more: Any) -> Any:
            if host in self.ports:
                return await connect(own, host, self.ports[host], timeout, **more)
            self.tries[next(name for name in self.dead if name[9:11] == host[-2:])] += 1
            if host.startswith("192."):
                await asyncio.sleep(timeout or 0)
                raise httpcore.ConnectTimeout
            raise httpcore.ConnectError from ConnectionRefusedError()

        socket.getaddrinfo = getaddrinfo  # type: ignore[assignment]
        httpcore.AnyIOBackend.connect_tcp = connect_tcp  # type: ignore[method-assign]


def measured(hosts: list[str], items: int, delay_seconds: float, folder: Path) -> float:
    """The seconds that `check` takes for a register of `hosts`."""
    folder.mkdir()
    usual = CrawlLimits()
    share = delay_seconds / usual.delay_seconds
    head = "agency_id,name_th,kind,province,district,fiscal_year,round,hosts\n"
    rows = (f"{h[4:11]},เทศบาลตำบลสบห้วย,เทศบาลตำบล,นครธาร,สบห้วย,2566,,{h}\n" for h in hosts)
    (folder / "agencies.csv").write_text(head + "".join(rows), "utf-8")
    urls = (f"{h[4:11]},O{n},http://{h}/o{n},\n" for h in hosts for n in range(1, items + 1))
    (folder / "submissions.csv").write_text("agency_id,item,url,note\n" + "".join(urls), "utf-8")
    os.environ |= {
        "OITCHECK_NETWORK__ALLOW_PRIVATE": "true",
        "OITCHECK_CRAWL__DELAY_SECONDS": str(delay_seconds),
        "OITCHECK_CRAWL__RETRY_DELAY_SECONDS": str(usual.retry_delay_seconds * share),
        "OITCHECK_CRAWL__CONNECT_TIMEOUT_SECONDS": str(usual.connect_timeout_seconds * share),
        "OITCHECK_STORAGE__DATA_DIR": str(folder / "data"),
        "OITCHECK_BROWSER__ENABLED": "false",
        "OITCHECK_OCR__ENABLED": "false",
    }
    files = ["--agencies", str(folder / "agencies.csv"), "--submissions", str(folder / "submissions.csv")]
    started = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as told:
        code = cli.run(
            lambda: cli.app(["check", "--year", "2566", "--as-of", "2023-04-30", *files], standalone_mode=False)
        )
    if code:
        raise SystemExit(told.getvalue())
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--items", type=int, default=43)
    parser.add_argument("--delay", type=float, default=0.05)
    parser.add_argument("--live", type=int, default=60)
    parser.add_argument("--dead", type=int, default=20)
    parser.add_argument("--repeat", type=int, default=1, help="times of each, by turns; the shortest counts")
    wanted = parser.parse_args()
    province = Province(wanted.live, wanted.dead)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(province.start())
    threading.Thread(target=loop.run_forever, daemon=True).start()
    province.lead()
    mixed = [*province.live]
    for number, host in enumerate(province.dead):  # spread over the register
        mixed.insert(number * (len(mixed) // max(len(province.dead), 1) + 1) % (len(mixed) + 1), host)
    with tempfile.TemporaryDirectory() as folder:
        times: list[tuple[float, float]] = []
        for turn in range(wanted.repeat):
            province.requests = 0
            province.tries.clear()
            alone = measured([*province.live], wanted.items, wanted.delay, Path(folder, f"alone{turn}"))
            requests = province.requests
            times.append((alone, measured(mixed, wanted.items, wanted.delay, Path(folder, f"both{turn}"))))
            print(f"  alone {times[-1][0]:.1f} s, with dead ones {times[-1][1]:.1f} s", flush=True)
        alone, both = (min(column) for column in zip(*times, strict=True))
    print(f"{wanted.live} live hosts, {requests} requests: {alone:.1f} s")
    print(f"and {wanted.dead} dead ones with {wanted.items} addresses each: {both:.1f} s, {both / alone - 1:+.1%}")
    print(f"attempts at dead hosts: {dict(Counter(province.tries.values()))} (attempts: hosts)")


if __name__ == "__main__":
    main()
