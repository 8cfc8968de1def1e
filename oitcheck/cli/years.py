"""Fiscal years as they are typed: Buddhist era, in Arabic or Thai digits; another era is told apart with a remedy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer

from oitcheck.errors import SettingsError
from oitcheck.lib.thai_calendar import BE_OFFSET
from oitcheck.lib.thai_text import arabic_digits

_BE = range(2400, 2700)
_CE = range(1900, 2400)
_CENTURY = 2500  # whoever writes 66 means 2566


def fiscal_year(text: str, where: str = "--year") -> int:
    """The fiscal year (BE) of a text such as 2566 or ๒๕๖๖. Raises SettingsError for a year of another era."""
    digits = arabic_digits(text.strip())
    if not digits.isascii() or not digits.isdigit():
        raise typer.BadParameter(f"{text!r} is no number")
    year = int(digits)
    if year in _BE or year == 0:  # 0: not given
        return year
    meant = _CENTURY + year if len(digits) == 2 else year + BE_OFFSET if year in _CE else None
    raise SettingsError(
        f"{text} is no fiscal year of the Buddhist era",
        where=where,
        remedy=f"Did you mean {meant} (B.E.)?" if meant else "Write four digits of the Buddhist era, e.g. 2566.",
    )


def _parser(where: str) -> Callable[[str], int]:
    def year(text: str) -> int:
        return fiscal_year(str(text), where)

    return year


def year_option(help: str, name: str = "--year") -> Any:
    """An option that takes a fiscal year."""
    return typer.Option(name, parser=_parser(name), metavar="YEAR", help=help)


def year_argument(help: str) -> Any:
    """An argument that is a fiscal year."""
    return typer.Argument(parser=_parser("YEAR"), metavar="YEAR", help=help)
