"""The reader of single digits: right, or unsure, on fonts that it has not learnt from."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from oitcheck.extract.digits import ARABIC, OTHER, THAI, guess, may_be_thai, pattern
from oitcheck.extract.ocr_image import darkness, ink
from oitcheck.extract.ocr_numbers import Pieces, is_slash, thai_numbers
from oitcheck.extract.ocr_shapes import cut_out, shapes

FONTS = Path("/usr/share/fonts/truetype")
UNSEEN = [
    FONTS / name
    for name in (
        "tlwg/Umpush.ttf",
        "tlwg/Umpush-Bold.ttf",
        "arundina/ArundinaSerif.ttf",
        "noto/NotoLoopedThai-Regular.ttf",
    )
    if (FONTS / name).exists()
]
needs_fonts = pytest.mark.skipif(not UNSEEN, reason="no Thai fonts (setup/packages.sh test)")


def line(text: str, font: Path, size: int = 40, noise: int = 8) -> Image.Image:
    """A line of text as a scanner gives it at 200 dpi."""
    face = ImageFont.truetype(str(font), size)
    image = Image.new("L", (round(face.getlength(text)) + 80, size * 3), 245)
    ImageDraw.Draw(image).text((40, size), text, fill=20, font=face)
    grain = Image.effect_noise(image.size, noise).point([(value - 128) // 2 + 128 for value in range(256)])
    return Image.blend(image.filter(ImageFilter.GaussianBlur(0.6)), grain, 0.12)


def pieces_of(image: Image.Image) -> Pieces:
    dark = darkness(image)
    return Pieces(shapes(ink(dark)), dark)


@needs_fonts
@pytest.mark.parametrize("font", UNSEEN, ids=lambda path: path.stem)
@pytest.mark.parametrize("size", [34, 52])
def test_digits_of_unseen_fonts(font: Path, size: int) -> None:
    read = 0
    for digits in (THAI, ARABIC):
        pieces = pieces_of(line("   ".join(digits), font, size))
        own = sorted((s for s in pieces.shapes if s.height > size / 6), key=lambda s: s.x0)
        if len(own) != 10:
            continue  # a font without these digits
        for shape, truth in zip(own, digits, strict=True):
            seen = pieces.guess(shape)
            assert seen is not None and (seen.char in (truth, OTHER) or seen.margin < 3.0), (truth, seen)
            assert truth in ARABIC or may_be_thai(pattern(cut_out(shape, pieces.dark)))
            read += truth in THAI and seen.char == truth
    assert read >= 8


@needs_fonts
def test_numbers_are_found_between_words() -> None:
    read = 0
    for font in UNSEEN:
        found = thai_numbers(pieces_of(line("ประจำปี ๒๕๖๗ และ ๒๕๗๐", font, 44)))
        whole = [number.text for number in found if number.whole]
        assert set(whole) <= {"๒๕๖๗", "๒๕๗๐"}
        read += len(whole)
    assert read >= len(UNSEEN)  # half of them


@needs_fonts
@pytest.mark.parametrize("text", ["องค์การบริหารส่วนตำบล", "ด้วยความเคารพ", "คณะกรรมการ ตรวจ", "No Gift Policy 2566"])
def test_letters_are_no_numbers(text: str) -> None:
    for font in UNSEEN:
        assert thai_numbers(pieces_of(line(text, font, 44))) == []


def test_touching_digits_are_parted() -> None:
    font = FONTS / "tlwg/Laksaman.ttf"
    if not font.exists():
        pytest.skip("no Thai fonts (setup/packages.sh test)")
    face = ImageFont.truetype(str(font), 48)
    image = Image.new("L", (400, 140), 250)
    pen, x = ImageDraw.Draw(image), 60.0
    for char in "๒๕๖๕":
        pen.text((x, 40), char, fill=0, font=face)
        x += face.getlength(char) - 2.2
    pieces = pieces_of(image)
    assert len([s for s in pieces.shapes if s.height > 12]) < 4
    assert [(n.text, n.whole) for n in thai_numbers(pieces)] in ([("๒๕๖๕", True)], [])


def test_a_stroke_is_told_from_letters() -> None:
    image = Image.new("L", (200, 80), 255)
    pen = ImageDraw.Draw(image)
    pen.line((60, 20, 46, 60), fill=0, width=4)
    pen.line((100, 20, 100, 60), fill=0, width=4)
    pen.line((140, 20, 154, 60), fill=0, width=4)
    assert [is_slash(s) for s in sorted(pieces_of(image).shapes, key=lambda s: s.x0)] == [True, False, False]


def test_nothing_is_seen_in_nothing() -> None:
    assert pattern(Image.new("L", (20, 30))) == bytes(400)
    assert guess(bytes(400)) == guess(bytes(400))
