"""Web pages: both languages, nothing hostile gets through, links only where they may lead."""

import os
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from playwright.sync_api import sync_playwright

from oitcheck.crawl.browser import find_browser
from oitcheck.model.agency import Submission
from oitcheck.model.finding import LONGEST_QUOTE, Outcome, SearchedRow, SeenRow
from oitcheck.report.beside import Beside
from oitcheck.report.html import agency_page, by_share, from_folder, publish
from oitcheck.report.messages import Messages
from oitcheck.report.quotation import anchor_of, marked, place_words, web_href
from oitcheck.report.summary import Counts
from oitcheck.report.terms import Terms, whole_percent
from oitcheck.report.view import view

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
EVIL_URL = "javascript:alert(1)"
ALLOWED_TAGS = {
    *("html", "head", "meta", "title", "style", "body", "a", "header", "div", "p", "nav", "ul", "ol", "li", "main"),
    *("section", "dl", "dt", "dd", "span", "h1", "h2", "h3", "b", "details", "summary", "figure", "blockquote"),
    *("figcaption", "mark", "footer", "table", "thead", "tbody", "tr", "th", "td", "input", "label"),
}


class Page(HTMLParser):
    """The tags, attributes, ids and links of a page; and its text without the stylesheet."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data

    def every(self, name: str) -> list[str]:
        return [value for _, attrs in self.tags if (value := attrs.get(name)) is not None]


@pytest.fixture
def words(monkeypatch, messages):
    """The example sentences in place of those of the program, in both languages."""
    by_language = {"th": messages, "en": replace(messages, language="en")}
    monkeypatch.setattr(Messages, "load", classmethod(lambda cls, language: by_language[language]))
    return messages


@pytest.fixture
def site(province, words, tmp_path):
    return publish(province, tmp_path, "th", lambda sha256: f"copies/{sha256[:6]}.html").parent


def pages_of(folder):
    return {str(path.relative_to(folder)): Page(path.read_text(encoding="utf-8")) for path in folder.rglob("*.html")}


def test_publish_writes_every_page_in_both_languages(province, words, tmp_path):
    assert publish(province, tmp_path, "en") == tmp_path / "en" / "round.html"
    names = {"round.html", "agency-a-tt.html", "agency-b-sao.html", "agency-c-none.html"}
    assert {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()} == names | {
        f"en/{n}" for n in names
    }


def test_pages_say_where_an_agency_stands_in_its_language(site):
    thai, english = Page((site / "agency-a-tt.html").read_text()), Page((site / "en/agency-a-tt.html").read_text())
    for text in (
        "เทศบาลตำบลสบห้วย",
        "ไม่พบสรุปผลของเดือนมีนาคม 2566",
        "+25 คะแนน",
        "หน้า 2",
        "ครบกำหนดวันนี้",
        "7 เม.ย. 66 เวลา 02.14 น.",
    ):
        assert text in thai.text
    for text in ("Incomplete", "Title of O10", "+25 points", "page 2", "due today", "Fiscal year 2023"):
        assert text in english.text
    assert "ocr" not in thai.text and "อ่านตัวอักษรจากภาพ" in thai.text


def test_pages_say_what_to_mend_first_and_where_it_leads(site):
    thai, english = (" ".join(Page((site / f"{way}agency-b-sao.html").read_text()).text.split()) for way in ("", "en/"))
    for text in (
        "คะแนนประมาณการ (มิใช่ผลการประเมินของสำนักงาน ป.ป.ช.)",
        "หากแก้ไขครบทั้ง 2 ข้อ คะแนนประมาณการขั้นต่ำเพิ่มจาก 12.5 เป็น 50 และอาจถึง 100",
        "O1 โครงสร้าง +12.5 คะแนน จัดส่ง URL ที่เปิดได้ ลักษณะงาน แก้ไขลิงก์หรือจัดส่ง URL คะแนนประมาณการเมื่อแก้ไขถึงข้อนี้ 25–75",
        "O10.1 สรุปผลเดือนมีนาคม 2566 เผยแพร่สรุปผลเดือนมีนาคม 2566 ลักษณะงาน เผยแพร่เอกสารที่ขาด",
    ):
        assert text in thai
    for text in (
        "Estimated score (not a result of the NACC)",
        "Mend all 2 items: the low estimate rises from 12.5 to 50, and the high one to 100",
        "Kind of work correct a link or submit a URL Estimate once mended down to here 25–75",
    ):
        assert text in english
    alone = " ".join(Page((site / "agency-a-tt.html").read_text()).text.split())
    assert "หากแก้ไข 1 ข้อแรก คะแนนประมาณการขั้นต่ำเพิ่มจาก 75 เป็น 100 ถึงเกณฑ์ 85 คะแนน" in alone
    assert "คะแนนประมาณการเมื่อแก้ไขถึงข้อนี้ 100 ถึงเกณฑ์ 85" in alone


def test_what_leads_to_the_pass_score_is_not_folded_away(province, finding, words, tmp_path):
    items = {
        f"O{n}": replace(province.checklist.items["O1"], id=f"O{n}", indicator="9.1" if n < 11 else "10.1")
        for n in range(1, 21)
    }
    findings = [
        finding("a-tt", item, "*", *((Outcome.FAILED, "gate.page_gone") if n < 13 else (Outcome.PASSED, "says.found")))
        for n, item in enumerate(items, start=1)
    ]
    checklist = replace(province.checklist, items=items)
    publish(view(province.run, province.round, checklist, province.agencies[1:2], (), findings), tmp_path, "th")
    text = (tmp_path / "agency-a-tt.html").read_text()
    ranked, _, folded = text.partition('<details class="more"><summary>และอีก 3 ข้อ')
    # Twelve of 5 points each: nine of them lead from 40 to 85.
    assert ranked.count('class="gain"') == 9 and folded.count('class="gain"') == 3
    assert 'style="counter-reset:repair 9"' in folded
    assert "ถึงเกณฑ์ 85 คะแนน" in ranked


def test_a_part_of_the_year_has_points_but_no_total(province, finding, words, tmp_path):
    one = (finding("a-tt", "O1", "*", Outcome.FAILED, "gate.page_gone"),)
    publish(view(province.run, province.round, province.checklist, province.agencies[1:2], (), one), tmp_path, "th")
    text = Page((tmp_path / "agency-a-tt.html").read_text()).text
    assert "ยังไม่แสดงคะแนนประมาณการรวม" in text and "มิใช่ผลการประเมินของสำนักงาน ป.ป.ช." in text
    assert "+12.5 คะแนน" in text and "คะแนนประมาณการเมื่อแก้ไขถึงข้อนี้" not in text


def test_every_link_inside_the_report_leads_somewhere(site):
    pages = pages_of(site)
    checked = 0
    for name, page in pages.items():
        for href in page.every("href"):
            if re.match(r"https?:", href) or "copies/" in href:
                continue
            path, _, fragment = href.partition("#")
            target = str(((site / name).parent / path).resolve().relative_to(site.resolve())) if path else name
            assert target in pages, (name, href)
            assert not fragment or fragment in pages[target].every("id"), (name, href)
            checked += 1
    assert checked > 100


def test_pages_hold_to_the_house_rules_of_html(site):
    for name, page in pages_of(site).items():
        assert page.open == [], name
        assert {tag for tag, _ in page.tags} <= ALLOWED_TAGS, name
        ids = page.every("id")
        assert len(ids) == len(set(ids)), name
        assert not any(attr.startswith("on") for _, attrs in page.tags for attr in attrs), name
        (policy,) = (a["content"] for _, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
        assert policy is not None and policy.startswith(
            "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:"
        )
        assert all("scope" in attrs for tag, attrs in page.tags if tag == "th"), name
        labelled = {a["for"] for tag, a in page.tags if tag == "label"}
        assert {a["id"] for tag, a in page.tags if tag == "input"} == labelled, name
        assert ("a", {"class": "skip", "href": "#content"}) in page.tags, name


def test_kept_copies_are_found_from_either_folder(site):
    assert "copies/ababab.html" in Page((site / "agency-a-tt.html").read_text()).every("href")
    assert "../copies/ababab.html" in Page((site / "en/agency-a-tt.html").read_text()).every("href")
    assert from_folder(lambda _: "https://kept.example/x", "en")("") == "https://kept.example/x"
    assert from_folder(lambda _: "/kept/x", "en")("") == "/kept/x"
    assert from_folder(lambda _: None, "en")("") is None


def test_nothing_hostile_comes_through(province, finding, words, tmp_path):
    at = datetime(2023, 4, 6, tzinfo=UTC)
    seen = SeenRow(EVIL_URL, "", "ef" * 32, at, EVIL, EVIL)
    searched = SearchedRow(f"https://www.a.example/{EVIL}", "", EVIL, 1, False, EVIL)
    rows = tuple(
        finding("x", item, requirement, Outcome.FAILED, EVIL + ".x", about=about, facts={"month": EVIL}, basis=EVIL,
                seen=(seen,) * 4, searched=(searched,))
        for item in ("O1", EVIL)
        for requirement, about in (("*", ""), ("O1.1", ""), ("O1.1", EVIL))
    )  # fmt: skip
    agency = replace(province.agencies[0], id="x", name_th=EVIL, kind=EVIL, district=EVIL)
    other = replace(agency, id="../../up", kind="b", district="c")
    hostile = view(
        replace(province.run, id=EVIL, version=EVIL, checklist_id=EVIL, lacking=(EVIL,)),
        replace(province.round, title=EVIL),
        province.checklist,
        (agency, other),
        (Submission("x", "O1", (EVIL_URL, EVIL, "data:text/html,x", f'https://www.a.example/"{EVIL}'), EVIL),),
        rows,
    )
    publish(hostile, tmp_path / "site", "th", lambda sha256: None)
    assert {p.parent for p in tmp_path.rglob("*.html")} == {tmp_path / "site", tmp_path / "site" / "en"}
    for name, page in pages_of(tmp_path / "site").items():
        assert {tag for tag, _ in page.tags} <= ALLOWED_TAGS, name
        assert not any(attr.startswith("on") for _, attrs in page.tags for attr in attrs), name
        assert all(re.match(r"(https?://www\.a\.example/|[#\w./-]+$)", href) for href in page.every("href")), name
        outside = [a for tag, a in page.tags if tag == "a" and (a["href"] or "").startswith("http")]
        assert all(a.get("rel") == "noopener noreferrer nofollow" for a in outside), name
    assert "<script>alert(1)</script>" in pages_of(tmp_path / "site")["agency-x.html"].text


def test_only_web_addresses_become_links():
    assert web_href("https://www.a.example/ไทย?x=1#y") == "https://www.a.example/ไทย?x=1#y"
    for url in ("javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//a.example", "http://", "ftp://a.example",
                "https://a.example/\nx", "java\tscript:x", "http://[::1", ""):  # fmt: skip
        assert web_href(url) is None


def test_an_old_page_stays_whole_when_writing_fails(province, words, tmp_path, monkeypatch):
    publish(province, tmp_path, "th", languages=("th",))
    before = (tmp_path / "round.html").read_text()

    def refuse(source: object, target: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("oitcheck.report.html.os.replace", refuse)
    with pytest.raises(OSError, match="disk full"):
        publish(province, tmp_path, "th", languages=("th",))
    assert (tmp_path / "round.html").read_text() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        ["round.html", *(agency_page(agency) for agency in province.agencies)]
    )


def test_the_words_that_count_are_marked(finding):
    quote = "ประกาศสรุปผลประจำเดือน มีนาคม ๒๕๖๖ รวม ๑๑ รายการ"
    by_fact = finding("a", "O10", "O10.1", Outcome.PASSED, facts={"month": "มีนาคม 2566"})
    by_month = finding("a", "O10", "O10.1", Outcome.PASSED, about="2566-03")
    for one in (by_fact, by_month):
        pieces = marked(quote, one, "")
        assert "".join(piece.text for piece in pieces) == quote
        assert [piece.text.strip() for piece in pieces if piece.marked] == ["มีนาคม ๒๕๖๖"]
    assert marked("", by_fact, "x") == ()
    assert not any(piece.marked for piece in marked("ไม่เกี่ยวกันเลย", by_fact, "การจัดซื้อจัดจ้าง"))
    assert len("".join(p.text for p in marked("ก" * 5000, by_fact, ""))) == 601


def test_places_are_named_in_plain_words():
    terms = Terms.load("th")
    assert place_words("page:3", terms) == "หน้า 3"
    assert place_words("sheet:ต.ค.65!B4:H12", terms) == "แผ่นงาน ต.ค.65 ช่วงเซลล์ B4:H12"
    assert place_words("sheet:สรุป!B4", terms) == "แผ่นงาน สรุป เซลล์ B4"
    assert place_words("sheet:สรุป", terms) == "แผ่นงาน สรุป"
    assert place_words("table:2/row:5", terms) == "ตารางที่ 2 แถวที่ 5"
    assert place_words("css:main > p", terms) == "หน้าเว็บ"
    assert place_words("picture:2", terms) == "ภาพที่ 2"
    assert place_words("member:2:ก%21.pdf!page:3", terms) == "แฟ้ม ก!.pdf ในแฟ้มบีบอัด หน้า 3"
    assert place_words("member:2:ก.xlsx", terms) == "แฟ้ม ก.xlsx ในแฟ้มบีบอัด"
    assert place_words("", terms) == ""
    assert place_words("odd:1", terms) == "ตำแหน่ง odd:1"


def test_links_open_the_very_place():
    at = datetime(2023, 4, 6, tzinfo=UTC)
    row = SeenRow("https://a.example/", "", "", at, "page:3", "x")
    assert anchor_of(row) == "#page=3"
    assert anchor_of(replace(row, place="css:p", quote="a-b, c&d")) == "#:~:text=a%2Db%2C%20c%26d"
    assert anchor_of(replace(row, place="paragraph:2")) == ""


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, as WCAG defines it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_text_stands_out_from_its_ground_as_wcag_aa_asks(site):
    style = (site / "round.html").read_text()
    colour = dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{6})", style)) | {"paper": "#ffffff", "mark": "#fff0b3"}
    pairs = [("ink", "ground"), ("soft", "ground"), ("soft", "paper"), ("accent", "ground"), ("accent", "paper"),
             ("accent", "accent-soft"), ("ok", "ok-bg"), ("no", "no-bg"), ("ask", "ask-bg"), ("na", "na-bg"),
             ("ink", "accent-soft"), ("soft", "accent-soft"), ("ink", "mark"), ("ink", "ask-bg"), ("accent", "ask-bg"), ("ok", "paper"), ("ask", "paper")]  # fmt: skip
    for ink, ground in pairs:
        assert contrast(colour[ink], colour[ground]) >= 4.5, (ink, ground)


def test_the_record_of_the_main_websites_is_a_table_of_its_own(province, words, tmp_path):
    from datetime import timedelta

    from oitcheck.model.availability import WebsiteCheck
    from oitcheck.model.evidence import FetchOutcome
    from oitcheck.report.availability import all_reachability

    at = datetime(2023, 4, 3, 3, tzinfo=UTC)
    endings = [FetchOutcome.OK, FetchOutcome.TIMEOUT, FetchOutcome.TIMEOUT]
    checks = [WebsiteCheck("a-tt", at + timedelta(hours=n), "", o, 0) for n, o in enumerate(endings)]
    evil = replace(province.agencies[0], name_th=EVIL)
    own = {"a-tt": checks, evil.id: [replace(checks[0], agency_id=evil.id)]}
    websites = all_reachability([province.agencies[1], evil], own)
    for language, down, share in (
        ("th", "เข้าไม่ได้ตั้งแต่ 3 เม.ย. 66 เวลา 11.00 น.", "33% (1 จาก 3 ครั้ง)"),
        ("en", "down since 3 Apr 2023", "33% (1 of 3 checks)"),
    ):
        folder = tmp_path / language
        with_table = publish(
            province, folder, language, languages=(language,), beside=Beside(websites=websites)
        ).read_text("utf-8")
        page = Page(with_table)
        assert "availability" in page.every("id") and down in page.text and share in page.text
        assert "<script" not in with_table and EVIL in page.text
        assert {tag for tag, _ in page.tags} <= ALLOWED_TAGS
        plain = publish(province, folder, language, languages=(language,)).read_text("utf-8")
        assert "availability" not in Page(plain).every("id")
        # Nothing outside the table differs: the light check is no part of any verdict.
        assert Page(plain).text.split() == [word for word in _without_availability(with_table).split()]


def _without_availability(html: str) -> str:
    start = html.index('<section aria-labelledby="availability">')
    end = html.index("</section>", start) + len("</section>")
    rest = html[:start] + html[end:]
    line = rest.index('<li><a href="#availability">')
    return Page(rest[:line] + rest[rest.index("</li>", line) + 5 :]).text


def test_the_round_page_names_province_and_operator_and_orders_itemsby_share(province, tmp_path):
    publish(province, tmp_path, operator="สำนักงานจังหวัด <นครธาร>")
    page = (tmp_path / "round.html").read_text("utf-8")
    assert "จังหวัดนครธาร" in page and "จัดทำโดย สำนักงานจังหวัด &lt;นครธาร&gt;" in page and "×" not in page
    assert "สำนักงานจังหวัด" in (tmp_path / "agency-a-tt.html").read_text("utf-8")
    assert "By สำนักงานจังหวัด" in (tmp_path / "en" / "round.html").read_text("utf-8")
    table = page[page.index('id="by-item"') :]
    assert re.findall(r'<th scope="row"><span class="code">(O\d+)', table)[:4] == ["O10", "O1", "O11", "O2"]


def test_the_card_of_the_round_rounds_as_the_summary_does(province, tmp_path):
    shares = [whole_percent(part, of) for part, of in ((5, 18), (1, 8), (9, 9), (0, 0))]
    assert shares == ["28", "13", "100", "0"], "27.78 and 12.5 go up"
    left_out = {("b-sao", "O1"), ("b-sao", "O10"), *(("c-none", item) for item in province.items)}
    found = tuple(f for f in province.findings if (f.agency_id, f.item) not in left_out)
    shown = view(province.run, province.round, province.checklist, province.agencies, province.submissions, found)
    publish(shown, tmp_path)
    assert '<span class="num">67%</span> 4 ' in (tmp_path / "round.html").read_text("utf-8"), "4 of 6"


@pytest.mark.skipif(find_browser() is None, reason="no browser to measure with")
def test_on_a_phone_no_entry_of_the_menu_is_broken_and_chips_stand_below_the_number(province, tmp_path):
    publish(province, tmp_path)
    row = """tr => [...tr.querySelectorAll("td:not(.sum)")].filter(td => td.offsetHeight)
        .map(td => td.getBoundingClientRect().top - tr.querySelector(".sum").getBoundingClientRect().bottom)"""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), chromium_sandbox=os.geteuid() != 0)
        page = browser.new_page(viewport={"width": 400, "height": 900})
        for name in ("round.html", "agency-a-tt.html", "en/round.html"):
            page.goto((tmp_path / name).as_uri())
            entries = page.locator(".top li a")
            assert {entry.evaluate("e => getComputedStyle(e).whiteSpace") for entry in entries.all()} == {"nowrap"}
            assert page.evaluate("document.documentElement.scrollWidth") <= 400, name
        page.goto((tmp_path / "round.html").as_uri())
        gaps = [one.evaluate(row) for one in page.locator(".matrix tbody tr").all()]
        browser.close()
    assert any(gaps) and all(gap >= 0 for own in gaps for gap in own)


def test_an_item_of_which_a_smaller_share_is_complete_stands_above_one_that_more_lack():
    counts = {"O27": Counts(passed=2, failed=2), "O7": Counts(failed=2), "O3": Counts(passed=1), "O4": Counts()}
    assert [item for item, _ in sorted(counts.items(), key=by_share)] == ["O7", "O27", "O3", "O4"]


def test_that_nobody_is_silent_is_not_told_as_if_all_was_handed_in(province, tmp_path):
    urls = [*province.submissions, Submission("c-none", "O1", ("https://www.c.example/",))]
    shown = view(province.run, province.round, province.checklist, province.agencies, urls, province.findings)
    publish(shown, tmp_path)
    page = (tmp_path / "round.html").read_text("utf-8")
    assert "ไม่มีหน่วยงานที่ยังไม่จัดส่งเลย" in page and "ทุกหน่วยงานจัดส่ง URL แล้ว" not in page


def test_a_quotation_that_was_cut_when_it_was_kept_ends_with_an_ellipsis(finding):
    found = finding("a-tt", "O1", "O1.1", Outcome.PASSED)
    for length, ends in ((LONGEST_QUOTE, True), (LONGEST_QUOTE - 1, False)):
        told = "".join(piece.text for piece in marked("ก" * length, found, ""))
        assert told.endswith("…") is ends
