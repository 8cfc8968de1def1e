"""A year made from another: what moves, what stays, what a person is asked to confirm, and that it is whole or not there."""

from __future__ import annotations

import re
import shutil
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from oitcheck.errors import ChecklistError
from oitcheck.lib.thai_calendar import FiscalYear
from oitcheck.rules import new_year
from oitcheck.rules.declare import load, years_in
from oitcheck.rules.new_year import Move, moved_file, worded, write_new_year
from oitcheck.settings import resource_folder

REAL = resource_folder("checklists")
MOVE = Move(2566, 2570)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("เป็นข้อมูลของปี 2566", "เป็นข้อมูลของปี 2570"),
        ("รายงานปี ๒๕๖๕ และแผนปี ๒๕๖๗", "รายงานปี ๒๕๖๙ และแผนปี ๒๕๗๑"),
        ("สรุปผลเดือน ต.ค. 65 ถึง มี.ค. ๖๖", "สรุปผลเดือน ต.ค. 69 ถึง มี.ค. ๗๐"),
        ("เดือนตุลาคม 65, ปีงบประมาณ 66", "เดือนตุลาคม 69, ปีงบประมาณ 70"),
        ("monthly summary for Oct 2022 to March 2023", "monthly summary for Oct 2026 to March 2027"),
        ("for fiscal year 2565 (FY 2022)", "for fiscal year 2569 (FY 2026)"),
        ("ปี 2565-2566", "ปี 2569-2570"),
        ("ประกาศ No Gift Policy ประจำปี พ.ศ. 2566", "ประกาศ No Gift Policy ประจำปี พ.ศ. 2570"),
        ("ตามระเบียบฯ ประจำปี พ.ศ. 2566", "ตามระเบียบฯ ประจำปี พ.ศ. 2570"),
    ],
)
def test_years_of_the_period_move(text: str, after: str) -> None:
    told = worded(text, MOVE)
    assert told.text == after and told.moved and not told.left


@pytest.mark.parametrize(
    "text",
    [
        "แผนการจัดซื้อจัดจ้างตาม พ.ร.บ. จัดซื้อจัดจ้างฯ 2560",
        "procurement plan as required by the 2017 Procurement Act",
        "ครบทั้ง 65 เรื่อง ไม่เกิน 2,566 บาท 66 ราย",
        "ข้อ 12566 และ 25660 แห่ง",
        "two of 66 and Marketing 66",
        "ยุทธศาสตร์ชาติ พ.ศ. 2561-2580",
        "ปี 2563",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert worded(text, MOVE) == new_year.Worded(text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("ตาม พ.ร.บ. การปฏิบัติราชการทางอิเล็กทรอนิกส์ พ.ศ. 2565", "2565 stands with a law"),
        ("ระเบียบสำนักนายกรัฐมนตรี พ.ศ. ๒๕๖๖", "๒๕๖๖ stands with a law"),
        ("as required by the 2022 Electronic Government Act", "2022 stands with a law"),
        ("Electronic Procedures Act, B.E. 2565", "2565 stands with a law"),
        ("แผนพัฒนาท้องถิ่น (พ.ศ. 2566-2570)", "2566 is part of a span of years"),
    ],
)
def test_the_year_of_a_law_and_a_longer_span_stay_and_are_told(text: str, left: str) -> None:
    assert worded(text, MOVE) == new_year.Worded(text, (), (left,))


def test_the_year_beside_a_law_moves_and_the_one_of_the_law_stays() -> None:
    told = worded("เป็นข้อมูลปี 2566 ตาม พ.ร.บ. พ.ศ. 2566", MOVE)
    assert told.text == "เป็นข้อมูลปี 2570 ตาม พ.ร.บ. พ.ศ. 2566" and told.left == ("2566 stands with a law",)


ITEM = """# of the group of monthly items
id = "O21"   # the code of 2566
title = "สรุปผลรายเดือน ปี 2566"
title_en = "Monthly 2566"
indicator = "9.3"
period = "first_half"
note = "seen in 2565"

[[requirement]]
id = "O21.1"
text = "ต.ค. 65 (\\u2566)"
text_en = "Oct 2022"
check = "monthly_report"
month = "2565-10"  # "2565-10"
basis = "direct"
source = "seed:002; public:SKM3"

# CONFIRM: of an earlier copy
[[requirement]]
id = "O21.2"
text = "ราคากลาง"
text_en = "reference price"
check = "column"
column = "price"
among = [
  "price", # 2566
]
basis = "practice"

[[requirement]]
id = "O21.3"
text = "ก"
text_en = "a"
check = "subject"
basis = "recall"
source = ""
"""


def test_a_file_keeps_its_comments_and_layout() -> None:
    text, confirms = moved_file("2570/O21.toml", ITEM, MOVE)
    lines = text.split("\n")
    kept = [line for line in lines if not line.startswith("# CONFIRM:")]
    changed = {
        'title = "สรุปผลรายเดือน ปี 2570"',
        'title_en = "Monthly 2570"',
        'text = "ต.ค. 69 (\\u2566)"',
        'text_en = "Oct 2026"',
        'month = "2569-10"  # "2565-10"',
        'basis = "analogue"',
        'source = "year:2566; seed:002; public:SKM3"',
        'source = "year:2566"',
    }
    assert set(kept) - set(ITEM.split("\n")) == changed
    assert kept.count('source = "year:2566"') == 2
    assert 'basis = "practice"' in kept and 'basis = "recall"' in kept
    for confirm in confirms:
        assert lines[confirm.line - 1] == f"# CONFIRM: {confirm.what}" and confirm.name == "2570/O21.toml"
    assert [c.what.partition(":")[0] for c in confirms] == ["O21", "O21.1", "O21.2", "O21.3"]
    told = {c.what.partition(":")[0]: c.what for c in confirms}
    assert (
        "moved: title 2566 → 2570, title_en 2566 → 2570" in told["O21"] and "NOT moved: note: names 2565" in told["O21"]
    )
    assert "direct in 2566, analogue here" in told["O21.1"]
    assert "text 65 → 69, text_en 2022 → 2026, month 2565-10 → 2569-10" in told["O21.1"]
    assert told["O21.2"] == "O21.2: wording and basis, practice in 2566"
    assert "an earlier copy" not in text
    for n, line in enumerate(lines):
        if line == "[[requirement]]":
            assert lines[n - 1].startswith("# CONFIRM: O21.")
    tomllib.loads(text)


def test_windows_line_ends_are_kept() -> None:
    text, _ = moved_file("2570/O21.toml", ITEM.replace("\n", "\r\n"), MOVE)
    tomllib.loads(text)
    assert text.replace("\r\n", "\n") == moved_file("2570/O21.toml", ITEM, MOVE)[0]


YEAR = """year = 2567
title = "ปีงบประมาณ พ.ศ. ๒๕๖๗"
items = ["O21"]

[[round]]
id = "2567-1"
title = "ครั้งที่ 1/2567"
opens_on = 2023-12-01
closes_on = 2024-02-29
"""


def test_rounds_move_by_whole_years_and_29_february_becomes_the_28th() -> None:
    text, confirms = moved_file("2570/checklist.toml", YEAR, Move(2567, 2570))
    data = tomllib.loads(text)
    assert data["year"] == 2570 and data["title"] == "ปีงบประมาณ พ.ศ. ๒๕๗๐"
    assert data["round"] == [
        {"id": "2570-1", "title": "ครั้งที่ 1/2570", "opens_on": date(2026, 12, 1), "closes_on": date(2027, 2, 28)}
    ]
    assert len(confirms) == 2 and "not announced" in confirms[1].what and "2024-02-29 → 2027-02-28" in confirms[1].what
    back, _ = moved_file("2567/checklist.toml", text, Move(2570, 2567))
    assert tomllib.loads(back)["round"][0]["closes_on"] == date(2024, 2, 28)


@pytest.mark.parametrize("from_be", years_in(REAL))
def test_every_real_year_moves_on(tmp_path: Path, from_be: int) -> None:
    folder = Path(shutil.copytree(REAL, tmp_path / "checklists"))
    confirms = write_new_year(folder, folder, Move(from_be, 2575))
    old, _ = load(folder, from_be)
    new, _ = load(folder, 2575)
    assert list(new.items) == list(old.items) and len(new.rounds) == len(old.rounds)
    asked = sum(1 + len(i.requirements) for i in new.items.values()) + 1 + len(new.rounds)
    assert len(confirms) == asked
    first_half = [str(m) for m in FiscalYear(2575).first_half()]
    for item_id, item in new.items.items():
        months = [str(r.params.month) for r in item.requirements if r.check == "monthly_report"]
        assert months in ([], first_half)
        for before, after in zip(old.items[item_id].requirements, item.requirements, strict=True):
            assert after.basis == {"direct": "analogue"}.get(before.basis, before.basis)
            assert after.source == f"year:{from_be}; {before.source}"
            assert (after.id, after.check, after.binding) == (before.id, before.check, before.binding)
    if from_be == 2569:
        assert [r.text for r in new.items["O11"].requirements[:6]] == [
            f"สรุปผลเดือน {m.thai_short}" for m in FiscalYear(2575).first_half()
        ]
    left = re.compile(rf"{from_be - 1}|{from_be}")
    for path in (folder / "2575").glob("*.toml"):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if left.search(line) and not line.startswith(("# CONFIRM:", "source = ")):
                assert any(c.name == f"2575/{path.name}" and "NOT moved" in c.what for c in confirms), (path, number)


def test_a_year_that_does_not_load_is_not_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(shutil.copytree(REAL, tmp_path / "checklists"))
    monkeypatch.setattr(new_year, "NEW_BASIS", {"direct": "neighbour"})
    with pytest.raises(ChecklistError, match="unknown basis 'neighbour'"):
        write_new_year(folder, folder, Move(2569, 2570))
    assert sorted(p.name for p in folder.iterdir()) == sorted(p.name for p in REAL.iterdir())
    with pytest.raises(ChecklistError):
        write_new_year(REAL, tmp_path / "fresh", Move(2569, 2570))
    assert [p.name for p in tmp_path.iterdir()] == ["checklists"]


def test_the_command_makes_marks_and_lists(tmp_path: Path, oitcheck: Any) -> None:
    folder = tmp_path / "mine"
    arguments = ("checklist", "new", "2570", "--from", "2569", "--folder", str(folder))
    code, out, err = oitcheck(*arguments)
    assert code == 0, err
    assert sorted(p.name for p in folder.iterdir()) == ["2570", "vocabulary.toml"]
    assert out.startswith("2570/checklist.toml:1: the items") and re.search(r"2570/O11\.toml:\d+: O11\.1: wording", out)
    assert "ยืนยัน" in err and f"checklist check --folder {folder}" in err
    for line in out.splitlines():
        name, number, what = line.split(":", 2)
        assert (folder / name).read_text("utf-8").splitlines()[int(number) - 1] == f"# CONFIRM:{what}"
    assert oitcheck("checklist", "check", "--folder", str(folder))[0] == 0
    code, _, err = oitcheck(*arguments)
    assert code == 2 and "not written over" not in err and "no checklist for fiscal year 2569" in err
    code, out, err = oitcheck(
        "checklist", "new", "2572", "--from", "2570", "--folder", str(folder), "--format", "json", "--lang", "en"
    )
    assert code == 0 and '"line": "1"' in out and "a person must confirm" in err
    assert load(folder, 2572)[0].items["O11"].requirements[0].source.startswith("year:2570; year:2569; ")


@pytest.mark.parametrize(
    ("arguments", "says", "remedy"),
    [
        (("2569", "--from", "2568"), "2569 is there already", "another with --folder"),
        (("2571", "--from", "2596"), "no checklist for fiscal year 2596", "Did you mean 2569?"),
        (("2571", "--from", "2026"), "--from: 2026 is no fiscal year", "Did you mean 2569 (B.E.)?"),
        (("2027", "--from", "2569"), "2027 is no fiscal year", "Did you mean 2570 (B.E.)?"),
        (("70", "--from", "2569"), "70 is no fiscal year", "Did you mean 2570 (B.E.)?"),
        (("2599", "--from", "2569"), "2599 is no fiscal year near 2569", "2570"),
        (("9999", "--from", "2569"), "9999 is no fiscal year", "four digits"),
        (("2569", "--from", "2569"), "the year to copy itself", "2570"),
        (("2571", "--from", "2569", "--folder", str(REAL / "2569")), "no folder of checklists", "vocabulary.toml"),
        (("2571", "--from", "2569", "--folder", "/proc/oitcheck"), "cannot be written", "--folder my-checklists"),
        (("2571",), "Missing option '--from'", "--help"),
        (("soon", "--from", "2569"), "Invalid value", "--help"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_and_changes_nothing(
    oitcheck: Any, arguments: tuple[str, ...], says: str, remedy: str
) -> None:
    code, out, err = oitcheck("checklist", "new", *arguments)
    assert (code, out) == (2, "") and says in err and remedy in err
    assert not (REAL / "2571").exists() and not (REAL / "2570").exists()
    assert [p for p in REAL.iterdir() if p.name.startswith(".")] == []
