"""Letters to agencies: a month with sites that come and go; at most one a day, none without a change or a due date."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from oitcheck.intake.contacts import read_contacts
from oitcheck.model.agency import Round, Submission
from oitcheck.model.contact import Contact
from oitcheck.model.finding import Finding, Outcome, Run
from oitcheck.pipeline.inputs import checklist_of
from oitcheck.schedule.letters import Sent, addressed, letters_due, send_letters
from oitcheck.settings import NotifySettings
from oitcheck.store.records import RunRecord
from tests.schedule.conftest import AGENCIES

CLOSES = date(2026, 4, 30)
ROUND = Round("2569", 2569, None, CLOSES)
CONTACTS = (Contact("a", ("a@a.example",)), Contact("b", ("b@b.example",), opted_out=True))


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Asia/Bangkok"))


def run_on(store, day: date, outcome: Outcome) -> RunRecord:  # type: ignore[no-untyped-def]
    run = Run(f"run-{day}", 2569, ROUND.id, checklist_of(2569)[0].id, "0", noon(day), day.isoformat())
    submissions = [Submission(a.id, "O1", (f"http://{a.hosts[0]}/o1",)) for a in AGENCIES]
    store.begin_run(run, AGENCIES, submissions, ROUND, started_at=noon(day))
    rows = [
        Finding(a.id, "O1", r, "", outcome, "x", "x.x", True, "direct", {}, (), ())
        for a in AGENCIES
        for r in ("*", "O1.1")
    ]
    store.add_findings(run.id, rows)
    store.finish_run(run.id, "done", noon(day))
    return store.run(run.id)


def settings_of(settings, mailbox):  # type: ignore[no-untyped-def]
    notify = NotifySettings(
        smtp_host="127.0.0.1", smtp_port=mailbox.port, smtp_security="none", mail_from="oit@province.example"
    )
    return settings.model_copy(update={"notify": notify})


def test_a_month_with_a_site_that_comes_and_goes(settings, store, mailbox) -> None:  # type: ignore[no-untyped-def]
    used = settings_of(settings, mailbox)
    days_written: list[int] = []
    for left in range(32, -2, -1):
        day = CLOSES - timedelta(days=left)
        # Incomplete throughout, but for a few days on which the site was mended and then broken again.
        record = run_on(store, day, Outcome.PASSED if left in (20, 19) else Outcome.FAILED)
        for _ in range(2):
            letters = letters_due(used, store, record, noon(day))
            sent = send_letters(letters, CONTACTS, store, used.notify, noon(day))
            days_written += [left for one in sent if one.state == "sent"]
            assert {one.state for one in sent if one.letter.agency_id == "b"} <= {"opted_out"}
    assert days_written == [30, 14, 7, 3, 1]
    assert len(mailbox.mails) == 5 and all("To: a@a.example" in mail for mail in mailbox.mails)


def test_what_was_told_to_be_complete_and_no_longer_is_is_told_once(settings, store, mailbox) -> None:  # type: ignore[no-untyped-def]
    used = settings_of(settings, mailbox)
    first = CLOSES - timedelta(days=25)
    run_on(store, first, Outcome.PASSED)
    assert store.nights.may_tell("a", "letter to an agency", first, noon(first)), "a letter of that day"
    later = first + timedelta(days=2)
    record = run_on(store, later, Outcome.FAILED)
    (letter,) = [one for one in letters_due(used, store, record, noon(later)) if one.agency_id == "a"]
    assert "O1" in letter.text and "ที่เคยครบถ้วน" in letter.subject
    (sent,) = send_letters([letter], CONTACTS, store, used.notify, noon(later))
    assert sent.state == "sent"
    next_day = later + timedelta(days=1)
    record = run_on(store, next_day, Outcome.FAILED)
    assert [one for one in letters_due(used, store, record, noon(next_day)) if one.agency_id == "a"] == []


def test_a_letter_that_could_not_be_sent_is_tried_again(settings, store, mailbox) -> None:  # type: ignore[no-untyped-def]
    used = settings_of(settings, mailbox)
    day = CLOSES - timedelta(days=7)
    record = run_on(store, day, Outcome.FAILED)
    letters = letters_due(used, store, record, noon(day))
    mailbox.refuses = True
    assert [one.state for one in send_letters(letters, CONTACTS[:1], store, used.notify, noon(day))] == [
        "not_sent", "no_address",
    ]  # fmt: skip
    mailbox.refuses = False
    assert send_letters(letters, CONTACTS[:1], store, used.notify, noon(day))[0].state == "sent"
    assert send_letters(letters, CONTACTS[:1], store, used.notify, noon(day))[0].state == "withheld"


def test_a_preview_sends_nothing(settings, store, mailbox) -> None:  # type: ignore[no-untyped-def]
    used = settings_of(settings, mailbox)
    record = run_on(store, CLOSES - timedelta(days=7), Outcome.FAILED)
    shown: tuple[Sent, ...] = addressed(letters_due(used, store, record, noon(CLOSES - timedelta(days=7))), CONTACTS)
    assert [(one.letter.agency_id, one.state) for one in shown] == [("a", "due"), ("b", "opted_out")]
    assert mailbox.mails == []


@pytest.mark.parametrize("address", ["a@a.example\nBcc: x@y.example", "นาย@ก", "", "a@b"])
def test_an_address_that_is_none_is_rejected_with_its_cell(tmp_path, address: str) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "contacts.csv"
    file.write_text(f'รหัสหน่วยงาน,อีเมล\na,"{address}"\nb,b@b.example; c@b.example\nzzz,z@z.example\n', encoding="utf-8")
    read = read_contacts(file, ["a", "b"])
    given = {one.agency_id: one.addresses for one in read.items}
    assert given["b"] == ("b@b.example", "c@b.example")
    assert "\n" not in " ".join(given.get("a", ())) and all("@" in one for one in given.get("a", ()))
    assert [row.notes[0].code for row in read.rows if row.notes][-1] == "agency_unknown"


def test_rows_of_one_agency_are_put_together_and_one_that_opts_out_holds_for_all(tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "contacts.csv"
    rows = (
        "a,a@a.example,",
        "b,b@b.example,งดส่ง",
        "A,c@a.example A@a.example,",
        "b,c@b.example,",
        "c,,งดส่ง",
        "d,x@,งดส่ง",
    )
    file.write_text("\n".join(("agency_id,email,opt_out", *rows)), encoding="utf-8")
    read = read_contacts(file, ["a", "b", "c", "d"])
    assert read.items == (
        Contact("a", ("a@a.example", "c@a.example")),
        Contact("b", ("b@b.example", "c@b.example"), opted_out=True),
        Contact("c", (), opted_out=True),
        Contact("d", (), opted_out=True),
    )
    assert [[note.code for note in row.notes] for row in read.rows] == [[], [], [], [], [], ["email_bad"]]
    assert not read.rejected
