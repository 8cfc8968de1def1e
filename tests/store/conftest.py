"""Every store test runs on SQLite and on a real PostgreSQL server of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from oitcheck.settings import DatabaseSettings, Settings, StorageSettings


def _postgres_folder() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        pytest.fail("PostgreSQL is not installed; the store is tested on it too: apt-get install postgresql")
    return found[-1].parent


@pytest.fixture(scope="session")
def postgres_socket() -> Iterator[Path]:
    """A private server, reached by a socket in its own folder; it sorts by language, as a careless one does."""
    programs = _postgres_folder()
    folder = Path(tempfile.mkdtemp(prefix="oitcheck-pg-"))
    as_owner: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        as_owner = ["runuser", "-u", "postgres", "--"]

    def act(program: str, *arguments: str) -> None:
        command = [*as_owner, str(programs / program), "-D", str(folder / "data"), *arguments]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"

    act("initdb", "-U", "oitcheck", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8",
        "--locale-provider=icu", "--icu-locale=th")  # fmt: skip
    options = f"-c fsync=off -c listen_addresses='' -c unix_socket_directories='{folder}' -c max_connections=30"
    act("pg_ctl", "-w", "-s", "-o", options, "-l", str(folder / "log"), "start")
    try:
        yield folder
    finally:
        act("pg_ctl", "-s", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


_numbers = count(1)


@pytest.fixture
def postgres_url(postgres_socket: Path) -> Iterator[str]:
    """A fresh empty database."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(host=str(postgres_socket), user="oitcheck", dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield f"postgresql://oitcheck@/{name}?host={postgres_socket}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_settings(tmp_path: Path) -> Settings:
    return Settings(storage=StorageSettings(data_dir=tmp_path / "data", least_free_bytes=0))


@pytest.fixture
def postgres_settings(tmp_path: Path, postgres_url: str) -> Settings:
    storage = StorageSettings(data_dir=tmp_path / "data", least_free_bytes=0)
    return Settings(storage=storage, database=DatabaseSettings(url=postgres_url))


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest) -> Settings:
    """Settings of a store that does not exist yet, on each database in turn."""
    fixture: Callable[[str], Settings] = request.getfixturevalue
    return fixture("sqlite_settings" if request.param == "sqlite" else "postgres_settings")
