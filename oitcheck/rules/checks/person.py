"""Are the executives shown, each with name, post, photograph and own contact?

True: the top executive (or the deputies) stand there; each executive shown has the field. False: the post is not on the
page; someone's field is missing or a placeholder. Undecided: pictures stand there, but whose they are cannot be told;
or the page names nobody although it is about executives. Vacant posts need neither name, photograph nor contact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from oitcheck.model.context import Context
from oitcheck.model.evidence import Evidence
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.people import Person, executives, shared_pictures


@dataclass(frozen=True, slots=True)
class Params:
    """`field`: top (executive), deputies, top_and_deputies, name, post, photo, contact, vacant."""

    field: Literal["top", "deputies", "top_and_deputies", "name", "post", "photo", "contact", "vacant"]


REASONS: Mapping[str, frozenset[str]] = {
    "listed": frozenset({"who"}),
    "has": frozenset({"who", "value"}),
    "vacant": frozenset({"who"}),
    "nobody_listed": frozenset(),
    "top_missing": frozenset({"have"}),
    "deputies_missing": frozenset({"have"}),
    "name_missing": frozenset({"who"}),
    "post_missing": frozenset({"who"}),
    "photo_shown": frozenset({"who"}),
    "photo_missing": frozenset({"who"}),
    "photo_placeholder": frozenset({"who"}),
    "photo_broken": frozenset({"who"}),
    "photo_unclear": frozenset({"who"}),
    "contact_missing": frozenset({"who"}),
    "no_vacancy": frozenset(),
}

# Kinds of agency that always have deputies; elsewhere a missing deputy may mean that there is no such post.
_WITH_DEPUTIES = ("เทศบาล", "องค์การบริหารส่วน", "อบต", "อบจ", "ทต", "ทม", "ทน", "จังหวัด")


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict on the post, or one on each executive (about = post and name)."""
    people = executives(evidence, context)
    if not people:
        yield Verdict(Outcome.FAILED, "nobody_listed")
        return
    if params.field in ("top", "deputies", "top_and_deputies"):
        yield from _posts(people, params.field, context)
    elif params.field == "vacant":
        vacant = [p for p in people if p.vacant]
        if vacant:
            yield Verdict(Outcome.PASSED, "vacant", "", {"who": vacant[0].post}, (_seen(vacant[0]),))
        else:
            yield Verdict(Outcome.INAPPLICABLE, "no_vacancy")
    else:
        shared = shared_pictures(evidence, evidence.documents)
        for person in people:
            yield _each(person, params.field, evidence, shared)


def _seen(person: Person) -> Seen:
    return Seen(person.at, person.name or person.post)


def _posts(people: tuple[Person, ...], field: str, context: Context) -> Iterator[Verdict]:
    have = ", ".join(dict.fromkeys(p.post for p in people))
    top = [p for p in people if p.rank == "top"]
    deputies = [p for p in people if p.rank == "deputy"]
    if field in ("top", "top_and_deputies") and not top:
        yield Verdict(Outcome.FAILED, "top_missing", "", {"have": have}, (_seen(people[0]),))
        return
    if field in ("deputies", "top_and_deputies") and not deputies:
        certain = context.agency.kind.startswith(_WITH_DEPUTIES) or context.agency.name_th.startswith(_WITH_DEPUTIES)
        outcome = Outcome.FAILED if certain else Outcome.CANT_TELL
        yield Verdict(outcome, "deputies_missing", "", {"have": have}, (_seen(people[0]),))
        return
    shown = {"top": top, "deputies": deputies}.get(field, [*top, *deputies])
    who = ", ".join(p.label for p in shown)
    yield Verdict(Outcome.PASSED, "listed", "", {"who": who}, tuple(_seen(p) for p in shown))


def _each(person: Person, field: str, evidence: Evidence, shared: frozenset[str]) -> Verdict:
    if person.vacant:
        return _about(person, Outcome.PASSED, "vacant")
    if field == "photo":
        return _photo(person, evidence, shared)
    value = {"name": person.name, "post": person.post}.get(field, person.contacts[0].text if person.contacts else "")
    if value:
        return _about(person, Outcome.PASSED, "has", value=value)
    return _about(person, Outcome.FAILED, f"{field}_missing")


def _about(person: Person, outcome: Outcome, reason: str, **facts: str) -> Verdict:
    return Verdict(outcome, reason, person.label, {"who": person.label, **facts}, (_seen(person),))


def _photo(person: Person, evidence: Evidence, shared: frozenset[str]) -> Verdict:
    photo = person.photo
    if photo == "shown" and _picture_of(person, evidence) in shared:
        photo = "placeholder"
    if photo == "missing" and any(d.ocr and d.capture.sha256 == person.at.sha256 for d in evidence.documents):
        photo = "unclear"  # a scan is one picture: whose face is on it is not told by its words
    if photo == "shown":
        return _about(person, Outcome.PASSED, "photo_shown")
    return _about(person, Outcome.CANT_TELL if photo == "unclear" else Outcome.FAILED, f"photo_{photo}")


def _picture_of(person: Person, evidence: Evidence) -> str:
    """The sha256 of a person's picture; "" when it was not retrieved."""
    picture = evidence.pictures.get(person.picture_url)
    return picture.sha256 if picture else ""
