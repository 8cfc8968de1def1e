"""Which months and which year a document speaks for, apart from years that merely stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from oitcheck.lib.named_dates import NamedMonth, months_named, years_named
from oitcheck.lib.thai_calendar import FiscalYear, Month, fiscal_year_of
from oitcheck.lib.urls import file_name
from oitcheck.model.evidence import Capture, Document, Locator
from oitcheck.reading.passages import Passage, passages

# Years after these words belong to a law or a long-term plan of the state, not to the document.
_OF_A_LAW = re.compile(
    r"(?:พระราช|พ\.?\s?ร\.?\s?[บฎก]\.?|ระเบียบ|กฎกระทรวง|รัฐธรรมนูญ|ฉบับที่|ประมวลกฎหมาย|ข้อบังคับ|กฎหมาย|มติคณะรัฐมนตรี|ยุทธศาสตร์ชาติ|แผนแม่บท|ประกาศคณะกรรมการ|หลักเกณฑ์)[^\n]{0,90}$"
)
_SIGNED_ON = re.compile(r"(?:ประกาศ|สั่ง|ให้ไว้|ลงวันที่|แถลง)\s*ณ?\s*(?:วันที่)?|ณ\s*วันที่|^\s*(?:วันที่|ลงวันที่|ที่มา)")
_POSTED = re.compile(
    r"โพสต์|เผยแพร่เมื่อ|อัป?เดต|ปรับปรุงล่าสุด|ผู้เข้าชม|copyright|©|สงวนลิขสิทธิ์|last update|posted|เมื่อวันที่", re.IGNORECASE
)
# The heading of a page of the assessment gives its year, not that of the papers under it.
_OF_THE_ASSESSMENT = re.compile(
    r"^\W*(?:ITA|OIT|การเปิดเผยข้อมูลสาธารณะ|การประเมินคุณธรรมและความโปร่งใส|แบบตรวจ)(?![^\n]{60})", re.IGNORECASE
)
TOP_PASSAGES = 14
_WEIGHT = {"fiscal": 6, "annual": 5, "span": 5, "plain": 3, "date": 2}


@dataclass(frozen=True, slots=True)
class Claim:
    """A fiscal year (BE) that a passage gives the document, with its weight (higher counts first)."""

    year_be: int
    kind: str
    weight: int
    quote: str
    at: Locator


@lru_cache(maxsize=256)
def year_claims(document: Document) -> tuple[Claim, ...]:
    """The years that title, headings, top lines, captions and the date of signing give a document, strongest first."""
    claims: list[Claim] = []
    told = passages(document)
    title = Passage(document.title, Locator(document.capture.sha256, "title"), "heading", "", True)
    for index, passage in enumerate((title, *told)):
        if passage.part == "link" or _POSTED.search(passage.text) or _OF_THE_ASSESSMENT.match(passage.text):
            continue
        is_top = index <= TOP_PASSAGES or passage.part in ("heading", "caption")
        signed = bool(_SIGNED_ON.search(passage.text)) and len(passage.text) < 160
        if not is_top and not signed:
            continue
        bonus = 2 if passage.part in ("heading", "caption") or passage.strong else 0
        claims.extend(_claims_of(passage, bonus, signed))
    return tuple(sorted(claims, key=lambda c: -c.weight))


def _claims_of(passage: Passage, bonus: int, signed: bool) -> Iterator[Claim]:
    for year in years_named(passage.text):
        if _OF_A_LAW.search(passage.text[: year.start]) and year.kind in ("plain", "date"):
            continue
        if year.kind != "date":
            yield Claim(year.year_be, year.kind, _WEIGHT[year.kind] + bonus, passage.text, passage.at)
    for month in months_named(passage.text):
        if month.year_given:
            weight = _WEIGHT["date"] + bonus + (2 if signed or month.kind in ("range", "half", "quarter") else 0)
            year_be = fiscal_year_of(month.month).year_be
            yield Claim(
                year_be, "date" if month.kind in ("date", "month") else "range", weight, passage.text, passage.at
            )


def stated_fiscal_year(texts: Iterable[str]) -> FiscalYear | None:
    """The fiscal year that texts name outright ("ปีงบประมาณ พ.ศ. 2566", "ปี 2566"), the first that does."""
    for text in texts:
        for year in years_named(text):
            if year.kind in ("fiscal", "annual") and not _OF_A_LAW.search(text[: year.start]):
                return FiscalYear(year.year_be)
    return None


def fiscal_year_stated_in(document: Document) -> FiscalYear | None:
    """The fiscal year that the document's own top names, "ปีงบประมาณ" before all others."""
    strongest = [c for c in year_claims(document) if c.kind in ("fiscal", "annual")]
    return FiscalYear(strongest[0].year_be) if strongest else None


def months_of_link(capture: Capture, fiscal_year: FiscalYear) -> frozenset[Month]:
    """The months that the link to a capture names, else its file name; empty when neither does."""
    named = months_named(capture.link_text, fiscal_year)
    if not named:
        name = re.sub(r"[_+]", " ", file_name(capture.url))
        named = tuple(n for n in months_named(name, fiscal_year) if n.year_given)
    return frozenset(n.month for n in named)


def months_in(texts: Iterable[str], fiscal_year: FiscalYear | None, *, dated: bool = True) -> tuple[NamedMonth, ...]:
    """The months named by the first of `texts` that names any; with `dated` those of dates where nothing else is."""
    of_dates: tuple[NamedMonth, ...] = ()
    for text in texts:
        named = months_named(text, fiscal_year)
        subject = tuple(n for n in named if not n.day or n.kind == "range")
        if subject:
            return subject
        of_dates = of_dates or named
    return of_dates if dated else ()
