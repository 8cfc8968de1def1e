"""Writing where a row may be there already, in the dialect of each database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, update
from sqlalchemy.dialects import postgresql, sqlite


def insert_missing(
    connection: Connection, table: Table, rows: Sequence[dict[str, Any]], *key: ColumnElement[Any]
) -> None:
    """Insert the rows whose `key` is not taken; rows that are there stay as they are."""
    if not rows:
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(insert(table).on_conflict_do_nothing(index_elements=list(key)), list(rows))


def upsert(connection: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Write a row, over an earlier one of the same key."""
    insert_missing(connection, table, [{**key, **values}], *(table.c[name] for name in key))
    matches = [table.c[name] == value for name, value in key.items()]
    connection.execute(update(table).where(*matches).values(**values))


def claimed(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Insert one row and tell whether it was ours; another who inserts it at the same time is waited for."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    keys = list(table.primary_key.columns)
    statement = insert(table).values(row).on_conflict_do_nothing(index_elements=keys).returning(keys[0])
    return connection.execute(statement).first() is not None
