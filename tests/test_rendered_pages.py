"""A page that only a browser fills: its rendering takes its place, in the crawl and in every replay."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from oitcheck.crawl.browser import INCOMPLETE, Rendered
from oitcheck.crawl.fetching import Fetched
from oitcheck.crawl.limits import CrawlLimits
from oitcheck.crawl.rendered_hosts import FILE_NAME, RenderedHosts
from oitcheck.extract.isolation import Readers
from oitcheck.extract.limits import ExtractLimits
from oitcheck.gathering import Reading, Step, evidence_of
from oitcheck.model.agency import Agency, Submission
from oitcheck.model.evidence import BlindReason, Capture, Evidence, FetchOutcome
from oitcheck.pipeline import crawling, walking, workshop
from oitcheck.pipeline.budget import Budget, Silent
from oitcheck.settings import BrowserSettings, Settings, StorageSettings
from oitcheck.store.records import Store

NOON = datetime(2025, 3, 2, 5, 0, tzinfo=UTC)
HOST = "www.sophuai.example"
SITE = f"http://{HOST}/"
AGENCY = Agency("a1", "เทศบาลตำบลสบห้วย", "เทศบาลตำบล", "นครธาร", "สบห้วย", 2568, "2568-1", (HOST,))
SHELL = "<!doctype html><body><div id=app></div><noscript>เปิดใช้งาน JavaScript</noscript><script src=/app.js></script>"
FILLED = SHELL.replace(
    "id=app>", "id=app><h1>แผน</h1><p>" + "โครงการก่อสร้างถนน " * 10 + "</p><a href=/plan.txt>แผนดำเนินงาน</a>"
)
# Says enough not to be a shell, and its script may bring more.
SCRIPTED = "<!doctype html><body><h1>แผนดำเนินงาน</h1><p>" + "ข้อมูลของเทศบาล " * 20 + "</p><script src=/site.js></script>"
PAGES = {
    "list": SCRIPTED,
    "same": SCRIPTED,
    "lost": SCRIPTED,
    "still": SCRIPTED.replace("/site.js", "/jquery.min.js"),
    "o6": SHELL,
    "down": SHELL,
    "part": SHELL,
    "plain": FILLED,
    "plan.txt": "แผนดำเนินงาน ประจำปี 2568",
    "": SHELL,
}


def fetched(url: str, text: str, **changes: object) -> Fetched:
    body = text.encode()
    kind = "text/plain" if url.endswith(".txt") else "text/html"
    sha256 = hashlib.sha256(body).hexdigest()
    capture = Capture(url, url, (), FetchOutcome.OK, 200, NOON, kind, "utf-8", len(body), sha256)
    return Fetched(replace(capture, **changes), body)  # type: ignore[arg-type]


class Web:
    """Fetcher and browser in one; keeps what it was asked to render."""

    def __init__(self) -> None:
        self.rendered: list[str] = []

    async def fetch(
        self, url: str, *, submitted: bool, hosts: tuple[str, ...] = (), known: Capture | None = None
    ) -> Fetched:
        return fetched(url, PAGES[url.removeprefix(SITE)])

    async def render(self, capture: Capture, hosts: tuple[str, ...] = ()) -> Rendered | None:
        self.rendered.append(capture.url)
        if capture.url.endswith(("down", "lost")):
            return None
        if capture.url.endswith("same"):
            counted = fetched(capture.final_url, SCRIPTED + "<p>คนที่ 123</p>", rendered=True)
            return Rendered(counted.capture, counted.body)
        detail = INCOMPLETE + "POST /api" if capture.url.endswith("part") else ""
        made = fetched(capture.final_url, FILLED + capture.url, rendered=True, detail=detail)
        picture = b"\xff\xd8" + capture.url.encode()
        shot = replace(made.capture, media_type="image/jpeg", sha256=hashlib.sha256(picture).hexdigest())
        return Rendered(made.capture, made.body, Fetched(shot, picture))


def crawled(
    folder: Path, *paths: str, browser: bool = True, insist: bool = False, known: bool = False
) -> tuple[Web, tuple[Step, ...], tuple[Step, ...], Evidence, Evidence]:
    """The web, the home steps, the steps of a submission, its evidence, and its evidence again from the kept trail."""

    async def run(store: Store) -> tuple[Web, tuple[Step, ...], tuple[Step, ...], Evidence, Evidence]:
        web = Web()
        hosts = RenderedHosts(folder, NOON.date(), 60)
        if known:
            hosts.learn(SITE)
            hosts.save()
            hosts = RenderedHosts(folder, NOON.date(), 60)
        budget = Budget(None, None)
        crawl = crawling.Crawl(
            web,
            web if browser else None,
            store,
            CrawlLimits(),
            budget,
            Silent(),  # type: ignore[arg-type]
            hosts=hosts,
        )
        async with Readers(0, ExtractLimits()) as readers:
            reading = Reading(readers, store.bodies.get)
            home_steps = await walking.home_page(AGENCY, crawl, reading)
            submission = Submission("a1", "O6", tuple(SITE + path for path in paths))
            submitted = [await walking.submitted_page(url, AGENCY, crawl, reading) for url in submission.urls]
            home, site = await walking.site_pages(home_steps, submitted, reading)
            steps = await walking.walk(submission, AGENCY, crawl, reading, site, insist=insist)
            evidence = await evidence_of(steps, home, site, reading)
            reading = Reading(readers, store.bodies.get)
            home, site = await walking.site_pages(home_steps, await walking.submitted_in(steps, reading), reading)
            return web, home_steps, steps, evidence, await evidence_of(steps, home, site, reading)

    with Store.open(Settings(storage=StorageSettings(data_dir=folder, least_free_bytes=0))) as store:
        return asyncio.run(run(store))


def test_the_rendering_stands_in_the_walk_and_the_page_as_it_came_beside_it(tmp_path: Path) -> None:
    web, home_steps, steps, evidence, again = crawled(tmp_path, "o6", "plain", "o6#top")
    assert web.rendered == [SITE, SITE + "o6"], "each once, and only what needs it"
    assert [(role, capture.rendered) for role, capture in home_steps] == [
        ("home", True),
        ("static", False),
        ("screenshot", True),
    ]
    told = [(role, capture.url.removeprefix(SITE), capture.rendered, capture.depth) for role, capture in steps]
    assert told == [
        ("walk", "o6", True, 0),
        ("static", "o6", False, 0),
        ("screenshot", "o6", True, 0),
        ("walk", "plain", False, 0),
        ("walk", "o6#top", True, 0),
        ("static", "o6#top", False, 0),
        ("screenshot", "o6#top", True, 0),
        ("walk", "plan.txt", False, 1),
    ]
    assert steps[-1][1].link_text == "แผนดำเนินงาน", "what the rendered page links to is followed"
    assert evidence.blind_spots == ()
    assert [document.capture.rendered for document in evidence.documents] == [True, False, True, False]
    assert evidence.home is not None and evidence.home.capture.rendered
    assert again == evidence


def test_what_cannot_be_rendered_whole_stays_a_blind_spot(tmp_path: Path) -> None:
    _, _, steps, evidence, again = crawled(tmp_path, "down", "part")
    spots = [(spot.reason, spot.capture.url.removeprefix(SITE)) for spot in evidence.blind_spots]
    assert spots == [(BlindReason.NEEDS_BROWSER, "down"), (BlindReason.NEEDS_BROWSER, "part")]
    assert [role for role, _ in steps] == ["walk", "walk", "static", "screenshot", "walk"]
    assert again == evidence


def test_a_page_that_is_no_shell_is_rendered_when_the_rules_insist_and_stays_when_that_brings_nothing(
    tmp_path: Path,
) -> None:
    web, _, steps, _, _ = crawled(tmp_path, "list", "same", "lost", "still")
    assert web.rendered == [SITE] and {role for role, _ in steps} == {"walk"}
    web, _, steps, evidence, again = crawled(tmp_path, "list", "same", "lost", "still", insist=True)
    assert sorted(web.rendered) == [SITE, SITE + "list", SITE + "lost", SITE + "same"], "a page without scripts is not"
    told = [(role, capture.url.removeprefix(SITE), capture.rendered) for role, capture in steps if not capture.depth]
    assert told == [
        ("walk", "list", True),
        ("static", "list", False),
        ("screenshot", "list", True),
        ("walk", "same", False),
        ("walk", "lost", False),
        ("walk", "still", False),
    ]
    spots = [(spot.reason, spot.capture.url.removeprefix(SITE)) for spot in evidence.blind_spots]
    assert spots == [(BlindReason.NEEDS_BROWSER, "lost")], "nobody may say what is not on a page that was not shown"
    assert again == evidence


def test_a_host_that_needed_the_browser_is_rendered_at_once_for_a_while(tmp_path: Path) -> None:
    web, _, steps, _, _ = crawled(tmp_path, "list", "still", known=True)
    assert web.rendered == [SITE, SITE + "list"] and [role for role, _ in steps][:2] == ["walk", "static"]
    later = NOON.date() + timedelta(days=60)
    assert RenderedHosts(tmp_path, later, 60).needs_browser(SITE + "x")
    assert not RenderedHosts(tmp_path, later + timedelta(days=1), 60).needs_browser(SITE + "x")
    assert not RenderedHosts(tmp_path, later, 60).needs_browser("http://other.example/")
    hosts = RenderedHosts(tmp_path, later + timedelta(days=1), 60)
    hosts.learn("http://other.example/")
    assert not hosts.needs_browser("http://other.example/"), "what a run learns counts in the next"
    hosts.save()
    assert list(json.loads((tmp_path / FILE_NAME).read_text())["seen_on"]) == ["other.example"]
    for damaged in ("", "[]", '{"seen_on": {"a": 1}}', '{"seen_on": 3}', "\x00"):
        (tmp_path / FILE_NAME).write_text(damaged)
        assert not RenderedHosts(tmp_path, later, 60).needs_browser("http://other.example/")


def test_without_a_browser_the_page_is_left_to_a_person(tmp_path: Path) -> None:
    web, home_steps, steps, evidence, _ = crawled(tmp_path, "o6", browser=False)
    assert web.rendered == []
    assert [role for role, _ in (*home_steps, *steps)] == ["home", "walk"]
    assert [spot.reason for spot in evidence.blind_spots] == [BlindReason.NEEDS_BROWSER]


def test_a_run_says_when_it_has_no_browser(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    off, auto = Settings(browser=BrowserSettings(enabled=False)), Settings()
    monkeypatch.setattr(workshop, "find_browser", lambda: "/usr/bin/chromium")
    assert "browser" in workshop.lacking(off) and "browser" not in workshop.lacking(auto)
    monkeypatch.setattr(workshop, "find_browser", lambda: None)
    assert "browser" in workshop.lacking(auto)
