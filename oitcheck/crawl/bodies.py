"""Bodies as they come over the wire: counted, and inflated no further than allowed."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator


class BodyTooLarge(Exception):
    """More bytes than allowed, on the wire or inflated."""


class BodyIncomplete(Exception):
    """A compressed body that ends before its end."""


class BodyNotDecodable(Exception):
    """A content encoding we did not ask for, or bytes that are not in it."""


async def read_body(pieces: AsyncIterator[bytes], *, encoding: str, max_bytes: int) -> bytes:
    """The decoded body, at most `max_bytes` long before and after inflation.

    Raises BodyTooLarge, BodyIncomplete or BodyNotDecodable, and whatever `pieces` raises.
    """
    inflater = _inflater(encoding, max_bytes)
    out = bytearray()
    raw_bytes = 0
    async for piece in pieces:
        raw_bytes += len(piece)
        if raw_bytes > max_bytes:
            raise BodyTooLarge(f"more than {max_bytes} bytes")
        out += inflater.feed(piece, max_bytes - len(out)) if inflater else piece
    if inflater and raw_bytes and not inflater.is_complete:
        raise BodyIncomplete("compressed body ends too early")
    return bytes(out)


def _inflater(encoding: str, max_bytes: int) -> _Inflater | None:
    names = [name.strip().lower() for name in encoding.split(",") if name.strip()]
    names = [name for name in names if name not in ("identity", "none", "utf-8")]
    if not names:
        return None
    if len(names) > 1 or names[0] not in ("gzip", "x-gzip", "deflate"):
        raise BodyNotDecodable(f"content-encoding {encoding}")
    return _Inflater(names[0], max_bytes)


class _Inflater:
    """Inflates piece by piece; stops as soon as the output is longer than allowed."""

    def __init__(self, name: str, max_bytes: int) -> None:
        self._name = name
        self._max_bytes = max_bytes
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 32)
        self._fed = b""  # kept while nothing came out, to begin again as raw deflate

    @property
    def is_complete(self) -> bool:
        return self._stream.eof

    def feed(self, piece: bytes, room_bytes: int) -> bytes:
        out = b""
        while piece:
            try:
                out += self._stream.decompress(piece, room_bytes - len(out) + 1)
            except zlib.error as error:
                piece = self._begin_again(piece, out, error)
                continue
            if len(out) > room_bytes:
                raise BodyTooLarge(f"inflates to more than {self._max_bytes} bytes")
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
