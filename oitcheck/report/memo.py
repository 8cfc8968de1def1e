"""The province's paper to the governor (บันทึกข้อความ): what it says, every number taken from the round's summary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from oitcheck.model.agency import Agency
from oitcheck.model.finding import Finding, Outcome
from oitcheck.report.beside import Beside
from oitcheck.report.comparison import Change, compare
from oitcheck.report.messages import Messages
from oitcheck.report.official import thai_digits_in_prose
from oitcheck.report.pages import text_of, title_of
from oitcheck.report.repairs import told_of
from oitcheck.report.score import PASS_SCORE
from oitcheck.report.summary import AgencyRow, Cause, Counts, ItemFault, Summary, counted
from oitcheck.report.terminal import round_title
from oitcheck.report.terms import Shown, Terms, point_range
from oitcheck.report.view import WHOLE_ITEM, RunView

# So many of the items that most agencies lack, of what they lack of one, and of agencies are named in the text; the
# annex has them all.
MOST_FAULTS = 3
MOST_CAUSES = 2
MOST_NAMED = 3
MOST_OTHERS = 12
# Elements of one item in a row of the annex.
MOST_ELEMENTS = 6
_ALWAYS_TOLD = (Change.IMPROVED, Change.REGRESSED)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes, as the installation says; whatever is "" is left blank to be filled in by hand.

    `target` is how many agencies are to reach the pass score (0: no target). `watched` are the ids of last year's low
    scores, to be looked after closely.
    """

    office: str = ""
    reference: str = ""
    addressee: str = ""
    signatory: str = ""
    post: str = ""
    target: int = 0
    watched: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the chart: how many items of a group of agencies have which outcome."""

    label: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class AnnexItem:
    """One item of an agency that is not complete: what was found and what to do, element by element."""

    item: str
    title: str
    outcome: str
    says: tuple[str, ...]
    do: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Annex:
    """What the governor may want to see of one agency; `missing` names what is not submitted, "" if nothing."""

    name: str
    district: str
    numbers: str
    items: tuple[AnnexItem, ...]
    missing: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A numbered part of the text: its heading and its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Memo:
    """The paper, ready to be set.

    `head` are the lines under the title: label and value. `table` begins with its header row.
    """

    title: str
    head: tuple[tuple[str, str], ...]
    greeting: tuple[str, str]
    chapters: tuple[Chapter, ...]
    table_title: str
    table: tuple[tuple[str, ...], ...]
    chart_title: str
    bars: tuple[Bar, ...]
    closing: str
    signature: tuple[str, str]
    annex_title: str
    annex_header: tuple[str, ...]
    annexes: tuple[Annex, ...]
    source: str
    page: str


def memo(
    view: RunView, summary: Summary, messages: Messages, terms: Terms, sender: Sender, before: Summary | None = None,
    beside: Beside | None = None,
) -> Memo:  # fmt: skip
    """The paper on a run as `summary` has it; `before` is that of the run or round that it is compared with.

    `beside` tells what was submitted late; None: nothing is known of it.

    Its date is the day on which the run was made. Pure: the same run gives the same paper.
    """
    say = _Say(terms, terms.language == "th")
    known = beside or Beside()
    late = {row.agency.id: len(known.late_items(view, row.agency.id)) for row in summary.rows}
    return Memo(
        title=say("title"),
        head=(
            (say("office"), say.text(sender.office)),
            (say("reference"), say.text(sender.reference)),
            (say("date"), say.text(terms.long_date(view.assessed_on))),
            (say("subject"), say("subject_is", round=round_title(view, terms), year=terms.year(view.run.year_be))),
        ),
        greeting=(say("to"), say.text(sender.addressee or _governor(view, terms))),
        chapters=(
            Chapter(say("background"), tuple(_background(view, summary, terms, say))),
            Chapter(say("facts"), tuple(_facts(view, summary, terms, say, sender, before, sum(late.values())))),
            Chapter(say("proposals"), tuple(_proposals(view, summary, messages, terms, say, sender))),
        ),
        table_title=say("table_title"),
        table=tuple(tuple(say.text(c) for c in row) for row in _table(summary, say, before)),
        chart_title=say("chart_title"),
        bars=tuple(Bar(say.text(label), counts) for label, counts in _grouped(summary, lambda a: a.district)),
        closing=say("closing"),
        signature=(say.text(sender.signatory), say.text(sender.post)),
        annex_title=say("annex"),
        annex_header=tuple(say(f"annex_{key}") for key in ("item", "outcome", "found", "do")),
        annexes=tuple(_annex(summary.stands, row, messages, terms, say, late[row.agency.id]) for row in summary.rows),
        source=_source(view, terms, say),
        page=say("page"),
    )


@dataclass(frozen=True, slots=True)
class _Say:
    """The words of the paper; a Thai official paper has Thai digits."""

    terms: Terms
    thai: bool

    def __call__(self, key: str, **values: object) -> str:
        return self.text(self.terms(f"memo.{key}", **values))

    def text(self, text: str) -> str:
        return thai_digits_in_prose(text) if self.thai else text


def _source(view: RunView, terms: Terms, say: _Say) -> str:
    made = terms.long_date(view.assessed_on)
    if view.as_of is None or not view.is_as_of_another_day:
        return say("source", run=view.run.id, as_of=made)
    return say("source_as_of", run=view.run.id, kept=made, as_of=terms.long_date(view.as_of))


def _governor(view: RunView, terms: Terms) -> str:
    provinces = {a.province for a in view.agencies if a.province}
    return terms("memo.governor", province=provinces.pop() if len(provinces) == 1 else "")


def _background(view: RunView, summary: Summary, terms: Terms, say: _Say) -> Iterable[str]:
    due = len(view.round.items) or len(view.items)
    closes = view.round.closes_on
    deadline = say("deadline", date=terms.long_date(closes)) if closes else ""
    yield say(
        "background_is", agencies=len(summary.rows), items=due, deadline=deadline, year=terms.year(view.run.year_be)
    )


def _facts(
    view: RunView, summary: Summary, terms: Terms, say: _Say, sender: Sender, before: Summary | None, late: int
) -> Iterable[str]:
    counts = summary.counts
    submitted = len(summary.rows) - len(summary.nothing_submitted)
    complete = sum(row.is_complete for row in summary.rows)
    missing = sum(len(row.missing) for row in summary.rows)
    asked = sum(outcome is not None for row in summary.rows for outcome in row.outcomes)
    yield say(
        "facts_are",
        submitted=submitted, agencies=len(summary.rows),
        missing=say("missing", n=f"{missing:,}", of=f"{asked:,}") if missing else "",
        applicable=f"{counts.applicable:,}", late=terms.count("paper.late_among", late) if late else "",
        passed=f"{counts.passed:,}", share=share_of(counts), failed=f"{counts.failed:,}", open=f"{counts.cant_tell:,}",
        complete=complete, overruled=say("overruled", n=f"{summary.overruled:,}") if summary.overruled else "",
    )  # fmt: skip
    known = [row.estimate for row in summary.rows if row.estimate]
    if sender.target and len(known) == len(summary.rows):
        sure = sum(e.low >= PASS_SCORE for e in known)
        maybe = sum(e.high >= PASS_SCORE for e in known)
        yield say(
            "target", target=sender.target, agencies=len(summary.rows), score=f"{PASS_SCORE:g}", sure=sure, maybe=maybe
        )
    elif sender.target:
        yield say("target_later", target=sender.target, agencies=len(summary.rows), score=f"{PASS_SCORE:g}")
    watched = [row for row in summary.rows if row.agency.id in sender.watched]
    if watched:
        waiting = [row.agency.name_th for row in watched if not row.is_complete]
        told = say("watched", count=len(watched), score=f"{PASS_SCORE:g}", complete=len(watched) - len(waiting))
        yield told + (say("watched_open", names=_listed(waiting, say)) if waiting else "")
    if before is not None:
        yield _compared(summary, before, terms, say)
    for key, is_partial in (("troubles", False), ("troubles_partly", True)):
        if names := dict.fromkeys(t.agency.name_th for t in summary.troubles if t.is_partial is is_partial):
            yield say(key, count=len(names), names=_listed(list(names), say))


def share_of(counts: Counts) -> str:
    """Complete items in per cent of those that count, with two decimals; "0.00" of none."""
    return f"{100 * counts.passed / counts.applicable if counts.applicable else 0:.2f}"


def _compared(summary: Summary, before: Summary, terms: Terms, say: _Say) -> str:
    """How far all came since `before`, and what became of the items in both, in the categories of the comparison."""
    counts, earlier = summary.counts, before.counts
    told = say(
        "compared",
        before=f"{earlier.passed:,}", of=f"{earlier.applicable:,}", before_share=share_of(earlier),
        share=share_of(counts), not_due=say("compared_not_due", n=f"{earlier.not_due:,}") if earlier.not_due else "",
        not_due_now=say("compared_not_due_now", n=f"{counts.not_due:,}") if counts.not_due else "",
    )  # fmt: skip
    comparison = compare(before.stands, summary.stands)
    if not comparison.items:
        return told
    changes = say("comma").join(
        say("compared_change", change=terms(f"change.{change.value}"), n=f"{n:,}")
        for change, n in comparison.totals.items()
        if change in _ALWAYS_TOLD or (n and change is not Change.UNCHANGED)
    )
    return told + say("compared_items", changes=changes)


def _proposals(
    view: RunView, summary: Summary, messages: Messages, terms: Terms, say: _Say, sender: Sender
) -> Iterable[str]:
    told = list(_proposed(view, summary, messages, terms, say, sender))
    if not told:
        yield say("nothing_to_propose")
    for number, proposal in enumerate(told, start=1):
        yield say("proposal", number=number, proposal=proposal)


def _proposed(
    view: RunView, summary: Summary, messages: Messages, terms: Terms, say: _Say, sender: Sender
) -> Iterable[str]:
    commonest = summary.item_faults
    names = {agency.id: agency.name_th for agency in view.agencies}
    for fault in commonest[:MOST_FAULTS]:
        yield _about_fault(view, fault, messages, terms, say, names)
    if others := commonest[MOST_FAULTS:]:
        told = ", ".join(say("other_fault", item=f.item, agencies=len(f.agencies)) for f in others[:MOST_OTHERS])
        rest = say("other_more", n=len(others) - MOST_OTHERS) if len(others) > MOST_OTHERS else ""
        yield say("other_faults", n=len(others), items=f"{told}{rest}")
    called = to_call_in(summary, sender.watched)
    if called:
        yield say("call_in", count=len(called), names=_listed([row.agency.name_th for row in called], say))
    if summary.nothing_submitted:
        silent = _listed([a.name_th for a in summary.nothing_submitted], say)
        yield say("nothing_submitted", count=len(summary.nothing_submitted), names=silent)


def _about_fault(
    view: RunView, fault: ItemFault, messages: Messages, terms: Terms, say: _Say, names: Mapping[str, str]
) -> str:
    """What agencies are to be told of an item: one order when the same holds for all of them, else each its own."""
    agencies = [names[agency] for agency in fault.agencies]
    who = agencies[0]
    if len(agencies) > 1:
        who = say("fault_agencies", agencies=len(agencies), names=_listed(agencies, say))
    about = {"item": fault.item, "title": title_of(view.item(fault.item), terms), "who": who}
    first = fault.causes[0] if fault.causes else None
    if first is None or len(fault.causes) > 1 or len(first.examples) < len(agencies):
        return say("fault_each", element="", causes=_caused(view, fault, terms, say), **about)
    text = text_of(view.requirement(fault.item, first.requirement), terms)
    element = say("fault_element", id=first.requirement, text=text) if text else ""
    if does := _of_all(first, messages.do):
        return say("fault", do=does, element=element, **about)
    if any(messages.do(one) for one in first.examples):
        return say("fault_each", element=element, causes="", **about)
    shows = _of_all(first, messages.says)
    key = "fault_shown" if shows else "fault_each"
    return say(key, says=shows, element=element, causes="", **about)


def _caused(view: RunView, fault: ItemFault, terms: Terms, say: _Say) -> str:
    """What is missing of an item, each with at how many agencies; those that most miss."""
    told = [
        say("fault_whole", agencies=len(cause.examples))
        if cause.requirement == WHOLE_ITEM
        else say(
            "fault_cause", id=cause.requirement, text=text_of(view.requirement(fault.item, cause.requirement), terms),
            agencies=len(cause.examples),
        )
        for cause in fault.causes[:MOST_CAUSES]
    ]  # fmt: skip
    if not told:
        return ""
    more = len(fault.causes) - len(told)
    return say("fault_causes", causes=", ".join(told) + (say("fault_more", n=more) if more else ""))


def _of_all(cause: Cause, tell: Callable[[Finding], str]) -> str:
    """What is told of every agency alike; "" when it differs, since names, months and files are each agency's own."""
    told = {tell(one) for one in cause.examples}
    return told.pop() if len(told) == 1 else ""


def to_call_in(summary: Summary, watched: frozenset[str] = frozenset()) -> tuple[AgencyRow, ...]:
    """The agencies to invite to the consultation: with failed items, watched ones first, then by how many failed."""
    rows = [row for row in summary.rows if row.counts.failed]
    return tuple(sorted(rows, key=lambda r: (r.agency.id not in watched, -r.counts.failed)))


def _listed(names: Sequence[str], say: _Say) -> str:
    shown = ", ".join(names[:MOST_NAMED])
    return shown if len(names) <= MOST_NAMED else say("and_others", names=shown, more=len(names) - MOST_NAMED)


def numbers_of(row: AgencyRow, terms: Terms, late: int = 0) -> str:
    """How an agency stands, in a sentence: also what is not handed in, or was so late (`late` items), and what staff
    decided otherwise.
    """
    counts = row.counts
    failed = len(row.missing_failed)
    told = terms(
        "memo.annex_numbers",
        passed=counts.passed, applicable=counts.applicable, failed=counts.failed,
        late=terms.count("paper.late_among", late) if late else "",
        missing=terms.count("paper.missing_among", failed) if failed else "", open=counts.cant_tell,
    )  # fmt: skip
    if waiting := len(row.missing) - failed:
        told += terms.count("paper.missing_yet", waiting)
    overruled = sum(row.overruled)
    return f"{told} {terms.count('staff.overruled', overruled)}" if overruled else told


def missing_line(row: AgencyRow, terms: Terms) -> str:
    """The items that an agency has not handed in, as a line of its papers; "" when there are none."""
    return terms("paper.missing", items=", ".join(row.missing)) if row.missing else ""


def _grouped(summary: Summary, key: Callable[[Agency], str]) -> list[tuple[str, Counts]]:
    groups: dict[str, list[Shown]] = defaultdict(list)
    for row in summary.rows:
        groups[key(row.agency) or "-"].extend(row.shown)
    return [(name, counted(outcomes)) for name, outcomes in groups.items()]


def _table(summary: Summary, say: _Say, before: Summary | None) -> Iterable[tuple[str, ...]]:
    columns = ("kind", "agencies", "applicable", "passed", "failed", "open", "share", *(("before",) if before else ()))
    yield tuple(say(f"table_{column}") for column in columns)
    earlier = dict(_grouped(before, lambda a: a.kind)) if before else {}
    sizes: dict[str, int] = defaultdict(int)
    for row in summary.rows:
        sizes[row.agency.kind or "-"] += 1
    for kind, counts in _grouped(summary, lambda a: a.kind):
        then = (_share_before(earlier[kind], say) if kind in earlier else "-",) if before else ()
        yield (kind, str(sizes[kind]), *_numbers(counts), *then)
    yield (
        say("table_total"), str(len(summary.rows)), *_numbers(summary.counts),
        *((_share_before(before.counts, say),) if before else ()),
    )  # fmt: skip


def _share_before(counts: Counts, say: _Say) -> str:
    """The share of the time before, with how many items were not due then: they are part of the numbers since."""
    share = share_of(counts)
    return say("table_before_is", share=share, n=f"{counts.not_due:,}") if counts.not_due else share


def _numbers(counts: Counts) -> tuple[str, ...]:
    return (
        f"{counts.applicable:,}",
        f"{counts.passed:,}",
        f"{counts.failed:,}",
        f"{counts.cant_tell:,}",
        share_of(counts),
    )


def _annex(view: RunView, row: AgencyRow, messages: Messages, terms: Terms, say: _Say, late: int) -> Annex:
    estimate = row.estimate
    score = say("annex_score", score=point_range(estimate.low, estimate.high)) if estimate else ""
    numbers = say.text(numbers_of(row, terms, late))
    items = tuple(
        _annex_item(view, row.agency.id, item, outcome, messages, terms, say)
        for item, outcome in zip(view.items, row.outcomes, strict=True)
        if outcome in (Outcome.FAILED, Outcome.CANT_TELL)
    )
    missing = say.text(missing_line(row, terms))
    return Annex(say.text(row.agency.name_th), _district(row.agency, say), f"{numbers}{score}", items, missing)


def _annex_item(
    view: RunView, agency_id: str, item: str, outcome: Outcome | None, messages: Messages, terms: Terms, say: _Say
) -> AnnexItem:
    """An item with all that it lacks or waits for, the same sentence once; what is beyond a row's room is counted."""
    told = told_of(view, agency_id, item)
    shown = told[:MOST_ELEMENTS]
    does = tuple(dict.fromkeys(say.text(do) for f in shown if (do := messages.do(f))))
    says = list(dict.fromkeys(say.text(_of_element(f, messages, alone=len(told) == 1)) for f in shown))
    if len(told) > len(shown):
        says.append(say("fault_more", n=len(told) - len(shown)).strip())
    title = title_of(view.item(item), terms)
    return AnnexItem(say.text(item), say.text(title), terms.outcome(outcome), tuple(says), does)


def _of_element(finding: Finding, messages: Messages, *, alone: bool) -> str:
    says = messages.says(finding)
    return says if alone or finding.requirement == WHOLE_ITEM else f"{finding.requirement}: {says}"


def _district(agency: Agency, say: _Say) -> str:
    """The district of an agency with its word before it, unless it bears one."""
    named = agency.district.startswith(("อำเภอ", "เขต", "อ."))
    return say("district", district=agency.district) if agency.district and not named else say.text(agency.district)
