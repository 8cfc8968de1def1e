"""What keeps the scheduler itself from its work: logged when it changes, told to people when it lasts."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime

from oitcheck.pipeline.clock import BANGKOK
from oitcheck.schedule.telling import tell_trouble
from oitcheck.settings import NotifySettings

log = logging.getLogger(__name__)

# A database that is started anew is back before the third attempt, which is ten minutes after the first.
_TIMES_UNTIL_TOLD = 3


@dataclass(slots=True)
class _Trouble:
    text: str = ""
    times: int = 0
    is_told: bool = False


class Troubles:
    """The troubles of one scheduler by what they keep it from. Kept in memory: the database may be the trouble."""

    def __init__(self, settings: NotifySettings) -> None:
        self._settings = settings
        self._standing: dict[str, _Trouble] = {}
        self._told_on: dict[str, date] = {}

    def met(self, what: str, text: str, at: datetime) -> None:
        """`what` failed once more. People are told once, after several times in a row, at most once a day."""
        line = " ".join(text.split())
        trouble = self._standing.setdefault(what, _Trouble())
        trouble.times += 1
        log.log(logging.DEBUG if line == trouble.text else logging.ERROR, "%s", line)
        trouble.text = line
        today = at.astimezone(BANGKOK).date()
        if trouble.is_told or trouble.times < _TIMES_UNTIL_TOLD or self._told_on.get(what) == today:
            return
        told = tell_trouble(line, self._settings, at)
        # What could not be sent is tried again with the next attempt.
        trouble.is_told = "sent" in told.values() or not any(way.startswith("not sent") for way in told.values())
        if trouble.is_told:
            self._told_on[what] = today

    def over(self, what: str) -> None:
        """`what` was done."""
        trouble = self._standing.pop(what, None)
        if trouble:
            log.info("%s: works again after %d attempts", what, trouble.times)
