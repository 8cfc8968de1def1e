"""Each fault of Thai PDF files before and after our repair, beside what two bare libraries read of the same file.

usage: python benchmarks/pdf_faults.py [--folder FOLDER] [--write]

The faults are made: sentences of the fixtures are drawn into PDF files whose fonts are wrong in the ways seen on
agencies' websites. "In words" is the share of Thai letters that stand in dictionary words, "lines right" the share of
lines that come out exactly as they were written. --folder adds a table of real PDF files (their text is not shown);
--write puts the table of made faults into docs/pdf-faults.md.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import random
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from io import BytesIO
from pathlib import Path

import playa
import pypdfium2
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from oitcheck.extract.limits import ExtractLimits  # noqa: E402
from oitcheck.extract.ocr import has_ocr, scan_of  # noqa: E402
from oitcheck.extract.quality import text_quality  # noqa: E402
from oitcheck.extract.read import read  # noqa: E402
from oitcheck.gathering import unread_pages  # noqa: E402
from oitcheck.model.evidence import BlindSpot, Capture, Document, FetchOutcome  # noqa: E402
from tests.extract.pdf_maker import MARKS, Maker, made  # noqa: E402

LINES = 60
LINES_A_PAGE = 28
FONTS = ("/usr/share/fonts/truetype/tlwg/Garuda.ttf", "/usr/share/fonts/truetype/tlwg/Loma.ttf")
# Greek letters as the programs that print them assign them to Thai codes.
GREEK = {chr(0x0E01 + n): chr(0x03B1 + n % 24) for n in range(0x3A)}


@dataclass(frozen=True, slots=True)
class Fault:
    """A way in which text is drawn wrongly. `share`: how many of real files have it."""

    name: str
    share: str
    draw: Callable[[Sequence[str]], bytes]
    drawable: bool = True  # the made file shows letters, so that OCR has something to read


def sentences() -> list[str]:
    """Lines of the fixtures' pages that are mostly Thai letters, always the same ones."""
    found: dict[str, None] = {}
    for page in sorted((ROOT / "fixtures").glob("2566/O*/pass*/page.html")):
        for text in re.findall(r"<(?:p|li|td)[^>]*>([^<]{30,90})</", page.read_text("utf-8")):
            line = " ".join(unescape(text).split())
            if sum("\u0e00" < c < "\u0e7f" for c in line) > 0.75 * len(line):
                found[line] = None
    chosen = list(found)
    random.Random(1).shuffle(chosen)
    return chosen[:LINES]


def drawn(change: Callable[[str], str]) -> Callable[[Sequence[str]], bytes]:
    return lambda lines: paged([change(line) for line in lines])


def paged(lines: Sequence[object]) -> bytes:
    maker = Maker()
    for start in range(0, len(lines), LINES_A_PAGE):
        maker.lines(maker.page(), lines[start : start + LINES_A_PAGE])
    return maker.body()


def glyphs(change: Callable[[str], tuple[str, int]]) -> Callable[[Sequence[str]], bytes]:
    return lambda lines: paged([[change(char) for char in line] for line in lines])


def width(char: str) -> int:
    return 0 if char in MARKS else 500


def lost_marks(lines: Sequence[str]) -> bytes:
    lost = {"ำ": [(" ", 0, "a"), ("า", 500)], "้": [(" ", 0, "b")]}
    return paged([[g for char in line for g in lost.get(char, [(char, width(char))])] for line in lines])


def pictured(lines: Sequence[str]) -> bytes:
    """Scanned pages: pictures of the lines, 200 dpi, a little noise."""
    font = ImageFont.truetype(next(f for f in FONTS if Path(f).is_file()), 34)
    pages = []
    for start in range(0, len(lines), LINES_A_PAGE):
        page = Image.new("L", (1654, 2339), 255)
        draw = ImageDraw.Draw(page)
        for number, line in enumerate(lines[start : start + LINES_A_PAGE]):
            draw.text((120, 120 + 74 * number), line, fill=20, font=font)
        pages.append(page.rotate(0.6, Image.Resampling.BICUBIC, fillcolor=255))
    out = BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=200)
    return out.getvalue()


def junk(lines: Sequence[str]) -> bytes:
    """A scan whose text layer an earlier reading without Thai made up."""
    made_up = random.Random(3)
    letters = "tlrniuuJaFfsoeGwn:{}[];"
    return made(["".join(made_up.choice(letters) for _ in line) for line in lines[:LINES_A_PAGE]]).body()


FAULTS = (
    Fault("none", "3 %", drawn(lambda line: line)),
    Fault('split SARA AM ("ต าบล")', "77 %", drawn(lambda line: re.sub("([ก-ฮ][่-๋]?)ำ", r"\1 า", line))),
    Fault('ำ as ้า ("ต้าบล")', "7 %", drawn(lambda line: line.replace("ำ", "้า"))),
    Fault("NIKHAHIT + SARA AA", "5 %", drawn(lambda line: line.replace("ำ", "ํา"))),
    Fault('every า as ำ ("นำยก")', "3 %", drawn(lambda line: line.replace("ำ", " ำ").replace("า", "ำ"))),
    Fault("marks that the font calls blanks", "2 %", lost_marks),
    Fault("marks as private-use glyphs", "seen", drawn(lambda line: line.replace("่", "\uf70a").replace("้", "\uf70b"))),
    Fault('marks set apart ("ปล ัด")', "seen", drawn(lambda line: re.sub("([ก-ฮ])([ัิีึื])", r"\1 \2", line))),
    Fault("Thai in the private-use area", "seen",
          glyphs(lambda c: (chr(ord(c) - 0xE00 + 0xE000) if c > "\u0e00" else c, width(c)))),
    Fault("Thai as Latin-1 (windows-874 codes)", "seen",
          glyphs(lambda c: (chr(ord(c) - 0xE00 + 0xA0) if c > "\u0e00" else c, width(c)))),
    Fault("Thai as Greek letters", "4 %", glyphs(lambda c: (GREEK.get(c, c), width(c))), drawable=False),
    Fault("junk layer of an earlier OCR", "3 %", junk, drawable=False),
    Fault("no text layer", "4 %", pictured),
)  # fmt: skip


def capture(body: bytes) -> Capture:
    url = "http://www.benchmark.example/file.pdf"
    sha256 = hashlib.sha256(body).hexdigest()
    return Capture(url, url, (), FetchOutcome.OK, 200, datetime(2026, 1, 1, tzinfo=UTC), sha256=sha256)


def bare_playa(body: bytes) -> str:
    with playa.parse(body, space="default") as document:
        return "\n".join(page.extract_text() for page in document.pages)


def bare_pdfium(body: bytes) -> str:
    document = pypdfium2.PdfDocument(body)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def ours(body: bytes, *, ocr: bool) -> tuple[list[str], str]:
    """The lines read, and what became of pages that could not be: "", "refused", "by OCR"."""
    parts = read(capture(body), body, ExtractLimits())
    unread = unread_pages(parts)
    how = ""
    if unread:
        how = "refused"
        if ocr and has_ocr():
            scans = {n: page for n in unread if (page := scan_of(body, n, ExtractLimits()))}
            parts, how = read(capture(body), body, ExtractLimits(), scans), "by OCR"
    documents = [part for part in parts if isinstance(part, Document)]
    lines = [line.text for d in documents for s in d.sections for line in s.lines]
    cells = [c for d in documents for s in d.sections for t in s.tables for row in (t.header, *t.rows) for c in row]
    spots = [part for part in parts if isinstance(part, BlindSpot)]
    return lines + cells, how or (spots[0].reason.value if spots and not documents else "")


def right(text: str, lines: Sequence[str]) -> float:
    flat = {re.sub(r"\s+", "", line) for line in text.split("\n")}
    return sum(re.sub(r"\s+", "", line) in flat for line in lines) / len(lines)


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def made_faults() -> list[str]:
    lines = sentences()
    rows = [
        "| fault | of real files | playa: in words / lines right | pdfium: in words / lines right | "
        "oitcheck: in words / lines right | pages |",
        "|---|---|---|---|---|---|",
    ]
    for fault in FAULTS:
        body = fault.draw(lines)
        told, how = ours(body, ocr=fault.drawable)
        cells = []
        for text in (bare_playa(body), bare_pdfium(body), "\n".join(told)):
            blank = not any(c.isalnum() for c in text)
            cells.append("nothing" if blank else f"{percent(text_quality(text))} / {percent(right(text, lines))}")
        rows.append(f"| {fault.name} | {fault.share} | {' | '.join(cells)} | {how or 'read'} |")
        print(rows[-1], flush=True)
    return rows


def real_files(folder: Path) -> None:
    print("\n| file | pages | in words without OCR | in words with OCR | how |\n|---|---|---|---|---|")
    for path in sorted(folder.rglob("*.pdf")):
        body = path.read_bytes()
        plain, _ = ours(body, ocr=False)
        told, how = ours(body, ocr=True)
        shares = [percent(text_quality(" ".join(t))) if t else "nothing" for t in (plain, told)]
        try:
            pages = str(len(pypdfium2.PdfDocument(body)))
        except pypdfium2.PdfiumError:
            pages = "0"
        print(f"| {path.parent.name}/{path.name} | {pages} | {shares[0]} | {shares[1]} | {how or 'read'} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)  # parsers complain about what the files have wrong
    rows = made_faults()
    if arguments.write:
        head = (ROOT / "docs" / "pdf-faults.md").read_text("utf-8").partition("| fault |")[0]
        (ROOT / "docs" / "pdf-faults.md").write_text(head + "\n".join(rows) + "\n", "utf-8")
    if arguments.folder:
        real_files(arguments.folder)


if __name__ == "__main__":
    main()
