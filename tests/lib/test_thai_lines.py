"""Text in lines of a width: between Thai words where that is possible, between letters with their marks where not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from oitcheck.lib.cell_text import columns_of
from oitcheck.lib.thai_lines import broken

TEXT = "ไม่พบหน้าที่จัดส่ง (http://www.example.go.th/very/long/path?x=1) ต่าง ๆ ของ “เทศบาลตำบล”"


def test_lines_end_between_words_and_signs_stay_with_their_words() -> None:
    assert list(broken(TEXT, 20)) == [
        "ไม่พบหน้าที่จัดส่ง",
        "(http://www.example.",
        "go.th/very/long/path",
        "?x=1) ต่าง ๆ ของ",
        "“เทศบาลตำบล”",
    ]
    assert list(broken("หนึ่ง\n\nสอง", 20)) == ["หนึ่ง", "", "สอง"]


def test_a_word_wider_than_a_line_is_broken_between_letters() -> None:
    assert list(broken("เทศบาลตำบล", 3)) == ["เทศ", "บาล", "ตำบ", "ล"]


@given(st.text("กขคเแโำะาิี่้์ๆฯ ()a1/\n", max_size=60), st.integers(1, 30))
def test_no_line_is_too_wide_and_nothing_but_blanks_is_lost(text: str, width: int) -> None:
    lines = list(broken(text, width))
    assert "".join("".join(lines).split()) == "".join(text.split())
    # A letter with its vowels beside it may be three columns wide.
    assert all(columns_of(line) <= max(width, 6) for line in lines) or width < 6
