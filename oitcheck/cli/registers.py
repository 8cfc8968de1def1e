"""agencies and submissions: import a file, list what is registered."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from oitcheck.cli.language import Language
from oitcheck.cli.output import Format, print_list, rejected_note, say
from oitcheck.cli.years import year_option
from oitcheck.errors import IntakeError
from oitcheck.intake.agencies import read_agencies
from oitcheck.intake.rows import RowOutcome, RowReport
from oitcheck.intake.submissions import read_submissions
from oitcheck.pipeline.clock import now
from oitcheck.pipeline.inputs import checklist_of
from oitcheck.rules.declare import years_in
from oitcheck.settings import Settings, resource_folder
from oitcheck.store.records import Store

agencies_app = typer.Typer(help="The register of agencies. ทะเบียนหน่วยงาน", no_args_is_help=True)
submissions_app = typer.Typer(help="Submitted URLs. URL ที่จัดส่ง", no_args_is_help=True)

FilePath = Annotated[Path, typer.Argument(help="CSV or Excel file. แฟ้ม CSV หรือ Excel")]


def register(app: typer.Typer) -> None:
    agencies_app.command("import")(import_agencies)
    agencies_app.command("list")(list_agencies)
    submissions_app.command("import")(import_submissions)
    submissions_app.command("list")(list_submissions)
    app.add_typer(agencies_app, name="agencies")
    app.add_typer(submissions_app, name="submissions")


def _told(rows: tuple[RowReport, ...], lang: Language) -> int:
    rejected_note(rows, lang)
    counts = {o: sum(r.outcome is o for r in rows) for o in RowOutcome}
    corrected, rejected = counts[RowOutcome.CORRECTED], counts[RowOutcome.REJECTED]
    say(f"{len(rows) - rejected} rows accepted ({corrected} of them corrected), {rejected} rejected", lang)
    return 8 if counts[RowOutcome.REJECTED] else 0


def import_agencies(
    context: typer.Context, file: FilePath, lang: Annotated[Language, typer.Option(help="Language. ภาษา")] = "th"
) -> int:
    """Register the agencies of a file. นำเข้าทะเบียนหน่วยงาน"""
    settings: Settings = context.obj()
    read = read_agencies(file)
    with Store.open(settings) as store:
        for year in sorted({a.fiscal_year_be for a in read.items}):
            store.save_inputs(year, [a for a in read.items if a.fiscal_year_be == year], (), received_at=now())
    return _told(read.rows, lang)


def list_agencies(
    context: typer.Context,
    year: Annotated[int, year_option("Fiscal year in BE. ปีงบประมาณ พ.ศ.")],
    format: Annotated[Format, typer.Option("--format", help="Format. รูปแบบ")] = "table",
) -> int:
    """List the agencies registered for a year. รายชื่อหน่วยงาน"""
    settings: Settings = context.obj()
    with Store.open(settings, write=False) as store:
        found = store.registered_agencies(year)
    names = ("agency_id", "name_th", "kind", "province", "district", "fiscal_year", "round", "hosts")
    print_list(
        names,
        [
            (a.id, a.name_th, a.kind, a.province, a.district, a.fiscal_year_be, a.round_id, " ".join(a.hosts))
            for a in found
        ],
        format,
    )
    return 0


def import_submissions(
    context: typer.Context,
    file: FilePath,
    year: Annotated[int, year_option("Fiscal year in BE. ปีงบประมาณ พ.ศ.")],
    lang: Annotated[Language, typer.Option(help="Language. ภาษา")] = "th",
) -> int:
    """Register the submitted URLs of a file. นำเข้า URL ที่จัดส่ง"""
    settings: Settings = context.obj()
    items = {y: tuple(checklist_of(y)[0].items) for y in years_in(resource_folder("checklists"))}
    with Store.open(settings) as store:
        agencies = store.registered_agencies(year)
        if not agencies:
            raise IntakeError(
                f"no agency is registered for {year}",
                where="--year",
                remedy="Import them first: oitcheck agencies import FILE",
            )
        read = read_submissions(file, agencies, items)
        store.save_inputs(year, (), read.items, received_at=now())
    return _told(read.rows, lang)


def list_submissions(
    context: typer.Context,
    year: Annotated[int, year_option("Fiscal year in BE. ปีงบประมาณ พ.ศ.")],
    format: Annotated[Format, typer.Option("--format", help="Format. รูปแบบ")] = "table",
) -> int:
    """List the submitted URLs registered for a year, in the columns of submissions.csv. รายการ URL"""
    settings: Settings = context.obj()
    with Store.open(settings, write=False) as store:
        found = store.registered_submissions(year)
    rows = [(s.agency_id, s.item, url, s.note) for s in found for url in (s.urls or ("",))]
    print_list(("agency_id", "item", "url", "note"), rows, format)
    return 0
