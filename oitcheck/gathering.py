"""From the captures of a submission to its evidence:

read each body once, tell pages from their frame, name what is unread.

The same function serves the crawl and the replay, so that both judge exactly the same evidence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from oitcheck.crawl.browser import is_incomplete
from oitcheck.crawl.drive import is_unreadable_service
from oitcheck.extract.frame import marked
from oitcheck.extract.isolation import Readers
from oitcheck.lib.thai_text import fold
from oitcheck.model.evidence import (
    BlindReason,
    BlindSpot,
    Capture,
    Document,
    Evidence,
    FetchOutcome,
    Figure,
    Line,
    Picture,
)
from oitcheck.store.records import Role

Step = tuple[Role, Capture]
Read = tuple[Document | BlindSpot, ...]

# With fewer links than this a home page shows too little of the site's frame; other submitted pages help out.
LEAST_HOME_LINKS = 8
MOST_REFERENCES = 3
# A page with less text than this, and a big picture without words of its own, may say everything in the picture.
THIN_TEXT = 400
LEAST_POSTER_PX = 480

# The picture of a map shows the way, not what a page fails to say.
_MAP = re.compile(r"แผนที่|[/_-]map[\d_.-]|location", re.IGNORECASE)

_BLIND: dict[FetchOutcome, BlindReason] = {
    FetchOutcome.PRIVATE_FILE: BlindReason.PRIVATE,
    FetchOutcome.LOGIN_WALL: BlindReason.PRIVATE,
    FetchOutcome.UNAUTHORIZED: BlindReason.PRIVATE,
    FetchOutcome.TOO_LARGE: BlindReason.TOO_LARGE,
    FetchOutcome.NOT_REACHED: BlindReason.NOT_REACHED,
}
_NOTHING_THERE = (
    FetchOutcome.FORBIDDEN_ADDRESS,
    FetchOutcome.UNSUPPORTED_ADDRESS,
    FetchOutcome.OFF_SITE,
)


class Reading:
    """Reads kept bodies through the reading processes, each once; `body` gives the bytes of a sha256."""

    def __init__(self, readers: Readers, body: Callable[[str], bytes]) -> None:
        self._readers = readers
        self._body = body
        self._read: dict[tuple[str, str, str, str, bool], Read] = {}
        self._pictures: dict[str, Picture | None] = {}

    async def of(self, capture: Capture) -> Read:
        """The documents and blind spots of one capture, carrying this capture."""
        if not capture.outcome.is_ok:
            return ()
        key = (capture.sha256, capture.final_url, capture.media_type, capture.charset, capture.rendered)
        if key not in self._read:
            body = self._body(capture.sha256) if capture.sha256 else b""
            self._read[key] = await self._readers.read(capture, body)
        return tuple(replace(part, capture=capture) for part in self._read[key])

    async def picture(self, capture: Capture) -> Picture | None:
        """What the pixels of a kept picture tell; None when it is none."""
        if not capture.outcome.is_ok or not capture.sha256:
            return None
        if capture.sha256 not in self._pictures:
            self._pictures[capture.sha256] = await self._readers.picture(capture.sha256, self._body(capture.sha256))
        return self._pictures[capture.sha256]

    def forget(self) -> None:
        """Let go of what was read: an agency is done."""
        self._read.clear()
        self._pictures.clear()


def needs_browser(read: Read) -> bool:
    """Whether a page was read that a browser would show more of."""
    return any(isinstance(part, BlindSpot) and part.reason is BlindReason.NEEDS_BROWSER for part in read)


def html_of(read: Read) -> Document | None:
    """The web page among what was read of one capture."""
    return next((part for part in read if isinstance(part, Document) and part.kind == "html"), None)


def references(home: Document | None, submitted: Iterable[Document]) -> tuple[Document, ...]:
    """The pages that show what an agency's site repeats on every page: its home page, or some submitted pages."""
    links = sum(len(section.links) for section in home.sections) if home else 0
    if home and links >= LEAST_HOME_LINKS:
        return (home,)
    others: dict[str, Document] = {}
    for document in submitted:
        others.setdefault(urlsplit(document.capture.final_url).path, document)
    chosen = sorted(others.values(), key=lambda d: d.capture.final_url)[:MOST_REFERENCES]
    return (*((home,) if home else ()), *chosen)


async def evidence_of(
    steps: Sequence[Step], home: Document | None, site: Sequence[Document], reading: Reading
) -> Evidence:
    """The evidence of one submission from its captures in the order of the walk."""
    walked = [capture for role, capture in steps if role == "walk"]
    documents: list[Document] = []
    blind: list[BlindSpot] = []
    for capture in walked:
        if capture.depth and is_unreadable_service(capture.url):
            blind.append(BlindSpot(capture, BlindReason.OTHER_SERVICE, detail=capture.url))
            continue
        if not capture.outcome.is_ok:
            spot = unread(capture)
            blind.extend((spot,) if spot else ())
            continue
        for part in await reading.of(capture):
            if isinstance(part, BlindSpot):
                blind.append(part)
            else:
                documents.append(part)
        if is_incomplete(capture):
            blind.append(BlindSpot(capture, BlindReason.NEEDS_BROWSER, detail=capture.detail))
    pages = [d for d in documents if d.kind == "html"]
    documents = [marked(d, [*site, *pages]) if d.kind == "html" else d for d in documents]
    pictures, posters = await _pictures(steps, documents, reading)
    return Evidence(tuple(walked), tuple(documents), (*blind, *posters), home, pictures)


def unread(capture: Capture) -> BlindSpot | None:
    """The blind spot that a failed retrieval leaves; None when nothing is there to be read."""
    if capture.outcome.is_permanent or capture.outcome in _NOTHING_THERE:
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
    posters: list[BlindSpot] = []
    for document in documents:
        if document.kind == "html" and _text_amount(document) < THIN_TEXT:
            posters.extend(_posters(document, captures, pictures))
    return pictures, posters


def _posters(document: Document, captures: dict[str, Capture], pictures: dict[str, Picture]) -> Iterable[BlindSpot]:
    for section in document.content:
        for figure in section.figures:
            capture = captures.get(figure.url)
            picture = pictures.get(figure.url)
            is_map = figure.map_service or bool(_MAP.search(f"{figure.alt} {figure.url}"))
            if not capture or is_map or _own_words(figure, document):
                continue
            if capture.outcome.is_ok and picture and picture.width_px and not picture.is_blank:
                if max(picture.width_px, picture.height_px) >= LEAST_POSTER_PX:
                    yield BlindSpot(capture, BlindReason.IMAGE_NO_OCR, f"image:{figure.url}")
            elif not capture.outcome.is_ok and not capture.outcome.is_permanent:
                yield BlindSpot(capture, BlindReason.UNREACHABLE, detail=capture.outcome.value)


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
