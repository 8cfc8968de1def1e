"""What a run left to its next start, and why: a limit of the run, or an agency that could not be checked.

One agency that breaks the program must not cost the others their night. What concerns all of them (a full disk, a
database that is gone) still ends the run.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from oitcheck.errors import OitcheckError, RecordError, StoreError
from oitcheck.lib.urls import host_of, is_on
from oitcheck.model.agency import Agency, Submission
from oitcheck.store.records import RunRecord, Store
from oitcheck.store.refusal import folder_refusal

LIMIT = "limit of the run"
_REASON_LENGTH = 200
# What is refused to one is refused to all: disk, quota, memory, open files.
_OF_ALL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.ENOMEM, errno.EMFILE, errno.ENFILE))

# What Python says when the system has no thread to give; there is no class of its own for it.
_NO_THREAD = "can't start new thread"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One address left out: `url` "" where an agency without one was, `reason` LIMIT or what went wrong."""

    url: str
    agency_id: str
    reason: str


def concerns_all(error: Exception) -> bool:
    """Whether what went wrong with one agency will go wrong with every other."""
    if isinstance(error, OitcheckError):
        return not isinstance(error, RecordError)
    if isinstance(error, OSError):
        return error.errno in _OF_ALL
    return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and _NO_THREAD in str(error))


def refuse_all(error: Exception, where: str) -> NoReturn:
    """Raise what `concerns_all` as an OitcheckError; `where` names the data folder."""
    if isinstance(error, OitcheckError):
        raise error
    if isinstance(error, OSError):
        raise folder_refusal(error, where) from error
    what = (
        "the memory of the machine is used up" if isinstance(error, MemoryError) else "no more threads can be started"
    )
    remedy = (
        "End other programs, raise their limit, or set extract.workers lower; the same command goes on with the run."
    )
    raise StoreError(what, where=where, remedy=remedy) from error


def reason_of(error: Exception) -> str:
    """What went wrong, in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split()).rstrip(": ")[:_REASON_LENGTH]


def addresses_of(agency: Agency, submissions: Iterable[Submission]) -> tuple[str, ...]:
    """The submitted addresses that are left; of an agency with none its home page, or its id where it has none.

    Empty only without submissions: what nobody handed in is to be judged too.
    """
    left = tuple(submissions)
    urls = tuple(dict.fromkeys(url for submission in left for url in submission.urls))
    if urls or not left:
        return urls
    return (f"http://{agency.hosts[0]}/",) if agency.hosts else (agency.id,)


def broken_entry(agency: Agency, left: Sequence[Submission], reason: str) -> dict[str, Any]:
    """What a run keeps of an agency that could not be checked, as `RunRecord.broken` gives it."""
    return {"reason": reason, "left_out": list(addresses_of(agency, left)), "submissions": len(left)}


def left_out_of(store: Store, record: RunRecord) -> tuple[LeftOut, ...]:
    """What a run left out, in the order in which it was left."""
    agencies = store.agencies(record.run.id)
    ids = {agency.id for agency in agencies}
    owners = {url: s.agency_id for s in store.submissions(record.run.id) for url in s.urls}
    found = []
    for url in record.options.get("left_out", ()):
        owner = url if url in ids else owners.get(url) or _owner(url, agencies)
        reason = str(record.broken[owner]["reason"]) if owner in record.broken else LIMIT
        found.append(LeftOut("" if url in ids else url, owner, reason))
    return tuple(found)


def _owner(url: str, agencies: Iterable[Agency]) -> str:
    return next((agency.id for agency in agencies if host_of(url) and is_on(url, agency.hosts)), "")
