"""`Store`: all that is kept, behind typed methods. The only door to the database and the kept bodies.

A run is the record of one assessment: it keeps its own copy of agencies, submissions and round, so that it can be
replayed when the registry has long moved on. Nothing of a run is overwritten; each stage of each submission is written
in one transaction and once only, so a run that was interrupted is simply continued.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Insert, Select, bindparam, func, insert, select, update

from oitcheck.errors import StoreError, UnknownRunError
from oitcheck.lib.thai_text import similar_words
from oitcheck.model.agency import Agency, Receipt, Round, Submission
from oitcheck.model.evidence import SCREENSHOT_OF, Capture, FetchOutcome
from oitcheck.model.finding import Finding, Outcome, Run
from oitcheck.model.review import Review
from oitcheck.settings import Settings
from oitcheck.store import database, leases, registry, reviews, rounds, rows
from oitcheck.store.bodies import Bodies, require_free
from oitcheck.store.columns import Instant, Words
from oitcheck.store.conflict import claimed, insert_missing
from oitcheck.store.database import Database, Status
from oitcheck.store.leases import Lease
from oitcheck.store.nights import Nights
from oitcheck.store.order import code_order, finding_order
from oitcheck.store.refusal import refusals
from oitcheck.store.registry import Saved
from oitcheck.store.rows import Held, Role, RunRecord, RunState, StageRecord
from oitcheck.store.tables import capture, finding, progress, retrieval, run_agency, run_submission, trail
from oitcheck.store.tables import run as run_table
from oitcheck.store.websites import Websites

__all__ = [
    "Held",
    "Lease",
    "Receipt",
    "Role",
    "RunRecord",
    "RunState",
    "Saved",
    "Stage",
    "StageRecord",
    "Status",
    "Store",
]

Stage = Literal["crawled", "assessed"]
Place = tuple[str, str]
Step = tuple[Role, Capture]

# SQLite takes 32,766 variables in a statement; older ones 999.
_IDS_AT_A_TIME = 500
_READABLE = tuple(outcome.value for outcome in FetchOutcome if outcome.is_ok)


def _carrying() -> tuple[Select[Any], Insert]:
    """Whether a run has findings of a submission, and their copy into another run: put together once, since that costs
    more than to run them."""
    theirs = (
        finding.c.run_id == bindparam("from_run"),
        finding.c.agency_id == bindparam("of_agency"),
        finding.c.item == bindparam("of_item"),
    )
    changed = {
        "run_id": bindparam("to_run", type_=Words()),
        "holds_since": func.coalesce(finding.c.holds_since, bindparam("since", type_=Instant())),
    }
    names = [column.name for column in finding.c]
    copied = select(*(changed.get(name, finding.c[name]) for name in names)).where(*theirs)
    return select(finding.c.run_id).where(*theirs).limit(1), insert(finding).from_select(names, copied)


_HAS_FINDINGS, _CARRY_FINDINGS = _carrying()


class Store:
    """An open store. Use `with Store.open(settings) as store`."""

    def __init__(self, opened: Database, bodies: Bodies) -> None:
        self._database = opened
        self.bodies = bodies
        self.nights = Nights(opened)
        self.websites = Websites(opened)

    @classmethod
    @contextmanager
    def open(cls, settings: Settings, *, write: bool = True) -> Iterator[Store]:
        """Open database and data folder; for writing, both are made and upgraded as needed.

        Raises StoreError: not writable, not a database, of a newer version, too little space; for reading also when
        there is nothing yet.
        """
        if write:
            with refusals(str(settings.data_dir)):
                settings.data_dir.mkdir(parents=True, exist_ok=True)
                require_free(settings.data_dir, settings.storage.least_free_bytes)
        opened = database.opened(settings, write=write)
        try:
            yield cls(opened, Bodies(settings.data_dir, least_free_bytes=settings.storage.least_free_bytes))
        finally:
            opened.close()

    def status(self) -> Status:
        """Versions of database and program."""
        return self._database.status()

    # Who works on a round

    def hold_round(
        self,
        name: str,
        holder: str,
        now: datetime,
        seconds: float,
        has_died: Callable[[str], bool] = lambda _: False,
    ) -> Lease:
        """Take the lease on a round (or prolong one's own). Raises RunBusyError: who holds it, since when.

        A holder of whom `has_died` says so holds nothing any more.
        """
        with self._database.writing() as connection:
            return leases.hold(connection, name, holder, now, seconds, has_died)

    def renew_round(self, lease: Lease, now: datetime, seconds: float) -> Lease:
        """Prolong a lease. Raises RunBusyError when it was lost."""
        with self._database.writing() as connection:
            return leases.renew(connection, lease, now, seconds)

    def release_round(self, lease: Lease) -> None:
        """Give a lease back; harmless when it was lost."""
        with self._database.writing() as connection:
            leases.release(connection, lease)

    # The registry

    def save_inputs(
        self,
        year_be: int,
        agencies: Iterable[Agency],
        submissions: Iterable[Submission],
        rounds: Iterable[Round] = (),
        *,
        received_at: datetime,
        latest: datetime | None = None,
        correct: bool = False,
    ) -> Saved:
        """Register imports in one transaction. Unmentioned ones stay; changed submissions keep their history.

        A receipt dated after `latest` cannot be and is set aside by what comes in; `correct` gives what is registered
        alike this date of receipt. Of a receipt set aside the date stays, and it never counted (`Receipt.is_void`).
        """
        dates = registry.Dates(received_at, latest, correct)
        with self._database.writing() as connection:
            return registry.save(connection, year_be, agencies, submissions, rounds, dates)

    def registered_agencies(self, year_be: int) -> tuple[Agency, ...]:
        """Agencies as last imported, by id."""
        with self._database.reading() as connection:
            return registry.agencies(connection, year_be)

    def registered_submissions(self, year_be: int, round_id: str | None = None) -> tuple[Submission, ...]:
        """Submissions that count now, of one round or of the whole year, by agency and item."""
        with self._database.reading() as connection:
            return registry.submissions(connection, year_be, round_id)

    def registered_rounds(self, year_be: int) -> tuple[Round, ...]:
        """Rounds as last imported, by id."""
        with self._database.reading() as connection:
            return registry.rounds(connection, year_be)

    def define_round(self, round_: Round) -> None:
        """Register a round that the province defines itself, or change its dates and items."""
        with self._database.writing() as connection:
            rounds.define(connection, round_)

    def freeze_round(self, round_: Round, run_id: str, frozen_at: datetime) -> bool:
        """Fix a round to what a run kept; False (and nothing written) when it is frozen already."""
        key = self.run(run_id).run.id
        with self._database.writing() as connection:
            return rounds.freeze(connection, round_, key, frozen_at)

    def receipts(self, year_be: int, *, history: bool = True) -> tuple[Receipt, ...]:
        """Everything handed in for a year, by agency, item and date; `history`: with what was replaced since."""
        with self._database.reading() as connection:
            return registry.receipts(connection, year_be, history=history)

    # What people decided

    def add_review(self, review: Review) -> None:
        """Add a person's decision. Raises StoreError when its run is not known."""
        self.run(review.run_id)
        with self._database.writing() as connection:
            reviews.add(connection, review)

    def reviews(self, year_be: int) -> tuple[Review, ...]:
        """Every decision of a fiscal year in the order in which they were made."""
        with self._database.reading() as connection:
            return reviews.of_year(connection, year_be)

    # Writing a run

    def begin_run(
        self,
        run: Run,
        agencies: Sequence[Agency],
        submissions: Sequence[Submission],
        round_: Round,
        *,
        started_at: datetime,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        """Start a run with its own copy of the inputs. Raises StoreError when its id is taken."""
        with self._database.writing() as connection:
            if connection.execute(select(run_table.c.id).where(run_table.c.id == run.id)).first():
                raise StoreError(f"there is a run {run.id} already", where=self._database.where, remedy="Resume it.")
            connection.execute(insert(run_table).values(rows.run_row(run, round_, started_at, options or {})))
            copies = [
                {
                    "run_id": run.id,
                    "agency_id": agency.id,
                    "ordinal": ordinal,
                    "fiscal_year_be": agency.fiscal_year_be,
                    **rows.agency_row(agency),
                }
                for ordinal, agency in enumerate(agencies)
            ]
            if copies:
                connection.execute(insert(run_agency), copies)
            handed_in = [
                {
                    "run_id": run.id,
                    "agency_id": one.agency_id,
                    "item": one.item,
                    "ordinal": ordinal,
                    "urls": list(one.urls),
                    "note": one.note,
                }
                for ordinal, one in enumerate(submissions)
            ]
            if handed_in:
                connection.execute(insert(run_submission), handed_in)

    def resume_run(self, run_id: str) -> RunRecord:
        """Mark a stopped or failed run as running again. Raises StoreError for one that is done."""
        record = self.run(run_id)
        if record.state == "done":
            remedy = "Start a new run; a finished one is never changed."
            raise StoreError(f"the run {record.run.id} is done", where=self._database.where, remedy=remedy)
        self._set_state(record.run.id, "running", None)
        return self.run(record.run.id)

    def finish_run(
        self,
        run_id: str,
        state: RunState,
        finished_at: datetime | None,
        left_out: Sequence[str] = (),
        broken: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        """Close a run as done, stopped or failed; `left_out` are the addresses that are left to its next start.

        `broken`: the agencies that could not be checked, by id, as `RunRecord.broken` gives them.
        """
        record = self.run(run_id)
        options = {name: value for name, value in record.options.items() if name not in ("left_out", rows.BROKEN)}
        if left_out:
            options["left_out"] = list(left_out)
        if broken:
            options[rows.BROKEN] = {agency_id: dict(told) for agency_id, told in broken.items()}
        self._set_state(record.run.id, state, finished_at, options)

    def note_broken(self, run_id: str, broken: Mapping[str, Mapping[str, Any]], left_out: Sequence[str]) -> None:
        """Replace what a closed run says of agencies that could not be checked, and what it left out; not its state."""
        record = self.run(run_id)
        self.finish_run(run_id, record.state, record.finished_at, left_out, broken)

    def give_up_unfinished(self, year_be: int, round_id: str, finished_at: datetime) -> None:
        """Close as failed what claims to be running in a round that nobody but us works on."""
        with self._database.writing() as connection:
            mine = (run_table.c.year_be == year_be, run_table.c.round_id == round_id, run_table.c.state == "running")
            connection.execute(update(run_table).where(*mine).values(state="failed", finished_at=finished_at))

    def record_retrievals(self, run_id: str, ended: Sequence[tuple[str, str, Capture]]) -> None:
        """Keep retrievals that ended, as (address, agency, capture), in one transaction; each address once a run."""
        if not ended:
            return
        with self._database.writing() as connection:
            ids = _kept_captures(connection, [one for _, _, one in ended])
            entries = [
                {"run_id": run_id, "address": address, "agency_id": agency_id, "capture_id": capture_id}
                for (address, agency_id, _), capture_id in zip(ended, ids, strict=True)
            ]
            insert_missing(connection, retrieval, entries, retrieval.c.run_id, retrieval.c.address)

    def record_submission(
        self,
        run_id: str,
        agency_id: str,
        item: str,
        steps: Iterable[Step],
        *,
        depends_on: str = "",
        frame: str = "",
    ) -> bool:
        """Keep what one submission led to, in order. False (and nothing written) when the run has it already.

        `depends_on` and `frame` are what a later run compares; see the table `progress`.
        """
        walk = tuple(steps)
        with self._database.writing() as connection:
            if not self._claim(
                connection, run_id, agency_id, item, "crawled", {"depends_on": depends_on, "frame": frame}
            ):
                return False
            ids = _kept_captures(connection, [step[1] for step in walk])
            entries = [
                {
                    "run_id": run_id,
                    "agency_id": agency_id,
                    "item": item,
                    "ordinal": ordinal,
                    "capture_id": capture_id,
                    "found_on": taken.found_on,
                    "link_text": taken.link_text,
                    "depth": taken.depth,
                    "role": role,
                }
                for ordinal, ((role, taken), capture_id) in enumerate(zip(walk, ids, strict=True))
            ]
            if entries:
                connection.execute(insert(trail), entries)
        return True

    def add_findings(
        self, run_id: str, findings: Iterable[Finding], *, depends_on: str = "", carried_from: str = ""
    ) -> int:
        """Keep findings, one transaction for each submission; those of a submission the run has already are left out.

        Returns how many were written. All findings of one submission must come in one call. `depends_on` and
        `carried_from` (findings of one submission only): see the table `progress`.
        """
        by_place: dict[Place, list[Finding]] = {}
        for one in findings:
            by_place.setdefault((one.agency_id, one.item), []).append(one)
        written = 0
        for (agency_id, item), group in by_place.items():
            with self._database.writing() as connection:
                told = {"depends_on": depends_on, "carried_from": carried_from}
                if self._claim(connection, run_id, agency_id, item, "assessed", told):
                    connection.execute(insert(finding), [rows.finding_row(run_id, one) for one in group])
                    written += len(group)
        return written

    def carry_findings(
        self, run_id: str, agency_id: str, item: str, *, depends_on: str, carried_from: str, since: datetime
    ) -> bool:
        """Take over the findings of a submission from another run as they stand there.

        `since`: since when those hold that do not say so themselves. False (and nothing written) when the run has
        findings of the submission already, or the other has none.
        """
        with self._database.writing() as connection:
            theirs = {"from_run": carried_from, "of_agency": agency_id, "of_item": item}
            if connection.execute(_HAS_FINDINGS, theirs).first() is None:
                return False
            told = {"depends_on": depends_on, "carried_from": carried_from}
            if not self._claim(connection, run_id, agency_id, item, "assessed", told):
                return False
            connection.execute(_CARRY_FINDINGS, {**theirs, "to_run": run_id, "since": since})
        return True

    def reached(self, run_id: str, stage: Stage) -> frozenset[Place]:
        """(agency, item) pairs that the run has behind it: a resumed run leaves them out."""
        with self._database.reading() as connection:
            query = select(progress.c.agency_id, progress.c.item)
            query = query.where(progress.c.run_id == run_id, progress.c.stage == stage)
            return frozenset((row.agency_id, row.item) for row in connection.execute(query))

    # What later runs build on

    def retrievals(self, run_id: str, agency_id: str | None = None) -> dict[str, Capture]:
        """The retrievals of a run (of one agency in it) by address."""
        with self._database.reading() as connection:
            query = select(retrieval.c.address, capture).join(capture, retrieval.c.capture_id == capture.c.id)
            query = query.where(retrieval.c.run_id == run_id)
            if agency_id is not None:
                query = query.where(retrieval.c.agency_id == agency_id)
            return {row["address"]: rows.capture_of(row) for row in connection.execute(query).mappings()}

    def last_retrievals(self, agency_id: str, but: str, version: str) -> dict[str, Capture]:
        """The retrievals of the latest run of a program version that asked for anything of an agency, by address.

        The run `but` is left out, here and in `last_retrieval`.
        """
        with self._database.reading() as connection:
            query = select(run_table.c.id).where(
                run_table.c.id != but,
                run_table.c.version == version,
                select(retrieval.c.run_id)
                .where(retrieval.c.agency_id == agency_id, retrieval.c.run_id == run_table.c.id)
                .exists(),
            )
            query = query.order_by(run_table.c.started_at.desc(), run_table.c.id.desc()).limit(1)
            latest = connection.execute(query).scalar_one_or_none()
        return self.retrievals(latest, agency_id) if latest else {}

    def last_retrieval(self, address: str, but: str, version: str, *, with_body: bool = False) -> Capture | None:
        """The latest retrieval of an address by a program version; `with_body`: the latest that was read."""
        query = select(capture).join(retrieval, retrieval.c.capture_id == capture.c.id)
        query = query.join(run_table, retrieval.c.run_id == run_table.c.id)
        query = query.where(retrieval.c.address == address, retrieval.c.run_id != but, run_table.c.version == version)
        if with_body:
            query = query.where(capture.c.sha256 != "", capture.c.outcome.in_(_READABLE))
        with self._database.reading() as connection:
            found = connection.execute(query.order_by(retrieval.c.capture_id.desc()).limit(1)).mappings().first()
        return None if found is None else rows.capture_of(found)

    def stages(self, run_id: str, agency_id: str, stage: Stage) -> dict[str, StageRecord]:
        """How a run came by a stage of an agency's submissions, by item."""
        with self._database.reading() as connection:
            query = select(progress).where(
                progress.c.run_id == run_id, progress.c.agency_id == agency_id, progress.c.stage == stage
            )
            return {row["item"]: rows.stage_record(row) for row in connection.execute(query).mappings()}

    def stages_before(self, record: RunRecord, agency_id: str, stage: Stage) -> dict[str, StageRecord]:
        """The same of the latest run of the round before `record` that reached the stage, for each item by itself."""
        run = record.run
        earlier = (
            run_table.c.year_be == run.year_be,
            run_table.c.round_id == run.round_id,
            run_table.c.id != run.id,
            run_table.c.started_at <= record.started_at,
            progress.c.agency_id == agency_id,
            progress.c.stage == stage,
        )
        joined = progress.join(run_table, progress.c.run_id == run_table.c.id)
        latest = (
            select(progress.c.item, func.max(run_table.c.started_at).label("at"))
            .select_from(joined)
            .where(*earlier)
            .group_by(progress.c.item)
            .subquery()
        )
        query = (
            select(progress)
            .select_from(
                joined.join(latest, (latest.c.item == progress.c.item) & (latest.c.at == run_table.c.started_at))
            )
            .where(*earlier)
            .order_by(run_table.c.id)
        )
        with self._database.reading() as connection:
            return {row["item"]: rows.stage_record(row) for row in connection.execute(query).mappings()}

    def trail_of(self, run_id: str, agency_id: str) -> dict[str, tuple[Step, ...]]:
        """The steps of every submission of an agency that a run crawled, by item."""
        return {item: steps for _, item, steps in self._trail_of(run_id, agency_id)}

    # Reading runs

    def runs(self) -> tuple[RunRecord, ...]:
        """All runs, newest first."""
        with self._database.reading() as connection:
            query = select(run_table).order_by(run_table.c.started_at.desc(), run_table.c.id.desc())
            return tuple(rows.run_record(row) for row in connection.execute(query).mappings())

    def run(self, run_id: str) -> RunRecord:
        """A run by its id, or the newest by the word `latest`. Raises UnknownRunError when there is none."""
        with self._database.reading() as connection:
            return rows.run_record(self._run_row(connection, run_id))

    def agencies(self, run_id: str) -> tuple[Agency, ...]:
        """The agencies of a run as they were then, in the order given."""
        with self._database.reading() as connection:
            key = self._run_row(connection, run_id)["id"]
            query = select(run_agency).where(run_agency.c.run_id == key).order_by(run_agency.c.ordinal)
            found = connection.execute(query).mappings()
            return tuple(rows.agency_of(row, row["agency_id"], row["fiscal_year_be"]) for row in found)

    def submissions(self, run_id: str) -> tuple[Submission, ...]:
        """The submissions of a run as they were then, in the order given."""
        with self._database.reading() as connection:
            key = self._run_row(connection, run_id)["id"]
            query = select(run_submission).where(run_submission.c.run_id == key).order_by(run_submission.c.ordinal)
            return tuple(rows.submission_of(row) for row in connection.execute(query).mappings())

    def held(self, year_be: int, round_id: str) -> Mapping[str, Held]:
        """How much each run of a round holds, by run id, newest first."""
        mine = (run_table.c.year_be == year_be, run_table.c.round_id == round_id)
        handed_in = run_submission.c
        counted = select(
            handed_in.run_id, func.count().label("n"), func.count(handed_in.item.distinct()).label("items")
        )
        behind = select(progress.c.run_id, func.count().label("n")).where(progress.c.stage == "assessed")
        with self._database.reading() as connection:
            query = select(run_table.c.id, run_table.c.due_items).where(*mine)
            ordered = query.order_by(run_table.c.started_at.desc(), run_table.c.id.desc())
            ids = {row.id: row.due_items for row in connection.execute(ordered)}
            agencies: dict[str, set[str]] = {run_id: set() for run_id in ids}
            listed = select(run_agency.c.run_id, run_agency.c.agency_id).join(run_table).where(*mine)
            for row in connection.execute(listed):
                agencies[row.run_id].add(row.agency_id)
            counted = counted.join(run_table).where(*mine).group_by(handed_in.run_id)
            began_with = {row.run_id: row for row in connection.execute(counted)}
            behind = behind.join(run_table).where(*mine).group_by(progress.c.run_id)
            assessed = {row.run_id: row.n for row in connection.execute(behind)}
        return {
            run_id: Held(
                frozenset(agencies[run_id]),
                began_with[run_id].items if run_id in began_with else 0,
                began_with[run_id].n if run_id in began_with else 0,
                assessed.get(run_id, 0),
                tuple(due),
            )
            for run_id, due in ids.items()
        }

    def round(self, run_id: str) -> Round:
        """The round of a run as it was then."""
        with self._database.reading() as connection:
            return rows.run_round(self._run_row(connection, run_id))

    def trail(self, run_id: str) -> Iterator[tuple[str, str, tuple[Step, ...]]]:
        """(agency, item, steps) of every submission that was crawled, by agency and item; one agency in memory."""
        key = self.run(run_id).run.id
        for agency_id in self._agency_ids(key, "crawled"):
            yield from self._trail_of(key, agency_id)

    def final_urls(self, run_id: str) -> Mapping[Place, tuple[str, ...]]:
        """By agency and item where the submitted addresses that could be opened led to in the end, each once."""
        with self._database.reading() as connection:
            key = self._run_row(connection, run_id)["id"]
            query = (
                select(trail.c.agency_id, trail.c.item, capture.c.final_url)
                .join(capture, trail.c.capture_id == capture.c.id)
                .where(trail.c.run_id == key, trail.c.role == "walk", trail.c.depth == 0)
                .where(capture.c.outcome.in_(("ok", "not_modified")))
                .order_by(trail.c.agency_id, trail.c.item, trail.c.ordinal)
            )
            found: dict[Place, dict[str, None]] = {}
            for row in connection.execute(query):
                found.setdefault((row.agency_id, row.item), {})[row.final_url] = None
        return {place: tuple(urls) for place, urls in found.items()}

    def captures_telling(self, run_id: str, sign: str) -> tuple[tuple[str, Capture], ...]:
        """Agency id and capture of whatever a run retrieved with `sign` in its `detail`, each once, in order."""
        with self._database.reading() as connection:
            key = self._run_row(connection, run_id)["id"]
            query = (
                select(capture, trail.c.agency_id)
                .join(trail, trail.c.capture_id == capture.c.id)
                .where(trail.c.run_id == key, capture.c.detail.contains(sign, autoescape=True))
                .order_by(trail.c.agency_id, trail.c.item, trail.c.ordinal)
            )
            found = {(row["agency_id"], row["id"]): row for row in connection.execute(query).mappings()}
        return tuple((agency_id, rows.capture_of(row)) for (agency_id, _), row in found.items())

    def findings(self, run_id: str, agency_id: str | None = None) -> Iterator[Finding]:
        """The findings of a run, or of one agency in it, by agency, item, requirement, about; one agency in memory."""
        key = self.run(run_id).run.id
        for one in self._agency_ids(key, "assessed") if agency_id is None else (agency_id,):
            with self._database.reading() as connection:
                query = select(finding).where(finding.c.run_id == key, finding.c.agency_id == one)
                found = [rows.finding_of(row) for row in connection.execute(query).mappings()]
            yield from sorted(found, key=finding_order)

    def item_outcomes(self, run_id: str) -> Mapping[Place, Outcome]:
        """How a run found each whole item, by agency and item, without the rest of its findings."""
        key = self.run(run_id).run.id
        query = select(finding.c.agency_id, finding.c.item, finding.c.outcome)
        query = query.where(finding.c.run_id == key, finding.c.requirement == "*", finding.c.about == "")
        with self._database.reading() as connection:
            return {(row.agency_id, row.item): Outcome(row.outcome) for row in connection.execute(query)}

    def screenshot(self, run_id: str, sha256: str) -> Capture | None:
        """How the rendered page whose DOM is kept under `sha256` looked in a run; its picture is among the bodies."""
        with self._database.reading() as connection:
            query = (
                select(trail, capture)
                .join(capture, trail.c.capture_id == capture.c.id)
                .where(trail.c.run_id == self._run_row(connection, run_id)["id"], trail.c.role == "screenshot")
                .where(capture.c.detail == SCREENSHOT_OF + sha256)
                .limit(1)
            )
            found = connection.execute(query).mappings().first()
        return rows.capture_of(found) if found is not None else None

    def _trail_of(self, run_id: str, agency_id: str) -> list[tuple[str, str, tuple[Step, ...]]]:
        with self._database.reading() as connection:
            done = select(progress.c.item).where(
                progress.c.run_id == run_id, progress.c.agency_id == agency_id, progress.c.stage == "crawled"
            )
            steps: dict[str, list[Step]] = {item: [] for item in connection.execute(done).scalars()}
            query = (
                select(trail, capture)
                .join(capture, trail.c.capture_id == capture.c.id)
                .where(trail.c.run_id == run_id, trail.c.agency_id == agency_id)
                .order_by(trail.c.item, trail.c.ordinal)
            )
            for row in connection.execute(query).mappings():
                steps[row["item"]].append((row["role"], rows.step_of(row)))
        return [(agency_id, item, tuple(steps[item])) for item in sorted(steps, key=code_order)]

    def _agency_ids(self, run_id: str, stage: Stage) -> list[str]:
        with self._database.reading() as connection:
            query = select(progress.c.agency_id).where(progress.c.run_id == run_id, progress.c.stage == stage)
            return list(connection.execute(query.distinct().order_by(progress.c.agency_id)).scalars())

    def _run_row(self, connection: Connection, run_id: str) -> rows.Row:
        query = select(run_table).order_by(run_table.c.started_at.desc(), run_table.c.id.desc()).limit(1)
        if run_id != "latest":
            query = query.where(run_table.c.id == run_id)
        found = connection.execute(query).mappings().one_or_none()
        if found is not None:
            return found
        known = tuple(connection.execute(select(run_table.c.id)).scalars())
        near = similar_words(run_id, known)
        raise UnknownRunError(
            f"there is no run {run_id!r}",
            where="--run",
            remedy=f"Did you mean {near[0]}? See those that are kept: oitcheck runs list"
            if near
            else "See those that are kept: oitcheck runs list"
            if known
            else "Run `oitcheck check` first.",
        )

    def _set_state(
        self, run_id: str, state: RunState, finished_at: datetime | None, options: Mapping[str, Any] | None = None
    ) -> None:
        values: dict[str, Any] = {"state": state, "finished_at": finished_at}
        if options is not None:
            values["options"] = dict(options)
        with self._database.writing() as connection:
            connection.execute(update(run_table).where(run_table.c.id == run_id).values(**values))

    def _claim(
        self,
        connection: Connection,
        run_id: str,
        agency_id: str,
        item: str,
        stage: Stage,
        told: Mapping[str, str],
    ) -> bool:
        place = {"run_id": run_id, "agency_id": agency_id, "item": item, "stage": stage}
        return claimed(connection, progress, {**place, **told})


def _kept_captures(connection: Connection, captures: Sequence[Capture]) -> list[int]:
    """Ids of the captures in their order; one that is kept already (a home page shared by items) is not kept again."""
    kept = [rows.capture_row(one) for one in captures]
    # In the order of digests: two writers with captures in common would else wait for each other for good.
    distinct = {row["digest"]: row for row in sorted(kept, key=lambda row: str(row["digest"]))}
    insert_missing(connection, capture, list(distinct.values()), capture.c.digest)
    digests = list(distinct)
    ids: dict[str, int] = {}
    for start in range(0, len(digests), _IDS_AT_A_TIME):
        part = digests[start : start + _IDS_AT_A_TIME]
        query = select(capture.c.digest, capture.c.id).where(capture.c.digest.in_(part))
        ids.update((row.digest, row.id) for row in connection.execute(query))
    return [ids[row["digest"]] for row in kept]
