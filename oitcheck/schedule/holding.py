"""Holding a lease for as long as something takes, renewed from a thread of its own."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from oitcheck.errors import RunBusyError, StoreError
from oitcheck.pipeline.holding import has_died, own_name
from oitcheck.store.records import Store

log = logging.getLogger(__name__)

HOLD_SECONDS = 300.0


@contextmanager
def held(
    store: Store, name: str, clock: Callable[[], datetime], seconds: float = HOLD_SECONDS
) -> Iterator[threading.Event]:
    """Hold `name` while the block runs. Yields an event that is set when the hold was lost to another.

    Raises RunBusyError when another holds it; a process of this machine that has died holds nothing. A database that
    does not answer for a while is waited for.
    """
    lease = store.hold_round(name, own_name(), clock(), seconds, has_died)
    ended, lost = threading.Event(), threading.Event()

    def keep() -> None:
        nonlocal lease
        while not ended.wait(seconds / 5):
            try:
                lease = store.renew_round(lease, clock(), seconds)
            except RunBusyError as error:
                log.error("the hold on %s was lost: %s", name, error.what)
                lost.set()
                return
            except StoreError as error:
                log.warning("the hold on %s could not be renewed: %s", name, error.what)

    keeper = threading.Thread(target=keep, name=f"hold {name}", daemon=True)
    keeper.start()
    try:
        yield lost
    finally:
        ended.set()
        keeper.join()
        with contextlib.suppress(StoreError):
            store.release_round(lease)
