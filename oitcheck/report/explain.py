"""What an item asks for, as text: elements with basis and source, and every reason a finding of it can give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from oitcheck.model.checklist import Item, Requirement
from oitcheck.report.messages import Messages
from oitcheck.report.terms import Terms

# Reasons of the engine that every item can give; the others of the gate show through the evidence set aside.
_GATE = "gate."


def explained(item: Item, reasons: Mapping[str, Sequence[str]], engine: Sequence[str], messages: Messages) -> str:
    """The explanation of one item; `reasons` are those of each check, `engine` the engine's own codes."""
    thai = messages.language == "th"
    terms = Terms.load(messages.language)
    lines = [
        f"{item.id}  {item.title if thai else item.title_en}",
        f"{terms('explain.indicator')} {item.indicator} · {terms(f'explain.period_{item.period}')}",
    ]
    if item.note:
        lines.append(item.note)
    for requirement in item.requirements:
        lines.extend(["", *_requirement(requirement, thai, terms)])
        lines.extend(_reasons(f"{requirement.check}.", reasons[requirement.check], messages))
    lines.extend(["", terms("explain.whole_item")])
    lines.extend(_reasons("", [code for code in engine if code.startswith(_GATE)], messages))
    return "\n".join(lines)


def _requirement(requirement: Requirement, thai: bool, terms: Terms) -> list[str]:
    text = requirement.text if thai else requirement.text_en
    binding = terms("explain.binding") if requirement.binding else terms("explain.optional")
    return [
        f"{requirement.id}  {text}",
        f"  {binding} · {terms(f'explain.basis_{requirement.basis}')} · {requirement.source}",
    ]


def _reasons(prefix: str, codes: Sequence[str], messages: Messages) -> list[str]:
    lines = []
    for code in codes:
        says, do = messages.template(prefix + code)
        lines.append(f"    {prefix}{code}: {says}")
        if do:
            lines.append(f"      → {do}")
    return lines
