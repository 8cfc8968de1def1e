"""Whom to write to: a small table of agencies and their e-mail addresses, kept beside the register."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from oitcheck.intake.rows import Intake, RowOutcome, RowRejected, RowReport
from oitcheck.intake.tables import Column, Record, read_records
from oitcheck.lib.thai_text import clean, fold
from oitcheck.model.contact import Contact

COLUMNS = (
    Column("agency_id", ("รหัสหน่วยงาน", "รหัส")),
    Column("email", ("อีเมล", "e-mail", "อีเมล์", "ไปรษณีย์อิเล็กทรอนิกส์")),
    Column("opt_out", ("ไม่รับอีเมล", "งดส่ง", "ไม่ประสงค์รับ"), required=False),
)
_MAILBOX = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_SEPARATORS = re.compile(r"[\s,;]+")
_NO = frozenset(map(fold, ("", "-", "0", "no", "false", "ไม่", "รับ")))


def read_contacts(path: Path, agency_ids: Iterable[str]) -> Intake[Contact]:
    """The addresses of a CSV file or workbook; several may stand in a cell. Rows of unknown agencies are rejected.

    Raises IntakeError when the file as a whole cannot be used.
    """
    reading = read_records(path, COLUMNS)
    known = {one.lower(): one for one in agency_ids}
    found: list[Contact] = []
    reports: list[RowReport] = []
    for record in reading.records:
        try:
            found.append(_contact(record, known))
        except RowRejected as rejected:
            reports.append(record.report(RowOutcome.REJECTED, (rejected.note,)))
        else:
            reports.append(record.report(RowOutcome.ACCEPTED))
    return Intake(tuple(found), (*reports, *reading.rejected), reading.unused_columns)


def _contact(record: Record, known: dict[str, str]) -> Contact:
    agency_id = clean(record.text("agency_id"))
    if not agency_id:
        raise RowRejected("agency_id_missing", record.cell("agency_id"))
    if agency_id.lower() not in known:
        raise RowRejected("agency_unknown", record.cell("agency_id"), agency_id)
    addresses = tuple(dict.fromkeys(filter(None, _SEPARATORS.split(clean(record.text("email"))))))
    wrong = next((one for one in addresses if not _MAILBOX.fullmatch(one)), None)
    if wrong is not None or not addresses:
        raise RowRejected("email_bad", record.cell("email"), wrong or "")
    return Contact(known[agency_id.lower()], addresses, fold(clean(record.text("opt_out"))) not in _NO)
