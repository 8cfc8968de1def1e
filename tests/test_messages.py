"""Every reason has its sentences in both languages, and the assessors' own findings come out as officials word them."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from oitcheck.model.finding import Finding, Outcome
from oitcheck.report import confirmed
from oitcheck.report.messages import Messages
from oitcheck.report.official import thai_digits_in_prose
from oitcheck.report.terms import Language
from oitcheck.rules.checks import CHECKS
from oitcheck.rules.declare import load
from oitcheck.rules.engine import REASONS
from oitcheck.settings import resource_folder

EVERY = {**{f"{c.name}.{reason}": facts for c in CHECKS.values() for reason, facts in c.reasons.items()}, **REASONS}
EVERY |= confirmed.REASONS
CHECKLIST, VOCABULARY = load(resource_folder("checklists"), 2566)
MESSAGES: Mapping[Language, Messages] = {"th": Messages.load("th"), "en": Messages.load("en")}
_FACT = re.compile(r"\{(\w+)\}")
_THAI = re.compile(r"[ก-๙]")


def finding(
    code: str, outcome: Outcome, facts: Mapping[str, str], *, item: str = "O21", requirement: str = "O21.1"
) -> Finding:
    return Finding("a", item, requirement, "", outcome, code.split(".")[1], code, True, "direct", facts, (), ())


@pytest.mark.parametrize("language", ["th", "en"])
def test_every_reason_has_its_sentences(language: Language) -> None:
    assert MESSAGES[language].problems(EVERY) == ()


def test_both_languages_tell_the_same() -> None:
    for code in EVERY:
        thai, english = MESSAGES["th"].template(code), MESSAGES["en"].template(code)
        assert _facts("".join(thai)) == _facts("".join(english)), code
        assert bool(thai[1]) == bool(english[1]), code
        assert _THAI.search(thai[0]) or not re.search(r"\w", _FACT.sub("", thai[0])), code
        assert not _THAI.search(re.sub(r'"[^"]*"|“[^”]*”|\([^)]*\)', "", english[0])), code


def _facts(text: str) -> set[str]:
    return set(_FACT.findall(text))


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_sentence_is_filled_with_its_facts(language: Language) -> None:
    messages = MESSAGES[language]
    for code, facts in EVERY.items():
        marked = finding(code, Outcome.FAILED, {fact: f"<{fact}>" for fact in facts})
        for text, words in zip((messages.says(marked), messages.do(marked)), messages.template(code), strict=True):
            assert text == _FACT.sub(r"<\1>", words), code
            assert "{" not in text and "  " not in text, code


def test_a_missing_month_behind_a_link_to_the_plan() -> None:
    """The real assessor: O21 lacks March, the URL opens the announcement of the procurement plan."""
    march = next(r for r in CHECKLIST.items["O21"].requirements if r.id == "O21.6").params.month
    plan = "ประกาศเผยแพร่แผนการจัดซื้อจัดจ้าง ประจำปีงบประมาณ พ.ศ. 2566"
    found = finding(
        "monthly_report.link_opens_other", Outcome.FAILED, {"month": march.thai, "link": "เดือนมีนาคม 2566", "found": plan},
        requirement="O21.6",
    )  # fmt: skip
    assert set(found.facts) == EVERY[found.code]
    thai = MESSAGES["th"]
    says, do = thai.says(found), thai.do(found)
    assert "ไม่พบสรุปผลการจัดซื้อจัดจ้างของเดือนมีนาคม 2566" in says
    assert '"เดือนมีนาคม 2566"' in says and f'"{plan}"' in says and "ไม่ใช่รายงานผล" in says
    assert "เผยแพร่" in do and "สขร.1" in do and "มีนาคม 2566" in do and "แก้ลิงก์" in do
    assert "ไม่มีการจัดซื้อจัดจ้าง" in do
    english = MESSAGES["en"]
    assert "มีนาคม 2566" in english.says(found) and plan in english.says(found) and english.do(found)
    official = thai_digits_in_prose(says)
    assert "เดือนมีนาคม ๒๕๖๖" in official and '"เดือนมีนาคม 2566"' in official and f'"{plan}"' in official
    assert "สขร.๑" in thai_digits_in_prose(do)


def test_a_day_is_told_in_words_and_in_the_era_of_the_language() -> None:
    due = finding("gate.not_due", Outcome.INAPPLICABLE, {"deadline": "2026-12-02"}, requirement="*")
    assert MESSAGES["th"].says(due) == "ยังไม่จัดส่ง URL และยังไม่ถึงกำหนด (2 ธันวาคม 2569)"
    assert "2 December 2026" in MESSAGES["en"].says(due) and "2026-12-02" not in MESSAGES["en"].says(due)
    odd = finding("gate.not_due", Outcome.INAPPLICABLE, {"deadline": "เร็ว ๆ นี้"}, requirement="*")
    assert "เร็ว ๆ นี้" in MESSAGES["th"].says(odd)


def test_a_heading_that_was_left_out() -> None:
    """The real assessor: O24 leaves out the budget spent on each project; "ไม่มี" or "-" belongs there."""
    budget = next(r for r in CHECKLIST.items["O24"].requirements if r.id == "O24.2").params.column
    found = finding(
        "column.column_missing", Outcome.FAILED, {"column": budget.title, "header": "ที่ / โครงการ / ผลการดำเนินงาน"},
        item="O24", requirement="O24.2",
    )  # fmt: skip
    assert set(found.facts) == EVERY[found.code]
    assert "งบประมาณ" in budget.title
    thai = MESSAGES["th"]
    says, do = thai.says(found), thai.do(found)
    assert says.startswith("ไม่พบหัวข้อ") and budget.title in says and "ที่ / โครงการ / ผลการดำเนินงาน" in says
    assert "เพิ่มหัวข้อ" in do and budget.title in do and '"ไม่มี" หรือ "-"' in do and "ไม่ตัดหัวข้อ" in do


def test_no_sentence_orders_where_it_should_ask_or_blames() -> None:
    """Officials write to officials: no exclamation, no machine words, no code of ours in a Thai sentence."""
    thai = MESSAGES["th"]
    for code in EVERY:
        for text in thai.template(code):
            bare = _FACT.sub("", text)
            assert not re.search(r"[!]|error|null|None|sha256|css|selector|timeout", bare), code
            assert not bare.endswith("."), code
