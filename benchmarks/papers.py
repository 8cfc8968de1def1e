"""How long the papers of a round take: 59 agencies, 43 items, beside the plain HTML pages of the same round.

usage: python benchmarks/papers.py [--folder FOLDER]

Invented findings, nothing is crawled. With --folder the papers are left there to be looked at.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from oitcheck.crawl.browser import find_browser  # noqa: E402
from oitcheck.report.agency_word import agency_word  # noqa: E402
from oitcheck.report.beside import Beside  # noqa: E402
from oitcheck.report.comparison import compare  # noqa: E402
from oitcheck.report.html import Pages, as_is, no_copy, publish  # noqa: E402
from oitcheck.report.line_text import line_text  # noqa: E402
from oitcheck.report.memo import Sender, memo  # noqa: E402
from oitcheck.report.memo_page import memo_page  # noqa: E402
from oitcheck.report.memo_word import memo_word  # noqa: E402
from oitcheck.report.messages import Messages  # noqa: E402
from oitcheck.report.printing import printed  # noqa: E402
from oitcheck.report.summary import summarise  # noqa: E402
from oitcheck.report.terms import Terms  # noqa: E402
from oitcheck.report.workbook import workbook  # noqa: E402
from tests.province59 import round_of_59  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    folder = arguments.folder or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    before, now = round_of_59(elements=3), round_of_59(mended=True, run_id="later", elements=3)
    messages, terms = Messages.load("th"), Terms.load("th")
    summary, made_at = summarise(now), now.run.assessed_at
    paper = memo(now, summary, messages, terms, Sender(target=50), summarise(before))
    total = 0.0

    def timed(name: str, work: Callable[[], object]) -> object:
        nonlocal total
        began = time.perf_counter()
        made = work()
        seconds = time.perf_counter() - began
        total += seconds
        print(f"{name}: {seconds:.1f} s", flush=True)
        if isinstance(made, bytes):
            (folder / name).write_bytes(made)
        return made

    timed("HTML pages of the round, Thai and English", lambda: publish(now, folder / "pages"))
    timed("comparison of two runs", lambda: compare(before, now))
    timed("round.xlsx", lambda: workbook(now, summary, messages, Beside(before=before)))
    timed("governor.docx", lambda: memo_word(paper, terms, made_at))
    for row in summary.rows[:1]:
        timed("agency.docx", lambda row=row: agency_word(now, row, messages, terms, made_at, Beside()))
    timed(
        "59 agencies as Word files",
        lambda: [agency_word(now, r, messages, terms, made_at, Beside()) for r in summary.rows],
    )
    timed("59 chat texts", lambda: [line_text(now, row, messages, terms) for row in summary.rows])
    path = find_browser()
    if path:
        note, word = paper.source, paper.page
        page = memo_page(paper, terms)
        timed("governor.pdf", lambda: printed([page], path, note=note, page_word=word)[0])
        pages = Pages(now, summary, messages, no_copy, as_is, ("th",))
        texts = [pages.agency(row) for row in summary.rows]
        made = timed("59 agencies as PDF", lambda: printed(texts, path, note=note, page_word=word))
        assert isinstance(made, list)
        (folder / "agency.pdf").write_bytes(made[0])
    print(f"all: {total:.0f} s; in {folder}")


if __name__ == "__main__":
    main()
