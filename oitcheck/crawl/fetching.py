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

    async def fetch(
        self, url: str, *, submitted: bool, hosts: tuple[str, ...] = (), known: Capture | None = None
    ) -> Fetched:
        """Retrieve `url`. robots.txt does not bind `submitted` ones; `hosts` are the agency's own.

        `known` is a capture of it whose body is kept: when the server says that it is still the same, the outcome is
        `not_modified`, with the sha256 of that body and no bytes.
        """
        ...
