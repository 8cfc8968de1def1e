"""availability check, list: are the agencies' main websites reachable? Never part of a verdict."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from oitcheck.cli.language import Language
from oitcheck.cli.output import Format, day_cell, instant_cell, print_list, print_rows, say
from oitcheck.errors import IntakeError, SettingsError
from oitcheck.model.agency import Agency
from oitcheck.pipeline.clock import now
from oitcheck.pipeline.inputs import nearest
from oitcheck.pipeline.websites import check_websites, checks_since, registered_websites
from oitcheck.report.availability import WEEKS_SHOWN, all_reachability
from oitcheck.report.night import instant_text
from oitcheck.report.terms import Terms
from oitcheck.rules.declare import years_in
from oitcheck.settings import Settings, resource_folder
from oitcheck.store.records import Store

availability_app = typer.Typer(help="Main websites reached. การเข้าถึงเว็บไซต์หลัก", no_args_is_help=True)

AgencyIds = Annotated[list[str], typer.Option("--agency", help="Only this agency (repeatable). เฉพาะหน่วยงาน")]


def register(app: typer.Typer) -> None:
    availability_app.command("check")(check)
    availability_app.command("list")(list_)
    app.add_typer(availability_app, name="availability")


def _agencies(store: Store, wanted: list[str]) -> tuple[Agency, ...]:
    found = registered_websites(store, years_in(resource_folder("checklists")))
    if not found:
        raise IntakeError(
            "no agency is registered",
            where="availability",
            remedy="Import them first: oitcheck agencies import FILE",
        )
    known = tuple(a.id for a in found)
    for one in wanted:
        if one not in known:
            raise SettingsError(f"no agency {one!r}", where="--agency", remedy=nearest(one, known))
    return tuple(a for a in found if not wanted or a.id in wanted)


def check(
    context: typer.Context,
    agency: AgencyIds = [],  # noqa: B006
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing. ไม่แสดงผล")] = False,
    format: Annotated[Format, typer.Option("--format", help="Format. รูปแบบ")] = "table",
    lang: Annotated[Language, typer.Option(help="Language. ภาษา")] = "th",
) -> int:
    """Call each agency's home page once and keep how it answered. ตรวจการเข้าถึงเว็บไซต์หลักเดี๋ยวนี้"""
    settings: Settings = context.obj()
    with Store.open(settings) as store:
        checks = check_websites(settings, store, _agencies(store, agency))
    if checks and not any(c.counts for c in checks):
        say("no site at all answered: our own network seems to be down, so these checks do not count")
    if not quiet:
        terms = Terms.load(lang)
        rows = [
            (c.agency_id, c.url, c.outcome.value, c.http_status, c.milliseconds or 0, terms.fetch(c.outcome)[0])
            for c in checks
        ]
        if format == "table":  # what it says stands there in words
            shown = [(agency_id, url, says, status, ms) for agency_id, url, _, status, ms, says in rows]
            print_rows(("agency_id", "url", "says", "http_status", "milliseconds"), shown, lang)
        else:
            print_list(("agency_id", "url", "outcome", "http_status", "milliseconds", "says"), rows, format)
    return 0


def list_(
    context: typer.Context,
    agency: AgencyIds = [],  # noqa: B006
    weeks: Annotated[int, typer.Option(help="How far back. จำนวนสัปดาห์", min=1, max=520)] = WEEKS_SHOWN,
    by_week: Annotated[bool, typer.Option("--by-week", help="One row for each week. แยกรายสัปดาห์")] = False,
    format: Annotated[Format, typer.Option("--format", help="Format. รูปแบบ")] = "table",
) -> int:
    """List how each main website was reached: share of checks, longest gap, since when it is down. สรุปการเข้าถึง"""
    settings: Settings = context.obj()
    with Store.open(settings, write=False) as store:
        agencies = _agencies(store, agency)
        rows = all_reachability(agencies, checks_since(store, now() - timedelta(weeks=weeks), agencies))
    if by_week:
        weekly = [
            (r.agency.id, day_cell(w.monday, format), w.reached, w.checks, _share(w.reached, w.checks))
            for r in rows
            for w in r.weeks
        ]
        print_list(("agency_id", "week_of", "reached", "checks", "percent"), weekly, format)
        return 0
    print_list(
        ("agency_id", "reached", "checks", "percent", "untold", "longest_gap_hours", "down_since", "down_checks"),
        [
            (
                r.agency.id, r.reached, r.checks, _share(r.reached, r.checks), r.untold, f"{r.gap_hours:.1f}",
                instant_cell(r.down_since, format) if format == "table" else instant_text(r.down_since), r.down_checks,
            )
            for r in rows
        ],
        format,
    )  # fmt: skip
    return 0


def _share(reached: int, checks: int) -> str:
    return str(100 * reached // checks) if checks else ""
