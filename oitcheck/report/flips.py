"""Two judgements of the same evidence beside each other: which findings flip, and by which change of the checklist."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from oitcheck.lib.terms import Concept
from oitcheck.lib.urls import readable
from oitcheck.model.checklist import Checklist, Requirement
from oitcheck.model.finding import Finding, Outcome, Run
from oitcheck.report.messages import Messages
from oitcheck.report.quotation import place_words
from oitcheck.report.terms import SYMBOLS, Terms
from oitcheck.report.view import WHOLE_ITEM, natural_key

Key = tuple[str, str, str, str]

COLUMNS = (
    "agency", "item", "requirement", "about", "old_outcome", "old_reason", "new_outcome", "new_reason",
    "old_says", "new_says", "old_quote", "old_place", "old_url", "new_quote", "new_place", "new_url",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flip:
    """One address at which the two judgements differ in outcome or reason; None where one of them has no row."""

    agency_id: str
    item: str
    requirement: str
    about: str
    old: Finding | None
    new: Finding | None

    @property
    def direction(self) -> tuple[Outcome | None, Outcome | None]:
        """The outcomes before and after; equal where only the reason differs."""
        return self.old.outcome if self.old else None, self.new.outcome if self.new else None


@dataclass(frozen=True, slots=True)
class Change:
    """A requirement that the checklists declare differently.

    `what`: added, removed, made_binding, made_optional, or checked_otherwise (another check or other parameters).
    """

    item: str
    requirement: str
    what: str


@dataclass(frozen=True, slots=True)
class Flips:
    """What flips, in reading order; how many rows stand as they were; what the checklists declare differently."""

    flips: tuple[Flip, ...]
    unchanged: int
    changes: tuple[Change, ...]

    def counts(self) -> tuple[tuple[tuple[Outcome | None, Outcome | None], int], ...]:
        """How many flip in each direction, most first."""
        counted = Counter(flip.direction for flip in self.flips)
        return tuple(sorted(counted.items(), key=lambda c: (-c[1], [str(o) for o in c[0]])))


def flips(old: Iterable[Finding], new: Iterable[Finding], old_list: Checklist, new_list: Checklist) -> Flips:
    """The difference between two judgements of the same evidence, by two checklists."""
    before, after = _by_key(old), _by_key(new)
    differing = []
    unchanged = 0
    for key in sorted(before.keys() | after.keys(), key=_reading_order):
        was, now = before.get(key), after.get(key)
        if was and now and (was.outcome, was.code) == (now.outcome, now.code):
            unchanged += 1
        else:
            differing.append(Flip(*key, was, now))
    return Flips(tuple(differing), unchanged, tuple(_changes(old_list, new_list)))


def _by_key(findings: Iterable[Finding]) -> Mapping[Key, Finding]:
    return {(f.agency_id, f.item, f.requirement, f.about): f for f in findings}


def _reading_order(key: Key) -> tuple[object, ...]:
    agency_id, item, requirement, about = key
    return agency_id, natural_key(item), requirement != WHOLE_ITEM, natural_key(requirement), about


def _changes(old: Checklist, new: Checklist) -> Iterator[Change]:
    before, after = _requirements(old), _requirements(new)
    for item, requirement in sorted(before.keys() | after.keys(), key=lambda k: (natural_key(k[0]), natural_key(k[1]))):
        was, now = before.get((item, requirement)), after.get((item, requirement))
        if was is None or now is None:
            yield Change(item, requirement, "added" if was is None else "removed")
            continue
        if was.binding != now.binding:
            yield Change(item, requirement, "made_binding" if now.binding else "made_optional")
        if (was.check, _comparable(was.params)) != (now.check, _comparable(now.params)):
            yield Change(item, requirement, "checked_otherwise")


def _requirements(checklist: Checklist) -> Mapping[tuple[str, str], Requirement]:
    return {(i.id, r.id): r for i in checklist.items.values() for r in i.requirements}


def _comparable(value: Any) -> object:
    """Parameters with concepts by their ids: the same concept of two vocabularies is one thing."""
    if isinstance(value, Concept):
        return value.id
    if isinstance(value, tuple):
        return tuple(_comparable(v) for v in value)
    if is_dataclass(value) and not isinstance(value, type):
        return tuple((f.name, _comparable(getattr(value, f.name))) for f in fields(value))
    return value


def text_lines(found: Flips, messages: Messages) -> Iterator[str]:
    """The difference as lines for a terminal: each flip with both proofs, what is declared differently, the counts."""
    terms = Terms.load(messages.language)
    for flip in found.flips:
        before, after = flip.direction
        yield "  ".join(p for p in (flip.agency_id, flip.item, flip.requirement, flip.about) if p)
        yield f"  {_outcome(before, terms)} → {_outcome(after, terms)}"
        yield from _side(terms("flips.old"), flip.old, messages, terms)
        yield from _side(terms("flips.new"), flip.new, messages, terms)
        yield ""
    if found.changes:
        yield terms("flips.changes")
        yield from (f"  {c.requirement}  {terms(f'flips.{c.what}')}" for c in found.changes)
        yield ""
    yield terms("flips.counts", n=len(found.flips), unchanged=found.unchanged)
    for (before, after), count in found.counts():
        same = f" ({terms('flips.reason_only')})" if before is after else ""
        yield f"  {count}  {_outcome(before, terms)} → {_outcome(after, terms)}{same}"


def _outcome(outcome: Outcome | None, terms: Terms) -> str:
    return terms("flips.no_row") if outcome is None else f"{SYMBOLS[outcome]} {terms.outcome(outcome)}"


def _side(name: str, finding: Finding | None, messages: Messages, terms: Terms) -> Iterator[str]:
    if finding is None:
        return
    yield f"  {name}  {finding.code}: {messages.says(finding)}"
    for seen in finding.seen[:1]:
        yield f'    "{seen.quote}"' if seen.quote else f"    {terms('agency.picture')}"
        yield f"    {place_words(seen.place, terms)} · {readable(seen.final_url or seen.url)}"
    if not finding.seen and finding.searched:
        yield f"    {terms.count('agency.searched', len(finding.searched))}"


def rows(found: Flips, messages: Messages) -> Iterator[tuple[str, ...]]:
    """One row of `COLUMNS` a flip; the evidence is the first quotation of each side."""
    for flip in found.flips:
        old, new = _flat(flip.old, messages), _flat(flip.new, messages)
        yield (
            *(flip.agency_id, flip.item, flip.requirement, flip.about),
            *(*old[:2], *new[:2], old[2], new[2], *old[3:], *new[3:]),
        )


def _flat(finding: Finding | None, messages: Messages) -> tuple[str, str, str, str, str, str]:
    """outcome, reason, says, quote, place, url"""
    if finding is None:
        return ("",) * 6
    quote = place = url = ""
    if finding.seen:
        first = finding.seen[0]
        quote, place, url = first.quote, first.place, first.final_url or first.url
    return finding.outcome.value, finding.reason, messages.says(finding), quote, place, url


def json_text(found: Flips, run: Run, old: Checklist, new: Checklist, messages: Messages) -> str:
    """The difference as one JSON object."""
    record = {
        "run": run.id,
        "year": run.year_be,
        "old": old.id,
        "new": new.id,
        "unchanged": found.unchanged,
        "counts": [
            {"old": before.value if before else "", "new": after.value if after else "", "count": count}
            for (before, after), count in found.counts()
        ],
        "requirements": [{"item": c.item, "requirement": c.requirement, "change": c.what} for c in found.changes],
        "flips": [
            {
                "agency": flip.agency_id,
                "item": flip.item,
                "requirement": flip.requirement,
                "about": flip.about,
                "old": _record(flip.old, messages),
                "new": _record(flip.new, messages),
            }
            for flip in found.flips
        ],
    }
    return json.dumps(record, ensure_ascii=False, indent=1)


def _record(finding: Finding | None, messages: Messages) -> dict[str, Any] | None:
    if finding is None:
        return None
    return {
        "outcome": finding.outcome.value,
        "reason": finding.reason,
        "binding": finding.binding,
        "says": messages.says(finding),
        "seen": [
            {"url": s.url, "final_url": s.final_url, "sha256": s.sha256, "place": s.place, "quote": s.quote}
            for s in finding.seen
        ],
    }
