"""What an agency is to mend, as a Word file: by points gained for the work it is, with proof, remedy and deadline."""

from __future__ import annotations

from datetime import datetime

from oitcheck.lib.urls import readable
from oitcheck.model.finding import Finding, Outcome
from oitcheck.report.availability import share_words, state_words
from oitcheck.report.beside import Beside
from oitcheck.report.confirmed import after_decisions, confirmed, decisions
from oitcheck.report.memo import missing_line, numbers_of
from oitcheck.report.messages import Messages
from oitcheck.report.pages import decided_lines, text_of, title_of
from oitcheck.report.quotation import place_words
from oitcheck.report.summary import AgencyRow
from oitcheck.report.terminal import assessed_words, deadline_words, round_title, source_words
from oitcheck.report.terms import BANGKOK, Terms, point_range, points
from oitcheck.report.view import RunView
from oitcheck.report.word import CENTRE, Paper

# A quotation proves; a page of it hides.
_LONGEST_QUOTE = 160
_MARGINS = (2.0, 2.0, 2.0, 2.0)
_WIDTHS = (2.4, 3.2, 3.2)


def agency_word(
    view: RunView, row: AgencyRow, messages: Messages, terms: Terms, made_at: datetime, beside: Beside,
    *, thai_digits: bool = False,
) -> bytes:  # fmt: skip
    """The bytes of a DOCX file about one agency: what to mend first, then what waits for a person, item by item.

    `row` is of a summary made with the decisions `beside`.
    """
    title = terms("paper.title", name=row.agency.name_th)
    paper = Paper(title, made_at, margins=_MARGINS, thai_digits=thai_digits)
    paper.line(title, bold=True, size=20, align=CENTRE)
    paper.line(f"{round_title(view, terms)} {terms('round.year', year=terms.year(view.run.year_be))}", align=CENTRE)
    if due := deadline_words(view.round, terms):
        paper.line(due, align=CENTRE, bold=True)
    if view.is_as_of_another_day:
        paper.line(assessed_words(view, terms), align=CENTRE)
    paper.line(numbers_of(row, terms, len(beside.late_items(view, row.agency.id))), before_pt=8)
    if row.estimate:
        paper.line(terms("paper.score", score=point_range(row.estimate.low, row.estimate.high)))
    if missing := missing_line(row, terms):
        paper.line(missing, before_pt=8)
    if row.repairs:
        key = "paper.first" if row.repairs[0].points is not None else "paper.first_plain"
        paper.line(terms(key), bold=True, before_pt=8, keep=True)
    elif not row.missing:
        paper.line(terms("paper.nothing"), before_pt=8)
    for number, repair in enumerate(row.repairs, start=1):
        gain = f" ({terms('unit.points', points=points(repair.points))})" if repair.points is not None else ""
        told = f"{number}. {repair.item} {title_of(view.item(repair.item), terms)}{gain}"
        paper.line(told, bold=True, before_pt=6, keep=True)
        paper.table([_header(terms), *(_row(view, f, messages, terms) for f in repair.failed)], _WIDTHS)
    stands = after_decisions(view, decisions(view, beside.reviews))
    waiting = [
        (item, rows)
        for item, outcome in zip(view.items, row.outcomes, strict=True)
        if outcome is Outcome.CANT_TELL and (rows := _undecided(stands, row.agency.id, item))
    ]
    if waiting:
        paper.line(terms("paper.waiting"), bold=True, before_pt=10, keep=True)
        rows_told = (_row(view, f, messages, terms, item) for item, rows in waiting for f in rows)
        paper.table([_header(terms), *rows_told], _WIDTHS)
    _decided(paper, view, row, terms, beside)
    _website(paper, row, terms, beside)
    paper.footer(source_words(view, terms), terms("memo.page"))
    return paper.body()


def _decided(paper: Paper, view: RunView, row: AgencyRow, terms: Terms, beside: Beside) -> None:
    """What people decided beside the machine."""
    _, by_item = confirmed(view, decisions(view, beside.reviews))
    told = [
        (one.element or item, terms.outcome(one.outcome), f"{one.reason} ({one.by})\n{one.note}".strip())
        for item in view.items
        for one in decided_lines(by_item.get((row.agency.id, item), ()), terms)
    ]
    if told:
        paper.line(terms("agency.decided"), bold=True, before_pt=10, keep=True)
        head = (terms("paper.element"), terms("sheet.decided"), terms("sheet.decided_why"))
        paper.table([head, *told], _WIDTHS)


def _website(paper: Paper, row: AgencyRow, terms: Terms, beside: Beside) -> None:
    """Facts about the main website: no part of any verdict."""
    site, faults = beside.website(row.agency.id), beside.tls_faults.get(row.agency.id, {})
    if site is None and not faults:
        return
    paper.line(terms("agency.site"), bold=True, before_pt=10, keep=True)
    if site is not None:
        told = f"{terms('availability.share')} {share_words(site, terms)}"
        paper.line(f"{terms('availability.now')}: {state_words(site, terms)}  {told}")
    for host, fault in faults.items():
        says, does = terms.tls(fault)
        paper.line(f"{readable(host)}: {says} {terms('agency.do')}: {does}")


def _header(terms: Terms) -> tuple[str, str, str]:
    return (terms("paper.element"), terms("paper.found"), terms("paper.do"))


def _row(view: RunView, finding: Finding, messages: Messages, terms: Terms, item: str = "") -> tuple[str, str, str]:
    demand = text_of(view.requirement(finding.item, finding.requirement), terms)
    whole = f"{item or finding.item} {title_of(view.item(finding.item), terms)}"
    element = f"{finding.requirement} {demand}".strip() if demand else whole
    found = messages.says(finding)
    if finding.seen:
        seen = finding.seen[0]
        quote = seen.quote if len(seen.quote) <= _LONGEST_QUOTE else seen.quote[:_LONGEST_QUOTE] + "…"
        place = " ".join(part for part in (place_words(seen.place, terms), readable(seen.url)) if part)
        where = terms("paper.where", place=place, day=terms.short_date(seen.fetched_at.astimezone(BANGKOK).date()))
        found = "\n".join(part for part in (found, f"“{quote}”" if quote else "", where) if part)
    return element, found, messages.do(finding)


def _undecided(view: RunView, agency_id: str, item: str) -> list[Finding]:
    rows = [f for f in view.requirement_rows(agency_id, item) if f.binding and f.outcome is Outcome.CANT_TELL]
    whole = view.whole(agency_id, item)
    return rows or ([whole] if whole else [])
