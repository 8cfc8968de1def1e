"""Images made ready for OCR: level, paper taken away, pieces of ink and ruling lines found."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops, ImageDraw

from oitcheck.extract import ocr_image
from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.ocr_rulings import rulings, without
from oitcheck.extract.ocr_shapes import clipped, shapes


def page(angle: float = 0.0) -> Image.Image:
    """A page of 'words': bars in lines, under a ruled table of three rows and two columns."""
    image = Image.new("L", (1200, 1600), 240)
    pen = ImageDraw.Draw(image)
    for y in range(500, 1500, 60):
        for x in range(120, 1050, 70):
            pen.rectangle((x, y, x + 40 + (x * y) % 17, y + 22), fill=30)
    for y in (150, 230, 310, 390):
        pen.line((120, y, 1080, y), fill=20, width=3)
    for x in (120, 500, 1080):
        pen.line((x, 150, x, 390), fill=20, width=3)
    return image.rotate(angle, Image.Resampling.BICUBIC, fillcolor=240)


@pytest.mark.parametrize("angle", [0.0, 0.7, -1.3, 2.1])
def test_a_page_is_laid_level(angle: float) -> None:
    turned = page(angle)
    found = ocr_image.skew(ocr_image.ink(ocr_image.darkness(turned)))
    assert abs(found + angle) <= 0.11
    assert ocr_image.turned(turned, 0.0) is turned


def test_uneven_light_is_no_ink() -> None:
    shade = Image.linear_gradient("L").resize((1200, 1600)).point([100 + value // 2 for value in range(256)])
    grey = ImageChops.multiply(page(), shade)
    bare, shaded = (ocr_image.ink(ocr_image.darkness(image)) for image in (page(), grey))
    amount = [sum(image.histogram()[128:]) for image in (bare, shaded)]
    assert abs(amount[0] - amount[1]) < 0.05 * amount[0]
    assert ocr_image.ink(ocr_image.darkness(Image.new("L", (300, 300), 200))).getbbox() is None


def test_ruling_lines_are_found_and_taken_out() -> None:
    inked = ocr_image.ink(ocr_image.darkness(page()))
    found = rulings(inked)
    assert sorted(round(rule.at) for rule in found.rules if rule.horizontal) == pytest.approx(
        [150, 230, 310, 390], abs=2
    )
    assert sorted(round(rule.at) for rule in found.rules if not rule.horizontal) == pytest.approx(
        [120, 500, 1080], abs=2
    )
    rest = without(inked, found)
    assert rest.crop((0, 0, 1200, 450)).getbbox() is None
    assert rest.crop((0, 450, 1200, 1600)).getbbox() is not None


def test_pieces_of_ink() -> None:
    image = Image.new("L", (40, 20))
    pen = ImageDraw.Draw(image)
    pen.rectangle((2, 2, 8, 10), fill=255)
    pen.line((20, 2, 30, 12), fill=255)
    pen.line((30, 2, 20, 12), fill=255)
    first, cross = sorted(shapes(image), key=lambda shape: shape.x0)
    assert (first.x0, first.top, first.width, first.height, first.area) == (2, 2, 7, 9, 63)
    assert (cross.width, cross.height) == (11, 11)
    half = clipped(cross, 20, 24)
    assert (half.x0, half.x1) == (20, 24) and half.area == 8
    assert shapes(Image.new("L", (5, 5))) == []


def test_pictures_are_enlarged_within_limits() -> None:
    from io import BytesIO

    out = BytesIO()
    Image.new("RGBA", (500, 300), (0, 0, 0, 0)).save(out, "PNG")
    grey = ocr_image.picture(out.getvalue(), ExtractLimits())
    assert grey is not None and grey.size == (1250, 750) and grey.getpixel((5, 5)) == 255
    assert ocr_image.picture(out.getvalue(), ExtractLimits(image_pixels=1000)) is None


def test_photographs_are_told_from_writing() -> None:
    poster = page().crop((0, 0, 1200, 480))
    assert ocr_image.pictured(poster) < 0.005
    poster.paste(90, (200, 160, 300, 300))
    assert ocr_image.pictured(poster) > 0.01
