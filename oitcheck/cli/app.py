"""The `oitcheck` command: one thin function per command; data to stdout, progress and log to stderr."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from oitcheck import __version__
from oitcheck.cli import check, checklists, database, province_rounds, registers, reports, reviews, rounds
from oitcheck.errors import OitcheckError
from oitcheck.settings import Settings, load

EXIT_CODES = """Exit codes: 0 done · 1 done, and --fail-on was met · 2 wrong usage or configuration · 3 a checklist file
is wrong · 4 storage refused · 5 stopped before all was crawled (time or size limit; resumes) · 6 another run holds this
round · 7 interrupted (resumes) · 8 done, but some input rows were rejected."""

INTERRUPTED_BY_SIGNAL = 130  # how the command-line library ends a program that got Ctrl-C

app = typer.Typer(
    name="oitcheck",
    help="Checks what agencies must publish under OIT, element by element, with proof.\n\n"
    "ตรวจการเปิดเผยข้อมูลสาธารณะ (OIT) ของหน่วยงานรายองค์ประกอบ พร้อมหลักฐาน",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"oitcheck {__version__}")
        raise typer.Exit


@app.callback()
def settings_for(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(help="Configuration file. ไฟล์ตั้งค่า (ไม่ระบุ: config.toml ในโฟลเดอร์นี้ ถ้ามี)")
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version. แสดงรุ่น")
    ] = False,
) -> None:
    """Reads the configuration once, for every command."""
    if config is None and Path("config.toml").is_file():
        config = Path("config.toml")

    def settings() -> Settings:
        return load(config, os.environ)

    context.obj = settings


check.register(app)
rounds.register(app)
province_rounds.register(app)
reviews.register(app)
reports.register(app)
checklists.register(app)
registers.register(app)
database.register(app)


def main() -> None:
    """Runs the command; our own errors become a sentence and the right exit code, never a traceback."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    for name in ("pdfminer", "pypdfium2", "httpx", "httpcore", "playa"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    sys.exit(run(lambda: app(standalone_mode=False)))


def run(command: Callable[[], object]) -> int:
    """The exit code of a command."""
    errors = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
    try:
        result = command()
    except OitcheckError as error:
        errors.print(str(error))
        return error.exit_code
    except typer.Exit as ended:
        return ended.exit_code
    except SystemExit as ended:
        if ended.code != INTERRUPTED_BY_SIGNAL:
            raise
        errors.print("interrupted: what was kept stays; run the same command again to go on")
        return 7
    except (KeyboardInterrupt, typer.Abort):
        errors.print("interrupted: what was kept stays; run the same command again to go on")
        return 7
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:
        if type(error).__module__.startswith(("click", "typer")) and hasattr(error, "format_message"):
            usage = getattr(error, "ctx", None)
            errors.print(f"{error.format_message()}")
            errors.print(f"  See: {usage.command_path} --help" if usage else "  See: oitcheck --help")
            return 2
        raise
    return result if isinstance(result, int) else 0
