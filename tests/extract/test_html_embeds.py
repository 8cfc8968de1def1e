"""Flip-books, viewers and posts of other services: what a page shows by script is followed to its source, or told."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime

import pytest

from oitcheck.extract import html
from oitcheck.extract.limits import ExtractLimits
from oitcheck.model.evidence import BlindReason, BlindSpot, Capture, Document, FetchOutcome

SITE = "http://www.banmai.example/"
BOOK = json.dumps({"posts": {"7": {"type": "pdf", "data": {"guid": SITE + "a.pdf"}}}}).replace("/", "\\/")


def read(body: str) -> tuple[Document | BlindSpot, ...]:
    instant = datetime(2023, 4, 1, tzinfo=UTC)
    capture = Capture(SITE + "o4", SITE + "o4", (), FetchOutcome.OK, 200, instant, sha256="b" * 64)
    return html.read(capture, ("<h1>แผน</h1>" + body).encode(), ExtractLimits())


def embedded(body: str) -> list[str]:
    page = read(body)[0]
    assert isinstance(page, Document)
    return [link.url for section in page.content for link in section.links if link.embedded]


@pytest.mark.parametrize(
    "body",
    [
        '<div class="_df_book" source="/a.pdf"></div>',
        '<div class="_df_thumb" df-source="/a.pdf" title="แผน"></div>',
        '<a class="_df_button" source="/a.pdf">เปิดอ่าน</a>',
        '<div class="flip-book-container" data-pdf="a.pdf"></div>',
        '<p>แผน <span class="pdf-viewer" data-pdf-url="a.pdf?v=2#page=1"></span></p>',
        """<div class="real3dflipbook" data-flipbook-options='{"mode":"normal","pdfUrl":"\\/a.pdf"}'></div>""",
        '<pdf-viewer src="/a.pdf"></pdf-viewer>',
        '<table><tr><td><div data-pdf="/a.pdf"></div></td><td>ก</td></tr><tr><td>ข</td><td>ค</td></tr></table>',
        '<div id=df_9></div><script>var df_option_9 = {"height":600,"source":"http:\\/\\/www.banmai.example\\/a.pdf"};'
        "</script>",
        "<div id=b></div><script>$('#b').FlipBook({pdf: 'a.pdf', template: {html: 't.html'}});</script>",
        "<div id=b></div><script>PDFObject.embed('/a.pdf', '#b');</script>",
        "<canvas id=b></canvas><script>pdfjsLib.getDocument({url: '/a.pdf'}).promise</script>",
        '<div id=b></div><script>new FlipBook(b, { source : "a.pdf" })</script>',
        "<div id=b></div><script>new FlowPaperViewer('b', {config: {PDFFile: 'a.pdf'}})</script>",
        f"<div class=_3d-flip-book data-id=7></div><script>window.FB3D_CLIENT_DATA = ["
        f"'{b64encode(BOOK.encode()).decode()}'];</script>",
    ],
)
def test_a_viewer_is_followed_to_its_file(body: str) -> None:
    assert [url.partition("?")[0].partition("#")[0] for url in embedded(body)] == [SITE + "a.pdf"]


@pytest.mark.parametrize(
    "body",
    [
        '<a href="/a.pdf" data-pdf="/a.pdf">แผน</a>',
        '<a href="/a.pdf">แผน</a><script>PDFObject.embed("/a.pdf", "#b")</script>',
        '<script>track({page: "x", url: "/menu.pdf"})</script><p>ข่าว</p>',
        '<script>var note = "see /a.pdf"; alert("/a.pdf")</script><p>ข่าว</p>',
        '<img data-src="/a.pdf.jpg"><div data-title="a.pdf.">ก</div>',
        "<script>window.FB3D_CLIENT_DATA = ['" + "A" * 41 + "'];</script>",
    ],
)
def test_what_is_linked_or_shown_by_nothing_is_not_embedded(body: str) -> None:
    assert embedded(body) == []


def test_files_in_hostile_scripts_are_few_and_found_quickly() -> None:
    many = "".join(f"getDocument('/{n}.pdf');" for n in range(500))
    assert len(embedded(f"<canvas></canvas><script>{many}</script>")) == 20
    assert embedded("<canvas></canvas><script>getDocument(" + "'" * 100_000 + "a.pdf" * 40_000 + "</script>") == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('<iframe src="https://www.youtube.com/embed/1"></iframe>', "https://www.youtube.com/embed/1"),
        (
            '<table border=1><tr><td>วีดิทัศน์</td><td><iframe src="https://www.youtube.com/embed/1"></iframe></td></tr>'
            "<tr><td>ก</td><td>ข</td></tr></table>",
            "https://www.youtube.com/embed/1",
        ),
        ('<div class="fb-post" data-href="https://www.facebook.com/a/posts/1"></div>', "https://www.facebook.com/a/posts/1"),
        (
            '<blockquote class="instagram-media" data-instgrm-permalink="https://www.instagram.com/p/1/">ก</blockquote>',
            "https://www.instagram.com/p/1/",
        ),
        (
            '<blockquote class="tiktok-embed" cite="https://www.tiktok.com/@a/video/1">ก</blockquote>',
            "https://www.tiktok.com/@a/video/1",
        ),
        ('<footer><div class="fb-page" data-href="https://www.facebook.com/a"></div></footer>', ""),
        ('<div class="fb-pages" data-href="https://www.facebook.com/a"></div>', ""),
    ],
)  # fmt: skip
def test_what_another_service_shows_is_told(body: str, told: str) -> None:
    spots = [part for part in read(body) if isinstance(part, BlindSpot)]
    assert [(spot.reason, spot.detail) for spot in spots] == ([(BlindReason.OTHER_SERVICE, told)] if told else [])
