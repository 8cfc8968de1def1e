"""What reading one file may cost."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ExtractLimits:
    """Limits for one file: wall time, address space of the reading process, pages, rows of one table or sheet,
    characters of plain text, pixels of a picture; for OCR wall time of one page and pages of one document.
    """

    seconds: float = 30.0
    memory_bytes: int = 1024 * _MIB
    pages: int = 400
    rows: int = 20_000
    chars: int = 5_000_000
    image_pixels: int = 60_000_000
    ocr_seconds: float = 90.0
    ocr_pages: int = 40

    @property
    def sheet_rows(self) -> int:
        """Rows read of one sheet of a workbook: the same as of any table."""
        return self.rows
