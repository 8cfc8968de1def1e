"""What the pixels of a picture tell without reading it: its size, and whether there is anything on it."""

from __future__ import annotations

import warnings
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from oitcheck.extract.limits import ExtractLimits
from oitcheck.model.evidence import BlindReason, BlindSpot, Capture, Document, Picture

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
                sample = _flattened(opened)
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


def read(capture: Capture, body: bytes, limits: ExtractLimits) -> tuple[Document | BlindSpot, ...]:
    """A blind spot: a picture handed in as a document says nothing without OCR. Broken files are told as such."""
    if not body:
        return (BlindSpot(capture, BlindReason.EMPTY_FILE),)
    seen = picture(capture.sha256, body, limits)
    if seen is None:
        return (BlindSpot(capture, BlindReason.CORRUPT, detail="picture cannot be opened"),)
    return (BlindSpot(capture, BlindReason.IMAGE_NO_OCR, detail=f"{seen.width_px}×{seen.height_px} px"),)


def _flattened(opened: Image.Image) -> Image.Image:
    """A small opaque sample of the picture; what is transparent shows white, as on most pages."""
    small = (
        opened.convert("RGBA")
        if opened.mode in ("P", "PA", "LA", "RGBA", "RGBa") or "transparency" in opened.info
        else opened
    )
    small = small.resize((_SAMPLE_SIDE_PX, _SAMPLE_SIDE_PX), Image.Resampling.BOX)
    if small.mode == "RGBA":
        ground = Image.new("RGBA", small.size, (255, 255, 255, 255))
        ground.alpha_composite(small)
        small = ground
    return small.convert("RGB")


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
