"""What a run has retrieved, written down as each retrieval ends; and what earlier runs retrieved, to compare with."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from oitcheck.model.evidence import Capture
from oitcheck.model.finding import Run
from oitcheck.pipeline.left_out import concerns_all
from oitcheck.store.records import Store

# As a robots.txt binds or not; as a browser showed it, how it looked there, and what it was made of.
Way = Literal["submitted", "linked", "rendered", "screenshot", "parts"]


def address_of(url: str, way: Way) -> str:
    """The key under which the retrieval of a URL is kept."""
    return hashlib.sha256(f"{way} {url}".encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Before:
    """How an address ended last in an earlier run, and the last time that its body was had."""

    last: Capture | None = None
    body: Capture | None = None


class Ledger:
    """The retrievals of one run. Use it as an async context manager.

    `keep` returns when the retrieval is safe in the database: whatever kills the program afterwards, the run that goes
    on does not ask again. Those that end together are written together.
    """

    def __init__(self, store: Store, run: Run) -> None:
        self._store = store
        self._run_id = run.id
        # Another version may see an outcome otherwise in the same bytes: after an upgrade everything is asked for anew.
        self._version = run.version
        self._own: dict[str, Capture] = {}
        self._before: dict[str, asyncio.Future[dict[str, Capture]]] = {}
        self._waiting: list[tuple[tuple[str, str, Capture], asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Ledger:
        self._own = await asyncio.to_thread(self._store.retrievals, self._run_id)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._writer is not None:
            await asyncio.wait([self._writer])

    def own(self, address: str) -> Capture | None:
        """What this run retrieved there before it was interrupted."""
        return self._own.get(address)

    async def before(self, address: str, agency_id: str) -> Before:
        """What earlier runs retrieved there."""
        if agency_id not in self._before:
            work = asyncio.to_thread(self._store.last_retrievals, agency_id, self._run_id, self._version)
            self._before[agency_id] = asyncio.ensure_future(work)
        last = (await self._before[agency_id]).get(address)
        earlier = partial(self._store.last_retrieval, address, self._run_id, self._version)
        if last is None:
            last = await asyncio.to_thread(earlier)
        if last is None or (last.outcome.is_ok and last.sha256):
            return Before(last, last)
        return Before(last, await asyncio.to_thread(earlier, with_body=True))

    def forget(self, agency_id: str) -> None:
        """Let go of an agency's earlier retrievals: it is done."""
        self._before.pop(agency_id, None)

    async def keep(self, address: str, agency_id: str, capture: Capture) -> None:
        """Write down how a retrieval ended. Raises StoreError."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(((address, agency_id, capture), done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        await done

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            error = await self._recorded([entry for entry, _ in batch])
            if error is None or concerns_all(error) or len(batch) == 1:
                errors = [error] * len(batch)
            else:  # one cannot be kept: the others are not to suffer for it
                errors = [await self._recorded([entry]) for entry, _ in batch]
            for (_, done), wrong in zip(batch, errors, strict=True):
                if done.done():
                    continue
                if wrong is None:
                    done.set_result(None)
                else:  # told to each of those who wait for it
                    done.set_exception(wrong)

    async def _recorded(self, entries: Sequence[tuple[str, str, Capture]]) -> Exception | None:
        """What prevented these from being kept; None when nothing did."""
        try:
            await asyncio.to_thread(self._record, entries)
        except Exception as error:
            return error
        return None

    def _record(self, entries: Sequence[tuple[str, str, Capture]]) -> None:
        self._store.record_retrievals(self._run_id, entries)
