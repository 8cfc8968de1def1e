"""How much memory a process and all that it started hold, as Linux tells it."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

_PROC = Path("/proc")


def memory_bytes(pid: int) -> int:
    """The memory of a process and its descendants, what they share counted once where the system tells; 0 where it
    tells nothing (no such process, no `/proc`)."""
    children: dict[int, list[int]] = defaultdict(list)
    for folder in _PROC.glob("[0-9]*"):
        try:
            # The name stands in brackets and may hold anything; the parent is the second field after it.
            parent = int((folder / "stat").read_text("latin-1").rsplit(")", 1)[1].split()[1])
        except (OSError, ValueError, IndexError):  # it ended meanwhile
            continue
        children[parent].append(int(folder.name))
    total, waiting, seen = 0, [pid], set[int]()
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            total += _own_bytes(current)
            waiting += children[current]
    return total


def _own_bytes(pid: int) -> int:
    for name, field in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
        try:
            text = (_PROC / str(pid) / name).read_text("latin-1")
        except OSError:
            continue
        for line in text.splitlines():
            if line.startswith(field):
                return int(line.split()[1]) * 1024
    return 0
