"""What the name of a sheet may be: nobody's (Sheet2, a continuation, words of the form), or the name of somebody."""

from __future__ import annotations

import re

from oitcheck.lib.thai_text import clean

# What sheets of one agency are called: counting, the form's own words, subjects of items, divisions of an agency.
_OF_A_FORM = (
    "แผ่นงาน", "แผ่น", "ชีต", "ชีท", "หน้า", "ต่อ", "สำเนา", "ชุด", "ฉบับ", "ตาราง", "แบบ", "ฟอร์ม", "รายการ", "รายงาน",
    "ลิงก์", "ลิงค์", "เว็บไซต์", "รอบ", "ครั้ง", "ไตรมาส", "เดือน", "ปี", "งบประมาณ", "พ.ศ.", "ที่", "ข้อ", "หมวด", "ส่วน",
    "ด้าน", "ประเด็น", "ตัวชี้วัด", "ย่อย", "ข้อมูล", "เอกสาร", "สาธารณะ", "เผยแพร่", "เปิดเผย", "จัดส่ง", "ส่ง", "รวม",
    "ทั้งหมด", "สรุป", "ผล", "แก้ไข", "ปรับปรุง", "ใหม่", "เก่า", "เดิม", "เพิ่มเติม", "เพิ่ม", "แรก", "หลัก", "พื้นฐาน", "ทั่วไป",
    "ประชาสัมพันธ์", "ปฏิสัมพันธ์", "จัดซื้อจัดจ้าง", "จัดซื้อ", "จัดจ้าง", "จัดหา", "พัสดุ", "บริหาร", "ทรัพยากร", "บุคคล",
    "บุคลากร", "ดำเนิน", "แผน", "ป้องกัน", "ทุจริต", "ส่งเสริม", "โปร่งใส", "คุณธรรม", "จริยธรรม", "ความ", "การ", "เงิน",
    "งาน", "กอง", "สำนัก", "ฝ่าย", "คลัง", "ช่าง", "ปลัด", "ศึกษา", "สาธารณสุข", "สวัสดิการ", "ให้บริการ", "บริการ",
    "ร้องเรียน", "นโยบาย", "ภายใน", "ตรวจสอบ", "ตรวจ", "ของ", "และ", "ใช้", "ใน",
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม",
    "พฤศจิกายน", "ธันวาคม",
)  # fmt: skip
_WORDS = re.compile("|".join(map(re.escape, sorted(map(clean, _OF_A_FORM), key=lambda word: -len(word)))))
_LETTERS = re.compile(r"[ก-ฮ]")
_LEAST_LETTERS = 2


def may_name(sheet: str) -> bool:
    """Whether the name of a sheet holds Thai words that are none of a form, so that it may be somebody's name."""
    return len(_LETTERS.findall(_WORDS.sub(" ", clean(sheet)))) >= _LEAST_LETTERS
