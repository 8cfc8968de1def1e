"""Thai digits, as official papers have them: in our own words and counts only, never in what was found on a site."""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

from oitcheck.lib.thai_text import thai_digits

# What stays as it is: a quotation; an address, which goes on to the next blank or quotation mark, through the Thai in
# it; a word with a Latin letter; numbers to call.
_KEPT = re.compile(
    r'"[^"]*"|“(?:[^“”]|“[^”]*”)*”'
    r"""|https?://[^\s"'<>“”]+"""
    r"""|(?=[^\s/]*[A-Za-z])(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+(?::[0-9]+)?/[^\s"'<>“”]*"""
    r"""|[A-Za-z0-9./:_\-%?=&#@~+]*[A-Za-z][A-Za-z0-9./:_\-%?=&#@~+]*"""
    r"""|(?:โทรศัพท์|โทรสาร|โทร\.?|สายด่วน)\s*[0-9][0-9 \-–]*"""
    r"""|(?<![0-9])(?:\+66|0)[0-9]?(?:[ \-]?[0-9]){7,8}(?:[ ]?[-–][ ]?[0-9]{1,4})?(?![0-9])"""
)
# Numbers that the stylesheet counts.
_COUNTERS = "<style>.repairs>li::before{content:counter(repair,thai)}</style>"
_NOT_SHOWN = frozenset({"style", "script"})
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr"})


def thai_digits_in_prose(text: str) -> str:
    """`text` with Thai digits, except in quotations, telephone numbers, addresses, file names and codes (O21)."""
    pieces: list[str] = []
    end = 0
    for match in _KEPT.finditer(text):
        pieces += (thai_digits(text[end : match.start()]), match[0])
        end = match.end()
    return "".join((*pieces, thai_digits(text[end:])))


def thai_digits_on_page(page: str) -> str:
    """A page of ours with Thai digits in its texts, except those in elements marked `translate="no"`."""
    rewriter = _Page()
    rewriter.feed(page)
    rewriter.close()
    return "".join(rewriter.out).replace("</head>", f"{_COUNTERS}</head>", 1)


class _Page(HTMLParser):
    """Writes a page as it comes, its texts in Thai digits."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self._kept: list[str] = []  # the elements that are open, from the outermost that stays as it is

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.out.append(self.get_starttag_text() or "")
        if tag not in _VOID and (self._kept or tag in _NOT_SHOWN or ("translate", "no") in attrs):
            self._kept.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.out.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self.out.append(f"</{tag}>")
        if self._kept:
            self._kept.pop()

    def handle_data(self, data: str) -> None:
        if self._kept and self._kept[-1] in _NOT_SHOWN:
            self.out.append(data)
        else:
            self.out.append(escape(data if self._kept else thai_digits_in_prose(data), quote=False))

    def handle_decl(self, decl: str) -> None:
        self.out.append(f"<!{decl}>")
