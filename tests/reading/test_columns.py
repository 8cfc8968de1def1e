"""Labels with values are tables, however they are set."""

from __future__ import annotations

from oitcheck.reading.columns import tables
from tests.pages import page


def found(content: str) -> list[tuple[tuple[str, ...], int]]:
    return [(f.table.header, len(f.table.rows)) for f in tables(page(content))]


def test_two_columns_of_labels_and_values_are_one_row_under_its_labels() -> None:
    rows = "".join(
        f"<tr><td>{label}</td><td>{value}</td></tr>"
        for label, value in [
            ("วัตถุประสงค์", "เพื่อให้ประชาชนได้รับบริการที่รวดเร็ว"),
            ("ผลการดำเนินการ", "จัดอบรมแล้วสองครั้ง มีผู้เข้าร่วม 60 คน"),
            ("ปัญหา/อุปสรรค", "ไม่มีวิทยากรในพื้นที่"),
        ]
    )
    assert found(f"<table>{rows}</table>") == [(("วัตถุประสงค์", "ผลการดำเนินการ", "ปัญหา/อุปสรรค"), 1)]


def test_a_list_of_names_with_figures_stays_as_it_is() -> None:
    rows = "".join(
        f"<tr><td>{name}</td><td>{n} คน</td></tr>"
        for name, n in [("หมู่ 1 บ้านดอน", 40), ("หมู่ 2 บ้านใต้", 32), ("หมู่ 3 บ้านนา", 25)]
    )
    assert [len(f.table.rows) for f in tables(page(f"<table>{rows}</table>"))] != [1]


def test_cards_that_repeat_are_a_row_each() -> None:
    cards = "".join(
        f"<div><p>โครงการ</p><p>{name}</p><p>งบประมาณ</p><p>{money} บาท</p></div>"
        for name, money in [("ปลูกป่าริมน้ำ", "20,000"), ("อบรมผู้สูงอายุ", "35,000")]
    )
    assert (("โครงการ", "งบประมาณ"), 2) in found(cards)


def test_a_table_that_lists_files_is_none() -> None:
    rows = "".join(f'<tr><td>{n}</td><td><a href="/f{n}.pdf">ประกาศฉบับที่ {n}</a></td></tr>' for n in range(1, 4))
    assert found(f"<table>{rows}</table>") == []
