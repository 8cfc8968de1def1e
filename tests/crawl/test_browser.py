"""Pages in a real browser: what scripts bring is seen, and nothing of a page reaches the network by itself."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext

from oitcheck.crawl import browser as module
from oitcheck.crawl import rendering_process
from oitcheck.crawl.browser import Browser, Rendered, find_browser, is_incomplete
from oitcheck.crawl.fetching import Fetched
from oitcheck.crawl.guard import Guard
from oitcheck.crawl.http import HttpFetcher
from oitcheck.crawl.limits import CrawlLimits
from oitcheck.crawl.rendering import Pace
from oitcheck.crawl.sockets import Resolver
from oitcheck.model.evidence import Capture, FetchOutcome

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
HOST = "www.sophuai.example"
HOME = f"http://{HOST}/"
LIMITS = CrawlLimits(delay_seconds=0.0)
# What no page of these tests needs longer than.
SOON = Pace(
    look_seconds=0.05, idle_seconds=0.2, settle_seconds=1.5, page_seconds=6.0, patience_seconds=0.3, dress_seconds=1.0
)


class Site:
    """A fetcher over pages in memory; what is not among them is absent. `before` is called with each address asked."""

    def __init__(self, pages: dict[str, object]) -> None:
        self.pages = pages
        self.asked: list[str] = []
        self.before: Callable[[str], Awaitable[None] | None] = lambda url: None

    async def fetch(
        self, url: str, *, submitted: bool, hosts: tuple[str, ...] = (), known: Capture | None = None
    ) -> Fetched:
        assert submitted, "robots.txt does not bind what a submitted page is made of"
        self.asked.append(url)
        waiting = self.before(url)
        if waiting:
            await waiting
        page = self.pages.get(url.removeprefix(HOME.rstrip("/")))
        if isinstance(page, FetchOutcome):
            return fetched(url, "", outcome=page, status=0)
        if page is None:
            return fetched(url, "<h1>404</h1>", outcome=FetchOutcome.NOT_FOUND, status=404)
        return fetched(url, str(page), "application/json" if "/api" in url else "text/html")


def fetched(
    url: str, text: str, media_type: str = "text/html", *, outcome: FetchOutcome = FetchOutcome.OK, status: int = 200
) -> Fetched:
    body = text.encode()
    capture = Capture(
        url, url, (), outcome, status, NOON, media_type, "utf-8", len(body), hashlib.sha256(body).hexdigest()
    )
    return Fetched(capture, body)


def page(script: str, body: str = "") -> str:
    return f"<!doctype html><html lang=th><head><meta charset=windows-874></head><body>{body}<script>{script}</script>"


def shell(path: str) -> Capture:
    return fetched(HOME + path.lstrip("/"), "-").capture


def words(rendered: Fetched | None) -> str:
    assert rendered is not None
    return rendered.body.decode()


def rendering(site: object, work: Callable[[Browser], Awaitable[object]], pace: Pace = SOON) -> None:
    async def run() -> None:
        async with Browser(site, LIMITS, clock=lambda: NOON, executable=find_browser(), pace=pace) as browser:  # type: ignore[arg-type]
            await work(browser)
        assert browser.pid == 0

    asyncio.run(run())


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and waits for its parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


LONG = "<p>{} " + "ยาว " * 30 + "</p>"
ROWS = """
const show = rows => { document.getElementById('app').innerHTML = rows.map(r => `<p>${r}</p>`).join(''); };
Promise.all([fetch('/api/rows'), fetch('/api/rows#again')]).then(async ([one, two]) => {
  const rows = await one.json(); show([...rows, 'ครั้งที่สอง ' + (await two.json()).length]); });
const box = document.getElementById('box').attachShadow({mode: 'open'});
box.innerHTML = '<style>p{}</style><p>ข้อความในเงา</p>';
"""
LOADING = (
    "<link rel=stylesheet href=/a.css><div id=app>กำลังโหลดข้อมูล...</div><div id=box></div>"
    '<img src=/director.jpg onerror="this.remove()" alt=ผู้บริหาร>'
)
FOLDED = """
<ul class="nav nav-tabs"><li><a data-bs-toggle=tab href=#late>ปี 2566</a></li></ul><div id=late></div>
<button role=tab id=y1>2567</button><button role=tab id=y2>2568</button>
<div id=year>รายงานผลการใช้จ่ายงบประมาณประจำปี พ.ศ. 2566 ของเทศบาล</div>
<details><summary>คู่มือ</summary><div id=inside></div></details>
<div id=list></div><button id=more>โหลดเพิ่มเติม</button>
<a role=tab href=/away id=away>ไปหน้าอื่น</a>
<form action=/sent><button data-toggle=tab>ส่ง</button></form>
"""
FOLDING = """
const at = id => document.getElementById(id);
document.querySelector('.nav-tabs a').onclick = async e => {
  e.preventDefault(); at('late').textContent = await (await fetch('/api/late')).text(); };
at('y1').onclick = () => { at('year').innerHTML = '<p>รายงานผลการใช้จ่ายงบประมาณประจำปี พ.ศ. 2567 ของเทศบาล</p>'; };
at('y2').onclick = () => { at('year').innerHTML = '<p>รายงานผลการใช้จ่ายงบประมาณประจำปี พ.ศ. 2568 ของเทศบาล</p>'; };
document.querySelector('details').addEventListener('toggle', () => { at('inside').textContent = 'คู่มือการให้บริการ'; });
let n = 0;
at('more').onclick = () => {
  at('list').insertAdjacentHTML('beforeend', `<p>แถวที่ ${++n}</p>`); if (n > 3) at('more').remove(); };
at('away').onclick = () => { location.href = '/away'; };
"""
PAGES: dict[str, object] = {
    "/rows": page(ROWS, LOADING),
    "/api/rows": json.dumps(["รายงานผลการจัดซื้อจัดจ้างเดือนตุลาคม 2565", "เดือนพฤศจิกายน"]),
    "/folded": page(FOLDING, FOLDED),
    "/api/late": "เนื้อหาที่มาทีหลัง",
    "/away": page("", "หน้าอื่น"),
    "/sent": page("", "ส่งแล้ว"),
    "/app": page("document.body.innerHTML = '<h1>' + decodeURI(location.hash) + '</h1>' + 'เนื้อหา'.repeat(20)"),
    "/old": page("location.replace('/new')"),
    "/new": page("", LONG.format("หน้าใหม่")),
    "/off": page("location.href = 'https://elsewhere.example/'", LONG.format("อยู่ที่เดิม")),
    "/round": page("location.reload()", LONG.format("วนไปมา")),
    "/posts": page(
        "fetch('/api/x', {method: 'POST', body: '1'}).catch(() => 0); fetch('/api/down').catch(() => 0)",
        LONG.format("มีเพียงบางส่วน"),
    ),
    "/gone": page("document.body.innerHTML = '<h1>404</h1><p>ไม่พบหน้าที่ท่านต้องการ</p>'; document.title = '404'"),
    "/api/down": FetchOutcome.TIMEOUT,
    "/file": "%PDF-1.7 no page",
}
SHOWN = ("rows", "folded", "app", "app#/ita/o2", "app#top", "old", "off", "round", "posts", "gone", "file")


Seen = dict[str, Fetched | None]


def test_pages_are_shown_as_a_visitor_sees_them() -> None:
    """One browser for all of them: what each shows is looked at below."""
    site = Site(PAGES)
    found: Seen = {}

    async def work(browser: Browser) -> None:
        assert browser.pid == 0, "nothing runs until it is needed"

        async def one(path: str) -> None:
            submitted = replace(fetched((HOME + path).partition("#")[0], "-").capture, url=HOME + path)
            found[path] = await browser.render(submitted, (HOST,))

        await asyncio.gather(*(one(path) for path in SHOWN))

    rendering(site, work)
    for look in (what_scripts_bring, folded_parts_are_opened, routes_and_moves, what_a_page_did_not_get_is_told):
        look(site.asked, found)


def what_scripts_bring(asked: list[str], found: Seen) -> None:
    rendered = found["rows"]
    text = words(rendered)
    assert "<p>รายงานผลการจัดซื้อจัดจ้างเดือนตุลาคม 2565</p><p>เดือนพฤศจิกายน</p><p>ครั้งที่สอง 2</p>" in text
    assert "กำลังโหลด" not in text.partition("<script")[0]
    assert "<p>ข้อความในเงา</p>" in text, "a shadow tree is shown too"
    assert "/director.jpg" in text, "a picture that is not fetched must not look broken to the page"
    assert asked.count(HOME + "api/rows") == 1
    looks = [url for url in asked if url.endswith((".jpg", ".css"))]
    assert sorted(looks) == [HOME + "a.css", HOME + "director.jpg"], "once, for the screenshot"
    assert asked.index(HOME + "api/rows") < min(map(asked.index, looks)), "and not before the page is read"
    assert isinstance(rendered, Rendered) and rendered.screenshot is not None
    capture = rendered.capture
    assert (capture.rendered, capture.media_type, capture.charset) == (True, "text/html", "utf-8")
    assert capture.sha256 == hashlib.sha256(rendered.body).hexdigest()
    assert (capture.size_bytes, capture.outcome) == (len(rendered.body), FetchOutcome.OK)
    assert capture.final_url == HOME + "rows" and capture.redirects == ()
    assert not is_incomplete(capture)


def folded_parts_are_opened(asked: list[str], found: Seen) -> None:
    shown = words(found["folded"]).partition("<script")[0]
    for text in ("เนื้อหาที่มาทีหลัง", "คู่มือการให้บริการ", "พ.ศ. 2566", "พ.ศ. 2567", "พ.ศ. 2568", "แถวที่ 4"):
        assert shown.count(text) == 1, text
    assert "แถวที่ 5" not in shown
    assert HOME + "api/late" in asked
    assert HOME + "away" not in asked and not any("sent" in url for url in asked)


def routes_and_moves(asked: list[str], found: Seen) -> None:
    assert "<h1>#/ita/o2</h1>" in words(found["app#/ita/o2"])
    assert "<h1></h1>" in words(found["app"]) and "<h1></h1>" in words(found["app#top"]), "an anchor is no route"
    moved = found["old"]
    assert "หน้าใหม่" in words(moved)
    assert moved is not None and moved.capture.final_url == HOME + "new" == moved.capture.redirects[-1]
    off = found["off"]
    assert "อยู่ที่เดิม" in words(off)
    assert off is not None and off.capture.final_url == HOME + "off"
    assert not any("elsewhere" in url for url in asked), "a page does not lead us to another site"
    assert "วนไปมา" in words(found["round"])
    gone = found["gone"]
    assert gone is not None and gone.capture.outcome is FetchOutcome.SOFT_NOT_FOUND
    assert gone.capture.attempts == 2 and asked.count(HOME + "gone") == 2, "absent is only what was so twice"
    assert found["file"] is None


def what_a_page_did_not_get_is_told(asked: list[str], found: Seen) -> None:
    posts = found["posts"]
    assert posts is not None and is_incomplete(posts.capture)
    assert f"POST {HOME}api/x" in posts.capture.detail and f"timeout {HOME}api/down" in posts.capture.detail
    assert "มีเพียงบางส่วน" in words(posts)
    assert HOME + "api/x" not in asked


ESCAPES = r"""
const to = 'http://127.0.0.1:PORT/', log = [];
const tries = {
  xhr: () => fetch(to), named: () => fetch('http://evil.example:PORT/'), hop: () => fetch('/hop'),
  post: () => fetch(to, {method: 'POST', body: 'x'}), beacon: () => navigator.sendBeacon(to, 'x'),
  old: () => { const x = new XMLHttpRequest(); x.open('GET', to); x.send(); },
  socket: () => new WebSocket('ws://127.0.0.1:PORT/'), events: () => new EventSource(to),
  worker: () => new Worker(URL.createObjectURL(new Blob([`fetch('${to}'); importScripts('${to}')`]))),
  service: () => navigator.serviceWorker.register('/sw.js'),
  module: () => import(to), opened: () => window.open(to),
  rtc: () => { const c = new RTCPeerConnection({iceServers: [{urls: 'stun:127.0.0.1:UDP'}]});
    c.createDataChannel('x'); c.createOffer().then(o => c.setLocalDescription(o)); },
  transport: () => new WebTransport('https://127.0.0.1:PORT/'),
  tags: () => { for (const html of [
    `<img src="${to}">`, `<iframe src="${to}"></iframe>`, `<embed src="${to}">`, `<object data="${to}"></object>`,
    `<video src="${to}" autoplay></video>`, `<link rel=stylesheet href="${to}">`, `<link rel=prefetch href="${to}">`,
    `<link rel=preconnect href="${to}">`, `<link rel=dns-prefetch href="${to}">`, `<link rel=icon href="${to}">`,
    `<iframe srcdoc="<img src='${to}'>"></iframe>`, `<link rel=manifest href="${to}">`,
    `<div style="background:url(${to})">x</div>`, `<a href="${to}" ping="${to}" id=pinged>p</a>`,
    `<iframe srcdoc="<script>fetch('${to}');new WebSocket('ws://127.0.0.1:PORT/')<\/script>"></iframe>`,
  ]) document.body.insertAdjacentHTML('beforeend', html); },
  script: () => { const s = document.createElement('script'); s.src = to; document.body.append(s); },
  form: () => { for (const method of ['get', 'post']) { const f = document.createElement('form'); f.action = to;
    f.method = method; f.target = method == 'get' ? '_blank' : '_self'; document.body.append(f); f.submit(); } },
  go: () => { location.href = to; }, click: () => document.getElementById('pinged').click(),
};
for (const name in tries)
  try { Promise.resolve(tries[name]()).catch(() => 0); log.push(name); } catch (e) { log.push('!' + name); }
document.getElementById('log').textContent = log.join(' ');
"""


def test_no_page_reaches_the_network_by_itself(
    crawl: Callable[..., object], answer: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page on an allowed host tries every way to a listener on loopback, which the guard forbids."""
    allowed = Guard.allowed
    monkeypatch.setattr(
        Guard, "allowed", lambda self, host, found: found if host == HOST else allowed(self, host, found)
    )
    monkeypatch.setattr(Guard, "check_port", lambda self, port: None)

    async def resolved(self: Resolver, host: str, timeout_seconds: float) -> tuple[str, ...]:
        return ("127.0.0.1",)

    monkeypatch.setattr(Resolver, "_ask", resolved)
    reached: list[str] = []

    class Datagrams(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: object) -> None:
            reached.append("udp")

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.append("tcp")
        writer.close()

    async def work(fetcher: HttpFetcher, site: object, _: object) -> None:
        canary = await asyncio.start_server(connected, "127.0.0.1", 0)
        port = canary.sockets[0].getsockname()[1]
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Datagrams, ("127.0.0.1", 0))
        udp = transport.get_extra_info("sockname")[1]
        script = ESCAPES.replace("PORT", str(port)).replace("UDP", str(udp))
        home = f"http://{HOST}:{site.port}/"  # type: ignore[attr-defined]
        body = "<p>" + "เนื้อหาของหน้า " * 20 + "</p><p id=log></p>"
        site.routes.update(  # type: ignore[attr-defined]
            {
                "/": answer(200, page(script, body)),
                "/hop": answer(302, Location=f"http://127.0.0.1:{port}/"),
                "*": answer(404, "<h1>404</h1>"),
            }
        )
        async with Browser(fetcher, LIMITS, clock=lambda: NOON, executable=find_browser(), pace=SOON) as browser:
            capture = (await fetcher.fetch(home, submitted=True)).capture
            assert capture.outcome is FetchOutcome.OK
            rendered = await browser.render(capture)
        text = words(rendered)
        assert "เนื้อหาของหน้า" in text and "xhr named hop post" in text, "the page stood, and tried"
        assert rendered is not None and rendered.capture.final_url == home
        assert "/hop" in site.paths()  # type: ignore[attr-defined]
        assert reached == []
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        transport.sendto(b"x", ("127.0.0.1", udp))
        await asyncio.sleep(0.05)
        assert sorted(reached) == ["tcp", "udp"], "the listeners do hear"
        writer.close()
        transport.close()
        canary.close()

    crawl({}, work, connect_to="", attempts=1)


def test_endless_pages_crashes_and_recycling(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(rendering_process, "CLOSE_LATE_SECONDS", 0.5)
    hard = replace(SOON, settle_seconds=0.4, page_seconds=1.0, grace_seconds=3.0)
    good = page("", "<p>" + "หน้าปกติ " * 20 + "</p>")
    site = Site(
        {
            "/good": good,
            "/endless": page(
                "let n = 0; (function on() { fetch('/api/' + n++).finally(() => setTimeout(on, 20)); "
                "document.getElementById('n').textContent = n; })();",
                "<p>" + "ไม่จบสิ้น " * 20 + "</p><p id=n></p>",
            ),
            "/hangs": page("setTimeout(() => { while (true); }, 100)"),
            "/big": page("document.body.append(new Comment('x'.repeat(11e6)))"),
            "/kills": page("fetch('/api/kill').catch(() => 0)"),
        }
    )

    async def work(browser: Browser) -> None:
        started = time.monotonic()
        endless = await browser.render(shell("/endless"))
        assert "ไม่จบสิ้น" in words(endless)
        assert await browser.render(shell("/hangs")) is None
        assert await browser.render(shell("/big")) is None
        assert time.monotonic() - started < 20.0
        assert "หน้าปกติ" in words(await browser.render(shell("/good")))
        first = browser.pid

        def kill(url: str) -> None:
            if url.endswith("/api/kill"):
                os.kill(browser.pid, signal.SIGKILL)

        site.before = kill  # type: ignore[assignment]
        assert await browser.render(shell("/kills")) is None
        assert "หน้าปกติ" in words(await browser.render(shell("/good")))
        second = browser.pid
        monkeypatch.setattr(rendering_process, "PAGES_UNTIL_RECYCLED", 1)
        assert "หน้าปกติ" in words(await browser.render(shell("/good")))
        assert len({first, second, browser.pid, 0}) == 4
        assert not alive(first) and not alive(second) and alive(browser.pid)

    rendering(site, work, hard)
    assert [record.levelname for record in caplog.records if record.name == module.__name__] == ["WARNING", "WARNING"]


def test_a_page_beside_one_that_hangs_is_shown_by_the_next_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site({"/hangs": page("while (true);"), "/beside": page("fetch('/api/rows')", LONG.format("ไม่เกี่ยวกัน"))})
    closed = rendering_process._closed

    async def work(browser: Browser) -> None:
        closing, asked = asyncio.Event(), asyncio.Event()

        async def closed_beside_another(context: BrowserContext | None, seconds: float) -> bool:
            if not asked.is_set():
                closing.set()
                await asked.wait()
                seconds = 0.1
            return await closed(context, seconds)

        async def before(url: str) -> None:
            if url.endswith("/api/rows") and not asked.is_set():
                asked.set()
                await asyncio.Event().wait()

        async def beside() -> Fetched | None:
            await closing.wait()
            return await browser.render(shell("/beside"))

        monkeypatch.setattr(rendering_process, "_closed", closed_beside_another)
        site.before = before
        hung, shown = await asyncio.gather(browser.render(shell("/hangs")), beside())
        assert hung is None and "ไม่เกี่ยวกัน" in words(shown)
        assert site.asked.count(HOME + "api/rows") == 2

    rendering(site, work, replace(SOON, page_seconds=1.0, grace_seconds=0.2))


def test_without_a_browser_nothing_is_rendered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site({"/": page("")})
    broken = tmp_path / "chromium"
    broken.write_text(f"#!/bin/sh\necho x >> {tmp_path}/starts\nexit 1\n")
    broken.chmod(0o755)

    async def run() -> None:
        async with Browser(site, LIMITS, clock=lambda: NOON, executable=None) as browser:
            assert await browser.render(shell("/")) is None
            assert site.asked == []
        async with Browser(site, LIMITS, clock=lambda: NOON, executable=str(broken)) as browser:
            for _ in range(4):
                assert await browser.render(shell("/")) is None

    asyncio.run(run())
    assert (tmp_path / "starts").read_text().count("x") == 2, "a browser that does not start is given up"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_browser() == str(broken)
    monkeypatch.setenv("PATH", "/nowhere")
    assert find_browser() is None
