"""The draft of a measures document as a Word file."""

from __future__ import annotations

from datetime import datetime

from oitcheck.report.measures import MeasuresDraft, ResultRow, words
from oitcheck.report.word import CENTRE, DOTS, EVEN, Paper

_TOOL_WIDTHS = (5.0, 3.5, 3.5, 4.0)
_INDICATOR_WIDTHS = (7.5, 2.8, 2.8, 2.9)
_ISSUE_WIDTHS = (4.0, 3.5, 8.5)
# The table to fill in stands on pages turned sideways.
_PLAN_WIDTHS = {
    "weak_points": (4.7, 5.0, 6.0, 3.5, 3.2, 3.3),
    "issues": (5.2, 6.5, 7.5, 3.3, 3.2),
    "indicators": (3.6, 6.5, 4.6, 5.2, 3.0, 2.8),
}
_LEAST_PLAN_ROWS = 3
_TITLE_PT = 20
_INDENT_CM = 2.5


def measures_docx(draft: MeasuresDraft, created: datetime) -> bytes:
    """The bytes of a DOCX file. Empty cells and headings with nothing under them are left for the agency to write."""
    paper = Paper(draft.title, created, thai_digits=True)
    paper.numbered()
    for text in (draft.title, draft.agency.name_th):
        paper.line(text, bold=True, size=_TITLE_PT, align=CENTRE)
    _results(paper, draft)
    {"weak_points": _weak_points, "issues": _issues, "indicators": _indicators}[draft.form](paper, draft)
    return paper.body()


def _results(paper: Paper, draft: MeasuresDraft) -> None:
    if not draft.opening and not draft.indicators:
        return
    paper.heading(words("results", result_year=draft.result_year_be))
    for text in draft.opening:
        paper.line(text, indent_cm=_INDENT_CM, after_pt=4)
    for rows, name, widths in (
        (draft.tools, "column_tool", _TOOL_WIDTHS),
        (draft.indicators, "column_indicator", _INDICATOR_WIDTHS),
    ):
        if rows:
            _result_table(paper, draft, rows, words(name), widths)


def _result_table(
    paper: Paper, draft: MeasuresDraft, rows: tuple[ResultRow, ...], name: str, widths: tuple[float, ...]
) -> None:
    years = (words("column_year", year=year) for year in (draft.result_year_be - 1, draft.result_year_be))
    head = (name, *years, words("column_difference"))
    paper.table([head, *((row.name, row.before, row.score, row.difference) for row in rows)], widths, numbers_from=1)


def _weak_points(paper: Paper, draft: MeasuresDraft) -> None:
    paper.heading(words("weak"))
    paper.listed(draft.weak)
    paper.heading(words("develop"))
    paper.listed(draft.develop)
    paper.turn(across=True, margins=EVEN)
    paper.heading(words("action"))
    known = [text for text in (*draft.weak, *draft.develop) if text]
    rows = max(len(known), _LEAST_PLAN_ROWS)
    blank = ("",) * len(draft.columns)
    paper.table([draft.columns, *[blank] * rows], _PLAN_WIDTHS[draft.form])


def _issues(paper: Paper, draft: MeasuresDraft) -> None:
    paper.heading(words("part_1", result_year=draft.result_year_be))
    head = (words("column_issue"), words("column_questions"), words("column_analysis"))
    paper.table([head, *((one.name, one.told_by, one.analysis) for one in draft.analysed)], _ISSUE_WIDTHS)
    paper.turn(across=True, margins=EVEN)
    paper.heading(words("part_2", year=draft.year_be))
    blank = ("",) * (len(draft.columns) - 1)
    paper.table([draft.columns, *((one.name, *blank) for one in draft.analysed)], _PLAN_WIDTHS[draft.form])
    paper.turn(across=False)
    paper.heading(words("part_3"))
    for title in draft.limitations:
        paper.line(f"{title}: {DOTS}", after_pt=4)


def _indicators(paper: Paper, draft: MeasuresDraft) -> None:
    paper.turn(across=True, margins=EVEN)
    paper.heading(words("plan"))
    blank = ("",) * (len(draft.columns) - 2)
    rows = [(one.name, one.analysis, *blank) for one in draft.analysed]
    paper.table([draft.columns, *rows], _PLAN_WIDTHS[draft.form])
