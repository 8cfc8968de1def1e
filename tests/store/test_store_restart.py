"""A database server that is restarted under a run: the next start goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

REPOSITORY = Path(__file__).parent.parent.parent


@pytest.fixture
def restart(postgres_socket: Path) -> str:
    """The command that ends the server as a power cut would, and starts it again."""
    program = max(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    as_owner = "runuser -u postgres -- " if os.geteuid() == 0 else ""
    folder = postgres_socket / "data"
    return f"cd / && {as_owner}{program} -D {folder} -s -w -m immediate -l {postgres_socket / 'log'} restart"


def test_nothing_is_lost_or_done_twice_when_the_server_is_restarted(postgres_socket: Path, restart: str) -> None:
    # A database of its own: the server that is restarted is the one of all other tests.
    name = f"restarted_{os.getpid()}"
    with psycopg.connect(host=str(postgres_socket), user="oitcheck", dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = f"postgresql://oitcheck@/{name}?host={postgres_socket}"
    program = [sys.executable, "benchmarks/kill_anywhere.py", "--by", "postgres", "--kills", "2", "--seed", "3"]
    environ = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(
        [*program, "--url", url, "--restart", restart], cwd=REPOSITORY, env=environ, capture_output=True, text=True
    )
    assert done.returncode == 0 and "0 lost, 0 duplicate" in done.stdout, done.stdout + done.stderr
    with psycopg.connect(host=str(postgres_socket), user="oitcheck", dbname="postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
