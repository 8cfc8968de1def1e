"""Concepts found in text."""

from __future__ import annotations

import pytest

from oitcheck.lib.terms import Concept, Lexicon, Vocabulary, first_named
from oitcheck.lib.thai_text import fold

NAMES = {
    "mayor": ("นายกเทศมนตรี", "Mayor"),
    "deputy": ("รองนายกเทศมนตรี",),
    "clerk": ("ปลัดเทศบาล",),
    "plan": ("แผนการจัดซื้อจัดจ้าง",),
    "procurement": ("จัดซื้อจัดจ้าง", "การจัดซื้อจัดจ้าง"),
    "budget": ("วงเงิน",),
    "reference": ("วงเงินราคากลาง", "ราคากลาง"),
    "oit_two": ("O2",),
}
LEXICON = Lexicon(
    NAMES,
    groups={"mayor": "executive", "deputy": "executive", "clerk": "executive"},
    not_within={"budget": ("reference",)},
    whole={"oit_two": ("ข้อ 2",)},
)
VOCABULARY = Vocabulary(
    {i: Concept(i, i.title(), LEXICON, "executive" if i in ("mayor", "deputy", "clerk") else "") for i in NAMES}
)


def _found(text: str) -> list[tuple[str, str]]:
    return [(hit.concept, hit.quote) for hit in LEXICON.hits(text)]


def test_the_longest_name_wins_within_a_group() -> None:
    assert _found("รองนายกเทศมนตรี คนที่ 1") == [("deputy", "รองนายกเทศมนตรี")]
    assert _found("นายกเทศมนตรี และรองนายกเทศมนตรี") == [("mayor", "นายกเทศมนตรี"), ("deputy", "รองนายกเทศมนตรี")]


def test_without_a_group_both_count_but_one_concept_only_once() -> None:
    assert _found("แผนการจัดซื้อจัดจ้าง") == [("plan", "แผนการจัดซื้อจัดจ้าง"), ("procurement", "การจัดซื้อจัดจ้าง")]


def test_a_name_within_a_barred_one_does_not_count() -> None:
    assert _found("วงเงินราคากลาง") == [("reference", "วงเงินราคากลาง")]
    assert _found("วงเงิน ราคากลาง 500 บาท") == [("reference", "วงเงิน ราคากลาง")]
    assert ("budget", "วงเงิน") in _found("วงเงินงบประมาณ และราคากลาง")


def test_a_whole_name_must_be_all_of_the_text() -> None:
    assert _found(" ข้อ ๒ ") == [("oit_two", "ข้อ ๒")]
    assert _found("ข้อ 2 วงเงิน") == [("budget", "วงเงิน")]


def test_a_name_does_not_split_a_number() -> None:
    assert _found("O2 และ O21") == [("oit_two", "O2")]
    assert _found("O21") == []


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("ผู้ลงนาม นายกเทศมนตรี", "นายกเทศมนตรี"),
        ("(น า ย ก เทศมนตรี)", "น า ย ก เทศมนตรี"),
        ("นายกเทศ\u200bมนตรี", "นายกเทศ\u200bมนตรี"),
        ("MAYOR of", "MAYOR"),
        ("นำยกเทศมนตรี", "นำยกเทศมนตรี"),
    ],
)
def test_a_quote_is_the_text_as_it_stands(text: str, quote: str) -> None:
    hit = LEXICON.hits(text)[0]
    assert hit.quote == quote and quote in text
    assert fold(text)[hit.start : hit.end] == fold(quote) == fold(hit.name)


def test_a_quote_takes_the_marks_that_follow_it() -> None:
    lexicon = Lexicon({"month": ("กุมภาพันธ",)})
    assert lexicon.hits("เดือนกุมภาพันธ์ 2566")[0].quote == "กุมภาพันธ์"


def test_a_concept_answers_for_itself_only() -> None:
    assert VOCABULARY["deputy"].named_in("รองนายกเทศมนตรี")
    assert not VOCABULARY["mayor"].named_in("รองนายกเทศมนตรี")
    assert [hit.concept for hit in VOCABULARY["clerk"].hits("ปลัดเทศบาล นายกเทศมนตรี")] == ["clerk"]
    assert [c.id for c in VOCABULARY.in_group("executive")] == ["mayor", "deputy", "clerk"]


def test_the_first_named_of_several() -> None:
    executives = VOCABULARY.in_group("executive")
    found = first_named(executives, "ปลัดเทศบาล รองนายกเทศมนตรี")
    assert found is not None and found.id == "clerk"
    longer = first_named((VOCABULARY["procurement"], VOCABULARY["plan"]), "แผนการจัดซื้อจัดจ้าง")
    assert longer is not None and longer.id == "plan"
    assert first_named(executives, "ราคากลาง") is None
    assert first_named((), "ปลัดเทศบาล") is None


def test_an_empty_text_names_nothing() -> None:
    assert LEXICON.hits("") == LEXICON.hits(" .- ") == ()
