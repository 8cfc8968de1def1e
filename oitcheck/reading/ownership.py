"""Whose document is it? The agency's own, another agency's, or nobody's in particular."""

from __future__ import annotations

import re
from collections import Counter

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
    "อบจ.": "องค์การบริหารส่วนจังหวัด", "อบต.": "องค์การบริหารส่วนตำบล", "ทน.": "เทศบาลนคร", "ทม.": "เทศบาลเมือง", "ทต.": "เทศบาลตำบล",
}  # fmt: skip
_NAMED = re.compile(rf"({'|'.join(map(re.escape, _BODY))})\s?([ก-ฮเ-ไ][ก-์]{{2,40}})")
_GENERIC = re.compile(r"^(?:และ|หรือ|ใน|ที่|ของ|ทั้ง|ทุก|ต่าง|จังหวัด|เรื่อง|ประจำ|ได้|มี|เป็น|พ\.ศ|ให้|ตาม|แห่ง|ขนาด|ทั่วไป|ศูนย์|ชุมชน|จะ|โดย|กำหนด|ดำเนิน|ขอ|ถึง|เพื่อ|กับ|ว่า)")


def other_agency(document: Document, agency: Agency) -> str:
    """The name of another body that the document speaks for; "" when it is the agency's own or cannot be told.

    A document is another's when it names one other body of the agency's own sort at least three times, or at the top
    of it, and never the agency itself.
    """
    texts = [clean(p.text) for p in passages(document) if p.part != "link"]
    whole = fold(" ".join(texts))
    if any(name in whole for name in _own_names(agency)):
        return ""
    own_bodies = _bodies_of(agency)
    counts: Counter[str] = Counter()
    top = ""
    for index, text in enumerate(texts[:400]):
        for match in _NAMED.finditer(text):
            body = _SAME_BODY.get(match[1], match[1])
            if body not in own_bodies or _GENERIC.match(match[2]):
                continue
            name = f"{body}{match[2]}"
            counts[name] += 1
            if index < 8 and not top:
                top = name
    if not counts:
        return ""
    name, times = counts.most_common(1)[0]
    return name if times >= 3 or (top == name and times >= 2) else ""


def _bodies_of(agency: Agency) -> frozenset[str]:
    for body in _BODY:
        if agency.name_th.startswith(body):
            same = _SAME_BODY.get(body, body)
            if same.startswith(("เทศบาล", "องค์การบริหารส่วน")):
                return frozenset(b for b in _BODY if b.startswith(("เทศบาล", "องค์การบริหารส่วน")))
            return frozenset({same})
    return frozenset()


def _own_names(agency: Agency) -> tuple[str, ...]:
    """Folded forms by which a document may name the agency: the full name, and its proper part."""
    full = fold(agency.name_th)
    names = [full]
    for body in _BODY:
        folded = fold(body)
        if full.startswith(folded) and len(full) > len(folded) + 3:
            names.append(full[len(folded) :])
            break
    if agency.name_th.startswith("จังหวัด"):
        names.append(fold(agency.name_th.removeprefix("จังหวัด")))
    return tuple(n for n in names if len(n) >= 3)
