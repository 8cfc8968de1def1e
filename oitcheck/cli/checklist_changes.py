"""checklist new, diff, docs: a year made from another, two checklists over one run, the pages of every item."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from oitcheck import handbook
from oitcheck.cli.check import selection
from oitcheck.cli.language import Language
from oitcheck.cli.output import Format, print_list, say
from oitcheck.cli.years import year_argument, year_option
from oitcheck.errors import SettingsError
from oitcheck.lib.thai_text import similar_words
from oitcheck.pipeline.inputs import checklist_of
from oitcheck.pipeline.judging import diff_run
from oitcheck.pipeline.workshop import messages_of
from oitcheck.report.flips import COLUMNS, flips, json_text, rows, text_lines
from oitcheck.report.terms import Terms
from oitcheck.rules.declare import years_in
from oitcheck.rules.new_year import Confirm, Move, write_new_year
from oitcheck.settings import Settings, resource_folder
from oitcheck.store.records import Store

# A list further away than this from the year it is copied from is a slip of the finger.
MOST_YEARS = 20


def register(app: typer.Typer) -> None:
    app.command("new")(new)
    app.command("diff")(diff)
    app.command("docs")(docs)


def new(
    year: Annotated[int, year_argument("The new fiscal year in BE, e.g. 2570. ปีงบประมาณใหม่")],
    from_: Annotated[int, year_option("The fiscal year to copy. ปีงบประมาณต้นแบบ", "--from")],
    folder: Annotated[
        Path | None,
        typer.Option(
            "--folder", help="Folder of checklists to write to; a new or empty one is started. โฟลเดอร์ปลายทาง"
        ),
    ] = None,
    format: Annotated[Format, typer.Option("--format", help="Format. รูปแบบ")] = "table",
    lang: Annotated[Language, typer.Option(help="Language. ภาษา")] = "th",
) -> int:
    """Make a fiscal year from another: periods moved on, what to confirm marked and listed. สร้างแบบตรวจปีใหม่"""
    target = folder or resource_folder("checklists")
    source = _source(target)
    checklist_of(_known_year(from_, source), source)
    move = Move(from_, _free_year(year, from_, target))
    try:
        confirms = write_new_year(source, target, move)
    except OSError as error:
        raise SettingsError(
            f"cannot be written ({error.strerror or error})",
            where=str(target),
            remedy=f"Nothing was changed. Name a folder of your own: oitcheck checklist new {year} --from {from_} "
            "--folder my-checklists",
        ) from None
    _print_confirms(confirms, format)
    given = f" --folder {folder}" if folder else ""
    terms = Terms.load(lang)
    say("\n" + terms("new_year.made", year=year, old=from_, source=source, folder=target, n=len(confirms), given=given))
    if folder is None and (target.parent / "__init__.py").is_file():
        say(terms("new_year.in_the_package", folder=target / str(year)))
    return 0


def _source(target: Path) -> Path:
    """The folder that the old year is read from: the one written to, or the installed one for a new folder."""
    if (target / "vocabulary.toml").is_file():
        return target
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise SettingsError(
            "is no folder of checklists", where=str(target), remedy="Name one with vocabulary.toml, or a new folder."
        )
    return resource_folder("checklists")


def _known_year(year: int, folder: Path) -> int:
    known = years_in(folder)
    if year in known:
        return year
    near = similar_words(str(year), tuple(map(str, known))) or tuple(map(str, known[-1:]))
    raise SettingsError(
        f"there is no checklist for fiscal year {year}",
        where="--from",
        remedy=f"Did you mean {near[0]}? There are: {', '.join(map(str, known))}"
        if near
        else f"No year is in {folder}.",
    )


def _free_year(year: int, from_: int, folder: Path) -> int:
    if year == from_:
        raise SettingsError(f"{year} is the year to copy itself", where="YEAR", remedy=f"Write {year + 1}?")
    if abs(year - from_) > MOST_YEARS:
        remedy = f"Write a year near {from_}, e.g. {from_ + 1}."
        raise SettingsError(f"{year} is no fiscal year near {from_}", where="YEAR", remedy=remedy)
    if (folder / str(year)).exists():
        raise SettingsError(
            f"fiscal year {year} is there already, and is not written over",
            where=str(folder / str(year)),
            remedy="Take that folder away first, or name another with --folder.",
        )
    return year


def _print_confirms(confirms: tuple[Confirm, ...], format: Format) -> None:
    if format == "table":
        for c in confirms:
            print(f"{c.name}:{c.line}: {c.what}")
    else:
        print_list(("file", "line", "confirm"), [(c.name, c.line, c.what) for c in confirms], format)


def diff(
    context: typer.Context,
    folders: Annotated[
        list[Path],
        typer.Argument(
            metavar="[OLD] NEW", help="Folders of checklists; without OLD the installed one. โฟลเดอร์แบบตรวจ"
        ),
    ],
    run: Annotated[str, typer.Option("--run", help="Run id, or `latest`. ครั้งที่ตรวจ")] = "latest",
    agency: Annotated[list[str], typer.Option(help="Only this agency (repeatable). เฉพาะหน่วยงาน")] = [],  # noqa: B006
    item: Annotated[list[str], typer.Option(help="Only this item (repeatable). เฉพาะข้อ")] = [],  # noqa: B006
    format: Annotated[Format, typer.Option("--format", help="Format. รูปแบบ")] = "table",
    lang: Annotated[Language, typer.Option(help="Language. ภาษา")] = "th",
) -> int:
    """Which findings of a kept run flip between two checklists, network off. เทียบผลของแบบตรวจสองชุด"""
    settings: Settings = context.obj()
    old, new_folder = _two(folders)
    messages = messages_of(settings, lang)
    with Store.open(settings, write=False) as store:
        both = diff_run(settings, store, run, old, new_folder, selection(agency, item))
    found = flips(both.old_findings, both.new_findings, both.old, both.new)
    terms = Terms.load(lang)
    say(terms("flips.of_run", run=both.run.id, old=_short(both.old.id), new=_short(both.new.id)))
    if both.old.id == both.new.id:
        say(terms("flips.same"))
    if format == "json":
        print(json_text(found, both.run, both.old, both.new, messages))
    elif format == "csv":
        print_list(COLUMNS, rows(found, messages), format)
    else:
        for line in text_lines(found, messages):
            print(line)
    return 0


def _two(folders: list[Path]) -> tuple[Path | None, Path]:
    """The old folder (None: the installed one) and the new one. Raises SettingsError."""
    if len(folders) > 2:
        raise SettingsError(
            f"{len(folders)} folders were named",
            where="[OLD] NEW",
            remedy="Name one or two: oitcheck checklist diff NEW",
        )
    for folder in folders:
        if not (folder / "vocabulary.toml").is_file():
            above = folder.resolve().parent
            remedy = "Name a folder with vocabulary.toml and one folder a year."
            if (above / "vocabulary.toml").is_file():
                remedy = f"That is one year of {above}: name the folder of checklists itself."
            raise SettingsError("is no folder of checklists", where=str(folder), remedy=remedy)
    return (folders[0] if len(folders) == 2 else None), folders[-1]


def _short(checklist_id: str) -> str:
    name, _, digest = checklist_id.partition("@sha256:")
    return f"{name}@{digest[:12]}"


def docs(
    folder: Annotated[
        Path | None,
        typer.Option("--folder", help="Another folder of checklists (with vocabulary.toml). โฟลเดอร์แบบตรวจ"),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the pages. โฟลเดอร์ปลายทาง")] = Path("docs/checklists"),
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; name stale pages and exit with 1. ตรวจเท่านั้น")
    ] = False,
) -> int:
    """Write a page for every item, in Thai and English. สร้างหน้าอธิบายรายข้อ"""
    where = folder or resource_folder("checklists")
    if not years_in(where):
        raise SettingsError(
            "has no year of a checklist", where=str(where), remedy="Name a folder with vocabulary.toml and the years."
        )
    made = handbook.pages(where, resource_folder("fixtures"))
    try:
        changed = handbook.differences(made, out) if check else handbook.write(made, out)
    except OSError as error:
        raise SettingsError(
            f"cannot be written ({error.strerror or error})", where=str(out), remedy="Name another folder with --out."
        ) from None
    for path in changed:
        print(out / path)
    say(f"{len(changed)} of {len(made)} pages {'are not up to date' if check else 'written'} in {out}")
    return 1 if check and changed else 0
