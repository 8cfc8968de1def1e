"""The `oitcheck` command: one thin function per command; data to stdout, progress and log to stderr."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from oitcheck import __version__
from oitcheck.cli import (
    availability,
    check,
    checklists,
    database,
    doctor,
    letters,
    logs,
    province_rounds,
    registers,
    reports,
    reviews,
    rounds,
    schedule,
)
from oitcheck.cli.language import Language, asked, speak, spoken
from oitcheck.cli.output import print_both, print_error
from oitcheck.cli.short_help import whole_sentences
from oitcheck.cli.started import CONFIG, program
from oitcheck.cli.thai import thai
from oitcheck.errors import OitcheckError, SettingsError
from oitcheck.settings import Settings, load

EXIT_CODES = """Exit codes: 0 done · 1 done, and --fail-on was met · 2 wrong usage or configuration · 3 a checklist file
is wrong · 4 storage refused · 5 stopped before all was crawled (time or size limit, or an agency
that could not be checked; resumes) · 6 another run holds this round · 7 interrupted (resumes) · 8 done, but some input
rows were rejected.

รหัสเมื่อจบ: 0 เสร็จ · 1 เสร็จ และตรงกับ --fail-on · 2 คำสั่งหรือการตั้งค่าไม่ถูกต้อง · 3 แฟ้มแบบตรวจไม่ถูกต้อง · 4 เก็บข้อมูลไม่ได้ ·
5 หยุดก่อนครบ หรือตรวจบางหน่วยงานไม่ได้ (ตรวจต่อได้) · 6 มีการตรวจรอบนี้อยู่แล้ว · 7 ถูกสั่งหยุด (ตรวจต่อได้) · 8 เสร็จ แต่มีแถวที่ไม่รับ"""

LANG = "oitcheck.language"  # where the context keeps what --lang asks for
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
INTERRUPTED_BY_SIGNAL = 130  # how the command-line library ends a command that got Ctrl-C


class _Commands(TyperGroup):
    """The commands; the language that `--lang` asks for holds from the start, for wrong usage too."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        ctx.meta[LANG] = asked(args)
        speak(ctx.meta[LANG] or "th")
        return super().parse_args(ctx, args)


app = typer.Typer(
    name="oitcheck",
    cls=_Commands,
    help="Checks what agencies must publish under OIT, element by element, with proof.\n\n"
    "ตรวจการเปิดเผยข้อมูลสาธารณะ (OIT) ของหน่วยงานรายองค์ประกอบ พร้อมหลักฐาน",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _defaults(command: Any, language: Language) -> dict[str, Any]:
    """What `--lang` is where it is not given, by the names of commands within commands."""
    inner = getattr(command, "commands", None)
    return {name: _defaults(one, language) for name, one in inner.items()} if inner else {"lang": language}


def _version(wanted: bool) -> None:
    if wanted:
        print(f"oitcheck {__version__}")
        raise typer.Exit


@app.callback()
def settings_for(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(help="Configuration file. แฟ้มตั้งค่า (ไม่ระบุ: config.toml ในโฟลเดอร์นี้ ถ้ามี)")
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version. แสดงรุ่น")
    ] = False,
) -> None:
    """Reads the configuration once, for every command."""
    if config is None and Path("config.toml").is_file():
        config = Path("config.toml")

    context.meta[CONFIG] = config
    language: Language | None = context.meta.get(LANG)
    loaded: Settings | OitcheckError
    try:
        loaded = load(config, os.environ)
        speak(language or loaded.report.language)
        context.default_map = _defaults(context.command, loaded.report.language)
    except OitcheckError as error:
        loaded = error

    def settings() -> Settings:
        if isinstance(loaded, OitcheckError):  # told by the command that needs them: --help works all the same
            raise loaded
        logs.shape(loaded.log)
        return loaded

    context.obj = settings


check.register(app)
rounds.register(app)
province_rounds.register(app)
reviews.register(app)
reports.register(app)
letters.register()
checklists.register(app)
registers.register(app)
schedule.register(app)
availability.register(app)
database.register(app)
doctor.register(app)
whole_sentences(app)


def main() -> None:
    """Runs the command; our own errors become a sentence and the right exit code, never a traceback."""
    logs.begin()
    sys.exit(run(lambda: app(prog_name=program(), standalone_mode=False)))


def run(command: Callable[[], object]) -> int:
    """The exit code of a command."""
    speak("th")
    try:
        result = command()
        sys.stdout.flush()
        if result == INTERRUPTED_BY_SIGNAL:
            raise KeyboardInterrupt
    except OitcheckError as error:
        print_error(error)
        return error.exit_code
    except typer.Exit as ended:
        return ended.exit_code
    except SystemExit as ended:
        if ended.code != INTERRUPTED_BY_SIGNAL:
            raise
        return _interrupted()
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted()
    except PermissionError as error:
        if error.filename is None:
            raise
        print_error(
            SettingsError(
                "there is no right to use it",
                where=str(error.filename),
                remedy="Check who may read and write it and its folder.",
            )
        )
        return SettingsError.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        # Of a connection or a socket no file is named: that is a fault of the program.
        if error.filename is None and error.errno not in _FULL:
            raise
        print_error(_not_usable(error))
        return SettingsError.exit_code
    except Exception as error:
        if type(error).__module__.startswith(("click", "typer")) and hasattr(error, "format_message"):
            _wrong_usage(error.format_message(), getattr(error, "ctx", None))
            return 2
        raise
    if result == INTERRUPTED_BY_SIGNAL:
        return _interrupted()
    return result if isinstance(result, int) else 0


def _not_usable(error: OSError) -> SettingsError:
    """What a file or folder refused, named by nobody nearer to it."""
    where = str(error.filename or "")
    if error.errno not in _FULL:
        return SettingsError(
            f"cannot be used ({error.strerror or error})", where=where, remedy="Name another file or folder."
        )
    if error.filename is None:
        with contextlib.suppress(OSError, ValueError):  # what could not be written is not tried again at the end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return SettingsError("there is no room left to write", where=where, remedy="Make room, then run the command again.")


def _interrupted() -> int:
    print_error(
        OitcheckError(
            "stopped: what was kept stays",
            remedy="The same command goes on where it stopped (after midnight with --as-of and the day it began on).",
        )
    )
    return 7


def _wrong_usage(message: str, context: typer.Context | None) -> None:
    """What the command-line library says of wrong usage, and where help is."""
    command = context.command_path.removeprefix(context.find_root().info_name or "") if context else ""
    see = f"See: oitcheck{command} --help"
    told = thai("usage", message) if spoken() == "th" else None
    print_both(f"{told}\n  {thai('note', see)}" if told else None, f"{message}\n  {see}")
