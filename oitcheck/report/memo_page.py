"""The paper to the governor as a web page that prints as the paper it is."""

from __future__ import annotations

from base64 import b64encode

from oitcheck.report.export import printable
from oitcheck.report.html import environment
from oitcheck.report.memo import Memo
from oitcheck.report.memo_word import chart_of
from oitcheck.report.terms import Terms


def memo_page(memo: Memo, terms: Terms, garuda: bytes = b"") -> str:
    """One HTML page without scripts and with its pictures inside; `garuda` is a PNG."""
    page = environment().get_template("memo.html").render(
        memo=memo, t=terms, language=terms.language, chart=_inline(chart_of(memo.bars, terms)), garuda=_inline(garuda)
    )  # fmt: skip
    return printable(page)


def _inline(png: bytes) -> str:
    return f"data:image/png;base64,{b64encode(png).decode()}" if png else ""
