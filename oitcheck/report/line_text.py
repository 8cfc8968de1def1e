"""What an agency is to mend as a short plain text, to be pasted into a chat."""

from __future__ import annotations

from oitcheck.report.export import printable
from oitcheck.report.memo import missing_line, numbers_of
from oitcheck.report.messages import Messages
from oitcheck.report.pages import title_of
from oitcheck.report.summary import AgencyRow
from oitcheck.report.terminal import deadline_words, round_title
from oitcheck.report.terms import Terms, points
from oitcheck.report.view import RunView

MOST_ITEMS = 7
# A chat shows about this much before it folds the rest away.
LONGEST_REMEDY = 140


def line_text(view: RunView, row: AgencyRow, messages: Messages, terms: Terms, late: int = 0) -> str:
    """Some lines without markup: name, numbers, deadline, what to mend first. Ends without a newline.

    `late` items were submitted after the last day.
    """
    lines = [
        f"{row.agency.name_th} {round_title(view, terms)}".strip(),
        numbers_of(row, terms, late),
    ]
    if due := deadline_words(view.round, terms):
        lines.append(due)
    if missing := missing_line(row, terms):
        lines.append(missing)
    if row.repairs:
        lines.append(terms("paper.first" if row.repairs[0].points is not None else "paper.first_plain"))
    for number, repair in enumerate(row.repairs[:MOST_ITEMS], start=1):
        does = messages.do(repair.failed[0]) or messages.says(repair.failed[0])
        short = does if len(does) <= LONGEST_REMEDY else does[:LONGEST_REMEDY].rstrip() + "…"
        more = f" {terms.count('agency.more', len(repair.failed) - 1)}" if len(repair.failed) > 1 else ""
        gain = f" ({terms('unit.points', points=points(repair.points))})" if repair.points is not None else ""
        lines.append(f"{number}) {repair.item} {title_of(view.item(repair.item), terms)}{gain}: {short}{more}")
    if len(row.repairs) > MOST_ITEMS:
        lines.append(terms("paper.and_more", count=len(row.repairs) - MOST_ITEMS))
    return printable("\n".join(lines))
