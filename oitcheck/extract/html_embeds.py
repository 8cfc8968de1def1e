"""What elements show by script and not by a frame: flip-books, PDF viewers, posts of other services.

The file stands in an attribute that a viewer's script reads, or in that script's configuration.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator
from html import unescape

from oitcheck.extract.html_links import href_of
from oitcheck.extract.html_tree import Node

MOST_FROM_SCRIPTS = 20
LONGEST_CONFIGURATION = 200_000

_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?)(?:[?#][^\s\"'<>]*)?$", re.IGNORECASE)
# Read by dFlip, 3D FlipBook, Real3D, FlowPaper, EmbedPress, pdf.js components and by scripts that agencies write.
_SOURCES = ("source", "df-source", "pdf", "pdf-src", "pdf-url", "file", "src", "ref")
_NO_VIEWERS = frozenset(("img", "source", "video", "audio", "script", "link", "input", "form", "button"))
# A file name in quotes, and what stands before it: the key it is the value of, or the call it is handed to.
_NAMED = re.compile(r"""["']([^"'\s<>]{1,600}?\.pdf(?:[?#][^"'\s<>]{0,300})?)["']""", re.IGNORECASE)
_KEY_OF_VIEWERS = re.compile(
    r"""(?:\b(?:pdf|pdf_?url|pdf_?file|pdf_?path|pdf_?src|PDFFile|DEFAULT_URL|guid)["']?\s*[:=]|"""
    r"""\b(?:PDFObject\.embed|getDocument|load_?pdf|open_?pdf|show_?pdf|render_?pdf|view_?pdf)\(\s*(?:\{\s*["']?url["']?\s*:)?)\s*$""",
    re.IGNORECASE,
)
_KEY_OF_OTHERS = re.compile(r"""\b(?:source|file|file_?url|url|src|document|path)["']?\s*[:=]\s*$""", re.IGNORECASE)
_VIEWER = re.compile(
    r"flip|dearpdf|df_option|pdfjs|PDFObject|getDocument|pdf-?viewer|real3d|flowpaper|wowbook|turn\(|book(?:Config|Options)",
    re.IGNORECASE,
)
_PACKED = re.compile(r"""FB3D_CLIENT_DATA.{0,80}?["']([A-Za-z0-9+/]{40,200000}={0,2})["']""", re.DOTALL)
_BEFORE = 60

_POSTS = (
    ("fb-page", "data-href"), ("fb-post", "data-href"), ("fb-video", "data-href"),
    ("instagram-media", "data-instgrm-permalink"), ("tiktok-embed", "cite"),
)  # fmt: skip


def shown_files(node: Node) -> tuple[str, ...]:
    """The files that an element is to show by script, as written; nothing for a link that leads there anyway."""
    if node.tag in _NO_VIEWERS or not node.attrs:
        return ()
    found: dict[str, None] = {}
    for name, value in node.attrs.items():
        is_source = name.startswith("data-") or name in _SOURCES
        if not is_source or (".pdf" not in value.lower()[:LONGEST_CONFIGURATION] and not _FILE.search(value[-60:])):
            continue
        if value.lstrip().startswith(("{", "[")):
            found.update(dict.fromkeys(_named_in(unescape(value), any_key=True)))
        elif len(value) <= 1000 and _FILE.search(value):
            found[value.strip()] = None
    if node.tag == "a" and found:
        leads = href_of(node)
        return tuple(each for each in found if not leads or leads.startswith("#"))
    return tuple(found)


def shown_post(node: Node) -> str:
    """The address of the page or post of another service that an element shows by that service's script; "" else."""
    classes = node.attrs.get("class", "")
    for name, source in _POSTS:
        if name in classes and name in classes.split():
            return node.attrs.get(source, "").strip()
    return ""


def files_in_scripts(script_text: str) -> tuple[str, ...]:
    """The PDF files that the scripts of a page give to a viewer, as written, in order, each once; at most twenty."""
    if ".pdf" not in script_text.lower() and "FB3D_CLIENT_DATA" not in script_text:
        return ()
    found = dict.fromkeys(_named_in(script_text, any_key=bool(_VIEWER.search(script_text))))
    for match in _PACKED.finditer(script_text):
        found.update(dict.fromkeys(_named_in(_unpacked(match.group(1)), any_key=True)))
    return tuple(found)[:MOST_FROM_SCRIPTS]


def _named_in(text: str, *, any_key: bool) -> Iterator[str]:
    text = text[:LONGEST_CONFIGURATION].replace("\\/", "/")
    for match in _NAMED.finditer(text):
        before = text[max(0, match.start() - _BEFORE) : match.start()]
        if _KEY_OF_VIEWERS.search(before) or (any_key and _KEY_OF_OTHERS.search(before)):
            yield match.group(1)


def _unpacked(packed: str) -> str:
    try:
        return b64decode(packed).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
