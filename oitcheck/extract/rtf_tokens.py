"""RTF bytes → a flat run of tokens. Nothing nests here, so that groups may lie as deep as they like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from oitcheck.extract.package import Unreadable
from oitcheck.model.evidence import BlindReason

_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})?\ ?"
    rb"|\\'(?P<code>[0-9a-fA-F]{2})"
    rb"|\\(?P<symbol>[^a-zA-Z])"
    rb"|(?P<brace>[{}])"
    rb"|(?P<text>[^\\{}\r\n]+)"
    rb"|[\r\n]+|\\",
    re.DOTALL,
)
# What tells where a group ends: braces that are none of the text, and binary data.
_EDGE = re.compile(rb"\\bin(?P<bytes>\d{1,10})\ ?|\\.|(?P<brace>[{}])", re.DOTALL)
# Control symbols that stand for a character.
_SYMBOLS = {b"~": "\u00a0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}"}


# No program nests groups so deep; beyond it the file is made to break readers.
DEEPEST = 1_000


def too_deep() -> Unreadable:
    return Unreadable(BlindReason.CORRUPT, "groups nested too deep")


class Token(NamedTuple):
    """One token: `kind` is open, close, word, text (bytes in the code page of the moment) or char (a character).

    `number` is the parameter of a control word, None without one.
    """

    kind: str
    name: str = ""
    number: int | None = None
    raw: bytes = b""


_OPEN, _CLOSE = Token("open"), Token("close")


class Tokens:
    """Iterates over the tokens of an RTF text; binary data of pictures and objects (`bin`) are left out."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def skip_group(self) -> None:
        """Go to the end of the group of the moment, which the next token closes. Raises Unreadable in too deep ones."""
        depth = 0
        while found := _EDGE.search(self._body, self._at):
            if found["brace"] == b"}":
                if not depth:
                    self._at = found.start()
                    return
                depth -= 1
            elif found["brace"] is not None:
                depth += 1
                if depth > DEEPEST:
                    raise too_deep()
            self._at = found.end() + int(found["bytes"] or 0)
        self._at = len(self._body)

    def __iter__(self) -> Iterator[Token]:
        while found := _TOKEN.match(self._body, self._at):
            self._at = found.end()
            token = self._token(found)
            if token is not None:
                yield token

    def _token(self, found: re.Match[bytes]) -> Token | None:
        kind = found.lastgroup
        if kind == "text":
            return Token("text", "", None, found[0])
        if kind == "code":
            return Token("text", "", None, bytes.fromhex(found["code"].decode("ascii")))
        if kind == "brace":
            return _OPEN if found[0] == b"{" else _CLOSE
        if kind in ("word", "number"):
            name = found["word"].decode("ascii")
            number = int(found["number"]) if kind == "number" else None
            if name != "bin":
                return Token("word", name, number)
            self._at = min(len(self._body), self._at + max(0, number or 0))
        symbol = found["symbol"]
        if symbol == b"*":
            return Token("word", "*")
        if symbol in (b"\r", b"\n"):
            return Token("word", "par")
        return Token("char", _SYMBOLS[symbol]) if symbol in _SYMBOLS else None
