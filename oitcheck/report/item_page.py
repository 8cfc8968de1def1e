"""The page of one item for people, in Markdown: what is asked and by which source, how it is checked, what can come
out, and an example of each; with the index of a year and of all years."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from oitcheck.model.checklist import Checklist, Item, Requirement
from oitcheck.model.evidence import Document, Table
from oitcheck.model.evidence import Line as TextLine
from oitcheck.model.finding import Finding
from oitcheck.report.asked import counting_words, looked_for, period_words, question, rounds_of, sentence
from oitcheck.report.messages import Messages
from oitcheck.report.terms import LANGUAGES, Terms

MARK = "<!-- oitcheck checklist docs -->"
MOST_LINES = 12
_LONGEST_LINE = 200
_MOST_LACKS = 3


@dataclass(frozen=True, slots=True)
class Example:
    """A case of the fixtures: its folder below them, why it exists, the first lines of what it serves, what fails in it
    (nothing: it passes)."""

    folder: str
    why: str
    lines: tuple[str, ...]
    failed: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Reasons:
    """The reasons of each check, and the engine's own codes (`gate.not_due`), in their order."""

    checks: Mapping[str, Sequence[str]]
    engine: Sequence[str]


def first_lines(documents: Iterable[Document], most: int = MOST_LINES) -> tuple[str, ...]:
    """The first lines of text that documents show, tables as rows, long lines cut."""
    found: list[str] = []
    for document in documents:
        for line in _lines(document):
            if not found or line != found[-1]:
                found.append(line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1].rstrip() + "…")
            if len(found) == most:
                return tuple(found)
    return tuple(found)


def _lines(document: Document) -> Iterator[str]:
    told: tuple[str, ...] = ()
    for section in document.content:
        for depth, heading in enumerate(section.heading):
            if told[: depth + 1] != section.heading[: depth + 1]:
                yield heading
        told = section.heading
        for block in section.blocks:
            if isinstance(block, TextLine) and block.text.strip() and block.text not in section.heading:
                yield block.text
            elif isinstance(block, Table):
                yield from (" | ".join(row) for row in (block.header, *block.rows) if any(row))


def item_page(
    item: Item, checklist: Checklist, reasons: Reasons, examples: Sequence[Example], messages: Messages
) -> str:
    """The page of an item in the language of `messages`."""
    terms = Terms.load(messages.language)
    other = next(code for code in LANGUAGES if code != terms.language)
    year = checklist.year_be
    lines = [
        MARK,
        f"# {item.id} {_title(item, terms)}",
        "",
        f"[{terms('handbook.years', year=terms.year(year))}](README.md) · "
        f"[{terms('handbook.other_language')}](../../{other}/{year}/{item.id}.md)",
        "",
        *_about(item, checklist, terms),
        "",
        *_elements(item, terms),
        "",
        *_how(item, reasons, messages, terms),
        *_whole(reasons, messages, terms),
        *_examples(item, examples, messages, terms),
        "---",
        "",
        terms("handbook.generated"),
    ]
    return "\n".join(lines) + "\n"


def _title(item: Item, terms: Terms) -> str:
    return item.title if terms.language == "th" else item.title_en


def _text(requirement: Requirement, terms: Terms) -> str:
    return requirement.text if terms.language == "th" else requirement.text_en


def _about(item: Item, checklist: Checklist, terms: Terms) -> Iterator[str]:
    yield f"- {terms('explain.indicator')}: {item.indicator}"
    yield f"- {terms('handbook.time')}: {period_words(item.period, checklist.year_be, terms)}"
    for due in rounds_of(item, checklist, terms):
        yield f"- {terms('handbook.due')}: {due}"
    yield from (f"- {words}" for words in counting_words(item, terms))
    if item.note:
        yield from ("", f"**{terms('handbook.note')}**: {' '.join(item.note.split())}")


def _elements(item: Item, terms: Terms) -> Iterator[str]:
    yield from (f"## {terms('handbook.asked')}", "")
    columns = ("handbook.elements", "handbook.element", "handbook.binding", "handbook.basis", "handbook.source")
    yield _row(terms(column) for column in columns)
    yield _row("---" for _ in columns)
    for r in item.requirements:
        binding = terms("explain.binding" if r.binding else "explain.optional")
        yield _row((r.id, _text(r, terms), binding, terms(f"explain.basis_{r.basis}"), r.source))
    yield from ("", terms("handbook.sources_note", link="../../../../checklists/README.md#sources"))


def _how(item: Item, reasons: Reasons, messages: Messages, terms: Terms) -> Iterator[str]:
    """How each check of the item looks, which elements it checks, and what can come out."""
    yield from (f"## {terms('handbook.how')}", "")
    for check in dict.fromkeys(r.check for r in item.requirements):
        yield from (f"### {question(check, terms)}", "")
        for r in item.requirements:
            if r.check == check:
                looks = looked_for(r, terms)
                yield f"- {r.id} {_text(r, terms)}" + (f" — {looks}" if looks else "")
        yield ""
        yield from _reasons(f"{check}.", reasons.checks[check], messages, terms)
        yield ""


def _whole(reasons: Reasons, messages: Messages, terms: Terms) -> Iterator[str]:
    yield from (f"## {terms('handbook.whole')}", "", terms("handbook.whole_note"), "")
    yield from _reasons("", reasons.engine, messages, terms)
    yield ""


def _reasons(prefix: str, codes: Sequence[str], messages: Messages, terms: Terms) -> Iterator[str]:
    yield _row(terms(column) for column in ("handbook.says", "handbook.do", "handbook.reason"))
    yield _row(("---", "---", "---"))
    for code in codes:
        says, do = (sentence(text, terms) for text in messages.template(prefix + code))
        yield _row((says, do, f"`{prefix}{code}`"))


def _examples(item: Item, examples: Sequence[Example], messages: Messages, terms: Terms) -> Iterator[str]:
    if not examples:
        return
    texts = {r.id: _text(r, terms) for r in item.requirements}
    yield from (f"## {terms('handbook.examples')}", "")
    for example in examples:
        key = "handbook.fails" if example.failed else "handbook.passes"
        name = f"[{example.folder.rpartition('/')[2]}](../../../../fixtures/{example.folder}/)"
        yield from (f"### {terms(key, name=name)}", "", example.why, "")
        yield from ("```text", *(example.lines or (terms("handbook.unread"),)), "```", "")
        if example.failed:
            yield from (f"{terms('handbook.lacks')}:", "")
            for finding in example.failed[:_MOST_LACKS]:
                yield f"- **{finding.requirement}** {texts.get(finding.requirement, '')}: {_told(finding, messages)}"
            more = len(example.failed) - _MOST_LACKS
            yield from (f"- {terms('handbook.and_more', n=more)}", "") if more > 0 else ("",)


def _told(finding: Finding, messages: Messages) -> str:
    says, do = messages.says(finding), messages.do(finding)
    return (f"{says} → {do}" if do else says).replace("<", "&lt;")


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"


def year_page(checklist: Checklist, terms: Terms) -> str:
    """The index of a year: every item with its period and number of elements."""
    year = checklist.year_be
    other = next(code for code in LANGUAGES if code != terms.language)
    lines = [
        MARK,
        f"# {checklist.title if terms.language == 'th' else terms('handbook.years', year=terms.year(year))}",
        "",
        f"[{terms('handbook.all_years')}](../../README.md) · "
        f"[{terms('handbook.other_language')}](../../{other}/{year}/README.md)",
        "",
        *(() if checklist.complete else (terms("handbook.incomplete"), "")),
        _row(terms(f"handbook.{column}") for column in ("item", "name", "elements", "time")),
        _row(("---",) * 4),
    ]
    for item in checklist.items.values():
        period = terms(f"explain.period_{item.period}")
        lines.append(_row((f"[{item.id}]({item.id}.md)", _title(item, terms), str(len(item.requirements)), period)))
    return "\n".join([*lines, "", terms("handbook.generated")]) + "\n"


def all_years_page(checklists: Iterable[Checklist]) -> str:
    """The list of every year in both languages."""
    thai, english = Terms.load("th"), Terms.load("en")
    lines = [MARK, f"# {thai('handbook.title')} · {english('handbook.title')}", ""]
    for checklist in checklists:
        year = checklist.year_be
        lines.append(
            f"- [{thai('handbook.years', year=year)}](th/{year}/README.md) · "
            f"[{english('handbook.years', year=english.year(year))}](en/{year}/README.md)"
        )
    return "\n".join([*lines, "", thai("handbook.generated"), "", english("handbook.generated")]) + "\n"
