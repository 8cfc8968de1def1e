"""What an item asks, in words of one language: its time in dates of the year, its rounds, what checks look for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from datetime import date
from typing import Any

from oitcheck.lib.terms import Concept
from oitcheck.lib.thai_calendar import FiscalYear, Month
from oitcheck.model.checklist import Checklist, Item, Requirement
from oitcheck.report.terms import Terms

_FACT = re.compile(r"\{(\w+)\}")


def period_words(period: str, year_be: int, terms: Terms) -> str:
    """The time an item is about, with the dates of the fiscal year: "ตุลาคม 2565 ถึง มีนาคม 2566 …"."""
    year = FiscalYear(year_be - 1 if period == "previous_year" else year_be)
    half = year.first_half()
    return terms(
        f"asked.period_{period}",
        year=_year(year, terms),
        first=terms.long_date(year.first_on),
        last=terms.long_date(year.last_on),
        half=terms.long_date(_last_day(half[-1])),
        months=", ".join(_month(m, terms) for m in half),
    )


def _year(year: FiscalYear, terms: Terms) -> str:
    return str(year.year_be) if terms.language == "th" else f"{terms.year(year.year_be)} (B.E. {year.year_be})"


def _month(month: Month, terms: Terms) -> str:
    return f"{terms(f'month_short.{month.number}')} {terms.year(month.year_be)}"


def _last_day(month: Month) -> date:
    after = month.next()
    return date.fromordinal(date(after.year_ce, after.number, 1).toordinal() - 1)


def rounds_of(item: Item, checklist: Checklist, terms: Terms) -> tuple[str, ...]:
    """The rounds in which an item is due, each with its deadline."""
    due = [r for r in checklist.rounds if not r.items or item.id in r.items]
    return tuple(
        terms("asked.round", title=r.title, id=r.id, day=terms.long_date(r.closes_on))
        if r.closes_on
        else terms("asked.round_open", title=r.title, id=r.id)
        for r in due
    )


def counting_words(item: Item, terms: Terms) -> tuple[str, ...]:
    """Which documents count for an item, one sentence each; empty when all that is submitted does."""
    told = [
        terms(f"asked.{name}", names=_titles(concepts))
        for name, concepts in (
            ("subject", item.subject), ("kind", item.kind), ("not_kind", item.not_kind), ("result", item.result)
        )
        if concepts
    ]  # fmt: skip
    if item.own:
        told.append(terms("asked.own"))
    return tuple(told)


def question(check: str, terms: Terms) -> str:
    """What a check asks; its name when there are no words for it yet."""
    return terms.get(f"question.{check}", check)


def looked_for(requirement: Requirement, terms: Terms) -> str:
    """What the check of a requirement looks for, from its parameters: "คอลัมน์: ราคากลาง · …"; "" without any."""
    return " · ".join(_parameter_words(requirement, terms))


def _parameter_words(requirement: Requirement, terms: Terms) -> Iterator[str]:
    for parameter in fields(requirement.params):
        value = getattr(requirement.params, parameter.name)
        if value is None or value in ("", ()) or value == _default(parameter):
            continue
        if isinstance(value, bool):
            told = terms.get(f"parameter.{parameter.name}_{str(value).lower()}", "")
            if told:
                yield told
            continue
        label = terms.get(f"parameter.{parameter.name}", parameter.name)
        yield f"{label}: {_value_words(parameter.name, value, terms)}"


def _default(parameter: Field[Any]) -> object:
    return parameter.default if parameter.default is not MISSING else None


def _value_words(name: str, value: object, terms: Terms) -> str:
    if isinstance(value, Month):
        return f"{terms(f'month.{value.number}')} {terms.year(value.year_be)}"
    if isinstance(value, Concept):
        return value.title
    if isinstance(value, tuple):
        return " / ".join(_value_words(name, v, terms) for v in value)
    return terms.get(f"value.{name}_{value}", str(value))


def _titles(concepts: tuple[Concept, ...]) -> str:
    return " / ".join(c.title for c in concepts)


def sentence(template: str, terms: Terms) -> str:
    """The sentence of a reason with words for its facts: "ไม่พบสรุปผลของ‹เดือน›"."""
    return _FACT.sub(lambda m: f"‹{terms.get(f'fact.{m[1]}', '…')}›", template)
