"""The measures document that agencies publish themselves, as a draft: what is known filled in, the rest to write.

Nothing is invented: what stands in it are the published scores that a person entered, their differences, and findings
of a kept run. Measures, steps, time, who is responsible and the agency's limitations are left blank.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from oitcheck.model.agency import Agency
from oitcheck.model.checklist import Checklist, Item
from oitcheck.model.finding import Outcome
from oitcheck.model.ita import INDICATORS, TOOLS, TOTAL, ItaScore
from oitcheck.report.messages import Messages
from oitcheck.report.repairs import item_faults
from oitcheck.report.score import PASS_SCORE
from oitcheck.report.terms import Pending
from oitcheck.report.view import RunView

SUBJECT = "subject_measures"
# From here on a result is "very good"; below it there is something to develop.
GOOD_SCORE = 95.0
_MOST_FAULTS_OF_AN_ITEM = 2


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One line of a table of results: its name, the year before, the year, the difference as agencies publish it."""

    name: str
    before: str
    score: str
    difference: str


@dataclass(frozen=True, slots=True)
class Analysed:
    """One issue or indicator: its name, what tells of it (questions, indicators), and the analysis; "" is to write."""

    name: str
    told_by: str
    analysis: str


@dataclass(frozen=True, slots=True)
class MeasuresDraft:
    """The document of one agency, ready to be set. Years are BE; texts have Arabic digits.

    `form`: weak_points, issues or indicators. `opening` are paragraphs; `analysed` the issues or indicators; `weak` and
    `develop` the two lists of the first form; `columns` those of the table to fill in, whose first one or two are given
    by `analysed`; `limitations` the headings left to write under.
    """

    agency: Agency
    year_be: int
    result_year_be: int
    item: str
    form: str
    title: str
    opening: tuple[str, ...]
    tools: tuple[ResultRow, ...]
    indicators: tuple[ResultRow, ...]
    analysed: tuple[Analysed, ...]
    weak: tuple[str, ...]
    develop: tuple[str, ...]
    columns: tuple[str, ...]
    limitations: tuple[str, ...]
    run_id: str


def measures_item(checklist: Checklist) -> Item | None:
    """The item of a year that asks for the measures document."""
    return next((i for i in checklist.items.values() if any(c.id == SUBJECT for c in i.subject)), None)


def form_of(year_be: int) -> str:
    """The form that a fiscal year asks for; a later year without its own takes that of the year before it."""
    forms = {int(year): str(form) for year, form in template()["forms"].items()}
    known = [year for year in forms if year <= year_be]
    return forms[max(known)] if known else forms[min(forms)]


def words(key: str, **values: object) -> str:
    """A sentence of the paper with its values."""
    text = str(template()["words"][key])
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def measures_draft(
    agency: Agency, checklist: Checklist, scores: Iterable[ItaScore], run: RunView | None, messages: Messages
) -> MeasuresDraft:
    """The draft of one agency for the fiscal year of the checklist, from the results of the year before.

    `run`: whose findings are told (None: none are). Raises KeyError when the year has no such item.
    """
    item = measures_item(checklist)
    if item is None:
        raise KeyError(checklist.year_be)
    year = checklist.year_be
    own = {one.measured: one for one in scores if one.agency_id == agency.id}
    source = _Source(own, run, agency.id, messages)
    form = form_of(year)
    title = words("title_indicators" if form == "indicators" else "title_measures", year=year, result_year=year - 1)
    weak, develop = source.lists() if form == "weak_points" else ((), ())
    analysed = {"issues": source.issues, "indicators": source.indicators}.get(form, tuple)()
    return MeasuresDraft(
        agency=agency,
        year_be=year,
        result_year_be=year - 1,
        item=item.id,
        form=form,
        title=title,
        opening=source.opening(agency, year - 1),
        tools=source.rows({tool: words(tool) for tool in TOOLS}),
        indicators=source.rows({**_indicator_names(), TOTAL: words("total")}),
        analysed=analysed,
        weak=weak,
        develop=develop,
        columns=tuple(template()["columns"][form]),
        limitations=tuple(template()["limitations"]["titles"]) if form == "issues" else (),
        run_id=run.run.id if run is not None else "",
    )


@dataclass(frozen=True, slots=True)
class _Source:
    """What is known of one agency: its scores by what was measured, and a run with its findings."""

    scores: Mapping[str, ItaScore]
    run: RunView | None
    agency_id: str
    messages: Messages

    def opening(self, agency: Agency, result_year: int) -> tuple[str, ...]:
        one = self.scores.get(TOTAL)
        if one is None:
            return ()
        text = words("results_total", agency=agency.name_th, result_year=result_year, score=score_text(one.score))
        if one.before is not None:
            text += words(
                "results_total_before",
                before_year=result_year - 1,
                before=score_text(one.before),
                change=_change(one),
            )
        return (text,)

    def rows(self, names: Mapping[str, str]) -> tuple[ResultRow, ...]:
        """The lines of those that have a score."""
        return tuple(
            ResultRow(
                name=name,
                before="" if (one := self.scores[key]).before is None else score_text(one.before),
                score=score_text(one.score),
                difference=difference(one),
            )
            for key, name in names.items()
            if key in self.scores
        )

    def indicators(self) -> tuple[Analysed, ...]:
        names = _indicator_names()
        return tuple(
            Analysed(names[number], "", self._analysis((number,), self._items_of_indicator(number), named=False))
            for number in INDICATORS
        )

    def issues(self) -> tuple[Analysed, ...]:
        found = []
        for place, issue in enumerate(template()["issue"], start=1):
            numbers = tuple(issue["indicators"])
            told_by = ", ".join(_indicator_names()[number] for number in numbers)
            analysis = self._analysis(numbers, self._items_of_issue(place - 1), named=True)
            found.append(Analysed(words("issue", number=place, title=issue["title"]), told_by, analysis))
        return tuple(found)

    def lists(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What must be mended at once, and what is to be made better; "" alone where nothing is known."""
        names = _indicator_names()
        known = [(names[n], self.scores[n]) for n in INDICATORS if n in self.scores]
        weak = [f"{name} {_judged(one)}" for name, one in known if one.score < PASS_SCORE]
        develop = [
            f"{name} {_judged(one)}"
            for name, one in known
            if one.score >= PASS_SCORE and (one.score < GOOD_SCORE or _delta(one) < 0)
        ]
        every = tuple(self.run.checklist.items) if self.run is not None else ()
        weak += self._failed(every)
        weak += [self._found([told]) for told in self._open(every)]
        is_whole = len(known) == len(INDICATORS)
        if not weak:
            weak = [words("none_below", least=_least())] if is_whole and every else [""]
        if not develop:
            develop = [words("none_fell", good=score_text(GOOD_SCORE).removesuffix(".00"))] if is_whole else [""]
        return tuple(weak), tuple(develop)

    def _analysis(self, numbers: tuple[str, ...], items: tuple[str, ...], *, named: bool) -> str:
        parts = []
        for number in numbers:
            one = self.scores.get(number)
            if one is not None:
                parts.append(f"{_indicator_names()[number]} {_judged(one)}" if named else _judged(one))
        if items:
            faults = self._failed(items)
            told = [words("found_failed", items="; ".join(faults))] if faults else []
            parts.append(self._found([*told, *self._open(items)] or [words("found_none")]))
        return " ".join(parts)

    def _found(self, told: list[str]) -> str:
        assert self.run is not None
        return words("found", run_year=self.run.run.year_be, told=" ".join(told))

    def _open(self, items: tuple[str, ...]) -> list[str]:
        """What is not known of the items: those not handed in, those that wait for a person, those not checked."""
        groups: dict[str, list[str]] = {"found_missing": [], "found_waiting": [], "found_unchecked": []}
        for item in items:
            assert self.run is not None
            outcome = self.run.outcome(self.agency_id, item)
            if outcome is None:
                groups["found_unchecked"].append(item)
            elif outcome is Outcome.CANT_TELL:
                groups["found_waiting"].append(item)
            elif self.run.shown(self.agency_id, item) is Pending.NOT_DUE:
                groups["found_missing"].append(item)
        return [words(key, items=", ".join(found)) for key, found in groups.items() if found]

    def _failed(self, items: tuple[str, ...]) -> tuple[str, ...]:
        told = []
        for item in items:
            assert self.run is not None
            if self.run.outcome(self.agency_id, item) is not Outcome.FAILED:
                continue
            says = dict.fromkeys(self.messages.says(f) for f in item_faults(self.run, self.agency_id, item))
            known = self.run.item(item)
            title = known.title if known else ""
            most = " ".join(list(says)[:_MOST_FAULTS_OF_AN_ITEM])
            told.append(words("found_item", item=item, title=title, says=most))
        return tuple(told)

    def _items_of_indicator(self, number: str) -> tuple[str, ...]:
        return tuple(item.id for item in self._asked() if item.indicator.partition(".")[0] == number)

    def _items_of_issue(self, place: int) -> tuple[str, ...]:
        return tuple(item.id for item in self._asked() if _issue_of(item) == place)

    def _asked(self) -> Iterable[Item]:
        """The items of the year of the run, also those that it did not look at; none without a run."""
        return self.run.checklist.items.values() if self.run is not None else ()


def _issue_of(item: Item) -> int | None:
    """Which of the seven issues an OIT item tells of, counted from 0."""
    issues = template()["issue"]
    for place, issue in enumerate(issues):
        if any(word in item.title for word in issue.get("oit_words", ())):
            return place
    return next((place for place, issue in enumerate(issues) if item.indicator in issue.get("oit", ())), None)


def score_text(score: float) -> str:
    """A score with two decimals, as published: 84.51, 100.00."""
    return f"{Decimal(str(score)).quantize(Decimal('0.01'), ROUND_HALF_UP)}"


def difference(one: ItaScore) -> str:
    """The difference from the year before as agencies publish it: +6.32, -0.49, 0.00; "" when it is not known."""
    if one.before is None:
        return ""
    delta = _delta(one)
    return f"+{delta}" if delta > 0 else str(delta)


def _delta(one: ItaScore) -> Decimal:
    """The difference of the two scores as published, not of what stands behind them."""
    if one.before is None:
        return Decimal(0)
    return Decimal(score_text(one.score)) - Decimal(score_text(one.before))


def _change(one: ItaScore) -> str:
    delta = _delta(one)
    return words("same") if delta == 0 else words("up" if delta > 0 else "down", points=abs(delta))


def _judged(one: ItaScore) -> str:
    """What a score says: how much, what became of it since the year before, and whether it reaches the pass score."""
    parts = [words("got", score=score_text(one.score))]
    if one.before is not None:
        parts.append(_change(one))
    if one.score < PASS_SCORE:
        parts.append(words("below", least=_least()))
    elif _delta(one) < 0:
        parts.append(words("fell"))
    else:
        parts.append(words("raise", least=_least()) if one.score < GOOD_SCORE else words("keep"))
    return " ".join(parts)


def _least() -> str:
    return score_text(PASS_SCORE).removesuffix(".00")


def _indicator_names() -> dict[str, str]:
    return {i["number"]: words("indicator", number=i["number"], title=i["title"]) for i in template()["indicator"]}


@cache
def template() -> Mapping[str, Any]:
    """`measures.toml`: forms, issues, indicators, columns and sentences."""
    return tomllib.loads(files("oitcheck.report").joinpath("measures.toml").read_text(encoding="utf-8"))
