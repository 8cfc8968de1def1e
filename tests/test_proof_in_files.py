"""Quotations from files of every kind, in archives too, are found again in the kept bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from oitcheck import cases
from oitcheck.extract.read import text_at
from oitcheck.lib.thai_text import fold
from oitcheck.model.member import member_place
from tests.pages import checklist_of

FIXTURES = Path(__file__).parent.parent / "fixtures/2566/O21"
WITHOUT_TEXT = ("url", "title")


@pytest.mark.parametrize(
    ("name", "file", "kinds"),
    [
        ("pass-archive-of-six-files", "sk1-66.zip", {"paragraph", "sheet"}),
        ("pass-opendocument-text", "summary.odt", {"table"}),
        ("archive-march-in-a-rar", "sk1-66.zip", {"sheet"}),
    ],
)
def test_every_quotation_stands_at_its_place(name: str, file: str, kinds: set[str]) -> None:
    case = cases.read_case(FIXTURES / name)
    evidence = cases.evidence_in(case)
    found = cases.judged(case, evidence, *checklist_of(2566))
    body = (FIXTURES / name / file).read_bytes()
    opened = set()
    for finding in found:
        for seen in finding.seen:
            if seen.url.endswith(file) and seen.place not in WITHOUT_TEXT:
                opened.add(member_place(seen.place)[1].partition(":")[0])
                assert fold(seen.quote) in fold(text_at(body, "", seen.place)), (seen.place, seen.quote)
    assert opened >= kinds
    rows = {row.url.rpartition("/")[2]: row for finding in found for row in finding.searched}
    if file.endswith(".zip") and rows:
        assert rows[file].kind == "archive" and rows[file].outcome == "unsupported"
