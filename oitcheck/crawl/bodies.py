"""Bodies as they come over the wire: counted, and inflated no further than allowed."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator

# Text of the web packs to a fiftieth at most; what unpacks to more than this many times its size is made to harm.
MOST_INFLATION = 200
# Below this no harm is done.
INFLATION_MATTERS_BYTES = 4 * 1024 * 1024


class BodyTooLarge(Exception):
    """More bytes than allowed, on the wire or inflated."""


class BodyIncomplete(Exception):
    """A compressed body that ends before its end."""


class BodyNotDecodable(Exception):
    """A content encoding we did not ask for, or bytes that are not in it."""


async def read_body(pieces: AsyncIterator[bytes], *, encoding: str, max_bytes: int) -> bytes:
    """The decoded body, at most `max_bytes` long before and after inflation, and inflated no more than MOST_INFLATION.

    Raises BodyTooLarge, BodyIncomplete or BodyNotDecodable, and whatever `pieces` raises.
    """
    inflater = _inflater(encoding)
    out = bytearray()
    raw_bytes = 0
    async for piece in pieces:
        raw_bytes += len(piece)
        if raw_bytes > max_bytes:
            raise BodyTooLarge(f"more than {max_bytes} bytes")
        if inflater:
            most = min(max_bytes, max(INFLATION_MATTERS_BYTES, raw_bytes * MOST_INFLATION))
            out += inflater.feed(piece, most - len(out))
        else:
            out += piece
    if inflater and raw_bytes and not inflater.is_complete:
        raise BodyIncomplete("compressed body ends too early")
    return bytes(out)


def _inflater(encoding: str) -> _Inflater | None:
    names = [name.strip().lower() for name in encoding.split(",") if name.strip()]
    names = [name for name in names if name not in ("identity", "none", "utf-8")]
    if not names:
        return None
    if len(names) > 1 or names[0] not in ("gzip", "x-gzip", "deflate"):
        raise BodyNotDecodable(f"content-encoding {encoding}")
    return _Inflater(names[0])


class _Inflater:
    """Inflates piece by piece; stops as soon as the output is longer than allowed."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 32)
        self._fed = b""  # kept while nothing came out, to begin again as raw deflate

    @property
    def is_complete(self) -> bool:
        return self._stream.eof

    def feed(self, piece: bytes, room_bytes: int) -> bytes:
        out = b""
        packed_bytes = len(piece)
        while piece:
            try:
                out += self._stream.decompress(piece, room_bytes - len(out) + 1)
            except zlib.error as error:
                piece = self._begin_again(piece, out, error)
                continue
            if len(out) > room_bytes:
                raise BodyTooLarge(f"{packed_bytes} bytes inflate to more than the {room_bytes} allowed")
            piece = self._stream.unconsumed_tail
            if self._stream.eof:
                # Several gzip members may follow one another; anything else after the end is padding.
                piece = self._stream.unused_data
                if not piece.startswith(b"\x1f\x8b"):
                    break
                self._stream = zlib.decompressobj(zlib.MAX_WBITS | 32)
        self._fed = b"-"
        return out

    def _begin_again(self, piece: bytes, out: bytes, error: zlib.error) -> bytes:
        # "deflate" should mean zlib; some servers send the bare stream (RFC 9110, 8.4.1.2).
        if self._name != "deflate" or self._fed or out:
            raise BodyNotDecodable(f"content-encoding {self._name}: {error}") from error
        self._fed = b"-"
        self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        return piece
