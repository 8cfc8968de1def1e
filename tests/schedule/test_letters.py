"""Letters to agencies: a month with sites that come and go; at most one a day, none without a change or a due date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from email import message_from_string, policy
from zoneinfo import ZoneInfo

import pytest

from oitcheck.intake.contacts import read_contacts
from oitcheck.model.agency import Round, Submission
from oitcheck.model.contact import Contact
from oitcheck.model.finding import Finding, Outcome, Run
from oitcheck.model.review import Review
from oitcheck.pipeline.inputs import checklist_of
from oitcheck.schedule.letters import MATTER, Sent, addressed, letters_due, send_letters
from oitcheck.settings import NotifySettings
from oitcheck.store.records import RunRecord
from tests.schedule.conftest import AGENCIES

CLOSES = date(2026, 4, 30)
ROUND = Round("2569", 2569, None, CLOSES)
CONTACTS = (Contact("a", ("a@a.example",)), Contact("b", ("b@b.example",), opted_out=True))


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Asia/Bangkok"))


def run_on(
    store,
    day: date,
    outcome: Outcome,
    item: str = "O1",
    *,
    agencies=AGENCIES,
    hours: int = 0,
    round_: Round = ROUND,
    code: str = "x.x",
) -> RunRecord:  # type: ignore[no-untyped-def]
    """A run of one item that ended so many hours after noon."""
    at = noon(day) + timedelta(hours=hours)
    run = Run(f"run-{round_.id}-{at}", 2569, round_.id, checklist_of(2569)[0].id, "0", at, day.isoformat())
    submissions = [Submission(a.id, item, (f"http://{a.hosts[0]}/{item}",)) for a in agencies]
    store.begin_run(run, agencies, submissions, round_, started_at=at)
    rows = [
        Finding(a.id, item, r, "", outcome, "x", code, True, "direct", {}, (), ())
        for a in agencies
        for r in ("*", f"{item}.1")
    ]
    store.add_findings(run.id, rows)
    store.finish_run(run.id, "done", at)
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
    # On the 17th day before the end what had been mended had failed twice in a row.
    assert days_written == [30, 17, 14, 7, 3, 1]
    assert len(mailbox.mails) == 6 and all("To: a@a.example" in mail for mail in mailbox.mails)


def written(used, store, record, day: date) -> list[tuple[str, bool]]:  # type: ignore[no-untyped-def]
    """The agencies that get a letter on a day, and whether it tells of something that is no longer complete."""
    sent = send_letters(letters_due(used, store, record, noon(day)), CONTACTS, store, used.notify, noon(day))
    return [(one.letter.agency_id, "ที่เคยครบถ้วน" in one.letter.subject) for one in sent if one.state == "sent"]


def test_what_was_complete_and_no_longer_is_is_told_once(settings, store, mailbox) -> None:  # type: ignore[no-untyped-def]
    used = settings_of(settings, mailbox)
    day = CLOSES - timedelta(days=50)
    told = []
    for outcome in (Outcome.PASSED, Outcome.FAILED, Outcome.FAILED, Outcome.FAILED):
        told.append(written(used, store, run_on(store, day, outcome), day))
        day += timedelta(days=1)
    assert told == [[], [], [("a", True)], []], "never written to before, and long before the first reminder"
    assert "O1" in message_from_string(mailbox.mails[0], policy=policy.default).get_content()


def test_a_site_that_fails_every_other_night_is_not_told_of_each_time(settings, store, mailbox) -> None:  # type: ignore[no-untyped-def]
    used = settings_of(settings, mailbox)
    told = []
    for n in range(10):
        day = CLOSES - timedelta(days=50 - n)
        told += written(used, store, run_on(store, day, Outcome.FAILED if n % 2 else Outcome.PASSED), day)
    assert told == []


def test_close_before_the_deadline_one_night_is_enough(settings, store, mailbox) -> None:  # type: ignore[no-untyped-def]
    used = settings_of(settings, mailbox)
    told = []
    for left, outcome in ((3, Outcome.PASSED), (2, Outcome.PASSED), (1, Outcome.FAILED), (0, Outcome.FAILED)):
        day = CLOSES - timedelta(days=left)
        told.append(written(used, store, run_on(store, day, outcome), day))
    assert told == [[], [], [("a", True)], []]


def test_what_fails_later_on_the_day_of_a_letter_is_told_the_day_after(settings, store, mailbox) -> None:  # type: ignore[no-untyped-def]
    used = settings_of(settings, mailbox)
    day = CLOSES - timedelta(days=25)
    record = run_on(store, day, Outcome.FAILED, "O2")
    assert written(used, store, record, day) == [("a", False)]
    run_on(store, day, Outcome.PASSED, "O1", hours=1)
    run_on(store, day, Outcome.FAILED, "O1", hours=8)
    next_day = day + timedelta(days=1)
    assert written(used, store, run_on(store, next_day, Outcome.FAILED, "O1"), next_day) == [("a", True)]


def test_a_run_of_other_agencies_hides_no_change(settings, store, mailbox) -> None:  # type: ignore[no-untyped-def]
    """A second look at those in trouble, and what could not be told for a night, are between."""
    used = settings_of(settings, mailbox)
    day = CLOSES - timedelta(days=50)
    run_on(store, day, Outcome.PASSED)
    run_on(store, day, Outcome.PASSED, agencies=AGENCIES[1:], hours=4)
    run_on(store, day + timedelta(days=1), Outcome.FAILED)
    run_on(store, day + timedelta(days=2), Outcome.CANT_TELL)
    last = day + timedelta(days=3)
    assert written(used, store, run_on(store, last, Outcome.FAILED), last) == [("a", True)]


def test_a_letter_about_another_round_puts_off_a_letter_by_a_day_at_most(settings, store, mailbox) -> None:  # type: ignore[no-untyped-def]
    used = settings_of(settings, mailbox)
    day, other = CLOSES - timedelta(days=30), replace(ROUND, id="2569-own")
    assert written(used, store, run_on(store, day, Outcome.FAILED, round_=other), day) == [("a", False)]
    assert written(used, store, run_on(store, day, Outcome.FAILED, hours=1), day) == [], "one a day"
    next_day = day + timedelta(days=1)
    assert written(used, store, run_on(store, next_day, Outcome.FAILED), next_day) == [("a", False)]


def test_letters_of_a_version_that_did_not_keep_their_round_count_too(settings, store, mailbox) -> None:  # type: ignore[no-untyped-def]
    used = settings_of(settings, mailbox)
    day = CLOSES - timedelta(days=29)
    run_on(store, day - timedelta(days=5), Outcome.PASSED)
    for days in (2, 1):
        run_on(store, day - timedelta(days=days), Outcome.FAILED)
    assert store.nights.may_tell("a", MATTER, day, noon(day))
    told = []
    for left in range(28, 12, -1):
        day = CLOSES - timedelta(days=left)
        told += [(left, *one) for one in written(used, store, run_on(store, day, Outcome.FAILED), day)]
    assert told == [(14, "a", False)], "what it told of is no news, and the day is the next after it"


def test_nobody_is_written_to_for_what_staff_accepted(settings, store, mailbox) -> None:  # type: ignore[no-untyped-def]
    used = settings_of(settings, mailbox)
    day = CLOSES - timedelta(days=7)
    record = run_on(store, day, Outcome.FAILED)
    store.add_review(
        Review(2569, ROUND.id, "a", "O1", "*", Outcome.PASSED, "seen", "staff", noon(day), record.run.id,
               Outcome.FAILED, "x.x")
    )  # fmt: skip
    assert [one.agency_id for one in letters_due(used, store, record, noon(day))] == ["b"]


def accepted(store, record: RunRecord, day: date, expires_on: date | None = None) -> None:  # type: ignore[no-untyped-def]
    """A person accepts O1 of `a`, in which the machine found something missing."""
    store.add_review(
        Review(2569, ROUND.id, "a", "O1", "*", Outcome.PASSED, "seen", "staff", noon(day), record.run.id,
               Outcome.FAILED, "x.x", expires_on=expires_on)
    )  # fmt: skip


@pytest.mark.parametrize("was_written_to", [True, False])
def test_what_was_accepted_is_told_on_the_day_on_which_the_decision_falls(
    settings, store, mailbox, was_written_to: bool
) -> None:  # type: ignore[no-untyped-def]
    used = settings_of(settings, mailbox)
    told = []
    for left in range(32, 15, -1) if was_written_to else range(60, 40, -1):
        day = CLOSES - timedelta(days=left)
        record = run_on(store, day, Outcome.FAILED)
        if left in (31, 60):
            accepted(store, record, day, expires_on=CLOSES - timedelta(days=20 if was_written_to else 50))
        if left == 30:  # what else is open is asked for on its day
            record = run_on(store, day, Outcome.FAILED, "O2", hours=1)
        told += [(left, is_loss) for agency, is_loss in written(used, store, record, day) if agency == "a"]
    assert told == ([(30, False), (19, True)] if was_written_to else []), "never written to: it is asked for on its day"


def test_a_decision_that_ran_out_before_any_letter_gives_a_reminder_and_no_loss(settings, store, mailbox) -> None:  # type: ignore[no-untyped-def]
    """The machine found it incomplete in every run, and in this round nobody was ever written to."""
    used = settings_of(settings, mailbox)
    old, day = replace(ROUND, id="2569-old"), CLOSES - timedelta(days=7)
    before = run_on(store, day - timedelta(days=9), Outcome.FAILED, round_=old)
    for last in (day - timedelta(days=5), day - timedelta(days=1)):  # prolonged once
        store.add_review(
            Review(2569, old.id, "a", "O1", "*", Outcome.PASSED, "seen", "staff", noon(day - timedelta(days=8)),
                   before.run.id, Outcome.FAILED, "x.x", expires_on=last)
        )  # fmt: skip
    subjects = [one.subject for one in letters_due(used, store, run_on(store, day, Outcome.FAILED), noon(day))]
    assert len(subjects) == 2 and all("ที่เคยครบถ้วน" not in one and "เหลือ 7 วัน" in one for one in subjects)


def test_the_subject_of_a_loss_says_how_many_days_are_left(settings, store, mailbox) -> None:  # type: ignore[no-untyped-def]
    used = settings_of(settings, mailbox)
    run_on(store, CLOSES - timedelta(days=3), Outcome.PASSED)
    day = CLOSES - timedelta(days=2)
    letter = letters_due(used, store, run_on(store, day, Outcome.FAILED), noon(day))[0]
    assert "ที่เคยครบถ้วน" in letter.subject and letter.subject.endswith("เหลือ 2 วัน")


def test_what_the_machine_finds_missing_anew_in_what_was_accepted_is_told_once(settings, store, mailbox) -> None:  # type: ignore[no-untyped-def]
    used = settings_of(settings, mailbox)
    day = CLOSES - timedelta(days=50)
    accepted(store, run_on(store, day, Outcome.FAILED), day)
    told = []
    for code in ("x.x", "x.x", "x.other", "x.other"):
        day += timedelta(days=1)
        told.append(written(used, store, run_on(store, day, Outcome.FAILED, code=code), day))
    assert told == [[], [], [("a", True)], []]


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
