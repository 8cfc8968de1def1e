"""The command line for people: its language, commands that can be copied, years, tables, files it must not harm."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.main import get_command

from oitcheck.__main__ import main as start
from oitcheck.cli import app as cli
from oitcheck.cli import registers, started
from oitcheck.cli.output import print_rows, rejected_note
from oitcheck.cli.output_files import require_writable
from oitcheck.cli.years import fiscal_year
from oitcheck.errors import SettingsError
from oitcheck.intake.messages import WORDS
from oitcheck.intake.rows import RowNote, RowOutcome, RowReport
from oitcheck.intake.template import BlankForm, blank_form
from oitcheck.lib.thai_words import words_in
from oitcheck.model.agency import Agency, Round, Submission
from oitcheck.model.checklist import Item
from oitcheck.model.finding import Run
from oitcheck.pipeline import running
from oitcheck.pipeline.partial import Partial, partial
from oitcheck.report.export import COLUMNS
from oitcheck.report.terms import Terms
from oitcheck.settings import load
from oitcheck.store.records import Store
from tests.conftest import AGENCIES, AGENCY, CHECK, Command

THAI = range(0x0E00, 0x0E80)


def _is_thai(text: str) -> bool:
    return any(ord(c) in THAI for c in text)


# Language


def test_an_error_is_told_in_thai_and_in_english_below(run: Command) -> None:
    _, _, err = run("check", "--year", "2566", "--agencies", "a.csv", "--submissions", "b.csv")
    assert err == "a.csv: ไม่พบแฟ้มนี้\n  ตรวจชื่อแฟ้ม\na.csv: There is no such file\n  Check the name of the file.\n"


@pytest.mark.parametrize("how", ["setting", "option"])
def test_it_is_told_in_english_alone_when_that_is_asked(
    run: Command, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    if how == "setting":
        monkeypatch.setenv("OITCHECK_REPORT__LANGUAGE", "en")
    more = ["--lang", "en"] if how == "option" else []
    _, _, err = run("check", "--year", "2566", "--agencies", "a.csv", "--submissions", "b.csv", *more)
    assert err == "a.csv: There is no such file\n  Check the name of the file.\n"
    code, _, err = run("check", "--nope", *more)
    assert code == 2 and not _is_thai(err)
    code, out, err = run(*CHECK, *more)
    assert code == 0 and "Next: tell the owners" in out and "รอเจ้าหน้าที่ตรวจ" not in out + err


def test_an_option_goes_before_the_setting(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OITCHECK_REPORT__LANGUAGE", "en")
    code, out, _ = run(*CHECK, "--lang", "th")
    assert code == 0 and "รอเจ้าหน้าที่ตรวจ" in out


WRONG = [
    (("check", "--yaer", "2"), "ไม่มีตัวเลือก --yaer"),
    (("chek",), "ไม่มีคำสั่ง “chek”"),
    (("check", "--agencies", "agencies.csv"), "ไม่ได้ระบุตัวเลือก “--year”"),
    (("checklist", "explain"), "ไม่ได้ระบุ “ITEM”"),
    (("runs", "list", "a", "b"), "มีคำเกินมา (a b)"),
    (("runs", "list", "--format", "pdf"), "“pdf” ไม่อยู่ในตัวเลือก"),
    (("runs", "list", "--format"), "ต้องระบุค่าหลังตัวเลือก “--format”"),
    (("check", "--year", "two"), "“two” ไม่ใช่ตัวเลข"),
]


@pytest.mark.parametrize(("arguments", "thai"), WRONG, ids=[" ".join(w[0]) for w in WRONG])
def test_wrong_usage_is_told_in_thai_with_the_way_to_help(run: Command, arguments: tuple[str, ...], thai: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    first, see, *_ = err.splitlines()
    assert thai in first and see.startswith("  ดูวิธีใช้: oitcheck ") and see.endswith(" --help")


def test_every_command_has_thai_beside_it_in_the_help() -> None:
    def commands(command: object, name: str) -> list[tuple[str, str]]:
        found = []
        for inner, one in getattr(command, "commands", {}).items():
            found += [(f"{name} {inner}", one.get_short_help_str()), *commands(one, f"{name} {inner}")]
        return found

    listed = commands(get_command(cli.app), "oitcheck")
    assert len(listed) > 20
    assert [name for name, text in listed if not _is_thai(text) or text.endswith("...")] == []


def test_the_order_of_what_to_mend_is_told_in_help_and_guide_as_on_the_page() -> None:
    """By points for the work it is: the first need not be the one with the most points."""
    root = get_command(cli.app)
    told = root.commands["report"].commands["agency"].help or ""  # type: ignore[attr-defined]
    assert "for the work it is" in told and "for the work it is" in Terms.load("en")("agency.fix_intro")
    guide = (Path(__file__).parents[2] / "docs" / "th" / "agency.md").read_text("utf-8")
    assert "เมื่อเทียบกับงานที่ต้องทำ" in Terms.load("th")("agency.fix_intro") and "เมื่อเทียบกับงานที่ต้องทำ" in guide


def _parameters(command: Any, name: str = "oitcheck") -> Iterator[tuple[str, Any]]:
    for one in command.params:
        if one.name != "help":
            yield f"{name} {one.name}", one
    for inner, below in getattr(command, "commands", {}).items():
        yield from _parameters(below, f"{name} {inner}")


def test_every_option_has_thai_beside_its_english_help() -> None:
    found = dict(_parameters(get_command(cli.app)))
    assert len(found) > 150
    lacking = [n for n, one in found.items() if not _is_thai(one.help or "")]
    assert lacking == []


def test_every_year_is_read_as_a_fiscal_year(run: Command) -> None:
    years = {name: one for name, one in _parameters(get_command(cli.app)) if one.name in ("year", "from_")}
    assert len(years) > 15
    assert [name for name, one in years.items() if one.metavar != "YEAR"] == []
    _, out, _ = run("round", "list", "--year", "๒๕๖๖", "--format", "csv")
    assert "2566-3" in out
    assert "2566 (B.E.)" in run("report", "calendar", "--year", "2023")[2]


def test_help_has_a_short_option(run: Command) -> None:
    code, out, _ = run("check", "-h")
    assert code == 0 and "--submissions" in out


# Commands as they were started


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (".venv/bin/oitcheck", "`.venv/bin/oitcheck check`"),
        ("{here}/bin/oitcheck", "`bin/oitcheck check`"),
        ("pytest", "`oitcheck check`"),
    ],
)
def test_a_command_is_printed_as_it_was_started(
    here: Path, monkeypatch: pytest.MonkeyPatch, typed: str, shown: str
) -> None:
    monkeypatch.setattr(sys, "argv", [typed.format(here=here), "runs", "list"])
    monkeypatch.setenv("PATH", "")
    assert started.as_started("`oitcheck check`") == shown
    assert started.as_started("a newer oitcheck than this") == "a newer oitcheck than this"
    assert started.as_started("/srv/oitcheck check") == "/srv/oitcheck check"
    assert started.as_started("python -m oitcheck check") == "python -m oitcheck check"


# Years


@pytest.mark.parametrize(("text", "year"), [("2566", 2566), ("๒๕๖๖", 2566), (" 2568 ", 2568)])
def test_a_year_in_thai_digits_is_read(text: str, year: int) -> None:
    assert fiscal_year(text) == year


@pytest.mark.parametrize(("text", "meant"), [("2023", "2566"), ("66", "2566"), ("๖๖", "2566"), ("9", "e.g. 2566")])
def test_a_year_of_another_era_is_told_apart(text: str, meant: str) -> None:
    with pytest.raises(SettingsError) as raised:
        fiscal_year(text)
    assert meant in raised.value.remedy and raised.value.exit_code == 2
    with pytest.raises(typer.BadParameter):
        fiscal_year("x")


# Rows


def test_of_a_rejected_row_the_reason_comes_first(capsys: pytest.CaptureFixture[str]) -> None:
    notes = (RowNote("host_corrected", "H2", "a", "b"), RowNote("name_missing", "B2"))
    rejected_note([RowReport("a.csv", "", 2, RowOutcome.REJECTED, notes)], "th")
    first, second, last = capsys.readouterr().err.splitlines()
    assert first.startswith("ไม่รับ: a.csv B2:") and second.startswith("รับโดยมีข้อสังเกต: a.csv H2:")
    assert last == "รับโดยมีข้อสังเกต 0 แถว ไม่รับ 1 แถว"


def test_what_is_said_of_several_cells_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    reports = [
        RowReport("a.csv", "", row, RowOutcome.CORRECTED, (RowNote("url_encoded", f"C{row}"),)) for row in (2, 5)
    ]
    other = RowReport("b.csv", "", 2, RowOutcome.CORRECTED, (RowNote("url_encoded", "C2"),))
    rejected_note([*reports, other], "th")
    one, two, _ = capsys.readouterr().err.splitlines()
    assert one.startswith("รับโดยมีข้อสังเกต: a.csv C2, C5: ") and two.startswith("รับโดยมีข้อสังเกต: b.csv C2: ")


def test_rows_of_a_register_are_counted_once_and_in_the_words_of_the_guide(run: Command, here: Path) -> None:
    (here / "agencies.csv").write_text(AGENCIES + AGENCY.replace("2566,", "๒๕๖๖,", 1), "utf-8")
    _, _, err = run("agencies", "import", "agencies.csv")
    assert err.count("มีข้อสังเกต 1 แถว") == 1 and err.count(" แถว) ไม่รับ") == 1
    guide = (Path(__file__).parents[2] / "docs" / "th" / "guide.md").read_text("utf-8")
    words = [told for told in ("รับ", WORDS["corrected"][0], WORDS["rejected"][0])]
    assert f"{words[0]} {words[1]} หรือ{words[2]}" in guide
    assert WORDS["accepted"][0] == words[0] and all(word in err + words[2] for word in words)


def test_a_register_of_which_every_row_is_rejected_tells_each_reason(run: Command, here: Path) -> None:
    (here / "agencies.csv").write_text(AGENCIES + AGENCY.replace("2566", "ปีนี้"), "utf-8")
    code, _, err = run(*CHECK)
    assert code == 2
    assert err.startswith("ไม่รับ: agencies.csv F2: “ปีนี้” ไม่ใช่ปีงบประมาณ พ.ศ.")
    assert "fiscal_year (ปีงบประมาณ)" in err


# Tables


def test_an_id_is_never_broken_over_two_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    ids = [f"2566-1-20230407-0214-ab{n}" for n in (12, 34)]
    print_rows(("run", "round", "text"), [(i, "1", "ข้อความยาว " * 20) for i in ids])
    out = capsys.readouterr().out
    assert all(i in out for i in ids) and "ครั้งที่ตรวจ" in out and "รอบ" in out


def test_what_looks_like_markup_is_shown_as_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(("text", "url"), [("[/b] [red]แดง[/red] :smile:", "\x1b[31m[link=x]y")])
    out = capsys.readouterr().out
    assert "[/b] [red]แดง[/red] :smile:" in out and "[link=x]y" in out and "\x1b[31m" not in out


@pytest.mark.parametrize("columns", [20, 34, 60])
def test_thai_cells_break_between_words_and_never_before_a_mark(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    told = "ช่องที่อยู่เว็บว่าง จึงคงที่อยู่ที่จัดส่งไว้ก่อนหน้านี้ของเทศบาลตำบลตามระเบียบกระทรวงการคลัง"
    print_rows(("", ""), [("O21", told)])
    lines = [line.strip().removeprefix("O21").strip() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert len(lines) > 1 and "".join(lines).replace(" ", "") == told.replace(" ", ""), "nothing is lost"
    known = set(words_in(told))
    for line in lines:
        assert not line or line[0] not in "ะาำิีึืุูๆฯ็่้๊๋์ัๅ"
        assert all(word in known for word in words_in(line)), line


# Interruption


def test_ctrl_c_ends_with_7_says_how_to_go_on_and_the_run_is_stopped(
    run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "run_round", interrupted)
    code, _, err = run(*CHECK)
    assert code == 7
    assert "สั่งคำสั่งเดิมอีกครั้งเพื่อตรวจต่อ" in err and "The same command goes on where it stopped" in err
    code, out, _ = run("runs", "list")
    assert code == 0 and "หยุดไว้ ตรวจต่อได้" in out
    monkeypatch.undo()


# Files that are written


def test_an_input_file_is_not_written_over(run: Command, here: Path) -> None:
    before = (here / "submissions.csv").read_bytes()
    code, _, err = run(*CHECK, "--findings", "./submissions.csv")
    assert code == 2 and "this is one of the input files" in err
    assert (here / "submissions.csv").read_bytes() == before


def test_a_folder_that_nothing_can_be_written_to_is_told_before_the_work(
    run: Command, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("agencies", "import", "agencies.csv")[0] == 0
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).absolute() != here)
    code, _, err = run("submissions", "import", "submissions.csv", "--annotated", "new/copies")
    assert code == 2 and "เขียนลงโฟลเดอร์" in err and "nothing can be written to the folder" in err
    assert run("submissions", "list", "--year", "2566", "--format", "csv")[1].count("\n") == 1, "nothing was registered"


def test_a_file_without_the_right_to_it_is_an_error_and_no_traceback(
    run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "a/b.csv")

    monkeypatch.setattr(registers, "receive_agencies", refused)
    code, _, err = run("agencies", "import", "agencies.csv")
    assert code == 2 and err.startswith("a/b.csv: ไม่มีสิทธิ์") and "there is no right to use it" in err


def test_files_that_were_refused_are_told_in_both_languages(run: Command, here: Path) -> None:
    assert run("agencies", "import", "agencies.csv")[0] == 0
    (here / "empty.csv").touch()
    code, _, err = run("submissions", "import", "empty.csv")
    assert code == 2 and "empty.csv: แฟ้มว่างเปล่า" in err and "empty.csv: The file is empty." in err


def test_only_an_earlier_export_of_its_kind_is_written_over(here: Path) -> None:
    kept = {"csv": ",".join(COLUMNS), "jsonl": '{"schema": "oitcheck.finding/1", "run": "x"}'}
    for kind, text in kept.items():
        (here / "earlier").write_text(f"{text}\n", "utf-8-sig")
        require_writable(here / "earlier", kind)  # type: ignore[arg-type]
        with pytest.raises(SettingsError, match="not an earlier export"):
            require_writable(here / "earlier", "xlsx")
    (here / "empty").touch()
    require_writable(here / "empty", "xlsx")
    with pytest.raises(SettingsError, match="not an earlier export"):
        require_writable(here / "agencies.csv", "csv")


def test_a_workbook_of_ours_is_written_over_and_another_is_not(run: Command, here: Path) -> None:
    from openpyxl import Workbook

    assert run(*CHECK)[0] == 0
    export = ("findings", "export", "--format", "xlsx", "--output")
    assert run(*export, "findings.xlsx")[0] == 0
    assert run(*export, "findings.xlsx", "--lang", "en")[0] == 0
    Workbook().save(here / "agencies.xlsx")
    code, _, err = run(*export, "agencies.xlsx")
    assert code == 2 and "not an earlier export" in err


def test_a_csv_file_begins_with_a_mark_for_excel_and_the_screen_does_not(run: Command, here: Path) -> None:
    assert run(*CHECK)[0] == 0
    commands = (
        ("findings", "export", "--format", "csv"),
        ("report", "round", "--round", "2566", "--format", "csv"),
        ("report", "itas", "--round", "2566", "--all", "--format", "csv"),
    )
    for number, command in enumerate(commands):
        shown = run(*command)[1]
        assert shown and not shown.startswith("\ufeff")
        for _ in range(2):  # an earlier one of ours is written over
            assert run(*command, "--output", f"{number}.csv")[0] == 0
        body = (here / f"{number}.csv").read_bytes()
        assert body.startswith(b"\xef\xbb\xbf") and body.count(b"\xef\xbb\xbf") == 1
    assert run("findings", "export", "--output", "findings.jsonl")[0] == 0
    assert (here / "findings.jsonl").read_bytes().startswith(b"{")


def test_reports_go_into_a_folder_that_is_named_under_their_own_names(run: Command, here: Path) -> None:
    assert run(*CHECK)[0] == 0
    commands = (
        (("report", "itas", "--round", "2566", "--all"), "itas-all.xlsx"),
        (("report", "itas", "--round", "2566", "--all", "--format", "csv"), "itas-all.csv"),
        (("report", "round", "--round", "2566"), "round-*.xlsx"),
        (("report", "round", "--round", "2566", "--format", "json"), "round-*.json"),
        (("report", "governor", "--round", "2566"), "governor.docx"),
        (("report", "measures", "--agency", "sophuai", "--year", "2566"), "measures-2566-sophuai.docx"),
        (("report", "calendar", "--year", "2566"), "rounds-2566.ics"),
    )
    (here / "there.d").mkdir()
    for command, name in commands:
        for folder in ("there.d", "new/without", f"new/{len(list(here.glob('new/*')))}/"):
            code, _, err = run(*command, "--output", folder)
            assert code == 0 and len(list((here / folder).glob(name))) == 1, (command, folder, err)
        assert not list((here / "new").glob("*.*"))
    assert run(*commands[0][0], "-o", "mine.xlsx")[0] == 0 and (here / "mine.xlsx").is_file()
    code, _, err = run("findings", "export", "--format", "xlsx", "-o", "there.d")
    assert code == 2 and "findings.xlsx" in err and "ระบุชื่อแฟ้ม" in err
    with pytest.raises(SettingsError, match=r"itas\.xlsx"):
        require_writable(here / "there.d", "itas_workbook")


def test_papers_of_an_agency_lead_to_no_page_of_the_round(run: Command, here: Path) -> None:
    assert run(*CHECK)[0] == 0
    assert run("report", "agency", "--agency", "sophuai", "-o", "papers")[0] == 0
    assert "round.html" not in (here / "papers" / "sophuai.html").read_text("utf-8")


def test_what_a_person_wrote_into_a_form_or_a_draft_is_not_written_over(here: Path) -> None:
    from openpyxl import load_workbook

    item = Item("O1", "โครงสร้าง", "Structure", "9.1", "year", (), ())
    agency = Agency("a", "เทศบาลตำบลก", "เทศบาลตำบล", "", "", 2566, "", ())
    form = blank_form(BlankForm(agency, "2566-1", "ครั้งที่ 1", "", (item,)))
    (here / "form.xlsx").write_bytes(form)
    require_writable(here / "form.xlsx", "form")
    with pytest.raises(SettingsError, match="not an earlier export"):
        require_writable(here / "form.xlsx", "xlsx")
    book = load_workbook(here / "form.xlsx")
    book.properties.lastModifiedBy = "Somchai"
    book.save(here / "form.xlsx")
    with pytest.raises(SettingsError, match="not an earlier export"):
        require_writable(here / "form.xlsx", "form")


def test_papers_are_written_and_written_again_but_never_over_another_file(run: Command, here: Path) -> None:
    import docx

    assert run(*CHECK)[0] == 0
    (here / "note.txt").write_text("อื่น ๆ\n", "utf-8")
    for kind in ("html", "docx"):
        for _ in range(2):
            code, _, err = run("report", "governor", "--round", "2566", "--format", kind, "-o", f"memo.{kind}")
            assert (code, err) == (0, f"การตรวจครั้งนี้สั่งตรวจเพียง 1 ข้อ\nเขียนลง memo.{kind} แล้ว\n")
        code, _, err = run("report", "governor", "--format", kind, "-o", "agencies.csv")
        assert code == 2 and "not an earlier export" in err
    draft = docx.Document(str(here / "memo.docx"))
    draft.core_properties.last_modified_by = "Somchai"
    draft.save(str(here / "memo.docx"))
    assert run("report", "governor", "-o", "memo.docx")[0] == 2
    for kind, name in (("text", "sophuai.txt"), ("docx", "sophuai.docx"), ("html", "sophuai.html")):
        for _ in range(2):
            assert run("report", "agency", "--agency", "sophuai", "--format", kind, "-o", "papers")[0] == 0
        assert (here / "papers" / name).stat().st_size
    assert run("report", "agency", "--agency", "sophuai", "--format", "text", "-o", "note.txt")[0] == 2
    code, _, err = run("report", "agency", "--format", "text", "-o", "all.txt")
    assert code == 2 and "หลายหน่วยงาน" in err
    code, _, err = run("report", "agency", "--agency", "sopuai")
    assert code == 2 and "หมายถึง sophuai หรือไม่" in err


def test_the_calendar_has_the_rounds_of_the_province_and_consultations(run: Command, here: Path) -> None:
    assert "20230424" in run("report", "calendar", "--year", "2566")[1]
    days = ("--closes-on", "2566-05-31", "--consultation-on", "2566-06-05")
    assert run("round", "create", "2566-4", *days)[0] == 0
    for _ in range(2):
        assert run("report", "calendar", "--year", "2566", "-o", "rounds.ics")[0] == 0
    text = (here / "rounds.ics").read_text("utf-8")
    assert {"20230531", "20230605", "20230424"} <= set(re.findall(r"DTSTART;VALUE=DATE:(\d+)", text))


# Rounds in another spelling


@pytest.mark.parametrize("spelling", ["3", "๒๕๖๖-๓", "2566/3", "ครั้งที่ 3", "2566 -3", "3/2566"])
@pytest.mark.parametrize("place", ["column", "option"])
def test_a_round_is_recognised_and_what_was_read_is_told(run: Command, here: Path, spelling: str, place: str) -> None:
    named = ["--round", spelling] if place == "option" else []
    if place == "column":
        (here / "agencies.csv").write_text(AGENCIES + AGENCY.replace("2566,,", f"2566,{spelling},"), "utf-8")
    code, _, err = run(*CHECK, "--as-of", "2566-04-08", *named)
    assert code == 0 and (f"รอบ “{spelling}” อ่านเป็น 2566-3" in err)
    _, out, _ = run("findings", "export")
    assert '"round": "2566-3"' in out


def test_an_unknown_round_and_several_rounds_are_told(run: Command, here: Path) -> None:
    (here / "agencies.csv").write_text(AGENCIES + AGENCY.replace("2566,,", "2566,2566-33,"), "utf-8")
    _, _, err = run(*CHECK)
    assert "agencies.csv G2: ปีงบประมาณนี้ไม่มีรอบ “2566-33”" in err
    assert "ไม่มีรอบ “2566-33” จึงไม่ทราบวันครบกำหนด" in err and "หมายถึง 2566-3 หรือไม่" in err
    other = AGENCY.replace("sophuai", "other").replace("2566,,", "2566,2566-1,")
    (here / "agencies.csv").write_text(AGENCIES + AGENCY.replace("2566,,", "2566,3,") + other, "utf-8")
    _, _, err = run(*CHECK)
    assert "หน่วยงานระบุรอบไว้ต่างกัน (รอบและจำนวนหน่วยงาน): 2566-3 (1), 2566-1 (1)" in err and "ตามรอบ 2566 " in err
    _, _, err = run(*CHECK, "--round", "2566-3", "--lang", "en")
    assert "several rounds" not in err


# A run of some agencies


def test_a_run_of_some_agencies_is_known_as_such(here: Path) -> None:
    agencies = [Agency(i, i, "", "", "", 2566, "", ()) for i in ("a", "b")]
    started_at = datetime(2023, 4, 7, tzinfo=UTC)
    round_ = Round("2566-1", 2566, None, date(2023, 4, 1))
    whole = Run("2566-1-w", 2566, "2566-1", "2566@sha256:0", "0", started_at, "2023-04-07")
    some = replace(whole, id="2566-1-s")
    with Store.open(load(None, {"OITCHECK_STORAGE__LEAST_FREE_BYTES": "0"})) as store:
        for one, of, hour in ((whole, agencies, 1), (some, agencies[:1], 2)):
            store.begin_run(one, of, [Submission(a.id, "O1", ()) for a in of], round_,
                            started_at=started_at.replace(hour=hour))  # fmt: skip
        assert partial(store, store.run(some.id)) == Partial(1, 2, whole.id)
        assert partial(store, store.run(whole.id)) is None


def test_export_says_that_the_run_is_of_some_agencies(run: Command, here: Path) -> None:
    second = AGENCY.replace("sophuai", "other").replace("สบห้วย", "อื่น")
    (here / "agencies.csv").write_text(AGENCIES + AGENCY + second, "utf-8")
    assert run(*CHECK)[0] == 0
    assert run("findings", "export")[2] == "การตรวจครั้งนี้สั่งตรวจเพียง 1 ข้อ\n"
    assert run(*CHECK, "--agency", "sophuai")[0] == 0
    _, _, err = run("findings", "export")
    assert "การตรวจครั้งนี้มี 1 จาก 2 หน่วยงาน ครั้งล่าสุดที่ครบทุกหน่วยงานคือ 2566-" in err


def test_a_sentence_is_not_taken_for_the_name_in_another(run: Command) -> None:
    """ "no agency is registered" is not "no agency {id}"."""
    code, _, err = run("submissions", "import", "submissions.csv")
    assert code == 2 and err.startswith("ยังไม่มีหน่วยงานในทะเบียน\n")


def test_an_interrupt_while_the_program_is_still_loading_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted:
        @staticmethod
        def find_spec(name: str, *_: object) -> None:
            if name == "oitcheck.cli.app":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "oitcheck.cli.app")
    monkeypatch.setattr(sys, "meta_path", [Interrupted, *sys.meta_path])
    with pytest.raises(SystemExit) as ended:
        start()
    assert ended.value.code == 7


# Places that take no files


# A folder in which nothing can be made, though its rights allow it; a device; a file; a name that no disk takes.
NOWHERE = ("/proc/x", "/dev/null/x", "agencies.csv/x", "x" * 300)


@pytest.mark.parametrize(
    "command",
    [
        ("submissions", "import", "submissions.csv", "--annotated"),
        ("submissions", "template", "--round", "2566-1", "--all"),
        ("submissions", "template", "--round", "2566-1", "--agency", "sophuai", "-o"),
        (*CHECK, "--findings"),
        ("report", "agency", "-o"),
        ("report", "agency", "--agency", "sophuai", "--format", "text", "-o"),
        ("report", "governor", "-o"),
        ("report", "round", "--round", "2566", "-o"),
        ("report", "round", "--round", "2566", "--format", "html", "-o"),
        ("report", "round", "--round", "2566", "--format", "csv", "-o"),
        ("report", "itas", "--round", "2566", "--all", "-o"),
        ("report", "measures", "--year", "2566", "--agency", "sophuai", "-o"),
        ("report", "calendar", "--year", "2566", "-o"),
        ("publish", "--round", "2566", "--folder"),
        ("findings", "export", "-o"),
        ("replay", "--run", "latest", "--findings"),
        ("demo", "--keep"),
        ("checklist", "docs", "--out"),
        ("checklist", "new", "2570", "--from", "2568", "--folder"),
    ],
    ids=" ".join,
)
def test_where_nothing_can_be_written_is_told_before_anything_is_saved(
    run: Command, here: Path, command: tuple[str, ...]
) -> None:
    assert run("agencies", "import", "agencies.csv")[0] == 0
    for place in NOWHERE:
        code, _, err = run(*command, place)
        assert code == 2, err
        assert place in err or command[-1] in err
        assert re.search("[ก-๙]", err) and "no run" not in err, "told in Thai, before the rest is looked at"
    assert run("submissions", "list", "--year", "2566", "--format", "csv")[1].count("\n") == 1, "nothing was registered"
    assert run("runs", "list", "--format", "csv")[1].count("\n") <= 1


def test_what_is_saved_is_told_when_a_file_cannot_be_written_after_it(
    run: Command, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("agencies", "import", "agencies.csv")[0] == 0

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        code, _, err = run("submissions", "import", "submissions.csv", "--annotated", "back")
    assert code == 2 and "บันทึกลงทะเบียนแล้ว" in err and "No space left" in err and "ทะเบียน URL: เพิ่ม 1" in err
    code, _, err = run(*CHECK, "--findings", "/dev/full")
    assert code == 2 and "/dev/full" in err and "บันทึกไว้แล้ว" in err and "findings export" in err
    assert Path("/dev/full").is_char_device()
    assert run("findings", "export", "-o", "/dev/null")[0] == 0
    assert Path("/dev/null").is_char_device(), "a device is written into, never replaced"


def test_a_full_disk_is_an_error_and_no_traceback(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    assert run("agencies", "import", "agencies.csv")[0] == 0
    monkeypatch.setattr(registers, "print_list", full)
    code, _, err = run("agencies", "list", "--year", "2566")
    assert code == 2 and "ไม่มีที่ว่างเหลือ" in err and "no room left" in err
