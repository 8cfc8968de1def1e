"""report letters: who is written to today before a deadline, and the sending."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from oitcheck.cli.language import Language
from oitcheck.cli.output import Format, print_list, rejected_note, say
from oitcheck.cli.province_rounds import Year, checklist_for
from oitcheck.cli.reports import RoundOption, report_app
from oitcheck.cli.wholeness import require_whole_to_send, say_if_not_whole
from oitcheck.errors import SettingsError
from oitcheck.intake.contacts import read_contacts
from oitcheck.pipeline.clock import now
from oitcheck.pipeline.inputs import agency_meant
from oitcheck.pipeline.rounds import run_of_round
from oitcheck.pipeline.whole_night import whole_night
from oitcheck.schedule.letters import addressed, is_closed, letters_due, send_letters
from oitcheck.settings import Settings
from oitcheck.store.records import Store

_COLUMNS = ("agency_id", "state", "addresses", "subject")
_CLOSED = "the round is closed: no letter is to be sent"


def register() -> None:
    """Adds the command to the group `report`."""
    report_app.command("letters")(letters)


def letters(
    context: typer.Context,
    round: RoundOption,
    contacts: Annotated[Path, typer.Option(readable=False, help="agency_id, email, opt_out. บัญชีอีเมลของหน่วยงาน")],
    year: Year = 0,
    send: Annotated[bool, typer.Option("--send", help="Send them; without it they are only shown. ส่งจริง")] = False,
    show: Annotated[str, typer.Option(help="Print the letter to this agency. แสดงจดหมายถึงหน่วยงานนี้")] = "",
    format: Annotated[Format, typer.Option("--format", help="Format. รูปแบบ")] = "table",
    lang: Annotated[Language, typer.Option(help="Language. ภาษา")] = "th",
) -> int:
    """Reminders before the deadline, at most one a day to an agency. จดหมายเตือนก่อนครบกำหนด"""
    settings: Settings = context.obj()
    if send and not (settings.notify.smtp_host and settings.notify.mail_from):
        raise SettingsError(
            "no mail server is configured", where="notify", remedy="Set notify.smtp_host and notify.mail_from."
        )
    with Store.open(settings, write=send) as store:
        record = run_of_round(store, checklist_for(round, year), round)
        if send:
            require_whole_to_send(store, record)
        say_if_not_whole(store, record)
        agencies = whole_night(store, record).agencies()
        if show:
            show = agency_meant(show, agencies, "--show").id
        read = read_contacts(contacts, [agency.id for agency in agencies])
        rejected_note(read.rows, lang)
        code = 8 if read.rejected else 0
        at = now()
        due = letters_due(settings, store, record, at)
        closed = is_closed(store, record, at)
        if show:
            chosen = next((one for one in due if one.agency_id == show), None)
            if chosen is not None:
                print(f"{chosen.subject}\n\n{chosen.text}", end="")
            else:
                say(_CLOSED if closed else f"no letter to {show} is due today")
            return code
        done = send_letters(due, read.items, store, settings.notify, at) if send else addressed(due, read.items)
    rows = [(one.letter.agency_id, one.state, " ".join(one.addresses), one.letter.subject) for one in done]
    if rows or format != "table":
        print_list(_COLUMNS, rows, format)
    if not rows:
        say(_CLOSED if closed else "no letter is due today")
    elif not send:
        say("nothing was sent; add --send to send them")
    return code
