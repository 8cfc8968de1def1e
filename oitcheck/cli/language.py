"""The language that the command line speaks: `--lang`, else `report.language`, else Thai."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from typing import Literal

Language = Literal["th", "en"]

_spoken: ContextVar[Language] = ContextVar("spoken", default="th")


def spoken() -> Language:
    """The language of this command."""
    return _spoken.get()


def speak(language: Language) -> None:
    """Set the language of this command."""
    _spoken.set(language)


def asked(arguments: Sequence[str]) -> Language | None:
    """The language that `--lang` asks for among the words of a command; None when it does not."""
    found: Language | None = None
    for word, following in zip(arguments, (*arguments[1:], ""), strict=False):
        value = following if word == "--lang" else word.removeprefix("--lang=") if word.startswith("--lang=") else ""
        if value == "th":
            found = "th"
        elif value == "en":
            found = "en"
    return found
