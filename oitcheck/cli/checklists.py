"""checklist list, show, explain, check; with `checklist_changes` also new, diff, docs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from oitcheck.cli import checklist_changes
from oitcheck.cli.language import Language
from oitcheck.cli.output import Format, print_list, say
from oitcheck.cli.years import fiscal_year, year_argument
from oitcheck.errors import ChecklistError, SettingsError
from oitcheck.lib.thai_text import similar_words
from oitcheck.model.checklist import Checklist, Item
from oitcheck.pipeline.inputs import checklist_of
from oitcheck.pipeline.workshop import messages_of
from oitcheck.report.explain import explained
from oitcheck.rules.checks import CHECKS
from oitcheck.rules.declare import years_in
from oitcheck.rules.engine import REASONS
from oitcheck.settings import Settings, resource_folder

app_ = typer.Typer(help="What is asked for, by year and item. แบบตรวจ", no_args_is_help=True)
Folder = Annotated[
    Path | None, typer.Option("--folder", help="Another folder of checklists (with vocabulary.toml). โฟลเดอร์แบบตรวจ")
]


def register(app: typer.Typer) -> None:
    app_.command("list")(list_)
    app_.command("show")(show)
    app_.command("explain")(explain)
    app_.command("check")(check)
    checklist_changes.register(app_)
    app.add_typer(app_, name="checklist")


def _folder(folder: Path | None) -> Path:
    if folder is not None and not folder.is_dir():
        raise SettingsError(
            "is no folder", where=str(folder), remedy="Name a folder with vocabulary.toml and one folder a year."
        )
    return folder or resource_folder("checklists")


def _item(address: str, folder: Path) -> tuple[Checklist, Item]:
    """The item of an address like 2566/O21. Raises SettingsError."""
    year, _, item = address.partition("/")
    if not year.isdigit() or not item:
        raise SettingsError(f"{address!r} is no item", where="ITEM", remedy="Write year and item, e.g. 2566/O21.")
    checklist, _ = checklist_of(fiscal_year(year, "ITEM"), folder)
    found = checklist.items.get(item.upper())
    if found is None:
        near = similar_words(item.upper(), tuple(checklist.items))
        raise SettingsError(
            f"{year} has no item {item!r}",
            where="ITEM",
            remedy=f"Did you mean {year}/{near[0]}?" if near else f"See: oitcheck checklist show {year}",
        )
    return checklist, found


def list_(
    folder: Folder = None, format: Annotated[Format, typer.Option("--format", help="Format. รูปแบบ")] = "table"
) -> int:
    """The years there are. ปีงบประมาณที่มีแบบตรวจ"""
    rows = []
    for year in years_in(_folder(folder)):
        checklist, _ = checklist_of(year, _folder(folder))
        rows.append(
            (
                year,
                len(checklist.items),
                sum(len(i.requirements) for i in checklist.items.values()),
                checklist.digest[:12],
                checklist.title,
            )
        )
    print_list(("year", "items", "requirements", "digest", "title"), rows, format)
    return 0


def show(
    year: Annotated[int, year_argument("Fiscal year in BE. ปีงบประมาณ พ.ศ.")],
    folder: Folder = None,
    format: Annotated[Format, typer.Option("--format", help="Format. รูปแบบ")] = "table",
    lang: Annotated[Language, typer.Option(help="Language. ภาษา")] = "th",
) -> int:
    """Every item and requirement of a year. ข้อและองค์ประกอบทั้งปี"""
    checklist, _ = checklist_of(year, _folder(folder))
    rows = []
    for item in checklist.items.values():
        for r in item.requirements:
            rows.append(
                (item.id, r.id, "yes" if r.binding else "no", r.basis, r.check, r.text if lang == "th" else r.text_en)
            )
    print_list(("item", "requirement", "binding", "basis", "check", "text"), rows, format)
    return 0


def explain(
    context: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ITEM", help="Year and item, e.g. 2566/O21. ปีและข้อ")],
    folder: Folder = None,
    lang: Annotated[Language, typer.Option(help="Language. ภาษา")] = "th",
) -> int:
    """What an item asks, by which source, and every reason it can give. อธิบายข้อ"""
    settings: Settings = context.obj()
    checklist, item = _item(address, _folder(folder))
    reasons = {name: tuple(check.reasons) for name, check in CHECKS.items()}
    print(explained(item, checklist, reasons, tuple(REASONS), messages_of(settings, lang)))
    return 0


def check(folder: Folder = None) -> int:
    """Check every checklist file; all mistakes at once. ตรวจความถูกต้องของแฟ้มแบบตรวจ"""
    where = _folder(folder)
    years = years_in(where)
    if not years:
        raise ChecklistError(("no year here: a year is a folder such as 2566/ with checklist.toml",), where=str(where))
    mistakes = [
        f"{p.name}: a year without checklist.toml is not read — write {p.name}/checklist.toml, or take the folder away"
        for p in sorted(where.glob("2[0-9][0-9][0-9]"))
        if p.is_dir() and int(p.name) not in years
    ]
    for year in years:
        try:
            checklist_of(year, where)
        except ChecklistError as error:
            mistakes.extend(m for m in error.mistakes if m not in mistakes)
    if mistakes:
        raise ChecklistError(tuple(mistakes), where=str(where))
    say(f"{len(years)} checklists are right: {', '.join(map(str, years))}")
    return 0
