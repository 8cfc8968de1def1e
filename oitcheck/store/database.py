"""The database: which one, opened how, and brought to the version of this program."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from oitcheck.errors import StoreError
from oitcheck.settings import Settings
from oitcheck.store.columns import as_json
from oitcheck.store.refusal import refusals

FILE_NAME = "oitcheck.sqlite3"
_BUSY_SECONDS = 30
# Any number does, as long as every oitcheck takes the same: "oit" in ASCII.
_UPGRADE_LOCK = 0x6F6974


@dataclass(frozen=True, slots=True)
class Status:
    """Versions of a database: its own ("" when empty), ours, and whether its own is one we do not know yet."""

    current: str
    head: str
    is_newer: bool


class Database:
    """An open database. Reading and writing each happen in one transaction of `reading()` or `writing()`."""

    def __init__(self, engine: Engine, where: str) -> None:
        self._engine = engine
        self._writer = engine.execution_options(oitcheck_writes=True)
        self.where = where
        self.is_postgres = engine.dialect.name == "postgresql"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database. Raises StoreError."""
        with refusals(self.where), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is committed as a whole or not at all. Raises StoreError."""
        with refusals(self.where), self._writer.begin() as connection:
            yield connection

    def status(self) -> Status:
        """The versions of database and program. Raises StoreError."""
        with self.reading() as connection:
            return _status(connection)

    def upgrade(self) -> None:
        """Bring an empty or older database to our version, in one transaction. Raises StoreError for a newer one."""
        with self.writing() as connection:
            if self.is_postgres:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})")
            status = _status(connection)
            self.refuse_newer(status)
            if status.current != status.head:
                command.upgrade(_scripts(connection), "head")

    def refuse_newer(self, status: Status) -> None:
        """Raises StoreError when the database belongs to a later program."""
        if status.is_newer:
            raise StoreError(
                f"the database has version {status.current}, made by a newer oitcheck than this one ({status.head})",
                where=self.where,
                remedy="Use the newer oitcheck, or set storage.data_dir to another folder.",
            )

    def close(self) -> None:
        self._engine.dispose()


def opened(settings: Settings, *, write: bool) -> Database:
    """The database of the settings. Opening for writing creates and upgrades it; else it must be there and current.

    Raises StoreError: no database, not a database, newer version, folder or server that refuses.
    """
    url, where = _address(settings)
    is_file = url.get_backend_name() == "sqlite"
    if is_file:
        path = Path(str(url.database))
        with refusals(str(path.parent)):
            if write:
                path.parent.mkdir(parents=True, exist_ok=True)
            elif not path.is_file():
                remedy = (
                    "It is looked for in the data folder, by default oitcheck-data under the current folder "
                    f"({Path.cwd()}). Change to the folder where `oitcheck check` was run, or name the data folder: "
                    "storage.data_dir in config.toml, or the variable OITCHECK_STORAGE__DATA_DIR. "
                    "The first `oitcheck check` makes it."
                )
                raise StoreError("there is no database yet", where=where, remedy=remedy)
    database = Database(_engine(url, is_file), where)
    try:
        if write:
            database.upgrade()
        else:
            _require_current(database)
        if database.is_postgres:
            _require_utf8(database)
    except BaseException:
        database.close()
        raise
    return database


def _address(settings: Settings) -> tuple[URL, str]:
    if not settings.database.url:
        path = settings.data_dir / FILE_NAME
        return URL.create("sqlite", database=str(path)), str(path)
    try:
        url = make_url(settings.database.url).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError) as error:
        remedy = "Write it as postgresql://user@host:5432/database."
        raise StoreError("the address of the database cannot be read", where="database.url", remedy=remedy) from error
    return url, url.render_as_string(hide_password=True)


def _engine(url: URL, is_file: bool) -> Engine:
    if not is_file:
        try:
            return create_engine(url, json_serializer=as_json, pool_pre_ping=True)
        except ImportError as error:
            remedy = "Install it with: pip install 'oitcheck[postgres]'"
            raise StoreError("the driver for PostgreSQL is missing", where="database.url", remedy=remedy) from error
    engine = create_engine(url, json_serializer=as_json, connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver would open transactions late and commit before changes of tables; we say BEGIN ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}")
    _switch_to_wal(cursor)
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _switch_to_wal(cursor: Any) -> None:
    """Raises sqlite3.OperationalError when others hold the file for longer than the time to wait."""
    # SQLite does not wait for its turn here: where two open a new file at once, one is refused at once.
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE: a writer waits for its turn at the start, where busy_timeout counts, not in the middle.
    writes = connection.get_execution_options().get("oitcheck_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _scripts(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _status(connection: Connection) -> Status:
    scripts = ScriptDirectory.from_config(_scripts())
    known = {script.revision for script in scripts.walk_revisions()}
    current = MigrationContext.configure(connection).get_current_revision() or ""
    return Status(current, scripts.get_current_head() or "", bool(current) and current not in known)


def _require_current(database: Database) -> None:
    status = database.status()
    database.refuse_newer(status)
    if status.current != status.head:
        remedy = "Run `oitcheck db upgrade`, or any command that writes."
        raise StoreError("the database is of an older version", where=database.where, remedy=remedy)


def _require_utf8(database: Database) -> None:
    with database.reading() as connection:
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        remedy = "Create a database with ENCODING 'UTF8' and name it in database.url."
        raise StoreError(f"the database is encoded in {encoding}", where=database.where, remedy=remedy)
