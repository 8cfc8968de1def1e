"""Addresses as officials type them."""

from __future__ import annotations

import pytest

from oitcheck.lib.urls import (
    BadUrl,
    file_name,
    host_of,
    idna_host,
    is_on,
    joined,
    normalized,
    readable,
    without_fragment,
)

HOST = "www.sophuai.example"


@pytest.mark.parametrize(
    ("typed", "url", "corrections"),
    [
        (f"http://{HOST}/o21/", f"http://{HOST}/o21/", ()),
        (f"https://{HOST}", f"https://{HOST}/", ()),
        (f"HTTP://{HOST.upper()}/A", f"http://{HOST}/A", ()),
        (f"http://{HOST}:80/x", f"http://{HOST}/x", ()),
        (f"https://{HOST}:443/x", f"https://{HOST}/x", ()),
        (f"http://{HOST}:8080/x", f"http://{HOST}:8080/x", ()),
        (f"http://{HOST}/p#o21", f"http://{HOST}/p#o21", ()),
        (f"http://{HOST}/index.php?id=3&t=a%20b", f"http://{HOST}/index.php?id=3&t=a%20b", ()),
        (f"http://{HOST}/%E0%B8%81", f"http://{HOST}/%E0%B8%81", ()),
        (f"  http://{HOST}/x\n", f"http://{HOST}/x", ("trimmed",)),
        (f"\u200bhttp://{HOST}/x\ufeff", f"http://{HOST}/x", ("trimmed",)),
        (f"<http://{HOST}/x>", f"http://{HOST}/x", ("trimmed",)),
        (f"“http://{HOST}/x”", f"http://{HOST}/x", ("trimmed",)),
        (f"{HOST}/x", f"http://{HOST}/x", ("scheme_added",)),
        (f"//{HOST}/x", f"http://{HOST}/x", ("scheme_added",)),
        (f"{HOST}:8080/x", f"http://{HOST}:8080/x", ("scheme_added",)),
        (HOST, f"http://{HOST}/", ("scheme_added",)),
        (f"http://{HOST}/a b.pdf", f"http://{HOST}/a%20b.pdf", ("blanks_encoded",)),
        (f"http://{HOST}/ก", f"http://{HOST}/%E0%B8%81", ("encoded",)),
        (f"http://{HOST}/?q=ก", f"http://{HOST}/?q=%E0%B8%81", ("encoded",)),
        (f"http://{HOST}/แผน 2566.pdf", f"http://{HOST}/%E0%B9%81%E0%B8%9C%E0%B8%99%202566.pdf", ("blanks_encoded", "encoded")),
        (f"http://{HOST}/100%", f"http://{HOST}/100%25", ()),
        (f"http://{HOST}/a%zz", f"http://{HOST}/a%25zz", ()),
        ("http://ตำบล.example/x", "http://xn--m3ck7a0cwh.example/x", ("idna",)),
        (f" {HOST}/แผน งาน", f"http://{HOST}/%E0%B9%81%E0%B8%9C%E0%B8%99%20%E0%B8%87%E0%B8%B2%E0%B8%99",
         ("trimmed", "scheme_added", "blanks_encoded", "encoded")),
    ],
)  # fmt: skip
def test_what_was_typed_becomes_requestable(typed: str, url: str, corrections: tuple[str, ...]) -> None:
    assert normalized(typed) == (url, corrections)
    assert normalized(url) == (url, ())


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("\u200b", "empty"),
        ("javascript:void(0)", "scheme"),
        ("JavaScript:alert(1)", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("mailto:a@sophuai.example", "scheme"),
        ("ftp://sophuai.example/x", "scheme"),
        ("data:text/html,x", "scheme"),
        ("tel:053123456", "scheme"),
        ("ยังไม่มี", "no_host"),
        ("o21", "no_host"),
        ("/o21/page.html", "no_host"),
        ("http://", "no_host"),
        ("http:///x", "no_host"),
        ("http://a b.example/", "bad_host"),
        ("http://[::1/", "bad_host"),
        (f"http://{HOST}:99999/", "bad_port"),
        (f"http://{HOST}:x/", "bad_port"),
        ("http://" + "a" * 300 + ".example/", "bad_host"),
    ],
)
def test_what_is_no_address_says_why(typed: str, reason: str) -> None:
    with pytest.raises(BadUrl) as raised:
        normalized(typed)
    assert (raised.value.reason, raised.value.text) == (reason, typed)


@pytest.mark.parametrize(
    ("url", "hosts", "is_there"),
    [
        ("http://www.a.example/x", ("www.a.example",), True),
        ("http://a.example/x", ("www.a.example",), True),
        ("http://www.a.example/x", ("a.example",), True),
        ("http://A.Example:8080/x", ("a.example",), True),
        ("http://oit.a.example/x", ("a.example",), True),
        ("http://deep.oit.a.example/", ("a.example",), True),
        ("http://oit.www.a.example/", ("www.a.example",), True),
        ("http://b.example/", ("a.example", "b.example"), True),
        ("http://oit.a.example/x", ("www.a.example",), False),
        ("http://nota.example/", ("a.example",), False),
        ("http://a.example.evil.example/", ("a.example",), False),
        ("http://example/", ("a.example",), False),
        ("http://evil.example/?u=a.example", ("a.example",), False),
        ("http://a.example@evil.example/", ("a.example",), False),
        ("http://a.example/", (), False),
        ("http://[::1/", ("a.example",), False),
    ],
)
def test_a_page_is_on_the_main_website_or_below_it(url: str, hosts: tuple[str, ...], is_there: bool) -> None:
    assert is_on(url, hosts) is is_there


def test_a_link_is_resolved_or_leads_nowhere() -> None:
    base = f"http://{HOST}/a/b.html"
    assert joined(base, "c d.pdf") == f"http://{HOST}/a/c%20d.pdf"
    assert joined(base, " ../แผน.pdf\n") == f"http://{HOST}/%E0%B9%81%E0%B8%9C%E0%B8%99.pdf"
    assert joined(base, "//cdn.example/x") == "http://cdn.example/x"
    assert joined(base, "?p=2") == f"http://{HOST}/a/b.html?p=2"
    assert [joined(base, href) for href in ("javascript:;", "mailto:a@b.example", "http://[", "file:///x")] == [""] * 4


def test_parts_of_an_address() -> None:
    assert host_of("http://WWW.A.example:81/x") == "www.a.example"
    assert host_of("http://[") == host_of("x") == ""
    assert without_fragment("http://a.example/x#o21") == "http://a.example/x"
    assert readable("http://a.example/%E0%B9%81%E0%B8%9C%E0%B8%99") == "http://a.example/แผน"
    assert readable("http://a.example/%ff") == "http://a.example/\ufffd"
    assert file_name("http://a.example/x/%E0%B9%81%E0%B8%9C%E0%B8%99.pdf?d=1") == "แผน.pdf"
    assert file_name("http://a.example/x/") == ""
    assert idna_host("ไทย.example.") == "xn--o3cw4h.example"
    assert [idna_host(bad) for bad in ("", "a b", "a_b c", "x" * 254)] == [None] * 4
