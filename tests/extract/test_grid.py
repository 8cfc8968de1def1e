"""Title block, header and body of grids, and the repetition of merged cells."""

from __future__ import annotations

from oitcheck.extract.grid import MAX_CELLS, Cell, expand, grid_table


def test_merged_cells_are_repeated() -> None:
    grid = expand(
        [
            [Cell("ที่", rows=2), Cell("ผู้เสนอราคา", columns=2), Cell("หมายเหตุ", rows=3)],
            [Cell("ชื่อ"), Cell("ราคา")],
            [Cell("1"), Cell("ร้านดี"), Cell("900")],
        ]
    )
    assert grid == (
        ("ที่", "ผู้เสนอราคา", "ผู้เสนอราคา", "หมายเหตุ"),
        ("ที่", "ชื่อ", "ราคา", "หมายเหตุ"),
        ("1", "ร้านดี", "900", "หมายเหตุ"),
    )


def test_a_short_row_is_filled_up() -> None:
    assert expand([[Cell("ก"), Cell("ข")], [Cell("ค")]]) == (("ก", "ข"), ("ค", ""))


def test_hostile_spans_stay_within_limits() -> None:
    rows = [[Cell("x", columns=10**9, rows=10**9)]] + [[Cell("y")]] * 20_000
    grid = expand(rows)
    assert len(grid) * len(grid[0]) <= MAX_CELLS
    assert len(grid[0]) == 200


def test_title_block_becomes_caption() -> None:
    table = grid_table(
        [
            ["สรุปผลการจัดซื้อ", "สรุปผลการจัดซื้อ", "สรุปผลการจัดซื้อ"],
            ["เดือนมกราคม 2566", "", ""],
            ["ลำดับ", "รายการ", "วงเงิน"],
            ["1", "กระดาษ", "500"],
        ]
    )
    assert table.caption == ("สรุปผลการจัดซื้อ", "เดือนมกราคม 2566")
    assert table.header == ("ลำดับ", "รายการ", "วงเงิน")
    assert table.rows == (("1", "กระดาษ", "500"),)
    assert table.row_numbers == (3,)


def test_two_header_rows_are_joined_without_repetition() -> None:
    table = grid_table(
        [
            ["ที่", "ผู้เสนอราคา", "ผู้เสนอราคา"],
            ["ที่", "ชื่อ", "ราคา"],
            ["(1)", "(2)", "(3)"],
            ["1", "ร้านดี", "900.00"],
        ]
    )
    assert table.header == ("ที่", "ผู้เสนอราคา ชื่อ", "ผู้เสนอราคา ราคา")
    assert table.rows == (("1", "ร้านดี", "900.00"),)


def test_a_header_that_hangs_under_unrepeated_merged_cells() -> None:
    table = grid_table(
        [["ที่", "ชื่อโครงการ", "งบประมาณ", ""], ["", "", "ตั้งไว้", "ใช้ไป"], ["1", "ปลูกป่า", "10,000", "9,500"]]
    )
    assert table.header == ("ที่", "ชื่อโครงการ", "งบประมาณ ตั้งไว้", "ใช้ไป")
    assert len(table.rows) == 1


def test_first_row_of_data_is_not_eaten() -> None:
    people = grid_table([["นายสมชาติ ใจงาม", "นายกเทศมนตรี"], ["นางแก้วตา ดีจริง", "ปลัดเทศบาล"]])
    assert people.header == ()
    assert len(people.rows) == 2
    numbers = grid_table([["1", "จัดซื้อกระดาษ", "5,000"], ["2", "จ้างเหมารถ", "7,500"]])
    assert numbers.header == ()
    assert len(numbers.rows) == 2
    projects = grid_table([["โครงการปลูกป่าชุมชน", "ดำเนินการแล้ว"], ["โครงการกีฬาต้านยา", "ยังไม่ดำเนินการ"]])
    assert projects.header == ()


def test_names_and_values_have_no_header() -> None:
    table = grid_table([["ชื่อโครงการ", "ปลูกป่าชุมชน"], ["งบประมาณ", "10,000 บาท"], ["ระยะเวลา", "มกราคม 2566"]])
    assert table.header == ()
    assert len(table.rows) == 3


def test_years_may_head_columns() -> None:
    table = grid_table([["รายการ", "2565", "2566"], ["เรื่องร้องเรียน", "3", "0"]])
    assert table.header == ("รายการ", "2565", "2566")


def test_repeated_header_and_empty_rows_go_totals_stay() -> None:
    table = grid_table(
        [
            ["ลำดับ", "รายการ", "จำนวน"],
            ["1", "ก", "2"],
            ["", "", ""],
            ["ลำดับ", "รายการ", "จำนวน"],
            ["2", "ข", "3"],
            ["รวม", "รวม", "5"],
        ]
    )
    assert [row[0] for row in table.rows] == ["1", "2", "รวม"]
    assert table.row_numbers == (1, 4, 5)


def test_known_header_rows_are_believed_also_over_an_empty_table() -> None:
    assert grid_table([["ก", "ข"]], header_rows=1).header == ("ก", "ข")
    assert grid_table([["ก", "ข"]], header_rows=1).rows == ()
    titled = grid_table([["หัวตาราง", "หัวตาราง"], ["ก", "ข"], ["ค", "ง"]], header_rows=2)
    assert (titled.caption, titled.header, titled.rows) == (("หัวตาราง",), ("ก", "ข"), (("ค", "ง"),))


def test_a_row_that_says_none_over_the_whole_width_is_data() -> None:
    nothing = "ไม่มีการจัดซื้อจัดจ้างในเดือนนี้"
    table = grid_table([["ลำดับ", "รายการ", "ราคา"], [nothing, nothing, nothing]])
    assert table.rows == ((nothing, nothing, nothing),)


def test_empty_grid() -> None:
    table = grid_table([["", ""], ["", ""]])
    assert (table.header, table.rows, table.caption) == ((), (), ())
