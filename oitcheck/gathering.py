"""From the captures of a submission to its evidence:

read each body once, tell pages from their frame, name what is unread.

The same function serves the crawl and the replay, so that both judge exactly the same evidence.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from oitcheck.crawl.browser import is_incomplete
from oitcheck.crawl.drive import is_book_service, is_folder_listing, is_service_page, is_unreadable_service
from oitcheck.crawl.guard import is_private_by_name
from oitcheck.errors import RecordError
from oitcheck.extract.frame import marked
from oitcheck.extract.isolation import Readers
from oitcheck.extract.kept_readings import KeptReadings, content_digest, is_lasting
from oitcheck.lib.thai_text import fold
from oitcheck.lib.urls import host_of
from oitcheck.model.evidence import (
    BlindReason,
    BlindSpot,
    Capture,
    Document,
    Evidence,
    FetchOutcome,
    Figure,
    Line,
    Link,
    Picture,
    Table,
)
from oitcheck.model.member import member_place
from oitcheck.store.records import Role

if TYPE_CHECKING:  # only the reading processes import the reading libraries
    from oitcheck.extract.ocr import ScanPage, Scans

log = logging.getLogger(__name__)

Step = tuple[Role, Capture]
Read = tuple[Document | BlindSpot, ...]

# With fewer links than this a home page shows too little of the site's frame; other submitted pages help out.
LEAST_HOME_LINKS = 8
MOST_REFERENCES = 3
FEW_REFERENCES = 2
# A page with less text than this, and a big picture without words of its own, may say everything in the picture.
THIN_TEXT = 400
LEAST_POSTER_PX = 480
# On a page that says next to nothing even a small picture may be all that it has to show.
NO_TEXT = 80
LEAST_PICTURE_PX = 120
# A4 and F4 sheets, as scanned and cropped; portraits are smaller.
LEAST_PAPER_PX = 700
PAPER_RATIO = (1.3, 1.65)

# The picture of a map shows the way, not what a page fails to say.
_MAP = re.compile(r"แผนที่|[/_-]map[\d_.-]|location", re.IGNORECASE)

_BLIND: dict[FetchOutcome, BlindReason] = {
    FetchOutcome.PRIVATE_FILE: BlindReason.PRIVATE,
    FetchOutcome.LOGIN_WALL: BlindReason.PRIVATE,
    FetchOutcome.UNAUTHORIZED: BlindReason.PRIVATE,
    FetchOutcome.TOO_LARGE: BlindReason.TOO_LARGE,
    FetchOutcome.NOT_REACHED: BlindReason.NOT_REACHED,
}
_FOR_OCR = (BlindReason.SCANNED_NO_OCR, BlindReason.GARBLED, BlindReason.IMAGE_NO_OCR)
_PAGES = re.compile(r"(?:page|picture):(\d+)(?:-(\d+))?")
_NOTHING_THERE = (FetchOutcome.UNSUPPORTED_ADDRESS, FetchOutcome.OFF_SITE)


class Reading:
    """Reads kept bodies through the reading processes, each once; `body` gives the bytes of a sha256.

    A body that raises RecordError, since the kept copy is missing or damaged, is a blind spot COPY_DAMAGED.

    `scans` keeps what OCR read of pages; None: no OCR. `kept` keeps whole readings from run to run; None: nowhere.
    """

    def __init__(
        self,
        readers: Readers,
        body: Callable[[str], bytes],
        scans: Scans | None = None,
        kept: KeptReadings | None = None,
    ) -> None:
        self._readers = readers
        self._body = body
        self._scans = scans
        self._kept = kept
        self._read: dict[tuple[str, str, str, str, bool, bool], asyncio.Future[Read]] = {}
        self._pictures: dict[str, Picture | None] = {}
        self._damaged: set[str] = set()

    @property
    def has_ocr(self) -> bool:
        """Whether pages that are pictures can be read at all."""
        return self._scans is not None

    @property
    def version(self) -> str:
        """What a reading depends on besides the file; "" when readings are not kept."""
        return self._kept.version if self._kept else ""

    async def of(self, capture: Capture, *, ocr: bool = False) -> Read:
        """The documents and blind spots of one capture, carrying this capture; with `ocr` its scanned pages read."""
        if not capture.outcome.is_ok:
            return ()
        page = (capture.sha256, capture.final_url, capture.media_type, capture.charset, capture.rendered)
        key = (*page, ocr and self.has_ocr)
        if key not in self._read:
            self._read[key] = asyncio.ensure_future(self._read_now(capture, key[-1]))
        return tuple(replace(part, capture=capture) for part in await self._read[key])

    async def _read_now(self, capture: Capture, ocr: bool) -> Read:
        if not ocr:
            return await self._read_once(capture)
        plain = await self.of(capture)
        numbers = unread_pages(plain)[: self._readers.limits.ocr_pages]
        if not numbers or not capture.sha256:
            return plain
        body = self._kept_body(capture.sha256)
        if body is None:
            return (*plain, BlindSpot(capture, BlindReason.COPY_DAMAGED))
        pages = await asyncio.gather(*(self._scan(capture.sha256, body, number) for number in numbers))
        scans = {number: page for number, page in zip(numbers, pages, strict=True) if page is not None}
        if not scans:
            return plain
        told = sha256(repr(sorted(scans.items())).encode("utf-8", "surrogatepass")).hexdigest()
        return await self._read_once(capture, f"ocr {told}", scans)

    async def _read_once(
        self, capture: Capture, variant: str = "", scans: Mapping[int, ScanPage] | None = None
    ) -> Read:
        """A reading kept from before, or made and kept now."""
        if not capture.sha256:
            return await self._readers.read(capture, b"", scans)
        read = await asyncio.to_thread(self._kept.get, capture, variant) if self._kept else None
        if read is None:
            body = self._kept_body(capture.sha256)
            if body is None:
                return (BlindSpot(capture, BlindReason.COPY_DAMAGED),)
            read = await self._readers.read(capture, body, scans)
            if self._kept and is_lasting(read):
                with suppress(OSError):  # read again another time; what must not be lost is not kept here
                    await asyncio.to_thread(self._kept.put, capture, read, variant)
        return read

    def _kept_body(self, sha256: str) -> bytes | None:
        """The bytes; None when the kept copy of them is missing or damaged."""
        try:
            return self._body(sha256)
        except RecordError as error:
            log.warning("%s: %s", error.where, error.what)
            self._damaged.add(sha256)
            return None

    def is_damaged(self, capture: Capture) -> bool:
        """Whether the kept copy of a capture was found to be missing or damaged when it was to be read."""
        return capture.sha256 in self._damaged

    async def says_the_same(self, capture: Capture, before: Capture) -> bool:
        """Whether two captures say the same at the same places, and nothing in either was left unread."""
        first, second = await self.of(before), await self.of(capture)
        if not first or any(isinstance(part, BlindSpot) for part in (*first, *second)):
            return False
        return content_digest(first) == content_digest(second)

    async def _scan(self, sha256: str, body: bytes, number: int) -> ScanPage | None:
        """What OCR reads of a page: kept from before, or read and kept now."""
        if self._scans is None:
            return None
        page = await asyncio.to_thread(self._scans.get, sha256, number)
        if page is None:
            page = await self._readers.scan(body, number)
            if page is not None:
                await asyncio.to_thread(self._scans.put, sha256, number, page)
        return page

    async def picture(self, capture: Capture) -> Picture | None:
        """What the pixels of a kept picture tell; None when it is none."""
        if not capture.outcome.is_ok or not capture.sha256:
            return None
        if capture.sha256 not in self._pictures:
            self._pictures[capture.sha256] = await self._picture(capture.sha256)
        return self._pictures[capture.sha256]

    async def _picture(self, name: str) -> Picture | None:
        picture = self._kept.get_picture(name) if self._kept else None
        if picture is None:
            body = self._kept_body(name)
            picture = await self._readers.picture(name, body) if body is not None else None
            if picture and self._kept:
                with suppress(OSError):
                    self._kept.put_picture(picture)
        return picture

    def forget(self) -> None:
        """Let go of what was read: an agency is done."""
        self._read.clear()
        self._pictures.clear()


def unread_pages(read: Read) -> list[int]:
    """The numbers of the pages that OCR may read, of what was read of one capture without it; a picture is page 1.

    Pages of files in an archive have the numbers of `model.member.Member.page`.
    """
    numbers: set[int] = set()
    for part in read:
        if isinstance(part, BlindSpot) and part.reason in _FOR_OCR:
            member, place = member_place(part.place)
            pages = _PAGES.fullmatch(place)
            first = int(pages.group(1)) if pages else 1
            last = int(pages.group(2) or first) if pages else 1
            numbers.update(member.page(n) if member else n for n in range(first, last + 1))
    return sorted(numbers)


def to_read_by_ocr(evidence: Evidence, asked: Collection[str]) -> str | None:
    """The sha256 of the next file that OCR may read more of, in the order of the walk; None when there is no other."""
    spots = (s for s in evidence.blind_spots if s.reason in _FOR_OCR and s.capture.outcome.is_ok and s.capture.sha256)
    return next((spot.capture.sha256 for spot in spots if spot.capture.sha256 not in asked), None)


def needs_browser(read: Read) -> bool:
    """Whether a page was read that a browser would show more of."""
    return any(isinstance(part, BlindSpot) and part.reason is BlindReason.NEEDS_BROWSER for part in read)


def html_of(read: Read) -> Document | None:
    """The web page among what was read of one capture."""
    return next((part for part in read if isinstance(part, Document) and is_page(part)), None)


def is_page(document: Document) -> bool:
    """Whether a document is a page of a site rather than a file; one kept in an archive is a file."""
    return document.kind == "html" and not document.member


def shows_nothing_of_itself(capture: Capture, page: Document | None) -> bool:
    """Whether a page is one of a service of leafed books that names no file, or a listing of a folder without files."""
    if page is None:
        return False
    links = [link for section in page.sections for link in section.links if not link.is_placeholder]
    if is_folder_listing(capture.final_url):
        return not links
    return is_book_service(capture.final_url) and not any(link.embedded for link in links)


# A clock or a counter of visitors is less than this.
LEAST_NEW_CHARACTERS = 40


def shows_more(shown: Document | None, page: Document | None) -> bool:
    """Whether a page as rendered holds content that it does not hold as it came: words, tables, links, pictures."""
    if shown is None:
        return False
    if page is None:
        return True
    words, things = _held(page)
    new_words, new_things = _held(shown)
    return bool(new_things - things) or sum(map(len, new_words - words)) >= LEAST_NEW_CHARACTERS


def _held(page: Document) -> tuple[set[str], set[str]]:
    """The folded lines and cells of a page, and the addresses of its links and pictures."""
    words: set[str] = set()
    things: set[str] = set()
    for _, block in page.blocks():
        if isinstance(block, Line):
            words.add(fold(block.text))
        elif isinstance(block, Table):
            words.update(fold(cell) for row in (block.header, *block.rows) for cell in row)
        elif (isinstance(block, Link) and not block.is_placeholder) or (isinstance(block, Figure) and block.url):
            things.add(block.url)
    return words, things


def references(home: Document | None, submitted: Iterable[Document]) -> tuple[Document, ...]:
    """The pages that show what an agency's site repeats on every page: its home page and some submitted pages.

    A home page often has another menu than the pages below it; with few links it shows too little of the frame.
    """
    links = sum(len(section.links) for section in home.sections) if home else 0
    most = FEW_REFERENCES if links >= LEAST_HOME_LINKS else MOST_REFERENCES
    others: dict[str, Document] = {}
    for document in submitted:
        others.setdefault(urlsplit(document.capture.final_url).path, document)
    chosen = sorted(others.values(), key=lambda d: d.capture.final_url)[:most]
    return (*((home,) if home else ()), *chosen)


async def evidence_of(
    steps: Sequence[Step],
    home: Document | None,
    site: Sequence[Document],
    reading: Reading,
    ocr: Collection[str] = (),
) -> Evidence:
    """The evidence of one submission from its captures in the order of the walk.

    The files whose sha256 is in `ocr` are read by OCR too. A picture on a page that is read so becomes a document.
    Bytes that had come before and stand unchanged are evidence as of when they came.
    """
    steps = [(role, capture.as_received) for role, capture in steps]
    walked = [capture for role, capture in steps if role == "walk"]
    documents: list[Document] = []
    blind: list[BlindSpot] = []
    for capture in walked:
        if capture.depth and (is_unreadable_service(capture.url) or is_unreadable_service(capture.final_url)):
            blind.append(BlindSpot(capture, BlindReason.OTHER_SERVICE, detail=capture.url))
            continue
        if not capture.outcome.is_ok:
            spot = unread(capture)
            blind.extend((spot,) if spot else ())
            continue
        if is_service_page(capture):
            blind.append(BlindSpot(capture, BlindReason.OTHER_SERVICE, detail=capture.url))
            continue
        taken = await reading.of(capture, ocr=capture.sha256 in ocr)
        if shows_nothing_of_itself(capture, html_of(taken)):
            blind.append(BlindSpot(capture, BlindReason.OTHER_SERVICE, detail=capture.url))
        for part in taken:
            if isinstance(part, BlindSpot):
                blind.append(part)
            else:
                documents.append(part)
        if is_incomplete(capture):
            blind.append(BlindSpot(capture, BlindReason.NEEDS_BROWSER, detail=capture.detail))
    pages = [d for d in documents if is_page(d)]
    documents = [marked(d, [*site, *pages]) if is_page(d) else d for d in documents]
    pictures, posters = await _pictures(steps, documents, reading)
    for spot in posters:
        parts = await reading.of(spot.capture, ocr=True) if spot.capture.sha256 in ocr else (spot,)
        read = [part for part in parts if isinstance(part, Document)]
        documents += read
        walked += [spot.capture] if read else []
        blind += [part for part in parts if isinstance(part, BlindSpot)]
    return Evidence(tuple(walked), tuple(documents), tuple(blind), home, pictures)


def unread(capture: Capture) -> BlindSpot | None:
    """The blind spot that a failed retrieval leaves; None when nothing is there to be read."""
    if capture.outcome.is_permanent or capture.outcome in _NOTHING_THERE:
        return None
    # What is private by its very name is nothing that the public could open. A port that we do not ask at, or a name
    # that is private to our own resolver, may be open to everybody else.
    if capture.outcome is FetchOutcome.FORBIDDEN_ADDRESS and is_private_by_name(host_of(capture.final_url)):
        return None
    return BlindSpot(capture, _BLIND.get(capture.outcome, BlindReason.UNREACHABLE), detail=capture.outcome.value)


async def _pictures(
    steps: Sequence[Step], documents: Sequence[Document], reading: Reading
) -> tuple[dict[str, Picture], list[BlindSpot]]:
    captures = {capture.url: capture for role, capture in steps if role == "picture"}
    pictures: dict[str, Picture] = {}
    for url, capture in captures.items():
        picture = await reading.picture(capture)
        if picture:
            pictures[url] = picture
        elif capture.outcome.is_permanent:
            pictures[url] = Picture("", 0, 0, False)
    damaged = [capture for capture in captures.values() if reading.is_damaged(capture)]
    posters = [BlindSpot(capture, BlindReason.COPY_DAMAGED, f"image:{capture.url}") for capture in damaged]
    for document in documents:
        if is_page(document):
            is_thin = _text_amount(document) < THIN_TEXT
            posters.extend(_posters(document, captures, pictures, papers_only=not is_thin))
    return pictures, posters


def _posters(
    document: Document, captures: dict[str, Capture], pictures: dict[str, Picture], *, papers_only: bool
) -> Iterable[BlindSpot]:
    """The pictures that may say what the page does not: any big one on a page with little text, else those of the
    shape of a sheet of paper."""
    for section in document.content:
        for figure in section.figures:
            capture = captures.get(figure.url)
            picture = pictures.get(figure.url)
            is_map = figure.map_service or bool(_MAP.search(f"{figure.alt} {figure.url}"))
            is_paper = picture is not None and _is_paper(picture)
            if not capture or is_map or (papers_only and not is_paper):
                continue
            says_nothing = _text_amount(document) < NO_TEXT
            side = max(picture.width_px, picture.height_px) if picture else 0
            has_caption = not is_paper and _own_words(figure, document)
            if has_caption and not (says_nothing and not figure.alt and side >= LEAST_POSTER_PX):
                continue
            if capture.outcome.is_ok and picture and picture.width_px and not picture.is_blank:
                if side >= (LEAST_PICTURE_PX if says_nothing else LEAST_POSTER_PX):
                    yield BlindSpot(capture, BlindReason.IMAGE_NO_OCR, f"image:{figure.url}")
            elif not capture.outcome.is_ok and not capture.outcome.is_permanent:
                yield BlindSpot(capture, BlindReason.UNREACHABLE, detail=capture.outcome.value)


def _is_paper(picture: Picture) -> bool:
    """Whether a picture has the shape and size of a sheet of paper held upright."""
    ratio = picture.height_px / max(picture.width_px, 1)
    return picture.height_px >= LEAST_PAPER_PX and PAPER_RATIO[0] <= ratio <= PAPER_RATIO[1]


def _own_words(figure: Figure, document: Document) -> bool:
    """Whether words stand with a picture that are neither heading nor frame of the page."""
    other = {fold(b.text) for s in document.sections for b in s.lines if s.role != "content" or b.strong}
    other.update(fold(h) for s in document.sections for h in s.heading)
    return any(fold(word) not in other for word in figure.words)


def _text_amount(document: Document) -> int:
    return sum(
        len(fold(block.text)) for section in document.content for block in section.blocks if isinstance(block, Line)
    )


def addressed_anchor(url: str) -> str:
    """The fragment of a submitted URL, decoded."""
    return unquote(urlsplit(url).fragment)
