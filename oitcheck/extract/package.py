"""Zip packages (docx, pptx, odt, odp) opened within limits: their parts and the XML in them."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from oitcheck.model.evidence import BlindReason

MOST_PARTS = 20_000
MOST_XML_BYTES = 60_000_000
_MOST_BYTES = 300_000_000
_MOST_PICTURE_BYTES = 60_000_000
_ENCRYPTED = 0x1
_MANIFEST = "META-INF/manifest.xml"
_MOST_MANIFEST_BYTES = 5_000_000
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"

# What zipfile and its decompressors raise for broken, cut and unknown archives.
ZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError, RuntimeError, NotImplementedError,
)  # fmt: skip


def most_names(body: bytes) -> int:
    """At least as many as an archive has names: to open one of very many takes seconds and much memory."""
    return body.count(b"PK\1\2")


class Unreadable(Exception):
    """A file, or a part of it, cannot be read. `reason` says why; never leaves this package."""

    def __init__(self, reason: BlindReason, detail: str = "") -> None:
        super().__init__(detail or reason.value)
        self.reason = reason
        self.detail = detail


class Package:
    """A zip package in memory. Raises Unreadable when it is broken, or larger than any paper of an agency."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        if most_names(body) > MOST_PARTS:
            raise Unreadable(BlindReason.TOO_LARGE, "parts of the package")
        try:
            with zipfile.ZipFile(BytesIO(body)) as archive:
                self._sizes = {info.filename: info.file_size for info in archive.infolist()}
        except ZIP_ERRORS as error:
            raise Unreadable(BlindReason.CORRUPT, f"{type(error).__name__}: {error}") from error
        total = sum(self._sizes.values())
        if total > _MOST_BYTES:
            raise Unreadable(BlindReason.TOO_LARGE, f"{total} bytes unpacked")
        xml = sum(size for name, size in self._sizes.items() if name.endswith((".xml", ".rels")))
        if xml > MOST_XML_BYTES:
            raise Unreadable(BlindReason.TOO_LARGE, f"{xml} bytes of XML")

    def __contains__(self, name: str) -> bool:
        return name in self._sizes

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._sizes)

    def part(self, name: str, most: int = MOST_XML_BYTES) -> bytes:
        """The bytes of a part; b"" when there is none. Raises Unreadable when it is broken, locked or too large."""
        if name not in self._sizes:
            return b""
        try:
            with zipfile.ZipFile(BytesIO(self._body)) as archive:
                info = archive.getinfo(name)
                if info.flag_bits & _ENCRYPTED:
                    raise Unreadable(BlindReason.ENCRYPTED)
                if info.file_size > most:
                    raise Unreadable(BlindReason.TOO_LARGE, f"{name}: {info.file_size} bytes")
                return archive.read(info)  # zipfile inflates no more than the size that is told
        except ZIP_ERRORS as error:
            raise Unreadable(BlindReason.CORRUPT, f"{name}: {type(error).__name__}: {error}") from error

    def xml(self, name: str) -> Any:
        """The root element of an XML part; None when there is none. Raises Unreadable when it is none that parses."""
        body = self.part(name)
        return parsed(body, name) if body else None

    def picture(self, name: str) -> Callable[[], bytes]:
        """What gives the bytes of a picture when asked; b"" for one that is broken."""
        return partial(self._picture, name)

    def _picture(self, name: str) -> bytes:
        try:
            return self.part(name, _MOST_PICTURE_BYTES)
        except Unreadable:
            return b""

    def related(self, name: str) -> dict[str, tuple[str, str, bool]]:
        """What a part is related to by id: the kind of relation, its target, and whether that lies outside.

        The target of one that lies inside is the name of a part.
        """
        folder, _, file = name.rpartition("/")
        root = self.xml(f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels")
        found = {}
        for node in root.iter(_RELATIONS) if root is not None else ():
            outside = node.get("TargetMode") == "External"
            target = node.get("Target") or ""
            if not outside:
                target = target[1:] if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
            found[node.get("Id") or ""] = ((node.get("Type") or "").rpartition("/")[2], target, outside)
        return found


_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)")


def parsed(body: bytes, name: str) -> Any:
    """The root of an XML text. Entities are never expanded, nothing is fetched. Raises Unreadable."""
    refuse_doctype(body, name)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(BlindReason.CORRUPT, f"{name}: {error}") from error


def is_locked(body: bytes) -> bool:
    """Whether an OpenDocument file wants a password. False for what is none."""
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive:
            info = archive.getinfo(_MANIFEST)
            return info.file_size <= _MOST_MANIFEST_BYTES and b"encryption-data" in archive.read(info)
    except ZIP_ERRORS:
        return False


def refuse_doctype(body: bytes, name: str) -> None:
    """Raise Unreadable for XML with a document type: no office program writes one, it serves entities that grow."""
    if _DOCTYPE.search(body[:4096]):
        raise Unreadable(BlindReason.CORRUPT, f"{name}: document type in XML")


def local(node: Any) -> str:
    """The name of an element without its namespace; "" for comments and instructions."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def attribute(node: Any, name: str) -> str:
    """The attribute with this local name, whatever its namespace; "" when there is none."""
    return next((str(value) for key, value in node.attrib.items() if key.rpartition("}")[2] == name), "")
