"""Two runs side by side."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oitcheck.model.agency import Submission
from oitcheck.model.finding import Outcome
from oitcheck.report.comparison import Change, change_of, compare
from oitcheck.report.view import view
from tests.province59 import round_of_59

PASSED, FAILED, OPEN = Outcome.PASSED, Outcome.FAILED, Outcome.CANT_TELL


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (FAILED, PASSED, Change.IMPROVED),
        (OPEN, PASSED, Change.IMPROVED),
        (PASSED, FAILED, Change.REGRESSED),
        (PASSED, PASSED, Change.UNCHANGED),
        (FAILED, FAILED, Change.UNCHANGED),
        (OPEN, OPEN, Change.UNCHANGED),
        # A site that was down, or could be read at last, has published nothing better or worse.
        (PASSED, OPEN, Change.UNDECIDED),
        (FAILED, OPEN, Change.UNDECIDED),
        (OPEN, FAILED, Change.UNDECIDED),
    ],
)
def test_what_became_of_an_item_handed_in_both_times(before, after, change):
    assert change_of(before, after) is change


def _later(province, finding, *, drop=(), add=(), urls=()):
    """The province some time later: findings of `drop` places replaced by `add`, submissions by `urls`."""
    findings = [f for f in province.findings if (f.agency_id, f.item) not in drop]
    given = {(s.agency_id, s.item): s for s in province.submissions}
    given |= {(a, i): Submission(a, i, u) for a, i, u in urls}
    return view(
        replace(province.run, id="run-2"), province.round, province.checklist, province.agencies,
        tuple(given.values()), (*findings, *add),
    )  # fmt: skip


def test_every_way_an_item_can_change(province, finding):
    later = _later(
        province,
        finding,
        drop={("a-tt", "O10"), ("a-tt", "O1"), ("b-sao", "O2"), ("b-sao", "O11"), ("c-none", "O1")},
        add=(
            finding("a-tt", "O10", "*", PASSED),
            finding("a-tt", "O10", "O10.1", PASSED),
            finding("a-tt", "O1", "*", FAILED),
            finding("a-tt", "O1", "O1.1", FAILED),
            finding("a-tt", "O1", "O1.2", PASSED),
            finding("b-sao", "O2", "*", FAILED, "gate.not_submitted"),
            finding("b-sao", "O11", "*", FAILED, "gate.page_gone"),
            finding("c-none", "O1", "*", FAILED, "gate.page_gone"),
        ),
        urls=(("b-sao", "O2", ()), ("c-none", "O1", ("https://www.c.example/o1/",))),
    )
    compared = compare(province, later)
    by_place = {(c.agency_id, c.item): c for c in compared.changes}
    assert by_place["a-tt", "O10"].change is Change.IMPROVED
    assert by_place["a-tt", "O10"].mended == ("O10.1",)
    assert by_place["a-tt", "O1"].change is Change.REGRESSED
    assert by_place["a-tt", "O1"].broken == ("O1.1",)
    assert by_place["b-sao", "O2"].change is Change.WITHDRAWN
    assert by_place["b-sao", "O11"].change is Change.UNDECIDED
    assert by_place["c-none", "O1"].change is Change.NEW
    assert by_place["c-none", "O2"].change is Change.UNCHANGED  # handed in neither time
    assert sum(compared.totals.values()) == len(compared.changes) == 12
    for row in compared.agencies:
        assert sum(row.changes.values()) == 4


def test_a_run_compared_with_itself_changes_nothing(province):
    compared = compare(province, province)
    assert {c.change for c in compared.changes} == {Change.UNCHANGED}


def test_what_only_one_run_has_is_not_called_withdrawn(province, finding):
    """Rounds ask for different items, and a run of one agency says nothing of the others."""
    findings = tuple(replace(f, item="O2") for f in province.findings if f.item == "O2" and f.agency_id == "a-tt")
    fewer = view(
        replace(province.run, id="run-2"), replace(province.round, items=("O2",)), province.checklist,
        tuple(a for a in province.agencies if a.id == "a-tt"), province.submissions, findings,
    )  # fmt: skip
    compared = compare(province, fewer)
    assert compared.items == ("O2",) and compared.only_before == ("O1", "O10", "O11")
    assert [a.id for a in compared.agencies_only_before] == ["b-sao", "c-none"]
    assert {c.change for c in compared.changes} == {Change.UNCHANGED}
    assert [row.agency.id for row in compared.agencies] == ["a-tt"]


def test_the_round_of_59_after_repairs():
    before, after = round_of_59(), round_of_59(mended=True, run_id="later")
    compared = compare(before, after)
    assert len(compared.changes) == 59 * 43 and len(compared.agencies) == 59
    assert compared.totals[Change.REGRESSED] == 0 and compared.totals[Change.IMPROVED] > 200
    for one in compared.of(Change.IMPROVED):
        assert one.after is PASSED and one.before is not PASSED
        assert after.submitted(one.agency_id, one.item) and before.submitted(one.agency_id, one.item)
    back = compare(after, before)
    assert back.totals[Change.REGRESSED] == compared.totals[Change.IMPROVED]
    assert back.totals[Change.NEW] == compared.totals[Change.WITHDRAWN]
