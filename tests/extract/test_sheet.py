"""Workbooks and CSV files as agencies save them."""

import hashlib
from datetime import UTC, date, datetime
from io import BytesIO

import openpyxl
import pytest
import xlsxwriter

from oitcheck.extract import formulas, sheet
from oitcheck.extract.limits import ExtractLimits
from oitcheck.model.evidence import BlindReason, BlindSpot, Capture, Document, FetchOutcome
from tests.extract.office_files import open_document


def read(body, **limits):
    at = datetime(2026, 1, 1, tzinfo=UTC)
    url = "http://a.example/a.xlsx"
    capture = Capture(url, url, (), FetchOutcome.OK, 200, at, sha256=hashlib.sha256(body).hexdigest())
    return sheet.read(capture, body, ExtractLimits(**limits))


def workbook(fill):
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        fill(book)
    return out.getvalue()


def summary(book):
    page = book.add_worksheet("ต.ค.65")
    page.merge_range("A1:D1", "สรุปผลการดำเนินการจัดซื้อจัดจ้าง")
    page.merge_range("A2:D2", "ในรอบเดือน ตุลาคม 2565")
    page.merge_range("A4:A5", "ลำดับที่")
    page.merge_range("B4:B5", "งานที่จัดซื้อหรือจัดจ้าง")
    page.merge_range("C4:D4", "ผู้ได้รับการคัดเลือก")
    page.write_row("C5", ["ชื่อ", "ราคา (บาท)"])
    page.write_row("A6", [1, "ซ่อมถนน", "ร้านหนึ่ง", 98000.0])
    page.write_row("A7", [2, "จ้างพิมพ์เอกสาร", "ร้านสอง", 1250.5])
    page.write("A12", "ลงชื่อ ผู้รายงาน")


def test_title_block_two_header_rows_and_places():
    body = workbook(summary)
    (document,) = read(body)
    assert isinstance(document, Document) and document.kind == "xlsx"
    (section,) = document.sections
    assert section.heading == ("ต.ค.65",)
    (table,) = section.tables
    assert table.caption == ("สรุปผลการดำเนินการจัดซื้อจัดจ้าง", "ในรอบเดือน ตุลาคม 2565")
    assert table.header == (
        "ลำดับที่", "งานที่จัดซื้อหรือจัดจ้าง", "ผู้ได้รับการคัดเลือก ชื่อ", "ผู้ได้รับการคัดเลือก ราคา (บาท)",
    )  # fmt: skip
    assert table.rows == (("1", "ซ่อมถนน", "ร้านหนึ่ง", "98000"), ("2", "จ้างพิมพ์เอกสาร", "ร้านสอง", "1250.5"))
    assert table.at.place == "sheet:ต.ค.65!A1:D7"
    assert table.row_places == ("sheet:ต.ค.65!A6:D6", "sheet:ต.ค.65!A7:D7")
    assert [line.text for line in section.lines] == ["ลงชื่อ ผู้รายงาน"]
    assert document.title == table.caption[0]


def test_place_gives_its_cells_back():
    body = workbook(summary)
    text = sheet.text_at(body, "sheet:ต.ค.65!A7:D7")
    assert text.splitlines()[0] == "2 จ้างพิมพ์เอกสาร ร้านสอง 1250.5" and "ร้านสอง" in text.splitlines()
    assert "ซ่อมถนน" not in text
    assert sheet.text_at(body, "sheet:อื่น!A1:B2") == "" == sheet.text_at(b"", "sheet:x!A1:B2")


def test_dates_and_numbers_are_shown_as_officials_write_them():
    def fill(book):
        page = book.add_worksheet("a")
        day = book.add_format({"num_format": "d/m/yyyy"})
        page.write_row("A1", ["วันที่", "จำนวนเงิน"])
        page.write_datetime("A2", date(2022, 10, 15), day)
        page.write("B2", 0.1 + 0.2)
        page.write_datetime("A3", date(2565, 3, 1), day)
        page.write("B3", 12)

    (document,) = read(workbook(fill))
    (table,) = document.sections[0].tables
    assert table.rows == (("15 ต.ค. 2565", "0.3"), ("1 มี.ค. 2565", "12"))


def test_tables_parted_by_empty_rows_are_two_and_a_gap_inside_one_is_not():
    def fill(book):
        page = book.add_worksheet("a")
        for row, cells in {
            0: ("ลำดับ", "โครงการ", "งบประมาณ"), 1: (1, "ก่อสร้างถนน", 5000), 3: (2, "ขุดลอกคลอง", 7000),
            6: ("เดือน", "จำนวนเรื่อง", "หมายเหตุ"), 7: ("ตุลาคม", 3, "-"), 8: ("พฤศจิกายน", 0, "-"),
        }.items():  # fmt: skip
            page.write_row(row, 1, cells)

    (document,) = read(workbook(fill))
    first, second = document.sections[0].tables
    assert [row[0] for row in first.rows] == ["1", "2"] and first.row_places[1] == "sheet:a!B4:D4"
    assert second.header == ("เดือน", "จำนวนเรื่อง", "หมายเหตุ") and len(second.rows) == 2


def test_hidden_sheet_is_read_and_named():
    def fill(book):
        book.add_worksheet("แสดง").write_row("A1", ["ก", "ข"])
        hidden = book.add_worksheet("ซ่อน")
        hidden.write_row("A1", ["ค", "ง"])
        hidden.hide()

    (document,) = read(workbook(fill))
    assert [section.heading for section in document.sections] == [("แสดง",), ("ซ่อน",)]
    assert document.readers == ("calamine", "hidden sheet: ซ่อน")


def test_links_in_cells():
    book = openpyxl.Workbook()
    book.active.title = "ลิงก์"
    book.active.append(["รายการ", "ไฟล์"])
    book.active.append(["แผน", "ดาวน์โหลด"])
    book.active["B2"].hyperlink = "http://a.example/plan.pdf"
    out = BytesIO()
    book.save(out)
    (document,) = read(out.getvalue())
    (link,) = document.sections[0].links
    assert (link.url, link.text, link.at.place) == ("http://a.example/plan.pdf", "ดาวน์โหลด", "sheet:ลิงก์!B2:B2")


@pytest.mark.parametrize(
    ("charset", "delimiter"), [("cp874", ";"), ("utf-8-sig", ","), ("utf-8", "\t"), ("utf-16", ",")]
)
def test_csv_charset_and_delimiter(charset, delimiter):
    rows = [["สถิติเรื่องร้องเรียน", ""], ["เดือน", "จำนวน (เรื่อง)"], ["ตุลาคม 2566", "0"], ["พฤศจิกายน 2566", "1"]]
    body = "\r\n".join(delimiter.join(row) for row in rows).encode(charset)
    (document,) = read(body)
    (table,) = document.sections[0].tables
    assert document.kind == "csv" and document.sections[0].heading == ()
    assert table.header == ("เดือน", "จำนวน (เรื่อง)") and table.rows[1] == ("พฤศจิกายน 2566", "1")
    assert "พฤศจิกายน 2566" in sheet.text_at(body, table.row_places[1])


def test_rows_beyond_the_limit_are_reported():
    body = workbook(lambda book: [book.add_worksheet("a").write_row(n, 0, [n, "x"]) for n in range(1)])
    assert len(read(body)) == 1
    long = "\n".join(f"{n},รายการ" for n in range(50)).encode()
    document, blind = read(long, rows=10)
    assert isinstance(document, Document) and blind == BlindSpot(blind.capture, BlindReason.TOO_LARGE, "sheet:csv")


def test_files_that_cannot_be_read():
    good = workbook(summary)
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(200)
    for body, reason in (
        (b"", BlindReason.EMPTY_FILE),
        (good[: len(good) // 2], BlindReason.CORRUPT),
        (b"PK\x03\x04" + bytes(50), BlindReason.CORRUPT),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900), BlindReason.CORRUPT),
        (locked, BlindReason.ENCRYPTED),
        (workbook(lambda book: book.add_worksheet("ว่าง")), BlindReason.EMPTY_FILE),
    ):
        (blind,) = read(body)
        assert isinstance(blind, BlindSpot) and blind.reason is reason


def test_date_only_cells():
    assert sheet._shown(date(2023, 1, 5)) == "5 ม.ค. 2566"
    assert sheet._shown(datetime(2023, 1, 5, 9, 30, tzinfo=UTC)) == "5 ม.ค. 2566 09.30 น."


def test_formulas_without_results_are_no_blanks():
    book = openpyxl.Workbook()
    page = book.active
    page.title = "ราคา"
    for row in (["รายการ", "ราคา"], ["ซ่อมถนน", "=SUM(1,2)"], ["ขุดคลอง", 5], ["รวม", '=IF(1=1,"ง","")']):
        page.append(row)
    out = BytesIO()
    book.save(out)
    document, spot = read(out.getvalue())
    assert isinstance(document, Document)
    assert (spot.reason, spot.place) == (BlindReason.NOT_CALCULATED, "sheet:ราคา!B2:B4")
    # A formula whose result is an empty text has a result.
    assert formulas._block(b'<c r="A2" t="str"><f>x</f><v></v></c><c r="B2"><f t="shared" si="0"/><v>0</v></c>') == ""
    assert formulas._block(b'<c r="AA2"><f t="shared" si="0"/></c><c r="B7" t="str"><f>x</f></c>') == "B2:AA7"


def test_thai_date_formats():
    def fill(book):
        page = book.add_worksheet("a")
        for row, code in enumerate(
            ("[$-107041E]d mmmm yyyy;@", "[$-D07041E]d mmm yy", "[$-th-TH,D07]d mmm yyyy", "d mmm bbbb", "t0d/mmm/yy")
        ):
            page.write(row, 0, "วันที่")
            page.write_number(row, 1, 44849, book.add_format({"num_format": code}))

    (document,) = read(workbook(fill))
    shown = [cell for table in document.sections[0].tables for row in (table.header, *table.rows) for cell in row]
    assert shown.count("15 ต.ค. 2565") == 5


ODS_SHEET = """<table:table table:name="ต.ค.65"><table:table-row>
<table:table-cell office:value-type="string"><text:p>รายการ</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>ราคา</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>วันที่</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>ซ่อมถนน</text:p></table:table-cell>
<table:table-cell office:value-type="float" office:value="98000"><text:p>98,000.00</text:p></table:table-cell>
<table:table-cell office:value-type="date" office:date-value="2022-10-15"><text:p>15 ต.ค. 65</text:p></table:table-cell>
</table:table-row><table:table-row>
<table:table-cell office:value-type="string"><text:p>ขุดคลอง</text:p></table:table-cell>
<table:table-cell {}/><table:table-cell/></table:table-row></table:table>"""


def test_ods():
    body = open_document(
        "spreadsheet", ODS_SHEET.format('table:formula="of:=1+1" office:value-type="float" office:value="2"')
    )
    (document,) = read(body)
    (table,) = document.sections[0].tables
    assert document.kind == "ods" and document.sections[0].heading == ("ต.ค.65",)
    assert table.header == ("รายการ", "ราคา", "วันที่")
    assert table.rows == (("ซ่อมถนน", "98000", "15 ต.ค. 2565"), ("ขุดคลอง", "2", ""))
    assert "ซ่อมถนน 98000 15 ต.ค. 2565" in sheet.text_at(body, table.row_places[0])
    body = open_document("spreadsheet", ODS_SHEET.format('table:formula="of:=1+1"'))
    _, spot = read(body)
    assert (spot.reason, spot.place) == (BlindReason.NOT_CALCULATED, "sheet:ต.ค.65")
    locked = {"META-INF/manifest.xml": LOCKED_MANIFEST}
    (spot,) = read(open_document("spreadsheet", ODS_SHEET, locked))
    assert spot.reason is BlindReason.ENCRYPTED


LOCKED_MANIFEST = """<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
<manifest:file-entry manifest:full-path="content.xml" manifest:size="9"><manifest:encryption-data
manifest:checksum="x"/></manifest:file-entry></manifest:manifest>"""
