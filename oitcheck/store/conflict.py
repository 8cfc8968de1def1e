"""Inserting what is not there yet, in the dialect of each database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_missing(
    connection: Connection, table: Table, rows: Sequence[dict[str, Any]], *key: ColumnElement[Any]
) -> None:
    """Insert the rows whose `key` is not taken; rows that are there stay as they are."""
    if not rows:
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(insert(table).on_conflict_do_nothing(index_elements=list(key)), list(rows))


def claimed(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Insert one row and tell whether it was ours; another who inserts it at the same time is waited for."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    keys = list(table.primary_key.columns)
    statement = insert(table).values(row).on_conflict_do_nothing(index_elements=keys).returning(keys[0])
    return connection.execute(statement).first() is not None
