"""Who holds a round: this very process, told apart from all others, so that a dead one holds nothing.

There is one keeper of leases: a thread that renews, waits for a database that is away, and tells when a hold is lost.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from oitcheck.errors import RunBusyError, StoreError
from oitcheck.store.records import Store

log = logging.getLogger(__name__)

HOLD_SECONDS = 300.0
_RENEWALS_PER_HOLD = 5


@dataclass(slots=True)
class Hold:
    """A lease while it is kept. `lost` is set, and `error` says to whom, when another holds it by now."""

    lost: threading.Event = field(default_factory=threading.Event)
    error: RunBusyError | None = None


@contextmanager
def held(store: Store, name: str, clock: Callable[[], datetime], seconds: float = HOLD_SECONDS) -> Iterator[Hold]:
    """Hold `name` while the block runs.

    Raises RunBusyError when another holds it; a process of this machine that has died holds nothing. A database that
    does not answer for a while is waited for: as long as nobody took the lease meanwhile, nothing is lost.
    """
    lease = store.hold_round(name, own_name(), clock(), seconds, has_died)
    ended, hold = threading.Event(), Hold()

    def keep() -> None:
        nonlocal lease
        while not ended.wait(seconds / _RENEWALS_PER_HOLD):
            try:
                lease = store.renew_round(lease, clock(), seconds)
            except RunBusyError as error:
                log.error("the hold on %s was lost: %s", name, error.what)
                hold.error = error
                hold.lost.set()
                return
            except StoreError as error:
                log.warning("the hold on %s could not be renewed: %s", name, error.what)

    keeper = threading.Thread(target=keep, name=f"hold {name}", daemon=True)
    keeper.start()
    try:
        yield hold
    finally:
        ended.set()
        keeper.join()
        with contextlib.suppress(StoreError):  # where the database is gone, the lease lapses by itself
            store.release_round(lease)


def own_name() -> str:
    """`host:pid:boot:namespace:tick`, which no other process ever has; `host:pid:` where /proc does not tell."""
    return f"{socket.gethostname()}:{os.getpid()}:{':'.join(filter(None, (_place(), _tick(os.getpid()))))}"


def has_died(holder: str) -> bool:
    """Whether a holder is certain to be gone: it was a process of this machine, and is no more.

    Of another machine's processes, or of another container's, nothing is known; their hold lapses by itself.
    """
    parts = holder.split(":")
    if len(parts) != 5 or parts[0] != socket.gethostname() or not parts[1].isdecimal() or not _place():
        return False
    host_boot, namespace = _place().split(":")
    if parts[2] != host_boot:
        return True  # the machine was started anew since
    return parts[3] == namespace and _tick(int(parts[1])) != parts[4]


def _place() -> str:
    """The boot of the machine and the namespace of our processes; "" where that is not known."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        namespace = os.readlink("/proc/self/ns/pid")
    except (OSError, ValueError):
        return ""
    return f"{boot[:13]}:{namespace.strip('pid:[]')}"


def _tick(pid: int) -> str:
    """When a process was started, in ticks of the machine; "" when there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return ""
    # A zombie has ended: it only waits to be noticed.
    return "" if fields[0] in "ZX" else fields[19]
