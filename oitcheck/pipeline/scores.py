"""Published scores that a person supplies, for the watch list and for the measures document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from oitcheck.intake.rows import Intake
from oitcheck.intake.scores import read_scores
from oitcheck.model.agency import Agency
from oitcheck.model.ita import TOTAL, ItaScore


def scores_of(path: Path, agencies: Iterable[Agency]) -> Intake[ItaScore]:
    """The scores of a file, with the report on every row; rows of unknown agencies are rejected."""
    return read_scores(path, [agency.id for agency in agencies])


def totals(scores: Iterable[ItaScore]) -> Mapping[str, float]:
    """The total score by agency id."""
    return {one.agency_id: one.score for one in scores if one.measured == TOTAL}
