"""What tesseract reads is put right where we know the number, and marked unreadable where nobody does."""

from __future__ import annotations

from PIL import Image

from oitcheck.extract.ocr_numbers import UNREADABLE, Digit, Number, Pieces, with_known_numbers
from oitcheck.extract.ocr_shapes import Shape
from oitcheck.extract.tesseract import Row, Token, _rows

NOTHING = Pieces((), Image.new("L", (10, 10)))
WIDE, HIGH = 20, 24


def row(*words: str, confidence: float = 0.9) -> Row:
    """Words side by side, each character 20 pixels wide, blanks too."""
    tokens, x = [], 0
    for word in words:
        tokens.append(Token(word, x, 0, x + WIDE * len(word), HIGH, confidence, bool(tokens)))
        x += WIDE * (len(word) + 1)
    return Row(tuple(tokens), 1)


def number(text: str, start: int, *, whole: bool = True) -> Number:
    """A number in Thai digits whose first one stands at the place of the character `start`."""
    shapes = [Shape(WIDE * (start + i) + 2, 0, WIDE * (start + i) + 18, HIGH, ()) for i in range(len(text))]
    return Number(tuple(Digit(s, c, 9.0) for s, c in zip(shapes, text, strict=True)), whole)


def test_numbers_that_were_shown_as_arabic_ones_become_thai_again() -> None:
    assert with_known_numbers(row("ปี", "2566"), [number("๒๕๖๖", 3)], NOTHING).text == "ปี ๒๕๖๖"
    assert with_known_numbers(row("(2566)"), [number("๒๕๖๖", 1)], NOTHING).text == "(๒๕๖๖)"
    both = [number("๑๙", 0), number("๒๕๖๖", 3)]
    assert with_known_numbers(row("19/2566"), both, NOTHING).text == "๑๙/๒๕๖๖"


def test_another_number_than_was_shown_is_unreadable() -> None:
    for read in ("2568", "256", "25660", "25"):
        text = with_known_numbers(row("ปี", read), [number("๒๕๖๖", 3)], NOTHING).text
        assert text == "ปี " + UNREADABLE * len(read)


def test_a_number_that_is_not_sure_is_unreadable() -> None:
    assert with_known_numbers(row("2566"), [number("๒๕๖๖", 0, whole=False)], NOTHING).text == UNREADABLE * 4


def test_thai_digits_that_only_tesseract_sees_are_unreadable() -> None:
    assert with_known_numbers(row("พ.ศ.", "๒๕๒๒"), [], NOTHING).text == "พ.ศ. □□□□"


def test_arabic_digits_are_believed_when_tesseract_is_sure() -> None:
    assert with_known_numbers(row("พ.ศ.", "2566"), [], NOTHING).text == "พ.ศ. 2566"
    assert with_known_numbers(row("พ.ศ.", "2566", confidence=0.5), [], NOTHING).text == "พ.ศ. □□□□"


def test_a_digit_beside_a_known_number_takes_it_along() -> None:
    # Three digits were shown, and a fourth stands right behind them.
    assert with_known_numbers(row("2566"), [number("๒๕๖", 0)], NOTHING).text == "□□□□"


def test_an_odd_sign_beside_a_number_may_be_a_digit() -> None:
    assert with_known_numbers(row("(255»)"), [number("๒๕๕", 1)], NOTHING).text == "(□□□»)"
    assert with_known_numbers(row("255a"), [number("๒๕๕", 0)], NOTHING).text == "□□□a"


def test_a_letter_squeezed_between_digits_may_be_one() -> None:
    both = [number("๘", 0), number("๓๙", 2)]
    assert with_known_numbers(row("8ธ39"), both, NOTHING).text == "□ธ□□"
    assert with_known_numbers(row("8", "ธ39"), [number("๘", 0), number("๓๙", 3)], NOTHING).text == "๘ ธ๓๙"


def test_blanks_within_one_number_are_closed_and_doubtful_ones_leave_it_unknown() -> None:
    apart = Row((Token("256", 0, 0, 60, HIGH, 0.9, False), Token("6", 64, 0, 84, HIGH, 0.9, True)), 1)
    assert with_known_numbers(apart, [number("๒๕๖๖", 0)], NOTHING).text == "๒๕๖๖"
    assert with_known_numbers(apart, [number("๒๕๖", 0), number("๖", 3)], NOTHING).text == "□□□ □"


def test_output_of_tesseract_is_read_with_its_blanks() -> None:
    def word(number: int, left: int, text: str, *, page: int = 1, line: int = 1) -> str:
        return f"5\t{page}\t1\t1\t{line}\t{number}\t{left}\t10\t18\t20\t93.5\t{text}"

    header = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
    output = "\n".join(
        (header, "4\t1\t1\t1\t1\t0\t0\t0\t9\t9\t-1\t", word(1, 0, "ป"), word(2, 20, "ี"), word(3, 60, "2566"),
         word(1, 0, "ก", line=2), word(1, 0, "ข", page=2), "ปี 2566", "ก", "", "\fข", "", "\f")
    )  # fmt: skip
    first, second = _rows(output, 2)
    assert [r.text for r in first] == ["ปี 2566", "ก"] and [r.text for r in second] == ["ข"]
    assert first[0].tokens[2].x1 == 78 and first[0].confidence == 0.935
    # Where the plain text does not fit, the gaps decide.
    astray = _rows(output.replace("ปี 2566", "?"), 2)[0]
    assert astray[0].text == "ปี 2566"
