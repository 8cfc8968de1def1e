"""What an item asks, as text: elements with basis and source, and every reason a finding of it can give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from oitcheck.model.checklist import Checklist, Item, Requirement
from oitcheck.report.asked import counting_words, looked_for, period_words, question, rounds_of, sentence
from oitcheck.report.messages import Messages
from oitcheck.report.terms import Terms

# Reasons of the engine that every item can give; the others of the gate show through the evidence set aside.
_GATE = "gate."


def explained(
    item: Item, checklist: Checklist, reasons: Mapping[str, Sequence[str]], engine: Sequence[str], messages: Messages
) -> str:
    """The explanation of one item; `reasons` are those of each check, `engine` the engine's own codes.

    The reasons of a check stand with the first element that it checks, each with its code at the end of the line.
    """
    terms = Terms.load(messages.language)
    lines = list(_head(item, checklist, terms))
    told: dict[str, str] = {}
    for requirement in item.requirements:
        lines.extend(["", *_requirement(requirement, terms)])
        if requirement.check in told:
            lines.append(f"    {terms('explain.as_above', id=told[requirement.check])}")
            continue
        told[requirement.check] = requirement.id
        lines.extend(_reasons(f"{requirement.check}.", reasons[requirement.check], messages, terms))
    lines.extend(["", terms("explain.whole_item")])
    lines.extend(_reasons("", [code for code in engine if code.startswith(_GATE)], messages, terms))
    return "\n".join(lines)


def _head(item: Item, checklist: Checklist, terms: Terms) -> Iterator[str]:
    yield f"{item.id}  {item.title if terms.language == 'th' else item.title_en}"
    yield f"{terms('explain.indicator')} {item.indicator}"
    yield f"{terms('handbook.time')}: {period_words(item.period, checklist.year_be, terms)}"
    for due in rounds_of(item, checklist, terms):
        yield f"{terms('handbook.due')}: {due}"
    yield from counting_words(item, terms)
    if item.note:
        yield item.note


def _requirement(requirement: Requirement, terms: Terms) -> Iterator[str]:
    yield f"{requirement.id}  {requirement.text if terms.language == 'th' else requirement.text_en}"
    binding = terms("explain.binding") if requirement.binding else terms("explain.optional")
    basis = terms(f"explain.basis_{requirement.basis}")
    yield f"  {binding} · {basis} · {source_words(requirement.source, terms)}  [{requirement.source}]"
    yield f"  {terms('handbook.how')}: {question(requirement.check, terms)}"
    looks = looked_for(requirement, terms)
    if looks:
        yield f"  {looks}"


def source_words(source: str, terms: Terms) -> str:
    """What kind of source a wording rests on, each kind once; the keys are those of checklists/README.md."""
    told = []
    for key in source.split(";"):
        kind, _, name = key.strip().partition(":")
        told.append(terms(f"explain.source_{kind}", name=name) if f"explain.source_{kind}" in terms.words else kind)
    return ", ".join(dict.fromkeys(told))


def _reasons(prefix: str, codes: Sequence[str], messages: Messages, terms: Terms) -> Iterator[str]:
    for code in codes:
        says, do = messages.template(prefix + code)
        yield f"    {sentence(says, terms)}  [{prefix}{code}]"
        if do:
            yield f"      → {sentence(do, terms)}"
