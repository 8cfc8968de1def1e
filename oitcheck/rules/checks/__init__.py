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
    activity,
    all_named,
    carried_out,
    channel,
    chart,
    column,
    contact,
    counted,
    dated_entries,
    document,
    excerpt,
    figures,
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
    work_named,
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
        ("activity", activity),
        ("all_named", all_named),
        ("carried_out", carried_out),
        ("channel", channel),
        ("chart", chart),
        ("column", column),
        ("contact", contact),
        ("counted", counted),
        ("dated_entries", dated_entries),
        ("document", document),
        ("excerpt", excerpt),
        ("figures", figures),
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
        ("work_named", work_named),
    )
}
