"""Renderings kept: a run that goes on renders nothing twice, a later one only what is made of something that changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from oitcheck.crawl.browser import INCOMPLETE, Rendered
from oitcheck.crawl.fetching import Fetched
from oitcheck.crawl.limits import CrawlLimits
from oitcheck.extract.isolation import Readers
from oitcheck.extract.limits import ExtractLimits
from oitcheck.gathering import Reading, Step
from oitcheck.model.agency import Agency, Round
from oitcheck.model.evidence import SCREENSHOT_OF, Capture, FetchOutcome
from oitcheck.model.finding import Run
from oitcheck.pipeline import crawling, parts, walking
from oitcheck.pipeline.budget import Budget, Silent
from oitcheck.pipeline.ledger import Ledger
from oitcheck.pipeline.unchanged import told_of_steps
from oitcheck.settings import Settings, StorageSettings
from oitcheck.store.records import Store

NOON = datetime(2025, 3, 2, 5, 0, tzinfo=UTC)
SITE = "http://www.sophuai.example/"
AGENCY = Agency("a1", "เทศบาลตำบลสบห้วย", "เทศบาลตำบล", "นครธาร", "สบห้วย", 2568, "2568-1", ("www.sophuai.example",))
SHELL = "<!doctype html><body><div id=app></div><noscript>เปิดใช้งาน JavaScript</noscript><script src=/app.js></script>"


def fetched(url: str, body: bytes, at: datetime, **changes: object) -> Fetched:
    name = sha256(body).hexdigest()
    capture = Capture(url, url, (), FetchOutcome.OK, 200, at, "text/html", "utf-8", len(body), name)
    return Fetched(replace(capture, **changes), body)  # type: ignore[arg-type]


class Web:
    """Fetcher and browser in one: a page made of its source and of what its script asks for."""

    def __init__(self) -> None:
        self.at = NOON
        self.pages = {SITE: SHELL, SITE + "api": "แผนดำเนินงาน"}
        self.missing = ""
        self.rendered: list[str] = []
        self.fails = False

    async def fetch(
        self, url: str, *, submitted: bool, hosts: tuple[str, ...] = (), known: Capture | None = None
    ) -> Fetched:
        return fetched(url, self.pages[url].encode(), self.at)

    async def render(self, capture: Capture, hosts: tuple[str, ...] = ()) -> Rendered | None:
        self.rendered.append(capture.url)
        if self.fails:
            return None
        made_of = [await self.fetch(url, submitted=True) for url in (SITE, SITE + "api")]
        body = b"".join([part.body for part in made_of]).replace(b"></div>", b"><p>" + b"x" * 500 + b"</p></div>")
        page = fetched(capture.final_url, body, self.at, rendered=True, detail=self.missing)
        shot = replace(page.capture, media_type="image/jpeg", sha256=sha256(f"{self.at}".encode()).hexdigest())
        shot = replace(shot, detail=SCREENSHOT_OF + page.capture.sha256)
        picture = Fetched(shot, f"{self.at}".encode())
        return Rendered(page.capture, page.body, picture, tuple(part.capture for part in made_of))


class Site:
    """A site whose home page is looked at in one run after the other; the clock is the web's."""

    def __init__(self, store: Store) -> None:
        self.web = Web()
        self._store = store

    def looked_at(self, run_id: str, budget: Budget | None = None) -> tuple[Step, ...]:
        run = Run(run_id, 2568, "2568-1", "2568@sha256:00", "0.1.0", self.web.at, "2025-03-02")

        async def look() -> tuple[Step, ...]:
            async with Ledger(self._store, run) as ledger, Readers(0, ExtractLimits()) as readers:
                spent = budget or Budget(None, None)
                crawl = crawling.Crawl(
                    self.web,  # type: ignore[arg-type]
                    self.web,  # type: ignore[arg-type]
                    self._store,
                    CrawlLimits(),
                    spent,
                    Silent(),
                    ledger=ledger,
                )
                steps = await walking.home_page(AGENCY, crawl, Reading(readers, self._store.bodies.get))
                self.failed = crawl.browser_failed(steps)
                return steps

        if run_id not in {record.run.id for record in self._store.runs()}:
            self._store.begin_run(run, (AGENCY,), (), Round("2568-1", 2568), started_at=self.web.at)
        return asyncio.run(look())


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with Store.open(Settings(storage=StorageSettings(data_dir=tmp_path, least_free_bytes=0))) as store:
        made = Site(store)
        monkeypatch.setattr(crawling, "now", lambda: made.web.at)
        yield made


def roles(steps: tuple[Step, ...]) -> list[tuple[str, str]]:
    return [(role, capture.unchanged_by) for role, capture in steps]


def test_a_run_that_goes_on_renders_nothing_twice(site: Site) -> None:
    first = site.looked_at("r1")
    assert roles(first) == [("home", ""), ("static", ""), ("screenshot", "")]
    assert site.looked_at("r1") == first
    assert site.web.rendered == [SITE]


def test_a_rendering_stands_while_all_it_is_made_of_does(site: Site) -> None:
    first = site.looked_at("r1")
    site.web.at += timedelta(days=1)
    second = site.looked_at("r2")
    assert roles(second) == [("home", "parts"), ("static", "hash"), ("screenshot", "parts")]
    assert site.web.rendered == [SITE]
    assert [c.as_received for _, c in second] == [c.as_received for _, c in first]
    assert second[0][1].fetched_at > first[0][1].fetched_at
    site.web.at += timedelta(days=1)
    site.web.pages[SITE + "api"] = "แผนดำเนินงาน ฉบับแก้ไข"
    third = site.looked_at("r3")
    assert site.web.rendered == [SITE, SITE] and told_of_steps(third) != told_of_steps(second)
    assert roles(third) == [("home", ""), ("static", "hash"), ("screenshot", "")]
    site.web.at += timedelta(days=1)
    site.web.pages[SITE] = SHELL + "<!-- another -->"
    site.looked_at("r4")
    assert site.web.rendered == [SITE] * 3


def test_a_page_is_rendered_anew_once_a_week_and_its_picture_is_no_evidence(site: Site) -> None:
    first = site.looked_at("r0")
    for day in range(1, parts.MOST_DAYS):
        site.web.at = NOON + timedelta(days=day)
        site.looked_at(f"r{day}")
    assert site.web.rendered == [SITE]
    site.web.at = NOON + timedelta(days=parts.MOST_DAYS)
    later = site.looked_at("r7")
    assert site.web.rendered == [SITE, SITE]
    assert roles(later) == [("home", "hash"), ("static", "hash"), ("screenshot", "")]
    assert told_of_steps(later) == told_of_steps(first)


def test_what_was_not_shown_whole_is_rendered_every_time(site: Site) -> None:
    site.web.missing = INCOMPLETE + "timeout /x"
    site.looked_at("r1")
    site.web.at += timedelta(days=1)
    site.looked_at("r2")
    assert site.web.rendered == [SITE, SITE]


def test_a_page_that_the_browser_failed_to_show_is_no_way_to_go_again(site: Site) -> None:
    site.web.fails = True
    assert roles(site.looked_at("r1")) == [("home", "")] and site.failed
    site.web.fails = False
    site.looked_at("r2")
    assert not site.failed


def test_a_page_that_the_limit_of_the_run_leaves_unrendered_is_left_to_the_run_that_goes_on(site: Site) -> None:
    budget = Budget(None, None, pages_left=1)
    assert walking.is_cut(site.looked_at("r1", budget)) and budget.left_out == [SITE]
    assert site.web.rendered == []
    assert not walking.is_cut(site.looked_at("r1")) and site.web.rendered == [SITE]


def test_what_is_no_list_of_parts_is_none() -> None:
    page = fetched(SITE, b"x", NOON, rendered=True).capture
    raw = parts.packed(page, (page,), "p")
    assert raw is not None and parts.are_alike(page, parts.unpacked(raw, "p", NOON)[0])
    assert parts.packed(page, (), "p") is None
    for other in (b"", b"[]", b'{"program": "p", "parts": [[1]]}', b"\xff", raw[:-9]):
        assert parts.unpacked(other, "p", NOON) == ()
    assert parts.unpacked(raw, "another", NOON) == ()
