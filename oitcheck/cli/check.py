"""check, try, demo: the main job in one go."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from oitcheck.cli.language import Language
from oitcheck.cli.output import data_console, print_rows, rejected_note, say
from oitcheck.cli.output_files import after_saving, made_folder, require_writable, write_file
from oitcheck.cli.progress import Bar
from oitcheck.cli.years import year_option
from oitcheck.demo import SiteServer, demo_folder
from oitcheck.errors import IntakeError, SettingsError
from oitcheck.lib.item_codes import item_code
from oitcheck.lib.thai_calendar import BE_OFFSET
from oitcheck.lib.thai_text import arabic_digits
from oitcheck.lib.urls import BadUrl, host_of, normalized
from oitcheck.model.agency import Agency, Round
from oitcheck.model.finding import WAS_READ, Finding
from oitcheck.model.finding import Outcome as Verdict
from oitcheck.pipeline.clock import today
from oitcheck.pipeline.inputs import Inputs, Selection, checklist_of, nearest, read_inputs, rounds_named, selected
from oitcheck.pipeline.publishing import publish_run
from oitcheck.pipeline.rounds import agencies_registered, registered_inputs, rounds_known, rounds_of
from oitcheck.pipeline.running import Outcome, check_round, try_page
from oitcheck.pipeline.workshop import messages_of
from oitcheck.report.export import json_lines
from oitcheck.report.messages import Messages
from oitcheck.report.terminal import print_summary
from oitcheck.report.terms import Terms
from oitcheck.settings import Settings
from oitcheck.store.records import Store

_MOST_NAMED = 3


def register(app: typer.Typer) -> None:
    app.command("check")(check)
    app.command("try")(try_)
    app.command("demo")(demo)


def as_of_date(text: str) -> date:
    """The date of --as-of, CE or BE, in Arabic or Thai digits, else today in Thailand. Raises SettingsError."""
    if not text:
        return today()
    # 29 February is a day of CE years: the year is converted before the date is made.
    year, dash, rest = arabic_digits(text.strip()).partition("-")
    if year.isdecimal() and int(year) > 2400:
        year = str(int(year) - BE_OFFSET)
    try:
        return date.fromisoformat(f"{year}{dash}{rest}")
    except ValueError:
        raise SettingsError(
            f"{text!r} is no date", where="--as-of", remedy="Write it like 2023-04-07 (or 2566-04-07)."
        ) from None


def selection(agencies: Sequence[str], items: Sequence[str]) -> Selection:
    """What --agency and --item ask for; an item in any spelling."""
    return Selection(tuple(agencies), tuple(item_code(i) or i for i in items))


def check(
    context: typer.Context,
    year: Annotated[int, year_option("Fiscal year in BE, e.g. 2566. ปีงบประมาณ พ.ศ.")],
    agencies: Annotated[
        Path | None,
        typer.Option(readable=False, help="agencies.csv or .xlsx; without both files: as imported. ทะเบียนหน่วยงาน"),
    ] = None,
    submissions: Annotated[
        Path | None, typer.Option(readable=False, help="submissions.csv or .xlsx. รายการ URL ที่จัดส่ง")
    ] = None,
    round: Annotated[str, typer.Option("--round", help="Round id. รอบการจัดส่ง")] = "",
    as_of: Annotated[str, typer.Option(help="Judge as at the end of this day, e.g. 2023-04-07. ตรวจตามวันที่")] = "",
    agency: Annotated[list[str], typer.Option(help="Only this agency (repeatable). เฉพาะหน่วยงาน")] = [],  # noqa: B006
    item: Annotated[list[str], typer.Option(help="Only this item, e.g. O21 (repeatable). เฉพาะข้อ")] = [],  # noqa: B006
    findings: Annotated[Path | None, typer.Option(help="Write the findings here as JSON lines. ส่งออกข้อตรวจพบ")] = None,
    fail_on: Annotated[
        Literal["failed", "cant_tell", "never"],
        typer.Option(help="Exit with 1 when an item ends so. จบด้วยรหัส 1 เมื่อมีผลนี้"),
    ] = "never",
    lang: Annotated[Language, typer.Option(help="Language of summary and findings. ภาษา")] = "th",
) -> int:
    """Import, crawl, assess, store and summarise a round. ตรวจทั้งรอบในคำสั่งเดียว"""
    settings: Settings = context.obj()
    day = as_of_date(as_of)
    if findings is not None:
        require_writable(findings, inputs=[f for f in (agencies, submissions) if f])
    checklist, _ = checklist_of(year)
    wanted = selection(agency, item)
    if agencies and submissions:
        known = rounds_known(settings, checklist)
        registered = agencies_registered(settings, year)
        inputs = read_inputs(year, agencies, submissions, round, wanted, checklist, known, registered)
    elif agencies or submissions:
        raise SettingsError(
            "the other file is missing",
            where="--agencies" if agencies else "--submissions",
            remedy="Name both files, or none to check what was imported.",
        )
    else:
        with Store.open(settings, write=False) as store:
            inputs = registered_inputs(store, checklist, round)
        chosen, handed_in = selected(inputs.agencies, inputs.submissions, wanted, checklist)
        inputs = Inputs(inputs.year_be, chosen, handed_in, inputs.round, inputs.due)
    return run_check(settings, inputs, wanted, day, findings, fail_on, lang, named_round=round)


def say_which_round(inputs: Inputs, named: str, known: Sequence[str], lang: Language) -> None:
    """What a user must know of the round that is checked: read otherwise than typed, one of several, or not known."""
    chosen, year = inputs.round.id, inputs.year_be
    several = () if named else rounds_named(inputs.agencies, year, known)
    if named and named != chosen:
        say(f"note: the round {named!r} was read as {chosen}", lang)
    if len(several) > 1:
        named_by = {one: sum(rounds_named((a,), year, known) == (one,) for a in inputs.agencies) for one in several}
        counts = ", ".join(f"{one} ({number})" for one, number in named_by.items())
        say(
            f"note: the agencies name several rounds: {counts}; all are checked as round {chosen}. "
            "To check one of them: --round ROUND",
            lang,
        )
    if named or several:
        say_unknown_round(chosen, year, known, lang)


def say_unknown_round(round_id: str, year_be: int, known: Sequence[str], lang: Language | None = None) -> None:
    """A round that is none of the year's, with the nearest one: nothing is known to be missing from it."""
    if known and round_id not in known:
        say(
            f"note: fiscal year {year_be} has no round {round_id!r}; no deadline is known, and only items with a "
            f"submitted URL are checked. {nearest(round_id, tuple(known))}",
            lang,
        )


def say_left_out(outcome: Outcome) -> None:
    """What a run that did not come to its end left out, and how to see all of it."""
    run_id = outcome.run.id
    if outcome.broken:
        say(
            f"{len(outcome.broken)} agencies could not be checked ({_some(list(outcome.broken))}); "
            f"see why: oitcheck runs left-out --run {run_id}"
        )
    if outcome.by_limit:
        say(
            f"stopped at a limit of the run: {len(outcome.by_limit)} addresses were left out "
            f"({_some(outcome.by_limit)}); see all: oitcheck runs left-out --run {run_id}"
        )


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + (" …" if len(names) > _MOST_NAMED else "")


def run_check(
    settings: Settings, inputs: Inputs, wanted: Selection, day: date, findings: Path | None, fail_on: str,
    lang: Language, *, next_step: str = "", named_round: str = "",
) -> int:  # fmt: skip
    """The main job on inputs that were read; returns the exit code."""
    checklist, vocabulary = checklist_of(inputs.year_be)
    messages = messages_of(settings, lang)
    rejected_note((*inputs.agency_rows, *inputs.submission_rows), lang)
    with Store.open(settings) as store:
        known = [r.id for r in rounds_of(store, checklist)]
        say_which_round(inputs, named_round, known, lang)
        with Bar() as bar:
            outcome = check_round(settings, store, inputs, checklist, vocabulary, day, wanted, bar)
        record = store.run(outcome.run.id)
        rows = inputs.counts() if inputs.submission_rows else None  # none were read where the register is checked
        run_id, round_id = record.run.id, record.run.round_id
        with after_saving(lambda: say(f"run {run_id} is kept; its reports: oitcheck publish --round {round_id}", lang)):
            published = publish_run(settings, store, record, checklist, imported=rows)
        if findings is not None:
            lines = json_lines(record.run, store.findings(record.run.id), messages)
            with after_saving(
                lambda: say(f"run {run_id} is kept; its findings: oitcheck findings export --run {run_id}", lang)
            ):
                write_file(findings, "".join(lines))
        print_summary(data_console(), published.view, published.summary, messages, report=published.pages[lang])
    if next_step:
        say(next_step)
    if not outcome.complete:
        say_left_out(outcome)
        return 5
    if _met(published.view.findings, fail_on):
        return 1
    return 8 if inputs.rejected else 0


def _met(found: Sequence[Finding], fail_on: str) -> bool:
    wanted = {"failed": {Verdict.FAILED}, "cant_tell": {Verdict.FAILED, Verdict.CANT_TELL}, "never": set()}[fail_on]
    return any(f.requirement == "*" and f.outcome in wanted for f in found)


def try_(
    context: typer.Context,
    urls: Annotated[list[str], typer.Argument(help="The URLs to try. URL ที่ต้องการลอง")],
    year: Annotated[int, year_option("Fiscal year in BE. ปีงบประมาณ พ.ศ.")],
    item: Annotated[str, typer.Option(help="Item, e.g. O21. ข้อ")],
    kind: Annotated[str, typer.Option(help="Kind of agency, e.g. เทศบาลตำบล. ประเภทหน่วยงาน")] = "",
    name: Annotated[str, typer.Option(help="Full name of the agency. ชื่อหน่วยงาน")] = "",
    as_of: Annotated[str, typer.Option(help="Judge as at the end of this day. ตรวจตามวันที่")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines instead of a table. แสดงเป็น JSON")] = False,
    lang: Annotated[Language, typer.Option(help="Language. ภาษา")] = "th",
) -> int:
    """Try one page against one item; nothing is stored. ลองตรวจหน้าเดียวกับข้อเดียว"""
    settings: Settings = context.obj()
    checklist, vocabulary = checklist_of(year)
    code = item_code(item) or item
    wanted = selection([], [code])
    requestable = tuple(_requestable(u) for u in urls)
    agency = Agency("try", name or "-", kind, "", "", year, "", tuple(dict.fromkeys(host_of(u) for u in requestable)))
    selected((agency,), (), wanted, checklist)
    with tempfile.TemporaryDirectory(prefix="oitcheck-try-") as folder:
        passing = settings.model_copy(
            update={
                "storage": settings.storage.model_copy(update={"data_dir": Path(folder)}),
                "database": settings.database.model_copy(update={"url": ""}),
            }
        )
        with Store.open(passing) as store:
            found = asyncio.run(
                try_page(passing, store, requestable, agency, code, checklist, vocabulary, as_of_date(as_of))
            )
    messages = messages_of(settings, lang)
    if as_json:
        for finding in found:
            row = {
                "item": finding.item,
                "requirement": finding.requirement,
                "about": finding.about,
                "outcome": finding.outcome.value,
                "reason": finding.reason,
                "says": messages.says(finding),
                "do": messages.do(finding),
                "quote": finding.seen[0].quote if finding.seen else "",
            }
            print(json.dumps(row, ensure_ascii=False))
    else:
        item_of = checklist.items[code]
        texts = {r.id: r.text if lang == "th" else r.text_en for r in item_of.requirements}
        texts["*"] = item_of.title if lang == "th" else item_of.title_en
        whole = next((_told(f, messages) for f in found if f.requirement == "*"), "")
        print_rows(
            ("", "id", "element", "found"),
            [
                (f.outcome, f.requirement, texts[f.requirement], _told(f, messages, said=whole))
                for f in found
                if not f.about
            ],
            lang,
        )
        _print_unread(found, lang)
    return 0


def _told(finding: Finding, messages: Messages, *, said: str = "") -> str:
    """What a finding says and what to do; nothing for an element of which the same was `said` above, of the item."""
    parts = [messages.says(finding)]
    if finding.outcome in (Verdict.FAILED, Verdict.CANT_TELL) and messages.do(finding):
        parts.append("→ " + messages.do(finding))
    told = "\n".join(p for p in parts if p)
    return "" if told == said and finding.requirement != "*" else told


def _print_unread(found: Sequence[Finding], lang: Language) -> None:
    """The pages and files that could not be read, each with the cause and what its owner can do."""
    terms = Terms.load(lang)
    searched = dict.fromkeys(row for f in found for row in f.searched if row.outcome not in WAS_READ)
    if searched:
        data_console().print()
        rows = ((row.url, *terms.searched(row.outcome, has_body=bool(row.sha256))) for row in searched)
        print_rows(("url", "outcome", "remedy"), dict.fromkeys(rows), lang)


def _requestable(text: str) -> str:
    if _is_file_name(text):
        raise IntakeError(
            f"{text!r} is a file, not a web address",
            where="URL",
            remedy="Give the address of the page on the web, e.g. http://www.example.go.th/plan.pdf.",
        )
    try:
        return normalized(text)[0]
    except BadUrl as error:
        raise IntakeError(
            f"{text!r} is no web address ({error.reason})",
            where="URL",
            remedy="Write it like http://www.example.go.th/page.",
        ) from None


def _is_file_name(text: str) -> bool:
    """Whether a text names a file of this computer: one that is there, or a bare name such as plan.pdf."""
    if "://" in text:
        return False
    bare = "/" not in text and "\\" not in text
    return Path(text).is_file() or (bare and Path(text).suffix.lower() in _FILE_ENDINGS)


_FILE_ENDINGS = frozenset((".pdf", ".doc", ".docx", ".xls", ".xlsx", ".html", ".htm", ".csv", ".jpg", ".png", ".zip"))


def demo(
    context: typer.Context,
    lang: Annotated[Language, typer.Option(help="Language. ภาษา")] = "th",
    keep: Annotated[
        Path | None, typer.Option(help="Folder for the demo's data (default: ./oitcheck-demo). โฟลเดอร์สาธิต")
    ] = None,
) -> int:
    """Serve the invented province on loopback, check it, and say how to open the reports. สาธิตกับจังหวัดสมมุติ"""
    settings: Settings = context.obj()
    folder = demo_folder()
    data = (keep or Path("oitcheck-demo")).absolute()
    made_folder(data, "--keep")
    worst = 0
    with SiteServer(folder / "sites") as server:
        network = settings.network.model_copy(update={"allow_private": True, "connect_to": f"127.0.0.1:{server.port}"})
        crawl = settings.crawl.model_copy(update={"delay_seconds": 0.0, "retry_delay_seconds": 0.2})
        storage = settings.storage.model_copy(update={"data_dir": data})
        mine = settings.model_copy(
            update={
                "network": network,
                "crawl": crawl,
                "storage": storage,
                "database": settings.database.model_copy(update={"url": ""}),
            }
        )
        for year, day in ((2566, date(2023, 4, 7)), (2568, date(2025, 4, 30))):
            say(f"\noitcheck demo: the invented province, fiscal year {year}")
            checklist, _ = checklist_of(year)
            inputs = read_inputs(
                year, folder / f"agencies-{year}.csv", folder / f"submissions-{year}.csv", "", Selection(), checklist
            )
            # The invented agencies hand in some items only: a round of the demo's own, in which no more is due.
            inputs = replace(inputs, round=Round("1", year), due=())
            code = run_check(
                mine,
                inputs,
                Selection(),
                day,
                data / f"findings-{year}.jsonl",
                "never",
                lang,
            )
            worst = max(worst, code if code != 8 else 0)
    say(Terms.load(lang)("demo.next", folder=folder))
    return worst
