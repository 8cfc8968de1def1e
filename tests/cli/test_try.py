"""`try`: one page against one item, at once, and what is said of a page that cannot be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from oitcheck.demo import SiteServer, demo_folder
from tests.conftest import Command

O21 = ("--year", "2566", "--item", "O21")
PAGE = "http://www.doikrasip.example/procurement/monthly.html"


@pytest.fixture
def sites(here: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with SiteServer(demo_folder() / "sites") as server:
        monkeypatch.setenv("OITCHECK_NETWORK__CONNECT_TO", f"127.0.0.1:{server.port}")
        yield


@pytest.mark.usefixtures("sites")
def test_a_page_is_judged_and_nothing_stored(run: Command, here: Path) -> None:
    before = set(here.rglob("*"))
    code, out, _ = run("try", PAGE, *O21, "--kind", "เทศบาลตำบล", "--as-of", "2023-04-30", "--json")
    rows = {row["requirement"]: row for row in map(json.loads, out.splitlines())}
    assert code == 0 and rows["O21.6"]["outcome"] == "failed"
    assert rows["O21.1"]["outcome"] == "passed" and rows["O21.1"]["quote"]
    assert set(here.rglob("*")) == before


def test_of_a_page_that_cannot_be_read_the_cause_and_remedy_are_told_once(run: Command) -> None:
    code, out, _ = run("try", PAGE, *O21)
    assert code == 0 and "✕" not in out and "✓" not in out
    assert out.count("ยังชี้ขาดไม่ได้") == 1 and out.count("O21.") == 16
    assert "เครื่องแม่ข่ายไม่รับการเชื่อมต่อ" in out and "สิ่งที่ควรดำเนินการ" in out
