"""How long a name is asked for, however many others are."""

from __future__ import annotations

import asyncio
import time

from oitcheck.crawl import sockets
from oitcheck.crawl.sockets import Resolver


def test_the_time_of_a_name_does_not_run_while_others_hold_the_threads(monkeypatch):
    """Dead names keep their threads longer than anybody waits for them; a living one behind them is found all the same."""
    monkeypatch.setattr(sockets, "NAMES_AT_ONCE", 2)

    def getaddrinfo(host: str, *_: object, **__: object) -> list[object]:
        if host.startswith("dead"):
            time.sleep(0.3)
            raise OSError("no name server answers")
        return [(2, 1, 6, "", ("93.184.216.34", 0))]

    monkeypatch.setattr(sockets.socket, "getaddrinfo", getaddrinfo)

    async def asked() -> list[object]:
        resolver = Resolver()
        names = ("dead1.example", "dead2.example", "dead3.example", "alive.example")
        try:
            return await asyncio.gather(*(resolver.addresses(n, 0.1) for n in names), return_exceptions=True)
        finally:
            resolver.close()

    found = asyncio.run(asked())
    assert found[3] == ("93.184.216.34",) and all("in time" in str(each) for each in found[:3])
