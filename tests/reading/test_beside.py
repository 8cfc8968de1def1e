"""What stands beside a link: the cells of its row, its line, the words of its card."""

from __future__ import annotations

import pytest

from oitcheck.reading.beside import LONGEST_BESIDE, words_beside
from tests.pages import page

ROW = (
    "<table><tr><th>ข้อ</th><th>ประเด็น</th><th>URL</th></tr><tr><td>O7</td><td>แผนดำเนินงาน</td><td>{}</td></tr></table>"
)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (ROW.format('<a href="/a">ลิงก์</a>'), ("O7", "แผนดำเนินงาน")),
        ('<ul><li>O9 คู่มือ <a href="/a">ดู</a></li><li>O10 <a href="/b">ดู</a></li></ul>', ("O9 คู่มือ ดู",)),
        ('<div><div><a href="/a"><img src="i.png"></a></div><div><p>O10 ระบบ</p></div></div><p>ท้าย</p>', ("O10 ระบบ",)),
        ('<div><p>O1</p><a href="/a">ดู</a><p>O2</p><a href="/b">ดู</a></div>', ()),
        (f'<p>{"ก" * LONGEST_BESIDE}ข <a href="/a">ดู</a></p>', ()),
        ('<p><a href="/a">แผนดำเนินงาน</a></p><p><a href="/b">แผนพัฒนา</a></p>', ()),
    ],
    ids=["row", "line", "card", "several", "prose", "itself"],
)
def test_words_beside(content, expected):
    document = page(content)
    link = next(link for section in document.content for link in section.links if link.url.endswith("/a"))
    assert (
        words_beside(document)[link.at.place] == expected if expected else not words_beside(document).get(link.at.place)
    )
