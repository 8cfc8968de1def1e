"""Letters to agencies before a deadline: who gets one today, and its sending. At most one a day to an agency."""

from __future__ import annotations

import logging
import os
import smtplib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from oitcheck.model.contact import Contact
from oitcheck.model.finding import Outcome
from oitcheck.model.review import Review
from oitcheck.pipeline.clock import BANGKOK
from oitcheck.pipeline.inputs import checklist_of
from oitcheck.pipeline.publishing import run_view
from oitcheck.pipeline.whole_night import nights_of_round
from oitcheck.report.confirmed import ACCEPTING, Standing, after_decisions, decisions, is_accepted
from oitcheck.report.letter import Letter, letter
from oitcheck.report.messages import Messages
from oitcheck.report.reminders import reminders
from oitcheck.report.summary import summarise
from oitcheck.report.terms import Terms
from oitcheck.report.view import WHOLE_ITEM, RunView
from oitcheck.schedule.telling import send
from oitcheck.settings import NotifySettings, Settings
from oitcheck.store.records import RunRecord, Store

log = logging.getLogger(__name__)

MATTER = "letter to an agency"
_ABOUT = f"{MATTER} about "

# A site that comes and goes is no news every other night; close before the deadline nothing is waited for.
_RUNS_UNTIL_TOLD = 2
_DAYS_WITHOUT_WAITING = 3
_MOST_RUNS_BACK = 120


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a letter: `due` (not asked to send), `sent`, `no_address`, `opted_out`, `withheld`, `not_sent`."""

    letter: Letter
    state: str
    addresses: tuple[str, ...] = ()
    reason: str = ""


def letters_due(settings: Settings, store: Store, record: RunRecord, at: datetime) -> tuple[Letter, ...]:
    """The letters that the day of `at` (local, Bangkok) asks for, by the findings of a run."""
    shown = run_view(store, record, checklist_of(record.run.year_be)[0])
    reviews = store.reviews(record.run.year_be)
    summary = summarise(shown, reviews=reviews)
    messages = Messages.load(settings.notify.language)
    terms = Terms.load(settings.notify.language)
    today = at.astimezone(BANGKOK).date()
    found = reminders(shown, summary, today, _told(store, record, shown, reviews, at))
    operator = settings.report.operator_name
    return tuple(letter(shown, summary, reminder, messages, terms, operator) for reminder in found)


def is_closed(store: Store, record: RunRecord, at: datetime) -> bool:
    """Whether the round of a run is frozen, or its last day was before that of `at`: nobody is written to about it."""
    round_ = run_view(store, record, checklist_of(record.run.year_be)[0]).round
    today = at.astimezone(BANGKOK).date()
    return round_.frozen_at is not None or (round_.closes_on is not None and today > round_.closes_on)


def send_letters(
    letters: Sequence[Letter], contacts: Iterable[Contact], store: Store, settings: NotifySettings, at: datetime,
    environ: Mapping[str, str] = os.environ,
) -> tuple[Sent, ...]:  # fmt: skip
    """Send each letter to its agency. What cannot be sent is told and tried again next time; nothing is raised."""
    by_agency = {contact.agency_id: contact for contact in contacts}
    return tuple(_sent(one, by_agency.get(one.agency_id), store, settings, at, environ) for one in letters)


def addressed(letters: Sequence[Letter], contacts: Iterable[Contact]) -> tuple[Sent, ...]:
    """What would be sent to whom."""
    by_agency = {contact.agency_id: contact for contact in contacts}
    return tuple(_held(one, by_agency.get(one.agency_id)) or _due(one, by_agency[one.agency_id]) for one in letters)


def _due(one: Letter, contact: Contact) -> Sent:
    return Sent(one, "due", contact.addresses)


def _held(one: Letter, contact: Contact | None) -> Sent | None:
    """Why a letter goes to nobody; None when it may go."""
    if contact is None:
        return Sent(one, "no_address")
    return Sent(one, "opted_out", contact.addresses) if contact.opted_out else None


def _sent(
    one: Letter, contact: Contact | None, store: Store, settings: NotifySettings, at: datetime,
    environ: Mapping[str, str],
) -> Sent:  # fmt: skip
    held = _held(one, contact)
    if held is not None or contact is None:
        return held or Sent(one, "no_address")
    day = at.astimezone(BANGKOK).date()
    if not store.nights.may_tell(one.agency_id, MATTER, day, at):
        return Sent(one, "withheld", contact.addresses)
    matter = _matter(one.year_be, one.round_id)
    store.nights.may_tell(one.agency_id, matter, day, at)
    try:
        send(_mail(one, contact, settings, at), settings, environ)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        for claim in (MATTER, matter):
            store.nights.not_told(one.agency_id, claim, day)
        reason = f"{type(error).__name__}: {error}"[:200]
        log.warning("the letter to %s was not sent: %s", one.agency_id, reason)
        return Sent(one, "not_sent", contact.addresses, reason)
    return Sent(one, "sent", contact.addresses)


def _mail(one: Letter, contact: Contact, settings: NotifySettings, at: datetime) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = one.subject
    mail["From"] = settings.mail_from
    mail["To"] = ", ".join(contact.addresses)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = make_msgid(domain=settings.mail_from.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(one.text)
    return mail


def _told(
    store: Store, record: RunRecord, shown: RunView, reviews: Sequence[Review], at: datetime
) -> Mapping[str, tuple[date | None, Mapping[str, Outcome]]]:
    """By agency the day of its last letter about a run's round, and which items were complete before they changed.

    A letter tells of all that is open, so only what began to fail after it is new: whatever the day, and however few
    agencies a run was about. An agency that was never written to is told as well. What people had accepted then was
    not told: by itself it is news when their decision falls. That its last day is over is none to an agency that was
    never written to: nobody found that item complete, and its reminder asks for it on its day.
    """
    # Version 0.1.0 kept only that a letter was sent, not about which round.
    kept_without_round = store.nights.told_at(MATTER, but_with=_ABOUT)
    written = {**kept_without_round, **store.nights.told_at(_matter(record.run.year_be, record.run.round_id))}
    today = at.astimezone(BANGKOK).date()
    left = (shown.round.closes_on or today) - today
    least = 1 if left.days <= _DAYS_WITHOUT_WAITING else _RUNS_UNTIL_TOLD
    lost: dict[str, dict[str, Outcome]] = {agency: {} for agency in written}
    for (agency, item), since in _failing_since(store, record, at, least).items():
        if agency not in written or since > written[agency]:
            lost.setdefault(agency, {})[item] = Outcome.PASSED
    for agency, item in _accepted_then(store, shown, reviews, written):
        lost.setdefault(agency, {})[item] = Outcome.PASSED
    days = {agency: told_at.astimezone(BANGKOK).date() for agency, told_at in written.items()}
    return {agency: (days.get(agency), items) for agency, items in lost.items()}


def _failing_since(store: Store, record: RunRecord, at: datetime, least: int) -> Mapping[tuple[str, str], datetime]:
    """Since when items that were complete have failed, in at least so many runs of the round in a row up to `at`.

    What could not be told says nothing either way; neither does a run that did not look at the item.
    """
    streaks: dict[tuple[str, str], list[datetime]] = {}
    found: dict[tuple[str, str], datetime] = {}
    ended: set[tuple[str, str]] = set()
    for earlier in _runs_until(store, record, at):
        ended_at = _ended_at(earlier)
        for place, outcome in store.item_outcomes(earlier.run.id).items():
            if place in ended:
                continue
            if outcome is Outcome.FAILED:
                streaks.setdefault(place, []).append(ended_at)
            elif outcome is Outcome.PASSED:
                ended.add(place)
                streak = streaks.pop(place, [])
                if len(streak) >= least:
                    found[place] = streak[-1]
    return found


def _accepted_then(
    store: Store, shown: RunView, reviews: Sequence[Review], written: Mapping[str, datetime]
) -> set[tuple[str, str]]:
    """The items that people had accepted when the last letter to their agency was sent.

    Where none was: those that they accepted before now, but for those whose decision was to hold no longer than it did.
    """
    stands = decisions(shown, reviews)
    lapsed = {one.review.place for one in stands if one.standing is Standing.EXPIRED}
    made = [one.review for one in stands]
    found = {
        (r.agency_id, r.item)
        for r in made
        if r.agency_id not in written
        and r.requirement == WHOLE_ITEM
        and r.outcome in ACCEPTING
        and r.place not in lapsed
    }
    nights = nights_of_round(store, shown.run.year_be, shown.run.round_id) if made else ()
    held = store.held(shown.run.year_be, shown.run.round_id) if made else {}
    views: dict[str, RunView] = {}
    for agency in dict.fromkeys(r.agency_id for r in made if r.agency_id in written):
        told_at = written[agency]
        told_of = (
            n.record for n in nights
            if _ended_at(n.record) <= told_at and any(agency in held[run_id].agencies for run_id in n.run_ids)
        )  # fmt: skip
        record = next(told_of, None)
        if record is None:
            continue
        if record.run.id not in views:
            views[record.run.id] = run_view(store, record, shown.checklist)
        then = views[record.run.id]
        known = [r for r in reviews if r.agency_id == agency and r.decided_at <= told_at]
        stood = after_decisions(then, decisions(then, known))
        found |= {(agency, item) for item in then.items if is_accepted(stood.whole(agency, item))}
    return found


def _ended_at(record: RunRecord) -> datetime:
    # A letter that was sent while a run was under way did not tell of it.
    return record.finished_at or record.run.assessed_at


def _runs_until(store: Store, record: RunRecord, at: datetime) -> list[RunRecord]:
    """The runs of the same round, newest first: also a second look that completes `record`."""
    mine = (record.run.year_be, record.run.round_id)
    of_round = (r for r in store.runs() if (r.run.year_be, r.run.round_id) == mine)
    return [r for r in of_round if r.started_at <= at][:_MOST_RUNS_BACK]


def _matter(year_be: int, round_id: str) -> str:
    return f"{_ABOUT}{year_be}/{round_id}"
