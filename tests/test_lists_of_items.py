"""One page that lists all items, submitted for each of them: what stands behind the links of other items proves nothing.

Made of the cases of one invented agency, whose pages are put behind the links of one page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

from oitcheck import cases
from oitcheck.crawl.fetching import Fetched
from oitcheck.crawl.limits import CrawlLimits
from oitcheck.extract.isolation import Readers
from oitcheck.extract.limits import ExtractLimits
from oitcheck.lib.urls import normalized, without_fragment
from oitcheck.model.evidence import Capture, Evidence, FetchOutcome
from oitcheck.model.finding import Outcome
from oitcheck.pipeline.walking import gathered
from tests.pages import checklist_of

FIXTURES = Path(__file__).parent.parent / "fixtures"
YEAR, HOST = 2568, "www.sophuai.example"
LIST = f"http://{HOST}/ita-list"
CODES = '<p><a href="{url}">{code} {title}</a></p>'
TITLES = '<p><a href="{url}">{title}</a></p>'
# Links that name nothing are called by what stands beside or over them.
FORMS = {
    "table": '<tr><td>{code}</td><td>{title}</td><td><a href="{url}">ลิงก์</a></td></tr>',
    "addresses": '<tr><td>{code}</td><td>{title}</td><td><a href="{url}">{url}</a></td></tr>',
    "lines": '<p>{code} {title} <a href="{url}">ดูรายละเอียด</a></p>',
    "cards": '<div><a href="{url}"><img src="/i.png" alt=""></a><p>{title}</p></div>',
    "headings": '<h3>{code} {title}</h3><p><a href="{url}">เปิดดูเอกสาร</a></p>',
}
# Reports which name, and repeat, what the item before them asks for.
KIN = {"O23": ("O24",), "O27": ("O28",)}


def addresses(case: cases.Case) -> set[str]:
    return {without_fragment(normalized(url)[0]) for url in case.serve} - {f"http://{HOST}/"}


@cache
def all_cases() -> Mapping[str, tuple[cases.Case, ...]]:
    """The cases of the agency by item, those first that pass."""
    found: dict[str, tuple[cases.Case, ...]] = {}
    for item in checklist_of(YEAR)[0].items:
        read = [cases.read_case(folder) for folder in cases.case_folders(FIXTURES, YEAR, item)]
        own = [c for c in read if c.agency.hosts == (HOST,) and c.submission.urls]
        found[item] = tuple(sorted(own, key=lambda c: set(c.expect.values()) != {"passed"}))
    return found


@cache
def right_pages() -> Mapping[str, cases.Case]:
    """A passing case for every item that has one whose addresses no other has."""
    chosen: dict[str, cases.Case] = {}
    taken: set[str] = set()
    for item, those in all_cases().items():
        for case in those:
            if set(case.expect.values()) == {"passed"} and not addresses(case) & taken:
                chosen[item] = case
                taken |= addresses(case)
                break
    return chosen


class Site:
    """Serves the list, and behind it the pages of the listed cases. Other addresses are not there."""

    def __init__(self, listed: Mapping[str, cases.Case], row: str) -> None:
        items = checklist_of(YEAR)[0].items
        told = ((i, items[i].title, case.submission.urls[0]) for i, case in listed.items())
        rows = "".join(row.format(code=code, title=title, url=url) for code, title, url in told)
        rows = f"<table>{rows}</table>" if row.startswith("<tr>") else rows
        self._list = f"<html><body><h1>การเปิดเผยข้อมูลสาธารณะ</h1>{rows}</body></html>".encode()
        self._where = {url: cases.Served(case) for case in listed.values() for url in addresses(case)}
        self._other = cases.Served(next(iter(listed.values())))

    async def fetch(
        self, url: str, *, submitted: bool, hosts: tuple[str, ...] = (), known: Capture | None = None
    ) -> Fetched:
        if url == LIST:
            name = sha256(self._list).hexdigest()
            at = cases.FETCHED_AT
            page = Capture(url, url, (), FetchOutcome.OK, 200, at, "text/html", "utf-8", len(self._list), name)
            return Fetched(page, self._list)
        served = self._where.get(without_fragment(url), self._other)
        return await served.fetch(url, submitted=submitted, hosts=hosts, known=known)


def outcomes(case: cases.Case, listed: Mapping[str, cases.Case], row: str) -> dict[str, Outcome]:
    """The outcome of each binding element, of a case's item submitted with the list."""
    submission = replace(case.submission, urls=(LIST,))

    async def read() -> Evidence:
        async with Readers(0, ExtractLimits()) as readers:
            site = Site(listed, row)
            return await gathered(submission, case.agency, site, cases.Memory(), readers, CrawlLimits())

    found = cases.judged(replace(case, submission=submission), asyncio.run(read()), *checklist_of(YEAR))
    return {f.requirement: f.outcome for f in found if f.binding and not f.about and f.requirement != "*"}


def others(item: str) -> dict[str, cases.Case]:
    left = {item, *KIN.get(item, ())}
    return {other: case for other, case in right_pages().items() if other not in left}


def spoilt() -> Iterator[cases.Case]:
    for item in right_pages():
        for case in all_cases()[item]:
            clashes = any(addresses(case) & addresses(other) for other in others(item).values())
            # The title of a page that is not the submitted one counts for its time.
            if case.name == "report-of-2566-under-title-2567":
                continue
            if "failed" in case.expect.values() and addresses(case) and not clashes:
                yield case


def test_there_is_something_to_list():
    assert len(right_pages()) >= 12
    assert len(list(spoilt())) >= 20


@pytest.mark.parametrize("item", right_pages())
def test_the_right_page_behind_the_link_of_its_item_passes(item):
    found = outcomes(right_pages()[item], right_pages(), CODES)
    unread = {r.id for r in checklist_of(YEAR)[0].items[item].requirements if r.check == "linked_from_home"}
    assert {outcome for r, outcome in found.items() if r not in unread} == {Outcome.PASSED}, found


@pytest.mark.parametrize("item", right_pages())
def test_pages_of_all_other_items_pass_nothing(item):
    found = outcomes(right_pages()[item], others(item), TITLES)
    assert Outcome.PASSED not in found.values(), found


@pytest.mark.parametrize("case", [pytest.param(c, id=c.place) for c in spoilt()])
def test_what_a_page_misses_is_not_found_on_pages_of_other_items(case):
    item = case.submission.item
    found = outcomes(case, {**others(item), item: case}, TITLES)
    expected = {r: case.expect.get(r, case.expect.get("others", "")).split(" ")[0] for r in found}
    assert not {r for r, o in found.items() if expected[r] == "failed" and o is Outcome.PASSED}
    assert not {r for r, o in found.items() if expected[r] == "passed" and o is Outcome.FAILED}


def test_a_list_is_judged_by_the_papers_of_its_item_alone():
    case = next(c for c in spoilt() if c.place == "2568/O7/suggestions-left-out")
    listed = {**others("O7"), "O7": case}
    assert outcomes(case, listed, CODES)["O7.4"] is Outcome.FAILED
    assert outcomes(case, listed, TITLES)["O7.4"] is not Outcome.PASSED
    few = {item: listed[item] for item in ("O6", "O7", "O9")}
    assert outcomes(case, few, TITLES)["O7.4"] is not Outcome.PASSED


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("item", ["O7", "O12", "O15", "O26"])
def test_links_that_name_nothing_belong_to_what_stands_beside_them(item, form):
    case = right_pages()[item]
    assert set(outcomes(case, right_pages(), FORMS[form]).values()) == {Outcome.PASSED}
    assert Outcome.PASSED not in outcomes(case, others(item), FORMS[form]).values()
