"""The Thai of the English sentences that the program holds, by the catalogue `words.th.toml`.

A sentence is found by its template and its values are carried over, so that the code has one source for what it says.
What has no Thai stays English: nothing is lost.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from oitcheck.errors import ChecklistError, OitcheckError, SettingsError
from oitcheck.intake.agencies import COLUMNS as AGENCY_COLUMNS
from oitcheck.intake.contacts import COLUMNS as CONTACT_COLUMNS
from oitcheck.intake.rows import UnusableFile
from oitcheck.intake.scores import COLUMNS as SCORE_COLUMNS
from oitcheck.intake.submissions import COLUMNS as SUBMISSION_COLUMNS
from oitcheck.report.terms import BANGKOK, Terms

CATALOGUE = "words.th.toml"
LOCAL = " in Bangkok"  # how an instant ends in an English sentence
PLACEHOLDER = re.compile(r"\{([A-Za-z_0-9]+)\}")

_THAI_LETTER = re.compile(r"[\u0e01-\u0e2e]")
_QUOTED = re.compile(r"'([^'\n]*)'")
_NEAR = re.compile(r"(?P<column>\w+) \(did you mean (?P<near>.+)\?\)", re.DOTALL)
# A mistake of a checklist file: `2566/O21.toml:12: what — remedy`.
_MISTAKE = re.compile(r"(?:(?P<place>\S+): )?(?P<what>.*?)(?: — (?P<remedy>(?:(?! — ).)*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Sentence:
    """An English template as a pattern, and its Thai. `weight` is how much of it is fixed text."""

    english: str
    thai: str
    pattern: re.Pattern[str]
    weight: int


@cache
def catalogue() -> Mapping[str, tuple[Sentence, ...]]:
    """The sentences of the catalogue by table, in each those with the most fixed text first."""
    text = files("oitcheck.cli").joinpath(CATALOGUE).read_text(encoding="utf-8")
    tables = dict(_tables("", tomllib.loads(text)))
    return {
        name: tuple(sorted((_sentence(e, t) for e, t in table.items()), key=lambda s: -s.weight))
        for name, table in tables.items()
    }


def thai(table: str, text: str) -> str | None:
    """The Thai of an English sentence; None when the table has none."""
    found = matched(table, text)
    if found is None:
        return None
    sentence, taken = found
    values = {name: _value(name, value, table) for name, value in taken.items()}
    # One pass, so that a value that looks like a placeholder is shown and not filled.
    return PLACEHOLDER.sub(lambda hole: values[hole[1]], sentence.thai)


def matched(table: str, text: str) -> tuple[Sentence, dict[str, str]] | None:
    """The sentence of the catalogue that an English one is, and the values in it; None when the table has none."""
    for sentence in catalogue().get(table, ()):
        if match := sentence.pattern.fullmatch(text):
            return sentence, match.groupdict()
    return None


def thai_error(error: OitcheckError) -> str | None:
    """An error in Thai, in the shape of `str(error)`; None when neither its sentence nor its remedy is known."""
    if isinstance(error, ChecklistError):
        return _listed(error.where, f"{len(error.mistakes)} mistakes", map(_mistake, error.mistakes))
    if isinstance(error, SettingsError) and error.mistakes:
        told = (f"{m.where}: {_or_english('error', m.what)} {_or_english('remedy', m.remedy)}" for m in error.mistakes)
        return _listed(error.where, f"{len(error.mistakes)} mistakes in the settings", told)
    what, remedy = thai("error", error.what), thai("remedy", error.remedy)
    if isinstance(error, UnusableFile):  # it holds its sentences in both languages
        what, remedy = error.note.says("th"), error.note.remedy("th")
    if what is None and remedy is None:
        return None
    where = thai("where", error.where) or error.where
    first = f"{where}: {what or error.what}" if where else (what or error.what)
    return f"{first}\n  {remedy or error.remedy}" if error.remedy else first


def _listed(where: str, count: str, told: Iterable[str]) -> str:
    head = _or_english("error", count)
    return "\n  ".join((f"{where}: {head}" if where else head, *told))


def _mistake(text: str) -> str:
    match = _MISTAKE.fullmatch(text)
    assert match is not None, "every text has this shape"
    told = _or_english("mistake", match["what"])
    if match["remedy"]:
        told = f"{told} — {_or_english('remedy', match['remedy'])}"
    return f"{match['place']}: {told}" if match["place"] else told


def _or_english(table: str, text: str) -> str:
    return thai(table, text) or text


def _value(name: str, value: str, table: str) -> str:
    """A value as it stands in Thai: columns with their Thai headings, instants in local time, days, known words."""
    if name.startswith("columns"):
        return ", ".join(map(_column, value.split(", ")))
    if name.endswith("_at"):
        return _instant(value)
    if name.endswith("_on"):
        return _day(value)
    if name.startswith("state"):
        return thai("cell.state", value) or value
    if (known := thai("usage_part" if table == "usage" else "part", value)) is not None:
        return known
    return _quoted(value)


def _quoted(value: str) -> str:
    match = _QUOTED.fullmatch(value)
    return f"“{match[1]}”" if match else value


def _column(text: str) -> str:
    """`agency_id (รหัสหน่วยงาน)`, with what it may be meant by."""
    if near := _NEAR.fullmatch(text):
        return f"{_column(near['column'])} — หมายถึงหัวตาราง {_quoted(near['near'])} หรือไม่"
    heading = _headings().get(text)
    return f"{text} ({heading})" if heading else text


@cache
def _headings() -> Mapping[str, str]:
    """The Thai heading of each column of an input file."""
    columns = (*AGENCY_COLUMNS, *SUBMISSION_COLUMNS, *CONTACT_COLUMNS, *SCORE_COLUMNS)
    return {c.name: name for c in columns for name in reversed(c.also) if _THAI_LETTER.search(name)}


def _instant(text: str) -> str:
    try:
        instant = datetime.fromisoformat(text.removesuffix(LOCAL))
    except ValueError:
        return text
    return Terms.load("th").short_instant(instant if instant.tzinfo else instant.replace(tzinfo=BANGKOK))


def _day(text: str) -> str:
    try:
        return Terms.load("th").short_date(date.fromisoformat(text))
    except ValueError:
        return thai("part", text) or text


def _sentence(english: str, told: str) -> Sentence:
    parts = PLACEHOLDER.split(english)
    pattern = "".join(re.escape(p) if n % 2 == 0 else f"(?P<{p}>.*?)" for n, p in enumerate(parts))
    return Sentence(english, told, re.compile(pattern, re.DOTALL), sum(map(len, parts[::2])))


def _tables(prefix: str, table: Mapping[str, Any]) -> list[tuple[str, dict[str, str]]]:
    """The tables of a parsed file under their dotted names."""
    own = {key: value for key, value in table.items() if isinstance(value, str)}
    found = [(prefix, own)] if own else []
    for key, value in table.items():
        if isinstance(value, Mapping):
            found += _tables(f"{prefix}.{key}" if prefix else key, value)
    return found
