"""Whether a page is a shell that only a browser fills: next to no text, and a script that would bring it."""

from __future__ import annotations

import re

from oitcheck.extract.html_tree import Tree, text_of
from oitcheck.lib.scripts import is_library
from oitcheck.model.evidence import Document, Figure, Form, Line, Link, Table

_LOADING = re.compile(r"กำลังโหลด|กำลังดาวน์โหลดข้อมูล|โปรดรอสักครู่|กรุณารอสักครู่|^\s*(loading|please wait)", re.IGNORECASE)
_ASKS_FOR_SCRIPT = re.compile(r"javascript|จาวาสคริปต์", re.IGNORECASE)
_FETCHES = re.compile(
    r"fetch\(|axios|XMLHttpRequest|\.ajax\(|getJSON|\.load\(|createApp|createRoot|ReactDOM|new Vue|innerHTML|DataTable|"
    r"bootstrapApplication|insertAdjacentHTML|appendChild|__NUXT__|__NEXT_DATA__"
)
# A script that only adds itself or a counter to the page (`appendChild`) brings nothing to read.
_BRINGS = re.compile(
    r"fetch\(|axios|XMLHttpRequest|\.ajax\(|getJSON|\$\.(?:get|post)\(|\.load\(|createApp|createRoot|ReactDOM|new Vue|"
    r"innerHTML|insertAdjacentHTML|DataTable|bootstrapApplication|__NUXT__|__NEXT_DATA__|\.html\("
)
_BRINGING = ("hx-get", "data-remote", "ng-app", "x-data", "v-for")
_APP_IDS = frozenset(("app", "root", "__next", "__nuxt", "application", "main-app", "q-app", "wrapper-app"))
_APP_TAGS = frozenset(("app-root", "router-outlet", "app-component"))
_BUNDLE = re.compile(r"(chunk|bundle|main|app|runtime|index|vendor)[\w.\-]*\.js|/_next/|/_nuxt/", re.IGNORECASE)
_SHELL_CHARS_MOST = 60
_LOADING_CHARS_MOST = 300


def waits_for_script(tree: Tree, document: Document) -> tuple[str, str] | None:
    """The place that waits to be filled ("" for the whole page) and the sign of it; None for a complete page."""
    if not tree.script_addresses:
        return None
    blocks = [block for section in document.content for block in section.blocks]
    lines = [block for block in blocks if isinstance(block, Line)]
    loading = [line for line in lines if _LOADING.search(line.text) and len(line.text) < 80]
    rest = sum(
        len(line.text) for line in lines if line not in loading and not line.strong and line.text != document.title
    )
    has_tables = any(isinstance(block, Table) and block.rows for block in blocks)
    has_files = any(isinstance(block, Link) and (block.embedded or not block.is_placeholder) for block in blocks)
    if loading and rest < _LOADING_CHARS_MOST and not has_tables and (rest < _SHELL_CHARS_MOST or not has_files):
        return loading[0].at.place, "loading"
    has_shown = has_tables or has_files or any(isinstance(block, (Figure, Form)) for block in blocks)
    if rest < _SHELL_CHARS_MOST and not has_shown:
        sign = _shell_sign(tree)
        if sign:
            return "", sign
    if document.capture.rendered:
        return None
    return _empty_table_body(tree)


def may_bring_more(tree: Tree) -> bool:
    """Whether scripts of a page may bring content that its source does not hold; a script of unknown purpose may."""
    if _BRINGS.search(tree.script_text) or any(name in node.attrs for node in tree.nodes for name in _BRINGING):
        return True
    return any(address and not is_library(address) for address in tree.script_addresses)


def _shell_sign(tree: Tree) -> str:
    asks = any(_ASKS_FOR_SCRIPT.search(text_of(node)) for node in tree.noscripts if len(text_of(node)) < 400)
    if asks:
        return "noscript"
    for node in tree.nodes:
        if node.tag in _APP_TAGS or (
            node.attrs.get("id", "").lower() in _APP_IDS and node.text_chars < _SHELL_CHARS_MOST
        ):
            return "empty container"
    has_empty = any(
        node.block and node.attrs.get("id") and not node.children and node.tag not in ("hr", "body")
        for node in tree.nodes
    )
    if has_empty and _FETCHES.search(tree.script_text):
        return "container filled by script"
    if not any(node.text_chars for node in tree.nodes if node.tag not in ("html", "body")) and any(
        _BUNDLE.search(address) for address in tree.script_addresses
    ):
        return "script bundle"
    return ""


def _empty_table_body(tree: Tree) -> tuple[str, str] | None:
    """A table with a head and no rows, whose id a script names that fetches data."""
    for node in tree.nodes:
        if node.tag != "tbody" or node.text_chars or node.pictures or node.parent is None:
            continue
        ids = [holder.attrs["id"] for holder in (node, node.parent) if holder.attrs.get("id")]
        if node.parent.text_chars and any(own in tree.script_text for own in ids) and _FETCHES.search(tree.script_text):
            return "css:" + tree.place_of(node.parent), "table filled by script"
    return None
