"""`Store`: all that is kept, behind typed methods. The only door to the database and the kept bodies.

A run is the record of one assessment: it keeps its own copy of agencies, submissions and round, so that it can be
replayed when the registry has long moved on. Nothing of a run is overwritten; each stage of each submission is written
in one transaction and once only, so a run that was interrupted is simply continued.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, insert, select, update

from oitcheck.errors import StoreError
from oitcheck.lib.thai_text import similar_words
from oitcheck.model.agency import Agency, Round, Submission
from oitcheck.model.evidence import SCREENSHOT_OF, Capture
from oitcheck.model.finding import Finding, Run
from oitcheck.settings import Settings
from oitcheck.store import database, leases, registry, rows
from oitcheck.store.bodies import Bodies, require_free
from oitcheck.store.conflict import claimed, insert_missing
from oitcheck.store.database import Database, Status
from oitcheck.store.leases import Lease
from oitcheck.store.order import code_order, finding_order
from oitcheck.store.refusal import refusals
from oitcheck.store.registry import Saved
from oitcheck.store.rows import Role, RunRecord, RunState
from oitcheck.store.tables import capture, finding, progress, run_agency, run_submission, trail
from oitcheck.store.tables import run as run_table

__all__ = ["Lease", "Role", "RunRecord", "RunState", "Saved", "Stage", "Status", "Store"]

Stage = Literal["crawled", "assessed"]
Place = tuple[str, str]
Step = tuple[Role, Capture]

# SQLite takes 32,766 variables in a statement; older ones 999.
_IDS_AT_A_TIME = 500


class Store:
    """An open store. Use `with Store.open(settings) as store`."""

    def __init__(self, opened: Database, bodies: Bodies) -> None:
        self._database = opened
        self.bodies = bodies

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

    def hold_round(self, name: str, holder: str, now: datetime, seconds: float) -> Lease:
        """Take the lease on a round (or prolong one's own). Raises RunBusyError: who holds it, since when."""
        with self._database.writing() as connection:
            return leases.hold(connection, name, holder, now, seconds)

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
    ) -> Saved:
        """Register imports in one transaction. Unmentioned ones stay; changed submissions keep their history."""
        with self._database.writing() as connection:
            return registry.save(connection, year_be, agencies, submissions, rounds, received_at)

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

    def finish_run(self, run_id: str, state: RunState, finished_at: datetime) -> None:
        """Close a run as done, stopped or failed."""
        self._set_state(self.run(run_id).run.id, state, finished_at)

    def record_submission(self, run_id: str, agency_id: str, item: str, steps: Iterable[Step]) -> bool:
        """Keep what one submission led to, in order. False (and nothing written) when the run has it already."""
        walk = tuple(steps)
        with self._database.writing() as connection:
            if not self._claim(connection, run_id, agency_id, item, "crawled"):
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

    def add_findings(self, run_id: str, findings: Iterable[Finding]) -> int:
        """Keep findings, one transaction for each submission; those of a submission the run has already are left out.

        Returns how many were written. All findings of one submission must come in one call.
        """
        by_place: dict[Place, list[Finding]] = {}
        for one in findings:
            by_place.setdefault((one.agency_id, one.item), []).append(one)
        written = 0
        for (agency_id, item), group in by_place.items():
            with self._database.writing() as connection:
                if self._claim(connection, run_id, agency_id, item, "assessed"):
                    connection.execute(insert(finding), [rows.finding_row(run_id, one) for one in group])
                    written += len(group)
        return written

    def reached(self, run_id: str, stage: Stage) -> frozenset[Place]:
        """(agency, item) pairs that the run has behind it: a resumed run leaves them out."""
        with self._database.reading() as connection:
            query = select(progress.c.agency_id, progress.c.item)
            query = query.where(progress.c.run_id == run_id, progress.c.stage == stage)
            return frozenset((row.agency_id, row.item) for row in connection.execute(query))

    # Reading runs

    def runs(self) -> tuple[RunRecord, ...]:
        """All runs, newest first."""
        with self._database.reading() as connection:
            query = select(run_table).order_by(run_table.c.started_at.desc(), run_table.c.id.desc())
            return tuple(rows.run_record(row) for row in connection.execute(query).mappings())

    def run(self, run_id: str) -> RunRecord:
        """A run by its id, or the newest by the word `latest`. Raises StoreError when there is none."""
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

    def round(self, run_id: str) -> Round:
        """The round of a run as it was then."""
        with self._database.reading() as connection:
            return rows.run_round(self._run_row(connection, run_id))

    def trail(self, run_id: str) -> Iterator[tuple[str, str, tuple[Step, ...]]]:
        """(agency, item, steps) of every submission that was crawled, by agency and item; one agency in memory."""
        key = self.run(run_id).run.id
        for agency_id in self._agency_ids(key, "crawled"):
            yield from self._trail_of(key, agency_id)

    def findings(self, run_id: str, agency_id: str | None = None) -> Iterator[Finding]:
        """The findings of a run, or of one agency in it, by agency, item, requirement, about; one agency in memory."""
        key = self.run(run_id).run.id
        for one in self._agency_ids(key, "assessed") if agency_id is None else (agency_id,):
            with self._database.reading() as connection:
                query = select(finding).where(finding.c.run_id == key, finding.c.agency_id == one)
                found = [rows.finding_of(row) for row in connection.execute(query).mappings()]
            yield from sorted(found, key=finding_order)

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
                steps[row["item"]].append((row["role"], rows.capture_of(row)))
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
        remedy = f"Did you mean {near[0]}?" if near else "Run `oitcheck check` first." if not known else "See the runs."
        raise StoreError(f"there is no run {run_id!r}", where=self._database.where, remedy=remedy)

    def _set_state(self, run_id: str, state: RunState, finished_at: datetime | None) -> None:
        with self._database.writing() as connection:
            connection.execute(
                update(run_table).where(run_table.c.id == run_id).values(state=state, finished_at=finished_at)
            )

    def _claim(self, connection: Connection, run_id: str, agency_id: str, item: str, stage: Stage) -> bool:
        return claimed(connection, progress, {"run_id": run_id, "agency_id": agency_id, "item": item, "stage": stage})


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
