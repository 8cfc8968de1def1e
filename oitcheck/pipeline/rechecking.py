"""How often an address that does not change is asked for. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from oitcheck.model.evidence import Capture

LAST_DAYS = 7  # before the deadline, and after it, everything is asked for every time
NEAR_DAYS = 21  # and twice as often as else before that


@dataclass(frozen=True, slots=True)
class Recheck:
    """When a linked file may be left alone: one that stood unchanged for `after_days` may wait a day, for twice as long
    two, up to `most_days` (0: never). `closes_on` None: the deadline is not known, and may be near.
    """

    after_days: int
    most_days: int
    as_of: date
    closes_on: date | None

    def may_leave(self, last: Capture, at: datetime) -> bool:
        """Whether a linked address needs no asking at `at`, given how its last retrieval ended.

        Never a web page, which lists what is new; never what was in trouble.
        """
        wait = self._wait(last)
        return bool(wait) and at - last.fetched_at < wait

    def _wait(self, last: Capture) -> timedelta:
        media_type = last.media_type
        is_page = last.rendered or not media_type or "html" in media_type
        if not self.most_days or self.closes_on is None or not last.outcome.is_ok or not last.sha256 or is_page:
            return timedelta()
        days_left = (self.closes_on - self.as_of).days
        if abs(days_left) <= LAST_DAYS:
            return timedelta()
        stood = last.fetched_at - last.received_at
        wait = min(timedelta(days=stood.days // max(self.after_days, 1)), timedelta(days=self.most_days))
        return wait / 2 if 0 <= days_left <= NEAR_DAYS else wait
