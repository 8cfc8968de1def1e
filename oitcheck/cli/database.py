"""db upgrade, db status, doctor: is our own house in order?"""

from __future__ import annotations

import os
import shutil
from typing import Annotated

import typer

from oitcheck.cli.output import Format, in_words, print_list, told_error
from oitcheck.cli.started import as_started
from oitcheck.errors import ChecklistError, OitcheckError
from oitcheck.pipeline.inputs import checklist_of
from oitcheck.pipeline.workshop import lacking
from oitcheck.rules.declare import years_in
from oitcheck.settings import Settings, resource_folder
from oitcheck.store.database import opened

db_app = typer.Typer(help="The database. ฐานข้อมูล", no_args_is_help=True)

COSTS = {
    "ocr": "scans and pictures are left to a person",
    "browser": "pages made by JavaScript are left to a person; install the package chromium",
    "antiword": "old Word files (.doc) are left to a person; install the package antiword",
}


def register(app: typer.Typer) -> None:
    db_app.command("upgrade")(upgrade)
    db_app.command("status")(status)
    app.add_typer(db_app, name="db")
    app.command("doctor")(doctor)


def upgrade(context: typer.Context) -> int:
    """Bring the database to this program's version. ปรับปรุงฐานข้อมูล"""
    settings: Settings = context.obj()
    database = opened(settings, write=True)
    try:
        database.upgrade()
        state = database.status()
    finally:
        database.close()
    print(in_words("note", f"{state.current} (this program: {state.head})"))
    return 0


def status(context: typer.Context) -> int:
    """Versions of database and program. สถานะฐานข้อมูล"""
    settings: Settings = context.obj()
    database = opened(settings, write=False)
    try:
        state = database.status()
    finally:
        database.close()
    what = "current" if state.current == state.head else "run oitcheck db upgrade"
    print(as_started(in_words("note", f"database {state.current}, this program {state.head}: {what}")))
    return 0


def doctor(
    context: typer.Context, format: Annotated[Format, typer.Option("--format", help="Format. รูปแบบ")] = "table"
) -> int:
    """Look after everything a run needs, and say what is missing and what that costs. ตรวจความพร้อม"""
    settings: Settings = context.obj()
    rows = [("configuration", "ok", str(settings.data_dir)), *_storage(settings), *_checklists()]
    missing = lacking(settings)
    for tool, cost in COSTS.items():
        rows.append((tool, "missing" if tool in missing else "ok", cost if tool in missing else ""))
    print_list(("what", "state", "detail"), rows, format)
    worst = [r for r in rows if r[1] == "wrong"]
    return 4 if any(r[0] in ("database", "data folder", "disk") for r in worst) else 3 if worst else 0


def _storage(settings: Settings) -> list[tuple[str, str, str]]:
    folder = settings.data_dir
    existing = next((p for p in (folder, *folder.parents) if p.exists()), folder)
    rows = []
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        rows.append(("data folder", "wrong", f"{existing} cannot be written; choose another storage.data_dir"))
    else:
        rows.append(("data folder", "ok", str(folder)))
        free = shutil.disk_usage(existing).free
        least = settings.storage.least_free_bytes
        state = "ok" if free >= least else "wrong"
        rows.append(("disk", state, f"{free // 2**20:,} MiB free, {least // 2**20:,} MiB needed"))
    try:
        database = opened(settings, write=False)
    except OitcheckError as error:
        missing = not settings.database.url and not any(folder.glob("*.sqlite3"))
        rows.append(
            (
                "database",
                "ok" if missing else "wrong",
                "not made yet: the first run makes it" if missing else told_error(error),
            )
        )
    else:
        state_ = database.status()
        database.close()
        rows.append(
            (
                "database",
                "ok" if state_.current == state_.head else "wrong",
                f"version {state_.current}, this program {state_.head}",
            )
        )
    return rows


def _checklists() -> list[tuple[str, str, str]]:
    rows = []
    for year in years_in(resource_folder("checklists")):
        try:
            checklist, _ = checklist_of(year)
            rows.append((f"checklist {year}", "ok", f"{len(checklist.items)} items"))
        except ChecklistError as error:
            rows.append((f"checklist {year}", "wrong", told_error(error)))
    return rows
