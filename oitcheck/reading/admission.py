"""Which documents count for an item, and what in them is content: copied criteria, plans in place of results, other
agencies' pages, drafts and empty templates are set aside with their reason before any check looks."""

from __future__ import annotations

import re
from dataclasses import replace

from oitcheck.lib.terms import Concept, first_named
from oitcheck.lib.thai_text import fold
from oitcheck.model.context import Context
from oitcheck.model.evidence import (
    Block,
    Document,
    Evidence,
    Figure,
    Form,
    Line,
    Link,
    Locator,
    Section,
    SetAside,
    Table,
)
from oitcheck.reading.addressed import addressed
from oitcheck.reading.body import body, body_amount
from oitcheck.reading.columns import columns_of, data_rows, fill_of, header_of, tables
from oitcheck.reading.item_lists import without_titles_of_items
from oitcheck.reading.ownership import higher_body, names_agency, other_agency
from oitcheck.reading.passages import (
    Passage,
    is_bare_link,
    is_blank,
    is_listing,
    is_pointer,
    link_texts,
    names_unexcluded,
    passages,
    strong_tells,
)

# The first passages of a document that can tell what it is.
TOP_PASSAGES = 12
# A copied list item is no longer than this; longer lines say something of their own.
LONGEST_COPIED = 110
# An element copied alone is told from a heading by its length; a line is a copy when this share of it is.
LONG_COPY = 40
COPIED_SHARE = 0.8
# With less folded text than this, and no table, figure or form, nothing stands on a page.
LEAST_TEXT = 24
_BOX = re.compile(r"^[\s□☐○◯\d๐-๙.()]*$")
_DOTTED = re.compile(r"\.{6,}|…{3,}|_{5,}")
# With less text of its own a page is taken for the cover of what it links to.
LEAST_OWN_TEXT = 150
# A line that begins with an item's code is its title, whichever year's the code is.
_ITEM_TITLE = re.compile(r"^\W*[Oo]\s?[\d๐-๙]{1,2}\b[^\n]{0,110}$")
# Checks for which links are content: headlines of news, accounts elsewhere.
TOLD_BY_LINKS = frozenset({"dated_entries", "social_link"})
# A cell says something from so many folded characters on, or when it is a number.
LEAST_CELL = 4
_COUNTED = re.compile(r"^\s*[\d๐-๙][\d๐-๙,.]*\s*$")
# What calls itself a draft; terms of reference and tender notices are published as drafts by law.
_DRAFT = re.compile(r"^\W*ร่าง(?!ขอบเขต|กาย|ประกาศ|เอกสาร|\s*TOR)|\(\s*ร่าง\s*\)|ฉบับร่าง|^\W*draft\b", re.IGNORECASE)
# Whose first passages say whether it is one.
TITLE_PASSAGES = 3
LONGEST_TITLE = 200
_TELLING = re.compile(r"\d{2,}|[๐-๙]{2,}|@")


def admitted(evidence: Evidence, context: Context) -> Evidence:
    """The evidence with only the documents that count, criteria text taken out of them; the others are `set_aside`."""
    counted: list[Document] = []
    aside: list[SetAside] = []
    for document in evidence.documents:
        part = without_titles_of_items(addressed(document), context)
        own = without_criteria(part, context)
        refused = _refused(document, own, context, copied=own is not part)
        if refused:
            aside.append(refused)
        else:
            counted.append(own)
    foreign = _of_foreign_pages(counted, aside, context)
    aside.extend(foreign)
    counted = [d for d in counted if not any(d is f.document for f in foreign)]
    counted = _without_leads(counted, evidence)
    links_tell = any(r.check in TOLD_BY_LINKS for r in context.item.requirements)
    if not links_tell and not _any_content(counted) and not _any_content_possible(evidence):
        aside.extend(_empty(d) for d in counted)
        counted = []
    home = without_criteria(evidence.home, context) if evidence.home else None
    return replace(evidence, documents=tuple(counted), set_aside=tuple(aside), home=home)


def _of_foreign_pages(documents: list[Document], aside: list[SetAside], context: Context) -> tuple[SetAside, ...]:
    """What is handed out on another agency's page and never names the agency is that other agency's, too."""
    foreign = {a.document.capture.url: a for a in aside if a.reason == "other_agency"}
    found = []
    for document in documents:
        page = foreign.get(document.capture.found_on)
        if page and not names_agency(document, context.agency):
            found.append(replace(page, document=document))
    return tuple(found)


def is_draft(text: str) -> bool:
    """Whether a title calls its paper a draft."""
    return bool(_DRAFT.search(text))


def draft_title(document: Document) -> str:
    """The title by which a paper calls itself a draft; "" when it does not."""
    told = [p.text for p in passages(document) if p.part != "link"][:TITLE_PASSAGES]
    return next((text for text in told if len(text) <= LONGEST_TITLE and is_draft(text)), "")


def _without_leads(documents: list[Document], evidence: Evidence) -> list[Document]:
    """The documents without submitted pages that only lead to something that could not be read: what their titles and
    introductions promise is not seen."""
    unread = {spot.capture.found_on for spot in evidence.blind_spots if spot.capture.depth and not spot.place}
    return [d for d in documents if not (d.kind == "html" and d.capture.url in unread and _only_leads(d))]


def _only_leads(document: Document) -> bool:
    tells = any(section.tables or section.forms for section in document.content)
    return not tells and body_amount(document) < LEAST_OWN_TEXT


def without_criteria(document: Document, context: Context) -> Document:
    """The document without text copied from the assessment's own criteria."""
    phrases = context.vocabulary["criteria_phrase"]
    asked = tuple(fold(requirement.text) for requirement in context.item.requirements)
    changed = False
    sections = []
    for section in document.sections:
        if section.role != "content":
            sections.append(section)
            continue
        blocks = _own_blocks(section, phrases, asked)
        heading = tuple(h for h in section.heading if not phrases.named_in(h))
        changed = changed or len(blocks) != len(section.blocks) or heading != section.heading
        sections.append(replace(section, blocks=blocks, heading=heading))
    return replace(document, sections=tuple(sections)) if changed else document


def _own_blocks(section: Section, phrases: Concept, asked: tuple[str, ...]) -> tuple[Block, ...]:
    """Blocks that are not criteria: a line with a criteria phrase, the bare list that follows "at least", and elements
    word for word, several in a row."""
    copied = _copied(section.blocks, asked)
    lists = {"อย่างน้อยประกอบด้วย", "มีรายละเอียดอย่างน้อย", "องค์ประกอบด้านข้อมูล", "รายละเอียดอย่างน้อยดังนี้"}
    kept: list[Block] = []
    marked = [i for i, b in enumerate(section.blocks) if isinstance(b, Line) and phrases.named_in(b.text)]
    listing = [i for i in marked if any(hit.name in lists for hit in phrases.hits(section.blocks[i].text))]  # type: ignore[union-attr]
    between = range(listing[0], marked[-1]) if listing and len(marked) > 1 else range(0)
    in_list = any(
        phrases.named_in(h) and any(hit.name in lists for hit in phrases.hits(h)) for h in section.heading[-1:]
    )
    for index, block in enumerate(section.blocks):
        if not isinstance(block, Line):
            in_list = in_list and isinstance(block, Link)
            if isinstance(block, Figure) and any(phrases.named_in(w) for w in block.words):
                block = replace(block, words=tuple(w for w in block.words if not phrases.named_in(w)))
            kept.append(block)
            continue
        if index in copied:
            continue
        if (
            index in between
            and not block.strong
            and len(block.text) <= 2 * LONGEST_COPIED
            and not _TELLING.search(block.text)
        ):
            continue
        hits = phrases.hits(block.text)
        if hits:
            in_list = in_list or any(hit.name in lists for hit in hits)
            continue
        if in_list and len(block.text) <= LONGEST_COPIED and not _TELLING.search(block.text):
            continue
        in_list = False
        kept.append(block)
    return tuple(kept)


def _copied(blocks: tuple[Block, ...], asked: tuple[str, ...]) -> frozenset[int]:
    """The lines that are elements of the item word for word, where several follow one another or one is long."""
    found: set[int] = set()
    run: list[int] = []
    for index, block in enumerate((*blocks, None)):
        # A strong line is a heading, whose words may be those of the element.
        is_copy = (
            isinstance(block, Line) and not block.strong and any(_is_copy(fold(block.text), text) for text in asked)
        )
        if is_copy:
            run.append(index)
            continue
        if isinstance(block, Link):
            continue
        if len(run) > 1 or any(len(fold(b.text)) >= LONG_COPY for i in run if isinstance(b := blocks[i], Line)):
            found.update(run)
        run = []
    return frozenset(found)


def _is_copy(line: str, asked: str) -> bool:
    return bool(line) and (line == asked or (asked in line and len(asked) >= COPIED_SHARE * len(line)))


def _refused(document: Document, own: Document, context: Context, *, copied: bool) -> SetAside | None:
    place = Locator(document.capture.sha256, "title")
    if copied and not has_content(own) and not _leads_on(own):
        line = next((p for p in passages(document) if context.vocabulary["criteria_phrase"].named_in(p.text)), None)
        return SetAside(
            document,
            "criteria_copied",
            {"found": line.text if line else ""},
            line.at if line else place,
            line.text if line else "",
        )
    blank_form = _template(own, context)
    if blank_form:
        return SetAside(document, "template", {"found": blank_form.text}, blank_form.at, blank_form.text)
    foreign = other_agency(own, context.agency)
    if not foreign and context.item.own:
        foreign = higher_body(own, context.agency)
    if foreign:
        shown = next((p for p in passages(own) if fold(foreign) in fold(p.text)), None)
        return SetAside(
            document, "other_agency", {"found": foreign}, shown.at if shown else place, shown.text if shown else ""
        )
    return _other_kind(document, own, context) or _blank_result(document, own, context)


def _template(own: Document, context: Context) -> Passage | None:
    """The passage that shows a page to be sample text of a site's template, or a form still to be filled in."""
    told = [p for p in passages(own) if p.part != "link"]
    template = context.vocabulary["template_phrase"]
    marked = [p for p in told if template.named_in(p.text)]
    own_words = [p for p in body(own) if p not in marked]
    if marked and (not own_words or (len(marked) >= 2 and len(marked) * 4 >= len(told))):
        return marked[0]
    dotted = [p for p in told if _DOTTED.search(p.text)]
    if len(dotted) >= 4 and len(dotted) * 2 >= len(told):
        return dotted[0]
    # A form whose table nobody has filled in.
    blank = tables_of(own) and not any(_filled_row(row) for table in tables_of(own) for _, row in data_rows(table))
    return dotted[0] if dotted and blank else None


def tables_of(document: Document) -> tuple[Table, ...]:
    """The tables of a document's content."""
    return tuple(found.table for found in tables(document))


def _filled_row(row: tuple[str, ...]) -> bool:
    """Whether a row says more than its number and a label beside empty boxes."""
    return sum(not is_blank(c) and not _BOX.match(c) for c in dict.fromkeys(row)) >= 2


def _other_kind(document: Document, own: Document, context: Context) -> SetAside | None:
    """A document that calls itself something the item does not ask for: nowhere at its top what it does ask for,
    or only in the title that the page puts over it."""
    item = context.item
    if not item.not_kind or not item.kind:
        return None
    told = _once([p for p in passages(own) if p.part != "link"])
    top = [(i, p) for i, p in enumerate(told) if i < TOP_PASSAGES or p.part in ("heading", "caption")]
    top = [(i, p) for i, p in top if p.part in ("heading", "caption", "line")]
    called = (*item.kind, *item.subject)
    wanted = [i for i, p in enumerate(told) if any(names_unexcluded(k, p.text) for k in called)]
    foreign = [(i, p) for i, p in top if i not in wanted and first_named((*item.not_kind, *item.kind), p.text)]
    if not foreign:
        return None
    index, passage = foreign[0]
    if not any(i in wanted for i, _ in top):
        return SetAside(document, "kind_differs", {"found": passage.text}, passage.at, passage.text)
    # The title of the page stands over a paper that calls itself something else, and never again what is wanted.
    index, passage = foreign[-1]
    between = told[min(wanted) : index]
    if (
        document.capture.depth == 0
        and max(wanted) < index
        and _amount(between) < LONGEST_COPIED
        and _amount(told[index:]) >= LEAST_TEXT
    ):
        return SetAside(document, "kind_differs", {"found": passage.text}, passage.at, passage.text)
    return None


def _once(told: list[Passage]) -> list[Passage]:
    """The passages without those that say again what one before them says (captions repeat the lines above)."""
    seen: set[str] = set()
    kept = []
    for passage in told:
        folded = fold(passage.text)
        if passage.part not in ("line", "heading", "caption") or folded not in seen:
            kept.append(passage)
        seen.add(folded)
    return kept


def _amount(told: list[Passage]) -> int:
    """Folded letters of the lines and cells among passages, titles left out."""
    return sum(len(fold(p.text)) for p in told if p.part in ("line", "cell") and not p.strong)


def _blank_result(document: Document, own: Document, context: Context) -> SetAside | None:
    """A report whose tables all have a column for results and leave it blank reports nothing."""
    with_column = [
        (found.table, columns)
        for found in tables(own)
        if (columns := tuple(i for c in context.item.result for i in columns_of(found.table, c)))
    ]
    if with_column and not any(fill_of(table, columns).written for table, columns in with_column):
        table, columns = with_column[0]
        name = header_of(table)[columns[0]]
        return SetAside(document, "result_blank", {"found": name}, table.at, name)
    return None


def has_content(document: Document, *, pictures: bool = True) -> bool:
    """Whether anything stands on a page besides headings and links: text, a filled table, a picture, a form."""
    amount = 0
    telling = strong_tells(document)
    for section in document.content:
        bare = link_texts(section)
        captions = {text for table in section.tables for text in table.caption}
        headings = {fold(heading) for heading in section.heading}
        for block in section.blocks:
            if isinstance(block, Table) and _tells(block, bare):
                return True
            if (
                pictures
                and isinstance(block, Figure)
                and (block.map_service or block.width_px == 0 or block.width_px > 48)
            ):
                return True
            if isinstance(block, Form) and "textarea" in block.fields:
                return True
            if isinstance(block, Line) and not (
                (block.strong and telling)
                or _ITEM_TITLE.match(block.text)
                or block.text in captions
                or fold(block.text) in headings
                or is_bare_link(block.text, bare)
                or is_blank(block.text)
                or is_pointer(block.text)
            ):
                amount += len(fold(block.text))
    return amount >= LEAST_TEXT


def _tells(table: Table, bare: frozenset[str]) -> bool:
    """Whether a table holds data rows that are more than links to documents."""
    return any(
        not is_listing(row, bare)
        and any(
            not is_bare_link(c, bare) and (len(fold(c)) >= LEAST_CELL or _COUNTED.match(c)) for c in dict.fromkeys(row)
        )
        for _, row in data_rows(table)
    )


def _leads_on(document: Document) -> bool:
    return any(not link.is_placeholder for section in document.content for link in section.links)


def _any_content(documents: list[Document]) -> bool:
    return any(has_content(d) for d in documents)


def _any_content_possible(evidence: Evidence) -> bool:
    return bool(evidence.blind_spots)


def _empty(document: Document) -> SetAside:
    return SetAside(
        document, "no_content", {"found": document.title}, Locator(document.capture.sha256, "title"), document.title
    )
