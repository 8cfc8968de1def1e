"""crawl, assess, publish, replay, findings: the stages by themselves."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from oitcheck.cli.check import as_of_date, say_which_round, selection
from oitcheck.cli.language import Language, spoken
from oitcheck.cli.output import Format, data_console, day_cell, instant_cell, print_list, say
from oitcheck.cli.output_files import require_folder, require_writable, write_file
from oitcheck.cli.progress import Bar
from oitcheck.cli.years import year_option
from oitcheck.errors import ChecklistError, SettingsError
from oitcheck.lib.round_names import year_named
from oitcheck.model.checklist import Checklist
from oitcheck.pipeline.inputs import Inputs, checklist_of, selected
from oitcheck.pipeline.judging import assess_round, replay_run
from oitcheck.pipeline.partial import partial
from oitcheck.pipeline.publishing import publish_run, run_view
from oitcheck.pipeline.rounds import registered_inputs, rounds_of, run_of_round
from oitcheck.pipeline.running import check_round
from oitcheck.pipeline.workshop import messages_of
from oitcheck.report.export import csv_text, json_lines
from oitcheck.report.summary import summarise
from oitcheck.report.terminal import print_summary
from oitcheck.report.workbook import workbook
from oitcheck.rules.declare import years_in
from oitcheck.settings import Settings, resource_folder
from oitcheck.store.records import RunRecord, Store

findings_app = typer.Typer(help="Findings of a run. ข้อตรวจพบ", no_args_is_help=True)
runs_app = typer.Typer(help="Runs that are kept. ครั้งที่ตรวจ", no_args_is_help=True)

RoundId = Annotated[str, typer.Option("--round", help="Round id. รอบการจัดส่ง")]
RunId = Annotated[str, typer.Option("--run", help="Run id, or `latest`. ครั้งที่ตรวจ")]


def register(app: typer.Typer) -> None:
    app.command("crawl")(crawl)
    app.command("assess")(assess)
    app.command("publish")(publish)
    app.command("replay")(replay)
    findings_app.command("export")(export)
    app.add_typer(findings_app, name="findings")
    runs_app.command("list")(list_runs)
    runs_app.command("left-out")(list_left_out)
    app.add_typer(runs_app, name="runs")


def year_of(round_id: str) -> Checklist:
    """The checklist of the year that the id of a round bears. Raises SettingsError."""
    year = year_named(round_id, years_in(resource_folder("checklists")))
    if year is not None:
        return checklist_of(year)[0]
    raise SettingsError(
        f"cannot tell the fiscal year of round {round_id!r}",
        where="--round",
        remedy="Use an id that begins with the year, e.g. 2566-1, or give --year.",
    )


def crawl(
    context: typer.Context,
    round: RoundId,
    year: Annotated[int, year_option("Fiscal year in BE, when the round's id does not begin with it. ปีงบประมาณ")] = 0,
    agency: Annotated[list[str], typer.Option(help="Only this agency. เฉพาะหน่วยงาน")] = [],  # noqa: B006
    item: Annotated[list[str], typer.Option(help="Only this item. เฉพาะข้อ")] = [],  # noqa: B006
    as_of: Annotated[str, typer.Option(help="Judge later as at the end of this day. ตรวจตามวันที่")] = "",
) -> int:
    """Retrieve what was submitted for a round, as a new run; assess it later. เก็บสำเนาของทั้งรอบ"""
    settings: Settings = context.obj()
    checklist = checklist_of(year)[0] if year else year_of(round)
    wanted = selection(agency, item)
    with Store.open(settings) as store:
        inputs = registered_inputs(store, checklist, round)
        agencies, submissions = selected(inputs.agencies, inputs.submissions, wanted, checklist)
        inputs = Inputs(inputs.year_be, agencies, submissions, inputs.round, inputs.due)
        say_which_round(inputs, round, [r.id for r in rounds_of(store, checklist)], spoken())
        with Bar() as bar:
            outcome = check_round(
                settings,
                store,
                inputs,
                checklist,
                checklist_of(checklist.year_be)[1],
                as_of_date(as_of),
                wanted,
                bar,
                stage="crawl",
            )
    print(outcome.run.id)
    return 0 if outcome.complete else 5


def assess(context: typer.Context, round: RoundId) -> int:
    """Assess the latest crawl of a round from its kept captures. ตรวจจากสำเนาที่เก็บไว้"""
    settings: Settings = context.obj()
    with Store.open(settings) as store:
        record = run_of_round(store, year_of(round), round)
        checklist, vocabulary = checklist_of(record.run.year_be)
        if checklist.id != record.run.checklist_id:
            raise ChecklistError(
                (
                    f"the checklist of {checklist.year_be} changed since the crawl {record.run.id} — "
                    "crawl again, or replay that run",
                )
            )
        assess_round(settings, store, record, checklist, vocabulary)
    print(record.run.id)
    return 0


def publish(
    context: typer.Context,
    round: RoundId,
    folder: Annotated[
        Path | None, typer.Option(help="Folder for the pages (default: reports/RUN in the data folder). โฟลเดอร์รายงาน")
    ] = None,
    lang: Annotated[Language, typer.Option(help="Language of the summary. ภาษา")] = "th",
) -> int:
    """Write the reports of the latest run of a round and print its summary. จัดทำรายงาน"""
    settings: Settings = context.obj()
    if folder is not None:
        require_folder(folder, "--folder")
    with Store.open(settings, write=False) as store:
        record = run_of_round(store, year_of(round), round)
        _say_if_partial(store, record)
        checklist, _ = checklist_of(record.run.year_be)
        published = publish_run(settings, store, record, checklist, folder)
        print_summary(
            data_console(), published.view, published.summary, messages_of(settings, lang), report=published.pages[lang]
        )
    return 0


def replay(
    context: typer.Context,
    run: RunId,
    checklist: Annotated[
        Path | None, typer.Option(help="Another folder of checklists (with vocabulary.toml). โฟลเดอร์แบบตรวจ")
    ] = None,
    findings: Annotated[Path | None, typer.Option(help="Write the findings here instead of to stdout. แฟ้มผล")] = None,
    lang: Annotated[Language, typer.Option(help="Language. ภาษา")] = "th",
) -> int:
    """Assess kept captures again, network off. ตรวจซ้ำจากสำเนาที่เก็บไว้"""
    settings: Settings = context.obj()
    if findings is not None:
        require_writable(findings)
    with Store.open(settings, write=False) as store:
        judged_as, found = replay_run(settings, store, run, checklist)
    text = "".join(json_lines(judged_as, found, messages_of(settings, lang)))
    if findings is None:
        sys.stdout.write(text)
    else:
        write_file(findings, text)
        say(f"{len(found)} findings written to {findings}")
    return 0


def export(
    context: typer.Context,
    run: RunId = "latest",
    format: Annotated[Literal["jsonl", "csv", "xlsx"], typer.Option("--format", help="Format. รูปแบบ")] = "jsonl",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write (needed for xlsx). แฟ้มผล")
    ] = None,
    lang: Annotated[Language, typer.Option(help="Language. ภาษา")] = "th",
) -> int:
    """Export the findings of a run. ส่งออกข้อตรวจพบ"""
    settings: Settings = context.obj()
    if output is not None:
        require_writable(output, format)
    messages = messages_of(settings, lang)
    with Store.open(settings, write=False) as store:
        record = store.run(run)
        _say_if_partial(store, record)
        if format == "jsonl":
            text = "".join(json_lines(record.run, store.findings(record.run.id), messages))
        else:
            shown = run_view(store, record, checklist_of(record.run.year_be)[0])
            if format == "xlsx":
                if output is None:
                    raise SettingsError(
                        "a workbook cannot go to the terminal",
                        where="--output",
                        remedy="Name a file: --output findings.xlsx",
                    )
                write_file(
                    output, workbook(shown, summarise(shown, reviews=store.reviews(record.run.year_be)), messages)
                )
                say(f"written to {output}")
                return 0
            text = csv_text(shown, messages)
    if output is None:
        sys.stdout.write(text)
    else:
        write_file(output, text, is_csv=format == "csv")
        say(f"written to {output}")
    return 0


def _say_if_partial(store: Store, record: RunRecord) -> None:
    lacks = partial(store, record)
    if lacks is None:
        return
    if lacks.whole_run:
        say(f"this run holds {lacks.held} of {lacks.all_agencies} agencies; the last whole run is {lacks.whole_run}")
    else:
        say(f"this run holds {lacks.held} of {lacks.all_agencies} registered agencies")


def list_runs(
    context: typer.Context, format: Annotated[Format, typer.Option("--format", help="Format. รูปแบบ")] = "table"
) -> int:
    """List the kept runs, newest first. รายการครั้งที่ตรวจ"""
    settings: Settings = context.obj()
    with Store.open(settings, write=False) as store:
        records = store.runs()
    rows = [
        (
            r.run.id,
            r.run.year_be,
            r.run.round_id,
            r.state,
            day_cell(date.fromisoformat(r.run.as_of), format),
            instant_cell(r.run.assessed_at, format),
        )
        for r in records
    ]
    print_list(("run", "year", "round", "state", "as_of", "started_at"), rows, format)
    return 0


def list_left_out(
    context: typer.Context,
    run: RunId = "latest",
    format: Annotated[Format, typer.Option("--format", help="Format. รูปแบบ")] = "table",
) -> int:
    """List the addresses that a limit of a run left to its next start. URL ที่ยังไม่ได้ตรวจเพราะถึงขีดจำกัด"""
    settings: Settings = context.obj()
    with Store.open(settings, write=False) as store:
        left_out = store.run(run).options.get("left_out", ())
    print_list(("url",), [(url,) for url in left_out], format)
    return 0
