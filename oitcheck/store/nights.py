"""The record of nights: what was planned, when it was done, what came of it; and which notices went out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import delete, exists, func, select

from oitcheck.store.conflict import claimed, insert_missing, upsert
from oitcheck.store.database import Database
from oitcheck.store.tables import night as nights
from oitcheck.store.tables import notice as notices

# "retry": a second look at what was in trouble; "hand": begun by a person, not by the plan.
Kind = Literal["night", "extra", "retry", "hand"]
NightOutcome = Literal[
    "planned", "running", "done", "stopped", "paused", "interrupted", "busy", "failed", "missed", "nothing"
]


@dataclass(frozen=True, slots=True)
class Night:
    """One planned check of a round. Instants are aware UTC; `noted_at` is when the row was last written.

    `run_id` is "" while there is no run; `completes` names the run whose agencies in trouble were looked at again.
    """

    year_be: int
    round_id: str
    planned_at: datetime
    kind: Kind
    noted_at: datetime
    outcome: NightOutcome = "planned"
    began_at: datetime | None = None
    ended_at: datetime | None = None
    attempts: int = 0
    run_id: str = ""
    completes: str = ""
    result: Mapping[str, Any] = field(default_factory=dict)
    mailed: bool = False


class Nights:
    """The tables `night` and `notice` of an open database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_round(self, year_be: int, round_id: str, *, most: int = 400) -> tuple[Night, ...]:
        """The latest nights of a round, in the order in which they were planned."""
        query = select(nights).where(nights.c.year_be == year_be, nights.c.round_id == round_id)
        with self._database.reading() as connection:
            found = connection.execute(query.order_by(nights.c.planned_at.desc()).limit(most)).mappings()
            return tuple(_night(row) for row in found)[::-1]

    def recent(self, *, most: int = 50) -> tuple[Night, ...]:
        """The latest nights of all rounds, newest first, without those that are only planned."""
        query = select(nights).where(nights.c.outcome != "planned")
        with self._database.reading() as connection:
            found = connection.execute(query.order_by(nights.c.planned_at.desc(), nights.c.round_id).limit(most))
            return tuple(_night(row) for row in found.mappings())

    def noted_at(self) -> datetime | None:
        """When the latest row of all was written; None without any."""
        with self._database.reading() as connection:
            latest: datetime | None = connection.execute(select(func.max(nights.c.noted_at))).scalar_one()
        return latest

    def not_begun_since(self, instant: datetime) -> datetime | None:
        """For when the first night that nobody began was planned before an instant; None when there is none."""
        query = select(func.min(nights.c.planned_at)).where(nights.c.planned_at < instant)
        with self._database.reading() as connection:
            waiting = query.where(nights.c.outcome.in_(("planned", "missed")))
            first: datetime | None = connection.execute(waiting).scalar_one()
        return first

    def completed_by(self, run_id: str) -> str:
        """The run that a second look completes; "" for any other run."""
        with self._database.reading() as connection:
            query = select(nights.c.completes).where(nights.c.run_id == run_id, nights.c.completes != "")
            return connection.execute(query.limit(1)).scalar_one_or_none() or ""

    def completions(self, year_be: int, round_id: str) -> Mapping[str, str]:
        """The second looks of a round: which run each of them completes."""
        mine = (nights.c.year_be == year_be, nights.c.round_id == round_id, nights.c.completes != "")
        with self._database.reading() as connection:
            query = select(nights.c.run_id, nights.c.completes).where(*mine, nights.c.run_id != "")
            return {row.run_id: row.completes for row in connection.execute(query)}

    def keep(self, night: Night) -> None:
        """Write a row, over an earlier one of the same night."""
        key = {"year_be": night.year_be, "round_id": night.round_id, "planned_at": night.planned_at}
        values = {
            "kind": night.kind,
            "noted_at": night.noted_at,
            "began_at": night.began_at,
            "ended_at": night.ended_at,
            "attempts": night.attempts,
            "run_id": night.run_id,
            "completes": night.completes,
            "outcome": night.outcome,
            "result": dict(night.result),
            "mailed": night.mailed,
        }
        with self._database.writing() as connection:
            upsert(connection, nights, key, values)

    def plan(self, year_be: int, round_id: str, slots: Iterable[tuple[datetime, Kind]], noted_at: datetime) -> None:
        """Write down what comes next: rows still planned after `noted_at` are replaced by `slots`."""
        rows: list[dict[str, Any]] = [
            {
                "year_be": year_be, "round_id": round_id, "planned_at": at, "kind": kind, "noted_at": noted_at,
                "attempts": 0, "run_id": "", "completes": "", "outcome": "planned", "result": {}, "mailed": False,
            }
            for at, kind in slots
        ]  # fmt: skip
        mine = (nights.c.year_be == year_be, nights.c.round_id == round_id)
        with self._database.writing() as connection:
            connection.execute(
                delete(nights).where(*mine, nights.c.outcome == "planned", nights.c.planned_at > noted_at)
            )
            key = (nights.c.year_be, nights.c.round_id, nights.c.planned_at)
            insert_missing(connection, nights, rows, *key)

    def forget_after(self, instant: datetime) -> int:
        """Remove rows written after an instant still to come: the clock was wrong then. How many there were."""
        with self._database.writing() as connection:
            return connection.execute(delete(nights).where(nights.c.noted_at > instant)).rowcount

    def may_tell(self, recipient: str, matter: str, day: date, at: datetime) -> bool:
        """Claim the one notice a day to a recipient in a matter; False when it has gone out already."""
        row = {"recipient": recipient, "matter": matter, "sent_on": day, "sent_at": at}
        with self._database.writing() as connection:
            return claimed(connection, notices, row)

    def told_at(self, matter: str, *, but_with: str = "") -> Mapping[str, datetime]:
        """When the last notice in a matter was sent, by recipient.

        `but_with`: without the days on which one also went out in a matter that begins so.
        """
        query = select(notices.c.recipient, notices.c.sent_at).where(notices.c.matter == matter)
        if but_with:
            other = notices.alias()
            same = (other.c.recipient == notices.c.recipient, other.c.sent_on == notices.c.sent_on)
            query = query.where(~exists().where(*same, other.c.matter.startswith(but_with, autoescape=True)))
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(notices.c.sent_at)).all()
        return {row.recipient: row.sent_at for row in rows}

    def not_told(self, recipient: str, matter: str, day: date) -> None:
        """Give a claim back: the notice could not be sent."""
        with self._database.writing() as connection:
            connection.execute(
                delete(notices).where(
                    notices.c.recipient == recipient, notices.c.matter == matter, notices.c.sent_on == day
                )
            )


def _night(row: Mapping[Any, Any]) -> Night:
    return Night(**{name: row[name] for name in Night.__dataclass_fields__})
