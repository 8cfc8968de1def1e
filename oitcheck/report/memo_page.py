"""The paper to the governor as a web page that prints as the paper it is."""

from __future__ import annotations

import re
from base64 import b64encode

from markupsafe import Markup, escape

from oitcheck.report.export import printable
from oitcheck.report.html import environment
from oitcheck.report.memo import Memo
from oitcheck.report.memo_word import chart_of
from oitcheck.report.terms import Terms

# A dictionary of words breaks หน่วย|งาน.
_UNBROKEN = re.compile(
    r"(?:ร้อยละ )?[0-9๐-๙][0-9๐-๙,.]* (?:ข้อ|หน่วยงาน|คะแนน|องค์ประกอบ|วัน)(?: \(ร้อยละ [0-9๐-๙.]+\))?"
    r"|ร้อยละ [0-9๐-๙.]+|หน่วยงาน|องค์ประกอบ|เว็บไซต์|เอกสารแนบ|เจ้าหน้าที่"
)


def memo_page(memo: Memo, terms: Terms, garuda: bytes = b"") -> str:
    """One HTML page without scripts and with its pictures inside; `garuda` is a PNG."""
    page = environment().get_template("memo.html").render(
        unbroken=unbroken,
        memo=memo, t=terms, language=terms.language, chart=_inline(chart_of(memo.bars, terms)), garuda=_inline(garuda)
    )  # fmt: skip
    return printable(page)


def unbroken(text: str) -> Markup:
    """A text with each number on one line with what it counts, and words that are not torn apart."""
    return Markup(_UNBROKEN.sub(r'<span class="one">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped


def _inline(png: bytes) -> str:
    return f"data:image/png;base64,{b64encode(png).decode()}" if png else ""
