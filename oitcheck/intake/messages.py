"""The sentences of the row report. `{was}` is what stood there, `{now}` what was made of it or a suggestion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Message:
    """What is the matter with a row and what to do, in both languages.

    `agency_th` and `agency_en` are what the agency can do, where whoever imports the file can do something else.
    """

    th: str
    en: str
    do_th: str = ""
    do_en: str = ""
    agency_th: str = ""
    agency_en: str = ""

    def says(self, language: Literal["th", "en"]) -> str:
        return self.th if language == "th" else self.en

    def remedy(self, language: Literal["th", "en"], *, to_agency: bool = False) -> str:
        own = self.agency_th if language == "th" else self.agency_en
        if to_agency and own:
            return own
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
        "รหัสหน่วยงาน “{was}” ซ้ำกับแถวที่ {now} แต่ข้อมูลอื่นไม่ตรงกัน",
        "The agency id “{was}” is used in row {now} with other data.",
        "แก้รหัสของหน่วยงานใดหน่วยงานหนึ่ง",
        "Give one of the two another id.",
    ),
    "name_missing": Message(
        "ไม่ได้ระบุชื่อหน่วยงาน", "The name of the agency is missing.", "กรอกชื่อหน่วยงานเต็ม", "Fill in the full name."
    ),
    "kind_missing": Message(
        "ไม่ได้ระบุประเภทหน่วยงาน จึงอาจชี้ขาดบางข้อไม่ได้",
        "The kind of agency is missing; some items may not be decided.",
        "กรอกประเภทหน่วยงาน เช่น เทศบาลตำบล",
        "Fill in the kind of agency.",
    ),
    "agency_without_hosts": Message(
        "ไม่ได้ระบุเว็บไซต์หลัก จึงชี้ขาดไม่ได้ว่า URL ใดอยู่บนเว็บไซต์หลักของหน่วยงาน",
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
        "แก้ปีงบประมาณให้ถูกต้อง หรือส่งแบบของปีงบประมาณ {now}",
        "Correct the fiscal year, or send the form of {now}.",
    ),
    "fiscal_year_corrected": Message(
        "ปีงบประมาณ “{was}” อ่านเป็น {now}", "The fiscal year “{was}” was read as {now}."
    ),
    "round_corrected": Message("รอบ “{was}” อ่านเป็น {now}", "The round “{was}” was read as {now}."),
    "round_unknown": Message(
        "ปีงบประมาณนี้ไม่มีรอบ “{was}” จึงไม่ทราบข้อที่ต้องจัดส่งและวันครบกำหนด",
        "The fiscal year has no round “{was}”: what is due in it, and when, is not known.",
        "แก้เป็นรอบที่มี เช่น {now}",
        "Write a round that there is, such as {now}.",
    ),
    # Scores
    "score_missing": Message(
        "ไม่ได้กรอกคะแนน", "The score is missing.", "กรอกคะแนนเป็นตัวเลข เช่น 84.51",
        "Give the score as a number, such as 84.51.",
    ),
    "score_bad": Message(
        "“{was}” ไม่ใช่คะแนนระหว่าง 0 ถึง 100", "“{was}” is no score from 0 to 100.",
        "กรอกคะแนนเป็นตัวเลข เช่น 84.51", "Give the score as a number, such as 84.51.",
    ),
    "score_twice": Message(
        "มีคะแนนของ {was} แล้วในแถวก่อนหน้า", "An earlier row has the score of {was} already.",
        "เหลือไว้เพียงแถวเดียว", "Keep one of the rows.",
    ),
    "indicator_part": Message(
        "“{was}” เป็นตัวชี้วัดย่อยหรือหลายตัวชี้วัด จึงไม่นับเป็นคะแนนของตัวชี้วัดหลัก",
        "“{was}” is a part of an indicator, or several; it is no indicator's score.",
        "กรอกคะแนนของตัวชี้วัดหลัก เลข 1–10 แถวละหนึ่งตัวชี้วัด",
        "Give the score of a whole indicator, 1–10, one a row.",
    ),
    "indicator_bad": Message(
        "“{was}” ไม่ใช่ตัวชี้วัด", "“{was}” is no indicator.",
        "กรอกเลข 1–10, ข้อคำถาม เช่น i10 หรือคำว่า {now}", "Give 1–10, a question such as i10, or one of {now}.",
    ),
    "email_missing": Message(
        "ไม่ได้ระบุที่อยู่อีเมล", "The e-mail address is missing.",
        "กรอกอีเมล หากไม่ประสงค์รับ ให้กรอกในช่องงดส่ง", "Fill in an address, or mark the row as opted out.",
    ),
    "email_bad": Message(
        "“{was}” ไม่ใช่ที่อยู่อีเมล", "“{was}” is no e-mail address.",
        "กรอกอีเมล เช่น saraban@example.go.th หลายที่อยู่คั่นด้วยช่องว่าง",
        "Give an address such as saraban@example.go.th; several with blanks between them.",
    ),
    # Submissions
    "agency_unknown": Message(
        "ไม่มีหน่วยงานรหัส “{was}” ในบัญชีหน่วยงาน",
        "There is no agency with the id “{was}” in the list of agencies.",
        "แก้รหัส หรือเพิ่มหน่วยงานนี้ในบัญชีหน่วยงาน{now}",
        "Correct the id, or add the agency to the list.{now}",
        "แก้รหัสหน่วยงานให้ตรงกับรหัสที่จังหวัดแจ้ง{now}",
        "Give the id that the province told you.{now}",
    ),
    "agency_id_corrected": Message(
        "รหัสหน่วยงาน “{was}” อ่านเป็น {now}", "The agency id “{was}” was read as {now}."
    ),
    "item_missing": Message("ไม่ได้ระบุข้อ", "The item is missing.", "กรอกข้อ เช่น O21", "Fill in the item, such as O21."),
    "item_missing_numbered": Message(
        "แถวลำดับที่ {was} ไม่มีทั้งรหัสข้อและชื่อรายการ จึงไม่ทราบว่าเป็นข้อใด",
        "Row number {was} has neither an item nor a title, so its item is not known.",
        "กรอกข้อ เช่น O21 หากเป็น URL เพิ่มเติมของข้อก่อนหน้า ให้ลบเลขลำดับ",
        "Fill in the item, such as O21; if it holds a further URL of the item above, take its number away.",
    ),
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
        "แก้ URL ส่วนนี้ แล้วส่งแบบใหม่", "Correct this part and send the form again.",
    ),
    # Whole files
    "file_missing": Message(
        "ไม่พบแฟ้มนี้", "There is no such file.", "ตรวจชื่อแฟ้ม", "Check the name of the file."
    ),
    "file_is_folder": Message(
        "รายการนี้เป็นโฟลเดอร์ ไม่ใช่แฟ้ม", "This is a folder, not a file.", "ระบุแฟ้มในโฟลเดอร์นั้น", "Name one file in it."
    ),
    "file_not_readable": Message(
        "เปิดอ่านแฟ้มไม่ได้: {was}",
        "The file cannot be read: {was}.",
        "ปิดแฟ้มในโปรแกรมอื่น และตรวจสิทธิ์การอ่าน",
        "Close it in other programs and check who may read it.",
    ),
    "file_forbidden": Message(
        "ไม่มีสิทธิ์อ่านแฟ้มนี้",
        "There is no right to read this file.",
        "ปิดแฟ้มในโปรแกรมอื่น และตรวจสิทธิ์การอ่านของแฟ้มและโฟลเดอร์",
        "Close it in other programs and check who may read it and its folder.",
    ),
    "folder_forbidden": Message(
        "ไม่มีสิทธิ์อ่านโฟลเดอร์นี้ จึงไม่ได้อ่านแฟ้มในโฟลเดอร์",
        "There is no right to read this folder; the files in it were not read.",
        "ตรวจสิทธิ์การอ่านของโฟลเดอร์ หรือคัดลอกแฟ้มมาไว้ที่อื่น",
        "Check who may read it, or copy the files to another place.",
    ),
    "file_open_mark": Message(
        "แฟ้มนี้เป็นแฟ้มชั่วคราวที่ Excel สร้างไว้ขณะเปิดแบบ",
        "This is the mark Excel leaves beside an open workbook.",
        "ส่งแฟ้มแบบตัวจริง (ชื่อไม่มี ~$) และปิดแฟ้มใน Excel",
        "Name the workbook itself, without ~$, and close it in Excel.",
    ),
    "file_empty": Message(
        "แฟ้มว่างเปล่า", "The file is empty.", "ต้องมีอย่างน้อยแถวหัวตาราง", "It needs at least a header row."
    ),
    "file_too_large": Message(
        "แฟ้มใหญ่เกิน {was}",
        "The file is larger than {was}.",
        "ลบรูปภาพและแผ่นงานที่ไม่เกี่ยวข้อง หรือแบ่งแฟ้ม",
        "Remove pictures and other sheets, or divide the file.",
    ),
    "file_unpacks_too_large": Message(
        "แฟ้มมีขนาดใหญ่ผิดปกติเมื่อคลายการบีบอัด จึงไม่เปิดอ่าน",
        "The file is too large when unpacked.",
        "ลบรูปภาพและแผ่นงานที่ไม่เกี่ยวข้อง หรือแบ่งแฟ้ม",
        "Remove pictures and other sheets, or divide the file.",
    ),
    "sheet_too_large": Message(
        "แผ่นงาน “{was}” มีช่องมากเกินไป",
        "The sheet “{was}” has too many cells.",
        "ลบแถวและคอลัมน์ว่างที่มีเพียงสีหรือเส้น หรือแบ่งแฟ้ม",
        "Delete empty rows and columns that bear only colours, or divide the file.",
    ),
    "file_password": Message(
        "แฟ้มนี้ตั้งรหัสผ่านไว้ จึงเปิดอ่านไม่ได้",
        "The workbook is protected by a password.",
        "บันทึกใหม่โดยไม่ตั้งรหัสผ่านแล้วส่งอีกครั้ง",
        "Save it without a password.",
    ),
    "file_damaged": Message(
        "แฟ้มเสียหาย หรือเป็นชนิดที่ไม่รู้จัก",
        "The workbook is damaged or of an unknown kind.",
        "เปิดใน Excel แล้วบันทึกใหม่เป็น .xlsx",
        "Open it in Excel and save it again as .xlsx.",
    ),
    "archive_damaged": Message(
        "แฟ้ม ZIP เสียหาย จึงคลายไม่ได้",
        "The ZIP file is damaged and cannot be unpacked.",
        "บีบอัดใหม่ หรือส่งแฟ้มแบบโดยไม่บีบอัด",
        "Pack it again, or send the forms themselves.",
    ),
    "archive_too_deep": Message(
        "แฟ้ม ZIP นี้ซ้อนอยู่ใน ZIP หลายชั้นเกินไป จึงไม่เปิดอ่าน",
        "This ZIP file lies too deep within other ZIP files and was not opened.",
        "ส่งแฟ้มแบบ หรือ ZIP ชั้นเดียว",
        "Send the forms themselves, or one ZIP of them.",
    ),
    "archive_too_many": Message(
        "แฟ้ม ZIP หรือโฟลเดอร์มีแฟ้มเกิน {was} แฟ้ม จึงอ่านเพียงเท่านั้น",
        "The ZIP file or folder holds more than {was} files; only so many were read.",
        "แบ่งเป็นหลายส่วน",
        "Divide it.",
    ),
    "archive_empty": Message(
        "ไม่มีแฟ้มแบบใน ZIP หรือโฟลเดอร์นี้",
        "There is no form in this ZIP file or folder.",
        "ตรวจว่าแนบแฟ้มแบบมาด้วย",
        "Check that the form was attached.",
    ),
    "mail_empty": Message(
        "อีเมลฉบับนี้ไม่มีแฟ้มแนบ",
        "Nothing is attached to this mail.",
        "ตรวจว่าแนบแฟ้มแบบมาด้วย",
        "Check that the form was attached.",
    ),
    "file_other_kind": Message(
        "แฟ้มนี้เป็น{was} ไม่ใช่แฟ้มตาราง",
        "This file is {now}, not one with a table.",
        "ใช้แฟ้มชนิด .xlsx, .xls, .ods หรือ .csv",
        "Use a file of the kind .xlsx, .xls, .ods or .csv.",
    ),
    "file_ignored": Message(
        "แฟ้มประกอบของระบบ ไม่ใช่แบบส่ง URL จึงไม่ได้อ่าน", "A file of the system, no form; it was not read."
    ),
    "letters_unknown": Message(
        "ตัวอักษรในแฟ้มไม่ใช่ UTF-8 หรือภาษาไทยของ Windows",
        "The letters of the file are neither UTF-8 nor Thai Windows.",
        "บันทึกเป็น CSV UTF-8 หรือเป็นแฟ้ม Excel",
        "Save it as CSV UTF-8, or as a workbook.",
    ),
    "csv_broken": Message(
        "แฟ้มไม่เป็นไปตามรูปแบบ CSV: {was}",
        "The file is no proper CSV: {was}.",
        "บันทึกใหม่เป็น CSV UTF-8 หรือเป็นแฟ้ม Excel",
        "Save it again as CSV UTF-8, or as a workbook.",
    ),
    "no_table": Message(
        "ไม่พบแถวหัวตารางที่มีช่องข้อ (หรือรายการ) และช่อง URL",
        "No header row with a column for the item (or its title) and one for the URL was found.",
        "ใช้แบบที่จังหวัดแจก หรือใส่หัวตาราง: ข้อ, รายการ, URL, หมายเหตุ",
        "Use the form that was handed out, or add the headers: item, title, URL, note.",
    ),
    "columns_same": Message(
        "คอลัมน์ {was} มีความหมายเดียวกัน คือ {now}",
        "The columns {was} both mean {now}.",
        "เก็บไว้เพียงคอลัมน์เดียว",
        "Keep one of them.",
    ),
    "no_cells": Message(
        "ไม่มีข้อความในช่องใดเลย (อาจมีเพียงรูปภาพหรือแผนภูมิ)",
        "No cell holds anything (there may be pictures or charts only).",
        "กรอกข้อและ URL เป็นข้อความในช่อง",
        "Fill in items and URLs as text in cells.",
    ),
    "no_rows": Message(
        "มีหัวตาราง แต่ไม่มีแถวข้อมูล",
        "There is a header row and no data row.",
        "กรอกข้อมูลใต้หัวตาราง",
        "Fill in rows below the header.",
    ),
    "macros_ignored": Message(
        "แฟ้มมีมาโคร ระบบไม่เรียกใช้มาโคร และอ่านเฉพาะช่องข้อมูล",
        "The workbook holds macros; they were not run, only the cells were read.",
    ),
    "book_protected": Message(
        "แฟ้มหรือแผ่นงานมีการป้องกันการแก้ไข อ่านได้ตามปกติ",
        "The workbook or a sheet is protected against changes; it was read all the same.",
    ),
    "chart_sheet": Message(
        "แผ่นงาน “{was}” เป็นแผนภูมิ ไม่มีช่องข้อมูล", "The sheet “{was}” is a chart and has no cells."
    ),
    "sheet_hidden": Message(
        "แผ่นงานนี้ถูกซ่อนไว้ แต่อ่านด้วย", "This sheet is hidden; it was read all the same."
    ),
    "sheet_without_table": Message(
        "แผ่นงานนี้ไม่มีตารางข้อและ URL จึงไม่ได้นำเข้า ({was} แถว)",
        "This sheet holds no table of items and URLs and was not read ({was} rows).",
    ),
    "rows_beside": Message(
        "แถวที่อยู่นอกตาราง (ชื่อแบบ หัวตาราง ตัวอย่าง ท้ายตาราง) ไม่ใช่ข้อมูล: แถวที่ {was}",
        "Rows beside the table (titles, header, example, foot) are no data: rows {was}.",
    ),
    "links_not_readable": Message(
        "แฟ้มชนิดนี้อ่านที่อยู่หลังลิงก์ของช่องไม่ได้ หากช่องแสดงเพียงคำ เช่น “คลิกที่นี่” ให้บันทึกเป็น .xlsx",
        "Addresses behind the cells of this kind of file cannot be read; where a cell shows only words, save it as "
        ".xlsx.",
    ),
    # Rows of forms
    "row_not_data": Message(
        "แถวนี้ไม่มีรหัสข้อและไม่มี URL (หัวข้อหมวด ยอดรวม หรือข้อความอื่น: “{was}”)",
        "This row has neither an item nor a URL (a heading, a total or other words: “{was}”).",
        "หากเป็นข้อมูล ให้กรอกรหัสข้อและ URL หากไม่ใช่ ไม่ต้องดำเนินการ",
        "If it is data, fill in the item and the URL; else nothing need be done.",
    ),
    "header_repeated": Message(
        "แถวนี้เป็นหัวตารางที่พิมพ์ซ้ำ",
        "This row repeats the header.",
        "ไม่ต้องดำเนินการ",
        "Nothing need be done.",
    ),
    "row_hidden": Message("แถวนี้ถูกซ่อนไว้ แต่อ่านด้วย", "This row is hidden; it was read all the same."),
    "cell_merged": Message(
        "ใช้ค่าของช่องที่ผสานไว้ ({was})", "The value of the merged cells {was} was taken."
    ),
    "formula_without_value": Message(
        "ช่องนี้เป็นสูตร ({was}) ซึ่งไม่มีผลลัพธ์บันทึกไว้ในแฟ้ม",
        "The cell holds a formula ({was}) without a stored value.",
        "พิมพ์ค่าลงในช่องแทนสูตร หรือเปิดใน Excel แล้วบันทึกใหม่",
        "Type the value in place of the formula, or open it in Excel and save it again.",
    ),
    "agency_not_named": Message(
        "แบบและชื่อแฟ้มไม่ได้บอกว่าเป็นของหน่วยงานใดในทะเบียน",
        "Neither the form nor the file's name tells an agency of the register.",
        "เขียนชื่อหน่วยงานตามทะเบียนไว้เหนือตาราง หรือระบุ --agency ID",
        "Write the agency's name as it is registered above the table, or give --agency ID.",
        "เขียนชื่อเต็มของหน่วยงานไว้เหนือตาราง แล้วส่งแบบใหม่",
        "Write the full name of the agency above the table and send the form again.",
    ),
    "agency_not_registered": Message(
        "หน่วยงาน “{was}” ไม่มีในทะเบียนหน่วยงานของจังหวัด",
        "The agency “{was}” is not in the province's register of agencies.",
        "หากเป็นของจังหวัด ให้เพิ่มใน agencies.csv แล้วสั่ง oitcheck agencies import หากอยู่ในทะเบียนด้วยชื่ออื่น ให้ระบุ --agency ID "
        "หากเป็นหน่วยงานอื่น ไม่ต้องดำเนินการ",
        "If it is one of the province, add it to agencies.csv and run oitcheck agencies import; if it is registered by "
        "another name, give --agency ID; else nothing need be done.",
        "ตรวจชื่อหน่วยงานในแบบ หากถูกต้องแล้ว ขอให้จังหวัดเพิ่มหน่วยงานในทะเบียน แล้วส่งแบบใหม่",
        "Check the name in the form; if it is right, ask the province to add the agency to its register, then send the "
        "form again.",
    ),
    "agency_unsure": Message(
        "ไม่แน่ใจว่า “{was}” คือหน่วยงานใด อาจเป็น {now}",
        "It is not certain which agency “{was}” is; perhaps {now}.",
        "แก้ชื่อหน่วยงานในแบบ หรือระบุ --agency ID",
        "Correct the name in the form, or give --agency ID.",
        "เขียนชื่อเต็มของหน่วยงานพร้อมอำเภอไว้เหนือตาราง แล้วส่งแบบใหม่",
        "Write the full name of the agency and its district above the table and send the form again.",
    ),
    "agency_name_corrected": Message(
        "ชื่อหน่วยงาน “{was}” อ่านเป็น {now}", "The agency's name “{was}” was read as {now}."
    ),
    "agency_from_sheet_before": Message(
        "แผ่นงานนี้ไม่ระบุชื่อหน่วยงาน จึงนับเป็นของ {now} ต่อจากแผ่นงาน “{was}”",
        "The sheet names no agency and was counted to {now}, as the sheet “{was}” before it.",
        "หากเป็นของหน่วยงานอื่น ให้เขียนชื่อหน่วยงานไว้เหนือตารางของแผ่นงานนี้",
        "If it is another agency's, write the name above its table.",
    ),
    "agency_given": Message(
        "ถือเป็นแบบของ {now} ตามที่ผู้รับแบบระบุ", "The form was taken as that of {now}, as whoever received it said."
    ),
    "form_year_other": Message(
        "แบบนี้เป็นปีงบประมาณ {was} แต่กำลังนำเข้าปีงบประมาณ {now}",
        "This form is of fiscal year {was}; fiscal year {now} is being read.",
        "นำเข้าด้วย --year ของแบบ หรือแก้ปีในแบบ",
        "Import it with --year of the form, or correct the year in it.",
        "แก้ปีงบประมาณในแบบให้ถูกต้อง หรือส่งแบบของปีงบประมาณ {now}",
        "Correct the fiscal year in the form, or send the form of {now}.",
    ),
    "form_year_unknown": Message(
        "ไม่ทราบว่าแบบนี้เป็นของปีงบประมาณใด",
        "The fiscal year of this form is not known.",
        "ระบุ --year",
        "Give --year.",
        "เขียนปีงบประมาณ พ.ศ. ไว้เหนือตาราง แล้วส่งแบบใหม่",
        "Write the fiscal year above the table and send the form again.",
    ),
    "item_from_title": Message(
        "ใช้ข้อ {now} ตามชื่อรายการ “{was}”", "The item {now} was taken from the title “{was}”."
    ),
    "item_from_above": Message(
        "แถวนี้ไม่มีรหัสข้อ จึงนับต่อจากข้อ {now} ในแถวก่อนหน้า",
        "The row has no item and was counted to {now} of the row above.",
    ),
    "item_repeated_title": Message(
        "รหัส “{was}” ซ้ำกับแถวอื่น ชื่อรายการตรงกับข้อ {now} จึงใช้ข้อ {now}",
        "The code “{was}” stands twice; the title is that of {now}, which was taken.",
    ),
    "title_differs": Message(
        "ชื่อรายการ “{was}” ตรงกับข้อ {now} ไม่ตรงกับข้อที่ระบุ จึงใช้ตามรหัสข้อ",
        "The title “{was}” is that of {now}, not of this item; the code was followed.",
        "ตรวจรหัสข้อกับชื่อรายการ",
        "Compare code and title.",
    ),
    "repeated_file": Message(
        "แฟ้มอื่นในชุดนี้มีข้อมูลข้อนี้เหมือนกันแล้ว ({now})",
        "Another file of this import holds the same for this item ({now}).",
    ),
    "superseded_by_file": Message(
        "แฟ้มที่ใหม่กว่าในชุดนี้ส่ง URL ของข้อนี้ใหม่ จึงใช้ตามแฟ้มนั้น ({now})",
        "A later file of this import submits other URLs for this item, which were taken ({now}).",
    ),
    "url_blank_kept": Message(
        "ช่อง URL ว่าง จึงคง URL ที่จัดส่งไว้ก่อนหน้านี้ ({now})",
        "The URL is blank; what was submitted before stays ({now}).",
        "หากต้องการถอน URL เดิม ให้กรอก “ไม่มี”",
        "To withdraw it, write “ไม่มี” or “-”.",
    ),
    "older_than_kept": Message(
        "มี URL ของข้อนี้ที่ได้รับภายหลัง ({now}) จึงเก็บแถวนี้ไว้เป็นประวัติเท่านั้น",
        "A later submission of this item is registered (received {now}); this one was kept as history only.",
    ),
    "received_corrected": Message(
        "แก้วันที่ได้รับของข้อนี้จาก {was} เป็น {now} วันที่เดิมเก็บไว้ในประวัติ",
        "The date of receipt of this item was corrected from {was} to {now}; the history keeps the earlier one.",
    ),
    "received_to_come": Message(
        "ทะเบียนระบุว่าได้รับข้อนี้เมื่อ {was} ซึ่งยังมาไม่ถึง จึงไม่นับรายการนั้น และใช้ที่ได้รับครั้งนี้ ({now})",
        "The registry held a submission of this item as received on {was}, a day to come; it counts no more, and this "
        "one (received {now}) was taken.",
    ),
    "url_not_main_website": Message(
        "“{was}” ไม่อยู่บนเว็บไซต์หลักของหน่วยงาน",
        "“{was}” is not on the agency's main website.",
        "หากเป็นเว็บไซต์หลักของหน่วยงาน ให้เพิ่มในทะเบียนหน่วยงาน (hosts) หากไม่ใช่ ให้หน่วยงานจัดส่ง URL ของหน้าบนเว็บไซต์หลัก",
        "If it is the main website, add it to the register (hosts); if not, let the agency submit a page on it.",
        "จัดส่ง URL ของหน้าบนเว็บไซต์หลัก",
        "Submit the URL of the page on the main website.",
    ),
    "url_full_width": Message(
        "แปลงอักษรเต็มความกว้างใน URL เป็นอักษรปกติ", "Full-width letters of the URL were made ordinary ones."
    ),
    "url_scheme_corrected": Message(
        "แก้ส่วนหน้าของ URL ที่พิมพ์ผิด (“{was}”) เป็น {now}", "The beginning of the URL (“{was}”) was corrected: {now}."
    ),
    "url_punctuation": Message(
        "ตัดเครื่องหมายท้าย URL ออก เหลือ {now}", "Punctuation after the URL was removed: {now}."
    ),
    "url_words_left_out": Message(
        "ไม่ได้ใช้ข้อความ “{was}” ที่อยู่ต่อจาก URL", "The words “{was}” after the URL were left out."
    ),
    "url_shortener": Message(
        "เป็นลิงก์ย่อ ระบบจะตามไปยังหน้าปลายทาง ({was})",
        "This is a shortened link ({was}); the crawl follows it.",
        "จัดส่ง URL เต็มของหน้าบนเว็บไซต์หลัก",
        "Submit the full URL of the page on the main website.",
    ),
    "url_link_differs": Message(
        "ลิงก์ของช่องเปิดไปที่ {now} ไม่ตรงกับข้อความ “{was}” จึงใช้ตามข้อความ",
        "The link of the cell leads to {now}, the text is “{was}”; the text was taken.",
        "ตรวจว่า URL ใดถูกต้อง",
        "Check which of the two is right.",
    ),
    "url_local": Message(
        "“{was}” เป็นที่อยู่ภายในเครื่องหรือเครือข่าย บุคคลภายนอกเปิดไม่ได้",
        "“{was}” is an address within a computer or network; the public cannot open it.",
        "จัดส่ง URL ของหน้าบนเว็บไซต์หลัก",
        "Submit the URL of the page on the main website.",
    ),
    "url_email": Message(
        "“{was}” เป็นที่อยู่อีเมล ไม่ใช่ที่อยู่เว็บ",
        "“{was}” is a mail address, no web address.",
        "จัดส่ง URL ที่ขึ้นต้นด้วย http:// หรือ https://",
        "Give a URL that begins with http:// or https://.",
    ),
    "url_too_long": Message(
        "URL ยาวเกิน {now} อักขระ",
        "The URL is longer than {now} characters.",
        "ตรวจว่าคัดลอก URL มาถูกต้อง",
        "Check that the URL was copied rightly.",
    ),
    "url_elsewhere": Message(
        "ช่องนี้มี URL (“{was}”) แต่ไม่ใช่ช่อง URL จึงไม่ได้ใช้",
        "This cell holds a URL (“{was}”), but stands in no column of URLs; it was not taken.",
        "หากเป็น URL ที่จัดส่ง ให้ย้ายไปไว้ในช่อง URL",
        "If it is to be submitted, move it to the column of URLs.",
    ),
    "url_in_comment": Message(
        "ความคิดเห็นของช่องนี้มี URL (“{was}”) ซึ่งไม่ได้ใช้",
        "The comment at this cell holds a URL (“{was}”); it was not taken.",
        "หากเป็น URL ที่จัดส่ง ให้พิมพ์ไว้ในช่อง URL",
        "If it is to be submitted, write it into the column of URLs.",
    ),
    "cell_beyond": Message(
        "“{was}” อยู่เลยหัวตารางออกไป จึงไม่ได้ใช้ (อาจเป็นส่วนท้ายของ URL ที่มีตัวคั่นอยู่ภายใน)",
        "“{was}” stands beyond the header and was not read; it may be the end of a URL with the separator in it.",
        "ตรวจ URL ของแถวนี้ หรือบันทึกเป็นแฟ้ม Excel",
        "Check the URL of the row, or save the file as a workbook.",
    ),
    "status_without_url": Message(
        "ช่องสถานะระบุ “{was}” แต่ไม่ได้กรอก URL",
        "The status says “{was}”, but no URL is filled in.",
        "กรอก URL หากไม่มีข้อมูล ให้ระบุสถานะว่า “ไม่มี”",
        "Fill in the URL; where there is nothing, the status is “ไม่มี”.",
    ),
    "status_with_url": Message(
        "ช่องสถานะระบุ “{was}” แต่มี URL จึงใช้ URL",
        "The status says “{was}” and there is a URL; the URL was taken.",
        "แก้สถานะให้ตรงกับ URL",
        "Correct the status.",
    ),
}  # fmt: skip

# Words of the blank form, the annotated copy and the report on rows: (Thai, English).
WORDS: dict[str, tuple[str, str]] = {
    "accepted": ("รับ", "accepted"),
    "corrected": ("รับโดยมีข้อสังเกต", "accepted with notes"),
    "rejected": ("ไม่รับ", "rejected"),
    "skipped": ("– ข้ามไป", "– skipped"),
    "result": ("ผลการตรวจรับ", "Result"),
    "summary_sheet": ("สรุปการตรวจรับ", "Summary"),
    "file": ("แฟ้ม", "File"),
    "sheet": ("แผ่นงาน", "Sheet"),
    "row": ("แถว", "Row"),
    "rows": ("แถวที่ {rows}", "Rows {rows}"),
    "place": ("ตำแหน่ง", "Place"),
    "agency": ("หน่วยงาน", "Agency"),
    "item": ("ข้อ", "Item"),
    "urls": ("URL ที่รับไว้", "URLs taken"),
    "notes": ("รายละเอียด", "Details"),
    "counts": (
        "ตรวจรับ {rows} แถว: รับ {accepted} รับโดยมีข้อสังเกต {corrected} ไม่รับ {rejected}",
        "{rows} rows: {accepted} accepted, {corrected} accepted with notes, {rejected} rejected",
    ),
    "ask_agency": ("{where} เป็นของหน่วยงานใด", "{where} is which agency?"),
    "ask_hint": ("กรอกหมายเลขหรือรหัสหน่วยงาน (เว้นว่างเพื่อข้าม)", "Number or agency id (empty: skip)"),
    "no_url": ("ไม่ได้กรอก URL", "no URL filled in"),
    "files_counted": ("แฟ้ม: อ่านแล้ว {read} อ่านไม่ได้ {refused}", "files: {read} read, {refused} refused"),
    "changed": (
        "ทะเบียน URL: เพิ่ม {new} แทนที่ของเดิม {replaced} คงเดิม {unchanged} เก็บเป็นประวัติ {older}",
        "registry: {new} new, {replaced} replaced, {unchanged} unchanged, {older} kept as history",
    ),
    "redated": ("แก้วันที่ได้รับ {count} ข้อ", "dates of receipt corrected: {count} items"),
    "same_but_dated": (
        "ข้อที่คงเดิมมีวันที่ได้รับตามที่บันทึกไว้ก่อน หากวันที่นั้นผิด ให้นำเข้าซ้ำด้วย --received วันที่ --correct-received",
        "what is unchanged keeps the date of receipt it has; where that is wrong, import again with --received DATE "
        "--correct-received",
    ),
    "would_change": (
        "ยังไม่บันทึก (--dry-run) หากนำเข้าจริง: เพิ่ม {new} แทนที่ของเดิม {replaced} คงเดิม {unchanged} เก็บเป็นประวัติ {older}",
        "nothing was changed (--dry-run); it would be: {new} new, {replaced} replaced, {unchanged} unchanged, "
        "{older} kept as history",
    ),
    "copies_written": (
        "เขียนสำเนาพร้อมผลการตรวจรับ {count} แฟ้ม ไว้ที่ {folder}",
        "{count} annotated copies written to {folder}",
    ),
    "saved_without_copies": (
        "ข้อมูลในแบบบันทึกลงทะเบียนแล้ว แต่เขียนสำเนาไม่ครบ นำเข้าซ้ำพร้อม --annotated โฟลเดอร์อื่นได้ ทะเบียนจะไม่เปลี่ยน",
        "the registry holds what the forms say, but not every copy was written; import again with --annotated and "
        "another folder: the registry stays as it is",
    ),
    "forms_written": ("จัดทำแบบ {count} แฟ้ม ไว้ที่ {place}", "{count} forms written to {place}"),
    "form_title": (
        "แบบจัดส่ง URL การเปิดเผยข้อมูลสาธารณะ (OIT) ประจำปีงบประมาณ พ.ศ. {year}",
        "URLs for the open data check (OIT), fiscal year {year}",
    ),
    "form_agency": ("ชื่อหน่วยงาน  {name}  (รหัสหน่วยงาน {id})  {place}", "หน่วยงาน  {name}  (รหัสหน่วยงาน {id})  {place}"),
    "form_round": ("{title}  กำหนดจัดส่งภายในวันที่ {day}", "{title}, due by {day}"),
    "form_hint": (
        "กรอกเฉพาะช่องพื้นสีอ่อน: วาง URL ของหน้าบนเว็บไซต์หลัก หากมีหลาย URL ให้ขึ้นบรรทัดใหม่ในช่อง (Alt+Enter) "
        "หรือใช้ช่อง URL เพิ่มเติม หากไม่มีข้อมูลให้เลือกสถานะ “ไม่มี”",
        "Fill in the tinted cells only: paste the URL of the page on the main website; several URLs on lines of their "
        "own (Alt+Enter) or in the second column. Where there is nothing, choose “none”.",
    ),
    "form_sheet": ("แบบจัดส่ง URL", "URLs"),
    "form_help_sheet": ("คำอธิบาย", "What is asked"),
    "form_ordinal": ("ลำดับ", "No."),
    "form_item": ("ข้อ", "Item"),
    "form_item_title": ("รายการ", "Title"),
    "form_url": ("URL", "URL"),
    "form_more_urls": ("URL เพิ่มเติม (ถ้ามี)", "More URLs (if any)"),
    "form_status": ("สถานะ", "Status"),
    "form_note": ("หมายเหตุ", "Note"),
    "form_example": ("ตัวอย่าง", "ตัวอย่าง (example)"),
    "form_example_note": ("หน้าที่เผยแพร่ข้อมูล ปี {year}", "page of year {year}"),
    "status_published": ("เผยแพร่แล้ว", "published"),
    "status_none": ("ไม่มี", "none"),
    "status_under_way": ("อยู่ระหว่างดำเนินการ", "under way"),
    "form_url_title": ("URL ของหน้าที่เผยแพร่", "URL of the page"),
    "form_url_prompt": (
        "คัดลอกจากแถบที่อยู่ของเว็บเบราว์เซอร์ เป็นหน้าบนเว็บไซต์หลักของหน่วยงาน เปิดได้โดยไม่ต้องเข้าสู่ระบบ",
        "Copied from the address bar: a page on the agency's main website that opens without signing in.",
    ),
    "form_elements": ("องค์ประกอบด้านข้อมูลที่ต้องมี", "Elements that must be there"),
    "form_help_title": ("สิ่งที่แต่ละข้อต้องมี", "What each item asks"),
    "form_help_intro": (
        "หน้าที่จัดส่งต้องแสดงองค์ประกอบต่อไปนี้ครบทุกองค์ประกอบ หากไม่มีรายการหรือไม่ใช้งบประมาณ ให้เขียนว่า “ไม่มี” หรือ “-” โดยไม่ตัดหัวข้อออก",
        "The page must show each of these elements. Where there was nothing, write “ไม่มี” or “-”; leave no heading out.",
    ),
    "form_optional": (" (ไม่บังคับ)", " (optional)"),
    "form_page": ("หน้า &P จาก &N", "Page &P of &N"),
    "form_file": ("แบบส่ง URL {round} {name} {id}", "URLs {round} {name} {id}"),
}


def word(key: str, language: Literal["th", "en"], **values: object) -> str:
    """The words of `key` with their values."""
    return WORDS[key][0 if language == "th" else 1].format(**values)
