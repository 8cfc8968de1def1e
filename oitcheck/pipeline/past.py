"""What earlier runs of the round know of one agency: trails to go along again, findings to compare with."""

from __future__ import annotations

from dataclasses import dataclass, field

from oitcheck.gathering import Step
from oitcheck.model.evidence import Capture
from oitcheck.model.finding import Finding
from oitcheck.store.records import RunRecord, StageRecord, Store


@dataclass(slots=True)
class Past:
    """Read from the store when first asked for. `record` is the run that is being made."""

    store: Store
    record: RunRecord
    agency_id: str
    _stages: dict[str, dict[str, StageRecord]] = field(default_factory=dict)
    _trails: dict[str, dict[str, tuple[Step, ...]]] = field(default_factory=dict)
    _findings: dict[str, dict[str, list[Finding]]] = field(default_factory=dict)
    _runs: dict[str, RunRecord] = field(default_factory=dict)

    def crawled(self, item: str) -> StageRecord | None:
        """The latest earlier crawl of an item."""
        if "crawled" not in self._stages:
            self._stages["crawled"] = self.store.stages_before(self.record, self.agency_id, "crawled")
        return self._stages["crawled"].get(item)

    def assessed(self, item: str) -> StageRecord | None:
        """The latest earlier assessment of an item."""
        if "assessed" not in self._stages:
            self._stages["assessed"] = self.store.stages_before(self.record, self.agency_id, "assessed")
        return self._stages["assessed"].get(item)

    def steps(self, run_id: str, item: str) -> tuple[Step, ...]:
        """What an item led to in a run."""
        if run_id not in self._trails:
            self._trails[run_id] = self.store.trail_of(run_id, self.agency_id)
        return self._trails[run_id].get(item, ())

    def findings(self, run_id: str, item: str) -> tuple[Finding, ...]:
        """What a run found of an item, in the order in which it was found."""
        if run_id not in self._findings:
            by_item: dict[str, list[Finding]] = {}
            for one in self.store.findings(run_id, self.agency_id):
                by_item.setdefault(one.item, []).append(one)
            self._findings[run_id] = by_item
        return tuple(self._findings[run_id].get(item, ()))

    def run(self, run_id: str) -> RunRecord:
        """An earlier run."""
        if run_id not in self._runs:
            self._runs[run_id] = self.store.run(run_id)
        return self._runs[run_id]

    def shown_plain(self, version: str) -> frozenset[str]:
        """The content ids of pages of which the same program knew that a browser shows no more of them."""
        if "crawled" not in self._stages:
            self.crawled("")
        found: set[str] = set()
        for item, stage in self._stages["crawled"].items():
            if stage.depends_on and self.run(stage.run_id).options.get("program") == version:
                steps = self.steps(stage.run_id, item)
                found.update(_plain(capture) for role, capture in steps if role not in ("static", "screenshot"))
        return frozenset(found - {""})


def _plain(capture: Capture) -> str:
    return capture.content_id if capture.outcome.is_ok and not capture.rendered and capture.depth <= 1 else ""
