"""What staff enter into the national system: item by item has or has not, the final URL and an explanation.

Only what the machine found complete or a person decided is ready; what is still open stands apart with what it lacks.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, replace

from oitcheck.model.agency import Agency
from oitcheck.model.finding import Outcome
from oitcheck.report.beside import Beside
from oitcheck.report.confirmed import Decision, is_denied
from oitcheck.report.export import harmless_cells
from oitcheck.report.messages import Messages
from oitcheck.report.pages import text_of, title_of
from oitcheck.report.repairs import told_of
from oitcheck.report.sheet_writer import Book
from oitcheck.report.staff import StaffRow, StaffSummary
from oitcheck.report.terminal import round_title
from oitcheck.report.terms import Terms
from oitcheck.report.view import RunView, natural_key

_MOST_ELEMENTS = 20
_MOST_CHARACTERS = 1_000  # of an explanation, so that it fits a form
# In the text of an element: how the thing is not to be, examples and alternatives; and what makes it a demand or a
# predicate, not the name of a thing.
_ASIDE = re.compile(r"\s*\([^)]*\)|,? (?:ไม่ใช่|ไม่|เช่น|หรือระบุ|แยกจาก|อย่างน้อย|not|e\.g\.|such as|or) ?.*$")
_DEMAND = re.compile(
    r"^(?:ถ้า|หาก|เป็น|ต้อง|เผยแพร่|แสดง|ปรากฏ|ครอบคลุม|แยก|ระบุ|มี|ไม่|ครบ|ตำแหน่งว่าง|เดือนที่|เชื่อมโยงได้|วิเคราะห์|ออกโดย|URL)"
    r"|ให้ระบุ|ให้ใส่|ให้เขียน|ให้ประกาศ|ต้อง|ห้าม|:|^(?:If|Is|Are|It|Has|Shows|Covers|The URL|Months without)\b|\bmust\b"
)
CSV_COLUMNS = (
    "agency_id", "agency", "item", "title", "ready", "has", "url", "explanation", "basis", "outcome", "open", "do",
    "late",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as it is entered. `has` False: a person confirmed that it is not there. `urls` are the final ones;
    `is_late`: they were submitted after the last day.

    `decision` is the person's that it rests on; None: the machine's finding.
    """

    item: str
    title: str
    has: bool
    urls: tuple[str, ...]
    text: str
    decision: Decision | None
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One item that is not ready: how it stands, what it lacks or waits for, what to do."""

    item: str
    title: str
    outcome: Outcome | None
    urls: tuple[str, ...]
    why: tuple[str, ...]
    todo: tuple[str, ...]
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class ItasSheet:
    """All items of one agency, in the order of the national system: ready to enter, and still open."""

    agency: Agency
    entries: tuple[Entry, ...]
    open_items: tuple[OpenItem, ...]


def itas_sheet(view: RunView, staff: StaffSummary, beside: Beside, messages: Messages, agency_id: str) -> ItasSheet:
    """The sheet of one agency. Raises KeyError for an agency that is not in the run."""
    row = staff.row(agency_id)
    entries: list[Entry] = []
    open_items: list[OpenItem] = []
    for item, outcome in zip(staff.summary.items, row.row.outcomes, strict=True):
        made = staff.decided.get((agency_id, item), ())
        if outcome is Outcome.PASSED:
            entries.append(_entry(view, beside, messages, row, item, made, has=True))
        elif outcome is Outcome.FAILED and is_denied(view, (agency_id, item), made):
            entries.append(_entry(view, beside, messages, row, item, made, has=False))
        else:
            open_items.append(_open(staff.summary.stands, messages, row, item, outcome))
    return ItasSheet(
        row.row.agency,
        tuple(replace(one, is_late=one.item in row.late) for one in entries),
        tuple(replace(one, is_late=one.item in row.late) for one in open_items),
    )


def _entry(
    view: RunView, beside: Beside, messages: Messages, row: StaffRow, item: str, made: tuple[Decision, ...], *,
    has: bool,
) -> Entry:  # fmt: skip
    agency_id = row.row.agency.id
    terms = Terms.load(messages.language)
    title = title_of(view.item(item), terms)
    urls = beside.final_urls.get((agency_id, item)) or view.submitted(agency_id, item)
    text = _explanation(view, terms, agency_id, item, title, made) if has else terms("itas.none", title=title)
    return Entry(item, title, has, urls if has else (), text, made[-1] if made else None)


def _explanation(view: RunView, terms: Terms, agency_id: str, item: str, title: str, made: tuple[Decision, ...]) -> str:
    """What is published, as a sentence that can be handed in: the elements found there, or decided to be there, and on
    a line of its own the agency's note. What does not fit the form is left out as a whole.
    """
    decided = {d.review.requirement for d in made if d.review.outcome is Outcome.PASSED}
    there = (
        thing_named(text_of(view.requirement(item, f.requirement), terms))
        for f in view.requirement_rows(agency_id, item)
        if f.outcome is Outcome.PASSED or f.requirement in decided
    )
    elements = [element for element in dict.fromkeys(there) if element and element != title][:_MOST_ELEMENTS]
    while len(text := _sentence(title, elements, terms)) > _MOST_CHARACTERS and elements:
        elements.pop()
    for note in view.notes(agency_id, item):
        line = terms("itas.note", note=" ".join(note.split()))
        if len(text) + 1 + len(line) <= _MOST_CHARACTERS:
            text = f"{text}\n{line}"
    return text


def _sentence(title: str, elements: list[str], terms: Terms) -> str:
    if not elements:
        return terms("itas.shown", title=title)
    *most, last = elements
    listed = f"{terms('itas.comma').join(most)}{terms('itas.and')}{last}" if most else last
    return terms("itas.shown_with", title=title, elements=listed)


def thing_named(element: str) -> str:
    """The thing that an element of the criteria asks for, without how it is to be; "" where it only says how.

    "หน้าที่และอำนาจของหน่วยงาน ไม่ใช่ยกกฎหมายทั้งฉบับ" names the first words; "เป็นผลการจัดซื้อจัดจ้าง" names nothing.
    """
    text = _ASIDE.sub("", element.removeprefix("คอลัมน์:")).strip()
    return "" if _DEMAND.search(text) else text


def _open(view: RunView, messages: Messages, row: StaffRow, item: str, outcome: Outcome | None) -> OpenItem:
    agency_id = row.row.agency.id
    told = told_of(view, agency_id, item)
    return OpenItem(
        item=item,
        title=title_of(view.item(item), Terms.load(messages.language)),
        outcome=outcome,
        urls=view.submitted(agency_id, item),
        why=tuple(dict.fromkeys(messages.says(f) for f in told)),
        todo=tuple(dict.fromkeys(do for f in told if (do := messages.do(f)))),
    )


def itas_workbook(view: RunView, sheets: tuple[ItasSheet, ...], messages: Messages) -> bytes:
    """The bytes of an XLSX file with what is ready on the first sheet and what is open on the second."""
    terms = Terms.load(messages.language)
    only = sheets[0].agency.name_th if len(sheets) == 1 else round_title(view, terms)
    title = f"{terms('itas.sheet')} {terms('round.year', year=terms.year(view.run.year_be))} {only}"
    book = Book(terms, title, view.run.id, view.run.assessed_at)
    _ready_page(book, sheets)
    _open_page(book, sheets)
    return book.bytes()


def _ready_page(book: Book, sheets: tuple[ItasSheet, ...]) -> None:
    terms = book.terms
    keys = ("agency", "item", "title", "has", "url", "text", "basis", "late")
    head = [terms(f"itas.{key}") for key in keys]
    rows = [(sheet.agency, entry) for sheet in sheets for entry in sheet.entries]
    page = book.sheet(terms("itas.sheet"), head, (34, 7, 40, 10, 50, 80, 40, 14), len(rows), fixed_columns=2)
    for line, (agency, entry) in enumerate(rows, start=1):
        has = terms("itas.yes" if entry.has else "itas.no")
        page.texts(line, 0, (agency.name_th, entry.item, entry.title, has), wrapped=frozenset({2}))
        if len(entry.urls) == 1:
            page.web_link(line, 4, entry.urls[0], entry.urls[0])
        else:
            page.text(line, 4, "\n".join(entry.urls), wrapped=True)
        told = (entry.text, basis_words(entry, terms), late_words(entry, terms))
        page.texts(line, 5, told, wrapped=frozenset({5, 6}))


def _open_page(book: Book, sheets: tuple[ItasSheet, ...]) -> None:
    terms = book.terms
    keys = ("agency", "item", "title", "state", "why", "todo", "url", "late")
    head = [terms(f"itas.{key}") for key in keys]
    rows = [(sheet.agency, one) for sheet in sheets for one in sheet.open_items]
    page = book.sheet(terms("itas.open"), head, (34, 7, 40, 20, 60, 60, 50, 14), len(rows), fixed_columns=2)
    for line, (agency, one) in enumerate(rows, start=1):
        page.texts(line, 0, (agency.name_th, one.item, one.title), wrapped=frozenset({2}))
        page.outcome(line, 3, one.outcome, word=True)
        texts = ("\n".join(one.why), "\n".join(one.todo), "\n".join(one.urls), late_words(one, terms))
        page.texts(line, 4, texts, wrapped=frozenset({4, 5, 6}))


def basis_words(entry: Entry, terms: Terms) -> str:
    """What an entry rests on: the machine's finding, or whose decision of which day."""
    if entry.decision is None:
        return terms("itas.by_machine")
    review = entry.decision.review
    return terms("itas.by_staff", by=review.decided_by, day=terms.short_instant(review.decided_at))


def late_words(one: Entry | OpenItem, terms: Terms) -> str:
    """That an item was submitted after the last day; "" when it was not, or this is not known."""
    return terms("itas.late_is") if one.is_late else ""


def itas_csv(sheets: tuple[ItasSheet, ...], messages: Messages) -> str:
    """The same as one CSV table (`CSV_COLUMNS`); `ready` is yes or no. No cell can act as a formula."""
    terms = Terms.load(messages.language)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for sheet in sheets:
        lines: dict[str, tuple[str, ...]] = {}
        for entry in sheet.entries:
            has = terms("itas.yes" if entry.has else "itas.no")
            outcome = terms.outcome(Outcome.PASSED if entry.has else Outcome.FAILED)
            urls = "\n".join(entry.urls)
            basis, late = basis_words(entry, terms), late_words(entry, terms)
            lines[entry.item] = ("yes", has, urls, entry.text, basis, outcome, "", "", late)
        for one in sheet.open_items:
            urls, why, todo = ("\n".join(texts) for texts in (one.urls, one.why, one.todo))
            lines[one.item] = ("no", "", urls, "", "", terms.outcome(one.outcome), why, todo, late_words(one, terms))
        titles = {entry.item: entry.title for entry in sheet.entries}
        titles |= {one.item: one.title for one in sheet.open_items}
        for item in sorted(lines, key=natural_key):
            cells = (sheet.agency.id, sheet.agency.name_th, item, titles[item], *lines[item])
            writer.writerow(harmless_cells(cells))
    return out.getvalue()
