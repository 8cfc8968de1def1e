"""agencies and submissions: import files, list what is registered, hand out blank forms."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated

import typer

from oitcheck.cli.check import as_of_date
from oitcheck.cli.language import Language
from oitcheck.cli.output import Format, instant_cell, print_both, print_list, print_rows, rejected_note, say
from oitcheck.cli.output_files import after_saving, made_folder, require_folder, require_writable, write_file
from oitcheck.cli.years import year_option
from oitcheck.errors import IntakeError, SettingsError
from oitcheck.intake.annotated import annotated_copy, copy_name
from oitcheck.intake.attachments import Attachment, attachments
from oitcheck.intake.file_names import apart
from oitcheck.intake.messages import word
from oitcheck.intake.register import Ask, Options, Question
from oitcheck.intake.rows import FileReport, Intake, RowNote, RowOutcome, RowReport
from oitcheck.intake.submissions import Handed
from oitcheck.intake.template import BlankForm, blank_form, form_name
from oitcheck.lib.round_names import year_named
from oitcheck.model.agency import Agency
from oitcheck.pipeline.clock import BANGKOK, now, today
from oitcheck.pipeline.inputs import checklist_of, due_items, nearest
from oitcheck.pipeline.receiving import Received, Receiving, receive, receive_agencies, registered_agencies
from oitcheck.pipeline.rounds import known_round, latest_receipt
from oitcheck.report.terms import Terms
from oitcheck.rules.declare import years_in
from oitcheck.settings import Settings, resource_folder
from oitcheck.store.records import Store

agencies_app = typer.Typer(help="The register of agencies. ทะเบียนหน่วยงาน", no_args_is_help=True)
submissions_app = typer.Typer(help="Submitted URLs. URL ที่จัดส่ง", no_args_is_help=True)

# What cannot be read is told by the reading, which knows what to do about it.
FilePath = Annotated[Path, typer.Argument(readable=False, help="CSV or Excel file. แฟ้ม CSV หรือ Excel")]


def register(app: typer.Typer) -> None:
    agencies_app.command("import")(import_agencies)
    agencies_app.command("list")(list_agencies)
    submissions_app.command("import")(import_submissions)
    submissions_app.command("list")(list_submissions)
    submissions_app.command("template")(make_templates)
    app.add_typer(agencies_app, name="agencies")
    app.add_typer(submissions_app, name="submissions")


def _told(rows: tuple[RowReport, ...], lang: Language) -> int:
    rejected_note(rows, lang, counted=False)
    counts = {o: sum(r.outcome is o for r in rows) for o in RowOutcome}
    corrected, rejected = counts[RowOutcome.CORRECTED], counts[RowOutcome.REJECTED]
    say(f"{len(rows) - rejected} rows accepted ({corrected} of them with notes), {rejected} rejected", lang)
    return 8 if counts[RowOutcome.REJECTED] else 0


def import_agencies(
    context: typer.Context, file: FilePath, lang: Annotated[Language, typer.Option(help="Language. ภาษา")] = "th"
) -> int:
    """Register the agencies of a file. นำเข้าทะเบียนหน่วยงาน"""
    settings: Settings = context.obj()
    with Store.open(settings) as store:
        read = receive_agencies(store, file, now())
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
    files: Annotated[
        list[Path],
        typer.Argument(
            readable=False, help="Forms, folders of forms, ZIP files, mails (.eml). แฟ้มแบบ โฟลเดอร์ ZIP หรืออีเมล"
        ),
    ],
    year: Annotated[int, year_option("Fiscal year in BE (default: what each form says). ปีงบประมาณ พ.ศ.")] = 0,
    agency: Annotated[str, typer.Option(help="Whose forms they are, when they do not say. รหัสหน่วยงาน")] = "",
    received: Annotated[str, typer.Option(help="Date of receipt, e.g. 2566-01-31 (default: now). วันที่ได้รับ")] = "",
    correct_received: Annotated[
        bool,
        typer.Option(
            "--correct-received", help="Correct the date of receipt of what is registered alike. แก้วันที่ได้รับที่บันทึกไว้ผิด"
        ),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only; change nothing. ตรวจโดยไม่บันทึก")] = False,
    annotated: Annotated[
        Path | None, typer.Option(help="Folder for copies with the result beside each row. โฟลเดอร์สำเนาพร้อมผลการตรวจรับ")
    ] = None,
    format: Annotated[Format, typer.Option("--format", help="The report on every row. รูปแบบรายงาน")] = "table",
    lang: Annotated[Language, typer.Option(help="Language. ภาษา")] = "th",
) -> int:
    """Register the submitted URLs of the agencies' forms, with a report on every row. นำเข้าแบบส่ง URL"""
    settings: Settings = context.obj()
    if correct_received and not received:
        raise SettingsError(
            "the date of receipt is not given", where="--correct-received", remedy="Give it: --received 2566-01-31"
        )
    receipt = Receiving(receipt_instant(received), latest_receipt(now()), correct_received)
    given = tuple(attachments(files))
    copies: dict[str, Path] = {}
    if annotated is not None:
        require_folder(annotated, "--annotated")

    def find_room(read: Intake[Handed]) -> None:
        if annotated is not None:
            copies.update(_copy_paths(given, read, annotated, files, lang))

    with Store.open(settings, write=not dry_run) as store:
        known = registered_agencies(store)
        if not any(year in (0, one.fiscal_year_be) for one in known):
            raise IntakeError(
                f"no agency is registered for {year}" if year else "no agency is registered",
                where="--year" if year else "",
                remedy="Import them first: oitcheck agencies import FILE",
            )
        if agency and agency.lower() not in {one.id.lower() for one in known}:
            remedy = nearest(agency, tuple(one.id for one in known))
            raise SettingsError(f"no agency {agency!r}", where="--agency", remedy=remedy)
        options = Options(year or None, agency, _asker(lang))
        result = receive(store, given, options, receipt, dry_run=dry_run, before_saving=find_room)
    _print_report(result, format, lang)
    code = _told_import(result, lang, dry_run=dry_run)
    if annotated is not None:
        with after_saving(lambda: None if dry_run else say(word("saved_without_copies", lang))):
            written = _write_copies(given, result, copies, lang)
        say(word("copies_written", lang, count=written, folder=annotated))
    if result.saved.unchanged and received and not correct_received:
        say(word("same_but_dated", lang))
    return code


def receipt_instant(text: str) -> datetime:
    """The beginning of the day of --received in Thailand, of today now. Raises SettingsError for a day to come."""
    if not text:
        return now()
    try:
        day = as_of_date(text)
    except SettingsError as error:
        raise SettingsError(error.what, where="--received", remedy=error.remedy) from None
    if day > today():
        # Nothing that came in later would count until that day.
        raise SettingsError(
            f"{day.isoformat()} is after today ({today().isoformat()})",
            where="--received",
            remedy="Give the day on which the form came in, such as 2566-01-31.",
        )
    # A form of this morning that was imported without a date was received before one that is imported now.
    return now() if day == today() else datetime.combine(day, time(), BANGKOK).astimezone(UTC)


def _asker(lang: Language) -> Ask | None:
    """Asks on a terminal; None when nobody sits there."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None

    def ask(question: Question) -> str | None:
        where = " ".join(filter(None, (question.file, question.sheet and f"[{question.sheet}]")))
        said = f" “{question.said}”" if question.said else ""
        say(word("ask_agency", lang, where=f"{where}:{said}"))
        for number, one in enumerate(question.candidates, start=1):
            say(f"  {number}. {one.name_th} ({one.id})")
        answer = str(typer.prompt(word("ask_hint", lang), default="", show_default=False, err=True)).strip()
        if answer.isdecimal() and 1 <= int(answer) <= len(question.candidates):
            return question.candidates[int(answer) - 1].id
        return answer or None

    return ask


_REPORT = ("file", "sheet", "row", "agency_id", "item", "outcome", "urls", "notes")


def _print_report(result: Received, format: Format, lang: Language) -> None:
    """Every file and every row on stdout."""
    rows, files = result.intake.rows, result.intake.files
    if format != "table":
        listed: list[Sequence[object]] = [
            (one.file, one.sheet, "", "", "", one.outcome.value, "", _notes(one, lang)) for one in files if one.notes
        ]
        for row in rows:
            urls = " ".join(row.urls)
            told = _notes(row, lang)
            listed.append((row.file, row.sheet, row.row, row.agency_id, row.item, row.outcome.value, urls, told))
        print_list(_REPORT, listed, format)
        return
    names = tuple(word(name, lang) for name in ("row", "agency", "item", "result", "notes"))
    for file in dict.fromkeys((*(one.file for one in files), *(row.file for row in rows))):
        print(file)
        for one in files:
            if one.file == file and one.notes:
                print(f"  {f'[{one.sheet}] ' if one.sheet else ''}{_notes(one, lang)}")
        own = [row for row in rows if row.file == file]
        several = len({row.sheet for row in own}) > 1
        lines = [
            (f"{f'[{row.sheet}] ' if several else ''}{row.row}", row.agency_id, row.item, word(row.outcome.value, lang),
             _notes(row, lang) or " ".join(row.urls) or word("no_url", lang))
            for row in own
        ]  # fmt: skip
        if lines:
            print_rows(names, lines, lang)
        print()


def _notes(one: RowReport | FileReport, lang: Language) -> str:
    return " / ".join(_sentence(note, lang) for note in one.notes)


def _sentence(note: RowNote, lang: Language) -> str:
    where = f"{note.cell}: " if note.cell else ""
    remedy = note.remedy(lang)
    return f"{where}{note.says(lang)}{f' → {remedy}' if remedy else ''}"


def _told_import(result: Received, lang: Language, *, dry_run: bool) -> int:
    """Files, counts and changes on stderr; returns the exit code."""
    intake = result.intake
    for one in intake.files:
        for note in one.notes if one.outcome is RowOutcome.REJECTED else ():
            told, english = (f"{one.where(note)}: {note.says(to)} {note.remedy(to)}".rstrip() for to in (lang, "en"))
            print_both(told if lang == "th" else None, english)
    counts = {outcome.value: intake.count(outcome) for outcome in RowOutcome}
    say(word("counts", lang, rows=len(intake.rows), **counts))
    refused = len({one.file for one in intake.files if one.outcome is RowOutcome.REJECTED})
    read = len({one.file for one in intake.files if one.outcome is not RowOutcome.REJECTED})
    say(word("files_counted", lang, read=read, refused=refused))
    saved = result.saved
    say(
        word(
            "would_change" if dry_run else "changed", lang, new=saved.new, replaced=saved.replaced,
            unchanged=saved.unchanged, older=saved.older,
        )
    )  # fmt: skip
    if saved.redated:
        say(word("redated", lang, count=saved.redated))
    if result.nothing_read:
        return 2
    return 8 if refused or counts["rejected"] else 0


def _copy_paths(
    given: Sequence[Attachment], read: Intake[Handed], folder: Path, named: Sequence[Path], lang: Language
) -> dict[str, Path]:
    """Where the annotated copy of each file goes, by the file's name. Raises SettingsError when it would harm another:
    one of the files `named`, or in the folders `named`, or a copy that somebody filled in again."""
    inputs = [Path(place) / name for one in named for place, _, names in os.walk(one) for name in names]
    inputs += [one for one in named if not os.path.isdir(one)]
    paths: dict[str, Path] = {}
    taken: set[str] = set()
    for attachment in given:
        if attachment.refused is not None:
            continue
        rows = [row for row in read.rows if row.file == attachment.name]
        name = apart((copy_name(attachment, lang, rows),), taken)
        if folder.is_dir():
            require_writable(folder / name, "form", inputs)
        paths[attachment.name] = folder / name
    return paths


def _write_copies(given: Sequence[Attachment], result: Received, paths: dict[str, Path], lang: Language) -> int:
    """One annotated copy for each file that was read; returns how many."""
    written = 0
    for attachment in given:
        rows = [row for row in result.intake.rows if row.file == attachment.name]
        files = [one for one in result.intake.files if one.file == attachment.name]
        if attachment.name in paths and rows:
            path = paths[attachment.name]
            made_folder(path.parent, "--annotated")
            write_file(path, annotated_copy(attachment, rows, files, lang))
            written += 1
    return written


def list_submissions(
    context: typer.Context,
    year: Annotated[int, year_option("Fiscal year in BE. ปีงบประมาณ พ.ศ.")],
    agency: Annotated[list[str], typer.Option(help="Only this agency (repeatable). เฉพาะหน่วยงาน")] = [],  # noqa: B006
    history: Annotated[
        bool, typer.Option("--history", help="With what was superseded, and dates of receipt. พร้อมประวัติและวันที่ได้รับ")
    ] = False,
    format: Annotated[Format, typer.Option("--format", help="Format. รูปแบบ")] = "table",
) -> int:
    """List the submitted URLs registered for a year, in the columns of submissions.csv. รายการ URL"""
    settings: Settings = context.obj()
    with Store.open(settings, write=False) as store:
        found = store.receipts(year, history=history)
    wanted = [one for one in found if not agency or one.submission.agency_id in agency]
    if not history:
        rows = [
            (one.submission.agency_id, one.submission.item, url, one.submission.note)
            for one in wanted
            for url in (one.submission.urls or ("",))
        ]
        print_list(("agency_id", "item", "url", "note"), rows, format)
        return 0
    dated: list[Sequence[object]] = [
        (one.submission.agency_id, one.submission.item, url, one.submission.note, one.round_id,
         _local(one.received_at, format), _local(one.superseded_at, format))
        for one in wanted
        for url in (one.submission.urls or ("",))
    ]  # fmt: skip
    print_list(("agency_id", "item", "url", "note", "round", "received_at", "superseded_at"), dated, format)
    return 0


def _local(instant: datetime | None, format: Format) -> str:
    return instant_cell(instant.astimezone(BANGKOK) if instant else None, format)


def _maker(store: Store, year_be: int, round_id: str, lang: Language) -> Callable[[Agency], BlankForm]:
    """Makes the form of an agency for a round; says of a round that it is over. Raises SettingsError for no round."""
    checklist = checklist_of(year_be)[0]
    found = known_round(store, checklist, round_id, "--round")
    items = tuple(checklist.items[code] for code in due_items(found, checklist) if code in checklist.items)
    closes = Terms.load(lang).long_date(found.closes_on) if found.closes_on else ""
    if found.frozen_at is not None:
        say(f"note: round {found.id} is frozen: what comes in on these forms no longer counts for it", lang)
    elif found.closes_on is not None and found.closes_on < today():
        say(f"note: round {found.id} closed on {closes}: what comes in on these forms is late", lang)
    return lambda agency: BlankForm(agency, found.id, found.title or found.id, closes, items)


def make_templates(
    context: typer.Context,
    round: Annotated[str, typer.Option("--round", help="Round id, e.g. 2566-1. รอบการจัดส่ง")],
    year: Annotated[int, year_option("Fiscal year in BE, when the round's id does not begin with it. ปีงบประมาณ")] = 0,
    agency: Annotated[str, typer.Option(help="Agency id. รหัสหน่วยงาน")] = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write. แฟ้มที่จะเขียน")] = None,
    all_: Annotated[
        Path | None, typer.Option("--all", help="Folder for the forms of all registered agencies. โฟลเดอร์ของทุกหน่วยงาน")
    ] = None,
    lang: Annotated[Language, typer.Option(help="Language of the form. ภาษา")] = "th",
) -> int:
    """Make the blank form of a round, to be filled in and imported back. จัดทำแบบส่ง URL ของรอบ"""
    settings: Settings = context.obj()
    if bool(agency and output) == bool(all_):
        raise SettingsError(
            "what to make is not clear",
            where="submissions template",
            remedy="Give --agency ID and -o FILE for one agency, or --all FOLDER for all of them.",
        )
    if output is not None:
        require_writable(output, "form")
    if all_ is not None:
        require_folder(all_, "--all")
    year_be = year or year_named(round, years_in(resource_folder("checklists"))) or 0
    if not year_be:
        raise SettingsError(
            f"cannot tell the fiscal year of round {round!r}", where="--round", remedy="Give --year as well."
        )
    with Store.open(settings, write=False) as store:
        registered = store.registered_agencies(year_be)
        make = _maker(store, year_be, round, lang)
    wanted = [one for one in registered if all_ or one.id == agency]
    if not wanted:
        raise SettingsError(
            f"no agency {agency!r} is registered for {year_be}" if agency else f"no agency is registered for {year_be}",
            where="--agency" if agency else "--round",
            remedy=nearest(agency, tuple(one.id for one in registered))
            if agency and registered
            else "Import them first: oitcheck agencies import FILE",
        )
    if all_ is not None:
        made_folder(all_, "--all")
    forms = [make(one) for one in wanted]
    paths = [output if output is not None else (all_ or Path()) / form_name(one, lang) for one in forms]
    for path in paths:
        require_writable(path, "form")
    for path, form in zip(paths, forms, strict=True):
        write_file(path, blank_form(form, lang))
    say(word("forms_written", lang, count=len(wanted), place=all_ or output))
    return 0
