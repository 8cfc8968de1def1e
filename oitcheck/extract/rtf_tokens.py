"""RTF bytes → a flat run of tokens. Nothing nests here, so that groups may lie as deep as they like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})?\ ?"
    rb"|\\'(?P<code>[0-9a-fA-F]{2})"
    rb"|\\(?P<symbol>[^a-zA-Z])"
    rb"|(?P<brace>[{}])"
    rb"|(?P<text>[^\\{}\r\n]+)"
    rb"|[\r\n]+|\\",
    re.DOTALL,
)
# Control symbols that stand for a character.
_SYMBOLS = {b"~": "\u00a0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}"}


class Token(NamedTuple):
    """One token: `kind` is open, close, word, text (bytes in the code page of the moment) or char (a character).

    `number` is the parameter of a control word, None without one.
    """

    kind: str
    name: str = ""
    number: int | None = None
    raw: bytes = b""


_OPEN, _CLOSE = Token("open"), Token("close")


def tokens(body: bytes) -> Iterator[Token]:
    """The tokens of an RTF text; binary data of pictures and objects (`bin`) are left out."""
    at = 0
    while found := _TOKEN.match(body, at):
        at = found.end()
        if found["text"] is not None:
            yield Token("text", raw=found["text"])
        elif found["brace"] is not None:
            yield _OPEN if found["brace"] == b"{" else _CLOSE
        elif found["code"] is not None:
            yield Token("text", raw=bytes.fromhex(found["code"].decode("ascii")))
        elif found["word"] is not None:
            name = found["word"].decode("ascii")
            number = int(found["number"]) if found["number"] is not None else None
            if name == "bin":
                at = min(len(body), at + max(0, number or 0))
                continue
            yield Token("word", name, number)
        elif found["symbol"] is not None:
            symbol = found["symbol"]
            if symbol == b"*":
                yield Token("word", "*")
            elif symbol in (b"\r", b"\n"):
                yield Token("word", "par")
            elif symbol in _SYMBOLS:
                yield Token("char", _SYMBOLS[symbol])
