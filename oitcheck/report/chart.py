"""A chart of stacked bars as a picture for papers, told apart by pattern as well as by shade: it survives a copier."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

# Of the fonts with Thai letters that Debian and office machines have, the one nearest to official papers first.
_FONTS = (
    "Sarabun-Regular.ttf",
    "THSarabunNew.ttf",
    "Laksaman.ttf",
    "Garuda.ttf",
    "Loma.ttf",
    "NotoSansThai-Regular.ttf",
)
_DOTS_AN_INCH = 200
_WIDTH_PX, _ROW_PX, _BAR_PX, _LABEL_PX, _COUNT_PX, _LEGEND_PX = 1260, 62, 40, 330, 110, 70
_TEXT_PX = 30
_LINE_PX = 2
_INK = 30


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of part that bars are made of: its name, its shade (0 black – 255 white) and its hatching."""

    name: str
    shade: int
    hatched: bool = False


def stacked_bars(
    series: Sequence[Series], bars: Sequence[tuple[str, Sequence[int]]], number: Callable[[int], str] = "{:,}".format
) -> bytes:
    """A PNG: one bar for each (label, counts in the order of `series`), as long as its share of the longest, with its
    total as `number` writes it; a legend below. The same input and font give the same bytes."""
    height = _ROW_PX * len(bars) + _LEGEND_PX
    image = Image.new("L", (_WIDTH_PX, height), 255)
    draw = ImageDraw.Draw(image)
    font = _font()
    most = max((sum(counts) for _, counts in bars), default=0) or 1
    room = _WIDTH_PX - _LABEL_PX - _COUNT_PX
    for row, (label, counts) in enumerate(bars):
        top = row * _ROW_PX + (_ROW_PX - _BAR_PX) // 2
        draw.text((_LABEL_PX - 16, top + _BAR_PX // 2), _cut(draw, label, font), font=font, fill=_INK, anchor="rm")
        left = _LABEL_PX
        done = 0
        for kind, count in zip(series, counts, strict=True):
            done += count
            right = _LABEL_PX + round(room * done / most)
            if right > left:
                _part(image, draw, (left, top, right, top + _BAR_PX), kind)
            left = right
        draw.text((left + 12, top + _BAR_PX // 2), number(sum(counts)), font=font, fill=_INK, anchor="lm")
    _legend(image, draw, font, series, height - _LEGEND_PX + 16)
    out = BytesIO()
    image.save(out, "PNG", dpi=(_DOTS_AN_INCH, _DOTS_AN_INCH))
    return out.getvalue()


def _part(image: Image.Image, draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], kind: Series) -> None:
    left, top, right, bottom = box
    draw.rectangle((left, top, right, bottom), fill=kind.shade, outline=_INK, width=_LINE_PX)
    if kind.hatched and right - left > 2 * _LINE_PX:
        stripes = Image.new("L", (right - left, bottom - top), kind.shade)
        lines = ImageDraw.Draw(stripes)
        for start in range(-stripes.height, stripes.width, 12):
            lines.line((start, stripes.height, start + stripes.height, 0), fill=_INK, width=3)
        image.paste(stripes, (left, top))
        draw.rectangle((left, top, right, bottom), outline=_INK, width=_LINE_PX)


def _legend(
    image: Image.Image, draw: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    series: Sequence[Series], top: int,
) -> None:  # fmt: skip
    left = _LABEL_PX
    for kind in series:
        _part(image, draw, (left, top, left + 44, top + 28), kind)
        draw.text((left + 56, top + 14), kind.name, font=font, fill=_INK, anchor="lm")
        left += 56 + round(draw.textlength(kind.name, font=font)) + 40


def _cut(draw: ImageDraw.ImageDraw, label: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> str:
    """The label, shortened until it fits."""
    if draw.textlength(label, font=font) <= _LABEL_PX - 24:
        return label
    while label and draw.textlength(label + "…", font=font) > _LABEL_PX - 24:
        label = label[:-1]
    return label + "…"


def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    for name in _FONTS:
        try:
            return ImageFont.truetype(name, _TEXT_PX)
        except OSError:
            continue
    found = sorted(Path("/usr/share/fonts").rglob("*[Tt]hai*.ttf"))
    return ImageFont.truetype(str(found[0]), _TEXT_PX) if found else ImageFont.load_default(_TEXT_PX)
