"""db upgrade, db status."""

from __future__ import annotations

import typer

from oitcheck.cli.output import in_words
from oitcheck.cli.started import as_started
from oitcheck.settings import Settings
from oitcheck.store.database import opened

db_app = typer.Typer(help="The database. ฐานข้อมูล", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    db_app.command("upgrade")(upgrade)
    db_app.command("status")(status)
    app.add_typer(db_app, name="db")


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
