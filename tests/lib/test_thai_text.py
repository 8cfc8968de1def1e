"""Folding and repair on every fault that real pages and PDF files show."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from oitcheck.lib.thai_text import (
    PRIVATE_USE,
    arabic_digits,
    clean,
    fold,
    fold_with_origins,
    repair,
    similar_words,
    thai_digits,
    thai_share,
)

# The faults of Thai text as it comes out of PDF files and old pages, each with the word as it should be.
FAULTS = (
    ("ต าบล", "ตำบล"),
    ("ประจ าปี", "ประจำปี"),
    ("จ านวน", "จำนวน"),
    ("ด าเนินการ", "ดำเนินการ"),
    ("น ้า", "น้ำ"),
    ("น้ า", "น้ำ"),
    ("ต้าบล", "ตำบล"),
    ("จ้านวน", "จำนวน"),
    ("ประจาปี", "ประจำปี"),
    ("ตํา บล", "ตำบล"),
    ("ตําบล", "ตำบล"),
    ("นํ้า", "น้ำ"),
    ("น้ํา", "น้ำ"),
    ("น้้า", "น้ำ"),
    ("นำยก", "นายก"),
    ("ข้อมูลข่ำวสำร", "ข้อมูลข่าวสาร"),
    ("พอกนอย", "พอกน้อย"),
    ("หน วยงาน", "หน่วยงาน"),
    ("หนวยงาน", "หน่วยงาน"),
    ("ปล ั ด", "ปลัด"),
    ("ปลัด", "ปลัด"),
    ("เเผนพัฒนา", "แผนพัฒนา"),
    ("กุมภาพันธ", "กุมภาพันธ์"),
    ("ปี  งบประมาณ", "ปีงบประมาณ"),
    ("ปี\u00a0งบประมาณ", "ปีงบประมาณ"),
    ("ปี\u200bงบประมาณ", "ปีงบประมาณ"),
    ("พ.ศ.. ๒๕๖๘", "พ.ศ. 2568"),
    ("25๖๕", "2565"),
    ("E\u2011Service", "e-service"),
    ("ＯＩＴ", "oit"),
    ("ข้อ\u00ad028", "ข้อ 028"),
    ("ผู\uf70bบริหาร", "ผู้บริหาร"),
    ("เจ\uf70bาหน\uf70bาที่", "เจ้าหน้าที่"),
    ("ฯพณฯ", "พณ"),
)


@pytest.mark.parametrize(("damaged", "right"), FAULTS)
def test_a_damaged_spelling_folds_like_the_right_one(damaged: str, right: str) -> None:
    assert fold(damaged) == fold(right)
    assert fold(repair(damaged)[0]) == fold(right)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("รองนายก", "นายก"),
        ("ไม่มี", "มี"),
        ("ซื้อ", "ซอ"),
        ("แผน", "เผน"),
        ("2565", "2566"),
        ("O2", "O21"),
        ("ตำบล", "ตบล"),
        ("หน้า", "หนี"),
    ],
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("damaged", "right", "repairs"),
    [
        ("ต าบล ประจ าปี", "ตำบล ประจำปี", ("split_sara_am",)),
        ("ประจ ำปี", "ประจำปี", ("split_sara_am",)),
        ("หน ่วย", "หน่วย", ("blank_before_mark",)),
        ("ตํา นํ้า น้ํา", "ตำ น้ำ น้ำ", ("nikhahit",)),  # two of the three are put right by cleaning already
        ("น้้า", "น้ำ", ("tone_as_nikhahit",)),
        ("เเผน", "แผน", ("double_sara_e",)),
        ("ทีี่", "ที่", ("doubled_mark",)),
        ("ท\u0e48\u0e35", "ท\u0e35\u0e48", ("tone_before_vowel",)),
        ("ต าบล เเผน", "ตำบล แผน", ("split_sara_am", "double_sara_e")),
    ],
)
def test_repair_says_what_it_did(damaged: str, right: str, repairs: tuple[str, ...]) -> None:
    assert repair(damaged) == (right, repairs)


@pytest.mark.parametrize(
    "text",
    [
        "นายกเทศมนตรีตำบลสบห้วย",
        "ประจำปีงบประมาณ พ.ศ. 2566",
        "น้ำใจ กำลัง ค่าจ้าง ที่ดิน",
        "มีค่า อาคาร",
        "การ อาชีพ",
        "Annual report 1 2",
    ],
)
def test_repair_leaves_right_text_alone(text: str) -> None:
    assert repair(text) == (text, ())


def test_clean_makes_one_line_as_shown() -> None:
    assert clean("  ปี\u00a0\u2003งบ\u200bประมาณ\t๒๕๖๖ ") == "ปี งบประมาณ ๒๕๖๖"
    assert clean("ตํา") == "ตำ"
    assert clean("".join(map(chr, PRIVATE_USE))) == "".join(PRIVATE_USE.values())


def test_digits_go_both_ways_and_stay_in_place() -> None:
    assert arabic_digits("ปี ๒๕๖๖ ข้อ ๒๑") == "ปี 2566 ข้อ 21"
    assert thai_digits("ปี 2566") == "ปี ๒๕๖๖"
    assert len(arabic_digits("๐๑๒๓๔๕๖๗๘๙")) == 10


@example("กำาา เเเ")
@given(st.text("กขนมาำเแีิ่้์ํ ๑1A.-ฯ\u200b\uf70b", max_size=30))
def test_folding_with_origins_is_folding(text: str) -> None:
    folded = fold_with_origins(text)
    assert folded.text == fold(text)
    assert fold(folded.text) == folded.text
    assert len(folded.origins) == len(folded.text) and list(folded.origins) == sorted(folded.origins)


@given(st.text("กขนมาำเแีิ่้์ ๑1A.", max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_a_quote_folds_to_what_was_found(text: str, one: int, other: int) -> None:
    folded = fold_with_origins(text)
    start, end = sorted((min(one, len(folded.text)), min(other, len(folded.text))))
    quote = folded.quote(start, end)
    assert quote in text
    assert fold(quote).startswith(folded.text[start:end])


def test_the_share_of_thai_letters() -> None:
    assert thai_share("กขค abc") == 0.5
    assert thai_share("2566 - !") == 0.0
    assert thai_share("ตำบล") == 1.0


def test_the_nearest_word() -> None:
    assert similar_words("monthly_raport", ("column", "monthly_report")) == ("monthly_report",)
    assert similar_words("xyz", ("column", "period")) == ()
