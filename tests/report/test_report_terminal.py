"""The round summary on terminals of several widths."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from oitcheck.report.summary import RowCounts, summarise
from oitcheck.report.terminal import print_summary, wrapped
from oitcheck.report.view import view


def printed(run_view, messages, width=80, imported=None, report=None) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width)
    print_summary(console, run_view, summarise(run_view, imported), messages, report=report)
    return out.getvalue()


@pytest.mark.parametrize("width", [24, 40, 80, 120])
def test_no_line_is_wider_than_the_terminal(province, messages, width):
    text = printed(province, messages, width, RowCounts(9, 1, 2))
    assert max(cell_len(line) for line in text.splitlines()) <= width


def test_a_run_judged_as_at_another_day_says_so(province, messages):
    later = replace(province, run=replace(province.run, as_of="2023-04-30"))
    assert "ตรวจตามวันที่ 30 เม.ย. 66 (เก็บข้อมูลเมื่อ 7 เม.ย. 66 เวลา 02.14 น.)" in printed(later, messages, 120)
    assert "ตรวจตามวันที่" not in printed(province, messages, 120)


def test_a_closed_round_is_not_to_be_checked_again(province, messages):
    closed = replace(province, round=replace(province.round, frozen_at=province.run.assessed_at, frozen_run="run-1"))
    assert "ตรวจซ้ำ" in printed(province, messages, 200)
    told = printed(closed, messages, 200)
    assert "ตรวจซ้ำ" not in told and "ขั้นต่อไป: รอบนี้ปิดแล้ว" in told


def test_a_pipe_gets_plain_text_with_everything_in_it(province, messages):
    text = printed(province, messages, imported=RowCounts(9, 1, 2), report=Path("/a/b c/round.html"))
    assert "\x1b" not in text
    parts = (
        "ครั้งที่ 3",
        "3 แห่ง · 4 ข้อ",
        "✕ ไม่ครบถ้วน 7",
        "รับ 10 แถว (ในจำนวนนี้มีข้อสังเกต 1 แถว) ไม่รับ 2 แถว",
        "3 แห่ง  O10 สรุปผลการจัดซื้อจัดจ้างรายเดือน: O10.1 สรุปผลเดือนมีนาคม 2566 และอีก 1 องค์ประกอบ",
        "O10 (+25 คะแนน)",
        "www.b.example",
        "/a/b c/round.html",
    )
    for part in parts:
        assert part in text
    assert text.rstrip().splitlines()[-1].startswith("ขั้นต่อไป:")


def alone(province, agency: str):
    agencies = tuple(a for a in province.agencies if a.id == agency)
    return view(province.run, province.round, province.checklist, agencies, province.submissions, province.findings)


def test_one_agency_alone_gets_its_ranking(province, messages):
    text = printed(alone(province, "b-sao"), messages)
    for part in (
        "คะแนนประมาณการ (มิใช่ผลการประเมินของสำนักงาน ป.ป.ช.): 12.5–62.5 จาก 100",
        "หากแก้ไขครบทั้ง 2 ข้อ คะแนนประมาณการขั้นต่ำเพิ่มจาก 12.5 เป็น 50 และอาจถึง 100",
        "1. O1  +12.5 คะแนน → 25–75 · แก้ไขลิงก์หรือจัดส่ง URL\n   จัดส่ง URL ที่เปิดได้\n",
        "2. O10  +25 คะแนน → 50–100 · เผยแพร่เอกสารที่ขาด\n   O10.1 สรุปผลเดือนมีนาคม 2566: เผยแพร่สรุปผลเดือนมีนาคม 2566\n",
    ):
        assert part in text
    assert "ถึงเกณฑ์ 85" in printed(alone(province, "a-tt"), messages)
    assert "Mend the first item: the low estimate rises from 75 to 100" in printed(
        alone(province, "a-tt"), replace(messages, language="en")
    )


@pytest.mark.parametrize("width", [24, 40, 80])
def test_the_ranking_keeps_to_the_width(province, messages, width):
    text = printed(alone(province, "b-sao"), messages, width)
    assert max(cell_len(line) for line in text.splitlines()) <= width


def test_marks_stand_in_columns_although_thai_marks_take_no_room(province, messages):
    lines = printed(province, messages).splitlines()
    rows = [line for line in lines if line.startswith(("อบต.ดอนกลาง", "ทต.สบห้วย", "ทม.ท่าสะพาน"))][:3]
    starts = {cell_len(line[: min(line.index(mark) for mark in "✓✕" if mark in line)]) for line in rows}
    assert len(rows) == 3 and len(starts) == 1


def test_titles_are_shown_and_not_obeyed(province, messages):
    odd = view(
        province.run, replace(province.round, title="[red]ครั้งที่[/] :smile:"), province.checklist, province.agencies,
        province.submissions, province.findings,
    )  # fmt: skip
    assert "[red]ครั้งที่[/] :smile:" in printed(odd, messages)


def test_a_round_of_nobody_prints(province, messages):
    empty = view(province.run, province.round, province.checklist, (), (), ())
    assert "ขั้นต่อไป" in printed(empty, messages)


def test_wrapping_loses_nothing_and_never_parts_a_mark_from_its_letter():
    text = "สรุปผลการจัดซื้อจัดจ้างที่ผู้บริหารสูงสุดลงนามแล้ว และเผยแพร่บนเว็บไซต์หลัก"
    lines = [line.plain for line in wrapped(Text(text), 7)]
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(cell_len(line) <= 7 for line in lines)
    assert all(cell_len(line[0]) == 1 for line in lines)


def test_nothing_is_said_of_an_estimate_in_a_year_without_points(province, messages):
    bare = replace(province, checklist=replace(province.checklist, complete=False))
    for shown in (bare, alone(bare, "b-sao")):
        assert "คะแนน" not in printed(shown, messages)
    assert "คะแนนประมาณการ" in printed(province, messages)
