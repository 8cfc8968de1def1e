"""Rounds that a province defines itself, and rounds that are frozen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, update

from oitcheck.model.agency import Round
from oitcheck.store import rows
from oitcheck.store.conflict import insert_missing, upsert
from oitcheck.store.tables import submission_round


def define(connection: Connection, round_: Round) -> None:
    """Register a round as the province's own. The caller has made sure that it is not frozen."""
    upsert(connection, submission_round, _key(round_), {**rows.round_row(round_), "is_own": True})


def freeze(connection: Connection, round_: Round, run_id: str, frozen_at: datetime) -> bool:
    """Fix a round to what a run kept; False (and nothing written) when it is frozen already."""
    table, key = submission_round, _key(round_)
    insert_missing(connection, table, [{**key, **rows.round_row(round_)}], table.c.year_be, table.c.id)
    matches = [table.c[name] == value for name, value in key.items()]
    done = connection.execute(
        update(table).where(*matches, table.c.frozen_at.is_(None)).values(frozen_at=frozen_at, frozen_run=run_id)
    )
    return done.rowcount == 1


def _key(round_: Round) -> dict[str, object]:
    return {"year_be": round_.fiscal_year_be, "id": round_.id}
