"""Every row of an input ends as accepted, corrected or rejected, with its cell, its reason and a remedy."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from oitcheck.errors import IntakeError
from oitcheck.intake.addresses import urls_in
from oitcheck.intake.agencies import read_agencies
from oitcheck.intake.attachments import Attachment
from oitcheck.intake.messages import MESSAGES
from oitcheck.intake.register import Options, Register
from oitcheck.intake.rows import Intake, RowOutcome, RowRejected
from oitcheck.intake.submissions import read_attachments, read_submissions
from oitcheck.lib.item_codes import item_code
from oitcheck.model.agency import Agency, Submission

ITEMS = {f"O{number}" for number in range(1, 44)}
AGENCIES = (
    Agency("a1", "เทศบาลตำบลสบห้วย", "เทศบาลตำบล", "นครธาร", "สบห้วย", 2566, "", ("www.sophuai.example",)),
    Agency("B2", "องค์การบริหารส่วนตำบลไผ่งาม", "อบต.", "นครธาร", "สบห้วย", 2566, "", ("phaingam.example",)),
)
HEADER = "agency_id,name_th,kind,province,district,fiscal_year,round,hosts\n"


def agencies_of(folder: Path, text: str, year_be: int | None = None) -> Intake[Agency]:
    path = folder / "agencies.csv"
    path.write_text(text, encoding="utf-8")
    return read_agencies(path, year_be)


def submissions_of(folder: Path, *lines: str) -> Intake[Submission]:
    path = folder / "submissions.csv"
    path.write_text("\n".join(["agency_id,item,url,note", *lines]), encoding="utf-8-sig")
    return read_submissions(path, AGENCIES, ITEMS)


def codes(intake: Intake[Submission] | Intake[Agency]) -> list[tuple[str, ...]]:
    return [tuple(note.code for note in row.notes) for row in intake.rows]


def test_a_clean_list_of_agencies_is_taken_as_it_stands(tmp_path: Path) -> None:
    row = "a1,เทศบาลตำบลสบห้วย,เทศบาลตำบล,นครธาร,สบห้วย,2566,2566-1,www.sophuai.example sophuai.example\n"
    intake = agencies_of(tmp_path, HEADER + row + "\n,,,,,,,\n")
    hosts = ("www.sophuai.example", "sophuai.example")
    assert intake.items == (Agency("a1", "เทศบาลตำบลสบห้วย", "เทศบาลตำบล", "นครธาร", "สบห้วย", 2566, "2566-1", hosts),)
    assert [row.outcome for row in intake.rows] == [RowOutcome.ACCEPTED]


@pytest.mark.parametrize(
    ("row", "code", "cell"),
    [
        (",ก,เทศบาล,ข,ค,2566,,a.example", "agency_id_missing", "A2"),
        ("a_1,ก,เทศบาล,ข,ค,2566,,a.example", "agency_id_characters", "A2"),
        ("../x,ก,เทศบาล,ข,ค,2566,,a.example", "agency_id_characters", "A2"),
        ("a1,,เทศบาล,ข,ค,2566,,a.example", "name_missing", "B2"),
        ("a1,ก,เทศบาล,ข,ค,,,a.example", "fiscal_year_missing", "F2"),
        ("a1,ก,เทศบาล,ข,ค,25666,,a.example", "fiscal_year_bad", "F2"),
        ("a1,ก,เทศบาล,ข,ค,2565,,a.example", "fiscal_year_other", "F2"),
    ],
)
def test_a_bad_agency_is_rejected_with_its_cell(tmp_path: Path, row: str, code: str, cell: str) -> None:
    intake = agencies_of(tmp_path, HEADER + row, 2566)
    assert intake.items == ()
    (report,) = intake.rejected
    assert (report.notes[-1].code, report.notes[-1].cell, report.row) == (code, cell, 2)
    assert report.where(report.notes[-1]) == f"agencies.csv {cell}"
    assert report.notes[-1].remedy("th") and report.notes[-1].remedy("en")


def test_what_is_corrected_in_an_agency_is_told(tmp_path: Path) -> None:
    intake = agencies_of(
        tmp_path,
        HEADER
        + "a1,ก,เทศบาล,ข,ค,ปีงบประมาณ พ.ศ. ๒๕๖๖,,https://WWW.A.example/home\n"
        + "a2,ก,เทศบาล,ข,ค,2023,,a.example//x ไทย.example\n"
        + "a3,ก\u200b ข,,ข,ค,2566,,\n",
    )
    assert [agency.fiscal_year_be for agency in intake.items] == [2566, 2566, 2566]
    assert [agency.hosts for agency in intake.items] == [
        ("www.a.example",), ("a.example", "xn--o3cw4h.example"), ()]  # fmt: skip
    assert intake.items[2].name_th == "ก ข"
    assert codes(intake) == [
        ("fiscal_year_corrected", "host_corrected"),
        ("fiscal_year_corrected", "host_corrected", "host_corrected"),
        ("spaces_removed", "kind_missing", "agency_without_hosts"),
    ]
    assert intake.count(RowOutcome.CORRECTED) == 3


def test_one_id_is_one_agency(tmp_path: Path) -> None:
    row = "a1,ก,เทศบาล,ข,ค,2566,,a.example\n"
    intake = agencies_of(tmp_path, HEADER + row + row + row.replace("ก", "ง") + row.replace("a1", "A1"))
    assert len(intake.items) == 1
    assert codes(intake) == [(), ("duplicate",), ("agency_id_taken",), ("agency_id_taken",)]
    assert "2" in intake.rejected[0].notes[0].says("th")


@pytest.mark.parametrize(
    ("typed", "code"),
    [(typed, "O21") for typed in ("O21", "o21", "O 21", "๐๒๑", "0๒๑", "021", "ข้อ 21", "ข้อที่ ๒๑", "O-21", "O.21", "21",
                                  "OIT 21", "OIT O21", "Ｏ２１", "О21", "O–21", "O\u200b21", " o21. ", "O๒๑", "๒๑")]
    + [("o1", "O1"), ("๐๑", "O1"), ("O-8", "O8"), ("O.9", "O9"), ("OIT 3", "O3"), ("O08", "O8")]
    + [(typed, None) for typed in ("", "O00", "0", "O1-O6", "i28", "รวม", "O", "O210", "0.1", "ข้อมูล", "O1 O2", "-")],
)  # fmt: skip
def test_item_codes_in_every_spelling(typed: str, code: str | None) -> None:
    assert item_code(typed) == code


@pytest.mark.parametrize(
    ("cell", "urls", "notes"),
    [
        ("http://a.example/x#o21", ["http://a.example/x#o21"], []),
        ("", [], []),
        ("  ", [], []),
        (" - ", [], ["url_placeholder"]),
        ("ไม่มี", [], ["url_placeholder"]),
        ("\u200bhttp://a.example/", ["http://a.example/"], ["url_trimmed"]),
        ("a.example/x", ["http://a.example/x"], ["url_scheme_added"]),
        ("HTTP://a.example/ก", ["http://a.example/%E0%B8%81"], ["url_encoded"]),
        ("http://a.example/my file.pdf", ["http://a.example/my%20file.pdf"], ["url_blanks_encoded"]),
        ("URL : http://a.example/", ["http://a.example/"], ["url_cut_out"]),
        ("ลิงก์:http://a.example/", ["http://a.example/"], ["url_cut_out"]),
        ("http://a.example/1\nhttp://b.example/2", ["http://a.example/1", "http://b.example/2"], ["urls_split"]),
        ("www.a.example; www.b.example", ["http://www.a.example/", "http://www.b.example/"],
         ["urls_split", "url_scheme_added"]),
        ("1. http://a.example/1 2. http://a.example/2", ["http://a.example/1", "http://a.example/2"],
         ["urls_split", "url_cut_out"]),
        ("http://a.example/?u=http://b.example/&v=www.c.example",
         ["http://a.example/?u=http://b.example/&v=www.c.example"], []),
        ("http://a.example/long\r\npart.pdf", ["http://a.example/longpart.pdf"], ["url_trimmed"]),
        ("http://a.example/ , http:///x", ["http://a.example/"], ["urls_split", "url_part_left_out"]),
        ("http://a.example/1http://b.example/2", ["http://a.example/1", "http://b.example/2"], ["urls_split"]),
        ("http://a.example/web/2020/http://b.example/", ["http://a.example/web/2020/http://b.example/"], []),
        ("http://a.example/?u=x%2Fhttp://b.example/", ["http://a.example/?u=x%2Fhttp://b.example/"], []),
        ("http://www,a.example/1", ["http://www.a.example/1"], ["url_scheme_corrected"]),
        ("http://a.example/file\u00adname", ["http://a.example/filename"], ["url_trimmed"]),
        ("http://10.1.2.3/x", ["http://10.1.2.3/x"], ["url_local"]),
    ],
)  # fmt: skip
def test_urls_of_a_cell(cell: str, urls: list[str], notes: list[str]) -> None:
    found, told = urls_in(cell, "", "C2")
    assert (list(found), [note.code for note in told]) == (urls, notes)


@pytest.mark.parametrize(
    ("cell", "code"),
    [("javascript:alert(1)", "url_scheme"), ("file:///etc/passwd", "url_scheme"), ("mailto:a@a.example", "url_scheme"),
     ("คลิกที่นี่", "url_no_host"), ("http:///x", "url_no_host"), ("http://a.example:99999/", "url_bad_port"),
     ("http://a b.example/", "url_bad_host"), ("31.1.2566", "url_no_host"), ("1.2.66", "url_no_host"),
     ("10.50", "url_no_host")],
)  # fmt: skip
def test_what_is_no_web_address_is_rejected(cell: str, code: str) -> None:
    with pytest.raises(RowRejected) as told:
        urls_in(cell, "", "C2")
    assert (told.value.note.code, told.value.note.cell) == (code, "C2")


def test_rows_of_an_item_make_one_submission(tmp_path: Path) -> None:
    intake = submissions_of(
        tmp_path,
        "a1,O21,http://www.sophuai.example/1,หมายเหตุ",
        "a1,ข้อ ๒๑,http://www.sophuai.example/2,อีกข้อ",
        "a1,O21,http://www.sophuai.example/1,หมายเหตุ",
        "A1,O2,,",
        "a1,O2,,",
        "b2,O21,http://phaingam.example/,",
    )
    assert intake.items == (
        Submission("a1", "O21", ("http://www.sophuai.example/1", "http://www.sophuai.example/2"), "หมายเหตุ / อีกข้อ"),
        Submission("a1", "O2", ()),
        Submission("B2", "O21", ("http://phaingam.example/",)),
    )
    assert codes(intake) == [
        (), ("item_corrected",), ("duplicate",), ("agency_id_corrected",), ("duplicate",), ("agency_id_corrected",)
    ]  # fmt: skip
    assert not intake.rejected


def test_bad_submissions_are_rejected_and_add_nothing(tmp_path: Path) -> None:
    intake = submissions_of(
        tmp_path,
        ",O21,http://a.example/,",
        "a11,O21,http://a.example/,",
        "a1,,http://a.example/,",
        "a1,หัวข้อ,http://a.example/,",
        "a1,O99,http://a.example/,",
        "a1,o 3,javascript:void(0),",
    )
    assert intake.items == ()
    assert [(row.notes[-1].code, row.notes[-1].cell) for row in intake.rejected] == [
        ("agency_id_missing", "A2"), ("agency_unknown", "A3"), ("item_missing", "B4"), ("item_bad", "B5"),
        ("item_unknown", "B6"), ("url_scheme", "C7"),
    ]  # fmt: skip
    assert "(a1?)" in intake.rejected[1].notes[-1].remedy("en")
    assert codes(intake)[-1] == ("item_corrected", "url_scheme"), "what was corrected before is told too"


def test_a_file_may_hold_several_years(tmp_path: Path) -> None:
    row = "a1,ก,เทศบาล,ข,ค,{},,a.example\n"
    agencies = agencies_of(
        tmp_path, HEADER + row.format(2566) + row.format(2568) + row.format(2569).replace("a1", "c3")
    )
    assert [(one.id, one.fiscal_year_be) for one in agencies.items] == [("a1", 2566), ("a1", 2568), ("c3", 2569)]
    path = tmp_path / "s.csv"
    path.write_text("agency_id,item,url\na1,O43,\na1,O44,\nc3,O99,\n")
    known = {2566: ITEMS, 2568: {f"O{number}" for number in range(1, 29)}}
    intake = read_submissions(path, agencies.items, known)
    assert [(one.agency_id, one.item) for one in intake.items] == [("a1", "O43"), ("c3", "O99")]
    later = read_submissions(path, agencies.items[1:], known)
    assert [row.notes[-1].code for row in later.rejected] == ["item_unknown", "item_unknown"]


def test_headers_have_thai_names_and_any_case(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("รหัสหน่วยงาน;ข้อ; ลิงก์ ;หมายเหตุ;ผู้ส่ง\na1;O1;http://a.example/;;สมชาย\n", encoding="cp874")
    intake = read_submissions(path, AGENCIES, ITEMS)
    assert [one.item for one in intake.items] == ["O1"]
    assert intake.unused_columns == ("ผู้ส่ง",)
    path.write_text("Agency ID\tITEM\tUrl\na1\tO1\thttp://a.example/\n", encoding="utf-16")
    assert read_submissions(path, AGENCIES, ITEMS).items == intake.items


def test_missing_columns_are_named_with_what_was_found(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("agency,itme,ลิ้งค์,note\na1,O1,http://a.example/,\n", encoding="utf-8")
    with pytest.raises(IntakeError) as told:
        read_submissions(path, AGENCIES, ITEMS)
    text = str(told.value)
    assert "agency_id (did you mean 'agency'?)" in text
    assert "item (did you mean 'itme'?)" in text
    assert "found: agency, itme, ลิ้งค์, note" in text
    assert str(path) in text
    path.write_text("agency_id,รหัสหน่วยงาน,item,url\n", encoding="utf-8")
    with pytest.raises(IntakeError, match="both mean agency_id"):
        read_submissions(path, AGENCIES, ITEMS)


def test_a_workbook_equals_the_csv(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "ส่ง URL"
    sheet.append(["agency_id", "item", "url", "note"])
    sheet.append(["a1", 21, "คลิกที่นี่", None])
    sheet["C2"].hyperlink = "http://www.sophuai.example/o21/#มี"
    sheet.append(["a1", "O22", "http://www.sophuai.example/o22/", 5])
    sheet["C3"].hyperlink = "http://elsewhere.example/"
    sheet.append([None, None, None])
    sheet.append(["a1", "O99", "http://www.sophuai.example/o99/"])
    book.create_sheet("ว่าง")
    book.create_sheet("คำชี้แจง").append(["โปรดกรอกให้ครบ"])
    path = tmp_path / "no-matter-what.csv"
    book.save(path)
    intake = read_submissions(path, AGENCIES, ITEMS)
    assert intake.items[1] == Submission("a1", "O22", ("http://www.sophuai.example/o22/",), "5")
    assert intake.items[0].item == "O21"
    assert intake.items[0].urls[0].startswith("http://www.sophuai.example/o21/#")
    assert codes(intake) == [
        ("item_corrected", "url_from_link"), ("url_link_differs",), ("item_unknown",), ("sheet_without_header",)]  # fmt: skip
    assert [row.row for row in intake.rows] == [2, 3, 5, 1]
    assert intake.rejected[0].where(intake.rejected[0].notes[0]) == "no-matter-what.csv [ส่ง URL] B5"


def test_a_file_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    cases = {
        "folder": "no form in this", "missing.csv": "no such file", "empty.csv": "is empty", "~$open.xlsx": "beside an open",
        "broken.xlsx": "damaged", "odd.csv": "neither UTF-8", "wide.csv": "no proper CSV",
    }  # fmt: skip
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.csv").write_bytes(b" \n\n")
    (tmp_path / "~$open.xlsx").write_bytes(b"x")
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04" + b"x" * 100)
    (tmp_path / "odd.csv").write_bytes(b"agency_id,item,url\na1,\xff\xdb\xfc,\n")
    (tmp_path / "wide.csv").write_text('agency_id,item,url\n"' + "x" * 200_000 + '"\n')
    for name, told in cases.items():
        with pytest.raises(IntakeError, match=told) as error:
            read_submissions(tmp_path / name, AGENCIES, ITEMS)
        assert error.value.where == str(tmp_path / name)
        assert error.value.remedy


def test_a_file_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(HEADER)
    path.chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        with pytest.raises(IntakeError, match="no right to read"):
            read_agencies(path)
    finally:
        os.seteuid(user)


def test_every_reason_has_a_sentence_in_both_languages() -> None:
    for code, message in MESSAGES.items():
        for text in (message.th, message.en, message.do_th, message.do_en):
            assert "{" not in text.format(was="x", now="y"), code
        assert message.th and message.en, code
        assert bool(message.do_th) == bool(message.do_en), code


_cells = st.one_of(
    st.sampled_from(
        ["a1", "B2", "a3", "", "O1", "ข้อ ๒", "O99", "http://a.example/", "www.b.example", "-", "javascript:x"]
    ),
    st.text(max_size=12),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(_cells, _cells, _cells, _cells), max_size=12))
def test_the_counts_add_up_whatever_the_table(tmp_path: Path, rows: list[tuple[str, str, str, str]]) -> None:
    file = io.StringIO()
    csv.writer(file).writerows([("agency_id", "item", "url", "note"), *rows])
    path = tmp_path / "any.csv"
    path.write_bytes(file.getvalue().encode("utf-8", "replace"))
    intake = read_submissions(path, AGENCIES, ITEMS)
    with_content = [row for row in rows if any(cell.replace("\0", "").strip() for cell in row)]
    assert sum(intake.count(outcome) for outcome in RowOutcome) == len(intake.rows) == len(with_content)
    for row in intake.rows:
        assert (row.outcome is RowOutcome.ACCEPTED) == (not row.notes)
        assert all(note.code in MESSAGES and note.says("th") and note.says("en") for note in row.notes)
    taken = {(one.agency_id, one.item) for one in intake.items}
    assert len(taken) == len(intake.items)


def test_an_error_value_of_a_workbook_is_a_row_to_mend_and_no_empty_cell(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["agency_id", "item", "url"])
    sheet.append(["a1", "O21", "#N/A"])
    sheet.append(["a1", "O22", "http://www.sophuai.example/o22/"])
    path = tmp_path / "s.xlsx"
    book.save(path)
    intake = read_submissions(path, AGENCIES, ITEMS)
    assert [row.row for row in intake.rejected] == [2]
    assert [s.item for s in intake.items] == ["O22"]


def test_a_header_in_the_midst_of_a_list_and_a_formula_without_a_value_are_told(tmp_path: Path) -> None:
    row = ["a1", "เทศบาลตำบลสบห้วย", "เทศบาลตำบล", "นครธาร", "", "2566", "", "www.a1.example"]
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (HEADER.strip().split(","), row, HEADER.strip().split(","), ["=A2", *(f"={c}2" for c in "BCDEFGH")]):
        sheet.append(line)
    book.save(tmp_path / "x.xlsx")
    read = read_agencies(tmp_path / "x.xlsx")
    assert [(one.row, one.outcome.value, [note.code for note in one.notes]) for one in sorted(read.rows, key=lambda r: r.row)] == [
        (2, "accepted", []),
        (3, "rejected", ["header_repeated"]),
        (4, "rejected", ["formula_without_value"]),
    ]  # fmt: skip


def test_rows_of_a_hidden_sheet_are_read_and_say_so(tmp_path: Path) -> None:
    book = Workbook()
    hidden = book.create_sheet("ซ่อน")
    for line in (HEADER.strip().split(","), ["a1", "เทศบาล", "เทศบาลตำบล", "ก", "", "2566", "", "www.a1.example"]):
        hidden.append(line)
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "x.xlsx")
    (row,) = read_agencies(tmp_path / "x.xlsx").rows
    assert (row.outcome, [note.code for note in row.notes]) == (RowOutcome.CORRECTED, ["sheet_hidden"])


def test_a_list_with_nothing_but_a_header_is_no_list(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(HEADER, encoding="utf-8")
    with pytest.raises(IntakeError, match="no data row"):
        read_agencies(tmp_path / "x.csv")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "tis-620", "cp874", "utf-8"])
def test_thai_is_read_in_every_encoding_with_or_without_a_mark(tmp_path: Path, encoding: str) -> None:
    text = HEADER + "a1,เทศบาลตำบลสบห้วย,เทศบาลตำบล,นครธาร,,2566,,www.a1.example\n"
    (tmp_path / "x.csv").write_bytes(text.encode(encoding))
    assert [one.name_th for one in read_agencies(tmp_path / "x.csv").items] == ["เทศบาลตำบลสบห้วย"]


def test_one_file_with_two_columns_alike_does_not_keep_the_others_out() -> None:
    good = Attachment("good.csv", b"agency_id,item,url\na1,O1,http://www.sophuai.example/\n")
    bad = Attachment("bad.csv", b"agency_id,item,url,url\na1,O2,http://www.sophuai.example/,\n")
    read = read_attachments([bad, good], Register(AGENCIES, {2566: dict.fromkeys(ITEMS, "")}), Options())
    assert [one.submission.item for one in read.items] == ["O1"]
    assert [(one.file, [note.code for note in one.notes]) for one in read.files] == [
        ("bad.csv", ["columns_same"]), ("good.csv", []),
    ]  # fmt: skip
