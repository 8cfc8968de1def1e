"""What class names, ids, styles and file names tell about an element. Token by token: "content-header" is no header."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

FRAME = 1  # menu, navigation, footer, sidebar, …
TITLE = 2  # names itself a title or heading
PANEL_HEAD = 4  # the header of a card, panel, accordion item
CONTENT = 8  # names itself the content
TAB_PANE = 16  # shown when its tab, button or link is used
ROW = 32
CELL = 64
TABLE = 128
MAP = 256
BREADCRUMB = 512
NARROW = 1024  # a narrow column of a grid of twelve
HEAD_ROW = 2048
WIDGET = 4096

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_FRAME_WORDS = frozenset(
    (
        "menu", "menus", "mainmenu", "submenu", "megamenu", "topmenu", "sidemenu", "leftmenu", "rightmenu",
        "navbar", "nav", "navigation", "navi", "topnav", "sidenav", "sidebar", "footer", "foot", "copyright",
        "topbar", "offcanvas", "masthead", "toolbar",
    )
)  # fmt: skip
_BREADCRUMB_WORDS = frozenset(("breadcrumb", "breadcrumbs", "crumbs"))
# With one of these the name speaks of a part of the content, not of the page.
_CONTENT_PARTS = frozenset(
    (
        "content", "card", "panel", "modal", "entry", "post", "article", "table", "tbl", "accordion", "item",
        "link", "tab", "tabs", "pills", "box", "list", "dialog", "collapse", "section", "body", "main", "has",
        "no", "with", "without", "title", "icon", "toggle", "is", "hide", "show",
    )
)  # fmt: skip
_SITE_PARTS = frozenset(
    (
        "site", "main", "top", "header", "head", "global", "web", "wrapper", "wrap", "container", "inner",
        "area", "bar", "page", "bottom", "sticky", "fixed",
    )
)  # fmt: skip
_TITLE_WORDS = frozenset(["title", "heading", "headline", "subtitle", "topic", "caption"])
_PANEL_WORDS = frozenset(
    (
        "card", "panel", "accordion", "collapse", "toggle", "faq", "box", "portlet", "expander", "collapsible",
        "acc",
    )
)  # fmt: skip
_HEAD_WORDS = frozenset(["header", "heading", "head", "title", "button", "trigger", "btn"])
_CONTENT_IDS = frozenset(("content", "main", "maincontent", "contents", "primary", "article"))
_NARROW_COLUMN = re.compile(r"^col-(?:xs-|sm-|md-|lg-|xl-)?[1-4]$")
_CONTENT_NAMES = frozenset(
    (
        "content", "main-content", "maincontent", "entry-content", "post-content", "page-content", "article-content",
        "site-content", "content-area", "content-main", "container-content", "main_content", "page_content",
        "item-page",
    )
)  # fmt: skip


@lru_cache(maxsize=30_000)
def of(class_names: str, element_id: str) -> int:
    """The traits of an element as bits, from its `class` and `id`."""
    found = 0
    names = class_names.split()[:40]
    if element_id:
        names.append(element_id)
    for name in names:
        words = [word.lower() for word in _WORD.findall(name[:80])]
        if words:
            found |= _of_name(name, frozenset(words), len(words))
    return found


def _of_name(name: str, words: frozenset[str], count: int) -> int:
    found = 0
    lower = name.lower()
    if (
        (words & _FRAME_WORDS and not words & _CONTENT_PARTS)
        or words == {"main", "menu"}
        or words == {"main", "nav"}
        or words == {"main", "navigation"}
    ):
        found |= FRAME
    if "header" in words and words <= _SITE_PARTS and words != {"page", "header"}:
        found |= FRAME
    if words & _BREADCRUMB_WORDS and "item" not in words:
        found |= BREADCRUMB
    if lower in ("widget", "widget-area", "widgets") or lower.startswith(
        ("widget_", "sidebar-widget", "footer-widget")
    ):
        found |= WIDGET
    if (
        (
            words & _TITLE_WORDS
            and not words
            & {
                "site",
                "logo",
                "page",
                "sub",
                "wrapper",
                "container",
                "list",
                "has",
                "no",
            }
        )
        or words == {"page", "title"}
        or words == {"sub", "title"}
    ):
        found |= TITLE
    if words & _PANEL_WORDS and words & _HEAD_WORDS and count <= 3:
        found |= PANEL_HEAD
    if lower in _CONTENT_NAMES or lower in _CONTENT_IDS:
        found |= CONTENT
    if words & {"tab", "tabs", "tabpanel", "collapse", "modal", "tabcontent", "pane"} and words & {
        "pane", "panel", "content", "collapse", "modal", "tabpanel", "tabcontent",
    }:  # fmt: skip
        found |= TAB_PANE
    if words & {"row", "tr", "trow", "rows"} or lower.startswith("row"):
        found |= ROW
    if words & {"cell", "td", "th", "tcell", "cel"} or lower.startswith(("cell", "cel")):
        found |= CELL
    if lower.startswith("col") and (words & {"col", "column"}):
        found |= CELL
    if words & {"table", "tbl", "datatable", "grid"}:
        found |= TABLE
    if words & {"thead", "thr", "hd", "hdr"} or (words & {"head", "header"} and words & {"row", "table", "tr"}):
        found |= HEAD_ROW
    if words & {"map", "gmap", "googlemap", "maps"}:
        found |= MAP
    if _NARROW_COLUMN.match(lower):
        found |= NARROW
    return found


@dataclass(frozen=True, slots=True)
class StyleClasses:
    """The classes that a page's own <style> makes bold, large, or laid out as a row of boxes."""

    bold: frozenset[str]
    large: frozenset[str]
    rows: frozenset[str]


_RULE = re.compile(r"([^{}]{1,300})\{([^{}]{1,2000})\}")
_LONE_CLASS = re.compile(r"^\s*[a-z0-9]*\.([A-Za-z][\w-]*)\s*$")
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)")
_SIZE = re.compile(r"font-size\s*:\s*(\d+(?:\.\d+)?)\s*(px|pt|r?em)")
_ROW_DISPLAY = re.compile(r"display\s*:\s*(?:flex|grid|table-row)")
_LARGE_PX = 20.0
_STYLE_CHARS_MOST = 100_000


def style_classes(style: str) -> StyleClasses:
    """What the rules `.name { … }` of a style sheet say. Anything more than a lone class is left out."""
    bold, large, rows = set(), set(), set()
    for selectors, body in _RULE.findall(style[:_STYLE_CHARS_MOST]):
        for selector in selectors.split(","):
            match = _LONE_CLASS.match(selector)
            if not match:
                continue
            name = match.group(1)
            if _BOLD.search(body):
                bold.add(name)
            size = _SIZE.search(body)
            if size and float(size.group(1)) * {"px": 1, "pt": 1.33}.get(size.group(2), 16) >= _LARGE_PX:
                large.add(name)
            if _ROW_DISPLAY.search(body):
                rows.add(name)
    return StyleClasses(frozenset(bold), frozenset(large), frozenset(rows))


_ICON_NAME = re.compile(
    r"(^|[/_.-])(bullet|arrow|spacer|pixel|transparent|1x1|dot|line|hr|new\d*|hot|icon[_-]?(pdf|doc|xls|new|file)|pdf|word|excel|"
    r"print(er)?|email[_-]?button|star|emoticon|smile|loading|ajax-loader|plus|minus|folder|download)[\w-]{0,3}\.(gif|png|svg|jpe?g|webp)",
    re.IGNORECASE,
)
_ICON_SIDE_PX = 32
_NUMBER = re.compile(r"\s*(\d{1,5})(?:\.\d+)?\s*(?:px)?\s*$")
_STYLE_SIDE = re.compile(r"(?:^|;)\s*(width|height)\s*:\s*(\d{1,5})(?:\.\d+)?px", re.IGNORECASE)


def sides_px(attrs: Mapping[str, str]) -> tuple[int, int]:
    """The declared width and height of a picture in CSS pixels; 0 where not declared or in other units."""
    sides = {"width": 0, "height": 0}
    for name in sides:
        match = _NUMBER.match(attrs.get(name, ""))
        if match:
            sides[name] = int(match.group(1))
    for name, value in _STYLE_SIDE.findall(attrs.get("style", "")):
        sides[name.lower()] = int(value)
    return sides["width"], sides["height"]


def picture_address(attrs: Mapping[str, str]) -> str:
    """Where a picture comes from, as written: a lazy loader's own attribute goes before its stand-in."""
    source = attrs.get("src", "").strip()
    lazy = ""
    for name in ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-url"):
        if attrs.get(name, "").strip():
            lazy = attrs[name].strip()
            break
    if lazy and not lazy.startswith("data:"):
        return lazy
    if (not source or source.startswith("data:")) and attrs.get("srcset", "").strip():
        return attrs["srcset"].split(",")[0].split()[0] if attrs["srcset"].split(",")[0].split() else source
    return source


def is_content_picture(attrs: Mapping[str, str]) -> bool:
    """Whether a picture may tell something: not a bullet, a spacer or a small icon."""
    width, height = sides_px(attrs)
    if (0 < width <= _ICON_SIDE_PX and height <= _ICON_SIDE_PX) or (
        0 < height <= _ICON_SIDE_PX and width <= _ICON_SIDE_PX
    ):
        return False
    address = picture_address(attrs)
    return not _ICON_NAME.search(address.split("?")[0][-80:])
