"""What the agency page shows, put together from a run: plain values for the templates, no markup."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from oitcheck.lib.urls import file_name, host_of, readable
from oitcheck.model.checklist import Item, Requirement
from oitcheck.model.finding import WAS_READ, Finding, Outcome, SearchedRow, SeenRow
from oitcheck.report.confirmed import BY_STAFF, Decision
from oitcheck.report.messages import Messages
from oitcheck.report.quotation import Piece, anchor_of, marked, place_words, web_href
from oitcheck.report.repairs import Repair
from oitcheck.report.summary import AgencyRow
from oitcheck.report.terms import BANGKOK, Shown, Terms, point_range, shown_as
from oitcheck.report.view import WHOLE_ITEM, RunView, natural_key

_OPEN = (Outcome.FAILED, Outcome.CANT_TELL)
Href = Callable[[str], str | None]

# Quotations beyond these are folded away: three prove a point, thirty hide it.
_QUOTES_SHOWN = 2
_MOST_QUOTES = 12


@dataclass(frozen=True, slots=True)
class Proof:
    """A quotation as shown. `pieces` is empty for a picture; hrefs are None when there is nothing to open."""

    pieces: tuple[Piece, ...]
    place: str
    source: str
    kept_at: str
    page_href: str | None
    copy_href: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement (or one thing it is about) as shown; `since`: the day since which an open one stands so."""

    id: str
    text: str
    outcome: Outcome
    shown: Shown
    says: str
    do: str
    binding: bool
    basis: str
    proofs: tuple[Proof, ...]
    more_proofs: tuple[Proof, ...]
    singles: tuple[Row, ...]
    since: str = ""


@dataclass(frozen=True, slots=True)
class SearchedDocument:
    """A document that was searched, or could not be."""

    name: str
    href: str | None
    copy_href: str | None
    kind: str
    pages: str
    ocr: bool
    is_read: bool
    result: str
    remedy: str


@dataclass(frozen=True, slots=True)
class SubmittedUrl:
    """A submitted address as people read it, with a link when it may be one."""

    text: str
    href: str | None


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided on an item, or on one `element` of it ("": the whole), with reason, name and time.

    `note`: that the page has changed since; else "".
    """

    element: str
    outcome: Outcome
    reason: str
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ItemCard:
    """One item of an agency as shown. `says` and `do` speak of the whole item and are "" when the rows say it all.

    `decided` are the decisions of people that count for the item; `outcome` stands after them, `machine` is the
    machine's own, as all rows are.
    """

    id: str
    title: str
    outcome: Outcome | None
    shown: Shown
    machine: Outcome | None
    says: str
    do: str
    urls: tuple[SubmittedUrl, ...]
    notes: tuple[str, ...]
    rows: tuple[Row, ...]
    proofs: tuple[Proof, ...]
    searched: tuple[SearchedDocument, ...]
    is_known: bool
    decided: tuple[Decided, ...] = ()

    @property
    def unreadable(self) -> int:
        """How many of the searched documents could not be read."""
        return sum(not document.is_read for document in self.searched)


@dataclass(frozen=True, slots=True)
class RepairCard:
    """One item to mend as shown.

    `element` is the first it lacks, with its id ("": the whole item), `do` what to do about it, `more` how many others
    it lacks; `effort` is "" for what a person found missing; `after` is the range of the estimate once all up to this
    one is mended, "" when there is none; `is_goal` ends those that reach the pass.
    """

    item: str
    title: str
    element: str
    do: str
    more: int
    effort: str
    points: float | None
    undecided: int
    after: str
    is_goal: bool


def repair_cards(view: RunView, row: AgencyRow, messages: Messages, terms: Terms) -> tuple[RepairCard, ...]:
    """What one agency mends first, in order."""
    last = row.goal.repairs if row.goal is not None and row.goal.is_pass else 0
    return tuple(
        _repair_card(view, repair, messages, terms, is_goal=number == last)
        for number, repair in enumerate(row.repairs, start=1)
    )


def _repair_card(view: RunView, repair: Repair, messages: Messages, terms: Terms, *, is_goal: bool) -> RepairCard:
    first = repair.failed[0]
    demand = text_of(view.requirement(repair.item, first.requirement), terms)
    return RepairCard(
        item=repair.item,
        title=title_of(view.item(repair.item), terms),
        element="" if first.requirement == WHOLE_ITEM else f"{first.requirement} {demand}".rstrip(),
        do=messages.do(first) or messages.says(first),
        more=len(repair.failed) - 1,
        effort="" if first.code == BY_STAFF else terms(f"effort.{repair.effort.value}"),
        points=repair.points,
        undecided=repair.undecided,
        after="" if repair.after is None else point_range(repair.after.low, repair.after.high),
        is_goal=is_goal,
    )


def decided_lines(made: Iterable[Decision], terms: Terms) -> tuple[Decided, ...]:
    """What people decided on one item, in the order made."""
    return tuple(
        Decided(
            "" if one.review.requirement == WHOLE_ITEM else one.review.requirement,
            one.review.outcome,
            one.review.reason,
            terms("agency.decided_by", by=one.review.decided_by, instant=terms.short_instant(one.review.decided_at)),
            terms("standing.page_changed") if one.page_changed else "",
        )
        for one in made
    )


def title_of(item: Item | None, terms: Terms) -> str:
    """The item's title in the language of the words, "" for an item that the checklist does not know."""
    if item is None:
        return ""
    return item.title if terms.language == "th" else item.title_en or item.title


def text_of(requirement: Requirement | None, terms: Terms) -> str:
    """What a requirement demands in the language of the words, "" for one that the checklist does not know."""
    if requirement is None:
        return ""
    return requirement.text if terms.language == "th" else requirement.text_en or requirement.text


@dataclass(frozen=True, slots=True)
class Shelf:
    """Makes the cards of one run in one language. `site_href` maps an address of a site, `copy_href` a sha256.

    `decided`: the decisions that count, by agency and item; `stands`: the run after them.
    """

    view: RunView
    messages: Messages
    terms: Terms
    copy_href: Href
    site_href: Href
    decided: Mapping[tuple[str, str], tuple[Decision, ...]]
    stands: RunView

    def item_cards(self, agency_id: str) -> tuple[ItemCard, ...]:
        """Every item of an agency, in natural order."""
        return tuple(self._item_card(agency_id, item) for item in self.view.items)

    def item_title(self, item_id: str) -> str:
        """The item's title in the language of the page, "" when the checklist does not know it."""
        return title_of(self.view.item(item_id), self.terms)

    def requirement_text(self, item_id: str, requirement_id: str) -> str:
        """What is demanded, in the language of the page; the item's title for the whole item."""
        if requirement_id == WHOLE_ITEM:
            return self.item_title(item_id)
        return text_of(self.view.requirement(item_id, requirement_id), self.terms)

    def _item_card(self, agency_id: str, item_id: str) -> ItemCard:
        view = self.view
        whole = view.whole(agency_id, item_id)
        findings = view.of_item(agency_id, item_id)
        rows = tuple(self._row(agency_id, finding) for finding in view.requirement_rows(agency_id, item_id))
        shown_by_rows = whole is None or any(row.outcome is whole.outcome and row.says for row in rows)
        if whole is not None and _all_alike(rows) and rows[0].says == self.messages.says(whole):
            shown_by_rows = False
            rows = tuple(_quiet(row) for row in rows)
        return ItemCard(
            id=item_id,
            title=self.item_title(item_id),
            outcome=self.stands.outcome(agency_id, item_id),
            shown=self.stands.shown(agency_id, item_id),
            machine=view.outcome(agency_id, item_id),
            says="" if shown_by_rows or whole is None else self.messages.says(whole),
            do="" if shown_by_rows or whole is None or self._is_accepted(whole) else self.messages.do(whole),
            urls=tuple(
                SubmittedUrl(readable(url), web_href(self.site_href(url) or ""))
                for url in view.submitted(agency_id, item_id)
            ),
            notes=view.notes(agency_id, item_id),
            rows=rows,
            proofs=() if shown_by_rows or whole is None else self._proofs(whole)[:_QUOTES_SHOWN],
            searched=self._searched(findings, is_asked=whole is None or not self._is_accepted(whole)),
            is_known=view.item(item_id) is not None,
            decided=decided_lines(self.decided.get((agency_id, item_id), ()), self.terms),
        )

    def _row(self, agency_id: str, finding: Finding) -> Row:
        proofs = self._proofs(finding)
        singles = self.view.about_rows(agency_id, finding.item, finding.requirement) if not finding.about else ()
        return Row(
            id=finding.requirement,
            text=self._about(finding) or self.requirement_text(finding.item, finding.requirement),
            outcome=finding.outcome,
            shown=shown_as(finding),
            says=self.messages.says(finding),
            do=self.messages.do(finding) if finding.outcome in _OPEN and not self._is_accepted(finding) else "",
            binding=finding.binding,
            basis="" if finding.basis == "direct" else self.terms.get(f"basis.{finding.basis}", finding.basis),
            proofs=proofs[:_QUOTES_SHOWN],
            more_proofs=proofs[_QUOTES_SHOWN:],
            singles=tuple(self._row(agency_id, single) for single in singles),
            since=self._since(finding),
        )

    def _is_accepted(self, finding: Finding) -> bool:
        """Whether staff accepted what a finding is on, though it was open: the agency is not asked for it."""
        stands = self.stands.of_item(finding.agency_id, finding.item)
        own = [f.outcome for f in stands if f.requirement == finding.requirement and not f.about]
        return finding.outcome in _OPEN and not any(outcome in _OPEN for outcome in own)

    def _since(self, finding: Finding) -> str:
        """Since which day an open point stands as it does; "" when it is of this run's day."""
        if finding.outcome not in _OPEN or finding.holds_since is None:
            return ""
        since, run = (at.astimezone(BANGKOK).date() for at in (finding.holds_since, self.view.run.assessed_at))
        return self.terms("agency.since", day=self.terms.short_date(since)) if since < run else ""

    def _about(self, finding: Finding) -> str:
        year, dash, month = finding.about.partition("-")
        if dash and year.isdecimal() and month.isdecimal() and 1 <= int(month) <= 12 and len(year) == 4:
            name = self.terms(f"month.{int(month)}")
            return self.terms("agency.months_of", month=name, year=self.terms.year(int(year)))
        return readable(finding.about)

    def _proofs(self, finding: Finding) -> tuple[Proof, ...]:
        requirement = self.requirement_text(finding.item, finding.requirement)
        return tuple(self._proof(row, finding, requirement) for row in finding.seen[:_MOST_QUOTES])

    def _proof(self, row: SeenRow, finding: Finding, requirement: str) -> Proof:
        address = row.final_url or row.url
        href = web_href(self.site_href(address) or "")
        if href is not None and "#" not in href:
            href += anchor_of(row)
        return Proof(
            pieces=marked(row.quote, finding, requirement),
            place=place_words(row.place, self.terms),
            source=_source_name(address),
            kept_at=self.terms.short_instant(row.fetched_at),
            page_href=href,
            copy_href=self._copy(row.sha256),
        )

    def _copy(self, sha256: str) -> str | None:
        return self.copy_href(sha256) if sha256 else None

    def _searched(self, findings: tuple[Finding, ...], *, is_asked: bool) -> tuple[SearchedDocument, ...]:
        rows: dict[tuple[str, str, str], SearchedRow] = {}
        for finding in findings:
            for row in finding.searched:
                rows.setdefault((row.url, row.sha256, row.outcome), row)
        documents = (self._searched_document(row, is_asked=is_asked) for row in rows.values())
        return tuple(sorted(documents, key=lambda d: (d.is_read, natural_key(d.name))))

    def _searched_document(self, row: SearchedRow, *, is_asked: bool) -> SearchedDocument:
        result, remedy = self.terms.searched(row.outcome, has_body=bool(row.sha256))
        return SearchedDocument(
            name=_source_name(row.url),
            href=web_href(self.site_href(row.url) or ""),
            copy_href=self._copy(row.sha256),
            kind=self.terms.get(f"document.{row.kind}", self.terms("document.unknown")) if row.kind else "",
            pages=self.terms.count("document.pages", row.pages) if row.pages > 1 else "",
            ocr=row.ocr,
            is_read=row.outcome in WAS_READ,
            result=result,
            remedy=remedy if is_asked else "",
        )


def _all_alike(rows: tuple[Row, ...]) -> bool:
    """Whether all requirements rest on one thing (page gone, not the main website), which is then said once, on top."""
    return (
        len(rows) > 1
        and rows[0].outcome is not Outcome.PASSED
        and len({(row.outcome, row.says, row.do, row.proofs) for row in rows}) == 1
        and not any(row.singles for row in rows)
    )


def _quiet(row: Row) -> Row:
    return replace(row, says="", do="", proofs=(), more_proofs=(), since="")


def _source_name(url: str) -> str:
    """A short name for an address: its file name, else host and path as people read them."""
    name = file_name(url) if web_href(url) else ""
    if "." in name:
        return name
    text = readable(url).split("://", 1)[-1].split("#", 1)[0].rstrip("/")
    return text or host_of(url) or url
