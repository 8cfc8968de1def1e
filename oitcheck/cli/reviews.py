"""review: what a person decided, beside the machine."""

from __future__ import annotations

import shlex
from datetime import date
from typing import Annotated

import typer

from oitcheck.cli.check import as_of_date
from oitcheck.cli.language import Language, spoken
from oitcheck.cli.output import Format, day_cell, instant_cell, print_list, say
from oitcheck.cli.province_rounds import RoundArgument, Year, checklist_for
from oitcheck.cli.started import NAME
from oitcheck.cli.wholeness import say_if_not_whole
from oitcheck.errors import SettingsError
from oitcheck.lib.item_codes import item_code
from oitcheck.lib.thai_text import clean
from oitcheck.model.finding import Finding, Outcome
from oitcheck.model.review import Review
from oitcheck.pipeline.clock import now
from oitcheck.pipeline.inputs import nearest
from oitcheck.pipeline.publishing import run_view
from oitcheck.pipeline.rounds import run_of_round
from oitcheck.pipeline.whole_night import whole_night
from oitcheck.report.confirmed import decisions, machine_finding, pages_of, standing_words
from oitcheck.report.terms import LANGUAGES, Shown, Terms, shown_as
from oitcheck.report.view import WHOLE_ITEM
from oitcheck.settings import Settings
from oitcheck.store.records import Store

review_app = typer.Typer(help="Decisions of people beside the machine's. ผลสอบทาน", no_args_is_help=True)
COLUMNS = (
    "agency_id", "item", "requirement", "machine", "decided", "reason", "by", "at", "expires_on", "standing", "run",
    "page_changed",
)  # fmt: skip


def register(app: typer.Typer) -> None:
    review_app.command("list")(list_reviews)
    review_app.command("set")(set_review)
    app.add_typer(review_app, name="review")


def list_reviews(
    context: typer.Context,
    round: RoundArgument,
    year: Year = 0,
    agency: Annotated[str, typer.Option(help="Only this agency. เฉพาะหน่วยงาน")] = "",
    format: Annotated[Format, typer.Option("--format", help="Format. รูปแบบ")] = "table",
    lang: Annotated[Language, typer.Option(help="Language. ภาษา")] = "th",
) -> int:
    """List every decision that concerns the run of a round, with whether it counts. รายการผลสอบทาน"""
    settings: Settings = context.obj()
    checklist = checklist_for(round, year)
    terms = Terms.load(lang)
    with Store.open(settings, write=False) as store:
        record = run_of_round(store, checklist, round)
        say_if_not_whole(store, record)
        view = run_view(store, record, checklist)
        made = decisions(view, store.reviews(checklist.year_be))
    rows: list[tuple[str, ...]] = [
        (
            d.review.agency_id,
            d.review.item,
            d.review.requirement,
            _outcome(_found(d.machine, format), terms, format),
            _outcome(d.review.outcome, terms, format),
            d.review.reason,
            d.review.decided_by,
            instant_cell(d.review.decided_at, format),
            day_cell(d.review.expires_on, format),
            standing_words(d, terms) if format == "table" else d.standing.value,
            d.review.run_id,
            "yes" if d.page_changed else "no",
        )
        for d in made
        if not agency or d.review.agency_id == agency
    ]
    if format == "table":  # there the standing says that a page has changed
        print_list(COLUMNS[:-1], [row[:-1] for row in rows], format)
    else:
        print_list(COLUMNS, rows, format)
    return 0


def _found(machine: Finding | None, format: Format) -> Shown:
    if machine is None:
        return None
    return shown_as(machine) if format == "table" else machine.outcome


def _outcome(outcome: Shown, terms: Terms, format: Format) -> str:
    if outcome is None:
        return ""
    return terms.outcome(outcome) if format == "table" else outcome.value


def set_review(
    context: typer.Context,
    round: RoundArgument,
    agency: Annotated[str, typer.Option(help="Agency id. หน่วยงาน")],
    item: Annotated[str, typer.Option(help="Item, e.g. O21. ข้อ")],
    outcome: Annotated[
        str,
        typer.Option(
            metavar="OUTCOME",
            help="What the person decided: passed, failed, cant_tell, inapplicable. "
            "ผลสอบทาน: ครบถ้วน ไม่ครบถ้วน รอตรวจ ไม่เกี่ยวข้อง",
        ),
    ],
    reason: Annotated[str, typer.Option(help="Why: what was seen, and where. เหตุผล")],
    by: Annotated[str, typer.Option(help="Who decided. ผู้สอบทาน")],
    requirement: Annotated[str, typer.Option(help="Element, e.g. O21.3 (default: the whole item). องค์ประกอบ")] = "",
    until: Annotated[str, typer.Option(help="Last day it holds (default: the rest of the year). ใช้ถึงวันที่")] = "",
    year: Year = 0,
) -> int:
    """Add a decision; earlier ones and the machine's finding stay as they are. บันทึกผลสอบทาน"""
    settings: Settings = context.obj()
    if not reason.strip() or not by.strip():
        raise SettingsError(
            "a decision needs its reason and who made it",
            where="--reason, --by",
            remedy="Say what was seen.",
        )
    decided_as = outcome_of(outcome)
    checklist = checklist_for(round, year)
    code = item_code(item) or item
    place = requirement or WHOLE_ITEM
    with Store.open(settings) as store:
        record = run_of_round(store, checklist, round)
        view = run_view(store, record, checklist)
        known = tuple(a.id for a in view.agencies)
        if agency not in known:
            raise SettingsError(f"no agency {agency!r}", where="--agency", remedy=nearest(agency, known))
        machine = machine_finding(view, agency, code, place)
        if machine is None:
            ids = tuple(f.requirement for f in view.requirement_rows(agency, code)) or view.items
            wrong = place if requirement and view.requirement_rows(agency, code) else code
            raise SettingsError(
                f"run {view.run.id} has no finding on {wrong!r} of {agency}", where="--item", remedy=nearest(wrong, ids)
            )
        review = Review(
            year_be=checklist.year_be,
            round_id=view.run.round_id,
            agency_id=agency,
            item=code,
            requirement=place,
            outcome=decided_as,
            reason=reason.strip(),
            decided_by=by.strip(),
            decided_at=now(),
            run_id=view.run.id,
            machine_outcome=machine.outcome,
            machine_code=machine.code,
            expires_on=_last_day(until, view.as_of),
            pages=pages_of(whole_night(store, record).captures(agency).get(code, ())),
        )
        store.add_review(review)
    terms = Terms.load(spoken())
    decided, found = terms.outcome(review.outcome), terms.outcome(shown_as(machine))
    say(f"kept: {agency} {code} {place}: {decided} by {review.decided_by} (the machine: {found})")
    options = ("--round", round, *(("--year", str(year)) if year else ()))
    command = shlex.join((NAME, "publish", *options))
    say(f"The pages show it once they are written anew: {command}")
    return 0


def outcome_of(text: str) -> Outcome:
    """The outcome that a word means: the word of data, or one of either language. Raises SettingsError."""
    words = {one.value: one for one in Outcome}
    listed = []
    for one in Outcome:
        typed = [w for lang in LANGUAGES for w in Terms.load(lang)(f"outcome_typed.{one.value}").split("|")]
        words |= {_bare(w): one for w in typed}
        thai = Terms.load("th")(f"outcome_typed.{one.value}").replace("|", ", ")
        listed.append(f"{one.value} ({thai})")
    if found := words.get(_bare(text)):
        return found
    raise SettingsError(f"{text!r} is no outcome", where="--outcome", remedy=f"Write one of: {'; '.join(listed)}")


def _bare(text: str) -> str:
    return "".join(clean(text).casefold().split())


def _last_day(text: str, as_of: date | None) -> date | None:
    if not text:
        return None
    try:
        day = as_of_date(text)
    except SettingsError as error:
        raise SettingsError(error.what, where="--until", remedy=error.remedy) from None
    if as_of is not None and day < as_of:
        raise SettingsError(
            f"the last day {day} is before {as_of}, the day the run is judged as of: the decision would never count",
            where="--until",
            remedy="Give a later day, or leave it out: then it holds for the rest of the fiscal year.",
        )
    return day
