"""PDF files, made byte by byte here so that every fault of a real writer can be made on purpose."""

import hashlib
from datetime import UTC, datetime

import pytest

from oitcheck.extract import pdf, pdf_page
from oitcheck.extract.limits import ExtractLimits
from oitcheck.model.evidence import BlindReason, BlindSpot, Capture, Document, FetchOutcome, Table
from tests.extract.pdf_maker import MARKS, PROSE, Maker, made


def capture(body):
    at = datetime(2026, 1, 1, tzinfo=UTC)
    url = "http://a.example/a.pdf"
    return Capture(url, url, (), FetchOutcome.OK, 200, at, sha256=hashlib.sha256(body).hexdigest())


def read(body, **limits):
    return pdf.read(capture(body), body, ExtractLimits(**limits))


def document(body) -> Document:
    found = read(body)
    assert [type(one) for one in found] == [Document], found
    return found[0]


def lines_of(doc):
    return [line.text for section in doc.sections for line in section.lines]


def tables_of(doc) -> list[Table]:
    return [table for section in doc.sections for table in section.tables]


def test_clean_page_keeps_its_text_and_scores_high():
    doc = document(made(PROSE).body())
    assert lines_of(doc) == list(PROSE)
    assert doc.text_quality >= 0.9
    assert doc.sections[0].at.place == "page:1" and doc.sections[0].lines[2].at.place == "page:1"
    assert doc.readers == ("playa",)


@pytest.mark.parametrize(
    ("drawn", "shown"),
    [
        ("เทศบาลต าบล", "เทศบาลตำบล"),
        ("ประจําปีงบประมาณ", "ประจำปีงบประมาณ"),
        ("เรื\uf70aอง", "เรื่อง"),
        ("ปล ัด", "ปลัด"),
        ("เเผนงาน", "แผนงาน"),
        ("น้้าประปา", "น้ำประปา"),
    ],
)
def test_known_damage_is_repaired_and_named(drawn, shown):
    doc = document(made([*PROSE, drawn]).body())
    assert lines_of(doc)[-1] == shown


def test_marks_that_a_font_calls_blanks_are_found_by_the_dictionary():
    maker = Maker()
    page = maker.page()
    lost = {"ำ": [(" ", 0, "a"), ("า", 500)], "้": [(" ", 0, "b")]}

    def glyphs(text):
        return [glyph for char in text for glyph in lost.get(char, [(char, 0 if char in MARKS else 500)])]

    texts = ["เทศบาลตำบลจัดทำข้อกำหนด", "ผู้รับจ้างต้องดำเนินการให้แล้วเสร็จ", "ค่าจ้างประจำและเจ้าหน้าที่"]
    maker.lines(page, [glyphs(text) for text in texts])
    doc = document(maker.body())
    assert lines_of(doc) == texts
    assert "repair:lost_marks" in doc.readers


def test_font_that_writes_every_aa_as_am_is_put_right():
    texts = ["องค์การบริหารส่วนตำบลไทรงาม", "รายงานการประชุมสภาและการดำเนินงาน", "นายกองค์การบริหารส่วนตำบล"]
    drawn = [text.replace("ำ", " ํ").replace("า", "ำ").replace(" ํ", " ำ") for text in texts]
    doc = document(made(drawn).body())
    assert [line.replace(" ", "") for line in lines_of(doc)] == [text.replace(" ", "") for text in texts]
    assert "repair:sara_aa_as_sara_am" in doc.readers


def test_am_written_with_mai_tho_is_put_right():
    doc = document(made([text.replace("ำ", "้า") for text in (*PROSE, "อำเภอเมือง จำนวนเงิน")]).body())
    assert "ประกาศเทศบาลตำบลตัวอย่าง" in lines_of(doc) and "อำเภอเมือง จำนวนเงิน" in lines_of(doc)


@pytest.mark.parametrize("disguise", [lambda c: chr(ord(c) - 0xE00 + 0xE000), lambda c: chr(ord(c) - 0xE00 + 0xA0)])
def test_thai_in_disguise_is_decoded(disguise):
    drawn = [[(disguise(c) if c > "\u0e00" else c, 0 if c in MARKS else 500) for c in text] for text in PROSE]
    doc = document(made(drawn).body())
    assert lines_of(doc) == list(PROSE)
    assert "repair:disguised_font" in doc.readers


def test_justified_line_is_not_spaced_out():
    doc = document(made([PROSE[2]], spacing=4.0).body())
    assert lines_of(doc) == [PROSE[2]]


def test_words_set_apart_without_a_blank_are_parted():
    maker = Maker()
    page = maker.page()
    maker.text(page, 60, 700, "ลำดับ")
    maker.text(page, 140, 700, "รายการพัสดุ")
    assert lines_of(document(maker.body())) == ["ลำดับ รายการพัสดุ"]


def test_bold_by_double_strike_and_larger_type_is_strong():
    maker = made(PROSE)
    maker.text(maker.pages[0], 60, 600, "หัวข้อใหญ่", size=24)
    maker.text(maker.pages[0], 60, 560, "ตัวหนา", font="Sarabun-Bold")
    maker.text(maker.pages[0], 60, 520, "พิมพ์ซ้ำ")
    maker.text(maker.pages[0], 60.3, 520, "พิมพ์ซ้ำ")
    lines = document(maker.body()).sections[0].lines
    assert {line.text for line in lines if line.strong} == {"หัวข้อใหญ่", "ตัวหนา"}
    assert lines[-1].text == "พิมพ์ซ้ำ"


def test_page_turned_sideways_reads_the_same():
    maker = Maker()
    page = maker.page(rotate=90)
    for number, line in enumerate(PROSE):
        maker.text(page, 60 + 24 * number, 60, line, matrix="0 1 -1 0")
    assert lines_of(document(maker.body())) == list(PROSE)


def table_page(maker, rows, *, top=700, header=(), above=()):
    """A ruled table of three columns; a header gives two rows, the first merged over columns two and three."""
    page = maker.page()
    maker.lines(page, above, top=top + 24 * len(above) + 8)
    xs, count = (60, 120, 320, 520), len(rows) + len(header)
    ys = [top - 30 * n for n in range(count + 1)]
    for n, y in enumerate(ys):
        page.rule(60 if n != 1 or not header else 120, y, 520, y)
    page.rule(60, ys[0], 60, ys[-1])
    page.rule(120, ys[0], 120, ys[-1])
    page.rule(320, ys[1] if header else ys[0], 320, ys[-1])
    page.rule(520, ys[0], 520, ys[-1])
    for n, row in enumerate((*header, *rows)):
        for x, cell in zip(xs, row, strict=False):
            maker.text(page, x + 4, ys[n] - 20, cell, size=12)
    return page


HEADER = (("ลำดับ", "รายละเอียด"), ("", "รายการ", "งบประมาณ"))
ROWS = (("1", "ซ่อมถนน", "98,000.00"), ("2", "ขุดลอกคลอง", "45,500.00"))


def test_ruled_table_with_merged_header():
    maker = Maker()
    table_page(maker, ROWS, header=HEADER, above=("สรุปผลการจัดซื้อจัดจ้าง", "ในรอบเดือนตุลาคม 2565"))
    doc = document(maker.body())
    (table,) = tables_of(doc)
    assert table.header == ("ลำดับ", "รายละเอียด รายการ", "รายละเอียด งบประมาณ")
    assert table.rows == ROWS
    assert table.caption == ("สรุปผลการจัดซื้อจัดจ้าง", "ในรอบเดือนตุลาคม 2565")
    assert lines_of(doc) == ["สรุปผลการจัดซื้อจัดจ้าง", "ในรอบเดือนตุลาคม 2565"], "text of cells is not repeated as lines"


def test_table_that_goes_on_over_the_page_is_one():
    maker = Maker()
    table_page(maker, ROWS, header=HEADER)
    more = table_page(maker, (("3", "วางท่อระบายน้ำ", "120,000.00"), ("4", "ทาสีสะพาน", "9,000.00")))
    maker.text(more, 290, 820, "- 2 -")
    doc = document(maker.body())
    (table,) = tables_of(doc)
    assert [row[0] for row in table.rows] == ["1", "2", "3", "4"]
    assert table.row_places == ("page:1", "page:1", "page:2", "page:2")
    assert table.row_at(3).place == "page:2"


def test_table_under_a_title_of_its_own_is_another():
    maker = Maker()
    table_page(maker, ROWS, header=HEADER, above=("เดือนตุลาคม 2565",))
    table_page(maker, ROWS, header=HEADER, above=("เดือนพฤศจิกายน 2565",))
    captions = [table.caption for table in tables_of(document(maker.body()))]
    assert captions == [("เดือนตุลาคม 2565",), ("เดือนพฤศจิกายน 2565",)]


def ruled(maker, page, xs, ys, rows, *, open_top=False, open_bottom=False):
    """Rows between the heights `ys` in the columns `xs`; an open end has no rule, as where the page break cut a row."""
    for y in ys[open_top : len(ys) - open_bottom]:
        page.rule(xs[0], y, xs[-1], y)
    for x in xs:
        page.rule(x, ys[0], x, ys[-1])
    for y, row in zip(ys, rows, strict=False):
        for x, cell in zip(xs, row, strict=False):
            maker.text(page, x + 4, y - 20, cell, size=12)


PLAN = ("ประเด็น", "มาตรการ", "ผู้รับผิดชอบ", "ระยะเวลา")
PLAN_XS = (60, 160, 330, 440, 540)
TASKS = (
    ("1", "จัดทำคู่มือ", "สำนักปลัด", "ตลอดปี"),
    ("2", "อบรมบุคลากร", "กองคลัง", "ไตรมาสแรก"),
    ("3", "ตรวจสอบพัสดุ", "กองช่าง", "ไตรมาสที่สอง"),
)


@pytest.mark.parametrize("other_xs", [(60, 120, 250, 420, 540), (60, 160, 345, 440, 540), (60, 200, 400)])
def test_tables_that_touch_are_parted_where_the_columns_change(other_xs):
    maker = Maker()
    page = maker.page()
    other = [row[: len(other_xs) - 1] for row in (("เรื่อง", "รายการ", "จำนวน", "หมายเหตุ"), *TASKS)]
    ruled(maker, page, PLAN_XS, (700, 670, 640), (PLAN, TASKS[0]))
    ruled(maker, page, other_xs, (640, 610, 580, 550, 520), other)
    first, second = tables_of(document(maker.body()))
    assert (first.header, first.rows) == (PLAN, TASKS[:1])
    assert (second.header, second.rows) == (other[0], tuple(other[1:]))


def test_merged_cells_do_not_part_a_table():
    maker = Maker()
    page = maker.page()
    title, total = (("แผนปฏิบัติการ",), ("รวม", "จัดทำและอบรม", "สามหน่วยงาน"))
    ruled(maker, page, (60, 540), (700, 670), (title,))
    ruled(maker, page, (60, 160, 540), (670, 640), (("ประเด็น", "รายละเอียด"),))
    ruled(maker, page, PLAN_XS, (640, 610, 580, 550), (("", *PLAN[1:]), *TASKS[:2]))
    ruled(maker, page, (60, 160, 440, 540), (550, 520), (total,))
    (table,) = tables_of(document(maker.body()))
    assert table.caption == title
    assert [row[0] for row in table.rows] == ["1", "2", "รวม"]
    assert table.rows[-1] == ("รวม", "จัดทำและอบรม", "จัดทำและอบรม", "สามหน่วยงาน")


def test_form_whose_lines_are_parted_differently_stays_one():
    maker = Maker()
    page = maker.page()
    ruled(maker, page, (60, 300, 540), (700, 670), (("ชื่อ นายสมชาย", "สกุล ใจดี"),))
    ruled(maker, page, (60, 200, 540), (670, 640), (("อายุ 30 ปี", "ที่อยู่ บ้านตัวอย่าง"),))
    assert len(tables_of(document(maker.body()))) == 1


@pytest.mark.parametrize("repeats", [False, True])
def test_header_at_the_end_of_a_page_heads_the_rows_on_the_next(repeats):
    maker = Maker()
    ruled(maker, maker.page(), PLAN_XS, (90, 60), (PLAN,))
    shifted = tuple(x + 12 for x in PLAN_XS)
    rows = (*([PLAN] if repeats else []), *TASKS)
    ruled(maker, maker.page(), shifted, [780 - 30 * n for n in range(len(rows) + 1)], rows)
    (table,) = tables_of(document(maker.body()))
    assert (table.header, table.rows) == (PLAN, TASKS)
    assert table.at.place == "page:1" and set(table.row_places) == {"page:2"}


def test_lone_header_takes_rows_that_look_like_a_header_themselves():
    maker = Maker()
    wordy = (("รายการพัสดุ", "จำนวนมาก", "หน่วยงานคลัง", "วันที่กำหนด"), ("โครงการ", "กิจกรรม", "กองช่าง", "ปี"))
    ruled(maker, maker.page(), PLAN_XS, (90, 60), (PLAN,))
    ruled(maker, maker.page(), PLAN_XS, (780, 750, 720), wordy)
    (table,) = tables_of(document(maker.body()))
    assert (table.header, table.rows) == (PLAN, wordy)


def test_part_whose_cells_are_merged_joins_the_columns_of_the_table():
    maker = Maker()
    ruled(maker, maker.page(), PLAN_XS, (120, 90, 60), (PLAN, TASKS[0]))
    ruled(maker, maker.page(), (60, 160, 440, 540), (780, 750), (("2", "อบรมโดยกองคลัง", "ตลอดปี"),))
    (table,) = tables_of(document(maker.body()))
    assert table.rows == (TASKS[0], ("2", "อบรมโดยกองคลัง", "อบรมโดยกองคลัง", "ตลอดปี"))


def test_row_that_the_page_break_left_open_is_made_whole():
    maker = Maker()
    ruled(maker, maker.page(), PLAN_XS, (120, 90, 60), (PLAN, TASKS[0]), open_bottom=True)
    rest = ("", "และเผยแพร่", "ร่วมกับกองคลัง", "")
    ruled(maker, maker.page(), PLAN_XS, (780, 750, 720), (rest, TASKS[1]), open_top=True)
    body = maker.body()
    (table,) = tables_of(document(body))
    whole = ("1", "จัดทำคู่มือ และเผยแพร่", "สำนักปลัด ร่วมกับกองคลัง", "ตลอดปี")
    assert (table.header, table.rows) == (PLAN, (whole, TASKS[1]))
    assert table.row_places == ("page:1", "page:2")
    assert whole[1] in pdf.text_at(body, "page:1") and rest[1] in pdf.text_at(body, "page:2")


def test_row_left_open_under_a_header_that_the_next_page_repeats_is_made_whole():
    maker = Maker()
    ruled(maker, maker.page(), PLAN_XS, (120, 90, 60), (PLAN, TASKS[0]), open_bottom=True)
    rest = ("ต่อ", "และเผยแพร่", "ร่วมกับกองคลัง", "")
    ruled(maker, maker.page(), PLAN_XS, (780, 750, 720, 690), (PLAN, rest, TASKS[1]))
    (table,) = tables_of(document(maker.body()))
    assert table.rows == (("1 ต่อ", "จัดทำคู่มือ และเผยแพร่", "สำนักปลัด ร่วมกับกองคลัง", "ตลอดปี"), TASKS[1])


def test_cell_that_spans_rows_on_both_pages_is_repeated_whole():
    maker = Maker()
    xs = PLAN_XS
    for page, ys in ((maker.page(), (120, 90, 60)), (maker.page(), (780, 750, 720))):
        first = page is maker.pages[0]
        page.rule(xs[0], ys[0 if first else 2], xs[-1], ys[0 if first else 2])
        page.rule(xs[0] if first else xs[1], ys[1], xs[-1], ys[1])
        for x in xs:
            page.rule(x, ys[0], x, ys[-1])
        for y, row in zip(ys, (PLAN, TASKS[0]) if first else (("ต่อ", "ให้ครบ"), ("", *TASKS[1][1:])), strict=False):
            for x, cell in zip(xs, row, strict=False):
                maker.text(page, x + 4, y - 20, cell, size=12)
    (table,) = tables_of(document(maker.body()))
    assert table.rows == (("1 ต่อ", "จัดทำคู่มือ ให้ครบ", *TASKS[0][2:]), ("1 ต่อ", *TASKS[1][1:]))


@pytest.mark.parametrize(
    ("rest", "merged"),
    [
        (("", "และเผยแพร่ผลต่อสาธารณะ", "", ""), True),
        (("", "และเผยแพร่", "ร่วมกับกองคลัง", ""), True),
        (("", "อบรมซ้ำ", "กองคลัง", "ตลอดปี"), False),
        (("2", "อบรมซ้ำ", "", ""), False),
        (("", "รวมทั้งสิ้น", "", ""), False),
        (("", "5,000.00", "", ""), False),
    ],
)
def test_first_row_of_the_next_page_is_the_rest_of_the_last_only_when_clearly_so(rest, merged):
    maker = Maker()
    ruled(maker, maker.page(), PLAN_XS, (120, 90, 60), (PLAN, TASKS[0]))
    ruled(maker, maker.page(), PLAN_XS, (780, 750, 720), (rest, TASKS[2]))
    (table,) = tables_of(document(maker.body()))
    whole = tuple(f"{cell} {more}".strip() for cell, more in zip(TASKS[0], rest, strict=True))
    assert table.rows == ((whole, TASKS[2]) if merged else (TASKS[0], rest, TASKS[2]))


def test_rows_without_a_number_are_left_where_the_table_has_more_of_them():
    maker = Maker()
    step = ("", "ประกาศแผน", "", "")
    ruled(maker, maker.page(), PLAN_XS, (150, 120, 90, 60), (PLAN, (*TASKS[0][:3], ""), step))
    ruled(maker, maker.page(), PLAN_XS, (780, 750, 720), (("", "ติดตามผล", "", ""), TASKS[1]))
    (table,) = tables_of(document(maker.body()))
    assert [row[1] for row in table.rows] == ["จัดทำคู่มือ", "ประกาศแผน", "ติดตามผล", "อบรมบุคลากร"]


def test_other_table_at_the_top_of_the_next_page_is_another():
    maker = Maker()
    ruled(maker, maker.page(), PLAN_XS, (120, 90, 60), (PLAN, TASKS[0]))
    ruled(maker, maker.page(), (60, 200, 300, 540), (780, 750, 720), (("ก", "ข", "ค"), ("ง", "จ", "ฉ")))
    ruled(maker, maker.page(), PLAN_XS, (780, 750, 720), (("เรื่อง", "รายการ", "จำนวน", "หมายเหตุ"), TASKS[1]))
    assert [len(table.rows[0]) for table in tables_of(document(maker.body()))] == [4, 3, 4]


def test_boxes_of_a_chart_are_no_table_and_keep_their_lines_together():
    maker = Maker()
    page = maker.page()
    for x, name in ((60, "นายสมชาย"), (300, "นางสมหญิง")):
        page.content.append(f"{x} 600 160 60 re S".encode())
        maker.text(page, x + 10, 640, name)
        maker.text(page, x + 10, 612, "ผู้อำนวยการกองคลัง" if x == 60 else "ผู้อำนวยการกองช่าง")
    doc = document(maker.body())
    assert not tables_of(doc)
    assert lines_of(doc) == ["นายสมชาย", "ผู้อำนวยการกองคลัง", "นางสมหญิง", "ผู้อำนวยการกองช่าง"]


def test_place_holds_every_line_and_cell_of_the_page():
    maker = Maker()
    table_page(maker, ROWS, header=HEADER, above=("เทศบาลต าบล",))
    maker.lines(maker.page(), PROSE)
    body = maker.body()
    doc = document(body)
    text = pdf.text_at(body, "page:1")
    table = tables_of(doc)[0]
    for part in (*doc.sections[0].lines[0].text.splitlines(), *(cell for row in table.rows for cell in row)):
        assert part in text
    assert PROSE[0] in pdf.text_at(body, "page:2") and PROSE[0] not in text
    assert PROSE[0] in pdf.text_at(body, "page:1-2")
    assert pdf.text_at(body, "page:9") == "" == pdf.text_at(b"junk", "page:1") == pdf.text_at(body, "sheet:x")


def test_pages_without_text_are_blind_spots_beside_the_readable_ones():
    maker = made(PROSE)
    for _ in range(2):
        maker.page().content.append(b"q 595 0 0 842 0 0 cm /Im Do Q")
    maker.page()
    doc, blind = read(maker.body())
    assert isinstance(doc, Document) and lines_of(doc) == list(PROSE) and doc.pages == 4
    assert blind == BlindSpot(blind.capture, BlindReason.SCANNED_NO_OCR, "page:2-3")


def test_scan_only_gives_no_document():
    maker = Maker()
    maker.page().content.append(b"q 595 0 0 842 0 0 cm /Im Do Q")
    (blind,) = read(maker.body())
    assert (blind.reason, blind.place) == (BlindReason.SCANNED_NO_OCR, "page:1")


def test_large_picture_with_a_caption_is_read_and_reported():
    maker = made(("โครงสร้างองค์กรของเทศบาลตำบล",))
    maker.pages[0].content.append(b"q 400 0 0 600 50 100 cm /Im Do Q")
    doc, blind = read(maker.body())
    assert lines_of(doc) and (blind.reason, blind.place) == (BlindReason.IMAGE_NO_OCR, "page:1")


@pytest.mark.parametrize(
    "junk",
    [
        (
            "x'kuqffinr:vivr:ei'luez'rualvr:dau fin2ilol:cardecoau",
            "o | - qtt CIeu?a oo !o 14{u o,la,cr,d",
            "ir.FJtt t3a{",
        ),
        ("Αγωβο Εα Βυ Εα Γκβ", "τηα Βωα Γκχ Ιθκ Ευ ευο", "Αγωβ ΟΕα Βυ γκχ"),
    ],
)
def test_junk_layer_is_garbled_and_not_used(junk):
    (blind,) = read(made(junk).body())
    assert (blind.reason, blind.place) == (BlindReason.GARBLED, "page:1")


def test_password():
    locked, open_to_all = made(PROSE).body(password=b"secret"), made(PROSE).body(password=b"")
    (blind,) = read(locked)
    assert blind.reason is BlindReason.ENCRYPTED
    assert lines_of(document(open_to_all)) == list(PROSE)


def test_broken_and_empty_files():
    body = made(PROSE).body()
    assert [spot.reason for spot in read(b"")] == [BlindReason.EMPTY_FILE]
    assert [spot.reason for spot in read(b"%PDF-1.7\nnothing more")] == [BlindReason.CORRUPT]
    assert [spot.reason for spot in read(b"%PDF-1.7\n" + bytes(range(256)) * 8)] == [BlindReason.CORRUPT]
    assert [spot.reason for spot in read(Maker().body())] == [BlindReason.CORRUPT], "no pages"
    for cut in range(20, len(body), 97):
        assert all(isinstance(one, Document | BlindSpot) for one in read(body[:cut]))


def test_file_without_its_table_of_objects_is_still_read():
    body = made(PROSE).body()
    doc, cut = read(body[: body.rindex(b"xref\n0")])
    assert lines_of(doc) == list(PROSE)
    assert (cut.reason, cut.place) == (BlindReason.CORRUPT, "page:2"), "its end is missing, and perhaps pages"
    assert len(read(body.replace(b"%PDF-1.4\n", b"%%PDF-1.4\n%%<</Linearized 1/L %d>>" % (9 * len(body)), 1))) == 2


def test_pages_beyond_the_limit_are_reported():
    maker = made(PROSE)
    for _ in range(3):
        maker.lines(maker.page(), PROSE)
    doc, blind = read(maker.body(), pages=2)
    assert len(doc.sections) == 2 and doc.pages == 4
    assert (blind.reason, blind.place) == (BlindReason.TOO_LARGE, "page:3-4")


def test_second_reader_steps_in_where_the_first_one_fails(monkeypatch):
    def fail(page, number):
        raise RecursionError

    monkeypatch.setattr(pdf_page, "_read_page", fail)
    body = made([*PROSE, "เทศบาลต าบล"]).body()
    doc = document(body)
    assert doc.readers[0] == "pdfium" and "repair:split_sara_am" in doc.readers
    assert lines_of(doc)[0] == PROSE[0] and lines_of(doc)[-1] == "เทศบาลตำบล"
    assert "เทศบาลตำบล" in pdf.text_at(body, "page:1")


def test_title_is_that_of_the_file_only_when_it_is_thai():
    named = Maker(title=b"\xfe\xff" + "แผนปฏิบัติการประจำปี".encode("utf-16-be"))
    named.lines(named.page(), PROSE)
    assert document(named.body()).title == "แผนปฏิบัติการประจำปี"
    unnamed = Maker(title=b"Microsoft Word - Document1")
    unnamed.lines(unnamed.page(), PROSE)
    assert document(unnamed.body()).title == PROSE[0]
