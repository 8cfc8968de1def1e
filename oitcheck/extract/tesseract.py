"""The program tesseract: whether it is there, and what it reads in images, with places and confidence."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO

from PIL import Image

LANGUAGES = "tha+eng"  # in this order: the other way round is nine points worse
# Page segmentation: a whole page with columns, one block of lines, whatever text there is.
PAGE, BLOCK, SPARSE = 3, 6, 11
_TSV = re.compile(r"^[1-5](?:\t-?\d+){9}\t-?[\d.]+\t")
_HEADER = "level\tpage_num"
_LEVEL_WORD = "5"


@dataclass(frozen=True, slots=True)
class Token:
    """A letter or a word as tesseract parts Thai text, its box in pixels, its confidence 0–1."""

    text: str
    x0: int
    top: int
    x1: int
    bottom: int
    confidence: float
    after_blank: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A line of text. `block` numbers the block it stands in: columns are blocks of their own."""

    tokens: tuple[Token, ...]
    block: int

    @property
    def text(self) -> str:
        return "".join((" " if token.after_blank else "") + token.text for token in self.tokens).strip()

    @property
    def confidence(self) -> float:
        """The mean of its letters, 0–1."""
        letters = sum(len(token.text) for token in self.tokens)
        return sum(token.confidence * len(token.text) for token in self.tokens) / max(1, letters)


class TesseractError(Exception):
    """Tesseract ended without an answer."""


@cache
def tesseract_version() -> str:
    """The version of the installed program ("5.3.0"); "" when it is missing or cannot read Thai and English."""
    path = shutil.which("tesseract")
    if path is None:
        return ""
    try:
        listed = subprocess.run([path, "--list-langs"], capture_output=True, text=True, timeout=20, check=False)
        version = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    languages = set((listed.stdout + listed.stderr).split())
    if not set(LANGUAGES.split("+")) <= languages:
        return ""
    found = re.search(r"tesseract v?(\d[\w.-]*)", version.stdout + version.stderr)
    return found.group(1) if found else "unknown"


def read_images(images: Sequence[Image.Image], mode: int, dpi: int, languages: str = LANGUAGES) -> list[list[Row]]:
    """The rows that tesseract reads in each grey image, in its reading order. Raises TesseractError."""
    if not images:
        return []
    packed = BytesIO()
    first, *others = images
    first.save(packed, "TIFF", save_all=True, append_images=others)
    command = ["tesseract", "stdin", "stdout", "-l", languages, "--psm", str(mode), "--dpi", str(dpi), "txt", "tsv"]
    try:
        done = subprocess.run(
            command,
            input=packed.getvalue(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
            check=False,
        )
    except OSError as error:
        raise TesseractError(str(error)) from error
    if done.returncode:
        raise TesseractError(f"exit code {done.returncode}")
    return _rows(done.stdout.decode("utf-8", "replace"), len(images))


def _rows(output: str, pages: int) -> list[list[Row]]:
    """The rows of each page from the mixed output of the renderers "txt" (blanks) and "tsv" (places)."""
    words: dict[tuple[int, ...], list[list[str]]] = defaultdict(list)
    plain: list[str] = []
    for line in output.split("\n"):
        if _TSV.match(line):
            cells = line.split("\t", 11)
            if cells[0] == _LEVEL_WORD and cells[11].strip():
                words[tuple(map(int, cells[1:5]))].append(cells)
        elif not line.startswith(_HEADER):
            plain.append(line)
    texts = "\n".join(plain).split("\f")
    found: list[list[Row]] = [[] for _ in range(pages)]
    shown = [iter([line for line in text.split("\n") if line.strip()]) for text in texts]
    for (page, block, _, _), own in sorted(words.items(), key=lambda item: item[0]):
        text = next(shown[page - 1], "") if page <= len(shown) else ""
        found[page - 1].append(Row(tuple(_tokens(own, text)), block))
    return found


def _tokens(words: list[list[str]], text: str) -> list[Token]:
    """The words of one line, with the blanks that stand between them in its plain text."""
    tokens: list[Token] = []
    at = 0
    astray = "".join(cells[11].strip() for cells in words) != "".join(text.split())
    for cells in words:
        left, top, width, height = map(int, cells[6:10])
        word = cells[11].strip()
        if astray:
            last = tokens[-1] if tokens else None
            blank = last is not None and left - last.x1 > 0.35 * min(height, last.bottom - last.top)
        else:
            blank = at < len(text) and text[at].isspace()
            at += len(text[at:]) - len(text[at:].lstrip()) + len(word)
        confidence = min(1.0, max(0.0, float(cells[10]) / 100))
        tokens.append(Token(word, left, top, left + width, top + height, confidence, blank and bool(tokens)))
    return tokens
