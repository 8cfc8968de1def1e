"""HTML bytes → a Document: sections under headings, lines, tables, pictures, links and forms, in reading order."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from oitcheck.extract.charset import decode
from oitcheck.extract.html_shell import may_bring_more, waits_for_script
from oitcheck.extract.html_tree import (
    MAX_NODES,
    Tree,
    clean,
    label_of,
    text_of,
)
from oitcheck.extract.html_walk import Walk
from oitcheck.extract.limits import ExtractLimits
from oitcheck.model.evidence import (
    BlindReason,
    BlindSpot,
    Capture,
    Document,
)

_OPEN_TAGS_MOST = 2_000
_TAGS_MOST = 4 * MAX_NODES
_TAG = re.compile(
    r"<(/?)(div|span|section|ul|ol|li|table|tbody|tr|td|blockquote|center|font|b|i|em|strong|article|dl|p|form)\b",
    re.IGNORECASE,
)


def read(capture: Capture, body: bytes, limits: ExtractLimits) -> tuple[Document | BlindSpot, ...]:
    """The Document of a page, followed by what of it could not be read. Pure; never raises for what the bytes hold.

    `limits.rows` holds for each table.
    """
    text, charset, _ = decode(body, capture.charset)
    html, cut = _within_limits(text)
    try:
        tree = Tree(html)
    except SelectolaxError as error:  # all that the parser refuses is to go on without memory
        return (BlindSpot(capture, BlindReason.TOO_LARGE, detail=str(error)),)
    walk = Walk(tree, capture, limits.rows)
    walk.run()
    sections = walk.finished()
    title = tree.title or next((text_of(node) for node in tree.nodes if node.tag == "h1" and node.text_chars), "")
    readers = ("lexbor",) if charset == "utf-8" else ("lexbor", charset)
    document = Document(
        capture,
        "html",
        title,
        sections,
        text_quality=_quality(tree, text),
        readers=readers,
        scripted=not capture.rendered and may_bring_more(tree),
    )
    spots = list(walk.blind_spots)
    if tree.cut or cut or walk.cut_table:
        spots.append(BlindSpot(capture, BlindReason.TOO_LARGE, detail=f"page cut: {cut or 'size'}"))
    waiting = waits_for_script(tree, document)
    if waiting is not None:
        spots.append(BlindSpot(capture, BlindReason.NEEDS_BROWSER, place=waiting[0], detail=waiting[1]))
    return (document, *spots)


def text_at(body: bytes, header_charset: str, place: str) -> str:
    """The text of the elements at a place `css:…` of kept bytes, in one line; "" when there is none.

    A place may name several elements ("css:#a > p, #b > p"). An element that shows no text gives what names it: alt,
    title, aria-label.
    """
    html, _ = _within_limits(decode(body, header_charset)[0])
    selector = place.removeprefix("css:")
    parser = LexborHTMLParser(html)
    try:
        found = parser.css(selector) if ", " in selector else [parser.css_first(selector)]
    except SelectolaxError:  # no selector at all
        return ""
    return " ".join(_text_of_element(element) for element in found if element is not None)


def _text_of_element(element: LexborNode) -> str:
    root = Tree.of_element(element).root
    if root.tag == "title" or root.tag == "head":
        return clean(element.text(deep=True) or "")
    return text_of(root) or label_of(root)


def _within_limits(text: str) -> tuple[str, str]:
    """The page as far as it can be parsed at a sane cost, and what cut it ("size", "depth"; "" for nothing).

    Parsers take quadratic time for elements that stand open, and hundreds of bytes for each element.
    """
    tags = text.count("<")
    if tags > _TAGS_MOST:
        at = next(match.start() for count, match in enumerate(re.finditer("<", text)) if count == _TAGS_MOST)
        return _within_limits(text[:at])[0], "size"
    if tags - 2 * text.count("</") < _OPEN_TAGS_MOST:
        return text, ""
    depth: dict[str, int] = {}
    for match in _TAG.finditer(text):
        name = match.group(2).lower()
        depth[name] = max(0, depth.get(name, 0) + (-1 if match.group(1) else 1))
        if name not in ("p", "li", "td", "tr", "tbody") and depth[name] > _OPEN_TAGS_MOST:
            return text[: match.start()], "depth"
    return text, ""


def _quality(tree: Tree, text: str) -> float:
    broken = text.count("\ufffd")
    shown = max(1, tree.root.text_chars)
    if broken:
        return max(0.0, 1.0 - 10 * broken / shown)
    if re.search(r"[ก-ฮ]", text):
        return 1.0
    # UTF-8 shown as Latin letters ("à¹€à¸—"): no Thai, and most letters with accents.
    odd = len(re.findall(r"[\u00a1-\u00ff\u0152-\u0192\u2018-\u203a\u20ac]", text))
    return 0.1 if odd > 50 and odd * 3 > shown else 1.0
