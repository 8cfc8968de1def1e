"""The command as the user started it, so that a line that is printed can be copied and run."""

from __future__ import annotations

import re
import shutil
import sys
from functools import cache
from pathlib import Path

NAME = "oitcheck"
CONFIG = "oitcheck.config"  # where the context keeps the path of the configuration file that was read


def program() -> str:
    """What was typed for `oitcheck`: its name when the shell finds it, else its path, or `python -m oitcheck`."""
    started = Path(sys.argv[0])
    if started.name == "__main__.py" and started.parent.name == NAME:
        return f"{_shown(Path(sys.orig_argv[0]))} -m {NAME}"
    if started.stem != NAME:
        return NAME
    return NAME if _found_by_shell(started) else _shown(started)


def as_started(text: str) -> str:
    """`text` with every command such as `oitcheck check` as it must be typed here; done twice it is done once."""
    typed = program()
    return text if typed == NAME else _commands().sub(lambda _: typed, text)


def _found_by_shell(path: Path) -> bool:
    found = shutil.which(NAME)
    return found is not None and path.exists() and Path(found).samefile(path)


def _shown(path: Path) -> str:
    """A path from the current folder where it is below it; a name that the shell finds as it is."""
    here = Path.cwd()
    shown = path.relative_to(here) if path.is_absolute() and path.is_relative_to(here) else path
    text = str(shown)
    return f'"{text}"' if " " in text else text


@cache
def _commands() -> re.Pattern[str]:
    from oitcheck.cli.app import app  # late: app.py imports the commands, and these what prints

    names = [c.name for c in app.registered_commands] + [g.name for g in app.registered_groups]
    return re.compile(rf"(?<![\w./\\-])(?<!-m ){NAME}(?= (?:--help|{'|'.join(re.escape(n) for n in names if n)})\b)")
