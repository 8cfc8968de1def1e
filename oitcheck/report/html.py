"""The reports as web pages: one file each, without scripts, in Thai and English, to be read, linked and printed."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from oitcheck.lib.urls import readable
from oitcheck.model.agency import Agency
from oitcheck.model.finding import Outcome
from oitcheck.report.availability import (
    Reachability,
    gap_words,
    percent,
    share_words,
    state_words,
    week_columns,
)
from oitcheck.report.beside import Beside
from oitcheck.report.comparison import Change, ItemChange
from oitcheck.report.export import printable
from oitcheck.report.messages import Messages
from oitcheck.report.pages import Href, Shelf, repair_cards
from oitcheck.report.score import PASS_SCORE
from oitcheck.report.staff import StaffSummary, staff_summary
from oitcheck.report.summary import AgencyRow, Counts, ItemFault, RowCounts, Summary, summarise
from oitcheck.report.terminal import (
    assessed_words,
    days_left,
    due_words,
    estimate_title,
    goal_mark,
    goal_words,
    lacking_words,
    partly_words,
    round_title,
    trouble_words,
)
from oitcheck.report.terms import (
    LANGUAGES,
    SYMBOLS,
    Language,
    Pending,
    Shown,
    Terms,
    point_range,
    points,
    whole_percent,
)
from oitcheck.report.view import WHOLE_ITEM, RunView, natural_key

ROUND_PAGE = "round.html"
_SAFE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,80}")
_CLASSES: dict[Shown, str] = {
    Outcome.PASSED: "ok",
    Outcome.FAILED: "no",
    Outcome.CANT_TELL: "ask",
    Outcome.INAPPLICABLE: "na",
    Pending.NOT_DUE: "later",
    None: "none",
}
_MOST_FAULTS = 12
_MOST_CAUSES = 3
_MOST_REPAIRS = 8  # more are folded away, except those that lead to the pass score


def as_is(url: str) -> str | None:
    """The address itself: the site as it stands on the web."""
    return url


def no_copy(sha256: str) -> str | None:
    """No link to any kept copy."""
    return None


def publish(
    view: RunView,
    folder: Path,
    language: Language = "th",
    copy_href: Href = no_copy,
    site_href: Href = as_is,
    *,
    imported: RowCounts | None = None,
    languages: Sequence[Language] = LANGUAGES,
    beside: Beside | None = None,
    operator: str = "",
) -> Path:
    """Write the round page and one page an agency, in every one of `languages`; the path of `language`'s round page.

    Thai stands in `folder`, English in `folder/en`. `copy_href` gives the address of a kept copy by sha256, relative
    to `folder`; `site_href` gives where an address of a site is to be opened (both: None for no link). `beside`: what
    is known besides the run; `operator`: who runs the installation, for the foot. Each file appears whole or not at
    all; the round page comes last, so that its links lead somewhere.
    """
    known = beside or Beside()
    summary = summarise(view, imported, known.reviews)
    staff = staff_summary(view, summary, known)
    for each in dict.fromkeys((*languages, language)):
        messages = Messages.load(each)
        target = folder / folder_of(each) if folder_of(each) else folder
        target.mkdir(parents=True, exist_ok=True)
        pages = Pages(
            view, summary, messages, from_folder(copy_href, each), site_href, tuple(languages), known, staff, operator
        )
        for row in summary.rows:
            write_whole(target / agency_page(row.agency), pages.agency(row))
        write_whole(target / ROUND_PAGE, pages.round())
    return (folder / folder_of(language) if folder_of(language) else folder) / ROUND_PAGE


def folder_of(language: Language) -> str:
    """The folder of a language below that of the report; Thai has none."""
    return "" if language == "th" else language


def from_folder(href: Href, language: Language) -> Href:
    """`href` seen from the folder of a language: relative addresses climb out of it."""
    if not folder_of(language):
        return href

    def climbing(key: str) -> str | None:
        address = href(key)
        is_relative = address is not None and not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|[/#]", address)
        return f"../{address}" if is_relative else address

    return climbing


def agency_page(agency: Agency) -> str:
    """The file name of an agency's page; an id that is no plain word is replaced by a digest."""
    name = agency.id if _SAFE_ID.fullmatch(agency.id) else hashlib.sha256(agency.id.encode()).hexdigest()[:16]
    return f"agency-{name}.html"


def write_whole(path: Path, text: str) -> None:
    """Write a file so that readers see the old one or the new one, never half of it."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


@dataclass(frozen=True, slots=True)
class CauseLine:
    """What is missing of an item: its element ("": the whole item), an example of what was found, at how many."""

    element: str
    text: str
    says: str
    agencies: int


@dataclass(frozen=True, slots=True)
class FaultCard:
    """An incomplete item as shown: all agencies, what most miss of it, and how many other elements are missing."""

    item: str
    title: str
    agencies: tuple[str, ...]
    causes: tuple[CauseLine, ...]
    more: int


@dataclass(frozen=True, slots=True)
class SiteRow:
    """How a main website was reached, as shown; `weeks` by their Mondays."""

    agency: Agency
    now: str
    share: str
    gap: str
    weeks: Mapping[date, str]
    is_down: bool


@dataclass(frozen=True, slots=True)
class Pages:
    """Renders the pages of one run in one language. The web application uses the same templates.

    `with_round`: the page of the round lies beside those of the agencies; without it they lead nowhere else, since an
    agency sees its own findings only.
    """

    view: RunView
    summary: Summary
    messages: Messages
    copy_href: Href
    site_href: Href
    languages: tuple[Language, ...]
    beside: Beside = field(default_factory=Beside)
    staff: StaffSummary | None = None
    operator: str = ""
    with_round: bool = True

    def agency(self, row: AgencyRow) -> str:
        """The page of one agency."""
        shelf = self._shelf()
        page = agency_page(row.agency)
        troubles = [t for t in self.summary.troubles if t.agency.id == row.agency.id]
        website = self.beside.website(row.agency.id)
        return self._render(
            "agency.html",
            page,
            row=row,
            agency=row.agency,
            cards=shelf.item_cards(row.agency.id),
            repairs=repair_cards(self.view, row, self.messages, self.terms),
            goal=goal_words(row.goal, self.terms) if row.goal else "",
            goal_mark=goal_mark(self.terms),
            estimate_title=estimate_title(self.terms),
            shown=max(_MOST_REPAIRS, row.goal.repairs if row.goal and row.goal.is_pass else 0),
            troubles=[(t, partly_words(t, self.terms), self.messages_of(t.outcome)) for t in troubles],
            late=self.beside.late_items(self.view, row.agency.id),
            website=None if website is None else self._site(website),
            tls_faults=self._tls_faults(row.agency),
        )

    def round(self) -> str:
        """The page of the whole round."""
        view, summary, shelf = self.view, self.summary, self._shelf()
        return self._render(
            "round.html",
            ROUND_PAGE,
            rows=summary.rows,
            names={agency.id: self.terms.short_name(agency.name_th) for agency in view.agencies},
            page_of={agency.id: agency_page(agency) for agency in view.agencies},
            groups=_groups(summary.rows),
            districts=_choices(agency.district for agency in view.agencies),
            kinds=_choices(agency.kind for agency in view.agencies),
            faults=[self._fault(fault) for fault in summary.item_faults[:_MOST_FAULTS]],
            by_item=sorted(summary.by_item, key=by_share),
            province=_province(view.agencies, self.terms),
            item_titles={item: shelf.item_title(item) for item in view.items},
            troubles=[(trouble, trouble_words(trouble, self.terms)) for trouble in summary.troubles],
            done=sum(row.is_complete for row in summary.rows),
            submitted_all=sum(row.submitted_items == len(view.items) for row in summary.rows),
            websites=[self._site(site) for site in self.beside.websites],
            weeks=week_columns(self.beside.websites),
            tls_faults=[(agency, told) for agency in view.agencies if (told := self._tls_faults(agency))],
            staff=self.staff,
            changed=self._changed(),
            PASS_SCORE=PASS_SCORE,
        )

    def _fault(self, fault: ItemFault) -> FaultCard:
        shelf = self._shelf()
        causes = tuple(
            CauseLine(
                "" if cause.requirement == WHOLE_ITEM else cause.requirement,
                "" if cause.requirement == WHOLE_ITEM else shelf.requirement_text(fault.item, cause.requirement),
                self.messages.says(cause.examples[0]),
                len(cause.examples),
            )
            for cause in fault.causes[:_MOST_CAUSES]
        )
        return FaultCard(
            fault.item, shelf.item_title(fault.item), fault.agencies, causes, len(fault.causes) - len(causes)
        )

    def _changed(self) -> list[tuple[Agency, list[ItemChange]]]:
        """The agencies with what changed of them since the run before; those without a change are left out."""
        if self.staff is None or self.staff.comparison is None:
            return []
        by_agency: dict[str, list[ItemChange]] = {}
        for one in self.staff.comparison.changes:
            if one.change is not Change.UNCHANGED:
                by_agency.setdefault(one.agency_id, []).append(one)
        return [(agency, by_agency[agency.id]) for agency in self.view.agencies if agency.id in by_agency]

    @property
    def terms(self) -> Terms:
        return Terms.load(self.messages.language)

    def messages_of(self, outcome: str) -> tuple[str, str]:
        """What a trouble of a site means, and its remedy."""
        return self.terms.searched(outcome, has_body=False)

    def _site(self, site: Reachability) -> SiteRow:
        weeks = {week.monday: percent(week.reached, week.checks) for week in site.weeks}
        terms = self.terms
        return SiteRow(
            site.agency, state_words(site, terms), share_words(site, terms), gap_words(site, terms), weeks,
            site.down_since is not None,
        )  # fmt: skip

    def _tls_faults(self, agency: Agency) -> list[tuple[str, str, str]]:
        """Host, what is wrong with its TLS, and the remedy."""
        faults = self.beside.tls_faults.get(agency.id, {})
        return [(readable(host), *self.terms.tls(fault)) for host, fault in faults.items()]

    def _shelf(self) -> Shelf:
        shown = (self.view, self.messages, self.terms, self.copy_href, self.site_href)
        return Shelf(*shown, self.summary.decided, self.summary.stands)

    def _render(self, template: str, page: str, **values: Any) -> str:
        view, terms = self.view, self.terms
        others = [each for each in self.languages if each != self.messages.language]
        text = (
            environment()
            .get_template(template)
            .render(
                t=terms,
                language=self.messages.language,
                view=view,
                summary=self.summary,
                round_title=round_title(view, terms),
                round_href=ROUND_PAGE if self.with_round else None,
                due=due_words(view.round, terms),
                assessed=assessed_words(view, terms),
                days_left=days_left(view, terms),
                operator=self.operator,
                lacking=lacking_words(view.run.lacking, terms) if view.run.lacking else "",
                other_href=_between(self.messages.language, others[0], page) if others else None,
                **values,
            )
        )
        return printable(text)


def _between(here: Language, there: Language, page: str) -> str:
    up = "../" if folder_of(here) else ""
    down = f"{folder_of(there)}/" if folder_of(there) else ""
    return f"{up}{down}{page}"


def by_share(of_item: tuple[str, Counts]) -> tuple[object, ...]:
    """The smallest share of agencies that have an item complete first, then most that lack it; of none at last."""
    item, counts = of_item
    share = counts.passed / counts.applicable if counts.applicable else 2.0
    return share, -counts.failed, -counts.applicable, natural_key(item)


def _province(agencies: Iterable[Agency], terms: Terms) -> str:
    """The provinces of the agencies as the register has them, each once; "" when it names none."""
    names = dict.fromkeys(agency.province.removeprefix("จังหวัด") for agency in agencies if agency.province)
    return ", ".join(terms("round.province", province=name) for name in names)


def _groups(rows: Sequence[AgencyRow]) -> dict[str, int]:
    """How many agencies each filter shows; those that show none are left out."""
    numbers = Counter(name for row in rows for name in group_names(row))
    return {name: numbers[name] for name in ("failed", "waiting", "nothing", "done") if numbers[name]}


def group_names(row: AgencyRow) -> tuple[str, ...]:
    """Which filters show an agency."""
    tests = {
        "failed": row.counts.failed > 0,
        "waiting": row.counts.cant_tell > 0,
        "nothing": row.is_silent,
        "done": row.is_complete,
    }
    return tuple(name for name, holds in tests.items() if holds)


def _choices(names: Iterable[str]) -> dict[str, int]:
    """Each name once with a number that may stand in a class name; none at all when there is nothing to choose."""
    numbers = {name: number for number, name in enumerate(dict.fromkeys(name for name in names if name))}
    return numbers if len(numbers) > 1 else {}


@cache
def environment() -> Environment:
    """Jinja2 with everything escaped; names that are not there are errors, since they are ours."""
    env = Environment(
        loader=PackageLoader("oitcheck.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals.update(
        css_class=_CLASSES.__getitem__,
        symbol=SYMBOLS.__getitem__,
        Outcome=Outcome,
        Pending=Pending,
        WHOLE_ITEM=WHOLE_ITEM,
        group_names=group_names,
        point_range=point_range,
        whole_percent=whole_percent,
        stylesheet=_stylesheet,
    )
    env.filters.update(points=points, readable=readable, anchor=_anchor, has_thai=has_thai)
    return env


def has_thai(text: str) -> bool:
    """Whether a text has Thai letters in it."""
    return any("\u0e01" <= char <= "\u0e5b" for char in text)


def _anchor(text: str) -> str:
    """A text as an id that may stand in an address: letters, digits and dashes only."""
    return re.sub(r"[^A-Za-z0-9-]+", "-", text)


@cache
def _stylesheet() -> Markup:
    """The stylesheet of the reports, ours and trusted, without its indentation."""
    loader: Callable[..., tuple[str, Any, Any]] = PackageLoader("oitcheck.report").get_source
    source, _, _ = loader(Environment(autoescape=True), "style.css")
    return Markup(re.sub(r"\n\s*", "\n", source))  # noqa: S704 - our own file, no input in it
