"""Which hosts need the browser: learned from the pages it had to show, and remembered across runs for a while."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from datetime import date, timedelta
from pathlib import Path

from oitcheck.lib.urls import host_of

FILE_NAME = "rendered-hosts.json"


class RenderedHosts:
    """The hosts whose pages showed more in the browser than in their source, with the day when that was seen last.

    What an earlier run learned counts in this one; what this one learns counts in the next, so that the order in which
    pages are retrieved makes no difference. `remember_days` after the last such day a host is forgotten. Without a
    `folder` nothing is remembered. A file that cannot be read is as good as none.
    """

    def __init__(self, folder: Path | None, today: date, remember_days: int) -> None:
        self._path = folder / FILE_NAME if folder else None
        self._today = today
        self._remember_days = remember_days
        self._known = frozenset(self._kept())
        self._learned: set[str] = set()

    def needs_browser(self, url: str) -> bool:
        """Whether pages of the host of a URL needed the browser in an earlier run."""
        return host_of(url) in self._known

    def learn(self, url: str) -> None:
        """Take note that a page of this host showed more in the browser."""
        self._learned.add(host_of(url))

    def save(self) -> None:
        """Keep what was learned for later runs. What cannot be written is learned again next time."""
        if self._path is None or not self._learned:
            return
        kept = self._kept() | dict.fromkeys(self._learned, self._today)
        text = json.dumps({"seen_on": {host: day.isoformat() for host, day in sorted(kept.items())}}, indent=1)
        # Under a name of its own first: another run may read it at the same time.
        with contextlib.suppress(OSError):
            handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=self._path.parent)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text + "\n")
            os.replace(name, self._path)

    def _kept(self) -> dict[str, date]:
        """The hosts in the file that are not to be forgotten yet."""
        if self._path is None:
            return {}
        oldest = self._today - timedelta(days=self._remember_days)
        try:
            told = json.loads(self._path.read_text("utf-8"))["seen_on"]
            days = {str(host): date.fromisoformat(day) for host, day in told.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}
        return {host: day for host, day in days.items() if oldest <= day}
