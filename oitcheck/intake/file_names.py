"""Names of files as they may be written and told apart: nothing a file system or a terminal would take for more."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from oitcheck.lib.thai_words import words_in

# Most file systems take 255 bytes; a Thai letter is three, and a copy adds words and a number of its own.
_MOST_BYTES = 180
_JOINING = frozenset({"", "และ", "หรือ", "เพื่อ", "ของ", "ใน", "ด้าน"})
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}$")


def safe_name(name: str) -> str:
    """A name without anything that means something to a file system or a terminal, cut where it is too long."""
    tidy = "".join(char for char in name if char.isprintable() and char not in '/\\:*?"<>|\u202e\u202d')
    return cut(tidy.strip(". ")) or "form"


def cut(name: str, most_bytes: int = _MOST_BYTES) -> str:
    """A name of at most so many bytes in UTF-8; its ending (`.xlsx`) stays."""
    if len(name.encode("utf-8", "replace")) <= most_bytes:
        return name
    found = _ENDING.search(name)
    ending = found[0] if found else ""
    stem = name.removesuffix(ending).encode("utf-8", "replace")[: most_bytes - len(ending)]
    return stem.decode("utf-8", "ignore").rstrip(". ") + ending


def cut_at_word(name: str, most_bytes: int) -> str:
    """A name of at most so many bytes in UTF-8 that ends with a whole word."""
    if len(name.encode("utf-8", "replace")) <= most_bytes:
        return name
    kept: list[str] = []
    for word in words_in(name):
        if len("".join((*kept, word)).encode("utf-8", "replace")) > most_bytes:
            break
        kept.append(word)
    while kept and kept[-1].strip() in _JOINING:
        kept.pop()
    return "".join(kept).rstrip(". ") or cut(name, most_bytes)


def apart(names: Iterable[str], taken: set[str]) -> str:
    """The first of the names that is not taken yet, else the last with a number; it is taken then.

    Capitals and the ways to spell a Thai vowel make no other name: some file systems take them for one.
    """
    name = ""
    for name in names:
        if _key(name) not in taken:
            break
    found = _ENDING.search(name)
    ending = found[0] if found else ""
    stem, number = name.removesuffix(ending), 1
    while _key(name) in taken:
        number += 1
        name = f"{stem} ({number}){ending}"
    taken.add(_key(name))
    return name


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
