"""From what a run kept to findings: at once while it is crawled, again from the kept captures, by two checklists."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

from oitcheck import __version__
from oitcheck.errors import SettingsError
from oitcheck.extract.isolation import Readers
from oitcheck.extract.kept_readings import is_lasting
from oitcheck.gathering import Reading, Step, evidence_of, to_read_by_ocr
from oitcheck.lib.item_codes import code_and_title
from oitcheck.lib.terms import Vocabulary
from oitcheck.lib.thai_calendar import FiscalYear
from oitcheck.model.agency import Agency, Round, Submission
from oitcheck.model.checklist import Checklist, Item
from oitcheck.model.context import Context
from oitcheck.model.evidence import BlindReason, Capture, Document, Evidence
from oitcheck.model.finding import Finding, Run
from oitcheck.model.finding import Outcome as Verdict
from oitcheck.pipeline.clock import now
from oitcheck.pipeline.crawling import Crawl
from oitcheck.pipeline.inputs import Selection, checklist_of, nearest
from oitcheck.pipeline.left_out import broken_entry, concerns_all, reason_of, refuse_all
from oitcheck.pipeline.past import Past
from oitcheck.pipeline.program import judging_version
from oitcheck.pipeline.unchanged import (
    carried,
    frame_digest,
    frame_given,
    is_to_the_byte,
    judging_given,
    told_of_steps,
    with_since,
)
from oitcheck.pipeline.walking import is_cut, may_show_more, site_pages, submitted_in, walk
from oitcheck.pipeline.whole_night import Place, whole_night
from oitcheck.pipeline.workshop import extract_limits, kept_readings, kept_scans, lacking
from oitcheck.rules.declare import natural_key
from oitcheck.rules.engine import Judging, assess
from oitcheck.settings import Settings
from oitcheck.store.records import RunRecord, StageRecord, Store

log = logging.getLogger(__name__)

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
    """The evidence of a submission, and what the rules find in it."""

    evidence: Evidence
    findings: tuple[Finding, ...]


async def judged_without_ocr(
    bench: Bench, agency: Agency, submission: Submission, steps: Sequence[Step], home: Document | None,
    site: Sequence[Document], reading: Reading,
) -> Judged:  # fmt: skip
    """What the rules find while scans count as unread."""
    evidence = await evidence_of(steps, home, site, reading)
    return Judged(evidence, await asyncio.to_thread(bench.findings, agency, submission, evidence))


@dataclass(frozen=True, slots=True)
class Walked:
    """What a submission leads to. `insisted`: all its pages were shown in the browser whose scripts may bring more.

    `judged` is what the rules find in these steps, where that is known.
    """

    steps: tuple[Step, ...]
    insisted: bool = False
    judged: Judged | None = None


async def walked(
    bench: Bench, agency: Agency, submission: Submission, crawl: Crawl, home: Document | None,
    site: Sequence[Document], reading: Reading,
) -> Walked:  # fmt: skip
    """What a submission leads to. Where the rules do not find all they ask for, though scripts of its pages may bring
    more, those pages are shown in the browser and walked from again; what they bring is part of the crawl.

    Scans count as unread here, so that a crawl that is judged later keeps the same.
    """
    is_wanted = partial(_names, bench.checklist.items[submission.item])
    steps = await walk(submission, agency, crawl, reading, site, is_wanted=is_wanted)
    if not crawl.has_browser or is_cut(steps) or not await may_show_more(steps, reading):
        return Walked(steps)
    judged = await judged_without_ocr(bench, agency, submission, steps, home, site, reading)
    if not any(f.binding and f.outcome in (Verdict.FAILED, Verdict.CANT_TELL) for f in judged.findings):
        return Walked(steps, judged=judged)
    again = await walk(submission, agency, crawl, reading, site, insist=True, is_wanted=is_wanted)
    is_same = told_of_steps(again) == told_of_steps(steps)
    return Walked(again, insisted=True, judged=judged if is_same else None)


def _names(item: Item, text: str) -> bool:
    """Whether the text of a link names an item, by its code or by what it is about."""
    return code_and_title(text)[0] == item.id or any(concept.named_in(text) for concept in item.subject)


async def settled(
    bench: Bench, agency: Agency, submission: Submission, steps: Sequence[Step], home: Document | None,
    site: Sequence[Document], reading: Reading, judged: Judged | None = None,
) -> tuple[Finding, ...]:  # fmt: skip
    """The findings of a submission; its scans are read by OCR one after the other for as long as one is undecided.

    Which are read depends on the evidence alone, so that a replay reads the same. `judged`: what is known already.
    """
    return (await settled_in(bench, agency, submission, steps, home, site, reading, judged)).findings


async def settled_in(
    bench: Bench, agency: Agency, submission: Submission, steps: Sequence[Step], home: Document | None,
    site: Sequence[Document], reading: Reading, judged: Judged | None = None,
) -> Judged:  # fmt: skip
    """The same with the evidence in which they were found."""
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
    return Judged(evidence, found)


class Frame:
    """An agency's home page, and the pages by which the frame of its site is told; read when first asked for.

    `known` are earlier crawls of the home page: what the same pages gave then, they give now.
    """

    def __init__(
        self, version: str, agency: Agency, home_steps: Sequence[Step], submitted: Sequence[Capture], reading: Reading,
        known: Iterable[StageRecord | None] = (),
    ) -> None:  # fmt: skip
        self.given = frame_given(version, agency.hosts, home_steps, submitted)
        self._home_steps = home_steps
        self._submitted = submitted
        self._reading = reading
        self._digest = next((stage.frame for stage in known if stage and stage.depends_on == self.given), None)
        self._pages: asyncio.Future[tuple[Document | None, tuple[Document, ...]]] | None = None

    async def pages(self) -> tuple[Document | None, tuple[Document, ...]]:
        """See `site_pages`."""
        if self._pages is None:
            self._pages = asyncio.ensure_future(site_pages(self._home_steps, self._submitted, self._reading))
        return await self._pages

    async def digest(self) -> str:
        """What tells that the frame is the same; "" while a page of it could not be read for a passing reason."""
        if self._digest is None:
            home, site = await self.pages()
            captures = [*(c for role, c in self._home_steps if role != "screenshot"), *self._submitted]
            reads = [await self._reading.of(c.as_received) for c in captures if c.outcome.is_ok]
            content_ids = {c.sha256: c.content_id for c in captures}
            told = frame_digest(home, site, content_ids) if all(map(is_lasting, reads)) else ""
            self._digest = self._digest or told
        return self._digest


async def conclude(
    store: Store, record: RunRecord, bench: Bench, agency: Agency, submission: Submission, home_steps: Sequence[Step],
    steps: Sequence[Step], frame: Frame, reading: Reading, past: Past, judged: Judged | None = None,
) -> None:  # fmt: skip
    """Keep the findings of a submission: those of the run before where the evidence is the same, else new ones.

    `judged`: see `settled`.
    """
    run, item = record.run, submission.item
    given = judging_given(
        judging_version(),
        run.checklist_id,
        agency,
        submission,
        home_steps,
        steps,
        await frame.digest(),
        tools=_tools(bench, run, reading),
        closes_on=bench.judging.closes_on,
        as_of=bench.as_of,
    )
    before = past.assessed(item)
    old_at = past.run(before.run_id).run.assessed_at if before else run.assessed_at
    if before and given and before.depends_on == given:
        old_steps = (*past.steps(before.run_id, item), *past.steps(before.run_id, HOME))
        new_steps = (*steps, *home_steps)
        if is_to_the_byte(old_steps, new_steps):
            taken_over = partial(store.carry_findings, depends_on=given, carried_from=before.run_id, since=old_at)
            if taken_over(run.id, agency.id, item):
                return
        old = past.findings(before.run_id, item)
        if requoted := carried(old, old_steps, new_steps):
            held = with_since(requoted, old, old_at, run.assessed_at)
            store.add_findings(run.id, held, depends_on=given, carried_from=before.run_id)
            return
    old = past.findings(before.run_id, item) if before else ()
    home, site = await frame.pages()
    found = await settled_in(bench, agency, submission, steps, home, site, reading, judged)
    is_final = _is_lasting(found.evidence, browser="browser" not in run.lacking)
    held = with_since(found.findings, old, old_at, run.assessed_at)
    store.add_findings(run.id, held, depends_on=given if is_final else "")


def _tools(bench: Bench, run: Run, reading: Reading) -> list[object]:
    return [reading.version, reading.has_ocr, bench.judging.unconfirmed, [name for name in run.lacking]]


def _is_lasting(evidence: Evidence, *, browser: bool) -> bool:
    """Whether the same captures would be read alike another time: no reader ran out of time, no browser failed."""
    failed = (
        spot.reason is BlindReason.NEEDS_BROWSER and not spot.capture.rendered and spot.capture.depth <= 1
        for spot in evidence.blind_spots
    )
    return is_lasting(evidence.blind_spots) and not (browser and any(failed))


def assess_round(
    settings: Settings, store: Store, record: RunRecord, checklist: Checklist, vocabulary: Vocabulary
) -> tuple[str, ...]:
    """Assess what a crawled run kept and has not assessed yet; the ids of agencies that could not be assessed."""
    bench = bench_of(settings, checklist, vocabulary, store.round(record.run.id), date.fromisoformat(record.run.as_of))
    return asyncio.run(_assess(settings, store, record, bench))


async def _assess(settings: Settings, store: Store, record: RunRecord, bench: Bench) -> tuple[str, ...]:
    run = record.run
    broken: dict[str, str] = {}
    handed_in = store.submissions(run.id)
    async with Readers(settings.extract.workers or os.cpu_count() or 1, extract_limits(settings)) as readers:
        for agency in store.agencies(run.id):
            try:
                mine = {s.item: s for s in handed_in if s.agency_id == agency.id}
                reading = reading_of(settings, store, run, readers, may_write=True)
                await _assess_agency(agency, mine, store, record, bench, reading)
            except Exception as error:
                if concerns_all(error):
                    refuse_all(error, str(settings.data_dir))
                log.exception("agency %s could not be assessed; the run goes on with the others", agency.id)
                broken[agency.id] = reason_of(error)
    _note_broken(store, store.run(run.id), broken)
    return tuple(broken)


def _note_broken(store: Store, record: RunRecord, reasons: Mapping[str, str]) -> None:
    """Keep which agencies could not be assessed; one that could not be crawled stays while anything of it is left."""
    run_id, before = record.run.id, record.broken
    if not reasons and not before:
        return
    assessed = store.reached(run_id, "assessed")
    left: dict[str, list[Submission]] = {}
    for one in store.submissions(run_id):
        if (one.agency_id, one.item) not in assessed:
            left.setdefault(one.agency_id, []).append(one)
    told = {agency_id: str(entry["reason"]) for agency_id, entry in before.items()} | dict(reasons)
    agencies = (agency for agency in store.agencies(run_id) if agency.id in told and agency.id in left)
    broken = {agency.id: broken_entry(agency, left[agency.id], told[agency.id]) for agency in agencies}
    of_broken = {url for entry in before.values() for url in entry["left_out"]}
    by_limit = [url for url in record.options.get("left_out", ()) if url not in of_broken]
    store.note_broken(run_id, broken, (*by_limit, *(url for entry in broken.values() for url in entry["left_out"])))


async def _assess_agency(
    agency: Agency, submissions: Mapping[str, Submission], store: Store, record: RunRecord, bench: Bench,
    reading: Reading,
) -> None:  # fmt: skip
    run = record.run
    done = store.stages(run.id, agency.id, "assessed")
    walks = store.trail_of(run.id, agency.id)
    past = Past(store, record, agency.id)
    home_steps = walks.get(HOME, ())
    known = (store.stages(run.id, agency.id, "crawled").get(HOME), past.crawled(HOME))
    submitted = await submitted_of(walks, reading)
    frame = Frame(judging_version() + reading.version, agency, home_steps, submitted, reading, known)
    for item in sorted((i for i in walks if i != HOME), key=natural_key):
        if item in bench.checklist.items and item not in done:
            await conclude(
                store, record, bench, agency, submissions[item], home_steps, walks[item], frame, reading, past
            )


def reading_of(settings: Settings, store: Store, run: Run, readers: Readers, *, may_write: bool = False) -> Reading:
    """How the files of a run are read: as it says of itself, whatever is installed by now.

    `may_write`: damaged copies are set aside, so that they are kept anew.
    """
    # A run that was crawled without OCR is replayed without it: the same captures, the same findings.
    with_ocr = bool(settings.ocr.enabled) and "ocr" not in run.lacking
    scans = kept_scans(settings) if with_ocr else None
    body = store.bodies.sound if may_write else store.bodies.get
    return Reading(readers, body, scans, kept_readings(settings, lacking(settings)))


async def submitted_of(walks: Mapping[str, Sequence[Step]], reading: Reading) -> list[Capture]:
    """The pages that show the frame of an agency's site, of all that it submitted, item by item: see `submitted_in`."""
    items = sorted((i for i in walks if i != HOME), key=natural_key)
    return [capture for item in items for capture in await submitted_in(walks[item], reading)]


def judged(
    settings: Settings, store: Store, run: Run, checklist: Checklist, vocabulary: Vocabulary,
    but: Collection[Place] = (),
) -> tuple[Finding, ...]:  # fmt: skip
    """The findings of a run's kept captures under a checklist, of all submissions `but` these. Nothing is retrieved."""
    round_ = store.round(run.id)
    bench = bench_of(settings, checklist, vocabulary, round_, date.fromisoformat(run.as_of))
    return asyncio.run(_judged(settings, store, run, (bench,), Selection(), but))[0]


async def _judged(
    settings: Settings, store: Store, run: Run, benches: Sequence[Bench], wanted: Selection,
    but: Collection[Place] = (),
) -> tuple[tuple[Finding, ...], ...]:  # fmt: skip
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
            reading = reading_of(settings, store, run, readers)
            home, site = await site_pages(walks.get(HOME, ()), await submitted_of(walks, reading), reading)
            for item in sorted((i for i in walks if i != HOME), key=natural_key):
                known = [n for n, bench in enumerate(benches) if item in bench.checklist.items]
                if not known or (wanted.items and item not in wanted.items) or (agency_id, item) in but:
                    continue
                submission = submissions[agency_id, item]
                for n in known:
                    agency = agencies[agency_id]
                    found[n].extend(await settled(benches[n], agency, submission, walks[item], home, site, reading))
    return tuple(tuple(one) for one in found)


@dataclass(frozen=True, slots=True)
class Replayed:
    """A night judged again. `runs` are by agency and item the runs that made the findings, where not `run` did."""

    run: Run
    findings: tuple[Finding, ...]
    runs: Mapping[Place, Run]


def replay_run(settings: Settings, store: Store, run_id: str, folder: Path | None) -> Replayed:
    """The findings of a run's kept captures under the installed checklist or the one in `folder`, network off.

    A second look is judged with the run that it completes, each by its own captures and day.
    """
    night = whole_night(store, store.run(run_id))
    checklist, vocabulary = checklist_of(night.record.run.year_be, folder)
    at = now()
    found: list[Finding] = []
    by_place: dict[Place, Run] = {}
    for record in night.runs:
        run = record.run
        mine = judged(settings, store, run, checklist, vocabulary, frozenset(by_place))
        found += with_since(mine, store.findings(run.id), run.assessed_at, run.assessed_at)
        judged_as = replace(run, checklist_id=checklist.id, version=__version__, assessed_at=at)
        by_place |= {(f.agency_id, f.item): judged_as for f in mine}
    newest = replace(night.record.run, checklist_id=checklist.id, version=__version__, assessed_at=at)
    return Replayed(newest, tuple(found), by_place)


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
    night = whole_night(store, store.run(run_id))
    run = night.record.run
    loaded = [checklist_of(run.year_be, folder) for folder in (old, new)]
    items = tuple(dict.fromkeys(i for checklist, _ in loaded for i in checklist.items))
    agencies = tuple(a.id for a in night.agencies())
    for option, asked, known in (("--agency", wanted.agencies, agencies), ("--item", wanted.items, items)):
        for one in asked:
            if one not in known:
                raise SettingsError(f"run {run.id} knows no {one!r}", where=option, remedy=nearest(one, known))
    before: tuple[Finding, ...] = ()
    after: tuple[Finding, ...] = ()
    for kept in (record.run for record in night.runs):
        as_of = date.fromisoformat(kept.as_of)
        benches = [bench_of(settings, checklist, words, store.round(kept.id), as_of) for checklist, words in loaded]
        had = {(f.agency_id, f.item) for f in (*before, *after)}
        found = asyncio.run(_judged(settings, store, kept, benches, wanted, had))
        before, after = (*before, *found[0]), (*after, *found[1])
    return Rejudged(run, loaded[0][0], loaded[1][0], before, after)
