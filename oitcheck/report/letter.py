"""The letter to an agency before a deadline: what is still open, what to mend first. Plain text, for mail."""

from __future__ import annotations

from dataclasses import dataclass

from oitcheck.model.finding import Outcome
from oitcheck.report.line_text import line_text
from oitcheck.report.messages import Messages
from oitcheck.report.reminders import Reminder
from oitcheck.report.summary import AgencyRow, Summary
from oitcheck.report.terminal import days_words, round_title
from oitcheck.report.terms import Terms
from oitcheck.report.view import RunView


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter ready to be sent, about one round."""

    agency_id: str
    subject: str
    text: str
    year_be: int
    round_id: str


def letter(
    view: RunView, summary: Summary, reminder: Reminder, messages: Messages, terms: Terms, operator: str
) -> Letter:
    """The letter of a reminder, signed by `operator`."""
    row = summary.row(reminder.agency.id)
    title = round_title(view, terms)
    left = days_words(reminder.days_left, terms)
    if reminder.changed:
        subject = terms("letter.subject_worse", round=title, count=len(reminder.changed), left=left)
    else:
        subject = terms("letter.subject", round=title, open=_open_words(view, row, reminder, terms), left=left)
    closes = view.round.closes_on
    parts = [terms("letter.greeting", name=reminder.agency.name_th)]
    if reminder.changed:
        parts.append(terms("letter.worse", items=", ".join(reminder.changed)))
    if closes is not None:
        parts.append(
            terms(
                "letter.open",
                date=terms.long_date(closes),
                left=left,
                items=", ".join(reminder.open_items),
            )
        )
    parts += [line_text(view, row, messages, terms), *filter(None, (operator,)), terms("letter.stop")]
    run = view.run
    return Letter(reminder.agency.id, subject, "\n\n".join(parts) + "\n", run.year_be, run.round_id)


def _open_words(view: RunView, row: AgencyRow, reminder: Reminder, terms: Terms) -> str:
    """How many of the open items are incomplete and how many are not handed in, counted as in the text."""
    failed = {item for item, o in zip(view.items, row.outcomes, strict=True) if o is Outcome.FAILED}
    incomplete = sum(item in failed for item in reminder.open_items)
    missing = len(reminder.open_items) - incomplete
    told = (("letter.open_failed", incomplete), ("letter.open_missing", missing))
    return terms("letter.open_and").join(terms.count(key, n) for key, n in told if n)
