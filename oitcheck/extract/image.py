"""What the pixels of a picture tell without reading it: its size, and whether there is anything on it."""

from __future__ import annotations

import warnings
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from oitcheck.extract.limits import ExtractLimits
from oitcheck.model.evidence import Picture

# The limit of this module holds before a pixel is unpacked; Pillow would refuse to tell even the size.
Image.MAX_IMAGE_PIXELS = None

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "ICO")

_SAMPLE_SIDE_PX = 64
# Colours are counted in steps of 16 per channel, so that the noise of JPEG around a flat area makes no colours.
_STEP_BITS = 4
# A colour that covers less than one pixel in two hundred of the sample is an edge or a speck.
_SPECK_SHARE = 0.005
_BLANK_COLOURS_MOST = 1
_BLANK_DEVIATION = 4.0


def picture(sha256: str, body: bytes, limits: ExtractLimits = ExtractLimits()) -> Picture | None:  # noqa: B008
    """Size, emptiness and number of colours (in steps of 16, specks left out) of a picture; None for what is none.

    A picture beyond `limits.image_pixels` is told by its size only: it is not unpacked, and counts as not blank.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of broken metadata
            with Image.open(BytesIO(body), formats=FORMATS) as opened:
                width, height = opened.size
                if width <= 0 or height <= 0:
                    return None
                if width * height > limits.image_pixels:
                    return Picture(sha256, width, height, is_blank=False)
                opened.draft("RGB", (_SAMPLE_SIDE_PX * 2, _SAMPLE_SIDE_PX * 2))
                sample = _sample(opened)
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        MemoryError,
    ):
        return None
    colours, deviation = _spread(sample)
    return Picture(
        sha256, width, height, is_blank=colours <= _BLANK_COLOURS_MOST and deviation < _BLANK_DEVIATION, colours=colours
    )


def flattened(opened: Image.Image, size: tuple[int, int] | None = None) -> Image.Image:
    """The picture opaque in RGB, shrunk to `size`; what is transparent shows white, as on most pages."""
    shown = (
        opened.convert("RGBA")
        if opened.mode in ("P", "PA", "LA", "RGBA", "RGBa") or "transparency" in opened.info
        else opened
    )
    if size:
        shown = shown.resize(size, Image.Resampling.BOX)
    if shown.mode == "RGBA":
        ground = Image.new("RGBA", shown.size, (255, 255, 255, 255))
        ground.alpha_composite(shown)
        shown = ground
    return shown.convert("RGB")


def _sample(opened: Image.Image) -> Image.Image:
    return flattened(opened, (_SAMPLE_SIDE_PX, _SAMPLE_SIDE_PX))


def _spread(sample: Image.Image) -> tuple[int, float]:
    """The number of distinct colours of a sample, and the standard deviation of its brightness (0–255)."""
    counts: dict[tuple[int, int, int], int] = {}
    raw = sample.tobytes()
    pixels = len(raw) // 3
    total = squares = 0
    for at in range(0, len(raw), 3):
        red, green, blue = raw[at], raw[at + 1], raw[at + 2]
        key = (red >> _STEP_BITS, green >> _STEP_BITS, blue >> _STEP_BITS)
        counts[key] = counts.get(key, 0) + 1
        brightness = (red * 299 + green * 587 + blue * 114) // 1000
        total += brightness
        squares += brightness * brightness
    mean = total / pixels
    deviation = max(0.0, squares / pixels - mean * mean) ** 0.5
    return sum(count >= pixels * _SPECK_SHARE for count in counts.values()), deviation
