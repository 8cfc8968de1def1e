"""Who is told what of a night: mail, webhook, heartbeat, figures; on changes, once a day, never twice, never lost."""

from __future__ import annotations

import json
from datetime import timedelta
from email import message_from_string, policy

import pytest

from oitcheck.errors import StoreError
from oitcheck.model.finding import Outcome
from oitcheck.report.night import night_subject, night_text
from oitcheck.report.terms import Terms
from oitcheck.schedule.metrics import figures, metrics_text, served_metrics
from oitcheck.schedule.night import close_night, due_now
from oitcheck.schedule.registered import registered_rounds
from oitcheck.schedule.telling import mail_of, send, worth_telling
from oitcheck.settings import NotifySettings
from tests.crawl.certificates import Authorities

DOWN = StoreError("the disk is full", where="/data", remedy="Free some.")


def notify(**keys) -> NotifySettings:
    return NotifySettings(timeout_seconds=5, **keys)


@pytest.fixture
def by_mail(mailbox):
    return notify(smtp_host="127.0.0.1", smtp_port=mailbox.port, smtp_security="none", mail_from="oit@nakhon.example",
                  mail_to=("a@nakhon.example", "b@nakhon.example"))  # fmt: skip


def opened(mail: str):
    return message_from_string(mail, policy=policy.default)


def test_a_mail_says_what_was_done_and_what_changed(nights, mailbox, by_mail):
    first = nights.at("03-02 01:30", notify=by_mail)
    assert first.result["told"]["mail"] == "sent" and first.mailed
    nights.verdicts = {"b": Outcome.FAILED}
    nights.at("03-03 01:30", notify=by_mail)
    mail = opened(mailbox.mails[1])
    assert mail["To"] == "a@nakhon.example, b@nakhon.example" and mail["Auto-Submitted"] == "auto-generated"
    assert mail["Subject"] == "ผลการตรวจ OIT รอบ 2569 เมื่อ 3 มี.ค. 69 เวลา 01.30 น.: ตรวจเสร็จ · ลดลง 1"
    text = mail.get_content()
    assert "เทศบาลตำบลb O1: ครบถ้วน → ไม่ครบถ้วน" in text and "ป.ป.ช." in text


def test_no_mail_when_nothing_changed(nights, mailbox, by_mail):
    nights.at("03-02 01:30", notify=by_mail)
    same = nights.at("03-03 01:30", notify=by_mail)
    assert same.result["told"]["mail"] == "unchanged" and len(mailbox.mails) == 1
    always = by_mail.model_copy(update={"when": "always"})
    nights.at("03-04 01:30", notify=always)
    assert len(mailbox.mails) == 2


def test_one_mail_a_day_and_what_was_withheld_stands_in_the_next(nights, mailbox, by_mail):
    nights.trouble = {"b"}
    nights.at("03-02 01:30", notify=by_mail)
    nights.trouble = set()
    second = nights.at("03-02 05:30", notify=by_mail)
    assert second.result["told"]["mail"] == "withheld" and len(mailbox.mails) == 1
    nights.verdicts = {"a": Outcome.FAILED}
    nights.at("03-03 01:30", notify=by_mail)
    text = opened(mailbox.mails[1]).get_content()
    assert "เทศบาลตำบลa O1: ครบถ้วน → ไม่ครบถ้วน" in text
    assert "ผลก่อนหน้านี้ที่ยังไม่ได้แจ้ง" in text and "เทศบาลตำบลb O1: รอเจ้าหน้าที่ตรวจ → ครบถ้วน" in text
    nights.verdicts = {}
    nights.at("03-04 01:30", notify=by_mail)
    assert "ผลก่อนหน้านี้" not in opened(mailbox.mails[2]).get_content()


def test_a_mail_that_was_refused_is_sent_with_the_next(nights, mailbox, by_mail):
    mailbox.refuses = True
    first = nights.at("03-02 01:30", notify=by_mail)
    assert first.outcome == "done" and first.result["told"]["mail"].startswith("not sent: SMTPSenderRefused")
    mailbox.refuses = False
    nights.verdicts = {"b": Outcome.FAILED}
    nights.at("03-02 20:30", notify=by_mail, schedule=nights.settings.schedule.model_copy(update={"at": "20:30"}))
    assert "ผลก่อนหน้านี้" in opened(mailbox.mails[0]).get_content(), "the refused one did not use up the day"


def test_what_was_withheld_or_refused_is_mailed_also_when_the_next_night_brings_nothing_new(nights, mailbox, by_mail):
    nights.trouble = {"b"}
    nights.at("03-02 01:30", notify=by_mail)
    nights.trouble = set()
    assert nights.at("03-02 05:30", notify=by_mail).result["told"]["mail"] == "withheld"
    mailbox.refuses = True
    quiet = nights.at("03-03 01:30", notify=by_mail)
    assert quiet.result["told"]["mail"].startswith("earlier not sent: SMTPSenderRefused")
    mailbox.refuses = False
    nothing = nights.at("03-03 05:30", notify=by_mail)
    assert (nothing.outcome, nothing.result["told"]["mail"]) == ("nothing", "sent")
    mail = opened(mailbox.mails[1])
    assert "ดีขึ้น 1" in mail["Subject"], "the news heads the mail"
    assert "เทศบาลตำบลb O1: รอเจ้าหน้าที่ตรวจ → ครบถ้วน" in mail.get_content()
    assert "ผลก่อนหน้านี้" not in mail.get_content(), "the night without news is none"
    assert nights.at("03-04 01:30", notify=by_mail).result["told"]["mail"] == "unchanged" and len(mailbox.mails) == 2


def test_nothing_is_mailed_to_those_who_want_none_whatever_waits(nights, mailbox, by_mail):
    mailbox.refuses = True
    nights.at("03-02 01:30", notify=by_mail)
    mailbox.refuses = False
    never = by_mail.model_copy(update={"when": "never"})
    assert nights.at("03-03 01:30", notify=never).result["told"]["mail"] == "unchanged" and mailbox.mails == []


def test_failures_are_told_after_so_many_in_a_row_once_and_so_is_their_end(nights, mailbox, by_mail):
    patient = by_mail.model_copy(update={"after_failed_nights": 2})
    told = []
    for day in range(2, 9):
        nights.error = DOWN if day in (3, 4, 5, 7) else None
        nights.at(f"03-0{day} 01:30", notify=patient)
        told.append(len(mailbox.mails))
    # 2 the first; 3 fails (not told); 4 the second failure; 5 not again; 6 well again; 7 fails once; 8 well, was not told
    assert told == [1, 1, 2, 2, 3, 3, 3]
    failure = opened(mailbox.mails[1])
    assert "ตรวจไม่สำเร็จ" in failure["Subject"]
    assert "ติดต่อกัน 2 ครั้ง" in failure.get_content() and "the disk is full" in failure.get_content()


def test_texts_of_inputs_add_no_headers_and_no_lines(nights, by_mail, mailbox, clock):
    night = nights.at("03-02 01:30")
    evil = {**night.result, "round": "2569\r\nBcc: all@x.example", "title": "x\nTo: y", "detail": "a\r\n.\r\nMAIL FROM"}
    mail = mail_of(evil, (), Terms.load("th"), by_mail, clock())
    send(mail, by_mail, {})
    got = opened(mailbox.mails[0])
    assert got["Bcc"] is None and got["To"] == mail["To"]
    assert "2569 Bcc: all@x.example" in got["Subject"]
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_is_sent_and_signed_in_for_over_tls_alone(nights, mailbox, by_mail, tmp_path, monkeypatch, security):
    authorities = Authorities(tmp_path)
    (tmp_path / "root.pem").write_bytes(authorities.root.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "root.pem"))
    monkeypatch.setenv("OITCHECK_SMTP_PASSWORD", "secret")
    mailbox.at_once = security == "tls"
    given = by_mail.model_copy(
        update={"smtp_host": "localhost", "smtp_security": security, "smtp_user": "oit", "when": "always"}
    )
    for number, context in enumerate((authorities.good("localhost"), authorities.self_signed("localhost")), start=2):
        mailbox.tls = context
        night = nights.at(f"03-0{number} 01:30", notify=given)
        told = night.result["told"]["mail"]
        assert told == "sent" if number == 2 else told.startswith("not sent: SSLCertVerificationError")
    assert len(mailbox.mails) == 1 and mailbox.signed_in == [("oit", "secret")]


def test_the_password_comes_from_the_environment_only():
    assert "password" not in {name for name in NotifySettings.model_fields if name != "smtp_password_variable"}


def test_the_webhook_gets_the_result_as_json_with_words(nights, hooks):
    given = notify(webhook_url=f"{hooks.url}/hook", heartbeat_url=f"{hooks.url}/beat", language="en")
    night = nights.at("03-02 01:30", notify=given)
    (beat, post) = hooks.asked
    assert beat == ("GET", "/beat", b"") and post[:2] == ("POST", "/hook")
    body = json.loads(post[2])
    assert body["schema"] == "oitcheck.night/1" and body["outcome"] == "done" and body["run"] == night.run_id
    assert "2 agencies" in body["text"]
    assert night.result["told"] == {"mail": "off", "webhook": "sent", "heartbeat": "sent"}
    hooks.asked.clear()
    nights.at("03-03 01:30", notify=given)
    assert [path for _, path, _ in hooks.asked] == ["/beat"], "nothing changed: alive, but not told"


def test_the_heartbeat_is_silent_for_a_night_that_failed(nights, hooks):
    nights.error = DOWN
    night = nights.at("03-02 01:30", notify=notify(heartbeat_url=f"{hooks.url}/beat"))
    assert hooks.asked == [] and night.result["told"]["heartbeat"] == "off"


def test_the_heartbeat_hears_of_a_night_that_met_its_limit_and_not_of_one_that_was_ended(nights, hooks, clock):
    given = nights.settings.model_copy(update={"notify": notify(heartbeat_url=f"{hooks.url}/beat")})
    nights.complete = False
    night = nights.at("03-02 01:30", notify=given.notify)
    assert (night.outcome, night.result["told"]["heartbeat"]) == ("stopped", "sent")
    clock.set("03-03 01:30")
    (one,) = registered_rounds(given, nights.store)
    found = due_now(given, nights.store, one.round, clock())
    ended = close_night(given, nights.store, one, found, "stopped", "it took longer than longest_hours", clock)
    assert ended.result["told"]["heartbeat"] == "off" and len(hooks.asked) == 1


def test_whom_nobody_answers_does_not_cost_the_night_and_no_secret_is_logged(nights, hooks, caplog):
    hooks.status = 500
    given = notify(webhook_url=f"{hooks.url}/services/SECRET", heartbeat_url="http://127.0.0.1:9/SECRET")
    night = nights.at("03-02 01:30", notify=given)
    assert night.outcome == "done"
    assert night.result["told"]["webhook"] == "not sent: status 500"
    assert night.result["told"]["heartbeat"].startswith("not sent: ConnectError")
    assert "127.0.0.1" in caplog.text and "SECRET" not in caplog.text


def test_a_website_is_told_to_be_down_only_when_it_is_so_newly():
    quiet = {"outcome": "done", "failed_in_a_row": 0, "down": []}
    down = {**quiet, "down": [{"agency": "a"}]}
    assert worth_telling(down, quiet, notify()) and worth_telling(quiet, down, notify())
    assert not worth_telling(down, down, notify())
    assert not worth_telling(down, quiet, notify(when="never"))
    assert not worth_telling({**quiet, "outcome": "paused"}, None, notify())


@pytest.mark.parametrize("language", ["th", "en"])
def test_every_part_of_a_result_has_words(nights, language):
    nights.trouble = {"b"}
    result = {
        **nights.at("03-02 01:30").result,
        "is_late": True, "missed": ["2026-02-28T18:30:00Z"], "left_out": 3, "detail": "why", "failed_in_a_row": 2,
        "down": [{"agency": "a", "name": "ก", "url": "http://a.example/", "outcome": "timeout", "since": "2026-03-01T00:00:00Z", "checks": 4}],
    }  # fmt: skip
    terms = Terms.load(language)
    text = night_text(result, terms, [result])
    assert "{" not in text + night_subject(result, terms)
    assert "http://a.example/" in text and "www.b.example" in text


def test_the_figures_are_written_whole_and_can_be_served(nights):
    nights.trouble = {"b"}
    nights.at("03-02 01:30")
    path = nights.settings.data_dir / "metrics" / "oitcheck.prom"
    text = path.read_text("utf-8")
    labels = 'year="2569",round="2569"'
    for line in (f'oitcheck_night_outcome{{{labels},outcome="done"}} 1', f"oitcheck_sites_in_trouble{{{labels}}} 1",
                 f'oitcheck_items{{{labels},outcome="cant_tell"}} 1', "oitcheck_websites_down 0"):  # fmt: skip
        assert line in text.splitlines()
    assert [p.name for p in path.parent.iterdir()] == ["oitcheck.prom"]
    import httpx

    with served_metrics("127.0.0.1", 0, lambda: text) as port:
        got = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False)
        assert got.text == text and got.headers["content-type"].startswith("text/plain; version=0.0.4")
        assert httpx.get(f"http://127.0.0.1:{port}/", trust_env=False).status_code == 404


def test_a_night_that_ended_stays_in_figures_and_list_however_much_is_planned(nights, clock):
    done = nights.at("03-02 01:30")
    slots = [(clock() + timedelta(hours=n), "night") for n in range(1, 61)]
    nights.store.nights.plan(2569, "2569", slots, clock())
    assert nights.store.nights.recent() == (done,)
    assert 'oitcheck_night_outcome{year="2569",round="2569",outcome="done"} 1' in figures(
        nights.settings, nights.store, clock()
    )


def test_labels_of_figures_are_escaped(nights):
    from dataclasses import replace

    night = replace(nights.at("03-02 01:30"), round_id='a"b\\c\nd')
    assert 'round="a\\"b\\\\c\\nd"' in metrics_text([night], 0)
