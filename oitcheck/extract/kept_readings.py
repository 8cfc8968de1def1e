"""What readers made of kept bytes, kept beside them across runs, so that no document is read twice.

JSON, never pickle: what stands in it came from strangers. Every place is written without the sha256 of its file, so
that two files that say the same at the same places are written alike.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import zstandard

from oitcheck.model.evidence import (
    BlindReason,
    BlindSpot,
    Block,
    Capture,
    Document,
    Figure,
    Form,
    Line,
    Link,
    Locator,
    Picture,
    Section,
    Table,
)

Read = tuple[Document | BlindSpot, ...]

# Raised with every change of what is written here.
LAYOUT = 2
# A kept file inflates to no more than what a reading process may answer.
_BYTES_MOST = 256 * 1024 * 1024
_LEVEL = 3
STOPPED = "reading process stopped"
_PASSING = (BlindReason.TOO_SLOW, BlindReason.COPY_DAMAGED)


def is_lasting(read: Iterable[Document | BlindSpot]) -> bool:
    """Whether another reading would end alike: not when it ran out of time, its process died, or the copy was lost."""
    spots = (part for part in read if isinstance(part, BlindSpot))
    return not any(spot.reason in _PASSING or spot.detail == STOPPED for spot in spots)


def content_digest(read: Read) -> str:
    """The same for two readings that say the same at the same places, whichever bytes they were made of."""
    return hashlib.sha256(_packed(read)).hexdigest()


class KeptReadings:
    """Readings on disk: `ab/<sha256>-<digest of the circumstances>.json.zst`. Written once, never changed.

    `version` stands for everything besides a capture that a reading depends on: readers, libraries, tools, limits.
    """

    def __init__(self, folder: Path, version: str) -> None:
        self._folder = folder
        self.version = version

    def get(self, capture: Capture, variant: str = "") -> Read | None:
        """What was read of a capture; None when it was not, or by other readers. `variant` tells readings by OCR."""
        raw = self._get(self._path(capture, variant))
        if raw is None:
            return None
        try:
            return tuple(_part(part, capture) for part in json.loads(raw.decode("utf-8", "surrogatepass")))
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            return None

    def put(self, capture: Capture, read: Read, variant: str = "") -> None:
        """Keep what was read. Raises OSError."""
        self._put(self._path(capture, variant), _packed(read))

    def get_picture(self, sha256: str) -> Picture | None:
        """What the pixels of a picture told, or None."""
        raw = self._get(self._named(sha256, "picture"))
        if raw is None:
            return None
        try:
            width, height, is_blank, colours = json.loads(raw)
            return Picture(sha256, int(width), int(height), bool(is_blank), int(colours))
        except (ValueError, TypeError):
            return None

    def put_picture(self, picture: Picture) -> None:
        """Keep what the pixels of a picture told. Raises OSError."""
        told = [picture.width_px, picture.height_px, picture.is_blank, picture.colours]
        self._put(self._named(picture.sha256, "picture"), json.dumps(told).encode())

    def _path(self, capture: Capture, variant: str) -> Path:
        told = (capture.final_url, capture.media_type, capture.charset, capture.rendered, variant)
        return self._named(capture.sha256, *map(str, told))

    def _named(self, sha256: str, *circumstances: str) -> Path:
        told = json.dumps([LAYOUT, self.version, *circumstances]).encode()
        return self._folder / sha256[:2] / f"{sha256}-{hashlib.sha256(told).hexdigest()[:24]}.json.zst"

    def _get(self, path: Path) -> bytes | None:
        try:
            with path.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as stream:
                raw = stream.read(_BYTES_MOST + 1)
        except (OSError, zstandard.ZstdError, MemoryError):
            return None
        return raw if len(raw) <= _BYTES_MOST else None

    def _put(self, path: Path, raw: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        passing = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
        try:
            passing.write_bytes(zstandard.ZstdCompressor(level=_LEVEL).compress(raw))
            with contextlib.suppress(FileExistsError):
                os.link(passing, path)
        finally:
            passing.unlink(missing_ok=True)


def _packed(read: Read) -> bytes:
    packed = [_packed_part(part) for part in read]
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _packed_part(part: Document | BlindSpot) -> list[Any]:
    if isinstance(part, BlindSpot):
        return [part.reason.value, part.place, part.detail]
    sha256 = part.capture.sha256
    return [
        part.kind,
        part.title,
        [_packed_section(section, sha256) for section in part.sections],
        part.text_quality,
        part.ocr,
        part.pages,
        part.page_qualities,
        part.readers,
        part.member,
        part.scripted,
    ]


def _packed_section(section: Section, sha256: str) -> list[Any]:
    blocks = [_PACKERS[type(block)](block, sha256) for block in section.blocks]
    return [section.heading, blocks, section.role, section.anchor, _packed_place(section.at, sha256)]


def _packed_place(at: Locator, sha256: str) -> Any:
    return at.place if at.sha256 == sha256 else [at.sha256, at.place]


_PACKERS: dict[type, Callable[[Any, str], list[Any]]] = {
    Line: lambda b, sha256: [0, b.text, _packed_place(b.at, sha256), b.strong, b.confidence],
    Table: lambda b, sha256: [1, b.header, b.rows, b.caption, _packed_place(b.at, sha256), b.row_places],
    Figure: lambda b, sha256: [
        2, b.url, b.alt, b.words, _packed_place(b.at, sha256), b.width_px, b.height_px, b.map_service,
    ],
    Link: lambda b, sha256: [3, b.url, b.text, b.is_placeholder, _packed_place(b.at, sha256), b.embedded],
    Form: lambda b, sha256: [4, b.words, b.fields, b.action, _packed_place(b.at, sha256)],
}  # fmt: skip


def _part(packed: list[Any], capture: Capture) -> Document | BlindSpot:
    if len(packed) == 3:
        reason, place, detail = packed
        return BlindSpot(capture, BlindReason(reason), place, detail)
    kind, title, sections, text_quality, ocr, pages, page_qualities, readers, member, scripted = packed
    return Document(
        capture,
        kind,
        title,
        tuple(_section(section, capture.sha256) for section in sections),
        text_quality,
        ocr,
        pages,
        tuple(page_qualities),
        tuple(readers),
        member,
        scripted,
    )


def _section(packed: list[Any], sha256: str) -> Section:
    heading, blocks, role, anchor, at = packed
    return Section(tuple(heading), tuple(_block(b, sha256) for b in blocks), role, anchor, _place(at, sha256))


def _place(packed: Any, sha256: str) -> Locator:
    return Locator(sha256, packed) if isinstance(packed, str) else Locator(*packed)


def _block(packed: list[Any], sha256: str) -> Block:
    number, *told = packed
    if number == 0:
        text, at, strong, confidence = told
        return Line(text, _place(at, sha256), strong, confidence)
    if number == 1:
        header, rows, caption, at, row_places = told
        cells = tuple(tuple(row) for row in rows)
        return Table(tuple(header), cells, tuple(caption), _place(at, sha256), tuple(row_places))
    if number == 2:
        url, alt, words, at, width, height, map_service = told
        return Figure(url, alt, tuple(words), _place(at, sha256), width, height, map_service)
    if number == 3:
        url, text, is_placeholder, at, embedded = told
        return Link(url, text, is_placeholder, _place(at, sha256), embedded)
    if number == 4:
        words, fields, action, at = told
        return Form(tuple(words), tuple(fields), action, _place(at, sha256))
    raise ValueError(number)
