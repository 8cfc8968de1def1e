"""Links to file services end in the bytes of the file, or in the outcome that says why not."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from oitcheck.crawl import http as module
from oitcheck.crawl.drive import direct_url
from oitcheck.crawl.http import HttpFetcher
from oitcheck.crawl.limits import CrawlLimits
from oitcheck.demo import SiteServer
from oitcheck.extract.isolation import Readers
from oitcheck.extract.limits import ExtractLimits
from oitcheck.model.agency import Agency, Submission
from oitcheck.model.evidence import BlindReason, Evidence, FetchOutcome
from oitcheck.pipeline.walking import gathered

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
RECORDED = Path(__file__).parent / "recorded"
DRIVE = "https://drive.google.com/"
DOCS = "https://docs.google.com/"
HOST = "www.banmai.example"
AGENCY = Agency("a1", "เทศบาลตำบลบ้านใหม่", "เทศบาลตำบล", "นครธาร", "บ้านใหม่", 2566, "2566-1", (HOST,))

FILES = {
    DRIVE + "file/d/plainFile01/view?usp=sharing": "รายงานการใช้จ่ายงบประมาณ ไตรมาสที่ 1",
    DRIVE + "file/d/plainFile01/preview": "รายงานการใช้จ่ายงบประมาณ ไตรมาสที่ 1",
    DRIVE + "open?id=openedFile1": "รายงานการใช้จ่ายงบประมาณ ไตรมาสที่ 1",
    DRIVE + "open?id=silentOpen1": "รายงานการใช้จ่ายงบประมาณ ไตรมาสที่ 1",
    DRIVE + "open?id=openedDoc01": "บันทึกข้อความ เรื่อง รายงานผล",
    DRIVE + "thumbnail?id=plainFile01": "รายงานการใช้จ่ายงบประมาณ ไตรมาสที่ 1",
    DRIVE + "uc?id=largeFile01": "แผนพัฒนาท้องถิ่น (พ.ศ. 2566-2570)",
    DRIVE + "uc?id=olderNotice&export=view": "แผนพัฒนาท้องถิ่น (พ.ศ. 2566-2570)",
    DOCS + "document/d/nativeDoc01/edit": "บันทึกข้อความ เรื่อง รายงานผล",
    DOCS + "spreadsheets/d/e/2PACX-published/pubhtml": "ที่,รายการ\n1,ค่าวัสดุ\n",
    "https://www.dropbox.com/scl/fi/abc/plan.txt?rlkey=k1&dl=0": "แผนการจัดซื้อจัดจ้าง",
    "https://1drv.ms/b/s!AbOpen": "แผนการจัดหาพัสดุ",
    "https://amphoe.sharepoint.com/:b:/g/EbOpen?e=1": "รายงานผลการดำเนินงาน",
}
OUTCOMES = {
    DRIVE + "file/d/quotaFile01/view": FetchOutcome.RATE_LIMITED,
    DRIVE + "file/d/quotaThai01/view": FetchOutcome.RATE_LIMITED,
    DRIVE + "file/d/privateFile/view": FetchOutcome.PRIVATE_FILE,
    DRIVE + "file/d/askedAccess/view": FetchOutcome.PRIVATE_FILE,
    DRIVE + "file/d/missingFile/view": FetchOutcome.NOT_FOUND,
    DRIVE + "drive/folders/privateDir1": FetchOutcome.PRIVATE_FILE,
    "https://www.dropbox.com/s/busy/plan.txt?dl=0": FetchOutcome.RATE_LIMITED,
    "https://www.dropbox.com/s/closed/plan.txt": FetchOutcome.LOGIN_WALL,
    "https://1drv.ms/b/s!AbClosed": FetchOutcome.PRIVATE_FILE,
    "https://amphoe.sharepoint.com/:b:/g/EbClosed?e=1": FetchOutcome.PRIVATE_FILE,
}


def limits(server: SiteServer, **changed: object) -> CrawlLimits:
    given: dict[str, object] = {"delay_seconds": 0.0, "retry_delay_seconds": 0.0, "connect_to": server.host_port}
    return CrawlLimits(**(given | changed))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> SiteServer:  # type: ignore[misc]
    """The services, and the site of an agency whose pages are added by tests."""
    sites = tmp_path_factory.mktemp("sites")
    for folder in RECORDED.iterdir():
        if folder.is_dir():
            (sites / folder.name).symlink_to(folder)
    (sites / HOST).mkdir()
    (sites / HOST / "index.html").write_text("<h1>เทศบาลตำบลบ้านใหม่</h1>")
    with SiteServer(sites) as server:
        server.sites = sites  # type: ignore[attr-defined]
        yield server  # type: ignore[misc]


def test_shared_links_end_in_the_bytes_or_in_the_outcome_that_says_why_not(served: SiteServer) -> None:
    async def run() -> None:
        async with HttpFetcher(limits(served), clock=lambda: NOON) as fetcher:
            for url, text in FILES.items():
                fetched = await fetcher.fetch(direct_url(url) or url, submitted=False)
                assert (fetched.capture.outcome, fetched.body.decode()) == (FetchOutcome.OK, text), url
            for url, outcome in OUTCOMES.items():
                fetched = await fetcher.fetch(direct_url(url) or url, submitted=False)
                assert fetched.capture.outcome is outcome, (url, fetched.capture)
                is_quota = "quota of the file service" in fetched.capture.detail
                assert is_quota == (outcome is FetchOutcome.RATE_LIMITED), url
                assert fetched.capture.attempts == (2 if outcome is FetchOutcome.NOT_FOUND else 1), url

    asyncio.run(run())


def test_hosts_of_one_service_wait_for_each_other(served: SiteServer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    slot = module.Politeness.slot

    def watched(self: object, host: str, address: str = "") -> object:
        asked.append(host)
        return slot(self, host, address)  # type: ignore[arg-type]

    monkeypatch.setattr(module.Politeness, "slot", watched)

    async def run() -> None:
        async with HttpFetcher(limits(served), clock=lambda: NOON) as fetcher:
            await fetcher.fetch(DRIVE + "open?id=openedDoc01", submitted=True)
            await fetcher.fetch(DRIVE + "uc?export=download&id=plainFile01", submitted=True)
            await fetcher.fetch(f"http://{HOST}/", submitted=True)

    asyncio.run(run())
    assert asked[:4] == ["google"] * 4 and asked[-1] == HOST


class Kept:
    """Bodies in memory."""

    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}
        self.bodies = self

    def put(self, body: bytes) -> str:
        sha256 = module.hashlib.sha256(body).hexdigest()
        self._bodies[sha256] = body
        return sha256

    def get(self, sha256: str) -> bytes:
        return self._bodies[sha256]


def evidence(served: SiteServer, page: str) -> Evidence:
    (served.sites / HOST / "o4.html").write_text("<h1>การบริหารงบประมาณ</h1>" + page, "utf-8")  # type: ignore[attr-defined]

    async def run() -> Evidence:
        async with HttpFetcher(limits(served), clock=lambda: NOON) as fetcher, Readers(0, ExtractLimits()) as readers:
            submission = Submission("a1", "O4", (f"http://{HOST}/o4.html",))
            return await gathered(submission, AGENCY, fetcher, Kept(), readers, limits(served))

    return asyncio.run(run())


def spots(found: Evidence) -> list[tuple[str, str]]:
    return [(spot.reason.value, spot.capture.link_text) for spot in found.blind_spots]


def test_what_lies_in_a_public_folder_is_read(served: SiteServer) -> None:
    found = evidence(served, f'<p><a href="{DRIVE}drive/folders/publicDir01?usp=sharing">รายงานการเงิน</a></p>')
    deep = [d for d in found.documents if d.capture.depth == 2]
    read = [(d.capture.link_text, next(line.text for s in d.sections for line in s.lines)) for d in deep]
    assert read == [
        ("รายงาน เดือนตุลาคม 2565.txt", "รายงานการใช้จ่ายงบประมาณ ไตรมาสที่ 1"),
        ("บันทึกข้อความ", "บันทึกข้อความ เรื่อง รายงานผล"),
        ("ไตรมาสที่ 2", "รายงาน เดือนมกราคม 2566.pdf"),
    ]
    assert spots(found) == [("not_reached", "รายงาน เดือนมกราคม 2566.pdf")], "too deep, and not silently so"


def test_what_a_service_shows_by_scripts_is_a_blind_spot(served: SiteServer) -> None:
    links = {
        "ก": DRIVE + "drive/folders/emptyDir001",
        "ข": DOCS + "presentation/d/e/2PACX-published/pub",
        "ค": "https://amphoe.sharepoint.com/:f:/g/EfFolder",
        "ง": DRIVE + "drive/folders/privateDir1",
        "จ": DRIVE + "file/d/quotaFile01/view",
        "ฉ": DOCS + "document/d/e/2PACX-published/pub",
        "แผนงาน 2566": "https://www.facebook.com/banmai/posts/12",
        "เฟซบุ๊ก": "https://www.facebook.com/banmai",
        "วีดิทัศน์ คลิก": "https://www.youtube.com/watch?v=1",
    }
    found = evidence(served, "".join(f'<p><a href="{url}">{text}</a></p>' for text, url in links.items()))
    assert spots(found) == [
        (BlindReason.OTHER_SERVICE, "ก"),
        (BlindReason.OTHER_SERVICE, "ข"),
        (BlindReason.OTHER_SERVICE, "ค"),
        (BlindReason.PRIVATE, "ง"),
        (BlindReason.UNREACHABLE, "จ"),
        (BlindReason.OTHER_SERVICE, "แผนงาน 2566"),
    ]
    texts = [line.text for d in found.documents for s in d.sections for line in s.lines]
    assert texts.count("ประกาศเจตนารมณ์นโยบาย No Gift Policy") == 1
