"""Whose document is it? The agency's own, another agency's, or nobody's in particular."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher

from oitcheck.lib.thai_text import clean, fold
from oitcheck.model.agency import Agency
from oitcheck.model.evidence import Document
from oitcheck.reading.passages import passages

# Kinds of body whose proper name follows directly. Longer ones first; abbreviations as officials write them.
_BODY = (
    "องค์การบริหารส่วนจังหวัด", "องค์การบริหารส่วนตำบล", "เทศบาลนคร", "เทศบาลเมือง", "เทศบาลตำบล", "โรงพยาบาลส่งเสริมสุขภาพตำบล",
    "โรงพยาบาล", "สถานีตำรวจภูธร", "วิทยาลัยเทคนิค", "วิทยาลัยการอาชีพ", "มหาวิทยาลัยราชภัฏ", "มหาวิทยาลัย", "โรงเรียน",
    "สำนักงานจังหวัด", "ที่ว่าการอำเภอ", "อบจ.", "อบต.", "ทน.", "ทม.", "ทต.",
)  # fmt: skip
_SAME_BODY = {
    "อบจ.": "องค์การบริหารส่วนจังหวัด", "อบต.": "องค์การบริหารส่วนตำบล", "ทน.": "เทศบาลนคร",
    "ทม.": "เทศบาลเมือง", "ทต.": "เทศบาลตำบล",
}  # fmt: skip
_WRITTEN_SHORT = {"รพ.": "โรงพยาบาล", "สภ.": "สถานีตำรวจภูธร"}
_SHORT_BODIES = {
    "องค์การบริหารส่วนจังหวัด": ("อบจ.", "อบจ"), "องค์การบริหารส่วนตำบล": ("อบต.", "อบต"),
    "เทศบาลนคร": ("ทน.", "เทศบาล"), "เทศบาลเมือง": ("ทม.", "เทศบาล"),
    "เทศบาลตำบล": ("ทต.", "เทศบาล"), "โรงพยาบาล": ("รพ.",), "สถานีตำรวจภูธร": ("สภ.",),
}  # fmt: skip
# The first characters, where a document says whose it is, and how far it is read at all.
TOP = 220
LONGEST = 60_000
# A line of paper shorter than this was not broken for want of room.
LEAST_FULL_LINE = 60
# Proper names as alike as this (0–1) differ by a letter left out; shorter ones than so many letters are two places.
MISSPELT, LEAST_TO_MISSPELL = 0.92, 7
# Before another body's name: the document tells of it, and does not speak for it.
_BESIDE = re.compile(r"(?:กับ|และ|ณ|จาก|(?<!หน้า)ที่|(?<!ส่วน)ร่วม|ให้|ถึง|โดย|ใน|เช่น)\s*$")
# A name of a body is short and ends at a blank; a longer run is a sentence that goes on.
_PROPER = r"([ก-ฮเ-ไ][ก-์]{2,18})(?![ก-์])"
_NAMED = re.compile(rf"({'|'.join(map(re.escape, _BODY))})(?:(?<=\.)\s?)?{_PROPER}")
_NAMED_OVER_LINES = re.compile(rf"({'|'.join(map(re.escape, _BODY))})\s{{0,2}}{_PROPER}")
# A name that runs into what its body does: "เทศบาลตำบล…จัดโครงการ".
_ACTING = re.compile(
    rf"({'|'.join(map(re.escape, _BODY))})\s?([ก-ฮเ-ไ][ก-์]{{2,18}}?)"
    rf"(?=จัด|เปิด|ประชุม|ร่วม|มอบ|ลงพื้นที่|ประกาศ|ดำเนิน|รณรงค์|ตรวจ|ออก|ต้อนรับ)"
)
_WITH_PROVINCE = re.compile(
    rf"({'|'.join(map(re.escape, _BODY))})\s?([ก-ฮเ-ไ][ก-์]{{2,18}})"
    rf"[^\n]{{0,40}}?(?:จังหวัด|(?<![ก-ฮ])จ\.)\s?([ก-ฮเ-ไ][ก-์]{{2,24}})(?![ก-์])"
)
# As titles name a province: at their end, or before the year or the subject.
_PROVINCE = re.compile(r"จังหวัด([ก-ฮเ-ไ][ก-์]{2,18})(?=\s*$|\s+(?:ประจำ|ปี|พ\.ศ|เรื่อง|ข้อมูล))")
_PLACED = re.compile(rf"อำเภอ|ตำบล|(?<![ก-ฮ])[อต]\.|{'|'.join(map(re.escape, _BODY[:-5]))}|{_BESIDE.pattern}")
# A ministry or department by its name at the end of a title; after other words a paper only cites or addresses it.
_HIGHER = re.compile(r"(?<=[\s\n])(?:กระทรวง|กรม)[ก-ฮเ-ไ][ก-์]{2,24}(?=\s|$)")
# With fewer folded letters than this beside it, a name stands alone.
LEAST_BESIDE_NAME = 4
_GENERIC = re.compile(
    r"^(?:และ|หรือ|ใน|ที่|ของ|ทั้ง|ทุก|ต่าง|จังหวัด|เรื่อง|ประจำ|ได้|มี|เป็น|พ\.ศ|ให้|ตาม|แห่ง|ขนาด|ทั่วไป|ศูนย์|ชุมชน|จะ|โดย|กำหนด|ดำเนิน|ขอ|ถึง|เพื่อ|กับ|ว่า|นำ|จัด|ร่วม|มอบ|ลงพื้นที่|เปิด|พร้อม|รับ|ประกาศ|ไม่|ทำ|ดูแล|สนับสนุน|"
    r"ข้าราชการ|พนักงาน|เจ้าหน้าที่|บุคลากร|ลูกจ้าง|ผู้|คณะ|นาย|นาง|สมาชิก|สภา|ปลัด|กอง|สำนัก|งาน|การ|ใช้|แจก|เข้า|ออก|ต้อง|ยัง|แล้ว|อีก|เอง|นี้|นั้น|"
    r"สามารถ|ประชาชน|คำสั่ง|คำนำ|สารบัญ|บทที่|ส่วนที่|แบบ|กลุ่ม|อื่น|ปี|โทร|หมู่|ถนน|ณ|ซึ่ง|จึง|รวม|ส่ง|แจ้ง|อำเภอ|ตำบล|วันที่|เมื่อ)"
)


def other_agency(document: Document, agency: Agency) -> str:
    """The name of another body that the document speaks for; "" when it is the agency's own or cannot be told.

    A document is another's when it never names the agency and names another body of the agency's own sort in its title
    or first lines, or at least three times. The proper part of the agency's name alone (a shop may bear it, too)
    protects only from the first.
    """
    own_bodies = _bodies_of(agency)
    names = own_names(agency)
    told = [clean(p.text) for p in passages(document) if p.part not in ("link", "figure")]
    if document.kind == "html":
        told = [text for text in told if not _is_banner(text, names)]
    if any(name in fold(" ".join(told)) for name in names):
        return ""
    elsewhere = _in_other_province(told, agency) or _other_province(told, agency)
    if elsewhere or not own_bodies:
        return elsewhere
    around = [document.title, *(b.text for s in document.sections for b in s.lines if s.role != "content")]
    around.extend(f.alt for s in document.sections for f in s.figures)
    on_own_site = any(name in fold(" ".join(around)) for name in names)
    title = [] if fold(document.title) in map(fold, told[:1]) else around[:1]
    texts = told if on_own_site else [*title, *told, *around[1:]]
    counts: Counter[str] = Counter()
    top = ""
    # On paper a name may be wrapped over two lines; on a web page two lines are two things.
    whole = ("\n" if document.kind == "pdf" else " | ").join(texts)[:LONGEST]
    for match in (_NAMED_OVER_LINES if document.kind == "pdf" else _NAMED).finditer(whole):
        body = _SAME_BODY.get(match[1], match[1])
        # "อบจ. นำบุคลากร…" on the agency's own page: the bare short form, with a sentence that goes on.
        is_bare = on_own_site and match[0][len(match[1])] in " \n"
        if body in own_bodies and not is_bare and not _GENERIC.match(match[2]) and not _is_broken_off(match):
            name = f"{body}{match[2]}"
            counts[name] += 1
            if match.start() < TOP and not _BESIDE.search(whole[max(0, match.start() - 12) : match.start()]):
                top = top or name
    if not counts:
        return ""
    name, times = counts.most_common(1)[0]
    proper = _proper_part(agency)
    if times >= 3 or (top and not (proper and proper in fold(whole))):
        return "" if _is_misspelt(top or name, agency) else top or name
    return ""


def names_agency(document: Document, agency: Agency) -> bool:
    """Whether a document names the agency anywhere in its text."""
    told = fold(" ".join(p.text for p in passages(document)))
    return any(name in told for name in own_names(agency))


def _is_broken_off(match: re.Match[str]) -> bool:
    """Whether what stands after the kind of body is no part of its name: below a line that is not full, or behind a
    blank where the body is spoken of by its kind ("ขององค์การบริหารส่วนจังหวัด")."""
    if match[0] == match[1] + match[2]:
        return False
    line = match.string[: match.start()].rpartition("\n")[2]
    return line.endswith("ของ") or ("\n" in match[0] and len(line) + len(match[1]) < LEAST_FULL_LINE)


def _is_banner(text: str, names: tuple[str, ...]) -> bool:
    """Whether a text on a web page is the agency's name and nothing else: the head of its website."""
    folded = fold(text)
    return any(name in folded and len(folded) - len(name) < LEAST_BESIDE_NAME for name in names)


def _in_other_province(told: list[str], agency: Agency) -> str:
    """The body of another province that a document names at its top together with that province; "" when none."""
    top = "\n".join(told)[:TOP]
    for match in _WITH_PROVINCE.finditer(top):
        before = top[max(0, match.start() - 12) : match.start()].rpartition("\n")[2]
        if _GENERIC.match(match[2]) or _GENERIC.match(match[3]):
            continue
        if fold(match[3]) != fold(agency.province) and fold(agency.province) and not _BESIDE.search(before):
            return f"{_SAME_BODY.get(match[1], match[1])}{match[2]}"
    return ""


def _other_province(told: list[str], agency: Agency) -> str:
    """The province that a document of a province speaks for at its top, when it is another one; "" when none."""
    if not agency.name_th.startswith("จังหวัด"):
        return ""
    for line in "\n".join(told)[:TOP].split("\n"):
        match = _PROVINCE.search(line)
        # Behind a district or another body the province only says where that is.
        if match and not _PLACED.search(line[: match.start()]) and not _GENERIC.match(match[1]):
            return match[0]
    return ""


def higher_body(document: Document, agency: Agency) -> str:
    """The ministry or department that a document speaks for at its top, when the agency is not named in it; "" else."""
    names = own_names(agency)
    told = [clean(p.text) for p in passages(document) if p.part not in ("link", "figure")]
    if document.kind == "html":
        told = [text for text in told if not _is_banner(text, names)]
    if any(name in fold(" ".join(told)) for name in names):
        return ""
    match = _HIGHER.search("\n".join(told)[:TOP])
    return match[0] if match else ""


def other_bodies(text: str, agency: Agency) -> tuple[str, ...]:
    """The names of other bodies of the agency's own sort that a text names; empty when it names the agency, too."""
    own_bodies = _bodies_of(agency)
    if any(name in fold(text) for name in own_names(agency)):
        return ()
    found = []
    for match in (*_NAMED.finditer(clean(text)), *_ACTING.finditer(clean(text))):
        body = _SAME_BODY.get(match[1], match[1])
        if body in own_bodies and not _GENERIC.match(match[2]):
            found.append(f"{body}{match[2]}")
    return tuple(found)


def _parts_of(agency: Agency) -> tuple[str, str]:
    """The kind of body in full and the proper name, however the register writes it; ("", "") for a name of no kind."""
    name = agency.name_th.strip()
    for body in (*_BODY, "รพ.", "สภ."):
        if name.startswith(body):
            full = _SAME_BODY.get(body) or _WRITTEN_SHORT.get(body, body)
            return full, name[len(body) :].strip()
    return "", ""


def _bodies_of(agency: Agency) -> frozenset[str]:
    body, _ = _parts_of(agency)
    if body.startswith(("เทศบาล", "องค์การบริหารส่วน")):
        return frozenset(b for b in _BODY if b.startswith(("เทศบาล", "องค์การบริหารส่วน")))
    return frozenset({body} if body else ())


def _proper_part(agency: Agency) -> str:
    """The folded name without the kind of body; "" when it is too short to tell anything."""
    rest = fold(_parts_of(agency)[1])
    return rest if len(rest) >= 3 else ""


def _is_misspelt(name: str, agency: Agency) -> bool:
    """Whether a name is the agency's but for a letter or two: the register or the page has it wrong."""
    body, _ = _parts_of(agency)
    proper = _proper_part(agency)
    other = fold(name.removeprefix(body))
    alike = name.startswith(body) and SequenceMatcher(None, other, proper).ratio() >= MISSPELT
    return alike and len(proper) >= LEAST_TO_MISSPELL


def own_names(agency: Agency) -> tuple[str, ...]:
    """Folded forms by which a document names the agency:

    the full name, the abbreviated one, "เทศบาล" for any of them.
    """
    body, rest = _parts_of(agency)
    names = [fold(agency.name_th), fold(body + rest)]
    if len(rest) >= 3:
        names.extend(fold(short + rest) for short in _SHORT_BODIES.get(body, ()))
    return tuple(dict.fromkeys(n for n in names if len(n) >= 4))
