"""Files that commands write to: refused before the work begins, when it would harm a file or cannot succeed."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from oitcheck.errors import SettingsError
from oitcheck.report.export import COLUMNS
from oitcheck.report.terms import LANGUAGES, Terms

Written = Literal["jsonl", "csv", "xlsx"]
_ENOUGH_BYTES = 4096


def require_writable(path: Path, kind: Written = "jsonl", inputs: Sequence[Path] = ()) -> None:
    """Refuse an output file before the work begins, not after it. Raises SettingsError.

    Written over are only earlier exports of the same kind: never one of the `inputs`, nor any other file.
    """
    if path.is_dir():
        raise SettingsError("is a folder, not a file", where=str(path), remedy="Name a file, such as findings.jsonl.")
    if not path.parent.is_dir():
        raise SettingsError(
            f"the folder {path.parent} does not exist", where=str(path), remedy="Make it, or name another."
        )
    if not path.is_file():
        return
    if any(one.exists() and one.samefile(path) for one in inputs):
        raise SettingsError("this is one of the input files", where=str(path), remedy="Name another file to write to.")
    if path.stat().st_size and not _IS_EXPORT[kind](path):
        raise SettingsError(
            "there is another file of that name, which is not an earlier export of this kind",
            where=str(path),
            remedy="Name another file, or take that one away first.",
        )


def _begins(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_ENOUGH_BYTES).removeprefix(b"\xef\xbb\xbf")


def _is_json_lines(path: Path) -> bool:
    return _begins(path).startswith(b'{"schema": "oitcheck.')


def _is_csv(path: Path) -> bool:
    return _begins(path).startswith(",".join(COLUMNS[:5]).encode())


def _is_workbook(path: Path) -> bool:
    """A workbook that bears our title in its properties."""
    try:
        with zipfile.ZipFile(path) as archive:
            properties = archive.open("docProps/core.xml").read(_ENOUGH_BYTES).decode("utf-8", "replace")
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError):
        return False
    return any(Terms.load(language)("product.about") in properties for language in LANGUAGES)


_IS_EXPORT: Mapping[Written, Callable[[Path], bool]] = {
    "jsonl": _is_json_lines,
    "csv": _is_csv,
    "xlsx": _is_workbook,
}
