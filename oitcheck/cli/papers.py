"""report agency|governor|calendar: the papers of a round, as files to read, print and send."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from oitcheck.cli.language import Language
from oitcheck.cli.output import say
from oitcheck.cli.output_files import require_writable
from oitcheck.errors import SettingsError
from oitcheck.pipeline.inputs import checklist_of
from oitcheck.pipeline.papers import AgencyFormat, agency_paper, governor_paper, round_calendar
from oitcheck.settings import Settings
from oitcheck.store.records import RunRecord, Store

RoundId = Annotated[str, typer.Option("--round", help="Round id. รอบการจัดส่ง")]
RunId = Annotated[str, typer.Option("--run", help="Run id, or `latest`. ครั้งที่ตรวจ")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="File or folder to write. ไฟล์หรือโฟลเดอร์")]


def register(app: typer.Typer) -> None:
    """Adds the commands to the group `report`."""
    app.command("agency")(agency)
    app.command("governor")(governor)
    app.command("calendar")(calendar)


def run_of(store: Store, round_id: str, run: str) -> RunRecord:
    """The run that is meant: by its id, else the latest of the round. Raises SettingsError."""
    if run != "latest" or not round_id:
        return store.run(run)
    for record in store.runs():
        if record.run.round_id == round_id:
            return record
    raise SettingsError(
        f"no run of round {round_id!r} is kept",
        where="--round",
        remedy=f"Check it first: oitcheck check --round {round_id} …, or see: oitcheck runs list",
    )


def agency(
    context: typer.Context,
    agency: Annotated[list[str], typer.Option(help="Agency id; several, or none for all. รหัสหน่วยงาน")] = [],  # noqa: B006
    round: RoundId = "",
    run: RunId = "latest",
    format: Annotated[AgencyFormat, typer.Option("--format", help="Format. รูปแบบ")] = "html",
    output: Output = None,
    lang: Annotated[Language, typer.Option(help="Language. ภาษา")] = "th",
) -> int:
    """What an agency is to mend, in order of points gained. รายงานสิ่งที่หน่วยงานควรดำเนินการ"""
    settings: Settings = context.obj()
    with Store.open(settings, write=False) as store:
        record = run_of(store, round, run)
        papers = agency_paper(settings, store, record, tuple(agency), format, lang)
        if format == "text" and output is None:
            sys.stdout.write("\n\n".join(body.decode() for _, body in papers) + "\n")
            return 0
        folder = output or settings.data_dir / "papers" / record.run.id
        folder.mkdir(parents=True, exist_ok=True)
        for name, body in papers:
            (folder / name).write_bytes(body)
    say(f"{len(papers)} files written to {folder}")
    return 0


def governor(
    context: typer.Context,
    round: RoundId = "",
    run: RunId = "latest",
    before: Annotated[str, typer.Option(help="Run or round to compare with. ครั้งหรือรอบที่เปรียบเทียบ")] = "",
    format: Annotated[Literal["docx", "pdf", "html"], typer.Option("--format", help="Format. รูปแบบ")] = "docx",
    output: Output = None,
    lang: Annotated[Language, typer.Option(help="Language. ภาษา")] = "th",
) -> int:
    """The memo to the governor on a round. บันทึกข้อความรายงานผู้ว่าราชการจังหวัด"""
    settings: Settings = context.obj()
    with Store.open(settings, write=False) as store:
        record = run_of(store, round, run)
        earlier = _earlier(store, before, record) if before else None
        body = governor_paper(settings, store, record, earlier, format, lang)
        path = output or settings.data_dir / "papers" / record.run.id / f"governor.{format}"
        path.parent.mkdir(parents=True, exist_ok=True)
        require_writable(path)
        path.write_bytes(body)
    say(f"written to {path}")
    return 0


def _earlier(store: Store, wanted: str, than: RunRecord) -> RunRecord:
    """The run named, or the latest of the round named, other than `than`. Raises SettingsError."""
    for record in store.runs():
        if wanted in (record.run.id, record.run.round_id) and record.run.id != than.run.id:
            return record
    raise SettingsError(
        f"no earlier run or round {wanted!r} is kept", where="--before", remedy="See: oitcheck runs list"
    )


def calendar(
    context: typer.Context,
    year: Annotated[int, typer.Option(help="Fiscal year in BE. ปีงบประมาณ พ.ศ.")],
    output: Output = None,
    lang: Annotated[Language, typer.Option(help="Language. ภาษา")] = "th",
) -> int:
    """The rounds of a year as a calendar file. ปฏิทินรอบการจัดส่ง (.ics)"""
    context.obj()
    body = round_calendar(checklist_of(year)[0], lang)
    if output is None:
        sys.stdout.buffer.write(body)
    else:
        require_writable(output)
        output.write_bytes(body)
        say(f"written to {output}")
    return 0
