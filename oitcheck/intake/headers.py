"""Where the tables of a form begin: header rows wherever they are, whatever their columns are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from oitcheck.intake.addresses import holds_url
from oitcheck.lib.thai_text import fold

_MOST_HEADER_CHARACTERS = 80


class Kind(StrEnum):
    """What a column of a form holds."""

    ORDINAL = "ordinal"
    ITEM = "item"
    TITLE = "title"
    URL = "url"
    STATUS = "status"
    NOTE = "note"
    AGENCY = "agency"
    CODE = "code"  # "รหัส": of the item where no other column is, else of the agency


_NAMES: dict[Kind, tuple[str, ...]] = {
    Kind.ORDINAL: ("ลำดับ", "ลำดับที่", "ที่", "เลขที่", "no", "no.", "#", "order"),
    Kind.ITEM: ("ข้อ", "ข้อที่", "รหัสข้อ", "เลขข้อ", "หมายเลขข้อ", "ข้อ OIT", "OIT", "ข้อ O", "รหัส OIT", "ตัวชี้วัดข้อ", "item",
                "item code", "ข้อคำถามที่", "O"),
    Kind.TITLE: ("รายการ", "รายการข้อมูล", "ชื่อรายการ", "ข้อมูล", "ชื่อข้อมูล", "หัวข้อ", "ประเด็น", "ข้อคำถาม", "ประเด็นการตรวจ",
                 "รายละเอียดข้อคำถาม", "ชื่อข้อ", "เรื่อง", "title", "รายละเอียด"),
    Kind.URL: ("url", "ลิงก์", "ลิงค์", "ลิ้งก์", "ลิ้งค์", "link", "ที่อยู่เว็บ", "เว็บไซต์", "เว็บเพจ", "ที่อยู่เว็บไซต์"),
    Kind.STATUS: ("สถานะ", "มี/ไม่มี", "มี / ไม่มี", "การเผยแพร่", "status"),
    Kind.NOTE: ("หมายเหตุ", "คำอธิบาย", "คำอธิบายเพิ่มเติม", "คำชี้แจง", "note", "remark", "remarks"),
    Kind.AGENCY: ("หน่วยงาน", "ชื่อหน่วยงาน", "รหัสหน่วยงาน", "agency", "agency_id", "อปท", "ชื่อ อปท"),
    Kind.CODE: ("รหัส", "code"),
}  # fmt: skip
_BY_NAME = {fold(name): kind for kind, names in _NAMES.items() for name in names if fold(name)}
_URL_WORDS = tuple(map(fold, ("url", "link", "ลิงก์", "ลิงค์", "ที่อยู่เว็บ")))
_BEGINNINGS = ((Kind.NOTE, fold("หมายเหตุ")), (Kind.NOTE, fold("คำอธิบาย")), (Kind.ITEM, fold("ข้อที่")),
               (Kind.AGENCY, fold("ชื่อหน่วยงาน")), (Kind.TITLE, fold("รายการ")),
               (Kind.STATUS, fold("สถานะ")))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table: kind → column numbers from 0, in the order of the sheet (several for URLs)."""

    of: tuple[tuple[Kind, int], ...]
    first: int
    last: int

    def all(self, kind: Kind) -> tuple[int, ...]:
        return tuple(column for one, column in self.of if one is kind)

    def one(self, kind: Kind) -> int | None:
        return next((column for one, column in self.of if one is kind), None)


def widened(tables: tuple[Columns, ...], blocks: Iterable[tuple[int, int]]) -> tuple[Columns, ...]:
    """The tables with all columns below a header of URLs that was merged across several (blocks: first, last)."""
    taken = {at for table in tables for _, at in table.of}
    spans = {first: last for first, last in blocks if last > first}
    found = []
    for table in tables:
        more = [
            (Kind.URL, at)
            for kind, first in table.of
            if kind is Kind.URL
            for at in range(first + 1, spans.get(first, first) + 1)
            if at not in taken
        ]
        of = tuple(sorted((*table.of, *more), key=lambda one: one[1]))
        found.append(Columns(of, table.first, max(at for _, at in of)))
    return tuple(found)


def columns_of(row: tuple[str, ...]) -> tuple[Columns, ...]:
    """The tables that a row is the header of, from left to right; none when it is no header.

    A header names a column of URLs and one of items or titles, and holds no URL itself.
    """
    kinds = [(kind, at) for at, cell in enumerate(row) if (kind := _kind(cell)) is not None]
    if not any(kind is Kind.URL for kind, _ in kinds) or any(holds_url(cell) for cell in row):
        return ()
    return tuple(filter(None, map(_columns, _side_by_side(kinds))))


def _kind(cell: str) -> Kind | None:
    if not cell.strip() or len(cell) > _MOST_HEADER_CHARACTERS:
        return None
    key = fold(cell)
    exact = _BY_NAME.get(key)
    if exact is not None:
        return exact
    for kind, start in _BEGINNINGS:
        if key.startswith(start):
            return kind
    return Kind.URL if any(word in key for word in _URL_WORDS) else None


def _side_by_side(kinds: list[tuple[Kind, int]]) -> Iterator[list[tuple[Kind, int]]]:
    """The columns of each of several tables beside each other: one begins where a kind comes back after a URL."""
    group: list[tuple[Kind, int]] = []
    for kind, at in kinds:
        before = [one for one, _ in group]
        if kind in (Kind.ORDINAL, Kind.ITEM, Kind.TITLE) and kind in before and Kind.URL in before:
            yield group
            group = []
        group.append((kind, at))
    yield group


def _columns(group: list[tuple[Kind, int]]) -> Columns | None:
    kinds = {kind for kind, _ in group}
    if Kind.CODE in kinds:
        meant = Kind.AGENCY if Kind.ITEM in kinds and Kind.AGENCY not in kinds else Kind.ITEM
        group = [(meant if kind is Kind.CODE else kind, at) for kind, at in group]
        kinds = {kind for kind, _ in group}
    if Kind.URL not in kinds or not kinds & {Kind.ITEM, Kind.TITLE}:
        return None
    return Columns(tuple(group), min(at for _, at in group), max(at for _, at in group))
