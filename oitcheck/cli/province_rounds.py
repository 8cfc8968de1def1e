"""round: the rounds of a year, made, frozen, summed up and compared."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from oitcheck.cli.check import as_of_date
from oitcheck.cli.language import Language
from oitcheck.cli.output import Format, data_console, day_cell, print_list, rejected_note, say
from oitcheck.cli.rounds import year_of
from oitcheck.cli.wholeness import say_if_not_whole
from oitcheck.cli.years import year_option
from oitcheck.errors import SettingsError
from oitcheck.lib.round_names import round_meant
from oitcheck.model.agency import Round
from oitcheck.model.checklist import Checklist
from oitcheck.pipeline.clock import BANGKOK, now, today
from oitcheck.pipeline.inputs import checklist_of, due_items
from oitcheck.pipeline.publishing import beside_of, run_view
from oitcheck.pipeline.rounds import (
    freeze_round,
    known_round,
    own_round,
    require_open,
    rounds_in,
    rounds_of,
    run_before,
    run_of_round,
)
from oitcheck.pipeline.scores import scores_of, totals
from oitcheck.pipeline.workshop import messages_of
from oitcheck.report.comparison import compare as compare_runs
from oitcheck.report.staff import staff_summary
from oitcheck.report.staff_terminal import change_words, print_comparison, print_staff
from oitcheck.report.summary import summarise
from oitcheck.report.terminal import days_words, frozen_words, print_summary
from oitcheck.report.terms import Terms
from oitcheck.rules.declare import years_in
from oitcheck.settings import Settings, resource_folder
from oitcheck.store.records import RunRecord, Store

round_app = typer.Typer(help="Rounds of submission. รอบการจัดส่ง URL", no_args_is_help=True)

RoundArgument = Annotated[str, typer.Argument(metavar="ROUND", help="Round id, e.g. 2566-1. รอบการจัดส่ง")]
Year = Annotated[int, year_option("Fiscal year in BE, when the round's id does not begin with it. ปีงบประมาณ")]
CompareWith = Annotated[str, typer.Option("--compare", help="Compare with this run or round. เทียบกับครั้งหรือรอบนี้")]
ScoresFile = Annotated[
    Path | None,
    typer.Option(readable=False, help="Last year's ITA scores: agency_id, score (CSV or XLSX). คะแนน ITA ปีก่อน"),
]
FormatOption = Annotated[Format, typer.Option("--format", help="Format. รูปแบบ")]
LanguageOption = Annotated[Language, typer.Option(help="Language. ภาษา")]

CHANGE_COLUMNS = (
    "agency_id", "agency", "item", "before", "after", "change", "mended", "broken", "before_shown", "after_shown",
)  # fmt: skip


def register(app: typer.Typer) -> None:
    round_app.command("create")(create)
    round_app.command("list")(list_rounds)
    round_app.command("show")(show)
    round_app.command("freeze")(freeze)
    round_app.command("summary")(summary)
    round_app.command("compare")(compare)
    app.add_typer(round_app, name="round")


def checklist_for(round_id: str, year: int) -> Checklist:
    """The checklist of the named year, else of the year that begins the round's id. Raises SettingsError."""
    return checklist_of(year)[0] if year else year_of(round_id)


def create(
    context: typer.Context,
    round: Annotated[str, typer.Argument(metavar="[ROUND]", help="Round id, e.g. 2568-1. รอบการจัดส่ง")] = "",
    year: Year = 0,
    file: Annotated[
        Path | None, typer.Option("--from", help="TOML file with [[round]] as in checklist.toml. แฟ้มกำหนดรอบ")
    ] = None,
    like: Annotated[str, typer.Option(help="Take dates and items of this round. เหมือนรอบ")] = "",
    title: Annotated[str, typer.Option(help="Name of the round. ชื่อรอบ")] = "",
    opens_on: Annotated[str, typer.Option(help="First day, e.g. 2568-01-02. วันเปิดรับ")] = "",
    closes_on: Annotated[str, typer.Option(help="Last day. วันครบกำหนด")] = "",
    consultation_on: Annotated[str, typer.Option(help="Day of the consultation. วันให้คำปรึกษา")] = "",
    items: Annotated[str, typer.Option(help="Items due, e.g. O1,O2,O21 (default: all). ข้อที่ต้องจัดส่ง")] = "",
) -> int:
    """Define a round of the province's own, or change one. กำหนดรอบของจังหวัด"""
    settings: Settings = context.obj()
    if bool(round) == bool(file):
        raise SettingsError(
            "name either a round or a file", where="ROUND", remedy="oitcheck round create 2568-1 --closes-on 2568-01-31"
        )
    with Store.open(settings) as store:
        if file is not None:
            checklist = _year_of_file(year)
            made = rounds_in(file, checklist)
        else:
            checklist = checklist_for(round, year)
            round = round_meant(round, checklist.year_be, [r.id for r in rounds_of(store, checklist)]) or round
            base = known_round(store, checklist, like) if like else _already(store, checklist, round)
            values: dict[str, Any] = {"id": round}
            days = {"opens_on": opens_on, "closes_on": closes_on, "consultation_on": consultation_on}
            values |= {key: _day(text, key) for key, text in days.items() if text}
            if title:
                values["title"] = title
            if items:
                values["items"] = [part for part in items.replace(",", " ").split() if part]
            made = (own_round(checklist, values, base),)
        known = {r.id: r for r in rounds_of(store, checklist)}
        for one in made:
            if one.id in known:
                require_open(known[one.id])
        for one in made:
            store.define_round(one)
            say(f"round {one.id}: {len(due_items(one, checklist))} items, closes on {one.closes_on or 'no day given'}")
    return 0


def _year_of_file(year: int) -> Checklist:
    if not year:
        raise SettingsError("the fiscal year of the file's rounds", where="--year", remedy="Give it: --year 2568")
    if year not in years_in(resource_folder("checklists")):
        raise SettingsError(
            f"no checklist of {year}", where="--year", remedy="oitcheck checklist list shows the years."
        )
    return checklist_of(year)[0]


def _already(store: Store, checklist: Checklist, round_id: str) -> Round | None:
    return next((r for r in rounds_of(store, checklist) if r.id == round_id), None)


def _day(text: str, key: str) -> date:
    try:
        return as_of_date(text)
    except SettingsError as error:
        raise SettingsError(error.what, where="--" + key.replace("_", "-"), remedy=error.remedy) from None


def list_rounds(
    context: typer.Context,
    year: Annotated[int, year_option("Fiscal year in BE. ปีงบประมาณ พ.ศ.")],
    format: FormatOption = "table",
) -> int:
    """List the rounds of a year: the checklist's and the province's own. รายการรอบ"""
    settings: Settings = context.obj()
    checklist, _ = checklist_of(year)
    with Store.open(settings) as store:
        found = rounds_of(store, checklist)
    names = ("round", "title", "opens_on", "closes_on", "consultation_on", "items", "own", "frozen_on", "frozen_run")
    rows = [
        (
            r.id, r.title, *(day_cell(day, format) for day in (r.opens_on, r.closes_on, r.consultation_on)),
            len(due_items(r, checklist)), "yes" if r.is_own else "no",
            day_cell(r.frozen_at.astimezone(BANGKOK).date() if r.frozen_at else None, format), r.frozen_run,
        )
        for r in found
    ]  # fmt: skip
    print_list(names, rows, format)
    return 0


def show(
    context: typer.Context,
    round: RoundArgument,
    year: Year = 0,
    format: FormatOption = "table",
    lang: LanguageOption = "th",
) -> int:
    """Show what a round asks for, item by item. ข้อที่ต้องจัดส่งในรอบ"""
    settings: Settings = context.obj()
    checklist = checklist_for(round, year)
    with Store.open(settings) as store:
        one = known_round(store, checklist, round)
    terms = Terms.load(lang)
    say(f"{one.id} {one.title}".strip())
    say(f"opens on {one.opens_on or 'no day given'}, closes on {one.closes_on or 'no day given'}", lang)
    if one.consultation_on is not None:
        say(terms("staff.consultation", day=terms.long_date(one.consultation_on)))
    if one.closes_on is not None and one.frozen_at is None:
        say(days_words((one.closes_on - today()).days, terms))
    if one.frozen_at is not None:
        say(frozen_words(one, terms))
    items = [checklist.items[item] for item in due_items(one, checklist)]
    rows = [(i.id, i.title if lang == "th" else i.title_en, i.indicator) for i in items]
    print_list(("item", "title", "indicator"), rows, format)
    return 0


def freeze(
    context: typer.Context,
    round: RoundArgument,
    year: Year = 0,
    run: Annotated[str, typer.Option(help="The finished run that counts (none: the newest whole). ครั้งที่ตรวจที่ยึด")] = "",
) -> int:
    """Fix a round to what a run kept, after its deadline. ปิดรอบและยึดสำเนา ณ วันครบกำหนด"""
    settings: Settings = context.obj()
    checklist = checklist_for(round, year)
    with Store.open(settings) as store:
        done = freeze_round(store, checklist, round, run, now())
        say_if_not_whole(store, done.run)
    say(f"round {done.round.id} is frozen to run {done.run.run.id}")
    if done.before_deadline:
        say(
            f"note: that run began before the end of {done.round.closes_on}; what was published after it and in time "
            "is not in it"
        )
    if done.not_due:
        say(
            f"note: that run was judged as of {done.run.run.as_of}; {done.not_due} items that nobody submitted stay "
            f"'not due yet' in it, not missing"
        )
    if done.not_in_run:
        shown = ", ".join(f"{s.agency_id} {s.item}" for s in done.not_in_run[:10])
        say(f"note: {len(done.not_in_run)} submissions of before the deadline differ from what was judged: {shown}")
    print(done.run.run.id)
    return 0


def summary(
    context: typer.Context,
    round: RoundArgument,
    year: Year = 0,
    scores: ScoresFile = None,
    compare_with: CompareWith = "",
    lang: LanguageOption = "th",
) -> int:
    """Print a round for staff: matrix, whom to call in, faults, districts and kinds, changes. สรุปรอบสำหรับเจ้าหน้าที่"""
    settings: Settings = context.obj()
    checklist = checklist_for(round, year)
    messages = messages_of(settings, lang)
    terms = Terms.load(lang)
    with Store.open(settings, write=False) as store:
        record = run_of_round(store, checklist, round)
        shown = run_view(store, record, checklist)
        known = totals_of(scores, shown.agencies, lang)
        say_if_not_whole(store, record)
        before = earlier_run(store, compare_with, record) if compare_with else None
        beside = beside_of(store, record, shown, known, before)
        numbers = summarise(shown, reviews=beside.reviews)
        console = data_console()
        print_summary(console, shown, numbers, messages)
        if shown.round.frozen_at is not None:
            console.print(frozen_words(shown.round, terms), markup=False)
        print_staff(console, shown, staff_summary(shown, numbers, beside), beside, terms)
    return 0


def compare(
    context: typer.Context,
    before: Annotated[str, typer.Argument(metavar="A", help="Run or round before. ครั้งก่อน")],
    after: Annotated[str, typer.Argument(metavar="B", help="Run or round after. ครั้งหลัง")],
    year: Year = 0,
    format: FormatOption = "table",
    all: Annotated[bool, typer.Option("--all", help="Also what did not change (csv, json). รวมที่คงเดิม")] = False,
    lang: LanguageOption = "th",
) -> int:
    """Compare two runs or rounds: improved, regressed, unchanged, new, withdrawn. เทียบสองครั้ง"""
    settings: Settings = context.obj()
    with Store.open(settings, write=False) as store:
        records = []
        for name in (before, after):
            checklist = checklist_of(year)[0] if year else _year_of_run(store, name)
            record = named_run(store, checklist, name)
            say_if_not_whole(store, record, is_named=record.run.id == name)
            records.append((record, checklist))
        if records[0][1].year_be != records[1][1].year_be:
            raise SettingsError(
                "the two are of different fiscal years, whose items are not the same",
                where="A B",
                remedy="Compare runs of one year.",
            )
        views = [run_view(store, record, checklist) for record, checklist in records]
    compared = compare_runs(*views)
    terms = Terms.load(lang)
    if format == "table":
        print_comparison(data_console(), compared, terms)
        return 0
    names = {row.agency.id: row.agency.name_th for row in compared.agencies}
    rows = [
        (
            one.agency_id, names[one.agency_id], one.item, one.before.value if one.before else "",
            one.after.value if one.after else "", one.change.value, " ".join(one.mended), " ".join(one.broken),
            terms.outcome(one.shown_before), terms.outcome(one.shown_after),
        )
        for one in compared.changes
        if all or one.change.value != "unchanged"
    ]  # fmt: skip
    print_list(CHANGE_COLUMNS, rows, format)
    for change, number in compared.totals.items():
        say(f"{change_words(change, terms)} {number}")
    return 0


def _year_of_run(store: Store, name: str) -> Checklist:
    for record in store.runs():
        if name in (record.run.id, record.run.round_id):
            return checklist_of(record.run.year_be)[0]
    return year_of(name)


def named_run(store: Store, checklist: Checklist, name: str) -> RunRecord:
    """A run by its id, or the one that speaks for a round by that of the round. Raises SettingsError."""
    for record in store.runs():
        if record.run.id == name:
            return record
    return run_of_round(store, checklist, name)


def earlier_run(store: Store, wanted: str, than: RunRecord) -> RunRecord:
    """The run or round to compare with; where that is the run itself, the one before it. Raises SettingsError."""
    named = named_run(store, checklist_of(than.run.year_be)[0], wanted)
    earlier = run_before(store, than) if named.run.id == than.run.id else named
    if earlier is None:
        raise SettingsError(
            f"no earlier run of round {than.run.round_id!r} is kept",
            where="--compare",
            remedy="See: oitcheck runs list",
        )
    return earlier


def totals_of(path: Path | None, agencies: Any, lang: Language) -> dict[str, float]:
    """Last year's total scores from a file; rows that were not taken are noted on stderr."""
    if path is None:
        return {}
    read = scores_of(path, agencies)
    rejected_note(read.rows, lang)
    return dict(totals(read.items))
