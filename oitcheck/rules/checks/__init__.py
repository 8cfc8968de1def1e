"""The checks, in one explicit table. A check is a pure function from evidence to verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from oitcheck.model.context import Context
from oitcheck.model.evidence import Evidence
from oitcheck.model.finding import Verdict
from oitcheck.rules.checks import (
    all_named,
    channel,
    chart,
    column,
    contact,
    counted,
    dated_entries,
    document,
    excerpt,
    issued,
    language,
    linked_from_home,
    monthly_report,
    none_said,
    period,
    person,
    signed,
    social_link,
    stated,
    subject,
)


@dataclass(frozen=True, slots=True)
class Check:
    """A check by name: its parameters, the facts of each reason it can give, and the function."""

    name: str
    Params: type[Any]
    reasons: Mapping[str, frozenset[str]]
    run: Callable[[Evidence, Any, Context], Iterator[Verdict]]
    doc: str


def _check(name: str, module: ModuleType) -> Check:
    return Check(name, module.Params, module.REASONS, module.run, module.__doc__ or "")


CHECKS: Mapping[str, Check] = {
    name: _check(name, module)
    for name, module in (
        ("all_named", all_named),
        ("channel", channel),
        ("chart", chart),
        ("column", column),
        ("contact", contact),
        ("counted", counted),
        ("dated_entries", dated_entries),
        ("document", document),
        ("excerpt", excerpt),
        ("issued", issued),
        ("language", language),
        ("linked_from_home", linked_from_home),
        ("monthly_report", monthly_report),
        ("none_said", none_said),
        ("period", period),
        ("person", person),
        ("signed", signed),
        ("social_link", social_link),
        ("stated", stated),
        ("subject", subject),
    )
}
