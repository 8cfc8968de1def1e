"""What the address and the text of a link tell about where it leads."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from oitcheck.crawl.drive import direct_url, is_book_service, is_file_service
from oitcheck.lib.thai_text import arabic_digits
from oitcheck.lib.urls import is_on, is_under

_DOCUMENT_ENDING = re.compile(
    r"\.(pdf|docx?|xlsx?|xlsm|ods|odt|odp|csv|pptx?|rtf|txt|zip|rar|7z|jpe?g|png|webp|tiff?)$", re.IGNORECASE
)
_OTHER_ENDING = re.compile(
    r"\.(css|js|json|xml|rss|ico|svg|gif|mp3|mp4|m4a|avi|mov|wmv|webm|exe|msi|apk|dmg|iso|woff2?|ttf|ics|vcf)$",
    re.IGNORECASE,
)
_PAGE_ENDING = re.compile(r"\.(php\d?|html?|aspx?|jsp|do|cfm)$", re.IGNORECASE)
_DOWNLOAD_SEGMENT = re.compile(
    r"^(?:(?:file|doc(?:ument)?|news|article|force|do|act|g)?[-_]?downloads?(?:[-_]?(?:file|doc|now))?|getfile|get_file|openfile|"
    r"viewfile|view_file|showfile|readfile|attach(?:ment)?s?|fileattach|dl)(?:\.(?:php|aspx?|jsp|ashx|do))?$",
    re.IGNORECASE,
)
_UPLOAD_FOLDER = re.compile(
    r"/wp-content/uploads/|/sites/[^/]+/files/|/(?:file)?uploads?/|/attachments?/", re.IGNORECASE
)
_DOWNLOAD_KEYS = frozenset(
    {"wpdmdl", "attachment_id", "download", "file", "filename", "file_id", "fileid", "attachment"}
)
_DOWNLOAD_VALUES = re.compile(
    r"^(?:download|document\.viewdoc|document\.download|com_docman|force-?download|getfile)$", re.IGNORECASE
)

# Short addresses mostly lead to a shared file.
_SHORT_HOSTS = (
    "bit.ly", "shorturl.at", "shorturl.asia", "tinyurl.com", "t.ly", "cutt.ly", "rb.gy", "is.gd", "goo.gl", "me-qr.com",
    "qrco.de", "qr.page", "rebrand.ly", "kutt.it", "citly.me", "moi.link",
)  # fmt: skip

_MONTH = (
    r"มกราคม|กุมภาพันธ์|มีนาคม|เมษายน|พฤษภาคม|มิถุนายน|กรกฎาคม|สิงหาคม|กันยายน|ตุลาคม|พฤศจิกายน|ธันวาคม|"
    r"ม\.ค|ก\.พ|มี\.ค|เม\.ย|พ\.ค|มิ\.ย|ก\.ค|ส\.ค|ก\.ย|ต\.ค|พ\.ย|ธ\.ค"
)
_PERIOD = re.compile(rf"{_MONTH}|(?<!\d)25[5-9]\d(?!\d)|ไตรมาส|รอบ\s*\d+\s*เดือน|ครั้งที่\s*\d|เล่มที่\s*\d|ฉบับที่\s*\d|งวด")
_DOCUMENT_WORDS = re.compile(
    r"รายงาน|แผน|ประกาศ|สรุปผล|คู่มือ|รายละเอียด|อ่านต่อ|อ่านเพิ่ม|ดูเพิ่ม|เพิ่มเติม|ดาวน์โหลด|ดาวโหลด|คลิก|เอกสาร|ไฟล์|แบบฟอร์ม|"
    r"คำสั่ง|ข้อบัญญัติ|เทศบัญญัติ|ระเบียบ|ข้อบังคับ|หลักเกณฑ์|มาตรการ|มาตรฐาน|นโยบาย|โครงสร้าง|สถิติ|ผลการ|ขั้นตอน|โครงการ|บันทึก|หนังสือ|"
    r"ตาราง|แนวปฏิบัติ|แนวทาง|ประมวล|กฎหมาย|พระราชบัญญัติ|พ\.ร\.บ|ดูข้อมูล|เปิดดู|เปิดอ่าน|สขร|ภาคผนวก|วารสาร|"
    r"download|click|read more|detail|view|report|manual|pdf|excel|word",
    re.IGNORECASE,
)
LONGEST_INVITATION = 300
_OPENS = re.compile(
    r"^\W*(?:(?:เปิด|เข้า|คลิก)?(?:ดู|อ่าน|เปิด|ชม)(?:ที่นี่|เลย|ทั้งหมด)?|แสดง|ที่นี่|open|show|read|see|here|more|go|"
    r"(?:ดู|เปิด|ไปที่|ไปยัง)?(?:ลิงก์|ลิงค์|ลิ้งก์|ลิ้งค์|ลิ๊งค์|ลิ๊งก์|link|url|เว็บไซต์|เว็บเพจ|website|webpage)(?:\s*(?:ที่\s*)?[\d๐-๙]{1,2})?|"
    r"(?:https?://|www\.)\S+)\W*$",
    re.IGNORECASE,
)
_INVITATIONS = re.compile(
    r"รายละเอียด|อ่านต่อ|อ่านเพิ่ม|ดูเพิ่ม|เพิ่มเติม|ดาวน์โหลด|ดาวโหลด|คลิก|ดูข้อมูล|เปิดดู|เปิดอ่าน|download|click|read more|detail|view",
    re.IGNORECASE,
)
_SYSTEM_WORDS = re.compile(
    r"เข้าสู่ระบบ(?!สมาชิก|จัดการ|ผู้ดูแล|admin|$)|เข้าใช้(?:งาน)?(?:ระบบ)?|ไปที่ระบบ|ไปยังระบบ|เปิดระบบ|ระบบ(?:ยื่น|จอง|ขอ|บริการ|ชำระ|นัด|รับ|"
    r"ลงทะเบียน|แจ้ง)|"
    r"ยื่นคำ(?:ร้อง|ขอ)|จองคิว|ขอรับบริการ|ขอใช้บริการ|e-?service|one stop|"
    r"ชำระ(?:ภาษี|ค่า)\S*ออนไลน์|ลงทะเบียนออนไลน์|แบบฟอร์มออนไลน์",
    re.IGNORECASE,
)
_NEVER_TEXTS = re.compile(
    r"^(?:หน้าแรก|หน้าหลัก|กลับ(?:หน้าหลัก|หน้าแรก|ไปหน้า.*|สู่หน้า.*)?|ย้อนกลับ|home|back|ก่อนหน้า|ถัดไป|« ?ก่อนหน้า|next|previous|prev|"
    r"english|ภาษาไทย|ไทย|thai|th|en|eng|พิมพ์(?:หน้านี้)?|print|แชร์|share|tweet|ส่งอีเมล|email|e-mail|"
    r"เข้าสู่ระบบ.*|ลงชื่อเข้าใช้.*|สมัครสมาชิก|ล็อกอิน|log ?in|sign ?in|register|แผนผังเว็บไซต์|ผังเว็บไซต์|sitemap|rss|"
    r"(?:การประเมิน\s*|แบบ\s*)?(?:ITA|M?OIT|LPA)(?:\s*/\s*M?OIT)?\s*(?:ประจำ)?(?:ปี)?(?:งบประมาณ)?\s*(?:พ\.ศ\.)?\s*[๐-๙0-9]{0,4}|"
    r"ขึ้นบน|กลับขึ้นด้านบน|top|ปิด|close|ค้นหา|search|[←→«»<>|·•]+)$",
    re.IGNORECASE,
)
_NEVER_ADDRESSES = re.compile(
    r"(?:^|[/?&;])(?:log-?in|log-?out|sign-?in|sign-?up|register|wp-login|wp-admin|administrator|logout|sitemap|rss|feed|search|cart)"
    r"(?:\.[a-z]{2,5})?(?:[/?&=]|$)|[?&](?:lang|language|locale)=(?!th)|[?&](?:print|pop|share|replytocom|sort|order|orderby|view=login)=|"
    r"[?&]tmpl=component|/print/|/share(?:r)?[/.?]|/cdn-cgi/|/wp-json/|/tag/|/author/|/calendar/",
    re.IGNORECASE,
)
_HOME_SEGMENTS = frozenset({"index", "home", "default", "main", "th", "en"})
_PAGE_NUMBER = re.compile(
    r"(?:[?&](?:page|paged|p|pg|pageno|page_no|page_num)=|/page/)(\d{1,4})(?=[/&#]|$)", re.IGNORECASE
)
MOST_PAGES_OF_A_LIST = 5


def is_document_address(url: str) -> bool:
    """Whether an address looks like a file to download or a document shown by a service."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    if direct_url(url) or (is_file_service(url) and "/folders/" not in path and path.strip("/")):
        return True
    if _DOCUMENT_ENDING.search(path) or (
        _UPLOAD_FOLDER.search(path) and not path.endswith("/") and not _ends_otherwise(path)
    ):
        return True
    segments = [segment for segment in path.split("/") if segment]
    if any(_DOWNLOAD_SEGMENT.match(segment) for segment in segments[:-1]) and not _ends_otherwise(path):
        return True
    query = parse_qsl(parts.query)
    if segments and _DOWNLOAD_SEGMENT.match(segments[-1]) and (query or segments[-1].lower().endswith(("file", "dl"))):
        return True
    return any(
        _DOCUMENT_ENDING.search(value) or _DOWNLOAD_VALUES.match(value) or (key.lower() in _DOWNLOAD_KEYS and value)
        for key, value in query
    )


def is_book_or_short_address(url: str) -> bool:
    """Whether an address belongs to a service of leafed books, or is a short one that may lead to a file."""
    return is_book_service(url) or is_under(url, _SHORT_HOSTS)


def is_other_media(url: str) -> bool:
    """Whether an address is a stylesheet, a film, a program: nothing to read."""
    return bool(_OTHER_ENDING.search(urlsplit(url).path))


def names_a_document(text: str) -> bool:
    """Whether a link's text names a paper, a period, or invites to read on."""
    plain = arabic_digits(text)
    return bool(_PERIOD.search(plain) or _DOCUMENT_WORDS.search(plain))


def names_a_paper(text: str) -> bool:
    """Whether a link's text names a paper or a period itself, not only an invitation to read on."""
    return names_a_document(_INVITATIONS.sub(" ", text))


def invites_to_open(text: str) -> bool:
    """Whether a link's text is nothing but a word for opening what it stands beside: "ดู", "เปิด", "อ่าน"."""
    return len(text) <= LONGEST_INVITATION and bool(_OPENS.match(text))


def names_a_system(text: str) -> bool:
    """Whether a link's text leads to a service to be used online: to sign in, ask for something, book."""
    return bool(_SYSTEM_WORDS.search(text))


def is_never_followed(url: str, text: str) -> bool:
    """Whether a link only serves to move about: home, back, languages, printing, sharing, signing in."""
    if text and _NEVER_TEXTS.match(text.strip()):
        return True
    parts = urlsplit(url)
    return bool(_NEVER_ADDRESSES.search(f"{parts.path}?{parts.query}" if parts.query else parts.path))


def is_home_of(url: str, hosts: tuple[str, ...]) -> bool:
    """Whether an address is a home page of one of `hosts`."""
    parts = urlsplit(url)
    segments = [_PAGE_ENDING.sub("", segment).lower() for segment in parts.path.split("/") if segment]
    return not parts.query and len(segments) <= 1 and all(s in _HOME_SEGMENTS for s in segments) and is_on(url, hosts)


def page_number(url: str) -> int:
    """Which page of a list an address asks for; 0 when it does not."""
    match = _PAGE_NUMBER.search(url)
    return int(match.group(1)) if match else 0


def _ends_otherwise(path: str) -> bool:
    return bool(_PAGE_ENDING.search(path) or _OTHER_ENDING.search(path))
