"""The round summary on a terminal: readable without colour, when piped, and on a narrow screen."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from oitcheck.model.agency import Round
from oitcheck.model.finding import Outcome
from oitcheck.report.messages import Messages
from oitcheck.report.pages import repair_cards, text_of, title_of
from oitcheck.report.repairs import Goal
from oitcheck.report.score import PASS_SCORE
from oitcheck.report.summary import AgencyRow, ItemFault, Summary, Trouble
from oitcheck.report.terms import OVERRULED, SYMBOLS, Pending, Shown, Terms, point_range, points
from oitcheck.report.view import WHOLE_ITEM, RunView

_STYLES: dict[Shown, str] = {
    Outcome.PASSED: "green",
    Outcome.FAILED: "bold red",
    Outcome.CANT_TELL: "yellow",
    Outcome.INAPPLICABLE: "dim",
    Pending.NOT_DUE: "cyan",
    None: "dim",
}
_MOST_FAULTS = 5
_MOST_REPAIRS = 5
_MOST_REPAIRS_OF_ONE = 10
_MOST_SITES = 5
_INDENT = "   "
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
    page.repairs()
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
        if due := due_words(view.round, terms):
            facts.append(due)
        if (left := days_left(view, terms)) is not None:
            facts.append(left)
        self._line(" · ".join(facts))
        size = (terms.count("unit.agencies", len(view.agencies)), terms.count("unit.items", len(view.items)))
        self._line(f"{' · '.join(size)} · {assessed_words(view, terms)}")
        tally = Text()
        numbers: dict[Shown, int] = {
            Outcome.PASSED: counts.passed,
            Outcome.FAILED: counts.failed,
            Outcome.CANT_TELL: counts.cant_tell,
            Outcome.INAPPLICABLE: counts.of_no_concern,
        }
        if counts.not_due:
            numbers[Pending.NOT_DUE] = counts.not_due
        for outcome, number in numbers.items():
            tally.append(f"{SYMBOLS[outcome]} {terms.outcome(outcome)} {number:,}   ", style=_STYLES[outcome])
        self._blank()
        tally.rstrip()
        self._line(tally)
        if self._summary.overruled:
            self._line(terms.count("staff.overruled", self._summary.overruled))
        rows = self._summary.imported
        if rows is not None:
            text = terms("round.rows", taken=rows.taken, corrected=rows.corrected, rejected=rows.rejected)
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
        pending = (Pending.NOT_DUE,) if self._summary.counts.not_due else ()
        legend = "  ".join(f"{SYMBOLS[o]} {self._terms.outcome(o)}" for o in (*reversed(Outcome), *pending, None))
        if self._summary.overruled:
            legend += f"  {OVERRULED} {self._terms('staff.differs')}"
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
                mark = OVERRULED if row.overruled[column] else " "
                line.append(SYMBOLS[row.shown[column]] + mark, style=_STYLES[row.shown[column]])
            if is_last and self._console.width - cell_len(line.plain) >= 6:
                line.append(f" {row.counts.passed}/{row.counts.applicable}")
            line.rstrip()
            self._line(line)

    def faults(self) -> None:
        faults = self._summary.item_faults
        if not faults:
            return
        self._heading("round.faults")
        for fault in faults[:_MOST_FAULTS]:
            self._entry(self._terms.count("unit.agencies", len(fault.agencies)), self._fault_words(fault))
        self._rest(len(faults) - _MOST_FAULTS)

    def _fault_words(self, fault: ItemFault) -> str:
        """The item with what most miss of it: the element, or what is wrong with the whole."""
        words = f"{fault.item} {title_of(self._view.item(fault.item), self._terms)}".rstrip()
        if not fault.causes:
            return words
        first, more = fault.causes[0], len(fault.causes) - 1
        element = text_of(self._view.requirement(fault.item, first.requirement), self._terms)
        is_whole = first.requirement == WHOLE_ITEM or not element
        words += f": {self._messages.says(first.examples[0]) if is_whole else f'{first.requirement} {element}'}"
        return f"{words} {self._terms.count('agency.more', more)}" if more else words

    def repairs(self) -> None:
        rows = sorted(
            (row for row in self._summary.rows if row.repairs),
            key=lambda row: -sum(repair.points or 0 for repair in row.repairs) or -len(row.repairs),
        )
        if not rows:
            return
        self._heading("agency.fix")
        if len(self._summary.rows) == 1:
            self._repairs_of(rows[0])
            return
        if any(repair.points is not None for row in rows for repair in row.repairs):
            self._line(Text(estimate_title(self._terms), style="dim"))
        for row in rows[:_MOST_REPAIRS]:
            self._entry(self._names[row.agency.id], self._repair_words(row))
        self._rest(len(rows) - _MOST_REPAIRS)

    def _repair_words(self, row: AgencyRow) -> str:
        words = []
        for repair in row.repairs[:3]:
            gained = self._points(repair.points)
            words.append(f"{repair.item} ({gained})" if gained else repair.item)
        if len(row.repairs) > 3:
            words.append(self._terms("terminal.more", n=len(row.repairs) - 3))
        return " · ".join(words)

    def _repairs_of(self, row: AgencyRow) -> None:
        """The ranking of the only agency, two lines an item, under what it leads to."""
        terms = self._terms
        now = point_range(row.estimate.low, row.estimate.high) if row.estimate else ""
        if now:
            self._line(f"{estimate_title(terms)}: {now} {terms('agency.out_of')}")
        elif row.repairs[0].points is not None:
            self._line(estimate_title(terms))
        if row.goal is not None:
            self._line(goal_words(row.goal, terms))
        cards = repair_cards(self._view, row, self._messages, terms)
        key = "terminal.repairs_plain" if row.estimate is None else "terminal.repairs"
        self._line(Text(terms(key), style="dim"))
        for number, card in enumerate(cards[:_MOST_REPAIRS_OF_ONE], start=1):
            score = " → ".join(part for part in (self._points(card.points), card.after) if part)
            facts = (score, card.effort, goal_mark(terms) if card.is_goal else "")
            self._entry(f"{number}. {card.item}", " · ".join(fact for fact in facts if fact))
            what = f"{card.element}: {card.do}" if card.element else card.do
            self._indented(Text(f"{what} {terms.count('agency.more', card.more)}" if card.more else what))
            if card.undecided:
                self._indented(Text(terms.count("agency.if_undecided", card.undecided), style="dim"))
        self._rest(len(cards) - _MOST_REPAIRS_OF_ONE)

    def _points(self, gained: float | None) -> str:
        return "" if gained is None else self._terms("unit.points", points=points(gained))

    def sites(self) -> None:
        if self._summary.troubles:
            self._heading("round.sites")
            for trouble in self._summary.troubles[:_MOST_SITES]:
                says, _ = trouble_words(trouble, self._terms)
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

    def _indented(self, text: Text) -> None:
        for line in wrapped(text, self._console.width - len(_INDENT)):
            self._console.print(Text(_INDENT).append_text(line), highlight=False, soft_wrap=True)

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
    """What the round of a run is called."""
    return round_words(view.round, terms)


def round_words(round_: Round, terms: Terms) -> str:
    """What a round is called; a title that is a bare number tells nobody what it counts."""
    title = round_.title.strip()
    if title and not title.isdecimal():
        return title
    return terms("round.heading", id=round_.id) if round_.id else terms("round.all")


def due_words(round_: Round, terms: Terms) -> str:
    """By when a round is to be submitted, or that it is closed and what its deadline was; "" without a deadline."""
    if round_.closes_on is None:
        return "" if round_.frozen_at is None else terms("round.closed")
    key = "round.due" if round_.frozen_at is None else "round.closed_on"
    return terms(key, day=terms.long_date(round_.closes_on))


def assessed_words(view: RunView, terms: Terms) -> str:
    """When a run was made, and as at which day it is judged where that is another."""
    instant = terms.short_instant(view.run.assessed_at)
    if view.as_of is None or not view.is_as_of_another_day:
        return terms("round.assessed", instant=instant)
    return terms("round.assessed_as_of", day=terms.short_date(view.as_of), instant=instant)


def source_words(view: RunView, terms: Terms) -> str:
    """From which run the paper of an agency is, made when, and as at which other day it is judged."""
    kept = terms.long_instant(view.run.assessed_at)
    if view.as_of is None or not view.is_as_of_another_day:
        return terms("paper.source", run=view.run.id, kept=kept)
    return terms("paper.source_as_of", run=view.run.id, kept=kept, day=terms.long_date(view.as_of))


def deadline_words(round_: Round, terms: Terms) -> str:
    """`due_words` as a paper to an agency says it."""
    if round_.closes_on is None or round_.frozen_at is not None:
        return due_words(round_, terms)
    return terms("paper.deadline", date=terms.long_date(round_.closes_on))


def frozen_words(round_: Round, terms: Terms) -> str:
    """By which run a frozen round stands, and since when."""
    day = terms.short_instant(round_.frozen_at) if round_.frozen_at else ""
    return f"{due_words(round_, terms)} {terms('staff.frozen', run=round_.frozen_run, day=day)}".strip()


def days_left(view: RunView, terms: Terms) -> str | None:
    """How far the deadline is, in words; None when it is not known, or the round is closed."""
    is_open = view.days_left is not None and view.round.frozen_at is None
    return days_words(view.days_left, terms) if is_open and view.days_left is not None else None


def days_words(left: int, terms: Terms) -> str:
    """So many days to a deadline, or past it, in words."""
    if left == 0:
        return terms("left.today")
    return terms.count("left.days" if left > 0 else "left.past", abs(left))


def trouble_words(trouble: Trouble, terms: Terms) -> tuple[str, str]:
    """What a trouble of a site means, of how much of the site, and its remedy."""
    says, do = terms.searched(trouble.outcome, has_body=False)
    return (f"{partly_words(trouble, terms)}: {says}" if trouble.is_partial else says), do


def partly_words(trouble: Trouble, terms: Terms) -> str:
    """That only some pages of a site could not be opened, with the items that wait for them."""
    return terms("agency.trouble_partly", items=", ".join(trouble.items))


def lacking_words(lacking: Iterable[str], terms: Terms) -> str:
    """Which tools the run did not have, as a sentence."""
    names = [terms.get(f"tool.{tool}", terms("tool.other", name=tool)) for tool in lacking]
    return terms("foot.lacking", tools=terms("tool.joiner").join(names))


def estimate_title(terms: Terms) -> str:
    """What an estimate is called, always with what it is not."""
    return f"{terms('agency.estimate')} ({terms('agency.estimate_note')})"


def goal_mark(terms: Terms) -> str:
    """What stands beside the repair that lifts the low end of the estimate to the pass score."""
    return terms("agency.goal_here", least=points(PASS_SCORE))


def goal_words(goal: Goal, terms: Terms) -> str:
    """What the first repairs, or all of them, lead to, as a sentence."""
    before, after, high = points(goal.before.low), points(goal.after.low), points(goal.after.high)
    if goal.is_pass:
        key = "agency.goal_pass"
    elif high == after:
        key = "agency.goal_all"
    else:
        key = "agency.goal_if" if after == before else "agency.goal_open"
    return terms.count(key, goal.repairs, before=before, after=after, high=high, least=points(PASS_SCORE))


def next_step(summary: Summary) -> str:
    """The key of the one sentence that says what to do next; a closed round is not checked again."""
    if summary.stands.round.frozen_at is not None:
        return "terminal.next_closed"
    if summary.nothing_submitted:
        return "terminal.next_submit"
    if summary.counts.failed:
        return "terminal.next_failed"
    if summary.troubles:
        return "terminal.next_sites"
    return "terminal.next_waiting" if summary.counts.cant_tell else "terminal.next_done"
