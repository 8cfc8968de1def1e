"""Where the tables, keys and list entries of a TOML text stand, for messages that name a line and for edits by line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

# ("requirement", 2, "basis") is the basis of the third [[requirement]]; () is the file as a whole.
Place = tuple[str | int, ...]

_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_KEYS = re.compile(rf"[ \t]*({_KEY}(?:[ \t]*\.[ \t]*{_KEY})*)[ \t]*")
_ONE_KEY = re.compile(_KEY)
_HEADER = re.compile(r"[ \t]*(\[\[?)")
_TOKEN = re.compile(
    r'"""(?:\\.|(?!""").)*"""'
    r"|'''.*?'''"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*|[ \t\r]+|[^\s\[\]{},\#\"']+|.",
    re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A table header, a key with its value, or one entry of a list: its place, first and last line (from 1)."""

    place: Place
    line: int
    last_line: int


def entries(text: str) -> tuple[Entry, ...]:
    """Every table header, key and list entry of a valid TOML text, in the order in which they stand."""
    found: list[Entry] = []
    tables: dict[Place, int] = {}
    table: Place = ()
    at = 0
    while at < len(text):
        end = _end_of_line(text, at)
        header, keys = _HEADER.match(text, at), _KEYS.match(text, at)
        if header:
            named = _KEYS.match(text, header.end())
            table = _table(_parts(named[1]) if named else (), header[1] == "[[", tables)
            line = _line(text, at)
            found.append(Entry(table, line, line))
        elif keys and text.startswith("=", keys.end()):
            place = (*table, *_parts(keys[1]))
            end, within = _value(text, keys.end() + 1, place)
            found.append(Entry(place, _line(text, keys.start(1)), _line(text, end - 1)))
            found.extend(within)
            end = _end_of_line(text, end)
        at = end + 1
    return tuple(found)


def lines_of(found: tuple[Entry, ...]) -> Mapping[Place, int]:
    """The first line of each place."""
    lines: dict[Place, int] = {}
    for entry in found:
        lines.setdefault(entry.place, entry.line)
    return lines


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, max(at, 0)) + 1


def _parts(keys: str) -> tuple[str, ...]:
    return tuple(m[0].strip("\"'") for m in _ONE_KEY.finditer(keys))


def _table(names: tuple[str, ...], is_list: bool, tables: dict[Place, int]) -> Place:
    """The place that a header opens; `tables` counts the [[tables]] so far."""
    place: Place = ()
    for number, name in enumerate(names):
        place = (*place, name)
        if is_list and number == len(names) - 1:
            tables[place] = tables.get(place, 0) + 1
        if place in tables:
            place = (*place, tables[place] - 1)
    return place


def _value(text: str, at: int, place: Place) -> tuple[int, tuple[Entry, ...]]:
    """Where the value that begins at `at` ends, and the entries of a list in it."""
    depth, number = 0, 0
    within: list[Entry] = []
    for word, start in _tokens(text, at):
        if not depth and word == "\n":
            return start, tuple(within)
        if depth == 1 and word == ",":
            number += 1
        elif depth == 1 and word not in ("]", "}") and not word.isspace() and not word.startswith("#"):
            within.append(Entry((*place, number), _line(text, start), _line(text, start + len(word) - 1)))
        depth += (word in ("[", "{")) - (word in ("]", "}"))
    return len(text), tuple(within)


def _tokens(text: str, at: int) -> Iterator[tuple[str, int]]:
    while match := _TOKEN.match(text, at):
        yield match[0], match.start()
        at = match.end()
