"""Numbers of a round and the estimate of the score, against figures worked out by hand."""

from dataclasses import replace

import pytest

from oitcheck.model.checklist import Checklist, Item
from oitcheck.model.finding import Outcome, SearchedRow
from oitcheck.report.score import Estimate, estimate, weights
from oitcheck.report.summary import Counts, summarise
from oitcheck.report.view import view

PASSED, FAILED, OPEN, NONE = Outcome.PASSED, Outcome.FAILED, Outcome.CANT_TELL, Outcome.INAPPLICABLE

# Items of each sub-indicator in fiscal year 2566: 43 in all.
SIZES_2566 = {"9.1": 10, "9.2": 8, "9.3": 4, "9.4": 4, "9.5": 4, "10.1": 8, "10.2": 5}


@pytest.fixture
def year_2566() -> Checklist:
    indicators = [name for name, size in SIZES_2566.items() for _ in range(size)]
    items = {f"O{n}": Item(f"O{n}", "", "", name, "", (), ()) for n, name in enumerate(indicators, start=1)}
    return Checklist(2566, "", items, "")


def test_an_item_is_worth_its_share_of_its_sub_indicator(year_2566):
    worth = weights(year_2566)
    assert worth["O21"] == pytest.approx(2.5)  # 100 / 2 indicators / 5 sub-indicators / 4 items
    assert worth["O1"] == pytest.approx(1.0)
    assert worth["O31"] == pytest.approx(3.125)
    assert worth["O43"] == pytest.approx(5.0)
    assert sum(worth.values()) == pytest.approx(100.0)


def test_the_estimate_counts_open_questions_both_ways(year_2566):
    outcomes = dict.fromkeys(year_2566.items, PASSED) | {"O21": FAILED, "O43": OPEN, "O1": OPEN}
    # Low: 100 - 2.5 - 5 - 1; high: 100 - 2.5.
    assert estimate(year_2566, outcomes) == Estimate(low=91.5, high=97.5)


def test_items_that_do_not_concern_the_agency_leave_their_weight_to_the_others(year_2566):
    outcomes = dict.fromkeys(year_2566.items, PASSED) | {"O19": NONE, "O21": FAILED}
    # 9.3 is now the mean of three items: one of them is 50 / 5 / 3 points.
    assert estimate(year_2566, outcomes) == Estimate(low=pytest.approx(96.666667), high=pytest.approx(96.666667))
    assert estimate(year_2566, outcomes, open_items=frozenset({"O19"})) == Estimate(low=95.0, high=97.5)


def test_no_estimate_without_the_whole_year(year_2566):
    outcomes = dict.fromkeys(year_2566.items, PASSED)
    assert estimate(replace(year_2566, complete=False), outcomes) is None
    del outcomes["O5"]
    assert estimate(year_2566, outcomes) is None
    only_nine = replace(year_2566, items={k: v for k, v in year_2566.items.items() if v.indicator.startswith("9")})
    assert weights(only_nine) == {}


def test_counts_add_up_and_agencies_keep_their_order(province):
    summary = summarise(province)
    assert [row.agency.id for row in summary.rows] == ["b-sao", "a-tt", "c-none"]
    assert summary.items == ("O1", "O2", "O10", "O11")
    assert summary.counts == Counts(passed=4, failed=7, cant_tell=1)
    assert dict(summary.by_item)["O10"] == Counts(failed=3)
    assert [agency.id for agency in summary.nothing_submitted] == ["c-none"]
    assert summary.row("a-tt").counts == Counts(passed=3, failed=1)


def test_a_row_has_its_estimate_its_repairs_and_where_they_lead(province):
    row = summarise(province).row("b-sao")
    # 9.1 has two items (12.5 each), 9.2 one (25), 10.1 one (50).
    assert row.estimate == Estimate(low=12.5, high=62.5)
    assert [(repair.item, repair.points) for repair in row.repairs] == [("O1", 12.5), ("O10", 25.0)]
    assert row.goal is not None and (row.goal.repairs, row.goal.after) == (2, Estimate(low=50.0, high=100.0))


def test_faults_count_each_agency_once_and_the_page_that_is_gone_once(province):
    faults = [(f.item, f.requirement, f.code, f.agencies) for f in summarise(province).faults]
    assert faults[0] == ("O10", "O10.1", "months.missing", ("b-sao", "a-tt"))
    assert ("O1", "*", "gate.page_gone", ("b-sao",)) in faults
    assert not [fault for fault in faults if fault[1] == "O1.1"]


def test_sites_in_trouble_are_named_with_what_waits_for_them(province):
    (trouble,) = summarise(province).troubles
    assert (trouble.agency.id, trouble.host, trouble.outcome) == ("b-sao", "www.b.example", "timeout")
    assert (trouble.addresses, trouble.items) == (1, ("O11",))


def test_a_page_that_is_gone_is_no_trouble_of_the_host(province, finding):
    gone = SearchedRow("https://www.a.example/x", "", "", 0, False, "not_found")
    only = finding("a-tt", "O1", "*", FAILED, "gate.page_gone", searched=(gone,))
    small = view(province.run, province.round, province.checklist, province.agencies, (), (only,))
    assert summarise(small).troubles == ()


def test_optional_requirements_are_no_faults(province, finding):
    rows = (
        finding("a-tt", "O1", "*", PASSED),
        finding("a-tt", "O1", "O1.1", FAILED, "says.missing", binding=False),
        finding("a-tt", "O1", "O1.2", PASSED),
    )
    small = view(province.run, province.round, province.checklist, province.agencies, (), rows)
    summary = summarise(small)
    assert summary.faults == () and summary.row("a-tt").is_complete


def test_an_empty_run_has_a_summary(province):
    empty = view(province.run, province.round, province.checklist, (), (), ())
    assert summarise(empty).rows == ()


def test_only_the_agencys_own_sites_behind_open_items_are_in_trouble(province, finding):
    rows = []
    for host in ("www.b.example", "doc.www.b.example", "drive.example", "www.a.example"):
        rows.append(SearchedRow(f"https://{host}/x", "", "", 0, False, "timeout"))
    searched = tuple(rows)
    made = (
        finding("b-sao", "O1", "*", OPEN, "gate.not_readable", searched=searched),
        finding("b-sao", "O2", "*", PASSED, searched=searched),
        finding("b-sao", "O10", "*", FAILED, "months.missing", searched=searched),
    )
    small = view(province.run, province.round, province.checklist, province.agencies, (), made)
    troubles = summarise(small).troubles
    assert [(t.host, t.items) for t in troubles] == [("doc.www.b.example", ("O1",)), ("www.b.example", ("O1",))]
