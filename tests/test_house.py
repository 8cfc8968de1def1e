"""The house keeps its own rules: floors, the table of checks, complete checklists, nothing keyed on tests."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import is_dataclass
from importlib import import_module
from inspect import getsource
from pathlib import Path
from types import ModuleType

import pytest

from oitcheck import rules
from oitcheck.lib.thai_text import fold
from oitcheck.rules.checks import CHECKS
from oitcheck.rules.declare import load, years_in
from oitcheck.settings import resource_folder

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "oitcheck"
CHECKLISTS = resource_folder("checklists")
CHECK_MODULES = sorted(p.stem for p in (PACKAGE / "rules/checks").glob("*.py") if p.stem != "__init__")

# How many requirements the criteria have for each item, in the order O1, O2, …
REQUIREMENTS = {
    2566: (
        2, 7, 2, 5, 5, 1, 2, 3, 1, 1, 5, 3, 5, 4, 3, 2, 2, 3, 3, 2, 16, 4, 3, 4, 6, 4, 4, 4, 5, 2, 3, 3, 2, 3, 2, 4, 3, 4,
        2, 4, 2, 4, 2,
    ),
    2568: (2, 5, 5, 3, 5, 6, 5, 4, 6, 3, 3, 18, 13, 4, 6, 5, 5, 3, 5, 5, 6, 1, 3, 2, 4, 4, 12, 2),
}  # fmt: skip
PARTS_OF_2569 = {"O11": 15, "O25": 6}
DEEP = {
    2566: ("O2", "O5", "O12", "O21", "O24", "O27", "O28", "O31", "O42"),
    2568: ("O2", "O3", "O6", "O12", "O17", "O18", "O21", "O27"),
    2569: ("O11", "O25"),
}


def _module(name: str) -> ModuleType:
    return import_module(f"{rules.__name__}.checks.{name}")


def test_the_floors_of_the_house() -> None:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
        "--no-cache",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Contracts: [1-9]\d* kept, 0 broken", done.stdout), done.stdout


def test_the_table_of_checks_is_complete() -> None:
    assert sorted(CHECKS) == CHECK_MODULES
    assert all(CHECKS[name].name == name for name in CHECK_MODULES)
    assert all(CHECKS[name].run is _module(name).run for name in CHECK_MODULES)


@pytest.mark.parametrize("name", CHECK_MODULES)
def test_a_check_has_its_parts_and_nothing_else(name: str) -> None:
    module = _module(name)
    assert is_dataclass(module.Params) and module.Params.__doc__
    assert module.run.__doc__ and "yield" in getsource(module.run)
    assert module.REASONS and all(isinstance(facts, frozenset) for facts in module.REASONS.values())
    public = {
        n for n, v in vars(module).items() if getattr(v, "__module__", "") == module.__name__ and not n.startswith("_")
    }
    assert public == {"Params", "run"}


@pytest.mark.parametrize("name", CHECK_MODULES)
def test_a_check_says_when_it_is_true_false_and_undecided(name: str) -> None:
    module = _module(name)
    first, _, rest = (module.__doc__ or "").partition("\n")
    assert "?" in first, "the first line asks the question"
    source = getsource(module)
    for outcome, word in (("PASSED", "True"), ("FAILED", "False"), ("CANT_TELL", "Undecided")):
        told = word in rest and f"{word}: nothing." not in rest
        assert told == (f"Outcome.{outcome}" in source), f"{word}: the docstring does not fit the code"


@pytest.mark.parametrize("name", CHECK_MODULES)
def test_every_reason_a_check_gives_is_declared_and_every_declared_one_given(name: str) -> None:
    source = getsource(_module(name)).partition("\ndef run(")
    body = source[1] + source[2]
    for reason in CHECKS[name].reasons:
        # Some are put together: f"photo_{photo}", f"{field}_missing".
        first, _, last = reason.partition("_")
        made = (f'"{reason}"', f'f"{first}_{{', f'}}_{last}"')
        assert any(m in body for m in made), f"{reason} is declared, but never given"
    given = set(re.findall(r'Outcome\.[A-Z_]+, "([a-z_]+)"', body))
    assert given <= set(CHECKS[name].reasons), given - set(CHECKS[name].reasons)


@pytest.mark.parametrize("year_be", REQUIREMENTS)
def test_every_item_of_a_year_is_declared_with_all_its_requirements(year_be: int) -> None:
    checklist, _ = load(CHECKLISTS, year_be)
    wanted = {f"O{n}": count for n, count in enumerate(REQUIREMENTS[year_be], 1)}
    assert {i.id: len(i.requirements) for i in checklist.items.values()} == wanted
    for item in checklist.items.values():
        assert [r.id for r in item.requirements] == [f"{item.id}.{n}" for n in range(1, wanted[item.id] + 1)]


def test_the_parts_of_2569() -> None:
    checklist, _ = load(CHECKLISTS, 2569)
    found = {i: len(checklist.items[i].requirements) for i in PARTS_OF_2569}
    assert found == PARTS_OF_2569


@pytest.mark.parametrize(("year_be", "item_id"), [(y, i) for y, items in DEEP.items() for i in items])
def test_an_item_covered_in_depth_verifies_each_of_its_requirements(year_be: int, item_id: str) -> None:
    item = load(CHECKLISTS, year_be)[0].items[item_id]
    assert [r.id for r in item.requirements if r.check == "subject"] == []


def test_what_is_not_verified_yet_can_never_pass() -> None:
    assert "Outcome.PASSED" not in getsource(_module("subject"))


@pytest.mark.parametrize("year_be", years_in(CHECKLISTS))
def test_a_year_names_items_of_its_own_in_every_round(year_be: int) -> None:
    checklist, _ = load(CHECKLISTS, year_be)
    due = [i for r in checklist.rounds for i in r.items]
    assert set(due) <= set(checklist.items)
    assert len({r.id for r in checklist.rounds}) == len(checklist.rounds)


def test_every_name_of_the_vocabulary_is_found_by_itself() -> None:
    """A name that its own concept does not find is swallowed by another or folds to nothing."""
    _, vocabulary = load(CHECKLISTS, 2566)
    lexicon = next(iter(vocabulary.concepts.values())).lexicon
    lost = [(c, n) for c, n in lexicon._entries if not vocabulary[c].named_in(n)]
    assert lost == []


def test_the_vocabulary_holds_no_patterns() -> None:
    _, vocabulary = load(CHECKLISTS, 2566)
    names = [n for _, n in next(iter(vocabulary.concepts.values())).lexicon._entries]
    assert len(names) > 500
    assert [n for n in names if re.search(r"[\\^$*+?{}\[\]|]", n) or not fold(n)] == []


def _hosts_of_tests(text: str) -> list[str]:
    return re.findall(r"[\w-]+\.example\b(?![.\w])", re.sub(r"\{[{%].*?[}%]\}", "", text))


def test_nothing_in_the_product_is_keyed_on_tests() -> None:
    """Hosts of tests and of the demo end in `.example`; none stands in the product."""
    held = []
    for folder in (PACKAGE, CHECKLISTS):
        for path in folder.rglob("*"):
            if path.suffix in (".py", ".toml", ".html", ".css") and "fixtures" not in path.parts:
                held += [(path.name, m) for m in _hosts_of_tests(path.read_text("utf-8"))]
    assert held == []


def test_the_clock_is_read_in_one_place_only() -> None:
    """`datetime.now` and `date.today` stand in pipeline/clock.py; ruff bans them elsewhere, here is the proof."""
    readers = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if re.search(r"\bdatetime\.(?:now|utcnow|today)\(|\bdate\.today\(", path.read_text("utf-8"))
    }
    assert readers == {"pipeline/clock.py"}
