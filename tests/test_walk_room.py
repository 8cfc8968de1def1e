"""A walk that has no room for all that a submission links to: what it did not follow stands in it, unread."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable

import pytest

from oitcheck.crawl.fetching import Fetched
from oitcheck.crawl.limits import CrawlLimits
from oitcheck.extract.isolation import Readers
from oitcheck.extract.limits import ExtractLimits
from oitcheck.gathering import Reading, Step, unread
from oitcheck.model.agency import Agency, Submission
from oitcheck.model.evidence import BlindReason, Capture, FetchOutcome
from oitcheck.pipeline.budget import Budget, Silent
from oitcheck.pipeline.clock import now
from oitcheck.pipeline.crawling import Crawl, unfetched
from oitcheck.pipeline.walking import MOST_LEFT_OUT, home_page, site_pages, walk

HOST = "www.banmai.example"
SITE = f"http://{HOST}/"
AGENCY = Agency("a1", "เทศบาลตำบลบ้านใหม่", "เทศบาลตำบล", "นครธาร", "บ้านใหม่", 2566, "2566-1", (HOST,))


class Site:
    """Serves pages out of a dictionary; every other address is a text file. Also the keeper of bodies."""

    def __init__(self, pages: dict[str, str]) -> None:
        self.pages = pages
        self.kept: dict[str, bytes] = {}
        self.asked: list[str] = []

    async def fetch(self, url: str, **_: object) -> Fetched:
        self.asked.append(url)
        page = self.pages.get(url)
        media_type = "text/plain" if page is None else "text/html"
        body = (page or f"แผนของ {url}").encode()
        sha256 = self.put(body)
        capture = Capture(url, url, (), FetchOutcome.OK, 200, now(), media_type, "utf-8", len(body), sha256)
        return Fetched(capture, body)

    @property
    def bodies(self) -> Site:
        return self

    def put(self, body: bytes) -> str:
        name = hashlib.sha256(body).hexdigest()
        self.kept[name] = body
        return name

    def get(self, sha256: str) -> bytes:
        return self.kept[sha256]

    def has(self, sha256: str) -> bool:
        return sha256 in self.kept


def links(*paths: str) -> str:
    return "<p>" + "</p><p>".join(f'<a href="/{path}">รายงาน {path}</a>' for path in paths) + "</p>"


def walked(
    pages: dict[str, str], *submitted: str, is_wanted: Callable[[str], bool] = lambda text: True, home: bool = False
) -> list[Step]:
    site = Site({SITE + path: f"<html><body>{body}</body></html>" for path, body in pages.items()})
    submission = Submission("a1", "O4", tuple(SITE + path for path in submitted))

    async def run() -> tuple[Step, ...]:
        async with Readers(0, ExtractLimits()) as readers:
            crawl = Crawl(site, None, site, CrawlLimits(), Budget(None, None), Silent())  # type: ignore[arg-type]
            reading = Reading(readers, site.get)
            steps = await home_page(AGENCY, crawl, reading) if home else ()
            _, frame = await site_pages(steps, [], reading)
            return await walk(submission, AGENCY, crawl, reading, frame, is_wanted=is_wanted)

    return [step for step in asyncio.run(run()) if step[0] == "walk"]


def paths(steps: list[Step], outcome: FetchOutcome) -> set[str]:
    return {capture.url.removeprefix(SITE) for _, capture in steps if capture.outcome is outcome and capture.depth}


def test_files_of_a_second_page_that_find_no_room_are_not_passed_over_in_silence():
    first, second = ([f"{name}{n}.txt" for n in range(40)] for name in "ab")
    steps = walked({"1": links(*first), "2": links(*second)}, "1", "2")
    assert paths(steps, FetchOutcome.OK) == {*first, *second[:20]}
    assert paths(steps, FetchOutcome.NOT_REACHED) == set(second[20:])
    left = [c for _, c in steps if c.outcome is FetchOutcome.NOT_REACHED]
    assert all(c.link_text == f"รายงาน {c.url.removeprefix(SITE)}" and c.found_on == SITE + "2" for c in left)


def test_files_behind_pages_that_took_the_room():
    pages = [f"o/{n}" for n in range(24)]
    served = {"1": links(*pages)} | {page: links(f"{page}-x.txt", f"{page}-y.txt") for page in pages}
    steps = walked(served, "1", is_wanted=lambda text: "o/23-y" in text)
    files = {f"{page}-{end}.txt" for page in pages for end in "xy"}
    read, left = paths(steps, FetchOutcome.OK) - set(pages), paths(steps, FetchOutcome.NOT_REACHED)
    assert (len(read), len(left), read | left) == (36, 12, files)
    assert "o/23-y.txt" in read, "what is looked for comes first"


def test_further_pages_of_a_page_that_lists_everything():
    pages = [f"o/{n}" for n in range(43)]
    steps = walked({"1": links(*pages)} | {page: "<p>ข้อความ</p>" for page in pages}, "1")
    assert paths(steps, FetchOutcome.NOT_REACHED) == set(pages[25:])


def test_what_is_reached_another_way_is_not_left_out():
    pages = [f"o/{n}" for n in range(26)]
    served = {"1": links(*pages), "2": links("o/25")} | {page: "<p>ข้อความ</p>" for page in pages}
    assert paths(walked(served, "1", "2"), FetchOutcome.NOT_REACHED) == set()


def test_a_page_of_a_hundred_thousand_links_is_told_of_in_short():
    steps = walked({"1": links(*(f"a{n}.txt" for n in range(3000)))}, "1")
    assert len(paths(steps, FetchOutcome.NOT_REACHED)) == MOST_LEFT_OUT


@pytest.mark.parametrize(
    ("url", "is_unread"),
    [
        (f"http://{HOST}:8088/plan.pdf", True),  # a port that we do not ask at may be open to everybody else
        ("http://files.banmai.example/plan.pdf", True),  # private to our own resolver
        ("http://1.1.1.1:8088/plan.pdf", True),
        ("http://192.168.1.20/plan.pdf", False),
        ("http://localhost/plan.pdf", False),
        ("http://nas.local/plan.pdf", False),
    ],
)
def test_what_the_guard_refuses_may_be_open_to_the_public(url, is_unread):
    spot = unread(unfetched(url, FetchOutcome.FORBIDDEN_ADDRESS))
    assert (spot is not None) is is_unread
    assert spot is None or (spot.reason, spot.detail) == (BlindReason.UNREACHABLE, "forbidden_address")


def test_what_frames_within_a_page_lead_to_is_as_near_as_what_the_page_leads_to():
    pages = {
        "1": '<iframe src="/list"></iframe>',
        "list": links("pop-up"),
        "pop-up": links("manual.txt"),
    }
    assert "manual.txt" in paths(walked(pages, "1"), FetchOutcome.OK)
    deeper = {**pages, "pop-up": links("rest"), "rest": links("manual.txt")}
    assert "manual.txt" not in paths(walked(deeper, "1"), FetchOutcome.OK)


def test_the_menu_that_the_home_page_shows_in_a_frame_is_no_content_of_other_pages():
    frames = '<iframe src="/left"></iframe><iframe src="/{}"></iframe>'
    pages = {"": frames.format("news"), "1": frames.format("o1"), "left": links("a.txt"), "o1": links("b.txt")}
    found = paths(walked(pages, "1", home=True), FetchOutcome.OK)
    assert "b.txt" in found and not found & {"left", "a.txt"}
    assert paths(walked(pages, "1"), FetchOutcome.OK) >= {"left", "a.txt"}
