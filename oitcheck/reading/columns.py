"""Columns of tables: which column is what, and whether its cells are filled."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from oitcheck.lib.terms import Concept, Lexicon
from oitcheck.lib.thai_text import arabic_digits, fold
from oitcheck.model.evidence import Document, Line, Section, Table
from oitcheck.reading.passages import is_blank, is_listing, link_texts

_TOTAL = re.compile(
    r"^\s*(?:รวม|รวมทั้งสิ้น|รวมเป็นเงิน|ยอดรวม|total)\b|^\s*รวม(?:ทั้งสิ้น|เป็นเงิน|งบประมาณ|เงิน|จำนวน)?\s*$", re.IGNORECASE
)
_GENERIC_HEADER = re.compile(
    r"^\W*(?:หัวข้อ|รายการ|รายละเอียด|ข้อมูล|เรื่อง|คำอธิบาย|ผล|ประเด็น|องค์ประกอบ|ลำดับ|topic|detail)\W*$", re.IGNORECASE
)
# A label is a few words; labels with values are at least two.
LONGEST_LABEL = 45
LEAST_LABELS = 2
# The name of a column is no longer than this; values of a form mostly are.
LONGEST_HEAD = 18
_MEASURE = re.compile(r"^[\s(]*[\d][\d,.\s%/-]*(?:บาท|คน|ราย|ครั้ง|เรื่อง|แห่ง|ฉบับ|รายการ|โครงการ|วัน|%)?[\s).]*$")
_TICK = re.compile(r"[✓✔√☑×xX●•/←→↔⟷▬■█*]")
# Numbering before a label: "1.", "๒)", "ก.", "(3)", "ข้อ 4".
_NUMBERED = re.compile(
    r"^[\s(\-•·●▪►✓*]*(?:(?:ข้อ(?:ที่)?\s*)?[\d๐-๙]{1,2}(?:\.[\d๐-๙]{1,2})*[.)\s]+|[ก-ฮa-zA-Z][.)]\s*)?"
)
# Words that head a label and say nothing of what it is about.
_GENERIC_HEAD = re.compile(r"^(?:หลักเกณฑ์(?:และวิธีการ)?|รายละเอียด(?:ของ)?|ข้อมูล|สรุป|ด้าน|เรื่อง)(?=[ก-ฮเ-ไ])")
# A label of which this share is names of the vocabulary is known, wherever they stand in it.
KNOWN_SHARE = 0.7
_NUMBERING = re.compile(r"^[\s().]*[\d๐-๙]{1,3}[\s().]*$")


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table with the section and document it stands in."""

    document: Document
    section: Section
    table: Table


def tables(document: Document) -> Iterator[FoundTable]:
    """Every table of the content that holds data: also what is set as labels with values, in two columns or in cards.

    Tables that only list documents to open are left out.
    """
    for section in document.content:
        bare = link_texts(section)
        for table in section.tables:
            if not _lists_documents(table, bare):
                yield FoundTable(document, section, turned(table))
        cards = cards_of(section)
        if cards:
            yield FoundTable(document, section, cards)


def _lists_documents(table: Table, bare: frozenset[str]) -> bool:
    return bool(table.rows) and bool(bare) and all(is_listing(row, bare) for row in table.rows)


def turned(table: Table) -> Table:
    """A table of two columns, labels and their values, as one row under its labels; any other table as it is."""
    header = tuple(dict.fromkeys(name for name in table.header if name))
    if len(table.rows) < LEAST_LABELS or any(len(row) != 2 for row in table.rows):
        return table
    if header and not all(_GENERIC_HEADER.match(name) for name in header):
        return table
    labels = tuple(row[0].strip() for row in table.rows)
    if not all(0 < len(label) <= LONGEST_LABEL for label in labels) or len(set(labels)) < len(labels):
        return table
    if sum(bool(_NUMBERING.match(label)) or label[0].isdigit() for label in labels) * 2 > len(labels):
        return table
    first = table.rows[0][1].strip()
    if not header and len(first) <= LONGEST_HEAD and not any(c.isdigit() for c in first):
        return table  # its first row heads two columns
    numbers = sum(bool(_MEASURE.match(arabic_digits(row[1].strip()))) for row in table.rows)
    if not header and numbers * 2 > len(labels):
        return table  # a list of names with figures
    if sum(len(row[1].strip()) >= len(row[0].strip()) for row in table.rows) * 2 < len(labels):
        return table
    places = tuple(dict.fromkeys(table.row_at(i).place for i in range(len(table.rows))))
    return Table(labels, (tuple(row[1] for row in table.rows),), table.caption, table.at, (_joined(places),))


def cards_of(section: Section) -> Table | None:
    """Labels that stand again and again, each with its value under it, as a table: one row for each round of them."""
    lines = [block for block in section.blocks if isinstance(block, Line)]
    texts = [line.text.strip() for line in lines]
    counts = Counter(
        text for text in texts if 0 < len(text) <= LONGEST_LABEL and not _MEASURE.match(arabic_digits(text))
    )
    repeated = {text for text, count in counts.items() if count >= 2}
    first = next((i for i, text in enumerate(texts) if text in repeated), None)
    if first is None:
        return None
    labels: list[str] = []
    for index in range(first, len(texts) - 1):
        if texts[index] in labels:
            break
        if texts[index] in repeated and texts[index + 1] not in repeated:
            labels.append(texts[index])
    rows: list[dict[str, tuple[str, str]]] = []
    for index in range(first, len(texts) - 1):
        if texts[index] not in labels or texts[index + 1] in labels:
            continue
        if texts[index] == labels[0] or not rows:
            rows.append({})
        rows[-1].setdefault(texts[index], (texts[index + 1], lines[index + 1].at.place))
    if len(labels) < 2 or len(rows) < 2:
        return None
    places = tuple(_joined(tuple(dict.fromkeys(place for _, place in row.values()))) for row in rows)
    cells = tuple(tuple(row.get(label, ("", ""))[0] for label in labels) for row in rows)
    return Table(tuple(labels), cells, section.heading[-1:], lines[first].at, places)


def _joined(places: tuple[str, ...]) -> str:
    """One place for several: a list of selectors; of other kinds of place the first."""
    if all(place.startswith("css:") for place in places):
        return "css:" + ", ".join(place.removeprefix("css:") for place in places)
    return places[0] if places else ""


def is_generic(name: str) -> bool:
    """Whether a column's name says nothing of what stands in it: "รายการ", "รายละเอียด"."""
    return not name.strip() or bool(_GENERIC_HEADER.match(name))


def header_of(table: Table) -> tuple[str, ...]:
    """The column names; of a table without a recognised header its first row."""
    return table.header or (table.rows[0] if table.rows else ())


# "อยู่ระหว่างกำหนดมาตรการ" in a column of measures.
_BEING_MADE = re.compile(r"^\W*อยู่(?:ใน)?ระหว่าง(?:การ)?(?:กำหนด|จัดทำ|พิจารณา|ยกร่าง|ทบทวน|รวบรวม)")
LEAST_OWN_PART = 4
_UNIT_ALONE = re.compile(
    r"^\W*(?:บาท|ร้อยละ|จำนวน|จำนวนเงิน|เงิน|วงเงิน|งบ|งบประมาณ|มูลค่า|ราคา|หน่วย|คน|ครั้ง|เรื่อง|โครงการ|รวม|วิธี|%|\d+)\W*$"
)


def columns_of(table: Table, concept: Concept) -> tuple[int, ...]:
    """The columns whose name names `concept`, as a whole or by its own part under a common heading."""
    names = header_of(table)
    own = (_own_part(name, names) for name in names)
    return tuple(i for i, parts in enumerate(zip(names, own, strict=True)) if any(map(concept.named_in, parts)))


def _own_part(name: str, names: Sequence[str]) -> str:
    """What a column of two rows of headings is called in the lower one ("การวิเคราะห์ ระดับ": ระดับ); "" else."""
    common, _, own = name.rpartition(" ")
    grouped = common and any(other != name and other.startswith(common + " ") for other in names)
    # A unit tells nothing of what it counts; what is counted is said by the common heading.
    if not grouped or _UNIT_ALONE.match(own) or len(fold(own)) < LEAST_OWN_PART:
        return ""
    return own


def data_rows(table: Table) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """The rows that carry data, with their index: not totals, not group titles, not rows of nothing but numbering."""
    rows = table.rows if table.header else table.rows[1:]
    offset = 0 if table.header else 1
    found = []
    for index, row in enumerate(rows):
        filled = [c for c in dict.fromkeys(row) if not is_blank(c)]
        telling = [c for c in filled if not _NUMBERING.match(c)]
        counts = bool(table.header) and not _is_numbering(row)
        if len(filled) >= 2 and (telling or counts) and not any(_TOTAL.match(c) for c in filled[:2]):
            found.append((index + offset, row))
    return tuple(found)


def _is_numbering(row: tuple[str, ...]) -> bool:
    """Whether a row merely numbers the columns: 1, 2, 3 and so on."""
    digits = [re.sub(r"\D", "", arabic_digits(c)) for c in row]
    return digits == [str(n) for n in range(1, len(row) + 1)]


@dataclass(frozen=True, slots=True)
class Fill:
    """How a column is filled: data rows, rows with a written value, the first value and the row it stands in."""

    rows: int
    written: int
    first: str
    first_row: int


def fill_of(table: Table, columns: tuple[int, ...], *, ticks: bool = False, named: Concept | None = None) -> Fill:
    """How the cells of `columns` are filled over the data rows (a row counts as written when one of them is).

    With `ticks` a mark in a cell is a value: quarters and months of a plan are ticked or crossed by an arrow. A cell
    which says that what the column is `named` for is still being made is none.
    """
    rows = data_rows(table)
    written, first, first_row = 0, "", -1
    for index, row in rows:
        cells = (row[c] for c in columns if c < len(row))
        value = next((c for c in cells if not is_blank(c) or (ticks and _TICK.search(c))), "")
        if value and not (named and _BEING_MADE.match(value) and named.named_in(value)):
            written += 1
            if first_row < 0:
                first, first_row = value, index
    return Fill(len(rows), written, first, first_row)


def unrecognised(table: Table, any_concept: Concept) -> tuple[int, ...]:
    """Filled columns whose name names nothing that the vocabulary knows; one of them may be what is missed."""
    return unrecognised_by(table, any_concept.lexicon)


def unrecognised_by(table: Table, lexicon: Lexicon) -> tuple[int, ...]:
    """Filled columns whose name names no concept of a lexicon."""
    found = []
    for index, name in enumerate(header_of(table)):
        if fold(name) and not is_known(name, lexicon) and fill_of(table, (index,)).written:
            found.append(index)
    return tuple(found)


def is_known(label: str, lexicon: Lexicon) -> bool:
    """Whether a label is called by a name of the vocabulary: at its head, where Thai says what a thing is, or for the
    most part of it. A name in its tail ("ข้อขัดข้องในการดำเนินงาน") makes no label known."""
    bare = _NUMBERED.sub("", label.strip())
    for text in {bare, _GENERIC_HEAD.sub("", bare)}:
        if any(hit.start == 0 for hit in lexicon.labels(text)):
            return True
    return is_named(bare, lexicon)


def is_named(text: str, lexicon: Lexicon) -> bool:
    """Whether a text is for the most part names of the vocabulary, as a row of column names is."""
    covered = {index for hit in lexicon.labels(text) for index in range(hit.start, hit.end)}
    return len(covered) >= len(fold(text)) * KNOWN_SHARE


def is_measure(text: str) -> bool:
    """Whether a text is a number and nothing else but its unit."""
    return bool(_MEASURE.match(arabic_digits(text)))


def header_text(table: Table) -> str:
    return " | ".join(name for name in header_of(table) if fold(name))
