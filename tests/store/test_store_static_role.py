"""The second and third version of the tables: a page as it came, and how it looked, stand beside its rendering."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from alembic import command

from oitcheck.errors import StoreError
from oitcheck.model.agency import Round
from oitcheck.model.evidence import Capture, FetchOutcome
from oitcheck.model.finding import Run
from oitcheck.settings import Settings
from oitcheck.store import database as module
from oitcheck.store.records import Store

NOW = datetime(2023, 4, 7, 2, 14, tzinfo=UTC)
RUN = Run("r1", 2566, "2566-1", "2566@sha256:00", "0.1.0", NOW, "2023-04-07")
PAGE = Capture("http://a.example/", "http://a.example/", (), FetchOutcome.OK, 200, NOW)


@pytest.mark.parametrize(("version", "role"), [("0001", "static"), ("0002", "screenshot")])
def test_an_older_database_keeps_its_trail_and_takes_the_new_role(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, version: str, role: Any
) -> None:
    upgrade: Any = command.upgrade
    with monkeypatch.context() as older:
        older.setattr(module.command, "upgrade", lambda scripts, _: upgrade(scripts, version))
        with Store.open(settings) as store:
            store.begin_run(RUN, (), (), Round("2566-1", 2566), started_at=NOW)
            store.record_submission(RUN.id, "a1", "O1", (("walk", PAGE),))
            with pytest.raises(StoreError, match="role"):
                store.record_submission(RUN.id, "a1", "O2", ((role, PAGE),))
    with Store.open(settings) as store:
        assert store.record_submission(RUN.id, "a1", "O2", (("walk", PAGE), (role, PAGE)))
        with pytest.raises(StoreError, match="role"):
            store.record_submission(RUN.id, "a1", "O3", (("rumour", PAGE),))  # type: ignore[arg-type]
        kept = {item: [role for role, _ in steps] for _, item, steps in store.trail(RUN.id)}
    assert kept == {"O1": ["walk"], "O2": ["walk", role]}
