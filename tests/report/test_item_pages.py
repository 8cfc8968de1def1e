"""The page of an item and `checklist explain`: every check has its question, every parameter its words, dates are the year's own."""

from __future__ import annotations

import re
import typing
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from oitcheck import cases, handbook
from oitcheck.model.checklist import RoundDates
from oitcheck.model.finding import Outcome
from oitcheck.report.asked import looked_for, period_words, question, rounds_of, sentence
from oitcheck.report.item_page import MARK, Example, Reasons, all_years_page, item_page, year_page
from oitcheck.report.messages import Messages
from oitcheck.report.terms import LANGUAGES, Terms
from oitcheck.rules.checks import CHECKS
from oitcheck.rules.declare import PERIODS, load, years_in
from oitcheck.rules.engine import REASONS
from oitcheck.settings import resource_folder

FOLDER, FIXTURES = resource_folder("checklists"), resource_folder("fixtures")
CHECKLIST, VOCABULARY = load(FOLDER, 2566)
ALL = Reasons({name: tuple(check.reasons) for name, check in CHECKS.items()}, tuple(REASONS))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("check", CHECKS)
def test_every_check_has_its_question(check: str, language: Any) -> None:
    """`question.<check>` in terms.th.toml and terms.en.toml."""
    words = question(check, Terms.load(language))
    assert words != check and len(words) > 10
    assert words.rstrip(" .)").endswith("?") or "?" in words if language == "en" else "หรือไม่" in words


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_no_question_of_a_check_that_is_gone(language: Any) -> None:
    assert set(Terms.load(language).keys_under("question")) == set(CHECKS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("check", CHECKS)
def test_every_parameter_has_its_words(check: str, language: Any) -> None:
    """`parameter.<name>`, for true and false `parameter.<name>_true` or `_false`, for a fixed value `value.<name>_<value>`."""
    terms = Terms.load(language)
    hints = typing.get_type_hints(CHECKS[check].Params)
    for parameter in fields(CHECKS[check].Params):
        hint, name = hints[parameter.name], parameter.name
        if hint is bool:
            assert f"parameter.{name}_{str(not parameter.default).lower()}" in terms.words
            continue
        assert f"parameter.{name}" in terms.words
        if typing.get_origin(hint) is typing.Literal:
            assert [v for v in typing.get_args(hint) if v and f"value.{name}_{v}" not in terms.words] == []


def test_what_is_looked_for_is_told_by_the_titles_of_concepts() -> None:
    o21 = {r.id: r for r in CHECKLIST.items["O21"].requirements}
    assert looked_for(o21["O21.1"], Terms.load("th")) == "เดือน: ตุลาคม 2565"
    assert looked_for(o21["O21.1"], Terms.load("en")) == "month: October 2022"
    told = looked_for(o21["O21.9"], Terms.load("th"))
    assert told.startswith("คอลัมน์: ราคากลาง · ") and told.endswith("ทุกตารางที่นับต้องมี · ข้อความนอกตารางไม่นับ")
    assert looked_for(o21["O21.16"], Terms.load("th")) == ""
    photo = next(r for r in CHECKLIST.items["O2"].requirements if r.id == "O2.5")
    assert looked_for(photo, Terms.load("th")) == "ข้อมูล: รูปถ่าย"


@pytest.mark.parametrize("period", PERIODS)
def test_a_period_is_told_in_the_dates_of_the_year(period: str) -> None:
    thai, english = (period_words(period, 2566, Terms.load(language)) for language in LANGUAGES)
    assert "{" not in thai + english
    year = "2565" if period == "previous_year" else "2566"
    assert f"พ.ศ. {year}" in thai and f"B.E. {year}" in english


def test_the_first_half_names_its_months() -> None:
    assert period_words("first_half", 2566, Terms.load("th")) == (
        "6 เดือนแรกของปีงบประมาณ พ.ศ. 2566 (1 ตุลาคม 2565 ถึง 31 มีนาคม 2566) ได้แก่ "
        "ต.ค. 2565, พ.ย. 2565, ธ.ค. 2565, ม.ค. 2566, ก.พ. 2566, มี.ค. 2566"
    )
    assert "1 October 2022 to 31 March 2023" in period_words("first_half", 2566, Terms.load("en"))
    assert "1 ตุลาคม 2564 ถึง 30 กันยายน 2565" in period_words("previous_year", 2566, Terms.load("th"))


def test_the_rounds_of_an_item_are_those_that_list_it_or_list_none() -> None:
    thai = Terms.load("th")
    assert [r.partition(" (")[2][:6] for r in rounds_of(CHECKLIST.items["O1"], CHECKLIST, thai)] == ["2566-1", "2566) "]
    bare = replace(CHECKLIST, rounds=(RoundDates("x", "รอบ", None),))
    assert rounds_of(CHECKLIST.items["O1"], bare, thai) == ("รอบ (x) ไม่ได้กำหนดวันสิ้นสุดไว้",)


def test_facts_of_a_sentence_are_named() -> None:
    assert sentence("ไม่พบ{month} ({novel_fact})", Terms.load("th")) == "ไม่พบ‹เดือน› (‹…›)"


def test_a_page_holds_all_that_is_asked_and_all_that_can_come_out() -> None:
    item = CHECKLIST.items["O21"]
    pages = {language: item_page(item, CHECKLIST, ALL, (), Messages.load(language)) for language in LANGUAGES}
    for language, page in pages.items():
        assert page.startswith(MARK) and "{" not in page
        for requirement in item.requirements:
            assert (requirement.text if language == "th" else requirement.text_en) in page
            assert requirement.source in page
        for check in {r.check for r in item.requirements}:
            assert question(check, Terms.load(language)) in page
            assert all(f"`{check}.{reason}`" in page for reason in CHECKS[check].reasons)
        assert all(f"`{code}`" in page for code in REASONS)
    assert "7 เมษายน 2566" in pages["th"] and "7 April 2023" in pages["en"]
    assert "| O21.16 |" in pages["th"] and "ไม่บังคับ" in pages["th"] and "## ตัวอย่าง" not in pages["th"]


def test_a_note_and_examples_are_shown(finding: Any) -> None:
    item = replace(CHECKLIST.items["O2"], note="อบต. ที่ไม่มีรองนายก\nระบุว่าว่าง", own=True)
    lacks = finding("case", "O2", "O2.5", Outcome.FAILED, "person.photo_missing", facts={"who": "นาย <ก>"})
    examples = (
        Example("2566/O2/pass-cards", "All is there.", ("แถวแรก | สอง",)),
        Example("2566/O2/no-photo", "One photograph is missing.", (), (lacks,) * 5),
    )
    page = item_page(item, CHECKLIST, ALL, examples, Messages.load("th"))
    assert "อบต. ที่ไม่มีรองนายก ระบุว่าว่าง" in page and "กระทรวงหรือกรมใช้แทนไม่ได้" in page
    assert "ตัวอย่างที่ผ่าน: [pass-cards](../../../../fixtures/2566/O2/pass-cards/)" in page and "แถวแรก | สอง" in page
    assert "One photograph is missing." in page and "- **O2.5** รูปถ่าย" in page and "นาย &lt;ก> ไม่มีรูปถ่าย" in page
    assert "และอีก 2 องค์ประกอบ" in page and "ไม่มีข้อความที่อ่านได้" in page


def test_index_pages_link_to_every_item_and_year() -> None:
    index = year_page(CHECKLIST, Terms.load("th"))
    assert all(f"[{i}]({i}.md)" in index for i in CHECKLIST.items) and "ไม่ครบทุกข้อ" not in index
    assert "ไม่ครบทุกข้อ" in year_page(replace(CHECKLIST, complete=False), Terms.load("th"))
    every = all_years_page([CHECKLIST])
    assert "(th/2566/README.md)" in every and "(en/2566/README.md)" in every


def test_explain_tells_how_and_when(oitcheck: Any) -> None:
    code, out, err = oitcheck("checklist", "explain", "2566/O21")
    assert code == 0, err
    assert "1 ตุลาคม 2565 ถึง 31 มีนาคม 2566" in out and "7 เมษายน 2566" in out
    assert question("monthly_report", Terms.load("th")) in out and "เดือน: มีนาคม 2566" in out
    assert out.count("[monthly_report.month_missing]\n") == 1 and "เหมือนของ O21.1" in out
    told = re.sub(r"\[[^\]\n]*\]$", "", out, flags=re.M)
    assert not re.search(r"public:|seed:|recall|[a-z]_[a-z]", told), "no word of the program but at the end of a line"
    assert "ที่มา: " in told
    code, out, _ = oitcheck("checklist", "explain", "2566/O21", "--lang", "en")
    assert code == 0 and question("column", Terms.load("en")) in out and "‹month›" in out


# --- the pages written ---


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Checklists of two items and the cases of one of them."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "checklists/2566").mkdir(parents=True)
    for name in ("vocabulary.toml", "2566/O2.toml", "2566/O21.toml"):
        (folder / "checklists" / name).write_bytes((FOLDER / name).read_bytes())
    (folder / "checklists/2566/checklist.toml").write_text(
        'year = 2566\ntitle = "แบบตรวจ"\nitems = ["O2", "O21"]\n', "utf-8"
    )
    (folder / "fixtures").mkdir()
    (folder / "fixtures" / cases.AGENCY).write_bytes((FIXTURES / cases.AGENCY).read_bytes())
    for case in ("pass-cards", "clerk-without-position", "honeypot-form-labels"):
        target = folder / "fixtures/2566/O2" / case
        target.mkdir(parents=True)
        for path in (FIXTURES / "2566/O2" / case).iterdir():
            (target / path.name).write_bytes(path.read_bytes())
    return folder


def test_pages_are_written_whole_and_known_to_be_up_to_date(small: Path, tmp_path: Path) -> None:
    made = handbook.pages(small / "checklists", small / "fixtures")
    years = [f"{language}/2566/{name}.md" for language in ("th", "en") for name in ("README", "O2", "O21")]
    assert sorted(made) == sorted(["README.md", *years])
    assert handbook.pages(small / "checklists", small / "fixtures") == made
    assert handbook.write(made, tmp_path) == tuple(sorted(made)) and handbook.differences(made, tmp_path) == ()
    assert handbook.write(made, tmp_path) == ()
    (tmp_path / "th/2566/O2.md").write_text("edited", "utf-8")
    (tmp_path / "en/2566/O21.md").unlink()
    (tmp_path / "th/2566/O99.md").write_text(MARK + "\n# of an item that is gone\n", "utf-8")
    (tmp_path / "th/own.md").write_text("# written by hand\n", "utf-8")
    stale = ("en/2566/O21.md", "th/2566/O2.md", "th/2566/O99.md")
    assert handbook.differences(made, tmp_path) == stale == handbook.write(made, tmp_path)
    assert not (tmp_path / "th/2566/O99.md").exists() and (tmp_path / "th/own.md").is_file()


def test_examples_are_the_first_that_passes_and_the_first_that_fails(small: Path) -> None:
    made = handbook.pages(small / "checklists", small / "fixtures")
    page = made["en/2566/O2.md"]
    assert "One that passes: [pass-cards]" in page and "One that fails: [clerk-without-position]" in page
    assert "honeypot" not in page and "- **O2.4** position of each: " in page and "→" in page
    assert cases.read_case(small / "fixtures/2566/O2/clerk-without-position").why in page
    assert "Examples" not in made["en/2566/O21.md"]
    without = handbook.pages(small / "checklists", small / "nowhere")
    assert "Examples" not in without["en/2566/O2.md"]


def test_the_command_writes_and_checks(small: Path, tmp_path: Path, oitcheck: Any) -> None:
    arguments = ("checklist", "docs", "--folder", str(small / "checklists"), "--out", str(tmp_path / "pages"))
    code, out, err = oitcheck(*arguments, "--check")
    assert code == 1 and len(out.splitlines()) == 7 and "ไม่เป็นปัจจุบัน 7 จาก 7 หน้า" in err
    assert not (tmp_path / "pages").exists()
    code, out, _ = oitcheck(*arguments)
    assert code == 0 and f"{tmp_path}/pages/th/2566/O21.md" in out
    assert oitcheck(*arguments, "--check")[:2] == (0, "")
    path = tmp_path / "pages/th/2566/O21.md"
    path.write_text(path.read_text("utf-8") + "x", "utf-8")
    assert oitcheck(*arguments, "--check")[:2] == (1, f"{path}\n")


def test_bad_input_of_docs_is_named(tmp_path: Path, oitcheck: Any, small: Path) -> None:
    code, _, err = oitcheck("checklist", "docs", "--folder", str(tmp_path))
    assert code == 2 and "has no year of a checklist" in err
    (tmp_path / "file").write_text("", "utf-8")
    code, _, err = oitcheck(
        "checklist", "docs", "--folder", str(small / "checklists"), "--out", str(tmp_path / "file/x")
    )
    assert code == 2 and "cannot be written" in err and "--out" in err


@pytest.mark.parametrize("year", years_in(FOLDER))
def test_every_case_of_the_fixtures_can_be_read(year: int) -> None:
    checklist, _ = load(FOLDER, year)
    for item in checklist.items:
        for folder in cases.case_folders(FIXTURES, year, item):
            case = cases.read_case(folder)
            assert case.why and case.expect and case.place == f"{year}/{item}/{folder.name}"
