"""Text of a document in passages: what stands there, how it is set, and what follows under it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import ahocorasick_rs

from oitcheck.lib.named_dates import months_named
from oitcheck.lib.terms import Concept
from oitcheck.lib.thai_text import fold
from oitcheck.model.evidence import Block, Document, Figure, Form, Line, Link, Locator, Section, Table
from oitcheck.model.finding import Seen

# A value counts as written from this many folded characters on; shorter ones are bullets, numbers, stray marks.
LEAST_VALUE = 4
# What follows a heading counts as content from this many folded characters on.
LEAST_CONTENT = 12
_FILLER = re.compile(r"[.…_\-–—=*/\\|:;,()\[\]<>•·●○▪►✓✔☐\s]+")
_CONTENTS_LEADER = re.compile(r"(?<!\.)(?:\.\s?){4,}[\d๐-๙]*\s*$|(?<!…)…{2,}\s*[\d๐-๙]*\s*$")
_PAGE_NUMBER = re.compile(r"^\W*(?:หน้า)?\s*[\d๐-๙]{1,3}\W*$")
_POINTER = re.compile(
    r"เอกสารแนบ|ไฟล์แนบ|ดาวน์โหลด|คลิก|รายละเอียดเพิ่มเติม|ดูรายละเอียด|อ่านต่อ|ดังแนบ|"
    r"e-?book|อีบุ๊ก|หนังสืออิเล็กทรอนิกส์|click|download|read more",
    re.IGNORECASE,
)
LONGEST_POINTER = 80
# Words of which a line that only points to something else is made.
_POINTING = re.compile(
    r"รายละเอียด|ดังแนบ|ปรากฏ|ตาม|เอกสาร|แนบ(?:ท้าย|มาพร้อมนี้)?|ไฟล์|เพิ่มเติม|คลิก(?:เพื่อ)?|ที่นี่|ดาวน์โหลด|ด้านล่าง|ข้างล่าง|ท้าย(?:นี้)?|"
    r"ได้(?:ที่|จาก)|โปรด|กรุณา|ข้อมูล|ดู|เปิด|อ่าน(?:ต่อ)?|เพื่อ|จาก|ใน|นี้|click|here|download|read|more|details?|pdf|file|attached",
    re.IGNORECASE,
)
# Bold text longer than this is no label.
LONGEST_LABEL = 40
# Kinds of document whose lines are those of a page, wrapped at its edge.
PAGED = frozenset({"pdf"})
# A page with fewer lines than this has no right edge to be told; a line of this share of the widest reaches it.
LEAST_WRAPPED = 4
FULL_WIDTH = 0.82
# A line that begins like this is no continuation: numbering, bullets, labels.
_BEGINS = re.compile(
    r"^\s*(?:[(\d๐-๙]+[.)]|[-•·●○▪►✓*]|ข้อ\s*[\d๐-๙]|ขั้นตอน|ประเด็น|มาตรการ|มาตรา\s*[\d๐-๙]|คำนำ|สารบัญ|บทที่|ภาคผนวก|ส่วนที่|"
    r"ปัญหา|อุปสรรค|ข้อเสนอแนะ|[^:]{1,30}:)"
)
_MASK = re.compile(r"(?i)x{2,}|๐{4,}")
# Dots to write on, with nothing but the unit of what is to be written.
_DOTS = re.compile(r"\.{4,}|…{2,}|_{4,}")
_UNIT = re.compile(r"^(?:บาท|วัน(?:ทำการ)?|นาที|ชั่วโมง|คน|ราย|ครั้ง|เรื่อง|เดือน|ปี|พศ|พ|ศ|หน่วย|ฉบับ)+$")
_NONE = re.compile(
    r"^[\s:]*(?:-+|–|—|ไม่มี(?:งบประมาณ|ค่าธรรมเนียม|ค่าใช้จ่าย|ข้อมูล)?|ไม่ใช้(?:งบ(?:ประมาณ)?)?|ไม่ได้ใช้งบประมาณ|ไม่ใช้จ่ายงบประมาณ|ไม่เสียค่าใช้จ่าย|ฟรี|none|n/a)[\s.]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of text with its place.

    `part`: heading, line, link (a line that is nothing but links), caption, header,
    cell, figure, form. `under` is the text that follows it up to the next passage of its rank (headings and labels)."""

    text: str
    at: Locator
    part: str
    under: str = ""
    strong: bool = False


def is_blank(text: str) -> bool:
    """Whether a value is missing: empty, dots, underscores, masked digits. A single dash is not: it says "none"."""
    stripped = text.strip()
    if _NONE.match(stripped):
        return False
    rest = _FILLER.sub("", _MASK.sub("", stripped))
    return not rest or (bool(_DOTS.search(stripped)) and bool(_UNIT.match(rest)))


def says_none(text: str) -> bool:
    """Whether a value says that there is nothing: "-", "ไม่มี", "ไม่ใช้งบประมาณ"."""
    return bool(_NONE.match(text.strip()))


_SAYS_NONE = re.compile(r"ไม่มี\s*$|[:：\s]-\s*$|ไม่ใช้งบประมาณ|ไม่ได้ใช้งบประมาณ")
# What a list of postings says beside each link: its date, size and count of readers.
_POSTING = re.compile(
    r"[\d๐-๙]{1,2}\s*(?:ม\.?ค|ก\.?พ|มี\.?ค|เม\.?ย|พ\.?ค|มิ\.?ย|ก\.?ค|ส\.?ค|ก\.?ย|ต\.?ค|พ\.?ย|ธ\.?ค|มกราคม|กุมภาพันธ์|มีนาคม|เมษายน|พฤษภาคม|มิถุนายน|กรกฎาคม|"
    r"สิงหาคม|กันยายน|ตุลาคม|พฤศจิกายน|ธันวาคม)\.?\s*(?:พ\.ศ\.\s*)?[\d๐-๙]{2,4}|(?<![\d๐-๙])[\d๐-๙]{1,2}[/-][\d๐-๙]{1,2}[/-][\d๐-๙]{2,4}|(?<![\d๐-๙.,])[\d๐-๙.,]+\s*[KMG]B|"
    r"(?:อ่าน|เปิดอ่าน|เข้าชม|ดาวน์โหลด|views?)\s*:?\s*[\d๐-๙,]*\s*(?:ครั้ง)?|[\d๐-๙]{1,2}[:.][\d๐-๙]{2}\s*น\.|\bPDF\b|\bDOCX?\b|\bXLSX?\b",
    re.IGNORECASE,
)
_FILE_KIND = re.compile(r"^\W*(?:pdf|word|excel|docx?|xlsx?|jpg|png|zip|ไฟล์)\W*$", re.IGNORECASE)


def is_listing(row: tuple[str, ...], bare: frozenset[str]) -> bool:
    """Whether a table row only lists a document: a title, a link, perhaps a number, a date, a kind of file."""
    cells = [c for c in dict.fromkeys(row) if c.strip()]
    if not any(is_bare_link(c, bare) or is_pointer(c) for c in cells):
        return False
    telling = [
        c
        for c in cells
        if not (is_bare_link(c, bare) or is_pointer(c) or _PAGE_NUMBER.match(c) or _FILE_KIND.match(c) or _is_date(c))
    ]
    return len(telling) <= 1


def _is_date(text: str) -> bool:
    return len(text) < 30 and any(n.day for n in months_named(text))


def is_contents_line(text: str) -> bool:
    """Whether a line is of a table of contents: a title, leader dots and a page number."""
    return bool(_CONTENTS_LEADER.search(text))


def is_pointer(text: str) -> bool:
    """Whether a line only points to something else: "รายละเอียดตามเอกสารแนบ"."""
    return len(text) <= LONGEST_POINTER and bool(_POINTER.search(text))


def only_points(text: str) -> bool:
    """Whether a line says nothing but where something else is: "รายละเอียดตามเอกสารแนบ", "คลิกที่นี่เพื่อดาวน์โหลด"."""
    return is_pointer(text) and len(fold(_POINTING.sub("", text))) < LEAST_VALUE


@lru_cache(maxsize=64)
def passages(document: Document) -> tuple[Passage, ...]:
    """The passages of a document's content, in reading order."""
    return tuple(_passages(document))


def _passages(document: Document) -> Iterator[Passage]:
    sections = _over_pages(document.content) if document.kind in PAGED else document.content
    telling = strong_tells(document)
    places = line_places(document)
    seen_headings: set[tuple[str, ...]] = set()
    for index, section in enumerate(sections):
        for depth in range(1, len(section.heading) + 1):
            path = section.heading[:depth]
            if path not in seen_headings:
                seen_headings.add(path)
                place = places.get(fold(path[-1]), section.at)
                yield Passage(path[-1], place, "heading", _under_heading(sections, index, path), True)
        yield from _of_section(_unwrapped(section) if document.kind in PAGED else section, telling, places)


def _over_pages(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """Sections under one heading as one: what a page begins may go on at the top of the next."""
    joined: list[Section] = []
    for section in sections:
        if joined and joined[-1].heading == section.heading:
            joined[-1] = replace(joined[-1], blocks=joined[-1].blocks + section.blocks)
        else:
            joined.append(section)
    return tuple(joined)


def _unwrapped(section: Section) -> Section:
    """A section of a page with lines that were wrapped at its right edge joined into one."""
    widths = sorted(len(fold(line.text)) for line in section.lines)
    if len(widths) < LEAST_WRAPPED:
        return section
    full = widths[-2] * FULL_WIDTH
    blocks: list[Block] = []
    wraps = False
    for block in section.blocks:
        last = blocks[-1] if blocks else None
        if (
            isinstance(block, Line)
            and isinstance(last, Line)
            and wraps
            and last.strong == block.strong
            and not _BEGINS.match(block.text)
            and not last.text.rstrip().endswith((".", ":"))
        ):
            # Thai has no blanks between words: a word broken over the edge is whole again.
            blocks[-1] = Line(last.text + block.text, last.at, last.strong)
        else:
            blocks.append(block)
        wraps = isinstance(block, Line) and len(fold(block.text)) >= full
    return replace(section, blocks=tuple(blocks))


@lru_cache(maxsize=64)
def line_places(document: Document) -> Mapping[str, Locator]:
    """The place of each line of a document by its folded text, the first where it stands twice."""
    places: dict[str, Locator] = {}
    for section in document.sections:
        for line in section.lines:
            places.setdefault(fold(line.text), line.at)
    return places


def placed(document: Document, quote: str, near: Locator) -> Seen:
    """A quotation with the place of the line that holds it; `near` where no line does."""
    folded = fold(quote)
    places = line_places(document)
    if folded in places:
        return Seen(places[folded], quote)
    return Seen(next((at for text, at in places.items() if folded and folded in text), near), quote)


def strong_tells(document: Document) -> bool:
    """Whether bold type means anything in a document: not where most lines are bold."""
    lines = [line for section in document.content for line in section.lines]
    return len(lines) < 6 or sum(line.strong for line in lines) * 2 <= len(lines)


def _under_heading(sections: tuple[Section, ...], start: int, path: tuple[str, ...]) -> str:
    parts: list[str] = []
    for section in sections[start:]:
        if section.heading[: len(path)] != path:
            break
        if section.heading != path and len(section.heading) > len(path):
            parts.append(section.heading[-1])
        parts.append(_text_of(section))
        if sum(map(len, parts)) > 2000:
            break
    return "\n".join(p for p in parts if p)


def _text_of(section: Section) -> str:
    """The text of a section without lines that are nothing but links or placeholders of missing values."""
    bare = link_texts(section)
    own = {fold(heading) for heading in section.heading}
    out: list[str] = []
    for block in section.blocks:
        # A heading stands among its section's lines, too, and is no content of it.
        if (
            isinstance(block, Line)
            and fold(block.text) not in own
            and not is_bare_link(block.text, bare)
            and not only_points(block.text)
        ):
            out.append(block.text)
        elif isinstance(block, Table):
            out.extend(" ".join(dict.fromkeys(row)) for row in block.rows[:60])
        elif isinstance(block, Form):
            out.append(" ".join(block.words))
        elif isinstance(block, Figure):
            out.extend((block.alt, *block.words))
    return "\n".join(t for t in out if t.strip())


def link_texts(section: Section) -> frozenset[str]:
    """The folded texts of a section's links: a line equal to one of them says nothing of its own."""
    return frozenset(fold(link.text) for link in section.links if link.text)


def is_bare_link(text: str, bare: frozenset[str]) -> bool:
    """Whether a line is nothing but the texts of links, one or several."""
    folded = fold(text)
    if folded in bare:
        return True
    text = _POSTING.sub(" ", text)
    folded = fold(text)
    if not folded and bare:
        return True
    for link in links_within(folded, bare):
        folded = folded.replace(link, "", 1)
    return len(folded) < LEAST_VALUE and len(fold(text)) >= LEAST_VALUE and bool(bare)


def links_within(folded: str, bare: frozenset[str]) -> list[str]:
    """The texts of links that stand in a folded line, the longest first."""
    found = {folded[start:end] for _, start, end in _finder(bare).find_matches_as_indexes(folded, overlapping=True)}
    return sorted(found, key=lambda link: (-len(link), link))


@lru_cache(maxsize=64)
def _finder(bare: frozenset[str]) -> ahocorasick_rs.AhoCorasick:
    # A page may have thousands of lines and of links.
    return ahocorasick_rs.AhoCorasick([link for link in bare if len(link) >= LEAST_VALUE])


def _of_section(section: Section, telling: bool, places: Mapping[str, Locator]) -> Iterator[Passage]:
    bare = link_texts(section)
    blocks = section.blocks
    own = {"", *map(fold, section.heading)}
    cells = {fold(cell) for table in section.tables for row in (table.header, *table.rows) for cell in row}
    for index, block in enumerate(blocks):
        if isinstance(block, Line) and fold(block.text) in own:
            continue  # a stray mark, a rule of dashes; a heading, which stands before its section
        if isinstance(block, Line):
            part = "link" if is_bare_link(block.text, bare) else "line"
            under = _under_line(blocks, index, bare, telling)
            yield Passage(block.text, block.at, part, under, block.strong and telling)
        elif isinstance(block, Table):
            yield from _of_table(block, bare, places)
        elif isinstance(block, Figure):
            for text in dict.fromkeys((block.alt, *block.words)):
                # Words around a picture that stand as lines or cells, too, are those.
                if text and fold(text) not in places and fold(text) not in cells:
                    yield Passage(text, block.at, "figure")
        elif isinstance(block, Form):
            for text in block.words:
                yield Passage(text, block.at, "form")
        elif isinstance(block, Link) and block.embedded and block.text:
            yield Passage(block.text, block.at, "link")


def _under_line(blocks: tuple[object, ...], index: int, bare: frozenset[str], telling: bool) -> str:
    """What follows a line up to the next line that looks like a label of its own."""
    own = blocks[index]
    parts: list[str] = []
    for block in blocks[index + 1 : index + 9]:
        if isinstance(block, Line):
            is_label = block.strong and len(block.text) <= LONGEST_LABEL
            if telling and is_label and isinstance(own, Line) and (own.strong or parts):
                break
            if not is_bare_link(block.text, bare) and not only_points(block.text):
                parts.append(block.text)
        elif isinstance(block, Table):
            parts.extend(" ".join(row) for row in block.rows[:10])
            break
        elif isinstance(block, Form):
            parts.extend(block.words)
            break
        elif isinstance(block, Figure):
            parts.extend((block.alt, *block.words))
    return "\n".join(parts)


def _of_table(table: Table, bare: frozenset[str], places: Mapping[str, Locator]) -> Iterator[Passage]:
    for text in table.caption:
        place = places.get(fold(text), table.at)
        yield Passage(text, place, "caption", "\n".join(" ".join(r) for r in table.rows[:10]), True)
    for column, name in enumerate(table.header):
        if name:
            values = [row[column] for row in table.rows if column < len(row) and not is_blank(row[column])]
            if all(_PAGE_NUMBER.match(v) for v in values):
                # A column of numbers numbers what the rows say.
                values = [" ".join(dict.fromkeys(row)) for row in table.rows if sum(not is_blank(c) for c in row) > 1]
            yield Passage(name, table.at, "header", "\n".join(values[:40]))
    for number, row in enumerate(table.rows):
        place = table.row_at(number)
        if is_listing(row, bare):
            yield from (Passage(text, place, "link") for text in dict.fromkeys(row) if text.strip())
            continue
        for text in dict.fromkeys(row):
            if text.strip():
                others = " ".join(c for c in dict.fromkeys(row) if c != text and not is_blank(c))
                yield Passage(text, place, "link" if is_bare_link(text, bare) else "cell", others)


@dataclass(frozen=True, slots=True)
class Mention:
    """A passage that names a concept. `filled`: something is said of it, in the passage itself or under it."""

    passage: Passage
    quote: str
    filled: bool

    @property
    def said(self) -> str:
        """The passage with what follows it: where values, durations, numbers of this concept are looked for."""
        return f"{self.passage.text}\n{self.passage.under}"


def mentions(document: Document, concept: Concept) -> Iterator[Mention]:
    """Every passage of the content that names `concept`, links left out: a link only promises."""
    for passage in passages(document):
        if passage.part == "link":
            continue
        hits = concept.hits(passage.text)
        if hits:
            own = _until_sibling(passage, concept)
            yield Mention(own, hits[0].quote, _is_filled(own, concept))


def _until_sibling(passage: Passage, concept: Concept) -> Passage:
    """The passage with what follows it cut where a sibling of the concept (one of its group) is named: in a mere list
    of names the next name is no content of the one before."""
    if passage.part not in ("line", "heading") or not concept.group:
        return passage
    kept: list[str] = []
    for line in passage.under.split("\n"):
        hits = concept.lexicon.hits(line)
        if any(h.concept != concept.id and concept.lexicon.group_of(h.concept) == concept.group for h in hits):
            break
        kept.append(line)
    return replace(passage, under="\n".join(kept))


def _is_filled(passage: Passage, concept: Concept) -> bool:
    """Whether more stands there than the name of the thing. A line of a table of contents is a name with a number."""
    if _CONTENTS_LEADER.search(passage.text):
        return False
    if passage.part == "cell" and not is_blank(passage.under):
        # In the row of a name stands its value, however short; a page number is none.
        return not _PAGE_NUMBER.match(passage.under) or any(hit.is_value for hit in concept.hits(passage.text))
    if passage.part == "header":
        return any(not is_blank(value) for value in passage.under.split("\n"))
    if passage.part in ("caption", "heading"):
        return _has_content(passage.under)
    folded = fold(passage.text)
    hits = concept.hits(passage.text)
    if any(hit.is_value for hit in hits):
        return True
    named = {index for hit in hits for index in range(hit.start, hit.end)}
    rest = "".join(c for index, c in enumerate(folded) if index not in named)
    after = passage.text.split(":", 1)[1] if ":" in passage.text else ""
    if ":" in passage.text and is_blank(after) and not _has_content(passage.under):
        return False
    if (
        _SAYS_NONE.search(passage.text)
        or len(rest) >= LEAST_CONTENT
        or (after and not is_blank(after) and len(fold(after)) >= 1)
    ):
        return True
    return _has_content(passage.under)


def _has_content(text: str) -> bool:
    lines = [line for line in text.split("\n") if line.strip() and not is_blank(line)]
    lines = [line for line in lines if not _CONTENTS_LEADER.search(line)]
    return any(says_none(line) for line in lines) or sum(len(fold(line)) for line in lines) >= LEAST_CONTENT


def begins_with(concept: Concept, text: str) -> bool:
    """Whether a text begins with a name of a concept."""
    return any(hit.start == 0 for hit in concept.hits(text))


_EXCLUDING = re.compile(r"(?:ไม่รับ|ไม่รวม|ยกเว้น|มิใช่|ไม่ใช่|ไม่เกี่ยวกับ|นอกจาก|ไม่ครอบคลุม)[^.;\n]{0,50}$")


def names_unexcluded(concept: Concept, text: str) -> bool:
    """Whether a text names a concept without excluding it in the same breath ("ไม่รับเรื่องร้องเรียนการทุจริต")."""
    return any(not _EXCLUDING.search(text[: max(0, text.find(hit.quote))][-60:]) for hit in concept.hits(text))
