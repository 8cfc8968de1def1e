"""Makes oitcheck/extract/digits.bin, the weights of the digit reader, from installed fonts.

    python3 -m venv /tmp/digits && /tmp/digits/bin/pip install numpy pillow pypdfium2
    apt-get install fonts-thai-tlwg fonts-arundina fonts-noto-core
    npm pack @expo-google-fonts/kanit @expo-google-fonts/chakra-petch @expo-google-fonts/bai-jamjuree  # unpack in DIR
    /tmp/digits/bin/python setup/train_digits.py [--samples N] [--epochs N] [--fonts DIR]

Sheets of glyphs are drawn, spoilt as scanners spoil them, and taken apart by the program's own `ocr_image` and
`ocr_shapes`, so that the networks learn from what they will see. The fonts of HELD_OUT are never drawn here: they
stand for the fonts of the world in tests and in benchmarks/ocr_years.py. The weights in the repository come from two
batches of 330,000 glyphs, one drawn before Kinnari and one before Norasi was let in; a new run gives others like them.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import zlib
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from oitcheck.extract import digits, ocr_image, ocr_shapes  # noqa: E402

FONTS = Path("/usr/share/fonts/truetype")
HELD_OUT = ("Umpush", "ArundinaSerif", "NotoSerifThai", "NotoLoopedThai")
# Oblique cuts of one face are the same outlines slanted; a few are enough.
# Their upright cuts of usual weight, out of the nine that each family has.
EXTRA = ("300Light/", "400Regular/", "600SemiBold/")
SELDOM = ("Oblique", "Italic", "Purisa")

COLUMNS, ROWS = 30, 18
THAI_LETTERS = "กขคฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮเแโใไๆฯะาฦฤ"
LATIN = "ABCDEFGHIJKLMNPRSTUVWXYZabcdefghijkmnpqrstuvwxyz"
SIGNS = ".,-/()%:;\"'+=*&#@[]–฿?!_"
ABOVE, BELOW, TONES = "ัิีึืํ", "ุู", "่้๊๋์"
INK_KEPT = 0.85


def fonts(extra: Path | None) -> list[Path]:
    """The fonts to learn from, those of SELDOM once, others thrice."""
    more = [path for path in (extra.rglob("*.ttf") if extra else ()) if any(part in str(path) for part in EXTRA)]
    found = [*more, *FONTS.glob("tlwg/*.ttf"), *FONTS.glob("arundina/*.ttf"), *FONTS.glob("noto/Noto*Thai-*.ttf")]
    kept = [path for path in sorted(found) if not path.name.startswith(HELD_OUT)]
    return [path for path in kept for _ in range(1 if any(word in path.name for word in SELDOM) else 3)]


def sheet(seed: int, extra: Path | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Patterns (n × 400, 0–255) and class numbers (n) of one spoilt sheet of glyphs."""
    dice = random.Random(seed)  # noqa: S311 - for noise, not for secrets
    noise = np.random.default_rng(seed)
    path = dice.choice(fonts(extra))
    scale = dice.choice((0.5, 0.6, 0.75, 0.75, 1.0, 1.0, 1.25, 1.5))  # the scanner's resolution, 1.0 = 200 dpi
    size = dice.uniform(24, 64)  # of the type at 200 dpi, in pixels
    font = ImageFont.truetype(str(path), max(9, round(size * scale)), layout_engine=ImageFont.Layout.BASIC)
    cell = int(size * scale * 1.9)
    grey = Image.new("L", (cell * COLUMNS, cell * ROWS), paper := dice.randint(215, 255))
    pen = ImageDraw.Draw(grey)
    labels: dict[tuple[int, int], str] = {}
    pale = dice.randint(0, 90) if dice.random() < 0.85 else dice.randint(90, 140)
    for row in range(ROWS):
        for column in range(COLUMNS):
            text, label = _glyph(dice)
            while not _has(font, text):
                text, label = _glyph(dice)
            labels[column, row] = label
            place = ((column + 0.5) * cell + dice.uniform(-2, 2), (row + 0.68) * cell + dice.uniform(-2, 2))
            pen.text(place, text, fill=min(paper - 60, pale), font=font, anchor="ms")
    angle = dice.gauss(0, 0.35) if dice.random() < 0.8 else dice.uniform(-1.5, 1.5)
    grey = grey.rotate(angle, Image.Resampling.BICUBIC, fillcolor=paper)
    if dice.random() < 0.15:
        shear = dice.uniform(-0.15, 0.15)
        grey = grey.transform(grey.size, Image.Transform.AFFINE, (1, shear, -shear * grey.height / 2, 0, 1, 0),
                              Image.Resampling.BICUBIC, fillcolor=paper)  # fmt: skip
        labels = {} if abs(shear) * grey.height / 2 > cell * 0.3 else labels
    grey = _spoilt(grey, dice, noise)
    if scale != 1.0:
        grey = grey.resize((round(grey.width / scale), round(grey.height / scale)), Image.Resampling.BICUBIC)
    return _taken_apart(grey, labels, cell / scale, angle)


def _has(font: ImageFont.FreeTypeFont, text: str) -> bool:
    """Whether a font draws a text itself, rather than boxes for what it lacks."""
    box = bytes(font.getmask("\uffff"))
    return all(bytes(font.getmask(char)) != box for char in text)


def _glyph(dice: random.Random) -> tuple[str, str]:
    """A text to draw and the class of its ink."""
    kind = dice.random()
    if kind < 0.5:
        char = dice.choice(digits.THAI)
        return char, char
    if kind < 0.66:
        char = dice.choice(digits.ARABIC)
        return char, char
    if kind < 0.88:
        letter = dice.choice(THAI_LETTERS)
        more = dice.random()
        if more < 0.15:
            letter += dice.choice(ABOVE)
        elif more < 0.25:
            letter += dice.choice(BELOW)
        elif more < 0.35:
            letter += dice.choice(TONES)
        return letter, "?"
    if kind < 0.94:
        return dice.choice(LATIN), "?"
    if kind < 0.96:
        return dice.choice(SIGNS), "?"
    pair = digits.THAI + digits.ARABIC if dice.random() < 0.7 else THAI_LETTERS
    return dice.choice(pair) + dice.choice(pair), "pair"


def _spoilt(grey: Image.Image, dice: random.Random, noise: np.random.Generator) -> Image.Image:
    if dice.random() < 0.25:
        grey = grey.filter(ImageFilter.MinFilter(3) if dice.random() < 0.5 else ImageFilter.MaxFilter(3)).filter(
            ImageFilter.GaussianBlur(0.4)
        )
    grey = grey.filter(ImageFilter.GaussianBlur(dice.uniform(0.0, 1.1)))
    pixels = np.asarray(grey, dtype=np.float32)
    pixels = pixels * (0.94 + 0.06 * np.linspace(0, 1, pixels.shape[1], dtype=np.float32))[None, :]
    pixels = pixels + noise.normal(0, dice.choice((0, 4, 8, 12, 17, 22)), pixels.shape)
    if dice.random() < 0.15:  # dust and drop-outs
        holes = noise.random(pixels.shape)
        pixels[holes < 0.004] = 250
        pixels[holes > 0.998] = 20
    if dice.random() < 0.15:  # a black-and-white scanner
        pixels = np.where(pixels > dice.uniform(120, 190), 255.0, 0.0)
    grey = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    if dice.random() < 0.7:
        packed = io.BytesIO()
        grey.save(packed, "JPEG", quality=dice.randint(30, 90))
        grey = Image.open(packed).convert("L")
    return grey


def _taken_apart(
    grey: Image.Image, labels: dict[tuple[int, int], str], cell: float, angle: float
) -> tuple[np.ndarray, np.ndarray]:
    dark = ocr_image.darkness(grey)
    in_cell: dict[tuple[int, int], list[ocr_shapes.Shape]] = {}
    turn = np.deg2rad(angle)
    for shape in ocr_shapes.shapes(ocr_image.ink(dark)):
        # Back to where it was before the sheet was turned.
        x = (shape.x0 + shape.x1) / 2 - grey.width / 2
        y = (shape.top + shape.bottom) / 2 - grey.height / 2
        u, v = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
        at = int((u + grey.width / 2) // cell), int((v + grey.height / 2) // cell)
        in_cell.setdefault(at, []).append(shape)
    patterns, classes = [], []
    for at, own in in_cell.items():
        label = labels.get(at)
        if label is None:
            continue
        whole = sum(shape.area for shape in own)
        own.sort(key=lambda shape: -shape.area)
        for number, shape in enumerate(own[:2]):
            if shape.height < 7 or shape.area < 12:
                continue
            if label == "pair":
                if shape.area < 0.9 * whole:
                    continue  # the two do not touch; which is which nobody knows
                known = digits.OTHER
            elif label == "?" or number or shape.area < INK_KEPT * whole:
                known = digits.OTHER
            else:
                known = label
            # Rings and discs that only their size tells from ๐ and 0 are left to the caller, who knows the line.
            if known == digits.OTHER and label == "?" and number:
                continue
            patterns.append(np.frombuffer(digits.pattern(ocr_shapes.cut_out(shape, dark)), dtype=np.uint8))
            classes.append(digits.CLASSES.index(known))
    # Too much was asked of a sheet that lost most of its digits: nothing is to be learnt from crumbs.
    if not patterns or sum(known < len(digits.CLASSES) - 1 for known in classes) < 0.4 * len(labels):
        return np.zeros((0, digits.SIDE**2), np.uint8), np.zeros(0, np.int64)
    return np.stack(patterns), np.array(classes)


class Net:
    """A network with one hidden layer, trained by Adam on shuffled batches."""

    def __init__(self, inputs: int, hidden: int, outputs: int, seed: int) -> None:
        dice = np.random.default_rng(seed)
        self.side = round(inputs**0.5)
        self.dice = dice
        self.weights = [
            dice.normal(0, (2 / inputs) ** 0.5, (inputs, hidden)).astype(np.float32),
            np.zeros(hidden, np.float32),
            dice.normal(0, (1 / hidden) ** 0.5, (hidden, outputs)).astype(np.float32),
            np.zeros(outputs, np.float32),
        ]

    def train(self, seen: np.ndarray, classes: np.ndarray, epochs: int) -> None:
        first = [np.zeros_like(w) for w in self.weights]
        second = [np.zeros_like(w) for w in self.weights]
        step, batch = 0, 256
        steps = epochs * (len(seen) // batch)
        for epoch in range(epochs):
            order = self.dice.permutation(len(seen))
            loss = 0.0
            for start in range(0, len(order) - batch, batch):
                pick = order[start : start + batch]
                x = seen[pick].astype(np.float32) / 255
                # A pixel's shift either way, and uneven ink: cheap variety.
                dx, dy = self.dice.integers(-1, 2, 2) if self.side == digits.SIDE else (0, 0)
                x = np.roll(x.reshape(-1, self.side, self.side), (dy, dx), (1, 2)).reshape(len(pick), -1)
                w1, b1, w2, b2 = self.weights
                h = np.maximum(0, x @ w1 + b1)
                keep = (self.dice.random(h.shape) < 0.9).astype(np.float32) / 0.9
                hk = h * keep
                z = hk @ w2 + b2
                z -= z.max(1, keepdims=True)
                p = np.exp(z)
                p /= p.sum(1, keepdims=True)
                loss -= float(np.log(p[np.arange(len(pick)), classes[pick]] + 1e-9).sum())
                d = p
                d[np.arange(len(pick)), classes[pick]] -= 1
                d /= len(pick)
                dh = (d @ w2.T) * keep * (h > 0)
                grads = [x.T @ dh, dh.sum(0), hk.T @ d, d.sum(0)]
                step += 1
                rate = 2e-3 * 0.5 * (1 + np.cos(np.pi * step / steps)) + 1e-5
                for i, g in enumerate(grads):
                    if i in (0, 2):
                        g = g + 1e-5 * self.weights[i]
                    first[i] += 0.1 * (g - first[i])
                    second[i] += 0.001 * (g * g - second[i])
                    self.weights[i] -= (
                        rate * (first[i] / (1 - 0.9**step)) / (np.sqrt(second[i] / (1 - 0.999**step)) + 1e-8)
                    ).astype(np.float32)
            print(f"  epoch {epoch + 1}: loss {loss / len(order):.4f}", flush=True)

    def packed(self) -> bytes:
        """The weights as whole numbers of one, four, two and four bytes, layer by layer; see digits._networks."""
        w1, b1, w2, b2 = self.weights
        scale1 = 127 / np.abs(w1).max()
        q1 = np.round(w1 * scale1).astype(np.int8)
        q1_bias = np.round(b1 * scale1 * 255).astype("<i4")
        # hidden as whole numbers = hidden * scale1 * 255 / 2**shift
        unit = scale1 * 255 / 2**digits.HIDDEN_SHIFT
        scale2 = digits.LOGIT_UNIT / unit
        q2 = np.round(w2 * scale2).astype("<i2")
        q2_bias = np.round(b2 * digits.LOGIT_UNIT).astype("<i4")
        return q1.T.tobytes() + q1_bias.tobytes() + q2.T.tobytes() + q2_bias.tobytes()


def drawn(samples: int, extra: Path | None) -> tuple[np.ndarray, np.ndarray]:
    """Patterns and classes of as many sheets as hold about `samples` glyphs."""
    sheets = samples // int(COLUMNS * ROWS * 0.95)
    with ProcessPoolExecutor(2) as pool:
        made = list(pool.map(sheet, range(sheets), [extra] * sheets, chunksize=8))
    return np.concatenate([patterns for patterns, _ in made]), np.concatenate([own for _, own in made])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--samples", type=int, default=660_000)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--fonts", type=Path, help="a folder with more fonts, such as the unpacked npm packages")
    parser.add_argument("--patterns", type=Path, help="a file to keep the drawn patterns in between trials")
    chosen = parser.parse_args()
    if chosen.patterns and chosen.patterns.exists():
        kept = np.load(chosen.patterns)
        seen, classes = kept["seen"], kept["classes"]
    else:
        seen, classes = drawn(chosen.samples, chosen.fonts)
        if chosen.patterns:
            np.savez_compressed(chosen.patterns, seen=seen, classes=classes)
    print(len(seen), "patterns,", np.bincount(classes, minlength=len(digits.CLASSES)), flush=True)
    parts = []
    for number, (inputs, hidden, outputs) in enumerate(digits.SHAPES):
        print("network", number + 1, (inputs, hidden, outputs))
        if outputs == 2:
            glances = np.stack([np.frombuffer(digits.glance(one.tobytes()), dtype=np.uint8) for one in seen])
            chosen_seen, chosen_classes = glances, (classes < len(digits.THAI)).astype(np.int64)
        else:
            chosen_seen, chosen_classes = seen, classes
        net = Net(inputs, hidden, outputs, number)
        net.train(chosen_seen, chosen_classes, chosen.epochs)
        parts.append(net.packed())
    (ROOT / "oitcheck/extract/digits.bin").write_bytes(zlib.compress(b"".join(parts), 9))


if __name__ == "__main__":
    main()
