"""Published ITA scores: a small table of agency, what was measured, score, and the score of the year before."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from oitcheck.intake.agencies import AGENCY_ID
from oitcheck.intake.rows import Intake, RowOutcome, RowRejected, RowReport
from oitcheck.intake.tables import Column, Record, read_records
from oitcheck.lib.thai_text import arabic_digits, clean, fold
from oitcheck.model.ita import INDICATORS, TOOLS, TOTAL, ItaScore

COLUMNS = (
    Column("agency_id", ("รหัสหน่วยงาน", "รหัส")),
    Column("indicator", ("ตัวชี้วัด", "รายการ", "ข้อคำถาม"), required=False),
    Column("score", ("คะแนน", "ผลคะแนน", "คะแนน ITA", "คะแนนปีนี้")),
    Column("score_before", ("คะแนนปีก่อน", "คะแนนปีที่แล้ว", "ปีก่อน"), required=False),
)
_TOTAL_NAMES = frozenset(map(fold, ("", TOTAL, "รวม", "คะแนนรวม", "ภาพรวม", "คะแนนภาพรวม")))
_TOOL_NAMES = {
    fold(name): tool
    for tool, names in {
        "iit": ("IIT",),
        "eit1": ("EIT1", "EIT ส่วนที่ 1", "EIT 1"),
        "eit2": ("EIT2", "EIT ส่วนที่ 2", "EIT 2"),
        "oit": ("OIT",),
    }.items()
    for name in names
}
_INDICATOR = re.compile(r"(?:ตัวชี้วัด(?:ที่)?)?\s*(\d{1,2})(?:[.\s].*)?")
# "9.1", "9 - 10", "9 และ 10": the score of a part, or of several, is not that of the ninth.
_PART = re.compile(r"(?:ตัวชี้วัด(?:ย่อย)?(?:ที่)?)?\s*\d{1,2}(?:\s*(?:[.,\-–/&]|และ|ถึง)\s*|\s+)\d.*")
_QUESTION = re.compile(r"(?:ข้อ\s*)?([ie])\s?(\d{1,2})", re.IGNORECASE)
_HIGHEST = 100.0


def read_scores(path: Path, agency_ids: Iterable[str] | None = None) -> Intake[ItaScore]:
    """The scores of a CSV file or workbook. Rows of agencies not among `agency_ids` are rejected (None: not asked).

    Raises IntakeError when the file as a whole cannot be used.
    """
    reading = read_records(path, COLUMNS)
    known = None if agency_ids is None else {one.lower(): one for one in agency_ids}
    found: dict[tuple[str, str], ItaScore] = {}
    reports: list[RowReport] = []
    for record in reading.records:
        try:
            one = _score(record, known)
            key = one.agency_id, one.measured
            if key in found:
                raise RowRejected("score_twice", record.cell("indicator"), f"{one.agency_id} {one.measured}")
        except RowRejected as rejected:
            reports.append(record.report(RowOutcome.REJECTED, (rejected.note,)))
            continue
        found[key] = one
        reports.append(record.report(RowOutcome.ACCEPTED))
    return Intake(tuple(found.values()), (*reports, *reading.rejected), reading.unused_columns)


def _score(record: Record, known: dict[str, str] | None) -> ItaScore:
    agency_id = clean(record.text("agency_id"))
    cell = record.cell("agency_id")
    if not agency_id:
        raise RowRejected("agency_id_missing", cell)
    if not AGENCY_ID.fullmatch(agency_id):
        raise RowRejected("agency_id_characters", cell, agency_id)
    if known is not None:
        if agency_id.lower() not in known:
            raise RowRejected("agency_unknown", cell, agency_id)
        agency_id = known[agency_id.lower()]
    score = _number(record, "score")
    if score is None:
        raise RowRejected("score_missing", record.cell("score"))
    return ItaScore(agency_id, _measured(record), score, _number(record, "score_before"))


def _measured(record: Record) -> str:
    text = arabic_digits(clean(record.text("indicator")))
    if fold(text) in _TOTAL_NAMES:
        return TOTAL
    if fold(text) in _TOOL_NAMES:
        return _TOOL_NAMES[fold(text)]
    question = _QUESTION.fullmatch(text)
    if question:
        return f"{question[1].lower()}{int(question[2])}"
    indicator = _INDICATOR.fullmatch(text)
    if _PART.fullmatch(text):
        raise RowRejected("indicator_part", record.cell("indicator"), text)
    if indicator and str(int(indicator[1])) in INDICATORS:
        return str(int(indicator[1]))
    raise RowRejected("indicator_bad", record.cell("indicator"), text, ", ".join((TOTAL, *TOOLS)))


def _number(record: Record, column: str) -> float | None:
    """The number of a cell; None when it is empty. Raises RowRejected for one that is no score."""
    text = arabic_digits(clean(record.text(column))).removesuffix("คะแนน").strip()
    if text in ("", "-"):
        return None
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= _HIGHEST:
        raise RowRejected("score_bad", record.cell(column), text)
    return number
