"""Writing where a row may be there already, in the dialect of each database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Insert, Table, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert


def insert_missing(
    connection: Connection, table: Table, rows: Sequence[dict[str, Any]], *key: ColumnElement[Any]
) -> None:
    """Insert the rows whose `key` is not taken; rows that are there stay as they are."""
    if not rows:
        return
    connection.execute(_insert_missing(table, key, connection.dialect.name), list(rows))


def upsert(connection: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Write a row, over an earlier one of the same key."""
    insert_missing(connection, table, [{**key, **values}], *(table.c[name] for name in key))
    matches = [table.c[name] == value for name, value in key.items()]
    connection.execute(update(table).where(*matches).values(**values))


def claimed(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Insert one row and tell whether it was ours; another who inserts it at the same time is waited for."""
    return connection.execute(_claim(table, connection.dialect.name), row).first() is not None


# A statement costs more to put together than to run; a night of a province runs these thousands of times.
@cache
def _insert_missing(table: Table, key: tuple[ColumnElement[Any], ...], dialect: str) -> Insert:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing(index_elements=list(key))


@cache
def _claim(table: Table, dialect: str) -> ReturningInsert[Any]:
    keys = tuple(table.primary_key.columns)
    return _insert_missing(table, keys, dialect).returning(keys[0])
