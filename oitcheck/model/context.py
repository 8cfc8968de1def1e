"""What a check may know besides the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from oitcheck.lib.terms import Vocabulary
from oitcheck.lib.thai_calendar import FiscalYear
from oitcheck.model.agency import Agency
from oitcheck.model.checklist import Item


@dataclass(frozen=True, slots=True)
class Context:
    """`as_of` is the local date (CE, Asia/Bangkok) at which the submission is judged."""

    fiscal_year: FiscalYear
    agency: Agency
    as_of: date
    vocabulary: Vocabulary
    item: Item
