"""Telephone numbers, e-mail and postal addresses in text, real ones apart from placeholders."""

from __future__ import annotations

import re
from dataclasses import dataclass

from oitcheck.lib.thai_text import arabic_digits, clean

_PHONE = re.compile(r"(?<![\d/])(?:\+66|\(?0\)?)[\s\-.()]*(?:\d[\s\-.()–]*){7,9}(?!\d)")
_SHORT_NUMBER = re.compile(r"(?<!\d)1[1-9]\d{2}(?!\d)")
_LABELLED = re.compile(r"(?:โทร(?:ศัพท์|สาร)?|เบอร์|มือถือ|สายด่วน|tel|phone|mobile|fax|แฟ(?:ก|็ก)ซ์|call)", re.IGNORECASE)
_FAX = re.compile(r"โทรสาร|แฟ(?:ก|็ก)ซ์|แฟกซ|fax", re.IGNORECASE)
_EMAIL = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._%+\-]*\s?(?:@|\(at\)|\[at\])\s?[A-Za-z0-9][A-Za-z0-9\-]*(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}"
)
_FAKE_EMAIL = re.compile(
    r"^(?:e?-?mail|example|test|info|name|user|your\.?name|youremail|admin|xxx+|aaa+|abc)@(?:(?:e?mail|domain|your-?(?:mail|email)|yourdomain|yoursite|website|company|example|test|sample|demo|xxx+|abc|localhost)\.(?:com|org|net|co\.th|test))$",
    re.IGNORECASE,
)
_LINE_ID = re.compile(
    r"(?:line(?:\s*(?:id|official|oa))?|ไลน์(?:\s*ไอดี)?)\s*[:：]?\s*(@?[A-Za-z0-9._\-]{4,})", re.IGNORECASE
)
_POSTCODE = re.compile(r"(?<!\d)[1-9]\d{4}(?!\d)")
_PARTS = (
    re.compile(
        r"(?:เลขที่|เลขที)\s*\d|(?<![\d/])\d{1,4}(?:/\d{1,4})?\s*(?:หมู่|ม\.|ถนน|ถ\.|ซอย)|หมู่\s*(?:ที่)?\s*\d|ถนน|ศาลากลาง"
    ),
    re.compile(r"ตำบล|แขวง|(?<![ก-ฮ])ต\.\s?[ก-ฮเ-ไ]"),
    re.compile(r"อำเภอ|เขต|(?<![ก-ฮ])อ\.\s?[ก-ฮเ-ไ]"),
    re.compile(r"จังหวัด|กรุงเทพ|(?<![ก-ฮ])จ\.\s?[ก-ฮเ-ไ]"),
    _POSTCODE,
)


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact as written. `kind`: telephone, fax, email, line, address."""

    kind: str
    text: str


def telephones(text: str) -> tuple[Contact, ...]:
    """Telephone and fax numbers of nine or ten digits; hot lines of four digits only behind a label."""
    flat = arabic_digits(clean(text))
    found = []
    for match in _PHONE.finditer(flat):
        digits = re.sub(r"\D", "", match[0])
        digits = "0" + digits[2:] if match[0].startswith("+66") else digits
        if len(digits) not in (9, 10) or _is_fake_number(digits):
            continue
        found.append(Contact(_phone_kind(flat, match.start()), match[0].strip(" -.()")))
    if not found and _LABELLED.search(flat):
        short = _SHORT_NUMBER.search(flat)
        if short and not _FAX.search(flat):
            found.append(Contact("telephone", short[0]))
    return tuple(found)


def _phone_kind(text: str, start: int) -> str:
    labels = list(_LABELLED.finditer(text, 0, start))
    return "fax" if labels and _FAX.match(labels[-1][0]) and start - labels[-1].end() < 60 else "telephone"


def _is_fake_number(digits: str) -> bool:
    """0000000000, 0123456789, 0999999999: numbers of forms and templates."""
    rest = digits[1:]
    return (len(set(rest)) <= 2 and len(set(rest[-6:])) == 1) or digits.startswith(("0123456", "01234567"))


def emails(text: str) -> tuple[Contact, ...]:
    """E-mail addresses, template ones left out."""
    return tuple(
        Contact("email", m[0].replace(" ", ""))
        for m in _EMAIL.finditer(clean(text))
        if not _FAKE_EMAIL.match(re.sub(r"\s|\(at\)|\[at\]", lambda s: "" if s[0].isspace() else "@", m[0]))
    )


def line_accounts(text: str) -> tuple[Contact, ...]:
    """LINE accounts given with their name."""
    return tuple(
        Contact("line", m[1]) for m in _LINE_ID.finditer(clean(text)) if not re.fullmatch(r"(?i)official|id|x+", m[1])
    )


def addresses(text: str) -> tuple[Contact, ...]:
    """Postal addresses: at least three of house or road, subdistrict, district, province, postcode, on one line."""
    flat = arabic_digits(clean(text))
    parts = [p.search(flat) for p in _PARTS]
    found = [m for m in parts if m]
    if len(found) < 3 or not (parts[0] or parts[4]):
        return ()
    start, end = min(m.start() for m in found), max(m.end() for m in found)
    # A postcode ends an address; what follows one without it may still belong to it.
    after = 0 if parts[4] and parts[4].end() == end else 40
    return (Contact("address", clean(text)[start : end + after].strip()),)


def reachable_by(text: str) -> tuple[Contact, ...]:
    """Every way of reaching a person that `text` gives: telephone, e-mail, LINE."""
    return (*(c for c in telephones(text) if c.kind == "telephone"), *emails(text), *line_accounts(text))
