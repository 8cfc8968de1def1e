"""Rounds as people write them."""

from __future__ import annotations

import pytest

from oitcheck.lib.round_names import round_meant

ROUNDS = ("2566-1", "2566-2", "2566-3", "2566")


@pytest.mark.parametrize(
    "text",
    [
        "2566-3", "3", "๓", "๒๕๖๖-๓", "2566/3", "3/2566", "๓/๒๕๖๖", "2566-3 ", "2566 - 3", "2566–3", "2566_3", "2566 3",
        "ครั้งที่ 3", "ครั้งที่๓", "รอบ 3", "รอบที่ 3", "ครั้งที่ 3/2566", "การจัดส่ง URL ครั้งที่ 3", "รอบที่ 3 ปีงบประมาณ พ.ศ. 2566", "03",
        "2023-3", "round 3", "2566-03-01", "2566-03-01T00:00:00", "2566-3.",
    ],
)  # fmt: skip
def test_a_round_is_known_in_every_spelling(text: str) -> None:
    assert round_meant(text, 2566, ROUNDS) == "2566-3"


@pytest.mark.parametrize("text", ["2566", "๒๕๖๖", "ปี 2566", "ปีงบประมาณ พ.ศ. ๒๕๖๖"])
def test_the_year_alone_is_the_round_of_the_year(text: str) -> None:
    assert round_meant(text, 2566, ROUNDS) == "2566"


@pytest.mark.parametrize(
    "text",
    [
        "4",
        "2566-4",
        "2567-3",
        "3/2567",
        "2566-3-again",
        "2566-13",
        "3 และ 2",
        "2-3",
        "สุดท้าย",
        "",
        "-",
        "2566-03-07",
        "เดือน 3",
    ],
)
def test_what_is_no_round_of_the_year_is_not_guessed(text: str) -> None:
    assert round_meant(text, 2566, ROUNDS) is None


def test_a_number_that_several_rounds_end_in_means_none() -> None:
    assert round_meant("3", 2566, (*ROUNDS, "ติดตาม-3")) is None
    assert round_meant("ติดตาม 3", 2566, (*ROUNDS, "ติดตาม-3")) is None
    assert round_meant("ติดตาม -๓", 2566, (*ROUNDS, "ติดตาม-3")) == "ติดตาม-3"
    assert round_meant("1", 2569, ("2569",)) is None


def test_a_round_that_is_a_bare_number_is_known_with_its_year() -> None:
    assert round_meant("2568-1", 2568, ("1", "2568")) == "1"
    assert round_meant("2568", 2568, ("1", "2568")) == "2568"
    assert round_meant("ครั้งที่ 3", 2566, ("3", "2566-3")) is None, "which of the two, who knows"
