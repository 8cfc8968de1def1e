"""Formulas that stand for a link, and texts that a spreadsheet must not take for a formula."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_HYPERLINK = re.compile(
    r"""^\s*=\s*(?:_xlfn\.)?HYPERLINK\s*\(\s*
        (?:"(?P<address>(?:[^"]|"")*)"|(?P<cell>\$?[A-Z]{1,3}\$?[0-9]{1,7}))
        \s*(?:[,;]\s*(?:"(?P<label>(?:[^"]|"")*)"|(?P<other>[^()]*))\s*)?\)\s*$""",
    re.IGNORECASE | re.VERBOSE,
)


def link_of(formula: str, value_of: Callable[[str], Any] | None = None) -> tuple[str, str]:
    """The address and the label of `=HYPERLINK("…","…")`, ("", "") for any other formula.

    `value_of` gives the stored value of a cell such as `B7` that the formula names in place of an address.
    """
    match = _HYPERLINK.match(formula)
    if not match:
        return "", ""
    label = (match["label"] or "").replace('""', '"')
    if match["address"] is not None:
        return match["address"].replace('""', '"'), label
    value = value_of(match["cell"].replace("$", "").upper()) if value_of else None
    return (str(value) if isinstance(value, str) else ""), label


def source_of(value: Any) -> str:
    """The text of a formula as a workbook holds it (an array formula keeps it in an object)."""
    return str(getattr(value, "text", value) or "")
