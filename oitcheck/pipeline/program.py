"""What a result depends on besides its input: the program itself, the libraries under it, the tools beside it."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import oitcheck
from oitcheck.extract.limits import ExtractLimits

_PACKAGE = Path(oitcheck.__file__).parent
# What a reading is made by; then what is judged, and how one comes from page to page.
_READING = ("extract", "lib", "model")
_JUDGING = (*_READING, "crawl", "reading", "rules", "gathering.py", "pipeline")
_LIBRARIES = (
    "ahocorasick-rs", "nlpo3", "openpyxl", "pillow", "playa-pdf", "playwright", "pypdfium2", "pythainlp",
    "python-calamine", "python-docx", "selectolax",
)  # fmt: skip


def reading_version(limits: ExtractLimits, lacking: tuple[str, ...]) -> str:
    """Stands for all that the reading of a file depends on besides the file."""
    tools = [name for name in lacking if name not in ("ocr", "browser")]
    return digest(_digest_of(_READING), repr(limits), tools)


def judging_version() -> str:
    """Stands for the whole way from a submission's captures to its findings; the checklist has a digest of its own.

    Made of the files of the program, so that no change of a rule is ever hidden behind an unchanged page.
    """
    return _digest_of(_JUDGING)


def digest(*told: object) -> str:
    """The sha256 over values of plain types (texts, numbers, lists, mappings with texts for keys)."""
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


@cache
def _digest_of(parts: tuple[str, ...]) -> str:
    found: dict[str, str] = {}
    for part in parts:
        path = _PACKAGE / part
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                found[file.relative_to(_PACKAGE).as_posix()] = hashlib.sha256(file.read_bytes()).hexdigest()
    return digest(oitcheck.__version__, found, [_version_of(name) for name in _LIBRARIES])


def _version_of(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""
