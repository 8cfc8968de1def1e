"""One scanned page read by OCR: straightened, parted into table cells and the rest, read, its numbers made sure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from PIL import Image, ImageFilter

from oitcheck.extract import ocr_image
from oitcheck.extract.glyphs import Box, Rule
from oitcheck.extract.ocr_numbers import Number, Pieces, thai_numbers, with_arabic, with_known_numbers
from oitcheck.extract.ocr_rulings import rulings, without
from oitcheck.extract.ocr_shapes import Shape, shapes
from oitcheck.extract.pdf_tables import cell_boxes
from oitcheck.extract.tesseract import BLOCK, PAGE, SPARSE, Row, Token, read_images
from oitcheck.lib.thai_text import repair

# One for all that shapes a reading: image, settings of tesseract, digit reader. A new number reads every page anew.
READING = 2

_POINTS = 72 / ocr_image.DPI
_CELL_INSET, _CELL_ROOM = 3, 14  # pixels
_LEAST_CELL = 12
_LEAST_DASH, _DASH_CONFIDENCE = 10, 0.9
# Shares of all ink.
_LEFT_OVER = 0.004
# A line of noise: tesseract finds "letters" in photographs and stamps, of which it is not sure.
_LEAST_CONFIDENCE = 0.5
# Thai in place of Latin letters: both readers are sure of themselves, the Thai one is mostly right.
_SURE_THAI = 0.78
_THAI_BEFORE_LATIN = 0.05
_UNSURE_LATIN = 0.6
# Short names of months by their consonants, those that two months share left out.
_MONTHS = {name.replace(".", ""): name for name in ("ก.พ.", "พ.ค.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")}
_CONSONANT = re.compile("[ก-ฮ]")
# The dot inside ก.ย. and พ.ย. taken for a vowel below.
_DOT_BELOW = re.compile(r"(?<![ก-๎])([กพ])\.?ุย\.")
_LATIN = re.compile("[A-Za-z]")
_PURELY_THAI = re.compile(r"[ก-ฺเ-๎./\-]*[ก-ฮ][ก-ฺเ-๎./\-]*")
# A mark above or below that no consonant carries is a speck.
_STRAY_MARK = re.compile("(?<![ก-ฮัิ-ฺ็-๎])[ัิ-ฺ็-๎]+")
# In a row of tone marks most pieces are lower than letters, and no reading of them is sure.
_MARKS_SHARE = 0.7
_LOWEST_LETTER, _HIGHEST_LETTER = 10, 100  # pixels
_SURE_ROW = 0.88
# A consonant's height is about this share of the size of Thai type.
_LETTER_SHARE = 0.46


@dataclass(frozen=True, slots=True)
class ScanLine:
    """A line that was read: its box in points, baseline and size estimated, confidence 0–1.

    `cell`: stands in a cell of a ruled table.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    confidence: float
    cell: bool


@dataclass(frozen=True, slots=True)
class ScanPage:
    """What OCR made of one page or picture, in points. `problem` is why it made nothing of it, "" when it did.

    `unsure`: share (0–1) of what tesseract found that was too unsure to be kept. `ink`: share of the page that is ink,
    ruling lines aside; `pictured`: share that is photographs.
    """

    lines: tuple[ScanLine, ...]
    rules: tuple[Rule, ...]
    width: float
    height: float
    unsure: float = 0.0
    ink: float = 0.0
    pictured: float = 0.0
    engine: str = ""
    problem: str = ""

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    @property
    def confidence(self) -> float:
        """The mean of its letters, 0–1; 0.0 without any."""
        letters = sum(len(line.text) for line in self.lines)
        return sum(line.confidence * len(line.text) for line in self.lines) / letters if letters else 0.0


def scan(grey: Image.Image, engine: str = "") -> ScanPage:
    """What stands on a grey image at 200 dpi. Raises TesseractError."""
    pictured = ocr_image.pictured(grey)
    grey = ocr_image.dark_on_light(grey)
    grey = ocr_image.turned(grey, ocr_image.skew(ocr_image.ink(ocr_image.darkness(grey))))
    dark = ocr_image.darkness(grey)
    inked = ocr_image.ink(dark)
    ruled = rulings(inked)
    inked = without(inked, ruled)
    pieces = Pieces(shapes(inked), dark)
    numbers = thai_numbers(pieces)
    shown = with_arabic(_cleared(ocr_image.on_white(dark), ruled.mask), numbers)
    rules = tuple(Rule(r.horizontal, r.at * _POINTS, r.start * _POINTS, r.end * _POINTS) for r in ruled.rules)
    # What is lower is a dot or the grain of a photograph.
    high = median([shape.height for shape in pieces.shapes if _LOWEST_LETTER <= shape.height <= _HIGHEST_LETTER] or [0])
    lines: list[ScanLine] = []
    unsure = total = 0
    found = [
        (bare, is_cell)
        for rows, origin, is_cell in _read(shown, inked, cell_boxes(rules), pieces)
        for row in rows
        if (bare := _without_strokes(_moved(row, origin))).tokens and not _is_marks(bare, pieces, high)
    ]
    second = in_thai([row for row, _ in found], shown)
    for row, (_, is_cell) in zip(second, found, strict=True):
        total += len(row.text)
        if row.confidence < _LEAST_CONFIDENCE:
            unsure += len(row.text)
        elif is_cell or any(char.isalnum() for char in row.text):
            lines.append(_line(row, numbers, pieces, is_cell=is_cell))
    return ScanPage(
        tuple(line for line in lines if line.text),
        rules,
        round(grey.width * _POINTS, 1),
        round(grey.height * _POINTS, 1),
        round(unsure / total, 3) if total else 0.0,
        round(_ink_share(inked), 5),
        pictured,
        engine,
    )


def _cleared(grey: Image.Image, mask: Image.Image) -> Image.Image:
    """The image without its ruling lines."""
    shown = grey.copy()
    shown.paste(255, (0, 0), mask.filter(ImageFilter.MaxFilter(5)))
    return shown


def _read(
    shown: Image.Image, inked: Image.Image, cells: Sequence[Box], pieces: Pieces
) -> Iterable[tuple[list[Row], tuple[int, int], bool]]:
    """The rows of the page around its tables, then of each cell, with where the part stands."""
    rest = shown.copy()
    outside = inked.copy()
    boxes = [_pixels(cell) for cell in cells]
    for box in boxes:
        rest.paste(255, box)
        outside.paste(0, box)
    if not boxes or _ink_share(outside) > _LEFT_OVER * _ink_share(inked):
        yield read_images([rest], PAGE, ocr_image.DPI)[0], (0, 0), False
    written = [box for box in boxes if _has_writing(inked, box)]
    crops = [_framed(shown.crop(box)) for box in written]
    read = read_images(crops, SPARSE, ocr_image.DPI)
    # Single letters and short numbers are lost on the mode for sparse text, which reads all others best.
    empty = [index for index, rows in enumerate(read) if not rows]
    for index, rows in zip(empty, read_images([crops[i] for i in empty], BLOCK, ocr_image.DPI), strict=True):
        read[index] = rows or _dash(written[index], pieces)
    for box, rows in zip(written, read, strict=True):
        rows.sort(key=lambda row: sum(token.bottom for token in row.tokens) / len(row.tokens))
        yield rows, (box[0] - _CELL_ROOM, box[1] - _CELL_ROOM), True


def _dash(box: tuple[int, int, int, int], pieces: Pieces) -> list[Row]:
    """The dash that stands alone in a cell ("none"), which tesseract overlooks; [] for anything else."""
    found = [shape for shape in pieces.within(*box) if shape.area >= _LEAST_DASH]
    if len(found) != 1 or found[0].width < 2 * found[0].height or found[0].area < 0.6 * (
        found[0].width * found[0].height
    ):  # fmt: skip
        return []
    dash, x, y = found[0], box[0] - _CELL_ROOM, box[1] - _CELL_ROOM
    token = Token("-", dash.x0 - x, dash.top - y, dash.x1 - x, dash.bottom - y, _DASH_CONFIDENCE, False)
    return [Row((token,), 1)]


def _pixels(cell: Box) -> tuple[int, int, int, int]:
    return (
        round(cell.x0 / _POINTS) + _CELL_INSET,
        round(cell.top / _POINTS) + _CELL_INSET,
        round(cell.x1 / _POINTS) - _CELL_INSET,
        round(cell.bottom / _POINTS) - _CELL_INSET,
    )


def _has_writing(inked: Image.Image, box: tuple[int, int, int, int]) -> bool:
    if box[2] - box[0] < _LEAST_CELL or box[3] - box[1] < _LEAST_CELL:
        return False
    return sum(inked.crop(box).histogram()[128:]) >= 12


def _ink_share(inked: Image.Image) -> float:
    return sum(inked.histogram()[128:]) / (inked.width * inked.height)


def in_thai(rows: Sequence[Row], shown: Image.Image) -> list[Row]:
    """The rows with Thai abbreviations that were taken for Latin letters ("W.Y." for พ.ย.) read once more as Thai."""
    doubtful = [index for index, row in enumerate(rows) if _LATIN.search(row.text)]
    boxes = [_grown(_box(rows[index])) for index in doubtful]
    crops = [_framed(shown.crop(box)) for box in boxes]
    mended = list(rows)
    for index, box, again in zip(
        doubtful, boxes, read_images(crops, SPARSE, ocr_image.DPI, languages="tha"), strict=True
    ):
        origin = (box[0] - _CELL_ROOM, box[1] - _CELL_ROOM)
        thai = [token for row in again for token in _moved(row, origin).tokens]
        tokens = [kept for token in rows[index].tokens for kept in _likelier(token, thai)]
        mended[index] = replace(rows[index], tokens=tuple(tokens))
    return mended


def _likelier(token: Token, thai: Sequence[Token]) -> list[Token]:
    """A token, or the Thai ones read in its place when these are as sure and purely Thai."""
    if not _LATIN.search(token.text):
        return [token]
    own = [other for other in thai if token.x0 - 6 <= (other.x0 + other.x1) / 2 <= token.x1 + 6]
    text = "".join(other.text for other in own)
    if not own or not _PURELY_THAI.fullmatch(text):
        return [token]
    # Dots and marks are never sure.
    letters = [other.confidence for other in own if _CONSONANT.search(other.text)]
    confidence = sum(letters) / len(letters)
    month = _MONTHS.get("".join(_CONSONANT.findall(text))) if "." in text else None
    if month is not None and (confidence >= _SURE_THAI or token.confidence < _UNSURE_LATIN):
        return [replace(token, text=month, confidence=confidence)]
    if confidence < _SURE_THAI or confidence < token.confidence - _THAI_BEFORE_LATIN:
        return [token]
    return [replace(own[0], after_blank=token.after_blank), *(replace(other, after_blank=False) for other in own[1:])]


def _without_strokes(row: Row) -> Row:
    """A row without the rests of ruling lines that tesseract takes for letters."""
    return replace(row, tokens=tuple(token for token in row.tokens if token.text.strip("|_—¦")))


def _grown(box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    return max(0, box[0] - 4), max(0, box[1] - 6), box[2] + 4, box[3] + 6


def _framed(cell: Image.Image) -> Image.Image:
    """A cell with some paper around it: tesseract loses letters at the very edge."""
    framed = Image.new("L", (cell.width + 2 * _CELL_ROOM, cell.height + 2 * _CELL_ROOM), 255)
    framed.paste(cell, (_CELL_ROOM, _CELL_ROOM))
    return framed


def _moved(row: Row, origin: tuple[int, int]) -> Row:
    x, y = origin
    tokens = tuple(
        replace(t, x0=t.x0 + x, x1=t.x1 + x, top=t.top + y, bottom=t.bottom + y) for t in row.tokens
    )  # fmt: skip
    return replace(row, tokens=tokens)


def _line(row: Row, numbers: Sequence[Number], pieces: Pieces, *, is_cell: bool) -> ScanLine:
    row = with_known_numbers(row, numbers, pieces)
    x0, top, x1, bottom = _box(row)
    letters = _letters(pieces.within(x0, top, x1, bottom))
    foot = median(shape.bottom for shape in letters) if letters else bottom
    height = median(shape.height for shape in letters) if letters else (bottom - top) * 0.5
    return ScanLine(
        _mended(row.text),
        round(x0 * _POINTS, 1),
        round(x1 * _POINTS, 1),
        round(foot * _POINTS, 1),
        round(height * _POINTS / _LETTER_SHARE, 1),
        round(row.confidence, 3),
        is_cell,
    )


def _mended(text: str) -> str:
    """A line as it is written: ำ in one piece, no marks without a letter, the dots of short months."""
    return _STRAY_MARK.sub("", _DOT_BELOW.sub(r"\1.ย.", repair(text)[0]))


def _is_marks(row: Row, pieces: Pieces, high: float) -> bool:
    """Whether a row is but the tone marks over another one, which tesseract took for a line of small letters."""
    found = [shape.height for shape in pieces.within(*_box(row)) if shape.height >= 4]
    low = sum(height < 0.62 * high for height in found)
    return len(found) > 2 and low >= _MARKS_SHARE * len(found) and row.confidence < _SURE_ROW


def _box(row: Row) -> tuple[int, int, int, int]:
    tokens = row.tokens
    return (
        min(t.x0 for t in tokens), min(t.top for t in tokens), max(t.x1 for t in tokens), max(t.bottom for t in tokens)
    )  # fmt: skip


def _letters(pieces: Sequence[Shape]) -> list[Shape]:
    """The pieces that are as high as letters: no dots, no marks above or below."""
    if not pieces:
        return []
    high = sorted(shape.height for shape in pieces)[int(len(pieces) * 0.8)]
    return [shape for shape in pieces if 0.55 * high <= shape.height <= 1.6 * high]
