"""Opening, upgrading and refusing databases; several writers at once."""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from oitcheck.errors import StoreError
from oitcheck.model.agency import Round
from oitcheck.model.evidence import Capture, FetchOutcome
from oitcheck.model.finding import Finding, Outcome, Run
from oitcheck.settings import DatabaseSettings, Settings, StorageSettings
from oitcheck.store.database import opened
from oitcheck.store.records import Store
from oitcheck.store.tables import metadata

NOW = datetime(2023, 4, 7, 2, 14, tzinfo=UTC)
RUN = Run("r1", 2566, "2566-1", "2566@sha256:00", "0.1.0", NOW, "2023-04-07")
FINDING = Finding("a1", "O1", "*", "", Outcome.PASSED, "r", "c.r", True, "direct", {}, (), ())


def test_migrations_make_exactly_the_tables(settings: Settings) -> None:
    database = opened(settings, write=True)
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    status = database.status()
    assert status.current == status.head != ""
    assert not status.is_newer
    database.close()


def test_reading_makes_nothing(sqlite_settings: Settings) -> None:
    with pytest.raises(StoreError, match="no database yet"), Store.open(sqlite_settings, write=False):
        pass
    assert not sqlite_settings.data_dir.exists()


def test_an_empty_server_is_not_upgraded_by_reading(postgres_settings: Settings) -> None:
    with pytest.raises(StoreError, match="older version") as told, Store.open(postgres_settings, write=False):
        pass
    assert "db upgrade" in told.value.remedy


@pytest.mark.parametrize("write", [True, False])
def test_a_database_of_a_newer_version_is_left_alone(settings: Settings, write: bool) -> None:
    database = opened(settings, write=True)
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert database.status().is_newer
    database.close()
    with pytest.raises(StoreError, match="9999, made by a newer oitcheck") as told, Store.open(settings, write=write):
        pass
    assert told.value.exit_code == 4


def test_a_file_that_is_no_database_is_left_alone(sqlite_settings: Settings) -> None:
    sqlite_settings.data_dir.mkdir()
    path = sqlite_settings.data_dir / "oitcheck.sqlite3"
    path.write_bytes(b"precious notes " * 500)
    for write in (True, False):
        with pytest.raises(StoreError, match="not a database") as told, Store.open(sqlite_settings, write=write):
            pass
        assert told.value.where == str(path)
    assert path.read_bytes() == b"precious notes " * 500


def test_a_file_where_the_data_folder_belongs(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        settings = Settings(storage=StorageSettings(data_dir=folder, least_free_bytes=0))
        with pytest.raises(StoreError, match="a file where a folder belongs"), Store.open(settings):
            pass


def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    for name in ("closed", "kept"):
        (tmp_path / name).mkdir()
    kept = Settings(storage=StorageSettings(data_dir=tmp_path / "kept", least_free_bytes=0))
    closed = Settings(storage=StorageSettings(data_dir=tmp_path / "closed", least_free_bytes=0))
    with Store.open(kept):
        pass
    (tmp_path / "closed").chmod(0o555)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(folder.stat().st_mode | 0o055)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        with pytest.raises(StoreError, match=r"cannot be opened|may not be written") as told, Store.open(closed):
            pass
    finally:
        os.seteuid(user)
    assert told.value.remedy
    assert list((tmp_path / "closed").iterdir()) == []


def test_too_little_space_is_refused_before_anything_is_made(sqlite_settings: Settings) -> None:
    storage = sqlite_settings.storage.model_copy(update={"least_free_bytes": 2**60})
    settings = sqlite_settings.model_copy(update={"storage": storage})
    with pytest.raises(StoreError, match="must stay free"), Store.open(settings):
        pass
    assert list(settings.data_dir.iterdir()) == []


def test_a_disk_that_fills_up_keeps_what_was_written(sqlite_settings: Settings) -> None:
    with Store.open(sqlite_settings) as store:
        store.begin_run(RUN, (), (), Round("2566-1", 2566), started_at=NOW)
        store.add_findings(RUN.id, [FINDING])
        with store._database.reading() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
        large = [replace(FINDING, item="O2", about=str(n), facts={"x": "y" * 5000}) for n in range(50)]
        with pytest.raises(StoreError, match="disk is full"):
            store.add_findings(RUN.id, large)
        assert list(store.findings(RUN.id)) == [FINDING]
        assert store.reached(RUN.id, "assessed") == {("a1", "O1")}


def test_a_server_that_does_not_answer_or_know_the_database(tmp_path: Path, postgres_url: str) -> None:
    storage = StorageSettings(data_dir=tmp_path, least_free_bytes=0)
    for url, told in (
        ("postgresql://oitcheck:secret@127.0.0.1:1/x", "does not answer"),
        (postgres_url.replace("/test_", "/no_"), "lacks it"),
    ):
        settings = Settings(storage=storage, database=DatabaseSettings(url=url))
        with pytest.raises(StoreError, match=told) as error, Store.open(settings):
            pass
        assert "secret" not in str(error.value)


def test_an_address_or_a_driver_that_is_no_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = StorageSettings(data_dir=tmp_path, least_free_bytes=0)
    settings = Settings(storage=storage, database=DatabaseSettings(url="postgresql://me:secret@host:port/x"))
    with pytest.raises(StoreError, match="cannot be read") as error, Store.open(settings):
        pass
    assert "secret" not in str(error.value)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    settings = Settings(storage=storage, database=DatabaseSettings(url="postgresql://me@host/x"))
    with pytest.raises(StoreError, match="driver") as error, Store.open(settings):
        pass
    assert "oitcheck[postgres]" in error.value.remedy


def test_many_open_a_new_file_at_once(tmp_path: Path) -> None:
    """SQLite refuses the change to WAL at once where another is opening the file: we wait for our turn."""
    trouble: list[BaseException] = []

    def work(settings: Settings, barrier: threading.Barrier) -> None:
        try:
            barrier.wait(10)
            for _ in range(3):
                with Store.open(settings) as store:
                    store.findings("latest")
        except BaseException as error:
            trouble.append(error)

    for number in range(12):
        settings = Settings(storage=StorageSettings(data_dir=tmp_path / str(number), least_free_bytes=0))
        barrier = threading.Barrier(6)
        threads = [threading.Thread(target=work, args=(settings, barrier)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert trouble == []


def test_many_open_and_write_at_once(settings: Settings) -> None:
    """Openers race to create the tables; writers race for the same submissions: all succeed, each is written once."""
    trouble: list[BaseException] = []
    written: list[int] = []
    barrier = threading.Barrier(4)

    def work(number: int) -> None:
        try:
            barrier.wait(10)
            with Store.open(settings) as store:
                if number == 0:
                    store.begin_run(RUN, (), (), Round("2566-1", 2566), started_at=NOW)
                barrier.wait(10)
                pages = [Capture(f"http://a.example/{page}", "", (), FetchOutcome.OK, 200, NOW) for page in range(20)]
                for item in range(1, 11):
                    walk = pages if number % 2 else pages[::-1]
                    store.record_submission(RUN.id, "a1", f"O{item}", [("walk", page) for page in walk])
                    written.append(store.add_findings(RUN.id, [replace(FINDING, item=f"O{item}")]))
        except BaseException as error:
            trouble.append(error)
            barrier.abort()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert trouble == []
    assert sum(written) == 10
    with Store.open(settings, write=False) as store:
        assert [one.item for one in store.findings("latest")] == [f"O{item}" for item in range(1, 11)]
        assert [(item, len(steps)) for _, item, steps in store.trail("latest")] == [(f"O{n}", 20) for n in range(1, 11)]
