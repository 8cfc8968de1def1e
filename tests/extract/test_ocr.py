"""Scans read by tesseract: lines, tables, years, quality, places that can be opened again, and nothing read twice."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, datetime
from difflib import SequenceMatcher
from functools import cache
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from oitcheck.extract import ocr, read
from oitcheck.extract.isolation import Readers
from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.ocr import KeptScans, failed, has_ocr, scan_of
from oitcheck.extract.ocr_page import ScanPage
from oitcheck.extract.quality import text_quality
from oitcheck.gathering import Reading, evidence_of, to_read_by_ocr, unread_pages
from oitcheck.lib.thai_text import fold
from oitcheck.model.evidence import BlindReason, BlindSpot, Capture, Document, Evidence, FetchOutcome, Line
from oitcheck.model.finding import Outcome
from oitcheck.pipeline.judging import settled

FONT = Path("/usr/share/fonts/truetype/tlwg/Laksaman.ttf")
pytestmark = [
    pytest.mark.skipif(not has_ocr(), reason="tesseract with Thai is not installed (setup/packages.sh test)"),
    pytest.mark.skipif(not FONT.exists(), reason="no Thai fonts (setup/packages.sh test)"),
]
LETTER = (
    "ประกาศองค์การบริหารส่วนตำบลบ้านใหม่",
    "เรื่อง แผนปฏิบัติการจัดซื้อจัดจ้าง ประจำปีงบประมาณ พ.ศ. ๒๕๖๖",
    "ตามพระราชบัญญัติการจัดซื้อจัดจ้างและการบริหารพัสดุภาครัฐ",
    "หน่วยงานขอเผยแพร่แผนตามเอกสารแนบท้ายประกาศนี้",
)
ROWS = (
    ("ที่", "ชื่อโครงการ", "งบประมาณ (บาท)"),
    ("๑", "ก่อสร้างถนนคอนกรีต", "๔๙๘,๐๐๐.๐๐"),
    ("๒", "จัดซื้อวัสดุสำนักงาน", "๗๕,๙๐๐.๐๐"),
    ("๓", "อบรมอาชีพผู้สูงอายุ", "-"),
)
COLUMNS = (120, 220, 950, 1450)
LIMITS = ExtractLimits()


@cache
def scanned(angle: float = 0.5, blur: float = 0.5, noise: int = 10) -> Image.Image:
    """A page at 200 dpi: a letter and a ruled table."""
    image = Image.new("L", (1654, 1200), 245)
    pen, face = ImageDraw.Draw(image), ImageFont.truetype(str(FONT), 46)
    for number, text in enumerate(LETTER):
        pen.text((150, 80 + 80 * number), text, fill=25, font=face)
    top = 480
    for number, row in enumerate(ROWS):
        for column, text in enumerate(row):
            pen.text((COLUMNS[column] + 14, top + 90 * number + 12), text, fill=25, font=face)
    for number in range(len(ROWS) + 1):
        pen.line((COLUMNS[0], top + 90 * number, COLUMNS[-1], top + 90 * number), fill=20, width=3)
    for x in COLUMNS:
        pen.line((x, top, x, top + 90 * len(ROWS)), fill=20, width=3)
    image = image.rotate(angle, Image.Resampling.BICUBIC, fillcolor=245).filter(ImageFilter.GaussianBlur(blur))
    return ImageChops.add(image, Image.effect_noise(image.size, noise), offset=-128)


def pdf_of(*images: Image.Image) -> bytes:
    out = BytesIO()
    images[0].save(out, "PDF", resolution=200, save_all=True, append_images=images[1:], quality=80)
    return out.getvalue()


@cache
def letter_pdf() -> bytes:
    return pdf_of(scanned())


def png_of(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def capture(body: bytes, name: str = "scan.pdf", *, depth: int = 0) -> Capture:
    url = f"http://www.banmai.example/{name}"
    return Capture(
        url, url, (), FetchOutcome.OK, 200, datetime(2023, 4, 1, tzinfo=UTC), depth=depth,
        sha256=hashlib.sha256(body).hexdigest(),
    )  # fmt: skip


@cache
def page_of(body: bytes, number: int = 1) -> ScanPage:
    found = scan_of(body, number, LIMITS)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def letter() -> Document:
    body = letter_pdf()
    (document,) = read.read(capture(body), body, LIMITS, {1: page_of(body)})
    assert isinstance(document, Document)
    return document


def test_without_ocr_a_scan_is_a_blind_spot() -> None:
    body = letter_pdf()
    (spot,) = read.read(capture(body), body, LIMITS)
    assert isinstance(spot, BlindSpot) and spot.reason is BlindReason.SCANNED_NO_OCR
    assert unread_pages((spot,)) == [1]


def test_lines_of_a_scan(letter: Document) -> None:
    assert letter.ocr and letter.pages == 1 and letter.readers[0].startswith("tesseract")
    assert letter.text_quality >= 0.9 and letter.page_qualities == (letter.text_quality,)
    lines = [block for _, block in letter.blocks() if isinstance(block, Line)]
    assert len(lines) == len(LETTER)
    for line, truth in zip(lines, LETTER, strict=True):
        assert fold(line.text) == fold(truth)
        assert 0.7 < line.confidence < 1.0
    assert fold(letter.title) == fold(LETTER[0])


def test_a_ruled_table_of_a_scan_has_its_columns(letter: Document) -> None:
    (table,) = letter.sections[0].tables
    # Of a short word alone in its cell the letters are sure, the marks are not.
    assert table.header[0].startswith("ท")
    assert [fold(name) for name in table.header[1:]] == [fold(name) for name in ROWS[0][1:]]
    for row, truth in zip(table.rows, ROWS[1:], strict=True):
        assert (row[0], row[2]) == (truth[0], truth[2])
        assert similar(row[1], truth[1]) > 0.9


def test_what_was_read_stands_at_its_place(letter: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = letter_pdf()
    kept = KeptScans(tmp_path)
    kept.put(letter.capture.sha256, 1, page_of(body))
    # Where there is no tesseract, what was kept is enough.
    monkeypatch.setattr(ocr, "tesseract_version", lambda: "")
    text = read.text_at(body, "", "page:1", kept)
    for _, block in letter.blocks():
        if isinstance(block, Line):
            assert block.at.place == "page:1" and block.text in text
        else:
            assert all(cell in text for row in block.rows for cell in row)  # type: ignore[union-attr]
    assert read.text_at(body, "", "page:1") == ""


def test_a_picture_is_a_document_of_one_page() -> None:
    body = png_of(scanned().crop((0, 0, 1654, 440)))
    page = page_of(body)
    (document,) = read.read(capture(body, "poster.png"), body, LIMITS, {1: page})
    assert isinstance(document, Document) and (document.kind, document.ocr) == ("image", True)
    assert fold(LETTER[2]) in fold("".join(line.text for line in document.sections[0].lines))
    assert read.text_at(body, "", "page:1", _Given({1: page})) == "\n".join(
        line.text for line in document.sections[0].lines
    )


def test_an_illegible_page_stays_a_blind_spot() -> None:
    poor = scanned().resize((330, 240)).resize((1654, 1200), Image.Resampling.BICUBIC)
    poor = ImageChops.add(poor, Image.effect_noise(poor.size, 60), offset=-128)
    body = pdf_of(poor)
    found = read.read(capture(body), body, LIMITS, {1: page_of(body)})
    assert [type(part) for part in found] == [BlindSpot]
    assert found[0].reason in (BlindReason.GARBLED, BlindReason.SCANNED_NO_OCR)  # type: ignore[union-attr]


def test_a_year_that_cannot_be_read_stays_a_blind_spot() -> None:
    image = scanned().copy()
    # A stroke of the pen through the year.
    ImageDraw.Draw(image).line((1225, 190, 1370, 196), fill=0, width=7)
    body = pdf_of(image)
    document, spot = read.read(capture(body), body, LIMITS, {1: page_of(body)})
    assert isinstance(document, Document) and isinstance(spot, BlindSpot)
    assert (spot.reason, spot.place) == (BlindReason.GARBLED, "page:1")
    years = "".join(line.text for line in document.sections[0].lines)
    assert not any(char in years for char in "๐๑๒๓๔๕๖๗๘๙0123456789")


@pytest.mark.parametrize("turn", [90, 180])
def test_a_page_laid_down_the_wrong_way_is_turned(turn: int) -> None:
    body = pdf_of(scanned().rotate(turn, expand=True))
    page = page_of(body)
    assert fold(LETTER[0]) in fold(page.text) and text_quality(page.text) >= 0.9
    assert (page.width > page.height) == (scanned().width > scanned().height)


def test_broken_files_are_told_and_kept() -> None:
    assert scan_of(b"%PDF-1.4 nothing", 1, LIMITS) == failed(BlindReason.CORRUPT)
    assert scan_of(letter_pdf(), 9, LIMITS) == failed(BlindReason.CORRUPT)
    assert scan_of(b"\x89PNG\r\n\x1a\nxx", 1, LIMITS) == failed(BlindReason.CORRUPT)
    big = png_of(Image.new("1", (3000, 3000)))
    assert scan_of(big, 1, ExtractLimits(image_pixels=1_000_000)) == failed(BlindReason.TOO_LARGE)


def test_kept_scans_are_the_same_again(tmp_path: Path) -> None:
    kept, page = KeptScans(tmp_path), page_of(letter_pdf())
    assert kept.get("ab" * 32, 1) is None
    kept.put("ab" * 32, 1, page)
    assert kept.get("ab" * 32, 1) == page and kept.get("ab" * 32, 2) is None
    kept.put("ab" * 32, 1, failed(BlindReason.CORRUPT))
    assert kept.get("ab" * 32, 1) == page  # written once
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    file.write_bytes(b"torn")
    assert kept.get("ab" * 32, 1) is None


def test_a_second_reading_does_no_ocr_and_pages_are_read_by_demand(tmp_path: Path) -> None:
    body = pdf_of(scanned(), scanned(angle=-0.4))
    steps = [("walk", capture(body))]
    asked: list[int] = []

    class Counting(Readers):
        async def scan(self, body: bytes, number: int) -> ScanPage | None:
            asked.append(number)
            return await super().scan(body, number)

    async def gathered() -> tuple[object, object]:
        async with Counting(0, LIMITS) as readers:
            reading = Reading(readers, lambda _: body, KeptScans(tmp_path))
            plain = await evidence_of(steps, None, (), reading)  # type: ignore[arg-type]
            assert not plain.documents and sorted(asked) in ([], [1, 2])
            name = to_read_by_ocr(plain, ())
            assert name is not None and to_read_by_ocr(plain, {name}) is None
            return plain, await evidence_of(steps, None, (), reading, {name})  # type: ignore[arg-type]

    first = asyncio.run(gathered())
    assert sorted(asked) == [1, 2]
    assert asyncio.run(gathered()) == first and len(asked) == 2


def test_scans_are_read_only_while_something_is_undecided(tmp_path: Path) -> None:
    """The first of two scans settles the item; the second stays unread."""
    bodies = [pdf_of(scanned().crop((0, 0, 1654, 440))), pdf_of(scanned(angle=0.2).crop((0, 0, 1654, 440)))]
    captures = [capture(body, f"{number}.pdf") for number, body in enumerate(bodies)]
    by_name = dict(zip((c.sha256 for c in captures), bodies, strict=True))
    judged: list[int] = []

    class Bench:
        def findings(self, agency: object, submission: object, evidence: Evidence) -> tuple[object, ...]:
            judged.append(sum(document.ocr for document in evidence.documents))
            outcome = Outcome.PASSED if judged[-1] else Outcome.CANT_TELL
            return (SimpleNamespace(binding=True, outcome=outcome), SimpleNamespace(binding=False, outcome="cant_tell"))

    async def outcomes(scans: KeptScans | None) -> list[object]:
        async with Readers(0, LIMITS) as readers:
            reading = Reading(readers, by_name.__getitem__, scans)
            steps = [("walk", one) for one in captures]
            found = await settled(Bench(), None, None, steps, None, (), reading)  # type: ignore[arg-type]
            return [finding.outcome for finding in found]

    assert asyncio.run(outcomes(None))[0] is Outcome.CANT_TELL and judged == [0]
    assert asyncio.run(outcomes(KeptScans(tmp_path)))[0] is Outcome.PASSED and judged == [0, 0, 1]
    assert [path.name.split("-")[0] for path in tmp_path.rglob("*.zst")] == [captures[0].sha256]


def test_ocr_happens_in_the_reading_process() -> None:
    body = pdf_of(scanned().crop((0, 0, 1654, 260)))

    async def there() -> ScanPage | None:
        async with Readers(1, LIMITS) as readers:
            return await readers.scan(body, 1)

    async def too_slow() -> ScanPage | None:
        async with Readers(1, ExtractLimits(ocr_seconds=0.05)) as readers:
            return await readers.scan(body, 1)

    assert asyncio.run(there()) == page_of(body)
    assert asyncio.run(too_slow()) == failed(BlindReason.TOO_SLOW)


def similar(one: str, other: str) -> float:
    return SequenceMatcher(None, fold(one), fold(other)).ratio()


class _Given:
    """Scans that are at hand."""

    def __init__(self, pages: dict[int, ScanPage]) -> None:
        self._pages = pages

    def get(self, sha256: str, number: int) -> ScanPage | None:
        return self._pages.get(number)

    def put(self, sha256: str, number: int, page: ScanPage) -> None:
        raise AssertionError("nothing is to be kept")
