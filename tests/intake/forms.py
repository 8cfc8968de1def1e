"""What the tests of forms share: a register of invented agencies and a form as an official would fill it in."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook

from oitcheck.intake.attachments import Attachment
from oitcheck.intake.register import Options, Register
from oitcheck.intake.rows import Intake
from oitcheck.intake.submissions import Handed, read_attachments
from oitcheck.model.agency import Agency

TITLES = {
    "O1": "โครงสร้าง",
    "O2": "ข้อมูลผู้บริหาร",
    "O3": "อำนาจหน้าที่",
    "O18": "E-Service",
    "O21": "สรุปผลการจัดซื้อจัดจ้างหรือการจัดหาพัสดุรายเดือน",
    "O31": "ประกาศเจตนารมณ์นโยบาย No Gift Policy จากการปฏิบัติหน้าที่",
    "O32": "การสร้างวัฒนธรรม No Gift Policy",
    "O36": "แผนปฏิบัติการป้องกันการทุจริต",
    "O43": "การดำเนินการมาตรการส่งเสริมคุณธรรมและความโปร่งใสภายในหน่วยงาน",
}


def agency(agency_id: str, name: str, kind: str, year_be: int = 2566, round_id: str = "") -> Agency:
    return Agency(agency_id, name, kind, "นครธาร", "สบห้วย", year_be, round_id, (f"www.{agency_id.lower()}.example",))


AGENCIES = (
    agency("t1", "เทศบาลตำบลสบห้วย", "เทศบาลตำบล"),
    agency("s2", "องค์การบริหารส่วนตำบลไผ่งาม", "อบต."),
    agency("t3", "เทศบาลตำบลไผ่งาม", "เทศบาลตำบล"),
    agency("p4", "องค์การบริหารส่วนจังหวัดนครธาร", "อบจ."),
    agency("c5", "จังหวัดนครธาร", "จังหวัด"),
    agency("h6", "โรงพยาบาลสบห้วย", "โรงพยาบาล", 2568),
    agency("m7", "เทศบาลเมืองดอนกระเจียวทอง", "เทศบาลเมือง", 2568),
)
REGISTER = Register(AGENCIES, {2566: TITLES, 2568: {code: title for code, title in TITLES.items() if code != "O43"}})
TITLE = "แบบรายงานการเปิดเผยข้อมูลสาธารณะ (OIT) ของหน่วยงานภาครัฐ ประจำปีงบประมาณ พ.ศ. ๒๕๖๖"
NAME = "ชื่อหน่วยงาน  เทศบาลตำบลสบห้วย  อำเภอสบห้วย  จังหวัดนครธาร"
HEAD = ("ลำดับ", "ข้อ", "รายการ", "URL", "หมายเหตุ")


def book_of(rows: Sequence[Sequence[Any]], sheet: str = "OIT") -> Workbook:
    """A workbook with these rows on its first sheet."""
    book = Workbook()
    active = book.active
    active.title = sheet
    for row in rows:
        active.append(list(row))
    return book


def bytes_of(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def form(*rows: Sequence[Any], titles: Sequence[str] = (TITLE, NAME), head: Sequence[str] = HEAD) -> Workbook:
    """A form with its title rows, header and these rows."""
    return book_of([*((title,) for title in titles), (), head, *rows])


def read(content: bytes | Workbook, name: str = "แบบ.xlsx", **options: Any) -> Intake[Handed]:
    """What one file gives."""
    content = bytes_of(content) if isinstance(content, Workbook) else content
    return read_attachments([Attachment(name, content)], REGISTER, Options(**options))


def urls(intake: Intake[Handed]) -> dict[tuple[str, str], tuple[str, ...]]:
    """(agency, item) → URLs."""
    return {(one.submission.agency_id, one.submission.item): one.submission.urls for one in intake.items}


def codes(intake: Intake[Handed]) -> list[tuple[str, ...]]:
    """The notes of each row."""
    return [tuple(note.code for note in row.notes) for row in intake.rows]


def file_codes(intake: Intake[Handed]) -> set[str]:
    """The notes on files and sheets."""
    return {note.code for one in intake.files for note in one.notes}
