"""What every way of retrieving a URL gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from oitcheck.model.evidence import Capture


@dataclass(frozen=True, slots=True)
class Fetched:
    """A capture with its decoded body. The body is empty when none came or only a part of one."""

    capture: Capture
    body: bytes


class Fetcher(Protocol):
    """Retrieves URLs. Trouble of a site is an outcome of the capture, never an exception."""

    async def fetch(self, url: str, *, submitted: bool, hosts: tuple[str, ...] = ()) -> Fetched:
        """Retrieve `url`. robots.txt does not bind `submitted` ones; `hosts` are the agency's own."""
        ...
