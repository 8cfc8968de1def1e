"""What robots.txt allows, asked once per site and pass."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from protego import Protego

from oitcheck.lib.urls import host_of

MAX_ROBOTS_BYTES = 512 * 1024  # RFC 9309 asks for at least 500 KiB

ReadText = Callable[[str], Awaitable[str | None]]
SlowDown = Callable[[str, float], None]


class Robots:
    """Rules of sites. `read` gives the text of a robots.txt, None when there is none or it cannot be had.

    `slow_down` is told of a site's host and the seconds between requests that it asks for (Crawl-delay).
    A robots.txt that is absent, or whose server is in trouble, allows everything for this pass: the address stands on
    a page that an agency handed in to be looked at.
    """

    def __init__(self, agent: str, read: ReadText, slow_down: SlowDown) -> None:
        self._agent = agent
        self._read = read
        self._slow_down = slow_down
        self._rules: dict[str, asyncio.Task[Protego | None]] = {}

    async def allows(self, url: str) -> bool:
        """Whether the site of `url` lets us ask for it."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if parts.path == "/robots.txt":
            return True
        task = self._rules.get(site)
        if task is None:
            task = self._rules[site] = asyncio.create_task(self._load(site))
        rules = await asyncio.shield(task)
        return rules is None or bool(rules.can_fetch(url, self._agent))

    async def _load(self, site: str) -> Protego | None:
        text = await self._read(f"{site}/robots.txt")
        if not text or "<html" in text[:2000].lower():
            return None
        rules = Protego.parse(text)
        delay_seconds = rules.crawl_delay(self._agent)
        if delay_seconds and delay_seconds > 0:
            self._slow_down(host_of(site), float(delay_seconds))
        return rules

    def close(self) -> None:
        """Stop asking."""
        for task in self._rules.values():
            task.cancel()
