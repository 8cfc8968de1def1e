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
from oitcheck.report.letter import Letter, letter
from oitcheck.report.messages import Messages
from oitcheck.report.reminders import reminders
from oitcheck.report.summary import summarise
from oitcheck.report.terms import Terms
from oitcheck.schedule.telling import send
from oitcheck.settings import NotifySettings, Settings
from oitcheck.store.records import RunRecord, Store

log = logging.getLogger(__name__)

MATTER = "letter to an agency"


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
    messages = Messages.load(settings.notify.language, thai_digits=False)
    terms = Terms.load(settings.notify.language)
    today = at.astimezone(BANGKOK).date()
    written = _told(store)
    stood = {day: _outcomes_on(store, record, day, reviews) for day in set(written.values())}
    told = {agency: (day, stood[day].get(agency, {})) for agency, day in written.items()}
    found = reminders(shown, summary, today, told)
    operator = settings.report.operator_name
    return tuple(letter(shown, summary, reminder, messages, terms, operator) for reminder in found)


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
    try:
        send(_mail(one, contact, settings, at), settings, environ)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        store.nights.not_told(one.agency_id, MATTER, day)
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


def _told(store: Store) -> Mapping[str, date]:
    return store.nights.told_on(MATTER)


def _outcomes_on(
    store: Store, record: RunRecord, day: date, reviews: Iterable[Review]
) -> Mapping[str, Mapping[str, Outcome]]:
    """How the items of each agency stood on a day: by the latest run of the round and the decisions made by then."""
    made = [r for r in reviews if r.decided_at.astimezone(BANGKOK).date() <= day]
    for earlier in store.runs():
        run = earlier.run
        local = run.assessed_at.astimezone(BANGKOK).date()
        if (run.year_be, run.round_id) == (record.run.year_be, record.run.round_id) and local <= day:
            summary = summarise(run_view(store, earlier, checklist_of(run.year_be)[0]), reviews=made)
            pairs = {row.agency.id: zip(summary.items, row.outcomes, strict=True) for row in summary.rows}
            return {agency: {i: o for i, o in told if o is not None} for agency, told in pairs.items()}
    return {}
