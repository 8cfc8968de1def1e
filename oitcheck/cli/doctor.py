"""doctor: is our own house in order, and was the last night?"""

from __future__ import annotations

from typing import Annotated

import typer

from oitcheck.cli.output import Format, in_words, print_list, told_error
from oitcheck.cli.started import CONFIG, as_started
from oitcheck.pipeline.clock import now
from oitcheck.schedule.health import Line, examined, exit_code
from oitcheck.settings import Settings


def register(app: typer.Typer) -> None:
    app.command("doctor")(doctor)


def doctor(
    context: typer.Context, format: Annotated[Format, typer.Option("--format", help="Format. รูปแบบ")] = "table"
) -> int:
    """Look after everything a night needs; say what is missing, what that costs, what to do. ตรวจความพร้อม"""
    settings: Settings = context.obj()
    lines = examined(settings, now, context.meta.get(CONFIG))
    rows = [(one.what, one.state, _detail(one, format), _remedy(one, format)) for one in lines]
    print_list(("what", "state", "detail", "remedy"), rows, format)
    return exit_code(lines)


def _detail(line: Line, format: Format) -> str:
    if format != "table":
        return line.detail
    return as_started(told_error(line.error) if line.error is not None else in_words("cell.detail", line.detail))


def _remedy(line: Line, format: Format) -> str:
    """What to do; on the screen not where the error says it already, and with commands as they must be typed here."""
    if format != "table":
        return line.remedy
    return "" if getattr(line.error, "remedy", "") else as_started(in_words("cell.remedy", line.remedy))
