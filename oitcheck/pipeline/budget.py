"""What a run may spend on the network, and who is told what it is doing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from oitcheck.model.agency import Agency
from oitcheck.model.evidence import FetchOutcome
from oitcheck.pipeline.clock import now


class Progress(Protocol):
    """Told what a run is doing; for a bar on a terminal, or nothing."""

    def planned(self, agencies: int, submissions: int) -> None: ...
    def fetched(self, outcome: FetchOutcome) -> None: ...
    def assessed(self, agency: Agency, item: str) -> None: ...
    def agency_done(self, agency: Agency) -> None: ...


class Silent:
    """Progress that nobody watches."""

    def planned(self, agencies: int, submissions: int) -> None: ...
    def fetched(self, outcome: FetchOutcome) -> None: ...
    def assessed(self, agency: Agency, item: str) -> None: ...
    def agency_done(self, agency: Agency) -> None: ...


@dataclass(slots=True)
class Budget:
    """What a run may still spend on the network."""

    ends_at: datetime | None
    bytes_left: int | None
    left_out: list[str] = field(default_factory=list)
    pages_left: int | None = None

    def spent(self) -> bool:
        is_over = self.ends_at is not None and now() >= self.ends_at
        return is_over or any(left is not None and left <= 0 for left in (self.bytes_left, self.pages_left))

    def take_page(self) -> bool:
        """Whether one more address may be asked for; counts it."""
        if self.spent():
            return False
        if self.pages_left is not None:
            self.pages_left -= 1
        return True

    def pay(self, size_bytes: int) -> None:
        if self.bytes_left is not None:
            self.bytes_left -= size_bytes
