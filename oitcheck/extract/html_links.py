"""Where the links, frames and forms of a page lead, and whether they lead anywhere."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from oitcheck.extract.html_tree import Node, Tree, clean, label_of, lines_of, text_of
from oitcheck.lib.urls import joined, without_fragment

_SAFE_PATH = re.compile(r"^/(?!/)[A-Za-z0-9_~/-]*(?:\.[A-Za-z0-9_~-]+)*(?:\?[A-Za-z0-9=&_.~-]*)?$")
_SCRIPTED = re.compile(
    r"""(?:window\.open|location(?:\.href)?\s*=|location\.(?:assign|replace)|openPDF|openFile|viewPDF)\s*(?:\(\s*)?["']([^"'\s][^"']*)["']""",
    re.IGNORECASE,
)
# Of a longer script only the beginning is looked at.
LONGEST_SCRIPT = 2000
# A page's own function that is handed an address: pop('/popup/report.html'), show("file.pdf").
_HANDED_ON = re.compile(
    r"""\w\(\s*["']((?:https?:/)?/[^"'\s]+|[^"'\s]+\.(?:pdf|html?|php|aspx?|jsp|docx?|xlsx?|zip|jpe?g|png)(?:\?[^"'\s]*)?)["']""",
    re.IGNORECASE,
)
_OTHER_SCHEMES = ("mailto:", "tel:", "line:", "sms:", "fax:", "callto:", "viber:")
_MAP_SERVICES = re.compile(
    r"google\.[a-z.]+/maps|maps\.google\.|maps\.app\.goo\.gl|goo\.gl/maps|g\.page/|openstreetmap\.org|longdo\.(?:com|org)|bing\.com/maps|"
    r"mymaps|waze\.com|wikimapia",
    re.IGNORECASE,
)
# Their content cannot be read from outside without signing in or running their code.
_OTHER_SERVICES = re.compile(
    r"(?:^|\.)(facebook\.com|fb\.com|fb\.watch|messenger\.com|youtube\.com|youtube-nocookie\.com|youtu\.be|tiktok\.com|instagram\.com|"
    r"twitter\.com|x\.com|vimeo\.com|dailymotion\.com|line\.me|issuu\.com|canva\.com)$",
    re.IGNORECASE,
)
_SKIPPED_FIELDS = frozenset(("hidden", "submit", "button", "image", "reset"))
_FORM_WORDS_MOST = 300


class Addresses:
    """Resolves what a page writes as an address. Plain absolute paths take a short way that gives the same result."""

    def __init__(self, page_url: str, base_href: str) -> None:
        self.page_url = page_url
        self.base = (joined(page_url, base_href) if base_href else "") or page_url
        parts = urlsplit(joined(self.base, "/") or self.base)
        self._origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
        self._page = without_fragment(joined(page_url, page_url) or page_url)
        self._known: dict[str, str] = {}

    def resolved(self, href: str) -> str:
        """The requestable address; "" when it leads to no web page. Mail and telephone addresses stay as written."""
        known = self._known.get(href)
        if known is None:
            known = self._known[href] = self._resolved(href)
        return known

    def is_placeholder(self, href: str, url: str) -> bool:
        """Whether a link leads nowhere: nothing, "#", a script, this page itself."""
        written = href.strip()
        if not written or written.startswith("#") or not url:
            return True
        return not url.startswith(_OTHER_SCHEMES) and without_fragment(url) == self._page

    def _resolved(self, href: str) -> str:
        href = href.strip()
        if not href:
            return ""
        if self._origin and _SAFE_PATH.match(href):
            return self._origin + href
        lower = href[:20].lower()
        if lower.startswith(_OTHER_SCHEMES):
            return href[:500]
        if lower.startswith("data:"):
            return href.split(",", 1)[0][:60]
        if lower.startswith(("javascript:", "vbscript:", "about:", "blob:")):
            return ""
        return joined(self.base, href)


def href_of(node: Node) -> str:
    """The address an element leads to when used: its href, or the one its script opens."""
    href = node.attrs.get("href", "").strip()
    if href and not href.lower().startswith("javascript:") and href not in ("#", "#!"):
        return href
    for source in (href[:LONGEST_SCRIPT], node.attrs.get("onclick", "")[:LONGEST_SCRIPT]):
        match = (_SCRIPTED.search(source) or _HANDED_ON.search(source)) if source else None
        if match:
            return match.group(1)
    return href or node.attrs.get("data-href", "").strip()


def embed_source(node: Node) -> str:
    """The address of what a frame or embedded object shows, as written."""
    for name in ("src", "data", "data-src", "data-lazy-src"):
        value = node.attrs.get(name, "").strip()
        if value and not value.lower().startswith(("about:", "javascript:", "data:")):
            return value
    return ""


def is_map_service(url: str) -> bool:
    return bool(url) and _MAP_SERVICES.search(url[:300]) is not None


def is_other_service(url: str) -> bool:
    """Whether what an address shows can only be seen on a service such as Facebook or YouTube."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return _OTHER_SERVICES.search(host) is not None


def fragment_targets(tree: Tree) -> tuple[dict[str, str], set[str]]:
    """What links and buttons of this page open within it: id → the words of the link; and the ids that fold open."""
    targets: dict[str, str] = {}
    toggled: set[str] = set()
    for node in tree.nodes:
        attrs = node.attrs
        if not attrs or node.tag not in ("a", "button", "li", "div", "summary"):
            continue
        name = attrs.get("data-bs-target") or attrs.get("data-target") or attrs.get("aria-controls") or ""
        if not name and node.tag == "a":
            name = attrs.get("href", "")
            if not name.startswith("#"):
                continue
        name = unquote(name.lstrip("#"))
        if name and name not in targets and node.text_chars <= 200:
            targets[name] = text_of(node) if node.text_chars else ""
        if name and any(key in attrs for key in ("data-toggle", "data-bs-toggle", "aria-controls", "aria-expanded")):
            toggled.add(name)
    return targets, toggled


def form_parts(form: Node, words_of_all: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words and the kinds of fields of a form. `words_of_all`: all its text, else labels and controls only."""
    words: list[str] = []
    fields: list[str] = []
    stack: list[Node] = list(reversed(form.elements))
    if words_of_all:
        words.extend(lines_of(form)[:_FORM_WORDS_MOST])
    while stack:
        node = stack.pop()
        tag = node.tag
        if tag == "input":
            kind = node.attrs.get("type", "").strip().lower() or "text"
            if kind not in _SKIPPED_FIELDS:
                fields.append(kind)
            elif kind in ("submit", "button", "reset"):
                words.append(node.attrs.get("value", ""))
        elif tag in ("select", "textarea"):
            fields.append(tag)
        if tag in ("label", "legend", "option", "button", "textarea") and not (
            words_of_all and tag in ("label", "legend", "button")
        ):
            words.append(text_of(node))
        words.extend(node.attrs[name] for name in ("placeholder", "aria-label") if node.attrs.get(name))
        stack.extend(reversed(node.elements))
    shown = dict.fromkeys(word for word in (clean(word) for word in words) if word)
    return tuple(shown)[:_FORM_WORDS_MOST], tuple(fields)


def link_text(node: Node) -> str:
    """The words of a link, or what names it when it shows none."""
    text = text_of(node) if node.text_chars else ""
    return text or label_of(node)
