"""The fixed words of reports and screens, in one language, with its dates and numbers."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from oitcheck.model.evidence import BlindReason, FetchOutcome, TlsFault
from oitcheck.model.finding import Finding, Outcome

Language = Literal["th", "en"]
LANGUAGES: tuple[Language, ...] = ("th", "en")

# Thailand has kept this offset, without summer time, since 1920: no time zone database is needed.
BANGKOK = timezone(timedelta(hours=7), "Asia/Bangkok")
BE_OFFSET_YEARS = 543


class Pending(StrEnum):
    """What people are shown in place of an outcome that holds for now only; data keep the outcome. By its reason."""

    NOT_DUE = "not_due"  # inapplicable until the deadline: nobody submitted it yet


Shown = Outcome | Pending | None

SYMBOLS: Mapping[Shown, str] = {
    Outcome.PASSED: "✓",
    Outcome.FAILED: "✕",
    Outcome.CANT_TELL: "?",
    Outcome.INAPPLICABLE: "–",
    Pending.NOT_DUE: "○",
    None: "·",
}


def shown_as(finding: Finding) -> Shown:
    """How a finding is shown: by its outcome, or as not due yet."""
    not_due = finding.outcome is Outcome.INAPPLICABLE and finding.reason == Pending.NOT_DUE
    return Pending.NOT_DUE if not_due else finding.outcome


# Stands behind the symbol where staff decided otherwise than the machine.
OVERRULED = "*"


@dataclass(frozen=True, slots=True)
class Terms:
    """Words by dotted key: `terms("left.days", n=4)`. A key that is not there is our own fault: KeyError."""

    language: Language
    words: Mapping[str, str]

    @classmethod
    def load(cls, language: Language) -> Terms:
        """The words that come with the program."""
        return _loaded(language)

    def __call__(self, key: str, **values: object) -> str:
        text = self.words[key]
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        return text

    def count(self, key: str, n: int, **values: object) -> str:
        """The words of `key` for a number, with English's own form for one (`key_one`)."""
        one = f"{key}_one"
        return self(one if n == 1 and one in self.words else key, n=f"{n:,}", **values)

    def keys_under(self, table: str) -> tuple[str, ...]:
        """The last parts of the keys directly under `table`."""
        prefix = f"{table}."
        return tuple(k.removeprefix(prefix) for k in self.words if k.startswith(prefix) and "." not in k[len(prefix) :])

    def get(self, key: str, default: str) -> str:
        """The words of `key`, or `default`."""
        return self.words.get(key, default)

    def outcome(self, outcome: Shown) -> str:
        """The word for an outcome, or for what is not due yet; for None that it was not assessed."""
        return self("outcome.not_assessed" if outcome is None else f"outcome.{outcome.value}")

    def fetch(self, outcome: FetchOutcome) -> tuple[str, str]:
        """What a way of ending a retrieval means, and what the owner of the site can do."""
        return self(f"fetch.{outcome.value}.says"), self(f"fetch.{outcome.value}.do")

    def blind(self, reason: BlindReason) -> tuple[str, str]:
        """Why something could not be read, and what its publisher can do."""
        return self(f"blind.{reason.value}.says"), self(f"blind.{reason.value}.do")

    def tls(self, fault: TlsFault) -> tuple[str, str]:
        """What is wrong with the TLS of a site, and what its owner can do."""
        return self(f"tls.{fault.value}.says"), self(f"tls.{fault.value}.do")

    def searched(self, outcome: str, *, has_body: bool) -> tuple[str, str]:
        """What became of a document that was searched, and the remedy; for words of neither list the word itself.

        `too_large` and `not_reached` are in both lists: with a kept body it is the reader that gave up.
        """
        for table in ("blind", "fetch") if has_body else ("fetch", "blind"):
            if f"{table}.{outcome}.says" in self.words:
                return self(f"{table}.{outcome}.says"), self(f"{table}.{outcome}.do")
        return self.get(f"searched.{outcome}", outcome), ""

    def year(self, year_be: int) -> str:
        """A fiscal year, BE in Thai and CE in English."""
        return str(year_be if self.language == "th" else year_be - BE_OFFSET_YEARS)

    def long_date(self, day: date) -> str:
        """`31 มกราคม 2566`, `31 January 2023`."""
        return f"{day.day} {self(f'month.{day.month}')} {self._year_of(day)}"

    def short_date(self, day: date) -> str:
        """`31 ม.ค. 66`, `31 Jan 2023`."""
        year = self._year_of(day)
        return (
            f"{day.day} {self(f'month_short.{day.month}')} {year % 100:02d}"
            if self.language == "th"
            else (f"{day.day} {self(f'month_short.{day.month}')} {year}")
        )

    def time(self, instant: datetime) -> str:
        """The local time of day: `02.14 น.`, `02:14`."""
        local = instant.astimezone(BANGKOK)
        return self("time", hour=f"{local.hour:02d}", minute=f"{local.minute:02d}")

    def short_instant(self, instant: datetime) -> str:
        """`7 เม.ย. 66 เวลา 02.14 น.`, local time."""
        day = instant.astimezone(BANGKOK).date()
        return self("instant", day=self.short_date(day), time=self.time(instant))

    def long_instant(self, instant: datetime) -> str:
        """`7 เมษายน 2566 เวลา 02.14 น.`, local time."""
        day = instant.astimezone(BANGKOK).date()
        return self("instant", day=self.long_date(day), time=self.time(instant))

    def _year_of(self, day: date) -> int:
        return day.year + BE_OFFSET_YEARS if self.language == "th" else day.year

    def short_name(self, name_th: str) -> str:
        """An agency's name with its kind abbreviated as officials do (`ทต.`, `อบต.`)."""
        for key in self.keys_under("abbreviation_of"):
            full = self(f"abbreviation_of.{key}")
            if name_th.startswith(full) and len(name_th) > len(full):
                return self(f"abbreviation.{key}") + name_th.removeprefix(full).strip()
        return name_th


def points(value: float) -> str:
    """Points with at most two decimals, none that is zero: 2.5, 3.13, 1."""
    # Halves go up, as in school: 3.125 is shown as 3.13.
    return str(Decimal(str(value)).quantize(Decimal("0.01"), ROUND_HALF_UP)).rstrip("0").rstrip(".")


def whole_percent(part: int, of: int) -> str:
    """A share in whole per cent, halves up: `28` of 27.78; `0` of none."""
    return str((200 * part + of) // (2 * of)) if of else "0"


def point_range(low: float, high: float) -> str:
    """A range of points, `78.33–85`; one number when both ends read alike."""
    ends = dict.fromkeys((points(low), points(high)))
    return "–".join(ends)


@cache
def _loaded(language: Language) -> Terms:
    text = files("oitcheck.report").joinpath(f"terms.{language}.toml").read_text(encoding="utf-8")
    return Terms(language, dict(_flat("", tomllib.loads(text))))


def _flat(prefix: str, table: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in table.items():
        name = f"{prefix}.{key}" if prefix else key
        if isinstance(value, Mapping):
            pairs += _flat(name, value)
        else:
            pairs.append((name, str(value)))
    return pairs
