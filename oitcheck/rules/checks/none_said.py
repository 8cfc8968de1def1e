"""Does each month without procurement say so? Applies only where a month has an empty table or a statement of none.

True: every month without rows says that nothing was bought. False: one has an empty table and says nothing.
Undecided: nothing. Where each month has rows the question does not arise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from oitcheck.model.context import Context
from oitcheck.model.evidence import Evidence
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.monthly import monthly_reports


@dataclass(frozen=True, slots=True)
class Params:
    """No parameters."""


REASONS: Mapping[str, frozenset[str]] = {
    "every_month_bought": frozenset(),
    "said_none": frozenset({"months"}),
    "empty_without_statement": frozenset({"months"}),
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict on all months together."""
    reports = monthly_reports(evidence, context)
    said = [r for r in reports if r.says_none]
    bought = {m for r in reports if r.rows for m in r.months}
    empty = [r for r in reports if not r.rows and not r.says_none and r.months and not r.months & bought]
    if empty:
        months = ", ".join(m.thai for r in empty for m in sorted(r.months))
        yield Verdict(
            Outcome.FAILED, "empty_without_statement", "", {"months": months}, tuple(Seen(r.at, r.quote) for r in empty)
        )
    elif said:
        months = ", ".join(m.thai for r in said for m in sorted(r.months))
        yield Verdict(Outcome.PASSED, "said_none", "", {"months": months}, tuple(Seen(r.at, r.quote) for r in said))
    else:
        yield Verdict(Outcome.INAPPLICABLE, "every_month_bought")
