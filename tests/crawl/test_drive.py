from __future__ import annotations

import pytest

from oitcheck.crawl.drive import (
    confirmed_url,
    direct_url,
    is_file_service,
    is_map_service,
    is_post,
    is_unreadable_service,
    service_of,
    unwrapped,
)

ID = "1AbCdEfGhIjK_lMnOp-Q"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            f"https://drive.google.com/file/d/{ID}/view?usp=sharing",
            f"https://drive.google.com/uc?export=download&id={ID}",
        ),
        (f"http://drive.google.com/file/d/{ID}/preview", f"http://drive.google.com/uc?export=download&id={ID}"),
        (f"https://drive.google.com/file/u/1/d/{ID}/edit", f"https://drive.google.com/uc?export=download&id={ID}"),
        (
            f"https://drive.google.com/thumbnail?id={ID}&sz=w1000",
            f"https://drive.google.com/uc?export=download&id={ID}",
        ),
        (f"https://drive.google.com/open?id={ID}", None),
        (f"https://drive.google.com/uc?id={ID}&export=view", f"https://drive.google.com/uc?export=download&id={ID}"),
        (
            f"https://drive.google.com/file/d/{ID}/view?usp=sharing&resourcekey=0-aB",
            f"https://drive.google.com/uc?export=download&id={ID}&resourcekey=0-aB",
        ),
        (
            f"https://docs.google.com/document/d/{ID}/edit#h=1",
            f"https://docs.google.com/document/d/{ID}/export?format=docx",
        ),
        (
            f"https://docs.google.com/spreadsheets/u/0/d/{ID}/edit?gid=0",
            f"https://docs.google.com/spreadsheets/d/{ID}/export?format=xlsx",
        ),
        (f"https://docs.google.com/presentation/d/{ID}/pub", f"https://docs.google.com/presentation/d/{ID}/export/pdf"),
        ("https://www.dropbox.com/s/abc/a.pdf?dl=0", "https://www.dropbox.com/s/abc/a.pdf?dl=1"),
        (
            "https://www.dropbox.com/scl/fi/abc/a.pdf?rlkey=k&dl=0",
            "https://www.dropbox.com/scl/fi/abc/a.pdf?rlkey=k&dl=1",
        ),
        ("https://x.sharepoint.com/:b:/g/abc?e=1", "https://x.sharepoint.com/:b:/g/abc?download=1"),
        ("https://onedrive.live.com/embed?resid=A&authkey=B", "https://onedrive.live.com/download?resid=A&authkey=B"),
        (
            "https://1drv.ms/b/s!Ab",
            "https://api.onedrive.com/v1.0/shares/u!aHR0cHM6Ly8xZHJ2Lm1zL2IvcyFBYg/root/content",
        ),
        *(
            (f"https://drive.google.com/{path}", f"https://drive.google.com/embeddedfolderview?id={ID}")
            for path in (
                f"drive/folders/{ID}?usp=sharing",
                f"drive/u/0/folders/{ID}",
                f"drive/u/0/mobile/folders/{ID}",
                f"folderview?id={ID}&usp=drive_link",
                f"embeddedfolderview?id={ID}#list",
            )
        ),
        (
            f"https://drive.google.com/drive/folders/{ID}?resourcekey=0-aB",
            f"https://drive.google.com/embeddedfolderview?id={ID}&resourcekey=0-aB",
        ),
        (
            f"https://docs.google.com/spreadsheets/d/e/{ID}/pubhtml?gid=0",
            f"https://docs.google.com/spreadsheets/d/e/{ID}/pub?output=xlsx",
        ),
        ("https://x.sharepoint.com/:f:/g/abc?e=1", None),
        ("https://drive.google.com/open?id=x", None),
        (f"https://docs.google.com/forms/d/{ID}/viewform", None),
        (f"https://docs.google.com/document/d/e/{ID}/pub", None),
        (f"https://drive.google.com.evil.example/file/d/{ID}/view", None),
        (f"http://www.site.example/file/d/{ID}/view", None),
        ("http://[bad/", None),
    ],
)
def test_direct_url(url, expected):
    assert direct_url(url) == expected


def test_a_direct_url_is_its_own_direct_url():
    once = direct_url(f"https://drive.google.com/file/d/{ID}/view")
    assert once is not None
    assert direct_url(once) == once
    assert is_file_service(once)


def test_services_whose_content_cannot_be_read():
    for url in (
        "https://www.facebook.com/x", "https://m.facebook.com/x", "https://fb.watch/1", "https://youtu.be/1",
        "https://line.me/R/ti/p/@x",
        "https://www.tiktok.com/@x", "https://x.com/a", "https://www.instagram.com/a", "https://m.me/a",
        "https://forms.gle/abc",
        f"https://docs.google.com/forms/d/e/{ID}/viewform",
    ):  # fmt: skip
        assert is_unreadable_service(url), url
    for url in ("http://www.online.example/", "https://netflix.com.example/",
    f"https://docs.google.com/document/d/{ID}/edit",
                "http://www.sphinx.com/", "https://www.site.example/facebook.com"):  # fmt: skip
        assert not is_unreadable_service(url), url


def test_maps():
    for url in (
        "https://www.google.com/maps/embed?pb=!1m18", "https://maps.google.com/?q=1,2", "https://goo.gl/maps/abc",
        "https://maps.app.goo.gl/abc", "https://www.google.co.th/maps/place/x",
        "https://www.openstreetmap.org/export/embed.html",
        "https://map.longdo.com/?lat=1",
    ):  # fmt: skip
        assert is_map_service(url), url
    for url in ("https://www.google.com/search?q=maps", "https://goo.gl/abc", "http://www.site.example/maps"):
        assert not is_map_service(url), url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://docs.google.com/gview?url=http://a.example/o4.pdf&embedded=true", "http://a.example/o4.pdf"),
        ("https://docs.google.com/viewer?url=http%3A%2F%2Fa.example%2Fo4.pdf", "http://a.example/o4.pdf"),
        (
            "https://view.officeapps.live.com/op/embed.aspx?src=http%3A%2F%2Fa.example%2Fa.xlsx",
            "http://a.example/a.xlsx",
        ),
        ("http://a.example/pdfjs/web/viewer.html?file=/files/o4.pdf", "/files/o4.pdf"),
        ("http://a.example/plugins/pdf-viewer/index.php?file=..%2Fo4.pdf", "../o4.pdf"),
        ("http://a.example/viewer.html?id=5", ""),
        ("http://a.example/files/o4.pdf", ""),
        (f"https://drive.google.com/file/d/{ID}/view", ""),
    ],
)
def test_unwrapped(url, expected):
    assert unwrapped(url) == expected


def test_the_virus_notice_is_confirmed_on_google_only():
    form = (
        '<form id="download-form" action="https://drive.usercontent.google.com/download" method="get">'
        '<input type="submit" value="ok"><input type="hidden" name="id" value="1a">'
        '<input type="hidden" name="confirm" value="t">'
        '<input type="hidden" name="uuid" value="u&amp;1"></form>'
    )
    expected = "https://drive.usercontent.google.com/download?id=1a&confirm=t&uuid=u%261"
    assert confirmed_url("https://drive.google.com/uc?id=1a", form) == expected
    assert confirmed_url("https://www.site.example/", form) == ""
    assert (
        confirmed_url("https://drive.google.com/uc?id=1a", form.replace("usercontent.google.com", "evil.example")) == ""
    )
    assert confirmed_url("https://drive.google.com/uc?id=1a", "<h1>x</h1>") == ""


def test_hosts_of_one_service_share_their_budget():
    google = ("drive.google.com", "docs.google.com", "drive.usercontent.google.com", "doc-0s-1.googleusercontent.com")
    assert {service_of(host) for host in google} == {"google"}
    assert service_of("amphoe.sharepoint.com") == service_of("1drv.ms") == service_of("api.onedrive.com") == "onedrive"
    assert service_of("uc1.dropboxusercontent.com") == service_of("www.dropbox.com") == "dropbox"
    for host in ("www.site.example", "google.com", "sites.google.com", "notdropbox.com", ""):
        assert service_of(host) == host


def test_one_thing_on_a_service_is_told_from_its_pages():
    for url in (
        "https://www.facebook.com/a/posts/1", "https://www.facebook.com/permalink.php?story_fbid=1&id=2",
        "https://www.facebook.com/photo?fbid=1", "https://www.youtube.com/watch?v=1", "https://youtu.be/1",
        "https://www.tiktok.com/@a/video/1", "https://www.instagram.com/p/1/",
    ):  # fmt: skip
        assert is_post(url), url
    for url in (
        "https://www.facebook.com/a", "https://www.youtube.com/@a", "https://www.youtube.com/channel/1",
        "https://line.me/R/ti/p/@x", "https://www.instagram.com/a", "https://forms.gle/abcdef", "https://m.me/a/b",
    ):  # fmt: skip
        assert not is_post(url), url
