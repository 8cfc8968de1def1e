"""The list of agencies."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from oitcheck.intake.rows import Intake, RowNote, RowOutcome, RowRejected, RowReport
from oitcheck.intake.tables import Column, Record, read_records
from oitcheck.lib.round_names import round_meant
from oitcheck.lib.thai_text import arabic_digits, clean, similar_words
from oitcheck.lib.urls import BadUrl, host_of, normalized
from oitcheck.model.agency import Agency

COLUMNS = (
    Column("agency_id", ("รหัสหน่วยงาน", "รหัส")),
    Column("name_th", ("ชื่อหน่วยงาน", "หน่วยงาน")),
    Column("kind", ("ประเภท", "ประเภทหน่วยงาน")),
    Column("province", ("จังหวัด",)),
    Column("district", ("อำเภอ",), required=False),
    Column("fiscal_year", ("ปีงบประมาณ", "ปีงบประมาณ พ.ศ.", "ปี")),
    Column("round", ("รอบ", "รอบที่", "ครั้งที่"), required=False),
    Column("hosts", ("เว็บไซต์หลัก", "เว็บไซต์", "host")),
)

# The contract asks for small letters; capitals are kept as given, because other files refer to them so.
AGENCY_ID = re.compile(r"[A-Za-z0-9-]{1,64}")

_YEAR = re.compile(r"(?:ปี|งบประมาณ|พ\.?ศ\.?|\s)*(\d{4})")
_FIRST_YEAR_BE, _LAST_YEAR_BE = 2550, 2650
_BE_OFFSET = 543
_HOST_SEPARATORS = re.compile(r"[\s,;|]+")


def read_agencies(
    path: Path, year_be: int | None = None, rounds: Mapping[int, Sequence[str]] | None = None
) -> Intake[Agency]:
    """The agencies of a CSV file or workbook, in the order given; one id may stand once for each fiscal year.

    `year_be` rejects rows of other years; without it a file may hold several, for the caller to choose from. `rounds`
    are the ids of each year's rounds: other spellings of one are put right, and what is none of them is told. Raises
    IntakeError when the file as a whole cannot be used.
    """
    reading = read_records(path, COLUMNS)
    agencies: dict[tuple[str, int], tuple[Agency, int]] = {}
    reports: list[RowReport] = []
    for record in reading.records:
        notes: list[RowNote] = []
        try:
            agency = _agency(record, year_be, rounds or {}, notes)
            key = agency.id.lower(), agency.fiscal_year_be
            taken = agencies.get(key)
            if taken and taken[0] != agency:
                raise RowRejected("agency_id_taken", record.cell("agency_id"), agency.id, str(taken[1]))
        except RowRejected as rejected:
            reports.append(record.report(RowOutcome.REJECTED, (*notes, rejected.note)))
            continue
        if taken:
            notes.append(RowNote("duplicate", record.cell("agency_id"), agency.id))
        else:
            agencies[key] = (agency, record.row)
        reports.append(record.report(RowOutcome.CORRECTED if notes else RowOutcome.ACCEPTED, tuple(notes)))
    found = tuple(agency for agency, _ in agencies.values())
    return Intake(found, (*reports, *reading.rejected), reading.unused_columns)


def _agency(record: Record, year_be: int | None, rounds: Mapping[int, Sequence[str]], notes: list[RowNote]) -> Agency:
    agency_id = _tidy(record, "agency_id", notes)
    if not agency_id:
        raise RowRejected("agency_id_missing", record.cell("agency_id"))
    if not AGENCY_ID.fullmatch(agency_id):
        raise RowRejected("agency_id_characters", record.cell("agency_id"), agency_id)
    name = _tidy(record, "name_th", notes)
    if not name:
        raise RowRejected("name_missing", record.cell("name_th"))
    kind = _tidy(record, "kind", notes)
    if not kind:
        notes.append(RowNote("kind_missing", record.cell("kind")))
    year = _year(record, year_be, notes)
    return Agency(
        id=agency_id,
        name_th=name,
        kind=kind,
        province=_tidy(record, "province", notes),
        district=_tidy(record, "district", notes),
        fiscal_year_be=year,
        round_id=_round(record, year, rounds.get(year, ()), notes),
        hosts=_hosts(record, notes),
    )


def _tidy(record: Record, column: str, notes: list[RowNote]) -> str:
    text = record.text(column)
    # Line ends within a cell are blanks here; blanks around a value are no news to anyone.
    tidy = clean(" ".join(text.split()))
    if tidy != text.strip():
        notes.append(RowNote("spaces_removed", record.cell(column), text.strip(), tidy))
    return tidy


def _year(record: Record, year_be: int | None, notes: list[RowNote]) -> int:
    text = clean(record.text("fiscal_year"))
    cell = record.cell("fiscal_year")
    if not text:
        raise RowRejected("fiscal_year_missing", cell)
    match = _YEAR.fullmatch(arabic_digits(text))
    year = int(match[1]) if match else 0
    if _FIRST_YEAR_BE <= year + _BE_OFFSET <= _LAST_YEAR_BE:
        year += _BE_OFFSET
    if not _FIRST_YEAR_BE <= year <= _LAST_YEAR_BE:
        raise RowRejected("fiscal_year_bad", cell, text)
    if str(year) != text:
        notes.append(RowNote("fiscal_year_corrected", cell, text, str(year)))
    if year_be is not None and year != year_be:
        raise RowRejected("fiscal_year_other", cell, str(year), str(year_be))
    return year


def _round(record: Record, year_be: int, known: Sequence[str], notes: list[RowNote]) -> str:
    """The id of the round that is meant; what is none of the year's stands as it is, with a note."""
    text = _tidy(record, "round", notes)
    if not text or not known or text in known:
        return text
    meant = round_meant(text, year_be, known)
    if meant is None:
        near = similar_words(text, tuple(known)) or tuple(known)
        notes.append(RowNote("round_unknown", record.cell("round"), text, ", ".join(near)))
        return text
    notes.append(RowNote("round_corrected", record.cell("round"), text, meant))
    return meant


def _hosts(record: Record, notes: list[RowNote]) -> tuple[str, ...]:
    cell = record.cell("hosts")
    hosts: list[str] = []
    for word in filter(None, _HOST_SEPARATORS.split(record.text("hosts"))):
        host = _host(word)
        if not host:
            notes.append(RowNote("host_bad", cell, word))
            continue
        if host != word:
            notes.append(RowNote("host_corrected", cell, word, host))
        if host not in hosts:
            hosts.append(host)
    if not hosts:
        notes.append(RowNote("agency_without_hosts", cell))
    return tuple(hosts)


def _host(word: str) -> str:
    """The host in a host name or URL as typed; "" when there is none."""
    try:
        return host_of(normalized(word)[0])
    except BadUrl:
        return ""
