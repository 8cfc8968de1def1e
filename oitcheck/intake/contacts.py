"""Whom to write to: a small table of agencies and their e-mail addresses, kept beside the register."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from oitcheck.intake.rows import Intake, RowNote, RowOutcome, RowRejected, RowReport
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
    """The addresses of a CSV file or workbook, one contact an agency: several may stand in a cell, and in several rows.

    An agency that one row takes out gets no letter, whatever its other rows say. Rows of unknown agencies are rejected.
    Raises IntakeError when the file as a whole cannot be used.
    """
    reading = read_records(path, COLUMNS)
    known = {one.lower(): one for one in agency_ids}
    found: dict[str, Contact] = {}
    reports: list[RowReport] = []
    for record in reading.records:
        try:
            one, notes = _contact(record, known)
        except RowRejected as rejected:
            reports.append(record.report(RowOutcome.REJECTED, (rejected.note,)))
            continue
        found[one.agency_id] = _merged(found.get(one.agency_id), one)
        reports.append(record.report(RowOutcome.CORRECTED if notes else RowOutcome.ACCEPTED, notes))
    return Intake(tuple(found.values()), (*reports, *reading.rejected), reading.unused_columns)


def _contact(record: Record, known: dict[str, str]) -> tuple[Contact, tuple[RowNote, ...]]:
    """What a row says. To be taken out needs no address, and a wrong one does not hinder it."""
    agency_id = clean(record.text("agency_id"))
    if not agency_id:
        raise RowRejected("agency_id_missing", record.cell("agency_id"))
    if agency_id.lower() not in known:
        raise RowRejected("agency_unknown", record.cell("agency_id"), agency_id)
    opted_out = fold(clean(record.text("opt_out"))) not in _NO
    given = tuple(filter(None, _SEPARATORS.split(clean(record.text("email")))))
    wrong = tuple(one for one in given if not _MAILBOX.fullmatch(one))
    if not given and not opted_out:
        raise RowRejected("email_missing", record.cell("email"))
    if wrong and not opted_out:
        raise RowRejected("email_bad", record.cell("email"), wrong[0])
    notes = tuple(RowNote("email_bad", record.cell("email"), one) for one in wrong)
    addresses = tuple(dict.fromkeys(one for one in given if one not in wrong))
    return Contact(known[agency_id.lower()], addresses, opted_out), notes


def _merged(before: Contact | None, one: Contact) -> Contact:
    if before is None:
        return one
    addresses: dict[str, str] = {}
    for address in (*before.addresses, *one.addresses):
        addresses.setdefault(address.lower(), address)
    return Contact(one.agency_id, tuple(addresses.values()), before.opted_out or one.opted_out)
