"""How each agency's main website was reached: one row for each light check of its home page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from oitcheck.model.availability import WebsiteCheck
from oitcheck.model.evidence import FetchOutcome
from oitcheck.store.conflict import insert_missing
from oitcheck.store.database import Database
from oitcheck.store.tables import availability


class Websites:
    """The table `availability` of an open database. Rows are never changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, checks: Iterable[WebsiteCheck]) -> None:
        """Keep checks; one that is kept already stays as it is."""
        rows = [
            {
                "agency_id": one.agency_id,
                "checked_at": one.checked_at,
                "url": one.url,
                "outcome": one.outcome.value,
                "http_status": one.http_status,
                "milliseconds": one.milliseconds,
                "counts": one.counts,
            }
            for one in checks
        ]
        with self._database.writing() as connection:
            insert_missing(connection, availability, rows, availability.c.agency_id, availability.c.checked_at)

    def since(self, instant: datetime, agency_ids: Iterable[str] = ()) -> tuple[WebsiteCheck, ...]:
        """The checks since an instant, of all agencies or of some, by agency and time."""
        table = availability
        query = select(table).where(table.c.checked_at >= instant).order_by(table.c.agency_id, table.c.checked_at)
        wanted = frozenset(agency_ids)
        with self._database.reading() as connection:
            return tuple(
                WebsiteCheck(
                    row["agency_id"],
                    row["checked_at"],
                    row["url"],
                    FetchOutcome(row["outcome"]),
                    row["http_status"],
                    row["milliseconds"],
                    row["counts"],
                )
                for row in connection.execute(query).mappings()
                if not wanted or row["agency_id"] in wanted
            )
