"""The round summary on a terminal: readable without colour, when piped, and on a narrow screen."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from oitcheck.model.finding import Outcome
from oitcheck.report.messages import Messages
from oitcheck.report.summary import AgencyRow, Summary
from oitcheck.report.terms import SYMBOLS, Terms, points
from oitcheck.report.view import WHOLE_ITEM, RunView

_STYLES: dict[Outcome | None, str] = {
    Outcome.PASSED: "green",
    Outcome.FAILED: "bold red",
    Outcome.CANT_TELL: "yellow",
    Outcome.INAPPLICABLE: "dim",
    None: "dim",
}
_MOST_FAULTS = 5
_MOST_FIXES = 5
_MOST_SITES = 5
_WIDEST_NAME = 28
_NARROWEST_NAME = 12


def print_summary(
    console: Console, view: RunView, summary: Summary, messages: Messages, *, report: Path | None = None
) -> None:
    """Print the round in numbers, then what to do next. `console` decides width and colour; `report` is named last."""
    page = _Page(console, view, summary, messages)
    page.head()
    page.matrix()
    page.faults()
    page.fixes()
    page.sites()
    page.end(report)


class _Page:
    def __init__(self, console: Console, view: RunView, summary: Summary, messages: Messages) -> None:
        self._console = console
        self._view = view
        self._summary = summary
        self._messages = messages
        self._terms = Terms.load(messages.language)
        self._names = {agency.id: self._terms.short_name(agency.name_th) for agency in view.agencies}

    def head(self) -> None:
        terms, view, counts = self._terms, self._view, self._summary.counts
        self._line(Text(round_title(view, terms), style="bold"))
        facts = [terms("round.year", year=terms.year(view.run.year_be))]
        if view.round.closes_on is not None:
            facts.append(terms("round.due", day=terms.long_date(view.round.closes_on)))
        if (left := days_left(view, terms)) is not None:
            facts.append(left)
        self._line(" · ".join(facts))
        size = (terms.count("unit.agencies", len(view.agencies)), terms.count("unit.items", len(view.items)))
        self._line(f"{' · '.join(size)} · {terms('round.assessed', instant=terms.short_instant(view.run.assessed_at))}")
        tally = Text()
        for outcome, number in (
            (Outcome.PASSED, counts.passed),
            (Outcome.FAILED, counts.failed),
            (Outcome.CANT_TELL, counts.cant_tell),
            (Outcome.INAPPLICABLE, counts.inapplicable),
        ):
            tally.append(f"{SYMBOLS[outcome]} {terms.outcome(outcome)} {number:,}   ", style=_STYLES[outcome])
        self._blank()
        tally.rstrip()
        self._line(tally)
        rows = self._summary.imported
        if rows is not None:
            text = terms("round.rows", accepted=rows.accepted, corrected=rows.corrected, rejected=rows.rejected)
            self._line(f"{terms('round.rows_in')}: {text}")
        if view.run.lacking:
            self._line(lacking_words(view.run.lacking, terms))

    def matrix(self) -> None:
        if not self._summary.rows or not self._summary.items:
            return
        self._heading("round.matrix")
        longest = max(cell_len(self._names[row.agency.id]) for row in self._summary.rows)
        widest = max(_NARROWEST_NAME, self._console.width // 3)
        name_width = min(longest, _WIDEST_NAME, widest)
        most = max((self._console.width - name_width - 2) // 2, 1)
        items = self._summary.items
        for first in range(0, len(items), most):
            self._block(range(first, min(first + most, len(items))), name_width, is_last=first + most >= len(items))
        legend = "  ".join(f"{SYMBOLS[o]} {self._terms.outcome(o)}" for o in (*reversed(Outcome), None))
        self._line(Text(legend, style="dim"))

    def _block(self, columns: range, name_width: int, *, is_last: bool) -> None:
        numbers = [self._summary.items[c].removeprefix("O") for c in columns]
        for level in range(max(map(len, numbers))):
            height = max(map(len, numbers))
            digits = " ".join(number.rjust(height)[level] for number in numbers)
            label = "O" if level == height - 1 else ""
            self._line(Text(f"{label.rjust(name_width)}  {digits}".rstrip(), style="dim"))
        for row in self._summary.rows:
            line = Text(f"{set_cell_size(self._names[row.agency.id], name_width)}  ")
            for column in columns:
                line.append(SYMBOLS[row.outcomes[column]] + " ", style=_STYLES[row.outcomes[column]])
            if is_last and self._console.width - cell_len(line.plain) >= 6:
                line.append(f" {row.counts.passed}/{row.counts.applicable}")
            line.rstrip()
            self._line(line)

    def faults(self) -> None:
        faults = self._summary.faults
        if not faults:
            return
        self._heading("round.faults")
        for fault in faults[:_MOST_FAULTS]:
            requirement = self._view.requirement(fault.item, fault.requirement)
            item = self._view.item(fault.item)
            thing = fault.item if fault.requirement == WHOLE_ITEM else fault.requirement
            in_thai = self._terms.language == "th"
            if fault.requirement == WHOLE_ITEM or requirement is None:
                text = self._messages.says(fault.examples[0])
                title = (item.title if in_thai else item.title_en or item.title) if item else ""
                text = f"{title}: {text}" if title else text
            else:
                text = requirement.text if in_thai else requirement.text_en or requirement.text
            self._entry(self._terms.count("unit.agencies", len(fault.agencies)), f"{thing} {text}")
        self._rest(len(faults) - _MOST_FAULTS)

    def fixes(self) -> None:
        rows = sorted(
            (row for row in self._summary.rows if row.fixes),
            key=lambda row: -sum(fix.gain or 0 for fix in row.fixes) or -len(row.fixes),
        )
        if not rows:
            return
        self._heading("agency.fix")
        for row in rows[:_MOST_FIXES]:
            self._entry(self._names[row.agency.id], self._fix_words(row))
        self._rest(len(rows) - _MOST_FIXES)

    def _fix_words(self, row: AgencyRow) -> str:
        words = []
        for fix in row.fixes[:3]:
            gain = f" ({self._terms('unit.points', points=points(fix.gain))})" if fix.gain is not None else ""
            words.append(f"{fix.item}{gain}")
        if len(row.fixes) > 3:
            words.append(self._terms("terminal.more", n=len(row.fixes) - 3))
        return " · ".join(words)

    def sites(self) -> None:
        if self._summary.troubles:
            self._heading("round.sites")
            for trouble in self._summary.troubles[:_MOST_SITES]:
                says, _ = self._terms.searched(trouble.outcome, has_body=False)
                self._entry(trouble.host, says)
            self._rest(len(self._summary.troubles) - _MOST_SITES)
        if self._summary.nothing_submitted:
            self._heading("round.none_submitted")
            names = [self._names[agency.id] for agency in self._summary.nothing_submitted]
            self._line(" · ".join(names))

    def end(self, report: Path | None) -> None:
        self._blank()
        if report is not None:
            # One unbroken line: a path is copied, or clicked on.
            self._console.print(
                f"{self._terms('terminal.report')}: {report}",
                soft_wrap=True,
                highlight=False,
                markup=False,
                emoji=False,
            )
        self._line(Text(self._terms(next_step(self._summary)), style="bold"))

    def _heading(self, key: str) -> None:
        self._blank()
        self._line(Text(self._terms(key), style="bold"))

    def _entry(self, left: str, right: str) -> None:
        line = Text(left, style="bold")
        line.append(f"  {right}", style="not bold")
        self._line(line)

    def _rest(self, number: int) -> None:
        if number > 0:
            self._line(Text(self._terms("terminal.more", n=number), style="dim"))

    def _blank(self) -> None:
        self._console.print()

    def _line(self, text: str | Text) -> None:
        # Text objects and no markup: a title such as "[red]" is shown, not obeyed.
        shown = text if isinstance(text, Text) else Text(text)
        for line in wrapped(shown, self._console.width):
            self._console.print(line, highlight=False, soft_wrap=True)


def wrapped(text: Text, width: int) -> Iterable[Text]:
    """`text` in lines of at most `width` columns, broken at blanks where possible; marks stay on their consonant."""
    plain = text.plain
    start = 0
    while start < len(plain):
        end, columns, last_blank = start, 0, -1
        while end < len(plain):
            size = cell_len(plain[end])
            if columns + size > width:
                break
            columns += size
            if plain[end] == " ":
                last_blank = end
            end += 1
        if end < len(plain) and plain[end] != " " and last_blank > start:
            end = last_blank
        yield text[start:end] if end > start else text[start : start + 1]
        start = max(end, start + 1)
        while start < len(plain) and plain[start] == " ":
            start += 1


def round_title(view: RunView, terms: Terms) -> str:
    """What the round is called."""
    if view.round.title:
        return view.round.title
    return terms("round.heading", id=view.round.id) if view.round.id else terms("round.all")


def days_left(view: RunView, terms: Terms) -> str | None:
    """How far the deadline is, in words; None when it is not known."""
    left = view.days_left
    if left is None:
        return None
    if left == 0:
        return terms("left.today")
    return terms.count("left.days" if left > 0 else "left.past", abs(left))


def lacking_words(lacking: Iterable[str], terms: Terms) -> str:
    """Which tools the run did not have, as a sentence."""
    names = [terms.get(f"tool.{tool}", terms("tool.other", name=tool)) for tool in lacking]
    return terms("foot.lacking", tools=terms("tool.joiner").join(names))


def next_step(summary: Summary) -> str:
    """The key of the one sentence that says what to do next."""
    if summary.nothing_submitted:
        return "terminal.next_submit"
    if summary.counts.failed:
        return "terminal.next_failed"
    if summary.troubles:
        return "terminal.next_sites"
    return "terminal.next_waiting" if summary.counts.cant_tell else "terminal.next_done"
