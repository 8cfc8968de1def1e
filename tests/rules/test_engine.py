"""The engine's rules: gate, fairness, no consent by silence, worst wins. The checks here say what each test wants."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from oitcheck.lib.thai_calendar import FiscalYear
from oitcheck.model.agency import Agency, Submission
from oitcheck.model.checklist import Item, Requirement
from oitcheck.model.context import Context
from oitcheck.model.evidence import (
    BlindReason,
    BlindSpot,
    Capture,
    Document,
    Evidence,
    FetchOutcome,
    Line,
    Locator,
    Section,
)
from oitcheck.model.finding import Finding, Outcome, Seen, Verdict
from oitcheck.rules import engine
from oitcheck.rules.checks import Check
from oitcheck.rules.declare import load_vocabulary
from oitcheck.rules.engine import Judging, assess
from oitcheck.settings import resource_folder

THEN = datetime(2023, 4, 1, tzinfo=UTC)
PAGE = "http://www.sophuai.example/o21/"
VOCABULARY = load_vocabulary(resource_folder("checklists"))
AGENCY = Agency("sophuai", "เทศบาลตำบลสบห้วย", "เทศบาลตำบล", "นครธาร", "สบห้วย", 2566, "", ("www.sophuai.example",))
P, F, U, N = Outcome.PASSED, Outcome.FAILED, Outcome.CANT_TELL, Outcome.INAPPLICABLE


@dataclass(frozen=True, slots=True)
class Says:
    """The verdicts a check is to give: (outcome, reason, about)."""

    verdicts: tuple[tuple[Outcome, str, str], ...]


def _says(evidence: Evidence, params: Any, context: Context) -> Iterator[Verdict]:
    at = evidence.documents[0].capture.sha256 if evidence.documents else ""
    for outcome, reason, about in params.verdicts:
        yield Verdict(outcome, reason, about, {"n": reason}, (Seen(Locator(at, "css:p"), f"quote of {reason}"),))


def _breaks(evidence: Evidence, params: Any, context: Context) -> Iterator[Verdict]:
    raise ZeroDivisionError("a check with a bug")
    yield


@pytest.fixture(autouse=True)
def checks(monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, Callable[..., Iterator[Verdict]]] = {"says": _says, "breaks": _breaks}
    monkeypatch.setattr(engine, "CHECKS", {n: Check(n, Says, {}, run, "") for n, run in made.items()})


def requirement(number: int, *verdicts: tuple[Outcome, str, str], check: str = "says", **more: Any) -> Requirement:
    return Requirement(f"O21.{number}", "ข้อ", "item", check, Says(verdicts), **more)


def item(*requirements: Requirement) -> Item:
    subject = (VOCABULARY["monthly_procurement"],)
    return Item("O21", "สรุปผล", "Summary", "9.3", "first_half", subject, requirements)


def capture(url: str = PAGE, outcome: FetchOutcome = FetchOutcome.OK, **more: Any) -> Capture:
    sha256 = hashlib.sha256(url.encode()).hexdigest() if outcome.is_ok else ""
    return Capture(url, url, (), outcome, 200 if outcome.is_ok else 404, THEN, "text/html", sha256=sha256, **more)


def page(of: Capture | None = None) -> Document:
    of = of or capture()
    at = Locator(of.sha256, "css:p")
    lines = tuple(
        Line(text, at) for text in ("งานประชาสัมพันธ์ของเทศบาล", "เทศบาลจัดโครงการปลูกต้นไม้ริมลำห้วยเมื่อ 5 มกราคม 2566")
    )
    return Document(of, "html", "งานประชาสัมพันธ์", (Section(("ข่าว",), lines, at=at),))


def evidence(
    *blind: BlindSpot, documents: tuple[Document, ...] | None = None, captures: tuple[Capture, ...] = ()
) -> Evidence:
    documents = (page(),) if documents is None else documents
    own = captures or (*(d.capture for d in documents), *(b.capture for b in blind))
    return Evidence(own, documents, blind)


def judged(
    of: Item, found: Evidence, *, urls: tuple[str, ...] = (PAGE,), as_of: date = date(2023, 4, 7),
    closes_on: date | None = None, unconfirmed: str = "count", agency: Agency = AGENCY,
) -> tuple[Finding, ...]:  # fmt: skip
    context = Context(FiscalYear(2566), agency, as_of, VOCABULARY, of)
    return assess(of, Submission(agency.id, of.id, urls), found, context, Judging(closes_on, unconfirmed))


def rows(findings: tuple[Finding, ...]) -> dict[tuple[str, str], tuple[Outcome, str]]:
    return {(f.requirement, f.about): (f.outcome, f.code) for f in findings}


def spot(
    name: str, reason: BlindReason = BlindReason.SCANNED_NO_OCR, outcome: FetchOutcome = FetchOutcome.OK
) -> BlindSpot:
    return BlindSpot(
        capture(f"http://www.sophuai.example/f/{name}.pdf", outcome, link_text=name, depth=1, found_on=PAGE), reason
    )


# --- rows ------------------------------------------------------------------------------------------------------


def test_every_requirement_has_one_row_and_the_item_one() -> None:
    of = item(
        requirement(1, (P, "there", "")),
        requirement(2, (P, "there", "2565-10"), (F, "missing", "2565-11"), (U, "unclear", "2565-12")),
        requirement(3, (P, "there", "ก"), (P, "there", "ข")),
        requirement(4, (F, "missing", ""), binding=False, basis="recall"),
    )
    found = judged(of, evidence())
    assert rows(found) == {
        ("*", ""): (F, "item.elements_missing"),
        ("O21.1", ""): (P, "says.there"),
        ("O21.2", ""): (F, "says.missing"),
        ("O21.2", "2565-10"): (P, "says.there"),
        ("O21.2", "2565-11"): (F, "says.missing"),
        ("O21.2", "2565-12"): (U, "says.unclear"),
        ("O21.3", ""): (P, "says.there"),
        ("O21.3", "ก"): (P, "says.there"),
        ("O21.3", "ข"): (P, "says.there"),
        ("O21.4", ""): (F, "says.missing"),
    }
    assert found[0].requirement == "*" and found[0].facts == {"count": "1", "missing": "O21.2"}
    by_requirement = {f.requirement: f for f in found if not f.about}
    assert not by_requirement["O21.4"].binding and by_requirement["O21.4"].basis == "recall"
    assert [s.quote for s in by_requirement["O21.3"].seen] == ["quote of there"] * 2


def test_one_thing_said_twice_is_one_row() -> None:
    found = judged(item(requirement(1, (P, "there", "2565-10"), (F, "missing", "2565-10"))), evidence())
    assert sorted(rows(found)) == [("*", ""), ("O21.1", ""), ("O21.1", "2565-10")]
    assert len(found) == 3


def test_a_quotation_carries_the_capture_it_stands_in() -> None:
    found = judged(item(requirement(1, (F, "missing", ""))), evidence())[1]
    (seen,) = found.seen
    assert (seen.url, seen.sha256, seen.fetched_at, seen.place) == (PAGE, capture().sha256, THEN, "css:p")
    assert [(s.url, s.kind, s.outcome) for s in found.searched] == [(PAGE, "html", "read")]
    assert judged(item(requirement(1, (P, "there", ""))), evidence())[1].searched == ()


# --- worst wins ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcomes", "whole", "code"),
    [
        ((P, P), P, "item.complete"),
        ((P, U), U, "item.elements_undecided"),
        ((P, U, F), F, "item.elements_missing"),
        ((N, N), P, "item.complete"),
        ((N, U), U, "item.elements_undecided"),
    ],
)
def test_the_worst_requirement_is_the_item(outcomes: tuple[Outcome, ...], whole: Outcome, code: str) -> None:
    of = item(*(requirement(n, (o, "r", "")) for n, o in enumerate(outcomes, 1)))
    assert rows(judged(of, evidence()))["*", ""] == (whole, code)


@pytest.mark.parametrize("optional", [P, F, U])
def test_an_optional_requirement_is_left_out_of_the_item(optional: Outcome) -> None:
    of = item(requirement(1, (P, "there", "")), requirement(2, (optional, "r", ""), binding=False))
    found = judged(of, evidence())
    assert rows(found)["*", ""] == (P, "item.complete")
    assert rows(found)["O21.2", ""] == (optional, "says.r")
    assert found[0].facts == {"count": "1"}


@pytest.mark.parametrize("basis", ["practice", "advice", "recall"])
def test_an_unconfirmed_requirement_can_only_hold_the_item_open_under_review(basis: str) -> None:
    of = item(requirement(1, (P, "there", "")), requirement(2, (F, "missing", ""), basis=basis))
    assert rows(judged(of, evidence()))["*", ""] == (F, "item.elements_missing")
    review = judged(of, evidence(), unconfirmed="review")
    assert rows(review)["*", ""] == (U, "item.unconfirmed_missing")
    assert rows(review)["O21.2", ""] == (F, "says.missing")
    confirmed = item(*of.requirements, requirement(3, (F, "missing", ""), basis="analogue"))
    assert rows(judged(confirmed, evidence(), unconfirmed="review"))["*", ""] == (F, "item.elements_missing")


# --- silence is not consent ------------------------------------------------------------------------------------


def test_a_check_that_says_nothing_decides_nothing() -> None:
    found = judged(item(requirement(1)), evidence())
    assert rows(found) == {("*", ""): (U, "item.elements_undecided"), ("O21.1", ""): (U, "engine.nothing_found")}


def test_a_check_that_crashes_decides_nothing_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        found = judged(item(requirement(1, check="breaks"), requirement(2, (P, "there", ""))), evidence())
    assert rows(found)["O21.1", ""] == (U, "engine.check_crashed")
    assert rows(found)["O21.2", ""] == (P, "says.there")
    assert "O21.1" in caplog.text and "ZeroDivisionError" in caplog.text


# --- fairness --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", [r for r in BlindReason if r is not BlindReason.EMPTY_FILE])
def test_failed_is_not_said_while_something_is_unread(reason: BlindReason) -> None:
    found = judged(item(requirement(1, (F, "missing", ""))), evidence(spot("เอกสาร", reason)))
    assert rows(found) == {("*", ""): (U, "item.elements_undecided"), ("O21.1", ""): (U, "says.missing")}
    assert {s.outcome for s in found[1].searched} == {"read", reason.value}


def test_an_unread_thing_takes_nothing_from_what_was_found() -> None:
    of = item(requirement(1, (P, "there", "")), requirement(2, (U, "unclear", "")), requirement(3, (N, "none", "")))
    found = rows(judged(of, evidence(spot("เอกสาร"))))
    assert [found[f"O21.{n}", ""][0] for n in (1, 2, 3)] == [P, U, N]


def test_an_unread_document_of_another_month_holds_back_only_that_month() -> None:
    of = item(requirement(1, (F, "missing", "2566-03")), requirement(2, (F, "missing", "2565-10")))
    found = rows(judged(of, evidence(spot("เดือนมีนาคม 2566"))))
    assert found["O21.1", "2566-03"] == found["O21.1", ""] == (U, "says.missing")
    assert found["O21.2", "2565-10"] == found["O21.2", ""] == (F, "says.missing")
    assert found["*", ""] == (F, "item.elements_missing")


def test_an_unread_document_without_a_month_may_hold_any() -> None:
    of = item(requirement(1, (F, "missing", "2566-03")), requirement(2, (F, "missing", "2565-10")))
    found = rows(judged(of, evidence(spot("สรุปผลการจัดซื้อจัดจ้าง"))))
    assert found["O21.1", ""][0] is found["O21.2", ""][0] is U


def test_an_unread_document_of_another_item_holds_nothing_back() -> None:
    name = "ประกาศเจตนารมณ์ No Gift Policy"
    assert any(c.named_in(name) for c in VOCABULARY.in_group("subject"))
    found = rows(judged(item(requirement(1, (F, "missing", ""))), evidence(spot(name))))
    assert found["O21.1", ""] == (F, "says.missing")


@pytest.mark.parametrize(
    "blind",
    [
        spot("เอกสาร", BlindReason.EMPTY_FILE),
        spot("เอกสาร", BlindReason.UNREACHABLE, FetchOutcome.NOT_FOUND),
        spot("เอกสาร", BlindReason.UNREACHABLE, FetchOutcome.GONE),
    ],
)
def test_what_is_not_there_holds_nothing_back(blind: BlindSpot) -> None:
    found = rows(judged(item(requirement(1, (F, "missing", ""))), evidence(blind)))
    assert found["O21.1", ""] == (F, "says.missing")


# --- the gate --------------------------------------------------------------------------------------------------

TWO = (requirement(1, (P, "there", "")), requirement(2, (P, "there", ""), binding=False))


def _gate(found: Evidence, **more: Any) -> tuple[Outcome, str]:
    """The one verdict that the gate gives: the same on the item and on each of its requirements."""
    verdicts = rows(judged(item(*TWO), found, **more))
    assert set(verdicts) == {("*", ""), ("O21.1", ""), ("O21.2", "")}
    assert len(set(verdicts.values())) == 1, verdicts
    return verdicts["*", ""]


@pytest.mark.parametrize(
    ("as_of", "closes_on", "outcome", "code"),
    [
        (date(2023, 4, 6), date(2023, 4, 7), N, "gate.not_due"),
        (date(2023, 4, 7), date(2023, 4, 7), F, "gate.not_submitted"),
        (date(2023, 4, 8), date(2023, 4, 7), F, "gate.not_submitted"),
        (date(2022, 10, 1), None, F, "gate.not_submitted"),
    ],
)
def test_nothing_submitted(as_of: date, closes_on: date | None, outcome: Outcome, code: str) -> None:
    nothing = Evidence((), ())
    assert _gate(nothing, urls=(), as_of=as_of, closes_on=closes_on) == (outcome, code)


@pytest.mark.parametrize("outcome", [FetchOutcome.NOT_FOUND, FetchOutcome.GONE, FetchOutcome.SOFT_NOT_FOUND])
def test_a_page_is_gone_only_after_two_attempts(outcome: FetchOutcome) -> None:
    gone = evidence(documents=(), captures=(capture(outcome=outcome, attempts=2),))
    assert _gate(gone) == (F, "gate.page_gone")
    once = evidence(documents=(), captures=(capture(outcome=outcome, attempts=1),))
    assert _gate(once) == (U, "gate.not_readable")
    one_of_two = evidence(
        documents=(), captures=(capture(outcome=outcome, attempts=2), capture(PAGE + "2", outcome, attempts=1))
    )
    assert _gate(one_of_two) == (U, "gate.not_readable")


@pytest.mark.parametrize(
    "outcome",
    [o for o in FetchOutcome if not (o.is_ok or o.is_permanent or o is FetchOutcome.OFF_SITE)],
)
def test_a_host_in_trouble_is_never_failed(outcome: FetchOutcome) -> None:
    troubled = capture(outcome=outcome, attempts=3)
    spots = (BlindSpot(troubled, BlindReason.UNREACHABLE),)
    assert _gate(evidence(*spots, documents=(), captures=(troubled,))) == (U, "gate.not_readable")
    assert _gate(evidence(documents=(), captures=(troubled,))) == (U, "gate.not_readable")


def test_a_page_gone_beside_one_in_trouble_stays_open() -> None:
    captures = (capture(outcome=FetchOutcome.NOT_FOUND, attempts=2), capture(PAGE + "2", FetchOutcome.TIMEOUT))
    assert _gate(evidence(documents=(), captures=captures)) == (U, "gate.not_readable")


def test_a_submission_outside_the_main_website() -> None:
    away = capture("https://www.facebook.com/x", FetchOutcome.OFF_SITE)
    assert _gate(evidence(documents=(), captures=(away,))) == (F, "gate.not_main_website")
    both = evidence(documents=(page(),), captures=(away, capture()))
    assert rows(judged(item(*TWO), both))["*", ""] == (P, "item.complete")


def test_an_agency_without_a_known_website_is_left_to_a_person() -> None:
    homeless = replace(AGENCY, hosts=())
    assert _gate(evidence(), agency=homeless) == (U, "gate.no_main_website_known")


def test_an_empty_file_is_no_document() -> None:
    empty = capture()
    assert _gate(evidence(BlindSpot(empty, BlindReason.EMPTY_FILE), documents=(), captures=(empty,))) == (
        F,
        "gate.empty_file",
    )
    scan = evidence(BlindSpot(empty, BlindReason.SCANNED_NO_OCR), documents=(), captures=(empty,))
    assert _gate(scan) == (U, "gate.not_readable")


def test_the_gate_quotes_the_address_and_says_what_was_searched() -> None:
    gone = judged(item(*TWO), evidence(documents=(), captures=(capture(outcome=FetchOutcome.NOT_FOUND, attempts=2),)))
    assert {(s.place, s.quote) for f in gone for s in f.seen} == {("url", PAGE)}
    assert {s.outcome for f in gone for s in f.searched} == {"not_found"}


def test_a_page_with_nothing_on_it_fails_as_a_whole() -> None:
    at = Locator(capture().sha256, "css:p")
    bare = Document(capture(), "html", "สขร.1", (Section((), (Line("สขร.1", at),), at=at),))
    assert _gate(evidence(documents=(bare,))) == (F, "gate.no_content")
    held = evidence(spot("เอกสาร"), documents=(bare,), captures=(capture(), spot("เอกสาร").capture))
    assert rows(judged(item(*TWO), held))["*", ""][0] is not F
