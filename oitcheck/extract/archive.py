"""ZIP archives: their members, each read as a document of the same capture. Nothing is ever written to a disk.

Limits hold for the number of members, the size of each and of all, and how much smaller they are packed than unpacked.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from io import BytesIO

from oitcheck.extract.charset import looks_like_874
from oitcheck.extract.kinds import kind_of_bytes
from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.ocr_page import ScanPage
from oitcheck.extract.package import ZIP_ERRORS, Unreadable, most_names
from oitcheck.extract.pdf import NO_SCANS
from oitcheck.extract.places import relocated
from oitcheck.lib.thai_text import clean
from oitcheck.model.evidence import BlindReason, BlindSpot, Capture, Document
from oitcheck.model.member import Member, member_page

Read = tuple[Document | BlindSpot, ...]
Reader = Callable[[Capture, bytes, ExtractLimits, Mapping[int, ScanPage]], Read]

_MIB = 1024 * 1024
# An agency's archive of a year of monthly reports has a few dozen files.
MOST_MEMBERS = 300
# A list of more names than this is made to be long.
MOST_NAMES = 20_000
MOST_MEMBER_BYTES = 100 * _MIB
MOST_BYTES = 400 * _MIB
# Papers pack to a tenth, empty tables to a hundredth; what packs better and is large is a bomb.
_MOST_RATIO = 250
_RATIO_FROM_BYTES = 5 * _MIB
_LONGEST_NAME = 200

_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_UNICODE_PATH = 0x7075
# What systems and programs leave in archives beside the files: no paper of anybody.
_LITTER = re.compile(r"(?:^|/)(?:__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$|~\$)", re.IGNORECASE)
# What an address would make of these: the kind of a file is told by its bytes, and by the ending of its name.
_NOT_IN_ADDRESSES = re.compile(r"[?#]")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A member with its place in the archive's list, and why it is not read (None: it may be)."""

    member: Member
    info: zipfile.ZipInfo
    problem: BlindReason | None = None
    detail: str = ""


def members(body: bytes) -> tuple[Member, ...]:
    """The members that are read, in the order of the archive. Raises Unreadable for what is no archive."""
    with _opened(body) as archive:
        return tuple(entry.member for entry in _entries(archive) if entry.problem is None)


def member_body(body: bytes, number: int) -> bytes:
    """The bytes of a member by its number. Raises Unreadable."""
    with _opened(body) as archive:
        for entry in _entries(archive):
            if entry.member.number == number:
                if entry.problem is not None:
                    raise Unreadable(entry.problem, entry.detail)
                return _unpacked(archive, entry.info)
    raise Unreadable(BlindReason.CORRUPT, f"no member {number}")


def read(
    capture: Capture,
    body: bytes,
    limits: ExtractLimits,
    reader: Reader,
    scans: Mapping[int, ScanPage] = NO_SCANS,
    only: int = 0,
) -> Read:
    """The documents and blind spots of all members (or of the member `only`), with places in the archive.

    A member that is an archive itself, locked, broken or beyond the limits is a blind spot of its own.
    """
    found: list[Document | BlindSpot] = []
    try:
        with _opened(body) as archive:
            for entry in _entries(archive):
                if not only or entry.member.number == only:
                    found += _read(capture, archive, entry, limits, reader, scans)
    except Unreadable as error:
        return (BlindSpot(capture, error.reason, detail=error.detail),)
    if not found and not only:
        return (BlindSpot(capture, BlindReason.EMPTY_FILE, detail="archive without files"),)
    return tuple(found)


def spots_of_members(capture: Capture, body: bytes) -> Read:
    """The blind spots of the members that are not read at all: what `read` gives beside those of `members`."""
    with _opened(body) as archive:
        return tuple(_blind(capture, e.member, e.problem, e.detail) for e in _entries(archive) if e.problem is not None)


def _read(
    capture: Capture,
    archive: zipfile.ZipFile,
    entry: _Entry,
    limits: ExtractLimits,
    reader: Reader,
    scans: Mapping[int, ScanPage],
) -> Iterator[Document | BlindSpot]:
    member = entry.member
    if entry.problem is not None:
        yield _blind(capture, member, entry.problem, entry.detail)
        return
    try:
        inner = _unpacked(archive, entry.info)
    except Unreadable as error:
        yield _blind(capture, member, error.reason, error.detail)
        return
    if kind_of_bytes(inner) == "zip":
        whole = zipfile.is_zipfile(BytesIO(inner))
        reason, detail = (BlindReason.UNSUPPORTED, "archive within an archive") if whole else (BlindReason.CORRUPT, "")
        yield _blind(capture, member, reason, detail)
        return
    mine = {page: scan for number, scan in scans.items() for m, page in (member_page(number),) if m == member.number}
    # The member as if it had been fetched from below the archive: its name tells csv from text.
    name = _NOT_IN_ADDRESSES.sub("_", member.name)
    own = replace(capture, final_url=f"{capture.final_url or capture.url}/{name}", media_type="", charset="")
    for part in reader(own, inner, limits, mine):
        if isinstance(part, BlindSpot):
            yield replace(part, capture=capture, place=member.place(part.place))
        else:
            sections = relocated(part.sections, member.place, capture.sha256)
            title = part.title or member.name.rpartition("/")[2].rpartition(".")[0]
            yield replace(part, capture=capture, sections=sections, title=title, member=member.name)


def _blind(capture: Capture, member: Member, reason: BlindReason, detail: str) -> BlindSpot:
    return BlindSpot(capture, reason, member.place(), detail)


def _opened(body: bytes) -> zipfile.ZipFile:
    if most_names(body) > MOST_NAMES:
        raise Unreadable(BlindReason.TOO_LARGE, "names in the archive")
    try:
        return zipfile.ZipFile(BytesIO(body))
    except ZIP_ERRORS as error:
        raise Unreadable(BlindReason.CORRUPT, f"{type(error).__name__}: {error}"[:300]) from error


def _entries(archive: zipfile.ZipFile) -> tuple[_Entry, ...]:
    """The files of an archive, with those that are not read and why. Raises Unreadable."""
    infos = archive.infolist()
    entries: list[_Entry] = []
    total = 0
    for number, info in enumerate(infos, 1):
        name = _name(info)
        if not name or info.orig_filename.endswith(("/", "\\")) or _LITTER.search(name):
            continue
        problem, detail = _problem(info)
        if problem is None and total + info.file_size > MOST_BYTES:
            problem, detail = BlindReason.TOO_LARGE, "archive larger than is read"
        if problem is None and len(entries) >= MOST_MEMBERS:
            # One blind spot stands for all that follow.
            entries.append(_Entry(Member(number, name), info, BlindReason.TOO_LARGE, "more files than are read"))
            break
        total += info.file_size if problem is None else 0
        entries.append(_Entry(Member(number, name), info, problem, detail))
    return tuple(entries)


def _problem(info: zipfile.ZipInfo) -> tuple[BlindReason | None, str]:
    if info.flag_bits & _ENCRYPTED:
        return BlindReason.ENCRYPTED, ""
    if info.file_size > MOST_MEMBER_BYTES:
        return BlindReason.TOO_LARGE, f"{info.file_size} bytes unpacked"
    if info.file_size > _RATIO_FROM_BYTES and info.file_size > _MOST_RATIO * max(1, info.compress_size):
        return BlindReason.TOO_LARGE, f"{info.compress_size} bytes unpack to {info.file_size}"
    return None, ""


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    try:
        return archive.read(info)  # never more than the size that the list tells
    except ZIP_ERRORS as error:
        raise Unreadable(BlindReason.CORRUPT, f"{type(error).__name__}: {error}"[:300]) from error


def _name(info: zipfile.ZipInfo) -> str:
    """A name as people read it: folders and file, without what would lead out of a folder or turn the line around.

    Names come in UTF-8 with a flag, without one in the code page of the system: windows-874 in Thailand, cp437
    elsewhere; some programs write UTF-8 without the flag.
    """
    name = info.orig_filename
    if not info.flag_bits & _UTF8_NAME:
        raw = name.encode("cp437", "replace")
        name = _unicode_path(info, raw) or _decoded(raw)
    parts = [clean(_UNSEEN.sub("", part)) for part in re.split(r"[/\\]", name.split("\0")[0])]
    kept = [part for part in parts if part and part not in (".", "..") and not re.fullmatch(r"[A-Za-z]:", part)]
    shown = "/".join(kept)
    return shown if len(shown) <= _LONGEST_NAME else "…" + shown[-_LONGEST_NAME:]


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp874" if looks_like_874(raw) else "cp437", "replace")


def _unicode_path(info: zipfile.ZipInfo, raw: bytes) -> str:
    """The name in UTF-8 that some programs put beside the old one; "" when there is none that belongs to it."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        value, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and value[:5] == b"\1" + struct.pack("<I", zlib.crc32(raw)):
            return value[5:].decode("utf-8", "replace")
    return ""
