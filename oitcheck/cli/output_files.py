"""Files that commands write to: refused before the work begins, when it would harm a file or cannot succeed."""

from __future__ import annotations

import os
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from oitcheck.errors import OitcheckError, SettingsError
from oitcheck.report.export import COLUMNS
from oitcheck.report.html import write_whole
from oitcheck.report.itas import CSV_COLUMNS
from oitcheck.report.terms import LANGUAGES, Terms

# Findings (jsonl, csv) and their workbook (xlsx), a round (json), the sheet for the national system, papers, text for a
# chat (text), the calendar (ics), forms for agencies that nobody filled in (form).
Written = Literal[
    "jsonl", "csv", "xlsx", "json", "itas_csv", "itas_workbook", "docx", "pdf", "html", "text", "ics", "form"
]
_ENOUGH_BYTES = 4096
_MOST_NAME_BYTES = 255  # of a name, in the file systems of Linux
_BYTE_ORDER_MARK = "\ufeff"
_EDITED_BY = re.compile(r"<cp:lastModifiedBy>([^<]*)</cp:lastModifiedBy>")
_OURSELVES = "oitcheck"


def require_writable(path: Path, kind: Written = "jsonl", inputs: Sequence[Path] = (), *, begins: str = "") -> None:
    """Refuse an output file before the work begins, not after it. Raises SettingsError.

    Written over are only earlier exports of the same kind: never one of the `inputs`, nor any other file, nor a paper,
    workbook or form that a person has worked on since. A text bears no mark: an earlier one has the first line
    `begins`.
    """
    if os.path.isdir(path):
        name = _EXAMPLES.get(kind, f"findings.{kind}")
        raise SettingsError("is a folder, not a file", where=str(path), remedy=f"Name a file, such as {name}.")
    if not os.path.isdir(path.parent):
        raise SettingsError(
            f"the folder {path.parent} does not exist", where=str(path), remedy="Make it, or name another."
        )
    if not os.path.exists(path):
        _require_place(path.parent, (path.name,), str(path))
    if not os.path.isfile(path):
        return
    if any(os.path.exists(one) and one.samefile(path) for one in inputs):
        raise SettingsError("this is one of the input files", where=str(path), remedy="Name another file to write to.")
    if path.stat().st_size and not (_first_line(path) == begins if kind == "text" else _IS_EXPORT[kind](path)):
        raise SettingsError(
            "there is another file of that name, which is not an earlier export of this kind",
            where=str(path),
            remedy="Name another file, or take that one away first.",
        )


def write_file(path: Path, body: bytes | str, *, is_csv: bool = False) -> None:
    """Write a file that `require_writable` allowed, a text whole or not at all. Raises SettingsError when refused.

    A CSV table begins with a byte order mark: without it Excel takes the Thai in it for another encoding.
    """
    if isinstance(body, str) and is_csv:
        body = f"{_BYTE_ORDER_MARK}{body}"
    try:
        if isinstance(body, str) and not _is_device(path):
            write_whole(path, body)
        else:
            path.write_bytes(body.encode("utf-8") if isinstance(body, str) else body)
    except OSError as error:
        raise SettingsError(
            f"cannot be written ({error.strerror or error})",
            where=str(path),
            remedy="Close it in other programs, or name another file.",
        ) from error


def made_folder(path: Path, where: str) -> Path:
    """The folder, made if it is not there. Raises SettingsError as `require_folder` does."""
    require_folder(path, where)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"cannot be written ({error.strerror or error})",
            where=str(path),
            remedy="Name another folder, or ask for the right to write there.",
        ) from error
    return path


@contextmanager
def after_saving(tell: Callable[[], None]) -> Iterator[None]:
    """Files written after the work itself is saved: when one cannot be, `tell` says what is kept all the same."""
    try:
        yield
    except (OSError, OitcheckError):
        tell()
        raise


def _is_device(path: Path) -> bool:
    """Whether it is there and no file (/dev/stdout, a pipe): to be written into, never replaced."""
    return os.path.exists(path) and not os.path.isfile(path)


def require_place(output: Path, kind: Written, inputs: Sequence[Path] = ()) -> None:
    """Refuse what `chosen_file` is to write to, a file or a folder, before the work begins. Raises SettingsError."""
    if _names_folder(output):
        require_folder(output, "--output")
    else:
        require_writable(output, kind, inputs)


def chosen_file(output: Path | None, default: Path, kind: Written) -> Path:
    """Where to write: the file that the user named (and `require_place` allowed), in a folder named a file with the
    name of `default`; else `default`. The folder is made. Raises SettingsError."""
    if output is not None and not _names_folder(output):
        return output
    target = default if output is None else output / default.name
    made_folder(target.parent, str(target.parent))
    require_writable(target, kind)
    return target


def _names_folder(output: Path) -> bool:
    """Whether a folder is meant: one that is there, or a name without an ending that is not yet there."""
    return os.path.isdir(output) or not (output.suffix or os.path.exists(output))


def require_folder(path: Path, where: str) -> None:
    """Refuse a folder to write to that is a file, or where nothing can be written; makes none. Raises SettingsError."""
    # os.path, not Path: what may not be looked at is not there, and its folder is what nothing can be written to.
    if os.path.exists(path) and not os.path.isdir(path):
        raise SettingsError("is a file, not a folder", where=where, remedy="Name a folder.")
    whole = path.absolute()
    there = next((one for one in (whole, *whole.parents) if os.path.exists(one)), whole)
    if not os.path.isdir(there):
        raise SettingsError(f"{there} is a file, not a folder", where=where, remedy="Name a folder.")
    _require_place(there, whole.relative_to(there).parts, where)


def _require_place(there: Path, names: Sequence[str], where: str) -> None:
    """Refuse a folder that takes no files, or not such names as are to be made in it."""
    if any(len(os.fsencode(name)) > _MOST_NAME_BYTES for name in names):
        raise SettingsError("the name is too long", where=where, remedy="Name a shorter one.")
    if not os.access(there, os.W_OK | os.X_OK) or not _takes_files(there):
        raise SettingsError(
            f"nothing can be written to the folder {there}",
            where=where,
            remedy="Name another folder, or ask for the right to write there.",
        )


def _takes_files(folder: Path) -> bool:
    """Whether a file can be made in it: of /proc and full disks its rights do not tell."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b" " * _ENOUGH_BYTES)
    except OSError:
        return False
    return True


def _begins(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_ENOUGH_BYTES).removeprefix(b"\xef\xbb\xbf")


def _first_line(path: Path) -> str:
    return _begins(path).decode("utf-8", "replace").partition("\n")[0].rstrip("\r")


def _is_json_lines(path: Path) -> bool:
    return _begins(path).startswith(b'{"schema": "oitcheck.')


def _is_json(path: Path) -> bool:
    return re.match(rb'\{\s*"schema": "oitcheck\.', _begins(path)) is not None


def _is_csv(path: Path) -> bool:
    return _begins(path).startswith(",".join(COLUMNS[:5]).encode())


def _is_itas_csv(path: Path) -> bool:
    return _begins(path).startswith(",".join(CSV_COLUMNS[:5]).encode())


def _is_page(path: Path) -> bool:
    return b'<meta name="generator" content="oitcheck">' in _begins(path)


def _is_calendar(path: Path) -> bool:
    return b"PRODID:-//oitcheck//" in _begins(path)


def _is_pdf(path: Path) -> bool:
    begins = _begins(path)
    return begins.startswith(b"%PDF-") and b"(oitcheck" in begins


def _properties(path: Path, part: str) -> str:
    """The properties of an Office file that has this part; "" of any other file."""
    try:
        with zipfile.ZipFile(path) as archive:
            archive.getinfo(part)
            return archive.open("docProps/core.xml").read(_ENOUGH_BYTES).decode("utf-8", "replace")
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError):
        return ""


def _is_titled(properties: str, key: str) -> bool:
    return any(Terms.load(language)(key) in properties for language in LANGUAGES)


def _is_workbook_of(key: str) -> Callable[[Path], bool]:
    """Whether a workbook bears that title of ours in its properties, and nobody saved it since."""

    def ours(path: Path) -> bool:
        properties = _properties(path, "xl/workbook.xml")
        edited = _EDITED_BY.search(properties)
        by_others = edited is not None and edited[1] not in ("", _OURSELVES)  # "": of the first version
        return not by_others and _is_titled(properties, key)

    return ours


def _is_untouched(properties: str) -> bool:
    """Whether an Office file was saved last by us: what a person wrote into a form or a draft is never lost."""
    edited = _EDITED_BY.search(properties)
    return edited is not None and edited[1] == _OURSELVES


def _is_paper(path: Path) -> bool:
    return _is_untouched(_properties(path, "word/document.xml"))


def _is_form(path: Path) -> bool:
    properties = _properties(path, "xl/workbook.xml")
    return _is_untouched(properties) and not any(_is_titled(properties, key) for key in _TITLES.values())


# A name to show, where it is not that of findings.
_EXAMPLES: Mapping[Written, str] = {
    "json": "round.json",
    "itas_csv": "itas.csv",
    "itas_workbook": "itas.xlsx",
    "docx": "report.docx",
    "pdf": "report.pdf",
    "html": "report.html",
    "text": "report.txt",
    "ics": "rounds.ics",
    "form": "form.xlsx",
}
_TITLES: Mapping[Written, str] = {"xlsx": "product.about", "itas_workbook": "itas.sheet"}


_IS_EXPORT: Mapping[Written, Callable[[Path], bool]] = {
    "jsonl": _is_json_lines,
    "csv": _is_csv,
    "json": _is_json,
    "itas_csv": _is_itas_csv,
    "docx": _is_paper,
    "pdf": _is_pdf,
    "html": _is_page,
    "ics": _is_calendar,
    "form": _is_form,
    **{kind: _is_workbook_of(title) for kind, title in _TITLES.items()},
}
