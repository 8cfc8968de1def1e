"""Checklist files: every planted mistake is reported, all at once, with file, line, what is wrong and a remedy."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from oitcheck.errors import ChecklistError
from oitcheck.lib.thai_calendar import Month
from oitcheck.lib.thai_text import thai_share
from oitcheck.rules.declare import digest, load, load_vocabulary, natural_key, years_in
from oitcheck.settings import resource_folder

VOCABULARY = """
[concept.monthly]
title = "สรุปผลรายเดือน"
names = ["สรุปผลการจัดซื้อจัดจ้าง", "สขร.1"]

[concept.price]
title = "ราคากลาง"
names = ["ราคากลาง"]
group = "column"
not_within = ["monthly"]

[concept.duty]
title = "หน้าที่"
names = ["หน้าที่"]
whole = ["หน้าที่และอำนาจ"]
"""
YEAR = """
year = 2566
title = "แบบตรวจ"
items = ["O1", "O21"]

[[round]]
id = "2566-1"
title = "ครั้งที่ 1"
closes_on = 2023-01-31
items = ["O1"]
"""
O1 = """
id = "O1"
title = "หน้าที่"
title_en = "Duties"
indicator = "9.1"
period = "current"
subject = ["duty"]

[[requirement]]
id = "O1.1"
text = "หน้าที่"
text_en = "duties"
check = "stated"
concept = "duty"
basis = "direct"
"""
O21 = """
id = "O21"
title = "สรุปผลรายเดือน"
title_en = "Monthly"
indicator = "9.3"
period = "first_half"
subject = ["monthly"]
kind = ["monthly"]

[[requirement]]
id = "O21.1"
text = "ต.ค. 2565"
text_en = "Oct 2022"
check = "monthly_report"
month = "2565-10"
basis = "direct"
source = "manual"

[[requirement]]
id = "O21.2"
text = "ราคากลาง"
text_en = "reference price"
check = "column"
column = "price"
among = ["price"]
every = true
binding = false
basis = "analogue"
"""
FILES = {"vocabulary.toml": VOCABULARY, "2566/checklist.toml": YEAR, "2566/O1.toml": O1, "2566/O21.toml": O21}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "2566").mkdir()
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def _planted(folder: Path, name: str, old: str, new: str) -> int:
    """Replace `old` by `new` in a file; the line on which it now stands."""
    path = folder / name
    text = path.read_text("utf-8")
    assert text.count(old) >= 1, f"{name} does not hold {old!r}"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1 + (len(new) - len(new.lstrip("\n")))


def _mistakes(folder: Path) -> tuple[str, ...]:
    with pytest.raises(ChecklistError) as raised:
        load(folder, 2566)
    assert raised.value.exit_code == 3 and raised.value.where == str(folder)
    return raised.value.mistakes


def test_the_small_checklist_is_right(folder: Path) -> None:
    checklist, vocabulary = load(folder, 2566)
    assert list(checklist.items) == ["O1", "O21"]
    first, second = checklist.items["O21"].requirements
    assert first.params.month == Month.parse("2565-10") and first.binding and first.source == "manual"
    assert second.params.column is vocabulary["price"] and second.params.every and not second.binding
    assert checklist.rounds[0].closes_on == date(2023, 1, 31) and checklist.rounds[0].items == ("O1",)
    assert checklist.id == f"2566@sha256:{digest(folder, 2566)}"
    assert vocabulary["duty"].named_in("หน้าที่และอำนาจ")


# file | what stands there | what is planted instead | what the report must say, its remedy included
MISTAKES = [
    ("2566/O1.toml", 'title_en = "Duties"', 'title_en = "Duties"\ntitel = "x"', "unknown key 'titel'", "did you mean 'title'?"),
    ("2566/O1.toml", 'basis = "direct"', 'basis = "direct"\nbindin = true', "unknown key 'bindin'", "did you mean 'binding'?"),
    ("2566/O1.toml", 'check = "stated"', 'check = "stateed"', "unknown check 'stateed'", "did you mean 'stated'?"),
    ("2566/O1.toml", 'period = "current"', 'period = "curent"', "unknown period 'curent'", "did you mean 'current'?"),
    ("2566/O1.toml", 'subject = ["duty"]', 'subject = ["dutty"]', "no concept 'dutty'", "did you mean 'duty'?"),
    ("2566/O1.toml", 'subject = ["duty"]', 'subject = "duty"', "subject must be a list of concepts", ""),
    ("2566/O1.toml", 'concept = "duty"', 'concept = "pricee"', "no concept 'pricee'", "did you mean 'price'?"),
    ("2566/O1.toml", 'concept = "duty"\n', "", "needs 'concept'", "add concept"),
    ("2566/O1.toml", 'id = "O1.1"', 'id = "O2.1"', "'O2.1' must begin with O1.", ""),
    ("2566/O1.toml", 'id = "O1"\n', 'id = "O2"\n', "id is 'O2' but the file is O1.toml", 'write id = "O1"'),
    ("2566/O1.toml", 'text = "หน้าที่"\n', "", "O1.1 lacks 'text'", "add text"),
    ("2566/O1.toml", 'text_en = "duties"', 'text_en = " "', "text_en must be a text", ""),
    ("2566/O1.toml", 'title = "หน้าที่"\n', "", "the item lacks 'title'", "add title"),
    ("2566/O1.toml", 'indicator = "9.1"', "indicator = 9.1", "indicator must be a text, not 9.1", ""),
    ("2566/O1.toml", 'basis = "direct"', 'basis = "direkt"', "unknown basis 'direkt'", "did you mean 'direct'?"),
    ("2566/O1.toml", 'basis = "direct"\n', "", "unknown basis ''", "known: "),
    ("2566/O1.toml", 'concept = "duty"', 'concept = "duty"\nvalue = "durations"', "unknown value 'durations'", "did you mean 'duration'?"),
    ("2566/O1.toml", 'concept = "duty"', 'concept = "duty"\nanywhere = "yes"', "anywhere must be bool", ""),
    ("2566/O1.toml", 'concept = "duty"', 'concept = "duty"\ncolum = "duty"', "unknown key 'colum'", "known: "),
    ("2566/O1.toml", "[[requirement]]", "[[requirements]]", "unknown key 'requirements'", "did you mean 'requirement'?"),
    ("2566/O21.toml", 'month = "2565-10"', 'month = "2022-10"', "not a month in BE", "2565-10"),
    ("2566/O21.toml", 'month = "2565-10"', 'month = "2565-13"', "not a month in BE", "2565-10"),
    ("2566/O21.toml", 'month = "2565-10"', "month = 10", "not a month in BE", "2565-10"),
    ("2566/O21.toml", 'id = "O21.2"', 'id = "O21.1"', "O21.1 stands twice", "another id"),
    ("2566/O21.toml", 'id = "O21.2"', 'id = "O1.1"', "'O1.1' must begin with O21.", ""),
    ("2566/O21.toml", 'among = ["price"]', 'among = "price"', "among must be a list of concepts", ""),
    ("2566/O21.toml", 'among = ["price"]', 'among = [3]', "among must be a list of concepts", ""),
    ("2566/O21.toml", "every = true", 'every = 1', "every must be bool", ""),
    ("2566/O21.toml", "binding = false", 'binding = "no"', "binding must be true or false", ""),
    ("2566/O21.toml", 'kind = ["monthly"]', 'kind = ["month"]', "no concept 'month'", "did you mean 'monthly'?"),
    ("2566/O21.toml", 'id = "O21"\n', 'id = "O21\n', "not valid TOML", "line 2"),
    ("2566/checklist.toml", "year = 2566", "year = 2565", "year is 2565 in the folder 2566", "write year = 2566"),
    ("2566/checklist.toml", '["O1", "O21"]', '["O1"]', "O21.toml is not in items", "add 'O21' to items"),
    ("2566/checklist.toml", '["O1", "O21"]', '["O1", "O21", "O22"]', "items names 'O22', but there is no O22.toml", ""),
    ("2566/checklist.toml", '["O1", "O21"]', '"O1 O21"', "items must be a list of item ids", ""),
    ("2566/checklist.toml", "closes_on = 2023-01-31", 'closes_on = "31 ม.ค. 66"', "closes_on must be a date", "2023-04-07"),
    ("2566/checklist.toml", 'items = ["O1"]\n', 'items = ["O2"]\n', "unknown item 'O2'", "did you mean"),
    ("2566/checklist.toml", 'title = "ครั้งที่ 1"\n', "", "round 2566-1 lacks 'title'", "add title"),
    ("2566/checklist.toml", 'title = "ครั้งที่ 1"', 'title = "ครั้งที่ 1"\ndeadline = 2023-01-31', "unknown key 'deadline'", "known: "),
    ("2566/checklist.toml", 'title = "แบบตรวจ"', 'titel = "แบบตรวจ"', "unknown key 'titel'", "did you mean 'title'?"),
    ("2566/checklist.toml", 'title = "แบบตรวจ"\n', "", "the file lacks 'title'", "add title"),
    ("2566/checklist.toml", 'title = "แบบตรวจ"', 'title = "แบบตรวจ"\ncomplete = "no"', "complete must be true or false", ""),
    ("2566/checklist.toml", "[[round]]", "[round]", "round must be [[round]]", "write [[round]]"),
    ("2566/checklist.toml", "closes_on = 2023-01-31", "closes_on = 2023-01-31T12:00:00", "closes_on must be a date", "2023-04-07"),
    ("2566/checklist.toml", 'items = ["O1"]\n', 'items = "O1"\n', "items must be a list of texts, not 'O1'", ""),
    ("vocabulary.toml", '"สขร.1"', '"สขร.*1"', "looks like a regular expression", "as it stands on pages"),
    ("vocabulary.toml", '"สขร.1"', '"(สขร|sor).1"', "looks like a regular expression", "as it stands on pages"),
    ("vocabulary.toml", 'names = ["ราคากลาง"]', "names = []", "names must be a list of texts, not empty", ""),
    ("vocabulary.toml", 'names = ["ราคากลาง"]', 'nmaes = ["ราคากลาง"]', "unknown key 'nmaes'", "did you mean 'names'?"),
    ("vocabulary.toml", 'title = "ราคากลาง"\n', "", "concept price lacks 'title'", "add title"),
    ("vocabulary.toml", 'not_within = ["monthly"]', 'not_within = ["montly"]', "not_within names no concept: 'montly'", "did you mean 'monthly'?"),
    ("vocabulary.toml", 'not_within = ["monthly"]', 'not_within = "monthly"', "not_within must be a list of texts", ""),
    ("vocabulary.toml", 'group = "column"', "group = 3", "group must be a text", ""),
    ("vocabulary.toml", 'whole = ["หน้าที่และอำนาจ"]', 'whole = "หน้าที่"', "whole must be a list of texts", ""),
    ("vocabulary.toml", 'whole = ["หน้าที่และอำนาจ"]', 'whole = ["(หน้าที่)?"]', "looks like a regular expression", "as it stands on pages"),
    ("vocabulary.toml", '"สขร.1"', '"--"', "'--' has no letter or digit", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "old", "new", "says", "remedy"), MISTAKES, ids=[f"{m[3]}-{n}" for n, m in enumerate(MISTAKES)]
)
def test_a_mistake_is_reported_with_place_and_remedy(
    folder: Path, name: str, old: str, new: str, says: str, remedy: str
) -> None:
    _planted(folder, name, old, new)
    about = [m for m in _mistakes(folder) if says in m]
    assert len(about) == 1, _mistakes(folder)
    assert about[0].startswith(name)
    assert remedy in about[0]


def test_all_mistakes_of_all_files_are_reported_at_once(folder: Path) -> None:
    line = _planted(folder, "2566/O1.toml", 'period = "current"', 'period = "curent"')
    _planted(folder, "2566/O1.toml", 'basis = "direct"', 'basis = "guess"')
    _planted(folder, "2566/O21.toml", 'month = "2565-10"', 'month = "2565-00"')
    _planted(folder, "2566/O21.toml", 'text_en = "reference price"\n', "")
    _planted(folder, "2566/checklist.toml", "year = 2566", "year = 66")
    _planted(folder, "vocabulary.toml", '"ราคากลาง"]', '"^ราคากลาง$"]')
    found = _mistakes(folder)
    assert len(found) == 6
    assert any(m.startswith(f"2566/O1.toml:{line}: unknown period") for m in found)
    assert {m.partition(":")[0] for m in found} == {
        "2566/O1.toml",
        "2566/O21.toml",
        "2566/checklist.toml",
        "vocabulary.toml",
    }


def test_files_that_are_missing_or_unreadable(folder: Path, tmp_path: Path) -> None:
    (folder / "vocabulary.toml").unlink()
    (folder / "2566/O1.toml").write_bytes("title = 'หน้าที่'".encode("cp874"))
    found = _mistakes(folder)
    assert any(m.startswith("vocabulary.toml: cannot be read") for m in found)
    assert any(m.startswith("2566/O1.toml: cannot be read") and "UTF-8" in m for m in found)


def test_a_year_without_a_checklist_names_those_there_are(folder: Path) -> None:
    with pytest.raises(ChecklistError, match=r"no checklist for fiscal year 2570 .*there are: 2566"):
        load(folder, 2570)
    with pytest.raises(ChecklistError, match="there are: none"):
        load(folder / "nowhere", 2570)
    assert years_in(folder) == (2566,) and years_in(folder / "nowhere") == ()


def test_a_new_year_is_a_copied_folder(folder: Path) -> None:
    shutil.copytree(folder / "2566", folder / "2570")
    for name, old, new in (("checklist.toml", "2566", "2570"), ("O21.toml", "2565-10", "2569-10")):
        path = folder / "2570" / name
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    checklist, _ = load(folder, 2570)
    assert checklist.year_be == 2570 and list(checklist.items) == ["O1", "O21"]
    assert checklist.digest != digest(folder, 2566)


def test_the_digest_is_that_of_the_words(folder: Path) -> None:
    before = digest(folder, 2566)
    _planted(folder, "vocabulary.toml", "ราคากลาง", "ราคา กลาง")
    after = digest(folder, 2566)
    _planted(folder, "2566/O1.toml", "Duties", "Duty")
    assert len({before, after, digest(folder, 2566)}) == 3


def test_natural_order() -> None:
    assert sorted(["O10", "O2", "*", "O2.10", "O2.9", "O1"], key=natural_key) == [
        "*",
        "O1",
        "O2",
        "O2.9",
        "O2.10",
        "O10",
    ]


@pytest.mark.parametrize("year_be", years_in(resource_folder("checklists")))
def test_the_real_checklists_load_and_every_requirement_is_worded(year_be: int) -> None:
    checklist, vocabulary = load(resource_folder("checklists"), year_be)
    assert checklist.items and checklist.title and checklist.rounds
    for item in checklist.items.values():
        assert item.title and item.title_en and item.indicator and item.subject, item.id
        for requirement in item.requirements:
            assert requirement.text and requirement.text_en and requirement.basis and requirement.source, requirement.id
            assert not thai_share(re.sub('"[^"]*"', "", requirement.text_en)), requirement.id
    for round_ in checklist.rounds:
        assert set(round_.items) <= set(checklist.items) and round_.closes_on, round_.id
    assert set(vocabulary.concepts) == set(load_vocabulary(resource_folder("checklists")).concepts)
