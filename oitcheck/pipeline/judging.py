"""From what a run kept to findings: at once while it is crawled, again from the kept captures, by two checklists."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from oitcheck import __version__
from oitcheck.errors import SettingsError
from oitcheck.extract.isolation import Readers
from oitcheck.gathering import Reading, Step, evidence_of, to_read_by_ocr
from oitcheck.lib.terms import Vocabulary
from oitcheck.lib.thai_calendar import FiscalYear
from oitcheck.model.agency import Agency, Round, Submission
from oitcheck.model.checklist import Checklist
from oitcheck.model.context import Context
from oitcheck.model.evidence import Document, Evidence
from oitcheck.model.finding import Finding, Run
from oitcheck.model.finding import Outcome as Verdict
from oitcheck.pipeline.clock import now
from oitcheck.pipeline.crawling import Crawl, may_show_more, site_pages, submitted_in, walk
from oitcheck.pipeline.inputs import Selection, checklist_of, nearest
from oitcheck.pipeline.workshop import extract_limits, kept_scans
from oitcheck.rules.declare import natural_key
from oitcheck.rules.engine import Judging, assess
from oitcheck.settings import Settings
from oitcheck.store.records import RunRecord, Store

HOME = ""  # the trail's item for what belongs to the agency as a whole


@dataclass(frozen=True, slots=True)
class Bench:
    """What judging needs beside the evidence."""

    checklist: Checklist
    vocabulary: Vocabulary
    judging: Judging
    as_of: date

    def findings(self, agency: Agency, submission: Submission, evidence: Evidence) -> tuple[Finding, ...]:
        item = self.checklist.items[submission.item]
        context = Context(FiscalYear(self.checklist.year_be), agency, self.as_of, self.vocabulary, item)
        return assess(item, submission, evidence, context, self.judging)


def bench_of(settings: Settings, checklist: Checklist, vocabulary: Vocabulary, round_: Round, as_of: date) -> Bench:
    return Bench(checklist, vocabulary, Judging(round_.closes_on, settings.assessment.unconfirmed), as_of)


@dataclass(frozen=True, slots=True)
class Judged:
    """The evidence of a submission without OCR, and what the rules find in it."""

    evidence: Evidence
    findings: tuple[Finding, ...]


async def judged_without_ocr(
    bench: Bench, agency: Agency, submission: Submission, steps: Sequence[Step], home: Document | None,
    site: Sequence[Document], reading: Reading,
) -> Judged:  # fmt: skip
    evidence = await evidence_of(steps, home, site, reading)
    return Judged(evidence, await asyncio.to_thread(bench.findings, agency, submission, evidence))


async def walked(
    bench: Bench, agency: Agency, submission: Submission, crawl: Crawl, home: Document | None,
    site: Sequence[Document], reading: Reading,
) -> tuple[tuple[Step, ...], Judged | None]:  # fmt: skip
    """What a submission leads to. Where the rules do not find all they ask for, though scripts of its pages may bring
    more, those pages are shown in the browser and walked from again; what they bring is part of the crawl.

    Scans count as unread here, so that a crawl that is judged later keeps the same. With it what the rules find in
    these steps, where that is known.
    """
    steps = await walk(submission, agency, crawl, reading, site)
    if not crawl.has_browser or not await may_show_more(steps, reading):
        return steps, None
    judged = await judged_without_ocr(bench, agency, submission, steps, home, site, reading)
    if not any(f.binding and f.outcome in (Verdict.FAILED, Verdict.CANT_TELL) for f in judged.findings):
        return steps, judged
    again = await walk(submission, agency, crawl, reading, site, insist=True)
    return (steps, judged) if again == steps else (again, None)


async def settled(
    bench: Bench, agency: Agency, submission: Submission, steps: Sequence[Step], home: Document | None,
    site: Sequence[Document], reading: Reading, judged: Judged | None = None,
) -> tuple[Finding, ...]:  # fmt: skip
    """The findings of a submission; its scans are read by OCR one after the other for as long as one is undecided.

    Which are read depends on the evidence alone, so that a replay reads the same. `judged`: what is known already.
    """
    judged = judged or await judged_without_ocr(bench, agency, submission, steps, home, site, reading)
    evidence, found = judged.evidence, judged.findings
    read: set[str] = set()
    while reading.has_ocr and any(f.binding and f.outcome is Verdict.CANT_TELL for f in found):
        following = to_read_by_ocr(evidence, read)
        if following is None:
            break
        read.add(following)
        evidence = await evidence_of(steps, home, site, reading, read)
        found = await asyncio.to_thread(bench.findings, agency, submission, evidence)
    return found


def assess_round(
    settings: Settings, store: Store, record: RunRecord, checklist: Checklist, vocabulary: Vocabulary
) -> None:
    """Assess what a crawled run kept and has not assessed yet."""
    done = store.reached(record.run.id, "assessed")
    findings = judged(settings, store, record.run, checklist, vocabulary)
    store.add_findings(record.run.id, [f for f in findings if (f.agency_id, f.item) not in done])


def judged(
    settings: Settings, store: Store, run: Run, checklist: Checklist, vocabulary: Vocabulary
) -> tuple[Finding, ...]:
    """The findings of a run's kept captures under a checklist. Nothing is retrieved."""
    round_ = store.round(run.id)
    bench = bench_of(settings, checklist, vocabulary, round_, date.fromisoformat(run.as_of))
    return asyncio.run(_judged(settings, store, run, (bench,), Selection()))[0]


async def _judged(
    settings: Settings, store: Store, run: Run, benches: Sequence[Bench], wanted: Selection
) -> tuple[tuple[Finding, ...], ...]:
    """The findings of a run's kept captures by each bench; every document is read once."""
    agencies = {a.id: a for a in store.agencies(run.id) if not wanted.agencies or a.id in wanted.agencies}
    submissions = {(s.agency_id, s.item): s for s in store.submissions(run.id)}
    trails: dict[str, dict[str, tuple[Step, ...]]] = {}
    found: tuple[list[Finding], ...] = tuple([] for _ in benches)
    for agency_id, item, steps in store.trail(run.id):
        trails.setdefault(agency_id, {})[item] = steps
    async with Readers(settings.extract.workers or os.cpu_count() or 1, extract_limits(settings)) as readers:
        for agency_id, walks in trails.items():
            if agency_id not in agencies:
                continue
            # A run that was crawled without OCR is replayed without it: the same captures, the same findings.
            with_ocr = bool(settings.ocr.enabled) and "ocr" not in run.lacking
            reading = Reading(readers, store.bodies.get, kept_scans(settings) if with_ocr else None)
            submitted = [c for item in walks if item != HOME for c in await submitted_in(walks[item], reading)]
            home, site = await site_pages(walks.get(HOME, ()), submitted, reading)
            for item in sorted((i for i in walks if i != HOME), key=natural_key):
                known = [n for n, bench in enumerate(benches) if item in bench.checklist.items]
                if not known or (wanted.items and item not in wanted.items):
                    continue
                submission = submissions[agency_id, item]
                for n in known:
                    found[n].extend(
                        await settled(benches[n], agencies[agency_id], submission, walks[item], home, site, reading)
                    )
    return tuple(tuple(one) for one in found)


def replay_run(settings: Settings, store: Store, run_id: str, folder: Path | None) -> tuple[Run, tuple[Finding, ...]]:
    """The findings of a run's kept captures under the installed checklist or the one in `folder`, network off."""
    record = store.run(run_id)
    checklist, vocabulary = checklist_of(record.run.year_be, folder)
    found = judged(settings, store, record.run, checklist, vocabulary)
    return replace(record.run, checklist_id=checklist.id, version=__version__, assessed_at=now()), found


@dataclass(frozen=True, slots=True)
class Rejudged:
    """A run's kept captures judged by two checklists of its year."""

    run: Run
    old: Checklist
    new: Checklist
    old_findings: tuple[Finding, ...]
    new_findings: tuple[Finding, ...]


def diff_run(settings: Settings, store: Store, run_id: str, old: Path | None, new: Path, wanted: Selection) -> Rejudged:
    """Judge what a run kept by the checklists of two folders (None: the installed one), each document read once.

    Nothing is retrieved or stored. Raises SettingsError for an agency or item that neither the run nor one of the
    checklists knows.
    """
    run = store.run(run_id).run
    loaded = [checklist_of(run.year_be, folder) for folder in (old, new)]
    items = tuple(dict.fromkeys(i for checklist, _ in loaded for i in checklist.items))
    agencies = tuple(a.id for a in store.agencies(run.id))
    for option, asked, known in (("--agency", wanted.agencies, agencies), ("--item", wanted.items, items)):
        for one in asked:
            if one not in known:
                raise SettingsError(f"run {run.id} knows no {one!r}", where=option, remedy=nearest(one, known))
    as_of = date.fromisoformat(run.as_of)
    benches = [bench_of(settings, checklist, words, store.round(run.id), as_of) for checklist, words in loaded]
    before, after = asyncio.run(_judged(settings, store, run, benches, wanted))
    return Rejudged(run, loaded[0][0], loaded[1][0], before, after)
