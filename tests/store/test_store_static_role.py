"""Older tables: how a page came, and how its rendering looked, stand beside it in roles that came one after the other."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from alembic import command

from oitcheck.errors import StoreError
from oitcheck.model.evidence import Capture, FetchOutcome
from oitcheck.model.finding import Run
from oitcheck.settings import Settings
from oitcheck.store import database as module
from oitcheck.store.records import Store

NOW = datetime(2023, 4, 7, 2, 14, tzinfo=UTC)
RUN = Run("r1", 2566, "2566-1", "2566@sha256:00", "0.1.0", NOW, "2023-04-07")
# A run and a kept step, written as a program of the first version wrote it.
AS_OF_THE_FIRST_VERSION = (
    "INSERT INTO run (id, year_be, round_id, round_title, due_items, checklist_id, version, started_at, assessed_at,"
    " as_of, state, lacking, options) VALUES ('r1', 2566, '2566-1', '', '[]', '2566@sha256:00', '0.1.0',"
    " '2023-04-07 02:14:00.000000', '2023-04-07 02:14:00.000000', '2023-04-07', 'running', '[]', '{}')",
    "INSERT INTO progress (run_id, agency_id, item, stage) VALUES ('r1', 'a1', 'O1', 'crawled')",
    "INSERT INTO capture (id, digest, url, final_url, redirects, outcome, http_status, fetched_at, media_type, charset,"
    " size_bytes, sha256, attempts, headers, rendered, detail) VALUES (77, 'd', 'http://a.example/', 'http://a.example/',"
    " '[]', 'ok', 200, '2023-04-07 02:14:00.000000', '', '', 0, '', 1, '[]', FALSE, '')",
    "INSERT INTO trail (run_id, agency_id, item, ordinal, capture_id, found_on, link_text, depth, role)"
    " VALUES ('r1', 'a1', 'O1', 0, 77, '', '', 0, 'walk')",
)
PAGE = Capture("http://a.example/", "http://a.example/", (), FetchOutcome.OK, 200, NOW)


@pytest.mark.parametrize(("version", "role"), [("0001", "static"), ("0005", "screenshot")])
def test_an_older_database_keeps_its_trail_and_takes_the_new_role(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, version: str, role: Any
) -> None:
    upgrade: Any = command.upgrade
    with monkeypatch.context() as older:
        older.setattr(module.command, "upgrade", lambda scripts, _: upgrade(scripts, version))
        with Store.open(settings) as store:
            with store._database.writing() as connection:
                for statement in AS_OF_THE_FIRST_VERSION:
                    connection.exec_driver_sql(statement)
            with pytest.raises(StoreError, match="role"), store._database.writing() as connection:
                connection.exec_driver_sql(
                    AS_OF_THE_FIRST_VERSION[-1].replace("'walk'", f"'{role}'").replace("0,", "1,")
                )
    with Store.open(settings) as store:
        assert store.record_submission(RUN.id, "a1", "O2", (("walk", PAGE), (role, PAGE)))
        with pytest.raises(StoreError, match="role"):
            store.record_submission(RUN.id, "a1", "O3", (("rumour", PAGE),))  # type: ignore[arg-type]
        trail = {item: steps for _, item, steps in store.trail(RUN.id)}
    assert {item: [role for role, _ in steps] for item, steps in trail.items()} == {
        "O1": ["walk"],
        "O2": ["walk", role],
    }
    assert trail["O1"][0][1].url == "http://a.example/" and trail["O1"][0][1].received_at == NOW
