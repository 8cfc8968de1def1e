"""The formula of the score against totals that agencies published, and the grades of the years that are known."""

import pytest

from oitcheck.model.checklist import Checklist, Item
from oitcheck.model.finding import Outcome
from oitcheck.report.score import Estimate, ToolScores, estimate, grade, total, weights
from oitcheck.report.terms import LANGUAGES, Terms

# Items of each sub-indicator in fiscal year 2567: 35 in all.
SIZES_2567 = {"9.1": 6, "9.2": 7, "9.3": 4, "9.4": 4, "9.5": 4, "10.1": 6, "10.2": 4}


@pytest.fixture
def year_2567() -> Checklist:
    indicators = [name for name, size in SIZES_2567.items() for _ in range(size)]
    items = {f"O{n}": Item(f"O{n}", "", "", name, "", (), ()) for n, name in enumerate(indicators, start=1)}
    return Checklist(2567, "", items, "")


def indicator(checklist: Checklist, outcomes: dict[str, Outcome], name: str) -> float:
    """The score of one indicator (0–100): half of OIT is twice its points."""
    worth = weights(checklist)
    return sum(
        2 * points
        for item, points in worth.items()
        if outcomes[item] is Outcome.PASSED and checklist.items[item].indicator.partition(".")[0] == name
    )


# What an agency may have missed to get the 86.67 and 91.67 that it published for 2567. 86.67 is no mean of 25 items.
@pytest.mark.parametrize("missed_of_9", [("O1", "O14", "O15"), ("O6", "O17", "O22"), ("O1", "O2", "O3", "O4")])
def test_the_oit_published_in_2567_comes_out_of_its_items(year_2567, missed_of_9):
    outcomes = dict.fromkeys(year_2567.items, Outcome.PASSED) | dict.fromkeys((*missed_of_9, "O31"), Outcome.FAILED)
    assert round(indicator(year_2567, outcomes, "9"), 2) == 86.67
    assert round(indicator(year_2567, outcomes, "10"), 2) == 91.67
    oit = estimate(year_2567, outcomes)
    assert oit is not None and oit.low == oit.high and round(oit.low, 2) == 89.17
    # IIT 97.266 and EIT 88.96 of the same agency; the parts of EIT were not published apart.
    assert total(ToolScores(97.266, 88.96, 88.96, oit.low)) == 91.54


def test_tools_count_with_the_two_decimals_they_are_published_with():
    unrounded = 0.3 * 97.266 + 0.3 * 88.96 + 0.4 * (86 + 2 / 3 + 91 + 2 / 3) / 2
    assert round(unrounded, 2) == 91.53  # and not the 91.54 published
    assert total(ToolScores(97.266, 88.0, 89.92, 89.166667)) == 91.54
    assert total(ToolScores(0, 0, 0, 41.663)) == 16.66  # 0.4 × 41.66, not 0.4 × 41.663


# Of the published 97.86 (2568) and 94.64 only the part that held the grade back is known; the others here lead to them.
REACHED_97_86 = ToolScores(iit=98.0, eit_part_1=93.26, eit_part_2=99.5, oit=98.87)
REACHED_94_64 = ToolScores(iit=99.8, eit_part_1=83.0, eit_part_2=86.0, oit=98.37)


def test_one_tool_below_the_mark_holds_a_grade_back_from_2567_on():
    assert (total(REACHED_97_86), total(REACHED_94_64)) == (97.86, 94.64)
    assert grade(2568, REACHED_97_86) == "good"  # EIT part 1 below 95
    assert grade(2567, REACHED_94_64) == "passed"  # EIT part 1 below 85
    assert grade(2567, ToolScores(95, 95, 95, 95)) == "excellent"
    assert grade(2567, ToolScores(84, 84, 85, 85.6)) == "improve"
    assert grade(2568, ToolScores(70, 70, 70, 69.9)) == "improve_at_once"


@pytest.mark.parametrize(
    ("score", "expected"), [(95, "AA"), (94.99, "A"), (85, "A"), (84.99, "B"), (50, "E"), (49.99, "F")]
)
def test_the_letters_of_2565_look_at_the_total_only(score, expected):
    assert grade(2565, ToolScores(score, score, score, score)) == expected


def test_a_year_without_known_grades_gives_none():
    assert {year: grade(year, ToolScores(99, 99, 99, 99)) for year in (2564, 2566, 2569)} == {
        2564: None,
        2566: None,
        2569: None,
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_grade_has_its_words(language):
    terms = Terms.load(language)
    every = {grade(year, ToolScores(*[n / 2] * 4)) for year in (2565, 2567, 2568) for n in range(201)}
    assert {f"grade.{key}" for key in every} | {"grade.passed"} == {
        key for key in terms.words if key.startswith("grade.")
    }


def test_not_assessed_and_not_concerned_are_told_apart(year_2567):
    outcomes = dict.fromkeys(year_2567.items, Outcome.PASSED)
    assert estimate(year_2567, outcomes | {"O35": Outcome.INAPPLICABLE}) == Estimate(100.0, 100.0)
    assert weights(year_2567, {"O35": Outcome.INAPPLICABLE})["O34"] == pytest.approx(50 / 2 / 3)
    del outcomes["O35"]
    assert estimate(year_2567, outcomes) is None
