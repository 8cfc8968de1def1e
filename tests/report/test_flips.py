"""Which findings flip between two judgements, and `checklist diff` on a kept run."""

from __future__ import annotations

import csv
import io
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from oitcheck.model.checklist import Requirement
from oitcheck.model.finding import Outcome
from oitcheck.report.flips import COLUMNS, Change, flips, rows, text_lines
from oitcheck.report.messages import Messages
from oitcheck.settings import resource_folder

PASSED, FAILED, OPEN = Outcome.PASSED, Outcome.FAILED, Outcome.CANT_TELL


def test_the_same_findings_do_not_flip(findings, checklist):
    found = flips(findings, reversed(findings), checklist, checklist)
    assert (found.flips, found.unchanged, found.changes, found.counts()) == ((), len(findings), (), ())


def test_outcome_reason_and_missing_rows_are_told_apart(finding, checklist):
    old = [
        finding("a", "O10", "O10.1", PASSED),
        finding("a", "O2", "O2.1", FAILED, "months.missing"),
        finding("b", "O1", "O1.1", PASSED),
    ]
    new = [
        finding("a", "O10", "O10.1", FAILED, "months.missing"),
        finding("a", "O2", "O2.1", FAILED),
        finding("b", "O1", "O1.2", OPEN),
    ]
    found = flips(old, new, checklist, checklist)
    assert [(f.agency_id, f.requirement, f.direction) for f in found.flips] == [
        ("a", "O2.1", (FAILED, FAILED)),
        ("a", "O10.1", (PASSED, FAILED)),
        ("b", "O1.1", (PASSED, None)),
        ("b", "O1.2", (None, OPEN)),
    ]
    assert found.unchanged == 0 and sum(count for _, count in found.counts()) == 4


def test_facts_alone_are_no_flip(finding, checklist):
    old = [finding("a", "O1", "*", FAILED, "months.missing", facts={"month": "1"})]
    new = [finding("a", "O1", "*", FAILED, "months.missing", facts={"month": "2"})]
    assert flips(old, new, checklist, checklist).flips == ()


def test_what_is_declared_differently(checklist):
    o1, o2 = checklist.items["O1"], checklist.items["O2"]
    first, second = o1.requirements
    items = {
        **checklist.items,
        "O1": replace(
            o1, requirements=(replace(first, binding=False), Requirement("O1.3", "ใหม่", "new", "says", None))
        ),
        "O2": replace(o2, requirements=(replace(o2.requirements[0], check="other"),)),
    }
    assert second.id == "O1.2"
    assert flips((), (), checklist, replace(checklist, items=items)).changes == (
        Change("O1", "O1.1", "made_optional"),
        Change("O1", "O1.2", "removed"),
        Change("O1", "O1.3", "added"),
        Change("O2", "O2.1", "checked_otherwise"),
    )


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_flip_is_shown_with_both_proofs(findings, finding, checklist, language):
    was = next(f for f in findings if f.seen)
    now = replace(was, outcome=PASSED, code="says.found", reason="found", seen=(replace(was.seen[0], quote="=สรุป"),))
    found = flips([was], [now], checklist, checklist)
    text = "\n".join(text_lines(found, Messages.load(language)))
    assert "✕" in text and "✓" in text and was.seen[0].quote in text and "=สรุป" in text and was.seen[0].url in text
    (row,) = rows(found, Messages.load(language))
    told = dict(zip(COLUMNS, row, strict=True))
    assert (told["old_outcome"], told["new_outcome"], told["new_reason"]) == ("failed", "passed", "found")
    assert (told["old_quote"], told["new_quote"], told["old_place"]) == (was.seen[0].quote, "=สรุป", "page:2")


# --- the command, on the small round ---


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    return Path(shutil.copytree(resource_folder("checklists"), tmp_path / "changed"))


def _edit(path: Path, below: str, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    start = text.index(below)
    assert old in text[start:]
    path.write_text(text[:start] + text[start:].replace(old, new, 1), "utf-8")


def _run(small_round: Any, year: str) -> str:
    return str(small_round.rows(year)[0]["run"])


def _told(small_round: Any, oitcheck: Any, year: str, *arguments: str) -> dict[str, Any]:
    code, out, err = oitcheck(
        "checklist", "diff", *arguments, "--run", _run(small_round, year), "--format", "json", **small_round.environ
    )
    assert code == 0, err
    told: dict[str, Any] = json.loads(out)
    return told


def _flipped(told: dict[str, Any]) -> dict[tuple[str, str, str], tuple[str, str]]:
    return {
        (f["agency"], f["requirement"], f["about"]): tuple(f[s]["outcome"] if f[s] else "" for s in ("old", "new"))
        for f in told["flips"]
        if f["requirement"] != "*"
    }


def test_an_unchanged_checklist_flips_nothing(small_round: Any, oitcheck: Any, changed: Path) -> None:
    told = _told(small_round, oitcheck, "2566", str(changed))
    assert told["flips"] == told["requirements"] == told["counts"] == []
    assert told["old"] == told["new"] and told["unchanged"] == len(small_round.rows("2566"))


def test_a_changed_month_flips_that_month_only(small_round: Any, oitcheck: Any, changed: Path) -> None:
    _edit(changed / "2566/O21.toml", 'id = "O21.5"', 'month = "2566-02"', 'month = "2564-02"')
    told = _told(small_round, oitcheck, "2566", str(changed))
    assert told["requirements"] == [{"item": "O21", "requirement": "O21.5", "change": "checked_otherwise"}]
    before = {r["agency"] for r in small_round.rows("2566") if r["requirement"] == "O21.5" and r["outcome"] == "passed"}
    assert before == {"doikrasip", "nongpedkhao"}
    found = _flipped(told)
    assert {k[:2] for k in found} == {(agency, "O21.5") for agency in before}
    assert all(found[agency, "O21.5", ""] == ("passed", "failed") for agency in before)
    flip = next(f for f in told["flips"] if f["requirement"] == "O21.5" and not f["about"])
    assert flip["old"]["seen"][0]["quote"] and flip["old"]["seen"][0]["place"] and flip["old"]["seen"][0]["url"]


def test_a_requirement_made_optional_flips_its_item_only(small_round: Any, oitcheck: Any, changed: Path) -> None:
    """O24 of doikrasip lacks O24.2 alone."""
    _edit(changed / "2566/O24.toml", 'id = "O24.2"', "basis =", "binding = false\nbasis =")
    told = _told(small_round, oitcheck, "2566", str(changed))
    assert told["requirements"] == [{"item": "O24", "requirement": "O24.2", "change": "made_optional"}]
    assert [(f["agency"], f["item"], f["requirement"]) for f in told["flips"]] == [("doikrasip", "O24", "*")]
    assert told["counts"] == [{"old": "failed", "new": "passed", "count": 1}]
    assert (told["flips"][0]["old"]["reason"], told["flips"][0]["new"]["reason"]) == ("elements_missing", "complete")


def test_a_name_taken_out_of_the_vocabulary_flips_what_rested_on_it(
    small_round: Any, oitcheck: Any, changed: Path
) -> None:
    """Both folders named, the changed one as the old: what is lost forward is won backward."""
    _edit(
        changed / "vocabulary.toml",
        "[concept.reference_price]",
        'names = ["ราคากลาง", ',
        'names = ["ราคาที่ไม่มีผู้ใดเรียก", ',
    )
    _edit(
        changed / "vocabulary.toml", "[concept.reference_price]", '"ราคากลางของการจัดซื้อจัดจ้าง", "ราคาอ้างอิง"', '"ราคาอื่น"'
    )
    forward = _told(small_round, oitcheck, "2566", str(changed))
    lost = _flipped(forward)
    price = {r["agency"] for r in small_round.rows("2566") if r["requirement"] == "O21.9" and r["outcome"] == "passed"}
    assert price and {k[0] for k in lost if k[1] == "O21.9"} == price and forward["requirements"] == []
    backward = _told(small_round, oitcheck, "2566", str(changed), str(resource_folder("checklists")))
    assert _flipped(backward) == {key: outcomes[::-1] for key, outcomes in lost.items()}


def test_agency_and_item_narrow_the_comparison(small_round: Any, oitcheck: Any, changed: Path) -> None:
    _edit(changed / "2566/O21.toml", 'id = "O21.5"', 'month = "2566-02"', 'month = "2564-02"')
    arguments = (str(changed), "--agency", "doikrasip")
    told = _told(small_round, oitcheck, "2566", *arguments)
    assert {f["agency"] for f in told["flips"]} == {"doikrasip"}
    assert _told(small_round, oitcheck, "2566", *arguments, "--item", "o24")["flips"] == []


def test_table_and_csv(small_round: Any, oitcheck: Any, changed: Path) -> None:
    _edit(changed / "2566/O24.toml", 'id = "O24.2"', "basis =", "binding = false\nbasis =")
    run = ("--run", _run(small_round, "2566"))
    code, out, err = oitcheck("checklist", "diff", str(changed), *run, **small_round.environ)
    assert code == 0 and "✕ ไม่ครบถ้วน → ✓ ครบถ้วน" in out and "O24.2" in out and "2566@" in err
    code, out, _ = oitcheck("checklist", "diff", str(changed), *run, "--format", "csv", **small_round.environ)
    (row,) = csv.DictReader(io.StringIO(out))
    assert code == 0 and (row["item"], row["old_outcome"], row["new_outcome"]) == ("O24", "failed", "passed")


@pytest.mark.parametrize(
    ("code", "arguments", "says"),
    [
        (2, ("{folder}/2566",), "name the folder of checklists itself"),
        (2, ("/nowhere",), "is no folder of checklists"),
        (2, ("{folder}", "{folder}", "{folder}"), "3 folders were named"),
        (2, ("{folder}", "--agency", "doikrasib"), "Did you mean doikrasip?"),
        (2, ("{folder}", "--item", "O99"), "knows no 'O99'"),
        (2, ("{folder}", "--run", "never"), "never"),
        (2, (), "Missing argument"),
    ],
)
def test_bad_input_is_named(
    small_round: Any, oitcheck: Any, changed: Path, code: int, arguments: tuple[str, ...], says: str
) -> None:
    filled = [a.format(folder=changed) for a in arguments]
    run = () if "--run" in arguments else ("--run", _run(small_round, "2566"))
    found, out, err = oitcheck("checklist", "diff", *filled, *run, **small_round.environ)
    assert (found, out) == (code, "") and says in err, err


def test_mistakes_of_the_new_checklist_are_told(small_round: Any, oitcheck: Any, changed: Path) -> None:
    _edit(changed / "2566/O24.toml", 'id = "O24.2"', 'check = "column"', 'check = "colum"')
    code, out, err = oitcheck(
        "checklist", "diff", str(changed), "--run", _run(small_round, "2566"), **small_round.environ
    )
    assert (code, out) == (3, "") and "2566/O24.toml:" in err and "did you mean 'column'?" in err
