"""Kept bytes: one compressed file for each sha256, whoever served them and however often."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import zstandard

from oitcheck.errors import RecordError, StoreError
from oitcheck.store.refusal import folder_refusal

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LEVEL = 3
_DAMAGED = ".damaged"


class Bodies:
    """The folder `captures` of a data folder. Files appear whole or not at all, and are never changed.

    What a disk or a hand has damaged since is kept anew when the same bytes come again.
    """

    def __init__(self, data_dir: Path, *, least_free_bytes: int = 0) -> None:
        self._folder = data_dir / "captures"
        self._least_free_bytes = least_free_bytes

    def put(self, body: bytes) -> str:
        """Keep `body` and return its sha256 (lower-case hex); a damaged copy of it is replaced.

        Raises StoreError, leaving nothing half-written.
        """
        sha256 = hashlib.sha256(body).hexdigest()
        path = self._path(sha256)
        if not _holds(path, body):
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                require_free(path.parent, self._least_free_bytes)
                _write(path, zstandard.ZstdCompressor(level=_LEVEL).compress(body))
            except OSError as error:
                raise folder_refusal(error, str(path)) from error
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes kept under `sha256`.

        Raises RecordError when they are missing or no longer the same, StoreError when nothing can be read there.
        """
        path = self._path(sha256)
        remedy = "Restore this file from a backup; findings that rest on it stand, but cannot be made again."
        try:
            packed = path.read_bytes()
        except FileNotFoundError as error:
            raise RecordError("the kept copy is missing", where=str(path), remedy=remedy) from error
        except OSError as error:
            if error.errno == errno.EIO:
                raise RecordError("the kept copy is damaged", where=str(path), remedy=remedy) from error
            raise folder_refusal(error, str(path)) from error
        try:
            body = zstandard.ZstdDecompressor().decompress(packed)
        except (zstandard.ZstdError, MemoryError) as error:
            raise RecordError("the kept copy is damaged", where=str(path), remedy=remedy) from error
        if hashlib.sha256(body).hexdigest() != sha256:
            raise RecordError("the kept copy was changed: it no longer has its hash", where=str(path), remedy=remedy)
        return body

    def sound(self, sha256: str) -> bytes:
        """The same, for whoever may write: a damaged file is set aside under another name.

        So the next run does not ask only whether the address changed: it retrieves the body, and keeps it anew.
        """
        try:
            return self.get(sha256)
        except RecordError as error:
            if not isinstance(error.__cause__, OSError | MemoryError):
                path = self._path(sha256)
                with suppress(OSError):
                    path.replace(path.with_name(path.name + _DAMAGED))
            raise

    def has(self, sha256: str) -> bool:
        """Whether something is kept under `sha256` (without reading it)."""
        try:
            return self._path(sha256).stat().st_size > 0
        except OSError:
            return False

    def _path(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise StoreError(f"{sha256!r} is no sha256", where=str(self._folder), remedy="Give 64 digits 0-9 and a-f.")
        return self._folder / sha256[:2] / sha256[2:4] / f"{sha256}.zst"


def require_free(folder: Path, least_free_bytes: int) -> None:
    """Raises StoreError when less than `least_free_bytes` are free on the disk of `folder` (which must exist)."""
    free_bytes = shutil.disk_usage(folder).free
    if free_bytes < least_free_bytes:
        raise StoreError(
            f"only {free_bytes // 2**20} MiB are free, {least_free_bytes // 2**20} MiB must stay free",
            where=str(folder),
            remedy="Free some space, move storage.data_dir, or lower storage.least_free_bytes.",
        )


def _holds(path: Path, body: bytes) -> bool:
    """Whether a file holds these bytes. A file that cannot be read does not."""
    try:
        return zstandard.ZstdDecompressor().decompress(path.read_bytes()) == body
    except (OSError, zstandard.ZstdError, MemoryError):
        return False


def _write(path: Path, content: bytes) -> None:
    """Under a name of its own first, so that no reader and no crash ever sees half a file."""
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
