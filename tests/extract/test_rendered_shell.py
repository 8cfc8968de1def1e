"""What a browser has shown is judged as shown: scripts that are still there say nothing any more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from oitcheck.extract.html import read
from oitcheck.extract.limits import ExtractLimits
from oitcheck.model.evidence import BlindReason, BlindSpot, Capture, FetchOutcome

SCRIPT = (
    "<script>fetch('/api').then(r => r.json()).then(d => { document.getElementById('app').innerHTML = d })</script>"
)
SHELL = f"<main id=app></main><noscript>กรุณาเปิดใช้งาน JavaScript</noscript>{SCRIPT}<script src=/app.js></script>"
FULL = SHELL.replace("<main id=app>", "<main id=app><h1>แผนดำเนินงาน</h1><p>" + "โครงการก่อสร้างถนน " * 10 + "</p>")
EMPTY_TABLE = (
    "<table id=app><thead><tr><th>โครงการ<th>งบประมาณ</thead><tbody></tbody></table>"
    f"<p>{'รายละเอียดของแผน ' * 10}</p>{SCRIPT}<script src=/app.js></script>"
)
WAITING = SHELL.replace("<main id=app>", "<main id=app><p>กำลังโหลดข้อมูล...</p>")


def needs_browser(html: str, *, rendered: bool) -> bool:
    url = "http://www.site.example/o6"
    capture = Capture(url, url, (), FetchOutcome.OK, 200, datetime(2026, 3, 2, tzinfo=UTC), rendered=rendered)
    parts = read(capture, f"<!doctype html><title>O6</title><body>{html}".encode(), ExtractLimits())
    return any(isinstance(part, BlindSpot) and part.reason is BlindReason.NEEDS_BROWSER for part in parts)


@pytest.mark.parametrize(
    ("html", "as_it_came", "as_rendered"),
    [
        pytest.param(SHELL, True, True, id="still a shell"),
        pytest.param(WAITING, True, True, id="still loading"),
        pytest.param(FULL, False, False, id="filled"),
        pytest.param(EMPTY_TABLE, True, False, id="a table that stayed empty is empty"),
    ],
)
def test_a_rendered_page_needs_a_browser_only_when_it_still_shows_nothing(
    html: str, as_it_came: bool, as_rendered: bool
) -> None:
    assert needs_browser(html, rendered=False) is as_it_came
    assert needs_browser(html, rendered=True) is as_rendered
