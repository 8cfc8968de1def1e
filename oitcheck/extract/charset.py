"""From bytes of a page to its text: byte order mark, header, <meta>, strict UTF-8, windows-874."""

from __future__ import annotations

import codecs
import re

_META = re.compile(
    rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:\-]{1,40})|<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_.:\-]{1,40})""",
    re.IGNORECASE,
)
_HEAD_BYTES = 4096
_THAI = re.compile("[\u0e01-\u0e5b]")
_ASCII = bytes(range(0x80))
_NO_PAGE_CODECS = frozenset(("idna", "punycode", "unicode_escape", "raw-unicode-escape", "undefined", "utf-7"))
_THAI_NAMES = {
    "windows-874",
    "cp874",
    "tis-620",
    "tis620",
    "iso-8859-11",
    "iso8859-11",
    "dos-874",
    "x-windows-874",
    "874",
}
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Up to this share of broken sequences a page that says UTF-8 is UTF-8 that was cut or pasted badly.
_BROKEN_SHARE_MOST = 0.02


def decode(body: bytes, header_charset: str = "") -> tuple[str, str, bool]:
    """The text of `body`, the name of its charset, and whether that is certain.

    A charset of the header or a `<meta>` that the bytes plainly contradict is overruled: UTF-8 that does not decode,
    windows-874 over bytes that are strict UTF-8 with Thai in them. Never raises; what cannot be decoded is U+FFFD.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, errors="replace"), name, True
    strict = _strict_utf8(body)
    if strict is not None and not strict.isascii() and _has_plausible_text(strict):
        return strict, "utf-8", True
    for declared in (header_charset, _declared(body)):
        name = _python_name(declared)
        if name.startswith(("utf-16", "utf-32")) and b"\0" not in body[:_HEAD_BYTES]:
            continue
        if not name:
            continue
        if name == "utf-8":
            if strict is not None:
                return strict, "utf-8", True
            lenient = body.decode("utf-8", errors="replace")
            if _is_mostly_utf8(lenient):
                return lenient, "utf-8", False
            continue
        if name in ("latin-1", "cp1252") and looks_like_874(body):
            continue
        return body.decode(name, errors="replace"), "windows-874" if name == "cp874" else name, True
    if strict is not None:
        return strict, "utf-8", True
    lenient = body.decode("utf-8", errors="replace")
    if _is_mostly_utf8(lenient):
        return lenient, "utf-8", False
    return body.decode("cp874", errors="replace"), "windows-874", looks_like_874(body)


def _strict_utf8(body: bytes) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _has_plausible_text(text: str) -> bool:
    """Whether non-ASCII text that is valid UTF-8 was meant as such, and is no accident of windows-874."""
    if _THAI.search(text):
        return True
    return sum(not char.isascii() for char in text) >= 4 or not looks_like_874(text.encode())


def _declared(body: bytes) -> str:
    found = _META.search(body[:_HEAD_BYTES]) or _META.search(body[: 16 * _HEAD_BYTES])
    return (found.group(1) or found.group(2)).decode("ascii") if found else ""


def _python_name(charset: str) -> str:
    """The codec for a declared name; "" when it is none, or one that no page can be in."""
    name = charset.strip().strip("\"'").lower().replace("_", "-")
    if not name:
        return ""
    if name in _THAI_NAMES:
        return "cp874"
    if name in ("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"):
        return "cp1252"  # what every browser does
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    if found.name in _NO_PAGE_CODECS or not getattr(found, "_is_text_encoding", True):
        return ""
    return found.name


def _is_mostly_utf8(lenient: str) -> bool:
    broken = lenient.count("\ufffd")
    beyond = sum(not char.isascii() for char in lenient) if broken else 0
    return broken == 0 or broken <= beyond * _BROKEN_SHARE_MOST


def looks_like_874(body: bytes) -> bool:
    """Whether the bytes above 0x7F are Thai letters in windows-874, in runs as Thai words make them."""
    high = re.findall(rb"[\xa1-\xda\xdf-\xfb]{3,}", body)
    total = len(body.translate(None, _ASCII))
    return bool(high) and sum(map(len, high)) >= 0.6 * total
