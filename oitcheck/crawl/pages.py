"""The little that must be known of a page to tell how its retrieval ended. Reading it is another department's work."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import cached_property

HEAD_BYTES = 128 * 1024
# What a browser would not show, and the site's own surroundings.
_UNSHOWN = ("script", "style", "noscript", "template", "svg")
_MENUS = ("nav", "footer", "aside")

# `[^<>]` keeps every pattern linear on hostile input.
_TAG = re.compile(r"<[^<>]*>")
_SPACES = re.compile(r"\s+")
_REFRESH = re.compile(r"""<meta\b(?=[^<>]{0,300}http-equiv\s*=\s*["']?refresh)[^<>]{0,600}>""", re.IGNORECASE)
_REFRESH_TO = re.compile(
    r"""content\s*=\s*["']?\s*(\d{1,3})(?:\.\d+)?\s*[;,]\s*url\s*=\s*['"]?([^"'<>]+)""", re.IGNORECASE
)
_SCRIPTED = re.compile(
    r"""^\s*(?:window\.|document\.|self\.|top\.|parent\.)?location(?:\.href)?\s*(?:=|\.replace\(|\.assign\()\s*["']([^"'<>]+)["']\s*\)?\s*;?\s*$""",
    re.IGNORECASE,
)
_INPUT = re.compile(r"<input\b[^<>]*>", re.IGNORECASE)
_PASSWORD = re.compile(r"""\btype\s*=\s*["']?password\b""", re.IGNORECASE)
MOST_REFRESH_SECONDS = 10


def decoded(body: bytes, charset: str) -> str:
    """The first part of a body as text, for recognition only: the header's charset, else UTF-8, else windows-874."""
    head = body[:HEAD_BYTES]
    for name in (charset, _declared(head), "utf-8"):
        try:
            # A multi-byte letter may be cut at the end of the head.
            text = head.decode(_known(name), errors="ignore" if len(body) > HEAD_BYTES else "strict") if name else None
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
        if text is not None:
            return text
    return head.decode("cp874", errors="replace")


def _known(name: str) -> str:
    low = name.lower().replace("_", "-")
    return "cp874" if low in ("tis-620", "tis620", "windows-874", "iso-8859-11", "x-windows-874") else low


def _declared(head: bytes) -> str:
    match = re.search(rb"""<meta[^<>]{0,200}charset\s*=\s*["']?\s*([A-Za-z0-9_-]{3,20})""", head[:4096], re.IGNORECASE)
    return match.group(1).decode("ascii") if match else ""


def looks_like_html(media_type: str, head: str) -> bool:
    """Whether a body is a page, whatever it is called."""
    start = head[:1000].lstrip("\ufeff \t\r\n").lower()
    if start.startswith(("<!doctype html", "<html", "<head", "<body", "<title", "<meta", "<script", "<h1", "<div")):
        return True
    return media_type in ("text/html", "application/xhtml+xml")


@dataclass(frozen=True)
class PageHead:
    """The first part of a page: `source` as decoded. Texts are shown text, entities resolved, blanks folded."""

    source: str

    @cached_property
    def _shown(self) -> str:
        source = _without_comments(self.source)
        for tag in _UNSHOWN:
            source = without_element(source, tag)
        return source

    @cached_property
    def title(self) -> str:
        return _first_text(self._shown, "title")

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """The texts of h1 and h2 outside menus and footer; at most the first two of each."""
        return tuple(text for tag in ("h1", "h2") for text in _texts(self._unmenued, tag, most=2) if text)

    @cached_property
    def text(self) -> str:
        """All shown text, title left out."""
        return _plain(without_element(self._shown, "title"))

    @cached_property
    def _unmenued(self) -> str:
        source = without_element(self._shown, "title")
        for tag in _MENUS:
            source = without_element(source, tag)
        return source

    @cached_property
    def _unframed(self) -> str:
        # Headings of articles stand in <header> too, so only the text goes without it.
        return without_element(self._unmenued, "header")

    @cached_property
    def main_text(self) -> str:
        """Shown text without header, menu and footer."""
        return _plain(self._unframed)

    @cached_property
    def has_password_field(self) -> bool:
        return any(_PASSWORD.search(tag) for tag in _INPUT.findall(self._shown))

    @cached_property
    def refresh_to(self) -> str:
        """Where the page sends its visitor by itself within a few seconds, as written; "" when it does not.

        A script counts only when sending away is all it does and the page shows next to nothing.
        """
        tag = _REFRESH.search(self.source)
        match = _REFRESH_TO.search(tag.group()) if tag else None
        if match and int(match.group(1)) <= MOST_REFRESH_SECONDS:
            return html.unescape(match.group(2)).strip()
        if len(self.source) > 5000 or len(self.text) > 100:
            return ""
        scripts = [text for text in _raw_texts(self.source, "script") if text.strip()]
        match = _SCRIPTED.match(scripts[0]) if len(scripts) == 1 else None
        return match.group(1).strip() if match else ""


def without_element(source: str, tag: str) -> str:
    """`source` with every `<tag>…</tag>` left out; an unclosed one takes all that follows. Linear in time."""
    low = source.lower()
    if len(low) != len(source):  # a few letters grow when lowered; positions would be off
        low = source
    out: list[str] = []
    at = 0
    while True:
        start = _tag_start(low, tag, at)
        if start < 0:
            out.append(source[at:])
            return " ".join(out)
        out.append(source[at:start])
        end = low.find(f"</{tag}", start)
        if end < 0:
            return " ".join(out)
        close = low.find(">", end)
        if close < 0:
            return " ".join(out)
        at = close + 1


def _without_comments(source: str) -> str:
    out: list[str] = []
    at = 0
    while (start := source.find("<!--", at)) >= 0:
        out.append(source[at:start])
        end = source.find("-->", start + 2)
        if end < 0:
            return " ".join(out)
        at = end + 3
    out.append(source[at:])
    return " ".join(out)


def _tag_start(low: str, tag: str, at: int) -> int:
    while True:
        start = low.find(f"<{tag}", at)
        if start < 0:
            return -1
        after = low[start + len(tag) + 1 : start + len(tag) + 2]
        if not after.isalnum() and after != "-":
            return start
        at = start + 1


def _raw_texts(source: str, tag: str) -> list[str]:
    low = source.lower()
    if len(low) != len(source):
        low = source
    found: list[str] = []
    at = 0
    while (start := _tag_start(low, tag, at)) >= 0:
        inner = low.find(">", start)
        end = low.find(f"</{tag}", inner)
        if inner < 0 or end < 0:
            break
        found.append(source[inner + 1 : end])
        at = end + 1
    return found


def _texts(source: str, tag: str, *, most: int) -> tuple[str, ...]:
    return tuple(_plain(raw) for raw in _raw_texts(source, tag)[:most])


def _first_text(source: str, tag: str) -> str:
    return next(iter(_texts(source, tag, most=1)), "")


def _plain(source: str) -> str:
    return _SPACES.sub(" ", html.unescape(_TAG.sub(" ", source))).strip()
