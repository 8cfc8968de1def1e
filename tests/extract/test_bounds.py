"""A line as long as a page is cut, and reading it stays quick."""

from __future__ import annotations

from datetime import UTC, datetime

from oitcheck.extract.bounds import LONGEST_LINE
from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.read import read
from oitcheck.model.evidence import Capture, Document, FetchOutcome
from oitcheck.reading.passages import passages


def document(content: str) -> Document:
    url = "http://www.sophuai.example/x"
    capture = Capture(
        url, url, (), FetchOutcome.OK, 200, datetime(2025, 4, 1, tzinfo=UTC), "text/html", sha256="a" * 64
    )
    body = f"<!doctype html><html><meta charset=utf-8><title>x</title><body>{content}</body></html>".encode()
    (found,) = (d for d in read(capture, body, ExtractLimits()) if isinstance(d, Document))
    return found


def test_no_text_is_longer_than_a_page_of_it() -> None:
    page = document(f"<p>{'ก' * 5000}</p><table><tr><td>{'ข' * 5000}</td><td>ค</td></tr></table>")
    assert max(len(p.text) for p in passages(page)) <= LONGEST_LINE
    assert sum(p.text.count("ก") for p in passages(page)) == 5000


def test_a_usual_document_is_left_as_it_is() -> None:
    page = document("<p>รายงานผลการดำเนินงาน</p>")
    assert [p.text for p in passages(page)] == ["รายงานผลการดำเนินงาน"]
