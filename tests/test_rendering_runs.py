"""Whole runs with a real browser: what scripts bring is found, replayed, remembered; a browser that dies ends nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oitcheck.crawl.browser import Browser, Rendered, find_browser
from oitcheck.crawl.fetching import Fetched
from oitcheck.crawl.http import HttpFetcher
from oitcheck.crawl.rendered_hosts import FILE_NAME
from oitcheck.demo import SiteServer
from oitcheck.model.evidence import SCREENSHOT_OF, Capture
from oitcheck.pipeline import judging
from oitcheck.settings import load, resource_folder
from oitcheck.store.records import Store

HOST = "www.sophuai.example"
CASES = {"O23": "pass-table", "O24": "pass-table", "O28": "pass-table"}
SCRIPT = "fetch('/parts/' + document.body.id + '.html').then(r => r.text()).then(t => { document.querySelector('main').innerHTML = t; });"
pytestmark = pytest.mark.skipif(find_browser() is None, reason="no browser is installed")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a run over a site whose pages say enough, but bring what is asked for by script."""
    site = tmp_path / "sites" / HOST
    (site / "parts").mkdir(parents=True)
    (site / "site.js").write_text(SCRIPT)
    (site / "index.html").write_text("<h1>เทศบาลตำบลสบห้วย</h1>")
    for item, case in CASES.items():
        page = (resource_folder("fixtures") / "2568" / item / case / "page.html").read_text("utf-8")
        content = re.search(r"<main[^>]*>(.*)</main>|<body[^>]*>(.*)</body>", page, re.DOTALL)
        title = re.search(r"<title>.*?</title>", page, re.DOTALL)
        assert content and title
        (site / "parts" / f"{item}.html").write_text(content.group(1) or content.group(2), "utf-8")
        shell = "<p>" + "เทศบาลตำบลสบห้วยยินดีให้บริการประชาชนทุกท่าน " * 4 + "</p>"
        (site / f"{item}.html").write_text(
            f"<!doctype html><html><head>{title.group()}</head><body id={item}><main>{shell}</main>"
            "<script src=/site.js></script></body></html>",
            "utf-8",
        )
    (tmp_path / "agencies.csv").write_text(
        "agency_id,name_th,kind,province,district,fiscal_year,round,hosts\n"
        f"sophuai,เทศบาลตำบลสบห้วย,เทศบาลตำบล,นครธาร,สบห้วย,2568,2568,{HOST}\n"
    )
    rows = [f"sophuai,{item},http://{HOST}/{item}.html," for item in CASES]
    (tmp_path / "submissions.csv").write_text("\n".join(["agency_id,item,url,note", *rows]) + "\n")
    with SiteServer(tmp_path / "sites") as server:
        yield {
            "OITCHECK_NETWORK__CONNECT_TO": server.host_port,
            "OITCHECK_CRAWL__DELAY_SECONDS": "0",
            "OITCHECK_CRAWL__RETRY_DELAY_SECONDS": "0",
            "OITCHECK_STORAGE__DATA_DIR": str(tmp_path / "data"),
            "OITCHECK_STORAGE__LEAST_FREE_BYTES": "0",
            "OITCHECK_EXTRACT__WORKERS": "1",
            "OITCHECK_OCR__ENABLED": "false",
        }


def checked(oitcheck: Any, folder: Path, environ: dict[str, str]) -> dict[str, str]:
    """The outcome of each item of a `check`."""
    out = folder / "out.jsonl"
    files = ("--agencies", str(folder / "agencies.csv"), "--submissions", str(folder / "submissions.csv"))
    arguments = ["check", "--year", "2568", "--as-of", "2025-04-30", *files, "--findings", str(out)]
    arguments += [f"--item={item}" for item in CASES]
    code, _, err = oitcheck(*arguments, **environ)
    assert code == 0, err
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    return {row["item"]: row["outcome"] for row in rows if row["requirement"] == "*"}


def bare(text: str) -> list[str]:
    rows = [json.loads(line) for line in text.splitlines()]
    return [json.dumps({k: v for k, v in row.items() if k not in ("run", "assessed_at")}) for row in rows]


def test_what_the_rules_miss_is_looked_for_in_the_browser_kept_and_replayed(
    served: dict[str, str], oitcheck: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "passed" not in checked(oitcheck, tmp_path, served | {"OITCHECK_BROWSER__ENABLED": "false"}).values()
    assert set(checked(oitcheck, tmp_path, served).values()) == {"passed"}
    with Store.open(load(None, served), write=False) as store:
        for _, item, steps in store.trail("latest"):
            if item:
                assert [role for role, _ in steps[:3]] == ["walk", "static", "screenshot"]
                shot = steps[2][1]
                assert shot.detail == SCREENSHOT_OF + steps[0][1].sha256
                assert store.screenshot("latest", steps[0][1].sha256) == shot
                assert store.bodies.get(shot.sha256).startswith(b"\xff\xd8")
    offline = served | {"OITCHECK_NETWORK__CONNECT_TO": "127.0.0.1:9", "OITCHECK_BROWSER__ENABLED": "false"}
    code, out, err = oitcheck("replay", "--run", "latest", **offline)
    assert code == 0, err
    assert bare(out) == bare((tmp_path / "out.jsonl").read_text("utf-8"))

    assert json.loads((tmp_path / "data" / FILE_NAME).read_text())["seen_on"].keys() == {HOST}
    tried: list[bool] = []
    may_show_more = judging.may_show_more

    async def watched(*arguments: Any) -> bool:
        tried.append(await may_show_more(*arguments))
        return tried[-1]

    monkeypatch.setattr(judging, "may_show_more", watched)
    new = tmp_path / "new"
    new.mkdir()
    shutil.copy(tmp_path / "data" / FILE_NAME, new)
    served["OITCHECK_STORAGE__DATA_DIR"] = str(new)
    assert set(checked(oitcheck, tmp_path, served).values()) == {"passed"}
    assert tried == [False] * len(CASES), "a host that is known to need the browser goes to it at once"


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the pages that are rendered."""
    made: list[str] = []
    render = Browser.render

    async def counted(self: Browser, capture: Capture, hosts: tuple[str, ...] = ()) -> Rendered | None:
        made.append(capture.url.rpartition("/")[2])
        return await render(self, capture, hosts)

    monkeypatch.setattr(Browser, "render", counted)
    return made


def findings(folder: Path) -> list[str]:
    return bare((folder / "out.jsonl").read_text("utf-8"))


def test_a_second_night_renders_only_what_is_made_of_something_that_changed(
    served: dict[str, str], oitcheck: Any, tmp_path: Path, rendered: list[str]
) -> None:
    site = tmp_path / "sites" / HOST
    # Brings nothing that the rules find: looked at in the browser, and left as it came.
    (site / "parts" / "O23.html").write_text(
        (site / "O23.html").read_text("utf-8").partition("<main>")[2][:200], "utf-8"
    )
    assert checked(oitcheck, tmp_path, served) == {"O23": "cant_tell", "O24": "passed", "O28": "passed"}
    assert sorted(rendered) == ["O23.html", "O24.html", "O28.html"]
    first = findings(tmp_path)
    for _ in range(2):
        rendered.clear()
        checked(oitcheck, tmp_path, served)
        assert rendered == [] and findings(tmp_path) == first
    with Store.open(load(None, served), write=False) as store:
        walks = {item: steps for _, item, steps in store.trail("latest")}
    assert [(role, c.unchanged_by) for role, c in walks["O24"][:3]] == [
        ("walk", "parts"),
        ("static", "etag"),
        ("screenshot", "parts"),
    ]
    code, out, err = oitcheck("replay", "--run", "latest", **served)
    assert code == 0 and bare(out) == first, err

    page = (resource_folder("fixtures") / "2568" / "O23" / CASES["O23"] / "page.html").read_text("utf-8")
    (site / "parts" / "O23.html").write_text(page, "utf-8")
    assert checked(oitcheck, tmp_path, served)["O23"] == "passed", (
        "the page is as it was, what its script brings is not"
    )
    assert rendered == ["O23.html"]
    (site / "parts" / "O24.html").unlink()
    rendered.clear()
    assert checked(oitcheck, tmp_path, served)["O24"] != "passed"
    assert "O24.html" in rendered and "O28.html" not in rendered


def test_crawled_and_then_assessed_is_as_checked(
    served: dict[str, str], oitcheck: Any, tmp_path: Path, rendered: list[str]
) -> None:
    def timeless(rows: list[str]) -> list[dict[str, Any]]:
        told = [{k: v for k, v in json.loads(row).items() if k != "holds_since"} for row in rows]
        return [{**row, "seen": [{**seen, "fetched_at": ""} for seen in row["seen"]]} for row in told]

    checked(oitcheck, tmp_path, served)
    at_once = timeless(findings(tmp_path))
    other = served | {"OITCHECK_STORAGE__DATA_DIR": str(tmp_path / "other")}
    assert oitcheck("agencies", "import", str(tmp_path / "agencies.csv"), **other)[0] == 0
    assert oitcheck("submissions", "import", str(tmp_path / "submissions.csv"), "--year", "2568", **other)[0] == 0
    for expected in (sorted(f"{item}.html" for item in CASES), []):
        rendered.clear()
        items = [f"--item={item}" for item in CASES]
        code, run, err = oitcheck(
            "crawl", "--year", "2568", "--round", "2568", "--as-of", "2025-04-30", *items, **other
        )
        assert code == 0 and sorted(rendered) == expected, err
        code, _, err = oitcheck("assess", "--round", "2568", **other)
        assert code == 0, err
        _, out, _ = oitcheck("findings", "export", "--run", run.strip(), **other)
        assert timeless(bare(out)) == at_once


def test_a_browser_that_is_killed_ends_no_run(
    served: dict[str, str], oitcheck: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browsers: list[Browser] = []
    entered, fetch = Browser.__aenter__, HttpFetcher.fetch

    async def remembered(self: Browser) -> Browser:
        browsers.append(self)
        return await entered(self)

    async def killing(self: HttpFetcher, url: str, **more: Any) -> Fetched:
        if url.endswith("/parts/O24.html"):
            os.kill(browsers[0].pid, signal.SIGKILL)
        return await fetch(self, url, **more)

    monkeypatch.setattr(Browser, "__aenter__", remembered)
    monkeypatch.setattr(HttpFetcher, "fetch", killing)
    found = checked(oitcheck, tmp_path, served)
    assert found["O24"] == "cant_tell", "what was not shown is left to a person"
    assert len(found) == 3 and "failed" not in found.values()
