"""The parts of an xlsx package that hold its sheets, and the links in their cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from oitcheck.extract.package import Package, local

_MAIN = "xl/workbook.xml"
_LINK = re.compile(rb"<(?:\w+:)?hyperlink\b[^>]*>")
_REF = re.compile(rb'\bref="([A-Z]{1,3}\d{1,7})')
_ID = re.compile(rb'\w+:id="([^"]*)"')
_MOST_LINKS = 5_000


def sheet_parts(package: Package) -> dict[str, str]:
    """The part of each sheet by the name of the sheet. Raises Unreadable."""
    root = package.xml(_MAIN)
    related = package.related(_MAIN) if root is not None else {}
    parts: dict[str, str] = {}
    for node in root.iter() if root is not None else ():
        if local(node) == "sheet":
            # Its other ids have no namespace.
            ids = (str(v) for key, v in node.attrib.items() if key.startswith("{") and key.endswith("}id"))
            target = related.get(next(ids, ""))
            if target is not None and not target[2]:
                parts[node.get("name") or ""] = target[1]
    return parts


def links_of(package: Package, part: str) -> Iterator[tuple[str, str]]:
    """The cells of a sheet that lead to an address, each with it: ("B2", "http://…"). Raises Unreadable."""
    related = package.related(part)
    if not any(outside for _, _, outside in related.values()):
        return
    for number, match in enumerate(_LINK.finditer(package.part(part))):
        ref, relation = _REF.search(match[0]), _ID.search(match[0])
        target = related.get(unescape(relation[1].decode("utf-8", "replace"))) if relation else None
        if number >= _MOST_LINKS:
            return
        if ref and target is not None and target[2]:
            yield ref[1].decode("ascii"), target[1]
