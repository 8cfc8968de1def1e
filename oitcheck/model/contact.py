"""Where an agency is written to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contact:
    """The mail addresses of an agency; `opted_out`: it wants no letters."""

    agency_id: str
    addresses: tuple[str, ...]
    opted_out: bool = False
