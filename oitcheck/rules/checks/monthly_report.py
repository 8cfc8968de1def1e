"""Is there a procurement summary of this month: a filled table, or a statement that nothing was bought?

True: a table of results for the month with rows, or a statement of none. False: no such table, an empty one, one of
another year, or a link that opens something else. Undecided: the month stands only inside a longer range.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from oitcheck.lib.named_dates import months_named
from oitcheck.lib.thai_calendar import Month
from oitcheck.lib.urls import readable
from oitcheck.model.context import Context
from oitcheck.model.evidence import Document, Evidence, Link, Locator
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.monthly import Report, monthly_reports
from oitcheck.reading.passages import passages
from oitcheck.reading.periods import months_of_link


@dataclass(frozen=True, slots=True)
class Params:
    """`month` in BE, e.g. 2565-10."""

    month: Month


REASONS: Mapping[str, frozenset[str]] = {
    "reported": frozenset({"month", "rows"}),
    "said_none": frozenset({"month"}),
    "only_in_range": frozenset({"month", "found"}),
    "month_empty": frozenset({"month"}),
    "month_of_other_year": frozenset({"month", "found"}),
    "link_opens_other": frozenset({"month", "link", "found"}),
    "link_broken": frozenset({"month", "link", "url"}),
    "link_unreadable": frozenset({"month", "link", "url"}),
    "link_leads_nowhere": frozenset({"month", "link"}),
    "month_missing": frozenset({"month", "have", "of"}),
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict about the month."""
    month = params.month
    reports = monthly_reports(evidence, context)
    yield _present(month, reports) or _absent(month, reports, evidence, context)


def _verdict(
    outcome: Outcome, reason: str, month: Month, facts: Mapping[str, str], seen: tuple[Seen, ...] = ()
) -> Verdict:
    return Verdict(outcome, reason, str(month), {"month": month.thai, **facts}, seen)


def _present(month: Month, reports: tuple[Report, ...]) -> Verdict | None:
    own = [r for r in reports if month in r.months]
    full = [r for r in own if r.rows and len(r.months) == 1]
    none = [r for r in own if r.says_none]
    if full:
        return _verdict(
            Outcome.PASSED, "reported", month, {"rows": str(full[0].rows)}, (Seen(full[0].at, full[0].quote),)
        )
    if none:
        return _verdict(Outcome.PASSED, "said_none", month, {}, (Seen(none[0].at, none[0].quote),))
    wide = [r for r in own if r.rows]
    for report in wide:
        if month in report.row_months:
            return _verdict(
                Outcome.PASSED, "reported", month, {"rows": str(report.rows)}, (Seen(report.at, report.quote),)
            )
    if wide:
        return _verdict(
            Outcome.CANT_TELL, "only_in_range", month, {"found": wide[0].quote}, (Seen(wide[0].at, wide[0].quote),)
        )
    if own:
        return _verdict(Outcome.FAILED, "month_empty", month, {}, (Seen(own[0].at, own[0].quote),))
    return None


def _absent(month: Month, reports: tuple[Report, ...], evidence: Evidence, context: Context) -> Verdict:
    for aside in evidence.set_aside:
        capture = aside.document.capture
        if month in months_of_link(capture, context.fiscal_year):
            facts = {"link": capture.link_text, "found": aside.facts.get("found", "")}
            return _verdict(Outcome.FAILED, "link_opens_other", month, facts, (Seen(aside.at, aside.quote),))
    for capture in evidence.captures:
        if capture.depth and not capture.outcome.is_ok and month in months_of_link(capture, context.fiscal_year):
            facts = {"link": capture.link_text, "url": readable(capture.url)}
            if capture.outcome.is_permanent:
                return _verdict(Outcome.FAILED, "link_broken", month, facts)
            return _verdict(Outcome.CANT_TELL, "link_unreadable", month, facts)
    linked = [
        d for d in evidence.documents if d.capture.depth and months_of_link(d.capture, context.fiscal_year) == {month}
    ]
    stale = [r for r in reports if any(m.number == month.number and m != month for m in r.months) and r.rows]
    if stale and len({m for r in stale for m in r.months}) <= 2:
        found = stale[0]
        other = next(m for m in found.months if m.number == month.number)
        return _verdict(
            Outcome.FAILED, "month_of_other_year", month, {"found": other.thai}, (Seen(found.at, found.quote),)
        )
    if linked:
        title = _title(linked[0])
        facts = {"link": linked[0].capture.link_text, "found": title}
        return _verdict(
            Outcome.FAILED, "link_opens_other", month, facts, (Seen(Locator(linked[0].capture.sha256, "title"), title),)
        )
    placeholder = _placeholder(month, evidence, context)
    if placeholder:
        return _verdict(
            Outcome.FAILED,
            "link_leads_nowhere",
            month,
            {"link": placeholder.text},
            (Seen(placeholder.at, placeholder.text),),
        )
    have = {m for r in reports for m in r.months if r.rows or r.says_none} & set(context.fiscal_year.first_half())
    return _verdict(Outcome.FAILED, "month_missing", month, {"have": str(len(have)), "of": "6"})


def _title(document: Document) -> str:
    """The first words of a document, by which a person knows it."""
    return next((p.text for p in passages(document) if p.part != "link"), document.title)


def _placeholder(month: Month, evidence: Evidence, context: Context) -> Link | None:
    for document in evidence.documents:
        for section in document.content:
            for link in section.links:
                if link.is_placeholder and any(n.month == month for n in months_named(link.text, context.fiscal_year)):
                    return link
    return None
