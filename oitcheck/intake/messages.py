"""The sentences of the row report. `{was}` is what stood there, `{now}` what was made of it or a suggestion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Message:
    """What is the matter with a row and what to do, in both languages."""

    th: str
    en: str
    do_th: str = ""
    do_en: str = ""

    def says(self, language: Literal["th", "en"]) -> str:
        return self.th if language == "th" else self.en

    def remedy(self, language: Literal["th", "en"]) -> str:
        return self.do_th if language == "th" else self.do_en


MESSAGES: dict[str, Message] = {
    # Any table
    "duplicate": Message(
        "แถวนี้ซ้ำกับแถวก่อนหน้า จึงนับเพียงครั้งเดียว",
        "This row repeats an earlier one and was counted once.",
    ),
    "sheet_without_header": Message(
        "แผ่นงานนี้ไม่มีแถวหัวตาราง จึงไม่ได้นำเข้าแถวนี้",
        "This sheet has no header row, so the row was not read.",
        "หากเป็นข้อมูล ให้ใส่หัวตารางเดียวกับแผ่นงานอื่น",
        "If it holds data, give it the headers of the other sheet.",
    ),
    "spaces_removed": Message(
        "ตัดช่องว่างหรืออักขระที่มองไม่เห็นออกจาก “{was}”",
        "Blanks or invisible characters were removed from “{was}”.",
    ),
    # Agencies
    "agency_id_missing": Message(
        "ไม่ได้ระบุรหัสหน่วยงาน", "The agency id is missing.", "กรอกรหัสหน่วยงาน", "Fill in the agency id."
    ),
    "agency_id_characters": Message(
        "รหัสหน่วยงาน “{was}” มีอักขระที่ใช้ไม่ได้",
        "The agency id “{was}” has characters that are not allowed.",
        "ใช้ตัวอักษรอังกฤษ ตัวเลข และขีดกลางเท่านั้น ไม่เกิน 64 ตัว",
        "Use Latin letters, digits and hyphens only, at most 64.",
    ),
    "agency_id_taken": Message(
        "รหัสหน่วยงาน “{was}” ถูกใช้แล้วในแถวที่ {now} ด้วยข้อมูลอื่น",
        "The agency id “{was}” is used in row {now} with other data.",
        "แก้รหัสของหน่วยงานใดหน่วยงานหนึ่ง",
        "Give one of the two another id.",
    ),
    "name_missing": Message(
        "ไม่ได้ระบุชื่อหน่วยงาน", "The name of the agency is missing.", "กรอกชื่อหน่วยงานเต็ม", "Fill in the full name."
    ),
    "kind_missing": Message(
        "ไม่ได้ระบุประเภทหน่วยงาน จึงอาจตัดสินบางข้อไม่ได้",
        "The kind of agency is missing; some items may not be decided.",
        "กรอกประเภทหน่วยงาน เช่น เทศบาลตำบล",
        "Fill in the kind of agency.",
    ),
    "agency_without_hosts": Message(
        "ไม่ได้ระบุเว็บไซต์หลัก จึงตัดสินไม่ได้ว่า URL ใดอยู่บนเว็บไซต์หลักของหน่วยงาน",
        "No main website is given, so no URL can be judged to be on it.",
        "กรอกชื่อเว็บไซต์หลักของหน่วยงาน",
        "Fill in the host of the agency's main website.",
    ),
    "host_corrected": Message(
        "เว็บไซต์หลัก “{was}” อ่านเป็น {now}", "The main website “{was}” was read as {now}."
    ),
    "host_bad": Message(
        "“{was}” ไม่ใช่ชื่อเว็บไซต์ จึงไม่ได้นำมาใช้",
        "“{was}” is no host name and was left out.",
        "แก้ชื่อเว็บไซต์หลักให้ถูกต้อง",
        "Correct the host name.",
    ),
    "fiscal_year_missing": Message(
        "ไม่ได้ระบุปีงบประมาณ", "The fiscal year is missing.", "กรอกปีงบประมาณ พ.ศ.", "Fill in the fiscal year (B.E.)."
    ),
    "fiscal_year_bad": Message(
        "“{was}” ไม่ใช่ปีงบประมาณ พ.ศ.",
        "“{was}” is no fiscal year of the Buddhist era.",
        "กรอกเป็นปี พ.ศ. สี่หลัก เช่น 2566",
        "Give four digits of the Buddhist era, such as 2566.",
    ),
    "fiscal_year_other": Message(
        "แถวนี้เป็นปีงบประมาณ {was} แต่กำลังนำเข้าปีงบประมาณ {now}",
        "This row is of fiscal year {was}; fiscal year {now} is being read.",
        "นำเข้าแฟ้มของปีที่ตรวจ หรือแก้ปีงบประมาณ",
        "Use the file of that year, or correct the year.",
    ),
    "fiscal_year_corrected": Message(
        "ปีงบประมาณ “{was}” อ่านเป็น {now}", "The fiscal year “{was}” was read as {now}."
    ),
    # Scores
    "score_bad": Message(
        "“{was}” ไม่ใช่คะแนนระหว่าง 0 ถึง 100", "“{was}” is no score from 0 to 100.",
        "กรอกคะแนนเป็นตัวเลข เช่น 84.51", "Give the score as a number, such as 84.51.",
    ),
    "score_twice": Message(
        "มีคะแนนของ {was} แล้วในแถวก่อนหน้า", "An earlier row has the score of {was} already.",
        "เหลือไว้เพียงแถวเดียว", "Keep one of the rows.",
    ),
    "indicator_bad": Message(
        "“{was}” ไม่ใช่ตัวชี้วัด", "“{was}” is no indicator.",
        "กรอกเลข 1–10, ข้อคำถาม เช่น i10 หรือคำว่า {now}", "Give 1–10, a question such as i10, or one of {now}.",
    ),
    # Submissions
    "agency_unknown": Message(
        "ไม่มีหน่วยงานรหัส “{was}” ในบัญชีหน่วยงาน",
        "There is no agency with the id “{was}” in the list of agencies.",
        "แก้รหัส หรือเพิ่มหน่วยงานนี้ในบัญชีหน่วยงาน{now}",
        "Correct the id, or add the agency to the list.{now}",
    ),
    "agency_id_corrected": Message(
        "รหัสหน่วยงาน “{was}” อ่านเป็น {now}", "The agency id “{was}” was read as {now}."
    ),
    "item_missing": Message("ไม่ได้ระบุข้อ", "The item is missing.", "กรอกข้อ เช่น O21", "Fill in the item, such as O21."),
    "item_bad": Message(
        "“{was}” ไม่ใช่รหัสข้อ",
        "“{was}” is no item code.",
        "กรอกข้อเดียวต่อแถว เช่น O21",
        "Give one item a row, such as O21.",
    ),
    "item_unknown": Message(
        "ไม่มีข้อ {now} ในแบบตรวจของปีนี้",
        "There is no item {now} in the checklist of this year.",
        "ตรวจเลขข้อกับแบบตรวจของปีงบประมาณ",
        "Compare the number with the checklist of the fiscal year.",
    ),
    "item_corrected": Message("ข้อ “{was}” อ่านเป็น {now}", "The item “{was}” was read as {now}."),
    "url_placeholder": Message(
        "“{was}” ถือว่าไม่ได้จัดส่ง URL", "“{was}” counts as no URL."
    ),
    "url_from_link": Message(
        "ใช้ที่อยู่ของลิงก์ในช่อง “{was}” คือ {now}", "The address behind “{was}” was taken: {now}."
    ),
    "url_cut_out": Message(
        "ตัดข้อความอื่นออกจาก “{was}” เหลือ {now}", "Other words were removed from “{was}”: {now}."
    ),
    "urls_split": Message(
        "ในช่องมี {now} URL จึงแยกออกจากกัน", "The cell holds {now} URLs; they were taken apart."
    ),
    "url_trimmed": Message(
        "ตัดช่องว่างหรืออักขระที่มองไม่เห็นออกจาก URL", "Blanks or invisible characters were removed from the URL."
    ),
    "url_scheme_added": Message("เติม http:// หน้า URL เป็น {now}", "http:// was added to the URL: {now}."),
    "url_blanks_encoded": Message("แปลงช่องว่างใน URL เป็น %20", "Blanks within the URL were encoded."),
    "url_encoded": Message(
        "แปลงอักษรไทยใน URL เป็นรหัส %", "Thai or other letters of the URL were percent-encoded."
    ),
    "url_idna": Message("แปลงชื่อเว็บไซต์เป็น {now}", "The host name was put in its international form: {now}."),
    "url_scheme": Message(
        "“{was}” ไม่ใช่ที่อยู่เว็บ", "“{was}” is no web address.", "จัดส่ง URL ที่ขึ้นต้นด้วย http:// หรือ https://",
        "Give a URL that begins with http:// or https://.",
    ),
    "url_no_host": Message(
        "“{was}” ไม่มีชื่อเว็บไซต์", "“{was}” names no website.", "จัดส่ง URL เต็มที่คัดลอกจากแถบที่อยู่",
        "Give the whole URL, copied from the address bar.",
    ),
    "url_bad_host": Message(
        "ชื่อเว็บไซต์ใน “{was}” ใช้ไม่ได้", "The host in “{was}” is not possible.",
        "จัดส่ง URL เต็มที่คัดลอกจากแถบที่อยู่", "Give the whole URL, copied from the address bar.",
    ),
    "url_bad_port": Message(
        "หมายเลขพอร์ตใน “{was}” ใช้ไม่ได้", "The port in “{was}” is not possible.",
        "จัดส่ง URL เต็มที่คัดลอกจากแถบที่อยู่", "Give the whole URL, copied from the address bar.",
    ),
    "url_part_left_out": Message(
        "ไม่ได้ใช้ “{was}” เพราะไม่ใช่ที่อยู่เว็บ ส่วน URL อื่นในช่องเดียวกันนำเข้าแล้ว",
        "“{was}” is no web address and was left out; the other URLs of the cell were taken.",
        "แก้ URL ส่วนนี้แล้วนำเข้าใหม่", "Correct this part and read the file again.",
    ),
}  # fmt: skip
