"""A progress bar on stderr, only on a terminal: agencies, pages, time left."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from oitcheck.cli.output import in_words
from oitcheck.model.agency import Agency
from oitcheck.model.evidence import FetchOutcome


class Bar:
    """Counts submissions as they are assessed and pages as they are retrieved."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total}"),
            TextColumn("{task.fields[pages]}"),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self._task: TaskID | None = None
        self._agencies, self._done, self._pages = 0, 0, 0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def planned(self, agencies: int, submissions: int) -> None:
        self._agencies = agencies
        self._task = self._bar.add_task(self._words(), total=submissions, pages=self._pages_words())

    def fetched(self, outcome: FetchOutcome) -> None:
        self._pages += 1
        self._show(0)

    def assessed(self, agency: Agency, item: str) -> None:
        self._show(1)

    def agency_done(self, agency: Agency) -> None:
        self._done += 1
        self._show(0)

    def _words(self) -> str:
        return in_words("progress", f"agencies {self._done}/{self._agencies}, items")

    def _pages_words(self) -> str:
        return in_words("progress", f"{self._pages} pages")

    def _show(self, advance: int) -> None:
        if self._task is not None:
            self._bar.update(self._task, advance=advance, pages=self._pages_words(), description=self._words())
