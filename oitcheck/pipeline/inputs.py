"""What an assessment is about: agencies and submissions of one fiscal year, the round, what is due in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from oitcheck.errors import IntakeError, SettingsError
from oitcheck.intake.agencies import read_agencies
from oitcheck.intake.agency_names import Directory
from oitcheck.intake.rows import RowOutcome, RowReport
from oitcheck.intake.submissions import read_submissions
from oitcheck.lib.round_names import round_meant
from oitcheck.lib.terms import Vocabulary
from oitcheck.lib.thai_text import similar_words
from oitcheck.model.agency import Agency, Round, Submission
from oitcheck.model.checklist import Checklist, RoundDates
from oitcheck.report.summary import RowCounts
from oitcheck.rules.declare import load as load_checklist
from oitcheck.rules.declare import natural_key, years_in
from oitcheck.settings import resource_folder


@dataclass(frozen=True, slots=True)
class Inputs:
    """What one assessment is about:

    agencies and submissions of one fiscal year, the round, the reports on input rows.
    """

    year_be: int
    agencies: tuple[Agency, ...]
    submissions: tuple[Submission, ...]
    round: Round
    due: tuple[str, ...] = ()
    agency_rows: tuple[RowReport, ...] = ()
    submission_rows: tuple[RowReport, ...] = ()

    @property
    def rejected(self) -> tuple[RowReport, ...]:
        rows = (*self.agency_rows, *self.submission_rows)
        return tuple(r for r in rows if r.outcome is RowOutcome.REJECTED)

    def counts(self) -> RowCounts:
        """Accepted, corrected and rejected rows of the submissions file."""
        rows = self.submission_rows
        return RowCounts(
            *(
                sum(r.outcome is o for r in rows)
                for o in (RowOutcome.ACCEPTED, RowOutcome.CORRECTED, RowOutcome.REJECTED)
            )
        )


class NoAgencyLeft(IntakeError):
    """A list of agencies without one of the year. `rows` tells what became of each of its rows."""

    rows: tuple[RowReport, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """Which agencies and items are wanted; empty means all."""

    agencies: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


def checklist_of(year_be: int, folder: Path | None = None) -> tuple[Checklist, Vocabulary]:
    """The checklist of a year from `folder`, else from the installed one. Raises SettingsError for another year."""
    where = folder or resource_folder("checklists")
    years = years_in(where)
    if years and year_be not in years:
        raise SettingsError(
            f"there is no checklist for fiscal year {year_be}",
            where="" if where == resource_folder("checklists") else str(where),
            remedy=no_checklist_remedy(year_be, years),
        )
    return load_checklist(where, year_be)


def no_checklist_remedy(year_be: int, years: Sequence[int]) -> str:
    """What to do about a fiscal year without a checklist, `years` being those that have one."""
    there_are = ", ".join(map(str, years))
    return (
        f"There are: {there_are}. Give one of them, or make the checklist of the new year from the last one: "
        f"oitcheck checklist new {year_be} --from {max(years)}"
    )


def read_inputs(
    year_be: int, agencies_file: Path, submissions_file: Path, round_id: str, wanted: Selection, checklist: Checklist,
    known: Sequence[Round] = (), registered: Sequence[Agency] = (),
) -> Inputs:  # fmt: skip
    """Read agencies and submissions of one fiscal year.

    `known`: the rounds of the year, when the province defined some beside the checklist's; `registered`: the agencies
    of the register, which may name others. Raises IntakeError when nothing usable is left, SettingsError for a round
    that neither these nor the agencies of the file have.
    """
    rounds = tuple(known) or defined_rounds(checklist)
    agencies = read_agencies(agencies_file, rounds={year_be: [one.id for one in rounds]})
    items = {a.fiscal_year_be: _item_titles(a.fiscal_year_be, checklist) for a in agencies.items}
    submissions = read_submissions(submissions_file, agencies.items, {y: i for y, i in items.items() if i})
    of_year = tuple(a for a in agencies.items if a.fiscal_year_be == year_be)
    if not of_year:
        found = ", ".join(str(y) for y in sorted({a.fiscal_year_be for a in agencies.items})) or "none"
        error = NoAgencyLeft(
            f"no agency of fiscal year {year_be} (fiscal years there: {found})",
            where=str(agencies_file),
            remedy="Check --year, or the column fiscal_year.",
        )
        error.rows = agencies.rows
        raise error
    chosen, handed_in = selected(of_year, submissions.items, wanted, checklist)
    require_known_round(round_id, (*of_year, *registered), year_be, [one.id for one in rounds])
    round_ = round_of(round_id, chosen, checklist, rounds)
    due = due_items(round_, checklist)
    return Inputs(year_be, chosen, handed_in, round_, due, agencies.rows, submissions.rows)


def item_titles(checklist: Checklist) -> dict[str, str]:
    """Item code → title, by which forms are read."""
    return {code: item.title for code, item in checklist.items.items()}


def _item_titles(year_be: int, checklist: Checklist) -> dict[str, str]:
    """The items of a year; of another year than the checklist's only when that year has one."""
    if year_be == checklist.year_be:
        return item_titles(checklist)
    if year_be not in years_in(resource_folder("checklists")):
        return {}
    return item_titles(load_checklist(resource_folder("checklists"), year_be)[0])


def selected(
    agencies: Sequence[Agency], submissions: Sequence[Submission], wanted: Selection, checklist: Checklist
) -> tuple[tuple[Agency, ...], tuple[Submission, ...]]:
    """The wanted agencies and their wanted submissions. Raises SettingsError for an unknown agency or item."""
    known = {a.id for a in agencies}
    for one in wanted.agencies:
        if one not in known:
            raise SettingsError(f"no agency {one!r}", where="--agency", remedy=nearest(one, tuple(known)))
    for item in wanted.items:
        if item not in checklist.items:
            raise SettingsError(
                f"fiscal year {checklist.year_be} has no item {item!r}",
                where="--item",
                remedy=nearest(item, tuple(checklist.items)),
            )
    chosen = tuple(a for a in agencies if not wanted.agencies or a.id in wanted.agencies)
    ids = {a.id for a in chosen}
    handed_in = tuple(s for s in submissions if s.agency_id in ids and (not wanted.items or s.item in wanted.items))
    return chosen, handed_in


def agency_named(word: str, agencies: Sequence[Agency]) -> Agency | None:
    """The agency that a person names by its id, or by its Thai name as officials write it; None when it is not sure."""
    if (same := next((agency for agency in agencies if agency.id == word), None)) is not None:
        return same
    found = Directory.of(agencies).named(word)
    return found.agency if found.exact else None


def agency_meant(word: str, agencies: Sequence[Agency], where: str = "--agency") -> Agency:
    """The same; raises SettingsError that tells what may be meant."""
    if (found := agency_named(word, agencies)) is not None:
        return found
    near = Directory.of(agencies).named(word).candidates
    remedy = f"Did you mean {near[0].id}?" if near else nearest(word, tuple(agency.id for agency in agencies))
    raise SettingsError(f"no agency {word!r}", where=where, remedy=remedy)


def nearest(word: str, known: tuple[str, ...]) -> str:
    near = similar_words(word, known)
    return f"Did you mean {near[0]}?" if near else "Known: " + ", ".join(sorted(known, key=natural_key)[:15])


def round_of(round_id: str, agencies: Sequence[Agency], checklist: Checklist, known: Sequence[Round] = ()) -> Round:
    """The round by its id in any spelling, else the one all agencies name, else the year's last.

    `known` are the rounds of the year (none given: the checklist's). Of a round that is none of them neither the
    deadline is known nor what is due.
    """
    rounds = {one.id: one for one in known or defined_rounds(checklist)}
    named = rounds_named(agencies, checklist.year_be, tuple(rounds))
    wanted = round_id or (named[0] if len(named) == 1 else "")
    if not wanted:
        wanted = checklist.rounds[-1].id if checklist.rounds else str(checklist.year_be)
    wanted = round_meant(wanted, checklist.year_be, tuple(dict.fromkeys((*rounds, *named)))) or wanted
    return rounds.get(wanted) or Round(wanted, checklist.year_be)


def require_known_round(
    round_id: str, agencies: Sequence[Agency], year_be: int, known: Sequence[str], where: str = "--round"
) -> None:
    """Raises SettingsError for a round that a user asks for and neither the year nor an agency has."""
    rounds = tuple(dict.fromkeys((*known, *rounds_named(agencies, year_be, known))))
    if round_id and round_meant(round_id, year_be, rounds) is None:
        raise unknown_round(round_id, year_be, rounds, where)


def unknown_round(round_id: str, year_be: int, known: Sequence[str], where: str) -> SettingsError:
    """The error for a round that nothing knows: the nearest one, those there are, and how they are checked or made."""
    rounds = sorted(known, key=natural_key)
    near = similar_words(round_id, tuple(rounds))
    there_are, one = ", ".join(rounds), (*near, *rounds, round_id)[0]
    return SettingsError(
        f"fiscal year {year_be} has no round {round_id!r}",
        where=where,
        remedy=f"Did you mean {near[0]}? The year has: {there_are}. Check one of them: oitcheck check --year {year_be} "
        f"--round {one}; or make it: oitcheck round create {round_id} --closes-on DATE"
        if near
        else f"The year has: {there_are}. Check one of them: oitcheck check --year {year_be} --round {one}; or make "
        f"it: oitcheck round create {round_id} --closes-on DATE",
    )


def rounds_named(agencies: Sequence[Agency], year_be: int, known: Sequence[str]) -> tuple[str, ...]:
    """The rounds that agencies name, by id where it is known, each once."""
    named = dict.fromkeys(a.round_id for a in agencies if a.round_id)
    return tuple(dict.fromkeys(round_meant(one, year_be, known) or one for one in named))


def defined_rounds(checklist: Checklist) -> tuple[Round, ...]:
    """The rounds as the checklist of the year has them."""
    return tuple(defined_round(one, checklist) for one in checklist.rounds)


def defined_round(known: RoundDates, checklist: Checklist) -> Round:
    """A round as the checklist of the year has it."""
    return Round(
        known.id, checklist.year_be, known.opens_on, known.closes_on, known.items, known.title, known.consultation_on
    )


def due_items(round_: Round, checklist: Checklist) -> tuple[str, ...]:
    """The items due in a round: those it names, all of the year when it names none; none when neither the checklist nor
    the province defined it."""
    if not round_.is_own and round_.id not in {r.id for r in checklist.rounds}:
        return ()
    return round_.items or tuple(checklist.items)


def complete_submissions(inputs: Inputs, wanted: Selection) -> tuple[Submission, ...]:
    """Every submission, with an empty one for each due item that an agency did not hand in.

    A round that the checklist does not define says nothing of what is due in it.
    """
    by_place = {(s.agency_id, s.item): s for s in inputs.submissions}
    for agency in inputs.agencies:
        for item in inputs.due:
            if not wanted.items or item in wanted.items:
                by_place.setdefault((agency.id, item), Submission(agency.id, item, ()))
    order = {a.id: n for n, a in enumerate(inputs.agencies)}
    return tuple(sorted(by_place.values(), key=lambda s: (order[s.agency_id], natural_key(s.item))))
