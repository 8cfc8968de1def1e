"""Is there a chart: a picture, or a document, that shows what it is called?

True: a real picture stands under that name, or a document of that name shows the parts. False: neither; a picture that
is gone or a placeholder. Undecided: a paper with so many parts that it may be the chart, without its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from oitcheck.lib.terms import Concept
from oitcheck.lib.thai_text import fold
from oitcheck.model.context import Context
from oitcheck.model.evidence import Document, Evidence, Figure, Locator, Section
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.passages import begins_with, passages, placed
from oitcheck.reading.pictures import is_placeholder

# A chart names at least so many different parts.
LEAST_PARTS = 3
# Boxes of a chart hold a name and little more; a longer text that names units is prose.
LONGEST_BOX = 60
TINY_PX = 64
# In pixels: a smaller picture that bears no name of its own is no chart.
LEAST_CHART = 300
# In points: on paper a smaller picture is an emblem or a photograph.
SMALL_ON_PAPER = 200


@dataclass(frozen=True, slots=True)
class Params:
    """`shows`: what the chart is called; `parts`: what stands in it; `kinds`: words with which boxes of it begin."""

    shows: Concept
    parts: Concept
    kinds: Concept | None = None


REASONS: Mapping[str, frozenset[str]] = {
    "picture_found": frozenset({"found"}),
    "parts_found": frozenset({"found", "count"}),
    "picture_gone": frozenset({"found"}),
    "chart_unnamed": frozenset({"found", "what"}),
    "chart_missing": frozenset({"what"}),
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict: the best that any page or document shows."""
    gone: Seen | None = None
    unnamed: Seen | None = None
    for document in evidence.documents:
        named = _named(document, params.shows)
        if document.kind == "image" and (named or params.shows.named_in(document.capture.link_text)):
            # The document is itself a picture, called so by itself or by the link to it.
            name = named or document.capture.link_text
            seen = placed(document, named, Locator(document.capture.sha256, "page:1")) if named else _whole(document)
            yield Verdict(Outcome.PASSED, "picture_found", "", {"found": name}, (seen,))
            return
        for section, figure in _figures(document):
            picture = evidence.pictures.get(figure.url)
            name = next((t for t in (figure.alt, *figure.words) if params.shows.named_in(t)), "")
            heading = next((h for h in reversed(section.heading) if params.shows.named_in(h)), "") or named
            if not name and heading and figure.url and (picture is None or 0 < picture.width_px < LEAST_CHART):
                # Under a heading alone stands any picture; of one that was not seen, or is small, a person must say.
                if not is_placeholder(figure, picture):
                    unnamed = unnamed or placed(document, heading, figure.at)
                continue
            name = name or heading
            if not name or is_placeholder(figure, picture):
                continue
            if picture is not None and not picture.width_px:
                gone = gone or placed(document, name, figure.at)
                continue
            yield Verdict(Outcome.PASSED, "picture_found", "", {"found": name}, (placed(document, name, figure.at),))
            return
        parts = _parts(document, params)
        if named and len(parts) >= LEAST_PARTS:
            facts = {"found": named, "count": str(len(parts))}
            yield Verdict(Outcome.PASSED, "parts_found", "", facts, tuple(parts.values())[:6])
            return
        # Drawn charts on paper often bear no title: boxes with the names of parts are all that is left of them.
        boxes = [p for p in passages(document) if document.kind == "pdf" and params.parts.named_in(p.text)]
        if len(boxes) >= LEAST_PARTS:
            unnamed = unnamed or Seen(boxes[0].at, boxes[0].text)
    if unnamed:
        facts = {"found": unnamed.quote, "what": params.shows.title}
        yield Verdict(Outcome.CANT_TELL, "chart_unnamed", "", facts, (unnamed,))
    elif gone:
        yield Verdict(Outcome.FAILED, "picture_gone", "", {"found": gone.quote}, (gone,))
    else:
        yield Verdict(Outcome.FAILED, "chart_missing", "", {"what": params.shows.title})


def _whole(document: Document) -> Seen:
    return Seen(Locator(document.capture.sha256, "url"), document.capture.final_url)


def _figures(document: Document) -> Iterator[tuple[Section, Figure]]:
    for section in document.content:
        for figure in section.figures:
            is_small = 0 < figure.width_px < (TINY_PX if figure.url else SMALL_ON_PAPER)
            if not figure.map_service and not is_small:
                yield section, figure


def _named(document: Document, shows: Concept) -> str:
    """The title, heading or first line of a document that calls it a chart."""
    told = [p.text for p in passages(document) if p.part in ("heading", "line", "caption")][:6]
    return next((t for t in (*told, document.title) if shows.named_in(t)), "")


def _parts(document: Document, params: Params) -> dict[str, Seen]:
    """The different parts that a document names in boxes of their own, each with a place; links count for nothing."""
    found: dict[str, Seen] = {}
    for passage in passages(document):
        if passage.part != "link" and (document.kind != "html" or len(passage.text) <= LONGEST_BOX):
            is_box = len(passage.text) <= LONGEST_BOX
            if params.kinds and is_box and begins_with(params.kinds, passage.text):
                found.setdefault(fold(passage.text), Seen(passage.at, passage.text))
                continue
            for hit in params.parts.hits(passage.text):
                found.setdefault(fold(hit.name), Seen(passage.at, passage.text))
    return found
