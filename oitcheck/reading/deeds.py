"""What a text reports as done, as opposed to what it plans, announces or merely names."""

from __future__ import annotations

import re

from oitcheck.lib.thai_text import arabic_digits

_ACTS = (
    r"จัด|ดำเนิน|ออก|แต่งตั้ง|ประชุม|อบรม|เผยแพร่|ปรับปรุง|ติดตั้ง|ตรวจ|กำหนด|แจ้ง|ประกาศ|มี|รับ|ทำ|ร่วม|เข้า|ชี้แจง|ถ่ายทอด|มอบ|ส่ง|"
    r"เชิญ|สำรวจ|รายงาน|นำ|เปิด|ลด|เพิ่ม|พัฒนา|สร้าง|ซ่อม|ติดป้าย|ทบทวน|บันทึก|รวบรวม|คัดเลือก|บรรจุ|ให้|สรุป|เสนอ|ร่าง|ใช้|ลง|"
    r"ประเมิน|ประสาน|ควบคุม|กำกับ|ติดตาม|จ่าย|เบิก|สื่อสาร|ปลูก|รณรงค์|หมุนเวียน|สับเปลี่ยน|แก้ไข|ยกเลิก|ย้าย|ขยาย|อนุมัติ|ลงนาม"
)
# Each of these says by itself that something happened, or how far it came.
_DONE = re.compile(
    rf"(?:{_ACTS})[^\n.]{{0,60}}?(?:แล้ว(?!เสร็จ(?:ภายใน|ใน))|เรียบร้อย|เสร็จสิ้น)|(?<!ไม่)(?<!ยังไม่)ได้(?:มีการ)?(?:{_ACTS})|(?<!จะ)(?<!ให้)แล้วเสร็จ(?!ภายใน)|"
    rf"(?:เมื่อ|ใน)วันที่\s*\d|เมื่อ\s*\d|ผล(?:คือ|ปรากฏว่า|พบว่า)|บรรลุ|สำเร็จ|ครบ(?:ทุก|ถ้วน|ตาม)|(?:จัด|อบรม|ประชุม|ดำเนินการ|ตรวจ|เผยแพร่|แจก)[^\n]{{0,40}}?"
    r"\d+\s*(?:ครั้ง|รุ่น|คน|ราย|แห่ง|เรื่อง|ฉบับ|ชุด|แผ่น|โครงการ|หลักสูตร|กิจกรรม)|"
    r"(?:ผู้เข้า|มีผู้|เข้าร่วม|เข้าอบรม|พนักงาน|บุคลากร|เจ้าหน้าที่|ประชาชน)[^\n]{0,40}?\d+\s*(?:คน|ราย|ท่าน)|ร้อยละ\s*(?:ของ[^\n]{0,20})?\d|\d\s?%|ไม่พบ(?:การ|ข้อ|ผู้|ว่า|เรื่อง)|"
    r"ลดลง|เพิ่มขึ้น|ดีขึ้น|อยู่ระหว่าง(?:ดำเนิน|การ|ตรวจ|ประกวด|ก่อสร้าง|เบิก)|ดำเนินการเป็นประจำ|ได้รับ(?:การ|ความ)|มีการ(?:จัด|ประชุม|ดำเนิน|ตรวจ|เผยแพร่|ประชาสัมพันธ์|ปรับ|แต่งตั้ง|ติดตาม|ชี้แจง|อบรม|มอบ|รายงาน|แจ้ง|ประกาศ)"
)
_NOT_YET = re.compile(
    r"ยัง(?:ไม่|มิ)(?:ได้)?(?:มีการ)?(?:ดำเนิน|เริ่ม|จัด|เบิก)|ไม่ได้ดำเนินการ|อยู่ในแผน|คาดว่า|กำหนดจัด|มีแผน|มีกำหนด|รอ(?:ดำเนิน|การ|งบ|จัด)|ขอเชิญ|เชิญชวน|ที่จะ|เตรียม(?:จัด|ดำเนิน)|"
    rf"(?<!ก่อนที่)จะ(?:ได้|ต้อง)?(?:{_ACTS})"
)
_BEGINS_WITH_ACT = re.compile(
    rf"^\W*(?:[\d๐-๙]+[.)]?\s*)?(?:การ)?(?:{_ACTS}|ลงทะเบียน|พิจารณา|ยื่น|กรอก|เขียน|คัดกรอง|ชำระ|เก็บ|ออกใบ)"
)
# What was not done, what it is for and what is aimed at are no deeds; that nothing bad was found is one.
_NO_DEED = re.compile(
    r"(?:ยัง)?(?:ไม่|มิ)(?:ได้|มี)(?:มี)?(?:การ|ผล)?(?:จัด|ดำเนิน|ประชุม|อบรม|รับ|แต่งตั้ง|เบิก|ออก|ทำ)[^\s]{0,40}|"
    r"เพื่อ(?:ให้)?[^\n]{0,80}|(?:กลุ่ม)?เป้าหมาย[^\n]{0,60}|ตัวชี้วัด[^\n]{0,60}"
)
_PEOPLE = re.compile(r"(?<!\d)\d+\s*(?:คน|ราย|ท่าน|นาย|รูป|ครัวเรือน)")
# A report of a deed is a phrase; shorter texts are labels.
LEAST_PHRASE = 8


def reports_done(text: str) -> bool:
    """Whether a text says that something was done, held or reached; a date, a share or a number of people tells so."""
    flat = arabic_digits(text)
    if len(flat) < LEAST_PHRASE:
        return False
    told = _NO_DEED.sub(" ", flat)
    return bool(_DONE.search(told)) and not (is_planned(flat) and not _done_beside_plan(flat))


def _done_beside_plan(flat: str) -> bool:
    """Whether a text that also tells of a plan reports a deed with a date or a number of people."""
    return bool(re.search(r"(?:เมื่อ|วันที่)\s*\d|\d+\s*(?:คน|ราย)|แล้วเสร็จ(?!ภายใน)", flat)) and not re.search(
        r"ขอเชิญ|เชิญชวน|กำหนดจัด|ยังไม่", flat
    )


def begins_with_act(text: str) -> bool:
    """Whether a line begins with an act, numbered or not: "๑. รับคำขอ", "ตรวจสอบเอกสาร"."""
    return bool(_BEGINS_WITH_ACT.match(text))


def counts_people(text: str) -> bool:
    """Whether a text says how many took part: "48 คน", "๑๒ ครัวเรือน"."""
    return bool(_PEOPLE.search(arabic_digits(text)))


def is_planned(text: str) -> bool:
    """Whether a text tells of what will be, is announced or has not begun."""
    return bool(_NOT_YET.search(text))
