"""Readings kept across runs: the same to the letter, whatever was read; damaged or foreign ones are read again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from oitcheck.demo import demo_folder
from oitcheck.extract.kept_readings import STOPPED, KeptReadings, content_digest, is_lasting
from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.read import read
from oitcheck.model.evidence import (
    BlindReason,
    BlindSpot,
    Capture,
    Document,
    FetchOutcome,
    Form,
    Line,
    Locator,
    Picture,
    Section,
)

SITES = demo_folder() / "sites"
ENDINGS = (".html", ".pdf", ".docx", ".xlsx", ".doc", ".xls", ".png", ".jpg", ".csv", ".txt")


def captured(name: str, body: bytes, **more: str) -> Capture:
    url = f"http://www.banmai.example/{name}"
    named = Capture(
        url, url, (), FetchOutcome.OK, 200, datetime(2023, 4, 1, tzinfo=UTC), sha256=sha256(body).hexdigest()
    )
    return replace(named, **more)  # type: ignore[arg-type]


def one_of_each() -> list[Path]:
    """For each kind of file the two smallest of the demo province."""
    found = sorted((p for p in SITES.rglob("*") if p.suffix in ENDINGS), key=lambda p: (p.suffix, p.stat().st_size))
    return [p for n, p in enumerate(found) if p.suffix not in {q.suffix for q in found[max(n - 2, 0) : max(n - 1, 0)]}]


@pytest.mark.parametrize("path", one_of_each(), ids=lambda p: p.name)
def test_a_kept_reading_is_the_reading(tmp_path: Path, path: Path) -> None:
    body = path.read_bytes()
    capture = captured(path.name, body)
    found = read(capture, body, ExtractLimits())
    kept = KeptReadings(tmp_path, "1")
    kept.put(capture, found)
    again = kept.get(capture)
    assert again == found and content_digest(again) == content_digest(found)


def test_every_kind_of_part_is_kept(tmp_path: Path) -> None:
    capture = captured("x", b"x")
    at = Locator(capture.sha256, "css:p")
    blocks = (Line("a\ud800\0ก", at, True, 0.25), Form(("ชื่อ",), ("text",), "http://x.example/", Locator("b" * 64, "")))
    document = Document(capture, "pdf", "t", (Section(("h",), blocks, "frame", "a"),), 0.1, True, 3, (0.1, 1.0), ("r",))
    document = replace(document, member="สขร1.pdf", scripted=True)
    found = (document, BlindSpot(capture, BlindReason.GARBLED, "page:2-3", "why"))
    kept = KeptReadings(tmp_path, "1")
    kept.put(capture, found, "ocr x")
    assert kept.get(capture, "ocr x") == found and kept.get(capture) is None
    kept.put_picture(Picture(capture.sha256, 3, 4, True, 5))
    assert kept.get_picture(capture.sha256) == Picture(capture.sha256, 3, 4, True, 5)


def test_other_circumstances_are_another_reading(tmp_path: Path) -> None:
    capture = captured("x", b"x")
    KeptReadings(tmp_path, "1").put(capture, ())
    assert KeptReadings(tmp_path, "1").get(capture) == ()
    assert KeptReadings(tmp_path, "2").get(capture) is None
    for other in (
        captured("y", b"x"),
        captured("x", b"y"),
        replace(capture, charset="tis-620"),
        replace(capture, rendered=True),
    ):
        assert KeptReadings(tmp_path, "1").get(other) is None


@pytest.mark.parametrize("damage", [b"", b"not zstd", None])
def test_a_damaged_reading_is_none(tmp_path: Path, damage: bytes | None) -> None:
    import zstandard

    capture = captured("x", b"x")
    kept = KeptReadings(tmp_path, "1")
    kept.put(capture, (BlindSpot(capture, BlindReason.CORRUPT),))
    [path] = tmp_path.rglob("*.zst")
    for raw in (
        b'[["pdf"]]',
        b"[[1,2,3]]",
        b"{}x",
        b"[[[[[",
        b'[["a","b",[[[],[[9]],"","",""]],1,false,1,[],[]]]',
        b"\xff",
    ):
        path.write_bytes(zstandard.ZstdCompressor().compress(raw) if damage is None else damage)
        assert kept.get(capture) is None


def test_what_another_reading_might_end_otherwise_is_not_lasting() -> None:
    capture = captured("x", b"x")
    assert is_lasting(()) and is_lasting((BlindSpot(capture, BlindReason.CORRUPT, detail="pdf: ValueError"),))
    assert not is_lasting((BlindSpot(capture, BlindReason.TOO_SLOW),))
    assert not is_lasting((BlindSpot(capture, BlindReason.TOO_LARGE, detail=STOPPED),))
