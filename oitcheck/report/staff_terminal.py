"""What staff see of a round on a terminal: whom to call in, districts and kinds, what changed from run to run."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from oitcheck.lib.urls import readable
from oitcheck.report.availability import share_words, state_words
from oitcheck.report.beside import Beside
from oitcheck.report.comparison import Change, Comparison
from oitcheck.report.score import PASS_SCORE
from oitcheck.report.staff import Group, StaffRow, StaffSummary
from oitcheck.report.terminal import wrapped
from oitcheck.report.terms import Terms, points, whole_percent
from oitcheck.report.view import RunView

_MOST_CALLED = 15
_MOST_CHANGED = 15
_MOST_SITES = 10


def print_staff(console: Console, view: RunView, staff: StaffSummary, beside: Beside, terms: Terms) -> None:
    """Print what staff act on, below the summary of the round."""
    page = _Page(console, terms)
    page.heading(terms("staff.calls"))
    if view.round.consultation_on is not None:
        page.line(terms("staff.consultation", day=terms.long_date(view.round.consultation_on)))
    for row in staff.called[:_MOST_CALLED]:
        page.entry(terms.short_name(row.row.agency.name_th), call_words(row, terms))
    page.rest(len(staff.called) - _MOST_CALLED)
    if not staff.called:
        page.line(terms("staff.calls_empty"))
    if staff.reach.estimated:
        reach = staff.reach
        page.line(
            terms(
                "staff.reach",
                least=points(PASS_SCORE),
                certain=reach.certain,
                possible=reach.possible,
                n=reach.estimated,
            )
        )
    for key, groups in (("staff.districts", staff.districts), ("staff.kinds", staff.kinds)):
        if len(groups) > 1:
            page.heading(terms(key))
            for group in groups:
                page.entry(group.name or terms("staff.no_name"), _group_words(group, terms))
    if staff.decided:
        page.blank()
        page.line(terms.count("staff.decided", len(staff.decided)))
    _print_sites(page, view, beside, terms)
    if staff.comparison is not None:
        print_comparison(console, staff.comparison, terms)


def _print_sites(page: _Page, view: RunView, beside: Beside, terms: Terms) -> None:
    """The main websites that are down or were not always reached, and those with faulty HTTPS."""
    if beside.websites:
        page.heading(terms("availability.title"))
        lacking = [site for site in beside.websites if site.share is not None and site.reached < site.checks]
        page.line(terms("availability.always", n=sum(s.share == 1 for s in beside.websites), of=len(beside.websites)))
        for site in lacking[:_MOST_SITES]:
            told = f"{state_words(site, terms)} · {terms('availability.share')} {share_words(site, terms)}"
            page.entry(terms.short_name(site.agency.name_th), told)
        page.rest(len(lacking) - _MOST_SITES)
    faulty = [(agency, beside.tls_faults[agency.id]) for agency in view.agencies if agency.id in beside.tls_faults]
    if faulty:
        page.heading(terms("https.title"))
        for agency, faults in faulty[:_MOST_SITES]:
            told = " · ".join(f"{readable(host)}: {terms.tls(fault)[0]}" for host, fault in faults.items())
            page.entry(terms.short_name(agency.name_th), told)
        page.rest(len(faulty) - _MOST_SITES)


def print_comparison(console: Console, comparison: Comparison, terms: Terms) -> None:
    """Print what changed from one run to another, agencies with a change first."""
    page = _Page(console, terms)
    page.heading(terms("staff.comparison_of", before=comparison.before_id, after=comparison.after_id))
    if not comparison.items:
        page.line(terms("staff.comparison_none"))
        for row in comparison.agencies:
            before, after = (f"{c.passed}/{c.applicable}" for c in (row.before, row.after))
            page.entry(terms.short_name(row.agency.name_th), f"{before} → {after}")
        return
    page.line("   ".join(f"{change_words(change, terms)} {n:,}" for change, n in comparison.totals.items()))
    ways = [change for change in Change if change is not Change.UNCHANGED]
    changed = [row for row in comparison.agencies if any(row.changes[change] for change in ways)]
    if not changed:
        page.line(terms("staff.comparison_same"))
    for row in changed[:_MOST_CHANGED]:
        own = [one for one in comparison.changes if one.agency_id == row.agency.id]
        told = [
            f"{change_words(change, terms)}: {', '.join(one.item for one in own if one.change is change)}"
            for change in ways
            if row.changes[change]
        ]
        page.entry(terms.short_name(row.agency.name_th), " · ".join(told))
    page.rest(len(changed) - _MOST_CHANGED)


def change_words(change: Change, terms: Terms) -> str:
    """A change by its sign and word."""
    return f"{terms(f'change_mark.{change.value}')} {terms(f'change.{change.value}')}"


def call_words(row: StaffRow, terms: Terms) -> str:
    """Why an agency is called in, with the items."""
    parts = [terms(f"call.{call.value}") for call in row.calls if call.value in ("nothing", "watched")]
    if row.last_score is not None:
        parts.append(terms("staff.score", score=points(row.last_score)))
    if row.failed and row.row.submitted_items:
        parts.append(f"{terms('staff.failed_n', n=len(row.failed))} ({', '.join(row.failed)})")
    if row.missing and row.row.submitted_items:
        parts.append(terms("staff.missing_n", n=len(row.missing)))
    if row.late:
        parts.append(terms("staff.late_n", n=len(row.late)))
    return " · ".join(parts)


def _group_words(group: Group, terms: Terms) -> str:
    counts = group.counts
    share = "–" if group.share is None else whole_percent(counts.passed, counts.applicable)
    return terms("staff.group_line", share=share, agencies=group.agencies, called=group.called)


class _Page:
    def __init__(self, console: Console, terms: Terms) -> None:
        self._console = console
        self._terms = terms

    def heading(self, text: str) -> None:
        self.blank()
        self._print(Text(text, style="bold"))

    def entry(self, left: str, right: str) -> None:
        line = Text(left, style="bold")
        line.append(f"  {right}", style="not bold")
        self._print(line)

    def line(self, text: str) -> None:
        self._print(Text(text))

    def rest(self, number: int) -> None:
        if number > 0:
            self._print(Text(self._terms("terminal.more", n=number), style="dim"))

    def blank(self) -> None:
        self._console.print()

    def _print(self, text: Text) -> None:
        for line in wrapped(text, self._console.width):
            self._console.print(line, highlight=False, soft_wrap=True)
