"""Agencies' Excel forms, as untidy as they come in, read to submissions; every row ends with a report."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.comments import Comment

from oitcheck.intake.agency_names import Directory
from oitcheck.intake.attachments import Attachment
from oitcheck.intake.form_years import fiscal_year_named
from oitcheck.intake.register import Options
from oitcheck.intake.rows import RowOutcome
from oitcheck.intake.submissions import read_attachments
from tests.intake.forms import (
    AGENCIES,
    HEAD,
    NAME,
    REGISTER,
    TITLE,
    book_of,
    bytes_of,
    codes,
    file_codes,
    form,
    read,
    urls,
)

A = "http://www.t1.example/"


def test_a_form_is_read_wherever_its_header_stands() -> None:
    book = form(
        (1, "o1", "โครงสร้าง", A + "o1", None),
        ("๒", "๐๒", "ข้อมูลผู้บริหาร", "-", "รอ"),
        (),
        (None, None, "ลงชื่อ ........ ผู้รายงาน"),
    )
    intake = read(book)
    assert urls(intake) == {("t1", "O1"): (A + "o1",), ("t1", "O2"): ()}
    assert [one.year_be for one in intake.items] == [2566, 2566]
    assert codes(intake) == [("item_corrected",), ("item_corrected", "url_placeholder")]
    assert intake.items[1].submission.note == "รอ"
    (sheet,) = [one for one in intake.files if one.sheet]
    assert (sheet.rows_beside, sheet.headers) == (4, (4,)), "two titles, the header, the foot"


@pytest.mark.parametrize(
    ("code", "title", "item", "notes"),
    [
        ("“O๑๘”", "", "O18", ("item_corrected",)),
        ("O21 O21", "", "O21", ("item_corrected",)),
        ("ข้อ 21 : สรุปผลจัดซื้อจัดจ้าง", "", "O21", ("item_corrected",)),
        ("โครงสร้าง", "", "O1", ("item_from_title",)),
        ("", "อำนาจหน้าที่", "O3", ("item_from_title",)),
        ("", "O18 E-Service", "O18", ("item_corrected",)),
        ("O36", "แผนปฏิบัติการป้องกันการทุจริต", "O36", ()),
        ("O1", "ข้อมูลผู้บริหาร", "O1", ("title_differs",)),
    ],
)
def test_the_item_is_told_by_code_or_title(code: str, title: str, item: str, notes: tuple[str, ...]) -> None:
    intake = read(form((1, code, title, A)))
    assert [key[1] for key in urls(intake)] == [item]
    assert codes(intake) == [notes]


@pytest.mark.parametrize("bad", ["O1-O6", "O1 ถึง O6", "i28", "O00", "O?", "O99"])
def test_what_is_no_item_is_rejected(bad: str) -> None:
    intake = read(form((1, bad, "รวม", A)))
    assert not intake.items
    assert intake.rejected[0].notes[-1].cell == "B5"


def test_a_plan_is_not_taken_for_its_result() -> None:
    intake = read(form((1, "", "ผลปฏิบัติการป้องกันการทุจริต", A)))
    assert not intake.items, "one letter apart from the title of O36"


def test_a_code_printed_twice_is_told_apart_by_its_titles() -> None:
    rows = [
        (1, "๐๓๑", "การสร้างวัฒนธรรม No Gift Policy", A + "culture"),
        (2, "๐๓๑", "ประกาศเจตนารมณ์นโยบาย No Gift Policy", A + "declared"),
    ]
    intake = read(form(*rows))
    assert urls(intake) == {("t1", "O32"): (A + "culture",), ("t1", "O31"): (A + "declared",)}
    assert codes(intake) == [("item_repeated_title",), ("item_corrected",)]


def test_headings_totals_and_repeated_headers_are_rejected_and_not_forgotten() -> None:
    intake = read(
        form(
            (1, "O1", "", A + "1"),
            (None, None, "หมวดการบริหารงาน"),
            (2, "O2", "", A + "2"),
            ("รวม", None, None, "2 รายการ"),
            HEAD[:-1],
            (3, "O3", "", A + "3"),
        )
    )
    assert [row.outcome.value for row in intake.rows] == [
        "accepted",
        "rejected",
        "accepted",
        "rejected",
        "rejected",
        "accepted",
    ]
    assert codes(intake)[1::2] == [("row_not_data",), ("row_not_data",), ()]
    assert codes(intake)[4] == ("header_repeated",)


@pytest.mark.parametrize("address", ["javascript:void(0)", "file:///C:/o2.pdf", "C:\\o2.pdf", "\\\\server\\o2.pdf"])
@pytest.mark.parametrize("year", ["๒๕๖๖", "2599"])
def test_a_row_with_another_kind_of_address_is_a_row_and_told_why_it_is_not_taken(address: str, year: str) -> None:
    titles = (f"แบบ OIT ปีงบประมาณ พ.ศ. {year}", NAME)
    intake = read(form((1, "O1", "", A), (2, "", "ข้อมูลผู้บริหาร", address), (3, "", "เรื่องอื่น", address), titles=titles))
    assert [row.outcome.value for row in intake.rows[1:]] == ["rejected"] * 2
    told = [row[-1] for row in codes(intake)[1:]]
    if year == "2599":
        assert told == ["form_year_other"] * 2
    else:
        assert told[0].startswith("url_") and told[1] == "item_missing"


def test_the_rows_of_a_form_of_a_year_without_a_checklist_are_not_taken_for_words_beside_it() -> None:
    intake = read(
        form((1, "", "โครงสร้าง", ""), (None, None, "ผู้รายงาน นาย ก", "Tel:045-123456"), titles=("ปีงบประมาณ 2599", NAME))
    )
    assert codes(intake) == [("form_year_other",)]


def test_a_row_without_an_item_goes_on_with_the_one_above() -> None:
    intake = read(form((1, "O18", "E-Service", A + "1"), (None, None, None, A + "2")))
    assert urls(intake) == {("t1", "O18"): (A + "1", A + "2")}
    assert codes(intake)[1] == ("item_from_above",)


@pytest.mark.parametrize(
    ("number", "item"),
    [
        ("6", None),
        (6, None),
        ("๖.", None),
        ("5", "O1"),
        ("5.1", "O1"),
        ("๕.๑", "O1"),
        ("", "O1"),
        ("-", "O1"),
        ("51", None),
    ],
)
def test_a_row_with_a_number_of_its_own_is_no_part_of_the_row_above(number: Any, item: str | None) -> None:
    intake = read(form((5, "O1", "โครงสร้าง", A + "1"), (number, None, None, A + "2")))
    taken = (A + "1", A + "2") if item else (A + "1",)
    assert urls(intake) == {("t1", "O1"): taken}
    assert codes(intake)[1] == (("item_from_above",) if item else ("item_missing_numbered",))


def test_a_row_without_an_item_goes_on_with_one_whose_url_was_refused() -> None:
    intake = read(form((1, "O1", "", "javascript:void(0)"), (None, None, None, A + "2")))
    assert urls(intake) == {("t1", "O1"): (A + "2",)}


def test_a_row_after_one_that_was_refused_for_its_number_does_not_go_on_with_the_item_before() -> None:
    intake = read(form((5, "O1", "", A + "1"), (6, None, None, A + "2"), (None, None, None, A + "3")))
    assert urls(intake) == {("t1", "O1"): (A + "1",)}


def test_merged_cells_hold_for_all_their_rows() -> None:
    book = form(
        (1, "O18", "E-Service", A + "1"), (2, None, None, A + "2"), (3, "O1", "", A + "all"), (4, "O2", "", None)
    )
    book.active.merge_cells("B5:B6")
    book.active.merge_cells("D7:D8")
    intake = read(book)
    assert urls(intake) == {("t1", "O18"): (A + "1", A + "2"), ("t1", "O1"): (A + "all",), ("t1", "O2"): (A + "all",)}
    assert codes(intake)[1] == ("cell_merged",) and codes(intake)[3] == ("cell_merged",)


def test_links_formulas_and_hidden_rows() -> None:
    book = form(
        (1, "O1", "", "คลิกที่นี่"),
        (2, "O2", "", f'=HYPERLINK("{A}2","เปิด")'),
        (3, "O3", "", "=A1&B1"),
        (4, "O18", "", A + "shown"),
        (5, "O21", "", "ลิงก์"),
    )
    sheet = book.active
    sheet["D5"].hyperlink = A + "1"
    sheet["D8"].hyperlink = A + "other"
    sheet["D9"].hyperlink = "mailto:a@t1.example"
    sheet.row_dimensions[5].hidden = True
    sheet.protection.sheet = True
    hidden = book.create_sheet("ซ่อน")
    hidden.append(HEAD)
    hidden.append([1, "O36", "", A + "36"])
    hidden.sheet_state = "hidden"
    intake = read(book)
    assert urls(intake) == {
        ("t1", "O1"): (A + "1",), ("t1", "O2"): (A + "2",), ("t1", "O18"): (A + "shown",), ("t1", "O36"): (A + "36",)
    }  # fmt: skip
    assert codes(intake) == [
        ("row_hidden", "url_from_link"), ("url_from_link",), ("formula_without_value",), ("url_link_differs",),
        ("url_scheme",), (),
    ]  # fmt: skip
    assert {"sheet_hidden", "book_protected"} <= file_codes(intake)


def test_two_tables_in_a_sheet_one_below_and_one_beside_the_other() -> None:
    below = book_of(
        [
            (TITLE,),
            (NAME,),
            HEAD,
            (1, "O1", "", A + "1"),
            (),
            ("หน่วยงาน อบต.ไผ่งาม",),
            HEAD,
            (1, "O1", "", "http://s2.example/"),
        ]
    )
    intake = read(below, name="รวม.xlsx")
    assert urls(intake) == {("t1", "O1"): (A + "1",), ("s2", "O1"): ("http://s2.example/",)}
    assert not intake.rejected
    beside = book_of([(NAME,), ("ข้อ", "URL", None, "ข้อ", "URL"), ("O1", A + "1", None, "O2", A + "2")])
    intake = read(beside)
    assert urls(intake) == {("t1", "O1"): (A + "1",), ("t1", "O2"): (A + "2",)}
    assert [row.column for row in intake.rows] == [0, 3]


def test_one_workbook_for_many_agencies_by_a_column() -> None:
    head = ("หน่วยงาน", "ข้อ", "URL")
    rows = [
        ("ทต.สบห้วย", "O1", A),
        ("s2", "O1", "s2.example/1"),
        ("อบต.ไผ่งามม", "O2", "-"),
        ("เทศบาลตำบลที่อื่น", "O1", A),
        ("ไผ่งาม", "O3", A),
    ]
    intake = read(book_of([("รวมทุกหน่วยงาน ปีงบประมาณ 2566",), head, *rows]))
    assert list(urls(intake)) == [("t1", "O1"), ("s2", "O1"), ("s2", "O2")]
    assert codes(intake)[3:] == [("agency_not_registered",), ("agency_unsure",)]
    assert "s2" in intake.rejected[1].notes[0].says("th") and "t3" in intake.rejected[1].notes[0].says("th")


@pytest.mark.parametrize(
    ("text", "agency_id", "exact"),
    [
        ("ชื่อหน่วยงาน  เทศบาลตำบลสบห้วย  อำเภอสบห้วย จังหวัดนครธาร", "t1", True),
        ("หน่วยงาน : ทต. สบห้วย", "t1", True),
        ("แบบ OIT เทศบาลตำบลสบห้วยอำเภอสบห้วย", "t1", True),
        ("อบต.ไผ่งาม", "s2", True),
        ("ชื่อหน่วยงาน องค์การบริหารส่วนจังหวัดนครธาร", "p4", True),
        ("อบจ.นครธาร", "p4", True),
        ("ชื่อหน่วยงาน จังหวัดนครธาร", "c5", True),
        ("รพ.สบห้วย", "h6", True),
        ("ทม.ดอนกระเจียวทง", "m7", False),
        ("เทศบาลตำบลสบห้วยพัฒนา", None, True),
        ("หน่วยงาน เทศบาลตำบลบ้านไกล จังหวัดนครธาร", None, True),
        ("เทศบาลเมืองไผ่งาม", None, True),
        ("หน่วยงาน: ไผ่งาม", None, True),
        (TITLE, None, True),
        ("หน่วยงาน ......", None, True),
    ],
)
def test_agencies_by_their_names(text: str, agency_id: str | None, exact: bool) -> None:
    found = Directory.of(AGENCIES).told(text)
    assert (found.agency.id if found.agency else None) == agency_id
    assert found.exact is exact


def test_the_file_name_tells_what_the_form_does_not() -> None:
    book = form((1, "O1", "", A), titles=(TITLE,))
    assert urls(read(book, name="mail.zip/07 แบบส่ง_ทต.สบห้วย.xlsx")) == {("t1", "O1"): (A,)}
    assert urls(read(book, name="T1.xlsx")) == {("t1", "O1"): (A,)}
    unsure = read(book, name="ไผ่งาม.xlsx")
    assert codes(unsure) == [("agency_unsure",)] and not unsure.items
    assert "--agency" in unsure.rejected[0].notes[0].remedy("th")
    silent = read(book, name="Book1.xlsx")
    assert codes(silent) == [("agency_not_named",)]
    assert urls(read(book, name="Book1.xlsx", agency_id="s2")) == {("s2", "O1"): (A,)}


def sheets(*given: tuple[str, str, str], head: tuple[str, ...] = HEAD) -> Any:
    """A workbook with a form of one row on each sheet: (name of the sheet, words above its table, item)."""
    book = book_of([(given[0][1],), head, (1, given[0][2], "", A + "1", "")], given[0][0])
    for name, title, item in given[1:]:
        sheet = book.create_sheet(name)
        for row in ((title,), head, (1, item, "", A + item, "")):
            sheet.append(row)
    return book


@pytest.mark.parametrize("name", ["Sheet2", "ต่อ", "OIT (2)", "พัสดุ", "กองคลัง", "ครั้งที่ ๒", "จัดซื้อจัดจ้าง"])
def test_a_sheet_that_names_nobody_goes_on_with_the_one_before_and_says_so(name: str) -> None:
    intake = read(sheets(("สบห้วย", NAME, "O1"), (name, "", "O2")), name="แบบ.xlsx")
    assert list(urls(intake)) == [("t1", "O1"), ("t1", "O2")]
    (told,) = [one for report in intake.files for one in report.notes if one.code == "agency_from_sheet_before"]
    assert "สบห้วย" in told.was and "t1" in told.says("th")


@pytest.mark.parametrize(
    ("name", "title", "code"),
    [
        ("ดอนเจียง", "", "agency_not_registered"),
        ("อบต.ดอนเจียง", "", "agency_not_registered"),
        ("Sheet2", "อบต.ดอนเจียง", "agency_not_registered"),
        ("2. ไผ่งาม", "", "agency_unsure"),
        ("Sheet2", "ไผ่งาม", "agency_unsure"),
    ],
)
def test_a_sheet_of_an_agency_that_is_not_known_is_not_given_to_the_one_before(
    name: str, title: str, code: str
) -> None:
    intake = read(sheets(("สบห้วย", NAME, "O1"), (name, title, "O2"), ("Sheet3", "", "O3")), name="แบบ.xlsx")
    assert list(urls(intake)) == [("t1", "O1")]
    assert codes(intake) == [(), (code,), (code,)], "what follows it is not certain either"


def test_a_sheet_called_as_an_agency_is_that_agencys() -> None:
    book = sheets(("ทต.สบห้วย", "", "O1"), ("s2", "", "O2"), ("นครธาน", "", "O3"), ("ดอนกระเจียวทง", "", "O18"))
    intake = read(book, name="รวมทุกหน่วยงาน.xlsx")
    assert list(urls(intake)) == [("t1", "O1"), ("s2", "O2")]
    assert codes(intake)[2:] == [("agency_unsure",), ("agency_unsure",)]


def test_a_sheet_called_like_an_id_in_a_form_of_another_agency_is_asked_about() -> None:
    intake = read(sheets(("OIT", NAME, "O1"), ("S2", "", "O2")), name="ทต.สบห้วย.xlsx")
    assert list(urls(intake)) == [("t1", "O1")] and codes(intake)[1] == ("agency_unsure",)
    named = read(sheets(("OIT", NAME, "O1"), ("อบต.ไผ่งาม", "", "O2")), name="ทต.สบห้วย.xlsx")
    assert list(urls(named)) == [("t1", "O1"), ("s2", "O2")]


def test_a_sheet_goes_on_in_the_year_it_names() -> None:
    book = sheets(("Sheet1", NAME + " ปีงบประมาณ 2566", "O1"), ("Sheet2", "ปีงบประมาณ 2568", "O2"))
    intake = read(book, name="แบบ.xlsx")
    assert list(urls(intake)) == [("t1", "O1")]
    assert codes(intake)[1] == ("agency_not_named",), "it is not registered for that year"


def test_a_usual_workbook_of_one_agency_is_read_whatever_its_sheets_are_called() -> None:
    titles = ("ตัวชี้วัดที่ 9", "ดอนแก้ว", "OIT", "การให้บริการ")
    book = sheets(
        ("หน้าหลัก", NAME, "O1"), *((title, "", f"O{n}") for n, title in zip((2, 3, 18, 21), titles, strict=True))
    )
    assert len(urls(read(book, name="แบบ.xlsx"))) == 5
    cover = sheets(("ดอนเจียง", "", "O1"), ("สบห้วย", "", "O2"))
    assert next(iter(urls(read(cover, name="อบต.ไผ่งาม.xlsx")))) == ("s2", "O1"), "the file says whose it is"


def test_a_form_of_one_agency_sent_under_the_name_of_another_is_asked_about() -> None:
    book = form((1, "O1", "", A))
    assert codes(read(book, name="อบต.ไผ่งาม.xlsx")) == [("agency_unsure",)]
    asked: list[Any] = []

    def answer(question: Any) -> str:
        asked.append(question)
        return "s2"

    intake = read(book, name="อบต.ไผ่งาม.xlsx", ask=answer)
    assert urls(intake) == {("s2", "O1"): (A,)}
    assert [one.id for one in asked[0].candidates] == ["t1", "s2"]
    assert "agency_given" in file_codes(intake)


def test_forms_of_another_year_are_refused_and_items_of_another_year_too() -> None:
    book = form((1, "O43", "", A), titles=(TITLE.replace("๒๕๖๖", "๒๕๖๘"), "รพ.สบห้วย"))
    assert codes(read(book)) == [("item_unknown",)]
    assert codes(read(book, year_be=2566)) == [("form_year_other",)]
    assert codes(read(form((1, "O1", "", A), titles=("ปีงบประมาณ 2560", NAME)))) == [("form_year_other",)]


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (("OIT_ปี66",), (2566, 0)),
        (("FY2566",), (2566, 0)),
        (("", "ปีงบประมาณ พ.ศ. ๒๕๖๖"), (2566, 1)),
        (("แบบ_2566",), (2566, 0)),
        (("2566-1 ทต.สบห้วย",), (2566, 0)),
        (("โทร 053-511192",), None),
        (("ตามพระราชบัญญัติการจัดซื้อจัดจ้าง พ.ศ. 2560", "ปีงบประมาณ พ.ศ. 2566"), (2566, 1)),
        (("ระเบียบกระทรวงการคลังว่าด้วยการจัดซื้อจัดจ้าง พ.ศ. 2560 ประจำปีงบประมาณ 2566",), (2566, 0)),
        (("พ.ร.บ. ข้อมูลข่าวสารของราชการ ปี 2540", "OIT 2566"), (2566, 1)),
        (("ระเบียบพัสดุ 2560",), None),
        (("ประกาศสำนักงาน ป.ป.ช. พ.ศ. 2562", "แบบประกาศ OIT 2566"), (2566, 1)),
        (("ข้อมูล ณ วันที่ 31 ตุลาคม 2565", "ปี 2566"), (2566, 1)),
        (("ข้อมูล ณ 31/10/2565",), None),
        (("พิมพ์เมื่อ พ.ศ. 2565", "ประจำปีงบประมาณ 2566"), (2566, 1)),
        (("แผนพัฒนา พ.ศ. 2566 – 2570",), None),
    ],
)
def test_the_year_of_a_form_is_its_fiscal_year(texts: tuple[str, ...], found: tuple[int, int] | None) -> None:
    assert fiscal_year_named(texts) == found


def test_a_law_or_a_date_above_the_table_is_not_its_year() -> None:
    law = "ตามระเบียบกระทรวงการคลังว่าด้วยการจัดซื้อจัดจ้างและการบริหารพัสดุภาครัฐ พ.ศ. 2560"
    for titles in ((law, TITLE, NAME), ("ข้อมูล ณ วันที่ 31 ธันวาคม 2565", TITLE, NAME)):
        intake = read(form((1, "O1", "", A), titles=titles))
        assert [one.year_be for one in intake.items] == [2566]
    other = read(form((1, "O1", "", A), titles=(law, "ปีงบประมาณ พ.ศ. 2561", NAME)))
    assert other.rejected[0].notes[0].cell == "A2"


def test_the_same_in_csv_of_any_make() -> None:
    lines = [TITLE, NAME, "", "ลำดับ;ข้อ;รายการ;URL;หมายเหตุ", f"1;o1;โครงสร้าง;{A};", f'2;O2;;"=HYPERLINK(""{A}2"")";']
    for encoding in ("utf-8-sig", "cp874", "utf-16"):
        intake = read("\r\n".join(lines).encode(encoding), name="แบบ.csv")
        assert urls(intake) == {("t1", "O1"): (A,), ("t1", "O2"): (A + "2",)}
    tabs = "\n".join(lines).replace(";", "\t").encode()
    assert list(urls(read(tabs, name="แบบ.txt"))) == [("t1", "O1"), ("t1", "O2")]


def test_an_open_document_form() -> None:
    def cell(text: str, link: str = "") -> str:
        shown = f'<text:a xlink:href="{link}">{text}</text:a>' if link else text
        return f'<table:table-cell office:value-type="string"><text:p>{shown}</text:p></table:table-cell>'

    def row(*cells: str) -> str:
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    space = "urn:oasis:names:tc:opendocument:xmlns:"
    blank = '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
    table = row(cell(NAME)) + blank + row(*map(cell, HEAD))
    table += row(cell("1"), cell("O1"), cell("โครงสร้าง"), cell("เปิด", A + "1"), cell("รอบ ๑"))
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{space}office:1.0" '
        f'xmlns:table="{space}table:1.0" xmlns:text="{space}text:1.0" xmlns:xlink="http://www.w3.org/1999/xlink">'
        f'<office:body><office:spreadsheet><table:table table:name="OIT">{table}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{space}manifest:1.0"><manifest:file-entry '
        f'manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    intake = read(out.getvalue(), name="แบบ.ods")
    assert urls(intake) == {("t1", "O1"): (A + "1",)}
    assert (intake.rows[0].row, intake.items[0].submission.note) == (5, "รอบ ๑")


def test_a_later_file_counts_and_the_earlier_says_so() -> None:
    first = bytes_of(form((1, "O1", "", A + "old"), (2, "O2", "", A + "2"), (3, "O3", "", A + "3")))
    second = bytes_of(form((1, "O1", "", A + "new"), (2, "O2", "", None), (3, "O3", "", A + "3")))
    given_files = [Attachment("1.xlsx", first), Attachment("2.xlsx", second)]
    intake = read_attachments(given_files, REGISTER, Options())
    assert urls(intake) == {("t1", "O1"): (A + "new",), ("t1", "O2"): (A + "2",), ("t1", "O3"): (A + "3",)}
    assert codes(intake) == [("superseded_by_file",), (), (), (), ("url_blank_kept",), ("repeated_file",)]


_cells = st.one_of(
    st.sampled_from(
        ["", "O1", "ข้อ ๒", "O99", A, "www.b.example", "-", "คลิก", "รวม", "ข้อ", "URL", "โครงสร้าง", "=1+1", NAME]
    ),
    st.text(max_size=8),
)


@given(rows=st.lists(st.tuples(_cells, _cells, _cells, _cells), max_size=10))
def test_every_filled_row_is_accounted_for(rows: list[tuple[str, str, str, str]]) -> None:
    lines = [
        "\t".join(cell.replace("\t", " ").replace("\n", " ").replace("\r", " ").replace('"', "'") for cell in row)
        for row in rows
    ]
    text = "\n".join([NAME, "ลำดับ\tข้อ\tรายการ\tURL", *lines])
    intake = read(text.encode("utf-8", "replace"), name="แบบ.csv")
    shown = text.encode("utf-8", "replace").decode().replace("\0", "")
    filled = sum(
        bool(line.replace("\t", " ").strip())
        for line in __import__("io").StringIO(shown, newline="").read().split("\n")
    )
    assert len({(row.row, row.column) for row in intake.rows}) == len(intake.rows)
    assert len({row.row for row in intake.rows}) + sum(one.rows_beside for one in intake.files) == filled
    assert sum(intake.count(outcome) for outcome in RowOutcome) == len(intake.rows)
    for row in intake.rows:
        assert (row.outcome is RowOutcome.ACCEPTED) == (not row.notes)
        assert all(note.says("th") and note.says("en") for note in row.notes)


def test_a_header_of_urls_merged_across_columns_holds_for_all_of_them() -> None:
    head = ("ลำดับ", "ข้อ", "รายการ", "URL", None, None, "หมายเหตุ")
    book = book_of([(TITLE,), (NAME,), head, (1, "O1", "", A + "1", A + "2", A + "3", "ครบ")])
    book.active.merge_cells("D3:F3")
    intake = read(book)
    assert urls(intake) == {("t1", "O1"): (A + "1", A + "2", A + "3")}
    assert intake.items[0].submission.note == "ครบ"


@pytest.mark.parametrize(
    ("row", "cell"),
    [
        ((1, "O1", "โครงสร้าง", None, A + "note"), "E5"),
        ((1, "O1", "โครงสร้าง " + A + "title", "-", ""), "C5"),
        ((1, "O1", "", A + "own", "", A + "own/beyond"), "F5"),
    ],
)
def test_a_url_in_another_column_is_told_and_not_dropped_in_silence(row: tuple[Any, ...], cell: str) -> None:
    (found,) = read(form(row)).rows
    assert [note.cell for note in found.notes if note.code == "url_elsewhere"] == [cell]


def test_a_note_with_a_url_beside_the_url_is_a_note() -> None:
    assert codes(read(form((1, "O1", "", A + "1", "ดู " + A + "2")))) == [()]


def test_a_status_without_a_url_is_told() -> None:
    head = ("ข้อ", "รายการ", "สถานะ", "URL")
    intake = read(form(("O1", "", "เผยแพร่แล้ว", None), ("O2", "", None, None), ("O3", "", "ไม่มี", None), head=head))
    assert codes(intake) == [("status_without_url",), (), ("url_placeholder",)]


@pytest.mark.parametrize("mark", [";", "|", "\t", ","])
def test_a_list_with_any_separator_is_read_and_what_it_cuts_off_is_told(mark: str) -> None:
    lines = (NAME, mark.join(("ข้อ", "รายการ", "URL")), mark.join(("O1", "โครงสร้าง", f"{A}?a=1{mark}b=2")))
    intake = read("\n".join(lines).encode(), name="แบบ 2566.csv")
    assert urls(intake) == {("t1", "O1"): (A + "?a=1",)}
    assert codes(intake) == [("cell_beyond",)] and intake.rows[0].notes[0].cell == "D3"


def test_a_url_in_a_comment_is_told_but_not_one_of_our_own_comments() -> None:
    book = form((1, "O1", "", None), (2, "O2", "", A + "2"))
    book.active["D5"].comment = Comment("Somchai:\n" + A + "1", "Somchai")
    book.active["D6"].comment = Comment("URL " + A + "x", "oitcheck")
    assert codes(read(book)) == [("url_in_comment",), ()]
