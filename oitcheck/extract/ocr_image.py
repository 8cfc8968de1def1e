"""Pages and pictures as grey images made ready for reading: light on every side, straight, ink told from paper."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from contextlib import closing
from io import BytesIO
from itertools import pairwise

import pypdfium2
from PIL import Image, ImageChops, ImageFilter

from oitcheck.extract.image import FORMATS, flattened
from oitcheck.extract.limits import ExtractLimits

# Tesseract reads Thai no better at 300 dpi, and slower.
DPI = 200
# Beyond this a page is a wall chart; it is rendered smaller.
_MOST_PIXELS = 16_000_000
# Pictures come without a resolution: the width of a page's text at 200 dpi is about this, so small ones are enlarged.
_PICTURE_WIDTH_PX = 1600
_MOST_ENLARGED = 2.5

# Paper is the brightest of these squares and their neighbours.
_PAPER_SQUARE_PX = 16
# Of text at most 0.2 % of such squares are so dark, even bold headings and ruling lines.
_PHOTO_SQUARE_PX, _PHOTO_BELOW_PAPER, _DARKEST_PAPER = 40, 100, 150
# What is mostly darker than this has a dark ground.
_DARK, _MOSTLY = 135, 0.5
# Noise of a scan stays below this darkness (0–255 under paper); pale grey print is above it.
_FAINT = 36
_GRAIN = 16
_INK_SHARE = 0.42
# A square with more ink than this is part of a photograph or a filled area, not of writing.
_FILLED_SQUARE_PX = 24
_FILLED_SHARE = 0.82

# Degrees. Feeders turn a page by up to two; what is turned further was laid down so on purpose.
_MOST_SKEW = 3.0
_LEAST_SKEW = 0.04
_SKEW_SIDE_PX = 900


def pdf_page(body: bytes, number: int) -> Image.Image:
    """Page `number` (from 1) of a PDF as a grey image at 200 dpi, less for very large pages. Raises PdfiumError."""
    with closing(pypdfium2.PdfDocument(body)) as pdf, closing(pdf[number - 1]) as page:
        width, height = page.get_size()
        scale = min(DPI / 72, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
        with closing(page.render(scale=scale, grayscale=True)) as bitmap:
            image: Image.Image = bitmap.to_pil()
            return image.convert("L")


def picture(body: bytes, limits: ExtractLimits) -> Image.Image | None:
    """The (first) picture of a file as a grey image, enlarged when small; None beyond `limits.image_pixels`.

    Raises what Pillow raises for broken files.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of broken metadata
        with Image.open(BytesIO(body), formats=FORMATS) as opened:
            width, height = opened.size
            if not 0 < width * height <= limits.image_pixels:
                return None
            grey = flattened(opened).convert("L")
    factor = min(_MOST_ENLARGED, _PICTURE_WIDTH_PX / max(width, height), (_MOST_PIXELS / (width * height)) ** 0.5)
    if width * height > _MOST_PIXELS or factor > 1.1:
        return grey.resize((max(1, round(width * factor)), max(1, round(height * factor))), Image.Resampling.BICUBIC)
    return grey


def pictured(grey: Image.Image) -> float:
    """The share (0–1) of an image whose squares are too dark for writing: photographs, drawings."""
    squares = (max(1, grey.width // _PHOTO_SQUARE_PX), max(1, grey.height // _PHOTO_SQUARE_PX))
    counts = grey.resize(squares, Image.Resampling.BOX).histogram()
    total = sum(counts)
    paper = max(range(_DARKEST_PAPER, 256), key=lambda value: sum(counts[value - 2 : value + 3]))
    return round(sum(counts[: paper - _PHOTO_BELOW_PAPER]) / total, 4)


def dark_on_light(grey: Image.Image) -> Image.Image:
    """The image with its dark areas (headers of tables, posters with white letters) turned to dark on white."""
    width, height = grey.size
    quarter = grey.reduce(4).point([255 if value < _DARK else 0 for value in range(256)])
    squares = (max(1, width // _PAPER_SQUARE_PX), max(1, height // _PAPER_SQUARE_PX))
    mostly = quarter.resize(squares, Image.Resampling.BOX).filter(ImageFilter.BoxBlur(1))
    mostly = mostly.point([255 if value > 255 * _MOSTLY else 0 for value in range(256)])
    mostly = mostly.filter(ImageFilter.MaxFilter(3))
    if mostly.getbbox() is None:
        return grey
    # The letters in a dark area belong to it.
    whole = quarter.filter(ImageFilter.MaxFilter(7)).filter(ImageFilter.MinFilter(7))
    area = ImageChops.multiply(whole, mostly.resize(whole.size)).resize(grey.size)
    small = grey.resize(squares, Image.Resampling.BOX)
    ground = small.filter(ImageFilter.MinFilter(3)).filter(ImageFilter.MinFilter(3)).resize(grey.size)
    light = grey.copy()
    light.paste(ImageChops.invert(ImageChops.subtract(grey, ground)), mask=area)
    return light


def darkness(grey: Image.Image) -> Image.Image:
    """How much darker than the paper around it each pixel is (0–255): uneven light and tinted paper taken away."""
    width, height = grey.size
    small = grey.resize((max(1, width // _PAPER_SQUARE_PX), max(1, height // _PAPER_SQUARE_PX)), Image.Resampling.BOX)
    paper = small.filter(ImageFilter.MaxFilter(3)).filter(ImageFilter.MaxFilter(3)).filter(ImageFilter.BoxBlur(1))
    return ImageChops.subtract(paper.resize(grey.size, Image.Resampling.BILINEAR), grey)


def on_white(dark: Image.Image) -> Image.Image:
    """An image of `darkness` as black on white, the grain of the paper left out."""
    return dark.point([255 - min(255, max(0, round((value - _GRAIN) * 1.25))) for value in range(256)])


def ink(dark: Image.Image) -> Image.Image:
    """255 where there is ink, 0 on paper, of an image of `darkness`; filled areas and photographs are left out."""
    threshold = _threshold(dark)
    inked = dark.point([255 if value > threshold else 0 for value in range(256)])
    width, height = inked.size
    squares = (max(1, width // _FILLED_SQUARE_PX), max(1, height // _FILLED_SQUARE_PX))
    filled = inked.resize(squares, Image.Resampling.BOX)
    filled = filled.point([255 if value > 255 * _FILLED_SHARE else 0 for value in range(256)])
    if filled.getbbox() is None:
        return inked
    return ImageChops.subtract(inked, filled.resize(inked.size, Image.Resampling.NEAREST))


def _threshold(dark: Image.Image) -> int:
    """The darkness that parts ink from paper: a share of what the darkest ink of the page has."""
    counts = dark.histogram()
    total = sum(counts[_FAINT:])
    seen = 0
    for value in range(255, _FAINT, -1):
        seen += counts[value]
        if seen > total * 0.1:
            return max(_FAINT, int(value * _INK_SHARE))
    return _FAINT


def skew(inked: Image.Image) -> float:
    """The angle in degrees by which an image must be turned for its lines to lie level; 0.0 when it need not be."""
    small = _small(inked)
    coarse = _most_level(small, [0.25 * number for number in range(-12, 13)])
    fine = _most_level(small, [coarse + 0.05 * number for number in range(-5, 6)])
    return round(fine, 2) if _LEAST_SKEW < abs(fine) < _MOST_SKEW else 0.0


def _small(inked: Image.Image) -> Image.Image:
    step = max(1, max(inked.size) // _SKEW_SIDE_PX)
    return inked.reduce(step) if step > 1 else inked


def turned(grey: Image.Image, angle: float) -> Image.Image:
    """`grey` turned by `angle` degrees about its middle, on white."""
    return grey.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255) if angle else grey


def _most_level(small: Image.Image, angles: Iterable[float]) -> float:
    return max(angles, key=lambda angle: (_levelness(small, angle), -abs(angle)))


def _levelness(small: Image.Image, angle: float) -> int:
    """How sharply the rows of pixels part into written and blank ones when turned by `angle`."""
    upright = small.rotate(angle, Image.Resampling.BILINEAR, fillcolor=0) if angle else small
    rows = upright.resize((1, small.height), Image.Resampling.BOX).tobytes()
    return sum((below - above) * (below - above) for above, below in pairwise(rows))
