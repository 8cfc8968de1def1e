"""The papers of a round, made from a kept run: an agency's, the governor's, the calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from oitcheck.crawl.browser import find_browser
from oitcheck.errors import SettingsError
from oitcheck.model.agency import Round
from oitcheck.model.checklist import Checklist
from oitcheck.pipeline.clock import now
from oitcheck.pipeline.inputs import agency_meant, checklist_of, due_items
from oitcheck.pipeline.publishing import run_view, told_beside
from oitcheck.report.agency_word import agency_word
from oitcheck.report.calendar_file import calendar_file
from oitcheck.report.html import Pages, as_is, no_copy
from oitcheck.report.line_text import line_text
from oitcheck.report.memo import Sender, memo
from oitcheck.report.memo_page import memo_page
from oitcheck.report.memo_word import memo_word
from oitcheck.report.messages import Messages
from oitcheck.report.official import thai_digits_on_page
from oitcheck.report.printing import printed
from oitcheck.report.score import PASS_SCORE
from oitcheck.report.staff import staff_summary
from oitcheck.report.summary import Summary, summarise
from oitcheck.report.terminal import source_words
from oitcheck.report.terms import Language, Terms
from oitcheck.report.view import RunView
from oitcheck.settings import Settings
from oitcheck.store.records import RunRecord, Store

AgencyFormat = Literal["html", "pdf", "docx", "text"]
ENDINGS = {"html": "html", "pdf": "pdf", "docx": "docx", "text": "txt"}
_PNG = b"\x89PNG"


def agency_paper(
    settings: Settings, store: Store, record: RunRecord, wanted: tuple[str, ...], how: AgencyFormat, language: Language
) -> list[tuple[str, bytes]]:
    """File name and bytes of the paper of each wanted agency, by id or Thai name (none named: of all).

    Raises SettingsError for an agency that is not in the run, or when there is no browser to print with.
    """
    shown = run_view(store, record, checklist_of(record.run.year_be)[0])
    meant = {agency_meant(one, shown.agencies).id for one in wanted}
    messages = Messages.load(language)
    thai_digits = settings.report.thai_digits and language == "th"
    terms = Terms.load(language)
    beside = told_beside(store, shown)
    summary = summarise(shown, reviews=beside.reviews)
    rows = [row for row in summary.rows if not wanted or row.agency.id in meant]
    made_at = record.run.assessed_at
    names = [f"{row.agency.id}.{ENDINGS[how]}" for row in rows]
    if how == "docx":
        bodies = [agency_word(shown, row, messages, terms, made_at, beside, thai_digits=thai_digits) for row in rows]
    elif how == "text":
        late = {row.agency.id: len(beside.late_items(shown, row.agency.id)) for row in rows}
        bodies = [line_text(shown, row, messages, terms, late[row.agency.id]).encode() for row in rows]
    else:
        operator = settings.report.operator_name
        staff = staff_summary(shown, summary, beside)
        pages = Pages(shown, summary, messages, no_copy, as_is, (language,), beside, staff, operator, with_round=False)
        texts = [pages.agency(row) for row in rows]
        note = source_words(shown, terms)
        if how == "pdf" and thai_digits:
            texts = [thai_digits_on_page(text) for text in texts]
        is_pdf = how == "pdf"
        bodies = _printed(texts, note, terms, thai_digits=thai_digits) if is_pdf else [text.encode() for text in texts]
    return list(zip(names, bodies, strict=True))


def governor_paper(
    settings: Settings, store: Store, record: RunRecord, before: RunRecord | None, how: Literal["docx", "pdf", "html"],
    language: Language, scores: Mapping[str, float],
) -> bytes:  # fmt: skip
    """The memo on a run, compared with `before`; `scores` are last year's totals by agency id.

    Raises SettingsError without a browser for a PDF, or a picture.
    """
    shown, summary = _summed(store, record)
    earlier = _summed(store, before)[1] if before else None
    messages, terms = Messages.load(language), Terms.load(language)
    m = settings.memo
    watched = frozenset(agency_id for agency_id, score in scores.items() if score < PASS_SCORE)
    sender = Sender(m.office, m.reference, m.addressee, m.signatory, m.post, m.target_agencies, watched)
    made = memo(shown, summary, messages, terms, sender, earlier, told_beside(store, shown))
    garuda = _garuda(m.garuda)
    if how == "docx":
        return memo_word(made, terms, record.run.assessed_at, garuda)
    page = memo_page(made, terms, garuda)
    if how != "pdf":
        return page.encode()
    return _printed([page], made.source, terms, thai_digits=language == "th")[0]


def round_calendar(checklist: Checklist, rounds: Iterable[Round], language: Language) -> bytes:
    """The calendar file of a year's rounds, the province's own too."""
    listed = [replace(one, items=due_items(one, checklist)) for one in rounds]
    return calendar_file(checklist.year_be, listed, Terms.load(language), now())


def _summed(store: Store, record: RunRecord) -> tuple[RunView, Summary]:
    """A run with its numbers as they stand after the decisions of staff."""
    shown = run_view(store, record, checklist_of(record.run.year_be)[0])
    return shown, summarise(shown, reviews=store.reviews(record.run.year_be))


def _printed(pages: list[str], note: str, terms: Terms, *, thai_digits: bool) -> list[bytes]:
    browser = find_browser()
    if browser is None:
        raise SettingsError(
            "there is no browser to print a PDF with",
            where="--format",
            remedy="Install Chromium (apt install chromium), or choose docx or html.",
        )
    return printed(pages, browser, note=note, page_word=terms("memo.page"), thai_digits=thai_digits)


def _garuda(name: str) -> bytes:
    if not name:
        return b""
    try:
        body = Path(name).read_bytes()
    except OSError as error:
        raise SettingsError(
            f"the picture {name!r} cannot be read", where="memo.garuda", remedy="Give a PNG file, or leave it empty."
        ) from error
    if not body.startswith(_PNG):
        raise SettingsError(f"{name!r} is no PNG file", where="memo.garuda", remedy="Save the picture as PNG.")
    return body
