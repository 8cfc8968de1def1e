"""What the pixels of pictures tell."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from io import BytesIO

from PIL import Image, ImageDraw

from oitcheck.extract import image, image_page
from oitcheck.extract.limits import ExtractLimits
from oitcheck.model.evidence import BlindReason, BlindSpot, Capture, FetchOutcome


def encoded(picture: Image.Image, form: str = "PNG") -> bytes:
    out = BytesIO()
    picture.save(out, form)
    return out.getvalue()


def test_a_flat_picture_is_blank_in_every_format() -> None:
    for form in ("PNG", "JPEG", "GIF", "WEBP"):
        seen = image.picture("s", encoded(Image.new("RGB", (300, 200), (200, 210, 220)), form))
        assert seen is not None
        assert (seen.width_px, seen.height_px, seen.is_blank) == (300, 200, True)


def test_a_transparent_picture_is_blank() -> None:
    seen = image.picture("s", encoded(Image.new("RGBA", (50, 50), (10, 200, 30, 0))))
    assert seen is not None
    assert seen.is_blank


def test_a_silhouette_has_few_colours_and_a_photograph_many() -> None:
    avatar = Image.new("RGB", (200, 200), (230, 230, 230))
    ImageDraw.Draw(avatar).ellipse((60, 30, 140, 110), fill=(180, 180, 180))
    seen = image.picture("s", encoded(avatar))
    assert seen is not None
    assert not seen.is_blank
    assert seen.colours <= 4
    photograph = Image.effect_noise((200, 200), 90).convert("RGB")
    photograph.paste(Image.linear_gradient("L").resize((200, 100)).convert("RGB"), (0, 0))
    many = image.picture("s", encoded(photograph))
    assert many is not None
    assert many.colours > 6


def test_a_bomb_is_told_by_its_size_only() -> None:
    # A header that promises 3.6 gigapixels, and nothing behind it.
    header = b"IHDR" + (60_000).to_bytes(4, "big") * 2 + bytes((8, 2, 0, 0, 0))
    check = zlib.crc32(header).to_bytes(4, "big")
    body = b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4, "big") + header + check + bytes(4) + b"IDAT" + bytes(4)
    seen = image.picture("s", body, ExtractLimits())
    assert seen is not None
    assert (seen.width_px, seen.colours, seen.is_blank) == (60_000, 0, False)


def test_what_is_no_picture() -> None:
    whole = encoded(Image.effect_noise((100, 100), 50))
    assert image.picture("s", b"<html>404</html>") is None
    assert image.picture("s", whole[: len(whole) // 3]) is None
    assert image.picture("s", b"") is None


def test_a_picture_as_a_document_is_a_blind_spot() -> None:
    url = "http://www.banmai.example/a.png"
    capture = Capture(url, url, (), FetchOutcome.OK, 200, datetime(2023, 4, 1, tzinfo=UTC), sha256="s")
    [spot] = image_page.read(capture, encoded(Image.new("RGB", (30, 20))), ExtractLimits())
    assert isinstance(spot, BlindSpot)
    assert (spot.reason, spot.detail) == (BlindReason.IMAGE_NO_OCR, "30×20 px")
    [broken] = image_page.read(capture, b"\x89PNG\r\n\x1a\nxx", ExtractLimits())
    assert isinstance(broken, BlindSpot)
    assert broken.reason is BlindReason.CORRUPT
