"""`checklist check` on a copy of the real checklists with two dozen different mistakes in it: one run names each, once,
with file, line, what is wrong and what to write instead."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from oitcheck.errors import ChecklistError
from oitcheck.rules.declare import load
from oitcheck.settings import resource_folder


@dataclass(frozen=True)
class Planted:
    """The first line that begins with `old`, below the line `below` (""; the top), becomes `new`.

    `off`: how far from there the line is that the report must name; `says` and `remedy` must stand in it.
    """

    name: str
    below: str
    old: str
    new: str
    says: str
    remedy: str
    off: int = 0

    def plant(self, folder: Path) -> str:
        """Plant it; the place that the report must name, `file:line`."""
        path = folder / self.name
        lines = path.read_text("utf-8").splitlines()
        start = lines.index(self.below) if self.below else 0
        at = next(n for n, line in enumerate(lines) if n >= start and line.startswith(self.old))
        lines[at : at + 1] = self.new.split("\n")
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return f"{self.name}:{at + 1 + self.off}"


O2, O21, O11, O25 = "2566/O2.toml", "2566/O21.toml", "2569/O11.toml", "2569/O25.toml"
WORDS, Y66, Y68, Y69 = "vocabulary.toml", "2566/checklist.toml", "2568/checklist.toml", "2569/checklist.toml"

# Of one file, in the order of its lines: some add lines.
ALL_BUT_O25 = "items = [" + ", ".join(f'"O{n}"' for n in range(1, 27) if n != 25) + "]"

MISTAKES = (
    Planted(O2, "", "id = ", 'id = "O3"', "id is 'O3' but the file is O2.toml", 'write id = "O2"'),
    Planted(O2, "", "period = ", 'period = "curent"', "unknown period 'curent'", "did you mean 'current'?"),
    Planted(O2, "", "title_en = ", "title_en = 2566", "title_en must be a text, not 2566", 'write title_en = "…"'),
    Planted(O2, "", 'id = "O2.4"', 'id = "O4.4"', "'O4.4' must begin with O2.", 'write id = "O2.4"'),
    Planted(O2, 'id = "O2.5"', "field = ", 'field = "foto"', "field: unknown value 'foto'", "did you mean 'photo'?"),
    Planted(O2, 'id = "O2.7"', "binding = ", 'binding = "no"', "O2.7: binding must be true or false", "write binding = false"),
    Planted(O21, 'id = "O21.3"', "source = ", 'sourse = "x"', "O21.3 (monthly_report) has the unknown key 'sourse'", "did you mean 'source'?"),
    Planted(O21, 'id = "O21.5"', "text = ", "# gone", "O21.5 lacks 'text'", 'add text = "…"', off=-2),
    Planted(O21, 'id = "O21.6"', "basis = ", 'basis = "direkt"', "O21.6: unknown basis 'direkt'", "did you mean 'direct'?"),
    Planted(O11, 'id = "O11.5"', "month = ", 'month = "2569-13"', "O11.5: month: not a month in BE", 'write it as "2565-10"'),
    Planted(O11, 'id = "O11.9"', "among = ", 'among = ["procurement_item", "procurement_methods"]', "O11.9: among: no concept 'procurement_methods'", "did you mean 'procurement_method'?"),
    Planted(O11, 'id = "O11.12"', "every = ", 'every = "yes"', "O11.12: every must be bool, not 'yes'", "write it as every = true"),
    Planted(O25, 'id = "O25.2"', "check = ", 'check = "colum"', "O25.2: unknown check 'colum'", "did you mean 'column'?"),
    Planted(O25, 'id = "O25.3"', "column = ", "# gone", "O25.3: the check column needs 'column'", "add column = …", off=-1),
    Planted(O25, 'id = "O25.4"', "column = ", 'column = "timeing"', "O25.4: column: no concept 'timeing'", "did you mean 'timing'?"),
    Planted(O25, 'id = "O25.5"', "among = ", 'among = ["measure"]\nrows = 3', "O25.5 (column) has the unknown key 'rows'", "known: ", off=1),
    Planted(O25, "", 'id = "O25.6"', 'id = "O25.1"', "requirement O25.1 stands twice", "(the first is on line "),
    Planted(Y66, 'id = "2566-2"', "items = ", 'items = ["O13", "O71"]', "round 2566-2: unknown item 'O71'", "did you mean 'O7'?"),
    Planted("2566/O43.toml", "", "title = ", 'title = "การประเมิน', "not valid TOML", "quotes"),
    Planted(Y68, "", "items = ", 'items = [\n  ITEMS,\n  "O99",\n]', "items names 'O99', but there is no O99.toml", "take 'O99' out", off=2),
    Planted(Y68, "", "closes_on = ", 'closes_on = "30 เม.ย. 2568"', "round 2568: closes_on must be a date", "without quotes"),
    Planted(Y69, "", "items = ", ALL_BUT_O25, "O25.toml is not in items", "add 'O25' to items"),
    Planted(Y69, "", "complete = ", 'complete = "no"', "complete must be true or false", "or leave it out"),
    Planted(WORDS, "[concept.reference_price]", "names = ", 'names = [\n  "ราคากลาง",\n  "ราคา.*กลาง",\n]', "looks like a regular expression", "as it stands on pages", off=2),
    Planted(WORDS, "[concept.bidders]", "names = ", "names = []", "concept bidders: names must be a list of texts, not empty", "as they stand on pages"),
    Planted(WORDS, "[concept.measure]", "names = ", 'names = ["มาตรการ"]\nnot_within = ["subject_measure"]', "concept measure: not_within names no concept: 'subject_measure'", "did you mean 'subject_measures'?", off=1),
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(resource_folder("checklists"), tmp_path / "checklists"))


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OITCHECK_REPORT__LANGUAGE", "en")


def test_one_run_names_every_planted_mistake_once_with_line_and_remedy(folder: Path, oitcheck: Any) -> None:
    all_of_2568 = ", ".join(f'"O{n}"' for n in range(1, 29))
    places = [planted.plant(folder) for planted in MISTAKES]
    path = folder / Y68
    path.write_text(path.read_text("utf-8").replace("ITEMS", all_of_2568), "utf-8")
    code, out, err = oitcheck("checklist", "check", "--folder", str(folder))
    told = [line.strip() for line in err.splitlines()[1:]]
    assert (code, out) == (3, "") and err.startswith(f"{folder}: {len(MISTAKES)} mistakes\n"), err
    for planted, place in zip(MISTAKES, places, strict=True):
        about = [line for line in told if line.startswith(f"{place}: ")]
        assert len(about) == 1, f"{place}: {planted.says}\n{err}"
        what, dash, remedy = about[0].partition(" — ")
        assert planted.says in what and dash and planted.remedy in remedy, about[0]
    assert len({m.name for m in MISTAKES}) == 9 and len(told) == len(MISTAKES) >= 20, err


@pytest.mark.parametrize("planted", MISTAKES, ids=lambda p: p.says)
def test_a_planted_mistake_alone_is_told_alone(folder: Path, planted: Planted) -> None:
    """No mistake brings others with it."""
    place = planted.plant(folder)
    path = folder / Y68
    path.write_text(path.read_text("utf-8").replace("ITEMS", ", ".join(f'"O{n}"' for n in range(1, 29))), "utf-8")
    year, _, file = planted.name.partition("/")
    with pytest.raises(ChecklistError) as raised:
        load(folder, int(year) if file else 2569)
    (told,) = raised.value.mistakes
    assert told.startswith(f"{place}: ")


def test_a_year_whose_list_is_missing_and_a_file_of_another_encoding(folder: Path, oitcheck: Any) -> None:
    (folder / Y69).unlink()
    path = folder / "2566/O9.toml"
    path.write_bytes('id = "O9"\ntitle = "ถาม"\n'.encode("cp874"))
    code, _, err = oitcheck("checklist", "check", "--folder", str(folder))
    assert code == 3
    assert "2569: a year without checklist.toml" in err and "2566/O9.toml: cannot be read (line 2 is not UTF-8)" in err
    assert err.startswith(f"{folder}: 2 mistakes\n")


def test_a_vocabulary_that_cannot_be_read_is_one_mistake_not_hundreds(folder: Path, oitcheck: Any) -> None:
    path = folder / WORDS
    text = path.read_text("utf-8")
    path.write_text(text + '\n[concept.late]\nnames = ["ก"\n', "utf-8")
    last = text.count("\n") + 3
    code, _, err = oitcheck("checklist", "check", "--folder", str(folder))
    assert code == 3 and len(err.splitlines()) == 2
    assert f"vocabulary.toml:{last}: not valid TOML" in err, err
