"""Thai digits on a scanned page: found by our own reader, shown to tesseract as Arabic ones, put back afterwards.

Tesseract's Thai model writes ๖ as ๒ and ๗ as ๓. So it never sees a Thai digit that we know: Arabic ones stand in its
place. What it makes of digits that we do not know is believed only where our reader thinks the same; every other number
becomes a row of UNREADABLE, never a guess.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from statistics import median

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from oitcheck.extract.digits import ARABIC, OTHER, THAI, Guess, guess, may_be_thai, pattern
from oitcheck.extract.ocr_shapes import Shape, clipped, cut_out
from oitcheck.extract.tesseract import Row, Token

UNREADABLE = "□"
_BESIDE_DIGITS = "0123456789๐๑๒๓๔๕๖๗๘๙()[]{}.,/:;-–—%'\"‘’“”*+=฿"
_THAI_LETTER = re.compile("[ก-ฺเ-๎]")

# Pixels at 200 dpi: smaller is dust or a dot, larger a heading of a poster.
_LEAST_HEIGHT, _MOST_HEIGHT, _LEAST_INK = 8, 130, 14
_SLIM, _WIDE = 0.22, 2.0
# Units of log odds, set on years in fonts that the reader has not seen; see benchmarks/ocr_years.py.
_SURE = 4.0
_SURE_AMONG, _SURE_ROW = 2.5, 4.5
_SURE_DIGIT, _SURE_DIGITS = 5.5, 6.0
_SURE_CENTURY = 1.5
_SURE_IN_BRACKETS = 6.0
_AGREEING = 1.5
_NEARLY = 2.0
_CLEARLY = 3.0
_WIDE_BESIDE = 1.5
# A piece wider than this many times its height may be several digits that touch; of at most so many.
_WIDTH_OF_TWO, _MOST_TOUCHING, _MOST_CUTS = 1.05, 8.0, 24
_NARROWEST, _WIDEST = 0.35, 1.35
# Shares of the height of a digit.
_NEXT_GAP, _LOWEST_DIGIT = 0.45, 1.5
_BLANK, _BLANK_BY_LOST = 0.45, 0.9
_LETTER_GAP = 0.22
_SAME_FOOT = 0.28
_LOW, _LIFTED = 0.5, 0.4
_PUNCTUATION = 0.55
_TESSERACT_SURE = 0.75


@dataclass(frozen=True, slots=True)
class Digit:
    """A piece of ink that looks like a Thai digit, by `margin` more than like anything else (log odds; 0.0: less).

    `digit_margin`: more than like any other Thai digit.
    """

    shape: Shape
    char: str
    margin: float
    digit_margin: float = 0.0

    @property
    def middle(self) -> float:
        return (self.shape.x0 + self.shape.x1) / 2


@dataclass(frozen=True, slots=True)
class Number:
    """Thai digits side by side on one line. `whole`: every one is sure, and nothing touches them."""

    digits: tuple[Digit, ...]
    whole: bool
    letter_height: float = 0.0  # of the line it stands in: ๐ alone is lower

    @property
    def text(self) -> str:
        return "".join(digit.char for digit in self.digits)

    @property
    def height(self) -> int:
        return round(max(self.letter_height, *(digit.shape.height for digit in self.digits)))

    @property
    def level(self) -> float:
        """The height on the page of its middle."""
        return sum((digit.shape.top + digit.shape.bottom) / 2 for digit in self.digits) / len(self.digits)


@dataclass(slots=True)
class Pieces:
    """The pieces of ink of an image, found by where they stand, and what the digit reader thinks of each."""

    shapes: Sequence[Shape]
    dark: Image.Image
    _bands: dict[int, list[Shape]] = field(default_factory=lambda: defaultdict(list))
    _guesses: dict[tuple[int, int, int, int], Guess | None] = field(default_factory=dict)

    usual: float = 0.0  # the height of most letters

    _BAND = 32

    def __post_init__(self) -> None:
        self.usual = median([s.height for s in self.shapes if _LEAST_HEIGHT < s.height <= _MOST_HEIGHT] or [0])
        for shape in self.shapes:
            if shape.height < 400:
                for band in range(shape.top // self._BAND, (shape.bottom - 1) // self._BAND + 1):
                    self._bands[band].append(shape)

    def replace(self, shape: Shape, parts: Sequence[Shape]) -> None:
        """Put `parts` in the place of a piece in which several touch."""
        for band in range(shape.top // self._BAND, (shape.bottom - 1) // self._BAND + 1):
            self._bands[band] = [other for other in self._bands[band] if other is not shape]
            self._bands[band] += [p for p in parts if p.top // self._BAND <= band <= (p.bottom - 1) // self._BAND]

    def within(self, x0: float, top: float, x1: float, bottom: float) -> list[Shape]:
        """The pieces whose middle stands in a box, from left to right."""
        found = {
            id(shape): shape
            for band in range(int(top) // self._BAND, int(bottom) // self._BAND + 1)
            for shape in self._bands.get(band, ())
            if x0 <= (shape.x0 + shape.x1) / 2 <= x1 and top <= (shape.top + shape.bottom) / 2 <= bottom
        }
        return sorted(found.values(), key=lambda shape: (shape.x0, shape.top))

    def guess(self, shape: Shape, *, at_a_glance: bool = False) -> Guess | None:
        """What a piece looks like; None for what has no digit's size, or at a glance is no Thai digit."""
        if not (_LEAST_HEIGHT <= shape.height <= _MOST_HEIGHT and _SLIM <= shape.width / shape.height <= _WIDE):
            return None
        key = (shape.x0, shape.top, shape.x1, shape.bottom)
        if key not in self._guesses or (self._guesses[key] is None and not at_a_glance):
            if shape.area < _LEAST_INK:
                return None
            seen = pattern(cut_out(shape, self.dark))
            if at_a_glance and not may_be_thai(seen):
                self._guesses[key] = None
                return None
            self._guesses[key] = guess(seen)
        return self._guesses[key]


def thai_numbers(pieces: Pieces) -> list[Number]:
    """The numbers in Thai digits on an image, sure or not."""
    looked_at: dict[int, Digit] = {}
    for shape in pieces.shapes:
        if shape.height <= _MOST_HEIGHT and shape.width > _WIDTH_OF_TWO * shape.height:
            parts = _parted(shape, pieces)
            if parts:
                pieces.replace(shape, parts)
                looked_at.update((id(part), digit) for part in parts if (digit := _digit(part, pieces)) is not None)
                continue
        digit = _digit(shape, pieces)
        if digit is not None:
            looked_at[id(shape)] = digit
    numbers: list[Number] = []
    done: set[int] = set()
    for digit in sorted(looked_at.values(), key=lambda digit: digit.shape.x0):
        if id(digit.shape) in done:
            continue
        chain = [digit]
        while (following := _following(chain[-1], pieces, looked_at)) is not None and id(following.shape) not in done:
            chain.append(following)
        done.update(id(one.shape) for one in chain)
        number = _number(chain, pieces)
        if number is not None:
            numbers.append(number)
    return numbers


def _digit(shape: Shape, pieces: Pieces) -> Digit | None:
    """A piece as a Thai digit; None for what looks like something else."""
    seen = pieces.guess(shape, at_a_glance=True)
    if seen is None or seen.thai_behind > _NEARLY:
        return None
    return Digit(shape, seen.thai, seen.margin if seen.is_thai else 0.0, seen.thai_margin)


def _parted(shape: Shape, pieces: Pieces) -> list[Shape]:
    """A wide piece cut into Thai digits that touch, each of them sure; [] when it is not made of such.

    A stroke may stand before or behind them.
    """
    if shape.width > _MOST_TOUCHING * shape.height:
        return []
    cuts = _cuts(shape)
    whole = len(cuts) - 1
    # From each cut the surest way to the right edge.
    ways: dict[int, tuple[float, list[Shape]]] = {whole: (0.0, [])}
    for end in range(1, whole):
        if is_slash(stroke := clipped(shape, cuts[end], cuts[whole])):
            ways[end] = (0.0, [stroke])
    for start in range(whole - 1, -1, -1):
        for end in range(start + 1, whole + 1):
            width = cuts[end] - cuts[start]
            if end not in ways or not _NARROWEST * shape.height <= width <= _WIDEST * shape.height:
                continue
            part = clipped(shape, cuts[start], cuts[end])
            if start == 0 and ways[end][1] and is_slash(part):
                ways.setdefault(0, (ways[end][0], [part, *ways[end][1]]))
                continue
            seen = pieces.guess(part, at_a_glance=True) if part.height >= 0.5 * shape.height else None
            if seen is None or not seen.is_thai or seen.margin < _SURE:
                continue
            margin = seen.margin + ways[end][0]
            if start not in ways or margin / (1 + len(ways[end][1])) > ways[start][0] / len(ways[start][1]):
                ways[start] = (margin, [part, *ways[end][1]])
    found = ways.get(0, (0.0, []))[1]
    return found if len(found) > 1 else []


def _cuts(shape: Shape) -> list[int]:
    """The columns at which a piece is thin, its edges included."""
    ink = [0] * shape.width
    for _, start, end in shape.runs:
        for x in range(start - shape.x0, end - shape.x0):
            ink[x] += 1
    thin = max(3, round(0.3 * shape.height))
    cuts = [0]
    for x in range(2, shape.width - 2):
        if ink[x] <= thin and ink[x] == min(ink[x - 2 : x + 3]) and x - cuts[-1] > 2:
            cuts.append(x)
    return [shape.x0 + x for x in (*cuts[:_MOST_CUTS], shape.width)]


def _following(digit: Digit, pieces: Pieces, looked_at: dict[int, Digit]) -> Digit | None:
    """The digit that stands right behind one, with nothing between."""
    # ๐ and ๑ are low; how far digits stand apart goes by the letters of the line.
    letters = sorted(_heights_beside(digit.shape, pieces))
    high = letters[len(letters) * 3 // 4] if letters else 0
    gap = _NEXT_GAP * max(1.0, min(_LOWEST_DIGIT, high / digit.shape.height))
    beside = _beside(digit.shape, pieces, gap, right=True)
    return looked_at.get(id(beside)) if beside is not None else None


def _beside(shape: Shape, pieces: Pieces, gap: float, *, right: bool) -> Shape | None:
    """The next piece on the same line, as high as a letter, whose edge is at most `gap` heights away."""
    height = max(shape.height, shape.width * 0.8)
    reach = gap * height
    x0, x1 = (shape.x1 - 0.3 * height, shape.x1 + reach + 2 * height) if right else (
        shape.x0 - reach - 2 * height, shape.x0 + 0.3 * height)  # fmt: skip
    found = [
        other
        for other in pieces.within(x0, shape.top - 0.6 * height, x1, shape.bottom + 0.3 * height)
        if other is not shape
        and other.height >= _PUNCTUATION * min(height, shape.height)
        and abs(other.bottom - shape.bottom) <= _SAME_FOOT * max(height, other.height)
        and (other.x0 + other.x1 > shape.x0 + shape.x1) == right
    ]
    near = [other for other in found if (other.x0 - shape.x1 if right else shape.x0 - other.x1) <= reach]
    return min(near, key=lambda other: other.x0 if right else -other.x1, default=None)


def _number(chain: list[Digit], pieces: Pieces) -> Number | None:
    """A chain of likely digits as a number; None when it is rather part of a word."""
    while chain and chain[-1].margin < _SURE and _joins_letters(chain[-1].shape, pieces, right=True):
        chain = chain[:-1]
    while chain and chain[0].margin < _SURE and _joins_letters(chain[0].shape, pieces, right=False):
        chain = chain[1:]
    if not chain:
        return None
    # In a row of digits that are plainly such, one that is less plain is a digit too; which one must be plain.
    in_row = len(chain) > 2 and (
        median(digit.margin for digit in chain) >= _SURE_ROW
        or median(digit.digit_margin for digit in chain) >= _SURE_DIGITS
    )
    sure = sum(
        (digit.margin >= (_SURE_AMONG if in_row else _SURE) and digit.digit_margin >= _SURE_DIGIT)
        or (digit is _century(chain) and digit.margin >= _SURE_CENTURY)
        for digit in chain
    )
    if not sure or 2 * sure < len(chain) or any(_is_mark(digit.shape, pieces) for digit in chain):
        return None
    left = _beside(chain[0].shape, pieces, _LETTER_GAP, right=False)
    right = _beside(chain[-1].shape, pieces, _LETTER_GAP, right=True)
    beside = [other for other in (left, right) if other is not None and not is_slash(other)]
    if len(chain) == 1 and beside and not _is_bracketed(chain[0], beside, pieces):
        return None  # a letter of a word
    joined = any(_may_be_digits(other, chain, pieces) for other in beside)
    letters = _heights_beside(chain[0].shape, pieces)
    high = sorted(letters)[len(letters) * 3 // 4] if letters else 0
    return Number(tuple(chain), sure == len(chain) and not joined, min(high, 1.9 * chain[0].shape.height))


def _century(chain: Sequence[Digit]) -> Digit | None:
    """The ๕ of a year of this century, which in some faces is hardly told from the ๔ of the last."""
    return chain[1] if len(chain) == 4 and (chain[0].char, chain[1].char) == ("๒", "๕") else None


def _may_be_digits(shape: Shape, chain: Sequence[Digit], pieces: Pieces) -> bool:
    """Whether a piece beside a number may be one more of its digits, or several that touch: not clearly a letter."""
    if shape.width > _WIDE_BESIDE * median(digit.shape.width for digit in chain):
        return True
    seen = pieces.guess(shape)
    if seen is None:
        return shape.width > 0.45 * shape.height
    return seen.char != OTHER or seen.thai_behind < _CLEARLY


def _is_bracketed(digit: Digit, beside: Sequence[Shape], pieces: Pieces) -> bool:
    """Whether what stands beside a single digit are brackets: slim, and taller than it."""
    seen = pieces.guess(digit.shape)
    return (
        seen is not None
        and seen.margin >= _SURE_IN_BRACKETS
        and all(other.width < 0.42 * other.height and other.height > 1.15 * digit.shape.height for other in beside)
    )


def is_slash(shape: Shape) -> bool:
    """Whether a piece is a stroke: its ink wanders to the left from top to bottom."""
    if not 0.15 * shape.height <= shape.width <= 0.85 * shape.height or shape.area > 0.5 * shape.width * shape.height:
        return False
    third = shape.height / 3
    top = [(start + end) / 2 for y, start, end in shape.runs if y < shape.top + third]
    low = [(start + end) / 2 for y, start, end in shape.runs if y >= shape.bottom - third]
    crossed = [y for y, _, _ in shape.runs]
    return (
        bool(top and low)
        and sum(top) / len(top) - sum(low) / len(low) > 0.45 * shape.width
        and len(crossed) <= 1.15 * shape.height
    )


def _is_mark(shape: Shape, pieces: Pieces) -> bool:
    """Whether a ring is a nikhahit or part of a tone mark: a letter stands right under it, or it is far too small."""
    under = pieces.within(
        shape.x0 - shape.width, shape.bottom, shape.x1 + shape.width, shape.bottom + 2.5 * shape.height
    )
    if any(
        other.height > 1.15 * shape.height
        and other.top - shape.bottom < 0.6 * shape.height
        and other.x0 < shape.x1
        and other.x1 > shape.x0
        for other in under
    ):
        return True
    letters = _letters_beside(shape, pieces)
    if len(letters) < 4:
        return False
    high = sorted(letter.height for letter in letters)[len(letters) * 3 // 4]
    foot = median(letter.bottom for letter in letters if letter.height >= 0.7 * high)
    return shape.height < _LOW * high or foot - shape.bottom > _LIFTED * high


def _letters_beside(shape: Shape, pieces: Pieces) -> list[Shape]:
    """The letters near a piece on its line."""
    size = max(shape.height, pieces.usual)
    line = pieces.within(shape.x0 - 8 * size, shape.top - size, shape.x1 + 8 * size, shape.bottom + size)
    return [other for other in line if 0.6 * shape.height < other.height < 3 * size]


def _heights_beside(shape: Shape, pieces: Pieces) -> list[int]:
    return [letter.height for letter in _letters_beside(shape, pieces)]


def _joins_letters(shape: Shape, pieces: Pieces, *, right: bool) -> bool:
    return _beside(shape, pieces, _LETTER_GAP, right=right) is not None


def with_arabic(grey: Image.Image, numbers: Iterable[Number]) -> Image.Image:
    """The image with Arabic digits drawn in the places of Thai ones."""
    shown = grey.copy()
    for number in numbers:
        height = round(number.height * 1.05)
        for digit in number.digits:
            shape = digit.shape
            shown.paste(255, (shape.x0 - 2, shape.top - 2, shape.x1 + 2, shape.bottom + 2), _mask(shape))
        for digit in number.digits:
            shape = digit.shape
            drawn = _arabic(THAI.index(digit.char), height, max(3, round(shape.width * 0.95)))
            left = round(digit.middle - drawn.width / 2)
            shown.paste(0, (left, shape.bottom - drawn.height), drawn)
    return shown


def _mask(shape: Shape) -> Image.Image:
    mask = Image.new("L", (shape.width + 4, shape.height + 4))
    pen = ImageDraw.Draw(mask)
    for y, start, end in shape.runs:
        at = y - shape.top + 2
        pen.line((start - shape.x0 + 2, at, end - shape.x0 + 1, at), fill=255)
    return mask.filter(ImageFilter.MaxFilter(5))


@cache
def _arabic(value: int, height: int, most_width: int) -> Image.Image:
    """A digit as a mask, `height` pixels high and at most `most_width` wide."""
    font = ImageFont.load_default(96)
    box = font.getbbox(ARABIC[value])
    drawn = Image.new("L", (round(box[2] - box[0]) + 4, round(box[3] - box[1])))
    ImageDraw.Draw(drawn).text((2 - box[0], -box[1]), ARABIC[value], fill=255, font=font)
    width = min(most_width, round(drawn.width * height / drawn.height))
    return drawn.resize((max(2, width), height), Image.Resampling.BOX)


def with_known_numbers(row: Row, numbers: Sequence[Number], pieces: Pieces) -> Row:
    """A row that tesseract read, its numbers made what stands on the page, or UNREADABLE.

    `numbers` were shown to tesseract as Arabic ones.
    """
    chars = _Chars.of(row)
    known: dict[int, str] = {}
    shown: dict[int, Number] = {}
    for number in numbers:
        at = chars.digits_near(number)
        read = "".join(_arabic_of(chars.text[index]) for index in at)
        fits = number.whole and read == "".join(ARABIC[THAI.index(char)] for char in number.text)
        for index, char in zip(at, number.text if fits else UNREADABLE * len(at), strict=True):
            known[index] = char
            shown[index] = number
    # Tesseract sees blanks between digits that we drew too far apart.
    chars = chars.joined(i for i in shown if i - 1 in shown and shown[i] is shown[i - 1] and chars.parts(i))
    for run in chars.runs():
        if not any(index in known for index in run) and not _is_believed(chars, run, pieces):
            known.update(dict.fromkeys(run, UNREADABLE))
    runs = chars.runs()
    for run in runs:
        # One unknown digit leaves the number unknown; so does a digit that nobody vouches for beside known ones.
        if any(known.get(index) == UNREADABLE for index in run) or 0 < sum(index in known for index in run) < len(run):
            known.update(dict.fromkeys(run, UNREADABLE))
        if any(chars.is_odd(index) for index in chars.around(run)):
            known.update(dict.fromkeys(run, UNREADABLE))
    for left, right in pairwise(runs):
        # Hardly a blank between them: one number or two, who knows.
        lost = known.get(left[0]) == UNREADABLE or known.get(right[0]) == UNREADABLE
        widest = (_BLANK_BY_LOST if lost else _BLANK) * chars.height(left)
        if right[0] == left[-1] + 1 and chars.gap(left, right) < widest:
            known.update(dict.fromkeys((*left, *right), UNREADABLE))
        if chars.is_squeezed_between(left, right):
            known.update(dict.fromkeys((*left, *right), UNREADABLE))
    return chars.row_with(known)


def _is_believed(chars: _Chars, run: Sequence[int], pieces: Pieces) -> bool:
    """Whether digits that tesseract read, and that were not shown to it by us, are to be believed."""
    text = "".join(chars.text[index] for index in run)
    box = chars.box(run)
    height = box[3] - box[1]
    there = [
        shape
        for shape in pieces.within(box[0] - 2, box[1] - 0.2 * height, box[2] + 2, box[3] + 0.2 * height)
        if shape.height >= max(_LEAST_HEIGHT, 0.4 * height)
    ]
    if pieces.shapes and not there:
        return False  # dots and dust
    own = [(shape, seen) for shape in there if (seen := pieces.guess(shape)) is not None]
    if any(char in THAI for char in text):
        # Two who agree, and no Arabic digit among them: tesseract and our reader.
        return len(own) == len(text) and all(
            char == seen.char and seen.margin >= _AGREEING for char, (_, seen) in zip(text, own, strict=True)
        )
    pairs = list(zip(text, own, strict=True)) if len(own) == len(text) else []
    if pairs and all(char == _arabic_of(seen.char) for char, (_, seen) in pairs):
        return True  # two who agree, though ๐ may stand there for 0
    if len(text) == 1 or any(seen.is_thai and seen.margin >= _AGREEING for _, seen in own):
        return False
    against = any(seen.is_arabic and seen.char != char and seen.margin >= _SURE for char, (_, seen) in pairs)
    likely_thai = sum(seen.thai_behind <= _NEARLY for _, seen in own)
    sure = min(chars.confidence(index) for index in run) >= _TESSERACT_SURE
    return sure and not against and 2 * likely_thai <= len(own)


def _arabic_of(char: str) -> str:
    return ARABIC[THAI.index(char)] if char and char in THAI else char


@dataclass(frozen=True, slots=True)
class _Chars:
    """The characters of a row with the token each belongs to and where its middle stands."""

    row: Row
    text: str
    owner: tuple[int, ...]
    middle: tuple[float, ...]

    @classmethod
    def of(cls, row: Row) -> _Chars:
        text, owner, middle = "", [], []
        for index, token in enumerate(row.tokens):
            width = (token.x1 - token.x0) / len(token.text)
            for place, char in enumerate(token.text):
                text += char
                owner.append(index)
                middle.append(token.x0 + (place + 0.5) * width)
        return cls(row, text, tuple(owner), tuple(middle))

    def is_digit(self, index: int) -> bool:
        return self.text[index] in THAI or self.text[index] in ARABIC

    def confidence(self, index: int) -> float:
        return self.row.tokens[self.owner[index]].confidence

    def runs(self) -> list[tuple[int, ...]]:
        """Stretches of digits with nothing between them, not even a blank."""
        found: list[list[int]] = []
        for index in range(len(self.text)):
            if not self.is_digit(index):
                continue
            if found and found[-1][-1] == index - 1 and not self._blank_before(index):
                found[-1].append(index)
            else:
                found.append([index])
        return [tuple(run) for run in found]

    def digits_near(self, number: Number) -> tuple[int, ...]:
        """The digits that stand where a number was shown."""
        reach = 0.45 * number.height
        x0, x1 = number.digits[0].shape.x0 - reach, number.digits[-1].shape.x1 + reach
        return tuple(
            index
            for index in range(len(self.text))
            if self.is_digit(index) and x0 <= self.middle[index] <= x1 and self._is_level(index, number)
        )

    def box(self, run: Sequence[int]) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of a stretch of characters."""
        tokens = [self.row.tokens[self.owner[index]] for index in run]
        half = [(token.x1 - token.x0) / len(token.text) / 2 for token in tokens]
        return (
            self.middle[run[0]] - half[0],
            min(token.top for token in tokens),
            self.middle[run[-1]] + half[-1],
            max(token.bottom for token in tokens),
        )

    def parts(self, index: int) -> bool:
        """Whether a character begins a token of its own."""
        return index == 0 or self.owner[index - 1] != self.owner[index]

    def around(self, run: Sequence[int]) -> list[int]:
        """The characters right before and behind a stretch, with no blank between."""
        before, behind = run[0] - 1, run[-1] + 1
        found = [before] if before >= 0 and not self._blank_before(run[0]) else []
        return [*found, behind] if behind < len(self.text) and not self._blank_before(behind) else found

    def is_odd(self, index: int) -> bool:
        """Whether no writer would put this character beside a digit: an unknown digit may hide in it."""
        return not (_THAI_LETTER.match(self.text[index]) or self.text[index] in _BESIDE_DIGITS)

    def is_squeezed_between(self, left: Sequence[int], right: Sequence[int]) -> bool:
        """Whether one letter stands between digits without a blank: more likely a bad reading of the number (๘ธ๓๙)."""
        middle = left[-1] + 1
        return (
            right[0] == middle + 1
            and bool(_THAI_LETTER.match(self.text[middle]))
            and not self._blank_before(middle)
            and not self._blank_before(right[0])
        )

    def joined(self, indices: Iterable[int]) -> _Chars:
        """The same without the blanks before some characters."""
        owners = {self.owner[index] for index in indices}
        tokens = tuple(
            replace(token, after_blank=False) if number in owners else token
            for number, token in enumerate(self.row.tokens)
        )
        return replace(self, row=replace(self.row, tokens=tokens))

    def gap(self, left: Sequence[int], right: Sequence[int]) -> float:
        """How far apart two stretches of characters stand."""
        return self.box(right)[0] - self.box(left)[2]

    def height(self, run: Sequence[int]) -> float:
        box = self.box(run)
        return box[3] - box[1]

    def row_with(self, known: dict[int, str]) -> Row:
        """The row with some characters replaced."""
        texts = [""] * len(self.row.tokens)
        for index, char in enumerate(self.text):
            texts[self.owner[index]] += known.get(index, char)
        tokens = tuple(replace(token, text=text) for token, text in zip(self.row.tokens, texts, strict=True))
        return replace(self.row, tokens=tokens)

    def _blank_before(self, index: int) -> bool:
        token: Token = self.row.tokens[self.owner[index]]
        return token.after_blank and self.owner[index - 1] != self.owner[index]

    def _is_level(self, index: int, number: Number) -> bool:
        token = self.row.tokens[self.owner[index]]
        return token.top - 0.3 * number.height <= number.level <= token.bottom + 0.3 * number.height
