"""What to mend first: by hand on the small province, and simulated on every real year: mended items give exactly the
estimate that was foretold."""

from dataclasses import replace
from datetime import UTC, datetime
from statistics import mean

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from oitcheck.model.agency import Agency, Round
from oitcheck.model.checklist import Checklist, Item
from oitcheck.model.finding import Finding, Outcome, Run, worst
from oitcheck.report.repairs import WORK, Effort, effort_of, effort_table
from oitcheck.report.score import PASS_SCORE, Estimate
from oitcheck.report.summary import AgencyRow, summarise
from oitcheck.report.view import RunView, view
from oitcheck.rules.checks import CHECKS
from oitcheck.rules.declare import load, years_in
from oitcheck.rules.engine import REASONS
from oitcheck.settings import resource_folder

CHECKLISTS = resource_folder("checklists")
WHOLE_YEARS = [c for c in (load(CHECKLISTS, year)[0] for year in years_in(CHECKLISTS)) if c.complete]
PASSED, FAILED, OPEN, NONE = Outcome.PASSED, Outcome.FAILED, Outcome.CANT_TELL, Outcome.INAPPLICABLE

# Every code that a finding may bear.
CODES = {f"{check.name}.{reason}" for check in CHECKS.values() for reason in check.reasons} | set(REASONS)


def test_every_code_has_its_kind_of_work():
    table = effort_table()
    missing = sorted(
        {code.partition(".")[0] for code in CODES if "default" not in table.get(code.partition(".")[0], {})}
    )
    assert missing == [], (
        f'efforts.toml has no default for {missing}: add [{"], [".join(missing)}], each with default = "…"'
    )


def test_the_table_of_efforts_names_no_code_that_does_not_exist():
    named = {f"{check}.{reason}" for check, kinds in effort_table().items() for reason in kinds if reason != "default"}
    assert sorted(named - CODES) == [], "efforts.toml names reasons that no check gives"
    assert sorted(effort_table().keys() - {code.partition(".")[0] for code in CODES}) == []


def test_efforts_go_from_least_work_to_most():
    assert list(WORK) == list(Effort)
    assert list(WORK.values()) == sorted(set(WORK.values()))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("gate.not_submitted", Effort.LINK),
        ("gate.not_main_website", Effort.LINK),
        ("gate.page_gone", Effort.LINK),
        ("monthly_report.link_broken", Effort.LINK),
        ("column.column_missing", Effort.WORDS),
        ("none_said.empty_without_statement", Effort.WORDS),
        ("monthly_report.month_missing", Effort.PUBLISH),
        ("signed.unsigned", Effort.REISSUE),
        ("period.other_year", Effort.REDO),
        ("channel.two_way_missing", Effort.ORGANISE),
        ("gate.not_readable", Effort.HOST),
        ("check_of_tomorrow.reason", Effort.PUBLISH),
    ],
)
def test_kinds_of_work_by_reason(code, kind):
    assert effort_of(code) is kind


def test_less_work_comes_before_more_points(province):
    link, month = summarise(province).row("b-sao").repairs
    assert (link.item, link.effort, link.points, link.work) == ("O1", Effort.LINK, 12.5, 1)
    assert [f.requirement for f in link.failed] == ["*"]  # one page gone, not two requirements missed
    assert (month.item, month.effort, month.points, month.work) == ("O10", Effort.PUBLISH, 25.0, 3)
    assert (link.after, month.after) == (Estimate(25.0, 75.0), Estimate(50.0, 100.0))


def test_a_page_gone_is_one_thing_also_where_some_requirements_are_optional(province, finding):
    rows = (
        finding("a-tt", "O1", "*", FAILED, "gate.page_gone"),
        finding("a-tt", "O1", "O1.1", FAILED, "gate.page_gone"),
        finding("a-tt", "O1", "O1.2", FAILED, "gate.page_gone"),
        finding("a-tt", "O1", "O1.3", FAILED, "gate.page_gone", binding=False),
    )
    (repair,) = only(province, rows).repairs
    assert [f.requirement for f in repair.failed] == ["*"]


def test_five_months_are_more_work_than_one(province, finding):
    months = tuple(
        finding("a-tt", "O10", "O10.1", FAILED, "monthly_report.month_missing", about=f"2566-0{n}") for n in range(1, 6)
    )
    whole = finding("a-tt", "O10", "*", FAILED, "item.elements_missing")
    summed = finding("a-tt", "O10", "O10.1", FAILED, "monthly_report.month_missing")
    (one,), (five,) = (only(province, (whole, summed, *rows)).repairs for rows in (months[:1], months))
    assert (one.work, five.work) == (3, 6)


def test_an_item_with_open_elements_gains_for_certain_only_when_they_turn_out_well(province, finding):
    rows = tuple(f for f in province.findings if f.agency_id == "a-tt" and f.item != "O1")
    mixed = (
        finding("a-tt", "O1", "*", FAILED, "item.elements_missing"),
        finding("a-tt", "O1", "O1.1", FAILED, "gate.page_gone"),
        finding("a-tt", "O1", "O1.2", OPEN, "subject.not_verified_yet"),
    )
    row = only(province, (*mixed, *rows))
    # 25 points for publishing a month, or half of 12.5 for a link: the open half counts in the ranking, not in the low end.
    month, link = row.repairs
    assert (month.certain, link.certain, link.undecided) == (True, False, 1)
    assert (row.estimate, month.after, link.after) == (
        Estimate(62.5, 62.5),
        Estimate(87.5, 87.5),
        Estimate(87.5, 100.0),
    )
    assert row.goal is not None and (row.goal.repairs, row.goal.is_pass) == (1, True)


def test_a_person_left_open_beside_one_who_fails_leaves_the_item_open(province, finding):
    rows = (
        finding("a-tt", "O2", "*", FAILED, "item.elements_missing"),
        finding("a-tt", "O2", "O2.1", FAILED, "person.photo_missing"),
        finding("a-tt", "O2", "O2.1", FAILED, "person.photo_missing", about="นายก"),
        finding("a-tt", "O2", "O2.1", OPEN, "person.photo_unclear", about="รองนายก"),
    )
    (repair,) = only(province, rows).repairs
    assert not repair.certain


def test_without_the_whole_year_points_are_known_but_no_estimate(province, finding):
    (repair,) = only(province, (finding("a-tt", "O1", "*", FAILED, "gate.page_gone"),)).repairs
    assert (repair.points, repair.after) == (12.5, None)
    assert only(province, (finding("a-tt", "O1", "*", FAILED, "gate.page_gone"),)).goal is None
    part = replace(province, checklist=replace(province.checklist, complete=False))
    assert [repair.points for repair in summarise(part).row("b-sao").repairs] == [None, None]
    assert [repair.item for repair in summarise(part).row("b-sao").repairs] == ["O1", "O10"]  # least work first


def test_nothing_to_mend_leads_nowhere(province, finding):
    row = only(province, (finding("a-tt", "O1", "*", PASSED),))
    assert (row.repairs, row.goal) == ((), None)


def test_past_the_pass_score_the_goal_is_all_of_it(province, finding):
    rows = [finding("a-tt", item, "*", PASSED) for item in ("O2", "O10", "O11")]
    row = only(province, (finding("a-tt", "O1", "*", FAILED, "gate.page_gone"), *rows))
    assert row.estimate == Estimate(87.5, 87.5)
    assert row.goal is not None and (row.goal.repairs, row.goal.after.low, row.goal.is_pass) == (1, 100.0, False)


def only(province: RunView, findings: tuple[Finding, ...]) -> AgencyRow:
    small = view(province.run, province.round, province.checklist, province.agencies, (), findings)
    return summarise(small).row("a-tt")


# ---- a simulated round ----

AGENCY = Agency("x", "x", "อบต.", "x", "x", 2566, "", ("www.x.example",))
CODE_LIST = sorted(CODES)


def row_of(item: str, requirement: str, outcome: Outcome, code: str, binding: bool = True, about: str = "") -> Finding:
    return Finding("x", item, requirement, about, outcome, code.partition(".")[2], code, binding, "direct", {}, (), ())


@st.composite
def assessed_item(draw: st.DrawFn, item: Item) -> tuple[Finding, ...]:
    """The findings of one item as the engine would give them."""
    gate = draw(st.sampled_from(("", "", "", "", "", "not_due", "inapplicable", "page_gone")))
    if gate:
        outcome = FAILED if gate == "page_gone" else NONE
        code = f"gate.{gate}"
        return tuple(
            row_of(item.id, i, outcome, code, b)
            for i, b in (("*", True), *((r.id, r.binding) for r in item.requirements))
        )
    rows: list[Finding] = []
    # Mostly well, so that items pass too.
    outcomes = st.sampled_from((PASSED, PASSED, PASSED, PASSED, PASSED, FAILED, OPEN))
    for requirement in item.requirements:
        code = draw(st.sampled_from(CODE_LIST))
        singles = draw(st.lists(outcomes, min_size=1, max_size=2))
        rows.append(row_of(item.id, requirement.id, worst(singles), code, requirement.binding))
        if len(singles) > 1:
            rows += [
                row_of(item.id, requirement.id, o, code, requirement.binding, f"{n}") for n, o in enumerate(singles)
            ]
    return whole_of(rows), *rows


def whole_of(rows: list[Finding]) -> Finding:
    outcome = worst(f.outcome for f in rows if f.binding and not f.about)
    return row_of(rows[0].item, "*", PASSED if outcome is NONE else outcome, "item.complete")


def mended(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings of one item after everything binding that failed was mended, judged anew."""
    singles = [
        replace(f, outcome=PASSED) if f.binding and f.outcome is FAILED else f for f in findings if f.requirement != "*"
    ]
    rows = []
    for finding in singles:
        about = [f.outcome for f in singles if f.about and f.requirement == finding.requirement]
        rows.append(replace(finding, outcome=worst(about)) if about and not finding.about else finding)
    return whole_of(rows), *rows


def mean_of_means(
    checklist: Checklist, outcomes: dict[str, Outcome], counts: frozenset[Outcome], due: set[str]
) -> float:
    """OIT (0–100) worked out the long way; `counts` are the outcomes taken for complete, `due` the items that count."""
    groups: dict[str, dict[str, list[float]]] = {}
    for item in checklist.items.values():
        if item.id in due:
            subs = groups.setdefault(item.indicator.partition(".")[0], {})
            subs.setdefault(item.indicator, []).append(100.0 if outcomes[item.id] in counts else 0.0)
    return mean(mean(mean(scores) for scores in subs.values()) for subs in groups.values())


def standing_of(checklist: Checklist, by_item: dict[str, tuple[Finding, ...]]) -> AgencyRow:
    run = Run("r", checklist.year_be, "1", checklist.id, "0", datetime(2023, 4, 6, tzinfo=UTC), "2023-04-07")
    round_ = Round("1", checklist.year_be, None, None, (), "")
    findings = [finding for rows in by_item.values() for finding in rows]
    return summarise(view(run, round_, checklist, (AGENCY,), (), findings)).row("x")


@pytest.mark.parametrize("checklist", WHOLE_YEARS, ids=lambda c: str(c.year_be))
# Not shrunk: with 43 items that would take minutes.
@settings(
    max_examples=25,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_mending_gives_exactly_the_estimate_foretold_for_every_prefix(checklist: Checklist, data: st.DataObject):
    by_item = {item.id: data.draw(assessed_item(item)) for item in checklist.items.values()}
    before = standing_of(checklist, by_item)
    failed = {item for item, rows in by_item.items() if rows[0].outcome is FAILED}
    assert {repair.item for repair in before.repairs} == failed
    if before.estimate is None:
        return
    not_due = {item for item, rows in by_item.items() if rows[0].reason == "not_due"}
    due = {item for item, rows in by_item.items() if rows[0].outcome is not NONE} | not_due
    last = before.estimate
    for repair in before.repairs:
        by_item[repair.item] = mended(by_item[repair.item])
        now = standing_of(checklist, by_item)
        assert repair.after == now.estimate and now.estimate is not None and repair.points is not None
        assert repair.certain == (by_item[repair.item][0].outcome is PASSED)
        assert now.estimate.low - last.low == pytest.approx(repair.points if repair.certain else 0.0, abs=1e-5)
        assert now.estimate.high - last.high == pytest.approx(repair.points, abs=1e-5)
        last = now.estimate
    outcomes = {item: OPEN if item in not_due else rows[0].outcome for item, rows in by_item.items()}
    assert last.low == pytest.approx(mean_of_means(checklist, outcomes, frozenset({PASSED}), due), abs=1e-5)
    assert last.high == pytest.approx(mean_of_means(checklist, outcomes, frozenset({PASSED, OPEN}), due), abs=1e-5)
    _holds(before)


def _holds(row: AgencyRow) -> None:
    """The goal is the shortest way to the pass score, and the ranking goes by points for work."""
    value = [(r.points or 0) * (1 if r.certain else 0.5) / r.work for r in row.repairs]
    assert value == sorted(value, reverse=True)
    lows = [repair.after.low for repair in row.repairs if repair.after]
    if row.goal is None:
        assert lows == []
    elif row.goal.is_pass:
        assert lows[row.goal.repairs - 1] >= PASS_SCORE > max([row.goal.before.low, *lows[: row.goal.repairs - 1]])
    else:
        assert row.goal.repairs == len(lows)
