"""The paper to the governor as a Word file."""

from __future__ import annotations

import re
from datetime import datetime

from oitcheck.lib.thai_text import thai_digits
from oitcheck.model.finding import Outcome
from oitcheck.report.chart import Series, stacked_bars
from oitcheck.report.memo import Bar, Memo
from oitcheck.report.terms import Terms
from oitcheck.report.word import CENTRE, JUSTIFIED, LEFT, Paper

_CHART_CM = 14.5
# The blank between a number and what it counts.
_UNIT = re.compile(r"(?<=[0-9๐-๙]) (?=ข้อ|หน่วยงาน|คะแนน|องค์ประกอบ|วัน)|(?<=ร้อยละ) (?=[0-9๐-๙])")
_GARUDA_CM = 1.5
_INDENT_CM = 2.5
_SIGNED_CM = 7.0  # who signs stands right of the middle


def memo_word(memo: Memo, terms: Terms, made_at: datetime, garuda: bytes = b"") -> bytes:
    """The bytes of a DOCX file: one page of text, table, chart, then a table for each agency. `garuda` is a picture."""
    paper = Paper(memo.head[-1][1], made_at, thai_digits=terms.language == "th")
    if garuda:
        paper.picture(garuda, _GARUDA_CM, "", align=LEFT)
    paper.line(memo.title, bold=True, size=24, align=CENTRE)
    office, reference, day, subject = memo.head
    paper.labelled((office,))
    paper.labelled((reference, day))
    paper.labelled((subject,))
    paper.labelled((memo.greeting,))
    for chapter in memo.chapters:
        paper.line(chapter.heading, bold=True, before_pt=6, keep=True)
        for paragraph in chapter.paragraphs:
            paper.line(_UNIT.sub("\u00a0", paragraph), align=JUSTIFIED, indent_cm=_INDENT_CM)
    paper.line(memo.closing, indent_cm=_INDENT_CM, before_pt=6, keep=True)
    name, post = memo.signature
    signed = [line for line in (f"{terms('memo.unsigned')}{'.' * 30}", f"({name or '.' * 30})", post) if line]
    for line in signed:
        paper.line(line, align=CENTRE, left_cm=_SIGNED_CM, before_pt=2, keep=line is not signed[-1])
    paper.page_break()
    paper.line(memo.table_title, bold=True, keep=True)
    paper.table(memo.table, (3.2, *(1.5 for _ in memo.table[0][1:])), numbers_from=1)
    paper.line(memo.chart_title, bold=True, before_pt=12, keep=True)
    paper.picture(chart_of(memo.bars, terms), _CHART_CM, memo.chart_title)
    paper.page_break()
    paper.line(memo.annex_title, bold=True, align=CENTRE)
    for annex in memo.annexes:
        paper.line(f"{annex.name}  {annex.district}".strip(), bold=True, before_pt=10, keep=True)
        paper.line(annex.numbers, size=14, keep=bool(annex.items or annex.missing))
        if annex.missing:
            paper.line(annex.missing, size=14, keep=bool(annex.items))
        if annex.items:
            rows = [(f"{i.item} {i.title}", i.outcome, "\n".join(i.says), "\n".join(i.do)) for i in annex.items]
            paper.table([memo.annex_header, *rows], (2.6, 1.5, 3.6, 3.6))
        elif not annex.missing:
            paper.line(terms("memo.annex_none"), size=14)
    paper.footer(memo.source, memo.page)
    return paper.body()


def chart_of(bars: tuple[Bar, ...], terms: Terms) -> bytes:
    """The PNG of the chart: complete, incomplete, a person must look."""
    series = (
        Series(terms.outcome(Outcome.PASSED), 205),
        Series(terms.outcome(Outcome.FAILED), 70),
        Series(terms.outcome(Outcome.CANT_TELL), 255, hatched=True),
    )
    parts = [(b.label, (b.counts.passed, b.counts.failed, b.counts.cant_tell)) for b in bars]
    number = (lambda n: thai_digits(f"{n:,}")) if terms.language == "th" else "{:,}".format
    return stacked_bars(series, parts, number)
