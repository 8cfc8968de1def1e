"""Years in Thai digits on scans: none is read wrongly. A sample of what benchmarks/ocr_years.py measures on 500."""

from __future__ import annotations

import pytest

from benchmarks.ocr_years import FONTS, LINES_A_PAGE, UNSEEN, distance, drawn, reading
from oitcheck.extract.ocr import has_ocr

THERE = tuple(str(FONTS / name) for name in UNSEEN if (FONTS / name).exists())


@pytest.mark.skipif(not has_ocr(), reason="tesseract with Thai is not installed (setup/packages.sh test)")
@pytest.mark.skipif(not THERE, reason="no Thai fonts (setup/packages.sh test)")
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_no_year_is_read_wrongly(seed: int) -> None:
    page = drawn(seed, THERE)
    found = reading(page)
    assert found.wrong == ()
    # A ค in an unseen face is now and then taken for a lone ๐; that is no year, and no other number may be wrong.
    assert [told for told in found.wrong_numbers if not told.startswith("0 in ")] == []
    assert found.read + found.unknown == LINES_A_PAGE
    assert found.quality >= 0.85 and found.errors <= 0.15 * found.letters


def test_distance_counts_letters() -> None:
    assert (distance("", "กขค"), distance("กขค", "กขค"), distance("กขค", "กค"), distance("กข", "ขก")) == (3, 0, 1, 2)
