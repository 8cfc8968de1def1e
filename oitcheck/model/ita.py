"""Published results of the national assessment, as a person enters them."""

from __future__ import annotations

from dataclasses import dataclass

TOTAL = "total"
INDICATORS = tuple(str(number) for number in range(1, 11))
TOOLS = ("iit", "eit1", "eit2", "oit")


@dataclass(frozen=True, slots=True)
class ItaScore:
    """One published score (0–100) of one agency, with that of the year before (None: not given).

    `measured`: `total`, an indicator `1` … `10`, a tool (`iit`, `eit1`, `eit2`, `oit`) or a question (`i10`, `e4`).
    """

    agency_id: str
    measured: str
    score: float
    before: float | None = None
