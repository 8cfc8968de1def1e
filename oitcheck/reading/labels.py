"""Headings, labels and columns of a document that name nothing the vocabulary knows: one may be what is missed."""

from __future__ import annotations

import re
from functools import lru_cache

from oitcheck.lib.named_dates import months_named
from oitcheck.lib.terms import Lexicon
from oitcheck.lib.thai_calendar import FiscalYear
from oitcheck.lib.thai_text import fold
from oitcheck.model.agency import Agency
from oitcheck.model.evidence import Document
from oitcheck.reading.body import top_passages
from oitcheck.reading.columns import FoundTable, header_of, is_generic, is_known, tables, unrecognised_by
from oitcheck.reading.ownership import own_names
from oitcheck.reading.passages import Passage, is_blank, is_pointer, passages

# A label before a colon is no longer than this; a heading no longer than that.
LONGEST_LABEL = 40
LONGEST_HEADING = 90
# What stands under an unknown heading counts from so many folded characters on.
LEAST_UNDER = 12
# The first passage names the paper itself.
TITLES = 1
# A form has no more rows than this.
LONGEST_FORM = 12
# A heading or label that begins like this names a thing or a time, of which the parts are told: no part itself.
_NAMES_A_THING = re.compile(
    r"^\W*(?:[\d๐-๙.]+\s*)?(?:งาน|โครงการ|กิจกรรม|การขอ|ขอ(?!บ|ง)|หจก|ห้างหุ้นส่วน|บริษัท|ร้าน|นาย|นาง|กอง|สำนัก|ฝ่าย|ส่วน(?!งาน|ราชการที่|ที่(?!\s*[\d๐-๙]))|แผนก|หมู่|ปี|พ\.?ศ|ไตรมาส|รอบ|ครั้งที่|วันที่|ณ\s|ที่มา|หมายเหตุ|แผน)"
)


@lru_cache(maxsize=256)
def unknown_labels(document: Document, lexicon: Lexicon, agency: Agency) -> tuple[Passage, ...]:
    """The labels of a document, with something said under them, that name no concept of the vocabulary."""
    found: list[Passage] = []
    titles = {fold(p.text) for p in top_passages(document, TITLES)[:TITLES]} | {fold(document.title)}
    names = own_names(agency)
    for passage in passages(document):
        label = _label(passage)
        folded = fold(label)
        if len(folded) < 3 or folded in titles or folded.isdigit() or any(n in folded for n in names):
            continue
        if _NAMES_A_THING.match(label) or months_named(label, FiscalYear(2500)):
            continue
        if not is_known(label, lexicon) and not is_pointer(label):
            found.append(passage)
    for one in tables(document):
        for index in unrecognised_by(one.table, lexicon):
            found.append(Passage(header_of(one.table)[index], one.table.at, "header"))
        found.extend(p for p in _keys(one) if not is_known(p.text, lexicon) and not _NAMES_A_THING.match(p.text))
    return tuple(found)


def _keys(found: FoundTable) -> list[Passage]:
    """The cells that may label their rows: of a short table whose columns say nothing of what stands in them."""
    table = found.table
    if len(table.rows) > LONGEST_FORM or not all(is_generic(name) for name in table.header):
        return []
    keys: list[Passage] = []
    for index, row in enumerate(table.rows):
        words = [c for c in dict.fromkeys(row) if not is_blank(c) and not any(x.isdigit() for x in c)]
        if len(words) > 1 and len(words[0]) <= LONGEST_LABEL and len(fold(words[1])) > len(fold(words[0])) > 2:
            keys.append(Passage(words[0], table.row_at(index), "cell"))
    return keys


def _label(passage: Passage) -> str:
    """The words that label what follows them; "" when a passage labels nothing."""
    if passage.part == "line" and ":" in passage.text:
        head, _, value = passage.text.partition(":")
        return head if len(head) <= LONGEST_LABEL and not is_blank(value) else ""
    is_heading = passage.part == "heading" or (passage.part == "line" and passage.strong)
    if is_heading and len(passage.text) <= LONGEST_HEADING and len(fold(passage.under)) >= LEAST_UNDER:
        return passage.text
    return ""
