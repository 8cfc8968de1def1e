"""Broken, odd and hostile files: each gives a clear report in both languages and changes nothing else."""

from __future__ import annotations

import os
import re
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.drawing.image import Image
from PIL import Image as Picture

from oitcheck.intake.annotated import annotated_copy, copy_name
from oitcheck.intake.attachments import Attachment, attachments
from oitcheck.intake.messages import MESSAGES
from oitcheck.intake.register import Options
from oitcheck.intake.rows import RowOutcome, RowReport
from oitcheck.intake.submissions import read_attachments
from oitcheck.intake.template import BlankForm, form_name
from tests.intake.forms import AGENCIES, HEAD, NAME, REGISTER, TITLE, agency, book_of, bytes_of, form, urls

A = "http://www.t1.example/"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
GOOD = bytes_of(form((1, "O1", "โครงสร้าง", A + "good")))


def zipped(*files: tuple[str, bytes], packed: bool = True) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """A workbook with one part more (or in place of the one it has)."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        for info in archive.infolist():
            if info.filename != name:
                copy.writestr(info, archive.read(info))
        copy.writestr(name, part)
    return out.getvalue()


def picture_only() -> bytes:
    out = BytesIO()
    Picture.new("RGB", (40, 30), "red").save(out, "PNG")
    book = Workbook()
    book.active.add_image(Image(BytesIO(out.getvalue())), "B2")
    return bytes_of(book)


def chart_sheet_only() -> bytes:
    book = book_of([("ก", 1), ("ข", 2)])
    chart = BarChart()
    chart.add_data(Reference(book.active, min_col=2, min_row=1, max_row=2))
    book.create_chartsheet("กราฟ").add_chart(chart)
    return bytes_of(book)


def damaged_xml() -> bytes:
    return with_part(GOOD, "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row><c></worksheet>")


def far_cell() -> bytes:
    book = form((1, "O1", "", A))
    book.active["XFD1048576"] = "x"
    return bytes_of(book)


def lying_bomb() -> bytes:
    """A part that unpacks to forty times what it says."""
    content = with_part(GOOD, "xl/sharedStrings.xml", b"<sst>" + b" " * 4_000_000 + b"</sst>")
    return content.replace(struct.pack("<I", 4_000_011), struct.pack("<I", 100_000))


BROKEN: dict[str, tuple[Callable[[], bytes], str]] = {
    "no header.xlsx": (lambda: bytes_of(book_of([(NAME,), (1, "O1", "โครงสร้าง", A)])), "no_table"),
    "other table.xlsx": (lambda: bytes_of(book_of([("ชื่อ", "อายุ"), ("ก", 3)])), "no_table"),
    "password.xlsx": (lambda: OLE + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 500, "file_password"),
    "truncated.xlsx": (lambda: GOOD[: len(GOOD) // 2], "file_damaged"),
    "damaged.xlsx": (damaged_xml, "file_damaged"),
    "truncated.zip": (lambda: zipped(("a.xlsx", GOOD))[:-40], "archive_damaged"),
    "empty.xlsx": (lambda: b"", "file_empty"),
    "blank.xlsx": (lambda: bytes_of(Workbook()), "no_cells"),
    "picture.xlsx": (picture_only, "no_cells"),
    "photo.xlsx": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 60, "file_other_kind"),
    "chart.xlsx": (chart_sheet_only, "no_table"),
    "letter.xlsx": (lambda: zipped(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")), "file_other_kind"),
    "letter.xls": (lambda: OLE + b"\0" * 504 + "WordDocument".encode("utf-16-le"), "file_other_kind"),
    "page.xls": (lambda: f"<html><table><tr><td>ข้อ<td>URL<tr><td>O1<td>{A}</table>".encode(), "file_other_kind"),
    "paper.xlsx": (lambda: b"%PDF-1.7\n%%EOF", "file_other_kind"),
    "old.xls": (lambda: OLE + b"\0" * 600, "file_damaged"),
    "bomb.xlsx": (lambda: with_part(GOOD, "xl/media/x.xml", b"0" * (40 * 2**20)), "file_unpacks_too_large"),
    "lying.xlsx": (lying_bomb, "file_damaged"),
    "far.xlsx": (far_cell, "sheet_too_large"),
    "letters.csv": (lambda: "ข้อ,URL\nO1,x".encode() + b"\xff\xdb\xfc", "letters_unknown"),
    "deep.zip": (lambda: zipped(("b.zip", zipped(("c.zip", zipped(("d.xlsx", GOOD)))))), "archive_too_deep"),
    "nothing.zip": (lambda: zipped(), "archive_empty"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_cannot_be_used_is_told_and_the_others_are_read(name: str, tmp_path: Path) -> None:
    make, code = BROKEN[name]
    (tmp_path / name).write_bytes(make())
    (tmp_path / "zz good.xlsx").write_bytes(GOOD)
    intake = read_attachments(attachments([tmp_path]), REGISTER, Options())
    told = [one for one in intake.files if one.outcome is RowOutcome.REJECTED]
    assert [one.notes[0].code for one in told] == [code]
    assert told[0].file.split("/")[0] == name
    for language in ("th", "en"):
        assert told[0].notes[0].says(language) and told[0].notes[0].remedy(language)
    assert urls(intake) == {("t1", "O1"): (A + "good",)}


def test_a_good_file_beside_nothing_unusable() -> None:
    assert zipped() and not zipfile.ZipFile(BytesIO(zipped())).namelist()


def many(rows: int) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("OIT")
    for row in ((TITLE,), (NAME,), HEAD):
        sheet.append(row)
    for number in range(rows):
        sheet.append((number, f"O{(1, 2, 3, 18)[number % 4]}", "", f"{A}{number % 40}"))
    return bytes_of(book)


def wide() -> bytes:
    book = form((1, "O1", "", A))
    for column in range(6, 1007):
        book.active.cell(4, column, f"คอลัมน์ {column}")
        book.active.cell(5, column, "x")
    return bytes_of(book)


ODD: dict[str, tuple[Callable[[], bytes], dict[str, int], set[str]]] = {
    "20,000 rows": (lambda: many(20_000), {"accepted": 40, "corrected": 19_960, "rejected": 0}, set()),
    "1,000 columns": (wide, {"accepted": 1, "corrected": 0, "rejected": 0}, set()),
    "macros": (
        lambda: with_part(GOOD, "xl/vbaProject.bin", b"\0" * 50),
        {"accepted": 1, "corrected": 0, "rejected": 0}, {"macros_ignored"},
    ),
    "cells of 32,767 characters": (
        lambda: bytes_of(form((1, "O1", "", A + "x" * 32_000), (2, "O2", "ก" * 32_767, "ข" * 32_767), (3, "O" * 32_767, "", A))),
        {"accepted": 0, "corrected": 0, "rejected": 3}, set(),
    ),
    "an unknown agency": (
        lambda: bytes_of(form((1, "O1", "", A), titles=(TITLE, "ชื่อหน่วยงาน เทศบาลตำบลที่ไม่มี"))),
        {"accepted": 0, "corrected": 0, "rejected": 1}, set(),
    ),
    "codes of another year": (
        lambda: bytes_of(form((1, "O43", "", A), titles=("ปีงบประมาณ 2568", "รพ.สบห้วย"))),
        {"accepted": 0, "corrected": 0, "rejected": 1}, set(),
    ),
    "formulas without values": (
        lambda: bytes_of(form((1, "=B9", "", A), (2, "O2", "", "=CONCAT(A1,B1)"))),
        {"accepted": 0, "corrected": 0, "rejected": 2}, set(),
    ),
    "a header and nothing else": (lambda: bytes_of(form()), {"accepted": 0, "corrected": 0, "rejected": 0}, {"no_rows"}),
    "error values": (
        lambda: bytes_of(form((1, "#REF!", "", A), (2, "O2", "", "#N/A"))),
        {"accepted": 0, "corrected": 0, "rejected": 2}, set(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_an_odd_file_is_read_row_by_row(name: str) -> None:
    make, counts, said = ODD[name]
    given = Attachment(f"{'แบบ'}.xlsx", make())
    intake = read_attachments([given], REGISTER, Options())
    assert {outcome.value: intake.count(outcome) for outcome in RowOutcome} == counts
    assert said <= {note.code for one in intake.files for note in one.notes}
    assert all(len(note.says("th")) < 1_000 for row in intake.rows for note in row.notes)
    if len(intake.rows) < 100:
        copy = load_workbook(BytesIO(annotated_copy(given, intake.rows, intake.files)))
        assert "สรุปการตรวจรับ" in copy.sheetnames


def test_names_in_a_zip_lead_nowhere_and_thai_names_are_read(tmp_path: Path) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../etc/แบบ\u202exslx.xlsx", GOOD)
        archive.writestr("C:\\temp\\อบต.xlsx", GOOD)
        archive.writestr("__MACOSX/._x.xlsx", b"x")
        archive.writestr("~$open.xlsx", b"x")
        archive.writestr("อ่านก่อน.pdf", b"%PDF-1.4")
        old = zipfile.ZipInfo("x" * 5)
        archive.writestr(old, GOOD)
    # What Windows does: the Thai code page, and no mark that says so.
    content = out.getvalue().replace(b"xxxxx", "แบบกข".encode("cp874"))
    (tmp_path / "mail.zip").write_bytes(content)
    (tmp_path / "out.xlsx").symlink_to("/etc/hostname")
    found = list(attachments([tmp_path / "mail.zip"]))
    names = [one.name for one in found]
    assert "mail.zip/etc/แบบxslx.xlsx" in names and "mail.zip/C/temp/อบต.xlsx" in names and "mail.zip/แบบกข" in names
    assert all("/" not in one.base_name and ".." not in one.base_name for one in found)
    assert sum(one.ignored for one in found) == 2
    intake = read_attachments(found, REGISTER, Options())
    assert [one.notes[0].code for one in intake.files if one.outcome is RowOutcome.REJECTED] == ["file_other_kind"]
    assert [one.name for one in attachments([tmp_path])] and not any(
        "out.xlsx" in one.name for one in attachments([tmp_path])
    )


def test_an_annotated_copy_keeps_the_form_and_runs_nothing() -> None:
    book = form((1, "o1", "โครงสร้าง", "www.t1.example/1"), (2, "O99", "=1+1", A), (3, "O2", "", "=cmd|' /C calc'!A0"))
    book.active.column_dimensions["C"].width = 48
    book.active.merge_cells("A1:E1")
    given = Attachment("mail.zip/../แบบ ทต.สบห้วย.xlsm", with_part(bytes_of(book), "xl/vbaProject.bin", b"\0"))
    intake = read_attachments([given], REGISTER, Options())
    content = annotated_copy(given, intake.rows, intake.files)
    assert b"vbaProject" not in content
    assert copy_name(given) == "แบบ ทต.สบห้วย (ผลการตรวจรับ).xlsx"
    copy = load_workbook(BytesIO(content))
    sheet = copy["OIT"]
    assert sheet.cell(4, 6).value == "ผลการตรวจรับ"
    assert [str(sheet.cell(row, 6).value)[0] for row in (5, 6, 7)] == ["△", "✕", "✕"]
    assert "www.t1.example" in str(sheet["D5"].value) and sheet.column_dimensions["C"].width == 48
    assert copy_name(given, "th", intake.rows) == "แบบ ทต.สบห้วย t1 (ผลการตรวจรับ).xlsx"
    summary = [[cell.value for cell in row] for row in copy["สรุปการตรวจรับ"].iter_rows(min_row=4)]
    assert [row[1] for row in summary if "ไม่ใช่ข้อมูล" in str(row[2])] == ["– ข้ามไป"]
    assert "O99" in sheet["B6"].comment.text and "A1:E1" in map(str, sheet.merged_cells.ranges)
    cells = [cell for one in copy.worksheets for row in one.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    given = Attachment("again.xlsx", content)
    again = read_attachments([given], REGISTER, Options())
    assert urls(again) == urls(intake), "a copy sent back is read as the form was"
    twice = load_workbook(BytesIO(annotated_copy(given, again.rows, again.files)))
    assert twice["OIT"].max_column == 6 and len(twice.sheetnames) == len(copy.sheetnames)
    fills = {sheet.cell(row, 6).fill.fgColor.rgb for row in (5, 6)}
    assert len(fills) == 2


def test_the_copy_of_what_is_no_workbook_holds_its_rows() -> None:
    given = Attachment("แบบ.csv", f"{NAME}\nข้อ,รายการ,URL\nO1,โครงสร้าง,{A}\n=1+1,,@x\n".encode())
    intake = read_attachments([given], REGISTER, Options())
    copy = load_workbook(BytesIO(annotated_copy(given, intake.rows, intake.files, "en")))
    rows = [[cell.value for cell in row] for row in copy["Result"].iter_rows()]
    assert rows[0] == ["Sheet", "Row", "Agency", "Item", "URLs taken", "Result", "Details"]
    assert rows[1][1:6] == ["3", "t1", "O1", A, "✓ accepted"]
    assert not [cell for row in copy["Result"].iter_rows() for cell in row if cell.data_type == "f"]


def test_two_agencies_of_one_name_are_never_mixed() -> None:
    twins = type(REGISTER)(
        (agency("a1", "เทศบาลตำบลหนองบัว", "เทศบาลตำบล"), agency("b2", "เทศบาลตำบลหนองบัว", "เทศบาลตำบล")),
        REGISTER.titles,
    )
    given = Attachment("แบบ.xlsx", bytes_of(form((1, "O1", "", A), titles=(TITLE, "ชื่อหน่วยงาน ทต.หนองบัว"))))
    intake = read_attachments([given], twins, Options())
    assert not intake.items
    assert intake.rejected[0].notes[0].code == "agency_unsure"
    chosen: Any = read_attachments([given], twins, Options(agency_id="b2"))
    assert urls(chosen) == {("b2", "O1"): (A,)}


def test_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail.set_content("ส่งแบบ")
    for content in (GOOD, bytes_of(form((1, "O2", "", "http://www.t1.example/2")))):
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename="แบบ.xlsx")
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "แบบ.xlsx").write_bytes(GOOD)
    (tmp_path / "m.eml").write_bytes(bytes(mail))
    one, other = tmp_path / "a" / "แบบ.xlsx", tmp_path / "b" / "แบบ.xlsx"
    found = list(attachments([one, other, other, tmp_path / "a", tmp_path / "m.eml"]))
    names = ["แบบ.xlsx", "b/แบบ.xlsx", "b/แบบ (2).xlsx", "a/แบบ.xlsx", "m.eml/แบบ.xlsx", "m.eml/แบบ (2).xlsx"]
    assert [one.name for one in found] == names
    intake = read_attachments(found, REGISTER, Options())
    assert [len([row for row in intake.rows if row.file == one.name]) for one in found] == [1] * 6


def test_a_long_thai_name_is_cut_where_a_file_system_would_refuse_it(tmp_path: Path) -> None:
    long = "แบบรายงานการเปิดเผยข้อมูลสาธารณะ" * 5
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in (1, 2):
            archive.writestr(f"{long}{number}.xlsx", GOOD)
    (tmp_path / "z.zip").write_bytes(out.getvalue())
    found = list(attachments([tmp_path / "z.zip"]))
    assert len({one.name for one in found}) == 2
    for one in found:
        assert one.base_name.endswith(".xlsx") and len(one.base_name.encode()) <= 190
        (tmp_path / copy_name(one)).write_bytes(b"")
        rows = [RowReport(one.name, "", 1, RowOutcome.ACCEPTED, agency_id="t" * 64)]
        (tmp_path / copy_name(one, "th", rows)).write_bytes(b"")
    named = BlankForm(replace(AGENCIES[0], id="t" * 64, name_th=long), "2566-1", "", "", ())
    assert form_name(named).endswith(f"{'t' * 64}.xlsx")
    (tmp_path / form_name(named)).write_bytes(b"")
    for name, kept in (
        ("สำนักงานทรัพยากรธรรมชาติและสิ่งแวดล้อมจังหวัดนครธาร", "และสิ่งแวดล้อม t1"),
        ("สำนักงานป้องกันและควบคุมโรคที่หนึ่งและสิ่งแวดล้อมจังหวัดนครธาร", "โรคที่หนึ่ง t1"),
    ):
        assert kept in form_name(BlankForm(replace(AGENCIES[0], name_th=name), "2566-1", "", "", ()))


@pytest.mark.parametrize("kind", [("application", "vnd.ms-excel"), ("text", "csv")])
def test_a_workbook_shown_within_a_mail_is_read_and_a_logo_is_not(tmp_path: Path, kind: tuple[str, str]) -> None:
    mail = EmailMessage()
    mail.set_content("ส่งแบบ")
    mail.add_attachment(GOOD, maintype=kind[0], subtype=kind[1], filename="แบบ.xlsx", disposition="inline")
    for number, maintype in enumerate(("image", "application")):
        mail.add_attachment(
            b"\x89PNG", maintype=maintype, subtype="x", filename=f"logo{number}.png", disposition="inline"
        )
    (tmp_path / "m.eml").write_bytes(bytes(mail))
    assert [one.name for one in attachments([tmp_path / "m.eml"])] == ["m.eml/แบบ.xlsx"]


@pytest.mark.parametrize("language", ["th", "en"])
def test_what_an_agency_is_told_names_no_options_of_the_program(language: Any) -> None:
    for code, message in MESSAGES.items():
        assert bool(message.agency_th) == bool(message.agency_en), code
        told = message.remedy(language, to_agency=True)
        assert not re.search(r"--|oitcheck|\bID\b|นำเข้า|[Ii]mport", told), code
    given = Attachment("แบบ.xlsx", bytes_of(form((1, "O1", "", A), titles=(TITLE,))))
    intake = read_attachments([given], REGISTER, Options())
    assert "--agency" in intake.rejected[0].notes[0].remedy(language), "whoever imports it may say so"
    copy = load_workbook(BytesIO(annotated_copy(given, intake.rows, intake.files, language)))
    cells = [cell for sheet in copy.worksheets for row in sheet.iter_rows() for cell in row]
    shown = [str(cell.value) for cell in cells] + [cell.comment.text for cell in cells if cell.comment]
    assert not [text for text in shown if "--" in text]
    assert [text for text in shown if ("แล้วส่งแบบใหม่" if language == "th" else "send the form again") in text]


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_form_of_an_agency_that_is_not_registered_says_so_once(language: Any) -> None:
    name = "ชื่อหน่วยงาน เทศบาลตำบลที่อื่น อำเภออื่น จังหวัดอื่น"
    rows = [(number, f"O{number}", "", A) for number in (1, 2, 3, 18)]
    given = Attachment("แบบ.xlsx", bytes_of(form(*rows, titles=(TITLE, name))))
    intake = read_attachments([given], REGISTER, Options())
    note = intake.rejected[0].notes[0]
    assert note.code == "agency_not_registered" and "เทศบาลตำบลที่อื่น" in note.says(language)
    assert "agencies.csv" in note.remedy(language)
    assert ("ทะเบียน" if language == "th" else "register") in note.remedy(language, to_agency=True)
    sheet = load_workbook(BytesIO(annotated_copy(given, intake.rows, intake.files, language)))["OIT"]
    (comment,) = [cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment]
    assert comment.count("เทศบาลตำบลที่อื่น") == 1 and "5–8" in comment


def test_what_nobody_may_read_is_told_and_the_rest_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "1.xlsx").write_bytes(GOOD)
    (tmp_path / "2.xlsx").write_bytes(GOOD)
    real, opened = os.walk, Path.open

    def walk(folder: Path, onerror: Callable[[OSError], None]) -> Any:
        onerror(PermissionError(13, "Permission denied", str(folder / "ปิด")))
        return real(folder)

    def denied(path: Path, *arguments: Any) -> Any:
        if path.name == "2.xlsx":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments)

    monkeypatch.setattr(os, "walk", walk)
    monkeypatch.setattr(Path, "open", denied)
    found = {one.name: one.refused.code if one.refused else "" for one in attachments([tmp_path])}
    assert found == {"ปิด": "folder_forbidden", "1.xlsx": "", "2.xlsx": "file_forbidden"}


def test_what_has_no_end_is_too_large() -> None:
    (found,) = attachments([Path("/dev/zero")])
    assert found.refused is not None and found.refused.code == "file_too_large"
