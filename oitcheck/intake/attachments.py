"""What came in: files, folders, ZIP files and mails with attachments, as contents with names for people."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path, PurePosixPath

from oitcheck.intake.file_names import apart, safe_name
from oitcheck.intake.rows import RowNote, UnusableFile
from oitcheck.intake.sheets import MOST_FILE_BYTES, PICTURES, content_of

_MOST_FILES = 2_000
_MOST_UNPACKED_BYTES = 600 * 2**20
# Attachments of a mail in a ZIP of mails; nobody packs deeper by hand.
_MOST_LEVELS = 2
_ZIP, _EMPTY_ZIP = b"PK\x03\x04", b"PK\x05\x06"
_OF_A_WORKBOOK = ("[Content_Types].xml", "mimetype")
_OF_THE_SYSTEM = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
_UTF8_NAME = 0x800
_MAIL = ".eml"


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file: `name` for people (`mail.zip/form.xlsx`), its content, or the note why it was not read."""

    name: str
    content: bytes = b""
    refused: RowNote | None = None
    ignored: bool = False

    @property
    def base_name(self) -> str:
        """The file's own name, without any folder; safe to be written as."""
        return safe_name(PurePosixPath(self.name).name)


def attachments(paths: Iterable[Path]) -> Iterator[Attachment]:
    """Every file that the paths lead to: as given, then by date and name within a folder or ZIP (later supersedes).

    No two have the same name: what a name stands for already gets its folder before it, or a number behind it.
    """
    taken: set[str] = set()
    for path in paths:
        folder = path.absolute() if os.path.isdir(path) else path.absolute().parent
        within: set[str] = set()
        for one in _of_path(path):
            name = apart((one.name,), within)
            yield replace(one, name=apart((name, f"{folder.name}/{name}"), taken))


def _of_path(path: Path) -> Iterator[Attachment]:
    if os.path.isdir(path):
        yield from _of_folder(path)
        return
    try:
        content = content_of(path)
    except UnusableFile as unusable:
        yield Attachment(str(path), refused=unusable.note)
        return
    yield from _opened(path.name, content, _Allowance(), 0)


@dataclass(slots=True)
class _Allowance:
    """How much may still be unpacked."""

    files: int = _MOST_FILES
    bytes: int = _MOST_UNPACKED_BYTES


def _of_folder(folder: Path) -> Iterator[Attachment]:
    closed: list[OSError] = []
    paths = [Path(place) / name for place, _, names in os.walk(folder, onerror=closed.append) for name in names]
    # A link out of the folder is no attachment of anybody; what cannot be looked at is told when it is read.
    files = [path for path in paths if not path.is_symlink() and (os.path.isfile(path) or not os.path.exists(path))]
    files.sort(key=lambda path: (_changed_at(path), str(path)))
    allowance = _Allowance()
    for error in closed:
        name = Path(error.filename).relative_to(folder).as_posix()
        yield Attachment(folder.name if name == "." else name, refused=RowNote("folder_forbidden", ""))
    if not files and not closed:
        yield Attachment(folder.name or str(folder), refused=RowNote("archive_empty", ""))
    for number, path in enumerate(files):
        name = path.relative_to(folder).as_posix()
        if number >= _MOST_FILES:
            yield Attachment(folder.name, refused=RowNote("archive_too_many", "", str(_MOST_FILES)))
            return
        if _is_of_the_system(name):
            yield Attachment(name, refused=RowNote("file_ignored", ""), ignored=True)
            continue
        try:
            content = content_of(path)
        except UnusableFile as unusable:
            yield Attachment(name, refused=unusable.note)
            continue
        yield from _opened(name, content, allowance, 0)


def _changed_at(path: Path) -> int:
    try:
        return int(path.stat().st_mtime)
    except OSError:
        return 0


def _opened(name: str, content: bytes, allowance: _Allowance, level: int) -> Iterator[Attachment]:
    """The file itself, or what lies in it when it is a ZIP of files or a mail."""
    if name.lower().endswith(_MAIL) and not content.startswith((_ZIP, _EMPTY_ZIP)):
        yield from _of_mail(name, content, allowance, level)
        return
    if content.startswith(_EMPTY_ZIP):
        yield Attachment(name, refused=RowNote("archive_empty", ""))
        return
    if not content.startswith(_ZIP):
        yield Attachment(name, content)
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [part for part in archive.infolist() if not part.is_dir()]
            if any(part.filename in _OF_A_WORKBOOK for part in parts):
                yield Attachment(name, content)
                return
            if level >= _MOST_LEVELS:
                yield Attachment(name, refused=RowNote("archive_too_deep", ""))
                return
            if not parts:
                yield Attachment(name, refused=RowNote("archive_empty", ""))
            parts.sort(key=lambda part: (part.date_time, part.filename))
            for part in parts:
                yield from _part(name, archive, part, allowance, level)
                if allowance.files < 0:
                    return
    except zipfile.BadZipFile:
        # A damaged workbook and a damaged ZIP look alike; the name tells what it was meant to be.
        code = "archive_damaged" if name.lower().endswith(".zip") else "file_damaged"
        yield Attachment(name, refused=RowNote(code, ""))


def _of_mail(name: str, content: bytes, allowance: _Allowance, level: int) -> Iterator[Attachment]:
    """What is attached to a mail that was saved as a file; its words and the pictures in them are no forms.

    Some mail programs show a workbook "inline" beside the words; a picture so shown is a logo.
    """
    if level >= _MOST_LEVELS:
        yield Attachment(name, refused=RowNote("archive_too_deep", ""))
        return
    found = 0
    for part in message_from_bytes(content, policy=policy.default).walk():
        file = part.get_filename()
        if not file or part.is_multipart() or _is_shown_picture(part):
            continue
        found += 1
        shown = f"{name}/{safe_name(PurePosixPath(file).name)}"
        allowance.files -= 1
        if allowance.files < 0:
            yield Attachment(name, refused=RowNote("archive_too_many", "", str(_MOST_FILES)))
            return
        body = part.get_payload(decode=True)
        if not isinstance(body, bytes):
            yield Attachment(shown, refused=RowNote("archive_damaged", ""))
        elif len(body) > MOST_FILE_BYTES:
            yield Attachment(shown, refused=RowNote("file_too_large", "", f"{MOST_FILE_BYTES // 2**20} MiB"))
        else:
            yield from _opened(shown, body, allowance, level + 1)
    if not found:
        yield Attachment(name, refused=RowNote("mail_empty", ""))


def _is_shown_picture(part: EmailMessage) -> bool:
    if part.get_content_disposition() != "inline":
        return False
    body = part.get_payload(decode=True)
    return part.get_content_maintype() == "image" or (isinstance(body, bytes) and body.startswith(PICTURES))


def _part(
    name: str, archive: zipfile.ZipFile, part: zipfile.ZipInfo, allowance: _Allowance, level: int
) -> Iterator[Attachment]:
    shown = f"{name}/{_shown_name(part)}"
    allowance.files -= 1
    if allowance.files < 0:
        yield Attachment(name, refused=RowNote("archive_too_many", "", str(_MOST_FILES)))
        return
    if _is_of_the_system(shown):
        yield Attachment(shown, refused=RowNote("file_ignored", ""), ignored=True)
        return
    if part.flag_bits & 1:
        yield Attachment(shown, refused=RowNote("file_password", ""))
        return
    if part.file_size > MOST_FILE_BYTES:
        yield Attachment(shown, refused=RowNote("file_too_large", "", f"{MOST_FILE_BYTES // 2**20} MiB"))
        return
    allowance.bytes -= part.file_size
    if allowance.bytes < 0:
        yield Attachment(shown, refused=RowNote("file_unpacks_too_large", ""))
        return
    try:
        content = archive.read(part)  # never more than its declared size
    except (zipfile.BadZipFile, OSError, RuntimeError, zlib.error, NotImplementedError, EOFError):
        yield Attachment(shown, refused=RowNote("archive_damaged", ""))
        return
    yield from _opened(shown, content, allowance, level + 1)


def _shown_name(part: zipfile.ZipInfo) -> str:
    """The name of a part as people know it; folders stay, `..` and a leading slash do not."""
    name = part.filename
    if not part.flag_bits & _UTF8_NAME:
        # Windows packs Thai names in its own code page and says nothing of it.
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            raw = b""
        for encoding in ("utf-8", "cp874") if raw else ():
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    pieces = [safe_name(piece) for piece in name.replace("\\", "/").split("/") if piece not in ("", ".", "..")]
    return "/".join(pieces) or "?"


def _is_of_the_system(name: str) -> bool:
    path = PurePosixPath(name)
    return "__MACOSX" in path.parts or path.name.lower() in _OF_THE_SYSTEM or path.name.startswith(("~$", "._"))
