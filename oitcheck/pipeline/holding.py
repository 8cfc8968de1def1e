"""Who holds a round: this very process, told apart from all others, so that a dead one holds nothing."""

from __future__ import annotations

import os
import socket
from pathlib import Path


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
