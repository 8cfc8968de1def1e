"""OCR of single pages, each once: what was read of a page is kept under the hash of its file, across runs."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import zstandard
from PIL import Image
from pypdfium2 import PdfiumError

from oitcheck.extract import ocr_image
from oitcheck.extract.glyphs import Rule
from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.ocr_page import READING, ScanLine, ScanPage, scan
from oitcheck.extract.ocr_text import problem_of
from oitcheck.extract.package import Unreadable
from oitcheck.extract.scannable import scannable
from oitcheck.extract.tesseract import TesseractError, tesseract_version
from oitcheck.model.evidence import BlindReason

__all__ = ["KeptScans", "ScanPage", "Scans", "has_ocr", "scan_of"]


class Scans(Protocol):
    """Where OCR results are kept."""

    def get(self, sha256: str, number: int) -> ScanPage | None: ...
    def put(self, sha256: str, number: int, page: ScanPage) -> None: ...


def has_ocr() -> bool:
    """Whether tesseract is installed and reads Thai."""
    return bool(tesseract_version())


def scan_of(body: bytes, number: int, limits: ExtractLimits) -> ScanPage | None:
    """Page `number` (from 1) of a PDF, or the picture, read by tesseract; None where there is no tesseract.

    Of a paper the picture of that number in it; in an archive numbers are those of `model.member.Member.page`.

    What cannot be read is a page with a problem: corrupt, too_large.
    """
    engine = tesseract_version()
    if not engine:
        return None
    try:
        body, number = scannable(body, number)
        is_pdf = b"%PDF-" in body[:1024]
        grey = ocr_image.pdf_page(body, number) if is_pdf else ocr_image.picture(body, limits)
        return _upright(grey, engine) if grey is not None else failed(BlindReason.TOO_LARGE)
    except MemoryError:
        return failed(BlindReason.TOO_LARGE)
    except Unreadable as error:
        return failed(error.reason)
    except (PdfiumError, TesseractError, OSError, ValueError, SyntaxError, IndexError):
        return failed(BlindReason.CORRUPT)


def _upright(grey: Image.Image, engine: str) -> ScanPage:
    """A page read as it lies, or turned by a quarter or a half when only then it says something."""
    first = scan(grey, engine)
    if problem_of(first) is not BlindReason.GARBLED:
        return first
    turns = (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270, Image.Transpose.ROTATE_180)
    others = [other for turn in turns if problem_of(other := scan(grey.transpose(turn), engine)) is None]
    return max(others, key=lambda other: other.confidence, default=first)


def failed(reason: BlindReason) -> ScanPage:
    """A page of which OCR made nothing."""
    return ScanPage((), (), 0.0, 0.0, problem=reason.value)


class KeptScans:
    """OCR results on disk, one small file a page: `ab/<sha256>-3-v2.json.zst`. Written once, never changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, sha256: str, number: int) -> ScanPage | None:
        """What was read of a page; None when it was not, or by an older version of the reader."""
        try:
            raw = zstandard.ZstdDecompressor().decompress(self._path(sha256, number).read_bytes())
            return _page(json.loads(raw))
        except (OSError, zstandard.ZstdError, ValueError, KeyError, TypeError):
            return None

    def put(self, sha256: str, number: int, page: ScanPage) -> None:
        """Keep what was read. Raises OSError."""
        path = self._path(sha256, number)
        path.parent.mkdir(parents=True, exist_ok=True)
        raw = json.dumps(asdict(page), ensure_ascii=False, separators=(",", ":")).encode()
        passing = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
        try:
            passing.write_bytes(zstandard.ZstdCompressor(level=9).compress(raw))
            # Who was first stays: two runs that read one page at once go on with the same result.
            with contextlib.suppress(FileExistsError):
                os.link(passing, path)
        finally:
            passing.unlink(missing_ok=True)

    def _path(self, sha256: str, number: int) -> Path:
        return self._folder / sha256[:2] / f"{sha256}-{number}-v{READING}.json.zst"


def _page(kept: dict[str, Any]) -> ScanPage:
    lines = tuple(ScanLine(**line) for line in kept.pop("lines"))
    rules = tuple(Rule(**rule) for rule in kept.pop("rules"))
    return ScanPage(lines, rules, **kept)
