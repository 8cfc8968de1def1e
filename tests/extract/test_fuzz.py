"""Bytes that nobody would write: reading them never raises, and what comes of them is documents or blind spots."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.read import read, text_at
from oitcheck.model.evidence import BlindSpot, Document, Line, Section
from tests.extract.hostile import good
from tests.extract.office_files import captured

LIMITS = ExtractLimits(pages=3, rows=200, chars=20_000)
OURS = (
    "html: ",
    "rtf: ",
    "pdf: ",
    "odt: ",
    "odp: ",
    "pptx: ",
    "zip: ",
    "text: ",
    "csv: ",
    "xlsx: ",
    "ods: ",
    "image: ",
)
bounded = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

WORDS = st.sampled_from(
    ["ประกาศ", "เดือน", " ", "\n", "2566", "๒๕๖๖", "ก่", "\u0e4d\u0e32", "\x00", "\ufffd", "a" * 3000]
)
TAGS = st.sampled_from(
    [
        "html",
        "head",
        "body",
        "title",
        "meta",
        "base",
        "p",
        "div",
        "span",
        "a",
        "img",
        "table",
        "tr",
        "td",
        "th",
        "tbody",
        "thead",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "h1",
        "h2",
        "h3",
        "br",
        "hr",
        "form",
        "input",
        "select",
        "option",
        "textarea",
        "label",
        "button",
        "iframe",
        "frame",
        "object",
        "embed",
        "script",
        "style",
        "noscript",
        "svg",
        "math",
        "template",
        "details",
        "summary",
        "nav",
        "header",
        "footer",
        "main",
        "article",
        "section",
        "center",
        "font",
        "b",
        "strong",
        "pre",
        "blockquote",
        "figure",
        "figcaption",
        "area",
        "map",
    ]
)
ATTRIBUTES = st.sampled_from(
    [
        'href="x.pdf"', "href=#", 'href="javascript:x"', "href=http://[", "id=a", "id='a b'", 'class="x y"', "colspan=999999",
        "rowspan=-1", "rowspan=70", "src=a.png", "src='data:image/png;base64,x'", "style='display:none'", "width=1e9",
        "onclick=\"window.open('b.pdf')\"", "type=tel", "charset=tis-620", "data-href=x", "aria-hidden=true", 'alt="ก"',
    ]
)  # fmt: skip
CLOSED = st.builds("</{}>".format, TAGS)
OPENED = st.builds("<{} {}>".format, TAGS, st.lists(ATTRIBUTES, max_size=3).map(" ".join))
ODD = st.sampled_from(["<", ">", "<!--", "-->", "<![CDATA[", "]]>", "<!doctype x>", "&#0;", "&amp", "<?x", "</", '="'])
PAGES = st.lists(st.one_of(OPENED, OPENED, CLOSED, WORDS, ODD), max_size=60).map("".join)

CONTROLS = st.sampled_from(
    [
        r"\par",
        r"\pard",
        r"\cell",
        r"\row",
        r"\trowd",
        r"\intbl",
        r"\cellx99",
        r"\clvmrg",
        r"\clmrg",
        r"\b",
        r"\b0",
        r"\v",
        r"\uc9",
        r"\uc0",
        r"\u3648",
        r"\u-9",
        r"\u55357",
        r"\u56832",
        r"\'e0",
        r"\'zz",
        r"\*",
        r"\fonttbl",
        r"\f1",
        r"\fcharset222",
        r"\stylesheet",
        r"\s1",
        r"\field",
        r"\*\fldinst",
        r"\fldrslt",
        r"\pict",
        r"\bin3",
        r"\bin999",
        r"\header",
        r"\info",
        r"\ansicpg874",
        r"\ansicpg0",
        r"\outlinelevel1",
        r"\nestcell",
        r"\line",
        r"\tab",
        r"\~",
        r"\_",
        r"\{",
        r"\}",
        r"\\",
        r"\shppict",
        r"\picwgoal9999",
        r"\cellx-1",
        r"\upr",
    ]
)
RTFS = st.lists(st.one_of(CONTROLS, CONTROLS, WORDS, st.sampled_from(["{", "}", "}", 'HYPERLINK "x"'])), max_size=80)

OPERATORS = st.sampled_from(
    [
        b"BT", b"ET", b"/F 12 Tf", b"(ABC) Tj", b"[(A) -900 <0E40>] TJ", b"20 200 Td", b"T*", b"q", b"Q", b"1 0 0 1 5 5 cm",
        b"0 0 m", b"90 0 l", b"S", b"0 0 300 1 re f", b"0 0 1 300 re f", b"/X Do", b"/F 0 Tf", b"1 0 0 0 0 0 Tm", b"(", b"<<",
        b"BI /W 9 /H 9 ID x EI", b"/a BMC", b"EMC", b"9e99 9e99 Td", b"-1 Tr", b"3 Tr", b"0 Tz", b"]", b"%",
    ]
)  # fmt: skip
CONTENTS = st.lists(OPERATORS, max_size=60).map(b" ".join)


def check(body: bytes, name: str) -> None:
    parts = read(captured(body, name), body, LIMITS)
    assert parts and all(isinstance(part, Document | BlindSpot) for part in parts)
    for part in parts:
        # What a reader of ours raised would be told so, as a broken file.
        assert not (isinstance(part, BlindSpot) and part.detail.startswith(OURS)), part
        for section in part.sections if isinstance(part, Document) else ():
            opens_again(body, section)


def opens_again(body: bytes, section: Section) -> None:
    lines = [block for block in section.blocks if isinstance(block, Line)]
    for line in lines[:1]:
        assert isinstance(text_at(body, "", line.at.place), str)


@bounded
@given(PAGES)
def test_pages(page: str) -> None:
    check(f"<html>{page}".encode(), "a.html")


@bounded
@given(st.binary(max_size=600))
def test_any_bytes(body: bytes) -> None:
    check(body, "a")


@bounded
@given(RTFS)
def test_rtf(parts: list[str]) -> None:
    body = "".join(part if part.isascii() and part.startswith("\\") else f" {part}" for part in parts)
    check(b"{\\rtf1 " + body.encode("cp874", "replace") + b"}", "a.rtf")


@bounded
@given(CONTENTS)
def test_pdf_contents(content: bytes) -> None:
    from tests.extract.hostile import pdf

    check(pdf(content), "a.pdf")


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.xlsx", "a.ods", "a.odt", "a.pptx"])
@settings(bounded, max_examples=40)
@given(data=st.data())
def test_files_with_bytes_changed(name: str, data: st.DataObject) -> None:
    body = bytearray(good()[name])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    check(bytes(body), name)
