"""How many years in Thai digits OCR reads from scans, and that it reads none wrongly.

    .venv/bin/python benchmarks/ocr_years.py [--years 500] [--seed 1] [--font PATH]...

Pages of Thai lines with a year each are drawn in fonts that the digit reader has not seen in training, and spoilt as
scanners do: 150, 200 and 300 dpi, noise, skew, blur, uneven light, JPEG. Needs tesseract, fonts-thai-tlwg,
fonts-arundina and fonts-noto-core; fonts that are missing are left out.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from oitcheck.extract.ocr_image import DPI
from oitcheck.extract.ocr_page import scan
from oitcheck.extract.quality import text_quality
from oitcheck.lib.thai_text import arabic_digits, fold, thai_digits

FONTS = Path("/usr/share/fonts/truetype")
# The families that setup/train_digits.py holds out.
UNSEEN = (
    "tlwg/Umpush.ttf", "tlwg/Umpush-Bold.ttf", "arundina/ArundinaSerif.ttf", "arundina/ArundinaSerif-Bold.ttf",
    "noto/NotoSerifThai-Regular.ttf", "noto/NotoSerifThai-Bold.ttf", "noto/NotoLoopedThai-Regular.ttf",
    "noto/NotoLoopedThai-Bold.ttf",
)  # fmt: skip
RESOLUTIONS = (150, 200, 300)
LINES = (
    "แผนปฏิบัติการประจำปีงบประมาณ พ.ศ. {y}",
    "ประกาศ ณ วันที่ {d} มกราคม พ.ศ. {y}",
    "รายงานผลการดำเนินงานประจำปี {y} รอบ {m} เดือน",
    "คำสั่งที่ {n}/{y} ลงวันที่ {d} มี.ค. {y}",
    "สรุปผลการจัดซื้อจัดจ้างในรอบเดือน ต.ค. {y}",
    "งบประมาณรายจ่าย จำนวน {a} บาท ปี {y}",
    "ข้อบัญญัติตำบล เรื่อง งบประมาณรายจ่าย ({y})",
    "ระหว่างวันที่ {d} ตุลาคม {y} ถึงวันที่ {d} มีนาคม {y}",
)
LINES_A_PAGE = 14
_RUN = re.compile(r"[0-9๐-๙]+")


@dataclass(frozen=True, slots=True)
class Page:
    """A drawn page: its picture at its own resolution, and what stands on each line."""

    image: Image.Image
    font: str
    dpi: int
    lines: tuple[str, ...]
    years: tuple[str, ...]


def drawn(seed: int, fonts: tuple[str, ...]) -> Page:
    """A page of lines with years in Thai digits, spoilt as a scanner would."""
    dice = random.Random(seed)
    font_path, dpi = dice.choice(fonts), dice.choice(RESOLUTIONS)
    points = dice.uniform(14, 20) if "tlwg" in font_path or "Sarabun" in font_path else dice.uniform(11, 16)
    font = ImageFont.truetype(font_path, round(points * dpi / 72))
    width, height = round(8.27 * dpi), round(11.69 * dpi)
    paper = dice.randint(225, 255)
    image = Image.new("L", (width, height), paper)
    pen = ImageDraw.Draw(image)
    lines, years = [], []
    for number in range(LINES_A_PAGE):
        year = str(dice.randint(2555, 2570))
        amount = f"{dice.randint(1, 9999)},{dice.randint(0, 999):03}.00"
        line = dice.choice(LINES).format(
            y=year, d=dice.randint(1, 31), m=dice.choice((6, 9, 12)), n=dice.randint(1, 999), a=amount
        )
        lines.append(thai_digits(line))
        years.append(year)
        pen.text((width * 0.1, height * (0.06 + 0.063 * number)), lines[-1], fill=dice.randint(0, 60), font=font)
    image = image.rotate(dice.uniform(-1.2, 1.2), Image.Resampling.BICUBIC, fillcolor=paper)
    image = image.filter(ImageFilter.GaussianBlur(dice.uniform(0.2, 0.8) * dpi / 200))
    image = ImageChops.add(image, _grain(image.size, dice.choice((6, 14, 24)), dice), scale=1, offset=-128)
    if dice.random() < 0.2:  # a black-and-white scanner
        image = image.point([255 if value > 150 else 0 for value in range(256)])
    packed = io.BytesIO()
    image.save(packed, "JPEG", quality=dice.randint(40, 85))
    return Page(Image.open(packed).convert("L"), Path(font_path).stem, dpi, tuple(lines), tuple(years))


def _grain(size: tuple[int, int], spread: float, dice: random.Random) -> Image.Image:
    """Noise about 128 with a standard deviation of `spread`, the same for the same dice."""
    one, other = (Image.frombytes("L", size, dice.randbytes(size[0] * size[1])) for _ in range(2))
    factor = spread / (256 / 24**0.5)  # of the mean of two even ones
    return ImageChops.add(one, other, scale=2).point([round(128 + (value - 128) * factor) for value in range(256)])


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a page: years read, unknown and wrong, numbers that do not stand there, letters and quality."""

    font: str
    dpi: int
    read: int
    unknown: int
    wrong: tuple[str, ...]
    wrong_numbers: tuple[str, ...]
    errors: int
    letters: int
    quality: float
    seconds: float


def reading(page: Page) -> Reading:
    """Reads a page as the program does and compares."""
    started = time.perf_counter()
    scale = DPI / page.dpi
    image = page.image
    if scale != 1:
        size = (round(image.width * scale), round(image.height * scale))
        image = image.resize(size, Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.BOX)
    found = scan(image)
    took = time.perf_counter() - started
    texts = [""] * len(page.lines)
    for line in found.lines:
        index = round((line.y / (11.69 * 72) - 0.06 - 0.018) / 0.063)
        if 0 <= index < len(texts):
            texts[index] += line.text + " "
    read, unknown, wrong, others = 0, 0, [], []
    for text, truth, year in zip(texts, page.lines, page.years, strict=True):
        stands = set(_RUN.findall(arabic_digits(truth)))
        runs = [arabic_digits(run) for run in _RUN.findall(text)]
        strange = [run for run in runs if run not in stands]
        others += [f"{run} in {text.strip()!r} for {truth!r}" for run in strange]
        if any(len(run) == 4 or run.startswith("25") for run in strange):
            wrong.append(f"{text.strip()!r} for {truth!r}")
        elif year in runs:
            read += 1
        else:
            unknown += 1
    plain = "\n".join(texts)
    truth = "".join(fold(_RUN.sub("", line)) for line in page.lines)
    errors = distance(fold(_RUN.sub("", plain.replace("□", ""))), truth)
    return Reading(
        page.font,
        page.dpi,
        read,
        unknown,
        tuple(wrong),
        tuple(others),
        errors,
        len(truth),
        text_quality(found.text),
        took,
    )


def distance(one: str, other: str) -> int:
    """The least number of letters to insert, delete or replace to make one text the other."""
    before = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        now = [i]
        for j, b in enumerate(other, 1):
            now.append(min(before[j] + 1, now[-1] + 1, before[j - 1] + (a != b)))
        before = now
    return before[-1]


def _one(asked: tuple[int, tuple[str, ...]]) -> Reading:
    return reading(drawn(*asked))


def main() -> int:
    """Draws, reads, prints the figures; 1 when a year was read wrongly."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--years", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--font", action="append", default=[])
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args()
    fonts = tuple(chosen.font or (str(FONTS / name) for name in UNSEEN if (FONTS / name).exists()))
    if not fonts:
        print("no font to draw with: apt-get install fonts-thai-tlwg fonts-arundina fonts-noto-core", file=sys.stderr)
        return 2
    pages = -(-chosen.years // LINES_A_PAGE)
    with ProcessPoolExecutor(chosen.processes) as pool:
        done = list(pool.map(_one, [(chosen.seed * 10_000 + number, fonts) for number in range(pages)]))
    read, unknown, wrong = (sum(r.read for r in done), sum(r.unknown for r in done), sum(len(r.wrong) for r in done))
    years = read + unknown + wrong
    print(f"{years} years: {read} read ({read / years:.1%}), {unknown} unknown, {wrong} wrong")
    print(f"numbers that do not stand there: {sum(len(r.wrong_numbers) for r in done)}")
    letters = sum(r.letters for r in done)
    print(f"letters right: {1 - sum(r.errors for r in done) / letters:.1%} of {letters}")
    print(f"letters in dictionary words: worst page {min(r.quality for r in done):.2f}, "
          f"mean {sum(r.quality for r in done) / len(done):.3f}")  # fmt: skip
    print(f"{sum(r.seconds for r in done) / len(done):.1f} s a page")
    for name in ("font", "dpi"):
        for value in sorted({getattr(one, name) for one in done}):
            own = [one for one in done if getattr(one, name) == value]
            share = sum(one.read for one in own) / (LINES_A_PAGE * len(own))
            print(f"  {name} {value}: {len(own)} pages, {share:.0%} of the years read")
    for one in done:
        for line in one.wrong:
            print("WRONG YEAR:", line)
        for line in one.wrong_numbers:
            print("strange number:", line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
