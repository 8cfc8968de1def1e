"""Forms out and in again; what an import does to the registry, and what it leaves alone."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from oitcheck.cli import registers
from oitcheck.model.agency import Round, Submission
from oitcheck.pipeline.clock import today
from oitcheck.settings import load
from oitcheck.store.records import Store
from tests.conftest import command
from tests.intake.forms import HEAD, TITLE, book_of, bytes_of

REGISTER = (
    "agency_id,name_th,kind,province,district,fiscal_year,round,hosts\n"
    "t1,เทศบาลตำบลสบห้วย,เทศบาลตำบล,นครธาร,สบห้วย,2566,2566-1,www.t1.example\n"
    "s2,องค์การบริหารส่วนตำบลไผ่งาม,อบต.,นครธาร,สบห้วย,2566,2566-1,www.s2.example\n"
    "h6,โรงพยาบาลสบห้วย,โรงพยาบาล,นครธาร,สบห้วย,2568,,www.h6.example\n"
)
A = "http://www.t1.example/"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a command on a registry of three agencies."""
    environ = {"OITCHECK_STORAGE__DATA_DIR": str(tmp_path / "data")}
    (tmp_path / "agencies.csv").write_text(REGISTER, encoding="utf-8")
    assert command("agencies", "import", str(tmp_path / "agencies.csv"), **environ)[0] == 0
    return lambda *arguments: command(*map(str, arguments), **environ)


def write(path: Path, *rows: tuple[Any, ...], name: str = "ชื่อหน่วยงาน ทต.สบห้วย", title: str = TITLE) -> Path:
    path.write_bytes(bytes_of(book_of([(title,), (name,), HEAD, *rows])))
    return path


def listed(run: Run, *options: str) -> list[dict[str, str]]:
    code, out, _ = run("submissions", "list", "--year", "2566", "--format", "csv", *options)
    assert code == 0
    return list(csv.DictReader(io.StringIO(out)))


def test_a_blank_form_filled_in_comes_back_without_loss(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "แบบ.xlsx"
    assert run("submissions", "template", "--round", "2566-1", "--agency", "t1", "-o", path)[0] == 0
    book = load_workbook(path)
    sheet = book.worksheets[0]
    header = next(row[0].row for row in sheet.iter_rows() if row[0].value == "ลำดับ")
    columns = {cell.value: cell.column for cell in sheet[header]}
    items = [sheet.cell(row, columns["ข้อ"]).value for row in range(header + 2, sheet.max_row + 1)]
    assert items == ["O1", "O2", "O3", "O4", "O5", "O6", "O7", "O8", "O9", "O11", "O14", "O15", "O19", "O20"]
    given = [("t1", item, f"{A}{item.lower()}?a=1&b=2#x", "") for item in items]
    given[3] = ("t1", "O4", "", "อยู่ระหว่างดำเนินการ")
    given[4] = ("t1", "O5", "", "")
    given[5] = ("t1", "O6", A + "one", "สองหน้า = ครบ")
    given.insert(6, ("t1", "O6", A + "two", "สองหน้า = ครบ"))
    given.insert(7, ("t1", "O6", A + "three", "สองหน้า = ครบ"))
    for number, item in enumerate(items):
        row = header + 2 + number
        own = [line for line in given if line[1] == item]
        sheet.cell(row, columns["URL"]).value = own[0][2] or None
        sheet.cell(row, columns["URL เพิ่มเติม (ถ้ามี)"]).value = "\n".join(line[2] for line in own[1:]) or None
        sheet.cell(row, columns["หมายเหตุ"]).value = own[0][3] if own[0][3] != "อยู่ระหว่างดำเนินการ" else None
        if item == "O4":
            sheet.cell(row, columns["สถานะ"]).value = "อยู่ระหว่างดำเนินการ"
    book.save(path)
    code, _, err = run("submissions", "import", path)
    assert code == 0, err
    rows = [(row["agency_id"], row["item"], row["url"], row["note"]) for row in listed(run)]
    assert rows == given


def test_a_blank_form_is_made_to_be_filled_in(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "forms"
    assert run("submissions", "template", "--round", "2566-2", "--all", folder)[0] == 0
    paths = sorted(folder.iterdir())
    assert len(paths) == 2
    book = load_workbook(paths[0])
    sheet = book.worksheets[0]
    assert sheet.protection.sheet and sheet.freeze_panes == "D6"
    assert sheet["D7"].protection.locked is False and sheet["C7"].protection.locked is True
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet["A1"].font.name == "TH Sarabun New" and sheet.print_title_rows
    lists = [one for one in sheet.data_validations.dataValidation if one.type == "list"]
    assert "อยู่ระหว่างดำเนินการ" in lists[0].formula1
    help_rows = [str(row[2].value) for row in book.worksheets[1].iter_rows(min_row=4)]
    assert len(help_rows) == 14 and all(text.startswith("(1) ") for text in help_rows)
    again = tmp_path / "again.xlsx"
    run("submissions", "template", "--round", "2566-2", "--agency", paths[0].stem.split()[-1], "-o", again)
    assert again.read_bytes() == paths[0].read_bytes(), "the same form is the same file"
    code, _, err = run("submissions", "import", folder)
    assert code == 0 and "28" in err, "blank forms are read and say that nothing was filled in"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--round", "2566-9", "--all", "x"), "2566-3"),
        (("--round", "x", "--all", "x"), "--year"),
        (("--round", "2566-1", "--agency", "t11", "-o", "x.xlsx"), "t1"),
        (("--round", "2566-1"), "--all FOLDER"),
    ],
)
def test_what_cannot_be_made_says_why(run: Run, arguments: tuple[str, ...], told: str) -> None:
    code, _, err = run("submissions", "template", *arguments)
    assert code == 2 and told in err


def test_forms_of_a_round_that_is_over_say_so(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    over = ("submissions", "template", "--round", "2566-1", "--all", tmp_path / "forms")
    code, _, err = run(*over)
    assert code == 0 and err.count("ครบกำหนดจัดส่งแล้วเมื่อวันที่") == 1
    assert "closed on" in run(*over, "--lang", "en")[2]
    days = ("--closes-on", str(today() + timedelta(days=9)))
    assert run("round", "create", "2566-9", *days)[0] == 0
    assert "ครบกำหนด" not in run("submissions", "template", "--round", "2566-9", "--all", tmp_path / "open")[2]
    frozen = Round("2566-9", 2566, closes_on=today(), frozen_at=datetime(2023, 1, 1, tzinfo=UTC), is_own=True)
    monkeypatch.setattr(registers, "known_round", lambda *_: frozen)
    assert "ปิดรอบ 2566-9 แล้ว" in run("submissions", "template", "--round", "2566-9", "--all", tmp_path / "frozen")[2]


def test_importing_twice_changes_nothing_and_a_later_form_supersedes(run: Run, tmp_path: Path) -> None:
    first = write(tmp_path / "1.xlsx", (1, "O1", "", A + "old"), (2, "O2", "", A + "2"), (3, "O3", "", A + "3"))
    second = write(tmp_path / "2.xlsx", (1, "O1", "", A + "new"), (2, "O2", "", None), (3, "O3", "", "ไม่มี"))
    code, _, err = run("submissions", "import", first, "--received", "2566-01-20")
    assert code == 0 and "เพิ่ม 3" in err
    assert "คงเดิม 3" in run("submissions", "import", first, "--received", "2566-01-21")[2]
    before = listed(run, "--history")
    code, out, err = run("submissions", "import", second, "--received", "2566-01-30", "--dry-run", "--format", "json")
    assert code == 0 and "แทนที่ของเดิม 2" in err
    assert "ไม่มี" in next(row["notes"] for row in json.loads(out) if row["item"] == "O2")
    assert listed(run, "--history") == before, "a dry run changes nothing"
    assert "แทนที่ของเดิม 2 คงเดิม 1" in run("submissions", "import", second, "--received", "2566-01-30")[2]
    assert [(row["item"], row["url"]) for row in listed(run)] == [("O1", A + "new"), ("O2", A + "2"), ("O3", "")]
    history = [(row["url"], row["received_at"][:10], row["superseded_at"][:10]) for row in listed(run, "--history")]
    assert history[:2] == [(A + "old", "2023-01-20", "2023-01-30"), (A + "new", "2023-01-30", "")]
    # A form that came in before what is registered goes into the history, once.
    early = write(tmp_path / "0.xlsx", (1, "O1", "", A + "earliest"))
    for kept in ("เก็บเป็นประวัติ 1", "เก็บเป็นประวัติ 0"):
        code, _, err = run("submissions", "import", early, "--received", "2566-01-10")
        assert code == 0 and kept in err
    assert listed(run)[0]["url"] == A + "new"
    assert len([row for row in listed(run, "--history") if row["item"] == "O1"]) == 3


def dated(run: Run) -> list[tuple[str, str, str]]:
    rows = listed(run, "--history")
    return [(row["url"].removeprefix(A), row["received_at"][:10], row["superseded_at"][:10]) for row in rows]


@pytest.mark.parametrize("day", [str(today().year + 543 + 30) + "-01-01", str(today() + timedelta(days=1))])
def test_nothing_is_received_on_a_day_to_come(run: Run, tmp_path: Path, day: str) -> None:
    path = write(tmp_path / "1.xlsx", (1, "O1", "", A + "a"))
    code, _, err = run("submissions", "import", path, "--received", day)
    assert code == 2 and "--received" in err and "ยังมาไม่ถึง" in err
    english = next(line for line in err.splitlines() if "is after today" in line)
    assert f"({today().isoformat()})" in english and not re.search("[ก-๙]", english)
    assert listed(run) == []
    assert run("submissions", "import", path, "--received", str(today()))[0] == 0


def test_a_receipt_registered_for_a_day_to_come_shuts_nothing_out(run: Run, tmp_path: Path) -> None:
    first = write(tmp_path / "1.xlsx", (1, "O1", "", A + "a"), (2, "O2", "", A + "2"))
    second = write(tmp_path / "2.xlsx", (1, "O1", "", A + "b"), (2, "O2", "", A + "2"))
    assert run("submissions", "import", first, "--received", "2566-01-20")[0] == 0
    with Store.open(load(None, {"OITCHECK_STORAGE__DATA_DIR": str(tmp_path / "data")})) as store:
        store.save_inputs(2566, (), [Submission("t1", "O1", (A + "b",))], received_at=datetime(2056, 1, 1, tzinfo=UTC))
    # The same form with the right date puts the date right.
    options = ("submissions", "import", second, "--received", "2566-01-25")
    assert "แก้วันที่ได้รับ 1 ข้อ" in run(*options, "--dry-run")[2]
    code, out, err = run(*options)
    assert code == 0 and "แก้วันที่ได้รับ 1 ข้อ" in err and "จาก 1 มกราคม 2599 เป็น 25 มกราคม 2566" in " ".join(out.split())
    assert dated(run)[:3] == [
        ("a", "2023-01-20", "2023-01-25"),
        ("b", "2023-01-25", ""),
        ("b", "2056-01-01", "2056-01-01"),
    ]
    # And another form counts, as if that date were not there.
    with Store.open(load(None, {"OITCHECK_STORAGE__DATA_DIR": str(tmp_path / "data")})) as store:
        store.save_inputs(2566, (), [Submission("t1", "O2", (A + "x",))], received_at=datetime(2056, 1, 1, tzinfo=UTC))
    third = write(tmp_path / "3.xlsx", (2, "O2", "", A + "new"))
    code, out, err = run("submissions", "import", third, "--received", "2566-01-28", "--format", "csv")
    assert "แทนที่ของเดิม 1" in err and "ยังมาไม่ถึง" in out
    assert [row["url"] for row in listed(run)] == [A + "b", A + "new"]


def test_a_wrong_date_of_receipt_is_corrected_when_asked_to(run: Run, tmp_path: Path) -> None:
    first, second = (write(tmp_path / f"{name}.xlsx", (1, "O1", "", A + name)) for name in "ab")
    run("submissions", "import", first, "--received", "2566-01-20")
    run("submissions", "import", second, "--received", "2566-02-25")
    _, _, err = run("submissions", "import", second, "--received", "2566-01-25")
    assert "คงเดิม 1" in err and "--correct-received" in err
    assert dated(run) == [("a", "2023-01-20", "2023-02-25"), ("b", "2023-02-25", "")]
    code, _, err = run("submissions", "import", second, "--received", "2566-01-25", "--correct-received")
    assert code == 0 and "แก้วันที่ได้รับ 1 ข้อ" in err
    right = [("a", "2023-01-20", "2023-01-25"), ("b", "2023-01-25", "")]
    assert dated(run) == [*right, ("b", "2023-02-25", "2023-02-24")]
    # Before the other: that one counts again, and the report says so.
    code, out, err = run("submissions", "import", second, "--received", "2566-01-10", "--correct-received")
    assert "20 มกราคม 2566" in " ".join(out.split()) and listed(run)[0]["url"] == A + "a"
    assert run("submissions", "import", second, "--correct-received")[0] == 2


def test_forms_of_all_years_find_their_own(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    write(folder / "a.xlsx", (1, "O1", "", A))
    write(folder / "b.xlsx", (1, "O1", "", "www.h6.example/1"), name="รพ.สบห้วย", title="ปีงบประมาณ 2568")
    (folder / "c.xlsx").write_bytes(b"PK\x03\x04 broken")
    code, out, err = run(
        "submissions", "import", folder, "--format", "csv", "--lang", "en", "--annotated", tmp_path / "back"
    )
    assert code == 8 and "2 read, 1 refused" in err
    assert {row["outcome"] for row in csv.DictReader(io.StringIO(out))} == {"accepted", "corrected", "rejected"}
    assert len(listed(run)) == 1
    assert run("submissions", "list", "--year", "2568", "--format", "csv")[1].count("\n") == 2
    assert sorted(path.name for path in (tmp_path / "back").iterdir()) == ["a t1 (Result).xlsx", "b h6 (Result).xlsx"]


def test_nothing_usable_ends_with_two_and_changes_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.xlsx").write_bytes(b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"))
    code, _, err = run("submissions", "import", tmp_path / "bad.xlsx", tmp_path / "none.xlsx")
    assert code == 2
    assert "รหัสผ่าน" in err and "ไม่พบแฟ้มนี้" in err
    assert not listed(run)
    assert run("submissions", "import", tmp_path / "bad.xlsx", "--agency", "t2")[0] == 2


def test_check_reads_forms_as_it_reads_the_list(tmp_path: Path) -> None:
    from oitcheck.pipeline.inputs import Selection, checklist_of, read_inputs

    (tmp_path / "agencies.csv").write_text(REGISTER, encoding="utf-8")
    folder = tmp_path / "mail"
    folder.mkdir()
    write(
        folder / "a.xlsx",
        (1, "๐๓๑", "ประกาศเจตนารมณ์นโยบาย No Gift Policy", A + "1"),
        (2, "๐๓๑", "การสร้างวัฒนธรรม No Gift Policy", A + "2"),
    )
    inputs = read_inputs(2566, tmp_path / "agencies.csv", folder, "", Selection(), checklist_of(2566)[0])
    assert [(one.item, one.urls) for one in inputs.submissions] == [("O31", (A + "1",)), ("O32", (A + "2",))]
    (folder / "b.xlsx").write_bytes(b"%PDF-1.4")
    again = read_inputs(2566, tmp_path / "agencies.csv", folder, "", Selection(), checklist_of(2566)[0])
    assert [(row.file, row.row) for row in again.rejected] == [("b.xlsx", 0)], "a refused file is no secret"


def test_a_mail_that_was_saved_gives_its_attachments(run: Run, tmp_path: Path) -> None:
    """With a picture in the words of the mail, which is no form, and a form whose Thai name is encoded in the header."""
    mail = EmailMessage()
    mail["Subject"] = "ส่งแบบ OIT"
    mail.set_content("เรียนจังหวัด ส่งแบบตามแนบ")
    form = bytes_of(book_of([(TITLE,), ("ชื่อหน่วยงาน ทต.สบห้วย",), HEAD, (1, "O1", "โครงสร้าง", A + "o1", "")]))
    mail.add_attachment(form, maintype="application", subtype="octet-stream", filename="../แบบ ทต.สบห้วย.xlsx")
    mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="logo.png", disposition="inline")
    (tmp_path / "mails").mkdir()
    (tmp_path / "mails" / "1.eml").write_bytes(bytes(mail))
    empty = EmailMessage()
    empty.set_content("ลืมแนบ")
    (tmp_path / "mails" / "2.eml").write_bytes(bytes(empty))
    (tmp_path / "mails" / "3.msg").write_bytes(
        b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "__properties_version1.0".encode("utf-16-le") + b"\0" * 600
    )
    code, out, err = run("submissions", "import", tmp_path / "mails", "--year", "2566")
    assert code == 8, err
    assert "1.eml/แบบ ทต.สบห้วย.xlsx" in out and "logo" not in out + err
    assert "2.eml: อีเมลฉบับนี้ไม่มีแฟ้มแนบ" in err and "อีเมลที่บันทึกจาก Outlook" in err
    assert [(row["agency_id"], row["item"], row["url"]) for row in listed(run)] == [("t1", "O1", A + "o1")]


def test_copies_of_files_of_one_name_do_not_write_over_each_other(run: Run, tmp_path: Path) -> None:
    for folder, name in (("a", "ชื่อหน่วยงาน ทต.สบห้วย"), ("b", "ชื่อหน่วยงาน อบต.ไผ่งาม")):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder / "แบบ.xlsx", (1, "O1", "", A), name=name)
    files = (tmp_path / "a" / "แบบ.xlsx", tmp_path / "b" / "แบบ.xlsx")
    code, out, err = run("submissions", "import", *files, "--annotated", tmp_path / "back")
    assert code == 0, err
    copies = sorted((tmp_path / "back").iterdir())
    assert [path.name for path in copies] == ["แบบ s2 (ผลการตรวจรับ).xlsx", "แบบ t1 (ผลการตรวจรับ).xlsx"], (
        "whose is whose"
    )
    assert len(copies) == 2 and "สำเนาพร้อมผลการตรวจรับ 2 แฟ้ม" in err
    held = {load_workbook(path).worksheets[0]["A2"].value for path in copies}
    assert held == {"ชื่อหน่วยงาน ทต.สบห้วย", "ชื่อหน่วยงาน อบต.ไผ่งาม"}
    assert out.count("O1") == 2, "each row once, below its own file"


def test_a_url_that_is_not_on_the_main_website_is_taken_and_noted(run: Run, tmp_path: Path) -> None:
    unknown = REGISTER.splitlines()[0] + "\nn3,เทศบาลตำบลดอนกลาง,เทศบาลตำบล,นครธาร,สบห้วย,2566,2566-1,\n"
    (tmp_path / "more.csv").write_text(unknown, "utf-8")
    assert run("agencies", "import", tmp_path / "more.csv")[0] == 0
    page, elsewhere = "https://www.facebook.com/sophuai", "ไม่อยู่บนเว็บไซต์หลักของหน่วยงาน"
    form = write(
        tmp_path / "แบบ.xlsx", ("1", "O1", "", page), ("2", "O2", "", f"{A}o2"), ("3", "O3", "", "http://t1.example/o3")
    )
    code, out, err = run("submissions", "import", form, "--annotated", tmp_path / "copies")
    told = re.sub(r"\s+", "", out)  # the table is broken into lines
    assert code == 0 and told.count(elsewhere) == 1 and f"D4:“{page}”{elsewhere}" in told, out + err
    assert [row["url"] for row in listed(run)] == [page, f"{A}o2", "http://t1.example/o3"]
    (copy,) = (tmp_path / "copies").iterdir()
    sheet = load_workbook(copy).worksheets[0]
    noted = [str(cell.value) for row in sheet.iter_rows() for cell in row if elsewhere in str(cell.value)]
    assert len(noted) == 1 and "รับโดยมีข้อสังเกต O1" in noted[0]
    assert any(cell.comment and elsewhere in cell.comment.text for row in sheet.iter_rows() for cell in row)
    (tmp_path / "list.csv").write_text(f"agency_id,item,url\nn3,O1,{page}\nt1,O4,{page}\n", "utf-8")
    _, out, _ = run("submissions", "import", tmp_path / "list.csv", "--format", "json")
    rows = {row["agency_id"]: row for row in json.loads(out)}
    assert rows["n3"]["outcome"] == "accepted", "of an agency whose website nobody knows nothing can be said"
    assert rows["t1"]["outcome"] == "corrected" and elsewhere in rows["t1"]["notes"]
