"""Readers in processes of their own, which may hang, swell or crash without harm to the program. Unix only."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import pickle
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from oitcheck.errors import OitcheckError
from oitcheck.extract.kept_readings import STOPPED
from oitcheck.extract.limits import ExtractLimits
from oitcheck.model.evidence import BlindReason, BlindSpot, Capture, Document, Picture

if TYPE_CHECKING:  # the reading libraries are imported by the children
    from oitcheck.extract.ocr_page import ScanPage

Read = tuple[Document | BlindSpot, ...]

# Libraries leak; a child that has read this many files makes room for a fresh one.
_FILES_PER_CHILD = 200
_RESULT_BYTES_MOST = 256 * 1024 * 1024
# Starting a child imports every reading library; this is no part of a file's time.
_START_SECONDS = 60.0
_STOPPED_MEMBERS_MOST = 3
_STOP_SECONDS = 2.0


class Readers:
    """A pool of reading processes, used with `async with`. `workers` 0 reads in this process, without its protection.

    Results do not depend on the number of workers. What goes wrong with a file is a blind spot: TOO_SLOW beyond
    `limits.seconds`, TOO_LARGE beyond `limits.memory_bytes`, CORRUPT when its reader crashed.
    """

    def __init__(self, workers: int, limits: ExtractLimits) -> None:
        self._workers = max(0, workers)
        self._limits = limits
        self._idle: asyncio.Queue[_Child] = asyncio.Queue()
        self._children: list[_Child] = []
        self._threads: ThreadPoolExecutor | None = None

    async def __aenter__(self) -> Self:
        if self._workers:
            self._threads = ThreadPoolExecutor(self._workers, thread_name_prefix="oitcheck-reader")
        for _ in range(self._workers):
            child = _Child(self._limits)
            self._children.append(child)
            self._idle.put_nowait(child)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        children, self._children = self._children, []
        threads, self._threads = self._threads, None
        if threads is not None:
            await asyncio.shield(asyncio.get_running_loop().run_in_executor(threads, _stop_all, children))
            threads.shutdown(wait=False)

    @property
    def limits(self) -> ExtractLimits:
        """What reading one file may cost."""
        return self._limits

    async def read(self, capture: Capture, body: bytes, scans: Mapping[int, ScanPage] | None = None) -> Read:
        """The documents and blind spots of one capture; `scans` are pages of it that OCR has read."""
        pages = dict(scans or {})
        if not self._workers:
            from oitcheck.extract.read import read

            return read(capture, body, self._limits, pages)
        found = await self._asked(("read", capture, body, pages))
        if isinstance(found, BlindReason):
            members = await self._by_member(capture, body, pages)
            return members or (BlindSpot(capture, found, detail=STOPPED),)
        answer: Read = found
        return answer

    async def _by_member(self, capture: Capture, body: bytes, pages: dict[int, ScanPage]) -> Read:
        """What the members of an archive give that could not be read at one go; nothing for what is no archive.

        After a few members that stop the process the others are not tried: they would cost their whole time each.
        """
        told = await self._asked(("members", capture, body)) if body[:2] == b"PK" else ((), ())
        members, spots = ((), ()) if isinstance(told, BlindReason) else told
        found: list[Document | BlindSpot] = []
        stopped = 0
        for member in members:
            reason: Any = BlindReason.TOO_SLOW
            if stopped < _STOPPED_MEMBERS_MOST:
                reason = await self._asked(("member", capture, body, member.number, pages))
            if isinstance(reason, BlindReason):
                stopped += 1
                found.append(BlindSpot(capture, reason, member.place(), STOPPED))
            else:
                found += reason
        return (*found, *spots)

    async def picture(self, sha256: str, body: bytes) -> Picture | None:
        """What the pixels of a picture tell; None when it cannot be opened within the limits."""
        if not self._workers:
            from oitcheck.extract.image import picture

            return picture(sha256, body, self._limits)
        found = await self._asked(("picture", sha256, body))
        return None if isinstance(found, BlindReason) else found

    async def scan(self, body: bytes, number: int) -> ScanPage | None:
        """Page `number` of a PDF, or the picture, read by OCR; None where there is no tesseract."""
        from oitcheck.extract.ocr import failed, scan_of

        if not self._workers:
            return scan_of(body, number, self._limits)
        found = await self._asked(("scan", number, body), self._limits.ocr_seconds)
        return failed(found) if isinstance(found, BlindReason) else found

    async def _asked(self, request: tuple[Any, ...], seconds: float = 0.0) -> Any:
        child = await self._idle.get()
        try:
            # Shielded: a cancelled caller must not leave a thread talking to a child that another caller is given.
            work = asyncio.get_running_loop().run_in_executor(self._threads, child.answer, request, seconds)
            try:
                return await asyncio.shield(work)
            except asyncio.CancelledError:
                child.interrupt()
                with contextlib.suppress(Exception):
                    await work
                raise
        finally:
            self._idle.put_nowait(child)


class _Child:
    """One reading process, started when first needed and replaced when it died or served its time."""

    def __init__(self, limits: ExtractLimits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._served = 0

    def answer(self, request: tuple[Any, ...], seconds: float = 0.0) -> Any:
        """The child's answer within `seconds` (0: those for a file), or the BlindReason for which there is none.

        Blocks; called in a thread.
        """
        pipe = self._ready()
        try:
            pipe.send_bytes(pickle.dumps(request, protocol=pickle.HIGHEST_PROTOCOL))
            if not pipe.poll(seconds or self._limits.seconds):
                self.kill()
                return BlindReason.TOO_SLOW
            raw = pipe.recv_bytes(_RESULT_BYTES_MOST)
        except (EOFError, OSError):
            return self._why_dead()
        self._served += 1
        if self._served >= _FILES_PER_CHILD:
            self.stop()
        return pickle.loads(raw)  # noqa: S301 - written by our own child, which only ever pickles model objects

    def interrupt(self) -> None:
        """Ends the process under the feet of the thread that waits for it, which then sees a closed pipe."""
        process = self._process
        if process is not None and process.returncode is None:
            # Its own session: programs that it started (antiword, tesseract) end with it.
            with contextlib.suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)

    def kill(self) -> None:
        """Ends the process at once."""
        self.interrupt()
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        self._served = 0
        if process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_SECONDS)
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()

    def stop(self) -> None:
        """Lets the process end by itself, and ends it when it does not."""
        if self._process is not None and self._pipe is not None:
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                self._pipe.send_bytes(b"")
                self._process.wait(_STOP_SECONDS)
        self.kill()

    def _ready(self) -> Connection:
        """The pipe to a living process, started if need be. Raises OitcheckError when none starts."""
        if self._pipe is not None and self._process is not None and self._process.poll() is None:
            return self._pipe
        self.kill()
        ours, theirs = socket.socketpair()
        with theirs:
            # Not multiprocessing: its children run the main module of the program again.
            self._process = subprocess.Popen(
                [sys.executable, "-c", _CHILD_CODE, json.dumps(sys.path), str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        pipe = self._pipe = Connection(ours.detach())
        with contextlib.suppress(EOFError, OSError):
            pipe.send_bytes(pickle.dumps(self._limits))
            if pipe.poll(_START_SECONDS) and pipe.recv_bytes() == b"ready":
                return pipe
        code = self._process.poll()
        self.kill()
        raise OitcheckError(
            f"a reading process does not start (exit code {code})",
            where=sys.executable,
            remedy="See its message on stderr; extract.memory_bytes may be too small for the reading libraries.",
        )

    def _why_dead(self) -> BlindReason:
        code = None
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = self._process.wait(_STOP_SECONDS)
        self.kill()
        return BlindReason.TOO_LARGE if code in _OUT_OF_MEMORY else BlindReason.CORRUPT


_CHILD_CODE = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from oitcheck.extract.isolation import serve
serve(int(sys.argv[2]))
"""
_EXIT_MEMORY = 77
# Libraries in Rust and C++ abort when they are given no more memory; the system kills.
_OUT_OF_MEMORY = (_EXIT_MEMORY, -signal.SIGABRT, -signal.SIGKILL)


def serve(descriptor: int) -> None:
    """The life of a reading process: the limits, then one answer for each request, until the pipe closes."""
    pipe = Connection(descriptor)
    logging.disable(logging.CRITICAL)  # what libraries complain about is no message for the user
    from oitcheck.extract.image import picture
    from oitcheck.extract.ocr import scan_of
    from oitcheck.extract.read import members, read, read_member

    limits: ExtractLimits = pickle.loads(pipe.recv_bytes())  # noqa: S301 - written by our own parent
    _limit_memory(limits.memory_bytes)
    pipe.send_bytes(b"ready")
    # From here on only libraries write there, on what hostile bytes made of them.
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    while True:
        try:
            raw = pipe.recv_bytes()
            if not raw:
                return
            kind, subject, body, *more = pickle.loads(raw)  # noqa: S301
            del raw
            answer: Any
            if kind == "read":
                answer = read(subject, body, limits, *more)
            elif kind == "members":
                answer = members(subject, body)
            elif kind == "member":
                answer = read_member(subject, body, limits, *more)
            else:
                answer = scan_of(body, subject, limits) if kind == "scan" else picture(subject, body, limits)
            packed = pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL)
            if len(packed) > _RESULT_BYTES_MOST:
                packed = pickle.dumps(BlindReason.TOO_LARGE)
            pipe.send_bytes(packed)
        except (EOFError, OSError):
            return
        except MemoryError:
            os._exit(_EXIT_MEMORY)


def _limit_memory(memory_bytes: int) -> None:
    try:
        import resource
    except ImportError:  # not a Unix: the limit of time has to do
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _stop_all(children: Iterable[_Child]) -> None:
    for child in children:
        child.stop()
