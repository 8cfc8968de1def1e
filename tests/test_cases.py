"""Every case folder under fixtures/<year>/<item>/<case>/ is a test: served files in, verdicts out, through the real
crawler's rules of walking, the real readers and the real engine. The network is a dictionary."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from oitcheck import cases
from oitcheck.model.finding import Finding
from tests.pages import checklist_of

FIXTURES = Path(__file__).parent.parent / "fixtures"
CASES = sorted(FIXTURES.glob("2[0-9][0-9][0-9]/O*/*/case.toml"))
OPEN_CASES = sorted(FIXTURES.glob("open/2[0-9][0-9][0-9]/O*/*/case.toml"))


def name_of(path: Path) -> str:
    return "/".join(path.parts[-4:-1])


def judged(path: Path) -> dict[str, Finding]:
    """The findings of a case by requirement, those about one month or person left out."""
    case = cases.read_case(path.parent)
    checklist, vocabulary = checklist_of(case.year_be)
    findings = cases.judged(case, cases.evidence_in(case), checklist, vocabulary)
    return {f.requirement: f for f in findings if not f.about}


def expected(path: Path) -> Iterator[tuple[str, str, str]]:
    """(requirement, outcome, reason or "") of every binding requirement, and of optional ones that are named."""
    case = tomllib.loads(path.read_text("utf-8"))
    checklist, _ = checklist_of(int(path.parents[2].name))
    told: dict[str, str] = dict(case["expect"])
    others = told.pop("others", "")
    for requirement in checklist.items[path.parents[1].name].requirements:
        words = told.pop(requirement.id, others if requirement.binding else "")
        if words:
            outcome, _, reason = words.partition(" ")
            yield requirement.id, outcome, reason
    if "*" in told:
        yield "*", told.pop("*"), ""
    assert not told, f"{path}: [expect] names what the item has not: {sorted(told)}"


@pytest.mark.parametrize("path", CASES, ids=name_of)
def test_case(path: Path) -> None:
    found = judged(path)
    wrong = []
    for requirement, outcome, reason in expected(path):
        row = found[requirement]
        if row.outcome != outcome or (reason and row.reason != reason):
            wrong.append(
                f"{requirement}: expected {outcome} {reason}, found {row.outcome} {row.code} {dict(row.facts)}"
            )
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", OPEN_CASES, ids=name_of)
def test_open_case_is_unmet_but_not_contradicted(path: Path) -> None:
    """A case that the rules meet belongs beside the others; one they contradict is a false verdict."""
    found = judged(path)
    unmet = []
    for requirement, outcome, _ in expected(path):
        row = found[requirement]
        if row.outcome != outcome:
            assert row.outcome == "cant_tell", f"{requirement}: {row.outcome} where {outcome} is right ({row.code})"
            unmet.append(requirement)
    assert unmet, f"{path.parent} is met now: move it to fixtures/{'/'.join(path.parts[-4:-2])}/"


@pytest.mark.parametrize("year", [2566, 2567, 2568, 2569])
def test_every_element_has_a_case_that_passes_and_one_that_does_not(year: int) -> None:
    shown: dict[str, set[str]] = defaultdict(set)
    for path in (*CASES, *OPEN_CASES):
        if path.parents[2].name == str(year):
            for requirement, outcome, _ in expected(path):
                shown[requirement].add(outcome)
    checklist, _ = checklist_of(year)
    binding = [r.id for item in checklist.items.values() for r in item.requirements if r.binding]
    missing = {r: {"passed", "failed"} - shown[r] for r in binding if {"passed", "failed"} - shown[r]}
    assert not missing


def test_there_are_cases() -> None:
    assert len(CASES) > 500
