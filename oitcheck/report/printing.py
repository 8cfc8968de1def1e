"""Pages of ours printed to PDF by a browser that has no network."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from html import escape
from pathlib import Path

from playwright.sync_api import sync_playwright

from oitcheck.report.official import thai_digits_in_prose

_NO_NETWORK = ("--host-resolver-rules=MAP * ~NOTFOUND", "--disable-background-networking", "--no-first-run")
_FOOT = (
    '<div style="width:100%;margin:0 16mm;font:7pt Laksaman,Sarabun,sans-serif;display:flex;'
    'justify-content:space-between;gap:4mm"><span>{note}</span><span style="white-space:nowrap">{page} '
    '<span class="pageNumber"></span>'
    '/<span class="totalPages"></span></span></div>'
)
# The page's own note is not told twice.
_NOTE_AT_FOOT = "<style>.source-note{display:none}</style>"
_SECONDS = 60
# The program that printed it, with its version; ours stands there instead, so that a PDF of ours is known.
_CREATOR = re.compile(rb"(/Creator \()((?:[^()\\]|\\.)*)(?=\))")
# Instants and ids that differ from one printing to the next; the paper has its own date.
_CHANGING = (
    (re.compile(rb"/(CreationDate|ModDate) \(D:\d{14}[^)]*\)"), rb"\d"),
    (re.compile(rb"/ID \[<[0-9A-Fa-f]+> ?<[0-9A-Fa-f]+>\]"), rb"(?<=<)[0-9A-Fa-f]+|[0-9A-Fa-f]+(?=>)"),
)


def printed(
    pages: Sequence[str | Path], executable: str, *, note: str, page_word: str, thai_digits: bool = False
) -> list[bytes]:
    """The PDF of each page: HTML text, or the path of an HTML file whose pictures lie beside it.

    `note` stands at the foot with the number of the page, with `thai_digits` (of HTML texts only) in Thai digits.
    Nothing but the page's own files is loaded. Raises playwright's Error when the browser fails.
    """
    with sync_playwright() as playwright:
        style = _NOTE_AT_FOOT + (_thai_foot(note, page_word) if thai_digits else "")
        foot = _FOOT.format(note=escape(note), page=escape(page_word))
        browser = playwright.chromium.launch(
            executable_path=executable, args=list(_NO_NETWORK), chromium_sandbox=os.geteuid() != 0
        )
        try:
            context = browser.new_context(offline=True, java_script_enabled=False)
            page = context.new_page()
            made = []
            for source in pages:
                if isinstance(source, Path):
                    page.goto(source.resolve().as_uri(), wait_until="load", timeout=_SECONDS * 1000)
                else:
                    page.set_content(
                        source.replace("</head>", f"{style}</head>", 1), wait_until="load", timeout=_SECONDS * 1000
                    )
                raw = page.pdf(
                    prefer_css_page_size=True, print_background=True, display_header_footer=not thai_digits,
                    header_template="<span></span>", footer_template=foot,
                )  # fmt: skip
                made.append(_settled(raw))
            return made
        finally:
            browser.close()


def _thai_foot(note: str, page_word: str) -> str:
    """The foot as boxes of the page's margin: the browser's own foot counts in Arabic digits only."""
    font = "font:7pt Laksaman,Sarabun,sans-serif"
    count = f'"{_in_css(page_word)} " counter(page,thai) "/" counter(pages,thai)'
    return (
        f'<style>@page{{@bottom-left{{content:"{_in_css(thai_digits_in_prose(note))}";width:80%;{font}}}'
        f"@bottom-right{{content:{count};{font}}}}}</style>"
    )


def _in_css(text: str) -> str:
    """A text as it may stand in a CSS string within a page."""
    return re.sub(r"[^\w .,:;()/–-]", lambda match: f"\\{ord(match[0]):x} ", text)


def _settled(raw: bytes) -> bytes:
    """The file without what changes from one printing to the next; its length stays, so that its table holds."""
    for pattern, changing in _CHANGING:
        raw = pattern.sub(lambda match, part=changing: re.sub(part, lambda m: b"0" * len(m[0]), match[0]), raw)  # type: ignore[misc]
    return _CREATOR.sub(lambda match: match[1] + b"oitcheck".ljust(len(match[2]))[: len(match[2])], raw, count=1)
