"""The order in which kept things are read back, the same in every database."""

from __future__ import annotations

import re

from oitcheck.model.finding import Finding

_PART = re.compile(r"\d+|\D+")

Order = tuple[tuple[int, int, str], ...]


def code_order(code: str) -> Order:
    """Numbers count as numbers (O2 before O10, O21.3 before O21.12); `*` comes first."""
    if code == "*":
        return ()
    return tuple((0, int(part), part) if part.isdecimal() else (1, 0, part) for part in _PART.findall(code))


def finding_order(finding: Finding) -> tuple[str, Order, Order, str]:
    """Agency, item, requirement, about: the order of the findings file."""
    return finding.agency_id, code_order(finding.item), code_order(finding.requirement), finding.about
