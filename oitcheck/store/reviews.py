"""What people decided: rows are added, never changed."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from oitcheck.model.review import Review
from oitcheck.store import rows
from oitcheck.store.tables import review


def add(connection: Connection, one: Review) -> None:
    """Add a decision to those that stand already."""
    connection.execute(insert(review).values(rows.review_row(one)))


def of_year(connection: Connection, year_be: int) -> tuple[Review, ...]:
    """Every decision of a fiscal year in the order in which they were made."""
    query = select(review).where(review.c.year_be == year_be).order_by(review.c.id)
    return tuple(rows.review_of(row) for row in connection.execute(query).mappings())
