"""doctor: is our own house in order, and was the last night?"""

from __future__ import annotations

from typing import Annotated

import typer

from oitcheck.cli.output import Format, print_list
from oitcheck.pipeline.clock import now
from oitcheck.schedule.health import examined, exit_code
from oitcheck.settings import Settings


def register(app: typer.Typer) -> None:
    app.command("doctor")(doctor)


def doctor(
    context: typer.Context, format: Annotated[Format, typer.Option("--format", help="Format. รูปแบบ")] = "table"
) -> int:
    """Look after everything a night needs; say what is missing, what that costs, what to do. ตรวจความพร้อม"""
    settings: Settings = context.obj()
    lines = examined(settings, now)
    print_list(("what", "state", "detail", "remedy"), [(e.what, e.state, e.detail, e.remedy) for e in lines], format)
    return exit_code(lines)
