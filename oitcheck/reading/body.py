"""The body of a document: what stands in it besides titles, links, pointers, contents and the like."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import takewhile

from oitcheck.lib.thai_text import fold
from oitcheck.model.evidence import Document, Locator
from oitcheck.reading.passages import PAGED, Passage, is_blank, is_contents_line, is_pointer, passages

# Lines of a site's or a posting's own, not of the document.
_FURNITURE = re.compile(
    r"^\W*(?:©|copyright|สงวนลิขสิทธิ์|ผู้เข้าชม|เข้าชม|จำนวน(?:ผู้)?เข้าชม|อ่าน\s*:?\s*[\d๐-๙]|โพสต์|เขียนโดย|ผู้เขียน|หมวด\s*:|"
    r"พิมพ์|อีเมล$|เผยแพร่เมื่อ|ปรับปรุงล่าสุด|อัป?เดต|"
    r"hits?\b|posted|last update|powered by|แชร์|share|tweet|หน้าหลัก|กลับ|ย้อนกลับ|คุณอยู่ที่|you are here|เว็บไซต์นี้ใช้คุกกี้)"
    r"|กำลังปรับปรุง|อยู่ระหว่าง(?:การ)?(?:ปรับปรุง|พัฒนา|จัดทำ|รวบรวม|จัดเตรียม)(?:ข้อมูล|ระบบ|เว็บ|เอกสาร|$|\s)|"
    r"เร็ว\s*ๆ?\s*นี้|coming soon|under construction",
    re.IGNORECASE,
)
# With these words the text of an official paper begins, below its title.
_PROSE = re.compile(r"^\s*(?:โดยที่|ด้วย|ตามที่|อาศัยอำนาจ|เพื่อให้|เนื่องจาก|เนื่องด้วย)")
_PREFACE = re.compile(r"^\W*(?:คำนำ|สารบัญ|preface|contents)\W*$", re.IGNORECASE)
# A preface is no longer than this; what follows it on the same page is taken for it, too.
LONGEST_PREFACE = 14
# Under a heading something is told from so many folded characters on.
LEAST_UNDER = 12
# A title of a paper is wrapped over no more lines than this.
TITLE_LINES = 3
_PAGE_COLUMN = re.compile(r"^\W*(?:หน้า|page)\W*$", re.IGNORECASE)
_PAGE_CELL = re.compile(r"^\W*(?:[\d๐-๙]{1,3}|[ก-ฮ])\W*$")


@lru_cache(maxsize=256)
def body(document: Document) -> tuple[Passage, ...]:
    """The lines, cells and forms of a document that say something of their own, in reading order: no headings, links,
    pointers, furniture of the site, lines of contents, nor the preface under its heading."""
    kept: list[Passage] = []
    contents = _contents_cells(document)
    titles = {fold(p.text) for p in passages(document) if p.part in ("heading", "caption")} | {fold(document.title)}
    prefaced = 0
    for passage in passages(document):
        if _PREFACE.match(passage.text):
            prefaced = LONGEST_PREFACE
            continue
        if passage.part == "heading" or (passage.part == "line" and passage.strong):
            prefaced = 0
            continue
        if passage.part not in ("line", "cell", "form"):
            continue
        if prefaced and passage.part == "line":
            prefaced -= 1
            continue
        folded = fold(passage.text)
        if (
            not folded
            or folded in titles
            or is_blank(passage.text)
            or is_contents_line(passage.text)
            or (passage.part == "cell" and (passage.text, passage.at) in contents)
            or is_pointer(passage.text)
            or _FURNITURE.search(passage.text)
        ):
            continue
        kept.append(passage)
    return tuple(kept)


@lru_cache(maxsize=256)
def preface(document: Document) -> frozenset[tuple[str, Locator]]:
    """The lines of the preface under its heading, each with its place."""
    found: set[tuple[str, Locator]] = set()
    left = 0
    for passage in passages(document):
        if _PREFACE.match(passage.text):
            left = LONGEST_PREFACE
        elif passage.part in ("heading", "caption", "header", "cell") or (passage.part == "line" and passage.strong):
            left = 0
        elif left and passage.part == "line":
            left -= 1
            found.add((passage.text, passage.at))
    return frozenset(found)


def _contents_cells(document: Document) -> frozenset[tuple[str, Locator]]:
    """The cells of tables of contents: a column headed "page", filled with page numbers."""
    found: set[tuple[str, Locator]] = set()
    for section in document.content:
        for table in section.tables:
            names = table.header or (table.rows[0] if table.rows else ())
            column = next((i for i, name in enumerate(names) if _PAGE_COLUMN.match(name)), None)
            rows = table.rows if table.header else table.rows[1:]
            if column is not None and all(_PAGE_CELL.match(row[column]) for row in rows if row[column].strip()):
                found.update((cell, table.row_at(i)) for i, row in enumerate(table.rows) for cell in row)
    return frozenset(found)


def begins_preface(text: str) -> bool:
    """Whether a line heads a preface or a table of contents."""
    return bool(_PREFACE.match(text))


def tells_under(passage: Passage) -> bool:
    """Whether something is told under a heading, more than that it will come."""
    lines = [line for line in passage.under.split("\n") if not _FURNITURE.search(line) and not is_blank(line)]
    return sum(len(fold(line)) for line in lines) >= LEAST_UNDER


def body_amount(document: Document) -> int:
    """Folded characters of a document's body."""
    return sum(len(fold(p.text)) for p in body(document))


@lru_cache(maxsize=256)
def top_passages(document: Document, most: int) -> tuple[Passage, ...]:
    """The first passages of a document, and all its headings and captions: where it says what it is. Links left out.

    A title wrapped over the first lines of a page stands before them as one passage.
    """
    told = [p for p in passages(document) if p.part != "link"]
    top = [p for i, p in enumerate(told) if i < most or p.part in ("heading", "caption")]
    lines = [p for p in told[:TITLE_LINES] if p.part == "line"]
    head = list(takewhile(lambda p: not _PROSE.match(p.text), lines))
    if document.kind in PAGED and len(head) > 1:
        top.insert(0, Passage("".join(p.text for p in head), head[0].at, "heading", "", True))
    return tuple(top)
