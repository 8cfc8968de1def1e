"""A quotation as people read it: the words that counted marked, its place in plain words, and links that lead there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from urllib.parse import quote as percent
from urllib.parse import urlsplit

from oitcheck.lib.named_dates import months_named
from oitcheck.lib.thai_calendar import Month
from oitcheck.lib.thai_text import SARA_AM, Folded, fold, fold_with_origins
from oitcheck.model.finding import LONGEST_QUOTE, Finding, SeenRow
from oitcheck.model.member import member_place
from oitcheck.report.terms import Terms

_PART = re.compile(r"(page|paragraph|table|picture|row|line):(\d+)")
_SHEET = re.compile(r"sheet:(.*?)(?:!([A-Za-z]+\d+(?::[A-Za-z]+\d+)?))?", re.DOTALL)
_COMBINING = "ัิีึืฺุู็่้๊๋์ํ๎ๆฯ" + SARA_AM

# Shorter stretches in common with the requirement are chance ("การบริหาร").
_LEAST_COMMON_LETTERS = 10
_LEAST_FACT_LETTERS = 3
_LONGEST_QUOTE_CHARACTERS = 600
# Each Thai letter takes nine characters in an address.
_NOT_IN_LINKS = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_TEXT_FRAGMENT_CHARACTERS = 30


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a quotation; `marked` when it is what the finding rests on."""

    text: str
    marked: bool


def marked(quote: str, finding: Finding, requirement_text: str) -> tuple[Piece, ...]:
    """`quote` in pieces, those marked that name a fact of the finding, its month, or words of the requirement.

    Joined, the pieces are the quotation; one that was cut when it was kept ends with an ellipsis.
    """
    if len(quote) >= LONGEST_QUOTE:
        quote = quote[:_LONGEST_QUOTE_CHARACTERS].rstrip() + "…"
    spans = _joined(sorted((*_fact_spans(quote, finding), *_common_spans(quote, requirement_text))))
    pieces: list[Piece] = []
    end = 0
    for start, stop in spans:
        if start > end:
            pieces.append(Piece(quote[end:start], False))
        pieces.append(Piece(quote[start:stop], True))
        end = stop
    if end < len(quote):
        pieces.append(Piece(quote[end:], False))
    return tuple(pieces)


def _fact_spans(quote: str, finding: Finding) -> Iterator[tuple[int, int]]:
    folded = fold_with_origins(quote)
    for text in (*finding.facts.values(), finding.about):
        needle = fold(str(text))
        if len(needle) < _LEAST_FACT_LETTERS:
            continue
        at = folded.text.find(needle)
        while at >= 0:
            yield _span(folded, at, at + len(needle))
            at = folded.text.find(needle, at + len(needle))
    try:
        month = Month.parse(finding.about)
    except ValueError:
        return
    for named in months_named(quote):
        if named.month == month:
            yield named.start, named.end


def _common_spans(quote: str, requirement_text: str) -> Iterator[tuple[int, int]]:
    folded, wanted = fold_with_origins(quote), fold(requirement_text)
    if not wanted or not folded.text:
        return
    for block in SequenceMatcher(None, folded.text, wanted, autojunk=False).get_matching_blocks():
        if block.size >= _LEAST_COMMON_LETTERS:
            yield _span(folded, block.a, block.a + block.size)


def _span(folded: Folded, start: int, end: int) -> tuple[int, int]:
    first, last = folded.origins[start], folded.origins[end - 1] + 1
    while last < len(folded.original) and folded.original[last] in _COMBINING:
        last += 1
    # A mark that starts on a vowel sign would tear it off its consonant.
    while first > 0 and folded.original[first] in _COMBINING:
        first -= 1
    return first, last


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif end > start:
            merged.append((start, end))
    return merged


def place_words(place: str, terms: Terms) -> str:
    """The place in plain words: `page:3` → หน้า 3; "" for the document as a whole."""
    if not place:
        return ""
    member, inner = member_place(place)
    if member is not None:
        return f"{terms('place.member', name=member.name)} {place_words(inner, terms)}".rstrip()
    parts = [_PART.fullmatch(part.strip()) for part in place.split("/")]
    if all(parts):
        return " ".join(terms(f"place.{part[1]}", n=part[2]) for part in parts if part)
    sheet = _SHEET.fullmatch(place)
    if sheet:
        name = terms("place.sheet", sheet=sheet[1])
        if not sheet[2]:
            return name
        return f"{name} {terms('place.cells' if ':' in sheet[2] else 'place.cell', cells=sheet[2])}"
    for kind in ("css", "image", "url"):
        if place == kind or place.startswith(kind + ":"):
            return terms(f"place.{kind}")
    return f"{terms('place.unknown')} {place}"


def web_href(url: str) -> str | None:
    """`url` if it may stand in a link: http or https with a host, nothing in it that a file cannot hold; else None."""
    if _NOT_IN_LINKS.search(url):
        return None
    try:
        parts = urlsplit(url)
        return url if parts.scheme.lower() in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def anchor_of(seen: SeenRow) -> str:
    """The fragment that makes a browser open the very place: a PDF's page, or the words on a web page; "" if none."""
    page = _PART.match(seen.place)
    if page and page[1] == "page":
        return f"#page={page[2]}"
    words = " ".join(seen.quote.split())
    if not seen.place.startswith("css:") or not words or "…" in words or "|" in words:
        return ""
    if len(words) > _TEXT_FRAGMENT_CHARACTERS:
        words = words[:_TEXT_FRAGMENT_CHARACTERS].rpartition(" ")[0]
    return "#:~:text=" + percent(words, safe="", errors="ignore").replace("-", "%2D") if words else ""
