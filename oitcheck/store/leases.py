"""Leases: who works on a round now. One that is not renewed lapses, so a crashed run holds nothing for long."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import Connection, delete, select, update

from oitcheck.errors import RunBusyError
from oitcheck.store.conflict import insert_missing
from oitcheck.store.tables import lease as leases

SCHEDULE = "schedule"  # the name under which the one scheduler is held

# A hold that ends later than anybody takes one for was written by a clock that was ahead: it binds nobody.
_CLOCK_TOLERANCE_SECONDS = 3600.0
_BANGKOK = timezone(timedelta(hours=7), "Asia/Bangkok")


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on `name` until `expires_at`, an aware UTC instant."""

    name: str
    holder: str
    acquired_at: datetime
    expires_at: datetime


def hold(
    connection: Connection,
    name: str,
    holder: str,
    now: datetime,
    seconds: float,
    has_died: Callable[[str], bool] = lambda _: False,
) -> Lease:
    """Take or prolong the lease. Raises RunBusyError while another holds it, unless `has_died` knows better."""
    expires_at = now + timedelta(seconds=seconds)
    wanted = {"name": name, "holder": holder, "acquired_at": now, "expires_at": expires_at}
    insert_missing(connection, leases, [wanted], leases.c.name)
    # FOR UPDATE: on PostgreSQL two takers of a lapsed lease queue here; SQLite has one writer anyway.
    row = connection.execute(select(leases).where(leases.c.name == name).with_for_update()).mappings().one()
    mine = row["holder"] == holder
    latest = expires_at + timedelta(seconds=_CLOCK_TOLERANCE_SECONDS)
    if not mine and now < row["expires_at"] <= latest and not has_died(row["holder"]):
        raise _busy(row)
    acquired_at = row["acquired_at"] if mine and row["expires_at"] > now else now
    lease = Lease(name, holder, acquired_at, expires_at)
    connection.execute(
        update(leases)
        .where(leases.c.name == name)
        .values(holder=holder, acquired_at=acquired_at, expires_at=expires_at)
    )
    return lease


def renew(connection: Connection, lease: Lease, now: datetime, seconds: float) -> Lease:
    """Prolong a lease we hold. Raises RunBusyError when it lapsed and another took it, or it was released."""
    row = (
        connection.execute(select(leases).where(leases.c.name == lease.name).with_for_update()).mappings().one_or_none()
    )
    if row is None:
        raise RunBusyError("the hold on this round was given up", where=lease.name, remedy="Start the command again.")
    if row["holder"] != lease.holder:
        raise _busy(row)
    return hold(connection, lease.name, lease.holder, now, seconds)


def release(connection: Connection, lease: Lease) -> None:
    """Give the lease back; one that another holds by now is left alone."""
    connection.execute(delete(leases).where(leases.c.name == lease.name, leases.c.holder == lease.holder))


def _busy(row: Mapping[Any, Any]) -> RunBusyError:
    local = (row[key].astimezone(_BANGKOK) for key in ("acquired_at", "expires_at"))
    since, until = (instant.strftime("%Y-%m-%d %H:%M in Bangkok") for instant in local)
    holder = ":".join(row["holder"].split(":")[:2])  # machine and process, without what tells it from later ones
    return RunBusyError(
        f"{holder} has run the schedule since {since}"
        if row["name"] == SCHEDULE
        else f"{holder} has worked on this round since {since}",
        where=row["name"],
        remedy=f"Wait until it has finished; if it has died, its hold lapses at {until}.",
    )
