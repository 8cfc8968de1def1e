"""The round as an Excel workbook, in the shape staff use: one row an agency, one column an item, and lists to work off.

With what staff have beside the run come the sheets of agencies to call in, of districts and kinds, of changes since the
run before and of decisions. Every outcome in the matrix leads to its line in the list of items, and from there to the
page and to the kept copy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from oitcheck.lib.urls import readable
from oitcheck.model.agency import Agency
from oitcheck.model.finding import Outcome
from oitcheck.report.availability import state_words
from oitcheck.report.beside import Beside
from oitcheck.report.confirmed import standing_words
from oitcheck.report.export import COLUMNS, flat_rows
from oitcheck.report.messages import Messages
from oitcheck.report.pages import Href, text_of, title_of
from oitcheck.report.repairs import told_of
from oitcheck.report.score import Estimate
from oitcheck.report.sheet_writer import Book, SheetWriter, cell_of
from oitcheck.report.staff import Group, StaffRow, StaffSummary, staff_summary
from oitcheck.report.summary import Summary
from oitcheck.report.terminal import round_title, trouble_words
from oitcheck.report.terms import OVERRULED, SYMBOLS, Pending, Shown, Terms, points, shown_as
from oitcheck.report.view import WHOLE_ITEM, RunView

_WIDTHS = {
    "agency": 30, "item_title": 40, "requirement_text": 40, "says": 60, "do": 60, "quote": 60, "url": 40,
    "outcome": 16, "kind": 16, "place": 24, "kept_at": 22, "basis": 26, "code": 24, "sha256": 20,
}  # fmt: skip
_WRAPPED = frozenset({"item_title", "requirement_text", "says", "do", "quote"})
_ENDS = ("passed", "failed", "cant_tell", "inapplicable")
_ITEM_COLUMNS = (
    ("agency", 30), ("kind", 16), ("district", 16), ("item", 7), ("item_title", 36), ("outcome", 18), ("says", 56),
    ("do", 56), ("submitted_url", 40), ("evidence_url", 36), ("copy", 12), ("received_at", 20), ("in_time", 14),
    ("machine", 18), ("decided", 18), ("decided_why", 36), ("decided_by", 18), ("decided_at", 20),
)  # fmt: skip
_CALL_COLUMNS = (
    ("number", 6), ("agency", 34), ("kind", 16), ("district", 16), ("why", 34), ("failed_n", 10), ("failed_items", 34),
    ("waiting_n", 10), ("missing_n", 10), ("missing_items", 30), ("late_n", 10), ("last_score", 10), ("low", 12),
    ("high", 12), ("days_left", 10), ("page_of", 22),
)  # fmt: skip
_GROUP_COLUMNS = (
    ("group_by", 20), ("group", 30), ("agencies_n", 12), ("passed", 12), ("failed", 12), ("cant_tell", 14),
    ("share", 14), ("complete_n", 14), ("nothing_n", 14), ("called_n", 14),
)  # fmt: skip
_CHANGE_COLUMNS = (
    ("agency", 34), ("item", 7), ("item_title", 40), ("before", 18), ("after", 18), ("change", 20), ("mended", 24),
    ("broken", 24),
)  # fmt: skip
_WEBSITE_COLUMNS = (
    ("agency", 34), ("host", 30), ("website_now", 30), ("website_share", 12), ("website_reached", 12),
    ("website_checks", 12), ("website_gap", 14), ("website_https", 44), ("remedy", 50),
)  # fmt: skip
_REVIEW_COLUMNS = (
    ("agency", 34), ("item", 7), ("requirement", 14), ("machine", 18), ("decided", 18), ("decided_why", 50),
    ("decided_by", 20), ("decided_at", 22), ("expires_on", 16), ("standing", 30),
)  # fmt: skip


def nowhere(_key: object) -> str | None:
    """No file to open."""
    return None


@dataclass(frozen=True, slots=True)
class Files:
    """Where files beside the workbook are, as paths relative to it; None when they are not there.

    `copy` tells that of a kept copy by its sha256, `page` that of an agency's page.
    """

    copy: Href = nowhere
    page: Callable[[Agency], str | None] = nowhere


def workbook(
    view: RunView,
    summary: Summary,
    messages: Messages,
    beside: Beside | None = None,
    files: Files | None = None,
) -> bytes:
    """The bytes of an XLSX file; the same view gives the same bytes. Nothing in it is a formula.

    Links lead to cells of the workbook, to web addresses (http and https only) and to `files` beside it.
    """
    terms = Terms.load(messages.language)
    title = f"{terms('product.about')} {terms('round.year', year=terms.year(view.run.year_be))}"
    book = Book(terms, f"{title} {round_title(view, terms)}", view.run.id, view.run.assessed_at)
    known = beside or Beside()
    writer = _Writer(book, view, summary, messages, known, files or Files(), staff_summary(view, summary, known))
    writer.matrix()
    if beside is not None:
        writer.calls()
    writer.items()
    writer.faults()
    if beside is not None:
        writer.groups()
        writer.comparison()
        writer.reviews()
    writer.findings()
    writer.sites()
    if known.websites or known.tls_faults:
        writer.websites()
    return book.bytes()


@dataclass(frozen=True, slots=True)
class _Writer:
    """The sheets of one workbook."""

    book: Book
    view: RunView
    summary: Summary
    messages: Messages
    beside: Beside
    files: Files
    staff: StaffSummary

    @property
    def _terms(self) -> Terms:
        return self.book.terms

    def matrix(self) -> None:
        terms, summary = self._terms, self.summary
        head = [terms(f"sheet.{key}") for key in ("agency", "kind", "district")] + list(summary.items)
        head += [terms(f"outcome.{end}") for end in _ENDS]
        head += [terms(f"sheet.{key}") for key in ("low", "high", "missing_n", "late_n", "last_score")]
        not_due = bool(summary.counts.not_due)
        if not_due:
            head.append(terms.outcome(Pending.NOT_DUE))
        by_staff = bool(self.staff.decided)
        if by_staff:
            head.append(terms("sheet.overruled_n"))
        widths = [34.0, 13, 13] + [5.0] * len(summary.items) + [10.0] * (len(head) - 3 - len(summary.items))
        sheet = self.book.sheet(terms("sheet.matrix"), head, widths, len(summary.rows), fixed_columns=1)
        items_name = terms("sheet.items_long")
        for line, row in enumerate(self.staff.rows, start=1):
            agency = row.row.agency
            sheet.texts(line, 0, (agency.name_th, agency.kind, agency.district))
            for number, (outcome, by_hand) in enumerate(zip(row.row.shown, row.row.overruled, strict=True)):
                place = (line - 1) * len(summary.items) + number + 1
                to = cell_of(items_name, place, 5)
                sheet.outcome(line, 3 + number, outcome, to=to, overruled=by_hand)
            column = 3 + len(summary.items)
            numbers: list[float | None] = [getattr(row.row.counts, end) for end in _ENDS[:-1]]
            numbers.append(row.row.counts.of_no_concern)
            numbers += _ends_of(row.row.estimate)
            numbers += [len(row.missing), len(row.late), row.last_score]
            if not_due:
                numbers.append(row.row.counts.not_due)
            if by_staff:
                numbers.append(sum(row.row.overruled))
            for offset, value in enumerate(numbers):
                sheet.number(line, column + offset, value)
        pending = (Pending.NOT_DUE,) if not_due else ()
        legend = [f"{SYMBOLS[o]} {terms.outcome(o)}" for o in (*Outcome, *pending, None)]
        if by_staff:
            legend.append(f"{OVERRULED} {terms('staff.differs')}")
        notes = [*legend, f"{terms('agency.estimate')} ({terms('agency.estimate_note')})"]
        for offset, note in enumerate(notes, start=len(summary.rows) + 2):
            sheet.note(offset, note)

    def calls(self) -> None:
        terms = self._terms
        sheet = self._sheet("calls", _CALL_COLUMNS, len(self.staff.called), fixed_columns=2)
        for line, row in enumerate(self.staff.called, start=1):
            agency = row.row.agency
            sheet.number(line, 0, line)
            why = ", ".join(terms(f"call.{call.value}") for call in row.calls)
            sheet.texts(line, 1, (agency.name_th, agency.kind, agency.district, why), wrapped=frozenset({4}))
            sheet.number(line, 5, len(row.failed))
            sheet.text(line, 6, ", ".join(row.failed), wrapped=True)
            sheet.number(line, 7, len(row.undecided))
            sheet.number(line, 8, len(row.missing))
            sheet.text(line, 9, ", ".join(row.missing), wrapped=True)
            sheet.number(line, 10, len(row.late))
            sheet.number(line, 11, row.last_score)
            for offset, value in enumerate(_ends_of(row.row.estimate), start=12):
                sheet.number(line, offset, value)
            sheet.number(line, 14, self.staff.days_left)
            sheet.file_link(line, 15, self.files.page(agency), terms("sheet.page_of"))
        consultation = self.view.round.consultation_on
        if consultation is not None:
            note = terms("staff.consultation", day=terms.long_date(consultation))
            sheet.note(len(self.staff.called) + 2, note)

    def items(self) -> None:
        rows = [(row, item, outcome) for row in self.staff.rows for item, outcome in self._outcomes(row)]
        sheet = self._sheet("items_long", _ITEM_COLUMNS, len(rows), fixed_columns=1, printed_columns=8)
        for line, (row, item, outcome) in enumerate(rows, start=1):
            self._item_line(sheet, line, row, item, outcome)

    def _outcomes(self, row: StaffRow) -> Iterator[tuple[str, Shown]]:
        return zip(self.summary.items, row.row.shown, strict=True)

    def _item_line(self, sheet: SheetWriter, line: int, row: StaffRow, item: str, outcome: Shown) -> None:
        terms, agency = self._terms, row.row.agency
        sheet.texts(line, 0, (agency.name_th, agency.kind, agency.district, item))
        sheet.text(line, 4, title_of(self.view.item(item), terms), wrapped=True)
        by_item = self.summary.items.index(item)
        sheet.outcome(line, 5, outcome, word=True, overruled=row.row.overruled[by_item])
        told = told_of(self.summary.stands, agency.id, item)
        sheet.text(line, 6, "\n".join(self.messages.says(f) for f in told), wrapped=True)
        sheet.text(line, 7, "\n".join(dict.fromkeys(d for f in told if (d := self.messages.do(f)))), wrapped=True)
        urls = self.view.submitted(agency.id, item)
        if len(urls) == 1:
            sheet.web_link(line, 8, urls[0], readable(urls[0]))
        elif urls:
            sheet.web_link(line, 8, urls[0], " | ".join(map(readable, urls)))
        seen = next((s for f in self.view.of_item(agency.id, item) for s in f.seen), None)
        if seen is not None:
            address = seen.final_url or seen.url
            sheet.web_link(line, 9, address, readable(address))
            sheet.file_link(line, 10, self.files.copy(seen.sha256), terms("sheet.open_copy"))
        at = self.beside.received.get((agency.id, item))
        sheet.text(line, 11, terms.short_instant(at) if at else "")
        sheet.text(line, 12, self._in_time(row, item, at))
        made = self.staff.decided.get((agency.id, item), ())
        if made:
            review = made[-1].review
            sheet.outcome(line, 13, self.view.shown(agency.id, item), word=True)
            sheet.outcome(line, 14, review.outcome, word=True)
            sheet.text(line, 15, review.reason, wrapped=True)
            sheet.text(line, 16, review.decided_by)
            sheet.text(line, 17, terms.short_instant(review.decided_at))

    def _in_time(self, row: StaffRow, item: str, at: datetime | None) -> str:
        if item in row.missing:
            return self._terms("sheet.not_submitted")
        if item in row.late:
            return self._terms("sheet.late")
        return self._terms("sheet.on_time") if at is not None and self.view.round.closes_on else ""

    def findings(self) -> None:
        rows = tuple(flat_rows(self.view, self.messages))
        head = [self._terms(f"sheet.{column}") for column in COLUMNS]
        widths = [_WIDTHS.get(name, 12) for name in COLUMNS]
        sheet = self.book.sheet(
            self._terms("sheet.findings"), head, widths, len(rows), fixed_columns=2, printed_columns=12
        )
        for line, (finding, row) in enumerate(rows, start=1):
            seen = finding.seen[0] if finding.seen else None
            for column, name in enumerate(COLUMNS):
                text = getattr(row, name)
                if name == "outcome":
                    sheet.outcome(line, column, shown_as(finding), word=True)
                elif name == "url" and seen is not None:
                    sheet.web_link(line, column, seen.final_url or seen.url, text)
                elif name == "sha256" and seen is not None and (path := self.files.copy(seen.sha256)):
                    sheet.file_link(line, column, path, text)
                else:
                    sheet.text(line, column, text, wrapped=name in _WRAPPED)

    def faults(self) -> None:
        keys = ("item", "item_title", "requirement", "requirement_text", "count", "agency", "code")
        head = [self._terms(f"sheet.{key}") for key in keys]
        faults = self.summary.faults
        sheet = self.book.sheet(self._terms("sheet.faults"), head, (8, 40, 14, 44, 14, 80, 26), len(faults))
        names = {agency.id: agency.name_th for agency in self.view.agencies}
        for line, fault in enumerate(faults, start=1):
            texts = (
                fault.item,
                title_of(self.view.item(fault.item), self._terms),
                self._terms("sheet.whole") if fault.requirement == WHOLE_ITEM else fault.requirement,
                text_of(self.view.requirement(fault.item, fault.requirement), self._terms),
            )
            sheet.texts(line, 0, texts, wrapped=frozenset({1, 3}))
            sheet.number(line, 4, len(fault.agencies))
            sheet.text(line, 5, ", ".join(names[agency] for agency in fault.agencies), wrapped=True)
            sheet.text(line, 6, fault.code)

    def groups(self) -> None:
        terms = self._terms
        head = [terms(f"outcome.{k}" if k in _ENDS else f"sheet.{k}") for k, _ in _GROUP_COLUMNS]
        groups = [("district", g) for g in self.staff.districts] + [("kind", g) for g in self.staff.kinds]
        widths = [width for _, width in _GROUP_COLUMNS]
        sheet = self.book.sheet(terms("sheet.groups"), head, widths, len(groups), fixed_columns=2)
        for line, (by, group) in enumerate(groups, start=1):
            sheet.texts(line, 0, (terms(f"sheet.{by}"), group.name or terms("staff.no_name")))
            for column, value in enumerate(_numbers_of(group), start=2):
                sheet.number(line, column, value)

    def comparison(self) -> None:
        compared = self.staff.comparison
        if compared is None:
            return
        names = {change.agency.id: change.agency.name_th for change in compared.agencies}
        sheet = self._sheet("comparison", _CHANGE_COLUMNS, len(compared.changes), fixed_columns=1)
        for line, one in enumerate(compared.changes, start=1):
            sheet.texts(line, 0, (names[one.agency_id], one.item))
            sheet.text(line, 2, title_of(self.view.item(one.item), self._terms), wrapped=True)
            sheet.outcome(line, 3, one.shown_before, word=True)
            sheet.outcome(line, 4, one.shown_after, word=True)
            word = f"{self._terms(f'change_mark.{one.change.value}')} {self._terms(f'change.{one.change.value}')}"
            sheet.texts(line, 5, (word, ", ".join(one.mended), ", ".join(one.broken)), wrapped=frozenset({6, 7}))
        told = self._terms("staff.comparison_of", before=compared.before_id, after=compared.after_id)
        sheet.note(len(compared.changes) + 2, told)

    def reviews(self) -> None:
        made = self.staff.decisions
        if not made:
            return
        terms = self._terms
        names = {agency.id: agency.name_th for agency in self.view.agencies}
        sheet = self._sheet("reviews", _REVIEW_COLUMNS, len(made), fixed_columns=1)
        for line, one in enumerate(made, start=1):
            review = one.review
            thing = terms("sheet.whole") if review.requirement == WHOLE_ITEM else review.requirement
            sheet.texts(line, 0, (names.get(review.agency_id, review.agency_id), review.item, thing))
            sheet.outcome(line, 3, shown_as(one.machine) if one.machine else None, word=True)
            sheet.outcome(line, 4, review.outcome, word=True)
            expires = terms.short_date(review.expires_on) if review.expires_on else ""
            sheet.text(line, 5, review.reason, wrapped=True)
            sheet.texts(line, 6, (review.decided_by, terms.short_instant(review.decided_at), expires))
            sheet.text(line, 9, standing_words(one, terms), wrapped=True)

    def sites(self) -> None:
        keys = ("agency", "host", "trouble", "remedy", "items")
        head = [self._terms(f"sheet.{key}") for key in keys]
        troubles = self.summary.troubles
        sheet = self.book.sheet(self._terms("sheet.sites"), head, (34, 34, 44, 60, 40), len(troubles))
        for line, trouble in enumerate(troubles, start=1):
            says, do = trouble_words(trouble, self._terms)
            texts = (trouble.agency.name_th, readable(trouble.host), says, do, ", ".join(trouble.items))
            sheet.texts(line, 0, texts, wrapped=frozenset({2, 3, 4}))

    def websites(self) -> None:
        """How the main websites were reached over time, and what is wrong with their TLS: no part of any verdict."""
        terms, beside = self._terms, self.beside
        sheet = self._sheet("websites", _WEBSITE_COLUMNS, len(self.view.agencies), fixed_columns=1)
        for line, agency in enumerate(self.view.agencies, start=1):
            faults = {host: terms.tls(fault) for host, fault in beside.tls_faults.get(agency.id, {}).items()}
            sheet.texts(line, 0, (agency.name_th, ", ".join(map(readable, agency.hosts))), wrapped=frozenset({1}))
            told = "\n".join(f"{readable(host)}: {says}" for host, (says, _) in faults.items())
            sheet.text(line, 7, told, wrapped=True)
            sheet.text(line, 8, "\n".join(dict.fromkeys(do for _, do in faults.values())), wrapped=True)
            site = beside.website(agency.id)
            if site is not None:
                share = None if site.share is None else round(100 * site.share, 2)
                sheet.text(line, 2, state_words(site, terms), wrapped=True)
                for column, number in enumerate((share, site.reached, site.checks, round(site.gap_hours, 1)), start=3):
                    sheet.number(line, column, number)

    def _sheet(
        self, name: str, columns: tuple[tuple[str, int], ...], rows: int, *, fixed_columns: int = 0,
        printed_columns: int = 0,
    ) -> SheetWriter:  # fmt: skip
        head = [self._terms(f"sheet.{key}") for key, _ in columns]
        widths = [width for _, width in columns]
        return self.book.sheet(
            self._terms(f"sheet.{name}"), head, widths, rows, fixed_columns=fixed_columns,
            printed_columns=printed_columns,
        )  # fmt: skip


def _ends_of(estimate: Estimate | None) -> list[float | None]:
    if estimate is None:
        return [None, None]
    return [float(points(end)) for end in (estimate.low, estimate.high)]


def _numbers_of(group: Group) -> tuple[float | None, ...]:
    counts = group.counts
    share = None if group.share is None else round(100 * group.share, 2)
    return (
        group.agencies, counts.passed, counts.failed, counts.cant_tell, share, group.complete, group.nothing,
        group.called,
    )  # fmt: skip
