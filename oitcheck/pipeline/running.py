"""A run of a round: crawled, assessed agency by agency, resumed where it was interrupted; and one page tried."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any, Literal, TypeVar

from oitcheck import __version__
from oitcheck.crawl.http import HttpFetcher
from oitcheck.crawl.ordering import interleaved
from oitcheck.errors import OitcheckError
from oitcheck.extract.isolation import Readers
from oitcheck.gathering import Reading
from oitcheck.lib.terms import Vocabulary
from oitcheck.lib.urls import host_of, is_on
from oitcheck.model.agency import Agency, Round, Submission
from oitcheck.model.checklist import Checklist
from oitcheck.model.finding import Finding, Run
from oitcheck.pipeline.budget import Budget, Progress, Silent
from oitcheck.pipeline.clock import BANGKOK, now
from oitcheck.pipeline.crawling import Crawl
from oitcheck.pipeline.holding import Hold, held
from oitcheck.pipeline.inputs import Inputs, Selection, complete_submissions
from oitcheck.pipeline.judging import HOME, Bench, Frame, Walked, bench_of, conclude, reading_of, settled, walked
from oitcheck.pipeline.ledger import Ledger
from oitcheck.pipeline.left_out import addresses_of, broken_entry, concerns_all, reason_of, refuse_all
from oitcheck.pipeline.past import Past
from oitcheck.pipeline.program import judging_version
from oitcheck.pipeline.rechecking import Recheck
from oitcheck.pipeline.retracing import retraced
from oitcheck.pipeline.rounds import as_registered, latest_receipt, received_for, require_open
from oitcheck.pipeline.turns import Turns
from oitcheck.pipeline.unchanged import walk_given
from oitcheck.pipeline.walking import home_page, is_answered, is_cut, site_pages, submitted_page
from oitcheck.pipeline.workshop import (
    crawl_limits,
    kept_readings,
    kept_scans,
    lacking,
    ocr_is_there,
    rendered_hosts,
    workshop,
)
from oitcheck.settings import Settings
from oitcheck.store.records import RunRecord, Store

log = logging.getLogger(__name__)

Given = TypeVar("Given")

# An agency's submissions are walked together. Fewer at once and dead sites hold the places of living ones; what is read
# of an agency is let go when it is done, so more cost memory.
AGENCIES_AT_ONCE = 16
LEASE_SECONDS = 900.0
# How often a run looks whether its hold was lost.
_LOOK_SECONDS = 1.0
# An agency none of whose sites gives an answer has its turn so much later, or when all others are done.
POSTPONED_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. `complete` is False when something was left out: by a limit of the run (`by_limit`), or since an
    agency could not be checked (`broken`: their ids with the reason).
    """

    run: Run
    complete: bool
    left_out: tuple[str, ...] = ()
    broken: Mapping[str, str] = field(default_factory=dict)
    by_limit: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Works:
    """What the agencies of one run share. Without `assessing` they are only crawled; what is shown in the browser hangs
    on the rules all the same.
    """

    settings: Settings
    store: Store
    record: RunRecord
    crawl: Crawl
    ledger: Ledger
    readers: Readers
    bench: Bench
    assessing: bool
    progress: Progress


async def crawl_agency(
    agency: Agency, submissions: Sequence[Submission], works: Works, *, may_postpone: bool = False
) -> bool:
    """Crawl all of an agency's submissions that the run has not behind it, keep what they led to, and assess each as
    soon as it is there. False when that is postponed, since none of its sites gives an answer now.

    What the limit of the run left out is left to the run that goes on with this one: an agency is judged only when all
    its submitted pages were asked for, since together they show the frame of its site.
    """
    store, record, crawl, bench = works.store, works.record, works.crawl, works.bench
    run_id = record.run.id
    reading = reading_of(works.settings, store, record.run, works.readers, may_write=True)
    version = judging_version() + reading.version
    past = Past(store, record, agency.id)
    kept = store.trail_of(run_id, agency.id)
    assessed = store.stages(run_id, agency.id, "assessed")
    if crawl.has_browser:
        crawl.shows_plain(past.shown_plain(version))
    if may_postpone and HOME not in kept and not await is_answered(agency, crawl, reading):
        return False
    home_steps = kept[HOME] if HOME in kept else await home_page(agency, crawl, reading)
    own = [u for s in submissions for u in s.urls if is_on(u, agency.hosts)]
    submitted = await _all_of(submitted_page(u, agency, crawl, reading) for u in dict.fromkeys(own))
    left = [s for s in submissions if s.item not in kept or (works.assessing and s.item not in assessed)]
    if is_cut(home_steps) or is_cut(("walk", capture) for capture in submitted):
        crawl.leave_out(addresses_of(agency, left))
        return True
    known = (store.stages(run_id, agency.id, "crawled").get(HOME), past.crawled(HOME))
    frame = Frame(version, agency, home_steps, submitted, reading, known)
    if HOME not in kept:
        store.record_submission(run_id, agency.id, HOME, home_steps, depends_on=frame.given, frame=await frame.digest())

    async def newly_walked(submission: Submission) -> Walked:
        pages = [c for c in submitted if c.url in submission.urls]
        known = {host_of(c.final_url) for c in pages if crawl.renders_at_once(c.final_url)}
        judged_by = [bench.checklist.id, bench.judging.unconfirmed] if crawl.has_browser else None
        given = partial(
            walk_given,
            version,
            agency,
            submission,
            crawl.limits,
            await frame.digest(),
            checklist=bench.checklist.id,
            judged_by=judged_by,
        )
        found, depends_on = await _walked(submission, agency, crawl, reading, bench, frame, given, sorted(known), past)
        if not is_cut(found.steps):
            is_final = not crawl.browser_failed(found.steps)
            store.record_submission(
                run_id, agency.id, submission.item, found.steps, depends_on=depends_on if is_final else ""
            )
        return found

    async def one(submission: Submission) -> None:
        item = submission.item
        found = Walked(kept[item]) if item in kept else await newly_walked(submission)
        if is_cut(found.steps):
            return
        if works.assessing and item not in assessed:
            await conclude(
                store, record, bench, agency, submission, home_steps, found.steps, frame, reading, past, found.judged
            )
        works.progress.assessed(agency, item)

    for group in _batches(left, 4):
        await _all_of(one(s) for s in group)
    reading.forget()
    works.ledger.forget(agency.id)
    works.progress.agency_done(agency)
    return True


async def _all_of(works: Iterable[Awaitable[Given]]) -> list[Given]:
    """What they give, in order. Raises the first error: when it is of one agency, not before all of them have ended."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        if tasks:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                if isinstance(error := task.exception(), Exception) and concerns_all(error):
                    raise error
            await asyncio.wait(tasks)  # to end them in the middle would end what others wait for too
        return [task.result() for task in tasks]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _walked(
    submission: Submission, agency: Agency, crawl: Crawl, reading: Reading, bench: Bench, frame: Frame,
    given: Callable[..., str], known: Sequence[str], past: Past,
) -> tuple[Walked, str]:  # fmt: skip
    """What a submission leads to, and what that depends on besides: along the way of an earlier run while nothing
    changed on it, else found anew. `known`: the hosts of its pages that are known to need the browser.
    """
    before = past.crawled(submission.item)
    # A way on which the rules found all without the browser stands, though the host is known to need it by now.
    ways = {given(): (False, False), given(at_once=known): (False, True), given(insisted=True): (True, True)}
    if before and before.depends_on and before.depends_on in ways:
        insist, at_once = ways[before.depends_on]
        old = past.steps(before.run_id, submission.item)
        again = await retraced(old, agency, crawl, reading, insist=insist, at_once=at_once)
        if again is not None:
            return Walked(again, insist), before.depends_on
    home, site = await frame.pages()
    found = await walked(bench, agency, submission, crawl, home, site, reading)
    return found, given(insisted=True) if found.insisted else given(at_once=known)


def _batches(submissions: Sequence[Submission], size: int) -> Iterable[Sequence[Submission]]:
    for start in range(0, len(submissions), size):
        yield submissions[start : start + size]


async def run_round(
    settings: Settings, store: Store, run: Run, inputs: Inputs, submissions: Sequence[Submission],
    bench: Bench, assessing: bool, progress: Progress,
) -> Outcome:  # fmt: skip
    """Crawl (and where `assessing` assess) every agency of a run that was begun, but for what it has behind it.

    An agency that could not be checked is left out with its reason. Raises what concerns all of them.
    """
    limits = settings.crawl
    ends_at = now() + timedelta(minutes=limits.max_minutes) if limits.max_minutes else None
    budget = Budget(ends_at, limits.max_total_bytes or None, pages_left=limits.max_pages or None)
    stage: Literal["crawled", "assessed"] = "assessed" if assessing else "crawled"
    behind = store.reached(run.id, stage)
    broken: dict[str, dict[str, Any]] = {}
    mine = {a.id: [s for s in submissions if s.agency_id == a.id] for a in inputs.agencies}
    left = {a: [s for s in all_of_one if (a, s.item) not in behind] for a, all_of_one in mine.items()}
    progress.planned(len(inputs.agencies), sum(map(len, left.values())))
    recheck = Recheck(
        limits.recheck_after_days, limits.recheck_most_days, date.fromisoformat(run.as_of), inputs.round.closes_on
    )
    async with workshop(settings) as (fetcher, browser, readers), Ledger(store, run) as ledger:
        hosts = rendered_hosts(settings)
        crawl = Crawl(
            fetcher, browser, store, crawl_limits(settings), budget, progress,
            ledger=ledger, recheck=recheck, hosts=hosts,
        )  # fmt: skip
        works = Works(settings, store, store.run(run.id), crawl, ledger, readers, bench, assessing, progress)

        async def one(agency: Agency, is_last: bool) -> bool:
            if budget.spent():
                budget.left_out.extend(addresses_of(agency, left[agency.id]))
                return True
            if is_last:
                fetcher.retry_left_alone(agency.hosts)
            try:
                return not left[agency.id] or await crawl_agency(
                    agency, mine[agency.id], works, may_postpone=not is_last
                )
            except Exception as error:
                if concerns_all(error):
                    refuse_all(error, str(settings.data_dir))
                log.exception("agency %s could not be checked; the run goes on with the others", agency.id)
                leave_broken(agency, error)
                return True

        def leave_broken(agency: Agency, error: Exception) -> None:
            ledger.forget(agency.id)
            done = store.stages(run.id, agency.id, stage)
            rest = [s for s in left[agency.id] if s.item not in done]
            if rest:
                broken[agency.id] = broken_entry(agency, rest, reason_of(error))
                budget.left_out.extend(broken[agency.id]["left_out"])

        try:
            agencies = await _in_turn(inputs.agencies, left, fetcher)
            # Sites that gave no answer are asked once more later: a restart may be over by then.
            turns = Turns(
                agencies, one, at_once=AGENCIES_AT_ONCE, wait_seconds=POSTPONED_SECONDS, monotonic=time.monotonic
            )
            await turns.all_done()
        except* OitcheckError as errors:
            raise _first(errors) from errors
    left_out = tuple(dict.fromkeys(budget.left_out))
    if not left_out:  # the run that goes on with this one is to go the same ways
        hosts.save()
    store.finish_run(run.id, "stopped" if left_out else "done", now(), left_out, broken)
    of_broken = {url for told in broken.values() for url in told["left_out"]}
    by_limit = tuple(url for url in left_out if url not in of_broken)
    reasons = {agency_id: told["reason"] for agency_id, told in broken.items()}
    return Outcome(run, not left_out, left_out, reasons, by_limit)


async def _in_turn(
    agencies: Sequence[Agency], left: Mapping[str, Sequence[Submission]], fetcher: HttpFetcher
) -> Sequence[Agency]:
    """The agencies so that those of one address stand apart, and those with the most to do begin first."""
    known = [agency for agency in agencies if agency.hosts]
    places = await asyncio.gather(*(fetcher.place_of(agency.hosts[0]) for agency in known))
    place_of = {agency.id: place for agency, place in zip(known, places, strict=True)}
    return interleaved(
        agencies, place_of=lambda a: place_of.get(a.id, ""), amount_of=lambda a: sum(len(s.urls) for s in left[a.id])
    )


def _first(errors: BaseExceptionGroup[OitcheckError]) -> OitcheckError:
    """One of our own errors out of a group: when the disk is full, all that work hear of it."""
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, OitcheckError)
    return error


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
    """Crawl a round, and for `check` assess it, as a new run.

    Raises RunBusyError when another run holds the round, SettingsError when it is frozen.
    """
    inputs = as_registered(store, inputs, checklist)
    require_open(inputs.round)
    submissions = complete_submissions(inputs, wanted)
    name = f"{inputs.year_be}/{inputs.round.id}"
    with held(store, name, now, LEASE_SECONDS) as hold:
        received_at, latest = received_for(as_of, now()), latest_receipt(now())
        store.save_inputs(
            inputs.year_be, inputs.agencies, inputs.submissions, (inputs.round,), received_at=received_at, latest=latest
        )
        run = unfinished_run(store, inputs, submissions, checklist, as_of, stage)
        if run is None:
            store.give_up_unfinished(inputs.year_be, inputs.round.id, now())
            run = new_run(settings, inputs, checklist, as_of)
            options = {
                "stage": stage,
                "program": judging_version() + _reading_version(settings),
                "selection": {"agencies": list(wanted.agencies), "items": list(wanted.items)},
            }
            store.begin_run(
                run, inputs.agencies, submissions, inputs.round, started_at=run.assessed_at, options=options
            )
        else:
            store.resume_run(run.id)
        bench = bench_of(settings, checklist, vocabulary, inputs.round, as_of)
        working = run_round(settings, store, run, inputs, submissions, bench, stage == "check", progress)
        try:
            return asyncio.run(_while_held(working, hold))
        except KeyboardInterrupt:
            store.finish_run(run.id, "stopped", now())
            raise


def _reading_version(settings: Settings) -> str:
    return kept_readings(settings, lacking(settings)).version


async def _while_held(work: Coroutine[None, None, Outcome], hold: Hold) -> Outcome:
    """What `work` gives. Raises RunBusyError, and ends it, when the hold on the round is lost."""
    working = asyncio.ensure_future(work)
    try:
        while not working.done():
            await asyncio.wait((working,), timeout=_LOOK_SECONDS)
            if hold.error and not working.done():
                raise hold.error
        return await working
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def try_page(
    settings: Settings, store: Store, urls: tuple[str, ...], agency: Agency, item: str, checklist: Checklist,
    vocabulary: Vocabulary, as_of: date,
) -> tuple[Finding, ...]:  # fmt: skip
    """One submission against one item, at once; `store` is a passing one."""
    async with workshop(settings) as (fetcher, browser, readers):
        crawl = Crawl(
            fetcher,
            browser,
            store,
            crawl_limits(settings),
            Budget(None, None),
            Silent(),
            hosts=rendered_hosts(settings),
        )
        reading = Reading(readers, store.bodies.get, kept_scans(settings) if ocr_is_there(settings) else None)
        submission = Submission(agency.id, item, urls)
        home_steps = await home_page(agency, crawl, reading)
        submitted = [await submitted_page(u, agency, crawl, reading) for u in urls]
        home, site = await site_pages(home_steps, submitted, reading)
        bench = bench_of(settings, checklist, vocabulary, Round("", checklist.year_be), as_of)
        found = await walked(bench, agency, submission, crawl, home, site, reading)
        return await settled(bench, agency, submission, found.steps, home, site, reading, found.judged)
