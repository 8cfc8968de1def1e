"""report agency|governor|calendar: the papers of a round, as files to read, print and send."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from oitcheck.cli.language import Language
from oitcheck.cli.output import say
from oitcheck.cli.output_files import (
    chosen_file,
    made_folder,
    require_folder,
    require_place,
    require_writable,
    write_file,
)
from oitcheck.cli.province_rounds import CompareWith, ScoresFile, Year, checklist_for, earlier_run, totals_of
from oitcheck.cli.wholeness import say_if_not_whole
from oitcheck.cli.years import year_option
from oitcheck.errors import SettingsError
from oitcheck.pipeline.inputs import checklist_of
from oitcheck.pipeline.papers import ENDINGS, AgencyFormat, agency_paper, governor_paper, round_calendar
from oitcheck.pipeline.rounds import rounds_known, run_of_round
from oitcheck.pipeline.whole_night import whole_night
from oitcheck.settings import Settings
from oitcheck.store.records import RunRecord, Store

RoundId = Annotated[str, typer.Option("--round", help="Round id (none: that of the newest run). รอบการจัดส่ง")]
RunId = Annotated[str, typer.Option("--run", help="Run id (none: the one that speaks for the round). ครั้งที่ตรวจ")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="File or folder to write. แฟ้มหรือโฟลเดอร์ที่จะเขียน")]
LanguageOption = Annotated[Language, typer.Option(help="Language. ภาษา")]


def register(app: typer.Typer) -> None:
    """Adds the commands to the group `report`."""
    app.command("agency")(report_agency)
    app.command("governor")(report_governor)
    app.command("calendar")(report_calendar)


def run_meant(store: Store, round_id: str, year: int, run: str) -> RunRecord:
    """The run named, else the one that speaks for the round, or for that of the newest run; notes what it lacks.

    Raises SettingsError, StoreError.
    """
    if run:
        record = store.run(run)
    elif round_id:
        record = run_of_round(store, checklist_for(round_id, year), round_id)
    else:
        newest = store.run("latest").run
        record = run_of_round(store, checklist_of(newest.year_be)[0], newest.round_id)
    say_if_not_whole(store, record, is_named=bool(run))
    return record


def report_agency(
    context: typer.Context,
    agency: Annotated[
        list[str], typer.Option(help="Agency id or Thai name; several, or none for all. รหัสหรือชื่อหน่วยงาน")
    ] = [],  # noqa: B006
    round: RoundId = "",
    run: RunId = "",
    year: Year = 0,
    format: Annotated[AgencyFormat, typer.Option("--format", help="Format. รูปแบบ")] = "html",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Folder to write to, or a file for one agency. โฟลเดอร์ หรือแฟ้มของหน่วยงานเดียว"
        ),
    ] = None,
    lang: LanguageOption = "th",
) -> int:
    """Write what an agency is to mend, by points gained for the work it is. รายงานสิ่งที่หน่วยงานควรดำเนินการ"""
    settings: Settings = context.obj()
    is_file = output is not None and output.suffix.lower() == f".{ENDINGS[format]}" and not output.is_dir()
    if is_file and len(agency) != 1:
        raise SettingsError(
            "one file does not hold the papers of several agencies",
            where="--output",
            remedy="Name a folder, or one agency: --agency ID",
        )
    if output is not None and not is_file:
        require_folder(output, "--output")
    with Store.open(settings, write=False) as store:
        record = run_meant(store, round, year, run)
        papers = agency_paper(settings, store, record, tuple(agency), format, lang)
    if format == "text" and output is None:
        sys.stdout.write("\n\n".join(body.decode() for _, body in papers) + "\n")
        return 0
    folder = output or settings.data_dir / "papers" / record.run.id
    if not is_file:
        made_folder(folder, "--output" if output is not None else str(folder))
    targets = [(folder if is_file else folder / name, body) for name, body in papers]
    for path, body in targets:
        require_writable(path, format, begins=body.decode().partition("\n")[0] if format == "text" else "")
    for path, body in targets:
        write_file(path, body)
    say(f"{len(papers)} files written to {folder}")
    return 0


def report_governor(
    context: typer.Context,
    round: RoundId = "",
    run: RunId = "",
    year: Year = 0,
    compare_with: CompareWith = "",
    scores: ScoresFile = None,
    format: Annotated[Literal["docx", "pdf", "html"], typer.Option("--format", help="Format. รูปแบบ")] = "docx",
    output: Output = None,
    lang: LanguageOption = "th",
) -> int:
    """Write the memo to the governor on a round. บันทึกข้อความรายงานผู้ว่าราชการจังหวัด"""
    settings: Settings = context.obj()
    if output is not None:
        require_place(output, format, [scores] if scores else [])
    with Store.open(settings, write=False) as store:
        record = run_meant(store, round, year, run)
        known = totals_of(scores, whole_night(store, record).agencies(), lang)
        earlier = earlier_run(store, compare_with, record) if compare_with else None
        path = chosen_file(output, settings.data_dir / "papers" / record.run.id / f"governor.{format}", format)
        body = governor_paper(settings, store, record, earlier, format, lang, known)
    write_file(path, body)
    say(f"written to {path}")
    return 0


def report_calendar(
    context: typer.Context,
    year: Annotated[int, year_option("Fiscal year in BE. ปีงบประมาณ พ.ศ.")],
    output: Output = None,
    lang: LanguageOption = "th",
) -> int:
    """Write the rounds of a year as a calendar file. ปฏิทินรอบการจัดส่ง (.ics)"""
    settings: Settings = context.obj()
    if output is not None:
        require_place(output, "ics")
    checklist, _ = checklist_of(year)
    body = round_calendar(checklist, rounds_known(settings, checklist), lang)
    if output is None:
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()
    else:
        path = chosen_file(output, Path(f"rounds-{year}.ics"), "ics")
        write_file(path, body)
        say(f"written to {path}")
    return 0
