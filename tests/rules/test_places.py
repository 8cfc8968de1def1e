"""The line of every table, key and list entry of a TOML text."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oitcheck.rules.places import Entry, Place, entries, lines_of
from oitcheck.settings import resource_folder

TEXT = '''# year = 1
year = 2566 # items = []
items = ["O1", # "x" [
  "O2",
  'O]3', {a = 1, b = "]"}]
note = """
a = 1
[x] \\"""
"""
a."b c" = 3

[[round]]
id = "1"
[[round]]
  closes_on = 2023-01-31

[concept.price]
names = ["[a", "#b"]
'''


def test_every_place_has_its_line() -> None:
    assert lines_of(entries(TEXT)) == {
        ("year",): 2,
        ("items",): 3,
        ("items", 0): 3,
        ("items", 1): 4,
        ("items", 2): 5,
        ("items", 3): 5,
        ("note",): 6,
        ("a", "b c"): 10,
        ("round", 0): 12,
        ("round", 0, "id"): 13,
        ("round", 1): 14,
        ("round", 1, "closes_on"): 15,
        ("concept", "price"): 17,
        ("concept", "price", "names"): 18,
        ("concept", "price", "names", 0): 18,
        ("concept", "price", "names", 1): 18,
    }


def test_values_of_several_lines_have_their_last_line() -> None:
    found = {e.place: e for e in entries(TEXT)}
    assert found["items",] == Entry(("items",), 3, 5)
    assert found["note",] == Entry(("note",), 6, 9)


def test_windows_line_ends_and_a_text_without_its_last_line_end() -> None:
    lines = lines_of(entries('id = "O1"\r\n\r\n[[requirement]]\r\nid = "O1.1"'))
    assert lines == {("id",): 1, ("requirement", 0): 3, ("requirement", 0, "id"): 4}
    assert entries("") == ()


def _places(value: Any, at: Place = ()) -> Iterator[Place]:
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*at, key)
        yield from _places(inner, (*at, key))


@pytest.mark.parametrize(
    "path", sorted(resource_folder("checklists").glob("**/*.toml")), ids=lambda p: f"{p.parent.name}/{p.name}"
)
def test_nothing_of_the_real_checklists_is_without_a_line(path: Path) -> None:
    text = path.read_text("utf-8")
    found = set(_places(tomllib.loads(text))) - {("requirement",), ("round",), ("concept",)}
    lines = lines_of(entries(text))
    assert found == set(lines)
    for place, line in lines.items():
        if isinstance(place[-1], str):
            assert place[-1] in text.splitlines()[line - 1], place
