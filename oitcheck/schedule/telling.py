"""Telling people what a night brought: mail, webhook, heartbeat. What cannot be sent is logged, never an exception."""

from __future__ import annotations

import logging
import os
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any
from urllib.parse import urlsplit

import httpx

from oitcheck import __version__
from oitcheck.report.night import Result, instant_text, night_subject, night_text
from oitcheck.report.terms import BANGKOK, Terms
from oitcheck.settings import NotifySettings
from oitcheck.store.nights import Night, Nights

log = logging.getLogger(__name__)

OPERATOR = "operator"
TROUBLE_SCHEMA = "oitcheck.trouble/1"
# A night that ended in one of these brought something to tell; the others go on or had nothing to do.
_ENDED = frozenset({"done", "stopped", "failed"})
_MOST_EARLIER = 10


def worth_telling(result: Result, before: Result | None, settings: NotifySettings) -> bool:
    """Whether people are told of a night, given the one before that ended (None: this is the first)."""
    if settings.when == "never" or result["outcome"] not in _ENDED:
        return False
    if settings.when == "always" or before is None:
        return True
    if result["outcome"] == "failed":
        return bool(result["failed_in_a_row"] == settings.after_failed_nights)
    was_told = before["outcome"] != "failed" or before["failed_in_a_row"] >= settings.after_failed_nights
    if before["outcome"] != result["outcome"] and was_told:
        return True
    if result.get("is_late") or result.get("missed"):
        return True
    if any(result.get(name) for name in ("regressed", "improved", "unsettled")):
        return True
    return _down(result) != _down(before)


def did_its_job(result: Result) -> bool:
    """Whether a night came to its reports: done, or by itself stopped at a limit, and not ended from outside.

    Only of these may the dead-man's switch hear: a night that hung and was ended is what it is there for.
    """
    return result["outcome"] in ("done", "stopped") and "report" in result


def ended_before(nights: Sequence[Night], planned_at: datetime) -> Night | None:
    """The latest earlier night that ended with something to tell."""
    ended = [n for n in nights if n.planned_at < planned_at and n.outcome in _ENDED and n.result]
    return max(ended, key=lambda n: n.planned_at, default=None)


def failed_in_a_row(nights: Sequence[Night], night: Night) -> int:
    """How many nights have failed one after the other, this one included; 0 when it did not."""
    if night.outcome != "failed":
        return 0
    number = 1
    for earlier in sorted(nights, key=lambda n: n.planned_at, reverse=True):
        if earlier.planned_at < night.planned_at and earlier.outcome in _ENDED:
            if earlier.outcome != "failed":
                break
            number += 1
    return number


def tell(
    result: Result, nights: Sequence[Night], night: Night, record: Nights, settings: NotifySettings, at: datetime,
    environ: Mapping[str, str] = os.environ,
) -> dict[str, str]:  # fmt: skip
    """Send what is to be sent; what became of each way: `off`, `unchanged`, `sent`, `withheld` or why not.

    `earlier not sent` is said of a night that brought no news itself.
    """
    told = {"mail": "off", "webhook": "off", "heartbeat": "off"}
    if settings.heartbeat_url and did_its_job(result):
        told["heartbeat"] = _called("GET", settings.heartbeat_url, settings, None)
    before = ended_before(nights, night.planned_at)
    worth = worth_telling(result, before.result if before else None, settings)
    terms = Terms.load(settings.language)
    if settings.webhook_url:
        text = night_text(result, terms)
        told["webhook"] = (
            _called("POST", settings.webhook_url, settings, {**result, "text": text}) if worth else "unchanged"
        )
    if settings.smtp_host and settings.mail_to and settings.mail_from:
        # What was to be mailed before and was not is news still, also when this night brings none.
        waiting = [n.result for n in unmailed(nights) if n.planned_at < night.planned_at]
        news = [result, *waiting] if worth else waiting
        can_tell = bool(news) and settings.when != "never"
        told["mail"] = _mailed(news, worth, night, record, settings, at, environ) if can_tell else "unchanged"
    return told


def tell_trouble(
    text: str, settings: NotifySettings, at: datetime, environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """Send what keeps the scheduler from its work, one line, without the database; what became of it, as of `tell`."""
    told = {"mail": "off", "webhook": "off"}
    if settings.when == "never":
        return told
    terms = Terms.load(settings.language)
    subject = terms("night.trouble_subject", instant=terms.short_instant(at))
    words = f"{subject}\n{terms('night.detail', text=text)}\n\n{terms('night.trouble_do')}\n"
    if settings.webhook_url:
        body = {"schema": TROUBLE_SCHEMA, "version": __version__, "at": instant_text(at), "detail": text, "text": words}
        told["webhook"] = _called("POST", settings.webhook_url, settings, body)
    if settings.smtp_host and settings.mail_to and settings.mail_from:
        try:
            send(_mail(subject, f"{words}\n{terms('night.foot')}\n", settings, at), settings, environ)
            told["mail"] = "sent"
        except (OSError, smtplib.SMTPException, ValueError) as error:
            log.warning("the mail to the operator was not sent: %s", _reason(error))
            told["mail"] = f"not sent: {_reason(error)}"
    return told


def _mailed(
    news: Sequence[Result], worth: bool, night: Night, record: Nights, settings: NotifySettings, at: datetime,
    environ: Mapping[str, str],
) -> str:  # fmt: skip
    """One mail a day, round and matter, of the newest news; what an earlier night was not mailed for stands in it."""
    day: date = at.astimezone(BANGKOK).date()
    newest, *earlier = news
    matter = f"{'failure' if newest['outcome'] == 'failed' else 'night'} {night.year_be}/{night.round_id}"
    if not record.may_tell(OPERATOR, matter, day, at):
        return "withheld" if worth else "unchanged"
    mail = mail_of(newest, earlier, Terms.load(settings.language), settings, at)
    try:
        send(mail, settings, environ)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        record.not_told(OPERATOR, matter, day)
        log.warning("the mail to the operator was not sent: %s", _reason(error))
        return f"{'' if worth else 'earlier '}not sent: {_reason(error)}"
    return "sent"


def unmailed(nights: Sequence[Night]) -> tuple[Night, ...]:
    """Nights that were worth a mail and came after the last that was mailed, the latest few."""
    waiting: list[Night] = []
    for night in sorted(nights, key=lambda n: n.planned_at, reverse=True):
        if night.mailed:
            break
        if str(night.result.get("told", {}).get("mail", "off")).startswith(("not sent", "withheld")):
            waiting.append(night)
    return tuple(waiting[:_MOST_EARLIER])


def mail_of(
    result: Result, earlier: Sequence[Result], terms: Terms, settings: NotifySettings, at: datetime
) -> EmailMessage:
    """The mail to the operators, plain text. Texts of inputs cannot add headers to it."""
    return _mail(night_subject(result, terms), night_text(result, terms, earlier), settings, at)


def _mail(subject: str, text: str, settings: NotifySettings, at: datetime) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = subject
    mail["From"] = settings.mail_from
    mail["To"] = ", ".join(settings.mail_to)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = make_msgid(domain=settings.mail_from.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Mailer"] = f"oitcheck {__version__}"
    mail.set_content(text)
    return mail


def send(mail: EmailMessage, settings: NotifySettings, environ: Mapping[str, str]) -> None:
    """Hand a mail to the configured server. Raises OSError or SMTPException."""
    context = ssl.create_default_context()
    server = (
        smtplib.SMTP_SSL(settings.smtp_host, settings.smtp_port, timeout=settings.timeout_seconds, context=context)
        if settings.smtp_security == "tls"
        else smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=settings.timeout_seconds)
    )
    with closing(server):
        if settings.smtp_security == "starttls":
            server.starttls(context=context)
        if settings.smtp_user:
            server.login(settings.smtp_user, environ.get(settings.smtp_password_variable, ""))
        server.send_message(mail)
        server.quit()


def _called(method: str, url: str, settings: NotifySettings, body: Any) -> str:
    host = urlsplit(url).hostname  # the rest of such an address is often a secret
    try:
        with httpx.Client(timeout=settings.timeout_seconds, trust_env=False, follow_redirects=False) as client:
            answer = client.request(
                method, url, json=body, headers={"User-Agent": f"oitcheck/{__version__}"} if body is None else None
            )
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        log.warning("%s %s: %s", method, host, _reason(error))
        return f"not sent: {_reason(error)}"
    if answer.is_success:
        return "sent"
    log.warning("%s %s: status %d", method, host, answer.status_code)
    return f"not sent: status {answer.status_code}"


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")[:200]


def _down(result: Result) -> frozenset[str]:
    return frozenset(row["agency"] for row in result.get("down", ()))
