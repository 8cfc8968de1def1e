"""Messages, fixed words, dates."""

import re
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest

from oitcheck.model.evidence import BlindReason, FetchOutcome, TlsFault
from oitcheck.model.finding import Outcome
from oitcheck.report.messages import Messages
from oitcheck.report.official import thai_digits_in_prose
from oitcheck.report.terms import LANGUAGES, Language, Terms, points

PLACEHOLDER = re.compile(r"\{\w+\}")


def test_says_and_do_are_filled_with_facts(messages, finding):
    found = finding("a", "O10", "O10.1", Outcome.FAILED, "months.missing", facts={"month": "มีนาคม 2566"})
    assert messages.says(found) == "ไม่พบสรุปผลของเดือนมีนาคม 2566"
    assert messages.do(found) == "เผยแพร่สรุปผลเดือนมีนาคม 2566"


def test_unknown_code_and_missing_fact_give_a_neutral_sentence_with_the_code(messages, finding):
    for code, facts in (("months.never_heard_of", {}), ("months.missing", {"other": "x"})):
        for outcome in Outcome:
            odd = finding("a", "O10", "O10.1", outcome, code, facts=facts)
            assert code in messages.says(odd)
            assert messages.do(odd) == ""


def test_a_fact_that_looks_like_a_placeholder_is_shown_and_not_filled(messages, finding):
    odd = finding(
        "a", "O1", "O1.1", Outcome.FAILED, "months.missing", facts={"month": "{month} {0.__class__} {secret}"}
    )
    assert messages.says(odd) == "ไม่พบสรุปผลของเดือน{month} {0.__class__} {secret}"


def test_problems_name_missing_and_strange_messages_and_placeholders(messages):
    reasons = {code: frozenset({"month"}) for code in messages.sentences}
    assert messages.problems(reasons) == ()
    del reasons["says.found"]
    reasons["months.missing"] = frozenset({"year"})
    reasons["months.new"] = frozenset()
    assert messages.problems(reasons) == (
        "months.new: no message",
        "says.found: message of no reason",
        "months.missing: says names {month}, which is no fact of it",
        "months.missing: do names {month}, which is no fact of it",
    )
    half = Messages.of("th", {"a": {"b": {"says": " ", "hint": "x"}}})
    assert half.problems({"a.b": frozenset()}) == (
        "a.b: lacks do",
        "a.b: hint is no part of a message",
        "a.b: says is empty",
    )


def test_thai_digits_leave_addresses_and_codes_alone():
    assert thai_digits_in_prose("O21 พบ 5 จาก 6 ที่ www.a1.example/2566 แบบ สขร.1") == (
        "O21 พบ ๕ จาก ๖ ที่ www.a1.example/2566 แบบ สขร.๑"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_ending_of_a_retrieval_and_every_blind_spot_has_words(language: Language):
    terms = Terms.load(language)
    for outcome in FetchOutcome:
        says, do = terms.fetch(outcome)
        assert says.strip()
        assert bool(do.strip()) is not outcome.is_ok
    for reason in BlindReason:
        says, do = terms.blind(reason)
        assert says.strip() and do.strip()
    for fault in TlsFault:
        says, do = terms.tls(fault)
        assert says.strip() and do.strip()


def test_words_shared_by_both_lists_are_told_apart_by_the_kept_body():
    terms = Terms.load("en")
    assert terms.searched("too_large", has_body=True) == terms.blind(BlindReason.TOO_LARGE)
    assert terms.searched("too_large", has_body=False) == terms.fetch(FetchOutcome.TOO_LARGE)
    assert terms.searched("word of tomorrow", has_body=True) == ("word of tomorrow", "")


def test_both_languages_have_the_same_words_with_the_same_places_to_fill():
    thai, english = Terms.load("th").words, Terms.load("en").words
    assert thai.keys() == {key for key in english if not key.endswith("_one")}
    for key, text in thai.items():
        assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(english[key])), key


def test_every_word_that_a_template_asks_for_exists():
    words = Terms.load("th").words
    asked: set[str] = set()
    for template in files("oitcheck.report").joinpath("templates").iterdir():
        asked |= set(re.findall(r'\bt(?:\.count)?\("([a-z_.]+)"[,)]', template.read_text(encoding="utf-8")))
    assert len(asked) > 40
    assert asked - words.keys() == set()


def test_thai_dates_are_of_the_buddhist_era_and_of_bangkok():
    terms, day = Terms.load("th"), date(2023, 1, 31)
    assert terms.long_date(day) == "31 มกราคม 2566"
    assert terms.short_date(day) == "31 ม.ค. 66"
    evening_in_utc = datetime(2023, 4, 6, 19, 14, tzinfo=UTC)
    assert terms.short_instant(evening_in_utc) == "7 เม.ย. 66 เวลา 02.14 น."
    assert terms.long_instant(evening_in_utc) == "7 เมษายน 2566 เวลา 02.14 น."
    assert terms.short_date(date(2057, 12, 1)) == "1 ธ.ค. 00"


def test_english_dates_are_of_the_common_era():
    terms, day = Terms.load("en"), date(2023, 1, 31)
    assert terms.long_date(day) == "31 January 2023"
    assert terms.short_date(day) == "31 Jan 2023"
    assert terms.short_instant(datetime(2023, 4, 6, 19, 14, tzinfo=UTC)) == "7 Apr 2023, 02:14"
    assert terms.year(2566) == "2023"
    assert terms.count("unit.agencies", 1) == "1 agency"


def test_agencies_are_abbreviated_as_officials_do():
    terms = Terms.load("th")
    assert terms.short_name("องค์การบริหารส่วนตำบลดอนกลาง") == "อบต.ดอนกลาง"
    assert terms.short_name("เทศบาลเมืองท่าสะพาน") == "ทม.ท่าสะพาน"
    assert terms.short_name("โรงพยาบาลสบห้วย") == "โรงพยาบาลสบห้วย"


def test_points_round_halves_up_and_drop_idle_zeros():
    assert [points(value) for value in (3.125, 2.5, 1.0, 0.0, 100.0)] == ["3.13", "2.5", "1", "0", "100"]
