"""Whether a run is of all agencies of its round, or only of some: the newest run is not always the whole picture."""

from __future__ import annotations

from dataclasses import dataclass

from oitcheck.store.records import RunRecord, Store


@dataclass(frozen=True, slots=True)
class Partial:
    """A run of `held` of `all_agencies` agencies; `whole_run` is the newest of its round that has them all, or ""."""

    held: int
    all_agencies: int
    whole_run: str


def partial(store: Store, record: RunRecord) -> Partial | None:
    """What a run lacks; None when no run of its round has more agencies, nor the register that its round names."""
    own = {a.id for a in store.agencies(record.run.id)}
    largest, whole = own, ""
    for other in store.runs():
        if (other.run.year_be, other.run.round_id) != (record.run.year_be, record.run.round_id):
            continue
        ids = {a.id for a in store.agencies(other.run.id)}
        if len(ids) > len(largest):
            largest, whole = ids, other.run.id
    registered = {
        a.id for a in store.registered_agencies(record.run.year_be) if a.round_id in ("", record.run.round_id)
    }
    if len(registered) > len(largest):
        largest, whole = registered, ""
    return Partial(len(own), len(largest), whole) if len(largest) > len(own) else None
