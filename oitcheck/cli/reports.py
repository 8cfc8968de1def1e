"""report round|itas|measures: a round for staff, the sheet for the national system, the draft of the measures
document; with `papers` also report agency|governor|calendar."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from oitcheck.cli import papers
from oitcheck.cli.language import Language
from oitcheck.cli.output import rejected_note, say
from oitcheck.cli.output_files import Written, chosen_file, require_folder, require_place, write_file
from oitcheck.cli.province_rounds import CompareWith, ScoresFile, Year, checklist_for, earlier_run, totals_of
from oitcheck.cli.wholeness import say_if_not_whole
from oitcheck.cli.years import year_option
from oitcheck.errors import SettingsError
from oitcheck.model.agency import Agency
from oitcheck.pipeline.clock import now
from oitcheck.pipeline.inputs import agency_meant, agency_named, checklist_of
from oitcheck.pipeline.publishing import beside_of, publish_run, run_view
from oitcheck.pipeline.rounds import is_known_round, run_of_round
from oitcheck.pipeline.scores import scores_of
from oitcheck.pipeline.whole_night import whole_night
from oitcheck.pipeline.workshop import messages_of
from oitcheck.report.confirmed import after_decisions, decisions
from oitcheck.report.export import csv_text
from oitcheck.report.html import agency_page
from oitcheck.report.itas import itas_csv, itas_sheet, itas_workbook
from oitcheck.report.measures import measures_draft, measures_item
from oitcheck.report.measures_paper import measures_docx
from oitcheck.report.staff import staff_summary
from oitcheck.report.staff_json import staff_json
from oitcheck.report.summary import summarise
from oitcheck.report.view import RunView
from oitcheck.report.workbook import Files, workbook
from oitcheck.rules.declare import years_in
from oitcheck.settings import Settings, resource_folder
from oitcheck.store.records import RunRecord, Store

report_app = typer.Typer(help="Reports for people. รายงาน", no_args_is_help=True)

RoundOption = Annotated[str, typer.Option("--round", help="Round id. รอบการจัดส่ง")]
LanguageOption = Annotated[Language, typer.Option(help="Language. ภาษา")]


def register(app: typer.Typer) -> None:
    report_app.command("round")(report_round)
    report_app.command("itas")(report_itas)
    report_app.command("measures")(report_measures)
    papers.register(report_app)
    app.add_typer(report_app, name="report")


def report_round(
    context: typer.Context,
    round: RoundOption,
    year: Year = 0,
    format: Annotated[Literal["xlsx", "html", "csv", "json"], typer.Option("--format", help="Format. รูปแบบ")] = "xlsx",
    scores: ScoresFile = None,
    compare_with: CompareWith = "",
    output: papers.Output = None,
    lang: LanguageOption = "th",
) -> int:
    """Write a round for staff. รายงานทั้งรอบสำหรับเจ้าหน้าที่"""
    settings: Settings = context.obj()
    checklist = checklist_for(round, year)
    messages = messages_of(settings, lang)
    if output is not None and format != "html":
        require_place(output, format, [scores] if scores else [])
    elif output is not None:
        require_folder(output, "--output")
    with Store.open(settings, write=False) as store:
        record = run_of_round(store, checklist, round)
        say_if_not_whole(store, record)
        shown = run_view(store, record, checklist)
        before = earlier_run(store, compare_with, record) if compare_with else None
        beside = beside_of(store, record, shown, totals_of(scores, shown.agencies, lang), before)
        if format == "html":
            published = publish_run(settings, store, record, checklist, output, beside=beside)
            say(f"written to {published.pages[lang]}")
            return 0
    numbers = summarise(shown, reviews=beside.reviews)
    default = _report_folder(settings, record) / f"round-{record.run.id}.{format}"
    if format == "xlsx":
        target = chosen_file(output, default, format)
        write_file(target, workbook(shown, numbers, messages, beside, _files(settings, record, shown, target)))
        say(f"written to {target}")
        return 0
    named = None if output is None else chosen_file(output, default, format)
    if format == "csv":
        return _put(csv_text(shown, messages), named, is_csv=True)
    return _put(staff_json(shown, staff_summary(shown, numbers, beside), beside), named)


def report_itas(
    context: typer.Context,
    round: RoundOption,
    agency: Annotated[str, typer.Option(help="Agency id or Thai name. รหัสหรือชื่อหน่วยงาน")] = "",
    all: Annotated[bool, typer.Option("--all", help="Every agency of the round. ทุกหน่วยงาน")] = False,
    year: Year = 0,
    format: Annotated[Literal["xlsx", "csv"], typer.Option("--format", help="Format. รูปแบบ")] = "xlsx",
    output: papers.Output = None,
    lang: LanguageOption = "th",
) -> int:
    """Write what is entered into the national system; what is open stands apart. แผ่นสำหรับนำเข้าระบบ ITAS"""
    settings: Settings = context.obj()
    if bool(agency) == all:
        raise SettingsError("name one agency, or ask for all", where="--agency", remedy="--agency ID or --all")
    kind: Written = "itas_workbook" if format == "xlsx" else "itas_csv"
    if output is not None:
        require_place(output, kind)
    checklist = checklist_for(round, year)
    messages = messages_of(settings, lang)
    with Store.open(settings, write=False) as store:
        record = run_of_round(store, checklist, round)
        say_if_not_whole(store, record)
        shown = run_view(store, record, checklist)
        beside = beside_of(store, record, shown)
    if agency:
        agency = agency_meant(agency, shown.agencies).id
    ids = tuple(a.id for a in shown.agencies)
    staff = staff_summary(shown, summarise(shown, reviews=beside.reviews), beside)
    sheets = tuple(itas_sheet(shown, staff, beside, messages, one) for one in (ids if all else (agency,)))
    default = _report_folder(settings, record) / f"itas-{agency or 'all'}.{format}"
    if format == "csv":
        named = None if output is None else chosen_file(output, default, kind)
        return _put(itas_csv(sheets, messages), named, is_csv=True)
    target = chosen_file(output, default, kind)
    write_file(target, itas_workbook(shown, sheets, messages))
    ready, waiting = sum(len(s.entries) for s in sheets), sum(len(s.open_items) for s in sheets)
    say(f"written to {target}: {ready} items ready, {waiting} open")
    return 0


def report_measures(
    context: typer.Context,
    agency: Annotated[str, typer.Option(help="Agency id or Thai name. รหัสหรือชื่อหน่วยงาน")],
    year: Annotated[int, year_option("Fiscal year in BE of the document. ปีงบประมาณของเอกสาร")],
    scores: Annotated[
        Path | None,
        typer.Option(
            readable=False,
            help="Published ITA results: agency_id, indicator, score, score_before. ผลคะแนน ITA รายตัวชี้วัด",
        ),
    ] = None,
    run: Annotated[str, typer.Option(help="Findings of this run (default: the year analysed). ครั้งที่ตรวจที่ใช้")] = "",
    output: papers.Output = None,
) -> int:
    """Write a draft of the measures document (DOCX), the results filled in. ร่างมาตรการส่งเสริมคุณธรรมและความโปร่งใส"""
    settings: Settings = context.obj()
    checklist, _ = checklist_of(year)
    if measures_item(checklist) is None:
        raise SettingsError(f"no item of {year} asks for measures", where="--year", remedy="Choose another year.")
    if output is not None:
        require_place(output, "docx", [scores] if scores else [])
    with Store.open(settings, write=False) as store:
        named = agency_named(agency, [a for y in (year - 1, year) for a in store.registered_agencies(y)])
        agency = named.id if named is not None else agency
        record = store.run(run) if run else _analysed_run(store, agency, year)
        if record is not None:
            say_if_not_whole(store, record, is_named=bool(run))
        found = None if record is None else run_view(store, record, checklist_of(record.run.year_be)[0])
        if found is not None:
            found = after_decisions(found, decisions(found, store.reviews(found.run.year_be)))
        subject = _agency_of(store, agency, year, found)
    read = scores_of(scores, (subject,)) if scores is not None else None
    others = [r for r in read.rejected if r.notes[0].code != "agency_unknown"] if read else []
    rejected_note(others, "th")
    draft = measures_draft(subject, checklist, read.items if read else (), found, messages_of(settings, "th"))
    if read is not None and not read.items:
        say(f"note: the file has no score of {subject.id}")
    target = chosen_file(output, settings.data_dir / "reports" / f"measures-{year}-{subject.id}.docx", "docx")
    write_file(target, measures_docx(draft, found.run.assessed_at if found is not None else now()))
    say(f"written to {target}: {year}/{draft.item}; findings of {draft.run_id or 'no run'}")
    say(f"left to write: {', '.join((*draft.columns[1:], *draft.limitations))}")
    return 8 if others else 0


def _analysed_run(store: Store, agency_id: str, year: int) -> RunRecord | None:
    """The run that speaks for the newest round with the agency, of the year analysed, else of the document's own."""
    runs = [record for record in store.runs() if record.run.year_be in (year - 1, year)]
    # A run of a round that nobody knows was a slip of the pen, unless there are no others (the demo's).
    kept = [one for one in runs if is_known_round(store, checklist_of(one.run.year_be)[0], one)] or runs
    for wanted in (year - 1, year):
        newest = [record for record in kept if record.run.year_be == wanted]
        rounds = dict.fromkeys(record.run.round_id for record in newest)
        speaking = [run_of_round(store, checklist_of(wanted)[0], one) for one in rounds]
        for record in (*speaking, *newest):
            night = whole_night(store, record)
            if night.is_finished() and any(a.id == agency_id for a in night.agencies()):
                return record
    return None


def _agency_of(store: Store, agency_id: str, year: int, found: RunView | None) -> Agency:
    registered = {a.id: a for y in (year - 1, year) for a in store.registered_agencies(y)}
    if found is not None:
        registered = {a.id: a for a in found.agencies} | registered
    if agency_id not in registered:
        _refuse_other_year(store, agency_id, year)
    return agency_meant(agency_id, tuple(registered.values()))


def _refuse_other_year(store: Store, word: str, year: int) -> None:
    """Raises SettingsError for an agency of the register of other years, and where no agency is in that of `year`."""
    by_year = {y: store.registered_agencies(y) for y in years_in(resource_folder("checklists"))}
    having = [y for y, agencies in by_year.items() if agency_named(word, agencies) is not None]
    if having:
        listed = ", ".join(map(str, having))
        raise SettingsError(
            f"agency {word!r} is not in the register of fiscal year {year}; it is in that of {listed}",
            where="--agency",
            remedy="Name one of these years with --year, or import the register of that year: "
            "oitcheck agencies import FILE",
        )
    if not any(by_year.get(y) for y in (year - 1, year)):
        raise SettingsError(
            f"no agency is registered for {year}",
            where="--year",
            remedy="Import them first: oitcheck agencies import FILE",
        )


def _report_folder(settings: Settings, record: RunRecord) -> Path:
    return settings.data_dir / "reports" / record.run.id


def _files(settings: Settings, record: RunRecord, shown: RunView, target: Path) -> Files:
    """The pages and kept copies that were published for the run, as paths from the workbook; those not there, none."""
    folder = _report_folder(settings, record).resolve()
    copies = {path.stem: path for path in (folder / "copies").glob("*")} if folder.is_dir() else {}

    def relative(path: Path | None) -> str | None:
        if path is None or not path.is_file():
            return None
        return Path(os.path.relpath(path, target.resolve().parent)).as_posix()

    pages = {agency.id: relative(folder / agency_page(agency)) for agency in shown.agencies}
    links = {stem: relative(path) for stem, path in copies.items()}
    return Files(copy=lambda sha256: links.get(sha256[:16]), page=lambda agency: pages.get(agency.id))


def _put(text: str, output: Path | None, *, is_csv: bool = False) -> int:
    if output is None:
        sys.stdout.write(text)
    else:
        write_file(output, text, is_csv=is_csv)
        say(f"written to {output}")
    return 0
