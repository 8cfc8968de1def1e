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
    return Seen(person.at, person.text.split("\n", 1)[0] if not person.name else person.name)


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
    facts = {"who": person.label}
    seen = (_seen(person),)

    def verdict(outcome: Outcome, reason: str, **more: str) -> Verdict:
        return Verdict(outcome, reason, person.label, {**facts, **more}, seen)

    if person.vacant:
        return verdict(Outcome.PASSED, "vacant")
    if field == "name":
        return verdict(Outcome.PASSED, "has", value=person.name) if person.name else verdict(Outcome.FAILED, "name_missing")
    if field == "post":
        return verdict(Outcome.PASSED, "has", value=person.post) if person.post else verdict(Outcome.FAILED, "post_missing")
    if field == "contact":
        if person.contacts:
            return verdict(Outcome.PASSED, "has", value=person.contacts[0].text)
        return verdict(Outcome.FAILED, "contact_missing")
    return _photo(person, evidence, shared, verdict)


def _photo(person: Person, evidence: Evidence, shared: frozenset[str], verdict: object) -> Verdict:
    assert callable(verdict)
    photo = person.photo
    if photo == "shown" and _picture_of(person, evidence) in shared:
        photo = "placeholder"
    outcome = {"shown": Outcome.PASSED, "unclear": Outcome.CANT_TELL}.get(photo, Outcome.FAILED)
    reason = "has" if photo == "shown" else f"photo_{photo}"
    made = verdict(outcome, reason, value="") if photo == "shown" else verdict(outcome, reason)
    assert isinstance(made, Verdict)
    return made


def _picture_of(person: Person, evidence: Evidence) -> str:
    for document in evidence.documents:
        for section in document.content:
            for figure in section.figures:
                if figure.at == person.at and figure.url in evidence.pictures:
                    return evidence.pictures[figure.url].sha256
    return ""
