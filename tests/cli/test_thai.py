"""Every sentence of the command line has its Thai, and no value is lost on the way."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from oitcheck.cli.thai import PLACEHOLDER, catalogue, matched, thai, thai_error
from oitcheck.errors import ChecklistError, OitcheckError, RunBusyError
from oitcheck.intake.rows import RowOutcome, UnusableFile
from oitcheck.schedule.health import TOOLS
from oitcheck.settings import SettingsError, load
from oitcheck.store.nights import Kind, NightOutcome
from tests.sentences import HOLE, Reader

SENTENCES = Reader().read()
THAI = re.compile("[\u0e00-\u0e7f]")
# Sentences that no call of the package says in so many words: they are made by a library, or stand within others.
NOT_COLLECTED = ("part", "usage", "usage_part", "row", "cell.state", "cell.kind", "cell.own", "cell.binding", "cell.what",
                 "cell.detail")  # fmt: skip
# Put together at run time: the count of a list, the mistake that a check finds in its parameters, help after wrong usage.
MADE = {
    "error": ("{} mistakes", "{} mistake"),
    "mistake": ("{}: and_fields: no such field: {}",),
    "remedy": ("every value is closed on its line: quotes, brackets, commas between entries of a list",),
    "note": ("See: {} --help",),
    "where": ("ROUND",),  # the one argument by its name that has a word for people
}
# Words that are alike in both languages.
ALIKE = ("true", "false", "url", "id")


def _sample(template: str) -> str:
    parts = template.split(HOLE)
    return "".join(part if n == 0 else f"⟨{n}⟩{part}" for n, part in enumerate(parts))


@pytest.mark.parametrize("table", sorted(SENTENCES))
def test_every_sentence_has_its_thai(table: str) -> None:
    lacking = []
    for template, places in sorted(SENTENCES[table].items()):
        text = template.strip("\n").partition("\n")[0]  # a list below the sentence is told entry by entry
        sample = _sample(text)
        told = thai(table, sample)
        if told is None:
            lacking.append(f"[{table}] {text!r} has no Thai ({', '.join(sorted(places))})")
        elif missing := [n for n in re.findall("⟨\\d+⟩", sample) if n not in told]:
            lacking.append(f"[{table}] {text!r}: the Thai {told!r} loses {', '.join(missing)}")
    assert not lacking, "\n".join(lacking)


@pytest.mark.parametrize("table", sorted(SENTENCES))
def test_no_sentence_is_taken_for_another(table: str) -> None:
    """What one sentence says in words must not pass for a value of another: "no agency is here" is no agency's id."""
    swallowed = []
    for template in sorted(SENTENCES[table]):
        text = _sample(template.strip("\n").partition("\n")[0])
        found = matched(table, text)
        for name, value in found[1].items() if found else ():
            # Words that a value may be: known ones, columns, packages of the system, a range of numbers.
            if thai("part", value) or name.startswith(("columns", "packages", "range")):
                continue
            if re.search("[A-Za-z]{2,}", re.sub("⟨\\d+⟩", "", value)):
                swallowed.append(f"[{table}] {text!r} is read as {found[0].english!r} with {name} = {value!r}")
    assert not swallowed, "\n".join(swallowed)


def test_the_placeholders_agree() -> None:
    wrong = []
    for table, sentences in catalogue().items():
        for s in sentences:
            if sorted(PLACEHOLDER.findall(s.english)) != sorted(PLACEHOLDER.findall(s.thai)):
                wrong.append(f"[{table}] {s.english!r}: {s.thai!r}")
            elif s.thai and not THAI.search(s.thai) and s.english not in ALIKE:
                wrong.append(f"[{table}] {s.english!r}: {s.thai!r} is no Thai")
    assert not wrong, "\n".join(wrong)


def test_no_thai_stands_for_a_sentence_that_nothing_says() -> None:
    samples = {
        table: [_sample(t.strip("\n").partition("\n")[0]) for t in found] + [_sample(t) for t in MADE.get(table, ())]
        for table, found in SENTENCES.items()
    }
    idle = [
        f"[{table}] {s.english!r}"
        for table, sentences in catalogue().items()
        if table not in NOT_COLLECTED
        for s in sentences
        if not any(s.pattern.fullmatch(text) for text in samples.get(table, ()))
    ]
    assert not idle, "\n".join(idle)


@pytest.mark.parametrize("outcome", RowOutcome)
def test_how_a_row_ended_is_said_in_thai(outcome: RowOutcome) -> None:
    assert thai("row", outcome.value)


@pytest.mark.parametrize("tool", sorted(TOOLS))
def test_doctor_names_a_tool_and_what_its_lack_costs_in_thai(tool: str) -> None:
    cost, remedy = TOOLS[tool]
    assert thai("cell.what", tool) and thai("cell.detail", cost) and thai("cell.remedy", remedy)


def test_the_last_night_of_the_doctor_is_the_scheduled_one_and_no_other_check() -> None:
    assert thai("cell.what", "last night") == "การตรวจประจำคืนครั้งล่าสุด"


def test_how_a_night_ended_and_its_kind_are_said_in_thai() -> None:
    assert [one for one in (*get_args(NightOutcome), "due now") if thai("cell.state", one) is None] == []
    assert [one for one in get_args(Kind) if thai("cell.kind", one) is None] == []


def test_an_error_in_thai_has_the_shape_of_the_english_one() -> None:
    error = SettingsError("there is no such file", where="a.toml", remedy="Save it as UTF-8 text.")
    assert thai_error(error) == "a.toml: ไม่พบแฟ้มนี้\n  บันทึกเป็นข้อความแบบ UTF-8"
    assert thai_error(UnusableFile("file_missing", "a.csv")) == "a.csv: ไม่พบแฟ้มนี้\n  ตรวจชื่อแฟ้ม"
    assert thai_error(OitcheckError("nobody knows this", remedy="Nor this.")) is None
    assert thai_error(OitcheckError("nobody knows this", remedy="Save it as UTF-8 text.")) == (
        "nobody knows this\n  บันทึกเป็นข้อความแบบ UTF-8"
    )


def test_columns_are_named_with_their_thai_headings() -> None:
    what = "columns missing: agency_id, item (did you mean 'itme'?); found: itme, url"
    told = thai("error", what)
    assert told is not None
    assert "agency_id (รหัสหน่วยงาน)" in told and "item (ข้อ)" in told and "“itme”" in told


def test_a_value_that_looks_like_a_placeholder_is_shown() -> None:
    assert thai("error", "no agency '{id}'") == "ไม่มีหน่วยงานรหัส “{id}”"


def test_who_holds_a_round_is_told_in_local_time_of_the_buddhist_era() -> None:
    error = RunBusyError(
        "host:1 has worked on this round since 2023-04-07 09:14 in Bangkok",
        where="2566/2566-1",
        remedy="Wait until it has finished; if it has died, its hold lapses at 2023-04-07 09:29 in Bangkok.",
    )
    told = thai_error(error)
    assert told is not None and "7 เม.ย. 66 เวลา 09.14 น." in told and "09.29 น." in told and "UTC" not in str(error)


def test_each_mistake_of_a_checklist_is_told_with_its_place_and_remedy() -> None:
    known = "2566/O21.toml:12: O21.1: unknown check 'month' — did you mean 'monthly'?"
    told = thai_error(ChecklistError((known, "something else"), where="checklists"))
    assert told == (
        "checklists: พบที่ไม่ถูกต้อง 2 แห่ง\n"
        "  2566/O21.toml:12: O21.1: ไม่รู้จักวิธีตรวจ “month” — หมายถึง “monthly” หรือไม่\n"
        "  something else"
    )


def test_each_mistake_of_the_settings_is_told() -> None:
    variables = {"OITCHECK_CRAWL__ATTEMPTS": "0", "OITCHECK_CRAWL__DELAY_SECONDS": "fast"}
    with pytest.raises(SettingsError) as raised:
        load(None, variables)
    told = thai_error(raised.value)
    assert told is not None and told.count("\n") == 2
    assert "การตั้งค่าไม่ถูกต้อง 2 แห่ง" in told and "ใช้ค่า “fast” ไม่ได้" in told and "จำนวนเต็มตั้งแต่ 1" in told
    assert "whole number" not in told
