"""The line that stands for a command in the help of its group: the whole first paragraph, English and Thai."""

from __future__ import annotations

import inspect

import typer


def whole_sentences(app: typer.Typer) -> None:
    """Give every command and group of `app` its first paragraph as its line; the library would cut off the Thai."""
    for command in app.registered_commands:
        command.short_help = command.short_help or _first(inspect.getdoc(command.callback) if command.callback else "")
    for group in app.registered_groups:
        inner = group.typer_instance
        if inner is not None:
            group.short_help = group.short_help or _first(inner.info.help)
            whole_sentences(inner)


def _first(text: object) -> str:
    """The first paragraph in one line; "" for what is no text."""
    return " ".join(text.partition("\n\n")[0].split()) if isinstance(text, str) else ""
