from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from oitcheck.crawl.limits import CrawlLimits
from oitcheck.crawl.walk import any_text, figures_to_fetch, leads_of, sections_under
from oitcheck.model.evidence import Capture, Document, FetchOutcome, Figure, Line, Link, Locator, Section, Table

SITE = "http://www.site.example/"
AT = Locator("", "css:a")
HOSTS = ("www.site.example",)


def link(url, text="", *, embedded=False, placeholder=False):
    url = url if "://" in url or placeholder or not url.startswith("/") else SITE + url[1:]
    return Link(url, text, placeholder, AT, embedded)


def section(*blocks, anchor="", heading=("หัวข้อ",), role="content"):
    lines = tuple(Line(b.text, AT) for b in blocks if isinstance(b, Link) and b.text)
    return Section(heading, (*blocks, *lines), role, anchor)


def page(*sections, url=SITE + "ita/o21", depth=0):
    capture = Capture(url, url.split("#")[0], (), FetchOutcome.OK, 200, datetime(2026, 1, 1, tzinfo=UTC), depth=depth)
    return Document(capture, "html", "หน้า", sections)


def found(document, *, depth=0, submitted=None, is_wanted=any_text, **limits):
    submitted = (document.capture.url,) if submitted is None else submitted
    limits = CrawlLimits(**limits)
    return leads_of(document, depth=depth, hosts=HOSTS, submitted_urls=submitted, limits=limits, is_wanted=is_wanted)


def follow(document, **more):
    return found(document, **more).to_follow


def urls(document, **more):
    return [lead.url for lead in follow(document, **more)]


PROSE = Line("ข้อความยาวของหน้าซึ่งเป็นเนื้อหาจริง ไม่ใช่รายการลิงก์ " * 20, AT)


@pytest.mark.parametrize(
    "url",
    [
        "/files/a.pdf", "/files/a.PDF", "/files/a.doc", "/a.docx", "/a.xls", "/a.xlsx", "/a.ods", "/a.csv", "/a.pptx",
        "/a.zip",
        "/a.rar", "/files/scan.jpg", "/a.png", "/download.php?id=4", "/download/1234/",
        "/wp-content/uploads/2023/04/o4",
        "/news/attachment/55", "/index.php?option=com_docman&task=document.viewdoc&id=3", "/?wpdmdl=77",
        "/file.php?f=แผน.pdf",
        "/getfile.aspx?id=9", "https://storage.elsewhere.example/x.pdf", "https://bit.ly/3abc",
        "https://anyflip.com/abcd/efgh",
    ],
)  # fmt: skip
def test_documents_are_followed_from_any_page(url):
    leads = follow(page(section(PROSE, link(url, "ก"))), depth=1)
    assert len(leads) == 1
    assert leads[0].is_document
    assert leads[0].depth == 2


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("/", "หน้าแรก"), ("/index.php", "แผน"), ("/ita/o21", "รายงาน"), ("/ita/o21#top", "รายงาน"),
        ("/login.php", "รายงาน"),
        ("/a.html", "กลับ"), ("/ita.html", "ITA ปี ๒๕๖๖"), ("/ita.html", "ITA 2566"), ("/ita.html", "OIT"),
        ("/en/a", "English"), ("/a?print=1", "แผน"), ("/a?lang=en", "แผน"),
        ("/a?id=1&language=en-GB", "แผน"),
        ("/sitemap.html", "ผังเว็บไซต์"),
        ("https://www.facebook.com/a", "ประกาศ"), ("https://line.me/a", "คลิก"),
        ("https://www.youtube.com/watch?v=1", "คลิก"),
        ("https://www.addtoany.com/share", "แผน"), ("https://other.example/plan", "แผน"),
        ("https://www.google.com/maps/place/1", "แผนที่"),
        ("mailto:a@site.example", "แผน"), ("tel:021234567", "แผน"), ("/film.mp4", "รายงาน"), ("/rss", "รายงาน"),
        ("https://docs.google.com/forms/d/e/1FAIpQLSabcdefgh/viewform", "แบบสำรวจ คลิก"),
    ],
)  # fmt: skip
def test_what_only_serves_to_move_about_is_not_followed(url, text):
    assert urls(page(section(link(url, text), link("/x/1", "รายงาน ก"), link("/x/2", "รายงาน ข")))) == [
        SITE + "x/1",
        SITE + "x/2",
    ]


def test_placeholders_and_the_frame_are_not_followed():
    document = page(
        section(link("#", "มกราคม", placeholder=True), link("", "กุมภาพันธ์", placeholder=True), link("/a.pdf", "มีนาคม")),
        section(link("/menu.pdf", "แผน"), role="frame"),
    )
    assert urls(document) == [SITE + "a.pdf"]


def test_pages_are_followed_from_a_list_of_links():
    news = page(section(*(link(f"/news/{n}", f"เปิดงานประเพณีครั้งสำคัญ {n}") for n in range(4))))
    assert len(urls(news)) == 4
    assert urls(news, depth=1) == [], "one step further only by a name"
    assert urls(page(section(PROSE, link("/news/1", "เปิดงานประเพณี")))) == []


@pytest.mark.parametrize(
    "text", ["รายละเอียด", "อ่านต่อ", "เดือนมีนาคม", "มี.ค. ๖๖", "ปี ๒๕๖๖", "ไตรมาสที่ 1", "คลิกที่นี่", "Download"]
)
def test_a_link_that_names_a_paper_is_followed_out_of_prose(text):
    assert urls(page(section(PROSE, link("/o/1", text)))) == [SITE + "o/1"]
    assert urls(page(section(PROSE, link("/o/1", text))), depth=1) == []


def test_the_second_step_needs_a_list_and_a_name_and_the_third_is_never_made():
    document = page(section(link("/o/1", "รายงาน ก"), link("/o/2", "รายงาน ข"), link("/o/3", "กิจกรรม")))
    assert urls(document, depth=1) == [SITE + "o/1", SITE + "o/2"]
    assert urls(document, depth=2) == []
    deep = page(section(link("/a.pdf", "ก"), link("/o/4", "รายงาน")))
    assert urls(deep, depth=2) == []
    left = found(deep, depth=2).left_out
    assert [lead.url for lead in left] == [SITE + "a.pdf"], "a file not looked at is not passed over in silence"
    assert urls(page(section(link("/a.pdf", "ก"))), depth=2, max_depth=3) == [SITE + "a.pdf"]


def test_embedded_parts_belong_to_their_page():
    document = page(
        section(
            link("/files/o14.pdf", embedded=True),
            link("https://docs.google.com/gview?url=http://a.example/o4.pdf&embedded=true", embedded=True),
            link("/pdfjs/web/viewer.html?file=/files/o5.pdf", embedded=True),
            link("https://www.google.com/maps/embed?pb=1", embedded=True),
            link("https://www.googletagmanager.com/ns.html?id=1", embedded=True),
            link("https://www.facebook.com/plugins/post.php?href=1", embedded=True),
            link("https://inner.example/frame.html", embedded=True),
        ),
        depth=2,
    )
    leads = follow(document, depth=2)
    assert [(lead.url, lead.depth, lead.embedded) for lead in leads] == [
        (SITE + "files/o14.pdf", 3, True),
        ("http://a.example/o4.pdf", 3, True),
        (SITE + "files/o5.pdf", 3, True),
        ("https://www.facebook.com/plugins/post.php?href=1", 3, True),
        ("https://inner.example/frame.html", 3, True),
    ]


def test_shared_files_are_asked_for_themselves():
    document = page(section(link("http://drive.google.com/file/d/1AbCdEfGhIjK/view?usp=sharing", "รายงาน")))
    (lead,) = follow(document)
    assert lead.url == "http://drive.google.com/uc?export=download&id=1AbCdEfGhIjK"
    assert (lead.link_text, lead.found_on, lead.depth) == ("รายงาน", SITE + "ita/o21", 1)


def test_each_address_once_in_order_with_its_best_text():
    document = page(
        section(link("/b.pdf", ""), link("/b.pdf", "แผน ข"), link("/a.pdf", "แผน ก"), link("/b.pdf#page=2", "แผน ค")),
    )
    assert [(lead.url, lead.link_text) for lead in follow(document)] == [
        (SITE + "b.pdf", "แผน ข"),
        (SITE + "a.pdf", "แผน ก"),
    ]


def test_a_fragment_takes_only_its_own_part():
    document = page(
        section(link("/o4.pdf", "แผน"), anchor="o4", heading=("ITA", "O4")),
        section(link("/o21a.pdf", "ต.ค."), anchor="o21", heading=("ITA", "O21")),
        section(link("/o21b.pdf", "พ.ย."), heading=("ITA", "O21", "ไตรมาส 1")),
        section(link("/o21c.pdf", "ม.ค."), anchor="more", heading=("ITA", "O21", "ไตรมาส 2")),
        section(link("/o22.pdf", "รายงาน"), anchor="o22", heading=("ITA", "O22")),
    )
    where = SITE + "ita.html"
    document = replace(document, capture=replace(document.capture, url=where, final_url=where))
    mine = [SITE + "o21a.pdf", SITE + "o21b.pdf", SITE + "o21c.pdf"]
    assert urls(document, submitted=(where + "#o21",)) == mine
    assert urls(document, submitted=(where + "#%4F21",)) == mine
    assert urls(document, submitted=(where + "#o21", where + "#o4")) == [SITE + "o4.pdf", *mine]
    assert len(urls(document, submitted=(where + "#o99",))) == 5
    assert len(urls(document, submitted=(where,))) == 5
    assert len(urls(document, submitted=(where + "#o21", where))) == 5
    assert len(urls(document, submitted=(SITE + "other#o21",))) == 5


def test_a_thai_fragment_written_either_way():
    document = page(
        section(link("/a.pdf", "ก"), anchor="แผน-1", heading=()),
        section(link("/b.pdf", "ข"), anchor="แผน-2", heading=()),
    )
    for fragment in ("แผน-1", "%E0%B9%81%E0%B8%9C%E0%B8%99-1"):
        assert [s.anchor for s in sections_under(document, fragment)] == ["แผน-1"]
    assert sections_under(document, "") == ()


def test_a_page_that_lists_everything_is_cut_and_says_so():
    blocks = [link(f"/o/{n}", f"รายงาน {n}") for n in range(43)] + [link(f"/f/{n}.pdf", f"แผน {n}") for n in range(10)]
    document = page(section(*blocks))
    kept = urls(document)
    assert kept == [SITE + f"o/{n}" for n in range(25)] + [SITE + f"f/{n}.pdf" for n in range(10)]
    left = [lead.url for lead in found(document).left_out]
    assert left == [SITE + f"o/{n}" for n in range(25, 43)]
    few = urls(document, max_documents_per_submission=12)
    assert few == [SITE + "o/0", SITE + "o/1"] + [SITE + f"f/{n}.pdf" for n in range(10)], "files before pages"


def test_pages_of_a_list_up_to_the_fifth():
    document = page(section(*(link(f"/ita/o21?page={n}", str(n)) for n in range(2, 9)), link("/n/1", "ข่าว 1")))
    assert urls(document) == [*(SITE + f"ita/o21?page={n}" for n in range(2, 6)), SITE + "n/1"]
    assert [a.url for a in found(document).left_out] == [SITE + f"ita/o21?page={n}" for n in range(6, 9)]


def test_what_is_looked_for_comes_first_where_there_is_not_room_for_all():
    pages = [link(f"/o/{n}", f"O{n} รายงาน") for n in range(1, 44)]
    leads = found(page(section(*pages)), is_wanted=lambda text: "O40" in text)
    assert [a.url for a in leads.to_follow] == [SITE + f"o/{n}" for n in (*range(1, 25), 40)]
    assert SITE + "o/25" in [a.url for a in leads.left_out]
    files = [link(f"/f/{n}.pdf", f"แผน {n}") for n in range(9)]
    few = follow(page(section(*files)), is_wanted=lambda text: text == "แผน 8", max_documents_per_submission=3)
    assert [a.url for a in few] == [SITE + "f/0.pdf", SITE + "f/1.pdf", SITE + "f/8.pdf"]


def test_a_table_of_figures_makes_no_list_of_links():
    table = Table(("ที่", "งาน"), tuple((str(n), "จ้างเหมาบริการทำความสะอาดอาคาร") for n in range(40)), (), AT)
    assert urls(page(section(table, link("/x", "งานหนึ่ง"), link("/y", "งานสอง")))) == []


def test_pictures_that_may_hold_words():
    def figure(url, width=0, height=0, **more):
        return Figure(url, "ภาพ", (), AT, width, height, **more)

    document = page(
        section(
            figure(SITE + "a.jpg"), figure(SITE + "icon.png", 16, 16), figure(SITE + "line.gif", 500, 2),
            figure("data:image/png;base64,x"),
            figure(SITE + "a.jpg"), figure(SITE + "map", map_service=True), figure(SITE + "b.jpg", 33, 900), figure(""),
        ),
        section(figure(SITE + "logo.png"), role="frame"),
    )  # fmt: skip
    leads = figures_to_fetch(document, CrawlLimits())
    assert [(lead.url, lead.depth, lead.embedded) for lead in leads] == [
        (SITE + "a.jpg", 1, True),
        (SITE + "b.jpg", 1, True),
    ]
    many = page(section(*(figure(f"{SITE}{n}.jpg") for n in range(60))))
    assert len(figures_to_fetch(many, CrawlLimits())) == 40
