"""A run of a round: crawled, assessed agency by agency, resumed where it was interrupted; and one page tried."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from oitcheck import __version__
from oitcheck.extract.isolation import Readers
from oitcheck.gathering import Reading
from oitcheck.lib.terms import Vocabulary
from oitcheck.lib.urls import is_on
from oitcheck.model.agency import Agency, Round, Submission
from oitcheck.model.checklist import Checklist
from oitcheck.model.finding import Finding, Run
from oitcheck.pipeline.clock import BANGKOK, now
from oitcheck.pipeline.crawling import (
    RUN_LIMIT,
    Budget,
    Crawl,
    Progress,
    Silent,
    home_page,
    site_pages,
    submitted_page,
)
from oitcheck.pipeline.inputs import Inputs, Selection, complete_submissions
from oitcheck.pipeline.judging import HOME, Bench, bench_of, settled, walked
from oitcheck.pipeline.workshop import crawl_limits, kept_scans, lacking, ocr_is_there, rendered_hosts, workshop
from oitcheck.settings import Settings
from oitcheck.store.records import Store

if TYPE_CHECKING:  # only the reading processes import the reading libraries
    from oitcheck.extract.ocr import KeptScans

# An agency's submissions are walked together; so many agencies at once keep the network busy and memory flat.
AGENCIES_AT_ONCE = 6
LEASE_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. `complete` is False when a limit of the run stopped it before all was crawled."""

    run: Run
    complete: bool
    left_out: tuple[str, ...] = ()


def new_run(settings: Settings, inputs: Inputs, checklist: Checklist, as_of: date) -> Run:
    """A run with an id such as `2566-1-20230407-0214-ab12` (local time of its start)."""
    started = now()
    stamp = started.astimezone(BANGKOK).strftime("%Y%m%d-%H%M")
    name = inputs.round.id if inputs.round.id.startswith(str(inputs.year_be)) else f"{inputs.year_be}-{inputs.round.id}"
    safe = "".join(c if c.isalnum() or c in "-_" else "-" for c in name)
    return Run(
        f"{safe}-{stamp}-{secrets.token_hex(2)}",
        inputs.year_be,
        inputs.round.id,
        checklist.id,
        __version__,
        started,
        as_of.isoformat(),
        lacking(settings),
    )


async def crawl_agency(
    agency: Agency, submissions: Sequence[Submission], store: Store, run_id: str, crawl: Crawl, readers: Readers,
    scans: KeptScans | None, bench: Bench, assessing: bool, progress: Progress,
) -> None:  # fmt: skip
    """Crawl one agency's submissions, keep what they led to, and assess each as soon as it is there.

    `scans` keeps what OCR read; None: no OCR.
    """
    reading = Reading(readers, store.bodies.get, scans)
    home_steps = await home_page(agency, crawl, reading)
    store.record_submission(run_id, agency.id, HOME, home_steps)
    own = [u for s in submissions for u in s.urls if is_on(u, agency.hosts)]
    submitted = await asyncio.gather(*(submitted_page(u, agency, crawl, reading) for u in dict.fromkeys(own)))
    home, site = await site_pages(home_steps, submitted, reading)

    async def one(submission: Submission) -> None:
        steps, found = await walked(bench, agency, submission, crawl, home, site, reading)
        if any(capture.detail == RUN_LIMIT for _, capture in steps):
            return  # left to the run that goes on with this one
        store.record_submission(run_id, agency.id, submission.item, steps)
        if assessing:
            store.add_findings(run_id, await settled(bench, agency, submission, steps, home, site, reading, found))
            progress.assessed(agency, submission.item)

    for group in _batches(submissions, 4):
        await asyncio.gather(*(one(s) for s in group))
    reading.forget()
    progress.agency_done(agency)


def _batches(submissions: Sequence[Submission], size: int) -> Iterable[Sequence[Submission]]:
    for start in range(0, len(submissions), size):
        yield submissions[start : start + size]


async def run_round(
    settings: Settings, store: Store, run: Run, inputs: Inputs, submissions: Sequence[Submission],
    bench: Bench, assessing: bool, progress: Progress,
) -> Outcome:  # fmt: skip
    """Crawl (and where `assessing` assess) every agency of a run that was begun, but for what it has behind it."""
    minutes, most = settings.crawl.max_minutes, settings.crawl.max_total_bytes
    budget = Budget(now() + timedelta(minutes=minutes) if minutes else None, most or None)
    behind = store.reached(run.id, "assessed" if assessing else "crawled")
    mine = {
        a.id: [s for s in submissions if s.agency_id == a.id and (a.id, s.item) not in behind] for a in inputs.agencies
    }
    progress.planned(len(inputs.agencies), sum(map(len, mine.values())))
    gate = asyncio.Semaphore(AGENCIES_AT_ONCE)
    async with workshop(settings) as (fetcher, browser, readers):
        hosts = rendered_hosts(settings)
        crawl = Crawl(fetcher, browser, store, crawl_limits(settings), budget, progress, hosts)
        # As the run says of itself, also when it is gone on with after tesseract was installed.
        scans = None if "ocr" in run.lacking else kept_scans(settings)

        async def one(agency: Agency) -> None:
            async with gate:
                if budget.spent():
                    budget.left_out.extend(u for s in mine[agency.id] for u in s.urls)
                elif mine[agency.id]:
                    await crawl_agency(
                        agency, mine[agency.id], store, run.id, crawl, readers, scans, bench, assessing, progress
                    )

        async with asyncio.TaskGroup() as group:
            for agency in inputs.agencies:
                group.create_task(one(agency))
        hosts.save()
    store.finish_run(run.id, "stopped" if budget.left_out else "done", now())
    return Outcome(run, not budget.left_out, tuple(budget.left_out))


def unfinished_run(
    store: Store, inputs: Inputs, submissions: Sequence[Submission], checklist: Checklist, as_of: date, stage: str
) -> Run | None:
    """The latest run of the round, if it was interrupted and is of the same inputs: then it is gone on with."""
    for record in store.runs():
        run = record.run
        if (run.year_be, run.round_id) != (inputs.year_be, inputs.round.id):
            continue
        alike = (
            record.state != "done"
            and (run.checklist_id, run.version, run.as_of) == (checklist.id, __version__, as_of.isoformat())
            and record.options.get("stage") == stage
            and store.agencies(run.id) == tuple(inputs.agencies)
            and store.submissions(run.id) == tuple(submissions)
        )
        return run if alike else None
    return None


def check_round(
    settings: Settings, store: Store, inputs: Inputs, checklist: Checklist, vocabulary: Vocabulary, as_of: date,
    wanted: Selection, progress: Progress, *, stage: Literal["crawl", "check"] = "check",
) -> Outcome:  # fmt: skip
    """Crawl a round, and for `check` assess it, as a new run. Raises RunBusyError when another run holds the round."""
    submissions = complete_submissions(inputs, wanted)
    holder = f"{socket.gethostname()}:{os.getpid()}"
    lease = store.hold_round(f"{inputs.year_be}/{inputs.round.id}", holder, now(), LEASE_SECONDS)
    try:
        store.save_inputs(inputs.year_be, inputs.agencies, inputs.submissions, (inputs.round,), received_at=now())
        run = unfinished_run(store, inputs, submissions, checklist, as_of, stage)
        if run is None:
            run = new_run(settings, inputs, checklist, as_of)
            store.begin_run(
                run, inputs.agencies, submissions, inputs.round, started_at=run.assessed_at, options={"stage": stage}
            )
        else:
            store.resume_run(run.id)
        bench = bench_of(settings, checklist, vocabulary, inputs.round, as_of)

        async def held() -> Outcome:
            async def keep() -> None:
                nonlocal lease
                while True:
                    await asyncio.sleep(LEASE_SECONDS / 3)
                    lease = store.renew_round(lease, now(), LEASE_SECONDS)

            keeper = asyncio.ensure_future(keep())
            try:
                return await run_round(settings, store, run, inputs, submissions, bench, stage == "check", progress)
            finally:
                keeper.cancel()

        return asyncio.run(held())
    finally:
        store.release_round(lease)


async def try_page(
    settings: Settings, store: Store, urls: tuple[str, ...], agency: Agency, item: str, checklist: Checklist,
    vocabulary: Vocabulary, as_of: date,
) -> tuple[Finding, ...]:  # fmt: skip
    """One submission against one item, at once; `store` is a passing one."""
    async with workshop(settings) as (fetcher, browser, readers):
        crawl = Crawl(
            fetcher, browser, store, crawl_limits(settings), Budget(None, None), Silent(), rendered_hosts(settings)
        )
        reading = Reading(readers, store.bodies.get, kept_scans(settings) if ocr_is_there(settings) else None)
        submission = Submission(agency.id, item, urls)
        home_steps = await home_page(agency, crawl, reading)
        submitted = [await submitted_page(u, agency, crawl, reading) for u in urls]
        home, site = await site_pages(home_steps, submitted, reading)
        bench = bench_of(settings, checklist, vocabulary, Round("", checklist.year_be), as_of)
        steps, found = await walked(bench, agency, submission, crawl, home, site, reading)
        return await settled(bench, agency, submission, steps, home, site, reading, found)
